/**
 * What tc_diff() found, for people (text, Markdown for a review comment) and for programs (JSON,
 * docs/schemas/diff.schema.json). The bytes depend on nothing but the two sides.
 */
#ifndef TC_ASK_DIFF_SHOW_H
#define TC_ASK_DIFF_SHOW_H

#include "ask/diff.h"

enum tc_diff_format { TC_DIFF_TEXT, TC_DIFF_MARKDOWN, TC_DIFF_JSON };

/** Append @a diff, of @a from and @a to. @return false when out of memory */
bool tc_diff_show(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                  enum tc_diff_format format, struct tc_buf *out);

/* ---- for the files of the output ---- */

/** tc_diff_show() in one format; what a write that failed leaves is in @a out (base/str.h). */
void tc_diff_put_text(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                      struct tc_buf *out);
void tc_diff_put_markdown(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                          struct tc_buf *out);
void tc_diff_put_json(const struct tc_diff *diff, const struct tc_diff_side *from, const struct tc_diff_side *to,
                      struct tc_buf *out);

/** How sure a change is, where it is not plainly denied on one side and allowed on the other; NULL. */
const char *tc_diff_certainty(const struct tc_diff_change *change);

/** Which of the own code a change is about, where it is not all of it; NULL. */
const char *tc_diff_kinds(const struct tc_diff_change *change);

/** Whether the demand of a change says more than its words. */
bool tc_diff_has_example(const struct tc_diff_change *change);

/** What had to be made up to compare the two; NULL: nothing. */
const char *tc_diff_assumed(const struct tc_diff_side *from, const struct tc_diff_side *to);

/** "2 applications change, 1 is new" */
void tc_diff_put_summary(const struct tc_diff *diff, struct tc_buf *out);

#endif
