/**
 * What a change to a source would do, asked of the changed source itself: it is compiled in memory, and nothing is
 * written.
 */
#ifndef TC_API_WHATIF_H
#define TC_API_WHATIF_H

#include "api/trustc.h"

/** A change, and what is asked of it. */
struct tc_whatif_change {
    const struct tc_model *model;    /**< what it means now */
    const struct tc_source *changed; /**< the text to change: `main` or one that it uses */
    uint32_t offset;                 /**< in that text: where `insert` goes */
    struct tc_str insert;
    struct tc_str application;    /**< whose own code is asked */
    const struct tc_perm *demand; /**< for what */
    bool with_isolation;          /**< look for ways between applications that it opens: costs as `trustc isolate` */
};

struct tc_whatif {
    struct tc_str refused; /**< the compiler does not take it: the first error; else empty */
    bool allows;           /**< all of the application's own code may do it then, for sure */
    bool allows_some;      /**< some of it may */
    struct tc_str
        *ways; /**< ways between applications that are open or not known then, and were not: a sentence each */
    size_t way_count;
    struct tc_str *rules; /**< lines of `never` and `test` that fail then, and did not */
    size_t rule_count;
};

/**
 * Try @a change.
 * @param c    the compilation it is about: its sources; left as it is
 * @param ret  lives in @a arena
 * @return TC_OK; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_whatif(struct tc_arena *arena, const struct tc_compilation *c, const struct tc_sema_host *host,
                         const struct tc_sema_options *options, const struct tc_whatif_change *change,
                         struct tc_whatif *ret);

#endif
