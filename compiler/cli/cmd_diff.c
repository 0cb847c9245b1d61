/* trustc diff: what changes between two servers. */
#include "ask/diff_show.h"
#include "cli/commands.h"
#include "cli/sides.h"

#include <string.h>

static int
result(const struct tc_options *options, const struct tc_diff *diff)
{
    bool failed = diff->has_changes;

    if (options->diff.fail_on == TC_DIFF_FAIL_ON_WIDEN)
        failed = diff->is_wider;
    else if (options->diff.fail_on == TC_DIFF_FAIL_ON_ISOLATION)
        failed = diff->is_worse;
    return failed ? TC_EXIT_FINDINGS : TC_EXIT_OK;
}

static int
show(const struct tc_options *options, struct tc_side sides[2])
{
    struct tc_arena arena;
    struct tc_diff *diff;
    struct tc_buf out = {0};
    enum tc_status status;
    int code;

    tc_arena_init(&arena);
    status = tc_diff(&arena, &sides[0].side, &sides[1].side, &diff);
    if (status != TC_OK || !tc_diff_show(diff, &sides[0].side, &sides[1].side, options->diff.format, &out))
        code = tc_session_exit(&sides[0].session, TC_ERR_NOMEM);
    else
        code = tc_print(tc_buf_str(&out)) ? result(options, diff) : TC_EXIT_IO;
    tc_buf_done(&out);
    tc_arena_done(&arena);
    return code;
}

int
tc_cmd_diff(const struct tc_options *options)
{
    static const size_t count = 2;
    struct tc_side sides[2];
    enum tc_status status = TC_OK;
    int code = TC_EXIT_OK;

    if (strcmp(options->file, "-") == 0 && strcmp(options->more[0], "-") == 0) {
        tc_complain(TC_STR("trustc diff: only one side can be standard input\n"));
        return TC_EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        tc_side_init(&sides[i], options);
        status = tc_side_read(&sides[i], i == 0 ? options->file : options->more[0]);
        if (status != TC_OK && code == TC_EXIT_OK) /* both are read, so that all that is wrong is said */
            code = tc_session_exit(&sides[i].session, status);
    }
    if (code == TC_EXIT_OK) {
        status = tc_sides_settle(sides);
        code = status == TC_OK ? show(options, sides) : tc_session_exit(&sides[0].session, status);
    }
    for (size_t i = 0; i < count; i++)
        tc_side_done(&sides[i]);
    return code;
}
