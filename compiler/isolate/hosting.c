/* The side of IIS: pools, accounts, the folders that it keeps for all, and impersonation. */
#include "isolate/parts.h"
#include "model/algebra_util.h"
#include "model/path.h"

#define ON_SERVER "is on the same server"

/* ---- versions ---- */

/* 60 for "6.0". */
static unsigned
iis_version(const struct tc_model *model)
{
    unsigned version = 0, digits = 0;

    for (size_t i = 0; i < model->iis.len; i++)
        if (model->iis.ptr[i] >= '0' && model->iis.ptr[i] <= '9') {
            version = version * 10 + (unsigned)(model->iis.ptr[i] - '0');
            digits++;
        }
    return digits < 2 ? 100 : version;
}

enum {
    IIS_6_0 = 60,
    IIS_7_0 = 70,
    IIS_7_5 = 75, /* from here on a pool without an identity has an account of its own */
};

/* ---- where applications run ---- */

/* The pools by name; payload: the index of an application that says its identity. */
static bool
collect_pools(struct tc_isolator *run, struct tc_things *pools)
{
    const struct tc_model *model = run->model;

    tc_things_init(pools, run);
    for (uint32_t i = 0; i < model->application_count; i++) {
        const struct tc_application *app = model->applications[i];
        struct tc_part part = {i, app->pool.span, "runs in the pool", app->pool.text, false};
        struct tc_thing *pool;

        if (app->pool.text.len == 0)
            continue;
        pool = tc_things_at(pools, tc_str_fold(run->arena, app->pool.text), app->pool.text);
        if (pool == NULL)
            return false;
        tc_parts_add(run, &pool->actors, &part);
        if (pool->payload == NULL && app->identity.text.len > 0)
            pool->payload = &run->everyone[i];
    }
    return true;
}

/* The account of a pool, and where that is said (nowhere: by nobody). */
static struct tc_account
account_of_pool(struct tc_isolator *run, const struct tc_thing *pool, struct tc_span *ret_span)
{
    const uint32_t *says = pool->payload;
    const struct tc_said *identity = says == NULL ? NULL : &run->model->applications[*says]->identity;
    struct tc_account account = {.kind = TC_ACCOUNT_POOL};

    *ret_span = TC_NOWHERE;
    if (identity != NULL) {
        account = tc_account_of(run->arena, run->model->server_name, identity->text);
        *ret_span = identity->span;
    } else if (iis_version(run->model) < IIS_7_5) {
        account = tc_account_of(run->arena, TC_STR(""), TC_STR("NetworkService"));
    }
    if (account.kind == TC_ACCOUNT_POOL)
        account.key = account.perhaps = tc_arena_printf(run->arena, "iis apppool\\%.*s", TC_STR_ARG(pool->key));
    return account;
}

/* The number of @a key among @a things, counted from 1; 0 when out of memory. */
static uint32_t
number_of(struct tc_things *things, struct tc_str key)
{
    struct tc_thing *thing = tc_things_at(things, key, key);
    uint32_t *number;

    if (thing == NULL)
        return 0;
    if (thing->payload == NULL) {
        number = tc_arena_new(things->run->arena, uint32_t);
        if (number == NULL)
            return 0;
        *number = (uint32_t)things->map.count;
        thing->payload = number;
    }
    return *(const uint32_t *)thing->payload;
}

/* Number the pools and accounts, and remember where each application runs. */
static void
settle(struct tc_isolator *run, struct tc_things *pools)
{
    struct tc_residence *list = tc_arena_array(run->arena, struct tc_residence, run->model->application_count);
    struct tc_things accounts, spellings;
    uint32_t pool_number = 0;

    tc_things_init(&accounts, run);
    tc_things_init(&spellings, run);
    for (struct tc_thing *pool = pools->first; list != NULL && pool != NULL; pool = pool->next) {
        struct tc_span span;
        struct tc_account found = account_of_pool(run, pool, &span);
        struct tc_residence residence = {++pool_number,
                                         number_of(&accounts, found.key),
                                         number_of(&spellings, found.perhaps),
                                         found.kind,
                                         found.name,
                                         span};

        for (size_t i = 0; i < pool->actors.count; i++)
            list[pool->actors.items[i].application] = residence;
    }
    run->isolation->residences = list;
}

