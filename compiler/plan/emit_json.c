/* The plan as JSON: docs/schemas/plan.schema.json. */
#include "base/json.h"
#include "plan/emit.h"

static void
put_span(struct tc_json *j, const struct tc_plan *plan, struct tc_span span)
{
    struct tc_place place = tc_sources_place(plan->sources, span.begin);

    if (place.source == NULL)
        return;
    tc_json_text(j, "file", place.source->name);
    tc_json_number(j, "line", place.line);
    tc_json_number(j, "column", place.column);
}

static void
put_reasons(struct tc_json *j, const struct tc_plan *plan, const struct tc_plan_reason *reason)
{
    tc_json_key(j, "reasons");
    tc_json_open(j, '[');
    for (; reason != NULL; reason = reason->next) {
        tc_json_item_open(j);
        tc_json_maybe(j, "application", reason->application == NULL ? TC_STR("") : reason->application->name);
        tc_json_text(j, "text", reason->text);
        put_span(j, plan, reason->span);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

static void
put_principals(struct tc_json *j, const struct tc_plan *plan)
{
    static const char *const kinds[TC_PRINCIPAL_COUNT_] = {
        [TC_PRINCIPAL_WELL_KNOWN] = "well-known",
        [TC_PRINCIPAL_GROUP] = "group",
        [TC_PRINCIPAL_VIRTUAL] = "virtual",
        [TC_PRINCIPAL_ACCOUNT] = "account",
    };

    tc_json_key(j, "principals");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->principal_count; i++) {
        const struct tc_principal *who = plan->principals[i];

        tc_json_item_open(j);
        tc_json_text(j, "name", who->name);
        tc_json_maybe(j, "sid", who->sid);
        tc_json_text(j, "kind", tc_str_of(kinds[who->kind]));
        tc_json_flag(j, "runsPool", who->runs_pool);
        tc_json_flag(j, "isAnonymousUser", who->is_anonymous);
        tc_json_key(j, "memberOf");
        tc_json_open(j, '[');
        if (who->runs_pool) { /* also virtual accounts, without anybody's doing */
            tc_json_item(j);
            tc_json_string(j->out, plan->group->name);
        }
        tc_json_close(j, ']');
        put_span(j, plan, who->span);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

static void
put_pools(struct tc_json *j, const struct tc_plan *plan)
{
    tc_json_key(j, "pools");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->pool_count; i++) {
        const struct tc_plan_pool *pool = plan->pools[i];

        tc_json_item_open(j);
        tc_json_text(j, "name", pool->name);
        tc_json_text(j, "identity", pool->identity->name);
        tc_json_text(j, "runtime", tc_str_of(pool->runtime));
        put_span(j, plan, pool->span);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

static void
put_applications(struct tc_json *j, const struct tc_plan *plan)
{
    tc_json_key(j, "applications");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->application_count; i++) {
        const struct tc_plan_application *planned = &plan->applications[i];
        const struct tc_application *app = planned->application;

        tc_json_item_open(j);
        tc_json_text(j, "name", app->name);
        tc_json_text(j, "site", planned->site);
        tc_json_text(j, "path", planned->path);
        tc_json_text(j, "root", app->root.text);
        tc_json_maybe(j, "pool", planned->pool == NULL ? TC_STR("") : planned->pool->name);
        tc_json_maybe(j, "anonymousUser", planned->anonymous == NULL ? TC_STR("") : planned->anonymous->name);
        tc_json_maybe(j, "templateCache", planned->templates);
        tc_json_key(j, "compression");
        tc_buf_puts(j->out, tc_str_of(planned->compression < 0    ? "null"
                                      : planned->compression == 0 ? "false"
                                                                  : "true"));
        put_span(j, plan, app->span);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

static void
put_entry(struct tc_json *j, const struct tc_plan *plan, const struct tc_plan_entry *entry)
{
    struct tc_buf rights = {0};

    tc_json_item_open(j);
    tc_json_text(j, "principal", entry->who->name);
    tc_json_maybe(j, "sid", entry->who->sid);
    tc_json_text(j, "access", tc_str_of(tc_entry_kind_name(entry->kind)));
    tc_json_number(j, "mask", entry->rights);
    if (entry->kind != TC_ENTRY_NONE)
        tc_plan_put_rights(entry->rights, &rights);
    tc_json_text(j, "rights", tc_buf_str(&rights));
    put_reasons(j, plan, entry->reasons);
    tc_json_close(j, '}');
    j->out->failed |= rights.failed;
    tc_buf_done(&rights);
}

static void
put_acls(struct tc_json *j, const struct tc_plan *plan)
{
    tc_json_key(j, "acls");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->acl_count; i++) {
        const struct tc_plan_acl *acl = &plan->acls[i];

        tc_json_item_open(j);
        tc_json_text(j, "path", acl->path);
        tc_json_text(j, "kind", tc_str_of(tc_acl_kind_name(acl->kind)));
        tc_json_text(j, "inheritance", tc_str_of(acl->is_cut ? "cut" : "kept"));
        tc_json_flag(j, "created", acl->is_made);
        tc_json_key(j, "entries");
        tc_json_open(j, '[');
        for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
            put_entry(j, plan, entry);
        tc_json_close(j, ']');
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

static void
put_registry(struct tc_json *j, const struct tc_plan *plan)
{
    struct tc_buf path = {0};

    tc_json_key(j, "registry");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->registry_count; i++) {
        const struct tc_plan_registry *entry = &plan->registry[i];

        tc_json_item_open(j);
        path.len = 0;
        tc_buf_printf(&path, "HKEY_LOCAL_MACHINE\\%.*s", TC_STR_ARG(entry->key));
        tc_json_text(j, "key", tc_buf_str(&path));
        tc_json_text(j, "principal", entry->who->name);
        tc_json_maybe(j, "sid", entry->who->sid);
        tc_json_number(j, "mask", entry->rights);
        tc_json_text(j, "rights", tc_str_of(entry->words));
        put_reasons(j, plan, entry->reasons);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
    j->out->failed |= path.failed;
    tc_buf_done(&path);
}

static void
put_gaps(struct tc_json *j, const struct tc_plan *plan)
{
    tc_json_key(j, "notPlanned");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->gap_count; i++) {
        const struct tc_plan_gap *gap = &plan->gaps[i];

        tc_json_item_open(j);
        tc_json_maybe(j, "application", gap->application == NULL ? TC_STR("") : gap->application->name);
        tc_json_text(j, "what", gap->what);
        tc_json_text(j, "because", gap->because);
        put_span(j, plan, gap->span);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

static void
put_steps(struct tc_json *j, const struct tc_plan *plan)
{
    tc_json_key(j, "steps");
    tc_json_open(j, '[');
    for (size_t i = 0; i < plan->step_count; i++) {
        tc_json_item_open(j);
        tc_json_text(j, "key", plan->steps[i].key);
        tc_json_text(j, "text", plan->steps[i].text);
        tc_json_close(j, '}');
    }
    tc_json_close(j, ']');
}

void
tc_plan_put_json(const struct tc_plan *plan, struct tc_buf *out)
{
    struct tc_json j = {.out = out};

    tc_json_open(&j, '{');
    tc_json_number(&j, "schema", 1);
    tc_json_maybe(&j, "server", plan->model->server_name);
    tc_json_text(&j, "iis", tc_str_of(plan->iis->version));
    put_principals(&j, plan);
    put_pools(&j, plan);
    put_applications(&j, plan);
    put_acls(&j, plan);
    put_registry(&j, plan);
    put_gaps(&j, plan);
    put_steps(&j, plan);
    tc_json_close(&j, '}');
    tc_buf_putc(out, '\n');
}
