/**
 * Whether two sources say the same: what holds a formatted source against the one it was made from.
 */
#ifndef TC_SYNTAX_SAME_H
#define TC_SYNTAX_SAME_H

#include "syntax/ast.h"

/** Where two sources differ first. */
struct tc_source_difference {
    const char *what;    /**< what differs, in words; NULL: nothing */
    struct tc_span a, b; /**< where, in either; nowhere when it has no such thing */
};

/**
 * Compare two trees node by node: kinds, words, commas, descriptions; then the comments, one by one, with whether each
 * has a line of its own. Places do not count, neither do blanks at the ends of comments.
 *
 * @param a, b  of sources that were parsed without errors, in one compilation or in two
 */
struct tc_source_difference tc_sources_compare(const struct tc_ast_file *a, const struct tc_ast_file *b);

#endif
