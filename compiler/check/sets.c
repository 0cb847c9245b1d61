/* Named permission sets, and what ASP.NET's own set has to grant. */
#include "check/values.h"

#include "base/map.h"
#include "model/algebra_util.h"
#include "model/builtin_sets.h"
#include "model/perm_union.h"

#include <string.h>

/* ---- which names there are, and which are used ---- */

struct uses {
    struct tc_check *check;
    struct tc_map defined;    /* exact name of a set to its element */
    struct tc_map folded;     /* folded name to the attribute Name */
    struct tc_map referenced; /* exact name to the attribute PermissionSetName of a group */
};

static struct tc_str
name_of(const struct tc_element *set)
{
    const struct tc_element_attribute *name = tc_element_attr(set, TC_ATTR_NAME);

    return name == NULL ? TC_STR("") : name->value;
}

static const struct tc_element *
first_set(const struct tc_element *set)
{
    while (set != NULL && !tc_element_is(set, TC_TAG_PERMISSION_SET))
        set = set->next;
    return set;
}

static const struct tc_element *
first_of(const struct tc_element *sets)
{
    return sets == NULL ? NULL : first_set(sets->children);
}

static void
collect_groups(struct uses *uses, const struct tc_element *group)
{
    const struct tc_element_attribute *name = tc_element_attr(group, TC_ATTR_PERMISSION_SET_NAME);

    if (name != NULL)
        (void)tc_map_add(&uses->referenced, name->value, (void *)(uintptr_t)name);
    for (const struct tc_element *child = group->children; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_CODE_GROUP))
            collect_groups(uses, child);
}

static void
collect_sets(struct uses *uses)
{
    size_t count;
    const struct tc_builtin_set *builtin = tc_builtin_sets(&count);

    for (const struct tc_element *set = first_of(uses->check->file->sets); set != NULL; set = first_set(set->next)) {
        const struct tc_element_attribute *name = tc_element_attr(set, TC_ATTR_NAME);

        if (name == NULL)
            continue;
        (void)tc_map_add(&uses->defined, name->value, (void *)(uintptr_t)set);
        (void)tc_map_add(&uses->folded, tc_str_fold(uses->check->arena, name->value), (void *)(uintptr_t)name);
    }
    for (size_t i = 0; i < count; i++)
        (void)tc_map_add(&uses->folded, tc_str_fold(uses->check->arena, tc_str_of(builtin[i].name)),
                         (void *)(uintptr_t)&builtin[i]);
}

/* ---- references ---- */

static void
check_reference(struct uses *uses, const struct tc_element_attribute *reference)
{
    struct tc_check *check = uses->check;
    struct tc_str name = reference->value, meant = {0};
    const struct tc_element_attribute *defined = NULL;
    struct tc_diag *diag;
    size_t count;
    const struct tc_builtin_set *builtin = tc_builtin_sets(&count);
    const void *near;

    if (tc_map_get(&uses->defined, name) != NULL || tc_builtin_set_find(name))
        return;
    near = tc_map_get(&uses->folded, tc_str_fold(check->arena, name));
    if (near == NULL || tc_str_eq(name, TC_MAIN_SET))
        return; /* groups.c says so; or the set's own name is the mistake */
    for (size_t i = 0; i < count; i++)
        if (near == &builtin[i])
            meant = tc_str_of(builtin[i].name);
    if (meant.len == 0) {
        defined = near;
        meant = defined->value;
    }
    diag =
        tc_check_report(check, TC_CHECK_SET_REFERENCE_CASE, reference->value_span,
                        "letter case counts: there is no set '%.*s', so this group grants nothing", TC_STR_ARG(name));
    if (defined != NULL)
        tc_diag_label(check->diags, diag, defined->value_span, "the set that is meant");
    tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(meant));
    tc_diag_edit(check->diags, diag, reference->value_span, "%.*s", TC_STR_ARG(meant));
    diag->is_unsafe = true;
}

