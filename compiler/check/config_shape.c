/* The vocabulary of configuration files: elements, attributes, values, and text where none may be. */
#include "check/config_checks.h"

#include <string.h>

/* ---- what an element is ---- */

static enum tc_webconfig_id
element_id(const struct tc_markup *element)
{
    const struct tc_markup *parent = element->parent;

    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++) {
        const struct tc_webconfig_info *info = tc_webconfig_info((enum tc_webconfig_id)i);

        if (tc_markup_is(element, info->name) &&
            (tc_markup_is(parent, info->parent) || parent->kind == TC_MARKUP_DOCUMENT))
            return (enum tc_webconfig_id)i;
    }
    return TC_WEBCONFIG_COUNT_;
}

/* Whether the table has elements in @a parent; the others in it are then unknown. */
static bool
is_closed(const struct tc_markup *parent)
{
    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++) {
        const struct tc_webconfig_info *info = tc_webconfig_info((enum tc_webconfig_id)i);

        if (info->kind == TC_WEBCONFIG_SECTION && tc_markup_is(parent, info->name))
            return tc_markup_is(parent->parent, info->parent);
    }
    return tc_markup_is(parent, "trustLevel") && tc_markup_is(parent->parent, "securityPolicy");
}

/* ---- attributes ---- */

static bool
is_reserved(struct tc_str name, enum tc_webconfig_kind kind, enum tc_webconfig_id id)
{
    static const char *const of_elements[] = {"lockAttributes", "lockElements", "lockAllAttributesExcept",
                                              "lockAllElementsExcept", "lockItem"};
    static const char *const of_sections[] = {"configSource", "configProtectionProvider"};

    if (tc_str_find(name, TC_STR(":"), 0) != SIZE_MAX || tc_str_eq(name, TC_STR("xmlns")))
        return true;
    for (size_t i = 0; i < sizeof of_elements / sizeof *of_elements && id != TC_WEBCONFIG_LOCATION; i++)
        if (tc_str_is(name, of_elements[i]))
            return true;
    for (size_t i = 0; i < sizeof of_sections / sizeof *of_sections && kind == TC_WEBCONFIG_SECTION; i++)
        if (tc_str_is(name, of_sections[i]))
            return true;
    return false;
}

static void
unknown_attribute(struct tc_config_cx *cx, const struct tc_markup *element, const struct tc_webconfig_info *info,
                  const struct tc_markup_attr *attr)
{
    struct tc_check *check = cx->check;
    struct tc_span span = tc_webconfig_attr_name(cx->config.source, attr);
    struct tc_config_near near = tc_config_near(attr->name);
    struct tc_diag *diag = tc_check_report(check, TC_CHECK_CONFIG_ATTRIBUTE, span, "'%.*s' has no attribute '%.*s'",
                                           TC_STR_ARG(element->name), TC_STR_ARG(attr->name));

    for (size_t i = 0; info != NULL && i < info->attribute_count; i++)
        tc_config_near_try(&near, tc_str_of(info->attributes[i].name));
    if (near.best.len > 0 && tc_str_eq_nocase(near.best, attr->name))
        tc_diag_help(check->diags, diag, "letter case counts: write '%.*s'", TC_STR_ARG(near.best));
    else if (near.best.len > 0)
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(near.best));
    else if (tc_webconfig_attr(tc_webconfig_info(TC_WEBCONFIG_LOCATION), attr->name) != NULL)
        tc_diag_help(check->diags, diag, "it belongs on a <location> around the section");
    else if (tc_webconfig_attr(tc_webconfig_info(TC_WEBCONFIG_TRUST), attr->name) != NULL)
        tc_diag_help(check->diags, diag, "it belongs on <trust>");
    if (near.best.len > 0) {
        for (const struct tc_markup_attr *other = element->attrs; other != NULL; other = other->next)
            if (tc_str_eq(other->name, near.best))
                return; /* there already: which of the two counts is not ours to say */
        tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(near.best));
    }
}

/* What @a raw should be; *ret_fix is empty when it cannot be told. */
static bool
value_is_fine(struct tc_config_cx *cx, enum tc_webconfig_value kind, struct tc_str raw, const char **ret_allowed,
              struct tc_str *ret_fix)
{
    static const char *const booleans[] = {"true", "false", NULL};
    static const char *const modes[] = {"Inherit", "Allow", "Deny", NULL};
    const char *const *words = kind == TC_WEBCONFIG_MODE ? modes : booleans;
    struct tc_str value = tc_markup_value(cx->check->arena, raw), trimmed = tc_str_trim(value);

