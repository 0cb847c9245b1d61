/* A diff as JSON: docs/schemas/diff.schema.json. */
#include "ask/diff_show.h"
#include "base/json.h"

static void
put_names(struct tc_json *j, const char *name, const struct tc_str *names, size_t count)
{
    tc_json_key(j, name);
    tc_json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        tc_json_item(j);
        tc_json_string(j->out, names[i]);
    }
    tc_json_close(j, ']');
}

static void
put_may(struct tc_json *j, const char *name, const struct tc_diff_change *change, enum tc_may may)
{
    tc_json_maybe(j, name, change->area == TC_DIFF_SETTING ? TC_STR("") : tc_str_of(tc_may_name(may)));
}

static void
put_change(struct tc_json *j, const struct tc_diff_change *change)
{
    static const char *const areas[TC_DIFF_AREA_COUNT_] = {"grant", "code", "lock", "setting"};
    static const char *const effects[TC_DIFF_EFFECT_COUNT_] = {"gains",    "wider",   "loses",
                                                               "narrower", "unknown", "other"};

    tc_json_item_open(j);
    tc_json_text(j, "area", tc_str_of(areas[change->area]));
    tc_json_text(j, "effect", tc_str_of(effects[change->effect]));
    tc_json_text(j, "what", change->what);
    tc_json_maybe(j, "was", change->was);
    tc_json_maybe(j, "now", change->now);
    put_may(j, "before", change, change->before);
    put_may(j, "after", change, change->after);
    tc_json_maybe(j, "witness", change->witness);
    tc_json_flag(j, "ownCode", change->kinds & 1u);
    tc_json_flag(j, "generatedCode", change->kinds & 2u);
    tc_json_maybe(j, "file", change->file);
    tc_json_number(j, "line", change->line);
    tc_json_close(j, '}');
}

static void
put_entry(struct tc_json *j, const struct tc_diff_entry *entry)
{
    static const char *const statuses[] = {[TC_DIFF_CHANGED] = "changed",
                                           [TC_DIFF_ADDED] = "added",
                                           [TC_DIFF_REMOVED] = "removed",
                                           [TC_DIFF_DEFAULT] = "server"};

    tc_json_item_open(j);
    tc_json_text(j, "status", tc_str_of(statuses[entry->status]));
    put_names(j, "applications", entry->names, entry->count);
    tc_json_text(j, "witnessesOf", entry->example);
    tc_json_key(j, "changes");
    tc_json_open(j, '[');
    for (const struct tc_diff_change *change = entry->changes; change != NULL; change = change->next)
        put_change(j, change);
    tc_json_close(j, ']');
    tc_json_close(j, '}');
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
put_way(struct tc_json *j, const struct tc_diff_way *way)
{
    const struct tc_isolation_finding *finding = way->after != NULL ? way->after : way->before;

    tc_json_item_open(j);
    tc_json_text(j, "change", tc_str_of(way->change));
    tc_json_flag(j, "worse", way->is_worse);
    tc_json_text(j, "rule", tc_str_of(tc_rule_info(finding->rule)->code.slug));
    tc_json_text(j, "code", tc_str_of(tc_rule_info(finding->rule)->code.id));
    tc_json_text(j, "before", verdict(way->before));
    tc_json_text(j, "after", verdict(way->after));
    tc_json_flag(j, "acceptedBefore", is_accepted(way->before));
    tc_json_flag(j, "acceptedAfter", is_accepted(way->after));
    tc_json_text(j, "way", way->sentence);
    tc_json_number(j, "fromApplications", way->from_count);
    tc_json_number(j, "toApplications", way->to_count);
    tc_json_close(j, '}');
}

static void
put_ways(struct tc_json *j, const struct tc_diff *diff)
{
    tc_json_key(j, "isolation");
    if (!diff->isolation_compared) {
        tc_buf_puts(j->out, TC_STR("null"));
        return;
    }
    tc_json_open(j, '[');
    for (const struct tc_diff_way *way = diff->ways; way != NULL; way = way->next)
        put_way(j, way);
    tc_json_close(j, ']');
}

static void
put_restarts(struct tc_json *j, const struct tc_diff *diff)
{
    tc_json_key(j, "restarts");
    if (!diff->files_compared) {
        tc_buf_puts(j->out, TC_STR("null"));
        return;
    }
    tc_json_open(j, '[');
    for (const struct tc_diff_restart *restart = diff->restarts; restart != NULL; restart = restart->next) {
        tc_json_item_open(j);
        tc_json_text(j, "file", restart->file);
        tc_json_text(j, "directory", tc_str_of(tc_clr_info(restart->clr)->directory));
        tc_json_text(j, "change", tc_str_of(restart->change));
        tc_json_flag(j, "everyone", restart->is_everyone);
        put_names(j, "applications", restart->names, restart->count);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

void
tc_diff_put_json(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                 struct tc_buf *out)
{
    struct tc_json j = {.out = out};

    tc_json_open(&j, '{');
    tc_json_number(&j, "version", 1);
    tc_json_text(&j, "from", from->name);
    tc_json_text(&j, "to", to->name);
    tc_json_flag(&j, "same", !diff->has_changes);
    tc_json_flag(&j, "wider", diff->is_wider);
    tc_json_flag(&j, "isolationWorse", diff->is_worse);
    tc_json_number(&j, "changed", diff->changed);
    tc_json_number(&j, "added", diff->added);
    tc_json_number(&j, "removed", diff->removed);
    tc_json_maybe(&j, "assumed", tc_str_of(tc_diff_assumed(from, to)));
    tc_json_key(&j, "entries");
    tc_json_open(&j, '[');
    for (const struct tc_diff_entry *entry = diff->entries; entry != NULL; entry = entry->next)
        put_entry(&j, entry);
    tc_json_close(&j, ']');
    put_ways(&j, diff);
    put_restarts(&j, diff);
    tc_json_close(&j, '}');
    tc_buf_putc(out, '\n');
}
