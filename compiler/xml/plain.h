/**
 * A fast reader for the texts that nobody reads differently: those that the framework's own reader (xml/clr_text.h) and
 * a conforming one (xml/conform.h) take alike, to the byte.
 *
 * Most files are such: tags, attributes in quotation marks, comments without markup in them. At the first thing that
 * one of the readers could take otherwise (an entity, an apostrophe for a quote, text, a name with a colon, ...) the
 * text is no longer called plain, and the two readers have to be asked.
 */
#ifndef TC_XML_PLAIN_H
#define TC_XML_PLAIN_H

#include "model/element.h"

struct tc_plain {
    struct tc_element *root; /**< as tc_clr_read() returns it */
    bool has_comments;
};

/**
 * Read @a text, which is UTF-8, if it is plain.
 *
 * @param base  position of the first byte of @a text; spans are positions
 * @param ret_plain  set when true is returned; the tree lives in @a arena and points into @a text
 * @return whether it is plain: then tc_clr_read() gives the same tree, and tc_conform_check() and tc_spans_scan() have
 * nothing to complain of and see the same elements, attributes and comments, and no other markup but an XML
 * declaration. False is no verdict on the text; also when out of memory.
 */
bool tc_plain_read(struct tc_arena *arena, struct tc_str text, uint32_t base, struct tc_plain *ret_plain);

#endif
