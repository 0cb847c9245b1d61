/**
 * Finds things by a text that compares to OrdinalIgnoreCase, without looking at each: for tables that the framework
 * keeps hashed as well, and lists that it searches.
 */
#ifndef TC_MODEL_TEXT_INDEX_H
#define TC_MODEL_TEXT_INDEX_H

#include "base/arena.h"

struct tc_text_entry {
    uint64_t hash;
    void *value;
    uint32_t next; /**< number of another one in the same slot, plus one */
};

/** All zero in the beginning. Entries are numbered as they are added. */
struct tc_text_index {
    struct tc_text_entry *entries;
    uint32_t *slots; /**< numbers plus one; `room` of them, a power of two, as there are entries at most */
    uint32_t count, room;
};

/** Add @a value under @a text, whatever is there. False when out of memory. */
bool tc_text_index_add(struct tc_arena *arena, struct tc_text_index *index, struct tc_str text, void *value);

/** One of the entries whose text may be equal to @a text, and the next one of those; NULL when there is none. The
 * caller compares. */
const struct tc_text_entry *tc_text_index_first(const struct tc_text_index *index, struct tc_str text);
const struct tc_text_entry *tc_text_index_next(const struct tc_text_index *index, const struct tc_text_entry *entry);

#endif
