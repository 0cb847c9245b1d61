#include "api/against.h"

#include "base/map.h"
#include "emit/policy_file.h"
#include "verify/config.h"
#include "verify/grants.h"
#include "xml/reader.h"

/* One runtime directory. */
struct place {
    bool is_read;
    bool has_config;
    struct tc_str dir;
    struct tc_str config_name;
    struct tc_config config;
};

struct against {
    struct tc_compilation *c;
    struct tc_str dir;
    tc_read_output *read;
    void *state;
    struct place places[TC_CLR_COUNT_];
    struct tc_map policies; /* struct loaded by runtime, path and set */
    bool has_folders;       /* several runtime directories are in use: one folder each */
    size_t faults;
};

/* A policy file that was looked for. */
struct loaded {
    const struct tc_policy *policy; /* NULL: it is not there, or cannot be used */
    bool is_there;
};

static struct tc_str
join(struct against *a, struct tc_str dir, struct tc_str name)
{
    if (dir.len == 0)
        return name;
    return tc_arena_printf(&a->c->arena, "%.*s%s%.*s", TC_STR_ARG(dir), dir.ptr[dir.len - 1] == '/' ? "" : "/",
                           TC_STR_ARG(name));
}

static void
fault(struct against *a, struct tc_str file, const char *what, struct tc_str why)
{
    a->faults++;
    tc_diag_add_file(&a->c->diags, tc_code(TC_CODE_PROOF_UNREADABLE), file, "%s: %.*s", what, TC_STR_ARG(why));
}

/* ---- the configuration ---- */

static void
read_place(struct against *a, enum tc_clr clr, struct place *place)
{
    const struct tc_clr_info *info = tc_clr_info(clr);
    struct tc_str bytes, reason;

    place->is_read = true;
    for (int below = 1; below >= (a->has_folders ? 1 : 0) && !place->has_config; below--) {
        place->dir = below ? join(a, a->dir, tc_str_of(info->directory)) : a->dir;
        place->config_name = join(a, place->dir, tc_str_of(info->config));
        place->has_config = a->read(a->state, place->config_name, &bytes);
    }
    if (!place->has_config)
        return;
    if (tc_config_read(&a->c->arena, bytes, &place->config, &reason) != TC_OK) {
        place->has_config = false;
        fault(a, place->config_name, "ASP.NET could not read this configuration", reason);
    }
}

static struct place *
place_of(struct against *a, enum tc_runtime runtime)
{
    enum tc_clr clr = tc_framework_info(tc_runtime_info(runtime)->framework)->clr;
    struct place *place = &a->places[clr];

    if (!place->is_read)
        read_place(a, clr, place);
    return place;
}

/* ---- policy files ---- */

/* Whether the classes of a file may be those of @a runtime, after a finding if not. */
static bool
is_of(struct against *a, struct tc_str path, struct tc_str text, enum tc_runtime runtime)
{
    enum tc_framework is, wanted = tc_runtime_info(runtime)->framework;

    if (!tc_read_framework(text, &is) || tc_framework_info(is)->clr == tc_framework_info(wanted)->clr)
        return true;
    fault(a, path, "this policy file is of another framework than the application",
          tc_arena_printf(&a->c->arena, "%s, not %s", tc_framework_info(is)->name, tc_framework_info(wanted)->name));
    return false;
}

static struct loaded *
load(struct against *a, struct tc_str path, enum tc_runtime runtime, struct tc_str set)
{
    struct tc_arena *arena = &a->c->arena;
    struct tc_str key = tc_arena_printf(arena, "%d %.*s %.*s", (int)runtime, TC_STR_ARG(set), TC_STR_ARG(path)), bytes;
    struct loaded *loaded = tc_map_get(&a->policies, key);
    struct tc_source *source;
    struct tc_reading reading;

    if (loaded != NULL || (loaded = tc_arena_new(arena, struct loaded)) == NULL)
        return loaded;
    tc_map_add(&a->policies, key, loaded);
    loaded->is_there = a->read(a->state, path, &bytes);
    if (!loaded->is_there)
        return loaded;
    source = tc_sources_add(&a->c->sources, path, tc_policy_decode(arena, bytes));
    if (source != NULL && !is_of(a, path, source->text, runtime))
        return loaded;
    if (source == NULL || tc_read_source(&a->c->diags, source, runtime, set, &reading) != TC_OK ||
        reading.kind != TC_READ_POLICY) {
        fault(a, path, "the framework could not use this policy file", TC_STR("it holds no policy level"));
        return loaded;
    }
    loaded->policy = reading.policy;
    return loaded;
}

/* ---- applications ---- */

/* What the directory gives one application. */
struct given {
    const struct tc_policy *policy;
    struct tc_str origin;
    enum tc_runtime runtime;
};

/* A policyFile is relative to the configuration; only its last part counts here, as all files lie in one directory. */
static struct tc_str
file_of(struct tc_str policy_file)
{
    for (size_t i = policy_file.len; i > 0; i--)
        if (policy_file.ptr[i - 1] == '\\' || policy_file.ptr[i - 1] == '/')
            return tc_str_sub(policy_file, i, SIZE_MAX);
    return policy_file;
}

static const struct tc_policy *
full_policy(struct against *a, enum tc_runtime runtime)
{
    struct tc_policy *policy = tc_arena_new(&a->c->arena, struct tc_policy);
    struct tc_pset *set = tc_arena_new(&a->c->arena, struct tc_pset);

    if (policy == NULL || set == NULL)
        return NULL;
    policy->sets = tc_arena_array(&a->c->arena, struct tc_pset *, 1);
    if (policy->sets == NULL)
        return NULL;
    *set = (struct tc_pset){.name = TC_STR("FullTrust"), .unrestricted = true};
    policy->sets[0] = set;
    policy->set_count = 1;
    policy->name = tc_str_of(tc_level_info(TC_LEVEL_FULL)->name);
    policy->runtime = runtime;
    policy->is_stock = true;
    policy->level = TC_LEVEL_FULL;
    return policy;
}

