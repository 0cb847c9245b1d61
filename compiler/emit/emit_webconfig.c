#include "emit/emit_webconfig.h"

#include <string.h>

const char *
tc_region_name(enum tc_region_kind kind)
{
    static const char *const names[TC_REGION_COUNT_] = {
        [TC_REGION_LEVELS] = "levels",
        [TC_REGION_TRUST] = "trust",
        [TC_REGION_ASSEMBLIES] = "assemblies",
        [TC_REGION_LOCATIONS] = "locations",
    };
    return names[kind];
}

static void
put_marker(struct tc_xml *xml, const char *const *parts, size_t count)
{
    char text[160];
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        size_t part = strlen(parts[i]);
        memcpy(text + len, parts[i], part);
        len += part;
    }
    tc_xml_comment(xml, (struct tc_str){text, len});
}

void
tc_config_put_begin(struct tc_xml *xml, enum tc_region_kind kind)
{
    const char *name = tc_region_name(kind);
    const char *const parts[] = {"trustc:begin ", name, " (written by trustc; a merge replaces all up to trustc:end ",
                                 name, ")"};
    put_marker(xml, parts, sizeof parts / sizeof parts[0]);
}

void
tc_config_put_end(struct tc_xml *xml, enum tc_region_kind kind)
{
    const char *const parts[] = {"trustc:end ", tc_region_name(kind)};
    put_marker(xml, parts, sizeof parts / sizeof parts[0]);
}

struct tc_config_plan
tc_config_plan_of(const struct tc_config_entries *entries)
{
    struct tc_config_plan plan = {
        .entries = entries,
        .clr = tc_clr_info(entries->clr),
        .names_model = entries->machine.legacy_cas_model,
        .names_set = entries->machine.permission_set.len > 0,
    };
    for (size_t i = 0; i < entries->application_count; i++) {
        plan.names_model = plan.names_model || entries->applications[i].legacy_cas_model;
        plan.names_set = plan.names_set || entries->applications[i].permission_set.len > 0;
    }
    plan.names_model = plan.names_model && plan.clr->has_cas_model;
    plan.names_set = plan.names_set && plan.clr->has_cas_model;
    return plan;
}

unsigned
tc_config_needs(const struct tc_config_plan *plan, const struct tc_trust_entry *entry)
{
    unsigned needs = TC_NEED_TRUST;
    if (entry->full_trust_count > 0 && plan->clr->has_cas_model)
        needs |= TC_NEED_FULL_TRUST;
    if (entry->temp_directory.len > 0)
        needs |= TC_NEED_COMPILATION;
    if (entry->impersonate >= 0)
        needs |= TC_NEED_IDENTITY;
    return needs;
}

size_t
tc_config_trust_attrs(const struct tc_config_plan *plan, const struct tc_trust_entry *entry,
                      struct tc_config_attr *ret_attrs)
{
    size_t count = 0;
    ret_attrs[count++] = (struct tc_config_attr){"level", entry->level};
    ret_attrs[count++] = (struct tc_config_attr){"originUrl", entry->origin};
    if (plan->names_model)
        ret_attrs[count++] =
            (struct tc_config_attr){"legacyCasModel", entry->legacy_cas_model ? TC_STR("true") : TC_STR("false")};
    if (plan->names_set)
        ret_attrs[count++] = (struct tc_config_attr){
            "permissionSetName", entry->permission_set.len > 0 ? entry->permission_set : TC_STR("ASP.Net")};
    return count;
}

void
tc_config_put_level(struct tc_xml *xml, const struct tc_trust_level *level)
{
    tc_xml_start(xml, "trustLevel");
    tc_xml_attr(xml, "name", level->name);
    tc_xml_attr(xml, "policyFile", level->policy_file);
    tc_xml_end(xml);
}

void
tc_config_put_policy(struct tc_xml *xml, const struct tc_config_entries *entries)
{
    tc_xml_start(xml, "securityPolicy");
    tc_config_put_begin(xml, TC_REGION_LEVELS);
    for (size_t i = 0; i < entries->level_count; i++)
        tc_config_put_level(xml, &entries->levels[i]);
    tc_config_put_end(xml, TC_REGION_LEVELS);
    tc_xml_end(xml);
}

void
tc_config_put_trust(struct tc_xml *xml, const struct tc_config_plan *plan, const struct tc_trust_entry *entry)
{
    struct tc_config_attr attrs[TC_TRUST_ATTRS_MAX];
    size_t count = tc_config_trust_attrs(plan, entry, attrs);
    tc_xml_start(xml, "trust");
    for (size_t i = 0; i < count; i++)
        tc_xml_attr(xml, attrs[i].name, attrs[i].value);
    tc_xml_end(xml);
}

void
tc_config_put_assembly(struct tc_xml *xml, const struct tc_full_trust_assembly *assembly)
{
    tc_xml_start(xml, "add");
    tc_xml_attr(xml, "assemblyName", assembly->name);
    tc_xml_attr(xml, "version", assembly->version);
    tc_xml_attr(xml, "publicKey", assembly->key);
    tc_xml_end(xml);
}

void
tc_config_put_full_trust(struct tc_xml *xml, const struct tc_trust_entry *entry)
{
    tc_xml_start(xml, "fullTrustAssemblies");
    for (size_t i = 0; i < entry->full_trust_count; i++)
        tc_config_put_assembly(xml, &entry->full_trust[i]);
    tc_xml_end(xml);
}

enum {
    LOCKED = 1,    /* files below may not have the sections */
    FOR_ITSELF = 2 /* applications below do not inherit them */
};

