/**
 * Answers (ask/answer.h) as text and as JSON (docs/schemas/query.schema.json).
 */
#ifndef TC_ASK_SHOW_H
#define TC_ASK_SHOW_H

#include "ask/answer.h"

struct tc_show {
    struct tc_arena *arena; /**< for scratch */
    const struct tc_sources *sources;
    struct tc_buf *out;
};

/** Append " (file:line)"; nothing for a span that is nowhere. */
void tc_show_place(const struct tc_show *show, struct tc_span span);

/** Append `"file": …, "line": …, "column": …` with a comma and a blank before; null for a span that is nowhere. */
void tc_show_place_json(const struct tc_show *show, struct tc_span span);

/** The framework that a subject is under; 4.0 when nothing is known. */
enum tc_framework tc_show_framework(const struct tc_subject *subject);

/** What code group or level gives the whole of a set: "code group 'Root'", "trust level 'Full'". */
void tc_show_giver(const struct tc_show *show, const struct tc_subject *subject, const struct tc_trace_set *set);

/** The grants that an answer rests on, in words with their places, on one line. */
void tc_show_grants(const struct tc_show *show, const struct tc_answer_may *answer);

/** One line: who, how sure, by what. */
void tc_show_may(const struct tc_show *show, const struct tc_answer_may *answer);
/** The same as a JSON object. */
void tc_show_may_json(const struct tc_show *show, const struct tc_answer_may *answer);

/** What a subject may do, one line a class and place, with a line above. */
void tc_show_what(const struct tc_show *show, const struct tc_answer_what *answer);
/** The same as a JSON object. */
void tc_show_what_json(const struct tc_show *show, const struct tc_answer_what *answer);

/** The parts that several share, one line each. */
void tc_show_shared(const struct tc_show *show, const struct tc_answer_shared *answer);
/** The same as items of a JSON list that is open, one a line. */
void tc_show_shared_json(const struct tc_show *show, const struct tc_answer_shared *answer);

/** A permission as a demand has it, as a JSON string. */
void tc_show_perm_json(const struct tc_show *show, enum tc_framework framework, const struct tc_perm *perm);

#endif
