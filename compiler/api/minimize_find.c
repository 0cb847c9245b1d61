/* What of a source may well be dead weight: what nothing uses, what is granted already, groups that are never asked. */
#include "api/minimize_parts.h"
#include "ask/atoms.h"
#include "base/map.h"
#include "model/algebra.h"
#include "model/clauses.h"
#include "verify/grants.h"

#include <stdlib.h>
#include <string.h>

/* Atoms of one class in one set that are held against each other; beyond that only against the base. */
enum { PAIRS_MAX = 2000 };

/* A level of the platform by itself: what a policy that extends it begins with. */
struct stock {
    struct stock *next;
    struct tc_compilation c;
    enum tc_level_id level;
    enum tc_runtime runtime;
    const struct tc_policy *policy; /* NULL: it has none */
};

/* One grant of the block that is looked at. */
struct leaf {
    const struct tc_perm *perm; /* as written */
    const struct tc_ast_grant *node;
};

/* A smallest part of a leaf. */
struct part {
    const struct tc_perm *perm;  /* tokens filled in */
    const struct tc_perm *shown; /* as written */
    size_t leaf;
    bool is_gone;
    struct tc_span reason;
};

struct finder {
    struct tc_compilation *c;
    struct tc_arena *arena;
    const struct tc_ast_file *file;
    const struct tc_source *source;
    struct tc_omissions *list;
    struct tc_map used;     /* names of policies, classes and sets that something names */
    struct tc_map set_used; /* names of sets that a code group names */
    bool has_raw;           /* raw text may name anything */
    struct tc_map blocks;   /* of policies in any file, by name */
    struct tc_map policies[TC_RT_COUNT_];
    const struct tc_ast_block **here; /* policies and applications of the main source, in its order */
    size_t here_count, here_room;
    const struct tc_atom *server_trust; /* NULL: nothing is said */
    const struct tc_ast_block *block;   /* the policy or application that is looked at */
    const struct tc_policy *policy;
    const struct tc_policy *base; /* what it begins with; NULL: nothing */
    const struct stock *stock;    /* where the base comes from; NULL: from the sources */
    const struct tc_sema_host *host;
    struct stock *stocks;
    struct tc_token_values values;
    struct leaf *leaves; /* of one permission */
    size_t leaf_count, leaf_room;
    const struct tc_perm **others; /* what the base has of it */
    size_t other_count, other_room;
    struct part *parts;
    size_t part_count, part_room;
};

/* ---- text ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Behind the blank line that begins at @a at; @a at when it is none. */
static size_t
blank_line(struct tc_str text, size_t at)
{
    size_t end = at;

    while (end < text.len && (is_blank(text.ptr[end]) || text.ptr[end] == '\r'))
        end++;
    return end < text.len && text.ptr[end] == '\n' ? end + 1 : at;
}

/* Whether the line that ends before @a at is blank. */
static bool
ends_blank_line(struct tc_str text, size_t at)
{
    size_t begin = at - 1; /* its line end */

    while (begin > 0 && (is_blank(text.ptr[begin - 1]) || text.ptr[begin - 1] == '\r'))
        begin--;
    return begin == 0 || text.ptr[begin - 1] == '\n';
}

/* Leave out [begin, end) with its semicolon; with its line, when nothing else stands there but a comment. */
static void
cut(struct finder *f, struct tc_span span, struct tc_dead dead)
{
    struct tc_str text = f->source->text;
    size_t begin = span.begin - f->source->base, end = span.end - f->source->base, line = begin, rest;

    while (end < text.len && (is_blank(text.ptr[end]) || text.ptr[end] == ';') && text.ptr[end - 1] != ';')
        end++;
    while (line > 0 && is_blank(text.ptr[line - 1]))
        line--;
    for (rest = end; rest < text.len && is_blank(text.ptr[rest]);)
        rest++;
    if (rest < text.len && text.ptr[rest] == '#')
        while (rest < text.len && text.ptr[rest] != '\n')
            rest++;
    if (rest < text.len && text.ptr[rest] == '\r')
        rest++;
    if ((line == 0 || text.ptr[line - 1] == '\n') && (rest == text.len || text.ptr[rest] == '\n')) {
        begin = line;
        end = rest < text.len ? rest + 1 : rest;
        if ((begin == 0 || ends_blank_line(text, begin)) && end < text.len && blank_line(text, end) > end)
            end = blank_line(text, end); /* of two blank lines one stays */
    } else {
        while (end < text.len && is_blank(text.ptr[end]))
            end++;
    }
    dead.span = span;
    tc_omissions_add(f->list, (struct tc_omission){(uint32_t)begin, (uint32_t)end, TC_STR(""), dead});
}

static bool
has_comment(const struct finder *f, struct tc_span span)
{
    for (const struct tc_comment *comment = f->file->comments; comment != NULL; comment = comment->next)
        if (comment->span.begin >= span.begin && comment->span.begin < span.end)
            return true;
    return false;
}

static bool
is_here(const struct finder *f, struct tc_span span)
{
    return span.begin >= f->source->base && span.end <= f->source->base + f->source->text.len && span.end > 0;
}

