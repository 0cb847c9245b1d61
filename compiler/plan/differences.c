/*
 * Grants without rights, and rights without grants.
 *
 * What the plan could not give stands in its gaps. What it gives on one path and takes away below, where another
 * application's directory is closed, and what it gives beyond the grants, is found by looking each entry up among the
 * grants of the applications that run as its account: by its path, and by each one above it.
 */
#include "plan/differences.h"

#include "base/map.h"
#include "data/acl_words.h"
#include "model/path.h"

#include <stdlib.h>
#include <string.h>

enum { MAY_RUN = 256 }; /* beside the bits of isolate/reach.h: no list of paths grants it */

/* Applications or claims, by index. */
struct numbers {
    uint32_t *items;
    size_t count, capacity;
};

/* One line of the answer while it grows. */
struct cluster {
    struct tc_difference pub;
    struct numbers applications;
};

struct differ {
    struct tc_arena *arena;
    const struct tc_plan *plan;
    const struct tc_isolation *isolation;
    struct tc_claims claims;
    struct tc_map clusters;  /* by kind and what they have in common */
    struct tc_map grants;    /* "INDEX path" -> unsigned: TC_MAY_… of the application */
    struct tc_map own;       /* path -> struct numbers: claims on an application's own directories */
    struct tc_map residents; /* account -> struct numbers: applications whose pools run as it */
    struct tc_difference *first[TC_DIFFERENCE_COUNT_], **tail[TC_DIFFERENCE_COUNT_];
    uint32_t *given; /* by application: what the entry at hand gives for its own sake, if `marks` says so */
    size_t *marks;
    size_t mark;
};

static void
add_number(struct tc_arena *arena, struct numbers *list, size_t number)
{
    if (list->count > 0 && list->items[list->count - 1] == number)
        return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 4 : 2 * list->capacity;
        uint32_t *items = tc_arena_array(arena, uint32_t, capacity);

        if (items == NULL)
            return;
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = (uint32_t)number;
}

static void
add_number_at(struct tc_arena *arena, struct tc_map *map, struct tc_str key, size_t number)
{
    struct numbers *list = tc_map_get(map, key);

    if (list == NULL) {
        list = tc_arena_new(arena, struct numbers);
        if (list == NULL)
            return;
        tc_map_add(map, key, list);
    }
    add_number(arena, list, number);
}

static const struct tc_plan_application *
planned(const struct differ *d, const struct tc_application *app)
{
    return &d->plan->applications[app->index];
}

static struct tc_str
account_of(const struct differ *d, const struct tc_application *app)
{
    const struct tc_plan_pool *pool = planned(d, app)->pool;

    return pool == NULL ? TC_STR("") : pool->identity->name;
}

/* ---- lines ---- */

static void
add_application(struct differ *d, struct cluster *cluster, size_t index)
{
    add_number(d->arena, &cluster->applications, index);
    cluster->pub.applications = cluster->applications.items;
    cluster->pub.application_count = cluster->applications.count;
}

/* Add to the line of this kind that has @a key, or begin it as @a wanted says. NULL when out of memory. */
static struct cluster *
put(struct differ *d, struct tc_str key, const struct tc_difference *wanted)
{
    struct tc_str full = tc_arena_printf(d->arena, "%d %.*s", (int)wanted->kind, TC_STR_ARG(key));
    struct cluster *cluster = tc_map_get(&d->clusters, full);

    if (cluster == NULL) {
        cluster = tc_arena_new(d->arena, struct cluster);
        if (cluster == NULL)
            return NULL;
        cluster->pub = *wanted;
        cluster->pub.account = account_of(d, wanted->application);
        tc_map_add(&d->clusters, full, cluster);
        *d->tail[wanted->kind] = &cluster->pub;
        d->tail[wanted->kind] = &cluster->pub.next;
    }
    cluster->pub.path_count++;
    add_application(d, cluster, wanted->application->index);
    return cluster;
}

