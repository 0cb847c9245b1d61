/**
 * Membership conditions and the evidence that they are checked against.
 *
 * The framework reads most conditions late: what is wrong with one shows when it is first checked or written, not when
 * the policy is loaded. So do these.
 */
#ifndef TC_MODEL_MEMBERSHIP_H
#define TC_MODEL_MEMBERSHIP_H

#include "model/algebra.h"
#include "model/policy.h"

struct tc_url_string;

/** What a host knows of an assembly. */
struct tc_evidence {
    bool has_url, has_zone, has_site, has_strong_name, has_directory, has_hash, has_publisher;
    struct tc_str url;
    int32_t zone; /**< SecurityZone: 0 MyComputer … 4 Untrusted */
    struct tc_str site;
    struct tc_str key;                      /**< of the strong name: the public key blob in hex */
    struct tc_str name;                     /**< simple assembly name */
    struct tc_str version;                  /**< "1.0.0.0" */
    bool is_gac;                            /**< loaded from the global assembly cache */
    struct tc_str directory;                /**< of the application: a URL or a path */
    struct tc_str hash_name;                /**< its algorithm; empty: SHA1 */
    struct tc_str hash;                     /**< in hex */
    struct tc_str certificate;              /**< of the publisher, in hex */
    const struct tc_url_string *parsed_url; /**< see tc_evidence_prepare(); else NULL */
};

/** A membership condition with its arguments as written (entities decoded). */
struct tc_condition {
    enum tc_condition_id kind;
    struct tc_str type; /**< the class when kind is TC_CONDITION_COUNT_: one that the framework does not define */
    bool present[TC_CONDITION_ARGUMENTS_MAX];
    struct tc_str values[TC_CONDITION_ARGUMENTS_MAX]; /**< by argument of the row */
    struct tc_span spans[TC_CONDITION_ARGUMENTS_MAX];
    struct tc_span span;
    const struct tc_url_string *parsed_url; /**< see tc_condition_prepare(); else NULL */
};

/**
 * FromXml of the class @a kind. TC_YES, or TC_THROWS: ArgumentException Argument_MembershipConditionElement.
 */
enum tc_answer tc_condition_read(struct tc_arena *arena, enum tc_condition_id kind, const struct tc_element *element,
                                 struct tc_condition *ret_condition, struct tc_throw *ret_throw);

/** The same from a condition of a source, where an argument that was not given is empty. */
struct tc_condition tc_condition_of(const struct tc_membership *membership);

/**
 * Parse the URL now, once for all checks to come. What cannot be parsed throws when it is checked, as without this.
 * What is remembered lives in @a arena.
 */
void tc_condition_prepare(struct tc_arena *arena, struct tc_condition *condition);
void tc_evidence_prepare(struct tc_arena *arena, struct tc_evidence *evidence);

/**
 * Check: whether code with @a evidence is a member. A condition of an unknown class and evidence that cannot be read
 * throw.
 */
enum tc_answer tc_condition_check(struct tc_arena *arena, const struct tc_condition *condition,
                                  const struct tc_evidence *evidence, struct tc_throw *ret_throw);

/** ToXml: attributes behind `class` and `version` appended to @a element. */
enum tc_answer tc_condition_write(struct tc_arena *arena, const struct tc_condition *condition,
                                  struct tc_element *element, struct tc_throw *ret_throw);

/** Whether the platform's own policy files trust whole what is signed with this key (rows of data/keys.def). */
bool tc_public_key_is_platform(struct tc_arena *arena, struct tc_str hex);

/** Whether two public keys in hex (any of the forms that the framework reads) are the same bytes. */
enum tc_answer tc_public_key_equal(struct tc_arena *arena, struct tc_str a, struct tc_str b,
                                   struct tc_throw *ret_throw);

#endif
