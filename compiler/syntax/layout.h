/**
 * The one way to lay out a source: what `trustc fmt` writes.
 *
 * Only blanks and line ends change, and a `;` that may be left out goes. Blocks are indented by four columns; a block
 * that was written on one line stays there while it fits, one that was not does not come together. Lines are at most
 * TC_LAYOUT_WIDTH columns wide where a comma or a new part of the statement lets them be broken. The values of the
 * settings of a block share a column, so do the grants that follow each other, the parts of demands, and comments at
 * the ends of lines. One blank line is kept where some were, and stands around blocks that are items. Comments stay
 * where they are between the words, on lines of their own or not, and so do descriptions.
 */
#ifndef TC_SYNTAX_LAYOUT_H
#define TC_SYNTAX_LAYOUT_H

#include "base/status.h"
#include "syntax/ast.h"

enum { TC_LAYOUT_WIDTH = 120 };

/**
 * Append the text of @a file, laid out. The first line end of the source says whether all are LF or CRLF; a byte-order
 * mark stays.
 *
 * @param arena  for what is needed meanwhile; may go afterwards
 * @param file   of a source that was parsed without errors
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_layout(struct tc_arena *arena, const struct tc_ast_file *file, struct tc_buf *out);

#endif
