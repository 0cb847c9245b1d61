/* <location>: where it stands, what its path says, sections that come twice for one path. */
#include "check/config_checks.h"

#include "base/ascii.h"
#include "model/places.h"

#include <string.h>

static bool
is_location_edge(char c)
{
    return tc_ascii_is_white(c) || tc_ascii_is_slash(c) || c == '.';
}

/* Why .NET refuses @a path (aspnet-trust 3.3), as the end of a sentence; NULL when it does not. */
static const char *
path_fault(struct tc_str path)
{
    char first, last;

    if (path.len == 0 || tc_str_eq(path, TC_STR(".")))
        return NULL;
    first = path.ptr[0];
    last = path.ptr[path.len - 1];
    if (tc_ascii_is_white(first) || tc_ascii_is_white(last))
        return "begins or ends with a blank";
    if (is_location_edge(first))
        return "begins with '/', '\\' or '.'";
    if (is_location_edge(last))
        return "ends with '/', '\\' or '.'";
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '\\')
            return "has a '\\' where '/' separates its parts";
        if (strchr("?:*\"<>|", path.ptr[i]) != NULL)
            return "has one of ? : * \" < > |, which no location path may have";
    }
    return NULL;
}

/* @a path as it was certainly meant; empty when that cannot be told. */
static struct tc_str
mended_path(struct tc_arena *arena, struct tc_str path)
{
    struct tc_str result;
    char *bytes;

    if (path.len > 1 && path.ptr[0] == '~' && path.ptr[1] == '/')
        path = tc_str_sub(path, 2, SIZE_MAX);
    while (path.len > 0 && is_location_edge(path.ptr[0]))
        path = tc_str_sub(path, 1, SIZE_MAX);
    while (path.len > 0 && is_location_edge(path.ptr[path.len - 1]))
        path.len--;
    for (size_t i = 0; i < path.len; i++)
        if (strchr("?:*\"<>|&", path.ptr[i]) != NULL)
            return TC_STR("");
    result = tc_arena_str(arena, path);
    bytes = tc_arena_array(arena, char, result.len + 1);
    if (bytes == NULL)
        return TC_STR("");
    for (size_t i = 0; i < result.len; i++)
        bytes[i] = result.ptr[i] == '\\' ? '/' : result.ptr[i];
    return (struct tc_str){bytes, result.len};
}

/* False when something is wrong with it. */
static bool
check_path(struct tc_config_cx *cx, const struct tc_markup *location)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(location, "path");
    struct tc_str path, mended;
    const char *fault;
    struct tc_diag *diag;
    bool is_app_relative;

    if (attr == NULL)
        return true;
    path = tc_markup_value(check->arena, attr->value);
    is_app_relative = path.len > 0 && path.ptr[0] == '~';
    fault = is_app_relative ? "begins with '~', which only addresses in pages know" : path_fault(path);
    if (fault == NULL)
        return true;
    diag = tc_check_report(check, TC_CHECK_LOCATION_PATH, tc_webconfig_attr_value(cx->config.source, attr),
                           "the path '%.*s' %s", TC_STR_ARG(path), fault);
    mended = mended_path(check->arena, path);
    if (cx->config.is_machine)
        tc_diag_help(check->diags, diag,
                     "here it is the name of the site, then the path of the application, as in "
                     "'Default Web Site/app'");
    if (mended.len > 0 && path_fault(mended) == NULL) {
        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(mended));
        tc_config_edit_value(cx, diag, attr, mended);
    }
    return false;
}

/* ---- sites ---- */

/* The site that IIS makes when it is installed (general knowledge); its ID is 1. */
#define FIRST_SITE "Default Web Site"

static struct tc_str
without_blanks(struct tc_arena *arena, struct tc_str text)
{
    char *bytes = tc_arena_array(arena, char, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; bytes != NULL && i < text.len; i++)
        if (text.ptr[i] != ' ')
            bytes[len++] = text.ptr[i];
    return (struct tc_str){bytes, len};
}

