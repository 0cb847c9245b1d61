/**
 * String slices and a growable byte buffer.
 *
 * A slice never owns its bytes and need not end in NUL. Comparison is by whole value, never by prefix,
 * and never depends on the locale: "nocase" means ASCII letters only unless the name says "fold".
 */
#ifndef TC_BASE_STR_H
#define TC_BASE_STR_H

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct tc_arena;

/** Bytes borrowed from somewhere else: source text, an arena or a literal. */
struct tc_str {
    const char *ptr; /**< may be NULL only when len is 0 */
    size_t len;      /**< in bytes */
};

/** A slice of a string literal. */
#define TC_STR(literal) ((struct tc_str){(literal), sizeof(literal) - 1})
/** The two arguments that printf's "%.*s" wants; what is longer than an int can say is cut, never read past. */
#define TC_STR_ARG(str) (int)((str).len < INT_MAX ? (str).len : INT_MAX), (str).ptr == NULL ? "" : (str).ptr

#if defined(__GNUC__)
#define TC_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#else
#define TC_PRINTF(format_index, first)
#endif

/** Slice of a NUL-terminated string; NULL gives the empty slice. In the header so that a literal costs nothing. */
static inline struct tc_str
tc_str_of(const char *text)
{
    return text == NULL ? (struct tc_str){0} : (struct tc_str){text, strlen(text)};
}

/** @a text without the first @a skip bytes, at most @a len long; clamped to what there is. */
static inline struct tc_str
tc_str_sub(struct tc_str text, size_t skip, size_t len)
{
    if (text.len == 0)
        return text;
    if (skip > text.len)
        skip = text.len;
    if (len > text.len - skip)
        len = text.len - skip;
    return (struct tc_str){text.ptr + skip, len};
}

/** Whether both slices hold the same bytes. In the header because most comparisons end with the lengths, most of the
 * others with the first byte. */
static inline bool
tc_str_eq(struct tc_str a, struct tc_str b)
{
    return a.len == b.len && (a.len == 0 || (a.ptr[0] == b.ptr[0] && memcmp(a.ptr, b.ptr, a.len) == 0));
}

/** tc_str_eq() with a NUL-terminated string, of a table mostly; NULL is the empty one. Its length is only counted where
 * the first byte agrees. */
static inline bool
tc_str_is(struct tc_str a, const char *text)
{
    if (a.len == 0 || text == NULL)
        return a.len == 0 && (text == NULL || text[0] == '\0');
    return a.ptr[0] == text[0] && tc_str_eq(a, tc_str_of(text));
}

/** Whether both slices are equal when ASCII letters compare without case. */
bool tc_str_eq_nocase(struct tc_str a, struct tc_str b);

/** Byte order, shorter first when one is a prefix of the other; negative, 0 or positive. */
int tc_str_cmp(struct tc_str a, struct tc_str b);

/** Whether @a text begins (ends) with @a part, byte for byte. */
static inline bool
tc_str_starts(struct tc_str text, struct tc_str part)
{
    return text.len >= part.len && (part.len == 0 || memcmp(text.ptr, part.ptr, part.len) == 0);
}

static inline bool
tc_str_ends(struct tc_str text, struct tc_str part)
{
    return text.len >= part.len && (part.len == 0 || memcmp(text.ptr + text.len - part.len, part.ptr, part.len) == 0);
}

/** The same when ASCII letters compare without case. */
bool tc_str_starts_nocase(struct tc_str text, struct tc_str part);
bool tc_str_ends_nocase(struct tc_str text, struct tc_str part);

/** Whether @a text holds the byte @a c. */
static inline bool
tc_str_has(struct tc_str text, char c)
{
    return text.len > 0 && memchr(text.ptr, c, text.len) != NULL;
}

/** Offset of the first @a part in @a text at or after @a from; SIZE_MAX when there is none. */
size_t tc_str_find(struct tc_str text, struct tc_str part, size_t from);

/** The separators of a path of Windows, for the two functions below. */
#define TC_STR_SLASHES "\\/"

