/* Code groups: who gets what, and who could pass for somebody else. */
#include "check/grants.h"
#include "model/membership.h"
#include "model/path.h"
#include "model/pset_algebra.h"
#include "model/url_string.h"

/* Sets of the framework's own that let code leave the sandbox. Source: policy-file 6, 7. */
static const enum tc_builtin_set_id powerful_sets[] = {TC_BUILTIN_SET_FULL_TRUST, TC_BUILTIN_SET_EVERYTHING,
                                                       TC_BUILTIN_SET_SKIP_VERIFICATION};

/* A walk over the groups. */
struct walk {
    struct tc_check *check;
    const struct tc_policy *policy;
    struct tc_grants places; /* for looking things up in the text */
    bool is_sharepoint;
};

static bool
is_application(const struct tc_policy *policy)
{
    /* a file without the set that pages get says nothing of an application: Reporting Services */
    return policy->set_count > 0 && (policy->sets[0]->count > 0 || policy->sets[0]->unrestricted);
}

/* ---- what is granted ---- */

static const struct tc_pset *
set_of(const struct walk *w, const struct tc_group *group)
{
    if (group->inline_set != NULL)
        return group->inline_set;
    return group->grants_main ? w->policy->sets[0] : tc_policy_find_set(w->policy, group->set_name);
}

static struct tc_span
group_span(const struct walk *w, const struct tc_group *group)
{
    return tc_check_own(w->check, group->span, group->condition.span, w->policy->span);
}

/* The name of the set where the group says it. False: it is not one of the framework's own, or is said elsewhere. */
static bool
powerful_set(const struct walk *w, const struct tc_group *group, const char **ret_name, struct tc_span *ret_span)
{
    struct tc_span span = group_span(w, group);

    if (group->inline_set != NULL || group->grants_main)
        return false;
    for (size_t i = 0; i < sizeof powerful_sets / sizeof *powerful_sets; i++) {
        struct tc_str name = tc_builtin_set_name(powerful_sets[i]);

        if (!tc_str_eq(group->set_name, name))
            continue;
        *ret_name = name.ptr;
        *ret_span = span;
        if (w->places.is_source)
            return tc_grants_word(&w->places, span, name, ret_span) || true;
        if (!tc_grants_attribute(&w->places, span, tc_attr_name(TC_ATTR_PERMISSION_SET_NAME).ptr, ret_span))
            return !w->is_sharepoint;
        return tc_str_eq(tc_grants_text(&w->places, *ret_span), name); /* else a set of the file that is as much */
    }
    return false;
}

/* The rest of the statement of a source that @a span begins. */
static struct tc_span
statement(const struct walk *w, struct tc_span span)
{
    const struct tc_source *source = w->check->file->source;
    struct tc_str rest = tc_str_sub(source->text, span.begin - source->base, SIZE_MAX);
    bool quoted = false;
    size_t end = 0;

    for (; end < rest.len && (quoted || (rest.ptr[end] != ';' && rest.ptr[end] != '{')); end++)
        quoted ^= rest.ptr[end] == '"';
    return (struct tc_span){span.begin, span.begin + (uint32_t)end};
}

static struct tc_span
condition_span(const struct walk *w, const struct tc_group *group, size_t argument)
{
    struct tc_span span = tc_check_own(w->check, group->condition.span, group->span, w->policy->span), found;
    const char *name = tc_condition_info(group->condition.kind)->arguments[argument].xml;

    if (!w->places.is_source)
        return tc_grants_attribute(&w->places, span, name, &found) ? found : span;
    return tc_grants_word(&w->places, statement(w, span), group->condition.values[argument], &found) ? found : span;
}

/* ---- who it is for ---- */

enum origin {
    FROM_ELSEWHERE_UNKNOWN, /* nothing that is judged here */
    FROM_APPLICATION,       /* the application's own directory */
    FROM_GENERATED,         /* what ASP.NET compiles for it */
    FROM_DIRECTORY,         /* a directory of the server */
    FROM_DRIVE,             /* any file of it */
    FROM_SHARE,             /* another machine's files */
    FROM_WEB,               /* http: nobody knows whom it comes from */
    FROM_WEB_SECURE,        /* https */
    FROM_SITE,
    FROM_ZONE,
    FROM_LOCAL, /* zone MyComputer */
    FROM_ANYWHERE,
};

