/* Elements and attributes: known, in their place, spelt right. The framework ignores every other one without a word
 * (policy-file 1). */
#include "check/check.h"

#include <string.h>

enum { NAMES_MAX = 64 };

/* What may stand at one place. */
struct names {
    struct tc_str list[NAMES_MAX];
    size_t count;
};

static void
add_name(struct names *names, struct tc_str name)
{
    if (names->count < NAMES_MAX)
        names->list[names->count++] = name;
}

static void
add_list(struct names *names, const char *list)
{
    while (*list != '\0') {
        size_t len = strcspn(list, " ");

        add_name(names, (struct tc_str){list, len});
        list += list[len] == ' ' ? len + 1 : len;
    }
}

static bool
has_name(const struct names *names, struct tc_str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (tc_str_eq(names->list[i], name))
            return true;
    return false;
}

enum likeness { UNLIKE, OTHER_CASE, MISSPELT };

/* The name that is meant by @a name. */
static enum likeness
liken(const struct names *names, struct tc_str name, struct tc_str *ret_meant)
{
    unsigned nearest = 3;

    for (size_t i = 0; i < names->count; i++)
        if (tc_str_eq_nocase(names->list[i], name)) {
            *ret_meant = names->list[i];
            return OTHER_CASE;
        }
    for (size_t i = 0; i < names->count; i++) {
        unsigned limit = names->list[i].len < 6 ? 1 : 2, distance = tc_str_distance(names->list[i], name, limit);
        bool is_part = name.len > 7 && (tc_str_ends(names->list[i], name) || tc_str_ends(name, names->list[i]));

        if (distance > limit && is_part)
            distance = 2;
        if (distance <= 2 && distance < nearest) {
            nearest = distance;
            *ret_meant = names->list[i];
        }
    }
    return nearest < 3 ? MISSPELT : UNLIKE;
}

static struct tc_span
name_span(const struct tc_element *element)
{
    return (struct tc_span){element->span.begin + 1, element->span.begin + 1 + (uint32_t)element->tag.len};
}

static struct tc_str
without_prefix(struct tc_str name)
{
    size_t colon = tc_str_find(name, TC_STR(":"), 0);

    return colon == SIZE_MAX ? name : tc_str_sub(name, colon + 1, SIZE_MAX);
}

/* ---- elements ---- */

static void
offer_element(struct tc_check *check, struct tc_diag *diag, const struct tc_element *element, struct tc_str meant)
{
    tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(meant));
    tc_check_rename(check, diag, element, meant);
    diag->is_unsafe = true; /* what was ignored begins to count */
}

/* The class whose name was written as an element. */
static const struct tc_class *
class_called(struct tc_str name)
{
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        if (tc_str_eq_nocase(name, tc_str_of(cls->short_name)) || tc_str_eq_nocase(name, tc_str_of(cls->word)))
            return cls;
    }
    return NULL;
}

static void
wrong_element(struct tc_check *check, const struct tc_element *parent, const struct tc_element *element,
              const struct names *names)
{
    struct tc_str meant, local = without_prefix(element->tag);
    enum likeness likeness;
    const struct tc_class *cls;
    struct tc_diag *diag;

    if (local.len < element->tag.len && has_name(names, local)) {
        diag = tc_check_report(check, TC_CHECK_NAME_PREFIX, name_span(element),
                               "the framework knows no namespaces: '%.*s' is an element that it ignores",
                               TC_STR_ARG(element->tag));
        offer_element(check, diag, element, local);
        return;
    }
    cls = tc_element_is(parent, TC_TAG_PERMISSION_SET) ? class_called(element->tag) : NULL;
    likeness = cls != NULL ? UNLIKE : liken(names, element->tag, &meant);
    if (likeness != UNLIKE) {
        diag =
            tc_check_report(check, likeness == OTHER_CASE ? TC_CHECK_ELEMENT_CASE : TC_CHECK_ELEMENT_MISSPELT,
                            name_span(element), "the framework ignores the element '%.*s'", TC_STR_ARG(element->tag));
        offer_element(check, diag, element, meant);
        return;
    }
    diag = tc_check_report(check, TC_CHECK_ELEMENT_UNKNOWN, name_span(element),
                           "the framework ignores the element '%.*s' in '%.*s'", TC_STR_ARG(element->tag),
                           TC_STR_ARG(parent->tag));
    if (cls != NULL)
        tc_diag_help(check->diags, diag, "write <IPermission class=\"%s\" version=\"1\" …/>", cls->short_name);
}

