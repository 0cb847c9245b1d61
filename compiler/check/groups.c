/* Code groups and membership conditions: what throws, what never matches, what has no effect. */
#include "check/groups.h"

#include "base/map.h"
#include "check/urls.h"
#include "model/algebra_util.h"
#include "model/net_group.h"
#include "model/pset_algebra.h"
#include "model/strong_name.h"

#include <string.h>

/* ---- reading groups ---------------------------------------------------------------------------------------------- */

struct tc_str
tc_groups_type(struct tc_str class_name)
{
    return tc_class_is_mscorlib(class_name) ? tc_type_bare(class_name) : TC_STR("");
}

/* @a type without its namespace; the empty slice when that is another one. *ret_guess: there is none. */
static struct tc_str
policy_name(struct tc_str type, bool *ret_guess)
{
    *ret_guess = !tc_str_has(type, '.');
    return *ret_guess ? type : tc_policy_type(type);
}

static enum tc_group_kind
group_kind(struct tc_str type, bool *ret_guess)
{
    return tc_group_by_name(policy_name(type, ret_guess));
}

static enum tc_condition_id
condition_kind(struct tc_str type, bool *ret_guess)
{
    return tc_condition_by_name(policy_name(type, ret_guess));
}

/* The near name among those of groups or conditions; NULL when none is near. */
static const char *
near_class(struct tc_str name, bool condition)
{
    int count = condition ? (int)TC_CONDITION_COUNT_ : (int)TC_GROUP_COUNT_;
    const char *best = NULL;
    unsigned nearest = 4;
    struct tc_str last = tc_str_last_part(tc_type_bare(name), ".");

    for (int i = 0; i < count; i++) {
        const char *candidate = condition ? tc_condition_info((enum tc_condition_id)i)->short_name
                                          : tc_group_info((enum tc_group_kind)i)->short_name;
        unsigned distance = tc_str_distance(last, tc_str_of(candidate), nearest);

        if (distance < nearest) {
            nearest = distance;
            best = candidate;
        }
    }
    return best;
}

/* A short name that nothing maps, in a file without SecurityClasses: all of them have one cause. */
static void
report_unmapped(struct tc_groups *groups, enum tc_check_id id, const struct tc_element_attribute *name,
                struct tc_str full)
{
    struct tc_check *check = groups->check;

    if (groups->unmapped == NULL) {
        groups->unmapped = tc_check_report(check, id, name->value_span, "no SecurityClass says what '%.*s' is",
                                           TC_STR_ARG(name->value));
        tc_diag_note(check->diags, groups->unmapped,
                     "this level has no SecurityClasses: no short name means anything here");
        tc_diag_help(check->diags, groups->unmapped, "write its full name, '%.*s'", TC_STR_ARG(full));
    }
    tc_diag_edit(check->diags, groups->unmapped, name->value_span, "%.*s", TC_STR_ARG(full));
}

/* The fix is certain where only the mapping or letter case is missing. */
void
tc_groups_report_class(struct tc_groups *groups, enum tc_check_id id, const struct tc_element *element, bool condition,
                       const char *what)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *name = tc_element_attr(element, TC_ATTR_CLASS);
    struct tc_str type = tc_check_class(check, name->value), full;
    const char *near = near_class(type, condition);
    bool is_mapped = type.ptr != name->value.ptr, is_short = near != NULL && tc_str_is(type, near);
    struct tc_buf out = {0};
    struct tc_diag *diag;

    groups->is_faulty = true;
    if (near != NULL)
        tc_policy_class_description(near, tc_runtime_info(check->file->runtime)->framework, &out);
    full = tc_arena_str(check->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    if (is_short && check->file->classes == NULL) {
        report_unmapped(groups, id, name, full);
        return;
    }
    diag = is_short ? tc_check_report(check, id, name->value_span, "no SecurityClass says what '%s' is", near)
                    : tc_check_report(check, id, name->value_span, "'%.*s' is no %s that the framework knows",
                                      TC_STR_ARG(name->value), what);
    if (near == NULL)
        return;
    if (!is_short)
        tc_diag_help(check->diags, diag, "did you mean '%s'?", near);
    if (!tc_str_eq(tc_check_class(check, tc_str_of(near)), tc_str_of(near)))
        full = tc_str_of(near); /* the file says what this is */
    else
        tc_diag_help(check->diags, diag, "write its full name, '%.*s'", TC_STR_ARG(full));
    if (is_mapped)
        return; /* the SecurityClass is to be mended, not the group */
    tc_diag_edit(check->diags, diag, name->value_span, "%.*s", TC_STR_ARG(full));
    diag->is_unsafe = !is_short && !tc_str_eq_nocase(tc_str_of(near), type);
}