static enum origin
origin_of_url(const struct walk *w, struct tc_str url, struct tc_url_string *ret_url)
{
    struct tc_throw thrown;

    *ret_url = (struct tc_url_string){.port = -1};
    if (tc_str_starts(url, tc_token_text(TC_TOKEN_APP_DIR_URL)))
        return FROM_APPLICATION;
    if (tc_str_starts(url, tc_token_text(TC_TOKEN_CODE_GEN)))
        return FROM_GENERATED;
    if (tc_str_starts(url, TC_STR("$")))
        return FROM_ELSEWHERE_UNKNOWN;
    if (tc_url_string_parse(w->check->arena, url, ret_url, &thrown) != TC_YES)
        return FROM_ELSEWHERE_UNKNOWN;
    if (tc_str_eq_nocase(ret_url->protocol, TC_STR("https")))
        return FROM_WEB_SECURE;
    if (!ret_url->is_file)
        return FROM_WEB;
    if (ret_url->site.text.len > 1 && ret_url->site.text.ptr[1] != ':' && ret_url->site.text.ptr[1] != '|')
        return FROM_SHARE;
    if (ret_url->directory.count == 0 ||
        (ret_url->directory.count == 1 && tc_str_eq(ret_url->directory.parts[0], TC_STR("*"))))
        return FROM_DRIVE;
    return FROM_DIRECTORY;
}

static enum origin
origin_of(const struct walk *w, const struct tc_membership *condition, struct tc_url_string *ret_url)
{
    const struct tc_enum_value *zone;

    switch (condition->kind) {
    case TC_CONDITION_ALL:
        return FROM_ANYWHERE;
    case TC_CONDITION_URL:
        return origin_of_url(w, condition->values[0], ret_url);
    case TC_CONDITION_SITE:
        return FROM_SITE;
    case TC_CONDITION_APPLICATION_DIRECTORY:
        return FROM_APPLICATION;
    case TC_CONDITION_ZONE:
        zone = tc_enum_find(tc_enum(TC_ENUM_ZONE), condition->values[0]);
        return zone != NULL && zone->value == 0 ? FROM_LOCAL : FROM_ZONE;
    case TC_CONDITION_STRONG_NAME:
    case TC_CONDITION_HASH:
    case TC_CONDITION_PUBLISHER:
    case TC_CONDITION_GAC:
    case TC_CONDITION_COUNT_:
        break;
    }
    return FROM_ELSEWHERE_UNKNOWN;
}

static bool
is_proof(const struct tc_membership *condition)
{
    return condition->kind == TC_CONDITION_STRONG_NAME || condition->kind == TC_CONDITION_HASH ||
           condition->kind == TC_CONDITION_PUBLISHER || condition->kind == TC_CONDITION_GAC ||
           condition->kind == TC_CONDITION_COUNT_;
}

/* Whether the application's set lets it write there; *ret_path is the grant that does. */
static bool
is_writable(const struct walk *w, enum origin origin, const struct tc_url_string *url, struct tc_str *ret_path)
{
    const struct tc_perm *perm = tc_pset_find(w->policy->sets[0], tc_class(TC_CLASS_FILE_IO));
    struct tc_str place = TC_STR("");

    if (perm == NULL)
        return false;
    if (perm->unrestricted) {
        *ret_path = TC_STR("unrestricted FileIO");
        return true;
    }
    if (origin == FROM_DIRECTORY && !tc_url_string_directory(w->check->arena, url, &place))
        return false;
    while (place.len > 3 && (tc_str_ends(place, TC_STR("\\")) || tc_str_ends(place, TC_STR("*"))))
        place.len--;
    for (size_t f = TC_FIELD_FILE_IO_WRITE; f <= TC_FIELD_FILE_IO_APPEND; f++) {
        const struct tc_list *list = &perm->values[f].list;

        if (!perm->values[f].present)
            continue;
        *ret_path = TC_STR("every file");
        if (list->all || list->all_local)
            return true;
        for (uint32_t i = 0; i < list->count; i++) {
            *ret_path = list->items[i].text;
            if (origin == FROM_APPLICATION
                    ? tc_str_starts(*ret_path, tc_token_text(TC_TOKEN_APP_DIR))
                    : place.len > 0 && (tc_path_covers(place, *ret_path) || tc_path_covers(*ret_path, place)))
                return true;
        }
    }
    return false;
}

