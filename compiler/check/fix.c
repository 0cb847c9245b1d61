#include "check/fix.h"

#include <stdlib.h>

/* An edit that is taken; the list is in the order of the text. */
struct taken {
    struct taken *next;
    const struct tc_edit *edit;
};

static bool
meets(const struct tc_edit *a, const struct tc_edit *b)
{
    if (a->span.begin == a->span.end || b->span.begin == b->span.end)
        return a->span.begin <= b->span.end && b->span.begin <= a->span.end;
    return a->span.begin < b->span.end && b->span.begin < a->span.end;
}

static bool
fits(const struct taken *list, const struct tc_diag *diag, const struct tc_source *source)
{
    for (const struct tc_edit *edit = diag->edits; edit != NULL; edit = edit->next) {
        if (edit->span.begin < source->base || edit->span.end > source->base + source->text.len)
            return false;
        for (const struct taken *other = list; other != NULL; other = other->next)
            if (meets(edit, other->edit))
                return false;
    }
    return true;
}

static bool
take(struct tc_arena *arena, struct taken **list, const struct tc_diag *diag)
{
    for (const struct tc_edit *edit = diag->edits; edit != NULL; edit = edit->next) {
        struct taken **tail = list, *taken = tc_arena_new(arena, struct taken);

        if (taken == NULL)
            return false;
        while (*tail != NULL && (*tail)->edit->span.begin <= edit->span.begin)
            tail = &(*tail)->next;
        *taken = (struct taken){*tail, edit};
        *tail = taken;
    }
    return true;
}

enum tc_status
tc_fix_apply(const struct tc_diags *diags, const struct tc_source *source, bool with_unsafe,
             struct tc_fix_result *ret_result)
{
    struct taken *list = NULL;
    struct tc_buf out = {0};
    size_t at = 0;

    *ret_result = (struct tc_fix_result){.text = source->text};
    for (const struct tc_diag *diag = diags->first; diag != NULL; diag = diag->next) {
        if (diag->edits == NULL || (diag->is_unsafe && !with_unsafe))
            continue;
        if (!fits(list, diag, source)) {
            ret_result->skipped++;
            continue;
        }
        if (!take(diags->arena, &list, diag))
            return TC_ERR_NOMEM;
        ret_result->applied++;
    }
    if (list == NULL)
        return TC_OK;
    for (; list != NULL; list = list->next) {
        size_t begin = list->edit->span.begin - source->base;

        tc_buf_puts(&out, tc_str_sub(source->text, at, begin - at));
        tc_buf_puts(&out, list->edit->text);
        at = list->edit->span.end - source->base;
    }
    tc_buf_puts(&out, tc_str_sub(source->text, at, SIZE_MAX));
    if (out.failed)
        diags->arena->failed = true;
    ret_result->text = tc_arena_str(diags->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return diags->arena->failed ? TC_ERR_NOMEM : TC_OK;
}
