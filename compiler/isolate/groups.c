/* Code that leaves the sandbox: full trust, flags that come to it, and code groups that trust what others can bring. */
#include "isolate/code_sites.h"
#include "isolate/escapes.h"
#include "isolate/grants.h"
#include "model/membership.h"
#include "model/url_string.h"
#include "verify/expected.h"
#include "verify/grants.h"

#include <stdlib.h>

/* ---- full trust, and what comes to it ---- */

static void
check_full_trust(struct tc_isolator *run)
{
    struct tc_parts full = {0};

    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_reach *reach = &run->isolation->reaches[i];
        bool sure = reach->sure != NULL && reach->sure->unrestricted;

        if (tc_reach_is_full(reach))
            tc_parts_add(run, &full,
                         &(struct tc_part){i, reach->application->span, "is fully trusted", TC_STR(""), !sure});
    }
    tc_isolation_meet(
        run,
        &(struct tc_meeting){.rule = TC_RULE_FULL_TRUST, .verdict = TC_NOT_ISOLATED, .froms = &full, .is_alone = true});
}

static void
check_flags(struct tc_isolator *run, enum tc_rule_id rule)
{
    struct tc_things found;
    size_t count;
    const struct tc_escape *escapes = tc_escapes(&count);

    tc_things_init(&found, run);
    for (uint32_t i = 0; i < run->model->application_count; i++)
        for (size_t f = 0; f < count; f++) {
            const struct tc_perm *perm = escapes[f].rule == rule ? tc_isolation_perm(run, i, escapes[f].cls) : NULL;

            if (perm != NULL &&
                tc_isolation_note_flags(&found, i, escapes[f].cls, tc_escape_bit(&escapes[f]), "has the permission",
                                        tc_str_of(escapes[f].flag)) &&
                perm->unrestricted)
                break; /* the others come with it */
        }
    tc_isolation_report_noted(&found, rule, TC_NOT_ISOLATED, "");
}

/* ---- sections that are not locked ---- */

struct locks {
    struct tc_isolator *run;
    struct tc_things open;     /* the server's own files leave something to the application */
    struct tc_things other;    /* they say something else than the source */
    struct tc_things nothing;  /* they say nothing that can be told */
    struct tc_parts not_asked; /* nobody has looked at them */
};

static void
note(struct tc_things *things, uint32_t index, struct tc_span span, const char *verb, struct tc_str what)
{
    if (verb == NULL)
        return; /* out of memory */
    if (span.end == 0)
        span = things->run->model->applications[index]->span;
    tc_isolation_note(things, &(struct tc_part){index, span, verb, what, false}, TC_STR(""));
}

/* aspnet-trust 2.1: the set that 4.x makes the domain's grant. */
static bool
is_other_set(const struct tc_policy *policy, struct tc_str set)
{
    return tc_runtime_info(policy->runtime)->framework == TC_FX_4_0 && !policy->is_stock &&
           !tc_str_eq(set.len > 0 ? set : TC_STR("ASP.Net"), policy->sets[0]->name);
}

/* What really holds for an application, and is not what the source says. */
static void
check_level(struct locks *locks, uint32_t index, const struct tc_installed *installed)
{
    const struct tc_policy *policy = locks->run->model->applications[index]->policy;

    if (installed->level.len == 0)
        note(&locks->nothing, index, installed->span,
             tc_arena_printf(locks->run->arena, "has a level that the server's file does not tell%s%.*s",
                             installed->elsewhere.len > 0 ? ": " : "", TC_STR_ARG(installed->elsewhere))
                 .ptr,
             TC_STR(""));
    else if (tc_str_eq(installed->level, TC_STR("Full")))
        note(&locks->open, index, installed->span, "really is fully trusted, by the level", installed->level);
    else if (!tc_str_eq(installed->level, policy->name))
        note(&locks->other, index, installed->span, "really has the level", installed->level);
    else if (installed->is_legacy != (policy->runtime == TC_RT_4_0_LEGACY))
        note(&locks->other, index, installed->span,
             installed->is_legacy ? "really has the legacy CAS model" : "really has the CAS model of 4.0", TC_STR(""));
    else if (is_other_set(policy, installed->permission_set))
        note(&locks->other, index, installed->span, "really has the permission set",
             installed->permission_set.len > 0 ? installed->permission_set : TC_STR("ASP.Net"));
}

