#include "model/resolve.h"

#include "model/algebra_util.h"
#include "model/builtin_sets.h"
#include "model/demand.h"
#include "model/net_group.h"
#include "model/url_string.h"

#include <string.h>

/* ---- what is known of a group ------------------------------------------------------------------------------------ */

struct tc_code_group {
    struct tc_code_group *next;
    struct tc_code_group *children;
    enum tc_group_kind kind;
    struct tc_condition condition;
    const struct tc_throw *condition_fault; /* instead of a condition */
    const struct tc_grant_set *set;
    unsigned attributes;
    const struct tc_throw *statement_fault; /* instead of set and attributes */
    unsigned access;                        /* file groups: fields of FileIOPermission */
    const struct tc_net_rules *rules;       /* net groups */
    const struct tc_throw *children_fault;  /* what looking at the children throws */

    /* What it says to code of which nothing is known: asked again by each group above it while a level is read. */
    struct tc_statement untold;
    bool is_untold_known, untold_matches;
};

/* Code of which nothing is known. */
static const struct tc_evidence no_evidence = {0};

/* A named set of a level. */
struct named_set {
    const struct tc_grant_set *set; /* NULL: cannot be decoded */
};

/* What reading a level needs everywhere. */
struct level_reader {
    struct tc_arena *arena;
    struct tc_policy_level *level;
    bool is_outline; /**< tc_policy_level_outline() */
};

static const struct tc_throw *
keep(struct tc_arena *arena, struct tc_throw thrown)
{
    struct tc_throw *kept = tc_arena_new(arena, struct tc_throw);

    if (kept != NULL)
        *kept = thrown;
    return kept;
}

static const struct tc_throw *
fault(struct level_reader *reader, const char *type, const char *key, struct tc_span span)
{
    return keep(reader->arena, (struct tc_throw){type, key, span});
}

/* ---- reading a level --------------------------------------------------------------------------------------------- */

const struct tc_element *
tc_policy_level_find(const struct tc_element *root)
{
    for (int tag = TC_TAG_MSCORLIB; tag <= TC_TAG_POLICY_LEVEL && root != NULL; tag++)
        root = tc_element_part(root, (enum tc_tag_id)tag);
    return root;
}

static enum tc_answer
read_classes(struct level_reader *reader, const struct tc_element *element, struct tc_throw *ret_throw)
{
    struct tc_map *classes = tc_arena_new(reader->arena, struct tc_map);

    if (classes == NULL)
        return tc_throw_nomem(ret_throw);
    if (element->children == NULL)
        return tc_throw_at(ret_throw, "NullReferenceException", "", element->span);
    tc_map_init(classes, reader->arena);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct tc_str name, *full = tc_arena_new(reader->arena, struct tc_str);

        if (full == NULL)
            return tc_throw_nomem(ret_throw);
        if (!tc_element_is(child, TC_TAG_SECURITY_CLASS) ||
            !tc_element_get(reader->arena, child, tc_attr_name(TC_ATTR_NAME), &name) ||
            !tc_element_get(reader->arena, child, tc_attr_name(TC_ATTR_DESCRIPTION), full))
            continue;
        if (tc_map_add(classes, name, full) != NULL)
            return tc_throw_at(ret_throw, "ArgumentException", "Argument_AddingDuplicate",
                               tc_element_span(child, "Name"));
    }
    reader->level->classes = classes;
    return TC_YES;
}

static enum tc_answer
read_full_trust(struct level_reader *reader, const struct tc_element *element, struct tc_throw *ret_throw)
{
    struct tc_policy_level *level = reader->level;
    size_t count = 0;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        count++;
    level->full_trust = tc_arena_array(reader->arena, struct tc_condition, count);
    if (level->full_trust == NULL)
        return tc_throw_nomem(ret_throw);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        if (tc_condition_read(reader->arena, TC_CONDITION_STRONG_NAME, child,
                              &level->full_trust[level->full_trust_count++], ret_throw) != TC_YES)
            return TC_THROWS;
    return TC_YES;
}