/* What @a element grants by itself. */
static enum tc_groups_grant
grant_of(struct tc_groups *groups, const struct tc_element *element)
{
    const struct tc_element_attribute *name = tc_element_attr(element, TC_ATTR_PERMISSION_SET_NAME);
    const struct tc_element *set = tc_element_part(element, TC_TAG_PERMISSION_SET);
    const struct tc_element_attribute *unrestricted;

    if (name != NULL) {
        struct tc_str text = tc_element_decode(groups->check->arena, name->value);

        if (tc_builtin_set_find(text))
            return tc_str_eq(text, TC_STR(TC_GROUPS_NOTHING))      ? TC_GROUPS_GRANT_NOTHING
                   : tc_str_eq(text, TC_STR(TC_GROUPS_FULL_TRUST)) ? TC_GROUPS_GRANT_FULL
                                                                   : TC_GROUPS_GRANT_SOME;
        set = tc_map_get(&groups->sets, text);
        if (set == NULL)
            return TC_GROUPS_GRANT_UNKNOWN;
    }
    if (set == NULL)
        return TC_GROUPS_GRANT_NOTHING;
    unrestricted = tc_element_attr(set, TC_ATTR_UNRESTRICTED);
    if (unrestricted != NULL && tc_element_is_unrestricted(set))
        return TC_GROUPS_GRANT_FULL;
    return set->children == NULL ? TC_GROUPS_GRANT_NOTHING : TC_GROUPS_GRANT_SOME;
}

static void
read_values(struct tc_groups *groups, struct tc_groups_node *node)
{
    struct tc_arena *arena = groups->check->arena;
    struct tc_condition *condition = &node->condition;
    struct tc_throw ignored;
    int32_t zone;

    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (condition->present[i])
            condition->values[i] = tc_check_with_tokens(arena, condition->values[i]);
    switch (condition->kind) {
    case TC_CONDITION_URL:
        node->is_settled = condition->present[0] &&
                           tc_url_string_parse(arena, condition->values[0], &node->url, &ignored) == TC_YES &&
                           !tc_url_string_is_relative(&node->url);
        break;
    case TC_CONDITION_SITE:
        node->is_settled =
            condition->present[0] && tc_site_string_parse(arena, condition->values[0], &node->site, &ignored) == TC_YES;
        break;
    case TC_CONDITION_ZONE:
        node->is_settled =
            condition->present[0] &&
            tc_enum_parse(tc_enum(TC_ENUM_ZONE), condition->values[0], false, &zone, &ignored) == TC_YES && zone >= 0;
        node->zone = node->is_settled ? zone : 0;
        break;
    case TC_CONDITION_STRONG_NAME:
        node->is_settled =
            condition->present[0] && tc_hex_decode(arena, condition->values[0], &node->key, &ignored) == TC_YES;
        break;
    case TC_CONDITION_ALL:
    case TC_CONDITION_GAC:
        node->is_settled = true;
        break;
    case TC_CONDITION_HASH:
    case TC_CONDITION_PUBLISHER:
    case TC_CONDITION_APPLICATION_DIRECTORY:
    case TC_CONDITION_COUNT_:
        break;
    }
}

