/* Who runs what: pools, their identities, anonymous users. */
#include "plan/internal.h"

#include <stdalign.h>

/* ---- names ---- */

static size_t
utf16_length(struct tc_str text)
{
    size_t units = 0, len;
    uint32_t c;

    for (size_t i = 0; (len = tc_utf8_next(text, i, &c)) > 0; i += len)
        units += c != TC_UTF8_BAD && c > 0xffff ? 2 : 1;
    return units;
}

/* Report what Windows or IIS would refuse of @a text, a part of the name at @a span. */
static bool
check_name(struct tc_maker *m, enum tc_name_id id, struct tc_str text, struct tc_span span)
{
    const struct tc_name_rule *rule = tc_name_rule(id);
    struct tc_diag *diag;

    if (text.len == 0) {
        tc_diag_add(m->diags, tc_code(TC_CODE_PLAN_NAME), span, "the name of %s is empty", rule->what);
        return false;
    }
    if (utf16_length(text) > rule->longest) {
        diag = tc_diag_add(m->diags, tc_code(TC_CODE_PLAN_NAME), span, "'%.*s' is too long for the name of %s",
                           TC_STR_ARG(text), rule->what);
        tc_diag_help(m->diags, diag, "Windows takes at most %zu characters", rule->longest);
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c >= 0x20 && c != 0x7f && strchr(rule->characters, c) == NULL)
            continue;
        tc_diag_add(m->diags, tc_code(TC_CODE_PLAN_NAME), span, "'%.*s' cannot be the name of %s: '%c' stands in it",
                    TC_STR_ARG(text), rule->what, c < 0x20 || c == 0x7f ? '?' : c);
        return false;
    }
    return true;
}

/* "DOMAIN\name", "name" or "name@domain". */
static bool
check_account(struct tc_maker *m, const struct tc_said *said)
{
    size_t slash = tc_str_find(said->text, TC_STR("\\"), 0), at = tc_str_find(said->text, TC_STR("@"), 0);

    if (slash != SIZE_MAX) {
        bool domain = check_name(m, TC_NAME_DOMAIN, tc_str_sub(said->text, 0, slash), said->span);

        return check_name(m, TC_NAME_ACCOUNT, tc_str_sub(said->text, slash + 1, SIZE_MAX), said->span) && domain;
    }
    return at == SIZE_MAX ? check_name(m, TC_NAME_ACCOUNT, said->text, said->span)
                          : check_name(m, TC_NAME_DOMAIN, said->text, said->span);
}

/* The principal of an account that somebody made: the one of its first spelling. NULL when out of memory. */
static struct tc_maker_principal *
account_principal(struct tc_maker *m, const struct tc_said *said)
{
    struct tc_account account = tc_account_of(m->arena, m->model->server_name, said->text);
    struct tc_maker_principal *known = tc_map_get(&m->spellings, account.key);

    if (known == NULL) {
        known = tc_maker_principal(m, said->text, TC_STR(""), TC_PRINCIPAL_ACCOUNT, said->span);
        if (known != NULL)
            tc_map_add(&m->spellings, account.key, known);
    }
    return known;
}

/* ---- identities ---- */

static const char virtual_domain[] = "IIS AppPool\\";

static struct tc_principal *
virtual_account(struct tc_maker *m, struct tc_str pool, struct tc_span span)
{
    struct tc_maker_principal *principal =
        tc_maker_principal(m, tc_arena_printf(m->arena, "%s%.*s", virtual_domain, TC_STR_ARG(pool)), TC_STR(""),
                           TC_PRINCIPAL_VIRTUAL, span);

    return principal == NULL ? NULL : &principal->pub;
}

