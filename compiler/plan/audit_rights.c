/* Listings of rights, held against the plan path by path. */
#include "plan/audit_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* What cannot be asked for by itself to any effect: every list that allows something has them, or may as well. */
enum { WITHOUT_WEIGHT = TC_RIGHT_SYNCHRONIZE | TC_RIGHT_READ_CONTROL };

enum {
    WRITING = TC_RIGHT_WRITE_DATA | TC_RIGHT_APPEND_DATA | TC_RIGHT_WRITE_EA | TC_RIGHT_DELETE_CHILD |
              TC_RIGHT_WRITE_ATTRIBUTES | TC_RIGHT_DELETE | TC_RIGHT_WRITE_DAC | TC_RIGHT_WRITE_OWNER
};

/* ---- one path ---- */

struct look {
    struct tc_audit *audit;
    const struct tc_acl *acl;
    struct tc_audit_path *plan;
    struct tc_str folded;
    bool is_itself; /* the path that the plan names, not one below it */
};

static bool
touch(struct tc_audit *audit, struct tc_audit_account *account)
{
    if (account == NULL)
        return false;
    if (account->mark == audit->mark)
        return true;
    if (audit->touched_count == audit->touched_capacity) {
        size_t capacity = audit->touched_capacity == 0 ? 64 : audit->touched_capacity * 2;
        struct tc_audit_account **touched = realloc(audit->touched, capacity * sizeof(struct tc_audit_account *));

        if (touched == NULL) {
            audit->scratch.failed = true;
            return false;
        }
        audit->touched = touched;
        audit->touched_capacity = capacity;
    }
    audit->touched[audit->touched_count++] = account;
    account->mark = audit->mark;
    account->allowed = account->has = account->denied = account->expected = account->denial = 0;
    account->ace = NULL;
    account->entry = NULL;
    account->is_settled = false;
    return true;
}

/* Groups that the account is in for sure. */
static bool
is_in_pools(const struct tc_audit_account *account)
{
    return account->principal != NULL && account->principal->runs_pool;
}

static bool
is_in_all(const struct tc_audit_account *account)
{
    return account->principal != NULL && (account->principal->runs_pool || account->principal->is_anonymous);
}

static uint32_t
by_groups(const struct tc_audit_account *account, uint32_t all, uint32_t pools)
{
    return (is_in_all(account) ? all : 0) | (is_in_pools(account) ? pools : 0);
}

static void
add_to_group(const struct tc_audit_account *account, uint32_t mask, uint32_t *all, uint32_t *pools)
{
    if (account->known == NULL)
        return;
    if (account->known->members == TC_MEMBERS_ALL)
        *all |= mask;
    if (account->known->members != TC_MEMBERS_NONE)
        *pools |= mask;
}

/* An entry, in the order of the list: the first that speaks of a right decides. */
static void
weigh(struct tc_audit *audit, struct tc_audit_account *account, const struct tc_ace *ace)
{
    uint32_t mask = tc_rights_of_file(ace->mask), open = mask & ~account->denied;
    bool is_here = !(ace->flags & TC_ACE_INHERIT_ONLY);

    if (ace->denies) {
        if (!is_here)
            return;
        account->denied |= mask & ~account->has;
        add_to_group(account, mask & ~audit->allowed_all, &audit->denied_all, &audit->denied_pools);
        audit->denier = account;
        if (account->ace == NULL)
            account->ace = ace;
        return;
    }
    if (account->ace == NULL || (open & ~account->expected & ~account->allowed) != 0)
        account->ace = ace;
    account->allowed |= open;
    if (!is_here)
        return;
    account->has |= open & ~by_groups(account, audit->denied_all, audit->denied_pools);
    add_to_group(account, mask, &audit->allowed_all, &audit->allowed_pools);
}

