/**
 * An element as the framework's own XML reader (SecurityElement) holds it: what permissions, conditions and code groups
 * are read from and written to. Attribute values and text are kept as written; entities are decoded when a value is
 * fetched, and some classes fetch without decoding (policy-file 2.1).
 */
#ifndef TC_MODEL_ELEMENT_H
#define TC_MODEL_ELEMENT_H

#include "base/source.h"
#include "data/tables.h"

struct tc_element_attribute {
    struct tc_str name;
    struct tc_str value; /**< as written */
    struct tc_span span; /**< name to closing quote, in the original text; nowhere when made by code */
    struct tc_span value_span;
};

struct tc_element {
    struct tc_element *next;     /**< sibling */
    struct tc_element *children; /**< first child */
    struct tc_element *last;     /**< child behind which tc_element_append() looks for the end; NULL: from the first */
    struct tc_str tag;
    struct tc_element_attribute *attributes; /**< in written order */
    size_t attribute_count;
    struct tc_str text; /**< as written */
    bool has_text;
    struct tc_span span; /**< the start tag, in the original text */
};

/** The attribute called @a name (exact), or NULL. */
const struct tc_element_attribute *tc_element_find(const struct tc_element *element, struct tc_str name);

/** The same for an attribute of the table. */
const struct tc_element_attribute *tc_element_attr(const struct tc_element *element, enum tc_attr_id id);

/** Whether the tag of @a element is the one of the table. */
bool tc_element_is(const struct tc_element *element, enum tc_tag_id id);

/** Value with `&lt; &gt; &quot; &apos; &amp;` decoded once, the framework's way; @a value itself when it holds none. */
struct tc_str tc_element_decode(struct tc_arena *arena, struct tc_str value);

/** Decoded value of the attribute @a name; false when there is none. */
bool tc_element_get(struct tc_arena *arena, const struct tc_element *element, struct tc_str name,
                    struct tc_str *ret_value);

/** First child with tag @a tag (exact), or NULL. */
const struct tc_element *tc_element_child(const struct tc_element *element, struct tc_str tag);

/** The same for an element of the table. */
const struct tc_element *tc_element_part(const struct tc_element *element, enum tc_tag_id id);

/** The first element with tag @a tag (exact) among @a element, its siblings behind it and what is in them, or NULL. */
const struct tc_element *tc_element_search(const struct tc_element *element, struct tc_str tag);

/** @a value with `< > " ' &` as entities, as SecurityElement.Escape does; @a value itself when it holds none. */
struct tc_str tc_element_escape(struct tc_arena *arena, struct tc_str value);

/** An element made by code, without attributes. NULL when out of memory. */
struct tc_element *tc_element_new(struct tc_arena *arena, struct tc_str tag);

/**
 * Append an attribute; @a value is stored as it stands (escape it first where the framework does). Only for elements
 * from tc_element_new(). False when out of memory.
 */
bool tc_element_add(struct tc_arena *arena, struct tc_element *element, struct tc_str name, struct tc_str value);

/** Append @a child as the last one; NULL is ignored. */
void tc_element_append(struct tc_element *element, struct tc_element *child);

/** Append @a element to @a out as markup on one line, values as they are held. */
void tc_element_print(struct tc_buf *out, const struct tc_element *element);

#endif
