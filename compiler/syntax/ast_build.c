#include "syntax/ast_build.h"

#include "syntax/parser.h"

#include <string.h>

struct tc_ast_list
tc_ast_list_add(struct tc_ast_list list, struct tc_ast *node)
{
    if (node == NULL)
        return list;
    if (list.last == NULL)
        list.first = node;
    else
        list.last->next = node;
    list.last = node;
    return list;
}

struct tc_terms
tc_terms_start(struct tc_atom *atom)
{
    return (struct tc_terms){atom, atom};
}

struct tc_terms
tc_terms_add(struct tc_terms terms, struct tc_atom *atom, bool joined)
{
    if (atom == NULL || terms.last == NULL)
        return terms;
    atom->joined = joined;
    terms.last->next = atom;
    terms.last = atom;
    return terms;
}

/* The content of a string token, with "" made one quote. */
static struct tc_str
unquote(struct tc_parser *p, struct tc_str text)
{
    struct tc_str inner = tc_str_sub(text, 1, text.len - 2);
    char *copy;
    size_t len = 0;

    if (!tc_str_has(inner, '"'))
        return inner;
    copy = tc_arena_alloc(p->texts, inner.len, 1);
    if (copy == NULL)
        return (struct tc_str){NULL, 0};
    for (size_t i = 0; i < inner.len; i++) {
        copy[len++] = inner.ptr[i];
        if (inner.ptr[i] == '"')
            i++;
    }
    return (struct tc_str){copy, len};
}

/* Bytes of the quote of print that @a text begins with, or ends with when @a last; 0: none. */
static size_t
curly_length(struct tc_str text, bool last)
{
    const char *three = last ? text.ptr + text.len - 3 : text.ptr, *two = last ? text.ptr + text.len - 2 : text.ptr;

    if (text.len >= 3 && memcmp(three, "\xe2\x80", 2) == 0)
        return 3;
    return text.len >= 2 && *two == '\xc2' ? 2 : 0;
}

/* Whether a string is complete: `"` at both ends, and in between only pairs of them. */
static bool
is_whole_string(struct tc_str text)
{
    const char *quote = text.ptr + 1, *end = text.ptr + text.len - 1;

    if (text.len < 2 || text.ptr[0] != '"' || *end != '"')
        return false;
    while ((quote = memchr(quote, '"', (size_t)(end - quote))) != NULL) {
        if (quote + 1 == end)
            return false;
        quote += 2; /* the scanner takes them in pairs */
    }
    return true;
}

/* The content of what the scanner took for a string although it complained of it: with other quotes, with one, or none.
 */
static struct tc_str
broken_content(struct tc_str text)
{
    size_t front, back;

    if (text.ptr[0] == '"')
        front = 1;
    else if (text.ptr[0] == '\'')
        return tc_str_sub(text, 1, text.len - 2);
    else
        front = curly_length(text, false);
    if (front == 0)
        return text;
    text = tc_str_sub(text, front, text.len);
    back = text.len > 0 && text.ptr[text.len - 1] == '"' ? 1 : curly_length(text, true);
    return tc_str_sub(text, 0, text.len - back);
}

struct tc_atom *
tc_atom_new(struct tc_parser *p, struct tc_span span, enum tc_atom_kind kind)
{
    struct tc_atom *atom = tc_arena_new(p->arena, struct tc_atom);
    struct tc_str text = tc_parser_text(p, span);
    bool broken = false;

    if (atom == NULL)
        return NULL;
    if (kind == TC_ATOM_STRING) {
        broken = !is_whole_string(text);
        text = broken ? broken_content(text) : unquote(p, text);
    } else if (kind == TC_ATOM_DATE) {
        broken = text.len != strlen("2027-12-31") || text.ptr[4] != '-' || text.ptr[7] != '-';
    }
    *atom = (struct tc_atom){.text = text, .span = span, .kind = kind, .broken = broken};
    return atom;
}

/* The `##` lines right above the token at @a position. */
static struct tc_span
description_at(const struct tc_parser *p, uint32_t position)
{
    size_t low = 0, high = p->description_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (p->descriptions[middle].token < position)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < p->description_count && p->descriptions[low].token == position)
        return p->descriptions[low].span;
    return TC_NOWHERE;
}

#define NEW(type, kind_value)                                                                                          \
    type *node = tc_arena_new(p->arena, type);                                                                         \
    if (node == NULL)                                                                                                  \
        return NULL;                                                                                                   \
    p->node_count++;                                                                                                   \
    node->base = (struct tc_ast)                                                                                       \
    {                                                                                                                  \
        .span = span, .kind = (kind_value)                                                                             \
    }

struct tc_ast *
tc_ast_bad_new(struct tc_parser *p, struct tc_span span)
{
    struct tc_ast *node = tc_arena_new(p->arena, struct tc_ast);

    if (node != NULL)
        *node = (struct tc_ast){.span = span, .kind = TC_AST_BAD};
    return node;
}

struct tc_ast *
tc_ast_simple_new(struct tc_parser *p, struct tc_span span, enum tc_ast_kind kind, struct tc_atom *value)
{
    NEW(struct tc_ast_simple, kind);
    node->value = value;
    return &node->base;
}

