/* What files below may override: locks that are missing, that do not lock, that lock too little. */
#include "check/config_checks.h"

static bool
is_full(const struct tc_config_cx *cx, const struct tc_webconfig_section *trust)
{
    struct tc_str level;

    return tc_webconfig_value(cx->check->arena, trust->element, "level", &level) &&
           tc_webconfig_stock_level(level, true) == TC_LEVEL_FULL;
}

/* Whether all that stands in @a location has to do with trust, so that locking it hurts nobody else. */
static bool
holds_only_trust(const struct tc_markup *location)
{
    for (const struct tc_markup *item = location->first; item != NULL; item = item->next) {
        if (item->kind == TC_MARKUP_COMMENT)
            continue;
        if (!tc_markup_is(item, "system.web"))
            return false;
        for (const struct tc_markup *section = item->first; section != NULL; section = section->next)
            if (section->kind == TC_MARKUP_ELEMENT && !tc_markup_is(section, "trust") &&
                !tc_markup_is(section, "securityPolicy") && !tc_markup_is(section, "fullTrustAssemblies") &&
                !tc_markup_is(section, "partialTrustVisibleAssemblies"))
                return false;
    }
    return true;
}

/* Lock the location around @a section. */
static void
edit_lock(struct tc_config_cx *cx, struct tc_diag *diag, const struct tc_webconfig_section *section)
{
    const struct tc_markup *location = section->location;
    const struct tc_markup_attr *allow, *mode;

    if (location == NULL || !holds_only_trust(location))
        return;
    allow = tc_markup_attr(location, "allowOverride");
    mode = tc_markup_attr(location, "overrideMode");
    if (allow != NULL && mode != NULL)
        return;
    if (allow != NULL) {
        tc_config_edit_value(cx, diag, allow, TC_STR("false"));
    } else if (mode != NULL) {
        tc_config_edit_value(cx, diag, mode, TC_STR("Deny"));
    } else {
        uint32_t at = location->begin + 1u + (uint32_t)location->name.len;

        tc_diag_edit(cx->check->diags, diag, tc_check_span(cx->check, at, at), " allowOverride=\"false\"");
    }
}

/* ---- what seems to unlock, and what does ---- */

static void
check_seeming(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *allow =
        section->location == NULL ? NULL : tc_markup_attr(section->location, "allowOverride");
    const struct tc_webconfig_section *by;
    struct tc_diag *diag;
    struct tc_span span;

    if (allow == NULL || !tc_str_eq(allow->value, TC_STR("true")) || section->key.len == 0 ||
        tc_webconfig_lock(&cx->config, section->id, section->key, &by) != TC_LOCK_DENY)
        return;
    span = tc_check_span(check, allow->begin, allow->end);
    diag =
        tc_check_report(check, TC_CHECK_ALLOW_OVERRIDE_TRUE, span, "allowOverride=\"true\" does not unlock '%.*s' %.*s",
                        TC_STR_ARG(section->element->name), TC_STR_ARG(tc_config_whom(cx, section)));
    tc_diag_label(check->diags, diag, tc_webconfig_lock_place(&cx->config, by), "locked here");
    tc_diag_help(check->diags, diag,
                 "leave it out; where the application is really to choose for itself: overrideMode=\"Allow\"");
    if (tc_markup_attr(section->location, "overrideMode") == NULL) {
        tc_diag_edit(check->diags, diag, span, "overrideMode=\"Allow\"");
        diag->is_unsafe = true;
    }
}

static void
check_allowed(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *mode;
    struct tc_diag *diag;

    if (section->lock != TC_LOCK_ALLOW)
        return;
    mode = tc_markup_attr(section->location, "overrideMode");
    diag = tc_check_report(check, TC_CHECK_OVERRIDE_ALLOWED, tc_webconfig_attr_value(cx->config.source, mode),
                           section->id == TC_WEBCONFIG_TRUST
                               ? "overrideMode=\"Allow\" lets files below choose their trust level %.*s"
                               : "overrideMode=\"Allow\" lets files below change the trust levels %.*s",
                           TC_STR_ARG(tc_config_whom(cx, section)));
    tc_diag_help(check->diags, diag, "write 'Deny'");
    tc_config_edit_value(cx, diag, mode, TC_STR("Deny"));
}

/* ---- what is not locked ---- */

