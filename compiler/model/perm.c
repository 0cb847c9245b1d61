#include "model/perm.h"

#include <string.h>

struct tc_perm *
tc_perm_new(struct tc_arena *arena, const struct tc_class *cls, struct tc_span span)
{
    struct tc_perm *perm = tc_arena_new(arena, struct tc_perm);
    struct tc_value *values = tc_arena_array(arena, struct tc_value, cls->field_count);

    if (perm == NULL || values == NULL)
        return NULL;
    *perm = (struct tc_perm){.cls = cls, .span = span, .values = values};
    return perm;
}

static bool
is_list(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

/* Arrays here double at powers of two, so that the count alone tells the capacity. */
static size_t
capacity(uint32_t count)
{
    size_t room = 1;

    while (room < count)
        room *= 2;
    return room;
}

struct tc_perm *
tc_perm_copy(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_perm *copy = tc_perm_new(arena, perm->cls, perm->span);
    struct tc_value *values;

    if (copy == NULL)
        return NULL;
    values = copy->values;
    *copy = *perm;
    copy->values = values;
    copy->row_index = NULL;
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        struct tc_list *list = &values[i].list;

        values[i] = perm->values[i];
        if (!is_list(perm->cls->fields[i].kind))
            continue;
        list->index = NULL;
        if (list->count == 0)
            continue;
        list->items = tc_arena_array(arena, struct tc_item, capacity(list->count));
        if (list->items == NULL)
            return NULL;
        memcpy(list->items, perm->values[i].list.items, list->count * sizeof *list->items);
    }
    if (perm->row_count > 0) {
        copy->rows = tc_arena_array(arena, struct tc_row, capacity(perm->row_count));
        if (copy->rows == NULL)
            return NULL;
        memcpy(copy->rows, perm->rows, perm->row_count * sizeof *copy->rows);
    }
    return copy;
}

/* Room for one more element. */
static void *
grown(struct tc_arena *arena, void *old, uint32_t count, size_t size, size_t align)
{
    void *larger;

    if (count != 0 && (count & (count - 1)) != 0)
        return old;
    larger = tc_arena_alloc_array(arena, count == 0 ? 1 : (size_t)count * 2, size, align);
    if (larger != NULL && count > 0)
        memcpy(larger, old, count * size);
    return larger;
}

/* ---- an index over many entries ---- */

enum { INDEX_FROM = 16 }; /* fewer are looked through one by one */

/* Open addressing; a slot holds the number of an entry plus one. Entries go in by number, so that the first of equal
 * ones is met first. */
struct tc_perm_index {
    const void *entries; /* the array that it is about */
    uint32_t count;      /* and how many of them */
    uint32_t mask;
    uint32_t *slots;
};

static uint64_t
hash_text(uint64_t hash, struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        hash = (hash ^ (c >= 'A' && c <= 'Z' ? c + 0x20u : c)) * UINT64_C(0x100000001b3);
    }
    return (hash ^ text.len) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t
hash_item(const void *entries, uint32_t i)
{
    return hash_text(UINT64_C(0xcbf29ce484222325), ((const struct tc_item *)entries)[i].text);
}

/* Rows that are equal, or equal but for their flags, have the same hash. */
static uint64_t
hash_row(const void *entries, uint32_t i)
{
    const struct tc_row *row = &((const struct tc_row *)entries)[i];
    uint64_t hash = hash_text(UINT64_C(0xcbf29ce484222325), tc_str_of(row->form->word));

    for (size_t c = 0; c < row->form->column_count; c++) {
        const struct tc_cell *cell = &row->cells[c];

        if (row->form->columns[c].kind != TC_COLUMN_FLAGS)
            hash = hash_text(hash ^ (uint64_t)cell->number ^ (cell->present ? 1u : 0u), cell->text);
    }
    return hash;
}

static uint32_t
slot_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static void
index_put(struct tc_perm_index *index, uint64_t hash, uint32_t i)
{
    uint32_t at = slot_of(hash) & index->mask;

    while (index->slots[at] != 0)
        at = (at + 1) & index->mask;
    index->slots[at] = i + 1;
}

