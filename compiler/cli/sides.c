#include "cli/sides_parts.h"

#include "check/file.h"
#include "cli/commands.h"
#include "emit/policy_file.h"
#include "verify/grants.h"
#include "xml/policy_text.h"

#include <pthread.h>
#include <string.h>

/* ---- reading ---- */

/* Files that a source uses are those of its revision. */
static enum tc_status
read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    const struct tc_side *side = state;

    return tc_tree_read(&side->tree, path, ret_text, ret_reason);
}

void
tc_side_init(struct tc_side *side, const struct tc_options *options)
{
    *side = (struct tc_side){.status = TC_OK};
    tc_session_init(&side->session, options);
    side->session.host.read_file = read_file;
    side->tree.arena = &side->session.c.arena;
}

void
tc_side_done(struct tc_side *side)
{
    tc_session_done(&side->session);
}

enum tc_status
tc_side_complain(struct tc_str name, const char *what)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc diff: '%.*s' %s\n", TC_STR_ARG(name), what == NULL ? "cannot be read" : what);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
    return TC_FAILED;
}

static struct tc_str
shown_name(struct tc_str name)
{
    return tc_str_eq(name, TC_STR("-")) ? TC_STR("<stdin>") : name;
}

enum tc_status
tc_side_source(struct tc_side *side, struct tc_str name, struct tc_source **ret_source, struct tc_str *ret_bytes)
{
    struct tc_arena *arena = &side->session.c.arena;
    const char *reason = "";
    struct tc_str bytes;
    enum tc_status status = tc_tree_read(&side->tree, name, &bytes, &reason);

    if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
        tc_complain_file("read", tc_arena_str(arena, name).ptr, reason);
    if (status != TC_OK)
        return status;
    *ret_source = tc_sources_add(&side->session.c.sources, shown_name(name), tc_policy_decode(arena, bytes));
    *ret_bytes = bytes;
    return *ret_source == NULL ? (arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT) : TC_OK;
}

/* ---- a source ---- */

/* The names of the files that a build would write. */
static bool
place_applications(struct tc_side *side)
{
    struct tc_arena *arena = &side->session.c.arena;
    const struct tc_model *model = side->session.c.model;
    struct tc_diff_place *places = tc_arena_array(arena, struct tc_diff_place, model->application_count);

    if (places == NULL)
        return false;
    for (size_t i = 0; i < model->application_count; i++)
        if (model->applications[i]->policy != NULL)
            places[i].policy_file = tc_policy_file_name(arena, model->applications[i]->policy);
    side->side.places = places;
    return !arena->failed;
}

/* Findings of a source that is fine are not what was asked for. */
static enum tc_status
read_source(struct tc_side *side, struct tc_source *source)
{
    struct tc_session *session = &side->session;
    enum tc_status status = tc_compile_source(&session->c, &session->host, &session->sema, source);

    if (status != TC_OK) {
        tc_session_show(session);
        return status;
    }
    tc_compilation_drop_trees(&session->c);
    side->kind = TC_SIDE_SOURCE;
    side->source = source;
    side->side.model = session->c.model;
    side->side.says = TC_DIFF_SAYS_LEVELS | TC_DIFF_SAYS_SERVER | TC_DIFF_SAYS_REASONS;
    return place_applications(side) ? TC_OK : TC_ERR_NOMEM;
}

/* ---- files ---- */

enum tc_runtime
tc_side_runtime(struct tc_str text, bool legacy)
{
    enum tc_framework framework;

    tc_read_framework(text, &framework);
    return tc_runtime_of(framework, legacy);
}

static enum tc_status
add_policy(struct tc_side *side, struct tc_source *source, struct tc_str bytes)
{
    struct tc_side_policy *policy = tc_arena_new(&side->session.c.arena, struct tc_side_policy), **tail;

    if (policy == NULL)
        return TC_ERR_NOMEM;
    *policy = (struct tc_side_policy){.name = tc_str_last_part(source->name, "/"), .source = source, .bytes = bytes};
    for (tail = &side->policies; *tail != NULL;)
        tail = &(*tail)->next;
    *tail = policy;
    side->kind = TC_SIDE_POLICIES;
    return TC_OK;
}

