/* trustc import: the source of a file that a server has. */
#include "api/import.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"
#include "data/tables.h"

#include <string.h>

/* A file of the folder in which the imported one lies. */
static bool
read_beside(void *state, struct tc_str name, struct tc_str *ret_bytes)
{
    struct tc_session *session = state;
    const char *file = session->options->file, *slash = strrchr(file, '/'), *reason;
    struct tc_str path;

    if (strcmp(file, "-") == 0)
        return false;
    path = tc_arena_printf(&session->c.arena, "%.*s%.*s", slash == NULL ? 0 : (int)(slash - file) + 1, file,
                           TC_STR_ARG(name));
    return path.ptr != NULL && tc_host_read(&session->c.arena, path.ptr, ret_bytes, &reason) == TC_OK;
}

static int
write_source(struct tc_session *session, struct tc_str text)
{
    const struct tc_options *options = session->options;
    const char *path = options->output_count == 0 ? "-" : options->outputs[0].path, *reason = "";
    struct tc_str old;
    enum tc_status status;

    if (strcmp(path, "-") == 0)
        return tc_print(text) ? TC_EXIT_OK : TC_EXIT_IO;
    /* Sources are edited by hand; and one slip puts the name of the imported file behind -o. */
    if (tc_host_read(&session->c.arena, path, &old, &reason) == TC_OK && !tc_str_eq(old, text)) {
        tc_complain_file("written", path, "there is such a file, and it says something else; remove it first");
        return TC_EXIT_IO;
    }
    status = tc_host_prepare(&session->c.arena, path, text, &reason);
    if (status == TC_OK && tc_host_finish(&session->c.arena, path, true))
        return TC_EXIT_OK;
    if (status != TC_ERR_NOMEM)
        tc_complain_file("written", path, status == TC_OK ? "it could not be renamed into its place" : reason);
    return tc_session_exit(session, status == TC_OK ? TC_ERR_IO : status);
}

int
tc_cmd_import(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_import_options import = {.state = &session, .read = read_beside};
    struct tc_source *source;
    struct tc_buf out = {0};
    enum tc_status status;
    int code;

    if (options->output_count > 1 || (options->output_count == 1 && options->outputs[0].framework != NULL)) {
        tc_complain(TC_STR("trustc import: one file follows -o\n"));
        return TC_EXIT_USAGE;
    }
    import.has_framework =
        options->framework != NULL && tc_framework_find(tc_str_of(options->framework), &import.framework);
    tc_session_init(&session, options);
    status = tc_session_read(&session, &source);
    if (status == TC_OK) {
        status = tc_import(&session.c, &import, source, &out);
        tc_session_show(&session);
    }
    code = tc_session_exit(&session, status);
    if (code == TC_EXIT_OK)
        code = write_source(&session, tc_buf_str(&out));
    tc_buf_done(&out);
    tc_session_done(&session);
    return code;
}
