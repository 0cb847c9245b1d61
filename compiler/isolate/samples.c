#include "isolate/samples.h"

#include "base/ascii.h"
#include "model/netregex_tree.h"

#include <string.h>

enum { OPTIONS = TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE, LENGTH_MAX = 512, TRIES_MAX = TC_SAMPLES_MAX };

/* A text in the making. */
struct text {
    char bytes[LENGTH_MAX];
    size_t len;
    size_t first_free; /* the first byte that the pattern leaves open; LENGTH_MAX: none */
};

/* Texts that a part of a pattern accepts. */
struct texts {
    struct text *items[TRIES_MAX];
    size_t count;
};

struct maker {
    struct tc_arena *arena;
    bool gave_up;  /* something cannot be followed */
    bool left_out; /* there are more texts than were made */
};

static void put_node(struct maker *m, const struct tc_netregex_node *node, struct texts *texts);

static struct text *
copy_of(struct maker *m, const struct text *text)
{
    struct text *copy = tc_arena_new(m->arena, struct text);

    if (copy != NULL)
        *copy = *text;
    else
        m->gave_up = true;
    return copy;
}

static void
put_byte(struct maker *m, struct texts *texts, char byte, bool is_free)
{
    for (size_t i = 0; i < texts->count; i++) {
        struct text *text = texts->items[i];

        if (text->len + 1 >= LENGTH_MAX) {
            m->gave_up = true;
            return;
        }
        if (is_free && text->len < text->first_free)
            text->first_free = text->len;
        text->bytes[text->len++] = byte;
    }
}

static bool
copy_texts(struct maker *m, const struct texts *from, struct texts *to)
{
    to->count = 0;
    for (size_t i = 0; i < from->count; i++)
        if ((to->items[to->count++] = copy_of(m, from->items[i])) == NULL)
            return false;
    return true;
}

static void
append(struct maker *m, struct texts *texts, const struct texts *more)
{
    for (size_t i = 0; i < more->count; i++) {
        if (texts->count == TRIES_MAX) {
            m->left_out = true;
            return;
        }
        texts->items[texts->count++] = more->items[i];
    }
}

/* ---- classes ---- */

static uint32_t
hex_at(struct tc_str text, size_t *at)
{
    uint32_t value = 0;

    if (!tc_str_starts(tc_str_sub(text, *at, SIZE_MAX), TC_STR("\\x{")))
        return UINT32_MAX;
    for (*at += 3; *at < text.len && text.ptr[*at] != '}'; (*at)++)
        value = value * 16 + (uint32_t)tc_ascii_hex(text.ptr[*at]);
    (*at)++;
    return value;
}

bool
tc_samples_class_has(struct tc_str text, uint32_t unit)
{
    bool negated = tc_str_starts(text, TC_STR("[^")), found = false;
    size_t at = negated ? 2 : 1;

    if (tc_str_eq(text, TC_STR("[^\\n]")))
        return unit != '\n';
    if (!tc_str_starts(text, TC_STR("[")))
        return false;
    while (at < text.len && text.ptr[at] == '\\') {
        uint32_t first = hex_at(text, &at), last = first;

        if (at < text.len && text.ptr[at] == '-') {
            at++;
            last = hex_at(text, &at);
        }
        found |= unit >= first && unit <= last;
    }
    return found != negated;
}

static bool
is_one_of(uint32_t unit, const uint32_t *list)
{
    while (*list != 0 && *list != unit)
        list++;
    return *list != 0;
}

bool
tc_samples_class_reaches(struct tc_str text, uint32_t begin, const uint32_t *but)
{
    size_t at = 1;

    if (tc_str_starts(text, TC_STR("[^")) || !tc_str_starts(text, TC_STR("[")))
        return true;
    while (at < text.len && text.ptr[at] == '\\') {
        uint32_t first = hex_at(text, &at), last = first;

        if (at < text.len && text.ptr[at] == '-') {
            at++;
            last = hex_at(text, &at);
        }
        if (last >= begin && (first != last || !is_one_of(first, but)))
            return true;
    }
    return at < text.len && text.ptr[at] != ']';
}

