#include "model/algebra_util.h"

#include <inttypes.h>
#include <string.h>
#include <utf8proc.h>

/* ---- exceptions ------------------------------------------------------------------------------------------------ */

enum tc_answer
tc_throw_at(struct tc_throw *ret_throw, const char *type, const char *key, struct tc_span span)
{
    if (ret_throw != NULL)
        *ret_throw = (struct tc_throw){.type = type, .key = key, .span = span};
    return TC_THROWS;
}

enum tc_answer
tc_throw_new(struct tc_throw *ret_throw, const char *type, const char *key)
{
    return tc_throw_at(ret_throw, type, key, TC_NOWHERE);
}

enum tc_answer
tc_throw_nomem(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "OutOfMemoryException", "");
}

enum tc_answer
tc_perm_give_copy(struct tc_arena *arena, const struct tc_perm *perm, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *copy = tc_perm_copy(arena, perm);

    if (copy == NULL)
        return tc_throw_nomem(ret_throw);
    *ret = copy;
    return TC_YES;
}

enum tc_answer
tc_throw_wrong_type(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "Argument_WrongType");
}

/* ---- strings --------------------------------------------------------------------------------------------------- */

uint32_t
tc_ordinal_upper(uint32_t code)
{
    utf8proc_int32_t upper;

    if (code < 0x80)
        return code >= 'a' && code <= 'z' ? code - 0x20 : code;
    /* Windows maps neither micro sign, dotless i and long s, nor what Unicode got after version 5: Georgian, Cherokee.
     */
    if (code > 0xFFFF || code == 0xB5 || code == 0x131 || code == 0x17F || (code >= 0x10D0 && code <= 0x10FF) ||
        (code >= 0x13F8 && code <= 0x13FD) || (code >= 0xAB70 && code <= 0xABBF))
        return code;
    upper = utf8proc_toupper((utf8proc_int32_t)code);
    return upper < 0x80 || upper > 0xFFFF ? code : (uint32_t)upper;
}

/* The folded code point at *offset, which moves on. Bytes that are no UTF-8 are themselves, beyond all code points. */
static uint32_t
next_folded(struct tc_str text, size_t *offset)
{
    unsigned char byte = (unsigned char)text.ptr[*offset];
    uint32_t code;

    if (byte < 0x80) {
        ++*offset;
        return byte >= 'a' && byte <= 'z' ? byte - 0x20u : byte;
    }
    *offset += tc_utf8_next(text, *offset, &code);
    return code == TC_UTF8_BAD ? 0x110000u + byte : tc_ordinal_upper(code);
}

static inline unsigned char
upper_ascii(unsigned char byte)
{
    return byte >= 'a' && byte <= 'z' ? byte - 0x20 : byte;
}

/* Whether both begin with ASCII that is not the same: most comparisons end there. */
static inline bool
begin_otherwise(struct tc_str a, struct tc_str b)
{
    unsigned char x, y;

    if (a.len == 0 || b.len == 0)
        return false;
    x = (unsigned char)a.ptr[0];
    y = (unsigned char)b.ptr[0];
    return (x | y) < 0x80 && upper_ascii(x) != upper_ascii(y);
}

bool
tc_ordinal_eq(struct tc_str a, struct tc_str b)
{
    size_t len;

    if (begin_otherwise(a, b))
        return false;
    return tc_ordinal_starts(a, b, &len) && len == a.len;
}

/* How many bytes of ASCII are equal; paths mostly agree in letter case, too. */
static inline size_t
skip_equal(const char *a, const char *b, size_t len)
{
    size_t at = 0;

    for (uint64_t x, y; len - at >= sizeof x; at += sizeof x) {
        memcpy(&x, a + at, sizeof x);
        memcpy(&y, b + at, sizeof y);
        if (x != y || (x & 0x8080808080808080u) != 0)
            break;
    }
    while (at < len && a[at] == b[at] && (unsigned char)a[at] < 0x80)
        at++;
    return at;
}

