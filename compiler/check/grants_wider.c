/* What no other rule has spoken of: classes that are not known here, and what is wider than the platform's level. */
#include "check/grants.h"

/* What a permission grants beyond the base, in words. */
struct difference {
    struct tc_grants *g;
    const struct tc_perm *perm, *base;
    struct tc_buf words;
    struct tc_span span; /* of the first thing */
    const char *about;   /* the field or form that was named last */
    size_t count;
};

enum { SHOWN_MAX = 4 };

/* One thing more; @a about, a field or form, is named where it changes, NULL where the words tell. */
static void
add(struct difference *d, struct tc_span span, const char *about, struct tc_str words)
{
    bool named = about == NULL || about == d->about;

    if (!tc_grants_is_own(d->g, span))
        return;
    if (d->count == 0)
        d->span = span;
    if (d->count < SHOWN_MAX)
        tc_buf_printf(&d->words, "%s%s%s%.*s", d->count == 0 ? "" : ", ", named ? "" : about, named ? "" : " ",
                      TC_STR_ARG(words));
    d->about = about;
    d->count++;
}

static void
add_list(struct difference *d, size_t field)
{
    const struct tc_list *list = &d->perm->values[field].list;
    const struct tc_list *old = d->base == NULL ? NULL : &d->base->values[field].list;
    const char *name = tc_grants_field(d->g, &d->perm->cls->fields[field]);
    struct tc_arena *arena = d->g->check->arena;

    if (list->all && (old == NULL || !old->all))
        add(d, tc_grants_all(d->g, d->perm, field), name, TC_STR("of every file"));
    else if (list->all_local && (old == NULL || (!old->all_local && !old->all)))
        add(d, tc_grants_all(d->g, d->perm, field), name, TC_STR("of every local file"));
    for (uint32_t i = 0; i < list->count; i++)
        if (!tc_grants_covers(d->g, d->base, tc_grants_item_alone(d->g, d->perm, field, &list->items[i])))
            add(d, tc_grants_item(d->g, d->perm, field, &list->items[i]), name,
                tc_arena_printf(arena, "'%.*s'", TC_STR_ARG(list->items[i].text)));
}

static void
add_flags(struct difference *d, size_t field)
{
    const struct tc_value *value = &d->perm->values[field];
    const struct tc_enum *names = tc_enum(d->perm->cls->fields[field].values);
    uint64_t left = value->bits;

    if (d->base != NULL && d->base->values[field].present)
        left &= ~d->base->values[field].bits;
    for (size_t i = 0; i < names->count; i++) {
        uint64_t bits = (uint64_t)names->values[i].value;
        bool exact;

        if (bits == 0 || (left & bits) != bits)
            continue;
        left &= ~bits;
        add(d, tc_grants_name(d->g, d->perm, field, names->values[i].name, &exact), NULL,
            tc_arena_printf(d->g->check->arena, "'%s'", names->values[i].name));
    }
}

static void
add_number(struct difference *d, size_t field)
{
    const struct tc_field *info = &d->perm->cls->fields[field];
    const struct tc_value *value = &d->perm->values[field];
    const struct tc_value *old = d->base == NULL ? NULL : &d->base->values[field];
    const struct tc_enum_value *name =
        info->kind == TC_FIELD_LEVEL ? tc_enum_by_value(tc_enum(info->values), value->number) : NULL;

    if (value->number == 0 || (old != NULL && old->present && value->number <= old->number))
        return;
    add(d, tc_grants_value(d->g, d->perm, field), tc_grants_field(d->g, info),
        name == NULL ? tc_arena_printf(d->g->check->arena, "%lld", (long long)value->number)
                     : tc_arena_printf(d->g->check->arena, "'%s'", name->name));
}

static void
add_fields(struct difference *d)
{
    for (size_t i = 0; i < d->perm->cls->field_count; i++) {
        if (!d->perm->values[i].present)
            continue;
        switch (d->perm->cls->fields[i].kind) {
        case TC_FIELD_PATHS:
        case TC_FIELD_KEYS:
        case TC_FIELD_NAMES:
            add_list(d, i);
            break;
        case TC_FIELD_FLAGS:
            add_flags(d, i);
            break;
        case TC_FIELD_LEVEL:
        case TC_FIELD_INT64:
        case TC_FIELD_BOOL:
            add_number(d, i);
            break;
        case TC_FIELD_TEXT:
            add(d, tc_grants_value(d->g, d->perm, i), tc_grants_field(d->g, &d->perm->cls->fields[i]),
                tc_arena_printf(d->g->check->arena, "'%.*s'", TC_STR_ARG(d->perm->values[i].text)));
            break;
        }
    }
}