static void
check_site(struct tc_config_cx *cx, const struct tc_markup *location)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(location, "path");
    struct tc_str path, site;
    struct tc_span span;
    struct tc_diag *diag;

    if (attr == NULL)
        return;
    path = attr->value;
    if (!tc_str_is(path, ".") && tc_location_fault(path) != NULL) {
        diag = tc_check_report(check, TC_CHECK_LOCATION_SITE, tc_webconfig_attr_value(cx->config.source, attr),
                               "'%.*s' is never applied: %s", TC_STR_ARG(path), tc_location_fault(path));
        tc_diag_help(check->diags, diag, "write the path as IIS has it");
        return;
    }
    if (!cx->config.is_machine)
        return;
    site = tc_str_sub(path, 0, tc_str_find(path, TC_STR("/"), 0));
    span = tc_webconfig_attr_value(cx->config.source, attr);
    span.end = span.begin + (uint32_t)site.len;
    if (tc_str_eq_nocase(site, TC_STR("W3SVC"))) {
        diag = tc_check_report(check, TC_CHECK_LOCATION_SITE, span,
                               "'%.*s' is an address of the IIS metabase, not a location path", TC_STR_ARG(path));
        tc_diag_help(check->diags, diag, "begin with the name of the site or with its ID, as in '1/app'");
        return;
    }
    for (size_t i = 0; i < site.len; i++)
        if (tc_ascii_is_digit(site.ptr[i]))
            return; /* "Default Web Site 2" is a site */
    if (site.len < 12 || tc_str_eq_nocase(site, TC_STR(FIRST_SITE)) ||
        (tc_str_distance(site, TC_STR(FIRST_SITE), 2) > 2 &&
         !tc_str_eq_nocase(without_blanks(check->arena, site), without_blanks(check->arena, TC_STR(FIRST_SITE)))))
        return;
    diag = tc_check_report(check, TC_CHECK_LOCATION_SITE, span, "is there a site '%.*s'?", TC_STR_ARG(site));
    tc_diag_note(check->diags, diag, "where there is none, this is never applied, and nothing says so");
    tc_diag_help(check->diags, diag, "did you mean '%s'?", FIRST_SITE);
    tc_diag_edit(check->diags, diag, span, "%s", FIRST_SITE);
    diag->is_unsafe = true;
}

/* "app" beside "Default Web Site/app": the site was forgotten. */
static void
check_without_site(struct tc_config_cx *cx)
{
    struct tc_check *check = cx->check;
    struct tc_map whole, sites;

    tc_map_init(&whole, check->arena);
    tc_map_init(&sites, check->arena);
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next)
        if (tc_str_last_part(section->key, "/").len < section->key.len) {
            tc_map_add(&whole, tc_str_last_part(section->key, "/"), (void *)(uintptr_t)section);
            tc_map_add(&sites, tc_str_sub(section->key, 0, tc_str_find(section->key, TC_STR("/"), 0)), &sites);
        }
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next) {
        const struct tc_webconfig_section *other = tc_map_get(&whole, section->key);
        struct tc_diag *diag;

        if (section->id != TC_WEBCONFIG_TRUST || section->key.len == 0 || other == NULL ||
            tc_map_get(&sites, section->key) != NULL)
            continue;
        diag = tc_check_report(check, TC_CHECK_LOCATION_SITE,
                               tc_webconfig_place(cx->config.source, section->location, "path"),
                               "is '%.*s' a site, or an application?", TC_STR_ARG(section->path));
        tc_diag_label(check->diags, diag, tc_webconfig_place(cx->config.source, other->location, "path"),
                      "this one has the name of its site in front");
        tc_diag_note(check->diags, diag,
                     "the first part of a path is a site: where there is none, this is never applied, and nothing says "
                     "so");
    }
}

/* ---- both kinds of lock ---- */

static void
check_modes(struct tc_config_cx *cx, const struct tc_markup *location)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *allow = tc_markup_attr(location, "allowOverride"),
                                *mode = tc_markup_attr(location, "overrideMode");
    struct tc_diag *diag;
    bool mode_denies;

    if (allow == NULL || mode == NULL)
        return;
    mode_denies = tc_str_eq_nocase(mode->value, TC_STR("Deny"));
    diag = tc_check_report(check, TC_CHECK_LOCATION_TWO_MODES, tc_webconfig_attr_name(cx->config.source, mode),
                           "'overrideMode' and 'allowOverride' cannot stand together");
    tc_diag_label(check->diags, diag, tc_webconfig_attr_name(cx->config.source, allow), "the other one");
    tc_diag_help(check->diags, diag, "keep the one that locks, or 'overrideMode' when neither does");
    /* What locks stays: a file that is refused now must not come back with less. */
    if (mode_denies || !tc_str_eq_nocase(allow->value, TC_STR("false")))
        tc_config_edit_remove(cx, diag, tc_str_eq_nocase(mode->value, TC_STR("Allow")) ? mode : allow);
    else
        tc_config_edit_remove(cx, diag, mode);
}

