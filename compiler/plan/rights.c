/*
 * Rights on directories and files, from what applications own and what FileIO grants them.
 *
 * A path gets a list of its own when it is owned, or when nothing planned lies above it: such a list is cut off from
 * what lies above. What lies in a planned path, and is nobody's own, only adds what the lists above it do not give
 * already. A grant on a directory holds for all below it, so where a list is cut, what grants from outside give above
 * it is written again; what an application may do as owner of the directory above is not: an application's own
 * directory is nobody else's.
 */
#include "isolate/paths.h"
#include "model/path.h"
#include "model/places.h"
#include "plan/internal.h"

#include <stdalign.h>
#include <stdlib.h>

/* One right that is asked for. */
struct ask {
    const struct tc_claim *claim;
    struct tc_maker_principal *who;
    uint32_t rights;
    struct tc_str text;
    struct tc_str path; /* of the claim, nothing behind its last name */
};

/* A path on the way down from a drive. */
struct level {
    size_t acl;              /* its list; SIZE_MAX: none */
    bool is_cut;             /* what lies above does not reach it */
    const struct ask **asks; /* what is granted here by path, whether or not it needed an entry */
    size_t ask_count;
};

struct lister {
    struct tc_maker *m;
    struct ask *asks;
    size_t ask_count, ask_capacity;
    struct level *levels;
    size_t level_capacity;
    size_t marks;
    bool failed;
};

/* ---- entries ---- */

/* @a end is where the next one goes. False when out of memory. */
static bool
add_reason(struct tc_maker *m, struct tc_plan_reason ***end, const struct tc_plan_reason *wanted)
{
    struct tc_plan_reason *reason = tc_arena_new(m->arena, struct tc_plan_reason);

    if (reason == NULL)
        return false;
    *reason = *wanted;
    **end = reason;
    *end = &reason->next;
    return true;
}

/* The next entry of @a acl, which is the last list. */
static struct tc_plan_entry *
new_entry(struct tc_maker *m, struct tc_plan_acl *acl, const struct tc_principal *who, enum tc_entry_kind kind)
{
    struct tc_plan_entry *entry = tc_arena_new(m->arena, struct tc_plan_entry);

    if (entry == NULL)
        return NULL;
    *entry = (struct tc_plan_entry){.who = who, .kind = kind};
    if (acl->entries == NULL)
        acl->entries = entry;
    else
        m->last_entry->next = entry;
    m->last_entry = entry;
    return entry;
}

bool
tc_plan_add_entry(struct tc_maker *m, struct tc_plan_acl *acl, const struct tc_principal *who, enum tc_entry_kind kind,
                  uint32_t rights, const struct tc_application *app, const char *text)
{
    struct tc_plan_entry *entry = new_entry(m, acl, who, kind);
    struct tc_plan_reason **end;

    if (entry == NULL)
        return false;
    entry->rights = rights;
    end = &entry->reasons;
    return add_reason(m, &end,
                      &(struct tc_plan_reason){.application = app,
                                               .text = tc_str_of(text),
                                               .span = app == NULL ? TC_NOWHERE : app->span,
                                               .rights = rights});
}

struct tc_plan_acl *
tc_plan_add_acl(struct tc_maker *m, struct tc_str path, enum tc_acl_kind kind)
{
    struct tc_plan_acl *acls =
        tc_arena_more(m->arena, struct tc_plan_acl, m->acls, m->plan->acl_count, &m->acl_capacity, 16);

    if (acls == NULL)
        return NULL;
    m->acls = acls;
    acls[m->plan->acl_count] = (struct tc_plan_acl){.path = path, .kind = kind};
    return &acls[m->plan->acl_count++];
}

static bool
add_always(struct tc_maker *m, struct tc_plan_acl *acl)
{
    const struct tc_need *need = tc_need(TC_NEED_ALWAYS);

    for (size_t i = 0; i < m->plan->principal_count && m->principal_list[i]->kind == TC_PRINCIPAL_WELL_KNOWN; i++)
        if (!tc_plan_add_entry(m, acl, m->principal_list[i], TC_ENTRY_ALLOW, need->rights, NULL, need->words))
            return false;
    return true;
}

