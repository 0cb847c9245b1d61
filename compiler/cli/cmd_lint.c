/* trustc lint: what is wrong with files that somebody wrote by hand. */
#include "api/lint.h"

#include "api/lint_config.h"
#include "api/report.h"
#include "base/map.h"
#include "base/render.h"
#include "cli/commands.h"
#include "cli/diff.h"
#include "cli/host.h"
#include "cli/inputs.h"
#include "cli/session.h"
#include "cli/sites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WINDOW = 64 }; /* files that may be done before the one whose turn it is */

/* Where a report goes. */
struct sink {
    enum tc_report_format format;
    const char *path; /* NULL: standard output */
    FILE *file;
    struct tc_str temporary;
    bool any; /* a piece was written: the next one needs a separator */
};

/* What one file came to, until it is its turn to be written. */
struct result {
    bool done;
    struct tc_buf pieces[TC_REPORT_COUNT_ + 1];
    struct tc_buf complaint, diff, baseline;
    struct tc_report_totals totals;
    bool is_prepared; /* its mended bytes lie beside it */
    enum tc_status status;
};

struct folder_config {
    struct folder_config *next;
    struct tc_str folder; /* where the file lies; what is below it is told by the rest of the path */
    struct tc_lint_config config;
    struct tc_str name;
};

struct lint {
    const struct tc_options *options;
    struct tc_session session; /* for its arena, host and the findings of configuration files */
    struct tc_lint lint;
    struct tc_inputs inputs;
    struct tc_sites sites;
    struct tc_map folders;          /* real path of a folder -> struct folder_config, or `no_config` */
    struct folder_config **configs; /* by input; NULL: none */
    bool has_fail_on;
    bool with_fingerprints;
    enum tc_severity fail_on;
    struct tc_map known; /* of the baseline: "path\nfingerprint" -> bool */
    struct sink sinks[TC_REPORT_COUNT_ + 1];
    size_t sink_count;
    struct tc_report_totals totals;
    struct tc_buf baseline;
    bool *prepared; /* by input */

    pthread_mutex_t lock; /* over all that follows */
    pthread_cond_t turn;
    size_t next, written;
    struct result results[WINDOW];
    enum tc_status status;
};

static struct folder_config no_config;

/* ---- configuration ---- */

static struct folder_config *
read_config(struct lint *l, struct tc_str path)
{
    struct tc_session *s = &l->session;
    struct folder_config *config = tc_arena_new(&s->c.arena, struct folder_config);
    const char *reason;
    struct tc_source *source;
    struct tc_str text;

    if (config == NULL)
        return NULL;
    if (tc_host_read(&s->c.arena, path.ptr, &text, &reason) != TC_OK) {
        tc_diag_add_file(&s->c.diags, tc_code(TC_CODE_CONFIG_SYNTAX), path, "this file cannot be read: %s", reason);
        return NULL;
    }
    source = tc_sources_add_borrowed(&s->c.sources, path, text);
    if (source == NULL)
        return NULL;
    *config = (struct folder_config){.name = path};
    tc_lint_config_read(&s->c.diags, source, &config->config);
    return config;
}

/* The settings that hold in @a folder (a real path): of the nearest trustc.toml, up to where a repository begins. */
static struct folder_config *
config_of(struct lint *l, struct tc_str folder)
{
    struct folder_config *config = tc_map_get(&l->folders, folder);
    struct tc_arena *arena = &l->session.c.arena;
    const char *slash = strrchr(folder.ptr, '/');
    struct tc_str path, parent;

    if (config != NULL)
        return config;
    path = tc_arena_printf(arena, "%s%strustc.toml", folder.ptr, strcmp(folder.ptr, "/") == 0 ? "" : "/");
    if (path.ptr != NULL && access(path.ptr, F_OK) == 0) {
        config = read_config(l, path);
        if (config != NULL)
            config->folder = folder;
    } else if (slash != NULL && folder.len > 1) {
        path = tc_arena_printf(arena, "%s/.git", folder.ptr);
        parent = tc_arena_str(arena, slash == folder.ptr ? TC_STR("/")
                                                         : (struct tc_str){folder.ptr, (size_t)(slash - folder.ptr)});
        if (path.ptr != NULL && parent.ptr != NULL && access(path.ptr, F_OK) != 0)
            config = config_of(l, parent);
    }
    if (config == NULL)
        config = &no_config;
    tc_map_add(&l->folders, folder, config);
    return config;
}

