/* Code groups and membership conditions. */
#include "check/check.h"

void
tc_checks_groups(struct tc_check *check)
{
    (void)check;
}
