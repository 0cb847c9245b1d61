#include "xml/reader.h"

#include "data/tables.h"
#include "model/algebra_util.h"
#include "model/builtin_sets.h"
#include "model/expressions.h"
#include "model/pset_algebra.h"
#include "model/resolve.h"
#include "xml/clr_text.h"
#include "xml/conform.h"
#include "xml/policy_text.h"
#include "xml/spans.h"

#include <string.h>

/* What $AppDir$ stands for while permissions are read: a full path that still shows the token. */
#define DIRECTORY "Q:\\$AppDir$"

/* Where an element stands. */
struct mark {
    uint32_t begin, end;
};

struct reader {
    struct tc_arena *arena;
    struct tc_diags *diags;
    struct tc_source *source;
    struct tc_policy_text text; /**< with DIRECTORY for the token */
    struct tc_reading *reading;
    struct tc_policy *policy;
    struct tc_map declared; /**< full type name to struct tc_class */
    enum tc_framework framework;
    bool short_names;   /**< short names of the framework's classes need no SecurityClass: a SharePoint solution */
    bool guesses_main;  /**< nobody has said which set is the main one, and it can have another name */
    bool conforming;    /**< spans of the tree are places of the source already */
    bool model_only;    /**< nobody asks for comments, origins and where the two readers differ */
    bool has_no_token;  /**< DIRECTORY stands nowhere */
    struct mark *marks; /**< of all elements, in order; none when the text is no XML */
    size_t mark_count;
    struct tc_read_comment *last_comment; /* the one added last: most come in order */
    struct tc_read_origin *last_origin;
    struct tc_read_permission **permission_tail; /* NULL: nobody asks for them */
};

/* ---- places ---- */

/* A span of the replaced text as one of the source. */
static struct tc_span
place(const struct reader *r, struct tc_span span)
{
    if (span.end == 0 || r->conforming)
        return span;
    return (struct tc_span){tc_policy_origin(&r->text, span.begin - r->source->base),
                            tc_policy_origin(&r->text, span.end - r->source->base)};
}

static uint32_t
anchor_of(const struct reader *r, const struct tc_element *element)
{
    return place(r, element->span).begin;
}

/* ---- the token ---- */

/* @a text with the stand-in taken out again. */
static struct tc_str
restored(struct reader *r, struct tc_str text)
{
    if (r->has_no_token)
        return text;
    return tc_arena_replace(r->arena, text, TC_STR(DIRECTORY), tc_token_text(TC_TOKEN_APP_DIR));
}

static bool
is_list(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

static void
restore_perm(struct reader *r, struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        struct tc_value *value = &perm->values[i];

        switch (perm->cls->fields[i].kind) {
        case TC_FIELD_PATHS:
        case TC_FIELD_KEYS:
        case TC_FIELD_NAMES:
            for (uint32_t j = 0; value->present && j < value->list.count; j++)
                value->list.items[j].text = restored(r, value->list.items[j].text);
            break;
        case TC_FIELD_TEXT:
            if (value->present)
                value->text = restored(r, value->text);
            break;
        default:
            break;
        }
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        for (size_t c = 0; c < perm->rows[i].form->column_count; c++)
            if (perm->rows[i].cells[c].text.len > 0)
                perm->rows[i].cells[c].text = restored(r, perm->rows[i].cells[c].text);
}

/* The places in @a perm, which are those in the text that the framework reads, become those in the file. */
static void
place_perm(struct reader *r, struct tc_perm *perm)
{
    perm->span = place(r, perm->span);
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        struct tc_value *value = &perm->values[i];

        value->span = place(r, value->span);
        for (uint32_t j = 0; is_list(perm->cls->fields[i].kind) && value->present && j < value->list.count; j++)
            value->list.items[j].span = place(r, value->list.items[j].span);
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        perm->rows[i].span = place(r, perm->rows[i].span);
}

static bool class_of(struct reader *r, const struct tc_element *element, struct tc_str *ret_name);

/* A copy of @a element as it was written; with @a full, classes are named in full, so that it can stand anywhere. */
static struct tc_element *
original(struct reader *r, const struct tc_element *element, bool full)
{
    struct tc_str type;
    struct tc_element *copy = tc_arena_new(r->arena, struct tc_element), **tail;

    if (copy == NULL)
        return NULL;
    *copy = *element;
    copy->next = NULL;
    copy->children = NULL;
    copy->has_text = false;
    copy->text = TC_STR("");
    copy->attributes = tc_arena_array(r->arena, struct tc_element_attribute, element->attribute_count);
    if (copy->attributes == NULL)
        return NULL;
    for (size_t i = 0; i < element->attribute_count; i++) {
        struct tc_element_attribute *attribute = &copy->attributes[i];

        *attribute = element->attributes[i];
        attribute->value = restored(r, attribute->value);
        if (full && tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS)) && class_of(r, element, &type))
            attribute->value = tc_element_escape(r->arena, type);
    }
    tail = &copy->children;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        *tail = original(r, child, full);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return copy;
}

/* ---- what is said about the file ---- */

static void
add_comment(struct reader *r, uint32_t at, struct tc_str text)
{
    struct tc_read_comment *comment, **tail = &r->reading->comments;

    if (r->model_only || (comment = tc_arena_new(r->arena, struct tc_read_comment)) == NULL)
        return;
    if (r->last_comment != NULL && r->last_comment->at <= at)
        tail = &r->last_comment->next;
    while (*tail != NULL && (*tail)->at <= at)
        tail = &(*tail)->next;
    *comment = (struct tc_read_comment){.next = *tail, .at = at, .text = text};
    *tail = r->last_comment = comment;
}

/* Keep in sight what has no effect, or none that could be said. */
static void
keep_comment(struct reader *r, const struct tc_element *element, const char *why)
{
    struct tc_buf out = {0};
    const struct tc_element *copy = r->model_only ? NULL : original(r, element, false);

    if (copy == NULL)
        return;
    tc_buf_printf(&out, "%s: ", why);
    tc_element_print(&out, copy);
    add_comment(r, anchor_of(r, element), tc_arena_str(r->arena, tc_buf_str(&out)));
    tc_buf_done(&out);
}

/* Behind the last start tag of @a element. */
static uint32_t
last_tag(const struct reader *r, const struct tc_element *element)
{
    uint32_t end = place(r, element->span).end;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        uint32_t other = last_tag(r, child);

        end = other > end ? other : end;
    }
    return end;
}

/* Behind the end tag of @a element; where that is not known, behind its last start tag. */
static uint32_t
end_of(const struct reader *r, const struct tc_element *element)
{
    uint32_t begin = anchor_of(r, element) - r->source->base;
    size_t low = 0, high = r->mark_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->marks[middle].begin == begin)
            return r->source->base + r->marks[middle].end;
        if (r->marks[middle].begin < begin)
            low = middle + 1;
        else
            high = middle;
    }
    return last_tag(r, element);
}

