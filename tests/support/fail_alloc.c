#include "support/fail_alloc.h"

#include <stdlib.h>

/* The linker's names: a call of malloc() becomes __wrap_malloc(), and __real_malloc() is the C library's. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static struct {
    bool counts;
    bool failed;
    size_t count;
    size_t nth;
    long live;
} state;

void
tct_fail_alloc_begin(size_t nth)
{
    state.counts = true;
    state.failed = false;
    state.count = 0;
    state.nth = nth;
    state.live = 0;
}

bool
tct_fail_alloc_end(void)
{
    state.counts = false;
    return state.failed;
}

size_t
tct_fail_alloc_count(void)
{
    return state.count;
}

long
tct_fail_alloc_live(void)
{
    return state.live;
}

static void *
took(void *block)
{
    state.live += state.counts && block != NULL;
    return block;
}

static bool
must_fail(void)
{
    if (!state.counts || ++state.count != state.nth)
        return false;
    state.failed = true;
    return true;
}

void *
__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : took(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : took(__real_calloc(count, size));
}

void *
__wrap_realloc(void *old, size_t size)
{
    void *block = must_fail() ? NULL : __real_realloc(old, size);

    return old == NULL ? took(block) : block;
}

void
__wrap_free(void *old)
{
    state.live -= state.counts && old != NULL;
    __real_free(old);
}