/* The first set of each name that is not built in. Decoding tells nobody why it failed. */
static bool
read_sets(struct level_reader *reader, const struct tc_element *element)
{
    struct tc_arena *arena = reader->arena;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct tc_grant_set *decoded = NULL;
        struct named_set *named = tc_arena_new(arena, struct named_set);
        struct tc_throw ignored;
        struct tc_str name;

        if (named == NULL)
            return false;
        reader->level->has_sets = true;
        if (!tc_element_is(child, TC_TAG_PERMISSION_SET) ||
            !tc_element_get(arena, child, tc_attr_name(TC_ATTR_NAME), &name) || tc_builtin_set_find(name) ||
            tc_map_add(&reader->level->sets, name, named) != NULL)
            continue;
        if (tc_grant_set_read(arena, reader->level->classes, child, TC_SET_POLICY, &decoded, &ignored) == TC_YES)
            named->set = decoded;
    }
    return true;
}

enum tc_answer
tc_policy_level_set(struct tc_arena *arena, const struct tc_policy_level *level, struct tc_str name,
                    const struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    const struct named_set *named;
    struct tc_grant_set *builtin;

    if (tc_builtin_grant_set(arena, level->framework, name, &builtin)) {
        *ret_set = builtin;
        return builtin != NULL ? TC_YES : tc_throw_nomem(ret_throw);
    }
    if (!level->has_sets)
        return tc_throw_new(ret_throw, "NullReferenceException", "");
    named = tc_map_get(&level->sets, name);
    *ret_set = named == NULL ? NULL : named->set;
    return TC_YES;
}

/* ---- reading a group --------------------------------------------------------------------------------------------- */

static enum tc_answer
read_file(struct tc_arena *arena, struct tc_code_group *group, const struct tc_element *element,
          struct tc_throw *ret_throw)
{
    struct tc_str text;
    int32_t access = 0;

    if (tc_element_get(arena, element, tc_attr_name(TC_ATTR_ACCESS), &text) &&
        tc_enum_parse(tc_enum(TC_ENUM_FILE_IO_ACCESS), text, false, &access, ret_throw) != TC_YES)
        return TC_THROWS;
    group->access = (unsigned)access;
    return TC_YES;
}

static void
read_condition(struct level_reader *reader, struct tc_code_group *group, const struct tc_element *element)
{
    const struct tc_element *child = tc_element_part(element, TC_TAG_IMEMBERSHIP_CONDITION);
    enum tc_condition_id kind = TC_CONDITION_COUNT_;
    struct tc_str name;
    struct tc_throw thrown;

    if (child == NULL) {
        group->condition_fault = fault(reader, "ArgumentException", "Argument_InvalidXMLElement", element->span);
        return;
    }
    if (!tc_class_name(reader->arena, reader->level->classes, child, &name)) {
        group->condition_fault = fault(reader, "ArgumentException", "Argument_MembershipConditionElement", child->span);
        return;
    }
    kind = tc_condition_by_name(tc_class_of_policy(name));
    if (kind == TC_CONDITION_COUNT_)
        group->condition_fault = fault(reader, "NullReferenceException", "", tc_element_span(child, "class"));
    else if (tc_condition_read(reader->arena, kind, child, &group->condition, &thrown) != TC_YES)
        group->condition_fault = keep(reader->arena, thrown);
}

/* The set that a group names or holds. */
static enum tc_answer
read_group_set(struct level_reader *reader, struct tc_code_group *group, const struct tc_element *element,
               struct tc_throw *ret_throw)
{
    const struct tc_element *child = tc_element_part(element, TC_TAG_PERMISSION_SET);
    struct tc_str name;

    if (tc_element_get(reader->arena, element, tc_attr_name(TC_ATTR_PERMISSION_SET_NAME), &name)) {
        if (tc_policy_level_set(reader->arena, reader->level, name, &group->set, ret_throw) != TC_YES)
            return TC_THROWS;
    } else if (child != NULL) {
        group->set = tc_grant_set_read_part(reader->arena, reader->level->classes, child);
    }
    if (group->set == NULL)
        group->set = tc_grant_set_new(reader->arena, false);
    return group->set != NULL ? TC_YES : tc_throw_nomem(ret_throw);
}

