/*
 * One compilation in memory, phase by phase, or a bare job to hold against it. Prints a line "PHASE SECONDS PEAK_BYTES"
 * for each phase up to the one asked for; peak memory is the process's own.
 *
 *     bench_phases scan|parse|model|emit|prove FILE
 *     bench_phases build FILE TO                what trustc build does, but for the proof
 *     bench_phases write|compare FROM TO        files of FROM to the new directory TO; those of TO against FROM
 */
#include "api/trustc.h"
#include "measure.h"
#include "scan/scan.h"
#include "syntax/parse.h"
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
report(const char *phase, double seconds)
{
    struct rusage usage;

    bench_require(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage");
    printf("%s %.9f %zu\n", phase, seconds, (size_t)usage.ru_maxrss * 1024);
}

static void
scan(const char *path)
{
    size_t size;
    char *text = bench_load(path, &size);
    double begin = bench_now();

    bench_require(bench_scan(text, size + 2) != 0, "scan");
    report("scan", bench_now() - begin);
    free(text);
}

static void
check(enum tc_status status, const struct tc_compilation *c, const char *phase)
{
    if (status == TC_OK)
        return;
    fprintf(stderr, "bench: %s: status %d, %zu errors\n", phase, (int)status, c->diags.errors);
    exit(EXIT_FAILURE);
}

static void
bring_to_disk(struct tc_compilation *c, const struct tc_output *outputs, size_t count)
{
    struct tc_commit_result result;
    double begin = bench_now();

    check(tc_commit(&c->arena, outputs, count, &c->diags, &result), c, "build");
    report("build", bench_now() - begin);
}

static void
prove(struct tc_compilation *c, const struct tc_output *outputs)
{
    double begin = bench_now();

    c->threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN); /* as the command line has it */
    check(tc_prove(c, outputs, NULL), c, "prove");
    report("prove", bench_now() - begin);
}

/* As tc_compile_source() and tc_emit() do it. */
static void
compile(const char *path, const char *last, const char *dir)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {0};
    struct tc_target target = {.dir = tc_str_of(dir)};
    struct tc_compilation c;
    struct tc_source *source;
    struct tc_ast_file *tree;
    struct tc_output *outputs;
    size_t size, count;
    char *text = bench_load(path, &size);
    double begin;

    tc_compilation_init(&c);
    source = tc_sources_add_borrowed(&c.sources, TC_STR("bench.trust"), (struct tc_str){text, size});
    bench_require(source != NULL, "source");
    begin = bench_now();
    check(tc_parse(&c.diags, &c.trees, source, &tree), &c, "parse");
    report("parse", bench_now() - begin);
    if (strcmp(last, "parse") != 0) {
        begin = bench_now();
        c.files.trees = &c.trees;
        check(tc_use_load(&c.diags, &host, tree, &c.files), &c, "use");
        check(tc_analyze(&c.diags, &host, &options, &c.files, &c.model), &c, "model");
        report("model", bench_now() - begin);
        tc_compilation_drop_trees(&c);
    }
    if (strcmp(last, "parse") != 0 && strcmp(last, "model") != 0) {
        begin = bench_now();
        check(tc_emit(&c, &target, 1, &outputs, &count), &c, "emit");
        report("emit", bench_now() - begin);
        if (strcmp(last, "prove") == 0)
            prove(&c, outputs);
        else if (strcmp(last, "build") == 0)
            bring_to_disk(&c, outputs, count);
    }
    tc_compilation_done(&c);
    free(text);
}

int
main(int argc, char **argv)
{
    struct bench_files files;
    double begin;

    if (argc == 3 && strcmp(argv[1], "scan") == 0) {
        scan(argv[2]);
    } else if (argc == 3) {
        compile(argv[2], argv[1], "out");
    } else if (argc == 4 && strcmp(argv[1], "build") == 0) {
        compile(argv[2], argv[1], argv[3]);
    } else if (argc == 4) {
        bench_read_files(argv[2], &files);
        begin = bench_now();
        if (strcmp(argv[1], "write") == 0)
            bench_write_bare(argv[3], &files);
        else
            bench_require(bench_compare_bare(argv[3], &files), argv[3]);
        report(argv[1], bench_now() - begin);
        bench_free_files(&files);
    } else {
        fprintf(stderr, "usage: %s scan|parse|model|emit|prove FILE | build FILE TO | write|compare FROM TO\n",
                argv[0]);
        return 2;
    }
    return 0;
}
