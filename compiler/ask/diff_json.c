/* A diff as JSON: docs/schemas/diff.schema.json. */
#include "ask/diff_show.h"
#include "base/render.h"

struct json {
    struct tc_buf *out;
    bool first; /* of the list or object that is open */
    int depth;
};

static void
separate(struct json *j)
{
    if (!j->first)
        tc_buf_putc(j->out, ',');
    j->first = false;
    tc_buf_putc(j->out, '\n');
    for (int i = 0; i < j->depth; i++)
        tc_buf_puts(j->out, TC_STR("  "));
}

static void
open_with(struct json *j, char bracket)
{
    tc_buf_putc(j->out, bracket);
    j->depth++;
    j->first = true;
}

static void
close_with(struct json *j, char bracket)
{
    bool empty = j->first;

    j->depth--;
    j->first = true;
    if (!empty)
        separate(j);
    j->first = false;
    tc_buf_putc(j->out, bracket);
}

static void
key(struct json *j, const char *name)
{
    separate(j);
    tc_buf_printf(j->out, "\"%s\": ", name);
}

static void
put_text(struct json *j, const char *name, struct tc_str text)
{
    key(j, name);
    tc_json_string(j->out, text);
}

/* null when there is none. */
static void
put_maybe(struct json *j, const char *name, struct tc_str text)
{
    key(j, name);
    if (text.len == 0)
        tc_buf_puts(j->out, TC_STR("null"));
    else
        tc_json_string(j->out, text);
}

static void
put_flag(struct json *j, const char *name, bool yes)
{
    key(j, name);
    tc_buf_puts(j->out, yes ? TC_STR("true") : TC_STR("false"));
}

static void
put_number(struct json *j, const char *name, size_t number)
{
    key(j, name);
    tc_buf_printf(j->out, "%zu", number);
}

static void
put_names(struct json *j, const char *name, const struct tc_str *names, size_t count)
{
    key(j, name);
    open_with(j, '[');
    for (size_t i = 0; i < count; i++) {
        separate(j);
        tc_json_string(j->out, names[i]);
    }
    close_with(j, ']');
}

static void
put_may(struct json *j, const char *name, const struct tc_diff_change *change, enum tc_may may)
{
    put_maybe(j, name, change->area == TC_DIFF_SETTING ? TC_STR("") : tc_str_of(tc_may_name(may)));
}

static void
put_change(struct json *j, const struct tc_diff_change *change)
{
    static const char *const areas[TC_DIFF_AREA_COUNT_] = {"grant", "code", "lock", "setting"};
    static const char *const effects[TC_DIFF_EFFECT_COUNT_] = {"gains",    "wider",   "loses",
                                                               "narrower", "unknown", "other"};

    separate(j);
    open_with(j, '{');
    put_text(j, "area", tc_str_of(areas[change->area]));
    put_text(j, "effect", tc_str_of(effects[change->effect]));
    put_text(j, "what", change->what);
    put_maybe(j, "was", change->was);
    put_maybe(j, "now", change->now);
    put_may(j, "before", change, change->before);
    put_may(j, "after", change, change->after);
    put_maybe(j, "witness", change->witness);
    put_flag(j, "ownCode", change->kinds & 1u);
    put_flag(j, "generatedCode", change->kinds & 2u);
    put_maybe(j, "file", change->file);
    put_number(j, "line", change->line);
    close_with(j, '}');
}

static void
put_entry(struct json *j, const struct tc_diff_entry *entry)
{
    static const char *const statuses[] = {[TC_DIFF_CHANGED] = "changed",
                                           [TC_DIFF_ADDED] = "added",
                                           [TC_DIFF_REMOVED] = "removed",
                                           [TC_DIFF_DEFAULT] = "server"};

    separate(j);
    open_with(j, '{');
    put_text(j, "status", tc_str_of(statuses[entry->status]));
    put_names(j, "applications", entry->names, entry->count);
    put_text(j, "witnessesOf", entry->example);
    key(j, "changes");
    open_with(j, '[');
    for (const struct tc_diff_change *change = entry->changes; change != NULL; change = change->next)
        put_change(j, change);
    close_with(j, ']');
    close_with(j, '}');
}

static bool
is_accepted(const struct tc_isolation_finding *finding)
{
    return finding != NULL && (finding->accept != NULL || finding->reason.len > 0);
}

static struct tc_str
verdict(const struct tc_isolation_finding *finding)
{
    return tc_str_of(finding == NULL ? tc_verdict_name(TC_ISOLATED) : tc_verdict_name(finding->verdict));
}

static void
put_way(struct json *j, const struct tc_diff_way *way)
{
    const struct tc_isolation_finding *finding = way->after != NULL ? way->after : way->before;

    separate(j);
    open_with(j, '{');
    put_text(j, "change", tc_str_of(way->change));
    put_flag(j, "worse", way->is_worse);
    put_text(j, "rule", tc_str_of(tc_rule_info(finding->rule)->code.slug));
    put_text(j, "code", tc_str_of(tc_rule_info(finding->rule)->code.id));
    put_text(j, "before", verdict(way->before));
    put_text(j, "after", verdict(way->after));
    put_flag(j, "acceptedBefore", is_accepted(way->before));
    put_flag(j, "acceptedAfter", is_accepted(way->after));
    put_text(j, "way", way->sentence);
    put_number(j, "fromApplications", way->from_count);
    put_number(j, "toApplications", way->to_count);
    close_with(j, '}');
}

static void
put_ways(struct json *j, const struct tc_diff *diff)
{
    key(j, "isolation");
    if (!diff->isolation_compared) {
        tc_buf_puts(j->out, TC_STR("null"));
        return;
    }
    open_with(j, '[');
    for (const struct tc_diff_way *way = diff->ways; way != NULL; way = way->next)
        put_way(j, way);
    close_with(j, ']');
}

static void
put_restarts(struct json *j, const struct tc_diff *diff)
{
    key(j, "restarts");
    if (!diff->files_compared) {
        tc_buf_puts(j->out, TC_STR("null"));
        return;
    }
    open_with(j, '[');
    for (const struct tc_diff_restart *restart = diff->restarts; restart != NULL; restart = restart->next) {
        separate(j);
        open_with(j, '{');
        put_text(j, "file", restart->file);
        put_text(j, "directory", tc_str_of(tc_clr_info(restart->clr)->directory));
        put_text(j, "change", tc_str_of(restart->change));
        put_flag(j, "everyone", restart->is_everyone);
        put_names(j, "applications", restart->names, restart->count);
        close_with(j, '}');
    }
    close_with(j, ']');
}

void
tc_diff_put_json(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                 struct tc_buf *out)
{
    struct json j = {.out = out};

    open_with(&j, '{');
    put_number(&j, "version", 1);
    put_text(&j, "from", from->name);
    put_text(&j, "to", to->name);
    put_flag(&j, "same", !diff->has_changes);
    put_flag(&j, "wider", diff->is_wider);
    put_flag(&j, "isolationWorse", diff->is_worse);
    put_number(&j, "changed", diff->changed);
    put_number(&j, "added", diff->added);
    put_number(&j, "removed", diff->removed);
    put_maybe(&j, "assumed", tc_str_of(tc_diff_assumed(from, to)));
    key(&j, "entries");
    open_with(&j, '[');
    for (const struct tc_diff_entry *entry = diff->entries; entry != NULL; entry = entry->next)
        put_entry(&j, entry);
    close_with(&j, ']');
    put_ways(&j, diff);
    put_restarts(&j, diff);
    close_with(&j, '}');
    tc_buf_putc(out, '\n');
}