static void
check_references(struct uses *uses, const struct tc_element *group)
{
    const struct tc_element_attribute *name = tc_element_attr(group, TC_ATTR_PERMISSION_SET_NAME);

    if (name != NULL)
        check_reference(uses, name);
    for (const struct tc_element *child = group->children; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_CODE_GROUP))
            check_references(uses, child);
}

/* ---- the main set ---- */

/* Whether the file is one for applications of ASP.NET: the tokens for their directories tell. Report servers have files
 * without such a set, too, which know where generated code lies and nothing else. */
static bool
is_for_aspnet(struct tc_check *check)
{
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(tokens[i].text, "$CodeGen$") != 0 &&
            tc_str_find(check->file->source->text, tc_str_of(tokens[i].text), 0) != SIZE_MAX)
            return true;
    return false;
}

static void
edit_references(struct uses *uses, struct tc_diag *diag, const struct tc_element *group, struct tc_str name)
{
    const struct tc_element_attribute *reference = tc_element_attr(group, TC_ATTR_PERMISSION_SET_NAME);

    if (reference != NULL && tc_str_eq(reference->value, name))
        tc_diag_edit(uses->check->diags, diag, reference->value_span, "%.*s", TC_STR_ARG(TC_MAIN_SET));
    for (const struct tc_element *child = group->children; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_CODE_GROUP))
            edit_references(uses, diag, child, name);
}

static void
report_main_case(struct uses *uses, const struct tc_element_attribute *name)
{
    struct tc_check *check = uses->check;
    const struct tc_element_attribute *reference = tc_map_get(&uses->referenced, name->value);
    struct tc_diag *diag = tc_check_report(check, TC_CHECK_MAIN_SET_CASE, name->value_span,
                                           "letter case counts: ASP.NET looks for a set called '%.*s', not '%.*s'",
                                           TC_STR_ARG(TC_MAIN_SET), TC_STR_ARG(name->value));

    tc_diag_help(check->diags, diag, "write '%.*s'%s", TC_STR_ARG(TC_MAIN_SET),
                 reference != NULL ? ", in the groups that name it as well" : "");
    tc_diag_edit(check->diags, diag, name->value_span, "%.*s", TC_STR_ARG(TC_MAIN_SET));
    if (reference != NULL)
        edit_references(uses, diag, check->file->group, name->value);
    diag->is_unsafe = true;
}

/* The set that comes nearest to ASP.NET's own: one with the permission that pages need. */
static const struct tc_element *
other_main_set(struct tc_check *check)
{
    for (const struct tc_element *set = first_of(check->file->sets); set != NULL; set = first_set(set->next))
        for (const struct tc_element *child = set->children; child != NULL; child = child->next)
            if (tc_check_is_permission(child) && tc_check_class_of(check, child) == tc_class(TC_CLASS_ASPNET_HOSTING) &&
                name_of(set).len > 0)
                return set;
    return NULL;
}

static void
report_no_main(struct uses *uses)
{
    struct tc_check *check = uses->check;
    const struct tc_element *other = other_main_set(check);
    struct tc_span span = check->file->sets != NULL ? check->file->sets->span : check->file->level->span;
    struct tc_diag *diag;

    if (other != NULL)
        span = tc_element_attr(other, TC_ATTR_NAME)->value_span;
    diag = tc_check_report(check, TC_CHECK_NO_MAIN_SET, span, "there is no permission set '%.*s'",
                           TC_STR_ARG(TC_MAIN_SET));
    tc_diag_note(check->diags, diag,
                 "2.0 and legacyCasModel then run ASP.NET's own checks as if the application were fully trusted; 4.0 "
                 "does not start it");
    if (other != NULL)
        tc_diag_help(check->diags, diag,
                     "call this set '%.*s'; under 4.0 <trust permissionSetName=\"%.*s\"> names it as well",
                     TC_STR_ARG(TC_MAIN_SET), TC_STR_ARG(name_of(other)));
    else
        tc_diag_help(check->diags, diag, "define it, with what applications may do");
}

static void
check_main(struct uses *uses)
{
    const struct tc_element_attribute *near;

    if (tc_map_get(&uses->defined, TC_MAIN_SET) != NULL)
        return;
    near = tc_map_get(&uses->folded, tc_str_fold(uses->check->arena, TC_MAIN_SET));
    if (near != NULL)
        report_main_case(uses, near);
    else if (is_for_aspnet(uses->check))
        report_no_main(uses);
}

