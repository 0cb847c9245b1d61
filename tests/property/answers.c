/*
 * What query and why answer about sources made from the tables: `answers [SEED [COUNT]]`.
 *
 *   may    the answer for each demand is what the emitted policy file grants, read back and asked directly; it names a
 *          grant, and a grant that it names allows the demand or a part of it
 *   part   whoever may do a thing may do a part of it, and what is shown as an example may be done
 *   what   what is listed is all of the grant, and no more
 *   share  everybody who is said to share a part may do it, and what two may do is among the parts
 *   why    says the same as may; the grant of what is missing, compiled into the source, allows it
 */
#include "api/whatif.h"
#include "ask/answer.h"
#include "ask/atoms.h"
#include "ask/why.h"
#include "emit/policy_file.h"
#include "model/clauses.h"
#include "property/generate.h"
#include "verify/grants.h"
#include "xml/clr_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEMANDS_MAX = 400, TRIED_MAX = 3 };

struct run {
    struct tc_compilation c;
    struct tc_sema_host host;
    struct tc_sema_options options;
    struct tc_subjects subjects;
    struct tct_rng rng;
    const struct tc_perm *demands[DEMANDS_MAX]; /* tokens filled in */
    size_t demand_count;
    size_t tried;
};

static size_t passed, failed, shown, demands, granted, patched;

static void
check(struct run *run, bool good, const char *what, const struct tc_subject *subject, const struct tc_perm *demand)
{
    struct tc_buf text = {0};

    passed += good;
    failed += !good;
    if (good || shown++ >= 5)
        return;
    if (demand != NULL)
        tc_demand_put(&text, tc_runtime_info(subject->policy->runtime)->framework, demand);
    printf("FAILED %s: %.*s: %.*s\n%.*s\n", what, TC_STR_ARG(subject->name), TC_STR_ARG(tc_buf_str(&text)),
           TC_STR_ARG(run->c.sources.list[0]->text));
    tc_buf_done(&text);
}

/* ---- the second answer: the bytes of the policy file ---- */

static enum tc_status
no_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    (void)state;
    (void)path;
    (void)ret_text;
    *ret_reason = "there is none";
    return TC_ERR_IO;
}

struct file {
    const struct tc_policy_level *level;
    bool is_full;
};

static struct file
read_file_of(struct tc_arena *arena, const struct tc_subject *subject)
{
    struct file file = {.is_full = tc_policy_is_full(subject->policy)};
    struct tc_buf bytes = {0};
    struct tc_policy_text text;
    struct tc_element *root;
    struct tc_clr_fault fault;
    struct tc_policy_level *level;
    struct tc_throw thrown;
    const struct tc_element *element;

    if (!file.is_full && tc_policy_emit(subject->policy, &bytes) == TC_OK &&
        tc_policy_replace(arena, tc_arena_str(arena, tc_buf_str(&bytes)), 0, &subject->values, &text) == TC_OK &&
        tc_clr_read(arena, text.text, 0, &root, &fault) == TC_OK && (element = tc_policy_level_find(root)) != NULL &&
        tc_policy_level_read(arena, element, tc_runtime_info(subject->policy->runtime)->framework, &level, &thrown) ==
            TC_YES)
        file.level = level;
    tc_buf_done(&bytes);
    return file;
}

/* Whether the file lets own code @a number do it; TC_THROWS when it cannot be said. */
static enum tc_answer
ask_file(struct tc_arena *arena, const struct file *file, const struct tc_subject *subject, size_t number,
         const struct tc_perm *demand)
{
    const struct tc_machine machine = {.local_drives = 0};
    struct tc_statement statement;
    const struct tc_grant_set *set;
    struct tc_throw thrown;

    if (file->is_full)
        return TC_YES;
    if (file->level == NULL ||
        tc_policy_level_resolve(arena, file->level, &subject->grants[number].evidence, &statement, &thrown) != TC_YES)
        return TC_THROWS;
    set = statement.set;
    if (tc_runtime_info(subject->policy->runtime)->homogeneous && !set->unrestricted) {
        if (tc_grant_set_is_empty(arena, &machine, set, &thrown) == TC_YES)
            set = tc_grant_set_new(arena, false);
        else if (tc_policy_level_set(arena, file->level, subject->policy->sets[0]->name, &set, &thrown) != TC_YES)
            return TC_THROWS;
    }
    return tc_grant_set_demand(arena, &machine, set, demand, &thrown);
}

/* ---- demands ---- */

