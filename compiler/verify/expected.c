#include "verify/expected.h"

#include "model/algebra_util.h"
#include "model/builtin_sets.h"
#include "model/membership.h"
#include "xml/clr_text.h"

#include <string.h>

/* ---- tokens ---- */

struct tc_str
tc_fill_tokens(struct tc_arena *arena, struct tc_str text, const struct tc_token_values *values)
{
    struct tc_policy_text filled;

    if (!tc_str_has(text, '$') || tc_policy_replace(arena, text, 0, values, &filled) != TC_OK)
        return text;
    return filled.text;
}

static bool
has_token(const struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        const struct tc_value *value = &perm->values[i];

        switch (perm->cls->fields[i].kind) {
        case TC_FIELD_PATHS:
        case TC_FIELD_KEYS:
        case TC_FIELD_NAMES:
            for (uint32_t j = 0; value->present && j < value->list.count; j++)
                if (memchr(value->list.items[j].text.ptr, '$', value->list.items[j].text.len) != NULL)
                    return true;
            break;
        case TC_FIELD_TEXT:
            if (value->present && tc_str_has(value->text, '$'))
                return true;
            break;
        default:
            break;
        }
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        for (size_t c = 0; c < perm->rows[i].form->column_count; c++)
            if (perm->rows[i].cells[c].text.len > 0 &&
                memchr(perm->rows[i].cells[c].text.ptr, '$', perm->rows[i].cells[c].text.len) != NULL)
                return true;
    return false;
}

/* Fills the texts of one permission, many of which say the same: a path that may be read is mostly written, too. */
struct filler {
    struct tc_arena *arena;
    const struct tc_token_values *values;
    struct tc_str last, filled; /* what the last one became */
};

static void
fill(struct filler *filler, struct tc_str *text)
{
    if (!tc_str_has(*text, '$'))
        return;
    if (filler->last.len == 0 || !tc_str_eq(*text, filler->last)) {
        filler->last = *text;
        filler->filled = tc_fill_tokens(filler->arena, *text, filler->values);
    }
    *text = filler->filled;
}

const struct tc_perm *
tc_fill_perm(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_token_values *values)
{
    struct filler filler = {.arena = arena, .values = values};
    struct tc_perm *copy;

    if (!has_token(perm))
        return perm;
    copy = tc_perm_copy(arena, perm);
    for (size_t i = 0; copy != NULL && i < perm->cls->field_count; i++) {
        enum tc_field_kind kind = perm->cls->fields[i].kind;

        if (!copy->values[i].present)
            continue;
        if (kind == TC_FIELD_TEXT)
            fill(&filler, &copy->values[i].text);
        else if (kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS || kind == TC_FIELD_NAMES)
            for (uint32_t j = 0; j < copy->values[i].list.count; j++)
                fill(&filler, &copy->values[i].list.items[j].text);
    }
    for (uint32_t i = 0; copy != NULL && i < copy->row_count; i++) {
        size_t count = copy->rows[i].form->column_count;
        struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, count);

        if (cells == NULL)
            return NULL;
        memcpy(cells, copy->rows[i].cells, count * sizeof *cells);
        for (size_t c = 0; c < count; c++)
            fill(&filler, &cells[c].text);
        copy->rows[i].cells = cells;
    }
    return copy;
}

/* ---- sets ---- */

/* Whatever is read of markup has the place of its statement; as deep as the framework's reader goes. */
static void
place_at(struct tc_element *element, struct tc_span span)
{
    for (; element != NULL; element = element->next) {
        element->span = span;
        for (size_t i = 0; i < element->attribute_count; i++)
            element->attributes[i].span = element->attributes[i].value_span = span;
        place_at(element->children, span);
    }
}

struct tc_element *
tc_expected_raw(struct tc_expected *e, const struct tc_raw *raw)
{
    struct tc_buf text = {0};
    struct tc_element *element = NULL;
    struct tc_clr_fault fault;
    struct tc_str filled;

    for (size_t i = 0; i < raw->line_count; i++) {
        tc_buf_puts(&text, raw->lines[i]);
        tc_buf_putc(&text, '\n');
    }
    e->arena->failed |= text.failed;
    filled = tc_fill_tokens(e->arena, tc_arena_str(e->arena, tc_buf_str(&text)), e->values);
    tc_buf_done(&text);
    if (tc_clr_read(e->arena, filled, 0, &element, &fault) != TC_OK)
        return NULL;
    place_at(element, raw->span);
    return element;
}

