/**
 * Between errata.c and errata_text.c.
 */
#ifndef TC_CHECK_ERRATA_H
#define TC_CHECK_ERRATA_H

#include "check/check.h"

/** What published listings look like: brackets, ellipses, placeholders. */
void tc_errata_check_text(struct tc_check *check);

/** Levels and file names of a web.config. */
void tc_errata_check_config(struct tc_check *check);

#endif
