/**
 * Whom one can ask what its code may do: the applications of a source, or a policy file with values for its tokens.
 * Every question (query, why, diff, never, test, demands) starts from here, and is answered by the same evaluator that
 * the proof of a build holds the outputs against.
 */
#ifndef TC_ASK_SUBJECT_H
#define TC_ASK_SUBJECT_H

#include "base/status.h"
#include "model/model.h"
#include "verify/evidence.h"
#include "verify/expected.h"

/** The own code of an application: the assemblies of its bin folder, and those that ASP.NET compiles for it. */
enum { TC_OWN_KINDS = 2 };

/** Which code that is, by number: TC_CODE_OWN, TC_CODE_GENERATED. */
enum tc_code_kind tc_own_kind(size_t number);

/** What one kind of the own code gets. */
struct tc_subject_grant {
    struct tc_evidence evidence;
    const struct tc_grant_set *sure; /**< NULL: the framework throws when it is asked, see `throws` */
    const struct tc_grant_set *wide; /**< with what is only `possibly` granted as well; often the same set */
    const char *throws;              /**< the exception; NULL when there is none */
};

struct tc_subject {
    struct tc_str name;                       /**< of the application, or of the policy file */
    const struct tc_application *application; /**< NULL: a policy file by itself */
    const struct tc_policy *policy;           /**< NULL: it could not be made, and grants nothing */
    const struct tc_policy *wide;             /**< with its possible grants; often the same */
    struct tc_token_values values;
    struct tc_str machine;                           /**< the name of the computer; empty: not known */
    struct tc_expected sure_expected, wide_expected; /**< its evaluators; not to be used when `policy` is NULL */
    struct tc_subject_grant grants[TC_OWN_KINDS];
};

struct tc_subjects {
    struct tc_subject *items; /**< in source order */
    size_t count;
};

/**
 * The applications of @a model. All lives in @a arena, which @a model has to outlive.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_subjects_of_model(struct tc_arena *arena, const struct tc_model *model, struct tc_subjects *ret);

/**
 * @a policy, of a file called @a name, under the values of @a values.
 * @param ret  has to stay where it is put: its evaluators point into it
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_subject_of_policy(struct tc_arena *arena, struct tc_str name, const struct tc_policy *policy,
                                    const struct tc_token_values *values, struct tc_subject *ret);

/** How sure an answer is. */
enum tc_may {
    TC_MAY_NOT,      /**< the framework denies it */
    TC_MAY_POSSIBLY, /**< only by what is `possibly` granted: the platform's own files decide */
    TC_MAY_UNKNOWN,  /**< the answer depends on what is not known here, or the framework throws; see `throws` */
    TC_MAY_SURELY,
};

/** "may not", "may possibly", "unknown", "may", for messages. */
const char *tc_may_name(enum tc_may may);

/** "no", "possibly", "unknown", "yes", for JSON. */
const char *tc_may_word(enum tc_may may);

struct tc_may_answer {
    enum tc_may may; /**< what all of the own code may: the least of `kinds` */
    enum tc_may kinds[TC_OWN_KINDS];
    enum tc_may most;   /**< what some of it may: the most of `kinds` */
    const char *throws; /**< for what is unknown: the exception, or why in words; else NULL */
};

/** Whether it is unknown because the framework itself compares with what is not known here: names of hosts, queues. */
bool tc_may_is_undecided(const struct tc_may_answer *answer);

/**
 * Whether the own code of @a subject may do what @a demand asks: what the CLR answers to that one demand (policy-file
 * 8). Tokens in @a demand stand for what they do for the subject. What grants everything may do it; a class that a
 * source declares is asked by its name alone.
 *
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_ask(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand,
                      struct tc_may_answer *ret_answer);

/** The same of one set, that of any code: TC_MAY_NOT, TC_MAY_SURELY, or TC_MAY_UNKNOWN. Tokens are filled in already.
 */
enum tc_may tc_ask_set(struct tc_arena *arena, const struct tc_grant_set *set, const struct tc_perm *demand,
                       const char **ret_throws);

/**
 * The `raw` of @a policy that has the name of @a cls, a class that a source declares; NULL: none has. The evaluator
 * knows nothing of such markup.
 */
const struct tc_raw *tc_raw_of_declared(const struct tc_policy *policy, const struct tc_class *cls);

#endif
