/* Policies under a runtime: the base's sets and code groups with a body's statements applied. */
#include "sema/internal.h"

#include <string.h>

/* ---- revokes ---- */

/* What a revoke works on: the sure and the possible permission of one class. Either may be NULL. */
struct revocation {
    struct tc_perm *sure;
    struct tc_perm *possible;
};

static void
not_in_base(struct tc_sema *s, struct tc_span span, const struct tc_perm *perm, const char *what)
{
    struct tc_diag *diag =
        tc_sema_report(s, TC_CODE_REVOKE_NOTHING, span, "the base does not grant this: there is no %s to revoke", what);

    if (perm != NULL && perm->span.end != 0)
        tc_diag_label(s->diags, diag, perm->span, "what the base grants");
}

static bool
is_list(enum tc_field_kind kind)
{
    return kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES;
}

/* Take the whole of a field, or what it has in common with @a what where that is one value; false when nothing was
 * there. */
static bool
take_value(const struct tc_field *field, struct tc_perm *perm, size_t index, const struct tc_value *what)
{
    struct tc_value *value = perm == NULL ? NULL : &perm->values[index];
    bool found;

    if (value == NULL || !value->present)
        return false;
    found = what == NULL ||
            (field->kind == TC_FIELD_TEXT ? tc_str_eq(value->text, what->text) : value->number == what->number);
    if (found)
        *value = (struct tc_value){.present = false};
    return found;
}

static bool
take_bit(struct tc_perm *perm, size_t index, uint64_t bit)
{
    bool found = perm != NULL && perm->values[index].present && (perm->values[index].bits & bit) == bit;

    if (found)
        perm->values[index].bits &= ~bit;
    return found;
}

static bool
take_item(struct tc_perm *perm, size_t index, struct tc_str text)
{
    return perm != NULL && perm->values[index].present && tc_list_remove(&perm->values[index].list, text);
}

static void
revoke_flags(struct tc_sema *s, const struct revocation *r, const struct tc_op *op, size_t index)
{
    const struct tc_enum *values = tc_enum(op->perm->cls->fields[index].values);
    uint64_t rest = op->perm->values[index].bits;

    for (size_t i = 0; i < values->count && rest != 0; i++) {
        uint64_t bit = (uint64_t)values->values[i].value;
        bool found;

        if (bit == 0 || (rest & bit) != bit || (bit & (bit - 1)) != 0)
            continue;
        rest &= ~bit;
        found = take_bit(r->sure, index, bit);
        found |= take_bit(r->possible, index, bit);
        if (!found)
            not_in_base(s, op->perm->values[index].span, r->sure, values->values[i].name);
    }
}

static void
revoke_list(struct tc_sema *s, const struct revocation *r, const struct tc_op *op, size_t index)
{
    const struct tc_list *what = &op->perm->values[index].list;
    struct tc_perm *const both[] = {r->sure, r->possible};
    bool found_all = !what->all, found_local = !what->all_local;

    for (size_t i = 0; i < 2; i++) {
        struct tc_list *list = both[i] == NULL || !both[i]->values[index].present ? NULL : &both[i]->values[index].list;

        if (list == NULL)
            continue;
        found_all |= list->all;
        found_local |= list->all_local;
        list->all &= !what->all;
        list->all_local &= !what->all_local;
    }
    if (!found_all || !found_local)
        not_in_base(s, op->perm->values[index].span, r->sure, found_all ? "local-files" : "all-files");
    for (uint32_t i = 0; i < what->count; i++) {
        bool found = take_item(r->sure, index, what->items[i].text);

        found |= take_item(r->possible, index, what->items[i].text);
        if (!found)
            not_in_base(s, what->items[i].span, r->sure, "such entry");
    }
}

