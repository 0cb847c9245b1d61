/* A side that is a machine-level configuration file, with the policy files that it names. */
#include "cli/sides_parts.h"

#include "check/webconfig.h"
#include "cli/asked_parts.h"
#include "cli/commands.h"

#include <string.h>

/* ---- reading ---- */

/* The framework that the folder's name says: v4.0.30319. */
static bool
clr_of_folder(struct tc_str folder, enum tc_clr *ret_clr)
{
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        if (tc_str_find(folder, tc_str_of(tc_clr_info((enum tc_clr)clr)->directory), 0) != SIZE_MAX) {
            *ret_clr = (enum tc_clr)clr;
            return true;
        }
    return false;
}

static enum tc_clr
clr_of(enum tc_runtime runtime)
{
    return tc_framework_info(tc_runtime_info(runtime)->framework)->clr;
}

/* What the first policy file of the folder is for. */
static bool
clr_of_policies(struct tc_side *side, const struct tc_side_config *config, enum tc_clr *ret_clr)
{
    struct tc_str *names, bytes;
    size_t count;
    const char *reason;
    enum tc_framework framework;
    struct tc_str folder = config->folder.len == 0 ? TC_STR(".") : config->folder;

    if (side->tree.is_git && config->folder.len == 0)
        return false;
    if (tc_tree_names(&side->tree, folder, &names, &count, &reason) != TC_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct tc_str path =
            tc_arena_printf(&side->session.c.arena, "%.*s%.*s", TC_STR_ARG(config->folder), TC_STR_ARG(names[i]));

        if (!tc_str_starts_nocase(names[i], TC_STR("web_")) || !tc_str_ends_nocase(names[i], TC_STR("trust.config")) ||
            tc_tree_read(&side->tree, path, &bytes, &reason) != TC_OK || !tc_read_framework(bytes, &framework))
            continue;
        *ret_clr = tc_framework_info(framework)->clr;
        return true;
    }
    return false;
}

enum tc_status
tc_side_add_config(struct tc_side *side, struct tc_str path)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_side_config *config = tc_arena_new(arena, struct tc_side_config);
    struct tc_str reason;
    enum tc_status status;

    if (config == NULL)
        return TC_ERR_NOMEM;
    config->name = tc_str_last_part(path, "/:");
    config->folder = tc_str_sub(path, 0, path.len - config->name.len);
    status = tc_side_source(side, path, &config->source, &config->bytes);
    if (status != TC_OK)
        return status;
    status = tc_config_read(arena, config->bytes, &config->config, &reason);
    if (status == TC_FAILED)
        return tc_side_complain(path, tc_arena_printf(arena, "cannot be read by .NET: %.*s", TC_STR_ARG(reason)).ptr);
    if (status != TC_OK)
        return status;
    if (!tc_config_effective(&config->config, arena, TC_STR("")).has_trust && config->config.places == NULL)
        return TC_OK; /* a machine.config beside a web.config: nothing of ours is in it */
    config->clr_is_known = true;
    if (tc_str_eq_nocase(config->name, TC_STR("machine.config")))
        config->clr = TC_CLR_1_1;
    else if (!clr_of_folder(config->folder, &config->clr))
        config->clr_is_known = clr_of_policies(side, config, &config->clr);
    config->next = side->configs;
    side->configs = config;
    return TC_OK;
}

/* What holds for @a path; without any <trust> that is full trust (aspnet-trust 1). */
static struct tc_config_path_settings
settings_of(const struct tc_side_config *config, struct tc_arena *arena, struct tc_str path)
{
    struct tc_config_path_settings is = tc_config_effective(&config->config, arena, path);

    if (!is.has_level)
        is.level = tc_str_of(tc_level_info(TC_LEVEL_FULL)->name);
    return is;
}

/* ---- the policy of a level ---- */

/* The platform's own level as the program, or --platform, has it: its file is not there. */
static enum tc_status
stock_policy(struct tc_side *side, enum tc_level_id level, enum tc_runtime runtime, struct tc_policy **ret_policy)
{
    struct tc_session *s = &side->session;
    const struct tc_runtime_info *info = tc_runtime_info(runtime);
    struct tc_model *model = s->c.model;
    struct tc_str text =
        tc_arena_printf(&s->c.arena,
                        "server platform { framework %s; %s}\n"
                        "application App { location \"Site/app\"; root \"D:\\App\"; trust %s; }\n",
                        tc_framework_info(info->framework)->name,
                        runtime == TC_RT_4_0_LEGACY ? "cas-model legacy; " : "", tc_level_info(level)->word);
    enum tc_status status = tc_compile(&s->c, &s->host, &s->sema, TC_STR("platform"), text);

    if (status == TC_OK)
        *ret_policy = (struct tc_policy *)(uintptr_t)s->c.model->applications[0]->policy;
    s->c.model = model;
    return status;
}

