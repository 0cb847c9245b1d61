/**
 * The wording of syntax errors. Private to syntax/.
 */
#ifndef TC_SYNTAX_EXPECTED_H
#define TC_SYNTAX_EXPECTED_H

#include "syntax/parser.h"

#define TC_EXPECTED_MAX 6

/** What could have come, in words; the first few are kept. */
struct tc_expected {
    const char *words[TC_EXPECTED_MAX];
    size_t count;   /**< how many were added, kept or not */
    bool beginning; /**< a statement, an item or a code group could begin here */
    bool value;     /**< a value could stand here */
};

/** What the token is that could not come. */
enum tc_unexpected {
    TC_UNEXPECTED_OTHER,
    TC_UNEXPECTED_KEYWORD,
    TC_UNEXPECTED_TAIL, /**< `because` or `until` */
    TC_UNEXPECTED_END,
};

void tc_expected_add(struct tc_expected *expected, const char *word);

/** Report that the token at @a span cannot come here. */
void tc_expected_report(struct tc_parser *p, struct tc_span span, enum tc_unexpected kind,
                        const struct tc_expected *expected);

/** Remember that the parser ran out of memory (or its stack out of room). */
void tc_expected_out_of_memory(struct tc_parser *p, struct tc_span span);

#endif
