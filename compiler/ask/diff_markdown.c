/* A diff as a comment in a review: a sentence, and tables. */
#include "ask/diff_show.h"

enum { NAMES_SHOWN = 3, ROWS_SHOWN = 60, FILES_SHOWN = 10 };

/* Text of a cell. */
static void
put_cell(struct tc_buf *out, struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '|' || c == '*' || c == '_' || c == '`' || c == '<' || c == '\\' || c == '[')
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* Code in a cell: a bar ends the cell even there; backticks are fenced by more of them. */
static void
put_code(struct tc_buf *out, struct tc_str text)
{
    const char *fence = tc_str_has(text, '`') ? "``" : "`";
    bool space = fence[1] != '\0';

    tc_buf_printf(out, "%s%s", fence, space ? " " : "");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '|')
            tc_buf_putc(out, '\\');
        tc_buf_putc(out, text.ptr[i]);
    }
    tc_buf_printf(out, "%s%s", space ? " " : "", fence);
}

static void
put_names(struct tc_buf *out, const struct tc_str *names, size_t count)
{
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("") : TC_STR(", "));
        put_cell(out, names[i]);
    }
    if (count > NAMES_SHOWN)
        tc_buf_printf(out, " and %zu more", count - NAMES_SHOWN);
}

static void
put_effect(struct tc_buf *out, const struct tc_diff_change *change)
{
    static const char *const words[TC_DIFF_EFFECT_COUNT_] = {
        [TC_DIFF_GAINS] = "**gains**",   [TC_DIFF_WIDER] = "**wider**",     [TC_DIFF_LOSES] = "loses",
        [TC_DIFF_NARROWER] = "narrower", [TC_DIFF_UNKNOWN] = "**unknown**", [TC_DIFF_OTHER] = "setting",
    };
    const char *certainty = tc_diff_certainty(change), *kinds = tc_diff_kinds(change);

    tc_buf_puts(out, tc_str_of(words[change->effect]));
    if (certainty != NULL)
        tc_buf_printf(out, ", %s", certainty);
    if (kinds != NULL)
        tc_buf_printf(out, ", %s", kinds);
}

static void
put_what(struct tc_buf *out, const struct tc_diff_change *change)
{
    if (change->area == TC_DIFF_SETTING || change->area == TC_DIFF_LOCK)
        put_cell(out, change->what);
    else
        put_code(out, change->what);
    if (change->area == TC_DIFF_SETTING) {
        tc_buf_puts(out, TC_STR(": "));
        put_cell(out, change->was.len > 0 ? change->was : TC_STR("not said"));
        tc_buf_puts(out, TC_STR(" \xE2\x86\x92 "));
        put_cell(out, change->now.len > 0 ? change->now : TC_STR("not said"));
    } else if (change->effect == TC_DIFF_NARROWER) {
        tc_buf_puts(out, TC_STR(", left: "));
        put_code(out, change->now);
    } else if (change->was.len > 0) {
        tc_buf_puts(out, TC_STR(", before: "));
        put_code(out, change->was);
    }
    if (change->effect != TC_DIFF_NARROWER && change->area != TC_DIFF_SETTING && change->now.len > 0) {
        tc_buf_puts(out, TC_STR(", now: "));
        put_code(out, change->now);
    }
    if (tc_diff_has_example(change)) {
        tc_buf_puts(out, TC_STR(", for example "));
        put_code(out, change->witness);
    }
}

static void
put_row(struct tc_buf *out, const struct tc_diff_entry *entry, const struct tc_diff_change *change)
{
    static const char *const notes[] = {
        [TC_DIFF_CHANGED] = "", [TC_DIFF_ADDED] = " (new)", [TC_DIFF_REMOVED] = " (gone)", [TC_DIFF_DEFAULT] = ""};

    tc_buf_puts(out, TC_STR("| "));
    put_names(out, entry->names, entry->count);
    tc_buf_printf(out, "%s | ", notes[entry->status]);
    if (change != NULL) {
        put_effect(out, change);
        tc_buf_puts(out, TC_STR(" | "));
        put_what(out, change);
        tc_buf_puts(out, TC_STR(" |"));
    } else {
        tc_buf_puts(out, TC_STR("| nothing but what the default level gives it |"));
    }
    tc_buf_putc(out, '\n');
}

