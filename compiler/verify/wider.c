#include "verify/wider.h"

#include "model/builtin_sets.h"
#include "verify/evidence.h"
#include "verify/expected.h"
#include "verify/grants.h"

/* Two policies side by side. */
struct pair {
    struct tc_arena *arena;
    const struct tc_policy *before, *after;
    struct tc_map within;                   /* pairs of named sets that were compared, to `yes` or `no` */
    struct tc_map sets[2];                  /* the named sets of each, to struct tc_pset */
    struct tc_map asked;                    /* evidence, as text */
    struct tc_token_values values;          /* of an imagined application */
    struct tc_expected expected[2];         /* without what nobody knows */
    const struct tc_group **hidden[2];      /* the groups that nobody knows, in their order */
    size_t hidden_count[2], hidden_room[2]; /* how many */
    char yes, no;                           /* what maps say: only their addresses count */
};

/* ---- sets ---- */

/* What the sets of both mean, each a set of the model or one of the framework's. NULL when out of memory. */
static const struct tc_grant_set *
grants_of(struct pair *p, const struct tc_policy *policy, const struct tc_map *sets, const struct tc_group *group)
{
    const struct tc_pset *set = group->grants_main ? policy->sets[0] : group->inline_set;
    struct tc_grant_set *builtin;

    if (set == NULL && tc_builtin_set_find(group->set_name))
        return tc_builtin_grant_set(p->arena, tc_runtime_info(policy->runtime)->framework, group->set_name, &builtin)
                   ? builtin
                   : NULL;
    if (set == NULL)
        set = tc_map_get(sets, group->set_name);
    return set == NULL ? tc_grant_set_new(p->arena, false) : tc_grant_set_of(p->arena, set);
}

static struct tc_str
set_name(const struct tc_group *group)
{
    return group->grants_main ? TC_STR("") : group->set_name;
}

/* Whether @a after grants no more than @a before by itself. Named sets are compared once. */
static bool
set_is_within(struct pair *p, const struct tc_group *before, const struct tc_group *after)
{
    struct tc_str key = {NULL, 0};
    const struct tc_grant_set *outer, *inner;
    const char *known = NULL;
    bool within;

    if (before->inline_set == NULL && after->inline_set == NULL) {
        key = tc_arena_printf(p->arena, "%zu %.*s%.*s", set_name(before).len, TC_STR_ARG(set_name(before)),
                              TC_STR_ARG(set_name(after)));
        known = tc_map_get(&p->within, key);
    }
    if (known != NULL)
        return known == &p->yes;
    outer = grants_of(p, p->before, &p->sets[0], before);
    inner = grants_of(p, p->after, &p->sets[1], after);
    within = outer != NULL && inner != NULL && tc_grants_within(p->arena, inner, outer);
    if (key.len > 0)
        (void)tc_map_add(&p->within, key, within ? &p->yes : &p->no);
    return within;
}

/* ---- groups that are the same but for their sets ---- */

static bool
same_raw(const struct tc_raw *a, const struct tc_raw *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (a->line_count != b->line_count)
            return false;
        for (size_t i = 0; i < a->line_count; i++)
            if (!tc_str_eq(a->lines[i], b->lines[i]))
                return false;
    }
    return a == b;
}

static bool
same_markup(const struct tc_verbatim *a, const struct tc_verbatim *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->is_element != b->is_element || !tc_str_eq(a->name, b->name) || !tc_str_eq(a->value, b->value) ||
            !same_markup(a->content, b->content))
            return false;
    return a == b;
}

static bool
same_condition(const struct tc_membership *a, const struct tc_membership *b)
{
    if (a->kind != b->kind || !tc_str_eq(a->type, b->type) || !same_markup(a->markup, b->markup))
        return false;
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (!tc_str_eq(a->values[i], b->values[i]))
            return false;
    return true;
}

static bool groups_are_within(struct pair *p, const struct tc_group *before, const struct tc_group *after);

