/* What code other than the application's own gets on one side only: code groups, fully trusted assemblies, named sets.
 */
#include "ask/diff_parts.h"
#include "model/clauses.h"
#include "verify/grants.h"

#include <string.h>

enum { KEY_SHOWN = 16 };

/* What some code gets. */
enum outcome { OUTCOME_THROWS, OUTCOME_NOTHING, OUTCOME_SOME, OUTCOME_OWN, OUTCOME_FULL };

static const char *const outcome_words[] = {
    [OUTCOME_THROWS] = "an exception",
    [OUTCOME_NOTHING] = "nothing",
    [OUTCOME_SOME] = "permissions of its own",
    [OUTCOME_OWN] = "what the application's own code gets",
    [OUTCOME_FULL] = "full trust",
};

struct compare {
    struct tc_arena *arena;
    struct tc_subject *subjects;
    const struct tc_diff_pair *pair;
    struct tc_diff_list *list;
    struct tc_map told; /* what has been asked already, in words */
};

/* ---- words ---- */

static void
put_membership(struct tc_buf *out, struct tc_arena *arena, const struct tc_membership *condition)
{
    struct tc_membership copy = *condition;

    if (copy.kind == TC_CONDITION_STRONG_NAME && copy.values[0].len > KEY_SHOWN)
        copy.values[0] =
            tc_arena_printf(arena, "\xE2\x80\xA6%.*s",
                            TC_STR_ARG(tc_str_sub(copy.values[0], copy.values[0].len - KEY_SHOWN, KEY_SHOWN)));
    tc_condition_put(out, &copy);
}

static struct tc_str
group_words(struct tc_arena *arena, const struct tc_group *group, struct tc_str outer)
{
    struct tc_buf out = {0};
    struct tc_str text;

    if (!tc_str_eq(outer, TC_STR("all"))) /* of the root, mostly: nothing that narrows */
        tc_buf_puts(&out, outer);
    else
        outer.len = 0;
    if (group->condition.kind != TC_CONDITION_ALL || outer.len == 0) {
        tc_buf_puts(&out, outer.len > 0 ? TC_STR(", ") : TC_STR(""));
        put_membership(&out, arena, &group->condition);
    }
    if (out.failed)
        arena->failed = true;
    text = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* ---- one assembly on both sides ---- */

static bool
same_grants(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b)
{
    return a == b || (tc_grants_within(arena, a, b) && tc_grants_within(arena, b, a));
}

static enum outcome
outcome_of(struct compare *c, int side, struct tc_evidence *evidence, const struct tc_grant_set **ret_set)
{
    struct tc_subject *subject = &c->subjects[side];
    const struct tc_grant_set *own = subject->grants[0].sure;
    struct tc_throw thrown = {0};

    *ret_set = NULL;
    if (subject->policy == NULL)
        return OUTCOME_NOTHING;
    tc_evidence_prepare(c->arena, evidence);
    if (tc_grant_from(&subject->sure_expected, evidence, ret_set, &thrown) != TC_YES || *ret_set == NULL)
        return OUTCOME_THROWS;
    if ((*ret_set)->unrestricted)
        return OUTCOME_FULL;
    if ((*ret_set)->count == 0)
        return OUTCOME_NOTHING;
    return own != NULL && same_grants(c->arena, *ret_set, own) ? OUTCOME_OWN : OUTCOME_SOME;
}

/* The permissions of other code, told as those of the own code are. */
static bool
compare_some(struct compare *c, struct tc_str who, const struct tc_grant_set *sets[2])
{
    struct tc_subject subjects[2] = {c->subjects[0], c->subjects[1]};
    struct tc_diff_list list;

    tc_diff_list_init(&list, c->arena);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < TC_OWN_KINDS; i++)
            subjects[side].grants[i].sure = subjects[side].grants[i].wide = sets[side];
    if (!tc_diff_grants(c->arena, subjects, c->pair, &list))
        return false;
    for (struct tc_diff_change *change = list.first; change != NULL; change = change->next) {
        change->area = TC_DIFF_CODE;
        change->kinds = 0;
        change->demand = NULL; /* it lives no longer than this application is looked at */
        change->what = tc_arena_printf(c->arena, "%.*s: %.*s", TC_STR_ARG(who), TC_STR_ARG(change->what));
        tc_diff_list_add(c->list, *change);
    }
    return true;
}

