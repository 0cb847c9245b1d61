/**
 * Files for the library: what cli/ reads from disk and standard input.
 */
#ifndef TC_CLI_HOST_H
#define TC_CLI_HOST_H

#include "base/arena.h"
#include "base/status.h"

/** What an errno value means, in words that are the same everywhere: a literal. */
const char *tc_host_reason(int error);

/**
 * Read a whole file, or standard input for "-".
 *
 * @param ret_text    lives in @a arena, followed by two NULs
 * @param ret_reason  on TC_ERR_IO and TC_ERR_LIMIT: why, in words
 * @return TC_OK; TC_ERR_IO; TC_ERR_LIMIT when it is larger than a source may be; TC_ERR_NOMEM
 */
enum tc_status tc_host_read(struct tc_arena *arena, const char *path, struct tc_str *ret_text, const char **ret_reason);

/** Whether both paths lead to one file, also by way of links; also when the file, but not its directory, is yet to be.
 */
bool tc_host_same_file(const char *a, const char *b);

/**
 * Write a small file beside its place; tc_host_finish() brings it there or takes it away again.
 * @return as tc_host_read()
 */
enum tc_status tc_host_prepare(struct tc_arena *arena, const char *path, struct tc_str bytes, const char **ret_reason);

/** tc_host_prepare() for a file that is there: its links lead on, its mode and, where that may be, its owner stay.
 * @param ret_path  the file itself, for tc_host_finish(); lives in @a arena */
enum tc_status tc_host_prepare_over(struct tc_arena *arena, const char *path, struct tc_str bytes,
                                    const char **ret_path, const char **ret_reason);

/** Whether a file is there that may be written over: one without any write permission may not, whoever asks. */
bool tc_host_may_write(const char *path);

/** Rename what tc_host_prepare() wrote (unless the file has the same bytes), or remove it. False when that failed. */
bool tc_host_finish(struct tc_arena *arena, const char *path, bool keep);

#endif