static void
revoke_field(struct tc_sema *s, const struct revocation *r, const struct tc_op *op, size_t index)
{
    const struct tc_field *field = &op->perm->cls->fields[index];
    bool bare = op->bare_fields >> index & 1, found;

    if (!bare && field->kind == TC_FIELD_FLAGS) {
        revoke_flags(s, r, op, index);
    } else if (!bare && is_list(field->kind)) {
        revoke_list(s, r, op, index);
    } else {
        const struct tc_value *what = bare ? NULL : &op->perm->values[index];

        found = take_value(field, r->sure, index, what);
        found |= take_value(field, r->possible, index, what);
        if (!found)
            not_in_base(s, op->span, r->sure, field->word);
    }
}

static const struct tc_perm *
find_possible(const struct tc_pset *set, const struct tc_class *cls)
{
    for (size_t i = 0; i < set->possible_count; i++)
        if (set->possible[i]->cls == cls)
            return set->possible[i];
    return NULL;
}

static void
put_back(struct tc_sema *s, struct tc_pset *set, const struct tc_perm *perm, bool possible)
{
    if (perm == NULL)
        return;
    if (tc_perm_is_empty(perm))
        tc_pset_drop(set, perm->cls, possible);
    else
        tc_pset_put(s->arena, set, perm, possible);
}

/* Take exactly what @a op names out of the permission of its class. */
static void
revoke_part(struct tc_sema *s, struct tc_pset *set, const struct tc_op *op)
{
    const struct tc_class *cls = op->perm->cls;
    const struct tc_perm *sure = tc_pset_find(set, cls), *possible = find_possible(set, cls);
    struct revocation r = {0};
    struct tc_diag *diag;

    if (sure == NULL && possible == NULL) {
        not_in_base(s, op->span, NULL, cls->word);
        return;
    }
    if (sure != NULL ? sure->unrestricted : possible->unrestricted) {
        diag = tc_sema_report(s, TC_CODE_REVOKE_PART, op->span,
                              "the base %s %s unrestricted: no part of it can be taken away",
                              sure != NULL ? "grants" : "may grant", cls->word);
        tc_diag_label(s->diags, diag, sure != NULL ? sure->span : possible->span, "granted here");
        tc_diag_help(s->diags, diag, "revoke it whole and grant what shall remain: revoke %s; grant %s { ... }",
                     cls->word, cls->word);
        return;
    }
    r.sure = sure == NULL ? NULL : tc_perm_copy(s->arena, sure);
    r.possible = possible == NULL || possible->unrestricted ? NULL : tc_perm_copy(s->arena, possible);
    for (size_t i = 0; i < cls->field_count; i++)
        if ((op->bare_fields >> i & 1) || op->perm->values[i].present)
            revoke_field(s, &r, op, i);
    for (uint32_t i = 0; i < op->perm->row_count; i++) {
        bool found = r.sure != NULL && tc_perm_remove_row(r.sure, &op->perm->rows[i]);

        found |= r.possible != NULL && tc_perm_remove_row(r.possible, &op->perm->rows[i]);
        if (!found)
            not_in_base(s, op->perm->rows[i].span, r.sure, "such entry");
    }
    put_back(s, set, r.sure, false);
    put_back(s, set, r.possible, true);
}

static void
apply_revoke(struct tc_sema *s, struct tc_pset *set, const struct tc_op *op)
{
    bool found;

    if (set->unrestricted) {
        tc_diag_help(s->diags, tc_sema_report(s, TC_CODE_REVOKE_FULL, op->span, "full trust cannot be reduced"),
                     "begin from 'high' or 'medium' and grant what is missing");
        return;
    }
    if (op->kind == TC_OP_REVOKE) {
        revoke_part(s, set, op);
        return;
    }
    found = tc_pset_drop(set, op->perm->cls, false);
    found |= tc_pset_drop(set, op->perm->cls, true);
    if (!found)
        not_in_base(s, op->span, NULL, op->perm->cls->word);
}

/* ---- grants ---- */

