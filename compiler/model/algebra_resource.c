/* ResourcePermissionBase: EventLog, PerformanceCounter, ServiceController, DirectoryServices. A table of names without
 * regard to letter case, nested as deep as the class says, with access bits in the innermost one.
 *
 * Rows are the paths through the tables; a row whose inner names are absent is an entry with an empty table. */
#include "model/algebra_util.h"
#include "model/demand.h"
#include "model/text_index.h"

#define ANY   TC_STR("*")
#define LOCAL TC_STR(".")

struct entry;

struct table {
    struct entry *first;
    struct entry **tail;
    struct tc_text_index index; /* to the entries, once there are more than FEW */
    size_t count;
};

enum { FEW = 16 };

/* A table's entry: a mask in the innermost table, else another table. */
struct entry {
    struct entry *next;
    struct tc_str name;
    int32_t mask;
    struct table table;
    struct tc_span span;
};

/* One question: its memory, the computer and the shape of the class. */
struct resource {
    struct tc_arena *arena;
    struct tc_str machine;
    const struct tc_form *form;
    size_t depth; /* how many names lead to a mask */
};

static struct resource
resource_of(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_class *cls)
{
    return (struct resource){
        .arena = arena,
        .machine = machine == NULL ? TC_STR("") : machine->name,
        .form = &cls->forms[0],
        .depth = cls->forms[0].column_count - 1,
    };
}

/* ---- tables ---- */

static void
table_init(struct table *table)
{
    *table = (struct table){.first = NULL};
    table->tail = &table->first;
}

static struct entry *
table_find(const struct table *table, struct tc_str name)
{
    if (table->index.count > 0) {
        for (const struct tc_text_entry *at = tc_text_index_first(&table->index, name); at != NULL;
             at = tc_text_index_next(&table->index, at)) {
            struct entry *entry = at->value;

            if (tc_ordinal_eq(entry->name, name))
                return entry;
        }
        return NULL;
    }
    for (struct entry *entry = table->first; entry != NULL; entry = entry->next)
        if (tc_ordinal_eq(entry->name, name))
            return entry;
    return NULL;
}

/* Append an entry. False when out of memory. */
static bool
table_append(struct resource *cx, struct table *table, struct entry *entry)
{
    *table->tail = entry;
    table->tail = &entry->next;
    table->count++;
    if (table->count <= FEW)
        return true;
    for (entry = table->index.count > 0 ? entry : table->first; entry != NULL; entry = entry->next)
        if (!tc_text_index_add(cx->arena, &table->index, entry->name, entry))
            return false;
    return true;
}

/* The entry called @a name, made if need be; NULL when out of memory. */
static struct entry *
table_get(struct resource *cx, struct table *table, struct tc_str name, struct tc_span span)
{
    struct entry *entry = table_find(table, name);

    if (entry != NULL)
        return entry;
    entry = tc_arena_new(cx->arena, struct entry);
    if (entry == NULL)
        return NULL;
    entry->name = name;
    entry->span = span;
    table_init(&entry->table);
    return table_append(cx, table, entry) ? entry : NULL;
}

/* Rows to tables. Rows that say the same path twice come from a source that grants twice: their bits add up. */
static bool
tables_from_rows(struct resource *cx, const struct tc_perm *perm, struct table *root)
{
    table_init(root);
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_row *row = &perm->rows[i];
        struct table *table = root;

        for (size_t level = 0; level < cx->depth && row->cells[level].present; level++) {
            struct entry *entry = table_get(cx, table, row->cells[level].text, row->span);

            if (entry == NULL)
                return false;
            if (level + 1 == cx->depth)
                entry->mask |= (int32_t)row->cells[cx->depth].number;
            table = &entry->table;
        }
    }
    return true;
}

static bool
add_row(struct resource *cx, struct tc_perm *perm, const struct tc_str *path, size_t names, int32_t mask,
        struct tc_span span)
{
    struct tc_row row = {.form = cx->form, .span = span};

    row.cells = tc_arena_array(cx->arena, struct tc_cell, cx->form->column_count);
    if (row.cells == NULL)
        return false;
    for (size_t i = 0; i < names; i++)
        row.cells[i] = (struct tc_cell){.present = true, .text = path[i]};
    if (names == cx->depth)
        row.cells[cx->depth] = (struct tc_cell){.present = true, .number = mask};
    return tc_perm_append_row(cx->arena, perm, &row);
}

enum { DEPTH_MAX = 4 };

static bool
rows_from_tables(struct resource *cx, struct tc_perm *perm, const struct table *table, struct tc_str *path,
                 size_t level)
{
    for (const struct entry *entry = table->first; entry != NULL; entry = entry->next) {
        path[level] = entry->name;
        if (level + 1 == cx->depth || entry->table.count == 0) {
            if (!add_row(cx, perm, path, level + 1, entry->mask, entry->span))
                return false;
        } else if (!rows_from_tables(cx, perm, &entry->table, path, level + 1)) {
            return false;
        }
    }
    return true;
}

