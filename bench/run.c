/*
 * Runs the benchmarks and prints ratios: to a bare C writer of the same bytes, to a bare flex scan of the same source,
 * to xmllint and libxml2's SAX parser on the same output, all in this one run. Times and memory stand behind them, per
 * application.
 *
 *     bench_run --trustc PROGRAM --tools DIRECTORY [--work DIRECTORY] [-n N] [-r ROUNDS]
 *
 * N (10 000) is the largest server; growth is seen from N/10 to N. The work directory should lie on the file system
 * that matters; it is removed in the end.
 */
#include "measure.h"
#include "writer.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 7, SMALL_ROUNDS = 61, SMALL = 5, SMALLEST = 100, N = 10000, GROWTH = 10, SIZES_MAX = 4 };

static const char *trustc;
static const char *tools;
static char work[BENCH_PATH_SIZE];
static size_t rounds = ROUNDS;

/* ---- steps ---------------------------------------------------------------------------------------------------- */

enum step {
    STEP_SCAN,
    STEP_PARSE,
    STEP_MODEL,
    STEP_EMIT,
    STEP_WRITE,
    STEP_COMPARE,
    STEP_UNPROVEN,
    STEP_BUILD,
    STEP_REBUILD,
    STEP_PROVE,
    STEP_SAX,
    STEP_READ,
    STEP_ASK,
    STEP_LINT,
    STEP_LINT_2,
    STEP_COUNT_
};

/* Seconds round by round, and peak memory, of each step for one size of server. */
struct figures {
    size_t count;
    char source[BENCH_PATH_SIZE];
    char policies[BENCH_PATH_SIZE]; /* a directory with as many policy files */
    struct bench_series seconds[STEP_COUNT_];
    size_t peak[STEP_COUNT_];
};

static void
add(struct figures *figures, enum step step, struct bench_cost cost)
{
    bench_add(&figures->seconds[step], cost.seconds);
    if (cost.peak_bytes > figures->peak[step])
        figures->peak[step] = cost.peak_bytes;
}

static void
path_in(char path[BENCH_PATH_SIZE], const char *dir, const char *name)
{
    bench_require((size_t)snprintf(path, BENCH_PATH_SIZE, "%s/%s", dir, name) < BENCH_PATH_SIZE, name);
}

/* Run a phase of @a tool; the seconds are those it measured itself, the last line of its output. */
static struct bench_cost
run_tool(const char *tool, const char *phase, const char *first, const char *second)
{
    char program[BENCH_PATH_SIZE], output[BENCH_PATH_SIZE], line[200], name[32];
    struct bench_cost cost = {0, 0};
    FILE *file;

    path_in(program, tools, tool);
    path_in(output, work, "figures");
    {
        char *argv[] = {program, strdup(phase), strdup(first), second == NULL ? NULL : strdup(second), NULL};

        (void)bench_spawn(argv, output, 0);
        for (size_t i = 1; argv[i] != NULL; i++)
            free(argv[i]);
    }
    file = fopen(output, "r");
    bench_require(file != NULL, output);
    while (fgets(line, sizeof line, file) != NULL)
        bench_require(sscanf(line, "%31s %lf %zu", name, &cost.seconds, &cost.peak_bytes) == 3, output);
    (void)fclose(file);
    return cost;
}

static struct bench_cost
run_phase(const char *phase, const char *first, const char *second)
{
    return run_tool("bench_phases", phase, first, second);
}

static struct bench_cost
build(const char *source, const char *out)
{
    char *argv[] = {strdup(trustc), strdup("build"), strdup(source), strdup("-o"), strdup(out), NULL};
    struct bench_cost cost = bench_spawn(argv, NULL, 0);

    for (size_t i = 0; argv[i] != NULL; i++)
        free(argv[i]);
    return cost;
}

/* The same from start to exit, but for the proof. */
static struct bench_cost
build_unproven(const char *source, const char *out)
{
    char program[BENCH_PATH_SIZE];
    char *argv[] = {program, strdup("build"), strdup(source), strdup(out), NULL};
    struct bench_cost cost;

    path_in(program, tools, "bench_phases");
    cost = bench_spawn(argv, NULL, 0);
    for (size_t i = 1; argv[i] != NULL; i++)
        free(argv[i]);
    return cost;
}

