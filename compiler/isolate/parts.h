/**
 * Parts of applications in a way from some to others, collected before it is reported: who may do something to a thing,
 * by the thing.
 */
#ifndef TC_ISOLATE_PARTS_H
#define TC_ISOLATE_PARTS_H

#include "base/map.h"
#include "isolate/internal.h"

/** What one application has to do with a thing. The sentence is put together only for the witness. */
struct tc_part {
    uint32_t application;
    struct tc_span span;
    const char *verb;   /**< "may write", "runs in the pool" */
    struct tc_str what; /**< comes behind it in quotes; empty: nothing does */
    bool possible;
};

/** Parts of different applications, ascending. A zeroed one is empty. */
struct tc_parts {
    struct tc_part *items;
    size_t count, capacity;
};

/** Add a part; what an application that is already the last one adds is left out, unless it is sure and that one is
 * only possible. In the arena of the run. */
void tc_parts_add(struct tc_isolator *run, struct tc_parts *parts, const struct tc_part *part);

/** The parts of @a a and @a b in one list; of an application that is in both, the one of @a a if it is as sure. */
struct tc_parts tc_parts_unite(struct tc_isolator *run, const struct tc_parts *a, const struct tc_parts *b);

/** A way to report, in parts. */
struct tc_meeting {
    enum tc_rule_id rule;
    enum tc_verdict verdict;
    struct tc_str resource, because, reason; /**< as in struct tc_way */
    const struct tc_parts *froms;            /**< NULL: everyone */
    const struct tc_parts *tos;              /**< NULL: everyone */
    const char *everyone;                    /**< what those do who have no part: "is on the same server" */
    bool is_alone;                           /**< about one application each: `tos` does not count */
};

/** Report it. Those whose part is only possible, on either side, are reported by themselves, as unknown. */
void tc_isolation_meet(struct tc_isolator *run, const struct tc_meeting *meeting);

/** What is known of some and not of others: those of whom it is not known, for the reason @a because, may meet any of
 * both. */
void tc_isolation_meet_unknown(struct tc_isolator *run, enum tc_rule_id rule, const struct tc_parts *known,
                               const struct tc_parts *unknown, const char *because);

/** Things by key, each with two lists of parts. */
struct tc_thing {
    struct tc_thing *next;
    struct tc_str key;
    struct tc_str name;            /**< for people */
    struct tc_parts actors, users; /**< who may do harm there; everyone who has to do with it */
    void *payload;                 /**< of whoever collects */
};

struct tc_things {
    struct tc_isolator *run;
    struct tc_map map;
    struct tc_thing **numbered;     /**< of tc_things_numbered(), once asked */
    struct tc_thing *first, **tail; /**< in the order in which they were met */
    struct tc_thing *last;          /**< of tc_isolation_note(): the one it noted last */
};

/** An empty set of things; they live in the arena of @a run, which is borrowed. */
void tc_things_init(struct tc_things *things, struct tc_isolator *run);

/** The thing called @a key, which is borrowed; made when it is not there. NULL when out of memory. */
struct tc_thing *tc_things_at(struct tc_things *things, struct tc_str key, struct tc_str name);

/** The thing with @a number, of a pool or account: there are no more of those than applications. Made when it is not
 * there, without a key. NULL when out of memory. */
struct tc_thing *tc_things_numbered(struct tc_things *things, uint32_t number, struct tc_str name);

#endif