/* The account that a pool of @a app runs as; NULL with a gap or an error, or when out of memory. */
static struct tc_principal *
identity_of(struct tc_maker *m, const struct tc_application *app)
{
    const struct tc_iis_info *iis = m->plan->iis;
    const struct tc_said *said = &app->identity;
    struct tc_str word = said->text.len > 0 ? said->text : tc_str_of(iis->identity);
    const struct tc_built_in *built_in = tc_built_in_find(word);
    struct tc_str prefix = tc_str_of(virtual_domain);
    struct tc_maker_principal *principal;
    struct tc_diag *diag;

    if (word.len == 0) {
        tc_maker_gap(m, app, app->pool.span, TC_STR("rights of its pool"),
                     "the source does not say which account the pool '%.*s' runs as, and the choice of IIS %s is one "
                     "account for all: write pool NAME identity \"ACCOUNT\";",
                     TC_STR_ARG(app->pool.text), iis->version);
        return NULL;
    }
    if (built_in != NULL && built_in->refused != NULL) {
        tc_maker_gap(m, app, said->span, TC_STR("rights of its pool"), "the pool runs as %.*s: %s", TC_STR_ARG(word),
                     built_in->refused);
        return NULL;
    }
    if (built_in != NULL || tc_str_starts_nocase(word, prefix)) {
        if (!tc_iis_since(iis, 7) ||
            (built_in == NULL && !tc_str_eq_nocase(tc_str_sub(word, prefix.len, SIZE_MAX), app->pool.text))) {
            diag = tc_diag_add(m->diags, tc_code(TC_CODE_PLAN_CONFLICT), said->span,
                               "the pool '%.*s' cannot run as '%.*s'", TC_STR_ARG(app->pool.text), TC_STR_ARG(word));
            tc_diag_help(m->diags, diag, "%s",
                         tc_iis_since(iis, 7) ? "that is another pool's account; write \"ApplicationPoolIdentity\""
                                              : "IIS 6.0 has no accounts of pools: name an account of its own");
            return NULL;
        }
        return virtual_account(m, app->pool.text, said->text.len > 0 ? said->span : app->pool.span);
    }
    if (!check_account(m, said))
        return NULL;
    principal = account_principal(m, said);
    return principal == NULL ? NULL : &principal->pub;
}

/* ---- pools ---- */

/* The framework as a pool knows it: "v2.0" of "v2.0.50727". */
static const char *
pool_runtime(struct tc_maker *m, enum tc_runtime runtime)
{
    const char *directory = tc_clr_info(tc_framework_info(tc_runtime_info(runtime)->framework)->clr)->directory;
    const char *dot = strchr(strchr(directory, '.') + 1, '.');

    return tc_arena_str(m->arena, (struct tc_str){directory, (size_t)(dot - directory)}).ptr;
}

static void
report_conflict(struct tc_maker *m, const struct tc_plan_pool *pool, const struct tc_application *app,
                struct tc_span span, const char *what, struct tc_str here, struct tc_str there)
{
    struct tc_diag *diag =
        tc_diag_add(m->diags, tc_code(TC_CODE_PLAN_CONFLICT), span, "the pool '%.*s' is given the %s '%.*s' here",
                    TC_STR_ARG(app->pool.text), what, TC_STR_ARG(here));

    tc_diag_label(m->diags, diag, pool->span, "'%.*s' here", TC_STR_ARG(there));
    tc_diag_help(m->diags, diag, "give '%.*s' a pool of its own", TC_STR_ARG(app->name));
}

static bool
is_name_of(struct tc_maker *m, struct tc_str said, const struct tc_principal *who)
{
    struct tc_str server = m->model->server_name;

    return tc_str_eq_nocase(said, who->name) ||
           tc_str_eq(tc_account_of(m->arena, server, said).key, tc_account_of(m->arena, server, who->name).key);
}

/* @a app joins a pool that another application has named. */
static void
join_pool(struct tc_maker *m, const struct tc_plan_pool *pool, const struct tc_application *app, const char *runtime)
{
    const struct tc_str said = app->identity.text;

    if (strcmp(pool->runtime, runtime) != 0)
        report_conflict(m, pool, app, app->pool.span, "framework", tc_str_of(runtime), tc_str_of(pool->runtime));
    if (said.len > 0 && !is_name_of(m, said, pool->identity) &&
        !(pool->identity->kind == TC_PRINCIPAL_VIRTUAL && tc_built_in_find(said) != NULL))
        report_conflict(m, pool, app, app->identity.span, "identity", said, pool->identity->name);
}

static const struct tc_plan_pool *
pool_of(struct tc_maker *m, const struct tc_application *app)
{
    struct tc_str folded = tc_str_fold(m->arena, app->pool.text);
    struct tc_plan_pool *pool = tc_map_get(&m->pools, folded);
    const char *runtime = pool_runtime(m, app->runtime);
    struct tc_principal *identity;

    if (m->arena->failed)
        return NULL;
    if (app->pool.text.len == 0) {
        tc_maker_gap(m, app, app->span, TC_STR("its pool and all rights"),
                     "the source does not say in which pool it runs: write pool NAME identity \"ACCOUNT\";");
        return NULL;
    }
    if (pool != NULL) {
        join_pool(m, pool, app, runtime);
        return pool;
    }
    if (!check_name(m, TC_NAME_POOL, app->pool.text, app->pool.span))
        return NULL;
    identity = identity_of(m, app);
    pool = tc_arena_new(m->arena, struct tc_plan_pool);
    if (identity == NULL || pool == NULL)
        return NULL;
    identity->runs_pool = true;
    *pool =
        (struct tc_plan_pool){.name = app->pool.text, .identity = identity, .runtime = runtime, .span = app->pool.span};
    tc_map_add(&m->pools, folded, pool);
    m->pool_list[m->plan->pool_count++] = pool;
    return pool;
}

