/* The passes in order: text -> tree -> model -> outputs. The first file to read. */
#include "api/platform.h"
#include "api/stdlib_data.h"
#include "api/trustc.h"
#include "base/map.h"
#include "emit/merge.h"
#include "emit/policy_file.h"
#include "syntax/parse.h"
#include "verify/expected.h"
#include "verify/proof.h"

#include <stdlib.h>

void
tc_compilation_init(struct tc_compilation *c)
{
    *c = (struct tc_compilation){0};
    tc_arena_init(&c->arena);
    tc_arena_init(&c->trees);
    tc_sources_init(&c->sources, &c->arena);
    tc_diags_init(&c->diags, &c->arena, &c->sources);
    c->diags.limit = tc_limit(TC_LIMIT_DIAGNOSTICS)->value;
}

static void
free_buffers(struct tc_compilation *c)
{
    tc_isolation_done(c->isolation);
    c->isolation = NULL;
    for (size_t i = 0; i < c->buffer_count; i++)
        tc_buf_done(&c->buffers[i]);
    free(c->buffers);
}

void
tc_compilation_reset(struct tc_compilation *c)
{
    struct tc_arena arena = c->arena, trees = c->trees;

    free_buffers(c);
    if (arena.failed)
        tc_arena_done(&arena);
    if (trees.failed)
        tc_arena_done(&trees);
    tc_arena_reset(&arena);
    tc_arena_reset(&trees);
    tc_compilation_init(c);
    c->arena = arena;
    c->trees = trees;
}

void
tc_compilation_done(struct tc_compilation *c)
{
    free_buffers(c);
    tc_arena_done(&c->trees);
    tc_arena_done(&c->arena);
    *c = (struct tc_compilation){0};
}

void
tc_compilation_drop_trees(struct tc_compilation *c)
{
    c->files = (struct tc_source_files){0};
    tc_arena_done(&c->trees);
    tc_arena_init(&c->trees);
}

static bool
read_builtin(void *state, struct tc_str name, struct tc_str *ret_text)
{
    (void)state;
    for (size_t i = 0; i < tc_stdlib_file_count; i++)
        if (tc_str_eq(name, tc_str_of(tc_stdlib_files[i].name))) {
            *ret_text = (struct tc_str){tc_stdlib_files[i].text, tc_stdlib_files[i].len};
            return true;
        }
    return false;
}

struct tc_sema_host
tc_host_builtin(void)
{
    return (struct tc_sema_host){
        .read_stdlib = read_builtin, .stdlib_dir = TC_STR("stdlib-policies"), .read_policy = tc_platform_policy};
}

static bool
is_fatal(enum tc_status status)
{
    return status != TC_OK && status != TC_FAILED;
}

/* Parse @a extra to the end of the list of files. */
static enum tc_status
add_extra(struct tc_compilation *c, struct tc_source *extra)
{
    struct tc_ast_file **list = tc_arena_array(&c->arena, struct tc_ast_file *, c->files.count + 1);
    enum tc_status parsed;

    if (list == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < c->files.count; i++)
        list[i] = c->files.list[i];
    parsed = tc_parse(&c->diags, &c->trees, extra, &list[c->files.count]);
    if (is_fatal(parsed))
        return parsed;
    c->files.list = list;
    c->files.count++;
    return parsed;
}

/* Permissions of @a set that stand as markup, as a file of @a policy would have them. */
static void
check_markup(struct tc_compilation *c, const struct tc_policy *policy, const struct tc_pset *set, struct tc_map *seen)
{
    const struct tc_token_values values =
        tc_token_values_for(&c->arena, &(struct tc_token_basis){.root = TC_STR("D:\\Sites\\Sample"),
                                                                .location = TC_STR("Site/sample"),
                                                                .runtime = policy->runtime});
    struct tc_expected expected = {.arena = &c->arena, .policy = policy, .values = &values};

    for (struct tc_raw *raw = set->raw; raw != NULL; raw = raw->next) {
        const struct tc_str key = {(const char *)&raw->lines, sizeof raw->lines}; /* what inherits it shares them */
        const char *fault = tc_map_add(seen, key, raw) != NULL ? NULL : tc_expected_raw_fault(&expected, raw);

        if (fault != NULL)
            tc_diag_help(&c->diags,
                         tc_diag_add(&c->diags, tc_code(TC_CODE_BAD_RAW), raw->span,
                                     "the framework cannot read this permission: %s", fault),
                         "mend its attributes and elements: as it is, it costs the whole set, or the first demand of "
                         "its class throws");
    }
}