/* @a description goes behind @a name; both are copied. */
static void
add_class(struct tc_expected *e, struct tc_map *classes, struct tc_str name, struct tc_str description)
{
    struct tc_str *full = tc_arena_new(e->arena, struct tc_str);

    if (full == NULL)
        return;
    *full = tc_arena_str(e->arena, description);
    (void)tc_map_add(classes, name, full);
}

/* The short names that the emitter gives to what markup names by them. */
static void
add_known_classes(struct tc_expected *e, struct tc_map *classes, enum tc_framework framework)
{
    struct tc_buf text = {0};

    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        if (!tc_class_in(cls, framework))
            continue;
        tc_buf_clear(&text);
        tc_class_description(cls, framework, &text);
        add_class(e, classes, tc_str_of(cls->short_name), tc_buf_str(&text));
    }
    for (int i = 0; i < TC_GROUP_COUNT_; i++) {
        const char *name = tc_group_info((enum tc_group_kind)i)->short_name;

        tc_buf_clear(&text);
        tc_policy_class_description(name, framework, &text);
        add_class(e, classes, tc_str_of(name), tc_buf_str(&text));
    }
    for (int i = 0; i < TC_CONDITION_COUNT_; i++) {
        const struct tc_condition_info *info = tc_condition_info((enum tc_condition_id)i);

        tc_buf_clear(&text);
        tc_policy_class_description(info->short_name, framework, &text);
        if (tc_since_in(info->since, framework))
            add_class(e, classes, tc_str_of(info->short_name), tc_buf_str(&text));
    }
    e->arena->failed |= text.failed;
    tc_buf_done(&text);
}

static const struct tc_map *
classes_of(struct tc_expected *e)
{
    enum tc_framework framework = e->policy == NULL ? TC_FX_4_0 : tc_runtime_info(e->policy->runtime)->framework;

    if (e->classes != NULL || (e->classes = tc_arena_new(e->arena, struct tc_map)) == NULL)
        return e->classes;
    tc_map_init(e->classes, e->arena);
    for (const struct tc_raw *raw = e->policy == NULL ? NULL : e->policy->raw_classes; raw != NULL; raw = raw->next) {
        const struct tc_element *element = tc_expected_raw(e, raw);
        struct tc_str name, full;

        if (element != NULL && tc_element_get(e->arena, element, tc_attr_name(TC_ATTR_NAME), &name) &&
            tc_element_get(e->arena, element, tc_attr_name(TC_ATTR_DESCRIPTION), &full))
            add_class(e, e->classes, name, full);
    }
    add_known_classes(e, e->classes, framework);
    return e->classes;
}

struct tc_str
tc_expected_raw_class(struct tc_expected *e, const struct tc_raw *raw)
{
    const struct tc_element *element = tc_expected_raw(e, raw);
    struct tc_str name;

    return element != NULL && tc_class_name(e->arena, classes_of(e), element, &name) ? name : TC_STR("");
}

struct tc_grant_set *
tc_expected_raw_set(struct tc_expected *e, const struct tc_raw *raw)
{
    struct tc_element holder = {.tag = tc_tag_name(TC_TAG_PERMISSION_SET), .children = tc_expected_raw(e, raw)};

    return tc_grant_set_read_part(e->arena, classes_of(e), &holder);
}

const char *
tc_expected_raw_fault(struct tc_expected *e, const struct tc_raw *raw)
{
    struct tc_element holder = {.tag = tc_tag_name(TC_TAG_PERMISSION_SET), .children = tc_expected_raw(e, raw)};
    struct tc_grant_set *set;
    struct tc_throw thrown;

    if (tc_grant_set_read(e->arena, classes_of(e), &holder, TC_SET_POLICY, &set, &thrown) != TC_YES)
        return thrown.type;
    for (size_t i = 0; i < set->count; i++)
        if (set->grants[i].broken != NULL)
            return set->grants[i].broken->type;
    return NULL;
}

static struct tc_grant_set *
make_set(struct tc_expected *e, const struct tc_pset *set)
{
    struct tc_pset filled = *set;
    struct tc_grant_set *grants;

    filled.perms = tc_arena_array(e->arena, const struct tc_perm *, set->count);
    if (filled.perms == NULL)
        return NULL;
    filled.count = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct tc_perm *perm = set->perms[i];

        /* what grants nothing is not written, and a class that the tables lack is not known to the evaluator either */
        if (perm->cls->assembly == TC_ASM_COUNT_ || tc_perm_is_empty(perm))
            continue;
        filled.perms[filled.count] = tc_fill_perm(e->arena, perm, e->values);
        if (filled.perms[filled.count++] == NULL)
            return NULL;
    }
    grants = tc_grant_set_of(e->arena, &filled);
    for (const struct tc_raw *raw = set->raw; raw != NULL && grants != NULL; raw = raw->next) {
        struct tc_grant_set *extra = tc_expected_raw_set(e, raw), *both;
        struct tc_throw thrown;

        if (extra == NULL || tc_grant_set_unite(e->arena, grants, extra, &both, &thrown) != TC_YES)
            return NULL;
        grants = both;
    }
    return grants;
}