static bool
group_is_within(struct pair *p, const struct tc_group *before, const struct tc_group *after)
{
    if (before->is_raw || after->is_raw)
        return before->is_raw && after->is_raw && same_raw(before->raw, after->raw);
    return before->kind == after->kind && (before->kind != TC_GROUP_COUNT_ || tc_str_eq(before->type, after->type)) &&
           before->attributes == after->attributes && tc_str_eq(before->access, after->access) &&
           same_raw(before->raw, after->raw) && same_condition(&before->condition, &after->condition) &&
           set_is_within(p, before, after) && groups_are_within(p, before->children, after->children);
}

/* Whether the groups are the same, one by one, and none of @a after grants more. */
static bool
groups_are_within(struct pair *p, const struct tc_group *before, const struct tc_group *after)
{
    for (; before != NULL && after != NULL; before = before->next, after = after->next)
        if (!group_is_within(p, before, after))
            return false;
    return before == after;
}

static bool
full_trust_is_within(const struct tc_policy *before, const struct tc_policy *after)
{
    const struct tc_full_trust *a = before->full_trust, *b = after->full_trust;

    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (!tc_str_eq(a->key, b->key) || !tc_str_eq(a->name, b->name) || !tc_str_eq(a->version, b->version))
            return false;
    return a == b && same_raw(before->raw_full_trust, after->raw_full_trust);
}

/* Whether both have the same groups, or none, as a permission set by itself, and what holds for each holds for all
 * code. */
static bool
is_within(struct pair *p)
{
    const struct tc_group main = {.grants_main = true};

    return p->before->runtime == p->after->runtime && full_trust_is_within(p->before, p->after) &&
           set_is_within(p, &main, &main) && groups_are_within(p, p->before->root, p->after->root);
}

/* ---- groups that nobody knows ---- */

static bool
is_hidden(const struct tc_group *group)
{
    return group->is_raw || group->kind == TC_GROUP_COUNT_ || group->condition.kind == TC_CONDITION_COUNT_;
}

static bool
hide(struct pair *p, size_t which, const struct tc_group *group)
{
    if (p->hidden_count[which] == p->hidden_room[which]) {
        size_t room = p->hidden_room[which] == 0 ? 8 : 2 * p->hidden_room[which];
        const struct tc_group **larger = tc_arena_array(p->arena, const struct tc_group *, room);

        if (larger == NULL)
            return false;
        for (size_t i = 0; i < p->hidden_count[which]; i++)
            larger[i] = p->hidden[which][i];
        p->hidden[which] = larger;
        p->hidden_room[which] = room;
    }
    p->hidden[which][p->hidden_count[which]++] = group;
    return true;
}

/* A copy of the groups without those that nobody knows, which are kept aside. False when out of memory. */
static bool
copy_known(struct pair *p, size_t which, const struct tc_group *group, struct tc_group **tail)
{
    for (; group != NULL; group = group->next) {
        struct tc_group *copy;

        if (is_hidden(group)) {
            if (!hide(p, which, group))
                return false;
            continue;
        }
        copy = tc_arena_new(p->arena, struct tc_group);
        if (copy == NULL)
            return false;
        *copy = *group;
        copy->next = copy->children = NULL;
        if (!copy_known(p, which, group->children, &copy->children))
            return false;
        *tail = copy;
        tail = &copy->next;
    }
    return true;
}

static bool
hidden_are_within(struct pair *p)
{
    if (p->hidden_count[0] != p->hidden_count[1])
        return false;
    for (size_t i = 0; i < p->hidden_count[0]; i++)
        if (!group_is_within(p, p->hidden[0][i], p->hidden[1][i]))
            return false;
    return true;
}

/* ---- asking ---- */

static struct tc_str
text_of(struct tc_arena *arena, const struct tc_evidence *e)
{
    return tc_arena_printf(arena, "%.*s|%d|%.*s|%.*s|%.*s|%.*s|%d%d%d|%.*s|%.*s|%.*s", TC_STR_ARG(e->url), (int)e->zone,
                           TC_STR_ARG(e->site), TC_STR_ARG(e->key), TC_STR_ARG(e->name), TC_STR_ARG(e->version),
                           e->is_gac, e->has_site, e->has_directory, TC_STR_ARG(e->hash_name), TC_STR_ARG(e->hash),
                           TC_STR_ARG(e->certificate));
}

