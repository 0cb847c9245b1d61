/* trustc plan: the accounts, pools, rights and caches of a source, as files or in one format to standard output. */
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/outputs.h"
#include "cli/session.h"
#include "emit/commit.h"
#include "plan/plan.h"

enum { FILES_MAX = 2 * TC_PLAN_FORMAT_COUNT_ };

struct run {
    const struct tc_options *options;
    struct tc_session session;
    struct tc_plan *plan;
    struct tc_buf buffers[FILES_MAX];
    struct tc_output outputs[FILES_MAX];
    size_t output_count;
};

static bool
is_script(enum tc_plan_format format)
{
    return format == TC_PLAN_POWERSHELL || format == TC_PLAN_CMD;
}

static enum tc_status
put(struct run *run, enum tc_plan_format format, bool undo)
{
    struct tc_buf *out = &run->buffers[run->output_count];
    const char *dir = run->options->plan.dir;
    enum tc_status status = tc_plan_put(run->plan, format, undo, &run->session.c.diags, out);

    run->outputs[run->output_count++] = (struct tc_output){
        .dir = tc_str_of(dir), .name = tc_str_of(tc_plan_file_name(format, undo)), .bytes = tc_buf_str(out)};
    return status;
}

/* Every format that suits the server, or the one that was asked for; scripts with their undo. */
static enum tc_status
put_files(struct run *run)
{
    enum tc_status result = TC_OK;

    for (int format = 0; format < TC_PLAN_FORMAT_COUNT_; format++) {
        enum tc_plan_format one = (enum tc_plan_format)format;

        if (run->options->plan.has_format ? run->options->plan.format != one : tc_plan_unsuited(run->plan, one) != NULL)
            continue;
        for (int undo = 0; undo <= (is_script(one) ? 1 : 0); undo++) {
            enum tc_status status = put(run, one, undo == 1);

            if (status != TC_OK)
                result = status;
        }
    }
    return result;
}

static int
write_files(struct run *run)
{
    struct tc_session *session = &run->session;
    struct tc_commit_result result = {0};
    enum tc_status status = put_files(run);

    if (status == TC_OK &&
        tc_takes_foreign(&session->c.arena, &session->c.sources, run->outputs, run->output_count, TC_OUTPUTS_OF_PLAN))
        return TC_EXIT_USAGE;
    if (status == TC_OK)
        status = tc_commit(&session->c.arena, run->outputs, run->output_count, &session->c.diags, &result);
    tc_session_show(session);
    if (status != TC_OK)
        return tc_session_exit(session, status);
    return run->options->quiet || tc_print_fates(&result, false) ? TC_EXIT_OK : TC_EXIT_IO;
}

static int
print_one(struct run *run)
{
    enum tc_status status = put(run, run->options->plan.format, run->options->plan.undo);

    tc_session_show(&run->session);
    if (status != TC_OK)
        return tc_session_exit(&run->session, status);
    return tc_print(run->outputs[0].bytes) ? TC_EXIT_OK : TC_EXIT_IO;
}

/* What was asked for makes sense; else a complaint. */
static bool
is_sensible(const struct run *run)
{
    const struct tc_plan_options *options = &run->options->plan;
    const char *why = options->has_format ? tc_plan_unsuited(run->plan, options->format) : NULL;
    struct tc_buf out = {0};

    if (why != NULL)
        tc_buf_printf(&out, "trustc plan: this format does not suit IIS %s: %s\n", run->plan->iis->version, why);
    else if (options->dir == NULL && !options->has_format)
        tc_buf_puts(&out, TC_STR("trustc plan: where shall the plan go? write -o DIR, or --format to print it\n"));
    else if (options->undo && (options->dir != NULL || !is_script(options->format)))
        tc_buf_puts(&out, TC_STR("trustc plan: --undo is about printing a script: with -o the undo is written beside "
                                 "it\n"));
    if (out.len > 0)
        tc_complain(tc_buf_str(&out));
    why = out.len > 0 ? "" : NULL;
    tc_buf_done(&out);
    return why == NULL;
}

int
tc_cmd_plan(const struct tc_options *options)
{
    struct run run = {.options = options};
    struct tc_session *session = &run.session;
    struct tc_source *source;
    enum tc_status status;
    int code;

    tc_session_init(session, options);
    status = tc_session_read(session, &source);
    if (status == TC_OK)
        status = tc_compile_source(&session->c, &session->host, &session->sema, source);
    if (status == TC_OK)
        status = tc_plan_make(&session->c.arena, session->c.model, &session->c.diags, &run.plan);
    if (status != TC_OK) {
        tc_session_show(session);
        code = tc_session_exit(session, status);
    } else if (!tc_session_has_applications(session, "plan", "plan")) {
        code = TC_EXIT_INPUT;
    } else if (!is_sensible(&run)) {
        code = TC_EXIT_USAGE;
    } else {
        code = options->plan.dir != NULL ? write_files(&run) : print_one(&run);
    }
    for (size_t i = 0; i < FILES_MAX; i++)
        tc_buf_done(&run.buffers[i]);
    tc_session_done(session);
    return code;
}
