/* web.config: locks, levels, files. */
#include "check/check.h"

void
tc_checks_config(struct tc_check *check)
{
    (void)check;
}