static void
apply_grant(struct tc_sema *s, struct tc_pset *set, const struct tc_op *op, enum tc_runtime runtime)
{
    bool possible = op->kind == TC_OP_POSSIBLY;
    const struct tc_perm *old = NULL;
    struct tc_perm *merged;

    if (!tc_check_runtime(s, op->perm, runtime))
        return;
    for (size_t i = 0; i < (possible ? set->possible_count : set->count); i++)
        if ((possible ? set->possible : set->perms)[i]->cls == op->perm->cls)
            old = (possible ? set->possible : set->perms)[i];
    if (old == NULL) {
        tc_pset_put(s->arena, set, op->perm, possible);
        return;
    }
    /* a permission of the base is shared; one that this set has made may be added to */
    merged = old->owner == set ? (struct tc_perm *)(uintptr_t)old : tc_perm_copy(s->arena, old);
    if (merged == NULL)
        return;
    merged->owner = set;
    if (!tc_perm_unite(s->arena, merged, op->perm) && !s->arena->failed) {
        struct tc_diag *diag = tc_sema_report(
            s, TC_CODE_CANNOT_UNITE, op->span,
            "this cannot be joined with the other grant of %s: the class holds one value", op->perm->cls->word);

        tc_diag_label(s->diags, diag, old->span, "the other grant");
    }
    if (op->perm->unrestricted)
        merged->span = op->span;
    tc_pset_put(s->arena, set, merged, possible);
}

static void
apply_ops(struct tc_sema *s, struct tc_pset *set, const struct tc_set_ops *ops, enum tc_runtime runtime)
{
    struct tc_raw **tail = &set->raw;

    for (const struct tc_op *op = ops->first; op != NULL; op = op->next)
        if (op->kind == TC_OP_REVOKE || op->kind == TC_OP_REVOKE_CLASS)
            apply_revoke(s, set, op);
    for (const struct tc_op *op = ops->first; op != NULL; op = op->next)
        if (op->kind == TC_OP_GRANT || op->kind == TC_OP_POSSIBLY)
            apply_grant(s, set, op, runtime);
    if (ops->raw == NULL)
        return;
    /* the base's list is shared: copy it before adding to it */
    for (const struct tc_raw *raw = set->raw; raw != NULL; raw = raw->next) {
        struct tc_raw *copy = tc_arena_new(s->arena, struct tc_raw);

        if (copy == NULL)
            return;
        *copy = *raw;
        *tail = copy;
        tail = &copy->next;
    }
    *tail = ops->raw;
}

/* ---- code groups ---- */

/* `code` lines stand before the first url group of the tree: behind it a first-match tree would never ask them. */
static struct tc_group *
with_code_lines(struct tc_sema *s, const struct tc_group *root, const struct tc_group *lines)
{
    struct tc_group *copy = tc_arena_new(s->arena, struct tc_group), **tail;
    bool inserted = false;

    if (copy == NULL || root->is_raw)
        return NULL;
    *copy = *root;
    tail = &copy->children;
    for (const struct tc_group *child = root->children; child != NULL || !inserted;) {
        bool insert = !inserted && (child == NULL || (!child->is_raw && child->condition.kind == TC_CONDITION_URL));
        const struct tc_group *source = insert ? lines : child;

        for (; source != NULL; source = insert ? source->next : NULL) {
            struct tc_group *group = tc_arena_new(s->arena, struct tc_group);

            if (group == NULL)
                return NULL;
            *group = *source;
            group->next = NULL;
            *tail = group;
            tail = &group->next;
        }
        inserted |= insert;
        if (!insert)
            child = child->next;
    }
    return copy;
}

