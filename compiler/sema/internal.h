/**
 * What the files of sema/ share.
 */
#ifndef TC_SEMA_INTERNAL_H
#define TC_SEMA_INTERNAL_H

#include "base/map.h"
#include "sema/sema.h"

/** What one grant or revoke of a body does; does not depend on the runtime. */
enum tc_op_kind { TC_OP_GRANT, TC_OP_POSSIBLY, TC_OP_REVOKE, TC_OP_REVOKE_CLASS };

struct tc_op {
    struct tc_op *next;
    enum tc_op_kind kind;
    const struct tc_perm *perm; /**< REVOKE_CLASS: empty */
    uint64_t bare_fields;       /**< REVOKE: bit i: the whole of field i */
    struct tc_span span;
};

/** A named set of a body and what happens to it. The main set has no name of its own here. */
struct tc_set_ops {
    struct tc_set_ops *next;
    struct tc_str name;
    struct tc_str description;
    struct tc_op *first;
    struct tc_op **tail;
    struct tc_raw *raw;
    struct tc_raw **raw_tail;
    struct tc_span span;
    bool used; /**< a code group names it */
};

/** The statements of a policy or application, understood but not yet applied to a base. */
struct tc_body {
    struct tc_set_ops main;
    struct tc_set_ops *sets; /**< further named sets, in source order */
    struct tc_group *code;   /**< `code` lines, in order */
    struct tc_group *root;   /**< `codegroups`; NULL: the base's */
    struct tc_span codegroups_span;
    struct tc_full_trust *full_trust;
    struct tc_raw *raw_classes;
    struct tc_raw *raw_sets;
    struct tc_raw *raw_full_trust;
    struct tc_said permission_set; /**< name of the main set, if said */
    bool has_statements;           /**< anything but settings: an application then has a level of its own */
    bool broken;                   /**< something in it was reported: do not conclude from what is missing */
};

/** A declared policy, or a stock level of one runtime. */
struct tc_decl {
    struct tc_str name;
    struct tc_span span; /**< of the name */
    const struct tc_ast_block *ast;
    struct tc_decl *base;        /**< NULL: none, or the stock level `base_level` */
    enum tc_level_id base_level; /**< TC_LEVEL_COUNT_: not a stock level */
    bool has_base;
    struct tc_body body;
    struct tc_policy *instances[TC_RT_COUNT_];
    bool in_progress;        /**< while its bases are walked: finds cycles */
    bool used[TC_RT_COUNT_]; /**< some application or the server has it as its level */
};

/** A declared permission class. */
struct tc_decl_class {
    struct tc_class cls;
    struct tc_span span;
};

struct tc_decl_application {
    struct tc_application *app;
    const struct tc_ast_block *ast;
    struct tc_atom *trust; /**< what `trust` names, or NULL */
    struct tc_decl level;  /**< what its own statements make of its policy */
    bool has_framework;
    enum tc_framework framework;
    bool has_cas_model, legacy_cas;
};

struct tc_column_values;
enum { TC_COLUMN_SCRATCH_MAX = 16 }; /**< more columns than any form of the tables has */

struct tc_sema {
    struct tc_arena *arena;
    struct tc_arena *trees;
    struct tc_diags *diags;
    const struct tc_sema_host *host;
    const struct tc_sema_options *options;
    struct tc_model *model;
    struct tc_map policies;     /**< name → struct tc_decl */
    struct tc_map applications; /**< name → struct tc_decl_application */
    struct tc_map classes;      /**< name → struct tc_decl_class */
    struct tc_decl **policy_list;
    size_t policy_count;
    struct tc_decl_application **application_list;
    size_t application_count;
    struct tc_policy *levels[TC_RT_COUNT_][TC_LEVEL_COUNT_]; /**< the platform's own, once asked for */
    struct tc_decl *stock[TC_RT_COUNT_][TC_LEVEL_COUNT_];    /**< the standard policies */
    bool stock_failed[TC_RT_COUNT_];
    bool platform_failed[TC_RT_COUNT_][TC_LEVEL_COUNT_]; /**< the server's own file was reported */
    struct tc_atom *server_trust;
    struct tc_column_values *column_scratch[TC_COLUMN_SCRATCH_MAX]; /**< clause.c */
    size_t column_scratch_count;
    struct tc_share **share_tail;
    struct tc_rule **rule_tail;
    bool has_bad_items; /**< an item could not be parsed: a name that is missing may stand in it */
    bool in_stdlib;     /**< standard policies are being read: their names are the platform's own */
};

