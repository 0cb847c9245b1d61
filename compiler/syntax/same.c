#include "syntax/same.h"

/* Two sources, and where they differ first. */
struct pair {
    const struct tc_source *a, *b;
    struct tc_source_difference found;
};

static bool
differ(struct pair *p, const char *what, struct tc_span a, struct tc_span b)
{
    if (p->found.what == NULL)
        p->found = (struct tc_source_difference){what, a, b};
    return false;
}

static struct tc_str
text_of(const struct tc_source *source, struct tc_span span)
{
    return span.end == 0 ? TC_STR("")
                         : (struct tc_str){source->text.ptr + (span.begin - source->base), span.end - span.begin};
}

/* ---- words ---- */

static bool
same_atom(struct pair *p, const struct tc_atom *a, const struct tc_atom *b)
{
    if (a == NULL && b == NULL)
        return true;
    if (a == NULL || b == NULL)
        return differ(p, "a word", a == NULL ? TC_NOWHERE : a->span, b == NULL ? TC_NOWHERE : b->span);
    if (a->kind != b->kind || a->joined != b->joined || !tc_str_eq(text_of(p->a, a->span), text_of(p->b, b->span)))
        return differ(p, "a word", a->span, b->span);
    return true;
}

static bool
same_terms(struct pair *p, struct tc_terms a, struct tc_terms b)
{
    const struct tc_atom *x = a.first, *y = b.first;

    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!same_atom(p, x, y))
            return false;
    return same_atom(p, x, y);
}

static bool
same_tail(struct pair *p, struct tc_ast_tail a, struct tc_ast_tail b)
{
    return same_atom(p, a.because, b.because) && same_atom(p, a.until, b.until);
}

/* Lines of comments, without what stands around them. */
static bool
same_lines(struct tc_str a, struct tc_str b)
{
    struct tc_str line_a, line_b;
    bool more_a, more_b;

    do {
        do
            more_a = tc_str_next_part(&a, "\r\n", &line_a);
        while (more_a && tc_str_trim(line_a).len == 0);
        do
            more_b = tc_str_next_part(&b, "\r\n", &line_b);
        while (more_b && tc_str_trim(line_b).len == 0);
        if (more_a != more_b || (more_a && !tc_str_eq(tc_str_trim(line_a), tc_str_trim(line_b))))
            return false;
    } while (more_a);
    return true;
}

static bool
same_description(struct pair *p, struct tc_span a, struct tc_span b)
{
    return same_lines(text_of(p->a, a), text_of(p->b, b)) || differ(p, "a description", a, b);
}

/* ---- nodes ---- */

static bool same_node(struct pair *p, const struct tc_ast *a, const struct tc_ast *b);

static bool
same_list(struct pair *p, struct tc_ast_list a, struct tc_ast_list b)
{
    const struct tc_ast *x = a.first, *y = b.first;

    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!same_node(p, x, y))
            return false;
    return (x == NULL && y == NULL) ||
           differ(p, "a statement", x == NULL ? TC_NOWHERE : x->span, y == NULL ? TC_NOWHERE : y->span);
}

static bool
same_block(struct pair *p, const struct tc_ast_block *a, const struct tc_ast_block *b)
{
    return same_atom(p, a->name, b->name) && same_atom(p, a->extends, b->extends) &&
           same_description(p, a->description, b->description) && same_list(p, a->body, b->body);
}

static bool
same_grant(struct pair *p, const struct tc_ast_grant *a, const struct tc_ast_grant *b)
{
    if (a->possibly != b->possibly || a->unrestricted != b->unrestricted)
        return differ(p, "a statement", a->base.span, b->base.span);
    return same_atom(p, a->cls, b->cls) && same_description(p, a->description, b->description) &&
           same_list(p, a->clauses, b->clauses) && same_tail(p, a->tail, b->tail);
}

static bool
same_clause(struct pair *p, const struct tc_ast_clause *a, const struct tc_ast_clause *b)
{
    if (a->has_block != b->has_block)
        return differ(p, "a statement", a->base.span, b->base.span);
    return same_terms(p, a->terms, b->terms) && same_list(p, a->block, b->block);
}

