#include "model/algebra_net.h"

const struct tc_element_keys tc_net_element_keys = {"net_not_ipermission", "net_no_classname", "net_no_typename"};

enum tc_answer
tc_element_check_class(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element,
                       const struct tc_element_keys *keys, struct tc_throw *ret_throw)
{
    struct tc_str name;

    if (!tc_element_is(element, TC_TAG_IPERMISSION))
        return tc_throw_at(ret_throw, "ArgumentException", keys->tag, element->span);
    if (!tc_element_get(arena, element, tc_attr_name(TC_ATTR_CLASS), &name))
        return tc_throw_at(ret_throw, "ArgumentException", keys->no_class, element->span);
    if (tc_str_find(name, tc_str_of(cls->type), 0) == SIZE_MAX)
        return tc_throw_at(ret_throw, "ArgumentException", keys->no_type, tc_element_span(element, "class"));
    return TC_YES;
}

bool
tc_element_is_unrestricted_nocase(struct tc_arena *arena, const struct tc_element *element)
{
    struct tc_str value;

    return tc_element_get(arena, element, tc_attr_name(TC_ATTR_UNRESTRICTED), &value) &&
           tc_ordinal_eq(value, TC_STR("true"));
}

enum tc_answer
tc_throw_net_target(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "net_perm_target");
}

struct tc_str
tc_net_form_tag(const struct tc_form *form, size_t depth)
{
    struct tc_str path = tc_str_of(form->element);
    size_t slash = tc_str_find(path, TC_STR("/"), 0);

    for (; depth > 0 && slash != SIZE_MAX; depth--) {
        path = tc_str_sub(path, slash + 1, path.len);
        slash = tc_str_find(path, TC_STR("/"), 0);
    }
    return tc_str_sub(path, 0, slash);
}

static bool
write_unrestricted(struct tc_arena *arena, struct tc_element *element)
{
    return tc_write_raw(arena, element, "Unrestricted", TC_STR("true"));
}

/* ---- SmtpPermission: one ordered value; unrestricted is a mark beside the highest one ---- */

enum { SMTP_NONE, SMTP_ANY_PORT = 2 };

static int64_t
smtp_access(const struct tc_perm *perm)
{
    const struct tc_value *value = &perm->values[TC_FIELD_SMTP_ACCESS];

    return perm->unrestricted ? SMTP_ANY_PORT : value->present ? value->number : SMTP_NONE;
}

static enum tc_answer
smtp_new(struct tc_arena *arena, const struct tc_perm *like, bool unrestricted, int64_t access, struct tc_perm **ret,
         struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, like->cls, like->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = unrestricted;
    perm->values[TC_FIELD_SMTP_ACCESS] = (struct tc_value){.present = access != SMTP_NONE, .number = access};
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
smtp_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
          struct tc_throw *ret_throw)
{
    struct tc_value *value;
    struct tc_perm *perm;
    struct tc_str text;
    enum tc_answer answer = tc_element_check_class(arena, cls, element, &tc_net_element_keys, ret_throw);

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    value = &perm->values[TC_FIELD_SMTP_ACCESS];
    perm->unrestricted = tc_element_is_unrestricted_nocase(arena, element);
    if (perm->unrestricted) {
        *value = (struct tc_value){.present = true, .number = SMTP_ANY_PORT};
    } else if (tc_element_get(arena, element, tc_attr_name(TC_ATTR_ACCESS), &text)) {
        const struct tc_enum_value *row = tc_enum_find_xml(tc_enum(cls->fields[TC_FIELD_SMTP_ACCESS].values), text);

        if (row == NULL)
            return tc_throw_at(ret_throw, "ArgumentException", "net_perm_invalid_val_in_element",
                               tc_element_span(element, "Access"));
        *value = (struct tc_value){.present = true, .number = row->value};
    }
    value->span = tc_element_span(element, "Access");
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
smtp_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const char *name = tc_enum_name(tc_enum(perm->cls->fields[TC_FIELD_SMTP_ACCESS].values), smtp_access(perm));
    bool ok = true;

    if (perm->unrestricted)
        ok = write_unrestricted(arena, element);
    else if (smtp_access(perm) != SMTP_NONE && name != NULL)
        ok = tc_write_raw(arena, element, "Access", tc_str_of(name));
    return ok ? TC_YES : tc_throw_nomem(ret_throw);
}

static enum tc_answer
smtp_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
            const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena, (void)machine;
    if (grant == NULL)
        return smtp_access(demand) == SMTP_NONE ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return tc_throw_net_target(ret_throw);
    if (demand->unrestricted && !grant->unrestricted)
        return TC_NO;
    return smtp_access(demand) <= smtp_access(grant) ? TC_YES : TC_NO;
}