/* @a why: it cannot be said otherwise than verbatim; NULL when it can. */
static void
add_origin(struct reader *r, uint32_t anchor, const struct tc_element *element, const char *why)
{
    struct tc_read_origin *origin = r->model_only ? NULL : tc_arena_new(r->arena, struct tc_read_origin);

    if (origin == NULL)
        return;
    *origin = (struct tc_read_origin){.anchor = anchor,
                                      .span = place(r, element->span),
                                      .end = end_of(r, element),
                                      .element = original(r, element, true),
                                      .why = why};
    *(r->last_origin == NULL ? &r->reading->origins : &r->last_origin->next) = origin;
    r->last_origin = origin;
}

/* ---- the two readers ---- */

static bool
is_blank(struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" \t\r\n", text.ptr[i]) == NULL || text.ptr[i] == '\0')
            return false;
    return true;
}

/* Where a comment is looked for: one that stands behind an element on its line speaks of that element. */
static uint32_t
place_of_comment(const struct reader *r, const struct tc_markup *comment)
{
    const struct tc_markup *before = comment->prev;

    if (before == NULL || before->kind != TC_MARKUP_ELEMENT || before->begin == 0 ||
        memchr(r->source->text.ptr + before->close_end, '\n', comment->begin - before->close_end) != NULL)
        return r->source->base + comment->begin;
    return r->source->base + before->begin - 1;
}

/* The comments of the text from @a begin up to @a end, as XML has them. */
static void
collect_comments(struct reader *r, const struct tc_markup *document, uint32_t begin, uint32_t end)
{
    if (r->model_only)
        return;
    for (const struct tc_markup *m = document; m != NULL; m = tc_markup_next(m))
        if (m->kind == TC_MARKUP_COMMENT && !is_blank(m->name) && m->begin >= begin && m->begin < end)
            add_comment(r, place_of_comment(r, m), m->name);
}

static bool
collect_marks(struct reader *r, const struct tc_markup *document)
{
    size_t count = 0;

    for (const struct tc_markup *m = document; m != NULL; m = tc_markup_next(m))
        count += m->kind == TC_MARKUP_ELEMENT;
    r->marks = tc_arena_array(r->arena, struct mark, count);
    if (r->marks == NULL)
        return false;
    for (const struct tc_markup *m = document; m != NULL; m = tc_markup_next(m))
        if (m->kind == TC_MARKUP_ELEMENT)
            r->marks[r->mark_count++] = (struct mark){m->begin, m->close_end};
    return true;
}

static void
differs(struct reader *r, struct tc_span span, const char *what)
{
    struct tc_diag *diag = tc_diag_add(r->diags, tc_code(TC_CODE_READERS_DIFFER), span,
                                       "the framework's reader and a conforming one read this differently: %s", what);

    tc_diag_note(r->diags, diag, "the source says what the framework's reader makes of it");
}

/* The first place where the trees are not the same; true when one was reported. */
static bool
compare_trees(struct reader *r, const struct tc_element *element, const struct tc_markup *markup)
{
    const struct tc_element *child = element->children;
    size_t count = 0;

    if (!tc_str_eq(element->tag, markup->name)) {
        differs(r, place(r, element->span), "not the same element");
        return true;
    }
    for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next) {
        const struct tc_element_attribute *other = tc_element_find(element, attr->name);

        count++;
        if (other == NULL || !tc_str_eq(restored(r, tc_element_decode(r->arena, other->value)),
                                        tc_markup_value(r->arena, attr->value))) {
            differs(r, (struct tc_span){r->source->base + attr->begin, r->source->base + attr->end},
                    other == NULL ? "only one of them sees this attribute" : "not the same value");
            return true;
        }
    }
    if (count != element->attribute_count) {
        differs(r, place(r, element->span), "not the same attributes");
        return true;
    }
    for (const struct tc_markup *m = tc_markup_element(markup->first); m != NULL || child != NULL;
         m = tc_markup_element(m->next), child = child->next) {
        if (m == NULL || child == NULL) {
            differs(r,
                    m == NULL ? place(r, child->span)
                              : (struct tc_span){r->source->base + m->begin, r->source->base + m->end},
                    "only one of them sees this element");
            return true;
        }
        if (compare_trees(r, child, m))
            return true;
    }
    return false;
}

/* @a text with the stand-in for the token. */
static struct tc_str
with_directory(struct reader *r, struct tc_str text)
{
    return tc_arena_replace(r->arena, text, tc_token_text(TC_TOKEN_APP_DIR), TC_STR(DIRECTORY));
}

/* The value of an attribute as the framework's reader would hold it, with the stand-in for the token. */
static struct tc_str
value_of(struct reader *r, const struct tc_markup_attr *attr)
{
    return tc_element_escape(r->arena, with_directory(r, tc_markup_value(r->arena, attr->value)));
}

/* A copy of the tree of a plain text with the stand-in for the token; what does not hold it is shared. */
static struct tc_element *
tree_with_directory(struct reader *r, const struct tc_element *element)
{
    struct tc_element *first = NULL, **tail = &first;

    for (; element != NULL; element = element->next) {
        struct tc_element *copy = tc_arena_new(r->arena, struct tc_element);

        if (copy == NULL)
            return NULL;
        *copy = *element;
        for (size_t i = 0; i < element->attribute_count; i++) {
            const struct tc_element_attribute *attribute = &element->attributes[i];
            struct tc_str value = memchr(attribute->value.ptr, '$', attribute->value.len) == NULL
                                      ? attribute->value
                                      : with_directory(r, attribute->value);

            if (value.ptr == attribute->value.ptr)
                continue;
            if (copy->attributes == element->attributes) {
                copy->attributes = tc_arena_array(r->arena, struct tc_element_attribute, element->attribute_count);
                if (copy->attributes == NULL)
                    return NULL;
                memcpy(copy->attributes, element->attributes, element->attribute_count * sizeof *copy->attributes);
            }
            copy->attributes[i].value = value;
        }
        if (element->children != NULL && (copy->children = tree_with_directory(r, element->children)) == NULL)
            return NULL;
        *tail = copy;
        tail = &copy->next;
    }
    return first;
}

/* A tree as the framework holds it, from a conforming reading. */
static struct tc_element *
element_of(struct reader *r, const struct tc_markup *markup)
{
    struct tc_element *element = tc_arena_new(r->arena, struct tc_element), **tail;
    struct tc_str name = markup->name;
    size_t colon = tc_str_find(name, TC_STR(":"), 0);

    if (element == NULL)
        return NULL;
    *element = (struct tc_element){
        .tag = colon == SIZE_MAX ? name : tc_str_sub(name, colon + 1, SIZE_MAX),
        .text = TC_STR(""),
        .span = {r->source->base + markup->begin, r->source->base + markup->end},
    };
    for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next) {
        struct tc_element_attribute *added;

        if (!tc_element_add(r->arena, element, attr->name, value_of(r, attr)))
            return NULL;
        added = &element->attributes[element->attribute_count - 1];
        added->span = (struct tc_span){r->source->base + attr->begin, r->source->base + attr->end};
        added->value_span.begin = r->source->base + (uint32_t)(attr->value.ptr - r->source->text.ptr);
        added->value_span.end = added->value_span.begin + (uint32_t)attr->value.len;
    }
    tail = &element->children;
    for (const struct tc_markup *m = tc_markup_element(markup->first); m != NULL; m = tc_markup_element(m->next)) {
        *tail = element_of(r, m);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return element;
}