static void
read_condition(struct tc_groups *groups, struct tc_groups_node *node)
{
    const struct tc_element *element = tc_element_part(node->element, TC_TAG_IMEMBERSHIP_CONDITION);
    const struct tc_element_attribute *name;
    struct tc_throw ignored;

    node->condition.kind = TC_CONDITION_COUNT_;
    node->condition_element = element;
    if (element == NULL)
        return;
    name = tc_element_attr(element, TC_ATTR_CLASS);
    if (name == NULL)
        return;
    node->condition.kind =
        condition_kind(tc_groups_type(tc_check_class(groups->check, name->value)), &node->condition_is_guess);
    if (node->condition.kind == TC_CONDITION_COUNT_)
        return;
    if (tc_condition_read(groups->check->arena, node->condition.kind, element, &node->condition, &ignored) == TC_YES)
        read_values(groups, node);
}

static struct tc_groups_node *
read_group(struct tc_groups *groups, struct tc_groups_node *parent, const struct tc_element *element)
{
    struct tc_groups_node *node = tc_arena_new(groups->check->arena, struct tc_groups_node), **tail;
    const struct tc_element_attribute *name = tc_element_attr(element, TC_ATTR_CLASS);
    struct tc_str text;
    struct tc_throw ignored;
    int32_t attributes = 0;

    if (node == NULL)
        return NULL;
    *node = (struct tc_groups_node){.parent = parent, .element = element, .kind = TC_GROUP_COUNT_};
    if (name != NULL)
        node->kind = group_kind(tc_groups_type(tc_check_class(groups->check, name->value)), &node->is_guess);
    node->grant = grant_of(groups, element);
    if (tc_element_get(groups->check->arena, element, tc_attr_name(TC_ATTR_ATTRIBUTES), &text) &&
        tc_enum_parse(tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES), text, false, &attributes, &ignored) == TC_YES)
        node->attributes = (unsigned)attributes;
    read_condition(groups, node);
    tail = &node->children;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        if (!tc_element_is(child, TC_TAG_CODE_GROUP))
            continue;
        *tail = read_group(groups, node, child);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return node;
}

static void
read_sets(struct tc_groups *groups)
{
    const struct tc_element *sets = groups->check->file->sets;

    tc_map_init(&groups->sets, groups->check->arena);
    for (const struct tc_element *set = sets == NULL ? NULL : sets->children; set != NULL; set = set->next) {
        const struct tc_element_attribute *name = tc_element_attr(set, TC_ATTR_NAME);

        if (name != NULL && tc_element_is(set, TC_TAG_PERMISSION_SET))
            tc_map_add(&groups->sets, tc_element_decode(groups->check->arena, name->value),
                       (void *)(uintptr_t)set); /* only ever read */
    }
}

bool
tc_groups_is_placeholder(const struct tc_groups *groups, const struct tc_groups_node *node)
{
    return groups->check->file->is_piece && node->element->attribute_count == 0;
}

/* ---- the group itself -------------------------------------------------------------------------------------------- */

/* The class attribute: missing, or of a class that is not there. Custom classes have an assembly of their own. */
static void
check_class(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *name = tc_element_attr(node->element, TC_ATTR_CLASS);
    size_t errors = check->diags->errors;

    if ((node->kind != TC_GROUP_COUNT_ && !node->is_guess) || tc_groups_is_placeholder(groups, node))
        return;
    if (node->parent == NULL && check->file->level != NULL) { /* that fails the file: structure.c says so */
        groups->is_faulty = true;
        return;
    }
    if (name == NULL)
        tc_check_report(check, TC_CHECK_GROUP_CLASS, tc_check_tag(node->element), "this code group has no 'class'");
    else if (tc_class_is_mscorlib(tc_check_class(check, name->value)))
        tc_groups_report_class(groups, TC_CHECK_GROUP_CLASS, node->element, false, "code group");
    else
        groups->is_unsure = true;
    groups->is_faulty |= check->diags->errors > errors;
}

