/**
 * What the files of cli/asked share.
 */
#ifndef TC_CLI_ASKED_PARTS_H
#define TC_CLI_ASKED_PARTS_H

#include "cli/asked.h"

/** A place for a file, behind those that are there. NULL when out of memory. */
struct tc_asked_file *tc_asked_new(struct tc_asked *asked, const struct tc_source *source);

/** The runtime that a policy file is for: what the options say, else what its type names do. */
enum tc_runtime tc_asked_runtime(const struct tc_asked *asked, struct tc_str text, bool legacy);

/**
 * Read the policy that @a file's source is, and what is asked of it.
 * @param main  name of its main set; empty: ASP.Net
 */
enum tc_status tc_asked_policy(struct tc_asked *asked, struct tc_asked_file *file, enum tc_runtime runtime,
                               struct tc_str main);

/** The demand with the classes of @a runtime, for @a file. @return TC_OK; TC_ERR_USAGE; TC_ERR_NOMEM */
enum tc_status tc_asked_demand(struct tc_asked *asked, struct tc_asked_file *file, enum tc_runtime runtime);

/** The applications of a machine-level configuration file, with the policy files that it names. */
enum tc_status tc_asked_config(struct tc_asked *asked, struct tc_source *source);

/** Let @a policy, a permission set by itself, be what all code gets: a set says nothing of code. False when out of
 * memory. */
bool tc_asked_grant_to_all(struct tc_arena *arena, struct tc_policy *policy);

#endif
