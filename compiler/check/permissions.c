/* Attributes and values of permissions. */
#include "check/check.h"

void
tc_checks_permissions(struct tc_check *check)
{
    (void)check;
}