/* The index over @a count entries, made anew when @a index is about others; NULL for a few, and when out of memory. */
static struct tc_perm_index *
index_over(struct tc_arena *arena, struct tc_perm_index *index, const void *entries, uint32_t count,
           uint64_t (*hash)(const void *, uint32_t))
{
    uint32_t room = 4 * INDEX_FROM;

    if (count < INDEX_FROM || count > UINT32_MAX / 8)
        return NULL;
    if (index != NULL && index->entries == entries && index->count == count)
        return index;
    while (room < count * 2 + 2)
        room *= 2;
    index = tc_arena_new(arena, struct tc_perm_index);
    if (index == NULL)
        return NULL;
    *index = (struct tc_perm_index){
        .entries = entries, .count = count, .mask = room - 1, .slots = tc_arena_array(arena, uint32_t, room)};
    if (index->slots == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        index_put(index, hash(entries, i), i);
    return index;
}

/* Tell @a index that its entries, perhaps moved to another place, have got one more. */
static void
index_extend(struct tc_perm_index *index, const void *entries, uint64_t (*hash)(const void *, uint32_t))
{
    if (index == NULL)
        return;
    if (index->count + 1 > index->mask / 2) {
        index->count = 0; /* too full: made anew when it is needed */
        return;
    }
    index->entries = entries;
    index_put(index, hash(entries, index->count), index->count);
    index->count++;
}

bool
tc_list_add(struct tc_arena *arena, struct tc_list *list, struct tc_item item)
{
    struct tc_item *items;

    list->index = index_over(arena, list->index, list->items, list->count, hash_item);
    if (list->index != NULL) {
        uint32_t at = slot_of(hash_item(&item, 0)) & list->index->mask;

        for (; list->index->slots[at] != 0; at = (at + 1) & list->index->mask)
            if (tc_str_eq_nocase(list->items[list->index->slots[at] - 1].text, item.text))
                return true;
    } else {
        for (uint32_t i = 0; i < list->count; i++)
            if (tc_str_eq_nocase(list->items[i].text, item.text))
                return true;
    }
    items = grown(arena, list->items, list->count, sizeof item, alignof(struct tc_item));
    if (items == NULL)
        return false;
    list->items = items;
    list->items[list->count++] = item;
    index_extend(list->index, items, hash_item);
    return true;
}

bool
tc_list_remove(struct tc_list *list, struct tc_str text)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (!tc_str_eq_nocase(list->items[i].text, text))
            continue;
        memmove(&list->items[i], &list->items[i + 1], (list->count - i - 1) * sizeof *list->items);
        list->count--;
        list->index = NULL;
        return true;
    }
    return false;
}

bool
tc_row_equal(const struct tc_row *a, const struct tc_row *b)
{
    if (a->form != b->form)
        return false;
    for (size_t i = 0; i < a->form->column_count; i++) {
        const struct tc_cell *x = &a->cells[i], *y = &b->cells[i];

        if (x->present != y->present || x->number != y->number || !tc_str_eq_nocase(x->text, y->text))
            return false;
    }
    return true;
}

/* Rows that name the same thing with different flags: the framework holds one entry each. */
static bool
same_but_flags(const struct tc_row *a, const struct tc_row *b, size_t *ret_column)
{
    bool has_flags = false;

    if (a->form != b->form)
        return false;
    for (size_t i = 0; i < a->form->column_count; i++) {
        if (a->form->columns[i].kind == TC_COLUMN_FLAGS) {
            *ret_column = i;
            has_flags = true;
            continue;
        }
        if (a->cells[i].present != b->cells[i].present || a->cells[i].number != b->cells[i].number ||
            !tc_str_eq_nocase(a->cells[i].text, b->cells[i].text))
            return false;
    }
    return has_flags;
}

static bool
join_flags(struct tc_arena *arena, enum tc_algebra algebra, struct tc_row *into, const struct tc_row *other,
           size_t column)
{
    struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, into->form->column_count);

    if (cells == NULL)
        return false;
    memcpy(cells, into->cells, into->form->column_count * sizeof *cells);
    into->cells = cells;
    if (algebra == TC_ALGEBRA_KEY_CONTAINER)
        cells[column].number &= other->cells[column].number; /* permissions 8: the framework intersects them */
    else
        cells[column].number |= other->cells[column].number;
    return true;
}

bool
tc_perm_append_row(struct tc_arena *arena, struct tc_perm *perm, const struct tc_row *row)
{
    struct tc_row *rows = grown(arena, perm->rows, perm->row_count, sizeof *row, alignof(struct tc_row));

    if (rows == NULL)
        return false;
    perm->rows = rows;
    perm->rows[perm->row_count++] = *row;
    return true;
}

/* The first row that is equal to @a row, or equal but for its flags. */
static struct tc_row *
find_row(struct tc_arena *arena, struct tc_perm *perm, const struct tc_row *row)
{
    struct tc_perm_index *index = index_over(arena, perm->row_index, perm->rows, perm->row_count, hash_row);
    size_t column = 0;

    perm->row_index = index;
    if (index == NULL) {
        for (uint32_t i = 0; i < perm->row_count; i++)
            if (tc_row_equal(&perm->rows[i], row) || same_but_flags(&perm->rows[i], row, &column))
                return &perm->rows[i];
        return NULL;
    }
    for (uint32_t at = slot_of(hash_row(row, 0)) & index->mask; index->slots[at] != 0; at = (at + 1) & index->mask) {
        struct tc_row *other = &perm->rows[index->slots[at] - 1];

        if (tc_row_equal(other, row) || same_but_flags(other, row, &column))
            return other;
    }
    return NULL;
}

