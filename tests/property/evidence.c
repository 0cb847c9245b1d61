/*
 * What holds for `minimize` and `demands` on sources made from the tables.
 *
 *   minimize  the smaller source compiles, grants every application the same, asked here without the code that decided
 *             it, and has nothing left to leave out
 *   demands   what one application has, written as a report of permissions, is read back whole; the grant that is
 *             learned from it for another application allows all of it that can be said, and no more
 *
 *     evidence [SEED [COUNT]]
 */
#include "api/learn.h"
#include "api/minimize.h"
#include "property/generate.h"
#include "property/rng.h"
#include "verify/grants.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t passed, failed, left_out, learned_count;
static struct tc_str now, report_now; /* what is tried, for who wants to see it fail */

static void
save(const char *path, struct tc_str text)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return;
    fwrite(text.ptr, 1, text.len, file);
    fclose(file);
}

static void TC_PRINTF(2, 3) expect(bool ok, const char *format, ...)
{
    char path[64];
    va_list args;

    passed += ok;
    failed += !ok;
    if (ok || failed > 20)
        return;
    snprintf(path, sizeof path, "evidence-%zu.trust", failed);
    save(path, now);
    if (report_now.len > 0) {
        snprintf(path, sizeof path, "evidence-%zu.xml", failed);
        save(path, report_now);
    }
    printf("FAILED: ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf(" (%s)\n", path);
}

static enum tc_status
no_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    (void)state;
    (void)path;
    (void)ret_text;
    *ret_reason = "there is none";
    return TC_ERR_IO;
}

static const struct tc_sema_options options = {.today = {"2026-11-23", 10}};

static struct tc_sema_host
host_of(void)
{
    struct tc_sema_host host = tc_host_builtin();

    host.read_file = no_file;
    return host;
}

/* ---- minimize ---- */

static bool
same_code(struct tc_arena *arena, const struct tc_application *x, const struct tc_application *y,
          const struct tc_token_values *values, enum tc_code_kind kind)
{
    struct tc_evidence evidence = tc_evidence_of_kind(arena, kind, values);
    const struct tc_grant_set *a = NULL, *b = NULL;
    struct tc_throw thrown;
    enum tc_answer one = tc_grant_of(arena, x->policy, values, &evidence, &a, &thrown);
    enum tc_answer two = tc_grant_of(arena, y->policy, values, &evidence, &b, &thrown);

    if (one != TC_YES || two != TC_YES)
        return one == two;
    return tc_grants_within(arena, a, b) && tc_grants_within(arena, b, a);
}

static void
check_same(struct tc_compilation *before, struct tc_compilation *after)
{
    const struct tc_model *a = before->model, *b = after->model;

    expect(a->application_count == b->application_count, "an application is gone");
    for (size_t i = 0; i < a->application_count && i < b->application_count; i++) {
        struct tc_token_values values = tc_application_values(&before->arena, a, a->applications[i]);

        for (int kind = 0; kind < TC_CODE_KIND_COUNT_; kind++)
            expect(same_code(&before->arena, a->applications[i], b->applications[i], &values, (enum tc_code_kind)kind),
                   "%.*s: %s gets something else", TC_STR_ARG(a->applications[i]->name),
                   tc_code_kind_name((enum tc_code_kind)kind));
    }
}

static void
try_minimize(struct tc_compilation *c)
{
    struct tc_sema_host host = host_of();
    struct tc_compilation smaller;
    struct tc_minimized result, again;
    enum tc_status status = tc_minimize(c, &host, &options, &result);

    expect(status == TC_OK, "minimize: status %d", (int)status);
    if (status != TC_OK)
        return;
    left_out += result.count;
    expect((result.count == 0) == tc_str_eq(result.text, result.source->text), "findings and changes do not agree");
    tc_compilation_init(&smaller);
    status = tc_compile(&smaller, &host, &options, TC_STR("smaller.trust"), result.text);
    expect(status == TC_OK, "the smaller source does not compile");
    if (status == TC_OK) {
        check_same(c, &smaller);
        status = tc_minimize(&smaller, &host, &options, &again);
        expect(status == TC_OK && (again.count == 0 || result.is_partial), "a second run finds %zu more: %.*s",
               again.count, TC_STR_ARG(again.count > 0 ? again.first->what : TC_STR("")));
    }
    tc_compilation_done(&smaller);
}

/* ---- demands ---- */

/* What the own code of @a subject has, as a permission set in XML. False: it is full trust, or cannot be written. */
static bool
put_report(struct tc_arena *arena, const struct tc_subject *subject, enum tc_framework framework, struct tc_buf *out)
{
    const struct tc_class_names names = {.is_full = true, .framework = framework};
    const struct tc_grant_set *set = subject->grants[0].sure;
    struct tc_element *element;
    struct tc_throw thrown;

    if (set == NULL || set->unrestricted || tc_grant_set_write(arena, set, &names, &element, &thrown) != TC_YES)
        return false;
    tc_buf_puts(out, TC_STR("<Assembly><Method Sig=\"void x()\"><Demand>\n"));
    tc_element_print(out, element);
    tc_buf_puts(out, TC_STR("\n</Demand></Method></Assembly>\n"));
    return true;
}

