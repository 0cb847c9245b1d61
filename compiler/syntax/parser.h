/**
 * State shared by the scanner, the grammar and parse.c. Private to syntax/.
 */
#ifndef TC_SYNTAX_PARSER_H
#define TC_SYNTAX_PARSER_H

#include "base/diag.h"
#include "syntax/ast.h"

#include <setjmp.h>

/** A block of `##` lines and the token it stands right above. */
struct tc_description {
    uint32_t token; /**< position of that token */
    struct tc_span span;
};

struct tc_parser {
    struct tc_arena *arena; /**< of the nodes */
    struct tc_arena *texts; /**< of texts that are no slices of the source, and of messages */
    struct tc_diags *diags;
    struct tc_source *source;
    struct tc_ast_file *file;
    struct tc_comment **comment_tail;

    /* scanner */
    jmp_buf *give_up;          /**< where it goes when there is no memory for it; while it is made */
    bool at_line_start;        /**< only blanks so far on this line */
    uint32_t line_begin;       /**< position of the line's first byte */
    uint32_t scan_segment;     /**< where the statement being scanned begins: behind the last `;`, `{` or `}` */
    uint32_t fault;            /**< position of the last thing that the scanner reported; 0: none yet */
    uint32_t unterminated_end; /**< end of the last string without a closing quote */
    struct tc_span pending;    /**< `##` lines whose next line has not been seen */
    struct tc_description *descriptions; /**< in order of token */
    size_t description_count, description_capacity;

    /* what parse.c knows of the statement being read */
    uint32_t segment;         /**< where it begins: behind the `;`, `{` or `}` before it */
    struct tc_span statement; /**< its first token */
    struct tc_span previous;  /**< the token before the current one */
    bool statement_is_name;   /**< it began with a name that is no keyword */
    bool in_values;           /**< it is a clause or a demand, whose first word is free */
    struct tc_span names[8];  /**< the first names in it that are no keywords */
    size_t name_count;
    size_t syntax_errors; /**< reported by the grammar so far */
    size_t node_count;
};

/** Whether the scanner reported something in the statement that @a span lies in: what the grammar says then follows
 * from that. */
bool tc_parser_is_tainted(const struct tc_parser *p, struct tc_span span);

/** The text under @a span of the source being parsed. */
struct tc_str tc_parser_text(const struct tc_parser *p, struct tc_span span);

#endif