static void
put_table(struct tc_buf *out, const struct tc_diff *diff)
{
    size_t rows = 0, left = 0;

    if (diff->entries == NULL)
        return;
    tc_buf_puts(out, TC_STR("\n| application | | what |\n|---|---|---|\n"));
    for (const struct tc_diff_entry *entry = diff->entries; entry != NULL; entry = entry->next) {
        const struct tc_diff_change *change = entry->changes;

        do {
            if (rows++ < ROWS_SHOWN)
                put_row(out, entry, change);
            else
                left++;
            change = change == NULL ? NULL : change->next;
        } while (change != NULL);
    }
    if (left > 0)
        tc_buf_printf(out, "\n%zu more rows are not shown.\n", left);
}

static void
put_ways(struct tc_buf *out, const struct tc_diff *diff)
{
    size_t rows = 0, left = 0;

    if (diff->ways == NULL)
        return;
    tc_buf_puts(out, TC_STR("\n| isolation | rule | way |\n|---|---|---|\n"));
    for (const struct tc_diff_way *way = diff->ways; way != NULL; way = way->next) {
        const struct tc_isolation_finding *finding = way->after != NULL ? way->after : way->before;

        if (rows++ >= ROWS_SHOWN) {
            left++;
            continue;
        }
        tc_buf_printf(out, "| %s%s%s | %s | ", way->is_worse ? "**" : "", way->change, way->is_worse ? "**" : "",
                      tc_rule_info(finding->rule)->code.slug);
        put_cell(out, way->sentence);
        tc_buf_puts(out, TC_STR(" |\n"));
    }
    if (left > 0)
        tc_buf_printf(out, "\n%zu more are not shown.\n", left);
}

static void
put_restarts(struct tc_buf *out, const struct tc_diff *diff)
{
    size_t files = 0;

    if (diff->restarts == NULL)
        return;
    tc_buf_puts(out, TC_STR("\n**Restarts:** "));
    for (const struct tc_diff_restart *restart = diff->restarts; restart != NULL; restart = restart->next) {
        if (files++ >= FILES_SHOWN)
            continue;
        tc_buf_puts(out, files > 1 ? TC_STR("; ") : TC_STR(""));
        put_code(out, restart->file);
        tc_buf_printf(out, " %s: ", restart->change);
        if (restart->is_everyone)
            tc_buf_printf(out, "every application under %s", tc_clr_info(restart->clr)->directory);
        else if (restart->count == 0)
            tc_buf_puts(out, TC_STR("nobody uses it yet"));
        else
            put_names(out, restart->names, restart->count);
    }
    if (files > FILES_SHOWN)
        tc_buf_printf(out, "; and %zu more files", files - FILES_SHOWN);
    tc_buf_puts(out, TC_STR(".\n"));
}

void
tc_diff_put_markdown(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                     struct tc_buf *out)
{
    put_code(out, from->name);
    tc_buf_puts(out, TC_STR(" \xE2\x86\x92 "));
    put_code(out, to->name);
    tc_buf_puts(out, TC_STR(": "));
    tc_diff_put_summary(diff, out);
    tc_buf_puts(out, diff->is_wider      ? TC_STR(". **Something is, or may be, allowed that was not.**")
                     : diff->has_changes ? TC_STR(". Nothing is allowed that was not.")
                                         : TC_STR("."));
    tc_buf_puts(out, diff->is_worse ? TC_STR(" **Isolation is worse.**\n") : TC_STR("\n"));
    if (tc_diff_assumed(from, to) != NULL && diff->has_changes)
        tc_buf_printf(out, "\n(%s)\n", tc_diff_assumed(from, to));
    put_table(out, diff);
    put_ways(out, diff);
    put_restarts(out, diff);
}