static enum tc_answer
perm_from_tables(struct resource *cx, const struct tc_perm *like, const struct table *root, struct tc_perm **ret,
                 struct tc_throw *ret_throw)
{
    struct tc_perm *perm = tc_perm_new(cx->arena, like->cls, like->span);
    struct tc_str path[DEPTH_MAX];

    if (perm == NULL || !rows_from_tables(cx, perm, root, path, 0))
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}

/* ---- reading and writing ---- */

/* The tag of level @a level in "Machine/Category". */
static struct tc_str
tag_of(const struct resource *cx, size_t level)
{
    struct tc_str path = tc_str_of(cx->form->element);
    size_t slash = tc_str_find(path, TC_STR("/"), 0);

    for (; level > 0 && slash != SIZE_MAX; level--) {
        path = tc_str_sub(path, slash + 1, path.len);
        slash = tc_str_find(path, TC_STR("/"), 0);
    }
    return slash == SIZE_MAX ? path : tc_str_sub(path, 0, slash);
}

static const struct tc_enum *
access_names(const struct resource *cx)
{
    return tc_enum(cx->form->columns[cx->depth].values);
}

/* A name that was there before keeps its spelling, but what it stood for is replaced. */
static enum tc_answer
read_table(struct resource *cx, const struct tc_element *element, size_t level, struct table *table,
           struct tc_throw *ret_throw)
{
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        enum tc_answer answer = TC_YES;
        struct tc_str name, text;
        struct table inner;
        struct entry *entry;
        int32_t mask = 0;

        if (!tc_str_eq(child->tag, tag_of(cx, level)))
            continue;
        table_init(&inner);
        if (level + 1 < cx->depth)
            answer = read_table(cx, child, level + 1, &inner, ret_throw);
        else if (tc_element_get(cx->arena, child, TC_STR("access"), &text))
            answer = tc_enum_parse(access_names(cx), text, false, &mask, ret_throw);
        if (answer != TC_YES) {
            if (ret_throw != NULL && ret_throw->span.begin == ret_throw->span.end)
                ret_throw->span = tc_element_span(child, "access");
            return answer;
        }
        if (!tc_element_get(cx->arena, child, TC_STR("name"), &name))
            return tc_throw_at(ret_throw, "ArgumentNullException", "", child->span);
        entry = table_get(cx, table, name, child->span);
        if (entry == NULL)
            return tc_throw_nomem(ret_throw);
        entry->mask = mask;
        entry->table = inner;
        if (inner.first == NULL)
            table_init(&entry->table);
    }
    return TC_YES;
}

static enum tc_answer
resource_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element,
              struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct resource cx = resource_of(arena, NULL, cls);
    struct tc_perm empty = {.cls = cls, .span = element->span};
    struct table root;
    struct tc_str text;
    enum tc_answer answer = tc_element_validate(element, ret_throw);

    table_init(&root);
    if (answer != TC_YES)
        return answer;
    if (tc_element_get(arena, element, tc_attr_name(TC_ATTR_UNRESTRICTED), &text))
        empty.unrestricted = tc_ordinal_eq(text, TC_STR("true"));
    if (!empty.unrestricted)
        answer = read_table(&cx, element, 0, &root, ret_throw);
    if (answer == TC_YES)
        answer = perm_from_tables(&cx, &empty, &root, ret, ret_throw);
    if (answer == TC_YES)
        (*ret)->unrestricted = empty.unrestricted;
    return answer;
}

/* Enum.Format "g" of an enumeration of flags: the fewest names from the highest down, in ascending order; the number
 * when bits are left over. */
static struct tc_str
mask_text(const struct resource *cx, int32_t mask)
{
    const struct tc_enum *names = access_names(cx);
    struct tc_str text = {0};
    uint32_t rest = (uint32_t)mask;

    for (size_t i = names->count; i-- > 0;) {
        const struct tc_enum_value *row = &names->values[i];
        uint32_t bits = (uint32_t)row->value;

        if (bits == 0 || (rest & bits) != bits)
            continue;
        rest &= ~bits;
        text = text.len == 0 ? tc_str_of(row->xml) : tc_arena_printf(cx->arena, "%s, %.*s", row->xml, TC_STR_ARG(text));
    }
    return rest == 0 ? text : tc_int64_text(cx->arena, mask);
}

