#include "model/strong_name.h"

#include "model/algebra_util.h"

#include <string.h>

/* A digit plus one; 0 where there is none. */
static const signed char digits_plus_one[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static inline int
digit_of(char c)
{
    return digits_plus_one[(unsigned char)c] - 1;
}

enum tc_answer
tc_hex_decode(struct tc_arena *arena, struct tc_str text, struct tc_str *ret_bytes, struct tc_throw *ret_throw)
{
    size_t count, room, units;
    bool has_blanks;
    char *bytes;

    if (text.len >= 2 && text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x')
        text = tc_str_sub(text, 2, text.len);
    units = tc_utf16_len(text);
    if (units % 2 != 0 && units % 3 != 2)
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidHexFormat");
    has_blanks = units >= 3 && text.ptr[2] == ' ';
    room = has_blanks ? units / 3 + 1 : units / 2;
    bytes = tc_arena_alloc(arena, room + 1, 1);
    if (bytes == NULL)
        return tc_throw_nomem(ret_throw);
    count = 0;
    for (size_t i = 0; i < text.len; i += has_blanks ? 3 : 2) {
        int high = digit_of(text.ptr[i]), low = i + 1 < text.len ? digit_of(text.ptr[i + 1]) : 0;

        if (high < 0 || low < 0)
            return tc_throw_new(ret_throw, "ArgumentException", "ArgumentOutOfRange_Index");
        if (i + 1 >= text.len || count >= room)
            return tc_throw_new(ret_throw, "IndexOutOfRangeException", "");
        bytes[count++] = (char)(high << 4 | low);
    }
    *ret_bytes = (struct tc_str){bytes, room};
    return TC_YES;
}

struct tc_str
tc_hex_text(struct tc_arena *arena, struct tc_str bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = tc_arena_alloc(arena, 2 * bytes.len + 1, 1);

    if (text == NULL)
        return (struct tc_str){0};
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[(unsigned char)bytes.ptr[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)bytes.ptr[i] & 0xF];
    }
    return (struct tc_str){text, 2 * bytes.len};
}

enum tc_answer
tc_version_parse(struct tc_str text, struct tc_version *ret_version, struct tc_throw *ret_throw)
{
    struct tc_version version = {.count = 1};

    for (size_t i = 0; i < text.len; i++)
        version.count += text.ptr[i] == '.';
    if (version.count < 2 || version.count > 4)
        return tc_throw_new(ret_throw, "ArgumentException", "");
    for (size_t i = 0, start = 0; i < version.count; i++) {
        size_t end = tc_str_find(text, TC_STR("."), start);
        enum tc_answer answer;

        if (end == SIZE_MAX)
            end = text.len;
        answer = tc_int32_parse(tc_str_sub(text, start, end - start), &version.parts[i], ret_throw);
        if (answer != TC_YES)
            return answer;
        if (version.parts[i] < 0)
            return tc_throw_new(ret_throw, "ArgumentOutOfRangeException", "");
        start = end + 1;
    }
    *ret_version = version;
    return TC_YES;
}

struct tc_str
tc_version_text(struct tc_arena *arena, const struct tc_version *version)
{
    struct tc_str text = tc_int64_text(arena, version->parts[0]);

    for (size_t i = 1; i < version->count; i++)
        text = tc_arena_printf(arena, "%.*s.%d", TC_STR_ARG(text), (int)version->parts[i]);
    return text;
}

bool
tc_version_equal(const struct tc_version *a, const struct tc_version *b)
{
    return a->count == b->count && memcmp(a->parts, b->parts, a->count * sizeof *a->parts) == 0;
}

bool
tc_strong_name_matches(struct tc_str name, struct tc_str pattern)
{
    if (tc_str_ends(pattern, TC_STR("*")) && tc_utf16_len(pattern) - 1 <= tc_utf16_len(name))
        return tc_ordinal_starts(name, tc_str_sub(pattern, 0, pattern.len - 1), NULL);
    return tc_ordinal_eq(name, pattern);
}
