#include "emit/policy_file.h"

#include "base/ascii.h"
#include "base/map.h"
#include "xml/writer.h"

#include <string.h>

enum { DECLARED_MAX = 64 };

/* What of the tables a policy file needs, for its SecurityClasses. */
struct used {
    enum tc_framework framework;
    bool classes[TC_CLASS_COUNT_];
    bool groups[TC_GROUP_COUNT_];
    bool conditions[TC_CONDITION_COUNT_];
    const struct tc_class *declared[DECLARED_MAX];
    size_t declared_count;
};

struct emitter {
    struct tc_xml xml;
    struct tc_buf scratch; /**< an attribute value in the making */
    struct used used;
    const struct tc_policy *policy;
};

/* ---- what is used ---- */

/* What grants nothing is left out, except where only the server knows. */
static bool
is_emitted(const struct tc_perm *perm)
{
    return !tc_perm_is_empty(perm) || perm->cls->assembly == TC_ASM_COUNT_;
}

/* What raw markup calls by the short name that the tables give a class is meant to be that class. */
static void
use_name(struct used *used, struct tc_str name)
{
    const struct tc_class *cls = tc_class_by_short_name(name);
    enum tc_group_kind kind = tc_group_by_name(name);
    enum tc_condition_id condition = tc_condition_by_name(name);

    if (cls != NULL && tc_class_in(cls, used->framework))
        used->classes[tc_class_id(cls)] = true;
    if (kind < TC_GROUP_COUNT_)
        used->groups[kind] = true;
    if (condition < TC_CONDITION_COUNT_ && tc_since_in(tc_condition_info(condition)->since, used->framework))
        used->conditions[condition] = true;
}

/* Where the value of the next attribute `class` of @a line begins, from @a place on; SIZE_MAX when there is none. */
static size_t
next_class(struct tc_str line, size_t place)
{
    const struct tc_str name = TC_STR("class");

    while ((place = tc_str_find(line, name, place)) != SIZE_MAX) {
        size_t at = place += name.len;

        while (at < line.len && tc_ascii_is_white(line.ptr[at]))
            at++;
        if (at == line.len || line.ptr[at++] != '=')
            continue;
        while (at < line.len && tc_ascii_is_white(line.ptr[at]))
            at++;
        if (at < line.len && line.ptr[at] == '"')
            return at + 1;
    }
    return SIZE_MAX;
}

static void
use_raw(struct used *used, const struct tc_raw *raw)
{
    for (; raw != NULL; raw = raw->next)
        for (size_t i = 0; i < raw->line_count; i++) {
            struct tc_str line = raw->lines[i];

            for (size_t at = next_class(line, 0); at != SIZE_MAX; at = next_class(line, at)) {
                size_t end = tc_str_find(line, TC_STR("\""), at);

                use_name(used, tc_str_sub(line, at, (end == SIZE_MAX ? line.len : end) - at));
            }
        }
}

static void
use_set(struct used *used, const struct tc_pset *set)
{
    use_raw(used, set->raw);
    for (size_t i = 0; i < set->count; i++) {
        const struct tc_class *cls = set->perms[i]->cls;
        bool known = false;

        if (!is_emitted(set->perms[i]))
            continue;
        if (cls->assembly != TC_ASM_COUNT_) {
            used->classes[tc_class_id(cls)] = true;
            continue;
        }
        for (size_t j = 0; j < used->declared_count; j++)
            known |= used->declared[j] == cls;
        if (!known && used->declared_count < DECLARED_MAX)
            used->declared[used->declared_count++] = cls;
    }
}

static void
use_groups(struct used *used, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        use_raw(used, group->raw);
        if (group->is_raw)
            continue;
        if (group->kind < TC_GROUP_COUNT_)
            used->groups[group->kind] = true;
        if (group->condition.kind < TC_CONDITION_COUNT_)
            used->conditions[group->condition.kind] = true;
        if (group->inline_set != NULL)
            use_set(used, group->inline_set);
        use_groups(used, group->children);
    }
}

/* A declared class has a short name of its own only if no other class in the file has it: two SecurityClass elements of
 * one name make the file unreadable (policy-file 3). */
