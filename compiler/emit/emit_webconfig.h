/**
 * The entries of a machine-level configuration file, piece by piece: shared by the file that holds nothing else
 * (tc_config_emit()) and by the merge into an existing one.
 */
#ifndef TC_EMIT_EMIT_WEBCONFIG_H
#define TC_EMIT_EMIT_WEBCONFIG_H

#include "emit/merge.h"
#include "xml/writer.h"

/**
 * What trustc wrote stands between two comments, `<!-- trustc:begin KIND … -->` and `<!-- trustc:end KIND -->`,
 * siblings of what is between them. There is at most one region of each kind in a file.
 */
enum tc_region_kind {
    TC_REGION_LEVELS, /**< in `<securityPolicy>`: trust levels */
    TC_REGION_TRUST,  /**< in `<system.web>`: the default trust, and full-trust assemblies where the file lists none */
    TC_REGION_ASSEMBLIES, /**< in `<fullTrustAssemblies>` */
    TC_REGION_LOCATIONS,  /**< in `<configuration>`: the locations of applications */
    TC_REGION_COUNT_
};

/** "levels" */
const char *tc_region_name(enum tc_region_kind kind);

/** The sections that an entry may need, or-ed. */
enum tc_config_need {
    TC_NEED_TRUST = 1,
    TC_NEED_FULL_TRUST = 2,
    TC_NEED_COMPILATION = 4,
    TC_NEED_IDENTITY = 8,
    TC_NEED_LOCKED = TC_NEED_TRUST | TC_NEED_FULL_TRUST,
    TC_NEED_OPEN = TC_NEED_COMPILATION | TC_NEED_IDENTITY,
};

/** What holds for all entries of one file. */
struct tc_config_plan {
    const struct tc_config_entries *entries;
    const struct tc_clr_info *clr;
    bool names_model; /**< every trust says legacyCasModel, because one does */
    bool names_set;   /**< likewise permissionSetName */
};

/**
 * Look through @a entries. A location inherits attribute by attribute from the machine-wide entry and from the
 * applications above it; therefore, what one trust says, all say.
 */
struct tc_config_plan tc_config_plan_of(const struct tc_config_entries *entries);

/** What @a entry needs, of enum tc_config_need. */
unsigned tc_config_needs(const struct tc_config_plan *plan, const struct tc_trust_entry *entry);

struct tc_config_attr {
    const char *name;
    struct tc_str value;
};

#define TC_TRUST_ATTRS_MAX 4

/** The attributes of the `<trust>` of @a entry, in the order in which they are written. @return how many */
size_t tc_config_trust_attrs(const struct tc_config_plan *plan, const struct tc_trust_entry *entry,
                             struct tc_config_attr *ret_attrs);

void tc_config_put_begin(struct tc_xml *xml, enum tc_region_kind kind);
void tc_config_put_end(struct tc_xml *xml, enum tc_region_kind kind);
void tc_config_put_level(struct tc_xml *xml, const struct tc_trust_level *level);
/** The whole `<securityPolicy>`, its levels between marks. */
void tc_config_put_policy(struct tc_xml *xml, const struct tc_config_entries *entries);
void tc_config_put_trust(struct tc_xml *xml, const struct tc_config_plan *plan, const struct tc_trust_entry *entry);
void tc_config_put_assembly(struct tc_xml *xml, const struct tc_full_trust_assembly *assembly);
void tc_config_put_full_trust(struct tc_xml *xml, const struct tc_trust_entry *entry);

/** The locations of @a entry: a locked one for trust, one that is not locked for the rest of @a needs. */
void tc_config_put_locations(struct tc_xml *xml, const struct tc_config_plan *plan, const struct tc_trust_entry *entry,
                             unsigned needs);

#endif
