/**
 * What IIS 7 and later says of itself: applicationHost.config, and what `appcmd list apppool|app|vdir|config … /xml`
 * prints.
 */
#ifndef TC_PLAN_IIS_CONFIG_H
#define TC_PLAN_IIS_CONFIG_H

#include "base/diag.h"
#include "base/map.h"
#include "base/status.h"

/** A value and its place; nowhere when nothing says it. */
struct tc_iis_value {
    struct tc_str text;
    struct tc_span span; /**< of the value; of the element, for a default that is said elsewhere */
    bool is_said;
};

struct tc_iis_pool {
    struct tc_iis_pool *next;
    struct tc_iis_value name;
    struct tc_iis_value type; /**< "SpecificUser"; not said: a listing without its settings, or the default of IIS */
    struct tc_iis_value user;
};

struct tc_iis_application {
    struct tc_iis_application *next;
    struct tc_str location; /**< "Default Web Site/contoso", without a slash at its end */
    struct tc_iis_value pool;
    struct tc_iis_value root; /**< variables replaced */
    struct tc_span span;
};

/** A setting of a location and all below it. */
struct tc_iis_setting {
    struct tc_iis_setting *next;
    struct tc_str location; /**< "": of the whole server */
    struct tc_iis_value value;
};

/** All that the files said, of one server. Lists are in the order of the files. */
struct tc_iis_config {
    struct tc_arena *arena;
    struct tc_str windows; /**< for %windir% */
    struct tc_iis_pool *pools, **pool_tail;
    struct tc_iis_application *applications, **application_tail;
    struct tc_map by_location; /**< folded location -> struct tc_iis_application */
    struct tc_map by_pool;     /**< folded name -> struct tc_iis_pool */
    struct tc_iis_setting
        *anonymous; /**< user names of anonymousAuthentication, the last first; "": the pool's identity */
    struct tc_iis_setting *templates; /**< diskTemplateCacheDirectory */
    struct tc_iis_value compression;  /**< directory of httpCompression */
    struct tc_iis_value default_type, default_user, default_pool;
    bool has_applications; /**< some file shows the pools of applications */
    bool has_identities;   /**< and what holds for pools that say nothing: applicationHost.config alone */
    bool has_settings;     /**< and the sections of <system.webServer> */
};

/** @param windows  the Windows directory; empty: C:\Windows */
void tc_iis_config_init(struct tc_iis_config *config, struct tc_arena *arena, struct tc_str windows);

/**
 * Add what @a source says; it lives as long as @a config, whose texts may be slices of it.
 * @return TC_OK; TC_FAILED with a diagnostic when it is no XML or no such file; TC_ERR_NOMEM
 */
enum tc_status tc_iis_config_read(struct tc_iis_config *config, const struct tc_source *source, struct tc_diags *diags);

/** The setting that holds for @a location: its own, or that of the nearest location above; NULL when there is none. */
const struct tc_iis_setting *tc_iis_setting_for(const struct tc_iis_setting *settings, struct tc_str location);

#endif