/* ---- permissions ---- */

/* Of a class that the tables lack: its markup as it stands. */
static struct tc_verbatim *
verbatim(struct reader *r, const struct tc_element *element, bool outermost)
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
                                      .value = restored(r, tc_element_decode(r->arena, attribute->value)),
                                      .span = place(r, attribute->span)};
        tail = &(*tail)->next;
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        *tail = tc_arena_new(r->arena, struct tc_verbatim);
        if (*tail == NULL)
            return NULL;
        **tail = (struct tc_verbatim){.name = child->tag,
                                      .is_element = true,
                                      .content = verbatim(r, child, false),
                                      .span = place(r, child->span)};
        tail = &(*tail)->next;
    }
    return first;
}

static const struct tc_class *
declared_class(struct reader *r, struct tc_str type)
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
static bool
class_of(struct reader *r, const struct tc_element *element, struct tc_str *ret_name)
{
    if (!tc_class_name(r->arena, r->reading->classes, element, ret_name))
        return false;
    if (!r->short_names || memchr(ret_name->ptr == NULL ? "" : ret_name->ptr, '.', ret_name->len) != NULL)
        return true;
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);
        struct tc_buf out = {0};

        if (!tc_str_is(*ret_name, cls->short_name) || !tc_class_in(cls, r->framework))
            continue;
        tc_class_description(cls, r->framework, &out);
        *ret_name = tc_arena_str(r->arena, tc_buf_str(&out));
        tc_buf_done(&out);
        break;
    }
    return true;
}

/* Lists as they were written rather than as the framework shortens them, where that is plain: order and spelling stay.
 */
static void
keep_lists(struct reader *r, const struct tc_element *element, struct tc_perm *perm)
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
rows_of_markup(struct reader *r, const struct tc_element *element, struct tc_perm *perm)
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

static void
throws_note(struct reader *r, struct tc_diag *diag, const struct tc_throw *thrown)
{
    tc_diag_note(r->diags, diag, "reading it throws %s%s%s", thrown->type, thrown->key[0] == '\0' ? "" : ": ",
                 thrown->key);
}

static void
dropped(struct reader *r, const struct tc_element *element, struct tc_span span, const char *why)
{
    tc_diag_add(r->diags, tc_code(TC_CODE_READ_DROPPED), place(r, span), "the framework drops this: %s", why);
    keep_comment(r, element, "dropped by the framework");
}

/* A set that is lost has no permissions: the framework takes one that it cannot decode for one that is not there. */
static void
lose_set(struct reader *r, struct tc_pset *set, const struct tc_element *element, struct tc_span span,
         const struct tc_throw *thrown)
{
    struct tc_diag *diag =
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_SET_LOST), place(r, span),
                    "this costs the whole permission set '%.*s': the framework takes it for one that is not there",
                    TC_STR_ARG(set->name.len > 0 ? set->name : TC_STR("(without a name)")));

    throws_note(r, diag, thrown);
    set->count = 0;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        keep_comment(r, child, "lost with its set");
}

static enum tc_answer
unite(struct reader *r, const struct tc_perm *fresh, const struct tc_perm *old, struct tc_perm **ret,
      struct tc_throw *ret_throw)
{
    struct tc_perm *united;

    if (fresh->cls->assembly == TC_ASM_COUNT_)
        return TC_NO;
    if (tc_algebra_ops(fresh->cls->algebra)->unite(r->arena, fresh, old, &united, ret_throw) != TC_YES)
        return TC_THROWS;
    if (united != NULL) {
        struct tc_perm *copy = tc_perm_copy(r->arena, united);

        if (copy != NULL)
            copy->span = old->span;
        united = copy;
    }
    *ret = united;
    return TC_YES;
}

/* An external class: stored as it is, loaded if the server has it. */
static bool
read_declared(struct reader *r, struct tc_pset *set, const struct tc_element *element, struct tc_str type)
{
    const struct tc_class *cls = declared_class(r, type);
    struct tc_perm *perm;
    struct tc_str version;

    if (cls == NULL)
        return false;
    if (tc_pset_find(set, cls) != NULL) {
        dropped(r, element, element->span,
                "the set has another permission of this class, and what the two make together is not known");
        return true;
    }
    perm = tc_perm_new(r->arena, cls, place(r, element->span));
    if (perm == NULL)
        return false;
    perm->markup = verbatim(r, element, true);
    if (tc_element_get(r->arena, element, tc_attr_name(TC_ATTR_VERSION), &version) && !tc_str_eq(version, TC_STR("1")))
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_DROPPED), place(r, element->span),
                    "the version of this permission becomes 1");
    add_origin(r, perm->span.begin, element, NULL);
    return tc_pset_put(r->arena, set, perm, false);
}

