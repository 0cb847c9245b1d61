/* Feeds the scanner's tokens to the grammar, and repairs what people forget: a bison parser alone would let a missing
 * `}` swallow the rest of the file. The repairs use what the layout shows: statements begin lines, item words begin
 * items. */
#include "syntax/parse.h"

#include "data/tables.h"
#include "syntax/lex.h"

enum { DEPTH_MAX = 100 };

struct feeder {
    struct tc_parser *p;
    struct tc_lexer lexer;
    tc_yypstate *state;
    struct tc_lex_token ahead; /**< a token looked at but not fed, when have_ahead */
    bool have_ahead;
    struct tc_lex_token previous; /**< last one fed or skipped; kind -1 before the first */
    struct tc_span open[DEPTH_MAX];
    size_t depth;        /**< braces open in the parser */
    uint32_t indent;     /**< of the first token of the statement */
    bool at_statement;   /**< the next token begins a statement */
    bool panic;          /**< giving up a broken statement */
    size_t panic_depth;  /**< braces opened since */
    bool stop;           /**< a limit was met */
    int status;          /**< of the last push */
};

/* Words that begin an item; in their place no block can go on. */
static bool
is_item_word(int kind)
{
    switch (kind) {
    case TC_TOK_LANGUAGE:
    case TC_TOK_USE:
    case TC_TOK_SERVER:
    case TC_TOK_CLASS:
    case TC_TOK_POLICY:
    case TC_TOK_APPLICATION:
    case TC_TOK_SHARE:
    case TC_TOK_NEVER:
    case TC_TOK_TEST:
        return true;
    default:
        return false;
    }
}

/* Words that begin a statement of a block. */
static bool
is_statement_word(int kind)
{
    switch (kind) {
    case TC_TOK_GRANT:
    case TC_TOK_POSSIBLY:
    case TC_TOK_REVOKE:
    case TC_TOK_SET:
    case TC_TOK_CODE:
    case TC_TOK_FULL_TRUST:
    case TC_TOK_CODEGROUPS:
    case TC_TOK_RAW:
    case TC_TOK_ACCEPT:
        return true;
    default:
        return is_item_word(kind);
    }
}

static struct tc_lex_token
next_token(struct feeder *f)
{
    if (f->have_ahead) {
        f->have_ahead = false;
        return f->ahead;
    }
    return tc_lexer_next(&f->lexer);
}

static int
peek_kind(struct feeder *f)
{
    if (!f->have_ahead) {
        f->ahead = tc_lexer_next(&f->lexer);
        f->have_ahead = true;
    }
    return f->ahead.kind;
}

/* Push one token; true when the grammar took it without an error. */
static bool
push(struct feeder *f, int kind, struct tc_span span)
{
    size_t before = f->p->syntax_errors;

    if (f->stop)
        return false;
    f->status = tc_yypush_parse(f->state, kind, NULL, &span, f->p);
    if (f->status != YYPUSH_MORE)
        f->stop = true;
    if (f->p->syntax_errors != before)
        return false;
    if (kind == TC_TOK_OPEN) {
        if (f->depth == DEPTH_MAX) {
            tc_diag_add(f->p->diags, tc_code(TC_CODE_TOO_DEEP), span, "blocks are nested more than %d deep here", DEPTH_MAX);
            f->stop = true;
            return false;
        }
        f->open[f->depth++] = span;
    } else if (kind == TC_TOK_CLOSE && f->depth > 0) {
        f->depth--;
    }
    return true;
}

/* Where something is missing: right behind the token before. */
static struct tc_span
gap(const struct feeder *f)
{
    return (struct tc_span){f->previous.span.end, f->previous.span.end};
}

static void
supply_semicolon(struct feeder *f)
{
    struct tc_str before = tc_parser_text(f->p, f->previous.span);

    tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_SEMICOLON), gap(f), "expected ';' after %s%.*s%s",
                before.ptr[0] == '"' ? "" : "'", TC_STR_ARG(before), before.ptr[0] == '"' ? "" : "'");
    push(f, TC_TOK_SEMICOLON, gap(f));
}

static void
close_blocks(struct feeder *f, const struct tc_lex_token *token)
{
    struct tc_diag *diag;

    if (f->depth == 0)
        return;
    if (token->kind == 0)
        diag = tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_BRACE), token->span, "the file ends before this block does: expected '}'");
    else
        diag = tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_BRACE), token->span, "expected '}' before %s",
                           tc_parser_token_name(token->kind));
    tc_diag_label(f->p->diags, diag, f->open[f->depth - 1], "the block that begins here has no '}'");
    while (f->depth > 0 && !f->stop)
        if (!push(f, TC_TOK_CLOSE, gap(f)))
            break;
}

