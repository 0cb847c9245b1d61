#include "xml/clr_text.h"

#include <assert.h>
#include <string.h>

/* ---- encodings ------------------------------------------------------------------------------------------------- */

/* Names that Encoding.GetEncoding takes, without regard to case (documentation of System.Text.EncodingInfo; the aliases
 * are those of Windows' MIME database). Blanks separate; names with a blank follow separately. */
static const char encoding_names[] =
    " 437 ansi_x3.4-1968 ansi_x3.4-1986 arabic ascii asmo-708 big5 big5-hkscs ccsid00858 ccsid00924 ccsid01140 "
    "ccsid01141 ccsid01142 ccsid01143 ccsid01144 ccsid01145 ccsid01146 ccsid01147 ccsid01148 ccsid01149 chinese "
    "cn-big5 "
    "cn-gb cp00858 cp00924 cp01140 cp01141 cp01142 cp01143 cp01144 cp01145 cp01146 cp01147 cp01148 cp01149 cp037 "
    "cp1025 "
    "cp1026 cp1256 cp273 cp278 cp280 cp284 cp285 cp290 cp297 cp367 cp420 cp423 cp424 cp437 cp500 cp50227 cp819 cp850 "
    "cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp870 cp871 cp875 cp880 cp905 csascii "
    "csbig5 cseuckr cseucpkdfmtjapanese csgb2312 csgb231280 csibm037 csibm1026 csibm273 csibm277 csibm278 csibm280 "
    "csibm284 csibm285 csibm290 csibm297 csibm420 csibm423 csibm424 csibm500 csibm870 csibm871 csibm880 csibm905 "
    "csibmthai csiso2022jp csiso2022kr csiso58gb231280 csisolatin1 csisolatin2 csisolatin3 csisolatin4 csisolatin5 "
    "csisolatin9 csisolatinarabic csisolatincyrillic csisolatingreek csisolatinhebrew cskoi8r csksc56011987 "
    "cspc8codepage437 csshiftjis csunicode11utf7 cswindows31j cyrillic din_66003 dos-720 dos-862 dos-874 "
    "ebcdic-cp-ar1 ebcdic-cp-be ebcdic-cp-ca ebcdic-cp-ch ebcdic-cp-dk ebcdic-cp-es ebcdic-cp-fi ebcdic-cp-fr "
    "ebcdic-cp-gb ebcdic-cp-gr ebcdic-cp-he ebcdic-cp-is ebcdic-cp-it ebcdic-cp-nl ebcdic-cp-no ebcdic-cp-roece "
    "ebcdic-cp-se ebcdic-cp-tr ebcdic-cp-us ebcdic-cp-wt ebcdic-cp-yu ebcdic-cyrillic ebcdic-de-273+euro "
    "ebcdic-dk-277+euro ebcdic-es-284+euro ebcdic-fi-278+euro ebcdic-fr-297+euro ebcdic-gb-285+euro "
    "ebcdic-international-500+euro ebcdic-is-871+euro ebcdic-it-280+euro ebcdic-jp-kana ebcdic-latin9--euro "
    "ebcdic-no-277+euro ebcdic-se-278+euro ebcdic-us-37+euro ecma-114 ecma-118 elot_928 euc-cn euc-jp euc-kr "
    "extended_unix_code_packed_format_for_japanese gb18030 gb2312 gb2312-80 gb231280 gb_2312-80 gbk german greek "
    "greek8 "
    "hebrew hz-gb-2312 ibm-thai ibm00858 ibm00924 ibm01047 ibm01140 ibm01141 ibm01142 ibm01143 ibm01144 ibm01145 "
    "ibm01146 ibm01147 ibm01148 ibm01149 ibm037 ibm1026 ibm273 ibm277 ibm278 ibm280 ibm284 ibm285 ibm290 ibm297 ibm367 "
    "ibm420 ibm423 ibm424 ibm437 ibm500 ibm737 ibm775 ibm819 ibm850 ibm852 ibm855 ibm857 ibm860 ibm861 ibm862 ibm863 "
    "ibm864 ibm865 ibm866 ibm869 ibm870 ibm871 ibm880 ibm905 irv iso-10646-ucs-2 iso-2022-jp iso-2022-jpeuc "
    "iso-2022-kr "
    "iso-2022-kr-7 iso-2022-kr-7bit iso-2022-kr-8 iso-2022-kr-8bit iso-8859-1 iso-8859-11 iso-8859-13 iso-8859-15 "
    "iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-9 iso-ir-100 "
    "iso-ir-101 iso-ir-109 iso-ir-110 iso-ir-126 iso-ir-127 iso-ir-138 iso-ir-144 iso-ir-148 iso-ir-149 iso-ir-58 "
    "iso-ir-6 iso646-us iso8859-1 iso8859-2 iso_646.irv:1991 iso_8859-1 iso_8859-15 iso_8859-1:1987 iso_8859-2 "
    "iso_8859-2:1987 iso_8859-3 iso_8859-3:1988 iso_8859-4 iso_8859-4:1988 iso_8859-5 iso_8859-5:1988 iso_8859-6 "
    "iso_8859-6:1987 iso_8859-7 iso_8859-7:1987 iso_8859-8 iso_8859-8:1988 iso_8859-9 iso_8859-9:1989 johab koi koi8 "
    "koi8-r koi8-ru koi8-u koi8r korean ks-c-5601 ks-c5601 ks_c_5601 ks_c_5601-1987 ks_c_5601-1989 ks_c_5601_1987 "
    "ksc5601 ksc_5601 l1 l2 l3 l4 l5 l9 latin1 latin2 latin3 latin4 latin5 latin9 logical macintosh ms_kanji norwegian "
    "ns_4551-1 pc-multilingual-850+euro sen_850200_b shift-jis shift_jis sjis swedish tis-620 ucs-2 unicode "
    "unicode-1-1-utf-7 unicode-1-1-utf-8 unicode-2-0-utf-7 unicode-2-0-utf-8 unicodefffe us us-ascii utf-16 utf-16be "
    "utf-16le utf-32 utf-32be utf-32le utf-7 utf-8 visual windows-1250 windows-1251 windows-1252 windows-1253 "
    "windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 windows-874 x-ansi x-chinese-cns x-chinese-eten "
    "x-cp1250 x-cp1251 x-cp20001 x-cp20003 x-cp20004 x-cp20005 x-cp20261 x-cp20269 x-cp20936 x-cp20949 x-cp50227 "
    "x-cp50229 x-ebcdic-koreanextended x-euc x-euc-cn x-euc-jp x-europa x-ia5 x-ia5-german x-ia5-norwegian "
    "x-ia5-swedish x-iscii-as x-iscii-be x-iscii-de x-iscii-gu x-iscii-ka x-iscii-ma x-iscii-or x-iscii-pa x-iscii-ta "
    "x-iscii-te x-mac-arabic x-mac-ce x-mac-chinesesimp x-mac-chinesetrad x-mac-croatian x-mac-cyrillic x-mac-greek "
    "x-mac-hebrew x-mac-icelandic x-mac-japanese x-mac-korean x-mac-romanian x-mac-thai x-mac-turkish x-mac-ukrainian "
    "x-ms-cp932 x-sjis x-unicode-1-1-utf-7 x-unicode-1-1-utf-8 x-unicode-2-0-utf-7 x-unicode-2-0-utf-8 x-x-big5 ";

