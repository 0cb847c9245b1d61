/**
 * The two sides of a comparison: a source, a policy file, or a directory with a server's configuration, on disk or in a
 * revision of a git repository.
 */
#ifndef TC_CLI_SIDES_H
#define TC_CLI_SIDES_H

#include "ask/diff.h"
#include "cli/session.h"

struct tc_side {
    struct tc_session session; /**< its sources and findings */
    struct tc_diff_side side;
    enum tc_status status; /**< of working out what `side` holds */
};

/** Begin as the options say; @a side must stay where it is. */
void tc_side_init(struct tc_side *side, const struct tc_options *options);
void tc_side_done(struct tc_side *side);

/**
 * Read what @a name names; what is wrong with it has been shown.
 * @return TC_OK; TC_FAILED; TC_ERR_IO; TC_ERR_LIMIT; TC_ERR_USAGE; TC_ERR_NOMEM
 */
enum tc_status tc_side_read(struct tc_side *side, const char *name);

/** Work out the isolation and the files of two sides that have been read, at the same time where that can be. */
enum tc_status tc_sides_work_out(struct tc_side sides[2]);

#endif