/* The folder of an input as a real path, which lives in the arena. */
static struct tc_str
real_folder(struct lint *l, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct tc_arena *arena = &l->session.c.arena;
    struct tc_str folder = slash == NULL || strcmp(path, "-") == 0 ? TC_STR(".")
                           : slash == path                         ? TC_STR("/")
                                           : tc_arena_str(arena, (struct tc_str){path, (size_t)(slash - path)});
    char *real = folder.ptr == NULL ? NULL : realpath(folder.ptr, NULL);
    struct tc_str result = tc_arena_str(arena, tc_str_of(real));

    free(real);
    return result;
}

static bool
find_configs(struct lint *l)
{
    struct folder_config *given = NULL;

    l->configs = tc_arena_array(&l->session.c.arena, struct folder_config *, l->inputs.count);
    if (l->configs == NULL)
        return false;
    if (l->options->lint.config != NULL) {
        given = read_config(l, tc_str_of(l->options->lint.config));
        if (given == NULL) {
            tc_session_show(&l->session);
            return false;
        }
        given->folder = real_folder(l, l->options->lint.config);
    }
    for (size_t i = 0; i < l->inputs.count; i++) {
        struct tc_str folder;

        l->configs[i] = given;
        if (given != NULL || l->options->lint.no_config)
            continue;
        folder = real_folder(l, l->inputs.list[i].path);
        if (folder.len > 0)
            l->configs[i] = config_of(l, folder);
        if (l->configs[i] == &no_config)
            l->configs[i] = NULL;
    }
    tc_diags_sort(&l->session.c.diags);
    if (l->session.c.diags.first != NULL)
        tc_session_show(&l->session);
    return l->session.c.diags.errors == 0;
}

/* Built in, then the file's, then the command line's. */
static void
settings_for(struct lint *l, size_t input, struct tc_lint_settings *settings)
{
    const struct tc_lint_options *options = &l->options->lint;
    const struct folder_config *config = l->configs[input];

    *settings = (struct tc_lint_settings){.file = {.framework = TC_FX_2_0}};
    settings->with_fingerprints = l->with_fingerprints;
    if (config != NULL) {
        char *real = realpath(l->inputs.list[input].path, NULL);
        struct tc_str path = tc_str_of(real);

        if (tc_str_starts(path, config->folder) &&
            (path.len == config->folder.len || path.ptr[config->folder.len] == '/' || config->folder.len == 1))
            path = tc_str_sub(path, config->folder.len, SIZE_MAX);
        while (path.len > 0 && path.ptr[0] == '/')
            path = tc_str_sub(path, 1, SIZE_MAX);
        tc_lint_config_apply(&config->config, path, settings);
        free(real);
    }
    for (size_t i = 0; i < TC_CHECK_COUNT_; i++) {
        if (options->has_level[i])
            settings->checks.levels[i] = options->levels[i];
        settings->is_mandatory[i] |= options->is_mandatory[i];
        if (options->is_mandatory[i] && settings->checks.levels[i] == TC_CHECK_OFF)
            settings->checks.levels[i] = TC_CHECK_AS_ROW; /* no trustc.toml takes it away */
    }
    settings->no_inline_ignore |= options->no_inline_ignore;
    if (l->options->framework != NULL)
        settings->file.has_framework = tc_framework_find(tc_str_of(l->options->framework), &settings->file.framework);
}

/* ---- the baseline ---- */

static struct tc_str
plain_path(const char *path)
{
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    return tc_str_of(path);
}

static const char *
baseline_path(struct lint *l)
{
    const struct folder_config *config = l->inputs.count > 0 ? l->configs[0] : NULL;

    if (l->options->lint.baseline != NULL)
        return l->options->lint.baseline;
    if (config == NULL || config->config.baseline.len == 0)
        return NULL;
    return tc_arena_printf(&l->session.c.arena, "%.*s/%.*s", TC_STR_ARG(config->folder),
                           TC_STR_ARG(config->config.baseline))
        .ptr;
}

