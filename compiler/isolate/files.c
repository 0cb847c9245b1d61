/* Files: who may reach what another one owns or uses, by one pass over all paths in order. */
#include "isolate/internal.h"
#include "isolate/samples.h"
#include "model/path.h"
#include "model/places.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    WRITES = TC_MAY_WRITE | TC_MAY_APPEND | TC_MAY_CHANGE_ACL,
    READS = TC_MAY_READ | TC_MAY_VIEW_ACL, /* to learn names is to reach nothing */
};

/* Claims of one path, by number, of different applications. The arrays are used again for the next path at the same
 * depth; what a finding keeps is copied. */
struct list {
    uint32_t *items;
    size_t count, capacity;
    const uint32_t *applications; /* of the items, in the arena; NULL until asked for */
};

/* A declared share during the pass. */
struct share {
    const struct tc_share *share;
    size_t index;      /* in the model */
    uint32_t *members; /* indexes of its applications, ascending */
    uint32_t user;     /* one of them that may reach it; UINT32_MAX: none yet */
};

struct share_path {
    struct share *share;
    struct tc_str path;
};

#define NOBODY UINT32_MAX
#define MANY   (UINT32_MAX - 1)

/* What there is about one path. */
struct level {
    uint32_t only; /* the one application that has to do with it and with all above; or NOBODY, or MANY */
    struct list writers;
    struct list readers; /* that may not write for sure */
    struct list users;   /* both */
    struct list owners;
    struct list homes[TC_CLAIM_TEMPLATES + 1]; /* the owners by what they have there: enum tc_claim_kind */
    struct list shares;                        /* by number of share_path */
};

struct scan {
    struct tc_isolator *run;
    struct tc_claim *claims;
    size_t claim_count;
    const struct tc_path_key *keys_end;
    struct share_path *shares;
    size_t share_count;
    struct level *levels; /* by depth */
    size_t level_count;
    struct tc_map remotes; /* by the first label of the host: struct remote */
};

/* Another machine, by the first path that names it. */
struct remote {
    struct tc_str host, share;
    uint32_t only;  /* the one application that names it, or MANY */
    bool has_names; /* other paths have other names for it, or for a share of it */
    bool counts;    /* somebody may write there, or has his files there */
};

/* ---- lists ---- */

static void
push(struct scan *s, struct list *list, uint32_t item)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4 : 2 * list->capacity;
        uint32_t *items = realloc(list->items, capacity * sizeof *items);

        if (items == NULL) {
            s->run->failed = true;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

/* The claims of one application stand together: each counts once. */
static void
push_claim(struct scan *s, struct list *list, uint32_t claim)
{
    if (list->count == 0 || s->claims[list->items[list->count - 1]].application != s->claims[claim].application)
        push(s, list, claim);
}

static void
clear(struct list *list)
{
    list->count = 0;
    list->applications = NULL;
}

static const uint32_t *
applications_of(struct scan *s, struct list *list)
{
    if (list->applications == NULL) {
        uint32_t *indexes = tc_arena_array(s->run->arena, uint32_t, list->count);

        for (size_t i = 0; indexes != NULL && i < list->count; i++)
            indexes[i] = s->claims[list->items[i]].application;
        list->applications = indexes;
    }
    return list->applications;
}

/* ---- words ---- */

static const char *
owned_words(enum tc_claim_kind kind)
{
    switch (kind) {
    case TC_CLAIM_ROOT:
        return "has its files in";
    case TC_CLAIM_TEMPORARY:
        return "has its Temporary ASP.NET Files in";
    case TC_CLAIM_TEMPLATES:
        return "has its ASP template cache in";
    case TC_CLAIM_GRANT:
        break;
    }
    return "";
}

static struct tc_str
claim_path(struct tc_arena *arena, const struct tc_claim *claim)
{
    if (claim->path.len > 0)
        return tc_arena_printf(arena, "'%.*s'", TC_STR_ARG(claim->path));
    return claim->is_local_only ? TC_STR("every file of the server's own drives") : TC_STR("every file");
}

/* Whether one of @a bits is more than `possibly` granted. */
static bool
is_sure(const struct tc_claim *claim, unsigned bits)
{
    return (claim->may & bits & ~claim->possible) != 0;
}

static struct tc_party
party_of(struct tc_isolator *run, const struct tc_claim *claim, unsigned bits)
{
    unsigned shown = claim->may & bits & (is_sure(claim, bits) ? ~(unsigned)claim->possible : UINT_MAX);
    struct tc_str what = claim_path(run->arena, claim), verb = tc_may_words(run->arena, shown);

    return (struct tc_party){
        .application = run->model->applications[claim->application],
        .span = claim->span,
        .may = claim->kind == TC_CLAIM_GRANT
                   ? tc_arena_printf(run->arena, "may %.*s %.*s", TC_STR_ARG(verb), TC_STR_ARG(what))
                   : tc_arena_printf(run->arena, "%s %.*s", owned_words((enum tc_claim_kind)claim->kind),
                                     TC_STR_ARG(what)),
        .possible = (claim->may & bits) != 0 && !is_sure(claim, bits),
    };
}

/* ---- what two lists of claims do to each other ---- */

struct sides {
    struct scan *scan;
    const uint32_t *actors, *victims; /* claims, by application */
    size_t actor_count, victim_count;
    unsigned bits; /* what the actors' part is about */
};

static struct tc_party
side(void *state, uint32_t index, bool is_to)
{
    const struct sides *sides = state;
    const uint32_t *items = is_to ? sides->victims : sides->actors;
    size_t low = 0, high = is_to ? sides->victim_count : sides->actor_count;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (sides->scan->claims[items[mid]].application <= index)
            low = mid;
        else
            high = mid;
    }
    return party_of(sides->scan->run, &sides->scan->claims[items[low]], is_to ? READS | WRITES : sides->bits);
}

