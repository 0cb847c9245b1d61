/* Elements and attributes: known, in their place, spelt right. */
#include "check/check.h"

void
tc_checks_structure(struct tc_check *check)
{
    (void)check;
}
