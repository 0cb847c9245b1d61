/**
 * What `trustc lint` found, in the forms that people, pipelines and code hosts read. A report is written piece by
 * piece: the beginning, a piece for each file in order, the end; so it takes no more memory for more files.
 */
#ifndef TC_API_REPORT_H
#define TC_API_REPORT_H

#include "base/diag.h"
#include "check/check.h"

enum tc_report_format {
    TC_REPORT_TEXT,
    TC_REPORT_SHORT,
    TC_REPORT_JSON,       /**< docs/schemas/lint.schema.json */
    TC_REPORT_SARIF,      /**< SARIF 2.1.0 */
    TC_REPORT_JUNIT,      /**< a test suite for each file, a test case for each finding */
    TC_REPORT_GITHUB,     /**< workflow commands */
    TC_REPORT_GITLAB,     /**< a Code Quality report */
    TC_REPORT_CHECKSTYLE, /**< Checkstyle's XML */
    TC_REPORT_COUNT_
};

/** "sarif" */
const char *tc_report_name(enum tc_report_format format);
/** The format called @a name; TC_REPORT_COUNT_ when there is none. */
enum tc_report_format tc_report_find(struct tc_str name);

/** A file that was looked at. */
struct tc_report_file {
    struct tc_str name;
    enum tc_file_kind kind;
    const struct tc_diags *diags; /**< NULL when it could not be read */
    const char *unreadable;       /**< why it could not */
};

/** What the end of a report says of all files. */
struct tc_report_totals {
    size_t files, unreadable, errors, warnings, notes, suppressed, fixed;
    bool used[TC_CHECK_COUNT_];  /**< rules that found something */
    bool codes[TC_CODE_COUNT_];  /**< diagnostics of the compiler that did */
    struct tc_buf notifications; /**< SARIF: of files that could not be read; see tc_report_count() */
};

/** Add one file to @a totals, which must be zeroed before the first. */
void tc_report_count(struct tc_report_totals *totals, const struct tc_report_file *file);
/** Add what was counted of other files. */
void tc_report_add(struct tc_report_totals *totals, const struct tc_report_totals *more);
void tc_report_totals_done(struct tc_report_totals *totals);

/** Append the beginning. */
void tc_report_begin(enum tc_report_format format, struct tc_buf *out);

/** Append the piece of one file: nothing when there is nothing to say. May run in any thread. */
void tc_report_file(enum tc_report_format format, const struct tc_report_file *file, bool color, struct tc_buf *out);

/** What stands between two pieces that are not empty. */
const char *tc_report_separator(enum tc_report_format format);

/** Append the end. */
void tc_report_end(enum tc_report_format format, const struct tc_report_totals *totals, struct tc_buf *out);

/** A name of a kind of file, for reports: "policy". */
const char *tc_file_kind_name(enum tc_file_kind kind);

/* ---- for the forms themselves ---- */

/** First and last place of a finding; `source` of the first is NULL for nowhere. */
struct tc_report_extent {
    struct tc_place begin, end;
    struct tc_str file;
};

struct tc_report_extent tc_report_extent(const struct tc_report_file *file, struct tc_span span);
/** A path as a URI reference: `file:///` in front of an absolute one, what may not stand there as %XX. */
void tc_report_uri(struct tc_buf *out, struct tc_str path);
/** @a text as it stands in XML, in content and in attributes; what XML cannot hold becomes '?'. */
void tc_report_xml(struct tc_buf *out, struct tc_str text);
void tc_report_sarif_file(const struct tc_report_file *file, struct tc_buf *out);
void tc_report_sarif_end(const struct tc_report_totals *totals, struct tc_buf *out);

#endif