static enum tc_status
read_one(struct tc_side *side, struct tc_str name)
{
    struct tc_source *source;
    struct tc_str bytes;
    enum tc_status status = tc_side_source(side, name, &source, &bytes);

    if (status != TC_OK)
        return status;
    switch (tc_check_file_kind(source->name, source->text)) {
    case TC_FILE_POLICY:
    case TC_FILE_SET:
    case TC_FILE_SHAREPOINT:
        return add_policy(side, source, bytes);
    case TC_FILE_CONFIG:
        side->kind = TC_SIDE_CONFIG;
        return tc_side_add_config(side, name);
    case TC_FILE_SOURCE:
    case TC_FILE_OTHER:
    case TC_FILE_KIND_COUNT_:
        break;
    }
    return read_source(side, source); /* what is wrong with anything else is said best there */
}

static struct tc_str
path_in(struct tc_side *side, struct tc_str folder, struct tc_str name)
{
    bool slash = folder.len == 0 || folder.ptr[folder.len - 1] == '/' || folder.ptr[folder.len - 1] == ':';

    return tc_arena_printf(&side->session.c.arena, "%.*s%s%.*s", TC_STR_ARG(folder), slash ? "" : "/",
                           TC_STR_ARG(name));
}

/* The configuration file of @a folder, or of the folders of the frameworks in it. *ret_found: whether there is one. */
static enum tc_status
read_configs(struct tc_side *side, struct tc_str folder, bool outermost, bool *ret_found)
{
    struct tc_str *names;
    size_t count;
    const char *reason;
    enum tc_status status = tc_tree_names(&side->tree, folder, &names, &count, &reason);

    for (size_t i = 0; i < count && status == TC_OK; i++) {
        if (tc_str_eq_nocase(names[i], TC_STR("web.config")) || tc_str_eq_nocase(names[i], TC_STR("machine.config"))) {
            struct tc_side_config *last = side->configs;

            status = tc_side_add_config(side, path_in(side, folder, names[i]));
            *ret_found |= side->configs != last;
        }
        for (int clr = 0; outermost && clr < TC_CLR_COUNT_ && status == TC_OK; clr++)
            if (tc_str_is(names[i], tc_clr_info((enum tc_clr)clr)->directory))
                status = read_configs(side, path_in(side, folder, names[i]), false, ret_found);
    }
    return status == TC_ERR_IO && !outermost ? TC_OK : status;
}

static enum tc_status
read_policies(struct tc_side *side, struct tc_str folder, const struct tc_str *names, size_t count)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < count && status == TC_OK; i++) {
        struct tc_source *source;
        struct tc_str bytes;

        if (!tc_str_ends_nocase(names[i], TC_STR(".config")))
            continue;
        status = tc_side_source(side, path_in(side, folder, names[i]), &source, &bytes);
        if (status == TC_OK && tc_check_file_kind(source->name, source->text) == TC_FILE_POLICY)
            status = add_policy(side, source, bytes);
    }
    return status;
}

/* A folder of sources: the only one, for which is the main one is not ours to guess. */
static enum tc_status
read_folder_source(struct tc_side *side, struct tc_str folder, const struct tc_str *names, size_t count)
{
    struct tc_str found = {NULL, 0};

    for (size_t i = 0; i < count; i++) {
        if (!tc_str_ends(names[i], TC_STR(".trust")))
            continue;
        if (found.len > 0)
            return tc_side_complain(folder, "holds several sources: name the one that says what the server has");
        found = names[i];
    }
    if (found.len == 0)
        return tc_side_complain(folder, "holds no web.config, no machine.config, no policy file and no source");
    return read_one(side, path_in(side, folder, found));
}

static enum tc_status
read_folder(struct tc_side *side, struct tc_str folder)
{
    struct tc_str *names;
    size_t count;
    bool found = false;
    const char *reason;
    enum tc_status status = read_configs(side, folder, true, &found);

    if (status != TC_OK || found) {
        side->kind = TC_SIDE_CONFIG;
        return status;
    }
    status = tc_tree_names(&side->tree, folder, &names, &count, &reason);
    if (status == TC_OK)
        status = read_policies(side, folder, names, count);
    if (status != TC_OK || side->policies != NULL)
        return status;
    return read_folder_source(side, folder, names, count);
}