/* ---- values.c: what a string of the source may hold ---- */

/** Whether @a text holds something that ASP.NET would replace, at or after @a from; the token found. */
const struct tc_token *tc_token_in(struct tc_str text, size_t from, size_t *ret_place);

/** Check a path list entry of FileIO and return it as it is to be emitted; empty after an error. */
struct tc_str tc_check_path(struct tc_sema *s, const struct tc_atom *atom);
/** Check a directory of the server (root, temporary, …), returned without a trailing backslash; empty after an error.
 */
struct tc_str tc_check_directory(struct tc_sema *s, const struct tc_atom *atom, bool replaces_token);
struct tc_str tc_check_registry_key(struct tc_sema *s, const struct tc_atom *atom);
struct tc_str tc_check_variable(struct tc_sema *s, const struct tc_atom *atom);
/** A literal URL, host or pattern as the regular expression that WebPermission wants; empty after an error. */
struct tc_str tc_check_url(struct tc_sema *s, const struct tc_atom *atom);
struct tc_str tc_check_host(struct tc_sema *s, const struct tc_atom *atom);
struct tc_str tc_check_pattern(struct tc_sema *s, const struct tc_atom *atom);
/** An origin that will stand where $OriginHost$ stood: the regular expression, checked for what would break the XML. */
struct tc_str tc_check_origin(struct tc_sema *s, const struct tc_atom *atom, struct tc_str pattern);
struct tc_str tc_check_location(struct tc_sema *s, const struct tc_atom *atom);
/** A real day; false after an error. */
bool tc_check_date(struct tc_sema *s, const struct tc_atom *atom);
/** Hexadecimal digits, an even number of them; @a what they are, for the message. */
bool tc_check_hex(struct tc_sema *s, const struct tc_atom *atom, const char *what);
/** The same for a public key in full; a public key token is told apart. */
bool tc_check_public_key(struct tc_sema *s, const struct tc_atom *atom);
/** The same for a hash: it must have the length that @a algorithm makes (any, when that is unknown). */
bool tc_check_hash(struct tc_sema *s, const struct tc_atom *algorithm, const struct tc_atom *atom);
/** The version of an assembly: two to four numbers up to 65534. */
bool tc_check_version(struct tc_sema *s, const struct tc_atom *atom);
bool tc_check_group_url(struct tc_sema *s, const struct tc_atom *atom);

/** A URL as the framework takes it apart: that of UrlIdentity when @a is_plain, else that of a code group (policy-file
 * 5.4, permissions 35). False, after an error, when that throws. */
bool tc_check_url_reads(struct tc_sema *s, const struct tc_atom *atom, bool is_plain);
bool tc_check_site(struct tc_sema *s, const struct tc_atom *atom);
/** The host of a socket endpoint (permissions 10). */
bool tc_check_socket_host(struct tc_sema *s, const struct tc_atom *atom);
/** A connection string of @a cls, or a list of its keys (permissions 20). */
bool tc_check_connection(struct tc_sema *s, const struct tc_class *cls, const struct tc_atom *atom, bool is_keys);
/** Nothing that ASP.NET would replace; @a what the text is, for the message. */
bool tc_check_no_token(struct tc_sema *s, const struct tc_atom *atom, const char *what);
/** Text that goes into an attribute as it is, and is neither path nor URL nor pattern: no control characters, no
 * tokens. */
bool tc_check_text(struct tc_sema *s, const struct tc_atom *atom, const char *what);
/** Text that goes into an attribute as it is: no control characters. */
bool tc_check_plain(struct tc_sema *s, const struct tc_atom *atom);
/** The same for verbatim markup, where tabs may stand. */
bool tc_check_plain_tab(struct tc_sema *s, const struct tc_atom *atom);
/** An assembly-qualified type name; @a ret_type_len, when given, gets the bytes before the first comma. False after an
 * error. */
bool tc_check_type_name(struct tc_sema *s, const struct tc_atom *atom, size_t *ret_type_len);
/** Report a grant, share or accept whose `until` has passed, and a date that does not exist. */
void tc_check_until(struct tc_sema *s, const struct tc_ast_tail *tail, const char *what);
bool tc_parse_int64(struct tc_str text, int64_t *ret);

/* ---- use.c ---- */

/** @a path seen from the directory of @a from, in one spelling for one file; both kinds of slash separate. */
struct tc_str tc_resolve_path(struct tc_arena *arena, struct tc_str from, struct tc_str path);