static void
check_inherit(struct tc_config_cx *cx, const struct tc_markup *location)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(location, "inheritInChildApplications");
    struct tc_str path = {NULL, 0};
    struct tc_diag *diag;

    tc_webconfig_value(check->arena, location, "path", &path);
    if (attr == NULL || !cx->config.is_machine || !tc_str_eq(attr->value, TC_STR("false")) ||
        (path.len > 0 && !tc_str_eq(path, TC_STR("."))))
        return;
    diag = tc_check_report(check, TC_CHECK_LOCATION_CHILDREN, tc_webconfig_attr_value(cx->config.source, attr),
                           "at the level of the machine everything below is a child application");
    tc_diag_help(check->diags, diag, "give the location a path, or leave this attribute out");
    tc_config_edit_remove(cx, diag, attr);
    diag->is_unsafe = true; /* what was to hold here alone then holds below as well */
}

static void
check_location(struct tc_config_cx *cx, const struct tc_markup *location)
{
    struct tc_check *check = cx->check;
    const struct tc_markup *parent = location->parent;

    if (tc_markup_is(parent, "location") || tc_markup_is(parent, "system.web") ||
        tc_markup_is(parent, "system.webServer")) {
        struct tc_diag *diag =
            tc_check_report(check, TC_CHECK_LOCATION_NESTED, tc_webconfig_tag(cx->config.source, location),
                            "a location cannot stand in '%.*s'", TC_STR_ARG(parent->name));

        tc_diag_label(check->diags, diag, tc_webconfig_tag(cx->config.source, parent), "it stands in this");
        tc_diag_help(check->diags, diag, "move it out: it is a child of <configuration>");
        return;
    }
    if (parent->kind == TC_MARKUP_ELEMENT && !tc_markup_is(parent, "configuration"))
        return;
    if (check_path(cx, location))
        check_site(cx, location);
    check_modes(cx, location);
    check_inherit(cx, location);
}

/* ---- twice ---- */

static void
check_twice(struct tc_config_cx *cx)
{
    struct tc_check *check = cx->check;
    struct tc_map seen;

    tc_map_init(&seen, check->arena);
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next) {
        struct tc_str key = section->key.len == 0
                                ? section->element->name
                                : tc_arena_printf(check->arena, "%.*s %.*s", TC_STR_ARG(section->element->name),
                                                  TC_STR_ARG(section->key));
        const struct tc_markup *first = tc_map_add(&seen, key, (void *)(uintptr_t)section->element);
        struct tc_diag *diag;

        /* <caching> and its like are groups: their sections would have to be compared. */
        if (first == NULL || (section->id == TC_WEBCONFIG_COUNT_ && section->element->attrs == NULL))
            continue;
        diag = tc_check_report(check, TC_CHECK_SECTION_TWICE, tc_webconfig_tag(cx->config.source, section->element),
                               "a second '%.*s' %.*s", TC_STR_ARG(section->element->name),
                               TC_STR_ARG(tc_config_whom(cx, section)));
        tc_diag_label(check->diags, diag, tc_webconfig_tag(cx->config.source, first), "the first one");
        if (section->path.len > 0)
            tc_diag_note(check->diags, diag, "paths are compared without regard to letter case");
        tc_diag_help(check->diags, diag, "put what both say into one");
    }
}

void
tc_config_check_locations(struct tc_config_cx *cx)
{
    for (const struct tc_markup *item = cx->config.document->first; item != NULL; item = tc_markup_next(item))
        if (tc_markup_is(item, "location"))
            check_location(cx, item);
    if (cx->config.is_machine)
        check_without_site(cx);
    check_twice(cx);
}