/* What is said of the application as a whole, and not of one grant, is one line however many applications there are. */
static struct tc_str
key_of(struct differ *d, const struct tc_application *app, struct tc_span span, struct tc_str text)
{
    return tc_arena_printf(d->arena, "%u %.*s", span.begin == app->span.begin ? 0 : span.begin, TC_STR_ARG(text));
}

static int
compare_numbers(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void
sort_applications(struct tc_difference *difference)
{
    struct cluster *cluster = (struct cluster *)difference; /* its first member */
    struct numbers *list = &cluster->applications;
    size_t kept = 0;

    qsort(list->items, list->count, sizeof *list->items, compare_numbers);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->items[kept - 1] != list->items[i])
            list->items[kept++] = list->items[i];
    difference->application_count = kept;
}

/* ---- what is granted ---- */

static struct tc_str
path_of(struct tc_arena *arena, struct tc_str path)
{
    return tc_str_fold(arena, tc_plan_path(path));
}

static void
collect_grant(struct differ *d, size_t index)
{
    const struct tc_claim *claim = &d->claims.items[index];
    const struct tc_plan_application *app = &d->plan->applications[claim->application];
    struct tc_str path = path_of(d->arena, claim->path);
    struct tc_str key = tc_arena_printf(d->arena, "%u %.*s", claim->application, TC_STR_ARG(path));
    unsigned *may = tc_map_get(&d->grants, key);

    if (claim->kind != TC_CLAIM_GRANT)
        return;
    if (may == NULL) {
        may = tc_arena_new(d->arena, unsigned);
        if (may == NULL)
            return;
        tc_map_add(&d->grants, key, may);
    }
    *may |= claim->may;
    if (claim->is_own && app->pool != NULL && (claim->may & (unsigned)~claim->possible) != 0 &&
        !tc_reach_is_full(&d->isolation->reaches[claim->application]))
        add_number_at(d->arena, &d->own, path, index);
}

static bool
collect(struct differ *d)
{
    const struct tc_plan *plan = d->plan;

    for (size_t i = 0; i < plan->application_count; i++) {
        if (tc_reach_claims(d->arena, &d->isolation->reaches[i], i, &d->claims) != TC_OK)
            return false;
        if (plan->applications[i].pool != NULL)
            add_number_at(d->arena, &d->residents, plan->applications[i].pool->identity->name, i);
    }
    for (size_t i = 0; i < d->claims.count; i++)
        collect_grant(d, i);
    return !d->arena->failed;
}

/* Cut the last name off, down to nothing behind the first @a least bytes. */
static bool
cut_name(struct tc_str *path, size_t least)
{
    if (path->len <= least)
        return false;
    do
        path->len--;
    while (path->len > least && path->ptr[path->len] != '\\');
    return true;
}

/* TC_MAY_… of the application on @a path: there, or above. */
static unsigned
granted(struct differ *d, size_t application, struct tc_str path)
{
    struct tc_str number = tc_arena_printf(d->arena, "%zu ", application);
    struct tc_str key = tc_arena_printf(d->arena, "%.*s%.*s", TC_STR_ARG(number), TC_STR_ARG(path_of(d->arena, path)));
    unsigned may = 0;

    do {
        const unsigned *here = tc_map_get(&d->grants, key);

        may |= here == NULL ? 0 : *here;
    } while (cut_name(&key, number.len));
    return may;
}

/* ---- granted, but denied ---- */

static void
put_gaps(struct differ *d)
{
    bool *seen = tc_arena_array(d->arena, bool, d->plan->application_count);

    for (size_t i = 0; seen != NULL && i < d->plan->gap_count; i++) {
        const struct tc_plan_gap *gap = &d->plan->gaps[i];
        struct tc_difference found = {.application = gap->application, .because = gap->because, .span = gap->span};

        if (gap->may.len > 0) {
            found.kind = TC_DIFFERENCE_DENIED;
            found.may = gap->may;
            put(d, key_of(d, gap->application, gap->span, gap->because), &found);
        } else if (gap->application != NULL && planned(d, gap->application)->pool == NULL &&
                   !seen[gap->application->index]) {
            seen[gap->application->index] = true;
            found.kind = TC_DIFFERENCE_UNKNOWN;
            put(d, gap->what, &found);
        }
    }
}

