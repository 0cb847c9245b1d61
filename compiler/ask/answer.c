#include "ask/answer.h"

#include "ask/atoms.h"
#include "ask/overlap.h"
#include "verify/grants.h"

#include <string.h>

/* ---- may ---- */

static enum tc_may
touch_set(struct tc_arena *arena, const struct tc_grant_set *set, const struct tc_perm *demand,
          struct tc_answer_may *ret)
{
    const struct tc_grant *grant = set->unrestricted ? NULL : tc_grant_find(set, demand->cls);
    struct tc_overlap overlap;

    if (set->unrestricted)
        return TC_MAY_SURELY;
    if (grant == NULL || grant->perm == NULL || !tc_overlap(arena, NULL, demand, grant->perm, &overlap))
        return TC_MAY_NOT;
    if (overlap.answer == TC_OVERLAP_YES && ret->example == NULL)
        ret->example = overlap.demand;
    if (overlap.answer == TC_OVERLAP_UNKNOWN)
        ret->may.throws = overlap.why;
    return overlap.answer == TC_OVERLAP_YES  ? TC_MAY_SURELY
           : overlap.answer == TC_OVERLAP_NO ? TC_MAY_NOT
                                             : TC_MAY_UNKNOWN;
}

static enum tc_may
touch_kind(struct tc_arena *arena, const struct tc_subject_grant *grant, const struct tc_perm *demand,
           struct tc_answer_may *ret)
{
    enum tc_may may;

    if (grant->sure == NULL || grant->wide == NULL) {
        ret->may.throws = grant->throws;
        return TC_MAY_UNKNOWN;
    }
    may = touch_set(arena, grant->sure, demand, ret);
    if (may == TC_MAY_NOT && grant->wide != grant->sure) {
        may = touch_set(arena, grant->wide, demand, ret);
        may = may == TC_MAY_SURELY ? TC_MAY_POSSIBLY : may;
    }
    return may;
}

/* Whether it may do any part of what is asked. */
static enum tc_status
touch(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand, struct tc_answer_may *ret)
{
    const struct tc_perm *filled = tc_fill_perm(arena, demand, &subject->values);
    struct tc_may_answer whole;

    if (filled == NULL)
        return TC_ERR_NOMEM;
    if (demand->cls->assembly == TC_ASM_COUNT_) /* nothing is known of its parts */
        return tc_ask(arena, subject, demand, &ret->may);
    if (tc_ask(arena, subject, demand, &whole) != TC_OK)
        return TC_ERR_NOMEM;
    ret->may = (struct tc_may_answer){.may = TC_MAY_SURELY, .most = TC_MAY_NOT};
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        enum tc_may may = touch_kind(arena, &subject->grants[i], filled, ret);

        /* who may do all of it may do a part, also where none can be shown */
        may = whole.kinds[i] == TC_MAY_SURELY || (whole.kinds[i] == TC_MAY_POSSIBLY && may == TC_MAY_NOT)
                  ? whole.kinds[i]
                  : may;

        ret->may.kinds[i] = may;
        ret->may.may = may < ret->may.may ? may : ret->may.may;
        ret->may.most = may > ret->may.most ? may : ret->may.most;
    }
    return TC_OK;
}

enum tc_status
tc_answer_may(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand, bool any_part,
              struct tc_answer_may *ret)
{
    enum tc_status status;

    *ret = (struct tc_answer_may){.subject = subject};
    status = any_part ? touch(arena, subject, demand, ret) : tc_ask(arena, subject, demand, &ret->may);
    if (status != TC_OK || ret->may.most == TC_MAY_NOT)
        return status;
    while (ret->number + 1 < TC_OWN_KINDS && ret->may.kinds[ret->number] != ret->may.most)
        ret->number++;
    status = tc_trace_of(arena, subject, ret->number, ret->may.most != TC_MAY_SURELY, &ret->trace);
    if (status != TC_OK)
        return status;
    return any_part || ret->may.most == TC_MAY_UNKNOWN ? tc_trace_touching(arena, &ret->trace, demand, &ret->grants)
                                                       : tc_trace_allowing(arena, &ret->trace, demand, &ret->grants);
}

/* ---- what ---- */

