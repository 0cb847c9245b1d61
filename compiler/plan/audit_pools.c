/* Pools and applications of IIS, held against the plan. */
#include "plan/audit_parts.h"

struct look {
    struct tc_audit *audit;
    const struct tc_iis_config *config;
    struct tc_map users;   /* folded pool -> struct tc_iis_application, the first of the plan in it */
    struct tc_map planned; /* folded location -> struct tc_plan_application */
    struct tc_map roots;   /* folded directory of an application of the plan -> the application */
    struct tc_map above;   /* folded directory above one of these -> the application */
    struct tc_map pools;   /* folded pool of the plan -> the first application in it */
    struct tc_map owners;  /* folded identity -> struct tc_iis_pool, the first of the plan under it */
};

static struct tc_str
fold(const struct look *look, struct tc_str text)
{
    return tc_str_fold(look->audit->arena, text);
}

/* In the file, at @a value; where that is not said, at @a otherwise. */
static struct tc_span
place(const struct tc_iis_value *value, struct tc_span otherwise)
{
    return value->span.begin != 0 ? value->span : otherwise;
}

static void
label(const struct look *look, struct tc_diag *diag, const struct tc_application *app, const struct tc_said *said)
{
    tc_diag_label(look->audit->diags, diag, said->span.begin != 0 ? said->span : app->span,
                  "the application in the source");
}

static void
say_unseen(struct look *look, struct tc_span span, const char *what, struct tc_str name, const char *how)
{
    struct tc_diag *diag = tc_diag_add(look->audit->diags, tc_code(TC_CODE_POOL_UNSEEN), span,
                                       "no file shows %s '%.*s'", what, TC_STR_ARG(name));

    tc_diag_help(look->audit->diags, diag, "%s", how);
    tc_audit_unseen(look->audit);
}

/* ---- pools ---- */

/* The pool that an application of the server runs in. */
static struct tc_iis_value
pool_of(const struct look *look, const struct tc_iis_application *app)
{
    struct tc_iis_value pool = app->pool.is_said ? app->pool : look->config->default_pool;

    if (!pool.is_said)
        pool.text = TC_STR("DefaultAppPool"); /* the schema's default */
    return pool;
}

static const struct tc_iis_pool *
find_pool(const struct look *look, struct tc_str name)
{
    return tc_map_get(&look->config->by_pool, fold(look, name));
}

/* The account of a pool as Windows names it; empty when no file shows it. */
static struct tc_str
identity_of(const struct look *look, const struct tc_iis_pool *pool)
{
    const struct tc_iis_config *config = look->config;
    struct tc_str type = pool->type.is_said ? pool->type.text : config->default_type.text;
    struct tc_str user = pool->user.is_said ? pool->user.text : config->default_user.text;
    const struct tc_built_in *account;

    if (type.len == 0 && !config->has_identities) /* appcmd leaves out what is not set at the pool itself */
        return type;
    if (type.len == 0) {
        const char *own = look->audit->plan->iis->identity;

        type = tc_str_of(own != NULL ? own : "NetworkService");
    }
    if (tc_str_eq(type, TC_STR("SpecificUser")))
        return user;
    account = tc_built_in_find(type);
    if (account == NULL || account->name == NULL)
        return tc_arena_printf(look->audit->arena, "IIS AppPool\\%.*s", TC_STR_ARG(pool->name.text));
    return tc_str_of(account->name);
}

static enum tc_rule_id
rule_of_identity(const struct tc_audit_account *account)
{
    return account->known != NULL && account->known->kind == TC_ACCOUNT_POWERFUL ? TC_RULE_POWERFUL_IDENTITY
                                                                                 : TC_RULE_SHARED_IDENTITY;
}

