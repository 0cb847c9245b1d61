#include "check/uri_atoms.h"

#include "base/ascii.h"

static char
char_at(struct tc_str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

/* Behind the `]` that ends the class at @a at. */
static size_t
class_end(struct tc_str text, size_t at)
{
    size_t i = at + 1 + (char_at(text, at + 1) == '^');

    for (i += char_at(text, i) == ']'; i < text.len && text.ptr[i] != ']'; i++)
        if (text.ptr[i] == '\\')
            i++;
    return i < text.len ? i + 1 : text.len;
}

static size_t
escape_end(struct tc_str text, size_t at)
{
    char c = char_at(text, at + 1);
    size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'c' ? 1 : 0, end = at + 2 + digits;

    if ((c == 'p' || c == 'P') && char_at(text, at + 2) == '{')
        while (end < text.len && text.ptr[end - 1] != '}')
            end++;
    return end < text.len ? end : text.len;
}

static size_t
brace_end(struct tc_str text, size_t at)
{
    size_t i = at + 1;

    while (tc_ascii_is_digit(char_at(text, i)))
        i++;
    if (i == at + 1)
        return at;
    if (char_at(text, i) == ',')
        for (i++; tc_ascii_is_digit(char_at(text, i));)
            i++;
    return char_at(text, i) == '}' ? i + 1 : at;
}

/* `(?:`, `(?=`, `(?<name>` and their kin; `(` alone otherwise. */
static size_t
open_end(struct tc_str text, size_t at)
{
    size_t i = at + 1;
    char close;

    if (char_at(text, i) != '?')
        return i;
    i++;
    close = char_at(text, i) == '<' ? '>' : char_at(text, i) == '\'' ? '\'' : '\0';
    if (close != '\0' && char_at(text, i + 1) != '=' && char_at(text, i + 1) != '!') {
        for (i++; i < text.len && text.ptr[i] != close;)
            i++;
        return i < text.len ? i + 1 : i;
    }
    while (i < text.len && text.ptr[i] != ':' && text.ptr[i] != '=' && text.ptr[i] != '!' && text.ptr[i] != '>' &&
           text.ptr[i] != ')')
        i++;
    return i < text.len && text.ptr[i] != ')' ? i + 1 : i;
}

struct tc_uri_atom
tc_uri_atom_next(struct tc_str text, size_t at)
{
    struct tc_uri_atom atom = {.kind = TC_ATOM_LITERAL, .c = char_at(text, at), .begin = at, .end = at + 1};

    if (at >= text.len)
        return (struct tc_uri_atom){.kind = TC_ATOM_END, .begin = text.len, .end = text.len};
    switch (atom.c) {
    case '\\':
        atom.c = char_at(text, at + 1);
        atom.end = escape_end(text, at);
        if (tc_ascii_is_alnum(atom.c))
            atom.kind = TC_ATOM_ESCAPE;
        break;
    case '.':
        atom.kind = TC_ATOM_DOT;
        break;
    case '[':
        atom.kind = TC_ATOM_CLASS;
        atom.end = class_end(text, at);
        break;
    case '(':
        atom.kind = TC_ATOM_OPEN;
        atom.end = open_end(text, at);
        break;
    case ')':
        atom.kind = TC_ATOM_CLOSE;
        break;
    case '|':
        atom.kind = TC_ATOM_OR;
        break;
    case '^':
    case '$':
        atom.kind = TC_ATOM_ANCHOR;
        break;
    case '*':
    case '+':
    case '?':
        atom.kind = TC_ATOM_QUANTIFIER;
        break;
    case '{':
        atom.end = brace_end(text, at);
        if (atom.end > at)
            atom.kind = TC_ATOM_QUANTIFIER;
        else
            atom.end = at + 1;
        break;
    default:
        break;
    }
    return atom;
}