/* A permission in markup that the framework cannot read costs the whole set, or throws when somebody asks (policy-file
 * 4.3, 7). */
static enum tc_status
check_all_markup(struct tc_compilation *c)
{
    size_t errors = c->diags.errors;
    struct tc_map seen;

    tc_map_init(&seen, &c->arena);
    for (size_t i = 0; i < c->model->level_count; i++)
        for (size_t s = 0; s < c->model->levels[i]->set_count; s++)
            if (c->model->levels[i]->sets[s]->raw != NULL)
                check_markup(c, c->model->levels[i], c->model->levels[i]->sets[s], &seen);
    if (c->arena.failed)
        return TC_ERR_NOMEM;
    return c->diags.errors > errors ? TC_FAILED : TC_OK;
}

enum tc_status
tc_compile_with(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
                struct tc_source *source, struct tc_source *extra)
{
    struct tc_ast_file *main_file;
    enum tc_status parsed = tc_parse(&c->diags, &c->trees, source, &main_file), used, added, analyzed;

    if (is_fatal(parsed))
        return parsed;
    c->files.trees = &c->trees;
    used = tc_use_load(&c->diags, host, main_file, &c->files);
    if (is_fatal(used))
        return used;
    added = extra == NULL ? TC_OK : add_extra(c, extra);
    if (is_fatal(added))
        return added;
    analyzed = tc_analyze(&c->diags, host, options, &c->files, &c->model);
    if (analyzed == TC_OK)
        analyzed = check_all_markup(c);
    tc_diags_sort(&c->diags);
    if (parsed != TC_OK || used != TC_OK || added != TC_OK)
        return analyzed == TC_OK ? TC_FAILED : analyzed;
    return analyzed;
}

enum tc_status
tc_compile_source(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
                  struct tc_source *source)
{
    return tc_compile_with(c, host, options, source, NULL);
}

enum tc_status
tc_compile(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
           struct tc_str name, struct tc_str text)
{
    struct tc_source *source = tc_sources_add(&c->sources, name, text);

    if (source == NULL)
        return c->arena.failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    return tc_compile_source(c, host, options, source);
}

/* Decide the nevers and tests of the model, if it has any. */
static enum tc_status
judge_rules(struct tc_compilation *c)
{
    const struct tc_rule_filter everything = {.words = {NULL, 0}};
    struct tc_subjects subjects;
    enum tc_status status = TC_OK;

    if (c->model->rules == NULL)
        return TC_OK;
    status = tc_subjects_of_model(&c->arena, c->model, &subjects);
    if (status == TC_OK)
        status = tc_rules_run(&c->arena, c->model, &subjects, c->isolation, &everything, &c->rules);
    if (status == TC_OK)
        tc_rules_report(&c->rules, &c->diags);
    return status;
}

enum tc_status
tc_judge(struct tc_compilation *c, bool unknown)
{
    enum tc_status status = tc_isolate(&c->arena, c->model, &c->isolation);

    if (status != TC_OK)
        return status;
    tc_isolation_report(c->isolation, &c->diags, unknown);
    status = judge_rules(c);
    if (status != TC_OK)
        return status;
    tc_diags_sort(&c->diags);
    return c->arena.failed ? TC_ERR_NOMEM : TC_OK;
}

bool
tc_may_build(const struct tc_compilation *c)
{
    return (c->isolation == NULL || c->isolation->violations == 0) && c->rules.failed == 0;
}

/* ---- outputs ---- */

/* What one CLR's directory holds. */
struct package {
    bool in_use;
    struct tc_output *policies;
    size_t policy_count;
    struct tc_config_entries entries;
};

static enum tc_clr
clr_of(enum tc_runtime runtime)
{
    return tc_framework_info(tc_runtime_info(runtime)->framework)->clr;
}