/* ---- the rules ---- */

static void
check_writable(struct walk *w, const char *set, struct tc_span span, enum origin origin, struct tc_str path)
{
    struct tc_diag *diag;

    if (origin == FROM_GENERATED)
        diag = tc_check_report(w->check, TC_CHECK_FULL_TRUST_WRITABLE, span,
                               "'%s' for what ASP.NET compiles: every page that the application has, or writes itself, "
                               "is fully trusted",
                               set);
    else
        diag = tc_check_report(w->check, TC_CHECK_FULL_TRUST_WRITABLE, span,
                               "'%s' for a directory that the application may write ('%.*s'): an assembly that it "
                               "leaves there is fully trusted",
                               set, TC_STR_ARG(path));
    tc_diag_help(w->check->diags, diag,
                 "grant the application's own set here, and trust single assemblies by strong name, or from the global "
                 "assembly cache");
}

static bool
check_full_trust(struct walk *w, const struct tc_group *group, enum origin origin, const struct tc_url_string *url)
{
    const char *set, *whom = NULL;
    struct tc_span span;
    struct tc_str path = TC_STR("");
    struct tc_diag *diag;

    if (!powerful_set(w, group, &set, &span))
        return false;
    switch (origin) {
    case FROM_ANYWHERE:
        whom = "all code, wherever it comes from, the application's own included";
        break;
    case FROM_LOCAL:
        whom = "all code on the server, the application's own included";
        break;
    case FROM_ZONE:
        whom = "all code of a zone, whoever wrote it";
        break;
    case FROM_SITE:
    case FROM_WEB:
    case FROM_WEB_SECURE:
        whom = "whatever a Web site hands out";
        break;
    case FROM_SHARE:
        whom = "whatever lies on another machine's share";
        break;
    case FROM_DRIVE:
        whom = "all code on a drive, the application's own perhaps included";
        break;
    case FROM_APPLICATION:
    case FROM_DIRECTORY:
    case FROM_GENERATED:
        if (!is_application(w->policy))
            return true;
        if (origin == FROM_GENERATED || is_writable(w, origin, url, &path)) {
            check_writable(w, set, span, origin, path);
            return true;
        }
        if (origin == FROM_DIRECTORY)
            return true;
        diag = tc_check_report(w->check, TC_CHECK_POWERFUL_SET, span,
                               "'%s' for the application's own code: it leaves the sandbox", set);
        tc_diag_help(w->check->diags, diag, "grant the application's own set");
        return true;
    case FROM_ELSEWHERE_UNKNOWN:
        return true;
    }
    diag = tc_check_report(w->check, TC_CHECK_FULL_TRUST_BY_ORIGIN, span, "'%s' for %s", set, whom);
    tc_diag_help(w->check->diags, diag,
                 "grant Nothing here, and trust single assemblies in groups below by strong name, name included");
    return true;
}

static void
check_key(struct walk *w, const struct tc_group *group, bool proven)
{
    const struct tc_membership *condition = &group->condition;
    struct tc_span span;
    struct tc_diag *diag;
    const char *set;

    if (proven || condition->kind != TC_CONDITION_STRONG_NAME || condition->values[1].len > 0 ||
        !powerful_set(w, group, &set, &span) || tc_public_key_is_platform(w->check->arena, condition->values[0]))
        return;
    diag = tc_check_report(w->check, TC_CHECK_FULL_TRUST_KEY, condition_span(w, group, 0),
                           "this gives '%s' to all that was and will be signed with this key", set);
    tc_diag_label(w->check->diags, diag, span, "granted here");
    tc_diag_help(w->check->diags, diag, "name the assembly: %s",
                 w->places.is_source ? "strongname \"...\" name \"Contoso.Data\"" : "Name=\"Contoso.Data\"");
}