/* What the application's own web.config could change (aspnet-trust 2.2, 2.3, 3.2); one finding for all of it. */
static void
check_sections(struct locks *locks, uint32_t index, const struct tc_installed *installed)
{
    struct tc_arena *arena = locks->run->arena;
    bool reads_assemblies = tc_runtime_info(locks->run->model->applications[index]->runtime)->homogeneous;
    const struct {
        const char *name;
        bool is_open;
    } sections[] = {
        {"<trust>", !installed->is_trust_locked},
        {"<securityPolicy>", !installed->is_policy_locked},
        {"<fullTrustAssemblies>", reads_assemblies && !installed->are_assemblies_locked},
    };
    struct tc_str open = {0};
    size_t count = 0;

    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (sections[i].is_open)
            open = tc_arena_printf(arena, "%.*s%s%s", TC_STR_ARG(open), count++ > 0 ? ", " : "", sections[i].name);
    if (count > 0)
        note(&locks->open, index, installed->span,
             tc_arena_printf(arena, "may change its trust in its own web.config: %.*s %s not locked", TC_STR_ARG(open),
                             count == 1 ? "is" : "are")
                 .ptr,
             TC_STR(""));
}

/* What the server's files say: at which level it runs, and whether its own web.config could say otherwise. */
static void
check_installed(struct locks *locks, uint32_t index, const struct tc_installed *installed)
{
    if (installed->fails.len > 0) {
        note(&locks->nothing, index, installed->span,
             tc_arena_printf(locks->run->arena, "answers every request with an error: %.*s",
                             TC_STR_ARG(installed->fails))
                 .ptr,
             TC_STR(""));
        return;
    }
    check_level(locks, index, installed);
    check_sections(locks, index, installed);
}

/* aspnet-trust 2.3, 6.2: only the default model of 4.0 reads <fullTrustAssemblies>; what is built locks it where a
 * policy names assemblies. */
static void
check_locks(struct tc_isolator *run)
{
    struct locks locks = {.run = run};

    tc_things_init(&locks.open, run);
    tc_things_init(&locks.other, run);
    tc_things_init(&locks.nothing, run);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_reach *reach = &run->isolation->reaches[i];
        const struct tc_application *app = reach->application;
        const struct tc_installed *installed = run->isolation->installed;

        if (app->policy == NULL || tc_reach_is_full(reach))
            continue;
        if (installed != NULL && installed[i].is_known)
            check_installed(&locks, i, &installed[i]);
        else if (tc_runtime_info(app->runtime)->homogeneous && app->policy->full_trust == NULL)
            tc_parts_add(run, &locks.not_asked,
                         &(struct tc_part){i, app->span,
                                           "may name assemblies of its own as fully trusted in its web.config",
                                           TC_STR(""), false});
    }
    tc_isolation_report_noted(&locks.open, TC_RULE_UNLOCKED_LEVEL, TC_NOT_ISOLATED, "");
    tc_isolation_report_noted(&locks.other, TC_RULE_UNLOCKED_LEVEL, TC_UNKNOWN_ISOLATION,
                              "all that is said here is about the one of the source");
    tc_isolation_report_noted(&locks.nothing, TC_RULE_UNLOCKED_LEVEL, TC_UNKNOWN_ISOLATION,
                              "what it may do on this server cannot be told");
    tc_isolation_meet(run, &(struct tc_meeting){
                               .rule = TC_RULE_UNLOCKED_LEVEL,
                               .verdict = TC_UNKNOWN_ISOLATION,
                               .because = TC_STR("the source does not say whether <fullTrustAssemblies> is locked; "
                                                 "isolate --config reads the server's file"),
                               .froms = &locks.not_asked,
                               .is_alone = true,
                           });
}

