/* Classes that are either unrestricted or nothing. They differ in what they read and in how little is left when two of
 * them have nothing in common. */
#include "model/algebra_net.h"

struct boolean_class {
    enum tc_class_id id;
    struct tc_element_keys keys;
    const char *target_key; /**< message for a permission of another class */
    enum {
        READS_ANY_CASE, /**< `true` in any case; other text is no */
        READS_BOOLEAN,  /**< Boolean.Parse */
        READS_EXACT,    /**< `true` or `false`, and version must be `1` */
    } reads;
    bool keeps_empty; /**< Intersect gives an empty permission, not null */
};

static const struct boolean_class classes[] = {
    {TC_CLASS_DNS,
     {"net_not_ipermission", "net_no_classname", "net_no_typename"},
     "net_perm_target",
     READS_ANY_CASE,
     false},
    {TC_CLASS_CONFIGURATION,
     {"ConfigurationPermissionBadXml", "ConfigurationPermissionBadXml", "ConfigurationPermissionBadXml"},
     "ConfigurationPermissionBadXml",
     READS_EXACT,
     true},
    {TC_CLASS_PNRP, {"InvalidSecurityElem", "InvalidSecurityElem", "InvalidSecurityElem"}, "", READS_ANY_CASE, false},
    {TC_CLASS_PEER_COLLABORATION,
     {"InvalidSecurityElem", "InvalidSecurityElem", "InvalidSecurityElem"},
     "",
     READS_ANY_CASE,
     false},
    {TC_CLASS_DISTRIBUTED_TRANSACTION,
     {"ArgumentWrongType", "ArgumentWrongType", "ArgumentWrongType"},
     "ArgumentWrongType",
     READS_BOOLEAN,
     true}, /* general knowledge: the reference only says "Unrestricted" */
};

static const struct boolean_class *
boolean_class(const struct tc_class *cls)
{
    size_t i = sizeof classes / sizeof classes[0] - 1;

    while (i > 0 && tc_class(classes[i].id) != cls)
        i--;
    return &classes[i];
}

static enum tc_answer
boolean_new(struct tc_arena *arena, const struct tc_perm *like, bool unrestricted, struct tc_perm **ret,
            struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, like->cls, like->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = unrestricted;
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
read_value(const struct boolean_class *rules, const struct tc_element *element, struct tc_str text, bool *ret_value,
           struct tc_throw *ret_throw)
{
    switch (rules->reads) {
    case READS_ANY_CASE:
        *ret_value = tc_ordinal_eq(text, TC_STR("true"));
        return TC_YES;
    case READS_BOOLEAN:
        return tc_bool_parse(text, ret_value, ret_throw);
    case READS_EXACT:
        *ret_value = tc_str_eq(text, TC_STR("true"));
        if (!*ret_value && !tc_str_eq(text, TC_STR("false")))
            return tc_throw_at(ret_throw, "ArgumentException", rules->keys.tag,
                               tc_element_span(element, "Unrestricted"));
        return TC_YES;
    }
    return TC_YES;
}

static enum tc_answer
boolean_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
             struct tc_throw *ret_throw)
{
    const struct boolean_class *rules = boolean_class(cls);
    struct tc_perm *perm = tc_perm_new(arena, cls, element->span);
    struct tc_str text;
    enum tc_answer answer = tc_element_check_class(arena, cls, element, &rules->keys, ret_throw);

    if (answer != TC_YES)
        return answer;
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    if (rules->reads == READS_EXACT &&
        (!tc_element_get(arena, element, tc_attr_name(TC_ATTR_VERSION), &text) || !tc_str_eq(text, TC_STR("1"))))
        return tc_throw_at(ret_throw, "ArgumentException", rules->keys.tag, tc_element_span(element, "version"));
    if (tc_element_get(arena, element, tc_attr_name(TC_ATTR_UNRESTRICTED), &text))
        answer = read_value(rules, element, text, &perm->unrestricted, ret_throw);
    if (answer == TC_YES)
        *ret = perm;
    return answer;
}

static enum tc_answer
boolean_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element,
              struct tc_throw *ret_throw)
{
    if (perm->unrestricted && !tc_write_raw(arena, element, "Unrestricted", TC_STR("true")))
        return tc_throw_nomem(ret_throw);
    return TC_YES;
}

static enum tc_answer
wrong_class(const struct tc_perm *perm, struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", boolean_class(perm->cls)->target_key);
}

static enum tc_answer
boolean_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
               const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena, (void)machine;
    if (grant != NULL && !tc_perm_same_class(demand, grant))
        return wrong_class(demand, ret_throw);
    return !demand->unrestricted || (grant != NULL && grant->unrestricted) ? TC_YES : TC_NO;
}

static enum tc_answer
boolean_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
              struct tc_throw *ret_throw)
{
    if (b != NULL && !tc_perm_same_class(a, b))
        return wrong_class(a, ret_throw);
    return boolean_new(arena, a, a->unrestricted || (b != NULL && b->unrestricted), ret, ret_throw);
}

static enum tc_answer
boolean_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                  const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    bool both = b != NULL && a->unrestricted && b->unrestricted;

    (void)machine;
    if (b != NULL && !tc_perm_same_class(a, b))
        return wrong_class(a, ret_throw);
    if (b == NULL || (!both && !boolean_class(a->cls)->keeps_empty)) {
        *ret = NULL;
        return TC_YES;
    }
    return boolean_new(arena, a, both, ret, ret_throw);
}

const struct tc_algebra_ops tc_boolean_ops = {boolean_read, boolean_write, boolean_subset, boolean_unite,
                                              boolean_intersect};