static bool
is_in(struct tc_span inner, struct tc_span outer)
{
    return inner.begin >= outer.begin && inner.end <= outer.end;
}

/* A statement with the lines of its description above. */
static struct tc_span
with_description(struct tc_span span, struct tc_span description)
{
    return description.end > 0 ? tc_span_join(description, span) : span;
}

static struct tc_str
quoted(struct finder *f, const char *what, struct tc_str name)
{
    return tc_arena_printf(f->arena, "%s '%.*s'", what, TC_STR_ARG(name));
}

/* What @a out holds, which ends. */
static struct tc_str
taken(struct finder *f, struct tc_buf *out)
{
    struct tc_str text = tc_arena_str(f->arena, tc_buf_str(out));

    f->arena->failed |= out->failed;
    tc_buf_done(out);
    return text;
}

/* ---- what nothing uses ---- */

static void
use(struct finder *f, const struct tc_atom *atom)
{
    if (atom != NULL)
        tc_map_add(&f->used, atom->text, f);
}

static void use_all(struct finder *f, const struct tc_ast *item);

static void
use_block(struct finder *f, const struct tc_ast_block *block)
{
    use_all(f, block->body.first);
}

static void
use_group(struct finder *f, const struct tc_ast_group *group)
{
    use(f, group->set);
    use_all(f, group->inline_set.first);
    use_all(f, group->children.first);
}

/* Names of classes and sets, everywhere; those of policies are used by what is in use itself. */
static void
use_all(struct finder *f, const struct tc_ast *item)
{
    for (; item != NULL; item = item->next)
        switch (item->kind) {
        case TC_AST_SERVER:
        case TC_AST_POLICY:
        case TC_AST_APPLICATION:
        case TC_AST_SET:
        case TC_AST_NEVER:
        case TC_AST_TEST:
            use_block(f, (const struct tc_ast_block *)item);
            break;
        case TC_AST_GRANT:
        case TC_AST_REVOKE:
            use(f, ((const struct tc_ast_grant *)item)->cls);
            break;
        case TC_AST_DEMAND:
            use(f, ((const struct tc_ast_demand *)item)->terms.first);
            break;
        case TC_AST_CODE:
        case TC_AST_GROUP:
            use_group(f, (const struct tc_ast_group *)item);
            break;
        case TC_AST_CODEGROUPS:
            use_all(f, ((const struct tc_ast_codegroups *)item)->groups.first);
            break;
        case TC_AST_RAW:
            f->has_raw = true;
            break;
        default:
            break;
        }
}

static const struct tc_atom *
trust_of(const struct tc_ast_block *block)
{
    for (const struct tc_ast *item = block->body.first; item != NULL; item = item->next) {
        const struct tc_ast_setting *setting = (const struct tc_ast_setting *)item;

        if (item->kind == TC_AST_SETTING && setting->terms.first != NULL &&
            tc_str_is(setting->terms.first->text, "trust"))
            return setting->terms.first->next;
    }
    return NULL;
}

/* The policies that the server and the applications have, and those that they extend. */
static bool
mark_policies(struct finder *f, struct tc_map *marked)
{
    bool any = false;

    for (size_t i = 0; i < f->c->files.count; i++)
        for (const struct tc_ast *item = f->c->files.list[i]->items.first; item != NULL; item = item->next) {
            const struct tc_ast_block *block = (const struct tc_ast_block *)item;
            const struct tc_atom *name;

            if (item->kind != TC_AST_SERVER && item->kind != TC_AST_APPLICATION)
                continue;
            any = true;
            for (name = trust_of(block); name != NULL && tc_map_add(marked, name->text, f) == NULL;) {
                block = tc_map_get(&f->blocks, name->text);
                name = block == NULL ? NULL : block->extends;
            }
        }
    return any;
}

static bool
is_set_used(const struct finder *f, struct tc_str name)
{
    return f->has_raw || tc_map_get(&f->used, name) != NULL || tc_map_get(&f->set_used, name) != NULL;
}

static void
find_unused_sets(struct finder *f, const struct tc_ast_block *policy)
{
    for (const struct tc_ast *item = policy->body.first; item != NULL; item = item->next) {
        const struct tc_ast_block *set = (const struct tc_ast_block *)item;

        if (item->kind == TC_AST_SET && set->name != NULL && !is_set_used(f, set->name->text))
            cut(f, with_description(item->span, set->description),
                (struct tc_dead){.what = quoted(f, "the set", set->name->text), .why = "is granted by no code group"});
    }
}

static void
find_unused(struct finder *f)
{
    struct tc_map marked;
    bool is_whole;

    tc_map_init(&marked, f->arena);
    is_whole = mark_policies(f, &marked);
    for (const struct tc_ast *item = f->file->items.first; item != NULL; item = item->next) {
        const struct tc_ast_block *block = (const struct tc_ast_block *)item;
        const struct tc_ast_class *cls = (const struct tc_ast_class *)item;

        if (item->kind == TC_AST_CLASS && cls->name != NULL && is_whole && !f->has_raw &&
            tc_map_get(&f->used, cls->name->text) == NULL)
            cut(f, item->span,
                (struct tc_dead){.what = quoted(f, "the class", cls->name->text), .why = "is granted nowhere"});
        if (item->kind != TC_AST_POLICY || block->name == NULL)
            continue;
        if (is_whole && tc_map_get(&marked, block->name->text) == NULL)
            cut(f, with_description(item->span, block->description),
                (struct tc_dead){.what = quoted(f, "the policy", block->name->text),
                                 .why = "is what no application has, and no policy in use extends"});
        else
            find_unused_sets(f, block);
    }
}