static bool
add_demand(void *state, const struct tc_perm *atom)
{
    struct run *run = state;
    const struct tc_perm *demand = tc_atom_demand(&run->c.arena, atom);

    if (demand != NULL && run->demand_count < DEMANDS_MAX)
        run->demands[run->demand_count++] = demand;
    return true;
}

static void
collect_demands(struct run *run)
{
    for (size_t i = 0; i < run->subjects.count; i++) {
        const struct tc_grant_set *set = run->subjects.items[i].grants[0].wide;

        for (size_t j = 0; set != NULL && !set->unrestricted && j < set->count; j++)
            if (set->grants[j].perm != NULL)
                (void)tc_atoms(&run->c.arena, set->grants[j].perm, add_demand, run);
    }
}

/* ---- may, part ---- */

static bool
is_alone_enough(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_trace_grant *grant,
                const struct tc_perm *demand)
{
    struct tc_grant one = {.cls = demand->cls};
    struct tc_grant_set set = {.grants = &one, .count = 1};
    const char *throws;

    if (grant->perm == NULL)
        return true;
    one.perm = tc_fill_perm(arena, grant->perm, &subject->values);
    return one.perm != NULL && tc_ask_set(arena, &set, demand, &throws) == TC_MAY_SURELY;
}

static void
check_may(struct run *run, struct tc_arena *arena, const struct tc_subject *subject, const struct file *file,
          const struct tc_perm *demand)
{
    struct tc_answer_may answer, part;
    size_t enough = 0;

    if (tc_answer_may(arena, subject, demand, false, &answer) != TC_OK ||
        tc_answer_may(arena, subject, demand, true, &part) != TC_OK) {
        check(run, false, "it cannot be answered", subject, demand);
        return;
    }
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        enum tc_answer is = ask_file(arena, file, subject, i, demand);

        if (is != TC_THROWS && answer.may.kinds[i] != TC_MAY_UNKNOWN)
            check(run, (is == TC_YES) == (answer.may.kinds[i] == TC_MAY_SURELY), "the file says otherwise", subject,
                  demand);
    }
    if (answer.may.most == TC_MAY_SURELY || answer.may.most == TC_MAY_POSSIBLY) {
        granted++;
        check(run, answer.grants.count > 0, "granted by nothing", subject, demand);
        for (size_t i = 0; i < answer.grants.count; i++)
            enough += is_alone_enough(arena, subject, &answer.grants.items[i], demand);
        check(run, enough > 0 || answer.grants.count > 1, "none of the grants allows it", subject, demand);
        check(run, part.may.most >= answer.may.most || part.may.most == TC_MAY_UNKNOWN, "a part is less than the whole",
              subject, demand);
    }
    if (part.example != NULL) {
        struct tc_may_answer of_example;

        check(run, tc_ask(arena, subject, part.example, &of_example) == TC_OK && of_example.most != TC_MAY_NOT,
              "the example may not be done", subject, part.example);
    }
}

/* ---- what ---- */

struct listed {
    struct tc_arena *arena;
    const struct tc_answer_what *what;
    bool found;
    const struct tc_perm *missing;
};

static bool
find_listed(void *state, const struct tc_perm *atom)
{
    struct listed *l = state;

    for (size_t i = 0; i < l->what->count; i++) {
        struct tc_grant one = {.cls = atom->cls};
        struct tc_grant_set set = {.grants = &one, .count = 1};
        const char *throws;

        if (l->what->grants[i].perm->cls != atom->cls)
            continue;
        one.perm = tc_fill_perm(l->arena, l->what->grants[i].perm, &l->what->subject->values);
        if (one.perm != NULL && tc_ask_set(l->arena, &set, atom, &throws) != TC_MAY_NOT)
            return true;
    }
    l->missing = atom;
    return false;
}