bool
tc_ordinal_starts(struct tc_str text, struct tc_str prefix, size_t *ret_len)
{
    size_t i = 0, j = 0;

    i = j = skip_equal(text.ptr, prefix.ptr, prefix.len < text.len ? prefix.len : text.len);
    if (begin_otherwise(tc_str_sub(text, i, SIZE_MAX), tc_str_sub(prefix, j, SIZE_MAX)))
        return false;
    while (j < prefix.len && i < text.len) {
        size_t left = prefix.len - j < text.len - i ? prefix.len - j : text.len - i;
        size_t equal = skip_equal(text.ptr + i, prefix.ptr + j, left);
        size_t end = j + equal + (left - equal < 8 ? left - equal : 8);

        i += equal;
        j += equal;
        while (j < end && i < text.len) {
            unsigned char x = (unsigned char)text.ptr[i], y = (unsigned char)prefix.ptr[j];

            if ((x | y) < 0x80) {
                if (x != y && upper_ascii(x) != upper_ascii(y))
                    return false;
                i++;
                j++;
            } else if (next_folded(text, &i) != next_folded(prefix, &j)) {
                return false;
            }
        }
    }
    if (j < prefix.len)
        return false;
    if (ret_len != NULL)
        *ret_len = i;
    return true;
}

/* UTF-16 puts code points above the basic plane (surrogates, 0xD800…) before U+E000…U+FFFF. */
static uint32_t
utf16_rank(uint32_t code)
{
    return code >= 0xE000 && code <= 0xFFFF ? code + 0x200000u : code;
}

int
tc_ordinal_cmp(struct tc_str a, struct tc_str b)
{
    size_t i = 0, j = 0;

    while (i < a.len && j < b.len) {
        uint32_t x = utf16_rank(next_folded(a, &i)), y = utf16_rank(next_folded(b, &j));

        if (x != y)
            return x < y ? -1 : 1;
    }
    return (i < a.len) - (j < b.len);
}

