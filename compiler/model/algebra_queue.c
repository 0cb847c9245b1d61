/* MessageQueuePermission: queues and search criteria with access bits. To compare, the framework asks MSMQ for the
 * format name of each queue. Only `*`, format names and the empty path can be told without a queue service; the answer
 * to anything else is TC_THROWS with TC_UNKNOWN. */
#include "model/algebra_util.h"

#include "base/ascii.h"

#include <string.h>

#define ANY         TC_STR("*")
#define FORMAT_NAME TC_STR("FORMATNAME:")

/* One resolved entry; text without regard to letter case is the key. */
struct queue {
    struct tc_str name; /* `*` or a format name without its prefix */
    uint32_t access;
};

struct queues {
    struct queue *list;
    size_t count;
};

static enum tc_answer
wrong_class(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "InvalidParameter");
}

static const struct tc_form *
path_form(const struct tc_perm *perm)
{
    return &perm->cls->forms[TC_FORM_MESSAGE_QUEUE_QUEUE];
}

/* The access of a row is its last column. */
static uint32_t
access_of(const struct tc_row *row)
{
    return (uint32_t)row->cells[row->form->column_count - 1].number;
}

/* ---- reading ---- */

/* Names between `|`, letter case counts, unknown ones mean nothing. */
static uint32_t
parse_access(const struct tc_enum *names, struct tc_str text)
{
    uint32_t access = 0;

    for (size_t start = 0; start <= text.len;) {
        size_t end = tc_str_find(text, TC_STR("|"), start);
        struct tc_str name;

        if (end == SIZE_MAX)
            end = text.len;
        name = tc_trim_white(tc_str_sub(text, start, end - start));
        for (size_t i = 0; i < names->count; i++)
            if (tc_str_is(name, names->values[i].xml))
                access |= (uint32_t)names->values[i].value;
        start = end + 1;
    }
    return access;
}

static bool
contains_nocase(struct tc_str text, struct tc_str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (tc_str_eq_nocase(tc_str_sub(text, i, part.len), part))
            return true;
    return false;
}

/* MessageQueue.ValidatePath: empty, LABEL:, FORMATNAME:, machine\queue, and the forms with private$ and journal$. */
static bool
is_queue_path(struct tc_str path)
{
    size_t slashes = 0;
    bool is_private = contains_nocase(path, TC_STR("\\PRIVATE$\\")),
         is_journal = tc_str_ends_nocase(path, TC_STR("\\JOURNAL$"));

    if (path.len == 0 || tc_ordinal_starts(path, TC_STR("LABEL:"), NULL) || tc_ordinal_starts(path, FORMAT_NAME, NULL))
        return true;
    for (size_t i = 0; i < path.len; i++)
        slashes += path.ptr[i] == '\\';
    return slashes == 1 || (slashes == 2 && (is_journal || is_private)) || (slashes == 3 && is_journal && is_private);
}

static enum tc_answer
bad_xml(const struct tc_element *element, struct tc_throw *ret_throw)
{
    return tc_throw_at(ret_throw, "InvalidOperationException", "InvalidXmlFormat", element->span);
}

static enum tc_answer
read_row(struct tc_arena *arena, const struct tc_form *form, const struct tc_element *element, struct tc_perm *perm,
         struct tc_throw *ret_throw)
{
    struct tc_row row = {.form = form, .span = element->span};
    const struct tc_cell *machine;
    bool is_path = form == path_form(perm), has_one = false;

    row.cells = tc_arena_array(arena, struct tc_cell, form->column_count);
    if (row.cells == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < form->column_count; i++) {
        const struct tc_column *column = &form->columns[i];
        struct tc_cell *cell = &row.cells[i];
        struct tc_str text;

        cell->present = tc_element_get_named(arena, element, column->xml, &text);
        if (column->kind != TC_COLUMN_FLAGS) {
            has_one |= cell->present;
            if (cell->present)
                cell->text = text;
        } else if (cell->present) {
            cell->number = parse_access(tc_enum(column->values), text);
        }
    }
    row.cells[form->column_count - 1].present = true;
    if (!has_one)
        return bad_xml(element, ret_throw);
    machine = &row.cells[0];
    if (is_path && !tc_str_eq(machine->text, ANY) && !is_queue_path(machine->text))
        return tc_throw_at(ret_throw, "ArgumentException", "PathSyntax", tc_element_span(element, "value"));
    if (!is_path && machine->present &&
        (tc_trim_white(machine->text).len == 0 || tc_str_find(machine->text, TC_STR("\\"), 0) != SIZE_MAX))
        return tc_throw_at(ret_throw, "ArgumentException", "InvalidParameter", tc_element_span(element, "machine"));
    return tc_perm_append_row(arena, perm, &row) ? TC_YES : tc_throw_nomem(ret_throw);
}

