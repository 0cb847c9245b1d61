/**
 * FileIO, Registry and Environment: a list of expressions for each right. The kind of a field says how its items
 * compare; lists of paths can be all files or all local files besides.
 *
 * Source: permissions 1 to 3
 */
#include "model/algebra_util.h"
#include "model/expressions.h"
#include "model/path.h"

#define ALL_FILES       TC_STR("*AllFiles*")
#define ALL_LOCAL_FILES TC_STR("*AllLocalFiles*")

/* PathDiscovery compares more generously than the other rights. */
static bool
is_discovery(const struct tc_perm *perm, size_t field)
{
    return perm->cls->algebra == TC_ALGEBRA_FILE_IO && field == TC_FIELD_FILE_IO_DISCOVER;
}

static bool
value_is_empty(const struct tc_value *value)
{
    return !value->present || (value->list.count == 0 && !value->list.all && !value->list.all_local);
}

static bool
is_empty(const struct tc_perm *perm)
{
    if (perm->unrestricted)
        return false;
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (!value_is_empty(&perm->values[i]))
            return false;
    return true;
}

/* ---- reading and writing --------------------------------------------------------------------------------------- */

static enum tc_answer
read_value(struct tc_arena *arena, enum tc_field_kind kind, struct tc_str text, struct tc_value *value,
           struct tc_throw *ret_throw)
{
    bool all_local = false;
    enum tc_answer answer;