static bool
keep_permission(struct reader *r, uint32_t at, struct tc_str type, enum tc_answer answer, const struct tc_perm *perm,
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
read_permission(struct reader *r, struct tc_pset *set, const struct tc_element *element, struct tc_span *ret_span,
                struct tc_throw *ret_throw)
{
    struct tc_str type;
    const struct tc_class *cls;
    const struct tc_perm *old;
    struct tc_element *named;
    struct tc_perm *perm = NULL;
    enum tc_answer answer;

    *ret_span = element->span;
    if (!tc_element_is(element, TC_TAG_IPERMISSION) && !tc_element_is(element, TC_TAG_PERMISSION)) {
        dropped(r, element, element->span, "a permission set holds IPermission elements only");
        return TC_YES;
    }
    if (!class_of(r, element, &type)) {
        *ret_throw = (struct tc_throw){.type = "ArgumentException", .key = "Argument_NoClass", .span = element->span};
        return TC_THROWS;
    }
    cls = tc_class_resolve(type);
    if (cls == NULL && tc_class_is_mscorlib(type)) {
        dropped(r, element, element->span,
                memchr(type.ptr, '.', type.len) == NULL ? "its class has no SecurityClass and is no full type name"
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
        diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_DROPPED), place(r, *ret_span),
                           "the framework cannot read this permission: it fails when it is first asked for");
        throws_note(r, diag, ret_throw);
        keep_comment(r, element, "cannot be read by the framework");
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
    if (old != NULL && unite(r, perm, old, &perm, ret_throw) != TC_YES)
        return TC_THROWS;
    if (perm == NULL)
        return TC_YES;
    add_origin(r, perm->span.begin, element, NULL);
    return tc_pset_put(r->arena, set, perm, false) ? TC_YES : TC_NO;
}

static bool
is_true(struct tc_str text)
{
    return tc_str_eq(text, TC_STR("true")) || tc_str_eq(text, TC_STR("True")) || tc_str_eq(text, TC_STR("TRUE"));
}

/* Single-line text for names and descriptions. */
static struct tc_str
attribute(struct reader *r, const struct tc_element *element, const char *name)
{
    struct tc_str value;

    return tc_element_get(r->arena, element, tc_str_of(name), &value) ? restored(r, value) : (struct tc_str){NULL, 0};
}

/* *ret_lost: the framework takes the set for one that is not there. NULL when out of memory. */
static struct tc_pset *
read_set(struct reader *r, const struct tc_element *element, bool *ret_lost)
{
    struct tc_pset *set = tc_arena_new(r->arena, struct tc_pset);

    *ret_lost = false;
    if (set == NULL)
        return NULL;
    *set = (struct tc_pset){.name = attribute(r, element, "Name"),
                            .description = attribute(r, element, "Description"),
                            .span = place(r, element->span)};
    set->unrestricted = is_true(attribute(r, element, "Unrestricted"));
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct tc_throw thrown = {.type = "", .key = ""};
        struct tc_span span;

        switch (read_permission(r, set, child, &span, &thrown)) {
        case TC_YES:
            break;
        case TC_NO:
            return NULL;
        case TC_THROWS:
            if (strcmp(thrown.type, "OutOfMemoryException") == 0)
                return NULL;
            lose_set(r, set, element, span, &thrown);
            *ret_lost = true;
            return set;
        }
    }
    if (set->unrestricted) {
        for (const struct tc_element *child = element->children; child != NULL; child = child->next)
            keep_comment(r, child, "without effect in an unrestricted set");
        set->count = 0;
    }
    return set;
}

/* ---- groups ---- */

/* The element as lines of verbatim text. */
static struct tc_raw *
raw_of(struct reader *r, const struct tc_element *element)
{
    struct tc_raw *raw = tc_arena_new(r->arena, struct tc_raw);
    struct tc_element *copy = original(r, element, true);
    struct tc_buf out = {0};

    if (raw == NULL || copy == NULL)
        return NULL;
    tc_element_print(&out, copy);
    *raw = (struct tc_raw){
        .lines = tc_arena_array(r->arena, struct tc_str, 1), .line_count = 1, .span = place(r, element->span)};
    if (raw->lines != NULL)
        raw->lines[0] = tc_arena_str(r->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return raw->lines == NULL ? NULL : raw;
}

static bool
read_condition(struct reader *r, const struct tc_element *element, struct tc_membership *ret, const char **ret_why)
{
    struct tc_str name;
    const struct tc_condition_info *info;

    *ret_why = "it has no membership condition";
    if (element == NULL)
        return false;
    *ret_why = "its membership condition has no class";
    if (!class_of(r, element, &name))
        return false;
    *ret = (struct tc_membership){.kind = TC_CONDITION_COUNT_, .span = place(r, element->span)};
    ret->kind = tc_condition_by_name(tc_class_of_policy(name));
    *ret_why = "the framework has no such membership condition";
    if (ret->kind == TC_CONDITION_COUNT_ && tc_class_is_mscorlib(name))
        return false;
    if (ret->kind == TC_CONDITION_COUNT_) {
        ret->type = name;
        ret->markup = verbatim(r, element, true);
        return true;
    }
    info = tc_condition_info(ret->kind);
    for (size_t i = 0; i < info->argument_count; i++) {
        bool there = tc_element_find(element, tc_str_of(info->arguments[i].xml)) != NULL;

        ret->values[i] = attribute(r, element, info->arguments[i].xml);
        *ret_why = "its membership condition has no value where one is needed";
        if (ret->values[i].len == 0 && (info->arguments[i].required || there))
            return false;
    }
    return true;
}

/* Why a group of this class cannot be said, whatever its condition is; NULL when it can. */
static const char *
why_unsaid(const struct tc_element *element, enum tc_group_kind kind, struct tc_str type)
{
    static const char *const attributes[] = {"class", "version",     "PermissionSetName",
                                             "Name",  "Description", "Attributes"};
    static const char *const children[] = {"IMembershipCondition", "PermissionSet", "CodeGroup"};

    if (kind == TC_GROUP_NET && tc_element_part(element, TC_TAG_CONNECT_ACCESS_RULES) != NULL)
        return "access rules of a net group have no words in a source";
    if (kind != TC_GROUP_COUNT_)
        return NULL;
    if (tc_class_is_mscorlib(type))
        return "a code group of a class that the framework does not have";
    for (size_t i = 0; i < element->attribute_count; i++) {
        size_t k = 0;

        while (k < sizeof attributes / sizeof attributes[0] && !tc_str_is(element->attributes[i].name, attributes[k]))
            k++;
        if (k == sizeof attributes / sizeof attributes[0])
            return "a code group of a third party has an attribute of its own";
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        size_t k = 0;

        while (k < sizeof children / sizeof children[0] && !tc_str_is(child->tag, children[k]))
            k++;
        if (k == sizeof children / sizeof children[0])
            return "a code group of a third party has an element of its own";
    }
    return NULL;
}

static bool
read_group_attributes(struct reader *r, const struct tc_element *element, struct tc_group *group)
{
    struct tc_str text = attribute(r, element, "Attributes");

    while (text.len > 0) {
        size_t comma = tc_str_find(text, TC_STR(","), 0);
        const struct tc_enum_value *value =
            tc_enum_find(tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES), tc_str_trim(tc_str_sub(text, 0, comma)));

        if (value == NULL)
            return false;
        group->attributes |= (unsigned)value->value;
        text = comma == SIZE_MAX ? TC_STR("") : tc_str_sub(text, comma + 1, SIZE_MAX);
    }
    return true;
}

static const struct tc_pset *
find_set(const struct tc_policy *policy, struct tc_str name)
{
    for (size_t i = 0; i < policy->set_count; i++)
        if (tc_str_eq(policy->sets[i]->name, name))
            return policy->sets[i];
    return NULL;
}

static void
read_statement(struct reader *r, const struct tc_element *element, struct tc_group *group)
{
    const struct tc_element *own = tc_element_part(element, TC_TAG_PERMISSION_SET);
    const struct tc_pset *set;
    bool lost;

    if (tc_element_attr(element, TC_ATTR_PERMISSION_SET_NAME) == NULL && own != NULL) {
        group->inline_set = read_set(r, own, &lost);
        if (group->inline_set != NULL && group->inline_set->unrestricted) {
            group->inline_set = NULL;
            group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST);
        }
        return;
    }
    group->set_name = attribute(r, element, "PermissionSetName");
    if (group->set_name.len == 0)
        group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_NOTHING);
    if (tc_builtin_set_find(group->set_name))
        return;
    set = find_set(r->policy, group->set_name);
    if (set == r->policy->sets[0] && r->reading->has_main) {
        group->grants_main = true;
        return;
    }
    if (set == NULL || set == r->policy->sets[0]) {
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NO_SET), place(r, element->span),
                    "there is no permission set '%.*s' that the framework could read: this group grants nothing",
                    TC_STR_ARG(group->set_name));
        add_comment(r, anchor_of(r, element),
                    tc_arena_printf(r->arena, "named the set %.*s, which is not there", TC_STR_ARG(group->set_name)));
        group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_NOTHING);
    } else if (set->unrestricted) {
        group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST);
    }
}

