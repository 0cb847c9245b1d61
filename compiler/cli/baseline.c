#include "cli/baseline.h"

#include "cli/commands.h"
#include "cli/host.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_AT = 39 }; /* of a line: behind 32 digits, a blank, the code, a blank */

struct tc_baseline {
    struct tc_baseline *next;
    const char *path;
    struct tc_str folder; /* the folder that it lies in, or will, as a real path */
    struct tc_map known;  /* its lines */
    struct tc_map names;  /* of the inputs that it is for */
    struct tc_str *lines; /* as read */
    size_t count;
    struct tc_buf found;
};

/* ---- paths ---- */

/* The folder of a file as a real path; of one that is yet to be made, as it will be. */
static struct tc_str
folder_of(struct tc_arena *arena, const char *path)
{
    struct tc_str real = tc_real_folder(arena, path), folder, outer;
    const char *slash = strrchr(path, '/');

    if (real.len > 0 || slash == NULL || slash == path)
        return real;
    folder = tc_arena_str(arena, (struct tc_str){path, (size_t)(slash - path)});
    outer = folder.ptr == NULL ? folder : folder_of(arena, folder.ptr);
    if (outer.len == 0)
        return outer;
    slash = strrchr(folder.ptr, '/');
    return tc_arena_printf(arena, "%.*s/%s", TC_STR_ARG(outer), slash == NULL ? folder.ptr : slash + 1);
}

/* @a path from @a folder on; both are real paths. */
static struct tc_str
relative(struct tc_arena *arena, struct tc_str folder, struct tc_str path)
{
    size_t same = 0;
    struct tc_buf out = {0};
    struct tc_str result;

    if (folder.len == 1)
        return tc_str_sub(path, 1, SIZE_MAX);
    for (size_t i = 0; i <= folder.len && i < path.len; i++) {
        if (i == folder.len ? path.ptr[i] == '/' : folder.ptr[i] == '/' && path.ptr[i] == '/')
            same = i;
        if (i == folder.len || folder.ptr[i] != path.ptr[i])
            break;
    }
    for (size_t i = same; i < folder.len; i++)
        if (folder.ptr[i] == '/')
            tc_buf_puts(&out, TC_STR("../"));
    tc_buf_puts(&out, tc_str_sub(path, same + 1, SIZE_MAX));
    if (out.failed)
        arena->failed = true;
    result = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}

static struct tc_str
name_for(struct tc_arena *arena, const struct tc_baseline *baseline, const char *path)
{
    struct tc_str folder = tc_real_folder(arena, path);
    const char *slash = strrchr(path, '/');

    if (strcmp(path, "-") == 0 || folder.len == 0 || baseline->folder.len == 0)
        return tc_str_of(path);
    return relative(arena, baseline->folder,
                    tc_arena_printf(arena, "%.*s%s%s", TC_STR_ARG(folder), folder.len == 1 ? "" : "/",
                                    slash == NULL ? path : slash + 1));
}

/* ---- reading ---- */

static void
complain_line(const char *path, struct tc_str line)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "trustc lint: '%s' is no baseline: '%.*s' is not FINGERPRINT CODE PATH\n", path,
                  TC_STR_ARG(line));
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

static enum tc_status
read_lines(struct tc_arena *arena, struct tc_baseline *baseline, struct tc_str text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    baseline->lines = tc_arena_array(arena, struct tc_str, count);
    if (baseline->lines == NULL)
        return TC_ERR_NOMEM;
    if (tc_str_starts(text, TC_STR("\xEF\xBB\xBF")))
        text = tc_str_sub(text, 3, SIZE_MAX);
    while (text.len > 0) {
        size_t end = tc_str_find(text, TC_STR("\n"), 0);
        struct tc_str line = tc_str_sub(text, 0, end);

        text = end == SIZE_MAX ? (struct tc_str){NULL, 0} : tc_str_sub(text, end + 1, SIZE_MAX);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        line = tc_str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (line.len <= PATH_AT || line.ptr[32] != ' ' || line.ptr[38] != ' ') {
            complain_line(baseline->path, line);
            return TC_ERR_USAGE;
        }
        baseline->lines[baseline->count++] = line;
        tc_map_add(&baseline->known, line, baseline);
    }
    return TC_OK;
}