static void
put_class(struct maker *m, struct tc_str text, struct texts *texts)
{
    static const char candidates[] = "a1/.:-_~x%?=&# ";
    size_t i = 0;

    while (candidates[i] != '\0' && !tc_samples_class_has(text, (unsigned char)candidates[i]))
        i++;
    for (char c = '!'; candidates[i] == '\0' && c <= '~'; c++)
        if (tc_samples_class_has(text, (unsigned char)c)) {
            put_byte(m, texts, c, true);
            return;
        }
    if (candidates[i] == '\0')
        m->gave_up = true;
    else
        put_byte(m, texts, candidates[i], true);
}

/* ---- nodes ---- */

static void
put_list(struct maker *m, const struct tc_netregex_node *first, struct texts *texts)
{
    for (const struct tc_netregex_node *node = first; node != NULL && !m->gave_up; node = node->next)
        put_node(m, node, texts);
}

static void
put_alternatives(struct maker *m, const struct tc_netregex_node *node, struct texts *texts)
{
    struct texts result = {.count = 0};

    for (const struct tc_netregex_node *branch = node->first; branch != NULL && !m->gave_up; branch = branch->next) {
        struct texts one;

        if (!copy_texts(m, texts, &one))
            return;
        put_node(m, branch, &one);
        append(m, &result, &one);
    }
    *texts = result;
}

/* As often as it must be, and once more where it may. */
static void
put_loop(struct maker *m, const struct tc_netregex_node *node, struct texts *texts)
{
    struct texts more;

    if (node->min > 64) {
        m->gave_up = true;
        return;
    }
    for (int32_t i = 0; i < node->min && !m->gave_up; i++)
        put_list(m, node->first, texts);
    if (node->max <= node->min || m->gave_up || !copy_texts(m, texts, &more))
        return;
    for (size_t i = 0; node->max > node->min + 1 && i < more.count; i++)
        if (more.items[i]->len < more.items[i]->first_free)
            more.items[i]->first_free = more.items[i]->len;
    put_list(m, node->first, &more);
    append(m, texts, &more);
}

static void
put_node(struct maker *m, const struct tc_netregex_node *node, struct texts *texts)
{
    switch (node->kind) {
    case TC_NODE_ONE:
        if (node->unit < 0x80)
            put_byte(m, texts, (char)node->unit, false);
        else
            m->gave_up = true;
        return;
    case TC_NODE_SET:
        put_class(m, node->text, texts);
        return;
    case TC_NODE_ANCHOR: /* what was made is tried out afterwards */
    case TC_NODE_REQUIRE:
    case TC_NODE_PREVENT:
        return;
    case TC_NODE_CONCAT:
    case TC_NODE_GROUP:
    case TC_NODE_CAPTURE:
    case TC_NODE_ATOMIC:
        put_list(m, node->first, texts);
        return;
    case TC_NODE_ALTERNATE:
        put_alternatives(m, node, texts);
        return;
    case TC_NODE_LOOP:
        put_loop(m, node, texts);
        return;
    case TC_NODE_BACKREF:
    case TC_NODE_IF_GROUP:
    case TC_NODE_IF_MATCH:
        break;
    }
    m->gave_up = true;
}

/* ---- URLs ---- */

static size_t
authority_end(struct tc_str url, size_t *ret_begin)
{
    size_t begin = tc_str_find(url, TC_STR("://"), 0), end;

    if (begin == SIZE_MAX)
        return *ret_begin = 0;
    *ret_begin = end = begin + 3;
    while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?' && url.ptr[end] != '#')
        end++;
    return end;
}

