/* The permissions of a set, as the framework makes them of their elements. */
#include "data/tables.h"
#include "model/algebra_util.h"
#include "model/perm_union.h"
#include "model/pset_algebra.h"
#include "xml/reader_parts.h"

#include <string.h>

/* ---- places and tokens ---- */

static bool
is_list(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

static void
restore_perm(struct tc_reader *r, struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        struct tc_value *value = &perm->values[i];

        switch (perm->cls->fields[i].kind) {
        case TC_FIELD_PATHS:
        case TC_FIELD_KEYS:
        case TC_FIELD_NAMES:
            for (uint32_t j = 0; value->present && j < value->list.count; j++)
                value->list.items[j].text = tc_reader_restore(r, value->list.items[j].text);
            break;
        case TC_FIELD_TEXT:
            if (value->present)
                value->text = tc_reader_restore(r, value->text);
            break;
        default:
            break;
        }
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        for (size_t c = 0; c < perm->rows[i].form->column_count; c++)
            if (perm->rows[i].cells[c].text.len > 0)
                perm->rows[i].cells[c].text = tc_reader_restore(r, perm->rows[i].cells[c].text);
}

/* The places in @a perm, which are those in the text that the framework reads, become those in the file. */
static void
place_perm(struct tc_reader *r, struct tc_perm *perm)
{
    perm->span = tc_reader_place(r, perm->span);
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        struct tc_value *value = &perm->values[i];

        value->span = tc_reader_place(r, value->span);
        for (uint32_t j = 0; is_list(perm->cls->fields[i].kind) && value->present && j < value->list.count; j++)
            value->list.items[j].span = tc_reader_place(r, value->list.items[j].span);
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        perm->rows[i].span = tc_reader_place(r, perm->rows[i].span);
}

/* ---- permissions ---- */

/* Of a class that the tables lack: its markup as it stands. */
struct tc_verbatim *
tc_reader_verbatim(struct tc_reader *r, const struct tc_element *element, bool outermost)
{
    struct tc_verbatim *first = NULL, **tail = &first;

    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &element->attributes[i];

        if (outermost && (tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS)) ||
                          tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_VERSION))))
            continue;
        *tail = tc_arena_new(r->arena, struct tc_verbatim);
        if (*tail == NULL)
            return NULL;
        **tail = (struct tc_verbatim){.name = attribute->name,
                                      .value = tc_reader_restore(r, tc_element_decode(r->arena, attribute->value)),
                                      .span = tc_reader_place(r, attribute->span)};
        tail = &(*tail)->next;
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        *tail = tc_arena_new(r->arena, struct tc_verbatim);
        if (*tail == NULL)
            return NULL;
        **tail = (struct tc_verbatim){.name = child->tag,
                                      .is_element = true,
                                      .content = tc_reader_verbatim(r, child, false),
                                      .span = tc_reader_place(r, child->span)};
        tail = &(*tail)->next;
    }
    return first;
}

static const struct tc_class *
declared_class(struct tc_reader *r, struct tc_str type)
{
    struct tc_class *cls = tc_map_get(&r->declared, type);
    struct tc_str name = tc_type_bare(type);

    if (cls != NULL)
        return cls;
    cls = tc_arena_new(r->arena, struct tc_class);
    for (size_t i = name.len; i-- > 0;)
        if (name.ptr[i] == '.' || name.ptr[i] == '+') {
            name = tc_str_sub(name, i + 1, SIZE_MAX);
            break;
        }
    if (cls == NULL)
        return NULL;
    *cls = (struct tc_class){.word = "",
                             .short_name = tc_arena_str(r->arena, name).ptr,
                             .type = tc_arena_str(r->arena, type).ptr,
                             .assembly = TC_ASM_COUNT_,
                             .algebra = TC_ALGEBRA_OPAQUE,
                             .source = ""};
    if (r->arena->failed)
        return NULL;
    tc_map_add(&r->declared, tc_str_of(cls->type), cls);
    return cls;
}

