/* Policy files: where a policyFile leads, and whether something is there. */
#include "check/config_checks.h"

#include "base/ascii.h"

#include <string.h>

/* The part of a name between web_ and trust.config is the level's. */
#define PREFIX "web_"
#define SUFFIX "trust.config"
#define LEGACY "legacy."

static bool
is_stock_file(struct tc_str name)
{
    for (int i = TC_LEVEL_FULL + 1; i < TC_LEVEL_COUNT_; i++)
        if (tc_str_eq_nocase(name, tc_str_of(tc_level_info((enum tc_level_id)i)->policy_file)))
            return true;
    return false;
}

static bool
is_internal(struct tc_str file)
{
    return tc_str_eq_nocase(tc_str_trim(file), tc_str_of(tc_level_info(TC_LEVEL_FULL)->policy_file));
}

/* ---- the spelling of a path ---- */

static bool
is_url(struct tc_str path)
{
    size_t at = 0;

    while (at < path.len && tc_ascii_is_letter(path.ptr[at]))
        at++;
    return at > 1 && (tc_str_starts_nocase(tc_str_sub(path, at, SIZE_MAX), TC_STR("://")) ||
                      tc_str_starts_nocase(path, TC_STR("file:")));
}

/* What is wrong with @a path, and what is to be said of it; NULL: nothing. */
static const char *
path_fault(struct tc_str raw, struct tc_str path, const char **ret_note)
{
    *ret_note = NULL;
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] == '\n' || raw.ptr[i] == '\r' || raw.ptr[i] == '\t') {
            *ret_note = "a line break in an attribute is read as a blank";
            return "is broken over lines";
        }
    if (is_url(path))
        return "is a URL, not a path";
    if (tc_str_starts(path, TC_STR("~")))
        return "begins with '~', which only addresses in pages know";
    if (path.len > 1 && path.ptr[1] == ':' && tc_ascii_is_letter(path.ptr[0]) &&
        (path.len == 2 || (path.ptr[2] != '\\' && path.ptr[2] != '/'))) {
        *ret_note = "it is taken as it stands, and Windows starts in whatever directory is current on that drive";
        return "names a drive, but no directory on it";
    }
    if (path.len > 0 && (path.ptr[0] == '/' || (path.ptr[0] == '\\' && !tc_str_starts(path, TC_STR("\\\\"))))) {
        *ret_note = "it is put behind the directory of this file, not behind the root of the drive";
        return "looks like an absolute path, but is none";
    }
    if (tc_str_find(path, TC_STR("%"), 0) != SIZE_MAX || tc_str_find(path, TC_STR("$"), 0) != SIZE_MAX) {
        *ret_note = "neither %names% nor $tokens$ are replaced here";
        return "has a name that stands for something else";
    }
    for (size_t i = 0; i < path.len; i++)
        if (strchr("<>\"|?*", path.ptr[i]) != NULL || (path.ptr[i] == ':' && i != 1))
            return "has one of < > \" | ? * :, which no file name may have";
    return !tc_str_eq(path, tc_str_trim(path)) ? "begins or ends with a blank" : NULL;
}

/* The value in one line: what stood around the break joined as it stands. */
static struct tc_str
joined(struct tc_arena *arena, struct tc_str raw)
{
    char *bytes = tc_arena_array(arena, char, raw.len + 1);
    size_t len = 0;

    for (size_t i = 0; bytes != NULL && i < raw.len; i++) {
        if (raw.ptr[i] != '\n' && raw.ptr[i] != '\r' && raw.ptr[i] != '\t') {
            bytes[len++] = raw.ptr[i];
            continue;
        }
        while (i + 1 < raw.len && (unsigned char)raw.ptr[i + 1] <= ' ')
            i++;
        while (len > 0 && bytes[len - 1] == ' ')
            len--;
        if (len > 0 && i + 1 < raw.len && bytes[len - 1] != '\\' && raw.ptr[i + 1] != '\\' && bytes[len - 1] != '/' &&
            raw.ptr[i + 1] != '/')
            bytes[len++] = ' ';
    }
    return tc_str_trim((struct tc_str){bytes, len});
}

