/**
 * A reader of the part of TOML that a configuration file of ours needs: comments, tables with bare or quoted keys,
 * strings on one line, true and false, whole numbers, lists of strings. What else TOML has (dates, inline tables, lists
 * of tables, dotted keys before `=`, strings of several lines) is refused with its name.
 *
 * Own code because Debian has no TOML library for C.
 */
#ifndef TC_BASE_TOML_H
#define TC_BASE_TOML_H

#include "base/arena.h"
#include "base/source.h"

enum tc_toml_kind { TC_TOML_STRING, TC_TOML_BOOL, TC_TOML_NUMBER, TC_TOML_LIST };

struct tc_toml_item {
    struct tc_toml_item *next;
    struct tc_str text;
    struct tc_span span;
};

enum { TC_TOML_DEPTH_MAX = 4 };

/** `key = value` with the table that it stands in. */
struct tc_toml_entry {
    struct tc_toml_entry *next;
    struct tc_str table[TC_TOML_DEPTH_MAX]; /**< parts of the table's name: [directory."old/app".rules] */
    struct tc_span table_spans[TC_TOML_DEPTH_MAX];
    size_t depth;
    struct tc_str key;
    struct tc_span key_span;
    enum tc_toml_kind kind;
    struct tc_str text;         /**< STRING */
    bool is_true;               /**< BOOL */
    int64_t number;             /**< NUMBER */
    struct tc_toml_item *items; /**< LIST */
    struct tc_span span;        /**< of the value */
};

struct tc_toml_fault {
    struct tc_span span;
    const char *message; /**< a literal */
};

/**
 * Read @a source.
 * @param ret_entries  in the order of the file, also those before a fault; live in @a arena
 * @return true; false with @a ret_fault
 */
bool tc_toml_read(struct tc_arena *arena, const struct tc_source *source, struct tc_toml_entry **ret_entries,
                  struct tc_toml_fault *ret_fault);

#endif