static struct tc_group *read_group(struct reader *r, const struct tc_element *element);

static struct tc_group *
read_groups(struct reader *r, const struct tc_element *element)
{
    struct tc_group *first = NULL, **tail = &first;

    for (; element != NULL; element = element->next) {
        if (!tc_element_is(element, TC_TAG_CODE_GROUP))
            continue;
        *tail = read_group(r, element);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return first;
}

static struct tc_group *
read_group(struct reader *r, const struct tc_element *element)
{
    struct tc_group *group = tc_arena_new(r->arena, struct tc_group);
    struct tc_str name;
    const char *why = "it has no class";
    bool sayable;

    if (group == NULL)
        return NULL;
    *group = (struct tc_group){.span = place(r, element->span)};
    sayable = class_of(r, element, &name);
    if (sayable) {
        group->kind = tc_group_by_name(tc_class_of_policy(name));
        group->type = name;
        why = why_unsaid(element, group->kind, name);
        sayable = why == NULL;
    }
    if (sayable)
        sayable = read_condition(r, tc_element_part(element, TC_TAG_IMEMBERSHIP_CONDITION), &group->condition, &why);
    if (sayable && !read_group_attributes(r, element, group)) {
        sayable = false;
        why = "its attributes cannot be read";
    }
    add_origin(r, group->span.begin, element, sayable ? NULL : why);
    if (!sayable) {
        group->is_raw = true;
        group->raw = raw_of(r, element);
        return group->raw == NULL ? NULL : group;
    }
    group->name = attribute(r, element, "Name");
    group->description = attribute(r, element, "Description");
    if (group->kind == TC_GROUP_FILE)
        group->access = attribute(r, element, "Access");
    read_statement(r, element, group);
    group->children = read_groups(r, element->children);
    return r->arena->failed ? NULL : group;
}

/* ---- a level ---- */

/* Whether a definition says what the framework's own set of that name says, so that nobody misses it. */
static bool
is_builtin(struct reader *r, const struct tc_element *element, struct tc_str name)
{
    struct tc_machine machine = {.local_drives = 0};
    struct tc_grant_set *own, *set;
    struct tc_throw thrown;

    return tc_builtin_grant_set(r->arena, r->framework, name, &own) && own != NULL &&
           tc_grant_set_read(r->arena, r->reading->classes, element, TC_SET_POLICY, &set, &thrown) == TC_YES &&
           tc_grant_set_subset(r->arena, &machine, set, own, &thrown) == TC_YES &&
           tc_grant_set_subset(r->arena, &machine, own, set, &thrown) == TC_YES;
}

static bool
read_sets(struct reader *r, const struct tc_element *sets, struct tc_str main)
{
    size_t count = 1;
    struct tc_policy *policy = r->policy;

    for (const struct tc_element *child = sets == NULL ? NULL : sets->children; child != NULL; child = child->next)
        count++;
    policy->sets = tc_arena_array(r->arena, struct tc_pset *, count);
    if (policy->sets == NULL || (policy->sets[0] = tc_arena_new(r->arena, struct tc_pset)) == NULL)
        return false;
    *policy->sets[0] = (struct tc_pset){.name = main};
    policy->set_count = 1;
    for (const struct tc_element *child = sets == NULL ? NULL : sets->children; child != NULL; child = child->next) {
        struct tc_str name = attribute(r, child, "Name");
        struct tc_pset *set;
        bool lost;

        if (!tc_element_is(child, TC_TAG_PERMISSION_SET) || tc_element_attr(child, TC_ATTR_NAME) == NULL) {
            dropped(r, child, child->span, "a PermissionSet with a Name is expected here");
            continue;
        }
        if (tc_builtin_set_find(name)) {
            if (!is_builtin(r, child, name))
                keep_comment(r, child, "the framework takes its own set of this name");
            continue;
        }
        if (find_set(policy, name) != NULL && (!tc_str_eq(name, main) || r->reading->has_main)) {
            dropped(r, child, child->span, "there is an earlier set of this name");
            continue;
        }
        set = read_set(r, child, &lost);
        if (set == NULL)
            return false;
        add_origin(r, set->span.begin, child, NULL);
        if (tc_str_eq(name, main)) {
            policy->sets[0] = set;
            r->reading->has_main = !lost;
        } else if (!lost) {
            policy->sets[policy->set_count++] = set;
        }
    }
    return true;
}

static bool
read_full_trust(struct reader *r, const struct tc_element *element)
{
    struct tc_full_trust **tail = &r->policy->full_trust;

    for (const struct tc_element *child = element == NULL ? NULL : element->children; child != NULL;
         child = child->next) {
        struct tc_str key = attribute(r, child, "PublicKeyBlob"), name = attribute(r, child, "Name"),
                      version = attribute(r, child, "AssemblyVersion");

        add_origin(r, anchor_of(r, child), child,
                   key.len == 0 || name.len == 0 || version.len == 0
                       ? "a source names a fully trusted assembly by name, version and key"
                       : NULL);
        *tail = tc_arena_new(r->arena, struct tc_full_trust);
        if (*tail == NULL)
            return false;
        **tail = (struct tc_full_trust){.name = name, .version = version, .key = key, .span = place(r, child->span)};
        tail = &(*tail)->next;
    }
    return true;
}

static enum tc_status
not_loaded(struct reader *r, struct tc_span span, const char *what, const struct tc_throw *thrown)
{
    struct tc_diag *diag =
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOT_LOADED), span.end == 0 ? span : place(r, span),
                    "the framework cannot load this: %s", what);

    if (thrown != NULL)
        throws_note(r, diag, thrown);
    return TC_FAILED;
}

/* What of a level is most likely in the way, in words. */
static const char *
why_not_loaded(struct reader *r, const struct tc_element *level, const struct tc_element *root)
{
    const struct tc_element *classes = tc_element_part(level, TC_TAG_SECURITY_CLASSES), *child;
    struct tc_str name = root == NULL ? (struct tc_str){NULL, 0} : attribute(r, root, "class");

    if (root == NULL)
        return "there is no code group";
    if (classes != NULL && classes->children == NULL)
        return "SecurityClasses may be left out, but not be empty";
    for (child = classes == NULL ? NULL : classes->children; child != NULL; child = child->next)
        if (tc_str_eq(attribute(r, child, "Name"), name))
            break;
    if (child == NULL && name.len > 0 && memchr(name.ptr, '.', name.len) == NULL)
        return "the class of its outermost code group has no SecurityClass and is no full type name";
    return "the policy level cannot be read";
}