static bool
has_short_name(const struct used *used, const struct tc_class *cls)
{
    struct tc_str name = tc_str_of(cls->short_name);

    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_eq(name, tc_str_of(tc_class((enum tc_class_id)i)->short_name)))
            return false;
    for (size_t i = 0; i < used->declared_count && used->declared[i] != cls; i++)
        if (tc_str_eq(name, tc_str_of(used->declared[i]->short_name)))
            return false;
    for (size_t i = 0; i < used->declared_count; i++)
        if (used->declared[i] == cls)
            return cls->short_name[0] != '\0';
    return false; /* more declared classes than fit: they are named in full */
}

static const char *
class_name(const struct emitter *e, const struct tc_class *cls)
{
    return cls->assembly != TC_ASM_COUNT_ || has_short_name(&e->used, cls) ? cls->short_name : cls->type;
}

/* ---- SecurityClasses ---- */

/* Whether a raw SecurityClass has this name. */
static bool
is_raw_class(const struct tc_policy *policy, struct tc_str name)
{
    for (const struct tc_raw *raw = policy->raw_classes; raw != NULL; raw = raw->next)
        for (size_t i = 0; i < raw->line_count; i++) {
            size_t place = tc_str_find(raw->lines[i], TC_STR("Name=\""), 0);
            struct tc_str rest =
                place == SIZE_MAX ? (struct tc_str){NULL, 0} : tc_str_sub(raw->lines[i], place + 6, raw->lines[i].len);

            if (tc_str_starts(rest, name) && rest.len > name.len && rest.ptr[name.len] == '"')
                return true;
        }
    return false;
}

struct security_class {
    struct tc_str name;
    const struct tc_class *cls; /**< a permission; NULL: a group or condition, or the permission set */
};

static void
add_class(struct security_class *list, size_t *count, const char *name, const struct tc_class *cls)
{
    struct tc_str text = tc_str_of(name);
    size_t place = (*count)++;

    while (place > 0 && tc_str_cmp(list[place - 1].name, text) > 0) {
        list[place] = list[place - 1];
        place--;
    }
    list[place] = (struct security_class){text, cls};
}

static void
emit_classes(struct emitter *e)
{
    static const char named_set[] = "NamedPermissionSet";
    struct security_class list[TC_CLASS_COUNT_ + TC_GROUP_COUNT_ + TC_CONDITION_COUNT_ + DECLARED_MAX + 1];
    const struct used *used = &e->used;
    size_t count = 0;

    add_class(list, &count, named_set, NULL);
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (used->classes[i])
            add_class(list, &count, tc_class((enum tc_class_id)i)->short_name, tc_class((enum tc_class_id)i));
    for (size_t i = 0; i < TC_GROUP_COUNT_; i++)
        if (used->groups[i])
            add_class(list, &count, tc_group_info((enum tc_group_kind)i)->short_name, NULL);
    for (size_t i = 0; i < TC_CONDITION_COUNT_; i++)
        if (used->conditions[i])
            add_class(list, &count, tc_condition_info((enum tc_condition_id)i)->short_name, NULL);
    for (size_t i = 0; i < used->declared_count; i++)
        if (has_short_name(used, used->declared[i]))
            add_class(list, &count, used->declared[i]->short_name, used->declared[i]);

    tc_xml_start(&e->xml, "SecurityClasses");
    for (size_t i = 0; i < count; i++) {
        if (is_raw_class(e->policy, list[i].name))
            continue;
        tc_buf_clear(&e->scratch);
        if (list[i].name.ptr == named_set)
            tc_buf_puts(&e->scratch,
                        tc_str_of(tc_type(TC_TYPE_NAMED_PERMISSION_SET)->name)); /* as the shipped files have it */
        else if (list[i].cls != NULL)
            tc_class_description(list[i].cls, used->framework, &e->scratch);
        else
            tc_policy_class_description(list[i].name.ptr, used->framework, &e->scratch);
        tc_xml_start(&e->xml, "SecurityClass");
        tc_xml_attr(&e->xml, "Name", list[i].name);
        tc_xml_attr(&e->xml, "Description", tc_buf_str(&e->scratch));
        tc_xml_end(&e->xml);
    }
    for (const struct tc_raw *raw = e->policy->raw_classes; raw != NULL; raw = raw->next)
        for (size_t i = 0; i < raw->line_count; i++)
            tc_xml_raw(&e->xml, raw->lines[i]);
    tc_xml_end(&e->xml);
}

