#include "api/lint_source.h"

#include "xml/policy_text.h"

/* ---- which findings are about a source ---- */

struct about {
    const struct tc_sources *sources;
    const struct tc_source *source; /* the one that is linted */
    const struct tc_lint_folder *folder;
    bool is_part; /* of another one, which has findings of its own */
};

static bool
is_foreign(void *state, const struct tc_diag *diag)
{
    const struct about *about = state;
    const struct tc_source *in = tc_sources_find(about->sources, diag->span.begin);

    if (in == about->source)
        return false;
    if (about->is_part)
        return true;
    return in != NULL && about->folder != NULL && about->folder->is_part != NULL &&
           about->folder->is_part(about->folder->state, in->name);
}

/* ---- as a part ---- */

/* The host with one text in its hands. */
struct holder {
    const struct tc_sema_host *host;
    struct tc_str name, text;
};

static enum tc_status
read_held(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    const struct holder *holder = state;

    if (!tc_str_eq(path, holder->name))
        return holder->host->read_file(holder->host->state, path, ret_text, ret_reason);
    *ret_text = holder->text;
    return TC_OK;
}

/* *ret_source stays when the other source, as it is now, does not use this one. */
static enum tc_status
compile_part(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
             const struct tc_lint_part *part, struct tc_source **ret_source)
{
    struct tc_source *source = *ret_source;
    struct holder holder = {.host = host, .name = part->name, .text = source->text};
    struct tc_sema_host holding = *host;
    struct tc_source *main = tc_sources_add(&c->sources, part->main, tc_policy_decode(&c->arena, part->main_bytes));
    enum tc_status status;

    if (main == NULL)
        return c->arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    holding.state = &holder;
    holding.read_file = read_held;
    status = tc_compile_source(c, &holding, options, main);
    for (size_t i = 0; i < c->files.count; i++)
        if (c->files.list[i]->source != main && tc_str_eq(c->files.list[i]->source->name, part->name)) {
            *ret_source = c->files.list[i]->source;
            (*ret_source)->name = source->name;
        }
    return status;
}

/* ---- by itself ---- */

static bool
is_clean(const struct tc_diags *diags)
{
    return diags->errors == 0 && diags->warnings == 0;
}

/* The runtime under which a source without a server has the fewest errors, then warnings; the newest of several. */
static enum tc_status
find_runtime(const struct tc_sema_host *host, struct tc_sema_options *options, const struct tc_source *source)
{
    enum tc_runtime best = options->runtime;
    size_t errors = SIZE_MAX, warnings = SIZE_MAX;
    enum tc_status status = TC_OK;

    for (int i = TC_RT_COUNT_ - 1; i >= 0 && (status == TC_OK || status == TC_FAILED); i--) {
        struct tc_compilation trial;

        tc_compilation_init(&trial);
        options->runtime = (enum tc_runtime)i;
        status = tc_compile(&trial, host, options, source->name, source->text);
        if (trial.diags.errors < errors || (trial.diags.errors == errors && trial.diags.warnings <= warnings)) {
            best = options->runtime;
            errors = trial.diags.errors;
            warnings = trial.diags.warnings;
        }
        tc_compilation_done(&trial);
    }
    options->runtime = best;
    return status == TC_FAILED ? TC_OK : status;
}

static enum tc_status
compile_alone(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *given,
              const struct tc_check_file_options *file, struct tc_source *source)
{
    struct tc_sema_options options = *given;
    enum tc_status status;

    options.has_runtime = true;
    options.runtime = file->has_framework ? tc_runtime_of(file->framework, file->legacy_cas) : TC_RT_4_0;
    status = tc_compile_source(c, host, &options, source);
    if ((status != TC_OK && status != TC_FAILED) || file->has_framework || c->model->server_span.end != 0 ||
        is_clean(&c->diags))
        return status;
    status = find_runtime(host, &options, source);
    if (status != TC_OK || options.runtime == TC_RT_4_0)
        return status;
    tc_diags_init(&c->diags, &c->arena, &c->sources);
    c->diags.limit = 0;
    return tc_compile_source(c, host, &options, source);
}

enum tc_status
tc_lint_source(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
               const struct tc_check_file_options *file, const struct tc_lint_folder *folder, struct tc_source *source,
               struct tc_source **ret_source)
{
    const struct tc_lint_part *part = folder == NULL ? NULL : folder->part_of;
    struct about about = {.sources = &c->sources, .source = source, .folder = folder};
    enum tc_status status;

    if (part != NULL) {
        status = compile_part(c, host, options, part, &source);
        about.is_part = source != about.source;
        about.source = source;
    } else {
        status = compile_alone(c, host, options, file, source);
    }
    *ret_source = source;
    tc_diags_drop(&c->diags, is_foreign, &about);
    return status == TC_FAILED ? TC_OK : status;
}