static void
check_set_name(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *name = tc_element_attr(node->element, TC_ATTR_PERMISSION_SET_NAME);
    const struct tc_element *inline_set = tc_element_part(node->element, TC_TAG_PERMISSION_SET);
    struct tc_diag *diag;

    if (name == NULL)
        return;
    if (node->kind == TC_GROUP_NET || node->kind == TC_GROUP_FILE) {
        diag = tc_check_report(check, TC_CHECK_GROUP_SET_IGNORED, name->span,
                               "a %s works out what it grants: 'PermissionSetName' has no effect",
                               tc_group_info(node->kind)->short_name);
        tc_diag_help(check->diags, diag, "take the attribute away");
        tc_groups_drop_attribute(check, diag, name);
        return;
    }
    if (inline_set != NULL) {
        diag = tc_check_report(check, TC_CHECK_GROUP_SET_TWICE, tc_check_tag(inline_set),
                               "the group names the set '%.*s': the one written in it has no effect",
                               TC_STR_ARG(name->value));
        tc_diag_label(check->diags, diag, name->value_span, "this one counts");
        tc_diag_help(check->diags, diag, "keep one of them");
    }
    if (node->grant == TC_GROUPS_GRANT_UNKNOWN)
        tc_groups_report_unknown_set(groups, name);
}

/* Names of Attributes in another letter case are certain. */
static void
check_attributes(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *attribute = tc_element_attr(node->element, TC_ATTR_ATTRIBUTES);
    const struct tc_enum *values = tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES);
    struct tc_throw ignored;
    struct tc_diag *diag;
    struct tc_str text;
    int32_t bits;

    if (attribute == NULL)
        return;
    text = tc_element_decode(check->arena, attribute->value);
    if (tc_enum_parse(values, text, false, &bits, &ignored) == TC_YES &&
        (bits & ~(TC_GROUP_EXCLUSIVE | TC_GROUP_LEVEL_FINAL)) == 0)
        return;
    groups->is_faulty = true;
    diag = tc_check_report(check, TC_CHECK_GROUP_ATTRIBUTES, attribute->value_span, "'%.*s' is no value of Attributes",
                           TC_STR_ARG(attribute->value));
    tc_diag_note(check->diags, diag, "the framework throws when it first looks at this group");
    if (tc_enum_parse(values, text, true, &bits, &ignored) == TC_YES &&
        (bits & ~(TC_GROUP_EXCLUSIVE | TC_GROUP_LEVEL_FINAL)) == 0) {
        tc_diag_help(check->diags, diag, "letter case counts: write '%s'", tc_enum_name(values, bits));
        tc_diag_edit(check->diags, diag, attribute->value_span, "%s", tc_enum_name(values, bits));
    } else {
        tc_diag_help(check->diags, diag, "write 'Exclusive', or take the attribute away");
    }
}

static void
check_flags(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *attribute = tc_element_attr(node->element, TC_ATTR_ATTRIBUTES);
    struct tc_diag *diag;

    if (attribute == NULL)
        return;
    for (const struct tc_groups_node *up = node->parent; (node->attributes & TC_GROUP_EXCLUSIVE) != 0 && up != NULL;
         up = up->parent)
        if ((up->attributes & TC_GROUP_EXCLUSIVE) != 0) {
            diag = tc_check_report(check, TC_CHECK_EXCLUSIVE_TWICE, attribute->value_span,
                                   "code that matches this group matches another exclusive one above it");
            tc_diag_label(check->diags, diag, tc_element_attr(up->element, TC_ATTR_ATTRIBUTES)->value_span,
                          "exclusive, too");
            tc_diag_note(check->diags, diag, "the framework throws a PolicyException for such code");
            break;
        }
    if (node->attributes == TC_GROUP_LEVEL_FINAL && groups->is_aspnet) {
        diag = tc_check_report(check, TC_CHECK_LEVEL_FINAL, attribute->value_span,
                               "'LevelFinal' has no effect in a policy of ASP.NET");
        tc_diag_help(check->diags, diag, "take the attribute away; 'Exclusive' keeps other groups of the file out");
        tc_groups_drop_attribute(check, diag, attribute);
    }
}

