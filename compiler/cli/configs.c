#include "cli/configs.h"

#include "cli/host.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct tc_config_file no_config;

struct tc_str
tc_real_folder(struct tc_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct tc_str folder = slash == NULL || strcmp(path, "-") == 0 ? TC_STR(".")
                           : slash == path                         ? TC_STR("/")
                                           : tc_arena_str(arena, (struct tc_str){path, (size_t)(slash - path)});
    char *real = folder.ptr == NULL ? NULL : realpath(folder.ptr, NULL);
    struct tc_str result = tc_arena_str(arena, tc_str_of(real));

    free(real);
    return result;
}

/* ---- finding ---- */

static struct tc_config_file *
read_config(struct tc_configs *configs, struct tc_str path)
{
    struct tc_session *s = configs->session;
    struct tc_config_file *file = tc_arena_new(&s->c.arena, struct tc_config_file);
    const char *reason;
    struct tc_source *source;
    struct tc_str text;

    if (file == NULL)
        return NULL;
    if (tc_host_read(&s->c.arena, path.ptr, &text, &reason) != TC_OK) {
        tc_diag_add_file(&s->c.diags, tc_code(TC_CODE_CONFIG_SYNTAX), path, "this file cannot be read: %s", reason);
        return NULL;
    }
    source = tc_sources_add_borrowed(&s->c.sources, path, text);
    if (source == NULL)
        return NULL;
    *file = (struct tc_config_file){.name = path, .folder = tc_real_folder(&s->c.arena, path.ptr)};
    tc_lint_config_read(&s->c.diags, source, &file->config);
    return file;
}

static const struct tc_config_file *config_of(struct tc_configs *configs, struct tc_str folder);

/* What holds above @a folder; nothing where a repository begins. */
static const struct tc_config_file *
outer_of(struct tc_configs *configs, struct tc_str folder)
{
    struct tc_arena *arena = &configs->session->c.arena;
    struct tc_str git = tc_arena_printf(arena, "%s/.git", folder.ptr), parent;
    const char *slash = strrchr(folder.ptr, '/');

    if (slash == NULL || folder.len <= 1 || git.ptr == NULL || access(git.ptr, F_OK) == 0)
        return &no_config;
    parent = tc_arena_str(arena, slash == folder.ptr ? TC_STR("/")
                                                     : (struct tc_str){folder.ptr, (size_t)(slash - folder.ptr)});
    return parent.ptr == NULL ? &no_config : config_of(configs, parent);
}

/* The nearest trustc.toml of @a folder, a real path. */
static const struct tc_config_file *
config_of(struct tc_configs *configs, struct tc_str folder)
{
    const struct tc_config_file *known = tc_map_get(&configs->folders, folder), *outer;
    struct tc_config_file *file = NULL;
    struct tc_str path;

    if (known != NULL)
        return known;
    path = tc_arena_printf(&configs->session->c.arena, "%s%strustc.toml", folder.ptr,
                           tc_str_eq(folder, TC_STR("/")) ? "" : "/");
    if (path.ptr != NULL && access(path.ptr, F_OK) == 0)
        file = read_config(configs, path);
    outer = outer_of(configs, folder);
    if (file != NULL)
        file->outer = outer == &no_config ? NULL : outer;
    known = file != NULL ? file : outer;
    tc_map_add(&configs->folders, folder, (void *)(uintptr_t)known);
    return known;
}

static void
find_each(struct tc_configs *configs, const struct tc_config_file *given)
{
    const struct tc_options *options = configs->session->options;

    for (size_t i = 0; i < configs->inputs->count; i++) {
        struct tc_str folder;

        configs->list[i] = given;
        if (given != NULL || options->lint.no_config)
            continue;
        folder = tc_real_folder(&configs->session->c.arena, configs->inputs->list[i].path);
        if (folder.len > 0)
            configs->list[i] = config_of(configs, folder);
        if (configs->list[i] == &no_config)
            configs->list[i] = NULL;
    }
}

bool
tc_configs_find(struct tc_configs *configs, struct tc_session *session, const struct tc_inputs *inputs)
{
    const char *name = session->options->lint.config;
    const struct tc_config_file *given = NULL;

    *configs = (struct tc_configs){.session = session, .inputs = inputs};
    tc_map_init(&configs->folders, &session->c.arena);
    configs->list = tc_arena_array(&session->c.arena, const struct tc_config_file *, inputs->count);
    if (configs->list == NULL)
        return false;
    if (name != NULL)
        given = read_config(configs, tc_str_of(name));
    if (given != NULL || name == NULL)
        find_each(configs, given);
    tc_diags_sort(&session->c.diags);
    if (session->c.diags.first != NULL)
        tc_session_show(session);
    return session->c.diags.errors == 0 && !session->c.arena.failed;
}

