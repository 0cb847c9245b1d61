/**
 * Many paths: which are the same and which lie in which, in n log n.
 *
 * Works for all that is written with backslashes between components and compares without letter case: files, registry
 * keys, locations (their slashes turned round).
 */
#ifndef TC_ISOLATE_PATHS_H
#define TC_ISOLATE_PATHS_H

#include "base/arena.h"

/** A path to sort. The empty one lies above all others. */
struct tc_path_key {
    const char *text; /**< in any letter case where it is ASCII */
    uint32_t len;
    uint32_t item; /**< of the caller */
    uint64_t head; /**< of tc_paths_sort(), which leaves here how many bytes it has in common with the key before it */
};

/**
 * The key of @a path, which is borrowed when it is ASCII; else its letters as OrdinalIgnoreCase has them, in @a arena
 * (an empty path when that is out of memory).
 */
struct tc_path_key tc_path_key_of(struct tc_arena *arena, struct tc_str path, size_t item);

/**
 * Sort so that equal paths are neighbours and what lies in a path comes right behind it; in place, with a stack that
 * does not grow with @a count. Order of equal paths: by item.
 */
void tc_paths_sort(struct tc_path_key *keys, size_t count);

/** Paths that are equal, during a scan. */
struct tc_path_node {
    const struct tc_path_key *keys; /**< the keys of this path: */
    size_t count;
    size_t depth;                      /**< how many paths lie above it */
    const struct tc_path_node *parent; /**< the nearest path above it that there is; NULL: none */
};

/**
 * Call @a visit for each path of @a keys, which tc_paths_sort() has sorted, parents first. A node and its parents are
 * there during the call only;
 * @a state is the caller's.
 * @return false when out of memory
 */
bool tc_paths_scan(const struct tc_path_key *keys, size_t count, void (*visit)(void *state, struct tc_path_node *node),
                   void *state);

#endif