static bool
compare_evidence(struct compare *c, struct tc_str who, struct tc_span spans[2], struct tc_evidence evidence[2])
{
    const struct tc_grant_set *sets[2];
    enum outcome outcomes[2];
    struct tc_diff_change change = {.area = TC_DIFF_CODE, .what = who};
    int has;

    for (int side = 0; side < 2; side++)
        outcomes[side] = outcome_of(c, side, &evidence[side], &sets[side]);
    if (sets[0] != NULL && sets[1] != NULL && same_grants(c->arena, sets[0], sets[1]))
        return true; /* though the own code may get something else now */
    if (outcomes[0] == outcomes[1])
        return outcomes[0] != OUTCOME_SOME || compare_some(c, who, sets);
    has = outcomes[1] > outcomes[0];
    change.before = outcomes[0] == OUTCOME_THROWS ? TC_MAY_UNKNOWN : has ? TC_MAY_NOT : TC_MAY_SURELY;
    change.after = outcomes[1] == OUTCOME_THROWS ? TC_MAY_UNKNOWN : has ? TC_MAY_SURELY : TC_MAY_NOT;
    change.was = tc_str_of(outcome_words[outcomes[0]]);
    change.now = tc_str_of(outcome_words[outcomes[1]]);
    change.effect = TC_DIFF_UNKNOWN;
    if (sets[0] == NULL || sets[1] == NULL)
        change.effect = TC_DIFF_UNKNOWN;
    else if (tc_grants_within(c->arena, sets[0], sets[1]))
        change.effect = TC_DIFF_GAINS;
    else if (tc_grants_within(c->arena, sets[1], sets[0]))
        change.effect = TC_DIFF_LOSES;
    has = spans[1].end > 0 ? 1 : 0;
    tc_diff_set_place(&change, c->pair->sides[has], spans[has]);
    tc_diff_list_add(c->list, change);
    return true;
}

static bool
is_told(struct compare *c, struct tc_str who)
{
    return tc_map_add(&c->told, who, c) != NULL;
}

/* ---- code groups ---- */

static bool
compare_groups(struct compare *c, int side, const struct tc_group *group, const struct tc_evidence parents[2],
               struct tc_str outer)
{
    static const char *const places[TC_EVIDENCE_MAX] = {"", " in the application's directory"};

    for (; group != NULL; group = group->next) {
        struct tc_evidence lists[2][TC_EVIDENCE_MAX], inner[2];
        struct tc_str who = group_words(c->arena, group, outer);
        struct tc_span spans[2] = {TC_NOWHERE, TC_NOWHERE};
        size_t count = 0;

        if (group->is_raw)
            continue;
        spans[side] = group->span;
        for (int i = 0; i < 2; i++)
            count = tc_evidence_of_group(c->arena, group, parents == NULL ? NULL : &parents[i], &c->pair->values[i],
                                         lists[i]);
        for (size_t i = 0; i < count; i++) {
            struct tc_evidence both[2] = {lists[0][i], lists[1][i]};
            struct tc_str name = tc_arena_printf(c->arena, "code by %.*s%s", TC_STR_ARG(who), places[i]);

            if (!is_told(c, name) && !compare_evidence(c, name, spans, both))
                return false;
        }
        inner[0] = lists[0][0];
        inner[1] = lists[1][0];
        if (!compare_groups(c, side, group->children, inner, who))
            return false;
    }
    return true;
}