/* Lines of FINGERPRINT CODE PATH. */
static enum tc_status
read_baseline(struct lint *l, const char *path)
{
    static bool there = true;
    struct tc_arena *arena = &l->session.c.arena;
    struct tc_str text;
    const char *reason;
    enum tc_status status = tc_host_read(arena, path, &text, &reason);

    if (status != TC_OK) {
        if (l->options->lint.update_baseline && access(path, F_OK) != 0)
            return TC_OK;
        tc_complain_file("read", path, reason);
        return status;
    }
    while (text.len > 0) {
        size_t end = tc_str_find(text, TC_STR("\n"), 0);
        struct tc_str line = tc_str_trim(tc_str_sub(text, 0, end));

        text = end == SIZE_MAX ? (struct tc_str){NULL, 0} : tc_str_sub(text, end + 1, SIZE_MAX);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (line.len < 39 || line.ptr[32] != ' ' || line.ptr[38] != ' ') {
            struct tc_buf out = {0};

            tc_buf_printf(&out, "trustc lint: '%s' is no baseline: '%.*s' is not FINGERPRINT CODE PATH\n", path,
                          TC_STR_ARG(line));
            tc_complain(tc_buf_str(&out));
            tc_buf_done(&out);
            return TC_ERR_USAGE;
        }
        tc_map_add(&l->known, line, &there);
    }
    return TC_OK;
}

static void
put_baseline_line(struct tc_buf *out, const struct tc_diag *diag, const char *path)
{
    tc_buf_printf(out, "%.*s %s %.*s", TC_STR_ARG(diag->fingerprint), diag->code->id, TC_STR_ARG(plain_path(path)));
}

/* Findings that the baseline lists do not count; those that do not yet are on the list for a new one. */
static void
apply_baseline(struct lint *l, struct tc_compilation *c, const struct tc_lint_settings *settings, const char *path,
               struct result *result)
{
    static const struct tc_suppression why = {.is_baseline = true, .reason = {"it is in the baseline", 21}};
    struct tc_buf line = {0};

    for (struct tc_diag *diag = c->diags.first; diag != NULL; diag = diag->next) {
        enum tc_check_id id = tc_check_of(diag->code);

        if (diag->suppressed != NULL || diag->fingerprint.len == 0)
            continue;
        tc_buf_clear(&line);
        put_baseline_line(&line, diag, path);
        tc_buf_puts(&result->baseline, tc_buf_str(&line));
        tc_buf_putc(&result->baseline, '\n');
        if (l->known.count > 0 && tc_map_get(&l->known, tc_buf_str(&line)) != NULL &&
            (id == TC_CHECK_COUNT_ || !settings->is_mandatory[id]))
            tc_diag_suppress(&c->diags, diag, &why);
    }
    tc_buf_done(&line);
}

/* ---- one file ---- */

struct beside {
    struct tc_arena *arena;
    const char *path;
    struct tc_str *names;
    size_t count;
    bool is_listed, is_known;
};

static bool
siblings(void *state, struct tc_str **ret_names, size_t *ret_count)
{
    struct beside *b = state;

    if (!b->is_listed)
        b->is_known = tc_inputs_siblings(b->arena, b->path, &b->names, &b->count);
    b->is_listed = true;
    *ret_names = b->names;
    *ret_count = b->count;
    return b->is_known;
}

