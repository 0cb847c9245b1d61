/**
 * A source in the one layout that all sources have (syntax/layout.h).
 */
#ifndef TC_API_FMT_H
#define TC_API_FMT_H

#include "api/trustc.h"

/**
 * Append @a source, one of c->sources, as it is to be laid out. What comes out is parsed again and held against the
 * source: the same statements, words, descriptions and comments in the same order.
 *
 * @param out  untouched but on TC_OK
 * @return TC_OK; TC_FAILED when the source has syntax errors, which c->diags then holds; TC_ERR_SELF with a diagnostic
 *         when something else than the layout would change; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_fmt(struct tc_compilation *c, struct tc_source *source, struct tc_buf *out);

#endif