enum tc_status
tc_side_read_policy(struct tc_side *side, struct tc_side_policy *policy)
{
    struct tc_session *s = &side->session;
    struct tc_reading reading;
    enum tc_status status = tc_read_source(&s->c.diags, policy->source, policy->runtime, policy->main, &reading);

    if (status != TC_OK)
        return status;
    if (reading.policy == NULL || (reading.kind == TC_READ_POLICY && !reading.has_main))
        return tc_side_complain(policy->source->name,
                                policy->main.len > 0 ? "has no permission set of the name that <trust> gives"
                                                     : "has no permission set 'ASP.Net': every request would fail");
    if (reading.kind == TC_READ_SET && !tc_asked_grant_to_all(&s->c.arena, reading.policy))
        return TC_ERR_NOMEM;
    policy->policy = reading.policy;
    return TC_OK;
}

/* The file that the level of @a is names (aspnet-trust 4.2); empty for Full, and when there is none. */
static struct tc_str
file_of(struct tc_side *side, const struct tc_side_config *config, const struct tc_config_path_settings *is)
{
    struct tc_str file = tc_config_policy_file(&config->config, is->level);
    enum tc_level_id level = tc_webconfig_stock_level(is->level, false);

    if (level == TC_LEVEL_FULL)
        return (struct tc_str){NULL, 0};
    if (file.len == 0 && level != TC_LEVEL_COUNT_)
        file = tc_str_of(tc_level_info(level)->policy_file);
    if (is->legacy && level != TC_LEVEL_COUNT_ && config->clr == TC_CLR_4_0)
        return tc_arena_printf(&side->session.c.arena, "legacy.%.*s", TC_STR_ARG(file));
    return file;
}

/* Read the level of @a is, or find it among those that were read. */
static enum tc_status
policy_of(struct tc_side *side, struct tc_side_config *config, const struct tc_config_path_settings *is,
          enum tc_runtime runtime, struct tc_side_policy **ret_policy)
{
    struct tc_arena *arena = &side->session.c.arena;
    enum tc_level_id level = tc_webconfig_stock_level(is->level, false);
    struct tc_side_policy *policy;
    struct tc_str file = file_of(side, config, is), path;
    const char *reason = "no level of that name is defined";
    enum tc_status status = TC_ERR_IO;

    if (tc_runtime_info(runtime)->homogeneous && is->resolver.len > 0)
        return tc_side_complain(config->source->name,
                                "asks a class before the policy file (hostSecurityPolicyResolverType): what that "
                                "grants, up to full trust, cannot be known here");
    for (policy = config->policies; policy != NULL; policy = policy->next)
        if (policy->runtime == runtime && tc_str_eq(policy->policy->name, is->level) &&
            tc_str_eq(policy->main, is->permission_set)) {
            *ret_policy = policy;
            return TC_OK;
        }
    policy = tc_arena_new(arena, struct tc_side_policy);
    if (policy == NULL)
        return TC_ERR_NOMEM;
    *policy = (struct tc_side_policy){.name = file, .runtime = runtime, .main = is->permission_set};
    path = tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(config->folder), TC_STR_ARG(file));
    if (file.len > 0)
        status = tc_tree_read(&side->tree, path, &policy->bytes, &reason);
    if (status == TC_OK) {
        policy->source = tc_sources_add(&side->session.c.sources, path, tc_policy_decode(arena, policy->bytes));
        status = policy->source == NULL ? TC_ERR_LIMIT : tc_side_read_policy(side, policy);
    } else if (status == TC_ERR_IO && level != TC_LEVEL_COUNT_) {
        status = stock_policy(side, level, runtime, &policy->policy);
    } else if (status == TC_ERR_IO) {
        return tc_side_complain(config->source->name,
                                tc_arena_printf(arena,
                                                "has the trust level '%.*s', whose policy file '%.*s' cannot be "
                                                "read: %s",
                                                TC_STR_ARG(is->level), TC_STR_ARG(file), reason)
                                    .ptr);
    }
    if (status != TC_OK)
        return status;
    policy->policy->name = is->level;
    policy->next = config->policies;
    config->policies = policy;
    *ret_policy = policy;
    return TC_OK;
}

