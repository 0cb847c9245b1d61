/** What holds for the layout of every source, and other layouts of one. */
#ifndef TCT_PROPERTY_FMT_H
#define TCT_PROPERTY_FMT_H

#include "base/str.h"
#include "property/rng.h"

/** The text as `trustc fmt` lays it out; false, and nothing, when it is no sound source. */
bool tct_fmt(struct tc_str text, struct tc_buf *out);

/**
 * What is wrong with the layout of @a text, whatever it is; NULL: nothing. A sound source is formatted, to the same
 * words and comments in the same order, and once more to the same bytes; no line of that ends in a blank, no two
 * blank lines follow each other, and it ends in one line end.
 */
const char *tct_fmt_fault(struct tc_str text);

/** Append @a text, a source, with other blanks within its lines. The lines stay, and so does which is indented more. */
void tct_fmt_respace(struct tc_str text, struct tct_rng *rng, struct tc_buf *out);

/** Append @a text with other blanks, line ends and blank lines, further comments, and a `;` here and there behind a
 * `}`. It may not be sound any more. */
void tct_fmt_relay(struct tc_str text, struct tct_rng *rng, struct tc_buf *out);

#endif