bool
tc_clr_knows_encoding(struct tc_str name)
{
    const char *at = encoding_names + 1;

    if (tc_str_eq_nocase(name, TC_STR("utf-8")) || tc_str_eq_nocase(name, TC_STR("iso-8859-8 visual")))
        return true;
    while (*at != '\0') {
        size_t len = strcspn(at, " ");

        if (tc_str_eq_nocase(name, (struct tc_str){at, len}))
            return true;
        at += len + 1;
    }
    return false;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

enum token { LESS, GREATER, EQUALS, SLASH, QUEST, BANG, DASH, WORD, END };

/* Where a bare word ends: always, and additionally where `<` and `>` do not balance. */
enum { STOP_ALWAYS = 1, STOP_IN_TAG = 2, BLANK = 4, MARK = 8, BAD_VALUE = 16, BAD_NAME = 32 };

static const unsigned char kinds[256] = {
    ['\0'] = BAD_VALUE | BAD_NAME, /* legal, but reading a string back stops there */
    ['\t'] = STOP_ALWAYS | STOP_IN_TAG | BLANK,
    ['\n'] = STOP_ALWAYS | STOP_IN_TAG | BLANK,
    ['\r'] = STOP_ALWAYS | STOP_IN_TAG | BLANK,
    [' '] = STOP_ALWAYS | STOP_IN_TAG | BLANK | BAD_NAME,
    ['<'] = STOP_ALWAYS | STOP_IN_TAG | MARK | BAD_VALUE | BAD_NAME,
    ['>'] = STOP_IN_TAG | MARK | BAD_VALUE | BAD_NAME,
    ['='] = STOP_IN_TAG | MARK,
    ['/'] = STOP_IN_TAG | MARK,
    ['"'] = MARK | BAD_VALUE,
    ['?'] = MARK,
    ['!'] = MARK,
    ['-'] = MARK,
};

/* A word of the text. */
struct word {
    struct tc_str text;
    unsigned char quotes; /* how many stand on each side of it: 0 or 1 */
    unsigned char kinds;  /* those of its characters; of a quoted word, those that have not been ruled out */
};

struct frame {
    struct tc_element *element;
    struct tc_element **tail; /* where its next child goes */
    enum { IN_ATTRIBUTES, IN_TEXT, IN_CHILDREN } phase;
};

#define ATTRIBUTES_MAX                      256 /* as limits.def says; an array, so that a start tag allocates once */
#define TC_LIMIT(id, name, value, sentence) LIMIT_OF_##id = (value) == ATTRIBUTES_MAX,
enum {
#include "data/limits.def"
};
static_assert(LIMIT_OF_POLICY_ATTRIBUTES == 1, "ATTRIBUTES_MAX is the limit of limits.def");

struct reader {
    struct tc_arena *arena;
    const char *begin;
    const char *end;
    uint32_t base;

    /* tokeniser */
    const char *at;
    const char *token_begin;
    struct word word; /* of the last WORD */
    long depth;       /* '<' seen less '>' seen, outside quoted literals: it can drift */

    /* Words wait here between the pass that finds the structure and the one that builds the tree. The framework fetches
     * them by position, so an attribute name that never got a value shifts all that follow. */
    struct word *words;
    size_t word_first, word_end, word_capacity;

    /* tree */
    struct frame *frames;
    size_t frame_count, frame_capacity, frame_limit;
    struct tc_element *root;
    struct tc_element_attribute *attributes; /* of the element whose tag is being read */
    size_t attribute_count;
    struct tc_buf text; /* of the innermost element, when it is no slice of the input */
    bool copying;
    size_t node_count, node_limit;
    bool built; /* the root has ended, or building failed */

    struct tc_clr_fault fault;       /* of the first pass: ends the reading */
    struct tc_clr_fault build_fault; /* of the second: counts only when the first found nothing */
    bool has_fault, has_build_fault;
};

static inline bool
is_kind(char c, int kind)
{
    return (kinds[(unsigned char)c] & kind) != 0;
}

/* The first character belongs to the word, whatever it is. */
static enum token
read_bare_word(struct reader *reader)
{
    const char *at = reader->at + 1;
    const char *end = reader->end;
    int stop = reader->depth != 0 ? STOP_IN_TAG : STOP_ALWAYS;
    unsigned char found = kinds[(unsigned char)*reader->at];

    for (; at < end && !is_kind(*at, stop); at++)
        found |= kinds[(unsigned char)*at];
    if (at == end) { /* an unfinished word is lost */
        reader->at = end;
        reader->token_begin = end;
        return END;
    }
    reader->word = (struct word){{reader->token_begin, (size_t)(at - reader->token_begin)}, 0, found};
    reader->at = is_kind(*at, BLANK) ? at + 1 : at;
    return WORD;
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Not 0 when one of the bytes of @a word is 0. */
static inline uint64_t
zero_bytes(uint64_t word)
{
    return (word - EACH_BYTE(0x01)) & ~word & EACH_BYTE(0x80);
}

/* Whether none of the eight characters at @a at is a BAD_VALUE. */
static inline bool
are_fine(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    /* '<' and '>' differ in one bit */
    return (zero_bytes(word) | zero_bytes(word ^ EACH_BYTE('"')) |
            zero_bytes((word | EACH_BYTE('<' ^ '>')) ^ EACH_BYTE('<' | '>'))) == 0;
}

static enum token
read_quoted_word(struct reader *reader)
{
    const char *begin = reader->at + 1;
    const char *quote = begin;
    unsigned char unknown = BAD_NAME;

    /* nearly all are values that hold nothing bad: one look finds that, and their end */
    while (reader->end - quote >= 8 && are_fine(quote))
        quote += 8;
    while (quote < reader->end && !is_kind(*quote, BAD_VALUE))
        quote++;
    if (quote < reader->end && *quote != '"') {
        unknown |= BAD_VALUE;
        quote = memchr(quote, '"', (size_t)(reader->end - quote));
    }
    if (quote == NULL || quote == reader->end) {
        reader->at = reader->end;
        return END;
    }
    reader->word = (struct word){{begin, (size_t)(quote - begin)}, 1, unknown};
    reader->at = quote + 1;
    return WORD;
}

static inline enum token
next_token(struct reader *reader)
{
    const char *at = reader->at;

    while (at < reader->end && is_kind(*at, BLANK)) {
        at++;
        while (reader->end - at >= 8 && memcmp(at, "        ", 8) == 0)
            at += 8;
    }
    reader->at = at;
    reader->token_begin = at;
    if (at == reader->end)
        return END;
    if (is_kind(*at, MARK)) {
        static const unsigned char marks[256] = {['/'] = SLASH, ['?'] = QUEST, ['!'] = BANG, ['-'] = DASH};

        switch (*at) {
        case '<':
            reader->depth++;
            reader->at++;
            return LESS;
        case '>':
            reader->depth--;
            reader->at++;
            return GREATER;
        case '=':
            reader->at++;
            return EQUALS;
        case '"':
            return read_quoted_word(reader);
        default:
            if (reader->depth != 0) {
                reader->at++;
                return (enum token)marks[(unsigned char)*at];
            }
        }
    }
    return read_bare_word(reader);
}

/* ---- faults ---------------------------------------------------------------------------------------------------- */

static struct tc_span
span_of(const struct reader *reader, const char *begin, const char *end)
{
    return (struct tc_span){reader->base + (uint32_t)(begin - reader->begin),
                            reader->base + (uint32_t)(end - reader->begin)};
}

static struct tc_clr_fault
fault_at(struct tc_span span, const char *type, const char *key, const char *because)
{
    return (struct tc_clr_fault){{type, key, span}, TC_LIMIT_COUNT_, because};
}

/* The first pass gives up at the token just read. */
static void
give_up(struct reader *reader, const char *key, const char *because)
{
    struct tc_span span = span_of(reader, reader->token_begin, reader->at);

    reader->fault = fault_at(span, "XmlSyntaxException", key, because);
    reader->has_fault = true;
}

static void
exceed(struct reader *reader, enum tc_limit_id limit)
{
    struct tc_span span = span_of(reader, reader->token_begin, reader->at);

    if (reader->has_fault)
        return;
    reader->fault = fault_at(span, NULL, tc_limit(limit)->name, tc_limit(limit)->sentence);
    reader->fault.limit = limit;
    reader->has_fault = true;
}

static void
fail_build(struct reader *reader, struct tc_span span, const char *type, const char *key, const char *because)
{
    if (!reader->built)
        reader->build_fault = fault_at(span, type, key, because);
    reader->has_build_fault = true;
    reader->built = true;
}

/* ---- the second pass: events to tree --------------------------------------------------------------------------- */

static inline void
push_word(struct reader *reader)
{
    struct word *words;

    if (reader->word_first == reader->word_end)
        reader->word_first = reader->word_end = 0;
    words = tc_arena_more(reader->arena, struct word, reader->words, reader->word_end, &reader->word_capacity, 64);
    if (words == NULL)
        return;
    reader->words = words;
    reader->words[reader->word_end++] = reader->word;
}

/* The next word as the second pass sees it. Never runs dry: each event fetches at most what the first pass pushed. */
static inline struct word
pop_word(struct reader *reader)
{
    if (reader->word_first == reader->word_end)
        return (struct word){{reader->at, 0}, 0, 0}; /* only when out of memory */
    return reader->words[reader->word_first++];
}

/* A word that means nothing: the second pass drops one at its place, which need not be the same. */
static void
drop_word(struct reader *reader)
{
    if (reader->built || reader->word_first == reader->word_end)
        return;
    push_word(reader);
    (void)pop_word(reader);
}

/* Where a word begins and ends, quotes included. */
static inline const char *
begin_of(struct word word)
{
    return word.text.ptr - word.quotes;
}

static inline const char *
end_of(struct word word)
{
    return word.text.ptr + word.text.len + word.quotes;
}

static struct tc_span
span_of_word(const struct reader *reader, struct word word)
{
    return span_of(reader, begin_of(word), end_of(word));
}

/* A string is read back from the document up to a NUL; what follows it is taken for structure, and is none. */
static bool
holds_nul(struct reader *reader, struct word word)
{
    if ((word.kinds & BAD_VALUE) == 0 || !tc_str_has(word.text, '\0'))
        return false;
    fail_build(reader, span_of_word(reader, word), "XmlSyntaxException", "XMLSyntax_InvalidSyntax",
               "a NUL character stands in a name, a value or a text");
    return true;
}

/* Whether a character of @a kind stands in @a word. */
static inline bool
holds(struct word word, int kind)
{
    const char *end = word.text.ptr + word.text.len;

    if ((word.kinds & kind) == 0)
        return false;
    for (const char *at = word.text.ptr; at < end; at++)
        if (is_kind(*at, kind))
            return true;
    return false;
}

static struct frame *
top_frame(struct reader *reader)
{
    return reader->frame_count == 0 ? NULL : &reader->frames[reader->frame_count - 1];
}

/* The attributes of the innermost element are complete. */
static void
end_attributes(struct reader *reader)
{
    size_t count = reader->attribute_count;
    struct tc_element *element;

    if (count == 0)
        return;
    element = top_frame(reader)->element;
    element->attributes = tc_arena_array(reader->arena, struct tc_element_attribute, count);
    if (element->attributes == NULL)
        return;
    memcpy(element->attributes, reader->attributes, count * sizeof *element->attributes);
    element->attribute_count = count;
    reader->attribute_count = 0;
}

/* Text that could not stay a slice of the input is complete. */
static void
end_text(struct reader *reader)
{
    if (!reader->copying)
        return;
    top_frame(reader)->element->text = tc_arena_str(reader->arena, tc_buf_str(&reader->text));
    reader->copying = false;
}

/* @a begin: the '<' */
static void
event_start(struct reader *reader, const char *begin)
{
    struct frame *parent;
    struct tc_element *element;
    struct word name;
    struct frame *frames;

    if (reader->built)
        return;
    name = pop_word(reader);
    if (holds(name, BAD_NAME)) {
        if (holds_nul(reader, name))
            return;
        fail_build(reader, span_of_word(reader, name), "ArgumentException", "Argument_InvalidElementTag",
                   "an element name holds a blank, '<' or '>'");
        return;
    }
    end_attributes(reader);
    end_text(reader);
    if (reader->frame_count == reader->frame_limit) {
        exceed(reader, TC_LIMIT_POLICY_DEPTH);
        return;
    }
    if (++reader->node_count > reader->node_limit) {
        exceed(reader, TC_LIMIT_POLICY_NODES);
        return;
    }
    element = tc_arena_new(reader->arena, struct tc_element);
    frames =
        tc_arena_more(reader->arena, struct frame, reader->frames, reader->frame_count, &reader->frame_capacity, 64);
    if (element == NULL || frames == NULL) {
        reader->built = true;
        return;
    }
    reader->frames = frames;
    element->tag = name.text;
    element->span = span_of(reader, begin, end_of(name) > begin ? end_of(name) : reader->at);
    parent = top_frame(reader);
    if (parent != NULL) {
        parent->phase = IN_CHILDREN;
        *parent->tail = element;
        parent->tail = &element->next;
    } else {
        reader->root = element;
    }
    reader->frames[reader->frame_count++] = (struct frame){element, &element->children, IN_ATTRIBUTES};
}

/* The '>' of a start tag was read. */
static void
end_start_tag(struct reader *reader)
{
    const struct frame *frame = top_frame(reader);

    if (!reader->built && frame != NULL && frame->phase == IN_ATTRIBUTES)
        frame->element->span.end = reader->base + (uint32_t)(reader->at - reader->begin);
}

/* What both attribute and text cannot do: stand behind a child, or before any element. */
static bool
misplaced(struct reader *reader, bool is_text, struct word word)
{
    const struct frame *frame = top_frame(reader);

    if (frame != NULL && frame->phase == IN_ATTRIBUTES)
        return false;
    fail_build(reader, span_of_word(reader, word), "XmlSyntaxException", "XMLSyntax_InvalidSyntax",
               frame == NULL ? "text stands before the first element"
               : is_text     ? "text stands behind a child element or a comment"
                             : "something like an attribute stands behind a child element or text");
    return true;
}

static void
event_attribute(struct reader *reader)
{
    struct word name, value;
    const char *end;

    if (reader->built)
        return;
    name = pop_word(reader);
    value = pop_word(reader);
    if (misplaced(reader, false, name))
        return;
    if (holds(name, BAD_NAME)) {
        if (holds_nul(reader, name))
            return;
        fail_build(reader, span_of_word(reader, name), "ArgumentException", "Argument_InvalidElementName",
                   "an attribute name holds a blank, '<' or '>'");
        return;
    }
    if (holds(value, BAD_VALUE)) {
        if (holds_nul(reader, value))
            return;
        fail_build(reader, span_of_word(reader, value), "ArgumentException", "Argument_InvalidElementValue",
                   "an attribute value holds '<', '>' or a quote that are not written as entities");
        return;
    }
    for (size_t i = 0; i < reader->attribute_count; i++) {
        if (tc_str_eq(reader->attributes[i].name, name.text)) {
            fail_build(reader, span_of_word(reader, name), "ArgumentException", "Argument_AttributeNamesMustBeUnique",
                       "an attribute stands twice");
            return;
        }
    }
    if (reader->attribute_count == ATTRIBUTES_MAX) {
        exceed(reader, TC_LIMIT_POLICY_ATTRIBUTES);
        return;
    }
    if (++reader->node_count > reader->node_limit) {
        exceed(reader, TC_LIMIT_POLICY_NODES);
        return;
    }
    end = end_of(value) > begin_of(name) ? end_of(value) : end_of(name);
    reader->attributes[reader->attribute_count++] = (struct tc_element_attribute){
        .name = name.text,
        .value = value.text,
        .span = span_of(reader, begin_of(name), end),
        .value_span = span_of(reader, value.text.ptr, value.text.ptr + value.text.len),
    };
}

static void
event_text(struct reader *reader)
{
    struct frame *frame;
    struct word word;

    if (reader->built)
        return;
    word = pop_word(reader);
    if (misplaced(reader, true, word) || holds_nul(reader, word))
        return;
    end_attributes(reader);
    frame = top_frame(reader);
    frame->phase = IN_TEXT;
    frame->element->text = word.text;
    frame->element->has_text = true;
}

static void
event_more_text(struct reader *reader)
{
    struct tc_element *element;
    struct word word;
    struct tc_str *text;

    if (reader->built)
        return;
    word = pop_word(reader);
    if (holds_nul(reader, word))
        return;
    element = top_frame(reader)->element;
    text = &element->text;
    if (word.text.ptr == text->ptr + text->len + 1 && text->ptr[text->len] == ' ') {
        text->len += 1 + word.text.len; /* as written is as read */
        return;
    }
    if (!reader->copying) {
        tc_buf_clear(&reader->text);
        tc_buf_puts(&reader->text, *text);
        reader->copying = true;
    }
    tc_buf_putc(&reader->text, ' ');
    tc_buf_puts(&reader->text, word.text);
}

static void
event_end(struct reader *reader)
{
    if (reader->built)
        return;
    if (reader->frame_count == 0) {
        fail_build(reader, span_of(reader, reader->token_begin, reader->at), "XmlSyntaxException",
                   "XMLSyntax_InvalidSyntax", "an end tag stands before the first element");
        return;
    }
    end_attributes(reader);
    end_text(reader);
    reader->frame_count--;
    reader->built = reader->frame_count == 0;
}

/* ---- the first pass: tokens to events -------------------------------------------------------------------------- */

struct parse {
    long open;       /* 1 + elements open */
    bool in_tag;     /* stays true behind a self-closed element */
    bool has_name;   /* an attribute name waits for its value */
    bool has_equals; /* seen anywhere */
    bool has_text;
    bool in_format; /* a processing instruction was seen: no start tag may follow */
    bool stepped;   /* a start, an end or a comment: time to look whether the document is over */
};

static void
read_comment(struct reader *reader, struct parse *parse)
{
    struct tc_span begin = span_of(reader, reader->token_begin, reader->at);
    long count = 1;

    while (count > 0) {
        switch (next_token(reader)) {
        case LESS:
            count++;
            break;
        case GREATER:
            count--;
            break;
        case WORD:
            drop_word(reader);
            break;
        case END:
            reader->fault =
                fault_at(begin, "NullReferenceException", "",
                         "a comment never ends: it holds a '<' without a '>', or a quote that opens a literal");
            reader->has_fault = true;
            return;
        default:
            break;
        }
    }
    parse->in_tag = false;
    parse->stepped = true;
}

static void
read_end_tag(struct reader *reader, struct parse *parse)
{
    enum token token;

    while ((token = next_token(reader)) == WORD)
        drop_word(reader);
    if (token != GREATER) {
        give_up(reader, "XMLSyntax_SyntaxErrorEx: XMLSyntax_ExpectedCloseBracket", "an end tag has no '>'");
        return;
    }
    event_end(reader);
    parse->open--;
    parse->in_tag = false;
    parse->stepped = true;
}

/* What stands behind '<'. */
static void
read_markup(struct reader *reader, struct parse *parse)
{
    const char *begin = reader->token_begin;

    parse->in_tag = true;
    parse->has_text = false;
    switch (next_token(reader)) {
    case SLASH:
        read_end_tag(reader, parse);
        return;
    case WORD:
        if (parse->in_format) {
            give_up(reader, "XMLSyntax_SyntaxError", "an element stands behind a processing instruction");
            return;
        }
        break;
    case BANG:
        read_comment(reader, parse);
        return;
    case QUEST:
        if (next_token(reader) != WORD) {
            give_up(reader, "XMLSyntax_SyntaxError", "a processing instruction has no name");
            return;
        }
        parse->in_format = true;
        break;
    default:
        give_up(reader, "XMLSyntax_SyntaxErrorEx: XMLSyntax_ExpectedSlashOrString", "'<' begins no tag");
        return;
    }
    push_word(reader);
    event_start(reader, begin);
    parse->open++;
    parse->stepped = true;
}

static void
read_word(struct reader *reader, struct parse *parse)
{
    if (!parse->in_tag) {
        push_word(reader);
        if (parse->has_text)
            event_more_text(reader);
        else
            event_text(reader);
        parse->has_text = true;
    } else if (!parse->has_name) {
        push_word(reader);
        parse->has_name = true;
    } else if (!parse->has_equals) {
        give_up(reader, "XMLSyntax_SyntaxError",
                "an attribute has no '=', or text stands behind a self-closed element");
    } else {
        push_word(reader);
        event_attribute(reader);
        parse->has_name = false;
        parse->has_equals = false;
    }
}

static void
read_token(struct reader *reader, struct parse *parse)
{
    switch (next_token(reader)) {
    case WORD:
        read_word(reader, parse);
        break;
    case EQUALS:
        parse->has_equals = true;
        break;
    case LESS:
        read_markup(reader, parse);
        break;
    case GREATER:
        if (!parse->in_tag) {
            give_up(reader, "XMLSyntax_SyntaxErrorEx: XMLSyntax_UnexpectedCloseBracket", "'>' closes no tag");
            return;
        }
        parse->in_tag = false;
        end_start_tag(reader);
        break;
    case QUEST:
        if (!parse->in_tag || !parse->in_format) {
            give_up(reader, "XMLSyntax_SyntaxError", "'?' stands where it cannot");
            return;
        }
        /* fall through */
    case SLASH:
        if (next_token(reader) != GREATER) {
            give_up(reader, "XMLSyntax_SyntaxErrorEx: XMLSyntax_ExpectedCloseBracket", "'/' is not followed by '>'");
            return;
        }
        end_start_tag(reader);
        event_end(reader);
        parse->open--;
        parse->has_text = false;
        parse->stepped = true;
        break;
    case END:
        give_up(reader, "XMLSyntax_SyntaxError", "the text ends before its root element does");
        break;
    default:
        give_up(reader, "XMLSyntax_SyntaxError", "'!' or '-' stands where it cannot");
    }
}

/* A text that begins with `<?`: up to the first '>', and an encoding's name must be known. */
static void
read_declaration(struct reader *reader)
{
    bool has_equals = false, is_encoding = false;

    next_token(reader);
    next_token(reader);
    for (;;) {
        enum token token = next_token(reader);

        if (token == GREATER)
            return;
        if (token == EQUALS) {
            has_equals = true;
        } else if (token != WORD) {
            give_up(reader, "XMLSyntax_SyntaxErrorEx: XMLSyntax_UnexpectedEndOfFile",
                    "an XML declaration needs an encoding, and nothing but names, '=' and values before it");
            return;
        } else if (!has_equals) {
            is_encoding = is_encoding || tc_str_eq(reader->word.text, TC_STR("encoding"));
        } else if (is_encoding) {
            if (!tc_clr_knows_encoding(reader->word.text)) {
                reader->fault = fault_at(span_of_word(reader, reader->word), "ArgumentException", "",
                                         "the XML declaration names an encoding that .NET does not know");
                reader->has_fault = true;
                return;
            }
            while (token != GREATER && token != END)
                token = next_token(reader);
            return;
        } else {
            has_equals = false;
        }
    }
}

static bool
begins_with_declaration(struct reader *reader)
{
    enum token first = next_token(reader);
    bool begins = first == LESS && next_token(reader) == QUEST;

    reader->at = reader->begin;
    reader->depth = 0;
    return begins;
}

static void
read_document(struct reader *reader)
{
    struct parse parse = {.open = 1};

    if (begins_with_declaration(reader))
        read_declaration(reader);
    while (!reader->has_fault && !(parse.stepped && parse.open <= 1)) {
        parse.stepped = false;
        read_token(reader, &parse);
    }
    if (!reader->has_fault && !reader->has_build_fault && reader->root == NULL)
        fail_build(reader, span_of(reader, reader->begin, reader->at), "XmlSyntaxException", "XMLSyntax_InvalidSyntax",
                   "the text begins with a comment or a DOCTYPE, where the reader believes that it is over");
}

enum tc_status
tc_clr_read(struct tc_arena *arena, struct tc_str text, uint32_t base, struct tc_element **ret_root,
            struct tc_clr_fault *ret_fault)
{
    static const char nothing[1] = "";
    const char *begin = text.ptr == NULL ? nothing : text.ptr;
    struct tc_element_attribute attributes[ATTRIBUTES_MAX];
    struct reader reader = {
        .arena = arena,
        .attributes = attributes,
        .begin = begin,
        .end = begin + text.len,
        .base = base,
        .at = begin,
        .token_begin = begin,
        .frame_limit = (size_t)tc_limit(TC_LIMIT_POLICY_DEPTH)->value,
        .node_limit = (size_t)tc_limit(TC_LIMIT_POLICY_NODES)->value,
    };

    if (text.len > tc_limit(TC_LIMIT_POLICY_BYTES)->value) {
        exceed(&reader, TC_LIMIT_POLICY_BYTES);
        *ret_fault = reader.fault;
        return TC_ERR_LIMIT;
    }
    read_document(&reader);
    if (reader.text.failed)
        arena->failed = true;
    tc_buf_done(&reader.text);
    if (arena->failed)
        return TC_ERR_NOMEM;
    if (reader.has_fault || reader.has_build_fault) {
        *ret_fault = reader.has_fault ? reader.fault : reader.build_fault;
        return ret_fault->limit != TC_LIMIT_COUNT_ ? TC_ERR_LIMIT : TC_FAILED;
    }
    *ret_root = reader.root;
    return TC_OK;
}

struct tc_diag *
tc_clr_report(struct tc_diags *diags, const struct tc_clr_fault *fault)
{
    struct tc_diag *diag;
    enum tc_code_id code = fault->limit == TC_LIMIT_POLICY_BYTES        ? TC_CODE_POLICY_TOO_LARGE
                           : fault->limit == TC_LIMIT_POLICY_DEPTH      ? TC_CODE_POLICY_TOO_DEEP
                           : fault->limit == TC_LIMIT_POLICY_NODES      ? TC_CODE_POLICY_TOO_MANY
                           : fault->limit == TC_LIMIT_POLICY_ATTRIBUTES ? TC_CODE_POLICY_ATTRIBUTES
                                                                        : TC_CODE_POLICY_UNREADABLE;

    if (fault->limit != TC_LIMIT_COUNT_)
        return tc_diag_add(diags, tc_code(code), fault->thrown.span, "the limit of %llu %s is exceeded",
                           (unsigned long long)tc_limit(fault->limit)->value, fault->because);
    diag = tc_diag_add(diags, tc_code(code), fault->thrown.span, "the framework cannot read this: %s", fault->because);
    tc_diag_note(diags, diag, "it throws %s%s%s", fault->thrown.type, fault->thrown.key[0] == '\0' ? "" : ": ",
                 fault->thrown.key);
    return diag;
}
