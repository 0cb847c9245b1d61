/* trustc fmt: sources in the one layout. */
#include "api/fmt.h"
#include "cli/commands.h"
#include "cli/diff.h"
#include "cli/host.h"
#include "cli/inputs.h"
#include "cli/session.h"

#include <string.h>

/* A mended file that lies beside its place. */
struct prepared {
    const char *path; /* as given */
    const char *real; /* where links lead */
};

struct fmt {
    const struct tc_options *options;
    struct tc_session session;
    struct tc_inputs inputs;
    struct prepared *prepared;
    size_t prepared_count;
    size_t looked_at, changed;
    enum tc_status status; /* the gravest */
    struct tc_buf out;     /* what goes to standard output */
};

static bool
is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* What is worse than what was seen so far. */
static void
note_status(struct fmt *f, enum tc_status status)
{
    static const enum tc_status order[] = {TC_OK, TC_FAILED, TC_ERR_LIMIT, TC_ERR_IO, TC_ERR_NOMEM, TC_ERR_SELF};
    size_t old = 0, new = 0;

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        old = order[i] == f->status ? i : old;
        new = order[i] == status ? i : new;
    }
    if (new > old)
        f->status = status;
}

/* Put the result beside the file. */
static void
prepare(struct fmt *f, const char *path, struct tc_str bytes)
{
    struct prepared *prepared = &f->prepared[f->prepared_count];
    const char *reason = "the file is read-only";
    enum tc_status status = TC_ERR_IO;

    if (tc_host_may_write(path))
        status = tc_host_prepare_over(&f->session.c.arena, path, bytes, &prepared->real, &reason);
    if (status == TC_ERR_IO)
        tc_complain_file("written", path, reason);
    prepared->path = path;
    f->prepared_count += status == TC_OK;
    note_status(f, status);
}

/* A file that is not laid out as it is to be. */
static void
report(struct fmt *f, const char *path, struct tc_str before, struct tc_str after)
{
    const char *name = is_standard(path) ? "<stdin>" : path;

    f->changed++;
    if (f->options->fmt.diff)
        tc_diff_put(&f->out, name, before, after);
    if (f->options->fmt.list)
        tc_buf_printf(&f->out, "%s\n", name);
    else if (f->options->fmt.check && !f->options->fmt.diff)
        tc_buf_printf(&f->out, "not formatted %s\n", name);
    if (f->options->fmt.write)
        prepare(f, path, after);
}

static bool
has_mode(const struct tc_options *options)
{
    return options->fmt.check || options->fmt.diff || options->fmt.list || options->fmt.write;
}

static void
format_one(struct fmt *f, const struct tc_input *input)
{
    struct tc_source *source;
    struct tc_buf out = {0};
    struct tc_str before;
    enum tc_status status = TC_ERR_IO;

    if (input->fault != NULL)
        tc_complain_file("read", input->path, input->fault);
    else
        status = tc_session_read_file(&f->session, input->path, &source);
    if (status == TC_OK) {
        before = source->text;
        if (source->had_bom) /* it stands right before the text, and is part of the file */
            before = (struct tc_str){before.ptr - 3, before.len + 3};
        status = tc_fmt(&f->session.c, source, &out);
        if (status == TC_OK && !has_mode(f->options))
            tc_buf_puts(&f->out, tc_buf_str(&out));
        else if (status == TC_OK && !tc_str_eq(before, tc_buf_str(&out)))
            report(f, input->path, before, tc_buf_str(&out));
        tc_compilation_drop_trees(&f->session.c);
    }
    f->looked_at++;
    note_status(f, status);
    tc_buf_done(&out);
}

