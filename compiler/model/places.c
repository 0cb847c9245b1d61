#include "model/places.h"

#include "base/ascii.h"
#include "model/path.h"

static const struct tc_system_place places[] = {
#define TC_PLACE(id, path, what, kind, inside) {path, what, TC_PLACE_##kind, TC_PLACE_INSIDE_##inside},
#include "data/places.def"
};

const char *
tc_location_fault(struct tc_str path)
{
    for (size_t i = 0, begin = 0; i <= path.len; i++) {
        if (i == path.len || path.ptr[i] == '/') {
            struct tc_str part = tc_str_sub(path, begin, i - begin);

            if (tc_str_is(part, ".") || tc_str_is(part, ".."))
                return "a part of it is '.' or '..', which no path of an application has when IIS compares them";
            begin = i + 1;
        } else if (path.ptr[i] == '%' && i + 2 < path.len && tc_ascii_hex(path.ptr[i + 1]) >= 0 &&
                   tc_ascii_hex(path.ptr[i + 2]) >= 0) {
            return "a character of it is escaped as in a URL, but IIS compares it as it is written here";
        }
    }
    return NULL;
}

bool
tc_path_is_drive(struct tc_str path)
{
    return tc_path_drive(path) >= 0 && path.len <= 3;
}

bool
tc_path_is_share(struct tc_str path)
{
    size_t parts = 0;

    if (!tc_str_starts(path, TC_STR("\\\\")))
        return false;
    for (size_t i = 2; i < path.len; i++)
        parts += path.ptr[i] != '\\' && path.ptr[i - 1] == '\\';
    return parts <= 2;
}

/* One component against one of a pattern. */
static bool
fits(struct tc_str component, struct tc_str pattern)
{
    if (!tc_str_ends(pattern, TC_STR("*")))
        return tc_str_eq_nocase(component, pattern);
    return tc_str_starts_nocase(component, tc_str_sub(pattern, 0, pattern.len - 1));
}

static struct tc_str
take(struct tc_str *rest)
{
    struct tc_str part;
    size_t end;

    while (rest->len > 0 && rest->ptr[0] == '\\')
        *rest = tc_str_sub(*rest, 1, SIZE_MAX);
    end = tc_str_find(*rest, TC_STR("\\"), 0);
    part = tc_str_sub(*rest, 0, end);
    *rest = end == SIZE_MAX ? TC_STR("") : tc_str_sub(*rest, end, SIZE_MAX);
    return part;
}

static enum tc_place_relation
relate(struct tc_str path, struct tc_str place)
{
    for (;;) {
        struct tc_str have = take(&path), want = take(&place);

        if (have.len == 0 || want.len == 0)
            return have.len == want.len ? TC_PLACE_SAME : have.len == 0 ? TC_PLACE_ABOVE : TC_PLACE_INSIDE;
        if (!fits(have, want))
            return TC_PLACE_APART;
    }
}

/* Whether the first letter alone shows that a path is apart from that of a place. */
static bool
begins_otherwise(char first, const char *place)
{
    while (*place == '\\')
        place++;
    return *place != '*' && *place != '\0' && *place != first &&
           !(tc_ascii_is_letter(first) && (*place ^ first) == ('a' ^ 'A'));
}

const struct tc_system_place *
tc_place_find(struct tc_str path, bool writes, enum tc_place_relation *ret_relation)
{
    if (tc_path_drive(path) < 0)
        return NULL;
    path = tc_str_sub(path, 2, SIZE_MAX);
    while (path.len > 0 && path.ptr[0] == '\\')
        path = tc_str_sub(path, 1, SIZE_MAX);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        *ret_relation = TC_PLACE_APART;
        if (path.len > 0 && begins_otherwise(path.ptr[0], places[i].path))
            continue;
        *ret_relation = relate(path, tc_str_of(places[i].path));
        if (*ret_relation == TC_PLACE_SAME)
            return &places[i];
        if (*ret_relation == TC_PLACE_INSIDE &&
            (places[i].inside == TC_PLACE_INSIDE_ALWAYS || (places[i].inside == TC_PLACE_INSIDE_WRITE && writes)))
            return &places[i];
        if (*ret_relation == TC_PLACE_INSIDE && places[i].inside == TC_PLACE_INSIDE_NEVER &&
            places[i].kind == TC_PLACE_FRAMEWORK)
            return NULL; /* a part of it that is one application's own */
    }
    return NULL;
}