/* A buffer whose bytes live as long as the compilation; room was made for all of them. */
static struct tc_buf *
new_buffer(struct tc_compilation *c)
{
    struct tc_buf *buf = &c->buffers[c->buffer_count++];

    tc_buf_init(buf);
    return buf;
}

/* Two levels of one name under two runtimes of one CLR need the same bytes: there is one file. */
static enum tc_status
add_policy(struct tc_compilation *c, struct package *package, const struct tc_policy *policy)
{
    struct tc_buf *buf = new_buffer(c);
    struct tc_output output = {.name = tc_policy_file_name(&c->arena, policy), .stage = TC_STAGE_POLICY};

    if (tc_policy_emit(policy, buf) != TC_OK)
        return TC_ERR_NOMEM;
    output.bytes = tc_buf_str(buf);
    package->policies[package->policy_count++] = output;
    return TC_OK;
}

static enum tc_status
emit_policies(struct tc_compilation *c, struct package *packages)
{
    const struct tc_model *model = c->model;
    const struct tc_policy **first = tc_arena_array(&c->arena, const struct tc_policy *, model->level_count);
    struct tc_map names;

    tc_map_init(&names, &c->arena);
    for (size_t i = 0; i < model->level_count; i++) {
        const struct tc_policy *policy = model->levels[i];
        struct package *package = &packages[clr_of(policy->runtime)];
        struct tc_str key =
            tc_arena_printf(&c->arena, "%d/%.*s", (int)clr_of(policy->runtime), TC_STR_ARG(policy->name));
        struct tc_output *other = tc_map_get(&names, key);
        enum tc_status status = add_policy(c, package, policy);

        if (status != TC_OK || first == NULL)
            return TC_ERR_NOMEM;
        if (other == NULL) {
            first[i] = policy;
            tc_map_add(&names, key, &package->policies[package->policy_count - 1]);
            continue;
        }
        package->policy_count--;
        if (tc_str_eq(other->bytes, package->policies[package->policy_count].bytes))
            continue;
        tc_diag_help(&c->diags,
                     tc_diag_add(&c->diags, tc_code(TC_CODE_LEVEL_DIFFERS), policy->span,
                                 "'%.*s' would need two different policy files: applications use it under frameworks "
                                 "that share one directory",
                                 TC_STR_ARG(policy->name)),
                     "declare a policy for each framework or CAS model");
    }
    return TC_OK;
}

static struct tc_trust_entry
trust_entry(struct tc_compilation *c, const struct tc_policy *policy)
{
    const struct tc_runtime_info *runtime = tc_runtime_info(policy->runtime);
    struct tc_trust_entry entry = {.level = policy->name, .impersonate = -1};
    struct tc_full_trust_assembly *list;
    size_t count = 0;

    entry.legacy_cas_model = policy->runtime == TC_RT_4_0_LEGACY;
    if (runtime->framework == TC_FX_4_0 && !policy->is_stock && !tc_str_eq(policy->sets[0]->name, TC_STR("ASP.Net")))
        entry.permission_set = policy->sets[0]->name;
    if (!runtime->homogeneous)
        return entry;
    for (const struct tc_full_trust *assembly = policy->full_trust; assembly != NULL; assembly = assembly->next)
        count++;
    list = tc_arena_array(&c->arena, struct tc_full_trust_assembly, count);
    for (const struct tc_full_trust *assembly = policy->full_trust; assembly != NULL && list != NULL;
         assembly = assembly->next)
        list[entry.full_trust_count++] =
            (struct tc_full_trust_assembly){assembly->name, assembly->version, assembly->key};
    entry.full_trust = list;
    return entry;
}

/* Tell the entries whose paths lead to other entries. */
static void
mark_nested(struct tc_compilation *c, struct tc_trust_entry *entries, size_t count)
{
    struct tc_map by_path;

    tc_map_init(&by_path, &c->arena);
    for (size_t i = 0; i < count; i++)
        tc_map_add(&by_path, tc_str_fold(&c->arena, entries[i].path), &entries[i]);
    for (size_t i = 0; i < count; i++) {
        struct tc_str path = tc_str_fold(&c->arena, entries[i].path);

        for (size_t cut = 1; cut < path.len; cut++) {
            struct tc_trust_entry *above;

            if (path.ptr[cut] == '/' && (above = tc_map_get(&by_path, tc_str_sub(path, 0, cut))) != NULL)
                above->has_nested = true;
        }
    }
}

