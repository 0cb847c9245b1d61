#include "cli/uses.h"

#include "cli/host.h"
#include "syntax/parse.h"

#include <stdlib.h>
#include <string.h>

/* One input that uses another. */
struct edge {
    struct edge *next;
    size_t main, part;
    struct tc_str name;
};

struct finder {
    struct tc_session *session;
    const struct tc_inputs *inputs;
    struct tc_map numbers; /* real path of a source -> its place in `inputs`, as a struct number */
    struct edge *edges, **tail;
    bool *has_server, *is_used;
};

struct number {
    size_t input;
};

static bool
is_source(const char *path)
{
    return tc_str_ends(tc_str_of(path), TC_STR(".trust"));
}

static struct tc_str
real_path(struct tc_arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    struct tc_str result = tc_arena_str(arena, tc_str_of(real));

    free(real);
    return result;
}

static size_t
number_sources(struct finder *f)
{
    struct tc_arena *arena = &f->session->c.arena;
    size_t count = 0;

    for (size_t i = 0; i < f->inputs->count; i++) {
        struct number *number = is_source(f->inputs->list[i].path) ? tc_arena_new(arena, struct number) : NULL;
        struct tc_str real;

        if (number == NULL)
            continue;
        number->input = i;
        real = real_path(arena, f->inputs->list[i].path);
        if (real.len > 0 && tc_map_add(&f->numbers, real, number) == NULL)
            count++;
    }
    return count;
}

static void
add_edge(struct finder *f, struct tc_compilation *c, size_t main, struct tc_str name)
{
    struct tc_arena *arena = &f->session->c.arena;
    struct tc_str path = tc_arena_str(&c->arena, name);
    const struct number *part = path.ptr == NULL ? NULL : tc_map_get(&f->numbers, real_path(&c->arena, path.ptr));
    struct edge *edge = part == NULL || part->input == main ? NULL : tc_arena_new(arena, struct edge);

    if (edge == NULL)
        return;
    *edge = (struct edge){.main = main, .part = part->input, .name = tc_arena_str(arena, name)};
    f->is_used[part->input] = true;
    *f->tail = edge;
    f->tail = &edge->next;
}

static bool
has_server(const struct tc_ast_file *file)
{
    const struct tc_ast *item = file->items.first;

    while (item != NULL && item->kind != TC_AST_SERVER)
        item = item->next;
    return item != NULL;
}

static enum tc_status
read_quietly(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    struct tc_compilation *c = state;
    struct tc_str name = tc_arena_str(&c->arena, path);

    return name.ptr == NULL ? TC_ERR_NOMEM : tc_host_read(&c->arena, name.ptr, ret_text, ret_reason);
}

static bool
mentions(struct tc_str text, struct tc_str word)
{
    return tc_str_find(text, word, 0) != SIZE_MAX;
}

static void
read_uses(struct finder *f, size_t input)
{
    const char *path = f->inputs->list[input].path, *reason;
    struct tc_sema_host host = {.read_file = read_quietly};
    struct tc_compilation c;
    struct tc_source *source;
    struct tc_ast_file *file;
    struct tc_str text;

    tc_compilation_init(&c);
    host.state = &c;
    c.files.trees = &c.trees;
    if (tc_host_read(&c.arena, path, &text, &reason) == TC_OK &&
        (mentions(text, TC_STR("use")) || mentions(text, TC_STR("server")))) {
        source = tc_sources_add_borrowed(&c.sources, tc_str_of(path), text);
        if (source != NULL && tc_parse(&c.diags, &c.trees, source, &file) <= TC_FAILED &&
            tc_use_load(&c.diags, &host, file, &c.files) <= TC_FAILED) {
            f->has_server[input] = has_server(file);
            for (size_t i = 1; i < c.files.count; i++)
                add_edge(f, &c, input, c.files.list[i]->source->name);
        }
    }
    tc_compilation_done(&c);
}

/* How good a source is to judge another one by. */
static int
worth(const struct finder *f, size_t main)
{
    return f->has_server[main] ? 2 : f->is_used[main] ? 0 : 1;
}

static enum tc_status
settle(const struct finder *f, struct tc_uses *uses)
{
    struct tc_arena *arena = &f->session->c.arena;

    for (const struct edge *edge = f->edges; edge != NULL; edge = edge->next) {
        struct tc_use *use = uses->list[edge->part];

        if (f->has_server[edge->part] || (use != NULL && worth(f, use->main) >= worth(f, edge->main)))
            continue;
        if (use == NULL)
            use = uses->list[edge->part] = tc_arena_new(arena, struct tc_use);
        if (use != NULL)
            *use = (struct tc_use){.main = edge->main, .name = edge->name};
    }
    for (size_t i = 0; i < f->inputs->count; i++)
        if (uses->list[i] != NULL) {
            uses->list[i]->next_part = uses->parts[uses->list[i]->main];
            uses->parts[uses->list[i]->main] = uses->list[i];
        }
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_uses_find(struct tc_uses *uses, struct tc_session *session, const struct tc_inputs *inputs)
{
    struct tc_arena *arena = &session->c.arena;
    struct finder f = {.session = session,
                       .inputs = inputs,
                       .has_server = tc_arena_array(arena, bool, inputs->count),
                       .is_used = tc_arena_array(arena, bool, inputs->count)};

    uses->list = tc_arena_array(arena, struct tc_use *, inputs->count);
    uses->parts = tc_arena_array(arena, struct tc_use *, inputs->count);
    if (arena->failed)
        return TC_ERR_NOMEM;
    f.tail = &f.edges;
    tc_map_init(&f.numbers, arena);
    if (number_sources(&f) < 2)
        return TC_OK;
    for (size_t i = 0; i < inputs->count; i++)
        if (is_source(inputs->list[i].path))
            read_uses(&f, i);
    return settle(&f, uses);
}