static bool
check_path(struct tc_config_cx *cx, const struct tc_markup_attr *attr, struct tc_str path)
{
    struct tc_check *check = cx->check;
    const char *note, *fault = path_fault(attr->value, path, &note);
    struct tc_diag *diag;
    bool is_broken;

    if (fault == NULL)
        return true;
    is_broken = note != NULL && strstr(note, "line break") != NULL;
    diag = tc_check_report(check, TC_CHECK_POLICY_FILE_PATH, tc_webconfig_attr_value(cx->config.source, attr),
                           "the policy file's path %s", fault);
    if (note != NULL)
        tc_diag_note(check->diags, diag, "%s", note);
    if (is_broken || !tc_str_eq(path, tc_str_trim(path))) {
        struct tc_str mended = joined(check->arena, attr->value);

        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(mended));
        tc_config_edit_value(cx, diag, attr, mended);
        diag->is_unsafe = true;
    } else {
        tc_diag_help(check->diags, diag,
                     "write the name of a file beside this one, or a whole path such as 'D:\\Policies\\web_a%s'",
                     SUFFIX);
    }
    return false;
}

/* ---- is it there ---- */

struct folder {
    struct tc_str *names; /* sorted; NULL: not to be had */
    size_t count;
    bool has_policies; /* some of the files that levels name are there, so this is where they belong */
    bool has_stock; /* one of the platform's own files is there, so this is a CONFIG directory and no build's output */
    bool is_deployed;     /* the file has its real name, not that of a copy */
    bool has_legacy;      /* somewhere in the file legacyCasModel is said */
    struct tc_map named;  /* files that levels name, folded, wherever they lie */
    struct tc_map beside; /* those that are to lie beside this one */
    struct tc_map levels; /* names seen so far */
};

static bool
has_file(struct tc_config_cx *cx, struct tc_str name)
{
    const struct tc_check_host *host = cx->check->host;

    return host->has_sibling(host->state, name);
}

static bool
can_look(const struct tc_config_cx *cx)
{
    return cx->check->host != NULL && cx->check->host->has_sibling != NULL;
}

/* The name without what is easily lost. */
static struct tc_str
squeezed(struct tc_arena *arena, struct tc_str name)
{
    char *bytes = tc_arena_array(arena, char, name.len + 1);
    size_t len = 0;

    for (size_t i = 0; bytes != NULL && i < name.len; i++)
        if (strchr("_- .", name.ptr[i]) == NULL)
            bytes[len++] = name.ptr[i];
    return (struct tc_str){bytes, len};
}

static struct tc_str
near_file(struct tc_config_cx *cx, const struct folder *folder, struct tc_str wanted)
{
    struct tc_config_near near = tc_config_near(wanted);
    struct tc_str plain = squeezed(cx->check->arena, wanted);

    for (size_t i = 0; i < folder->count; i++) {
        struct tc_str name = folder->names[i];

        if (!tc_str_ends_nocase(name, TC_STR(".config")) || tc_str_eq_nocase(name, TC_STR("web.config")) ||
            (is_stock_file(name) && !is_stock_file(wanted) &&
             !tc_str_eq_nocase(squeezed(cx->check->arena, name), plain)))
            continue;
        if (tc_map_get(&folder->beside, tc_str_fold(cx->check->arena, name)) != NULL)
            continue; /* that is another level's */
        if (tc_str_eq_nocase(squeezed(cx->check->arena, name), plain))
            return name;
        if (!is_stock_file(wanted))
            tc_config_near_try(&near, name);
    }
    return near.best;
}

/* Whether some <trust> uses the level @a name with legacyCasModel; and whether any does without. */
static void
find_use(struct tc_config_cx *cx, const struct folder *folder, struct tc_str name, bool *ret_legacy, bool *ret_default)
{
    struct tc_str level;

    *ret_legacy = *ret_default = false;
    if (!folder->has_legacy)
        return;
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next)
        if (section->id == TC_WEBCONFIG_TRUST &&
            tc_webconfig_value(cx->check->arena, section->element, "level", &level) && tc_str_eq(level, name))
            *(tc_webconfig_is_true(cx->check->arena, section->element, "legacyCasModel") ? ret_legacy : ret_default) =
                true;
}

