/**
 * The answers for all pairs of applications, put together so that people can look at them: pairs with one answer share
 * it, and applications that nothing tells apart are one group.
 */
#ifndef TC_REPORT_MATRIX_H
#define TC_REPORT_MATRIX_H

#include "isolate/show.h"

/** The answer in one word: which layer carries the pair, or how it stands when none does. */
enum tc_standing {
    TC_STANDING_BOTH,     /**< isolated by each layer alone */
    TC_STANDING_CAS,      /**< by code access security, not surely by the other */
    TC_STANDING_ACCOUNTS, /**< the other way round */
    TC_STANDING_TOGETHER, /**< each way is closed by one layer, but neither closes all */
    TC_STANDING_ACCEPTED, /**< some are open, or not known to be closed, and all of these have been accepted */
    TC_STANDING_UNKNOWN,  /**< of one that nobody has accepted it is not known */
    TC_STANDING_OPEN,     /**< one that nobody has accepted is open */
    TC_STANDING_COUNT_
};

/** A finding in the answer for a pair. */
struct tc_pair_part {
    const struct tc_isolation_finding *finding;
    uint32_t index;        /**< of the finding, in the order of the isolation */
    enum tc_verdict other; /**< what the layer that its rule is not about makes of it */
    bool is_taken;         /**< somebody has accepted it */
};

/** What holds for some pairs, and by which findings. Two answers differ in something. */
struct tc_pair_answer {
    struct tc_pair_verdict verdict;
    enum tc_standing standing;
    uint32_t from, to; /**< the first pair that has it */
    size_t pairs;      /**< how many do */
    const struct tc_pair_part *parts;
    size_t part_count;
};

/** Applications that have the same answers, as the one who does something and as the one whom it is done to, also among
 * each other. With up to TC_MATRIX_ALONE_MAX applications each is a group of its own: few enough to look at. */
struct tc_alike {
    const uint32_t *members; /**< ascending */
    size_t count;
};

#define TC_NO_ANSWER UINT32_MAX
enum { TC_MATRIX_ALONE_MAX = 24 };

struct tc_matrix {
    const struct tc_isolation *isolation;
    const struct tc_pair_answer *answers; /**< by the first pair that has one, row by row */
    size_t answer_count;
    const struct tc_alike *groups; /**< by their first member */
    size_t group_count;
    /** The answer for a member of group `row` and another one of group `column`: cells[row * group_count + column];
     * TC_NO_ANSWER where a group of one meets itself. */
    const uint32_t *cells;
    const uint32_t *of; /**< the answer for each pair of applications: of[from * n + to] */
};

/**
 * @param isolation  at most TC_ISOLATION_PAIRS_MAX applications
 * Cost: pairs times findings that hold for them, and pairs times groups at the very worst.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_matrix_make(struct tc_arena *arena, const struct tc_isolation *isolation, struct tc_matrix **ret);

#endif
