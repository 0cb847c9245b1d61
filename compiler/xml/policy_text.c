#include "xml/policy_text.h"

#include "base/ascii.h"

#include <string.h>

/* ---- decoding ---- */

static void
put_code_point(struct tc_buf *out, uint32_t c)
{
    if (c < 0x80) {
        tc_buf_putc(out, (char)c);
    } else if (c < 0x800) {
        tc_buf_putc(out, (char)(0xc0 | c >> 6));
        tc_buf_putc(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        tc_buf_putc(out, (char)(0xe0 | c >> 12));
        tc_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        tc_buf_putc(out, (char)(0x80 | (c & 0x3f)));
    } else {
        tc_buf_putc(out, (char)(0xf0 | c >> 18));
        tc_buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
        tc_buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        tc_buf_putc(out, (char)(0x80 | (c & 0x3f)));
    }
}

static void
decode_utf16(struct tc_buf *out, struct tc_str bytes, bool big_endian)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t units = bytes.len / 2;

    for (size_t i = 0; i < units; i++) {
        uint32_t unit = big_endian ? (uint32_t)p[2 * i] << 8 | p[2 * i + 1] : (uint32_t)p[2 * i + 1] << 8 | p[2 * i];

        if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < units) {
            uint32_t low =
                big_endian ? (uint32_t)p[2 * i + 2] << 8 | p[2 * i + 3] : (uint32_t)p[2 * i + 3] << 8 | p[2 * i + 2];

            if (low >= 0xdc00 && low < 0xe000) {
                put_code_point(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                i++;
                continue;
            }
        }
        put_code_point(out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
    }
    if (bytes.len % 2 != 0)
        put_code_point(out, 0xfffd);
}

static void
decode_bad_utf8(struct tc_buf *out, struct tc_str text)
{
    size_t bad;

    while (!tc_str_is_utf8(text, &bad)) {
        tc_buf_put(out, text.ptr, bad);
        put_code_point(out, 0xfffd);
        text = tc_str_sub(text, bad + 1, text.len);
    }
    tc_buf_puts(out, text);
}

struct tc_str
tc_policy_decode(struct tc_arena *arena, struct tc_str bytes)
{
    struct tc_buf out = {0};
    struct tc_str text;
    size_t bad;

    if (tc_str_starts(bytes, TC_STR("\xef\xbb\xbf")))
        bytes = tc_str_sub(bytes, 3, bytes.len);
    if (tc_str_starts(bytes, TC_STR("\xff\xfe")))
        decode_utf16(&out, tc_str_sub(bytes, 2, bytes.len), false);
    else if (tc_str_starts(bytes, TC_STR("\xfe\xff")))
        decode_utf16(&out, tc_str_sub(bytes, 2, bytes.len), true);
    else if (tc_str_is_utf8(bytes, &bad))
        return bytes;
    else
        decode_bad_utf8(&out, bytes);
    text = tc_arena_str(arena, tc_buf_str(&out));
    if (out.failed)
        arena->failed = true;
    tc_buf_done(&out);
    return text;
}

/* ---- tokens ---- */

/* tc_str_find() by the first character, which is rare in a policy file. */
static size_t
find_token(struct tc_str text, struct tc_str token, size_t from)
{
    while (text.len - from >= token.len) {
        const char *at = memchr(text.ptr + from, token.ptr[0], text.len - from - token.len + 1);

        if (at == NULL)
            return SIZE_MAX;
        from = (size_t)(at - text.ptr);
        if (memcmp(at, token.ptr, token.len) == 0)
            return from;
        from++;
    }
    return SIZE_MAX;
}

static size_t
count_of(struct tc_str text, struct tc_str token)
{
    size_t count = 0;

    for (size_t place = find_token(text, token, 0); place != SIZE_MAX;
         place = find_token(text, token, place + token.len))
        count++;
    return count;
}

/* Replace one token everywhere; *text is untouched when it is not there. */
static bool
replace(struct tc_arena *arena, struct tc_str *text, struct tc_str token, struct tc_str value, size_t count,
        struct tc_text_pass *ret_pass)
{
    size_t len = text->len - count * token.len + count * value.len, from = 0, to = 0, n = 0;
    char *out = tc_arena_alloc(arena, len + 1, 1);
    struct tc_text_edit *edits = tc_arena_array(arena, struct tc_text_edit, count);

    if (out == NULL || edits == NULL)
        return false;
    for (size_t place = find_token(*text, token, 0); place != SIZE_MAX; place = find_token(*text, token, from)) {
        memcpy(out + to, text->ptr + from, place - from);
        to += place - from;
        if (value.len > 0)
            memcpy(out + to, value.ptr, value.len);
        from = place + token.len;
        edits[n++] = (struct tc_text_edit){(uint32_t)place, (uint32_t)from, (uint32_t)to, (uint32_t)(to + value.len)};
        to += value.len;
    }
    memcpy(out + to, text->ptr + from, text->len - from);
    *text = (struct tc_str){out, len};
    *ret_pass = (struct tc_text_pass){edits, n};
    return true;
}

enum tc_status
tc_policy_replace(struct tc_arena *arena, struct tc_str text, uint32_t base, const struct tc_token_values *values,
                  struct tc_policy_text *ret_text)
{
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    *ret_text = (struct tc_policy_text){.base = base};
    for (size_t i = 0; i < count && i < TC_TOKEN_COUNT_MAX; i++) {
        struct tc_str token = tc_str_of(tokens[i].text);
        size_t times = count_of(text, token);

        if (times == 0)
            continue;
        ret_text->used[i] = true;
        if (!replace(arena, &text, token, values->values[i], times, &ret_text->passes[ret_text->pass_count++]))
            return TC_ERR_NOMEM;
    }
    ret_text->text = text;
    return TC_OK;
}

/* The position before one pass. */
static uint32_t
before_pass(const struct tc_text_pass *pass, uint32_t offset)
{
    size_t low = 0, high = pass->count;
    const struct tc_text_edit *edit;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (pass->edits[middle].new_begin <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return offset;
    edit = &pass->edits[low - 1];
    return offset < edit->new_end ? edit->begin : offset - edit->new_end + edit->end;
}

uint32_t
tc_policy_origin(const struct tc_policy_text *text, uint32_t offset)
{
    for (size_t i = text->pass_count; i-- > 0;)
        offset = before_pass(&text->passes[i], offset);
    return text->base + offset;
}

/* ---- values ---- */

/* Uri.ToString() unescapes, except for what would then mean something else: the percent sign and the fragment's mark.
 */
static const char *
escape_of(char c)
{
    return c == '%' ? "%25" : c == '#' ? "%23" : NULL;
}

struct tc_str
tc_file_url(struct tc_arena *arena, struct tc_str directory)
{
    bool unc = directory.len >= 2 && tc_ascii_is_slash(directory.ptr[0]) && tc_ascii_is_slash(directory.ptr[1]);
    const struct tc_str scheme = unc ? TC_STR("file:") : TC_STR("file:///");
    size_t len = scheme.len + directory.len;
    char *url;

    for (size_t i = 0; i < directory.len; i++)
        len += escape_of(directory.ptr[i]) == NULL ? 0 : 2;
    url = tc_arena_array(arena, char, len + 1); /* ends in NUL, as all texts of an arena do */
    if (url == NULL)
        return (struct tc_str){0};
    memcpy(url, scheme.ptr, scheme.len);
    for (size_t i = 0, at = scheme.len; i < directory.len; i++) {
        const char *escape = escape_of(directory.ptr[i]);

        if (escape == NULL) {
            url[at++] = directory.ptr[i] == '\\' ? '/' : directory.ptr[i];
            continue;
        }
        memcpy(url + at, escape, 3);
        at += 3;
    }
    return (struct tc_str){url, len};
}

/* "Default Web Site/a/b" is the application a_b; a site itself is "root". */
static struct tc_str
simple_name(struct tc_arena *arena, struct tc_str location)
{
    size_t slash = tc_str_find(location, TC_STR("/"), 0);
    struct tc_str path =
        slash == SIZE_MAX ? TC_STR("root") : tc_str_fold(arena, tc_str_sub(location, slash + 1, location.len));
    char *copy = tc_arena_alloc(arena, path.len + 1, 1);

    if (copy == NULL)
        return path;
    for (size_t i = 0; i < path.len; i++)
        copy[i] = path.ptr[i] == '/' ? '_' : path.ptr[i];
    return (struct tc_str){copy, path.len};
}

struct tc_token_values
tc_token_values_for(struct tc_arena *arena, const struct tc_token_basis *basis)
{
    const struct tc_runtime_info *runtime = tc_runtime_info(basis->runtime);
    struct tc_str windows = basis->windows.len > 0 ? basis->windows : TC_STR("C:\\Windows"), root = basis->root;
    struct tc_str temporary = basis->temporary, name = simple_name(arena, basis->location), generated;
    struct tc_token_values values = {0};

    if (temporary.len == 0)
        temporary =
            tc_arena_printf(arena, "%.*s\\Microsoft.NET\\Framework\\%s\\Temporary ASP.NET Files", TC_STR_ARG(windows),
                            tc_clr_info(tc_framework_info(runtime->framework)->clr)->directory);
    if (root.len > 3 && root.ptr[root.len - 1] == '\\')
        root.len--;
    generated =
        tc_arena_printf(arena, "%.*s%s%.*s%s", TC_STR_ARG(temporary), tc_str_ends(temporary, TC_STR("\\")) ? "" : "\\",
                        TC_STR_ARG(name), runtime->homogeneous ? "" : "\\a\\b");
    values.values[0] = root;
    values.values[1] = tc_file_url(arena, root);
    values.values[2] = tc_file_url(arena, generated);
    values.values[3] = basis->origin;
    values.values[4] = tc_file_url(arena, tc_arena_printf(arena, "%.*s\\assembly", TC_STR_ARG(windows)));
    return values;
}
