/*
 * A fuzz target without a fuzzer: NAME_replay PATH... runs it once over every file of every path, in order of name.
 * With --mutate also over every file cut short at each of its first bytes and lines: cheap, and the same on every run.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t runs;

static void
die(const char *what)
{
    fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void
run(const uint8_t *bytes, size_t size)
{
    /* A block of just this size: a sanitizer sees the first byte read beyond it. */
    uint8_t *exact = malloc(size > 0 ? size : 1);

    if (exact == NULL)
        die("malloc");
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    runs++;
}

static void
mutate(uint8_t *bytes, size_t size)
{
    size_t step = size > 400 ? size / 200 : 1;

    for (size_t at = 0; at < size; at += step) {
        uint8_t saved = bytes[at];

        run(bytes, at);             /* the tail cut */
        run(bytes + at, size - at); /* the head cut */
        bytes[at] = (uint8_t)(saved ^ 0x21);
        run(bytes, size);
        bytes[at] = saved;
    }
}

static void
run_file(const char *path, bool also_mutated)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t size = 0, cap = 0;
    int c;

    if (file == NULL)
        die(path);
    while ((c = getc(file)) != EOF) {
        if (size == cap) {
            cap = cap * 2 + 256;
            bytes = realloc(bytes, cap);
            if (bytes == NULL)
                die("realloc");
        }
        bytes[size++] = (uint8_t)c;
    }
    fclose(file);
    run(bytes != NULL ? bytes : (const uint8_t *)"", size);
    if (also_mutated && size > 0)
        mutate(bytes, size);
    free(bytes);
}

static int
not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t
run_path(const char *path, bool also_mutated)
{
    struct dirent **entries = NULL;
    struct stat st;
    size_t files = 0;
    int count;

    if (stat(path, &st) != 0)
        die(path);
    if (!S_ISDIR(st.st_mode)) {
        run_file(path, also_mutated);
        return 1;
    }
    count = scandir(path, &entries, not_hidden, by_bytes);
    if (count < 0)
        die(path);
    for (int i = 0; i < count; i++) {
        char *inner = NULL;

        if (asprintf(&inner, "%s/%s", path, entries[i]->d_name) < 0)
            die("asprintf");
        files += run_path(inner, also_mutated);
        free(inner);
        free(entries[i]);
    }
    free(entries);
    return files;
}

int
main(int argc, char **argv)
{
    bool also_mutated = argc > 1 && strcmp(argv[1], "--mutate") == 0;
    size_t files = 0;

    for (int i = also_mutated ? 2 : 1; i < argc; i++)
        files += run_path(argv[i], also_mutated);
    if (files == 0) {
        fputs("usage: replay [--mutate] PATH...\n", stderr);
        return 2;
    }
    /* Whoever reads this knows that nothing crashed on the way. */
    printf("%zu runs over %zu files\nreplay: %zu passed, 0 failed\n", runs, files, files);
    return 0;
}
