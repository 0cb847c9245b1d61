#include "syntax/layout_tokens.h"

#include "syntax/lex.h"

enum { DEPTH_MAX = 128 }; /* the parser allows fewer */

/* A block whose end has not come yet. */
struct open_block {
    uint32_t brace;
    uint32_t lines;      /* begun up to its `{` */
    uint32_t statements; /* how many end in it */
    bool nests;          /* another block is in it */
    bool has_groups; /* code groups stand in it: there the `;` behind a set written on the spot is none to leave out */
};

struct scan {
    struct tc_arena *arena;
    struct tc_layout_tokens *t;
    size_t capacity;
    const struct tc_comment *comment; /* the next one */
    uint32_t end;                     /* of the last token or comment */
    uint32_t flat, broken;
    uint32_t lines;         /* tokens so far that come first on theirs */
    uint32_t first_comment; /* of the token that comes */
    int previous;           /* kind of the last token, also of one that is left out */
    bool separates;         /* a `;` was left out behind a line that would describe what comes now */
    struct open_block open[DEPTH_MAX];
    uint32_t depth;
    bool failed;
};

struct tc_str
tc_layout_text(const struct tc_layout_tokens *t, struct tc_span span)
{
    return (struct tc_str){t->text.ptr + (span.begin - t->base), span.end - span.begin};
}

bool
tc_layout_is_spaced(const struct tc_layout_tokens *t, uint32_t at)
{
    int kind = t->tokens[at].kind;

    if (kind == TC_TOK_SEMICOLON || kind == TC_TOK_COMMA)
        return false;
    return kind != TC_TOK_CLOSE || at == 0 || t->tokens[at - 1].kind != TC_TOK_OPEN;
}

uint32_t
tc_layout_width(const struct tc_layout_tokens *t, uint32_t first, uint32_t last)
{
    return t->tokens[last + 1].flat - t->tokens[first].flat - tc_layout_is_spaced(t, first);
}

bool
tc_layout_is_flat(const struct tc_layout_tokens *t, uint32_t first, uint32_t last)
{
    return t->tokens[last + 1].broken == t->tokens[first].broken &&
           t->tokens[last + 1].comment == t->tokens[first + 1].comment;
}

bool
tc_layout_has_comments(const struct tc_layout_tokens *t, uint32_t at)
{
    return t->tokens[at].comment != (at == t->count ? t->comment_count : t->tokens[at + 1].comment);
}

