#include "plan/quote.h"

#include "base/markdown.h"

static bool
has_control(struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return true;
    return false;
}

/* Those that the scanner of PowerShell takes for a single quote (CharTraits.IsSingleQuote). */
static bool
is_quote(uint32_t c)
{
    return c == '\'' || (c >= 0x2018 && c <= 0x201b);
}

bool
tc_quote_powershell(struct tc_buf *out, struct tc_str text)
{
    size_t len;
    uint32_t c;

    if (has_control(text))
        return false;
    tc_buf_putc(out, '\'');
    for (size_t i = 0; (len = tc_utf8_next(text, i, &c)) > 0; i += len) {
        tc_buf_put(out, text.ptr + i, len);
        if (is_quote(c))
            tc_buf_put(out, text.ptr + i, len);
    }
    tc_buf_putc(out, '\'');
    return true;
}

const char *
tc_cmd_obstacle(struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"')
            return "a quote ends the string that it stands in";
        if (c < 0x20 || c == 0x7f)
            return "a control character ends or changes the line";
        if (c >= 0x80)
            return "a batch file is read in the server's own code page, which trustc does not know";
    }
    if (text.len > 0 && text.ptr[text.len - 1] == '\\')
        return "a backslash at its end hides the quote behind it from programs";
    return NULL;
}

bool
tc_quote_cmd(struct tc_buf *out, const char *name, struct tc_str text)
{
    if (tc_cmd_obstacle(text) != NULL)
        return false;
    tc_buf_printf(out, "set \"%s=", name);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%')
            tc_buf_putc(out, '%');
        tc_buf_putc(out, text.ptr[i]);
    }
    tc_buf_putc(out, '"');
    return true;
}

void
tc_quote_markdown(struct tc_buf *out, struct tc_str text)
{
    tc_markdown_code(out, text, true);
}
