/**
 * Lines of a source as they are laid out, with the comments at their ends in columns. Private to syntax/.
 */
#ifndef TC_SYNTAX_LAYOUT_LINES_H
#define TC_SYNTAX_LAYOUT_LINES_H

#include "base/arena.h"

/** A comment at the end of a line. */
struct tc_line_comment {
    size_t at;       /**< where it goes: bytes of text before it */
    uint32_t column; /**< columns of the line before it */
    uint32_t run;    /**< lines of one run have their comments in one column */
    struct tc_str text;
};

struct tc_lines {
    struct tc_arena *arena;
    struct tc_buf text;
    uint32_t column; /**< of the end of the last line */
    uint32_t number; /**< lines begun */
    struct tc_line_comment *comments;
    size_t comment_count, comment_capacity;
    uint32_t run;
    uint32_t depth; /**< of the last line */
    bool is_open;   /**< the last line has no end yet */
};

/** Begin a line: the last one ends. @a depth is that of the statement, @a column where the line's text begins. */
void tc_lines_start(struct tc_lines *lines, uint32_t depth, uint32_t column);

/** End the last line and leave a blank one. */
void tc_lines_blank(struct tc_lines *lines);

/** Append to the last line. */
void tc_lines_put(struct tc_lines *lines, struct tc_str text, uint32_t columns);

/** Fill the last line with blanks up to @a column; one blank when it is longer. */
void tc_lines_pad(struct tc_lines *lines, uint32_t column);

/** Comments of later lines have a column of their own. */
void tc_lines_end_run(struct tc_lines *lines);

/** A comment at the end of the last line. */
void tc_lines_comment(struct tc_lines *lines, struct tc_str text);

/** Append everything to @a out, with CRLF line ends if @a is_crlf, and free what was kept. */
void tc_lines_finish(struct tc_lines *lines, bool is_crlf, struct tc_buf *out);

#endif
