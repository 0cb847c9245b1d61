#include "ask/mutants.h"

#include "ask/atoms.h"
#include "isolate/escapes.h"
#include "model/clauses.h"
#include "verify/grants.h"

#include <string.h>

struct trial {
    struct tc_arena scratch; /* of one change */
    struct tc_arena asking;  /* of one question */
    struct tc_rule_asker asker;
    const struct tc_coverage *coverage;
    const struct tc_rule_run *run;
    const struct tc_granted_atom *atom;
    const struct tc_perm *widened; /* the last grant of which all of its class was tried: once is enough */
    enum tc_mutation mutation;
    bool is_change; /* it makes a difference for somebody */
    bool to_parent;
    enum tc_status status;
};

/* ---- changes ---- */

/* The directory above @a path; empty when there is none. */
static struct tc_str
parent_of(struct tc_str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] == '\\')
        path.len--;
    while (path.len > 0 && path.ptr[path.len - 1] != '\\')
        path.len--;
    while (path.len > 3 && path.ptr[path.len - 1] == '\\')
        path.len--;
    return path.len >= 3 && path.ptr[1] == ':' ? path : TC_STR("");
}

/* @a atom with the directory above its path in place of it; NULL: it has none. */
static const struct tc_perm *
with_parent(struct tc_arena *arena, const struct tc_perm *atom)
{
    for (size_t f = 0; f < atom->cls->field_count; f++) {
        const struct tc_value *value = &atom->values[f];
        struct tc_str parent;
        struct tc_perm *wider;
        struct tc_item *item;

        if (atom->cls->fields[f].kind != TC_FIELD_PATHS || !value->present || value->list.count != 1)
            continue;
        parent = parent_of(value->list.items[0].text);
        wider = parent.len == 0 ? NULL : tc_perm_new(arena, atom->cls, atom->span);
        item = wider == NULL ? NULL : tc_arena_array(arena, struct tc_item, 1);
        if (item == NULL)
            return NULL;
        *item = (struct tc_item){.text = parent};
        wider->values[f].present = true;
        wider->values[f].list = (struct tc_list){.items = item, .count = 1};
        return wider;
    }
    return NULL;
}

static const struct tc_perm *
unrestricted(struct tc_arena *arena, const struct tc_perm *atom)
{
    struct tc_perm *wider = atom->unrestricted ? NULL : tc_perm_new(arena, atom->cls, atom->span);

    if (wider != NULL)
        wider->unrestricted = true;
    return wider;
}

/* What the subject has of the class without the atom, from all the grants of it. */
static const struct tc_perm *
without(struct trial *t, const struct tc_subject *subject)
{
    const struct tc_class *cls = t->atom->perm->cls;
    size_t number = (size_t)(subject - t->coverage->subjects->items);
    struct tc_perm *rest = tc_perm_new(&t->scratch, cls, t->atom->perm->span);

    for (const struct tc_subject_atoms *own = t->coverage->by_subject[number]; rest != NULL && own != NULL;
         own = own->next) {
        const struct tc_perm *filled;

        if (own->atom == t->atom || own->atom->perm->cls != cls)
            continue;
        filled = tc_fill_perm(&t->scratch, own->atom->perm, &subject->values);
        if (filled == NULL || !tc_perm_unite(&t->scratch, rest, filled))
            return NULL;
    }
    return rest;
}

/* @a perm changed; NULL: the change is none. */
static const struct tc_perm *
changed(struct trial *t, const struct tc_subject *subject, const struct tc_perm *perm)
{
    const struct tc_perm *filled = tc_fill_perm(&t->scratch, t->atom->perm, &subject->values), *wider;
    struct tc_perm *both;

    if (t->mutation == TC_MUTATION_DROP)
        return without(t, subject);
    wider = filled == NULL ? NULL : with_parent(&t->scratch, filled);
    t->to_parent = wider != NULL;
    if (wider == NULL && filled != NULL && !(perm->cls->traits & TC_TRAIT_NO_UNRESTRICTED) &&
        t->widened != t->atom->grant)
        wider = unrestricted(&t->scratch, filled);
    if (wider == NULL)
        return NULL;
    both = tc_perm_copy(&t->scratch, perm);
    return both != NULL && tc_perm_unite(&t->scratch, both, wider) ? both : NULL;
}

/* Whether one permission allows what the other one does not: a change that changes nothing is none. */
static bool
differs(struct trial *t, const struct tc_perm *before, const struct tc_perm *after)
{
    const struct tc_algebra_ops *ops = tc_algebra_ops(before->cls->algebra);
    const struct tc_perm *more = t->mutation == TC_MUTATION_DROP ? before : after;
    const struct tc_perm *less = t->mutation == TC_MUTATION_DROP ? after : before;
    struct tc_throw ignored;

    return ops->subset(&t->scratch, NULL, more, less, &ignored) != TC_YES;
}