/* ---- permissions ---- */

/* More names than any enumeration whose values are sums has. */
enum { NAMES_MAX = 64 };

/* A name is out of date when newer ones of the framework say the same together: Instrument, where there are Read and
 * Write. */
static bool
is_out_of_date(const struct tc_enum *values, const struct tc_enum_value *value, enum tc_framework framework)
{
    uint64_t newer = 0;

    for (size_t i = 0; i < values->count; i++) {
        const struct tc_enum_value *other = &values->values[i];

        if (other->since > value->since && tc_since_in(other->since, framework) && (other->value & ~value->value) == 0)
            newer |= (uint64_t)other->value;
    }
    return value->value != 0 && newer == (uint64_t)value->value;
}

/* Choose @a left names from @a from on that make up @a bits together with @a have; marks them. */
static bool
choose_names(const struct tc_enum *values, const bool *usable, uint64_t bits, uint64_t have, size_t from, unsigned left,
             bool *take)
{
    if (left == 0)
        return have == bits;
    for (size_t i = from; i < values->count; i++) {
        uint64_t v = (uint64_t)values->values[i].value;

        if (!usable[i] || (v & ~have) == 0)
            continue;
        take[i] = true;
        if (choose_names(values, usable, bits, have | v, i + 1, left - 1, take))
            return true;
        take[i] = false;
    }
    return false;
}

/* The fewest names that make up @a bits exactly, of those that are up to date if that can be, marked in @a take. */
static bool
names_of(const struct tc_enum *values, uint64_t bits, enum tc_framework framework, bool *take)
{
    for (int old = 0; old < 2 && bits != 0; old++) {
        bool usable[NAMES_MAX] = {false};
        uint64_t all = 0;

        for (size_t i = 0; i < values->count && i < NAMES_MAX; i++) {
            uint64_t v = (uint64_t)values->values[i].value;

            usable[i] = v != 0 && (v & ~bits) == 0 && tc_since_in(values->values[i].since, framework) &&
                        (old || !is_out_of_date(values, &values->values[i], framework));
            all |= usable[i] ? v : 0;
        }
        for (unsigned count = 1; all == bits; count++)
            if (choose_names(values, usable, bits, 0, 0, count, take))
                return true;
    }
    return false;
}

/* Names for a value: exactly what was granted, for a reader that wants names. */
static void
put_enum(struct tc_buf *out, enum tc_enum_id id, uint64_t bits, bool flags, enum tc_framework framework)
{
    const struct tc_enum *values = tc_enum(id);
    bool take[NAMES_MAX] = {false}, first = true;

    for (size_t i = 0; i < values->count; i++)
        if ((uint64_t)values->values[i].value == bits && tc_since_in(values->values[i].since, framework) &&
            (!flags || !is_out_of_date(values, &values->values[i], framework))) {
            tc_buf_puts(out, tc_str_of(values->values[i].xml));
            return;
        }
    if (!flags || !names_of(values, bits, framework, take)) {
        /* Enum.Parse takes a number; the reader of MessageQueue (separator `|`) ignores it, and its masks are always
         * sums of names. */
        tc_buf_printf(out, "%lld", (long long)bits);
        return;
    }
    for (size_t i = 0; i < values->count && i < NAMES_MAX; i++) {
        if (!take[i])
            continue;
        if (!first)
            tc_buf_puts(out, tc_str_of(values->separator));
        first = false;
        tc_buf_puts(out, tc_str_of(values->values[i].xml));
    }
}

