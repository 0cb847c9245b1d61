/**
 * What code asks for, held against what its application may do: what is missing, the smallest grant that adds it, and
 * what is granted and nobody asked for.
 */
#ifndef TC_ASK_DEMANDS_H
#define TC_ASK_DEMANDS_H

#include "ask/demands_read.h"
#include "ask/subject.h"

enum tc_refusal_id {
#define TC_REFUSAL(id, slug, cls, kind, name, sentence, source) TC_REFUSAL_##id,
#include "data/refusals.def"
    TC_REFUSAL_COUNT_
};

/** A grant that is not learned from evidence unless somebody takes it: a row of data/refusals.def. */
struct tc_refusal {
    const char *slug;     /**< what --accept names */
    const char *sentence; /**< what it comes to */
    const char *source;
};

/** The row of @a id, which is not TC_REFUSAL_COUNT_. */
const struct tc_refusal *tc_refusal(enum tc_refusal_id id);
/** The row called @a slug; TC_REFUSAL_COUNT_ when there is none. */
enum tc_refusal_id tc_refusal_find(struct tc_str slug);
/** The slug nearest to @a slug; NULL when none takes fewer than four edits. */
const char *tc_refusal_near(struct tc_str slug);

/** One smallest part of what is asked for; each once, however often it is asked for. */
struct tc_wanted {
    const struct tc_perm *demand;     /**< as it is asked for, tokens filled in */
    const struct tc_demanded *first;  /**< where it is asked for first */
    size_t number;                    /**< in the order met */
    size_t times;                     /**< in how many places */
    struct tc_may_answer answer;      /**< may: TC_MAY_NOT without a subject */
    const struct tc_refusal *refusal; /**< it is not to be learned; NULL, also when that was accepted */
    const char *obstacle;             /**< why no grant of the source could allow it, in words; NULL */
    bool is_learned;                  /**< the smallest grant has it */
};

/** Something asked for that is no permission with known values. */
struct tc_wanted_other {
    const struct tc_demanded *first;
    size_t times;
    enum tc_may may;
    const char *why; /**< what that means, and what to do, in words */
};

struct tc_needs {
    struct tc_wanted *items; /**< in the order of the classes' table, then as they were met */
    size_t count;
    struct tc_wanted_other *others;
    size_t other_count;
    const struct tc_perm **grants; /**< the smallest grant that allows all that is learned, as a source writes it */
    size_t grant_count;
    const struct tc_perm **idle; /**< what is granted for sure and nobody asked for, in smallest parts */
    size_t idle_count;
    size_t covered;   /**< needs and others that the application may do for sure */
    size_t uncovered; /**< all the rest */
    size_t refused;   /**< of these: those that are not to be learned */
};

/**
 * Hold @a reports against @a subject.
 *
 * A URL that a pattern stands for character by character is asked for as that URL. The smallest grant is the
 * framework's union of what is missing; paths in the application's directory and its own origin get their tokens back.
 *
 * @param subject    NULL: nobody in particular; nothing is granted then
 * @param framework  whose words the grant is for
 * @param accepted   by enum tc_refusal_id: what may be learned all the same; TC_REFUSAL_COUNT_ of them
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_needs_of(struct tc_arena *arena, const struct tc_subject *subject, enum tc_framework framework,
                           const struct tc_demands_report *reports, size_t report_count, const bool *accepted,
                           struct tc_needs *ret);

/** Work out the smallest grant once more, after some is_learned were taken back. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_needs_settle(struct tc_arena *arena, const struct tc_subject *subject, struct tc_needs *needs);

/** Append @a needs->grants as statements of a source, each on a line of its own behind @a indent and before @a end. */
void tc_needs_put_grants(struct tc_buf *out, const struct tc_needs *needs, enum tc_framework framework,
                         struct tc_str indent, struct tc_str end);

#endif