static void
check_net_or_file(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *access = tc_element_attr(node->element, TC_ATTR_ACCESS);
    const struct tc_net_rules *rules;
    struct tc_throw thrown = {0};
    struct tc_diag *diag;
    int32_t bits;

    if (node->kind == TC_GROUP_NET && tc_net_rules_read(check->arena, node->element, &rules, &thrown) == TC_THROWS) {
        struct tc_span span = thrown.span.end == 0 || thrown.span.begin == node->element->span.begin
                                  ? tc_check_tag(node->element)
                                  : thrown.span;

        diag = tc_check_report(check, TC_CHECK_GROUP_RULES, span, "the framework cannot read these connectAccessRules");
        tc_diag_note(check->diags, diag, "it throws %s", thrown.type);
        tc_diag_help(check->diags, diag,
                     "a scheme is a name, '*' or '$origin', a port a number, '$default' or '$origin'");
    }
    if (node->kind == TC_GROUP_FILE && access != NULL &&
        tc_enum_parse(tc_enum(TC_ENUM_FILE_IO_ACCESS), tc_element_decode(check->arena, access->value), false, &bits,
                      &thrown) == TC_THROWS) {
        diag = tc_check_report(check, TC_CHECK_GROUP_RULES, access->value_span, "'%.*s' is no FileIOPermissionAccess",
                               TC_STR_ARG(access->value));
        tc_diag_help(check->diags, diag, "write names such as 'Read, PathDiscovery'; letter case counts");
    }
}

/* A leaf that gives nothing. Below a first-match group it keeps the groups behind it from being asked. */
static void
check_dead(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *name = tc_element_attr(node->element, TC_ATTR_PERMISSION_SET_NAME);
    struct tc_diag *diag;

    if (node->parent == NULL || node->children != NULL || node->grant != TC_GROUPS_GRANT_NOTHING ||
        node->attributes != 0 || (node->kind != TC_GROUP_UNION && node->kind != TC_GROUP_FIRST_MATCH))
        return;
    if (node->parent->kind == TC_GROUP_FIRST_MATCH &&
        (name != NULL || tc_element_part(node->element, TC_TAG_PERMISSION_SET) != NULL))
        return;
    diag = tc_check_report(check, TC_CHECK_GROUP_GRANTS_NOTHING,
                           name != NULL ? name->value_span : tc_check_tag(node->element),
                           name != NULL ? "this group grants nothing and holds no other: it has no effect"
                                        : "this group names no permission set: it grants nothing");
    if (name == NULL)
        tc_diag_help(check->diags, diag, "say which set it grants, with PermissionSetName");
}

/* 4.x: what a group grants is full trust, nothing or the set of the domain (aspnet-trust 6.2). */
static void
check_collapse(struct tc_groups *groups, const struct tc_groups_node *node)
{
    struct tc_check *check = groups->check;
    const struct tc_element_attribute *name = tc_element_attr(node->element, TC_ATTR_PERMISSION_SET_NAME);
    struct tc_diag *diag;

    if (!tc_runtime_info(check->file->runtime)->homogeneous || !check->file->runtime_is_known || name == NULL ||
        node->grant != TC_GROUPS_GRANT_SOME || tc_str_eq(name->value, TC_STR(TC_GROUPS_MAIN_SET)) ||
        tc_map_get(&groups->sets, TC_STR(TC_GROUPS_MAIN_SET)) == NULL)
        return;
    diag = tc_check_report(check, TC_CHECK_GROUP_COLLAPSES, name->value_span,
                           "under 4.x this code gets '%s', not '%.*s'", TC_GROUPS_MAIN_SET, TC_STR_ARG(name->value));
    tc_diag_note(
        check->diags, diag,
        "an application has one set there, that of permissionSetName: a group chooses it, full trust or nothing");
    tc_diag_help(check->diags, diag, "write '%s', or set legacyCasModel=\"true\" on <trust>", TC_GROUPS_MAIN_SET);
}

static void
check_node(struct tc_groups *groups, struct tc_groups_node *node)
{
    check_class(groups, node);
    check_attributes(groups, node);
    check_flags(groups, node);
    check_set_name(groups, node);
    check_net_or_file(groups, node);
    check_collapse(groups, node);
    tc_groups_check_condition(groups, node);
    if (node->is_unreached || tc_groups_check_reach(groups, node))
        node->is_unreached = true;
    else
        check_dead(groups, node);
    for (struct tc_groups_node *child = node->children; child != NULL; child = child->next)
        check_node(groups, child);
}