static bool
is_from_elsewhere(enum origin origin)
{
    return origin == FROM_WEB || origin == FROM_WEB_SECURE || origin == FROM_SITE || origin == FROM_ZONE ||
           origin == FROM_SHARE;
}

/* More for a stranger than for the application. */
static void
check_stranger(struct walk *w, const struct tc_group *group, enum origin origin)
{
    const struct tc_pset *set = set_of(w, group);
    const struct tc_grant_set *inner, *outer;
    struct tc_throw thrown;
    struct tc_diag *diag;

    if (set == NULL || !is_application(w->policy) || w->policy->sets[0]->unrestricted || !is_from_elsewhere(origin) ||
        set == w->policy->sets[0])
        return;
    inner = tc_grant_set_of(w->check->arena, set);
    outer = tc_grant_set_of(w->check->arena, w->policy->sets[0]);
    if (inner == NULL || outer == NULL ||
        (!set->unrestricted && tc_grant_set_subset(w->check->arena, NULL, inner, outer, &thrown) != TC_NO))
        return;
    diag = tc_check_report(w->check, TC_CHECK_MORE_FOR_STRANGERS, condition_span(w, group, 0),
                           "code from '%.*s' gets more than the application itself",
                           TC_STR_ARG(group->condition.values[0]));
    tc_diag_help(w->check->diags, diag, "grant it Nothing, or less than '%.*s'", TC_STR_ARG(w->policy->sets[0]->name));
}

static bool
grants_nothing(const struct walk *w, const struct tc_group *group)
{
    const struct tc_pset *set = set_of(w, group);

    if (set != NULL)
        return !set->unrestricted && set->count == 0;
    return tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING));
}

static void
check_group(struct walk *w, const struct tc_group *group, bool proven)
{
    struct tc_url_string url = {.port = -1};
    enum origin origin = origin_of(w, &group->condition, &url);
    struct tc_diag *diag;

    check_key(w, group, proven);
    if (proven || is_proof(&group->condition) || grants_nothing(w, group) || group->kind == TC_GROUP_NET ||
        group->kind == TC_GROUP_FILE || check_full_trust(w, group, origin, &url))
        return;
    if (origin != FROM_WEB) {
        check_stranger(w, group, origin);
        return;
    }
    diag = tc_check_report(w->check, TC_CHECK_HTTP_GROUP, condition_span(w, group, 0),
                           "code from '%.*s' is trusted for its address, which anybody on the way can answer for",
                           TC_STR_ARG(group->condition.values[0]));
    tc_diag_help(w->check->diags, diag, "keep the assembly on the server; over the network trust its strong name");
}

static void
walk_groups(struct walk *w, const struct tc_group *group, bool proven)
{
    for (; group != NULL; group = group->next) {
        if (group->is_raw)
            continue;
        if (!w->places.is_source || tc_grants_text(&w->places, group->span).len > 0) /* not those of its base */
            check_group(w, group, proven);
        walk_groups(w, group->children, proven || is_proof(&group->condition));
    }
}

void
tc_grants_groups(struct tc_check *check, const struct tc_policy *policy)
{
    struct walk w = {.check = check,
                     .policy = policy,
                     .places = {.check = check,
                                .policy = policy,
                                .span = policy->span,
                                .is_source = check->file->kind == TC_FILE_SOURCE},
                     .is_sharepoint = check->file->kind == TC_FILE_SHAREPOINT};

    if (policy->root == NULL || policy->set_count == 0)
        return;
    if (w.is_sharepoint)
        walk_groups(&w, policy->root->children, false);
    else
        walk_groups(&w, policy->root, false);
}