/* Where the host of a URL stands. */
static struct tc_str
host_in(struct tc_str url)
{
    size_t begin, end = authority_end(url, &begin), stop;
    struct tc_str host;

    for (size_t i = begin; i < end; i++)
        if (url.ptr[i] == '@')
            begin = i + 1;
    host = tc_str_sub(url, begin, end - begin);
    if (tc_str_starts(host, TC_STR("["))) {
        stop = tc_str_find(host, TC_STR("]"), 0);
        return stop == SIZE_MAX ? host : tc_str_sub(host, 0, stop + 1);
    }
    return tc_str_sub(host, 0, tc_str_find(host, TC_STR(":"), 0));
}

struct tc_str
tc_sample_host(struct tc_arena *arena, struct tc_str url)
{
    struct tc_str host = host_in(url);

    if (host.len > 1 && tc_str_ends(host, TC_STR(".")))
        host.len--;
    return tc_str_fold(arena, host);
}

struct tc_str
tc_sample_on_host(struct tc_arena *arena, const struct tc_sample *sample, struct tc_str host)
{
    struct tc_str old = host_in(sample->url);
    size_t begin = (size_t)(old.ptr - sample->url.ptr);

    return tc_arena_printf(arena, "%.*s%.*s%.*s", (int)begin, sample->url.ptr, TC_STR_ARG(host),
                           TC_STR_ARG(tc_str_sub(sample->url, begin + old.len, SIZE_MAX)));
}

static bool
leaves_host_open(const struct text *text)
{
    size_t begin;

    return text->first_free < authority_end((struct tc_str){text->bytes, text->len}, &begin) || begin == 0;
}

struct tc_str
tc_samples_pattern(struct tc_arena *arena, struct tc_str pattern)
{
    return tc_arena_printf(arena, "%.*s[/]?", TC_STR_ARG(pattern));
}

/* UTF-16 of a pattern; NULL when it has characters that no URL sample needs. */
static uint16_t *
units_of(struct tc_arena *arena, struct tc_str pattern)
{
    uint16_t *units = tc_arena_array(arena, uint16_t, pattern.len);

    for (size_t i = 0; units != NULL && i < pattern.len; i++) {
        if ((unsigned char)pattern.ptr[i] >= 0x80)
            return NULL;
        units[i] = (unsigned char)pattern.ptr[i];
    }
    return units;
}

static void
keep(struct tc_arena *arena, const struct tc_netregex *regex, const struct text *text, struct tc_samples *samples)
{
    struct tc_str url = {text->bytes, text->len}, host;
    enum tc_netregex_status status = tc_netregex_covers(regex, url);

    arena->failed |= status == TC_NETREGEX_NOMEM;
    samples->is_unknown |= status == TC_NETREGEX_UNSUPPORTED;
    if (status != TC_NETREGEX_OK)
        return;
    samples->is_open |= leaves_host_open(text);
    url = tc_arena_str(arena, url);
    host = tc_sample_host(arena, url);
    if (host.len > 0)
        samples->items[samples->count++] = (struct tc_sample){url, host};
}

/* All texts but the results live in @a m's arena. */
static void
make(struct maker *m, struct tc_arena *arena, struct tc_str pattern, struct tc_samples *samples)
{
    struct tc_str compiled = tc_samples_pattern(m->arena, pattern);
    const uint16_t *units = units_of(m->arena, compiled);
    struct text empty = {.len = 0, .first_free = LENGTH_MAX};
    struct texts texts = {{copy_of(m, &empty)}, 1};
    struct tc_netregex_tree tree;
    struct tc_netregex *regex = NULL;

    enum tc_netregex_status status = tc_netregex_compile(compiled, OPTIONS, &regex);

    samples->is_unknown = status == TC_NETREGEX_UNSUPPORTED;
    samples->is_open = status != TC_NETREGEX_INVALID;
    arena->failed |= status == TC_NETREGEX_NOMEM;
    if (status != TC_NETREGEX_OK)
        return;
    if (units != NULL)
        status = tc_netregex_parse(m->arena, units, compiled.len, OPTIONS, &tree);
    arena->failed |= status == TC_NETREGEX_NOMEM;
    if (units != NULL && status == TC_NETREGEX_OK)
        put_node(m, tree.root, &texts);
    else
        m->gave_up = true;
    if (!m->gave_up) {
        samples->is_open = m->left_out;
        samples->items = tc_arena_array(arena, struct tc_sample, texts.count);
        for (size_t i = 0; samples->items != NULL && i < texts.count; i++)
            keep(arena, regex, texts.items[i], samples);
    }
    tc_netregex_done(regex);
}

