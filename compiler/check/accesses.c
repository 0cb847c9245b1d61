/* What a WebPermission lists: URLs, by regular expressions. */
#include "check/urls.h"
#include "check/values.h"
#include "model/pset_algebra.h"

static void
check_uri(struct tc_check *check, const struct tc_element *uri)
{
    const struct tc_element_attribute *attribute = tc_element_find(uri, TC_STR("uri"));
    struct tc_check_value value;

    if (attribute == NULL)
        return;
    value = tc_check_value_of(check, attribute);
    if (value.text.len == 0)
        tc_diag_help(check->diags,
                     tc_check_report(check, TC_CHECK_URI_EMPTY, attribute->span, "an empty 'uri' allows nothing"),
                     "write a regular expression for the URLs, or take the element away");
    else
        tc_checks_origin(check, value.span, value.text);
}

/* ConnectAccess and AcceptAccess, by the table's forms. */
static void
check_accesses(struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_class *cls = tc_class(TC_CLASS_WEB);

    for (size_t i = 0; i < cls->form_count; i++) {
        struct tc_str path = tc_str_of(cls->forms[i].element);
        size_t slash = tc_str_find(path, TC_STR("/"), 0);
        const struct tc_element *access = tc_element_child(permission, tc_str_sub(path, 0, slash));

        for (const struct tc_element *child = access == NULL ? NULL : access->children; child != NULL;
             child = child->next)
            if (tc_str_eq(child->tag, tc_str_sub(path, slash + 1, SIZE_MAX)))
                check_uri(check, child);
    }
}

/* The class of a permission. Solutions have no SecurityClasses, and short names for the framework's own classes. */
static const struct tc_class *
class_of(struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_attr(permission, TC_ATTR_CLASS);
    const struct tc_class *cls;

    if (name == NULL)
        return NULL;
    cls = tc_check_class_of(check, permission);
    for (int i = 0; cls == NULL && check->file->kind == TC_FILE_SHAREPOINT && i < TC_CLASS_COUNT_; i++)
        if (tc_str_is(name->value, tc_class((enum tc_class_id)i)->short_name))
            cls = tc_class((enum tc_class_id)i);
    return cls;
}

static void
check_permission(struct tc_check *check, const struct tc_element *set, const struct tc_element *permission)
{
    (void)set;
    if (class_of(check, permission) == tc_class(TC_CLASS_WEB))
        check_accesses(check, permission);
}

void
tc_checks_patterns(struct tc_check *check)
{
    tc_check_each_permission(check, check_permission);
}
