/**
 * XML out: a direct serialiser into a buffer. Escaping, nesting and indentation are right by construction; whoever owns
 * the buffer looks once at the end (tc_xml_ok()).
 *
 * Two readers wait at the other side. Policy files are read by the CLR's own reader, which is no conforming one: the
 * policy style writes the subset that it and a conforming reader understand alike (policy-file 2). Configuration files
 * are read by a conforming reader.
 */
#ifndef TC_XML_WRITER_H
#define TC_XML_WRITER_H

#include "base/str.h"

/** Elements inside elements; more than that counts as a failed write. */
#define TC_XML_DEPTH_MAX 512

enum tc_xml_style {
    TC_XML_POLICY,       /**< `<a b="c"/>`; no character references, comments without `<`, `>` and leading `"` */
    TC_XML_CONFIG,       /**< `<a b="c" />`; line breaks and tabs in values as character references */
    TC_XML_CONFIG_ASCII, /**< the same with every non-ASCII character as a reference, for other encodings */
};

/** A writer at work. Fields are for writer.c; the struct owns nothing. */
struct tc_xml {
    struct tc_buf *out;
    struct tc_str indent;  /**< once per level */
    struct tc_str newline; /**< ends every line */
    struct tc_str base;    /**< before the indentation of every line */
    enum tc_xml_style style;
    unsigned depth; /**< open elements */
    bool in_tag;    /**< the last start tag still takes attributes */
    bool refused;   /**< something was asked for that XML, or the reader, cannot hold; sticky */
    struct tc_str names[TC_XML_DEPTH_MAX];
};

/**
 * Begin to append to @a out, in the policy style. @a indent and @a newline are borrowed, as is every element name until
 * its end.
 */
void tc_xml_init(struct tc_xml *xml, struct tc_buf *out, const char *indent, const char *newline);

/** Change the style and what stands before each line (a fragment inside another text); before the first element. */
void tc_xml_set_style(struct tc_xml *xml, enum tc_xml_style style, struct tc_str base);

/** Begin an element on a line of its own. @a name must be an XML name. */
void tc_xml_start(struct tc_xml *xml, const char *name);
void tc_xml_start_str(struct tc_xml *xml, struct tc_str name);

/**
 * An attribute of the element just begun. @a name must be an XML name that the element does not have yet.
 *
 * `&`, `<`, `>` and `"` are always escaped. A character that XML 1.0 lacks is refused: it becomes U+FFFD and
 * tc_xml_ok() says no. The policy style leaves tabs and line breaks as they are, since the CLR keeps them and decodes
 * no character references.
 */
void tc_xml_attr(struct tc_xml *xml, const char *name, struct tc_str value);
void tc_xml_attr_str(struct tc_xml *xml, struct tc_str name, struct tc_str value);
void tc_xml_attr_lit(struct tc_xml *xml, const char *name, const char *value);

/** Escapes twice, for values that the framework decodes twice (TC_TRAIT_DECODED_TWICE). */
void tc_xml_attr_twice(struct tc_xml *xml, const char *name, struct tc_str value);

/** End the innermost element: self-closed when nothing stands in it. */
void tc_xml_end(struct tc_xml *xml);

/**
 * A comment on a line of its own, one blank around @a text; line breaks in @a text are kept as they are.
 *
 * @return false, and nothing written, when the text cannot stand in a comment of this style: `--`, control characters;
 * in the policy style also `<`, `>` and a `"` that begins a word, because the CLR counts tags and quotes inside
 * comments (policy-file 2.2)
 */
bool tc_xml_comment(struct tc_xml *xml, struct tc_str text);

/** One line of verbatim markup at the current indentation. The caller answers for its being well-formed. */
void tc_xml_raw(struct tc_xml *xml, struct tc_str line);

/** Whether everything was written: memory sufficed, nothing was refused, every element is closed. */
bool tc_xml_ok(const struct tc_xml *xml);

#endif