/* ---- grants that are there already ---- */

static bool
add_other(struct finder *f, const struct tc_perm *perm)
{
    f->others = tc_arena_more(f->arena, const struct tc_perm *, f->others, f->other_count, &f->other_room, 16);
    if (f->others == NULL || perm == NULL)
        return false;
    f->others[f->other_count++] = perm;
    return true;
}

/* The grant of @a list, or of a set in it, that begins at @a at. */
static const struct tc_ast_grant *
grant_at(const struct tc_ast_list *list, uint32_t at)
{
    for (const struct tc_ast *item = list->first; item != NULL; item = item->next) {
        if (at < item->span.begin || at >= item->span.end)
            continue;
        if (item->kind == TC_AST_GRANT)
            return item->span.begin == at ? (const struct tc_ast_grant *)item : NULL;
        return item->kind == TC_AST_SET ? grant_at(&((const struct tc_ast_block *)item)->body, at) : NULL;
    }
    return NULL;
}

/* The grants of the block that a permission comes from. */
static bool
take_leaves(struct finder *f, const struct tc_origin *origin)
{
    for (; origin != NULL; origin = origin->earlier) {
        const struct tc_ast_grant *node;

        if (origin->later != NULL) {
            if (!take_leaves(f, origin->later))
                return false;
            continue;
        }
        if (origin->perm == NULL || !is_in(origin->perm->span, f->block->base.span))
            continue;
        node = grant_at(&f->block->body, origin->perm->span.begin);
        f->leaves = tc_arena_more(f->arena, struct leaf, f->leaves, f->leaf_count, &f->leaf_room, 16);
        if (f->leaves == NULL)
            return false;
        if (node != NULL)
            f->leaves[f->leaf_count++] = (struct leaf){origin->perm, node};
    }
    return true;
}

struct parting {
    struct finder *f;
    size_t leaf, next;
    bool is_shown; /* the second walk, over what is written */
};

static bool
take_part(void *state, const struct tc_perm *atom)
{
    struct parting *p = state;
    struct finder *f = p->f;

    if (p->is_shown) {
        if (p->next < f->part_count)
            f->parts[p->next++].shown = atom;
        return true;
    }
    f->parts = tc_arena_more(f->arena, struct part, f->parts, f->part_count, &f->part_room, 16);
    if (f->parts == NULL)
        return false;
    f->parts[f->part_count++] = (struct part){.perm = atom, .shown = atom, .leaf = p->leaf};
    return true;
}

/* The parts of all leaves, the last leaf first: of two that say the same the later one goes. */
static bool
take_parts(struct finder *f)
{
    f->part_count = 0;
    for (size_t i = 0; i < f->leaf_count; i++) {
        struct parting p = {.f = f, .leaf = i, .next = f->part_count};
        const struct tc_perm *perm = tc_fill_perm(f->arena, f->leaves[i].perm, &f->values);

        if (perm == NULL || !tc_atoms(f->arena, perm, take_part, &p))
            return false;
        p.is_shown = true;
        if (perm != f->leaves[i].perm && !tc_atoms(f->arena, f->leaves[i].perm, take_part, &p))
            return false;
    }
    return true;
}

static bool
covers(struct finder *f, const struct tc_perm *outer, const struct tc_perm *inner)
{
    struct tc_throw ignored;

    if (inner->cls->assembly == TC_ASM_COUNT_)
        return outer->unrestricted || tc_perm_equal(outer, inner);
    return tc_algebra_ops(inner->cls->algebra)->subset(f->arena, NULL, inner, outer, &ignored) == TC_YES;
}

struct covering {
    struct finder *f;
    const struct tc_perm *part;
};

static bool
is_covering(const void *state, const struct tc_perm *grant)
{
    const struct covering *c = state;
    const struct tc_perm *filled = tc_fill_perm(c->f->arena, grant, &c->f->values);

    return filled != NULL && covers(c->f, filled, c->part);
}

/* Where what covers @a part is written. */
static struct tc_span
place_of(struct finder *f, const struct tc_perm *outer, const struct tc_perm *part)
{
    struct covering state = {f, part};
    struct tc_str ignored;
    const struct tc_perm *grant = tc_perm_granted(outer, is_covering, &state, &ignored);
    struct tc_span span = grant == NULL ? outer->span : grant->span;

    return f->stock == NULL ? span : tc_span_elsewhere(&f->stock->c.sources, span, &f->c->sources);
}

static void
judge_part(struct finder *f, struct part *part)
{
    for (size_t i = 0; i < f->other_count; i++)
        if (covers(f, f->others[i], part->perm)) {
            part->is_gone = true;
            part->reason = place_of(f, f->others[i], part->perm);
            return;
        }
    for (size_t i = 0; f->part_count <= PAIRS_MAX && i < f->part_count; i++)
        if (&f->parts[i] != part && !f->parts[i].is_gone && covers(f, f->parts[i].perm, part->perm)) {
            part->is_gone = true;
            part->reason = f->parts[i].perm->span;
            return;
        }
}

