/* A side that is policy files alone. */
#include "cli/sides_parts.h"

#include "check/file.h"
#include "cli/commands.h"

#include <string.h>

static bool
same_file(struct tc_arena *arena, struct tc_str a, struct tc_str b)
{
    return tc_str_eq(tc_str_fold(arena, a), tc_str_fold(arena, b));
}

/* ---- copies ---- */

static const struct tc_application *
copy_of(const struct tc_model *copy, const struct tc_application *app, const uint32_t *numbers)
{
    return numbers[app->index] == UINT32_MAX ? NULL : copy->applications[numbers[app->index]];
}

static bool
copy_shares(struct tc_arena *arena, const struct tc_model *model, struct tc_model *copy, const uint32_t *numbers)
{
    struct tc_share **tail = &copy->shares;

    *tail = NULL;
    for (const struct tc_share *share = model->shares; share != NULL; share = share->next) {
        struct tc_share *made = tc_arena_new(arena, struct tc_share);
        const struct tc_application **list =
            tc_arena_array(arena, const struct tc_application *, share->application_count);

        if (made == NULL || list == NULL)
            return false;
        *made = *share;
        made->next = NULL;
        made->applications = list;
        made->application_count = 0;
        for (size_t i = 0; i < share->application_count; i++) {
            list[made->application_count] = copy_of(copy, share->applications[i], numbers);
            made->application_count += list[made->application_count] != NULL;
        }
        *tail = made;
        tail = &made->next;
    }
    return true;
}

static bool
copy_compression(struct tc_arena *arena, const struct tc_model *model, struct tc_model *copy, const uint32_t *numbers)
{
    copy->compression_list = tc_arena_array(arena, const struct tc_application *, model->compression_count);
    copy->compression_count = 0;
    if (copy->compression_list == NULL)
        return false;
    for (size_t i = 0; i < model->compression_count; i++) {
        const struct tc_application *app = copy_of(copy, model->compression_list[i], numbers);

        copy->compression_list[copy->compression_count] = app;
        copy->compression_count += app != NULL;
    }
    return true;
}

bool
tc_side_copy_model(struct tc_side *side, const struct tc_model *model, const bool *keep)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_model *copy = tc_arena_new(arena, struct tc_model);
    uint32_t *numbers = tc_arena_array(arena, uint32_t, model->application_count);

    if (copy == NULL || numbers == NULL)
        return false;
    *copy = *model;
    copy->rules = NULL;
    copy->application_count = 0;
    copy->applications = tc_arena_array(arena, struct tc_application *, model->application_count);
    if (copy->applications == NULL)
        return false;
    for (size_t i = 0; i < model->application_count; i++) {
        struct tc_application *app;

        numbers[i] = UINT32_MAX;
        if (keep != NULL && !keep[i])
            continue;
        app = tc_arena_new(arena, struct tc_application);
        if (app == NULL)
            return false;
        *app = *model->applications[i];
        app->index = numbers[i] = (uint32_t)copy->application_count;
        copy->applications[copy->application_count++] = app;
    }
    side->model = copy;
    return copy_shares(arena, model, copy, numbers) && copy_compression(arena, model, copy, numbers);
}

/* ---- in the place of another side's ---- */

/* The policy of a file under @a runtime; a file may be read under several. */
static enum tc_status
policy_under(struct tc_side *side, struct tc_side_policy *file, enum tc_runtime runtime, struct tc_str level,
             struct tc_str main, const struct tc_policy **ret_policy)
{
    struct tc_side_policy *policy;
    enum tc_status status;

    if (file->policy != NULL && file->runtime == runtime && tc_str_eq(file->policy->name, level)) {
        *ret_policy = file->policy;
        return TC_OK;
    }
    policy = tc_arena_new(&side->session.c.arena, struct tc_side_policy);
    if (policy == NULL)
        return TC_ERR_NOMEM;
    *policy = *file;
    policy->runtime = runtime;
    policy->main = main;
    status = tc_side_read_policy(side, policy);
    if (status != TC_OK)
        return status;
    policy->policy->name = level;
    file->policy = policy->policy;
    file->runtime = runtime;
    *ret_policy = policy->policy;
    return TC_OK;
}

/* The main set of a policy where it is not the usual one: 4.x names it in <trust>. */
static struct tc_str
main_of(const struct tc_policy *policy)
{
    return policy->set_count > 0 ? policy->sets[0]->name : TC_STR("");
}

/* Put the policy of @a file into the place of one of the other side's; fully trusted assemblies of 4.x are not in it.
 */
static enum tc_status
replace_policy(struct tc_side *side, struct tc_side_policy *file, const struct tc_policy *old,
               const struct tc_policy **ret_policy)
{
    const struct tc_policy *policy;
    struct tc_policy *copy;
    enum tc_status status = policy_under(side, file, old->runtime, old->name, main_of(old), &policy);

    if (status != TC_OK)
        return status;
    *ret_policy = policy;
    if (!tc_runtime_info(old->runtime)->homogeneous || old->full_trust == NULL)
        return TC_OK;
    copy = tc_arena_new(&side->session.c.arena, struct tc_policy);
    if (copy == NULL)
        return TC_ERR_NOMEM;
    *copy = *policy;
    copy->full_trust = old->full_trust;
    *ret_policy = copy;
    return TC_OK;
}