/* The rights of @a who in @a acl; of several entries, all. */
static uint32_t
rights_in(const struct tc_plan_acl *acl, const struct tc_principal *who)
{
    uint32_t rights = 0;

    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
        if (entry->who == who && entry->kind == TC_ENTRY_ALLOW)
            rights |= entry->rights;
    return rights;
}

/* @a acl lets nothing in from above: whose own directory lies above may do there what it is granted, and cannot. */
static void
put_cut(struct differ *d, const struct tc_plan_acl *acl)
{
    struct tc_str path = path_of(d->arena, acl->path);

    while (cut_name(&path, 0)) {
        const struct numbers *above = tc_map_get(&d->own, path);

        for (size_t i = 0; above != NULL && i < above->count; i++) {
            const struct tc_claim *claim = &d->claims.items[above->items[i]];
            const struct tc_plan_application *app = &d->plan->applications[claim->application];
            unsigned may = claim->may & (unsigned)~claim->possible;

            if ((tc_rights_backing(may) & ~rights_in(acl, app->pool->identity)) == 0)
                continue;
            put(d, tc_arena_printf(d->arena, "cut %u", above->items[i]),
                &(struct tc_difference){
                    .kind = TC_DIFFERENCE_DENIED,
                    .application = app->application,
                    .may = tc_arena_printf(d->arena, "may %.*s '%.*s'", TC_STR_ARG(tc_may_words(d->arena, may)),
                                           TC_STR_ARG(claim->path)),
                    .because = tc_arena_printf(d->arena, "'%.*s' in it is closed to all but those whose it is",
                                               TC_STR_ARG(acl->path)),
                    .span = claim->span});
        }
    }
}

/* ---- rights that nothing grants ---- */

/* What @a rights let an account do, as TC_MAY_…; names and rights alone are not counted. */
static unsigned
may_by(uint32_t rights)
{
    static const struct {
        uint32_t rights;
        unsigned may;
    } bits[] = {
        {TC_RIGHT_READ_DATA, TC_MAY_READ},     {TC_RIGHT_WRITE_DATA | TC_RIGHT_DELETE, TC_MAY_WRITE},
        {TC_RIGHT_APPEND_DATA, TC_MAY_APPEND}, {TC_RIGHT_WRITE_DAC, TC_MAY_CHANGE_ACL},
        {TC_RIGHT_EXECUTE, MAY_RUN},
    };
    unsigned may = 0;

    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (rights & bits[i].rights)
            may |= bits[i].may;
    return may;
}

/* Starting a program takes unmanaged code (permissions 4). */
static bool
runs_programs(const struct differ *d, size_t application)
{
    const struct tc_reach *reach = &d->isolation->reaches[application];
    const struct tc_perm *security = tc_reach_perm(reach, TC_CLASS_SECURITY);
    const struct tc_enum *flags = tc_enum(tc_class(TC_CLASS_SECURITY)->fields[0].values);
    uint64_t unmanaged = (uint64_t)tc_enum_find(flags, TC_STR("UnmanagedCode"))->value;

    return tc_reach_is_full(reach) || (security != NULL && tc_perm_has_flags(security, 0, unmanaged));
}

/* What @a rights on @a path let the account do that the code of the application may not; @a ret_granted: what it may.
 */
static unsigned
wider(struct differ *d, size_t application, struct tc_str path, uint32_t rights, unsigned *ret_granted)
{
    unsigned may = granted(d, application, path);

    *ret_granted = may;
    if (may & TC_MAY_WRITE)
        may |= TC_MAY_APPEND;
    if (runs_programs(d, application))
        may |= MAY_RUN;
    may = may_by(rights) & ~may;
    return may & TC_MAY_WRITE ? may & (unsigned)~TC_MAY_APPEND : may; /* said with it */
}

