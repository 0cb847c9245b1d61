/* trustc verify --platform: the levels built in, held against a server's own files. */
#include "api/platform.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"

static enum tc_status
read_file(void *state, struct tc_str name, struct tc_str *ret_text, const char **ret_reason)
{
    struct tc_session *session = state;
    const char *dir = session->options->platforms[0].path;
    struct tc_str path = tc_arena_printf(&session->c.arena, "%s/%.*s", dir, TC_STR_ARG(name));

    return path.ptr == NULL ? TC_ERR_NOMEM : tc_host_read(&session->c.arena, path.ptr, ret_text, ret_reason);
}

int
tc_cmd_platform(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_platform platform = {.state = &session, .dir = tc_str_of(options->platforms[0].path), .read = read_file};
    const char *framework = options->platforms[0].framework;
    struct tc_buf out = {0};
    size_t differing = 0;
    enum tc_status status;
    int code;

    tc_session_init(&session, options);
    platform.has_framework = framework != NULL && tc_framework_find(tc_str_of(framework), &platform.framework);
    status = tc_platform_compare(&session.c, &session.host, &platform, &out, &differing);
    tc_session_show(&session);
    code = tc_session_exit(&session, status);
    if (status != TC_ERR_NOMEM && !tc_print(tc_buf_str(&out)))
        code = TC_EXIT_IO;
    if (code == TC_EXIT_OK && differing > 0)
        code = TC_EXIT_FINDINGS;
    tc_buf_done(&out);
    tc_session_done(&session);
    return code;
}
