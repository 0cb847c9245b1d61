/**
 * The tokens of a sound source with what its layout depends on: comments, blank lines, widths. Private to syntax/.
 */
#ifndef TC_SYNTAX_LAYOUT_TOKENS_H
#define TC_SYNTAX_LAYOUT_TOKENS_H

#include "syntax/ast.h"

/** A token. */
struct tc_layout_token {
    struct tc_span span;
    uint32_t flat;    /**< columns of all tokens before it, were everything on one line */
    uint32_t broken;  /**< how many things before it need more than one line */
    uint32_t comment; /**< the first of its comments, which reach to the first of the next token */
    uint32_t mate;    /**< of a brace: the other one */
    int16_t kind;     /**< TC_TOK_…; 0 at the end */
    bool first;       /**< it comes first on its line */
    bool blank;       /**< a blank line stands right before it */
};

/** A comment, without blanks at its end. */
struct tc_layout_comment {
    struct tc_span span;
    bool own_line;
    bool describes; /**< it begins with exactly two `#`, on a line of its own */
    bool blank;     /**< a blank line stands right before it */
};

/** All of a source, in order. */
struct tc_layout_tokens {
    struct tc_str text;
    uint32_t base;                  /**< position of text.ptr[0] */
    struct tc_layout_token *tokens; /**< count of them, and one more for the end */
    uint32_t count;
    struct tc_layout_comment *comments;
    uint32_t comment_count;
};

/**
 * Scan a source that was parsed without errors. A `;` that may be left out is left out; one, or a comma, that stands
 * behind a comment at the end of a line comes before it.
 *
 * @param arena  for the result and for what the scanner needs meanwhile
 * @return false when out of memory
 */
bool tc_layout_scan(struct tc_arena *arena, const struct tc_ast_file *file, struct tc_layout_tokens *ret_tokens);

/** The text under @a span. */
struct tc_str tc_layout_text(const struct tc_layout_tokens *t, struct tc_span span);

/** Whether a blank stands between token @a at and the one before it when both are on one line. */
bool tc_layout_is_spaced(const struct tc_layout_tokens *t, uint32_t at);

/** Columns of the tokens from @a first to @a last on one line. */
uint32_t tc_layout_width(const struct tc_layout_tokens *t, uint32_t first, uint32_t last);

/** Whether the tokens from @a first to @a last may stand on one line: no comment is in the way, no block in them was
 * written on several lines, or is too full. */
bool tc_layout_is_flat(const struct tc_layout_tokens *t, uint32_t first, uint32_t last);

/** Whether comments stand before token @a at. */
bool tc_layout_has_comments(const struct tc_layout_tokens *t, uint32_t at);

#endif