static bool
is_wider_for(struct pair *p, struct tc_evidence evidence)
{
    const struct tc_grant_set *was = NULL, *is = NULL;
    struct tc_throw ignored;

    if (tc_map_add(&p->asked, text_of(p->arena, &evidence), &p->yes) != NULL)
        return false;
    tc_evidence_prepare(p->arena, &evidence);
    if (tc_grant_from(&p->expected[1], &evidence, &is, &ignored) != TC_YES || is == NULL)
        return false;
    if (tc_grant_from(&p->expected[0], &evidence, &was, &ignored) != TC_YES || was == NULL)
        return is->unrestricted || is->count > 0;
    return is != was && !tc_grants_within(p->arena, is, was);
}

static bool
is_wider_in_groups(struct pair *p, const struct tc_group *group, const struct tc_evidence *parent)
{
    for (; group != NULL; group = group->next) {
        struct tc_evidence evidence[TC_EVIDENCE_MAX];
        size_t count = tc_evidence_of_group(p->arena, group, parent, &p->values, evidence);

        for (size_t i = 0; i < count; i++)
            if (is_wider_for(p, evidence[i]))
                return true;
        if (is_wider_in_groups(p, group->children, &evidence[0]))
            return true;
    }
    return false;
}

static bool
is_wider_anywhere(struct pair *p)
{
    for (int kind = 0; kind < TC_CODE_KIND_COUNT_; kind++)
        if (is_wider_for(p, tc_evidence_of_kind(p->arena, (enum tc_code_kind)kind, &p->values)))
            return true;
    for (const struct tc_full_trust *entry = p->after->full_trust; entry != NULL; entry = entry->next)
        if (is_wider_for(p, tc_evidence_of_full_trust(p->arena, entry, &p->values)))
            return true;
    for (size_t which = 0; which < 2; which++)
        if (is_wider_in_groups(p, p->expected[which].policy->root, NULL))
            return true;
    return false;
}

/* A policy without what nobody knows, ready to be asked. False when out of memory. */
static bool
prepare(struct pair *p, size_t which, const struct tc_policy *policy)
{
    struct tc_policy *known = tc_arena_new(p->arena, struct tc_policy);

    if (known == NULL)
        return false;
    *known = *policy;
    known->root = NULL;
    return copy_known(p, which, policy->root, &known->root) &&
           tc_expected_init(&p->expected[which], p->arena, known, &p->values);
}

bool
tc_policy_is_wider(struct tc_arena *arena, const struct tc_policy *before, const struct tc_policy *after)
{
    struct tc_token_values values =
        tc_token_values_for(arena, &(struct tc_token_basis){.root = TC_STR("D:\\App"),
                                                            .location = TC_STR("Site/app"),
                                                            .origin = TC_STR("https?://app\\.example/.*"),
                                                            .runtime = before->runtime});

    return tc_policy_is_wider_for(arena, before, after, &values);
}

bool
tc_policy_is_wider_for(struct tc_arena *arena, const struct tc_policy *before, const struct tc_policy *after,
                       const struct tc_token_values *values)
{
    struct pair p = {.arena = arena, .before = before, .after = after, .values = *values};
    const struct tc_policy *policies[] = {before, after};

    tc_map_init(&p.within, arena);
    tc_map_init(&p.asked, arena);
    for (size_t which = 0; which < 2; which++) {
        tc_map_init(&p.sets[which], arena);
        for (size_t i = 0; i < policies[which]->set_count; i++)
            (void)tc_map_add(&p.sets[which], policies[which]->sets[i]->name, policies[which]->sets[i]);
    }
    if (is_within(&p))
        return arena->failed;
    if (before->root == NULL && after->root == NULL)
        return true;
    return !prepare(&p, 0, before) || !prepare(&p, 1, after) || !hidden_are_within(&p) || is_wider_anywhere(&p) ||
           arena->failed;
}