/* ---- what the main set has to grant ---- */

/* What the permissions of @a cls in the set come to: united, as the framework has it. False when one throws. */
static bool
united(struct tc_check *check, const struct tc_element *set, enum tc_class_id id, const struct tc_element **ret_first,
       const struct tc_perm **ret_perm)
{
    struct tc_perm_union all = {.count = 0};

    *ret_first = NULL;
    *ret_perm = NULL;
    for (const struct tc_element *child = set->children; child != NULL; child = child->next) {
        const struct tc_perm *perm = NULL;
        struct tc_throw thrown;

        if (!tc_check_is_permission(child) || tc_check_class_of(check, child) != tc_class(id))
            continue;
        if (*ret_first == NULL)
            *ret_first = child;
        if (tc_check_permission_read(check, child, &perm, &thrown) != TC_YES || perm == NULL ||
            tc_perm_union_add(check->arena, &all, perm, NULL) != TC_YES)
            return false;
    }
    return tc_perm_union_end(check->arena, &all, ret_perm, NULL) == TC_YES;
}

/* Offer a permission as the first one of the set, on a line like those that are there. */
static void
insert_permission(struct tc_check *check, struct tc_diag *diag, const struct tc_element *set, enum tc_class_id id,
                  const char *attribute, const char *value)
{
    const struct tc_source *source = check->file->source;
    size_t begin = set->span.end - source->base, end = begin;
    enum tc_framework framework = tc_runtime_info(check->file->runtime)->framework;
    struct tc_buf type = {0};

    if (tc_str_ends(tc_check_written(check, set->span), TC_STR("/>")) || !tc_class_in(tc_class(id), framework))
        return;
    while (end < source->text.len && strchr(" \t\r\n", source->text.ptr[end]) != NULL && source->text.ptr[end] != '\0')
        end++;
    tc_class_description(tc_class(id), framework, &type);
    tc_diag_edit(check->diags, diag, (struct tc_span){set->span.end, set->span.end},
                 "%.*s<IPermission class=\"%.*s\" version=\"1\" %s=\"%s\"/>",
                 TC_STR_ARG(tc_str_sub(source->text, begin, end - begin)), TC_STR_ARG(tc_buf_str(&type)), attribute,
                 value);
    diag->is_unsafe = true;
    tc_buf_done(&type);
}

static void
check_execution(struct tc_check *check, const struct tc_element *set)
{
    const struct tc_class *security = tc_class(TC_CLASS_SECURITY);
    const struct tc_enum_value *execution = tc_enum_find(tc_enum(security->fields[0].values), TC_STR("Execution"));
    const struct tc_element *first;
    const struct tc_element_attribute *flags;
    const struct tc_perm *perm;
    struct tc_diag *diag;

    if (!united(check, set, TC_CLASS_SECURITY, &first, &perm) ||
        (perm != NULL && tc_perm_has_flags(perm, 0, (uint64_t)execution->value)))
        return;
    flags = first == NULL ? NULL : tc_check_attribute(first, security->fields[0].xml);
    diag =
        tc_check_report(check, TC_CHECK_SET_CANNOT_RUN,
                        flags != NULL   ? flags->value_span
                        : first != NULL ? first->span
                                        : tc_element_attr(set, TC_ATTR_NAME)->value_span,
                        "'%.*s' does not let code run: it lacks the flag %s", TC_STR_ARG(TC_MAIN_SET), execution->name);
    tc_diag_help(check->diags, diag, "grant %s with %s=\"%s\"", security->short_name, security->fields[0].xml,
                 execution->name);
    if (flags != NULL && tc_str_eq(flags->value, TC_STR("NoFlags")))
        tc_diag_edit(check->diags, diag, flags->value_span, "%s", execution->name);
    else if (flags != NULL)
        tc_diag_edit(check->diags, diag, (struct tc_span){flags->value_span.begin, flags->value_span.begin}, "%s%s",
                     execution->name, flags->value.len > 0 ? ", " : "");
    else if (first != NULL)
        tc_diag_edit(check->diags, diag,
                     (struct tc_span){tc_element_attr(first, TC_ATTR_CLASS)->span.end,
                                      tc_element_attr(first, TC_ATTR_CLASS)->span.end},
                     " %s=\"%s\"", security->fields[0].xml, execution->name);
    else
        insert_permission(check, diag, set, TC_CLASS_SECURITY, security->fields[0].xml, execution->name);
    diag->is_unsafe = diag->edits != NULL;
}

