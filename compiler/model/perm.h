/**
 * Permission values: what a grant means, whoever wrote it.
 *
 * A permission belongs to a class (data/permissions.def or a declared one) and holds one value for each field of the
 * class and rows for its forms. Values are immutable once they are part of a permission set: sets share them.
 */
#ifndef TC_MODEL_PERM_H
#define TC_MODEL_PERM_H

#include "data/tables.h"

/** An entry of a list. */
struct tc_item {
    struct tc_str text;
    struct tc_span span;
    bool settled; /**< the text is what the framework holds (a canonical path), not what someone wrote */
};

/** Finds an entry of a long list or a row without looking at each; perm.c. */
struct tc_perm_index;

/** The value of a PATHS, KEYS or NAMES field. */
struct tc_list {
    struct tc_item *items;
    struct tc_perm_index *index; /**< only a cache: it counts while it is about just these items */
    uint32_t count;
    bool all;       /**< FileIO: every file */
    bool all_local; /**< FileIO: every file on local drives, beside the items */
};

/** The value of a field. Which member counts follows from the kind of the field. */
struct tc_value {
    bool present;
    struct tc_span span; /**< the clause that set it */
    union {
        uint64_t bits;       /**< FLAGS */
        int64_t number;      /**< LEVEL, INT64, BOOL */
        struct tc_str text;  /**< TEXT */
        struct tc_list list; /**< PATHS, KEYS, NAMES */
    };
};

/** What the text of a URI cell is, in `number`. Sources and XML hold patterns only. */
enum tc_web_kind {
    TC_WEB_PATTERN, /**< a regular expression */
    TC_WEB_URI,     /**< an absolute URI, from a constructor */
    TC_WEB_TEXT,    /**< any other text, from a constructor: only itself */
};

/** A cell of a row. */
struct tc_cell {
    bool present;
    int64_t number;     /**< LEVEL, CHOICE, FLAGS, BOOL, NUMBER, PORT (-1: all), URI (enum tc_web_kind) */
    struct tc_str text; /**< TEXT, URI (the regular expression) */
};

/** A row of a form: an endpoint, a machine, a connection string. */
struct tc_row {
    const struct tc_form *form;
    struct tc_span span;
    bool settled;          /**< as the framework holds it, not as someone wrote it */
    struct tc_cell *cells; /**< form->column_count of them */
};

/** An attribute or child element of a declared class, as written. */
struct tc_verbatim {
    struct tc_verbatim *next;
    struct tc_str name;
    struct tc_str value; /**< attributes only */
    bool is_element;
    struct tc_verbatim *content; /**< elements only */
    struct tc_span span;
};

/** Where a permission comes from: one grant of a source, or two permissions that were united. */
struct tc_origin {
    const struct tc_origin *earlier, *later; /**< NULL: this is a grant */
    const struct tc_perm *perm;              /**< what it says, tokens as written */
    struct tc_str because;                   /**< the reason that it gives; empty in the platform's own levels */
};

struct tc_perm {
    const struct tc_class *cls;
    struct tc_value *values; /**< cls->field_count of them */
    struct tc_row *rows;
    struct tc_perm_index *row_index; /**< only a cache, as in a list */
    struct tc_verbatim *markup;      /**< declared classes */
    const struct tc_origin *origin;  /**< NULL: no grant of a source */
    const void *owner;               /**< who may still change it, while it is being made; else it is shared */
    struct tc_span span;             /**< the first grant that it comes from */
    uint32_t row_count;
    bool unrestricted;
};

/** An empty permission of @a cls. NULL when out of memory, like every result here. */
struct tc_perm *tc_perm_new(struct tc_arena *arena, const struct tc_class *cls, struct tc_span span);

/** A copy that may be changed without touching @a perm. */
struct tc_perm *tc_perm_copy(struct tc_arena *arena, const struct tc_perm *perm);

/** Add an entry to a list value unless an equal one (letter case apart) is there. False when out of memory. */
bool tc_list_add(struct tc_arena *arena, struct tc_list *list, struct tc_item item);

/** Take the entry equal to @a text (letter case apart) out of a list value; false when there is none. */
bool tc_list_remove(struct tc_list *list, struct tc_str text);

/** Add a copy of @a row, whatever is there; its cells are shared. False when out of memory. */
bool tc_perm_append_row(struct tc_arena *arena, struct tc_perm *perm, const struct tc_row *row);

/** Add a copy of @a row unless an equal one is there; one that differs in its flags only is joined with it, as the
 * framework joins entries of one name. False when out of memory. */
bool tc_perm_add_row(struct tc_arena *arena, struct tc_perm *perm, const struct tc_row *row);

/** Whether two rows say the same: same form, equal cells; text compares without letter case. */
bool tc_row_equal(const struct tc_row *a, const struct tc_row *b);

/** Take the row equal to @a row out; false when there is none. */
bool tc_perm_remove_row(struct tc_perm *perm, const struct tc_row *row);

/**
 * Add to @a into all that @a other grants, as the framework's Union does for permissions of one class: flags or-ed,
 * levels and numbers by maximum, lists and rows joined.
 *
 * @return false when out of memory, or when the class holds a single identity, or markup as it was written, and the two
 *         differ
 */
bool tc_perm_unite(struct tc_arena *arena, struct tc_perm *into, const struct tc_perm *other);

/**
 * The grants on which a part of @a perm rests: those of which @a is says yes.
 * @param ret_reason  the reason of the last one; empty when one of them gives none
 * @return the last one as it was written, for its place; NULL when there is none
 */
const struct tc_perm *tc_perm_granted(const struct tc_perm *perm,
                                      bool (*is)(const void *state, const struct tc_perm *grant), const void *state,
                                      struct tc_str *ret_reason);

/** Called for each grant that @a perm was made of, the last written first; once for those that have no origin. */
void tc_perm_each_grant(const struct tc_perm *perm, void (*visit)(void *state, const struct tc_origin *grant),
                        void *state);

/** Whether @a perm grants nothing at all. */
bool tc_perm_is_empty(const struct tc_perm *perm);

/** Whether two permissions of one class hold the same values; order of list entries and rows does not matter. */
bool tc_perm_equal(const struct tc_perm *a, const struct tc_perm *b);

/** Whether two lists of markup say the same in the same order. */
bool tc_verbatim_equal(const struct tc_verbatim *a, const struct tc_verbatim *b);

/** Whether the flags field @a field of @a perm has all of @a bits; true when the permission is unrestricted. */
bool tc_perm_has_flags(const struct tc_perm *perm, size_t field, uint64_t bits);

#endif
