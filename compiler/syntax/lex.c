#include "syntax/lex.h"

#include "data/tables.h"

#include <stdalign.h>
#include <string.h>

#define YY_HEADER_EXPORT_START_CONDITIONS
#include "trust.lex.h"

struct tc_str
tc_parser_text(const struct tc_parser *p, struct tc_span span)
{
    return (struct tc_str){p->source->text.ptr + (span.begin - p->source->base), span.end - span.begin};
}

bool
tc_parser_is_tainted(const struct tc_parser *p, struct tc_span span)
{
    return p->fault != 0 && p->fault >= p->segment && p->fault <= span.end;
}

static struct tc_span
span_of(const struct tc_parser *p, const char *text, size_t len)
{
    uint32_t begin = p->source->base + (uint32_t)(text - p->source->text.ptr);

    return (struct tc_span){begin, begin + (uint32_t)len};
}

/* ---- memory: of the arena, so that nothing is lost when the scanner gives up ---- */

void *
tc_lex_alloc(yy_size_t size, yyscan_t scanner)
{
    return tc_arena_alloc(tc_lex_get_extra(scanner)->arena, size, alignof(max_align_t));
}

/* The scanner asks for more of what it has only where it copies its text, which this one does not. */
void *
tc_lex_realloc(void *old, yy_size_t size, yyscan_t scanner)
{
    return old == NULL ? tc_lex_alloc(size, scanner) : NULL;
}

void
tc_lex_free(void *memory, yyscan_t scanner)
{
    (void)memory;
    (void)scanner;
}

bool
tc_lexer_init(struct tc_lexer *lexer, struct tc_parser *p)
{
    struct tc_str text = p->source->text;
    jmp_buf give_up;

    *lexer = (struct tc_lexer){.p = p};
    p->at_line_start = true;
    p->line_begin = p->scan_segment = p->source->base;
    p->give_up = &give_up;
    if (setjmp(give_up) != 0 || tc_lex_lex_init_extra(p, &lexer->scanner) != 0)
        return false;
    /* The scanner works in place: it puts a NUL behind each token, which trust.l takes away at once. The text belongs
     * to this compilation's arena (or to a caller that promised two NULs behind it). */
    lexer->buffer = tc_lex__scan_buffer((char *)(uintptr_t)text.ptr, text.len + 2, lexer->scanner);
    p->give_up = NULL;
    return lexer->buffer != NULL;
}

void
tc_lexer_done(struct tc_lexer *lexer)
{
    if (lexer->scanner != NULL)
        tc_lex_lex_destroy(lexer->scanner);
    lexer->scanner = NULL;
}

/* `##` lines belong to the token that follows them on the very next line. */
static void
attach_description(struct tc_parser *p, uint32_t token)
{
    struct tc_description *larger = tc_arena_more(p->arena, struct tc_description, p->descriptions,
                                                  p->description_count, &p->description_capacity, 16);

    if (larger == NULL)
        return;
    p->descriptions = larger;
    p->descriptions[p->description_count++] = (struct tc_description){token, p->pending};
    p->pending = TC_NOWHERE;
}

struct tc_lex_token
tc_lexer_next(struct tc_lexer *lexer)
{
    struct tc_parser *p = lexer->p;
    struct tc_lex_token token = {.kind = tc_lex_lex(lexer->scanner)};

    if (token.kind == 0) {
        uint32_t end = p->source->base + (uint32_t)p->source->text.len;

        token.span = (struct tc_span){end, end};
    } else {
        token.span = span_of(p, tc_lex_get_text(lexer->scanner), (size_t)tc_lex_get_leng(lexer->scanner));
    }
    token.first = p->at_line_start;
    token.indent = token.span.begin - p->line_begin;
    p->at_line_start = false;
    if (token.kind == TC_TOK_SEMICOLON || token.kind == TC_TOK_OPEN || token.kind == TC_TOK_CLOSE)
        p->scan_segment = token.span.end;
    if (p->pending.end != 0 && token.kind != 0)
        attach_description(p, token.span.begin);
    return token;
}

void
tc_lex_newline(struct tc_parser *p, const char *next)
{
    if (p->at_line_start)
        p->pending = TC_NOWHERE; /* a blank line: the `##` lines above describe nothing */
    p->at_line_start = true;
    p->line_begin = span_of(p, next, 0).begin;
}

void
tc_lex_comment(struct tc_parser *p, const char *text, size_t len)
{
    struct tc_comment *comment = tc_arena_new(p->arena, struct tc_comment);
    bool describes = p->at_line_start && len >= 2 && text[1] == '#' && (len == 2 || text[2] != '#');

    if (comment != NULL) {
        *comment = (struct tc_comment){.span = span_of(p, text, len), .own_line = p->at_line_start};
        *p->comment_tail = comment;
        p->comment_tail = &comment->next;
    }
    if (describes)
        p->pending = tc_span_join(p->pending, span_of(p, text, len));
    else
        p->pending = TC_NOWHERE;
    p->at_line_start = false; /* the line is not blank */
}