/* The group tree may be shared between runtimes, but the name of the main set is the same in all of them. */
static void
resolve_groups(struct tc_sema *s, const struct tc_policy *policy, struct tc_body *body, struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        struct tc_nearest nearest;
        struct tc_diag *diag;

        if (group->is_raw)
            continue;
        resolve_groups(s, policy, body, group->children);
        if (group->inline_set != NULL || group->grants_main || group->set_name.len == 0)
            continue;
        if (tc_str_eq(group->set_name, policy->sets[0]->name)) {
            group->grants_main = true;
            continue;
        }
        for (struct tc_set_ops *set = body == NULL ? NULL : body->sets; set != NULL; set = set->next)
            if (tc_str_eq(set->name, group->set_name))
                set->used = true;
        if (tc_policy_find_set(policy, group->set_name) != NULL || tc_builtin_set_find(group->set_name) ||
            policy->raw_sets != NULL || (body != NULL && body->broken))
            continue;
        diag = tc_sema_report(s, TC_CODE_UNKNOWN_SET, group->span,
                              "no permission set is called '%.*s': the group would grant nothing, silently",
                              TC_STR_ARG(group->set_name));
        tc_nearest_init(&nearest, group->set_name);
        for (size_t i = 0; i < policy->set_count; i++)
            tc_nearest_try(&nearest, policy->sets[i]->name);
        tc_nearest_try(&nearest, tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST));
        tc_nearest_try(&nearest, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING));
        if (nearest.best.len > 0)
            tc_nearest_help(s, diag, &nearest);
        else
            tc_diag_help(s->diags, diag, "declare it in the policy: set %.*s { ... }", TC_STR_ARG(group->set_name));
    }
}

/* What a group grants under the 4.x default model: full trust, nothing or the domain's set, and no other
 * (aspnet-trust 6.2). */
static void
check_homogeneous(struct tc_sema *s, const struct tc_policy *policy, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        const struct tc_pset *set = group->inline_set;
        struct tc_diag *diag;
        bool lost = false;

        if (group->is_raw)
            continue;
        check_homogeneous(s, policy, group->children);
        if (group->kind == TC_GROUP_NET || group->kind == TC_GROUP_FILE)
            lost = true;
        else if (group->grants_main)
            continue;
        else if (set == NULL) {
            set = tc_policy_find_set(policy, group->set_name);
            lost = set == NULL && !tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST)) &&
                   !tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING)) &&
                   tc_builtin_set_find(group->set_name);
        }
        if (set != NULL)
            lost |= !set->unrestricted && (set->count > 0 || set->raw != NULL);
        if (!lost)
            continue;
        diag = tc_sema_report(
            s, TC_CODE_LOST_IN_DEFAULT_MODEL, group->span,
            "under framework 4.0 this code would get the application's own set '%.*s' instead of what the group grants",
            TC_STR_ARG(policy->sets[0]->name));
        tc_diag_note(
            s->diags, diag,
            "4.0's default model asks code groups only for full trust, nothing, or the one set of the application");
        tc_diag_help(
            s->diags, diag,
            "write 'cas-model legacy;', or move the grants into the policy itself, or make the assembly fully trusted");
    }
}

static void
check_conditions(struct tc_sema *s, const struct tc_policy *policy, const struct tc_group *group)
{
    enum tc_framework framework = tc_runtime_info(policy->runtime)->framework;

    for (; group != NULL; group = group->next) {
        if (group->is_raw)
            continue;
        check_conditions(s, policy, group->children);
        if (group->condition.kind < TC_CONDITION_COUNT_ &&
            !tc_since_in(tc_condition_info(group->condition.kind)->since, framework))
            tc_sema_report(s, TC_CODE_NOT_IN_FRAMEWORK, group->condition.span,
                           "condition '%s' does not exist in framework %s: it came with %s",
                           tc_condition_info(group->condition.kind)->word, tc_framework_info(framework)->name,
                           tc_since_name(tc_condition_info(group->condition.kind)->since));
        if (group->inline_set != NULL)
            for (size_t i = 0; i < group->inline_set->count; i++)
                tc_check_runtime(s, group->inline_set->perms[i], policy->runtime);
    }
}

static bool
names_set(const struct tc_group *group, struct tc_str name)
{
    for (; group != NULL; group = group->next)
        if (group->is_raw || tc_str_eq(group->set_name, name) || names_set(group->children, name))
            return true;
    return false;
}

