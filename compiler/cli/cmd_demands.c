/* trustc demands: what code asked for, and what of it an application may not do. */
#include "api/learn.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/diff.h"
#include "cli/host.h"
#include "cli/inputs.h"
#include "cli/named.h"
#include "cli/session.h"
#include "model/clauses.h"
#include "model/element.h"

#include <string.h>

struct run {
    struct tc_session session;
    const struct tc_options *options;
    struct tc_demands_report *reports;
    size_t report_count;
    const struct tc_subject *subject; /* NULL: nobody in particular */
    enum tc_framework framework;
    struct tc_needs needs;
    struct tc_compilation again; /* with the grants added */
    struct tc_learned learned;
};

/* ---- reports ---- */

static void
complain(const char *format, struct tc_str name)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc demands: '%.*s' %s\n", TC_STR_ARG(name), format);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

/* One of the files; in a folder, those that are no reports are passed over. */
static enum tc_status
read_report(struct run *run, const struct tc_input *input)
{
    struct tc_compilation *c = &run->session.c;
    struct tc_str name = strcmp(input->path, "-") == 0 ? TC_STR("<stdin>") : tc_str_of(input->path), bytes;
    struct tc_demands_report *report = &run->reports[run->report_count];
    const char *reason = input->fault;
    const struct tc_source *source;
    enum tc_status status = reason != NULL ? TC_ERR_IO : tc_host_read(&c->arena, input->path, &bytes, &reason);

    if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
        tc_complain_file("read", input->path, reason);
    if (status != TC_OK)
        return status;
    source = tc_sources_add(&c->sources, name, tc_demands_text(&c->arena, bytes));
    if (source == NULL)
        return c->arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    status = tc_demands_read(&c->arena, source, report);
    if (status != TC_OK)
        return status;
    if (report->is_policy || !report->is_report) {
        if (!input->is_named)
            return TC_OK;
        complain(report->is_policy
                     ? "is a policy file: it says what is granted, not what code asks for; give a report of permcalc, "
                       "the text of a SecurityException or a permission set"
                     : "says nothing that code asked for: no report of permcalc, no SecurityException, no permission "
                       "set was found in it",
                 name);
        return TC_FAILED;
    }
    run->report_count++;
    return TC_OK;
}

static enum tc_status
read_reports(struct run *run)
{
    struct tc_arena *arena = &run->session.c.arena;
    struct tc_inputs inputs;
    enum tc_status status = TC_OK;

    tc_inputs_init(&inputs, arena);
    tc_inputs_add(&inputs, run->options->file);
    for (size_t i = 0; i < run->options->more_count; i++)
        tc_inputs_add(&inputs, run->options->more[i]);
    run->reports = tc_arena_array(arena, struct tc_demands_report, inputs.count);
    if (run->reports == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < inputs.count; i++) {
        enum tc_status one = read_report(run, &inputs.list[i]);

        status = status == TC_OK ? one : status;
    }
    if (status == TC_OK && run->report_count == 0) {
        complain("holds no report", tc_str_of(run->options->file));
        return TC_FAILED;
    }
    return status;
}

/* ---- the application ---- */

static enum tc_status
read_subject(struct run *run)
{
    struct tc_session *session = &run->session;
    struct tc_subjects subjects;
    struct tc_source *source;
    enum tc_status status = tc_session_read_file(session, run->options->demands.source, &source);

    if (status == TC_OK) {
        status = tc_compile_source(&session->c, &session->host, &session->sema, source);
        tc_session_show(session);
    }
    if (status == TC_OK)
        status = tc_subjects_of_model(&session->c.arena, session->c.model, &subjects);
    if (status != TC_OK)
        return status;
    run->subject = tc_named_subject("demands", &subjects, run->options->application,
                                    "which application are the reports about? write --application NAME: ");
    if (run->subject == NULL)
        return subjects.count == 0 ? TC_FAILED : TC_ERR_USAGE;
    run->framework = tc_runtime_info(run->subject->application->runtime)->framework;
    return TC_OK;
}

/* ---- the answer ---- */

static void
put_place(const struct run *run, struct tc_buf *out, struct tc_span span)
{
    struct tc_place place = tc_sources_place(&run->session.c.sources, span.begin);

    if (place.source != NULL)
        tc_buf_printf(out, "%.*s:%u", TC_STR_ARG(place.source->name), place.line);
}

