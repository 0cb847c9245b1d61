/**
 * Which of the sources that are linted use which others: one that is used has its names and its framework from there.
 */
#ifndef TC_CLI_USES_H
#define TC_CLI_USES_H

#include "cli/inputs.h"
#include "cli/session.h"

/** A source that another one uses. */
struct tc_use {
    struct tc_use *next_part; /**< of the same source */
    size_t main;              /**< the input that uses it, maybe by way of others */
    struct tc_str name;       /**< as that one's findings have it */
};

struct tc_uses {
    struct tc_use **list;  /**< by input; NULL: no other input uses it, or it has a server of its own */
    struct tc_use **parts; /**< by input: what is in `list` for it */
};

/**
 * Read the sources among @a inputs for what they use; where several use one, one with a server is taken, or one that no
 * other uses. What cannot be read is left out: linting it says why.
 * @return TC_OK; TC_ERR_NOMEM
 */
enum tc_status tc_uses_find(struct tc_uses *uses, struct tc_session *session, const struct tc_inputs *inputs);

#endif
