/**
 * A grant that was learned from evidence, as a change of the source: where it goes, and proof that it is what was asked
 * for and no more.
 */
#ifndef TC_API_LEARN_H
#define TC_API_LEARN_H

#include "api/edited.h"
#include "ask/demands.h"

struct tc_learned {
    const struct tc_source *source; /**< the file that changes; NULL: there is nothing to add */
    struct tc_str text;             /**< what it would be */
    const struct tc_str *isolation; /**< what applications could do to each other then and could not before */
    size_t isolation_count;
    const char *fault; /**< TC_ERR_SELF: what is not as it should be */
};

/**
 * Add @a needs->grants to the block of the application of @a subject, compile that, and hold it against what was asked.
 * What would be denied all the same (its code groups give its code another set, a more special entry holds less) is
 * not learned: it gets an obstacle, and the grants are worked out without it.
 * @param c  without errors, its trees still there
 * @param ret  lives in the arena of @a c
 * @return TC_OK; TC_FAILED: the changed source has errors, which are in @a again->diags; TC_ERR_SELF: the grants are
 * not what they should be, see ret->fault; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_learn(struct tc_compilation *c, struct tc_compilation *again, const struct tc_sema_host *host,
                        const struct tc_sema_options *options, const struct tc_subject *subject, struct tc_needs *needs,
                        struct tc_learned *ret);

#endif