static bool
compare_kinds(struct compare *c)
{
    static const enum tc_code_kind kinds[] = {TC_CODE_GAC, TC_CODE_ELSEWHERE};
    struct tc_span spans[2] = {TC_NOWHERE, TC_NOWHERE};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct tc_evidence both[2];

        for (int side = 0; side < 2; side++)
            both[side] = tc_evidence_of_kind(c->arena, kinds[i], &c->pair->values[side]);
        if (!compare_evidence(c, tc_str_of(tc_code_kind_name(kinds[i])), spans, both))
            return false;
    }
    return true;
}

/* ---- fully trusted assemblies ---- */

static bool
has_assembly(const struct tc_policy *policy, const struct tc_full_trust *wanted)
{
    for (const struct tc_full_trust *entry = policy == NULL ? NULL : policy->full_trust; entry != NULL;
         entry = entry->next)
        if (tc_str_eq(entry->name, wanted->name) && tc_str_eq(entry->version, wanted->version) &&
            tc_str_eq_nocase(entry->key, wanted->key))
            return true;
    return false;
}

static void
compare_assemblies(struct compare *c)
{
    for (int side = 1; side >= 0; side--) {
        const struct tc_policy *policy = c->subjects[side].policy;

        for (const struct tc_full_trust *entry = policy == NULL ? NULL : policy->full_trust; entry != NULL;
             entry = entry->next) {
            struct tc_diff_change change = {.area = TC_DIFF_CODE,
                                            .effect = side == 1 ? TC_DIFF_GAINS : TC_DIFF_LOSES,
                                            .before = side == 1 ? TC_MAY_NOT : TC_MAY_SURELY,
                                            .after = side == 1 ? TC_MAY_SURELY : TC_MAY_NOT};
            struct tc_str key =
                tc_str_sub(entry->key, entry->key.len > KEY_SHOWN ? entry->key.len - KEY_SHOWN : 0, KEY_SHOWN);

            if (has_assembly(c->subjects[1 - side].policy, entry))
                continue;
            change.what =
                tc_arena_printf(c->arena, "full trust for the assembly '%.*s', version %.*s, key \xE2\x80\xA6%.*s",
                                TC_STR_ARG(entry->name), TC_STR_ARG(entry->version), TC_STR_ARG(key));
            tc_diff_set_place(&change, c->pair->sides[side], entry->span);
            tc_diff_list_add(c->list, change);
        }
    }
}

/* ---- what the evaluator cannot be asked about ---- */

static void
put_unknown_groups(struct tc_buf *out, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        if (group->is_raw || group->kind == TC_GROUP_COUNT_ || group->condition.kind == TC_CONDITION_COUNT_) {
            tc_buf_printf(out, "%.*s\n%.*s\n", TC_STR_ARG(group->type), TC_STR_ARG(group->condition.type));
            for (const struct tc_raw *raw = group->is_raw ? group->raw : NULL; raw != NULL; raw = raw->next)
                for (size_t i = 0; i < raw->line_count; i++)
                    tc_buf_printf(out, "%.*s\n", TC_STR_ARG(tc_str_trim(raw->lines[i])));
        }
        put_unknown_groups(out, group->children);
    }
}

static const struct tc_group *
first_unknown(const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        const struct tc_group *inner = first_unknown(group->children);

        if (group->is_raw || group->kind == TC_GROUP_COUNT_ || group->condition.kind == TC_CONDITION_COUNT_)
            return group;
        if (inner != NULL)
            return inner;
    }
    return NULL;
}

