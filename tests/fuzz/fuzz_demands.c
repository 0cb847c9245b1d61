/*
 * Any bytes as evidence of what code asked for. What is found lies within the text and says something; the same is
 * found in the same text behind a blank line; and a smallest grant can be worked out for it, which allows what is
 * learned.
 */
#include "ask/demands.h"
#include "model/pset_algebra.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_item(const struct tc_source *source, const struct tc_demanded *d)
{
    if (d->span.begin < source->base || d->span.end < d->span.begin || d->span.end > source->base + source->text.len)
        abort();
    switch (d->kind) {
    case TC_DEMANDED_PERMISSION:
        if (d->perm == NULL || d->cls != d->perm->cls || tc_perm_is_empty(d->perm))
            abort();
        break;
    case TC_DEMANDED_CLASS:
        if (d->cls == NULL)
            abort();
        break;
    case TC_DEMANDED_FOREIGN:
        if (d->cls != NULL)
            abort();
        break;
    case TC_DEMANDED_UNREADABLE:
        if (d->throws == NULL)
            abort();
        break;
    case TC_DEMANDED_FULL_TRUST:
    case TC_DEMANDED_CALLERS:
        break;
    }
}

static void
read_text(struct tc_arena *arena, struct tc_sources *sources, struct tc_str text, struct tc_demands_report *ret)
{
    const struct tc_source *source = tc_sources_add(sources, TC_STR("report"), text);
    size_t count = 0;

    if (source == NULL || tc_demands_read(arena, source, ret) != TC_OK)
        abort();
    for (const struct tc_demanded *d = ret->first; d != NULL; d = d->next, count++)
        check_item(source, d);
    if (count != ret->count || (count > 0 && !ret->is_report))
        abort();
}

/* What is learned is in the smallest grant, as far as the framework can compare it at all. */
static void
check_grant(struct tc_arena *arena, const struct tc_needs *needs)
{
    for (size_t i = 0; i < needs->count; i++) {
        const struct tc_wanted *need = &needs->items[i];
        const struct tc_perm *grant = NULL;
        struct tc_throw ignored;

        for (size_t g = 0; g < needs->grant_count; g++)
            if (needs->grants[g]->cls == need->demand->cls)
                grant = needs->grants[g];
        if (need->is_learned != (need->refusal == NULL && need->obstacle == NULL) ||
            (need->is_learned && grant == NULL))
            abort();
        if (need->is_learned && tc_class_id(grant->cls) == TC_CLASS_FILE_IO &&
            tc_algebra_ops(grant->cls->algebra)->subset(arena, NULL, need->demand, grant, &ignored) == TC_NO)
            abort();
    }
}

static void
check_needs(struct tc_arena *arena, const struct tc_demands_report *report)
{
    static const bool accepted[TC_REFUSAL_COUNT_] = {false};
    struct tc_buf out = {0};
    struct tc_needs needs;

    if (tc_needs_of(arena, NULL, TC_FX_4_0, report, 1, accepted, &needs) != TC_OK)
        abort();
    if (needs.covered != 0 || needs.uncovered != needs.count + needs.other_count)
        abort();
    check_grant(arena, &needs);
    tc_needs_put_grants(&out, &needs, TC_FX_4_0, TC_STR(""), TC_STR("\n"));
    if (out.failed || (out.len == 0) != (needs.grant_count == 0))
        abort();
    tc_buf_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_demands_report first, second;
    struct tc_buf shifted = {0};
    struct tc_str text;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    text = tc_demands_text(&arena, (struct tc_str){(const char *)data, size});
    read_text(&arena, &sources, text, &first);
    tc_buf_puts(&shifted, TC_STR("\r\n"));
    tc_buf_puts(&shifted, tc_str_starts(text, TC_STR("\xef\xbb\xbf")) ? tc_str_sub(text, 3, text.len) : text);
    read_text(&arena, &sources, tc_buf_str(&shifted), &second);
    if (first.count != second.count || first.aside != second.aside || first.is_policy != second.is_policy)
        abort();
    check_needs(&arena, &first);
    tc_buf_done(&shifted);
    tc_arena_done(&arena);
    return 0;
}
