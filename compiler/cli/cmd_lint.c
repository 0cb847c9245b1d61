/* trustc lint: what is wrong with files that somebody wrote by hand. */
#include "api/lint.h"

#include "api/report.h"
#include "cli/baseline.h"
#include "cli/commands.h"
#include "cli/configs.h"
#include "cli/diff.h"
#include "cli/host.h"
#include "cli/inputs.h"
#include "cli/session.h"
#include "cli/sites.h"
#include "cli/uses.h"

#include <errno.h>
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
    size_t failures;
    bool is_prepared; /* its mended bytes lie beside it */
    enum tc_status status;
};

struct lint {
    const struct tc_options *options;
    struct tc_session session; /* for its arena, host and the findings of configuration files */
    struct tc_lint lint;
    struct tc_inputs inputs;
    struct tc_sites sites;
    struct tc_configs configs;
    struct tc_baselines baselines;
    struct tc_uses uses;
    bool with_fingerprints, has_color;
    bool is_mending; /* files are mended now, and reported later as they are then */
    struct sink sinks[TC_REPORT_COUNT_ + 1];
    size_t sink_count;
    struct tc_report_totals totals;
    size_t failures; /* findings that --fail-on is about */
    bool *prepared;  /* by input */

    pthread_mutex_t lock; /* over all that follows */
    pthread_cond_t turn;
    size_t next, written;
    struct result results[WINDOW];
    enum tc_status status;
};

/* ---- one file ---- */

