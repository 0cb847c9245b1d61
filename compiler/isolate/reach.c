#include "isolate/reach.h"

#include "model/ipaddress.h"
#include "model/path.h"
#include "verify/evidence.h"
#include "verify/grants.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- the grant ---- */

/* What the own and the generated code get from @a policy, together. TC_FAILED: the framework throws. */
static enum tc_status
own_grant(struct tc_arena *arena, const struct tc_policy *policy, const struct tc_token_values *values,
          const struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    const enum tc_code_kind kinds[] = {TC_CODE_OWN, TC_CODE_GENERATED};
    const struct tc_grant_set *sets[2];
    struct tc_expected expected;
    struct tc_grant_set *both;

    if (!tc_expected_init(&expected, arena, policy, values))
        return TC_ERR_NOMEM;
    for (int i = 0; i < 2; i++) {
        struct tc_evidence evidence = tc_evidence_of_kind(arena, kinds[i], values);

        tc_evidence_prepare(arena, &evidence); /* several groups are asked about it */
        if (tc_grant_from(&expected, &evidence, &sets[i], ret_throw) != TC_YES)
            return TC_FAILED;
        if (sets[i] == NULL)
            return TC_ERR_NOMEM;
    }
    if (tc_grants_within(arena, sets[1], sets[0])) {
        *ret_set = sets[0];
        return TC_OK;
    }
    if (tc_grant_set_unite(arena, sets[0], sets[1], &both, ret_throw) != TC_YES)
        return arena->failed ? TC_ERR_NOMEM : TC_FAILED;
    *ret_set = both;
    return TC_OK;
}

void
tc_reacher_init(struct tc_reacher *reacher, struct tc_arena *arena, const struct tc_model *model)
{
    *reacher = (struct tc_reacher){.arena = arena, .model = model};
    tc_map_init(&reacher->widest, arena);
}

struct widened {
    const struct tc_policy *policy; /* its address is the key */
    const struct tc_policy *wide;
};

static const struct tc_policy *
widest(struct tc_reacher *reacher, const struct tc_policy *policy)
{
    struct widened *known = tc_map_get(&reacher->widest, (struct tc_str){(const char *)&policy, sizeof policy});

    if (known != NULL)
        return known->wide;
    known = tc_arena_new(reacher->arena, struct widened);
    if (known == NULL)
        return NULL;
    *known = (struct widened){policy, tc_policy_widest(reacher->arena, policy)};
    tc_map_add(&reacher->widest, (struct tc_str){(const char *)&known->policy, sizeof known->policy}, known);
    return known->wide;
}

static_assert(TC_CLASS_COUNT_ <= 64, "struct tc_reach has a bit for each class");

static uint64_t
classes_of(const struct tc_grant_set *set)
{
    uint64_t classes = 0;

    for (size_t i = 0; set != NULL && !set->unrestricted && i < set->count; i++)
        if (set->grants[i].cls->assembly != TC_ASM_COUNT_)
            classes |= UINT64_C(1) << tc_class_id(set->grants[i].cls);
    return classes;
}

enum tc_status
tc_reach_of(struct tc_reacher *reacher, const struct tc_application *app, struct tc_reach *ret_reach)
{
    struct tc_arena *arena = reacher->arena;
    struct tc_reach reach = {.application = app, .values = tc_application_values(arena, reacher->model, app)};
    const struct tc_policy *wide;
    struct tc_throw thrown = {0};
    enum tc_status status;

    if (app->policy == NULL) {
        reach.sure = reach.wide = tc_grant_set_new(arena, false);
        *ret_reach = reach;
        return reach.sure == NULL ? TC_ERR_NOMEM : TC_OK;
    }
    wide = widest(reacher, app->policy);
    if (wide == NULL)
        return TC_ERR_NOMEM;
    status = own_grant(arena, app->policy, &reach.values, &reach.sure, &thrown);
    if (status == TC_OK && wide != app->policy)
        status = own_grant(arena, wide, &reach.values, &reach.wide, &thrown);
    else
        reach.wide = reach.sure;
    if (status == TC_FAILED) {
        reach.sure = reach.wide = NULL;
        reach.throws = thrown.type;
        status = TC_OK;
    }
    reach.classes = classes_of(reach.wide);
    reach.grants = reach.classes == 0 ? NULL : reach.wide->grants;
    *ret_reach = reach;
    return arena->failed ? TC_ERR_NOMEM : status;
}

