/*
 * Isolation, beside bare programs on the same data, in one run.
 *
 * Paths: ten a customer, in the order in which a source has them, which is not the order of their names. Sorting them
 * and finding what lies in what is held against qsort() of the same texts with strcmp(), and so is the whole check of
 * files: keys, order, scan, rules, locations. Memory is what either asks for at the peak beyond the texts, as malloc()
 * was asked; the check's with the claims, which are made before.
 *
 * Whole: tc_isolate() and its report on sources of bench_generate, against tc_commit() of their outputs.
 *
 *     bench_isolate [-n PATHS] [-a APPLICATIONS] [-r ROUNDS] --generate PROGRAM [--work DIRECTORY]
 */
#include "api/trustc.h"
#include "isolate/internal.h"
#include "measure.h"

#include <getopt.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATHS = 1000000, APPLICATIONS = 10000, ROUNDS = 5, STEPS = 5, PATHS_EACH = 10, TEXT_ROOM = 96 };

/* ---- memory, by the linker's --wrap ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static struct {
    size_t now, peak;
} heap;

static void *
took(void *block)
{
    heap.now += block == NULL ? 0 : malloc_usable_size(block);
    heap.peak = heap.now > heap.peak ? heap.now : heap.peak;
    return block;
}

void *
__wrap_malloc(size_t size)
{
    return took(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return took(__real_calloc(count, size));
}

void *
__wrap_realloc(void *old, size_t size)
{
    size_t before = old == NULL ? 0 : malloc_usable_size(old);
    void *block = __real_realloc(old, size);

    if (block != NULL)
        heap.now -= before;
    return block == NULL ? NULL : took(block);
}

void
__wrap_free(void *old)
{
    heap.now -= old == NULL ? 0 : malloc_usable_size(old);
    __real_free(old);
}

/* From now on, the peak beyond what there is. */
static size_t
heap_begin(void)
{
    heap.peak = heap.now;
    return heap.now;
}

/* ---- paths ---- */

struct paths {
    size_t count, applications;
    char *text; /* TEXT_ROOM bytes each */
    struct tc_str *texts;
    const char **plain; /* for qsort() */
    struct tc_application *list;
    struct tc_application **applications_list;
};

static const struct {
    const char *format;
    enum tc_claim_kind kind;
    uint8_t may;
} shapes[PATHS_EACH] = {
    {"D:\\Sites\\%s", TC_CLAIM_ROOT, TC_MAY_READ | TC_MAY_WRITE},
    {"E:\\Temp\\%s", TC_CLAIM_TEMPORARY, TC_MAY_READ | TC_MAY_WRITE},
    {"E:\\AspTemplates\\%s", TC_CLAIM_TEMPLATES, TC_MAY_READ | TC_MAY_WRITE},
    {"D:\\Data\\%s", TC_CLAIM_GRANT, TC_MAY_READ},
    {"D:\\Data\\%s\\Upload", TC_CLAIM_GRANT, TC_MAY_READ | TC_MAY_WRITE},
    {"E:\\Logs\\%s", TC_CLAIM_GRANT, TC_MAY_APPEND},
    {"E:\\Logs\\%s\\2026\\summary.txt", TC_CLAIM_GRANT, TC_MAY_READ},
    {"\\\\files01\\customers\\%s\\Reports", TC_CLAIM_GRANT, TC_MAY_READ | TC_MAY_WRITE},
    {"D:\\Licences\\Charting Component\\%s", TC_CLAIM_GRANT, TC_MAY_READ},
    {"D:\\Shared\\Templates", TC_CLAIM_GRANT, TC_MAY_READ},
};

