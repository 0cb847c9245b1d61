/* Feeds the scanner's tokens to the grammar, and repairs what people forget: a bison parser alone would let a missing
 * `}` swallow the rest of the file. The repairs use what the layout shows: statements begin lines, item words begin
 * items. Where a block ends is guessed from words and indentation only in an item that lacks a `}`: the braces of a
 * sound one are believed, however it is laid out. */
#include "syntax/parse.h"

#include "base/ascii.h"
#include "data/tables.h"
#include "syntax/lex.h"

#include <string.h>

enum { DEPTH_MAX = 100 };

enum block_kind {
    BLOCK_BODY,    /**< statements */
    BLOCK_CLAUSES, /**< of a grant or a condition */
    BLOCK_GROUPS,
    BLOCK_DEMANDS,
};

/** An open block. */
struct block {
    struct tc_span brace;
    enum block_kind kind;
    uint32_t indent;  /**< of the line that its statement begins */
    bool begins_line; /**< the statement does begin a line */
    bool is_indented; /**< the first thing in it stands further right, or on the same line */
};

struct feeder {
    struct tc_parser *p;
    struct tc_lexer lexer;
    tc_yypstate *state;
    struct tc_lex_token ahead; /**< a token looked at but not fed, when have_ahead */
    bool have_ahead;
    struct tc_lex_token previous; /**< last one fed or skipped; kind -1 before the first */
    struct block open[DEPTH_MAX];
    size_t depth;         /**< braces open in the parser */
    uint32_t indent;      /**< of the line that the statement begins on */
    uint32_t line_indent; /**< of the line being read */
    bool begins_line;     /**< that token comes first on its line */
    int first_kind;       /**< that token's kind */
    bool grants_seen;     /**< `grants` stands in the statement */
    size_t lacking;       /**< how many `}` the item lacks, when counted */
    bool counted;
    bool panic;                 /**< giving up a broken statement */
    size_t panic_depth;         /**< braces opened since */
    struct tc_span panic_brace; /**< the first of them */
    bool stop;                  /**< a limit was met */
    int status;                 /**< of the last push */
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

/* Words that begin a code group. */
static bool
is_group_word(int kind)
{
    return kind == TC_TOK_UNION || kind == TC_TOK_FIRST_MATCH || kind == TC_TOK_NET || kind == TC_TOK_FILE_GROUP ||
           kind == TC_TOK_CUSTOM;
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

/* What the block holds that a `{` opens now. */
static enum block_kind
kind_of_block(const struct feeder *f)
{
    enum block_kind around = f->depth == 0 ? BLOCK_BODY : f->open[f->depth - 1].kind;

    if (f->depth == 0)
        return f->first_kind == TC_TOK_NEVER || f->first_kind == TC_TOK_TEST ? BLOCK_DEMANDS : BLOCK_BODY;
    if (f->previous.kind == TC_TOK_GRANTS)
        return BLOCK_BODY;
    if (around == BLOCK_GROUPS)
        return is_group_word(f->first_kind) && !f->grants_seen ? BLOCK_CLAUSES : BLOCK_GROUPS;
    if (f->first_kind == TC_TOK_CODEGROUPS)
        return BLOCK_GROUPS;
    return around == BLOCK_BODY && f->first_kind == TC_TOK_SET ? BLOCK_BODY : BLOCK_CLAUSES;
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
            tc_diag_add(f->p->diags, tc_code(TC_CODE_TOO_DEEP), span, "blocks are nested more than %d deep here",
                        DEPTH_MAX);
            f->stop = true;
            return false;
        }
        if (f->depth == 0)
            f->counted = false;
        f->open[f->depth] =
            (struct block){.brace = span, .kind = kind_of_block(f), .indent = f->indent, .begins_line = f->begins_line};
        f->depth++;
    } else if (kind == TC_TOK_CLOSE && f->depth > 0) {
        f->depth--;
        /* what follows on the line belongs to the statement that began before the block */
        f->indent = f->open[f->depth].indent;
        f->begins_line = f->open[f->depth].begins_line;
    }
    return true;
}

/* Where something is missing: right behind the token before. */
static struct tc_span
gap(const struct feeder *f)
{
    return (struct tc_span){f->previous.span.end, f->previous.span.end};
}

/* Supply the `;` before @a token. */
static void
supply_semicolon(struct feeder *f, const struct tc_lex_token *token)
{
    struct tc_str before = tc_parser_text(f->p, f->previous.span);
    const char *quote = before.ptr[0] == '"' ? "" : "'";

    if (f->p->unterminated_end != f->previous.span.end) /* it may have taken the `;` along */
        tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_SEMICOLON), gap(f), "expected ';' after %s%.*s%s", quote,
                    TC_STR_ARG(before), quote);
    push(f, TC_TOK_SEMICOLON, gap(f));
    f->p->segment = token->span.begin;
}

