/** What the files of isolate/ share: one run, and how rules report to it. */
#ifndef TC_ISOLATE_INTERNAL_H
#define TC_ISOLATE_INTERNAL_H

#include "base/map.h"
#include "isolate/isolate.h"
#include "isolate/paths.h"
#include "model/accounts.h"

struct tc_acceptance;
struct tc_things;

/** One run of tc_isolate(). */
struct tc_isolator {
    struct tc_arena *arena;
    const struct tc_model *model;
    const struct tc_installed *installed; /**< what the server's own configuration says; NULL: nobody read it */
    struct tc_isolation *isolation;
    struct tc_isolation_finding **tail;
    uint32_t *everyone;             /**< the indexes of all applications */
    struct tc_acceptance *accepted; /**< sorted by application, the server behind all, then by rule */
    size_t accepted_count;
    struct tc_map hosts;     /**< at which applications are reached, made when first asked for */
    struct tc_things *pools; /**< by name, made with the residences; hosting.c */
    bool *shares_used;       /**< by the order of the model */
    bool is_full;            /**< the parts of all are kept */
    bool failed;             /**< out of memory outside the arena */
};

/** A way to report. It holds for each of `froms` and each other one of `tos`. */
struct tc_way {
    enum tc_rule_id rule;
    enum tc_verdict verdict;
    struct tc_str resource;
    struct tc_str because; /**< why it is unknown */
    const uint32_t *froms; /**< ascending, each once; kept, so they live in the arena of the run */
    size_t from_count;
    const uint32_t *tos; /**< the same; NULL: the rule is about one application, and everyone is concerned */
    size_t to_count;
    struct tc_str reason; /**< the `because` of the grant that a finding about one application rests on: it takes the
                             finding; empty: none */
    /** The part of application @a index in it, on the side of `tos` when @a is_to. Called while reporting. */
    struct tc_party (*party)(void *state, uint32_t index, bool is_to);
    void *state;
};

/** Report a way, unless it leads from nobody to nobody else. The witness is a pair that nobody has accepted, if there
 * is one. */
void tc_isolation_add(struct tc_isolator *run, const struct tc_way *way);

/** Why what rests on a grant that is only `possibly` given is unknown. */
struct tc_str tc_isolation_perhaps(void);

/** One index as a list in the arena of the run. */
const uint32_t *tc_isolation_alone(struct tc_isolator *run, uint32_t index);

/** How sure it is which directory a path names. */
enum tc_naming {
    TC_NAMED_SURELY,
    TC_NAMED_BY_SHARE,  /**< of the server itself */
    TC_NAMED_BY_DOMAIN, /**< the host has the server's name in some domain */
    TC_NAMED_BY_SITE,   /**< an application is reached at the host */
    TC_NAMED_SHORT,
    TC_NAMED_TWICE, /**< another path names what may be the same share, of what may be the same host; files.c only */
};

/**
 * @a path, which is canonical, as the disk has it: the administrative shares of the server itself are its drives, and
 * \\?\ stands before any path. What else the server shares, and what short names stand for, only the server knows.
 */
enum tc_naming tc_isolation_settle(struct tc_isolator *run, struct tc_str *path);

/* ---- the rules, by what they look at ---- */

void tc_isolate_files(struct tc_isolator *run);     /**< files, directories; declared shares */
void tc_isolate_locations(struct tc_isolator *run); /**< whose configuration is inherited */
void tc_isolate_grants(struct tc_isolator *run);    /**< what else policies grant */
void tc_isolate_groups(struct tc_isolator *run);    /**< code that leaves the sandbox, code groups */
void tc_isolate_hosting(struct tc_isolator *run);   /**< application pools, accounts, caches */

/* ---- accounts ---- */

/** Whether two applications run under different accounts of their own: TC_ISOLATED; TC_NOT_ISOLATED when they share one
 * or one of them is too powerful; TC_UNKNOWN_ISOLATION when the source does not say. By index; hosting.c. */
enum tc_verdict tc_accounts_apart(const struct tc_isolation *isolation, size_t from, size_t to);

/** Where an application runs. */
struct tc_residence {
    uint32_t pool, account; /**< numbers, the same for the same; 0: the source does not say */
    uint32_t perhaps;       /**< the same for accounts that may be one under two names */
    enum tc_account_kind kind;
    const char *name;    /**< of an account that has a row in data/accounts.def; else NULL */
    struct tc_span span; /**< where the identity of its pool is said; may be nowhere */
};

/** Of each application, made when first asked for; NULL when out of memory. hosting.c */
const struct tc_residence *tc_residences(struct tc_isolator *run);

/** The same of the processes that they run in: their pools. */
enum tc_verdict tc_processes_apart(const struct tc_isolation *isolation, size_t from, size_t to);

#endif
