/* The applications of a machine-level configuration file. */
#include "cli/asked_parts.h"

#include "api/lint_sites.h"
#include "base/map.h"
#include "check/webconfig.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "xml/policy_text.h"

/* The applications that share one policy: a policy file under one permission set, or a level of the platform. */
struct group {
    struct group *next;
    struct tc_asked_file *file;
    const struct tc_policy *policy;
    size_t count, filled;
    bool failed; /* what is wrong was said */
};

struct config {
    struct tc_asked *asked;
    struct tc_arena *arena;
    struct tc_source *source;
    struct tc_hierarchy hierarchy;
    struct group **groups; /* by application; NULL: it fails, or nothing is known */
    struct group *first;
    struct group **tail;
    struct tc_map by_key;
};

static void
tell(const struct config *config, const struct tc_hierarchy_application *app, const char *why)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc: %.*s: %s%.*s is left out: %s\n", TC_STR_ARG(config->source->name),
                  app->path.len > 0 ? "" : "the machine's default", TC_STR_ARG(app->path),
                  why == NULL ? "out of memory" : why);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

/* A level of the platform as the program knows it: no file of the server is there. */
static const struct tc_policy *
stock_policy(struct config *config, enum tc_level_id level, enum tc_runtime runtime)
{
    struct tc_session *s = &config->asked->session;
    const struct tc_runtime_info *info = tc_runtime_info(runtime);
    struct tc_model *model = s->c.model;
    const struct tc_policy *policy = NULL;
    struct tc_str text =
        tc_arena_printf(config->arena,
                        "server platform { framework %s; %s}\n"
                        "application App { location \"Site/app\"; root \"D:\\App\"; trust %s; }\n",
                        tc_framework_info(info->framework)->name,
                        runtime == TC_RT_4_0_LEGACY ? "cas-model legacy; " : "", tc_level_info(level)->word);

    if (tc_compile(&s->c, &s->host, &s->sema, TC_STR("platform"), text) == TC_OK && s->c.model->application_count == 1)
        policy = s->c.model->applications[0]->policy;
    s->c.model = model;
    return policy;
}

static enum tc_status
load_stock(struct config *config, struct group *group, const struct tc_hierarchy_application *app,
           enum tc_level_id level)
{
    bool legacy = app->legacy.text.len > 0;
    enum tc_runtime runtime = tc_asked_runtime(config->asked, config->source->text, legacy);

    group->file = tc_asked_new(config->asked, config->source);
    if (group->file == NULL)
        return TC_ERR_NOMEM;
    group->policy = stock_policy(config, level, runtime);
    group->file->policy = group->policy;
    if (group->policy == NULL)
        return TC_ERR_NOMEM;
    return tc_asked_demand(config->asked, group->file, runtime);
}

static enum tc_status
load_file(struct config *config, struct group *group, const struct tc_hierarchy_application *app, struct tc_str bytes)
{
    struct tc_str text = tc_policy_decode(config->arena, bytes);
    struct tc_source *source = tc_sources_add(&config->asked->session.c.sources, app->policy_file.text, text);
    enum tc_runtime runtime = tc_asked_runtime(config->asked, text, app->legacy.text.len > 0);
    enum tc_status status;

    if (source == NULL || (group->file = tc_asked_new(config->asked, source)) == NULL)
        return TC_ERR_NOMEM;
    status = tc_asked_policy(config->asked, group->file, runtime, app->permission_set.text);
    group->policy = group->file->policy;
    return status;
}

/* Read what @a app runs under. TC_FAILED: it was said why not. */
static enum tc_status
load(struct config *config, struct group *group, const struct tc_hierarchy_application *app)
{
    enum tc_level_id level = tc_webconfig_stock_level(app->level.text, false);
    struct tc_str bytes;
    const char *reason = "no file says where the policy file of its trust level is";

    if (app->policy_file.text.len > 0) {
        struct tc_str path = tc_arena_str(config->arena, app->policy_file.text);

        if (path.ptr != NULL && tc_host_read(config->arena, path.ptr, &bytes, &reason) == TC_OK)
            return load_file(config, group, app, bytes);
    }
    if (level != TC_LEVEL_COUNT_)
        return load_stock(config, group, app, level);
    tell(config, app, reason);
    return TC_FAILED;
}

static struct group *
group_of(struct config *config, const struct tc_hierarchy_application *app)
{
    struct tc_str key = tc_arena_printf(config->arena, "%.*s|%.*s|%.*s|%d", TC_STR_ARG(app->level.text),
                                        TC_STR_ARG(app->policy_file.text), TC_STR_ARG(app->permission_set.text),
                                        app->legacy.text.len > 0);
    struct group *group = tc_map_get(&config->by_key, key);

    if (group != NULL)
        return group;
    group = tc_arena_new(config->arena, struct group);
    if (group == NULL)
        return NULL;
    tc_map_add(&config->by_key, key, group);
    *config->tail = group;
    config->tail = &group->next;
    return group;
}