bool
tc_perm_add_row(struct tc_arena *arena, struct tc_perm *perm, const struct tc_row *row)
{
    struct tc_row *rows;
    struct tc_row *old = find_row(arena, perm, row);
    size_t column = 0;

    if (old != NULL && tc_row_equal(old, row))
        return true;
    if (old != NULL && same_but_flags(old, row, &column))
        return join_flags(arena, perm->cls->algebra, old, row, column);
    rows = grown(arena, perm->rows, perm->row_count, sizeof *row, alignof(struct tc_row));
    if (rows == NULL)
        return false;
    perm->rows = rows;
    perm->rows[perm->row_count++] = *row;
    index_extend(perm->row_index, rows, hash_row);
    return true;
}

bool
tc_perm_remove_row(struct tc_perm *perm, const struct tc_row *row)
{
    for (uint32_t i = 0; i < perm->row_count; i++) {
        if (!tc_row_equal(&perm->rows[i], row))
            continue;
        memmove(&perm->rows[i], &perm->rows[i + 1], (perm->row_count - i - 1) * sizeof *perm->rows);
        perm->row_count--;
        perm->row_index = NULL;
        return true;
    }
    return false;
}

static bool
unite_value(struct tc_arena *arena, const struct tc_class *cls, enum tc_field_kind kind, struct tc_value *into,
            const struct tc_value *other)
{
    bool had = into->present;

    if (!other->present)
        return true;
    into->present = true;
    if (!had)
        into->span = other->span;
    switch (kind) {
    case TC_FIELD_FLAGS:
        if ((other->bits & ~into->bits) != 0)
            into->span = other->span; /* findings are mostly about what was added */
        into->bits |= other->bits;
        return true;
    case TC_FIELD_LEVEL:
        if (had && cls->algebra == TC_ALGEBRA_IDENTITY && into->number != other->number)
            return false; /* a zone has no rank */
        /* fallthrough */
    case TC_FIELD_INT64:
    case TC_FIELD_BOOL:
        if (!had || other->number > into->number) {
            into->number = other->number;
            into->span = other->span;
        }
        return true;
    case TC_FIELD_TEXT:
        if (had && !tc_str_eq(into->text, other->text))
            return false;
        into->text = other->text;
        return true;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        into->list.all |= other->list.all;
        into->list.all_local |= other->list.all_local;
        for (uint32_t i = 0; i < other->list.count; i++)
            if (!tc_list_add(arena, &into->list, other->list.items[i]))
                return false;
        return true;
    }
    return true;
}

bool
tc_verbatim_equal(const struct tc_verbatim *a, const struct tc_verbatim *b)
{
    for (; a != b && a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->is_element != b->is_element || !tc_str_eq(a->name, b->name) || !tc_str_eq(a->value, b->value) ||
            !tc_verbatim_equal(a->content, b->content))
            return false;
    return a == b;
}

/* What is no grant of a source counts as one without a reason. */
static const struct tc_origin *
origin_of(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_origin *origin;

    if (perm->origin != NULL)
        return perm->origin;
    origin = tc_arena_new(arena, struct tc_origin);
    if (origin != NULL)
        origin->perm = tc_perm_copy(arena, perm);
    return origin;
}

static bool
unite_origins(struct tc_arena *arena, struct tc_perm *into, const struct tc_perm *other)
{
    struct tc_origin *both;

    if (into->origin == other->origin)
        return true;
    both = tc_arena_new(arena, struct tc_origin);
    if (both == NULL)
        return false;
    *both = (struct tc_origin){.earlier = origin_of(arena, into), .later = origin_of(arena, other)};
    into->origin = both;
    return !arena->failed;
}

struct search {
    bool (*is)(const void *state, const struct tc_perm *grant);
    const void *state;
    const struct tc_perm *last;
    struct tc_str reason;
    bool has_none; /* one of them gives no reason */
};

/* Longest along `earlier`, which is the loop. */
static void
search(struct search *s, const struct tc_origin *origin)
{
    for (; origin != NULL; origin = origin->earlier) {
        if (origin->later != NULL) {
            search(s, origin->later);
        } else if (origin->perm != NULL && s->is(s->state, origin->perm)) {
            s->has_none |= origin->because.len == 0;
            if (s->last == NULL) {
                s->last = origin->perm;
                s->reason = origin->because;
            }
        }
    }
}