/* Flags that make up a value one by one where the table lists single bits: Assertion, Execution rather than a sum. */
static void
put_flags(struct tc_buf *out, enum tc_enum_id id, uint64_t bits, enum tc_framework framework)
{
    const struct tc_enum *values = tc_enum(id);
    bool first = true;
    uint64_t rest = bits;

    for (size_t i = 0; i < values->count; i++) {
        uint64_t v = (uint64_t)values->values[i].value;

        if (v == 0 || (v & (v - 1)) != 0 || (bits & v) == 0 || (rest & v) == 0 ||
            !tc_since_in(values->values[i].since, framework))
            continue;
        if (!first)
            tc_buf_puts(out, tc_str_of(values->separator));
        first = false;
        rest &= ~v;
        tc_buf_puts(out, tc_str_of(values->values[i].xml));
    }
    if (rest != 0 || first) {
        /* not all single bits have names (EventLog Administer) */
        if (!first)
            tc_buf_puts(out, tc_str_of(values->separator));
        put_enum(out, id, rest, true, framework);
    }
}

static void
put_number(struct tc_buf *out, int64_t number)
{
    tc_buf_printf(out, "%lld", (long long)number);
}

static void
put_list(struct tc_buf *out, const struct tc_list *list)
{
    if (list->all) {
        tc_buf_puts(out, TC_STR("*AllFiles*"));
        return;
    }
    if (list->all_local)
        tc_buf_puts(out, TC_STR("*AllLocalFiles*"));
    for (uint32_t i = 0; i < list->count; i++) {
        struct tc_str text = list->items[i].text;
        bool quote = tc_str_has(text, ';');

        if (i > 0 || list->all_local)
            tc_buf_putc(out, ';');
        if (quote)
            tc_buf_putc(out, '"');
        tc_buf_puts(out, text);
        if (quote)
            tc_buf_putc(out, '"');
    }
}

static void
put_value(struct emitter *e, const struct tc_field *field, const struct tc_value *value)
{
    struct tc_buf *out = &e->scratch;

    switch (field->kind) {
    case TC_FIELD_FLAGS:
        put_flags(out, field->values, value->bits, e->used.framework);
        break;
    case TC_FIELD_LEVEL:
        put_enum(out, field->values, (uint64_t)value->number, false, e->used.framework);
        break;
    case TC_FIELD_INT64:
        put_number(out, value->number);
        break;
    case TC_FIELD_BOOL:
        tc_buf_puts(out, value->number ? TC_STR("True") : TC_STR("False"));
        break;
    case TC_FIELD_TEXT:
        tc_buf_puts(out, value->text);
        break;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        put_list(out, &value->list);
        break;
    }
}

static bool
is_written(const struct tc_field *field, const struct tc_value *value)
{
    if (!value->present)
        return false;
    switch (field->kind) {
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        return value->list.count > 0 || value->list.all || value->list.all_local;
    default:
        return true;
    }
}

/* One element for each name of the flags (NetworkInformation). */
static void
emit_child_field(struct emitter *e, const struct tc_field *field, const struct tc_value *value)
{
    const struct tc_enum *values = tc_enum(field->values);

    for (size_t i = 0; i < values->count; i++) {
        uint64_t v = (uint64_t)values->values[i].value;

        if (v == 0 || (value->bits & v) != v)
            continue;
        tc_xml_start(&e->xml, field->child);
        tc_xml_attr_lit(&e->xml, field->xml, values->values[i].xml);
        tc_xml_end(&e->xml);
    }
}

static void
emit_cell(struct emitter *e, const struct tc_class *cls, const struct tc_column *column, const struct tc_cell *cell)
{
    struct tc_buf *out = &e->scratch;

    if (!cell->present)
        return;
    tc_buf_clear(out);
    switch (column->kind) {
    case TC_COLUMN_TEXT:
    case TC_COLUMN_URI:
        tc_buf_puts(out, cell->text);
        break;
    case TC_COLUMN_NUMBER:
        put_number(out, cell->number);
        break;
    case TC_COLUMN_PORT:
        if (cell->number < 0)
            tc_buf_puts(out, TC_STR("All"));
        else
            put_number(out, cell->number);
        break;
    case TC_COLUMN_CHOICE:
    case TC_COLUMN_LEVEL:
        put_enum(out, column->values, (uint64_t)cell->number, false, e->used.framework);
        break;
    case TC_COLUMN_FLAGS:
        if (cls->algebra == TC_ALGEBRA_KEY_CONTAINER)
            put_flags(out, column->values, (uint64_t)cell->number, e->used.framework);
        else
            put_enum(out, column->values, (uint64_t)cell->number, true, e->used.framework);
        break;
    case TC_COLUMN_BOOL:
        tc_buf_puts(out, cell->number ? TC_STR("True") : TC_STR("False"));
        break;
    }
    if (cls->traits & TC_TRAIT_DECODED_TWICE)
        tc_xml_attr_twice(&e->xml, column->xml, tc_buf_str(out));
    else
        tc_xml_attr(&e->xml, column->xml, tc_buf_str(out));
}