static void
misplaced_element(struct tc_check *check, const struct tc_element *parent, const struct tc_element *element,
                  const struct tc_tag *tag)
{
    struct tc_diag *diag = tc_check_report(check, TC_CHECK_ELEMENT_MISPLACED, name_span(element),
                                           "the framework does not look for '%.*s' in '%.*s'", TC_STR_ARG(element->tag),
                                           TC_STR_ARG(parent->tag));
    const char *blank = strchr(tag->parents, ' ');

    if (tag->parents[0] == '\0')
        return;
    if (blank == NULL)
        tc_diag_help(check->diags, diag, "its place is in '%s'", tag->parents);
    else
        tc_diag_help(check->diags, diag, "its place is in '%.*s' or '%s'", (int)(blank - tag->parents), tag->parents,
                     blank + 1);
}

/* ---- attributes ---- */

/* Where an attribute that does not belong here is at home. */
static const char *
home_of(const struct tc_class *cls, struct tc_str name)
{
    for (size_t i = 0; cls != NULL && i < cls->field_count; i++)
        if (cls->fields[i].child != NULL && tc_str_is(name, cls->fields[i].xml))
            return cls->fields[i].child;
    for (size_t f = 0; cls != NULL && f < cls->form_count; f++)
        for (size_t i = 0; i < cls->forms[f].column_count; i++)
            if (tc_str_is(name, cls->forms[f].columns[i].xml)) {
                const char *slash = strrchr(cls->forms[f].element, '/');

                return cls->forms[f].columns[i].depth > 0 && slash != NULL ? slash + 1 : cls->forms[f].element;
            }
    return NULL;
}

/* A class that has an attribute called @a name, or NULL. */
static const struct tc_class *
other_with(struct tc_str name)
{
    for (int i = 0; i < TC_CLASS_COUNT_; i++)
        for (size_t f = 0; f < tc_class((enum tc_class_id)i)->field_count; f++)
            if (tc_str_is(name, tc_class((enum tc_class_id)i)->fields[f].xml))
                return tc_class((enum tc_class_id)i);
    return NULL;
}

static void
wrong_attribute(struct tc_check *check, const struct tc_element *element, const struct tc_element_attribute *attribute,
                const struct names *names, const struct tc_class *cls)
{
    struct tc_str meant, local = without_prefix(attribute->name);
    struct tc_span span = {attribute->span.begin, attribute->span.begin + (uint32_t)attribute->name.len};
    bool prefixed = local.len < attribute->name.len;
    enum likeness likeness = prefixed && has_name(names, local) ? OTHER_CASE : liken(names, attribute->name, &meant);
    const char *home;
    struct tc_diag *diag;

    if (tc_str_eq(attribute->name, TC_STR("xmlns")) || tc_str_starts(attribute->name, TC_STR("xmlns:")))
        return;
    if (prefixed && likeness == OTHER_CASE)
        meant = local;
    if (likeness == MISSPELT && (tc_element_find(element, meant) != NULL || other_with(attribute->name) != NULL))
        likeness = UNLIKE; /* another word, not another spelling */
    if (likeness != UNLIKE) {
        diag = tc_check_report(check,
                               prefixed                 ? TC_CHECK_NAME_PREFIX
                               : likeness == OTHER_CASE ? TC_CHECK_ATTRIBUTE_CASE
                                                        : TC_CHECK_ATTRIBUTE_MISSPELT,
                               span, "the framework ignores the attribute '%.*s' of '%.*s'",
                               TC_STR_ARG(attribute->name), TC_STR_ARG(element->tag));
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(meant));
        if (tc_element_find(element, meant) == NULL)
            tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(meant));
        diag->is_unsafe = true;
        return;
    }
    home = home_of(cls, attribute->name);
    if (home != NULL) {
        diag = tc_check_report(check, TC_CHECK_ATTRIBUTE_MISPLACED, span, "the framework ignores '%.*s' at '%.*s'",
                               TC_STR_ARG(attribute->name), TC_STR_ARG(element->tag));
        tc_diag_help(check->diags, diag, "its place is in the element '%s' below", home);
        return;
    }
    diag = tc_check_report(check, TC_CHECK_ATTRIBUTE_UNKNOWN, span,
                           cls == NULL ? "the framework ignores the attribute '%.*s' of '%.*s'%s"
                                       : "the framework ignores '%.*s': '%.*s' of the class %s has no such attribute",
                           TC_STR_ARG(attribute->name), TC_STR_ARG(element->tag), cls == NULL ? "" : cls->short_name);
    if (names->count > 2 && cls != NULL && cls->field_count > 0) {
        struct tc_str all = TC_STR("");

        for (size_t i = 0; i < cls->field_count; i++)
            if (cls->fields[i].child == NULL)
                all = tc_arena_printf(check->arena, "%.*s%s%s", TC_STR_ARG(all), all.len > 0 ? ", " : "",
                                      cls->fields[i].xml);
        if (all.len > 0)
            tc_diag_help(check->diags, diag, "it has %.*s", TC_STR_ARG(all));
    }
}

