/* The other attributes: of <trust>, of assemblies that get full trust, of <identity> and <compilation>. */
#include "check/config_checks.h"

#include "base/ascii.h"

#include <string.h>

/* ---- <trust> ---- */

static void
ignored(struct tc_config_cx *cx, const struct tc_webconfig_section *trust, const char *name, const char *why)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(trust->element, name);
    struct tc_diag *diag;

    if (attr == NULL || attr->value.len == 0)
        return;
    diag = tc_check_report(check, TC_CHECK_TRUST_SETTING_IGNORED, tc_webconfig_attr_name(cx->config.source, attr),
                           "'%s' does nothing together with legacyCasModel=\"true\"", name);
    tc_diag_note(check->diags, diag, "%s", why);
}

static void
check_trust(struct tc_config_cx *cx, const struct tc_webconfig_section *trust)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *process = tc_markup_attr(trust->element, "processRequestInApplicationTrust"),
                                *resolver = tc_markup_attr(trust->element, "hostSecurityPolicyResolverType"),
                                *origin = tc_markup_attr(trust->element, "originUrl");
    struct tc_str value;
    struct tc_diag *diag;

    if (process != NULL && tc_str_eq_nocase(tc_str_trim(process->value), TC_STR("false"))) {
        diag = tc_check_report(check, TC_CHECK_REQUEST_TRUST, tc_webconfig_attr_value(cx->config.source, process),
                               "requests are not held to the application's trust %.*s",
                               TC_STR_ARG(tc_config_whom(cx, trust)));
        tc_diag_note(check->diags, diag,
                     "code of the framework that pages call with no code of theirs on the stack then runs with full "
                     "trust; the model of 4.0 ignores this setting");
        tc_diag_help(check->diags, diag, "leave it out, or write 'true'");
        tc_config_edit_value(cx, diag, process, TC_STR("true"));
    }
    if (cx->clr_is_known && cx->clr != TC_CLR_4_0) {
        ; /* all that follows is too new, which has been said */
    } else if (tc_webconfig_is_true(check->arena, trust->element, "legacyCasModel")) {
        ignored(cx, trust, "permissionSetName",
                "code groups name their sets themselves: it only says which set ASP.NET takes for its own checks");
        ignored(cx, trust, "hostSecurityPolicyResolverType", "only the model of 4.0 asks such a class");
    } else if (resolver != NULL && resolver->value.len > 0) {
        diag = tc_check_report(check, TC_CHECK_POLICY_RESOLVER, tc_webconfig_attr_value(cx->config.source, resolver),
                               "a class decides which assemblies get full trust, before the policy file is asked");
        if (tc_str_find(resolver->value, TC_STR(","), 0) == SIZE_MAX)
            tc_diag_note(check->diags, diag,
                         "'%.*s' names no assembly: where the class cannot be loaded no assembly can",
                         TC_STR_ARG(resolver->value));
    }
    if (origin != NULL && tc_webconfig_value(check->arena, trust->element, "originUrl", &value))
        for (size_t i = 0; i < value.len; i++)
            if (strchr("\"<>", value.ptr[i]) != NULL && value.ptr[i] != '\0') {
                diag = tc_check_report(check, TC_CHECK_ORIGIN_BREAKS_POLICY,
                                       tc_webconfig_attr_value(cx->config.source, origin),
                                       "'originUrl' has a '%c', which breaks the policy file", value.ptr[i]);
                tc_diag_note(check->diags, diag,
                             "it takes the place of $OriginHost$ in the text of the file as it stands, before that is "
                             "read");
                break;
            }
}

/* ---- lockAttributes ---- */