bool
tc_reach_is_full(const struct tc_reach *reach)
{
    return reach->wide != NULL && reach->wide->unrestricted;
}

static const struct tc_perm *
perm_of(const struct tc_grant_set *set, enum tc_class_id id)
{
    const struct tc_grant *grant = set == NULL || set->unrestricted ? NULL : tc_grant_find(set, tc_class(id));

    return grant == NULL ? NULL : grant->perm;
}

const struct tc_perm *
tc_reach_perm(const struct tc_reach *reach, enum tc_class_id id)
{
    size_t before; /* classes of which the set has permissions; they stand in the order of the table */

    if ((reach->classes >> id & 1) == 0)
        return reach->classes == 0 ? perm_of(reach->wide, id) : NULL; /* 0: nobody has counted */
    before = (size_t)__builtin_popcountll(reach->classes & ((UINT64_C(1) << id) - 1));
    return reach->grants[before].cls == tc_class(id) ? reach->grants[before].perm : perm_of(reach->wide, id);
}

const struct tc_perm *
tc_reach_sure_perm(const struct tc_reach *reach, enum tc_class_id id)
{
    return reach->sure == reach->wide ? tc_reach_perm(reach, id) : perm_of(reach->sure, id);
}

/* ---- claims ---- */

/* The name without what only says how to reach it. */
static struct tc_str
bare_host(struct tc_str host)
{
    host = tc_str_sub(host, 0, tc_str_find(host, TC_STR("@"), 0));
    if (tc_str_starts(host, TC_STR("[")) && tc_str_ends(host, TC_STR("]")))
        host = tc_str_sub(host, 1, host.len - 2);
    if (host.len > 1 && tc_str_ends(host, TC_STR(".")))
        host.len--;
    return host;
}

static bool
is_own_ipv4(const uint8_t v4[4])
{
    return v4[0] == 127 || (v4[0] | v4[1] | v4[2] | v4[3]) == 0;
}

static bool
is_own_address(struct tc_str host)
{
    static const uint8_t loopback[16] = {[15] = 1}, any[16] = {0}, mapped[12] = {[10] = 255, [11] = 255};
    uint8_t v6[16], v4[4];

    if (host.len > 0 && tc_parse_ipv4(host, v4) == host.len)
        return is_own_ipv4(v4);
    return tc_parse_ipv6(host, v6) && (memcmp(v6, loopback, 16) == 0 || memcmp(v6, any, 16) == 0 ||
                                       (memcmp(v6, mapped, 12) == 0 && is_own_ipv4(v6 + 12)));
}

/* How an IPv6 address stands in a UNC path: with dashes, in a domain of its own. */
static bool
is_own_literal(struct tc_str host)
{
    static const char domain[] = ".ipv6-literal.net";
    char address[40];
    size_t len = host.len - strlen(domain);

    if (host.len <= strlen(domain) || len > sizeof address ||
        !tc_str_eq_nocase(tc_str_sub(host, len, SIZE_MAX), tc_str_of(domain)))
        return false;
    for (size_t i = 0; i < len; i++)
        address[i] = host.ptr[i] == '-' ? ':' : host.ptr[i];
    return is_own_address((struct tc_str){address, len});
}

bool
tc_is_host_of(struct tc_str server, struct tc_str host)
{
    static const char *const names[] = {"localhost", ".", "?"};

    host = bare_host(host);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tc_str_eq_nocase(host, tc_str_of(names[i])))
            return true;
    return (server.len > 0 && tc_str_eq_nocase(host, server)) || is_own_address(host) || is_own_literal(host);
}

