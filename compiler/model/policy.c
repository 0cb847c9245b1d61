#include "model/policy.h"

#include <string.h>

/* Table classes by row, declared ones (which live in an arena) behind them as they come. */
static size_t
rank(const struct tc_perm *perm)
{
    return perm->cls->assembly == TC_ASM_COUNT_ ? TC_CLASS_COUNT_ : (size_t)tc_class_id(perm->cls);
}

const struct tc_perm *
tc_pset_find(const struct tc_pset *set, const struct tc_class *cls)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->perms[i]->cls == cls)
            return set->perms[i];
    return NULL;
}

static const struct tc_perm **
grown(struct tc_arena *arena, const struct tc_perm **old, size_t count)
{
    const struct tc_perm **larger;

    if (count % 16 != 0)
        return old;
    larger = tc_arena_array(arena, const struct tc_perm *, count + 16);
    if (larger != NULL && count > 0)
        memcpy(larger, old, count * sizeof *larger);
    return larger;
}

bool
tc_pset_put(struct tc_arena *arena, struct tc_pset *set, const struct tc_perm *perm, bool possible)
{
    const struct tc_perm ***list = possible ? &set->possible : &set->perms;
    size_t *count = possible ? &set->possible_count : &set->count;
    size_t place = *count;
    const struct tc_perm **larger;

    for (size_t i = 0; i < *count; i++)
        if ((*list)[i]->cls == perm->cls) {
            (*list)[i] = perm;
            return true;
        }
    larger = grown(arena, *list, *count);
    if (larger == NULL)
        return false;
    *list = larger;
    while (place > 0 && rank((*list)[place - 1]) > rank(perm))
        place--;
    memmove(&(*list)[place + 1], &(*list)[place], (*count - place) * sizeof **list);
    (*list)[place] = perm;
    (*count)++;
    return true;
}

bool
tc_pset_drop(struct tc_pset *set, const struct tc_class *cls, bool possible)
{
    const struct tc_perm **list = possible ? set->possible : set->perms;
    size_t *count = possible ? &set->possible_count : &set->count;

    for (size_t i = 0; i < *count; i++)
        if (list[i]->cls == cls) {
            memmove(&list[i], &list[i + 1], (*count - i - 1) * sizeof *list);
            (*count)--;
            return true;
        }
    return false;
}

/* Capacities are multiples of 16, so that a copy may grow by the same rule. */
static const struct tc_perm **
copied(struct tc_arena *arena, const struct tc_perm **list, size_t count)
{
    const struct tc_perm **copy = tc_arena_array(arena, const struct tc_perm *, (count + 15) / 16 * 16);

    if (copy != NULL && count > 0)
        memcpy(copy, list, count * sizeof *copy);
    return copy;
}

struct tc_pset *
tc_pset_copy(struct tc_arena *arena, const struct tc_pset *set)
{
    struct tc_pset *copy = tc_arena_new(arena, struct tc_pset);

    if (copy == NULL)
        return NULL;
    *copy = *set;
    copy->perms = copied(arena, set->perms, set->count);
    copy->possible = copied(arena, set->possible, set->possible_count);
    return copy->perms == NULL || copy->possible == NULL ? NULL : copy;
}

struct tc_pset *
tc_policy_find_set(const struct tc_policy *policy, struct tc_str name)
{
    for (size_t i = 0; i < policy->set_count; i++)
        if (tc_str_eq(policy->sets[i]->name, name))
            return policy->sets[i];
    return NULL;
}

bool
tc_policy_is_full(const struct tc_policy *policy)
{
    return policy->is_stock ? policy->level == TC_LEVEL_FULL : policy->sets[0]->unrestricted;
}
