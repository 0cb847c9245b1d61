#include "base/str.h"

#include "base/arena.h"
#include "base/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { BUF_CAPACITY_MIN = 256, NEAR_NAME_MAX = 64, SHORT_MAX = 16 };

static inline unsigned char
lower_ascii(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

bool
tc_str_eq_nocase(struct tc_str a, struct tc_str b)
{
    if (a.len != b.len)
        return false;
    if (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0)
        return true;
    for (size_t i = 0; i < a.len; i++)
        if (lower_ascii(a.ptr[i]) != lower_ascii(b.ptr[i]))
            return false;
    return true;
}

int
tc_str_cmp(struct tc_str a, struct tc_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* memmem() for a short @a part: memchr() goes over most of a text several times as fast. */
static const char *
find_short(const char *at, const char *end, struct tc_str part)
{
    const char *last = end - part.len + 1; /* behind where it may begin */

    while ((at = memchr(at, part.ptr[0], (size_t)(last - at))) != NULL) {
        if (memcmp(at, part.ptr, part.len) == 0)
            return at;
        if (++at == last)
            return NULL;
    }
    return NULL;
}

bool
tc_str_starts_nocase(struct tc_str text, struct tc_str part)
{
    return tc_str_eq_nocase(tc_str_sub(text, 0, part.len), part);
}

bool
tc_str_ends_nocase(struct tc_str text, struct tc_str part)
{
    return text.len >= part.len && tc_str_eq_nocase(tc_str_sub(text, text.len - part.len, part.len), part);
}

size_t
tc_str_find(struct tc_str text, struct tc_str part, size_t from)
{
    const char *found;

    if (from > text.len)
        return SIZE_MAX;
    if (part.len == 0)
        return from;
    if (part.len > text.len - from)
        return SIZE_MAX;
    found = part.len == 1           ? memchr(text.ptr + from, part.ptr[0], text.len - from)
            : part.len <= SHORT_MAX ? find_short(text.ptr + from, text.ptr + text.len, part)
                                    : memmem(text.ptr + from, text.len - from, part.ptr, part.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - text.ptr);
}

/* strchr() would find the NUL that ends @a set. */
static bool
is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

struct tc_str
tc_str_last_part(struct tc_str text, const char *separators)
{
    size_t begin = text.len;

    while (begin > 0 && !is_one_of(text.ptr[begin - 1], separators))
        begin--;
    return tc_str_sub(text, begin, SIZE_MAX);
}

bool
tc_str_next_part(struct tc_str *rest, const char *separators, struct tc_str *ret_part)
{
    size_t len = 0;

    if (rest->len == 0)
        return false;
    while (len < rest->len && !is_one_of(rest->ptr[len], separators))
        len++;
    *ret_part = tc_str_sub(*rest, 0, len);
    *rest = tc_str_sub(*rest, len + 1, SIZE_MAX);
    return true;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct tc_str
tc_str_trim(struct tc_str text)
{
    while (text.len != 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    while (text.len != 0 && is_blank(*text.ptr)) {
        text.ptr++;
        text.len--;
    }
    return text;
}

size_t
tc_utf8_next(struct tc_str text, size_t offset, uint32_t *ret_code)
{
    const unsigned char *at;
    utf8proc_ssize_t len;
    utf8proc_int32_t code;

    if (offset >= text.len) {
        *ret_code = 0;
        return 0;
    }
    at = (const unsigned char *)text.ptr + offset;
    if (*at < 0x80) {
        *ret_code = *at;
        return 1;
    }
    /* no sequence is longer than 4 bytes; a negative length would mean "up to the NUL" */
    len = text.len - offset < 4 ? (utf8proc_ssize_t)(text.len - offset) : 4;
    len = utf8proc_iterate(at, len, &code);
    if (len <= 0) {
        *ret_code = TC_UTF8_BAD;
        return 1;
    }
    *ret_code = (uint32_t)code;
    return (size_t)len;
}

/* Where the ASCII that begins at @a from ends, at the latest; most texts hold nothing else. */
static size_t
skip_ascii(struct tc_str text, size_t from)
{
    for (uint64_t words[4]; text.len - from >= sizeof words; from += sizeof words) {
        memcpy(words, text.ptr + from, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return from;
}

bool
tc_str_is_utf8(struct tc_str text, size_t *ret_bad)
{
    size_t len;
    uint32_t code;

    for (size_t i = skip_ascii(text, 0); (len = tc_utf8_next(text, i, &code)) != 0; i = skip_ascii(text, i + len)) {
        if (code == TC_UTF8_BAD) {
            if (ret_bad != NULL)
                *ret_bad = i;
            return false;
        }
    }
    return true;
}

/* Upper case first: see the header. */
static uint32_t
fold_code(uint32_t code)
{
    if (code < 0x80)
        return lower_ascii((char)code);
    return (uint32_t)utf8proc_tolower(utf8proc_toupper((utf8proc_int32_t)code));
}

/* Write the folded @a text to @a to (NULL: only measure) and return its length. */
static size_t
fold_to(struct tc_str text, char *to, bool *ret_changed)
{
    size_t written = 0;
    size_t len;
    uint32_t code;

    *ret_changed = false;
    for (size_t i = 0; (len = tc_utf8_next(text, i, &code)) != 0; i += len) {
        unsigned char folded[4] = {(unsigned char)text.ptr[i]};
        size_t folded_len = 1;

        if (code < 0x80) {
            folded[0] = lower_ascii((char)code);
            *ret_changed |= folded[0] != code;
            if (to != NULL)
                to[written] = (char)folded[0];
            written++;
            continue;
        }
        if (code != TC_UTF8_BAD) {
            uint32_t small = fold_code(code);

            *ret_changed |= small != code;
            folded_len = (size_t)utf8proc_encode_char((utf8proc_int32_t)small, folded);
        }
        if (to != NULL)
            memcpy(to + written, folded, folded_len);
        written += folded_len;
    }
    return written;
}

struct tc_str
tc_str_fold(struct tc_arena *arena, struct tc_str text)
{
    bool changed = false;
    size_t len = 0;
    char *folded;

    while (len < text.len && (unsigned char)text.ptr[len] < 0x80 && !(text.ptr[len] >= 'A' && text.ptr[len] <= 'Z'))
        len++;
    if (len == text.len)
        return text;
    while (len < text.len && (unsigned char)text.ptr[len] < 0x80)
        len++;
    if (len < text.len)
        len = fold_to(text, NULL, &changed);
    else
        changed = true;
    if (!changed)
        return text;
    folded = tc_arena_alloc(arena, len + 1, 1);
    if (folded == NULL)
        return (struct tc_str){0};
    fold_to(text, folded, &changed);
    return (struct tc_str){folded, len};
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned
tc_str_distance(struct tc_str a, struct tc_str b, unsigned limit)
{
    const unsigned far = limit == UINT_MAX ? limit : limit + 1;
    unsigned rows[3][NEAR_NAME_MAX + 1]; /* the row at hand and the two above it */
    unsigned *row = rows[0], *above = rows[1], *above2 = rows[2];

    if (a.len > NEAR_NAME_MAX || b.len > NEAR_NAME_MAX)
        return far;
    if ((a.len > b.len ? a.len - b.len : b.len - a.len) > limit)
        return far;

    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned *oldest = above2;
        unsigned nearest = i;

        above2 = above;
        above = row;
        row = oldest;
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned char ca = lower_ascii(a.ptr[i - 1]), cb = lower_ascii(b.ptr[j - 1]);
            unsigned cost = least(above[j - 1] + (ca != cb), least(above[j], row[j - 1]) + 1);

            if (i > 1 && j > 1 && ca == lower_ascii(b.ptr[j - 2]) && cb == lower_ascii(a.ptr[i - 2]))
                cost = least(cost, above2[j - 2] + 1);
            row[j] = cost;
            nearest = least(nearest, cost);
        }
        /* The rows to come build on this one and, by a transposition, on the one above. That one has a cost of at
           least nearest - 1, so beyond limit + 1 both are out of reach. */
        if (nearest > far)
            return far;
    }
    return least(row[b.len], far);
}

bool
tc_str_is_day(struct tc_str text)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const char form[] = "yyyy-mm-dd";
    int year = 0, month = 0, day = 0;

    if (text.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int *part = form[i] == 'y' ? &year : form[i] == 'm' ? &month : &day;

        if (form[i] == '-' ? text.ptr[i] != '-' : text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        if (form[i] != '-')
            *part = *part * 10 + (text.ptr[i] - '0');
    }
    if (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
        return false;
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

void
tc_buf_init(struct tc_buf *buf)
{
    *buf = (struct tc_buf){0};
}

void
tc_buf_done(struct tc_buf *buf)
{
    if (buf == NULL)
        return;
    free(buf->ptr);
    tc_buf_init(buf);
}

void
tc_buf_clear(struct tc_buf *buf)
{
    buf->len = 0;
}

static bool
buf_grow(struct tc_buf *buf, size_t more)
{
    size_t need = buf->len + more;
    size_t cap = buf->cap < BUF_CAPACITY_MIN ? BUF_CAPACITY_MIN : buf->cap;
    char *grown;

    if (buf->failed)
        return false;
    if (need < more || need > PTRDIFF_MAX) {
        buf->failed = true;
        return false;
    }
    while (cap < need)
        cap = cap > PTRDIFF_MAX / 2 ? PTRDIFF_MAX : cap * 2;
    grown = realloc(buf->ptr, cap);
    if (grown == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

bool
tc_buf_reserve(struct tc_buf *buf, size_t more)
{
    if (!buf->failed && more <= buf->cap - buf->len)
        return true;
    return buf_grow(buf, more);
}

void
tc_buf_put(struct tc_buf *buf, const char *bytes, size_t len)
{
    if (len == 0 || !tc_buf_reserve(buf, len))
        return;
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

void
tc_buf_puts(struct tc_buf *buf, struct tc_str text)
{
    tc_buf_put(buf, text.ptr, text.len);
}

void
tc_buf_putc(struct tc_buf *buf, char c)
{
    if (tc_buf_reserve(buf, 1))
        buf->ptr[buf->len++] = c;
}

void
tc_buf_printf(struct tc_buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    tc_buf_vprintf(buf, format, args);
    va_end(args);
}

void
tc_buf_vprintf(struct tc_buf *buf, const char *format, va_list args)
{
    size_t room = buf->cap - buf->len;
    va_list again;
    int len;

    if (buf->failed)
        return;
    va_copy(again, args);
    len = tc_format(room == 0 ? NULL : buf->ptr + buf->len, room, format, args);
    if (len < 0) {
        buf->failed = true;
    } else if ((size_t)len < room) {
        buf->len += (size_t)len;
    } else if (tc_buf_reserve(buf, (size_t)len + 1)) { /* with room for the NUL, which is no part of the content */
        (void)tc_format(buf->ptr + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

struct tc_str
tc_buf_str(const struct tc_buf *buf)
{
    return (struct tc_str){buf->ptr, buf->len};
}