static enum tc_status
read_baseline(struct tc_baselines *baselines, struct tc_baseline *baseline)
{
    struct tc_arena *arena = &baselines->session->c.arena;
    bool is_updated = baselines->session->options->lint.update_baseline;
    struct tc_str text;
    const char *reason;
    enum tc_status status = tc_host_read(arena, baseline->path, &text, &reason);

    if (status == TC_OK)
        return read_lines(arena, baseline, text);
    if (is_updated && access(baseline->path, F_OK) != 0)
        return TC_OK;
    if (status != TC_ERR_NOMEM)
        tc_complain_file("read", baseline->path, reason);
    if (status == TC_ERR_IO && access(baseline->path, F_OK) != 0)
        tc_complain(TC_STR("trustc lint: --update-baseline makes the baseline\n"));
    return status;
}

static enum tc_status
find_baseline(struct tc_baselines *baselines, const char *path, struct tc_baseline **ret_baseline)
{
    struct tc_arena *arena = &baselines->session->c.arena;
    struct tc_baseline *baseline = baselines->first;

    while (baseline != NULL && strcmp(baseline->path, path) != 0)
        baseline = baseline->next;
    *ret_baseline = baseline;
    if (baseline != NULL)
        return TC_OK;
    baseline = tc_arena_new(arena, struct tc_baseline);
    if (baseline == NULL)
        return TC_ERR_NOMEM;
    *baseline = (struct tc_baseline){.next = baselines->first, .path = path, .folder = folder_of(arena, path)};
    tc_map_init(&baseline->known, arena);
    tc_map_init(&baseline->names, arena);
    baselines->first = *ret_baseline = baseline;
    return read_baseline(baselines, baseline);
}

