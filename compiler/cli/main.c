/* The command line. The only place that prints or exits. */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

bool
tc_print(struct tc_str text)
{
    errno = 0;
    fwrite(text.ptr == NULL ? "" : text.ptr, 1, text.len, stdout);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    /* A reader that has seen enough, as head does, is no trouble to tell of. */
    if (errno != EPIPE)
        tc_complain(TC_STR("trustc: standard output cannot be written\n"));
    return false;
}

void
tc_complain(struct tc_str text)
{
    fwrite(text.ptr == NULL ? "" : text.ptr, 1, text.len, stderr);
    fflush(stderr);
}

static int
run(const struct tc_options *options)
{
    switch (options->command) {
    case TC_COMMAND_BUILD:
    case TC_COMMAND_CHECK:
    case TC_COMMAND_VERIFY:
        return options->file == NULL ? tc_cmd_platform(options) : tc_cmd_build(options);
    case TC_COMMAND_AUDIT:
        return tc_cmd_audit(options);
    case TC_COMMAND_DIFF:
        return tc_cmd_diff(options);
    case TC_COMMAND_DUMP:
        return tc_cmd_dump(options);
    case TC_COMMAND_EXPLAIN:
        return tc_cmd_explain(options);
    case TC_COMMAND_FMT:
        return tc_cmd_fmt(options);
    case TC_COMMAND_LINT:
        return tc_cmd_lint(options);
    case TC_COMMAND_MINIMIZE:
        return tc_cmd_minimize(options);
    case TC_COMMAND_DOC:
        return tc_cmd_doc(options);
    case TC_COMMAND_DEMANDS:
        return tc_cmd_demands(options);
    case TC_COMMAND_ISOLATE:
        return tc_cmd_isolate(options);
    case TC_COMMAND_PLAN:
        return tc_cmd_plan(options);
    case TC_COMMAND_REPORT:
        return tc_cmd_report(options);
    case TC_COMMAND_TEST:
        return tc_cmd_test(options);
    case TC_COMMAND_QUERY:
        return tc_cmd_query(options);
    case TC_COMMAND_WHY:
        return tc_cmd_why(options);
    case TC_COMMAND_IMPORT:
        return tc_cmd_import(options);
    case TC_COMMAND_HELP:
    case TC_COMMAND_VERSION:
    case TC_COMMAND_COUNT_:
        break;
    }
    return TC_EXIT_USAGE;
}

int
main(int argc, char **argv)
{
    struct tc_options options;
    struct tc_buf out;
    int code = TC_EXIT_OK;

    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is a failed write, not a death */
    tc_buf_init(&out);
    switch (tc_options_parse(argc, argv, &options, &out)) {
    case TC_PARSED_DONE:
        code = tc_print(tc_buf_str(&out)) ? TC_EXIT_OK : TC_EXIT_IO;
        break;
    case TC_PARSED_WRONG:
        tc_complain(tc_buf_str(&out));
        code = TC_EXIT_USAGE;
        break;
    case TC_PARSED_RUN:
        code = run(&options);
        break;
    }
    tc_buf_done(&out);
    return code;
}