/* 4.x's default model has the fully trusted assemblies in the configuration file. */
static const struct tc_policy *
with_assemblies(struct tc_arena *arena, const struct tc_policy *policy, const struct tc_config_path_settings *is)
{
    const struct tc_config_assembly *lists[] = {is->assemblies, is->inherited};
    struct tc_policy *copy;

    if (!tc_runtime_info(policy->runtime)->homogeneous || (is->assemblies == NULL && is->inherited == NULL))
        return policy;
    copy = tc_arena_new(arena, struct tc_policy);
    if (copy == NULL)
        return policy;
    *copy = *policy;
    copy->full_trust = NULL;
    for (int i = 0; i < 2; i++)
        for (const struct tc_config_assembly *entry = lists[i]; entry != NULL; entry = entry->next) {
            struct tc_full_trust *added = tc_arena_new(arena, struct tc_full_trust);

            if (added == NULL)
                return policy;
            *added = (struct tc_full_trust){
                .next = copy->full_trust, .name = entry->name, .version = entry->version, .key = entry->key};
            copy->full_trust = added;
        }
    return copy;
}

/* ---- the model ---- */

/* What an application of the framework of @a config runs under, as near to @a like as its directory lets it. */
static enum tc_runtime
runtime_of(const struct tc_side_config *config, const struct tc_config_path_settings *is, enum tc_runtime like)
{
    enum tc_framework framework = tc_runtime_info(like)->framework;

    if (tc_framework_info(framework)->clr != config->clr)
        framework = config->clr == TC_CLR_1_1 ? TC_FX_1_1 : config->clr == TC_CLR_2_0 ? TC_FX_2_0 : TC_FX_4_0;
    return tc_runtime_of(framework, is->legacy);
}

static bool
is_named(const struct tc_side_config *config, struct tc_arena *arena, struct tc_str path)
{
    const struct tc_config_path_settings *found = tc_map_get(&config->config.paths, tc_str_fold(arena, path));

    return found != NULL && found->has_trust;
}

static struct tc_diff_place
place_of(const struct tc_side_config *config, const struct tc_config_path_settings *is, enum tc_runtime runtime)
{
    enum tc_level_id level = tc_webconfig_stock_level(is->level, false);

    return (struct tc_diff_place){
        .is_open = !is->trust_locked || !config->config.levels_locked,
        .is_unlimited = is->has_process_request && !is->process_request && level != TC_LEVEL_FULL &&
                        !tc_runtime_info(runtime)->homogeneous,
    };
}

static enum tc_status
fill_application(struct tc_side *side, struct tc_side_config *config, struct tc_application *app,
                 struct tc_diff_place *place)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_config_path_settings is = settings_of(config, arena, app->location.text);
    struct tc_side_policy *policy;
    enum tc_status status;

    app->runtime = runtime_of(config, &is, app->runtime);
    status = policy_of(side, config, &is, app->runtime, &policy);
    if (status != TC_OK)
        return status;
    app->policy = with_assemblies(arena, policy->policy, &is);
    app->origin.text = is.origin;
    *place = place_of(config, &is, app->runtime);
    place->policy_file = policy->name;
    return TC_OK;
}

static size_t
count_places(const struct tc_side *side)
{
    size_t count = 0;

    for (const struct tc_side_config *config = side->configs; config != NULL; config = config->next)
        for (const struct tc_config_place *place = config->config.places; place != NULL; place = place->next)
            count++;
    return count;
}

/* Nobody says where such an application lies: in a directory of its own. */
static struct tc_application *
unnamed(struct tc_side *side, struct tc_str path, enum tc_clr clr)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_application *app = tc_arena_new(arena, struct tc_application);

    if (app == NULL)
        return NULL;
    app->name = path;
    app->location.text = path;
    app->root.text =
        tc_arena_replace(arena, tc_arena_printf(arena, "D:\\Sites\\%.*s", TC_STR_ARG(path)), TC_STR("/"), TC_STR("\\"));
    app->impersonate = -1;
    app->runtime = clr == TC_CLR_4_0 ? TC_RT_4_0 : clr == TC_CLR_2_0 ? TC_RT_2_0 : TC_RT_1_1;
    return app;
}

/* The applications of the source that the configuration files name; the others have the default level there. */
static bool
take_applications(struct tc_side *side, const struct tc_side *source)
{
    struct tc_arena *arena = &side->session.c.arena;
    const struct tc_model *model = source->side.model;
    bool *keep = tc_arena_array(arena, bool, model->application_count);

    if (keep == NULL)
        return false;
    for (size_t i = 0; i < model->application_count; i++)
        for (const struct tc_side_config *config = side->configs; config != NULL; config = config->next)
            keep[i] |= clr_of(model->applications[i]->runtime) == config->clr &&
                       is_named(config, arena, model->applications[i]->location.text);
    return tc_side_copy_model(side, model, keep);
}

