/* The plan as JSON: docs/schemas/plan.schema.json. */
#include "base/render.h"
#include "plan/emit.h"

struct json {
    const struct tc_plan *plan;
    struct tc_buf *out;
    bool first; /* of the list or object that is open */
    int depth;
};

static void
new_line(struct json *j)
{
    tc_buf_putc(j->out, '\n');
    for (int i = 0; i < j->depth; i++)
        tc_buf_puts(j->out, TC_STR("  "));
}

static void
separate(struct json *j)
{
    if (!j->first)
        tc_buf_putc(j->out, ',');
    j->first = false;
    new_line(j);
}

static void
key(struct json *j, const char *name)
{
    separate(j);
    tc_buf_printf(j->out, "\"%s\": ", name);
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
    j->depth--;
    if (!j->first)
        new_line(j);
    tc_buf_putc(j->out, bracket);
    j->first = false;
}

static void
item(struct json *j)
{
    separate(j);
    open_with(j, '{');
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
    tc_buf_puts(j->out, tc_str_of(yes ? "true" : "false"));
}

static void
put_span(struct json *j, struct tc_span span)
{
    struct tc_place place = tc_sources_place(j->plan->sources, span.begin);

    if (place.source == NULL)
        return;
    put_text(j, "file", place.source->name);
    key(j, "line");
    tc_buf_printf(j->out, "%u", place.line);
    key(j, "column");
    tc_buf_printf(j->out, "%u", place.column);
}