static void
put_origin(const struct run *run, struct tc_buf *out, const struct tc_demanded *first, size_t times)
{
    tc_buf_puts(out, TC_STR(" ("));
    put_place(run, out, first->span);
    if (first->where.len > 0)
        tc_buf_printf(out, ", %.*s", TC_STR_ARG(first->where));
    if (times > 1)
        tc_buf_printf(out, ", and %zu more", times - 1);
    tc_buf_puts(out, TC_STR(")\n"));
}

static void
put_other_name(struct tc_buf *out, const struct tc_demanded *d)
{
    switch (d->kind) {
    case TC_DEMANDED_FULL_TRUST:
        tc_buf_puts(out, TC_STR("full trust"));
        return;
    case TC_DEMANDED_CALLERS:
        tc_buf_puts(out, TC_STR("call an assembly that takes no partially trusted callers"));
        return;
    default:
        if (d->cls != NULL)
            tc_put_name(out, tc_str_of(d->cls->word));
        else
            tc_put_string(out, d->type);
    }
}

static void
put_heading(const struct run *run, struct tc_buf *out)
{
    size_t all = run->needs.count + run->needs.other_count;

    if (run->subject != NULL) {
        tc_put_name(out, run->subject->name);
        tc_buf_puts(out, TC_STR(" ("));
        put_place(run, out, run->subject->application->span);
        tc_buf_puts(out, TC_STR("): "));
    }
    tc_buf_printf(out, "%zu %s asked for in %zu %s", all, all == 1 ? "thing" : "things", run->report_count,
                  run->report_count == 1 ? "report" : "reports");
    if (run->subject != NULL && all > 0)
        tc_buf_printf(out, ": %zu allowed, %zu not", run->needs.covered, run->needs.uncovered);
    tc_buf_putc(out, '\n');
}

/* Whose words a demand is shown in: the application's framework may lack what is asked for. */
static enum tc_framework
words_for(const struct run *run, const struct tc_perm *perm)
{
    return tc_class_in(perm->cls, run->framework) ? run->framework : TC_FX_4_0;
}

static void
put_need(const struct run *run, struct tc_buf *out, const struct tc_wanted *need)
{
    tc_buf_puts(out, TC_STR("  "));
    tc_demand_put(out, words_for(run, need->demand), need->demand);
    put_origin(run, out, need->first, need->times);
    if (need->answer.most != need->answer.may)
        for (size_t i = 0; i < TC_OWN_KINDS; i++)
            tc_buf_printf(out, "      %s: %s\n", tc_code_kind_name(tc_own_kind(i)), tc_may_name(need->answer.kinds[i]));
    if (need->answer.may == TC_MAY_UNKNOWN && need->answer.throws != NULL)
        tc_buf_printf(out, "      because: %s\n", need->answer.throws);
    if (need->obstacle != NULL)
        tc_buf_printf(out, "      %s\n", need->obstacle);
    if (need->refusal != NULL)
        tc_buf_printf(out, "      not learned: %s (to take it all the same: --accept %s)\n", need->refusal->sentence,
                      need->refusal->slug);
}

/* How a source would grant a class that nobody here knows, with what was asked for. */
static void
put_foreign(struct tc_buf *out, const struct tc_demanded *d)
{
    struct tc_str name = tc_str_last_part(tc_type_bare(d->type), "."), value;
    struct tc_arena scratch;
    bool any = false;

    if (d->element == NULL)
        return;
    if (name.len > 10 && tc_str_ends(name, TC_STR("Permission")))
        name.len -= 10;
    tc_arena_init(&scratch);
    tc_buf_puts(out, TC_STR("          class "));
    tc_put_name(out, name);
    tc_buf_putc(out, ' ');
    tc_put_string(out, d->type);
    tc_buf_puts(out, TC_STR(";\n          grant "));
    tc_put_name(out, name);
    if (tc_element_get(&scratch, d->element, tc_attr_name(TC_ATTR_UNRESTRICTED), &value) &&
        tc_str_eq_nocase(value, TC_STR("true"))) {
        tc_buf_puts(out, TC_STR(" unrestricted;\n"));
        tc_arena_done(&scratch);
        return;
    }
    tc_buf_puts(out, TC_STR(" {"));
    for (size_t i = 0; i < d->element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &d->element->attributes[i];

        if (tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS)) ||
            tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_VERSION)) ||
            tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_UNRESTRICTED)))
            continue;
        tc_buf_puts(out, TC_STR(" attribute "));
        tc_put_name(out, attribute->name);
        tc_buf_putc(out, ' ');
        tc_put_string(out, tc_element_decode(&scratch, attribute->value));
        tc_buf_putc(out, ';');
        any = true;
    }
    tc_buf_puts(out, any ? TC_STR(" }\n") : TC_STR(" ... }\n"));
    tc_arena_done(&scratch);
}

