#include "api/edited.h"

/* A host that has read everything already. */
struct replay {
    const struct tc_sema_host *host;
    const struct tc_compilation *c;
    const struct tc_source *changed;
    struct tc_str text;
    struct tc_arena *arena;
};

static struct tc_str
text_of(const struct replay *replay, const struct tc_source *source)
{
    return source == replay->changed ? replay->text : source->text;
}

static enum tc_status
read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    struct replay *replay = state;

    for (size_t i = 0; i < replay->c->files.count; i++) {
        const struct tc_source *source = replay->c->files.list[i]->source;
        struct tc_str copy;

        if (!tc_str_eq(source->name, path))
            continue;
        /* Two NULs have to follow. */
        copy = tc_arena_printf(replay->arena, "%.*s%c%c", TC_STR_ARG(text_of(replay, source)), '\0', '\0');
        if (copy.ptr == NULL)
            return TC_ERR_NOMEM;
        *ret_text = tc_str_sub(copy, 0, copy.len - 2);
        return TC_OK;
    }
    return replay->host->read_file(replay->host->state, path, ret_text, ret_reason);
}

static bool
read_stdlib(void *state, struct tc_str name, struct tc_str *ret_text)
{
    struct replay *replay = state;

    return replay->host->read_stdlib(replay->host->state, name, ret_text);
}

enum tc_status
tc_compile_edited(struct tc_compilation *again, const struct tc_compilation *c, const struct tc_sema_host *host,
                  const struct tc_sema_options *options, const struct tc_source *changed, struct tc_str text)
{
    struct replay replay = {.host = host, .c = c, .changed = changed, .text = text, .arena = &again->arena};
    struct tc_sema_host other = *host;
    const struct tc_source *main_source = c->files.list[0]->source;

    other.state = &replay;
    other.read_file = read_file;
    other.read_stdlib = read_stdlib;
    return tc_compile(again, &other, options, main_source->name, text_of(&replay, main_source));
}

const struct tc_ast_file *
tc_file_at(const struct tc_compilation *c, struct tc_span span)
{
    const struct tc_source *source = tc_sources_find(&c->sources, span.begin);

    for (size_t i = 0; i < c->files.count; i++)
        if (c->files.list[i]->source == source)
            return c->files.list[i];
    return NULL;
}
