/* Named permission sets. */
#include "check/check.h"

void
tc_checks_sets(struct tc_check *check)
{
    (void)check;
}