/* Behind them, those that only the configuration files name. */
static bool
add_unnamed(struct tc_side *side)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_model *model = side->model;
    size_t known = model->application_count;
    struct tc_application **all = tc_arena_array(arena, struct tc_application *, known + count_places(side));
    struct tc_map seen;

    if (all == NULL)
        return false;
    tc_map_init(&seen, arena);
    if (known > 0)
        memcpy(all, model->applications, known * sizeof *all);
    for (size_t i = 0; i < known; i++)
        tc_map_add(&seen, tc_str_fold(arena, all[i]->location.text), all[i]);
    for (const struct tc_side_config *config = side->configs; config != NULL; config = config->next)
        for (const struct tc_config_place *place = config->config.places; place != NULL; place = place->next) {
            struct tc_application *app = unnamed(side, place->path, config->clr);

            if (app == NULL)
                return false;
            if (tc_map_add(&seen, tc_str_fold(arena, place->path), app) != NULL)
                continue;
            app->index = (uint32_t)model->application_count;
            all[model->application_count++] = app;
        }
    model->applications = all;
    return true;
}

static enum tc_status
fill_model(struct tc_side *side)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_model *model = side->model;
    struct tc_diff_place *places = tc_arena_array(arena, struct tc_diff_place, model->application_count);
    enum tc_status status = TC_OK;

    if (places == NULL)
        return TC_ERR_NOMEM;
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        model->defaults[clr] = NULL;
    for (struct tc_side_config *config = side->configs; config != NULL && status == TC_OK; config = config->next) {
        struct tc_config_path_settings is = settings_of(config, arena, TC_STR(""));
        struct tc_side_policy *policy;

        for (size_t i = 0; i < model->application_count && status == TC_OK; i++)
            if (clr_of(model->applications[i]->runtime) == config->clr)
                status = fill_application(side, config, model->applications[i], &places[i]);
        if (status != TC_OK)
            break;
        status = policy_of(side, config, &is, runtime_of(config, &is, model->runtime), &policy);
        if (status == TC_OK)
            model->defaults[config->clr] = with_assemblies(arena, policy->policy, &is);
        side->side.defaults[config->clr] = place_of(config, &is, runtime_of(config, &is, model->runtime));
    }
    side->side.places = places;
    return status;
}

/* The files that count: the configuration, and what its levels name. A build does not write the platform's own. */
static enum tc_status
list_files(struct tc_side *side, bool with_stock)
{
    struct tc_arena *arena = &side->session.c.arena;
    struct tc_diff_file *files;
    size_t count = 0, n = 0;

    for (const struct tc_side_config *config = side->configs; config != NULL; config = config->next) {
        count++;
        for (const struct tc_side_policy *policy = config->policies; policy != NULL; policy = policy->next)
            count++;
    }
    files = tc_arena_array(arena, struct tc_diff_file, count);
    if (files == NULL)
        return TC_ERR_NOMEM;
    for (const struct tc_side_config *config = side->configs; config != NULL; config = config->next) {
        files[n++] =
            (struct tc_diff_file){.name = config->name, .clr = config->clr, .is_config = true, .bytes = config->bytes};
        for (const struct tc_side_policy *policy = config->policies; policy != NULL; policy = policy->next)
            if (policy->source != NULL &&
                (with_stock || tc_webconfig_stock_level(policy->policy->name, false) == TC_LEVEL_COUNT_))
                files[n++] = (struct tc_diff_file){.name = policy->name, .clr = config->clr, .bytes = policy->bytes};
    }
    side->side.files = files;
    side->side.file_count = n;
    return TC_OK;
}

/* A file that says of which framework it is in no way is of the one that the source has. */
static void
guess_clr(struct tc_side *side, const struct tc_side *source)
{
    for (struct tc_side_config *config = side->configs; config != NULL; config = config->next) {
        if (config->clr_is_known)
            continue;
        config->clr = TC_CLR_4_0;
        for (int clr = 0; source != NULL && clr < TC_CLR_COUNT_; clr++)
            if (source->side.model->defaults[clr] != NULL)
                config->clr = (enum tc_clr)clr;
    }
}

enum tc_status
tc_side_settle_config(struct tc_side *side, const struct tc_side *source)
{
    static const struct tc_model nothing = {.runtime = TC_RT_4_0};
    enum tc_status status;

    guess_clr(side, source);
    if (!(source != NULL ? take_applications(side, source) : tc_side_copy_model(side, &nothing, NULL)) ||
        !add_unnamed(side))
        return TC_ERR_NOMEM;
    status = fill_model(side);
    if (status == TC_OK)
        status = list_files(side, source == NULL);
    side->side.model = side->model;
    side->side.says = TC_DIFF_SAYS_LEVELS;
    side->side.is_guessed = source == NULL;
    return status;
}
