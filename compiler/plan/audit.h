/**
 * The plan against a real server: what cacls, icacls, appcmd and applicationHost.config say of it.
 *
 *     tc_audit_new(&arena, plan, &diags, &audit);
 *     tc_audit_listing(audit, source, encoding, &options);   // each listing of rights
 *     tc_audit_server(audit, &config);                       // all that appcmd and applicationHost.config said
 *     tc_audit_end(audit, &result);                          // what nothing showed
 *
 * Rights are compared by what they let an account do: entries of the list in their order, those that are passed on to
 * what lies below counted where they will count. Paths outside all that the plan covers are left alone. What the plan
 * covers and no listing shows is reported: not seen is not fine.
 */
#ifndef TC_PLAN_AUDIT_H
#define TC_PLAN_AUDIT_H

#include "plan/acl_read.h"
#include "plan/iis_config.h"
#include "plan/plan.h"

struct tc_audit;

struct tc_audit_result {
    size_t paths;    /**< of listings, that the plan covers */
    size_t ignored;  /**< of listings, that it does not */
    size_t findings; /**< more, less, or other than planned */
    size_t unseen;   /**< what was to be seen and was not */
};

/**
 * @param diags    gets findings, with places in the listings and labels in the source
 * @param ret_audit  lives in @a arena; end with tc_audit_end(), also when something failed
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_audit_new(struct tc_arena *arena, const struct tc_plan *plan, struct tc_diags *diags,
                            struct tc_audit **ret_audit);

/**
 * Tell which SID an account of the plan has on the server; before listings that hold SIDs. Any spelling of the
 * name will do.
 * @return NULL; else why not, in @a arena of the audit: the plan has no such account, the SID is another one's
 */
const char *tc_audit_sid(struct tc_audit *audit, struct tc_str name, struct tc_str sid);

/** Compare a listing of rights. @return TC_OK, also with findings; TC_FAILED when lines cannot be read; TC_ERR_NOMEM */
enum tc_status tc_audit_listing(struct tc_audit *audit, const struct tc_source *source, enum tc_acl_encoding encoding,
                                const struct tc_acl_read_options *options);

/** Compare pools and applications. @return TC_OK, also with findings; TC_ERR_NOMEM */
enum tc_status tc_audit_server(struct tc_audit *audit, const struct tc_iis_config *config);

/** Report what no listing showed, if there was any listing, and count. @return TC_OK or TC_ERR_NOMEM */
enum tc_status tc_audit_end(struct tc_audit *audit, struct tc_audit_result *ret_result);

#endif