static bool
make_entries(struct tc_compilation *c, struct package *package, enum tc_clr clr)
{
    const struct tc_model *model = c->model;
    struct tc_trust_level *levels =
        tc_arena_array(&c->arena, struct tc_trust_level, TC_LEVEL_COUNT_ + package->policy_count);
    struct tc_trust_entry *applications = tc_arena_array(&c->arena, struct tc_trust_entry, model->application_count);
    struct tc_config_entries *entries = &package->entries;
    size_t n = 0;

    if (levels == NULL || applications == NULL)
        return false;
    *entries = (struct tc_config_entries){
        .clr = clr, .levels = levels, .machine = trust_entry(c, model->defaults[clr]), .applications = applications};
    for (int i = 0; i < TC_LEVEL_COUNT_; i++)
        levels[entries->level_count++] =
            (struct tc_trust_level){.name = tc_str_of(tc_level_info((enum tc_level_id)i)->name),
                                    .policy_file = tc_str_of(tc_level_info((enum tc_level_id)i)->policy_file)};
    for (size_t i = 0; i < model->level_count; i++) {
        const struct tc_policy *policy = model->levels[i];

        if (clr_of(policy->runtime) != clr || n == package->policy_count)
            continue;
        if (!tc_str_eq(tc_policy_file_name(&c->arena, policy), package->policies[n].name))
            continue; /* a second level of one file */
        levels[entries->level_count++] = (struct tc_trust_level){
            .name = policy->name, .policy_file = package->policies[n].name, .span = policy->span};
        n++;
    }
    for (size_t i = 0; i < model->application_count; i++) {
        const struct tc_application *app = model->applications[i];
        struct tc_trust_entry entry;

        if (clr_of(app->runtime) != clr || app->policy == NULL)
            continue;
        entry = trust_entry(c, app->policy);
        entry.path = app->location.text;
        entry.origin = app->origin.text;
        entry.temp_directory = app->temporary.text;
        entry.impersonate = app->impersonate;
        entry.span = app->span;
        applications[entries->application_count++] = entry;
    }
    mark_nested(c, applications, entries->application_count);
    return !c->arena.failed;
}

static enum tc_status
add_target(struct tc_compilation *c, const struct tc_target *target, const struct package *package, struct tc_str dir,
           struct tc_output *outputs, size_t *count)
{
    struct tc_placement *placement = &c->placements[c->placement_count++];
    struct tc_buf *buf = new_buffer(c);
    struct tc_output config = {
        .dir = dir, .name = tc_str_of(tc_clr_info(package->entries.clr)->config), .stage = TC_STAGE_CONFIG};
    enum tc_status status;

    for (size_t i = 0; i < package->policy_count; i++) {
        outputs[*count] = package->policies[i];
        outputs[(*count)++].dir = dir;
    }
    if (target->existing == NULL) {
        status = tc_config_emit(&package->entries, buf);
    } else {
        config.name = target->existing_name;
        config.replace_foreign = true;
        status = tc_config_merge(&c->arena, &package->entries, target->existing, &c->diags, buf);
    }
    config.bytes = tc_buf_str(buf);
    outputs[(*count)++] = config;
    *placement = (struct tc_placement){.clr = package->entries.clr,
                                       .dir = dir,
                                       .config_name = config.name,
                                       .first = *count - package->policy_count - 1,
                                       .count = package->policy_count + 1};
    return status;
}

static struct tc_str
subdirectory(struct tc_compilation *c, struct tc_str dir, enum tc_clr clr)
{
    const char *name = tc_clr_info(clr)->directory;

    if (dir.len == 0)
        return tc_str_of(name);
    return tc_arena_printf(&c->arena, "%.*s%s%s", TC_STR_ARG(dir), dir.ptr[dir.len - 1] == '/' ? "" : "/", name);
}

static enum tc_status
emit_targets(struct tc_compilation *c, const struct tc_target *targets, size_t count, const struct package *packages,
             struct tc_output *outputs, size_t *ret_count)
{
    size_t in_use = 0;
    enum tc_status result = TC_OK;

