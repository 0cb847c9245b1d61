#include "base/toml.h"

#include "base/ascii.h"

struct toml {
    struct tc_arena *arena;
    const struct tc_source *source;
    struct tc_str text;
    size_t at;
    struct tc_toml_entry table; /* where entries go: its table, spans and depth */
    struct tc_toml_fault *fault;
};

static struct tc_span
span_of(const struct toml *t, size_t begin, size_t end)
{
    return (struct tc_span){t->source->base + (uint32_t)begin, t->source->base + (uint32_t)end};
}

static bool
fail(struct toml *t, size_t begin, size_t end, const char *message)
{
    if (end > t->text.len)
        end = t->text.len;
    *t->fault = (struct tc_toml_fault){span_of(t, begin < end ? begin : end, end), message};
    return false;
}

/* The next character; NUL at the end. */
static char
peek(const struct toml *t)
{
    return t->at < t->text.len ? t->text.ptr[t->at] : '\0';
}

static void
skip_blanks(struct toml *t)
{
    while (peek(t) == ' ' || peek(t) == '\t')
        t->at++;
}

static void
skip_comment(struct toml *t)
{
    if (peek(t) == '#')
        while (t->at < t->text.len && t->text.ptr[t->at] != '\n')
            t->at++;
}

/* Blanks, comments and line ends. */
static void
skip_lines(struct toml *t)
{
    for (;;) {
        size_t before = t->at;

        skip_blanks(t);
        skip_comment(t);
        while (peek(t) == '\r' || peek(t) == '\n')
            t->at++;
        if (t->at == before)
            return;
    }
}

static bool
is_bare(char c)
{
    return tc_ascii_is_alnum(c) || c == '_' || c == '-';
}

static bool
put_escape(struct toml *t, struct tc_buf *out)
{
    static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    char c = t->at + 1 < t->text.len ? t->text.ptr[t->at + 1] : '\0';

    for (size_t i = 0; letters[i] != '\0'; i++)
        if (letters[i] == c) {
            tc_buf_putc(out, meant[i]);
            t->at += 2;
            return true;
        }
    return fail(t, t->at, t->at + 2, "this escape is not known here; in '...' a backslash is a backslash");
}

