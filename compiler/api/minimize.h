/**
 * What of a source could go without changing what anyone is granted: dead weight, and the source without it, proven.
 */
#ifndef TC_API_MINIMIZE_H
#define TC_API_MINIMIZE_H

#include "api/edited.h"

/** Something that could go. */
struct tc_dead {
    struct tc_dead *next;
    struct tc_span span;   /**< where it stands in the source as it is */
    struct tc_str what;    /**< "FileIO read \"D:\\x\"", "the policy 'Old'" */
    const char *why;       /**< "is granted already", as the rest of the sentence */
    struct tc_span reason; /**< the place that makes it so; nowhere when there is none */
};

struct tc_minimized {
    const struct tc_source *source; /**< the main one: no other file is changed */
    struct tc_str text;             /**< without what could go; equal to the source's when there is nothing */
    struct tc_dead *first;          /**< by place */
    size_t count;
    bool is_partial; /**< there was more to try out than the limit allows */
};

/**
 * Find what could go from the main source of @a c, and leave it out. What is found is tried out in memory: compiled
 * again, what every application's code gets under each code group held against what it got, and the verdicts of
 * isolation too. What does not pass stays.
 *
 * @param c  compiled without errors, its trees still there
 * @param ret  lives in the arena of @a c
 * @return TC_OK; TC_ERR_SELF: the result did not pass in the end; TC_ERR_NOMEM
 */
enum tc_status tc_minimize(struct tc_compilation *c, const struct tc_sema_host *host,
                           const struct tc_sema_options *options, struct tc_minimized *ret);

#endif
