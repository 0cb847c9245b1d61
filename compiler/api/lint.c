#include "api/lint.h"

#include "xml/policy_text.h"

#include <stdlib.h>

void
tc_lint_init(struct tc_lint *lint)
{
    *lint = (struct tc_lint){.host = tc_host_builtin(), .options = {.framework = TC_FX_2_0}};
    pthread_mutex_init(&lint->lock, NULL);
}

void
tc_lint_done(struct tc_lint *lint)
{
    for (int i = 0; i < TC_RT_COUNT_; i++)
        if (lint->stock[i] != NULL) {
            tc_compilation_done(lint->stock[i]);
            free(lint->stock[i]);
        }
    pthread_mutex_destroy(&lint->lock);
}

/* ---- the platform's levels ---- */

static struct tc_compilation *
compile_stock(enum tc_runtime runtime)
{
    struct tc_compilation *c = calloc(1, sizeof *c);
    struct tc_sema_host host = tc_host_builtin();
    struct tc_buf text = {0};
    enum tc_status status;

    if (c == NULL)
        return NULL;
    tc_compilation_init(c);
    tc_buf_printf(&text, "server s { framework %s; %s}\n", tc_framework_info(tc_runtime_info(runtime)->framework)->name,
                  runtime == TC_RT_4_0_LEGACY ? "cas-model legacy; " : "");
    for (int i = TC_LEVEL_FULL + 1; i < TC_LEVEL_COUNT_; i++)
        tc_buf_printf(&text, "application a%d { location \"s/a%d\"; root \"D:\\a%d\"; trust %s; }\n", i, i, i,
                      tc_level_info((enum tc_level_id)i)->word);
    status = tc_compile(c, &host, &(struct tc_sema_options){0}, TC_STR("levels"), tc_buf_str(&text));
    tc_buf_done(&text);
    if (status == TC_OK)
        return c;
    tc_compilation_done(c);
    free(c);
    return NULL;
}

static const struct tc_policy *
stock(void *state, enum tc_runtime runtime, enum tc_level_id level)
{
    struct tc_lint *lint = state;
    const struct tc_policy *policy = NULL;

    pthread_mutex_lock(&lint->lock);
    if (lint->stock[runtime] == NULL)
        lint->stock[runtime] = compile_stock(runtime);
    for (size_t i = 0; lint->stock[runtime] != NULL && i < lint->stock[runtime]->model->application_count; i++)
        if (lint->stock[runtime]->model->applications[i]->policy->level == level)
            policy = lint->stock[runtime]->model->applications[i]->policy;
    pthread_mutex_unlock(&lint->lock);
    return policy;
}

/* ---- one file ---- */

enum tc_status
tc_lint_file(struct tc_compilation *c, struct tc_lint *lint, struct tc_str name, struct tc_str bytes,
             const struct tc_lint_folder *folder, enum tc_file_kind *ret_kind)
{
    struct tc_source *source = tc_sources_add(&c->sources, name, tc_policy_decode(&c->arena, bytes));
    struct tc_check_host host = {.state = lint, .stock = stock};
    struct tc_check_file file;
    struct tc_diags aside;
    struct tc_check check = {.arena = &c->arena, .diags = &c->diags, .settings = &lint->settings, .host = &host};
    enum tc_status status;

    (void)folder;
    if (source == NULL)
        return c->arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    tc_diags_init(&aside, &c->arena, &c->sources);
    status = tc_check_file_read(&aside, source, bytes, &lint->options, &file);
    *ret_kind = file.kind;
    if (status != TC_OK || file.kind == TC_FILE_OTHER)
        return status;
    if (file.kind == TC_FILE_SOURCE) {
        status = tc_compile_source(c, &lint->host, &lint->sema, source);
        if (status != TC_OK && status != TC_FAILED)
            return status;
        file.model = c->model;
    }
    check.file = &file;
    tc_check_run(&check);
    if (!lint->no_inline_ignore)
        tc_suppress(&check, &(struct tc_suppress_options){lint->sema.today, lint->is_mandatory});
    return c->arena.failed ? TC_ERR_NOMEM : TC_OK;
}
