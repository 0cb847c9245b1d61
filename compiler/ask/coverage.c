#include "ask/coverage.h"

#include "ask/atoms.h"
#include "ask/overlap.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

struct cover {
    struct tc_arena *arena;
    struct tc_arena scratch;
    const struct tc_subjects *subjects;
    tc_is_counted *is_counted;
    void *state;
    struct tc_coverage *ret;
    struct tc_map grants; /* struct granted by the address of what a source says */
    struct granted *first, **tail;
    uint32_t found; /* atoms */
    /* the subject in hand */
    size_t number;
    const struct tc_grant_set *set;
    const struct tc_perm *perm; /* united; a grant is part of it */
    struct tc_subject_atoms **atoms;
};

/* A grant of a source, in atoms. */
struct granted {
    struct granted *next;
    const struct tc_perm *perm;
    struct tc_granted_atom *atoms, **tail;
    size_t count;
    bool is_counted;
};

unsigned
tc_percent(size_t part, size_t whole)
{
    return whole == 0 ? 100 : (unsigned)(part * 100 / whole);
}

/* ---- what is granted ---- */

struct adding {
    struct cover *cover;
    struct granted *granted;
};

static bool
add_atom(void *state, const struct tc_perm *perm)
{
    struct adding *adding = state;
    struct tc_granted_atom *atom = tc_arena_new(adding->cover->arena, struct tc_granted_atom);

    if (atom == NULL)
        return false;
    atom->perm = perm;
    atom->grant = adding->granted->perm;
    atom->is_counted = adding->granted->is_counted;
    atom->tail = &atom->users;
    *adding->granted->tail = atom;
    adding->granted->tail = &atom->next;
    adding->granted->count++;
    atom->number = adding->cover->found++;
    return true;
}

static struct granted *
granted_of(struct cover *c, const struct tc_perm *grant)
{
    struct tc_str key = tc_arena_str(c->arena, (struct tc_str){(const char *)&grant, sizeof grant});
    struct granted *granted = key.ptr == NULL ? NULL : tc_map_get(&c->grants, key);
    struct adding adding = {c, NULL};

    if (granted != NULL || key.ptr == NULL)
        return granted;
    granted = tc_arena_new(c->arena, struct granted);
    if (granted == NULL)
        return NULL;
    granted->perm = grant;
    granted->tail = &granted->atoms;
    granted->is_counted = c->is_counted(c->state, grant->span);
    adding.granted = granted;
    if (!tc_atoms(c->arena, grant, add_atom, &adding))
        return NULL;
    tc_map_add(&c->grants, key, granted);
    *c->tail = granted;
    c->tail = &granted->next;
    return granted;
}

/* Whether the subject in hand still has the atom: a policy that extends may have revoked it. */
static bool
is_effective(struct cover *c, const struct tc_granted_atom *atom)
{
    const struct tc_perm *filled = tc_fill_perm(&c->scratch, atom->perm, &c->subjects->items[c->number].values);
    const struct tc_perm *demand = filled == NULL ? NULL : tc_atom_demand(&c->scratch, filled);
    const char *ignored;

    if (atom->perm->cls->assembly == TC_ASM_COUNT_ || demand == NULL)
        return true;
    return tc_ask_set(&c->scratch, c->set, demand, &ignored) != TC_MAY_NOT;
}

static void
add_user(struct cover *c, struct tc_granted_atom *atom)
{
    const struct tc_subject *subject = &c->subjects->items[c->number];
    struct tc_atom_user *user;
    struct tc_subject_atoms *own;

    if (atom->last == subject || !is_effective(c, atom)) /* one subject is visited after the other */
        return;
    user = tc_arena_new(c->arena, struct tc_atom_user);
    own = tc_arena_new(c->arena, struct tc_subject_atoms);
    if (user == NULL || own == NULL)
        return;
    atom->last = user->subject = subject;
    *atom->tail = user;
    atom->tail = &user->next;
    own->atom = atom;
    own->next = *c->atoms;
    *c->atoms = own;
}

/* For tc_perm_granted(), which visits all grants when none is the right one. */
static bool
visit_grant(const void *state, const struct tc_perm *grant)
{
    struct cover *c = *(struct cover *const *)state;
    struct granted *granted = granted_of(c, grant);

    for (struct tc_granted_atom *atom = granted == NULL ? NULL : granted->atoms; atom != NULL; atom = atom->next)
        add_user(c, atom);
    return false;
}

static void
visit_perm(struct cover *c, const struct tc_perm *perm)
{
    struct cover *const state = c;
    struct tc_str ignored;

    if (perm != NULL)
        tc_perm_granted(perm, visit_grant, &state, &ignored);
}

