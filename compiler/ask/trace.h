/**
 * How an answer came about: which code groups matched, what each of them gave, and which grants of the source, or
 * elements of the file, allow what was asked. The evaluator itself notes the groups (verify/expected.h); the grants are
 * tried one by one.
 */
#ifndef TC_ASK_TRACE_H
#define TC_ASK_TRACE_H

#include "ask/subject.h"

/** A set that the code gets something of. */
struct tc_trace_set {
    const struct tc_pset *set;         /**< NULL: one that is built in, or none of that name */
    const struct tc_grant_set *grants; /**< what it is to the framework, tokens filled in */
    const struct tc_expected_step
        *group; /**< whose set it is; NULL: of no group: the level itself is full trust, an
                     entry of FullTrustAssemblies decided, or 4.x gives the domain's own set */
};

struct tc_trace {
    const struct tc_subject *subject;
    size_t number; /**< of the own code: tc_own_kind() */
    bool wide;     /**< with what is only `possibly` granted */
    struct tc_expected_trace groups;
    bool is_full_level; /**< the level is full trust: no group is asked */
    bool is_domain_set; /**< 4.x's default model: the groups chose, what is given is the main set (aspnet-trust 6.2) */
    const char *throws; /**< what the framework throws instead of an answer; else NULL */
    struct tc_trace_set *sets; /**< what makes up the grant, in the order of the groups */
    size_t set_count;
};

/** Ask the code groups of @a subject for own code @a number. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_trace_of(struct tc_arena *arena, const struct tc_subject *subject, size_t number, bool wide,
                           struct tc_trace *ret);

/** @a set as the source or file has it, `possibly` apart: of a widened policy the one that it was made from. */
const struct tc_pset *tc_trace_written(const struct tc_trace *trace, const struct tc_pset *set);

/** One grant of a source, or one permission of a file, that an answer rests on. */
struct tc_trace_grant {
    const struct tc_perm *perm;  /**< as written; NULL: the whole set is unrestricted, or raw markup or what is built in
                                      allows it */
    const struct tc_perm *entry; /**< the part of `perm` that allows it (ask/atoms.h); `perm` when it is no single one;
                                    what raw markup grants; else NULL */
    struct tc_span span;   /**< where it is written; of the set or its group when there is no `perm`; may be nowhere */
    struct tc_str because; /**< its reason; may be empty */
    bool possible;         /**< `possibly grant` */
    const struct tc_trace_set *set;
};

struct tc_trace_grants {
    struct tc_trace_grant *items;
    size_t count, capacity;
};

/**
 * The grants in the sets of @a trace that allow @a demand: for each of its smallest parts (ask/atoms.h) the last one
 * written that does so by itself, those that are not `possibly` first. When it takes several together, all of its
 * class.
 *
 * @param demand  its tokens are filled in here
 * @param ret     in the order found, each once; empty when nothing allows it
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_trace_allowing(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_perm *demand,
                                 struct tc_trace_grants *ret);

/** The grants in the sets of @a trace that allow any part of @a demand (ask/overlap.h), the last written first; what
 * may depends on what is not known is among them. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_trace_touching(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_perm *demand,
                                 struct tc_trace_grants *ret);

/** All grants of class @a cls in the sets of @a trace, the last written first. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_trace_of_class(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_class *cls,
                                 struct tc_trace_grants *ret);

/** The policies from the one of the subject to the one that has @a grant in its own text: each is the base of the one
 * before it. *ret_count is 1 when it is not inherited. In @a arena; NULL when out of memory. */
const struct tc_policy **tc_trace_chain(struct tc_arena *arena, const struct tc_subject *subject,
                                        const struct tc_trace_grant *grant, size_t *ret_count);

#endif
