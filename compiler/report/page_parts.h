/** What the files of the page share: one run, and its sections. */
#ifndef TC_REPORT_PAGE_PARTS_H
#define TC_REPORT_PAGE_PARTS_H

#include "report/matrix.h"
#include "report/page.h"

/** What became of the pairs that a finding holds for. */
struct tc_page_tally {
    size_t open, unknown, accepted, closed;
};

/** How a finding stands, for the page as a whole. */
enum tc_page_kind { TC_PAGE_OPEN, TC_PAGE_UNKNOWN, TC_PAGE_ACCEPTED, TC_PAGE_CLOSED, TC_PAGE_KIND_COUNT_ };

struct tc_page {
    struct tc_arena *arena;
    const struct tc_page_subject *subject;
    const struct tc_model *model;
    const struct tc_isolation *isolation;
    const struct tc_matrix *matrix;      /**< NULL: there are too many applications, or one alone */
    const struct tc_page_tally *tallies; /**< of each finding; where there is no matrix, of its witness alone */
    size_t of_kind[TC_PAGE_KIND_COUNT_]; /**< how many findings */
    struct tc_buf *out;
};

/** The heading that @a finding stands under; @a tally is its own one of the page. */
enum tc_page_kind tc_page_kind_of(const struct tc_isolation_finding *finding, const struct tc_page_tally *tally);

/** Append markup as it stands; the arguments, too: nothing from a source. */
void tc_page_markup(struct tc_page *page, const char *format, ...) TC_PRINTF(2, 3);
/** Append a text, escaped. */
void tc_page_text(struct tc_page *page, struct tc_str text);
/** Append "file:line" of @a span in an element of its own; nothing for nowhere. */
void tc_page_place(struct tc_page *page, struct tc_span span);
/** Append a sentence of a table with a capital letter at its beginning. */
void tc_page_capital(struct tc_page *page, const char *sentence);
/** Say so when the day @a until, which may be empty, is over. */
void tc_page_late(struct tc_page *page, struct tc_str until);
/** Append the name of an application. */
void tc_page_name(struct tc_page *page, size_t index);
/** Append the names of applications, long lists folded away behind the first few. */
void tc_page_names(struct tc_page *page, const uint32_t *list, size_t count);

void tc_page_findings(struct tc_page *page);     /**< ways from one application to another */
void tc_page_rules(struct tc_page *page);        /**< what the rules that found something are about */
void tc_page_applications(struct tc_page *page); /**< what each may do, and its settings */
void tc_page_differences(struct tc_page *page);  /**< where grants and rights of Windows differ */
void tc_page_shares(struct tc_page *page);       /**< what is shared */
void tc_page_accepts(struct tc_page *page);      /**< what is accepted, by whom, until when */
void tc_page_matrix(struct tc_page *page);       /**< the table of pairs, what its signs mean, and how many there are */
void tc_page_data(struct tc_page *page);         /**< all pairs for the script */

/** The sign of a standing in the table, its word, and what it means. */
struct tc_page_sign {
    const char *id; /**< of its style */
    const char *sign;
    const char *word;
    const char *meaning;
};

/** The row of @a standing. */
const struct tc_page_sign *tc_page_sign(enum tc_standing standing);

#endif