static void
read_statement(struct level_reader *reader, struct tc_code_group *group, const struct tc_element *element)
{
    struct tc_throw thrown;
    struct tc_str text;
    int32_t attributes = 0;
    enum tc_answer answer = TC_YES;

    if (tc_element_get(reader->arena, element, tc_attr_name(TC_ATTR_ATTRIBUTES), &text)) {
        answer = tc_enum_parse(tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES), text, false, &attributes, &thrown);
        if (answer == TC_YES && (attributes & ~(TC_GROUP_EXCLUSIVE | TC_GROUP_LEVEL_FINAL)) != 0)
            answer = tc_throw_at(&thrown, "ArgumentException", "Argument_InvalidFlag",
                                 tc_element_span(element, "Attributes"));
    }
    if (answer == TC_YES)
        answer = read_group_set(reader, group, element, &thrown);
    group->attributes = (unsigned)attributes;
    if (answer != TC_YES)
        group->statement_fault = keep(reader->arena, thrown);
}

static enum tc_answer resolve_group(struct tc_arena *arena, const struct tc_code_group *group,
                                    const struct tc_evidence *evidence, bool *ret_matched,
                                    struct tc_statement *ret_statement, struct tc_throw *ret_throw);

static enum tc_answer read_group(struct level_reader *reader, const struct tc_element *element,
                                 struct tc_code_group **ret_group, struct tc_throw *ret_throw);

/* ParseChildren: each child is read and tried on code of which nothing is known; what that throws shows when code gets
 * to the parent. Classes that are not found come last. */
static enum tc_answer
read_children(struct level_reader *reader, struct tc_code_group *group, const struct tc_element *element,
              struct tc_throw *ret_throw)
{
    struct tc_code_group **tail = &group->children;
    const struct tc_element *unknown = NULL;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        if (!tc_element_is(child, TC_TAG_CODE_GROUP))
            continue;
        if (read_group(reader, child, tail, ret_throw) != TC_YES)
            return TC_THROWS;
        if (*tail == NULL) {
            if (unknown == NULL)
                unknown = child;
            continue;
        }
        if (resolve_group(reader->arena, *tail, &no_evidence, &(*tail)->untold_matches, &(*tail)->untold, ret_throw) !=
            TC_YES)
            return TC_THROWS;
        (*tail)->is_untold_known = true;
        tail = &(*tail)->next;
    }
    if (unknown != NULL)
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_FailedCodeGroup",
                           tc_element_span(unknown, "class"));
    return TC_YES;
}

/* *ret_group is NULL when the class is not found. */
static enum tc_answer
read_group(struct level_reader *reader, const struct tc_element *element, struct tc_code_group **ret_group,
           struct tc_throw *ret_throw)
{
    struct tc_code_group *group = tc_arena_new(reader->arena, struct tc_code_group);
    struct tc_str name;
    struct tc_throw thrown;
    enum tc_group_kind kind;
    enum tc_answer answer = TC_YES;

    if (group == NULL)
        return tc_throw_nomem(ret_throw);
    if (!tc_class_name(reader->arena, reader->level->classes, element, &name))
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_NoClass", element->span);
    kind = tc_group_by_name(tc_class_of_policy(name));
    *ret_group = NULL;
    if (kind == TC_GROUP_COUNT_)
        return TC_YES;
    group->kind = kind;
    if (group->kind == TC_GROUP_NET)
        answer = tc_net_rules_read(reader->arena, element, &group->rules, ret_throw);
    else if (group->kind == TC_GROUP_FILE)
        answer = read_file(reader->arena, group, element, ret_throw);
    else if (!reader->is_outline)
        read_statement(reader, group, element);
    if (answer != TC_YES)
        return answer;
    *ret_group = group;
    if (reader->is_outline) /* what else is wrong with it shows when code gets to it */
        return reader->arena->failed ? tc_throw_nomem(ret_throw) : TC_YES;
    read_condition(reader, group, element);
    if (read_children(reader, group, element, &thrown) != TC_YES)
        group->children_fault = keep(reader->arena, thrown);
    return reader->arena->failed ? tc_throw_nomem(ret_throw) : TC_YES;
}

