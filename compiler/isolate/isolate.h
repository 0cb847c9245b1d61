/**
 * Isolation between applications: for every ordered pair and every resource an answer, and what it rests on.
 *
 * An answer is never silently yes. Two layers keep applications apart: code access security (what the policy grants),
 * and accounts (pool identities, and the NTFS rights that a plan derives for them). Each is asked alone, as if the
 * other were broken, and both together: a way from one application to another is open when no layer closes it.
 *
 * The rules are rows of data/isolation.def, with the sources of the facts. `accept` in the block of either application,
 * or of the server, takes a finding; a `share` allows what it names, and no more.
 */
#ifndef TC_ISOLATE_ISOLATE_H
#define TC_ISOLATE_ISOLATE_H

#include "base/diag.h"
#include "base/status.h"
#include "isolate/reach.h"

enum tc_verdict { TC_ISOLATED, TC_UNKNOWN_ISOLATION, TC_NOT_ISOLATED, TC_VERDICT_COUNT_ };

/** "isolated", "unknown", "not isolated". */
const char *tc_verdict_name(enum tc_verdict verdict);
/** "code access security", "accounts and NTFS", "both". */
const char *tc_layer_name(enum tc_layer layer);

/** One application's part in a finding. */
struct tc_party {
    const struct tc_application *application;
    struct tc_span span; /**< the grant or setting that makes it so; may be nowhere */
    struct tc_str may;   /**< "may write D:\Shared\x", "runs in the pool Shared" */
    bool possible;       /**< only `possibly` granted */
};

/**
 * A way from some applications to others. It holds for each ordered pair of one of `froms` and another one of `tos`:
 * what a thousand applications do to each other is one finding.
 */
struct tc_isolation_finding {
    struct tc_isolation_finding *next;
    enum tc_rule_id rule;
    enum tc_verdict verdict;  /**< TC_NOT_ISOLATED or TC_UNKNOWN_ISOLATION, in the rule's own layer */
    struct tc_str resource;   /**< what is reached: "D:\Shared\x", "the pool Shared"; may be empty */
    struct tc_str because;    /**< for what is unknown: why */
    struct tc_party from, to; /**< a witness: the first pair, one that nobody accepted if there is one; `to` may have no
                                 application, when one alone breaks the rule and everyone is concerned */
    const uint32_t *froms;    /**< indexes of applications, ascending */
    const uint32_t *tos;      /**< the same; for a finding about one application: all */
    size_t from_count, to_count;
    const struct tc_party *from_parties; /**< the part of each of `froms`, where they were asked for; else NULL */
    const struct tc_party *to_parties;   /**< of each of `tos`; NULL as well for a finding about one application */
    const struct tc_accept *accept;      /**< what takes it: NULL while a pair of it is accepted by nobody */
    struct tc_str reason;                /**< of the acceptance, or of the grant's own `because` */
};

struct tc_isolation {
    const struct tc_model *model;
    const struct tc_reach *reaches;        /**< of each application */
    const struct tc_installed *installed;  /**< of each application; NULL: not asked */
    struct tc_claims *claims;              /**< on files, in the order of the applications */
    struct tc_isolation_finding *findings; /**< by rule, then by the place of the witness */
    size_t finding_count;
    const struct tc_residence *residences; /**< of each application: where it runs; for tc_accounts_apart() */
    const uint8_t *escapes;                /**< of each application: enum tc_verdict, whether its code stays confined */
    const struct tc_accept **unused_accepts;
    const struct tc_share **unused_shares;
    size_t unused_accept_count, unused_share_count;
    size_t violations; /**< findings of what is not isolated that nobody accepted */
    size_t unknowns;   /**< findings of what is unknown that nobody accepted */
};

/** What the machine-level configuration files of the server really say of an application. */
struct tc_installed {
    bool is_known;           /**< they were read; nothing else counts before */
    struct tc_str fails;     /**< why every request fails; empty: it does not */
    struct tc_str level;     /**< of trust; empty: they do not say, `elsewhere` may say why */
    struct tc_str elsewhere; /**< "it is encrypted" */
    struct tc_str permission_set;
    bool is_legacy;                                                /**< legacyCasModel */
    bool is_trust_locked, is_policy_locked, are_assemblies_locked; /**< for its own web.config */
    struct tc_span span;                                           /**< where the level is said; may be nowhere */
};

