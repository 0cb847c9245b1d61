/* trustc build, check and verify: a source, its findings, its outputs. */
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/outputs.h"
#include "cli/session.h"
#include "emit/commit.h"

#include <string.h>

struct run {
    const struct tc_options *options;
    struct tc_session session;
    struct tc_target targets[TC_PATHS_MAX];
    size_t target_count;
    bool to_stdout;
    struct tc_output *outputs;
    size_t output_count;
    struct tc_buf certificate;
    bool certificate_is_output; /* verify read it as one */
};

/* ---- targets ---- */

static bool
set_clr(struct tc_target *target, const char *framework)
{
    enum tc_framework fx;

    if (framework == NULL || !tc_framework_find(tc_str_of(framework), &fx))
        return false;
    target->has_clr = true;
    target->clr = tc_framework_info(fx)->clr;
    return true;
}

static struct tc_str
directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return (struct tc_str){NULL, 0};
    return slash == path ? TC_STR("/") : (struct tc_str){path, (size_t)(slash - path)};
}

static enum tc_status
add_merge(struct run *run, struct tc_target *target, const struct tc_path_option *merge)
{
    struct tc_str text;
    const char *reason, *slash = strrchr(merge->path, '/');
    enum tc_status status = tc_host_read(&run->session.c.arena, merge->path, &text, &reason);

    if (status != TC_OK) {
        if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
            tc_complain_file("read", merge->path, reason);
        return status;
    }
    target->existing = tc_sources_add_borrowed(&run->session.c.sources, tc_str_of(merge->path), text);
    target->existing_name = tc_str_of(slash == NULL ? merge->path : slash + 1);
    if (target->has_clr) {
        struct tc_target other = {0};

        if (set_clr(&other, merge->framework) && other.clr != target->clr) {
            tc_complain(TC_STR("trustc build: -o and --merge of one pair name different frameworks\n"));
            return TC_ERR_USAGE;
        }
    } else {
        set_clr(target, merge->framework);
    }
    return target->existing == NULL ? TC_ERR_LIMIT : TC_OK;
}

/* -o and --merge pair up in their order; a merge without any -o goes back where it came from. */
static int
make_targets(struct run *run)
{
    const struct tc_options *options = run->options;
    size_t count = options->output_count > 0 ? options->output_count : options->merge_count;

    if (count == 0) {
        tc_complain(TC_STR(
            "trustc build: where shall the outputs go? write -o DIR, or --merge FILE for an existing web.config\n"));
        return TC_EXIT_USAGE;
    }
    if (options->output_count > 0 && options->merge_count > 0 && options->output_count != options->merge_count) {
        tc_complain(TC_STR("trustc build: -o and --merge belong together one by one: give as many of one as of the "
                           "other, or no -o to merge in place\n"));
        return TC_EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        struct tc_target *target = &run->targets[i];

        *target = (struct tc_target){0};
        if (options->output_count > 0) {
            target->dir = tc_str_of(options->outputs[i].path);
            set_clr(target, options->outputs[i].framework);
            run->to_stdout |= strcmp(options->outputs[i].path, "-") == 0;
        } else {
            target->dir = directory_of(options->merges[i].path);
        }
        if (options->merge_count > 0) {
            enum tc_status status = add_merge(run, target, &options->merges[i]);

            if (status != TC_OK)
                return tc_session_exit(&run->session, status);
        }
    }
    if ((run->to_stdout || options->list_outputs) && (options->check || options->depfile != NULL)) {
        tc_complain(TC_STR("trustc build: --check and --depfile are about files on disk: they do not go with '-o -' or "
                           "--list-outputs\n"));
        return TC_EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (tc_str_eq(run->targets[i].dir, run->targets[j].dir) &&
                (!run->targets[i].has_clr || !run->targets[j].has_clr || run->targets[i].clr == run->targets[j].clr)) {
                tc_complain(TC_STR("trustc build: one directory is given twice\n"));
                return TC_EXIT_USAGE;
            }
    if (run->to_stdout && count > 1) {
        tc_complain(TC_STR("trustc build: '-o -' prints the outputs and stands alone\n"));
        return TC_EXIT_USAGE;
    }
    run->target_count = count;
    return TC_EXIT_OK;
}

/* ---- outputs ---- */

static int
print_outputs(const struct run *run)
{
    struct tc_buf out = {0};
    bool ok;

    for (size_t i = 0; i < run->output_count; i++) {
        const struct tc_output *output = &run->outputs[i];
        struct tc_str dir = tc_str_eq(output->dir, TC_STR("-")) ? (struct tc_str){NULL, 0} : output->dir;

        if (tc_str_starts(dir, TC_STR("-/")))
            dir = tc_str_sub(dir, 2, dir.len);
        tc_buf_puts(&out, TC_STR("==> "));
        tc_put_path(&out, dir, output->name);
        tc_buf_puts(&out, TC_STR(" <==\n"));
        tc_buf_puts(&out, output->bytes);
    }
    ok = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return ok ? TC_EXIT_OK : TC_EXIT_IO;
}

static int
list_outputs(const struct run *run)
{
    struct tc_buf out = {0};
    bool ok;

    for (size_t i = 0; i < run->output_count; i++) {
        tc_put_path(&out, run->outputs[i].dir, run->outputs[i].name);
        tc_buf_putc(&out, '\n');
    }
    ok = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return ok ? TC_EXIT_OK : TC_EXIT_IO;
}

/* A name in a Makefile rule. */
static void
put_make_name(struct tc_buf *out, struct tc_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (c == ' ' || c == '#' || c == '\\')
            tc_buf_putc(out, '\\');
        else if (c == '$')
            tc_buf_putc(out, '$');
        tc_buf_putc(out, c);
    }
}

