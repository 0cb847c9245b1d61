#include "verify/grants.h"

#include "model/demand.h"
#include "verify/expected.h"

#include <string.h>

/* The machine that is imagined; what is granted does not depend on it. */
static const struct tc_machine machine = {.name = {NULL, 0}, .local_drives = 0};

/* ---- what an application's tokens stand for ---- */

struct tc_token_values
tc_application_values(struct tc_arena *arena, const struct tc_model *model, const struct tc_application *app)
{
    return tc_token_values_for(arena, &(struct tc_token_basis){.windows = model->windows.text,
                                                               .root = app->root.text,
                                                               .location = app->location.text,
                                                               .temporary = app->temporary.text,
                                                               .origin = app->origin.text,
                                                               .runtime = app->runtime});
}

/* ---- the grant ---- */

/* @a set with its possible permissions taken for sure. */
static struct tc_pset *
with_possible(struct tc_arena *arena, const struct tc_pset *set)
{
    struct tc_pset *both = tc_pset_copy(arena, set);

    for (size_t i = 0; both != NULL && i < set->possible_count; i++) {
        const struct tc_perm *sure = tc_pset_find(set, set->possible[i]->cls);
        struct tc_perm *wide = sure == NULL ? NULL : tc_perm_copy(arena, sure);

        if (wide != NULL)
            (void)tc_perm_unite(arena, wide, set->possible[i]);
        if (!tc_pset_put(arena, both, wide != NULL ? wide : set->possible[i], false))
            return NULL;
    }
    return both;
}

static size_t
possible_in_groups(const struct tc_group *group)
{
    size_t count = 0;

    for (; group != NULL; group = group->next)
        count +=
            (group->inline_set == NULL ? 0 : group->inline_set->possible_count) + possible_in_groups(group->children);
    return count;
}

/* @a set without its possible permissions. */
static struct tc_pset *
without_possible(struct tc_arena *arena, const struct tc_pset *set)
{
    struct tc_pset *sure = tc_pset_copy(arena, set);

    if (sure != NULL)
        sure->possible_count = 0;
    return sure;
}

typedef struct tc_pset *change_set(struct tc_arena *arena, const struct tc_pset *set);

/* A copy of a list of groups and all below it, with their sets changed; false when out of memory. */
static bool
change_groups(struct tc_arena *arena, const struct tc_group *group, change_set *change, struct tc_group **tail)
{
    for (; group != NULL; group = group->next) {
        struct tc_group *copy = tc_arena_new(arena, struct tc_group);

        if (copy == NULL)
            return false;
        *copy = *group;
        copy->next = NULL;
        if (group->inline_set != NULL && (copy->inline_set = change(arena, group->inline_set)) == NULL)
            return false;
        if (!change_groups(arena, group->children, change, &copy->children))
            return false;
        *tail = copy;
        tail = &copy->next;
    }
    return true;
}

/* @a policy with its sets changed; itself when it has no possible permissions, NULL when out of memory. */
static const struct tc_policy *
change_policy(struct tc_arena *arena, const struct tc_policy *policy, change_set *change)
{
    struct tc_policy *copy;
    size_t possible = possible_in_groups(policy->root);

    for (size_t i = 0; i < policy->set_count; i++)
        possible += policy->sets[i]->possible_count;
    if (possible == 0)
        return policy;
    copy = tc_arena_new(arena, struct tc_policy);
    if (copy == NULL)
        return NULL;
    *copy = *policy;
    copy->sets = tc_arena_array(arena, struct tc_pset *, policy->set_count);
    for (size_t i = 0; copy->sets != NULL && i < policy->set_count; i++) {
        copy->sets[i] = change(arena, policy->sets[i]);
        if (copy->sets[i] == NULL)
            return NULL;
    }
    return copy->sets == NULL || !change_groups(arena, policy->root, change, &copy->root) ? NULL : copy;
}

const struct tc_policy *
tc_policy_widest(struct tc_arena *arena, const struct tc_policy *policy)
{
    return change_policy(arena, policy, with_possible);
}

const struct tc_policy *
tc_policy_surest(struct tc_arena *arena, const struct tc_policy *policy)
{
    return change_policy(arena, policy, without_possible);
}

enum tc_answer
tc_grant_from(struct tc_expected *expected, const struct tc_evidence *evidence, const struct tc_grant_set **ret_set,
              struct tc_throw *ret_throw)
{
    struct tc_arena *arena = expected->arena;
    struct tc_statement statement;
    struct tc_throw ignored;
    enum tc_answer answer;

    if (tc_policy_is_full(expected->policy)) {
        *ret_set = tc_grant_set_new(arena, true);
        return TC_YES;
    }
    answer = tc_expected_resolve(expected, evidence, &statement, ret_throw);
    if (answer != TC_YES)
        return answer;
    *ret_set = statement.set;
    if (tc_runtime_info(expected->policy->runtime)->homogeneous && statement.set != NULL &&
        !statement.set->unrestricted)
        *ret_set = tc_grant_set_is_empty(arena, &machine, statement.set, &ignored) == TC_YES
                       ? tc_grant_set_new(arena, false)
                       : tc_expected_set(expected, 0);
    return TC_YES;
}

enum tc_answer
tc_grant_of(struct tc_arena *arena, const struct tc_policy *policy, const struct tc_token_values *values,
            const struct tc_evidence *evidence, const struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    struct tc_expected expected;

    *ret_set = NULL;
    return tc_expected_init(&expected, arena, policy, values) ? tc_grant_from(&expected, evidence, ret_set, ret_throw)
                                                              : TC_YES;
}

const struct tc_grant *
tc_grant_find(const struct tc_grant_set *set, const struct tc_class *cls)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->grants[i].cls == cls)
            return &set->grants[i];
    return NULL;
}

static bool
is_granted(struct tc_arena *arena, const struct tc_grant *grant, const struct tc_grant_set *outer)
{
    const struct tc_algebra_ops *ops = tc_algebra_ops(grant->cls->algebra);
    const struct tc_class_names names = {true, TC_FX_4_0};
    struct tc_throw ignored;

    if (grant->perm == NULL || ops->subset(arena, &machine, grant->perm, NULL, &ignored) == TC_YES)
        return true;
    for (size_t i = 0; i < outer->count; i++) {
        const struct tc_grant *other = &outer->grants[i];

        if (strcmp(other->cls->type, grant->cls->type) == 0 && other->perm != NULL &&
            ((other->cls == grant->cls && ops->subset(arena, &machine, grant->perm, other->perm, &ignored) == TC_YES &&
              tc_connection_keys_within(arena, grant->perm, other->perm)) ||
             tc_perm_writes_same(arena, grant->perm, other->perm, &names)))
            return true;
    }
    return false;
}

bool
tc_grants_within(struct tc_arena *arena, const struct tc_grant_set *inner, const struct tc_grant_set *outer)
{
    if (outer->unrestricted || inner->unrestricted)
        return outer->unrestricted;
    for (size_t i = 0; i < inner->count; i++) {
        if (i < outer->count && outer->grants[i].perm == inner->grants[i].perm)
            continue; /* sets share permissions */
        if (!is_granted(arena, &inner->grants[i], outer))
            return false;
    }
    return true;
}
