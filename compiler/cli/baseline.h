/**
 * Baselines: lists of findings that were there before and do not count.
 *
 * A line is FINGERPRINT CODE PATH; the path is relative to the folder of the baseline and has slashes, so that a list
 * made in one place is good in any other that has the same files.
 */
#ifndef TC_CLI_BASELINE_H
#define TC_CLI_BASELINE_H

#include "cli/configs.h"

struct tc_baseline;

struct tc_baselines {
    struct tc_session *session;
    struct tc_baseline *first;
    struct tc_baseline **list; /**< by input; NULL: none */
    struct tc_str *names;      /**< by input: its path as its baseline has it */
};

/**
 * Read the baselines that @a configs has for @a inputs; what cannot be read is complained of. One that
 * --update-baseline is to make need not be there.
 * @return TC_OK; TC_ERR_USAGE for a file that is no baseline; TC_ERR_IO; TC_ERR_NOMEM
 */
enum tc_status tc_baselines_read(struct tc_baselines *baselines, struct tc_session *session,
                                 const struct tc_configs *configs, const struct tc_inputs *inputs);

/**
 * Let the findings of @a c that the baseline of an input lists not count. May be called by several threads.
 * @param found  gets a line for each finding that could be in a baseline
 */
void tc_baselines_apply(const struct tc_baselines *baselines, size_t input, struct tc_compilation *c,
                        const struct tc_lint_settings *settings, struct tc_buf *found);

/** Keep what tc_baselines_apply() found for tc_baselines_write(). */
void tc_baselines_add(struct tc_baselines *baselines, size_t input, struct tc_str found);

/**
 * Write what was found to the baselines. Lines about files that were not looked at stay while there are such files.
 * @return false after a complaint; all of them are written, or none
 */
bool tc_baselines_write(struct tc_baselines *baselines);

void tc_baselines_done(struct tc_baselines *baselines);

#endif