static bool
write_table(struct resource *cx, const struct table *table, size_t level, struct tc_element *element)
{
    for (const struct entry *entry = table->first; entry != NULL; entry = entry->next) {
        struct tc_element *child = tc_element_new(cx->arena, tag_of(cx, level));

        if (child == NULL || !tc_write_text(cx->arena, child, "name", entry->name))
            return false;
        tc_element_append(element, child);
        if (level + 1 < cx->depth) {
            if (!write_table(cx, &entry->table, level + 1, child))
                return false;
        } else if (entry->mask != 0 && !tc_write_raw(cx->arena, child, "access", mask_text(cx, entry->mask))) {
            return false;
        }
    }
    return true;
}

static enum tc_answer
resource_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element,
               struct tc_throw *ret_throw)
{
    struct resource cx = resource_of(arena, NULL, perm->cls);
    struct table root;
    bool ok;

    if (perm->unrestricted)
        ok = tc_write_raw(arena, element, "Unrestricted", TC_STR("true"));
    else
        ok = tables_from_rows(&cx, perm, &root) && write_table(&cx, &root, 0, element);
    return ok && !arena->failed ? TC_YES : tc_throw_nomem(ret_throw);
}

/* ---- the algebra ---- */

/* Letter case counts here, though it does not where names are looked up. */
static bool
is_this_computer(const struct resource *cx, struct tc_str name)
{
    return tc_str_eq(name, LOCAL) || (cx->machine.len > 0 && tc_str_eq(name, cx->machine));
}

static bool
unite_tables(struct resource *cx, const struct table *from, size_t level, struct table *into)
{
    for (const struct entry *entry = from->first; entry != NULL; entry = entry->next) {
        struct entry *united = table_get(cx, into, entry->name, entry->span);

        if (united == NULL)
            return false;
        united->mask |= entry->mask;
        if (level + 1 < cx->depth && !unite_tables(cx, &entry->table, level + 1, &united->table))
            return false;
    }
    return true;
}

/* What @a table says of this computer under both of its names; *ret_found is false when it says nothing. The entry is
 * called "." unless the other name was there. */
static bool
local_entry(struct resource *cx, const struct table *table, size_t level, struct entry *ret, bool *ret_found)
{
    const struct entry *local = table_find(table, LOCAL);
    const struct entry *named = cx->machine.len == 0 ? NULL : table_find(table, cx->machine);

    *ret = (struct entry){.name = named == NULL ? LOCAL : cx->machine};
    table_init(&ret->table);
    *ret_found = local != NULL || named != NULL;
    for (int i = 0; i < 2; i++) {
        const struct entry *entry = i == 0 ? local : named;

        if (entry == NULL)
            continue;
        ret->mask |= entry->mask;
        ret->span = entry->span;
        if (level + 1 < cx->depth && !unite_tables(cx, &entry->table, level + 1, &ret->table))
            return false;
    }
    return true;
}

static bool
has_content(const struct resource *cx, const struct entry *entry, size_t level)
{
    if (level + 1 == cx->depth)
        return entry->mask != 0;
    for (const struct entry *inner = entry->table.first; inner != NULL; inner = inner->next)
        if (has_content(cx, inner, level + 1))
            return true;
    return false;
}

static bool subset_tables(struct resource *cx, const struct table *demand, const struct table *grant, size_t level);

static bool
subset_entries(struct resource *cx, const struct entry *demand, const struct entry *grant, size_t level)
{
    if (level + 1 == cx->depth)
        return (demand->mask & ~grant->mask) == 0;
    return subset_tables(cx, &demand->table, &grant->table, level + 1);
}

/* Out of memory answers false: the arena tells. */
static bool
subset_tables(struct resource *cx, const struct table *demand, const struct table *grant, size_t level)
{
    const struct entry *any = table_find(grant, ANY);
    struct entry demanded, granted;
    bool is_demanded, is_granted;

    for (const struct entry *entry = demand->first; entry != NULL; entry = entry->next) {
        const struct entry *other = any;

        if (any == NULL) {
            if (is_this_computer(cx, entry->name) || !has_content(cx, entry, level))
                continue;
            other = table_find(grant, entry->name);
        }
        if (other == NULL || !subset_entries(cx, entry, other, level))
            return false;
    }
    if (any != NULL)
        return true;
    if (!local_entry(cx, demand, level, &demanded, &is_demanded) ||
        !local_entry(cx, grant, level, &granted, &is_granted))
        return false;
    if (!is_demanded) /* an entry for this computer must have its match even if it allows nothing */
        return true;
    return is_granted && subset_entries(cx, &demanded, &granted, level);
}

static enum tc_answer
resource_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
                const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    struct resource cx = resource_of(arena, machine, demand->cls);
    struct table inner, outer;
    bool subset;

    if (grant == NULL)
        return !demand->unrestricted && demand->row_count == 0 ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return TC_NO; /* alone among the classes: no exception */
    if (grant->unrestricted || demand->unrestricted)
        return grant->unrestricted ? TC_YES : TC_NO;
    subset = tables_from_rows(&cx, demand, &inner) && tables_from_rows(&cx, grant, &outer) &&
             subset_tables(&cx, &inner, &outer, 0);
    return arena->failed ? tc_throw_nomem(ret_throw) : subset ? TC_YES : TC_NO;
}

