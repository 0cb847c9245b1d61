/* Collecting findings, taking what is accepted, and answering for pairs. */
#include "base/map.h"
#include "isolate/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

const char *
tc_verdict_name(enum tc_verdict verdict)
{
    static const char *const names[TC_VERDICT_COUNT_] = {"isolated", "unknown", "not isolated"};

    return names[verdict];
}

const char *
tc_layer_name(enum tc_layer layer)
{
    static const char *const names[TC_LAYER_COUNT_] = {"code access security", "accounts and NTFS", "both"};

    return names[layer];
}

static const struct {
    enum tc_layer layer;
    const char *sentence;
} premises[] = {
#define TC_PREMISE(id, layer, sentence, source) {TC_LAYER_##layer, sentence},
#include "data/premises.def"
};

size_t
tc_isolation_premises(enum tc_layer layer, const char **ret_list)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof premises / sizeof *premises; i++)
        if (layer == TC_LAYER_BOTH || premises[i].layer == layer)
            ret_list[count++] = premises[i].sentence;
    return count;
}

/* ---- what is accepted ---- */

struct tc_acceptance {
    uint32_t application; /* the number of applications for the server's */
    enum tc_rule_id rule;
    const struct tc_accept *accept;
    bool used;
};

static int
compare_acceptances(const void *a, const void *b)
{
    const struct tc_acceptance *x = a, *y = b;

    if (x->application != y->application)
        return x->application < y->application ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static void
add_acceptances(struct tc_isolator *run, uint32_t application, const struct tc_accept *accept)
{
    for (; accept != NULL; accept = accept->next)
        run->accepted[run->accepted_count++] =
            (struct tc_acceptance){application, tc_rule_find(accept->rule), accept, false};
}

static bool
collect_acceptances(struct tc_isolator *run)
{
    const struct tc_model *model = run->model;
    size_t count = 0;

    for (const struct tc_accept *accept = model->accepts; accept != NULL; accept = accept->next)
        count++;
    for (size_t i = 0; i < model->application_count; i++)
        for (const struct tc_accept *accept = model->applications[i]->accepts; accept != NULL; accept = accept->next)
            count++;
    run->accepted = tc_arena_array(run->arena, struct tc_acceptance, count);
    if (run->accepted == NULL)
        return false;
    for (size_t i = 0; i < model->application_count; i++)
        add_acceptances(run, (uint32_t)i, model->applications[i]->accepts);
    add_acceptances(run, (uint32_t)model->application_count, model->accepts);
    qsort(run->accepted, run->accepted_count, sizeof *run->accepted, compare_acceptances);
    return true;
}

/* The acceptance of a rule in the block of an application, or of the server; NULL when there is none. */
static struct tc_acceptance *
acceptance_in(struct tc_isolator *run, uint32_t application, enum tc_rule_id rule)
{
    struct tc_acceptance wanted = {.application = application, .rule = rule};

    return bsearch(&wanted, run->accepted, run->accepted_count, sizeof wanted, compare_acceptances);
}

static bool
accepts(struct tc_isolator *run, uint32_t application, enum tc_rule_id rule)
{
    struct tc_acceptance *own = acceptance_in(run, application, rule);

    if (own != NULL)
        own->used = true;
    return own != NULL;
}

/* ---- reporting ---- */

const uint32_t *
tc_isolation_alone(struct tc_isolator *run, uint32_t index)
{
    return &run->everyone[index];
}

/* The first of a list that has not accepted the rule, and is not @a other; UINT32_MAX: none. Marks what is used. */
static uint32_t
first_without(struct tc_isolator *run, enum tc_rule_id rule, const uint32_t *list, size_t count, uint32_t other)
{
    uint32_t first = UINT32_MAX;

    for (size_t i = 0; i < count; i++)
        if (!accepts(run, list[i], rule) && first == UINT32_MAX && list[i] != other)
            first = list[i];
    return first;
}

struct witness {
    uint32_t from, to;
    const struct tc_accept *accept; /* NULL: nobody has accepted this pair */
};

/* Some pair, preferably one that nobody accepts. A pair is accepted once either of the two accepts it. */
static struct witness
find_witness(struct tc_isolator *run, const struct tc_way *way, bool alone)
{
    struct tc_acceptance *server = acceptance_in(run, (uint32_t)run->model->application_count, way->rule);
    uint32_t from = first_without(run, way->rule, way->froms, way->from_count, UINT32_MAX);
    uint32_t to = alone ? 0 : first_without(run, way->rule, way->tos, way->to_count, UINT32_MAX);

    if (!alone && from == to && from != UINT32_MAX) {
        uint32_t other = first_without(run, way->rule, way->tos, way->to_count, from);

        if (other == UINT32_MAX) {
            other = first_without(run, way->rule, way->froms, way->from_count, to);
            from = other;
        } else {
            to = other;
        }
    }
    if (server != NULL)
        server->used = true;
    if (server == NULL && from != UINT32_MAX && to != UINT32_MAX)
        return (struct witness){from, alone ? UINT32_MAX : to, NULL};
    /* all is accepted: the first pair there is, and whose acceptance it is */
    from = way->froms[0];
    to = alone ? UINT32_MAX : way->tos[0] != from || way->to_count == 1 ? way->tos[0] : way->tos[1];
    if (to == from)
        from = way->froms[1];
    if (server == NULL)
        server = acceptance_in(run, from, way->rule);
    if (server == NULL && !alone)
        server = acceptance_in(run, to, way->rule);
    return (struct witness){from, to, server == NULL ? NULL : server->accept};
}

/* The part of each of @a list; NULL when nobody asks for it. */
static const struct tc_party *
parties_of(struct tc_isolator *run, const struct tc_way *way, const uint32_t *list, size_t count, bool is_to)
{
    struct tc_party *parties = run->is_full ? tc_arena_array(run->arena, struct tc_party, count) : NULL;

    for (size_t i = 0; parties != NULL && i < count; i++)
        parties[i] = way->party(way->state, list[i], is_to);
    return parties;
}

void
tc_isolation_add(struct tc_isolator *run, const struct tc_way *way)
{
    bool alone = way->tos == NULL;
    struct tc_isolation_finding *finding;
    struct witness witness;

    if (way->from_count == 0 || (!alone && way->to_count == 0) ||
        (!alone && way->from_count == 1 && way->to_count == 1 && way->froms[0] == way->tos[0]))
        return;
    finding = tc_arena_new(run->arena, struct tc_isolation_finding);
    if (finding == NULL)
        return;
    witness = find_witness(run, way, alone);
    *finding = (struct tc_isolation_finding){
        .rule = way->rule,
        .verdict = way->verdict,
        .resource = way->resource,
        .because = way->because,
        .from = way->party(way->state, witness.from, false),
        .froms = way->froms,
        .from_count = way->from_count,
        .tos = alone ? run->everyone : way->tos,
        .to_count = alone ? run->model->application_count : way->to_count,
        .accept = witness.accept,
        .reason = way->reason,
    };
    finding->from_parties = parties_of(run, way, way->froms, way->from_count, false);
    if (!alone) {
        finding->to = way->party(way->state, witness.to, true);
        finding->to_parties = parties_of(run, way, way->tos, way->to_count, true);
    }
    *run->tail = finding;
    run->tail = &finding->next;
    run->isolation->finding_count++;
}

/* ---- order ---- */

static int
compare_findings(const void *a, const void *b)
{
    const struct tc_isolation_finding *const *x = a, *const *y = b;
    const struct tc_isolation_finding *f = *x, *g = *y;

    if (f->rule != g->rule)
        return f->rule < g->rule ? -1 : 1;
    if (f->verdict != g->verdict)
        return f->verdict > g->verdict ? -1 : 1;
    if (f->from.span.begin != g->from.span.begin)
        return f->from.span.begin < g->from.span.begin ? -1 : 1;
    if (f->from.application->index != g->from.application->index)
        return f->from.application->index < g->from.application->index ? -1 : 1;
    if (f->to.span.begin != g->to.span.begin)
        return f->to.span.begin < g->to.span.begin ? -1 : 1;
    return tc_str_cmp(f->resource, g->resource);
}

/* Two findings that say the same of one pair: what differs is only which of several grants or paths shows it. */
static bool
is_repeated(const struct tc_isolation_finding *f, const struct tc_isolation_finding *g)
{
    return f->rule == g->rule && f->verdict == g->verdict && f->from_count == 1 && g->from_count == 1 &&
           f->to_count == g->to_count && f->froms[0] == g->froms[0] && f->to.application == g->to.application &&
           f->from.span.begin == g->from.span.begin && f->to.span.begin == g->to.span.begin && f->accept == g->accept &&
           f->reason.len == g->reason.len;
}

static void
sort_findings(struct tc_isolator *run)
{
    struct tc_isolation *isolation = run->isolation;
    size_t count = 0, kept = 0;
    struct tc_isolation_finding **list, **tail = &isolation->findings;

    list = malloc((isolation->finding_count + 1) * sizeof(struct tc_isolation_finding *));
    if (list == NULL) {
        run->failed = true;
        return;
    }
    for (struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        list[count++] = finding;
    qsort(list, count, sizeof *list, compare_findings);
    for (size_t i = 0; i < count; i++) {
        bool accepted = list[i]->accept != NULL || list[i]->reason.len > 0;

        if (i > 0 && is_repeated(list[i - 1], list[i]))
            continue;
        *tail = list[i];
        tail = &list[i]->next;
        kept++;
        if (accepted)
            continue;
        if (list[i]->verdict == TC_UNKNOWN_ISOLATION)
            isolation->unknowns++;
        else if (tc_rule_info(list[i]->rule)->code.severity == TC_SEVERITY_ERROR)
            isolation->violations++;
    }
    *tail = NULL;
    isolation->finding_count = kept;
    free(list);
}

/* ---- whose code may leave the sandbox ---- */

static bool
opens_the_sandbox(enum tc_rule_id rule)
{
    switch (rule) {
    case TC_RULE_FULL_TRUST:
    case TC_RULE_ESCAPE:
    case TC_RULE_REFLECTION:
    case TC_RULE_SHARED_CODE_GROUP:
    case TC_RULE_WRITABLE_CODE_GROUP:
    case TC_RULE_TRUSTED_SITE:
    case TC_RULE_UNLOCKED_LEVEL:
        return true;
    default:
        return false;
    }
}

static bool
note_escapes(struct tc_isolator *run)
{
    uint8_t *escapes = tc_arena_array(run->arena, uint8_t, run->model->application_count);

    if (escapes == NULL)
        return false;
    for (const struct tc_isolation_finding *finding = run->isolation->findings; finding != NULL;
         finding = finding->next)
        for (size_t i = 0; opens_the_sandbox(finding->rule) && i < finding->from_count; i++) {
            uint32_t from = finding->froms[i];
            bool is_its_own = finding->to.application != NULL && finding->to_count == 1 && finding->tos[0] == from;

            if (!is_its_own && escapes[from] < finding->verdict)
                escapes[from] = (uint8_t)finding->verdict;
        }
    run->isolation->escapes = escapes;
    return true;
}

/* ---- the run ---- */

static enum tc_status
collect_reaches(struct tc_isolator *run)
{
    size_t count = run->model->application_count;
    struct tc_reach *reaches = tc_arena_array(run->arena, struct tc_reach, count);
    struct tc_reacher reacher;

    if (reaches == NULL)
        return TC_ERR_NOMEM;
    tc_reacher_init(&reacher, run->arena, run->model);
    for (size_t i = 0; i < count; i++) {
        enum tc_status status = tc_reach_of(&reacher, run->model->applications[i], &reaches[i]);

        if (status == TC_OK)
            status = tc_reach_claims(run->arena, &reaches[i], i, run->isolation->claims);
        if (status != TC_OK)
            return status;
    }
    run->isolation->reaches = reaches;
    tc_claims_close(run->isolation->claims);
    return run->isolation->claims->failed ? TC_ERR_NOMEM : TC_OK;
}

/* What nobody needed, and shares that nobody uses. */
static void
collect_unused(struct tc_isolator *run)
{
    const struct tc_accept **accepts_left = tc_arena_array(run->arena, const struct tc_accept *, run->accepted_count);
    const struct tc_share **shares_left;
    size_t shares = 0, i = 0;

    for (const struct tc_share *share = run->model->shares; share != NULL; share = share->next)
        shares++;
    shares_left = tc_arena_array(run->arena, const struct tc_share *, shares);
    if (accepts_left == NULL || shares_left == NULL)
        return;
    for (size_t a = 0; a < run->accepted_count; a++)
        if (!run->accepted[a].used)
            accepts_left[run->isolation->unused_accept_count++] = run->accepted[a].accept;
    for (const struct tc_share *share = run->model->shares; share != NULL; share = share->next)
        if (!run->shares_used[i++])
            shares_left[run->isolation->unused_share_count++] = share;
    run->isolation->unused_accepts = accepts_left;
    run->isolation->unused_shares = shares_left;
}

static bool
begin(struct tc_isolator *run)
{
    const struct tc_model *model = run->model;
    size_t shares = 0;

    run->isolation = tc_arena_new(run->arena, struct tc_isolation);
    run->everyone = tc_arena_array(run->arena, uint32_t, model->application_count);
    for (const struct tc_share *share = model->shares; share != NULL; share = share->next)
        shares++;
    run->shares_used = tc_arena_array(run->arena, bool, shares);
    if (run->isolation == NULL || run->everyone == NULL || run->shares_used == NULL || !collect_acceptances(run))
        return false;
    for (size_t i = 0; i < model->application_count; i++)
        run->everyone[i] = (uint32_t)i;
    run->isolation->model = model;
    run->isolation->claims = tc_arena_new(run->arena, struct tc_claims);
    if (run->isolation->claims == NULL)
        return false;
    tc_claims_init(run->isolation->claims);
    run->tail = &run->isolation->findings;
    return true;
}

static enum tc_status
isolate(struct tc_isolator *run, struct tc_isolation **ret)
{
    enum tc_status status;

    if (!begin(run))
        return TC_ERR_NOMEM;
    run->isolation->installed = run->installed;
    status = collect_reaches(run);
    if (status == TC_OK) {
        tc_isolate_files(run); /* settles which paths the claims are about */
        tc_isolate_locations(run);
        tc_isolate_groups(run);
        tc_isolate_grants(run);
        tc_isolate_hosting(run);
        sort_findings(run);
        collect_unused(run);
        if (!note_escapes(run) || run->failed || run->arena->failed)
            status = TC_ERR_NOMEM;
    }
    if (status != TC_OK) {
        tc_isolation_done(run->isolation);
        return status;
    }
    *ret = run->isolation;
    return TC_OK;
}

enum tc_status
tc_isolate(struct tc_arena *arena, const struct tc_model *model, struct tc_isolation **ret)
{
    return isolate(&(struct tc_isolator){.arena = arena, .model = model}, ret);
}

enum tc_status
tc_isolate_installed(struct tc_arena *arena, const struct tc_model *model, const struct tc_installed *installed,
                     struct tc_isolation **ret)
{
    return isolate(&(struct tc_isolator){.arena = arena, .model = model, .installed = installed}, ret);
}

enum tc_status
tc_isolate_in_full(struct tc_arena *arena, const struct tc_model *model, const struct tc_installed *installed,
                   struct tc_isolation **ret)
{
    return isolate(&(struct tc_isolator){.arena = arena, .model = model, .installed = installed, .is_full = true}, ret);
}

void
tc_isolation_done(struct tc_isolation *isolation)
{
    if (isolation != NULL)
        tc_claims_done(isolation->claims);
}

/* ---- pairs ---- */

enum tc_verdict
tc_isolation_other_layer(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding, size_t from,
                         size_t to)
{
    switch (tc_rule_info(finding->rule)->other) {
    case TC_OTHER_IDENTITY:
        return tc_accounts_apart(isolation, from, to);
    case TC_OTHER_PROCESS:
        return tc_processes_apart(isolation, from, to);
    case TC_OTHER_CONFINED:
        return (enum tc_verdict)isolation->escapes[from];
    case TC_OTHER_PLAN:
    case TC_OTHER_NONE:
        break;
    }
    return TC_NOT_ISOLATED;
}

bool
tc_isolation_is_taken(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding, size_t from,
                      size_t to)
{
    const struct tc_model *model = isolation->model;
    struct tc_str slug = tc_str_of(tc_rule_info(finding->rule)->code.slug);
    const struct tc_accept *lists[] = {model->accepts, model->applications[from]->accepts,
                                       finding->to.application == NULL ? NULL : model->applications[to]->accepts};

    if (finding->accept != NULL || finding->reason.len > 0)
        return true;
    for (int i = 0; i < 3; i++)
        for (const struct tc_accept *accept = lists[i]; accept != NULL; accept = accept->next)
            if (tc_str_eq(accept->rule, slug))
                return true;
    return false;
}

static void
worsen(struct tc_pair_verdict *pair, enum tc_layer layer, enum tc_verdict verdict,
       const struct tc_isolation_finding *finding)
{
    if (verdict > pair->layers[layer]) {
        pair->layers[layer] = verdict;
        pair->why[layer] = finding;
    }
}

/* What @a finding, which holds for the pair, does to its verdict. A way is as open as the layer lets it that closes it
 * best. */
void
tc_isolation_apply(const struct tc_isolation *isolation, const struct tc_isolation_finding *finding, size_t from,
                   size_t to, struct tc_pair_verdict *pair)
{
    enum tc_layer own = tc_rule_info(finding->rule)->layer;
    enum tc_verdict other = tc_isolation_other_layer(isolation, finding, from, to);
    enum tc_verdict both = other < finding->verdict ? other : finding->verdict;

    worsen(pair, own, finding->verdict, finding);
    worsen(pair, own == TC_LAYER_CAS ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS, other == TC_ISOLATED ? TC_ISOLATED : both,
           finding);
    worsen(pair, TC_LAYER_BOTH, both, finding);
    if (both != TC_ISOLATED && !tc_isolation_is_taken(isolation, finding, from, to))
        pair->open = true;
}

struct tc_pair_verdict
tc_isolation_begin_pair(const struct tc_isolation *isolation, size_t from, size_t to)
{
    struct tc_pair_verdict pair = {0};

    if (from != to)
        pair.layers[TC_LAYER_ACCOUNTS] = tc_accounts_apart(isolation, from, to);
    return pair;
}

static bool
holds(const uint32_t *list, size_t count, size_t index)
{
    uint32_t wanted = (uint32_t)index;
    size_t low = 0, high = count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (list[mid] == wanted)
            return true;
        if (list[mid] < wanted)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

bool
tc_isolation_concerns(const struct tc_isolation_finding *finding, size_t from, size_t to)
{
    return from != to && holds(finding->froms, finding->from_count, from) && holds(finding->tos, finding->to_count, to);
}

struct tc_pair_verdict
tc_isolation_pair(const struct tc_isolation *isolation, size_t from, size_t to)
{
    struct tc_pair_verdict pair = tc_isolation_begin_pair(isolation, from, to);

    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        if (tc_isolation_concerns(finding, from, to))
            tc_isolation_apply(isolation, finding, from, to, &pair);
    return pair;
}

struct tc_pair_verdict *
tc_isolation_matrix(struct tc_arena *arena, const struct tc_isolation *isolation)
{
    size_t n = isolation->model->application_count;
    struct tc_pair_verdict *matrix =
        n > 0 && n > SIZE_MAX / n ? NULL : tc_arena_array(arena, struct tc_pair_verdict, n * n);

    for (size_t i = 0; matrix != NULL && i < n; i++)
        for (size_t j = 0; j < n; j++)
            matrix[i * n + j] = tc_isolation_begin_pair(isolation, i, j);
    for (const struct tc_isolation_finding *finding = isolation->findings; matrix != NULL && finding != NULL;
         finding = finding->next)
        for (size_t i = 0; i < finding->from_count; i++)
            for (size_t j = 0; j < finding->to_count; j++)
                if (finding->froms[i] != finding->tos[j])
                    tc_isolation_apply(isolation, finding, finding->froms[i], finding->tos[j],
                                       &matrix[finding->froms[i] * n + finding->tos[j]]);
    return matrix;
}