/* @a set with @a perm in place of the one of its class. */
static const struct tc_grant_set *
with_perm(struct trial *t, const struct tc_grant_set *set, const struct tc_perm *perm)
{
    struct tc_grant_set *copy = tc_grant_set_new(&t->scratch, false);

    if (copy == NULL)
        return NULL;
    copy->grants = tc_arena_array(&t->scratch, struct tc_grant, set->count);
    if (copy->grants == NULL)
        return NULL;
    copy->count = set->count;
    memcpy(copy->grants, set->grants, set->count * sizeof *copy->grants);
    for (size_t i = 0; i < copy->count; i++)
        if (copy->grants[i].cls == perm->cls)
            copy->grants[i].perm = perm;
    return copy;
}

/* The subject as it would be. False: nothing would be otherwise, or it cannot be tried. */
static bool
change_subject(struct trial *t, const struct tc_subject *subject, struct tc_subject *ret)
{
    bool is_change = false;

    *ret = *subject;
    for (size_t k = 0; k < TC_OWN_KINDS; k++)
        for (int wide = 0; wide < 2; wide++) {
            const struct tc_grant_set *set = wide ? subject->grants[k].wide : subject->grants[k].sure;
            const struct tc_grant *grant =
                set == NULL || set->unrestricted ? NULL : tc_grant_find(set, t->atom->perm->cls);
            const struct tc_perm *perm;

            if (grant == NULL || grant->perm == NULL)
                continue;
            if (wide && subject->grants[k].wide == subject->grants[k].sure) {
                ret->grants[k].wide = ret->grants[k].sure;
                continue;
            }
            perm = changed(t, subject, grant->perm);
            if (perm == NULL || !differs(t, grant->perm, perm))
                continue;
            set = with_perm(t, set, perm);
            if (set == NULL)
                return false;
            is_change = true;
            *(wide ? &ret->grants[k].wide : &ret->grants[k].sure) = set;
        }
    return is_change;
}

/* ---- rules ---- */

/* Whether the line may have another answer: it is about the class, or about everything, by a way out of the sandbox. */
static bool
is_touched(const struct trial *t, const struct tc_rule_line *line)
{
    const struct tc_class *cls = t->atom->perm->cls;
    size_t count;
    const struct tc_escape *escapes = tc_escapes(&count);

    if (line->line->perm->cls == cls)
        return true;
    for (size_t i = 0; line->rule->is_never && i < count; i++)
        if (tc_class(escapes[i].cls) == cls)
            return true;
    return false;
}

static bool
notices(struct trial *t, const struct tc_rule_line *line, const struct tc_subject *before,
        const struct tc_subject *after)
{
    bool held = line->failed == 0, holds = true;

    if (!held)
        t->status = tc_rule_holds(&t->asker, &t->scratch, line->rule, line->line, before, &held);
    if (t->status == TC_OK && held)
        t->status = tc_rule_holds(&t->asker, &t->scratch, line->rule, line->line, after, &holds);
    return held && !holds;
}

static bool
is_noticed(struct trial *t)
{
    for (const struct tc_atom_user *user = t->atom->users; user != NULL; user = user->next) {
        struct tc_subject after;
        bool is_change;

        tc_arena_reset(&t->scratch);
        is_change = change_subject(t, user->subject, &after);
        t->is_change |= is_change;
        for (size_t i = 0; is_change && i < t->run->count && t->status == TC_OK; i++) {
            const struct tc_rule_line *line = &t->run->lines[i];

            if ((line->line->application == NULL || line->line->application == user->subject->application) &&
                is_touched(t, line) && notices(t, line, user->subject, &after))
                return true;
        }
    }
    return false;
}

enum tc_status
tc_mutants_try(struct tc_arena *arena, const struct tc_model *model, const struct tc_coverage *coverage,
               const struct tc_rule_run *run, struct tc_mutants *ret)
{
    struct trial t = {.coverage = coverage, .run = run};

    *ret = (struct tc_mutants){.survivors = tc_arena_array(arena, struct tc_survivor, 2 * coverage->count + 1)};
    if (ret->survivors == NULL)
        return TC_ERR_NOMEM;
    tc_arena_init(&t.scratch);
    tc_arena_init(&t.asking);
    tc_rule_asker_init(&t.asker, model, &t.asking);
    for (size_t i = 0; i < 2 * coverage->count && t.status == TC_OK; i++) {
        bool noticed;

        t.atom = coverage->atoms[i / 2];
        t.mutation = i % 2 == 0 ? TC_MUTATION_DROP : TC_MUTATION_WIDEN;
        if (t.atom->perm->cls->assembly == TC_ASM_COUNT_)
            continue; /* what such a class allows is not known */
        t.is_change = t.to_parent = false;
        noticed = is_noticed(&t);
        if (!t.is_change)
            continue;
        if (t.mutation == TC_MUTATION_WIDEN && !t.to_parent)
            t.widened = t.atom->grant;
        ret->count++;
        ret->noticed += noticed;
        if (!noticed)
            ret->survivors[ret->survivor_count++] = (struct tc_survivor){t.atom, t.mutation, t.to_parent};
    }
    if (t.scratch.failed || t.asking.failed || arena->failed)
        t.status = TC_ERR_NOMEM;
    tc_arena_done(&t.scratch);
    tc_arena_done(&t.asking);
    return t.status;
}