static enum tc_answer
read_level(struct tc_arena *arena, const struct tc_element *element, enum tc_framework framework, bool is_outline,
           struct tc_policy_level **ret_level, struct tc_throw *ret_throw)
{
    const struct tc_element *classes = tc_element_part(element, TC_TAG_SECURITY_CLASSES);
    const struct tc_element *full_trust = tc_element_part(element, TC_TAG_FULL_TRUST_ASSEMBLIES);
    const struct tc_element *sets = tc_element_part(element, TC_TAG_NAMED_PERMISSION_SETS);
    const struct tc_element *root = tc_element_part(element, TC_TAG_CODE_GROUP);
    struct level_reader reader = {arena, tc_arena_new(arena, struct tc_policy_level), is_outline};

    if (reader.level == NULL)
        return tc_throw_nomem(ret_throw);
    reader.level->framework = framework;
    tc_map_init(&reader.level->sets, arena);
    if (classes != NULL && read_classes(&reader, classes, ret_throw) != TC_YES)
        return TC_THROWS;
    if (full_trust != NULL && read_full_trust(&reader, full_trust, ret_throw) != TC_YES)
        return TC_THROWS;
    if (sets != NULL && !is_outline && !read_sets(&reader, sets))
        return tc_throw_nomem(ret_throw);
    if (root == NULL)
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidXMLElement", element->span);
    if (read_group(&reader, root, &reader.level->root, ret_throw) != TC_YES)
        return TC_THROWS;
    if (reader.level->root == NULL)
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_InvalidXMLElement",
                           tc_element_span(root, "class"));
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret_level = reader.level;
    return TC_YES;
}

enum tc_answer
tc_policy_level_read(struct tc_arena *arena, const struct tc_element *element, enum tc_framework framework,
                     struct tc_policy_level **ret_level, struct tc_throw *ret_throw)
{
    return read_level(arena, element, framework, false, ret_level, ret_throw);
}

enum tc_answer
tc_policy_level_outline(struct tc_arena *arena, const struct tc_element *element, enum tc_framework framework,
                        struct tc_policy_level **ret_level, struct tc_throw *ret_throw)
{
    return read_level(arena, element, framework, true, ret_level, ret_throw);
}

static void
prepare_groups(struct tc_arena *arena, struct tc_code_group *group)
{
    for (; group != NULL; group = group->next) {
        if (group->condition_fault == NULL)
            tc_condition_prepare(arena, &group->condition);
        prepare_groups(arena, group->children);
    }
}

void
tc_policy_level_prepare(struct tc_arena *arena, struct tc_policy_level *level)
{
    prepare_groups(arena, level->root);
}

/* ---- file groups ------------------------------------------------------------------------------------------------- */

static enum tc_answer
file_statement(struct tc_arena *arena, const struct tc_code_group *group, const struct tc_evidence *evidence,
               struct tc_grant_set *set, struct tc_throw *ret_throw)
{
    struct tc_url_string url;
    struct tc_str directory;
    struct tc_perm *perm;

    if (!evidence->has_url)
        return TC_YES;
    if (tc_url_string_parse(arena, evidence->url, &url, ret_throw) != TC_YES)
        return TC_THROWS;
    if (!tc_url_string_directory(arena, &url, &directory))
        return TC_YES;
    if (tc_demand_paths(arena, tc_class(TC_CLASS_FILE_IO), group->access, directory, &perm, ret_throw) != TC_YES)
        return TC_THROWS;
    return tc_grant_set_put(arena, set, perm, ret_throw);
}

/* ---- resolving --------------------------------------------------------------------------------------------------- */

static enum tc_answer
rethrow(const struct tc_throw *thrown, struct tc_throw *ret_throw)
{
    if (ret_throw != NULL)
        *ret_throw = *thrown;
    return TC_THROWS;
}

/* What the group itself says to code that matches. */
static enum tc_answer
group_statement(struct tc_arena *arena, const struct tc_code_group *group, const struct tc_evidence *evidence,
                struct tc_statement *ret_statement, struct tc_throw *ret_throw)
{
    struct tc_grant_set *set;
    enum tc_answer answer;

