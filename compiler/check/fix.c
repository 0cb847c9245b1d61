#include "check/fix.h"

#include <string.h>

/* The edits that are taken, in the order of the text. No two of different findings meet. */
struct taken {
    const struct tc_edit **list;
    size_t count, room;
};

static bool
meets(const struct tc_edit *a, const struct tc_edit *b)
{
    if (a->span.begin == a->span.end || b->span.begin == b->span.end)
        return a->span.begin <= b->span.end && b->span.begin <= a->span.end;
    return a->span.begin < b->span.end && b->span.begin < a->span.end;
}

/* The first one that begins behind @a at. */
static size_t
behind(const struct taken *taken, uint32_t at)
{
    size_t low = 0, high = taken->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (taken->list[middle]->span.begin <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
fits(const struct taken *taken, const struct tc_diag *diag, const struct tc_source *source)
{
    for (const struct tc_edit *edit = diag->edits; edit != NULL; edit = edit->next) {
        size_t next = behind(taken, edit->span.begin);

        if (edit->span.begin < source->base || edit->span.end > source->base + source->text.len)
            return false;
        /* what is farther away would meet its neighbour first */
        if ((next > 0 && meets(edit, taken->list[next - 1])) || (next < taken->count && meets(edit, taken->list[next])))
            return false;
    }
    return true;
}

static bool
take(struct tc_arena *arena, struct taken *taken, const struct tc_diag *diag)
{
    for (const struct tc_edit *edit = diag->edits; edit != NULL; edit = edit->next) {
        size_t at = behind(taken, edit->span.begin); /* mostly the end: findings come in the order of the text */
        const struct tc_edit **larger =
            tc_arena_more(arena, const struct tc_edit *, taken->list, taken->count, &taken->room, 64);

        if (larger == NULL)
            return false;
        taken->list = larger;
        memmove(&taken->list[at + 1], &taken->list[at], (taken->count - at) * sizeof *taken->list);
        taken->list[at] = edit;
        taken->count++;
    }
    return true;
}

enum tc_status
tc_fix_apply(const struct tc_diags *diags, const struct tc_source *source, bool with_unsafe,
             struct tc_fix_result *ret_result)
{
    struct taken taken = {.count = 0};
    struct tc_buf out = {0};
    size_t at = 0;

    *ret_result = (struct tc_fix_result){.text = source->text};
    for (const struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next) {
        if (diag->edits == NULL || (diag->is_unsafe && !with_unsafe))
            continue;
        if (!fits(&taken, diag, source)) {
            ret_result->skipped++;
            continue;
        }
        if (!take(diags->arena, &taken, diag))
            return TC_ERR_NOMEM;
        ret_result->applied++;
    }
    if (taken.count == 0)
        return TC_OK;
    for (size_t i = 0; i < taken.count; i++) {
        const struct tc_edit *edit = taken.list[i];
        size_t begin = edit->span.begin - source->base;

        tc_buf_puts(&out, tc_str_sub(source->text, at, begin - at));
        tc_buf_puts(&out, edit->text);
        at = edit->span.end - source->base;
    }
    tc_buf_puts(&out, tc_str_sub(source->text, at, SIZE_MAX));
    if (out.failed)
        diags->arena->failed = true;
    ret_result->text = tc_arena_str(diags->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return diags->arena->failed ? TC_ERR_NOMEM : TC_OK;
}
