/* The audit as a whole: who is who, what the plan wants where, and what nobody showed. */
#include "plan/audit_parts.h"
#include "plan/sid.h"

#include <stdlib.h>

/* ---- accounts ---- */

static void
add_name(struct tc_audit *audit, struct tc_str name, struct tc_audit_account *account)
{
    if (name.len > 0)
        tc_map_add(&audit->accounts, tc_str_fold(audit->arena, name), account);
}

static struct tc_audit_account *
new_account(struct tc_audit *audit, struct tc_str name, const struct tc_account *known)
{
    struct tc_audit_account *account = tc_arena_new(audit->arena, struct tc_audit_account);

    if (account == NULL)
        return NULL;
    *account = (struct tc_audit_account){.name = tc_arena_str(audit->arena, name), .known = known};
    add_name(audit, account->name, account);
    if (known != NULL) {
        add_name(audit, tc_str_of(known->name), account);
        if (known->sid != NULL)
            add_name(audit, tc_str_of(known->sid), account);
    }
    return account;
}

struct tc_audit_account *
tc_audit_account(struct tc_audit *audit, struct tc_str name)
{
    struct tc_audit_account *found;
    const struct tc_account *known;

    tc_arena_reset(&audit->scratch);
    found = tc_map_get(&audit->accounts, tc_str_fold(&audit->scratch, name));
    if (found != NULL)
        return found;
    /* A source may leave out the domain of its own server, and write a dot for it. */
    found = tc_map_get(&audit->accounts, tc_str_fold(&audit->scratch, tc_account_simple_name(name)));
    known = tc_account_find(name);
    if (found == NULL || found->principal == NULL || found->known != NULL || known != NULL ||
        found->principal->kind == TC_PRINCIPAL_VIRTUAL)
        found =
            known == NULL ? NULL : tc_map_get(&audit->accounts, tc_str_fold(&audit->scratch, tc_str_of(known->name)));
    if (found == NULL)
        return new_account(audit, name, known);
    add_name(audit, tc_arena_str(audit->arena, name), found);
    return found;
}

static void
add_principal(struct tc_audit *audit, const struct tc_principal *who)
{
    struct tc_str simple = tc_str_starts(who->name, TC_STR(".\\")) ? tc_account_simple_name(who->name) : who->name;
    struct tc_audit_account *account = tc_audit_account(audit, simple);

    if (account == NULL)
        return;
    account->principal = who;
    account->name = who->name;
    add_name(audit, who->sid, account);
    if (who->kind == TC_PRINCIPAL_VIRTUAL)
        add_name(audit, tc_pool_sid(audit->arena, tc_account_simple_name(who->name)), account);
}

static bool
is_planned(const struct tc_audit_account *account)
{
    return account != NULL && account->principal != NULL && account->principal->kind == TC_PRINCIPAL_ACCOUNT;
}

const char *
tc_audit_sid(struct tc_audit *audit, struct tc_str name, struct tc_str sid)
{
    struct tc_audit_account *account = tc_audit_account(audit, name), *other;
    struct tc_str folded = tc_str_fold(audit->arena, sid), simple = tc_account_simple_name(name);
    struct tc_str domain = tc_str_sub(name, 0, name.len - simple.len);

    if (!is_planned(account) && (domain.len == 0 || tc_str_eq(domain, TC_STR(".\\")))) /* of the server itself */
        account =
            tc_audit_account(audit, tc_arena_printf(audit->arena, "%.*s\\%.*s",
                                                    TC_STR_ARG(audit->plan->model->server_name), TC_STR_ARG(simple)));
    if (!is_planned(account))
        return "the plan has no account of that name";
    other = tc_map_get(&audit->accounts, folded);
    if (other != NULL && other != account)
        return tc_arena_printf(audit->arena, "that is the SID of '%.*s'", TC_STR_ARG(other->name)).ptr;
    add_name(audit, folded, account);
    return NULL;
}

/* ---- what the plan wants ---- */

struct tc_audit_path *
tc_audit_list_for(const struct tc_audit *audit, struct tc_str path, bool *ret_itself)
{
    struct tc_audit_path *found;

    path = tc_audit_without_end(path);
    found = tc_map_get(&audit->paths, path);
    *ret_itself = found != NULL;
    while (found == NULL && path.len > 0) {
        path.len--;
        if (path.ptr[path.len] == '\\')
            found = tc_map_get(&audit->paths, path);
    }
    return found;
}

struct tc_str
tc_audit_without_end(struct tc_str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] == '\\')
        path.len--;
    return path;
}

static struct tc_audit_expected *
expected_of(struct tc_audit_path *path, const struct tc_audit_account *account)
{
    for (size_t i = 0; i < path->count; i++)
        if (path->expected[i].account == account)
            return &path->expected[i];
    return NULL;
}

static void
add_expected(struct tc_audit *audit, struct tc_audit_path *path, const struct tc_plan_entry *entry)
{
    struct tc_audit_account *account = tc_audit_account(audit, entry->who->name);
    struct tc_audit_expected *expected = expected_of(path, account);
    uint32_t rights = tc_rights_of_file(entry->rights);

    if (expected == NULL) {
        expected = &path->expected[path->count++];
        *expected = (struct tc_audit_expected){.account = account};
    }
    expected->entry = entry;
    switch (entry->kind) {
    case TC_ENTRY_ALLOW:
        expected->allow |= rights;
        break;
    case TC_ENTRY_DENY:
        expected->deny |= rights;
        break;
    case TC_ENTRY_NONE:
        expected->allow = 0;
        break;
    case TC_ENTRY_COUNT_:
        break;
    }
}

