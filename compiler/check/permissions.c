/* Attributes and values of permissions. */
#include "check/values.h"

#include "base/map.h"
#include "model/algebra_util.h"
#include "model/pset_algebra.h"

#include <string.h>

/* ---- version ---- */

/* Whether an otherwise faultless permission throws with this version; NULL: with none. */
static bool
version_throws(struct tc_check_perm *p, const struct tc_str *version)
{
    struct tc_element_attribute attributes[] = {
        {.name = tc_attr_name(TC_ATTR_CLASS), .value = tc_str_of(p->cls->type)},
        {.name = tc_attr_name(TC_ATTR_UNRESTRICTED), .value = TC_STR("true")},
        {.name = tc_attr_name(TC_ATTR_VERSION), .value = version == NULL ? TC_STR("") : *version},
    };
    struct tc_element element = {
        .tag = tc_tag_name(TC_TAG_IPERMISSION), .attributes = attributes, .attribute_count = version == NULL ? 2 : 3};
    struct tc_perm *perm;

    return tc_algebra_ops(p->cls->algebra)->read(p->check->arena, p->cls, &element, &perm, NULL) == TC_THROWS;
}

static void
check_version(struct tc_check_perm *p)
{
    const struct tc_element_attribute *version = tc_element_attr(p->element, TC_ATTR_VERSION);
    const struct tc_element_attribute *cls = tc_element_attr(p->element, TC_ATTR_CLASS);
    struct tc_check *check = p->check;
    const struct tc_str one = TC_STR("1");
    struct tc_diag *diag;

    if ((version != NULL && tc_str_eq(version->value, one)) || p->perm != NULL || version_throws(p, &one) ||
        !version_throws(p, version == NULL ? NULL : &version->value))
        return;
    if (version == NULL)
        diag = tc_check_report(check, TC_CHECK_PERMISSION_VERSION, cls->span, "%s is not read without version=\"1\"",
                               p->cls->short_name);
    else
        diag = tc_check_report(check, TC_CHECK_PERMISSION_VERSION, version->value_span,
                               "the version of a permission is '1', not '%.*s'", TC_STR_ARG(version->value));
    tc_diag_help(check->diags, diag, "write version=\"1\"");
    if (version == NULL)
        tc_diag_edit(check->diags, diag, (struct tc_span){cls->span.end, cls->span.end}, " version=\"1\"");
    else
        tc_diag_edit(check->diags, diag, version->value_span, "1");
    diag->is_unsafe = true;
    tc_check_note_loss(p, diag);
    p->explained = true;
}

/* ---- Unrestricted ---- */

static bool
says_yes(const struct tc_element_attribute *attribute)
{
    return attribute != NULL && tc_str_eq_nocase(tc_trim_white(attribute->value), TC_STR("true"));
}

/* Classes that have no such state, or another attribute for it. */
static void
check_ignored(struct tc_check_perm *p, const struct tc_element_attribute *unrestricted)
{
    struct tc_check *check = p->check;
    bool is_level = (p->cls->traits & TC_TRAIT_UNRESTRICTED_IS_LEVEL) != 0;
    const struct tc_element_attribute *level = is_level ? tc_check_attribute(p->element, p->cls->fields[0].xml) : NULL;
    const char *top = "Unrestricted";
    struct tc_diag *diag;

    if (!says_yes(unrestricted) || (level != NULL && tc_str_is(level->value, top)))
        return;
    p->explained = true;
    diag = tc_check_report(check, TC_CHECK_UNRESTRICTED_IGNORED, unrestricted->span,
                           "%s does not look at 'Unrestricted'%s%.*s%s", p->cls->short_name,
                           level != NULL ? ": its level is '"
                           : is_level    ? ": without a Level it grants nothing"
                                         : "",
                           TC_STR_ARG(level != NULL ? level->value : TC_STR("")), level != NULL ? "'" : "");
    if (is_level && level == NULL) {
        const char *most = tc_level_info(TC_LEVEL_HIGH)->name; /* nothing asks for more (aspnet-trust 7) */

        tc_diag_help(check->diags, diag, "write the level that is meant, %s=\"%s\" at most", p->cls->fields[0].xml,
                     most);
        tc_diag_edit(check->diags, diag, unrestricted->span, "%s=\"%s\"", p->cls->fields[0].xml, most);
        diag->is_unsafe = true;
        return;
    }
    tc_diag_help(check->diags, diag, "take it away%s", level != NULL ? ", or raise the level" : "");
    tc_diag_edit(check->diags, diag, tc_check_with_blanks(check, unrestricted->span), "%s", "");
}

