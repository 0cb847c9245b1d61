/* The plan as calls of the functions of apply.ps1 and undo.ps1: the same arguments for both, in opposite orders. */
#include "plan/emit.h"
#include "plan/quote.h"

static void
put_text(struct tc_script_writer *w, struct tc_str text)
{
    tc_buf_putc(w->out, ' ');
    if (tc_quote_powershell(w->out, text))
        return;
    tc_diag_add(w->diags, tc_code(TC_CODE_PLAN_NAME), w->span,
                "'%.*s' cannot stand in a script: it holds a control character", TC_STR_ARG(text));
    w->ok = false;
}

static void
put_flag(struct tc_script_writer *w, bool yes)
{
    tc_buf_puts(w->out, tc_str_of(yes ? " $true" : " $false"));
}

static void
put_mask(struct tc_script_writer *w, uint32_t mask)
{
    tc_buf_printf(w->out, " 0x%x", (unsigned)mask);
}

static void
put_principal(struct tc_script_writer *w, const struct tc_principal *who)
{
    put_text(w, who->name);
    put_text(w, who->sid);
}

static void
begin(struct tc_script_writer *w, const char *what, const struct tc_plan_step *step)
{
    tc_buf_printf(w->out, "    %s-Plan%s", w->undo ? "Undo" : "Set", what);
    put_text(w, step->key);
    put_text(w, step->text);
}

/* The account that IIS is to be told; none for the pool's own. */
static struct tc_str
named(const struct tc_principal *who)
{
    return who->kind == TC_PRINCIPAL_VIRTUAL ? TC_STR("") : who->name;
}

static void
put_acl(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    static const char *const kinds[TC_ENTRY_COUNT_] = {
        [TC_ENTRY_ALLOW] = "Allow",
        [TC_ENTRY_DENY] = "Deny",
        [TC_ENTRY_NONE] = "None",
    };
    const struct tc_plan_acl *acl = &w->plan->acls[step->index];

    w->span = tc_plan_acl_span(acl);
    begin(w, "Acl", step);
    put_text(w, acl->path);
    put_flag(w, acl->is_cut);
    put_flag(w, acl->is_made);
    tc_buf_puts(w->out, TC_STR(" @(\n"));
    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next) {
        tc_buf_puts(w->out, TC_STR("        (Entry"));
        w->span = entry->who->span;
        put_principal(w, entry->who);
        tc_buf_printf(w->out, " %s", kinds[entry->kind]);
        put_mask(w, entry->rights);
        tc_buf_printf(w->out, ")%s # icacls: ", entry->next == NULL ? "" : ",");
        tc_plan_put_rights(entry->rights, w->out);
        tc_buf_putc(w->out, '\n');
    }
    tc_buf_puts(w->out, TC_STR("    )"));
}

static void
put_application(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    const struct tc_plan_application *planned = &w->plan->applications[step->index];

    w->span = planned->application->location.span;
    switch (step->kind) {
    case TC_STEP_TEMPLATES:
        begin(w, "Templates", step);
        put_text(w, planned->application->location.text);
        put_text(w, planned->templates);
        break;
    case TC_STEP_ANONYMOUS:
        begin(w, "Anonymous", step);
        put_text(w, planned->application->location.text);
        put_text(w, planned->anonymous == planned->pool->identity ? TC_STR("") : named(planned->anonymous));
        break;
    default:
        begin(w, "Assignment", step);
        put_text(w, planned->site);
        put_text(w, planned->path);
        put_text(w, planned->pool->name);
        break;
    }
}

static void
put_compression(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    bool is_server = step->index == SIZE_MAX;
    const struct tc_plan_application *planned = is_server ? NULL : &w->plan->applications[step->index];

    begin(w, "Compression", step);
    put_text(w, is_server ? TC_STR("") : planned->application->location.text);
    put_flag(w, !is_server && planned->compression == 1);
}

static void
put_step(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    const struct tc_plan *plan = w->plan;

    switch (step->kind) {
    case TC_STEP_ACCOUNT:
        w->span = plan->principals[step->index]->span;
        begin(w, "Account", step);
        put_text(w, plan->principals[step->index]->name);
        break;
    case TC_STEP_MEMBER:
        begin(w, "Member", step);
        put_text(w, plan->principals[step->index]->name);
        put_text(w, plan->group->sid);
        break;
    case TC_STEP_POOL:
        w->span = plan->pools[step->index]->span;
        begin(w, "Pool", step);
        put_text(w, plan->pools[step->index]->name);
        put_text(w, named(plan->pools[step->index]->identity));
        put_text(w, tc_str_of(plan->pools[step->index]->runtime));
        break;
    case TC_STEP_ACL:
        put_acl(w, step);
        break;
    case TC_STEP_REGISTRY:
        begin(w, "Registry", step);
        put_text(w, plan->registry[step->index].key);
        put_principal(w, plan->registry[step->index].who);
        put_mask(w, plan->registry[step->index].rights);
        break;
    case TC_STEP_COMPRESSION:
        put_compression(w, step);
        break;
    case TC_STEP_TEMPLATES:
    case TC_STEP_ANONYMOUS:
    case TC_STEP_ASSIGN:
        put_application(w, step);
        break;
    case TC_STEP_COUNT_:
        break;
    }
    tc_buf_putc(w->out, '\n');
}

static void
put_asserts(struct tc_script_writer *w)
{
    const struct tc_plan *plan = w->plan;

    for (size_t i = 0; i < plan->application_count; i++) {
        w->span = plan->applications[i].application->location.span;
        if (plan->applications[i].pool == NULL)
            continue;
        tc_buf_puts(w->out, TC_STR("    Assert-Application"));
        put_text(w, plan->applications[i].site);
        put_text(w, plan->applications[i].path);
        tc_buf_putc(w->out, '\n');
    }
    for (size_t i = 0; i < plan->acl_count; i++)
        if (!plan->acls[i].is_made) {
            tc_buf_puts(w->out, TC_STR("    Assert-Path"));
            w->span = tc_plan_acl_span(&plan->acls[i]);
            put_text(w, plan->acls[i].path);
            tc_buf_putc(w->out, '\n');
        }
}

bool
tc_plan_put_powershell(const struct tc_plan *plan, bool undo, struct tc_diags *diags, struct tc_buf *out)
{
    static const struct tc_script_language language = {"apply.ps1", "undo.ps1", put_asserts, put_step};

    tc_buf_puts(out, TC_STR("\xef\xbb\xbf"));
    return tc_plan_put_script(plan, &language, undo, diags, out);
}
