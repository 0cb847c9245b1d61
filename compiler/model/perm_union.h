/**
 * Many permissions of one class, united. The framework unites them one by one with what is there, which copies all that
 * is there each time; here the first TC_PERM_UNION_FEW are, and what comes later is united in parts of like size, so
 * that n permissions cost n log n.
 */
#ifndef TC_MODEL_PERM_UNION_H
#define TC_MODEL_PERM_UNION_H

#include "model/algebra.h"

enum {
    TC_PERM_UNION_FEW = 32,   /**< so many are united just as the framework does */
    TC_PERM_UNION_PARTS = 64, /**< more than halving the number of elements of any file makes */
};

/** A union that is being made; all zero in the beginning. */
struct tc_perm_union {
    const struct tc_perm *parts[TC_PERM_UNION_PARTS];
    uint32_t weights[TC_PERM_UNION_PARTS]; /**< of how many permissions each is made */
    size_t count;
};

/**
 * One permission more: @a fresh.Union(what is there). @a fresh is borrowed, and may be what the union is then.
 *
 * What is granted is the same as one by one. Of more than TC_PERM_UNION_FEW, the order in which lists name their
 * entries is that of the permissions, where the framework's also depends on how long each list is; and an exception may
 * be about a later permission, or come only from tc_perm_union_end().
 *
 * @return TC_YES; TC_THROWS as unite of struct tc_algebra_ops: then @a fresh is not in the union
 */
enum tc_answer tc_perm_union_add(struct tc_arena *arena, struct tc_perm_union *all, const struct tc_perm *fresh,
                                 struct tc_throw *ret_throw);

/** The union; *ret is NULL for null. @a all can go on afterwards. */
enum tc_answer tc_perm_union_end(struct tc_arena *arena, struct tc_perm_union *all, const struct tc_perm **ret,
                                 struct tc_throw *ret_throw);

#endif
