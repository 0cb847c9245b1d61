/* trustc verify --platform without a source: the levels built in, held against a server's own files. */
#include "api/platform.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"

struct directory {
    struct tc_session *session;
    const char *path;
};

static enum tc_status
read_file(void *state, struct tc_str name, struct tc_str *ret_text, const char **ret_reason)
{
    struct directory *dir = state;
    struct tc_arena *arena = &dir->session->c.arena;
    struct tc_str path = tc_arena_printf(arena, "%s/%.*s", dir->path, TC_STR_ARG(name));

    return path.ptr == NULL ? TC_ERR_NOMEM : tc_host_read(arena, path.ptr, ret_text, ret_reason);
}

static enum tc_status
compare(struct tc_session *session, const struct tc_path_option *option, struct tc_buf *out, size_t *differing)
{
    struct directory dir = {session, option->path};
    struct tc_platform platform = {.state = &dir, .dir = tc_str_of(option->path), .read = read_file};

    platform.has_framework =
        option->framework != NULL && tc_framework_find(tc_str_of(option->framework), &platform.framework);
    return tc_platform_compare(&session->c, &session->host, &platform, out, differing);
}

int
tc_cmd_platform(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_buf out = {0};
    size_t differing = 0;
    enum tc_status status = TC_OK;
    int code;

    tc_session_init(&session, options);
    for (size_t i = 0; i < options->platform_count; i++) {
        size_t levels = 0;
        enum tc_status one;

        if (i > 0)
            tc_buf_putc(&out, '\n');
        one = compare(&session, &options->platforms[i], &out, &levels);
        differing += levels;
        if (one != TC_OK)
            status = one;
    }
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
