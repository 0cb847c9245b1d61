/**
 * What `trustc test` found, in the forms that people and pipelines read: written piece by piece like a report of lint,
 * the beginning, a piece for each source in order, the end.
 */
#ifndef TC_API_TEST_REPORT_H
#define TC_API_TEST_REPORT_H

#include "api/trustc.h"
#include "ask/mutants.h"
#include "base/render.h"

enum tc_test_format {
    TC_TEST_TEXT,
    TC_TEST_SHORT,
    TC_TEST_JSON,
    TC_TEST_JUNIT, /**< a test suite for each never and test, a test case for each line */
    TC_TEST_TAP,   /**< version 13: a point for each line of each never and test */
    TC_TEST_FORMAT_COUNT_,
};

/** A source that was tested. */
struct tc_test_file {
    struct tc_str name;
    struct tc_compilation *c;           /**< its sources; the arena is for scratch */
    const struct tc_rule_run *run;      /**< NULL: it could not be read or has errors, see `fault` */
    const char *fault;                  /**< why there is no run */
    const struct tc_coverage *coverage; /**< NULL: nobody asked */
    const struct tc_mutants *mutants;   /**< NULL: nobody asked */
    bool lists_survivors, lists_coverage;
};

/** What the end says of all files; zeroed before the first. */
struct tc_test_totals {
    size_t files, rules, lines, failed, faults;
    size_t atoms, exercised; /**< of the coverage */
    size_t mutants, noticed;
    bool has_coverage, has_mutants;
};

void tc_test_count(struct tc_test_totals *totals, const struct tc_test_file *file);

/** Append the beginning; TAP has the number of points in it, of @a totals. */
void tc_test_begin(enum tc_test_format format, const struct tc_test_totals *totals, struct tc_buf *out);

/**
 * Append the piece of one file.
 * @param done  zeroed before the first; counts what was written, for commas and the numbers of TAP
 */
void tc_test_file_put(enum tc_test_format format, const struct tc_test_file *file, bool color,
                      struct tc_test_totals *done, struct tc_buf *out);

void tc_test_end(enum tc_test_format format, const struct tc_test_totals *totals, struct tc_buf *out);

#endif
