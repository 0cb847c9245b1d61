/**
 * KeyContainer: flags for every container, and entries with flags of their own for some, with `*` and -1 for any.
 *
 * An entry that is in the collection of the framework is settled. A row from a source is not: the framework leaves out
 * entries that say what the default says, and of equal ones keeps the flags that both have.
 *
 * Source: permissions 8; KeyContainerPermission in keycontainerpermission.cs
 */
#include "model/algebra_util.h"

#include <string.h>

enum { STORE, PROVIDER, PROVIDER_TYPE, CONTAINER, KEY_SPEC, FLAGS, COLUMNS };
enum { ANY_NUMBER = -1, ANY_STORE = 2, ALL_FLAGS = 0x3337 };

/* A row, its defaults filled in. */
struct entry {
    const struct tc_row *row;
    struct tc_str provider, container;
    int64_t store, provider_type, key_spec;
    uint32_t flags;
};

/* What IsSubsetOf and the like look at. */
struct view {
    uint32_t flags;
    struct entry *entries;
    size_t count;
};

static struct tc_str
text_of(const struct tc_cell *cell)
{
    return cell->present ? cell->text : TC_STR("*");
}

static int64_t
number_of(const struct tc_cell *cell, int64_t otherwise)
{
    return cell->present ? cell->number : otherwise;
}

static struct entry
entry_of(const struct tc_row *row)
{
    return (struct entry){
        .row = row,
        .provider = text_of(&row->cells[PROVIDER]),
        .container = text_of(&row->cells[CONTAINER]),
        .store = number_of(&row->cells[STORE], ANY_STORE),
        .provider_type = number_of(&row->cells[PROVIDER_TYPE], ANY_NUMBER),
        .key_spec = number_of(&row->cells[KEY_SPEC], ANY_NUMBER),
        .flags = (uint32_t)number_of(&row->cells[FLAGS], 0),
    };
}

static bool
same_key(const struct entry *a, const struct entry *b)
{
    return a->store == b->store && a->provider_type == b->provider_type && a->key_spec == b->key_spec &&
           tc_str_eq(a->provider, b->provider) && tc_str_eq(a->container, b->container);
}

static bool
number_covers(int64_t outer, int64_t inner, int64_t any)
{
    return outer == any || outer == inner;
}

static bool
text_covers(struct tc_str outer, struct tc_str inner)
{
    return tc_str_eq(outer, TC_STR("*")) || tc_str_eq(outer, inner);
}

static bool
key_covers(const struct entry *outer, const struct entry *inner)
{
    return number_covers(outer->store, inner->store, ANY_STORE) && text_covers(outer->provider, inner->provider) &&
           number_covers(outer->provider_type, inner->provider_type, ANY_NUMBER) &&
           text_covers(outer->container, inner->container) &&
           number_covers(outer->key_spec, inner->key_spec, ANY_NUMBER);
}

static struct entry *
find(const struct view *view, const struct entry *wanted)
{
    for (size_t i = 0; i < view->count; i++)
        if (same_key(&view->entries[i], wanted))
            return &view->entries[i];
    return NULL;
}

/* KeyContainerPermissionAccessEntryCollection.Add */
static void
add(struct view *view, struct entry entry)
{
    struct entry *same = find(view, &entry);

    if (same != NULL)
        same->flags &= entry.flags;
    else if (entry.flags != view->flags)
        view->entries[view->count++] = entry;
}

static bool
new_view(struct tc_arena *arena, uint32_t flags, size_t room, struct view *ret_view)
{
    *ret_view = (struct view){.flags = flags};
    if (room > 0)
        ret_view->entries = tc_arena_array(arena, struct entry, room);
    return room == 0 || ret_view->entries != NULL;
}

static bool
view_of(struct tc_arena *arena, const struct tc_perm *perm, struct view *ret_view)
{
    const struct tc_value *value = &perm->values[TC_FIELD_KEY_CONTAINER_FLAGS];
    uint32_t flags = perm->unrestricted ? ALL_FLAGS : value->present ? (uint32_t)value->bits : 0;

    if (!new_view(arena, flags, perm->unrestricted ? 0 : perm->row_count, ret_view))
        return false;
    for (uint32_t i = 0; i < perm->row_count && !perm->unrestricted; i++) {
        struct entry entry = entry_of(&perm->rows[i]);

        if (perm->rows[i].settled)
            ret_view->entries[ret_view->count++] = entry;
        else
            add(ret_view, entry);
    }
    return true;
}

static bool
is_empty(const struct view *view)
{
    if (view->flags != 0)
        return false;
    for (size_t i = 0; i < view->count; i++)
        if (view->entries[i].flags != 0)
            return false;
    return true;
}

