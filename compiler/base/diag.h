/**
 * Diagnostics as data. Nothing here prints; render.h turns records into text or JSON.
 *
 * A record points at the row of its code (data/codes.def). A row means one thing for ever; its severity is the default.
 */
#ifndef TC_BASE_DIAG_H
#define TC_BASE_DIAG_H

#include "base/source.h"

enum tc_severity { TC_SEVERITY_NOTE, TC_SEVERITY_WARNING, TC_SEVERITY_ERROR };

/** A row of data/codes.def or data/checks.def: what `trustc explain` prints. All texts are literals. */
struct tc_code {
    const char *id;   /**< "T0123" */
    const char *slug; /**< "unknown-class" */
    enum tc_severity severity;
    const char *sentence; /**< what this finding means, one sentence without a full stop */
    const char *more;     /**< why it matters and what to do; one paragraph, with the source of the fact */
    const char *bad;      /**< an example that earns this code; "" where none can be written as a source */
    const char *good;     /**< the same, mended */
};

/** A second place that matters ("first declared here"), shown beside the first. */
struct tc_label {
    struct tc_label *next;
    struct tc_span span;
    struct tc_str text;
};

/** A note or a help line under the excerpt. */
struct tc_remark {
    struct tc_remark *next;
    struct tc_str text;
    bool is_help; /**< "help:" rather than "note:" */
};

/** A piece of text to put in the place of another; all edits of a record belong together. */
struct tc_edit {
    struct tc_edit *next;
    struct tc_span span; /**< empty: insert there */
    struct tc_str text;
};

/** Why a finding does not count. */
struct tc_suppression {
    bool is_baseline;     /**< it was there before; else someone wrote so beside it */
    struct tc_str reason; /**< theirs; may be empty */
    struct tc_span span;  /**< where they wrote it */
};

struct tc_diag {
    struct tc_diag *next;
    const struct tc_code *code;
    enum tc_severity severity;
    struct tc_span span; /**< may be nowhere, for what concerns no text: then `file` may say what it is about */
    struct tc_str file;  /**< file name for a diagnostic without span; else empty */
    struct tc_str message;
    struct tc_label *labels;
    struct tc_remark *remarks;
    struct tc_edit *edits; /**< what mends it, in the order of the text; NULL: nothing can be offered */
    bool is_unsafe;        /**< the edits may widen a grant, or guess what was meant */
    const struct tc_suppression *suppressed; /**< NULL: it counts */
    struct tc_str fingerprint;               /**< of what was found, not of where; empty until someone asks */
};

/** The findings of one run, in the order reported. */
struct tc_diags {
    struct tc_arena *arena;
    struct tc_sources *sources;
    struct tc_diag *first;
    struct tc_diag **tail;
    size_t errors;          /**< reported, kept or not */
    size_t warnings;        /**< reported, kept or not */
    size_t kept;            /**< records in the list */
    size_t limit;           /**< after so many records the rest is only counted; 0: no limit */
    size_t dropped;         /**< how many were not kept */
    struct tc_diag scratch; /**< what tc_diag_add() hands out instead of a dropped record */
};

void tc_diags_init(struct tc_diags *diags, struct tc_arena *arena, struct tc_sources *sources);

/**
 * Report a finding.
 *
 * @param span    what it is about; TC_NOWHERE when no text is concerned
 * @param format  the sentence: what is wrong and what was expected; user text in single quotes, no full stop
 * @return the record, for labels and remarks; never NULL (a throw-away record when out of memory or over the limit)
 */
struct tc_diag *tc_diag_add(struct tc_diags *diags, const struct tc_code *code, struct tc_span span, const char *format,
                            ...) TC_PRINTF(4, 5);

/** The same with a severity of the caller's choice. */
struct tc_diag *tc_diag_vadd(struct tc_diags *diags, const struct tc_code *code, enum tc_severity severity,
                             struct tc_span span, const char *format, va_list args) TC_PRINTF(5, 0);

/** A throw-away record, for what is not to be reported. */
struct tc_diag *tc_diag_none(struct tc_diags *diags, const struct tc_code *code);

/** Report a finding about a whole file that is no source text of ours (an output, a directory). */
struct tc_diag *tc_diag_add_file(struct tc_diags *diags, const struct tc_code *code, struct tc_str file,
                                 const char *format, ...) TC_PRINTF(4, 5);

/** Add a second place to @a diag. */
void tc_diag_label(struct tc_diags *diags, struct tc_diag *diag, struct tc_span span, const char *format, ...)
    TC_PRINTF(4, 5);

/** Add a "note:" line: a fact that helps to understand. */
void tc_diag_note(struct tc_diags *diags, struct tc_diag *diag, const char *format, ...) TC_PRINTF(3, 4);

/** Add a "help:" line: what to write instead. */
void tc_diag_help(struct tc_diags *diags, struct tc_diag *diag, const char *format, ...) TC_PRINTF(3, 4);

/** Add an edit that is part of mending @a diag. */
void tc_diag_edit(struct tc_diags *diags, struct tc_diag *diag, struct tc_span span, const char *format, ...)
    TC_PRINTF(4, 5);

/** Give @a diag another severity than its row's; the counts follow. */
void tc_diag_set_severity(struct tc_diags *diags, struct tc_diag *diag, enum tc_severity severity);

/** Let @a diag not count. */
void tc_diag_suppress(struct tc_diags *diags, struct tc_diag *diag, const struct tc_suppression *why);

/** Take away the records for which @a drop says yes; the counts follow. */
void tc_diags_drop(struct tc_diags *diags, bool (*drop)(void *state, const struct tc_diag *diag), void *state);

/**
 * Bring the records into the order in which people read: by source in the order added, then by position, then as
 * reported; records without a span come last. Removes exact duplicates (same code, span and message).
 */
void tc_diags_sort(struct tc_diags *diags);

#endif