static bool
ends_statement(int kind)
{
    return kind == TC_TOK_SEMICOLON || kind == TC_TOK_OPEN || kind == TC_TOK_CLOSE || kind == -1;
}

/* An item word at the start of a line, unless it is the subject of a demand (`test may …`) or goes on with a list. */
static bool
begins_item(struct feeder *f, const struct tc_lex_token *token)
{
    return token->kind == 0 || (is_item_word(token->kind) && token->first && f->previous.kind != TC_TOK_COMMA &&
                                peek_kind(f) != TC_TOK_MAY);
}

/* A line that looks like the next statement although the one before has no end. */
static bool
begins_statement(const struct feeder *f, const struct tc_lex_token *token)
{
    if (!token->first || f->previous.kind == TC_TOK_COMMA)
        return false;
    return is_statement_word(token->kind) || (token->kind == TC_TOK_NAME && token->indent <= f->indent);
}

/* Inside a broken statement: skip to its end. True when @a token is to be fed after all. */
static bool
leave_panic(struct feeder *f, const struct tc_lex_token *token, bool item)
{
    if (item || (f->panic_depth == 0 && begins_statement(f, token))) {
        f->panic = false;
        push(f, TC_TOK_SEMICOLON, gap(f));
        return true;
    }
    switch (token->kind) {
    case TC_TOK_OPEN:
        f->panic_depth++;
        return false;
    case TC_TOK_SEMICOLON:
        if (f->panic_depth == 0) {
            f->panic = false;
            push(f, TC_TOK_SEMICOLON, token->span);
        }
        return false;
    case TC_TOK_CLOSE:
        if (f->panic_depth > 0) {
            if (--f->panic_depth == 0) {
                f->panic = false;
                push(f, TC_TOK_SEMICOLON, token->span);
            }
            return false;
        }
        f->panic = false;
        if (f->depth == 0) {
            push(f, TC_TOK_SEMICOLON, token->span);
            return false;
        }
        return true;
    default:
        return false;
    }
}

static void
supply_missing(struct feeder *f, const struct tc_lex_token *token, bool item)
{
    bool open_statement = !ends_statement(f->previous.kind);

    if (open_statement && (item || token->kind == TC_TOK_CLOSE || token->first) &&
        (begins_statement(f, token) || !tc_parser_accepts(f->state, f->p, token->kind)) &&
        tc_parser_accepts(f->state, f->p, TC_TOK_SEMICOLON)) {
        supply_semicolon(f);
        f->previous.kind = TC_TOK_SEMICOLON;
    }
    if (item && !ends_statement(f->previous.kind) && !tc_parser_accepts(f->state, f->p, TC_TOK_SEMICOLON) &&
        !tc_parser_accepts(f->state, f->p, f->depth > 0 ? TC_TOK_CLOSE : token->kind)) {
        /* the statement cannot end here: let the grammar say what it lacks, then give it up */
        push(f, token->kind == 0 ? TC_TOK_BROKEN_END : token->kind, token->span);
        push(f, TC_TOK_SEMICOLON, gap(f));
    }
    if (item)
        close_blocks(f, token);
}

static void
feed(struct feeder *f, const struct tc_lex_token *token)
{
    bool item = begins_item(f, token);

    if (f->panic && !leave_panic(f, token, item))
        return;
    if (f->at_statement) {
        f->p->statement = token->span;
        f->p->statement_is_name = token->kind == TC_TOK_NAME;
        f->indent = token->indent;
    }
    supply_missing(f, token, item);
    if (token->kind == TC_TOK_CLOSE && f->depth == 0 && !f->stop) {
        tc_diag_add(f->p->diags, tc_code(TC_CODE_UNMATCHED_BRACE), token->span, "this '}' closes nothing");
        return;
    }
    if (f->previous.kind == TC_TOK_SEMICOLON || f->previous.kind == TC_TOK_CLOSE || f->previous.kind == TC_TOK_OPEN ||
        item) {
        f->p->statement = token->span;
        f->p->statement_is_name = token->kind == TC_TOK_NAME;
        f->indent = token->indent;
    }
    if (push(f, token->kind, token->span) || f->stop)
        return;
    /* The grammar reported an error and has shifted `error`. */
    if (token->kind == TC_TOK_SEMICOLON)
        return;
    if (token->kind == TC_TOK_CLOSE) {
        if (f->depth > 0)
            f->depth--;
        return;
    }
    if (token->first && is_statement_word(token->kind)) {
        push(f, TC_TOK_SEMICOLON, gap(f));
        if (push(f, token->kind, token->span) || f->stop)
            return;
    }
    f->panic = true;
    f->panic_depth = token->kind == TC_TOK_OPEN ? 1 : 0;
}