static enum tc_answer
queue_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
           struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, cls, element->span);
    struct tc_str text;

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    if (tc_element_get(arena, element, tc_attr_name(TC_ATTR_UNRESTRICTED), &text))
        perm->unrestricted = tc_ordinal_eq(text, TC_STR("true"));
    for (const struct tc_element *child = perm->unrestricted ? NULL : element->children; child != NULL;
         child = child->next) {
        const struct tc_form *form = NULL;
        enum tc_answer answer;

        for (size_t i = 0; i < cls->form_count; i++)
            if (tc_str_is(child->tag, cls->forms[i].element))
                form = &cls->forms[i];
        answer = form == NULL ? bad_xml(child, ret_throw) : read_row(arena, form, child, perm, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    *ret = perm;
    return TC_YES;
}

/* ---- writing ---- */

/* The highest name whose bits are all there; None is not written. */
static const char *
access_name(const struct tc_enum *names, uint32_t access)
{
    for (size_t i = names->count; i-- > 0;) {
        uint32_t bits = (uint32_t)names->values[i].value;

        if (bits != 0 && (access & bits) == bits)
            return names->values[i].xml;
    }
    return NULL;
}

static enum tc_answer
queue_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    bool ok = true;

    if (perm->unrestricted)
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    for (uint32_t i = 0; i < perm->row_count && ok; i++) {
        const struct tc_row *row = &perm->rows[i];
        struct tc_element *child = tc_write_child(arena, element, row->form->element);

        ok = child != NULL;
        for (size_t j = 0; j < row->form->column_count && ok; j++) {
            const struct tc_column *column = &row->form->columns[j];

            if (column->kind == TC_COLUMN_FLAGS) {
                const char *name = access_name(tc_enum(column->values), access_of(row));

                ok = name == NULL || tc_write_raw(arena, child, column->xml, tc_str_of(name));
            } else if (row->cells[j].present) {
                ok = tc_write_text(arena, child, column->xml, row->cells[j].text);
            }
        }
    }
    return ok && !arena->failed ? TC_YES : tc_throw_nomem(ret_throw);
}

/* ---- resolving ---- */

static const struct queue *
find_queue(const struct queues *queues, struct tc_str name)
{
    for (size_t i = 0; i < queues->count; i++)
        if (tc_ordinal_eq(queues->list[i].name, name))
            return &queues->list[i];
    return NULL;
}

/* The hex digits of a Guid in one of the forms N, D, B and P; the form X is left to the framework. */
static bool
is_guid(struct tc_str text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (tc_ascii_hex(c) >= 0)
            digits++;
        else if (c == '\0' || strchr("-{}(), xX\t", c) == NULL)
            return false;
    }
    return digits >= 11; /* X may leave out leading zeros */
}

/*
 * ResolvedFormatNames. A queue that cannot be resolved vanishes, and so does the second one of a name; the second `*`
 * is an exception.
 */
static enum tc_answer
resolve(struct tc_arena *arena, const struct tc_perm *perm, struct queues *ret, struct tc_throw *ret_throw)
{
    *ret = (struct queues){.list = tc_arena_array(arena, struct queue, perm->row_count)};
    if (ret->list == NULL)
        return tc_throw_nomem(ret_throw);
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_row *row = &perm->rows[i];
        struct tc_str name = row->cells[0].text;
        size_t prefix = 0;

        if (row->form != path_form(perm)) {
            const struct tc_cell *category = &row->cells[1];

            if (category->present && !is_guid(category->text))
                continue; /* the search throws before it begins */
            return tc_throw_at(ret_throw, TC_UNKNOWN, "", row->span);
        }
        if (tc_str_eq(name, ANY)) {
            if (find_queue(ret, ANY) != NULL)
                return tc_throw_at(ret_throw, "ArgumentException", "", row->span);
        } else if (tc_ordinal_starts(name, FORMAT_NAME, &prefix)) {
            name = tc_str_sub(name, prefix, name.len);
        } else if (name.len > 0) {
            return tc_throw_at(ret_throw, TC_UNKNOWN, "", row->span);
        }
        if (find_queue(ret, name) == NULL)
            ret->list[ret->count++] = (struct queue){.name = name, .access = access_of(row)};
    }
    return TC_YES;
}