enum tc_status
tc_side_read(struct tc_side *side, const char *name)
{
    const char *reason = "";
    enum tc_tree_kind kind;
    enum tc_status status = tc_tree_open(&side->tree, &side->session.c.arena, name, &kind, &reason);

    side->side.name = shown_name(tc_str_of(name));
    side->side.sources = &side->session.c.sources;
    if (status == TC_ERR_IO)
        tc_complain_file("read", name, reason);
    if (status != TC_OK)
        return status;
    return kind == TC_TREE_FOLDER ? read_folder(side, tc_str_of(name)) : read_one(side, tc_str_of(name));
}

/* ---- what it comes to ---- */

static enum tc_status
take_outputs(struct tc_side *side, const struct tc_compilation *c, const struct tc_output *outputs, size_t count)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_diff_file *files = tc_arena_array(arena, struct tc_diff_file, count);
    size_t n = 0;

    if (files == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < c->placement_count; i++)
        for (size_t j = 0; j < c->placements[i].count; j++) {
            const struct tc_output *output = &outputs[c->placements[i].first + j];

            files[n++] = (struct tc_diff_file){.name = output->name,
                                               .clr = c->placements[i].clr,
                                               .is_config = output->stage == TC_STAGE_CONFIG,
                                               .bytes = output->bytes};
        }
    side->side.files = files;
    side->side.file_count = n;
    return TC_OK;
}

static enum tc_status
list_outputs(struct tc_side *side)
{
    struct tc_compilation *c = &side->session.c;
    const struct tc_target target = {.dir = {NULL, 0}};
    struct tc_output *outputs;
    size_t count;
    enum tc_status status;

    if (c->model->application_count == 0 && c->model->server_span.end == 0)
        return TC_OK; /* policies alone: nothing is written */
    status = tc_emit(c, &target, 1, &outputs, &count);
    return status == TC_OK ? take_outputs(side, c, outputs, count) : status;
}

static void *
work_out(void *argument)
{
    struct tc_side *side = argument;
    struct tc_compilation *c = &side->session.c;

    side->status = side->kind == TC_SIDE_SOURCE ? list_outputs(side) : TC_OK;
    if (side->status == TC_OK && side->side.model->application_count > 0 && side->side.says & TC_DIFF_SAYS_LEVELS) {
        side->status = tc_isolate(&c->arena, side->side.model, &c->isolation);
        side->side.isolation = c->isolation;
    }
    return NULL;
}

/* What a merge into the file that is there would write: the rest of that file is no difference. When it cannot be
 * merged, what a build writes alone stands, and differs. */
static enum tc_status
merge(struct tc_side *side, const struct tc_side *there)
{
    for (size_t i = 0; i < side->side.file_count; i++) {
        struct tc_diff_file *file = (struct tc_diff_file *)(uintptr_t)&side->side.files[i];
        const struct tc_side_config *config = there->configs;
        struct tc_side again;
        struct tc_target target = {.has_clr = true, .clr = file->clr};
        struct tc_output *outputs;
        struct tc_source *source;
        size_t count;

        while (config != NULL && config->clr != file->clr)
            config = config->next;
        if (!file->is_config || config == NULL || tc_str_eq(config->bytes, file->bytes))
            continue;
        tc_side_init(&again, side->session.options);
        again.tree = side->tree;
        again.tree.arena = &again.session.c.arena;
        source = tc_sources_add(&again.session.c.sources, side->source->name, side->source->text);
        if (source != NULL && read_source(&again, source) == TC_OK) {
            target.existing = tc_sources_add(&again.session.c.sources, config->name, config->bytes);
            target.existing_name = config->name;
            if (target.existing != NULL && tc_emit(&again.session.c, &target, 1, &outputs, &count) == TC_OK)
                for (size_t j = 0; j < count; j++)
                    if (outputs[j].stage == TC_STAGE_CONFIG)
                        file->bytes = tc_arena_str(&side->session.c.arena, outputs[j].bytes);
        }
        tc_side_done(&again);
    }
    return side->session.c.arena.failed ? TC_ERR_NOMEM : TC_OK;
}

