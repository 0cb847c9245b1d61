/**
 * Bump allocator: everything that lives as long as one compilation.
 *
 * Nothing in an arena has a destructor; tc_arena_done() frees all of it. Running out of memory is sticky: the
 * arena remembers, returns NULL from then on, and each pass returns TC_ERR_NOMEM once at its end.
 */
#ifndef TC_BASE_ARENA_H
#define TC_BASE_ARENA_H

#include "base/str.h"

#include <stdalign.h>

struct tc_arena_chunk;

struct tc_arena {
    struct tc_arena_chunk *chunks; /**< newest first */
    char *next;                    /**< first free byte of the newest chunk */
    char *end;
    size_t total; /**< bytes taken from the system, for the bench and for limits */
    bool failed;  /**< an allocation failed; never cleared */
};

/** Start empty; allocates nothing. A zeroed struct is a valid empty arena. */
void tc_arena_init(struct tc_arena *arena);

/** Free everything. NULL, zeroed and half-used arenas are fine. */
void tc_arena_done(struct tc_arena *arena);

/** Forget everything but keep one chunk for what comes next. `failed` stays as it is. */
void tc_arena_reset(struct tc_arena *arena);

/**
 * @a size zeroed bytes aligned to @a align (a power of two).
 * @return memory that lives as long as the arena; NULL when out of memory, now or earlier
 */
void *tc_arena_alloc(struct tc_arena *arena, size_t size, size_t align);

/** A zeroed @a count-element array; NULL also when count * size overflows. count 0 gives a non-NULL pointer. */
void *tc_arena_alloc_array(struct tc_arena *arena, size_t count, size_t size, size_t align);

/** One zeroed object of @a type. */
#define tc_arena_new(arena, type) ((type *)tc_arena_alloc((arena), sizeof(type), alignof(type)))
/** A zeroed array of @a count objects of @a type. */
#define tc_arena_array(arena, type, count) ((type *)tc_arena_alloc_array((arena), (count), sizeof(type), alignof(type)))

/**
 * Room for one more behind the first @a count of an array that grows: use tc_arena_more().
 *
 * @param items     what it returned last for this array; NULL at first
 * @param capacity  how many fit into @a items; 0 at first. Set to the new number when the array is larger afterwards
 * @param first     how many are to fit at first; it doubles from then on
 * @return @a items when there is room, else a copy with room, which lives as long as the arena (so does the old one:
 * all of them together take no more than twice the last); NULL when out of memory, with @a capacity as it was
 */
void *tc_arena_room(struct tc_arena *arena, void *items, size_t count, size_t *capacity, size_t first, size_t size,
                    size_t align);
/** tc_arena_room() for @a items of @a type. */
#define tc_arena_more(arena, type, items, count, capacity, first)                                                      \
    ((type *)tc_arena_room((arena), (items), (count), (capacity), (first), sizeof(type), alignof(type)))

/** A copy of @a text (NUL-terminated behind its end); the empty slice when out of memory. */
struct tc_str tc_arena_str(struct tc_arena *arena, struct tc_str text);

/** A copy of what @a buf holds, which is empty then: its memory is freed, and when it had run out, so has the arena. */
struct tc_str tc_arena_take(struct tc_arena *arena, struct tc_buf *buf);

/** @a text with @a with for each @a what, which is not empty; @a text itself when it holds none; the empty slice when
 * out of memory. */
struct tc_str tc_arena_replace(struct tc_arena *arena, struct tc_str text, struct tc_str what, struct tc_str with);

/** printf into the arena; the empty slice when out of memory. */
struct tc_str tc_arena_printf(struct tc_arena *arena, const char *format, ...) TC_PRINTF(2, 3);
struct tc_str tc_arena_vprintf(struct tc_arena *arena, const char *format, va_list args) TC_PRINTF(2, 0);

#endif