static void
check_identity(struct look *look, const struct tc_plan_application *planned, const struct tc_iis_pool *pool)
{
    struct tc_audit *audit = look->audit;
    const struct tc_application *app = planned->application;
    struct tc_str identity = identity_of(look, pool);
    const struct tc_iis_value *value = pool->user.is_said ? &pool->user : &pool->type;
    struct tc_audit_account *account;
    enum tc_rule_id rule;
    struct tc_diag *diag;

    if (identity.len == 0) {
        say_unseen(look, pool->name.span, "the identity of the pool", pool->name.text,
                   "appcmd list apppool /config:* /xml");
        return;
    }
    account = tc_audit_account(audit, identity);
    if (account == NULL || (planned->pool != NULL && account->principal == planned->pool->identity))
        return;
    rule = rule_of_identity(account);
    diag = tc_diag_add(
        audit->diags, tc_code(rule == TC_RULE_POWERFUL_IDENTITY ? TC_CODE_POOL_POWERFUL : TC_CODE_POOL_ACCOUNT),
        place(value, pool->name.span), "the pool '%.*s' runs as '%.*s'%s%.*s%s", TC_STR_ARG(pool->name.text),
        TC_STR_ARG(account->name), planned->pool != NULL ? ", in the plan as '" : "",
        TC_STR_ARG(planned->pool != NULL ? planned->pool->identity->name : TC_STR("")),
        planned->pool != NULL ? "'" : ", and the plan has no account for it");
    label(look, diag, app, app->identity.span.begin != 0 ? &app->identity : &app->pool);
    if (planned->pool != NULL && planned->pool->identity->kind == TC_PRINCIPAL_VIRTUAL)
        tc_diag_help(audit->diags, diag,
                     "appcmd set apppool \"%.*s\" /processModel.identityType:ApplicationPoolIdentity",
                     TC_STR_ARG(pool->name.text));
    tc_audit_finding(audit, diag, rule);
}

/* Two pools under one account, where at least one is that of an application of the plan. */
static void
check_owner(struct look *look, const struct tc_iis_pool *pool)
{
    struct tc_audit *audit = look->audit;
    struct tc_str identity = identity_of(look, pool);
    struct tc_audit_account *account = identity.len == 0 ? NULL : tc_audit_account(audit, identity);
    const struct tc_iis_pool *other;
    struct tc_diag *diag;

    if (account == NULL)
        return;
    other = tc_map_get(&look->owners, fold(look, account->name));
    if (other == NULL || other == pool)
        return;
    diag = tc_diag_add(audit->diags, tc_code(TC_CODE_POOL_SHARED),
                       place(pool->user.is_said ? &pool->user : &pool->type, pool->name.span),
                       "the pools '%.*s' and '%.*s' run as one account, '%.*s'", TC_STR_ARG(other->name.text),
                       TC_STR_ARG(pool->name.text), TC_STR_ARG(account->name));
    tc_diag_label(audit->diags, diag, other->name.span, "the other pool");
    tc_diag_help(audit->diags, diag, "give each pool an account of its own");
    tc_audit_finding(audit, diag, TC_RULE_SHARED_IDENTITY);
}

/* ---- applications of the plan ---- */

static const struct tc_plan_application *
planned_at(const struct look *look, struct tc_str location)
{
    return tc_map_get(&look->planned, fold(look, location));
}

static bool
same_pool(const struct tc_plan_application *a, const struct tc_plan_application *b)
{
    return a != NULL && b != NULL && a->pool != NULL && a->pool == b->pool;
}

/* The application of the plan that the server has in the pool @a name as well, and the source has not; NULL: none. */
static const struct tc_iis_application *
company_of(const struct look *look, const struct tc_plan_application *planned, const struct tc_iis_application *app,
           struct tc_str name)
{
    const struct tc_iis_application *first = tc_map_get(&look->users, fold(look, name));

    /* strangers are spoken of by themselves */
    return first == NULL || first == app || same_pool(planned, planned_at(look, first->location)) ? NULL : first;
}

static void
help_pool(struct look *look, struct tc_diag *diag, const struct tc_plan_application *planned)
{
    struct tc_str location = planned->application->location.text;

    tc_diag_help(look->audit->diags, diag, "appcmd set app \"%.*s%s\" /applicationPool:\"%.*s\"", TC_STR_ARG(location),
                 tc_str_find(location, TC_STR("/"), 0) == SIZE_MAX ? "/" : "", TC_STR_ARG(planned->pool->name));
    tc_audit_finding(look->audit, diag, TC_RULE_SHARED_POOL);
}

