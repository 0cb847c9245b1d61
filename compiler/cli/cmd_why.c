/* trustc why: what decides whether something may be done, what a line does, what an exception asked for. */
#include "ask/demands_read.h"
#include "ask/question.h"
#include "base/json.h"
#include "cli/asked.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/why_patch.h"
#include "model/clauses.h"

#include <stdlib.h>

struct why {
    struct tc_asked asked;
    struct tc_question question;
    struct tc_asked_choice chosen;
    struct tc_buf out;
    bool is_json;
    bool is_denied; /* something that was asked may not be done, or not surely */
    size_t answers; /* written so far, for commas */
};

static struct tc_show
show_of(struct why *w)
{
    return (struct tc_show){&w->asked.session.c.arena, &w->asked.session.c.sources, &w->out};
}

static void
complain(const char *format, struct tc_str text)
{
    struct tc_buf out = {0};

    tc_buf_puts(&out, TC_STR("trustc why: "));
    tc_buf_printf(&out, "%s%.*s\n", format, TC_STR_ARG(text));
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

/* ---- a demand ---- */

static struct tc_str
words_of(struct why *w, const struct tc_subject *subject, const struct tc_perm *perm)
{
    struct tc_buf out = {0};
    struct tc_str text;

    tc_demand_put(&out, tc_show_framework(subject), perm);
    text = tc_arena_str(&w->asked.session.c.arena, tc_buf_str(&out));
    w->asked.session.c.arena.failed |= out.failed;
    tc_buf_done(&out);
    return text;
}

/* One answer about one subject. */
static enum tc_status
answer_one(struct why *w, size_t number, const struct tc_perm *demand, bool any_part, bool with_change)
{
    struct tc_show show = show_of(w);
    const struct tc_subject *subject = w->chosen.subjects[number];
    struct tc_why_change change = {.replaces = false};
    struct tc_str words = words_of(w, subject, demand);
    struct tc_why why;
    enum tc_status status = tc_why_of(show.arena, subject, demand, any_part, &why);

    if (status == TC_OK && with_change && why.missing != NULL)
        status = tc_why_patch(&w->asked, w->chosen.files[number], &why, &change);
    if (status != TC_OK)
        return status;
    w->is_denied |= why.answer.may.may != TC_MAY_SURELY;
    if (w->is_json) {
        tc_buf_puts(&w->out, w->answers++ == 0 ? TC_STR("\n    ") : TC_STR(",\n    "));
        tc_show_why_json(&show, &why, words, &change);
    } else {
        tc_show_why(&show, &why, words, &change);
    }
    return TC_OK;
}

static enum tc_status
answer_demand(struct why *w)
{
    enum tc_status status = TC_OK;

    if (w->is_json)
        tc_buf_puts(&w->out, TC_STR("{\n  \"schema\": 1,\n  \"kind\": \"demand\",\n  \"answers\": ["));
    for (size_t i = 0; i < w->chosen.count && status == TC_OK; i++)
        status = answer_one(w, i, w->chosen.files[i]->demand, w->question.any_part, true);
    if (w->is_json)
        tc_buf_puts(&w->out, TC_STR("\n  ]"));
    return status;
}

/* ---- an exception ---- */

/* What is granted of the class that a message names. */
static enum tc_status
show_class(struct why *w, const struct tc_class *cls)
{
    struct tc_show show = show_of(w);

    for (size_t i = 0; i < w->chosen.count; i++) {
        const struct tc_subject *subject = w->chosen.subjects[i];
        struct tc_answer_may answer = {.subject = subject,
                                       .may = {.may = TC_MAY_UNKNOWN,
                                               .kinds = {TC_MAY_UNKNOWN, TC_MAY_UNKNOWN},
                                               .most = TC_MAY_UNKNOWN,
                                               .throws = "the text names the class alone, not what of it"}};

        if (tc_trace_of(show.arena, subject, 0, true, &answer.trace) != TC_OK ||
            tc_trace_of_class(show.arena, &answer.trace, cls, &answer.grants) != TC_OK)
            return TC_ERR_NOMEM;
        w->is_denied = true; /* whether that was asked for nobody can tell */
        if (w->is_json) {
            tc_buf_puts(&w->out, w->answers++ == 0 ? TC_STR("\n    ") : TC_STR(",\n    "));
            tc_show_may_json(&show, &answer);
            continue;
        }
        tc_buf_printf(&w->out, "  %.*s has of it: ", TC_STR_ARG(subject->name));
        tc_show_grants(&show, &answer);
        tc_buf_puts(&w->out, answer.grants.count == 0 ? TC_STR("nothing\n") : TC_STR("\n"));
    }
    return TC_OK;
}

static void
put_heading(struct why *w, const struct tc_demanded *one)
{
    struct tc_show show = show_of(w);
    const struct tc_perm *asked;

    switch (one->kind) {
    case TC_DEMANDED_PERMISSION:
        tc_buf_puts(&w->out, TC_STR("asked for: "));
        asked = tc_why_demanded(show.arena, one->perm);
        tc_demand_put(&w->out, TC_FX_4_0, asked == NULL ? one->perm : asked);
        break;
    case TC_DEMANDED_CLASS:
        tc_buf_printf(&w->out,
                      "asked for: something of %s; the text does not say what (the whole exception, with \"The "
                      "first permission that failed was:\", would)",
                      one->cls->word);
        break;
    case TC_DEMANDED_FULL_TRUST:
        tc_buf_puts(&w->out, TC_STR("asked for: full trust"));
        break;
    case TC_DEMANDED_CALLERS:
        tc_buf_puts(&w->out, TC_STR("asked for: a fully trusted caller"));
        break;
    case TC_DEMANDED_FOREIGN:
        tc_buf_printf(&w->out, "asked for: %.*s, which is no class of the framework; a source names it with `class`",
                      TC_STR_ARG(one->type));
        break;
    case TC_DEMANDED_UNREADABLE:
        tc_buf_printf(&w->out, "asked for: something that the framework itself could not read: %s",
                      one->throws == NULL ? "it throws" : one->throws);
        break;
    }
    tc_show_place(&show, one->span);
    tc_buf_putc(&w->out, '\n');
    if (one->where.len > 0)
        tc_buf_printf(&w->out, "  at %.*s\n", TC_STR_ARG(one->where));
}

static void
put_heading_json(struct why *w, const struct tc_demanded *one, bool first)
{
    static const char *const kinds[] = {
        [TC_DEMANDED_PERMISSION] = "permission", [TC_DEMANDED_CLASS] = "class",
        [TC_DEMANDED_FULL_TRUST] = "fullTrust",  [TC_DEMANDED_CALLERS] = "callers",
        [TC_DEMANDED_FOREIGN] = "foreign",       [TC_DEMANDED_UNREADABLE] = "unreadable"};
    struct tc_show show = show_of(w);

    tc_buf_printf(&w->out, "%s  {\"kind\": \"%s\", \"class\": ", first ? "\n" : ",\n", kinds[one->kind]);
    if (one->cls != NULL)
        tc_json_string(&w->out, tc_str_of(one->cls->word));
    else if (one->type.len > 0)
        tc_json_string(&w->out, one->type);
    else
        tc_buf_puts(&w->out, TC_STR("null"));
    tc_buf_puts(&w->out, TC_STR(", \"permission\": "));
    tc_show_perm_json(&show, TC_FX_4_0, one->perm);
    tc_show_place_json(&show, one->span);
    tc_buf_puts(&w->out, TC_STR(", \"answers\": ["));
    w->answers = 0;
}

/* A class of a third party is granted, or it is not: no more is known. */
static enum tc_status
show_foreign(struct why *w, struct tc_str type)
{
    struct tc_arena *arena = &w->asked.session.c.arena;
    struct tc_class *cls = tc_arena_new(arena, struct tc_class);

    if (cls == NULL)
        return TC_ERR_NOMEM;
    *cls = (struct tc_class){.word = "",
                             .short_name = "",
                             .type = tc_arena_str(arena, type).ptr,
                             .assembly = TC_ASM_COUNT_,
                             .algebra = TC_ALGEBRA_OPAQUE,
                             .source = ""};
    return show_class(w, cls);
}

static enum tc_status
answer_demanded(struct why *w, const struct tc_demanded *one)
{
    const struct tc_perm *perm = one->perm == NULL ? NULL : tc_why_demanded(&w->asked.session.c.arena, one->perm);
    enum tc_status status = one->perm != NULL && perm == NULL ? TC_ERR_NOMEM : TC_OK;

    switch (one->kind) {
    case TC_DEMANDED_PERMISSION:
        for (size_t i = 0; i < w->chosen.count && status == TC_OK; i++)
            status = answer_one(w, i, perm, false, w->chosen.count == 1);
        return status;
    case TC_DEMANDED_CLASS:
        return show_class(w, one->cls);
    case TC_DEMANDED_FOREIGN:
        return show_foreign(w, one->type);
    case TC_DEMANDED_FULL_TRUST:
    case TC_DEMANDED_CALLERS:
    case TC_DEMANDED_UNREADABLE:
        break;
    }
    w->is_denied = true;
    return TC_OK;
}

static unsigned
facts_of(const struct tc_demands_report *report, struct tc_str text)
{
    unsigned facts = tc_why_marks(text);

    for (const struct tc_demanded *one = report->first; one != NULL; one = one->next) {
        if (one->kind == TC_DEMANDED_FULL_TRUST)
            facts |= 1u << TC_WHY_FULL_TRUST;
        if (one->kind == TC_DEMANDED_CALLERS)
            facts |= 1u << TC_WHY_CALLERS;
    }
    return facts;
}

static enum tc_status
answer_report(struct why *w, const struct tc_demands_report *report, unsigned facts)
{
    struct tc_show show = show_of(w);
    enum tc_status status = TC_OK;

    if (w->is_json)
        tc_buf_puts(&w->out, TC_STR("{\n  \"schema\": 1,\n  \"kind\": \"exception\",\n  \"asked\": ["));
    for (const struct tc_demanded *one = report->first; one != NULL && status == TC_OK; one = one->next) {
        if (w->is_json)
            put_heading_json(w, one, one == report->first);
        else
            put_heading(w, one);
        status = answer_demanded(w, one);
        if (w->is_json)
            tc_buf_puts(&w->out, TC_STR("]}"));
    }
    w->is_denied |= facts != 0;
    if (w->is_json) {
        tc_buf_puts(&w->out, TC_STR("\n  ],\n  \"facts\": "));
        tc_show_facts_json(&show, facts);
    } else {
        tc_show_facts(&show, facts);
    }
    return status;
}

static enum tc_status
answer_exception(struct why *w)
{
    struct tc_session *s = &w->asked.session;
    struct tc_source *source;
    struct tc_demands_report report;
    unsigned facts;
    enum tc_status status = tc_session_read_file(s, s->options->why.exception, &source);
    struct tc_str text;

    if (status != TC_OK)
        return status;
    text = tc_demands_text(&s->c.arena, source->text);
    source = tc_sources_add(&s->c.sources, source->name, text);
    if (source == NULL || tc_demands_read(&s->c.arena, source, &report) != TC_OK)
        return TC_ERR_NOMEM;
    facts = facts_of(&report, source->text);
    if (report.first == NULL && facts == 0) {
        complain("nothing in it tells what was asked for: ", source->name);
        tc_complain(
            TC_STR("what is understood are the type names of permissions, such as "
                   "System.Security.Permissions.FileIOPermission,\nand the <IPermission ...> that an exception ends "
                   "with; paste all of it, stack trace and inner exceptions too\n"));
        return TC_ERR_USAGE;
    }
    return answer_report(w, &report, facts);
}

/* ---- a line ---- */

/* The text that [FILE:]N is about, and the line. NULL after a complaint. */
static struct tc_source *
find_line(struct why *w, uint32_t *ret_line)
{
    const struct tc_sources *sources = &w->asked.session.c.sources;
    struct tc_str said = tc_str_of(w->asked.session.options->why.line), name = tc_str_last_part(said, ":");
    struct tc_source *found = NULL;
    char *end;
    unsigned long number = strtoul(name.ptr, &end, 10);

    name = tc_str_sub(said, 0, said.len - name.len);
    name.len -= name.len > 0;
    for (size_t i = 0; i < sources->count && found == NULL; i++)
        if (name.len == 0 ? sources->list[i] == w->asked.files[0]->source
                          : tc_str_eq(sources->list[i]->name, name) ||
                                tc_str_eq(tc_str_last_part(sources->list[i]->name, TC_STR_SLASHES), name))
            found = sources->list[i];
    *ret_line = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    if (end == said.ptr + said.len && number > 0 && found != NULL &&
        tc_source_line(sources, found, *ret_line).ptr != NULL)
        return found;
    if (found == NULL)
        complain("no file that was read is called ", name);
    else
        complain("there is no such line: ", said);
    return NULL;
}

static struct tc_span
span_of_line(struct why *w, struct tc_source *source, uint32_t line)
{
    struct tc_str text = tc_source_line(&w->asked.session.c.sources, source, line);
    uint32_t begin = source->base + (uint32_t)(text.ptr - source->text.ptr);

    return (struct tc_span){begin, begin + (uint32_t)text.len + 1};
}

static void
put_line(struct why *w, const struct tc_why_line *line)
{
    struct tc_show show = show_of(w);
    enum tc_framework framework = tc_show_framework(line->first);

    tc_buf_puts(&w->out, line->possible ? TC_STR("possibly ") : TC_STR(""));
    tc_demand_put(&w->out, framework, line->entry);
    if (line->holders == 1)
        tc_buf_printf(&w->out, ": for %.*s\n", TC_STR_ARG(line->first->name));
    else
        tc_buf_printf(&w->out, ": for %zu %.*s, such as %.*s\n", line->holders,
                      TC_STR_ARG(tc_asked_noun(&w->asked, line->holders)), TC_STR_ARG(line->first->name));
    if (!line->is_shadowed)
        return;
    tc_buf_puts(&w->out, TC_STR("  shadowed: without it nobody would have less"));
    if (line->shadowed_by.perm != NULL) {
        tc_buf_puts(&w->out, TC_STR(", because of "));
        tc_demand_put(&w->out, framework, line->shadowed_by.entry);
    }
    tc_show_place(&show, line->shadowed_by.span);
    tc_buf_putc(&w->out, '\n');
}

static void
put_line_json(struct why *w, const struct tc_why_line *line)
{
    struct tc_show show = show_of(w);
    enum tc_framework framework = tc_show_framework(line->first);

    tc_buf_puts(&w->out, w->answers++ == 0 ? TC_STR("\n    {\"grant\": ") : TC_STR(",\n    {\"grant\": "));
    tc_show_perm_json(&show, framework, line->entry);
    tc_buf_printf(&w->out, ", \"possible\": %s, \"applications\": %zu, \"first\": ", line->possible ? "true" : "false",
                  line->holders);
    tc_json_string(&w->out, line->first->name);
    tc_buf_printf(&w->out, ", \"shadowed\": %s, \"by\": ", line->is_shadowed ? "true" : "false");
    if (!line->is_shadowed) {
        tc_buf_puts(&w->out, TC_STR("null}"));
        return;
    }
    tc_buf_puts(&w->out, TC_STR("{\"grant\": "));
    tc_show_perm_json(&show, framework, line->shadowed_by.perm == NULL ? NULL : line->shadowed_by.entry);
    tc_show_place_json(&show, line->shadowed_by.span);
    tc_buf_puts(&w->out, TC_STR("}}"));
}

/* Where a code group stands on the line: whether it matches, and counts. */
static void
put_group_line(struct why *w, const struct tc_group *group, struct tc_span line, size_t *count)
{
    for (; group != NULL; group = group->next) {
        size_t matches[2] = {0, 0};

        put_group_line(w, group->children, line, count);
        if (group->span.begin < line.begin || group->span.begin >= line.end || (*count)++ > 0)
            continue;
        for (size_t i = 0; i < w->chosen.count; i++)
            for (size_t number = 0; number < TC_OWN_KINDS; number++) {
                struct tc_trace trace;

                if (tc_trace_of(&w->asked.session.c.arena, w->chosen.subjects[i], number, false, &trace) != TC_OK)
                    return;
                for (size_t j = 0; j < trace.groups.count; j++)
                    matches[number] +=
                        trace.groups.steps[j].group->span.begin == group->span.begin && trace.groups.steps[j].counts;
            }
        if (w->is_json)
            tc_buf_printf(&w->out, "%s\n    {\"own\": %zu, \"generated\": %zu}", "", matches[0], matches[1]);
        else {
            tc_buf_puts(&w->out, TC_STR("code group "));
            tc_why_put_group(&w->out, group);
            tc_buf_printf(&w->out, ": it counts for the assemblies of %zu %.*s, and for what ASP.NET compiles of %zu\n",
                          matches[0], TC_STR_ARG(tc_asked_noun(&w->asked, matches[0])), matches[1]);
        }
    }
}

static bool
is_in(struct tc_span block, struct tc_span line)
{
    return block.begin != 0 && block.begin < line.end && block.end > line.begin;
}

/* What the line is part of, when it grants nothing. */
static void
put_block(struct why *w, struct tc_span line)
{
    for (size_t i = 0; i < w->chosen.count; i++) {
        const struct tc_application *app = w->chosen.subjects[i]->application;

        if (app != NULL && is_in(app->block, line)) {
            tc_buf_printf(&w->out, "this line grants nothing; it is part of application %.*s\n", TC_STR_ARG(app->name));
            return;
        }
        for (const struct tc_policy *p = app == NULL ? NULL : app->policy; p != NULL; p = p->base)
            if (is_in(p->block, line)) {
                tc_buf_printf(&w->out, "this line grants nothing; it is part of policy %.*s\n", TC_STR_ARG(p->name));
                return;
            }
    }
    tc_buf_puts(&w->out, TC_STR("this line grants nothing to anybody\n"));
}

/* Of a policy file: the permission or code group that the line is a part of, which may begin further up. */
static struct tc_span
element_around(struct why *w, struct tc_span line)
{
    const struct tc_read_origin *found = NULL;
    const struct tc_asked_file *in = NULL;

    for (size_t i = 0; i < w->asked.count; i++)
        for (const struct tc_read_origin *o = w->asked.files[i]->reading.origins; o != NULL; o = o->next)
            if (o->span.begin < line.end && o->end > line.begin &&
                (found == NULL || o->span.begin > found->span.begin)) {
                found = o;
                in = w->asked.files[i];
            }
    for (size_t i = 0; found != NULL && i < in->policy->set_count; i++)
        if (in->policy->sets[i]->span.begin == found->anchor)
            return line; /* a whole set says more than was asked */
    return found == NULL ? line : (struct tc_span){found->span.begin, found->end};
}

static enum tc_status
answer_line(struct why *w)
{
    struct tc_why_lines lines;
    uint32_t number;
    struct tc_source *source = find_line(w, &number);
    struct tc_span line;
    size_t groups = 0;

    if (source == NULL)
        return TC_ERR_USAGE;
    line = element_around(w, span_of_line(w, source, number));
    if (tc_why_line(&w->asked.session.c.arena, w->chosen.subjects, w->chosen.count, line, &lines) != TC_OK)
        return TC_ERR_NOMEM;
    if (w->is_json) {
        tc_buf_puts(&w->out, TC_STR("{\n  \"schema\": 1,\n  \"kind\": \"line\",\n  \"file\": "));
        tc_json_string(&w->out, source->name);
        tc_buf_printf(&w->out, ",\n  \"line\": %u,\n  \"grants\": [", number);
    }
    for (size_t i = 0; i < lines.count; i++)
        (w->is_json ? put_line_json : put_line)(w, &lines.items[i]);
    if (w->is_json)
        tc_buf_puts(&w->out, TC_STR("\n  ],\n  \"codeGroups\": ["));
    for (size_t i = 0; i < w->chosen.count && groups == 0; i++)
        if (w->chosen.subjects[i]->policy != NULL)
            put_group_line(w, w->chosen.subjects[i]->policy->root, line, &groups);
    if (w->is_json)
        tc_buf_puts(&w->out, TC_STR("]"));
    w->is_denied = lines.count == 0 && groups == 0;
    if (w->is_denied && !w->is_json)
        put_block(w, line);
    return TC_OK;
}

/* ---- the command ---- */

static enum tc_status
read_question(struct why *w, const struct tc_options *options)
{
    struct tc_arena *arena = &w->asked.session.c.arena;
    struct tc_str fault;

    w->question.who = options->why.application == NULL ? TC_STR("*") : tc_str_of(options->why.application);
    if (options->word_count == 0)
        return TC_OK;
    if (!tc_question_parse_demand(arena, tc_question_join(arena, options->words, options->word_count), &w->question,
                                  &fault)) {
        fault.len = tc_str_find(fault, TC_STR("\n"), 0);
        complain("", fault);
        tc_complain(TC_STR("write the application and what it would do: Contoso FileIO write \"D:\\Data\"\n"));
        return TC_ERR_USAGE;
    }
    w->asked.demand = w->question.demand;
    return TC_OK;
}

static enum tc_status
answer(struct why *w)
{
    const struct tc_options *options = w->asked.session.options;
    enum tc_status status;

    if (!tc_asked_choose(&w->asked, w->question.who, &w->chosen))
        return TC_ERR_USAGE;
    if (options->word_count > 0 && w->question.kind == TC_QUESTION_WHO && w->chosen.count > 1) {
        complain("whose code? write the application first, such as: ",
                 tc_arena_printf(&w->asked.session.c.arena, "'\"%.*s\" %.*s'; trustc query tells who may",
                                 TC_STR_ARG(w->chosen.subjects[0]->name), TC_STR_ARG(w->question.demand)));
        return TC_ERR_USAGE;
    }
    w->is_json = options->is_json;
    status = options->why.line != NULL        ? answer_line(w)
             : options->why.exception != NULL ? answer_exception(w)
                                              : answer_demand(w);
    if (status != TC_OK)
        return status;
    if (w->is_json) {
        bool first = true;

        tc_buf_puts(&w->out, TC_STR(",\n  \"assumed\": ["));
        for (size_t i = 0; i < w->asked.count; i++)
            tc_asked_put_assumed_json(w->asked.files[i], &first, &w->out);
        tc_buf_puts(&w->out, TC_STR("]\n}\n"));
    } else if (options->why.line == NULL) {
        tc_asked_put_assumed(&w->asked, &w->out);
    }
    return w->out.failed || w->asked.session.c.arena.failed ? TC_ERR_NOMEM : TC_OK;
}

int
tc_cmd_why(const struct tc_options *options)
{
    struct why w = {.answers = 0};
    enum tc_status status;
    int code;

    tc_asked_init(&w.asked, options);
    status = read_question(&w, options);
    if (status == TC_OK) {
        status = tc_asked_read_all(&w.asked);
        tc_asked_show(&w.asked, status);
    }
    if (status == TC_OK && w.asked.subject_count == 0) {
        tc_complain(TC_STR("trustc why: nothing here can be asked: no file declares an application or is a policy\n"));
        status = TC_FAILED;
    }
    if (status == TC_OK)
        status = answer(&w);
    if (status != TC_OK)
        code = tc_session_exit(&w.asked.session, status);
    else if (!tc_print(tc_buf_str(&w.out)))
        code = TC_EXIT_IO;
    else
        code = w.is_denied ? TC_EXIT_FINDINGS : TC_EXIT_OK;
    tc_buf_done(&w.out);
    tc_asked_done(&w.asked);
    return code;
}
