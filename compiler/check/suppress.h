/**
 * Comments that say that a finding is known: `trustc-ignore T1201 until 2027-01-01: the reason`, in XML and in sources.
 *
 * Behind something else on its line, a comment is for that line; else for the next element or statement with all that
 * is in it.
 */
#ifndef TC_CHECK_SUPPRESS_H
#define TC_CHECK_SUPPRESS_H

#include "check/check.h"

struct tc_suppress_options {
    struct tc_str today;         /**< "2026-11-23"; empty: nothing is ever expired */
    const uint8_t *is_mandatory; /**< by tc_row_of(): what no comment suppresses; NULL: nothing */
    bool is_partial;             /**< findings about several files are not known: a comment may be for one of them */
};

/** Suppress findings of @a check as the comments of its file say, and report comments that say nothing that counts. */
void tc_suppress(struct tc_check *check, const struct tc_suppress_options *options);

#endif
