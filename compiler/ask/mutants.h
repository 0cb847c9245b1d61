/**
 * Would a test or a `never` notice if a grant were another one? Each part of a grant is dropped, and widened, and the
 * rules that speak of its class are asked again.
 */
#ifndef TC_ASK_MUTANTS_H
#define TC_ASK_MUTANTS_H

#include "ask/coverage.h"

enum tc_mutation {
    TC_MUTATION_DROP,  /**< taken out */
    TC_MUTATION_WIDEN, /**< a path becomes the directory above it, anything else unrestricted */
};

/** A change that no rule notices. */
struct tc_survivor {
    const struct tc_granted_atom *atom;
    enum tc_mutation mutation;
    bool to_parent; /**< widened to the directory above; else to all of the class */
};

struct tc_mutants {
    size_t count; /**< changes that change what is granted */
    size_t noticed;
    struct tc_survivor *survivors; /**< by the place of the grant */
    size_t survivor_count;
};

/**
 * Try each atom of @a coverage. Lines of @a run that fail already notice nothing.
 * @param ret  lives in @a arena
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_mutants_try(struct tc_arena *arena, const struct tc_model *model, const struct tc_coverage *coverage,
                              const struct tc_rule_run *run, struct tc_mutants *ret);

#endif
