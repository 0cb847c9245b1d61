/**
 * `trustc lint --site`: which files are the machine's and which the applications', and what they come to together.
 */
#ifndef TC_CLI_SITES_H
#define TC_CLI_SITES_H

#include "api/lint_sites.h"
#include "cli/inputs.h"
#include "cli/options.h"

struct tc_sites {
    struct tc_compilation c; /**< holds the findings */
    struct tc_arena bytes;   /**< holds what was given and read */
    const struct tc_lint_options *options;
    struct tc_hierarchy_site ids[TC_FILES_MAX];
    size_t id_count;
    struct tc_lint_site *files; /**< machine.config, the root web.config, applications and their folders */
    const char **paths;         /**< to read them by; NULL: there is none */
    size_t count, capacity;
    struct tc_str standard; /**< what was read from standard input */
    bool has_standard;
    struct tc_map keys;     /**< of the applications given; to their options */
    struct tc_map listings; /**< folder → its names */
    struct tc_hierarchy hierarchy;
};

void tc_sites_init(struct tc_sites *sites);
void tc_sites_done(struct tc_sites *sites);

/**
 * Tell the machine's files among @a inputs, and add those of the applications, and of the folders in them, to them.
 * Does nothing without --site.
 * @return false after a complaint
 */
bool tc_sites_add_inputs(struct tc_sites *sites, const struct tc_lint_options *options, struct tc_inputs *inputs);

/** The file of that name; NULL: it is none of these. */
struct tc_lint_site *tc_sites_find(struct tc_sites *sites, const char *name);

/** Read the files, maybe once more, and work out what holds; what cannot be read is an application's whose file is no
 * good. */
enum tc_status tc_sites_read(struct tc_sites *sites);

/** What was read from standard input, which can be read only once; false when nothing was. */
bool tc_sites_standard_input(const struct tc_sites *sites, struct tc_str *ret_bytes);

/** The same with `bytes` as they are: what was found before goes. */
enum tc_status tc_sites_run(struct tc_sites *sites);

/** Print the table; nothing without --site. False when that failed. */
bool tc_sites_print(const struct tc_sites *sites);

#endif
