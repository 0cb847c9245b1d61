/** Clock, medians, child processes and directories for the benchmarks. All of it ends the program when it fails. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

/** Say what failed, with the system's reason, and end the program. */
void bench_require(bool is_fine, const char *what);

/** Seconds of a clock that only goes forward. */
double bench_now(void);

/** Seconds that the processors have worked for this program, on all of its threads. */
double bench_processor(void);

/**
 * A whole file.
 * @param ret_size  of what is in it; two NULs stand behind it, as flex wants them
 * @return free() it
 */
char *bench_load(const char *path, size_t *ret_size);

enum { BENCH_ROUNDS_MAX = 64 };

/** Figures of one phase over the rounds of a run. */
struct bench_series {
    double values[BENCH_ROUNDS_MAX];
    size_t count;
};

void bench_add(struct bench_series *series, double value);
double bench_median(const struct bench_series *series);
/** Median of the ratios of two series round by round, which drifts of the machine do not touch. */
double bench_median_ratio(const struct bench_series *series, const struct bench_series *base);

/** What a program took from start to exit. */
struct bench_cost {
    double seconds;
    size_t peak_bytes;
};

enum { BENCH_ANY_STATUS = -1 };

/**
 * Run @a argv (found by PATH) with standard output to @a out_path (NULL: /dev/null). It has to exit with @a status;
 * BENCH_ANY_STATUS: any from 0 to 3, which are about its input, and what it says on standard error is not shown.
 */
struct bench_cost bench_spawn(char *const *argv, const char *out_path, int status);

enum { BENCH_PATH_SIZE = 4096 };

/**
 * Make a directory below @a parent for the files of a run. Do not remove any of them before the end: ext4 passes over
 * inodes freed in the last minutes one by one, which makes creating files ten times slower, and each directory made in
 * this one gets a part of the disk of its own.
 */
void bench_make_place(const char *parent, char path[BENCH_PATH_SIZE]);

/** Remove a directory with all that is in it; not being there is fine. */
void bench_remove(const char *path);

/** Bring everything to disk and let the disk come to rest, so that one phase does not pay for another. */
void bench_settle(void);

#endif