static void
check_hosting(struct tc_check *check, const struct tc_element *set)
{
    const struct tc_class *hosting = tc_class(TC_CLASS_ASPNET_HOSTING);
    struct tc_diag *diag;

    for (const struct tc_element *child = set->children; child != NULL; child = child->next) {
        const struct tc_element_attribute *name = tc_element_attr(child, TC_ATTR_CLASS);

        /* One whose class name is wrong is the matter of classes.c. */
        if (name != NULL && tc_str_find(name->value, tc_str_of(hosting->short_name), 0) != SIZE_MAX)
            return;
        if (tc_check_is_permission(child) && tc_check_class_of(check, child) == hosting)
            return;
    }
    diag = tc_check_report(check, TC_CHECK_SET_WITHOUT_HOSTING, tc_element_attr(set, TC_ATTR_NAME)->value_span,
                           "'%.*s' lets no page run: it lacks %s", TC_STR_ARG(TC_MAIN_SET), hosting->short_name);
    tc_diag_help(check->diags, diag, "grant it with the level that the file is for, at least Minimal");
    insert_permission(check, diag, set, TC_CLASS_ASPNET_HOSTING, hosting->fields[0].xml, "Minimal");
}

/* Whether code may read the application's own directory, when the set speaks of files at all. */
static void
check_own_files(struct tc_check *check, const struct tc_element *set)
{
    const struct tc_class *files = tc_class(TC_CLASS_FILE_IO);
    const struct tc_element *first;
    const struct tc_element_attribute *read;
    const struct tc_perm *perm;
    struct tc_perm *demand;
    struct tc_item item = {.text = TC_STR(TC_CHECK_DIRECTORY), .settled = true};
    struct tc_diag *diag;

    if (!united(check, set, TC_CLASS_FILE_IO, &first, &perm) || perm == NULL)
        return;
    demand = tc_perm_new(check->arena, files, first->span);
    if (demand == NULL)
        return;
    demand->values[TC_FIELD_FILE_IO_READ].present = true;
    if (!tc_list_add(check->arena, &demand->values[TC_FIELD_FILE_IO_READ].list, item) ||
        tc_algebra_ops(files->algebra)->subset(check->arena, NULL, demand, perm, NULL) != TC_NO ||
        perm->values[TC_FIELD_FILE_IO_READ].list.all_local)
        return;
    read = tc_check_attribute(first, files->fields[TC_FIELD_FILE_IO_READ].xml);
    diag = tc_check_report(check, TC_CHECK_APPDIR_NOT_READABLE,
                           read != NULL ? read->value_span : tc_element_attr(first, TC_ATTR_CLASS)->value_span,
                           "the application may not read its own files: '$AppDir$' is not among what is read");
    tc_diag_help(check->diags, diag, "write '$AppDir$' in front of the list");
    if (read != NULL)
        tc_diag_edit(check->diags, diag, (struct tc_span){read->value_span.begin, read->value_span.begin}, "$AppDir$%s",
                     read->value.len > 0 ? ";" : "");
    else
        tc_diag_edit(check->diags, diag,
                     (struct tc_span){tc_element_attr(first, TC_ATTR_CLASS)->span.end,
                                      tc_element_attr(first, TC_ATTR_CLASS)->span.end},
                     " %s=\"$AppDir$\"", files->fields[TC_FIELD_FILE_IO_READ].xml);
    diag->is_unsafe = true;
}

/* ---- each set ---- */