/* Whether the permission says by itself something that its Unrestricted overrules. */
static bool
is_shadowed(const struct tc_check_perm *p, struct tc_str name)
{
    for (size_t i = 0; i < p->cls->field_count; i++)
        if (p->cls->fields[i].child == NULL && tc_str_is(name, p->cls->fields[i].xml))
            return true;
    return false;
}

static void
check_shadowed(struct tc_check_perm *p, const struct tc_element_attribute *unrestricted)
{
    struct tc_check *check = p->check;
    struct tc_diag *diag = NULL;

    for (size_t i = 0; i < p->element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &p->element->attributes[i];

        if (!is_shadowed(p, attribute->name))
            continue;
        if (diag == NULL) {
            diag = tc_check_report(check, TC_CHECK_SHADOWED, attribute->span,
                                   "'%.*s' has no effect: the permission is unrestricted", TC_STR_ARG(attribute->name));
            tc_diag_label(check->diags, diag, unrestricted->span, "everything is granted here");
        }
        tc_diag_edit(check->diags, diag, tc_check_with_blanks(check, attribute->span), "%s", "");
        diag->is_unsafe = true;
    }
    if (diag == NULL && p->element->children != NULL) {
        diag = tc_check_report(check, TC_CHECK_SHADOWED, p->element->children->span,
                               "'%.*s' has no effect: the permission is unrestricted",
                               TC_STR_ARG(p->element->children->tag));
        tc_diag_label(check->diags, diag, unrestricted->span, "everything is granted here");
    }
    if (diag != NULL)
        tc_diag_help(check->diags, diag, "take it away, or take Unrestricted away if less is meant");
}

/* IsolatedStorage says in its own attribute that it is unrestricted, and then ignores the others. */
static void
check_shadowed_by_level(struct tc_check_perm *p)
{
    const struct tc_element_attribute *allowed = tc_check_attribute(p->element, p->cls->fields[0].xml);

    for (size_t i = 1; i < p->cls->field_count; i++) {
        const struct tc_element_attribute *attribute = tc_check_attribute(p->element, p->cls->fields[i].xml);
        struct tc_diag *diag;

        if (attribute == NULL)
            continue;
        diag = tc_check_report(p->check, TC_CHECK_SHADOWED, attribute->span,
                               "'%.*s' has no effect: the permission is unrestricted", TC_STR_ARG(attribute->name));
        tc_diag_label(p->check->diags, diag, allowed->span, "everything is granted here");
        tc_diag_help(p->check->diags, diag, "take it away, or allow less");
        tc_diag_edit(p->check->diags, diag, tc_check_with_blanks(p->check, attribute->span), "%s", "");
        diag->is_unsafe = true;
    }
}

/* ---- what is left ---- */

static bool
has_token(const struct tc_element *element)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (element->attributes[i].value.len > 0 &&
            memchr(element->attributes[i].value.ptr, '$', element->attributes[i].value.len) != NULL)
            return true;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        if (has_token(child))
            return true;
    return false;
}

static void
report_failure(struct tc_check_perm *p, const struct tc_throw *thrown)
{
    struct tc_span span = thrown->span;
    struct tc_diag *diag =
        tc_check_report(p->check, TC_CHECK_PERMISSION_FAILS, span, "the framework throws %s when it reads this %s",
                        thrown->type, p->cls->short_name);

    tc_diag_help(p->check->diags, diag, "compare it with the attributes and children that the class has");
    tc_check_note_loss(p, diag);
}

/* A permission that says nothing at all; what says "nothing" in so many words is meant to. */
static void
check_empty(struct tc_check_perm *p)
{
    struct tc_check *check = p->check;
    const struct tc_element_attribute *empty = NULL;
    struct tc_diag *diag;

    if (p->element->children != NULL || !tc_perm_is_empty(p->perm) || p->cls->algebra == TC_ALGEBRA_OPAQUE ||
        p->cls->algebra == TC_ALGEBRA_IDENTITY || (p->cls->traits & TC_TRAIT_NOT_GRANTABLE) != 0)
        return;
    for (size_t i = 0; i < p->element->attribute_count; i++) {
        const struct tc_element_attribute *attribute = &p->element->attributes[i];

        if (tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS)) ||
            tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_VERSION)) ||
            tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_UNRESTRICTED)))
            continue;
        if (attribute->value.len > 0 || !is_shadowed(p, attribute->name))
            return;
        empty = attribute;
    }
    diag = tc_check_report(check, TC_CHECK_GRANTS_NOTHING,
                           empty != NULL ? empty->span : tc_element_attr(p->element, TC_ATTR_CLASS)->value_span,
                           "this %s grants nothing", p->cls->short_name);
    tc_diag_help(check->diags, diag, "say what it grants, or take it away");
}