static bool
weigh_all(struct look *look)
{
    struct tc_audit *audit = look->audit;

    audit->mark++;
    audit->touched_count = 0;
    audit->denied_all = audit->denied_pools = audit->allowed_all = audit->allowed_pools = 0;
    for (size_t i = 0; i < look->plan->count; i++) {
        const struct tc_audit_expected *expected = &look->plan->expected[i];

        if (!touch(audit, expected->account))
            return false;
        expected->account->expected = expected->allow;
        expected->account->denial = expected->deny;
        expected->account->entry = expected->entry;
    }
    for (size_t i = 0; i < look->acl->count; i++) {
        struct tc_audit_account *account = tc_audit_account(audit, look->acl->aces[i].principal);

        if (!touch(audit, account))
            return false;
        weigh(audit, account, &look->acl->aces[i]);
    }
    return true;
}

/* ---- findings ---- */

/* As icacls has it. Its bundles hold SYNCHRONIZE, which is no news by itself. */
static struct tc_str
rights(const struct tc_audit *audit, uint32_t mask)
{
    static const struct tc_str alone = {"S,", 2};
    struct tc_buf out = {0};
    struct tc_str text;

    if (mask == 0)
        return TC_STR("no rights");
    tc_rights_put(&out, mask | TC_RIGHT_SYNCHRONIZE);
    text = tc_arena_str(audit->arena, tc_buf_str(&out));
    for (size_t at = 0; (at = tc_str_find(text, alone, at)) != SIZE_MAX; at++)
        if (at == 0 || text.ptr[at - 1] == ',')
            text = tc_arena_printf(audit->arena, "%.*s%.*s", TC_STR_ARG(tc_str_sub(text, 0, at)),
                                   TC_STR_ARG(tc_str_sub(text, at + alone.len, SIZE_MAX)));
    tc_buf_done(&out);
    return text;
}

static bool
is_below(struct tc_str path, struct tc_str above)
{
    return path.len > above.len && path.ptr[above.len] == '\\' && tc_str_starts(path, above);
}

/* Whether what was found came from the directory above: then its other children have it as well. */
static bool
is_inherited(const struct look *look, const struct tc_audit_account *account)
{
    if (account != NULL && account->ace != NULL)
        return (account->ace->flags & TC_ACE_INHERITED) != 0;
    return look->acl->count > 0 && (look->acl->aces[0].flags & TC_ACE_INHERITED);
}

/* Where what is said of the path is said of: itself and all below, or all in the directory above. */
static struct tc_str
scope(const struct look *look, const struct tc_audit_account *account)
{
    struct tc_str path = look->folded;

    if (look->is_itself || !is_inherited(look, account))
        return path;
    while (path.len > 0 && path.ptr[path.len - 1] != '\\')
        path.len--;
    return tc_audit_without_end(path);
}

/* Whether the same has been said of a directory above; it counts there. Else @a ret_said is for the finding to come. */
static bool
is_said(struct look *look, const struct tc_code *code, const struct tc_audit_account *account, uint32_t mask,
        struct tc_audit_said **ret_said)
{
    struct tc_audit *audit = look->audit;
    char text[96];
    struct tc_str key;
    struct tc_audit_said *said;

    key.ptr = text;
    key.len = (size_t)snprintf(text, sizeof text, "%s %p %x %p", code->id, (const void *)account, mask,
                               (const void *)look->plan);
    said = tc_map_get(&audit->said, key);
    if (said != NULL && is_below(look->folded, said->path)) {
        said->below++;
        return true;
    }
    if (said == NULL) {
        said = tc_arena_new(audit->arena, struct tc_audit_said);
        if (said == NULL)
            return true;
        tc_map_add(&audit->said, tc_arena_str(audit->arena, key), said);
        said->next = audit->saids;
        audit->saids = said;
    } else {
        tc_audit_said_note(audit, said);
    }
    said->path = tc_arena_str(audit->arena, scope(look, account));
    said->below = 0;
    *ret_said = said;
    return false;
}