/* Whether @a file is that of application @a i: by its name, or as the command line says. */
static bool
is_of(struct tc_side *side, const struct tc_side *other, const struct tc_side_policy *file, size_t i)
{
    const char *application = side->session.options->diff.application;
    const struct tc_application *app = other->side.model->applications[i];

    if (app->policy == NULL)
        return false;
    if (application != NULL)
        return tc_str_is(app->name, application);
    return same_file(&side->session.c.arena, other->side.places[i].policy_file, file->name);
}

static bool
copy_files(struct tc_side *side, const struct tc_side *other)
{
    struct tc_diff_file *files = tc_arena_array(&side->session.c.arena, struct tc_diff_file, other->side.file_count);

    if (files == NULL)
        return false;
    for (size_t i = 0; i < other->side.file_count; i++) {
        files[i] = other->side.files[i];
        for (const struct tc_side_policy *file = side->policies; file != NULL; file = file->next)
            if (!files[i].is_config && same_file(&side->session.c.arena, files[i].name, file->name))
                files[i].bytes = file->bytes;
    }
    side->side.files = files;
    side->side.file_count = other->side.file_count;
    return true;
}

static enum tc_status
settle_like(struct tc_side *side, struct tc_side *other)
{
    size_t used = 0;
    enum tc_status status = TC_OK;

    if (!tc_side_copy_model(side, other->side.model, NULL))
        return TC_ERR_NOMEM;
    for (const struct tc_side_policy *file = side->policies; file != NULL; file = file->next)
        if (tc_check_file_kind(file->source->name, file->source->text) == TC_FILE_SHAREPOINT)
            return tc_side_complain(side->side.name, "is a SharePoint solution, whose sets are for the assemblies that "
                                                     "it names: compare it with another solution");
    for (struct tc_side_policy *file = side->policies; file != NULL; file = file->next)
        for (size_t i = 0; i < side->model->application_count && status == TC_OK; i++)
            if (is_of(side, other, file, i)) {
                struct tc_application *app = side->model->applications[i];

                used++;
                status = replace_policy(side, file, other->side.model->applications[i]->policy, &app->policy);
            }
    side->side.model = side->model;
    side->side.places = other->side.places;
    memcpy(side->side.defaults, other->side.defaults, sizeof side->side.defaults);
    side->side.says = other->side.says & ~(unsigned)TC_DIFF_SAYS_REASONS;
    side->side.is_guessed = other->side.is_guessed;
    if (status != TC_OK || used > 0)
        return status;
    return tc_side_complain(side->side.name, side->session.options->diff.application != NULL
                                                 ? "is compared with an application that the other side does not have"
                                                 : "is the policy file of no application there by its name: say "
                                                   "--application NAME");
}

/* ---- by themselves ---- */

struct tc_application *
tc_side_sample(struct tc_side *side, struct tc_str name, struct tc_str path, enum tc_runtime runtime)
{
    struct tc_application *app = tc_arena_new(&side->session.c.arena, struct tc_application);

    if (app == NULL)
        return NULL;
    app->name = name;
    app->location.text = tc_arena_printf(&side->session.c.arena, "Site/%.*s", TC_STR_ARG(path));
    app->root.text = TC_STR("D:\\Sites\\Sample");
    app->origin.text = TC_STR("https?://www\\.example\\.com/.*");
    app->impersonate = -1;
    app->runtime = runtime;
    app->index = (uint32_t)side->model->application_count;
    return app;
}

/* An application for each file; of one file against another one, names do not matter. */
static enum tc_status
settle_alone(struct tc_side *side, struct tc_side *other)
{
    struct tc_arena *arena = &side->session.c.arena;
    static const struct tc_model nothing = {.runtime = TC_RT_4_0};
    bool single = side->policies->next == NULL && other->policies->next == NULL;
    struct tc_diff_place *places;
    size_t count = 0;
    enum tc_status status = TC_OK;

    for (const struct tc_side_policy *file = side->policies; file != NULL; file = file->next)
        count++;
    places = tc_arena_array(arena, struct tc_diff_place, count);
    if (!tc_side_copy_model(side, &nothing, NULL) || places == NULL)
        return TC_ERR_NOMEM;
    side->model->applications = tc_arena_array(arena, struct tc_application *, count);
    if (side->model->applications == NULL)
        return TC_ERR_NOMEM;
    for (struct tc_side_policy *file = side->policies; file != NULL && status == TC_OK; file = file->next) {
        struct tc_application *app =
            tc_side_sample(side, single ? TC_STR("the policy") : file->name, single ? TC_STR("sample") : file->name,
                           tc_side_runtime(file->source->text, false));

        if (app == NULL)
            return TC_ERR_NOMEM;
        status = policy_under(side, file, app->runtime, TC_STR(""), TC_STR(""), &app->policy);
        places[app->index].policy_file = file->name;
        side->model->applications[side->model->application_count++] = app;
    }
    side->side.model = side->model;
    side->side.places = places;
    side->side.says = 0;
    side->side.is_guessed = true;
    return status;
}

enum tc_status
tc_side_settle_policies(struct tc_side *side, struct tc_side *other)
{
    return other->kind == TC_SIDE_POLICIES ? settle_alone(side, other) : settle_like(side, other);
}

bool
tc_side_like_files(struct tc_side *side, const struct tc_side *other)
{
    return side->kind != TC_SIDE_POLICIES || other->kind == TC_SIDE_POLICIES || copy_files(side, other);
}
