#include "model/netregex_simple.h"

#include "base/ascii.h"

#include <string.h>

enum { PATTERN_MAX = 512, STEPS_MAX = 10000 };

/* One character of a text: a literal, any, or one of a class; and how often. */
struct atom {
    enum { LITERAL, ANY, CLASS } kind;
    char literal;
    struct tc_str members; /* of a class, as written */
    char quantifier;       /* `?`, `*`, `+`, or NUL: once */
};

static bool
is_plain(char c)
{
    static const bool others[128] = {
        ['/'] = true,  [':'] = true, ['-'] = true, ['_'] = true, ['~'] = true, ['!'] = true,
        ['@'] = true,  ['%'] = true, ['&'] = true, ['='] = true, [','] = true, [';'] = true,
        ['\''] = true, ['"'] = true, ['<'] = true, ['>'] = true};

    return tc_ascii_is_letter(c) || tc_ascii_is_digit(c) || ((unsigned char)c < 128 && others[(unsigned char)c]);
}

/* Characters that mean themselves behind a backslash. */
static bool
is_punctuation(char c)
{
    return c != '\0' && strchr(".\\/:-~!@%&=,;'\"*+?|{}[]()^$#", c) != NULL;
}

/* `0-9`, `a-z` or `A-Z`: ranges in which letter case makes no difference to what is in them. */
static bool
is_range(struct tc_str text)
{
    return text.len >= 3 && text.ptr[1] == '-' &&
           ((text.ptr[0] == '0' && text.ptr[2] == '9') || (text.ptr[0] == 'a' && text.ptr[2] == 'z') ||
            (text.ptr[0] == 'A' && text.ptr[2] == 'Z'));
}

/* Behind '['; 0 when it is no simple class. */
static size_t
class_length(struct tc_str text)
{
    size_t at = 0;

    while (at < text.len && text.ptr[at] != ']') {
        struct tc_str rest = tc_str_sub(text, at, SIZE_MAX);

        if (is_range(rest))
            at += 3;
        else if (text.ptr[at] != '-' && (is_plain(text.ptr[at]) || text.ptr[at] == '.'))
            at++;
        else
            return 0;
    }
    return at < text.len ? at : 0;
}

/* The atom at *at, which moves behind it; false when it is none that is simple. */
static bool
take_atom(struct tc_str pattern, size_t *at, struct atom *ret)
{
    struct tc_str rest = tc_str_sub(pattern, *at, SIZE_MAX);
    size_t len = 1;

    *ret = (struct atom){.kind = LITERAL, .literal = rest.ptr[0]};
    if (rest.ptr[0] == '.') {
        ret->kind = ANY;
    } else if (rest.ptr[0] == '[') {
        size_t inside = class_length(tc_str_sub(rest, 1, SIZE_MAX));

        if (inside == 0)
            return false;
        ret->kind = CLASS;
        ret->members = tc_str_sub(rest, 1, inside);
        len = inside + 2;
    } else if (rest.ptr[0] == '\\') {
        if (rest.len < 2 || !is_punctuation(rest.ptr[1]))
            return false;
        ret->literal = rest.ptr[1];
        len = 2;
    } else if (!is_plain(rest.ptr[0])) {
        return false;
    }
    *at += len;
    if (len < rest.len && (rest.ptr[len] == '?' || rest.ptr[len] == '*' || rest.ptr[len] == '+')) {
        ret->quantifier = rest.ptr[len];
        *at += 1;
    }
    return true;
}

bool
tc_netregex_is_simple(struct tc_str pattern, unsigned options)
{
    struct atom atom;

    if (pattern.len > PATTERN_MAX || (options & ~(unsigned)(TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE)) != 0)
        return false;
    for (size_t at = 0; at < pattern.len;) /* a second quantifier or `{` is no atom */
        if (!take_atom(pattern, &at, &atom))
            return false;
    return true;
}

struct match {
    struct tc_str pattern, text;
    unsigned options;
    size_t steps;
};

static char
fold(const struct match *m, char c)
{
    return (m->options & TC_NETREGEX_IGNORE_CASE) != 0 && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
is_member(const struct match *m, struct tc_str members, char c)
{
    for (size_t i = 0; i < members.len; i++) {
        struct tc_str rest = tc_str_sub(members, i, SIZE_MAX);

        if (!is_range(rest)) {
            if (fold(m, rest.ptr[0]) == c)
                return true;
            continue;
        }
        if (c >= fold(m, rest.ptr[0]) && c <= fold(m, rest.ptr[2]))
            return true;
        i += 2;
    }
    return false;
}

/* Whether the character at @a at, if there is one, is what @a atom says. */
static bool
accepts(const struct match *m, const struct atom *atom, size_t at)
{
    if (at >= m->text.len)
        return false;
    switch (atom->kind) {
    case LITERAL:
        return fold(m, atom->literal) == fold(m, m->text.ptr[at]);
    case ANY:
        return m->text.ptr[at] != '\n' || (m->options & TC_NETREGEX_SINGLELINE) != 0;
    case CLASS:
        return is_member(m, atom->members, fold(m, m->text.ptr[at]));
    }
    return false;
}

/* Match the pattern from @a at against the text from @a from, trying what the engine tries in its order. *ret_end:
 * where the first match ends. */
static bool
match(struct match *m, size_t at, size_t from, size_t *ret_end)
{
    while (at < m->pattern.len) {
        struct atom atom;
        size_t count = 0, least, most;

        if (++m->steps > STEPS_MAX || !take_atom(m->pattern, &at, &atom))
            return false;
        least = atom.quantifier == '\0' || atom.quantifier == '+';
        most = atom.quantifier == '\0' || atom.quantifier == '?' ? 1 : SIZE_MAX;
        while (count < most && accepts(m, &atom, from + count))
            count++;
        if (count < least)
            return false;
        for (; count > least; count--)
            if (match(m, at, from + count, ret_end))
                return true;
            else if (m->steps > STEPS_MAX)
                return false;
        from += least;
    }
    *ret_end = from;
    return true;
}

enum tc_netregex_status
tc_netregex_simple_covers(struct tc_str pattern, unsigned options, struct tc_str text)
{
    struct match m = {.pattern = pattern, .text = text, .options = options};
    size_t end;

    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return TC_NETREGEX_UNSUPPORTED;
    if (text.len == 0)
        return TC_NETREGEX_OK;
    if (match(&m, 0, 0, &end))
        return end == text.len ? TC_NETREGEX_OK : TC_NETREGEX_NO;
    return m.steps > STEPS_MAX ? TC_NETREGEX_UNSUPPORTED : TC_NETREGEX_NO;
}
