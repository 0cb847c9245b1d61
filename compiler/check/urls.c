#include "check/urls.h"

#include "base/ascii.h"

#include <string.h>

#define FAR 3 /* a distance at which a word is no mistyped token */

struct tc_span
tc_check_tag(const struct tc_element *element)
{
    uint32_t begin = element->span.begin + 1;

    return (struct tc_span){begin, begin + (uint32_t)element->tag.len};
}

struct tc_check_value
tc_check_value_of(const struct tc_check *check, const struct tc_element_attribute *attribute)
{
    const struct tc_source *source = check->file->source;
    struct tc_check_value value = {.text = tc_element_decode(check->arena, attribute->value),
                                   .span = attribute->value_span};
    struct tc_str bytes;

    if (value.span.begin < source->base || value.span.end > source->base + source->text.len)
        return value;
    bytes = tc_str_sub(source->text, value.span.begin - source->base, value.span.end - value.span.begin);
    if (bytes.len > value.text.len + 1 && tc_str_starts(bytes, attribute->name)) { /* a place of name and value */
        value.span.begin = value.span.end - 1 - (uint32_t)value.text.len;
        value.span.end--;
        bytes = tc_str_sub(bytes, bytes.len - 1 - value.text.len, value.text.len);
    }
    value.is_exact = tc_str_eq(bytes, value.text);
    if (!value.is_exact)
        value.span = attribute->value_span;
    return value;
}

struct tc_span
tc_check_value_part(const struct tc_check_value *value, size_t begin, size_t end)
{
    if (!value->is_exact)
        return value->span;
    return (struct tc_span){value->span.begin + (uint32_t)begin, value->span.begin + (uint32_t)end};
}

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

/* The token that is @a text, or seems to be meant by it: `$`, letters, perhaps `$`. */
static struct tc_check_token
token_like(struct tc_str text, size_t begin, size_t end)
{
    struct tc_check_token found = {.begin = begin, .end = end};
    struct tc_str name = tc_str_sub(text, begin, end - begin);
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);
    unsigned nearest = FAR;

    for (size_t i = 0; i < count; i++)
        if (tc_str_is(name, tokens[i].text))
            return (struct tc_check_token){begin, end, &tokens[i], true};
    for (size_t i = 0; i < count; i++) {
        unsigned distance = tc_str_distance(name, tc_str_of(tokens[i].text), FAR);

        if (distance < nearest) {
            nearest = distance;
            found.token = &tokens[i];
        }
    }
    return found;
}

struct tc_check_token
tc_check_next_token(struct tc_str text, size_t from)
{
    for (size_t begin = from; begin < text.len; begin++) {
        size_t end = begin + 1;
        struct tc_check_token token;

        if (text.ptr[begin] != '$')
            continue;
        while (end < text.len && tc_ascii_is_letter(text.ptr[end]))
            end++;
        if (end == begin + 1)
            continue;
        if (end < text.len && text.ptr[end] == '$')
            end++;
        token = token_like(text, begin, end);
        if (token.token != NULL || text.ptr[end - 1] == '$')
            return token;
    }
    return (struct tc_check_token){0};
}

bool
tc_check_has_tokens(struct tc_str text, unsigned uses)
{
    for (size_t at = 0;;) {
        struct tc_check_token token = tc_check_next_token(text, at);

        if (token.end == 0)
            return false;
        if (!token.is_exact || (token.token->uses & uses) == 0)
            return true;
        at = token.end;
    }
}

/* What stands for each token of tc_tokens(). */
static const char *const stand_ins[] = {"Q:\\AppDir", "file:///Q:/AppDir", "file:///Q:/CodeGen", "", "file:///Q:/Gac"};

struct tc_str
tc_check_with_tokens(struct tc_arena *arena, struct tc_str text)
{
    struct tc_buf out = {0};
    size_t count, at = 0;
    const struct tc_token *tokens = tc_tokens(&count);
    struct tc_str result;

    if (memchr(text.len == 0 ? "" : text.ptr, '$', text.len) == NULL)
        return text;
    while (at < text.len) {
        size_t i = 0;

        while (i < count && !tc_str_starts(tc_str_sub(text, at, SIZE_MAX), tc_str_of(tokens[i].text)))
            i++;
        if (i < count && i < sizeof stand_ins / sizeof *stand_ins) {
            tc_buf_puts(&out, tc_str_of(stand_ins[i]));
            at += strlen(tokens[i].text);
        } else {
            tc_buf_putc(&out, text.ptr[at++]);
        }
    }
    if (out.failed)
        arena->failed = true;
    result = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}
