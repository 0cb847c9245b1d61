/**
 * Permission sets, code groups and trust levels: what a policy file says.
 */
#ifndef TC_MODEL_POLICY_H
#define TC_MODEL_POLICY_H

#include "model/perm.h"

/** Verbatim markup that stands where an element stood: one line each. */
struct tc_raw {
    struct tc_raw *next;
    struct tc_str *lines;
    size_t line_count;
    struct tc_span span;
};

/** A permission set. Permissions stand in table order, declared classes behind them in order of declaration. */
struct tc_pset {
    struct tc_str name; /**< empty for a set written on the spot */
    struct tc_str description;
    bool unrestricted;
    const struct tc_perm **perms;
    size_t count;
    const struct tc_perm **possible; /**< `possibly` grants: never emitted, always checked */
    size_t possible_count;
    struct tc_raw *raw;
    struct tc_span span;
};

/** The permission of @a cls in @a set, or NULL. */
const struct tc_perm *tc_pset_find(const struct tc_pset *set, const struct tc_class *cls);

/**
 * Put @a perm into the sure (or the possible) permissions in its place; takes the place of one of the same class.
 * False when out of memory.
 */
bool tc_pset_put(struct tc_arena *arena, struct tc_pset *set, const struct tc_perm *perm, bool possible);

/** Take the permission of @a cls out of the sure (or possible) ones; false when there is none. */
bool tc_pset_drop(struct tc_pset *set, const struct tc_class *cls, bool possible);

/** A copy whose arrays may be changed; the permissions themselves are shared. NULL when out of memory. */
struct tc_pset *tc_pset_copy(struct tc_arena *arena, const struct tc_pset *set);

struct tc_membership {
    enum tc_condition_id kind;
    struct tc_str type;                               /**< custom conditions: the class */
    struct tc_str values[TC_CONDITION_ARGUMENTS_MAX]; /**< by argument of the row; empty: not given */
    struct tc_verbatim *markup;                       /**< custom conditions: attributes and elements */
    struct tc_span span;
};

enum tc_group_attributes { TC_GROUP_EXCLUSIVE = 1, TC_GROUP_LEVEL_FINAL = 2 };

struct tc_group {
    struct tc_group *next; /**< sibling */
    struct tc_group *children;
    enum tc_group_kind kind;
    struct tc_str type; /**< custom groups: the class */
    struct tc_membership condition;
    bool grants_main;                 /**< the policy's main set, whatever its name */
    struct tc_str set_name;           /**< otherwise: a named set, of the policy or built in */
    const struct tc_pset *inline_set; /**< otherwise: a set of its own */
    struct tc_str name;
    struct tc_str description;
    unsigned attributes;  /**< enum tc_group_attributes */
    struct tc_str access; /**< file groups */
    struct tc_raw *raw;   /**< verbatim children */
    bool is_raw;          /**< the whole group is verbatim: only `raw` counts */
    struct tc_span span;
};

/** An assembly that is to be fully trusted, by strong name. */
struct tc_full_trust {
    struct tc_full_trust *next;
    struct tc_str name;
    struct tc_str version;
    struct tc_str key;
    struct tc_span span;
};

/** A trust level under one runtime: what one policy file says. */
struct tc_policy {
    struct tc_str name; /**< trust level name: "Medium", "Contoso" */
    struct tc_span span;
    struct tc_span block;         /**< of a source: all of the declaration, with its braces */
    const struct tc_policy *base; /**< of a source: what it extends; NULL: nothing */
    enum tc_runtime runtime;
    bool is_stock;          /**< one of the platform's own: no file is written */
    enum tc_level_id level; /**< which, if is_stock */
    struct tc_pset **sets;  /**< the main set first */
    size_t set_count;
    struct tc_group *root; /**< NULL for stock Full */
    struct tc_full_trust *full_trust;
    struct tc_raw *raw_classes;    /**< verbatim SecurityClass elements */
    struct tc_raw *raw_sets;       /**< verbatim PermissionSet elements */
    struct tc_raw *raw_full_trust; /**< verbatim IMembershipCondition elements of FullTrustAssemblies */
};

/** The set called @a name of @a policy, or NULL. */
struct tc_pset *tc_policy_find_set(const struct tc_policy *policy, struct tc_str name);

/** Whether code under @a policy is fully trusted. */
bool tc_policy_is_full(const struct tc_policy *policy);

#endif
