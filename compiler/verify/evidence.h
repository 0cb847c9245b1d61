/**
 * Assemblies to ask a policy about: where they lie, and what identifies them.
 */
#ifndef TC_VERIFY_EVIDENCE_H
#define TC_VERIFY_EVIDENCE_H

#include "model/membership.h"
#include "model/policy.h"
#include "xml/policy_text.h"

/** The code that every application meets. */
enum tc_code_kind {
    TC_CODE_OWN,       /**< in its bin folder */
    TC_CODE_GENERATED, /**< what ASP.NET compiles into its code-generation directory */
    TC_CODE_GAC,       /**< of the global assembly cache */
    TC_CODE_ELSEWHERE, /**< of the Internet zone */
    TC_CODE_KIND_COUNT_,
};

/** "the own code", for messages. */
const char *tc_code_kind_name(enum tc_code_kind kind);

/** Where such code of the application with @a values comes from. Lives in @a arena. */
struct tc_evidence tc_evidence_of_kind(struct tc_arena *arena, enum tc_code_kind kind,
                                       const struct tc_token_values *values);

enum { TC_EVIDENCE_MAX = 2 };

/**
 * An assembly that fits the condition of @a group and those of the groups that it stands in, else somewhere that no
 * other group speaks of; one with a strong name also in the application's directory. A condition of a third party asks
 * for nothing that is known here.
 *
 * @param parent    of the group that @a group stands in, the first of its list; NULL: it is the outermost
 * @param ret_list  TC_EVIDENCE_MAX of them
 * @return how many there are: none for a group that is markup
 */
size_t tc_evidence_of_group(struct tc_arena *arena, const struct tc_group *group, const struct tc_evidence *parent,
                            const struct tc_token_values *values, struct tc_evidence *ret_list);

/** An assembly that is fully trusted by its strong name, in the global assembly cache. */
struct tc_evidence tc_evidence_of_full_trust(struct tc_arena *arena, const struct tc_full_trust *entry,
                                             const struct tc_token_values *values);

#endif
