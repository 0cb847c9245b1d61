/* Grants that are there already: each is taken apart, and a part goes when something that stays covers it. */
#include "api/minimize_finder.h"
#include "ask/atoms.h"
#include "model/clauses.h"

/* Atoms of one class in one set that are held against each other; beyond that only against the base. */
enum { PAIRS_MAX = 2000 };

/* One grant of the block that is looked at. */
struct tc_leaf {
    const struct tc_perm *perm; /* as written */
    const struct tc_ast_grant *node;
};

/* A smallest part of a leaf. */
struct tc_part {
    const struct tc_perm *perm;  /* tokens filled in */
    const struct tc_perm *shown; /* as written */
    size_t leaf;
    bool is_gone;
    struct tc_span reason;
};

/* What @a out holds, which ends. */
static struct tc_str
taken(struct tc_finder *f, struct tc_buf *out)
{
    struct tc_str text = tc_arena_str(f->arena, tc_buf_str(out));

    f->arena->failed |= out->failed;
    tc_buf_done(out);
    return text;
}

static bool
add_other(struct tc_finder *f, const struct tc_perm *perm)
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
take_leaves(struct tc_finder *f, const struct tc_origin *origin)
{
    for (; origin != NULL; origin = origin->earlier) {
        const struct tc_ast_grant *node;

        if (origin->later != NULL) {
            if (!take_leaves(f, origin->later))
                return false;
            continue;
        }
        if (origin->perm == NULL || !tc_finder_is_in(origin->perm->span, f->block->base.span))
            continue;
        node = grant_at(&f->block->body, origin->perm->span.begin);
        f->leaves = tc_arena_more(f->arena, struct tc_leaf, f->leaves, f->leaf_count, &f->leaf_room, 16);
        if (f->leaves == NULL)
            return false;
        if (node != NULL)
            f->leaves[f->leaf_count++] = (struct tc_leaf){origin->perm, node};
    }
    return true;
}

struct parting {
    struct tc_finder *f;
    size_t leaf, next;
    bool is_shown; /* the second walk, over what is written */
};

static bool
take_part(void *state, const struct tc_perm *atom)
{
    struct parting *p = state;
    struct tc_finder *f = p->f;

    if (p->is_shown) {
        if (p->next < f->part_count)
            f->parts[p->next++].shown = atom;
        return true;
    }
    f->parts = tc_arena_more(f->arena, struct tc_part, f->parts, f->part_count, &f->part_room, 16);
    if (f->parts == NULL)
        return false;
    f->parts[f->part_count++] = (struct tc_part){.perm = atom, .shown = atom, .leaf = p->leaf};
    return true;
}

/* The parts of all leaves, the last leaf first: of two that say the same the later one goes. */
static bool
take_parts(struct tc_finder *f)
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
covers(struct tc_finder *f, const struct tc_perm *outer, const struct tc_perm *inner)
{
    struct tc_throw ignored;

    if (inner->cls->assembly == TC_ASM_COUNT_)
        return outer->unrestricted || tc_perm_equal(outer, inner);
    return tc_algebra_ops(inner->cls->algebra)->subset(f->arena, NULL, inner, outer, &ignored) == TC_YES;
}

