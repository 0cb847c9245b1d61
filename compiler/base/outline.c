#include "base/outline.h"
#include "base/json.h"

#include <inttypes.h>

/* ---- pieces ---- */

void
tc_outline_put_span(struct tc_buf *out, const struct tc_sources *sources, struct tc_span span, bool names_file)
{
    struct tc_place begin = tc_sources_place(sources, span.begin), end = tc_sources_place(sources, span.end);

    if (begin.source == NULL) {
        tc_buf_putc(out, '-');
        return;
    }
    if (names_file) {
        tc_buf_puts(out, begin.source->name);
        tc_buf_putc(out, ':');
    }
    tc_buf_printf(out, "%" PRIu32 ":%" PRIu32 "-%" PRIu32 ":%" PRIu32, begin.line, begin.column, end.line, end.column);
}

/* What would break the line, or do something to a terminal, is escaped. */
static void
put_plain(struct tc_buf *out, struct tc_str text, bool doubles_quotes)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '"' && doubles_quotes)
            tc_buf_puts(out, TC_STR("\"\""));
        else if (c == '\n')
            tc_buf_puts(out, TC_STR("\\n"));
        else if (c == '\t')
            tc_buf_puts(out, TC_STR("\\t"));
        else if ((unsigned char)c < 0x20 || c == 0x7F)
            tc_buf_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
        else
            tc_buf_putc(out, c);
    }
}

void
tc_outline_put_quoted(struct tc_buf *out, struct tc_str text)
{
    tc_buf_putc(out, '"');
    put_plain(out, text, true);
    tc_buf_putc(out, '"');
}

static void
put_line(struct tc_outline *o)
{
    tc_buf_printf(o->out, "\n%*s", (int)(2 * o->depth), "");
}

/* JSON: the comma before a value. */
static void
separate(struct tc_outline *o)
{
    if (o->needs_comma)
        tc_buf_putc(o->out, ',');
    o->needs_comma = true;
}

static const char *
bare_key(const char *key)
{
    return key[0] == '.' ? key + 1 : key;
}

/* JSON: `, "key": `. */
static void
put_json_key(struct tc_outline *o, const char *key)
{
    if (o->needs_comma)
        tc_buf_puts(o->out, TC_STR(", "));
    o->needs_comma = true;
    tc_buf_printf(o->out, "\"%s\": ", bare_key(key));
}

/* Text: ` key `, or a blank for a key that is not shown. */
static void
put_text_key(struct tc_outline *o, const char *key)
{
    tc_buf_putc(o->out, ' ');
    if (key[0] != '.')
        tc_buf_printf(o->out, "%s ", key);
}

static void
put_json_span(struct tc_outline *o, struct tc_span span)
{
    struct tc_buf text = {0};

    tc_outline_put_span(&text, o->sources, span, o->names_files);
    if (tc_str_eq(tc_buf_str(&text), TC_STR("-")))
        tc_buf_puts(o->out, TC_STR("null"));
    else
        tc_json_string(o->out, tc_buf_str(&text));
    o->out->failed |= text.failed;
    tc_buf_done(&text);
}

/* ---- the whole ---- */

void
tc_outline_begin(struct tc_outline *o, const char *stage, struct tc_str file)
{
    if (o->is_json) {
        tc_buf_printf(o->out, "{\"schema\": 1, \"stage\": \"%s\", \"file\": ", stage);
        tc_json_string(o->out, file);
    } else {
        tc_buf_printf(o->out, "%s of ", stage);
        tc_buf_puts(o->out, file);
    }
    o->needs_comma = true;
    o->depth = 1;
    o->heading = NULL;
}

void
tc_outline_end(struct tc_outline *o)
{
    if (o->is_json)
        tc_buf_putc(o->out, '}');
    tc_buf_putc(o->out, '\n');
}

/* ---- nodes ---- */

static void
put_node(struct tc_outline *o, const char *kind, struct tc_span span)
{
    if (o->is_json) {
        tc_buf_printf(o->out, "{\"kind\": \"%s\", \"span\": ", kind);
        put_json_span(o, span);
        o->needs_comma = true;
    } else {
        tc_buf_puts(o->out, tc_str_of(kind));
        if (span.end != 0) {
            tc_buf_putc(o->out, ' ');
            tc_outline_put_span(o->out, o->sources, span, o->names_files);
        }
    }
    o->depth++;
}

void
tc_outline_node_begin(struct tc_outline *o, const char *kind, struct tc_span span)
{
    if (o->is_json) {
        separate(o);
    } else if (o->heading != NULL) {
        o->depth--;
        put_line(o);
        o->depth++;
        tc_buf_printf(o->out, "%s:", o->heading);
        o->heading = NULL;
    }
    put_line(o);
    put_node(o, kind, span);
}

void
tc_outline_node_end(struct tc_outline *o)
{
    if (o->is_json)
        tc_buf_putc(o->out, '}');
    o->needs_comma = true;
    o->depth--;
}