/* ---- code groups ---- */

/* Who can bring code that a condition takes. */
enum bringer {
    BRING_ANYONE,    /* all code on the server */
    BRING_PLACE,     /* whoever may write a directory or file of the server */
    BRING_ELSEWHERE, /* whoever has a Web site, a share or a zone */
    BRING_SIGNER,    /* whoever signs with a key */
    BRING_NOBODY,    /* one assembly alone, or what only administrators install */
    BRING_UNKNOWN,
};

/* A place that a group trusts more than the application's own code. */
struct target {
    uint32_t application;
    struct tc_str path;
    struct tc_str url; /* as written */
    struct tc_span span;
    bool is_tree;
};

/* An application that may write such a place. */
struct writing {
    const struct target *target;
    uint32_t writer;
    const struct tc_claim *claim;
};

struct groups {
    struct tc_isolator *run;
    struct target *targets;
    size_t target_count, target_capacity;
    struct writing *writings;
    size_t writing_count, writing_capacity;
    struct tc_path_key *keys;
    size_t key_count;
    struct tc_things shared;   /* by what the condition asks */
    struct tc_things anyone;   /* groups for all code of the server, by place */
    struct tc_things unjudged; /* conditions of other classes */
    struct tc_code_sites sites;
    struct tc_things unplaced; /* groups for a directory that has names which only the server knows */
};

/* The condition that decides, on the way from the root to a group. */
struct chain {
    enum bringer bringer;
    const struct tc_membership *condition;
};

/* One application while its groups are walked. */
struct walk {
    struct groups *groups;
    uint32_t application;
    const struct tc_reach *reach;
    struct tc_expected expected;
    bool is_ready; /* expected is */
};

static void *
grow(struct groups *g, void *items, size_t *capacity, size_t size)
{
    size_t wanted = *capacity == 0 ? 16 : 2 * *capacity;
    void *more = realloc(items, wanted * size);

    if (more == NULL)
        g->run->failed = true;
    else
        *capacity = wanted;
    return more;
}

/* ---- conditions ---- */

static enum bringer
bringer_of_url(struct tc_arena *arena, struct tc_str url, const struct tc_token_values *values)
{
    struct tc_url_string parsed;
    struct tc_throw ignored;

    if (tc_str_find(url, TC_STR("$Gac$"), 0) != SIZE_MAX)
        return BRING_NOBODY;
    if (tc_url_string_parse(arena, tc_fill_tokens(arena, url, values), &parsed, &ignored) != TC_YES)
        return BRING_NOBODY; /* such a group takes no code: the framework throws */
    if (!parsed.is_file)
        return BRING_ELSEWHERE;
    if (parsed.directory.count == 0 || tc_str_eq(parsed.directory.parts[0], TC_STR("*")))
        return parsed.is_share ? BRING_ELSEWHERE : BRING_ANYONE;
    return BRING_PLACE;
}

static enum bringer
bringer_of(const struct walk *w, const struct tc_membership *condition)
{
    struct tc_arena *arena = w->groups->run->arena;
    const struct tc_enum_value *zone;

    switch (condition->kind) {
    case TC_CONDITION_ALL:
        return BRING_ANYONE;
    case TC_CONDITION_ZONE:
        zone = tc_enum_find(tc_enum(TC_ENUM_ZONE), condition->values[0]);
        return zone != NULL && zone->value == 0 ? BRING_ANYONE : BRING_ELSEWHERE;
    case TC_CONDITION_URL:
        return bringer_of_url(arena, condition->values[0], &w->reach->values);
    case TC_CONDITION_APPLICATION_DIRECTORY:
        return BRING_PLACE;
    case TC_CONDITION_SITE:
        return BRING_ELSEWHERE;
    case TC_CONDITION_STRONG_NAME:
        if (tc_public_key_is_platform(arena, condition->values[0]))
            return BRING_NOBODY;
        return condition->values[1].len == 0 || tc_str_ends(condition->values[1], TC_STR("*")) ? BRING_SIGNER
                                                                                               : BRING_NOBODY;
    case TC_CONDITION_PUBLISHER:
        return BRING_SIGNER;
    case TC_CONDITION_HASH:
    case TC_CONDITION_GAC:
        return BRING_NOBODY;
    case TC_CONDITION_COUNT_:
        break;
    }
    return BRING_UNKNOWN;
}

