/* trustc lint: what is wrong with files that somebody wrote by hand. */
#include "api/lint.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"

/* One file; its findings are shown at once, so that memory does not grow with their number. */
static enum tc_status
lint_file(const struct tc_options *options, struct tc_lint *lint, const char *path, struct tc_session *totals)
{
    struct tc_session session;
    struct tc_str bytes;
    const char *reason;
    enum tc_file_kind kind;
    enum tc_status status;

    tc_session_init(&session, options);
    lint->sema = session.sema;
    lint->host = session.host;
    status = tc_host_read(&session.c.arena, path, &bytes, &reason);
    if (status == TC_OK)
        status = tc_lint_file(&session.c, lint, tc_str_of(path), bytes, NULL, &kind);
    else if (status != TC_ERR_NOMEM)
        tc_complain_file("read", path, reason);
    if (status == TC_OK)
        tc_session_show(&session);
    totals->c.diags.errors += session.c.diags.errors;
    totals->c.diags.warnings += session.c.diags.warnings;
    tc_session_done(&session);
    return status;
}

int
tc_cmd_lint(const struct tc_options *options)
{
    struct tc_session totals;
    struct tc_lint lint;
    enum tc_status status;
    int code;

    tc_session_init(&totals, options);
    tc_lint_init(&lint);
    lint.options.has_framework =
        options->framework != NULL && tc_framework_find(tc_str_of(options->framework), &lint.options.framework);
    status = lint_file(options, &lint, options->file, &totals);
    for (size_t i = 0; i < options->more_count; i++) {
        enum tc_status one = lint_file(options, &lint, options->more[i], &totals);

        status = status == TC_OK ? one : status;
    }
    code = tc_session_exit(&totals, status);
    if (code == TC_EXIT_OK && totals.c.diags.errors > 0)
        code = TC_EXIT_FINDINGS;
    tc_lint_done(&lint);
    tc_session_done(&totals);
    return code;
}