static void
check_lock_attributes(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    const struct tc_webconfig_info *info = tc_webconfig_info(section->id);
    const struct tc_markup_attr *attr = tc_markup_attr(section->element, "lockAttributes");
    size_t begin = 0, words = 0;

    for (size_t i = 0; attr != NULL && i <= attr->value.len; i++)
        words += i == attr->value.len || strchr(",;:", attr->value.ptr[i]) != NULL;
    for (size_t i = 0; attr != NULL && i <= attr->value.len; i++) {
        struct tc_str word;
        const struct tc_webconfig_attr *row;
        struct tc_diag *diag;
        size_t at;

        if (i < attr->value.len && strchr(",;:", attr->value.ptr[i]) == NULL)
            continue;
        word = tc_str_trim(tc_str_sub(attr->value, begin, i - begin));
        at = begin + (word.len > 0 ? (size_t)(word.ptr - attr->value.ptr) - begin : 0);
        begin = i + 1;
        row = tc_webconfig_attr(info, word);
        if (word.len == 0 || tc_str_eq(word, TC_STR("*")) ||
            (row == NULL ? info->kind == TC_WEBCONFIG_OPEN_SECTION : !row->required))
            continue;
        at += attr->end - 1u - attr->value.len;
        diag = tc_check_report(check, TC_CHECK_LOCK_ATTRIBUTES, tc_check_span(check, at, at + word.len),
                               row == NULL ? "'%.*s' has no attribute '%.*s' to be locked"
                                           : "'%.*s' needs the attribute '%.*s': it cannot be locked",
                               TC_STR_ARG(section->element->name), TC_STR_ARG(word));
        if (row != NULL)
            tc_diag_help(check->diags, diag, "lock the section: put it into <location allowOverride=\"false\">");
        if (words == 1) {
            tc_config_edit_remove(cx, diag, attr);
            diag->is_unsafe = true;
        }
    }
}

/* ---- assemblies ---- */

/* What is wrong with a public key, with what comes of it; NULL: nothing. */
static const char *
key_fault(struct tc_str key, const char **ret_note)
{
    size_t digits = 0;

    for (size_t i = 0; i < key.len; i++) {
        if (tc_ascii_is_white(key.ptr[i]))
            continue;
        if (tc_ascii_hex(key.ptr[i]) < 0) {
            *ret_note = "every application with this list fails when it starts";
            return "has something in it that is no hexadecimal digit";
        }
        digits++;
    }
    *ret_note = "no assembly matches";
    if (digits == 16)
        return "is a public key token: the whole key is wanted, as 'sn -Tp' prints it";
    return digits % 2 != 0 ? "has an odd number of digits: one is lost or too many" : NULL;
}

/* System.Version: two to four numbers. */
static bool
is_version(struct tc_str text)
{
    size_t parts = 0, digits = 0;

    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && tc_ascii_is_digit(text.ptr[i])) {
            digits++;
            continue;
        }
        if (digits == 0 || digits > 9 || (i < text.len && text.ptr[i] != '.'))
            return false;
        parts++;
        digits = 0;
    }
    return parts >= 2 && parts <= 4;
}

static void
check_assembly(struct tc_config_cx *cx, const struct tc_markup *element, bool has_version, struct tc_map *seen)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *key = tc_markup_attr(element, "publicKey"),
                                *version = tc_markup_attr(element, "version"),
                                *name = tc_markup_attr(element, "assemblyName");
    const struct tc_markup *first;
    const char *fault, *note;
    struct tc_diag *diag;

    if (key != NULL && key->value.len > 0 && (fault = key_fault(key->value, &note)) != NULL) {
        diag = tc_check_report(check, TC_CHECK_ASSEMBLY_ENTRY, tc_webconfig_attr_value(cx->config.source, key),
                               "the public key %s", fault);
        tc_diag_note(check->diags, diag, "%s", note);
    }
    if (has_version && version != NULL && version->value.len > 0 && !is_version(version->value)) {
        diag = tc_check_report(check, TC_CHECK_ASSEMBLY_ENTRY, tc_webconfig_attr_value(cx->config.source, version),
                               "'%.*s' is no version: expected two to four numbers, as in 1.0.0.0",
                               TC_STR_ARG(version->value));
        tc_diag_note(check->diags, diag, "every application with this list fails when it starts");
    }
    if (name == NULL)
        return;
    first = tc_map_add(seen,
                       version == NULL ? name->value
                                       : tc_arena_printf(check->arena, "%.*s%.*s", TC_STR_ARG(name->value),
                                                         TC_STR_ARG(version->value)),
                       (void *)(uintptr_t)element);
    if (first == NULL || tc_markup_same(first, element))
        return;
    diag = tc_check_report(check, TC_CHECK_ENTRY_TWICE, tc_webconfig_attr_value(cx->config.source, name),
                           "the assembly '%.*s' is there twice, with different keys", TC_STR_ARG(name->value));
    tc_diag_label(check->diags, diag, tc_webconfig_place(cx->config.source, first, "assemblyName"), "the first one");
}

