/** The bare flex scanner with default tables. */
#ifndef BENCH_SCAN_H
#define BENCH_SCAN_H

#include <stddef.h>

/** Scan @a text, whose last two bytes of @a size are NUL. @return the number of tokens; 0 when out of memory */
size_t bench_scan(char *text, size_t size);

#endif
