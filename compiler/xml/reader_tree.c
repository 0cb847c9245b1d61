/* What the reader knows of a file beside its policy: where things stand, what was said about them, and how the
 * framework's reader and one of XML see the text. */
#include "xml/reader_parts.h"

#include <string.h>

/* ---- places ---- */

/* A span of the replaced text as one of the source. */
struct tc_span
tc_reader_place(const struct tc_reader *r, struct tc_span span)
{
    if (span.end == 0 || r->conforming)
        return span;
    return (struct tc_span){tc_policy_origin(&r->text, span.begin - r->source->base),
                            tc_policy_origin(&r->text, span.end - r->source->base)};
}

uint32_t
tc_reader_anchor(const struct tc_reader *r, const struct tc_element *element)
{
    return tc_reader_place(r, element->span).begin;
}

/* ---- the token ---- */

/* @a text with the stand-in taken out again. */
struct tc_str
tc_reader_restore(struct tc_reader *r, struct tc_str text)
{
    if (r->has_no_token)
        return text;
    return tc_arena_replace(r->arena, text, TC_STR(TC_READER_DIRECTORY), tc_token_text(TC_TOKEN_APP_DIR));
}

/* A copy of @a element as it was written; with @a full, classes are named in full, so that it can stand anywhere. */
struct tc_element *
tc_reader_original(struct tc_reader *r, const struct tc_element *element, bool full)
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
        attribute->value = tc_reader_restore(r, attribute->value);
        if (full && tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS)) && tc_reader_class(r, element, &type))
            attribute->value = tc_element_escape(r->arena, type);
    }
    tail = &copy->children;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        *tail = tc_reader_original(r, child, full);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return copy;
}

/* ---- what is said about the file ---- */

void
tc_reader_comment(struct tc_reader *r, uint32_t at, struct tc_str text)
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
void
tc_reader_keep(struct tc_reader *r, const struct tc_element *element, const char *why)
{
    struct tc_buf out = {0};
    const struct tc_element *copy = r->model_only ? NULL : tc_reader_original(r, element, false);

    if (copy == NULL)
        return;
    tc_buf_printf(&out, "%s: ", why);
    tc_element_print(&out, copy);
    tc_reader_comment(r, tc_reader_anchor(r, element), tc_arena_str(r->arena, tc_buf_str(&out)));
    tc_buf_done(&out);
}

/* Behind the last start tag of @a element. */
static uint32_t
last_tag(const struct tc_reader *r, const struct tc_element *element)
{
    uint32_t end = tc_reader_place(r, element->span).end;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        uint32_t other = last_tag(r, child);

        end = other > end ? other : end;
    }
    return end;
}

/* Behind the end tag of @a element; where that is not known, behind its last start tag. */
uint32_t
tc_reader_end(const struct tc_reader *r, const struct tc_element *element)
{
    uint32_t begin = tc_reader_anchor(r, element) - r->source->base;
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
void
tc_reader_origin(struct tc_reader *r, uint32_t anchor, const struct tc_element *element, const char *why)
{
    struct tc_read_origin *origin = r->model_only ? NULL : tc_arena_new(r->arena, struct tc_read_origin);

    if (origin == NULL)
        return;
    *origin = (struct tc_read_origin){.anchor = anchor,
                                      .span = tc_reader_place(r, element->span),
                                      .end = tc_reader_end(r, element),
                                      .element = tc_reader_original(r, element, true),
                                      .why = why};
    *(r->last_origin == NULL ? &r->reading->origins : &r->last_origin->next) = origin;
    r->last_origin = origin;
}

/* ---- the two readers ---- */

bool
tc_reader_is_blank(struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" \t\r\n", text.ptr[i]) == NULL || text.ptr[i] == '\0')
            return false;
    return true;
}

/* Where a comment is looked for: one that stands behind an element on its line speaks of that element. */
static uint32_t
place_of_comment(const struct tc_reader *r, const struct tc_markup *comment)
{
    const struct tc_markup *before = comment->prev;

    if (before == NULL || before->kind != TC_MARKUP_ELEMENT || before->begin == 0 ||
        memchr(r->source->text.ptr + before->close_end, '\n', comment->begin - before->close_end) != NULL)
        return r->source->base + comment->begin;
    return r->source->base + before->begin - 1;
}

