#include "mutants/removed.h"

#include <stdio.h>
#include <stdlib.h>

enum tc_rule_id
tct_removed_rule(void)
{
    const char *slug = getenv("TCT_REMOVED_RULE");
    enum tc_rule_id rule = slug == NULL ? TC_RULE_COUNT_ : tc_rule_find(tc_str_of(slug));

    if (slug != NULL && rule == TC_RULE_COUNT_) {
        printf("there is no rule '%s'\n", slug);
        exit(2);
    }
    return rule;
}
