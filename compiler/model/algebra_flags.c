/**
 * Classes with one set of bits: Security, Reflection, FileDialog, Store, TypeDescriptor, DataProtection,
 * HostProtection. They differ in when the framework refuses bits it does not know, and in small ways that the profiles
 * below say.
 *
 * Source: permissions 4, 5, 7, 27, 28, 30, 36
 */
#include "model/algebra_net.h"

struct profile {
    enum tc_class_id id;
    bool is_external;     /* outside mscorlib: only the class name is checked, and Unrestricted in any case */
    bool is_one_name;     /* ToXml writes the name of the value, and nothing for 0 */
    bool checks_reading;  /* FromXml refuses unknown bits; otherwise only what makes a new object does */
    bool looks_at_all;    /* IsSubsetOf asks for unrestricted ones first: these cover unknown bits too, and only they
                           * cover each other */
    bool ignores_unknown; /* IsSubsetOf looks at known bits only */
    bool unites_unrestricted; /* Union with an unrestricted one is unrestricted, whatever the other's bits */
    bool keeps_other;         /* Intersect with an unrestricted one gives the other's bits, unknown ones too */
    bool drops_empty_union;   /* the union of nothing is null */
    bool drops_empty_copy;    /* and so is its copy, for a union with null */
};

static const struct profile profiles[] = {
    {TC_CLASS_SECURITY, .unites_unrestricted = true, .keeps_other = true},
    {TC_CLASS_REFLECTION, .looks_at_all = true, .unites_unrestricted = true},
    {TC_CLASS_FILE_DIALOG, .is_one_name = true, .looks_at_all = true, .ignores_unknown = true},
    {TC_CLASS_STORE, .is_external = true, .checks_reading = true, .drops_empty_union = true},
    {TC_CLASS_TYPE_DESCRIPTOR, .is_external = true, .checks_reading = true, .drops_empty_union = true},
    {TC_CLASS_DATA_PROTECTION, .is_external = true, .checks_reading = true, .drops_empty_union = true,
     .drops_empty_copy = true},
    {TC_CLASS_HOST_PROTECTION, .checks_reading = true},
};

static const struct profile *
profile_of(const struct tc_class *cls)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (cls == tc_class(profiles[i].id))
            return &profiles[i];
    return &profiles[0];
}

/* What an unrestricted permission has. */
static uint32_t
all_bits(const struct tc_class *cls)
{
    const struct tc_enum *values = tc_enum(cls->fields[0].values);
    uint32_t bits = 0;

    for (size_t i = 0; i < values->count; i++)
        bits |= (uint32_t)values->values[i].value;
    return bits;
}

static uint32_t
bits_of(const struct tc_perm *perm)
{
    if (perm->unrestricted)
        return all_bits(perm->cls);
    return perm->values[0].present ? (uint32_t)perm->values[0].bits : 0;
}

static bool
is_unrestricted(const struct tc_perm *perm)
{
    return bits_of(perm) == all_bits(perm->cls);
}

/* ---- reading and writing --------------------------------------------------------------------------------------- */

static enum tc_answer
illegal(struct tc_span span, struct tc_throw *ret_throw)
{
    return tc_throw_at(ret_throw, "ArgumentException", "Arg_EnumIllegalVal", span);
}

