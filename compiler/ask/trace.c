#include "ask/trace.h"

#include "ask/atoms.h"
#include "ask/overlap.h"
#include "model/builtin_sets.h"
#include "verify/grants.h"

#include <string.h>

/* ---- code groups ---- */

static const struct tc_pset *
set_of_group(const struct tc_policy *policy, const struct tc_group *group)
{
    if (group->grants_main)
        return policy->sets[0];
    if (group->inline_set != NULL)
        return group->inline_set;
    return tc_builtin_set_find(group->set_name) ? NULL : tc_policy_find_set(policy, group->set_name);
}

static bool
add_set(struct tc_trace *trace, const struct tc_pset *set, const struct tc_grant_set *grants,
        const struct tc_expected_step *group)
{
    if (grants == NULL)
        return false;
    trace->sets[trace->set_count++] = (struct tc_trace_set){set, grants, group};
    return true;
}

/* What 4.x's default model gives when the groups chose the domain's set. */
static bool
give_domain_set(struct tc_trace *trace, struct tc_expected *expected)
{
    trace->is_domain_set = true;
    trace->set_count = 0;
    return add_set(trace, expected->policy->sets[0], tc_expected_set(expected, 0), NULL);
}

/* The sets of the groups that matched, and those of the level where it is not the groups that give. */
static bool
collect(struct tc_arena *arena, struct tc_trace *trace, struct tc_expected *expected,
        const struct tc_statement *statement)
{
    bool homogeneous = tc_runtime_info(expected->policy->runtime)->homogeneous;
    struct tc_throw ignored;

    trace->sets = tc_arena_array(arena, struct tc_trace_set, trace->groups.count + 1);
    if (trace->sets == NULL)
        return false;
    if (trace->groups.by_full_trust)
        return add_set(trace, NULL, statement->set, NULL);
    if (homogeneous && !statement->set->unrestricted)
        return tc_grant_set_is_empty(arena, NULL, statement->set, &ignored) == TC_YES ||
               give_domain_set(trace, expected);
    for (size_t i = 0; i < trace->groups.count; i++) {
        const struct tc_expected_step *step = &trace->groups.steps[i];

        if (step->counts && (step->set->unrestricted || step->set->count > 0 || !homogeneous) &&
            !add_set(trace, set_of_group(expected->policy, step->group), step->set, step))
            return false;
    }
    return true;
}

enum tc_status
tc_trace_of(struct tc_arena *arena, const struct tc_subject *subject, size_t number, bool wide, struct tc_trace *ret)
{
    /* The evaluator of the subject has been asked the same before, so that nothing it keeps is made here, where it
     * would lie in another arena; the wide one only where it differs. */
    struct tc_expected expected =
        wide && subject->wide != subject->policy ? subject->wide_expected : subject->sure_expected;
    struct tc_statement statement = {0};
    struct tc_throw thrown = {0};

    *ret = (struct tc_trace){.subject = subject, .number = number, .wide = wide};
    if (subject->policy == NULL)
        return TC_OK;
    if (tc_policy_is_full(subject->policy)) {
        ret->is_full_level = true;
        ret->sets = tc_arena_array(arena, struct tc_trace_set, 1);
        return ret->sets != NULL && add_set(ret, subject->policy->sets[0], tc_grant_set_new(arena, true), NULL)
                   ? TC_OK
                   : TC_ERR_NOMEM;
    }
    expected.arena = arena;
    expected.trace = &ret->groups;
    if (tc_expected_resolve(&expected, &subject->grants[number].evidence, &statement, &thrown) != TC_YES) {
        ret->throws = thrown.type;
        return arena->failed ? TC_ERR_NOMEM : TC_OK;
    }
    return statement.set != NULL && collect(arena, ret, &expected, &statement) ? TC_OK : TC_ERR_NOMEM;
}

/* ---- grants ---- */

/* A look through all grants of a class in the sets of a trace. */
struct look {
    struct tc_arena *arena;
    const struct tc_trace *trace;
    const struct tc_trace_set *set;
    const struct tc_class *cls;
    bool possible;
    bool failed;
    bool any_part;
    const struct tc_perm *atom;        /* what is to be allowed, or to be touched; NULL: all grants are wanted */
    struct tc_trace_grant best, maybe; /* the last that is sure, and the last that is only possible */
    bool has_best, has_maybe;
    struct tc_trace_grants *all;
};

