#include "measure.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void
bench_require(bool is_fine, const char *what)
{
    if (is_fine)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static double
seconds_of(clockid_t clock)
{
    struct timespec now;

    bench_require(clock_gettime(clock, &now) == 0, "clock");
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double
bench_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double
bench_processor(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

char *
bench_load(const char *path, size_t *ret_size)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    size_t size;
    char *text;

    bench_require(fd >= 0 && fstat(fd, &status) == 0, path);
    size = (size_t)status.st_size;
    text = calloc(1, size + 2);
    bench_require(text != NULL && read(fd, text, size) == (ssize_t)size, path);
    (void)close(fd);
    *ret_size = size;
    return text;
}

void
bench_add(struct bench_series *series, double value)
{
    bench_require(series->count < BENCH_ROUNDS_MAX, "rounds");
    series->values[series->count++] = value;
}

static int
compare_doubles(const void *a, const void *b)
{
    const double *first = a;
    const double *second = b;

    return (*first > *second) - (*first < *second);
}

double
bench_median(const struct bench_series *series)
{
    struct bench_series sorted = *series;

    if (sorted.count == 0)
        return 0;
    qsort(sorted.values, sorted.count, sizeof *sorted.values, compare_doubles);
    return (sorted.values[(sorted.count - 1) / 2] + sorted.values[sorted.count / 2]) / 2;
}

double
bench_median_ratio(const struct bench_series *series, const struct bench_series *base)
{
    struct bench_series ratios = {0};

    for (size_t i = 0; i < series->count && i < base->count; i++)
        bench_add(&ratios, series->values[i] / base->values[i]);
    return bench_median(&ratios);
}

struct bench_cost
bench_spawn(char *const *argv, const char *out_path, int status)
{
    posix_spawn_file_actions_t actions;
    struct bench_cost cost;
    struct rusage usage;
    double begin;
    int how;
    int error;
    pid_t child;

    bench_require(posix_spawn_file_actions_init(&actions) == 0, "spawn");
    error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_path == NULL ? "/dev/null" : out_path,
                                             O_WRONLY | O_CREAT | O_TRUNC, 0644);
    bench_require(error == 0, "spawn");
    if (status == BENCH_ANY_STATUS)
        error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    bench_require(error == 0, "spawn");
    begin = bench_now();
    errno = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    bench_require(errno == 0, argv[0]);
    bench_require(wait4(child, &how, 0, &usage) == child, argv[0]);
    cost.seconds = bench_now() - begin;
    cost.peak_bytes = (size_t)usage.ru_maxrss * 1024;
    if (!WIFEXITED(how) || (status == BENCH_ANY_STATUS ? WEXITSTATUS(how) > 3 : WEXITSTATUS(how) != status)) {
        fprintf(stderr, "bench: %s %s ended with status %d\n", argv[0], argv[1] == NULL ? "" : argv[1], how);
        exit(EXIT_FAILURE);
    }
    bench_require(posix_spawn_file_actions_destroy(&actions) == 0, "spawn");
    return cost;
}

void
bench_make_place(const char *parent, char path[BENCH_PATH_SIZE])
{
    int flags;
    int fd;

    bench_require(snprintf(path, BENCH_PATH_SIZE, "%s/trustc-bench-XXXXXX", parent) < BENCH_PATH_SIZE, parent);
    bench_require(mkdtemp(path) != NULL, path);
    fd = open(path, O_RDONLY | O_DIRECTORY);
    bench_require(fd >= 0, path);
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_TOPDIR_FL;
        (void)ioctl(fd, FS_IOC_SETFLAGS, &flags); /* ext4 only */
    }
    (void)close(fd);
}

void
bench_remove(const char *path)
{
    const struct dirent *entry;
    DIR *stream = opendir(path);

    if (stream == NULL) {
        bench_require(errno == ENOENT || unlink(path) == 0, path);
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        char below[4096];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            unlinkat(dirfd(stream), entry->d_name, 0) == 0)
            continue;
        bench_require((size_t)snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < sizeof below, path);
        bench_remove(below);
    }
    (void)closedir(stream);
    bench_require(rmdir(path) == 0, path);
}

void
bench_settle(void)
{
    sync();
    (void)nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
}