static void
check_what(struct run *run, struct tc_arena *arena, const struct tc_subject *subject)
{
    const struct tc_grant_set *wide = subject->grants[0].wide;
    struct tc_answer_what what;
    const char *throws;

    if (tc_answer_what(arena, subject, 0, &what) != TC_OK || wide == NULL) {
        check(run, wide == NULL, "it cannot be listed", subject, NULL);
        return;
    }
    check(run, what.is_full == wide->unrestricted, "full trust", subject, NULL);
    for (size_t i = 0; !wide->unrestricted && i < wide->count; i++) {
        struct listed l = {.arena = arena, .what = &what};

        /* rows may come from several grants and need each other; those of key containers also the flags */
        if (wide->grants[i].perm == NULL || wide->grants[i].perm->row_count > 1 ||
            wide->grants[i].cls->algebra == TC_ALGEBRA_KEY_CONTAINER ||
            wide->grants[i].cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE)
            continue;
        (void)tc_atoms(arena, wide->grants[i].perm, find_listed, &l);
        check(run, l.missing == NULL, "not listed", subject, l.missing);
    }
    for (size_t i = 0; !what.is_full && i < what.count; i++) {
        const struct tc_perm *perm = tc_fill_perm(arena, what.grants[i].perm, &subject->values);

        if (perm == NULL || perm->cls->assembly == TC_ASM_COUNT_ || perm->row_count > 0 ||
            perm->cls->algebra == TC_ALGEBRA_KEY_CONTAINER)
            continue; /* rows of a grant are no demand */
        check(run, tc_ask_set(arena, wide, perm, &throws) != TC_MAY_NOT, "listed, and not granted", subject, perm);
    }
}

/* ---- share ---- */

static bool
is_among(const struct tc_answer_part *part, const struct tc_subject *subject)
{
    for (size_t i = 0; i < part->count; i++)
        if (part->sharers[i].subject == subject)
            return true;
    return false;
}

static bool
is_full(const struct tc_answer_shared *shared, const struct tc_subject *subject)
{
    for (size_t i = 0; i < shared->full_count; i++)
        if (shared->full[i] == subject)
            return true;
    return false;
}

static void
check_share(struct run *run, struct tc_arena *arena, const struct tc_class *cls)
{
    const struct tc_subject *list[TCT_APPLICATIONS_MAX + 1];
    struct tc_answer_shared shared;
    size_t count = 0;

    for (size_t i = 0; i < run->subjects.count && count < TCT_APPLICATIONS_MAX; i++)
        list[count++] = &run->subjects.items[i];
    if (count < 2 || tc_answer_shared(arena, list, count, cls, &shared) != TC_OK)
        return;
    for (size_t i = 0; i < shared.count; i++)
        for (size_t j = 0; j < shared.parts[i].count; j++) {
            const struct tc_subject *subject = shared.parts[i].sharers[j].subject;
            struct tc_answer_may answer;

            check(run,
                  tc_answer_may(arena, subject, shared.parts[i].part, true, &answer) == TC_OK &&
                      answer.may.most != TC_MAY_NOT,
                  "said to share what it may not do", subject, shared.parts[i].part);
        }
    for (size_t i = 0; i < run->demand_count; i++) {
        const struct tc_subject *able[2] = {NULL, NULL};
        size_t number = 0;
        bool found = false;

        if (run->demands[i]->cls != cls)
            continue;
        for (size_t j = 0; j < count && number < 2; j++) {
            struct tc_may_answer answer;

            if (tc_ask(arena, list[j], run->demands[i], &answer) == TC_OK && answer.most != TC_MAY_NOT &&
                answer.most != TC_MAY_UNKNOWN && !is_full(&shared, list[j]))
                able[number++] = list[j];
        }
        for (size_t j = 0; j < shared.count && number == 2; j++)
            found |= is_among(&shared.parts[j], able[0]) && is_among(&shared.parts[j], able[1]);
        if (number == 2)
            check(run, found, "shared, and not said", able[0], run->demands[i]);
    }
}

/* ---- why ---- */

static struct tc_str
grant_words(struct tc_arena *arena, enum tc_framework framework, const struct tc_perm *perm)
{
    struct tc_buf clauses = {0};
    struct tc_str text;

    if (!perm->unrestricted && tc_clauses_put(&clauses, framework, perm))
        for (size_t i = 0; i < clauses.len; i++)
            clauses.ptr[i] = clauses.ptr[i] == '\0' ? ' ' : clauses.ptr[i];
    if (clauses.len > 0)
        text = tc_arena_printf(arena, " grant %s { %.*s } ", perm->cls->word, TC_STR_ARG(tc_buf_str(&clauses)));
    else
        text = tc_arena_printf(arena, " grant %s unrestricted; ", perm->cls->word);
    tc_buf_done(&clauses);
    return text;
}