/* Two parts of one grant at one place: read and write of one path. */
static void
unite_entries(struct tc_arena *arena, struct tc_trace_grant *into, const struct tc_trace_grant *other)
{
    struct tc_perm *both;

    if (into->entry == NULL || other->entry == NULL || into->entry == into->perm || other->entry == other->perm)
        return;
    both = tc_perm_copy(arena, into->entry);
    if (both != NULL && tc_perm_unite(arena, both, other->entry))
        into->entry = both;
}

static bool
add_grant(struct tc_arena *arena, struct tc_trace_grants *list, const struct tc_trace_grant *grant)
{
    struct tc_trace_grant *larger;

    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].perm == grant->perm && list->items[i].span.begin == grant->span.begin &&
            list->items[i].set == grant->set) {
            unite_entries(arena, &list->items[i], grant);
            return true;
        }
    larger = tc_arena_more(arena, struct tc_trace_grant, list->items, list->count, &list->capacity, 4);
    if (larger == NULL)
        return false;
    list->items = larger;
    list->items[list->count++] = *grant;
    return true;
}

/* Whether @a perm, with its tokens filled in, allows what is looked for by itself. */
static bool
allows(struct look *look, const struct tc_perm *perm)
{
    struct tc_grant grant = {.cls = perm->cls, .perm = tc_fill_perm(look->arena, perm, &look->trace->subject->values)};
    struct tc_grant_set set = {.grants = &grant, .count = 1};
    const char *throws;

    if (grant.perm == NULL) {
        look->failed = true;
        return false;
    }
    return tc_ask_set(look->arena, &set, look->atom, &throws) == TC_MAY_SURELY ||
           (perm->cls->assembly == TC_ASM_COUNT_ && strcmp(perm->cls->type, look->atom->cls->type) == 0);
}

/* Whether @a perm allows a part of what is looked for. */
static bool
touches(struct look *look, const struct tc_perm *perm)
{
    const struct tc_perm *filled = tc_fill_perm(look->arena, perm, &look->trace->subject->values);
    struct tc_overlap overlap;

    if (filled == NULL || !tc_overlap(look->arena, NULL, look->atom, filled, &overlap)) {
        look->failed = true;
        return false;
    }
    return overlap.answer != TC_OVERLAP_NO;
}

static bool
fits(struct look *look, const struct tc_perm *perm)
{
    return look->any_part ? touches(look, perm) : allows(look, perm);
}

struct entry {
    struct look *look;
    const struct tc_perm *perm;
};

/* Stops at the entry that allows it. */
static bool
try_entry(void *state, const struct tc_perm *atom)
{
    struct entry *entry = state;

    if (!fits(entry->look, atom))
        return true;
    entry->perm = atom;
    return false;
}

/* The entry of @a perm that allows it, else the whole. */
static const struct tc_perm *
entry_in(struct look *look, const struct tc_perm *perm)
{
    struct entry entry = {look, perm};

    (void)tc_atoms(look->arena, perm, try_entry, &entry);
    return entry.perm;
}

static void
visit_grant(void *state, const struct tc_origin *origin)
{
    struct look *look = state;
    struct tc_trace_grant grant = {.perm = origin->perm,
                                   .entry = origin->perm,
                                   .span = origin->perm->span,
                                   .because = origin->because,
                                   .possible = look->possible,
                                   .set = look->set};
    bool *has = look->possible ? &look->has_maybe : &look->has_best;

    if (look->failed)
        return;
    if (look->any_part && !touches(look, origin->perm))
        return;
    if (look->any_part) {
        grant.entry = entry_in(look, origin->perm);
        grant.span = grant.entry->span.begin != 0 ? grant.entry->span : grant.span;
    }
    if (look->all != NULL) {
        look->failed |= !add_grant(look->arena, look->all, &grant);
        return;
    }
    if (*has || !allows(look, origin->perm))
        return;
    grant.entry = entry_in(look, origin->perm);
    grant.span = grant.entry->span.begin != 0 ? grant.entry->span : grant.span;
    *(look->possible ? &look->maybe : &look->best) = grant;
    *has = true;
}

