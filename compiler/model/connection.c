#include "model/connection.h"

#include "model/algebra_util.h"
#include "model/netchar.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *spelling, *canonical;
} keywords[] = {
#define TC_KEYWORD(spelling, canonical) {spelling, canonical},
#include "data/keywords.def"
};

/* The canonical key; the empty slice for a keyword that the provider does not know. */
static struct tc_str
canonical_key(enum tc_connection_rules rules, struct tc_str key)
{
    if (rules != TC_CONNECTION_SQL)
        return key;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (tc_str_is(key, keywords[i].spelling))
            return tc_str_of(keywords[i].canonical);
    return (struct tc_str){0};
}

/* ---- one pair ---- */

enum state {
    NOTHING_YET,
    KEY,
    KEY_EQUAL, /* after one `=`: a second one makes it part of the key */
    KEY_END,
    UNQUOTED,
    QUOTED,
    QUOTED_QUOTE, /* after the closing quote: a second one stands for itself */
    QUOTED_END,
    NULLS, /* only NULs and white space may follow */
};

struct scan {
    struct tc_arena *arena;
    struct tc_str text;
    size_t at;
    bool odbc;
    char *buffer; /* as large as the text */
    size_t length;
    char quote;
    struct tc_str key, value;
    bool has_value;
};

static enum tc_answer
bad_syntax(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "ADP_ConnectionStringSyntax");
}

static struct tc_str
trim_end(struct tc_str text)
{
    /* leading white space is never in the buffer */
    return tc_trim_white(text);
}

/* What has been gathered, as a key: white space at the end goes, letters become small. */
static struct tc_str
take_key(struct scan *scan)
{
    struct tc_str raw = trim_end((struct tc_str){scan->buffer, scan->length});
    char *out = tc_arena_alloc(scan->arena, raw.len * 3 + 1, 1);
    size_t length = 0;
    uint32_t code;

    scan->length = 0;
    if (out == NULL)
        return (struct tc_str){0};
    for (size_t i = 0, step; (step = tc_utf8_next(raw, i, &code)) > 0; i += step) {
        uint32_t lower = code == TC_UTF8_BAD ? code : tc_invariant_lower(code);

        if (lower == code) {
            memcpy(out + length, raw.ptr + i, step);
            length += step;
        } else {
            length += tc_utf8_put(out + length, lower);
        }
    }
    return (struct tc_str){out, length};
}

static bool
take_value(struct scan *scan, bool trim)
{
    struct tc_str raw = {scan->buffer, scan->length};

    scan->value = tc_arena_str(scan->arena, trim ? trim_end(raw) : raw);
    scan->has_value = true;
    return !scan->arena->failed;
}

/* GetKeyValuePair: from scan->at to behind the `;` that ends the pair. No pair left: the key is empty. */
static enum tc_answer
next_pair(struct scan *scan, struct tc_throw *ret_throw)
{
    enum state state = NOTHING_YET;
    uint32_t code = 0;
    size_t step;

    scan->length = 0;
    scan->key = scan->value = (struct tc_str){0};
    scan->has_value = false;
    for (; (step = tc_utf8_next(scan->text, scan->at, &code)) > 0; scan->at += step) {
        bool white = tc_is_white(code), control = tc_is_control(code);

        switch (state) {
        case NOTHING_YET:
            if (code == ';' || white)
                continue;
            if (code == 0) {
                state = NULLS;
                continue;
            }
            if (control)
                return bad_syntax(ret_throw);
            if (code == '=') {
                state = KEY_EQUAL;
                continue;
            }
            state = KEY;
            break;
        case KEY:
            if (code == '=') {
                state = KEY_EQUAL;
                continue;
            }
            if (control && !white)
                return bad_syntax(ret_throw);
            break;
        case KEY_EQUAL:
            if (!scan->odbc && code == '=') {
                state = KEY;
                break;
            }
            scan->key = take_key(scan);
            if (scan->key.len == 0)
                return bad_syntax(ret_throw);
            state = KEY_END;
            /* fallthrough */
        case KEY_END:
            if (white)
                continue;
            if (scan->odbc ? code == '{' : code == '\'' || code == '"') {
                scan->quote = code == '{' ? '}' : (char)code;
                state = QUOTED;
                if (scan->odbc) /* braces stay part of the value */
                    break;
                continue;
            }
            if (code == ';' || code == 0)
                goto done;
            if (control)
                return bad_syntax(ret_throw);
            state = UNQUOTED;
            break;
        case UNQUOTED:
            if (!white && (control || code == ';'))
                goto done;
            break;
        case QUOTED:
            if (code == 0)
                return bad_syntax(ret_throw);
            if (code == (unsigned char)scan->quote) {
                state = QUOTED_QUOTE;
                if (!scan->odbc)
                    continue;
            }
            break;
        case QUOTED_QUOTE:
            if (code == (unsigned char)scan->quote) {
                state = QUOTED;
                break;
            }
            if (!take_value(scan, false))
                return tc_throw_nomem(ret_throw);
            state = QUOTED_END;
            /* fallthrough */
        case QUOTED_END:
            if (white)
                continue;
            if (code == ';')
                goto done;
            if (code != 0)
                return bad_syntax(ret_throw);
            state = NULLS;
            continue;
        case NULLS:
            if (code != 0 && !white)
                return bad_syntax(ret_throw);
            continue;
        }
        memcpy(scan->buffer + scan->length, scan->text.ptr + scan->at, step);
        scan->length += step;
    }
done:
    switch (state) {
    case KEY:
    case QUOTED:
        return bad_syntax(ret_throw);
    case KEY_EQUAL:
        scan->key = take_key(scan);
        if (scan->key.len == 0)
            return bad_syntax(ret_throw);
        break;
    case UNQUOTED:
        if (!take_value(scan, true))
            return tc_throw_nomem(ret_throw);
        if (!scan->odbc &&
            (scan->value.ptr[scan->value.len - 1] == '\'' || scan->value.ptr[scan->value.len - 1] == '"'))
            return bad_syntax(ret_throw);
        break;
    case QUOTED_QUOTE:
    case QUOTED_END:
        if (!take_value(scan, false))
            return tc_throw_nomem(ret_throw);
        break;
    case NOTHING_YET:
    case KEY_END:
    case NULLS:
        break;
    }
    if (code == ';' && scan->at < scan->text.len)
        scan->at++;
    return scan->arena->failed ? tc_throw_nomem(ret_throw) : TC_YES;
}