static enum tc_answer
resolve_both(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct queues *ret_a,
             struct queues *ret_b, struct tc_throw *ret_throw)
{
    enum tc_answer answer = resolve(arena, a, ret_a, ret_throw);

    return answer == TC_YES ? resolve(arena, b, ret_b, ret_throw) : answer;
}

/* ---- the algebra ---- */

/* Nothing is a subset of null, not even nothing; and nothing compares with something only where it is the same. */
static enum tc_answer
queue_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
             const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    struct queues inner, outer;
    const struct queue *any;
    enum tc_answer answer;

    (void)machine;
    if (grant == NULL)
        return TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return wrong_class(ret_throw);
    if (grant->unrestricted || demand->unrestricted)
        return grant->unrestricted ? TC_YES : TC_NO;
    answer = resolve_both(arena, demand, grant, &inner, &outer, ret_throw);
    if (answer != TC_YES)
        return answer;
    if ((inner.count == 0) != (outer.count == 0))
        return TC_NO;
    any = find_queue(&outer, ANY);
    for (size_t i = 0; i < inner.count; i++) {
        const struct queue *other = any != NULL ? any : find_queue(&outer, inner.list[i].name);

        if (other == NULL || (inner.list[i].access & ~other->access) != 0)
            return TC_NO;
    }
    return TC_YES;
}

static bool
add_queue(struct tc_arena *arena, struct tc_perm *perm, struct tc_str name, uint32_t access)
{
    const struct tc_form *form = path_form(perm);
    struct tc_row row = {.form = form, .cells = tc_arena_array(arena, struct tc_cell, form->column_count)};

    if (row.cells == NULL)
        return false;
    if (!tc_str_eq(name, ANY))
        name = tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(FORMAT_NAME), TC_STR_ARG(name));
    row.cells[0] = (struct tc_cell){.present = true, .text = name};
    row.cells[form->column_count - 1] = (struct tc_cell){.present = true, .number = access};
    return !arena->failed && tc_perm_append_row(arena, perm, &row);
}

static enum tc_answer
queue_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
            struct tc_throw *ret_throw)
{
    struct tc_perm *perm = b == NULL ? tc_perm_copy(arena, a) : tc_perm_new(arena, a->cls, a->span);
    struct queues x, y;
    enum tc_answer answer;
    bool ok = true;

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    if (b == NULL)
        return TC_YES;
    if (!tc_perm_same_class(a, b))
        return wrong_class(ret_throw);
    perm->unrestricted = a->unrestricted || b->unrestricted;
    if (perm->unrestricted)
        return TC_YES;
    answer = resolve_both(arena, a, b, &x, &y, ret_throw);
    if (answer != TC_YES)
        return answer;
    for (size_t i = 0; i < x.count && ok; i++) {
        const struct queue *other = find_queue(&y, x.list[i].name);

        ok = add_queue(arena, perm, x.list[i].name, x.list[i].access | (other == NULL ? 0 : other->access));
    }
    for (size_t i = 0; i < y.count && ok; i++)
        if (find_queue(&x, y.list[i].name) == NULL)
            ok = add_queue(arena, perm, y.list[i].name, y.list[i].access);
    return ok ? TC_YES : tc_throw_nomem(ret_throw);
}

/* Names come from the shorter table; `*` is a name like any other. */
static enum tc_answer
queue_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    const struct tc_perm *source = a;
    struct tc_perm *perm;
    struct queues x, y, *names = &y, *table = &x;
    enum tc_answer answer;

    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return wrong_class(ret_throw);
    if (a->unrestricted)
        source = b;
    perm = a->unrestricted || b->unrestricted ? tc_perm_copy(arena, source) : tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    if (a->unrestricted || b->unrestricted)
        return TC_YES;
    answer = resolve_both(arena, a, b, &x, &y, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (x.count < y.count) {
        names = &x;
        table = &y;
    }
    for (size_t i = 0; i < names->count; i++) {
        const struct queue *other = find_queue(table, names->list[i].name);

        if (other != NULL && !add_queue(arena, perm, names->list[i].name, names->list[i].access & other->access))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

const struct tc_algebra_ops tc_message_queue_ops = {queue_read, queue_write, queue_subset, queue_unite,
                                                    queue_intersect};
