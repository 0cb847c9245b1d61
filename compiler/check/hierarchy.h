/**
 * What several configuration files make of an application: its effective trust, and what each override in a lower file
 * comes to. .NET merges machine.config, the root web.config, and one web.config for each folder from the site's root
 * down to the application, with the <location> elements of all of them (aspnet-trust 2.2, 3).
 *
 *     tc_hierarchy_run(&check, files, count, NULL, 0, NULL, &result);
 *
 * The reference says which locks there are; how they and what they lock go down the path was read in
 * BaseConfigurationRecord, SectionRecord and ConfigurationElement of System.Configuration 4.x and in
 * WebConfigurationHost of System.Web 4.x. 1.1 has neither locks of attributes nor overrideMode.
 */
#ifndef TC_CHECK_HIERARCHY_H
#define TC_CHECK_HIERARCHY_H

#include "check/check.h"
#include "check/webconfig.h"

/** A configuration file and the place it holds for. */
struct tc_hierarchy_file {
    struct tc_str path;                /**< "Default Web Site/app"; "" for machine.config and the root web.config */
    const struct tc_webconfig *config; /**< NULL: it cannot be read, which somebody has reported */
    bool is_folder;                    /**< of a folder in an application, as far as nothing names one for its path */
};

/** A site's ID, which location paths may name it by. The Default Web Site is 1 unless something else is said. */
struct tc_hierarchy_site {
    struct tc_str id;
    struct tc_str name;
};

/** What the hierarchy asks about other files. */
struct tc_hierarchy_host {
    void *state;
    bool (*has_file)(void *state, struct tc_str path); /**< by a path as tc_source names are; in any letter case */
};

/** A value and where it comes from; nowhere when it is a default. */
struct tc_hierarchy_value {
    struct tc_str text;
    struct tc_span span;
};

/** The effective trust of an application. */
struct tc_hierarchy_application {
    struct tc_str path;  /**< "" stands for every application that has no row of its own */
    bool has_file;       /**< its own web.config was given */
    bool is_folder;      /**< no application but a folder in one; only such are told that fail by themselves */
    struct tc_str fails; /**< why every request fails; empty: it does not */
    struct tc_span fails_span;
    struct tc_hierarchy_value level; /**< no text: none of the files says, or it stands elsewhere */
    struct tc_str elsewhere;         /**< why what `level` leads to does not say: "it is encrypted" */
    struct tc_hierarchy_value origin;
    struct tc_hierarchy_value permission_set;
    struct tc_hierarchy_value resolver;        /**< hostSecurityPolicyResolverType */
    struct tc_hierarchy_value legacy;          /**< "true", or no text */
    struct tc_hierarchy_value process_request; /**< processRequestInApplicationTrust: the same */
    struct tc_hierarchy_value
        policy_file; /**< as ASP.NET expands it; no text for Full, or when nothing declares the level */
    bool is_locked;  /**< a file further down could not choose another level */
    struct tc_span lock;
    bool is_policy_locked;      /**< the same of <securityPolicy>, where levels get their files */
    bool are_assemblies_locked; /**< and of <fullTrustAssemblies> */
};

struct tc_hierarchy {
    struct tc_hierarchy_application *applications; /**< the machine first, then as given, then others with a location */
    size_t count;
};

/** The same for all ways to write a path: letter case does not count, and a site's ID is as good as its name. */
struct tc_str tc_hierarchy_key(struct tc_arena *arena, const struct tc_hierarchy_site *sites, size_t site_count,
                               struct tc_str path);

/**
 * Work out the trust of each application that has a file, or a location with <trust> in a machine-level file.
 *
 * @param check  gets the findings; needs neither host nor file
 * @param files  in any order, but machine.config before the root web.config
 * @param host   NULL: whether policy files are there is not asked
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_hierarchy_run(struct tc_check *check, const struct tc_hierarchy_file *files, size_t count,
                                const struct tc_hierarchy_site *sites, size_t site_count,
                                const struct tc_hierarchy_host *host, struct tc_hierarchy *ret_hierarchy);

#endif
