#include "model/perm_union.h"

#include <assert.h>

/* Families whose Union puts the entries of the longer list first; the others those of the one that is asked, or of the
 * other one. */
static bool
has_longer_first(const struct tc_perm *perm)
{
    return perm->cls->algebra == TC_ALGEBRA_FILE_IO || perm->cls->algebra == TC_ALGEBRA_REGISTRY ||
           perm->cls->algebra == TC_ALGEBRA_ENVIRONMENT;
}

/* Unite the last two parts; nothing is left of them where that makes null. */
static enum tc_answer
join_last(struct tc_arena *arena, struct tc_perm_union *all, bool one_by_one, struct tc_throw *ret_throw)
{
    const struct tc_perm *old = all->parts[all->count - 2], *fresh = all->parts[all->count - 1];
    bool swap = !one_by_one && has_longer_first(old);
    struct tc_perm *united;

    if (tc_algebra_ops(fresh->cls->algebra)->unite(arena, swap ? old : fresh, swap ? fresh : old, &united, ret_throw) !=
        TC_YES) {
        all->count--; /* what threw is no part of it */
        return TC_THROWS;
    }
    all->weights[all->count - 2] += all->weights[all->count - 1];
    all->count -= united == NULL ? 2 : 1;
    if (united == NULL)
        return TC_YES;
    all->parts[all->count - 1] = united;
    return TC_YES;
}

enum tc_answer
tc_perm_union_add(struct tc_arena *arena, struct tc_perm_union *all, const struct tc_perm *fresh,
                  struct tc_throw *ret_throw)
{
    enum tc_answer answer = TC_YES;

    assert(all->count < TC_PERM_UNION_PARTS);
    all->parts[all->count] = fresh;
    all->weights[all->count] = 1;
    all->count++;
    if (all->count == 2 && all->weights[0] < TC_PERM_UNION_FEW)
        return join_last(arena, all, true, ret_throw);
    while (answer == TC_YES && all->count > 2 && all->weights[all->count - 2] <= all->weights[all->count - 1])
        answer = join_last(arena, all, false, ret_throw);
    return answer;
}

enum tc_answer
tc_perm_union_end(struct tc_arena *arena, struct tc_perm_union *all, const struct tc_perm **ret,
                  struct tc_throw *ret_throw)
{
    while (all->count > 1)
        if (join_last(arena, all, false, ret_throw) != TC_YES)
            return TC_THROWS;
    *ret = all->count == 0 ? NULL : all->parts[0];
    return TC_YES;
}
