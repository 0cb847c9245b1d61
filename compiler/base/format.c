#include "base/format.h"

#include <stdio.h>
#include <string.h>

/* Conversions that are done here: what stands behind the percent sign. */
enum conversion { STRING, SLICE, CHAR, INT, UNSIGNED, HEX, SIZE, LONG, LONG_LONG, PERCENT, OTHER };

static enum conversion
conversion_at(const char *at, size_t *ret_len)
{
    *ret_len = 1;
    switch (at[0]) {
    case 's':
        return STRING;
    case 'c':
        return CHAR;
    case 'd':
        return INT;
    case 'u':
        return UNSIGNED;
    case 'x':
        return HEX;
    case '%':
        return PERCENT;
    case '.':
        *ret_len = 3;
        return at[1] == '*' && at[2] == 's' ? SLICE : OTHER;
    case 'z':
        *ret_len = 2;
        return at[1] == 'u' ? SIZE : OTHER;
    case 'l':
        *ret_len = at[1] == 'l' ? 3 : 2;
        return at[*ret_len - 1] != 'u' ? OTHER : at[1] == 'l' ? LONG_LONG : LONG;
    default:
        return OTHER;
    }
}

/* Arguments that were taken cannot be given back, so this is asked before the first is. */
static bool
is_known(const char *format)
{
    size_t len;

    while ((format = strchr(format, '%')) != NULL) {
        if (conversion_at(format + 1, &len) == OTHER)
            return false;
        format += 1 + len;
    }
    return true;
}

struct sink {
    char *out;
    size_t size, len;
};

static inline void
put(struct sink *sink, const char *text, size_t len)
{
    if (sink->len < sink->size) {
        size_t room = sink->size - sink->len;

        memcpy(sink->out + sink->len, text, len < room ? len : room);
    }
    sink->len += len;
}

static void
put_number(struct sink *sink, unsigned long long number, unsigned base, bool is_negative)
{
    char digits[sizeof number * 3 + 1];
    size_t at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    if (is_negative)
        digits[--at] = '-';
    put(sink, digits + at, sizeof digits - at);
}

static void
put_string(struct sink *sink, const char *text, int limit)
{
    if (text == NULL)
        text = "(null)";
    put(sink, text, limit < 0 ? strlen(text) : strnlen(text, (size_t)limit));
}

int
tc_format(char *out, size_t size, const char *format, va_list args)
{
    struct sink sink = {out, size == 0 ? 0 : size - 1, 0};
    size_t len;
    char c;
    int number;

    if (!is_known(format))
        return vsnprintf(out, size, format, args);
    for (const char *at; (at = strchr(format, '%')) != NULL; format = at + 1 + len) {
        put(&sink, format, (size_t)(at - format));
        switch (conversion_at(at + 1, &len)) {
        case STRING:
            put_string(&sink, va_arg(args, const char *), -1);
            break;
        case SLICE:
            number = va_arg(args, int);
            put_string(&sink, va_arg(args, const char *), number);
            break;
        case CHAR:
            c = (char)va_arg(args, int);
            put(&sink, &c, 1);
            break;
        case INT:
            number = va_arg(args, int);
            put_number(&sink, number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number, 10,
                       number < 0);
            break;
        case UNSIGNED:
            put_number(&sink, va_arg(args, unsigned), 10, false);
            break;
        case HEX:
            put_number(&sink, va_arg(args, unsigned), 16, false);
            break;
        case SIZE:
            put_number(&sink, va_arg(args, size_t), 10, false);
            break;
        case LONG_LONG:
            put_number(&sink, va_arg(args, unsigned long long), 10, false);
            break;
        case LONG:
            put_number(&sink, va_arg(args, unsigned long), 10, false);
            break;
        case PERCENT:
            put(&sink, "%", 1);
            break;
        case OTHER: /* there is none */
            return -1;
        }
    }
    put(&sink, format, strlen(format));
    if (size > 0)
        out[sink.len < sink.size ? sink.len : sink.size] = '\0';
    return sink.len > INT_MAX ? -1 : (int)sink.len;
}
