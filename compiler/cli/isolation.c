/* What isolate and report have in common. */
#include "cli/isolation.h"

#include "api/installed.h"
#include "cli/host.h"
#include "plan/differences.h"

enum tc_status
tc_session_compare(struct tc_session *session, const struct tc_difference **ret)
{
    struct tc_compilation *c = &session->c;
    struct tc_difference *found = NULL;
    struct tc_diags diags;
    struct tc_plan *plan;
    enum tc_status status;

    tc_diags_init(&diags, &c->arena, &c->sources);
    status = tc_plan_make(&c->arena, c->model, &diags, &plan);
    if (status == TC_OK)
        status = tc_plan_differences(&c->arena, plan, c->isolation, &found);
    if (status == TC_FAILED) {
        const struct tc_diag *why = diags.first;

        while (why->severity != TC_SEVERITY_ERROR && why->next != NULL)
            why = why->next;
        found = tc_arena_new(&c->arena, struct tc_difference);
        if (found != NULL)
            *found = (struct tc_difference){.kind = TC_DIFFERENCE_UNKNOWN,
                                            .because = tc_arena_printf(&c->arena,
                                                                       "trustc plan makes no plan of this source: %.*s",
                                                                       TC_STR_ARG(why->message))};
        status = found == NULL ? TC_ERR_NOMEM : TC_OK;
    }
    if (status == TC_OK)
        *ret = found;
    return status;
}

/* What the server's own configuration files say; NULL when none were given. */
static enum tc_status
read_installed(struct tc_session *session, struct tc_installed **ret)
{
    const struct tc_options *options = session->options;
    struct tc_installed_file files[TC_PATHS_MAX] = {0};
    enum tc_status status = TC_OK;
    enum tc_framework framework;
    const char *why = NULL;
    size_t bad = 0;

    for (size_t i = 0; i < options->installed_count && status == TC_OK; i++) {
        const struct tc_path_option *one = &options->installed[i];

        files[i].name = tc_str_of(one->path);
        files[i].has_clr = one->framework != NULL && tc_framework_find(tc_str_of(one->framework), &framework);
        if (files[i].has_clr)
            files[i].clr = tc_framework_info(framework)->clr;
        status = tc_host_read(&session->c.arena, one->path, &files[i].bytes, &why);
        if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
            tc_complain_file("read", one->path, why);
    }
    if (status == TC_OK && options->installed_count > 0)
        status = tc_installed_read(&session->c, files, options->installed_count, ret, &why, &bad);
    if (status == TC_FAILED)
        tc_complain_file("used", options->installed[bad].path, why);
    return status;
}

enum tc_status
tc_session_isolate(struct tc_session *session, bool in_full)
{
    struct tc_compilation *c = &session->c;
    struct tc_installed *installed = NULL;
    enum tc_status status = read_installed(session, &installed);

    if (status != TC_OK)
        return status;
    return in_full ? tc_isolate_in_full(&c->arena, c->model, installed, &c->isolation)
                   : tc_isolate_installed(&c->arena, c->model, installed, &c->isolation);
}