static void
emit_row_element(struct emitter *e, const struct tc_class *cls, const struct tc_row *row, uint8_t depth)
{
    for (size_t i = 0; i < row->form->column_count; i++)
        if (row->form->columns[i].depth == depth)
            emit_cell(e, cls, &row->form->columns[i], &row->cells[i]);
}

/* The rows of one form that stand in one outer element. */
struct outer_rows {
    uint32_t last;
};

/* What tells the outer element of @a row from others: its attributes, without letter case. */
static struct tc_str
outer_key(struct tc_arena *arena, const struct tc_row *row)
{
    const struct tc_form *form = row->form;
    size_t length = 0, room = 1;
    char *key;

    for (size_t i = 0; i < form->column_count; i++)
        if (form->columns[i].depth == 0)
            room += row->cells[i].text.len + 1;
    key = tc_arena_alloc(arena, room, 1);
    for (size_t i = 0; i < form->column_count && key != NULL; i++) {
        struct tc_str text = row->cells[i].text;

        if (form->columns[i].depth != 0)
            continue;
        for (size_t j = 0; j < text.len; j++)
            key[length++] = (char)(text.ptr[j] >= 'A' && text.ptr[j] <= 'Z' ? text.ptr[j] + ('a' - 'A') : text.ptr[j]);
        key[length++] = '\n';
    }
    return (struct tc_str){key, key == NULL ? 0 : length};
}

/* Chain the rows of @a form that stand in one outer element: *next is the next of them, 0 at the end. *ret_begins marks
 * the first of each. False when out of memory. */
static bool
chain_rows(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_form *form, uint32_t **ret_next,
           bool **ret_begins)
{
    uint32_t *next = tc_arena_array(arena, uint32_t, perm->row_count);
    bool *begins = tc_arena_array(arena, bool, perm->row_count);
    struct tc_map map;

    if (next == NULL || begins == NULL)
        return false;
    tc_map_init(&map, arena);
    for (uint32_t i = 0; i < perm->row_count; i++) {
        struct outer_rows *rows, *old;

        if (perm->rows[i].form != form)
            continue;
        rows = tc_arena_new(arena, struct outer_rows);
        if (rows == NULL)
            return false;
        rows->last = i;
        old = tc_map_add(&map, outer_key(arena, &perm->rows[i]), rows);
        begins[i] = old == NULL;
        if (old != NULL) {
            next[old->last] = i;
            old->last = i;
        }
    }
    *ret_next = next;
    *ret_begins = begins;
    return !arena->failed;
}

/* Rows of a form with two elements, those of one outer element together, in order of their first: the framework keeps
 * the last of two outer elements of one name. */
static void
emit_nested_rows(struct emitter *e, const struct tc_perm *perm, const struct tc_form *form, struct tc_str outer,
                 struct tc_str inner)
{
    struct tc_arena arena;
    uint32_t *next;
    bool *begins;

    tc_arena_init(&arena);
    if (chain_rows(&arena, perm, form, &next, &begins)) {
        for (uint32_t i = 0; i < perm->row_count; i++) {
            if (!begins[i])
                continue;
            tc_xml_start_str(&e->xml, outer);
            emit_row_element(e, perm->cls, &perm->rows[i], 0);
            for (uint32_t j = i, more = 1; more != 0; j = more) {
                tc_xml_start_str(&e->xml, inner);
                emit_row_element(e, perm->cls, &perm->rows[j], 1);
                tc_xml_end(&e->xml);
                more = next[j];
            }
            tc_xml_end(&e->xml);
        }
    } else {
        e->scratch.failed = true;
    }
    tc_arena_done(&arena);
}

