/* The plan as a whole: what each part of it is made from, in order. */
#include "model/path.h"
#include "plan/internal.h"

struct tc_plan_gap *
tc_maker_gap(struct tc_maker *m, const struct tc_application *app, struct tc_span span, struct tc_str what,
             const char *because, ...)
{
    struct tc_plan_gap *gaps =
        tc_arena_more(m->arena, struct tc_plan_gap, m->gaps, m->plan->gap_count, &m->gap_capacity, 16);
    va_list args;

    if (gaps == NULL)
        return NULL;
    va_start(args, because);
    m->gaps = gaps;
    gaps[m->plan->gap_count] = (struct tc_plan_gap){
        .application = app, .what = what, .because = tc_arena_vprintf(m->arena, because, args), .span = span};
    va_end(args);
    return &gaps[m->plan->gap_count++];
}

struct tc_maker_principal *
tc_maker_principal(struct tc_maker *m, struct tc_str name, struct tc_str sid, enum tc_principal_kind kind,
                   struct tc_span span)
{
    struct tc_str folded = tc_str_fold(m->arena, name);
    struct tc_maker_principal *found = tc_map_get(&m->principals, folded);
    struct tc_principal **list;

    if (found != NULL || m->arena->failed)
        return found;
    found = tc_arena_new(m->arena, struct tc_maker_principal);
    list = tc_arena_more(m->arena, struct tc_principal *, m->principal_list, m->plan->principal_count,
                         &m->principal_capacity, 16);
    if (found == NULL || list == NULL)
        return NULL;
    found->pub = (struct tc_principal){.name = name, .sid = sid, .kind = kind, .span = span};
    m->principal_list = list;
    list[m->plan->principal_count++] = &found->pub;
    tc_map_add(&m->principals, folded, found);
    return found;
}

/* ---- event log ---- */

static bool
add_registry(struct tc_maker *m, const struct tc_principal *who, const struct tc_application *app, struct tc_span span)
{
    const struct tc_event_log_key *key = tc_event_log_key();
    struct tc_plan_reason *reason = tc_arena_new(m->arena, struct tc_plan_reason);
    struct tc_plan_registry *list, *entry = NULL;

    for (size_t i = 0; i < m->plan->registry_count && entry == NULL; i++)
        if (m->registry[i].who == who)
            entry = &m->registry[i];
    if (entry == NULL) {
        list = tc_arena_more(m->arena, struct tc_plan_registry, m->registry, m->plan->registry_count,
                             &m->registry_capacity, 16);
        if (list == NULL)
            return false;
        m->registry = list;
        entry = &list[m->plan->registry_count++];
        *entry = (struct tc_plan_registry){
            .key = tc_str_of(key->key), .who = who, .rights = key->rights, .words = key->words};
    }
    if (reason == NULL)
        return false;
    *reason = (struct tc_plan_reason){
        .next = entry->reasons, .application = app, .text = TC_STR("create event sources"), .span = span};
    entry->reasons = reason;
    return true;
}

/* What @a perm allows on the logs of this server, and whether it names another one. */
static int64_t
event_log_access(const struct tc_perm *perm, bool *ret_elsewhere, struct tc_span *ret_span)
{
    int64_t access = 0;

    *ret_elsewhere = perm->unrestricted;
    *ret_span = perm->span;
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_row *row = &perm->rows[i];

        if (!tc_str_eq(row->cells[0].text, TC_STR("."))) {
            *ret_elsewhere = true;
            continue;
        }
        access |= row->cells[1].number;
        *ret_span = row->span;
    }
    return perm->unrestricted ? INT64_MAX : access;
}

static bool
plan_event_log(struct tc_maker *m, const struct tc_reach *reach, size_t index)
{
    const struct tc_application *app = reach->application;
    const struct tc_plan_pool *pool = m->applications[index].pool;
    const struct tc_perm *perm = tc_reach_sure_perm(reach, TC_CLASS_EVENT_LOG);
    struct tc_span span;
    const struct tc_enum *words = tc_enum(TC_ENUM_EVENT_LOG_ACCESS);
    int64_t administer = tc_enum_find(words, TC_STR("Administer"))->value;
    int64_t write = tc_enum_find(words, TC_STR("Write"))->value, access;
    struct tc_plan_gap *gap;
    bool elsewhere;

    if (perm == NULL || pool == NULL)
        return true;
    access = event_log_access(perm, &elsewhere, &span);
    if (elsewhere) {
        gap = tc_maker_gap(m, app, span, TC_STR("event logs of other computers"), "rights there are given there");
        if (gap != NULL)
            gap->may = TC_STR("may use the event logs of other computers");
    }
    if ((access & administer) == administer)
        return add_registry(m, pool->identity, app, span);
    if (access & write)
        tc_maker_gap(m, app, span, TC_STR("event sources"),
                     "with EventLog Write alone it may write, not create sources: create them when the application is "
                     "installed (medium-trust article)");
    return !m->arena->failed;
}

/* ---- the registry ---- */

/* Windows lets only administrators change what lies below the other roots. */
static bool
is_of_account(struct tc_str key)
{
    return tc_path_covers(TC_STR("HKEY_CURRENT_USER"), key);
}

static void
gap_registry(struct tc_maker *m, const struct tc_application *app, struct tc_str key, struct tc_span span)
{
    struct tc_plan_gap *gap =
        tc_maker_gap(m, app, span,
                     key.len == 0 ? TC_STR("rights in the registry")
                                  : tc_arena_printf(m->arena, "rights on the registry key %.*s", TC_STR_ARG(key)),
                     "the plan gives rights in the registry for event sources alone, and Windows lets only "
                     "administrators change this: give them by hand, or keep the settings in files");

    if (gap != NULL)
        gap->may = key.len == 0 ? TC_STR("may change every registry key")
                                : tc_arena_printf(m->arena, "may change the registry key '%.*s'", TC_STR_ARG(key));
}