static const char *
star(struct tc_str name)
{
    return tc_str_starts(name, TC_STR("S-1-")) ? "*" : "";
}

/* Labels at what the source says of the account there, or of the path. */
static void
label_plan(struct look *look, struct tc_diag *diag, const struct tc_plan_entry *entry)
{
    const struct tc_plan_reason *reason = entry == NULL ? NULL : entry->reasons;
    unsigned labels = 0;

    for (; reason != NULL && labels < 3; reason = reason->next)
        if (reason->span.begin != 0) {
            tc_diag_label(look->audit->diags, diag, reason->span, "planned: %.*s", TC_STR_ARG(reason->text));
            labels++;
        }
    if (labels == 0 && look->plan->application != NULL)
        tc_diag_label(look->audit->diags, diag, look->plan->span, "it belongs to '%.*s'",
                      TC_STR_ARG(look->plan->application->name));
}

/* What sets right a planned entry, or the path below one. */
static void
help_grant(struct look *look, struct tc_diag *diag, const struct tc_audit_account *account)
{
    struct tc_audit *audit = look->audit;
    struct tc_str path = look->acl->path;

    if (!look->is_itself)
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /reset", TC_STR_ARG(path));
    else if (account->expected != 0)
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /grant:r \"%.*s:(OI)(CI)(%.*s)\"", TC_STR_ARG(path),
                     TC_STR_ARG(account->name), TC_STR_ARG(rights(audit, account->expected)));
    else
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /remove:g \"%s%.*s\"", TC_STR_ARG(path), star(account->name),
                     TC_STR_ARG(account->name));
}

static void
help_remove(struct look *look, struct tc_diag *diag, const struct tc_audit_account *account)
{
    struct tc_audit *audit = look->audit;
    struct tc_str path = look->acl->path;

    if (!look->is_itself)
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /reset", TC_STR_ARG(path));
    else if (account->ace != NULL && (account->ace->flags & TC_ACE_INHERITED) && look->plan->acl->is_cut)
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /inheritance:r", TC_STR_ARG(path));
    else
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /remove:g \"%s%.*s\"", TC_STR_ARG(path), star(account->name),
                     TC_STR_ARG(account->name));
}

static struct tc_span
place_of(const struct look *look, const struct tc_audit_account *account)
{
    return account->ace != NULL ? account->ace->span : look->acl->span;
}

/* What somebody who should have nothing here can do to whom: caches have rules of their own. */
static enum tc_rule_id
rule_of(const struct look *look, const struct tc_audit_account *account, uint32_t extra)
{
    switch (look->plan->acl->kind) {
    case TC_ACL_TEMPORARY:
        return TC_RULE_SHARED_TEMPORARY;
    case TC_ACL_TEMPLATES:
        return TC_RULE_SHARED_TEMPLATE_CACHE;
    case TC_ACL_COMPRESSION:
        return TC_RULE_SHARED_COMPRESSION;
    case TC_ACL_ROOT:
    case TC_ACL_DATA:
    case TC_ACL_COUNT_:
        break;
    }
    if (account->known != NULL && account->known->kind == TC_ACCOUNT_WIDE)
        return TC_RULE_GROUP_RIGHTS;
    if (account->known == tc_account(TC_ACCOUNT_ID_IUSR))
        return TC_RULE_SHARED_ANONYMOUS;
    if (account->known != NULL && account->known->kind == TC_ACCOUNT_SHARED)
        return TC_RULE_SHARED_IDENTITY;
    return extra & WRITING ? TC_RULE_FILE_OVERLAP : TC_RULE_FILE_READ;
}

