/* trustc explain: the rows of the diagnostics. */
#include "cli/commands.h"
#include "data/tables.h"

static const char *
severity_word(enum tc_severity severity)
{
    return severity == TC_SEVERITY_ERROR ? "error" : severity == TC_SEVERITY_WARNING ? "warning" : "note";
}

/* Text folded to 96 columns. */
static void
put_paragraph(struct tc_buf *out, struct tc_str text)
{
    size_t column = 0;

    while (text.len > 0) {
        size_t end = tc_str_find(text, TC_STR(" "), 0);
        struct tc_str word = tc_str_sub(text, 0, end == SIZE_MAX ? text.len : end);

        if (column > 0 && column + 1 + word.len > 96) {
            tc_buf_putc(out, '\n');
            column = 0;
        } else if (column > 0) {
            tc_buf_putc(out, ' ');
            column++;
        }
        tc_buf_puts(out, word);
        column += word.len;
        text = tc_str_sub(text, end == SIZE_MAX ? text.len : end + 1, text.len);
    }
    tc_buf_putc(out, '\n');
}

static void
put_example(struct tc_buf *out, const char *title, const char *example)
{
    struct tc_str text = tc_str_of(example);

    if (text.len == 0)
        return;
    tc_buf_printf(out, "\n%s:\n\n", title);
    while (text.len > 0) {
        size_t end = tc_str_find(text, TC_STR("\n"), 0);

        tc_buf_printf(out, "    %.*s\n", TC_STR_ARG(tc_str_sub(text, 0, end == SIZE_MAX ? text.len : end)));
        text = tc_str_sub(text, end == SIZE_MAX ? text.len : end + 1, text.len);
    }
}

static void
put_code(struct tc_buf *out, const struct tc_code *code)
{
    tc_buf_printf(out, "%s %s (%s)\n\n", code->id, code->slug, severity_word(code->severity));
    put_paragraph(out, tc_str_of(code->sentence));
    tc_buf_putc(out, '\n');
    put_paragraph(out, tc_str_of(code->more));
    put_example(out, "wrong", code->bad);
    put_example(out, "right", code->good);
}

int
tc_cmd_explain(const struct tc_options *options)
{
    struct tc_buf out = {0};
    const struct tc_code *code = options->file == NULL ? NULL : tc_code_find(tc_str_of(options->file));
    int exit_code = TC_EXIT_OK;

    if (options->file == NULL) {
        for (int i = 0; i < TC_CODE_COUNT_; i++) {
            const struct tc_code *row = tc_code((enum tc_code_id)i);

            tc_buf_printf(&out, "%s  %-7s  %-24s %s\n", row->id, severity_word(row->severity), row->slug,
                          row->sentence);
        }
    } else if (code != NULL) {
        put_code(&out, code);
    } else {
        const struct tc_code *best = NULL;
        unsigned distance = 4;

        for (int i = 0; i < TC_CODE_COUNT_; i++) {
            const struct tc_code *row = tc_code((enum tc_code_id)i);
            unsigned by_slug = tc_str_distance(tc_str_of(options->file), tc_str_of(row->slug), distance - 1);

            if (by_slug < distance) {
                best = row;
                distance = by_slug;
            }
        }
        tc_buf_printf(&out, "trustc explain: there is no diagnostic '%s'\n", options->file);
        if (best != NULL)
            tc_buf_printf(&out, "did you mean %s (%s)?\n", best->id, best->slug);
        else
            tc_buf_puts(&out, TC_STR("'trustc explain' lists all of them\n"));
        tc_complain(tc_buf_str(&out));
        tc_buf_done(&out);
        return TC_EXIT_USAGE;
    }
    if (!tc_print(tc_buf_str(&out)))
        exit_code = TC_EXIT_IO;
    tc_buf_done(&out);
    return exit_code;
}