enum tc_status
tc_baselines_read(struct tc_baselines *baselines, struct tc_session *session, const struct tc_configs *configs,
                  const struct tc_inputs *inputs)
{
    struct tc_arena *arena = &session->c.arena;

    *baselines = (struct tc_baselines){.session = session,
                                       .list = tc_arena_array(arena, struct tc_baseline *, inputs->count),
                                       .names = tc_arena_array(arena, struct tc_str, inputs->count)};
    for (size_t i = 0; baselines->list != NULL && baselines->names != NULL && i < inputs->count; i++) {
        const char *path = tc_configs_baseline(configs, i);
        enum tc_status status = path == NULL ? TC_OK : find_baseline(baselines, path, &baselines->list[i]);

        if (status != TC_OK)
            return status;
        if (path == NULL)
            continue;
        baselines->names[i] = name_for(arena, baselines->list[i], inputs->list[i].path);
        tc_map_add(&baselines->list[i]->names, baselines->names[i], baselines);
    }
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- holding findings against it ---- */

void
tc_baselines_apply(const struct tc_baselines *baselines, size_t input, struct tc_compilation *c,
                   const struct tc_lint_settings *settings, struct tc_buf *found)
{
    static const struct tc_suppression why = {.is_baseline = true, .reason = {"it is in the baseline", 21}};
    const struct tc_baseline *baseline = baselines->list[input];
    struct tc_buf line = {0};

    for (struct tc_diag *diag = baseline == NULL ? NULL : c->diags.first; diag != NULL; diag = diag->next) {
        if (diag->suppressed != NULL || diag->fingerprint.len == 0 || settings->is_mandatory[tc_row_of(diag->code)])
            continue;
        tc_buf_clear(&line);
        tc_buf_printf(&line, "%.*s %s %.*s", TC_STR_ARG(diag->fingerprint), diag->code->id,
                      TC_STR_ARG(baselines->names[input]));
        tc_buf_puts(found, tc_buf_str(&line));
        tc_buf_putc(found, '\n');
        if (tc_map_get(&baseline->known, tc_buf_str(&line)) != NULL)
            tc_diag_suppress(&c->diags, diag, &why);
    }
    found->failed |= line.failed;
    tc_buf_done(&line);
}

void
tc_baselines_add(struct tc_baselines *baselines, size_t input, struct tc_str found)
{
    if (baselines->list[input] != NULL)
        tc_buf_puts(&baselines->list[input]->found, found);
}

/* ---- writing ---- */

static int
by_line(const void *a, const void *b)
{
    /* by path, then by code and fingerprint: a change shows up as few lines */
    const struct tc_str *x = a, *y = b;
    int order = tc_str_cmp(tc_str_sub(*x, PATH_AT, SIZE_MAX), tc_str_sub(*y, PATH_AT, SIZE_MAX));

    if (order == 0)
        order = tc_str_cmp(tc_str_sub(*x, 33, 5), tc_str_sub(*y, 33, 5));
    return order != 0 ? order : tc_str_cmp(*x, *y);
}

/* Whether a line as read is to stay: it is about a file that is there and was not looked at. */
static bool
stays(struct tc_arena *arena, const struct tc_baseline *baseline, struct tc_str line)
{
    struct tc_str name = tc_str_sub(line, PATH_AT, SIZE_MAX), path;

    if (tc_map_get(&baseline->names, name) != NULL)
        return false;
    path = tc_arena_printf(arena, "%.*s/%.*s", TC_STR_ARG(baseline->folder), TC_STR_ARG(name));
    return path.ptr != NULL && access(path.ptr, F_OK) == 0;
}

static bool
prepare(struct tc_arena *arena, struct tc_baseline *baseline)
{
    struct tc_str text = tc_buf_str(&baseline->found), *lines;
    struct tc_buf out = {0};
    const char *failure;
    size_t count = 0, most = baseline->count;
    enum tc_status status;

    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == '\n';
    lines = tc_arena_array(arena, struct tc_str, most);
    if (lines == NULL)
        return false;
    for (size_t i = 0; i < baseline->count; i++)
        if (stays(arena, baseline, baseline->lines[i]))
            lines[count++] = baseline->lines[i];
    while (text.len > 0) {
        size_t end = tc_str_find(text, TC_STR("\n"), 0);

        lines[count++] = tc_str_sub(text, 0, end);
        text = tc_str_sub(text, end + 1, SIZE_MAX);
    }
    if (count > 0)
        qsort(lines, count, sizeof *lines, by_line);
    tc_buf_puts(&out, TC_STR("# Findings that trustc lint --baseline does not count: fingerprint, rule, file.\n"));
    for (size_t i = 0; i < count; i++)
        tc_buf_printf(&out, "%.*s\n", TC_STR_ARG(lines[i]));
    status = out.failed || baseline->found.failed || arena->failed
                 ? TC_ERR_NOMEM
                 : tc_host_prepare(arena, baseline->path, tc_buf_str(&out), &failure);
    if (status == TC_ERR_IO)
        tc_complain_file("written", baseline->path, failure);
    tc_buf_done(&out);
    return status == TC_OK;
}

bool
tc_baselines_write(struct tc_baselines *baselines)
{
    struct tc_arena *arena = &baselines->session->c.arena;
    struct tc_baseline *failed = baselines->first;
    bool good = true;

    while (failed != NULL && prepare(arena, failed))
        failed = failed->next;
    for (struct tc_baseline *baseline = baselines->first; baseline != failed; baseline = baseline->next)
        if (!tc_host_finish(arena, baseline->path, failed == NULL)) {
            tc_complain_file("written", baseline->path, "it cannot be put in its place");
            good = false;
        }
    return good && failed == NULL;
}

void
tc_baselines_done(struct tc_baselines *baselines)
{
    for (struct tc_baseline *baseline = baselines->first; baseline != NULL; baseline = baseline->next)
        tc_buf_done(&baseline->found);
}