/* To the framework's reader apostrophes belong to the value. */
static bool
is_in_apostrophes(const struct tc_element *element)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (element->attributes[i].value.len > 0 && element->attributes[i].value.ptr[0] == '\'')
            return true;
    return false;
}

static void
check_permission(struct tc_check *check, const struct tc_element *set, const struct tc_element *element,
                 const struct tc_class *cls)
{
    struct tc_check_perm p = {.check = check, .set = set, .element = element, .cls = cls};
    const struct tc_element_attribute *unrestricted = tc_element_attr(element, TC_ATTR_UNRESTRICTED);
    struct tc_throw thrown = {.type = "", .key = ""};
    enum tc_answer answer;

    if (cls == NULL || is_in_apostrophes(element) ||
        (check->file->runtime_is_known && !tc_class_in(cls, tc_runtime_info(check->file->runtime)->framework)))
        return; /* the matter of classes.c and text_values.c */
    answer = tc_check_permission_read(check, element, &p.perm, &thrown);
    if (answer == TC_YES && tc_check_set_is_unrestricted(set))
        return; /* it says nothing, but were it wrong the set would be lost */
    check_version(&p);
    if (unrestricted != NULL) {
        if ((p.cls->traits & (TC_TRAIT_UNRESTRICTED_IS_LEVEL | TC_TRAIT_NO_UNRESTRICTED)) != 0)
            check_ignored(&p, unrestricted);
        else
            tc_check_boolean(&p, unrestricted);
    }
    if (p.perm != NULL && p.perm->unrestricted && says_yes(unrestricted) && !p.explained &&
        (p.cls->traits & TC_TRAIT_UNRESTRICTED_IS_LEVEL) == 0) {
        check_shadowed(&p, unrestricted);
        return;
    }
    if (p.perm != NULL && p.perm->unrestricted && p.cls->algebra == TC_ALGEBRA_ISOLATED_STORAGE) {
        check_shadowed_by_level(&p);
        return;
    }
    tc_check_words(&p);
    tc_check_rows(&p);
    tc_check_lists(&p);
    if (p.cls == tc_class(TC_CLASS_ASPNET_HOSTING) && !p.explained &&
        tc_check_attribute(element, p.cls->fields[0].xml) == NULL) {
        struct tc_diag *diag =
            tc_check_report(check, TC_CHECK_HOSTING_LEVEL, tc_element_attr(element, TC_ATTR_CLASS)->span,
                            "without a Level %s grants nothing: no page runs", p.cls->short_name);

        tc_diag_help(check->diags, diag, "write Level=\"Medium\", or the level that the file is for");
    } else if (answer == TC_THROWS && !p.explained && !has_token(element)) {
        report_failure(&p, &thrown);
    } else if (answer == TC_YES && p.perm != NULL && !p.explained) {
        check_empty(&p);
    }
}

/* ---- the same class twice ---- */

static bool
says_the_same(const struct tc_element *a, const struct tc_element *b)
{
    if (a->attribute_count != b->attribute_count || a->children != NULL || b->children != NULL)
        return false;
    for (size_t i = 0; i < a->attribute_count; i++) {
        const struct tc_element_attribute *other = tc_element_find(b, a->attributes[i].name);

        if (other == NULL || !tc_str_eq(other->value, a->attributes[i].value))
            return false;
    }
    return true;
}