static void
check_trust(struct tc_config_cx *cx, const struct tc_webconfig_section *trust)
{
    struct tc_check *check = cx->check;
    const struct tc_webconfig_section *by;
    struct tc_span span = tc_webconfig_place(cx->config.source, trust->element, "level");
    struct tc_diag *diag;
    struct tc_str level = TC_STR("");

    if (tc_webconfig_lock(&cx->config, TC_WEBCONFIG_TRUST, trust->key, &by) == TC_LOCK_DENY ||
        trust->lock == TC_LOCK_ALLOW)
        return;
    if (is_full(cx, trust)) {
        if (trust->key.len == 0) {
            diag =
                tc_check_report(check, TC_CHECK_SERVER_AS_SHIPPED, span,
                                "every application is fully trusted unless it chooses otherwise, as in the file that "
                                "comes with the framework");
            tc_diag_help(check->diags, diag,
                         "to set a level for the server, put <securityPolicy> and <trust> into one <location "
                         "allowOverride=\"false\">");
        }
        return;
    }
    tc_webconfig_value(check->arena, trust->element, "level", &level);
    diag =
        tc_check_report(check, TC_CHECK_TRUST_UNLOCKED, span,
                        "the trust level '%.*s' is not locked: any application%s%.*s may choose another, such as Full",
                        TC_STR_ARG(level), trust->path.len > 0 ? " at or below " : "", TC_STR_ARG(trust->path));
    if (trust->location != NULL)
        tc_diag_label(check->diags, diag, tc_webconfig_lock_place(&cx->config, trust), "this does not lock it");
    tc_diag_help(check->diags, diag,
                 "put it, together with <securityPolicy>, into <location%s%.*s%s allowOverride=\"false\">",
                 trust->path.len > 0 ? " path=\"" : "", TC_STR_ARG(trust->path), trust->path.len > 0 ? "\"" : "");
    edit_lock(cx, diag, trust);
    diag->is_unsafe = true; /* a file below that holds the section fails from then on */
}

/* A level that is locked, while the meaning of its name is not. */
static void
check_policy(struct tc_config_cx *cx, const struct tc_webconfig_section *policy)
{
    struct tc_check *check = cx->check;
    const struct tc_webconfig_section *by, *found = NULL;
    struct tc_diag *diag;

    if (tc_webconfig_lock(&cx->config, TC_WEBCONFIG_SECURITY_POLICY, policy->key, &by) == TC_LOCK_DENY ||
        policy->lock == TC_LOCK_ALLOW)
        return;
    for (const struct tc_webconfig_section *trust = cx->config.first; trust != NULL && found == NULL;
         trust = trust->next)
        if (trust->id == TC_WEBCONFIG_TRUST && trust->lock == TC_LOCK_DENY && !is_full(cx, trust) &&
            tc_webconfig_within(trust->key, policy->key) &&
            tc_webconfig_lock(&cx->config, TC_WEBCONFIG_SECURITY_POLICY, trust->key, &by) != TC_LOCK_DENY)
            found = trust;
    if (found == NULL)
        return;
    diag = tc_check_report(check, TC_CHECK_POLICY_UNLOCKED, tc_webconfig_tag(cx->config.source, policy->element),
                           "<trust> is locked, <securityPolicy> is not: an application may say what its level means");
    tc_diag_label(check->diags, diag, tc_webconfig_lock_place(&cx->config, found), "only this is locked");
    tc_diag_note(check->diags, diag,
                 "an application that repeats <trustLevel> with the same policyFile has the file read from its own "
                 "directory");
    tc_diag_help(check->diags, diag, "lock both in one <location allowOverride=\"false\">");
    by = tc_webconfig_find(&cx->config, TC_WEBCONFIG_TRUST, policy->key);
    if (by == NULL || by->location != policy->location || !is_full(cx, by)) /* full trust for all is not to be locked */
        edit_lock(cx, diag, policy);
    diag->is_unsafe = true;
}

static bool
is_about_trust(const struct tc_webconfig_section *section)
{
    return section->id == TC_WEBCONFIG_TRUST || section->id == TC_WEBCONFIG_SECURITY_POLICY ||
           section->id == TC_WEBCONFIG_FULL_TRUST;
}

/* One finding for a location, not one for each section in it. */
static bool
is_first_of_location(const struct tc_webconfig_section *section, const struct tc_markup *previous)
{
    return section->location != NULL && section->location != previous;
}

void
tc_config_check_locks(struct tc_config_cx *cx)
{
    const struct tc_markup *seeming = NULL, *allowed = NULL;

    if (!cx->config.is_machine)
        return;
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next) {
        if (!is_about_trust(section) || tc_webconfig_find(&cx->config, section->id, section->key) != section)
            continue; /* a second one for the path is refused anyway */
        if (is_first_of_location(section, seeming)) {
            seeming = section->location;
            check_seeming(cx, section);
        }
        if (is_first_of_location(section, allowed) && section->lock == TC_LOCK_ALLOW) {
            allowed = section->location;
            check_allowed(cx, section);
        }
        if (section->id == TC_WEBCONFIG_TRUST)
            check_trust(cx, section);
        if (section->id == TC_WEBCONFIG_SECURITY_POLICY)
            check_policy(cx, section);
    }
}