/* The comments of the text from @a begin up to @a end, as XML has them. */
void
tc_reader_comments(struct tc_reader *r, const struct tc_markup *document, uint32_t begin, uint32_t end)
{
    if (r->model_only)
        return;
    for (const struct tc_markup *m = document; m != NULL; m = tc_markup_next(m))
        if (m->kind == TC_MARKUP_COMMENT && !tc_reader_is_blank(m->name) && m->begin >= begin && m->begin < end)
            tc_reader_comment(r, place_of_comment(r, m), m->name);
}

bool
tc_reader_marks(struct tc_reader *r, const struct tc_markup *document)
{
    size_t count = 0;

    for (const struct tc_markup *m = document; m != NULL; m = tc_markup_next(m))
        count += m->kind == TC_MARKUP_ELEMENT;
    r->marks = tc_arena_array(r->arena, struct tc_reader_mark, count);
    if (r->marks == NULL)
        return false;
    for (const struct tc_markup *m = document; m != NULL; m = tc_markup_next(m))
        if (m->kind == TC_MARKUP_ELEMENT)
            r->marks[r->mark_count++] = (struct tc_reader_mark){m->begin, m->close_end};
    return true;
}

void
tc_reader_differs(struct tc_reader *r, struct tc_span span, const char *what)
{
    struct tc_diag *diag = tc_diag_add(r->diags, tc_code(TC_CODE_READERS_DIFFER), span,
                                       "the framework's reader and a conforming one read this differently: %s", what);

    tc_diag_note(r->diags, diag, "the source says what the framework's reader makes of it");
}

/* The first place where the trees are not the same; true when one was reported. */
bool
tc_reader_compare(struct tc_reader *r, const struct tc_element *element, const struct tc_markup *markup)
{
    const struct tc_element *child = element->children;
    size_t count = 0;

    if (!tc_str_eq(element->tag, markup->name)) {
        tc_reader_differs(r, tc_reader_place(r, element->span), "not the same element");
        return true;
    }
    for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next) {
        const struct tc_element_attribute *other = tc_element_find(element, attr->name);

        count++;
        if (other == NULL || !tc_str_eq(tc_reader_restore(r, tc_element_decode(r->arena, other->value)),
                                        tc_markup_value(r->arena, attr->value))) {
            tc_reader_differs(r, (struct tc_span){r->source->base + attr->begin, r->source->base + attr->end},
                              other == NULL ? "only one of them sees this attribute" : "not the same value");
            return true;
        }
    }
    if (count != element->attribute_count) {
        tc_reader_differs(r, tc_reader_place(r, element->span), "not the same attributes");
        return true;
    }
    for (const struct tc_markup *m = tc_markup_element(markup->first); m != NULL || child != NULL;
         m = tc_markup_element(m->next), child = child->next) {
        if (m == NULL || child == NULL) {
            tc_reader_differs(r,
                              m == NULL ? tc_reader_place(r, child->span)
                                        : (struct tc_span){r->source->base + m->begin, r->source->base + m->end},
                              "only one of them sees this element");
            return true;
        }
        if (tc_reader_compare(r, child, m))
            return true;
    }
    return false;
}

/* @a text with the stand-in for the token. */
static struct tc_str
with_directory(struct tc_reader *r, struct tc_str text)
{
    return tc_arena_replace(r->arena, text, tc_token_text(TC_TOKEN_APP_DIR), TC_STR(TC_READER_DIRECTORY));
}

/* The value of an attribute as the framework's reader would hold it, with the stand-in for the token. */
static struct tc_str
value_of(struct tc_reader *r, const struct tc_markup_attr *attr)
{
    return tc_element_escape(r->arena, with_directory(r, tc_markup_value(r->arena, attr->value)));
}

/* A copy of the tree of a plain text with the stand-in for the token; what does not hold it is shared. */
struct tc_element *
tc_reader_plain_tree(struct tc_reader *r, const struct tc_element *element)
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
        if (element->children != NULL && (copy->children = tc_reader_plain_tree(r, element->children)) == NULL)
            return NULL;
        *tail = copy;
        tail = &copy->next;
    }
    return first;
}

/* A tree as the framework holds it, from a conforming reading. */
struct tc_element *
tc_reader_element(struct tc_reader *r, const struct tc_markup *markup)
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
        *tail = tc_reader_element(r, m);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return element;
}