/* Whether something was reported in this line of this statement: what else looks odd there mostly follows from it. */
static bool
is_follow_up(const struct tc_parser *p)
{
    return p->fault != 0 && p->fault >= p->scan_segment && p->fault >= p->line_begin;
}

/* The quote of print that begins at @a text, or NULL. */
static const char *
curly_quote(const char *text, size_t len)
{
    static const char *const quotes[] = {"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a", "\xe2\x80\x9b",
                                         "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x9f",
                                         "\xe2\x80\xb9", "\xe2\x80\xba", "\xc2\xab",     "\xc2\xbb"};

    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (len >= strlen(quotes[i]) && memcmp(text, quotes[i], strlen(quotes[i])) == 0)
            return quotes[i];
    return NULL;
}

/* The length of @a text up to the first double quote of print behind its start, that quote included; 0: none. */
static size_t
up_to_curly(const char *text, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        const char *quote = curly_quote(text + i, len - i);

        if (quote != NULL && (unsigned char)quote[2] != 0x98 && (unsigned char)quote[2] != 0x99)
            return i + strlen(quote);
    }
    return 0;
}

size_t
tc_lex_unterminated(struct tc_parser *p, const char *text, size_t len)
{
    size_t keep = up_to_curly(text, len), least = text[0] == '"' ? 1 : strlen(curly_quote(text, len));
    const char *quote = keep > 0 ? "the quote of print at its end closes no string" : NULL;
    bool reported = is_follow_up(p);
    struct tc_diag *diag;

    if (keep == 0) {
        keep = len;
        while (keep > least && strchr(" \t;{}", text[keep - 1]) != NULL)
            keep--;
        if (memchr(text + keep, ';', len - keep) == NULL && memchr(text + keep, '}', len - keep) == NULL &&
            memchr(text + keep, '{', len - keep) == NULL)
            keep = len;
    }
    p->fault = span_of(p, text, 0).begin;
    p->unterminated_end = p->fault + (uint32_t)keep;
    if (reported)
        return keep;
    diag = tc_diag_add(p->diags, tc_code(TC_CODE_UNTERMINATED_STRING), span_of(p, text, keep), "%s",
                       text[0] == '"' ? "this string has no closing quote on its line"
                                      : "the quotes of print begin no string, and this one is not closed on its line");
    if (quote != NULL)
        tc_diag_note(p->diags, diag, "%s", quote);
    tc_diag_help(
        p->diags, diag, "%s",
        text[0] == '"' && quote == NULL
            ? "end it with a double quote; a quote inside a string is written twice, a backslash needs no escape"
            : "strings stand between plain double quotes (\")");
    return keep;
}

/* Bytes of the character that begins at @a text; the scanner hands over one byte of it. */
static size_t
character_length(const struct tc_parser *p, const char *text)
{
    const char *end = p->source->text.ptr + p->source->text.len;
    size_t len = 1;

    if ((unsigned char)text[0] >= 0xc0)
        while (text + len < end && ((unsigned char)text[len] & 0xc0) == 0x80)
            len++;
    return len;
}

/* The code point of a well-formed UTF-8 character. */
static uint32_t
code_point(const char *text, size_t len)
{
    uint32_t code = (unsigned char)text[0];

    if (len > 1)
        code &= 0xffU >> (len + 1);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    return code;
}

/* Characters that nobody sees, or takes for a blank. */
static const struct {
    uint32_t first, last;
    bool blank; /**< looks like one */
    const char *name;
} unseen[] = {
    {0x0085, 0x0085, false, "next line"},
    {0x00a0, 0x00a0, true, "no-break space"},
    {0x00ad, 0x00ad, false, "soft hyphen"},
    {0x1680, 0x1680, true, "ogham space mark"},
    {0x2000, 0x200a, true, "a space of print"},
    {0x200b, 0x200b, false, "zero-width space"},
    {0x200c, 0x200c, false, "zero-width non-joiner"},
    {0x200d, 0x200d, false, "zero-width joiner"},
    {0x200e, 0x200f, false, "a mark of writing direction"},
    {0x2028, 0x2028, false, "line separator"},
    {0x2029, 0x2029, false, "paragraph separator"},
    {0x202a, 0x202e, false, "a mark of writing direction"},
    {0x202f, 0x202f, true, "narrow no-break space"},
    {0x205f, 0x205f, true, "mathematical space"},
    {0x2060, 0x2060, false, "word joiner"},
    {0x2066, 0x2069, false, "a mark of writing direction"},
    {0x3000, 0x3000, true, "ideographic space"},
    {0xfeff, 0xfeff, false, "byte-order mark"},
};

