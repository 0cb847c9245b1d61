/**
 * A configuration file as .NET's configuration system takes it: which sections of `<system.web>` it has, for which
 * paths, and which of them it locks. Nothing is copied; places lead into the text.
 */
#ifndef TC_CHECK_WEBCONFIG_H
#define TC_CHECK_WEBCONFIG_H

#include "base/map.h"
#include "data/tables.h"
#include "xml/spans.h"

/** What a location says about files below it (aspnet-trust 3.2). */
enum tc_lock {
    TC_LOCK_INHERIT, /**< nothing: also allowOverride="true" */
    TC_LOCK_ALLOW,
    TC_LOCK_DENY,
};

/** A section, for one path. */
struct tc_webconfig_section {
    struct tc_webconfig_section *next; /**< in the order of the file */
    enum tc_webconfig_id id;           /**< TC_WEBCONFIG_COUNT_: a section that has nothing to do with trust */
    const struct tc_markup *element;
    const struct tc_markup *location; /**< around it; NULL: none */
    struct tc_str path;               /**< of the location, decoded; "" for the file's own level, also for "." */
    struct tc_str key;                /**< the same, folded, to be compared */
    enum tc_lock lock;
    bool in_child_applications; /**< false: inheritInChildApplications="false" */
};

struct tc_webconfig {
    struct tc_arena *arena;
    const struct tc_source *source;
    const struct tc_markup *document;
    const struct tc_markup *root; /**< the outermost element; NULL: there is none */
    bool is_machine;              /**< root web.config or machine.config, not an application's own */
    bool is_transform;            /**< edits for another file (web.Release.config) */
    struct tc_webconfig_section *first;
    struct tc_webconfig_section **tail;
    struct tc_map by_key[TC_WEBCONFIG_COUNT_]; /**< key → the first section of that kind */
};

/**
 * Read a file.
 *
 * @param name      path of the file, as far as it is known: it may tell whose file this is
 * @param document  of tc_spans_scan()
 * @return false when out of memory
 */
bool tc_webconfig_read(struct tc_arena *arena, const struct tc_source *source, const struct tc_markup *document,
                       struct tc_webconfig *ret_config);

/** The section of @a id for exactly @a key, or NULL. */
const struct tc_webconfig_section *tc_webconfig_find(const struct tc_webconfig *config, enum tc_webconfig_id id,
                                                     struct tc_str key);

/**
 * What the file says about locking @a section's kind for files below its path: its own location, else the one for the
 * nearest path above it.
 * @param ret_by  the section whose location says so; NULL when none does
 */
enum tc_lock tc_webconfig_lock(const struct tc_webconfig *config, enum tc_webconfig_id id, struct tc_str key,
                               const struct tc_webconfig_section **ret_by);

/** Whether @a inner is @a outer or lies below it; both folded, "" is above all. */
bool tc_webconfig_within(struct tc_str inner, struct tc_str outer);

/** The lock that a `<location>` (NULL: none) sets; a spelling that .NET refuses counts as what it was meant to be. */
enum tc_lock tc_webconfig_location_lock(struct tc_arena *arena, const struct tc_markup *location);

/** The attribute's value as .NET has it; false when @a element lacks it. */
bool tc_webconfig_value(struct tc_arena *arena, const struct tc_markup *element, const char *name,
                        struct tc_str *ret_value);

/** Whether a boolean attribute of a section says true (.NET: any letter case, blanks around). */
bool tc_webconfig_is_true(struct tc_arena *arena, const struct tc_markup *element, const char *name);

/** The trust level of the table called @a name (exactly, or in any letter case); TC_LEVEL_COUNT_ when there is none. */
enum tc_level_id tc_webconfig_stock_level(struct tc_str name, bool any_case);

/** Spans of parts of the text of the file. */
struct tc_span tc_webconfig_tag(const struct tc_source *source, const struct tc_markup *element);
struct tc_span tc_webconfig_attr_name(const struct tc_source *source, const struct tc_markup_attr *attr);
struct tc_span tc_webconfig_attr_value(const struct tc_source *source, const struct tc_markup_attr *attr);
/** Of the value of the attribute, or, when there is none, of the name in the tag. */
struct tc_span tc_webconfig_place(const struct tc_source *source, const struct tc_markup *element, const char *name);
/** Of what locks or unlocks: the attribute of the location with its value, else its tag, else the section's. */
struct tc_span tc_webconfig_lock_place(const struct tc_webconfig *config, const struct tc_webconfig_section *section);

#endif
