/**
 * What the files of the reader share (reader.h): the places and comments of a file, its trees, and its permission sets.
 * Private to xml/.
 */
#ifndef TC_XML_READER_PARTS_H
#define TC_XML_READER_PARTS_H

#include "model/algebra.h"
#include "xml/policy_text.h"
#include "xml/reader.h"

/** What $AppDir$ stands for while permissions are read: a full path that still shows the token. */
#define TC_READER_DIRECTORY "Q:\\$AppDir$"

/** Where an element stands. */
struct tc_reader_mark {
    uint32_t begin, end;
};

struct tc_reader {
    struct tc_arena *arena;
    struct tc_diags *diags;
    struct tc_source *source;
    struct tc_policy_text text; /**< with TC_READER_DIRECTORY for the token */
    struct tc_reading *reading;
    struct tc_policy *policy;
    struct tc_map declared; /**< full type name to struct tc_class */
    struct tc_map sets;     /**< name to the place in policy->sets, of the first `sets_known` */
    size_t sets_known;
    enum tc_framework framework;
    bool short_names;  /**< short names of the framework's classes need no SecurityClass: a SharePoint solution */
    bool guesses_main; /**< nobody has said which set is the main one, and it can have another name */
    bool conforming;   /**< spans of the tree are places of the source already */
    bool model_only;   /**< nobody asks for comments, origins and where the two readers differ */
    bool has_no_token; /**< TC_READER_DIRECTORY stands nowhere */
    struct tc_reader_mark *marks; /**< of all elements, in order; none when the text is no XML */
    size_t mark_count;
    struct tc_read_comment *last_comment; /**< the one added last: most come in order */
    struct tc_read_origin *last_origin;
    struct tc_read_permission **permission_tail; /**< NULL: nobody asks for them */
};

/* ---- places, comments and origins: reader_tree.c ---- */

/** A span of the replaced text as one of the source. */
struct tc_span tc_reader_place(const struct tc_reader *r, struct tc_span span);

/** Where @a element begins in the source. */
uint32_t tc_reader_anchor(const struct tc_reader *r, const struct tc_element *element);

/** Behind the end tag of @a element; where that is not known, behind its last start tag. */
uint32_t tc_reader_end(const struct tc_reader *r, const struct tc_element *element);

/** @a text with the stand-in for the token taken out again; itself when it has none. */
struct tc_str tc_reader_restore(struct tc_reader *r, struct tc_str text);

/** A copy of @a element as it was written; with @a full, classes are named in full, so that it can stand anywhere. NULL
 * when out of memory. */
struct tc_element *tc_reader_original(struct tc_reader *r, const struct tc_element *element, bool full);

/** Put a comment among those of the reading, by its place. */
void tc_reader_comment(struct tc_reader *r, uint32_t at, struct tc_str text);

/** Keep in sight what has no effect, or none that could be said: @a element, in a comment that begins with @a why. */
void tc_reader_keep(struct tc_reader *r, const struct tc_element *element, const char *why);

/** Remember what became the thing at @a anchor. @a why: it cannot be said otherwise than verbatim; NULL when it can. */
void tc_reader_origin(struct tc_reader *r, uint32_t anchor, const struct tc_element *element, const char *why);

/* ---- the text as XML has it: reader_tree.c ---- */

/** Whether there is nothing but white space of XML in @a text. */
bool tc_reader_is_blank(struct tc_str text);

/** Add the comments of the text from @a begin up to @a end, as XML has them. */
void tc_reader_comments(struct tc_reader *r, const struct tc_markup *document, uint32_t begin, uint32_t end);

/** Fill `marks`. False when out of memory. */
bool tc_reader_marks(struct tc_reader *r, const struct tc_markup *document);

/** Report that the two readers do not read the same, at @a span. */
void tc_reader_differs(struct tc_reader *r, struct tc_span span, const char *what);

/** Report the first place where the trees are not the same; true when there was one. */
bool tc_reader_compare(struct tc_reader *r, const struct tc_element *element, const struct tc_markup *markup);

/** A tree as the framework holds it, from a conforming reading. NULL when out of memory. */
struct tc_element *tc_reader_element(struct tc_reader *r, const struct tc_markup *markup);

/** A copy of the tree of a plain text with the stand-in for the token; what does not hold it is shared. NULL when out
 * of memory. */
struct tc_element *tc_reader_plain_tree(struct tc_reader *r, const struct tc_element *element);

/* ---- permission sets: reader_sets.c ---- */

/** The full name behind the class of @a element; false when it has none. */
bool tc_reader_class(struct tc_reader *r, const struct tc_element *element, struct tc_str *ret_name);

/** The value of the attribute @a name, decoded; empty when there is none. */
struct tc_str tc_reader_attribute(struct tc_reader *r, const struct tc_element *element, const char *name);

/** Of a class that the tables lack: its markup as it stands, without `class` and `version` when it is @a outermost. */
struct tc_verbatim *tc_reader_verbatim(struct tc_reader *r, const struct tc_element *element, bool outermost);

/** Note what reading threw at @a diag. */
void tc_reader_throws(struct tc_reader *r, struct tc_diag *diag, const struct tc_throw *thrown);

/** Report what the framework drops at @a span, and keep @a element as a comment. */
void tc_reader_dropped(struct tc_reader *r, const struct tc_element *element, struct tc_span span, const char *why);

/**
 * A permission set.
 * @param ret_lost  the framework takes it for one that is not there, which was reported
 * @return NULL when out of memory
 */
struct tc_pset *tc_reader_set(struct tc_reader *r, const struct tc_element *element, bool *ret_lost);

#endif
