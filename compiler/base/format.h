/**
 * printf into memory, fast where the conversion needs nothing but copying: messages are formatted by the thousand.
 */
#ifndef TC_BASE_FORMAT_H
#define TC_BASE_FORMAT_H

#include "base/str.h"

/**
 * vsnprintf(): at most @a size bytes with the NUL go to @a out, which may be NULL when @a size is 0. Conversions other
 * than %s %.*s %c %d %u %x %zu %lu %llu %% are left to it.
 *
 * @return the length of the whole text; negative when there is none
 */
int tc_format(char *out, size_t size, const char *format, va_list args) TC_PRINTF(3, 0);

#endif
