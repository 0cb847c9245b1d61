/**
 * What changes between two texts, as a unified diff.
 */
#ifndef TC_CLI_DIFF_H
#define TC_CLI_DIFF_H

#include "base/str.h"

/** Append the difference of @a before and @a after, three lines of context around; nothing when they are equal. */
void tc_diff_put(struct tc_buf *out, const char *name, struct tc_str before, struct tc_str after);

#endif