void
tc_outline_child_begin(struct tc_outline *o, const char *key, const char *kind, struct tc_span span)
{
    if (o->is_json) {
        put_json_key(o, key);
    } else {
        put_line(o);
        tc_buf_printf(o->out, "%s: ", key);
    }
    put_node(o, kind, span);
}

void
tc_outline_child_end(struct tc_outline *o)
{
    tc_outline_node_end(o);
}

/* ---- fields ---- */

void
tc_outline_text(struct tc_outline *o, const char *key, struct tc_str text)
{
    if (o->is_json) {
        put_json_key(o, key);
        tc_json_string(o->out, text);
    } else if (text.len > 0) {
        put_text_key(o, key);
        tc_outline_put_quoted(o->out, text);
    }
}

void
tc_outline_source(struct tc_outline *o, const char *key, struct tc_str text)
{
    if (o->is_json) {
        tc_outline_text(o, key, text);
    } else {
        put_text_key(o, key);
        put_plain(o->out, text, false);
    }
}

void
tc_outline_word(struct tc_outline *o, const char *key, const char *word)
{
    if (o->is_json) {
        put_json_key(o, key);
        if (word == NULL)
            tc_buf_puts(o->out, TC_STR("null"));
        else
            tc_json_string(o->out, tc_str_of(word));
    } else if (word != NULL) {
        put_text_key(o, key);
        tc_buf_puts(o->out, tc_str_of(word));
    }
}

void
tc_outline_flag(struct tc_outline *o, const char *key, bool yes)
{
    if (o->is_json) {
        put_json_key(o, key);
        tc_buf_puts(o->out, yes ? TC_STR("true") : TC_STR("false"));
    } else if (yes) {
        tc_buf_printf(o->out, " %s", key);
    }
}

void
tc_outline_span(struct tc_outline *o, const char *key, struct tc_span span)
{
    if (o->is_json) {
        put_json_key(o, key);
        put_json_span(o, span);
    } else if (span.end != 0) {
        put_text_key(o, key);
        tc_outline_put_span(o->out, o->sources, span, o->names_files);
    }
}

/* ---- lists of nodes ---- */

void
tc_outline_list_begin(struct tc_outline *o, const char *key, const char *heading)
{
    if (o->is_json) {
        put_json_key(o, key);
        tc_buf_putc(o->out, '[');
        o->needs_comma = false;
    }
    o->heading = heading;
    if (heading != NULL && !o->is_json)
        o->depth++;
}

void
tc_outline_list_end(struct tc_outline *o, const char *heading)
{
    if (o->is_json)
        tc_buf_putc(o->out, ']');
    o->needs_comma = true;
    o->heading = NULL;
    if (heading != NULL && !o->is_json)
        o->depth--;
}

/* ---- lists on a line ---- */

void
tc_outline_row_begin(struct tc_outline *o, const char *key)
{
    if (o->is_json) {
        put_json_key(o, key);
        tc_buf_putc(o->out, '[');
    } else if (key[0] != '.') {
        tc_buf_printf(o->out, " %s", key);
    }
    o->needs_comma = false;
}

void
tc_outline_row_end(struct tc_outline *o)
{
    if (o->is_json)
        tc_buf_putc(o->out, ']');
    o->needs_comma = true;
}

static void
next_item(struct tc_outline *o, bool joined)
{
    if (o->needs_comma && (o->is_json || joined))
        tc_buf_putc(o->out, ',');
    if (o->needs_comma || !o->is_json)
        tc_buf_putc(o->out, ' ');
    o->needs_comma = true;
}

void
tc_outline_row_text(struct tc_outline *o, struct tc_str text)
{
    next_item(o, true);
    if (o->is_json)
        tc_json_string(o->out, text);
    else
        tc_outline_put_quoted(o->out, text);
}

void
tc_outline_row_word(struct tc_outline *o, struct tc_str word)
{
    next_item(o, true);
    if (o->is_json)
        tc_json_string(o->out, word);
    else
        tc_buf_puts(o->out, word);
}

void
tc_outline_row_number(struct tc_outline *o, int64_t number)
{
    next_item(o, true);
    tc_buf_printf(o->out, "%" PRId64, number);
}

void
tc_outline_row_atom(struct tc_outline *o, const char *kind, struct tc_str text, bool quoted, bool joined,
                    struct tc_span span)
{
    struct tc_place begin;

    next_item(o, joined);
    if (o->is_json) {
        tc_buf_printf(o->out, "{\"kind\": \"%s\", \"span\": ", kind);
        put_json_span(o, span);
        tc_buf_puts(o->out, TC_STR(", \"text\": "));
        tc_json_string(o->out, text);
        tc_buf_printf(o->out, ", \"joined\": %s}", joined ? "true" : "false");
        return;
    }
    if (quoted)
        tc_outline_put_quoted(o->out, text);
    else
        tc_buf_puts(o->out, text);
    begin = tc_sources_place(o->sources, span.begin);
    tc_buf_printf(o->out, "@%" PRIu32 ":%" PRIu32, begin.line, begin.column);
}
