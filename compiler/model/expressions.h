/**
 * Sets of paths, registry keys or names, as the framework's StringExpressionSet keeps them: what FileIO, Registry and
 * Environment permissions are made of. The kind is that of the field: PATHS, KEYS or NAMES.
 *
 * A list from a source holds texts as written. Every function here settles those first: slashes and blanks, and for
 * PATHS the canonical form. A path that the framework would refuse (one with a token that is still to be replaced)
 * stands for itself and compares by its text.
 */
#ifndef TC_MODEL_EXPRESSIONS_H
#define TC_MODEL_EXPRESSIONS_H

#include "model/algebra.h"

/**
 * AddExpressions: split @a value, settle the items and drop those that another one covers. For PATHS a quoted part is
 * one item; the exceptions are those of tc_path_canonical(). @a ret_list is overwritten; its items live in @a arena.
 */
enum tc_answer tc_expressions_parse(struct tc_arena *arena, enum tc_field_kind kind, struct tc_str value,
                                    struct tc_span span, struct tc_list *ret_list, struct tc_throw *ret_throw);

/**
 * The same items, settled, without those that another one covers; @a list itself when they are so already. Keeps the
 * two all-flags. False when out of memory.
 */
bool tc_expressions_settle(struct tc_arena *arena, enum tc_field_kind kind, const struct tc_list *list,
                           struct tc_list *ret_list);

/**
 * Settle the lists of @a perm in place and mark their items, so that later comparisons need not look again: for whoever
 * made the permission, before it is shared. False when out of memory.
 */
bool tc_expressions_settle_all(struct tc_arena *arena, struct tc_perm *perm);

/**
 * For lists of up to this many items the functions below compare each pair and allocate nothing besides the result; for
 * longer ones they look beginnings of paths up in a table, with the same answers. The parameter few is for tests.
 */
enum { TC_EXPRESSIONS_FEW = 32 };

/* What follows looks at the items only, which must be settled, and leaves the all-flags of results alone. */

/** Whether each item of @a demand is covered by one of @a grant. */
bool tc_expressions_subset(size_t few, enum tc_field_kind kind, const struct tc_list *demand,
                           const struct tc_list *grant);

/** The same for PathDiscovery: each item equal to, above or below one of @a grant. */
bool tc_expressions_related(size_t few, const struct tc_list *demand, const struct tc_list *grant);

/** Union: the items of the larger list, then those of the other that are not covered. False when out of memory. */
bool tc_expressions_unite(struct tc_arena *arena, size_t few, enum tc_field_kind kind, const struct tc_list *a,
                          const struct tc_list *b, struct tc_list *ret_list);

/** Intersect: the narrower one of each pair of which one covers the other. False when out of memory. */
bool tc_expressions_intersect(struct tc_arena *arena, size_t few, enum tc_field_kind kind, const struct tc_list *a,
                              const struct tc_list *b, struct tc_list *ret_list);

/** An empty list with room for @a room items; NULL items when out of memory. */
struct tc_list tc_expressions_new(struct tc_arena *arena, size_t room);

/** Whether no item covers another one. */
bool tc_expressions_are_reduced(size_t few, enum tc_field_kind kind, const struct tc_list *list);

/**
 * AddExpressions: drop the items that another one covers, in place. What stays stands where the first that it covers
 * was; of equal items the first one stays.
 */
void tc_expressions_reduce(size_t few, enum tc_field_kind kind, struct tc_list *list);

/** The text of the list: items joined by `;`, in quotes when they contain one. */
struct tc_str tc_expressions_text(struct tc_arena *arena, const struct tc_list *list);

#endif