struct gather {
    struct tc_arena *arena;
    struct tc_answer_what *what;
    const struct tc_trace_set *set;
    const struct tc_grant_set *sure; /* while what is possible is gathered: what is sure */
    const struct tc_origin *only;    /* the one grant that the permission was made of; NULL: several */
    size_t grants;
    size_t first; /* of the class that is gathered */
    bool possible;
    bool failed;
};

/* The answer for the grant @a by; made when there is none. NULL when out of memory. */
static struct tc_answer_grant *
answer_for(struct gather *g, const struct tc_class *cls, const struct tc_trace_grant *by)
{
    struct tc_answer_what *what = g->what;
    struct tc_answer_grant *larger;

    for (size_t i = g->first; i < what->count; i++)
        if (what->grants[i].by.perm == by->perm && what->grants[i].by.set == by->set &&
            what->grants[i].perm->cls == cls && (by->perm != NULL || what->grants[i].by.span.begin == by->span.begin))
            return &what->grants[i];
    larger = tc_arena_more(g->arena, struct tc_answer_grant, what->grants, what->count, &what->capacity, 32);
    if (larger == NULL)
        return NULL;
    what->grants = larger;
    what->grants[what->count] = (struct tc_answer_grant){.perm = tc_perm_new(g->arena, cls, by->span), .by = *by};
    return what->grants[what->count].perm == NULL ? NULL : &what->grants[what->count++];
}

/* Put @a atom to what its grant gives. */
static void
put_atom(struct gather *g, const struct tc_perm *atom, const struct tc_trace_grant *by)
{
    struct tc_answer_grant *answer = answer_for(g, atom->cls, by);
    struct tc_perm *perm;

    if (answer == NULL) {
        g->failed = true;
        return;
    }
    if (tc_perm_is_empty(answer->perm) && (atom->markup != NULL || atom->unrestricted)) {
        answer->perm = atom;
        return;
    }
    perm = tc_perm_copy(g->arena, answer->perm);
    if (perm != NULL)
        (void)tc_perm_unite(g->arena, perm, atom);
    answer->perm = perm != NULL ? perm : answer->perm;
    g->failed |= perm == NULL;
}

static bool
gather_atom(void *state, const struct tc_perm *atom)
{
    struct gather *g = state;
    struct tc_trace_grants by = {.count = 0};
    struct tc_trace_grant itself = {.perm = atom, .span = atom->span, .set = g->set, .possible = g->possible};
    const struct tc_perm *filled = tc_fill_perm(g->arena, atom, &g->what->subject->values);
    const char *throws;

    if (filled == NULL)
        return false;
    if (g->sure != NULL && tc_ask_set(g->arena, g->sure, filled, &throws) == TC_MAY_SURELY)
        return true; /* it is sure anyway */
    if (g->only != NULL) {
        itself.perm = g->only->perm;
        itself.span = g->only->perm->span;
        itself.because = g->only->because;
    } else if (tc_trace_allowing(g->arena, &g->what->trace, atom, &by) != TC_OK) {
        return false;
    } else if (by.count > 0) {
        itself = by.items[0];
    }
    put_atom(g, atom, &itself);
    return !g->failed;
}

static void
count_grant(void *state, const struct tc_origin *grant)
{
    struct gather *g = state;

    g->only = grant;
    g->grants++;
}

static void
gather_perm(struct gather *g, const struct tc_perm *perm)
{
    const struct tc_origin itself = {.perm = perm};

    g->grants = 0;
    g->only = &itself;
    if (perm->origin != NULL)
        tc_perm_each_grant(perm, count_grant, g);
    if (g->grants > 1)
        g->only = NULL;
    if (!tc_perm_is_empty(perm) && !tc_atoms(g->arena, perm, gather_atom, g))
        g->failed |= g->arena->failed;
    g->only = NULL; /* it may be the one above */
}

static void
gather_class(struct gather *g, const struct tc_pset *set, const struct tc_class *cls)
{
    g->first = g->what->count;
    for (int pass = 0; pass < 2; pass++) {
        size_t count = pass == 0 ? set->count : set->possible_count;

        g->possible = pass == 1;
        g->sure = pass == 1 ? g->what->subject->grants[g->what->number].sure : NULL;
        for (size_t i = 0; i < count; i++) {
            const struct tc_perm *perm = pass == 0 ? set->perms[i] : set->possible[i];

            if (perm->cls == cls)
                gather_perm(g, perm);
        }
    }
}

