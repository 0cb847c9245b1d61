#include "writer.h"

#include "measure.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
bench_add_file(struct bench_files *files, const char *name, const char *bytes, size_t len)
{
    struct bench_file *file;

    if (files->count == files->capacity) {
        files->capacity = files->capacity == 0 ? 64 : files->capacity * 2;
        files->list = realloc(files->list, files->capacity * sizeof *files->list);
        bench_require(files->list != NULL, "memory");
    }
    file = &files->list[files->count++];
    *file = (struct bench_file){strdup(name), malloc(len + 1), len};
    bench_require(file->name != NULL && file->bytes != NULL, "memory");
    memcpy(file->bytes, bytes, len);
}

void
bench_free_files(struct bench_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->list[i].name);
        free(files->list[i].bytes);
    }
    free(files->list);
    *files = (struct bench_files){0};
}

static int
compare_names(const void *a, const void *b)
{
    const struct bench_file *first = a;
    const struct bench_file *second = b;

    return strcmp(first->name, second->name);
}

void
bench_read_files(const char *dir, struct bench_files *ret_files)
{
    struct bench_files files = {0};
    const struct dirent *entry;
    DIR *stream = opendir(dir);

    bench_require(stream != NULL, dir);
    while ((entry = readdir(stream)) != NULL) {
        int fd = entry->d_name[0] == '.' ? -1 : openat(dirfd(stream), entry->d_name, O_RDONLY);
        struct stat status;
        char *bytes;

        if (fd < 0)
            continue;
        bench_require(fstat(fd, &status) == 0, entry->d_name);
        if (S_ISREG(status.st_mode)) {
            bytes = malloc((size_t)status.st_size + 1);
            bench_require(bytes != NULL && read(fd, bytes, (size_t)status.st_size) == status.st_size, entry->d_name);
            bench_add_file(&files, entry->d_name, bytes, (size_t)status.st_size);
            free(bytes);
        }
        (void)close(fd);
    }
    (void)closedir(stream);
    if (files.count > 1)
        qsort(files.list, files.count, sizeof *files.list, compare_names);
    *ret_files = files;
}

/* A name beside the target, as every such program needs one. */
static void
temporary_name(char *out, size_t size, const char *name)
{
    bench_require((size_t)snprintf(out, size, ".%s.tmp", name) < size, name);
}

void
bench_write_bare(const char *dir, const struct bench_files *files)
{
    char name[300];
    int dir_fd;

    bench_require(mkdir(dir, 0777) == 0, dir);
    dir_fd = open(dir, O_RDONLY | O_DIRECTORY);
    bench_require(dir_fd >= 0, dir);
    for (size_t i = 0; i < files->count; i++) {
        const struct bench_file *file = &files->list[i];
        int fd;

        temporary_name(name, sizeof name, file->name);
        fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
        bench_require(fd >= 0 && write(fd, file->bytes, file->len) == (ssize_t)file->len && close(fd) == 0, name);
    }
    bench_require(syncfs(dir_fd) == 0, dir);
    for (size_t i = 0; i < files->count; i++) {
        temporary_name(name, sizeof name, files->list[i].name);
        bench_require(renameat(dir_fd, name, dir_fd, files->list[i].name) == 0, name);
    }
    (void)close(dir_fd);
}

int
bench_compare_bare(const char *dir, const struct bench_files *files)
{
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY);
    char *bytes = NULL;
    size_t size = 0;
    bool same = dir_fd >= 0;

    for (size_t i = 0; same && i < files->count; i++) {
        const struct bench_file *file = &files->list[i];
        int fd = openat(dir_fd, file->name, O_RDONLY);
        struct stat status;

        same = fd >= 0 && fstat(fd, &status) == 0 && (size_t)status.st_size == file->len;
        if (same && file->len > size) {
            size = file->len;
            free(bytes);
            bytes = malloc(size);
            bench_require(bytes != NULL, "memory");
        }
        same = same && read(fd, bytes, file->len) == (ssize_t)file->len && memcmp(bytes, file->bytes, file->len) == 0;
        if (fd >= 0)
            (void)close(fd);
    }
    free(bytes);
    if (dir_fd >= 0)
        (void)close(dir_fd);
    return same;
}
