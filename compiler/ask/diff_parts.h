/**
 * What the files of the comparison share. No part of its face.
 */
#ifndef TC_ASK_DIFF_PARTS_H
#define TC_ASK_DIFF_PARTS_H

#include "ask/diff.h"
#include "base/map.h"

/** A list of changes in the making. */
struct tc_diff_list {
    struct tc_arena *arena;
    struct tc_diff_change *first, **tail;
};

/** An empty list whose changes will live in @a arena; running out of memory is the arena's to remember. */
void tc_diff_list_init(struct tc_diff_list *list, struct tc_arena *arena);

/** Append a copy of @a change. */
void tc_diff_list_add(struct tc_diff_list *list, struct tc_diff_change change);

/** Set where @a span is in @a change; nowhere leaves it empty. */
void tc_diff_set_place(struct tc_diff_change *change, const struct tc_diff_side *side, struct tc_span span);

/** How two policies differ as they are written; what is only written otherwise may still mean the same. */
struct tc_policy_change {
    bool main;   /**< the main set */
    bool sets;   /**< the other sets */
    bool groups; /**< the code groups, or the fully trusted assemblies */
    bool raw;    /**< markup that stands there as it is */
};

/** Compare two policies without asking them anything. */
struct tc_policy_change tc_policy_changed(const struct tc_policy *a, const struct tc_policy *b);

/** Whether two permissions of a declared class say the same: in a file, that they are unrestricted is an attribute. */
bool tc_diff_same_declared(const struct tc_perm *a, const struct tc_perm *b);

/** One application, or the default, on both sides. */
struct tc_diff_pair {
    const struct tc_diff_side *sides[2];
    const struct tc_policy *policies[2];
    struct tc_token_values values[2];
    struct tc_str name;
    bool same_values;
};

/** What the own code gains and loses. @return false when out of memory */
bool tc_diff_grants(struct tc_arena *arena, const struct tc_subject subjects[2], const struct tc_diff_pair *pair,
                    struct tc_diff_list *list);

/** What other code gains and loses, by the code groups of both sides; sets of declared classes and markup. */
bool tc_diff_code(struct tc_arena *arena, struct tc_subject subjects[2], const struct tc_diff_pair *pair,
                  const struct tc_policy_change *change, struct tc_diff_list *list);

/** Compare the isolation of both sides. @a matches: by application of the newer side, the index on the other side, or
 * UINT32_MAX. */
bool tc_diff_isolation(struct tc_arena *arena, const struct tc_diff_side *from, const struct tc_diff_side *to,
                       const uint32_t *matches, struct tc_diff *diff);

/** What restarts. */
bool tc_diff_restarts(struct tc_arena *arena, const struct tc_diff_side *from, const struct tc_diff_side *to,
                      struct tc_diff *diff);

#endif