/* ---- the level --------------------------------------------------------------------------------------------------- */

static void
check_other_roots(struct tc_check *check)
{
    const struct tc_element *root = check->file->group;
    struct tc_diag *diag;

    for (const struct tc_element *child = root->next; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_CODE_GROUP)) {
            diag = tc_check_report(check, TC_CHECK_GROUP_ROOT_IGNORED, tc_check_tag(child),
                                   "a policy level has one root group: this one is ignored");
            tc_diag_label(check->diags, diag, tc_check_tag(root), "only this one counts");
            tc_diag_help(check->diags, diag, "move it into the first one");
        }
}

static void
check_full_trust(struct tc_groups *groups)
{
    struct tc_check *check = groups->check;
    const struct tc_element *list = check->file->full_trust;
    struct tc_diag *diag;

    if (list == NULL || list->children == NULL)
        return;
    if (tc_runtime_info(check->file->runtime)->framework == TC_FX_4_0 && check->file->runtime_is_known) {
        diag = tc_check_report(check, TC_CHECK_FULL_TRUST_ASSEMBLIES, tc_check_tag(list),
                               "4.x takes no notice of FullTrustAssemblies in a policy file");
        tc_diag_help(check->diags, diag, "list them in <fullTrustAssemblies> of the root web.config");
        return;
    }
    for (const struct tc_element *child = list->children; child != NULL; child = child->next) {
        struct tc_groups_node node = {.element = child, .condition_element = child, .kind = TC_GROUP_COUNT_};
        struct tc_throw ignored;

        if (tc_condition_read(check->arena, TC_CONDITION_STRONG_NAME, child, &node.condition, &ignored) == TC_YES)
            tc_groups_check_arguments(groups, &node);
    }
}

/* Security.config of a machine has the same form, and other users. */
static bool
is_aspnet(const struct tc_groups *groups)
{
    struct tc_str text = groups->check->file->source->text;

    return tc_map_get(&groups->sets, TC_STR(TC_GROUPS_MAIN_SET)) != NULL ||
           tc_str_find(text, tc_token_text(TC_TOKEN_APP_DIR_URL), 0) != SIZE_MAX ||
           tc_str_find(text, tc_token_text(TC_TOKEN_CODE_GEN), 0) != SIZE_MAX;
}

/* A membership condition by itself: as if a group held it. */
static void
check_lone_condition(struct tc_groups *groups)
{
    struct tc_arena *arena = groups->check->arena;
    struct tc_element *holder = tc_arena_new(arena, struct tc_element), *only = tc_arena_new(arena, struct tc_element);
    struct tc_groups_node node = {.element = holder, .kind = TC_GROUP_COUNT_};

    if (holder == NULL || only == NULL)
        return;
    *only = *groups->check->file->root;
    only->next = NULL;
    *holder = (struct tc_element){.tag = TC_STR("CodeGroup"), .text = TC_STR(""), .children = only, .span = only->span};
    read_condition(groups, &node);
    tc_groups_check_condition(groups, &node);
}

void
tc_checks_groups(struct tc_check *check)
{
    struct tc_groups groups = {.check = check};
    struct tc_groups_node *root;

    if (check->file->level == NULL && !check->file->is_piece)
        return;
    read_sets(&groups);
    groups.is_aspnet = is_aspnet(&groups);
    check_full_trust(&groups);
    if (tc_str_eq(check->file->root->tag, TC_STR("IMembershipCondition")))
        check_lone_condition(&groups);
    if (check->file->group == NULL)
        return;
    root = read_group(&groups, NULL, check->file->group);
    if (root == NULL)
        return;
    check_node(&groups, root);
    if (check->file->level == NULL)
        return; /* what stands around it is not known */
    check_other_roots(check);
    if (!groups.is_faulty && !groups.is_unsure)
        tc_groups_check_application(&groups, root);
}
