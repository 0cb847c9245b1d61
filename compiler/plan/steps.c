/*
 * What is to be done, in order: accounts before what names them, pools before rights (the account of a pool is there
 * only when the pool is), rights before the application moves into its pool.
 */
#include "plan/internal.h"

struct stepper {
    struct tc_maker *m;
    struct tc_plan_step *steps;
    size_t count, capacity;
};

/* @a key begins the step's key; the step is about @a what. */
static void
add_step(struct stepper *s, enum tc_step_kind kind, size_t index, const char *key, struct tc_str what,
         struct tc_str text)
{
    if (s->count < s->capacity)
        s->steps[s->count++] =
            (struct tc_plan_step){kind, index, tc_arena_printf(s->m->arena, "%s %.*s", key, TC_STR_ARG(what)), text};
}

static void
add_accounts(struct stepper *s)
{
    const struct tc_plan *plan = s->m->plan;

    for (size_t i = 0; i < plan->principal_count; i++) {
        struct tc_str name = s->m->principal_list[i]->name;

        if (s->m->principal_list[i]->kind == TC_PRINCIPAL_ACCOUNT)
            add_step(s, TC_STEP_ACCOUNT, i, "account", name,
                     tc_arena_printf(s->m->arena, "account %.*s", TC_STR_ARG(name)));
    }
    for (size_t i = 0; i < plan->principal_count; i++) {
        const struct tc_principal *who = s->m->principal_list[i];

        if (who->kind == TC_PRINCIPAL_ACCOUNT && who->runs_pool)
            add_step(s, TC_STEP_MEMBER, i, "member", who->name,
                     tc_arena_printf(s->m->arena, "%.*s in the group %s", TC_STR_ARG(who->name), plan->iis->group));
    }
    for (size_t i = 0; i < plan->pool_count; i++) {
        const struct tc_plan_pool *pool = s->m->pool_list[i];

        add_step(s, TC_STEP_POOL, i, "pool", pool->name,
                 tc_arena_printf(s->m->arena, "pool %.*s as %.*s", TC_STR_ARG(pool->name),
                                 TC_STR_ARG(pool->identity->name)));
    }
}

static void
add_rights(struct stepper *s)
{
    for (size_t i = 0; i < s->m->plan->acl_count; i++) {
        struct tc_str path = s->m->acls[i].path;

        add_step(s, TC_STEP_ACL, i, "acl", path, tc_arena_printf(s->m->arena, "rights on %.*s", TC_STR_ARG(path)));
    }
    for (size_t i = 0; i < s->m->plan->registry_count; i++) {
        struct tc_str name = s->m->registry[i].who->name;

        add_step(s, TC_STEP_REGISTRY, i, "registry", name,
                 tc_arena_printf(s->m->arena, "%.*s on the registry key of the event log", TC_STR_ARG(name)));
    }
}

static void
add_compression(struct stepper *s)
{
    const struct tc_model *model = s->m->model;
    bool is_old = !tc_iis_since(s->m->plan->iis, tc_cache(TC_CACHE_COMPRESSION)->major);

    if (model->compression == TC_COMPRESSION_UNSAID || (is_old && model->compression != TC_COMPRESSION_OFF))
        return; /* there the rights on the one folder say it */
    if (model->compression != TC_COMPRESSION_EXCEPT)
        add_step(s, TC_STEP_COMPRESSION, SIZE_MAX, "compression", TC_STR("*"),
                 TC_STR("compression off for the server"));
    for (size_t i = 0; i < s->m->plan->application_count && !is_old; i++) {
        const struct tc_plan_application *planned = &s->m->applications[i];
        bool is_on = planned->compression == 1;

        if (model->compression != TC_COMPRESSION_OFF && is_on == (model->compression == TC_COMPRESSION_ONLY))
            add_step(s, TC_STEP_COMPRESSION, i, "compression", planned->application->location.text,
                     tc_arena_printf(s->m->arena, "compression %s for %.*s", is_on ? "on" : "off",
                                     TC_STR_ARG(planned->application->location.text)));
    }
}

static void
add_applications(struct stepper *s)
{
    for (size_t i = 0; i < s->m->plan->application_count; i++) {
        const struct tc_plan_application *planned = &s->m->applications[i];
        struct tc_str location = planned->application->location.text;

        if (planned->templates.len > 0)
            add_step(s, TC_STEP_TEMPLATES, i, "templates", location,
                     tc_arena_printf(s->m->arena, "template cache of %.*s", TC_STR_ARG(location)));
        if (planned->anonymous != NULL)
            add_step(s, TC_STEP_ANONYMOUS, i, "anonymous", location,
                     tc_arena_printf(s->m->arena, "anonymous user of %.*s", TC_STR_ARG(location)));
    }
    add_compression(s);
    for (size_t i = 0; i < s->m->plan->application_count; i++) {
        const struct tc_plan_application *planned = &s->m->applications[i];
        struct tc_str location = planned->application->location.text;

        if (planned->pool != NULL)
            add_step(s, TC_STEP_ASSIGN, i, "assign", location,
                     tc_arena_printf(s->m->arena, "%.*s in the pool %.*s", TC_STR_ARG(location),
                                     TC_STR_ARG(planned->pool->name)));
    }
}

bool
tc_plan_steps(struct tc_maker *m)
{
    struct stepper s = {.m = m};

    s.capacity = 2 * m->plan->principal_count + m->plan->pool_count + m->plan->acl_count + m->plan->registry_count + 1 +
                 4 * m->plan->application_count;
    s.steps = tc_arena_array(m->arena, struct tc_plan_step, s.capacity);
    if (s.steps == NULL)
        return false;
    add_accounts(&s);
    add_rights(&s);
    add_applications(&s);
    m->plan->steps = s.steps;
    m->plan->step_count = s.count;
    return !m->arena->failed;
}
