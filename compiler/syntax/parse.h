/**
 * Source text to AST.
 */
#ifndef TC_SYNTAX_PARSE_H
#define TC_SYNTAX_PARSE_H

#include "base/diag.h"
#include "base/status.h"
#include "syntax/ast.h"

/**
 * Parse one source.
 *
 * Reports every syntax error of the text, none that only follows from another: a missing `;` or `}` is supplied where
 * the line structure shows it, a broken statement is given up at its end, and an item word (`policy`, `application`, …)
 * at the start of a line ends any open block.
 *
 * @param trees     arena for the nodes; may go as soon as nobody looks at the tree. Texts of atoms are slices of the
 * source or live in the arena of @a diags, so what was made of a tree may outlive it
 * @param source    the text; changed while scanning and back as it was on return
 * @param ret_file  the tree; also on TC_FAILED, with TC_AST_BAD for what was given up
 * @return TC_OK; TC_FAILED when errors were reported; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_parse(struct tc_diags *diags, struct tc_arena *trees, struct tc_source *source,
                        struct tc_ast_file **ret_file);

/** Called by tc_tokens_dump() for each token: its name as the grammar calls it, its span. */
typedef void tc_token_sink(void *state, const char *kind, struct tc_span span);

/** Scan @a source and hand each token to @a sink (`trustc dump --stage=tokens`). Reports lexical errors only. */
enum tc_status tc_tokens_dump(struct tc_diags *diags, struct tc_source *source, tc_token_sink *sink, void *state);

#endif
