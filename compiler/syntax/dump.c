#include "syntax/dump.h"

/* ---- tokens ---- */

static void
dump_token(void *state, const char *kind, struct tc_span span)
{
    struct tc_outline *o = state;

    tc_outline_node_begin(o, kind, span);
    tc_outline_source(o, ".text", tc_sources_text(o->sources, span));
    tc_outline_node_end(o);
}

enum tc_status
tc_dump_tokens(struct tc_diags *diags, struct tc_source *source, struct tc_outline *outline)
{
    enum tc_status status;

    tc_outline_begin(outline, "tokens", source->name);
    tc_outline_list_begin(outline, "tokens", NULL);
    status = tc_tokens_dump(diags, source, dump_token, outline);
    tc_outline_list_end(outline, NULL);
    tc_outline_end(outline);
    return status;
}

/* ---- words ---- */

static const char *
atom_kind(enum tc_atom_kind kind)
{
    switch (kind) {
    case TC_ATOM_NAME:
        return "name";
    case TC_ATOM_STRING:
        return "string";
    case TC_ATOM_NUMBER:
        return "number";
    case TC_ATOM_DATE:
        return "date";
    }
    return "";
}

static void
put_atom(struct tc_outline *o, const struct tc_atom *atom)
{
    tc_outline_row_atom(o, atom_kind(atom->kind), atom->text, atom->kind == TC_ATOM_STRING, atom->joined, atom->span);
}

static void
dump_terms(struct tc_outline *o, const char *key, struct tc_terms terms)
{
    if (terms.first == NULL && !o->is_json)
        return;
    tc_outline_row_begin(o, key);
    for (const struct tc_atom *atom = terms.first; atom != NULL; atom = atom->next)
        put_atom(o, atom);
    tc_outline_row_end(o);
}

/* A single word: a list of one, or of none, so that a program finds all words in the same form. */
static void
dump_atom(struct tc_outline *o, const char *key, const struct tc_atom *atom)
{
    if (atom == NULL && !o->is_json)
        return;
    tc_outline_row_begin(o, key);
    if (atom != NULL)
        put_atom(o, atom);
    tc_outline_row_end(o);
}

static void
dump_tail(struct tc_outline *o, struct tc_ast_tail tail)
{
    dump_atom(o, "because", tail.because);
    dump_atom(o, "until", tail.until);
}

/* ---- nodes ---- */

static const char *
node_kind(enum tc_ast_kind kind)
{
    static const char *const words[TC_AST_COUNT_] = {
        [TC_AST_BAD] = "bad",
        [TC_AST_LANGUAGE] = "language",
        [TC_AST_USE] = "use",
        [TC_AST_SERVER] = "server",
        [TC_AST_CLASS] = "class",
        [TC_AST_POLICY] = "policy",
        [TC_AST_APPLICATION] = "application",
        [TC_AST_SHARE] = "share",
        [TC_AST_NEVER] = "never",
        [TC_AST_TEST] = "test",
        [TC_AST_SETTING] = "setting",
        [TC_AST_ACCEPT] = "accept",
        [TC_AST_SET] = "set",
        [TC_AST_GRANT] = "grant",
        [TC_AST_REVOKE] = "revoke",
        [TC_AST_CLAUSE] = "clause",
        [TC_AST_CODE] = "code",
        [TC_AST_CODEGROUPS] = "codegroups",
        [TC_AST_GROUP] = "group",
        [TC_AST_FULL_TRUST] = "full-trust",
        [TC_AST_RAW] = "raw",
        [TC_AST_DEMAND] = "demand",
    };

    return words[kind];
}

static void dump_node(struct tc_outline *o, const struct tc_ast *node);

static void
dump_list(struct tc_outline *o, const char *key, const char *heading, struct tc_ast_list list)
{
    tc_outline_list_begin(o, key, heading);
    for (const struct tc_ast *node = list.first; node != NULL; node = node->next)
        dump_node(o, node);
    tc_outline_list_end(o, heading);
}

static void
dump_block(struct tc_outline *o, const struct tc_ast_block *block)
{
    dump_atom(o, ".name", block->name);
    if (block->base.kind == TC_AST_POLICY)
        dump_atom(o, "extends", block->extends);
    tc_outline_span(o, "description", block->description);
    dump_list(o, "body", NULL, block->body);
}

static void
dump_grant(struct tc_outline *o, const struct tc_ast_grant *grant)
{
    tc_outline_flag(o, "possibly", grant->possibly);
    dump_atom(o, ".class", grant->cls);
    tc_outline_flag(o, grant->base.kind == TC_AST_REVOKE ? "whole" : "unrestricted", grant->unrestricted);
    dump_tail(o, grant->tail);
    tc_outline_span(o, "description", grant->description);
    dump_list(o, "clauses", NULL, grant->clauses);
}

