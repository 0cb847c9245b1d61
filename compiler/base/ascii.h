/**
 * Single bytes of ASCII. None depends on the locale; bytes of other code points are none of these.
 * What .NET asks of whole code points is in model/netchar.h.
 */
#ifndef TC_BASE_ASCII_H
#define TC_BASE_ASCII_H

#include <stdbool.h>

static inline bool
tc_ascii_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
tc_ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
tc_ascii_is_alnum(char c)
{
    return tc_ascii_is_letter(c) || tc_ascii_is_digit(c);
}

/** What a hexadecimal digit of either case stands for; -1 when @a c is none. */
static inline int
tc_ascii_hex(char c)
{
    if (tc_ascii_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** White space of XML: blank, tab and the ends of lines. */
static inline bool
tc_ascii_is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** What Windows takes for a separator in a path. */
static inline bool
tc_ascii_is_slash(char c)
{
    return c == '\\' || c == '/';
}

#endif