    *ret_fix = TC_STR("");
    *ret_allowed = kind == TC_WEBCONFIG_MODE ? "'Inherit', 'Allow' or 'Deny'" : "'true' or 'false'";
    for (size_t i = 0; words[i] != NULL; i++) {
        struct tc_str word = tc_str_of(words[i]);

        if (tc_str_eq(value, word) || (kind == TC_WEBCONFIG_BOOL && tc_str_eq_nocase(trimmed, word)))
            return true;
        if (tc_str_eq_nocase(trimmed, word))
            *ret_fix = word;
    }
    return false;
}

static void
check_value(struct tc_config_cx *cx, const struct tc_webconfig_attr *row, const struct tc_markup_attr *attr)
{
    struct tc_check *check = cx->check;
    const char *allowed;
    struct tc_str fix;
    struct tc_diag *diag;

    if (row->value != TC_WEBCONFIG_BOOL && row->value != TC_WEBCONFIG_EXACT_BOOL && row->value != TC_WEBCONFIG_MODE)
        return;
    if (value_is_fine(cx, row->value, attr->value, &allowed, &fix))
        return;
    diag = tc_check_report(check, TC_CHECK_CONFIG_VALUE, tc_webconfig_attr_value(cx->config.source, attr),
                           "'%.*s' must be %s, not '%.*s'", TC_STR_ARG(attr->name), allowed, TC_STR_ARG(attr->value));
    if (fix.len > 0) {
        tc_diag_help(check->diags, diag, "letter case counts, and so do blanks: write '%.*s'", TC_STR_ARG(fix));
        tc_config_edit_value(cx, diag, attr, fix);
    } else if (row->value == TC_WEBCONFIG_MODE) {
        tc_diag_help(check->diags, diag, "'Deny' locks the sections in it, 'Allow' lets files below override them");
    }
}

static void
too_new(struct tc_config_cx *cx, const struct tc_markup_attr *attr, struct tc_span span, struct tc_str name,
        enum tc_since since)
{
    struct tc_check *check = cx->check;
    struct tc_diag *diag =
        tc_check_report(check, TC_CHECK_CONFIG_TOO_NEW, span, "'%.*s' came with %s, this file is for %s",
                        TC_STR_ARG(name), tc_since_name(since), tc_clr_info(cx->clr)->directory);

    tc_diag_note(check->diags, diag, "every application below this file fails");
    if (attr != NULL && tc_str_eq(attr->name, TC_STR("legacyCasModel"))) {
        tc_diag_help(check->diags, diag, "leave it out: that is the only model there is here");
        tc_config_edit_remove(cx, diag, attr);
    }
}

/* Of 1.1 and 2.0 only what came with 4.0 is certain: the files do not say which service pack they are for. */
static bool
is_too_new(const struct tc_config_cx *cx, enum tc_since since)
{
    return cx->clr_is_known && cx->clr != TC_CLR_4_0 && since == TC_SINCE_4_0;
}

static void
check_required(struct tc_config_cx *cx, const struct tc_markup *element, const struct tc_webconfig_attr *row)
{
    const struct tc_markup_attr *attr = tc_markup_attr(element, row->name);
    struct tc_check *check = cx->check;
    struct tc_str required = tc_str_of(row->name);
    struct tc_diag *diag;

    if (attr != NULL && attr->value.len > 0)
        return;
    for (const struct tc_markup_attr *other = element->attrs; other != NULL; other = other->next) {
        struct tc_config_near near = tc_config_near(other->name);

        tc_config_near_try(&near, required);
        if (tc_str_eq(other->name, TC_STR("configSource")) || (near.best.len > 0 && !tc_str_eq(other->name, required)))
            return; /* is elsewhere, or was meant by that one */
    }
    if (attr == NULL)
        diag = tc_check_report(check, TC_CHECK_CONFIG_REQUIRED, tc_webconfig_tag(cx->config.source, element),
                               "'%.*s' lacks the attribute '%s'", TC_STR_ARG(element->name), row->name);
    else
        diag = tc_check_report(check, TC_CHECK_CONFIG_REQUIRED, tc_webconfig_attr_value(cx->config.source, attr),
                               "'%s' of '%.*s' is empty", row->name, TC_STR_ARG(element->name));
    if (tc_str_eq(required, TC_STR("level")))
        tc_diag_note(check->diags, diag,
                     "a level that is empty counts as none: \"The application's configuration files must contain "
                     "'trust' section\"");
}

/* Whether what the section says stands in an <EncryptedData>. */
static bool
is_encrypted(const struct tc_markup *element)
{
    return tc_markup_attr(element, "configProtectionProvider") != NULL;
}

