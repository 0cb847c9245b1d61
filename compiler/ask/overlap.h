/**
 * Whether two permissions have something in common that code could ask for: what a `never` names and what is granted, a
 * question with wildcards and a grant.
 *
 * The framework's own Intersect is not enough: it knows no `*` in the names of machines, makes a third pattern of two
 * patterns of URLs whether or not anything fits it, and calls every path above a discovered one common. A yes here is a
 * demand that both allow by IsSubsetOf itself, so it can be shown, and asked again of the evaluator.
 */
#ifndef TC_ASK_OVERLAP_H
#define TC_ASK_OVERLAP_H

#include "model/algebra.h"

enum tc_overlap_answer {
    TC_OVERLAP_NO,
    TC_OVERLAP_UNKNOWN, /**< it depends on what is not known here: see `why` */
    TC_OVERLAP_YES,
};

struct tc_overlap {
    enum tc_overlap_answer answer;
    const struct tc_perm *demand; /**< yes: what both allow, one concrete thing; NULL: none */
    struct tc_span span;          /**< yes: the entry of @a granted that allows it; nowhere when it is no entry of a
                                     list and no row: ask tc_perm_granted() */
    const char *why;              /**< unknown: why, a sentence without a full stop; else NULL */
};

/**
 * Whether @a granted allows a part of what @a asked names.
 *
 * A path, registry key, pattern or row stands for all that lies in it or fits it, flags for each flag. A level, a quota
 * and other numbers stand for themselves: Medium is no part of High. What is unrestricted names everything of its
 * class, but for Security's Execution, without which no code runs. A path that is discovered stands for itself and what
 * lies in it, although the framework allows to discover what lies above as well. Of a class that a source declares
 * nothing but its name is known: any grant of it is a part.
 *
 * Tokens are to be filled in before; both may hold several rows and entries. Cost: entries of one times entries of the
 * other.
 *
 * @param machine  as for the algebra: what is known of the computer, or NULL
 * @param ret      lives in @a arena, and borrows from both permissions
 * @return false when out of memory
 */
bool tc_overlap(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *asked,
                const struct tc_perm *granted, struct tc_overlap *ret);

#endif
