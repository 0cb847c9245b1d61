/* What a policy level must have, so that the framework can load it. */
#include "check/check.h"

#include "base/map.h"

#include <string.h>

static struct tc_span
name_span(const struct tc_element *element)
{
    return (struct tc_span){element->span.begin, element->span.begin + 1 + (uint32_t)element->tag.len};
}

static struct tc_str
value_of(const struct tc_element *element, enum tc_attr_id id)
{
    const struct tc_element_attribute *attribute = tc_element_attr(element, id);

    return attribute == NULL ? (struct tc_str){NULL, 0} : attribute->value;
}

/* ---- the way to the policy level ---- */

/* A child that seems to be meant by @a tag. */
static const struct tc_element *
nearly(const struct tc_element *parent, struct tc_str tag)
{
    for (const struct tc_element *child = parent->children; child != NULL; child = child->next)
        if (tc_str_distance(child->tag, tag, 2) <= 2)
            return child;
    return NULL;
}

static void
no_level(struct tc_check *check)
{
    const struct tc_element *at = check->file->root, *next, *near;
    struct tc_diag *diag;
    struct tc_str step;
    int tag = TC_TAG_MSCORLIB;

    for (; tag <= TC_TAG_POLICY_LEVEL; tag++) {
        next = tc_element_part(at, (enum tc_tag_id)tag);
        if (next == NULL)
            break;
        at = next;
    }
    if (tag > TC_TAG_POLICY_LEVEL)
        return;
    step = tc_tag_name((enum tc_tag_id)tag);
    near = nearly(at, step);
    diag = tc_check_report(check, TC_CHECK_NO_LEVEL, name_span(near == NULL ? at : near),
                           near == NULL ? "the framework looks for '%.*s' in '%.*s', and it is not there"
                                        : "the framework looks for '%.*s' in '%.*s', not for this",
                           TC_STR_ARG(step), TC_STR_ARG(at->tag));
    if (near != NULL) {
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(step));
        tc_check_rename(check, diag, near, step);
    } else if (tag == TC_TAG_MSCORLIB && tc_tag_find(at->tag) != NULL && !tc_element_is(at, TC_TAG_CONFIGURATION)) {
        tc_diag_help(check->diags, diag, "this is a piece of a policy file: '%.*s' stands in '%s' there",
                     TC_STR_ARG(at->tag), tc_tag_find(at->tag)->parents);
    } else {
        tc_diag_help(check->diags, diag, "write configuration/mscorlib/security/policy/PolicyLevel");
    }
}

/* ---- what stands in it ---- */

static void
check_root_group(struct tc_check *check)
{
    const struct tc_element *level = check->file->level;
    struct tc_diag *diag;

    if (check->file->group != NULL || nearly(level, tc_tag_name(TC_TAG_CODE_GROUP)) != NULL)
        return; /* the name that is nearly right is reported by itself */
    diag = tc_check_report(check, TC_CHECK_NO_ROOT_GROUP, name_span(level), "this policy level has no code group");
    tc_diag_help(check->diags, diag, "add the code groups of the level that this policy was copied from");
}

static void
check_classes_element(struct tc_check *check)
{
    const struct tc_element *classes = check->file->classes;
    struct tc_map names;
    struct tc_diag *diag;

    if (classes == NULL)
        return;
    if (classes->children == NULL) {
        diag = tc_check_report(check, TC_CHECK_CLASSES_EMPTY, name_span(classes),
                               "SecurityClasses is empty: the framework cannot load the file");
        tc_diag_note(check->diags, diag, "it throws NullReferenceException");
        tc_diag_help(check->diags, diag, "leave the element out");
        tc_check_remove(check, diag, classes);
        return;
    }
    tc_map_init(&names, check->arena);
    for (const struct tc_element *entry = classes->children; entry != NULL; entry = entry->next) {
        struct tc_str name = value_of(entry, TC_ATTR_NAME), type = value_of(entry, TC_ATTR_DESCRIPTION);
        const struct tc_element *first;

        if (!tc_element_is(entry, TC_TAG_SECURITY_CLASS) || name.ptr == NULL || type.ptr == NULL)
            continue;
        first = tc_map_add(&names, name, (void *)(uintptr_t)entry);
        if (first == NULL)
            continue;
        diag = tc_check_report(check, TC_CHECK_CLASS_TWICE, tc_element_attr(entry, TC_ATTR_NAME)->value_span,
                               "a SecurityClass '%.*s' is there already: the framework cannot load the file",
                               TC_STR_ARG(name));
        tc_diag_label(check->diags, diag, tc_element_attr(first, TC_ATTR_NAME)->value_span, "first given here");
        if (tc_str_eq(type, value_of(first, TC_ATTR_DESCRIPTION))) {
            tc_diag_help(check->diags, diag, "remove one of them: they say the same");
            tc_check_remove(check, diag, entry);
        } else {
            tc_diag_help(check->diags, diag, "decide which of them counts and remove the other");
        }
    }
}