/* ---- leaving parts of a grant out ---- */

/* What of one leaf stays and goes. */
struct leaf_parts {
    struct finder *f;
    const struct part *first;
    size_t count;
    const struct tc_ast_grant *node;
};

static bool
all_gone(const struct leaf_parts *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!l->first[i].is_gone)
            return false;
    return l->count > 0;
}

/* The parts written at @a span: whether there are any, and all of them are gone. */
static bool
gone_at(const struct leaf_parts *l, struct tc_span span, const struct part **ret_part)
{
    bool any = false;

    for (size_t i = 0; i < l->count; i++) {
        if (!is_in(l->first[i].shown->span, span))
            continue;
        if (!l->first[i].is_gone)
            return false;
        any = true;
        *ret_part = &l->first[i];
    }
    return any;
}

static struct tc_dead
dead_of(const struct leaf_parts *l, const struct part *part, const struct tc_perm *perm)
{
    struct tc_buf out = {0};
    struct tc_dead dead = {.why = "is granted already", .reason = part->reason};

    tc_demand_put(&out, tc_runtime_info(l->f->policy->runtime)->framework, perm);
    dead.what = taken(l->f, &out);
    return dead;
}

/* All that is gone at @a span as one permission. */
static const struct tc_perm *
gone_perm(const struct leaf_parts *l, struct tc_span span)
{
    struct tc_perm *all = NULL;

    for (size_t i = 0; i < l->count; i++) {
        if (!l->first[i].is_gone || !is_in(l->first[i].shown->span, span))
            continue;
        if (all == NULL)
            all = tc_perm_copy(l->f->arena, l->first[i].shown);
        else
            tc_perm_unite(l->f->arena, all, l->first[i].shown);
    }
    return all;
}

/* The values of a list that stay, in place of all of them; when some go. */
static void
keep_values(const struct leaf_parts *l, const struct tc_ast_clause *clause)
{
    const struct tc_atom *first = NULL, *last = NULL;
    const struct part *part = NULL;
    struct tc_span all, gone = TC_NOWHERE;
    struct tc_buf out = {0};

    for (const struct tc_atom *atom = clause->terms.first; atom != NULL; atom = atom->next) {
        if (atom->kind != TC_ATOM_STRING)
            continue;
        first = first == NULL ? atom : first;
        last = atom;
        if (gone_at(l, atom->span, &part)) {
            gone = gone.end == 0 ? atom->span : gone;
            continue;
        }
        tc_buf_puts(&out, out.len > 0 ? TC_STR(", ") : TC_STR(""));
        tc_buf_puts(&out, tc_sources_text(&l->f->c->sources, atom->span));
    }
    if (part != NULL && out.len > 0 && gone.end > 0) {
        const struct tc_perm *perm = gone_perm(l, tc_span_join(first->span, last->span));

        all = tc_span_join(first->span, last->span);
        if (perm != NULL && !has_comment(l->f, all)) {
            struct tc_dead dead = dead_of(l, part, perm);

            dead.span = gone;
            tc_omissions_add(l->f->list, (struct tc_omission){all.begin - l->f->source->base,
                                                              all.end - l->f->source->base, taken(l->f, &out), dead});
        }
    }
    l->f->arena->failed |= out.failed;
    tc_buf_done(&out);
}

/* Whether the flag @a name of @a l's class is gone: all its bits. */
static bool
is_flag_gone(const struct leaf_parts *l, size_t field, struct tc_str name, const struct part **ret_part)
{
    const struct tc_enum_value *value = tc_enum_find(tc_enum(l->first[0].perm->cls->fields[field].values), name);
    uint64_t gone = 0;

    if (value == NULL || value->value == 0)
        return false;
    for (size_t i = 0; i < l->count; i++)
        if (l->first[i].is_gone && (l->first[i].perm->values[field].bits & (uint64_t)value->value) != 0) {
            gone |= l->first[i].perm->values[field].bits;
            *ret_part = &l->first[i];
        }
    return ((uint64_t)value->value & ~gone) == 0;
}

static void
keep_flags(const struct leaf_parts *l, const struct tc_ast_clause *clause, size_t field)
{
    const struct tc_atom *first = clause->terms.first->next, *last = NULL;
    const struct part *part = NULL;
    struct tc_buf out = {0}, gone = {0};

    for (const struct tc_atom *atom = first; atom != NULL; atom = atom->next) {
        bool is_gone = is_flag_gone(l, field, atom->text, &part);
        struct tc_buf *to = is_gone ? &gone : &out;

        last = atom;
        tc_buf_puts(to, to->len > 0 ? TC_STR(", ") : TC_STR(""));
        tc_buf_puts(to, tc_sources_text(&l->f->c->sources, atom->span));
    }
    if (last != NULL && gone.len > 0 && part != NULL && !has_comment(l->f, clause->base.span)) {
        struct tc_span all = out.len == 0 ? clause->base.span : tc_span_join(first->span, last->span);
        struct tc_dead dead = {.span = all, .why = "is granted already", .reason = part->reason};

        dead.what =
            tc_arena_printf(l->f->arena, "%s flags %.*s", l->first[0].perm->cls->word, TC_STR_ARG(tc_buf_str(&gone)));
        if (out.len == 0)
            cut(l->f, all, dead);
        else
            tc_omissions_add(l->f->list, (struct tc_omission){all.begin - l->f->source->base,
                                                              all.end - l->f->source->base, taken(l->f, &out), dead});
    }
    l->f->arena->failed |= out.failed || gone.failed;
    tc_buf_done(&out);
    tc_buf_done(&gone);
}

