/**
 * What the commands that write outputs say of them.
 */
#ifndef TC_CLI_OUTPUTS_H
#define TC_CLI_OUTPUTS_H

#include "emit/commit.h"

/** Append "dir/name"; @a dir may be empty. */
void tc_put_path(struct tc_buf *out, struct tc_str dir, struct tc_str name);

/**
 * Print what became of each output, or with @a check what would; false when that failed.
 */
bool tc_print_fates(const struct tc_commit_result *result, bool check);

#endif