/* Rows of a form whose outer element has no attributes: one of it holds them all. */
static void
emit_wrapped_rows(struct emitter *e, const struct tc_perm *perm, const struct tc_form *form, struct tc_str outer,
                  struct tc_str inner)
{
    bool open = false;

    for (uint32_t i = 0; i < perm->row_count; i++) {
        if (perm->rows[i].form != form)
            continue;
        if (!open)
            tc_xml_start_str(&e->xml, outer);
        open = true;
        tc_xml_start_str(&e->xml, inner);
        emit_row_element(e, perm->cls, &perm->rows[i], 1);
        tc_xml_end(&e->xml);
    }
    if (open)
        tc_xml_end(&e->xml);
}

static void
emit_rows(struct emitter *e, const struct tc_perm *perm)
{
    for (size_t f = 0; f < perm->cls->form_count && perm->row_count > 0; f++) {
        const struct tc_form *form = &perm->cls->forms[f];
        struct tc_str path = tc_str_of(form->element);
        size_t slash = tc_str_find(path, TC_STR("/"), 0);
        bool outer_has_attributes = false;

        for (size_t i = 0; i < form->column_count; i++)
            outer_has_attributes |= form->columns[i].depth == 0;
        if (slash != SIZE_MAX && outer_has_attributes) {
            emit_nested_rows(e, perm, form, tc_str_sub(path, 0, slash), tc_str_sub(path, slash + 1, path.len));
            continue;
        }
        if (slash != SIZE_MAX) {
            emit_wrapped_rows(e, perm, form, tc_str_sub(path, 0, slash), tc_str_sub(path, slash + 1, path.len));
            continue;
        }
        for (uint32_t i = 0; i < perm->row_count; i++) {
            if (perm->rows[i].form != form)
                continue;
            tc_xml_start_str(&e->xml, path);
            emit_row_element(e, perm->cls, &perm->rows[i], 0);
            tc_xml_end(&e->xml);
        }
    }
}

static void
emit_markup(struct emitter *e, const struct tc_verbatim *markup)
{
    for (const struct tc_verbatim *m = markup; m != NULL; m = m->next)
        if (!m->is_element)
            tc_xml_attr_str(&e->xml, m->name, m->value);
    for (const struct tc_verbatim *m = markup; m != NULL; m = m->next)
        if (m->is_element) {
            tc_xml_start_str(&e->xml, m->name);
            emit_markup(e, m->content);
            tc_xml_end(&e->xml);
        }
}

static void
emit_permission(struct emitter *e, const struct tc_perm *perm)
{
    const struct tc_class *cls = perm->cls;
    const bool is_level = (cls->traits & TC_TRAIT_UNRESTRICTED_IS_LEVEL) != 0;
    bool unrestricted = perm->unrestricted;

    tc_xml_start(&e->xml, "IPermission");
    tc_xml_attr_lit(&e->xml, "class", class_name(e, cls));
    tc_xml_attr_lit(&e->xml, "version", "1");
    if (is_level) {
        const struct tc_enum *levels = tc_enum(cls->fields[0].values);

        unrestricted = perm->values[0].present && perm->values[0].number == levels->values[levels->count - 1].value;
    }
    if (unrestricted)
        tc_xml_attr_lit(&e->xml, "Unrestricted", "true");
    if (!perm->unrestricted || is_level) { /* the framework looks at the level alone */
        for (size_t i = 0; i < cls->field_count; i++) {
            bool needed = (cls->traits & TC_TRAIT_ALL_ATTRIBUTES) && cls->fields[i].kind == TC_FIELD_LEVEL;

            if (cls->fields[i].child != NULL || (!needed && !is_written(&cls->fields[i], &perm->values[i])))
                continue;
            tc_buf_clear(&e->scratch);
            put_value(e, &cls->fields[i], &perm->values[i]);
            tc_xml_attr(&e->xml, cls->fields[i].xml, tc_buf_str(&e->scratch));
        }
        for (size_t i = 0; i < cls->field_count; i++)
            if (cls->fields[i].child != NULL && perm->values[i].present)
                emit_child_field(e, &cls->fields[i], &perm->values[i]);
        emit_rows(e, perm);
        emit_markup(e, perm->markup);
    }
    tc_xml_end(&e->xml);
}

