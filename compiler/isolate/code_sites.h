/** Code groups that trust what lies at Web addresses, held against the addresses at which applications are reached. */
#ifndef TC_ISOLATE_CODE_SITES_H
#define TC_ISOLATE_CODE_SITES_H

#include "isolate/parts.h"
#include "model/membership.h"

/** Addresses that code groups trust more than the own code of their applications, collected in the order of these. */
struct tc_code_sites {
    struct tc_isolator *run;
    struct tc_things sites;    /**< by the condition; actors: whose groups have it */
    struct tc_parts trusting;  /**< of all sites */
    struct tc_parts any_sites; /**< who trusts a zone: any address may be in it */
};

void tc_code_sites_init(struct tc_code_sites *sites, struct tc_isolator *run);

/**
 * Note that a code group of an application has a condition for a site, a zone, or a URL that names no file.
 * @param condition  with tokens filled in; is copied
 * @param part       whose, where, and how the condition is written
 */
void tc_code_sites_add(struct tc_code_sites *sites, const struct tc_condition *condition, const struct tc_part *part);

/** Report (rule trusted-site) the applications that have their pages there: their files are what is trusted. */
void tc_code_sites_report(struct tc_code_sites *sites);

#endif