static bool
has_sibling(void *state, struct tc_str name)
{
    struct tc_str *names;
    size_t count;

    if (!siblings(state, &names, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (tc_str_eq_nocase(names[i], name))
            return true;
    return false;
}

static enum tc_status
read_used(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    struct beside *b = state;
    struct tc_str name = tc_arena_str(b->arena, path);

    return name.ptr == NULL ? TC_ERR_NOMEM : tc_host_read(b->arena, name.ptr, ret_text, ret_reason);
}

static enum tc_status
mend(struct lint *l, struct tc_compilation *c, const struct tc_lint_settings *settings, const char *path,
     struct tc_str bytes, const struct tc_lint_folder *folder, struct result *result)
{
    const struct tc_lint_options *options = &l->options->lint;
    struct tc_lint_fix fix;
    const char *failure, *real;
    enum tc_status status;

    status = tc_lint_mend(c, &l->lint, settings, tc_str_of(path), bytes, folder, options->unsafe_fixes, &fix);
    if (status != TC_OK)
        return status;
    if (fix.refused != NULL)
        tc_buf_printf(&result->complaint, "trustc lint: '%s' is left as it is: %s\n", path, fix.refused);
    if (fix.fixed == 0 || tc_str_eq(fix.bytes, bytes))
        return TC_OK;
    result->totals.fixed += fix.fixed;
    if (options->dry_run) {
        tc_diff_put(&result->diff, path, bytes, fix.bytes);
        return TC_OK;
    }
    status = tc_host_prepare_over(&c->arena, path, fix.bytes, &real, &failure);
    if (status == TC_ERR_IO)
        tc_buf_printf(&result->complaint, "trustc: '%s' cannot be written: %s\n", path, failure);
    result->is_prepared = status == TC_OK;
    return status;
}

static void
lint_one(struct lint *l, size_t input, struct result *result)
{
    const char *path = l->inputs.list[input].path, *reason = "";
    bool standard = strcmp(path, "-") == 0;
    struct tc_lint_settings settings;
    struct tc_compilation c;
    struct tc_arena kept; /* what has to outlive a second look at the file */
    struct beside beside = {.path = path};
    struct tc_lint_folder folder = {
        .state = &beside, .read_file = read_used, .has_sibling = has_sibling, .siblings = siblings};
    struct tc_report_file file = {.name = standard ? TC_STR("<stdin>") : tc_str_of(path), .kind = TC_FILE_OTHER};
    struct tc_str bytes;
    enum tc_status status;

    tc_arena_init(&kept);
    tc_compilation_init(&c);
    c.diags.limit = 0;
    beside.arena = &kept;
    settings_for(l, input, &settings);
    status =
        standard && tc_sites_standard_input(&l->sites, &bytes) ? TC_OK : tc_host_read(&kept, path, &bytes, &reason);
    if (status == TC_OK) {
        status = tc_lint_file(&c, &l->lint, &settings, file.name, bytes, standard ? NULL : &folder, &file.kind);
        if (status == TC_OK && l->options->lint.fix && !standard && file.kind != TC_FILE_OTHER)
            status = mend(l, &c, &settings, path, bytes, &folder, result);
        file.diags = &c.diags;
    } else if (status != TC_ERR_NOMEM) {
        tc_buf_printf(&result->complaint, "trustc: '%s' cannot be read: %s\n", path, reason);
        file.unreadable = reason;
    }
    result->status = status;
    if (status == TC_OK && file.kind == TC_FILE_OTHER) {
        if (l->inputs.list[input].is_named)
            tc_buf_printf(&result->complaint,
                          "trustc lint: '%s' is no policy file, permission set, configuration file or source: nothing "
                          "in it is checked\n",
                          path);
    } else if (status == TC_OK || file.unreadable != NULL) {
        if (file.diags != NULL)
            apply_baseline(l, &c, &settings, path, result);
        tc_report_count(&result->totals, &file);
        for (size_t i = 0; i < l->sink_count; i++)
            tc_report_file(l->sinks[i].format, &file,
                           l->sinks[i].path == NULL && tc_session_color(&l->session, STDOUT_FILENO),
                           &result->pieces[i]);
    }
    tc_compilation_done(&c);
    tc_arena_done(&kept);
}

/* ---- all files ---- */

static void
write_piece(struct sink *sink, const struct tc_buf *piece)
{
    if (piece->len == 0)
        return;
    if (sink->any)
        fputs(tc_report_separator(sink->format), sink->file);
    fwrite(piece->ptr, 1, piece->len, sink->file);
    sink->any = true;
}

/* Write a result whose turn has come, and forget it. */
static void
write_result(struct lint *l, size_t input, struct result *result)
{
    tc_complain(tc_buf_str(&result->complaint));
    for (size_t i = 0; i < l->sink_count; i++) {
        if (!l->options->lint.dry_run || l->sinks[i].path != NULL)
            write_piece(&l->sinks[i], &result->pieces[i]);
        if (result->pieces[i].failed)
            l->status = TC_ERR_NOMEM;
        tc_buf_done(&result->pieces[i]);
    }
    if (result->diff.len > 0)
        fwrite(result->diff.ptr, 1, result->diff.len, stdout);
    tc_buf_puts(&l->baseline, tc_buf_str(&result->baseline));
    if (result->baseline.failed || l->baseline.failed || result->diff.failed)
        l->status = TC_ERR_NOMEM;
    l->prepared[input] = result->is_prepared;
    tc_report_add(&l->totals, &result->totals);
    if (l->status == TC_OK)
        l->status = result->status;
    tc_buf_done(&result->complaint);
    tc_buf_done(&result->diff);
    tc_buf_done(&result->baseline);
    tc_report_totals_done(&result->totals);
    *result = (struct result){0};
}

static void *
work(void *state)
{
    struct lint *l = state;

    pthread_mutex_lock(&l->lock);
    for (;;) {
        struct result *result;
        size_t input;

        while (l->next < l->inputs.count && l->next >= l->written + WINDOW)
            pthread_cond_wait(&l->turn, &l->lock);
        if (l->next >= l->inputs.count)
            break;
        input = l->next++;
        result = &l->results[input % WINDOW];
        pthread_mutex_unlock(&l->lock);
        lint_one(l, input, result);
        pthread_mutex_lock(&l->lock);
        result->done = true;
        while (l->written < l->next && l->results[l->written % WINDOW].done) {
            write_result(l, l->written, &l->results[l->written % WINDOW]);
            l->written++;
        }
        pthread_cond_broadcast(&l->turn);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void
run_all(struct lint *l)
{
    unsigned jobs = l->options->lint.jobs > 0 ? l->options->lint.jobs : l->session.c.threads;
    pthread_t threads[256];
    size_t count = 0;

    if (jobs > l->inputs.count)
        jobs = (unsigned)l->inputs.count;
    for (; count + 1 < jobs; count++)
        if (pthread_create(&threads[count], NULL, work, l) != 0)
            break;
    work(l);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

/* ---- reports ---- */

/* What was begun beside its place goes again. */
static void
discard_sinks(struct lint *l)
{
    for (size_t i = 0; i < l->sink_count; i++)
        if (l->sinks[i].path != NULL) {
            fclose(l->sinks[i].file);
            if (l->sinks[i].temporary.ptr != NULL)
                unlink(l->sinks[i].temporary.ptr);
        }
}

static bool
open_sinks(struct lint *l)
{
    const struct tc_lint_options *options = &l->options->lint;
    struct stat st;
    struct tc_buf out = {0};

    l->sinks[l->sink_count++] = (struct sink){.format = options->format, .file = stdout};
    for (size_t i = 0; i < options->output_count; i++) {
        struct sink *sink = &l->sinks[l->sink_count];

        *sink = (struct sink){.format = options->outputs[i].format, .path = options->outputs[i].path};
        if (stat(sink->path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a pipe or a device is written to, not replaced */
            sink->file = fopen(sink->path, "wb");
            if (sink->file == NULL) {
                tc_complain_file("written", sink->path, "it cannot be opened");
                discard_sinks(l);
                return false;
            }
            l->sink_count++;
            continue;
        }
        sink->temporary = tc_arena_printf(&l->session.c.arena, "%s.trustc-new", sink->path);
        sink->file = sink->temporary.ptr == NULL ? NULL : fopen(sink->temporary.ptr, "wb");
        if (sink->file == NULL) {
            tc_complain_file("written", sink->path, "the file cannot be made");
            discard_sinks(l);
            return false;
        }
        l->sink_count++;
    }
    for (size_t i = 0; i < l->sink_count; i++)
        l->with_fingerprints |= l->sinks[i].format == TC_REPORT_JSON || l->sinks[i].format == TC_REPORT_SARIF ||
                                l->sinks[i].format == TC_REPORT_GITLAB;
    for (size_t i = 0; i < l->sink_count; i++) {
        tc_buf_clear(&out);
        tc_report_begin(l->sinks[i].format, &out);
        if (!options->dry_run || l->sinks[i].path != NULL)
            fwrite(out.ptr == NULL ? "" : out.ptr, 1, out.len, l->sinks[i].file);
    }
    tc_buf_done(&out);
    return true;
}

static bool
close_sinks(struct lint *l)
{
    struct tc_buf out = {0};
    bool good = true;

    for (size_t i = 0; i < l->sink_count; i++) {
        struct sink *sink = &l->sinks[i];

        tc_buf_clear(&out);
        tc_report_end(sink->format, &l->totals, &out);
        if (!l->options->lint.dry_run || sink->path != NULL)
            fwrite(out.ptr == NULL ? "" : out.ptr, 1, out.len, sink->file);
        if (fflush(sink->file) != 0 || ferror(sink->file)) {
            tc_complain_file("written", sink->path == NULL ? "<stdout>" : sink->path, "input/output error");
            good = false;
        }
        if (sink->path == NULL)
            continue;
        if (fclose(sink->file) != 0 || (sink->temporary.ptr != NULL && rename(sink->temporary.ptr, sink->path) != 0)) {
            tc_complain_file("written", sink->path, "it cannot be put in its place");
            if (sink->temporary.ptr != NULL)
                unlink(sink->temporary.ptr);
            good = false;
        }
    }
    tc_buf_done(&out);
    return good;
}

/* Mended files come to their places when the whole run was good. */
static bool
finish_fixes(struct lint *l)
{
    bool keep = l->status == TC_OK, good = true;

    for (size_t i = 0; i < l->inputs.count; i++) {
        char *real = l->prepared[i] ? realpath(l->inputs.list[i].path, NULL) : NULL; /* links lead on */

        if (real != NULL && !tc_host_finish(&l->session.c.arena, real, keep)) {
            tc_complain_file("written", l->inputs.list[i].path, "it cannot be put in its place");
            good = false;
        }
        free(real);
    }
    return good;
}

static int
by_line(const void *a, const void *b)
{
    /* by path, then by code and fingerprint: a change shows up as few lines */
    const struct tc_str *x = a, *y = b;
    int order = tc_str_cmp(tc_str_sub(*x, 39, SIZE_MAX), tc_str_sub(*y, 39, SIZE_MAX));

    if (order == 0)
        order = tc_str_cmp(tc_str_sub(*x, 33, 5), tc_str_sub(*y, 33, 5));
    return order != 0 ? order : tc_str_cmp(*x, *y);
}

static bool
write_baseline(struct lint *l, const char *path)
{
    struct tc_arena *arena = &l->session.c.arena;
    struct tc_str text = tc_buf_str(&l->baseline), *lines;
    struct tc_buf out = {0};
    const char *failure;
    size_t count = 0;
    enum tc_status status;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    lines = tc_arena_array(arena, struct tc_str, count);
    for (size_t i = 0; lines != NULL && i < count; i++) {
        size_t end = tc_str_find(text, TC_STR("\n"), 0);

        lines[i] = tc_str_sub(text, 0, end);
        text = tc_str_sub(text, end + 1, SIZE_MAX);
    }
    if (count > 0 && lines != NULL)
        qsort(lines, count, sizeof *lines, by_line);
    tc_buf_puts(&out, TC_STR("# Findings that trustc lint --baseline does not count: fingerprint, rule, file.\n"));
    for (size_t i = 0; lines != NULL && i < count; i++)
        tc_buf_printf(&out, "%.*s\n", TC_STR_ARG(lines[i]));
    status = out.failed || arena->failed ? TC_ERR_NOMEM : tc_host_prepare(arena, path, tc_buf_str(&out), &failure);
    if (status == TC_ERR_IO)
        tc_complain_file("written", path, failure);
    tc_buf_done(&out);
    return status == TC_OK && tc_host_finish(arena, path, true);
}

/* ---- what is asked about the tool itself ---- */

static int
list_rules(void)
{
    struct tc_buf out = {0};
    bool ok;

    for (int i = 0; i < TC_CHECK_COUNT_; i++) {
        const struct tc_check_info *info = tc_check_info((enum tc_check_id)i);

        tc_buf_printf(&out, "%s  %-7s  %-6s  %-30s %s\n", info->code.id, tc_severity_name(info->code.severity),
                      info->fix == TC_FIX_SAFE     ? "fix"
                      : info->fix == TC_FIX_UNSAFE ? "unsafe"
                                                   : "-",
                      info->code.slug, info->code.sentence);
    }
    ok = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return ok ? TC_EXIT_OK : TC_EXIT_IO;
}

static void
put_setting(struct tc_buf *out, const char *key, struct tc_str value, const char *from)
{
    tc_buf_printf(out, "%s = %.*s # %s\n", key, TC_STR_ARG(value), from);
}

/* As trustc.toml would say it, with a comment that says who did. */
static int
print_config(struct lint *l)
{
    const struct tc_lint_options *options = &l->options->lint;
    const struct folder_config *config = l->inputs.count > 0 ? l->configs[0] : NULL;
    const char *file = config == NULL ? "built in" : config->name.ptr;
    struct tc_lint_settings settings, of_file = {.file = {.framework = TC_FX_2_0}};
    const char *baseline = baseline_path(l);
    struct tc_buf out = {0};
    bool ok;

    settings_for(l, 0, &settings);
    if (config != NULL)
        tc_lint_config_apply(&config->config, plain_path(l->inputs.list[0].path), &of_file);
    if (settings.file.has_framework)
        tc_buf_printf(&out, "framework = \"%s\" # %s\n", tc_framework_info(settings.file.framework)->name,
                      l->options->framework != NULL ? "command line" : file);
    else
        tc_buf_puts(&out, TC_STR("# framework: what the type names of each file say\n"));
    tc_buf_printf(&out, "fail-on = \"%s\" # %s\n", tc_severity_name(l->fail_on),
                  options->has_fail_on ? "command line"
                  : l->has_fail_on     ? file
                                       : "built in");
    put_setting(&out, "inline-ignore", settings.no_inline_ignore ? TC_STR("false") : TC_STR("true"),
                options->no_inline_ignore   ? "command line"
                : settings.no_inline_ignore ? file
                                            : "built in");
    if (baseline != NULL)
        tc_buf_printf(&out, "baseline = \"%s\" # %s\n", baseline, options->baseline != NULL ? "command line" : file);
    tc_buf_puts(&out, TC_STR("mandatory = ["));
    for (int i = 0, n = 0; i < TC_CHECK_COUNT_; i++)
        if (settings.is_mandatory[i])
            tc_buf_printf(&out, "%s\"%s\"", n++ > 0 ? ", " : "", tc_check_info((enum tc_check_id)i)->code.id);
    tc_buf_puts(&out, TC_STR("]\n\n[rules]\n"));
    for (int i = 0; i < TC_CHECK_COUNT_; i++)
        if (settings.checks.levels[i] != TC_CHECK_AS_ROW)
            tc_buf_printf(&out, "%s = \"%s\" # %s, %s\n", tc_check_info((enum tc_check_id)i)->code.id,
                          tc_lint_level_name((enum tc_check_level)settings.checks.levels[i]),
                          tc_check_info((enum tc_check_id)i)->code.slug, options->has_level[i] ? "command line" : file);
    ok = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return ok ? TC_EXIT_OK : TC_EXIT_IO;
}

/* ---- the command ---- */

/* What the options and configuration say; an exit code, or -1 to go on. */
static int
prepare(struct lint *l)
{
    const struct tc_options *options = l->options;
    struct tc_buf out = {0};

    if ((options->lint.dry_run || options->lint.unsafe_fixes) && !options->lint.fix) {
        tc_complain(TC_STR("trustc lint: --dry-run and --unsafe-fixes go with --fix\n"));
        return TC_EXIT_USAGE;
    }
    tc_inputs_init(&l->inputs, &l->session.c.arena);
    for (size_t i = 0; i <= options->more_count; i++) {
        const char *path = i == 0 ? options->file : options->more[i - 1];

        tc_inputs_add(&l->inputs, path);
        if (options->lint.fix && strcmp(path, "-") == 0) {
            tc_complain(TC_STR("trustc lint: --fix changes files: standard input is none\n"));
            return TC_EXIT_USAGE;
        }
    }
    if (!tc_sites_add_inputs(&l->sites, &options->lint, &l->inputs))
        return TC_EXIT_USAGE;
    for (size_t i = 0; i < options->lint.output_count; i++)
        for (size_t k = 0; k < l->inputs.count; k++)
            if (tc_host_same_file(options->lint.outputs[i].path, l->inputs.list[k].path)) {
                tc_complain(
                    TC_STR("trustc lint: --output would replace a file that is linted: give it another name\n"));
                return TC_EXIT_USAGE;
            }
    if (options->lint.dry_run && options->lint.update_baseline) {
        tc_complain(TC_STR("trustc lint: --dry-run writes nothing: --update-baseline does not go with it\n"));
        return TC_EXIT_USAGE;
    }
    if (!find_configs(l))
        return TC_EXIT_USAGE;
    l->fail_on = TC_SEVERITY_ERROR;
    for (size_t i = 0; i < l->inputs.count && !l->has_fail_on; i++)
        if (l->configs[i] != NULL && l->configs[i]->config.has_fail_on) {
            l->has_fail_on = true;
            l->fail_on = l->configs[i]->config.fail_on;
        }
    if (options->lint.has_fail_on)
        l->fail_on = options->lint.fail_on;
    if (options->lint.update_baseline && baseline_path(l) == NULL) {
        tc_complain(TC_STR("trustc lint: --update-baseline writes the file that --baseline names\n"));
        return TC_EXIT_USAGE;
    }
    tc_buf_done(&out);
    return -1;
}

static int
exit_code(struct lint *l)
{
    size_t counted = l->totals.errors;

    if (l->status != TC_OK)
        return tc_session_exit(&l->session, l->status == TC_ERR_LIMIT ? TC_ERR_IO : l->status);
    if (l->totals.files == 0 && !l->options->lint.allow_empty) {
        tc_complain(TC_STR("trustc lint: there was nothing to lint; --allow-empty makes that fine\n"));
        return TC_EXIT_USAGE;
    }
    if (l->options->lint.update_baseline)
        return TC_EXIT_OK;
    if (l->fail_on <= TC_SEVERITY_WARNING)
        counted += l->totals.warnings;
    if (l->fail_on == TC_SEVERITY_NOTE)
        counted += l->totals.notes;
    return counted > 0 ? TC_EXIT_FINDINGS : TC_EXIT_OK;
}

static int
run(struct lint *l)
{
    const char *baseline;
    int code = prepare(l);
    bool good;

    if (code >= 0)
        return code;
    if (l->options->lint.print_config && l->inputs.count == 0) {
        tc_complain(TC_STR("trustc lint: --print-config is about a file, and there is none\n"));
        return TC_EXIT_USAGE;
    }
    if (l->options->lint.print_config)
        return print_config(l);
    baseline = baseline_path(l);
    l->with_fingerprints = baseline != NULL;
    if (baseline != NULL) {
        enum tc_status status = read_baseline(l, baseline);

        if (status != TC_OK)
            return tc_session_exit(&l->session, status);
    }
    l->prepared = tc_arena_array(&l->session.c.arena, bool, l->inputs.count);
    if (l->prepared == NULL || !open_sinks(l))
        return TC_EXIT_IO;
    l->status = tc_sites_read(&l->sites);
    l->lint.shared = &l->sites.c.diags;
    l->lint.sites = l->sites.files;
    l->lint.site_count = l->sites.count;
    run_all(l);
    good = close_sinks(l);
    if (l->options->lint.format <= TC_REPORT_SHORT && l->status == TC_OK)
        good &= tc_sites_print(&l->sites);
    if (l->options->lint.fix)
        good &= finish_fixes(l);
    if (good && l->options->lint.update_baseline && l->status == TC_OK)
        good = write_baseline(l, baseline);
    code = exit_code(l);
    return good ? code : TC_EXIT_IO;
}

int
tc_cmd_lint(const struct tc_options *options)
{
    struct lint *l;
    int code;

    if (options->lint.list_rules)
        return list_rules();
    l = calloc(1, sizeof *l);
    if (l == NULL)
        return TC_EXIT_IO;
    l->options = options;
    tc_session_init(&l->session, options);
    tc_sites_init(&l->sites);
    tc_lint_init(&l->lint);
    l->lint.sema = l->session.sema;
    tc_map_init(&l->folders, &l->session.c.arena);
    tc_map_init(&l->known, &l->session.c.arena);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->turn, NULL);
    code = run(l);
    pthread_cond_destroy(&l->turn);
    pthread_mutex_destroy(&l->lock);
    tc_buf_done(&l->baseline);
    tc_report_totals_done(&l->totals);
    tc_lint_done(&l->lint);
    tc_sites_done(&l->sites);
    tc_session_done(&l->session);
    free(l);
    return code;
}