    if (group->kind != TC_GROUP_NET && group->kind != TC_GROUP_FILE) {
        if (group->statement_fault != NULL)
            return rethrow(group->statement_fault, ret_throw);
        *ret_statement = (struct tc_statement){group->set, group->attributes};
        return TC_YES;
    }
    set = tc_grant_set_new(arena, false);
    if (set == NULL)
        return tc_throw_nomem(ret_throw);
    answer = group->kind == TC_GROUP_NET ? tc_net_rules_grant(arena, group->rules, evidence, set, ret_throw)
                                         : file_statement(arena, group, evidence, set, ret_throw);
    if (answer == TC_YES)
        *ret_statement = (struct tc_statement){set, 0};
    return answer;
}

/* PolicyStatement.InplaceUnion */
static enum tc_answer
merge(struct tc_arena *arena, struct tc_statement *into, const struct tc_statement *child, struct tc_throw *ret_throw)
{
    struct tc_grant_set *united;

    if ((into->attributes & child->attributes & TC_GROUP_EXCLUSIVE) != 0)
        return tc_throw_new(ret_throw, "PolicyException", "Policy_MultipleExclusive");
    if ((child->attributes & TC_GROUP_EXCLUSIVE) != 0) {
        *into = *child;
        return TC_YES;
    }
    if (tc_grant_set_merge(arena, into->set, child->set, &united, ret_throw) != TC_YES)
        return TC_THROWS;
    into->set = united;
    into->attributes |= child->attributes;
    return TC_YES;
}

static enum tc_answer
resolve_children(struct tc_arena *arena, const struct tc_code_group *group, const struct tc_evidence *evidence,
                 struct tc_statement *statement, struct tc_throw *ret_throw)
{
    for (const struct tc_code_group *child = group->children; child != NULL; child = child->next) {
        struct tc_statement said;
        bool matched;

        if (resolve_group(arena, child, evidence, &matched, &said, ret_throw) != TC_YES)
            return TC_THROWS;
        if (!matched)
            continue;
        if (merge(arena, statement, &said, ret_throw) != TC_YES)
            return TC_THROWS;
        if (group->kind == TC_GROUP_FIRST_MATCH || (said.attributes & TC_GROUP_EXCLUSIVE) != 0)
            break;
    }
    return TC_YES;
}

/* CodeGroup.Resolve; no statement when the group's condition does not match. */
static enum tc_answer
resolve_group(struct tc_arena *arena, const struct tc_code_group *group, const struct tc_evidence *evidence,
              bool *ret_matched, struct tc_statement *ret_statement, struct tc_throw *ret_throw)
{
    enum tc_answer answer;

    if (group->condition_fault != NULL)
        return rethrow(group->condition_fault, ret_throw);
    if (evidence == &no_evidence && group->is_untold_known) {
        *ret_matched = group->untold_matches;
        *ret_statement = group->untold;
        return TC_YES;
    }
    answer = tc_condition_check(arena, &group->condition, evidence, ret_throw);
    *ret_matched = answer == TC_YES;
    if (answer == TC_NO)
        return TC_YES;
    if (answer == TC_YES)
        answer = group_statement(arena, group, evidence, ret_statement, ret_throw);
    if (answer == TC_YES && group->children_fault != NULL)
        answer = rethrow(group->children_fault, ret_throw);
    return answer == TC_YES ? resolve_children(arena, group, evidence, ret_statement, ret_throw) : answer;
}

/* Whether the assembly is on the list of the level, which counts only for assemblies from the cache. */
static enum tc_answer
is_full_trust(struct tc_arena *arena, const struct tc_policy_level *level, const struct tc_evidence *evidence,
              struct tc_throw *ret_throw)
{
    for (size_t i = 0; i < level->full_trust_count; i++) {
        enum tc_answer answer = tc_condition_check(arena, &level->full_trust[i], evidence, ret_throw);

        if (answer == TC_THROWS)
            return answer;
        if (answer == TC_YES && evidence->is_gac)
            return TC_YES;
    }
    return TC_NO;
}

enum tc_answer
tc_policy_level_resolve(struct tc_arena *arena, const struct tc_policy_level *level, const struct tc_evidence *evidence,
                        struct tc_statement *ret_statement, struct tc_throw *ret_throw)
{
    enum tc_answer answer = is_full_trust(arena, level, evidence, ret_throw);
    struct tc_statement statement = {.set = tc_grant_set_new(arena, answer == TC_YES)}, said;
    struct tc_grant_set *plain;
    bool matched;

