/**
 * Classes whose fields are levels, each above the ones before: UI, Printing, Media, WebBrowser.
 *
 * Source: permissions 7, 29, 32; for Media and WebBrowser, what their published sources do with missing attributes
 */
#include "model/algebra_net.h"

struct profile {
    enum tc_class_id id;
    bool is_external;       /* outside mscorlib: only the class name is checked */
    const char *true_text;  /* what ToXml writes for Unrestricted */
    const char *class_type; /* exception for a wrong class name */
    const char *class_key;
    bool parses_boolean;   /* Unrestricted goes through Boolean.Parse; otherwise any case of `true` (mscorlib: three) */
    bool needs_attributes; /* a missing level raises an exception */
    bool writes_all;       /* ToXml writes levels of nothing, too */
    bool writes_numbers;   /* and numbers for levels without a name, where others raise an exception */
    const char *unknown_key; /* for a level out of range, when a new object is made */
    const char *other_key;   /* for another class */
};

static const struct profile profiles[] = {
    {TC_CLASS_UI, .true_text = "true", .unknown_key = "Arg_EnumIllegalVal", .other_key = "Argument_WrongType"},
    {TC_CLASS_PRINTING, .is_external = true, .true_text = "true", .class_type = "ArgumentException",
     .class_key = "InvalidClassName", .writes_all = true, .unknown_key = "InvalidPermissionLevel",
     .other_key = "TargetNotPrintingPermission"},
    {TC_CLASS_MEDIA, .is_external = true, .true_text = "True", .class_type = "ArgumentNullException", .class_key = "",
     .parses_boolean = true, .needs_attributes = true, .writes_all = true, .writes_numbers = true,
     .unknown_key = "InvalidPermissionLevel", .other_key = "TargetNotMediaPermissionLevel"},
    {TC_CLASS_WEB_BROWSER, .is_external = true, .true_text = "True", .class_type = "ArgumentNullException",
     .class_key = "", .parses_boolean = true, .needs_attributes = true, .writes_all = true, .writes_numbers = true,
     .unknown_key = "InvalidPermissionLevel", .other_key = "TargetNotWebBrowserPermissionLevel"},
};

static const struct profile *
profile_of(const struct tc_class *cls)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (cls == tc_class(profiles[i].id))
            return &profiles[i];
    return &profiles[0];
}

/* The highest level of a field; rows stand by value. */
static int64_t
top(const struct tc_field *field)
{
    const struct tc_enum *values = tc_enum(field->values);

    return values->values[values->count - 1].value;
}

static int64_t
level(const struct tc_perm *perm, size_t field)
{
    if (perm->unrestricted)
        return top(&perm->cls->fields[field]);
    return perm->values[field].present ? perm->values[field].number : 0;
}

static bool
is_unrestricted(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (level(perm, i) != top(&perm->cls->fields[i]))
            return false;
    return true;
}

static bool
is_empty(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (level(perm, i) != 0)
            return false;
    return true;
}

/* ---- reading and writing --------------------------------------------------------------------------------------- */

static enum tc_answer
read_unrestricted(struct tc_arena *arena, const struct profile *profile, const struct tc_element *element,
                  bool *ret_unrestricted, struct tc_throw *ret_throw)
{
    struct tc_str text;

    if (!profile->is_external)
        *ret_unrestricted = tc_element_is_unrestricted(element);
    else if (!profile->parses_boolean)
        *ret_unrestricted = tc_element_is_unrestricted_nocase(arena, element);
    else if (tc_element_get_named(arena, element, "Unrestricted", &text))
        return tc_bool_parse(text, ret_unrestricted, ret_throw);
    else
        *ret_unrestricted = false;
    return TC_YES;
}

static enum tc_answer
read_level(struct tc_arena *arena, const struct tc_element *element, struct tc_perm *perm, size_t i,
           struct tc_throw *ret_throw)
{
    const struct tc_field *field = &perm->cls->fields[i];
    struct tc_str text;
    int32_t value;
    enum tc_answer answer;

