/**
 * The permission sets that the framework defines itself. A definition of the same name in a file is discarded.
 */
#ifndef TC_MODEL_BUILTIN_SETS_H
#define TC_MODEL_BUILTIN_SETS_H

#include "model/pset_algebra.h"

/**
 * The set called @a name, as @a framework has it; it lives in @a arena.
 * @return false when the framework defines none of that name, and (with *ret_set NULL) when out of memory
 */
bool tc_builtin_grant_set(struct tc_arena *arena, enum tc_framework framework, struct tc_str name,
                          struct tc_grant_set **ret_set);

#endif