/* ---- the class of the root code group ---- */

static void
offer_group(struct tc_check *check, struct tc_diag *diag, struct tc_str type, struct tc_span span)
{
    struct tc_str name = tc_str_last_part(type, ".");
    const char *best = NULL;
    unsigned nearest = 3;
    struct tc_buf out = {0};

    for (int i = 0; i < TC_GROUP_COUNT_; i++) {
        const char *candidate = tc_group_info((enum tc_group_kind)i)->short_name;
        unsigned distance = tc_str_distance(name, tc_str_of(candidate), 2);

        if (distance < nearest) {
            nearest = distance;
            best = candidate;
        }
    }
    if (best == NULL)
        return;
    tc_policy_class_description(best, tc_runtime_info(check->file->runtime)->framework, &out);
    tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(tc_buf_str(&out)));
    tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(tc_buf_str(&out)));
    diag->is_unsafe = true;
    tc_buf_done(&out);
}

static void
check_root_class(struct tc_check *check)
{
    const struct tc_element *group = check->file->group;
    const struct tc_element_attribute *attribute;
    struct tc_str name, type;
    struct tc_diag *diag;

    if (group == NULL)
        return;
    attribute = tc_element_attr(group, TC_ATTR_CLASS);
    if (attribute == NULL) {
        diag = tc_check_report(check, TC_CHECK_ROOT_GROUP_CLASS, name_span(group), "the root code group has no class");
        tc_diag_help(check->diags, diag, "write class=\"FirstMatchCodeGroup\" or whichever it is");
        return;
    }
    name = tc_element_decode(check->arena, tc_check_class(check, attribute->value));
    type = tc_type_bare(name);
    if (tc_group_by_name(tc_policy_type(type)) != TC_GROUP_COUNT_ ||
        (type.len < name.len && !tc_str_starts(type, TC_STR("System."))))
        return; /* a class of somebody else may be there */
    diag = tc_check_report(check, TC_CHECK_ROOT_GROUP_CLASS, attribute->value_span,
                           "the framework finds no class '%.*s' for the root code group", TC_STR_ARG(type));
    if (!tc_str_has(attribute->value, '.') && tc_str_eq(name, attribute->value))
        tc_diag_note(check->diags, diag, "no SecurityClass has this name");
    offer_group(check, diag, type, attribute->value_span);
}

static void
check_full_trust(struct tc_check *check)
{
    const struct tc_element *list = check->file->full_trust;

    for (const struct tc_element *child = list == NULL ? NULL : list->children; child != NULL; child = child->next)
        if (!tc_element_is(child, TC_TAG_IMEMBERSHIP_CONDITION))
            tc_diag_help(
                check->diags,
                tc_check_report(check, TC_CHECK_FULL_TRUST_CHILD, name_span(child),
                                "'%.*s' cannot stand in FullTrustAssemblies: the framework cannot load the file",
                                TC_STR_ARG(child->tag)),
                "write <IMembershipCondition class=\"StrongNameMembershipCondition\" version=\"1\" "
                "PublicKeyBlob=\"…\" Name=\"…\" AssemblyVersion=\"…\"/>");
}

void
tc_checks_structure(struct tc_check *check)
{
    if (check->file->level == NULL) {
        no_level(check);
        return;
    }
    check_root_group(check);
    check_classes_element(check);
    check_root_class(check);
    check_full_trust(check);
}