static void
say_shared(struct look *look, const struct tc_plan_application *planned, const struct tc_iis_application *app,
           const struct tc_iis_application *other, const struct tc_iis_value *pool)
{
    struct tc_audit *audit = look->audit;
    struct tc_diag *diag = tc_diag_add(audit->diags, tc_code(TC_CODE_POOL_SHARED), place(pool, app->span),
                                       "'%.*s' and '%.*s' share the pool '%.*s'", TC_STR_ARG(other->location),
                                       TC_STR_ARG(app->location), TC_STR_ARG(pool->text));

    label(look, diag, planned->application, &planned->application->pool);
    tc_diag_label(audit->diags, diag, place(&other->pool, other->span), "the other application");
    if (planned->pool != NULL)
        help_pool(look, diag, planned);
    else
        tc_audit_finding(audit, diag, TC_RULE_SHARED_POOL);
}

static void
say_other_pool(struct look *look, const struct tc_plan_application *planned, const struct tc_iis_application *app,
               const struct tc_iis_value *pool)
{
    struct tc_diag *diag =
        tc_diag_add(look->audit->diags, tc_code(TC_CODE_POOL_OTHER), place(pool, app->span),
                    "'%.*s' runs in the pool '%.*s', in the plan in '%.*s'", TC_STR_ARG(app->location),
                    TC_STR_ARG(pool->text), TC_STR_ARG(planned->pool->name));

    label(look, diag, planned->application, &planned->application->pool);
    help_pool(look, diag, planned);
}

static void
check_pool(struct look *look, const struct tc_plan_application *planned, const struct tc_iis_application *app)
{
    struct tc_iis_value value = pool_of(look, app);
    const struct tc_iis_pool *pool = find_pool(look, value.text);
    const struct tc_iis_application *company = company_of(look, planned, app, value.text);
    bool is_other = planned->pool != NULL && !tc_str_eq(fold(look, value.text), fold(look, planned->pool->name));

    if (!look->config->has_applications)
        say_unseen(look, app->span, "the pool of", app->location, "appcmd list app /xml");
    else if (company != NULL)
        say_shared(look, planned, app, company, &value);
    else if (is_other) /* the identity is that other pool's own matter */
        say_other_pool(look, planned, app, &value);
    else if (pool != NULL)
        check_identity(look, planned, pool);
    else
        say_unseen(look, place(&value, app->span), "the pool", value.text, "appcmd list apppool /config:* /xml");
}

static bool
same_directory(struct look *look, struct tc_str a, struct tc_str b)
{
    return tc_str_eq(tc_audit_without_end(fold(look, a)), tc_audit_without_end(fold(look, b)));
}

static void
check_root(struct look *look, const struct tc_application *source, const struct tc_iis_application *app)
{
    struct tc_audit *audit = look->audit;
    struct tc_diag *diag;

    if (!app->root.is_said) {
        say_unseen(look, app->span, "the directory of", app->location, "appcmd list vdir /xml");
        return;
    }
    if (source->root.text.len == 0 || same_directory(look, app->root.text, source->root.text))
        return;
    diag = tc_diag_add(audit->diags, tc_code(TC_CODE_POOL_ROOT), app->root.span,
                       "'%.*s' lies in '%.*s', in the source in '%.*s'", TC_STR_ARG(app->location),
                       TC_STR_ARG(app->root.text), TC_STR_ARG(source->root.text));
    label(look, diag, source, &source->root);
    tc_diag_note(audit->diags, diag, "neither its grants nor the rights of the plan are about that directory");
    tc_audit_finding(audit, diag, TC_RULE_COUNT_);
}

