#include "xml/plain.h"

#include "data/tables.h"

#include <string.h>

/* Far below what any of the readers takes; what goes beyond is read by them. */
enum { BYTES_MAX = 1024 * 1024, DEPTH_MAX = 64, NAME_MAX_BYTES = 256, ATTRIBUTES_MAX = 64 };

/* What a character may be part of: the start of a name, a name, blanks between things, a value, a comment. */
enum { START = 1, NAME = 2, BLANK = 4, VALUE = 8, COMMENT = 16, TEXT = VALUE | COMMENT };

static inline bool
is_kind(char c, unsigned kind)
{
    static const unsigned char kinds[128] = {
        ['\t'] = BLANK | COMMENT, /* XML makes a blank of it in a value */
        ['\n'] = BLANK | COMMENT,
        ['\r'] = BLANK | COMMENT,
        [' '] = BLANK | TEXT,
#define T TEXT
        ['!'] = T,
        ['#'] = T,
        ['$'] = T,
        ['%'] = T,
        ['&'] = COMMENT,
        ['\''] = T,
        ['('] = T,
        [')'] = T,
        ['*'] = T,
        ['+'] = T,
        [','] = T,
        ['/'] = T,
        [':'] = T,
        [';'] = T,
        ['='] = T,
        ['?'] = T,
        ['@'] = T,
        ['['] = T,
        ['\\'] = T,
        [']'] = T,
        ['^'] = T,
        ['`'] = T,
        ['{'] = T,
        ['|'] = T,
        ['}'] = T,
        ['~'] = T,
        [0x7F] = T,
#undef T
        ['-'] = NAME | VALUE, /* two of them end a comment */
        ['.'] = NAME | TEXT,
#define N (NAME | TEXT)
        ['0'] = N,
        ['1'] = N,
        ['2'] = N,
        ['3'] = N,
        ['4'] = N,
        ['5'] = N,
        ['6'] = N,
        ['7'] = N,
        ['8'] = N,
        ['9'] = N,
#undef N
#define L (START | NAME | TEXT)
        ['A'] = L,
        ['B'] = L,
        ['C'] = L,
        ['D'] = L,
        ['E'] = L,
        ['F'] = L,
        ['G'] = L,
        ['H'] = L,
        ['I'] = L,
        ['J'] = L,
        ['K'] = L,
        ['L'] = L,
        ['M'] = L,
        ['N'] = L,
        ['O'] = L,
        ['P'] = L,
        ['Q'] = L,
        ['R'] = L,
        ['S'] = L,
        ['T'] = L,
        ['U'] = L,
        ['V'] = L,
        ['W'] = L,
        ['X'] = L,
        ['Y'] = L,
        ['Z'] = L,
        ['_'] = L,
        ['a'] = L,
        ['b'] = L,
        ['c'] = L,
        ['d'] = L,
        ['e'] = L,
        ['f'] = L,
        ['g'] = L,
        ['h'] = L,
        ['i'] = L,
        ['j'] = L,
        ['k'] = L,
        ['l'] = L,
        ['m'] = L,
        ['n'] = L,
        ['o'] = L,
        ['p'] = L,
        ['q'] = L,
        ['r'] = L,
        ['s'] = L,
        ['t'] = L,
        ['u'] = L,
        ['v'] = L,
        ['w'] = L,
        ['x'] = L,
        ['y'] = L,
        ['z'] = L,
#undef L
    };
    unsigned char byte = (unsigned char)c;

    /* 0xEF begins U+FFFE and U+FFFF, which are no characters of XML */
    return byte < 0x80 ? (kinds[byte] & kind) != 0 : byte != 0xEF && (kind & TEXT) != 0;
}

struct plain {
    struct tc_arena *arena;
    const char *begin, *end;
    const char *at;
    uint32_t base;
    size_t node_count, node_limit;
    bool has_comments;

    size_t depth;
    struct tc_element *open[DEPTH_MAX];
    struct tc_element **tails[DEPTH_MAX]; /* where the next child of each goes */
};

