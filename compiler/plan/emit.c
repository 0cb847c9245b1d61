#include "plan/emit.h"

#include "plan/scripts.h"

static const char marker[] = "TRUSTC STEPS\n";

const char *
tc_plan_unsuited(const struct tc_plan *plan, enum tc_plan_format format)
{
    if (format == TC_PLAN_POWERSHELL && plan->iis->script != TC_SCRIPT_POWERSHELL)
        return "the module WebAdministration came with IIS 7.0: use cmd";
    if (format == TC_PLAN_CMD && plan->iis->script != TC_SCRIPT_CMD)
        return "adsutil.vbs and the group IIS_WPG went with IIS 6.0: use powershell";
    return NULL;
}

const char *
tc_plan_file_name(enum tc_plan_format format, bool undo)
{
    static const char *const names[TC_PLAN_FORMAT_COUNT_][2] = {
        [TC_PLAN_POWERSHELL] = {"plan.ps1", "plan-undo.ps1"},
        [TC_PLAN_CMD] = {"plan.cmd", "plan-undo.cmd"},
        [TC_PLAN_JSON] = {"plan.json", "plan.json"},
        [TC_PLAN_MARKDOWN] = {"plan.md", "plan.md"},
    };

    return names[format][undo];
}

static void
put_crlf(struct tc_buf *out, struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' && (i == 0 || text.ptr[i - 1] != '\r'))
            tc_buf_putc(out, '\r');
        tc_buf_putc(out, text.ptr[i]);
    }
}

static void
put_steps(struct tc_script_writer *w, const struct tc_script_language *language)
{
    const struct tc_plan *plan = w->plan;

    if (!w->undo)
        language->put_asserts(w);
    for (size_t i = 0; i < plan->step_count; i++)
        language->put_step(w, &plan->steps[w->undo ? plan->step_count - 1 - i : i]);
}

bool
tc_plan_put_script(const struct tc_plan *plan, const struct tc_script_language *language, bool undo,
                   struct tc_diags *diags, struct tc_buf *out)
{
    const char *name = undo ? language->undo : language->apply;
    struct tc_buf steps = {0};
    struct tc_script_writer w = {.plan = plan, .diags = diags, .out = &steps, .undo = undo, .ok = true};
    struct tc_str text = {NULL, 0};
    size_t place;

    for (size_t i = 0; i < tc_plan_script_file_count; i++)
        if (strcmp(tc_plan_script_files[i].name, name) == 0)
            text = (struct tc_str){tc_plan_script_files[i].text, tc_plan_script_files[i].len};
    place = tc_str_find(text, TC_STR(marker), 0);
    put_steps(&w, language);
    if (w.ok) {
        put_crlf(out, tc_str_sub(text, 0, place));
        put_crlf(out, tc_buf_str(&steps));
        put_crlf(out, tc_str_sub(text, place + sizeof marker - 1, SIZE_MAX));
    }
    out->failed |= steps.failed;
    tc_buf_done(&steps);
    return w.ok;
}

void
tc_plan_put_place(const struct tc_plan *plan, struct tc_span span, struct tc_buf *out)
{
    struct tc_place place = tc_sources_place(plan->sources, span.begin);

    if (place.source != NULL)
        tc_buf_printf(out, "%.*s:%u", TC_STR_ARG(place.source->name), place.line);
}

struct tc_span
tc_plan_acl_span(const struct tc_plan_acl *acl)
{
    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
        for (const struct tc_plan_reason *reason = entry->reasons; reason != NULL; reason = reason->next)
            if (reason->span.end > 0)
                return reason->span;
    return TC_NOWHERE;
}

void
tc_plan_put_rights(uint32_t rights, struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR("(OI)(CI)("));
    tc_rights_put(out, rights);
    tc_buf_putc(out, ')');
}

enum tc_status
tc_plan_put(const struct tc_plan *plan, enum tc_plan_format format, bool undo, struct tc_diags *diags,
            struct tc_buf *out)
{
    bool ok = true;

    switch (format) {
    case TC_PLAN_POWERSHELL:
        ok = tc_plan_put_powershell(plan, undo, diags, out);
        break;
    case TC_PLAN_CMD:
        ok = tc_plan_put_cmd(plan, undo, diags, out);
        break;
    case TC_PLAN_JSON:
        tc_plan_put_json(plan, out);
        break;
    case TC_PLAN_MARKDOWN:
        tc_plan_put_markdown(plan, out);
        break;
    case TC_PLAN_FORMAT_COUNT_:
        break;
    }
    return out->failed ? TC_ERR_NOMEM : ok ? TC_OK : TC_FAILED;
}
