/**
 * A source in the one layout that all sources have (syntax/layout.h).
 */
#ifndef TC_API_FMT_H
#define TC_API_FMT_H

#include "api/trustc.h"
#include "syntax/ast.h"

/**
 * Append @a source, one of c->sources, as it is to be laid out. What comes out is parsed again and held against the
 * source: the same statements, words, descriptions and comments in the same order.
 *
 * @param out  untouched but on TC_OK
 * @return TC_OK; TC_FAILED when the source has syntax errors, which c->diags then holds; TC_ERR_SELF with a diagnostic
 *         when something else than the layout would change; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_fmt(struct tc_compilation *c, struct tc_source *source, struct tc_buf *out);

/**
 * Whether @a text says what the source of @a file says, with the same comments: what tc_fmt() asks of its result.
 *
 * @param file  of a source of @a c that was parsed without errors
 * @param text  followed by two NULs; changed while it is read, and back as it was on return
 * @return TC_OK; TC_ERR_SELF with a diagnostic at the first difference; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_fmt_verify(struct tc_compilation *c, const struct tc_ast_file *file, struct tc_str text);

#endif