static bool
scan_init(struct scan *scan, struct tc_arena *arena, bool odbc, struct tc_str text)
{
    *scan = (struct scan){.arena = arena, .text = text, .odbc = odbc};
    scan->buffer = tc_arena_alloc(arena, text.len + 1, 1);
    return scan->buffer != NULL;
}

/* ---- connection strings ---- */

enum tc_answer
tc_connection_parse(struct tc_arena *arena, enum tc_connection_rules rules, struct tc_str text,
                    struct tc_connection *ret, struct tc_throw *ret_throw)
{
    struct tc_connection connection = {.rules = rules, .text = text};
    struct scan scan;

    /* Each pair takes at least two characters. */
    connection.pairs = tc_arena_array(arena, struct tc_connection_pair, text.len / 2 + 1);
    if (connection.pairs == NULL || !scan_init(&scan, arena, rules == TC_CONNECTION_ODBC, text))
        return tc_throw_nomem(ret_throw);
    while (scan.at < text.len) {
        size_t start = scan.at;
        enum tc_answer answer = next_pair(&scan, ret_throw);
        struct tc_str key;

        if (answer != TC_YES)
            return answer;
        if (scan.key.len == 0)
            break;
        key = canonical_key(rules, scan.key);
        if (key.len == 0)
            return tc_throw_new(ret_throw, "ArgumentException", "ADP_KeywordNotSupported");
        connection.pairs[connection.count++] = (struct tc_connection_pair){
            .key = key, .value = scan.value, .has_value = scan.has_value, .length = scan.at - start};
    }
    *ret = connection;
    return TC_YES;
}

const struct tc_connection_pair *
tc_connection_find(const struct tc_connection *connection, struct tc_str key)
{
    const struct tc_connection_pair *found = NULL;

    for (size_t i = 0; i < connection->count; i++)
        if (tc_str_eq(connection->pairs[i].key, key) && (found == NULL || connection->rules != TC_CONNECTION_ODBC))
            found = &connection->pairs[i];
    return found;
}

/* `true` or `yes`, `false` or `no` in any case with blanks around; @a also is one more word for yes. */
static enum tc_answer
read_boolean(const struct tc_connection *connection, struct tc_str key, const char *also, bool *ret,
             struct tc_throw *ret_throw)
{
    const struct tc_connection_pair *pair = tc_connection_find(connection, key);
    struct tc_str text;

    *ret = false;
    if (pair == NULL || !pair->has_value)
        return TC_YES;
    text = tc_trim_white(pair->value);
    *ret = tc_ordinal_eq(text, TC_STR("true")) || tc_ordinal_eq(text, TC_STR("yes")) ||
           (also != NULL && tc_ordinal_eq(text, tc_str_of(also)));
    if (*ret || tc_ordinal_eq(text, TC_STR("false")) || tc_ordinal_eq(text, TC_STR("no")))
        return TC_YES;
    return tc_throw_new(ret_throw, "ArgumentException", "ADP_InvalidConnectionOptionValue");
}