/* What it finds is written to a file, as a pipeline would have it. */
static struct bench_cost
lint(const char *policies, const char *jobs)
{
    char *argv[] = {strdup(trustc), strdup("lint"),        strdup(policies),         strdup("--jobs"),
                    strdup(jobs),   strdup("--no-config"), strdup("--format=short"), NULL};
    char output[BENCH_PATH_SIZE];
    struct bench_cost cost;

    path_in(output, work, "findings");
    cost = bench_spawn(argv, output, 0);
    for (size_t i = 0; argv[i] != NULL; i++)
        free(argv[i]);
    return cost;
}

static void
generate(size_t count, char source[BENCH_PATH_SIZE])
{
    char program[BENCH_PATH_SIZE], number[32], name[64];
    char *argv[] = {program, number, NULL};

    snprintf(number, sizeof number, "%zu", count);
    snprintf(name, sizeof name, "%zu.trust", count);
    path_in(program, tools, "bench_generate");
    path_in(source, work, name);
    (void)bench_spawn(argv, source, 0);
}

/* ---- one size of server ----------------------------------------------------------------------------------------- */

/* New directories, by turns, so that none always finds the disk at rest. */
static void
write_by_turns(struct figures *figures, size_t round, const char *reference, const char *ours, const char *unproven,
               const char *bare)
{
    for (size_t turn = 0; turn < 3; turn++) {
        bench_settle();
        switch ((turn + round) % 3) {
        case 0:
            add(figures, STEP_WRITE, run_phase("write", reference, bare));
            break;
        case 1:
            add(figures, STEP_UNPROVEN, build_unproven(figures->source, unproven));
            break;
        default:
            add(figures, STEP_BUILD, build(figures->source, ours));
        }
    }
}

/* A directory of its own for each round, see bench_make_place(). */
static void
numbered(char path[BENCH_PATH_SIZE], const char *what, size_t count, size_t round)
{
    char name[64];

    snprintf(name, sizeof name, "%s-%zu-%zu", what, count, round);
    path_in(path, work, name);
}

/* The source of a server, and what trustc makes of it, for the bare programs; and one with twice the applications, of
 * which half have a policy of their own: of that only the policy files stay, since those are what is read. */
static void
prepare(struct figures *figures, size_t count)
{
    char reference[BENCH_PATH_SIZE], twice[BENCH_PATH_SIZE], config[BENCH_PATH_SIZE];

    figures->count = count;
    generate(2 * count, twice);
    numbered(figures->policies, "policies", count, 0);
    (void)build(twice, figures->policies);
    path_in(config, figures->policies, "web.config");
    bench_require(unlink(config) == 0, config);
    generate(count, figures->source);
    numbered(reference, "reference", count, 0);
    (void)build(figures->source, reference);
}

static void
measure(struct figures *figures, size_t round)
{
    char reference[BENCH_PATH_SIZE], ours[BENCH_PATH_SIZE], unproven[BENCH_PATH_SIZE], bare[BENCH_PATH_SIZE];
    const char *source = figures->source, *policies = figures->policies;

    numbered(reference, "reference", figures->count, 0);
    numbered(ours, "ours", figures->count, round);
    numbered(unproven, "unproven", figures->count, round);
    numbered(bare, "bare", figures->count, round);
    add(figures, STEP_SCAN, run_phase("scan", source, NULL));
    add(figures, STEP_PARSE, run_phase("parse", source, NULL));
    add(figures, STEP_MODEL, run_phase("model", source, NULL));
    add(figures, STEP_EMIT, run_phase("emit", source, NULL));
    add(figures, STEP_PROVE, run_phase("prove", source, NULL));
    add(figures, STEP_SAX, run_tool("bench_reading", "sax", policies, NULL));
    add(figures, STEP_READ, run_tool("bench_reading", "read", policies, NULL));
    add(figures, STEP_ASK, run_tool("bench_reading", "ask", policies, NULL));
    add(figures, STEP_LINT, lint(policies, "1"));
    add(figures, STEP_LINT_2, lint(policies, "2"));
    write_by_turns(figures, round, reference, ours, unproven, bare);
    add(figures, STEP_COMPARE, run_phase("compare", reference, ours));
    add(figures, STEP_REBUILD, build(source, ours));
}

static void
print_row(const char *name, double ratio, const char *against, double aim)
{
    printf("  %-38s %6.2f  %-28s", name, ratio, against);
    if (aim > 0)
        printf(" aim %4.2f", aim);
    printf("\n");
}