/* The full name behind the class of @a element. */
bool
tc_reader_class(struct tc_reader *r, const struct tc_element *element, struct tc_str *ret_name)
{
    const struct tc_class *cls;
    struct tc_buf out = {0};

    if (!tc_class_name(r->arena, r->reading->classes, element, ret_name))
        return false;
    cls = r->short_names ? tc_class_by_short_name(*ret_name) : NULL;
    if (cls == NULL || !tc_class_in(cls, r->framework))
        return true;
    tc_class_description(cls, r->framework, &out);
    *ret_name = tc_arena_str(r->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return true;
}

/* Lists as they were written rather than as the framework shortens them, where that is plain: order and spelling stay.
 */
static void
keep_lists(struct tc_reader *r, const struct tc_element *element, struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count && !perm->unrestricted; i++) {
        struct tc_value *value = &perm->values[i];
        struct tc_list list = {0};
        struct tc_str text;
        bool plain = true;

        if (!is_list(perm->cls->fields[i].kind) || !value->present ||
            !tc_element_get(r->arena, element, tc_str_of(perm->cls->fields[i].xml), &text) ||
            memchr(text.ptr, '"', text.len) != NULL)
            continue;
        while (plain) {
            size_t end = tc_str_find(text, TC_STR(";"), 0);
            struct tc_item item = {.text = tc_str_sub(text, 0, end), .span = value->span};

            if (perm->cls->fields[i].kind != TC_FIELD_NAMES) /* blanks around a name of a variable are part of it */
                item.text = tc_trim_blanks(item.text);
            if (item.text.len > 0 && item.text.ptr[0] == '*')
                plain = false;
            else if (item.text.len > 0)
                plain = tc_list_add(r->arena, &list, item);
            if (end == SIZE_MAX)
                break;
            text = tc_str_sub(text, end + 1, SIZE_MAX);
        }
        if (plain && list.count > 0)
            value->list = list;
    }
}

/* Rows of a class that the algebra holds as markup only, where all columns are text. */
static void
rows_of_markup(struct tc_reader *r, const struct tc_element *element, struct tc_perm *perm)
{
    if (perm->markup == NULL || perm->cls->field_count > 0)
        return;
    for (size_t f = 0; f < perm->cls->form_count; f++) {
        const struct tc_form *form = &perm->cls->forms[f];
        struct tc_str path = tc_str_of(form->element);
        size_t slash = tc_str_find(path, TC_STR("/"), 0);
        const struct tc_element *outer =
            slash == SIZE_MAX ? element : tc_element_child(element, tc_str_sub(path, 0, slash));

        for (const struct tc_element *child = outer == NULL ? NULL : outer->children; child != NULL;
             child = child->next) {
            struct tc_row row = {.form = form,
                                 .span = perm->span,
                                 .cells = tc_arena_array(r->arena, struct tc_cell, form->column_count)};

            if (row.cells == NULL ||
                !tc_str_eq(child->tag, slash == SIZE_MAX ? path : tc_str_sub(path, slash + 1, SIZE_MAX)))
                continue;
            for (size_t i = 0; i < form->column_count; i++)
                row.cells[i].present =
                    tc_element_get(r->arena, child, tc_str_of(form->columns[i].xml), &row.cells[i].text);
            tc_perm_append_row(r->arena, perm, &row);
        }
    }
    perm->markup = NULL;
}

void
tc_reader_throws(struct tc_reader *r, struct tc_diag *diag, const struct tc_throw *thrown)
{
    tc_diag_note(r->diags, diag, "reading it throws %s%s%s", thrown->type, thrown->key[0] == '\0' ? "" : ": ",
                 thrown->key);
}

void
tc_reader_dropped(struct tc_reader *r, const struct tc_element *element, struct tc_span span, const char *why)
{
    tc_diag_add(r->diags, tc_code(TC_CODE_READ_DROPPED), tc_reader_place(r, span), "the framework drops this: %s", why);
    tc_reader_keep(r, element, "dropped by the framework");
}

/* A set that is lost has no permissions: the framework takes one that it cannot decode for one that is not there. */
static void
lose_set(struct tc_reader *r, struct tc_pset *set, const struct tc_element *element, struct tc_span span,
         const struct tc_throw *thrown)
{
    struct tc_diag *diag =
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_SET_LOST), tc_reader_place(r, span),
                    "this costs the whole permission set '%.*s': the framework takes it for one that is not there",
                    TC_STR_ARG(set->name.len > 0 ? set->name : TC_STR("(without a name)")));

    tc_reader_throws(r, diag, thrown);
    set->count = 0;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        tc_reader_keep(r, child, "lost with its set");
}

/* A set while it is read. */
struct set_reader {
    struct tc_pset *set;
    struct tc_perm_union *unions[TC_CLASS_COUNT_]; /* of classes that it has several permissions of */
};

