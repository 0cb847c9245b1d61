/**
 * Trees for people and for programs: one walk over a tree gives indented text, or JSON with keys in a fixed order.
 *
 * A node is a kind, its place, its fields, then lists of further nodes. Text shows a node on a line and what is in it
 * below; what is empty is left out. JSON holds every key that the walk names, so that the walk is its schema.
 */
#ifndef TC_BASE_OUTLINE_H
#define TC_BASE_OUTLINE_H

#include "base/source.h"

struct tc_outline {
    struct tc_buf *out;
    const struct tc_sources *sources;
    bool is_json;
    bool names_files;    /**< spans begin with the name of their source */
    bool needs_comma;    /**< a value stands before the next one in its list or node */
    unsigned depth;      /**< of the next node */
    const char *heading; /**< text: of the list just begun; written when something comes */
};

/** Begin with what every outline has; @a stage says what is shown, @a file of which source. */
void tc_outline_begin(struct tc_outline *outline, const char *stage, struct tc_str file);
/** End what tc_outline_begin() began. */
void tc_outline_end(struct tc_outline *outline);

/** Begin a node of the current list. */
void tc_outline_node_begin(struct tc_outline *outline, const char *kind, struct tc_span span);
void tc_outline_node_end(struct tc_outline *outline);
/** Begin a node that is the field @a key of the current one; in text @a key stands before it. */
void tc_outline_child_begin(struct tc_outline *outline, const char *key, const char *kind, struct tc_span span);
void tc_outline_child_end(struct tc_outline *outline);

/* Fields. Those with an empty value stand in JSON only. A key beginning with a dot is not written in text (nor is the
 * dot in JSON). */

/** Text of the user: quoted. */
void tc_outline_text(struct tc_outline *outline, const char *key, struct tc_str text);
/** A piece of a source as it stands there. */
void tc_outline_source(struct tc_outline *outline, const char *key, struct tc_str text);
/** A word of ours or of a table: bare in text. NULL is null. */
void tc_outline_word(struct tc_outline *outline, const char *key, const char *word);
/** A yes shows its key alone in text. */
void tc_outline_flag(struct tc_outline *outline, const char *key, bool yes);
/** The place of something that belongs to the node. */
void tc_outline_span(struct tc_outline *outline, const char *key, struct tc_span span);

/** Begin a list of nodes; @a heading stands above them in text unless NULL. */
void tc_outline_list_begin(struct tc_outline *outline, const char *key, const char *heading);
/** @a heading as it was given to tc_outline_list_begin(). */
void tc_outline_list_end(struct tc_outline *outline, const char *heading);

/** Begin a list that stands on the line of its node, commas between the items. */
void tc_outline_row_begin(struct tc_outline *outline, const char *key);
void tc_outline_row_end(struct tc_outline *outline);
void tc_outline_row_text(struct tc_outline *outline, struct tc_str text);
void tc_outline_row_word(struct tc_outline *outline, struct tc_str word);
void tc_outline_row_number(struct tc_outline *outline, int64_t number);
/** A word of the source with its kind and place: `"C:\Windows"@7:15`. After a comma only if @a joined. */
void tc_outline_row_atom(struct tc_outline *outline, const char *kind, struct tc_str text, bool quoted, bool joined,
                         struct tc_span span);

/** Append "1:2-1:5", with the name of the source before it if @a names_file; "-" for nowhere. */
void tc_outline_put_span(struct tc_buf *out, const struct tc_sources *sources, struct tc_span span, bool names_file);

/** Append @a text in quotes as a source would write it, with \n, \t and \xHH for what would break the line. */
void tc_outline_put_quoted(struct tc_buf *out, struct tc_str text);

#endif
