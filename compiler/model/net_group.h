/**
 * What a NetCodeGroup grants: to talk back to where the code comes from (policy-file 5.3).
 */
#ifndef TC_MODEL_NET_GROUP_H
#define TC_MODEL_NET_GROUP_H

#include "model/membership.h"
#include "model/pset_algebra.h"

/** The connectAccessRules of a group. */
struct tc_net_rules;

/**
 * Read the rules of the CodeGroup @a element; the framework's own when it has none.
 * @return TC_YES; or TC_THROWS: ArgumentNullException, ArgumentOutOfRangeException, NullReferenceException,
 *         FormatException or OverflowException
 */
enum tc_answer tc_net_rules_read(struct tc_arena *arena, const struct tc_element *element,
                                 const struct tc_net_rules **ret_rules, struct tc_throw *ret_throw);

/** Put the WebPermission that the rules give to code with @a evidence into @a set, if they give one. */
enum tc_answer tc_net_rules_grant(struct tc_arena *arena, const struct tc_net_rules *rules,
                                  const struct tc_evidence *evidence, struct tc_grant_set *set,
                                  struct tc_throw *ret_throw);

#endif