/**
 * Look at all pairs. Cost: n log n in applications, paths and findings, not in pairs.
 *
 * @param ret  lives in @a arena, as all it holds, but for ret->claims: end with tc_isolation_done()
 * @return TC_OK, also with findings; TC_ERR_NOMEM
 */
enum tc_status tc_isolate(struct tc_arena *arena, const struct tc_model *model, struct tc_isolation **ret);

/**
 * The same, with what the server's own files say of each application, by its index.
 * @param installed  borrowed; NULL: not asked
 */
enum tc_status tc_isolate_installed(struct tc_arena *arena, const struct tc_model *model,
                                    const struct tc_installed *installed, struct tc_isolation **ret);
void tc_isolation_done(struct tc_isolation *isolation);

/** tc_isolate_installed(), and the part of every application in every finding, beside the witness: for people who ask
 * for one pair after the other. Costs a text for each of `froms` and `tos` of each finding. */
enum tc_status tc_isolate_in_full(struct tc_arena *arena, const struct tc_model *model,
                                  const struct tc_installed *installed, struct tc_isolation **ret);

/** Why a pair has its verdict. */
struct tc_pair_verdict {
    enum tc_verdict layers[TC_LAYER_COUNT_];
    const struct tc_isolation_finding *why[TC_LAYER_COUNT_]; /**< the worst finding of each layer; NULL: isolated, or
                                                                the layer does not know for want of an identity */
    bool open; /**< something that neither layer surely closes has not been accepted */
};

/** The verdict on what application @a from can do to @a to, by index. Cost: the number of findings. */
struct tc_pair_verdict tc_isolation_pair(const struct tc_isolation *isolation, size_t from, size_t to);

/** tc_isolation_pair() step by step, for who keeps what findings have in common: the verdict before any finding, and
 * what one that holds for the pair makes of it. Findings have to come in their order. */
struct tc_pair_verdict tc_isolation_begin_pair(const struct tc_isolation *isolation, size_t from, size_t to);
void tc_isolation_apply(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding, size_t from,
                        size_t to, struct tc_pair_verdict *pair);

/**
 * The verdicts of all pairs, n * n of them, row by row (`from` is the row); the diagonal is TC_ISOLATED. For people to
 * look at: needs n * n * sizeof(struct tc_pair_verdict) bytes of @a arena. NULL when out of memory.
 */
struct tc_pair_verdict *tc_isolation_matrix(struct tc_arena *arena, const struct tc_isolation *isolation);

/** What keeps applications apart in the layer that the rule of @a finding is not about, for one pair that it holds for:
 * TC_ISOLATED when that layer closes the way. By index. */
enum tc_verdict tc_isolation_other_layer(const struct tc_isolation *isolation,
                                         const struct tc_isolation_finding *finding, size_t from, size_t to);

/** Whether somebody has accepted @a finding for one pair that it holds for: the server, one of the two, or the grant by
 * its own reason. */
bool tc_isolation_is_taken(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding,
                           size_t from, size_t to);

/** Whether @a finding holds for the ordered pair. */
bool tc_isolation_concerns(const struct tc_isolation_finding *finding, size_t from, size_t to);

/** The account that application number @a index runs under, for people: as a source names it, or "the pool's own".
 * Empty when the source does not say it. Borrowed from the model and the tables. */
struct tc_str tc_isolation_account(const struct tc_isolation *isolation, size_t index);

enum { TC_PREMISES_MAX = 16 };

/**
 * What an answer about a layer rests on: what was not looked at and has to be true, one sentence each (rows of
 * data/premises.def).
 * @param ret_list  TC_PREMISES_MAX of them
 * @return how many
 */
size_t tc_isolation_premises(enum tc_layer layer, const char **ret_list);

/** @a finding in one sentence: "'A' may write 'D:\x' → 'B' may read it". Lives in @a arena. */
struct tc_str tc_isolation_sentence(struct tc_arena *arena, const struct tc_isolation_finding *finding);

/** @a may, with "it" for what it ends with in quotes when @a other ends with the same. */
struct tc_str tc_isolation_with_it(struct tc_arena *arena, struct tc_str may, struct tc_str other);

/** @a may, the part of @a party in words, with "possibly" where it is only possible. */
struct tc_str tc_isolation_may(struct tc_arena *arena, const struct tc_party *party, struct tc_str may);

/**
 * Report the findings that are not accepted: what is not isolated with the severity of its rule, what is unknown as a
 * note when @a unknown; and acceptances and shares that are not used.
 */
void tc_isolation_report(const struct tc_isolation *isolation, struct tc_diags *diags, bool unknown);

#endif
