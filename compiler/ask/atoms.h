/**
 * The smallest parts of a permission that can be demanded one by one: a path with one access, a row, a flag. What one
 * permission has and another one lacks is told in them, and so is what a test has tried.
 */
#ifndef TC_ASK_ATOMS_H
#define TC_ASK_ATOMS_H

#include "model/perm.h"

/** Called for each atom: a permission of the same class that lives in the arena. @return false: enough */
typedef bool tc_atom_visit(void *state, const struct tc_perm *atom);

/**
 * The atoms of @a perm, in the order in which it holds them: fields before rows. One that is unrestricted, one of a
 * declared class, and an identity, which is one thing however many attributes it has, is an atom by itself; an empty
 * one has none. Levels and numbers are atoms as they are. The span of an atom is that of the entry, clause or grant
 * that it comes from.
 *
 * @return false when out of memory, or when @a visit has had enough
 */
bool tc_atoms(struct tc_arena *arena, const struct tc_perm *perm, tc_atom_visit *visit, void *state);

/**
 * A demand that library code can make and that @a atom allows: for a pattern of URLs one URL that it accepts (found by
 * walking the expression and tried out), for everything else the atom itself. Tokens are to be filled in before.
 *
 * @return NULL when none could be made, or when out of memory
 */
const struct tc_perm *tc_atom_demand(struct tc_arena *arena, const struct tc_perm *atom);

#endif
