#include "api/minimize_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS_MAX = 8,                  /* what goes may make more useless: a group its set, a set its class */
    TRIALS_MAX = 400,                /* compilations */
    TRIALS_MIN = 20,                 /* however large the source is */
    TRIALS_BYTES = 256 * 1024 * 1024 /* a compilation costs by the size of the source */
};

/* What one round left out of the text before it. */
struct round {
    const struct tc_omission *items;
    size_t count;
};

struct minimizer {
    struct tc_compilation *c; /* of the source as it is */
    struct tc_arena *arena;
    const struct tc_sema_host *host;
    const struct tc_sema_options *options;
    const struct tc_source *source;
    struct tc_minimized *ret;
    struct round rounds[ROUNDS_MAX];
    size_t round_count;
    size_t trials;
    /* the round that is on */
    struct tc_str text;
    struct tc_omission *items;
    bool *taken;
    size_t count;
};

/* ---- omissions ---- */

void
tc_omissions_add(struct tc_omissions *list, struct tc_omission omission)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        struct tc_omission *more = tc_arena_array(list->arena, struct tc_omission, capacity);

        if (more == NULL)
            return;
        if (list->count > 0)
            memcpy(more, list->items, list->count * sizeof *more);
        list->items = more;
        list->capacity = capacity;
    }
    list->items[list->count++] = omission;
}

static int
by_place(const void *a, const void *b)
{
    const struct tc_omission *x = a, *y = b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

/* By place; what lies in another one goes with it. */
static void
sort(struct tc_omissions *list)
{
    size_t kept = 0;

    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, by_place);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->items[i].begin >= list->items[kept - 1].end)
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static struct tc_str
without(struct minimizer *m)
{
    struct tc_buf out = {0};
    struct tc_str text = {0};
    size_t at = 0;

    for (size_t i = 0; i < m->count; i++) {
        if (!m->taken[i])
            continue;
        tc_buf_puts(&out, tc_str_sub(m->text, at, m->items[i].begin - at));
        tc_buf_puts(&out, m->items[i].with);
        at = m->items[i].end;
    }
    tc_buf_puts(&out, tc_str_sub(m->text, at, SIZE_MAX));
    if (!out.failed)
        text = tc_arena_str(m->arena, tc_buf_str(&out));
    m->arena->failed |= out.failed;
    tc_buf_done(&out);
    return text;
}

/* ---- trying ---- */

/* Compile @a text in @a again, which is fresh. @return TC_OK: it says the same; TC_FAILED: it does not */
static enum tc_status
compile(struct minimizer *m, struct tc_compilation *again, struct tc_str text)
{
    enum tc_status status = tc_compile_edited(again, m->c, m->host, m->options, m->source, text);
    bool same = false;

    m->trials++;
    if (status == TC_OK)
        status = tc_minimize_same(m->c, again, &same);
    return status != TC_OK ? status : same ? TC_OK : TC_FAILED;
}

static enum tc_status
try_text(struct minimizer *m)
{
    struct tc_compilation again;
    struct tc_str text = without(m);
    enum tc_status status;

    if (m->arena->failed)
        return TC_ERR_NOMEM;
    tc_compilation_init(&again);
    status = compile(m, &again, text);
    tc_compilation_done(&again);
    return status == TC_ERR_LIMIT ? TC_FAILED : status;
}

static void
take(struct minimizer *m, size_t from, size_t to, bool taken)
{
    for (size_t i = from; i < to; i++)
        m->taken[i] = taken;
}

/* Take of [from, to) what passes: all at once, or halves of it. */
static enum tc_status
try_all(struct minimizer *m, size_t from, size_t to)
{
    enum tc_status status;

    if (from == to)
        return TC_OK;
    if (m->trials >= TRIALS_MIN && (m->trials >= TRIALS_MAX || m->trials * m->text.len > TRIALS_BYTES)) {
        m->ret->is_partial = true;
        return TC_OK;
    }
    take(m, from, to, true);
    status = try_text(m);
    if (status != TC_FAILED)
        return status;
    take(m, from, to, false);
    if (to - from == 1)
        return TC_OK;
    status = try_all(m, from, from + (to - from) / 2);
    return status == TC_OK ? try_all(m, from + (to - from) / 2, to) : status;
}

/* ---- places ---- */

/* The offset in the text before @a round that @a at is in the text behind it. */
static size_t
before(const struct round *round, size_t at)
{
    size_t shift = 0;

    for (size_t i = 0; i < round->count; i++) {
        const struct tc_omission *item = &round->items[i];

        if (item->begin + item->with.len > at + shift)
            break;
        shift = item->end - (item->begin - shift + item->with.len);
    }
    return at + shift;
}

