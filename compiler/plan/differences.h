/** What the plan's rights and the grants they follow from do not have in common. */
#ifndef TC_PLAN_DIFFERENCES_H
#define TC_PLAN_DIFFERENCES_H

#include "isolate/differences.h"
#include "isolate/isolate.h"
#include "plan/plan.h"

/**
 * Compare @a plan with the grants of @a isolation, which is of the same model. Only rights that the plan gives are
 * looked at: what Windows lets every account do stands nowhere.
 *
 * Cost: n in what the applications may reach, what the plan writes and how deep its paths are.
 *
 * @param ret  denied, then wider, then unknown; NULL: nothing. Lives in @a arena
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_plan_differences(struct tc_arena *arena, const struct tc_plan *plan,
                                   const struct tc_isolation *isolation, struct tc_difference **ret);

#endif