static void
say_more(struct look *look, struct tc_audit_account *account, uint32_t extra)
{
    struct tc_audit *audit = look->audit;
    const struct tc_code *code = tc_code(TC_CODE_RIGHTS_MORE);
    struct tc_audit_said *said;
    struct tc_diag *diag;

    if (is_said(look, code, account, extra, &said))
        return;
    diag =
        tc_diag_add(audit->diags, code, place_of(look, account), "'%.*s' has %.*s on '%.*s', where the plan gives %.*s",
                    TC_STR_ARG(account->name), TC_STR_ARG(rights(audit, account->allowed)), TC_STR_ARG(look->acl->path),
                    TC_STR_ARG(rights(audit, account->expected)));
    said->diag = diag;
    label_plan(look, diag, account->entry);
    help_grant(look, diag, account);
    tc_audit_finding(audit, diag, rule_of(look, account, extra));
}

static bool
is_nobody(const struct tc_audit_account *account)
{
    return account->known == NULL && account->principal == NULL && tc_str_starts(account->name, TC_STR("S-1-5-21-"));
}

static void
say_foreign(struct look *look, struct tc_audit_account *account, uint32_t extra)
{
    struct tc_audit *audit = look->audit;
    const struct tc_code *code = tc_code(TC_CODE_RIGHTS_FOREIGN);
    struct tc_audit_said *said;
    struct tc_diag *diag;

    if (is_said(look, code, account, extra, &said))
        return;
    diag = tc_diag_add(audit->diags, code, place_of(look, account),
                       "'%.*s' has %.*s on '%.*s', and the plan gives it nothing there", TC_STR_ARG(account->name),
                       TC_STR_ARG(rights(audit, account->allowed)), TC_STR_ARG(look->acl->path));
    said->diag = diag;
    label_plan(look, diag, NULL);
    if (account->principal != NULL && account->principal->span.begin != 0)
        tc_diag_label(audit->diags, diag, account->principal->span, "the account in the source");
    if (account->known != NULL && account->known->members != TC_MEMBERS_NONE)
        tc_diag_note(audit->diags, diag, "the identity of every application pool is a member of it");
    if (is_nobody(account))
        tc_diag_note(audit->diags, diag, "which account this is only the server knows");
    help_remove(look, diag, account);
    tc_audit_finding(audit, diag, rule_of(look, account, extra));
}

/* The account, or a group that it is in, whose entry denies @a missing; NULL: it is just not there. */
static const struct tc_audit_account *
denier_of(const struct look *look, const struct tc_audit_account *account, uint32_t missing)
{
    const struct tc_audit *audit = look->audit;

    if (missing & account->denied)
        return account;
    return missing & by_groups(account, audit->denied_all, audit->denied_pools) ? audit->denier : NULL;
}

/* Whether entries deny all of @a missing: lifting them mends it. */
static bool
is_all_denied(const struct look *look, const struct tc_audit_account *account, uint32_t missing)
{
    const struct tc_audit *audit = look->audit;
    uint32_t denied = account->denied | by_groups(account, audit->denied_all, audit->denied_pools);

    return (missing & ~denied & ~(uint32_t)WITHOUT_WEIGHT) == 0;
}

static void
say_less(struct look *look, struct tc_audit_account *account, uint32_t missing)
{
    struct tc_audit *audit = look->audit;
    const struct tc_code *code = tc_code(TC_CODE_RIGHTS_LESS);
    const struct tc_audit_account *some = denier_of(look, account, missing),
                                  *denier = is_all_denied(look, account, missing) ? some : NULL;
    uint32_t groups = by_groups(account, audit->allowed_all, audit->allowed_pools);
    struct tc_audit_said *said;
    struct tc_diag *diag;

    if (is_said(look, code, account, missing, &said))
        return;
    diag = tc_diag_add(audit->diags, code, place_of(look, denier != NULL ? denier : account),
                       "'%.*s' has %.*s%s on '%.*s', where the plan gives %.*s", TC_STR_ARG(account->name),
                       TC_STR_ARG(rights(audit, account->has)), denier == NULL ? " of its own" : "",
                       TC_STR_ARG(look->acl->path), TC_STR_ARG(rights(audit, account->expected)));
    said->diag = diag;
    label_plan(look, diag, account->entry);
    if (denier == NULL && (missing & ~groups & ~(uint32_t)WITHOUT_WEIGHT) == 0)
        tc_diag_note(audit->diags, diag, "a group that it is in has what it needs, at the moment");
    if (some != NULL)
        tc_diag_note(audit->diags, diag, "an entry denies %s%s", denier != NULL ? "it" : "some of it as well",
                     some != account ? " to a group that it is in" : "");
    if (denier != NULL && look->is_itself)
        tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /remove:d \"%s%.*s\"", TC_STR_ARG(look->acl->path),
                     star(denier->name), TC_STR_ARG(denier->name));
    else
        help_grant(look, diag, account);
    tc_audit_finding(audit, diag, TC_RULE_COUNT_);
}