/* Bring all results to their places, or none. */
static void
finish(struct fmt *f)
{
    bool keep = f->status == TC_OK;

    for (size_t i = 0; i < f->prepared_count; i++) {
        const struct prepared *prepared = &f->prepared[i];

        if (!tc_host_finish(&f->session.c.arena, prepared->real, keep)) {
            tc_complain_file("written", prepared->path, "it cannot be put in its place");
            note_status(f, TC_ERR_IO);
        } else if (keep && !f->options->fmt.list && !f->options->quiet) {
            tc_buf_printf(&f->out, "formatted %s\n", prepared->path);
        }
    }
    if (!keep && f->prepared_count > 0)
        tc_complain(TC_STR("trustc fmt: nothing is written: not all files could be read, formatted and written\n"));
}

/* Whether the options go together; complains when they do not. */
static bool
are_options_sound(const struct fmt *f)
{
    const struct tc_fmt_options *options = &f->options->fmt;

    if (options->write && (options->check || options->diff)) {
        tc_complain(TC_STR("trustc fmt: --check and --diff write nothing: they do not go with --write\n"));
        return false;
    }
    for (size_t i = 0; options->write && i < f->inputs.count; i++)
        if (is_standard(f->inputs.list[i].path)) {
            tc_complain(TC_STR("trustc fmt: --write changes files: standard input is none\n"));
            return false;
        }
    if (!has_mode(f->options) && (f->inputs.count > 1 || (f->inputs.count == 1 && !f->inputs.list[0].is_named))) {
        tc_complain(TC_STR("trustc fmt: several files: say --write, --check, --diff or --list\n"));
        return false;
    }
    if (f->inputs.count == 0) {
        tc_complain(TC_STR("trustc fmt: there was nothing to format: no file whose name ends in .trust\n"));
        return false;
    }
    return true;
}

/* In a folder only what is called a source is one. */
static void
add_inputs(struct fmt *f)
{
    size_t count = 0;

    tc_inputs_init(&f->inputs, &f->session.c.arena);
    tc_inputs_add(&f->inputs, f->options->file == NULL ? "-" : f->options->file);
    for (size_t i = 0; i < f->options->more_count; i++)
        tc_inputs_add(&f->inputs, f->options->more[i]);
    for (size_t i = 0; i < f->inputs.count; i++) {
        const struct tc_input *input = &f->inputs.list[i];

        if (input->is_named || input->fault != NULL || tc_str_ends(tc_str_of(input->path), TC_STR(".trust")))
            f->inputs.list[count++] = *input;
    }
    f->inputs.count = count;
}

static void
put_summary(struct fmt *f)
{
    size_t fine = f->looked_at - f->changed;

    if (!f->options->fmt.check || f->options->fmt.list || f->options->fmt.diff || f->status != TC_OK || fine == 0 ||
        f->options->quiet)
        return;
    tc_buf_printf(&f->out, "%zu file%s formatted\n", fine, fine == 1 ? " is" : "s are");
}

static int
run(struct fmt *f)
{
    int code;

    add_inputs(f);
    if (!are_options_sound(f))
        return TC_EXIT_USAGE;
    f->prepared = tc_arena_array(&f->session.c.arena, struct prepared, f->inputs.count);
    if (f->prepared == NULL)
        return tc_session_exit(&f->session, TC_ERR_NOMEM);
    for (size_t i = 0; i < f->inputs.count; i++)
        format_one(f, &f->inputs.list[i]);
    tc_diags_sort(&f->session.c.diags);
    tc_session_show(&f->session);
    finish(f);
    put_summary(f);
    if (f->out.failed)
        note_status(f, TC_ERR_NOMEM);
    code = tc_session_exit(&f->session, f->status);
    if (code == TC_EXIT_OK && f->changed > 0 && (f->options->fmt.check || f->options->fmt.diff))
        code = TC_EXIT_FINDINGS;
    if (f->out.len > 0 && !tc_print(tc_buf_str(&f->out)))
        code = TC_EXIT_IO;
    return code;
}

int
tc_cmd_fmt(const struct tc_options *options)
{
    struct fmt f = {.options = options};
    int code;

    tc_session_init(&f.session, options);
    code = run(&f);
    tc_buf_done(&f.out);
    tc_session_done(&f.session);
    return code;
}
