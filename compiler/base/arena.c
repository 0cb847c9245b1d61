#include "base/arena.h"

#include "base/format.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Under AddressSanitizer the unused part of a chunk is poisoned and objects stand apart, so that an overrun within
 * the arena is found as one on the heap would be. Other builds pay nothing.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#endif

#if defined(ARENA_POISONS)
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16, ALIGN_MIN = 8 };
#define POISON(ptr, size)   ASAN_POISON_MEMORY_REGION((ptr), (size))
#define UNPOISON(ptr, size) ASAN_UNPOISON_MEMORY_REGION((ptr), (size))
#else
enum { RED_ZONE = 0, ALIGN_MIN = 1 };
#define POISON(ptr, size)   ((void)(ptr), (void)(size))
#define UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

enum {
    CHUNK_SIZE_MIN = 64 * 1024,
    CHUNK_SIZE_MAX = 1024 * 1024,
    /* a request for more than this part of a chunk would waste too much of the chunk before it */
    OWN_CHUNK_PART = 4,
    /* most formatted texts are messages and names; longer ones are formatted twice */
    PRINTF_GUESS = 256,
};

struct tc_arena_chunk {
    struct tc_arena_chunk *next; /* older */
    size_t size;                 /* with this header */
    alignas(max_align_t) char bytes[];
};

void
tc_arena_init(struct tc_arena *arena)
{
    *arena = (struct tc_arena){0};
}

void
tc_arena_done(struct tc_arena *arena)
{
    struct tc_arena_chunk *chunk;

    if (arena == NULL)
        return;
    chunk = arena->chunks;
    while (chunk != NULL) {
        struct tc_arena_chunk *older = chunk->next;

        UNPOISON(chunk->bytes, chunk->size - sizeof *chunk);
        free(chunk);
        chunk = older;
    }
    tc_arena_init(arena);
}

void
tc_arena_reset(struct tc_arena *arena)
{
    struct tc_arena_chunk *keep = arena->chunks;

    if (keep == NULL || arena->failed)
        return;
    while (keep->next != NULL) {
        struct tc_arena_chunk *older = keep->next;

        keep->next = older->next;
        arena->total -= older->size;
        UNPOISON(older->bytes, older->size - sizeof *older);
        free(older);
    }
    UNPOISON(keep->bytes, keep->size - sizeof *keep);
    memset(keep->bytes, 0,
           arena->end == (char *)keep + keep->size ? (size_t)(arena->next - keep->bytes) : keep->size - sizeof *keep);
    arena->next = keep->bytes;
    arena->end = (char *)keep + keep->size;
    POISON(keep->bytes, keep->size - sizeof *keep);
}

/* Leaves no room either, so that the fast path needs no look at `failed`. */
static void *
fail(struct tc_arena *arena)
{
    arena->failed = true;
    arena->next = NULL;
    arena->end = NULL;
    return NULL;
}

/* Each chunk is as large as all before it together: 64 KiB, 128 KiB, ... */
static size_t
next_chunk_size(const struct tc_arena *arena)
{
    size_t size = CHUNK_SIZE_MIN;

    while (size < CHUNK_SIZE_MAX && size <= arena->total)
        size *= 2;
    return size;
}

/* A zeroed chunk that is in no list yet; calloc() gets large ones zeroed from the system without touching them. */
static struct tc_arena_chunk *
chunk_new(struct tc_arena *arena, size_t size)
{
    struct tc_arena_chunk *chunk = calloc(1, size);

    if (chunk == NULL)
        return fail(arena);
    chunk->size = size;
    arena->total += size;
    POISON(chunk->bytes, size - sizeof *chunk);
    return chunk;
}

static inline char *
take(char *next, const char *end, size_t size, size_t align)
{
    size_t room = (uintptr_t)end - (uintptr_t)next;
    size_t skip = RED_ZONE + (-((uintptr_t)next + RED_ZONE) & (align - 1));

    if (skip > room || size > room - skip)
        return NULL;
    UNPOISON(next + skip, size);
    return next + skip;
}

