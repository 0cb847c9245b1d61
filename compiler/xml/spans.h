/**
 * Byte spans of the markup of an XML text: where each tag, attribute, comment stands, so that a file can be edited
 * without being re-serialised. Nothing is decoded or copied; every name and value is a slice of the text.
 *
 * This is no validating parser: xml/conform.h says whether a text is XML. But it takes any bytes, and where they are no
 * XML it mostly knows better than a parser what to show: both tags of a mismatch, the place where a quote is missing.
 */
#ifndef TC_XML_SPANS_H
#define TC_XML_SPANS_H

#include "base/arena.h"
#include "base/status.h"

enum tc_markup_kind {
    TC_MARKUP_DOCUMENT, /**< the whole text; parent of what stands at top level */
    TC_MARKUP_ELEMENT,
    TC_MARKUP_COMMENT,
    TC_MARKUP_PI, /**< also the XML declaration */
    TC_MARKUP_CDATA,
    TC_MARKUP_DOCTYPE,
    TC_MARKUP_TEXT, /**< only text that is not blank */
};

/** An attribute. */
struct tc_markup_attr {
    struct tc_markup_attr *next;
    struct tc_str name;
    struct tc_str value; /**< between the quotes, not decoded */
    uint32_t begin;      /**< offset of the name */
    uint32_t end;        /**< behind the closing quote */
};

/** A piece of markup. Offsets are from the start of the text. */
struct tc_markup {
    enum tc_markup_kind kind;
    bool empty; /**< a self-closed element */
    uint32_t begin;
    uint32_t end;         /**< of the start tag, or of all that is no element */
    uint32_t close_begin; /**< of the end tag; both equal `end` for a self-closed element and what is none */
    uint32_t close_end;
    struct tc_str name; /**< of an element or PI; the text between the delimiters of anything else */
    struct tc_markup_attr *attrs;
    struct tc_markup *parent;
    struct tc_markup *first;
    struct tc_markup *last;
    struct tc_markup *next;
    struct tc_markup *prev;
};

/** Why a text is no XML. */
struct tc_markup_fault {
    uint32_t begin;
    uint32_t end;
    struct tc_str message; /**< a sentence for a diagnostic */
    uint32_t other_begin;  /**< a second place; both 0 when there is none */
    uint32_t other_end;
    struct tc_str other; /**< what is to be said of it */
};

/**
 * Find the markup of @a text (shorter than 4 GiB, UTF-8 or another encoding that extends ASCII).
 *
 * @param ret_document  the tree, which lives in @a arena and points into @a text
 * @param ret_fault     set on TC_FAILED, its texts in @a arena
 * @return TC_OK, TC_FAILED when the text is certainly no XML, TC_ERR_NOMEM
 */
enum tc_status tc_spans_scan(struct tc_arena *arena, struct tc_str text, struct tc_markup **ret_document,
                             struct tc_markup_fault *ret_fault);

/** The encoding that the XML declaration at the start of @a text names; empty when it names none. */
struct tc_str tc_spans_encoding(struct tc_str text);

/** The attribute called @a name, or NULL. */
const struct tc_markup_attr *tc_markup_attr(const struct tc_markup *element, const char *name);

/** Whether @a markup is an element called @a name; NULL is none. */
bool tc_markup_is(const struct tc_markup *markup, const char *name);

/** The next piece of markup in the order of the text, what is in @a markup first; NULL at the end. */
const struct tc_markup *tc_markup_next(const struct tc_markup *markup);

/** @a markup if it is an element, else the first one behind it in the same parent; NULL when there is none. */
const struct tc_markup *tc_markup_element(const struct tc_markup *markup);

/** The same of elements called @a name. */
const struct tc_markup *tc_markup_named(const struct tc_markup *markup, const char *name);

/** The outermost element; NULL when there is none, or @a document is NULL. */
const struct tc_markup *tc_markup_root(const struct tc_markup *document);

/** The first element called @a name in @a parent; NULL when there is none, or @a parent is NULL. */
const struct tc_markup *tc_markup_child(const struct tc_markup *parent, const char *name);

/**
 * An attribute value as an application sees it: references decoded, line breaks and tabs as blanks.
 * @return a slice of the value when there is nothing to decode, else a copy in @a arena; the empty slice when out of
 * memory
 */
struct tc_str tc_markup_value(struct tc_arena *arena, struct tc_str raw);

/** Whether two pieces say the same: kinds, names, attributes in order with the same bytes, comments but for blanks
 * around. */
bool tc_markup_same(const struct tc_markup *a, const struct tc_markup *b);

#endif
