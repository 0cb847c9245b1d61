/* AspNetHostingPermission: one ordered level. Any number may be read; what makes a new permission out of one accepts
 * only the named levels. */
#include "model/algebra_net.h"

enum { LEVEL_NONE = 100, LEVEL_UNRESTRICTED = 600 };

static const struct tc_element_keys bad_xml = {"AspNetHostingPermissionBadXml", "AspNetHostingPermissionBadXml",
                                               "AspNetHostingPermissionBadXml"};

static int64_t
level_of(const struct tc_perm *perm)
{
    const struct tc_value *value = &perm->values[TC_FIELD_ASPNET_HOSTING_LEVEL];

    return perm->unrestricted ? LEVEL_UNRESTRICTED : value->present ? value->number : LEVEL_NONE;
}

static const struct tc_enum *
levels(const struct tc_perm *perm)
{
    return tc_enum(perm->cls->fields[TC_FIELD_ASPNET_HOSTING_LEVEL].values);
}

static void
set_level(struct tc_perm *perm, int64_t level, struct tc_span span)
{
    perm->unrestricted = level == LEVEL_UNRESTRICTED;
    perm->values[TC_FIELD_ASPNET_HOSTING_LEVEL] = (struct tc_value){.present = true, .number = level, .span = span};
}

static enum tc_answer
hosting_new(struct tc_arena *arena, const struct tc_perm *like, int64_t level, struct tc_perm **ret,
            struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    if (tc_enum_by_value(levels(like), level) == NULL)
        return tc_throw_new(ret_throw, "ArgumentException", "");
    perm = tc_perm_new(arena, like->cls, like->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    set_level(perm, level, like->values[TC_FIELD_ASPNET_HOSTING_LEVEL].span);
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
hosting_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
             struct tc_throw *ret_throw)
{
    struct tc_perm *perm;
    struct tc_str text;
    int32_t level = LEVEL_NONE;
    enum tc_answer answer = tc_element_check_class(arena, cls, element, &bad_xml, ret_throw);

    if (answer != TC_YES)
        return answer;
    if (!tc_element_get(arena, element, tc_attr_name(TC_ATTR_VERSION), &text) || !tc_str_eq(text, TC_STR("1")))
        return tc_throw_at(ret_throw, "ArgumentException", bad_xml.tag, tc_element_span(element, "version"));
    /* Unrestricted is not looked at: without a level it grants nothing. */
    if (tc_element_get(arena, element, TC_STR("Level"), &text)) {
        answer =
            tc_enum_parse(tc_enum(cls->fields[TC_FIELD_ASPNET_HOSTING_LEVEL].values), text, false, &level, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    set_level(perm, level, tc_element_span(element, "Level"));
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
hosting_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element,
              struct tc_throw *ret_throw)
{
    const char *name = tc_enum_name(levels(perm), level_of(perm));

    if (name == NULL)
        return tc_throw_new(ret_throw, "ArgumentNullException", "");
    if (!tc_write_raw(arena, element, "Level", tc_str_of(name)) ||
        (level_of(perm) == LEVEL_UNRESTRICTED && !tc_write_raw(arena, element, "Unrestricted", TC_STR("true"))))
        return tc_throw_nomem(ret_throw);
    return TC_YES;
}

static enum tc_answer
hosting_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
               const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena, (void)machine;
    if (grant == NULL)
        return level_of(demand) == LEVEL_NONE ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return tc_throw_new(ret_throw, "ArgumentException", "");
    return level_of(demand) <= level_of(grant) ? TC_YES : TC_NO;
}

static enum tc_answer
hosting_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
              struct tc_throw *ret_throw)
{
    if (b != NULL && !tc_perm_same_class(a, b))
        return tc_throw_new(ret_throw, "ArgumentException", "");
    return hosting_new(arena, a, b == NULL || level_of(a) >= level_of(b) ? level_of(a) : level_of(b), ret, ret_throw);
}

static enum tc_answer
hosting_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                  const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return tc_throw_new(ret_throw, "ArgumentException", "");
    return hosting_new(arena, a, level_of(a) <= level_of(b) ? level_of(a) : level_of(b), ret, ret_throw);
}

const struct tc_algebra_ops tc_aspnet_hosting_ops = {hosting_read, hosting_write, hosting_subset, hosting_unite,
                                                     hosting_intersect};