/* The FLAGS field that @a clause sets; the field count when it sets none. */
static size_t
flags_field(const struct tc_class *cls, const struct tc_ast_clause *clause)
{
    size_t i = 0;

    while (i < cls->field_count && !(cls->fields[i].kind == TC_FIELD_FLAGS && clause->terms.first != NULL &&
                                     tc_str_is(clause->terms.first->text, cls->fields[i].word)))
        i++;
    return i;
}

static void
leave_out_clause(const struct leaf_parts *l, const struct tc_ast_clause *clause)
{
    const struct tc_class *cls = l->first[0].perm->cls;
    const struct part *part = NULL;
    size_t field = flags_field(cls, clause);

    if (clause->base.kind != TC_AST_CLAUSE || clause->has_block)
        return;
    if (field < cls->field_count) {
        keep_flags(l, clause, field);
        return;
    }
    if (gone_at(l, clause->base.span, &part)) {
        const struct tc_perm *perm = gone_perm(l, clause->base.span);

        if (perm != NULL)
            cut(l->f, clause->base.span, dead_of(l, part, perm));
        return;
    }
    keep_values(l, clause);
}

static void
leave_out(const struct leaf_parts *l)
{
    if (all_gone(l)) {
        cut(l->f, with_description(l->node->base.span, l->node->description),
            dead_of(l, &l->first[0], l->f->leaves[l->first[0].leaf].perm));
        return;
    }
    for (const struct tc_ast *item = l->node->clauses.first; item != NULL; item = item->next)
        leave_out_clause(l, (const struct tc_ast_clause *)item);
}

/* The parts of each leaf that are gone are left out of it. */
static void
leave_out_parts(struct finder *f)
{
    for (size_t i = 0, end; i < f->part_count; i = end) {
        struct leaf_parts l = {.f = f, .first = &f->parts[i], .node = f->leaves[f->parts[i].leaf].node};
        bool any = false;

        for (end = i; end < f->part_count && f->parts[end].leaf == f->parts[i].leaf; end++)
            any |= f->parts[end].is_gone;
        l.count = end - i;
        if (any)
            leave_out(&l);
    }
}

/* ---- a policy or an application ---- */

static const struct tc_ast_grant *
revoke_of(const struct finder *f, const struct tc_class *cls)
{
    for (const struct tc_ast *item = f->block->body.first; item != NULL; item = item->next) {
        const struct tc_ast_grant *node = (const struct tc_ast_grant *)item;

        if (item->kind == TC_AST_REVOKE && node->cls != NULL && tc_str_is(node->cls->text, cls->word))
            return node;
    }
    return NULL;
}

/* The permission that the base has in the set of the same name. */
static const struct tc_perm *
base_perm(const struct finder *f, size_t set, const struct tc_class *cls)
{
    const struct tc_pset *other = f->base == NULL ? NULL
                                  : set == 0      ? f->base->sets[0]
                                                  : tc_policy_find_set(f->base, f->policy->sets[set]->name);

    return other == NULL ? NULL : tc_pset_find(other, cls);
}

/* Revokes of what the same block grants again. */
static void
find_vain_revoke(struct finder *f, const struct tc_ast_grant *revoke, const struct tc_perm *perm)
{
    bool all = f->other_count > 0;

    for (size_t i = 0; all && i < f->other_count; i++)
        all = covers(f, perm, f->others[i]);
    if (all)
        cut(f, revoke->base.span,
            (struct tc_dead){.what = tc_arena_printf(f->arena, "revoke %s", perm->cls->word),
                             .why = "takes away what is granted again",
                             .reason = f->leaf_count > 0 ? f->leaves[0].perm->span : TC_NOWHERE});
}

static enum tc_status
find_in_perm(struct finder *f, size_t set, const struct tc_perm *perm, bool possible)
{
    const struct tc_ast_grant *revoke = revoke_of(f, perm->cls);
    const struct tc_perm *inherited = base_perm(f, set, perm->cls), *filled;

    f->leaf_count = f->other_count = 0;
    if (!take_leaves(f, perm->origin))
        return TC_ERR_NOMEM;
    if (inherited != NULL && !add_other(f, tc_fill_perm(f->arena, inherited, &f->values)))
        return TC_ERR_NOMEM;
    filled = tc_fill_perm(f->arena, perm, &f->values);
    if (filled == NULL)
        return TC_ERR_NOMEM;
    if (revoke != NULL && !possible) {
        find_vain_revoke(f, revoke, filled);
        f->other_count = 0; /* what is left of them is not known here */
    }
    if (possible) {
        const struct tc_perm *sure = tc_pset_find(f->policy->sets[set], perm->cls);

        f->other_count = 0;
        if (sure != NULL && !add_other(f, tc_fill_perm(f->arena, sure, &f->values)))
            return TC_ERR_NOMEM;
    }
    if (f->leaf_count == 0)
        return TC_OK;
    if (!take_parts(f))
        return TC_ERR_NOMEM;
    for (size_t i = f->part_count; i-- > 0;)
        judge_part(f, &f->parts[i]);
    leave_out_parts(f);
    return TC_OK;
}

