/* trustc test: the tests and nevers of sources, what they exercise, and what they would not notice. */
#include "api/against.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* One source. */
struct testing {
    struct tc_session session;
    const struct tc_options *options;
    struct tc_source *source; /* NULL: it could not be read */
    enum tc_status status;
    struct tc_rule_run run;
    struct tc_coverage coverage;
    struct tc_mutants mutants;
};

/* Sources that several threads take one after the other. */
struct work {
    struct testing *list;
    size_t count, next;
    pthread_mutex_t lock;
};

/* ---- one source ---- */

static bool
read_output(void *state, struct tc_str path, struct tc_str *ret_bytes)
{
    struct testing *t = state;
    struct tc_str name = tc_arena_str(&t->session.c.arena, path);
    const char *ignored;

    return name.ptr != NULL && tc_host_read(&t->session.c.arena, name.ptr, ret_bytes, &ignored) == TC_OK;
}

/* Whether a grant stands in one of the sources, not in the platform's own levels. */
static bool
is_own_text(void *state, struct tc_span span)
{
    struct testing *t = state;
    const struct tc_source *source = span.end == 0 ? NULL : tc_sources_find(&t->session.c.sources, span.begin);

    for (size_t i = 0; source != NULL && i < t->session.c.files.count; i++)
        if (t->session.c.files.list[i]->source == source)
            return true;
    return false;
}

static enum tc_status
measure(struct testing *t, const struct tc_subjects *subjects)
{
    const struct tc_test_options *options = &t->options->test;
    struct tc_compilation *c = &t->session.c;
    bool mutates = options->mutate || options->has_mutation_threshold;
    enum tc_status status = TC_OK;

    if (options->coverage || options->has_coverage_threshold || mutates)
        status = tc_coverage_of(&c->arena, subjects, &t->run, is_own_text, t, &t->coverage);
    if (status == TC_OK && mutates)
        status = tc_mutants_try(&c->arena, c->model, &t->coverage, &t->run, &t->mutants);
    return status;
}

static void
test_source(struct testing *t)
{
    const struct tc_test_options *options = &t->options->test;
    const struct tc_rule_filter filter = {.words = tc_str_of(options->words)};
    struct tc_compilation *c = &t->session.c;
    const struct tc_model *model;
    struct tc_subjects subjects;

    t->status = tc_compile_source(c, &t->session.host, &t->session.sema, t->source);
    model = c->model;
    if (t->status == TC_OK)
        t->status = options->against == NULL
                        ? tc_subjects_of_model(&c->arena, c->model, &subjects)
                        : tc_against_subjects(c, tc_str_of(options->against), read_output, t, &subjects, &model);
    if (t->status == TC_OK && tc_rules_forbid(c->model))
        t->status = tc_isolate(&c->arena, model, &c->isolation);
    if (t->status == TC_OK)
        t->status = tc_rules_run(&c->arena, c->model, &subjects, c->isolation, &filter, &t->run);
    if (t->status == TC_OK)
        t->status = measure(t, &subjects);
}

/* ---- all of them ---- */

static void *
work(void *state)
{
    struct work *w = state;

    for (;;) {
        size_t number;

        pthread_mutex_lock(&w->lock);
        number = w->next++;
        pthread_mutex_unlock(&w->lock);
        if (number >= w->count)
            return NULL;
        if (w->list[number].status == TC_OK)
            test_source(&w->list[number]);
    }
}

static void
test_all(struct work *w, const struct tc_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t jobs = options->lint.jobs > 0 ? options->lint.jobs : processors > 0 ? (size_t)processors : 1;
    pthread_t threads[TC_FILES_MAX];
    size_t count = 0;

    pthread_mutex_init(&w->lock, NULL);
    for (; count + 1 < jobs && count + 1 < w->count; count++)
        if (pthread_create(&threads[count], NULL, work, w) != 0)
            break;
    work(w); /* and one is this one */
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&w->lock);
}

/* Errors of a source stop its tests, not those of others. */
static int
worse(int a, int b)
{
    return a > b ? a : b;
}

