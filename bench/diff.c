/*
 * What comparing two servers costs after both were parsed: `bench_diff FROM TO`, sources as bench_generate makes them
 * and as somebody then changes them. Each line is a phase, and the processor seconds that it took:
 *
 *     files      what both would write
 *     isolation  the ways between the applications of both
 *     diff       comparing them
 *
 * The command line works out both sides at the same time, so with two processors it takes half of the first two.
 */
#include "api/trustc.h"
#include "ask/diff_show.h"
#include "emit/policy_file.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

struct side {
    struct tc_compilation c;
    struct tc_diff_side side;
};

static void
compile(struct side *side, const char *path)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {0};
    struct tc_diff_place *places;
    struct tc_source *source;
    size_t size;
    const char *text = bench_load(path, &size);

    memset(side, 0, sizeof *side);
    tc_compilation_init(&side->c);
    source = tc_sources_add_borrowed(&side->c.sources, tc_str_of(path), (struct tc_str){text, size});
    bench_require(source != NULL && tc_compile_source(&side->c, &host, &options, source) == TC_OK, path);
    tc_compilation_drop_trees(&side->c);
    places = tc_arena_array(&side->c.arena, struct tc_diff_place, side->c.model->application_count);
    bench_require(places != NULL, path);
    for (size_t i = 0; i < side->c.model->application_count; i++)
        places[i].policy_file = tc_policy_file_name(&side->c.arena, side->c.model->applications[i]->policy);
    side->side = (struct tc_diff_side){.name = tc_str_of(path),
                                       .model = side->c.model,
                                       .sources = &side->c.sources,
                                       .says = TC_DIFF_SAYS_LEVELS | TC_DIFF_SAYS_SERVER | TC_DIFF_SAYS_REASONS,
                                       .places = places};
}

static void
list_files(struct side *side)
{
    const struct tc_target target = {.dir = {NULL, 0}};
    struct tc_output *outputs;
    struct tc_diff_file *files;
    size_t count;

    bench_require(tc_emit(&side->c, &target, 1, &outputs, &count) == TC_OK, "emit");
    files = tc_arena_array(&side->c.arena, struct tc_diff_file, count);
    bench_require(files != NULL, "files");
    for (size_t i = 0; i < count; i++)
        files[i] = (struct tc_diff_file){.name = outputs[i].name,
                                         .clr = side->c.placements[0].clr,
                                         .is_config = outputs[i].stage == TC_STAGE_CONFIG,
                                         .bytes = outputs[i].bytes};
    side->side.files = files;
    side->side.file_count = count;
}

int
main(int argc, char **argv)
{
    struct side sides[2];
    struct tc_arena arena;
    struct tc_diff *diff;
    struct tc_buf out = {0};
    double begin;

    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s FROM TO\n", argv[0]);
        return 2;
    }
    compile(&sides[0], argv[1]);
    compile(&sides[1], argv[2]);
    begin = bench_processor();
    list_files(&sides[0]);
    list_files(&sides[1]);
    printf("files %.3f\n", bench_processor() - begin);
    begin = bench_processor();
    for (int i = 0; i < 2; i++) {
        bench_require(tc_isolate(&sides[i].c.arena, sides[i].c.model, &sides[i].c.isolation) == TC_OK, "isolation");
        sides[i].side.isolation = sides[i].c.isolation;
    }
    printf("isolation %.3f\n", bench_processor() - begin);
    begin = bench_processor();
    tc_arena_init(&arena);
    bench_require(tc_diff(&arena, &sides[0].side, &sides[1].side, &diff) == TC_OK &&
                      tc_diff_show(diff, &sides[0].side, &sides[1].side, TC_DIFF_TEXT, &out),
                  "diff");
    printf("diff %.3f\n%zu applications change\n", bench_processor() - begin, diff->changed);
    tc_buf_done(&out);
    tc_arena_done(&arena);
    tc_compilation_done(&sides[0].c);
    tc_compilation_done(&sides[1].c);
    return 0;
}
