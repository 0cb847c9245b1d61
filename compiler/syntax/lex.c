#include "syntax/lex.h"

#include "data/tables.h"

#include <string.h>

#define YY_HEADER_EXPORT_START_CONDITIONS
#include "trust.lex.h"

struct tc_str
tc_parser_text(const struct tc_parser *p, struct tc_span span)
{
    return (struct tc_str){p->source->text.ptr + (span.begin - p->source->base), span.end - span.begin};
}

static struct tc_span
span_of(const struct tc_parser *p, const char *text, size_t len)
{
    uint32_t begin = p->source->base + (uint32_t)(text - p->source->text.ptr);

    return (struct tc_span){begin, begin + (uint32_t)len};
}

bool
tc_lexer_init(struct tc_lexer *lexer, struct tc_parser *p)
{
    struct tc_str text = p->source->text;

    *lexer = (struct tc_lexer){.p = p};
    p->at_line_start = true;
    p->line_begin = p->source->base;
    if (tc_lex_lex_init_extra(p, &lexer->scanner) != 0)
        return false;
    /* The scanner works in place: it puts NULs behind tokens and takes them away again. The text belongs to this
     * compilation's arena (or to a caller that promised two NULs behind it). */
    lexer->buffer = tc_lex__scan_buffer((char *)(uintptr_t)text.ptr, text.len + 2, lexer->scanner);
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
    if (p->description_count == p->description_capacity) {
        size_t capacity = p->description_capacity == 0 ? 16 : p->description_capacity * 2;
        struct tc_description *larger = tc_arena_array(p->arena, struct tc_description, capacity);

        if (larger == NULL)
            return;
        if (p->description_count > 0)
            memcpy(larger, p->descriptions, p->description_count * sizeof *larger);
        p->descriptions = larger;
        p->description_capacity = capacity;
    }
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

size_t
tc_lex_unterminated(struct tc_parser *p, const char *text, size_t len)
{
    size_t keep = len;

    while (keep > 1 && (text[keep - 1] == ' ' || text[keep - 1] == '\t' || text[keep - 1] == ';' || text[keep - 1] == '}'))
        keep--;
    if (memchr(text + keep, ';', len - keep) == NULL && memchr(text + keep, '}', len - keep) == NULL)
        keep = len;
    tc_diag_help(p->diags,
                 tc_diag_add(p->diags, tc_code(TC_CODE_UNTERMINATED_STRING), span_of(p, text, keep),
                             "this string has no closing quote on its line"),
                 "end it with a double quote; a quote inside a string is written twice, a backslash needs no escape");
    return keep;
}

static const char *
quote_hint(const char *text, size_t len)
{
    static const char *const quotes[] = {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xc2\xab", "\xc2\xbb"};

    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (len >= strlen(quotes[i]) && memcmp(text, quotes[i], strlen(quotes[i])) == 0)
            return "strings stand between plain double quotes (\")";
    return NULL;
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

void
tc_lex_bad(struct tc_parser *p, enum tc_lex_fault fault, const char *text, size_t len)
{
    struct tc_span span = span_of(p, text, len);
    struct tc_diag *diag;

    switch (fault) {
    case TC_LEX_DIGIT:
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_NEEDS_QUOTES), span, "a name cannot begin with a digit");
        tc_diag_help(p->diags, diag, "write it as a string: \"%.*s\"", (int)len, text);
        break;
    case TC_LEX_NEGATIVE:
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_NEEDS_QUOTES), span, "a negative number is written as a string");
        tc_diag_help(p->diags, diag, "write \"%.*s\"", (int)len, text);
        break;
    case TC_LEX_UNQUOTED:
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_NEEDS_QUOTES), span, "paths, URLs and tokens are written as strings");
        tc_diag_help(p->diags, diag, "write \"%.*s\"; backslashes stay as they are", (int)len, text);
        break;
    case TC_LEX_APOSTROPHES:
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_NEEDS_QUOTES), span, "a string stands between double quotes");
        tc_diag_help(p->diags, diag, "write \"%.*s\"", (int)len - 2, text + 1);
        break;
    case TC_LEX_COMMENT:
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span, "this is not how a comment is written here");
        tc_diag_help(p->diags, diag, "a comment begins with # and ends with its line");
        for (size_t i = 0; i < len; i++)
            if (text[i] == '\n')
                tc_lex_newline(p, text + i + 1);
        break;
    case TC_LEX_CHARACTER:
        if (((unsigned char)text[0] & 0xc0) == 0x80)
            return; /* the rest of a character that was reported */
        span.end = span.begin + (uint32_t)character_length(p, text);
        if (p->bad_end == span.begin) {
            p->bad_end = span.end;
            return; /* a run of such characters is one error */
        }
        p->bad_end = span.end;
        if ((unsigned char)text[0] < 0x20 || text[0] == 0x7f)
            diag = tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span,
                               "the control character U+%04X means nothing here", (unsigned)(unsigned char)text[0]);
        else
            diag = tc_diag_add(p->diags, tc_code(TC_CODE_BAD_CHARACTER), span, "'%.*s' means nothing here",
                               (int)(span.end - span.begin), text);
        if (quote_hint(text, span.end - span.begin) != NULL)
            tc_diag_help(p->diags, diag, "%s", quote_hint(text, span.end - span.begin));
        else if (text[0] == '*')
            tc_diag_help(p->diags, diag, "write a star as a string: \"*\"");
        else if (text[0] == '=' || text[0] == ':')
            tc_diag_help(p->diags, diag, "a statement is a word and its values with blanks between: location \"...\";");
        else if ((unsigned char)text[0] >= 0x80)
            tc_diag_help(p->diags, diag, "names with other letters are written as strings");
        break;
    }
}