static void
put_other(const struct run *run, struct tc_buf *out, const struct tc_wanted_other *other)
{
    tc_buf_puts(out, TC_STR("  "));
    put_other_name(out, other->first);
    put_origin(run, out, other->first, other->times);
    if (other->first->throws != NULL)
        tc_buf_printf(out, "      it fails with %s\n", other->first->throws);
    if (other->may != TC_MAY_SURELY && other->why != NULL)
        tc_buf_printf(out, "      %s\n", other->why);
    if (other->may == TC_MAY_NOT && other->first->kind == TC_DEMANDED_FOREIGN)
        put_foreign(out, other->first);
}

static void
put_answers(const struct run *run, struct tc_buf *out, enum tc_may may)
{
    bool any = false;

    for (size_t i = 0; i < run->needs.count; i++) {
        if (run->needs.items[i].answer.may != may)
            continue;
        if (!any)
            tc_buf_printf(out, "\n%s\n", run->subject == NULL ? "asked for" : tc_may_name(may));
        any = true;
        put_need(run, out, &run->needs.items[i]);
    }
    for (size_t i = 0; i < run->needs.other_count; i++) {
        if (run->needs.others[i].may != may)
            continue;
        if (!any)
            tc_buf_printf(out, "\n%s\n", run->subject == NULL ? "asked for" : tc_may_name(may));
        any = true;
        put_other(run, out, &run->needs.others[i]);
    }
}

static void
put_diff(const struct run *run, struct tc_buf *out)
{
    const struct tc_source *source = run->learned.source;
    struct tc_buf name = {0};

    if (source == NULL)
        return;
    tc_buf_puts(&name, source->name);
    tc_buf_putc(&name, '\0');
    if (!name.failed)
        tc_diff_put(out, name.ptr, source->text, run->learned.text);
    out->failed |= name.failed;
    tc_buf_done(&name);
}

static void
put_grants(const struct run *run, struct tc_buf *out)
{
    size_t learned = 0;

    if (run->needs.grant_count == 0)
        return;
    for (size_t i = 0; i < run->needs.count; i++)
        learned += run->needs.items[i].is_learned;
    tc_buf_printf(out, "\nthe smallest grant for %s\n", learned < run->needs.uncovered ? "the rest of it" : "it");
    tc_needs_put_grants(out, &run->needs, run->framework, TC_STR("    "), TC_STR("\n"));
    if (run->learned.source != NULL) {
        tc_buf_putc(out, '\n');
        put_diff(run, out);
    }
    if (run->learned.isolation_count > 0)
        tc_buf_puts(out, TC_STR("\nwith that grant, what is isolated now no longer is\n"));
    for (size_t i = 0; i < run->learned.isolation_count; i++)
        tc_buf_printf(out, "  %.*s\n", TC_STR_ARG(run->learned.isolation[i]));
}

static void
put_idle(const struct run *run, struct tc_buf *out)
{
    if (run->needs.idle_count == 0)
        return;
    tc_buf_puts(out, TC_STR("\ngranted, and not asked for in these reports\n"));
    for (size_t i = 0; i < run->needs.idle_count; i++) {
        tc_buf_puts(out, TC_STR("  "));
        put_place(run, out, run->needs.idle[i]->span);
        tc_buf_puts(out, TC_STR(": "));
        tc_demand_put(out, run->framework, run->needs.idle[i]);
        tc_buf_putc(out, '\n');
    }
}

static void
put_text(const struct run *run, struct tc_buf *out)
{
    static const enum tc_may order[] = {TC_MAY_NOT, TC_MAY_POSSIBLY, TC_MAY_UNKNOWN, TC_MAY_SURELY};

    put_heading(run, out);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        put_answers(run, out, order[i]);
    put_grants(run, out);
    put_idle(run, out);
}

/* ---- JSON ---- */

