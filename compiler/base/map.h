/**
 * Hash map from string slices to pointers, in an arena. Keys compare byte for byte; fold them first where case
 * must not matter. Iteration order is never used: nothing that is printed or written depends on the hash.
 */
#ifndef TC_BASE_MAP_H
#define TC_BASE_MAP_H

#include "base/arena.h"

struct tc_map_slot;

struct tc_map {
    struct tc_arena *arena;
    struct tc_map_slot *slots;
    size_t capacity; /**< a power of two, or 0 */
    size_t count;
};

/** An empty map whose slots and keys live in @a arena. Keys are borrowed, not copied. */
void tc_map_init(struct tc_map *map, struct tc_arena *arena);

/** Room for @a count keys altogether, so that it need not grow until then. False when out of memory: it will grow. */
bool tc_map_reserve(struct tc_map *map, size_t count);

/** The value stored under @a key, or NULL. */
void *tc_map_get(const struct tc_map *map, struct tc_str key);

/**
 * Store @a value (not NULL) under @a key unless the key is taken.
 * @return the value already there, or NULL when @a value was stored (or the arena is out of memory)
 */
void *tc_map_add(struct tc_map *map, struct tc_str key, void *value);

/**
 * What is stored under @a key; @a size zeroed bytes in the map's arena when nothing is, stored there from now on. One
 * search, where tc_map_get() and tc_map_add() would be two. The key is borrowed, not copied.
 * @param ret_is_new  whether they were made
 * @return NULL when out of memory
 */
void *tc_map_at(struct tc_map *map, struct tc_str key, size_t size, bool *ret_is_new);

#endif