static struct tc_token_values
values_of(const struct config *config, const struct tc_hierarchy_application *app, enum tc_runtime runtime)
{
    struct tc_str path = app->path.len > 0 ? tc_arena_str(config->arena, app->path) : TC_STR("Site");

    return tc_token_values_for(
        config->arena,
        &(struct tc_token_basis){
            .root = tc_arena_replace(config->arena, tc_arena_printf(config->arena, "D:\\Sites\\%.*s", TC_STR_ARG(path)),
                                     TC_STR("/"), TC_STR("\\")),
            .location = path,
            .origin = tc_arena_str(config->arena, app->origin.text),
            .runtime = runtime});
}

/* Which policies there are, and how many applications each has. */
static enum tc_status
find_groups(struct config *config)
{
    enum tc_status result = TC_OK;

    for (size_t i = 0; i < config->hierarchy.count; i++) {
        const struct tc_hierarchy_application *app = &config->hierarchy.applications[i];
        struct group *group;

        if (app->fails.len > 0 || app->level.text.len == 0) {
            if (app->fails.len > 0 || app->path.len > 0)
                tell(config, app,
                     app->fails.len > 0 ? tc_arena_str(config->arena, app->fails).ptr
                                        : "no file says which trust level it has");
            continue;
        }
        if (app->resolver.text.len > 0 && app->legacy.text.len == 0) { /* aspnet-trust 6.2 */
            tell(config, app, "hostSecurityPolicyResolverType names a class that decides before the policy file");
            result = TC_FAILED;
            continue;
        }
        group = group_of(config, app);
        if (group == NULL)
            return TC_ERR_NOMEM;
        if (group->policy == NULL && !group->failed) {
            enum tc_status status = load(config, group, app);

            if (status != TC_OK && status != TC_FAILED)
                return status;
            group->failed = status != TC_OK;
            result = status == TC_OK ? result : status;
        }
        config->groups[i] = group->failed ? NULL : group;
        group->count++;
    }
    return result;
}

static enum tc_status
fill(struct config *config)
{
    for (struct group *group = config->first; group != NULL; group = group->next) {
        if (group->failed)
            continue;
        group->file->subjects =
            (struct tc_subjects){tc_arena_array(config->arena, struct tc_subject, group->count), group->count};
        if (!tc_policy_is_full(group->policy) &&
            (group->policy->is_stock ||
             tc_str_find(group->file->source->text, tc_token_text(TC_TOKEN_APP_DIR), 0) != SIZE_MAX))
            group->file->assumed = 1u << TC_TOKEN_APP_DIR;
        group->file->is_of_config = true;
        config->asked->subject_count += group->count;
        if (group->file->subjects.items == NULL)
            return TC_ERR_NOMEM;
    }
    for (size_t i = 0; i < config->hierarchy.count; i++) {
        const struct tc_hierarchy_application *app = &config->hierarchy.applications[i];
        struct group *group = config->groups[i];
        struct tc_token_values values;
        enum tc_status status;

        if (group == NULL)
            continue;
        values = values_of(config, app, group->policy->runtime);
        group->file->values = values;
        status = tc_subject_of_policy(
            config->arena,
            app->path.len > 0 ? tc_arena_str(config->arena, app->path)
                              : (config->hierarchy.count > 1 ? TC_STR("(any other)") : TC_STR("(every application)")),
            group->policy, &values, &group->file->subjects.items[group->filled++]);
        if (status != TC_OK)
            return status;
    }
    return TC_OK;
}

enum tc_status
tc_asked_config(struct tc_asked *asked, struct tc_source *source)
{
    struct config config = {.asked = asked, .arena = &asked->session.c.arena, .source = source};
    struct tc_lint_site file = {.name = source->name, .bytes = source->text};
    struct tc_compilation aside; /* what lint finds in the file is no answer to a question */
    enum tc_status status;

    config.tail = &config.first;
    tc_map_init(&config.by_key, config.arena);
    tc_compilation_init(&aside);
    status = tc_lint_sites(&aside, &file, 1, NULL, 0, NULL, &config.hierarchy);
    if (status == TC_OK) {
        config.groups = tc_arena_array(config.arena, struct group *, config.hierarchy.count);
        status = config.groups == NULL ? TC_ERR_NOMEM : find_groups(&config);
    }
    if (status == TC_OK)
        status = fill(&config);
    if (status == TC_OK && config.first == NULL) {
        struct tc_buf out = {0};

        tc_buf_printf(&out, "trustc: '%.*s' sets no trust level that could be asked about\n", TC_STR_ARG(source->name));
        tc_complain(tc_buf_str(&out));
        tc_buf_done(&out);
        status = TC_FAILED;
    }
    tc_compilation_done(&aside);
    return asked->session.c.arena.failed ? TC_ERR_NOMEM : status;
}