/* Both conditions have to be met: the one that fewer people can meet decides. */
static struct chain
narrowed(const struct walk *w, struct chain outer, const struct tc_membership *condition)
{
    struct chain inner = {bringer_of(w, condition), condition};

    if (inner.bringer == BRING_NOBODY || outer.bringer == BRING_NOBODY)
        inner.bringer = BRING_NOBODY;
    else if (inner.bringer == BRING_ANYONE || (outer.bringer > inner.bringer && outer.bringer != BRING_UNKNOWN))
        return outer;
    return inner;
}

/* ---- what a group gives ---- */

static bool
gives_nothing(const struct tc_group *group)
{
    return group->grants_main || group->kind == TC_GROUP_NET || group->kind == TC_GROUP_FILE ||
           (group->inline_set == NULL && tc_str_eq(group->set_name, TC_STR("Nothing")));
}

/* Whether its set holds what the application's own code has not. The default model of 4.0 knows only full trust. */
static bool
gives_more(struct walk *w, const struct tc_group *group)
{
    const struct tc_policy *policy = w->reach->application->policy;
    struct tc_arena *arena = w->groups->run->arena;
    const struct tc_grant_set *set;

    if (gives_nothing(group) || w->reach->wide == NULL)
        return false;
    if (!w->is_ready && !tc_expected_init(&w->expected, arena, policy, &w->reach->values))
        return false;
    w->is_ready = true;
    set = tc_expected_group_set(&w->expected, group);
    if (set == NULL)
        return false;
    if (tc_runtime_info(policy->runtime)->homogeneous)
        return set->unrestricted;
    return !tc_grants_within(arena, set, w->reach->wide);
}

/* The path of a file URL; false when it has none. */
static bool
path_of(struct tc_arena *arena, struct tc_str url, struct target *target)
{
    struct tc_url_string parsed;
    struct tc_throw ignored;
    struct tc_str path;

    if (tc_url_string_parse(arena, url, &parsed, &ignored) != TC_YES || !parsed.is_file)
        return false;
    path = tc_arena_printf(arena, "%s%.*s", parsed.site.text.len == 2 ? "" : "\\\\", TC_STR_ARG(parsed.site.text));
    for (size_t i = 0; i < parsed.directory.count; i++) {
        if (tc_str_eq(parsed.directory.parts[i], TC_STR("*"))) {
            target->is_tree = true;
            break;
        }
        path = tc_arena_printf(arena, "%.*s\\%.*s", TC_STR_ARG(path), TC_STR_ARG(parsed.directory.parts[i]));
    }
    if (path.len > 0) {
        char *turned = tc_arena_array(arena, char, path.len);

        for (size_t i = 0; turned != NULL && i < path.len; i++)
            turned[i] = path.ptr[i] == '/' ? '\\' : path.ptr[i];
        path.ptr = turned;
    }
    target->path = path;
    return path.ptr != NULL;
}