static bool
same_group(struct pair *p, const struct tc_ast_group *a, const struct tc_ast_group *b)
{
    if (a->custom != b->custom || a->has_condition_block != b->has_condition_block)
        return differ(p, "a statement", a->base.span, b->base.span);
    return same_atom(p, a->group_kind, b->group_kind) && same_terms(p, a->condition, b->condition) &&
           same_list(p, a->condition_block, b->condition_block) && same_atom(p, a->set, b->set) &&
           same_list(p, a->inline_set, b->inline_set) && same_list(p, a->options, b->options) &&
           same_list(p, a->children, b->children);
}

static bool
same_share(struct pair *p, const struct tc_ast_share *a, const struct tc_ast_share *b)
{
    return same_terms(p, a->terms, b->terms) && same_terms(p, a->names, b->names) && same_tail(p, a->tail, b->tail);
}

static bool
same_demand(struct pair *p, const struct tc_ast_demand *a, const struct tc_ast_demand *b)
{
    if (a->negated != b->negated)
        return differ(p, "a statement", a->base.span, b->base.span);
    return same_atom(p, a->subject, b->subject) && same_terms(p, a->terms, b->terms);
}

#define BOTH(type, compare) return compare(p, (const struct type *)a, (const struct type *)b)

static bool
same_node(struct pair *p, const struct tc_ast *a, const struct tc_ast *b)
{
    if (a->kind != b->kind)
        return differ(p, "a statement", a->span, b->span);
    switch (a->kind) {
    case TC_AST_LANGUAGE:
    case TC_AST_USE:
        return same_atom(p, ((const struct tc_ast_simple *)a)->value, ((const struct tc_ast_simple *)b)->value);
    case TC_AST_SERVER:
    case TC_AST_POLICY:
    case TC_AST_APPLICATION:
    case TC_AST_SET:
    case TC_AST_NEVER:
    case TC_AST_TEST:
        BOTH(tc_ast_block, same_block);
    case TC_AST_CLASS:
        return same_atom(p, ((const struct tc_ast_class *)a)->name, ((const struct tc_ast_class *)b)->name) &&
               same_atom(p, ((const struct tc_ast_class *)a)->type, ((const struct tc_ast_class *)b)->type);
    case TC_AST_SHARE:
        BOTH(tc_ast_share, same_share);
    case TC_AST_SETTING:
        return same_terms(p, ((const struct tc_ast_setting *)a)->terms, ((const struct tc_ast_setting *)b)->terms);
    case TC_AST_ACCEPT:
        return same_atom(p, ((const struct tc_ast_accept *)a)->rule, ((const struct tc_ast_accept *)b)->rule) &&
               same_tail(p, ((const struct tc_ast_accept *)a)->tail, ((const struct tc_ast_accept *)b)->tail);
    case TC_AST_GRANT:
    case TC_AST_REVOKE:
        BOTH(tc_ast_grant, same_grant);
    case TC_AST_CLAUSE:
        BOTH(tc_ast_clause, same_clause);
    case TC_AST_CODE:
    case TC_AST_GROUP:
        BOTH(tc_ast_group, same_group);
    case TC_AST_CODEGROUPS:
        return same_list(p, ((const struct tc_ast_codegroups *)a)->groups,
                         ((const struct tc_ast_codegroups *)b)->groups);
    case TC_AST_FULL_TRUST:
        return same_terms(p, ((const struct tc_ast_full_trust *)a)->terms,
                          ((const struct tc_ast_full_trust *)b)->terms);
    case TC_AST_RAW:
        return same_terms(p, ((const struct tc_ast_raw *)a)->lines, ((const struct tc_ast_raw *)b)->lines);
    case TC_AST_DEMAND:
        BOTH(tc_ast_demand, same_demand);
    case TC_AST_BAD:
    case TC_AST_COUNT_:
        break;
    }
    return differ(p, "a statement", a->span, b->span);
}

/* ---- comments ---- */

static void
compare_comments(struct pair *p, const struct tc_comment *a, const struct tc_comment *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->own_line != b->own_line || !same_lines(text_of(p->a, a->span), text_of(p->b, b->span)))
            break;
    if (a != NULL || b != NULL)
        differ(p, "a comment", a == NULL ? TC_NOWHERE : a->span, b == NULL ? TC_NOWHERE : b->span);
}

struct tc_source_difference
tc_sources_compare(const struct tc_ast_file *a, const struct tc_ast_file *b)
{
    struct pair p = {.a = a->source, .b = b->source};

    if (same_list(&p, a->items, b->items))
        compare_comments(&p, a->comments, b->comments);
    return p.found;
}
