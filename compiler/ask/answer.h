/**
 * Answers to questions (ask/question.h): who may do something and by which grants, what an application may do, what
 * several share. Made from subjects, whatever they come from.
 */
#ifndef TC_ASK_ANSWER_H
#define TC_ASK_ANSWER_H

#include "ask/trace.h"

/** Whether one subject may do something, and why. */
struct tc_answer_may {
    const struct tc_subject *subject;
    struct tc_may_answer may;
    size_t number;                 /**< the own code that `grants` are of: the first that may most */
    struct tc_trace trace;         /**< of that code; asked when it may, possibly at least */
    struct tc_trace_grants grants; /**< that allow it */
    const struct tc_perm *example; /**< of any part: something concrete that it may do; else NULL */
};

/**
 * Ask @a subject for @a demand, or with @a any_part for any part of it (ask/overlap.h).
 * @param ret  lives in @a arena
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_answer_may(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand,
                             bool any_part, struct tc_answer_may *ret);

/** What a subject may do, of one class, by one place of the source or file. */
struct tc_answer_grant {
    const struct tc_perm *perm; /**< tokens as written; several entries of one grant together */
    struct tc_trace_grant by;   /**< the grant itself */
};

/** All that one subject may do. */
/** A permission of a class that nobody here knows, as it stands in a source or file. */
struct tc_answer_markup {
    struct tc_str type; /**< its class; empty: it cannot be read */
    struct tc_span span;
};

struct tc_answer_what {
    const struct tc_subject *subject;
    size_t number;
    struct tc_trace trace;
    bool is_full;                   /**< it is fully trusted */
    bool is_same;                   /**< both kinds of own code get the same; else `number` alone is spoken of */
    struct tc_answer_grant *grants; /**< by class, in table order; of a class in the order of the text */
    size_t count, capacity;
    struct tc_answer_markup *markup; /**< what it allows is not known */
    size_t markup_count;
};

/** What own code @a number of @a subject may do. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_answer_what(struct tc_arena *arena, const struct tc_subject *subject, size_t number,
                              struct tc_answer_what *ret);

/** Something that several may do. */
struct tc_answer_sharer {
    const struct tc_subject *subject;
    bool possible;
    const struct tc_perm *perm; /**< of the grant */
    struct tc_span span;
};

struct tc_answer_part {
    const struct tc_perm *part; /**< tokens filled in */
    struct tc_answer_sharer *sharers;
    size_t count;
};

struct tc_answer_shared {
    struct tc_answer_part *parts; /**< each by two or more, in the order in which they were met */
    size_t count;
    const struct tc_subject **full; /**< who is fully trusted, and so shares whatever anybody has */
    size_t full_count;
    size_t sharers; /**< how many subjects share something, `full` among them */
};

/**
 * The parts of class @a cls that two or more of @a subjects may do. Cost: for paths and keys their number
 * times their depth; for other things the different ones times each other.
 *
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_answer_shared(struct tc_arena *arena, const struct tc_subject *const *subjects, size_t count,
                                const struct tc_class *cls, struct tc_answer_shared *ret);

#endif
