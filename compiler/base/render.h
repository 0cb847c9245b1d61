/**
 * Diagnostics to text and JSON. The only place that formats one.
 */
#ifndef TC_BASE_RENDER_H
#define TC_BASE_RENDER_H

#include "base/diag.h"

enum tc_format { TC_FORMAT_TEXT, TC_FORMAT_SHORT, TC_FORMAT_JSON };

struct tc_render_options {
    enum tc_format format;
    bool color;      /**< ANSI colours; only TC_FORMAT_TEXT and TC_FORMAT_SHORT use it */
    bool no_summary; /**< text: without the last line */
};

/** "error", "warning", "note". */
const char *tc_severity_name(enum tc_severity severity);

/**
 * Append all records of @a diags to @a out; in text and short form without those that are suppressed.
 *
 * Text: `file:line:col: severity: message [T0123 slug]`, the source line with line number and carets under the span
 * (tabs kept in the caret line, wide characters two columns, a span over several lines shown on its first), further
 * labels in the same manner, then `note:` and `help:` lines. Short: only first lines.
 * JSON: one object {"schema": 1, "diagnostics": […], "errors": n, "warnings": n, "dropped": n}, keys in fixed order,
 * positions in bytes, code points and UTF-16; always valid UTF-8 (bad bytes become U+FFFD).
 * Ends, in text and short form, with "N errors, N warnings" when there was any finding.
 */
void tc_render(const struct tc_diags *diags, const struct tc_render_options *options, struct tc_buf *out);

/** Append one record as a JSON object. */
void tc_render_json_diag(const struct tc_diags *diags, const struct tc_diag *diag, struct tc_buf *out);

#endif