/* "..." with escapes or '...' without. */
static bool
read_string(struct toml *t, struct tc_str *ret)
{
    size_t begin = t->at++;
    char quote = t->text.ptr[begin];
    struct tc_buf out = {0};
    bool good = true;

    if (t->text.len - begin > 2 && t->text.ptr[begin + 1] == quote && t->text.ptr[begin + 2] == quote)
        return fail(t, begin, begin + 3, "strings of several lines are not known here");
    while (good && (t->at == t->text.len || peek(t) != quote)) {
        if (t->at == t->text.len || peek(t) == '\n' || peek(t) == '\r') {
            good = fail(t, begin, t->at, "this string does not end on its line");
        } else if (quote == '"' && peek(t) == '\\') {
            good = put_escape(t, &out);
        } else {
            tc_buf_putc(&out, peek(t));
            t->at++;
        }
    }
    t->at++;
    if (out.failed)
        t->arena->failed = true;
    *ret = tc_arena_str(t->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return good;
}

static bool
read_key(struct toml *t, struct tc_str *ret, struct tc_span *ret_span)
{
    size_t begin = t->at;

    if (peek(t) == '"' || peek(t) == '\'') {
        if (!read_string(t, ret))
            return false;
    } else {
        while (is_bare(peek(t)))
            t->at++;
        *ret = tc_str_sub(t->text, begin, t->at - begin);
        if (ret->len == 0)
            return fail(t, begin, begin + 1, "a key is expected here");
    }
    *ret_span = span_of(t, begin, t->at);
    return true;
}

static bool
read_table(struct toml *t)
{
    size_t begin = t->at++;
    struct tc_toml_entry table = {0};

    if (peek(t) == '[')
        return fail(t, begin, begin + 2, "lists of tables are not known here");
    for (;;) {
        skip_blanks(t);
        if (table.depth == TC_TOML_DEPTH_MAX)
            return fail(t, begin, t->at, "no table lies as deep as this");
        if (!read_key(t, &table.table[table.depth], &table.table_spans[table.depth]))
            return false;
        table.depth++;
        skip_blanks(t);
        if (peek(t) == ']')
            break;
        if (peek(t) != '.')
            return fail(t, t->at, t->at + 1, "']' or '.' is expected here");
        t->at++;
    }
    t->at++;
    t->table = table;
    return true;
}

static bool
read_list(struct toml *t, struct tc_toml_entry *entry)
{
    struct tc_toml_item **tail = &entry->items;

    entry->kind = TC_TOML_LIST;
    t->at++;
    for (;;) {
        struct tc_toml_item *item;
        size_t begin;

        skip_lines(t);
        if (peek(t) == ']')
            break;
        begin = t->at;
        if (peek(t) != '"' && peek(t) != '\'')
            return fail(t, begin, begin + 1, "a string or ']' is expected here");
        item = tc_arena_new(t->arena, struct tc_toml_item);
        if (item == NULL)
            return fail(t, begin, begin, "out of memory");
        if (!read_string(t, &item->text))
            return false;
        item->span = span_of(t, begin, t->at);
        *tail = item;
        tail = &item->next;
        skip_lines(t);
        if (peek(t) == ',')
            t->at++;
        else if (peek(t) != ']')
            return fail(t, t->at, t->at + 1, "',' or ']' is expected here");
    }
    t->at++;
    return true;
}

/* true, false, or a whole number. */
static bool
read_word(struct toml *t, struct tc_toml_entry *entry)
{
    size_t begin = t->at;
    struct tc_str word;
    bool negative;

    if (peek(t) == '{')
        return fail(t, begin, begin + 1, "tables within a line are not known here");
    while (is_bare(peek(t)) || peek(t) == '+' || peek(t) == '.' || peek(t) == ':')
        t->at++;
    word = tc_str_sub(t->text, begin, t->at - begin);
    if (tc_str_eq(word, TC_STR("true")) || tc_str_eq(word, TC_STR("false"))) {
        entry->kind = TC_TOML_BOOL;
        entry->is_true = word.len == 4;
        return true;
    }
    entry->kind = TC_TOML_NUMBER;
    negative = word.len > 0 && word.ptr[0] == '-';
    if (word.len == (size_t)negative || word.len > 9)
        return fail(t, begin, t->at > begin ? t->at : begin + 1,
                    "a string, a list, true, false or a whole number is expected here");
    for (size_t i = negative; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9')
            return fail(t, begin, t->at, "a string, a list, true, false or a whole number is expected here");
        entry->number = entry->number * 10 + (word.ptr[i] - '0');
    }
    if (negative)
        entry->number = -entry->number;
    return true;
}

static bool
read_entry(struct toml *t, struct tc_toml_entry *entry)
{
    size_t begin;
    bool good;

    *entry = t->table;
    if (!read_key(t, &entry->key, &entry->key_span))
        return false;
    skip_blanks(t);
    if (peek(t) == '.')
        return fail(t, t->at, t->at + 1, "keys with a dot are not known here: write a table, [a.b]");
    if (peek(t) != '=')
        return fail(t, t->at, t->at + 1, "'=' is expected here");
    t->at++;
    skip_blanks(t);
    begin = t->at;
    if (peek(t) == '"' || peek(t) == '\'') {
        entry->kind = TC_TOML_STRING;
        good = read_string(t, &entry->text);
    } else if (peek(t) == '[') {
        good = read_list(t, entry);
    } else {
        good = read_word(t, entry);
    }
    entry->span = span_of(t, begin, t->at);
    return good;
}

bool
tc_toml_read(struct tc_arena *arena, const struct tc_source *source, struct tc_toml_entry **ret_entries,
             struct tc_toml_fault *ret_fault)
{
    struct toml t = {.arena = arena, .source = source, .text = source->text, .fault = ret_fault};
    struct tc_toml_entry **tail = ret_entries;

    *ret_entries = NULL;
    for (skip_lines(&t); t.at < t.text.len; skip_lines(&t)) {
        if (peek(&t) == '[') {
            if (!read_table(&t))
                return false;
        } else {
            struct tc_toml_entry *entry = tc_arena_new(arena, struct tc_toml_entry);

            if (entry == NULL)
                return fail(&t, t.at, t.at, "out of memory");
            if (!read_entry(&t, entry))
                return false;
            *tail = entry;
            tail = &entry->next;
        }
        skip_blanks(&t);
        skip_comment(&t);
        if (t.at < t.text.len && peek(&t) != '\n' && peek(&t) != '\r')
            return fail(&t, t.at, t.at + 1, "the line should end here");
    }
    return true;
}