static void
visit_perms(struct look *look, const struct tc_perm *const *perms, size_t count, bool possible)
{
    look->possible = possible;
    for (size_t i = 0; i < count; i++)
        if (perms[i]->cls == look->cls || strcmp(perms[i]->cls->type, look->cls->type) == 0)
            tc_perm_each_grant(perms[i], visit_grant, look);
}

/* The group whose set of its own begins at @a begin. */
static const struct tc_group *
group_with(const struct tc_group *group, uint32_t begin)
{
    for (; group != NULL; group = group->next) {
        const struct tc_group *child = group_with(group->children, begin);

        if (group->inline_set != NULL && group->inline_set->span.begin == begin)
            return group;
        if (child != NULL)
            return child;
    }
    return NULL;
}

const struct tc_pset *
tc_trace_written(const struct tc_trace *trace, const struct tc_pset *set)
{
    const struct tc_policy *wide = trace->subject->wide, *policy = trace->subject->policy;

    for (size_t i = 0; set != NULL && wide != policy && i < wide->set_count; i++)
        if (wide->sets[i] == set)
            return policy->sets[i];
    if (set != NULL && wide != policy) {
        const struct tc_group *group = group_with(policy->root, set->span.begin);

        return group == NULL ? set : group->inline_set;
    }
    return set;
}

static struct tc_span
place_of_set(const struct tc_trace_set *set)
{
    if (set->set != NULL && set->set->raw != NULL)
        return set->set->raw->span;
    if (set->set != NULL && set->set->span.begin != 0)
        return set->set->span;
    return set->group == NULL ? TC_NOWHERE : set->group->group->span;
}

/* Whether the set, of which no grant is known, allows a part of it all the same. */
static bool
touches_set(struct look *look)
{
    const struct tc_grant *grant = look->all->count > 0 ? NULL : tc_grant_find(look->set->grants, look->cls);

    return grant != NULL && grant->perm != NULL && touches(look, grant->perm);
}

/* What no permission of the model says: an unrestricted set, raw markup, one that is built in. */
static void
look_at_whole(struct look *look)
{
    const char *throws;

    bool allowed = look->set->grants->unrestricted;

    if (look->has_best)
        return;
    if (!allowed && look->any_part)
        allowed = touches_set(look);
    else if (!allowed && look->atom != NULL)
        allowed = tc_ask_set(look->arena, look->set->grants, look->atom, &throws) == TC_MAY_SURELY;
    if (!allowed)
        return;
    look->best = (struct tc_trace_grant){.set = look->set, .span = place_of_set(look->set)};
    look->has_best = true;
    if (look->all != NULL)
        look->failed |= !add_grant(look->arena, look->all, &look->best);
}

/* What markup in the set allows of it. */
static void
look_at_raw(struct look *look)
{
    struct tc_expected expected = look->trace->subject->sure_expected;
    const struct tc_raw *raw = look->set->set == NULL ? NULL : look->set->set->raw;

    expected.arena = look->arena;
    for (; raw != NULL && !look->failed && (look->all != NULL || !look->has_best); raw = raw->next) {
        const struct tc_grant_set *set = tc_expected_raw_set(&expected, raw);
        const struct tc_grant *grant = set == NULL ? NULL : tc_grant_find(set, look->cls);

        if (grant == NULL || grant->perm == NULL || (look->atom != NULL && !fits(look, grant->perm)))
            continue;
        look->best = (struct tc_trace_grant){.entry = grant->perm, .span = raw->span, .set = look->set};
        look->has_best = true;
        if (look->all != NULL)
            look->failed |= !add_grant(look->arena, look->all, &look->best);
    }
}

static void
look_through(struct look *look)
{
    for (size_t i = 0; i < look->trace->set_count; i++) {
        const struct tc_pset *set;

        look->set = &look->trace->sets[i];
        set = tc_trace_written(look->trace, look->set->set);
        if (set != NULL && !look->set->grants->unrestricted) {
            visit_perms(look, set->perms, set->count, false);
            if (look->trace->wide)
                visit_perms(look, set->possible, set->possible_count, true);
        }
        if (!look->set->grants->unrestricted)
            look_at_raw(look);
        if (look->set->grants->unrestricted || (!look->has_best && !look->has_maybe))
            look_at_whole(look);
    }
}

