/* trustc import: the source of a file that a server has. */
#include "api/import.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "data/tables.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run {
    const struct tc_options *options;
    struct tc_compilation c;
};

/* A file of the folder in which the imported one lies. */
static bool
read_beside(void *state, struct tc_str name, struct tc_str *ret_bytes)
{
    struct run *run = state;
    const char *slash = strrchr(run->options->file, '/'), *reason;
    struct tc_str path;

    if (strcmp(run->options->file, "-") == 0)
        return false;
    path = tc_arena_printf(&run->c.arena, "%.*s%.*s", slash == NULL ? 0 : (int)(slash - run->options->file) + 1,
                           run->options->file, TC_STR_ARG(name));
    return path.ptr != NULL && tc_host_read(&run->c.arena, path.ptr, ret_bytes, &reason) == TC_OK;
}

static void
show_findings(struct run *run)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool color = run->options->color == 1;
    struct tc_buf out = {0};

    if (run->options->color < 0)
        color = (no_color == NULL || no_color[0] == '\0') && isatty(STDERR_FILENO) &&
                (term == NULL || strcmp(term, "dumb") != 0);
    tc_render(&run->c.diags, &(struct tc_render_options){.format = run->options->format, .color = color}, &out);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

static void
complain(const char *what, const char *path, const char *reason)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc: '%s' cannot be %s: %s\n", path, what, reason);
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

static int
exit_for(enum tc_status status)
{
    switch (status) {
    case TC_OK:
        return TC_EXIT_OK;
    case TC_FAILED:
    case TC_ERR_LIMIT:
        return TC_EXIT_INPUT;
    case TC_ERR_SELF:
        return TC_EXIT_SELF;
    case TC_ERR_USAGE:
        return TC_EXIT_USAGE;
    case TC_ERR_NOMEM:
        tc_complain(TC_STR("trustc: out of memory\n"));
        return TC_EXIT_IO;
    case TC_ERR_IO:
        break;
    }
    return TC_EXIT_IO;
}

static int
write_source(struct run *run, struct tc_str text)
{
    const char *path = run->options->output_count == 0 ? "-" : run->options->outputs[0].path, *reason = "";
    enum tc_status status;

    if (strcmp(path, "-") == 0)
        return tc_print(text) ? TC_EXIT_OK : TC_EXIT_IO;
    status = tc_host_prepare(&run->c.arena, path, text, &reason);
    if (status == TC_OK && tc_host_finish(&run->c.arena, path, true))
        return TC_EXIT_OK;
    if (status == TC_ERR_NOMEM)
        return exit_for(status);
    complain("written", path, status == TC_OK ? "it could not be renamed into its place" : reason);
    return TC_EXIT_IO;
}

int
tc_cmd_import(const struct tc_options *options)
{
    struct run run = {.options = options};
    struct tc_import_options import = {.state = &run, .read = read_beside};
    struct tc_source *source;
    struct tc_buf out = {0};
    struct tc_str text;
    const char *reason;
    enum tc_status status;
    int code;

    if (options->output_count > 1 || (options->output_count == 1 && options->outputs[0].framework != NULL)) {
        tc_complain(TC_STR("trustc import: one file follows -o\n"));
        return TC_EXIT_USAGE;
    }
    import.has_framework =
        options->framework != NULL && tc_framework_find(tc_str_of(options->framework), &import.framework);
    tc_compilation_init(&run.c);
    status = tc_host_read(&run.c.arena, options->file, &text, &reason);
    if (status == TC_ERR_IO)
        complain("read", options->file, reason);
    if (status == TC_OK) {
        source = tc_sources_add_borrowed(
            &run.c.sources, strcmp(options->file, "-") == 0 ? TC_STR("<stdin>") : tc_str_of(options->file), text);
        status = source == NULL ? TC_ERR_LIMIT : tc_import(&run.c, &import, source, &out);
        show_findings(&run);
    }
    code = exit_for(status);
    if (code == TC_EXIT_OK)
        code = write_source(&run, tc_buf_str(&out));
    tc_buf_done(&out);
    tc_compilation_done(&run.c);
    return code;
}