static void
add_target(struct walk *w, const struct tc_group *group, const struct tc_membership *condition)
{
    struct groups *g = w->groups;
    struct target target = {.application = w->application, .url = condition->values[0], .span = group->span};
    struct tc_str url = tc_fill_tokens(g->run->arena, condition->values[0], &w->reach->values);

    if (condition->kind == TC_CONDITION_APPLICATION_DIRECTORY) {
        url = tc_arena_printf(g->run->arena, "%.*s/*", TC_STR_ARG(w->reach->values.values[1]));
        target.url = TC_STR("$AppDirUrl$/*");
    }
    if (!path_of(g->run->arena, url, &target))
        return;
    if (tc_isolation_settle(g->run, &target.path) != TC_NAMED_SURELY)
        tc_isolation_note(&g->unplaced,
                          &(struct tc_part){w->application, group->span, "trusts more than its own code what lies in",
                                            target.url, false},
                          TC_STR(""));
    if (g->target_count == g->target_capacity) {
        struct target *more = grow(g, g->targets, &g->target_capacity, sizeof *more);

        if (more == NULL)
            return;
        g->targets = more;
    }
    g->targets[g->target_count++] = target;
}

static void
add_site(struct walk *w, const struct tc_part *part, const struct tc_membership *membership)
{
    struct tc_condition condition = tc_condition_of(membership);

    condition.values[0] = tc_fill_tokens(w->groups->run->arena, condition.values[0], &w->reach->values);
    tc_code_sites_add(&w->groups->sites, &condition, part);
}

static void
judge(struct walk *w, const struct tc_group *group, struct chain chain)
{
    struct groups *g = w->groups;
    struct tc_str asked = chain.condition->values[0];
    struct tc_part part = {w->application, group->span, "trusts more than its own code what is", asked, false};
    struct tc_thing *thing;

    switch (chain.bringer) {
    case BRING_NOBODY:
        return;
    case BRING_PLACE:
        if (chain.condition->kind == TC_CONDITION_URL && tc_str_starts(asked, TC_STR("$CodeGen$"))) {
            part.verb = "trusts more than its own code what ASP.NET compiles to";
            tc_isolation_note(&g->anyone, &part, TC_STR(""));
            return;
        }
        if (chain.condition->kind == TC_CONDITION_APPLICATION_DIRECTORY) {
            part.verb = "trusts more than its own code what lies in its directory";
            part.what = TC_STR("");
            tc_isolation_note(&g->unjudged, &part, TC_STR(""));
        }
        add_target(w, group, chain.condition);
        return;
    case BRING_ANYONE:
        part.verb = "trusts code of the whole server more than its own";
        part.what = TC_STR("");
        tc_isolation_note(&g->anyone, &part, TC_STR(""));
        return;
    case BRING_UNKNOWN:
        part.verb = "trusts code by a condition of another class";
        part.what = chain.condition->type;
        tc_isolation_note(&g->unjudged, &part, TC_STR(""));
        return;
    case BRING_SIGNER:
        part.verb = "trusts more than its own code what is signed with a key";
        part.what = TC_STR("");
        break;
    case BRING_ELSEWHERE:
        part.verb = "trusts more than its own code what comes from";
        add_site(w, &part, chain.condition);
        break;
    }
    thing = tc_things_at(&g->shared, tc_str_fold(g->run->arena, asked), part.what);
    if (thing != NULL)
        tc_parts_add(g->run, &thing->actors, &part);
}

static void
walk_groups(struct walk *w, const struct tc_group *group, struct chain chain)
{
    for (; group != NULL; group = group->next) {
        struct chain inner;

        if (group->is_raw || (group->children == NULL && gives_nothing(group)))
            continue; /* unjudged-grant tells; who can bring the code does not matter */
        inner = narrowed(w, chain, &group->condition);
        if (inner.bringer != BRING_NOBODY && gives_more(w, group))
            judge(w, group, inner);
        walk_groups(w, group->children, inner);
    }
}

/* ---- who may write what is trusted ---- */

enum { WRITES = TC_MAY_WRITE | TC_MAY_APPEND };