/* ---- anonymous users ---- */

static const struct tc_principal *
anonymous_of(struct tc_maker *m, const struct tc_application *app, const struct tc_plan_pool *pool)
{
    const struct tc_said *said = &app->anonymous;
    const struct tc_built_in *built_in = tc_built_in_find(said->text);
    struct tc_maker_principal *principal;

    if (said->text.len == 0) {
        if (app->authentication != TC_AUTHENTICATION_WINDOWS)
            tc_maker_gap(m, app, app->span, TC_STR("rights of its anonymous user"),
                         "the source does not say who it is: until it does, visitors without an account are refused; "
                         "write anonymous \"ACCOUNT\";");
        return NULL;
    }
    if (built_in != NULL && built_in->refused != NULL) {
        tc_maker_gap(m, app, said->span, TC_STR("rights of its anonymous user"), "%s: %s", built_in->word,
                     built_in->refused);
        return NULL;
    }
    if (built_in != NULL) {
        if (tc_iis_since(m->plan->iis, 7))
            return pool->identity;
        tc_diag_add(m->diags, tc_code(TC_CODE_PLAN_CONFLICT), said->span,
                    "IIS 6.0 has no accounts of pools: name an account of its own");
        return NULL;
    }
    if (!check_account(m, said))
        return NULL;
    principal = account_principal(m, said);
    if (principal == NULL)
        return NULL;
    principal->pub.is_anonymous = true;
    return &principal->pub;
}

/* ---- applications ---- */

static void
place_application(struct tc_maker *m, size_t index)
{
    const struct tc_application *app = m->model->applications[index];
    struct tc_plan_application *planned = &m->applications[index];
    size_t slash = tc_str_find(app->location.text, TC_STR("/"), 0);

    *planned = (struct tc_plan_application){
        .application = app, .site = tc_str_sub(app->location.text, 0, slash), .path = TC_STR("/"), .compression = -1};
    if (slash != SIZE_MAX)
        planned->path = tc_str_sub(app->location.text, slash, SIZE_MAX);
}

static void
plan_identities(struct tc_maker *m, size_t index)
{
    struct tc_plan_application *planned = &m->applications[index];
    const struct tc_application *app = planned->application;
    struct tc_plan_gap *gap;

    if (planned->pool == NULL && app->identity.text.len == 0)
        planned->pool = pool_of(m, app);
    if (planned->pool == NULL)
        return;
    planned->anonymous = anonymous_of(m, app, planned->pool);
    if (app->authentication == TC_AUTHENTICATION_WINDOWS) {
        gap =
            tc_maker_gap(m, app, app->span, TC_STR("rights of the users who log on"),
                         "the source does not name them: let a group of theirs read %.*s", TC_STR_ARG(app->root.text));
        if (gap != NULL && app->impersonate == 1)
            gap->may = TC_STR("may open files as the users who log on");
    }
    if (app->policy == NULL || tc_policy_is_full(app->policy)) {
        gap = tc_maker_gap(
            m, app, app->span, TC_STR("rights beyond reading its own content"),
            "it is fully trusted, so no grant says what it needs: give it a policy, or give the rights by hand");
        if (gap != NULL)
            gap->may = TC_STR("may do anything with every file");
    }
}

bool
tc_plan_accounts(struct tc_maker *m)
{
    const struct tc_iis_info *iis = m->plan->iis;
    size_t count = m->model->application_count, always_count;
    const struct tc_always *always = tc_plan_always(&always_count);
    struct tc_maker_principal *group;

    for (size_t i = 0; i < always_count; i++)
        tc_maker_principal(m, tc_str_of(always[i].name), tc_str_of(always[i].sid), TC_PRINCIPAL_WELL_KNOWN, TC_NOWHERE);
    group = tc_maker_principal(m, tc_str_of(iis->group), tc_str_of(iis->group_sid), TC_PRINCIPAL_GROUP, TC_NOWHERE);
    m->applications = tc_arena_array(m->arena, struct tc_plan_application, count);
    m->pool_list = tc_arena_array(m->arena, struct tc_plan_pool *, count);
    if (group == NULL || m->applications == NULL || m->pool_list == NULL)
        return false;
    m->plan->group = &group->pub;
    m->plan->application_count = count;
    for (size_t i = 0; i < count; i++)
        place_application(m, i);
    for (size_t i = 0; i < count; i++) /* one application of a pool may say for all what it runs as */
        if (m->applications[i].application->identity.text.len > 0)
            m->applications[i].pool = pool_of(m, m->applications[i].application);
    for (size_t i = 0; i < count; i++)
        plan_identities(m, i);
    return !m->arena->failed;
}
