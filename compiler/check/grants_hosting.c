/* The level of AspNetHosting: what it opens in ASP.NET, and which of the platform's levels a policy was made from. */
#include "check/grants.h"

static const struct tc_value *
level_of(const struct tc_pset *set)
{
    const struct tc_perm *hosting = tc_pset_find(set, tc_class(TC_CLASS_ASPNET_HOSTING));
    const struct tc_value *level = hosting == NULL ? NULL : &hosting->values[TC_FIELD_ASPNET_HOSTING_LEVEL];

    return level != NULL && level->present ? level : NULL;
}

/* A level that no file of the platform has: Full has none. */
static bool
is_beyond(const struct tc_value *level)
{
    const struct tc_enum *levels =
        tc_enum(tc_class(TC_CLASS_ASPNET_HOSTING)->fields[TC_FIELD_ASPNET_HOSTING_LEVEL].values);
    const struct tc_enum_value *most = tc_enum_find(levels, TC_STR("Unrestricted"));

    return level != NULL && level->number >= most->value;
}

/* ---- the base ---- */

/* How many permissions of @a inner are not in @a outer as a whole; AspNetHosting does not count. */
static size_t
count_missing(struct tc_grants *g, const struct tc_pset *inner, const struct tc_pset *outer)
{
    size_t count = 0;

    for (size_t i = 0; i < inner->count; i++) {
        const struct tc_perm *perm = inner->perms[i];

        if (perm->cls != tc_class(TC_CLASS_ASPNET_HOSTING) && !tc_perm_is_empty(perm) &&
            !tc_grants_covers(g, tc_pset_find(outer, perm->cls), perm))
            count++;
    }
    return count;
}

/* The level of the platform that has most in common with @a set, and no less than half of its own. */
static const struct tc_policy *
nearest(struct tc_grants *g, const struct tc_pset *set)
{
    const struct tc_check_host *host = g->check->host;
    const struct tc_policy *best = NULL;
    size_t least = SIZE_MAX;

    for (int i = TC_LEVEL_FULL + 1; host != NULL && host->stock != NULL && i < TC_LEVEL_COUNT_; i++) {
        const struct tc_policy *level = host->stock(host->state, g->policy->runtime, (enum tc_level_id)i);
        size_t missing, different;

        if (level == NULL || level->set_count == 0)
            continue;
        missing = count_missing(g, level->sets[0], set);
        different = missing + count_missing(g, set, level->sets[0]);
        if (missing * 2 >= level->sets[0]->count || /* which has AspNetHosting besides */ different >= least)
            continue;
        least = different;
        best = level;
    }
    return best;
}

/* Nobody changes the level of AspNetHosting without meaning to, so it tells which file was copied. No level, or one
 * that is more than all of them, tells nothing. */
static const struct tc_policy *
base_of(struct tc_grants *g, const struct tc_pset *set)
{
    const struct tc_policy alone = {
        .sets = (struct tc_pset *[]){(struct tc_pset *)(uintptr_t)set}, .set_count = 1, .runtime = g->policy->runtime};

    return is_beyond(level_of(set)) ? nearest(g, set) : tc_check_base(g->check, &alone);
}

static bool
has_zone(const struct tc_group *group)
{
    for (; group != NULL; group = group->next)
        if (group->condition.kind == TC_CONDITION_ZONE || has_zone(group->children))
            return true;
    return false;
}

void
tc_grants_find_base(struct tc_grants *g)
{
    g->base = base_of(g, g->set); /* a set of its own, as in a SharePoint solution, says it itself */
    if (g->base == NULL && g->policy->set_count > 0)
        g->base = base_of(g, g->policy->sets[0]);
    /* a file of 4.0 with groups by zone is one for the legacy model, whose levels are those of 2.0 (aspnet-trust 6.2)
     */
    if (g->base != NULL && g->policy->runtime == TC_RT_4_0 && !g->is_source && has_zone(g->policy->root))
        g->other_base = g->check->host->stock(g->check->host->state, TC_RT_4_0_LEGACY, g->base->level);
}

/* ---- the rule ---- */

void
tc_grants_hosting(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_ASPNET_HOSTING, &base);
    struct tc_diag *diag;

    if (perm == NULL || !is_beyond(level_of(g->set)))
        return;
    diag = tc_grants_report(g, TC_CHECK_HOSTING_UNRESTRICTED, TC_CLASS_ASPNET_HOSTING,
                            tc_grants_value(g, perm, TC_FIELD_ASPNET_HOSTING_LEVEL),
                            "ASP.NET's own classes refuse this code nothing, as if it were fully trusted");
    if (g->base != NULL)
        tc_diag_help(g->check->diags, diag, "what else it is granted is nearest to %s: write '%s'",
                     tc_level_info(g->base->level)->name, tc_level_info(g->base->level)->name);
    else
        tc_diag_help(g->check->diags, diag, "write the level that the pages need: Minimal, Low, Medium or High");
}