static void
put_reasons(struct json *j, const struct tc_plan_reason *reason)
{
    key(j, "reasons");
    open_with(j, '[');
    for (; reason != NULL; reason = reason->next) {
        item(j);
        put_maybe(j, "application", reason->application == NULL ? TC_STR("") : reason->application->name);
        put_text(j, "text", reason->text);
        put_span(j, reason->span);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_principals(struct json *j)
{
    static const char *const kinds[TC_PRINCIPAL_COUNT_] = {
        [TC_PRINCIPAL_WELL_KNOWN] = "well-known",
        [TC_PRINCIPAL_GROUP] = "group",
        [TC_PRINCIPAL_VIRTUAL] = "virtual",
        [TC_PRINCIPAL_ACCOUNT] = "account",
    };

    key(j, "principals");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->principal_count; i++) {
        const struct tc_principal *who = j->plan->principals[i];

        item(j);
        put_text(j, "name", who->name);
        put_maybe(j, "sid", who->sid);
        put_text(j, "kind", tc_str_of(kinds[who->kind]));
        put_flag(j, "runsPool", who->runs_pool);
        put_flag(j, "isAnonymousUser", who->is_anonymous);
        key(j, "memberOf");
        open_with(j, '[');
        if (who->runs_pool) { /* also virtual accounts, without anybody's doing */
            separate(j);
            tc_json_string(j->out, j->plan->group->name);
        }
        close_with(j, ']');
        put_span(j, who->span);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_pools(struct json *j)
{
    key(j, "pools");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->pool_count; i++) {
        const struct tc_plan_pool *pool = j->plan->pools[i];

        item(j);
        put_text(j, "name", pool->name);
        put_text(j, "identity", pool->identity->name);
        put_text(j, "runtime", tc_str_of(pool->runtime));
        put_span(j, pool->span);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_applications(struct json *j)
{
    key(j, "applications");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->application_count; i++) {
        const struct tc_plan_application *planned = &j->plan->applications[i];
        const struct tc_application *app = planned->application;

        item(j);
        put_text(j, "name", app->name);
        put_text(j, "site", planned->site);
        put_text(j, "path", planned->path);
        put_text(j, "root", app->root.text);
        put_maybe(j, "pool", planned->pool == NULL ? TC_STR("") : planned->pool->name);
        put_maybe(j, "anonymousUser", planned->anonymous == NULL ? TC_STR("") : planned->anonymous->name);
        put_maybe(j, "templateCache", planned->templates);
        key(j, "compression");
        tc_buf_puts(j->out, tc_str_of(planned->compression < 0    ? "null"
                                      : planned->compression == 0 ? "false"
                                                                  : "true"));
        put_span(j, app->span);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_entry(struct json *j, const struct tc_plan_entry *entry)
{
    struct tc_buf rights = {0};

    item(j);
    put_text(j, "principal", entry->who->name);
    put_maybe(j, "sid", entry->who->sid);
    put_text(j, "access", tc_str_of(tc_entry_kind_name(entry->kind)));
    key(j, "mask");
    tc_buf_printf(j->out, "%u", (unsigned)entry->rights);
    if (entry->kind != TC_ENTRY_NONE)
        tc_plan_put_rights(entry->rights, &rights);
    put_text(j, "rights", tc_buf_str(&rights));
    put_reasons(j, entry->reasons);
    close_with(j, '}');
    j->out->failed |= rights.failed;
    tc_buf_done(&rights);
}

static void
put_acls(struct json *j)
{
    key(j, "acls");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->acl_count; i++) {
        const struct tc_plan_acl *acl = &j->plan->acls[i];

        item(j);
        put_text(j, "path", acl->path);
        put_text(j, "kind", tc_str_of(tc_acl_kind_name(acl->kind)));
        put_text(j, "inheritance", tc_str_of(acl->is_cut ? "cut" : "kept"));
        put_flag(j, "created", acl->is_made);
        key(j, "entries");
        open_with(j, '[');
        for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
            put_entry(j, entry);
        close_with(j, ']');
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_registry(struct json *j)
{
    key(j, "registry");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->registry_count; i++) {
        const struct tc_plan_registry *entry = &j->plan->registry[i];

        item(j);
        key(j, "key");
        tc_buf_puts(j->out, TC_STR("\"HKEY_LOCAL_MACHINE\\\\"));
        for (size_t k = 0; k < entry->key.len; k++)
            tc_buf_printf(j->out, entry->key.ptr[k] == '\\' ? "\\%c" : "%c", entry->key.ptr[k]);
        tc_buf_putc(j->out, '"');
        put_text(j, "principal", entry->who->name);
        put_maybe(j, "sid", entry->who->sid);
        key(j, "mask");
        tc_buf_printf(j->out, "%u", (unsigned)entry->rights);
        put_text(j, "rights", tc_str_of(entry->words));
        put_reasons(j, entry->reasons);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_gaps(struct json *j)
{
    key(j, "notPlanned");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->gap_count; i++) {
        const struct tc_plan_gap *gap = &j->plan->gaps[i];

        item(j);
        put_maybe(j, "application", gap->application == NULL ? TC_STR("") : gap->application->name);
        put_text(j, "what", gap->what);
        put_text(j, "because", gap->because);
        put_span(j, gap->span);
        close_with(j, '}');
    }
    close_with(j, ']');
}

static void
put_steps(struct json *j)
{
    key(j, "steps");
    open_with(j, '[');
    for (size_t i = 0; i < j->plan->step_count; i++) {
        item(j);
        put_text(j, "key", j->plan->steps[i].key);
        put_text(j, "text", j->plan->steps[i].text);
        close_with(j, '}');
    }
    close_with(j, ']');
}

void
tc_plan_put_json(const struct tc_plan *plan, struct tc_buf *out)
{
    struct json j = {.plan = plan, .out = out};

    open_with(&j, '{');
    key(&j, "schema");
    tc_buf_putc(out, '1');
    put_maybe(&j, "server", plan->model->server_name);
    put_text(&j, "iis", tc_str_of(plan->iis->version));
    put_principals(&j);
    put_pools(&j);
    put_applications(&j);
    put_acls(&j);
    put_registry(&j);
    put_gaps(&j);
    put_steps(&j);
    close_with(&j, '}');
    tc_buf_putc(out, '\n');
}
