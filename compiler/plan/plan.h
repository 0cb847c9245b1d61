/**
 * The plan of a server: accounts, groups, pools, rights and caches that keep its applications apart where code access
 * security is not asked, as data. Emitters and the audit read it; none of them decides anything.
 *
 * Rights follow from the grants: what FileIO allows an application's own code is what the account behind its pool gets,
 * and no more. What an application owns is cut off from the rights of what lies above it, so that no group of Windows
 * brings rights along.
 */
#ifndef TC_PLAN_PLAN_H
#define TC_PLAN_PLAN_H

#include "base/diag.h"
#include "base/status.h"
#include "model/model.h"
#include "plan/facts.h"

enum tc_principal_kind {
    TC_PRINCIPAL_WELL_KNOWN, /**< there on every server, under a SID of its own */
    TC_PRINCIPAL_GROUP,      /**< a local group */
    TC_PRINCIPAL_VIRTUAL,    /**< of a pool: "IIS AppPool\NAME" */
    TC_PRINCIPAL_ACCOUNT,    /**< of the server or a domain */
    TC_PRINCIPAL_COUNT_
};

/** Who can have rights. */
struct tc_principal {
    struct tc_str name; /**< as Windows writes it: "WEB01\contoso-app" */
    struct tc_str sid;  /**< "S-1-5-32-544"; empty: only the server knows */
    enum tc_principal_kind kind;
    bool runs_pool;      /**< so it belongs to the group of worker processes */
    bool is_anonymous;   /**< requests without an account run as it */
    struct tc_span span; /**< where the source names it first; may be nowhere */
};

/** Why there is an entry: what is to be done there, and where the source says so. */
struct tc_plan_reason {
    struct tc_plan_reason *next;
    const struct tc_application *application; /**< NULL: for no application */
    struct tc_str text;                       /**< "read, list" */
    struct tc_span span;                      /**< may be nowhere */
    uint32_t rights;                          /**< of the entry, what this asks for; 0 for the registry */
};

enum tc_entry_kind {
    TC_ENTRY_ALLOW,
    TC_ENTRY_DENY,
    TC_ENTRY_NONE, /**< no entry for this principal */
    TC_ENTRY_COUNT_
};

/** One right of one principal on a directory (or file) and all that lies in it. */
struct tc_plan_entry {
    struct tc_plan_entry *next;
    const struct tc_principal *who;
    enum tc_entry_kind kind;
    uint32_t rights; /**< an access mask of Windows */
    struct tc_plan_reason *reasons;
};

enum tc_acl_kind {
    TC_ACL_ROOT,        /**< content of applications */
    TC_ACL_TEMPORARY,   /**< Temporary ASP.NET Files */
    TC_ACL_TEMPLATES,   /**< ASP template cache */
    TC_ACL_DATA,        /**< what else a grant names */
    TC_ACL_COMPRESSION, /**< the folder of compressed files */
    TC_ACL_COUNT_
};

struct tc_plan_acl {
    struct tc_str path; /**< canonical, no backslash at its end */
    enum tc_acl_kind kind;
    bool is_cut; /**< nothing comes from above, and nobody but these has rights; else they stand beside what is there */
    bool is_made;                  /**< the directory is made when it is missing */
    struct tc_plan_entry *entries; /**< administration first, then as the source names them */
};

struct tc_plan_pool {
    struct tc_str name;
    const struct tc_principal *identity;
    const char *runtime; /**< "v2.0": the framework that it loads */
    struct tc_span span;
};

/** An application and where it runs. */
struct tc_plan_application {
    const struct tc_application *application;
    struct tc_str site;                   /**< "Default Web Site" */
    struct tc_str path;                   /**< "/contoso"; "/" for the site itself */
    const struct tc_plan_pool *pool;      /**< NULL: not planned, a gap says why */
    const struct tc_principal *anonymous; /**< NULL: the same */
    struct tc_str templates;              /**< empty: none of its own */
    int compression;                      /**< may use the folder of compressed files: 1 yes, 0 no, -1 unsaid */
};

/** A right on the key of the event log and its subkeys. */
struct tc_plan_registry {
    struct tc_str key; /**< below HKEY_LOCAL_MACHINE */
    const struct tc_principal *who;
    uint32_t rights;
    const char *words;
    struct tc_plan_reason *reasons;
};

