#include "base/markdown.h"

/* How many backticks stand in a row at most. */
static size_t
longest_run(struct tc_str text)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        if (run > longest)
            longest = run;
    }
    return longest;
}

static bool
needs_padding(char c)
{
    return c == '`' || c == ' ';
}

void
tc_markdown_code(struct tc_buf *out, struct tc_str text, bool in_cell)
{
    size_t fence = longest_run(text) + 1;
    bool padded;

    if (text.len == 0)
        return;
    padded = needs_padding(text.ptr[0]) || needs_padding(text.ptr[text.len - 1]);
    for (size_t i = 0; i < fence; i++)
        tc_buf_putc(out, '`');
    if (padded)
        tc_buf_putc(out, ' ');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '|' && in_cell)
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c);
    }
    if (padded)
        tc_buf_putc(out, ' ');
    for (size_t i = 0; i < fence; i++)
        tc_buf_putc(out, '`');
}

void
tc_markdown_text(struct tc_buf *out, struct tc_str text)
{
    static const struct tc_str marks = {"\\`*_{}[]<>#|~&", 14};

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (tc_str_has(marks, c))
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c);
    }
}
