/**
 * A compilation once more, with one of its sources changed in memory: what a proposed edit would come to.
 */
#ifndef TC_API_EDITED_H
#define TC_API_EDITED_H

#include "api/trustc.h"

/**
 * Compile what @a c was compiled from, with @a text in place of @a changed; every other source is as it was read then.
 *
 * @param again    initialised, nothing in it; ended by the caller
 * @param host     the one that @a c was compiled with: for standard policies, and for sources that only @a text uses
 * @param changed  one of the sources of @a c->files
 * @return as tc_compile()
 */
enum tc_status tc_compile_edited(struct tc_compilation *again, const struct tc_compilation *c,
                                 const struct tc_sema_host *host, const struct tc_sema_options *options,
                                 const struct tc_source *changed, struct tc_str text);

/** The file that @a span is in, one of @a c->files; NULL: none of them, as for the standard policies. */
const struct tc_ast_file *tc_file_at(const struct tc_compilation *c, struct tc_span span);

#endif
