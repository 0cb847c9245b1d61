/*
 * The plan as calls of the routines of apply.cmd and undo.cmd. Names never stand in the line of a `call`, which expands
 * percent signs once more and doubles carets: they are set as variables before it.
 */
#include "plan/emit.h"
#include "plan/quote.h"

#include <inttypes.h>

static void
put_set(struct tc_script_writer *w, const char *name, struct tc_str text)
{
    const char *why = tc_cmd_obstacle(text);
    struct tc_diag *diag;

    if (tc_quote_cmd(w->out, name, text)) {
        tc_buf_putc(w->out, '\n');
        return;
    }
    diag = tc_diag_add(w->diags, tc_code(TC_CODE_PLAN_NAME), w->span, "'%.*s' cannot stand in a batch file",
                       TC_STR_ARG(text));
    tc_diag_note(w->diags, diag, "%s", why);
    w->ok = false;
}

static void
put_number(struct tc_script_writer *w, const char *name, const char *value)
{
    tc_buf_printf(w->out, "set \"%s=%s\"\n", name, value);
}

static void
put_call(struct tc_script_writer *w, const char *routine)
{
    tc_buf_printf(w->out, "call :%s || goto :failed\n", routine);
}

/* FNV-1a, 64 bits: the name of a step's files, the same in every plan. */
static uint64_t
hash(uint64_t value, struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        value ^= (unsigned char)text.ptr[i];
        value *= 0x100000001b3u;
    }
    return value;
}

static const uint64_t hash_begin = 0xcbf29ce484222325u;

static void
begin(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    tc_buf_putc(w->out, '\n');
    tc_buf_printf(w->out, "set \"TC_ID=%016" PRIx64 "\"\n", hash(hash_begin, step->key));
    if (tc_quote_cmd(w->out, "TC_TEXT", step->text)) /* when not, a name in it is complained of */
        tc_buf_putc(w->out, '\n');
}

static struct tc_str
who_of(const struct tc_principal *who, struct tc_buf *scratch)
{
    if (who->sid.len == 0)
        return who->name;
    tc_buf_clear(scratch);
    tc_buf_putc(scratch, '*');
    tc_buf_puts(scratch, who->sid);
    return tc_buf_str(scratch);
}

static void
put_acl(struct tc_script_writer *w, const struct tc_plan_acl *acl)
{
    struct tc_buf entries = {0}, scratch = {0}, *out = w->out;
    struct tc_str text;

    w->out = &entries;
    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next) {
        w->span = entry->who->span;
        put_set(w, "TC_WHO", who_of(entry->who, &scratch));
        put_number(w, "TC_KIND", tc_entry_kind_name(entry->kind));
        tc_buf_puts(w->out, TC_STR("set \"TC_RIGHTS="));
        tc_rights_put(w->out, entry->rights);
        tc_buf_puts(w->out, TC_STR("\"\n"));
        put_call(w, "acl_entry");
    }
    w->out = out;
    text = tc_buf_str(&entries);
    w->span = tc_plan_acl_span(acl);
    put_set(w, "TC_PATH", acl->path);
    put_number(w, "TC_CUT", acl->is_cut ? "1" : "0");
    put_number(w, "TC_MAKE", acl->is_made ? "1" : "0");
    tc_buf_printf(out, "set \"TC_WANT=%016" PRIx64 "\"\n", hash(hash_begin, text));
    put_call(w, "acl_begin");
    tc_buf_puts(out, text);
    put_call(w, "acl_end");
    out->failed |= entries.failed | scratch.failed;
    tc_buf_done(&entries);
    tc_buf_done(&scratch);
}

/* "/" is the site itself: its path in the metabase ends there. */
static void
put_location(struct tc_script_writer *w, const struct tc_plan_application *planned)
{
    w->span = planned->application->location.span;
    put_set(w, "TC_SITE", planned->site);
    put_set(w, "TC_PATH", tc_str_eq(planned->path, TC_STR("/")) ? TC_STR("") : planned->path);
}

static void
put_application(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    const struct tc_plan_application *planned = &w->plan->applications[step->index];

    put_location(w, planned);
    if (step->kind == TC_STEP_ANONYMOUS) {
        put_set(w, "TC_NAME", planned->anonymous->name);
        put_call(w, "anonymous");
        return;
    }
    put_number(w, "TC_PROPERTY", step->kind == TC_STEP_ASSIGN ? "AppPoolId" : "AspDiskTemplateCacheDirectory");
    put_set(w, "TC_VALUE", step->kind == TC_STEP_ASSIGN ? planned->pool->name : planned->templates);
    put_call(w, "application");
}

static void
put_step(struct tc_script_writer *w, const struct tc_plan_step *step)
{
    const struct tc_plan *plan = w->plan;

    begin(w, step);
    switch (step->kind) {
    case TC_STEP_ACCOUNT:
    case TC_STEP_MEMBER:
        w->span = plan->principals[step->index]->span;
        put_set(w, "TC_NAME", plan->principals[step->index]->name);
        if (step->kind == TC_STEP_MEMBER)
            put_set(w, "TC_GROUP", plan->group->name);
        put_call(w, step->kind == TC_STEP_MEMBER ? "member" : "account");
        break;
    case TC_STEP_POOL:
        w->span = plan->pools[step->index]->span;
        put_set(w, "TC_POOL", plan->pools[step->index]->name);
        put_set(w, "TC_NAME", plan->pools[step->index]->identity->name);
        put_call(w, "pool");
        break;
    case TC_STEP_ACL:
        put_acl(w, &plan->acls[step->index]);
        break;
    case TC_STEP_REGISTRY:
        put_set(w, "TC_NAME", plan->registry[step->index].who->name);
        put_set(w, "TC_KEY", plan->registry[step->index].key);
        put_set(w, "TC_RIGHTS", tc_str_of(plan->registry[step->index].words));
        put_call(w, "registry");
        break;
    case TC_STEP_COMPRESSION:
        put_set(w, "TC_KEY", TC_STR("W3SVC/Filters/Compression/Parameters/HcDoStaticCompression"));
        put_number(w, "TC_VALUE", "False");
        put_call(w, "metabase");
        break;
    case TC_STEP_TEMPLATES:
    case TC_STEP_ANONYMOUS:
    case TC_STEP_ASSIGN:
        put_application(w, step);
        break;
    case TC_STEP_COUNT_:
        break;
    }
}

static void
put_asserts(struct tc_script_writer *w)
{
    for (size_t i = 0; i < w->plan->application_count; i++) {
        if (w->plan->applications[i].pool == NULL)
            continue;
        put_location(w, &w->plan->applications[i]);
        put_call(w, "assert_application");
    }
    for (size_t i = 0; i < w->plan->acl_count; i++)
        if (!w->plan->acls[i].is_made) {
            w->span = tc_plan_acl_span(&w->plan->acls[i]);
            put_set(w, "TC_PATH", w->plan->acls[i].path);
            put_call(w, "assert_path");
        }
}

bool
tc_plan_put_cmd(const struct tc_plan *plan, bool undo, struct tc_diags *diags, struct tc_buf *out)
{
    static const struct tc_script_language language = {"apply.cmd", "undo.cmd", put_asserts, put_step};

    return tc_plan_put_script(plan, &language, undo, diags, out);
}