static void
check_anonymous(struct look *look, const struct tc_plan_application *planned, const struct tc_iis_application *app)
{
    struct tc_audit *audit = look->audit;
    const struct tc_iis_setting *setting = tc_iis_setting_for(look->config->anonymous, app->location);
    const struct tc_application *source = planned->application;
    struct tc_audit_account *account;
    struct tc_str user = setting == NULL ? TC_STR("IUSR") : setting->value.text; /* IUSR: the schema's default */
    struct tc_diag *diag;

    if (planned->anonymous == NULL)
        return;
    if (setting == NULL && !look->config->has_settings) {
        say_unseen(
            look, app->span, "the anonymous user of", app->location,
            "applicationHost.config, or appcmd list config \"SITE/APPLICATION\" /section:anonymousAuthentication "
            "/xml");
        return;
    }
    if (user.len == 0 && planned->pool != NULL) /* the identity of the pool */
        user = planned->pool->identity->name;
    account = tc_audit_account(audit, user);
    if (account == NULL || account->principal == planned->anonymous)
        return;
    diag = tc_diag_add(audit->diags, tc_code(TC_CODE_POOL_ANONYMOUS),
                       setting == NULL ? app->span : place(&setting->value, app->span),
                       "the anonymous user of '%.*s' is '%.*s', in the plan '%.*s'", TC_STR_ARG(app->location),
                       TC_STR_ARG(account->name), TC_STR_ARG(planned->anonymous->name));
    label(look, diag, source, &source->anonymous);
    tc_audit_finding(audit, diag, TC_RULE_SHARED_ANONYMOUS);
}

static void
say_cache(struct look *look, struct tc_span span, const char *what, struct tc_str is, struct tc_str planned,
          const struct tc_plan_application *app, enum tc_rule_id rule)
{
    struct tc_diag *diag = tc_diag_add(look->audit->diags, tc_code(TC_CODE_POOL_CACHE), span,
                                       "%s is '%.*s', in the plan '%.*s'", what, TC_STR_ARG(is), TC_STR_ARG(planned));

    if (app != NULL)
        label(look, diag, app->application, &app->application->templates);
    tc_audit_finding(look->audit, diag, rule);
}

static void
check_templates(struct look *look, const struct tc_plan_application *planned, const struct tc_iis_application *app)
{
    const struct tc_iis_setting *setting = tc_iis_setting_for(look->config->templates, app->location);

    if (planned->templates.len == 0 || (setting == NULL && !look->config->has_settings))
        return;
    if (setting == NULL)
        say_cache(look, app->span, "the ASP template cache", TC_STR("that of the server"), planned->templates, planned,
                  TC_RULE_SHARED_TEMPLATE_CACHE);
    else if (!same_directory(look, setting->value.text, planned->templates))
        say_cache(look, setting->value.span, "the ASP template cache", setting->value.text, planned->templates, planned,
                  TC_RULE_SHARED_TEMPLATE_CACHE);
}

static void
check_application(struct look *look, const struct tc_plan_application *planned)
{
    const struct tc_application *source = planned->application;
    const struct tc_iis_application *app = tc_map_get(&look->config->by_location, fold(look, source->location.text));

    if (app == NULL) {
        say_unseen(look, source->span, "the application", source->location.text,
                   "appcmd list app /xml and appcmd list vdir /xml, or applicationHost.config");
        return;
    }
    check_pool(look, planned, app);
    check_root(look, source, app);
    check_anonymous(look, planned, app);
    check_templates(look, planned, app);
}

/* ---- applications that the plan does not know ---- */

static void
say_stranger(struct look *look, const struct tc_iis_application *app, struct tc_span span, const char *what,
             struct tc_str where, const struct tc_application *whose, enum tc_rule_id rule)
{
    struct tc_diag *diag = tc_diag_add(look->audit->diags, tc_code(TC_CODE_POOL_STRANGER), span,
                                       "'%.*s', which the source does not name, %s '%.*s' of '%.*s'",
                                       TC_STR_ARG(app->location), what, TC_STR_ARG(where), TC_STR_ARG(whose->name));

    tc_diag_label(look->audit->diags, diag, whose->span, "the application in the source");
    tc_diag_help(look->audit->diags, diag, "move it, or write an application for it");
    tc_audit_finding(look->audit, diag, rule);
}

/* The application of the plan whose directory @a root is, lies in, or lies above. */
static const struct tc_plan_application *
owner_of(struct look *look, struct tc_str root)
{
    struct tc_str path = tc_audit_without_end(fold(look, root));
    const struct tc_plan_application *found = tc_map_get(&look->above, path);

    while (found == NULL && path.len > 0) {
        found = tc_map_get(&look->roots, path);
        do
            path.len--;
        while (path.len > 0 && path.ptr[path.len] != '\\');
    }
    return found;
}

