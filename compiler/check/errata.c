/* Mistakes that Microsoft's documentation teaches (aspnet-trust 10). */
#include "check/check.h"

void
tc_checks_errata(struct tc_check *check)
{
    (void)check;
}