static bool
plan_registry(struct tc_maker *m, const struct tc_reach *reach, size_t index)
{
    static const uint8_t fields[] = {TC_FIELD_REGISTRY_WRITE, TC_FIELD_REGISTRY_CREATE, TC_FIELD_REGISTRY_CHANGE_ACL};
    const struct tc_perm *perm = tc_reach_sure_perm(reach, TC_CLASS_REGISTRY);
    struct tc_map seen;

    if (perm == NULL || m->applications[index].pool == NULL)
        return true;
    if (perm->unrestricted)
        gap_registry(m, reach->application, TC_STR(""), perm->span);
    tc_map_init(&seen, m->arena);
    for (size_t f = 0; !perm->unrestricted && f < sizeof fields; f++)
        for (uint32_t i = 0; perm->values[fields[f]].present && i < perm->values[fields[f]].list.count; i++) {
            struct tc_item *item = &perm->values[fields[f]].list.items[i];

            if (!is_of_account(item->text) && tc_map_add(&seen, tc_str_fold(m->arena, item->text), item) == NULL)
                gap_registry(m, reach->application, item->text, item->span);
        }
    return !m->arena->failed;
}

/* ---- the whole ---- */

static enum tc_status
ask_reaches(struct tc_maker *m, struct tc_reach *reaches, struct tc_claims *claims)
{
    struct tc_reacher reacher;

    tc_reacher_init(&reacher, m->arena, m->model);
    for (size_t i = 0; i < m->model->application_count; i++) {
        enum tc_status status = tc_reach_of(&reacher, m->model->applications[i], &reaches[i]);

        if (status == TC_OK)
            status = tc_reach_claims(m->arena, &reaches[i], i, claims);
        if (status != TC_OK)
            return status;
    }
    return TC_OK;
}

static enum tc_status
make_parts(struct tc_maker *m, struct tc_reach *reaches, struct tc_claims *claims)
{
    enum tc_status status = ask_reaches(m, reaches, claims);

    if (status != TC_OK)
        return status;
    if (!tc_plan_accounts(m))
        return TC_ERR_NOMEM;
    status = tc_plan_rights(m, reaches, claims);
    for (size_t i = 0; i < m->model->application_count && status == TC_OK; i++)
        if (!plan_event_log(m, &reaches[i], i) || !plan_registry(m, &reaches[i], i))
            status = TC_ERR_NOMEM;
    if (status == TC_OK && (!tc_plan_caches(m) || !tc_plan_steps(m)))
        status = TC_ERR_NOMEM;
    return status;
}

static bool
is_refused(const struct tc_plan *plan, struct tc_diags *diags)
{
    const struct tc_model *model = plan->model;
    struct tc_diag *diag;

    if (plan->iis->refused == NULL)
        return false;
    diag = tc_diag_add(diags, tc_code(TC_CODE_PLAN_IIS), model->server_span,
                       "IIS %s cannot keep applications apart: there is no plan for it", plan->iis->version);
    tc_diag_note(diags, diag, "%s", plan->iis->refused);
    tc_diag_help(diags, diag, "move the applications to IIS 6.0 or later");
    return true;
}

enum tc_status
tc_plan_make(struct tc_arena *arena, const struct tc_model *model, struct tc_diags *diags, struct tc_plan **ret)
{
    struct tc_maker m = {.arena = arena, .model = model, .diags = diags, .plan = tc_arena_new(arena, struct tc_plan)};
    struct tc_reach *reaches = tc_arena_array(arena, struct tc_reach, model->application_count);
    struct tc_claims claims;
    size_t errors = diags->errors;
    enum tc_status status;

    if (m.plan == NULL || reaches == NULL)
        return TC_ERR_NOMEM;
    m.plan->model = model;
    m.plan->sources = diags->sources;
    m.plan->iis = tc_iis_info(model->iis);
    if (is_refused(m.plan, diags))
        return TC_FAILED;
    tc_map_init(&m.principals, arena);
    tc_map_init(&m.spellings, arena);
    tc_map_init(&m.pools, arena);
    tc_claims_init(&claims);
    status = make_parts(&m, reaches, &claims);
    tc_claims_done(&claims);
    if (arena->failed)
        return TC_ERR_NOMEM;
    if (status == TC_OK && diags->errors > errors)
        status = TC_FAILED;
    m.plan->principals = (const struct tc_principal *const *)m.principal_list;
    m.plan->pools = (const struct tc_plan_pool *const *)m.pool_list;
    m.plan->applications = m.applications;
    m.plan->acls = m.acls;
    m.plan->registry = m.registry;
    m.plan->gaps = m.gaps;
    if (status == TC_OK)
        *ret = m.plan;
    return status;
}

/* ---- names ---- */

const char *
tc_acl_kind_name(enum tc_acl_kind kind)
{
    static const char *const names[TC_ACL_COUNT_] = {
        [TC_ACL_ROOT] = "root", [TC_ACL_TEMPORARY] = "temporary",     [TC_ACL_TEMPLATES] = "templates",
        [TC_ACL_DATA] = "data", [TC_ACL_COMPRESSION] = "compression",
    };

    return names[kind];
}

const char *
tc_entry_kind_name(enum tc_entry_kind kind)
{
    static const char *const names[TC_ENTRY_COUNT_] = {
        [TC_ENTRY_ALLOW] = "allow",
        [TC_ENTRY_DENY] = "deny",
        [TC_ENTRY_NONE] = "none",
    };

    return names[kind];
}