static void
report_twice(struct tc_check *check, const struct tc_class *cls, struct tc_str name, const struct tc_element *first,
             const struct tc_element *second)
{
    const struct tc_element_attribute *here = tc_element_attr(second, TC_ATTR_CLASS);
    struct tc_diag *diag;

    if (cls != NULL)
        diag = tc_check_report(check, TC_CHECK_PERMISSION_TWICE, here->value_span,
                               "there is a %s in this set already: the framework unites the two", cls->short_name);
    else
        diag = tc_check_report(check, TC_CHECK_PERMISSION_TWICE, here->value_span,
                               "the class '%.*s' is in this set already: the framework unites the two",
                               TC_STR_ARG(tc_str_sub(name, 0, tc_str_find(name, TC_STR(","), 0))));
    tc_diag_label(check->diags, diag, tc_element_attr(first, TC_ATTR_CLASS)->value_span, "first here");
    if (cls == NULL)
        tc_diag_note(check->diags, diag, "where the class cannot be loaded the framework throws, and the set is lost");
    if (says_the_same(first, second) && tc_str_ends(tc_check_written(check, second->span), TC_STR("/>"))) {
        tc_diag_help(check->diags, diag, "take this one away: it says the same");
        tc_diag_edit(check->diags, diag, tc_check_with_blanks(check, second->span), "%s", "");
    } else {
        tc_diag_help(check->diags, diag, "make them one, so that everybody sees what is granted");
    }
}

/* A class that the framework looks for in one of its own assemblies and does not find. */
static bool
cannot_be_loaded(struct tc_str name)
{
    size_t comma = tc_str_find(name, TC_STR(","), 0);
    struct tc_str assembly;

    if (comma == SIZE_MAX || tc_class_is_mscorlib(name))
        return false; /* dropped, both times */
    if (tc_class_by_type(tc_str_trim(tc_str_sub(name, 0, comma))) != NULL)
        return true;
    assembly = tc_str_sub(name, comma + 1, SIZE_MAX);
    assembly = tc_str_trim(tc_str_sub(assembly, 0, tc_str_find(assembly, TC_STR(","), 0)));
    for (int i = 0; i < TC_ASM_COUNT_; i++)
        if (tc_str_eq_nocase(assembly, tc_str_of(tc_assembly((enum tc_assembly_id)i)->name)))
            return true;
    return false;
}

static void
check_unknown_twice(struct tc_check *check, struct tc_map *names, const struct tc_element *permission)
{
    const struct tc_element_attribute *attribute = tc_element_attr(permission, TC_ATTR_CLASS);
    struct tc_str name;
    const struct tc_element *first;
    struct tc_diag *diag;

    if (attribute == NULL)
        return;
    name = tc_element_decode(check->arena, tc_check_class(check, attribute->value));
    if (tc_class_is_mscorlib(name))
        return; /* dropped, both times */
    first = tc_map_add(names, name, (void *)(uintptr_t)permission);
    if (first == NULL)
        return;
    if (!cannot_be_loaded(name)) {
        report_twice(check, NULL, name, first, permission);
        return;
    }
    diag = tc_check_report(check, TC_CHECK_PERMISSION_TWICE_UNKNOWN, attribute->value_span,
                           "the framework does not find '%.*s', and throws when it unites the two",
                           TC_STR_ARG(tc_str_sub(name, 0, tc_str_find(name, TC_STR(","), 0))));
    tc_diag_label(check->diags, diag, tc_element_attr(first, TC_ATTR_CLASS)->value_span, "first here");
    tc_diag_help(check->diags, diag, "take one away, and mend the name in the other");
}

static void
check_set(struct tc_check *check, const struct tc_element *set)
{
    const struct tc_element *first[TC_CLASS_COUNT_] = {NULL};
    struct tc_map names;

    if (tc_builtin_set_find(tc_check_set_name(check, set)))
        return; /* what is in it is not looked at; sets.c says so */
    tc_map_init(&names, check->arena);
    for (const struct tc_element *child = set->children; child != NULL; child = child->next) {
        const struct tc_class *cls;

        if (!tc_check_is_permission(child))
            continue;
        cls = tc_check_class_of(check, child);
        check_permission(check, set, child, cls);
        if (cls == NULL)
            check_unknown_twice(check, &names, child);
        else if (first[tc_class_id(cls)] != NULL)
            report_twice(check, cls, TC_STR(""), first[tc_class_id(cls)], child);
        else
            first[tc_class_id(cls)] = child;
    }
}

void
tc_checks_permissions(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;

    tc_check_each_set(check, check_set);
    if (file->kind == TC_FILE_SET && file->set == NULL && tc_check_is_permission(file->root))
        check_permission(check, file->root, file->root, tc_check_class_of(check, file->root));
}
