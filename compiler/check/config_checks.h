/**
 * The checks of configuration files, by what they look at. check/config.c runs them over one reading of the file.
 */
#ifndef TC_CHECK_CONFIG_CHECKS_H
#define TC_CHECK_CONFIG_CHECKS_H

#include "check/check.h"
#include "check/webconfig.h"

struct tc_config_cx {
    struct tc_check *check;
    struct tc_webconfig config;
    bool clr_is_known; /**< the file, its place or the user say for which framework it is */
    enum tc_clr clr;
};

void tc_config_check_shape(struct tc_config_cx *cx);     /**< elements, attributes, values, text */
void tc_config_check_locations(struct tc_config_cx *cx); /**< paths, nesting, sections that come twice */
void tc_config_check_locks(struct tc_config_cx *cx);     /**< what may be overridden */
void tc_config_check_levels(struct tc_config_cx *cx);    /**< trust levels and what names them */
void tc_config_check_files(struct tc_config_cx *cx);     /**< policy files */
void tc_config_check_settings(struct tc_config_cx *cx);  /**< the other attributes of the sections */

/** The nearest of the names tried, for "did you mean". */
struct tc_config_near {
    struct tc_str name;
    struct tc_str best;
    unsigned limit;
};
struct tc_config_near tc_config_near(struct tc_str name);
void tc_config_near_try(struct tc_config_near *near, struct tc_str candidate);

/** Replace the value of @a attr, whatever its quotes; @a text needs no escaping. */
void tc_config_edit_value(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_markup_attr *attr,
                          struct tc_str text);
/** Take @a attr out, with the blanks before it. */
void tc_config_edit_remove(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_markup_attr *attr);
/** Rename both tags of @a element. */
void tc_config_edit_rename(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_markup *element,
                           const char *name);

/** "for 'Default Web Site/a'" or "for the whole machine", "for this application". */
struct tc_str tc_config_whom(const struct tc_config_cx *cx, const struct tc_webconfig_section *section);

#endif
