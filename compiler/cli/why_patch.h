/**
 * The smallest change that would allow something, tried out.
 */
#ifndef TC_CLI_WHY_PATCH_H
#define TC_CLI_WHY_PATCH_H

#include "ask/show_why.h"
#include "cli/asked.h"

/**
 * Find the line of @a file's source, or the element of the policy file, that would grant what @a why says is missing,
 * and try it.
 * @param ret  lives in the arena of the session; its text is empty when there is no such line
 * @return TC_OK; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_why_patch(struct tc_asked *asked, const struct tc_asked_file *file, const struct tc_why *why,
                            struct tc_why_change *ret);

#endif
