#include "base/json.h"

void
tc_json_string(struct tc_buf *out, struct tc_str text)
{
    size_t written = 0, len;
    uint32_t code;

    tc_buf_putc(out, '"');
    for (size_t i = 0; (len = tc_utf8_next(text, i, &code)) != 0; i += len) {
        if (code >= 0x20 && code != '"' && code != '\\' && code != TC_UTF8_BAD)
            continue;
        tc_buf_puts(out, tc_str_sub(text, written, i - written));
        written = i + len;
        if (code == TC_UTF8_BAD)
            tc_buf_puts(out, TC_UTF8_REPLACEMENT);
        else if (code == '\n')
            tc_buf_puts(out, TC_STR("\\n"));
        else if (code == '\r')
            tc_buf_puts(out, TC_STR("\\r"));
        else if (code == '\t')
            tc_buf_puts(out, TC_STR("\\t"));
        else if (code < 0x20)
            tc_buf_printf(out, "\\u%04x", (unsigned)code);
        else
            tc_buf_printf(out, "\\%c", (int)code);
    }
    tc_buf_puts(out, tc_str_sub(text, written, text.len - written));
    tc_buf_putc(out, '"');
}

static void
new_line(struct tc_json *json)
{
    tc_buf_putc(json->out, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        tc_buf_puts(json->out, TC_STR("  "));
}

void
tc_json_open(struct tc_json *json, char bracket)
{
    tc_buf_putc(json->out, bracket);
    json->depth++;
    json->is_first = true;
}

void
tc_json_close(struct tc_json *json, char bracket)
{
    json->depth--;
    if (!json->is_first)
        new_line(json);
    json->is_first = false;
    tc_buf_putc(json->out, bracket);
}

void
tc_json_item(struct tc_json *json)
{
    if (!json->is_first)
        tc_buf_putc(json->out, ',');
    json->is_first = false;
    new_line(json);
}

void
tc_json_item_open(struct tc_json *json)
{
    tc_json_item(json);
    tc_json_open(json, '{');
}

void
tc_json_key(struct tc_json *json, const char *name)
{
    tc_json_item(json);
    tc_buf_printf(json->out, "\"%s\": ", name);
}

void
tc_json_text(struct tc_json *json, const char *name, struct tc_str text)
{
    tc_json_key(json, name);
    tc_json_string(json->out, text);
}

void
tc_json_maybe(struct tc_json *json, const char *name, struct tc_str text)
{
    tc_json_key(json, name);
    if (text.len == 0)
        tc_buf_puts(json->out, TC_STR("null"));
    else
        tc_json_string(json->out, text);
}

void
tc_json_flag(struct tc_json *json, const char *name, bool yes)
{
    tc_json_key(json, name);
    tc_buf_puts(json->out, yes ? TC_STR("true") : TC_STR("false"));
}

void
tc_json_number(struct tc_json *json, const char *name, size_t number)
{
    tc_json_key(json, name);
    tc_buf_printf(json->out, "%zu", number);
}