/* The format is one of those above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
put_path(char *text, size_t shape, const char *customer)
{
    bench_require(snprintf(text, TEXT_ROOM, shapes[shape].format, customer) < TEXT_ROOM, "path");
}
#pragma GCC diagnostic pop

static void
make_paths(struct paths *p, size_t count)
{
    static const char *const words[] = {"Contoso",  "fabrikam", "NORTHWIND", "adventure-works",
                                        "tailspin", "Litware",  "wingtip",   "Proseware"};
    uint64_t state = 20261123;

    *p = (struct paths){.count = count, .applications = count / PATHS_EACH};
    p->text = malloc(count * TEXT_ROOM);
    p->texts = malloc(count * sizeof *p->texts);
    p->plain = malloc(count * sizeof *p->plain);
    p->list = calloc(p->applications, sizeof *p->list);
    p->applications_list = calloc(p->applications, sizeof *p->applications_list);
    bench_require(p->text != NULL && p->texts != NULL && p->plain != NULL && p->list != NULL &&
                      p->applications_list != NULL,
                  "memory");
    for (size_t i = 0; i < p->applications; i++) {
        char customer[48], location[80];
        struct tc_application *app = &p->list[i];

        state = state * 6364136223846793005U + 1442695040888963407U;
        (void)snprintf(customer, sizeof customer, "%s-%04x%zu", words[state >> 61], (unsigned)(state >> 40 & 0xFFFF),
                       i);
        (void)snprintf(location, sizeof location, "Default Web Site/%s", customer);
        app->name = app->location.text = tc_str_of(strdup(location));
        app->index = (uint32_t)i;
        p->applications_list[i] = app;
        for (size_t k = 0; k < PATHS_EACH; k++) {
            size_t number = i * PATHS_EACH + k;

            put_path(p->text + number * TEXT_ROOM, k, customer);
            p->texts[number] = tc_str_of(p->text + number * TEXT_ROOM);
        }
        app->root.text = p->texts[i * PATHS_EACH];
    }
}

static void
free_paths(struct paths *p)
{
    for (size_t i = 0; i < p->applications; i++) {
        const void *name = p->list[i].name.ptr;

        free((void *)(uintptr_t)name);
    }
    free(p->text);
    free(p->texts);
    free(p->plain);
    free(p->list);
    free(p->applications_list);
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static double
sort_plain(struct paths *p)
{
    double begin = bench_now();

    for (size_t i = 0; i < p->count; i++)
        p->plain[i] = p->texts[i].ptr;
    qsort(p->plain, p->count, sizeof *p->plain, compare_texts);
    return bench_now() - begin;
}

static void
count_nested(void *state, struct tc_path_node *node)
{
    size_t *nested = state;

    *nested += node->parent != NULL;
}

static double
sort_and_scan(struct paths *p, struct tc_arena *arena, size_t *ret_bytes)
{
    size_t before = heap_begin(), nested = 0;
    double begin = bench_now();
    struct tc_path_key *keys = malloc(p->count * sizeof *keys);

    bench_require(keys != NULL, "memory");
    for (size_t i = 0; i < p->count; i++)
        keys[i] = tc_path_key_of(arena, p->texts[i], i);
    tc_paths_sort(keys, p->count);
    bench_require(tc_paths_scan(keys, p->count, count_nested, &nested), "scan");
    bench_require(nested == p->applications * 2, "what lies in what");
    free(keys);
    begin = bench_now() - begin;
    *ret_bytes = heap.peak - before;
    return begin;
}

static double
check_files(struct paths *p, size_t *ret_bytes)
{
    struct tc_model model = {.applications = p->applications_list, .application_count = p->applications};
    struct tc_isolation isolation = {.model = &model};
    struct tc_isolator run = {.model = &model, .isolation = &isolation, .tail = &isolation.findings};
    struct tc_claims claims;
    struct tc_arena arena;
    struct tc_reach *reaches;
    size_t before;
    double begin;

    reaches = calloc(p->applications, sizeof *reaches);
    bench_require(reaches != NULL, "memory");
    before = heap_begin();
    tc_arena_init(&arena);
    tc_claims_init(&claims);
    run.arena = &arena;
    isolation.reaches = reaches;
    isolation.claims = &claims;
    for (size_t i = 0; i < p->count; i++)
        tc_claims_add(&claims, (struct tc_claim){.path = p->texts[i],
                                                 .application = (uint32_t)(i / PATHS_EACH),
                                                 .may = shapes[i % PATHS_EACH].may,
                                                 .kind = (uint8_t)shapes[i % PATHS_EACH].kind,
                                                 .is_own = shapes[i % PATHS_EACH].kind != TC_CLAIM_GRANT});
    bench_require(!claims.failed, "memory");
    tc_claims_close(&claims);
    begin = bench_now();
    tc_isolate_files(&run);
    begin = bench_now() - begin;
    bench_require(!run.failed && !arena.failed && isolation.finding_count == 0, "the check of files");
    *ret_bytes = heap.peak - before;
    tc_claims_done(&claims);
    tc_arena_done(&arena);
    free(reaches);
    return begin;
}

static double
exponent(double first, double last)
{
    return log2(last / first) / (STEPS - 1);
}

static void
bench_paths(size_t most, size_t rounds)
{
    double first[3] = {0}, last[3] = {0};
    double paths = 0;

    printf("%zu rounds, medians; of paths: ns and bytes each\n", rounds);
    printf("%9s %9s %8s %8s %7s %8s %8s %7s %8s\n", "customers", "paths", "qsort", "sort", "ratio", "bytes", "check",
           "ratio", "bytes");
    for (size_t step = STEPS; step-- > 0;) {
        struct bench_series plain = {0}, sort = {0}, check = {0};
        size_t sort_bytes = 0, check_bytes = 0;
        struct tc_arena arena;
        struct paths p;

        make_paths(&p, most >> step);
        tc_arena_init(&arena);
        for (size_t round = 0; round < rounds; round++) {
            bench_add(&plain, sort_plain(&p));
            bench_add(&sort, sort_and_scan(&p, &arena, &sort_bytes));
            bench_add(&check, check_files(&p, &check_bytes));
        }
        paths = (double)p.count;
        printf("%9zu %9zu %8.0f %8.0f %7.2f %8.1f %8.0f %7.2f %8.1f\n", p.applications, p.count,
               bench_median(&plain) * 1e9 / paths, bench_median(&sort) * 1e9 / paths, bench_median_ratio(&sort, &plain),
               (double)sort_bytes / paths, bench_median(&check) * 1e9 / paths, bench_median_ratio(&check, &plain),
               (double)check_bytes / paths);
        last[0] = bench_median(&plain);
        last[1] = bench_median(&sort);
        last[2] = bench_median(&check);
        if (step == STEPS - 1)
            memcpy(first, last, sizeof first);
        tc_arena_done(&arena);
        free_paths(&p);
    }
    printf("growth exponent: qsort %.2f, sort and scan %.2f, check of files %.2f\n\n", exponent(first[0], last[0]),
           exponent(first[1], last[1]), exponent(first[2], last[2]));
}

/* ---- whole ---- */