/* ---- what claims ask for ---- */

struct tc_str
tc_plan_path(struct tc_str path)
{
    if (tc_str_ends(path, TC_STR("\\.")))
        path.len -= 2;
    while (path.len > 0 && path.ptr[path.len - 1] == '\\')
        path.len--;
    return path;
}

static void
put_ask(struct lister *l, const struct tc_claim *claim, const struct tc_principal *who, uint32_t rights,
        struct tc_str text)
{
    struct ask *asks = tc_arena_more(l->m->arena, struct ask, l->asks, l->ask_count, &l->ask_capacity, 16);

    if (asks == NULL) {
        l->failed = true;
        return;
    }
    l->asks = asks;
    asks[l->ask_count++] = (struct ask){.claim = claim,
                                        .who = tc_maker_principal(l->m, who->name, who->sid, who->kind, who->span),
                                        .rights = rights,
                                        .text = text,
                                        .path = tc_plan_path(claim->path)};
}

static void
put_need(struct lister *l, const struct tc_claim *claim, const struct tc_principal *who, enum tc_need_id id)
{
    const struct tc_need *need = tc_need(id);

    put_ask(l, claim, who, need->rights, tc_str_of(need->words));
}

/* Why no right on the path of @a claim can be planned; NULL: one can. */
static const char *
obstacle(const struct tc_maker *m, const struct tc_claim *claim)
{
    const struct tc_system_place *place;
    enum tc_place_relation relation;

    if (claim->path.len == 0)
        return claim->is_local_only ? "FileIO on every local file: no right on a directory stands for that"
                                    : "FileIO on every file: no right on a directory stands for that";
    if (tc_str_starts(claim->path, TC_STR("\\\\"))) {
        struct tc_str host = tc_str_sub(claim->path, 2, SIZE_MAX);

        return tc_is_own_host(m->model, tc_str_sub(host, 0, tc_str_find(host, TC_STR("\\"), 0)))
                   ? "it is a share of this server, and only the server knows which directory that is: name the "
                     "directory"
                   : "it lies on another computer: give the rights there";
    }
    if (tc_path_is_drive(claim->path))
        return "it is a whole drive, and other things live there than this server's applications";
    place = tc_place_find(claim->path, true, &relation);
    if (place != NULL &&
        !(claim->kind == TC_CLAIM_ROOT && relation == TC_PLACE_SAME && tc_place_holds_content(place->path)))
        return tc_arena_printf(m->arena, "its rights belong to Windows: %s", place->what).ptr;
    if (m->model->windows.text.len > 0 && tc_path_covers(m->model->windows.text, claim->path))
        return "its rights belong to Windows";
    return NULL;
}

static struct tc_str
what_of(struct tc_maker *m, const struct tc_claim *claim)
{
    return claim->path.len == 0 ? TC_STR("rights on files")
                                : tc_arena_printf(m->arena, "rights on %.*s", TC_STR_ARG(claim->path));
}

static void
ask_for(struct lister *l, const struct tc_plan_application *planned, const struct tc_claim *claim)
{
    const struct tc_application *app = planned->application;
    const struct tc_principal *identity = planned->pool->identity, *user = planned->anonymous;
    unsigned may = claim->may & (unsigned)~claim->possible;

    if (user == identity)
        user = NULL;
    switch ((enum tc_claim_kind)claim->kind) {
    case TC_CLAIM_ROOT:
        put_need(l, claim, identity, TC_NEED_ROOT);
        if (user != NULL)
            put_need(l, claim, user, TC_NEED_ROOT_ANONYMOUS);
        break;
    case TC_CLAIM_TEMPORARY:
        put_need(l, claim, identity, TC_NEED_TEMPORARY);
        if (user != NULL && app->impersonate == 1)
            put_need(l, claim, user, TC_NEED_TEMPORARY);
        break;
    case TC_CLAIM_TEMPLATES:
        put_need(l, claim, identity, TC_NEED_TEMPLATES);
        break;
    case TC_CLAIM_GRANT:
        if (may == 0)
            break;
        put_ask(l, claim, identity, tc_rights_backing(may), tc_rights_backing_words(l->m->arena, may));
        if (user != NULL && app->impersonate == 1) /* then its code opens files as the user */
            put_ask(l, claim, user, tc_rights_backing(may), tc_rights_backing_words(l->m->arena, may));
        break;
    }
}

