/**
 * `trustc lint --site`: the configuration files of a server and of its sites together.
 *
 *     tc_lint_sites(&c, files, count, ids, id_count, &sites);  // c stays as long as the findings are needed
 *     lint.shared = &c.diags;                                  // tc_lint_file() adds them to the files they are about,
 *     lint.sites = files, lint.site_count = count;             // and knows whose these are
 *     tc_lint_sites_put(&c, &sites, &out);                     // the table: application, trust, why
 */
#ifndef TC_API_LINT_SITES_H
#define TC_API_LINT_SITES_H

#include "api/trustc.h"
#include "check/hierarchy.h"

/** A configuration file, and what it is for. */
struct tc_lint_site {
    struct tc_str path;  /**< "Default Web Site/app"; "" for machine.config and the root web.config, in this order */
    struct tc_str name;  /**< of the file, as messages shall show it */
    struct tc_str bytes; /**< as they lie on disk, followed by two NULs */
    bool is_absent;      /**< the application has no file of its own; `bytes` does not count */
    bool is_folder;      /**< of a folder in an application, as far as no other entry has its path */
};

/**
 * Work out what holds for each application.
 *
 * @param c  an initialised compilation; gets the findings that it takes several files to make
 * @return TC_OK; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_lint_sites(struct tc_compilation *c, const struct tc_lint_site *files, size_t count,
                             const struct tc_hierarchy_site *ids, size_t id_count, const struct tc_hierarchy_host *host,
                             struct tc_hierarchy *ret_hierarchy);

/**
 * A configuration file as checks have it, read as a source called @a name.
 * @param ret_status  set when it is not TC_OK: out of memory, too many sources
 * @return NULL also when it cannot be read
 */
const struct tc_webconfig *tc_lint_webconfig(struct tc_compilation *c, struct tc_str name, struct tc_str bytes,
                                             enum tc_status *ret_status);

/** Append the table. */
void tc_lint_sites_put(const struct tc_compilation *c, const struct tc_hierarchy *hierarchy, struct tc_buf *out);

#endif
