#include "xml/writer.h"

#include <assert.h>
#include <string.h>

/* What a byte of an attribute value becomes. */
enum { CLEAN, AMP, LT, GT, QUOT, TAB, LF, CR, CONTROL, LEAD_EF, MULTI, CLASS_COUNT };

#define ROW8(x)  x, x, x, x, x, x, x, x
#define ROW16(x) ROW8(x), ROW8(x)
#define ROW64(x) ROW16(x), ROW16(x), ROW16(x), ROW16(x)
#define ROW_20_3F                                                                                                      \
    CLEAN, CLEAN, QUOT, CLEAN, CLEAN, CLEAN, AMP, CLEAN, ROW8(CLEAN), ROW8(CLEAN), CLEAN, CLEAN, CLEAN, CLEAN, LT,     \
        CLEAN, GT, CLEAN

/* The CLR's reader keeps raw line breaks and decodes no character references. */
static const unsigned char policy_classes[256] = {
    ROW8(CONTROL),  CONTROL,   CLEAN,        CLEAN,        CONTROL,      CONTROL,      CLEAN,        CONTROL, CONTROL,
    ROW16(CONTROL), ROW_20_3F, ROW64(CLEAN), ROW64(CLEAN), ROW16(CLEAN), ROW16(CLEAN), ROW8(CLEAN),  CLEAN,   CLEAN,
    CLEAN,          CLEAN,     CLEAN,        CLEAN,        CLEAN,        LEAD_EF,      ROW16(CLEAN),
};

/* A conforming reader turns raw line breaks and tabs of a value into blanks. */
static const unsigned char config_classes[256] = {
    ROW8(CONTROL),  CONTROL,   TAB,          LF,           CONTROL,      CONTROL,      CR,           CONTROL, CONTROL,
    ROW16(CONTROL), ROW_20_3F, ROW64(CLEAN), ROW64(CLEAN), ROW16(CLEAN), ROW16(CLEAN), ROW8(CLEAN),  CLEAN,   CLEAN,
    CLEAN,          CLEAN,     CLEAN,        CLEAN,        CLEAN,        LEAD_EF,      ROW16(CLEAN),
};

static const unsigned char ascii_classes[256] = {
    ROW8(CONTROL), CONTROL,        TAB,       LF,           CONTROL,      CONTROL,      CR, CONTROL,
    CONTROL,       ROW16(CONTROL), ROW_20_3F, ROW64(CLEAN), ROW64(MULTI), ROW64(MULTI),
};

static const struct tc_str once[CLASS_COUNT] = {
    [AMP] = {"&amp;", 5}, [LT] = {"&lt;", 4},  [GT] = {"&gt;", 4},  [QUOT] = {"&quot;", 6},
    [TAB] = {"&#9;", 4},  [LF] = {"&#10;", 5}, [CR] = {"&#13;", 5}, [CONTROL] = {"\xEF\xBF\xBD", 3},
};

static const struct tc_str twice[CLASS_COUNT] = {
    [AMP] = {"&amp;amp;", 9}, [LT] = {"&amp;lt;", 8},  [GT] = {"&amp;gt;", 8},  [QUOT] = {"&amp;quot;", 10},
    [TAB] = {"&amp;#9;", 8},  [LF] = {"&amp;#10;", 9}, [CR] = {"&amp;#13;", 9}, [CONTROL] = {"\xEF\xBF\xBD", 3},
};

#define ONES  0x0101010101010101u
#define HIGHS 0x8080808080808080u

/*
 * Whether one of eight bytes may need more than copying: control, `"`, `&`, `<`, `>` or not ASCII (which the table then
 * looks at). 0x22 | 4 == 0x26 and 0x3C | 2 == 0x3E, so two comparisons find the four.
 */
static bool
any_special(uint64_t word)
{
    uint64_t quote_amp = (word | 4 * ONES) ^ 0x26 * ONES;
    uint64_t angle = (word | 2 * ONES) ^ 0x3E * ONES;
    uint64_t control = (word - 0x20 * ONES) & ~word;
    return ((control | ((quote_amp - ONES) & ~quote_amp) | ((angle - ONES) & ~angle) | word) & HIGHS) != 0;
}

void
tc_xml_init(struct tc_xml *xml, struct tc_buf *out, const char *indent, const char *newline)
{
    xml->out = out;
    xml->indent = tc_str_of(indent);
    xml->newline = tc_str_of(newline);
    xml->base = TC_STR("");
    xml->style = TC_XML_POLICY;
    xml->depth = 0;
    xml->in_tag = false;
    xml->refused = false;
}