static void
find_owner(struct tc_audit_path *path)
{
    for (const struct tc_plan_entry *entry = path->acl->entries; entry != NULL; entry = entry->next)
        for (const struct tc_plan_reason *reason = entry->reasons; reason != NULL; reason = reason->next) {
            if (path->application == NULL)
                path->application = reason->application;
            if (path->span.begin == 0)
                path->span = reason->span;
        }
    if (path->span.begin == 0 && path->application != NULL)
        path->span = path->application->span;
}

static bool
add_list(struct tc_audit *audit, const struct tc_plan_acl *acl)
{
    struct tc_audit_path *path = tc_arena_new(audit->arena, struct tc_audit_path);
    struct tc_str folded = tc_audit_without_end(tc_str_fold(audit->arena, acl->path));
    bool itself;
    struct tc_audit_path *above = acl->is_cut ? NULL : tc_audit_list_for(audit, folded, &itself);
    size_t count = above == NULL ? 0 : above->count;

    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
        count++;
    if (path == NULL)
        return false;
    path->expected = tc_arena_array(audit->arena, struct tc_audit_expected, count);
    if (path->expected == NULL)
        return false;
    path->acl = acl;
    path->is_cut = acl->is_cut || (above != NULL && above->is_cut);
    if (above != NULL) {
        memcpy(path->expected, above->expected, above->count * sizeof *above->expected);
        path->count = above->count;
    }
    for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next)
        add_expected(audit, path, entry);
    find_owner(path);
    tc_map_add(&audit->paths, folded, path);
    return !audit->arena->failed;
}

enum tc_status
tc_audit_new(struct tc_arena *arena, const struct tc_plan *plan, struct tc_diags *diags, struct tc_audit **ret_audit)
{
    struct tc_audit *audit = tc_arena_new(arena, struct tc_audit);

    if (audit == NULL)
        return TC_ERR_NOMEM;
    *audit = (struct tc_audit){.arena = arena, .plan = plan, .diags = diags};
    tc_map_init(&audit->accounts, arena);
    tc_map_init(&audit->paths, arena);
    tc_map_init(&audit->said, arena);
    for (size_t i = 0; i < plan->principal_count; i++)
        add_principal(audit, plan->principals[i]);
    for (size_t i = 0; i < plan->acl_count; i++)
        add_list(audit, &plan->acls[i]);
    *ret_audit = audit;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- the rest ---- */

void
tc_audit_finding(struct tc_audit *audit, struct tc_diag *diag, enum tc_rule_id rule)
{
    const struct tc_code *code;

    audit->result.findings++;
    if (rule == TC_RULE_COUNT_)
        return;
    code = &tc_rule_info(rule)->code;
    tc_diag_note(audit->diags, diag, "it breaks the rule '%s': %s", code->slug, code->sentence);
}

void
tc_audit_unseen(struct tc_audit *audit)
{
    audit->result.unseen++;
}

void
tc_audit_said_note(struct tc_audit *audit, const struct tc_audit_said *said)
{
    if (said->below > 0)
        tc_diag_note(audit->diags, said->diag, "the same holds for %zu more path%s there", said->below,
                     said->below == 1 ? "" : "s");
}

static void
say_unseen(struct tc_audit *audit)
{
    for (size_t i = 0; i < audit->plan->acl_count; i++) {
        const struct tc_plan_acl *acl = &audit->plan->acls[i];
        const struct tc_audit_path *path =
            tc_map_get(&audit->paths, tc_audit_without_end(tc_str_fold(audit->arena, acl->path)));
        struct tc_diag *diag;

        if (path == NULL || path->is_seen)
            continue;
        tc_audit_unseen(audit);
        diag = tc_diag_add(audit->diags, tc_code(TC_CODE_RIGHTS_UNSEEN), path->span,
                           "no listing shows the rights on '%.*s', which the plan sets", TC_STR_ARG(acl->path));
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /T", TC_STR_ARG(acl->path));
    }
}

static void
say_gaps(struct tc_audit *audit)
{
    for (size_t i = 0; i < audit->plan->gap_count; i++) {
        const struct tc_plan_gap *gap = &audit->plan->gaps[i];

        tc_audit_unseen(audit);
        tc_diag_add(audit->diags, tc_code(TC_CODE_AUDIT_UNPLANNED), gap->span, "%.*s: not in the plan, because %.*s",
                    TC_STR_ARG(gap->what), TC_STR_ARG(gap->because));
    }
}

enum tc_status
tc_audit_end(struct tc_audit *audit, struct tc_audit_result *ret_result)
{
    bool failed;

    for (const struct tc_audit_said *said = audit->saids; said != NULL; said = said->next)
        tc_audit_said_note(audit, said);
    if (audit->had_listing)
        say_unseen(audit);
    say_gaps(audit);
    failed = audit->folded.failed || audit->scratch.failed || audit->arena->failed;
    free(audit->touched);
    tc_buf_done(&audit->folded);
    tc_arena_done(&audit->scratch);
    *ret_result = audit->result;
    return failed ? TC_ERR_NOMEM : TC_OK;
}