/* Report that the innermost @a count blocks have no `}` before @a token. */
static void
report_open_blocks(struct feeder *f, const struct tc_lex_token *token, size_t count)
{
    struct tc_str text = tc_parser_text(f->p, token->span);
    struct tc_diag *diag;

    if (token->kind == 0)
        diag = tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_BRACE), token->span,
                           "the file ends before this block does: expected '}'");
    else if (token->kind == TC_TOK_CLOSE)
        diag = tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_BRACE), token->span,
                           "expected another '}' before this one");
    else
        diag = tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_BRACE), token->span, "expected '}' before %s%.*s%s",
                           text.ptr[0] == '"' ? "" : "'", TC_STR_ARG(text), text.ptr[0] == '"' ? "" : "'");
    for (size_t i = 0; i < count; i++)
        tc_diag_label(f->p->diags, diag, f->open[f->depth - 1 - i].brace, "the block that begins here has no '}'");
}

/* Supply `}` until @a depth blocks are open. A set written on the spot ends a code group that may lack its `;` too. */
static void
close_down_to(struct feeder *f, size_t depth)
{
    while (f->depth > depth && !f->stop) {
        if (!tc_parser_accepts(f->state, f->p, TC_TOK_CLOSE) && tc_parser_accepts(f->state, f->p, TC_TOK_SEMICOLON))
            push(f, TC_TOK_SEMICOLON, gap(f));
        if (!push(f, TC_TOK_CLOSE, gap(f)))
            return;
    }
}

