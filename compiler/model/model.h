/**
 * What a source means as a whole: a server, its applications, their trust levels, and what must hold.
 */
#ifndef TC_MODEL_MODEL_H
#define TC_MODEL_MODEL_H

#include "model/policy.h"

enum tc_authentication {
    TC_AUTHENTICATION_UNSAID,
    TC_AUTHENTICATION_ANONYMOUS,
    TC_AUTHENTICATION_WINDOWS,
    TC_AUTHENTICATION_FORMS
};
enum tc_compression { TC_COMPRESSION_UNSAID, TC_COMPRESSION_OFF, TC_COMPRESSION_ONLY, TC_COMPRESSION_EXCEPT };

/** A string of the source with its place; text is empty when nothing was said. */
struct tc_said {
    struct tc_str text;
    struct tc_span span;
};

/** One finding of the isolation rules that is taken. */
struct tc_accept {
    struct tc_accept *next;
    struct tc_str rule;
    struct tc_str because;
    struct tc_str until; /**< "2027-12-31" or empty */
    struct tc_span span;
};

struct tc_application {
    struct tc_str name;
    struct tc_span span;       /**< its name in the source */
    struct tc_span block;      /**< all of the declaration, with its braces */
    struct tc_span trust_span; /**< of its `trust`, else of the server's; nowhere when neither says one */
    uint32_t index;            /**< in the model's applications */
    struct tc_said location;
    struct tc_said root;   /**< without a trailing backslash, except for a drive root */
    struct tc_said origin; /**< the regular expression; empty: nothing */
    enum tc_runtime runtime;
    const struct tc_policy *policy;
    struct tc_said pool, identity, anonymous, temporary, templates;
    enum tc_authentication authentication;
    int impersonate; /**< -1 unsaid, 0 off, 1 on */
    struct tc_accept *accepts;
};

/** A demand on an application's own code. */
struct tc_demand {
    struct tc_demand *next;
    const struct tc_application *application; /**< NULL: any */
    bool negated;
    const struct tc_perm *perm;
    struct tc_span span;
};

/** A `never` or `test`. */
struct tc_rule {
    struct tc_rule *next;
    struct tc_str title;
    struct tc_demand *demands;
    bool is_never;
    struct tc_span span;
};

struct tc_share {
    struct tc_share *next;
    struct tc_list paths;
    uint32_t fields; /**< bit i: field i of FileIO */
    const struct tc_application **applications;
    size_t application_count;
    struct tc_str because;
    struct tc_str until;
    struct tc_span span;
};

struct tc_model {
    struct tc_str server_name;
    struct tc_span server_span; /**< nowhere when the source has no server block */
    enum tc_runtime runtime;
    struct tc_str iis; /**< "10.0" */
    struct tc_said windows, platform;
    enum tc_compression compression;
    const struct tc_application **compression_list;
    size_t compression_count;
    struct tc_accept *accepts;

    struct tc_application **applications; /**< in source order */
    size_t application_count;

    /** Trust levels in use that are not the platform's own: policies in source order, then applications; one runtime's
     * after the other's. */
    const struct tc_policy **levels;
    size_t level_count;
    /** Policies that no application and no server has as its level: bases of others, or for other sources. */
    const struct tc_policy **unused;
    size_t unused_count;
    /** The default level of each runtime directory in use; NULL: not in use. Its runtime says the CAS model. */
    const struct tc_policy *defaults[TC_CLR_COUNT_];

    struct tc_share *shares;
    struct tc_rule *rules;
};

#endif