static void
put_json_text(struct tc_buf *out, const char *key, const char *text)
{
    tc_buf_printf(out, ", \"%s\": ", key);
    if (text == NULL)
        tc_buf_puts(out, TC_STR("null"));
    else
        tc_json_string(out, tc_str_of(text));
}

static void
put_json_place(const struct run *run, struct tc_buf *out, struct tc_span span)
{
    struct tc_place place = tc_sources_place(&run->session.c.sources, span.begin);

    tc_buf_puts(out, TC_STR("\"file\": "));
    tc_json_string(out, place.source == NULL ? TC_STR("") : place.source->name);
    tc_buf_printf(out, ", \"line\": %u", place.line);
}

static void
put_json_origin(const struct run *run, struct tc_buf *out, const struct tc_demanded *first, size_t times)
{
    tc_buf_puts(out, TC_STR(", "));
    put_json_place(run, out, first->span);
    tc_buf_puts(out, TC_STR(", \"member\": "));
    tc_json_string(out, first->where);
    tc_buf_printf(out, ", \"times\": %zu", times);
}

static void
put_json_demand(struct tc_buf *out, enum tc_framework framework, const struct tc_perm *perm)
{
    struct tc_buf text = {0};

    tc_demand_put(&text, framework, perm);
    tc_json_string(out, tc_buf_str(&text));
    out->failed |= text.failed;
    tc_buf_done(&text);
}

static void
put_json_needs(const struct run *run, struct tc_buf *out)
{
    const struct tc_needs *needs = &run->needs;
    struct tc_buf name = {0};

    tc_buf_puts(out, TC_STR("  \"demands\": ["));
    for (size_t i = 0; i < needs->count; i++) {
        const struct tc_wanted *need = &needs->items[i];

        tc_buf_printf(out, "%s\n    {\"demand\": ", i == 0 ? "" : ",");
        put_json_demand(out, words_for(run, need->demand), need->demand);
        put_json_origin(run, out, need->first, need->times);
        put_json_text(out, "answer", run->subject == NULL ? NULL : tc_may_word(need->answer.may));
        put_json_text(out, "refusal", need->refusal == NULL ? NULL : need->refusal->slug);
        put_json_text(out, "obstacle", need->obstacle);
        tc_buf_printf(out, ", \"learned\": %s}", need->is_learned ? "true" : "false");
    }
    tc_buf_puts(out, needs->count > 0 ? TC_STR("\n  ],\n  \"others\": [") : TC_STR("],\n  \"others\": ["));
    for (size_t i = 0; i < needs->other_count; i++) {
        const struct tc_wanted_other *other = &needs->others[i];

        tc_buf_clear(&name);
        put_other_name(&name, other->first);
        tc_buf_printf(out, "%s\n    {\"demand\": ", i == 0 ? "" : ",");
        tc_json_string(out, tc_buf_str(&name));
        put_json_origin(run, out, other->first, other->times);
        put_json_text(out, "answer", run->subject == NULL ? NULL : tc_may_word(other->may));
        put_json_text(out, "why", other->why);
        tc_buf_putc(out, '}');
    }
    tc_buf_puts(out, needs->other_count > 0 ? TC_STR("\n  ],\n") : TC_STR("],\n"));
    out->failed |= name.failed;
    tc_buf_done(&name);
}

static void
put_json(const struct run *run, struct tc_buf *out)
{
    struct tc_buf text = {0};

    tc_buf_puts(out, TC_STR("{\n  \"schema\": 1,\n  \"application\": "));
    if (run->subject == NULL)
        tc_buf_puts(out, TC_STR("null"));
    else
        tc_json_string(out, run->subject->name);
    tc_buf_printf(out, ",\n  \"allowed\": %zu,\n  \"not\": %zu,\n", run->needs.covered, run->needs.uncovered);
    put_json_needs(run, out);
    tc_needs_put_grants(&text, &run->needs, run->framework, TC_STR(""), TC_STR("\n"));
    tc_buf_puts(out, TC_STR("  \"grant\": "));
    tc_json_string(out, tc_buf_str(&text));
    tc_buf_clear(&text);
    put_diff(run, &text);
    tc_buf_puts(out, TC_STR(",\n  \"diff\": "));
    tc_json_string(out, tc_buf_str(&text));
    tc_buf_puts(out, TC_STR(",\n  \"isolation\": ["));
    for (size_t i = 0; i < run->learned.isolation_count; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("\n    ") : TC_STR(",\n    "));
        tc_json_string(out, run->learned.isolation[i]);
    }
    tc_buf_puts(out, run->learned.isolation_count > 0 ? TC_STR("\n  ],\n  \"idle\": [") : TC_STR("],\n  \"idle\": ["));
    for (size_t i = 0; i < run->needs.idle_count; i++) {
        tc_buf_puts(out, i == 0 ? TC_STR("\n    {\"grant\": ") : TC_STR(",\n    {\"grant\": "));
        put_json_demand(out, run->framework, run->needs.idle[i]);
        tc_buf_puts(out, TC_STR(", "));
        put_json_place(run, out, run->needs.idle[i]->span);
        tc_buf_putc(out, '}');
    }
    tc_buf_puts(out, run->needs.idle_count > 0 ? TC_STR("\n  ]\n}\n") : TC_STR("]\n}\n"));
    out->failed |= text.failed;
    tc_buf_done(&text);
}