static void
add_writing(struct groups *g, const struct target *target, const struct tc_claim *claim)
{
    if (claim->kind != TC_CLAIM_GRANT && claim->application == target->application)
        return; /* what is installed there is its own */
    if (g->writing_count == g->writing_capacity) {
        struct writing *more = grow(g, g->writings, &g->writing_capacity, sizeof *more);

        if (more == NULL)
            return;
        g->writings = more;
    }
    g->writings[g->writing_count++] = (struct writing){target, claim->application, claim};
}

/* Numbers of claims come first, those of targets behind them. */
static const struct target *
target_of(const struct groups *g, const struct tc_path_key *key)
{
    size_t claims = g->run->isolation->claims->count;

    return key->item < claims ? NULL : &g->targets[key->item - claims];
}

static void
visit(void *state, struct tc_path_node *node)
{
    struct groups *g = state;
    const struct tc_claims *claims = g->run->isolation->claims;
    const struct tc_path_key *last = g->keys + g->key_count;

    for (size_t i = 0; i < node->count; i++) {
        const struct target *target = target_of(g, &node->keys[i]);

        if (target == NULL)
            continue;
        for (const struct tc_path_node *above = node; above != NULL; above = above->parent)
            for (size_t k = 0; k < above->count; k++)
                if (target_of(g, &above->keys[k]) == NULL)
                    add_writing(g, target, &claims->items[above->keys[k].item]);
        for (const struct tc_path_key *key = node->keys + node->count; target->is_tree && key < last; key++) {
            if (key->len <= node->keys->len || key->text[node->keys->len] != '\\' ||
                !tc_str_eq_nocase((struct tc_str){key->text, node->keys->len},
                                  (struct tc_str){node->keys->text, node->keys->len}))
                break;
            if (target_of(g, key) == NULL)
                add_writing(g, target, &claims->items[key->item]);
        }
    }
}

static bool
is_possible(const struct writing *writing)
{
    return (writing->claim->may & WRITES & ~writing->claim->possible) == 0;
}

/* Whoever writes his own trusted code together, by group; then others, by group, writer and certainty. */
static int
compare_writings(const void *a, const void *b)
{
    const struct writing *x = a, *y = b;
    bool own_x = x->writer == x->target->application, own_y = y->writer == y->target->application;

    if (own_x != own_y)
        return own_x ? -1 : 1;
    if (x->target->span.begin != y->target->span.begin)
        return x->target->span.begin < y->target->span.begin ? -1 : 1;
    if (!own_x && x->writer != y->writer)
        return x->writer < y->writer ? -1 : 1;
    if (!own_x && is_possible(x) != is_possible(y))
        return is_possible(y) ? -1 : 1;
    return x->target->application < y->target->application ? -1 : x->target->application > y->target->application;
}

static bool
is_same_way(const struct writing *a, const struct writing *b)
{
    bool own_a = a->writer == a->target->application, own_b = b->writer == b->target->application;

    return own_a == own_b && a->target->span.begin == b->target->span.begin &&
           (own_a || (a->writer == b->writer && is_possible(a) == is_possible(b)));
}

static struct tc_part
writer_part(const struct writing *writing)
{
    return (struct tc_part){writing->writer, writing->claim->span,
                            writing->claim->kind == TC_CLAIM_GRANT
                                ? "may write what a code group trusts more than its own code:"
                                : "has its files where a code group trusts more than its own code:",
                            writing->target->url, is_possible(writing)};
}

static void
report_writings(struct groups *g)
{
    qsort(g->writings, g->writing_count, sizeof *g->writings, compare_writings);
    for (size_t i = 0, end; i < g->writing_count; i = end) {
        bool own = g->writings[i].writer == g->writings[i].target->application;
        struct tc_parts froms = {0}, tos = {0};
        struct tc_part part = writer_part(&g->writings[i]);

        tc_parts_add(g->run, &froms, &part);
        for (end = i; end < g->writing_count && is_same_way(&g->writings[i], &g->writings[end]); end++) {
            const struct target *target = g->writings[end].target;

            part = writer_part(&g->writings[end]);
            if (own)
                tc_parts_add(g->run, &froms, &part);
            else
                tc_parts_add(g->run, &tos,
                             &(struct tc_part){target->application, target->span, "trusts", target->url, false});
        }
        tc_isolation_meet(g->run, &(struct tc_meeting){.rule = TC_RULE_WRITABLE_CODE_GROUP,
                                                       .verdict = TC_NOT_ISOLATED,
                                                       .froms = &froms,
                                                       .tos = &tos,
                                                       .is_alone = own});
    }
}