/* Without a set @a main the only one that the file declares itself, which <trust permissionSetName> can name. */
static struct tc_str
guess_main(struct reader *r, const struct tc_element *sets, struct tc_str main)
{
    struct tc_str only = {NULL, 0};
    const struct tc_element *at = NULL;
    struct tc_diag *diag;

    for (const struct tc_element *child = sets == NULL ? NULL : sets->children; child != NULL; child = child->next) {
        struct tc_str name = attribute(r, child, "Name");

        if (!tc_element_is(child, TC_TAG_PERMISSION_SET) || name.len == 0 || tc_builtin_set_find(name))
            continue;
        if (tc_str_eq(name, main) || at != NULL)
            return main;
        only = name;
        at = child;
    }
    if (at == NULL)
        return main;
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_MAIN_GUESSED), place(r, at->span),
                       "there is no set '%.*s': this one is taken for that of the application", TC_STR_ARG(main));
    tc_diag_note(r->diags, diag, "so it is where <trust> says permissionSetName=\"%.*s\"", TC_STR_ARG(only));
    return only;
}

static enum tc_status
read_level(struct reader *r, const struct tc_element *element, struct tc_str main)
{
    const struct tc_element *root = tc_element_part(element, TC_TAG_CODE_GROUP);
    struct tc_policy_level *level;
    struct tc_throw thrown = {.type = "", .key = ""};

    if ((r->model_only ? tc_policy_level_outline : tc_policy_level_read)(r->arena, element, r->framework, &level,
                                                                         &thrown) != TC_YES) {
        struct tc_span span = thrown.span.end == 0 ? element->span : thrown.span;

        if (r->arena->failed)
            return TC_ERR_NOMEM;
        return not_loaded(r, span, why_not_loaded(r, element, root), &thrown);
    }
    r->reading->classes = level->classes;
    if (r->guesses_main)
        main = guess_main(r, tc_element_part(element, TC_TAG_NAMED_PERMISSION_SETS), main);
    if (!read_sets(r, tc_element_part(element, TC_TAG_NAMED_PERMISSION_SETS), main))
        return TC_ERR_NOMEM;
    if (!r->reading->has_main)
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NO_MAIN), place(r, element->span),
                    "this policy has no set '%.*s' that the framework could read", TC_STR_ARG(main));
    r->policy->root = read_group(r, root);
    if (r->policy->root == NULL || !read_full_trust(r, tc_element_part(element, TC_TAG_FULL_TRUST_ASSEMBLIES)))
        return TC_ERR_NOMEM;
    for (const struct tc_element *other = root->next; other != NULL; other = other->next)
        if (tc_element_is(other, TC_TAG_CODE_GROUP))
            dropped(r, other, other->span, "a policy level has one root code group");
    return TC_OK;
}

/* ---- sets by themselves, SharePoint ---- */

static enum tc_status
read_single_set(struct reader *r, const struct tc_element *element, struct tc_str main)
{
    struct tc_element *holder = tc_arena_new(r->arena, struct tc_element), *only;
    bool lost;

    if (!tc_element_is(element, TC_TAG_PERMISSION_SET)) { /* a permission by itself */
        only = tc_arena_new(r->arena, struct tc_element);
        if (holder == NULL || only == NULL)
            return TC_ERR_NOMEM;
        *only = *element;
        only->next = NULL;
        *holder = (struct tc_element){
            .tag = tc_tag_name(TC_TAG_PERMISSION_SET), .children = only, .text = TC_STR(""), .span = element->span};
        element = holder;
    }
    r->short_names = true;
    add_origin(r, anchor_of(r, element), element, NULL);
    r->policy->sets = tc_arena_array(r->arena, struct tc_pset *, 1);
    if (r->policy->sets == NULL || (r->policy->sets[0] = read_set(r, element, &lost)) == NULL)
        return TC_ERR_NOMEM;
    if (lost)
        return not_loaded(r, element->span, "one of its permissions cannot be read", NULL);
    r->policy->set_count = 1;
    r->policy->name = r->policy->sets[0]->name;
    r->policy->sets[0]->name = main;
    r->reading->has_main = true;
    return TC_OK;
}

/* What SharePoint makes of an Assembly of a PolicyItem: a group for its key, else for its file in bin. */
static bool
read_sharepoint_assembly(struct reader *r, const struct tc_element *element, struct tc_str set, struct tc_group ***tail)
{
    struct tc_group *group = tc_arena_new(r->arena, struct tc_group);
    struct tc_str name = attribute(r, element, "Name"), key = attribute(r, element, "PublicKeyBlob"),
                  version = attribute(r, element, "Version");

    if (group == NULL)
        return false;
    *group = (struct tc_group){.kind = TC_GROUP_UNION, .set_name = set, .span = place(r, element->span)};
    group->condition =
        (struct tc_membership){.kind = TC_CONDITION_STRONG_NAME, .values = {key, name, version}, .span = group->span};
    if (key.len == 0) {
        struct tc_str file = name.len == 0 ? TC_STR("*")
                             : tc_str_ends(name, TC_STR(".dll"))
                                 ? name
                                 : tc_arena_printf(r->arena, "%.*s.dll", TC_STR_ARG(name));

        group->condition = (struct tc_membership){.kind = TC_CONDITION_URL, .span = group->span};
        group->condition.values[0] = tc_arena_printf(r->arena, "$AppDirUrl$/bin/%.*s", TC_STR_ARG(file));
    }
    **tail = group;
    *tail = &group->next;
    return true;
}

static enum tc_status
read_sharepoint(struct reader *r, const struct tc_element *block, struct tc_str main)
{
    size_t count = 1;
    struct tc_group **tail;

    r->short_names = true;
    for (const struct tc_element *item = block->children; item != NULL; item = item->next)
        count++;
    r->policy->sets = tc_arena_array(r->arena, struct tc_pset *, count);
    r->policy->root = tc_arena_new(r->arena, struct tc_group);
    if (r->policy->sets == NULL || r->policy->root == NULL ||
        (r->policy->sets[0] = tc_arena_new(r->arena, struct tc_pset)) == NULL)
        return TC_ERR_NOMEM;
    *r->policy->sets[0] = (struct tc_pset){.name = main};
    r->policy->set_count = 1;
    tail = &r->policy->root->children; /* only the children count: `code` lines */
    for (const struct tc_element *item = block->children; item != NULL; item = item->next) {
        const struct tc_element *element = tc_element_part(item, TC_TAG_PERMISSION_SET),
                                *assemblies = tc_element_child(item, TC_STR("Assemblies"));
        struct tc_pset *set;
        bool lost;

        if (!tc_str_eq(item->tag, TC_STR("PolicyItem")) || element == NULL) {
            dropped(r, item, item->span, "a PolicyItem with a PermissionSet is expected here");
            continue;
        }
        set = read_set(r, element, &lost);
        if (set == NULL)
            return TC_ERR_NOMEM;
        if (lost)
            continue;
        if (set->name.len == 0 || find_set(r->policy, set->name) != NULL || tc_builtin_set_find(set->name))
            set->name = tc_arena_printf(r->arena, "Item%zu", r->policy->set_count);
        add_origin(r, set->span.begin, element, NULL);
        r->policy->sets[r->policy->set_count++] = set;
        for (const struct tc_element *assembly = assemblies == NULL ? NULL : assemblies->children; assembly != NULL;
             assembly = assembly->next)
            if (!read_sharepoint_assembly(
                    r, assembly, set->unrestricted ? tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST) : set->name, &tail))
                return TC_ERR_NOMEM;
    }
    if (r->policy->set_count > 1)
        return TC_OK;
    tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), block->span, "no permission set of this solution can be read");
    return TC_FAILED;
}