const struct tc_residence *
tc_residences(struct tc_isolator *run)
{
    if (run->isolation->residences == NULL)
        run->pools = tc_arena_new(run->arena, struct tc_things);
    if (run->isolation->residences == NULL && run->pools != NULL && collect_pools(run, run->pools))
        settle(run, run->pools);
    return run->isolation->residences;
}

struct tc_str
tc_isolation_account(const struct tc_isolation *isolation, size_t index)
{
    const struct tc_residence *residence = &isolation->residences[index];

    if (residence->account == 0)
        return TC_STR("");
    if (residence->kind == TC_ACCOUNT_POOL)
        return TC_STR("the pool's own");
    if (residence->name != NULL)
        return tc_str_of(residence->name);
    /* whoever says it, for a pool that both are in or another one */
    for (size_t i = 0; i < isolation->model->application_count; i++)
        if (isolation->residences[i].account == residence->account &&
            isolation->model->applications[i]->identity.text.len > 0)
            return isolation->model->applications[i]->identity.text;
    return TC_STR("");
}

static bool
is_one_process(const struct tc_model *model)
{
    return iis_version(model) < IIS_6_0;
}

enum tc_verdict
tc_accounts_apart(const struct tc_isolation *isolation, size_t from, size_t to)
{
    const struct tc_residence *a = &isolation->residences[from], *b = &isolation->residences[to];

    if (is_one_process(isolation->model) || a->kind == TC_ACCOUNT_POWERFUL || a->kind == TC_ACCOUNT_GROUP)
        return TC_NOT_ISOLATED;
    if (a->account == 0 || b->account == 0)
        return TC_UNKNOWN_ISOLATION;
    if (a->account == b->account)
        return TC_NOT_ISOLATED;
    return a->perhaps == b->perhaps ? TC_UNKNOWN_ISOLATION : TC_ISOLATED;
}

enum tc_verdict
tc_processes_apart(const struct tc_isolation *isolation, size_t from, size_t to)
{
    const struct tc_residence *a = &isolation->residences[from], *b = &isolation->residences[to];

    if (is_one_process(isolation->model))
        return TC_NOT_ISOLATED;
    if (a->pool == 0 || b->pool == 0)
        return TC_UNKNOWN_ISOLATION;
    return a->pool == b->pool ? TC_NOT_ISOLATED : TC_ISOLATED;
}

/* ---- reporting ---- */

/* Each of @a parts with each other. */
static void
meet_all(struct tc_isolator *run, enum tc_rule_id rule, struct tc_str resource, const struct tc_parts *parts)
{
    tc_isolation_meet(run, &(struct tc_meeting){.rule = rule,
                                                .verdict = TC_NOT_ISOLATED,
                                                .resource = resource,
                                                .froms = parts,
                                                .tos = parts,
                                                .everyone = ON_SERVER});
}

/* Each of @a parts with each other, if their accounts are one. */
static void
meet_perhaps(struct tc_isolator *run, enum tc_rule_id rule, const struct tc_parts *parts)
{
    tc_isolation_meet(run, &(struct tc_meeting){.rule = rule,
                                                .verdict = TC_UNKNOWN_ISOLATION,
                                                .because = TC_STR("these may be two names of one account"),
                                                .froms = parts,
                                                .tos = parts,
                                                .everyone = ON_SERVER});
}

/* Each of @a parts by itself. */
static void
meet_alone(struct tc_isolator *run, enum tc_rule_id rule, enum tc_verdict verdict, const char *because,
           const struct tc_parts *parts)
{
    tc_isolation_meet(
        run, &(struct tc_meeting){
                 .rule = rule, .verdict = verdict, .because = tc_str_of(because), .froms = parts, .is_alone = true});
}