static void
start_location(struct tc_xml *xml, const struct tc_trust_entry *entry, unsigned how)
{
    tc_xml_start(xml, "location");
    if (entry->path.len > 0)
        tc_xml_attr(xml, "path", entry->path);
    if (how & LOCKED)
        tc_xml_attr_lit(xml, "allowOverride", "false");
    if (how & FOR_ITSELF)
        tc_xml_attr_lit(xml, "inheritInChildApplications", "false");
    tc_xml_start(xml, "system.web");
}

static void
end_location(struct tc_xml *xml)
{
    tc_xml_end(xml);
    tc_xml_end(xml);
}

/*
 * The lock of an attribute goes down the path, also within one file. The reference only says of the lock of a
 * <location> that it leaves other locations of its own file alone (aspnet-trust 3.2), and nothing of these; but in
 * System.Configuration 4.x ConfigurationElement.Reset() copies the lists of locks from what was merged for the path
 * above, and DeserializeElement() refuses each attribute in them, whatever its value. So an application with a
 * temporary directory of its own, below another such, would answer every request with "The attribute 'tempDirectory'
 * has been locked in a higher level configuration." 1.1 knows neither these locks nor inheritInChildApplications; there
 * an application inherits what it does not say itself.
 */
static unsigned
for_itself(const struct tc_config_plan *plan, const struct tc_trust_entry *entry)
{
    return entry->has_nested && plan->clr->has_lock_attributes ? FOR_ITSELF : 0;
}

void
tc_config_put_locations(struct tc_xml *xml, const struct tc_config_plan *plan, const struct tc_trust_entry *entry,
                        unsigned needs)
{
    if (needs & TC_NEED_LOCKED) {
        start_location(xml, entry, LOCKED);
        if (needs & TC_NEED_TRUST)
            tc_config_put_trust(xml, plan, entry);
        if (needs & TC_NEED_FULL_TRUST)
            tc_config_put_full_trust(xml, entry);
        end_location(xml);
    }
    if (needs & TC_NEED_OPEN) {
        /* Not in the locked location: a locked section breaks every application whose own web.config has it at all
         * (aspnet-trust 3.2), and these two are common there. Only the one attribute is locked. */
        start_location(xml, entry, for_itself(plan, entry));
        if (needs & TC_NEED_COMPILATION) {
            tc_xml_start(xml, "compilation");
            tc_xml_attr(xml, "tempDirectory", entry->temp_directory);
            if (plan->clr->has_lock_attributes)
                tc_xml_attr_lit(xml, "lockAttributes", "tempDirectory");
            tc_xml_end(xml);
        }
        if (needs & TC_NEED_IDENTITY) {
            tc_xml_start(xml, "identity");
            tc_xml_attr_lit(xml, "impersonate", entry->impersonate > 0 ? "true" : "false");
            if (plan->clr->has_lock_attributes)
                tc_xml_attr_lit(xml, "lockAttributes", "impersonate");
            tc_xml_end(xml);
        }
        end_location(xml);
    }
}

/* The one location that everything else leans on: without the lock on securityPolicy an application could declare a
 * level again and have its policy file looked for beside its own web.config (aspnet-trust 2.2). */
static void
put_machine(struct tc_xml *xml, const struct tc_config_plan *plan)
{
    const struct tc_config_entries *entries = plan->entries;
    start_location(xml, &entries->machine, LOCKED);
    tc_config_put_policy(xml, entries);
    tc_config_put_begin(xml, TC_REGION_TRUST);
    tc_config_put_trust(xml, plan, &entries->machine);
    if (tc_config_needs(plan, &entries->machine) & TC_NEED_FULL_TRUST)
        tc_config_put_full_trust(xml, &entries->machine);
    tc_config_put_end(xml, TC_REGION_TRUST);
    end_location(xml);
}

enum tc_status
tc_config_emit(const struct tc_config_entries *entries, struct tc_buf *out)
{
    struct tc_config_plan plan = tc_config_plan_of(entries);
    struct tc_xml xml;
    tc_xml_init(&xml, out, "  ", "\n");
    tc_xml_set_style(&xml, TC_XML_CONFIG, TC_STR(""));
    tc_xml_raw(&xml, TC_STR("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
    tc_xml_start(&xml, "configuration");
    tc_xml_comment(
        &xml, entries->clr == TC_CLR_1_1
                  ? TC_STR("Machine-level trust entries, written by trustc. By itself this file holds the trust\n"
                           "       entries alone: it cannot take the place of the server's own machine.config. To put\n"
                           "       them into that file, name it to trustc build with the option merge.")
                  : TC_STR("Machine-level trust entries, written by trustc. By itself this file holds the trust\n"
                           "       entries alone: it cannot take the place of the server's own web.config. To put\n"
                           "       them into that file, name it to trustc build with the option merge."));
    put_machine(&xml, &plan);
    unsigned machine = tc_config_needs(&plan, &entries->machine) & TC_NEED_OPEN;
    if (machine != 0 || entries->application_count > 0) {
        tc_config_put_begin(&xml, TC_REGION_LOCATIONS);
        tc_config_put_locations(&xml, &plan, &entries->machine, machine);
        for (size_t i = 0; i < entries->application_count; i++)
            tc_config_put_locations(&xml, &plan, &entries->applications[i],
                                    tc_config_needs(&plan, &entries->applications[i]));
        tc_config_put_end(&xml, TC_REGION_LOCATIONS);
    }
    tc_xml_end(&xml);
    if (out->failed)
        return TC_ERR_NOMEM;
    return tc_xml_ok(&xml) ? TC_OK : TC_FAILED;
}