static void
check_attributes(struct tc_config_cx *cx, const struct tc_markup *element, enum tc_webconfig_id id)
{
    const struct tc_webconfig_info *info = tc_webconfig_info(id);

    if (info->kind == TC_WEBCONFIG_SECTION && is_too_new(cx, info->since)) {
        too_new(cx, NULL, tc_webconfig_tag(cx->config.source, element), element->name, info->since);
        return;
    }
    for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next) {
        const struct tc_webconfig_attr *row = tc_webconfig_attr(info, attr->name);

        if (row == NULL) {
            if (info->kind != TC_WEBCONFIG_OPEN_SECTION && !is_reserved(attr->name, info->kind, id))
                unknown_attribute(cx, element, info, attr);
            continue;
        }
        if (is_too_new(cx, row->since) && info->since != row->since)
            too_new(cx, attr, tc_webconfig_attr_name(cx->config.source, attr), attr->name, row->since);
        check_value(cx, row, attr);
    }
    for (size_t i = 0; i < info->attribute_count && !is_encrypted(element); i++)
        if (info->attributes[i].required)
            check_required(cx, element, &info->attributes[i]);
}

/* ---- elements ---- */

static void
unknown_element(struct tc_config_cx *cx, const struct tc_markup *element, const char *meant)
{
    struct tc_check *check = cx->check;
    struct tc_diag *diag =
        tc_check_report(check, TC_CHECK_CONFIG_ELEMENT, tc_webconfig_tag(cx->config.source, element),
                        "'%.*s' has no element '%.*s'", TC_STR_ARG(element->parent->name), TC_STR_ARG(element->name));

    if (meant != NULL) {
        tc_diag_help(check->diags, diag,
                     tc_str_eq_nocase(element->name, tc_str_of(meant)) ? "letter case counts: write '%s'"
                                                                       : "did you mean '%s'?",
                     meant);
        tc_config_edit_rename(cx, diag, element, meant);
    } else if (tc_markup_is(element->parent, "securityPolicy") &&
               (tc_markup_is(element, "add") || tc_markup_is(element, "remove") || tc_markup_is(element, "clear"))) {
        tc_diag_help(check->diags, diag,
                     "it holds <trustLevel> and nothing else; a level that is inherited cannot be removed");
    }
}

/* The name that the table has for a child of @a parent (NULL: of <system.web>) near @a name. */
static const char *
near_element(struct tc_str name, const char *parent)
{
    struct tc_config_near near = tc_config_near(name);

    if (near.limit > 1 && strcmp(parent, "system.web") == 0)
        near.limit = 1; /* it has many more sections than those of the table */
    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++) {
        const struct tc_webconfig_info *info = tc_webconfig_info((enum tc_webconfig_id)i);

        if (strcmp(info->parent, parent) == 0)
            tc_config_near_try(&near, tc_str_of(info->name));
    }
    return near.best.ptr;
}

/* An element that the table does not have in this place. */
static void
check_unknown(struct tc_config_cx *cx, const struct tc_markup *element)
{
    const struct tc_markup *parent = element->parent;
    const char *meant = NULL;
    char parent_name[32];

    if (is_closed(parent)) {
        memcpy(parent_name, parent->name.ptr, parent->name.len < 31 ? parent->name.len : 31);
        parent_name[parent->name.len < 31 ? parent->name.len : 31] = '\0';
        unknown_element(cx, element, near_element(element->name, parent_name));
        return;
    }
    if (tc_markup_is(parent, "system.web"))
        meant = near_element(element->name, "system.web");
    else if (tc_markup_is(parent, "configuration") || tc_markup_is(parent, "location"))
        meant = tc_str_eq_nocase(element->name, TC_STR("system.web")) ? "system.web"
                : tc_str_eq_nocase(element->name, TC_STR("location")) ? "location"
                                                                      : NULL;
    if (meant != NULL && !tc_str_is(element->name, meant))
        unknown_element(cx, element, meant);
}

/* Elements that hold sections or key and value pairs only, so that ours are certainly refused in them. */
static bool
is_no_place(const struct tc_markup *parent)
{
    static const char *const names[] = {"configuration",     "location",         "appSettings",
                                        "connectionStrings", "system.webServer", "configSections",
                                        "runtime",           "system.web",       "system.diagnostics"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tc_markup_is(parent, names[i]))
            return true;
    return tc_markup_is(parent->parent, "system.web");
}

