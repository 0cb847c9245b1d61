#include "cli/session.h"

#include "cli/commands.h"
#include "cli/host.h"
#include "cli/outputs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static enum tc_status
read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    struct tc_session *s = state;
    struct tc_str name = tc_arena_str(&s->c.arena, path);

    return name.ptr == NULL ? TC_ERR_NOMEM : tc_host_read(&s->c.arena, name.ptr, ret_text, ret_reason);
}

static bool
read_stdlib(void *state, struct tc_str name, struct tc_str *ret_text)
{
    struct tc_session *s = state;
    struct tc_str path = tc_arena_printf(&s->c.arena, "%s/%.*s", s->options->stdlib, TC_STR_ARG(name));
    const char *reason;

    return path.ptr != NULL && tc_host_read(&s->c.arena, path.ptr, ret_text, &reason) == TC_OK;
}

/* ---- findings ---- */

bool
tc_session_color(const struct tc_session *s, int fd)
{
    const struct tc_options *options = s->options;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    if (options->color >= 0)
        return options->color == 1;
    return (no_color == NULL || no_color[0] == '\0') && isatty(fd) && (term == NULL || strcmp(term, "dumb") != 0);
}

void
tc_session_show(const struct tc_session *s)
{
    struct tc_render_options render = {.format = s->options->format, .color = tc_session_color(s, STDERR_FILENO)};
    struct tc_buf out = {0};

    tc_render(&s->c.diags, &render, &out);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

int
tc_session_exit(const struct tc_session *s, enum tc_status status)
{
    switch (status) {
    case TC_OK:
        return s->options->fail_on_warning && s->c.diags.warnings > 0 ? TC_EXIT_FINDINGS : TC_EXIT_OK;
    case TC_FAILED:
    case TC_ERR_LIMIT:
        return TC_EXIT_INPUT;
    case TC_ERR_IO:
        return TC_EXIT_IO;
    case TC_ERR_SELF:
        return TC_EXIT_SELF;
    case TC_ERR_USAGE:
        return TC_EXIT_USAGE;
    case TC_ERR_NOMEM:
        tc_complain(TC_STR("trustc: out of memory\n"));
        return TC_EXIT_IO;
    }
    return TC_EXIT_IO;
}

void
tc_complain_file(const char *what, const char *path, const char *reason)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc: '%s' cannot be %s: %s\n", path, what, reason);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

static struct tc_str
today(struct tc_session *s)
{
    time_t now = time(NULL);
    struct tm tm;

    if (s->options->today != NULL)
        return tc_str_of(s->options->today);
    if (gmtime_r(&now, &tm) == NULL)
        return (struct tc_str){NULL, 0};
    return tc_arena_printf(&s->c.arena, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* One that names no framework is for all that have none of their own. */
static void
use_platform(struct tc_sema_host *host, const struct tc_path_option *platform)
{
    struct tc_str dir = tc_str_of(platform->path);
    enum tc_framework framework;

    if (platform->framework != NULL && tc_framework_find(tc_str_of(platform->framework), &framework)) {
        host->platform[tc_framework_info(framework)->clr] = dir;
        return;
    }
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        if (host->platform[clr].len == 0)
            host->platform[clr] = dir;
}

void
tc_session_init(struct tc_session *session, const struct tc_options *options)
{
    *session = (struct tc_session){.options = options};
    tc_compilation_init(&session->c);
    session->c.threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    session->host = tc_host_builtin();
    session->host.state = session;
    session->host.read_file = read_file;
    if (options->stdlib != NULL) {
        session->host.read_stdlib = read_stdlib;
        session->host.stdlib_dir = tc_str_of(options->stdlib);
    }
    for (size_t i = 0; options->file != NULL && i < options->platform_count; i++)
        use_platform(&session->host, &options->platforms[i]);
    session->sema.today = today(session);
}

void
tc_session_done(struct tc_session *session)
{
    tc_compilation_done(&session->c);
}

enum tc_status
tc_session_read(struct tc_session *s, struct tc_source **ret_source)
{
    return tc_session_read_file(s, s->options->file, ret_source);
}

enum tc_status
tc_session_read_file(struct tc_session *s, const char *file, struct tc_source **ret_source)
{
    const char *reason;
    struct tc_source *source;
    struct tc_str text;
    enum tc_status status = tc_host_read(&s->c.arena, file, &text, &reason);

    if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
        tc_complain_file("read", file, reason);
    if (status != TC_OK)
        return status;
    source = tc_sources_add_borrowed(&s->c.sources, strcmp(file, "-") == 0 ? TC_STR("<stdin>") : tc_str_of(file), text);
    if (source == NULL)
        return TC_ERR_LIMIT;
    *ret_source = source;
    return TC_OK;
}

bool
tc_session_has_applications(const struct tc_session *session, const char *command, const char *to)
{
    struct tc_buf text = {0};

    if (session->c.model->application_count > 0)
        return true;
    tc_buf_printf(&text,
                  "trustc %s: this source declares no application: there is nothing to %s. Is it the right file?\n",
                  command, to);
    tc_complain(tc_buf_str(&text));
    tc_buf_done(&text);
    return false;
}

int
tc_session_write(struct tc_session *session, const char *path, struct tc_str text)
{
    const char *reason = "";
    struct tc_str old;
    bool was_there = tc_host_read(&session->c.arena, path, &old, &reason) == TC_OK;
    struct tc_commit_result result = {0};
    struct tc_output_report report = {.name = tc_str_of(path)};
    enum tc_status status = tc_host_prepare(&session->c.arena, path, text, &reason);

    if (status != TC_OK || !tc_host_finish(&session->c.arena, path, true)) {
        if (status != TC_ERR_NOMEM)
            tc_complain_file("written", path, status == TC_OK ? "it could not be renamed into its place" : reason);
        return tc_session_exit(session, status == TC_OK ? TC_ERR_IO : status);
    }
    report.fate = !was_there ? TC_FATE_CREATED : tc_str_eq(old, text) ? TC_FATE_CURRENT : TC_FATE_CHANGED;
    result.reports = &report;
    result.count = 1;
    return session->options->quiet || tc_print_fates(&result, false) ? TC_EXIT_OK : TC_EXIT_IO;
}