static void
feed_all(struct feeder *f)
{
    for (;;) {
        struct tc_lex_token token = next_token(f);

        f->at_statement = f->previous.kind == -1;
        f->p->previous = f->previous.kind == -1 ? TC_NOWHERE : f->previous.span;
        feed(f, &token);
        f->previous = token;
        if (token.kind == 0 || f->stop)
            return;
    }
}

static enum tc_status
check_text(struct tc_diags *diags, struct tc_source *source)
{
    size_t bad = 0;
    uint32_t position;

    if (source->text.len > tc_limit(TC_LIMIT_SOURCE_BYTES)->value) {
        tc_diag_add(diags, tc_code(TC_CODE_TOO_LARGE), (struct tc_span){source->base, source->base},
                    "this file is larger than %llu bytes", (unsigned long long)tc_limit(TC_LIMIT_SOURCE_BYTES)->value);
        return TC_ERR_LIMIT;
    }
    if (!tc_str_is_utf8(source->text, &bad)) {
        position = source->base + (uint32_t)bad;
        tc_diag_help(diags,
                     tc_diag_add(diags, tc_code(TC_CODE_BAD_UTF8), (struct tc_span){position, position + 1},
                                 "this file is not UTF-8: byte 0x%02X cannot stand here",
                                 (unsigned)(unsigned char)source->text.ptr[bad]),
                     "save the file as UTF-8");
        return TC_FAILED;
    }
    return TC_OK;
}

enum tc_status
tc_parse(struct tc_diags *diags, struct tc_arena *trees, struct tc_source *source, struct tc_ast_file **ret_file)
{
    struct tc_parser p = {.arena = trees, .texts = diags->arena, .diags = diags, .source = source};
    struct feeder f = {.p = &p, .previous = {.kind = -1}};
    size_t errors = diags->errors;
    enum tc_status status;

    p.file = tc_arena_new(trees, struct tc_ast_file);
    if (p.file == NULL)
        return TC_ERR_NOMEM;
    p.file->source = source;
    p.comment_tail = &p.file->comments;
    status = check_text(diags, source);
    if (status != TC_OK) {
        *ret_file = p.file;
        return status;
    }
    f.state = tc_yypstate_new();
    if (f.state == NULL || !tc_lexer_init(&f.lexer, &p)) {
        status = TC_ERR_NOMEM;
        goto done;
    }
    feed_all(&f);
    p.file->node_count = p.node_count;
    *ret_file = p.file;
    if (diags->arena->failed || trees->failed)
        status = TC_ERR_NOMEM;
    else if (diags->errors != errors)
        status = TC_FAILED;
done:
    tc_lexer_done(&f.lexer);
    if (f.state != NULL)
        tc_yypstate_delete(f.state);
    return status;
}

enum tc_status
tc_tokens_dump(struct tc_diags *diags, struct tc_source *source, tc_token_sink *sink, void *state)
{
    struct tc_parser p = {.arena = diags->arena, .texts = diags->arena, .diags = diags, .source = source};
    struct tc_ast_file file = {.source = source};
    struct tc_lexer lexer = {0};
    size_t errors = diags->errors;
    enum tc_status status = check_text(diags, source);

    if (status != TC_OK)
        return status;
    p.file = &file;
    p.comment_tail = &file.comments;
    if (!tc_lexer_init(&lexer, &p)) {
        tc_lexer_done(&lexer);
        return TC_ERR_NOMEM;
    }
    for (struct tc_lex_token token = tc_lexer_next(&lexer); token.kind != 0; token = tc_lexer_next(&lexer))
        sink(state, tc_parser_token_name(token.kind), token.span);
    tc_lexer_done(&lexer);
    if (diags->arena->failed)
        return TC_ERR_NOMEM;
    return diags->errors != errors ? TC_FAILED : TC_OK;
}