static void
emit_raw(struct emitter *e, const struct tc_raw *raw)
{
    for (; raw != NULL; raw = raw->next)
        for (size_t i = 0; i < raw->line_count; i++)
            tc_xml_raw(&e->xml, raw->lines[i]);
}

static void
emit_set_content(struct emitter *e, const struct tc_pset *set)
{
    if (set->unrestricted)
        return;
    for (size_t i = 0; i < set->count; i++)
        if (is_emitted(set->perms[i]))
            emit_permission(e, set->perms[i]);
    emit_raw(e, set->raw);
}

/* ---- named sets and code groups ---- */

static void
emit_named_set(struct emitter *e, struct tc_str name, bool unrestricted, struct tc_str description,
               const struct tc_pset *set)
{
    tc_xml_start(&e->xml, "PermissionSet");
    tc_xml_attr_lit(&e->xml, "class", "NamedPermissionSet");
    tc_xml_attr_lit(&e->xml, "version", "1");
    if (unrestricted)
        tc_xml_attr_lit(&e->xml, "Unrestricted", "true");
    tc_xml_attr(&e->xml, "Name", name);
    if (description.len > 0)
        tc_xml_attr(&e->xml, "Description", description);
    if (set != NULL)
        emit_set_content(e, set);
    tc_xml_end(&e->xml);
}

static void
emit_sets(struct emitter *e)
{
    const struct tc_policy *policy = e->policy;

    tc_xml_start(&e->xml, "NamedPermissionSets");
    /* the framework's own definitions win (policy-file 4.1); the shipped files name these two, so that one can read
     * them */
    emit_named_set(e, tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST), true,
                   TC_STR("Allows full access to all resources"), NULL);
    emit_named_set(e, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING), false,
                   TC_STR("Denies all resources, including the right to execute"), NULL);
    for (size_t i = 0; i < policy->set_count; i++)
        emit_named_set(e, policy->sets[i]->name, policy->sets[i]->unrestricted, policy->sets[i]->description,
                       policy->sets[i]);
    emit_raw(e, policy->raw_sets);
    tc_xml_end(&e->xml);
}

static void
emit_condition(struct emitter *e, const struct tc_membership *condition)
{
    tc_xml_start(&e->xml, "IMembershipCondition");
    if (condition->kind == TC_CONDITION_COUNT_) {
        tc_xml_attr(&e->xml, "class", condition->type);
        tc_xml_attr_lit(&e->xml, "version", "1");
        emit_markup(e, condition->markup);
    } else {
        const struct tc_condition_info *info = tc_condition_info(condition->kind);

        tc_xml_attr_lit(&e->xml, "class", info->short_name);
        tc_xml_attr_lit(&e->xml, "version", "1");
        for (size_t i = 0; i < info->argument_count; i++)
            if (condition->values[i].len > 0)
                tc_xml_attr(&e->xml, info->arguments[i].xml, condition->values[i]);
    }
    tc_xml_end(&e->xml);
}

