/**
 * What tc_isolate() found, as text for people and as JSON for programs. docs and tests name the forms; the bytes depend
 * on nothing but the source.
 */
#ifndef TC_ISOLATE_SHOW_H
#define TC_ISOLATE_SHOW_H

#include "isolate/differences.h"
#include "isolate/isolate.h"

/** What is shown. */
struct tc_isolation_view {
    enum tc_layer layer;               /**< the layer that is asked; TC_LAYER_BOTH: each alone, and both together */
    const struct tc_application *from; /**< only what @a from can do to @a to; NULL: everyone */
    const struct tc_application *to;
    bool has_differences; /**< `differences` were asked for; when there are none, that is said */
    const struct tc_difference *differences;
};

/** Above so many applications pairs are not counted one by one: the table would be a million entries. */
enum { TC_ISOLATION_PAIRS_MAX = 1000 };

/** Whether @a finding is open in the layers that @a view asks, for its witness, whoever has accepted it. */
bool tc_isolation_is_shown(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding,
                           const struct tc_isolation_view *view);

/** How many findings of @a verdict that @a view shows nobody has accepted. Warnings (by their rule) do not count. */
size_t tc_isolation_count(const struct tc_isolation *isolation, const struct tc_isolation_view *view,
                          enum tc_verdict verdict);

/** Text. @return false when out of memory */
bool tc_isolation_put_text(struct tc_arena *arena, const struct tc_isolation *isolation,
                           const struct tc_sources *sources, const struct tc_isolation_view *view, struct tc_buf *out);

/** JSON: one object, keys in a fixed order. @return false when out of memory */
bool tc_isolation_put_json(struct tc_arena *arena, const struct tc_isolation *isolation,
                           const struct tc_sources *sources, const struct tc_isolation_view *view, struct tc_buf *out);

#endif