static void
check_attributes(struct tc_check *check, const struct tc_element *element, const struct names *names,
                 const struct tc_class *cls)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (!has_name(names, element->attributes[i].name))
            wrong_attribute(check, element, &element->attributes[i], names, cls);
}

/* ---- permissions ---- */

/* The class that @a element is meant to be of, also where its name is wrong in another way. */
static const struct tc_class *
class_of(struct tc_check *check, const struct tc_element *element)
{
    const struct tc_element_attribute *attribute = tc_element_attr(element, TC_ATTR_CLASS);
    struct tc_str name, type;
    const struct tc_class *cls;

    if (attribute == NULL)
        return NULL;
    name = tc_check_class(check, attribute->value);
    type = tc_type_bare(name);
    cls = tc_class_by_type(type);
    if (cls != NULL || (type.len < name.len && !tc_str_starts(type, TC_STR("System."))))
        return cls;
    for (int i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_eq(tc_str_last_part(type, "."), tc_str_of(tc_class((enum tc_class_id)i)->short_name)))
            return tc_class((enum tc_class_id)i);
    return NULL;
}

/* One step of the path of a form: the element @a depth below the permission. */
static struct tc_str
step_of(const struct tc_form *form, unsigned depth)
{
    struct tc_str path = tc_str_of(form->element);
    size_t slash = tc_str_find(path, TC_STR("/"), 0);

    if (depth == 0)
        return tc_str_sub(path, 0, slash);
    return slash == SIZE_MAX ? TC_STR("") : tc_str_sub(path, slash + 1, SIZE_MAX);
}

/* Elements below a permission, and their attributes; @a outer is NULL at the first depth. */
static void
check_below(struct tc_check *check, const struct tc_class *cls, const struct tc_element *element,
            const struct tc_element *outer)
{
    unsigned depth = outer == NULL ? 0 : 1;
    struct names names = {.count = 0};

    for (size_t i = 0; outer == NULL && i < cls->field_count; i++)
        if (cls->fields[i].child != NULL)
            add_name(&names, tc_str_of(cls->fields[i].child));
    for (size_t f = 0; f < cls->form_count; f++)
        if (outer == NULL || tc_str_eq(step_of(&cls->forms[f], 0), element->tag))
            if (step_of(&cls->forms[f], depth).len > 0)
                add_name(&names, step_of(&cls->forms[f], depth));
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct names attributes = {.count = 0};

        if (!has_name(&names, child->tag)) {
            wrong_element(check, element, child, &names);
            continue;
        }
        for (size_t i = 0; outer == NULL && i < cls->field_count; i++)
            if (cls->fields[i].child != NULL && tc_str_is(child->tag, cls->fields[i].child))
                add_name(&attributes, tc_str_of(cls->fields[i].xml));
        for (size_t f = 0; f < cls->form_count; f++)
            for (size_t i = 0; i < cls->forms[f].column_count; i++)
                if (cls->forms[f].columns[i].depth == depth && tc_str_eq(child->tag, step_of(&cls->forms[f], depth)))
                    add_name(&attributes, tc_str_of(cls->forms[f].columns[i].xml));
        check_attributes(check, child, &attributes, NULL);
        if (outer == NULL)
            check_below(check, cls, child, element);
    }
}

static bool
has_field(const struct tc_class *cls, struct tc_str name)
{
    for (size_t i = 0; cls != NULL && i < cls->field_count; i++)
        if (cls->fields[i].child == NULL && tc_str_is(name, cls->fields[i].xml))
            return true;
    return false;
}