static void
say_not_denied(struct look *look, struct tc_audit_account *account, uint32_t missing)
{
    struct tc_audit *audit = look->audit;
    const struct tc_code *code = tc_code(TC_CODE_RIGHTS_MORE);
    struct tc_audit_said *said;
    struct tc_diag *diag;

    if (is_said(look, code, account, missing, &said))
        return;
    diag =
        tc_diag_add(audit->diags, code, place_of(look, account), "'%.*s' is not denied %.*s on '%.*s', as planned",
                    TC_STR_ARG(account->name), TC_STR_ARG(rights(audit, account->denial)), TC_STR_ARG(look->acl->path));
    said->diag = diag;
    label_plan(look, diag, account->entry);
    tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /deny \"%.*s:(OI)(CI)(%.*s)\"", TC_STR_ARG(look->acl->path),
                 TC_STR_ARG(account->name), TC_STR_ARG(rights(audit, account->denial)));
    tc_audit_finding(audit, diag, rule_of(look, account, WRITING));
}

/* An account without a name that has what a planned one lacks may be that one. */
static bool
may_be_unnamed(struct look *look, struct tc_audit_account *account)
{
    struct tc_audit *audit = look->audit;
    const struct tc_code *code = tc_code(TC_CODE_RIGHTS_SID);
    struct tc_audit_said *said;

    if (account->principal == NULL || account->principal->sid.len > 0 || account->allowed != 0 ||
        account->principal->kind == TC_PRINCIPAL_VIRTUAL)
        return false;
    for (size_t i = 0; i < audit->touched_count; i++) {
        struct tc_audit_account *other = audit->touched[i];
        uint32_t different = (other->allowed ^ account->expected) & ~(uint32_t)WITHOUT_WEIGHT;

        if (!is_nobody(other) || other->is_settled || different != 0)
            continue;
        other->is_settled = true;
        if (is_said(look, code, account, 0, &said))
            return true;
        said->diag = tc_diag_add(audit->diags, code, place_of(look, other),
                                 "whether '%.*s' is '%.*s', for whom the plan has these rights, cannot be told",
                                 TC_STR_ARG(other->name), TC_STR_ARG(account->name));
        label_plan(look, said->diag, account->entry);
        tc_diag_help(audit->diags, said->diag,
                     "say it with --account \"%.*s=SID\", or give the audit what icacls /T prints: it has names",
                     TC_STR_ARG(account->name));
        tc_audit_unseen(audit);
        return true;
    }
    return false;
}

static void
check_planned(struct look *look, struct tc_audit_account *account)
{
    uint32_t missing = account->expected & ~account->has & ~(uint32_t)TC_RIGHT_SYNCHRONIZE;
    uint32_t extra = account->allowed & ~account->expected & ~(uint32_t)WITHOUT_WEIGHT;
    bool is_powerful = account->known != NULL && account->known->kind == TC_ACCOUNT_POWERFUL;

    if (account->expected & ~(uint32_t)WITHOUT_WEIGHT)
        missing &= ~(uint32_t)WITHOUT_WEIGHT; /* icacls' own W has no READ_CONTROL */
    if (account->denial & ~account->denied)
        say_not_denied(look, account, account->denial & ~account->denied);
    else if (extra != 0 && account->denial == 0 && !is_powerful)
        say_more(look, account, extra);
    if (missing != 0 && !may_be_unnamed(look, account))
        say_less(look, account, missing);
}

