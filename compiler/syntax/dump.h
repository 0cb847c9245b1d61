/**
 * The tokens and the tree of one source, as text or JSON: what the scanner and the parser made of it, nothing looked
 * up.
 */
#ifndef TC_SYNTAX_DUMP_H
#define TC_SYNTAX_DUMP_H

#include "base/outline.h"
#include "syntax/parse.h"

/**
 * Scan @a source and show its tokens.
 * @return as tc_tokens_dump(); on TC_FAILED all tokens are shown all the same
 */
enum tc_status tc_dump_tokens(struct tc_diags *diags, struct tc_source *source, struct tc_outline *outline);

/** Show every node of @a file with its words, their places, and the comments. */
void tc_dump_tree(struct tc_outline *outline, const struct tc_ast_file *file);

#endif
