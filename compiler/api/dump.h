/**
 * Each stage of a compilation on its own, for people who write policies and for tools that read them.
 */
#ifndef TC_API_DUMP_H
#define TC_API_DUMP_H

#include "api/trustc.h"

enum tc_dump_stage {
    TC_DUMP_TOKENS, /**< of the source alone */
    TC_DUMP_AST,    /**< of the source alone, also when it has syntax errors */
    TC_DUMP_MODEL,  /**< with all that the source uses */
    TC_DUMP_GRANTS, /**< what the own code of each application is granted, its tokens filled in */
};

/**
 * Show @a stage of @a source, which is one of c->sources.
 *
 * A stage that the source has too many errors for is not shown: tokens and tree always are, model and grants only
 * without errors.
 *
 * @param out  gets text, or JSON
 * @return TC_OK; TC_FAILED with diagnostics; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_dump(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
                       struct tc_source *source, enum tc_dump_stage stage, bool is_json, struct tc_buf *out);

#endif
