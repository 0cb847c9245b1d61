/**
 * The two sides of a comparison: a source, policy files, or the CONFIG directory of a server (or a copy of it, or the
 * output of a build), on disk or in a revision of a git repository.
 *
 * What files do not say (where applications lie, their pools) is taken from the other side, when that is a source: then
 * the question is what its applications would get from these files.
 */
#ifndef TC_CLI_SIDES_H
#define TC_CLI_SIDES_H

#include "ask/diff.h"
#include "cli/session.h"
#include "cli/tree.h"

enum tc_side_kind {
    TC_SIDE_SOURCE,
    TC_SIDE_CONFIG,   /**< a machine-level configuration file, and the policy files that it names */
    TC_SIDE_POLICIES, /**< policy files by themselves */
};

struct tc_side_config;
struct tc_side_policy;

struct tc_side {
    struct tc_session session; /**< its sources and findings; the first, as it is the state of its own host */
    struct tc_tree tree;
    enum tc_side_kind kind;
    struct tc_diff_side side;
    struct tc_source *source;       /**< of a source: the first */
    struct tc_side_config *configs; /**< one for each runtime directory */
    struct tc_side_policy *policies;
    struct tc_model *model; /**< of files: made up for them */
    enum tc_status status;  /**< of working out what `side` holds */
};

/** Begin as the options say; @a side must stay where it is. */
void tc_side_init(struct tc_side *side, const struct tc_options *options);
void tc_side_done(struct tc_side *side);

/**
 * Read what @a name names; what is wrong with it has been shown.
 * @return TC_OK; TC_FAILED; TC_ERR_IO; TC_ERR_LIMIT; TC_ERR_USAGE; TC_ERR_NOMEM
 */
enum tc_status tc_side_read(struct tc_side *side, const char *name);

/**
 * Settle what two sides that have been read say about each other's applications, and work out their isolation and their
 * files. What is wrong has been shown.
 */
enum tc_status tc_sides_settle(struct tc_side sides[2]);

#endif