/* ---- clause.c ---- */

enum tc_clause_mode { TC_CLAUSE_GRANT, TC_CLAUSE_REVOKE, TC_CLAUSE_DEMAND };

/** The class that @a atom names, built in or declared; NULL after an error. */
const struct tc_class *tc_resolve_class(struct tc_sema *s, const struct tc_atom *atom);

/**
 * Add what the terms of a clause say to @a perm.
 * @param bare_fields  REVOKE: fields named without values; else NULL
 * @return false after an error
 */
bool tc_lower_terms(struct tc_sema *s, struct tc_perm *perm, const struct tc_atom *first, enum tc_clause_mode mode,
                    uint64_t *bare_fields, struct tc_span span);

/** The permission that a grant, or what a revoke takes away; NULL after an error in all of it. */
struct tc_perm *tc_lower_grant(struct tc_sema *s, const struct tc_ast_grant *grant, const struct tc_class *cls,
                               uint64_t *bare_fields);

/** Attributes and elements of a declared class or custom condition. */
struct tc_verbatim *tc_lower_markup(struct tc_sema *s, const struct tc_ast *clauses);

/** Whether @a runtime has all that @a perm uses; reports what it lacks, at @a perm's places. */
bool tc_check_runtime(struct tc_sema *s, const struct tc_perm *perm, enum tc_runtime runtime);

/* ---- body.c ---- */

/** Understand the statements of a policy, set or application. Settings are handed to @a setting. */
void tc_lower_body(struct tc_sema *s, const struct tc_ast *statements, struct tc_body *body,
                   void (*setting)(struct tc_sema *s, void *state, const struct tc_ast_setting *node), void *state);
struct tc_accept *tc_lower_accept(struct tc_sema *s, const struct tc_ast_accept *node);
struct tc_str tc_description(struct tc_sema *s, struct tc_span span);

/* ---- groups.c ---- */

struct tc_group *tc_lower_code(struct tc_sema *s, const struct tc_ast_group *node);
struct tc_group *tc_lower_groups(struct tc_sema *s, const struct tc_ast *items);
struct tc_full_trust *tc_lower_full_trust(struct tc_sema *s, const struct tc_ast_full_trust *node);
struct tc_raw *tc_lower_raw(struct tc_sema *s, const struct tc_ast_raw *node);
/** The decoded value of the attribute @a name of a raw element; false when no line has it. */
bool tc_raw_attribute(struct tc_sema *s, const struct tc_raw *raw, const char *name, struct tc_str *ret_value);
/** Whether the raw text's outermost element is @a name. */
bool tc_raw_is(const struct tc_raw *raw, struct tc_str name);

/* ---- instance.c ---- */

/** @a decl under @a runtime: its base's sets and groups with its own statements applied; made once. */
struct tc_policy *tc_instantiate(struct tc_sema *s, struct tc_decl *decl, enum tc_runtime runtime);
/** A stock level under @a runtime. */
struct tc_policy *tc_stock_policy(struct tc_sema *s, enum tc_level_id level, enum tc_runtime runtime);

/* ---- settings.c ---- */

void tc_lower_server(struct tc_sema *s, const struct tc_ast_block *block);
void tc_lower_application(struct tc_sema *s, struct tc_decl_application *decl);
void tc_policy_setting(struct tc_sema *s, void *state, const struct tc_ast_setting *node);

/* ---- rules.c ---- */

void tc_lower_share(struct tc_sema *s, const struct tc_ast_share *node);
void tc_lower_rule(struct tc_sema *s, const struct tc_ast_block *node);
struct tc_decl_application *tc_resolve_application(struct tc_sema *s, const struct tc_atom *atom);

/* ---- names.c ---- */

/** The nearest of the names tried so far, for "did you mean". */
struct tc_nearest {
    struct tc_str name;
    struct tc_str best;
    unsigned distance;
};
void tc_nearest_init(struct tc_nearest *nearest, struct tc_str name);
void tc_nearest_try(struct tc_nearest *nearest, struct tc_str candidate);
/** Add a help line naming the best candidate, if there is one. */
void tc_nearest_help(struct tc_sema *s, struct tc_diag *diag, const struct tc_nearest *nearest);

struct tc_diag *tc_sema_report(struct tc_sema *s, enum tc_code_id code, struct tc_span span, const char *format, ...)
    TC_PRINTF(4, 5);

#endif
