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

/** Whose files an output directory holds: each command takes what another one wrote for no longer wanted. */
enum tc_outputs_of { TC_OUTPUTS_OF_BUILD, TC_OUTPUTS_OF_PLAN, TC_OUTPUTS_OF_DOC };

/**
 * Whether bringing @a outputs to disk would remove a file of the other command, which is complained of. What cannot be
 * read is not: tc_commit() says why.
 */
bool tc_takes_foreign(struct tc_arena *arena, struct tc_sources *sources, const struct tc_output *outputs, size_t count,
                      enum tc_outputs_of whose);

#endif
