/**
 * The unit suites. The list is in tests/CMakeLists.txt; suites.def is made from it at configuration time.
 *
 * tests/unit/test_NAME.c defines tct_NAME_suite(), whose Check suite is called NAME.
 */
#ifndef TCT_SUITES_H
#define TCT_SUITES_H

#include <check.h>

#define TCT_SUITE(name) Suite *tct_##name##_suite(void);
#include "suites.def"
#undef TCT_SUITE

/** For loop tests over a table of cases: tcase_add_loop_test(tc, test, 0, TCT_COUNT(cases)). */
#define TCT_COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#endif
