/**
 * What the model grants to assemblies of an application, for commands that show or compare it.
 */
#ifndef TC_VERIFY_GRANTS_H
#define TC_VERIFY_GRANTS_H

#include "model/model.h"
#include "model/resolve.h"
#include "verify/expected.h"

/** What the tokens stand for in @a app. */
struct tc_token_values tc_application_values(struct tc_arena *arena, const struct tc_model *model,
                                             const struct tc_application *app);

/**
 * @a policy with the possible permissions of its sets, named and written on the spot, taken for sure; itself when it
 * has none, NULL when out of memory.
 */
const struct tc_policy *tc_policy_widest(struct tc_arena *arena, const struct tc_policy *policy);

/** @a policy without the possible permissions of its sets, as a build writes it; itself when it has none, NULL when out
 * of memory. */
const struct tc_policy *tc_policy_surest(struct tc_arena *arena, const struct tc_policy *policy);

/**
 * What an assembly gets from @a policy. 4.x's default model only picks: full trust, nothing, or the domain's set
 * (aspnet-trust 6.2).
 * @return TC_YES, with *ret_set NULL when out of memory; TC_THROWS where the framework would
 */
enum tc_answer tc_grant_of(struct tc_arena *arena, const struct tc_policy *policy, const struct tc_token_values *values,
                           const struct tc_evidence *evidence, const struct tc_grant_set **ret_set,
                           struct tc_throw *ret_throw);

/** The same of a policy that several assemblies are asked of. */
enum tc_answer tc_grant_from(struct tc_expected *expected, const struct tc_evidence *evidence,
                             const struct tc_grant_set **ret_set, struct tc_throw *ret_throw);

/** Whether @a inner grants nothing that @a outer does not; classes that are not known only when written the same. */
bool tc_grants_within(struct tc_arena *arena, const struct tc_grant_set *inner, const struct tc_grant_set *outer);

/** The permission of @a cls in @a set, or NULL. */
const struct tc_grant *tc_grant_find(const struct tc_grant_set *set, const struct tc_class *cls);

#endif