/* A code group with the tokens of its condition filled in, once somebody asks: in a first-match tree few are asked. */
struct tc_expected_group {
    struct tc_expected_group *next, *children;
    const struct tc_group *group;
    struct tc_condition *condition; /* NULL until then */
};

/* NULL when out of memory. */
static const struct tc_condition *
condition_of(struct tc_expected *e, struct tc_expected_group *filled)
{
    struct tc_condition *condition = filled->condition;

    if (condition != NULL)
        return condition;
    condition = tc_arena_new(e->arena, struct tc_condition);
    if (condition == NULL)
        return NULL;
    *condition = tc_condition_of(&filled->group->condition);
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        condition->values[i] = tc_fill_tokens(e->arena, condition->values[i], e->values);
    tc_condition_prepare(e->arena, condition);
    return filled->condition = condition;
}

/* @a group and its siblings; false when out of memory. */
static bool
fill_groups(struct tc_expected *e, const struct tc_group *group, struct tc_expected_group **tail)
{
    for (; group != NULL; group = group->next) {
        struct tc_expected_group *filled = tc_arena_new(e->arena, struct tc_expected_group);

        if (filled == NULL)
            return false;
        filled->group = group;
        *tail = filled;
        tail = &filled->next;
        if (!fill_groups(e, group->children, &filled->children))
            return false;
    }
    return true;
}

bool
tc_expected_is_foreign(const char *thrown)
{
    return strcmp(thrown, TC_EXPECTED_FOREIGN) == 0;
}

struct tc_str
tc_expected_throw_words(struct tc_arena *arena, const char *thrown)
{
    return tc_expected_is_foreign(thrown) ? tc_str_of(TC_EXPECTED_FOREIGN)
                                          : tc_arena_printf(arena, "the framework throws %s when it is asked", thrown);
}

bool
tc_expected_init(struct tc_expected *expected, struct tc_arena *arena, const struct tc_policy *policy,
                 const struct tc_token_values *values)
{
    *expected = (struct tc_expected){.arena = arena, .policy = policy, .values = values};
    expected->sets = tc_arena_array(arena, struct tc_grant_set *, policy->set_count);
    return expected->sets != NULL && fill_groups(expected, policy->root, &expected->root);
}

const struct tc_grant_set *
tc_expected_set(struct tc_expected *expected, size_t index)
{
    if (expected->sets[index] == NULL)
        expected->sets[index] = make_set(expected, expected->policy->sets[index]);
    return expected->sets[index];
}

/* The set that is there as markup; one that is not there, or that the framework cannot read, grants nothing
 * (policy-file 4.1). */
static const struct tc_grant_set *
raw_named_set(struct tc_expected *e, struct tc_str wanted)
{
    for (const struct tc_raw *raw = e->policy->raw_sets; raw != NULL; raw = raw->next) {
        const struct tc_element *element = tc_expected_raw(e, raw);
        struct tc_grant_set *set;
        struct tc_throw ignored;
        struct tc_str name;

        if (element == NULL || !tc_element_get(e->arena, element, tc_attr_name(TC_ATTR_NAME), &name) ||
            !tc_str_eq(name, wanted))
            continue;
        if (tc_grant_set_read(e->arena, classes_of(e), element, TC_SET_POLICY, &set, &ignored) == TC_YES)
            return set;
        break;
    }
    return tc_grant_set_new(e->arena, false);
}

static const struct tc_grant_set *
named_set(struct tc_expected *e, struct tc_str name)
{
    struct tc_grant_set *builtin;

    if (tc_builtin_set_find(name))
        return tc_builtin_grant_set(e->arena, tc_runtime_info(e->policy->runtime)->framework, name, &builtin) ? builtin
                                                                                                              : NULL;
    for (size_t i = 0; i < e->policy->set_count; i++)
        if (tc_str_eq(e->policy->sets[i]->name, name))
            return tc_expected_set(e, i);
    return raw_named_set(e, name);
}

const struct tc_grant_set *
tc_expected_group_set(struct tc_expected *e, const struct tc_group *group)
{
    if (group->grants_main)
        return tc_expected_set(e, 0);
    if (group->inline_set != NULL)
        return make_set(e, group->inline_set);
    return named_set(e, group->set_name);
}