/* Report the character at @a text, which begins no token. */
static void
bad_character(struct tc_parser *p, struct tc_span span, const char *text, size_t len)
{
    uint32_t code = code_point(text, len);
    struct tc_diag *diag;

    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        if (code < unseen[i].first || code > unseen[i].last)
            continue;
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span,
                           "the character U+%04X (%s) means nothing outside a string", (unsigned)code, unseen[i].name);
        if (unseen[i].blank)
            tc_diag_help(p->diags, diag, "write a plain blank instead; it looks the same");
        else
            tc_diag_help(p->diags, diag,
                         "take it out; it cannot be seen, and often comes with text copied from elsewhere");
        return;
    }
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
        tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span, "the control character U+%04X means nothing here",
                    (unsigned)code);
        return;
    }
    if (len > 1)
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span, "'%.*s' (U+%04X) means nothing here",
                           (int)len, text, (unsigned)code);
    else
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span, "'%c' means nothing here", text[0]);
    if (curly_quote(text, len) != NULL)
        tc_diag_help(p->diags, diag, "strings stand between plain double quotes (\")");
    else if (code == '=' || code == ':')
        tc_diag_help(p->diags, diag, "a statement is a word and its values with blanks between: location \"...\";");
    else if (code == '(' || code == ')' || code == '[' || code == ']')
        tc_diag_help(p->diags, diag, "blocks stand in braces: { ... }");
    else if (code >= 0x80)
        tc_diag_help(p->diags, diag, "values with such characters are written as strings");
}

/* The same date with four, two and two digits, where its numbers can be told apart by their place. */
static void
help_with_date(struct tc_parser *p, struct tc_diag *diag, const char *text, size_t len)
{
    unsigned parts[3] = {0, 0, 0};
    size_t part = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '-')
            part++;
        else if (parts[part] < 10000)
            parts[part] = parts[part] * 10 + (unsigned)(text[i] - '0');
    }
    if (parts[0] >= 1000 && parts[0] <= 9999 && parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 && parts[2] <= 31)
        tc_diag_help(p->diags, diag, "write %04u-%02u-%02u", parts[0], parts[1], parts[2]);
}

/* Report a word that has to be a string. */
static void
needs_quotes(struct tc_parser *p, enum tc_lex_fault fault, struct tc_span span, const char *text, size_t len)
{
    static const char *const why[] = {
        [TC_LEX_DIGIT] = "a name cannot begin with a digit",
        [TC_LEX_DATE] = "a date is written with four digits for the year, two for the month and two for the day",
        [TC_LEX_WIDE] =
            "a name with other characters than A to Z, a to z, 0 to 9, '_', '-' and '.' is written as a string",
        [TC_LEX_STAR] = "a value with a star is written as a string",
        [TC_LEX_NEGATIVE] = "a negative number is written as a string",
        [TC_LEX_UNQUOTED] = "paths, URLs and tokens are written as strings",
        [TC_LEX_APOSTROPHES] = "a string stands between double quotes",
        [TC_LEX_CURLY] = "a string stands between plain double quotes, not between those of print",
    };
    struct tc_diag *diag = tc_diag_add(p->diags, tc_code(TC_CODE_NEEDS_QUOTES), span, "%s", why[fault]);
    size_t front = 0, back = 0;

    if (fault == TC_LEX_DATE) {
        help_with_date(p, diag, text, len);
        return;
    }
    if (fault == TC_LEX_APOSTROPHES)
        front = back = 1;
    if (fault == TC_LEX_CURLY) {
        front = strlen(curly_quote(text, len));
        back = text[len - 1] == '"' ? 1 : (unsigned char)text[len - 2] == 0xc2 ? 2 : 3;
    }
    tc_diag_help(p->diags, diag,
                 fault == TC_LEX_UNQUOTED ? "write \"%.*s\"; backslashes stay as they are" : "write \"%.*s\"",
                 (int)(len - front - back), text + front);
}

void
tc_lex_bad(struct tc_parser *p, enum tc_lex_fault fault, const char *text, size_t len)
{
    struct tc_span span = span_of(p, text, len);
    bool reported = is_follow_up(p);

    if (fault == TC_LEX_CHARACTER) {
        if (((unsigned char)text[0] & 0xc0) == 0x80)
            return; /* the rest of a character that was reported */
        p->fault = span.begin;
        len = character_length(p, text);
        span.end = span.begin + (uint32_t)len;
        if (!reported)
            bad_character(p, span, text, len);
        return;
    }
    p->fault = span.begin;
    if (fault != TC_LEX_COMMENT) {
        needs_quotes(p, fault, span, text, len);
        return;
    }
    if (!reported)
        tc_diag_help(
            p->diags,
            tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span, "this is not how a comment is written here"),
            "a comment begins with # and ends with its line");
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\n')
            tc_lex_newline(p, text + i + 1);
}
