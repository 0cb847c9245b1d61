/**
 * One attribute that holds a list: what paths.c and lists.c share.
 */
#ifndef TC_CHECK_LISTS_H
#define TC_CHECK_LISTS_H

#include "check/values.h"

enum { TC_LISTS_MAX = 8 };

struct tc_list_entry {
    struct tc_str raw;  /**< as written, without the blanks around it */
    struct tc_str text; /**< decoded */
    struct tc_str path; /**< as the framework keeps it, a directory in place of the token */
    size_t begin, end;  /**< of raw, in the value */
    bool bad;           /**< reported: it does not mean what it says */
    bool throws;        /**< it makes the framework throw */
};

struct tc_list_check {
    struct tc_check_perm *p;
    const struct tc_element_attribute *attribute; /**< NULL: the permission has none */
    enum tc_field_kind kind;
    bool is_discovery;             /**< PathDiscovery, which compares more generously */
    struct tc_list_entry *entries; /**< those that are not bad */
    size_t count;
};

/** The attribute of field @a field, when that holds a list and is there. */
bool tc_list_of(struct tc_check_perm *p, size_t field, struct tc_list_check *ret);

/** The span of [begin, end) bytes of the text of @a entry; of all of it when the text holds entities. */
struct tc_span tc_list_span(const struct tc_list_check *list, const struct tc_list_entry *entry, size_t begin,
                            size_t end);

/** Report that the part [begin, end) of @a entry is bad: its text in quotes, then @a what. */
struct tc_diag *tc_list_report(struct tc_list_check *list, enum tc_check_id id, struct tc_list_entry *entry,
                               size_t begin, size_t end, const char *what);

/** Offer to put @a text in place of [begin, end) of the entry. */
void tc_list_replace(struct tc_list_check *list, const struct tc_list_entry *entry, struct tc_diag *diag, size_t begin,
                     size_t end, struct tc_str text);

/** Checks that lists of paths, keys and names share; true: reported. */
bool tc_list_check_separators(struct tc_list_check *list, struct tc_list_entry *entry);
bool tc_list_check_white(struct tc_list_check *list, struct tc_list_entry *entry);
bool tc_list_check_variable(struct tc_list_check *list, struct tc_list_entry *entry);
bool tc_list_check_wildcard(struct tc_list_check *list, struct tc_list_entry *entry);
void tc_list_check_trailing(struct tc_list_check *list, struct tc_list_entry *entry);

/** A path; a registry key or the name of a variable. */
void tc_list_check_path(struct tc_list_check *list, struct tc_list_entry *entry);
void tc_list_check_name(struct tc_list_check *list, struct tc_list_entry *entry);

/** Entries that another one covers. */
void tc_list_check_covered(struct tc_list_check *list);

/** Whether what FileIO may read it may also know the path of. */
void tc_list_check_discovery(struct tc_check_perm *p, const struct tc_list_check *lists);

#endif
