/** What the readers of listings share; for plan/ only. */
#ifndef TC_PLAN_ACL_PARTS_H
#define TC_PLAN_ACL_PARTS_H

#include "base/diag.h"
#include "plan/acl.h"

/** The entries of one path; the memory is used again for the next. */
struct tc_ace_list {
    struct tc_ace *items;
    size_t count, capacity;
    bool failed; /**< out of memory */
};

/** Room for one more at the end, zeroed; NULL when out of memory. */
struct tc_ace *tc_ace_list_add(struct tc_ace_list *list);
void tc_ace_list_done(struct tc_ace_list *list);

/** Whether @a line is a security descriptor in SDDL and not a path on drive D. */
bool tc_sddl_is(struct tc_str line);

/**
 * The entries of the descriptor @a line.
 *
 * @param begin    position of its first byte in its source
 * @param ret_acl  gets state and is_protected
 * @return false after a diagnostic; what was read until then is in @a list
 */
bool tc_sddl_read(struct tc_str line, uint32_t begin, struct tc_diags *diags, struct tc_ace_list *list,
                  struct tc_acl *ret_acl);

#endif