static void
check_there(struct tc_config_cx *cx, const struct folder *folder, const struct tc_markup_attr *attr,
            struct tc_str level, struct tc_str file)
{
    struct tc_check *check = cx->check;
    bool is_stock = tc_webconfig_stock_level(level, false) != TC_LEVEL_COUNT_, legacy, plain;
    struct tc_str wanted = file, near;
    struct tc_diag *diag;

    find_use(cx, folder, level, &legacy, &plain);
    if (is_stock && legacy && !plain)
        wanted = tc_arena_printf(check->arena, LEGACY "%.*s", TC_STR_ARG(file));
    if (has_file(cx, wanted))
        return;
    near = near_file(cx, folder, wanted);
    /* A file by itself was copied from somewhere: what lies beside it says nothing. */
    if (near.len == 0 && (is_stock ? !folder->has_stock : !folder->has_policies && !folder->is_deployed))
        return;
    diag = tc_check_report(check, TC_CHECK_POLICY_FILE_MISSING, tc_webconfig_attr_value(cx->config.source, attr),
                           "there is no file '%.*s' beside this one", TC_STR_ARG(wanted));
    if (wanted.len != file.len)
        tc_diag_note(check->diags, diag,
                     "with legacyCasModel=\"true\" the platform's own levels are read from files "
                     "whose names begin with 'legacy.'");
    tc_diag_note(check->diags, diag,
                 "an application at level '%.*s' fails: \"Unable to read the security policy file\"",
                 TC_STR_ARG(level));
    if (near.len > 0) {
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(near));
        if (wanted.len == file.len && tc_str_find(near, TC_STR("&"), 0) == SIZE_MAX) {
            tc_config_edit_value(cx, diag, attr, near);
            diag->is_unsafe = true;
        }
    }
}

/* ---- files that no level names ---- */

static void
check_unnamed(struct tc_config_cx *cx, const struct folder *folder, const struct tc_webconfig_section *policy)
{
    struct tc_check *check = cx->check;

    for (size_t i = 0; i < folder->count; i++) {
        struct tc_str name = folder->names[i];
        struct tc_diag *diag;

        if (!tc_str_starts_nocase(name, TC_STR(PREFIX)) || !tc_str_ends_nocase(name, TC_STR(SUFFIX)) ||
            is_stock_file(name) || tc_map_get(&folder->named, tc_str_fold(check->arena, name)) != NULL)
            continue;
        diag =
            tc_check_report(check, TC_CHECK_POLICY_FILE_UNNAMED, tc_webconfig_tag(cx->config.source, policy->element),
                            "no level names '%.*s', which lies beside this file", TC_STR_ARG(name));
        tc_diag_help(check->diags, diag, "declare it: <trustLevel name=\"NAME\" policyFile=\"%.*s\"/>",
                     TC_STR_ARG(name));
    }
}

/* ---- levels ---- */

static void
check_legacy(struct tc_config_cx *cx, const struct folder *folder, const struct tc_markup_attr *attr,
             struct tc_str level, struct tc_str file)
{
    struct tc_check *check = cx->check;
    struct tc_str name = tc_str_last_part(file, TC_STR_SLASHES);
    bool is_stock = tc_webconfig_stock_level(level, false) != TC_LEVEL_COUNT_, is_relative = name.len == file.len;
    bool legacy, plain;
    struct tc_span span = tc_webconfig_attr_value(cx->config.source, attr);
    struct tc_diag *diag;