/* Nobody means a file beside the outputs to replace what was read or what is written: the source or the server's own
 * web.config would be lost. */
static bool
is_in_use(struct run *run, const char *option, const char *path)
{
    const char *slash = strrchr(path, '/'), *what = NULL;
    struct tc_arena *arena = &run->session.c.arena;
    struct tc_str name = tc_str_of(slash == NULL ? path : slash + 1), other;
    bool is_record = tc_str_eq(name, TC_STR(TC_COMMIT_RECORD));
    struct tc_buf out = {0};

    for (size_t i = 0; i < run->session.c.sources.count && what == NULL; i++) {
        other = tc_arena_str(arena, run->session.c.sources.list[i]->name);
        if (other.ptr != NULL && tc_host_same_file(path, other.ptr))
            what = "read";
    }
    for (size_t i = 0; i < run->output_count && what == NULL; i++) {
        const struct tc_output *output = &run->outputs[i];

        if (!is_record && !tc_str_eq_nocase(name, output->name))
            continue;
        tc_put_path(&out, output->dir, name); /* Windows looks at a name without its case */
        other = tc_arena_str(arena, tc_buf_str(&out));
        tc_buf_clear(&out);
        if (other.ptr != NULL && tc_host_same_file(path, other.ptr))
            what = "written";
    }
    if (what != NULL) {
        tc_buf_printf(&out, "trustc: --%s would replace '%s', which is %s in this run: give it a file of its own\n",
                      option, path, what);
        tc_complain(tc_buf_str(&out));
    }
    tc_buf_done(&out);
    return what != NULL;
}

static bool
is_any_in_use(struct run *run)
{
    const char *depfile = run->options->depfile, *certificate = run->options->certificate;
    bool both = depfile != NULL && certificate != NULL && tc_host_same_file(depfile, certificate);

    if (both)
        tc_complain(TC_STR("trustc: --depfile and --certificate name one file: give each a file of its own\n"));
    return both || (depfile != NULL && is_in_use(run, "depfile", depfile)) ||
           (certificate != NULL && is_in_use(run, "certificate", certificate));
}

/* A file beside the outputs. Written beside its place before they are, so that a run that cannot write it writes
 * nothing. */
static enum tc_status
prepare(struct run *run, const char *path, struct tc_str bytes)
{
    const char *failure = NULL;
    enum tc_status status = tc_host_prepare(&run->session.c.arena, path, bytes, &failure);

    if (status == TC_ERR_IO)
        tc_complain_file("written", path, failure);
    return status;
}

static enum tc_status
prepare_depfile(struct run *run)
{
    struct tc_buf out = {0}, path = {0};
    enum tc_status status;

    for (size_t i = 0; i < run->output_count; i++) {
        tc_buf_clear(&path);
        tc_put_path(&path, run->outputs[i].dir, run->outputs[i].name);
        if (i > 0)
            tc_buf_putc(&out, ' ');
        put_make_name(&out, tc_buf_str(&path));
    }
    tc_buf_putc(&out, ':');
    for (size_t i = 0; i < run->session.c.sources.count; i++) {
        struct tc_str name = run->session.c.sources.list[i]->name;

        if ((run->options->stdlib == NULL && tc_str_starts(name, run->session.host.stdlib_dir)) ||
            tc_str_eq(name, TC_STR("<stdin>")))
            continue;
        tc_buf_puts(&out, TC_STR(" \\\n  "));
        put_make_name(&out, name);
    }
    tc_buf_putc(&out, '\n');
    status = out.failed || path.failed ? TC_ERR_NOMEM : prepare(run, run->options->depfile, tc_buf_str(&out));
    tc_buf_done(&out);
    tc_buf_done(&path);
    return status;
}

/* Bring a prepared file to its place, or take it away again. */
static void
finish(struct run *run, const char *path, enum tc_status *status)
{
    if (path != NULL && !tc_host_finish(&run->session.c.arena, path, *status == TC_OK) && *status == TC_OK)
        *status = TC_ERR_IO;
}