/* ---- pools and their accounts ---- */

static void
check_version(struct tc_isolator *run)
{
    struct tc_parts all = {0};

    if (!is_one_process(run->model))
        return;
    for (uint32_t i = 0; i < run->model->application_count; i++)
        tc_parts_add(run, &all,
                     &(struct tc_part){i, run->model->server_span, "runs in the one ASP.NET process of IIS",
                                       run->model->iis, false});
    meet_all(run, TC_RULE_IIS_VERSION, tc_arena_printf(run->arena, "IIS %.*s", TC_STR_ARG(run->model->iis)), &all);
}

static void
check_pools(struct tc_isolator *run, const struct tc_things *pools)
{
    struct tc_parts known = {0}, unknown = {0};

    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_application *app = run->model->applications[i];

        if (app->pool.text.len == 0)
            tc_parts_add(run, &unknown, &(struct tc_part){i, app->span, "runs in some pool", TC_STR(""), false});
        else
            tc_parts_add(run, &known, &(struct tc_part){i, app->pool.span, "runs in the pool", app->pool.text, false});
    }
    for (const struct tc_thing *pool = pools->first; pool != NULL; pool = pool->next)
        meet_all(run, TC_RULE_SHARED_POOL, pool->name, &pool->actors);
    tc_isolation_meet_unknown(run, TC_RULE_SHARED_POOL, &known, &unknown,
                              "the source does not say in which pool it runs, and under which account");
}

/* The account by the name that the source gives it, or by its own. */
static struct tc_part
identity_part(const struct tc_isolator *run, uint32_t index)
{
    const struct tc_application *app = run->model->applications[index];
    const struct tc_residence *residence = &run->isolation->residences[index];
    struct tc_part part = {index, app->pool.span, "runs as", tc_str_of(residence->name), false};

    if (app->identity.text.len > 0) {
        part.span = app->identity.span;
        part.what = app->identity.text;
    } else if (part.what.len == 0) {
        part.verb = "runs in the pool";
        part.what = app->pool.text;
    }
    return part;
}

/* Add @a part to those of its number. NULL when out of memory. */
static struct tc_thing *
add_by_number(struct tc_things *things, uint32_t number, const struct tc_part *part)
{
    struct tc_thing *thing = tc_things_numbered(things, number, part->what);

    if (thing != NULL)
        tc_parts_add(things->run, &thing->actors, part);
    return thing == NULL || thing->actors.count == 0 ? NULL : thing; /* 0: out of memory */
}

static void
check_identities(struct tc_isolator *run)
{
    const struct tc_residence *list = run->isolation->residences;
    struct tc_parts powerful = {0}, groups = {0};
    struct tc_things accounts, spellings;

    tc_things_init(&accounts, run);
    tc_things_init(&spellings, run);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        struct tc_part part = identity_part(run, i);
        struct tc_thing *account;

        if (list[i].account == 0)
            continue;
        account = add_by_number(&accounts, list[i].account, &part);
        if (account == NULL)
            return;
        if (list[account->actors.items[0].application].pool != list[i].pool)
            account->payload = run; /* of two pools */
        account = add_by_number(&spellings, list[i].perhaps, &part);
        if (account == NULL)
            return;
        if (list[account->actors.items[0].application].account != list[i].account)
            account->payload = run; /* of two names */
        if (list[i].kind == TC_ACCOUNT_POWERFUL || list[i].kind == TC_ACCOUNT_SERVICE)
            tc_parts_add(run, &powerful, &part);
        if (list[i].kind == TC_ACCOUNT_GROUP)
            tc_parts_add(run, &groups, &part);
    }
    meet_alone(run, TC_RULE_POWERFUL_IDENTITY, TC_NOT_ISOLATED, "", &powerful);
    meet_alone(run, TC_RULE_GROUP_RIGHTS, TC_NOT_ISOLATED, "", &groups);
    for (const struct tc_thing *account = accounts.first; account != NULL; account = account->next)
        if (account->payload != NULL)
            meet_all(run, TC_RULE_SHARED_IDENTITY, account->name, &account->actors);
    for (const struct tc_thing *account = spellings.first; account != NULL; account = account->next)
        if (account->payload != NULL)
            meet_perhaps(run, TC_RULE_SHARED_IDENTITY, &account->actors);
}