static void
report_as(struct scan *s, enum tc_rule_id rule, enum tc_verdict verdict, struct tc_str path, unsigned bits,
          struct list *actors, struct list *victims)
{
    struct sides sides = {s, actors->items, victims->items, actors->count, victims->count, bits};
    struct tc_way way = {
        .rule = rule,
        .verdict = verdict,
        .resource = path,
        .because = verdict == TC_NOT_ISOLATED ? TC_STR("") : tc_isolation_perhaps(),
        .froms = applications_of(s, actors),
        .from_count = actors->count,
        .tos = applications_of(s, victims),
        .to_count = victims->count,
        .party = side,
        .state = &sides,
    };

    if (way.froms != NULL && way.tos != NULL)
        tc_isolation_add(s->run, &way);
}

/* Split by whether one of @a bits is sure; false: all are, or out of memory. */
static bool
halve(struct scan *s, const struct list *list, unsigned bits, struct list *sure, struct list *possible)
{
    bool any = false;

    for (size_t i = 0; i < list->count && !any; i++)
        any = !is_sure(&s->claims[list->items[i]], bits);
    if (!any)
        return false;
    *sure = *possible = (struct list){0};
    sure->items = tc_arena_array(s->run->arena, uint32_t, list->count);
    possible->items = tc_arena_array(s->run->arena, uint32_t, list->count);
    for (size_t i = 0; sure->items != NULL && possible->items != NULL && i < list->count; i++) {
        struct list *to = is_sure(&s->claims[list->items[i]], bits) ? sure : possible;

        to->items[to->count++] = list->items[i];
    }
    return true;
}

/* What is only possibly granted, on either side, opens nothing for sure. */
static void
report(struct scan *s, enum tc_rule_id rule, struct tc_str path, unsigned bits, struct list *actors,
       struct list *victims)
{
    struct list sure_actors, possible_actors, sure_victims, possible_victims;
    struct list *sure = actors;

    if (halve(s, actors, bits, &sure_actors, &possible_actors)) {
        report_as(s, rule, TC_UNKNOWN_ISOLATION, path, bits, &possible_actors, victims);
        sure = &sure_actors;
    }
    if (halve(s, victims, READS | WRITES, &sure_victims, &possible_victims)) {
        report_as(s, rule, TC_UNKNOWN_ISOLATION, path, bits, sure, &possible_victims);
        victims = &sure_victims;
    }
    report_as(s, rule, TC_NOT_ISOLATED, path, bits, sure, victims);
}

