/**
 * Our entries into an existing machine-level web.config (machine.config for 1.1), every other byte kept.
 *
 * The configuration system reads these files with a conforming XML reader; so the text is checked by libxml2 first,
 * and edited by the byte spans of its tags (xml/spans.h), never re-serialised.
 */
#ifndef TC_EMIT_MERGE_H
#define TC_EMIT_MERGE_H

#include "base/diag.h"
#include "base/status.h"
#include "data/tables.h"

/** A `<trustLevel>`: name and file, both as the XML attribute values should read (not escaped). */
struct tc_trust_level {
    struct tc_str name;
    struct tc_str policy_file;
    struct tc_span span; /**< where the source made it, for messages; nowhere for the stock levels */
};

/** An assembly of `<fullTrustAssemblies>` (4.x). */
struct tc_full_trust_assembly {
    struct tc_str name;
    struct tc_str version;
    struct tc_str key; /**< full public key, hex */
};

/** A `<trust>` and what goes with it. */
struct tc_trust_entry {
    struct tc_str path; /**< location path, "Default Web Site/app"; empty for the whole machine */
    struct tc_str level;
    struct tc_str origin;         /**< originUrl; may be empty */
    bool legacy_cas_model;        /**< emit legacyCasModel="true" */
    struct tc_str permission_set; /**< emit permissionSetName unless empty */
    const struct tc_full_trust_assembly *full_trust;
    size_t full_trust_count;
    struct tc_str temp_directory; /**< <compilation tempDirectory>, in the unlocked location; empty: none */
    int impersonate;              /**< <identity impersonate>, likewise: -1 none, 0 false, 1 true */
    bool has_nested;              /**< another entry's path lies below this one's */
    struct tc_span span;          /**< the application in the source */
};

/** The entries of one machine-level configuration file. */
struct tc_config_entries {
    enum tc_clr clr;
    const struct tc_trust_level *levels; /**< the five stock levels first, then ours */
    size_t level_count;
    struct tc_trust_entry machine; /**< the default for all */
    const struct tc_trust_entry *applications;
    size_t application_count;
};

/**
 * The file that holds nothing but the entries: what `trustc build` writes without --merge.
 * @return TC_OK or TC_ERR_NOMEM (also when @a out failed); @a out gets UTF-8 with LF, without BOM
 */
enum tc_status tc_config_emit(const struct tc_config_entries *entries, struct tc_buf *out);

/**
 * Put the entries into an existing file.
 *
 * The stock `<securityPolicy>` and `<trust>` are rewritten where they stand and their location locked, what else lies
 * in it stays unlocked; entries of ours of an earlier run are replaced; an entry that someone else made and that says
 * otherwise is an error that shows both.
 *
 * @param existing  a text added to @a diags->sources; messages point into it
 * @param out       the new text, with the file's own line endings, encoding, BOM and indentation; byte for byte the old
 * text when nothing changes; untouched unless TC_OK
 * @return TC_OK; TC_FAILED with diagnostics; TC_ERR_NOMEM
 */
enum tc_status tc_config_merge(struct tc_arena *arena, const struct tc_config_entries *entries,
                               const struct tc_source *existing, struct tc_diags *diags, struct tc_buf *out);

#endif