bool
tc_is_own_host(const struct tc_model *model, struct tc_str host)
{
    return tc_is_host_of(model->server_name, host);
}

bool
tc_may_be_own_host(const struct tc_model *model, struct tc_str host)
{
    struct tc_str name = model->server_name;

    host = bare_host(host);
    return name.len > 0 && host.len > name.len && host.ptr[name.len] == '.' &&
           tc_str_eq_nocase(tc_str_sub(host, 0, name.len), name);
}

struct tc_str
tc_may_words(struct tc_arena *arena, unsigned may)
{
    static const struct {
        unsigned bit;
        const char *verb;
    } words[] = {
        {TC_MAY_READ, "read"},
        {TC_MAY_WRITE, "write"},
        {TC_MAY_APPEND, "append to"},
        {TC_MAY_VIEW_ACL, "see the rights of"},
        {TC_MAY_CHANGE_ACL, "change the rights of"},
    };
    struct tc_str text = {0};
    unsigned every = 0;
    size_t left = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        every |= words[i].bit;
        left += (may & words[i].bit) != 0;
    }
    if ((may & every) == every)
        return TC_STR("do anything with");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (may & words[i].bit) {
            const char *link = text.len == 0 ? "" : left == 1 ? " and " : ", ";

            text = tc_arena_printf(arena, "%.*s%s%s", TC_STR_ARG(text), link, words[i].verb);
            left--;
        }
    return text.len > 0 ? text : TC_STR("learn the names in");
}

void
tc_claims_init(struct tc_claims *claims)
{
    *claims = (struct tc_claims){0};
}

void
tc_claims_done(struct tc_claims *claims)
{
    free(claims->items);
    *claims = (struct tc_claims){0};
}

void
tc_claims_add(struct tc_claims *claims, struct tc_claim claim)
{
    if (claims->count == claims->capacity) {
        size_t capacity = claims->capacity == 0 ? 64 : claims->capacity + claims->capacity / 2;
        struct tc_claim *items = realloc(claims->items, capacity * sizeof *items);

        if (items == NULL) {
            claims->failed = true;
            return;
        }
        claims->items = items;
        claims->capacity = capacity;
    }
    claims->items[claims->count++] = claim;
}

void
tc_claims_close(struct tc_claims *claims)
{
    struct tc_claim *items = claims->count == 0 ? NULL : realloc(claims->items, claims->count * sizeof *items);

    claims->failed |= items == NULL && claims->count > 0;
    if (items == NULL)
        return;
    claims->items = items;
    claims->capacity = claims->count;
}

/* Entries of one permission; what is said of one path in several fields becomes one claim. */
struct gather {
    struct tc_arena *arena;
    const struct tc_reach *reach;
    struct tc_claims *claims;
    size_t first; /* of the claims of this application's grants */
    uint32_t application;
};

static const uint8_t rights_of_field[] = {
    [TC_FIELD_FILE_IO_READ] = TC_MAY_READ,         [TC_FIELD_FILE_IO_WRITE] = TC_MAY_WRITE,
    [TC_FIELD_FILE_IO_APPEND] = TC_MAY_APPEND,     [TC_FIELD_FILE_IO_DISCOVER] = TC_MAY_DISCOVER,
    [TC_FIELD_FILE_IO_VIEW_ACL] = TC_MAY_VIEW_ACL, [TC_FIELD_FILE_IO_CHANGE_ACL] = TC_MAY_CHANGE_ACL,
};

