/**
 * The only way to make nodes; called from the grammar's actions. A builder returns NULL only when the arena is out of
 * memory, and takes NULL from others that failed: tc_parse() reports it once.
 */
#ifndef TC_SYNTAX_AST_BUILD_H
#define TC_SYNTAX_AST_BUILD_H

#include "syntax/ast.h"

struct tc_parser;

struct tc_ast_list tc_ast_list_add(struct tc_ast_list list, struct tc_ast *node);
struct tc_terms tc_terms_start(struct tc_atom *atom);
struct tc_terms tc_terms_add(struct tc_terms terms, struct tc_atom *atom, bool joined);

/** A string's text loses its quotes; @a kind says what the token was. */
struct tc_atom *tc_atom_new(struct tc_parser *p, struct tc_span span, enum tc_atom_kind kind);

struct tc_ast *tc_ast_bad_new(struct tc_parser *p, struct tc_span span);
struct tc_ast *tc_ast_simple_new(struct tc_parser *p, struct tc_span span, enum tc_ast_kind kind,
                                 struct tc_atom *value);
struct tc_ast *tc_ast_block_new(struct tc_parser *p, struct tc_span span, enum tc_ast_kind kind, struct tc_atom *name,
                                struct tc_atom *extends, struct tc_ast_list body);
struct tc_ast *tc_ast_class_new(struct tc_parser *p, struct tc_span span, struct tc_atom *name, struct tc_atom *type);
struct tc_ast *tc_ast_setting_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms);
struct tc_ast *tc_ast_accept_new(struct tc_parser *p, struct tc_span span, struct tc_atom *rule,
                                 struct tc_ast_tail tail);
struct tc_ast *tc_ast_grant_new(struct tc_parser *p, struct tc_span span, struct tc_atom *cls, bool unrestricted,
                                struct tc_ast_list clauses, struct tc_ast_tail tail);
/** Turn a grant into `possibly grant` that begins at @a span. */
struct tc_ast *tc_ast_grant_possibly(struct tc_ast *grant, struct tc_span span, struct tc_parser *p);
struct tc_ast *tc_ast_revoke_new(struct tc_parser *p, struct tc_span span, struct tc_atom *cls, bool whole,
                                 struct tc_ast_list clauses);
struct tc_ast *tc_ast_clause_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms, bool has_block,
                                 struct tc_ast_list block);
/** `grants` and what follows it: either a name or a set written on the spot. */
struct tc_ast *tc_ast_group_new(struct tc_parser *p, struct tc_span span, struct tc_terms condition,
                                struct tc_ast_list condition_block, bool has_condition_block, struct tc_atom *set,
                                struct tc_ast_list inline_set, struct tc_ast_list options);
struct tc_ast *tc_ast_group_finish(struct tc_ast *group, struct tc_span span, struct tc_atom *kind, bool custom,
                                   struct tc_ast_list children);
struct tc_ast *tc_ast_codegroups_new(struct tc_parser *p, struct tc_span span, struct tc_ast_list groups);
struct tc_ast *tc_ast_full_trust_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms);
struct tc_ast *tc_ast_raw_new(struct tc_parser *p, struct tc_span span, struct tc_terms lines);
struct tc_ast *tc_ast_share_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms, struct tc_terms names,
                                struct tc_ast_tail tail);
struct tc_ast *tc_ast_demand_new(struct tc_parser *p, struct tc_span span, struct tc_atom *subject, bool negated,
                                 struct tc_terms terms);

#endif