/* End all blocks before an item, or at the end of the file; @a said: that something ends too early was said. */
static void
close_blocks(struct feeder *f, const struct tc_lex_token *token, bool said)
{
    if (f->depth == 0)
        return;
    if (!said)
        report_open_blocks(f, token, 1);
    close_down_to(f, 0);
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

/* Whether @a text begins with a word of @a len bytes that begins an item, and goes on as an item does. */
static bool
is_item_text(const char *text, size_t len, const char *end)
{
    static const char *const words[] = {"language",    "use",   "server", "class", "policy",
                                        "application", "share", "never",  "test"};
    const char *next = text + len;

    while (next < end && (*next == ' ' || *next == '\t'))
        next++;
    if (end - next >= 3 && memcmp(next, "may", 3) == 0)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (len == strlen(words[i]) && memcmp(text, words[i], len) == 0)
            return true;
    return false;
}

static bool
is_word_byte(char c)
{
    return tc_ascii_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* The end of the string at @a text; *ret_depth changes by the braces that an unterminated one gives back. */
static const char *
skip_string(const char *text, const char *end, size_t *ret_depth)
{
    const char *at = text + 1;

    while (at < end && *at != '"' && *at != '\r' && *at != '\n')
        at++;
    if (at < end && *at == '"')
        return at + 1; /* "" begins another string, which is as good */
    for (const char *back = at; back > text + 1 && strchr(" \t;{}", back[-1]) != NULL; back--) {
        if (back[-1] == '{')
            ++*ret_depth;
        else if (back[-1] == '}' && *ret_depth > 0)
            --*ret_depth;
    }
    return at;
}

/* How many of the blocks that are open at @a token have no `}` before the next item. Counts once an item: the answer is
 * wanted only where the layout is odd or the grammar in trouble. */
static size_t
count_lacking(struct feeder *f, const struct tc_lex_token *token)
{
    const char *text = f->p->source->text.ptr, *end = text + f->p->source->text.len;
    size_t depth = f->depth + f->panic_depth;
    bool begins_line = token->first, joined = f->previous.kind == TC_TOK_COMMA;

    if (f->counted)
        return f->lacking;
    f->counted = true;
    f->lacking = 0;
    for (const char *at = text + (token->span.begin - f->p->source->base); at < end;) {
        const char *from = at;

        if (*at == '\n' || *at == '\r') {
            begins_line = true;
            at++;
            continue;
        }
        if (*at == ' ' || *at == '\t') {
            at++;
            continue;
        }
        if (*at == '#') {
            while (at < end && *at != '\n' && *at != '\r')
                at++;
            continue;
        }
        if (*at == '"') {
            at = skip_string(at, end, &depth);
        } else if (is_word_byte(*at)) {
            while (at < end && is_word_byte(*at))
                at++;
            if (begins_line && !joined && is_item_text(from, (size_t)(at - from), end))
                break;
        } else {
            if (*at == '{')
                depth++;
            else if (*at == '}' && --depth == 0)
                return 0;
            at++;
        }
        joined = *from == ',';
        begins_line = false;
    }
    f->lacking = depth;
    return depth;
}

/* Whether a statement of such a block can begin with @a kind. */
static bool
can_begin(enum block_kind block, int kind)
{
    if (kind == TC_TOK_CLOSE)
        return true;
    switch (block) {
    case BLOCK_BODY:
        return kind == TC_TOK_NAME || (is_statement_word(kind) && !is_item_word(kind));
    case BLOCK_CLAUSES:
        return kind == TC_TOK_ACCEPT || !is_statement_word(kind);
    case BLOCK_GROUPS:
        return kind == TC_TOK_RAW || is_group_word(kind);
    case BLOCK_DEMANDS:
        return true;
    }
    return true;
}

/* How many blocks stay open before @a token by its word: a statement word cannot begin a clause. */
static size_t
depth_by_word(const struct feeder *f, const struct tc_lex_token *token)
{
    size_t depth = f->depth;

    if (!is_statement_word(token->kind) && !is_group_word(token->kind))
        return f->depth;
    while (depth > 0 && !can_begin(f->open[depth - 1].kind, token->kind))
        depth--;
    return depth == 0 ? f->depth : depth;
}

/* The same by its place: what begins a line no further right than a block does is not in that block. */
static size_t
depth_by_place(const struct feeder *f, const struct tc_lex_token *token, size_t depth)
{
    size_t outer = depth;

    if (!token->first)
        return depth;
    while (outer > 1 && f->open[outer - 1].is_indented &&
           (token->kind == TC_TOK_CLOSE ? token->indent < f->open[outer - 1].indent
                                        : token->indent <= f->open[outer - 1].indent))
        outer--;
    if (token->kind == TC_TOK_CLOSE && outer < depth &&
        (!f->open[outer - 1].begins_line || f->open[outer - 1].indent != token->indent))
        return depth;
    return can_begin(f->open[outer - 1].kind, token->kind) ? outer : depth;
}

/* End the blocks that @a token, which begins a statement, shows to be over although they have no `}`. */
static void
end_blocks(struct feeder *f, const struct tc_lex_token *token)
{
    size_t depth;

    if (f->depth < 2 || f->stop)
        return;
    depth = depth_by_place(f, token, depth_by_word(f, token));
    if (depth == f->depth || count_lacking(f, token) < f->depth - depth)
        return;
    report_open_blocks(f, token, f->depth - depth);
    f->lacking -= f->depth - depth;
    close_down_to(f, depth);
    if (!tc_parser_accepts(f->state, f->p, token->kind) && tc_parser_accepts(f->state, f->p, TC_TOK_SEMICOLON))
        push(f, TC_TOK_SEMICOLON, gap(f));
    f->previous.kind = TC_TOK_CLOSE;
}

/* Inside a broken statement: a statement word at or left of its start, while the braces opened since have no end. */
static bool
leaves_open_brace(struct feeder *f, const struct tc_lex_token *token)
{
    struct tc_diag *diag;

    if (f->panic_depth == 0 || !token->first || !is_statement_word(token->kind) || token->indent > f->indent ||
        count_lacking(f, token) < f->panic_depth)
        return false;
    f->lacking -= f->panic_depth;
    f->panic_depth = 0;
    diag = tc_diag_add(f->p->diags, tc_code(TC_CODE_MISSING_BRACE), token->span, "expected '}' before %s",
                       tc_parser_token_name(token->kind));
    tc_diag_label(f->p->diags, diag, f->panic_brace, "the block that begins here has no '}'");
    return true;
}

/* Inside a broken statement: skip to its end. True when @a token is to be fed after all. */
static bool
leave_panic(struct feeder *f, const struct tc_lex_token *token, bool item)
{
    if (item || leaves_open_brace(f, token) || (f->panic_depth == 0 && begins_statement(f, token))) {
        f->panic = false;
        push(f, TC_TOK_SEMICOLON, gap(f));
        f->previous.kind = TC_TOK_SEMICOLON;
        return true;
    }
    switch (token->kind) {
    case TC_TOK_OPEN:
        if (f->panic_depth++ == 0)
            f->panic_brace = token->span;
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

/* The file ends inside a statement inside a block. That a `}` is missing says it all, unless a string without end said
 * more: give the statement up in silence. True when nothing is left to say. */
static bool
give_up_cut(struct feeder *f, const struct tc_lex_token *token)
{
    bool in_string = f->p->unterminated_end == f->previous.span.end;

    f->p->fault = token->span.begin;
    push(f, TC_TOK_BROKEN_END, token->span);
    push(f, TC_TOK_SEMICOLON, gap(f));
    return in_string;
}

static void
supply_missing(struct feeder *f, const struct tc_lex_token *token, bool item)
{
    bool open_statement = !ends_statement(f->previous.kind), said = false;

    if (open_statement && (item || token->kind == TC_TOK_CLOSE || token->first) &&
        (begins_statement(f, token) || !tc_parser_accepts(f->state, f->p, token->kind)) &&
        tc_parser_accepts(f->state, f->p, TC_TOK_SEMICOLON)) {
        if (token->kind == 0 && f->depth > 0)
            said = give_up_cut(f, token);
        else
            supply_semicolon(f, token);
        f->previous.kind = TC_TOK_SEMICOLON;
    }
    if (item && !ends_statement(f->previous.kind) && !tc_parser_accepts(f->state, f->p, TC_TOK_SEMICOLON) &&
        !tc_parser_accepts(f->state, f->p, f->depth > 0 ? TC_TOK_CLOSE : token->kind)) {
        /* the statement cannot end here: let the grammar say what it lacks, then give it up */
        said = token->kind == 0;
        push(f, token->kind == 0 ? TC_TOK_BROKEN_END : token->kind, token->span);
        push(f, TC_TOK_SEMICOLON, gap(f));
    }
    if (item)
        close_blocks(f, token, said);
    else if (ends_statement(f->previous.kind))
        end_blocks(f, token);
}

/* Remember what the repairs and the messages want to know of the statement that @a token begins or goes on with. */
static void
note_token(struct feeder *f, const struct tc_lex_token *token, bool item)
{
    struct tc_parser *p = f->p;

    if (token->first)
        f->line_indent = token->indent;
    if (ends_statement(f->previous.kind) || item) {
        if (f->previous.kind == TC_TOK_OPEN && f->depth > 0 && token->kind != TC_TOK_CLOSE && !item)
            f->open[f->depth - 1].is_indented =
                f->open[f->depth - 1].begins_line && (!token->first || token->indent > f->open[f->depth - 1].indent);
        p->statement = token->span;
        p->statement_is_name = token->kind == TC_TOK_NAME;
        p->in_values = f->depth > 0 &&
                       (f->open[f->depth - 1].kind == BLOCK_CLAUSES || f->open[f->depth - 1].kind == BLOCK_DEMANDS);
        p->name_count = 0;
        f->first_kind = token->kind;
        f->grants_seen = false;
        if (f->previous.kind != TC_TOK_CLOSE || token->first) {
            f->indent = token->first ? token->indent : f->line_indent;
            f->begins_line = token->first;
        }
        if (item)
            f->counted = false;
    }
    if (token->kind == TC_TOK_GRANTS)
        f->grants_seen = true;
    if (token->kind == TC_TOK_NAME && p->name_count < sizeof p->names / sizeof *p->names)
        p->names[p->name_count++] = token->span;
}

static void
feed(struct feeder *f, const struct tc_lex_token *token)
{
    bool item = begins_item(f, token);

    if (f->panic && !leave_panic(f, token, item))
        return;
    supply_missing(f, token, item);
    if (token->kind == TC_TOK_CLOSE && f->depth == 0 && !f->stop) {
        tc_diag_add(f->p->diags, tc_code(TC_CODE_UNMATCHED_BRACE), token->span, "this '}' closes nothing");
        return;
    }
    note_token(f, token, item);
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
    f->panic_brace = token->span;
}

static void
feed_all(struct feeder *f)
{
    f->p->segment = f->p->source->base;
    for (;;) {
        struct tc_lex_token token = next_token(f);

        f->p->previous = f->previous.kind == -1 ? TC_NOWHERE : f->previous.span;
        feed(f, &token);
        f->previous = token;
        if (token.kind == TC_TOK_SEMICOLON || token.kind == TC_TOK_OPEN || token.kind == TC_TOK_CLOSE)
            f->p->segment = token.span.end;
        if (token.kind == 0 || f->stop)
            return;
    }
}

/* No source begins with '<', and all XML does. Line by line it would be a finding each. */
static bool
is_xml(struct tc_str text, size_t *ret_at)
{
    size_t at = tc_str_starts(text, TC_STR("\xEF\xBB\xBF")) ? 3 : 0;

    while (at < text.len && strchr(" \t\r\n", text.ptr[at]) != NULL && text.ptr[at] != '\0')
        at++;
    *ret_at = at;
    return at < text.len && text.ptr[at] == '<';
}

static enum tc_status
check_text(struct tc_diags *diags, struct tc_source *source)
{
    size_t bad = 0;
    uint32_t position;

    if (source->text.len > tc_limit(TC_LIMIT_SOURCE_BYTES)->value) {
        tc_diag_add_file(diags, tc_code(TC_CODE_TOO_LARGE), source->name, "this file is larger than %llu bytes",
                         (unsigned long long)tc_limit(TC_LIMIT_SOURCE_BYTES)->value);
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
    if (is_xml(source->text, &bad)) {
        position = source->base + (uint32_t)bad;
        tc_diag_help(diags,
                     tc_diag_add(diags, tc_code(TC_CODE_NOT_A_SOURCE), (struct tc_span){position, position + 1},
                                 "this file is XML, not a source of trustc"),
                     "trustc import writes the source of a policy file or a web.config");
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