static double
ratio(const struct figures *figures, enum step step, enum step base)
{
    return bench_median_ratio(&figures->seconds[step], &figures->seconds[base]);
}

static void
print_figures(const struct figures *figures)
{
    static const char *const names[STEP_COUNT_] = {
        [STEP_SCAN] = "flex scan",
        [STEP_PARSE] = "source to tree",
        [STEP_MODEL] = "tree to model",
        [STEP_EMIT] = "model to bytes",
        [STEP_WRITE] = "bare writer",
        [STEP_COMPARE] = "bare comparer",
        [STEP_UNPROVEN] = "build without the proof",
        [STEP_BUILD] = "trustc build, new directory",
        [STEP_REBUILD] = "trustc build, nothing to change",
        [STEP_PROVE] = "proof of the bytes",
        [STEP_SAX] = "libxml2's SAX parser, a policy file",
        [STEP_READ] = "reading a policy file",
        [STEP_ASK] = "reading and asking a policy file",
        [STEP_LINT] = "trustc lint, one job, a policy file",
        [STEP_LINT_2] = "trustc lint, two jobs, a policy file",
    };

    printf("%zu applications, median of %zu rounds\n", figures->count, rounds);
    print_row("build in a new directory", ratio(figures, STEP_BUILD, STEP_WRITE), "of the bare writer", 2.5);
    print_row("  without the proof", ratio(figures, STEP_UNPROVEN, STEP_WRITE), "of the bare writer", 2.0);
    print_row("build with nothing to change", ratio(figures, STEP_REBUILD, STEP_WRITE), "of the bare writer", 1.0);
    print_row("source to tree", ratio(figures, STEP_PARSE, STEP_SCAN), "of the flex scan", 1.5);
    print_row("reading policy files", ratio(figures, STEP_READ, STEP_SAX), "of libxml2's SAX parser", 1.3);
    print_row("  and asking each", ratio(figures, STEP_ASK, STEP_SAX), "of libxml2's SAX parser", 1.6);
    print_row("linting them, one job", ratio(figures, STEP_LINT, STEP_SAX), "of libxml2's SAX parser", 1.6);
    print_row("  two jobs", ratio(figures, STEP_LINT_2, STEP_SAX), "of libxml2's SAX parser", 1.0);
    print_row("peak memory of a build", (double)figures->peak[STEP_BUILD] / (double)figures->count / 1024,
              "KB an application", 20);
    printf("\n  %-38s %12s %12s\n", "an application costs", "us", "KB at peak");
    for (enum step step = 0; step < STEP_COUNT_; step++)
        if (names[step] != NULL)
            printf("  %-38s %12.2f %12.2f\n", names[step],
                   bench_median(&figures->seconds[step]) * 1e6 / (double)figures->count,
                   (double)figures->peak[step] / (double)figures->count / 1024);
    printf("\n");
}

/* ---- growth --------------------------------------------------------------------------------------------------------
 */

/* How much dearer an application is on the large server, in percent: the median over the rounds, in each of which both
 * were measured one after the other. */
static double
growth(const struct figures *small, const struct figures *large, enum step step)
{
    double servers = (double)large->count / (double)small->count;

    return (bench_median_ratio(&large->seconds[step], &small->seconds[step]) / servers - 1) * 100;
}

/* KB. */
static double
peak_growth(const struct figures *small, const struct figures *large, enum step step)
{
    return ((double)large->peak[step] - (double)small->peak[step]) / (double)(large->count - small->count) / 1024;
}

static void
print_growth(const struct figures *small, const struct figures *large)
{
    static const struct {
        enum step step;
        const char *name;
    } rows[] = {
        {STEP_SCAN, "flex scan (the machine's own)"},
        {STEP_PARSE, "source to tree"},
        {STEP_MODEL, "tree to model"},
        {STEP_EMIT, "model to bytes"},
        {STEP_WRITE, "bare writer (the file system's own)"},
        {STEP_UNPROVEN, "build without the proof"},
        {STEP_BUILD, "trustc build, new directory"},
        {STEP_REBUILD, "trustc build, nothing to change"},
        {STEP_PROVE, "proof of the bytes"},
        {STEP_SAX, "libxml2's SAX parser (the library's own)"},
        {STEP_READ, "reading policy files"},
        {STEP_ASK, "reading and asking policy files"},
        {STEP_LINT, "trustc lint, one job"},
    };

    printf("Growth from %zu to %zu applications: percent off linear, aim 5\n", small->count, large->count);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        printf("  %-38s %+6.1f\n", rows[i].name, growth(small, large, rows[i].step));
    printf("  %-38s %6.2f  KB for each further application, aim 20\n", "peak memory of a build",
           peak_growth(small, large, STEP_BUILD));
    printf("  %-38s %6.2f  KB for each further file, aim 0\n", "peak memory of reading and asking",
           peak_growth(small, large, STEP_ASK));
    printf("  %-38s %6.2f  KB for each further file, aim 0\n\n", "peak memory of trustc lint, two jobs",
           peak_growth(small, large, STEP_LINT_2));
}

