/** What the rules about grants share; the rules themselves are in grants.c, network.c and databases.c. */
#ifndef TC_ISOLATE_GRANTS_H
#define TC_ISOLATE_GRANTS_H

#include "isolate/parts.h"

/** The permission of class @a id of application @a index, with what is only possible; NULL: none, or fully trusted. */
const struct tc_perm *tc_grants_of(const struct tc_isolator *run, uint32_t index, enum tc_class_id id);

/** Whether a row of it, or that it is unrestricted (@a row NULL), is only possible. */
bool tc_grants_possible(const struct tc_isolator *run, uint32_t index, enum tc_class_id id, const struct tc_row *row);

/** Whether @a name means the server itself: ".", "localhost" or the name that the source gives it. */
bool tc_grants_is_here(const struct tc_isolator *run, struct tc_str name);

/**
 * Note a finding about one application, which those share that have the same grant: by the place and @a what.
 * @param reason  of the grant
 */
void tc_grants_alone(struct tc_things *things, const struct tc_part *part, struct tc_str reason);

/** Report what was noted. */
void tc_grants_report_alone(const struct tc_things *things, enum tc_rule_id rule, enum tc_verdict verdict,
                            const char *because);

/** For tc_perm_reason(): whether a grant is unrestricted. */
bool tc_grants_is_unrestricted(const void *state, const struct tc_perm *grant);

/** For tc_perm_reason(): whether a grant has a row with the texts of the row @a state, or is unrestricted. */
bool tc_grants_has_row(const void *state, const struct tc_perm *grant);

void tc_isolate_network(struct tc_isolator *run);   /**< Socket, Web */
void tc_isolate_databases(struct tc_isolator *run); /**< OleDb, Odbc, SqlClient, Oracle */
void tc_isolate_unjudged(struct tc_isolator *run);  /**< services, keys, certificates; classes that nobody knows */

#endif