static void
check_assemblies(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_map seen;

    tc_map_init(&seen, cx->check->arena);
    for (const struct tc_markup *item = section->element->first; item != NULL; item = item->next)
        if (tc_markup_is(item, "add"))
            check_assembly(cx, item, section->id == TC_WEBCONFIG_FULL_TRUST, &seen);
        else if (tc_markup_is(item, "remove") || tc_markup_is(item, "clear"))
            tc_map_init(&seen, cx->check->arena);
}

/* ---- <identity>, <compilation> ---- */

static void
check_identity(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(section->element, "password");
    struct tc_diag *diag;

    if (attr == NULL || attr->value.len == 0 || tc_str_starts_nocase(attr->value, TC_STR("registry:")))
        return;
    diag = tc_check_report(check, TC_CHECK_IDENTITY_PASSWORD, tc_webconfig_attr_value(cx->config.source, attr),
                           "the password of an account in clear text");
    tc_diag_help(check->diags, diag,
                 "give the application pool that identity, or encrypt the section with aspnet_regiis -pef");
}

static void
check_temp_directory(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    struct tc_str value;
    struct tc_diag *diag;

    if (!tc_webconfig_value(check->arena, section->element, "tempDirectory", &value))
        return;
    value = tc_str_trim(value);
    if (value.len == 0 || tc_ascii_is_slash(value.ptr[0]) || (value.len > 1 && value.ptr[1] == ':'))
        return;
    diag = tc_check_report(check, TC_CHECK_TEMP_DIRECTORY,
                           tc_webconfig_place(cx->config.source, section->element, "tempDirectory"),
                           "'tempDirectory' must be an absolute path, not '%.*s'", TC_STR_ARG(value));
    tc_diag_note(check->diags, diag, "\"The 'tempDirectory' attribute must be set to a valid absolute path.\"");
}

/* ---- the other CONFIG directories ---- */

/* Where this file is one of several of its kind. */
static void
check_directories(struct tc_config_cx *cx, const struct tc_webconfig_section *lock)
{
    struct tc_check *check = cx->check;
    struct tc_str path = cx->config.source->name, part, folder = TC_STR("");
    struct tc_diag *diag;

    while (tc_str_next_part(&path, TC_STR_SLASHES, &part)) {
        bool is_64 = tc_str_eq_nocase(folder, TC_STR("Framework64"));

        for (int i = 0; i < TC_CLR_COUNT_; i++) {
            if (!tc_str_eq_nocase(part, tc_str_of(tc_clr_info((enum tc_clr)i)->directory)) ||
                !(is_64 || tc_str_eq_nocase(folder, TC_STR("Framework"))))
                continue;
            diag = tc_check_report(check, TC_CHECK_OTHER_DIRECTORIES, tc_webconfig_lock_place(&cx->config, lock),
                                   "this lock holds for %d-bit applications of %s alone", is_64 ? 64 : 32,
                                   tc_clr_info((enum tc_clr)i)->directory);
            tc_diag_help(check->diags, diag, "set it in %s\\%s and, where it is installed, for %s too",
                         is_64 ? "Framework" : "Framework64", tc_clr_info((enum tc_clr)i)->directory,
                         tc_clr_info(i == TC_CLR_4_0 ? TC_CLR_2_0 : TC_CLR_4_0)->directory);
            return;
        }
        folder = part;
    }
}

void
tc_config_check_settings(struct tc_config_cx *cx)
{
    const struct tc_webconfig_section *lock = NULL;

    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next) {
        if (section->id == TC_WEBCONFIG_COUNT_)
            continue;
        check_lock_attributes(cx, section);
        if (section->id == TC_WEBCONFIG_TRUST) {
            check_trust(cx, section);
            if (section->lock == TC_LOCK_DENY && lock == NULL)
                lock = section;
        }
        if (section->id == TC_WEBCONFIG_FULL_TRUST || section->id == TC_WEBCONFIG_VISIBLE)
            check_assemblies(cx, section);
        if (section->id == TC_WEBCONFIG_IDENTITY)
            check_identity(cx, section);
        if (section->id == TC_WEBCONFIG_COMPILATION)
            check_temp_directory(cx, section);
    }
    if (lock != NULL)
        check_directories(cx, lock);
}
