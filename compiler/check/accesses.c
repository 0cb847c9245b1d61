/* What WebPermission and SocketPermission list: URLs by regular expressions, hosts and ports. */
#include "check/urls.h"
#include "model/pset_algebra.h"

#include <string.h>

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

/* A host of an ENDPOINT: a name, an address, or an address with stars for parts of it. */
static void
check_endpoint(struct tc_check *check, const struct tc_element *endpoint)
{
    const struct tc_element_attribute *attribute = tc_element_find(endpoint, TC_STR("host"));
    struct tc_check_value value;
    struct tc_diag *diag;
    size_t dots = 0;
    bool is_address = true;

    if (attribute == NULL)
        return;
    value = tc_check_value_of(check, attribute);
    if (memchr(value.text.len == 0 ? "" : value.text.ptr, '*', value.text.len) == NULL)
        return;
    for (size_t i = 0; i < value.text.len; i++) {
        dots += value.text.ptr[i] == '.';
        is_address &= value.text.ptr[i] == '.' || value.text.ptr[i] == '*' ||
                      (value.text.ptr[i] >= '0' && value.text.ptr[i] <= '9');
    }
    if (is_address && dots == 3)
        return;
    diag = tc_check_report(check, TC_CHECK_SOCKET_STAR, value.span,
                           "a star stands only for a part of an address: '%.*s' is taken for a name, which no host has",
                           TC_STR_ARG(value.text));
    tc_diag_help(check->diags, diag,
                 value.text.len == 1 ? "write '*.*.*.*' for every host"
                                     : "name each host, or write '10.0.*.*' for addresses");
}

/* ConnectAccess and AcceptAccess of Web and Socket, by the table's forms. */
static void
check_accesses(struct tc_check *check, const struct tc_element *permission, const struct tc_class *cls)
{
    for (size_t i = 0; i < cls->form_count; i++) {
        struct tc_str path = tc_str_of(cls->forms[i].element);
        size_t slash = tc_str_find(path, TC_STR("/"), 0);
        struct tc_str item = tc_str_sub(path, slash + 1, SIZE_MAX);
        const struct tc_element *access = tc_element_child(permission, tc_str_sub(path, 0, slash));
        struct tc_diag *diag;

        if (access == NULL)
            continue;
        if (access->children == NULL) {
            diag = tc_check_report(check, TC_CHECK_ACCESS_EMPTY, tc_check_tag(access),
                                   "'%.*s' without an '%.*s' in it throws when the permission is read",
                                   TC_STR_ARG(access->tag), TC_STR_ARG(item));
            tc_diag_help(check->diags, diag, "take the element away: without it nothing is allowed either");
        }
        for (const struct tc_element *child = access->children; child != NULL; child = child->next)
            if (tc_str_eq(child->tag, item))
                (tc_class_id(cls) == TC_CLASS_WEB ? check_uri : check_endpoint)(check, child);
    }
}

/* The class of a permission. Solutions have no SecurityClasses, and short names for the framework's own classes. */
static const struct tc_class *
class_of(struct tc_check *check, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_find(permission, TC_STR("class"));
    const struct tc_class *cls;

    if (name == NULL)
        return NULL;
    cls = tc_class_resolve(tc_element_decode(check->arena, tc_check_class(check, name->value)));
    for (int i = 0; cls == NULL && check->file->kind == TC_FILE_SHAREPOINT && i < TC_CLASS_COUNT_; i++)
        if (tc_str_eq(name->value, tc_str_of(tc_class((enum tc_class_id)i)->short_name)))
            cls = tc_class((enum tc_class_id)i);
    return cls;
}

static void
check_permission(struct tc_check *check, const struct tc_element *set, const struct tc_element *permission)
{
    const struct tc_class *cls = class_of(check, permission);

    (void)set;
    if (cls == tc_class(TC_CLASS_WEB) || cls == tc_class(TC_CLASS_SOCKET))
        check_accesses(check, permission, cls);
}

void
tc_checks_patterns(struct tc_check *check)
{
    tc_check_each_permission(check, check_permission);
}
