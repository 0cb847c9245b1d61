/* trustc query: who may do something, what an application may do, what several share. */
#include "ask/question.h"
#include "ask/show.h"
#include "base/json.h"
#include "cli/asked.h"
#include "cli/commands.h"
#include "verify/expected.h"

struct query {
    struct tc_asked asked;
    struct tc_question question;
    struct tc_str text; /* as it was asked */
    struct tc_asked_choice chosen;
    struct tc_buf out;
    struct tc_answer_shared shared;
    size_t found, possible, unknown;
    bool is_json, failed;
};

static struct tc_show
show_of(struct query *q)
{
    return (struct tc_show){&q->asked.session.c.arena, &q->asked.session.c.sources, &q->out};
}

/* ---- answers ---- */

static void
count_answer(struct query *q, enum tc_may may)
{
    q->found += may != TC_MAY_NOT;
    q->possible += may == TC_MAY_POSSIBLY;
    q->unknown += may == TC_MAY_UNKNOWN;
}

static bool
answer_may(struct query *q)
{
    struct tc_show show = show_of(q);
    struct tc_arena scratch;
    size_t shown = 0;

    tc_arena_init(&scratch);
    show.arena = &scratch;
    for (size_t i = 0; i < q->chosen.count && !q->failed; i++) {
        struct tc_answer_may answer;

        tc_arena_reset(&scratch);
        q->failed = tc_answer_may(&scratch, q->chosen.subjects[i], q->chosen.files[i]->demand, q->question.any_part,
                                  &answer) != TC_OK;
        count_answer(q, answer.may.most);
        if (q->failed || (answer.may.most == TC_MAY_NOT && q->question.kind == TC_QUESTION_WHO))
            continue;
        if (q->is_json)
            tc_buf_puts(&q->out, shown++ == 0 ? TC_STR("\n    ") : TC_STR(",\n    "));
        (q->is_json ? tc_show_may_json : tc_show_may)(&show, &answer);
    }
    tc_arena_done(&scratch);
    return !q->failed;
}

static bool
answer_what(struct query *q)
{
    struct tc_show show = show_of(q);
    size_t shown = 0;

    for (size_t i = 0; i < q->chosen.count && !q->failed; i++) {
        bool any = false;

        for (size_t number = 0; number < TC_OWN_KINDS; number++) {
            struct tc_answer_what answer;

            q->failed |= tc_answer_what(show.arena, q->chosen.subjects[i], number, &answer) != TC_OK;
            if (q->failed)
                break;
            if (q->is_json)
                tc_buf_puts(&q->out, shown++ == 0 ? TC_STR("\n    ") : TC_STR(",\n    "));
            (q->is_json ? tc_show_what_json : tc_show_what)(&show, &answer);
            any |= answer.count > 0 || answer.markup_count > 0 || answer.is_full ||
                   (answer.trace.throws != NULL && tc_expected_is_foreign(answer.trace.throws));
            if (answer.is_same)
                break;
        }
        q->found += any;
    }
    return !q->failed;
}

static bool
answer_shared(struct query *q)
{
    struct tc_show show = show_of(q);

    q->failed = tc_answer_shared(show.arena, q->chosen.subjects, q->chosen.count, q->chosen.files[0]->demand->cls,
                                 &q->shared) != TC_OK;
    if (q->failed)
        return false;
    q->found = q->shared.sharers;
    (q->is_json ? tc_show_shared_json : tc_show_shared)(&show, &q->shared);
    return true;
}

/* ---- around them ---- */

static void
put_demand(struct query *q, struct tc_buf *out)
{
    if (q->question.any_part)
        tc_buf_puts(out, TC_STR("do at least a part of: "));
    tc_buf_puts(out, q->question.demand);
}

static void
put_summary(struct query *q)
{
    struct tc_buf *out = &q->out;

    if (q->question.kind == TC_QUESTION_WHAT)
        return;
    if (q->question.kind == TC_QUESTION_SHARE) {
        struct tc_str word = q->question.demand;
        size_t blank = tc_str_find(word, TC_STR(" "), 0);

        word = tc_str_sub(word, 0, blank);
        if (q->chosen.count < 2)
            tc_buf_printf(out, "there is one %.*s only: nothing is shared\n", TC_STR_ARG(tc_asked_noun(&q->asked, 1)));
        else
            tc_buf_printf(out, "%zu of %zu %.*s share something of %.*s\n", q->found, q->chosen.count,
                          TC_STR_ARG(tc_asked_noun(&q->asked, q->chosen.count)), TC_STR_ARG(word));
        return;
    }
    if (q->question.kind == TC_QUESTION_MAY && q->chosen.count == 1)
        return;
    tc_buf_printf(out, "%zu of %zu %.*s may ", q->found - q->unknown, q->chosen.count,
                  TC_STR_ARG(tc_asked_noun(&q->asked, q->chosen.count)));
    put_demand(q, out);
    if (q->possible > 0)
        tc_buf_printf(out, ", %zu of them only possibly", q->possible);
    if (q->unknown > 0)
        tc_buf_printf(out, "; of %zu%s it is unknown", q->unknown, q->found > q->unknown ? " more" : "");
    tc_buf_putc(out, '\n');
}

