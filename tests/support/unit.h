/** What the unit tests share: slices in tables, and assertions about them. */
#ifndef TCT_UNIT_H
#define TCT_UNIT_H

#include "base/str.h"

#include <check.h>

/** Initialiser of a struct tc_str in a static table; NULs within the literal count. */
#define TCT_STR(literal)                                                                                               \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

/** Both slices hold the same bytes; shows both when they do not. */
#define tct_assert_str(got, expected) tct_assert_str_((got), (expected), #got)
#define tct_assert_str_(got, expected, what)                                                                           \
    do {                                                                                                               \
        const struct tc_str tct_got_ = (got), tct_expected_ = (expected);                                              \
                                                                                                                       \
        ck_assert_msg(tc_str_eq(tct_got_, tct_expected_), "%s is\n%.*s\nbut should be\n%.*s", (what),                  \
                      TC_STR_ARG(tct_got_), TC_STR_ARG(tct_expected_));                                                \
    } while (0)

#endif