/* Of a class that is not known only the letter case of what all permissions have is looked at. */
static void
check_permission(struct tc_check *check, const struct tc_element *element, const struct tc_tag *tag)
{
    const struct tc_class *cls = class_of(check, element);
    struct tc_str meant;

    for (size_t i = 0; i < element->attribute_count; i++) {
        struct tc_str name = element->attributes[i].name;
        struct names names = {.count = 0};

        if (tc_tag_lists(tag->attributes, name) || has_field(cls, name))
            continue;
        add_list(&names, tag->attributes);
        for (size_t f = 0; cls != NULL && f < cls->field_count; f++)
            if (cls->fields[f].child == NULL)
                add_name(&names, tc_str_of(cls->fields[f].xml));
        if (cls != NULL || liken(&names, name, &meant) == OTHER_CASE)
            wrong_attribute(check, element, &element->attributes[i], &names, cls);
    }
    if (cls != NULL && element->children != NULL && !(cls->traits & TC_TRAIT_NOT_GRANTABLE))
        check_below(check, cls, element, NULL);
}

/* ---- the rest of the vocabulary ---- */

/* Attributes of the condition's own class; of one that is not known, all that any has. */
static void
add_arguments(struct tc_check *check, const struct tc_element *element, struct names *names)
{
    const struct tc_element_attribute *attribute = tc_element_attr(element, TC_ATTR_CLASS);
    struct tc_str name = attribute == NULL ? TC_STR("") : tc_check_class(check, attribute->value);
    struct tc_str type = tc_str_last_part(tc_type_bare(name), ".");
    bool known = tc_condition_by_name(type) != TC_CONDITION_COUNT_;

    for (int i = 0; i < TC_CONDITION_COUNT_; i++) {
        const struct tc_condition_info *info = tc_condition_info((enum tc_condition_id)i);

        for (size_t a = 0; a < info->argument_count; a++)
            if (!known || tc_str_is(type, info->short_name))
                add_name(names, tc_str_of(info->arguments[a].xml));
    }
}

static void
check_own_attributes(struct tc_check *check, const struct tc_element *element, const struct tc_tag *tag)
{
    struct names names = {.count = 0};

    for (size_t i = 0; i < element->attribute_count; i++) {
        if (tc_tag_lists(tag->attributes, element->attributes[i].name))
            continue;
        if (names.count == 0) {
            add_list(&names, tag->attributes);
            if (tc_element_is(element, TC_TAG_IMEMBERSHIP_CONDITION))
                add_arguments(check, element, &names);
        }
        if (!has_name(&names, element->attributes[i].name))
            wrong_attribute(check, element, &element->attributes[i], &names, NULL);
    }
}

/* A child that is not looked for where it stands. */
static void
wrong_child(struct tc_check *check, const struct tc_element *element, const struct tc_element *child,
            const struct tc_tag *tag)
{
    struct names inside = {.count = 0};
    size_t count;
    const struct tc_tag *tags = tc_tags(&count);

    if (tc_element_is(element, TC_TAG_FULL_TRUST_ASSEMBLIES))
        return; /* no element that is ignored: the file fails */
    if (tag != NULL) {
        misplaced_element(check, element, child, tag);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (tc_tag_lists(tags[i].parents, element->tag))
            add_name(&inside, tc_str_of(tags[i].name));
    wrong_element(check, element, child, &inside);
}

static void
check_element(struct tc_check *check, const struct tc_element *element, const struct tc_tag *tag)
{
    if (tc_element_is(element, TC_TAG_IPERMISSION) || tc_element_is(element, TC_TAG_PERMISSION)) {
        check_permission(check, element, tag);
        return;
    }
    check_own_attributes(check, element, tag);
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        const struct tc_tag *of_child = tc_tag_find(child->tag);

        if (of_child != NULL && tc_tag_lists(of_child->parents, element->tag))
            check_element(check, child, of_child);
        else
            wrong_child(check, element, child, of_child);
    }
}

/* Pieces of the vocabulary in a file that is no policy level. */
static void
check_pieces(struct tc_check *check, const struct tc_element *element)
{
    for (; element != NULL; element = element->next) {
        const struct tc_tag *tag = tc_tag_find(element->tag);

        if (tag != NULL && tc_tag_lists(tag->attributes, tc_attr_name(TC_ATTR_CLASS)))
            check_element(check, element, tag);
        else
            check_pieces(check, element->children);
    }
}

void
tc_checks_names(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;

    if (file->level != NULL)
        check_element(check, file->level, tc_tag_find(tc_tag_name(TC_TAG_POLICY_LEVEL)));
    else
        check_pieces(check, file->root);
}