/* The right to append comes only with the right to write. */
static bool
is_overwriting(unsigned more, unsigned by_grant, uint32_t rights)
{
    return more == TC_MAY_WRITE && (by_grant & TC_MAY_APPEND) && !(rights & TC_RIGHT_DELETE);
}

static struct tc_str
wider_words(struct differ *d, unsigned more, bool overwriting, struct tc_str path)
{
    unsigned files = more & ~(unsigned)MAY_RUN;
    struct tc_str words = files == 0 ? TC_STR("") : tc_may_words(d->arena, files);

    if (overwriting)
        words = TC_STR("overwrite");
    return tc_arena_printf(d->arena, "may %.*s%s%s '%.*s'", TC_STR_ARG(words),
                           files != 0 && (more & MAY_RUN) ? ", and " : "", more & MAY_RUN ? "run programs in" : "",
                           TC_STR_ARG(path));
}

static bool
resides(const struct differ *d, const struct tc_application *app, const struct tc_principal *who)
{
    return app != NULL && planned(d, app)->pool != NULL && planned(d, app)->pool->identity == who;
}

/* What an application's account gets for the sake of the application itself. */
static void
put_own(struct differ *d, const struct tc_plan_acl *acl, const struct tc_principal *who,
        const struct tc_plan_reason *reason)
{
    const struct tc_application *app = reason->application;
    unsigned by_grant, more;
    bool overwriting;

    if (!resides(d, app, who))
        return;
    if (d->marks[app->index] != d->mark)
        d->given[app->index] = 0;
    d->marks[app->index] = d->mark;
    d->given[app->index] |= reason->rights;
    more = wider(d, app->index, acl->path, reason->rights, &by_grant);
    if (more == 0)
        return;
    overwriting = is_overwriting(more, by_grant, reason->rights);
    put(d, tc_arena_printf(d->arena, "%u %.*s", more, TC_STR_ARG(reason->text)),
        &(struct tc_difference){
            .kind = TC_DIFFERENCE_WIDER,
            .application = app,
            .may = wider_words(d, more, overwriting, acl->path),
            .because = overwriting ? TC_STR("the framework opens no file to append to without the right to write")
                                   : reason->text,
            .span = reason->span});
}

/* What an account gets for the sake of another application that runs as it. One line for each account. */
static void
put_shared(struct differ *d, const struct tc_plan_acl *acl, const struct tc_plan_entry *entry,
           const struct numbers *residents)
{
    unsigned by_grant, more = 0;
    struct cluster *cluster;
    size_t i;

    for (i = 0; i < residents->count; i++) {
        uint32_t index = residents->items[i], given = d->marks[index] == d->mark ? d->given[index] : 0;

        more = wider(d, index, acl->path, entry->rights, &by_grant) & ~may_by(given);
        if (more != 0)
            break;
    }
    if (i == residents->count)
        return;
    cluster =
        put(d, tc_arena_printf(d->arena, "shared %.*s", TC_STR_ARG(entry->who->name)),
            &(struct tc_difference){
                .kind = TC_DIFFERENCE_WIDER,
                .application = d->plan->applications[residents->items[i]].application,
                .may = wider_words(d, more, is_overwriting(more, by_grant, entry->rights), acl->path),
                .because = TC_STR("several applications run as this account, and each has what any of them needs"),
                .span = entry->reasons->span});
    for (i = 0; cluster != NULL && cluster->pub.path_count == 1 && i < residents->count; i++)
        add_application(d, cluster, residents->items[i]);
}

static void
put_entry(struct differ *d, const struct tc_plan_acl *acl, const struct tc_plan_entry *entry)
{
    const struct numbers *residents = tc_map_get(&d->residents, entry->who->name);

    if (residents == NULL || entry->kind != TC_ENTRY_ALLOW)
        return;
    d->mark++;
    for (const struct tc_plan_reason *reason = entry->reasons; reason != NULL; reason = reason->next)
        put_own(d, acl, entry->who, reason);
    if (residents->count > 1)
        put_shared(d, acl, entry, residents);
}