struct allowing {
    struct tc_arena *arena;
    const struct tc_trace *trace;
    struct tc_trace_grants *list;
    bool failed;
};

static bool
look_for_atom(void *state, const struct tc_perm *atom)
{
    struct allowing *a = state;
    struct look look = {.arena = a->arena, .trace = a->trace, .cls = atom->cls, .atom = atom};

    look_through(&look);
    if (look.has_best || look.has_maybe)
        look.failed |= !add_grant(a->arena, a->list, look.has_best ? &look.best : &look.maybe);
    a->failed |= look.failed;
    return !look.failed;
}

/* Whether the sets together allow it, although no single grant does. */
static bool
together(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_perm *demand)
{
    struct tc_may_answer answer;

    if (tc_ask(arena, trace->subject, demand, &answer) != TC_OK)
        return false;
    return answer.kinds[trace->number] == TC_MAY_SURELY || (trace->wide && answer.kinds[trace->number] != TC_MAY_NOT);
}

enum tc_status
tc_trace_allowing(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_perm *demand,
                  struct tc_trace_grants *ret)
{
    struct allowing allowing = {.arena = arena, .trace = trace, .list = ret};
    const struct tc_perm *filled = tc_fill_perm(arena, demand, &trace->subject->values);

    *ret = (struct tc_trace_grants){.count = 0};
    if (filled == NULL)
        return TC_ERR_NOMEM;
    (void)tc_atoms(arena, filled, look_for_atom, &allowing);
    if (!allowing.failed && ret->count == 0 && together(arena, trace, demand))
        return tc_trace_of_class(arena, trace, demand->cls, ret);
    return allowing.failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_trace_touching(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_perm *demand,
                  struct tc_trace_grants *ret)
{
    const struct tc_perm *filled = tc_fill_perm(arena, demand, &trace->subject->values);
    struct look look = {
        .arena = arena, .trace = trace, .cls = demand->cls, .any_part = true, .atom = filled, .all = ret};

    *ret = (struct tc_trace_grants){.count = 0};
    if (filled == NULL)
        return TC_ERR_NOMEM;
    look_through(&look);
    return look.failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_trace_of_class(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_class *cls,
                  struct tc_trace_grants *ret)
{
    struct look look = {.arena = arena, .trace = trace, .cls = cls, .all = ret};

    *ret = (struct tc_trace_grants){.count = 0};
    look_through(&look);
    return look.failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- who put it there ---- */

struct owner {
    uint32_t begin;
    bool found;
};

static void
is_same_grant(void *state, const struct tc_origin *grant)
{
    struct owner *owner = state;

    owner->found |= grant->perm->span.begin == owner->begin;
}

static bool
has_grant(const struct tc_policy *policy, const struct tc_perm *perm)
{
    struct owner owner = {.begin = perm->span.begin};

    for (size_t i = 0; i < policy->set_count && !owner.found; i++)
        for (int pass = 0; pass < 2; pass++) {
            const struct tc_pset *set = policy->sets[i];
            size_t count = pass == 0 ? set->count : set->possible_count;

            for (size_t j = 0; j < count; j++) {
                const struct tc_perm *mine = pass == 0 ? set->perms[j] : set->possible[j];

                if (mine->cls == perm->cls)
                    tc_perm_each_grant(mine, is_same_grant, &owner);
            }
        }
    return owner.found;
}

const struct tc_policy **
tc_trace_chain(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_trace_grant *grant,
               size_t *ret_count)
{
    const struct tc_policy **chain;
    size_t count = 0, length = 0;

    for (const struct tc_policy *policy = subject->policy; policy != NULL; policy = policy->base)
        count++;
    chain = tc_arena_array(arena, const struct tc_policy *, count);
    if (chain == NULL)
        return NULL;
    for (const struct tc_policy *policy = subject->policy; policy != NULL; policy = policy->base) {
        if (length > 0 && (grant->perm == NULL || !has_grant(policy, grant->perm)))
            break;
        chain[length++] = policy;
    }
    *ret_count = length;
    return chain;
}
