/**
 * `trustc lint`: what is wrong with a file that somebody wrote by hand.
 *
 *     struct tc_lint lint;
 *     tc_lint_init(&lint);                                   // once; may be shared by threads
 *     for each file:
 *         tc_compilation_init(&c);
 *         tc_lint_file(&c, &lint, name, bytes, &kind);       // c.diags holds the findings
 *         tc_compilation_done(&c);
 *     tc_lint_done(&lint);
 */
#ifndef TC_API_LINT_H
#define TC_API_LINT_H

#include "api/trustc.h"
#include "check/file.h"
#include "check/suppress.h"

#include <pthread.h>

/** What all files of a run have in common. */
struct tc_lint {
    struct tc_check_settings settings;
    struct tc_check_file_options options;
    struct tc_sema_host host; /**< for sources: reads what they use */
    struct tc_sema_options sema;
    bool no_inline_ignore;                 /**< comments suppress nothing */
    uint8_t is_mandatory[TC_CHECK_COUNT_]; /**< rules that no comment suppresses */
    pthread_mutex_t lock;                  /**< over `stock` */
    struct tc_compilation *stock[TC_RT_COUNT_];
};

/** As the rows say, with the standard policies built in; change the members before the first file. */
void tc_lint_init(struct tc_lint *lint);
void tc_lint_done(struct tc_lint *lint);

/** Files beside the one that is checked; members may be NULL, as in struct tc_check_host. */
struct tc_lint_folder {
    void *state;
    bool (*has_sibling)(void *state, struct tc_str name);
    bool (*siblings)(void *state, struct tc_str **ret_names, size_t *ret_count);
};

/**
 * Check one file.
 *
 * @param c        an initialised compilation; gets the findings, in the order of the text
 * @param name     as messages shall show it
 * @param bytes    as they lie on disk; borrowed, followed by two NULs
 * @param folder   NULL: the checks that need one say nothing
 * @param ret_kind what the file is; TC_FILE_OTHER: nothing was checked
 * @return TC_OK, whatever was found; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_lint_file(struct tc_compilation *c, struct tc_lint *lint, struct tc_str name, struct tc_str bytes,
                            const struct tc_lint_folder *folder, enum tc_file_kind *ret_kind);

#endif