/* Whether the plan leaves alone what @a account has beside a list that it does not cut off. */
static bool
is_left_alone(const struct look *look, const struct tc_audit_account *account)
{
    if (look->plan->is_cut)
        return false;
    if (look->plan->acl->kind == TC_ACL_COMPRESSION) /* it is for all but those whom the plan denies it */
        return true;
    return !is_in_all(account) && (account->known == NULL || account->known->kind == TC_ACCOUNT_NARROW);
}

/* Somebody for whom nothing is planned here. */
static void
check_other(struct look *look, struct tc_audit_account *account)
{
    uint32_t extra = account->allowed & ~(uint32_t)WITHOUT_WEIGHT;
    enum tc_account_kind kind = account->known == NULL ? TC_ACCOUNT_NARROW : account->known->kind;

    if (extra == 0 || account->is_settled || is_left_alone(look, account))
        return;
    if (kind != TC_ACCOUNT_POWERFUL && kind != TC_ACCOUNT_OWNER && kind != TC_ACCOUNT_LABEL)
        say_foreign(look, account, extra);
}

static bool
takes_over(const struct tc_acl *acl)
{
    if (acl->is_protected >= 0)
        return acl->is_protected == 0;
    for (size_t i = 0; i < acl->count; i++)
        if (acl->aces[i].flags & TC_ACE_INHERITED)
            return true;
    return false;
}

static void
check_cut(struct look *look)
{
    struct tc_audit *audit = look->audit;
    struct tc_diag *diag;

    if (!look->is_itself || !look->plan->acl->is_cut || !takes_over(look->acl))
        return;
    diag = tc_diag_add(audit->diags, tc_code(TC_CODE_RIGHTS_INHERITED), look->acl->span,
                       "'%.*s' takes over rights of the directory above, which the plan cuts off",
                       TC_STR_ARG(look->acl->path));
    label_plan(look, diag, NULL);
    tc_diag_help(audit->diags, diag, "icacls \"%.*s\" /inheritance:r, once the entries of the plan are there",
                 TC_STR_ARG(look->acl->path));
    tc_audit_finding(audit, diag, TC_RULE_GROUP_RIGHTS);
}

/* ---- paths ---- */

static void
check_listed(struct look *look)
{
    struct tc_audit *audit = look->audit;

    check_cut(look);
    if (!weigh_all(look))
        return;
    for (size_t i = 0; i < audit->touched_count; i++)
        if (audit->touched[i]->entry != NULL)
            check_planned(look, audit->touched[i]);
    for (size_t i = 0; i < audit->touched_count; i++)
        if (audit->touched[i]->entry == NULL)
            check_other(look, audit->touched[i]);
}

static void
say_no_list(struct look *look)
{
    struct tc_audit *audit = look->audit;
    const struct tc_code *code = tc_code(TC_CODE_RIGHTS_NO_LIST);
    struct tc_audit_said *said;

    if (is_said(look, code, NULL, 0, &said))
        return;
    said->diag = tc_diag_add(audit->diags, code, look->acl->span,
                             "'%.*s' has no access list: everyone has full control", TC_STR_ARG(look->acl->path));
    label_plan(look, said->diag, NULL);
    tc_diag_help(audit->diags, said->diag, "put the plan into effect there: trustc plan");
    tc_audit_finding(audit, said->diag, TC_RULE_GROUP_RIGHTS);
}