/* The newest chunk has no room: get another. */
__attribute__((noinline)) static void *
alloc_slow(struct tc_arena *arena, size_t size, size_t align)
{
    size_t chunk_size = next_chunk_size(arena);
    size_t need;
    struct tc_arena_chunk *chunk;
    char *result;

    if (arena->failed)
        return NULL;
    if (size > SIZE_MAX / 2 || align > SIZE_MAX / 4)
        return fail(arena);
    need = sizeof *chunk + RED_ZONE + align + size;

    if (need > chunk_size / OWN_CHUNK_PART) {
        chunk = chunk_new(arena, need);
        if (chunk == NULL)
            return NULL;
        if (arena->chunks == NULL) {
            arena->chunks = chunk;
        } else { /* behind the newest, whose room stays in use */
            chunk->next = arena->chunks->next;
            arena->chunks->next = chunk;
        }
        return take(chunk->bytes, (char *)chunk + need, size, align);
    }

    chunk = chunk_new(arena, chunk_size);
    if (chunk == NULL)
        return NULL;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->end = (char *)chunk + chunk_size;
    result = take(chunk->bytes, arena->end, size, align);
    arena->next = result + size;
    return result;
}

void *
tc_arena_alloc(struct tc_arena *arena, size_t size, size_t align)
{
    char *result;

    assert(align != 0 && (align & (align - 1)) == 0);
    if (align < ALIGN_MIN)
        align = ALIGN_MIN;
    size += size == 0; /* every object has an address of its own */
    result = take(arena->next, arena->end, size, align);
    if (__builtin_expect(result == NULL, 0))
        return alloc_slow(arena, size, align);
    arena->next = result + size;
    return result;
}

void *
tc_arena_alloc_array(struct tc_arena *arena, size_t count, size_t size, size_t align)
{
    if (size != 0 && count > SIZE_MAX / size)
        return fail(arena);
    return tc_arena_alloc(arena, count * size, align);
}

void *
tc_arena_room(struct tc_arena *arena, void *items, size_t count, size_t *capacity, size_t first, size_t size,
              size_t align)
{
    size_t larger = *capacity == 0 ? first : *capacity > SIZE_MAX / 2 ? SIZE_MAX : *capacity * 2;
    void *copy;

    if (count < *capacity)
        return items;
    copy = tc_arena_alloc_array(arena, larger, size, align);
    if (copy == NULL)
        return NULL;
    if (count > 0)
        memcpy(copy, items, count * size);
    *capacity = larger;
    return copy;
}

struct tc_str
tc_arena_str(struct tc_arena *arena, struct tc_str text)
{
    char *copy;

    if (text.len == SIZE_MAX) {
        fail(arena);
        return (struct tc_str){0};
    }
    copy = tc_arena_alloc(arena, text.len + 1, 1);
    if (copy == NULL)
        return (struct tc_str){0};
    if (text.len != 0)
        memcpy(copy, text.ptr, text.len);
    return (struct tc_str){copy, text.len};
}

struct tc_str
tc_arena_take(struct tc_arena *arena, struct tc_buf *buf)
{
    struct tc_str text;

    arena->failed |= buf->failed;
    text = tc_arena_str(arena, tc_buf_str(buf));
    tc_buf_done(buf);
    return text;
}

struct tc_str
tc_arena_replace(struct tc_arena *arena, struct tc_str text, struct tc_str what, struct tc_str with)
{
    struct tc_buf out = {0};
    struct tc_str result;
    size_t from = 0, at = tc_str_find(text, what, 0);

    assert(what.len > 0);
    if (at == SIZE_MAX)
        return text;
    for (; at != SIZE_MAX; at = tc_str_find(text, what, from)) {
        tc_buf_puts(&out, tc_str_sub(text, from, at - from));
        tc_buf_puts(&out, with);
        from = at + what.len;
    }
    tc_buf_puts(&out, tc_str_sub(text, from, SIZE_MAX));
    if (out.failed)
        arena->failed = true;
    result = out.failed ? TC_STR("") : tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}

struct tc_str
tc_arena_printf(struct tc_arena *arena, const char *format, ...)
{
    struct tc_str result;
    va_list args;

    va_start(args, format);
    result = tc_arena_vprintf(arena, format, args);
    va_end(args);
    return result;
}

struct tc_str
tc_arena_vprintf(struct tc_arena *arena, const char *format, va_list args)
{
    char guess[PRINTF_GUESS];
    va_list again;
    int len;
    char *text;

    va_copy(again, args);
    len = tc_format(guess, sizeof guess, format, args);
    if (len < 0) {
        text = fail(arena); /* longer than an int can say, or no memory within printf */
    } else {
        text = tc_arena_alloc(arena, (size_t)len + 1, 1);
        if (text != NULL && (size_t)len < sizeof guess)
            memcpy(text, guess, (size_t)len);
        else if (text != NULL)
            (void)tc_format(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text == NULL ? (struct tc_str){0} : (struct tc_str){text, (size_t)len};
}