/* ---- from start to exit --------------------------------------------------------------------------------------------
 */

/* xmllint --noout with every file of @a dir. */
static struct bench_cost
lint_all(const char *dir)
{
    struct bench_files files;
    struct bench_cost cost;
    char *argv[SMALL + 5] = {strdup("xmllint"), strdup("--noout")};
    size_t count = 2;

    bench_read_files(dir, &files);
    for (size_t i = 0; i < files.count && count < SMALL + 4; i++) {
        argv[count] = malloc(BENCH_PATH_SIZE);
        bench_require(argv[count] != NULL, "memory");
        path_in(argv[count++], dir, files.list[i].name);
    }
    cost = bench_spawn(argv, NULL, 0);
    while (count > 0)
        free(argv[--count]);
    bench_free_files(&files);
    return cost;
}

static void
measure_small(void)
{
    char source[BENCH_PATH_SIZE], out[BENCH_PATH_SIZE];
    struct bench_series lint = {0}, fresh = {0}, again = {0}, check = {0};

    generate(SMALL, source);
    for (size_t round = 0; round < SMALL_ROUNDS; round++) {
        char *checks[] = {strdup(trustc), strdup("check"), source, NULL};

        numbered(out, "small", SMALL, round);
        bench_add(&fresh, build(source, out).seconds);
        bench_add(&again, build(source, out).seconds);
        bench_add(&lint, lint_all(out).seconds);
        bench_add(&check, bench_spawn(checks, NULL, 0).seconds);
        free(checks[0]);
        free(checks[1]);
    }
    printf("%d applications from start to exit, median of %d rounds\n", SMALL, SMALL_ROUNDS);
    print_row("build in a new directory", bench_median_ratio(&fresh, &lint), "of xmllint --noout", 2.0);
    print_row("build with nothing to change", bench_median_ratio(&again, &lint), "of xmllint --noout", 2.0);
    print_row("check", bench_median_ratio(&check, &lint), "of xmllint --noout", 0);
    printf("  %-38s %6.2f  ms\n\n", "xmllint --noout", bench_median(&lint) * 1e3);
}

static bool
has_xmllint(void)
{
    return system("command -v xmllint >/dev/null 2>&1") == 0;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"trustc", required_argument, NULL, 't'},
        {"tools", required_argument, NULL, 'd'},
        {"work", required_argument, NULL, 'w'},
        {NULL, 0, NULL, 0},
    };
    static struct figures figures[SIZES_MAX];
    size_t sizes = 0;
    const char *parent = ".";
    size_t count = N;
    int option;

    while ((option = getopt_long(argc, argv, "n:r:", options, NULL)) != -1)
        switch (option) {
        case 't':
            trustc = optarg;
            break;
        case 'd':
            tools = optarg;
            break;
        case 'w':
            parent = optarg;
            break;
        case 'n':
            count = strtoul(optarg, NULL, 10);
            break;
        case 'r':
            rounds = strtoul(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    if (trustc == NULL || tools == NULL || count < SMALLEST || rounds == 0 || rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr, "usage: %s --trustc PROGRAM --tools DIRECTORY [--work DIRECTORY] [-n N] [-r ROUNDS]\n",
                argv[0]);
        return 2;
    }
    bench_make_place(parent, work);
    if (has_xmllint())
        measure_small();
    else
        printf("xmllint is not installed: nothing is measured from start to exit\n\n");
    for (size_t size = SMALLEST; size <= count && sizes < SIZES_MAX; size *= GROWTH)
        prepare(&figures[sizes++], size);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < sizes; i++)
            measure(&figures[i], round);
    for (size_t i = 0; i < sizes; i++)
        print_figures(&figures[i]);
    for (size_t i = 1; i < sizes; i++)
        print_growth(&figures[i - 1], &figures[i]);
    bench_remove(work);
    return 0;
}