static bool
is_declared(const struct tc_class *cls)
{
    return cls->assembly == TC_ASM_COUNT_;
}

/* Whether everything in @a set is among what was read: united, it allows each permission of the set. */
static void
check_read(struct tc_arena *arena, const struct tc_grant_set *set, const struct tc_demands_report *report)
{
    struct tc_grant_set *all = tc_grant_set_new(arena, false);
    const struct tc_perm *ignored;
    struct tc_throw thrown;

    for (const struct tc_demanded *d = report->first; d != NULL; d = d->next)
        if (d->kind == TC_DEMANDED_PERMISSION)
            tc_grant_set_add(arena, all, d->perm, &ignored, &thrown);
    for (size_t i = 0; i < set->count; i++) {
        const struct tc_perm *perm = set->grants[i].perm;

        if (perm == NULL || is_declared(perm->cls) || set->grants[i].broken != NULL || tc_perm_is_empty(perm) ||
            perm->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE) /* nobody can compare those without the service */
            continue;
        expect(tc_grant_set_demand(arena, NULL, all, perm, &thrown) == TC_YES, "%s is not read back from its XML",
               perm->cls->word);
    }
}

static const char *
first_error(const struct tc_diags *diags)
{
    for (const struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next)
        if (diag->severity == TC_SEVERITY_ERROR)
            return diag->message.ptr;
    return "";
}

static void
try_learn(struct tc_compilation *c, const struct tc_subject *to, const struct tc_demands_report *report,
          enum tc_framework framework)
{
    struct tc_sema_host host = host_of();
    bool accepted[TC_REFUSAL_COUNT_];
    struct tc_compilation again;
    struct tc_learned learned;
    struct tc_needs needs;
    enum tc_status status;

    memset(accepted, true, sizeof accepted);
    if (tc_needs_of(&c->arena, to, framework, report, 1, accepted, &needs) != TC_OK)
        abort();
    for (size_t i = 0; i < needs.count; i++)
        expect(needs.items[i].answer.may == TC_MAY_SURELY || needs.items[i].is_learned ||
                   needs.items[i].obstacle != NULL,
               "a need of %s is neither covered nor learned nor explained", needs.items[i].demand->cls->word);
    tc_compilation_init(&again);
    status = tc_learn(c, &again, &host, &options, to, &needs, &learned);
    expect(status == TC_OK, "%.*s: what was learned fails: status %d, %s", TC_STR_ARG(to->name), (int)status,
           learned.fault != NULL ? learned.fault : first_error(&again.diags));
    learned_count += needs.grant_count;
    tc_compilation_done(&again);
}

static void
try_demands(struct tc_compilation *c, struct tct_rng *rng)
{
    struct tc_subjects subjects;
    const struct tc_subject *from, *to;
    struct tc_demands_report report;
    struct tc_buf text = {0};
    enum tc_framework framework;

    if (tc_subjects_of_model(&c->arena, c->model, &subjects) != TC_OK)
        abort();
    from = &subjects.items[tct_rng_below(rng, subjects.count)];
    to = &subjects.items[tct_rng_below(rng, subjects.count)];
    framework = tc_runtime_info(to->application->runtime)->framework;
    if (put_report(&c->arena, from, framework, &text)) {
        report_now = tc_buf_str(&text);
        struct tc_source *source =
            tc_sources_add(&c->sources, TC_STR("report"), tc_demands_text(&c->arena, tc_buf_str(&text)));

        if (source == NULL || tc_demands_read(&c->arena, source, &report) != TC_OK)
            abort();
        check_read(&c->arena, from->grants[0].sure, &report);
        try_learn(c, to, &report, framework);
    }
    report_now = TC_STR("");
    tc_buf_done(&text);
}

/* ---- running ---- */

static void
run(uint64_t seed, uint64_t number)
{
    struct tct_rng rng = tct_rng(seed, number);
    struct tc_sema_host host = host_of();
    struct tc_compilation c;
    struct tct_source source;
    struct tc_buf text = {0};

    tct_generate_source(&source, &rng, (enum tc_runtime)tct_rng_below(&rng, TC_RT_COUNT_));
    tc_buf_puts(&text, tc_buf_str(&source.head));
    for (size_t i = 0; i < source.application_count; i++)
        tc_buf_puts(&text, tc_buf_str(&source.applications[i]));
    now = tc_buf_str(&text);
    tc_compilation_init(&c);
    if (tc_compile(&c, &host, &options, TC_STR("random.trust"), now) == TC_OK) {
        try_demands(&c, &rng);
        try_minimize(&c);
    } else {
        expect(false, "the source does not compile");
    }
    tc_compilation_done(&c);
    tct_source_done(&source);
    tc_buf_done(&text);
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;

    for (uint64_t i = 0; i < count; i++)
        run(seed, i);
    now = TC_STR("");
    expect(left_out > 0 && learned_count > 0, "nothing was left out, or nothing learned: what was tried?");
    printf("%zu parts left out, %zu grants learned\n", left_out, learned_count);
    printf("evidence: %zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
