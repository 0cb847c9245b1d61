#include "model/element.h"

#include <string.h>

/* The five entities that the framework knows; anything else that begins with '&' stands for itself. */
static const struct {
    struct tc_str written;
    char meant;
} entities[] = {
    {{"&lt;", 4}, '<'}, {{"&gt;", 4}, '>'}, {{"&quot;", 6}, '"'}, {{"&apos;", 6}, '\''}, {{"&amp;", 5}, '&'},
};

#define ENTITY_COUNT (sizeof entities / sizeof entities[0])

const struct tc_element_attribute *
tc_element_find(const struct tc_element *element, struct tc_str name)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (tc_str_eq(element->attributes[i].name, name))
            return &element->attributes[i];
    return NULL;
}

const struct tc_element_attribute *
tc_element_attr(const struct tc_element *element, enum tc_attr_id id)
{
    return tc_element_find(element, tc_attr_name(id));
}

bool
tc_element_is(const struct tc_element *element, enum tc_tag_id id)
{
    return tc_str_eq(element->tag, tc_tag_name(id));
}

/* The entity at the start of @a text, or ENTITY_COUNT. */
static size_t
entity_at(struct tc_str text)
{
    size_t i = 0;

    while (i < ENTITY_COUNT && !tc_str_starts(text, entities[i].written))
        i++;
    return i;
}

struct tc_str
tc_element_decode(struct tc_arena *arena, struct tc_str value)
{
    const char *amp = value.len == 0 ? NULL : memchr(value.ptr, '&', value.len);
    char *out;
    size_t len;

    if (amp == NULL)
        return value;
    out = tc_arena_alloc(arena, value.len + 1, 1);
    if (out == NULL)
        return (struct tc_str){NULL, 0};
    len = (size_t)(amp - value.ptr);
    memcpy(out, value.ptr, len);
    for (size_t at = len; at < value.len;) {
        size_t entity = value.ptr[at] == '&' ? entity_at(tc_str_sub(value, at, SIZE_MAX)) : ENTITY_COUNT;

        out[len++] = entity < ENTITY_COUNT ? entities[entity].meant : value.ptr[at];
        at += entity < ENTITY_COUNT ? entities[entity].written.len : 1;
    }
    return (struct tc_str){out, len};
}

static bool
needs_escape(struct tc_str value)
{
    for (size_t i = 0; i < value.len; i++)
        switch (value.ptr[i]) {
        case '<':
        case '>':
        case '"':
        case '\'':
        case '&':
            return true;
        default:
            break;
        }
    return false;
}

struct tc_str
tc_element_escape(struct tc_arena *arena, struct tc_str value)
{
    size_t len = 0;
    char *out;

    if (!needs_escape(value))
        return value;
    for (size_t i = 0; i < value.len; i++) {
        size_t entity = 0;

        while (entity < ENTITY_COUNT && entities[entity].meant != value.ptr[i])
            entity++;
        len += entity < ENTITY_COUNT ? entities[entity].written.len : 1;
    }
    out = tc_arena_alloc(arena, len + 1, 1);
    if (out == NULL)
        return (struct tc_str){NULL, 0};
    len = 0;
    for (size_t i = 0; i < value.len; i++) {
        size_t entity = 0;

        while (entity < ENTITY_COUNT && entities[entity].meant != value.ptr[i])
            entity++;
        if (entity < ENTITY_COUNT) {
            memcpy(out + len, entities[entity].written.ptr, entities[entity].written.len);
            len += entities[entity].written.len;
        } else {
            out[len++] = value.ptr[i];
        }
    }
    return (struct tc_str){out, len};
}

bool
tc_element_get(struct tc_arena *arena, const struct tc_element *element, struct tc_str name, struct tc_str *ret_value)
{
    const struct tc_element_attribute *attribute = tc_element_find(element, name);

    if (attribute == NULL)
        return false;
    *ret_value = tc_element_decode(arena, attribute->value);
    return true;
}

const struct tc_element *
tc_element_child(const struct tc_element *element, struct tc_str tag)
{
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        if (tc_str_eq(child->tag, tag))
            return child;
    return NULL;
}

const struct tc_element *
tc_element_part(const struct tc_element *element, enum tc_tag_id id)
{
    return tc_element_child(element, tc_tag_name(id));
}

const struct tc_element *
tc_element_search(const struct tc_element *element, struct tc_str tag)
{
    for (; element != NULL; element = element->next) {
        const struct tc_element *found =
            tc_str_eq(element->tag, tag) ? element : tc_element_search(element->children, tag);

        if (found != NULL)
            return found;
    }
    return NULL;
}

struct tc_element *
tc_element_new(struct tc_arena *arena, struct tc_str tag)
{
    struct tc_element *element = tc_arena_new(arena, struct tc_element);

    if (element != NULL)
        element->tag = tag;
    return element;
}

bool
tc_element_add(struct tc_arena *arena, struct tc_element *element, struct tc_str name, struct tc_str value)
{
    size_t count = element->attribute_count;

    if ((count & (count - 1)) == 0) { /* arrays double at powers of two, so the count alone tells the capacity */
        struct tc_element_attribute *larger =
            tc_arena_array(arena, struct tc_element_attribute, count == 0 ? 1 : count * 2);

        if (larger == NULL)
            return false;
        if (count > 0)
            memcpy(larger, element->attributes, count * sizeof *larger);
        element->attributes = larger;
    }
    element->attributes[count] = (struct tc_element_attribute){.name = name, .value = value};
    element->attribute_count++;
    return true;
}

void
tc_element_append(struct tc_element *element, struct tc_element *child)
{
    struct tc_element **tail = element->last == NULL ? &element->children : &element->last->next;

    if (child == NULL)
        return;
    while (*tail != NULL) /* others link their children themselves */
        tail = &(*tail)->next;
    *tail = element->last = child;
}

void
tc_element_print(struct tc_buf *out, const struct tc_element *element)
{
    tc_buf_putc(out, '<');
    tc_buf_puts(out, element->tag);
    for (size_t i = 0; i < element->attribute_count; i++) {
        tc_buf_putc(out, ' ');
        tc_buf_puts(out, element->attributes[i].name);
        tc_buf_puts(out, TC_STR("=\""));
        tc_buf_puts(out, element->attributes[i].value);
        tc_buf_putc(out, '"');
    }
    if (element->children == NULL && !element->has_text) {
        tc_buf_puts(out, TC_STR("/>"));
        return;
    }
    tc_buf_putc(out, '>');
    tc_buf_puts(out, element->text);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        tc_element_print(out, child);
    tc_buf_puts(out, TC_STR("</"));
    tc_buf_puts(out, element->tag);
    tc_buf_putc(out, '>');
}
