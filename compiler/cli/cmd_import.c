/* trustc import: the source of files that a server has. */
#include "api/import.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"
#include "data/tables.h"

#include <string.h>

/* A file of the folder in which an imported one lies. */
static bool
read_beside(void *state, struct tc_str beside, struct tc_str name, struct tc_str *ret_bytes)
{
    struct tc_session *session = state;
    const char *reason;
    struct tc_str path;

    if (tc_str_eq(beside, TC_STR("<stdin>")))
        return false;
    while (beside.len > 0 && beside.ptr[beside.len - 1] != '/')
        beside.len--;
    path = tc_arena_printf(&session->c.arena, "%.*s%.*s", TC_STR_ARG(beside), TC_STR_ARG(name));
    return path.ptr != NULL && tc_host_read(&session->c.arena, path.ptr, ret_bytes, &reason) == TC_OK;
}

/* All files that cannot be read are complained of. */
static enum tc_status
read_sources(struct tc_session *session, struct tc_source **sources)
{
    const struct tc_options *options = session->options;
    enum tc_status status = tc_session_read(session, &sources[0]);

    for (size_t i = 0; i < options->more_count; i++) {
        enum tc_status one = tc_session_read_file(session, options->more[i], &sources[i + 1]);

        status = status == TC_OK ? one : status;
    }
    return status;
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
    struct tc_source *sources[TC_FILES_MAX + 1];
    struct tc_buf out = {0};
    enum tc_status status;
    unsigned inputs = strcmp(options->file, "-") == 0;
    int code;

    if (options->output_count > 1 || (options->output_count == 1 && options->outputs[0].framework != NULL)) {
        tc_complain(TC_STR("trustc import: one file follows -o\n"));
        return TC_EXIT_USAGE;
    }
    for (size_t i = 0; i < options->more_count; i++)
        inputs += strcmp(options->more[i], "-") == 0;
    if (inputs > 1) {
        tc_complain(TC_STR("trustc import: standard input can be read once\n"));
        return TC_EXIT_USAGE;
    }
    import.has_framework =
        options->framework != NULL && tc_framework_find(tc_str_of(options->framework), &import.framework);
    tc_session_init(&session, options);
    status = read_sources(&session, sources);
    if (status == TC_OK) {
        status = tc_import(&session.c, &import, sources, options->more_count + 1, &out);
        tc_session_show(&session);
    }
    code = tc_session_exit(&session, status);
    if (code == TC_EXIT_OK)
        code = write_source(&session, tc_buf_str(&out));
    tc_buf_done(&out);
    tc_session_done(&session);
    return code;
}
