/**
 * The text of a file as its author meant it, held against what the readers make of it.
 *
 * Only for the checks of the text: text.c asks the readers, text_tags.c walks over a text that they do not read alike,
 * text_values.c looks at attribute values and text_comments.c at comments.
 */
#ifndef TC_CHECK_TEXT_H
#define TC_CHECK_TEXT_H

#include "check/check.h"

struct tc_text {
    struct tc_check *check;
    struct tc_str text;
    bool clr;   /**< the framework's own reader reads such a file; else a conforming one does */
    bool loads; /**< that reader can read it */
    bool same;  /**< the framework's reader and a conforming one see the same */
    size_t found;
};

/** Report a finding at [begin, end) of the text. */
struct tc_diag *tc_text_report(struct tc_text *t, enum tc_check_id id, size_t begin, size_t end, const char *format,
                               ...) TC_PRINTF(5, 6);

/** Add an edit: [begin, end) of the text becomes @a replacement. */
void tc_text_edit(struct tc_text *t, struct tc_diag *diag, size_t begin, size_t end, const char *replacement);

/** Walk over the text and report what is wrong with its markup. */
void tc_text_tags(struct tc_text *t);

/** Look at the comment in [begin, end), its delimiters included. */
void tc_text_comment(struct tc_text *t, size_t begin, size_t end);

/** An attribute that the walk has found. */
struct tc_text_attr {
    struct tc_str tag; /**< of its element */
    struct tc_str name;
    size_t begin, end; /**< of its value, without quotes */
};

/** Look at a value in quotation marks. */
void tc_text_value(struct tc_text *t, const struct tc_text_attr *attr);

/**
 * A value that begins at @a quote with a quotation mark seems to lack its end.
 * @return where it should have ended; SIZE_MAX when it is all right. @a end is that of the value as it stands.
 */
size_t tc_text_lost_quote(const struct tc_text *t, size_t quote, size_t end);

/** Bytes of the character at @a at that looks like a blank and is none (U+00A0, U+200B, U+FEFF, U+3000); else 0. */
size_t tc_text_invisible(const struct tc_text *t, size_t at);
/** Bytes of the typographic quotation mark at @a at; else 0. */
size_t tc_text_curly_quote(const struct tc_text *t, size_t at);

#endif