/* Beside files a source is what a build would write of it: what is only possible is in no file of ours. */
static enum tc_status
settle_source(struct tc_side *side)
{
    struct tc_arena *arena = &side->session.c.arena;
    const struct tc_policy *last = NULL, *sure = NULL;

    if (!tc_side_copy_model(side, side->side.model, NULL))
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < side->model->application_count; i++) {
        struct tc_application *app = side->model->applications[i];

        if (app->policy == NULL || app->policy->is_stock)
            continue;
        if (app->policy != last) { /* neighbours often share theirs */
            last = app->policy;
            sure = tc_policy_surest(arena, last);
        }
        app->policy = sure;
    }
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        if (side->model->defaults[clr] != NULL && !side->model->defaults[clr]->is_stock)
            side->model->defaults[clr] = tc_policy_surest(arena, side->model->defaults[clr]);
    side->side.model = side->model;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* A source of policies alone: an application for each, so that they can be compared. */
static enum tc_status
settle_library(struct tc_side *side)
{
    struct tc_arena *arena = &side->session.c.arena;
    const struct tc_model *model = side->side.model;
    struct tc_diff_place *places = tc_arena_array(arena, struct tc_diff_place, model->unused_count);

    if (!tc_side_copy_model(side, model, NULL) || places == NULL)
        return TC_ERR_NOMEM;
    side->model->applications = tc_arena_array(arena, struct tc_application *, model->unused_count);
    for (size_t i = 0; i < model->unused_count && side->model->applications != NULL; i++) {
        struct tc_application *app =
            tc_side_sample(side, model->unused[i]->name, model->unused[i]->name, model->unused[i]->runtime);

        if (app == NULL)
            return TC_ERR_NOMEM;
        app->policy = model->unused[i];
        side->model->applications[side->model->application_count++] = app;
    }
    side->side.model = side->model;
    side->side.places = places;
    side->side.says &= ~(unsigned)TC_DIFF_SAYS_LEVELS;
    side->side.is_guessed = true;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

static bool
is_library(const struct tc_side *side)
{
    return side->kind == TC_SIDE_SOURCE && side->side.model->application_count == 0 &&
           side->side.model->unused_count > 0;
}

/* Those that lean on the other side come after it. */
static enum tc_status
settle(struct tc_side *side, struct tc_side *other)
{
    switch (side->kind) {
    case TC_SIDE_SOURCE:
        return other->kind == TC_SIDE_SOURCE ? TC_OK : settle_source(side);
    case TC_SIDE_CONFIG:
        return tc_side_settle_config(side, other->kind == TC_SIDE_SOURCE ? other : NULL);
    case TC_SIDE_POLICIES:
        return tc_side_settle_policies(side, other);
    }
    return TC_FAILED;
}

static enum tc_status
work_out_both(struct tc_side sides[2])
{
    pthread_t thread;
    bool started = pthread_create(&thread, NULL, work_out, &sides[0]) == 0;

    if (!started)
        work_out(&sides[0]);
    work_out(&sides[1]);
    if (started)
        pthread_join(thread, NULL);
    for (int i = 0; i < 2; i++)
        if (sides[i].status != TC_OK) {
            tc_session_show(&sides[i].session);
            return sides[i].status;
        }
    return TC_OK;
}

enum tc_status
tc_sides_settle(struct tc_side sides[2])
{
    int first = sides[0].kind <= sides[1].kind ? 0 : 1;
    enum tc_status status = TC_OK;

    if (sides[0].session.options->diff.application != NULL &&
        (sides[0].kind == TC_SIDE_POLICIES) == (sides[1].kind == TC_SIDE_POLICIES)) {
        tc_complain(
            TC_STR("trustc diff: --application says of which application of the other side a policy file is\n"));
        return TC_ERR_USAGE;
    }

    if (is_library(&sides[0]) && is_library(&sides[1])) {
        status = settle_library(&sides[0]);
        return status == TC_OK ? settle_library(&sides[1]) : status;
    }
    for (int i = 0; i < 2 && status == TC_OK; i++) {
        int side = i == 0 ? first : 1 - first;

        status = settle(&sides[side], &sides[1 - side]);
        if (status != TC_OK && sides[side].session.c.diags.errors > 0)
            tc_session_show(&sides[side].session);
    }
    if (status == TC_OK)
        status = work_out_both(sides);
    for (int i = 0; i < 2 && status == TC_OK; i++)
        if (sides[i].kind == TC_SIDE_SOURCE && sides[1 - i].kind == TC_SIDE_CONFIG)
            status = merge(&sides[i], &sides[1 - i]);
    for (int i = 0; i < 2 && status == TC_OK; i++)
        if (!tc_side_like_files(&sides[i], &sides[1 - i]))
            status = TC_ERR_NOMEM;
    return status;
}