/* ---- groups ---- */

/* Note that a group matched; false when out of memory. */
static bool
note_step(struct tc_expected *e, const struct tc_group *group, const struct tc_grant_set *set)
{
    struct tc_expected_trace *trace = e->trace;
    struct tc_expected_step *larger =
        tc_arena_more(e->arena, struct tc_expected_step, trace->steps, trace->count, &trace->capacity, 8);

    if (larger == NULL)
        return false;
    trace->steps = larger;
    trace->steps[trace->count++] =
        (struct tc_expected_step){.group = group, .set = set, .depth = trace->depth, .counts = true};
    return true;
}

/* The child noted from step @a child on took the place of all that was said from step @a own on. */
static void
note_exclusive(struct tc_expected *e, size_t own, size_t child)
{
    for (size_t i = own; e->trace != NULL && i < child; i++)
        e->trace->steps[i].counts = false;
}

static bool
is_nothing(const struct tc_grant_set *set)
{
    return !set->unrestricted && set->count == 0;
}

/* Add what a child says to what its parent has said (policy-file 5.2, Merge). */
static enum tc_answer
merge(struct tc_expected *e, struct tc_statement *into, const struct tc_statement *child, struct tc_throw *ret_throw)
{
    struct tc_grant_set *both;

    if (into->attributes & child->attributes & TC_GROUP_EXCLUSIVE) {
        *ret_throw = (struct tc_throw){.type = "PolicyException", .key = ""};
        return TC_THROWS;
    }
    if (child->attributes & TC_GROUP_EXCLUSIVE) {
        *into = *child;
        return TC_YES;
    }
    into->attributes |= child->attributes;
    if (is_nothing(child->set))
        return TC_YES;
    if (is_nothing(into->set)) { /* sets are never changed */
        into->set = child->set;
        return TC_YES;
    }
    if (tc_grant_set_unite(e->arena, into->set, child->set, &both, ret_throw) != TC_YES)
        return TC_THROWS;
    into->set = both;
    return TC_YES;
}

/* What the groups that are markup may name. */
static struct tc_policy_level *
level_of(struct tc_expected *e)
{
    if (e->level != NULL || classes_of(e) == NULL)
        return e->level;
    e->level = tc_policy_level_new(e->arena, tc_runtime_info(e->policy->runtime)->framework, e->classes);
    for (size_t i = 0; e->level != NULL && i < e->policy->set_count; i++)
        (void)tc_policy_level_put(e->arena, e->level, e->policy->sets[i]->name, tc_expected_set(e, i));
    for (const struct tc_raw *raw = e->policy->raw_sets; e->level != NULL && raw != NULL; raw = raw->next) {
        const struct tc_element *element = tc_expected_raw(e, raw);
        struct tc_str name;

        if (element != NULL && tc_element_get(e->arena, element, tc_attr_name(TC_ATTR_NAME), &name))
            (void)tc_policy_level_put(e->arena, e->level, name, raw_named_set(e, name));
    }
    return e->level;
}

/* A group that is markup, its children with it; other markup among groups says nothing to anyone. */
static enum tc_answer
resolve_raw(struct tc_expected *e, const struct tc_group *group, const struct tc_evidence *evidence,
            struct tc_statement *ret, struct tc_throw *ret_throw)
{
    const struct tc_element *element = tc_expected_raw(e, group->raw);
    enum tc_answer answer;

    if (element == NULL || !tc_element_is(element, TC_TAG_CODE_GROUP))
        return TC_NO;
    if (level_of(e) == NULL)
        return tc_throw_nomem(ret_throw);
    answer = tc_policy_level_ask(e->arena, e->level, element, evidence, ret, ret_throw);
    if (answer == TC_YES && e->trace != NULL && !note_step(e, group, ret->set))
        return tc_throw_nomem(ret_throw);
    return answer;
}

/* What the group itself says to an assembly that it matches. */
static enum tc_answer
own_statement(struct tc_expected *e, const struct tc_group *group, const struct tc_evidence *evidence,
              struct tc_statement *ret, struct tc_throw *ret_throw)
{
    if (group->kind == TC_GROUP_NET || group->kind == TC_GROUP_FILE) {
        *ret = (struct tc_statement){.attributes = 0};
        return tc_group_gives(e->arena, group->kind, group->access, evidence, &ret->set, ret_throw);
    }
    *ret = (struct tc_statement){.set = tc_expected_group_set(e, group), .attributes = group->attributes};
    return TC_YES;
}