static void
add_grant(struct gather *g, struct tc_str path, struct tc_span span, uint8_t may, bool is_sure, bool local_only)
{
    struct tc_throw ignored;

    if (path.len > 0 && tc_path_canonical(g->arena, path, &path, &ignored) != TC_YES)
        return;
    /* lists are short; a long one is of paths that differ, and looking at the last ones finds the same path of the
     * field before, as both are written in one order */
    for (size_t i = g->claims->count, looked = 0; i > g->first && looked < 64; i--, looked++) {
        struct tc_claim *claim = &g->claims->items[i - 1];

        if (claim->is_local_only != local_only || !tc_str_eq_nocase(claim->path, path))
            continue;
        if (!is_sure)
            claim->possible |= may & (uint8_t)~claim->may;
        claim->may |= may;
        return;
    }
    tc_claims_add(g->claims, (struct tc_claim){
                                 .path = path,
                                 .span = span,
                                 .application = g->application,
                                 .may = may,
                                 .possible = is_sure ? 0 : may,
                                 .kind = TC_CLAIM_GRANT,
                                 .is_own = tc_path_covers(g->reach->application->root.text, path),
                                 .is_local_only = local_only,
                             });
}

static bool
has_all(const void *state, const struct tc_perm *grant)
{
    const size_t *field = state;
    const struct tc_value *value = &grant->values[*field];

    return !grant->unrestricted && value->present && (value->list.all || value->list.all_local);
}

/* Where it is granted that a list means every file: the value itself stands where the first part of it was. */
static struct tc_span
span_of_all(const struct tc_perm *perm, size_t field)
{
    struct tc_str reason;
    const struct tc_perm *grant = tc_perm_granted(perm, has_all, &field, &reason);

    return (grant == NULL ? perm : grant)->values[field].span;
}

static void
add_perm(struct gather *g, const struct tc_perm *perm, bool is_sure)
{
    for (size_t i = 0; perm != NULL && i < sizeof rights_of_field; i++) {
        const struct tc_value *value = &perm->values[i];
        const struct tc_list *list = &value->list;

        if (perm->unrestricted) {
            add_grant(g, TC_STR(""), perm->span, rights_of_field[i], is_sure, false);
            continue;
        }
        if (!value->present)
            continue;
        if (list->all || list->all_local)
            add_grant(g, TC_STR(""), span_of_all(perm, i), rights_of_field[i], is_sure, !list->all);
        for (uint32_t j = 0; j < list->count; j++)
            add_grant(g, list->items[j].text, list->items[j].span, rights_of_field[i], is_sure, false);
    }
}

static void
add_owned(struct gather *g, const struct tc_said *said, enum tc_claim_kind kind)
{
    struct tc_str path;
    struct tc_throw ignored;

    if (said->text.len == 0 || tc_path_canonical(g->arena, said->text, &path, &ignored) != TC_YES)
        return;
    tc_claims_add(g->claims, (struct tc_claim){.path = path,
                                               .span = said->span,
                                               .application = g->application,
                                               .may = TC_MAY_READ | TC_MAY_WRITE | TC_MAY_APPEND | TC_MAY_DISCOVER,
                                               .kind = (uint8_t)kind,
                                               .is_own = true});
}

enum tc_status
tc_reach_claims(struct tc_arena *arena, const struct tc_reach *reach, size_t index, struct tc_claims *claims)
{
    const struct tc_application *app = reach->application;
    struct gather g = {.arena = arena, .reach = reach, .claims = claims, .application = (uint32_t)index};

    add_owned(&g, &app->root, TC_CLAIM_ROOT);
    add_owned(&g, &app->temporary, TC_CLAIM_TEMPORARY);
    add_owned(&g, &app->templates, TC_CLAIM_TEMPLATES);
    g.first = claims->count;
    if (tc_reach_is_full(reach)) {
        bool is_sure = reach->sure != NULL && reach->sure->unrestricted;

        add_grant(&g, TC_STR(""), app->span, TC_MAY_READ | TC_MAY_WRITE | TC_MAY_APPEND | TC_MAY_DISCOVER, is_sure,
                  false);
    }
    add_perm(&g, tc_reach_sure_perm(reach, TC_CLASS_FILE_IO), true);
    if (reach->wide != reach->sure)
        add_perm(&g, tc_reach_perm(reach, TC_CLASS_FILE_IO), false);
    return claims->failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}
