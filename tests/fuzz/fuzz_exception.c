/*
 * Any bytes as the text of an exception or a report, and as a question. What is read lies within the text, means the
 * same to whoever reads it again, and can be asked; a question is understood, or it is said why not.
 */
#include "ask/demands_read.h"
#include "ask/question.h"
#include "ask/why.h"
#include "base/source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_demanded(struct tc_arena *arena, const struct tc_source *source, const struct tc_demanded *one)
{
    if (one->span.begin < source->base || one->span.end < one->span.begin ||
        one->span.end > source->base + source->text.len)
        abort();
    if ((one->kind == TC_DEMANDED_PERMISSION) != (one->perm != NULL))
        abort();
    if ((one->kind == TC_DEMANDED_PERMISSION || one->kind == TC_DEMANDED_CLASS) && one->cls == NULL)
        abort();
    if (one->perm != NULL && tc_why_demanded(arena, one->perm) == NULL && !arena->failed)
        abort();
}

static void
ask(struct tc_arena *arena, struct tc_str text)
{
    struct tc_question question;
    struct tc_str fault = {NULL, 0};
    bool understood = tc_question_parse(arena, text, &question, &fault);

    if (understood == (fault.len > 0) || (understood && question.who.len == 0 && question.demand.len == 0))
        abort();
    fault = (struct tc_str){NULL, 0};
    understood = tc_question_parse_demand(arena, text, &question, &fault);
    if (understood == (fault.len > 0) || (understood && question.demand.len == 0))
        abort();
    (void)tc_name_matches(tc_str_sub(text, 0, text.len / 2), tc_str_sub(text, text.len / 2, SIZE_MAX));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_demands_report report;
    struct tc_source *source;
    struct tc_str text;
    size_t count = 0;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    text = tc_demands_text(&arena, (struct tc_str){(const char *)data, size});
    source = tc_sources_add(&sources, TC_STR("exception"), text);
    if (source == NULL || tc_demands_read(&arena, source, &report) != TC_OK)
        abort();
    for (const struct tc_demanded *one = report.first; one != NULL; one = one->next, count++)
        check_demanded(&arena, source, one);
    if (count != report.count)
        abort();
    if (tc_why_marks(source->text) >> TC_WHY_COUNT_ != 0)
        abort();
    ask(&arena, tc_str_sub(source->text, 0, 4096));
    tc_arena_done(&arena);
    return 0;
}