/* ---- the command ---- */

static enum tc_status
learn(struct run *run)
{
    struct tc_session *session = &run->session;
    enum tc_status status;

    if (run->subject == NULL)
        return TC_OK;
    status =
        tc_learn(&session->c, &run->again, &session->host, &session->sema, run->subject, &run->needs, &run->learned);
    if (status == TC_FAILED || status == TC_ERR_SELF) {
        complain(status == TC_FAILED ? "with the grants added has errors, so they are not shown; please report this"
                                     : run->learned.fault,
                 run->learned.source->name);
        return TC_ERR_SELF;
    }
    return status;
}

static int
print(struct run *run)
{
    struct tc_buf out = {0};
    int code = run->needs.uncovered > 0 && run->subject != NULL ? TC_EXIT_FINDINGS : TC_EXIT_OK;

    switch (run->options->proposal) {
    case TC_PROPOSAL_TEXT:
        put_text(run, &out);
        break;
    case TC_PROPOSAL_JSON:
        put_json(run, &out);
        break;
    case TC_PROPOSAL_DIFF:
        put_diff(run, &out);
        break;
    }
    if (out.failed)
        tc_complain(TC_STR("trustc: out of memory\n"));
    if (out.failed || !tc_print(tc_buf_str(&out)))
        code = TC_EXIT_IO;
    tc_buf_done(&out);
    return code;
}

static bool
is_usage(const struct tc_options *options)
{
    size_t inputs = strcmp(options->file, "-") == 0;
    const char *wrong = NULL;

    for (size_t i = 0; i < options->more_count; i++)
        inputs += strcmp(options->more[i], "-") == 0;
    inputs += options->demands.source != NULL && strcmp(options->demands.source, "-") == 0;
    if (inputs > 1)
        wrong = "trustc demands: standard input can be read once\n";
    else if (options->demands.source == NULL && options->application != NULL)
        wrong = "trustc demands: --application names one of the source that --for FILE names: give both\n";
    else if (options->demands.source == NULL && options->proposal == TC_PROPOSAL_DIFF)
        wrong = "trustc demands: --format=diff is the change of a source: name it with --for FILE\n";
    else if (options->demands.source == NULL && tc_str_ends(tc_str_of(options->file), TC_STR(".trust")))
        wrong = "trustc demands: the reports are the arguments; the source follows --for\n";
    if (wrong != NULL)
        tc_complain(tc_str_of(wrong));
    return wrong == NULL;
}

int
tc_cmd_demands(const struct tc_options *options)
{
    struct run run = {.options = options, .framework = TC_FX_4_0};
    enum tc_status status;
    int code;

    if (!is_usage(options))
        return TC_EXIT_USAGE;
    tc_session_init(&run.session, options);
    tc_compilation_init(&run.again);
    status = options->demands.source == NULL ? TC_OK : read_subject(&run);
    if (status == TC_OK)
        status = read_reports(&run);
    if (status == TC_OK)
        status = tc_needs_of(&run.session.c.arena, run.subject, run.framework, run.reports, run.report_count,
                             options->demands.accepted, &run.needs);
    if (status == TC_OK)
        status = learn(&run);
    code = status == TC_OK ? print(&run) : tc_session_exit(&run.session, status);
    tc_compilation_done(&run.again);
    tc_session_done(&run.session);
    return code;
}
