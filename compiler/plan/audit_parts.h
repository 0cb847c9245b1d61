/** What the two halves of the audit share; for plan/ only. */
#ifndef TC_PLAN_AUDIT_PARTS_H
#define TC_PLAN_AUDIT_PARTS_H

#include "base/map.h"
#include "plan/audit.h"

/** Somebody whom a listing or the plan names, under whatever name. */
struct tc_audit_account {
    struct tc_str name;                   /**< as first met */
    const struct tc_account *known;       /**< that Windows has everywhere; NULL: none of these */
    const struct tc_principal *principal; /**< of the plan; NULL: none of these */

    /* of the path that is looked at, while `mark` is its number */
    size_t mark;
    uint32_t allowed;                  /**< here or below */
    uint32_t has;                      /**< here, for sure */
    uint32_t denied;                   /**< so far */
    const struct tc_ace *ace;          /**< that gives what is not planned, else the first */
    uint32_t expected, denial;         /**< by the plan */
    const struct tc_plan_entry *entry; /**< of the plan; NULL: nothing is planned */
    bool is_settled;                   /**< has been spoken of */
};

/** What the plan wants of a path and all below it. */
struct tc_audit_expected {
    struct tc_audit_account *account;
    uint32_t allow, deny;
    const struct tc_plan_entry *entry;
};

/** A list of the plan. */
struct tc_audit_path {
    const struct tc_plan_acl *acl;
    struct tc_audit_expected *expected;
    size_t count;
    bool is_cut; /**< or lies in one that is */
    bool is_seen;
    const struct tc_application *application; /**< whose it is first of all; NULL: nobody's */
    struct tc_span span;                      /**< in the source; may be nowhere */
};

/** A finding, for the paths below it of which the same could be said. */
struct tc_audit_said {
    struct tc_audit_said *next;
    struct tc_str path; /**< folded: all below it is meant */
    struct tc_diag *diag;
    size_t below;
};

struct tc_audit {
    struct tc_arena *arena;
    const struct tc_plan *plan;
    struct tc_diags *diags;
    struct tc_audit_result result;
    struct tc_map accounts; /**< folded name or SID -> struct tc_audit_account */
    struct tc_map paths;    /**< folded path -> struct tc_audit_path */
    struct tc_map said;     /**< what was said -> struct tc_audit_said, the last of it */
    struct tc_audit_said *saids;
    bool had_listing;

    /* of the path that is looked at */
    size_t mark;
    struct tc_audit_account **touched;
    size_t touched_count, touched_capacity;
    uint32_t denied_all, denied_pools, allowed_all, allowed_pools; /**< to groups of everyone, of all pools */
    struct tc_audit_account *denier;                               /**< the last to whom something is denied */
    struct tc_buf folded;
    struct tc_arena scratch;
};

/** The account called @a name, made when there is none. NULL when out of memory. */
struct tc_audit_account *tc_audit_account(struct tc_audit *audit, struct tc_str name);

/** A path without backslashes at its end, also that of a drive: as they are compared. */
struct tc_str tc_audit_without_end(struct tc_str path);

/**
 * The list of the plan that holds for the folded @a path: its own, or that of the nearest directory above.
 * @param ret_itself  whether it is its own
 * @return NULL when the plan covers neither
 */
struct tc_audit_path *tc_audit_list_for(const struct tc_audit *audit, struct tc_str path, bool *ret_itself);

/** @a diag is a finding: count it, and say which rule of isolation it breaks (TC_RULE_COUNT_: none). */
void tc_audit_finding(struct tc_audit *audit, struct tc_diag *diag, enum tc_rule_id rule);

/** Say for how many further paths a finding holds. */
void tc_audit_said_note(struct tc_audit *audit, const struct tc_audit_said *said);

/** Something was not seen. */
void tc_audit_unseen(struct tc_audit *audit);

#endif