    if (kind == TC_FIELD_PATHS && tc_str_eq(text, ALL_FILES)) {
        value->list.all = true;
        return TC_YES;
    }
    if (kind == TC_FIELD_PATHS && tc_str_starts(text, ALL_LOCAL_FILES)) {
        all_local = true;
        text = tc_str_sub(text, ALL_LOCAL_FILES.len, text.len);
    }
    answer = tc_expressions_parse(arena, kind, text, value->span, &value->list, ret_throw);
    value->list.all_local = all_local;
    return answer;
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
    for (size_t i = 0; i < cls->field_count && !perm->unrestricted; i++) {
        struct tc_value *value = &perm->values[i];
        struct tc_str text;

        if (!tc_element_get_named(arena, element, cls->fields[i].xml, &text))
            continue;
        value->present = true;
        value->span = tc_element_span(element, cls->fields[i].xml);
        answer = read_value(arena, cls->fields[i].kind, text, value, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

static struct tc_str
value_text(struct tc_arena *arena, enum tc_field_kind kind, const struct tc_value *value)
{
    struct tc_list list;
    struct tc_str text;

    if (value->list.all)
        return ALL_FILES;
    if (!tc_expressions_settle(arena, kind, &value->list, &list))
        return (struct tc_str){0};
    text = list.count == 0 ? (struct tc_str){0} : tc_expressions_text(arena, &list);
    if (!value->list.all_local)
        return text;
    return text.len == 0 ? ALL_LOCAL_FILES : tc_arena_printf(arena, "*AllLocalFiles*;%.*s", TC_STR_ARG(text));
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    if (perm->unrestricted)
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        const struct tc_field *field = &perm->cls->fields[i];

        if (!value_is_empty(&perm->values[i]) &&
            !tc_write_text(arena, element, field->xml, value_text(arena, field->kind, &perm->values[i])))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

/* ---- subset ---------------------------------------------------------------------------------------------------- */

static bool
is_local(const struct tc_machine *machine, struct tc_str path)
{
    int drive = tc_path_drive(path);

    return drive >= 0 && machine != NULL && (machine->local_drives >> drive & 1) != 0;
}

static bool
all_are_local(const struct tc_machine *machine, const struct tc_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (!is_local(machine, list->items[i].text))
            return false;
    return true;
}

static enum tc_answer
value_subset(struct tc_arena *arena, const struct tc_machine *machine, enum tc_field_kind kind, bool discovery,
             const struct tc_value *demand, const struct tc_value *grant, struct tc_throw *ret_throw)
{
    struct tc_list inner, outer;

    if (!demand->present || value_is_empty(demand))
        return TC_YES;
    if (!grant->present)
        return TC_NO;
    /* Without paths the framework asks no further, whatever the demand's flags: permissions 1, "Quirk". */
    if (grant->list.all || demand->list.count == 0)
        return TC_YES;
    if (!tc_expressions_settle(arena, kind, &demand->list, &inner) ||
        !tc_expressions_settle(arena, kind, &grant->list, &outer))
        return tc_throw_nomem(ret_throw);
    if (discovery && tc_expressions_related(TC_EXPRESSIONS_FEW, &inner, &outer))
        return TC_YES;
    if (tc_expressions_subset(TC_EXPRESSIONS_FEW, kind, &inner, &outer))
        return TC_YES;
    return grant->list.all_local && all_are_local(machine, &inner) ? TC_YES : TC_NO;
}

static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    if (grant == NULL)
        return is_empty(demand) ? TC_YES : TC_NO;
    if (demand->cls != grant->cls)
        return tc_throw_wrong_type(ret_throw);
    if (grant->unrestricted)
        return TC_YES;
    if (demand->unrestricted)
        return TC_NO;
    for (size_t i = 0; i < demand->cls->field_count; i++) {
        enum tc_answer answer = value_subset(arena, machine, demand->cls->fields[i].kind, is_discovery(demand, i),
                                             &demand->values[i], &grant->values[i], ret_throw);

        if (answer != TC_YES)
            return answer;
    }
    return TC_YES;
}

/* ---- union and intersection
 * --------------------------------------------------------------------------------- */

static enum tc_answer
give_copy(struct tc_arena *arena, const struct tc_perm *perm, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    *ret = tc_perm_copy(arena, perm);
    return *ret == NULL || !tc_expressions_settle_all(arena, *ret) ? tc_throw_nomem(ret_throw) : TC_YES;
}

/* What stays of both spans: the first one's. */
static struct tc_value
new_value(const struct tc_value *a, const struct tc_value *b)
{
    return (struct tc_value){.present = true, .span = a->present ? a->span : b->span};
}

static bool
unite_values(struct tc_arena *arena, enum tc_field_kind kind, const struct tc_value *a, const struct tc_value *b,
             struct tc_value *ret)
{
    struct tc_list x, y;

    if (value_is_empty(a) || value_is_empty(b)) {
        *ret = value_is_empty(a) ? *b : *a;
        return true;
    }
    *ret = new_value(a, b);
    ret->list.all = a->list.all || b->list.all;
    if (ret->list.all)
        return true;
    ret->list.all_local = a->list.all_local || b->list.all_local;
    return tc_expressions_settle(arena, kind, &a->list, &x) && tc_expressions_settle(arena, kind, &b->list, &y) &&
           tc_expressions_unite(arena, TC_EXPRESSIONS_FEW, kind, &x, &y, &ret->list);
}

/* AllLocalFiles of one side keeps the other side's paths on local drives. */
static void
keep_local(const struct tc_machine *machine, const struct tc_list *from, struct tc_list *into)
{
    for (uint32_t i = 0; i < from->count; i++)
        if (is_local(machine, from->items[i].text))
            into->items[into->count++] = from->items[i];
}

static bool
intersect_values(struct tc_arena *arena, const struct tc_machine *machine, enum tc_field_kind kind,
                 const struct tc_value *a, const struct tc_value *b, struct tc_value *ret)
{
    struct tc_list x, y, both = {0}, list;

    *ret = (struct tc_value){0};
    if (value_is_empty(a) || value_is_empty(b))
        return true;
    if (a->list.all || b->list.all) {
        *ret = a->list.all ? *b : *a;
        return true;
    }
    *ret = new_value(a, b);
    if (!tc_expressions_settle(arena, kind, &a->list, &x) || !tc_expressions_settle(arena, kind, &b->list, &y) ||
        !tc_expressions_intersect(arena, TC_EXPRESSIONS_FEW, kind, &x, &y, &both))
        return false;
    if (a->list.all_local || b->list.all_local) {
        list = tc_expressions_new(arena, (size_t)x.count + y.count + both.count);
        if (list.items == NULL)
            return false;
        if (a->list.all_local)
            keep_local(machine, &y, &list);
        if (b->list.all_local)
            keep_local(machine, &x, &list);
        for (uint32_t i = 0; i < both.count; i++)
            list.items[list.count++] = both.items[i];
        tc_expressions_reduce(TC_EXPRESSIONS_FEW, kind, &list);
        both = list;
    }
    ret->list = both;
    ret->list.all_local = a->list.all_local && b->list.all_local;
    return true;
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    if (b == NULL)
        return give_copy(arena, a, ret, ret_throw);
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = a->unrestricted || b->unrestricted;
    for (size_t i = 0; i < a->cls->field_count && !perm->unrestricted; i++)
        if (!unite_values(arena, a->cls->fields[i].kind, &a->values[i], &b->values[i], &perm->values[i]))
            return tc_throw_nomem(ret_throw);
    *ret = is_empty(perm) ? NULL : perm;
    return TC_YES;
}

static enum tc_answer
intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
          struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return give_copy(arena, a->unrestricted ? b : a, ret, ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < a->cls->field_count; i++)
        if (!intersect_values(arena, machine, a->cls->fields[i].kind, &a->values[i], &b->values[i], &perm->values[i]))
            return tc_throw_nomem(ret_throw);
    *ret = is_empty(perm) ? NULL : perm;
    return TC_YES;
}

const struct tc_algebra_ops tc_list_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
