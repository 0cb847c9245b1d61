/**
 * An allocator that fails on demand.
 *
 * Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free: what the program itself allocates comes
 * through here, what shared libraries allocate does not. Not for threads.
 */
#ifndef TCT_FAIL_ALLOC_H
#define TCT_FAIL_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/** From now on the @a nth allocation fails, counted from 1; the ones before and after it succeed. 0: none fails. */
void tct_fail_alloc_begin(size_t nth);

/** Back to normal. @return whether an allocation has failed since tct_fail_alloc_begin() */
bool tct_fail_alloc_end(void);

/** Allocations since tct_fail_alloc_begin(). */
size_t tct_fail_alloc_count(void);

/** Blocks allocated since tct_fail_alloc_begin(), less those freed since: 0 where nothing leaks that was begun since.
 */
long tct_fail_alloc_live(void);

#endif