static bool
is_password(const struct tc_connection_pair *pair)
{
    return tc_str_eq(pair->key, TC_STR("password")) || tc_str_eq(pair->key, TC_STR("pwd"));
}

/* Empty also where the key is there without a value. */
static bool
is_filled(const struct tc_connection_pair *pair)
{
    return pair != NULL && pair->value.len > 0;
}

enum tc_answer
tc_connection_has_blank_password(const struct tc_connection *connection, bool *ret_blank, struct tc_throw *ret_throw)
{
    const struct tc_connection_pair *password = tc_connection_find(connection, TC_STR("password"));
    bool integrated;
    enum tc_answer answer = read_boolean(connection, TC_STR("integrated security"), "sspi", &integrated, ret_throw);

    if (answer != TC_YES)
        return answer;
    if (password == NULL)
        password = tc_connection_find(connection, TC_STR("pwd"));
    if (integrated)
        *ret_blank = false;
    else if (password != NULL)
        *ret_blank = !is_filled(password);
    else
        *ret_blank = is_filled(tc_connection_find(connection, TC_STR("user id"))) ||
                     is_filled(tc_connection_find(connection, TC_STR("uid")));
    return TC_YES;
}

enum tc_answer
tc_connection_hide_password(struct tc_arena *arena, struct tc_connection *connection, struct tc_throw *ret_throw)
{
    static const struct tc_str hidden = {"=*;", 3};
    struct tc_connection_pair *pairs;
    size_t at = 0, length = 0, room = connection->text.len;
    bool has_password = false, persists;
    enum tc_answer answer;
    char *text;

    for (size_t i = 0; i < connection->count; i++) {
        if (!is_password(&connection->pairs[i]))
            continue;
        has_password = true;
        room += connection->pairs[i].key.len + hidden.len;
    }
    if (!has_password)
        return TC_YES;
    answer = read_boolean(connection, TC_STR("persist security info"), NULL, &persists, ret_throw);
    if (answer != TC_YES || persists)
        return answer;
    pairs = tc_arena_array(arena, struct tc_connection_pair, connection->count);
    text = tc_arena_alloc(arena, room + 1, 1);
    if (pairs == NULL || text == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < connection->count; i++) {
        struct tc_connection_pair *pair = &pairs[i];

        *pair = connection->pairs[i];
        if (is_password(pair)) {
            memcpy(text + length, pair->key.ptr, pair->key.len);
            memcpy(text + length + pair->key.len, hidden.ptr, hidden.len);
            pair->value = TC_STR("*");
            pair->has_value = true;
            pair->length = pair->key.len + hidden.len;
        } else {
            memcpy(text + length, connection->text.ptr + at, pair->length);
        }
        at += connection->pairs[i].length;
        length += pair->length;
    }
    connection->pairs = pairs;
    connection->text = (struct tc_str){text, length};
    return TC_YES;
}

/* ---- lists of keys ---- */

static int
compare_keys(const void *a, const void *b)
{
    return tc_str_cmp(*(const struct tc_str *)a, *(const struct tc_str *)b);
}

enum tc_answer
tc_connection_parse_keys(struct tc_arena *arena, enum tc_connection_rules rules, struct tc_str text,
                         struct tc_connection_keys *ret, struct tc_throw *ret_throw)
{
    struct tc_connection_keys keys = {.list = tc_arena_array(arena, struct tc_str, text.len / 2 + 1)};
    struct scan scan;
    size_t count;

    if (keys.list == NULL || !scan_init(&scan, arena, false, text))
        return tc_throw_nomem(ret_throw);
    while (scan.at < text.len) {
        enum tc_answer answer = next_pair(&scan, ret_throw);
        struct tc_str key;

        if (answer != TC_YES)
            return answer;
        if (scan.key.len == 0)
            continue;
        key = canonical_key(rules, scan.key);
        if (key.len == 0)
            return tc_throw_new(ret_throw, "ArgumentException", "ADP_KeywordNotSupported");
        keys.list[keys.count++] = key;
    }
    count = keys.count;
    keys.count = 0;
    qsort(keys.list, count, sizeof *keys.list, compare_keys);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !tc_str_eq(keys.list[i], keys.list[keys.count - 1]))
            keys.list[keys.count++] = keys.list[i];
    *ret = keys;
    return TC_YES;
}
