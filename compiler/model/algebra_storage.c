/**
 * IsolatedStorage: a kind of isolation, compared as a number, with quotas.
 *
 * Source: permissions 6
 */
#include "model/algebra_util.h"

enum { UNRESTRICTED_STORAGE = 0xF0 };

static int64_t
number(const struct tc_perm *perm, size_t field)
{
    if (perm->unrestricted) {
        if (field == TC_FIELD_ISOLATED_STORAGE_ALLOWED)
            return UNRESTRICTED_STORAGE;
        return field == TC_FIELD_ISOLATED_STORAGE_PERMANENT ? 1 : INT64_MAX;
    }
    return perm->values[field].present ? perm->values[field].number : 0;
}

static bool
is_unrestricted(const struct tc_perm *perm)
{
    return number(perm, TC_FIELD_ISOLATED_STORAGE_ALLOWED) == UNRESTRICTED_STORAGE;
}

static bool
is_empty(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (number(perm, i) != 0)
            return false;
    return true;
}

static enum tc_answer
read_number(const struct tc_field *field, struct tc_str text, int64_t *ret_number, struct tc_throw *ret_throw)
{
    bool flag = false;
    int32_t level = 0;
    enum tc_answer answer;

    switch (field->kind) {
    case TC_FIELD_LEVEL:
        answer = tc_enum_parse(tc_enum(field->values), text, false, &level, ret_throw);
        *ret_number = level;
        return answer;
    case TC_FIELD_BOOL:
        answer = tc_bool_parse(text, &flag, ret_throw);
        *ret_number = flag;
        return answer;
    default:
        return tc_int64_parse(text, ret_number, ret_throw);
    }
}

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    enum tc_answer answer = tc_element_validate(element, ret_throw);
    struct tc_perm *perm;

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = tc_element_is_unrestricted(element);
    /* Allowed comes first: once it says unrestricted, nothing else is looked at. */
    for (size_t i = 0; i < cls->field_count && !perm->unrestricted; i++) {
        struct tc_value *value = &perm->values[i];
        struct tc_str text;

        if (!tc_element_get_named(arena, element, cls->fields[i].xml, &text))
            continue;
        value->span = tc_element_span(element, cls->fields[i].xml);
        answer = read_number(&cls->fields[i], text, &value->number, ret_throw);
        if (answer != TC_YES) {
            if (ret_throw != NULL)
                ret_throw->span = value->span;
            return answer;
        }
        value->present = true;
        perm->unrestricted = is_unrestricted(perm);
    }
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const struct tc_field *fields = perm->cls->fields;
    const char *name;
    bool ok;

    if (is_unrestricted(perm))
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    name = tc_enum_name(tc_enum(fields[0].values), number(perm, 0));
    if (name == NULL)
        return tc_throw_new(ret_throw, "ArgumentNullException", "");
    ok = tc_write_raw(arena, element, fields[0].xml, tc_str_of(name));
    for (size_t i = 1; i < perm->cls->field_count && ok; i++) {
        int64_t value = number(perm, i);

        if (value > 0)
            ok = tc_write_raw(arena, element, fields[i].xml,
                              fields[i].kind == TC_FIELD_BOOL ? TC_STR("True") : tc_int64_text(arena, value));
    }
    return ok && !arena->failed ? TC_YES : tc_throw_nomem(ret_throw);
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
        return tc_throw_wrong_type(ret_throw);
    if (is_unrestricted(grant))
        return TC_YES;
    for (size_t i = 0; i < demand->cls->field_count; i++)
        if (number(demand, i) > number(grant, i))
            return TC_NO;
    return TC_YES;
}

static enum tc_answer
combine(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, bool is_union, struct tc_perm **ret,
        struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, a->cls, a->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < a->cls->field_count; i++) {
        int64_t x = number(a, i), y = number(b, i);

        perm->values[i].present = true;
        perm->values[i].span = a->values[i].span;
        perm->values[i].number = (x > y) == is_union ? x : y;
    }
    perm->unrestricted = is_unrestricted(perm);
    *ret = is_empty(perm) && !is_union ? NULL : perm;
    return TC_YES;
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    if (b == NULL)
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    return is_unrestricted(a) || is_unrestricted(b)
               ? tc_perm_give_copy(arena, is_unrestricted(a) ? a : b, ret, ret_throw)
               : combine(arena, a, b, true, ret, ret_throw);
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
        return tc_throw_wrong_type(ret_throw);
    return is_unrestricted(a) || is_unrestricted(b)
               ? tc_perm_give_copy(arena, is_unrestricted(b) ? a : b, ret, ret_throw)
               : combine(arena, a, b, false, ret, ret_throw);
}

const struct tc_algebra_ops tc_isolated_storage_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
