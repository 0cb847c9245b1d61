/* URLs and regular expressions. */
#include "check/check.h"

void
tc_checks_patterns(struct tc_check *check)
{
    (void)check;
}