static enum tc_answer
smtp_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
           struct tc_throw *ret_throw)
{
    int64_t access = smtp_access(a);

    if (b == NULL)
        return smtp_new(arena, a, a->unrestricted, access, ret, ret_throw);
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return smtp_new(arena, a, true, SMTP_ANY_PORT, ret, ret_throw);
    return smtp_new(arena, a, false, access > smtp_access(b) ? access : smtp_access(b), ret, ret_throw);
}

/* An unrestricted and a restricted one have the lower access in common; that is never null. */
static enum tc_answer
smtp_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
               const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    int64_t access = smtp_access(a);

    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    if (a->unrestricted && b->unrestricted)
        return smtp_new(arena, a, true, SMTP_ANY_PORT, ret, ret_throw);
    return smtp_new(arena, a, false, access < smtp_access(b) ? access : smtp_access(b), ret, ret_throw);
}

const struct tc_algebra_ops tc_smtp_ops = {smtp_read, smtp_write, smtp_subset, smtp_unite, smtp_intersect};

/* ---- NetworkInformationPermission: bits; whatever makes a new one forgets the unrestricted mark ---- */

enum { NET_INFO_READ = 1, NET_INFO_PING = 4, NET_INFO_ALL = NET_INFO_READ | NET_INFO_PING };

static uint64_t
net_info_access(const struct tc_perm *perm)
{
    const struct tc_value *value = &perm->values[TC_FIELD_NETWORK_INFORMATION_ACCESS];

    return perm->unrestricted ? NET_INFO_ALL : value->present ? value->bits : 0;
}

static enum tc_answer
net_info_new(struct tc_arena *arena, const struct tc_perm *like, uint64_t access, struct tc_perm **ret,
             struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, like->cls, like->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->values[TC_FIELD_NETWORK_INFORMATION_ACCESS] =
        (struct tc_value){.present = access != 0, .bits = access, .span = like->span};
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
net_info_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element,
              struct tc_perm **ret, struct tc_throw *ret_throw)
{
    const struct tc_field *field = &cls->fields[TC_FIELD_NETWORK_INFORMATION_ACCESS];
    struct tc_value *value;
    struct tc_perm *perm;
    enum tc_answer answer = tc_element_check_class(arena, cls, element, &tc_net_element_keys, ret_throw);

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    value = &perm->values[TC_FIELD_NETWORK_INFORMATION_ACCESS];
    *value = (struct tc_value){.present = true, .span = element->span};
    perm->unrestricted = tc_element_is_unrestricted_nocase(arena, element);
    if (perm->unrestricted)
        value->bits = NET_INFO_ALL;
    /* The tags of the children are not looked at, and neither is what they say if it is none of the names. */
    for (const struct tc_element *child = perm->unrestricted ? NULL : element->children; child != NULL;
         child = child->next) {
        const struct tc_enum_value *row = NULL;
        struct tc_str text;

        if (tc_element_get_named(arena, child, field->xml, &text))
            row = tc_enum_find_xml(tc_enum(field->values), text);
        if (row != NULL)
            value->bits |= (uint64_t)row->value;
    }
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
net_info_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element,
               struct tc_throw *ret_throw)
{
    const struct tc_field *field = &perm->cls->fields[TC_FIELD_NETWORK_INFORMATION_ACCESS];
    const struct tc_enum *values = tc_enum(field->values);

    if (perm->unrestricted)
        return write_unrestricted(arena, element) ? TC_YES : tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < values->count; i++) {
        const struct tc_enum_value *row = &values->values[i];
        struct tc_element *child;

        if (row->value == 0 || ((int64_t)net_info_access(perm) & row->value) == 0)
            continue;
        child = tc_write_child(arena, element, field->child);
        if (child == NULL || !tc_write_raw(arena, child, field->xml, tc_str_of(row->xml)))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

static enum tc_answer
net_info_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
                const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena, (void)machine;
    if (grant == NULL)
        return net_info_access(demand) == 0 ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return tc_throw_net_target(ret_throw);
    if (demand->unrestricted && !grant->unrestricted)
        return TC_NO;
    return (net_info_access(demand) & ~net_info_access(grant)) == 0 ? TC_YES : TC_NO;
}

static enum tc_answer
net_info_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
               struct tc_throw *ret_throw)
{
    if (b == NULL)
        return net_info_new(arena, a, net_info_access(a), ret, ret_throw);
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    return net_info_new(arena, a, net_info_access(a) | net_info_access(b), ret, ret_throw);
}

static enum tc_answer
net_info_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                   const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    return net_info_new(arena, a, net_info_access(a) & net_info_access(b), ret, ret_throw);
}

const struct tc_algebra_ops tc_network_information_ops = {net_info_read, net_info_write, net_info_subset,
                                                          net_info_unite, net_info_intersect};
