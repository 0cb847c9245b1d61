/* SecurityClasses and type names. */
#include "check/check.h"

#include <string.h>

static void
check_class(struct tc_check *check, const struct tc_element *set, const struct tc_element *permission)
{
    const struct tc_element_attribute *name = tc_element_find(permission, TC_STR("class"));
    struct tc_str type;

    (void)set;
    if (name == NULL)
        return;
    type = tc_check_class(check, name->value);
    if (memchr(type.ptr, '.', type.len) == NULL && memchr(type.ptr, ',', type.len) == NULL)
        tc_check_report(check, TC_CHECK_CLASS_NOT_MAPPED, name->value_span,
                        "no SecurityClass says what '%.*s' is: the framework drops this permission",
                        TC_STR_ARG(name->value));
}

void
tc_checks_classes(struct tc_check *check)
{
    tc_check_each_permission(check, check_class);
}
