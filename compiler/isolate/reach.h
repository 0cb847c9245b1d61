/**
 * What the applications of a server have, and what their own code may do: the question that everything about isolation
 * starts from.
 */
#ifndef TC_ISOLATE_REACH_H
#define TC_ISOLATE_REACH_H

#include "base/map.h"
#include "base/status.h"
#include "model/model.h"
#include "model/pset_algebra.h"
#include "xml/policy_text.h"

/**
 * The grant of an application's own code: of the assemblies in its bin folder and of those that ASP.NET compiles for
 * it, taken together.
 */
struct tc_reach {
    const struct tc_application *application;
    uint64_t classes;                /**< bits by enum tc_class_id: what `wide` has permissions of; 0 will do */
    const struct tc_grant *grants;   /**< the same permissions, in the order of those bits; NULL where those are 0 */
    const struct tc_grant_set *wide; /**< with what is only `possibly` granted as well; often the same set */
    const struct tc_grant_set *sure; /**< NULL: the framework throws when it is asked, see `throws` */
    const char *throws;              /**< the exception; NULL when there is none */
    struct tc_token_values values;   /**< what its tokens stand for */
};

/** Asks for the applications of one model; what depends on the policy alone is asked once. */
struct tc_reacher {
    struct tc_arena *arena;
    const struct tc_model *model;
    struct tc_map widest; /**< of a policy: itself with what it possibly grants */
};

/** Begin to ask about @a model, which is borrowed; answers live in @a arena. */
void tc_reacher_init(struct tc_reacher *reacher, struct tc_arena *arena, const struct tc_model *model);

/**
 * The grant of application @a app. Texts and sets live in the arena; spans lead into the sources of the model.
 * An application whose policy could not be made has an empty grant.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_reach_of(struct tc_reacher *reacher, const struct tc_application *app, struct tc_reach *ret_reach);

/** Whether its own code is fully trusted, possibly at least. */
bool tc_reach_is_full(const struct tc_reach *reach);

/** The permission of class @a id that its own code has, possibly at least; NULL: none, or fully trusted. */
const struct tc_perm *tc_reach_perm(const struct tc_reach *reach, enum tc_class_id id);

/** The same, of what is granted for sure. */
const struct tc_perm *tc_reach_sure_perm(const struct tc_reach *reach, enum tc_class_id id);

/* ---- files ---- */

/** Whether @a host, in a URL, a UNC path, or by itself, is the computer called @a server (empty: not known) when asked
 * on it: its name, "localhost", or an address that never leaves the machine, however it is written. A host of WebDAV
 * may have "@SSL" or "@8080" behind it. */
bool tc_is_host_of(struct tc_str server, struct tc_str host);

/** The same of the server of @a model. */
bool tc_is_own_host(const struct tc_model *model, struct tc_str host);

/** Whether it may be: the name of the server in some domain. */
bool tc_may_be_own_host(const struct tc_model *model, struct tc_str host);

/** What a claim is: how an application came to it. */
enum tc_claim_kind {
    TC_CLAIM_GRANT,     /**< its FileIO permission names the path */
    TC_CLAIM_ROOT,      /**< its physical directory */
    TC_CLAIM_TEMPORARY, /**< its Temporary ASP.NET Files */
    TC_CLAIM_TEMPLATES, /**< its ASP template cache */
};

enum {
    TC_MAY_READ = 1,
    TC_MAY_WRITE = 2,
    TC_MAY_APPEND = 4,
    TC_MAY_DISCOVER = 8,
    TC_MAY_VIEW_ACL = 16,
    TC_MAY_CHANGE_ACL = 32
};

/** What TC_MAY_… bits let one do, as verbs before a path: "read and write", "do anything with". In @a arena. */
struct tc_str tc_may_words(struct tc_arena *arena, unsigned may);

/** That an application may do something with a directory or file and all below it, or owns it. */
struct tc_claim {
    struct tc_str path;     /**< canonical; empty: every file. As written, letter case too */
    struct tc_span span;    /**< where it is said */
    uint32_t application;   /**< index in the model */
    uint8_t may;            /**< TC_MAY_…; what is owned may be read and written */
    uint8_t possible;       /**< TC_MAY_… that are only `possibly` granted */
    uint8_t kind;           /**< enum tc_claim_kind */
    bool is_own : 1;        /**< it is one that the application owns, or lies in its root */
    bool is_local_only : 1; /**< an empty path stands for the files of local drives only */
};

/** Claims of many applications; grows in memory of its own. */
struct tc_claims {
    struct tc_claim *items;
    size_t count, capacity;
    bool failed; /**< out of memory */
};

/** An empty list; allocates nothing. */
void tc_claims_init(struct tc_claims *claims);
/** Free the list; zeroed and half-built ones are fine. The paths in it are not its own. */
void tc_claims_done(struct tc_claims *claims);

/** Add one; claims->failed when out of memory. */
void tc_claims_add(struct tc_claims *claims, struct tc_claim claim);

/** Give back the room for more: no more will come. */
void tc_claims_close(struct tc_claims *claims);

/**
 * Add what application number @a index owns and may do with files, one claim a path. A path that the framework would
 * not take is left out: the front end has refused it.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_reach_claims(struct tc_arena *arena, const struct tc_reach *reach, size_t index,
                               struct tc_claims *claims);

#endif
