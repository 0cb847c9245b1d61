/**
 * What a source's model grants to an assembly: the model's own code groups asked directly, without any policy file. The
 * proof holds the files against this.
 */
#ifndef TC_VERIFY_EXPECTED_H
#define TC_VERIFY_EXPECTED_H

#include "model/resolve.h"
#include "xml/policy_text.h"

struct tc_expected_group;

/** In place of an exception's type: a class of a third party decides about a code group, and where it is not found the
 * framework throws ArgumentException. Ends a sentence: "it is not known: …". */
#define TC_EXPECTED_FOREIGN "a class of a third party decides what a code group gives"

/** Whether what was thrown is TC_EXPECTED_FOREIGN: then more may be granted, not less. */
bool tc_expected_is_foreign(const char *thrown);

/** What was thrown as a sentence: "the framework throws PolicyException when it is asked", or TC_EXPECTED_FOREIGN. In
 * @a arena. */
struct tc_str tc_expected_throw_words(struct tc_arena *arena, const char *thrown);

/** A code group that matched, in the order asked. */
struct tc_expected_step {
    const struct tc_group *group;
    const struct tc_grant_set *set; /**< what it names or holds, its own alone */
    uint32_t depth;                 /**< how many groups it stands in */
    bool counts;                    /**< no exclusive group has put its own set in the place of this one's */
};

/** Filled by tc_expected_resolve() for whoever wants to know how it came to its answer. */
struct tc_expected_trace {
    struct tc_expected_step *steps; /**< in the arena of the struct tc_expected */
    size_t count, capacity;
    uint32_t depth;
    bool by_full_trust; /**< an entry of FullTrustAssemblies decided, no group was asked */
};

/** A policy with the tokens of one application filled in. Made by tc_expected_init(). */
struct tc_expected {
    struct tc_arena *arena;
    const struct tc_policy *policy;
    const struct tc_token_values *values;
    struct tc_grant_set **sets;      /**< by index of policy->sets; NULL until asked for */
    struct tc_expected_group *root;  /**< NULL: the policy has no groups */
    struct tc_map *classes;          /**< short names of the policy's file, for its markup; NULL until asked for */
    struct tc_policy_level *level;   /**< what code groups that are markup are asked with; NULL until one is */
    struct tc_expected_trace *trace; /**< set while somebody wants one; else NULL */
};

/** Begin. @return false when out of memory */
bool tc_expected_init(struct tc_expected *expected, struct tc_arena *arena, const struct tc_policy *policy,
                      const struct tc_token_values *values);

/** @a text with the tokens of an application filled in; @a text itself when it holds none. */
struct tc_str tc_fill_tokens(struct tc_arena *arena, struct tc_str text, const struct tc_token_values *values);

/** @a perm with the tokens filled in; itself when it holds none, so that most are shared. NULL when out of memory. */
const struct tc_perm *tc_fill_perm(struct tc_arena *arena, const struct tc_perm *perm,
                                   const struct tc_token_values *values);

/** The policy's set number @a index as the framework would hold it; NULL when out of memory. */
const struct tc_grant_set *tc_expected_set(struct tc_expected *expected, size_t index);

/** The set that @a group names or holds, its own alone; NULL when out of memory. */
const struct tc_grant_set *tc_expected_group_set(struct tc_expected *expected, const struct tc_group *group);

/**
 * What the policy's code groups grant to an assembly with @a evidence (policy-file 5.2).
 * @return TC_YES; TC_THROWS where the framework would throw: two exclusive groups, evidence or a condition that it
 * cannot read
 */
enum tc_answer tc_expected_resolve(struct tc_expected *expected, const struct tc_evidence *evidence,
                                   struct tc_statement *ret_statement, struct tc_throw *ret_throw);

/** The class that @a raw names, tokens filled in; empty when none can be read. */
struct tc_str tc_expected_raw_class(struct tc_expected *expected, const struct tc_raw *raw);

/** Verbatim elements as the framework reads them, tokens filled in; NULL when it could not. */
struct tc_element *tc_expected_raw(struct tc_expected *expected, const struct tc_raw *raw);

/** What the permission @a raw gives by itself; empty when the framework could not read it. NULL when out of memory. */
struct tc_grant_set *tc_expected_raw_set(struct tc_expected *expected, const struct tc_raw *raw);

/** What the framework throws when it reads the permission @a raw, at once or at the first demand; NULL: nothing, also
 * where it does not know the class. */
const char *tc_expected_raw_fault(struct tc_expected *expected, const struct tc_raw *raw);

#endif