static double
isolate(struct tc_compilation *c, size_t *ret_findings, size_t *ret_bytes)
{
    struct tc_isolation *isolation = NULL;
    size_t before = heap_begin();
    struct tc_diags diags;
    struct tc_arena arena;
    double begin = bench_now();

    tc_arena_init(&arena);
    tc_diags_init(&diags, &arena, &c->sources);
    bench_require(tc_isolate(&arena, c->model, &isolation) == TC_OK, "tc_isolate");
    tc_isolation_report(isolation, &diags, true);
    tc_diags_sort(&diags);
    *ret_findings = isolation->finding_count;
    *ret_bytes = heap.peak - before;
    tc_isolation_done(isolation);
    tc_arena_done(&arena);
    return bench_now() - begin;
}

static double
commit(struct tc_compilation *c, const char *dir, size_t *ret_files)
{
    struct tc_target target = {.dir = tc_str_of(dir)};
    struct tc_commit_result result;
    struct tc_output *outputs;
    double begin;

    bench_require(tc_emit(c, &target, 1, &outputs, ret_files) == TC_OK, "tc_emit");
    bench_settle();
    begin = bench_now();
    bench_require(tc_commit(&c->arena, outputs, *ret_files, &c->diags, &result) == TC_OK, dir);
    return bench_now() - begin;
}

static void
bench_whole(const char *generate, const char *place, size_t applications, bool own, size_t rounds)
{
    char path[BENCH_PATH_SIZE + 32], dir[BENCH_PATH_SIZE + 32], number[32], program[BENCH_PATH_SIZE];
    char word[] = "own";
    char *const argv[] = {program, number, own ? word : NULL, NULL};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {0};
    struct bench_series check = {0}, write = {0};
    size_t files = 0, findings = 0, bytes = 0;
    struct tc_compilation c;
    size_t size;
    char *text;

    (void)snprintf(path, sizeof path, "%s/server.trust", place);
    (void)snprintf(program, sizeof program, "%s", generate);
    (void)snprintf(number, sizeof number, "%zu", applications);
    (void)bench_spawn(argv, path, 0);
    text = bench_load(path, &size);
    tc_compilation_init(&c);
    bench_require(tc_compile(&c, &host, &options, TC_STR("server.trust"), (struct tc_str){text, size}) == TC_OK, path);
    tc_compilation_drop_trees(&c);
    for (size_t round = 0; round < rounds; round++) {
        (void)snprintf(dir, sizeof dir, "%s/%s%zu", place, own ? "own" : "half", round);
        bench_add(&check, isolate(&c, &findings, &bytes));
        bench_add(&write, commit(&c, dir, &files));
    }
    printf("%zu applications, %s with grants of their own: %zu files, %zu findings\n", applications,
           own ? "all" : "half", files, findings);
    printf("isolation %.1f us and %.0f bytes an application, writing the files %.1f us: ratio %.2f\n",
           bench_median(&check) * 1e6 / (double)applications, (double)bytes / (double)applications,
           bench_median(&write) * 1e6 / (double)applications, bench_median_ratio(&check, &write));
    tc_compilation_done(&c);
    free(text);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"generate", required_argument, NULL, 'g'},
        {"work", required_argument, NULL, 'w'},
        {NULL, 0, NULL, 0},
    };
    size_t paths = PATHS, applications = APPLICATIONS, rounds = ROUNDS;
    const char *parent = ".", *generate = NULL;
    char place[BENCH_PATH_SIZE];
    int option;

    while ((option = getopt_long(argc, argv, "n:a:r:", options, NULL)) != -1)
        switch (option) {
        case 'g':
            generate = optarg;
            break;
        case 'w':
            parent = optarg;
            break;
        case 'n':
            paths = strtoul(optarg, NULL, 10);
            break;
        case 'a':
            applications = strtoul(optarg, NULL, 10);
            break;
        case 'r':
            rounds = strtoul(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    if (generate == NULL || paths >> STEPS < PATHS_EACH || applications == 0 || rounds == 0 ||
        rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr, "usage: %s [-n PATHS] [-a APPLICATIONS] [-r ROUNDS] --generate PROGRAM [--work DIRECTORY]\n",
                argv[0]);
        return 2;
    }
    bench_paths(paths, rounds);
    bench_make_place(parent, place);
    bench_whole(generate, place, applications, false, rounds);
    bench_whole(generate, place, applications, true, rounds);
    bench_remove(place);
    return 0;
}
