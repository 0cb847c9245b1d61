/**
 * A source as lint takes it: by itself, or as the part of another one that uses it.
 */
#ifndef TC_API_LINT_SOURCE_H
#define TC_API_LINT_SOURCE_H

#include "api/lint.h"

/**
 * Compile @a source for lint; the findings in c->diags are those that are about it.
 *
 * A source that has no server block leaves open what it is for. Where @a folder says which source uses it, that one is
 * compiled. Else it is judged as being for the framework that @a file names, or for the one under which the compiler
 * has the least to say.
 *
 * @param host        reads what sources use
 * @param ret_source  the text that findings are in: @a source, or, in another source, the copy of it, which then has
 * its name
 * @return TC_OK, also with errors in c->diags; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_lint_source(struct tc_compilation *c, const struct tc_sema_host *host,
                              const struct tc_sema_options *options, const struct tc_check_file_options *file,
                              const struct tc_lint_folder *folder, struct tc_source *source,
                              struct tc_source **ret_source);

#endif