struct beside {
    struct tc_arena *arena;
    const char *path;
    const struct tc_use *parts;
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

static bool
is_part(void *state, struct tc_str path)
{
    const struct beside *b = state;
    const struct tc_use *part = b->parts;

    while (part != NULL && !tc_str_eq(part->name, path))
        part = part->next_part;
    return part != NULL;
}

static enum tc_status
read_used(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    struct beside *b = state;
    struct tc_str name = tc_arena_str(b->arena, path);

    return name.ptr == NULL ? TC_ERR_NOMEM : tc_host_read(b->arena, name.ptr, ret_text, ret_reason);
}

/* A file on its way through the checks. */
struct job {
    const struct tc_input *input;
    size_t number;
    struct tc_lint_settings settings;
    struct tc_compilation c;
    struct tc_arena kept; /* what has to outlive a second look at the file */
    struct beside beside;
    struct tc_lint_folder folder;
    struct tc_lint_part part;
    struct tc_report_file file;
    struct tc_str bytes;
    struct result *result;
};

static bool
is_standard(const struct job *job)
{
    return strcmp(job->input->path, "-") == 0;
}

/* What a thread keeps from file to file: memory, not what is in it. */
static void
open_job(struct job *job)
{
    *job = (struct job){.number = 0};
    tc_arena_init(&job->kept);
    tc_compilation_init(&job->c);
}

static void
close_job(struct job *job)
{
    tc_compilation_done(&job->c);
    tc_arena_done(&job->kept);
}

static void
begin(struct lint *l, size_t input, struct job *job)
{
    job->input = &l->inputs.list[input];
    job->number = input;
    job->result = &l->results[input % WINDOW];
    job->bytes = TC_STR("");
    job->part = (struct tc_lint_part){0};
    job->settings = (struct tc_lint_settings){0};
    job->c.diags.limit = 0;
    job->beside = (struct beside){.arena = &job->kept, .path = job->input->path, .parts = l->uses.parts[input]};
    job->folder = (struct tc_lint_folder){.state = &job->beside,
                                          .read_file = read_used,
                                          .has_sibling = has_sibling,
                                          .siblings = siblings,
                                          .is_part = is_part};
    job->file = (struct tc_report_file){.name = is_standard(job) ? TC_STR("<stdin>") : tc_str_of(job->input->path),
                                        .kind = TC_FILE_OTHER};
    tc_configs_settings(&l->configs, input, &job->settings);
    job->settings.with_fingerprints = l->with_fingerprints;
}

static void
end(struct job *job)
{
    tc_compilation_reset(&job->c);
    if (job->kept.failed)
        tc_arena_done(&job->kept);
    tc_arena_reset(&job->kept);
}

/* The source that this one is a part of is read each time: it may have been mended. */
static void
find_main(struct lint *l, struct job *job)
{
    const struct tc_use *use = l->uses.list[job->number];
    const char *ignored, *main = use == NULL ? NULL : l->inputs.list[use->main].path;

    if (use == NULL || tc_host_read(&job->kept, main, &job->part.main_bytes, &ignored) != TC_OK)
        return;
    job->part.main = tc_str_of(main);
    job->part.name = use->name;
    job->folder.part_of = &job->part;
}

/* Read the file and look at it. */
static enum tc_status
look(struct lint *l, struct job *job)
{
    const char *reason = job->input->fault;
    enum tc_status status = TC_OK;

    if (reason != NULL)
        status = TC_ERR_IO;
    else if (!is_standard(job) || !tc_sites_standard_input(&l->sites, &job->bytes))
        status = tc_host_read(&job->kept, job->input->path, &job->bytes, &reason);

    if (status == TC_OK) {
        find_main(l, job);
        status = tc_lint_file(&job->c, &l->lint, &job->settings, job->file.name, job->bytes,
                              is_standard(job) ? NULL : &job->folder, &job->file.kind);
        job->file.diags = &job->c.diags;
    } else if (status != TC_ERR_NOMEM) {
        job->file.unreadable = reason;
    }
    return status;
}

/* After look(): the findings are those of the mended text then. */
static enum tc_status
mend(struct lint *l, struct job *job, struct tc_str *ret_bytes)
{
    struct tc_lint_fix fix;
    enum tc_status status = tc_lint_mend(&job->c, &l->lint, &job->settings, job->file.name, job->bytes, &job->folder,
                                         l->options->lint.unsafe_fixes, &fix);

    *ret_bytes = job->bytes;
    if (status != TC_OK)
        return status;
    if (fix.refused != NULL)
        tc_buf_printf(&job->result->complaint, "trustc lint: '%s' is left as it is: %s\n", job->input->path,
                      fix.refused);
    if (fix.fixed == 0 || tc_str_eq(fix.bytes, job->bytes))
        return TC_OK;
    job->result->totals.fixed += fix.fixed;
    *ret_bytes = fix.bytes;
    return TC_OK;
}

/* Mend a file: the result comes to lie beside it. */
static enum tc_status
mend_one(struct lint *l, struct job *job)
{
    const char *failure = "the file is read-only", *real;
    struct tc_str bytes;
    enum tc_status status = look(l, job);

    if (status == TC_OK && job->file.kind != TC_FILE_OTHER)
        status = mend(l, job, &bytes);
    if (status != TC_OK || job->file.kind == TC_FILE_OTHER || tc_str_eq(bytes, job->bytes))
        return status;
    status = tc_host_may_write(job->input->path)
                 ? tc_host_prepare_over(&job->c.arena, job->input->path, bytes, &real, &failure)
                 : TC_ERR_IO;
    if (status == TC_ERR_IO)
        tc_buf_printf(&job->result->complaint, "trustc: '%s' cannot be written: %s\n", job->input->path, failure);
    job->result->is_prepared = status == TC_OK;
    return status;
}

static void
complain_unreadable(const struct job *job, struct tc_buf *out)
{
    tc_buf_printf(out, "trustc: %s'%s' cannot be read: %s\n", job->input->fault != NULL ? "the folder " : "",
                  job->input->path, job->file.unreadable);
}

/* Findings that make the run fail. Those that go into a baseline now do not. */
static size_t
count_failures(const struct lint *l, const struct job *job)
{
    enum tc_severity from = tc_configs_fail_on(&l->configs, job->number);
    bool is_recorded = l->options->lint.update_baseline && l->baselines.list[job->number] != NULL;
    size_t count = 0;

    for (const struct tc_diag *diag = job->c.diags.first; diag != NULL; diag = diag->next)
        count += diag->suppressed == NULL && diag->severity >= from &&
                 (!is_recorded || job->settings.is_mandatory[tc_row_of(diag->code)]);
    return count;
}

static void
report(struct lint *l, struct job *job)
{
    struct result *result = job->result;

    if (job->file.diags != NULL) {
        tc_baselines_apply(&l->baselines, job->number, &job->c, &job->settings, &result->baseline);
        result->failures = count_failures(l, job);
    }
    tc_report_count(&result->totals, &job->file);
    for (size_t i = 0; i < l->sink_count; i++)
        tc_report_file(l->sinks[i].format, &job->file, l->sinks[i].path == NULL && l->has_color, &result->pieces[i]);
}

/* Look at a file and report what was found; with --dry-run, what would be found in the mended one. */
static enum tc_status
lint_one(struct lint *l, struct job *job)
{
    bool is_dry = l->options->lint.fix && l->options->lint.dry_run;
    struct tc_str bytes;
    enum tc_status status = look(l, job);

    if (job->file.unreadable != NULL) {
        complain_unreadable(job, &job->result->complaint);
        report(l, job);
    } else if (status == TC_OK && job->file.kind == TC_FILE_OTHER) {
        if (job->input->is_named)
            tc_buf_printf(&job->result->complaint,
                          "trustc lint: '%s' is no policy file, permission set, configuration file or source: nothing "
                          "in it is checked\n",
                          job->input->path);
    } else {
        if (status == TC_OK && is_dry)
            status = mend(l, job, &bytes);
        if (status == TC_OK && is_dry && !tc_str_eq(bytes, job->bytes))
            tc_diff_put(&job->result->diff, job->input->path, job->bytes, bytes);
        if (status == TC_OK)
            report(l, job);
    }
    return status;
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
    tc_baselines_add(&l->baselines, input, tc_buf_str(&result->baseline));
    if (result->baseline.failed || result->diff.failed)
        l->status = TC_ERR_NOMEM;
    l->failures += result->failures;
    l->prepared[input] |= result->is_prepared;
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
    struct job job;

    open_job(&job);
    pthread_mutex_lock(&l->lock);
    for (;;) {
        size_t input;

        while (l->next < l->inputs.count && l->next >= l->written + WINDOW)
            pthread_cond_wait(&l->turn, &l->lock);
        if (l->next >= l->inputs.count)
            break;
        input = l->next++;
        pthread_mutex_unlock(&l->lock);
        begin(l, input, &job);
        job.result->status = l->is_mending ? mend_one(l, &job) : lint_one(l, &job);
        end(&job);
        pthread_mutex_lock(&l->lock);
        job.result->done = true;
        while (l->written < l->next && l->results[l->written % WINDOW].done) {
            write_result(l, l->written, &l->results[l->written % WINDOW]);
            l->written++;
        }
        pthread_cond_broadcast(&l->turn);
    }
    pthread_mutex_unlock(&l->lock);
    close_job(&job);
    return NULL;
}

static void
run_all(struct lint *l)
{
    unsigned jobs = l->options->lint.jobs > 0 ? l->options->lint.jobs : l->session.c.threads;
    pthread_t threads[256];
    size_t count = 0;

    l->next = l->written = 0;
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

/* A pipe or a device is written to, not replaced. */
static bool
is_written_through(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool
open_sinks(struct lint *l)
{
    const struct tc_lint_options *options = &l->options->lint;
    struct tc_buf out = {0};

    l->sinks[l->sink_count++] = (struct sink){.format = options->format, .file = stdout};
    for (size_t i = 0; i < options->output_count; i++) {
        struct sink *sink = &l->sinks[l->sink_count];

        *sink = (struct sink){.format = options->outputs[i].format, .path = options->outputs[i].path};
        if (is_written_through(sink->path)) {
            sink->file = fopen(sink->path, "wb");
            if (sink->file == NULL) {
                tc_complain_file("written", sink->path, tc_host_reason(errno));
                discard_sinks(l);
                return false;
            }
            l->sink_count++;
            continue;
        }
        sink->temporary = tc_arena_printf(&l->session.c.arena, "%s.trustc-new", sink->path);
        sink->file = sink->temporary.ptr == NULL ? NULL : fopen(sink->temporary.ptr, "wb");
        if (sink->file == NULL) {
            tc_complain_file("written", sink->path,
                             errno == ENOENT ? "its folder is not there" : tc_host_reason(errno));
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

/* ---- mending ---- */

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

/* Mend all files, or none when one of them cannot be read or written. What is reported later is what lies there then.
 */
static bool
mend_all(struct lint *l)
{
    struct tc_report_totals totals = {0};
    bool good;

    l->is_mending = true;
    run_all(l);
    l->is_mending = false;
    good = finish_fixes(l);
    totals.fixed = l->totals.fixed;
    tc_report_totals_done(&l->totals);
    l->totals = totals;
    if (l->status == TC_OK)
        return good;
    if (l->totals.fixed > 0)
        tc_complain(TC_STR("trustc lint: nothing is mended: not all files could be read and written\n"));
    l->totals.fixed = 0;
    return good;
}

/* A copy with the two NULs that readers want behind it. */
static struct tc_str
keep(struct tc_arena *arena, struct tc_str bytes)
{
    char *copy = tc_arena_alloc(arena, bytes.len + 2, 1);

    if (copy == NULL)
        return TC_STR("");
    if (bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    copy[bytes.len] = copy[bytes.len + 1] = '\0';
    return (struct tc_str){copy, bytes.len};
}

/* With --dry-run nothing is written, so that what holds on all files together is told of bytes in memory. */
static enum tc_status
mend_sites(struct lint *l)
{
    enum tc_status status = TC_OK;
    struct job job;

    open_job(&job);
    for (size_t i = 0; i < l->inputs.count && status == TC_OK; i++) {
        struct tc_lint_site *site = tc_sites_find(&l->sites, l->inputs.list[i].path);
        struct tc_str bytes;

        if (site == NULL)
            continue;
        begin(l, i, &job);
        if (look(l, &job) == TC_OK && job.file.kind != TC_FILE_OTHER) {
            status = mend(l, &job, &bytes);
            if (status == TC_OK)
                site->bytes = keep(&l->session.c.arena, bytes);
        }
        tc_buf_done(&job.result->complaint); /* it is all said when the file's turn comes */
        *job.result = (struct result){.done = false};
        end(&job);
    }
    close_job(&job);
    return status == TC_OK ? tc_sites_run(&l->sites) : status;
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

static int
print_config(struct lint *l)
{
    struct tc_buf out = {0};
    bool ok;

    tc_configs_put(&l->configs, 0, &out);
    ok = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return ok ? TC_EXIT_OK : TC_EXIT_IO;
}

/* ---- the command ---- */

/* Whether each report has a file of its own, which is none of those that are linted. */
static bool
outputs_are_apart(const struct lint *l)
{
    const struct tc_lint_options *options = &l->options->lint;

    for (size_t i = 0; i < options->output_count; i++) {
        for (size_t k = 0; k < l->inputs.count; k++)
            if (tc_host_same_file(options->outputs[i].path, l->inputs.list[k].path)) {
                tc_complain(
                    TC_STR("trustc lint: --output would replace a file that is linted: give it another name\n"));
                return false;
            }
        for (size_t k = 0; k < i; k++)
            if (tc_host_same_file(options->outputs[i].path, options->outputs[k].path) &&
                !is_written_through(options->outputs[i].path)) {
                tc_complain(
                    TC_STR("trustc lint: each --output needs a file of its own: two would be written to one\n"));
                return false;
            }
    }
    return true;
}

/* What the options and configuration say; an exit code, or -1 to go on. */
static int
prepare(struct lint *l)
{
    const struct tc_options *options = l->options;

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
    if (!outputs_are_apart(l))
        return TC_EXIT_USAGE;
    if (options->lint.dry_run && options->lint.update_baseline) {
        tc_complain(TC_STR("trustc lint: --dry-run writes nothing: --update-baseline does not go with it\n"));
        return TC_EXIT_USAGE;
    }
    return tc_configs_find(&l->configs, &l->session, &l->inputs) ? -1 : TC_EXIT_USAGE;
}

static int
exit_code(struct lint *l)
{
    if (l->status != TC_OK)
        return tc_session_exit(&l->session, l->status == TC_ERR_LIMIT ? TC_ERR_IO : l->status);
    if (l->totals.files == 0 && !l->options->lint.allow_empty) {
        tc_complain(TC_STR("trustc lint: there was nothing to lint; --allow-empty makes that fine\n"));
        return TC_EXIT_USAGE;
    }
    return l->failures > 0 ? TC_EXIT_FINDINGS : TC_EXIT_OK;
}

/* The baselines; an exit code, or -1 to go on. */
static int
read_baselines(struct lint *l)
{
    enum tc_status status = tc_baselines_read(&l->baselines, &l->session, &l->configs, &l->inputs);

    if (status != TC_OK)
        return tc_session_exit(&l->session, status);
    if (l->options->lint.update_baseline && l->baselines.first == NULL) {
        tc_complain(
            TC_STR("trustc lint: --update-baseline writes the file that --baseline, or baseline in trustc.toml, "
                   "names: there is none\n"));
        return TC_EXIT_USAGE;
    }
    l->with_fingerprints = l->baselines.first != NULL;
    return -1;
}

/* What files come to together, and mending; then everything is reported as it is. */
static bool
look_at_all(struct lint *l)
{
    const struct tc_lint_options *options = &l->options->lint;
    bool good = true;

    l->status = tc_uses_find(&l->uses, &l->session, &l->inputs);
    if (l->status != TC_OK)
        return true;
    l->status = tc_sites_read(&l->sites);
    l->lint.shared = &l->sites.c.diags;
    l->lint.sites = l->sites.files;
    l->lint.site_count = l->sites.count;
    if (options->fix && options->dry_run && l->status == TC_OK) {
        l->status = mend_sites(l);
    } else if (options->fix && l->status == TC_OK) {
        good = mend_all(l);
        if (l->status == TC_OK)
            l->status = tc_sites_read(&l->sites);
    }
    run_all(l);
    return good;
}

static int
run(struct lint *l)
{
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
    code = read_baselines(l);
    if (code >= 0)
        return code;
    l->prepared = tc_arena_array(&l->session.c.arena, bool, l->inputs.count);
    if (l->prepared == NULL || !open_sinks(l))
        return TC_EXIT_IO;
    l->has_color = tc_session_color(&l->session, STDOUT_FILENO);
    good = look_at_all(l);
    good &= close_sinks(l);
    if (l->options->lint.format <= TC_REPORT_SHORT && l->status == TC_OK)
        good &= tc_sites_print(&l->sites);
    if (good && l->options->lint.update_baseline && l->status == TC_OK)
        good = tc_baselines_write(&l->baselines);
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
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->turn, NULL);
    code = run(l);
    pthread_cond_destroy(&l->turn);
    pthread_mutex_destroy(&l->lock);
    tc_baselines_done(&l->baselines);
    tc_report_totals_done(&l->totals);
    tc_lint_done(&l->lint);
    tc_sites_done(&l->sites);
    tc_session_done(&l->session);
    free(l);
    return code;
}