static void
put_head_json(struct query *q)
{
    static const char *const kinds[] = {[TC_QUESTION_WHO] = "who",
                                        [TC_QUESTION_MAY] = "may",
                                        [TC_QUESTION_WHAT] = "what",
                                        [TC_QUESTION_SHARE] = "share"};

    tc_buf_printf(&q->out, "{\n  \"schema\": 1,\n  \"question\": ");
    tc_json_string(&q->out, q->text);
    tc_buf_printf(&q->out, ",\n  \"kind\": \"%s\",\n  \"demand\": ", kinds[q->question.kind]);
    if (q->question.demand.len == 0)
        tc_buf_puts(&q->out, TC_STR("null"));
    else
        tc_json_string(&q->out, q->question.demand);
    tc_buf_printf(&q->out, ",\n  \"anyPart\": %s,\n  \"asked\": %zu,\n  \"answers\": [",
                  q->question.any_part ? "true" : "false", q->chosen.count);
}

static void
put_full_json(struct query *q)
{
    tc_buf_puts(&q->out, TC_STR(",\n  \"fullyTrusted\": ["));
    for (size_t i = 0; i < q->shared.full_count; i++) {
        tc_buf_puts(&q->out, i == 0 ? TC_STR("") : TC_STR(", "));
        tc_json_string(&q->out, q->shared.full[i]->name);
    }
    tc_buf_putc(&q->out, ']');
}

static void
put_tail_json(struct query *q)
{
    bool first = true;

    tc_buf_puts(&q->out, TC_STR("\n  ]"));
    if (q->question.kind == TC_QUESTION_SHARE)
        put_full_json(q);
    tc_buf_printf(&q->out, ",\n  \"found\": %zu,\n  \"possible\": %zu,\n  \"unknown\": %zu,\n  \"assumed\": [",
                  q->found, q->possible, q->unknown);
    for (size_t i = 0; i < q->asked.count; i++)
        tc_asked_put_assumed_json(q->asked.files[i], &first, &q->out);
    tc_buf_printf(&q->out, "]\n}\n");
}

static int
answer(struct query *q)
{
    bool good;

    q->is_json = q->asked.session.options->is_json;
    if (q->is_json)
        put_head_json(q);
    good = q->question.kind == TC_QUESTION_WHAT    ? answer_what(q)
           : q->question.kind == TC_QUESTION_SHARE ? answer_shared(q)
                                                   : answer_may(q);
    if (q->is_json) {
        put_tail_json(q);
    } else {
        put_summary(q);
        tc_asked_put_assumed(&q->asked, &q->out);
    }
    if (!good || q->out.failed) {
        tc_complain(TC_STR("trustc: out of memory\n"));
        return TC_EXIT_IO;
    }
    if (!tc_print(tc_buf_str(&q->out)))
        return TC_EXIT_IO;
    return q->found > 0 ? TC_EXIT_OK : TC_EXIT_FINDINGS;
}

static enum tc_status
read_question(struct query *q, const struct tc_options *options)
{
    struct tc_arena *arena = &q->asked.session.c.arena;
    struct tc_str fault;
    struct tc_buf out = {0};

    q->text = tc_question_join(arena, options->words, options->word_count);
    if (arena->failed)
        return TC_ERR_NOMEM;
    if (tc_question_parse(arena, q->text, &q->question, &fault)) {
        q->asked.demand = q->question.demand;
        return TC_OK;
    }
    tc_buf_printf(&out, "trustc query: %.*s", TC_STR_ARG(fault));
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
    return TC_ERR_USAGE;
}

int
tc_cmd_query(const struct tc_options *options)
{
    struct query q = {.found = 0};
    enum tc_status status;
    int code;

    tc_asked_init(&q.asked, options);
    status = read_question(&q, options);
    if (status == TC_OK) {
        status = tc_asked_read_all(&q.asked);
        tc_asked_show(&q.asked, status);
    }
    if (status != TC_OK)
        code = tc_session_exit(&q.asked.session, status);
    else if (q.asked.subject_count == 0) {
        tc_complain(
            TC_STR("trustc query: nothing here can be asked: no file declares an application or is a policy\n"));
        code = TC_EXIT_INPUT;
    } else
        code = tc_asked_choose(&q.asked, q.question.who, &q.chosen) ? answer(&q) : TC_EXIT_USAGE;
    tc_buf_done(&q.out);
    tc_asked_done(&q.asked);
    return code;
}