static enum tc_answer
read_flags(struct tc_arena *arena, const struct tc_element *element, struct tc_perm *perm, struct tc_throw *ret_throw)
{
    const struct tc_field *field = &perm->cls->fields[0];
    struct tc_str text;
    int32_t value;
    enum tc_answer answer;

    if (!tc_element_get_named(arena, element, field->xml, &text))
        return TC_YES;
    perm->values[0].span = tc_element_span(element, field->xml);
    answer = tc_enum_parse(tc_enum(field->values), text, false, &value, ret_throw);
    if (answer != TC_YES) {
        if (ret_throw != NULL)
            ret_throw->span = perm->values[0].span;
        return answer;
    }
    if (profile_of(perm->cls)->checks_reading && ((uint32_t)value & ~all_bits(perm->cls)) != 0)
        return illegal(perm->values[0].span, ret_throw);
    perm->values[0].present = true;
    perm->values[0].bits = (uint32_t)value;
    perm->unrestricted = is_unrestricted(perm);
    return TC_YES;
}

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    bool is_external = profile_of(cls)->is_external;
    enum tc_answer answer = is_external ? TC_YES : tc_element_validate(element, ret_throw);
    struct tc_perm *perm;

    if (is_external && !tc_element_names_class(cls, element))
        answer = tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidClassAttribute", element->span);
    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted =
        is_external ? tc_element_is_unrestricted_nocase(arena, element) : tc_element_is_unrestricted(element);
    answer = perm->unrestricted ? TC_YES : read_flags(arena, element, perm, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const struct tc_field *field = &perm->cls->fields[0];
    const struct tc_enum *values = tc_enum(field->values);
    uint32_t bits = bits_of(perm);
    struct tc_str text;

    if (is_unrestricted(perm))
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    if (profile_of(perm->cls)->is_one_name) {
        const char *name = tc_enum_name(values, (int32_t)bits);

        if (bits == 0)
            return TC_YES;
        if (name == NULL)
            return tc_throw_new(ret_throw, "ArgumentNullException", "");
        text = tc_str_of(name);
    } else {
        text = tc_bits_text(arena, values, bits);
    }
    return tc_write_text(arena, element, field->xml, text) ? TC_YES : tc_throw_nomem(ret_throw);
}

/* ---- subset, union, intersection ------------------------------------------------------------------------------- */

static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    const struct profile *profile;
    uint32_t missing;

    (void)arena;
    (void)machine;
    if (grant == NULL)
        return bits_of(demand) == 0 ? TC_YES : TC_NO;
    if (demand->cls != grant->cls)
        return tc_throw_wrong_type(ret_throw);
    profile = profile_of(demand->cls);
    if (profile->looks_at_all && is_unrestricted(grant))
        return TC_YES;
    if (profile->looks_at_all && is_unrestricted(demand))
        return TC_NO;
    missing = bits_of(demand) & ~bits_of(grant);
    return missing == 0 || (profile->ignores_unknown && (missing & all_bits(demand->cls)) == 0) ? TC_YES : TC_NO;
}

/* A new object of the class of @a like: unknown bits are refused. */
static enum tc_answer
make(struct tc_arena *arena, const struct tc_perm *like, uint32_t bits, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    if ((bits & ~all_bits(like->cls)) != 0)
        return illegal(like->span, ret_throw);
    perm = tc_perm_new(arena, like->cls, like->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->values[0] = (struct tc_value){.present = true, .span = like->values[0].span, .bits = bits};
    perm->unrestricted = is_unrestricted(perm);
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
none(struct tc_perm **ret)
{
    *ret = NULL;
    return TC_YES;
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    const struct profile *profile = profile_of(a->cls);
    uint32_t bits;

    if (b == NULL)
        return bits_of(a) == 0 && profile->drops_empty_copy ? none(ret) : make(arena, a, bits_of(a), ret, ret_throw);
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    bits = bits_of(a) | bits_of(b);
    if (bits == 0 && profile->drops_empty_union)
        return none(ret);
    if (profile->unites_unrestricted && (is_unrestricted(a) || is_unrestricted(b)))
        bits = all_bits(a->cls);
    return make(arena, a, bits, ret, ret_throw);
}

static enum tc_answer
intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
          struct tc_perm **ret, struct tc_throw *ret_throw)
{
    uint32_t bits;

    (void)machine;
    if (b == NULL)
        return none(ret);
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    bits = bits_of(a) & bits_of(b);
    if (profile_of(a->cls)->keeps_other && (is_unrestricted(a) || is_unrestricted(b)))
        bits = bits_of(is_unrestricted(b) ? a : b);
    return bits == 0 ? none(ret) : make(arena, a, bits, ret, ret_throw);
}

const struct tc_algebra_ops tc_flags_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
