/**
 * `trustc lint`: what is wrong with a file that somebody wrote by hand.
 *
 *     struct tc_lint lint;
 *     tc_lint_init(&lint);                                   // once; may be shared by threads
 *     tc_compilation_init(&c);                               // one for each thread
 *     for each file:
 *         tc_lint_file(&c, &lint, &settings, name, bytes, NULL, &kind);   // c.diags holds the findings
 *         tc_compilation_reset(&c);
 *     tc_compilation_done(&c);
 *     tc_lint_done(&lint);
 */
#ifndef TC_API_LINT_H
#define TC_API_LINT_H

#include "api/trustc.h"
#include "check/file.h"
#include "check/suppress.h"

#include <pthread.h>

struct tc_lint_site;

/** What all files of a run have in common. */
struct tc_lint {
    struct tc_sema_options sema; /**< for sources; its day is the one that comments are held against, too */
    const struct tc_diags
        *shared; /**< findings about several files (api/lint_sites.h), each told of its file; or NULL */
    const struct tc_lint_site *sites; /**< these files; borrowed */
    size_t site_count;
    pthread_mutex_t lock; /**< over `stock` */
    struct tc_compilation *stock[TC_RT_COUNT_];
};

/** Begin; set `sema` before the first file. */
void tc_lint_init(struct tc_lint *lint);
void tc_lint_done(struct tc_lint *lint);

/** How the files of one folder are to be taken. All zero: as the rows say. */
struct tc_lint_settings {
    struct tc_check_settings checks;
    struct tc_check_file_options file;
    bool without_shared;                 /**< findings about several files are left out: their text is changing */
    bool no_inline_ignore;               /**< comments suppress nothing */
    bool with_fingerprints;              /**< findings get theirs: reports and baselines want them */
    uint8_t is_mandatory[TC_ROW_COUNT_]; /**< by tc_row_of(): what no comment and no baseline suppresses */
};

/** A source that another one uses: what it means depends on that one. */
struct tc_lint_part {
    struct tc_str main;       /**< the other one, as messages show it */
    struct tc_str main_bytes; /**< as it lies on disk, followed by two NULs */
    struct tc_str name;       /**< what `use` comes to there, as read_file() gets it */
};

/** Files around the one that is checked; members may be NULL, as in struct tc_check_host. */
struct tc_lint_folder {
    void *state;
    /** As in struct tc_sema_host: what a source uses. */
    enum tc_status (*read_file)(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason);
    bool (*has_sibling)(void *state, struct tc_str name);
    bool (*siblings)(void *state, struct tc_str **ret_names, size_t *ret_count);
    const struct tc_lint_part *part_of; /**< of which source this one is a part; NULL: it stands by itself */
    /** Whether the source that this one uses by the name of @a path is linted as a part of it: then what is wrong in
     * there is said there. */
    bool (*is_part)(void *state, struct tc_str path);
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
enum tc_status tc_lint_file(struct tc_compilation *c, struct tc_lint *lint, const struct tc_lint_settings *settings,
                            struct tc_str name, struct tc_str bytes, const struct tc_lint_folder *folder,
                            enum tc_file_kind *ret_kind);

/** What became of mending a file. */
struct tc_lint_fix {
    struct tc_str bytes; /**< the file as it is to be, in its own encoding; lives as long as the compilation */
    size_t fixed;        /**< findings that are mended; 0: nothing changes */
    const char *refused; /**< why it was left as it is although there was something to mend: a literal; else NULL */
};

/**
 * Mend what tc_lint_file() found, again and again until nothing more can be mended, and check the result.
 *
 * The result is refused, and the file left as it is, when it would have findings that it had not before (of a file that
 * could not be loaded: that it had not as soon as it could), or, unless @a with_unsafe, when it may grant anything more
 * to any code (verify/wider.h; what a third party's condition or group grants may not change upwards at all). A file
 * whose bytes are not the encoding that ASP.NET reads it in is refused.
 *
 * @param c  after tc_lint_file() with the same arguments; then holds the findings of the mended file
 * @return TC_OK; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_lint_mend(struct tc_compilation *c, struct tc_lint *lint, const struct tc_lint_settings *settings,
                            struct tc_str name, struct tc_str bytes, const struct tc_lint_folder *folder,
                            bool with_unsafe, struct tc_lint_fix *ret_fix);

#endif