/* ---- what holds ---- */

/* How severe a rule is at @a level: 0 when it is off. */
static int
weight(size_t rule, enum tc_check_level level)
{
    enum tc_severity severity = tc_row_code(rule)->severity;

    if (level != TC_CHECK_AS_ROW)
        return (int)level - TC_CHECK_OFF;
    return severity == TC_SEVERITY_NOTE ? 1 : severity == TC_SEVERITY_WARNING ? 2 : 3;
}

/* What one file says, outer ones left aside. @a real is the path of the file that is linted. */
static void
apply_file(const struct tc_config_file *file, struct tc_str real, struct tc_lint_settings *settings)
{
    struct tc_lint_settings before = *settings;
    struct tc_str path = real;

    if (tc_str_starts(path, file->folder) &&
        (path.len == file->folder.len || path.ptr[file->folder.len] == '/' || file->folder.len == 1))
        path = tc_str_sub(path, file->folder.len, SIZE_MAX);
    while (path.len > 0 && path.ptr[0] == '/')
        path = tc_str_sub(path, 1, SIZE_MAX);
    tc_lint_config_apply(&file->config, path, settings);
    for (size_t i = 0; i < TC_ROW_COUNT_; i++)
        if (before.is_mandatory[i] && weight(i, (enum tc_check_level)settings->checks.levels[i]) <
                                          weight(i, (enum tc_check_level)before.checks.levels[i]))
            settings->checks.levels[i] = before.checks.levels[i];
}

static void
apply_files(const struct tc_config_file *file, struct tc_str real, struct tc_lint_settings *settings)
{
    if (file->outer != NULL)
        apply_files(file->outer, real, settings);
    apply_file(file, real, settings);
}

static void
apply_options(const struct tc_options *all, struct tc_lint_settings *settings)
{
    const struct tc_lint_options *options = &all->lint;

    for (size_t i = 0; i < TC_ROW_COUNT_; i++) {
        if (options->has_level[i])
            settings->checks.levels[i] = options->levels[i];
        settings->is_mandatory[i] |= options->is_mandatory[i];
        if (options->is_mandatory[i] && settings->checks.levels[i] == TC_CHECK_OFF)
            settings->checks.levels[i] = TC_CHECK_AS_ROW; /* no trustc.toml takes it away */
    }
    settings->no_inline_ignore |= options->no_inline_ignore;
    if (all->framework != NULL)
        settings->file.has_framework = tc_framework_find(tc_str_of(all->framework), &settings->file.framework);
}

void
tc_configs_settings(const struct tc_configs *configs, size_t input, struct tc_lint_settings *ret_settings)
{
    *ret_settings = (struct tc_lint_settings){.file = {.framework = TC_FX_2_0}};
    if (configs->list[input] != NULL) {
        char *real = realpath(configs->inputs->list[input].path, NULL);

        apply_files(configs->list[input], tc_str_of(real), ret_settings);
        free(real);
    }
    apply_options(configs->session->options, ret_settings);
}

static const struct tc_config_file *
with_fail_on(const struct tc_config_file *file)
{
    while (file != NULL && !file->config.has_fail_on)
        file = file->outer;
    return file;
}

static const struct tc_config_file *
with_baseline(const struct tc_config_file *file)
{
    while (file != NULL && file->config.baseline.len == 0)
        file = file->outer;
    return file;
}

enum tc_severity
tc_configs_fail_on(const struct tc_configs *configs, size_t input)
{
    const struct tc_options *options = configs->session->options;
    const struct tc_config_file *file = with_fail_on(configs->list[input]);

    if (options->lint.has_fail_on)
        return options->lint.fail_on;
    return file == NULL ? TC_SEVERITY_ERROR : file->config.fail_on;
}

const char *
tc_configs_baseline(const struct tc_configs *configs, size_t input)
{
    const struct tc_options *options = configs->session->options;
    const struct tc_config_file *file = with_baseline(configs->list[input]);
    struct tc_arena *arena = &configs->session->c.arena;

    if (options->lint.baseline != NULL)
        return options->lint.baseline;
    if (file == NULL)
        return NULL;
    if (file->config.baseline.ptr[0] == '/')
        return tc_arena_str(arena, file->config.baseline).ptr;
    return tc_arena_printf(arena, "%.*s/%.*s", TC_STR_ARG(file->folder), TC_STR_ARG(file->config.baseline)).ptr;
}