static enum tc_status
find_in_sets(struct finder *f)
{
    for (size_t s = 0; s < f->policy->set_count; s++) {
        const struct tc_pset *set = f->policy->sets[s];

        for (size_t i = 0; i < set->count + set->possible_count; i++) {
            bool possible = i >= set->count;
            enum tc_status status =
                find_in_perm(f, s, possible ? set->possible[i - set->count] : set->perms[i], possible);

            if (status != TC_OK)
                return status;
        }
    }
    return TC_OK;
}

/* ---- code groups ---- */

struct groups {
    struct finder *f;
    struct tc_expected expected;
};

static bool
same_condition(const struct tc_membership *a, const struct tc_membership *b)
{
    if (a->kind != b->kind || a->kind == TC_CONDITION_COUNT_)
        return false;
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (!tc_str_eq(a->values[i], b->values[i]))
            return false;
    return true;
}

static bool
gives_nothing(const struct tc_group *group)
{
    return !group->is_raw && group->kind == TC_GROUP_UNION && group->children == NULL && group->raw == NULL &&
           group->attributes == 0 && group->inline_set == NULL && !group->grants_main &&
           tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING));
}

static bool
same_grant(const struct tc_group *a, const struct tc_group *b)
{
    return a->inline_set == NULL && b->inline_set == NULL && a->grants_main == b->grants_main &&
           tc_str_eq(a->set_name, b->set_name) && a->attributes == b->attributes && a->children == NULL &&
           b->children == NULL && a->raw == NULL && b->raw == NULL;
}

/* Whether a union of both is what @a outer grants anyway: its set holds that of @a group, for whatever code. */
static bool
holds(struct groups *g, const struct tc_group *outer, const struct tc_group *group)
{
    const struct tc_grant_set *more, *less;

    if (outer->is_raw || outer->kind != TC_GROUP_UNION || group->kind != TC_GROUP_UNION || group->children != NULL ||
        group->raw != NULL || group->attributes != 0)
        return false;
    more = tc_expected_group_set(&g->expected, outer);
    less = tc_expected_group_set(&g->expected, group);
    return more != NULL && less != NULL && tc_grants_within(g->f->arena, less, more);
}

/* Why @a group, a child of @a parent, does nothing because of @a other, which comes before it if @a is_earlier; NULL
 * when it does something. */
static const char *
idle_beside(struct groups *g, const struct tc_group *parent, const struct tc_group *group, const struct tc_group *other,
            bool is_earlier)
{
    bool takes_all = other->condition.kind == TC_CONDITION_ALL,
         same = same_condition(&other->condition, &group->condition);

    if (other->is_raw || other->kind == TC_GROUP_COUNT_)
        return NULL;
    if (parent->kind == TC_GROUP_FIRST_MATCH && is_earlier && takes_all)
        return "is never asked: the group before it takes all code";
    if (parent->kind == TC_GROUP_FIRST_MATCH && is_earlier && same)
        return "is never asked: the group before it takes the same code";
    if (parent->kind != TC_GROUP_UNION || (!same && !takes_all))
        return NULL;
    if (is_earlier && same && same_grant(other, group))
        return "is there already";
    return holds(g, other, group) && (is_earlier || !holds(g, group, other) || !same)
               ? "grants nothing that another group does not grant this code"
               : NULL;
}

/* The same for all that is around it; @a ret_reason is the other group. */
static const char *
idle_group(struct groups *g, const struct tc_group *parent, const struct tc_group *group, struct tc_span *ret_reason)
{
    bool is_earlier = true;

    *ret_reason = TC_NOWHERE;
    if (group->is_raw)
        return NULL;
    for (const struct tc_group *other = parent->children; other != NULL; other = other->next) {
        const char *why = other == group ? NULL : idle_beside(g, parent, group, other, is_earlier);

        if (why != NULL) {
            *ret_reason = other->span;
            return why;
        }
        is_earlier &= other != group;
    }
    if (parent->kind == TC_GROUP_UNION && gives_nothing(group))
        return "adds nothing";
    if (holds(g, parent, group)) {
        *ret_reason = parent->span;
        return "grants nothing that the group around it does not";
    }
    return NULL;
}

/* The innermost group of the tree that @a at stands in. */
static const struct tc_ast *
group_at(const struct tc_ast *item, uint32_t at)
{
    for (; item != NULL; item = item->next) {
        const struct tc_ast *inner = NULL;

        if (at < item->span.begin || at >= item->span.end)
            continue;
        if (item->kind == TC_AST_CODEGROUPS)
            return group_at(((const struct tc_ast_codegroups *)item)->groups.first, at);
        if (item->kind != TC_AST_GROUP && item->kind != TC_AST_CODE)
            return NULL;
        inner = group_at(((const struct tc_ast_group *)item)->children.first, at);
        return inner == NULL ? item : inner;
    }
    return NULL;
}

