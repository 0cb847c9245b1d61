#include "model/text_index.h"

#include "model/algebra_util.h"

#include <string.h>

enum { ROOM_MIN = 16 };

/* Texts that are equal to OrdinalIgnoreCase have the same one. */
static uint64_t
hash_of(struct tc_str text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t at = 0, len; at < text.len; at += len) {
        unsigned char byte = (unsigned char)text.ptr[at];
        uint32_t code = byte;

        len = byte < 0x80 ? 1 : tc_utf8_next(text, at, &code);
        hash = (hash ^ (code == TC_UTF8_BAD ? byte : tc_ordinal_upper(code))) * UINT64_C(0x100000001b3);
    }
    return hash * UINT64_C(0x9e3779b97f4a7c15);
}

static uint32_t *
slot_of(const struct tc_text_index *index, uint64_t hash)
{
    return &index->slots[(uint32_t)(hash >> 32) & (index->room - 1)];
}

static void
link_entry(struct tc_text_index *index, uint32_t number)
{
    uint32_t *slot = slot_of(index, index->entries[number].hash);

    index->entries[number].next = *slot;
    *slot = number + 1;
}

static bool
grow(struct tc_arena *arena, struct tc_text_index *index)
{
    uint32_t room = index->room == 0 ? ROOM_MIN : index->room * 2;
    struct tc_text_entry *entries = tc_arena_array(arena, struct tc_text_entry, room);
    uint32_t *slots = tc_arena_array(arena, uint32_t, room);

    if (entries == NULL || slots == NULL)
        return false;
    if (index->count > 0)
        memcpy(entries, index->entries, index->count * sizeof *entries);
    index->entries = entries;
    index->slots = slots;
    index->room = room;
    for (uint32_t i = 0; i < index->count; i++)
        link_entry(index, i);
    return true;
}

bool
tc_text_index_add(struct tc_arena *arena, struct tc_text_index *index, struct tc_str text, void *value)
{
    if (index->count == index->room && (index->room > UINT32_MAX / 4 || !grow(arena, index)))
        return false;
    index->entries[index->count] = (struct tc_text_entry){.hash = hash_of(text), .value = value};
    link_entry(index, index->count++);
    return true;
}

/* The entry @a number or one behind it with @a hash. */
static const struct tc_text_entry *
from(const struct tc_text_index *index, uint32_t number, uint64_t hash)
{
    while (number != 0 && index->entries[number - 1].hash != hash)
        number = index->entries[number - 1].next;
    return number == 0 ? NULL : &index->entries[number - 1];
}

const struct tc_text_entry *
tc_text_index_first(const struct tc_text_index *index, struct tc_str text)
{
    uint64_t hash;

    if (index->count == 0)
        return NULL;
    hash = hash_of(text);
    return from(index, *slot_of(index, hash), hash);
}

const struct tc_text_entry *
tc_text_index_next(const struct tc_text_index *index, const struct tc_text_entry *entry)
{
    return from(index, entry->next, entry->hash);
}
