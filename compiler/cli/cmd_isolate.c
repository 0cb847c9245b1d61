/* trustc isolate: what the applications of a source can do to each other, and what keeps them from it. */
#include "cli/commands.h"
#include "cli/isolation.h"
#include "cli/session.h"
#include "isolate/show.h"

#include <string.h>

static const struct tc_application *
find(const struct tc_model *model, const char *name, const char *option)
{
    struct tc_buf out = {0};
    struct tc_str near = {0};
    unsigned best = 4;

    for (size_t i = 0; i < model->application_count; i++) {
        unsigned distance = tc_str_distance(model->applications[i]->name, tc_str_of(name), best);

        if (distance == 0)
            return model->applications[i];
        if (distance < best) {
            best = distance;
            near = model->applications[i]->name;
        }
    }
    tc_buf_printf(&out, "trustc isolate: --%s: the source has no application '%s'\n", option, name);
    if (near.len > 0)
        tc_buf_printf(&out, "did you mean '%.*s'?\n", TC_STR_ARG(near));
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
    return NULL;
}

static int
print(struct tc_session *session, const struct tc_isolation_view *view)
{
    struct tc_compilation *c = &session->c;
    struct tc_buf out = {0};
    bool good = session->options->is_json ? tc_isolation_put_json(&c->arena, c->isolation, &c->sources, view, &out)
                                          : tc_isolation_put_text(&c->arena, c->isolation, &c->sources, view, &out);

    if (!good)
        tc_complain(TC_STR("trustc: out of memory\n"));
    good = good && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    if (!good)
        return TC_EXIT_IO;
    if (tc_isolation_count(c->isolation, view, TC_NOT_ISOLATED) > 0 ||
        (session->options->fail_on_unknown && tc_isolation_count(c->isolation, view, TC_UNKNOWN_ISOLATION) > 0))
        return TC_EXIT_FINDINGS;
    return TC_EXIT_OK;
}

static int
show(struct tc_session *session)
{
    const struct tc_options *options = session->options;
    struct tc_isolation_view view = {.layer = options->layer};

    if (!tc_session_has_applications(session, "isolate", "keep apart"))
        return TC_EXIT_INPUT;
    if ((options->from == NULL) != (options->to == NULL)) {
        tc_complain(TC_STR("trustc isolate: --from and --to name a pair: give both\n"));
        return TC_EXIT_USAGE;
    }
    if (options->from != NULL) {
        view.from = find(session->c.model, options->from, "from");
        view.to = find(session->c.model, options->to, "to");
        if (view.from == NULL || view.to == NULL)
            return TC_EXIT_USAGE;
        if (view.from == view.to) {
            tc_complain(TC_STR("trustc isolate: --from and --to are one application: name two\n"));
            return TC_EXIT_USAGE;
        }
    }
    if (view.layer == TC_LAYER_BOTH && view.from == NULL) {
        enum tc_status status = tc_session_compare(session, &view.differences);

        view.has_differences = true;
        if (status != TC_OK)
            return tc_session_exit(session, status);
    }
    return print(session, &view);
}

int
tc_cmd_isolate(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_source *source;
    enum tc_status status;
    int code;

    tc_session_init(&session, options);
    status = tc_session_read(&session, &source);
    if (status == TC_OK) {
        status = tc_compile_source(&session.c, &session.host, &session.sema, source);
        tc_session_show(&session);
    }
    if (status == TC_OK)
        status = tc_session_isolate(&session, false);
    code = status == TC_OK ? show(&session) : tc_session_exit(&session, status);
    tc_session_done(&session);
    return code;
}