static void
check_patch(struct run *run, struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *missing)
{
    const struct tc_source *source = run->c.sources.list[0];
    struct tc_whatif_change change = {.model = run->c.model,
                                      .changed = source,
                                      .offset = subject->application->block.end - 1 - source->base,
                                      .application = subject->name,
                                      .demand = missing};
    struct tc_whatif result;

    change.insert = grant_words(arena, tc_runtime_info(subject->policy->runtime)->framework, missing);
    if (tc_whatif(arena, &run->c, &run->host, &run->options, &change, &result) != TC_OK) {
        check(run, false, "it cannot be tried", subject, missing);
        return;
    }
    /* queues are known to the server alone; keys and types of XAML are no plain union; a sample may be no URL that can
     * be written */
    if (result.refused.len > 0 || missing->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE ||
        missing->cls->algebra == TC_ALGEBRA_KEY_CONTAINER || missing->cls->algebra == TC_ALGEBRA_WEB ||
        strcmp(missing->cls->word, "XamlLoad") == 0)
        return;
    patched++;
    check(run, result.allows_some, "the grant of what is missing does not allow it", subject, missing);
}

/* Whether the code groups give some of the code the set that an application's grants go to. */
static bool
gives_main_set(const struct tc_why *why)
{
    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        for (size_t j = 0; j < why->traces[i].set_count; j++)
            if (why->traces[i].sets[j].set != NULL &&
                tc_trace_written(&why->traces[i], why->traces[i].sets[j].set) == why->answer.subject->policy->sets[0])
                return true;
    return false;
}

static void
check_why(struct run *run, struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand)
{
    struct tc_may_answer answer;
    struct tc_why why;

    if (tc_why_of(arena, subject, demand, false, &why) != TC_OK || tc_ask(arena, subject, demand, &answer) != TC_OK) {
        check(run, false, "nobody knows why", subject, demand);
        return;
    }
    check(run, memcmp(why.answer.may.kinds, answer.kinds, sizeof answer.kinds) == 0, "why and may differ", subject,
          demand);
    check(run, (why.missing != NULL) <= (answer.may != TC_MAY_SURELY), "something is missing that is there", subject,
          demand);
    if (why.missing == NULL || answer.most != TC_MAY_NOT || run->tried >= TRIED_MAX || demand->unrestricted ||
        !gives_main_set(&why))
        return;
    run->tried++;
    check_patch(run, arena, subject, why.missing);
}

/* ---- runs ---- */

static void
ask_all(struct run *run)
{
    collect_demands(run);
    demands += run->demand_count;
    for (size_t i = 0; i < run->subjects.count; i++) {
        const struct tc_subject *subject = &run->subjects.items[i];
        struct tc_arena arena;
        struct file file;

        if (subject->policy == NULL)
            continue;
        tc_arena_init(&arena);
        file = read_file_of(&arena, subject);
        check_what(run, &arena, subject);
        for (size_t j = 0; j < run->demand_count; j++) {
            check_may(run, &arena, subject, &file, run->demands[j]);
            if (tct_rng_one_in(&run->rng, 8))
                check_why(run, &arena, subject, run->demands[j]);
        }
        tc_arena_done(&arena);
    }
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        struct tc_arena arena;

        tc_arena_init(&arena);
        check_share(run, &arena, tc_class((enum tc_class_id)i));
        tc_arena_done(&arena);
    }
}

static void
run_one(uint64_t seed, uint64_t number)
{
    struct run run = {.options = {.today = TC_STR("2026-11-23")}};
    struct tct_source source = {.application_count = 0};
    struct tc_buf text = {0};

    run.rng = tct_rng(seed, number);
    run.host = tc_host_builtin();
    run.host.read_file = no_file;
    tct_generate_source(&source, &run.rng, (enum tc_runtime)tct_rng_below(&run.rng, TC_RT_COUNT_));
    tc_buf_puts(&text, tc_buf_str(&source.head));
    for (size_t i = 0; i < source.application_count; i++)
        tc_buf_puts(&text, tc_buf_str(&source.applications[i]));
    tc_compilation_init(&run.c);
    if (tc_compile(&run.c, &run.host, &run.options, TC_STR("a.trust"), tc_buf_str(&text)) == TC_OK &&
        tc_subjects_of_model(&run.c.arena, run.c.model, &run.subjects) == TC_OK)
        ask_all(&run);
    tc_compilation_done(&run.c);
    tc_buf_done(&text);
    tct_source_done(&source);
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;

    for (uint64_t i = 0; i < count; i++)
        run_one(seed, i);
    printf("answers: %zu demands, %zu granted, %zu changes tried\n", demands, granted, patched);
    printf("answers: %zu passed, %zu failed\n", passed, failed);
    return failed > 0 || granted == 0 || patched == 0;
}
