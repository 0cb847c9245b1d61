#include "base/map.h"

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

enum { CAPACITY_MIN = 16 };

struct tc_map_slot {
    struct tc_str key;
    uint64_t hash;
    void *value; /* NULL: free */
};

static inline uint64_t
mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15); /* 2^64 / golden ratio, odd */
    return hash ^ hash >> 32;
}

/* Eight bytes at a time. Seeded with nothing: the same input takes the same path through the compiler every time. */
static uint64_t
hash_of(struct tc_str key)
{
    uint64_t hash = mix(UINT64_C(0xA0761D6478BD642F), key.len);
    uint64_t word;
    size_t i = 0;

    for (; key.len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, key.ptr + i, sizeof word);
        hash = mix(hash, word);
    }
    if (i < key.len) {
        word = 0;
        memcpy(&word, key.ptr + i, key.len - i);
        hash = mix(hash, word);
    }
    return mix(hash, hash >> 29);
}

/* The slot that holds @a key, or the free one where it would go. There always is a free one. */
static struct tc_map_slot *
find_slot(struct tc_map_slot *slots, size_t capacity, struct tc_str key, uint64_t hash)
{
    size_t i = (size_t)hash & (capacity - 1);

    while (slots[i].value != NULL && !(slots[i].hash == hash && tc_str_eq(slots[i].key, key)))
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static bool
grow_to(struct tc_map *map, size_t capacity)
{
    struct tc_map_slot *slots = tc_arena_array(map->arena, struct tc_map_slot, capacity);

    if (slots == NULL)
        return false;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct tc_map_slot *old = &map->slots[i];

        if (old->value != NULL)
            *find_slot(slots, capacity, old->key, old->hash) = *old;
    }
    map->slots = slots; /* the old ones go with the arena; together they are no larger than these */
    map->capacity = capacity;
    return true;
}

void
tc_map_init(struct tc_map *map, struct tc_arena *arena)
{
    *map = (struct tc_map){.arena = arena};
}

bool
tc_map_reserve(struct tc_map *map, size_t count)
{
    size_t capacity = map->capacity == 0 ? CAPACITY_MIN : map->capacity;

    while (capacity / 4 * 3 < count && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    return capacity == map->capacity || grow_to(map, capacity);
}

void *
tc_map_get(const struct tc_map *map, struct tc_str key)
{
    if (map->count == 0)
        return NULL;
    return find_slot(map->slots, map->capacity, key, hash_of(key))->value;
}

static bool
grow(struct tc_map *map)
{
    return grow_to(map, map->capacity == 0 ? CAPACITY_MIN : map->capacity * 2);
}

/* The slot that holds @a key, or the free one where it goes, for which there is room; NULL when out of memory. */
static struct tc_map_slot *
claim_slot(struct tc_map *map, struct tc_str key, uint64_t hash)
{
    struct tc_map_slot *slot = NULL;

    if (map->count != 0) {
        slot = find_slot(map->slots, map->capacity, key, hash);
        if (slot->value != NULL)
            return slot;
    }
    if (map->count < map->capacity / 4 * 3)
        return slot != NULL ? slot : find_slot(map->slots, map->capacity, key, hash);
    return grow(map) ? find_slot(map->slots, map->capacity, key, hash) : NULL;
}

void *
tc_map_add(struct tc_map *map, struct tc_str key, void *value)
{
    uint64_t hash = hash_of(key);
    struct tc_map_slot *slot = claim_slot(map, key, hash);

    if (slot == NULL || slot->value != NULL)
        return slot == NULL ? NULL : slot->value;
    *slot = (struct tc_map_slot){key, hash, value};
    map->count++;
    return NULL;
}

void *
tc_map_at(struct tc_map *map, struct tc_str key, size_t size, bool *ret_is_new)
{
    uint64_t hash = hash_of(key);
    struct tc_map_slot *slot = claim_slot(map, key, hash);
    void *value;

    *ret_is_new = false;
    if (slot == NULL || slot->value != NULL)
        return slot == NULL ? NULL : slot->value;
    value = tc_arena_alloc(map->arena, size, alignof(max_align_t));
    if (value == NULL)
        return NULL;
    *slot = (struct tc_map_slot){key, hash, value};
    map->count++;
    *ret_is_new = true;
    return value;
}
