/* Whether two policies are written the same, order and spelling apart: nothing has to be asked of them then. */
#include "ask/diff_parts.h"

#include <string.h>

static bool
same_raw(const struct tc_raw *a, const struct tc_raw *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (a->line_count != b->line_count)
            return false;
        for (size_t i = 0; i < a->line_count; i++)
            if (!tc_str_eq(tc_str_trim(a->lines[i]), tc_str_trim(b->lines[i])))
                return false;
    }
    return a == b;
}

static bool
says_unrestricted(const struct tc_verbatim *markup)
{
    return !markup->is_element && tc_str_eq(markup->name, TC_STR("Unrestricted")) &&
           tc_str_eq_nocase(markup->value, TC_STR("true"));
}

/* The rest of @a markup from what is not said by a word of its own in a source. */
static const struct tc_verbatim *
skip_unrestricted(const struct tc_verbatim *markup, bool *found)
{
    while (markup != NULL && says_unrestricted(markup)) {
        *found = true;
        markup = markup->next;
    }
    return markup;
}

bool
tc_diff_same_declared(const struct tc_perm *a, const struct tc_perm *b)
{
    bool all[2] = {a->unrestricted, b->unrestricted};
    const struct tc_verbatim *x = skip_unrestricted(a->markup, &all[0]), *y = skip_unrestricted(b->markup, &all[1]);

    while (x != NULL && y != NULL) {
        if (x->is_element != y->is_element || !tc_str_eq(x->name, y->name) || !tc_str_eq(x->value, y->value) ||
            !tc_verbatim_equal(x->content, y->content))
            return false;
        x = skip_unrestricted(x->next, &all[0]);
        y = skip_unrestricted(y->next, &all[1]);
    }
    return x == y && all[0] == all[1];
}

/* Declared classes are rows of their source, so they are the same by name. */
static bool
same_perm(const struct tc_perm *a, const struct tc_perm *b)
{
    if (a == b)
        return true;
    if (a->cls != b->cls && a->cls->assembly == TC_ASM_COUNT_ && b->cls->assembly == TC_ASM_COUNT_)
        return strcmp(a->cls->type, b->cls->type) == 0 && tc_diff_same_declared(a, b);
    return tc_perm_equal(a, b);
}

static bool
same_perms(const struct tc_perm *const *a, size_t a_count, const struct tc_perm *const *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!same_perm(a[i], b[i]))
            return false;
    return true;
}

static bool
same_set(const struct tc_pset *a, const struct tc_pset *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a == b ||
           (a->unrestricted == b->unrestricted && same_perms(a->perms, a->count, b->perms, b->count) &&
            same_perms(a->possible, a->possible_count, b->possible, b->possible_count) && same_raw(a->raw, b->raw));
}

static bool
same_group(const struct tc_group *a, const struct tc_group *b)
{
    const struct tc_membership *x = &a->condition, *y = &b->condition;

    if (a->is_raw || b->is_raw)
        return a->is_raw == b->is_raw && same_raw(a->raw, b->raw);
    if (a->kind != b->kind || !tc_str_eq(a->type, b->type) || x->kind != y->kind || !tc_str_eq(x->type, y->type) ||
        !tc_verbatim_equal(x->markup, y->markup) || a->grants_main != b->grants_main ||
        a->attributes != b->attributes || !tc_str_eq(a->access, b->access))
        return false;
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (!tc_str_eq(x->values[i], y->values[i]))
            return false;
    return (a->grants_main || a->inline_set != NULL || tc_str_eq(a->set_name, b->set_name)) &&
           same_set(a->inline_set, b->inline_set) && same_raw(a->raw, b->raw);
}

static bool
same_groups(const struct tc_group *a, const struct tc_group *b)
{
    for (; a != b && a != NULL && b != NULL; a = a->next, b = b->next)
        if (!same_group(a, b) || !same_groups(a->children, b->children))
            return false;
    return a == b;
}

static bool
has_full_trust(const struct tc_full_trust *list, const struct tc_full_trust *entry)
{
    for (; list != NULL; list = list->next)
        if (tc_str_eq(list->name, entry->name) && tc_str_eq(list->version, entry->version) &&
            tc_str_eq_nocase(list->key, entry->key))
            return true;
    return false;
}

static bool
same_full_trust(const struct tc_full_trust *a, const struct tc_full_trust *b)
{
    for (const struct tc_full_trust *entry = a; entry != NULL; entry = entry->next)
        if (!has_full_trust(b, entry))
            return false;
    for (const struct tc_full_trust *entry = b; entry != NULL; entry = entry->next)
        if (!has_full_trust(a, entry))
            return false;
    return true;
}

static bool
same_named_sets(const struct tc_policy *a, const struct tc_policy *b)
{
    if (a->set_count != b->set_count)
        return false;
    for (size_t i = 1; i < a->set_count; i++)
        if (!same_set(a->sets[i], tc_policy_find_set(b, a->sets[i]->name)))
            return false;
    return true;
}

struct tc_policy_change
tc_policy_changed(const struct tc_policy *a, const struct tc_policy *b)
{
    struct tc_policy_change change = {0};

    if (a == b)
        return change;
    if (a == NULL || b == NULL || a->runtime != b->runtime || tc_policy_is_full(a) != tc_policy_is_full(b) ||
        a->set_count == 0 || b->set_count == 0) {
        bool differs = a == NULL || b == NULL || !tc_policy_is_full(a) || !tc_policy_is_full(b);

        return (struct tc_policy_change){differs, differs, differs, differs};
    }
    change.main = !same_set(a->sets[0], b->sets[0]);
    change.sets = !same_named_sets(a, b);
    change.groups = !same_groups(a->root, b->root) || !same_full_trust(a->full_trust, b->full_trust);
    change.raw = !same_raw(a->raw_classes, b->raw_classes) || !same_raw(a->raw_sets, b->raw_sets) ||
                 !same_raw(a->raw_full_trust, b->raw_full_trust);
    return change;
}