static int
compare_numbers(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static bool
takes_part(const struct share *share, uint32_t app)
{
    return bsearch(&app, share->members, share->share->application_count, sizeof app, compare_numbers) != NULL;
}

/* What of a claim a share has to allow. */
static bool
is_shared(struct scan *s, const struct share *share, uint32_t item, unsigned bits)
{
    const struct tc_claim *claim = &s->claims[item];

    /* a share's fields are FileIO's in the order of TC_MAY_… */
    return takes_part(share, claim->application) &&
           (claim->kind != TC_CLAIM_GRANT || (claim->may & bits & ~share->share->fields) == 0);
}

/* Split off those whose part a share covers; false when out of memory. */
static bool
split(struct scan *s, const struct share *share, const struct list *list, unsigned bits, struct list *in,
      struct list *out)
{
    *in = *out = (struct list){0};
    in->items = tc_arena_array(s->run->arena, uint32_t, list->count);
    out->items = tc_arena_array(s->run->arena, uint32_t, list->count);
    for (size_t i = 0; in->items != NULL && out->items != NULL && i < list->count; i++) {
        struct list *to = is_shared(s, share, list->items[i], bits) ? in : out;

        to->items[to->count++] = list->items[i];
    }
    return in->items != NULL && out->items != NULL;
}

/*
 * Each of @a actors may do @a bits to what each of @a victims has, at @a path; but not where both take part in a share
 * above it that allows what they do. @a next: the shares above it that are still to be asked.
 */
static void
meet(struct scan *s, enum tc_rule_id rule, struct tc_str path, unsigned bits, struct list *actors, struct list *victims,
     const struct list *shares, size_t next)
{
    struct list actors_in, actors_out, victims_in, victims_out;

    if (actors->count == 0 || victims->count == 0)
        return;
    if (actors->count == 1 && victims->count == 1 &&
        s->claims[actors->items[0]].application == s->claims[victims->items[0]].application)
        return;
    if (next == shares->count) {
        report(s, rule, path, bits, actors, victims);
        return;
    }
    if (!split(s, s->shares[shares->items[next]].share, actors, bits, &actors_in, &actors_out) ||
        !split(s, s->shares[shares->items[next]].share, victims, 0, &victims_in, &victims_out))
        return;
    if (actors_in.count == 0 || victims_in.count == 0) {
        meet(s, rule, path, bits, actors, victims, shares, next + 1);
        return;
    }
    meet(s, rule, path, bits, &actors_out, victims, shares, next + 1);
    meet(s, rule, path, bits, &actors_in, &victims_out, shares, next + 1);
}

/* ---- directories inside directories ---- */

/* Caches of one kind in one another are for the rules of caches. */
static enum tc_rule_id
nesting_rule(int outer, int inner)
{
    if (outer == inner && outer == TC_CLAIM_TEMPORARY)
        return TC_RULE_SHARED_TEMPORARY;
    if (outer == inner && outer == TC_CLAIM_TEMPLATES)
        return TC_RULE_SHARED_TEMPLATE_CACHE;
    return TC_RULE_NESTED_ROOT;
}

/* Two applications as one list, in their order; false when out of memory. */
static bool
pair_of(struct scan *s, uint32_t a, uint32_t b, struct list *ret)
{
    *ret = (struct list){.items = tc_arena_array(s->run->arena, uint32_t, 2), .count = 2};
    if (ret->items == NULL)
        return false;
    ret->items[0] = a < b ? a : b; /* claims are in the order of the applications */
    ret->items[1] = a < b ? b : a;
    return true;
}

/* Those who live in a path and those who live in it or above it: each side reaches the other with what it may do at
 * home. */
static void
nest(struct scan *s, enum tc_rule_id rule, struct tc_str path, struct list *outer, struct list *inner)
{
    struct list both;

    if (outer->count == 0 || inner->count == 0)
        return;
    if (outer == inner) {
        if (outer->count > 1)
            report(s, rule, path, READS | WRITES, outer, outer);
        return;
    }
    if (outer->count > 1 || inner->count > 1) {
        report(s, rule, path, READS | WRITES, outer, inner);
        report(s, rule, path, READS | WRITES, inner, outer);
        return;
    }
    if (s->claims[outer->items[0]].application != s->claims[inner->items[0]].application &&
        pair_of(s, outer->items[0], inner->items[0], &both))
        report(s, rule, path, READS | WRITES, &both, &both);
}

static void
nest_levels(struct scan *s, struct tc_str path, struct level *outer, struct level *inner)
{
    for (int k = TC_CLAIM_ROOT; k <= TC_CLAIM_TEMPLATES; k++)
        for (int l = outer == inner ? k : TC_CLAIM_ROOT; l <= TC_CLAIM_TEMPLATES; l++) {
            enum tc_rule_id rule = nesting_rule(k, l);

            if (outer != inner || k != l || rule == TC_RULE_NESTED_ROOT) /* hosting.c looks at equal caches */
                nest(s, rule, path, &outer->homes[k], &inner->homes[l]);
        }
}

/* ---- declared shares ---- */

struct wide {
    struct scan *scan;
    uint32_t claim;
    const struct share *share;
    unsigned more;
};

static struct tc_party
wide_party(void *state, uint32_t index, bool is_to)
{
    const struct wide *wide = state;
    struct tc_isolator *run = wide->scan->run;
    const struct tc_claim *claim = &wide->scan->claims[wide->claim];

    if (!is_to)
        return party_of(run, claim, wide->more);
    return (struct tc_party){.application = run->model->applications[index],
                             .span = wide->share->share->span,
                             .may = takes_part(wide->share, claim->application) ? TC_STR("shares it for less")
                                                                                : TC_STR("shares it with others")};
}

/* Claims at and below shares: no wider than one of them says, and by nobody else. @a shares: all that lie above, the
 * nearest last. */
static void
hold_to_shares(struct scan *s, const struct list *shares, const struct list *users)
{
    const struct share_path *nearest = &s->shares[shares->items[shares->count - 1]];

    for (size_t i = 0; i < users->count; i++) {
        const struct tc_claim *claim = &s->claims[users->items[i]];
        struct wide wide = {s, users->items[i], nearest->share, claim->may & (READS | WRITES)};
        struct tc_way way = {
            .rule = TC_RULE_WIDE_SHARE,
            .verdict = TC_NOT_ISOLATED,
            .resource = nearest->path,
            .froms = tc_isolation_alone(s->run, claim->application),
            .from_count = 1,
            .tos = nearest->share->members,
            .to_count = nearest->share->share->application_count,
            .party = wide_party,
            .state = &wide,
        };

        for (size_t k = 0; k < shares->count; k++) {
            const struct share *share = s->shares[shares->items[k]].share;

            if (takes_part(share, claim->application))
                wide.more &= ~share->share->fields;
        }
        if (is_sure(claim, wide.more)) {
            wide.more &= ~(unsigned)claim->possible;
        } else {
            way.verdict = TC_UNKNOWN_ISOLATION;
            way.because = tc_isolation_perhaps();
        }
        if (wide.more != 0 && way.froms != NULL)
            tc_isolation_add(s->run, &way);
    }
}

/* A share is used once two of its applications may reach what it names. */
static void
note_use(struct scan *s, struct share *share, const struct list *claims)
{
    for (size_t i = 0; i < claims->count && !s->run->shares_used[share->index]; i++) {
        uint32_t app = s->claims[claims->items[i]].application;

        if (!takes_part(share, app))
            continue;
        s->run->shares_used[share->index] = share->user != UINT32_MAX && share->user != app;
        share->user = app;
    }
}

/* ---- the pass ---- */

/* A share that is a whole drive, or the Windows directory: others lie in it. */
static bool
is_administrative(struct tc_str share)
{
    return (share.len == 2 && share.ptr[1] == '$') || tc_str_eq_nocase(share, TC_STR("ADMIN$"));
}

static bool
is_whole_drive(const struct tc_claim *claim)
{
    struct tc_str path = claim->path;

    while (tc_str_ends(path, TC_STR("\\")))
        path.len--;
    return claim->path.len == 0 || tc_path_is_drive(claim->path) ||
           (tc_path_is_share(path) &&
            is_administrative(tc_str_sub(path, tc_str_find(path, TC_STR("\\"), 2) + 1, SIZE_MAX)));
}

/* What one application says of one path under several names of it is one claim: the first. */
static void
join_names(struct scan *s, const struct tc_path_node *node)
{
    struct tc_claim *first = NULL;

    for (size_t i = 0; i < node->count; i++) {
        struct tc_claim *claim = &s->claims[node->keys[i].item];

        if (node->keys[i].item >= s->claim_count || claim->kind != TC_CLAIM_GRANT)
            continue;
        if (first == NULL || first->application != claim->application) {
            first = claim;
            continue;
        }
        first->possible =
            (uint8_t)((first->possible & ~(claim->may & ~claim->possible)) | (claim->possible & ~first->may));
        first->may |= claim->may;
        claim->may = 0;
    }
}

/* One more who has to do with a path. A share has to do with all that lies in it. */
static uint32_t
joined(uint32_t only, uint32_t application)
{
    return only == NOBODY || only == application ? application : MANY;
}

/* Claims lie in the order of the source, paths are visited in theirs: the memory is asked for some paths ahead. */
static void
fetch(const struct scan *s, const struct tc_path_key *key)
{
    enum { AHEAD = 8 };

    if (s->keys_end - key > AHEAD && key[AHEAD].item < s->claim_count)
        __builtin_prefetch(&s->claims[key[AHEAD].item]);
}

static void
fill_level(struct scan *s, struct level *level, const struct tc_path_node *node)
{
    level->only = node->depth == 0 ? NOBODY : s->levels[node->depth - 1].only;
    clear(&level->writers);
    clear(&level->readers);
    clear(&level->users);
    clear(&level->owners);
    clear(&level->shares);
    for (int k = 0; k <= TC_CLAIM_TEMPLATES; k++)
        clear(&level->homes[k]);
    join_names(s, node);
    for (size_t i = 0; i < node->count; i++) {
        uint32_t item = node->keys[i].item;
        const struct tc_claim *claim = &s->claims[item];

        fetch(s, &node->keys[i]);
        if (item >= s->claim_count) {
            push(s, &level->shares, (uint32_t)(item - s->claim_count));
            level->only = MANY;
            continue;
        }
        level->only = joined(level->only, claim->application);
        if (claim->kind != TC_CLAIM_GRANT) {
            push_claim(s, &level->owners, item);
            push_claim(s, &level->homes[claim->kind], item);
            continue;
        }
        if (claim->may & (READS | WRITES))
            push_claim(s, &level->users, item);
        if (claim->may & WRITES)
            push_claim(s, &level->writers, item);
        if ((claim->may & READS) && !is_sure(claim, WRITES))
            push_claim(s, &level->readers, item);
    }
}

static struct level *
level_at(struct scan *s, size_t depth)
{
    if (depth >= s->level_count) {
        size_t count = depth + 16;
        struct level *levels = realloc(s->levels, count * sizeof *levels);

        if (levels == NULL) {
            s->run->failed = true;
            return NULL;
        }
        memset(levels + s->level_count, 0, (count - s->level_count) * sizeof *levels);
        s->levels = levels;
        s->level_count = count;
    }
    return &s->levels[depth];
}

/* The shares that cover a path: of it and of what lies above. */
static bool
shares_above(struct scan *s, size_t depth, struct list *ret)
{
    *ret = (struct list){0};
    for (size_t d = 0; d <= depth; d++)
        for (size_t i = 0; i < s->levels[d].shares.count; i++)
            push(s, ret, s->levels[d].shares.items[i]);
    return !s->run->failed;
}

static void
visit(void *state, struct tc_path_node *node)
{
    struct scan *s = state;
    struct level *here = level_at(s, node->depth);
    struct tc_str path = {node->keys[0].text, node->keys[0].len};
    struct list shares;

    if (here == NULL)
        return;
    fill_level(s, here, node);
    if (here->only != MANY)
        return;
    if (node->keys[0].item < s->claim_count)
        path = s->claims[node->keys[0].item].path; /* as written */
    if (!shares_above(s, node->depth, &shares)) {
        free(shares.items);
        return;
    }
    for (size_t d = 0; d <= node->depth; d++) {
        struct level *above = &s->levels[d];
        bool same = above == here;

        nest_levels(s, path, above, here);
        meet(s, TC_RULE_FILE_OVERLAP, path, WRITES, &above->writers, &here->owners, &shares, 0);
        meet(s, TC_RULE_FILE_READ, path, READS, &above->readers, &here->owners, &shares, 0);
        meet(s, TC_RULE_FILE_OVERLAP, path, WRITES, &above->writers, &here->users, &shares, 0);
        if (same)
            continue;
        meet(s, TC_RULE_FILE_OVERLAP, path, WRITES, &here->writers, &above->owners, &shares, 0);
        meet(s, TC_RULE_FILE_READ, path, READS, &here->readers, &above->owners, &shares, 0);
        meet(s, TC_RULE_FILE_OVERLAP, path, WRITES, &here->writers, &above->users, &shares, 0);
    }
    if (shares.count > 0)
        hold_to_shares(s, &shares, &here->users);
    for (size_t i = 0; i < shares.count; i++) {
        const struct share_path *share = &s->shares[shares.items[i]];

        note_use(s, share->share, &here->users);
        note_use(s, share->share, &here->owners);
    }
    for (size_t i = 0; i < here->shares.count; i++)
        for (size_t d = 0; d < node->depth; d++) {
            note_use(s, s->shares[here->shares.items[i]].share, &s->levels[d].users);
            note_use(s, s->shares[here->shares.items[i]].share, &s->levels[d].owners);
        }
    free(shares.items);
}

/* ---- names of one directory ---- */

/* Whether an application is reached at @a host. */
static bool
is_host_of_site(struct tc_isolator *run, struct tc_str host)
{
    if (run->hosts.arena == NULL) {
        tc_map_init(&run->hosts, run->arena);
        for (size_t i = 0; i < run->model->application_count; i++) {
            struct tc_samples samples;

            tc_samples_make(run->arena, run->model->applications[i]->origin.text, &samples);
            for (size_t k = 0; k < samples.count; k++)
                tc_map_add(&run->hosts, samples.items[k].host, &samples.items[k]);
        }
    }
    return tc_map_get(&run->hosts, tc_str_fold(run->arena, host)) != NULL;
}

enum tc_naming
tc_isolation_settle(struct tc_isolator *run, struct tc_str *path)
{
    struct tc_str host, rest;
    size_t end;

    for (size_t i = 0; i + 1 < path->len; i++)
        if (path->ptr[i] == '~' && path->ptr[i + 1] >= '0' && path->ptr[i + 1] <= '9')
            return TC_NAMED_SHORT;
    if (!tc_str_starts(*path, TC_STR("\\\\")))
        return TC_NAMED_SURELY;
    end = tc_str_find(*path, TC_STR("\\"), 2);
    host = tc_str_sub(*path, 2, end == SIZE_MAX ? SIZE_MAX : end - 2);
    if (tc_may_be_own_host(run->model, host))
        return TC_NAMED_BY_DOMAIN;
    if (!tc_is_own_host(run->model, host))
        return is_host_of_site(run, host) ? TC_NAMED_BY_SITE : TC_NAMED_SURELY;
    rest = end == SIZE_MAX ? TC_STR("") : tc_str_sub(*path, end + 1, SIZE_MAX);
    if (rest.len >= 2 && (rest.ptr[1] == '$' || rest.ptr[1] == ':') && (rest.len == 2 || rest.ptr[2] == '\\')) {
        *path = tc_arena_printf(run->arena, "%c:%.*s", rest.ptr[0],
                                TC_STR_ARG(rest.len == 2 ? TC_STR("\\") : tc_str_sub(rest, 2, SIZE_MAX)));
        return TC_NAMED_SURELY;
    }
    return TC_NAMED_BY_SHARE;
}

static bool
has_domain(struct tc_str host)
{
    return tc_str_has(host, '.');
}

/* The host and the share of a UNC path; the label is what the host is called in its domain. */
static bool
remote_of(struct tc_isolator *run, struct tc_str path, struct tc_str *ret_label, struct remote *ret_remote)
{
    struct tc_str parts;
    size_t end, label = 0;

    if (!tc_str_starts(path, TC_STR("\\\\")))
        return false;
    end = tc_str_find(path, TC_STR("\\"), 2);
    if (end == SIZE_MAX)
        return false;
    parts = tc_str_sub(path, end + 1, SIZE_MAX);
    ret_remote->host = tc_str_sub(path, 2, end - 2);
    ret_remote->share = tc_str_sub(parts, 0, tc_str_find(parts, TC_STR("\\"), 0));
    while (label < ret_remote->host.len && ret_remote->host.ptr[label] != '.' && ret_remote->host.ptr[label] != '@')
        label++;
    *ret_label = tc_str_fold(run->arena, tc_str_sub(ret_remote->host, 0, label));
    return true;
}

/* Note which names the paths have for other machines and their shares. */
static void
note_remote(struct scan *s, const struct tc_claim *claim)
{
    struct remote here = {.only = claim->application}, *first;
    struct tc_str label;

    if (!remote_of(s->run, claim->path, &label, &here))
        return;
    first = tc_map_get(&s->remotes, label);
    if (first == NULL) {
        first = tc_arena_new(s->run->arena, struct remote);
        if (first == NULL)
            return;
        *first = here;
        tc_map_add(&s->remotes, label, first);
    }
    first->only = joined(first->only, claim->application);
    first->counts |= claim->kind != TC_CLAIM_GRANT || (claim->may & WRITES) != 0;
    first->has_names |=
        !tc_str_eq_nocase(first->host, here.host) && (!has_domain(first->host) || !has_domain(here.host));
    first->has_names |= is_administrative(first->share) != is_administrative(here.share);
}

/* Whether another path may name the same directory, by another name of its host or by another share. */
static bool
has_other_names(struct scan *s, struct tc_str path)
{
    struct remote here;
    struct tc_str label;
    const struct remote *first = remote_of(s->run, path, &label, &here) ? tc_map_get(&s->remotes, label) : NULL;

    return first != NULL && first->has_names && first->counts && first->only == MANY;
}

/* ---- single claims ---- */

struct single {
    struct tc_isolator *run;
    const struct tc_claim *claim;
};

static struct tc_party
single_party(void *state, uint32_t index, bool is_to)
{
    const struct single *single = state;

    (void)index;
    (void)is_to;
    return party_of(single->run, single->claim, READS | WRITES);
}

static void
report_single(struct tc_isolator *run, const struct tc_claim *claim, enum tc_rule_id rule, enum tc_verdict verdict,
              struct tc_str because)
{
    struct single single = {run, claim};
    struct tc_way way = {
        .rule = rule,
        .verdict = verdict,
        .resource = claim->path,
        .because = because,
        .froms = tc_isolation_alone(run, claim->application),
        .from_count = 1,
        .party = single_party,
        .state = &single,
    };

    if (way.froms != NULL)
        tc_isolation_add(run, &way);
}

/* Whether the path lies in the Windows directory: that of the source may be on another drive or have another name than
 * places.def says. */
static bool
in_windows(const struct tc_model *model, struct tc_str path)
{
    struct tc_str windows = model->windows.text.len > 0 ? model->windows.text : TC_STR("C:\\Windows");

    return tc_path_covers(windows, path) || tc_path_covers(path, windows);
}

/* The rule that the path breaks by itself when one may do @a may there. */
static enum tc_rule_id
rule_alone(const struct tc_model *model, const struct tc_claim *claim, unsigned may)
{
    enum tc_place_relation relation;

    if ((may & (READS | WRITES)) == 0)
        return TC_RULE_COUNT_;
    if (is_whole_drive(claim))
        return TC_RULE_DRIVE_ROOT;
    if (in_windows(model, claim->path) || tc_place_find(claim->path, (may & WRITES) != 0, &relation))
        return TC_RULE_SYSTEM_DIRECTORY;
    return TC_RULE_COUNT_;
}

static void
judge_alone(struct tc_isolator *run, const struct tc_claim *claim)
{
    enum tc_rule_id rule;

    if (claim->kind != TC_CLAIM_GRANT || claim->is_own ||
        tc_reach_is_full(&run->isolation->reaches[claim->application])) /* which is a finding of its own */
        return;
    rule = rule_alone(run->model, claim, claim->may & ~(unsigned)claim->possible);
    if (rule != TC_RULE_COUNT_) {
        report_single(run, claim, rule, TC_NOT_ISOLATED, TC_STR(""));
        return;
    }
    rule = claim->possible == 0 ? TC_RULE_COUNT_ : rule_alone(run->model, claim, claim->may);
    if (rule != TC_RULE_COUNT_)
        report_single(run, claim, rule, TC_UNKNOWN_ISOLATION, tc_isolation_perhaps());
}

/* ---- keys ---- */

static struct share *
make_share(struct scan *s, const struct tc_share *declared, size_t index)
{
    struct share *share = tc_arena_new(s->run->arena, struct share);

    if (share == NULL)
        return NULL;
    *share = (struct share){declared, index, tc_arena_array(s->run->arena, uint32_t, declared->application_count),
                            UINT32_MAX};
    if (share->members == NULL)
        return NULL;
    for (size_t i = 0; i < declared->application_count; i++)
        share->members[i] = declared->applications[i]->index;
    qsort(share->members, declared->application_count, sizeof *share->members, compare_numbers);
    return share;
}

static bool
collect_shares(struct scan *s)
{
    size_t count = 0, index = 0;

    for (const struct tc_share *share = s->run->model->shares; share != NULL; share = share->next)
        count += share->paths.count;
    s->shares = tc_arena_array(s->run->arena, struct share_path, count);
    if (s->shares == NULL)
        return false;
    for (const struct tc_share *declared = s->run->model->shares; declared != NULL; declared = declared->next) {
        struct share *share = make_share(s, declared, index++);

        if (share == NULL)
            return false;
        for (uint32_t i = 0; i < declared->paths.count; i++) {
            struct tc_str path = declared->paths.items[i].text;
            struct tc_throw ignored;

            if (tc_path_canonical(s->run->arena, path, &path, &ignored) == TC_YES &&
                tc_isolation_settle(s->run, &path) == TC_NAMED_SURELY)
                s->shares[s->share_count++] = (struct share_path){share, path};
        }
    }
    return true;
}

static const char *const why_unknown[] = {
    [TC_NAMED_BY_SHARE] = "only the server knows which directory its share stands for",
    [TC_NAMED_BY_DOMAIN] = "the host has the server's name, in a domain that the source does not name",
    [TC_NAMED_BY_SITE] = "an application of this server is reached at that host",
    [TC_NAMED_SHORT] = "only the server knows which directory a short name (8.3) stands for",
    [TC_NAMED_TWICE] = "other paths here may name the same directory, by another name of the host or another share",
};

/* Keys of what may meet: not of the application's own rights in its own directories, for which its ownership stands,
 * and not of whole drives, which have been reported. */
static size_t
collect_keys(struct scan *s, struct tc_claims *claims, struct tc_path_key *keys)
{
    size_t count = 0;
    struct tc_str root = {0}; /* of the application whose claims these are: it comes first among them */

    tc_map_init(&s->remotes, s->run->arena);
    for (size_t i = 0; i < claims->count; i++)
        note_remote(s, &claims->items[i]);
    for (size_t i = 0; i < claims->count; i++) {
        struct tc_claim *claim = &claims->items[i];
        enum tc_naming naming = tc_isolation_settle(s->run, &claim->path);

        if (i == 0 || claims->items[i - 1].application != claim->application)
            root = TC_STR("");
        if (claim->kind == TC_CLAIM_ROOT)
            root = claim->path;
        claim->is_own |= tc_path_covers(root, claim->path);

        judge_alone(s->run, claim);
        if (claim->kind == TC_CLAIM_GRANT && (claim->is_own || (claim->may & (READS | WRITES)) == 0))
            continue;
        if (naming == TC_NAMED_SURELY && has_other_names(s, claim->path))
            report_single(s->run, claim, TC_RULE_FILE_OVERLAP, TC_UNKNOWN_ISOLATION,
                          tc_str_of(why_unknown[TC_NAMED_TWICE]));
        if (naming != TC_NAMED_SURELY)
            report_single(s->run, claim, TC_RULE_FILE_OVERLAP, TC_UNKNOWN_ISOLATION, tc_str_of(why_unknown[naming]));
        else if (claim->kind != TC_CLAIM_GRANT || !is_whole_drive(claim))
            keys[count++] = tc_path_key_of(s->run->arena, claim->path, i);
    }
    for (size_t i = 0; i < s->share_count; i++)
        keys[count++] = tc_path_key_of(s->run->arena, s->shares[i].path, claims->count + i);
    return count;
}

static void
free_levels(struct scan *s)
{
    for (size_t d = 0; d < s->level_count; d++) {
        free(s->levels[d].writers.items);
        free(s->levels[d].readers.items);
        free(s->levels[d].users.items);
        free(s->levels[d].owners.items);
        for (int k = 0; k <= TC_CLAIM_TEMPLATES; k++)
            free(s->levels[d].homes[k].items);
        free(s->levels[d].shares.items);
    }
    free(s->levels);
}

void
tc_isolate_files(struct tc_isolator *run)
{
    struct tc_claims *claims = run->isolation->claims;
    struct scan scan = {.run = run};
    struct tc_path_key *keys;
    size_t count;

    if (!collect_shares(&scan))
        return;
    keys = malloc((claims->count + scan.share_count + 1) * sizeof *keys);
    if (keys == NULL) {
        run->failed = true;
        return;
    }
    count = collect_keys(&scan, claims, keys);
    scan.claims = claims->items;
    scan.claim_count = claims->count;
    scan.keys_end = keys + count;
    tc_paths_sort(keys, count);
    run->failed |= !tc_paths_scan(keys, count, visit, &scan);
    free_levels(&scan);
    free(keys);
}