    if (answer == TC_THROWS)
        return answer;
    if (statement.set == NULL)
        return tc_throw_nomem(ret_throw);
    if (answer == TC_NO) {
        if (resolve_group(arena, level->root, evidence, &matched, &said, ret_throw) != TC_YES)
            return TC_THROWS;
        if (matched) {
            if (tc_grant_set_merge(arena, statement.set, said.set, &plain, ret_throw) != TC_YES)
                return TC_THROWS;
            statement = (struct tc_statement){plain, said.attributes};
        }
    }
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret_statement = statement;
    return TC_YES;
}

/* ---- groups by themselves ---------------------------------------------------------------------------------------- */

struct tc_policy_level *
tc_policy_level_new(struct tc_arena *arena, enum tc_framework framework, struct tc_map *classes)
{
    struct tc_policy_level *level = tc_arena_new(arena, struct tc_policy_level);

    if (level == NULL)
        return NULL;
    *level = (struct tc_policy_level){.framework = framework, .classes = classes, .has_sets = true};
    tc_map_init(&level->sets, arena);
    return level;
}

bool
tc_policy_level_put(struct tc_arena *arena, struct tc_policy_level *level, struct tc_str name,
                    const struct tc_grant_set *set)
{
    struct named_set *named = tc_arena_new(arena, struct named_set);

    if (named == NULL)
        return false;
    named->set = set;
    (void)tc_map_add(&level->sets, name, named);
    return !arena->failed;
}

enum tc_answer
tc_policy_level_ask(struct tc_arena *arena, struct tc_policy_level *level, const struct tc_element *element,
                    const struct tc_evidence *evidence, struct tc_statement *ret_statement, struct tc_throw *ret_throw)
{
    struct level_reader reader = {arena, level, false};
    struct tc_code_group *group;
    bool matched;

    if (read_group(&reader, element, &group, ret_throw) != TC_YES)
        return TC_THROWS;
    if (group == NULL)
        return tc_throw_at(ret_throw, "ArgumentException", "Argument_FailedCodeGroup",
                           tc_element_span(element, "class"));
    if (resolve_group(arena, group, evidence, &matched, ret_statement, ret_throw) != TC_YES)
        return TC_THROWS;
    return matched ? TC_YES : TC_NO;
}

enum tc_answer
tc_group_gives(struct tc_arena *arena, enum tc_group_kind kind, struct tc_str access,
               const struct tc_evidence *evidence, const struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    const struct tc_element nothing = {.tag = tc_tag_name(TC_TAG_CODE_GROUP)};
    struct tc_code_group group = {.kind = kind};
    struct tc_statement statement;
    int32_t bits = 0;

    if (kind == TC_GROUP_NET && tc_net_rules_read(arena, &nothing, &group.rules, ret_throw) != TC_YES)
        return TC_THROWS;
    if (kind == TC_GROUP_FILE && access.len > 0 &&
        tc_enum_parse(tc_enum(TC_ENUM_FILE_IO_ACCESS), access, false, &bits, ret_throw) != TC_YES)
        return TC_THROWS;
    group.access = (unsigned)bits;
    if (group_statement(arena, &group, evidence, &statement, ret_throw) != TC_YES)
        return TC_THROWS;
    *ret_set = statement.set;
    return TC_YES;
}

/* ---- levels together --------------------------------------------------------------------------------------------- */

/* What evidence becomes an identity permission, and from which attributes. */
static enum tc_answer
add_identity(struct tc_arena *arena, struct tc_grant_set *set, enum tc_class_id id, const char *const *names,
             const struct tc_str *values, size_t count, struct tc_throw *ret_throw)
{
    const struct tc_class *cls = tc_class(id);
    struct tc_element *element = tc_element_new(arena, tc_tag_name(TC_TAG_IPERMISSION));
    struct tc_perm *perm;
    const struct tc_perm *added;

    if (element == NULL || !tc_write_raw(arena, element, "class", tc_str_of(cls->type)) ||
        !tc_write_raw(arena, element, "version", TC_STR("1")))
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < count; i++)
        if (!tc_write_text(arena, element, names[i], values[i]))
            return tc_throw_nomem(ret_throw);
    if (tc_algebra_ops(cls->algebra)->read(arena, cls, element, &perm, ret_throw) != TC_YES)
        return TC_THROWS;
    return tc_grant_set_add(arena, set, perm, &added, ret_throw);
}

