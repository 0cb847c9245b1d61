/**
 * What the rules about grants share: the set that is judged, the platform's level behind it, and the places in the text
 * where a permission says what it says. They work on the model, so that a policy file and a source are told the same.
 */
#ifndef TC_CHECK_GRANTS_H
#define TC_CHECK_GRANTS_H

#include "check/check.h"

/** Where the entries of the lists of a permission stand, as far as somebody asked; grants.c. */
struct tc_grants_places {
    struct tc_grants_pieces *first;
    struct tc_grants_list *lists;
};

/** One permission set while it is judged. */
struct tc_grants {
    struct tc_check *check;
    const struct tc_policy *policy;
    const struct tc_pset *set;
    const struct tc_policy *base;       /**< the level that the policy was made from; NULL: none that is known */
    const struct tc_policy *other_base; /**< the same level of another runtime, where the file may be for either */
    struct tc_span span;                /**< of the set, for what has no place of its own */
    struct tc_span block;               /**< of a source: what the policy says itself; its base is judged by itself */
    bool is_source;
    bool is_main;      /**< what the application's own code gets */
    uint64_t reported; /**< bit i: class i has a finding of its own */
    uint64_t asked;    /**< bit i: tc_grants_news() has been asked about class i */
    const struct tc_perm *news[TC_CLASS_COUNT_], *bases[TC_CLASS_COUNT_]; /**< and has answered this */
    struct tc_grants_places *places;                                      /**< only a cache */
};

/** What the base grants of @a id, possibly or surely; NULL: nothing, or there is no base. */
const struct tc_perm *tc_grants_base(struct tc_grants *g, enum tc_class_id id);

/** The set's permission of @a id when it grants what the base does not; else NULL. *ret_base as tc_grants_base(). */
const struct tc_perm *tc_grants_news(struct tc_grants *g, enum tc_class_id id, const struct tc_perm **ret_base);

/** Whether @a outer (NULL: nothing) grants all of @a inner. */
bool tc_grants_covers(struct tc_grants *g, const struct tc_perm *outer, const struct tc_perm *inner);

/** A copy of @a perm with one entry of a list field, or one row, and nothing else. NULL when out of memory. */
const struct tc_perm *tc_grants_item_alone(struct tc_grants *g, const struct tc_perm *perm, size_t field,
                                           const struct tc_item *item);
const struct tc_perm *tc_grants_row_alone(struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row);

/** Whether the policy itself says what stands at @a span; of a source, what its base says is told there. */
bool tc_grants_is_own(const struct tc_grants *g, struct tc_span span);

/** Report rule @a id about class @a cls, unless the base of a source says it. */
struct tc_diag *tc_grants_report(struct tc_grants *g, enum tc_check_id id, enum tc_class_id cls, struct tc_span span,
                                 const char *format, ...) TC_PRINTF(5, 6);

/* ---- places ---- */

/** The text under @a span, which lies in the file; empty for nowhere. */
struct tc_str tc_grants_text(const struct tc_grants *g, struct tc_span span);

/** Where @a word stands by itself in @a span. */
bool tc_grants_word(const struct tc_grants *g, struct tc_span span, struct tc_str word, struct tc_span *ret_span);

/** The value of the attribute @a name in the start tag under @a span, without its quotes. */
bool tc_grants_attribute(const struct tc_grants *g, struct tc_span span, const char *name, struct tc_span *ret_span);

/** Where @a perm says that it is unrestricted. */
struct tc_span tc_grants_unrestricted(const struct tc_grants *g, const struct tc_perm *perm);

/** Where the value of a field stands. */
struct tc_span tc_grants_value(const struct tc_grants *g, const struct tc_perm *perm, size_t field);

/** Where a list of paths says that it is for all files. */
struct tc_span tc_grants_all(const struct tc_grants *g, const struct tc_perm *perm, size_t field);

/** Where @a perm says the flag or level @a name. *ret_exact: that is the name alone, which an edit may take out. */
struct tc_span tc_grants_name(const struct tc_grants *g, const struct tc_perm *perm, size_t field, const char *name,
                              bool *ret_exact);

/** Where an entry of a list stands. */
struct tc_span tc_grants_item(const struct tc_grants *g, const struct tc_perm *perm, size_t field,
                              const struct tc_item *item);

/** The entry of a list field that is equal to @a text, letter case apart; NULL when there is none. */
const struct tc_item *tc_grants_find_item(const struct tc_grants *g, const struct tc_perm *perm, size_t field,
                                          struct tc_str text);

/** Where a row says the cell of @a column; the row when it does not show. */
struct tc_span tc_grants_cell(const struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row,
                              size_t column);

/** Where a row says @a name in the cell of @a column. */
struct tc_span tc_grants_cell_name(const struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row,
                                   size_t column, const char *name, bool *ret_exact);

/* ---- edits ---- */

/** Take the name under @a span out of the list between commas that it stands in; by itself it becomes @a nothing, and
 * in a source stays. */
void tc_grants_remove_name(struct tc_grants *g, struct tc_diag *diag, struct tc_span span, const char *nothing);

/** Take out the attribute whose value is @a span; not in a source. */
void tc_grants_remove_attribute(struct tc_grants *g, struct tc_diag *diag, struct tc_span span);

/* ---- words ---- */

/** What the file calls a field: "read" in a source, "Read" in XML. */
const char *tc_grants_field(const struct tc_grants *g, const struct tc_field *field);

/** "read and write", from the bits of the list fields of a class. */
struct tc_str tc_grants_verbs(struct tc_grants *g, const struct tc_class *cls, uint64_t fields);

/* ---- the rules, by what they look at ---- */

void tc_grants_find_base(struct tc_grants *g); /**< sets `base` and `other_base` */
void tc_grants_hosting(struct tc_grants *g);   /**< AspNetHosting */
void tc_grants_flags(struct tc_grants *g);     /**< Security, Reflection */
void tc_grants_files(struct tc_grants *g);     /**< FileIO */
void tc_grants_registry(struct tc_grants *g);  /**< Registry, Environment */
void tc_grants_databases(struct tc_grants *g); /**< OleDb, Odbc, Oracle, SqlClient */
void tc_grants_network(struct tc_grants *g);   /**< Web, Socket */
void tc_grants_resources(struct tc_grants *g); /**< event log, counters, services, queues, directory, keys, desktop */
void tc_grants_wider(struct tc_grants *g);     /**< what no rule above said, held against the base; comes last */
void tc_grants_groups(struct tc_check *check, const struct tc_policy *policy); /**< code groups */

#endif
