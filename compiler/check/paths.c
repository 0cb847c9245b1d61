/* Paths, registry keys and tokens. */
#include "check/check.h"

void
tc_checks_paths(struct tc_check *check)
{
    (void)check;
}
