/**
 * Mending what was found: the edits of findings applied to a text.
 */
#ifndef TC_CHECK_FIX_H
#define TC_CHECK_FIX_H

#include "base/diag.h"
#include "base/status.h"

struct tc_fix_result {
    struct tc_str text; /**< the mended text, in the arena of the findings; the old one when nothing was to be done */
    size_t applied;     /**< findings whose edits are in it */
    size_t skipped;     /**< findings whose edits meet those of another: another round may take them */
};

/**
 * Apply the edits of @a diags that lie in @a source.
 *
 * All edits of a finding are applied or none. Where two findings want to edit the same place the first in the list
 * wins; two insertions at one place meet as well.
 *
 * @param with_unsafe  also those that may widen a grant
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_fix_apply(const struct tc_diags *diags, const struct tc_source *source, bool with_unsafe,
                            struct tc_fix_result *ret_result);

#endif