/* ---- visitors ---- */

/* Without logging on nobody gets in where Windows authentication alone is on. */
static bool
has_anonymous(const struct tc_application *app)
{
    return app->anonymous.text.len > 0 || app->authentication != TC_AUTHENTICATION_WINDOWS;
}

static bool
names_iusr(struct tc_str name)
{
    for (size_t i = 0; i + 4 <= name.len; i++)
        if (tc_str_eq_nocase(tc_str_sub(name, i, 4), TC_STR("IUSR")))
            return true;
    return false;
}

/* Note the anonymous user of @a part among those whose names may be of one account. */
static void
add_spelling(struct tc_things *spellings, struct tc_thing *user, struct tc_str perhaps, const struct tc_part *part)
{
    struct tc_thing *spelling = tc_things_at(spellings, perhaps, perhaps);

    if (spelling == NULL)
        return;
    if (spelling->payload == NULL)
        spelling->payload = user;
    tc_parts_add(spellings->run, &spelling->actors, part);
    if (spelling->payload != user)
        tc_parts_add(spellings->run, &spelling->users, part);
}

/* Add to the anonymous users those applications whose pools run as them, also where nobody says as what they run. */
static void
add_pool_accounts(struct tc_isolator *run, const struct tc_things *pools, const struct tc_things *users)
{
    struct tc_thing **found = tc_arena_array(run->arena, struct tc_thing *, run->model->application_count);

    if (found == NULL || users->first == NULL)
        return;
    for (uint32_t i = 0; i < run->model->application_count; i++)
        found[i] = NULL;
    for (const struct tc_thing *pool = pools->first; pool != NULL; pool = pool->next) {
        struct tc_span span;
        struct tc_thing *user = tc_map_get(&users->map, account_of_pool(run, pool, &span).key);

        for (size_t i = 0; i < pool->actors.count; i++)
            found[pool->actors.items[i].application] = user;
    }
    for (uint32_t i = 0; i < run->model->application_count; i++)
        if (found[i] != NULL) {
            struct tc_part part = identity_part(run, i);

            tc_parts_add(run, &found[i]->users, &part);
        }
}

/* Those who have an anonymous user, and those whose pools run as it; what pools have in common is told elsewhere. */
static void
meet_anonymous(struct tc_isolator *run, const struct tc_thing *user)
{
    struct tc_parts all = user->users.count == 0 ? user->actors : tc_parts_unite(run, &user->actors, &user->users);
    struct tc_meeting meeting = {
        .rule = TC_RULE_SHARED_ANONYMOUS, .verdict = TC_NOT_ISOLATED, .resource = user->name, .everyone = ON_SERVER};

    if (user->users.count < 2) {
        meet_all(run, TC_RULE_SHARED_ANONYMOUS, user->name, &all);
        return;
    }
    meeting.froms = &user->actors;
    meeting.tos = &all;
    tc_isolation_meet(run, &meeting);
    meeting.froms = &user->users;
    meeting.tos = &user->actors;
    tc_isolation_meet(run, &meeting);
}

