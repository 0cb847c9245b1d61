/* Whether two compilations grant the same, and isolate the same. */
#include "api/minimize_parts.h"
#include "base/map.h"
#include "verify/grants.h"
#include "verify/wider.h"

#include <stdlib.h>

static bool
same_for(struct tc_arena *arena, const struct tc_policy *a, const struct tc_policy *b,
         const struct tc_token_values *values)
{
    const struct tc_policy *wide_a, *wide_b;

    if (a == NULL || b == NULL)
        return a == b;
    if (a->runtime != b->runtime || tc_policy_is_full(a) != tc_policy_is_full(b))
        return false;
    if (tc_policy_is_wider_for(arena, a, b, values) || tc_policy_is_wider_for(arena, b, a, values))
        return false;
    wide_a = tc_policy_widest(arena, a);
    wide_b = tc_policy_widest(arena, b);
    if (wide_a == NULL || wide_b == NULL)
        return false;
    return (wide_a == a && wide_b == b) || (!tc_policy_is_wider_for(arena, wide_a, wide_b, values) &&
                                            !tc_policy_is_wider_for(arena, wide_b, wide_a, values));
}

static bool
same_applications(struct tc_arena *arena, const struct tc_model *a, const struct tc_model *b)
{
    if (a->application_count != b->application_count || a->runtime != b->runtime)
        return false;
    for (size_t i = 0; i < a->application_count; i++) {
        const struct tc_application *x = a->applications[i], *y = b->applications[i];
        struct tc_token_values values;

        if (!tc_str_eq(x->name, y->name) || x->runtime != y->runtime)
            return false;
        values = tc_application_values(arena, a, x);
        if (!same_for(arena, x->policy, y->policy, &values))
            return false;
    }
    return true;
}

/* ---- policies ---- */

static struct tc_str
key_of(struct tc_arena *arena, const struct tc_policy *policy)
{
    return tc_arena_printf(arena, "%d %.*s", (int)policy->runtime, TC_STR_ARG(policy->name));
}

static void
add_policies(struct tc_arena *arena, struct tc_map *map, const struct tc_policy *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tc_map_add(map, key_of(arena, list[i]), (void *)(uintptr_t)list[i]);
}

static bool
same_list(struct tc_arena *arena, const struct tc_map *map, const struct tc_policy *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct tc_policy *other = tc_map_get(map, key_of(arena, list[i]));

        if (other != NULL && (tc_policy_is_wider(arena, list[i], other) || tc_policy_is_wider(arena, other, list[i])))
            return false;
    }
    return true;
}

/* Other sources may read this one and extend its policies. Levels of applications were compared with their own
 * directories: what lies in one of them is covered there alone. */
static bool
same_policies(struct tc_arena *arena, const struct tc_model *a, const struct tc_model *b)
{
    struct tc_map map, levels;
    size_t kept = 0;
    const struct tc_policy **list = tc_arena_array(arena, const struct tc_policy *, a->level_count);

    tc_map_init(&map, arena);
    tc_map_init(&levels, arena);
    for (size_t i = 0; i < a->application_count; i++)
        if (a->applications[i]->policy != NULL)
            tc_map_add(&levels, key_of(arena, a->applications[i]->policy), &levels);
    add_policies(arena, &map, b->levels, b->level_count);
    add_policies(arena, &map, b->unused, b->unused_count);
    for (size_t i = 0; list != NULL && i < a->level_count; i++)
        if (tc_map_get(&levels, key_of(arena, a->levels[i])) == NULL)
            list[kept++] = a->levels[i];
    return list != NULL && same_list(arena, &map, list, kept) && same_list(arena, &map, a->unused, a->unused_count);
}

static bool
same_defaults(struct tc_arena *arena, const struct tc_model *a, const struct tc_model *b)
{
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++) {
        const struct tc_policy *x = a->defaults[clr], *y = b->defaults[clr];

        if ((x == NULL) != (y == NULL) ||
            (x != NULL &&
             (!tc_str_eq(x->name, y->name) || tc_policy_is_wider(arena, x, y) || tc_policy_is_wider(arena, y, x))))
            return false;
    }
    return true;
}

/* ---- isolation ---- */

static int
by_text(const void *a, const void *b)
{
    return tc_str_cmp(*(const struct tc_str *)a, *(const struct tc_str *)b);
}

static void
put_list(struct tc_buf *out, const uint32_t *list, size_t count)
{
    tc_buf_putc(out, '|');
    for (size_t i = 0; i < count; i++)
        tc_buf_printf(out, " %u", list[i]);
}

/* What a finding says, without places: rule, verdict, whether it is accepted or has a reason, who and to whom. */
static struct tc_str *
findings_of(struct tc_arena *arena, const struct tc_isolation *isolation, size_t *ret_count)
{
    struct tc_str *list = tc_arena_array(arena, struct tc_str, isolation->finding_count);
    struct tc_buf out = {0};
    size_t count = 0;

    if (list == NULL)
        return NULL;
    for (const struct tc_isolation_finding *f = isolation->findings; f != NULL; f = f->next) {
        tc_buf_clear(&out);
        tc_buf_printf(&out, "%d %d %d%d", (int)f->rule, (int)f->verdict, f->accept != NULL, f->reason.len > 0);
        put_list(&out, f->froms, f->from_count);
        put_list(&out, f->tos, f->to_count);
        list[count++] = tc_arena_str(arena, tc_buf_str(&out));
    }
    if (count > 0)
        qsort(list, count, sizeof *list, by_text);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) /* a grant that is there twice is found twice */
        if (i == 0 || !tc_str_eq(list[i], list[i - 1]))
            list[(*ret_count)++] = list[i];
    arena->failed |= out.failed;
    tc_buf_done(&out);
    return list;
}

static enum tc_status
same_isolation(struct tc_compilation *before, struct tc_compilation *after, bool *ret_same)
{
    struct tc_str *a, *b;
    size_t a_count, b_count;
    enum tc_status status = TC_OK;

    if (before->isolation == NULL)
        status = tc_isolate(&before->arena, before->model, &before->isolation);
    if (status == TC_OK)
        status = tc_isolate(&after->arena, after->model, &after->isolation);
    if (status != TC_OK)
        return status;
    a = findings_of(&after->arena, before->isolation, &a_count);
    b = findings_of(&after->arena, after->isolation, &b_count);
    *ret_same = a != NULL && b != NULL && a_count == b_count;
    for (size_t i = 0; *ret_same && i < a_count; i++)
        *ret_same = tc_str_eq(a[i], b[i]);
    return after->arena.failed ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_minimize_same(struct tc_compilation *before, struct tc_compilation *after, bool *ret_same)
{
    struct tc_arena *arena = &after->arena;

    *ret_same = same_applications(arena, before->model, after->model) &&
                same_policies(arena, before->model, after->model) && same_defaults(arena, before->model, after->model);
    if (arena->failed)
        return TC_ERR_NOMEM;
    return *ret_same ? same_isolation(before, after, ret_same) : TC_OK;
}