    for (int clr = 0; clr < TC_CLR_COUNT_; clr++) {
        bool covered = count == 0;

        in_use += packages[clr].in_use;
        for (size_t i = 0; i < count; i++)
            covered |= !targets[i].has_clr || targets[i].clr == (enum tc_clr)clr;
        if (packages[clr].in_use && !covered)
            tc_diag_add_file(&c->diags, tc_code(TC_CODE_NOT_ALL_TARGETS),
                             tc_str_of(tc_clr_info((enum tc_clr)clr)->directory),
                             "no directory is given for the applications that run under this framework");
    }
    for (size_t i = 0; i < count; i++) {
        const struct tc_target *target = &targets[i];

        if (target->has_clr && !packages[target->clr].in_use) {
            tc_diag_add_file(&c->diags, tc_code(TC_CODE_TARGET), target->dir,
                             "no application runs under %s, for which this directory is given",
                             tc_clr_info(target->clr)->directory);
            result = TC_ERR_USAGE;
            continue;
        }
        if (!target->has_clr && target->existing != NULL && in_use > 1) {
            tc_diag_help(&c->diags,
                         tc_diag_add_file(&c->diags, tc_code(TC_CODE_TARGET), target->existing->name,
                                          "the applications run under several frameworks: which one is this file of?"),
                         "write the framework before it: --merge 2.0=%.*s", TC_STR_ARG(target->existing->name));
            result = TC_ERR_USAGE;
            continue;
        }
        for (int clr = 0; clr < TC_CLR_COUNT_; clr++) {
            enum tc_status status;

            if (!packages[clr].in_use || (target->has_clr && target->clr != (enum tc_clr)clr))
                continue;
            status = add_target(c, target, &packages[clr],
                                target->has_clr || in_use == 1 ? target->dir
                                                               : subdirectory(c, target->dir, (enum tc_clr)clr),
                                outputs, ret_count);
            if (status == TC_ERR_NOMEM)
                return status;
            if (status != TC_OK)
                result = status;
        }
    }
    return result;
}

enum tc_status
tc_emit(struct tc_compilation *c, const struct tc_target *targets, size_t count, struct tc_output **ret_outputs,
        size_t *ret_count)
{
    struct package packages[TC_CLR_COUNT_] = {0};
    size_t levels = c->model->level_count, n = 0;
    struct tc_output *outputs = tc_arena_array(&c->arena, struct tc_output, count * (levels + TC_CLR_COUNT_));
    enum tc_status status;

    if (c->model->server_span.end == 0 && c->model->application_count == 0) {
        /* an empty file must not lock a whole server to the default level */
        tc_diag_help(&c->diags,
                     tc_diag_add_file(&c->diags, tc_code(TC_CODE_NOTHING_TO_BUILD),
                                      c->sources.count > 0 ? c->sources.list[0]->name : TC_STR(""),
                                      "this source declares no server and no application: there is nothing to build"),
                     "is it the right file? policies alone are used by another source, or checked: trustc check FILE");
        return TC_FAILED;
    }
    free(c->buffers);
    c->buffers = calloc(levels + count * TC_CLR_COUNT_ + 1, sizeof *c->buffers);
    c->buffer_count = 0;
    c->placements = tc_arena_array(&c->arena, struct tc_placement, count * TC_CLR_COUNT_);
    c->placement_count = 0;
    if (c->buffers == NULL || outputs == NULL || c->placements == NULL)
        return TC_ERR_NOMEM;
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++) {
        packages[clr].in_use = c->model->defaults[clr] != NULL;
        packages[clr].policies = tc_arena_array(&c->arena, struct tc_output, levels);
        if (packages[clr].policies == NULL)
            return TC_ERR_NOMEM;
    }
    status = emit_policies(c, packages);
    for (int clr = 0; clr < TC_CLR_COUNT_ && status == TC_OK; clr++)
        if (packages[clr].in_use && !make_entries(c, &packages[clr], (enum tc_clr)clr))
            status = TC_ERR_NOMEM;
    if (status == TC_OK && c->diags.errors == 0)
        status = emit_targets(c, targets, count, packages, outputs, &n);
    tc_diags_sort(&c->diags);
    if (status == TC_OK && (c->diags.errors > 0))
        status = TC_FAILED;
    *ret_outputs = outputs;
    *ret_count = n;
    return status;
}