void
tc_xml_set_style(struct tc_xml *xml, enum tc_xml_style style, struct tc_str base)
{
    assert(xml->depth == 0);
    xml->style = style;
    xml->base = base;
}

/* Append to memory that is known to suffice. */
static char *
append(char *to, struct tc_str text)
{
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    return to + text.len;
}

/* Room for a line that begins at the current depth and then takes @a more bytes; the place to write, or NULL. */
static char *
begin_line(struct tc_xml *xml, size_t more)
{
    size_t start = 1 + xml->newline.len + xml->base.len + xml->depth * xml->indent.len;
    if (!tc_buf_reserve(xml->out, start + more + xml->newline.len))
        return NULL;
    char *to = xml->out->ptr + xml->out->len;
    if (xml->in_tag) {
        *to++ = '>';
        to = append(to, xml->newline);
        xml->in_tag = false;
    }
    to = append(to, xml->base);
    for (unsigned i = 0; i < xml->depth; i++)
        to = append(to, xml->indent);
    return to;
}

static void
end_line(struct tc_xml *xml, char *to)
{
    to = append(to, xml->newline);
    xml->out->len = (size_t)(to - xml->out->ptr);
}

void
tc_xml_start_str(struct tc_xml *xml, struct tc_str name)
{
    assert(name.len > 0);
    if (xml->depth == TC_XML_DEPTH_MAX) {
        /* The buffer's failure stops all further writing, so the element may go missing. */
        xml->out->failed = true;
        return;
    }
    char *to = begin_line(xml, 1 + name.len);
    xml->names[xml->depth++] = name;
    xml->in_tag = true;
    if (to == NULL)
        return;
    *to++ = '<';
    to = append(to, name);
    xml->out->len = (size_t)(to - xml->out->ptr);
}

void
tc_xml_start(struct tc_xml *xml, const char *name)
{
    tc_xml_start_str(xml, tc_str_of(name));
}

/* Decode the UTF-8 sequence at @a at; 0xFFFD and one byte when it is none. */
static uint32_t
decode(const char *at, const char *end, size_t *ret_len)
{
    unsigned char lead = (unsigned char)*at;
    size_t len = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    *ret_len = 1;
    if (lead < 0xC2 || lead > 0xF4 || (size_t)(end - at) < len)
        return 0xFFFD;
    uint32_t code = lead & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char next = (unsigned char)at[i];
        if ((next & 0xC0) != 0x80)
            return 0xFFFD;
        code = code << 6 | (next & 0x3Fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF)
        return 0xFFFD;
    *ret_len = len;
    return code;
}

#define REFERENCE_MAX 16 /* no longer than the longest of one byte's or character's spellings */