static bool
grants_main_somewhere(const struct tc_group *group)
{
    for (; group != NULL; group = group->next)
        if (group->is_raw || group->grants_main || grants_main_somewhere(group->children))
            return true;
    return false;
}

/* ---- whole policies ---- */

/* What follows from a mistake in a base is not reported again. */
static bool
is_broken(const struct tc_decl *decl)
{
    for (; decl != NULL; decl = decl->base)
        if (decl->body.broken)
            return true;
    return false;
}

static void
check_runs(struct tc_sema *s, const struct tc_decl *decl, const struct tc_policy *policy)
{
    const struct tc_pset *set = policy->sets[0];
    const struct tc_perm *security = tc_pset_find(set, tc_class(TC_CLASS_SECURITY));
    const struct tc_class *hosting_class = tc_class(TC_CLASS_ASPNET_HOSTING);
    const struct tc_perm *hosting = tc_pset_find(set, hosting_class);
    const struct tc_enum_value *none = tc_enum_find(tc_enum(hosting_class->fields[0].values), TC_STR("None"));
    const struct tc_enum_value *execution = tc_enum_find(tc_enum(TC_ENUM_SECURITY_FLAGS), TC_STR("Execution"));

    if (set->unrestricted || set->raw != NULL || is_broken(decl))
        return;
    if (security == NULL || !tc_perm_has_flags(security, TC_FIELD_SECURITY_FLAGS, (uint64_t)execution->value))
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_NO_EXECUTION, decl->span,
                                    "'%.*s' could not run a page: it does not grant the right to execute",
                                    TC_STR_ARG(decl->name)),
                     "add: grant Security { flags Execution; }");
    if (hosting == NULL || !hosting->values[0].present || hosting->values[0].number <= none->value)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_NO_HOSTING, decl->span,
                                    "'%.*s' could not run a page: it does not grant AspNetHosting",
                                    TC_STR_ARG(decl->name)),
                     "add: grant AspNetHosting { level Minimal; }, or extend one of the platform's levels");
}

static struct tc_pset *
new_set(struct tc_sema *s, struct tc_str name, struct tc_span span)
{
    struct tc_pset *set = tc_arena_new(s->arena, struct tc_pset);

    if (set != NULL)
        *set = (struct tc_pset){.name = name, .span = span};
    return set;
}

static struct tc_raw *
joined_raw(struct tc_sema *s, const struct tc_raw *base, struct tc_raw *own)
{
    struct tc_raw *first = NULL, **tail = &first;

    for (; base != NULL; base = base->next) {
        *tail = tc_arena_new(s->arena, struct tc_raw);
        if (*tail == NULL)
            return NULL;
        **tail = *base;
        tail = &(*tail)->next;
    }
    *tail = own;
    return first;
}

/* One short name twice, and the file would not load (policy-file 3). */
static void
check_raw_classes(struct tc_sema *s, const struct tc_policy *policy)
{
    struct tc_map seen;

    tc_map_init(&seen, s->arena);
    for (struct tc_raw *raw = policy->raw_classes; raw != NULL; raw = raw->next) {
        const struct tc_raw *other;
        struct tc_str name;

        if (!tc_raw_attribute(s, raw, " Name", &name) || (other = tc_map_add(&seen, name, raw)) == NULL)
            continue;
        tc_diag_label(s->diags,
                      tc_sema_report(s, TC_CODE_BAD_RAW, raw->span,
                                     "the SecurityClass '%.*s' is there already: with two the file would not load",
                                     TC_STR_ARG(name)),
                      other->span, "the other one");
    }
}