struct tc_span
tc_span_elsewhere(const struct tc_sources *from, struct tc_span span, const struct tc_sources *to)
{
    const struct tc_source *source = tc_sources_find(from, span.begin);

    for (size_t i = 0; source != NULL && i < to->count; i++)
        if (tc_str_eq(to->list[i]->name, source->name))
            return (struct tc_span){to->list[i]->base + (span.begin - source->base),
                                    to->list[i]->base + (span.end - source->base)};
    return TC_NOWHERE;
}

/* A span of @a from, some rounds on, in the source as it is. */
static struct tc_span
original(const struct minimizer *m, const struct tc_compilation *from, struct tc_span span)
{
    const struct tc_source *source = tc_sources_find(&from->sources, span.begin);
    size_t begin, end;

    if (from == m->c || source == NULL)
        return span;
    begin = span.begin - source->base;
    end = span.end - source->base;
    if (tc_str_eq(source->name, m->source->name)) {
        for (size_t i = m->round_count; i-- > 0;) {
            begin = before(&m->rounds[i], begin);
            end = before(&m->rounds[i], end);
        }
        return (struct tc_span){m->source->base + (uint32_t)begin, m->source->base + (uint32_t)end};
    }
    return tc_span_elsewhere(&from->sources, span, &m->c->sources);
}

/* Keep what was found in @a from, in memory that stays. */
static enum tc_status
keep(struct minimizer *m, const struct tc_compilation *from)
{
    struct tc_omission *kept = tc_arena_array(m->arena, struct tc_omission, m->count);
    size_t count = 0;

    if (kept == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < m->count; i++) {
        struct tc_dead *dead;

        if (!m->taken[i])
            continue;
        dead = tc_arena_new(m->arena, struct tc_dead);
        if (dead == NULL)
            return TC_ERR_NOMEM;
        *dead = m->items[i].dead;
        dead->what = tc_arena_str(m->arena, dead->what);
        dead->span = original(m, from, dead->span);
        dead->reason = original(m, from, dead->reason);
        dead->next = m->ret->first;
        m->ret->first = dead;
        m->ret->count++;
        kept[count] = m->items[i];
        kept[count++].with = tc_arena_str(m->arena, m->items[i].with);
    }
    m->rounds[m->round_count++] = (struct round){kept, count};
    return m->arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- rounds ---- */

/* Leave out what can go of @a from, which @a m->text is compiled to. */
static enum tc_status
run_round(struct minimizer *m, struct tc_compilation *from, size_t *ret_taken)
{
    struct tc_omissions found;
    enum tc_status status = tc_minimize_find(from, m->host, &found);

    *ret_taken = 0;
    if (status != TC_OK)
        return status;
    sort(&found);
    m->items = found.items;
    m->count = found.count;
    m->taken = tc_arena_array(m->arena, bool, found.count);
    if (m->taken == NULL)
        return TC_ERR_NOMEM;
    status = try_all(m, 0, found.count);
    for (size_t i = 0; i < found.count; i++)
        *ret_taken += m->taken[i];
    if (status != TC_OK || *ret_taken == 0)
        return status;
    m->text = without(m);
    return keep(m, from);
}

static int
by_span(const void *a, const void *b)
{
    const struct tc_dead *x = *(struct tc_dead *const *)a, *y = *(struct tc_dead *const *)b;

    if (x->span.begin != y->span.begin)
        return x->span.begin < y->span.begin ? -1 : 1;
    return x->span.end > y->span.end ? -1 : x->span.end < y->span.end;
}

static struct tc_dead *
sorted(struct tc_arena *arena, struct tc_dead *first, size_t count)
{
    struct tc_dead **list = tc_arena_array(arena, struct tc_dead *, count), *result = NULL;

    if (list == NULL || count == 0)
        return first;
    for (size_t i = 0; i < count; i++, first = first->next)
        list[i] = first;
    qsort(list, count, sizeof(struct tc_dead *), by_span);
    for (size_t i = count; i-- > 0;) {
        list[i]->next = result;
        result = list[i];
    }
    return result;
}

enum tc_status
tc_minimize(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
            struct tc_minimized *ret)
{
    struct minimizer m = {.c = c, .arena = &c->arena, .host = host, .options = options, .ret = ret};
    struct tc_compilation last, next, *from = c;
    enum tc_status status = TC_OK;
    size_t taken = 1;

    m.source = c->files.list[0]->source;
    *ret = (struct tc_minimized){.source = m.source};
    m.text = m.source->text;
    tc_compilation_init(&last);
    while (status == TC_OK && taken > 0 && m.round_count < ROUNDS_MAX) {
        status = run_round(&m, from, &taken);
        if (status != TC_OK || taken == 0)
            break;
        tc_compilation_init(&next);
        status = compile(&m, &next, m.text);
        tc_compilation_done(&last);
        last = next;
        from = &last;
        if (status == TC_FAILED) /* it passed a moment ago */
            status = TC_ERR_SELF;
    }
    tc_compilation_done(&last);
    ret->text = m.text;
    ret->first = sorted(&c->arena, ret->first, ret->count);
    return c->arena.failed ? TC_ERR_NOMEM : status;
}
