/**
 * Principal: rows of identities, each authenticated or not, with a name and a role that may be left out for any.
 *
 * Source: permissions 36; PrincipalPermission in principalpermission.cs
 */
#include "model/algebra_util.h"

#include <string.h>

enum { AUTHENTICATED, ID, ROLE, COLUMNS };

static const struct tc_form *
form_of(const struct tc_class *cls)
{
    return &cls->forms[TC_FORM_PRINCIPAL_PRINCIPAL];
}

static bool
is_authenticated(const struct tc_row *row)
{
    return row->cells[AUTHENTICATED].present && row->cells[AUTHENTICATED].number != 0;
}

/* Anyone who is authenticated, in every row; also when there is no row at all. */
static bool
is_unrestricted(const struct tc_perm *perm)
{
    for (uint32_t i = 0; i < perm->row_count && !perm->unrestricted; i++)
        if (!is_authenticated(&perm->rows[i]) || perm->rows[i].cells[ID].present || perm->rows[i].cells[ROLE].present)
            return false;
    return true;
}

static bool
is_empty(const struct tc_perm *perm)
{
    if (perm->unrestricted)
        return false;
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_cell *cells = perm->rows[i].cells;

        if (is_authenticated(&perm->rows[i]) || !cells[ID].present || cells[ID].text.len > 0 || !cells[ROLE].present ||
            cells[ROLE].text.len > 0)
            return false;
    }
    return true;
}

static bool
new_rows(struct tc_arena *arena, struct tc_perm *perm, size_t room)
{
    perm->rows = tc_rows_new(arena, room);
    return perm->rows != NULL;
}

static struct tc_row *
new_row(struct tc_arena *arena, struct tc_perm *perm, struct tc_span span)
{
    struct tc_row *row = &perm->rows[perm->row_count];

    *row = (struct tc_row){
        .form = form_of(perm->cls), .span = span, .cells = tc_arena_array(arena, struct tc_cell, COLUMNS)};
    if (row->cells == NULL)
        return NULL;
    perm->row_count++;
    return row;
}

/* ---- reading and writing --------------------------------------------------------------------------------------- */

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    enum tc_answer answer = tc_element_validate(element, ret_throw);
    struct tc_perm *perm;
    size_t count = 0;

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        count++;
    if (perm == NULL || !new_rows(arena, perm, count))
        return tc_throw_nomem(ret_throw);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct tc_row *row = new_row(arena, perm, child->span);
        struct tc_str text;

        if (row == NULL)
            return tc_throw_nomem(ret_throw);
        row->cells[AUTHENTICATED].present = true;
        row->cells[AUTHENTICATED].number =
            tc_element_get_named(arena, child, "Authenticated", &text) && tc_ordinal_eq(text, TC_STR("true"));
        row->cells[ID].present = tc_element_get_named(arena, child, "ID", &row->cells[ID].text);
        row->cells[ROLE].present = tc_element_get_named(arena, child, "Role", &row->cells[ROLE].text);
    }
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

static bool
write_row(struct tc_arena *arena, const struct tc_row *row, struct tc_element *element)
{
    struct tc_element *child = tc_write_child(arena, element, row->form->element);

    if (child == NULL || (is_authenticated(row) && !tc_write_raw(arena, child, "Authenticated", TC_STR("true"))))
        return false;
    for (size_t i = ID; i < COLUMNS; i++)
        if (row->cells[i].present && !tc_write_text(arena, child, row->form->columns[i].xml, row->cells[i].text))
            return false;
    return true;
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (!write_row(arena, &perm->rows[i], element))
            return tc_throw_nomem(ret_throw);
    return TC_YES;
}

/* ---- subset, union, intersection ------------------------------------------------------------------------------- */

static bool
cell_equal(const struct tc_cell *a, const struct tc_cell *b)
{
    return tc_str_eq(a->text, b->text);
}

/* Left out covers everything. */
static bool
cell_covers(const struct tc_cell *grant, const struct tc_cell *demand)
{
    return !grant->present || (demand->present && cell_equal(grant, demand));
}

static bool
row_covers(const struct tc_row *grant, const struct tc_row *demand)
{
    return is_authenticated(grant) == is_authenticated(demand) && cell_covers(&grant->cells[ID], &demand->cells[ID]) &&
           cell_covers(&grant->cells[ROLE], &demand->cells[ROLE]);
}

static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena;
    (void)machine;
    if (grant == NULL)
        return is_empty(demand) ? TC_YES : TC_NO;
    if (demand->cls != grant->cls)
        return tc_throw_wrong_type(ret_throw);
    if (is_unrestricted(grant))
        return TC_YES;
    if (is_unrestricted(demand))
        return TC_NO;
    for (uint32_t i = 0; i < demand->row_count; i++) {
        uint32_t j = 0;

        while (j < grant->row_count && !row_covers(&grant->rows[j], &demand->rows[i]))
            j++;
        if (j == grant->row_count)
            return TC_NO;
    }
    return TC_YES;
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    if (b == NULL)
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL || !new_rows(arena, perm, (size_t)a->row_count + b->row_count + 1))
        return tc_throw_nomem(ret_throw);
    if (is_unrestricted(a) || is_unrestricted(b)) {
        struct tc_row *row = new_row(arena, perm, a->span);

        if (row == NULL)
            return tc_throw_nomem(ret_throw);
        row->cells[AUTHENTICATED] = (struct tc_cell){.present = true, .number = 1};
    } else {
        memcpy(perm->rows, a->rows, a->row_count * sizeof *a->rows);
        memcpy(perm->rows + a->row_count, b->rows, b->row_count * sizeof *b->rows);
        perm->row_count = a->row_count + b->row_count;
    }
    *ret = perm;
    return TC_YES;
}

/* What both names (or roles) allow: either when they agree or one is left out, else the empty text, which is nobody. */
static bool
meet(const struct tc_cell *a, const struct tc_cell *b, struct tc_cell *ret)
{
    *ret = b->present ? *b : *a;
    if (!a->present || !b->present || cell_equal(a, b))
        return true;
    ret->text = (struct tc_str){0};
    return false;
}

static bool
intersect_rows(struct tc_arena *arena, const struct tc_row *a, const struct tc_row *b, struct tc_perm *perm)
{
    struct tc_cell id, role;
    bool ids_meet = meet(&a->cells[ID], &b->cells[ID], &id), roles_meet = meet(&a->cells[ROLE], &b->cells[ROLE], &role);
    struct tc_row *row;

    if (is_authenticated(a) != is_authenticated(b) || (!ids_meet && !roles_meet))
        return true;
    row = new_row(arena, perm, a->span);
    if (row == NULL)
        return false;
    row->cells[AUTHENTICATED] = (struct tc_cell){.present = true, .number = is_authenticated(a)};
    row->cells[ID] = id;
    row->cells[ROLE] = role;
    return true;
}

static enum tc_answer
intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
          struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    if (is_unrestricted(a) || is_unrestricted(b))
        return tc_perm_give_copy(arena, is_unrestricted(a) ? b : a, ret, ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL || !new_rows(arena, perm, (size_t)a->row_count * b->row_count))
        return tc_throw_nomem(ret_throw);
    for (uint32_t i = 0; i < a->row_count; i++)
        for (uint32_t j = 0; j < b->row_count; j++)
            if (!intersect_rows(arena, &a->rows[i], &b->rows[j], perm))
                return tc_throw_nomem(ret_throw);
    *ret = perm->row_count == 0 ? NULL : perm;
    return TC_YES;
}

const struct tc_algebra_ops tc_principal_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
