/**
 * Why something may or may not be done (ask/why.h) as text and as JSON (docs/schemas/why.schema.json).
 */
#ifndef TC_ASK_SHOW_WHY_H
#define TC_ASK_SHOW_WHY_H

#include "ask/show.h"
#include "ask/why.h"

/** What a change that would allow it comes to. */
struct tc_why_change {
    struct tc_str where;   /**< "application Contoso", "the permission set" */
    struct tc_span place;  /**< before, or in place of, what stands here */
    struct tc_str text;    /**< the line to write; empty: there is no such change */
    bool replaces;         /**< it takes the place of what stands there */
    bool is_tried;         /**< it was compiled, and asked again */
    bool allows;           /**< then all of the own code may */
    bool allows_some;      /**< then some of it may */
    struct tc_str refused; /**< the compiler does not take it: why; else empty */
    struct tc_str policy; /**< the policy that others have as well, where the line would do for all of them; or empty */
    struct tc_span policy_place;
    size_t policy_users;
    struct tc_str *isolation; /**< ways between applications that it opens, a sentence each */
    size_t isolation_count;
    bool is_isolation_known; /**< that was asked */
    struct tc_str *rules;    /**< nevers and tests that it breaks, a sentence each */
    size_t rule_count;
};

/** One answer. @a demand is what was asked, in words; @a change may be NULL. */
void tc_show_why(const struct tc_show *show, const struct tc_why *why, struct tc_str demand,
                 const struct tc_why_change *change);
/** The same as a JSON object; without @a change its member is null. */
void tc_show_why_json(const struct tc_show *show, const struct tc_why *why, struct tc_str demand,
                      const struct tc_why_change *change);

/** The facts of a mask of enum tc_why_id, one paragraph each, indented. */
void tc_show_facts(const struct tc_show *show, unsigned facts);
/** The same as a JSON list. */
void tc_show_facts_json(const struct tc_show *show, unsigned facts);

#endif