/* ---- --print-config ---- */

/* Who said each setting last; NULL: it is built in. */
struct origins {
    const char *framework, *inline_ignore;
    const char *levels[TC_ROW_COUNT_], *mandatory[TC_ROW_COUNT_];
};

static void
note_changes(const struct tc_lint_settings *before, const struct tc_lint_settings *after, const char *who,
             struct origins *origins)
{
    if (after->file.has_framework && (!before->file.has_framework || after->file.framework != before->file.framework))
        origins->framework = who;
    if (after->no_inline_ignore != before->no_inline_ignore)
        origins->inline_ignore = who;
    for (size_t i = 0; i < TC_ROW_COUNT_; i++) {
        if (after->checks.levels[i] != before->checks.levels[i])
            origins->levels[i] = who;
        if (after->is_mandatory[i] != before->is_mandatory[i])
            origins->mandatory[i] = who;
    }
}

static void
trace_files(const struct tc_config_file *file, struct tc_str real, struct tc_lint_settings *settings,
            struct origins *origins)
{
    struct tc_lint_settings before;

    if (file->outer != NULL)
        trace_files(file->outer, real, settings, origins);
    before = *settings;
    apply_file(file, real, settings);
    note_changes(&before, settings, file->name.ptr, origins);
}

static const char *
who(const char *origin)
{
    return origin == NULL ? "built in" : origin;
}

static void
put_mandatory(const struct tc_lint_settings *settings, const struct origins *origins, struct tc_buf *out)
{
    size_t count = 0;

    tc_buf_puts(out, TC_STR("mandatory = ["));
    for (size_t i = 0; i < TC_ROW_COUNT_; i++)
        if (settings->is_mandatory[i]) {
            tc_buf_printf(out, "\n    \"%s\", # %s, %s", tc_row_code(i)->id, tc_row_code(i)->slug,
                          who(origins->mandatory[i]));
            count++;
        }
    tc_buf_puts(out, count > 0 ? TC_STR("\n]\n") : TC_STR("]\n"));
}

static void
put_rules(const struct tc_lint_settings *settings, const struct origins *origins, struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR("\n[rules]\n"));
    for (size_t i = 0; i < TC_ROW_COUNT_; i++)
        if (settings->checks.levels[i] != TC_CHECK_AS_ROW)
            tc_buf_printf(out, "%s = \"%s\" # %s, %s\n", tc_row_code(i)->id,
                          tc_lint_level_name((enum tc_check_level)settings->checks.levels[i]), tc_row_code(i)->slug,
                          who(origins->levels[i]));
}

void
tc_configs_put(const struct tc_configs *configs, size_t input, struct tc_buf *out)
{
    const struct tc_options *options = configs->session->options;
    const struct tc_config_file *file = configs->list[input], *fail_on = with_fail_on(file);
    const char *baseline = tc_configs_baseline(configs, input), *path = configs->inputs->list[input].path;
    struct tc_lint_settings before, settings = {.file = {.framework = TC_FX_2_0}};
    struct origins origins = {.framework = NULL};
    char *real = realpath(path, NULL);

    if (file != NULL)
        trace_files(file, tc_str_of(real), &settings, &origins);
    free(real);
    before = settings;
    apply_options(options, &settings);
    note_changes(&before, &settings, "command line", &origins);
    if (settings.file.has_framework)
        tc_buf_printf(out, "framework = \"%s\" # %s\n", tc_framework_info(settings.file.framework)->name,
                      who(origins.framework));
    else
        tc_buf_puts(out, TC_STR("# framework: what the type names of each file say\n"));
    tc_buf_printf(out, "fail-on = \"%s\" # %s\n", tc_severity_name(tc_configs_fail_on(configs, input)),
                  options->lint.has_fail_on ? "command line" : who(fail_on == NULL ? NULL : fail_on->name.ptr));
    tc_buf_printf(out, "inline-ignore = %s # %s\n", settings.no_inline_ignore ? "false" : "true",
                  who(origins.inline_ignore));
    if (baseline != NULL)
        tc_buf_printf(out, "baseline = \"%s\" # %s\n", baseline,
                      options->lint.baseline != NULL ? "command line" : with_baseline(file)->name.ptr);
    put_mandatory(&settings, &origins, out);
    put_rules(&settings, &origins, out);
}
