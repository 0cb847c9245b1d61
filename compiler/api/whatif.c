#include "api/whatif.h"

#include "api/edited.h"
#include "ask/diff.h"
#include "ask/rules.h"

/* The text with what is inserted. */
static struct tc_str
changed_text(struct tc_arena *arena, const struct tc_whatif_change *change)
{
    struct tc_str text = change->changed->text;
    struct tc_str before = tc_str_sub(text, 0, change->offset), behind = tc_str_sub(text, change->offset, SIZE_MAX);

    return tc_arena_printf(arena, "%.*s%.*s%.*s", TC_STR_ARG(before), TC_STR_ARG(change->insert), TC_STR_ARG(behind));
}

/* ---- what has changed ---- */

struct trial {
    struct tc_arena *arena;
    const struct tc_compilation *before;
    struct tc_compilation after;
    const struct tc_whatif_change *change;
    struct tc_isolation *isolations[2]; /* before and after; NULL: nobody asks */
    struct tc_whatif *ret;
};

static struct tc_str
first_error(struct trial *t)
{
    for (const struct tc_diag *diag = t->after.diags.first; diag != NULL; diag = diag->next)
        if (diag->severity == TC_SEVERITY_ERROR)
            return tc_arena_str(t->arena, diag->message);
    return TC_STR("it has errors");
}

static bool
find_ways(struct trial *t)
{
    struct tc_diff_side sides[2] = {{.name = TC_STR("now"), .model = t->change->model, .sources = &t->before->sources},
                                    {.name = TC_STR("then"), .model = t->after.model, .sources = &t->after.sources}};
    struct tc_arena *arena = &t->after.arena;
    struct tc_diff *diff = NULL;
    size_t count = 0;
    bool good = true;

    /* both sides lock all that they set: places say nothing more */
    for (size_t i = 0; i < 2 && good; i++) {
        sides[i].places = tc_arena_array(arena, struct tc_diff_place, sides[i].model->application_count);
        sides[i].isolation = t->isolations[i];
        good = sides[i].places != NULL;
    }
    good = good && tc_diff(arena, &sides[0], &sides[1], &diff) == TC_OK;
    for (const struct tc_diff_way *way = good ? diff->ways : NULL; way != NULL; way = way->next)
        count += way->is_worse;
    t->ret->ways = tc_arena_array(t->arena, struct tc_str, count);
    for (const struct tc_diff_way *way = good ? diff->ways : NULL; way != NULL && t->ret->ways != NULL; way = way->next)
        if (way->is_worse)
            t->ret->ways[t->ret->way_count++] =
                tc_arena_printf(t->arena, "%s: %.*s%s", tc_rule_info(way->after->rule)->code.slug,
                                TC_STR_ARG(way->sentence), way->after->verdict == TC_NOT_ISOLATED ? "" : " (unknown)");
    return good && t->ret->ways != NULL;
}

/* Lines of rules come in the order of the source, on both sides the same. */
static bool
find_rules(struct trial *t, const struct tc_subjects *subjects)
{
    const struct tc_rule_filter everything = {.words = {NULL, 0}};
    struct tc_arena *arena = &t->after.arena;
    struct tc_rule_run now, then;
    struct tc_subjects before;

    if (t->after.model->rules == NULL)
        return true;
    if (tc_subjects_of_model(arena, t->change->model, &before) != TC_OK ||
        tc_rules_run(arena, t->change->model, &before, t->isolations[0], &everything, &now) != TC_OK ||
        tc_rules_run(arena, t->after.model, subjects, t->isolations[1], &everything, &then) != TC_OK)
        return false;
    t->ret->rules = tc_arena_array(t->arena, struct tc_str, then.count);
    for (size_t i = 0; i < then.count && t->ret->rules != NULL; i++) {
        const struct tc_rule *rule = then.lines[i].rule;
        bool failed_before = i < now.count && tc_str_eq(now.lines[i].rule->title, rule->title) &&
                             now.lines[i].failed >= then.lines[i].failed;

        if (then.lines[i].failed > 0 && !failed_before)
            t->ret->rules[t->ret->rule_count++] = tc_arena_printf(
                t->arena, "%s \"%.*s\": %.*s", rule->is_never ? "never" : "test", TC_STR_ARG(rule->title),
                TC_STR_ARG(tc_failure_sentence(arena, &then.lines[i], then.lines[i].failures)));
    }
    return t->ret->rules != NULL;
}

static enum tc_status
look(struct trial *t)
{
    struct tc_subjects subjects;
    struct tc_may_answer answer = {.may = TC_MAY_NOT};
    bool is_declared = t->change->demand->cls->assembly == TC_ASM_COUNT_;

    if (tc_subjects_of_model(&t->after.arena, t->after.model, &subjects) != TC_OK)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < subjects.count; i++)
        if (tc_str_eq(subjects.items[i].name, t->change->application) &&
            tc_ask(&t->after.arena, &subjects.items[i], t->change->demand, &answer) != TC_OK)
            return TC_ERR_NOMEM;
    /* of a class that a source declares more than that it is granted cannot be known */
    t->ret->allows = answer.may == TC_MAY_SURELY || (answer.may == TC_MAY_UNKNOWN && is_declared);
    t->ret->allows_some = answer.most == TC_MAY_SURELY || (answer.most == TC_MAY_UNKNOWN && is_declared);
    return find_rules(t, &subjects) && (!t->change->with_isolation || find_ways(t)) ? TC_OK : TC_ERR_NOMEM;
}

/* Both sides' isolation, where it is asked for, and what follows from it. */
static enum tc_status
look_at_both(struct trial *t)
{
    enum tc_status status = TC_OK;

    if (t->change->with_isolation)
        status = tc_isolate(&t->after.arena, t->change->model, &t->isolations[0]);
    if (status == TC_OK && t->change->with_isolation)
        status = tc_isolate(&t->after.arena, t->after.model, &t->isolations[1]);
    if (status == TC_OK)
        status = look(t);
    tc_isolation_done(t->isolations[0]);
    tc_isolation_done(t->isolations[1]);
    return status;
}

enum tc_status
tc_whatif(struct tc_arena *arena, const struct tc_compilation *c, const struct tc_sema_host *host,
          const struct tc_sema_options *options, const struct tc_whatif_change *change, struct tc_whatif *ret)
{
    struct trial t = {.arena = arena, .before = c, .change = change, .ret = ret};
    enum tc_status status;

    *ret = (struct tc_whatif){.way_count = 0};
    tc_compilation_init(&t.after);
    status = tc_compile_edited(&t.after, c, host, options, change->changed, changed_text(arena, change));
    if (status == TC_FAILED)
        ret->refused = first_error(&t);
    else if (status == TC_OK)
        status = look_at_both(&t);
    tc_compilation_done(&t.after);
    return arena->failed ? TC_ERR_NOMEM : status == TC_FAILED ? TC_OK : status;
}