static bool
is_unrestricted(const struct view *view)
{
    if (view->flags != ALL_FLAGS)
        return false;
    for (size_t i = 0; i < view->count; i++)
        if ((view->entries[i].flags & ALL_FLAGS) != ALL_FLAGS)
            return false;
    return true;
}

/* GetApplicableFlags: what @a view allows for the containers of @a entry. */
static uint32_t
applicable(const struct view *view, const struct entry *entry)
{
    const struct entry *same = find(view, entry);
    bool covered = false;
    uint32_t flags = 0;

    if (same != NULL)
        return same->flags;
    for (size_t i = 0; i < view->count; i++)
        if (key_covers(&view->entries[i], entry)) {
            flags = covered ? flags & view->entries[i].flags : view->entries[i].flags;
            covered = true;
        }
    return covered ? flags : view->flags;
}

/* The permission that @a view is. */
static enum tc_answer
make(struct tc_arena *arena, const struct tc_perm *like, const struct view *view, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(arena, like->cls, like->span);

    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->values[TC_FIELD_KEY_CONTAINER_FLAGS] = (struct tc_value){
        .present = true, .span = like->values[TC_FIELD_KEY_CONTAINER_FLAGS].span, .bits = view->flags};
    perm->rows = tc_rows_new(arena, view->count);
    if (perm->rows == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < view->count; i++) {
        struct tc_row *row = &perm->rows[i];

        *row = *view->entries[i].row;
        row->settled = true;
        row->cells = tc_arena_array(arena, struct tc_cell, COLUMNS);
        if (row->cells == NULL)
            return tc_throw_nomem(ret_throw);
        memcpy(row->cells, view->entries[i].row->cells, COLUMNS * sizeof *row->cells);
        row->cells[FLAGS].present = true;
        row->cells[FLAGS].number = view->entries[i].flags;
    }
    perm->row_count = (uint32_t)view->count;
    perm->unrestricted = view->count == 0 && view->flags == ALL_FLAGS;
    *ret = perm;
    return TC_YES;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static enum tc_answer
parse_flags(const struct tc_enum *values, struct tc_str text, struct tc_span span, uint32_t *ret_flags,
            struct tc_throw *ret_throw)
{
    int32_t value;
    enum tc_answer answer = tc_enum_parse(values, text, false, &value, ret_throw);

    if (answer == TC_YES)
        *ret_flags = (uint32_t)value;
    else if (ret_throw != NULL)
        ret_throw->span = span;
    return answer;
}

static enum tc_answer
check_flags(uint32_t flags, struct tc_span span, struct tc_throw *ret_throw)
{
    if ((flags & ~(uint32_t)ALL_FLAGS) != 0)
        return tc_throw_at(ret_throw, "ArgumentException", "Arg_EnumIllegalVal", span);
    return TC_YES;
}

/* One attribute of an AccessEntry. Values are taken as they are written. */
static enum tc_answer
read_cell(const struct tc_form *form, const struct tc_element_attribute *attribute, struct tc_cell *cells,
          struct tc_throw *ret_throw)
{
    enum tc_answer answer = TC_YES;
    uint32_t flags;
    int32_t number;
    size_t column = 0;

    while (column < COLUMNS && !tc_str_is(attribute->name, form->columns[column].xml))
        column++;
    if (column == COLUMNS)
        return TC_YES;
    if (column == PROVIDER_TYPE || column == KEY_SPEC) {
        answer = tc_int32_parse(attribute->value, &number, ret_throw);
        if (answer == TC_YES)
            cells[column].number = number;
    } else if (column == FLAGS) {
        answer = parse_flags(tc_enum(form->columns[FLAGS].values), attribute->value, attribute->value_span, &flags,
                             ret_throw);
        if (answer == TC_YES)
            cells[column].number = flags;
    } else {
        cells[column].text = attribute->value;
    }
    cells[column].present = answer == TC_YES;
    return answer;
}

/* The constructor of an entry: it must not stand for every container, and its store must be one. */
static enum tc_answer
check_entry(const struct tc_form *form, const struct tc_element *element, struct tc_cell *cells,
            struct tc_throw *ret_throw)
{
    struct tc_str store = text_of(&cells[STORE]), any = TC_STR("*");
    const struct tc_enum_value *row = tc_enum_find_xml(tc_enum(form->columns[STORE].values), store);

    if (tc_str_eq(store, any) && tc_str_eq(text_of(&cells[PROVIDER]), any) &&
        tc_str_eq(text_of(&cells[CONTAINER]), any) && number_of(&cells[PROVIDER_TYPE], ANY_NUMBER) == ANY_NUMBER &&
        number_of(&cells[KEY_SPEC], ANY_NUMBER) == ANY_NUMBER)
        return tc_throw_at(ret_throw, "ArgumentException", "Arg_InvalidAccessEntry", element->span);
    if (row == NULL)
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidKeyStore",
                           tc_element_span(element, form->columns[STORE].xml));
    cells[STORE].number = row->value;
    cells[STORE].text = (struct tc_str){0};
    return check_flags((uint32_t)number_of(&cells[FLAGS], 0), tc_element_span(element, form->columns[FLAGS].xml),
                       ret_throw);
}