static void
each_grant(const struct tc_origin *origin, void (*visit)(void *state, const struct tc_origin *grant), void *state)
{
    for (; origin != NULL; origin = origin->earlier) {
        if (origin->later != NULL)
            each_grant(origin->later, visit, state);
        else if (origin->perm != NULL)
            visit(state, origin);
    }
}

void
tc_perm_each_grant(const struct tc_perm *perm, void (*visit)(void *state, const struct tc_origin *grant), void *state)
{
    const struct tc_origin itself = {.perm = perm};

    each_grant(perm->origin != NULL ? perm->origin : &itself, visit, state);
}

const struct tc_perm *
tc_perm_granted(const struct tc_perm *perm, bool (*is)(const void *state, const struct tc_perm *grant),
                const void *state, struct tc_str *ret_reason)
{
    struct search s = {.is = is, .state = state};

    search(&s, perm->origin);
    *ret_reason = s.has_none ? TC_STR("") : s.reason;
    return s.last;
}

bool
tc_perm_unite(struct tc_arena *arena, struct tc_perm *into, const struct tc_perm *other)
{
    bool ok = unite_origins(arena, into, other);

    into->unrestricted |= other->unrestricted;
    for (size_t i = 0; i < into->cls->field_count; i++)
        ok &= unite_value(arena, into->cls, into->cls->fields[i].kind, &into->values[i], &other->values[i]);
    for (uint32_t i = 0; i < other->row_count; i++)
        ok &= tc_perm_add_row(arena, into, &other->rows[i]);
    if (other->markup != NULL) {
        if (into->markup == NULL)
            into->markup = other->markup;
        else
            ok &= tc_verbatim_equal(into->markup, other->markup);
    }
    return ok;
}

static bool
value_is_empty(enum tc_field_kind kind, const struct tc_value *value)
{
    if (!value->present)
        return true;
    switch (kind) {
    case TC_FIELD_FLAGS:
        return value->bits == 0;
    case TC_FIELD_LEVEL:
    case TC_FIELD_INT64:
    case TC_FIELD_BOOL:
        return value->number == 0;
    case TC_FIELD_TEXT:
        return value->text.len == 0;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        return value->list.count == 0 && !value->list.all && !value->list.all_local;
    }
    return true;
}

bool
tc_perm_is_empty(const struct tc_perm *perm)
{
    const struct tc_class *cls = perm->cls;

    if (perm->unrestricted || perm->row_count > 0 || perm->markup != NULL)
        return false;
    if (cls->algebra == TC_ALGEBRA_IDENTITY && cls->field_count == 0 && cls->form_count == 0)
        return false; /* Gac: that it is there is all that it says */
    for (size_t i = 0; i < cls->field_count; i++)
        if (!value_is_empty(cls->fields[i].kind, &perm->values[i]))
            return false;
    return true;
}

static bool
list_equal(const struct tc_list *a, const struct tc_list *b)
{
    if (a->count != b->count || a->all != b->all || a->all_local != b->all_local)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        bool found = false;

        for (uint32_t j = 0; j < b->count && !found; j++)
            found = tc_str_eq_nocase(a->items[i].text, b->items[j].text);
        if (!found)
            return false;
    }
    return true;
}

static bool
value_equal(enum tc_field_kind kind, const struct tc_value *x, const struct tc_value *y)
{
    if (!x->present || !y->present)
        return false;
    if (kind == TC_FIELD_FLAGS)
        return x->bits == y->bits;
    if (kind == TC_FIELD_TEXT)
        return tc_str_eq(x->text, y->text);
    return is_list(kind) ? list_equal(&x->list, &y->list) : x->number == y->number;
}

bool
tc_perm_equal(const struct tc_perm *a, const struct tc_perm *b)
{
    if (a->cls != b->cls || a->unrestricted != b->unrestricted || a->row_count != b->row_count ||
        !tc_verbatim_equal(a->markup, b->markup))
        return false;
    for (size_t i = 0; i < a->cls->field_count; i++) {
        const struct tc_value *x = &a->values[i], *y = &b->values[i];
        enum tc_field_kind kind = a->cls->fields[i].kind;

        if (value_is_empty(kind, x) && value_is_empty(kind, y))
            continue;
        if (!value_equal(kind, x, y))
            return false;
    }
    for (uint32_t i = 0; i < a->row_count; i++) {
        bool found = false;

        for (uint32_t j = 0; j < b->row_count && !found; j++)
            found = tc_row_equal(&a->rows[i], &b->rows[j]);
        if (!found)
            return false;
    }
    return true;
}

bool
tc_perm_has_flags(const struct tc_perm *perm, size_t field, uint64_t bits)
{
    return perm->unrestricted || (perm->values[field].present && (perm->values[field].bits & bits) == bits);
}
