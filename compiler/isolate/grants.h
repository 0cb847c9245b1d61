/** What the rules about grants share; the rules themselves are in grants.c, network.c and databases.c. */
#ifndef TC_ISOLATE_GRANTS_H
#define TC_ISOLATE_GRANTS_H

#include "isolate/parts.h"

/** The permission of class @a id of application @a index, with what is only possible; NULL: none, or fully trusted. */
const struct tc_perm *tc_isolation_perm(const struct tc_isolator *run, uint32_t index, enum tc_class_id id);

/**
 * The same, and before it what is granted for sure where that is another permission: what is only possible may hide
 * parts of it. Ask for each of them from the last to the first; of a part that both have the sure one counts.
 * @return how many
 */
size_t tc_isolation_perms(const struct tc_isolator *run, uint32_t index, enum tc_class_id id,
                          const struct tc_perm *ret_perms[2]);

/** Whether a row of it, or that it is unrestricted (@a row NULL), is only possible. */
bool tc_isolation_possible(const struct tc_isolator *run, uint32_t index, enum tc_class_id id,
                           const struct tc_row *row);

/** Whether @a name means the server itself: tc_is_own_host(). */
bool tc_isolation_is_here(const struct tc_isolator *run, struct tc_str name);

/**
 * Note a finding about one application, which those share that have the same grant: by the place and @a what.
 * @param reason  of the grant
 */
void tc_isolation_note(struct tc_things *things, const struct tc_part *part, struct tc_str reason);

/** Report what was noted. */
void tc_isolation_report_noted(const struct tc_things *things, enum tc_rule_id rule, enum tc_verdict verdict,
                               const char *because);

/** The reason of the grants on which a part of @a perm rests; see tc_perm_granted(). */
struct tc_str tc_isolation_reason(const struct tc_perm *perm,
                                  bool (*is)(const void *state, const struct tc_perm *grant), const void *state);

/** For tc_perm_granted(): whether a grant has a bit of *@a state in its first field, or is unrestricted. */
bool tc_isolation_has_bits(const void *state, const struct tc_perm *grant);

/**
 * Note, as tc_isolation_note(), that an application has one of @a bits in the flags of its permission of class @a id,
 * at the grant that says so.
 * @return false when it has none of them
 */
bool tc_isolation_note_flags(struct tc_things *things, uint32_t index, enum tc_class_id id, uint64_t bits,
                             const char *verb, struct tc_str what);

/** For tc_perm_granted(): whether a grant is unrestricted. */
bool tc_isolation_is_unrestricted(const void *state, const struct tc_perm *grant);

/** For tc_perm_granted(): whether a grant has a row with the texts of the row @a state, or is unrestricted. */
bool tc_isolation_has_row(const void *state, const struct tc_perm *grant);

void tc_isolate_network(struct tc_isolator *run);   /**< Socket, Web */
void tc_isolate_databases(struct tc_isolator *run); /**< OleDb, Odbc, SqlClient, Oracle */
void tc_isolate_unjudged(struct tc_isolator *run);  /**< services, keys, certificates; classes that nobody knows */

#endif