static enum tc_answer
wrong_class(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "PermissionTypeMismatch");
}

static enum tc_answer
resource_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
               struct tc_throw *ret_throw)
{
    struct resource cx = resource_of(arena, NULL, a->cls);
    struct tc_perm empty = {.cls = a->cls, .span = a->span};
    struct table root, other;
    enum tc_answer answer;

    if (b == NULL)
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    if (!tc_perm_same_class(a, b))
        return wrong_class(ret_throw);
    table_init(&root);
    if (!a->unrestricted && !b->unrestricted &&
        (!tables_from_rows(&cx, a, &root) || !tables_from_rows(&cx, b, &other) || !unite_tables(&cx, &other, 0, &root)))
        return tc_throw_nomem(ret_throw);
    answer = perm_from_tables(&cx, &empty, &root, ret, ret_throw);
    if (answer == TC_YES)
        (*ret)->unrestricted = a->unrestricted || b->unrestricted;
    return answer;
}

static bool intersect_tables(struct resource *cx, const struct table *a, const struct table *b, size_t level,
                             struct table *into);

/* Add what both entries have in common as @a name; nothing in common adds nothing. */
static bool
intersect_entries(struct resource *cx, struct tc_str name, const struct entry *a, const struct entry *b, size_t level,
                  struct table *into)
{
    struct table common;
    struct entry *entry;

    table_init(&common);
    if (level + 1 == cx->depth) {
        if ((a->mask & b->mask) == 0)
            return true;
    } else if (!intersect_tables(cx, &a->table, &b->table, level + 1, &common)) {
        return false;
    } else if (common.count == 0) {
        return true;
    }
    entry = table_get(cx, into, name, a->span);
    if (entry == NULL)
        return false;
    entry->mask = a->mask & b->mask;
    if (common.count > 0)
        entry->table = common;
    return true;
}

static bool
intersect_tables(struct resource *cx, const struct table *a, const struct table *b, size_t level, struct table *into)
{
    const struct table *shorter = a->count < b->count ? a : b;
    struct entry local_a, local_b;
    bool in_a, in_b;

    if (!local_entry(cx, a, level, &local_a, &in_a) || !local_entry(cx, b, level, &local_b, &in_b))
        return false;
    if (in_a && in_b &&
        !intersect_entries(cx, tc_str_eq(local_a.name, LOCAL) ? local_b.name : local_a.name, &local_a, &local_b, level,
                           into))
        return false;
    for (const struct entry *entry = shorter->first; entry != NULL; entry = entry->next) {
        const struct entry *x = table_find(a, entry->name), *y = table_find(b, entry->name);

        if (x != NULL && y != NULL && !is_this_computer(cx, entry->name) &&
            !intersect_entries(cx, entry->name, x, y, level, into))
            return false;
    }
    return true;
}

static enum tc_answer
resource_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                   const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct resource cx = resource_of(arena, machine, a->cls);
    struct table root, x, y;

    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return wrong_class(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return tc_perm_give_copy(arena, a->unrestricted ? b : a, ret, ret_throw);
    table_init(&root);
    if (!tables_from_rows(&cx, a, &x) || !tables_from_rows(&cx, b, &y) || !intersect_tables(&cx, &x, &y, 0, &root))
        return tc_throw_nomem(ret_throw);
    if (root.count == 0) {
        *ret = NULL;
        return TC_YES;
    }
    return perm_from_tables(&cx, a, &root, ret, ret_throw);
}

const struct tc_algebra_ops tc_resource_tree_ops = {resource_read, resource_write, resource_subset, resource_unite,
                                                    resource_intersect};

/* ---- demands ---- */

/* SyntaxCheck.CheckMachineName: something besides white space, and no backslash. */
static bool
is_machine_name(struct tc_str name)
{
    return tc_trim_white(name).len > 0 && tc_str_find(name, TC_STR("\\"), 0) == SIZE_MAX;
}

enum tc_answer
tc_demand_resource(struct tc_arena *arena, const struct tc_class *cls, int32_t access, const struct tc_str *names,
                   size_t count, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct resource cx = resource_of(arena, NULL, cls);
    struct tc_perm *perm = tc_perm_new(arena, cls, TC_NOWHERE);

    if (cls != tc_class(TC_CLASS_DIRECTORY_SERVICES) && !is_machine_name(names[0]))
        return tc_throw_new(ret_throw, "ArgumentException", "InvalidParameter");
    if (perm == NULL || !add_row(&cx, perm, names, count, access, TC_NOWHERE))
        return tc_throw_nomem(ret_throw);
    *ret = perm;
    return TC_YES;
}
