/* Caches of the server that applications share unless told otherwise: compressed files, ASP templates, generated code.
 */
#include "plan/internal.h"

/* ---- compressed files ---- */

static void
mark_compression(struct tc_maker *m)
{
    const struct tc_model *model = m->model;
    bool listed = model->compression == TC_COMPRESSION_ONLY;

    if (model->compression == TC_COMPRESSION_UNSAID)
        return;
    for (size_t i = 0; i < model->application_count; i++) {
        bool is_listed = false;

        for (size_t j = 0; j < model->compression_count && !is_listed; j++)
            is_listed = model->compression_list[j] == model->applications[i];
        m->applications[i].compression = model->compression != TC_COMPRESSION_OFF && is_listed == listed;
    }
}

static bool
is_in(const struct tc_plan_acl *acl, const struct tc_principal *who)
{
    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
        if (entry->who == who)
            return true;
    return false;
}

/* The three choices of the article, as rights on the one folder. */
static bool
compression_rights(struct tc_maker *m)
{
    const struct tc_need *need = tc_need(TC_NEED_COMPRESSION);
    enum tc_compression choice = m->model->compression;
    struct tc_str windows = m->model->windows.text.len > 0 ? m->model->windows.text : TC_STR("C:\\Windows");
    struct tc_plan_acl *acl = tc_plan_add_acl(
        m, tc_arena_printf(m->arena, "%.*s\\%s", TC_STR_ARG(windows), tc_cache(TC_CACHE_COMPRESSION)->folder),
        TC_ACL_COMPRESSION);

    if (acl == NULL)
        return false;
    if (choice != TC_COMPRESSION_EXCEPT &&
        !tc_plan_add_entry(m, acl, m->plan->group, TC_ENTRY_NONE, 0, NULL, "no pool may use it by its group"))
        return false;
    for (size_t i = 0; i < m->model->compression_count; i++) {
        const struct tc_plan_application *planned = NULL;

        for (size_t j = 0; j < m->plan->application_count && planned == NULL; j++)
            if (m->applications[j].application == m->model->compression_list[i])
                planned = &m->applications[j];
        if (planned == NULL || planned->pool == NULL || is_in(acl, planned->pool->identity))
            continue;
        if (!tc_plan_add_entry(m, acl, planned->pool->identity,
                               choice == TC_COMPRESSION_ONLY ? TC_ENTRY_ALLOW : TC_ENTRY_DENY, need->rights,
                               planned->application, need->words))
            return false;
    }
    if (acl->entries == NULL)
        m->plan->acl_count--;
    return true;
}

static bool
plan_compression(struct tc_maker *m)
{
    if (m->model->compression == TC_COMPRESSION_UNSAID) {
        tc_maker_gap(m, NULL, m->model->server_span, TC_STR("the folder of compressed files"),
                     "the source does not say who may use it: write compression off; or only, or except applications");
        return !m->arena->failed;
    }
    mark_compression(m);
    return tc_iis_since(m->plan->iis, tc_cache(TC_CACHE_COMPRESSION)->major) || compression_rights(m);
}

/* ---- templates and generated code ---- */

static void
plan_directories(struct tc_maker *m, struct tc_plan_application *planned)
{
    const struct tc_application *app = planned->application;
    const struct tc_cache *templates = tc_cache(TC_CACHE_TEMPLATES), *temporary = tc_cache(TC_CACHE_TEMPORARY);
    const char *directory = tc_clr_info(tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr)->directory;

    if (planned->pool == NULL)
        return;
    planned->templates = app->templates.text;
    if (app->templates.text.len == 0 && !tc_iis_since(m->plan->iis, templates->major))
        tc_maker_gap(m, app, app->span, TC_STR("a template cache of its own"),
                     "it shares %s, with the %s: write templates \"DIRECTORY\";", templates->folder, templates->words);
    if (app->temporary.text.len == 0)
        tc_maker_gap(
            m, app, app->span, TC_STR("Temporary ASP.NET Files of its own"),
            "it shares Microsoft.NET\\Framework\\%s\\%s (and the one of Framework64), with %s: write temporary "
            "\"DIRECTORY\";",
            directory, temporary->folder, temporary->words);
}

bool
tc_plan_caches(struct tc_maker *m)
{
    for (size_t i = 0; i < m->plan->application_count; i++)
        plan_directories(m, &m->applications[i]);
    return plan_compression(m) && !m->arena->failed;
}