/* Whether code may write and create in the registry key, possibly at least. */
static bool
may_change_key(const struct tc_reach *reach, struct tc_str key)
{
    const struct tc_perm *perm = tc_reach_perm(reach, TC_CLASS_REGISTRY);
    static const uint8_t fields[] = {TC_FIELD_REGISTRY_WRITE, TC_FIELD_REGISTRY_CREATE};
    size_t found = 0;

    if (tc_reach_is_full(reach) || (perm != NULL && perm->unrestricted))
        return true;
    for (size_t f = 0; perm != NULL && f < sizeof fields; f++) {
        const struct tc_list *list = &perm->values[fields[f]].list;
        bool covered = false;

        for (uint32_t i = 0; perm->values[fields[f]].present && i < list->count; i++)
            covered |= tc_path_covers(list->items[i].text, key);
        found += covered;
    }
    return found == sizeof fields;
}

/* The right to create event sources is one on the key of all of them. */
static void
put_registry(struct differ *d, const struct tc_plan_registry *entry)
{
    struct tc_str key = tc_arena_printf(d->arena, "HKEY_LOCAL_MACHINE\\%.*s", TC_STR_ARG(entry->key));

    for (const struct tc_plan_reason *reason = entry->reasons; reason != NULL; reason = reason->next) {
        const struct tc_application *app = reason->application;

        if (resides(d, app, entry->who) && !may_change_key(&d->isolation->reaches[app->index], key))
            put(d, TC_STR("registry"),
                &(struct tc_difference){
                    .kind = TC_DIFFERENCE_WIDER,
                    .application = app,
                    .may = tc_arena_printf(d->arena, "may change the registry key '%.*s'", TC_STR_ARG(key)),
                    .because = TC_STR("creating event sources takes that, and those of all applications lie there"),
                    .span = reason->span});
    }
}

/* ---- the whole ---- */

enum tc_status
tc_plan_differences(struct tc_arena *arena, const struct tc_plan *plan, const struct tc_isolation *isolation,
                    struct tc_difference **ret)
{
    struct differ d = {.arena = arena, .plan = plan, .isolation = isolation};
    struct tc_difference *all = NULL, **end = &all;
    bool good;

    tc_map_init(&d.clusters, arena);
    tc_map_init(&d.grants, arena);
    tc_map_init(&d.own, arena);
    tc_map_init(&d.residents, arena);
    for (int kind = 0; kind < TC_DIFFERENCE_COUNT_; kind++)
        d.tail[kind] = &d.first[kind];
    d.given = tc_arena_array(arena, uint32_t, plan->application_count);
    d.marks = tc_arena_array(arena, size_t, plan->application_count);
    tc_claims_init(&d.claims);
    good = d.given != NULL && d.marks != NULL && collect(&d);
    if (good)
        put_gaps(&d);
    for (size_t i = 0; good && i < plan->acl_count; i++) {
        if (plan->acls[i].is_cut)
            put_cut(&d, &plan->acls[i]);
        for (const struct tc_plan_entry *entry = plan->acls[i].entries; entry != NULL; entry = entry->next)
            put_entry(&d, &plan->acls[i], entry);
    }
    for (size_t i = 0; good && i < plan->registry_count; i++)
        put_registry(&d, &plan->registry[i]);
    tc_claims_done(&d.claims);
    if (!good || arena->failed)
        return TC_ERR_NOMEM;
    for (int kind = 0; kind < TC_DIFFERENCE_COUNT_; kind++) {
        for (struct tc_difference *one = d.first[kind]; one != NULL; one = one->next)
            sort_applications(one);
        *end = d.first[kind];
        if (d.first[kind] != NULL)
            end = d.tail[kind];
    }
    *ret = all;
    return TC_OK;
}