struct covering {
    struct tc_finder *f;
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
place_of(struct tc_finder *f, const struct tc_perm *outer, const struct tc_perm *part)
{
    struct covering state = {f, part};
    struct tc_str ignored;
    const struct tc_perm *grant = tc_perm_granted(outer, is_covering, &state, &ignored);
    struct tc_span span = grant == NULL ? outer->span : grant->span;

    return f->stock == NULL ? span : tc_span_elsewhere(&f->stock->c.sources, span, &f->c->sources);
}

static void
judge_part(struct tc_finder *f, struct tc_part *part)
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
    struct tc_finder *f;
    const struct tc_part *first;
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
gone_at(const struct leaf_parts *l, struct tc_span span, const struct tc_part **ret_part)
{
    bool any = false;

    for (size_t i = 0; i < l->count; i++) {
        if (!tc_finder_is_in(l->first[i].shown->span, span))
            continue;
        if (!l->first[i].is_gone)
            return false;
        any = true;
        *ret_part = &l->first[i];
    }
    return any;
}

static struct tc_dead
dead_of(const struct leaf_parts *l, const struct tc_part *part, const struct tc_perm *perm)
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
        if (!l->first[i].is_gone || !tc_finder_is_in(l->first[i].shown->span, span))
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
    const struct tc_part *part = NULL;
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
        if (perm != NULL && !tc_finder_has_comment(l->f, all)) {
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
is_flag_gone(const struct leaf_parts *l, size_t field, struct tc_str name, const struct tc_part **ret_part)
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
    const struct tc_part *part = NULL;
    struct tc_buf out = {0}, gone = {0};

    for (const struct tc_atom *atom = first; atom != NULL; atom = atom->next) {
        bool is_gone = is_flag_gone(l, field, atom->text, &part);
        struct tc_buf *to = is_gone ? &gone : &out;

        last = atom;
        tc_buf_puts(to, to->len > 0 ? TC_STR(", ") : TC_STR(""));
        tc_buf_puts(to, tc_sources_text(&l->f->c->sources, atom->span));
    }
    if (last != NULL && gone.len > 0 && part != NULL && !tc_finder_has_comment(l->f, clause->base.span)) {
        struct tc_span all = out.len == 0 ? clause->base.span : tc_span_join(first->span, last->span);
        struct tc_dead dead = {.span = all, .why = "is granted already", .reason = part->reason};

        dead.what =
            tc_arena_printf(l->f->arena, "%s flags %.*s", l->first[0].perm->cls->word, TC_STR_ARG(tc_buf_str(&gone)));
        if (out.len == 0)
            tc_finder_cut(l->f, all, dead);
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
    const struct tc_part *part = NULL;
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
            tc_finder_cut(l->f, clause->base.span, dead_of(l, part, perm));
        return;
    }
    keep_values(l, clause);
}

static void
leave_out(const struct leaf_parts *l)
{
    if (all_gone(l)) {
        tc_finder_cut(l->f, tc_finder_with_description(l->node->base.span, l->node->description),
                      dead_of(l, &l->first[0], l->f->leaves[l->first[0].leaf].perm));
        return;
    }
    for (const struct tc_ast *item = l->node->clauses.first; item != NULL; item = item->next)
        leave_out_clause(l, (const struct tc_ast_clause *)item);
}

/* The parts of each leaf that are gone are left out of it. */
static void
leave_out_parts(struct tc_finder *f)
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

/* ---- the sets of a policy or an application ---- */

static const struct tc_ast_grant *
revoke_of(const struct tc_finder *f, const struct tc_class *cls)
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
base_perm(const struct tc_finder *f, size_t set, const struct tc_class *cls)
{
    const struct tc_pset *other = f->base == NULL ? NULL
                                  : set == 0      ? f->base->sets[0]
                                                  : tc_policy_find_set(f->base, f->policy->sets[set]->name);

    return other == NULL ? NULL : tc_pset_find(other, cls);
}

/* Revokes of what the same block grants again. */
static void
find_vain_revoke(struct tc_finder *f, const struct tc_ast_grant *revoke, const struct tc_perm *perm)
{
    bool all = f->other_count > 0;

    for (size_t i = 0; all && i < f->other_count; i++)
        all = covers(f, perm, f->others[i]);
    if (all)
        tc_finder_cut(f, revoke->base.span,
                      (struct tc_dead){.what = tc_arena_printf(f->arena, "revoke %s", perm->cls->word),
                                       .why = "takes away what is granted again",
                                       .reason = f->leaf_count > 0 ? f->leaves[0].perm->span : TC_NOWHERE});
}

static enum tc_status
find_in_perm(struct tc_finder *f, size_t set, const struct tc_perm *perm, bool possible)
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

enum tc_status
tc_find_in_sets(struct tc_finder *f)
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
