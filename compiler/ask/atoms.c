#include "ask/atoms.h"

#include "data/tables.h"
#include "isolate/samples.h"
#include "model/clauses.h"

#include <string.h>

struct walk {
    struct tc_arena *arena;
    const struct tc_perm *perm;
    tc_atom_visit *visit;
    void *state;
};

static struct tc_perm *
new_atom(struct walk *w, struct tc_span span)
{
    return tc_perm_new(w->arena, w->perm->cls, span.begin == span.end ? w->perm->span : span);
}

/* An atom with the one value @a value for field @a field. */
static bool
give_value(struct walk *w, size_t field, struct tc_value value, struct tc_span span)
{
    struct tc_perm *atom = new_atom(w, span);

    if (atom == NULL)
        return false;
    value.present = true;
    atom->values[field] = value;
    return w->visit(w->state, atom);
}

static bool
give_list(struct walk *w, size_t field)
{
    const struct tc_value *value = &w->perm->values[field];
    const struct tc_list *list = &value->list;

    if (list->all && !give_value(w, field, (struct tc_value){.list = {.all = true}}, value->span))
        return false;
    if (list->all_local && !give_value(w, field, (struct tc_value){.list = {.all_local = true}}, value->span))
        return false;
    for (uint32_t i = 0; i < list->count; i++)
        if (!give_value(w, field,
                        (struct tc_value){.span = value->span, .list = {.items = &list->items[i], .count = 1}},
                        list->items[i].span))
            return false;
    return true;
}

/* @a bit of @a bits, or the least that has a name and holds it: not every bit has one by itself (EventLog's Administer
 * is Write and one more). */
static uint64_t
named_bit(const struct tc_enum *names, uint64_t bits, uint64_t bit)
{
    uint64_t best = 0;

    for (size_t i = 0; i < names->count; i++) {
        uint64_t value = (uint64_t)names->values[i].value;

        if ((value & bit) != 0 && (value & ~bits) == 0 && (best == 0 || value < best))
            best = value;
    }
    return best == 0 ? bit : best;
}

static bool
give_bits(struct walk *w, size_t field)
{
    const struct tc_value *value = &w->perm->values[field];
    const struct tc_enum *names = tc_enum(w->perm->cls->fields[field].values);

    for (uint64_t bit = 1; bit != 0 && bit <= value->bits; bit <<= 1)
        if ((value->bits & bit) != 0 &&
            !give_value(w, field, (struct tc_value){.bits = named_bit(names, value->bits, bit)}, value->span))
            return false;
    return true;
}

/* @a row with cell @a column set to @a number instead; the row itself when @a column is its column count. */
static bool
give_row_with(struct walk *w, const struct tc_row *row, size_t column, int64_t number)
{
    struct tc_perm *atom = new_atom(w, row->span);
    struct tc_row copy = *row;

    if (atom == NULL)
        return false;
    if (column < row->form->column_count) {
        copy.cells = tc_arena_array(w->arena, struct tc_cell, row->form->column_count);
        if (copy.cells == NULL)
            return false;
        memcpy(copy.cells, row->cells, row->form->column_count * sizeof *copy.cells);
        copy.cells[column].number = number;
    }
    return tc_perm_append_row(w->arena, atom, &copy) && w->visit(w->state, atom);
}

/* A row by each bit of its flags, or whole when it has none. */
static bool
give_row(struct walk *w, const struct tc_row *row)
{
    for (size_t c = 0; c < row->form->column_count; c++) {
        uint64_t bits = (uint64_t)row->cells[c].number;
        const struct tc_enum *names;

        if (row->form->columns[c].kind != TC_COLUMN_FLAGS || !row->cells[c].present || (bits & (bits - 1)) == 0)
            continue;
        names = tc_enum(row->form->columns[c].values);
        for (uint64_t bit = 1; bit != 0 && bit <= bits; bit <<= 1)
            if ((bits & bit) != 0 && !give_row_with(w, row, c, (int64_t)named_bit(names, bits, bit)))
                return false;
        return true;
    }
    return give_row_with(w, row, row->form->column_count, 0);
}

bool
tc_atoms(struct tc_arena *arena, const struct tc_perm *perm, tc_atom_visit *visit, void *state)
{
    struct walk w = {arena, perm, visit, state};

    if (perm->unrestricted || perm->cls->assembly == TC_ASM_COUNT_ ||
        (perm->cls->algebra == TC_ALGEBRA_IDENTITY && !tc_perm_is_empty(perm)))
        return visit(state, perm);
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        enum tc_field_kind kind = perm->cls->fields[i].kind;
        bool more = true;

        if (!perm->values[i].present)
            continue;
        if (tc_is_list_field(kind))
            more = give_list(&w, i);
        else if (kind == TC_FIELD_FLAGS)
            more = give_bits(&w, i);
        else if (kind == TC_FIELD_TEXT || perm->values[i].number != 0)
            more = give_value(&w, i, perm->values[i], perm->values[i].span);
        if (!more)
            return false;
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (!give_row(&w, &perm->rows[i]))
            return false;
    return true;
}

/* ---- demands ---- */

static bool
is_pattern(const struct tc_row *row, size_t column)
{
    return row->form->columns[column].kind == TC_COLUMN_URI && row->cells[column].number == TC_WEB_PATTERN;
}

/* @a row with a URL in place of its pattern, or NULL. */
static const struct tc_perm *
with_url(struct tc_arena *arena, const struct tc_perm *atom, size_t column)
{
    struct tc_row row = atom->rows[0];
    struct tc_perm *demand = tc_perm_new(arena, atom->cls, atom->span);
    struct tc_samples samples;

    tc_samples_make(arena, row.cells[column].text, &samples);
    row.cells = tc_arena_array(arena, struct tc_cell, row.form->column_count);
    if (samples.count == 0 || demand == NULL || row.cells == NULL)
        return NULL;
    memcpy(row.cells, atom->rows[0].cells, row.form->column_count * sizeof *row.cells);
    row.cells[column] = (struct tc_cell){.present = true, .number = TC_WEB_URI, .text = samples.items[0].url};
    return tc_perm_append_row(arena, demand, &row) ? demand : NULL;
}

const struct tc_perm *
tc_atom_demand(struct tc_arena *arena, const struct tc_perm *atom)
{
    for (size_t c = 0; atom->row_count == 1 && c < atom->rows[0].form->column_count; c++)
        if (is_pattern(&atom->rows[0], c))
            return with_url(arena, atom, c);
    return atom;
}