/* What raw markup or a built-in set gives, of which no grant is known. */
static void
gather_rest(struct gather *g, const struct tc_grant_set *grants, struct tc_span span)
{
    const struct tc_trace_grant by = {.span = span, .set = g->set};

    for (size_t i = 0; i < grants->count; i++) {
        g->first = g->what->count;
        if (grants->grants[i].perm != NULL)
            put_atom(g, grants->grants[i].perm, &by);
    }
}

static void
gather_raw(struct gather *g, const struct tc_pset *set)
{
    struct tc_expected expected = g->what->subject->sure_expected;

    expected.arena = g->arena;
    for (const struct tc_raw *raw = set->raw; raw != NULL && !g->failed; raw = raw->next) {
        const struct tc_grant_set *grants = tc_expected_raw_set(&expected, raw);

        if (grants != NULL)
            gather_rest(g, grants, raw->span);
        g->failed |= grants == NULL;
    }
}

static bool
has_class(const struct tc_pset *set, const struct tc_class *cls)
{
    for (size_t i = 0; i < set->possible_count; i++)
        if (set->possible[i]->cls == cls)
            return true;
    return tc_pset_find(set, cls) != NULL;
}

/* Markup of classes that the evaluator does not know, and so has not asked. */
static void
gather_markup(struct gather *g, const struct tc_pset *set)
{
    struct tc_answer_what *what = g->what;
    struct tc_expected expected = what->subject->wide_expected;
    size_t count = what->markup_count;
    struct tc_answer_markup *markup;

    for (const struct tc_raw *raw = set->raw; raw != NULL; raw = raw->next)
        count++;
    if (count == what->markup_count)
        return;
    expected.arena = g->arena;
    markup = tc_arena_array(g->arena, struct tc_answer_markup, count);
    if (markup == NULL)
        return;
    if (what->markup_count > 0)
        memcpy(markup, what->markup, what->markup_count * sizeof *markup);
    what->markup = markup;
    for (const struct tc_raw *raw = set->raw; raw != NULL; raw = raw->next) {
        struct tc_str type = tc_expected_raw_class(&expected, raw);

        if (tc_class_resolve(type) == NULL)
            markup[what->markup_count++] = (struct tc_answer_markup){.type = type, .span = raw->span};
    }
}

static void
gather_set(struct gather *g)
{
    const struct tc_pset *set = tc_trace_written(&g->what->trace, g->set->set);

    for (int i = 0; set != NULL && i < TC_CLASS_COUNT_; i++)
        if (has_class(set, tc_class((enum tc_class_id)i)))
            gather_class(g, set, tc_class((enum tc_class_id)i));
    for (int pass = 0; set != NULL && pass < 2; pass++)
        for (size_t i = 0; i < (pass == 0 ? set->count : set->possible_count); i++) {
            const struct tc_perm *perm = pass == 0 ? set->perms[i] : set->possible[i];

            if (perm->cls->assembly == TC_ASM_COUNT_ && (pass == 0 || tc_pset_find(set, perm->cls) == NULL))
                gather_class(g, set, perm->cls);
        }
    if (set == NULL)
        gather_rest(g, g->set->grants, g->set->group == NULL ? TC_NOWHERE : g->set->group->group->span);
    if (set != NULL) {
        gather_raw(g, set);
        gather_markup(g, set);
    }
}

enum tc_status
tc_answer_what(struct tc_arena *arena, const struct tc_subject *subject, size_t number, struct tc_answer_what *ret)
{
    struct gather g = {.arena = arena, .what = ret};
    const struct tc_grant_set *mine = subject->grants[number].wide, *other = subject->grants[1 - number].wide;
    enum tc_status status;

    *ret = (struct tc_answer_what){.subject = subject, .number = number};
    status = tc_trace_of(arena, subject, number, true, &ret->trace);
    if (status != TC_OK)
        return status;
    ret->is_full = mine != NULL && mine->unrestricted;
    ret->is_same = mine == other || (mine != NULL && other != NULL && tc_grants_within(arena, mine, other) &&
                                     tc_grants_within(arena, other, mine));
    for (size_t i = 0; i < ret->trace.set_count && !ret->is_full && !g.failed; i++) {
        g.set = &ret->trace.sets[i];
        gather_set(&g);
    }
    return g.failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}