static bool
build_sets(struct tc_sema *s, struct tc_decl *decl, const struct tc_policy *base, struct tc_policy *policy)
{
    struct tc_body *body = &decl->body;
    size_t count = base == NULL ? 1 : base->set_count;

    for (const struct tc_set_ops *set = body->sets; set != NULL; set = set->next)
        count++;
    policy->sets = tc_arena_array(s->arena, struct tc_pset *, count);
    if (policy->sets == NULL)
        return false;
    policy->sets[0] = base == NULL ? new_set(s, TC_STR("ASP.Net"), decl->span) : tc_pset_copy(s->arena, base->sets[0]);
    policy->set_count = 1;
    for (size_t i = 1; base != NULL && i < base->set_count; i++)
        policy->sets[policy->set_count++] = tc_pset_copy(s->arena, base->sets[i]);
    for (size_t i = 0; i < policy->set_count; i++)
        if (policy->sets[i] == NULL)
            return false;
    if (body->permission_set.text.len > 0)
        policy->sets[0]->name = body->permission_set.text;
    if (body->main.description.len > 0)
        policy->sets[0]->description = body->main.description;
    apply_ops(s, policy->sets[0], &body->main, policy->runtime);
    for (struct tc_set_ops *ops = body->sets; ops != NULL; ops = ops->next) {
        struct tc_pset *set = tc_policy_find_set(policy, ops->name);

        if (set == policy->sets[0]) {
            tc_sema_report(s, TC_CODE_DUPLICATE_NAME, ops->span,
                           "'%.*s' is the policy's own set: its grants stand in the policy itself",
                           TC_STR_ARG(ops->name));
            continue;
        }
        if (set == NULL) {
            set = new_set(s, ops->name, ops->span);
            if (set == NULL)
                return false;
            policy->sets[policy->set_count++] = set;
        }
        if (ops->description.len > 0)
            set->description = ops->description;
        apply_ops(s, set, ops, policy->runtime);
    }
    return true;
}

static struct tc_policy *
build(struct tc_sema *s, struct tc_decl *decl, const struct tc_policy *base, enum tc_runtime runtime)
{
    struct tc_policy *policy = tc_arena_new(s->arena, struct tc_policy);
    struct tc_body *body = &decl->body;
    const struct tc_policy *groups = base;
    struct tc_full_trust **tail;

    if (policy == NULL)
        return NULL;
    *policy = (struct tc_policy){.name = decl->name, .span = decl->span, .base = base, .runtime = runtime};
    policy->block = decl->ast == NULL ? TC_NOWHERE : decl->ast->base.span;
    policy->raw_classes = joined_raw(s, base == NULL ? NULL : base->raw_classes, body->raw_classes);
    check_raw_classes(s, policy);
    policy->raw_sets = joined_raw(s, base == NULL ? NULL : base->raw_sets, body->raw_sets);
    policy->raw_full_trust = joined_raw(s, base == NULL ? NULL : base->raw_full_trust, body->raw_full_trust);
    if (!build_sets(s, decl, base, policy))
        return NULL;
    tail = &policy->full_trust;
    for (const struct tc_full_trust *entry = base == NULL ? NULL : base->full_trust; entry != NULL;
         entry = entry->next) {
        *tail = tc_arena_new(s->arena, struct tc_full_trust);
        if (*tail == NULL)
            return NULL;
        **tail = *entry;
        tail = &(*tail)->next;
    }
    for (const struct tc_full_trust *entry = body->full_trust; entry != NULL; entry = entry->next) {
        bool known = false;

        for (const struct tc_full_trust *other = policy->full_trust; other != NULL; other = other->next)
            known |= tc_str_eq(other->name, entry->name) && tc_str_eq(other->version, entry->version) &&
                     tc_str_eq_nocase(other->key, entry->key);
        if (known)
            continue;
        *tail = tc_arena_new(s->arena, struct tc_full_trust);
        if (*tail == NULL)
            return NULL;
        **tail = *entry;
        (*tail)->next = NULL;
        tail = &(*tail)->next;
    }
    if (body->root != NULL) {
        policy->root = body->root;
    } else {
        /* no base, or full trust, whose level has no file: the stock groups of the runtime */
        if (groups == NULL || groups->root == NULL)
            groups = s->in_stdlib ? NULL : tc_stock_policy(s, TC_LEVEL_MEDIUM, runtime);
        policy->root = groups == NULL ? NULL : groups->root;
    }
    if (body->root != NULL)
        resolve_groups(s, policy, body, policy->root);
    resolve_groups(s, policy, body, body->code);
    if (body->code != NULL && policy->root != NULL) {
        struct tc_group *root = with_code_lines(s, policy->root, body->code);

        if (root != NULL)
            policy->root = root;
        else if (policy->root->is_raw)
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_GROUP, body->code->span,
                                        "this cannot be added to a tree of code groups whose root is raw"),
                         "write the group inside the raw text");
    }
    return policy;
}