/* A class of a third party decides: it may match, and grant, whatever it likes, and where its assembly is not found no
 * code loads at all (policy-file 5.1, 5.4). */
static bool
is_foreign(const struct tc_group *group)
{
    return !group->is_raw && (group->kind == TC_GROUP_COUNT_ || group->condition.kind == TC_CONDITION_COUNT_);
}

/* TC_NO: the group does not match. */
static enum tc_answer
resolve(struct tc_expected *e, struct tc_expected_group *filled, const struct tc_evidence *evidence,
        struct tc_statement *ret, struct tc_throw *ret_throw)
{
    const struct tc_group *group = filled->group;
    size_t own = e->trace == NULL ? 0 : e->trace->count;
    const struct tc_condition *condition;
    enum tc_answer answer;

    if (group->is_raw)
        return resolve_raw(e, group, evidence, ret, ret_throw);
    if (is_foreign(group)) {
        *ret_throw = (struct tc_throw){.type = TC_EXPECTED_FOREIGN, .key = ""};
        return TC_THROWS;
    }
    condition = condition_of(e, filled);
    if (condition == NULL)
        return tc_throw_nomem(ret_throw);
    answer = tc_condition_check(e->arena, condition, evidence, ret_throw);
    if (answer == TC_YES)
        answer = own_statement(e, group, evidence, ret, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (ret->set == NULL || (e->trace != NULL && !note_step(e, group, ret->set)))
        return tc_throw_nomem(ret_throw);
    for (struct tc_expected_group *child = filled->children; child != NULL; child = child->next) {
        size_t first = e->trace == NULL ? 0 : e->trace->count;
        struct tc_statement statement;

        if (e->trace != NULL)
            e->trace->depth++;
        answer = resolve(e, child, evidence, &statement, ret_throw);
        if (e->trace != NULL)
            e->trace->depth--;
        if (answer == TC_THROWS)
            return answer;
        if (answer == TC_NO)
            continue;
        if (merge(e, ret, &statement, ret_throw) != TC_YES)
            return TC_THROWS;
        if (statement.attributes & TC_GROUP_EXCLUSIVE)
            note_exclusive(e, own, first);
        if (group->kind == TC_GROUP_FIRST_MATCH || (statement.attributes & TC_GROUP_EXCLUSIVE))
            break;
    }
    return TC_YES;
}

/* Whether a raw entry of FullTrustAssemblies names the assembly. */
static bool
raw_full_trust(struct tc_expected *e, const struct tc_evidence *evidence)
{
    for (const struct tc_raw *raw = e->policy->raw_full_trust; raw != NULL; raw = raw->next) {
        const struct tc_element *element = tc_expected_raw(e, raw);
        struct tc_condition condition;
        struct tc_throw thrown;

        if (element != NULL && evidence->is_gac &&
            tc_condition_read(e->arena, TC_CONDITION_STRONG_NAME, element, &condition, &thrown) == TC_YES &&
            tc_condition_check(e->arena, &condition, evidence, &thrown) == TC_YES)
            return true;
    }
    return false;
}

enum tc_answer
tc_expected_resolve(struct tc_expected *expected, const struct tc_evidence *evidence,
                    struct tc_statement *ret_statement, struct tc_throw *ret_throw)
{
    for (const struct tc_full_trust *entry = expected->policy->full_trust; entry != NULL; entry = entry->next)
        if (evidence->is_gac && evidence->has_strong_name && !tc_runtime_info(expected->policy->runtime)->homogeneous &&
            tc_str_eq_nocase(entry->key, evidence->key) && tc_str_eq(entry->name, evidence->name) &&
            tc_str_eq(entry->version, evidence->version)) {
            *ret_statement = (struct tc_statement){.set = tc_grant_set_new(expected->arena, true)};
            if (expected->trace != NULL)
                expected->trace->by_full_trust = true;
            return TC_YES;
        }
    if (!tc_runtime_info(expected->policy->runtime)->homogeneous && raw_full_trust(expected, evidence)) {
        *ret_statement = (struct tc_statement){.set = tc_grant_set_new(expected->arena, true)};
        if (expected->trace != NULL)
            expected->trace->by_full_trust = true;
        return TC_YES;
    }
    switch (expected->root == NULL ? TC_NO : resolve(expected, expected->root, evidence, ret_statement, ret_throw)) {
    case TC_NO:
        *ret_statement = (struct tc_statement){.set = tc_grant_set_new(expected->arena, false)};
        return TC_YES;
    case TC_YES:
        return TC_YES;
    case TC_THROWS:
        break;
    }
    return TC_THROWS;
}