/* Code points; what stands in a source is UTF-8. */
static uint32_t
columns(struct tc_str text)
{
    uint32_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

/* Lines that end between two positions with only blanks in between; two is as good as more. */
static unsigned
line_ends(const struct scan *s, uint32_t from, uint32_t to)
{
    const char *at = s->t->text.ptr + (from - s->t->base), *end = s->t->text.ptr + (to - s->t->base);
    unsigned count = 0;

    for (; at < end && count < 2; at++) {
        if (*at == '\r' && at + 1 < end && at[1] == '\n')
            at++;
        count += *at == '\n' || *at == '\r';
    }
    return count;
}

/* Whether something that begins at @a begin has a blank line before it, or is to have one. */
static bool
is_after_blank(struct scan *s, uint32_t begin)
{
    bool blank = s->separates || line_ends(s, s->end, begin) > 1;

    s->separates = false;
    return blank;
}

static void
add_comment(struct scan *s)
{
    struct tc_layout_comment *comment = &s->t->comments[s->t->comment_count];
    struct tc_span span = s->comment->span;
    struct tc_str text = tc_layout_text(s->t, span);
    bool blank = is_after_blank(s, span.begin);

    s->end = span.end;
    while (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')
        text.len--;
    span.end = span.begin + (uint32_t)text.len;
    *comment = (struct tc_layout_comment){.span = span, .own_line = s->comment->own_line, .blank = blank};
    comment->describes =
        comment->own_line && text.len >= 2 && text.ptr[1] == '#' && (text.len == 2 || text.ptr[2] != '#');
    s->t->comment_count++;
    s->comment = s->comment->next;
}

static struct tc_layout_token *
new_token(struct scan *s)
{
    struct tc_layout_tokens *t = s->t;
    struct tc_layout_token *larger =
        tc_arena_more(s->arena, struct tc_layout_token, t->tokens, t->count, &s->capacity, 256);

    if (larger == NULL) {
        s->failed = true;
        return NULL;
    }
    t->tokens = larger;
    return &t->tokens[t->count];
}

/* Whether a comment follows on the line on which @a position is. */
static bool
has_comment_behind(const struct scan *s, uint32_t position)
{
    const char *at = s->t->text.ptr + (position - s->t->base);

    while (*at == ' ' || *at == '\t')
        at++;
    return *at == '#';
}

/* Whether the `;` that comes now says nothing: behind the `}` of a block, or between items. A group with a set written
 * on the spot and no groups of its own is the exception: it ends in one. One with a comment behind it
 * stays where that would come to stand behind another comment, or behind nothing. */
static bool
may_be_left_out(const struct scan *s, const struct tc_lex_token *token)
{
    const struct tc_layout_tokens *t = s->t;
    uint32_t brace;

    if ((t->count == 0 || t->comment_count > s->first_comment) && has_comment_behind(s, token->span.end))
        return false;
    if (s->depth == 0 && (s->previous == 0 || s->previous == TC_TOK_SEMICOLON))
        return true;
    if (s->previous != TC_TOK_CLOSE)
        return false;
    brace = t->tokens[t->count - 1].mate;
    return s->depth == 0 || !s->open[s->depth - 1].has_groups || t->tokens[brace - 1].kind != TC_TOK_GRANTS;
}

/* Whether the block that ends now is to stand on several lines: it was written so, or it holds a block and more. */
static bool
needs_lines(const struct scan *s, const struct open_block *block)
{
    return s->lines > block->lines || (block->nests && block->statements > 1);
}

static void
open_block(struct scan *s)
{
    const struct tc_layout_tokens *t = s->t;
    struct open_block *outer = s->depth == 0 ? NULL : &s->open[s->depth - 1];
    int before = s->previous;

    if (outer != NULL) {
        outer->nests = true;
        outer->statements++;
    }
    if (s->depth == DEPTH_MAX) {
        s->failed = true;
        return;
    }
    s->open[s->depth++] = (struct open_block){
        .brace = t->count,
        .lines = s->lines,
        .has_groups = before == TC_TOK_CODEGROUPS || (outer != NULL && outer->has_groups && before != TC_TOK_GRANTS)};
}

/* What a token says of the blocks around it; before it is counted. */
static void
note_blocks(struct scan *s, struct tc_layout_token *token)
{
    struct open_block *block = s->depth == 0 ? NULL : &s->open[s->depth - 1];

    if (token->kind == TC_TOK_OPEN) {
        open_block(s);
    } else if (token->kind == TC_TOK_SEMICOLON && block != NULL) {
        block->statements++;
    } else if (token->kind == TC_TOK_CLOSE && block != NULL) {
        s->depth--;
        token->mate = block->brace;
        s->t->tokens[block->brace].mate = s->t->count;
        s->broken += needs_lines(s, block);
    }
}

/* Lines of `raw` stand on lines. */
static bool
is_second_line(const struct scan *s, int kind)
{
    const struct tc_layout_tokens *t = s->t;

    return kind == TC_TOK_STRING && t->count > 1 && t->tokens[t->count - 1].kind == TC_TOK_STRING &&
           t->tokens[t->count - 2].kind == TC_TOK_RAW;
}

/* A `;` that says nothing goes; its comments stand before the next token. */
static void
leave_out(struct scan *s, const struct tc_lex_token *token)
{
    const struct tc_layout_tokens *t = s->t;

    if (t->comment_count > s->first_comment && t->comments[t->comment_count - 1].describes)
        s->separates = true;
    s->previous = token->kind;
    s->end = token->span.end;
}

static void
add_token(struct scan *s, const struct tc_lex_token *from)
{
    struct tc_layout_tokens *t = s->t;
    struct tc_layout_token *token;

    while (s->comment != NULL && s->comment->span.begin < from->span.begin)
        add_comment(s);
    if (from->kind == TC_TOK_SEMICOLON && may_be_left_out(s, from)) {
        leave_out(s, from);
        return;
    }
    token = new_token(s);
    if (token == NULL)
        return;
    *token = (struct tc_layout_token){.span = from->span,
                                      .kind = (int16_t)from->kind,
                                      .first = from->first,
                                      .comment = s->first_comment,
                                      .flat = s->flat,
                                      .broken = s->broken};
    token->blank = is_after_blank(s, from->span.begin);
    s->end = from->span.end;
    s->first_comment = t->comment_count;
    s->lines += token->first;
    note_blocks(s, token);
    s->broken += is_second_line(s, from->kind);
    s->flat += tc_layout_is_spaced(t, t->count) + columns(tc_layout_text(t, from->span));
    s->previous = from->kind;
    if (from->kind != 0)
        t->count++;
}

/* A comment at the end of a line goes behind the `;`, `,` or `{` that stands below it, unless that has one, too. */
static void
raise_marks(struct tc_layout_tokens *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t comment = t->tokens[i].comment, next = t->tokens[i + 1].comment;
        int kind = t->tokens[i].kind;

        if ((kind != TC_TOK_SEMICOLON && kind != TC_TOK_COMMA && kind != TC_TOK_OPEN) || next != comment + 1 ||
            t->comments[comment].own_line)
            continue;
        if (tc_layout_has_comments(t, i + 1) && !t->comments[next].own_line)
            continue;
        t->tokens[i + 1].comment = comment;
    }
}

bool
tc_layout_scan(struct tc_arena *arena, const struct tc_ast_file *file, struct tc_layout_tokens *ret_tokens)
{
    struct tc_source *source = file->source;
    struct tc_ast_file again = {.source = source}; /* gets the comments of this second scan, which nobody reads */
    struct tc_parser p = {
        .arena = arena, .texts = arena, .source = source, .file = &again, .comment_tail = &again.comments};
    struct tc_lexer lexer = {0};
    struct tc_lex_token token = {.kind = -1};
    struct scan s = {.arena = arena, .t = ret_tokens, .comment = file->comments, .end = source->base};
    uint32_t comments = 0;

    *ret_tokens = (struct tc_layout_tokens){.text = source->text, .base = source->base};
    for (const struct tc_comment *comment = file->comments; comment != NULL; comment = comment->next)
        comments++;
    ret_tokens->comments = tc_arena_array(arena, struct tc_layout_comment, comments);
    if (ret_tokens->comments == NULL || !tc_lexer_init(&lexer, &p)) {
        tc_lexer_done(&lexer);
        return false;
    }
    while (token.kind != 0 && !s.failed) {
        token = tc_lexer_next(&lexer);
        add_token(&s, &token);
    }
    tc_lexer_done(&lexer);
    if (s.failed || arena->failed)
        return false;
    raise_marks(ret_tokens);
    return true;
}
