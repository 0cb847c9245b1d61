/**
 * A policy as the text of a source: what `trustc import` writes.
 *
 * What the policy shares with one of the platform's own levels is said by `extends`, the rest by revokes and grants;
 * code groups are inherited where they are the base's, `code` lines where they fit, else a `codegroups` block. What has
 * no words stands there as `raw`, what the framework drops as a comment.
 */
#ifndef TC_EMIT_SOURCE_H
#define TC_EMIT_SOURCE_H

#include "xml/reader.h"

/** Lines of the text that say what stands at one place of the file. */
struct tc_source_statement {
    struct tc_source_statement *next;
    uint32_t anchor;
    uint32_t first, last; /**< lines of the output, from 1 */
    bool is_raw;
};

/** One policy to be written. */
struct tc_source_policy {
    const struct tc_reading *reading;
    struct tc_str name;
    const struct tc_policy *base; /**< NULL: it extends nothing, and `groups` are its groups unless it says others */
    const char *base_word;        /**< "medium" */
    const struct tc_policy *groups;
    const uint32_t *raw; /**< places whose statements the compiler did not take: verbatim */
    size_t raw_count;
    const uint32_t *lost; /**< places that cannot even stand there verbatim: comments */
    size_t lost_count;
    struct tc_map
        *classes; /**< full names of declared classes to struct tc_str: the name that they are given; shared */
    struct tc_buf *declared; /**< gets their declarations */
};

/** What came of it. */
struct tc_source_result {
    struct tc_source_statement *statements;
    size_t cost;        /**< how much the policy says by itself */
    const char *to_run; /**< grants without which no page runs, as the policy is; NULL: none is missing */
};

/** Append @a policy to @a out. Results live in @a arena. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_source_emit(struct tc_arena *arena, const struct tc_source_policy *policy, struct tc_buf *out,
                              struct tc_source_result *ret_result);

#endif
