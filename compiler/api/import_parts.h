/**
 * What importing policies and importing configuration files share. No part of the library's face.
 */
#ifndef TC_API_IMPORT_PARTS_H
#define TC_API_IMPORT_PARTS_H

#include "api/import.h"
#include "emit/source.h"
#include "xml/spans.h"

struct tc_importer {
    struct tc_compilation *c;
    const struct tc_import_options *options;
    struct tc_arena *arena;
    struct tc_diags *diags;
    struct tc_compilation stock; /**< the platform's own levels */
    enum tc_runtime stock_runtime;
    bool has_stock;
    struct tc_map classes; /**< of declared classes */
    struct tc_buf declared;
};

/** A policy on its way into a source. */
struct tc_import_piece {
    struct tc_source *source;
    struct tc_reading reading;
    struct tc_str name;
    struct tc_source_policy emit;
    struct tc_source_result result;
    uint32_t *raw, *lost;
    struct tc_str *why; /**< of what stands in raw */
    struct tc_buf text; /**< the policy, when it is settled */
};

enum tc_import_role {
    TC_IMPORT_POLICY, /**< a policy, or what cannot be read */
    TC_IMPORT_CONFIG, /**< web.config or machine.config */
    TC_IMPORT_HOST,   /**< applicationHost.config: it says where applications lie */
};

/** One of the files that become a source. */
struct tc_import_file {
    struct tc_source *source;
    enum tc_import_role role;
    struct tc_markup *document; /**< NULL when it is no XML */
    struct tc_import_piece piece;
    bool is_taken; /**< by a level of the configuration file */
};

struct tc_import_files {
    struct tc_import_file *files;
    size_t count;
};

/** Compile a source that reads no others. */
enum tc_status tc_import_compile(struct tc_compilation *c, struct tc_str text);

/** `server imported { … }` with @a trust as its level, a name or, if @a is_word, as it stands. */
void tc_import_put_server(struct tc_buf *out, enum tc_runtime runtime, struct tc_str trust, bool is_word);

enum tc_runtime tc_import_runtime(enum tc_framework framework, bool legacy);

/** Whether @a name is that of one of the platform's levels, in any case. */
bool tc_import_is_stock(struct tc_str name);

/** A name that a policy can have, from that of a file or a level. */
struct tc_str tc_import_policy_name(struct tc_importer *im, struct tc_str name);

/** Whether 4.0's default model would not honour what the groups of @a policy grant. */
bool tc_import_needs_legacy(const struct tc_policy *policy);

/** Write the source text of a piece that has been read, so that it says the same as the file. */
enum tc_status tc_import_settle(struct tc_importer *im, struct tc_import_piece *piece);

/** Whether two policies would have the same name; that has been reported then. */
bool tc_import_same_name(struct tc_importer *im, const struct tc_import_piece *a, const struct tc_import_piece *b);

/**
 * The source of a configuration file, with the policies among @a files that its levels name, and the others behind
 * them.
 * @param framework  what the files seem to be for
 */
enum tc_status tc_import_configuration(struct tc_importer *im, struct tc_import_file *file,
                                       struct tc_import_files *files, enum tc_framework framework, struct tc_buf *out);

/** Read the policies of @a files that no level has taken, and settle them. */
enum tc_status tc_import_policies(struct tc_importer *im, struct tc_import_files *files, enum tc_framework framework,
                                  bool *inout_legacy);

#endif