static void
find_below(struct groups *g, const struct tc_group *parent)
{
    struct finder *f = g->f;

    if (parent == NULL || parent->is_raw)
        return;
    for (const struct tc_group *group = parent->children; group != NULL; group = group->next) {
        struct tc_span reason;
        const char *why = is_in(group->span, f->block->base.span) ? idle_group(g, parent, group, &reason) : NULL;
        const struct tc_ast *node = why == NULL ? NULL : group_at(f->block->body.first, group->span.begin);

        if (node != NULL)
            cut(f, node->span, (struct tc_dead){.what = TC_STR("this code group"), .why = why, .reason = reason});
        else
            find_below(g, group);
    }
}

/* Whether both trees say the same, descriptions apart. */
static bool
same_tree(const struct tc_group *a, const struct tc_group *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->is_raw || b->is_raw || a->raw != NULL || b->raw != NULL || a->kind != b->kind ||
            a->kind == TC_GROUP_COUNT_ || a->attributes != b->attributes || a->inline_set != NULL ||
            b->inline_set != NULL || a->grants_main != b->grants_main || !tc_str_eq(a->set_name, b->set_name) ||
            !tc_str_eq(a->access, b->access) || !same_condition(&a->condition, &b->condition) ||
            !same_tree(a->children, b->children))
            return false;
    return a == b;
}

static void
find_in_groups(struct finder *f)
{
    struct groups g = {.f = f};

    for (const struct tc_ast *item = f->block->body.first; f->base != NULL && item != NULL; item = item->next)
        if (item->kind == TC_AST_CODEGROUPS && same_tree(f->policy->root, f->base->root)) {
            cut(f, item->span,
                (struct tc_dead){.what = TC_STR("this tree of code groups"), .why = "is what would be inherited"});
            return;
        }
    if (tc_expected_init(&g.expected, f->arena, f->policy, &f->values))
        find_below(&g, f->policy->root);
}

static void
find_in_full_trust(struct finder *f)
{
    for (const struct tc_ast *item = f->block->body.first; item != NULL; item = item->next) {
        const struct tc_full_trust *entry = f->policy->full_trust;

        if (item->kind != TC_AST_FULL_TRUST)
            continue;
        while (entry != NULL && !is_in(entry->span, item->span))
            entry = entry->next;
        if (entry == NULL)
            cut(f, item->span, (struct tc_dead){.what = TC_STR("this assembly"), .why = "is fully trusted already"});
    }
}

/* ---- all of it ---- */

static int
by_place(const void *key, const void *entry)
{
    uint32_t place = *(const uint32_t *)key;
    uint32_t begin = (*(const struct tc_ast_block *const *)entry)->name->span.begin;

    return place < begin ? -1 : place > begin;
}

static const struct tc_ast_block *
block_named_at(const struct finder *f, struct tc_span name)
{
    const struct tc_ast_block **found =
        f->here_count == 0 ? NULL : bsearch(&name.begin, f->here, f->here_count, sizeof(*f->here), by_place);

    return found == NULL ? NULL : *found;
}

/* The level @a level as a policy that extends it and says nothing has it. */
static const struct stock *
stock_of(struct finder *f, enum tc_level_id level, enum tc_runtime runtime)
{
    const struct tc_runtime_info *info = tc_runtime_info(runtime);
    const struct tc_str platform = f->c->model->platform.text;
    struct stock *stock = f->stocks;
    struct tc_sema_options options = {0};
    enum tc_status status;
    struct tc_str text;

    while (stock != NULL && (stock->level != level || stock->runtime != runtime))
        stock = stock->next;
    if (stock != NULL)
        return stock;
    stock = tc_arena_new(f->arena, struct stock);
    if (stock == NULL)
        return NULL;
    *stock = (struct stock){.next = f->stocks, .level = level, .runtime = runtime};
    f->stocks = stock;
    tc_compilation_init(&stock->c);
    text = tc_arena_printf(f->arena, "server s { framework %s; %s %s%.*s%s }\npolicy B extends %s { }\n",
                           tc_framework_info(info->framework)->name,
                           info->framework == TC_FX_4_0 && !info->homogeneous ? "cas-model legacy;" : "",
                           platform.len > 0 ? "platform \"" : "", TC_STR_ARG(platform), platform.len > 0 ? "\";" : "",
                           tc_level_info(level)->word);
    status = tc_compile(&stock->c, f->host, &options, f->source->name, text);
    if (status == TC_OK && stock->c.model->unused_count == 1)
        stock->policy = stock->c.model->unused[0];
    f->arena->failed |= status == TC_ERR_NOMEM;
    return stock;
}

