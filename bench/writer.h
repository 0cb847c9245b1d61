/** The bare writer: what no program that brings files to disk safely can leave out. Every ratio stands on it. */
#ifndef BENCH_WRITER_H
#define BENCH_WRITER_H

#include <stddef.h>

struct bench_file {
    char *name;
    char *bytes;
    size_t len;
};

struct bench_files {
    struct bench_file *list;
    size_t count;
    size_t capacity;
};

/** Read all regular files of @a dir whose names do not begin with a dot, in order of name. Ends the program on error.
 */
void bench_read_files(const char *dir, struct bench_files *ret_files);
void bench_add_file(struct bench_files *files, const char *name, const char *bytes, size_t len);
void bench_free_files(struct bench_files *files);

/** Make @a dir and write @a files into it: temporary names, one sync of the file system, renames. */
void bench_write_bare(const char *dir, const struct bench_files *files);

/** Compare @a files with those in @a dir, as a program must that touches only what changes; false: they differ. */
int bench_compare_bare(const char *dir, const struct bench_files *files);

#endif