static struct tc_test_file
file_of(struct testing *t, const char *name)
{
    const struct tc_test_options *options = &t->options->test;
    struct tc_test_file file = {.name = t->source == NULL ? tc_str_of(name) : t->source->name,
                                .c = &t->session.c,
                                .lists_coverage = options->coverage || options->has_coverage_threshold};

    if (t->status == TC_OK) {
        file.run = &t->run;
        file.coverage = file.lists_coverage ? &t->coverage : NULL;
        file.mutants = options->mutate || options->has_mutation_threshold ? &t->mutants : NULL;
    } else {
        file.fault = t->source == NULL ? "it cannot be read" : "it has errors";
    }
    return file;
}

/* What is not a failed line, and fails all the same. */
static int
judge_totals(const struct tc_options *options, const struct tc_test_totals *totals)
{
    const struct tc_test_options *test = &options->test;
    struct tc_buf out = {0};
    int code = totals->failed > 0 ? TC_EXIT_FINDINGS : TC_EXIT_OK;

    if (totals->lines == 0 && totals->faults == 0 && !options->lint.allow_empty) {
        tc_buf_printf(&out, "trustc test: nothing was tested: %s\n",
                      test->words == NULL
                          ? "there is no test and no never about an application in what was given; --allow-empty takes "
                            "that"
                          : "no title and no application has the words of --run");
        code = TC_EXIT_FINDINGS;
    }
    if (test->has_coverage_threshold && tc_percent(totals->exercised, totals->atoms) < test->coverage_threshold) {
        tc_buf_printf(&out, "trustc test: tests ask for %u %% of what is granted, and --coverage-threshold is %u %%\n",
                      tc_percent(totals->exercised, totals->atoms), test->coverage_threshold);
        code = TC_EXIT_FINDINGS;
    }
    if (test->has_mutation_threshold && tc_percent(totals->noticed, totals->mutants) < test->mutation_threshold) {
        tc_buf_printf(&out, "trustc test: rules notice %u %% of the changes, and --mutation-threshold is %u %%\n",
                      tc_percent(totals->noticed, totals->mutants), test->mutation_threshold);
        code = TC_EXIT_FINDINGS;
    }
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
    return code;
}

static const char *
name_of(const struct tc_options *options, size_t number)
{
    return number == 0 ? options->file : options->more[number - 1];
}

static int
print(struct work *w, const struct tc_options *options)
{
    enum tc_test_format format = options->test.format;
    struct tc_test_totals totals = {0}, done = {0};
    struct tc_buf out = {0};
    int code = TC_EXIT_OK;

    for (size_t i = 0; i < w->count; i++) {
        struct tc_test_file file = file_of(&w->list[i], name_of(options, i));

        tc_test_count(&totals, &file);
        if (w->list[i].status != TC_OK) {
            tc_session_show(&w->list[i].session);
            code = worse(code, tc_session_exit(&w->list[i].session, w->list[i].status));
        }
    }
    tc_test_begin(format, &totals, &out);
    for (size_t i = 0; i < w->count; i++) {
        struct tc_test_file file = file_of(&w->list[i], name_of(options, i));

        tc_test_file_put(format, &file, tc_session_color(&w->list[i].session, STDOUT_FILENO), &done, &out);
    }
    tc_test_end(format, &totals, &out);
    if (out.failed)
        tc_complain(TC_STR("trustc: out of memory\n"));
    if (out.failed || !tc_print(tc_buf_str(&out)))
        code = TC_EXIT_IO;
    tc_buf_done(&out);
    return worse(code, judge_totals(options, &totals));
}

int
tc_cmd_test(const struct tc_options *options)
{
    struct tc_arena arena;
    struct work w = {.count = options->more_count + 1};
    int code = TC_EXIT_IO;

    tc_arena_init(&arena);
    w.list = tc_arena_array(&arena, struct testing, w.count);
    for (size_t i = 0; w.list != NULL && i < w.count; i++) {
        struct testing *t = &w.list[i];

        t->options = options;
        tc_session_init(&t->session, options);
        t->status = tc_session_read_file(&t->session, name_of(options, i), &t->source);
    }
    if (w.list != NULL) {
        test_all(&w, options);
        code = print(&w, options);
    }
    for (size_t i = 0; w.list != NULL && i < w.count; i++)
        tc_session_done(&w.list[i].session);
    tc_arena_done(&arena);
    return code;
}