static void
set_base(struct finder *f, const struct tc_application *app)
{
    const struct tc_atom *name = app == NULL ? f->block->extends : trust_of(f->block);
    struct tc_str word = TC_STR("medium"); /* what an application has when nothing is said */
    const struct tc_policy *const *named;
    enum tc_level_id level;

    f->base = NULL;
    f->stock = NULL;
    if (app != NULL && name == NULL)
        name = f->server_trust;
    if (app == NULL && name == NULL)
        return;
    if (name != NULL)
        word = name->text;
    level = tc_level_find(word);
    if (level == TC_LEVEL_COUNT_) {
        named = tc_map_get(&f->policies[f->policy->runtime], word);
        f->base = named == NULL ? NULL : *named;
        return;
    }
    f->stock = stock_of(f, level, f->policy->runtime);
    f->base = f->stock == NULL ? NULL : f->stock->policy;
}

static enum tc_status
find_in_policy(struct finder *f, const struct tc_policy *policy, const struct tc_application *app)
{
    enum tc_status status;

    f->block = block_named_at(f, app == NULL ? policy->span : app->span);
    if (f->block == NULL || !is_here(f, f->block->base.span) ||
        (app == NULL && f->block->base.kind == TC_AST_APPLICATION)) /* it was looked at with its own directory */
        return TC_OK;
    f->policy = policy;
    set_base(f, app);
    f->values = app != NULL ? tc_application_values(f->arena, f->c->model, app)
                            : tc_token_values_for(f->arena, &(struct tc_token_basis){.root = TC_STR("Q:\\trustc\\app"),
                                                                                     .location = TC_STR("Site/app"),
                                                                                     .runtime = policy->runtime});
    status = find_in_sets(f);
    find_in_groups(f);
    find_in_full_trust(f);
    return status;
}

static enum tc_status
find_in_policies(struct finder *f)
{
    const struct tc_model *model = f->c->model;
    enum tc_status status = TC_OK;

    for (size_t i = 0; status == TC_OK && i < model->application_count; i++) {
        const struct tc_application *app = model->applications[i];

        if (app->policy != NULL && app->policy->span.begin == app->span.begin)
            status = find_in_policy(f, app->policy, app);
    }
    for (size_t i = 0; status == TC_OK && i < model->level_count; i++)
        status = find_in_policy(f, model->levels[i], NULL);
    for (size_t i = 0; status == TC_OK && i < model->unused_count; i++)
        status = find_in_policy(f, model->unused[i], NULL);
    return status;
}

/* ---- what is looked up ---- */

static void
index_groups(struct finder *f, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        tc_map_add(&f->set_used, group->set_name, f);
        index_groups(f, group->children);
    }
}

static void
index_policy(struct finder *f, const struct tc_policy *policy)
{
    const struct tc_policy **entry = tc_arena_new(f->arena, const struct tc_policy *);

    if (entry == NULL)
        return;
    *entry = policy;
    tc_map_add(&f->policies[policy->runtime], policy->name, entry);
    index_groups(f, policy->root);
}

/* A policy in any file; in the main source also an application. */
static void
index_block(struct finder *f, struct tc_ast_block *block, bool is_main)
{
    const struct tc_ast_block **here;

    if (block->name == NULL)
        return;
    if (block->base.kind == TC_AST_POLICY)
        tc_map_add(&f->blocks, block->name->text, block);
    if (!is_main)
        return;
    here = tc_arena_more(f->arena, const struct tc_ast_block *, f->here, f->here_count, &f->here_room, 64);
    if (here == NULL)
        return;
    f->here = here;
    f->here[f->here_count++] = block;
}

/* So that the work grows with the source, not with its square. */
static void
index_all(struct finder *f)
{
    const struct tc_model *model = f->c->model;
    bool has_server = false;

    tc_map_init(&f->used, f->arena);
    tc_map_init(&f->set_used, f->arena);
    tc_map_init(&f->blocks, f->arena);
    for (size_t i = 0; i < TC_RT_COUNT_; i++)
        tc_map_init(&f->policies[i], f->arena);
    for (size_t i = 0; i < model->level_count; i++)
        index_policy(f, model->levels[i]);
    for (size_t i = 0; i < model->unused_count; i++)
        index_policy(f, model->unused[i]);
    for (size_t i = 0; i < f->c->files.count; i++)
        for (struct tc_ast *item = f->c->files.list[i]->items.first; item != NULL; item = item->next) {
            if (item->kind == TC_AST_POLICY || item->kind == TC_AST_APPLICATION)
                index_block(f, (struct tc_ast_block *)item, i == 0);
            if (item->kind == TC_AST_SERVER && !has_server) {
                f->server_trust = trust_of((const struct tc_ast_block *)item);
                has_server = true;
            }
        }
}

enum tc_status
tc_minimize_find(struct tc_compilation *c, const struct tc_sema_host *host, struct tc_omissions *ret)
{
    struct finder f = {.c = c, .host = host, .arena = &c->arena, .file = c->files.list[0], .list = ret};
    enum tc_status status;

    f.source = f.file->source;
    *ret = (struct tc_omissions){.arena = &c->arena};
    index_all(&f);
    for (size_t i = 0; i < c->files.count; i++)
        use_all(&f, c->files.list[i]->items.first);
    find_unused(&f);
    status = find_in_policies(&f);
    for (struct stock *stock = f.stocks; stock != NULL; stock = stock->next)
        tc_compilation_done(&stock->c);
    return c->arena.failed ? TC_ERR_NOMEM : status;
}