/* What the permissions of @a set come to; NULL when one of them cannot be read. */
static struct tc_grant_set *
content_of(struct tc_check *check, const struct tc_element *set)
{
    struct tc_grant_set *content = tc_grant_set_new(check->arena, tc_check_set_is_unrestricted(set));
    struct tc_throw thrown;

    for (const struct tc_element *child = set->children; content != NULL && child != NULL; child = child->next) {
        const struct tc_perm *perm = NULL, *all;

        if (tc_check_is_permission(child) &&
            (tc_check_permission_read(check, child, &perm, &thrown) != TC_YES || perm == NULL ||
             tc_grant_set_add(check->arena, content, perm, &all, &thrown) != TC_YES))
            return NULL;
    }
    return content;
}

/* Whether the definition says what some framework's own set of that name has: then it does no harm. */
static bool
says_what_is_built_in(struct tc_check *check, const struct tc_element *set, struct tc_str name)
{
    const struct tc_grant_set *content = content_of(check, set);
    struct tc_grant_set *builtin;
    struct tc_throw thrown;

    for (int i = 0; content != NULL && i < TC_FX_COUNT_; i++)
        if (tc_builtin_grant_set(check->arena, (enum tc_framework)i, name, &builtin) && builtin != NULL &&
            tc_grant_set_subset(check->arena, NULL, content, builtin, &thrown) == TC_YES &&
            tc_grant_set_subset(check->arena, NULL, builtin, content, &thrown) == TC_YES)
            return true;
    return false;
}

static void
check_unrestricted(struct tc_check *check, const struct tc_element *set)
{
    const struct tc_element_attribute *attribute = tc_element_attr(set, TC_ATTR_UNRESTRICTED);
    const struct tc_element *first = NULL;
    struct tc_diag *diag;

    if (attribute == NULL)
        return;
    for (const struct tc_element *child = set->children; child != NULL && first == NULL; child = child->next)
        if (tc_check_is_permission(child))
            first = child;
    if (tc_check_set_is_unrestricted(set)) {
        if (first == NULL)
            return;
        diag = tc_check_report(check, TC_CHECK_IN_UNRESTRICTED_SET, attribute->span,
                               "this makes the set full trust: the permissions in it say nothing");
        tc_diag_label(check->diags, diag, first->span, "the first of them");
        tc_diag_help(check->diags, diag,
                     "take the permissions away, or this attribute if no more than they say is meant");
        return;
    }
    if (!tc_str_eq_nocase(tc_trim_white(attribute->value), TC_STR("true")))
        return;
    diag = tc_check_report(check, TC_CHECK_BOOLEAN_VALUE, attribute->value_span, "the framework takes '%.*s' for false",
                           TC_STR_ARG(attribute->value));
    tc_diag_help(check->diags, diag, "write 'true' if full trust is meant");
    tc_diag_edit(check->diags, diag, attribute->value_span, "true");
    diag->is_unsafe = true;
}

static void
check_class(struct tc_check *check, const struct tc_element *set)
{
    const struct tc_str named = tc_str_of(tc_type(TC_TYPE_NAMED_PERMISSION_SET)->name);
    const struct tc_element_attribute *attribute = tc_element_attr(set, TC_ATTR_CLASS);
    struct tc_str type = attribute == NULL ? TC_STR("") : tc_check_class(check, attribute->value);
    const struct tc_element_attribute *name = tc_element_attr(set, TC_ATTR_NAME);
    struct tc_diag *diag;

    if (name == NULL || tc_str_starts(type, named))
        return;
    /* A short name without a SecurityClass is the matter of classes.c. */
    diag = tc_check_report(check, TC_CHECK_SET_CLASS, attribute == NULL ? name->span : attribute->value_span,
                           attribute == NULL ? "this set says no class" : "'%.*s' is not the class of a named set",
                           TC_STR_ARG(attribute == NULL ? TC_STR("") : attribute->value));
    tc_diag_help(check->diags, diag, "write class=\"%.*s\"", TC_STR_ARG(named));
    if (attribute == NULL)
        tc_diag_edit(check->diags, diag, (struct tc_span){name->span.begin, name->span.begin}, "class=\"%.*s\" ",
                     TC_STR_ARG(named));
    else
        tc_diag_edit(check->diags, diag, attribute->value_span, "%.*s", TC_STR_ARG(named));
}