static struct tc_span
span_of(const struct plain *p, const char *begin, const char *end)
{
    return (struct tc_span){p->base + (uint32_t)(begin - p->begin), p->base + (uint32_t)(end - p->begin)};
}

static inline void
skip_blanks(struct plain *p)
{
    static const char eight[] = "        ";
    const char *at = p->at;

    while (at < p->end && is_kind(*at, BLANK)) {
        at++;
        while (p->end - at >= 8 && memcmp(at, eight, 8) == 0)
            at += 8;
    }
    p->at = at;
}

static inline bool
skip_char(struct plain *p, char c)
{
    if (p->at == p->end || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool
skip_text(struct plain *p, struct tc_str text)
{
    if ((size_t)(p->end - p->at) < text.len || memcmp(p->at, text.ptr, text.len) != 0)
        return false;
    p->at += text.len;
    return true;
}

/* ---- values ---- */

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of at least one byte is set when one of the eight at @a at is no ASCII character of a value; of none
 * when all are. */
static inline uint64_t
strange_bytes(const char *at)
{
    uint64_t word, quotes, brackets;

    memcpy(&word, at, sizeof word);
    quotes = (word | EACH_BYTE('"' ^ '&')) ^ EACH_BYTE('"' | '&'); /* they differ in one bit, as '<' and '>' do */
    brackets = (word | EACH_BYTE('<' ^ '>')) ^ EACH_BYTE('<' | '>');
    return (word | (word - EACH_BYTE(' ')) | (quotes - EACH_BYTE(1)) | (brackets - EACH_BYTE(1))) & EACH_BYTE(0x80);
}

/* At the opening quote. */
static inline bool
take_value(struct plain *p, struct tc_str *ret_value)
{
    const char *begin, *at;

    if (!skip_char(p, '"'))
        return false;
    begin = at = p->at;
    while (p->end - at >= 8 && strange_bytes(at) == 0)
        at += 8;
    while (at < p->end && is_kind(*at, VALUE))
        at++;
    if (at == p->end || *at != '"')
        return false;
    *ret_value = (struct tc_str){begin, (size_t)(at - begin)};
    p->at = at + 1;
    return true;
}

/* ---- markup ---- */

static inline bool
take_name(struct plain *p, struct tc_str *ret_name)
{
    const char *begin = p->at, *at = begin;

    if (at == p->end || !is_kind(*at, START))
        return false;
    while (at < p->end && is_kind(*at, NAME))
        at++;
    *ret_name = (struct tc_str){begin, (size_t)(at - begin)};
    p->at = at;
    return ret_name->len <= NAME_MAX_BYTES;
}

/* At the name. */
static bool
take_attribute(struct plain *p, struct tc_element_attribute *attributes, size_t count)
{
    struct tc_element_attribute *attribute = &attributes[count];
    const char *begin = p->at;

    if (count == ATTRIBUTES_MAX || !take_name(p, &attribute->name) || !skip_char(p, '=') ||
        !take_value(p, &attribute->value) || tc_str_eq(attribute->name, TC_STR("xmlns")))
        return false;
    for (size_t i = 0; i < count; i++)
        if (tc_str_eq(attributes[i].name, attribute->name))
            return false;
    attribute->span = span_of(p, begin, p->at);
    attribute->value_span = (struct tc_span){
        attribute->span.end - 1 - (uint32_t)attribute->value.len,
        attribute->span.end - 1,
    };
    p->node_count++;
    return true;
}

/* Behind the name of a start tag: its attributes, up to its end. */
static bool
take_attributes(struct plain *p, struct tc_element *element, bool *ret_empty)
{
    struct tc_element_attribute attributes[ATTRIBUTES_MAX + 1];
    size_t count = 0;

    for (;; count++) {
        const char *before = p->at;

        skip_blanks(p);
        if (p->at == p->end)
            return false;
        *ret_empty = *p->at == '/';
        if (*p->at == '>' || *p->at == '/')
            break;
        if (p->at == before || !take_attribute(p, attributes, count))
            return false;
    }
    p->at += *ret_empty ? 1 : 0;
    if (!skip_char(p, '>'))
        return false;
    if (count == 0)
        return true;
    element->attributes = tc_arena_array(p->arena, struct tc_element_attribute, count);
    if (element->attributes == NULL)
        return false;
    memcpy(element->attributes, attributes, count * sizeof *attributes);
    element->attribute_count = count;
    return true;
}

/* At '<'. */
static bool
take_start_tag(struct plain *p, struct tc_element **tail)
{
    const char *begin = p->at++;
    struct tc_element *element = tc_arena_new(p->arena, struct tc_element);
    bool is_empty;

    if (element == NULL || !take_name(p, &element->tag) || !take_attributes(p, element, &is_empty) ||
        ++p->node_count >= p->node_limit)
        return false;
    element->span = span_of(p, begin, p->at);
    *tail = element;
    if (p->depth > 0)
        p->tails[p->depth - 1] = &element->next;
    if (is_empty)
        return true;
    if (p->depth == DEPTH_MAX)
        return false;
    p->open[p->depth] = element;
    p->tails[p->depth++] = &element->children;
    return true;
}

/* Behind "</". */
static bool
take_end_tag(struct plain *p)
{
    if (!skip_text(p, p->open[p->depth - 1]->tag))
        return false;
    skip_blanks(p);
    p->depth--;
    return skip_char(p, '>');
}

/* Behind "<!--". The framework's reader counts brackets and takes quotation marks for those of a value. */
static bool
take_comment(struct plain *p)
{
    for (;;) {
        while (p->at < p->end && is_kind(*p->at, COMMENT))
            p->at++;
        if (!skip_char(p, '-'))
            return false;
        if (skip_char(p, '-'))
            break;
    }
    p->has_comments = true;
    return skip_char(p, '>');
}

/* The content of the outermost element, up to its end. */
static bool
take_content(struct plain *p)
{
    while (p->depth > 0) {
        skip_blanks(p);
        if (p->end - p->at < 4 || *p->at != '<')
            return false;
        if (p->at[1] == '/') {
            p->at += 2;
            if (!take_end_tag(p))
                return false;
        } else if (p->at[1] == '!') {
            if (!skip_text(p, TC_STR("<!--")) || !take_comment(p))
                return false;
        } else if (!take_start_tag(p, p->tails[p->depth - 1])) {
            return false;
        }
    }
    return true;
}

/* The declaration that everybody writes, or none. */
static bool
take_declaration(struct plain *p)
{
    if (!skip_text(p, TC_STR("<?xml ")))
        return true;
    if (!skip_text(p, TC_STR("version=\"1.0\" encoding=\"")) ||
        !(skip_text(p, TC_STR("utf-8\"")) || skip_text(p, TC_STR("UTF-8\""))))
        return false;
    skip_blanks(p);
    return skip_text(p, TC_STR("?>"));
}

bool
tc_plain_read(struct tc_arena *arena, struct tc_str text, uint32_t base, struct tc_plain *ret_plain)
{
    struct plain p;
    struct tc_element *root = NULL;

    if (text.len == 0 || text.len > BYTES_MAX || text.len > tc_limit(TC_LIMIT_POLICY_BYTES)->value)
        return false;
    p.arena = arena; /* the stack of open elements need not be cleared */
    p.begin = p.at = text.ptr;
    p.end = text.ptr + text.len;
    p.base = base;
    p.node_count = 0;
    p.node_limit = (size_t)tc_limit(TC_LIMIT_POLICY_NODES)->value;
    p.has_comments = false;
    p.depth = 0;
    if (!take_declaration(&p))
        return false;
    skip_blanks(&p);
    if (p.at == p.end || *p.at != '<' || !take_start_tag(&p, &root) || !take_content(&p))
        return false;
    skip_blanks(&p);
    if (p.at != p.end)
        return false;
    *ret_plain = (struct tc_plain){root, p.has_comments};
    return true;
}