/* ---- the whole ---- */

static enum tc_status
read_framework_tree(struct reader *r, const struct tc_element *root, struct tc_str main)
{
    const struct tc_element *level = tc_element_is(root, TC_TAG_POLICY_LEVEL) ? root : tc_policy_level_find(root);

    if (level != NULL) {
        r->reading->kind = TC_READ_POLICY;
        return read_level(r, level, main);
    }
    r->reading->kind = TC_READ_SET;
    return read_single_set(r, root, main);
}

static bool
is_set(const struct tc_element *root)
{
    return tc_element_is(root, TC_TAG_PERMISSION_SET) || tc_element_is(root, TC_TAG_IPERMISSION);
}

/* Of a file that is about other things as well only what stands where the grants do is kept. */
static void
comments_inside(struct reader *r, const struct tc_markup *document, const struct tc_element *element)
{
    if (!r->model_only)
        collect_comments(r, document, element->span.begin - r->source->base, end_of(r, element) - r->source->base);
}

/* Elements that documentation shows without what they stand in. */
static bool
is_fragment(struct tc_str tag)
{
    static const char *const tags[] = {"CodeGroup",
                                       "SecurityClass",
                                       "SecurityClasses",
                                       "IMembershipCondition",
                                       "NamedPermissionSets",
                                       "securityPolicy",
                                       "trustLevel",
                                       "trust",
                                       "location",
                                       "system.web"};

    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (tc_str_is(tag, tags[i]))
            return true;
    return false;
}

static enum tc_status
read_conforming_tree(struct reader *r, const struct tc_markup *document, struct tc_str main)
{
    const struct tc_markup *top = tc_markup_root(document);
    struct tc_element *root = top == NULL ? NULL : element_of(r, top);
    const struct tc_element *found, *mscorlib;

    r->conforming = true;
    r->reading->conforming = root;
    if (root == NULL)
        return r->arena->failed ? TC_ERR_NOMEM : TC_FAILED;
    found = tc_element_search(root, TC_STR("CodeAccessSecurity"));
    if (found != NULL) {
        comments_inside(r, document, found);
        r->reading->kind = TC_READ_SHAREPOINT;
        return read_sharepoint(r, found, main);
    }
    mscorlib = tc_element_part(root, TC_TAG_MSCORLIB);
    if (tc_element_is(root, TC_TAG_CONFIGURATION) &&
        (mscorlib == NULL || tc_element_part(mscorlib, TC_TAG_SECURITY) == NULL)) {
        r->reading->kind = TC_READ_CONFIG;
        r->reading->policy = NULL;
        return TC_OK;
    }
    found = tc_element_search(root, tc_tag_name(TC_TAG_PERMISSION_SET));
    if (found == NULL || mscorlib != NULL) {
        struct tc_diag *diag =
            tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), root->span,
                        "there is nothing to import in this file: it is no policy file, permission set, SharePoint "
                        "solution or configuration file");

        if (is_fragment(root->tag))
            tc_diag_help(r->diags, diag, "<%.*s> by itself is a part of one: import the whole file that it belongs to",
                         TC_STR_ARG(root->tag));
        return TC_FAILED;
    }
    comments_inside(r, document, found);
    r->reading->kind = TC_READ_SET;
    return read_single_set(r, found, main);
}

/* Whether the text is markup at all. That it is not has been reported then: what a reader of XML stumbles over would
 * help nobody. */
static bool
is_markup(struct reader *r)
{
    struct tc_str text = r->source->text;
    size_t at = 0;
    struct tc_span span;
    const char *nul = memchr(text.ptr == NULL ? "" : text.ptr, '\0', text.len);
    struct tc_diag *diag;

    while (at < text.len && is_blank(tc_str_sub(text, at, 1)))
        at++;
    span = (struct tc_span){r->source->base + (uint32_t)at, r->source->base + (uint32_t)at + (at < text.len)};
    if (nul != NULL) {
        span.begin = r->source->base + (uint32_t)(nul - text.ptr);
        span.end = span.begin + 1;
        diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), span, "this is no text: it holds a NUL byte");
        if (text.len > 1 && (text.ptr[0] == '<' || text.ptr[1] == '<'))
            tc_diag_help(
                r->diags, diag,
                "it seems to be UTF-16 without a byte-order mark, which .NET takes for UTF-8; save it as UTF-8");
        return false;
    }
    if (at == text.len) {
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), span, "this file is empty");
        return false;
    }
    if (text.ptr[at] == '<')
        return true;
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), span, "this is no XML: that begins with '<'");
    tc_diag_help(r->diags, diag, "is it a source already? 'trustc check' and 'trustc build' read sources");
    return false;
}