static void
check_stranger(struct look *look, const struct tc_iis_application *app)
{
    struct tc_iis_value pool = pool_of(look, app);
    const struct tc_plan_application *owner =
        look->config->has_applications ? tc_map_get(&look->pools, fold(look, pool.text)) : NULL;

    if (owner != NULL)
        say_stranger(look, app, place(&pool, app->span), "runs in the pool", pool.text, owner->application,
                     TC_RULE_SHARED_POOL);
    owner = app->root.is_said ? owner_of(look, app->root.text) : NULL;
    if (owner != NULL)
        say_stranger(look, app, app->root.span, "shares the directory", app->root.text, owner->application,
                     TC_RULE_NESTED_ROOT);
}

/* ---- all of it ---- */

static void
add_planned(struct look *look, const struct tc_plan_application *planned)
{
    void *value = (void *)(uintptr_t)planned;
    struct tc_str root = tc_audit_without_end(fold(look, planned->application->root.text));

    tc_map_add(&look->planned, fold(look, planned->application->location.text), value);
    if (planned->pool != NULL)
        tc_map_add(&look->pools, fold(look, planned->pool->name), value);
    if (root.len == 0)
        return;
    tc_map_add(&look->roots, root, value);
    while (--root.len > 0)
        if (root.ptr[root.len] == '\\')
            tc_map_add(&look->above, tc_audit_without_end(root), value);
}

static void
add_owner(struct look *look, const struct tc_iis_pool *pool)
{
    struct tc_str identity = pool == NULL ? TC_STR("") : identity_of(look, pool);
    struct tc_audit_account *account = identity.len == 0 ? NULL : tc_audit_account(look->audit, identity);

    if (account != NULL)
        tc_map_add(&look->owners, fold(look, account->name), (void *)(uintptr_t)pool);
}

static void
prepare(struct look *look)
{
    const struct tc_plan *plan = look->audit->plan;

    for (size_t i = 0; i < plan->application_count; i++)
        add_planned(look, &plan->applications[i]);
    for (size_t i = 0; i < plan->pool_count; i++)
        add_owner(look, find_pool(look, plan->pools[i]->name));
    for (struct tc_iis_application *app = look->config->applications; app != NULL; app = app->next) {
        struct tc_iis_value value = pool_of(look, app);

        if (planned_at(look, app->location) == NULL)
            continue;
        tc_map_add(&look->users, fold(look, value.text), app);
        add_owner(look, find_pool(look, value.text));
    }
}

static void
check_compression(struct look *look)
{
    const struct tc_plan *plan = look->audit->plan;
    const struct tc_iis_value *folder = &look->config->compression;

    for (size_t i = 0; i < plan->acl_count; i++)
        if (plan->acls[i].kind == TC_ACL_COMPRESSION && folder->is_said &&
            !same_directory(look, folder->text, plan->acls[i].path))
            say_cache(look, folder->span, "the folder of compressed files", folder->text, plan->acls[i].path, NULL,
                      TC_RULE_SHARED_COMPRESSION);
}

enum tc_status
tc_audit_server(struct tc_audit *audit, const struct tc_iis_config *config)
{
    struct look look = {.audit = audit, .config = config};

    tc_map_init(&look.users, audit->arena);
    tc_map_init(&look.roots, audit->arena);
    tc_map_init(&look.above, audit->arena);
    tc_map_init(&look.pools, audit->arena);
    tc_map_init(&look.planned, audit->arena);
    tc_map_init(&look.owners, audit->arena);
    prepare(&look);
    for (size_t i = 0; i < audit->plan->application_count && !audit->arena->failed; i++)
        check_application(&look, &audit->plan->applications[i]);
    for (const struct tc_iis_pool *pool = config->pools; pool != NULL && !audit->arena->failed; pool = pool->next)
        check_owner(&look, pool);
    for (const struct tc_iis_application *app = config->applications; app != NULL && !audit->arena->failed;
         app = app->next)
        if (planned_at(&look, app->location) == NULL)
            check_stranger(&look, app);
    check_compression(&look);
    return audit->arena->failed ? TC_ERR_NOMEM : TC_OK;
}