/* What a row says, in words: its texts in quotes, its access by name. */
static struct tc_str
row_words(struct difference *d, const struct tc_row *row)
{
    struct tc_buf out = {0};
    struct tc_str words;

    for (size_t i = 0; i < row->form->column_count; i++) {
        const struct tc_column *column = &row->form->columns[i];
        const struct tc_cell *cell = &row->cells[i];
        const struct tc_enum_value *name =
            column->kind == TC_COLUMN_FLAGS ? tc_enum_by_value(tc_enum(column->values), cell->number) : NULL;

        if (cell->text.len > 0)
            tc_buf_printf(&out, "%s'%.*s'", out.len == 0 ? "" : " ", TC_STR_ARG(cell->text));
        else if (name != NULL)
            tc_buf_printf(&out, "%s%s", out.len == 0 ? "" : " ", name->name);
    }
    if (out.failed)
        d->g->check->arena->failed = true;
    words = tc_arena_str(d->g->check->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return words;
}

static void
add_rows(struct difference *d)
{
    for (uint32_t i = 0; i < d->perm->row_count; i++) {
        const struct tc_row *row = &d->perm->rows[i];
        size_t column = 0;

        if (tc_grants_covers(d->g, d->base, tc_grants_row_alone(d->g, d->perm, row)))
            continue;
        while (column + 1 < row->form->column_count && row->cells[column].text.len == 0)
            column++;
        add(d, tc_grants_cell(d->g, d->perm, row, column), row->form->word, row_words(d, row));
    }
}

static void
check_wider(struct tc_grants *g, enum tc_class_id id)
{
    struct difference d = {.g = g};
    const char *level;
    struct tc_diag *diag;

    d.perm = tc_grants_news(g, id, &d.base);
    if (d.perm == NULL)
        return;
    if (d.perm->unrestricted) {
        add(&d, tc_grants_unrestricted(g, d.perm), NULL, TC_STR("unrestricted"));
    } else {
        add_fields(&d);
        add_rows(&d);
    }
    if (d.count == 0)
        add(&d, tc_check_own(g->check, d.perm->span, d.perm->span, g->span), NULL, TC_STR("more"));
    if (d.count > SHOWN_MAX)
        tc_buf_printf(&d.words, " and %zu more", d.count - SHOWN_MAX);
    level = tc_level_info(g->base->level)->name;
    diag = tc_grants_report(g, TC_CHECK_WIDER_THAN_BASE, id, d.span, "this grants more than %s: %s %.*s", level,
                            d.perm->cls->word, TC_STR_ARG(tc_buf_str(&d.words)));
    if (d.base == NULL)
        tc_diag_note(g->check->diags, diag, "%s has no %s", level, d.perm->cls->short_name);
    if (d.words.failed)
        g->check->arena->failed = true;
    tc_buf_done(&d.words);
}

static void
check_declared(struct tc_grants *g, const struct tc_perm *perm)
{
    struct tc_span span = tc_check_own(g->check, perm->span, perm->span, g->span), found;
    struct tc_str name = tc_str_of(perm->cls->type);

    name = tc_str_trim(tc_str_sub(name, 0, tc_str_find(name, TC_STR(","), 0)));
    if (!g->is_source && tc_grants_attribute(g, span, tc_attr_name(TC_ATTR_CLASS).ptr, &found))
        span = found;
    if (!tc_grants_is_own(g, span))
        return;
    if (!g->is_source && tc_map_get(&g->check->file->class_names, tc_grants_text(g, span)) != NULL)
        return; /* its SecurityClass has been told */
    tc_check_report(g->check, TC_CHECK_DECLARED_CLASS, span,
                    "nobody here knows what '%.*s' lets code do: it is not judged", TC_STR_ARG(name));
}

void
tc_grants_wider(struct tc_grants *g)
{
    for (size_t i = 0; i < g->set->count; i++) {
        const struct tc_perm *perm = g->set->perms[i];
        enum tc_class_id id;

        if (perm->cls->assembly == TC_ASM_COUNT_) {
            check_declared(g, perm);
            continue;
        }
        id = tc_class_id(perm->cls);
        if (g->is_main && g->base != NULL && (g->reported >> id & 1) == 0)
            check_wider(g, id);
    }
}
