/**
 * Why one application may or may not do something: what decides, what grant comes nearest, what would have to be
 * granted more, and what no grant can do.
 */
#ifndef TC_ASK_WHY_H
#define TC_ASK_WHY_H

#include "ask/answer.h"

/** How a grant that does not allow something is near to it. */
enum tc_why_near {
    TC_WHY_NEAR_NONE,
    TC_WHY_NEAR_CLASS,  /**< the same class, nothing in common */
    TC_WHY_NEAR_PLACE,  /**< a place that is alike: a path beside it, another host of the domain */
    TC_WHY_NEAR_ACCESS, /**< the very place, for something else: read, not write */
};

struct tc_why {
    struct tc_answer_may answer;          /**< `grants` and `trace` are those of it */
    struct tc_trace traces[TC_OWN_KINDS]; /**< of each of the own code */
    enum tc_why_near near;
    struct tc_trace_grant nearest; /**< unless `near` is NONE */
    const struct tc_perm *missing; /**< what is asked and not surely granted to all of the own code, tokens as asked;
                                        NULL: nothing, or a change cannot say it */
    unsigned facts;                /**< bit i: enum tc_why_id: what decides beside grants */
    bool is_part;                  /**< any part of the demand was asked for: then nothing is `missing` */
    bool is_hopeless;              /**< no grant can help */
};

/**
 * Ask @a subject for @a demand (with @a any_part: for any part of it).
 * @param ret  lives in @a arena
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_why_of(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand,
                         bool any_part, struct tc_why *ret);

/**
 * What an exception says was asked for, as it was asked: a URL of a WebPermission is written as the pattern that
 * matches just it (Regex.Escape), and is no pattern.
 * @return @a perm itself when nothing in it is such a URL; NULL when out of memory
 */
const struct tc_perm *tc_why_demanded(struct tc_arena *arena, const struct tc_perm *perm);

/** Which facts the words of an exception tell: bit i for enum tc_why_id. */
unsigned tc_why_marks(struct tc_str text);

/** Append the group's condition and name, in the words of the language: `url "$AppDirUrl$/\*" 'Own'`. */
void tc_why_put_group(struct tc_buf *out, const struct tc_group *group);

/** What one line of a source or file does: one permission, or one entry of it. */
struct tc_why_line {
    const struct tc_perm *entry; /**< in the words of the language: what the line grants */
    struct tc_str policy;        /**< whose text it is in */
    size_t holders;              /**< how many subjects get it */
    const struct tc_subject *first;
    bool possible;
    bool is_shadowed;                  /**< without it nobody would have less */
    struct tc_trace_grant shadowed_by; /**< for the first holder; `span` may be nowhere */
};

struct tc_why_lines {
    struct tc_why_line *items;
    size_t count, capacity;
};

/**
 * What is granted between the positions of @a line, and who of @a subjects gets it. Subjects that share a policy are
 * asked once.
 */
enum tc_status tc_why_line(struct tc_arena *arena, const struct tc_subject *const *subjects, size_t count,
                           struct tc_span line, struct tc_why_lines *ret);

#endif