static void
say_unread(struct look *look)
{
    struct tc_audit *audit = look->audit;

    tc_audit_unseen(audit);
    if (look->plan == NULL) {
        tc_diag_add(audit->diags, tc_code(TC_CODE_RIGHTS_UNSEEN), look->acl->span,
                    "something could not be listed here, and nothing says what");
        return;
    }
    tc_diag_add(audit->diags, tc_code(TC_CODE_RIGHTS_UNSEEN), look->acl->span,
                "the rights on '%.*s' could not be listed", TC_STR_ARG(look->acl->path));
}

/* Fold into memory that is used again: most paths are ASCII. */
static struct tc_str
fold(struct tc_audit *audit, struct tc_str path)
{
    tc_buf_clear(&audit->folded);
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];

        if ((unsigned char)c >= 0x80) {
            struct tc_str folded;

            tc_arena_reset(&audit->scratch);
            folded = tc_str_fold(&audit->scratch, path);
            tc_buf_clear(&audit->folded);
            tc_buf_puts(&audit->folded, folded);
            break;
        }
        tc_buf_putc(&audit->folded, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c == '/' ? '\\' : c));
    }
    return tc_audit_without_end(tc_buf_str(&audit->folded));
}

static bool
see(void *state, const struct tc_acl *acl)
{
    struct tc_audit *audit = state;
    struct look look = {.audit = audit, .acl = acl};

    look.folded = fold(audit, acl->path);
    look.plan = tc_audit_list_for(audit, look.folded, &look.is_itself);
    if (look.plan == NULL && acl->path.len > 0) {
        audit->result.ignored++;
        return true;
    }
    if (look.plan != NULL)
        look.plan->is_seen |= look.is_itself;
    audit->result.paths += acl->state == TC_ACL_LISTED || acl->state == TC_ACL_EVERYONE;
    switch (acl->state) {
    case TC_ACL_LISTED:
        check_listed(&look);
        break;
    case TC_ACL_EVERYONE:
        say_no_list(&look);
        break;
    case TC_ACL_UNREAD:
        say_unread(&look);
        break;
    case TC_ACL_BROKEN:
        break;
    }
    return !audit->scratch.failed && !audit->arena->failed && !audit->folded.failed;
}

static void
say_encoding(struct tc_audit *audit, const struct tc_source *source)
{
    size_t bad = 0;
    struct tc_diag *diag;
    uint32_t begin;

    tc_str_is_utf8(source->text, &bad);
    begin = source->base + (uint32_t)bad;
    diag =
        tc_diag_add(audit->diags, tc_code(TC_CODE_ACL_ENCODING), (struct tc_span){begin, begin + 1},
                    "this is no UTF-8: the listing is in a code page that nothing names, so letters beyond ASCII are "
                    "not recognised");
    tc_diag_help(audit->diags, diag, "run chcp 65001 first, or take icacls /save");
}

enum tc_status
tc_audit_listing(struct tc_audit *audit, const struct tc_source *source, enum tc_acl_encoding encoding,
                 const struct tc_acl_read_options *options)
{
    struct tc_acl_counts counts;
    enum tc_status status;

    audit->had_listing = true;
    if (encoding == TC_ACL_ANY_CODE)
        say_encoding(audit, source);
    status = tc_acl_read(source, options, audit->diags, see, audit, &counts);
    if (audit->scratch.failed || audit->arena->failed || audit->folded.failed)
        return TC_ERR_NOMEM;
    audit->result.unseen += counts.ambiguous;
    if (counts.entries > 0 && counts.known == 0) {
        struct tc_diag *diag = tc_diag_add(
            audit->diags, tc_code(TC_CODE_ACL_LANGUAGE), (struct tc_span){source->base, source->base},
            "no account of this listing is one that Windows has everywhere: its names may be in another language");

        tc_audit_unseen(audit);
        tc_diag_help(audit->diags, diag, "take icacls /save, whose SIDs are the same everywhere");
    }
    return status;
}