static void
take_file(struct against *a, const struct tc_application *app, const struct place *place, struct tc_str file,
          struct tc_str set, struct given *given)
{
    struct tc_str path = join(a, place->dir, file_of(file));
    const struct loaded *loaded = load(a, path, given->runtime, set);

    if (loaded == NULL)
        return;
    given->policy = loaded->policy;
    if (loaded->is_there)
        return;
    if (app->policy != NULL && app->policy->is_stock &&
        tc_str_eq_nocase(tc_policy_file_name(&a->c->arena, app->policy), file_of(file)))
        given->policy = app->policy;
    else
        fault(a, path, "there is no such policy file",
              tc_arena_printf(&a->c->arena, "'%.*s' would run under it", TC_STR_ARG(app->name)));
}

static void
take_config(struct against *a, const struct tc_application *app, struct place *place, struct given *given)
{
    struct tc_config_path_settings is = tc_config_effective(&place->config, &a->c->arena, app->location.text);
    struct tc_str full = tc_str_of(tc_level_info(TC_LEVEL_FULL)->name), file;

    given->origin = is.has_origin ? is.origin : TC_STR("");
    if (tc_runtime_info(given->runtime)->framework == TC_FX_4_0)
        given->runtime = tc_runtime_of(TC_FX_4_0, is.legacy);
    if (!is.has_trust || !is.has_level || tc_str_eq(is.level, full)) { /* without one it is Full (aspnet-trust 2.1) */
        given->policy = full_policy(a, given->runtime);
        return;
    }
    if (tc_runtime_info(given->runtime)->homogeneous && is.resolver.len > 0) {
        fault(a, place->config_name, "a class is asked before the policy file (hostSecurityPolicyResolverType)",
              tc_arena_printf(&a->c->arena, "what '%.*s' grants to '%.*s' cannot be known here",
                              TC_STR_ARG(is.resolver), TC_STR_ARG(app->name)));
        return;
    }
    file = tc_config_policy_file(&place->config, is.level);
    if (file.len == 0)
        fault(a, place->config_name, "this configuration names no policy file for a level",
              tc_arena_printf(&a->c->arena, "'%.*s', of '%.*s'", TC_STR_ARG(is.level), TC_STR_ARG(app->name)));
    else
        take_file(a, app, place, file, is.has_permission_set ? is.permission_set : TC_STR(""), given);
}

static enum tc_status
make_subject(struct against *a, const struct tc_application *app, struct tc_subject *ret,
             struct tc_application *ret_changed)
{
    struct place *place = place_of(a, app->runtime);
    struct given given = {.origin = app->origin.text, .runtime = app->runtime};
    struct tc_token_values values;
    enum tc_status status;

    if (place->has_config)
        take_config(a, app, place, &given);
    else if (app->policy != NULL && tc_policy_is_full(app->policy))
        given.policy = app->policy;
    else if (app->policy != NULL)
        take_file(a, app, place, tc_policy_file_name(&a->c->arena, app->policy), TC_STR(""), &given);
    *ret_changed = *app;
    ret_changed->origin.text = given.origin;
    ret_changed->runtime = given.runtime;
    values = tc_application_values(&a->c->arena, a->c->model, ret_changed);
    if (given.policy == NULL)
        given.policy = tc_arena_new(&a->c->arena, struct tc_policy); /* reported; never asked */
    ret_changed->policy = given.policy;
    if (a->faults > 0 || given.policy == NULL)
        return a->c->arena.failed ? TC_ERR_NOMEM : TC_OK;
    status = tc_subject_of_policy(&a->c->arena, app->name, given.policy, &values, ret);
    ret->application = app;
    ret->machine = a->c->model->server_name;
    return status;
}

enum tc_status
tc_against_subjects(struct tc_compilation *c, struct tc_str dir, tc_read_output *read, void *state,
                    struct tc_subjects *ret, const struct tc_model **ret_model)
{
    struct against a = {.c = c, .dir = dir, .read = read, .state = state};
    const struct tc_model *model = c->model;
    struct tc_application *changed = tc_arena_array(&c->arena, struct tc_application, model->application_count + 1);
    struct tc_model *given = tc_arena_new(&c->arena, struct tc_model);

    *ret = (struct tc_subjects){.items = tc_arena_array(&c->arena, struct tc_subject, model->application_count + 1),
                                .count = model->application_count};
    if (ret->items == NULL || changed == NULL || given == NULL)
        return TC_ERR_NOMEM;
    *given = *model;
    given->applications = tc_arena_array(&c->arena, struct tc_application *, model->application_count + 1);
    if (given->applications == NULL)
        return TC_ERR_NOMEM;
    tc_map_init(&a.policies, &c->arena);
    for (int clr = 0, in_use = 0; clr < TC_CLR_COUNT_; clr++) {
        in_use += model->defaults[clr] != NULL;
        a.has_folders = in_use > 1;
    }
    for (size_t i = 0; i < model->application_count; i++) {
        enum tc_status status = make_subject(&a, model->applications[i], &ret->items[i], &changed[i]);

        given->applications[i] = &changed[i];
        if (status != TC_OK)
            return status;
    }
    if (c->arena.failed)
        return TC_ERR_NOMEM;
    *ret_model = given;
    return a.faults > 0 ? TC_FAILED : TC_OK;
}
