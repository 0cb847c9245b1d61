/**
 * `never` and `test`, decided: what must be impossible, and demands with the answer that they shall have.
 *
 * A line of a `test` is asked of the evaluator as the framework would be. A line of a `never` is broken as soon as a
 * grant allows any part of what it names (overlap.h), possible grants included, and by whatever lets code leave the
 * sandbox: then it can get everything. What nobody can know fails both.
 */
#ifndef TC_ASK_RULES_H
#define TC_ASK_RULES_H

#include "ask/subject.h"
#include "base/diag.h"
#include "isolate/isolate.h"

/** What makes a line fail. */
enum tc_failing {
    TC_FAILING_GRANTED,    /**< a grant allows it */
    TC_FAILING_FULL_TRUST, /**< the own code is fully trusted */
    TC_FAILING_ESCAPE,     /**< a flag through which code leaves the sandbox */
    TC_FAILING_CODE_GROUP, /**< a code group that trusts what the application can bring */
    TC_FAILING_DENIED,     /**< a test says that it may, and it may not */
    TC_FAILING_UNKNOWN,    /**< the answer depends on what is not known */
};

/** Why a line fails, once for each place that makes it so. */
struct tc_failure {
    struct tc_failure *next;
    enum tc_failing how;
    const struct tc_subject *subject; /**< the first one that it fails for */
    size_t count;                     /**< of how many */
    bool possible;                    /**< only by what is `possibly` granted */
    const struct tc_perm *demand;     /**< a concrete one with the wrong answer; what was asked when none is known */
    struct tc_span place;             /**< the grant that allows it, or the nearest one; may be nowhere */
    struct tc_str what; /**< of an escape: the flag; of a code group: how the application comes to it, in words; of
                       what is denied: the nearest grant, or empty */
    struct tc_str why;  /**< of what is unknown, and of what own code may only in part */
};

/** One line of a rule. */
struct tc_rule_line {
    const struct tc_rule *rule;
    const struct tc_demand *line;
    size_t asked, failed; /**< of how many applications */
    struct tc_failure *failures;
};

struct tc_rule_run {
    struct tc_rule_line
        *lines; /**< in source order, without those that the filter leaves out, or that are about nobody */
    size_t count;
    size_t failed; /**< lines that fail */
};

/** What is run. */
struct tc_rule_filter {
    struct tc_str words; /**< a part of the title or, letter case apart, of an application's name; empty: everything */
    bool only_nevers;
};

/**
 * Decide the rules of @a model.
 *
 * Nevers about many applications cost as much as there are different grants of the classes that they name.
 *
 * @param subjects  the applications of @a model, or others that answer in their place (policy files of a server):
 *                  one for each application, in the order of the model
 * @param isolation  of @a model: which applications can bring code that a code group trusts more than theirs, for
 *                   nevers; NULL: nobody looks at that
 * @param ret        lives in @a arena
 * @return TC_OK, also when lines fail; TC_ERR_NOMEM
 */
enum tc_status tc_rules_run(struct tc_arena *arena, const struct tc_model *model, const struct tc_subjects *subjects,
                            const struct tc_isolation *isolation, const struct tc_rule_filter *filter,
                            struct tc_rule_run *ret);

/** Whether @a model has a `never`. */
bool tc_rules_forbid(const struct tc_model *model);

enum { TC_RULE_ESCAPES_MAX = 16 };

/** What many questions about single lines share; made by tc_rule_asker_init(). */
struct tc_rule_asker {
    const struct tc_model *model;
    struct tc_arena *scratch;                  /**< its content is forgotten with each question */
    uint64_t escape_bits[TC_RULE_ESCAPES_MAX]; /**< of the rows of isolate/escapes.h */
};

/** @a asker borrows both: @a model has to stay, and @a scratch is reset by each question. */
void tc_rule_asker_init(struct tc_rule_asker *asker, const struct tc_model *model, struct tc_arena *scratch);

/**
 * Whether one line holds for one subject, which need not be among those of a run: what a change would do is asked so.
 * What is made on the way lives in @a arena.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_rule_holds(const struct tc_rule_asker *asker, struct tc_arena *arena, const struct tc_rule *rule,
                             const struct tc_demand *line, const struct tc_subject *subject, bool *ret_holds);

/** Report the lines that fail. */
void tc_rules_report(const struct tc_rule_run *run, struct tc_diags *diags);

/** Report one line if it fails. */
void tc_rule_report(const struct tc_rule_line *line, struct tc_diags *diags);

/** @a failure of @a line in one sentence without a full stop. Lives in @a arena. */
struct tc_str tc_failure_sentence(struct tc_arena *arena, const struct tc_rule_line *line,
                                  const struct tc_failure *failure);

#endif
