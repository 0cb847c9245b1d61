/**
 * Flags of permissions through which code leaves the sandbox: whoever has one has everything, in effect. The rules
 * `escape` and `reflection` of isolation say so, and every `never` counts them.
 */
#ifndef TC_ISOLATE_ESCAPES_H
#define TC_ISOLATE_ESCAPES_H

#include "model/perm.h"

/** A row: one flag. */
struct tc_escape {
    enum tc_class_id cls; /**< a class whose first field is its flags */
    const char *flag;
    enum tc_rule_id rule; /**< what isolation calls it */
};

/** All rows. Source: permissions 4 and 5, policy-file 7. */
const struct tc_escape *tc_escapes(size_t *ret_count);

/** The bit of the row's flag. */
uint64_t tc_escape_bit(const struct tc_escape *escape);

#endif