static enum tc_answer
read_entry(struct tc_arena *arena, const struct tc_form *form, const struct tc_element *element, struct tc_row **ret,
           struct tc_throw *ret_throw)
{
    struct tc_row *row = tc_arena_new(arena, struct tc_row);
    struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, COLUMNS);
    enum tc_answer answer;

    if (row == NULL || cells == NULL)
        return tc_throw_nomem(ret_throw);
    if (element->attribute_count == 0)
        return tc_throw_at(ret_throw, "NullReferenceException", "", element->span);
    for (size_t i = 0; i < element->attribute_count; i++) {
        answer = read_cell(form, &element->attributes[i], cells, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    answer = check_entry(form, element, cells, ret_throw);
    if (answer != TC_YES)
        return answer;
    *row = (struct tc_row){.form = form, .span = element->span, .cells = cells};
    *ret = row;
    return TC_YES;
}

static size_t
count_grandchildren(const struct tc_element *element)
{
    size_t count = 0;

    for (const struct tc_element *list = element->children; list != NULL; list = list->next)
        for (const struct tc_element *child = list->children; child != NULL; child = child->next)
            count++;
    return count;
}

static enum tc_answer
read_entries(struct tc_arena *arena, const struct tc_form *form, const struct tc_element *element, struct view *view,
             struct tc_throw *ret_throw)
{
    for (const struct tc_element *list = element->children; list != NULL; list = list->next) {
        if (!tc_str_eq(list->tag, TC_STR("AccessList")))
            continue;
        for (const struct tc_element *child = list->children; child != NULL; child = child->next) {
            struct tc_row *row = NULL;
            enum tc_answer answer;

            if (!tc_str_eq(child->tag, TC_STR("AccessEntry")))
                continue;
            answer = read_entry(arena, form, child, &row, ret_throw);
            if (answer != TC_YES)
                return answer;
            add(view, entry_of(row));
        }
    }
    return TC_YES;
}

static enum tc_answer
read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
     struct tc_throw *ret_throw)
{
    const struct tc_field *field = &cls->fields[TC_FIELD_KEY_CONTAINER_FLAGS];
    enum tc_answer answer = tc_element_validate(element, ret_throw);
    bool is_unrestricted_text = tc_element_is_unrestricted(element);
    struct tc_perm *perm;
    struct tc_str text;
    struct view view;

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL || !new_view(arena, 0, is_unrestricted_text ? 0 : count_grandchildren(element), &view))
        return tc_throw_nomem(ret_throw);
    if (is_unrestricted_text) {
        view.flags = ALL_FLAGS;
    } else {
        if (tc_element_get_named(arena, element, field->xml, &text)) {
            struct tc_span span = tc_element_span(element, field->xml);

            perm->values[TC_FIELD_KEY_CONTAINER_FLAGS].span = span;
            answer = parse_flags(tc_enum(field->values), text, span, &view.flags, ret_throw);
            if (answer == TC_YES)
                answer = check_flags(view.flags, span, ret_throw);
        }
        if (answer == TC_YES)
            answer = read_entries(arena, &cls->forms[TC_FORM_KEY_CONTAINER_CONTAINER], element, &view, ret_throw);
        if (answer != TC_YES)
            return answer;
    }
    return make(arena, perm, &view, ret, ret_throw);
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* Enum.ToString: the one name of the value, or the names of its bits. */
static struct tc_str
flags_text(struct tc_arena *arena, const struct tc_enum *values, uint32_t flags)
{
    const char *name = tc_enum_name(values, flags);

    return name != NULL ? tc_str_of(name) : tc_bits_text(arena, values, flags);
}