static void
check_anonymous(struct tc_isolator *run, const struct tc_things *pools)
{
    struct tc_parts known = {0}, unknown = {0}, groups = {0}, misnamed = {0}, powerful = {0};
    struct tc_things users, spellings;

    tc_things_init(&users, run);
    tc_things_init(&spellings, run);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_application *app = run->model->applications[i];
        struct tc_part part = {i, app->anonymous.span, "has the anonymous user", app->anonymous.text, false};
        struct tc_account account;
        struct tc_thing *user;

        if (!has_anonymous(app))
            continue;
        if (app->anonymous.text.len == 0) {
            part = (struct tc_part){i, app->span, "has some anonymous user", TC_STR(""), false};
            tc_parts_add(run, &unknown, &part);
            continue;
        }
        account = tc_account_of(run->arena, run->model->server_name, app->anonymous.text);
        user = tc_things_at(&users, account.key, app->anonymous.text);
        if (user == NULL)
            return;
        tc_parts_add(run, &known, &part);
        tc_parts_add(run, &user->actors, &part);
        add_spelling(&spellings, user, account.perhaps, &part);
        if (names_iusr(app->anonymous.text))
            tc_parts_add(run, &misnamed, &part);
        if (account.kind == TC_ACCOUNT_GROUP)
            tc_parts_add(run, &groups, &part);
        if (account.kind == TC_ACCOUNT_POWERFUL || account.kind == TC_ACCOUNT_SERVICE)
            tc_parts_add(run, &powerful, &part);
    }
    meet_alone(run, TC_RULE_POWERFUL_IDENTITY, TC_NOT_ISOLATED, "", &powerful);
    meet_alone(run, TC_RULE_ANONYMOUS_NAME, TC_NOT_ISOLATED, "", &misnamed);
    meet_alone(run, TC_RULE_GROUP_RIGHTS, TC_NOT_ISOLATED, "", &groups);
    add_pool_accounts(run, pools, &users);
    for (const struct tc_thing *user = users.first; user != NULL; user = user->next)
        meet_anonymous(run, user);
    for (const struct tc_thing *spelling = spellings.first; spelling != NULL; spelling = spelling->next)
        if (spelling->users.count > 0)
            meet_perhaps(run, TC_RULE_SHARED_ANONYMOUS, &spelling->actors);
    tc_isolation_meet_unknown(run, TC_RULE_SHARED_ANONYMOUS, &known, &unknown,
                              "the source names no anonymous user, and unless set it is one for all sites");
}

static void
check_impersonation(struct tc_isolator *run)
{
    struct tc_parts off = {0}, perhaps_forms = {0}, unsaid = {0};

    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_application *app = run->model->applications[i];
        struct tc_part part = {i, app->span, "serves its visitors under the account of its pool", TC_STR(""), false};

        if (app->impersonate == 1 || app->authentication == TC_AUTHENTICATION_FORMS)
            continue;
        if (app->impersonate != 0)
            tc_parts_add(run, &unsaid, &part);
        else
            tc_parts_add(run, app->authentication == TC_AUTHENTICATION_UNSAID ? &perhaps_forms : &off, &part);
    }
    meet_alone(run, TC_RULE_IMPERSONATION, TC_NOT_ISOLATED, "", &off);
    meet_alone(run, TC_RULE_IMPERSONATION, TC_UNKNOWN_ISOLATION,
               "the source does not say whether visitors log on by forms", &perhaps_forms);
    meet_alone(run, TC_RULE_IMPERSONATION, TC_UNKNOWN_ISOLATION, "the source does not say whether it impersonates them",
               &unsaid);
}

/* ---- folders that IIS and ASP.NET keep ---- */

struct cache {
    enum tc_rule_id rule;
    const char *has, *some, *because;
};

static const struct tc_said *
cache_of(const struct tc_application *app, enum tc_rule_id rule)
{
    return rule == TC_RULE_SHARED_TEMPORARY ? &app->temporary : &app->templates;
}

