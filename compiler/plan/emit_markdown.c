/* The plan as tables to read. */
#include "plan/emit.h"
#include "plan/quote.h"

static void
put_cells(struct tc_buf *out, struct tc_str first, struct tc_str second)
{
    tc_buf_puts(out, TC_STR("| "));
    tc_quote_markdown(out, first);
    tc_buf_puts(out, TC_STR(" | "));
    tc_quote_markdown(out, second);
}

static void
put_cell(struct tc_buf *out, struct tc_str text)
{
    tc_buf_puts(out, TC_STR(" | "));
    tc_quote_markdown(out, text);
}

static void
end_row(struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR(" |\n"));
}

static void
put_heading(struct tc_buf *out, const char *title, const char *columns, int count)
{
    tc_buf_printf(out, "\n## %s\n\n| %s |\n|", title, columns);
    for (int i = 0; i < count; i++)
        tc_buf_puts(out, TC_STR("---|"));
    tc_buf_putc(out, '\n');
}

static void
put_accounts(const struct tc_plan *plan, struct tc_buf *out)
{
    put_heading(out, "Accounts", "account | what for | member of", 3);
    for (size_t i = 0; i < plan->principal_count; i++) {
        const struct tc_principal *who = plan->principals[i];

        if (!who->runs_pool && !who->is_anonymous)
            continue;
        tc_buf_puts(out, TC_STR("| "));
        tc_quote_markdown(out, who->name);
        tc_buf_printf(out, " | %s%s%s | %s |\n", who->runs_pool ? "runs a pool" : "",
                      who->runs_pool && who->is_anonymous ? ", " : "", who->is_anonymous ? "anonymous user" : "",
                      !who->runs_pool                     ? ""
                      : who->kind == TC_PRINCIPAL_VIRTUAL ? "(by itself)"
                                                          : plan->iis->group);
    }
}

static void
put_pools(const struct tc_plan *plan, struct tc_buf *out)
{
    put_heading(out, "Pools", "pool | runs as | framework", 3);
    for (size_t i = 0; i < plan->pool_count; i++) {
        put_cells(out, plan->pools[i]->name, plan->pools[i]->identity->name);
        tc_buf_printf(out, " | %s", plan->pools[i]->runtime);
        end_row(out);
    }
}

static void
put_applications(const struct tc_plan *plan, struct tc_buf *out)
{
    put_heading(out, "Applications", "application | location | pool | anonymous user | template cache | compression",
                6);
    for (size_t i = 0; i < plan->application_count; i++) {
        const struct tc_plan_application *planned = &plan->applications[i];

        put_cells(out, planned->application->name, planned->application->location.text);
        put_cell(out, planned->pool == NULL ? TC_STR("") : planned->pool->name);
        put_cell(out, planned->anonymous == NULL ? TC_STR("") : planned->anonymous->name);
        put_cell(out, planned->templates);
        tc_buf_printf(out, " | %s", planned->compression < 0 ? "" : planned->compression == 0 ? "no" : "yes");
        end_row(out);
    }
}

static void
put_reasons(const struct tc_plan *plan, const struct tc_plan_reason *reason, struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR(" | "));
    for (const char *between = ""; reason != NULL; reason = reason->next, between = "; ") {
        struct tc_buf place = {0};

        tc_buf_printf(out, "%s%.*s", between, TC_STR_ARG(reason->text));
        tc_plan_put_place(plan, reason->span, &place);
        if (place.len > 0) {
            tc_buf_puts(out, TC_STR(", "));
            tc_quote_markdown(out, tc_buf_str(&place));
        }
        out->failed |= place.failed;
        tc_buf_done(&place);
    }
}

static void
put_rights(const struct tc_plan *plan, struct tc_buf *out)
{
    put_heading(out, "Rights on directories and files", "path | from above | who | rights | why", 5);
    for (size_t i = 0; i < plan->acl_count; i++) {
        const struct tc_plan_acl *acl = &plan->acls[i];

        for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next) {
            struct tc_buf rights = {0};

            tc_buf_puts(out, TC_STR("| "));
            tc_quote_markdown(out, acl->path);
            tc_buf_printf(out, " | %s", acl->is_cut ? "nothing" : "stays");
            put_cell(out, entry->who->name);
            tc_buf_printf(out, " | %s", entry->kind == TC_ENTRY_DENY ? "deny " : "");
            if (entry->kind != TC_ENTRY_NONE)
                tc_plan_put_rights(entry->rights, &rights);
            else
                tc_buf_puts(out, TC_STR("taken away"));
            tc_quote_markdown(out, tc_buf_str(&rights));
            put_reasons(plan, entry->reasons, out);
            end_row(out);
            out->failed |= rights.failed;
            tc_buf_done(&rights);
        }
    }
}

static void
put_registry(const struct tc_plan *plan, struct tc_buf *out)
{
    if (plan->registry_count == 0)
        return;
    put_heading(out, "Rights on the registry", "key | who | rights | why", 4);
    for (size_t i = 0; i < plan->registry_count; i++) {
        const struct tc_plan_registry *entry = &plan->registry[i];

        tc_buf_puts(out, TC_STR("| `HKEY_LOCAL_MACHINE\\"));
        tc_buf_puts(out, entry->key);
        tc_buf_puts(out, TC_STR("` and its subkeys"));
        put_cell(out, entry->who->name);
        tc_buf_printf(out, " | %s", entry->words);
        put_reasons(plan, entry->reasons, out);
        end_row(out);
    }
}

static void
put_gaps(const struct tc_plan *plan, struct tc_buf *out)
{
    if (plan->gap_count == 0)
        return;
    put_heading(out, "Not planned", "application | what | because", 3);
    for (size_t i = 0; i < plan->gap_count; i++) {
        const struct tc_plan_gap *gap = &plan->gaps[i];

        put_cells(out, gap->application == NULL ? TC_STR("(server)") : gap->application->name, gap->what);
        put_cell(out, gap->because);
        end_row(out);
    }
}

void
tc_plan_put_markdown(const struct tc_plan *plan, struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR("# Isolation plan\n\nServer: "));
    tc_quote_markdown(out, plan->model->server_name.len > 0 ? plan->model->server_name : TC_STR("(no name)"));
    tc_buf_printf(out,
                  ", IIS %s. Written by trustc plan; the scripts beside it do the same.\n\n"
                  "Rights hold for the directory and all that lies in it. Where nothing comes from above, only those "
                  "named here have rights.\nEntries that someone put on single files or directories below stay as they "
                  "are.\n",
                  plan->iis->version);
    put_accounts(plan, out);
    put_pools(plan, out);
    put_applications(plan, out);
    put_rights(plan, out);
    put_registry(plan, out);
    put_gaps(plan, out);
}
