/** read(emit(policy)) = policy. */
#ifndef TCT_PROPERTY_ROUNDTRIP_H
#define TCT_PROPERTY_ROUNDTRIP_H

#include "model/policy.h"

/**
 * What is lost or changed when @a policy is written as a policy file and read again. Reading may have no finding; code
 * groups must be the same; every permission set and every assembly must get the same, class by class and in both
 * directions, and the CLR's own level made of the file must agree. What was read must be written and read again without
 * any change of its bytes.
 *
 * @return NULL when nothing is; else a sentence in @a arena
 */
const char *tct_roundtrip_fault(struct tc_arena *arena, const struct tc_policy *policy);

#endif
