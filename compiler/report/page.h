/**
 * The page of a server: who can reach whom, through what, what keeps them apart, and what each application may do. One
 * HTML file with everything in it; docs/DESIGN.md says how it is made.
 */
#ifndef TC_REPORT_PAGE_H
#define TC_REPORT_PAGE_H

#include "isolate/differences.h"
#include "isolate/isolate.h"

/** What a page is about. */
struct tc_page_subject {
    const struct tc_isolation *isolation; /**< of tc_isolate_in_full(), so that each pair has a witness of its own; for
                                             more than TC_ISOLATION_PAIRS_MAX applications tc_isolate() will do */
    const struct tc_sources *sources;
    struct tc_str today;                     /**< "2026-11-23": what has ended before is said to have */
    const struct tc_difference *differences; /**< between grants and the rights of the plan; NULL: none */
};

/** Append the page. The same bytes for the same subject. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_page_put(struct tc_arena *arena, const struct tc_page_subject *subject, struct tc_buf *out);

#endif