static char *
put_reference(char *to, uint32_t code)
{
    *to++ = '&';
    *to++ = '#';
    *to++ = 'x';
    int shift = 20;
    while (shift > 0 && code >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *to++ = "0123456789ABCDEF"[code >> shift & 0xF];
    *to++ = ';';
    return to;
}

/* What is not simply copied: one character at @a at to @a to. Returns how many bytes of the value it took. */
static size_t
put_special(struct tc_xml *xml, const struct tc_str *escapes, unsigned cls, const char *at, const char *end, char **to)
{
    switch (cls) {
    case LEAD_EF:
        /* U+FFFE and U+FFFF are no XML characters; everything else that begins with EF is copied. */
        if (end - at < 3 || (unsigned char)at[1] != 0xBF || (unsigned char)at[2] < 0xBE) {
            *(*to)++ = *at;
            return 1;
        }
        xml->refused = true;
        *to = append(*to, escapes[CONTROL]);
        return 3;
    case MULTI: {
        size_t len;
        uint32_t code = decode(at, end, &len);
        if (code == 0xFFFD && len == 1)
            xml->refused = true;
        *to = put_reference(*to, code);
        return len;
    }
    case CONTROL:
        xml->refused = true;
        *to = xml->style == TC_XML_CONFIG_ASCII ? put_reference(*to, 0xFFFD) : append(*to, escapes[CONTROL]);
        return 1;
    default:
        *to = append(*to, escapes[cls]);
        return 1;
    }
}

static void
put_value(struct tc_xml *xml, struct tc_str value, const struct tc_str *escapes)
{
    const unsigned char *classes = xml->style == TC_XML_POLICY   ? policy_classes
                                   : xml->style == TC_XML_CONFIG ? config_classes
                                                                 : ascii_classes;
    struct tc_buf *out = xml->out;
    if (value.len == 0 || !tc_buf_reserve(out, value.len + REFERENCE_MAX))
        return;
    const char *at = value.ptr;
    const char *end = at + value.len;
    char *to = out->ptr + out->len;
    while (at < end) {
        while (end - at >= 8) {
            uint64_t word;
            memcpy(&word, at, sizeof word);
            if (any_special(word))
                break;
            memcpy(to, &word, sizeof word);
            at += 8;
            to += 8;
        }
        /* The eight bytes that stopped the fast loop, or the last few. */
        const char *stop = end - at > 8 ? at + 8 : end;
        while (at < stop) {
            unsigned cls = classes[(unsigned char)*at];
            if (cls == CLEAN) {
                *to++ = *at++;
                continue;
            }
            /* Room beyond what the rest takes when it is all clean, for this character and the next. */
            out->len = (size_t)(to - out->ptr);
            if (!tc_buf_reserve(out, (size_t)(end - at) + REFERENCE_MAX))
                return;
            to = out->ptr + out->len;
            at += put_special(xml, escapes, cls, at, end, &to);
        }
    }
    out->len = (size_t)(to - out->ptr);
}

static void
put_attr(struct tc_xml *xml, struct tc_str name, struct tc_str value, const struct tc_str *escapes)
{
    assert(xml->in_tag || xml->out->failed);
    if (!tc_buf_reserve(xml->out, name.len + 3))
        return;
    char *to = xml->out->ptr + xml->out->len;
    *to++ = ' ';
    to = append(to, name);
    *to++ = '=';
    *to++ = '"';
    xml->out->len = (size_t)(to - xml->out->ptr);
    put_value(xml, value, escapes);
    tc_buf_putc(xml->out, '"');
}

void
tc_xml_attr_str(struct tc_xml *xml, struct tc_str name, struct tc_str value)
{
    put_attr(xml, name, value, once);
}

void
tc_xml_attr(struct tc_xml *xml, const char *name, struct tc_str value)
{
    put_attr(xml, tc_str_of(name), value, once);
}

void
tc_xml_attr_lit(struct tc_xml *xml, const char *name, const char *value)
{
    put_attr(xml, tc_str_of(name), tc_str_of(value), once);
}

void
tc_xml_attr_twice(struct tc_xml *xml, const char *name, struct tc_str value)
{
    put_attr(xml, tc_str_of(name), value, twice);
}

void
tc_xml_end(struct tc_xml *xml)
{
    if (xml->out->failed)
        return;
    assert(xml->depth > 0);
    struct tc_str name = xml->names[--xml->depth];
    if (xml->in_tag) {
        xml->in_tag = false;
        if (!tc_buf_reserve(xml->out, 3 + xml->newline.len))
            return;
        char *at = xml->out->ptr + xml->out->len;
        end_line(xml, append(at, xml->style == TC_XML_POLICY ? TC_STR("/>") : TC_STR(" />")));
        return;
    }
    char *to = begin_line(xml, 3 + name.len);
    if (to == NULL)
        return;
    to = append(append(to, TC_STR("</")), name);
    *to++ = '>';
    end_line(xml, to);
}

static bool
comment_is_fit(struct tc_str text, enum tc_xml_style style)
{
    bool word = false; /* inside a word */
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x80 && style == TC_XML_CONFIG_ASCII))
            return false;
        if (c == 0xEF && text.len - i >= 3 && (unsigned char)text.ptr[i + 1] == 0xBF &&
            (unsigned char)text.ptr[i + 2] >= 0xBE)
            return false;
        if (c == '-' && i + 1 < text.len && text.ptr[i + 1] == '-')
            return false;
        if (style == TC_XML_POLICY) {
            if (c == '<' || c == '>' || (c == '"' && !word))
                return false;
            /* These are tokens of their own there, so that a word begins behind them. */
            word = strchr(" \t\r\n=/?!-", c) == NULL || (word && strchr("?!-", c) != NULL);
        }
    }
    return true;
}

bool
tc_xml_comment(struct tc_xml *xml, struct tc_str text)
{
    if (!comment_is_fit(text, xml->style))
        return false;
    char *to = begin_line(xml, text.len + 9);
    if (to != NULL)
        end_line(xml, append(append(append(to, TC_STR("<!-- ")), text), TC_STR(" -->")));
    return true;
}

void
tc_xml_raw(struct tc_xml *xml, struct tc_str line)
{
    char *to = begin_line(xml, line.len);
    if (to != NULL)
        end_line(xml, append(to, line));
}

bool
tc_xml_ok(const struct tc_xml *xml)
{
    return !xml->out->failed && !xml->refused && xml->depth == 0;
}
