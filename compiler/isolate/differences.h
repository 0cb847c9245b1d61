/**
 * Where the two layers differ about one application: what its policy grants and Windows denies, and what its account
 * may do and its code may not. Neither is a way to another application; both tell what the other layer is worth there.
 * The plan knows them (plan/differences.h); they are shown with the answers about isolation.
 */
#ifndef TC_ISOLATE_DIFFERENCES_H
#define TC_ISOLATE_DIFFERENCES_H

#include "model/model.h"

enum tc_difference_kind {
    TC_DIFFERENCE_DENIED,  /**< granted, but without a right of Windows: access denied */
    TC_DIFFERENCE_WIDER,   /**< a right of Windows that nothing grants: code access security alone holds the code */
    TC_DIFFERENCE_UNKNOWN, /**< no account, or no plan at all: nothing can be said */
    TC_DIFFERENCE_COUNT_
};

/** One grant or right; what a thousand applications have in common is one of them. */
struct tc_difference {
    struct tc_difference *next;
    enum tc_difference_kind kind;
    const struct tc_application *application; /**< the first that has it; NULL: there is no plan */
    struct tc_str account;                    /**< that its pool runs as; empty: none is known */
    struct tc_str may;                        /**< of the code, or when wider of the account: "may read 'D:\x'" */
    struct tc_str because;
    struct tc_span span;          /**< the grant, or the setting behind the right; may be nowhere */
    const uint32_t *applications; /**< all that have it, by index, ascending */
    size_t application_count;
    size_t path_count; /**< of how many paths it is said; `may` names the first */
};

/** "denied", "wider", "unknown". */
const char *tc_difference_name(enum tc_difference_kind kind);

#endif
