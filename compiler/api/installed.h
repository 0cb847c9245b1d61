/**
 * The machine-level configuration files that a server really has, for the applications of a source: at which level each
 * runs, and whether it could choose another. Read as `trustc lint --site` reads them (check/hierarchy.h).
 */
#ifndef TC_API_INSTALLED_H
#define TC_API_INSTALLED_H

#include "api/trustc.h"

/** A root web.config, or a machine.config. */
struct tc_installed_file {
    bool has_clr; /**< it is of this one; else of the only one in use */
    enum tc_clr clr;
    struct tc_str name;  /**< as messages show it */
    struct tc_str bytes; /**< as they lie on disk, followed by two NULs */
};

/**
 * What @a files say of the applications of c->model, for tc_isolate_installed(). Applications of frameworks that no
 * file is of are not known.
 *
 * @param ret      by application; lives in the compilation, like the places in it
 * @param ret_why  on TC_FAILED: what is wrong, a sentence without its file
 * @param ret_bad  on TC_FAILED: the number of the file
 * @return TC_OK; TC_FAILED: a file cannot be read as configuration, or nobody can tell which framework it is of;
 *         TC_ERR_LIMIT; TC_ERR_NOMEM
 */
enum tc_status tc_installed_read(struct tc_compilation *c, const struct tc_installed_file *files, size_t count,
                                 struct tc_installed **ret, const char **ret_why, size_t *ret_bad);

#endif