/** What the plan leaves open, and why. */
struct tc_plan_gap {
    const struct tc_application *application; /**< NULL: the server */
    struct tc_str what;                       /**< "rights on C:\Windows\Temp" */
    struct tc_str because;
    struct tc_span span;
    struct tc_str may; /**< what the policy grants there, so that Windows denies what code access security allows: "may
                          read 'C:\Windows\Temp'"; empty: nothing */
};

enum tc_step_kind {
    TC_STEP_ACCOUNT,     /**< a local account is there: principals */
    TC_STEP_POOL,        /**< a pool is there, with its identity and framework: pools */
    TC_STEP_MEMBER,      /**< an account belongs to the group of worker processes: principals */
    TC_STEP_ACL,         /**< acls */
    TC_STEP_TEMPLATES,   /**< an application has its template cache: applications */
    TC_STEP_ANONYMOUS,   /**< requests without an account run as its anonymous user: applications */
    TC_STEP_COMPRESSION, /**< applications; the server for index SIZE_MAX */
    TC_STEP_REGISTRY,    /**< registry */
    TC_STEP_ASSIGN,      /**< an application runs in its pool: applications */
    TC_STEP_COUNT_
};

/** One thing to do. Scripts do them in order, and undo them in the order from the end. */
struct tc_plan_step {
    enum tc_step_kind kind;
    size_t index;       /**< in the list that the kind says */
    struct tc_str key;  /**< the same for the same thing in every plan: "acl D:\Sites\Contoso"; unlike all others */
    struct tc_str text; /**< for people: "rights on D:\Sites\Contoso" */
};

struct tc_plan {
    const struct tc_model *model;
    const struct tc_sources *sources;
    const struct tc_iis_info *iis;
    const struct tc_principal *group; /**< of worker processes */
    const struct tc_principal *const *principals;
    size_t principal_count;
    const struct tc_plan_pool *const *pools;
    size_t pool_count;
    const struct tc_plan_application *applications; /**< of the model, in its order */
    size_t application_count;
    const struct tc_plan_acl *acls; /**< by path, what lies above first; the folder of compressed files last */
    size_t acl_count;
    const struct tc_plan_registry *registry;
    size_t registry_count;
    const struct tc_plan_gap *gaps;
    size_t gap_count;
    const struct tc_plan_step *steps;
    size_t step_count;
};

/**
 * Make the plan of @a model, which has no errors. Cost: n log n in applications and grants, and what it writes.
 *
 * @param ret  lives in @a arena; names are borrowed from the model
 * @return TC_OK; TC_FAILED with diagnostics (a version of IIS that cannot keep applications apart, names that Windows
 *         cannot have, settings that contradict each other); TC_ERR_NOMEM
 */
enum tc_status tc_plan_make(struct tc_arena *arena, const struct tc_model *model, struct tc_diags *diags,
                            struct tc_plan **ret);

/** What becomes of a plan. In the order of the words of --format. */
enum tc_plan_format { TC_PLAN_POWERSHELL, TC_PLAN_CMD, TC_PLAN_JSON, TC_PLAN_MARKDOWN, TC_PLAN_FORMAT_COUNT_ };

/** Why @a format does not suit the server's version of IIS; NULL when it does. */
const char *tc_plan_unsuited(const struct tc_plan *plan, enum tc_plan_format format);

/**
 * Append @a plan in @a format.
 *
 * Scripts have CRLF, as Windows PowerShell and above all cmd (whose labels may get lost behind a bare LF) want it;
 * JSON and Markdown have LF. A PowerShell script begins with a byte-order mark: without it Windows PowerShell would
 * read names outside ASCII in the code page of the server.
 *
 * @param undo  scripts: the one that takes the plan back
 * @return TC_OK; TC_FAILED with diagnostics for what the script's language cannot say; TC_ERR_NOMEM
 */
enum tc_status tc_plan_put(const struct tc_plan *plan, enum tc_plan_format format, bool undo, struct tc_diags *diags,
                           struct tc_buf *out);

/** File name of an output: "plan.ps1", "plan-undo.ps1". */
const char *tc_plan_file_name(enum tc_plan_format format, bool undo);

/** @a path without what means nothing at its end: "D:\Data", "D:\Data\" and "D:\Data\." are one directory. */
struct tc_str tc_plan_path(struct tc_str path);

/** "root", "data"; "allow", "deny", "none". */
const char *tc_acl_kind_name(enum tc_acl_kind kind);
const char *tc_entry_kind_name(enum tc_entry_kind kind);

#endif
