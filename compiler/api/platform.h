/**
 * The platform's own trust levels as the program knows them, held against the files of a real server.
 */
#ifndef TC_API_PLATFORM_H
#define TC_API_PLATFORM_H

#include "api/trustc.h"

/** The CONFIG directory of a server. */
struct tc_platform {
    void *state;
    struct tc_str dir; /**< for messages */
    /** A file of the directory; as read_file of struct tc_sema_host, but @a name is the file's alone. */
    enum tc_status (*read)(void *state, struct tc_str name, struct tc_str *ret_text, const char **ret_reason);
    bool has_framework; /**< the user said which framework the directory is of; else the files tell */
    enum tc_framework framework;
};

/**
 * Say where the levels differ, class by class, for the own code of an application, generated code and code of the
 * global assembly cache. What the standard policies grant only `possibly` is settled by the files and no difference.
 *
 * @param c          gets the findings: files that are missing, or that the framework could not load
 * @param host       for the standard policies
 * @param out        gets the words
 * @param ret_count  how many levels differ
 * @return TC_OK, also with differences; TC_FAILED or TC_ERR_IO with diagnostics; TC_ERR_NOMEM
 */
enum tc_status tc_platform_compare(struct tc_compilation *c, const struct tc_sema_host *host,
                                   const struct tc_platform *platform, struct tc_buf *out, size_t *ret_count);

/**
 * A level of the platform from a server's own file: read_policy of struct tc_sema_host.
 *
 * @param source   the file
 * @param runtime  whose level it is to be
 * @return TC_OK, also with warnings; TC_FAILED with diagnostics: the framework could not load it, or it is another
 * framework's; TC_ERR_LIMIT; TC_ERR_NOMEM. The policy lives in the arena of @a diags.
 */
enum tc_status tc_platform_policy(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime,
                                  struct tc_policy **ret_policy);

#endif
