/* trustc report: one page about a server, to read and to show; or the ways between its applications as a graph. */
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/isolation.h"
#include "cli/outputs.h"
#include "cli/session.h"
#include "isolate/show.h"
#include "report/graph.h"
#include "report/page.h"

#include <string.h>

/* What was asked for makes sense with this source; else a complaint. */
static int
refuse(const struct tc_session *session)
{
    const struct tc_page_options *options = &session->options->page;
    const struct tc_model *model = session->c.model;

    if (!tc_session_has_applications(session, "report", "report on"))
        return TC_EXIT_INPUT;
    if (options->is_graph && model->application_count > TC_ISOLATION_PAIRS_MAX) {
        tc_complain(
            TC_STR("trustc report: nobody could read a graph of more than 1000 applications: write the page, or ask "
                   "'trustc isolate'\n"));
        return TC_EXIT_USAGE;
    }
    for (size_t i = 0; options->path != NULL && i < session->c.sources.count; i++) {
        struct tc_str name = session->c.sources.list[i]->name;
        char path[4096];

        if (name.len >= sizeof path)
            continue;
        memcpy(path, name.ptr, name.len);
        path[name.len] = '\0';
        if (tc_host_same_file(options->path, path)) {
            tc_complain_file("written", options->path, "it is a source of this report");
            return TC_EXIT_USAGE;
        }
    }
    return TC_EXIT_OK;
}

static enum tc_status
put(struct tc_session *session, struct tc_buf *out)
{
    struct tc_compilation *c = &session->c;
    struct tc_page_subject subject = {c->isolation, &c->sources, session->sema.today, NULL};
    enum tc_status status;

    if (session->options->page.is_graph)
        return tc_graph_put(&c->arena, c->isolation, session->options->page.format, out);
    status = tc_session_compare(session, &subject.differences);
    if (status != TC_OK)
        return status;
    return tc_page_put(&c->arena, &subject, out);
}

/* 1 when --fail-on says so; a report of a server that is wide open is still a good report. */
static int
judge(const struct tc_session *session)
{
    const struct tc_isolation_view everything = {.layer = TC_LAYER_BOTH};
    const struct tc_isolation *isolation = session->c.isolation;

    if (!session->options->page.has_fail_on)
        return TC_EXIT_OK;
    return tc_isolation_count(isolation, &everything, TC_NOT_ISOLATED) > 0 ||
                   (session->options->fail_on_unknown &&
                    tc_isolation_count(isolation, &everything, TC_UNKNOWN_ISOLATION) > 0)
               ? TC_EXIT_FINDINGS
               : TC_EXIT_OK;
}

static int
report(struct tc_session *session)
{
    const char *path = session->options->page.path;
    struct tc_buf out = {0};
    enum tc_status status;
    int code = refuse(session);

    if (code != TC_EXIT_OK)
        return code;
    /* a witness for each pair is for pages that have a table of pairs */
    status = tc_session_isolate(session, !session->options->page.is_graph &&
                                             session->c.model->application_count <= TC_ISOLATION_PAIRS_MAX);
    if (status == TC_OK)
        status = put(session, &out);
    if (status != TC_OK)
        code = tc_session_exit(session, status);
    else if (path != NULL && strcmp(path, "-") != 0)
        code = tc_session_write(session, path, tc_buf_str(&out));
    else
        code = tc_print(tc_buf_str(&out)) ? TC_EXIT_OK : TC_EXIT_IO;
    tc_buf_done(&out);
    return code == TC_EXIT_OK ? judge(session) : code;
}

int
tc_cmd_report(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_source *source;
    enum tc_status status;
    int code;

    if (options->page.path == NULL && !options->page.has_format) {
        tc_complain(TC_STR("trustc report: where shall the page go? write -o FILE, or --format to print it\n"));
        return TC_EXIT_USAGE;
    }
    tc_session_init(&session, options);
    status = tc_session_read(&session, &source);
    if (status == TC_OK) {
        status = tc_compile_source(&session.c, &session.host, &session.sema, source);
        tc_session_show(&session);
    }
    code = status == TC_OK ? report(&session) : tc_session_exit(&session, status);
    tc_session_done(&session);
    return code;
}
