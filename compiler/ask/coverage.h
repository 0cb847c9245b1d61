/**
 * What tests exercise: every grant that the own code of an application has from a source, in its smallest parts, and
 * whether a line of a `test` asks for it. A line that says `may not`, and a `never`, exercise no grant.
 */
#ifndef TC_ASK_COVERAGE_H
#define TC_ASK_COVERAGE_H

#include "ask/rules.h"

/** A part of a grant, as it is written. */
struct tc_granted_atom {
    struct tc_granted_atom *next; /**< of the same grant */
    const struct tc_perm *perm;   /**< tokens as written; its span is that of the entry or of the grant */
    const struct tc_perm *grant;  /**< the whole grant */
    bool is_counted;              /**< it stands in a file of the user's */
    bool is_exercised;
    uint32_t number;            /**< in the order found, for those of one place */
    struct tc_atom_user *users; /**< who has it, in source order */
    struct tc_atom_user **tail;
    const struct tc_subject *last; /**< of users */
};

/** An application that has a part of a grant; others of it may be revoked. */
struct tc_atom_user {
    struct tc_atom_user *next; /**< of the same atom */
    const struct tc_subject *subject;
};

/** Atoms that one subject has. */
struct tc_subject_atoms {
    struct tc_subject_atoms *next;
    struct tc_granted_atom *atom;
};

struct tc_coverage {
    const struct tc_subjects *subjects;
    struct tc_granted_atom **atoms; /**< that are counted, by place */
    size_t count, exercised;
    struct tc_subject_atoms **by_subject; /**< all that it has, counted or not */
};

/** Whether what stands at @a span is the user's own text. */
typedef bool tc_is_counted(void *state, struct tc_span span);

/**
 * Find the grants of @a subjects and hold the lines of @a run that hold against them.
 * @param ret  lives in @a arena
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_coverage_of(struct tc_arena *arena, const struct tc_subjects *subjects, const struct tc_rule_run *run,
                              tc_is_counted *is_counted, void *state, struct tc_coverage *ret);

/** @a part of @a whole in percent, rounded down, so that 100 means all of it; 100 when there is nothing. */
unsigned tc_percent(size_t part, size_t whole);

#endif