/* Unite @a fresh with @a old, which the set goes on to hold until all is read. */
static enum tc_answer
unite(struct tc_reader *r, struct set_reader *reader, const struct tc_perm *fresh, const struct tc_perm *old,
      struct tc_throw *ret_throw)
{
    struct tc_perm_union **all = &reader->unions[tc_class_id(fresh->cls)];

    if (*all == NULL)
        *all = tc_arena_new(r->arena, struct tc_perm_union);
    if (*all == NULL)
        return tc_throw_nomem(ret_throw);
    if ((*all)->count == 0 && tc_perm_union_add(r->arena, *all, old, ret_throw) != TC_YES)
        return TC_THROWS;
    return tc_perm_union_add(r->arena, *all, fresh, ret_throw);
}

/* Put what the unions came to into the set, each at the place of its first permission. */
static enum tc_answer
end_unions(struct tc_reader *r, struct set_reader *reader, struct tc_throw *ret_throw)
{
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_perm *united;
        struct tc_perm *copy;

        if (reader->unions[i] == NULL)
            continue;
        if (tc_perm_union_end(r->arena, reader->unions[i], &united, ret_throw) != TC_YES)
            return TC_THROWS;
        if (united == NULL)
            continue;
        copy = tc_perm_copy(r->arena, united);
        if (copy == NULL)
            return tc_throw_nomem(ret_throw);
        copy->span = tc_pset_find(reader->set, united->cls)->span;
        if (!tc_pset_put(r->arena, reader->set, copy, false))
            return tc_throw_nomem(ret_throw);
    }
    return TC_YES;
}

/* An external class: stored as it is, loaded if the server has it. */
static bool
read_declared(struct tc_reader *r, struct tc_pset *set, const struct tc_element *element, struct tc_str type)
{
    const struct tc_class *cls = declared_class(r, type);
    struct tc_perm *perm;
    struct tc_str version;

    if (cls == NULL)
        return false;
    if (tc_pset_find(set, cls) != NULL) {
        tc_reader_dropped(r, element, element->span,
                          "the set has another permission of this class, and what the two make together is not known");
        return true;
    }
    perm = tc_perm_new(r->arena, cls, tc_reader_place(r, element->span));
    if (perm == NULL)
        return false;
    perm->markup = tc_reader_verbatim(r, element, true);
    if (tc_element_get(r->arena, element, tc_attr_name(TC_ATTR_VERSION), &version) && !tc_str_eq(version, TC_STR("1")))
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_DROPPED), tc_reader_place(r, element->span),
                    "the version of this permission becomes 1");
    tc_reader_origin(r, perm->span.begin, element, NULL);
    return tc_pset_put(r->arena, set, perm, false);
}

static bool
keep_permission(struct tc_reader *r, uint32_t at, struct tc_str type, enum tc_answer answer, const struct tc_perm *perm,
                const struct tc_throw *thrown)
{
    struct tc_read_permission *kept = tc_arena_new(r->arena, struct tc_read_permission);

    if (kept == NULL)
        return false;
    *kept = (struct tc_read_permission){.at = at, .type = type, .answer = answer, .perm = perm};
    if (answer != TC_YES)
        kept->thrown = *thrown;
    *r->permission_tail = kept;
    r->permission_tail = &kept->next;
    return true;
}

/* Add the permission that @a element is. TC_THROWS: the set is lost. */
static enum tc_answer
read_permission(struct tc_reader *r, struct set_reader *reader, const struct tc_element *element,
                struct tc_span *ret_span, struct tc_throw *ret_throw)
{
    struct tc_pset *set = reader->set;
    struct tc_str type;
    const struct tc_class *cls;
    const struct tc_perm *old;
    struct tc_element *named;
    struct tc_perm *perm = NULL;
    enum tc_answer answer;

