/** What the parts of api/minimize share. */
#ifndef TC_API_MINIMIZE_PARTS_H
#define TC_API_MINIMIZE_PARTS_H

#include "api/minimize.h"

/** A change of the text that leaves something out; and why that should be possible. */
struct tc_omission {
    uint32_t begin, end; /**< offsets in the text of the main source */
    struct tc_str with;  /**< what stands there instead; mostly nothing */
    struct tc_dead dead;
};

struct tc_omissions {
    struct tc_arena *arena;
    struct tc_omission *items;
    size_t count, capacity;
};

/** Add one; what overlaps one that is there already is left for another round. */
void tc_omissions_add(struct tc_omissions *list, struct tc_omission omission);

/** What could be left out of the main source of @a c, as far as can be told without trying, by place. */
enum tc_status tc_minimize_find(struct tc_compilation *c, const struct tc_sema_host *host, struct tc_omissions *ret);

/** The same bytes in the source of the same name of @a to; nowhere when there is none. */
struct tc_span tc_span_elsewhere(const struct tc_sources *from, struct tc_span span, const struct tc_sources *to);

/**
 * Whether two compilations of a source say the same: the same applications in the same order, for each the same grants
 * for all code that can be told apart, the same policies as far as they are there in both, the same verdicts of
 * isolation. @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_minimize_same(struct tc_compilation *before, struct tc_compilation *after, bool *ret_same);

#endif
