/* trustc explain: the rows of the diagnostics. */
#include "base/render.h"
#include "cli/commands.h"
#include "data/tables.h"

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

static const char *
fix_words(enum tc_check_fix fix)
{
    return fix == TC_FIX_SAFE ? "--fix" : fix == TC_FIX_UNSAFE ? "--fix --unsafe-fixes" : "by hand";
}

/* What the examples of a rule are a part of. */
static const char *
example_words(enum tc_example example)
{
    switch (example) {
    case TC_EXAMPLE_NONE:
        break;
    case TC_EXAMPLE_POLICY:
        return " (a policy file)";
    case TC_EXAMPLE_SET:
        return " (in a permission set)";
    case TC_EXAMPLE_SETS:
        return " (in NamedPermissionSets)";
    case TC_EXAMPLE_CLASSES:
        return " (in SecurityClasses)";
    case TC_EXAMPLE_GROUPS:
        return " (in the root code group)";
    case TC_EXAMPLE_CONFIG:
        return " (web.config)";
    case TC_EXAMPLE_SOURCE:
        return " (a source)";
    }
    return "";
}

/* What becomes of the way in the other layer. */
static const char *
other_words(enum tc_other_layer other)
{
    switch (other) {
    case TC_OTHER_IDENTITY:
        return "different accounts without special rights close it all the same";
    case TC_OTHER_PROCESS:
        return "different pools close it all the same";
    case TC_OTHER_PLAN:
        return "the accounts get the rights that the grants ask for, so they do not close it";
    case TC_OTHER_CONFINED:
        return "code that stays in the sandbox does not get there all the same";
    case TC_OTHER_NONE:
        break;
    }
    return "nothing else closes it";
}

static const struct tc_rule_info *
isolation_rule(const struct tc_code *code)
{
    enum tc_rule_id id = tc_rule_of(code);

    return id == TC_RULE_COUNT_ ? NULL : tc_rule_info(id);
}

static const char *
layer_words(const struct tc_rule_info *rule)
{
    return rule->layer == TC_LAYER_CAS ? "code access security" : "accounts and NTFS";
}

static void
put_code(struct tc_buf *out, const struct tc_code *code)
{
    enum tc_check_id id = tc_check_of(code);
    const struct tc_check_info *info = id == TC_CHECK_COUNT_ ? NULL : tc_check_info(id);
    const struct tc_rule_info *rule = isolation_rule(code);

    tc_buf_printf(out, "%s %s (%s)\n\n", code->id, code->slug, tc_severity_name(code->severity));
    put_paragraph(out, tc_str_of(code->sentence));
    tc_buf_putc(out, '\n');
    put_paragraph(out, tc_str_of(code->more));
    if (info != NULL)
        tc_buf_printf(out, "\na rule of lint: %s; mended %s\n", tc_check_group_name(info->group), fix_words(info->fix));
    if (rule != NULL)
        tc_buf_printf(out, "\na rule of isolation, about %s: %s\n", layer_words(rule), other_words(rule->other));
    put_example(out, "wrong", code->bad);
    put_example(out, "right", code->good);
    if (info != NULL) {
        put_example(out, "wrong, in a source", info->bad_source);
        put_example(out, "right, in a source", info->good_source);
    }
}

/* ---- pages ---- */

static void
put_block(struct tc_buf *out, const char *title, const char *words, const char *language, const char *text)
{
    struct tc_str example = tc_str_of(text);

    if (example.len == 0)
        return;
    while (example.len > 0 && example.ptr[example.len - 1] == '\n')
        example.len--;
    tc_buf_printf(out, "\n## %s%s\n\n```%s\n%.*s\n```\n", title, words, language, TC_STR_ARG(example));
}

/* Words that Markdown would take for markup are rare in the rows: angle brackets, mostly. */
static void
put_markdown_text(struct tc_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '*' || *text == '_' || *text == '[')
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, *text);
    }
    tc_buf_putc(out, '\n');
}

static void
put_page(struct tc_buf *out, const struct tc_code *code)
{
    enum tc_check_id id = tc_check_of(code);
    const struct tc_check_info *info = id == TC_CHECK_COUNT_ ? NULL : tc_check_info(id);
    const struct tc_rule_info *rule = isolation_rule(code);
    const char *words = info == NULL ? "" : example_words(info->example);
    const char *language = info == NULL || info->example == TC_EXAMPLE_SOURCE ? "" : "xml";

    tc_buf_printf(out, "# %s %s\n\n", code->id, code->slug);
    put_markdown_text(out, code->sentence);
    tc_buf_printf(out, "\n| severity | %s |\n|---|---|\n", tc_severity_name(code->severity));
    if (info != NULL)
        tc_buf_printf(out, "| group | %s |\n| mended | %s |\n", tc_check_group_name(info->group), fix_words(info->fix));
    if (rule != NULL)
        tc_buf_printf(out, "| layer | %s |\n| otherwise | %s |\n", layer_words(rule), other_words(rule->other));
    tc_buf_putc(out, '\n');
    put_markdown_text(out, code->more);
    put_block(out, "Wrong", words, language, code->bad);
    put_block(out, "Right", words, language, code->good);
    if (info != NULL) {
        put_block(out, "Wrong", " (a source)", "", info->bad_source);
        put_block(out, "Right", " (a source)", "", info->good_source);
    }
}

static void
put_list_line(struct tc_buf *out, const struct tc_code *code)
{
    tc_buf_printf(out, "%s  %-7s  %-30s %s\n", code->id, tc_severity_name(code->severity), code->slug, code->sentence);
}

/* All rows, one after the other. */
enum { ROW_COUNT = (int)TC_CODE_COUNT_ + (int)TC_CHECK_COUNT_ + (int)TC_RULE_COUNT_ };

static const struct tc_code *
row(int i)
{
    if (i < TC_CODE_COUNT_)
        return tc_code((enum tc_code_id)i);
    i -= TC_CODE_COUNT_;
    if (i < TC_CHECK_COUNT_)
        return &tc_check_info((enum tc_check_id)i)->code;
    return &tc_rule_info((enum tc_rule_id)(i - TC_CHECK_COUNT_))->code;
}

int
tc_cmd_explain(const struct tc_options *options)
{
    struct tc_buf out = {0};
    const struct tc_code *code = options->file == NULL ? NULL : tc_code_find(tc_str_of(options->file));
    int exit_code = TC_EXIT_OK;

    if (options->file == NULL) {
        for (int i = 0; i < ROW_COUNT; i++)
            put_list_line(&out, row(i));
    } else if (code != NULL) {
        if (options->is_markdown)
            put_page(&out, code);
        else
            put_code(&out, code);
    } else {
        const struct tc_code *best = tc_code_near(tc_str_of(options->file));

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