/* Whether @a element stands where .NET looks for none of its kind. True when that was so. */
static bool
misplaced(struct tc_config_cx *cx, const struct tc_markup *element)
{
    struct tc_check *check = cx->check;
    const struct tc_markup *parent = element->parent;
    const char *wanted = NULL;
    struct tc_diag *diag;

    if (parent->kind == TC_MARKUP_DOCUMENT)
        return false;
    if (tc_markup_is(element, "system.web"))
        wanted = tc_markup_is(parent, "configuration") || tc_markup_is(parent, "location") ? NULL : "configuration";
    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++) {
        const struct tc_webconfig_info *info = tc_webconfig_info((enum tc_webconfig_id)i);

        if ((i == TC_WEBCONFIG_TRUST || i == TC_WEBCONFIG_SECURITY_POLICY || i == TC_WEBCONFIG_TRUST_LEVEL ||
             i == TC_WEBCONFIG_FULL_TRUST || i == TC_WEBCONFIG_VISIBLE) &&
            tc_markup_is(element, info->name) && !tc_markup_is(parent, info->parent))
            wanted = info->parent;
    }
    if (wanted == NULL || !is_no_place(parent))
        return false;
    diag = tc_check_report(check, TC_CHECK_CONFIG_MISPLACED, tc_webconfig_tag(cx->config.source, element),
                           "'%.*s' stands in '%.*s', where it is not known: its place is in '%s'",
                           TC_STR_ARG(element->name), TC_STR_ARG(parent->name), wanted);
    tc_diag_label(check->diags, diag, tc_webconfig_tag(cx->config.source, parent), "it stands in this");
    return true;
}

/* ---- text ---- */

/* What stands alone on its line goes with the line. */
static void
widen_to_line(struct tc_str text, size_t *begin, size_t *end)
{
    size_t first = *begin, last = *end;

    while (first > 0 && (text.ptr[first - 1] == ' ' || text.ptr[first - 1] == '\t'))
        first--;
    while (last < text.len && (text.ptr[last] == ' ' || text.ptr[last] == '\t'))
        last++;
    if (first == 0 || text.ptr[first - 1] != '\n' || last == text.len ||
        (text.ptr[last] != '\n' && text.ptr[last] != '\r'))
        return;
    last += text.ptr[last] == '\r' && last + 1 < text.len && text.ptr[last + 1] == '\n' ? 2 : 1;
    *begin = first;
    *end = last;
}

static void
check_text(struct tc_config_cx *cx, const struct tc_markup *text)
{
    struct tc_check *check = cx->check;
    const struct tc_markup *parent = text->parent;
    size_t begin = text->begin, end = text->end;
    const char *bytes = cx->config.source->text.ptr;
    struct tc_diag *diag;

    if (!is_closed(parent) && !tc_markup_is(parent, "configuration") && !tc_markup_is(parent, "location") &&
        !tc_markup_is(parent, "system.web"))
        return;
    while (begin < end && (unsigned char)bytes[begin] <= ' ')
        begin++;
    while (end > begin && (unsigned char)bytes[end - 1] <= ' ')
        end--;
    diag = tc_check_report(check, TC_CHECK_CONFIG_TEXT, tc_check_span(check, begin, end), "text in '%.*s'",
                           TC_STR_ARG(parent->name));
    tc_diag_help(check->diags, diag, "remove it, or make it a comment");
    widen_to_line(cx->config.source->text, &begin, &end);
    tc_diag_edit(check->diags, diag, tc_check_span(check, begin, end), "%s", "");
}

static void
check_element(struct tc_config_cx *cx, const struct tc_markup *element)
{
    enum tc_webconfig_id id = element_id(element);

    if (misplaced(cx, element) || (tc_markup_is(element, "EncryptedData") && is_encrypted(element->parent)))
        return;
    if (id != TC_WEBCONFIG_COUNT_)
        check_attributes(cx, element, id);
    else
        check_unknown(cx, element);
    if (tc_markup_is(element, "system.web"))
        for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next)
            if (tc_webconfig_attr(tc_webconfig_info(TC_WEBCONFIG_LOCATION), attr->name) != NULL)
                unknown_attribute(cx, element, NULL, attr);
}

static void
check_root(struct tc_config_cx *cx)
{
    const struct tc_markup *root = cx->config.root;
    struct tc_diag *diag;

    if (tc_markup_is(root, "configuration"))
        return;
    diag = tc_check_report(cx->check, TC_CHECK_CONFIG_ROOT, tc_webconfig_tag(cx->config.source, root),
                           "the outermost element is '%.*s', not 'configuration'", TC_STR_ARG(root->name));
    if (tc_str_eq_nocase(root->name, TC_STR("configuration")))
        tc_diag_help(cx->check->diags, diag, "letter case counts: write 'configuration'");
    else
        tc_diag_help(cx->check->diags, diag, "a piece of a configuration file stands in <configuration>");
}

void
tc_config_check_shape(struct tc_config_cx *cx)
{
    check_root(cx);
    for (const struct tc_markup *item = cx->config.document->first; item != NULL; item = tc_markup_next(item))
        if (item->kind == TC_MARKUP_ELEMENT)
            check_element(cx, item);
        else if ((item->kind == TC_MARKUP_TEXT || item->kind == TC_MARKUP_CDATA) &&
                 item->parent->kind == TC_MARKUP_ELEMENT)
            check_text(cx, item);
}
