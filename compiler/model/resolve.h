/**
 * Policy levels and what they grant: code groups of all four kinds, levels, and levels intersected (policy-file 5).
 *
 * A level is read once and never changed. What the framework reads late throws late here, too: an error in a code group
 * shows when an assembly first gets there, the same way for every assembly after it.
 */
#ifndef TC_MODEL_RESOLVE_H
#define TC_MODEL_RESOLVE_H

#include "model/membership.h"
#include "model/pset_algebra.h"

struct tc_code_group;

/** A policy level. */
struct tc_policy_level {
    enum tc_framework framework;
    struct tc_map *classes; /**< SecurityClasses: short name to struct tc_str; NULL when there are none */
    struct tc_code_group *root;
    struct tc_condition *full_trust; /**< strong names of FullTrustAssemblies */
    size_t full_trust_count;
    struct tc_map sets; /**< name to what became of the level's first own set of that name */
    bool has_sets;      /**< NamedPermissionSets has children */
};

/** A policy statement: what a level grants to an assembly. */
struct tc_statement {
    const struct tc_grant_set *set;
    unsigned attributes; /**< enum tc_group_attributes */
};

/** The PolicyLevel element below the root of a policy file; NULL when one of the elements on the way is missing. */
const struct tc_element *tc_policy_level_find(const struct tc_element *root);

/**
 * PolicyLevel.FromXml. @a element is PolicyLevel; the level and all that it needs of @a element live in @a arena.
 *
 * @param framework  whose built-in sets the level knows
 * @return TC_YES; or TC_THROWS: the file is unusable (policy-file 7, first row)
 */
enum tc_answer tc_policy_level_read(struct tc_arena *arena, const struct tc_element *element,
                                    enum tc_framework framework, struct tc_policy_level **ret_level,
                                    struct tc_throw *ret_throw);

/**
 * Whether tc_policy_level_read() can read the level, with the same answer and exception, but without its sets and what
 * its groups say: *ret_level has the classes only, and nothing can be asked of it.
 */
enum tc_answer tc_policy_level_outline(struct tc_arena *arena, const struct tc_element *element,
                                       enum tc_framework framework, struct tc_policy_level **ret_level,
                                       struct tc_throw *ret_throw);

/**
 * The named set @a name of @a level: built in or of the file. *ret_set is NULL when there is none or when it cannot be
 * decoded, which ASP.NET does not tell apart.
 * @return TC_YES, or TC_THROWS: NullReferenceException when the level has no sets of its own and none is built in
 */
enum tc_answer tc_policy_level_set(struct tc_arena *arena, const struct tc_policy_level *level, struct tc_str name,
                                   const struct tc_grant_set **ret_set, struct tc_throw *ret_throw);

/** Parse the URLs of all conditions in advance, for a level that many assemblies are asked of. */
void tc_policy_level_prepare(struct tc_arena *arena, struct tc_policy_level *level);

/** PolicyLevel.Resolve. */
enum tc_answer tc_policy_level_resolve(struct tc_arena *arena, const struct tc_policy_level *level,
                                       const struct tc_evidence *evidence, struct tc_statement *ret_statement,
                                       struct tc_throw *ret_throw);

/** A level without groups, for tc_policy_level_ask(). @a classes: short name to struct tc_str; NULL when out of memory
 */
struct tc_policy_level *tc_policy_level_new(struct tc_arena *arena, enum tc_framework framework,
                                            struct tc_map *classes);

/** Give @a level a set of its own; the first of a name counts. @a set NULL: it cannot be decoded. False when out of
 * memory. */
bool tc_policy_level_put(struct tc_arena *arena, struct tc_policy_level *level, struct tc_str name,
                         const struct tc_grant_set *set);

/**
 * What the CodeGroup @a element, with its children, says to an assembly; its sets and classes are those of @a level.
 * @return TC_YES; TC_NO: its condition does not match; TC_THROWS, also where no such class is found
 */
enum tc_answer tc_policy_level_ask(struct tc_arena *arena, struct tc_policy_level *level,
                                   const struct tc_element *element, const struct tc_evidence *evidence,
                                   struct tc_statement *ret_statement, struct tc_throw *ret_throw);

/**
 * What a net group without rules, or a file group, itself gives to an assembly that it matches, whatever set it names
 * (policy-file 5.3).
 * @param access  of a file group, as written; empty: none
 */
enum tc_answer tc_group_gives(struct tc_arena *arena, enum tc_group_kind kind, struct tc_str access,
                              const struct tc_evidence *evidence, const struct tc_grant_set **ret_set,
                              struct tc_throw *ret_throw);

/** Levels in the order in which they are asked. */
enum tc_policy_level_type {
    TC_POLICY_LEVEL_ENTERPRISE,
    TC_POLICY_LEVEL_MACHINE,
    TC_POLICY_LEVEL_USER,
    TC_POLICY_LEVEL_APPDOMAIN,
    TC_POLICY_LEVEL_COUNT_
};

/**
 * What all levels together grant in the legacy model, with the identity permissions that the evidence brings.
 * @param levels  by enum tc_policy_level_type; NULL: there is no such level
 */
enum tc_answer tc_policy_levels_resolve(struct tc_arena *arena, const struct tc_machine *machine,
                                        const struct tc_policy_level *const levels[TC_POLICY_LEVEL_COUNT_],
                                        const struct tc_evidence *evidence, struct tc_grant_set **ret_set,
                                        struct tc_throw *ret_throw);

#endif