    *ret_span = element->span;
    if (!tc_element_is(element, TC_TAG_IPERMISSION) && !tc_element_is(element, TC_TAG_PERMISSION)) {
        tc_reader_dropped(r, element, element->span, "a permission set holds IPermission elements only");
        return TC_YES;
    }
    if (!tc_reader_class(r, element, &type)) {
        *ret_throw = (struct tc_throw){.type = "ArgumentException", .key = "Argument_NoClass", .span = element->span};
        return TC_THROWS;
    }
    cls = tc_class_resolve(type);
    if (cls == NULL && tc_class_is_mscorlib(type)) {
        tc_reader_dropped(r, element, element->span,
                          memchr(type.ptr, '.', type.len) == NULL
                              ? "its class has no SecurityClass and is no full type name"
                              : "mscorlib has no such class");
        return TC_YES;
    }
    if (cls == NULL)
        return read_declared(r, set, element, type) ? TC_YES : TC_NO;
    named = tc_arena_new(r->arena, struct tc_element);
    if (named == NULL)
        return TC_NO;
    *named = *element;
    named->attributes = tc_arena_array(r->arena, struct tc_element_attribute, element->attribute_count);
    if (named->attributes == NULL)
        return TC_NO;
    for (size_t i = 0; i < element->attribute_count; i++) {
        named->attributes[i] = element->attributes[i];
        if (tc_str_eq(named->attributes[i].name, tc_attr_name(TC_ATTR_CLASS)))
            named->attributes[i].value = tc_element_escape(r->arena, type);
    }
    old = tc_pset_find(set, cls);
    answer = tc_perm_read(r->arena, NULL, named, &perm, ret_throw);
    if (r->permission_tail != NULL && !keep_permission(r, element->span.begin, type, answer, perm, ret_throw))
        return TC_NO;
    if (answer != TC_YES) {
        struct tc_diag *diag;

        if (ret_throw->span.end != 0)
            *ret_span = ret_throw->span;
        if (cls->assembly == TC_ASM_MSCORLIB || old != NULL)
            return TC_THROWS;
        diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_DROPPED), tc_reader_place(r, *ret_span),
                           "the framework cannot read this permission: it fails when it is first asked for");
        tc_reader_throws(r, diag, ret_throw);
        tc_reader_keep(r, element, "cannot be read by the framework");
        return TC_YES;
    }
    if (perm == NULL)
        return TC_YES;
    perm = tc_perm_copy(r->arena, perm);
    if (perm == NULL)
        return TC_NO;
    perm->span = element->span;
    place_perm(r, perm);
    keep_lists(r, named, perm);
    rows_of_markup(r, named, perm);
    restore_perm(r, perm);
    if (old != NULL) {
        tc_reader_origin(r, old->span.begin, element, NULL);
        return unite(r, reader, perm, old, ret_throw);
    }
    tc_reader_origin(r, perm->span.begin, element, NULL);
    return tc_pset_put(r->arena, set, perm, false) ? TC_YES : TC_NO;
}

static bool
is_true(struct tc_str text)
{
    return tc_str_eq(text, TC_STR("true")) || tc_str_eq(text, TC_STR("True")) || tc_str_eq(text, TC_STR("TRUE"));
}

/* Single-line text for names and descriptions. */
struct tc_str
tc_reader_attribute(struct tc_reader *r, const struct tc_element *element, const char *name)
{
    struct tc_str value;

    return tc_element_get(r->arena, element, tc_str_of(name), &value) ? tc_reader_restore(r, value)
                                                                      : (struct tc_str){NULL, 0};
}

/* The permissions of @a element into the set. False when out of memory. */
static bool
read_permissions(struct tc_reader *r, struct set_reader *reader, const struct tc_element *element, bool *ret_lost)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    enum tc_answer answer = TC_YES;
    struct tc_span span = element->span;

    for (const struct tc_element *child = element->children; answer == TC_YES && child != NULL; child = child->next)
        answer = read_permission(r, reader, child, &span, &thrown);
    if (answer == TC_YES) {
        span = element->span;
        answer = end_unions(r, reader, &thrown);
    }
    if (answer == TC_THROWS && strcmp(thrown.type, "OutOfMemoryException") != 0) {
        lose_set(r, reader->set, element, span, &thrown);
        *ret_lost = true;
        answer = TC_YES;
    }
    return answer == TC_YES;
}

struct tc_pset *
tc_reader_set(struct tc_reader *r, const struct tc_element *element, bool *ret_lost)
{
    struct tc_pset *set = tc_arena_new(r->arena, struct tc_pset);
    struct set_reader reader = {.set = set};

    *ret_lost = false;
    if (set == NULL)
        return NULL;
    *set = (struct tc_pset){.name = tc_reader_attribute(r, element, "Name"),
                            .description = tc_reader_attribute(r, element, "Description"),
                            .span = tc_reader_place(r, element->span)};
    set->unrestricted = is_true(tc_reader_attribute(r, element, "Unrestricted"));
    if (!read_permissions(r, &reader, element, ret_lost))
        return NULL;
    if (set->unrestricted && !*ret_lost) {
        for (const struct tc_element *child = element->children; child != NULL; child = child->next)
            tc_reader_keep(r, child, "without effect in an unrestricted set");
        set->count = 0;
    }
    return set;
}
