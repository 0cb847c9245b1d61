/*
 * Bringing N files to disk (emit/commit.h) against the bare writer and the bare comparer, without a compiler around it.
 *
 *     bench_commit [-n FILES] [-b BYTES] [-r ROUNDS] DIRECTORY
 */
#include "emit/commit.h"
#include "measure.h"
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
make_files(struct bench_files *files, size_t count, size_t size)
{
    char *bytes = malloc(size + 1);
    char name[64];

    bench_require(bytes != NULL, "memory");
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "web_application%06zutrust.config", i);
        memset(bytes, 'a' + (int)(i % 26), size);
        bench_add_file(files, name, bytes, size);
    }
    free(bytes);
}

/* Seconds for one commit of all files to @a dir, of which @a changed are to be found different. */
static double
commit(const char *dir, const struct bench_files *files, size_t changed)
{
    struct tc_output *outputs;
    struct tc_commit_result result;
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_arena arena;
    enum tc_status status;
    double begin;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    outputs = tc_arena_array(&arena, struct tc_output, files->count);
    bench_require(outputs != NULL, "memory");
    for (size_t i = 0; i < files->count; i++)
        outputs[i] = (struct tc_output){
            .dir = tc_str_of(dir),
            .name = tc_str_of(files->list[i].name),
            .bytes = {files->list[i].bytes, files->list[i].len},
        };
    begin = bench_now();
    status = tc_commit(&arena, outputs, files->count, &diags, &result);
    begin = bench_now() - begin;
    bench_require(status == TC_OK && result.differing == changed, "commit");
    tc_arena_done(&arena);
    return begin;
}

int
main(int argc, char **argv)
{
    struct bench_series bare = {0}, compare = {0}, create = {0}, again = {0}, change = {0};
    struct bench_files files = {0};
    char place[BENCH_PATH_SIZE];
    size_t count = 10000, size = 12500, rounds = 7;
    int option;

    while ((option = getopt(argc, argv, "n:b:r:")) != -1) {
        if (option == '?')
            return 2;
        *(option == 'n' ? &count : option == 'b' ? &size : &rounds) = strtoul(optarg, NULL, 10);
    }
    if (optind + 1 != argc || count == 0 || size == 0 || rounds == 0 || rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr, "usage: %s [-n FILES] [-b BYTES] [-r ROUNDS] DIRECTORY\n", argv[0]);
        return 2;
    }
    bench_make_place(argv[optind], place);
    make_files(&files, count, size);
    for (size_t round = 0; round < rounds; round++) {
        char ours[2 * BENCH_PATH_SIZE], theirs[2 * BENCH_PATH_SIZE];
        double begin;

        snprintf(ours, sizeof ours, "%s/ours%zu", place, round);
        snprintf(theirs, sizeof theirs, "%s/bare%zu", place, round);
        for (size_t turn = 0; turn < 2; turn++) { /* who goes first changes */
            bench_settle();
            if ((turn + round) % 2 == 0) {
                begin = bench_now();
                bench_write_bare(theirs, &files);
                bench_add(&bare, bench_now() - begin);
            } else {
                bench_add(&create, commit(ours, &files, files.count));
            }
        }
        bench_settle();
        begin = bench_now();
        bench_require(bench_compare_bare(ours, &files), "compare");
        bench_add(&compare, bench_now() - begin);
        bench_add(&again, commit(ours, &files, 0));
        files.list[count / 2].bytes[0] ^= 1;
        bench_add(&change, commit(ours, &files, 1));
        files.list[count / 2].bytes[0] ^= 1;
    }
    bench_remove(place);
    printf("%zu files of %zu bytes, median of %zu rounds\n", count, size, rounds);
    printf("%-34s %8s %10s\n", "", "ratio", "us a file");
    printf("%-34s %8s %10.2f\n", "bare writer", "1", bench_median(&bare) * 1e6 / (double)count);
    printf("%-34s %8.2f %10.2f\n", "new directory", bench_median_ratio(&create, &bare),
           bench_median(&create) * 1e6 / (double)count);
    printf("%-34s %8.2f %10.2f\n", "bare comparison", bench_median_ratio(&compare, &bare),
           bench_median(&compare) * 1e6 / (double)count);
    printf("%-34s %8.2f %10.2f\n", "nothing to change", bench_median_ratio(&again, &bare),
           bench_median(&again) * 1e6 / (double)count);
    printf("%-34s %8.2f %10.2f\n", "  of the bare comparison", bench_median_ratio(&again, &compare),
           bench_median(&again) * 1e6 / (double)count);
    printf("%-34s %8.2f %10.2f\n", "one file to change", bench_median_ratio(&change, &bare),
           bench_median(&change) * 1e6 / (double)count);
    bench_free_files(&files);
    return 0;
}
