/**
 * What the commands that show answers about isolation share.
 */
#ifndef TC_CLI_ISOLATION_H
#define TC_CLI_ISOLATION_H

#include "cli/session.h"
#include "isolate/differences.h"

/**
 * Look at all pairs of the compiled source, with what the files of --config say; session->c.isolation holds the
 * answers.
 * @param in_full  keep the part of everybody in each finding: tc_isolate_in_full()
 */
enum tc_status tc_session_isolate(struct tc_session *session, bool in_full);

/**
 * Where the layers differ about an application. Without a plan they cannot be compared, which is no fault of the source
 * here: that is one of them, then.
 * @param ret  lives in the arena of the session; NULL: nowhere
 */
enum tc_status tc_session_compare(struct tc_session *session, const struct tc_difference **ret);

#endif