/* ---- patterns that are not looked at closely ---- */

char
tc_samples_literal_at(struct tc_str pattern, size_t at, size_t *ret_len)
{
    char c = at < pattern.len ? pattern.ptr[at] : '\0', next = at + 1 < pattern.len ? pattern.ptr[at + 1] : '\0';

    *ret_len = c == '\\' ? 2 : 1;
    if (c == '\\')
        return next != '\0' && (unsigned char)next < 0x80 && !tc_ascii_is_alnum(next) && next != '_' ? next : '\0';
    if (next == '?' || next == '*' || next == '+' || next == '{')
        return '\0';
    return tc_ascii_is_alnum(c) || (c != '\0' && strchr("-_~/:%=&@,;!'\"<>", c) != NULL) ? c : '\0';
}

bool
tc_samples_literal(struct tc_arena *arena, struct tc_str pattern, struct tc_str *ret_url)
{
    char *url = tc_arena_array(arena, char, pattern.len);
    size_t len = 0, step;

    if (url == NULL || pattern.len == 0)
        return false;
    for (size_t at = 0; at < pattern.len; at += step) {
        url[len] = tc_samples_literal_at(pattern, at, &step);
        if (url[len++] == '\0')
            return false;
    }
    *ret_url = (struct tc_str){url, len};
    return true;
}

/*
 * What a source writes by itself: `https?://www\.contoso\.com/.*` for a host, and a literal URL. Thousands of
 * applications have one each, so these are not taken apart as regular expressions.
 */
static bool
make_plain(struct tc_arena *arena, struct tc_str pattern, struct tc_samples *samples)
{
    bool both = tc_str_starts(pattern, TC_STR("https?://")), all = tc_str_ends(pattern, TC_STR("/.*"));
    size_t at = both ? 6 : 0, end = all ? pattern.len - 2 : pattern.len, len = 0, step;
    char *rest = tc_arena_array(arena, char, pattern.len);
    struct tc_str host = {0};

    if (rest == NULL ||
        (!both && !tc_str_starts(pattern, TC_STR("http://")) && !tc_str_starts(pattern, TC_STR("https://"))))
        return false;
    for (; at < end; at += step) {
        rest[len] = tc_samples_literal_at(tc_str_sub(pattern, 0, end), at, &step);
        if (rest[len++] == '\0')
            return false;
    }
    samples->items = tc_arena_array(arena, struct tc_sample, 2);
    if (samples->items == NULL)
        return false;
    for (int secure = 0; secure < (both ? 2 : 1); secure++) {
        struct tc_str url =
            both ? tc_arena_printf(arena, "http%s%.*s", secure ? "s" : "", (int)len, rest) : (struct tc_str){rest, len};

        if (secure == 0)
            host = tc_sample_host(arena, url); /* the other one has the same */
        if (host.len == 0)
            return false;
        samples->items[samples->count++] = (struct tc_sample){url, host};
    }
    samples->is_open = false;
    return true;
}

void
tc_samples_make(struct tc_arena *arena, struct tc_str pattern, struct tc_samples *ret_samples)
{
    *ret_samples = (struct tc_samples){.is_open = true};
    if (make_plain(arena, pattern, ret_samples))
        return;
    tc_samples_walk(arena, pattern, ret_samples);
}

void
tc_samples_walk(struct tc_arena *arena, struct tc_str pattern, struct tc_samples *ret_samples)
{
    struct tc_arena scratch;
    struct maker m = {.arena = &scratch};

    tc_arena_init(&scratch);
    *ret_samples = (struct tc_samples){.is_open = true};
    make(&m, arena, pattern, ret_samples);
    arena->failed |= scratch.failed;
    tc_arena_done(&scratch);
}
