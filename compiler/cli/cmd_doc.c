/* trustc doc: a page for the owner of each application. */
#include "ask/doc.h"
#include "cli/commands.h"
#include "cli/named.h"
#include "cli/outputs.h"
#include "cli/session.h"

#include <stdlib.h>
#include <string.h>

struct run {
    struct tc_session session;
    const struct tc_options *options;
    struct tc_subjects subjects;
    enum tc_doc_format format;
    struct tc_output *outputs; /* the index first */
    struct tc_buf *buffers;
};

/* Whether @a path is that of one page, as its name says. */
static bool
is_page(const char *path, enum tc_doc_format *ret_format)
{
    static const struct {
        const char *end;
        enum tc_doc_format format;
    } ends[] = {
        {".md", TC_DOC_MARKDOWN}, {".markdown", TC_DOC_MARKDOWN}, {".html", TC_DOC_HTML}, {".htm", TC_DOC_HTML}};

    for (size_t i = 0; path != NULL && i < sizeof ends / sizeof ends[0]; i++)
        if (tc_str_ends_nocase(tc_str_of(path), tc_str_of(ends[i].end))) {
            *ret_format = ends[i].format;
            return true;
        }
    return false;
}

static enum tc_status
put_page(struct run *run, const struct tc_subject *subject, struct tc_buf *out)
{
    return tc_doc_put(&run->session.c.arena, run->session.c.model, subject, run->format, out);
}

/* ---- one page ---- */

static int
write_one(struct run *run)
{
    const char *path = run->options->doc.path;
    const struct tc_subject *subject =
        tc_named_subject("doc", &run->subjects, run->options->application,
                         "which application? write --application NAME, or -o DIR for a page each; there are ");
    struct tc_buf out = {0};
    enum tc_status status;
    int code;

    if (subject == NULL)
        return run->subjects.count == 0 ? TC_EXIT_INPUT : TC_EXIT_USAGE;
    status = put_page(run, subject, &out);
    if (status != TC_OK)
        code = tc_session_exit(&run->session, status);
    else if (path == NULL || strcmp(path, "-") == 0)
        code = tc_print(tc_buf_str(&out)) ? TC_EXIT_OK : TC_EXIT_IO;
    else
        code = tc_session_write(&run->session, path, tc_buf_str(&out));
    tc_buf_done(&out);
    return code;
}

/* ---- all pages ---- */

static enum tc_status
put_all(struct run *run)
{
    struct tc_arena *arena = &run->session.c.arena;
    size_t count = run->subjects.count;
    struct tc_str dir = tc_str_of(run->options->doc.path);
    struct tc_str *names = tc_arena_array(arena, struct tc_str, count);
    enum tc_status status = names == NULL ? TC_ERR_NOMEM : tc_doc_names(arena, &run->subjects, run->format, names);

    while (tc_str_ends(dir, TC_STR("/")) && dir.len > 1)
        dir.len--;
    run->outputs = tc_arena_array(arena, struct tc_output, count + 1);
    if (status != TC_OK || run->outputs == NULL)
        return TC_ERR_NOMEM;
    run->outputs[0] = (struct tc_output){.dir = dir,
                                         .name = tc_arena_printf(arena, "index.%s", tc_doc_extension(run->format)),
                                         .stage = TC_STAGE_CONFIG};
    tc_doc_put_index(run->session.c.model, &run->subjects, names, run->format, &run->buffers[0]);
    for (size_t i = 0; status == TC_OK && i < count; i++) {
        run->outputs[i + 1] = (struct tc_output){.dir = dir, .name = names[i], .stage = TC_STAGE_POLICY};
        status = put_page(run, &run->subjects.items[i], &run->buffers[i + 1]);
    }
    for (size_t i = 0; i <= count; i++) {
        run->outputs[i].bytes = tc_buf_str(&run->buffers[i]);
        if (run->buffers[i].failed)
            status = TC_ERR_NOMEM;
    }
    return status;
}

static int
commit(struct run *run)
{
    struct tc_session *session = &run->session;
    size_t count = run->subjects.count + 1;
    struct tc_commit_result result = {0};
    enum tc_status status = put_all(run);

    tc_diags_init(&session->c.diags, &session->c.arena, &session->c.sources); /* what commit says, and no more */
    if (status == TC_OK &&
        tc_takes_foreign(&session->c.arena, &session->c.sources, run->outputs, count, TC_OUTPUTS_OF_DOC))
        return TC_EXIT_USAGE;
    if (status == TC_OK)
        status = tc_commit(&session->c.arena, run->outputs, count, &session->c.diags, &result);
    tc_session_show(session);
    if (status != TC_OK)
        return tc_session_exit(session, status);
    return run->options->quiet || tc_print_fates(&result, false) ? TC_EXIT_OK : TC_EXIT_IO;
}

static int
write_all(struct run *run)
{
    int code;

    if (run->options->application != NULL) {
        tc_complain(TC_STR("trustc doc: a directory gets the pages of all applications; for one alone write -o "
                           "NAME.md, or leave -o out\n"));
        return TC_EXIT_USAGE;
    }
    if (run->subjects.count == 0)
        return write_one(run); /* which says so */
    run->buffers = calloc(run->subjects.count + 1, sizeof *run->buffers);
    code = run->buffers == NULL ? tc_session_exit(&run->session, TC_ERR_NOMEM) : commit(run);
    for (size_t i = 0; run->buffers != NULL && i <= run->subjects.count; i++)
        tc_buf_done(&run->buffers[i]);
    free(run->buffers);
    return code;
}

int
tc_cmd_doc(const struct tc_options *options)
{
    struct run run = {.options = options};
    struct tc_session *session = &run.session;
    struct tc_source *source;
    enum tc_status status;
    bool is_one =
        is_page(options->doc.path, &run.format) || options->doc.path == NULL || strcmp(options->doc.path, "-") == 0;
    int code;

    if (options->doc.has_format)
        run.format = options->doc.format;
    tc_session_init(session, options);
    status = tc_session_read(session, &source);
    if (status == TC_OK) {
        status = tc_compile_source(&session->c, &session->host, &session->sema, source);
        if (status != TC_OK) /* warnings are the business of check */
            tc_session_show(session);
    }
    if (status == TC_OK)
        status = tc_subjects_of_model(&session->c.arena, session->c.model, &run.subjects);
    if (status != TC_OK)
        code = tc_session_exit(session, status);
    else
        code = is_one ? write_one(&run) : write_all(&run);
    tc_session_done(session);
    return code;
}
