#include "ask/diff_show.h"

enum { NAMES_SHOWN = 8, FILES_SHOWN = 20 };

/* ---- what the formats share ---- */

const char *
tc_diff_certainty(const struct tc_diff_change *change)
{
    enum tc_may a = change->before, b = change->after;

    if (change->area == TC_DIFF_SETTING || change->area == TC_DIFF_LOCK || a == b)
        return NULL;
    if (a == TC_MAY_UNKNOWN)
        return b == TC_MAY_NOT ? "what that allowed is not known" : "whether it could before is not known";
    if (b == TC_MAY_UNKNOWN)
        return a == TC_MAY_NOT ? "what that allows is not known" : "whether it still can is not known";
    if (b == TC_MAY_POSSIBLY)
        return a == TC_MAY_NOT ? "possibly" : "possibly still";
    if (a == TC_MAY_POSSIBLY)
        return b == TC_MAY_NOT ? "possibly before" : "possibly before, surely now";
    return NULL;
}

const char *
tc_diff_kinds(const struct tc_diff_change *change)
{
    if (change->area != TC_DIFF_GRANT || change->kinds == (1u << TC_OWN_KINDS) - 1)
        return NULL;
    return change->kinds & 1u ? "only assemblies in its bin folder" : "only what ASP.NET compiles for it";
}

bool
tc_diff_has_example(const struct tc_diff_change *change)
{
    return change->witness.len > 0 && !tc_str_eq(change->witness, change->what);
}

const char *
tc_diff_assumed(const struct tc_diff_side *from, const struct tc_diff_side *to)
{
    return from->is_guessed && to->is_guessed
               ? "neither side says where applications lie: each is taken to have a directory of its own"
               : NULL;
}

static void
put_count(struct tc_buf *out, bool *begun, size_t count, const char *one, const char *many)
{
    if (count == 0)
        return;
    tc_buf_printf(out, "%s%zu %s", *begun ? ", " : "", count, count == 1 ? one : many);
    *begun = true;
}

void
tc_diff_put_summary(const struct tc_diff *diff, struct tc_buf *out)
{
    bool begun = false;

    put_count(out, &begun, diff->changed, "application changes", "applications change");
    put_count(out, &begun, diff->added, "is new", "are new");
    put_count(out, &begun, diff->removed, "is gone", "are gone");
    if (!begun)
        tc_buf_puts(out, diff->has_changes ? TC_STR("no application by itself changes") : TC_STR("no difference"));
}

bool
tc_diff_show(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
             enum tc_diff_format format, struct tc_buf *out)
{
    switch (format) {
    case TC_DIFF_TEXT:
        tc_diff_put_text(diff, from, to, out);
        break;
    case TC_DIFF_MARKDOWN:
        tc_diff_put_markdown(diff, from, to, out);
        break;
    case TC_DIFF_JSON:
        tc_diff_put_json(diff, from, to, out);
        break;
    }
    return !out->failed;
}

/* ---- text ---- */

static void
put_names(struct tc_buf *out, const struct tc_str *names, size_t count)
{
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
        tc_buf_printf(out, "%s%.*s", i == 0 ? "" : ", ", TC_STR_ARG(names[i]));
    if (count > NAMES_SHOWN)
        tc_buf_printf(out, " and %zu more", count - NAMES_SHOWN);
}

static void
put_note(struct tc_buf *out, bool *open, const char *text)
{
    if (text == NULL)
        return;
    tc_buf_printf(out, "%s%s", *open ? "; " : " (", text);
    *open = true;
}

static void
put_setting(struct tc_buf *out, const struct tc_diff_change *change)
{
    tc_buf_printf(out, "  %.*s: ", TC_STR_ARG(change->what));
    if (change->was.len == 0)
        tc_buf_printf(out, "'%.*s', not said before\n", TC_STR_ARG(change->now));
    else if (change->now.len == 0)
        tc_buf_printf(out, "no longer said, '%.*s' before\n", TC_STR_ARG(change->was));
    else
        tc_buf_printf(out, "'%.*s' \xE2\x86\x92 '%.*s'\n", TC_STR_ARG(change->was), TC_STR_ARG(change->now));
}

static void
put_was_and_now(struct tc_buf *out, const struct tc_diff_change *change)
{
    if (change->effect == TC_DIFF_WIDER)
        tc_buf_printf(out, ", wider than %.*s", TC_STR_ARG(change->was));
    else if (change->effect == TC_DIFF_NARROWER)
        tc_buf_printf(out, ", of which %.*s is left", TC_STR_ARG(change->now));
    else if (change->was.len > 0 && change->now.len > 0)
        tc_buf_printf(out, ": %.*s \xE2\x86\x92 %.*s", TC_STR_ARG(change->was), TC_STR_ARG(change->now));
    else if (change->was.len > 0 || change->now.len > 0)
        tc_buf_printf(out, ": %s%.*s", change->was.len > 0 ? "before " : "now ",
                      TC_STR_ARG(change->was.len > 0 ? change->was : change->now));
}

