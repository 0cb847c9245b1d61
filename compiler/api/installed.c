#include "api/installed.h"

#include "api/lint_sites.h"

struct reading {
    struct tc_compilation *c;
    const struct tc_installed_file *files;
    const struct tc_webconfig **configs; /* of the files */
    size_t count;
    struct tc_installed *installed;
};

static enum tc_clr
clr_of(const struct tc_application *app)
{
    return tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr;
}

/* The only CLR that applications use; TC_CLR_COUNT_: there are several. */
static enum tc_clr
only_clr(const struct tc_model *model)
{
    for (size_t i = 1; i < model->application_count; i++)
        if (clr_of(model->applications[i]) != clr_of(model->applications[0]))
            return TC_CLR_COUNT_;
    return model->application_count == 0 ? TC_CLR_COUNT_ : clr_of(model->applications[0]);
}

static bool
is_machine_config(const struct tc_installed_file *file)
{
    struct tc_str name = file->name, end = TC_STR("machine.config");

    return name.len >= end.len && tc_str_eq_nocase(tc_str_sub(name, name.len - end.len, SIZE_MAX), end);
}

/* The files of @a clr, machine.config first, then its applications, which have none of their own here. */
static size_t
list_files(const struct reading *r, enum tc_clr clr, struct tc_hierarchy_file *list, const struct tc_webconfig *none)
{
    const struct tc_model *model = r->c->model;
    size_t count = 0;

    for (int machine = 1; machine >= 0; machine--)
        for (size_t i = 0; i < r->count; i++)
            if ((!r->files[i].has_clr || r->files[i].clr == clr) && is_machine_config(&r->files[i]) == (machine == 1))
                list[count++] = (struct tc_hierarchy_file){.config = r->configs[i]};
    if (count == 0)
        return 0;
    for (size_t i = 0; i < model->application_count; i++)
        if (clr_of(model->applications[i]) == clr)
            list[count++] = (struct tc_hierarchy_file){.path = model->applications[i]->location.text, .config = none};
    return count;
}

static struct tc_installed
installed_of(const struct tc_hierarchy_application *row)
{
    return (struct tc_installed){
        .is_known = true,
        .fails = row->fails,
        .level = row->level.text,
        .elsewhere = row->elsewhere,
        .permission_set = row->permission_set.text,
        .is_legacy = row->legacy.text.len > 0,
        .is_trust_locked = row->is_locked,
        .is_policy_locked = row->is_policy_locked,
        .are_assemblies_locked = row->are_assemblies_locked,
        .span = row->fails.len > 0 ? row->fails_span : row->level.span,
    };
}

static enum tc_status
read_clr(struct reading *r, enum tc_clr clr)
{
    struct tc_arena *arena = &r->c->arena;
    const struct tc_model *model = r->c->model;
    struct tc_hierarchy_file *list =
        tc_arena_array(arena, struct tc_hierarchy_file, r->count + model->application_count);
    const struct tc_webconfig *none = tc_arena_new(arena, struct tc_webconfig);
    struct tc_hierarchy hierarchy;
    struct tc_diags ignored; /* trustc lint is for what else is wrong with the files */
    struct tc_check check = {.arena = arena, .diags = &ignored};
    struct tc_map rows;
    size_t count = list == NULL || none == NULL ? 0 : list_files(r, clr, list, none);

    tc_diags_init(&ignored, arena, &r->c->sources);
    if (count == 0)
        return arena->failed ? TC_ERR_NOMEM : TC_OK;
    if (tc_hierarchy_run(&check, list, count, NULL, 0, NULL, &hierarchy) != TC_OK)
        return TC_ERR_NOMEM;
    tc_map_init(&rows, arena);
    for (size_t i = 0; i < hierarchy.count; i++)
        tc_map_add(&rows, tc_hierarchy_key(arena, NULL, 0, hierarchy.applications[i].path), &hierarchy.applications[i]);
    for (size_t i = 0; i < model->application_count; i++) {
        const struct tc_hierarchy_application *row;

        if (clr_of(model->applications[i]) != clr)
            continue;
        row = tc_map_get(&rows, tc_hierarchy_key(arena, NULL, 0, model->applications[i]->location.text));
        if (row != NULL)
            r->installed[i] = installed_of(row);
    }
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_installed_read(struct tc_compilation *c, const struct tc_installed_file *files, size_t count,
                  struct tc_installed **ret, const char **ret_why, size_t *ret_bad)
{
    struct reading r = {.c = c, .files = files, .count = count};
    bool has_one_clr = only_clr(c->model) != TC_CLR_COUNT_;
    enum tc_status status = TC_OK;

    r.configs = tc_arena_array(&c->arena, const struct tc_webconfig *, count);
    r.installed = tc_arena_array(&c->arena, struct tc_installed, c->model->application_count);
    if (r.configs == NULL || r.installed == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        *ret_bad = i;
        if (!files[i].has_clr && !has_one_clr) {
            *ret_why = "the applications run under several frameworks: which one is it of? write the framework before "
                       "it, as in 2.0=FILE";
            return TC_FAILED;
        }
        r.configs[i] = tc_lint_webconfig(c, files[i].name, files[i].bytes, &status);
        if (status != TC_OK)
            return status;
        if (r.configs[i] == NULL || !tc_markup_is(r.configs[i]->root, "configuration")) {
            *ret_why = "it is no configuration file: trustc lint tells more";
            return TC_FAILED;
        }
    }
    for (int clr = 0; clr < TC_CLR_COUNT_ && status == TC_OK; clr++)
        status = read_clr(&r, (enum tc_clr)clr);
    *ret = r.installed;
    return status;
}