static void
find_writers(struct groups *g)
{
    const struct tc_claims *claims = g->run->isolation->claims;

    if (g->target_count == 0)
        return;
    g->keys = malloc((claims->count + g->target_count) * sizeof *g->keys);
    if (g->keys == NULL) {
        g->run->failed = true;
        return;
    }
    for (size_t i = 0; i < claims->count + g->target_count; i++) {
        const struct tc_claim *claim = i < claims->count ? &claims->items[i] : NULL;
        struct tc_str path = claim != NULL ? claim->path : g->targets[i - claims->count].path;

        if (claim != NULL && (claim->may & WRITES) == 0)
            continue;
        while (path.len > 3 && path.ptr[path.len - 1] == '\\')
            path.len--;
        g->keys[g->key_count++] = tc_path_key_of(g->run->arena, path, i);
    }
    tc_paths_sort(g->keys, g->key_count);
    g->run->failed |= !tc_paths_scan(g->keys, g->key_count, visit, g);
    if (g->writing_count > 0)
        report_writings(g);
    free(g->keys);
}

/* ---- all of it ---- */

static void
report_shared(struct groups *g)
{
    for (const struct tc_thing *thing = g->shared.first; thing != NULL; thing = thing->next)
        tc_isolation_meet(g->run, &(struct tc_meeting){.rule = TC_RULE_SHARED_CODE_GROUP,
                                                       .verdict = TC_NOT_ISOLATED,
                                                       .froms = &thing->actors,
                                                       .tos = &thing->actors});
    for (const struct tc_thing *thing = g->anyone.first; thing != NULL; thing = thing->next)
        tc_isolation_meet(g->run, &(struct tc_meeting){.rule = TC_RULE_SHARED_CODE_GROUP,
                                                       .verdict = TC_NOT_ISOLATED,
                                                       .tos = &thing->actors,
                                                       .everyone = "can leave an assembly on the server"});
    tc_isolation_report_noted(&g->unjudged, TC_RULE_UNJUDGED_GRANT, TC_UNKNOWN_ISOLATION,
                              "nobody here knows what code that takes");
    tc_isolation_report_noted(&g->unplaced, TC_RULE_WRITABLE_CODE_GROUP, TC_UNKNOWN_ISOLATION,
                              "only the server knows which directory that is, and who may write it");
}

static void
check_groups(struct tc_isolator *run)
{
    struct groups g = {.run = run};

    tc_things_init(&g.shared, run);
    tc_things_init(&g.anyone, run);
    tc_things_init(&g.unjudged, run);
    tc_things_init(&g.unplaced, run);
    tc_code_sites_init(&g.sites, run);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_reach *reach = &run->isolation->reaches[i];
        struct walk w = {.groups = &g, .application = i, .reach = reach};
        struct chain chain = {BRING_ANYONE, NULL};

        if (reach->application->policy == NULL || reach->application->policy->root == NULL || tc_reach_is_full(reach))
            continue;
        chain.condition = &reach->application->policy->root->condition;
        walk_groups(&w, reach->application->policy->root, chain);
    }
    find_writers(&g);
    report_shared(&g);
    tc_code_sites_report(&g.sites);
    free(g.targets);
    free(g.writings);
}

void
tc_isolate_groups(struct tc_isolator *run)
{
    check_full_trust(run);
    check_flags(run, TC_RULE_ESCAPE);
    check_flags(run, TC_RULE_REFLECTION);
    check_groups(run);
    check_locks(run);
}