static void
put_change(struct tc_buf *out, const struct tc_diff_entry *entry, const struct tc_diff_change *change)
{
    static const char signs[TC_DIFF_EFFECT_COUNT_] = {'+', '+', '-', '-', '?', ' '};
    bool open = false;

    if (change->area == TC_DIFF_SETTING) {
        put_setting(out, change);
        return;
    }
    tc_buf_printf(out, "  %c %.*s", signs[change->effect], TC_STR_ARG(change->what));
    put_was_and_now(out, change);
    put_note(out, &open, tc_diff_certainty(change));
    put_note(out, &open, tc_diff_kinds(change));
    if (change->file.len > 0) {
        put_note(out, &open, "");
        tc_buf_printf(out, "%.*s:%u", TC_STR_ARG(change->file), change->line);
    }
    tc_buf_puts(out, open ? TC_STR(")\n") : TC_STR("\n"));
    if (tc_diff_has_example(change))
        tc_buf_printf(out, "      for example %.*s%s%.*s\n", TC_STR_ARG(change->witness),
                      entry->count > 1 ? ", of " : "", TC_STR_ARG(entry->count > 1 ? entry->example : TC_STR("")));
}

static void
put_entry(struct tc_buf *out, const struct tc_diff *diff, const struct tc_diff_entry *entry)
{
    static const char *const notes[][2] = {
        [TC_DIFF_CHANGED] = {"", ""},
        [TC_DIFF_ADDED] = {": new", "; before, an application there had the default level"},
        [TC_DIFF_REMOVED] = {": gone", "; an application there gets the default level"},
        [TC_DIFF_DEFAULT] = {"", ""},
    };

    tc_buf_putc(out, '\n');
    if (entry->count > 1)
        tc_buf_printf(out, "%zu applications: ", entry->count);
    put_names(out, entry->names, entry->count);
    tc_buf_printf(out, "%s%s\n", notes[entry->status][0], diff->levels_compared ? notes[entry->status][1] : "");
    for (const struct tc_diff_change *change = entry->changes; change != NULL; change = change->next)
        put_change(out, entry, change);
}

static void
put_ways(struct tc_buf *out, const struct tc_diff *diff)
{
    if (diff->ways != NULL)
        tc_buf_puts(out, TC_STR("\nisolation\n"));
    for (const struct tc_diff_way *way = diff->ways; way != NULL; way = way->next) {
        const struct tc_isolation_finding *finding = way->after != NULL ? way->after : way->before;

        tc_buf_printf(out, "  %c %s: %s: %.*s\n", way->is_worse ? '+' : '-', way->change,
                      tc_rule_info(finding->rule)->code.slug, TC_STR_ARG(way->sentence));
        if (way->to_count > 0 && way->from_count + way->to_count > 2)
            tc_buf_printf(out, "      from %zu application%s to %zu\n", way->from_count,
                          way->from_count == 1 ? "" : "s", way->to_count);
        else if (way->to_count == 0 && way->from_count > 1)
            tc_buf_printf(out, "      of %zu applications\n", way->from_count);
    }
}

static void
put_restarts(struct tc_buf *out, const struct tc_diff *diff)
{
    size_t shown = 0, left = 0;

    if (diff->restarts != NULL)
        tc_buf_puts(out, TC_STR("\nrestarts\n"));
    for (const struct tc_diff_restart *restart = diff->restarts; restart != NULL; restart = restart->next) {
        if (!restart->is_everyone && shown == FILES_SHOWN) {
            left++;
            continue;
        }
        shown += !restart->is_everyone;
        tc_buf_printf(out, "  %.*s %s: ", TC_STR_ARG(restart->file), restart->change);
        if (restart->is_everyone)
            tc_buf_printf(out, "every application under %s", tc_clr_info(restart->clr)->directory);
        else if (restart->count == 0)
            tc_buf_puts(out, TC_STR("nobody uses it yet"));
        else
            put_names(out, restart->names, restart->count);
        tc_buf_putc(out, '\n');
    }
    if (left > 0)
        tc_buf_printf(out, "  and %zu more files\n", left);
}

void
tc_diff_put_text(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                 struct tc_buf *out)
{
    tc_buf_printf(out, "%.*s \xE2\x86\x92 %.*s: ", TC_STR_ARG(from->name), TC_STR_ARG(to->name));
    tc_diff_put_summary(diff, out);
    tc_buf_putc(out, '\n');
    if (tc_diff_assumed(from, to) != NULL && diff->has_changes)
        tc_buf_printf(out, "(%s)\n", tc_diff_assumed(from, to));
    for (const struct tc_diff_entry *entry = diff->entries; entry != NULL; entry = entry->next)
        put_entry(out, diff, entry);
    put_ways(out, diff);
    put_restarts(out, diff);
}