size_t
tc_utf16_len(struct tc_str text)
{
    size_t i = 0, units;

    for (uint64_t word; text.len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, text.ptr + i, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    units = i;
    for (; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        if (byte < 0x80 || byte >= 0xC0)
            units += byte >= 0xF0 ? 2 : 1;
    }
    return units;
}

bool
tc_is_white(uint32_t code)
{
    if (code < 0x80)
        return code == ' ' || (code >= '\t' && code <= '\r');
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

struct tc_str
tc_trim_white(struct tc_str text)
{
    uint32_t code;
    size_t step;

    while ((step = tc_utf8_next(text, 0, &code)) > 0 && tc_is_white(code))
        text = tc_str_sub(text, step, text.len);
    while (text.len > 0) {
        size_t start = text.len - 1;

        while (start > 0 && text.len - start < 4 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            start--;
        if (tc_utf8_next(text, start, &code) != text.len - start || !tc_is_white(code))
            break;
        text.len = start;
    }
    return text;
}

struct tc_str
tc_trim_blanks(struct tc_str text)
{
    while (text.len > 0 && text.ptr[0] == ' ')
        text = tc_str_sub(text, 1, text.len);
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

/* ---- parsers --------------------------------------------------------------------------------------------------- */

static bool
is_number_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* NumberStyles.Integer: white space, sign, digits, white space, then NULs. */
static enum tc_answer
parse_integer(struct tc_str text, int64_t min, int64_t max, int64_t *ret_value, struct tc_throw *ret_throw)
{
    bool negative = false, overflow = false;
    uint64_t value = 0, limit;
    size_t i = 0, digits;

    while (i < text.len && is_number_white(text.ptr[i]))
        i++;
    if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
        negative = text.ptr[i++] == '-';
    limit = negative ? (uint64_t)max + 1 : (uint64_t)max;
    for (digits = i; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');

        if (value > (limit - digit) / 10)
            overflow = true;
        else
            value = value * 10 + digit;
    }
    if (i == digits)
        return tc_throw_new(ret_throw, "FormatException", "");
    while (i < text.len && is_number_white(text.ptr[i]))
        i++;
    while (i < text.len && text.ptr[i] == '\0')
        i++;
    if (i < text.len)
        return tc_throw_new(ret_throw, "FormatException", "");
    if (overflow)
        return tc_throw_new(ret_throw, "OverflowException", "");
    *ret_value = !negative ? (int64_t)value : value == limit ? min : -(int64_t)value;
    return TC_YES;
}

enum tc_answer
tc_int64_parse(struct tc_str text, int64_t *ret_value, struct tc_throw *ret_throw)
{
    return parse_integer(text, INT64_MIN, INT64_MAX, ret_value, ret_throw);
}

enum tc_answer
tc_int32_parse(struct tc_str text, int32_t *ret_value, struct tc_throw *ret_throw)
{
    int64_t value;
    enum tc_answer answer = parse_integer(text, INT32_MIN, INT32_MAX, &value, ret_throw);

    if (answer == TC_YES)
        *ret_value = (int32_t)value;
    return answer;
}

static bool
find_name(const struct tc_enum *values, struct tc_str name, bool ignore_case, int64_t *ret_value)
{
    for (size_t i = 0; i < values->count; i++) {
        struct tc_str known = tc_str_of(values->values[i].xml);

        if (ignore_case ? tc_ordinal_eq(known, name) : tc_str_eq(known, name)) {
            *ret_value = values->values[i].value;
            return true;
        }
    }
    return false;
}

enum tc_answer
tc_enum_parse(const struct tc_enum *values, struct tc_str text, bool ignore_case, int32_t *ret_value,
              struct tc_throw *ret_throw)
{
    uint32_t bits = 0;

    text = tc_trim_white(text);
    if (text.len == 0)
        return tc_throw_new(ret_throw, "ArgumentException", "Arg_MustContainEnumInfo");
    if ((text.ptr[0] >= '0' && text.ptr[0] <= '9') || text.ptr[0] == '-' || text.ptr[0] == '+') {
        struct tc_throw thrown;

        if (tc_int32_parse(text, ret_value, &thrown) == TC_YES)
            return TC_YES;
        if (strcmp(thrown.type, "OverflowException") == 0)
            return tc_throw_new(ret_throw, thrown.type, thrown.key);
        /* No number after all: it may be a name. */
    }
    for (size_t start = 0; start <= text.len;) {
        size_t end = tc_str_find(text, TC_STR(","), start);
        int64_t value;

        if (end == SIZE_MAX)
            end = text.len;
        if (!find_name(values, tc_trim_white(tc_str_sub(text, start, end - start)), ignore_case, &value))
            return tc_throw_new(ret_throw, "ArgumentException", "Arg_EnumValueNotFound");
        bits |= (uint32_t)value;
        start = end + 1;
    }
    *ret_value = (int32_t)bits;
    return TC_YES;
}

/* Boolean.Parse trims white space and NULs, once the text as it stands is no match. */
static struct tc_str
trim_white_and_nul(struct tc_str text)
{
    size_t before;

    do {
        before = text.len;
        text = tc_trim_white(text);
        while (text.len > 0 && text.ptr[0] == '\0')
            text = tc_str_sub(text, 1, text.len);
        while (text.len > 0 && text.ptr[text.len - 1] == '\0')
            text.len--;
    } while (text.len != before);
    return text;
}

enum tc_answer
tc_bool_parse(struct tc_str text, bool *ret_value, struct tc_throw *ret_throw)
{
    text = trim_white_and_nul(text);
    if (tc_ordinal_eq(text, TC_STR("true"))) {
        *ret_value = true;
        return TC_YES;
    }
    if (tc_ordinal_eq(text, TC_STR("false"))) {
        *ret_value = false;
        return TC_YES;
    }
    return tc_throw_new(ret_throw, "FormatException", "");
}

const char *
tc_enum_name(const struct tc_enum *values, int64_t value)
{
    const struct tc_enum_value *row = tc_enum_by_value(values, value);

    return row == NULL ? NULL : row->xml;
}

/* ---- permissions ----------------------------------------------------------------------------------------------- */

bool
tc_perm_same_class(const struct tc_perm *a, const struct tc_perm *b)
{
    return a->cls == b->cls || (a->cls->assembly == TC_ASM_COUNT_ && b->cls->assembly == TC_ASM_COUNT_ &&
                                strcmp(a->cls->type, b->cls->type) == 0);
}

size_t
tc_room_for(size_t count)
{
    size_t room = 1;

    while (room < count && room <= SIZE_MAX / 2)
        room *= 2;
    return room;
}

struct tc_row *
tc_rows_new(struct tc_arena *arena, size_t count)
{
    return tc_arena_array(arena, struct tc_row, tc_room_for(count));
}

enum tc_answer
tc_element_validate(const struct tc_element *element, struct tc_throw *ret_throw)
{
    struct tc_str version;

    if (!tc_element_is(element, TC_TAG_IPERMISSION) && !tc_element_is(element, TC_TAG_PERMISSION))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_NotAPermissionElement", element->span);
    /* No entity decodes to `1`, so that the text as written will do. */
    if (tc_element_get_raw(element, tc_attr_name(TC_ATTR_VERSION), &version) && !tc_str_eq(version, TC_STR("1")))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidXMLBadVersion",
                           tc_element_span(element, "version"));
    return TC_YES;
}

bool
tc_element_names_class(const struct tc_class *cls, const struct tc_element *element)
{
    struct tc_str name;

    /* No type name holds a character that would be written as an entity. */
    return tc_element_get_raw(element, tc_attr_name(TC_ATTR_CLASS), &name) &&
           tc_str_find(name, tc_str_of(cls->type), 0) != SIZE_MAX;
}

bool
tc_element_is_unrestricted(const struct tc_element *element)
{
    struct tc_str value;

    return tc_element_get_raw(element, tc_attr_name(TC_ATTR_UNRESTRICTED), &value) &&
           (tc_str_eq(value, TC_STR("true")) || tc_str_eq(value, TC_STR("True")) || tc_str_eq(value, TC_STR("TRUE")));
}

bool
tc_element_get_raw(const struct tc_element *element, struct tc_str name, struct tc_str *ret_value)
{
    const struct tc_element_attribute *attribute = tc_element_find(element, name);

    if (attribute == NULL)
        return false;
    *ret_value = attribute->value;
    return true;
}

bool
tc_element_get_named(struct tc_arena *arena, const struct tc_element *element, const char *name,
                     struct tc_str *ret_value)
{
    return tc_element_get(arena, element, tc_str_of(name), ret_value);
}

struct tc_span
tc_element_span(const struct tc_element *element, const char *name)
{
    const struct tc_element_attribute *attribute = tc_element_find(element, tc_str_of(name));

    return attribute == NULL ? element->span : attribute->value_span;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

bool
tc_write_raw(struct tc_arena *arena, struct tc_element *element, const char *name, struct tc_str value)
{
    return tc_element_add(arena, element, tc_str_of(name), value);
}

bool
tc_write_text(struct tc_arena *arena, struct tc_element *element, const char *name, struct tc_str value)
{
    struct tc_str escaped = tc_element_escape(arena, value);

    return !arena->failed && tc_write_raw(arena, element, name, escaped);
}

struct tc_element *
tc_write_child(struct tc_arena *arena, struct tc_element *element, const char *tag)
{
    struct tc_element *child = tc_element_new(arena, tc_str_of(tag));

    tc_element_append(element, child);
    return child;
}

struct tc_str
tc_int64_text(struct tc_arena *arena, int64_t value)
{
    return tc_arena_printf(arena, "%" PRId64, value);
}

struct tc_str
tc_bits_text(struct tc_arena *arena, const struct tc_enum *values, uint32_t bits)
{
    struct tc_str text = {0};

    if (bits == 0)
        return tc_str_of(tc_enum_name(values, 0));
    for (unsigned i = 0; i < 31; i++) {
        const char *name = (bits >> i & 1) == 0 ? NULL : tc_enum_name(values, (int64_t)1 << i);

        if (name != NULL)
            text = text.len == 0 ? tc_str_of(name) : tc_arena_printf(arena, "%.*s, %s", TC_STR_ARG(text), name);
    }
    return text;
}