static void
check_unused(struct uses *uses, const struct tc_element *set)
{
    struct tc_check *check = uses->check;
    struct tc_str name = name_of(set);
    struct tc_diag *diag;

    if (tc_str_eq_nocase(name, TC_MAIN_SET) || tc_map_get(&uses->referenced, name) != NULL ||
        tc_map_get(&uses->defined, name) != set)
        return;
    diag = tc_check_report(check, TC_CHECK_SET_NOT_USED, tc_element_attr(set, TC_ATTR_NAME)->value_span,
                           "no code group grants the set '%.*s'", TC_STR_ARG(name));
    tc_diag_help(check->diags, diag, "take it away; or keep it for <trust permissionSetName=\"%.*s\"> of 4.0",
                 TC_STR_ARG(name));
}

static void
check_set(struct uses *uses, const struct tc_element *set)
{
    struct tc_check *check = uses->check;
    struct tc_str name = name_of(set);
    const struct tc_element *before = tc_map_get(&uses->defined, name);
    struct tc_diag *diag;

    if (name.len == 0) {
        diag = tc_check_report(check, TC_CHECK_SET_WITHOUT_NAME, set->span, "nobody can name this permission set");
        tc_diag_help(check->diags, diag, "write Name=\"...\"; letter case counts");
        return;
    }
    if (before != set) {
        diag = tc_check_report(check, TC_CHECK_SET_TWICE, tc_element_attr(set, TC_ATTR_NAME)->value_span,
                               "there is a set '%.*s' already: this one is ignored", TC_STR_ARG(name));
        tc_diag_label(check->diags, diag, tc_element_attr(before, TC_ATTR_NAME)->value_span, "this one counts");
        tc_diag_help(check->diags, diag, "make them one, or call this one otherwise");
        return;
    }
    if (tc_builtin_set_find(name)) {
        check_unrestricted(check, set);
        if (says_what_is_built_in(check, set, name))
            return;
        diag = tc_check_report(check, TC_CHECK_BUILTIN_REDEFINED, tc_element_attr(set, TC_ATTR_NAME)->value_span,
                               "'%.*s' is the framework's own set: what is written here is not looked at",
                               TC_STR_ARG(name));
        tc_diag_help(check->diags, diag, "give the set another name, and name that in the groups");
        return;
    }
    check_class(check, set);
    check_unrestricted(check, set);
    check_unused(uses, set);
    if (tc_str_eq(name, TC_MAIN_SET) && !tc_check_set_is_unrestricted(set)) {
        check_execution(check, set);
        check_hosting(check, set);
        check_own_files(check, set);
    }
}

static void
check_second_list(struct tc_check *check)
{
    const struct tc_element *first = check->file->sets;

    for (const struct tc_element *other = first == NULL ? NULL : first->next; other != NULL; other = other->next)
        if (tc_str_eq(other->tag, first->tag)) {
            struct tc_diag *diag = tc_check_report(check, TC_CHECK_SECOND_SETS, other->span,
                                                   "the framework reads the first '%.*s' only", TC_STR_ARG(first->tag));

            tc_diag_label(check->diags, diag, first->span, "this one");
            tc_diag_help(check->diags, diag, "move the sets into the first");
        }
}

void
tc_checks_sets(struct tc_check *check)
{
    struct uses uses = {.check = check};

    if (check->file->level == NULL)
        return;
    tc_map_init(&uses.defined, check->arena);
    tc_map_init(&uses.folded, check->arena);
    tc_map_init(&uses.referenced, check->arena);
    if (check->file->group != NULL)
        collect_groups(&uses, check->file->group);
    collect_sets(&uses);
    for (const struct tc_element *set = first_of(check->file->sets); set != NULL; set = first_set(set->next))
        check_set(&uses, set);
    check_second_list(check);
    check_main(&uses);
    if (check->file->group != NULL)
        check_references(&uses, check->file->group);
}
