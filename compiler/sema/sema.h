/**
 * From trees to meaning: names looked up, inheritance applied, values checked.
 */
#ifndef TC_SEMA_SEMA_H
#define TC_SEMA_SEMA_H

#include "base/status.h"
#include "model/model.h"
#include "syntax/ast.h"

/** What the host provides. */
struct tc_sema_host {
    void *state;
    /**
     * Read a file that a source uses. @a path is as messages should show it. @a ret_text must stay valid for the
     * compilation and be followed by two NULs.
     * @return TC_OK; TC_ERR_IO with @a ret_reason set ("No such file or directory"); TC_ERR_NOMEM
     */
    enum tc_status (*read_file)(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason);
    /** A file of the standard policies by name ("2.0.trust"); false when there is none. Same promise on @a ret_text. */
    bool (*read_stdlib)(void *state, struct tc_str name, struct tc_str *ret_text);
    struct tc_str stdlib_dir; /**< where messages say that those files are */
    /**
     * The server's own CONFIG directories, read with read_file: the platform's levels come from the policy files there,
     * and nothing is `possibly`. Empty: from where `platform` of the source says, else from the standard policies.
     */
    struct tc_str platform[TC_CLR_COUNT_];
    /** Policy XML to the model: TC_OK, or what is wrong is in @a diags. */
    enum tc_status (*read_policy)(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime,
                                  struct tc_policy **ret_policy);
};

struct tc_sema_options {
    struct tc_str today;     /**< "2026-11-23"; empty: nothing is ever expired */
    bool has_runtime;        /**< a source that has no server block is for `runtime`; else for 4.0 */
    enum tc_runtime runtime; /**< if has_runtime */
};

/** All sources of a compilation: the main one first, then those it uses in the order met. */
struct tc_source_files {
    struct tc_arena *trees; /**< where the trees live: set by the caller; may go when the model is made */
    struct tc_ast_file **list;
    size_t count;
    bool incomplete; /**< a source that is used could not be read: names that are missing may stand in it */
};

/**
 * Read and parse what @a main uses, and what that uses.
 * @param files  its `trees` is set; gets the list
 * @return TC_OK; TC_FAILED with diagnostics (the list then holds what could be read); TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_use_load(struct tc_diags *diags, const struct tc_sema_host *host, struct tc_ast_file *main,
                           struct tc_source_files *files);

/**
 * Give @a files meaning.
 *
 * Reports every error in them, none that only follows from another. Warnings do not make it fail.
 *
 * @param ret_model  set also on TC_FAILED, holding what could be understood; lives as long as the arena of @a diags
 * @return TC_OK; TC_FAILED when errors were reported; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_analyze(struct tc_diags *diags, const struct tc_sema_host *host,
                          const struct tc_sema_options *options, const struct tc_source_files *files,
                          struct tc_model **ret_model);

#endif