static void
compare_unknown_groups(struct compare *c)
{
    struct tc_buf texts[2] = {{0}, {0}};
    struct tc_diff_change change = {
        .area = TC_DIFF_CODE,
        .effect = TC_DIFF_UNKNOWN,
        .before = TC_MAY_UNKNOWN,
        .after = TC_MAY_UNKNOWN,
        .what = TC_STR("code groups that stand there as markup, or are of a class that is not known here")};

    for (int side = 0; side < 2; side++)
        if (c->subjects[side].policy != NULL)
            put_unknown_groups(&texts[side], c->subjects[side].policy->root);
    if (!tc_str_eq(tc_buf_str(&texts[0]), tc_buf_str(&texts[1]))) {
        int side = texts[1].len > 0 ? 1 : 0;
        const struct tc_policy *policy = c->subjects[side].policy;
        const struct tc_group *group = policy == NULL ? NULL : first_unknown(policy->root);

        tc_diff_set_place(&change, c->pair->sides[side], group == NULL ? TC_NOWHERE : group->span);
        tc_diff_list_add(c->list, change);
    }
    for (int side = 0; side < 2; side++) {
        c->arena->failed |= texts[side].failed;
        tc_buf_done(&texts[side]);
    }
}

static const struct tc_perm *
find_declared(const struct tc_pset *set, const char *type)
{
    for (size_t i = 0; set != NULL && i < set->count; i++)
        if (set->perms[i]->cls->assembly == TC_ASM_COUNT_ && strcmp(set->perms[i]->cls->type, type) == 0)
            return set->perms[i];
    return NULL;
}

static struct tc_str
declared_words(struct compare *c, const struct tc_perm *perm, struct tc_str where)
{
    return tc_arena_printf(c->arena, "%s%.*s", perm->cls->word[0] != '\0' ? perm->cls->word : perm->cls->type,
                           TC_STR_ARG(where));
}

static void
put_markup(struct tc_buf *out, const struct tc_verbatim *markup)
{
    for (bool first = true; markup != NULL; markup = markup->next, first = false) {
        tc_buf_printf(out, "%s%s ", first ? "" : "; ", markup->is_element ? "element" : "attribute");
        tc_put_name(out, markup->name);
        tc_buf_putc(out, ' ');
        if (!markup->is_element) {
            tc_put_string(out, markup->value);
            continue;
        }
        tc_buf_puts(out, TC_STR("{ "));
        put_markup(out, markup->content);
        tc_buf_puts(out, TC_STR(" }"));
    }
}

