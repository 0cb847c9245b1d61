/**
 * What an existing machine-level configuration file holds: its sections by location path, the regions that trustc wrote
 * earlier, how it is laid out; and what the configuration system would refuse in it.
 */
#ifndef TC_EMIT_MERGE_SCAN_H
#define TC_EMIT_MERGE_SCAN_H

#include "base/diag.h"
#include "base/map.h"
#include "base/status.h"
#include "emit/emit_webconfig.h"
#include "xml/spans.h"

/** The sections of `<system.web>` that trustc knows. */
enum tc_section {
    TC_SECTION_SECURITY_POLICY,
    TC_SECTION_TRUST,
    TC_SECTION_FULL_TRUST,
    TC_SECTION_COMPILATION,
    TC_SECTION_IDENTITY,
    TC_SECTION_COUNT_
};

/** "securityPolicy" */
const char *tc_section_name(enum tc_section section);

/** All that the file says for one path, outside our regions. A section may occur once per path (aspnet-trust 3.2). */
struct tc_config_path {
    struct tc_str path;                                  /**< as first written; empty for the whole machine */
    const struct tc_markup *sections[TC_SECTION_COUNT_]; /**< NULL where there is none */
};

/** What stands between two markers; begin is NULL when the file has no such region. */
struct tc_config_region {
    const struct tc_markup *begin;
    const struct tc_markup *end;
};

/** An existing file. All slices and nodes live as long as its source and arena. */
struct tc_config_file {
    struct tc_arena *arena;
    struct tc_diags *diags;
    const struct tc_source *source;
    struct tc_str encoding; /**< as declared; empty for UTF-8 */
    struct tc_str newline;  /**< the dominant line ending */
    struct tc_str unit;     /**< one step of indentation */
    const struct tc_markup *root;
    struct tc_config_region regions[TC_REGION_COUNT_];
    struct tc_config_path machine;
    struct tc_map paths;         /**< folded path -> struct tc_config_path */
    struct tc_config_path **all; /**< the same and the machine's, in the order of the file */
    size_t path_count;
    size_t path_capacity;
};

/**
 * Read @a source into @a ret_file.
 * @return TC_OK; TC_FAILED with diagnostics; TC_ERR_NOMEM
 */
enum tc_status tc_config_file_read(struct tc_arena *arena, struct tc_diags *diags, const struct tc_source *source,
                                   struct tc_config_file *ret_file);

/** The span of @a markup: a start tag, or a whole comment. */
struct tc_span tc_config_file_span(const struct tc_config_file *file, const struct tc_markup *markup);

/** The value of the attribute called @a name as UTF-8, decoded; false when @a element lacks it. */
bool tc_config_file_value(const struct tc_config_file *file, const struct tc_markup *element, const char *name,
                          struct tc_str *ret_value);

/** The next sibling of @a markup (or, when that is NULL, the first child of @a parent) that stands outside our regions.
 */
const struct tc_markup *tc_config_file_next(const struct tc_config_file *file, const struct tc_markup *parent,
                                            const struct tc_markup *markup);

/** The location around a section or group; NULL when there is none. */
const struct tc_markup *tc_config_file_location(const struct tc_markup *markup);

/** Whether @a location denies overriding; NULL does not. */
bool tc_config_file_is_locked(const struct tc_config_file *file, const struct tc_markup *location);

/** Where lines begin and end, for edits. */
bool tc_config_file_line_before(const struct tc_config_file *file, uint32_t at, struct tc_str *ret_indent);
bool tc_config_file_line_after(const struct tc_config_file *file, uint32_t at, uint32_t *ret_next);

/** The same path whatever its letter case; "." is the same as nothing. */
struct tc_str tc_location_path_key(struct tc_arena *arena, struct tc_str path);

/** Why the configuration system refuses @a path (aspnet-trust 3.3), as the end of a sentence; NULL when it does not. */
const char *tc_location_path_fault(struct tc_str path);

#endif