static void
emit_group(struct emitter *e, const struct tc_group *group)
{
    if (group->is_raw) {
        emit_raw(e, group->raw);
        return;
    }
    tc_xml_start(&e->xml, "CodeGroup");
    if (group->kind == TC_GROUP_COUNT_)
        tc_xml_attr(&e->xml, "class", group->type);
    else
        tc_xml_attr_lit(&e->xml, "class", tc_group_info(group->kind)->short_name);
    tc_xml_attr_lit(&e->xml, "version", "1");
    if (group->grants_main)
        tc_xml_attr(&e->xml, "PermissionSetName", e->policy->sets[0]->name);
    else if (group->inline_set == NULL)
        tc_xml_attr(&e->xml, "PermissionSetName", group->set_name);
    if (group->attributes != 0)
        tc_xml_attr_lit(&e->xml, "Attributes",
                        group->attributes == TC_GROUP_EXCLUSIVE     ? "Exclusive"
                        : group->attributes == TC_GROUP_LEVEL_FINAL ? "LevelFinal"
                                                                    : "Exclusive, LevelFinal");
    if (group->name.len > 0)
        tc_xml_attr(&e->xml, "Name", group->name);
    if (group->description.len > 0)
        tc_xml_attr(&e->xml, "Description", group->description);
    if (group->access.len > 0)
        tc_xml_attr(&e->xml, "Access", group->access);
    emit_condition(e, &group->condition);
    if (group->inline_set != NULL) {
        tc_xml_start(&e->xml, "PermissionSet");
        tc_xml_attr_lit(&e->xml, "class", tc_type(TC_TYPE_PERMISSION_SET)->name);
        tc_xml_attr_lit(&e->xml, "version", "1");
        emit_set_content(e, group->inline_set);
        tc_xml_end(&e->xml);
    }
    for (const struct tc_group *child = group->children; child != NULL; child = child->next)
        emit_group(e, child);
    tc_xml_end(&e->xml);
}

/* Strong names that are fully trusted when they come from the global assembly cache (policy-file 5.5); 4.0's default
 * model takes them from the configuration file instead. */
static void
emit_full_trust(struct emitter *e)
{
    if ((e->policy->full_trust == NULL && e->policy->raw_full_trust == NULL) ||
        tc_runtime_info(e->policy->runtime)->homogeneous)
        return;
    tc_xml_start(&e->xml, "FullTrustAssemblies");
    for (const struct tc_full_trust *entry = e->policy->full_trust; entry != NULL; entry = entry->next) {
        tc_xml_start(&e->xml, "IMembershipCondition");
        tc_xml_attr_lit(&e->xml, "class", tc_condition_info(TC_CONDITION_STRONG_NAME)->short_name);
        tc_xml_attr_lit(&e->xml, "version", "1");
        tc_xml_attr(&e->xml, "PublicKeyBlob", entry->key);
        tc_xml_attr(&e->xml, "Name", entry->name);
        tc_xml_attr(&e->xml, "AssemblyVersion", entry->version);
        tc_xml_end(&e->xml);
    }
    emit_raw(e, e->policy->raw_full_trust);
    tc_xml_end(&e->xml);
}

struct tc_str
tc_policy_file_name(struct tc_arena *arena, const struct tc_policy *policy)
{
    if (policy->is_stock)
        return tc_str_of(tc_level_info(policy->level)->policy_file);
    return tc_arena_printf(arena, "web_%.*strust.config", TC_STR_ARG(tc_str_fold(arena, policy->name)));
}

enum tc_status
tc_policy_emit(const struct tc_policy *policy, struct tc_buf *out)
{
    struct emitter e = {.policy = policy, .used = {.framework = tc_runtime_info(policy->runtime)->framework}};
    enum tc_status status;

    for (size_t i = 0; i < policy->set_count; i++)
        use_set(&e.used, policy->sets[i]);
    use_raw(&e.used, policy->raw_sets);
    use_groups(&e.used, policy->root);
    if (policy->full_trust != NULL && !tc_runtime_info(policy->runtime)->homogeneous) /* raw ones name theirs */
        e.used.conditions[TC_CONDITION_STRONG_NAME] = true;

    tc_xml_init(&e.xml, out, "  ", "\n");
    tc_xml_start(&e.xml, "configuration");
    tc_xml_start(&e.xml, "mscorlib");
    tc_xml_start(&e.xml, "security");
    tc_xml_start(&e.xml, "policy");
    tc_xml_start(&e.xml, "PolicyLevel");
    tc_xml_attr_lit(&e.xml, "version", "1");
    emit_classes(&e);
    emit_sets(&e);
    for (const struct tc_group *group = policy->root; group != NULL; group = group->next)
        emit_group(&e, group);
    emit_full_trust(&e);
    for (int i = 0; i < 5; i++)
        tc_xml_end(&e.xml);
    status = tc_xml_ok(&e.xml) && !e.scratch.failed ? TC_OK : TC_ERR_NOMEM;
    tc_buf_done(&e.scratch);
    return status;
}