static void
visit_subject(struct cover *c)
{
    const struct tc_subject *subject = &c->subjects->items[c->number];
    const struct tc_pset *main_set = subject->policy == NULL ? NULL : subject->policy->sets[0];

    c->atoms = &c->ret->by_subject[c->number];
    for (size_t k = 0; k < TC_OWN_KINDS; k++) {
        c->set = subject->grants[k].sure;
        if (c->set == NULL || c->set->unrestricted || (k > 0 && c->set == subject->grants[0].sure))
            continue;
        for (size_t i = 0; i < c->set->count; i++)
            visit_perm(c, c->set->grants[i].perm);
        for (size_t i = 0; main_set != NULL && k == 0 && i < main_set->count; i++)
            if (main_set->perms[i]->cls->assembly == TC_ASM_COUNT_)
                visit_perm(c, main_set->perms[i]);
        tc_arena_reset(&c->scratch);
    }
}

/* ---- what is exercised ---- */

static void
exercise(struct cover *c, const struct tc_demand *line, size_t number)
{
    const struct tc_subject *subject = &c->subjects->items[number];
    const struct tc_perm *asked = tc_fill_perm(&c->scratch, line->perm, &subject->values);

    for (const struct tc_subject_atoms *own = c->ret->by_subject[number]; asked != NULL && own != NULL;
         own = own->next) {
        const struct tc_perm *filled;
        struct tc_overlap overlap;

        if (own->atom->is_exercised || own->atom->perm->cls != asked->cls)
            continue;
        filled = tc_fill_perm(&c->scratch, own->atom->perm, &subject->values);
        if (filled != NULL && tc_overlap(&c->scratch, NULL, asked, filled, &overlap))
            own->atom->is_exercised = overlap.answer == TC_OVERLAP_YES;
    }
}

static void
exercise_line(struct cover *c, const struct tc_rule_line *line)
{
    if (line->rule->is_never || line->line->negated || line->failed > 0)
        return;
    if (line->line->application != NULL)
        exercise(c, line->line, line->line->application->index);
    for (size_t i = 0; i < c->subjects->count && line->line->application == NULL; i++)
        exercise(c, line->line, i);
    tc_arena_reset(&c->scratch);
}

/* ---- all of it ---- */

static int
compare_places(const void *a, const void *b)
{
    const struct tc_granted_atom *x = *(struct tc_granted_atom *const *)a, *y = *(struct tc_granted_atom *const *)b;

    if (x->perm->span.begin != y->perm->span.begin)
        return x->perm->span.begin < y->perm->span.begin ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum tc_status
list_counted(struct cover *c)
{
    struct tc_coverage *ret = c->ret;
    size_t room = 0;

    for (const struct granted *granted = c->first; granted != NULL; granted = granted->next)
        room += granted->count;
    ret->atoms = tc_arena_array(c->arena, struct tc_granted_atom *, room + 1);
    if (ret->atoms == NULL)
        return TC_ERR_NOMEM;
    for (const struct granted *granted = c->first; granted != NULL; granted = granted->next)
        for (struct tc_granted_atom *atom = granted->atoms; atom != NULL; atom = atom->next)
            if (atom->is_counted && atom->users != NULL) {
                ret->atoms[ret->count++] = atom;
                ret->exercised += atom->is_exercised;
            }
    qsort(ret->atoms, ret->count, sizeof *ret->atoms, compare_places);
    return TC_OK;
}

enum tc_status
tc_coverage_of(struct tc_arena *arena, const struct tc_subjects *subjects, const struct tc_rule_run *run,
               tc_is_counted *is_counted, void *state, struct tc_coverage *ret)
{
    struct cover c = {.arena = arena, .subjects = subjects, .is_counted = is_counted, .state = state, .ret = ret};
    enum tc_status status;

    *ret = (struct tc_coverage){.subjects = subjects,
                                .by_subject = tc_arena_array(arena, struct tc_subject_atoms *, subjects->count)};
    if (ret->by_subject == NULL)
        return TC_ERR_NOMEM;
    c.tail = &c.first;
    tc_map_init(&c.grants, arena);
    tc_arena_init(&c.scratch);
    for (c.number = 0; c.number < subjects->count; c.number++)
        visit_subject(&c);
    for (size_t i = 0; i < run->count; i++)
        exercise_line(&c, &run->lines[i]);
    status = list_counted(&c);
    if (arena->failed || c.scratch.failed)
        status = TC_ERR_NOMEM;
    tc_arena_done(&c.scratch);
    return status;
}
