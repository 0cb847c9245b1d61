/** Which rule of isolation a mutant lacks. */
#ifndef TCT_REMOVED_H
#define TCT_REMOVED_H

#include "data/tables.h"

/** The rule whose slug the environment variable TCT_REMOVED_RULE holds; TC_RULE_COUNT_: none. Another word ends the
 * program. */
enum tc_rule_id tct_removed_rule(void);

#endif