struct tc_ast *
tc_ast_block_new(struct tc_parser *p, struct tc_span span, enum tc_ast_kind kind, struct tc_atom *name,
                 struct tc_atom *extends, struct tc_ast_list body)
{
    NEW(struct tc_ast_block, kind);
    node->name = name;
    node->extends = extends;
    node->body = body;
    node->description = description_at(p, span.begin);
    return &node->base;
}

struct tc_ast *
tc_ast_class_new(struct tc_parser *p, struct tc_span span, struct tc_atom *name, struct tc_atom *type)
{
    NEW(struct tc_ast_class, TC_AST_CLASS);
    node->name = name;
    node->type = type;
    return &node->base;
}

struct tc_ast *
tc_ast_setting_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms)
{
    NEW(struct tc_ast_setting, TC_AST_SETTING);
    node->terms = terms;
    return &node->base;
}

struct tc_ast *
tc_ast_accept_new(struct tc_parser *p, struct tc_span span, struct tc_atom *rule, struct tc_ast_tail tail)
{
    NEW(struct tc_ast_accept, TC_AST_ACCEPT);
    node->rule = rule;
    node->tail = tail;
    return &node->base;
}

struct tc_ast *
tc_ast_grant_new(struct tc_parser *p, struct tc_span span, struct tc_atom *cls, bool unrestricted,
                 struct tc_ast_list clauses, struct tc_ast_tail tail)
{
    if (cls != NULL && cls->broken)
        return tc_ast_bad_new(p, span); /* a name that was complained of is not looked up */
    NEW(struct tc_ast_grant, TC_AST_GRANT);
    node->cls = cls;
    node->unrestricted = unrestricted;
    node->clauses = clauses;
    node->tail = tail;
    node->description = description_at(p, span.begin);
    return &node->base;
}

struct tc_ast *
tc_ast_grant_possibly(struct tc_ast *grant, struct tc_span span, struct tc_parser *p)
{
    struct tc_ast_grant *node = (struct tc_ast_grant *)grant;

    if (node == NULL)
        return NULL;
    node->base.span = span;
    if (node->base.kind == TC_AST_BAD)
        return grant;
    node->possibly = true;
    node->description = description_at(p, span.begin);
    return grant;
}

struct tc_ast *
tc_ast_revoke_new(struct tc_parser *p, struct tc_span span, struct tc_atom *cls, bool whole, struct tc_ast_list clauses)
{
    if (cls != NULL && cls->broken)
        return tc_ast_bad_new(p, span);
    NEW(struct tc_ast_grant, TC_AST_REVOKE);
    node->cls = cls;
    node->unrestricted = whole;
    node->clauses = clauses;
    return &node->base;
}

struct tc_ast *
tc_ast_clause_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms, bool has_block,
                  struct tc_ast_list block)
{
    NEW(struct tc_ast_clause, TC_AST_CLAUSE);
    node->terms = terms;
    node->has_block = has_block;
    node->block = block;
    return &node->base;
}

struct tc_ast *
tc_ast_group_new(struct tc_parser *p, struct tc_span span, struct tc_terms condition,
                 struct tc_ast_list condition_block, bool has_condition_block, struct tc_atom *set,
                 struct tc_ast_list inline_set, struct tc_ast_list options)
{
    NEW(struct tc_ast_group, TC_AST_CODE);
    node->condition = condition;
    node->condition_block = condition_block;
    node->has_condition_block = has_condition_block;
    node->set = set;
    node->inline_set = inline_set;
    node->options = options;
    return &node->base;
}

struct tc_ast *
tc_ast_group_finish(struct tc_ast *group, struct tc_span span, struct tc_atom *kind, bool custom,
                    struct tc_ast_list children)
{
    struct tc_ast_group *node = (struct tc_ast_group *)group;

    if (node == NULL)
        return NULL;
    node->base.span = span;
    if (kind != NULL) {
        node->base.kind = TC_AST_GROUP;
        node->group_kind = kind;
        node->custom = custom;
        node->children = children;
    }
    return group;
}

struct tc_ast *
tc_ast_codegroups_new(struct tc_parser *p, struct tc_span span, struct tc_ast_list groups)
{
    NEW(struct tc_ast_codegroups, TC_AST_CODEGROUPS);
    node->groups = groups;
    return &node->base;
}

struct tc_ast *
tc_ast_full_trust_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms)
{
    NEW(struct tc_ast_full_trust, TC_AST_FULL_TRUST);
    node->terms = terms;
    return &node->base;
}

struct tc_ast *
tc_ast_raw_new(struct tc_parser *p, struct tc_span span, struct tc_terms lines)
{
    NEW(struct tc_ast_raw, TC_AST_RAW);
    node->lines = lines;
    return &node->base;
}

struct tc_ast *
tc_ast_share_new(struct tc_parser *p, struct tc_span span, struct tc_terms terms, struct tc_terms names,
                 struct tc_ast_tail tail)
{
    NEW(struct tc_ast_share, TC_AST_SHARE);
    node->terms = terms;
    node->names = names;
    node->tail = tail;
    return &node->base;
}

struct tc_ast *
tc_ast_demand_new(struct tc_parser *p, struct tc_span span, struct tc_atom *subject, bool negated,
                  struct tc_terms terms)
{
    NEW(struct tc_ast_demand, TC_AST_DEMAND);
    node->subject = subject;
    node->negated = negated;
    node->terms = terms;
    return &node->base;
}
