/* trustc dump: what a source is to the compiler, stage by stage. */
#include "api/dump.h"
#include "cli/commands.h"
#include "cli/session.h"

int
tc_cmd_dump(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_source *source;
    struct tc_buf out = {0};
    enum tc_status status;
    int code;

    tc_session_init(&session, options);
    status = tc_session_read(&session, &source);
    if (status == TC_OK) {
        status = tc_dump(&session.c, &session.host, &session.sema, source, options->stage, options->is_json, &out);
        tc_session_show(&session);
        if (status == TC_ERR_NOMEM || status == TC_ERR_LIMIT)
            tc_buf_clear(&out);
    }
    code = tc_session_exit(&session, status);
    if (out.len > 0 && !tc_print(tc_buf_str(&out)))
        code = TC_EXIT_IO;
    tc_buf_done(&out);
    tc_session_done(&session);
    return code;
}
