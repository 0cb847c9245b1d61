/**
 * Texts of a source in HTML, in scripts of HTML and in pictures: nothing that someone named can end what it stands in,
 * or change how the text around it reads.
 */
#ifndef TC_REPORT_HTML_H
#define TC_REPORT_HTML_H

#include "base/str.h"

/**
 * Append @a text with what nobody would see, or what turns the direction of writing, as `[U+202e]`: control characters,
 * marks of direction, blanks without width, ends of lines of other kinds. A byte that is not UTF-8 becomes `[byte ff]`.
 */
void tc_visible_put(struct tc_buf *out, struct tc_str text);

/** tc_visible_put(), escaped for an element or an attribute in double quotes. */
void tc_html_put(struct tc_buf *out, struct tc_str text);

/** tc_visible_put() as a JSON string that may stand in a <script>: with \u003c for `<`. */
void tc_html_json(struct tc_buf *out, struct tc_str text);

#endif