    if (!tc_element_get_named(arena, element, field->xml, &text)) {
        if (profile_of(perm->cls)->needs_attributes)
            return tc_throw_at(ret_throw, "ArgumentException", "BadXml", element->span);
        return TC_YES;
    }
    perm->values[i].span = tc_element_span(element, field->xml);
    answer = tc_enum_parse(tc_enum(field->values), text, false, &value, ret_throw);
    if (answer != TC_YES) {
        if (ret_throw != NULL)
            ret_throw->span = perm->values[i].span;
        return answer;
    }
    perm->values[i].present = true;
    perm->values[i].number = value;
    return TC_YES;
}

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    const struct profile *profile = profile_of(cls);
    enum tc_answer answer = profile->is_external ? TC_YES : tc_element_validate(element, ret_throw);
    struct tc_perm *perm;

    if (profile->is_external && !tc_element_names_class(cls, element))
        answer = tc_throw_at(ret_throw, profile->class_type, profile->class_key, element->span);
    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    answer = read_unrestricted(arena, profile, element, &perm->unrestricted, ret_throw);
    for (size_t i = 0; i < cls->field_count && answer == TC_YES && !perm->unrestricted; i++)
        answer = read_level(arena, element, perm, i, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = is_unrestricted(perm);
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const struct profile *profile = profile_of(perm->cls);

    if (is_unrestricted(perm))
        return tc_write_raw(arena, element, "Unrestricted", tc_str_of(profile->true_text)) ? TC_YES
                                                                                           : tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        const struct tc_field *field = &perm->cls->fields[i];
        int64_t value = level(perm, i);
        const char *name = tc_enum_name(tc_enum(field->values), value);
        struct tc_str text = tc_str_of(name);

        if (value == 0 && !profile->writes_all)
            continue;
        if (name == NULL) {
            if (!profile->writes_numbers)
                return tc_throw_new(ret_throw, "ArgumentNullException", "");
            text = tc_int64_text(arena, value); /* Enum.ToString gives the number where GetName gives null */
        }
        if (!tc_write_text(arena, element, field->xml, text))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

/* ---- subset, union, intersection ------------------------------------------------------------------------------- */

static enum tc_answer
wrong_type(const struct tc_perm *perm, struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", profile_of(perm->cls)->other_key);
}

static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena;
    (void)machine;
    if (grant == NULL)
        return is_empty(demand) ? TC_YES : TC_NO;
    if (demand->cls != grant->cls)
        return wrong_type(demand, ret_throw);
    if (!profile_of(demand->cls)->is_external) {
        if (is_unrestricted(grant))
            return TC_YES;
        if (is_unrestricted(demand))
            return TC_NO;
    }
    for (size_t i = 0; i < demand->cls->field_count; i++)
        if (level(demand, i) > level(grant, i))
            return TC_NO;
    return TC_YES;
}

/* A new object with the lower or the higher levels of both (of @a a alone when @a b is NULL): levels must exist. */
static enum tc_answer
combine(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, bool is_union, struct tc_perm **ret,
        struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, a->cls, a->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < a->cls->field_count; i++) {
        int64_t x = level(a, i), y = b == NULL ? x : level(b, i);

        perm->values[i].present = true;
        perm->values[i].span = a->values[i].span;
        perm->values[i].number = (x > y) == is_union ? x : y;
    }
    if (b != NULL && is_empty(perm)) {
        *ret = NULL;
        return TC_YES;
    }
    for (size_t i = 0; i < a->cls->field_count; i++)
        if (perm->values[i].number < 0 || perm->values[i].number > top(&a->cls->fields[i]))
            return tc_throw_at(ret_throw, "ArgumentException", profile_of(a->cls)->unknown_key, a->values[i].span);
    perm->unrestricted = is_unrestricted(perm);
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    if (b != NULL && a->cls != b->cls)
        return wrong_type(a, ret_throw);
    return combine(arena, a, b, true, ret, ret_throw);
}

static enum tc_answer
intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
          struct tc_perm **ret, struct tc_throw *ret_throw)
{
    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (a->cls != b->cls)
        return wrong_type(a, ret_throw);
    return combine(arena, a, b, false, ret, ret_throw);
}

const struct tc_algebra_ops tc_levels_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