static void
dump_clause(struct tc_outline *o, const struct tc_ast_clause *clause)
{
    dump_terms(o, ".terms", clause->terms);
    tc_outline_flag(o, "block", clause->has_block);
    dump_list(o, "clauses", NULL, clause->block);
}

static void
dump_group(struct tc_outline *o, const struct tc_ast_group *group)
{
    tc_outline_flag(o, "custom", group->custom);
    dump_atom(o, ".group", group->group_kind);
    dump_terms(o, "condition", group->condition);
    dump_atom(o, "grants", group->set);
    dump_list(o, "conditionBlock", "condition", group->condition_block);
    dump_list(o, "inlineSet", "set", group->inline_set);
    dump_list(o, "options", "options", group->options);
    dump_list(o, "children", "children", group->children);
}

static void
dump_demand(struct tc_outline *o, const struct tc_ast_demand *demand)
{
    dump_atom(o, ".subject", demand->subject);
    tc_outline_flag(o, "any", demand->subject == NULL);
    tc_outline_word(o, ".verb", demand->negated ? "may not" : "may");
    dump_terms(o, ".terms", demand->terms);
}

static void
dump_share(struct tc_outline *o, const struct tc_ast_share *share)
{
    dump_terms(o, ".terms", share->terms);
    dump_terms(o, "between", share->names);
    dump_tail(o, share->tail);
}

static void
dump_node(struct tc_outline *o, const struct tc_ast *node)
{
    tc_outline_node_begin(o, node_kind(node->kind), node->span);
    switch (node->kind) {
    case TC_AST_LANGUAGE:
    case TC_AST_USE:
        dump_atom(o, ".value", ((const struct tc_ast_simple *)node)->value);
        break;
    case TC_AST_SERVER:
    case TC_AST_POLICY:
    case TC_AST_APPLICATION:
    case TC_AST_SET:
    case TC_AST_NEVER:
    case TC_AST_TEST:
        dump_block(o, (const struct tc_ast_block *)node);
        break;
    case TC_AST_CLASS:
        dump_atom(o, ".name", ((const struct tc_ast_class *)node)->name);
        dump_atom(o, "type", ((const struct tc_ast_class *)node)->type);
        break;
    case TC_AST_SHARE:
        dump_share(o, (const struct tc_ast_share *)node);
        break;
    case TC_AST_SETTING:
        dump_terms(o, ".terms", ((const struct tc_ast_setting *)node)->terms);
        break;
    case TC_AST_ACCEPT:
        dump_atom(o, ".rule", ((const struct tc_ast_accept *)node)->rule);
        dump_tail(o, ((const struct tc_ast_accept *)node)->tail);
        break;
    case TC_AST_GRANT:
    case TC_AST_REVOKE:
        dump_grant(o, (const struct tc_ast_grant *)node);
        break;
    case TC_AST_CLAUSE:
        dump_clause(o, (const struct tc_ast_clause *)node);
        break;
    case TC_AST_CODE:
    case TC_AST_GROUP:
        dump_group(o, (const struct tc_ast_group *)node);
        break;
    case TC_AST_CODEGROUPS:
        dump_list(o, "groups", NULL, ((const struct tc_ast_codegroups *)node)->groups);
        break;
    case TC_AST_FULL_TRUST:
        dump_terms(o, ".terms", ((const struct tc_ast_full_trust *)node)->terms);
        break;
    case TC_AST_RAW:
        dump_terms(o, ".lines", ((const struct tc_ast_raw *)node)->lines);
        break;
    case TC_AST_DEMAND:
        dump_demand(o, (const struct tc_ast_demand *)node);
        break;
    case TC_AST_BAD:
    case TC_AST_COUNT_:
        break;
    }
    tc_outline_node_end(o);
}

void
tc_dump_tree(struct tc_outline *outline, const struct tc_ast_file *file)
{
    tc_outline_begin(outline, "ast", file->source->name);
    dump_list(outline, "items", NULL, file->items);
    tc_outline_list_begin(outline, "comments", "comments");
    for (const struct tc_comment *comment = file->comments; comment != NULL; comment = comment->next) {
        tc_outline_node_begin(outline, "comment", comment->span);
        tc_outline_flag(outline, "ownLine", comment->own_line);
        tc_outline_source(outline, ".text", tc_sources_text(outline->sources, comment->span));
        tc_outline_node_end(outline);
    }
    tc_outline_list_end(outline, "comments");
    tc_outline_end(outline);
}