static int
bring_to_disk(struct run *run)
{
    struct tc_commit_result result = {0};
    enum tc_status status;

    if (run->options->check) {
        status =
            tc_commit_check(&run->session.c.arena, run->outputs, run->output_count, &run->session.c.diags, &result);
    } else {
        status = run->options->depfile == NULL ? TC_OK : prepare_depfile(run);
        if (status == TC_OK && run->options->certificate != NULL)
            status = prepare(run, run->options->certificate, tc_buf_str(&run->certificate));
        if (status == TC_OK)
            status = tc_commit(&run->session.c.arena, run->outputs, run->output_count, &run->session.c.diags, &result);
        finish(run, run->options->certificate, &status);
        finish(run, run->options->depfile, &status);
    }
    tc_session_show(&run->session);
    if (status != TC_OK)
        return tc_session_exit(&run->session, status);
    if (!run->options->quiet && !tc_print_fates(&result, run->options->check))
        return TC_EXIT_IO;
    return run->options->check && result.differing > 0 ? TC_EXIT_FINDINGS : TC_EXIT_OK;
}

static int
emit(struct run *run)
{
    enum tc_status status;
    int code = make_targets(run);

    if (code != TC_EXIT_OK)
        return code;
    status = tc_emit(&run->session.c, run->targets, run->target_count, &run->outputs, &run->output_count);
    if (status != TC_OK || tc_session_exit(&run->session, status) != TC_EXIT_OK) {
        tc_session_show(&run->session);
        return tc_session_exit(&run->session, status);
    }
    if (is_any_in_use(run))
        return TC_EXIT_USAGE;
    if (!run->to_stdout && !run->options->list_outputs &&
        tc_takes_foreign(&run->session.c.arena, &run->session.c.sources, run->outputs, run->output_count,
                         TC_OUTPUTS_OF_BUILD))
        return TC_EXIT_USAGE;
    status = tc_prove(&run->session.c, run->outputs, run->options->certificate == NULL ? NULL : &run->certificate);
    if (status != TC_OK) {
        tc_session_show(&run->session);
        return tc_session_exit(&run->session, status);
    }
    if (run->options->list_outputs || run->to_stdout) {
        tc_session_show(&run->session);
        return run->options->list_outputs ? list_outputs(run) : print_outputs(run);
    }
    return bring_to_disk(run);
}

/* ---- verify ---- */

static bool
read_output(void *state, struct tc_str path, struct tc_str *ret_bytes)
{
    struct run *run = state;
    struct tc_str name = tc_arena_str(&run->session.c.arena, path);
    const char *ignored, *certificate = run->options->certificate;

    if (name.ptr != NULL && certificate != NULL && tc_host_same_file(certificate, name.ptr))
        run->certificate_is_output = true;
    return name.ptr != NULL && tc_host_read(&run->session.c.arena, name.ptr, ret_bytes, &ignored) == TC_OK;
}

static int
verify(struct run *run)
{
    const char *certificate = run->options->certificate;
    enum tc_status status;

    if (is_any_in_use(run))
        return TC_EXIT_USAGE;
    status = tc_verify(&run->session.c, tc_str_of(run->options->dir), read_output, run,
                       certificate == NULL ? NULL : &run->certificate);
    if (run->certificate_is_output) {
        tc_complain(TC_STR("trustc: --certificate would replace one of the outputs: give it a file of its own\n"));
        return TC_EXIT_USAGE;
    }
    tc_session_show(&run->session);
    if (status == TC_ERR_SELF)
        return TC_EXIT_FINDINGS; /* here it is the files that are at fault, not the tool */
    if (status == TC_OK && certificate != NULL) {
        status = prepare(run, certificate, tc_buf_str(&run->certificate));
        finish(run, certificate, &status);
    }
    if (status != TC_OK)
        return tc_session_exit(&run->session, status);
    return run->options->quiet || tc_print(TC_STR("the outputs grant what the source says\n")) ? TC_EXIT_OK
                                                                                               : TC_EXIT_IO;
}

/* ---- the command ---- */

int
tc_cmd_build(const struct tc_options *options)
{
    struct run run = {.options = options};
    struct tc_session *session = &run.session;
    struct tc_source *source;
    enum tc_status status;
    bool is_open = false; /* an application may reach what it must not, and nobody has accepted it */
    int code;

    tc_session_init(session, options);
    status = tc_session_read(session, &source);
    if (status == TC_OK) {
        status = tc_compile_source(&session->c, &session->host, &session->sema, source);
        if (status == TC_OK && options->command != TC_COMMAND_VERIFY)
            status = tc_judge(&session->c, false);
        is_open = !tc_may_build(&session->c);
        if (status != TC_OK || is_open || options->command == TC_COMMAND_CHECK)
            tc_session_show(session);
    }
    if (status != TC_OK || options->command == TC_COMMAND_CHECK) {
        code = status == TC_OK && is_open ? TC_EXIT_FINDINGS : tc_session_exit(session, status);
    } else if (is_open) {
        code = TC_EXIT_FINDINGS;
    } else {
        tc_compilation_drop_trees(&session->c);
        code = options->command == TC_COMMAND_VERIFY ? verify(&run) : emit(&run);
    }
    tc_buf_done(&run.certificate);
    tc_session_done(session);
    return code;
}