/* A gap where the policy grants something: @a may, some of what @a claim allows. */
static void
put_denied(struct lister *l, const struct tc_plan_application *planned, const struct tc_claim *claim, unsigned may,
           const char *because)
{
    struct tc_maker *m = l->m;
    struct tc_plan_gap *gap = tc_maker_gap(m, planned->application, claim->span, what_of(m, claim), "%s", because);
    struct tc_str verbs = tc_may_words(m->arena, may);

    if (gap == NULL || claim->kind != TC_CLAIM_GRANT)
        return;
    if (claim->path.len > 0)
        gap->may = tc_arena_printf(m->arena, "may %s%.*s '%.*s'", may == claim->possible ? "possibly " : "",
                                   TC_STR_ARG(verbs), TC_STR_ARG(claim->path));
    else
        gap->may = tc_arena_printf(m->arena, "may %s%.*s every file%s", may == claim->possible ? "possibly " : "",
                                   TC_STR_ARG(verbs), claim->is_local_only ? " of the server's own drives" : "");
}

/* Turn claims into asks; what cannot be planned becomes a gap. */
static void
gather(struct lister *l, const struct tc_reach *reaches, const struct tc_claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        const struct tc_claim *claim = &claims->items[i];
        const struct tc_plan_application *planned = &l->m->applications[claim->application];
        const char *why;

        if (planned->pool == NULL || (tc_reach_is_full(&reaches[claim->application]) && claim->kind == TC_CLAIM_GRANT))
            continue; /* said already */
        if (claim->kind == TC_CLAIM_GRANT && claim->possible != 0)
            put_denied(l, planned, claim, claim->possible,
                       "the standard level grants this only possibly, and the server's own file decides: see trustc "
                       "verify --platform");
        if (claim->kind == TC_CLAIM_GRANT && (claim->may & (unsigned)~claim->possible) == 0)
            continue;
        why = obstacle(l->m, claim);
        if (why != NULL)
            put_denied(l, planned, claim, claim->may & (unsigned)~claim->possible, why);
        else
            ask_for(l, planned, claim);
    }
}

/* ---- lists ---- */

static struct level *
level_at(struct lister *l, size_t depth)
{
    if (depth >= l->level_capacity) {
        size_t capacity = l->level_capacity == 0 ? 32 : 2 * depth;
        struct level *levels = realloc(l->levels, capacity * sizeof *levels);

        if (levels == NULL)
            return NULL;
        l->levels = levels;
        l->level_capacity = capacity;
    }
    return &l->levels[depth];
}

/* Let each principal know what lists above @a depth give it, up to the nearest that is cut. */
static void
mark_inherited(struct lister *l, size_t depth)
{
    l->marks++;
    for (size_t i = depth; i-- > 0;) {
        const struct level *level = &l->levels[i];
        const struct tc_plan_entry *entry = level->acl == SIZE_MAX ? NULL : l->m->acls[level->acl].entries;

        for (; entry != NULL; entry = entry->next) {
            struct tc_maker_principal *who =
                tc_maker_principal(l->m, entry->who->name, entry->who->sid, entry->who->kind, entry->who->span);

            if (who == NULL) {
                l->failed = true;
                return;
            }
            if (who->inherited_mark != l->marks)
                who->inherited = 0;
            who->inherited_mark = l->marks;
            who->inherited |= entry->rights;
        }
        if (level->is_cut)
            break;
    }
}

static void
put_entry(struct lister *l, struct tc_plan_acl *acl, const struct ask *ask)
{
    const struct tc_application *app = l->m->applications[ask->claim->application].application;
    struct tc_maker_principal *who = ask->who;

    if (who->mark != l->marks) {
        who->entry = new_entry(l->m, acl, &who->pub, TC_ENTRY_ALLOW);
        who->mark = l->marks;
        if (who->entry != NULL)
            who->reason_end = &who->entry->reasons;
    }
    if (who->entry == NULL ||
        !add_reason(l->m, &who->reason_end,
                    &(struct tc_plan_reason){
                        .application = app, .text = ask->text, .span = ask->claim->span, .rights = ask->rights})) {
        l->failed = true;
        return;
    }
    who->entry->rights |= ask->rights;
}

