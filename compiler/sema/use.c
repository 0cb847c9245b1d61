/* Sources that use sources. */
#include "base/ascii.h"
#include "sema/internal.h"
#include "syntax/parse.h"

struct loader {
    struct tc_diags *diags;
    const struct tc_sema_host *host;
    struct tc_map seen; /**< path → struct tc_ast_file, or LOADING */
    struct tc_source_files *files;
    size_t capacity;
    struct tc_str stack[64]; /**< paths being read, for the cycle */
    size_t depth;
    enum tc_status status;
};

/* Append the parts of @a path to @a out, which ends in a slash or is empty; `.` and `..` are resolved. */
static size_t
append_path(char *out, size_t len, struct tc_str path)
{
    size_t begin = 0;

    while (begin < path.len) {
        size_t end = begin;
        struct tc_str part;

        while (end < path.len && path.ptr[end] != '/' && path.ptr[end] != '\\')
            end++;
        part = tc_str_sub(path, begin, end - begin);
        if (tc_str_eq(part, TC_STR("..")) && len > 0 && !(len >= 3 && out[len - 2] == '.' && out[len - 3] == '.') &&
            !(len == 1 && out[0] == '/')) {
            len--;
            while (len > 0 && out[len - 1] != '/')
                len--;
        } else if (part.len > 0 && !tc_str_eq(part, TC_STR("."))) {
            for (size_t i = 0; i < part.len; i++)
                out[len++] = part.ptr[i];
            if (end < path.len)
                out[len++] = '/';
        }
        begin = end + 1;
    }
    return len;
}

struct tc_str
tc_resolve_path(struct tc_arena *arena, struct tc_str from, struct tc_str path)
{
    size_t directory = from.len, len = 0;
    char *out = tc_arena_alloc(arena, from.len + path.len + 3, 1);
    bool absolute = path.len > 0 && tc_ascii_is_slash(path.ptr[0]);

    if (out == NULL)
        return path;
    while (directory > 0 && from.ptr[directory - 1] != '/')
        directory--;
    if (absolute || (directory > 0 && from.ptr[0] == '/'))
        out[len++] = '/';
    if (!absolute)
        len = append_path(out, len, tc_str_sub(from, 0, directory));
    return (struct tc_str){out, append_path(out, len, path)};
}

static bool
add_file(struct loader *l, struct tc_ast_file *file)
{
    struct tc_ast_file **larger =
        tc_arena_more(l->diags->arena, struct tc_ast_file *, l->files->list, l->files->count, &l->capacity, 16);

    if (larger == NULL)
        return false;
    l->files->list = larger;
    l->files->list[l->files->count++] = file;
    return true;
}

static void
fail(struct loader *l, enum tc_status status)
{
    l->files->incomplete = true;
    if (l->status == TC_OK || status != TC_FAILED)
        l->status = status;
}

/* A path on the stack again: say the whole way round. */
static bool
report_cycle(struct loader *l, struct tc_span span, struct tc_str path)
{
    for (size_t i = 0; i < l->depth; i++) {
        struct tc_str way = {NULL, 0};

        if (!tc_str_eq(l->stack[i], path))
            continue;
        for (size_t j = i; j < l->depth; j++)
            way = tc_arena_printf(l->diags->arena, "%.*s%.*s uses ", TC_STR_ARG(way), TC_STR_ARG(l->stack[j]));
        tc_diag_add(l->diags, tc_code(TC_CODE_USE_CYCLE), span, "sources use each other in a circle: %.*s%.*s",
                    TC_STR_ARG(way), TC_STR_ARG(path));
        fail(l, TC_FAILED);
        return true;
    }
    return false;
}

static void load_uses(struct loader *l, struct tc_ast_file *file);

static void
load(struct loader *l, const struct tc_ast_file *from, const struct tc_atom *atom)
{
    struct tc_str path = tc_resolve_path(l->diags->arena, from->source->name, atom->text), text;
    struct tc_source *source;
    struct tc_ast_file *file;
    const char *reason = "";
    enum tc_status status;

    if (report_cycle(l, atom->span, path) || tc_map_get(&l->seen, path) != NULL)
        return;
    if (l->depth == sizeof l->stack / sizeof *l->stack || l->files->count >= tc_limit(TC_LIMIT_SOURCES)->value) {
        tc_diag_add(l->diags, tc_code(TC_CODE_TOO_DEEP), atom->span, "too many sources use each other");
        fail(l, TC_ERR_LIMIT);
        return;
    }
    status = l->host->read_file(l->host->state, path, &text, &reason);
    if (status != TC_OK) {
        if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
            tc_diag_help(l->diags,
                         tc_diag_add(l->diags, tc_code(TC_CODE_CANNOT_USE), atom->span, "'%.*s' cannot be read: %s",
                                     TC_STR_ARG(path), reason),
                         "the path is relative to the source that uses it");
        fail(l, status == TC_ERR_IO ? TC_FAILED : status);
        return;
    }
    source = tc_sources_add_borrowed(l->diags->sources, path, text);
    if (source == NULL) {
        fail(l, l->diags->arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT);
        return;
    }
    source->wanted = atom->span;
    status = tc_parse(l->diags, l->files->trees, source, &file);
    if (status != TC_OK)
        fail(l, status);
    if (status != TC_OK && status != TC_FAILED)
        return;
    tc_map_add(&l->seen, path, file);
    add_file(l, file);
    l->stack[l->depth++] = path;
    load_uses(l, file);
    l->depth--;
}

static void
load_uses(struct loader *l, struct tc_ast_file *file)
{
    for (const struct tc_ast *item = file->items.first; item != NULL; item = item->next)
        if (item->kind == TC_AST_USE)
            load(l, file, ((const struct tc_ast_simple *)item)->value);
}

enum tc_status
tc_use_load(struct tc_diags *diags, const struct tc_sema_host *host, struct tc_ast_file *main,
            struct tc_source_files *files)
{
    struct loader l = {.diags = diags, .host = host, .files = files};

    *files = (struct tc_source_files){.trees = files->trees};
    tc_map_init(&l.seen, diags->arena);
    add_file(&l, main);
    tc_map_add(&l.seen, tc_resolve_path(diags->arena, (struct tc_str){NULL, 0}, main->source->name), main);
    l.stack[l.depth++] = tc_resolve_path(diags->arena, (struct tc_str){NULL, 0}, main->source->name);
    load_uses(&l, main);
    return diags->arena->failed || files->trees->failed ? TC_ERR_NOMEM : l.status;
}
