#include "cli/sides.h"

#include "cli/commands.h"
#include "emit/policy_file.h"

#include <pthread.h>
#include <string.h>

void
tc_side_init(struct tc_side *side, const struct tc_options *options)
{
    *side = (struct tc_side){.status = TC_OK};
    tc_session_init(&side->session, options);
}

void
tc_side_done(struct tc_side *side)
{
    tc_session_done(&side->session);
}

/* ---- a source ---- */

/* Findings of a source that is fine are not what was asked for. */
static enum tc_status
compile(struct tc_side *side, struct tc_source *source)
{
    struct tc_session *session = &side->session;
    enum tc_status status = tc_compile_source(&session->c, &session->host, &session->sema, source);

    if (status != TC_OK)
        tc_session_show(session);
    else
        tc_compilation_drop_trees(&session->c);
    return status;
}

/* The names of the files that a build would write. */
static bool
place_applications(struct tc_side *side)
{
    struct tc_arena *arena = &side->session.c.arena;
    const struct tc_model *model = side->session.c.model;
    struct tc_diff_place *places = tc_arena_array(arena, struct tc_diff_place, model->application_count);

    if (places == NULL)
        return false;
    for (size_t i = 0; i < model->application_count; i++) {
        const struct tc_policy *policy = model->applications[i]->policy;

        if (policy != NULL && !policy->is_stock)
            places[i].policy_file = tc_policy_file_name(arena, policy);
    }
    side->side.places = places;
    return !arena->failed;
}

static enum tc_status
read_source(struct tc_side *side, struct tc_source *source)
{
    enum tc_status status = compile(side, source);

    if (status != TC_OK)
        return status;
    side->side.model = side->session.c.model;
    side->side.sources = &side->session.c.sources;
    side->side.says = TC_DIFF_SAYS_LEVELS | TC_DIFF_SAYS_SERVER;
    return place_applications(side) ? TC_OK : TC_ERR_NOMEM;
}

enum tc_status
tc_side_read(struct tc_side *side, const char *name)
{
    struct tc_source *source;
    enum tc_status status = tc_session_read_file(&side->session, name, &source);

    if (status != TC_OK)
        return status;
    side->side.name = source->name;
    return read_source(side, source);
}

/* ---- what it comes to ---- */

static enum tc_status
list_files(struct tc_side *side)
{
    struct tc_compilation *c = &side->session.c;
    const struct tc_target target = {.dir = {NULL, 0}};
    struct tc_output *outputs;
    struct tc_diff_file *files;
    size_t count, n = 0;
    enum tc_status status;

    if (c->model->application_count == 0 && c->model->server_span.end == 0)
        return TC_OK; /* policies alone: nothing is written */
    status = tc_emit(c, &target, 1, &outputs, &count);
    if (status != TC_OK)
        return status;
    files = tc_arena_array(&c->arena, struct tc_diff_file, count);
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

static void *
work_out(void *argument)
{
    struct tc_side *side = argument;
    struct tc_compilation *c = &side->session.c;

    side->status = list_files(side);
    if (side->status == TC_OK && c->model->application_count > 0) {
        side->status = tc_isolate(&c->arena, c->model, &c->isolation);
        side->side.isolation = c->isolation;
    }
    return NULL;
}

enum tc_status
tc_sides_work_out(struct tc_side sides[2])
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
