/**
 * Classes nobody knows: what is written can be kept and compared, what it means cannot be told. The framework answers
 * TypeLoadException where it cannot load such a type; here that is the answer to every question that would need the
 * type.
 */
#include "model/algebra_util.h"

static enum tc_answer
unknown_type(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, TC_UNKNOWN, "");
}

/* ---- reading and writing --------------------------------------------------------------------------------------- */

/* What the element holds behind class and version, in order. NULL with arena->failed when out of memory. */
static struct tc_verbatim *
markup_of(struct tc_arena *arena, const struct tc_element *element, bool is_root)
{
    struct tc_verbatim *first = NULL, **last = &first;

    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &element->attributes[i];
        struct tc_verbatim *markup;

        if (is_root && (tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS)) ||
                        tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_VERSION)) ||
                        tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_UNRESTRICTED))))
            continue;
        markup = tc_arena_new(arena, struct tc_verbatim);
        if (markup == NULL)
            return NULL;
        markup->name = attribute->name;
        markup->value = tc_element_decode(arena, attribute->value);
        markup->span = attribute->span;
        *last = markup;
        last = &markup->next;
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct tc_verbatim *markup = tc_arena_new(arena, struct tc_verbatim);

        if (markup == NULL)
            return NULL;
        markup->name = child->tag;
        markup->is_element = true;
        markup->content = markup_of(arena, child, false);
        markup->span = child->span;
        *last = markup;
        last = &markup->next;
    }
    return first;
}

/* The row that @a child is in a form of the table, if it is nothing else besides. */
static const struct tc_form *
form_of(const struct tc_class *cls, const struct tc_element *child)
{
    for (size_t i = 0; i < cls->form_count; i++) {
        const struct tc_form *form = &cls->forms[i];
        size_t known = 0;

        if (child->children != NULL || !tc_str_is(child->tag, form->element))
            continue;
        for (size_t j = 0; j < form->column_count; j++)
            known += tc_element_find(child, tc_str_of(form->columns[j].xml)) != NULL;
        if (known == child->attribute_count)
            return form;
    }
    return NULL;
}

/* Rows from the children, if all of them are rows; so that a permission from XML is the same as one from a source. */
static bool
read_rows(struct tc_arena *arena, const struct tc_element *element, struct tc_perm *perm)
{
    size_t count = 0;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next, count++)
        if (form_of(perm->cls, child) == NULL)
            return false;
    perm->rows = tc_rows_new(arena, count);
    if (perm->rows == NULL)
        return false;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        const struct tc_form *form = form_of(perm->cls, child);
        struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, form->column_count);

        if (cells == NULL)
            return false;
        for (size_t i = 0; i < form->column_count; i++)
            cells[i].present = tc_element_get_named(arena, child, form->columns[i].xml, &cells[i].text);
        perm->rows[perm->row_count++] = (struct tc_row){.form = form, .span = child->span, .cells = cells};
    }
    return true;
}

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, element->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = tc_element_is_unrestricted(element);
    if (cls->form_count == 0 || !read_rows(arena, element, perm))
        perm->markup = markup_of(arena, element, true);
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

static bool
write_markup(struct tc_arena *arena, const struct tc_verbatim *markup, struct tc_element *element)
{
    for (; markup != NULL; markup = markup->next) {
        struct tc_str name = tc_arena_str(arena, markup->name);

        if (arena->failed)
            return false;
        if (markup->is_element) {
            struct tc_element *child = tc_write_child(arena, element, name.ptr);

            if (child == NULL || !write_markup(arena, markup->content, child))
                return false;
        } else if (!tc_write_text(arena, element, name.ptr, markup->value)) {
            return false;
        }
    }
    return true;
}

/* Rows of a class of the table that compares as unknown. */
static bool
write_rows(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element)
{
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_row *row = &perm->rows[i];
        struct tc_element *child = tc_write_child(arena, element, row->form->element);

        if (child == NULL)
            return false;
        for (size_t j = 0; j < row->form->column_count; j++)
            if (row->cells[j].present && !tc_write_text(arena, child, row->form->columns[j].xml, row->cells[j].text))
                return false;
    }
    return true;
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    if (perm->unrestricted && !tc_write_raw(arena, element, "Unrestricted", TC_STR("true")))
        return tc_throw_nomem(ret_throw);
    if (!write_markup(arena, perm->markup, element) || !write_rows(arena, perm, element))
        return tc_throw_nomem(ret_throw);
    return TC_YES;
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

/* Attributes may stand in any order, elements not. */
static bool
same_markup(const struct tc_verbatim *a, const struct tc_verbatim *b)
{
    size_t attributes_a = 0, attributes_b = 0;
    const struct tc_verbatim *x, *y;

    for (x = a; x != NULL; x = x->next) {
        if (x->is_element)
            continue;
        attributes_a++;
        for (y = b; y != NULL; y = y->next)
            if (!y->is_element && tc_str_eq(x->name, y->name) && tc_str_eq(x->value, y->value))
                break;
        if (y == NULL)
            return false;
    }
    for (y = b; y != NULL; y = y->next)
        attributes_b += !y->is_element;
    if (attributes_a != attributes_b)
        return false;
    for (x = a, y = b;; x = x->next, y = y->next) {
        while (x != NULL && !x->is_element)
            x = x->next;
        while (y != NULL && !y->is_element)
            y = y->next;
        if (x == NULL || y == NULL)
            return x == y;
        if (!tc_str_eq(x->name, y->name) || !same_markup(x->content, y->content))
            return false;
    }
}

static bool
same_rows(const struct tc_perm *a, const struct tc_perm *b)
{
    if (a->row_count != b->row_count)
        return false;
    for (uint32_t i = 0; i < a->row_count; i++) {
        const struct tc_row *x = &a->rows[i], *y = &b->rows[i];

        if (x->form != y->form)
            return false;
        for (size_t j = 0; j < x->form->column_count; j++)
            if (x->cells[j].present != y->cells[j].present || x->cells[j].number != y->cells[j].number ||
                !tc_str_eq(x->cells[j].text, y->cells[j].text))
                return false;
    }
    return true;
}

static bool
same(const struct tc_perm *a, const struct tc_perm *b)
{
    return a == b || (tc_perm_same_class(a, b) && a->unrestricted == b->unrestricted &&
                      same_markup(a->markup, b->markup) && same_rows(a, b));
}

/* Only what is the same text is known to be covered. */
static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    (void)arena;
    (void)machine;
    if (grant != NULL && same(demand, grant))
        return TC_YES;
    return unknown_type(ret_throw);
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    if (b != NULL && !same(a, b))
        return unknown_type(ret_throw);
    *ret = tc_perm_copy(arena, a);
    return *ret == NULL ? tc_throw_nomem(ret_throw) : TC_YES;
}

static enum tc_answer
intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a, const struct tc_perm *b,
          struct tc_perm **ret, struct tc_throw *ret_throw)
{
    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    return unite(arena, a, b, ret, ret_throw);
}

const struct tc_algebra_ops tc_opaque_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