    if (!is_stock_file(name) || (is_stock && is_relative))
        return;
    find_use(cx, folder, level, &legacy, &plain);
    if (!legacy || plain)
        return;
    span.begin = span.end - (uint32_t)name.len;
    diag = tc_check_report(check, TC_CHECK_LEGACY_LEVEL_FILE, span,
                           "'%.*s' is for the CAS model of 4.0, but the level is used with legacyCasModel=\"true\"",
                           TC_STR_ARG(name));
    tc_diag_note(check->diags, diag,
                 "the prefix 'legacy.' is added by ASP.NET only to relative names of its own levels");
    tc_diag_help(check->diags, diag, "name the file of the old model: '" LEGACY "%.*s'", TC_STR_ARG(name));
    span.end = span.begin;
    tc_diag_edit(check->diags, diag, span, LEGACY);
    diag->is_unsafe = true;
}

static bool
is_relative_name(struct tc_str file)
{
    return tc_str_last_part(file, TC_STR_SLASHES).len == file.len && tc_str_find(file, TC_STR(":"), 0) == SIZE_MAX;
}

/* What the levels of the file name, and what lies beside it. */
static void
look_around(struct tc_config_cx *cx, struct folder *folder)
{
    struct tc_check *check = cx->check;
    struct tc_str file;

    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next)
        if (section->id == TC_WEBCONFIG_SECURITY_POLICY)
            for (const struct tc_markup *item = section->element->first; item != NULL; item = item->next) {
                if (!tc_markup_is(item, "trustLevel") || !tc_webconfig_value(check->arena, item, "policyFile", &file))
                    continue;
                tc_map_add(&folder->named, tc_str_fold(check->arena, tc_str_last_part(file, TC_STR_SLASHES)), folder);
                if (!is_relative_name(file) || file.len == 0 || is_internal(file))
                    continue;
                tc_map_add(&folder->beside, tc_str_fold(check->arena, file), folder);
                folder->has_policies |= can_look(cx) && !folder->has_policies && has_file(cx, file);
            }
    for (int i = TC_LEVEL_FULL + 1; i < TC_LEVEL_COUNT_ && can_look(cx); i++)
        folder->has_stock |= has_file(cx, tc_str_of(tc_level_info((enum tc_level_id)i)->policy_file));
    if (can_look(cx) && check->host->siblings != NULL &&
        !check->host->siblings(check->host->state, &folder->names, &folder->count))
        folder->count = 0;
}

static void
check_level(struct tc_config_cx *cx, struct folder *folder, const struct tc_markup *level)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(level, "policyFile");
    struct tc_str name, file;

    if (attr == NULL || attr->value.len == 0 || !tc_webconfig_value(check->arena, level, "name", &name) ||
        tc_webconfig_stock_level(name, false) == TC_LEVEL_FULL || tc_map_add(&folder->levels, name, folder) != NULL)
        return;
    file = tc_markup_value(check->arena, attr->value);
    if (is_internal(file) || !check_path(cx, attr, file))
        return;
    check_legacy(cx, folder, attr, name, file);
    if (can_look(cx) && is_relative_name(file))
        check_there(cx, folder, attr, name, file);
}

void
tc_config_check_files(struct tc_config_cx *cx)
{
    struct tc_check *check = cx->check;
    struct folder folder = {.is_deployed = tc_str_eq_nocase(check->file->name, TC_STR("web.config")) ||
                                           tc_str_eq_nocase(check->file->name, TC_STR("machine.config"))};
    const struct tc_webconfig_section *policy = cx->config.first;

    while (policy != NULL && policy->id != TC_WEBCONFIG_SECURITY_POLICY)
        policy = policy->next;
    if (policy == NULL)
        return;
    folder.has_legacy = tc_str_find(cx->config.source->text, TC_STR("legacyCasModel"), 0) != SIZE_MAX;
    tc_map_init(&folder.named, check->arena);
    tc_map_init(&folder.beside, check->arena);
    tc_map_init(&folder.levels, check->arena);
    look_around(cx, &folder);
    for (const struct tc_webconfig_section *section = policy; section != NULL; section = section->next)
        if (section->id == TC_WEBCONFIG_SECURITY_POLICY)
            for (const struct tc_markup *item = section->element->first; item != NULL; item = item->next)
                if (tc_markup_is(item, "trustLevel"))
                    check_level(cx, &folder, item);
    if (cx->config.is_machine)
        check_unnamed(cx, &folder, policy);
}