static void
check_policy(struct tc_sema *s, struct tc_decl *decl, const struct tc_policy *policy)
{
    const struct tc_runtime_info *info = tc_runtime_info(policy->runtime);
    struct tc_body *body = &decl->body;

    check_runs(s, decl, policy);
    check_conditions(s, policy, body->root);
    check_conditions(s, policy, body->code);
    if (info->homogeneous) {
        check_homogeneous(s, policy, body->root);
        check_homogeneous(s, policy, body->code);
        if (body->raw_full_trust != NULL)
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_LOST_IN_DEFAULT_MODEL, body->raw_full_trust->span,
                                        "under framework 4.0 the <FullTrustAssemblies> of a policy file are not asked"),
                         "write full-trust assembly \"NAME\" version \"VERSION\" key \"KEY\"; or cas-model legacy;");
    } else if (body->permission_set.text.len > 0 && !tc_str_eq(body->permission_set.text, TC_STR("ASP.Net")) &&
               info->framework != TC_FX_4_0) {
        struct tc_diag *diag = tc_sema_report(s, TC_CODE_SET_NAME, body->permission_set.span,
                                              "framework %s knows the set of an application only by the name 'ASP.Net'",
                                              tc_framework_info(info->framework)->name);

        tc_diag_note(s->diags, diag,
                     "without a set of that name ASP.NET's own checks behave as if the application were fully trusted");
        tc_diag_help(s->diags, diag, "remove this line, or use framework 4.0");
    }
    for (const struct tc_set_ops *set = body->sets; set != NULL; set = set->next)
        if (!set->used && !is_broken(decl) && !names_set(policy->root, set->name))
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_UNUSED_SET, set->span, "no code group grants the set '%.*s'",
                                        TC_STR_ARG(set->name)),
                         "name it in a code group: code strongname \"...\" grants %.*s;", TC_STR_ARG(set->name));
    if (body->root != NULL && !grants_main_somewhere(policy->root) && !is_broken(decl))
        tc_sema_report(s, TC_CODE_MAIN_SET_UNUSED, body->codegroups_span,
                       "no code group grants '%.*s': the application's own code would get nothing of it",
                       TC_STR_ARG(policy->sets[0]->name));
}

static const struct tc_policy *
base_of(struct tc_sema *s, struct tc_decl *decl, enum tc_runtime runtime)
{
    if (decl->base_level != TC_LEVEL_COUNT_)
        return tc_stock_policy(s, decl->base_level, runtime);
    return decl->base == NULL ? NULL : tc_instantiate(s, decl->base, runtime);
}

struct tc_policy *
tc_instantiate(struct tc_sema *s, struct tc_decl *decl, enum tc_runtime runtime)
{
    const struct tc_policy *base;

    if (decl->instances[runtime] != NULL || decl->in_progress)
        return decl->instances[runtime];
    decl->in_progress = true;
    base = base_of(s, decl, runtime);
    if (base != NULL || (decl->base == NULL && decl->base_level == TC_LEVEL_COUNT_)) /* else what follows is noise */
        decl->instances[runtime] = build(s, decl, base, runtime);
    decl->in_progress = false;
    if (decl->instances[runtime] != NULL && !s->in_stdlib)
        check_policy(s, decl, decl->instances[runtime]);
    return decl->instances[runtime];
}
