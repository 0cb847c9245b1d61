/**
 * What the scanner's rules call, and the scanner as parse.c sees it. Private to syntax/.
 */
#ifndef TC_SYNTAX_LEX_H
#define TC_SYNTAX_LEX_H

#include "syntax/parser.h"
#include "trust.tab.h"

/** What cannot be a token, each with advice of its own. */
enum tc_lex_fault {
    TC_LEX_DIGIT,       /**< a name that begins with a digit */
    TC_LEX_DATE,        /**< a date that is not written with four, two and two digits */
    TC_LEX_WIDE,        /**< a name with letters beyond ASCII */
    TC_LEX_STAR,        /**< a word with a star in it */
    TC_LEX_NEGATIVE,    /**< a negative number outside quotes */
    TC_LEX_UNQUOTED,    /**< a path, URL or token outside quotes */
    TC_LEX_COMMENT,     /**< a comment of another language */
    TC_LEX_APOSTROPHES, /**< a string in apostrophes */
    TC_LEX_CURLY,       /**< a string in the quotes of print */
    TC_LEX_CHARACTER,   /**< anything else */
};

/** A token with what the recovery wants to know of its place. */
struct tc_lex_token {
    int kind; /**< TC_TOK_…; 0 at the end */
    struct tc_span span;
    uint32_t indent; /**< bytes before it on its line */
    bool first;      /**< it comes first on its line */
};

/** Scans one source. */
struct tc_lexer {
    void *scanner;
    void *buffer;
    struct tc_parser *p;
};

/** Prepare to scan p->source; false when out of memory. */
bool tc_lexer_init(struct tc_lexer *lexer, struct tc_parser *p);
void tc_lexer_done(struct tc_lexer *lexer);
/** The next token; kind 0 at the end, again and again. */
struct tc_lex_token tc_lexer_next(struct tc_lexer *lexer);

/* Called by the rules of trust.l; text points into the source. */
void tc_lex_newline(struct tc_parser *p, const char *next);
void tc_lex_comment(struct tc_parser *p, const char *text, size_t len);
/** Report an unterminated string; returns how many bytes of it to keep, so that a trailing `;` or `}` is given back. */
size_t tc_lex_unterminated(struct tc_parser *p, const char *text, size_t len);
/** The scanner gives up, for want of memory: tc_lexer_init() returns false. Does not return. */
_Noreturn void tc_lex_fatal(struct tc_parser *p);
void tc_lex_bad(struct tc_parser *p, enum tc_lex_fault fault, const char *text, size_t len);

#endif
