/* trustc minimize: what of a source could go, and the source without it. */
#include "api/minimize.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/diff.h"
#include "cli/host.h"
#include "cli/session.h"

#include <string.h>

static void
put_place(const struct tc_session *session, struct tc_buf *out, struct tc_span span)
{
    struct tc_place place = tc_sources_place(&session->c.sources, span.begin);

    if (place.source != NULL)
        tc_buf_printf(out, "%.*s:%u", TC_STR_ARG(place.source->name), place.line);
}

static void
put_dead(const struct tc_session *session, struct tc_buf *out, const struct tc_dead *dead)
{
    put_place(session, out, dead->span);
    tc_buf_printf(out, ": %.*s %s", TC_STR_ARG(dead->what), dead->why);
    if (dead->reason.end > 0) {
        tc_buf_puts(out, TC_STR(" ("));
        put_place(session, out, dead->reason);
        tc_buf_putc(out, ')');
    }
    tc_buf_putc(out, '\n');
}

static void
put_diff(struct tc_buf *out, const struct tc_minimized *result)
{
    struct tc_buf name = {0};

    tc_buf_puts(&name, result->source->name);
    tc_buf_putc(&name, '\0');
    if (!name.failed)
        tc_diff_put(out, name.ptr, result->source->text, result->text);
    out->failed |= name.failed;
    tc_buf_done(&name);
}

static void
put_text(const struct tc_session *session, struct tc_buf *out, const struct tc_minimized *result)
{
    for (const struct tc_dead *dead = result->first; dead != NULL; dead = dead->next)
        put_dead(session, out, dead);
    if (result->count == 0)
        tc_buf_puts(out, TC_STR("nothing could go\n"));
    else if (!session->options->write)
        tc_buf_putc(out, '\n');
    if (!session->options->write)
        put_diff(out, result);
    if (result->is_partial)
        tc_buf_puts(out, TC_STR("\nthere was more to try out than is tried in one run: run it again on the result\n"));
}

static void
put_json(const struct tc_session *session, struct tc_buf *out, const struct tc_minimized *result)
{
    struct tc_buf diff = {0};

    tc_buf_puts(out, TC_STR("{\n  \"schema\": 1,\n  \"findings\": ["));
    for (const struct tc_dead *dead = result->first; dead != NULL; dead = dead->next) {
        struct tc_place place = tc_sources_place(&session->c.sources, dead->span.begin);
        struct tc_place reason = tc_sources_place(&session->c.sources, dead->reason.begin);

        tc_buf_puts(out, dead == result->first ? TC_STR("\n    {\"file\": ") : TC_STR(",\n    {\"file\": "));
        tc_json_string(out, place.source == NULL ? TC_STR("") : place.source->name);
        tc_buf_printf(out, ", \"line\": %u, \"what\": ", place.line);
        tc_json_string(out, dead->what);
        tc_buf_puts(out, TC_STR(", \"why\": "));
        tc_json_string(out, tc_str_of(dead->why));
        tc_buf_puts(out, TC_STR(", \"because\": "));
        if (reason.source == NULL) {
            tc_buf_puts(out, TC_STR("null}"));
            continue;
        }
        tc_buf_puts(out, TC_STR("{\"file\": "));
        tc_json_string(out, reason.source->name);
        tc_buf_printf(out, ", \"line\": %u}}", reason.line);
    }
    tc_buf_printf(out, "%s],\n  \"partial\": %s,\n  \"diff\": ", result->first == NULL ? "" : "\n  ",
                  result->is_partial ? "true" : "false");
    put_diff(&diff, result);
    tc_json_string(out, tc_buf_str(&diff));
    tc_buf_puts(out, TC_STR("\n}\n"));
    out->failed |= diff.failed;
    tc_buf_done(&diff);
}

static int
write_back(struct tc_session *session, const struct tc_minimized *result)
{
    struct tc_arena *arena = &session->c.arena;
    struct tc_str text = result->text;
    const char *path, *reason = "";
    enum tc_status status;

    if (result->source->had_bom)
        text = tc_arena_printf(arena, "\xEF\xBB\xBF%.*s", TC_STR_ARG(text));
    status = tc_host_prepare_over(arena, session->options->file, text, &path, &reason);
    if (status == TC_OK && tc_host_finish(arena, path, true))
        return TC_EXIT_OK;
    if (status != TC_ERR_NOMEM)
        tc_complain_file("written", session->options->file,
                         status == TC_OK ? "it could not be renamed into its place" : reason);
    return tc_session_exit(session, status == TC_OK ? TC_ERR_IO : status);
}

static int
show(struct tc_session *session, const struct tc_minimized *result)
{
    struct tc_buf out = {0};
    int code = result->count > 0 ? TC_EXIT_FINDINGS : TC_EXIT_OK;

    if (session->options->write && result->count > 0)
        code = write_back(session, result);
    switch (session->options->proposal) {
    case TC_PROPOSAL_TEXT:
        put_text(session, &out, result);
        break;
    case TC_PROPOSAL_JSON:
        put_json(session, &out, result);
        break;
    case TC_PROPOSAL_DIFF:
        put_diff(&out, result);
        break;
    }
    if (out.failed)
        tc_complain(TC_STR("trustc: out of memory\n"));
    if (out.failed || !tc_print(tc_buf_str(&out)))
        code = TC_EXIT_IO;
    tc_buf_done(&out);
    return code;
}

int
tc_cmd_minimize(const struct tc_options *options)
{
    struct tc_session session;
    struct tc_minimized result;
    struct tc_source *source;
    enum tc_status status;
    int code;

    if (options->write && strcmp(options->file, "-") == 0) {
        tc_complain(TC_STR("trustc minimize: standard input cannot be written back: leave out --write\n"));
        return TC_EXIT_USAGE;
    }
    tc_session_init(&session, options);
    status = tc_session_read(&session, &source);
    if (status == TC_OK) {
        status = tc_compile_source(&session.c, &session.host, &session.sema, source);
        if (status != TC_OK) /* warnings are the business of check */
            tc_session_show(&session);
    }
    if (status == TC_OK) {
        status = tc_minimize(&session.c, &session.host, &session.sema, &result);
        if (status == TC_ERR_SELF)
            tc_complain(TC_STR("trustc minimize: the smaller source would not grant the same, so it is not shown; "
                               "please report this\n"));
    }
    code = status == TC_OK ? show(&session, &result) : tc_session_exit(&session, status);
    tc_session_done(&session);
    return code;
}
