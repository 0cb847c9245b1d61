/**
 * Texts of a source in Markdown (GitHub's), so that nothing that someone named turns into markup.
 */
#ifndef TC_BASE_MARKDOWN_H
#define TC_BASE_MARKDOWN_H

#include "base/str.h"

/** Append @a text as code, so that it shows as it is; in a cell of a table with its bars escaped, as cells are split
 * before anything else is looked at. Control characters become blanks. */
void tc_markdown_code(struct tc_buf *out, struct tc_str text, bool in_cell);

/** Append @a text as running text. Control characters become blanks. */
void tc_markdown_text(struct tc_buf *out, struct tc_str text);

#endif
