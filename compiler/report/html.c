#include "report/html.h"

static bool
is_hidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0xad || code == 0x61c || code == 0x180e ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff0 && code <= 0xfffb) ||
           (code >= 0xe0000 && code <= 0xe0fff);
}

/* Append @a text; @a escape writes what it has another spelling for, and says so. */
static void
put(struct tc_buf *out, struct tc_str text, bool (*escape)(struct tc_buf *out, uint32_t code))
{
    size_t len;
    uint32_t code;

    for (size_t i = 0; (len = tc_utf8_next(text, i, &code)) > 0; i += len) {
        if (code == TC_UTF8_BAD)
            tc_buf_printf(out, "[byte %x]", (unsigned)(unsigned char)text.ptr[i]);
        else if (is_hidden(code))
            tc_buf_printf(out, "[U+%s%x]",
                          code < 0x10     ? "000"
                          : code < 0x100  ? "00"
                          : code < 0x1000 ? "0"
                                          : "",
                          (unsigned)code);
        else if (escape == NULL || !escape(out, code))
            tc_buf_put(out, text.ptr + i, len);
    }
}

void
tc_visible_put(struct tc_buf *out, struct tc_str text)
{
    put(out, text, NULL);
}

static bool
escape_html(struct tc_buf *out, uint32_t code)
{
    switch (code) {
    case '&':
        tc_buf_puts(out, TC_STR("&amp;"));
        return true;
    case '<':
        tc_buf_puts(out, TC_STR("&lt;"));
        return true;
    case '>':
        tc_buf_puts(out, TC_STR("&gt;"));
        return true;
    case '"':
        tc_buf_puts(out, TC_STR("&quot;"));
        return true;
    default:
        return false;
    }
}

void
tc_html_put(struct tc_buf *out, struct tc_str text)
{
    put(out, text, escape_html);
}

static bool
escape_json(struct tc_buf *out, uint32_t code)
{
    if (code == '"' || code == '\\')
        tc_buf_printf(out, "\\%c", (int)code);
    else if (code == '<' || code == '>' || code == '&')
        tc_buf_printf(out, "\\u00%x", (unsigned)code);
    else
        return false;
    return true;
}

void
tc_html_json(struct tc_buf *out, struct tc_str text)
{
    tc_buf_putc(out, '"');
    put(out, text, escape_json);
    tc_buf_putc(out, '"');
}