/* Equal directories; those inside others are found with the files. */
static void
check_caches(struct tc_isolator *run, const struct cache *cache)
{
    struct tc_parts unknown = {0};
    struct tc_things folders;

    tc_things_init(&folders, run);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_application *app = run->model->applications[i];
        const struct tc_said *said = cache_of(app, cache->rule);
        struct tc_str path = said->text;
        struct tc_throw ignored;
        struct tc_thing *folder;

        if (path.len == 0 || tc_path_canonical(run->arena, path, &path, &ignored) != TC_YES) {
            tc_parts_add(run, &unknown, &(struct tc_part){i, app->span, cache->some, TC_STR(""), false});
            continue;
        }
        (void)tc_isolation_settle(run, &path);
        while (path.len > 3 && path.ptr[path.len - 1] == '\\')
            path.len--;
        folder = tc_things_at(&folders, tc_str_fold(run->arena, path), said->text);
        if (folder == NULL)
            return;
        tc_parts_add(run, &folder->actors, &(struct tc_part){i, said->span, cache->has, said->text, false});
    }
    for (const struct tc_thing *folder = folders.first; folder != NULL; folder = folder->next)
        meet_all(run, cache->rule, folder->name, &folder->actors);
    if (unknown.count > 0)
        tc_isolation_meet(run, &(struct tc_meeting){.rule = cache->rule,
                                                    .verdict = TC_UNKNOWN_ISOLATION,
                                                    .because = tc_str_of(cache->because),
                                                    .tos = &unknown,
                                                    .everyone = ON_SERVER});
}

static bool
is_listed(const struct tc_model *model, const struct tc_application *app)
{
    for (size_t i = 0; i < model->compression_count; i++)
        if (model->compression_list[i] == app)
            return true;
    return false;
}

/* Those who may use the folder; from 7.0 on there is one for each pool. */
static void
check_compression(struct tc_isolator *run)
{
    const struct tc_model *model = run->model;
    bool by_pool = iis_version(model) >= IIS_7_0;
    struct tc_things folders;

    if (model->compression == TC_COMPRESSION_OFF)
        return;
    tc_things_init(&folders, run);
    for (uint32_t i = 0; i < model->application_count; i++) {
        const struct tc_application *app = model->applications[i];
        struct tc_thing *folder;

        if (model->compression != TC_COMPRESSION_UNSAID &&
            is_listed(model, app) != (model->compression == TC_COMPRESSION_ONLY))
            continue;
        if (by_pool && app->pool.text.len == 0)
            continue; /* shared-pool says that this is not known */
        folder =
            tc_things_at(&folders, by_pool ? tc_str_fold(run->arena, app->pool.text) : TC_STR("all"), app->pool.text);
        if (folder == NULL)
            return;
        tc_parts_add(run, &folder->actors,
                     &(struct tc_part){i, app->span, "may use the folder of compressed files", TC_STR(""), false});
    }
    for (const struct tc_thing *folder = folders.first; folder != NULL; folder = folder->next)
        tc_isolation_meet(
            run, &(struct tc_meeting){
                     .rule = TC_RULE_SHARED_COMPRESSION,
                     .verdict = model->compression == TC_COMPRESSION_UNSAID ? TC_UNKNOWN_ISOLATION : TC_NOT_ISOLATED,
                     .because = model->compression == TC_COMPRESSION_UNSAID
                                    ? TC_STR("the source does not say whether IIS compresses responses")
                                    : TC_STR(""),
                     .froms = &folder->actors,
                     .tos = &folder->actors,
                     .everyone = ON_SERVER});
}

void
tc_isolate_hosting(struct tc_isolator *run)
{
    static const struct cache caches[] = {
        {TC_RULE_SHARED_TEMPORARY, "has its Temporary ASP.NET Files in", "has Temporary ASP.NET Files somewhere",
         "the source does not say where, and unless set it is in one directory for all"},
        {TC_RULE_SHARED_TEMPLATE_CACHE, "has its ASP template cache in", "has an ASP template cache somewhere",
         "the source does not say where, and unless set it is in one folder for all"},
    };

    if (tc_residences(run) == NULL)
        return;
    check_version(run);
    if (!is_one_process(run->model)) {
        check_pools(run, run->pools);
        check_identities(run);
    }
    check_anonymous(run, run->pools);
    check_impersonation(run);
    check_caches(run, &caches[0]);
    check_caches(run, &caches[1]);
    check_compression(run);
}