static enum tc_answer
add_identities(struct tc_arena *arena, struct tc_grant_set *set, const struct tc_evidence *evidence,
               struct tc_throw *ret_throw)
{
    static const char *const url[] = {"Url"}, *const zone[] = {"Zone"}, *const site[] = {"Site"};
    static const char *const strong[] = {"PublicKeyBlob", "Name", "AssemblyVersion"};
    struct tc_str zone_name = tc_str_of(tc_enum_name(tc_enum(TC_ENUM_ZONE), evidence->zone));
    struct tc_str strong_values[] = {evidence->key, evidence->name, evidence->version};
    enum tc_answer answer = TC_YES;

    if (evidence->has_zone)
        answer = add_identity(arena, set, TC_CLASS_ZONE_IDENTITY, zone, &zone_name, 1, ret_throw);
    if (answer == TC_YES && evidence->has_url)
        answer = add_identity(arena, set, TC_CLASS_URL_IDENTITY, url, &evidence->url, 1, ret_throw);
    if (answer == TC_YES && evidence->has_site)
        answer = add_identity(arena, set, TC_CLASS_SITE_IDENTITY, site, &evidence->site, 1, ret_throw);
    if (answer == TC_YES && evidence->has_strong_name)
        answer = add_identity(arena, set, TC_CLASS_STRONG_NAME_IDENTITY, strong, strong_values, 3, ret_throw);
    if (answer == TC_YES && evidence->is_gac)
        answer = add_identity(arena, set, TC_CLASS_GAC_IDENTITY, NULL, NULL, 0, ret_throw);
    return answer;
}

/* Intersect with what @a level grants; the first level asked grants all of its own. */
static enum tc_answer
narrow(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_policy_level *level,
       const struct tc_evidence *evidence, bool is_first, struct tc_grant_set **grant, unsigned *ret_attributes,
       struct tc_throw *ret_throw)
{
    struct tc_statement statement = {0};
    struct tc_grant_set *narrowed;
    enum tc_answer answer = tc_policy_level_resolve(arena, level, evidence, &statement, ret_throw);

    if (answer != TC_YES)
        return answer;
    *ret_attributes = statement.attributes;
    if (is_first) /* all of it: a copy */
        return tc_grant_set_unite(arena, statement.set, NULL, grant, ret_throw);
    answer = tc_grant_set_narrow(arena, machine, *grant, statement.set, &narrowed, ret_throw);
    if (answer == TC_YES)
        *grant = narrowed;
    return answer;
}

enum tc_answer
tc_policy_levels_resolve(struct tc_arena *arena, const struct tc_machine *machine,
                         const struct tc_policy_level *const levels[TC_POLICY_LEVEL_COUNT_],
                         const struct tc_evidence *evidence, struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    struct tc_grant_set *grant = tc_grant_set_new(arena, false);
    bool is_first = true, skipping = false;

    if (grant == NULL)
        return tc_throw_nomem(ret_throw);
    for (unsigned type = 0; type < TC_POLICY_LEVEL_COUNT_; type++) {
        unsigned attributes;

        if (levels[type] == NULL || (skipping && type != TC_POLICY_LEVEL_APPDOMAIN))
            continue;
        if (narrow(arena, machine, levels[type], evidence, is_first, &grant, &attributes, ret_throw) != TC_YES)
            return TC_THROWS;
        is_first = false;
        if (!grant->unrestricted && grant->count == 0)
            break;
        skipping = skipping || (attributes & TC_GROUP_LEVEL_FINAL) != 0;
    }
    if (!grant->unrestricted && add_identities(arena, grant, evidence, ret_throw) != TC_YES)
        return TC_THROWS;
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    *ret_set = grant;
    return TC_YES;
}
