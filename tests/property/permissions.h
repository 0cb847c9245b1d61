/** Random permissions as the XML that policy files hold, from the tables. */
#ifndef TCT_PROPERTY_PERMISSIONS_H
#define TCT_PROPERTY_PERMISSIONS_H

#include "model/element.h"
#include "model/perm.h"
#include "property/rng.h"

/**
 * An IPermission element of @a cls with some of what it can hold. Values come from short lists, and contain each other,
 * so that two permissions of a class often have something in common.
 * @param focus  only one attribute, and three values of every list, those at this place: more in common. 0: any
 */
struct tc_element *tct_permission_element(struct tc_arena *arena, struct tct_rng *rng, size_t focus,
                                          const struct tc_class *cls);

/** The same, read; NULL when the framework would not read it, which happens where values do not go together. */
struct tc_perm *tct_permission(struct tc_arena *arena, struct tct_rng *rng, size_t focus, const struct tc_class *cls);

#endif