static enum tc_status
read_texts(struct reader *r, struct tc_str main, const struct tc_read_xml *given)
{
    struct tc_token_values values = {0};
    struct tc_clr_fault fault = {0};
    struct tc_element *root = NULL;
    struct tc_markup *document;
    struct tc_read_xml as_xml;
    enum tc_status clr, xml;
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    for (size_t i = 0; i < count && i < TC_TOKEN_COUNT_MAX; i++)
        values.values[i] = tc_str_of(tokens[i].text);
    values.values[0] = TC_STR(DIRECTORY);
    if (tc_policy_replace(r->arena, r->source->text, r->source->base, &values, &r->text) != TC_OK)
        return TC_ERR_NOMEM;
    clr = tc_clr_read(r->arena, r->text.text, r->source->base, &root, &fault);
    if (clr == TC_ERR_NOMEM)
        return clr;
    if (given != NULL)
        as_xml = *given;
    else if (tc_read_xml(r->diags, r->source, &as_xml) != TC_OK)
        return TC_ERR_NOMEM;
    document = as_xml.document;
    xml = as_xml.status;
    if (document != NULL && !r->model_only && !collect_marks(r, document))
        return TC_ERR_NOMEM;
    if (clr == TC_OK &&
        (is_set(root) || tc_policy_level_find(root) != NULL || tc_element_is(root, TC_TAG_POLICY_LEVEL))) {
        if (r->model_only)
            return read_framework_tree(r, root, main);
        if (xml != TC_OK)
            differs(r, as_xml.fault == NULL ? place(r, root->span) : as_xml.fault->span,
                    "only the framework's reader takes it; this is no XML");
        else
            compare_trees(r, root, tc_markup_root(document));
        collect_comments(r, document, 0, UINT32_MAX);
        return read_framework_tree(r, root, main);
    }
    if (xml == TC_OK) {
        const struct tc_markup *top = tc_markup_root(document);
        bool policy = top != NULL &&
                      (tc_str_eq(top->name, tc_tag_name(TC_TAG_POLICY_LEVEL)) ||
                       (tc_markup_is(top, "configuration") && tc_markup_is(tc_markup_element(top->first), "mscorlib")));

        if (!policy)
            return read_conforming_tree(r, document, main);
    }
    if (clr == TC_OK) {
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOT_LOADED), place(r, root->span),
                    "the framework cannot load this: there is no mscorlib/security/policy/PolicyLevel below the "
                    "outermost element");
        return TC_FAILED;
    }
    if (!is_markup(r))
        return TC_FAILED;
    if (fault.thrown.span.end != 0)
        fault.thrown.span = place(r, fault.thrown.span);
    tc_clr_report(r->diags, &fault);
    return clr;
}

enum tc_status
tc_read_xml(struct tc_diags *diags, const struct tc_source *source, struct tc_read_xml *ret_xml)
{
    const struct tc_code *code = tc_code(TC_CODE_READERS_DIFFER);
    struct tc_conform_codes codes = {code, code, code};
    struct tc_markup_fault fault;
    struct tc_diags aside;

    *ret_xml = (struct tc_read_xml){.document = NULL};
    tc_diags_init(&aside, diags->arena, diags->sources);
    ret_xml->status = tc_conform_check(source, &aside, &codes);
    ret_xml->fault = aside.first;
    if (ret_xml->status == TC_OK)
        ret_xml->status = tc_spans_scan(diags->arena, source->text, &ret_xml->document, &fault);
    return ret_xml->status == TC_ERR_NOMEM ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_read_source(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_str main,
               struct tc_reading *ret_reading)
{
    return tc_read_source_xml(diags, source, runtime, main, NULL, ret_reading);
}

bool
tc_read_is_plain_policy(const struct tc_element *root)
{
    return is_set(root) || tc_policy_level_find(root) != NULL || tc_str_eq(root->tag, TC_STR("PolicyLevel"));
}

enum tc_status
tc_read_source_plain(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_str main,
                     const struct tc_element *root, struct tc_reading *ret_reading)
{
    struct reader r = {.arena = diags->arena,
                       .diags = diags,
                       .source = source,
                       .reading = ret_reading,
                       .framework = tc_runtime_info(runtime)->framework,
                       .conforming = true,
                       .model_only = true};
    enum tc_status status;

    *ret_reading = (struct tc_reading){.policy = tc_arena_new(diags->arena, struct tc_policy)};
    if (ret_reading->policy == NULL)
        return TC_ERR_NOMEM;
    r.policy = ret_reading->policy;
    r.policy->runtime = runtime;
    r.guesses_main = main.len == 0 && r.framework == TC_FX_4_0;
    tc_map_init(&r.declared, r.arena);
    r.permission_tail = &ret_reading->permissions;
    r.has_no_token = tc_str_find(source->text, TC_STR("$AppDir$"), 0) == SIZE_MAX;
    if (!r.has_no_token && (root = tree_with_directory(&r, root)) == NULL)
        return TC_ERR_NOMEM;
    status = read_framework_tree(&r, root, main.len > 0 ? main : TC_STR("ASP.Net"));
    return diags->arena->failed ? TC_ERR_NOMEM : status;
}

enum tc_status
tc_read_source_xml(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_str main,
                   const struct tc_read_xml *xml, struct tc_reading *ret_reading)
{
    struct reader r = {.arena = diags->arena,
                       .diags = diags,
                       .source = source,
                       .reading = ret_reading,
                       .framework = tc_runtime_info(runtime)->framework,
                       .model_only = xml != NULL};
    struct tc_str text = xml != NULL ? source->text : tc_policy_decode(diags->arena, source->text);
    enum tc_status status;

    *ret_reading = (struct tc_reading){.policy = tc_arena_new(diags->arena, struct tc_policy)};
    if (ret_reading->policy == NULL)
        return TC_ERR_NOMEM;
    if (text.ptr != source->text.ptr || text.len != source->text.len) {
        r.source = tc_sources_add(diags->sources, source->name, text);
        if (r.source == NULL)
            return diags->arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    }
    if (text.len > tc_limit(TC_LIMIT_POLICY_BYTES)->value) {
        tc_diag_add_file(diags, tc_code(TC_CODE_POLICY_TOO_LARGE), source->name, "the limit of %llu bytes is exceeded",
                         (unsigned long long)tc_limit(TC_LIMIT_POLICY_BYTES)->value);
        return TC_ERR_LIMIT;
    }
    r.policy = ret_reading->policy;
    r.policy->runtime = runtime;
    r.guesses_main = main.len == 0 && r.framework == TC_FX_4_0;
    tc_map_init(&r.declared, r.arena);
    status = read_texts(&r, main.len > 0 ? main : TC_STR("ASP.Net"), xml);
    return diags->arena->failed ? TC_ERR_NOMEM : status;
}

bool
tc_read_framework(struct tc_str text, enum tc_framework *ret_framework)
{
    static const struct {
        struct tc_str mark;
        enum tc_framework framework;
    } rows[] = {
        {{"Version=4.0.0.0", 15}, TC_FX_4_0},    {{"Version=3.5.0.0", 15}, TC_FX_3_5}, /* those of 2.0, and more */
        {{"Version=3.0.0.0", 15}, TC_FX_3_5},    {{"Version=2.0.0.0", 15}, TC_FX_2_0},
        {{"Version=1.0.5000.0", 18}, TC_FX_1_1},
    };
    const struct tc_str version = TC_STR("Version=");
    size_t best = sizeof rows / sizeof *rows;

    *ret_framework = TC_FX_2_0;
    for (size_t at = tc_str_find(text, version, 0); at != SIZE_MAX && best > 0;
         at = tc_str_find(text, version, at + version.len))
        for (size_t i = 0; i < best; i++)
            if (tc_str_starts(tc_str_sub(text, at, SIZE_MAX), rows[i].mark))
                best = i;
    if (best == sizeof rows / sizeof *rows) {
        *ret_framework = tc_str_find(text, TC_STR("$Gac$"), 0) == SIZE_MAX ? TC_FX_2_0 : TC_FX_1_1;
        return *ret_framework == TC_FX_1_1; /* later files leave that group to ASP.NET */
    }
    *ret_framework = rows[best].framework;
    return true;
}