/* What a permission of a declared class says. */
static struct tc_str
markup_words(struct compare *c, const struct tc_perm *perm)
{
    struct tc_buf out = {0};
    struct tc_str text;

    if (perm->unrestricted)
        tc_buf_puts(&out, TC_STR("unrestricted"));
    else
        put_markup(&out, perm->markup);
    c->arena->failed |= out.failed;
    text = tc_arena_str(c->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

static void
compare_declared(struct compare *c, const struct tc_pset *sets[2], struct tc_str where)
{
    for (int side = 1; side >= 0; side--)
        for (size_t i = 0; sets[side] != NULL && i < sets[side]->count; i++) {
            const struct tc_perm *perm = sets[side]->perms[i];
            const struct tc_perm *other =
                perm->cls->assembly == TC_ASM_COUNT_ ? find_declared(sets[1 - side], perm->cls->type) : perm;
            struct tc_diff_change change = {.area = where.len == 0 ? TC_DIFF_GRANT : TC_DIFF_CODE,
                                            .effect = TC_DIFF_UNKNOWN,
                                            .before = TC_MAY_UNKNOWN,
                                            .after = TC_MAY_UNKNOWN,
                                            .kinds = where.len == 0 ? (1u << TC_OWN_KINDS) - 1 : 0};

            if (other != NULL && (side == 0 || other == perm || tc_diff_same_declared(perm, other)))
                continue;
            if (other == NULL) {
                change.effect = side == 1 ? TC_DIFF_GAINS : TC_DIFF_LOSES;
                *(side == 1 ? &change.before : &change.after) = TC_MAY_NOT;
            }
            change.what = declared_words(c, perm, where);
            if (other != NULL) {
                change.was = markup_words(c, other);
                change.now = markup_words(c, perm);
            }
            tc_diff_set_place(&change, c->pair->sides[side], perm->span);
            tc_diff_list_add(c->list, change);
        }
}

/* Markup of permissions whose class is not known here. */
static struct tc_str
unknown_markup(struct compare *c, int side, const struct tc_pset *set)
{
    struct tc_buf out = {0};
    struct tc_str text;

    for (const struct tc_raw *raw = set == NULL ? NULL : set->raw; raw != NULL; raw = raw->next) {
        if (tc_class_resolve(tc_expected_raw_class(&c->subjects[side].sure_expected, raw)) != NULL)
            continue; /* the evaluator has asked it */
        for (size_t i = 0; i < raw->line_count; i++)
            tc_buf_printf(&out, "%.*s\n", TC_STR_ARG(tc_str_trim(raw->lines[i])));
    }
    c->arena->failed |= out.failed;
    text = tc_arena_str(c->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

static void
compare_markup(struct compare *c, const struct tc_pset *sets[2], struct tc_str where)
{
    struct tc_diff_change change = {.area = where.len == 0 ? TC_DIFF_GRANT : TC_DIFF_CODE,
                                    .effect = TC_DIFF_UNKNOWN,
                                    .before = TC_MAY_UNKNOWN,
                                    .after = TC_MAY_UNKNOWN,
                                    .kinds = where.len == 0 ? (1u << TC_OWN_KINDS) - 1 : 0};
    int side;

    if (tc_str_eq(unknown_markup(c, 0, sets[0]), unknown_markup(c, 1, sets[1])))
        return;
    side = sets[1] != NULL && sets[1]->raw != NULL ? 1 : 0;
    change.what = tc_arena_printf(c->arena, "a permission that stands there as markup%.*s", TC_STR_ARG(where));
    tc_diff_set_place(&change, c->pair->sides[side], sets[side]->raw->span);
    tc_diff_list_add(c->list, change);
}

static void
compare_set(struct compare *c, const struct tc_pset *before, const struct tc_pset *after, struct tc_str where)
{
    const struct tc_pset *sets[2] = {before, after};

    compare_declared(c, sets, where);
    compare_markup(c, sets, where);
}

static void
compare_sets(struct compare *c)
{
    const struct tc_policy *a = c->subjects[0].policy, *b = c->subjects[1].policy;

    compare_set(c, a == NULL ? NULL : a->sets[0], b == NULL ? NULL : b->sets[0], TC_STR(""));
    for (size_t i = 1; a != NULL && i < a->set_count; i++)
        compare_set(c, a->sets[i], b == NULL ? NULL : tc_policy_find_set(b, a->sets[i]->name),
                    tc_arena_printf(c->arena, " (permission set '%.*s')", TC_STR_ARG(a->sets[i]->name)));
    for (size_t i = 1; b != NULL && i < b->set_count; i++)
        if (a == NULL || tc_policy_find_set(a, b->sets[i]->name) == NULL)
            compare_set(c, NULL, b->sets[i],
                        tc_arena_printf(c->arena, " (permission set '%.*s')", TC_STR_ARG(b->sets[i]->name)));
}

bool
tc_diff_code(struct tc_arena *arena, struct tc_subject subjects[2], const struct tc_diff_pair *pair,
             const struct tc_policy_change *change, struct tc_diff_list *list)
{
    struct compare c = {arena, subjects, pair, list, {0}};

    if ((subjects[0].policy != NULL && subjects[0].policy->set_count == 0) ||
        (subjects[1].policy != NULL && subjects[1].policy->set_count == 0))
        return true;
    tc_map_init(&c.told, arena);
    if (change->main || change->sets)
        compare_sets(&c);
    if (change->groups) {
        compare_assemblies(&c);
        compare_unknown_groups(&c);
    }
    if (change->groups || change->sets) {
        if (!compare_kinds(&c))
            return false;
        for (int side = 1; side >= 0; side--)
            if (subjects[side].policy != NULL &&
                !compare_groups(&c, side, subjects[side].policy->root, NULL, (struct tc_str){NULL, 0}))
                return false;
    }
    return !arena->failed;
}