static bool
write_entry(struct tc_arena *arena, const struct tc_form *form, const struct entry *entry, struct tc_element *list)
{
    const struct tc_column *columns = form->columns;
    struct tc_element *child = tc_write_child(arena, list, "AccessEntry");
    const char *store = tc_enum_name(tc_enum(columns[STORE].values), entry->store);

    return child != NULL && tc_write_raw(arena, child, columns[STORE].xml, tc_str_of(store)) &&
           tc_write_raw(arena, child, columns[PROVIDER].xml, entry->provider) &&
           tc_write_raw(arena, child, columns[PROVIDER_TYPE].xml, tc_int64_text(arena, entry->provider_type)) &&
           tc_write_raw(arena, child, columns[CONTAINER].xml, entry->container) &&
           tc_write_raw(arena, child, columns[KEY_SPEC].xml, tc_int64_text(arena, entry->key_spec)) &&
           tc_write_raw(arena, child, columns[FLAGS].xml,
                        flags_text(arena, tc_enum(columns[FLAGS].values), entry->flags)) &&
           !arena->failed;
}

static enum tc_answer
write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    const struct tc_field *field = &perm->cls->fields[TC_FIELD_KEY_CONTAINER_FLAGS];
    struct tc_element *list;
    struct view view;

    if (!view_of(arena, perm, &view))
        return tc_throw_nomem(ret_throw);
    if (is_unrestricted(&view))
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    if (!tc_write_raw(arena, element, field->xml, flags_text(arena, tc_enum(field->values), view.flags)))
        return tc_throw_nomem(ret_throw);
    if (view.count == 0)
        return TC_YES;
    list = tc_write_child(arena, element, "AccessList");
    for (size_t i = 0; i < view.count; i++)
        if (list == NULL ||
            !write_entry(arena, &perm->cls->forms[TC_FORM_KEY_CONTAINER_CONTAINER], &view.entries[i], list))
            return tc_throw_nomem(ret_throw);
    return TC_YES;
}

/* ---- subset, union, intersection ------------------------------------------------------------------------------- */

static enum tc_answer
subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
       const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    struct view inner, outer;

    (void)machine;
    if (grant != NULL && demand->cls != grant->cls)
        return tc_throw_wrong_type(ret_throw);
    if (!view_of(arena, demand, &inner))
        return tc_throw_nomem(ret_throw);
    if (grant == NULL)
        return is_empty(&inner) ? TC_YES : TC_NO;
    if (!view_of(arena, grant, &outer))
        return tc_throw_nomem(ret_throw);
    if ((inner.flags & ~outer.flags) != 0)
        return TC_NO;
    for (size_t i = 0; i < inner.count; i++)
        if ((inner.entries[i].flags & ~applicable(&outer, &inner.entries[i])) != 0)
            return TC_NO;
    for (size_t i = 0; i < outer.count; i++)
        if ((applicable(&inner, &outer.entries[i]) & ~outer.entries[i].flags) != 0)
            return TC_NO;
    return TC_YES;
}

/* Entries of @a from, each with what @a other has for it. */
static void
combine_entries(const struct view *from, const struct view *other, bool is_union, struct view *into)
{
    for (size_t i = 0; i < from->count; i++) {
        struct entry entry = from->entries[i];
        uint32_t flags = applicable(other, &entry);

        entry.flags = is_union ? entry.flags | flags : entry.flags & flags;
        add(into, entry);
    }
}

static enum tc_answer
combine(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, bool is_union, struct tc_perm **ret,
        struct tc_throw *ret_throw)
{
    struct view x, y, both;

    if (!view_of(arena, a, &x) || !view_of(arena, b, &y) ||
        !new_view(arena, is_union ? x.flags | y.flags : x.flags & y.flags, x.count + y.count, &both))
        return tc_throw_nomem(ret_throw);
    *ret = NULL;
    if (!is_union && (is_empty(&x) || is_empty(&y)))
        return TC_YES;
    combine_entries(&x, &y, is_union, &both);
    combine_entries(&y, &x, is_union, &both);
    return is_empty(&both) ? TC_YES : make(arena, a, &both, ret, ret_throw);
}

static enum tc_answer
unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    struct view view, copy;

    if (b != NULL && a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    if (b != NULL)
        return combine(arena, a, b, true, ret, ret_throw);
    if (!view_of(arena, a, &view) || !new_view(arena, view.flags, view.count, &copy))
        return tc_throw_nomem(ret_throw);
    *ret = NULL;
    for (size_t i = 0; i < view.count; i++)
        add(&copy, view.entries[i]);
    return is_empty(&view) ? TC_YES : make(arena, a, &copy, ret, ret_throw);
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
    if (a->cls != b->cls)
        return tc_throw_wrong_type(ret_throw);
    return combine(arena, a, b, false, ret, ret_throw);
}

const struct tc_algebra_ops tc_key_container_ops = {
    .read = read, .write = write, .subset = subset, .unite = unite, .intersect = intersect};
