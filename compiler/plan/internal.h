/**
 * What the files of the plan share.
 */
#ifndef TC_PLAN_INTERNAL_H
#define TC_PLAN_INTERNAL_H

#include "base/map.h"
#include "isolate/reach.h"
#include "model/accounts.h"
#include "plan/plan.h"

/** A principal while the plan is made. */
struct tc_maker_principal {
    struct tc_principal pub;
    struct tc_plan_entry *entry;        /**< on the path that is looked at, if `mark` says so */
    struct tc_plan_reason **reason_end; /**< of that entry */
    size_t mark;
    uint32_t inherited; /**< rights from above, if `inherited_mark` says so */
    size_t inherited_mark;
};

/** The plan while it is made. Lists grow in the arena. */
struct tc_maker {
    struct tc_arena *arena;
    const struct tc_model *model;
    struct tc_diags *diags;
    struct tc_plan *plan;
    struct tc_map principals; /**< folded name -> struct tc_maker_principal */
    struct tc_map spellings;  /**< key of an account, see model/accounts.h -> struct tc_maker_principal */
    struct tc_map pools;      /**< folded name -> struct tc_plan_pool */
    struct tc_principal **principal_list;
    struct tc_plan_pool **pool_list;
    struct tc_plan_application *applications;
    struct tc_plan_acl *acls;
    struct tc_plan_entry *last_entry; /**< of the last list */
    struct tc_plan_registry *registry;
    struct tc_plan_gap *gaps;
    size_t principal_capacity, acl_capacity, registry_capacity, gap_capacity;
};

/** Say that @a what is not planned. The gap is there until the next one; NULL when out of memory. */
struct tc_plan_gap *tc_maker_gap(struct tc_maker *m, const struct tc_application *app, struct tc_span span,
                                 struct tc_str what, const char *because, ...) TC_PRINTF(5, 6);

/** The principal called @a name; made when there is none. @a kind and @a sid count then only. NULL when out of memory.
 */
struct tc_maker_principal *tc_maker_principal(struct tc_maker *m, struct tc_str name, struct tc_str sid,
                                              enum tc_principal_kind kind, struct tc_span span);

/** accounts.c: pools, their identities and anonymous users of all applications. False when out of memory. */
bool tc_plan_accounts(struct tc_maker *m);

/** rights.c: the lists of directories and files, from claims. */
enum tc_status tc_plan_rights(struct tc_maker *m, const struct tc_reach *reaches, const struct tc_claims *claims);

/** rights.c: a further entry on @a acl. False when out of memory. */
bool tc_plan_add_entry(struct tc_maker *m, struct tc_plan_acl *acl, const struct tc_principal *who,
                       enum tc_entry_kind kind, uint32_t rights, const struct tc_application *app, const char *text);

/** rights.c: a list for @a path behind all others; NULL when out of memory. */
struct tc_plan_acl *tc_plan_add_acl(struct tc_maker *m, struct tc_str path, enum tc_acl_kind kind);

/** caches.c: who may use which cache. False when out of memory. */
bool tc_plan_caches(struct tc_maker *m);

/** steps.c: what is to be done, in order. False when out of memory. */
bool tc_plan_steps(struct tc_maker *m);

#endif