static bool
gives_more(const struct lister *l, const struct ask *ask)
{
    return ask->who->inherited_mark != l->marks || (ask->rights & ~ask->who->inherited) != 0;
}

static enum tc_acl_kind
kind_of(const struct tc_path_node *node, const struct lister *l)
{
    static const enum tc_acl_kind kinds[] = {
        [TC_CLAIM_GRANT] = TC_ACL_DATA,
        [TC_CLAIM_ROOT] = TC_ACL_ROOT,
        [TC_CLAIM_TEMPORARY] = TC_ACL_TEMPORARY,
        [TC_CLAIM_TEMPLATES] = TC_ACL_TEMPLATES,
    };
    enum tc_acl_kind kind = TC_ACL_DATA;

    for (size_t i = 0; i < node->count; i++) {
        enum tc_acl_kind one = kinds[l->asks[node->keys[i].item].claim->kind];

        if (one < kind)
            kind = one;
    }
    return kind;
}

static void
put_own(struct lister *l, const struct tc_path_node *node, struct tc_plan_acl *acl, struct level *level)
{
    for (size_t i = 0; i < node->count; i++) {
        const struct ask *ask = &l->asks[node->keys[i].item];

        if (ask->claim->kind == TC_CLAIM_GRANT)
            level->asks[level->ask_count++] = ask;
        if (acl->is_cut || gives_more(l, ask))
            put_entry(l, acl, ask);
    }
}

/* Grants by path on what lies above hold here as well. */
static void
put_from_above(struct lister *l, struct tc_plan_acl *acl, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        for (size_t j = 0; j < l->levels[i].ask_count; j++)
            if (!l->levels[i].asks[j]->claim->is_own)
                put_entry(l, acl, l->levels[i].asks[j]);
}

static void
visit(void *state, struct tc_path_node *node)
{
    struct lister *l = state;
    struct level *level = level_at(l, node->depth);
    struct tc_plan_acl *acl;
    enum tc_acl_kind kind = kind_of(node, l);
    bool is_cut = kind != TC_ACL_DATA || node->depth == 0;

    if (level == NULL || l->failed) {
        l->failed = true;
        return;
    }
    mark_inherited(l, node->depth);
    acl = tc_plan_add_acl(l->m, l->asks[node->keys[0].item].path, kind);
    *level = (struct level){
        .acl = SIZE_MAX, .is_cut = is_cut, .asks = tc_arena_array(l->m->arena, const struct ask *, node->count)};
    if (acl == NULL || level->asks == NULL) {
        l->failed = true;
        return;
    }
    acl->is_cut = is_cut;
    acl->is_made = kind == TC_ACL_TEMPORARY || kind == TC_ACL_TEMPLATES;
    if (is_cut && !add_always(l->m, acl))
        l->failed = true;
    put_own(l, node, acl, level);
    if (is_cut)
        put_from_above(l, acl, node->depth);
    if (acl->entries == NULL) /* what lies above gives it all */
        l->m->plan->acl_count--;
    else
        level->acl = l->m->plan->acl_count - 1;
}

enum tc_status
tc_plan_rights(struct tc_maker *m, const struct tc_reach *reaches, const struct tc_claims *claims)
{
    struct lister l = {.m = m};
    struct tc_path_key *keys;
    bool ok;

    gather(&l, reaches, claims);
    keys = tc_arena_array(m->arena, struct tc_path_key, l.ask_count);
    if (keys == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < l.ask_count; i++)
        keys[i] = tc_path_key_of(m->arena, l.asks[i].path, i);
    if (m->arena->failed)
        return TC_ERR_NOMEM;
    tc_paths_sort(keys, l.ask_count);
    ok = tc_paths_scan(keys, l.ask_count, visit, &l) && !l.failed;
    free(l.levels);
    return ok && !m->arena->failed ? TC_OK : TC_ERR_NOMEM;
}
