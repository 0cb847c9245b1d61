/**
 * A machine-level configuration file as .NET's configuration system sees it: which trust level an application gets, and
 * whether it could choose another. Read with libxml2, since that system uses a conforming reader; shares nothing with
 * the code that writes such files.
 */
#ifndef TC_VERIFY_CONFIG_H
#define TC_VERIFY_CONFIG_H

#include "base/map.h"
#include "base/status.h"

/** An entry of `<fullTrustAssemblies>`. */
struct tc_config_assembly {
    struct tc_config_assembly *next;
    struct tc_str name, version, key;
};

/** A section, as far as the locks of its attributes go: what it sets and what it locks. */
struct tc_config_section {
    struct tc_config_section *next;
    struct tc_str name;
    struct tc_str *attributes;
    size_t attribute_count;
    bool locks_item;                   /**< lockItem="true" */
    bool has_except;                   /**< lockAllAttributesExcept is there */
    struct tc_str locks, locks_except; /**< lockAttributes and lockAllAttributesExcept */
};

/** What the sections for one path say; an attribute that is not there is has_x == false. */
struct tc_config_path_settings {
    bool has_trust, trust_locked, trust_unlocked; /**< unlocked: overrideMode="Allow", which lifts an outer lock */
    bool has_level, has_origin, has_legacy, has_permission_set;
    struct tc_str level, origin, permission_set;
    bool legacy;
    bool has_resolver, has_process_request;
    struct tc_str resolver; /**< hostSecurityPolicyResolverType: under the default model it decides before the policy */
    bool process_request;   /**< processRequestInApplicationTrust; the others limit a request only when it is true */
    bool has_temp_directory, temp_directory_locked;
    struct tc_str temp_directory;
    bool has_impersonate, impersonate, impersonate_locked;
    struct tc_config_assembly *assemblies;
    struct tc_config_assembly *inherited; /**< of paths above; only of tc_config_effective() */
    struct tc_config_section *sections;
    struct tc_str refused; /**< why every request fails, in words; empty: it does not. Only of tc_config_effective() */
};

/** A path that has a <trust> of its own, as it is written. */
struct tc_config_place {
    struct tc_config_place *next;
    struct tc_str path;
};

struct tc_config {
    struct tc_map levels;           /**< level name → policyFile, a struct tc_str */
    bool levels_locked;             /**< `<securityPolicy>` stands in a locked location for the whole machine */
    struct tc_map paths;            /**< folded location path → struct tc_config_path_settings; "" is the machine */
    struct tc_config_place *places; /**< of the paths with a <trust>, the machine apart, in the order of the file */
    struct tc_map below; /**< the same as paths, of what is inherited: without inheritInChildApplications="false" */
    struct tc_arena *arena;
};

/**
 * Read a configuration file.
 * @param ret_reason  on TC_FAILED: what .NET would refuse in it, in words, in @a arena
 * @return TC_OK; TC_FAILED; TC_ERR_NOMEM
 */
enum tc_status tc_config_read(struct tc_arena *arena, struct tc_str bytes, struct tc_config *ret_config,
                              struct tc_str *ret_reason);

/**
 * What holds for the application at @a path (@a arena is for scratch): each section's attributes from the machine down
 * to the path itself, the nearer one winning (aspnet-trust 3). An attribute that a section above locks may not be set
 * below, also in the same file: ConfigurationElement.Reset() of System.Configuration 4.x takes over the locks of what
 * was merged above, wherever that stood. Assemblies add up.
 */
struct tc_config_path_settings tc_config_effective(const struct tc_config *config, struct tc_arena *arena,
                                                   struct tc_str path);

/** The policyFile of a level; empty when there is no such level. */
struct tc_str tc_config_policy_file(const struct tc_config *config, struct tc_str level);

#endif
