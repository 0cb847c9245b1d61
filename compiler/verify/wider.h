/**
 * Whether one policy grants more than another: the question before a mended file takes the place of the old one.
 */
#ifndef TC_VERIFY_WIDER_H
#define TC_VERIFY_WIDER_H

#include "model/policy.h"
#include "xml/policy_text.h"

/**
 * Whether @a after may grant to any code what @a before does not.
 *
 * Where the code groups of both are the same but for the sets that they grant, each set is held against the one in the
 * other policy: less in each group is less for all code, whatever its evidence (policy-file 5.2). Otherwise the
 * evaluator is asked: about the code that every application has, and for each group and each fully trusted assembly of
 * either policy about code that fits it and the groups that it stands in (tc_evidence_of_group()). Groups of which
 * nobody here knows whom they match, those of a third party's class or condition and those kept as markup, have to be
 * the same in both by themselves, or grant less. Where there are no groups, the main sets are compared.
 *
 * @param arena  gets what is made on the way
 * @return true also when out of memory, which @a arena tells
 */
bool tc_policy_is_wider(struct tc_arena *arena, const struct tc_policy *before, const struct tc_policy *after);

/** The same for one application, whose tokens stand for @a values: a path in its own directory may be covered by the
 * grant of that directory. */
bool tc_policy_is_wider_for(struct tc_arena *arena, const struct tc_policy *before, const struct tc_policy *after,
                            const struct tc_token_values *values);

#endif
