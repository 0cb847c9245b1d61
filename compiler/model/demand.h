/**
 * Permissions as library code makes them with a constructor and then demands them.
 */
#ifndef TC_MODEL_DEMAND_H
#define TC_MODEL_DEMAND_H

#include "model/algebra.h"

/**
 * new FileIOPermission(access, path), new RegistryPermission(access, list) or new EnvironmentPermission(access, list).
 *
 * FileIO takes one path, whatever `;` it contains, and refuses `*` and `?`; the other two take a list.
 *
 * @param cls     the row of one of the three classes
 * @param fields  bit i: field i of the class
 */
enum tc_answer tc_demand_paths(struct tc_arena *arena, const struct tc_class *cls, unsigned fields, struct tc_str path,
                               struct tc_perm **ret_perm, struct tc_throw *ret_throw);

#endif