/** What stands behind the last byte of @a text that is one of @a separators; all of @a text when none is. */
struct tc_str tc_str_last_part(struct tc_str text, const char *separators);

/**
 * Take the part of @a rest before the first byte that is one of @a separators, and that byte; all of it when none is.
 * @return false when nothing is left; so nothing comes behind a separator at the end
 */
bool tc_str_next_part(struct tc_str *rest, const char *separators, struct tc_str *ret_part);

/** @a text without blanks and tabs at both ends. */
struct tc_str tc_str_trim(struct tc_str text);

/**
 * Case folding for names that Windows compares without case (files, accounts, sites).
 *
 * @return a copy in @a arena with every code point mapped to upper and then to lower case by Unicode's simple
 *         mappings; @a text itself when nothing changes; the empty slice when the arena is out of memory.
 * Bytes that are not UTF-8 stay as they are. NTFS folds by its own upper-case table. The way over upper case is what
 * brings together the letters that table unites and lower case alone keeps apart (both small sigmas). Where the two
 * still differ (a dotless i, a long s), names are taken for equal here that NTFS keeps apart: the safe side.
 */
struct tc_str tc_str_fold(struct tc_arena *arena, struct tc_str text);

/** What tc_utf8_next() gives for a byte that is not part of well-formed UTF-8. */
#define TC_UTF8_BAD UINT32_MAX
/** What such a byte becomes in an output that has to be valid: U+FFFD. */
#define TC_UTF8_REPLACEMENT TC_STR("\xEF\xBF\xBD")

/**
 * Decode the code point at @a offset of @a text.
 * @return how many bytes it takes: 1 with TC_UTF8_BAD for a bad byte; 0 (and code 0) at the end of @a text
 */
size_t tc_utf8_next(struct tc_str text, size_t offset, uint32_t *ret_code);

/** Whether @a text is well-formed UTF-8; if not, @a ret_bad (when given) is the offset of the first bad byte. */
bool tc_str_is_utf8(struct tc_str text, size_t *ret_bad);

/**
 * Optimal-string-alignment distance between two names, ASCII case ignored, for "did you mean".
 *
 * @param limit  give up early when the distance exceeds it
 * @return the distance, or limit + 1 when it is larger; names over 64 bytes are never near
 */
unsigned tc_str_distance(struct tc_str a, struct tc_str b, unsigned limit);

/** Whether @a text is a day of the calendar: 2026-11-23. */
bool tc_str_is_day(struct tc_str text);

/**
 * Growable bytes on the heap. Zero-initialised is a valid empty buffer. Allocation failure sticks in
 * `failed`: later writes are dropped and the owner checks once at the end.
 */
struct tc_buf {
    char *ptr;
    size_t len;
    size_t cap;
    bool failed;
};

/** Start empty; allocates nothing. */
void tc_buf_init(struct tc_buf *buf);
/** Free the bytes and return to the empty state; NULL and zeroed buffers are fine. */
void tc_buf_done(struct tc_buf *buf);
/** Forget the content but keep the memory. Clears nothing but `len`. */
void tc_buf_clear(struct tc_buf *buf);
/** Room for @a more further bytes; false (and failed) when there is no memory. */
bool tc_buf_reserve(struct tc_buf *buf, size_t more);
void tc_buf_put(struct tc_buf *buf, const char *bytes, size_t len);
void tc_buf_puts(struct tc_buf *buf, struct tc_str text);
void tc_buf_putc(struct tc_buf *buf, char c);
/** printf into the buffer. Only %s %.*s %c %d %u %zu %x %ld %lu and PRI macros: nothing that the locale changes. */
void tc_buf_printf(struct tc_buf *buf, const char *format, ...) TC_PRINTF(2, 3);
void tc_buf_vprintf(struct tc_buf *buf, const char *format, va_list args) TC_PRINTF(2, 0);
/** The content as a slice; valid until the next write. */
struct tc_str tc_buf_str(const struct tc_buf *buf);

#endif
