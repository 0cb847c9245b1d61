#include "syntax/layout.h"

#include "syntax/layout_lines.h"
#include "syntax/layout_tokens.h"
#include "syntax/lex.h"

#include <string.h>

enum {
    INDENT = 4,
    WORD_COLUMNS = 11,    /* a longer first word pushes the values of others no further to the right */
    CLASS_COLUMNS = 15,   /* a longer class stands beside the columns of the others */
    SUBJECT_COLUMNS = 24, /* so does who a demand is about, or what it does */
    LIST_COLUMN = 80,     /* lists that begin further right go on at the indentation */
    STOPS = 3,
};

/* Columns that tokens of a statement are to stand in. */
struct stops {
    uint32_t token[STOPS], column[STOPS];
    unsigned count;
};

/* A node with its tokens. */
struct statement {
    const struct tc_ast *node;
    uint32_t first, last;
    uint32_t depth;
    struct stops stops;
};

/* The statements of a block. */
struct block {
    const struct tc_ast_list *list;
    uint32_t depth;
    uint32_t word;         /* columns of the first words of settings, or of clauses that are a word and a string */
    uint32_t subject, may; /* columns of the parts of demands */
    uint32_t run, run_end; /* columns of the second part in statements before token run_end */
};

struct layout {
    struct tc_layout_tokens t;
    struct tc_lines lines;
};

/* ---- tokens ---- */

static const struct tc_layout_token *
token(const struct layout *l, uint32_t at)
{
    return &l->t.tokens[at];
}

static void
put_token(struct layout *l, uint32_t at)
{
    tc_lines_put(&l->lines, tc_layout_text(&l->t, token(l, at)->span), tc_layout_width(&l->t, at, at));
}

/* The blank before a token that does not begin a line, or as many as its column asks for. */
static void
put_space(struct layout *l, const struct stops *stops, uint32_t at)
{
    for (unsigned i = 0; i < stops->count; i++)
        if (stops->token[i] == at) {
            tc_lines_pad(&l->lines, stops->column[i]);
            return;
        }
    if (tc_layout_is_spaced(&l->t, at))
        tc_lines_put(&l->lines, TC_STR(" "), 1);
}

static void
put_flat(struct layout *l, const struct stops *stops, uint32_t first, uint32_t last)
{
    for (uint32_t at = first; at <= last; at++) {
        if (at > first)
            put_space(l, stops, at);
        put_token(l, at);
    }
}

/* Columns up to the end of a statement on one line that begins in @a column, with what its columns add. */
static uint32_t
end_column(const struct layout *l, const struct statement *st, uint32_t column)
{
    uint32_t from = st->first;

    for (unsigned i = 0; i < st->stops.count; i++) {
        column += tc_layout_width(&l->t, from, st->stops.token[i] - 1);
        from = st->stops.token[i];
        column = st->stops.column[i] > column ? st->stops.column[i] : column + 1;
    }
    return column + tc_layout_width(&l->t, from, st->last);
}

static bool
fits_flat(const struct layout *l, const struct statement *st)
{
    return tc_layout_is_flat(&l->t, st->first, st->last) && end_column(l, st, INDENT * st->depth) <= TC_LAYOUT_WIDTH;
}

/* ---- comments and blank lines ---- */

/* What stands before a token: comments, and a blank line before each thing that had one. */
struct gap {
    uint32_t depth, column; /* of comments on lines of their own */
    bool is_first;          /* nothing stands before it in its block: blank lines go */
    bool is_last;           /* so they do before the end of a block */
    bool is_apart;          /* there is to be a blank line */
};

/* Whether a blank line stands anywhere in the comments before a token. */
static bool
has_blank(const struct layout *l, uint32_t at, uint32_t end)
{
    for (uint32_t i = token(l, at)->comment; i < end; i++)
        if (l->t.comments[i].blank)
            return true;
    return token(l, at)->blank;
}

static void
put_gap(struct layout *l, uint32_t at, struct gap gap)
{
    uint32_t end = at == l->t.count ? l->t.comment_count : token(l, at + 1)->comment;

    gap.is_apart = gap.is_apart && !has_blank(l, at, end);
    for (uint32_t i = token(l, at)->comment; i < end; i++) {
        const struct tc_layout_comment *comment = &l->t.comments[i];
        struct tc_str text = tc_layout_text(&l->t, comment->span);

        if (!comment->own_line) {
            tc_lines_comment(&l->lines, text);
            continue;
        }
        if ((comment->blank || gap.is_apart) && !gap.is_first)
            tc_lines_blank(&l->lines);
        tc_lines_end_run(&l->lines);
        tc_lines_start(&l->lines, gap.depth, gap.column);
        tc_lines_put(&l->lines, text, 0);
        gap.is_first = gap.is_apart = false;
    }
    if ((token(l, at)->blank || gap.is_apart) && !gap.is_first && !gap.is_last)
        tc_lines_blank(&l->lines);
}

/* The same inside a statement: the only blank line is the one that keeps a comment from describing what follows. */
static void
put_inner_gap(struct layout *l, const struct statement *st, uint32_t at, uint32_t column)
{
    const struct tc_layout_comment *last = &l->t.comments[token(l, at + 1)->comment - 1];
    bool keeps = last->describes && token(l, at)->blank;

    for (uint32_t i = token(l, at)->comment; i < token(l, at + 1)->comment; i++) {
        const struct tc_layout_comment *comment = &l->t.comments[i];

        if (!comment->own_line) {
            tc_lines_comment(&l->lines, tc_layout_text(&l->t, comment->span));
            continue;
        }
        if (comment->blank && comment > l->t.comments && comment[-1].describes && i > token(l, at)->comment)
            tc_lines_blank(&l->lines);
        tc_lines_start(&l->lines, st->depth, column);
        tc_lines_put(&l->lines, tc_layout_text(&l->t, comment->span), 0);
    }
    if (keeps)
        tc_lines_blank(&l->lines);
    tc_lines_start(&l->lines, st->depth, column);
}

/* ---- statements that need more than one line ---- */

/* Where a statement is, and where its next line begins. */
struct fill {
    const struct statement *st;
    uint32_t brace;              /* the last one with a block below; further lines before it are indented more */
    uint32_t list;               /* column of the list that is going on */
    const struct tc_ast *option; /* the next option of a code group */
    bool options_known, has_option_lines; /* each option on a line of its own */
};

static void put_list(struct layout *l, const struct tc_ast_list *list, uint32_t first, uint32_t end, uint32_t depth);

static const struct tc_ast_group *
group_of(const struct tc_ast *node)
{
    return node->kind == TC_AST_GROUP || node->kind == TC_AST_CODE ? (const struct tc_ast_group *)node : NULL;
}

/* The last `{` of a code group, up to which further lines are indented more than what is in the block. 0: none. */
static uint32_t
last_brace(const struct layout *l, const struct statement *st)
{
    uint32_t last = 0;

    if (group_of(st->node) == NULL)
        return 0;
    for (uint32_t at = st->first; at <= st->last; at++)
        if (token(l, at)->kind == TC_TOK_OPEN) {
            last = at;
            at = token(l, at)->mate;
        }
    return last;
}

/* A word that begins a part of a statement whatever stands before it. */
static bool
begins_part(int kind)
{
    return kind == TC_TOK_GRANTS || kind == TC_TOK_BECAUSE || kind == TC_TOK_UNTIL || kind == TC_TOK_BETWEEN;
}

static bool
is_value(int kind)
{
    return kind == TC_TOK_STRING || kind == TC_TOK_NUMBER || kind == TC_TOK_DATE;
}

/* Whether a line may be broken before a token: behind a comma, and before a word that follows a value. `accept` at the
 * start of a line would be taken for the next statement. */
static bool
is_breakable(const struct layout *l, uint32_t at)
{
    int kind = token(l, at)->kind, before = token(l, at - 1)->kind;

    if (kind == TC_TOK_SEMICOLON || kind == TC_TOK_COMMA || kind == TC_TOK_OPEN || kind == TC_TOK_CLOSE)
        return false;
    if (before == TC_TOK_COMMA || begins_part(kind))
        return true;
    return is_value(before) && !is_value(kind) && kind != TC_TOK_ACCEPT;
}

/* The last token of the part that begins at @a at. */
static uint32_t
end_of_part(const struct layout *l, const struct fill *fill, uint32_t at)
{
    uint32_t option = fill->option == NULL ? 0 : fill->option->span.begin;

    while (at < fill->st->last && !is_breakable(l, at + 1) && token(l, at + 1)->kind != TC_TOK_OPEN &&
           token(l, at + 1)->span.begin != option && !tc_layout_has_comments(&l->t, at + 1))
        at++;
    return at;
}

static bool
fits_here(const struct layout *l, uint32_t first, uint32_t last)
{
    return l->lines.column + 1 + tc_layout_width(&l->t, first, last) <= TC_LAYOUT_WIDTH;
}

/* Whether an option of a group was written on a line of its own. */
static bool
was_option_line(const struct layout *l, const struct statement *st)
{
    const struct tc_ast_group *group = group_of(st->node);
    uint32_t at = st->first;

    for (const struct tc_ast *option = group == NULL ? NULL : group->options.first; option != NULL;
         option = option->next) {
        while (token(l, at)->span.begin < option->span.begin)
            at++;
        if (token(l, at)->first)
            return true;
    }
    return false;
}

/* Whether the options of a group, of which the first begins at @a at, stand on lines of their own: when one was
 * written so, or they do not all fit here. */
static bool
has_option_lines(const struct layout *l, const struct fill *fill, uint32_t at)
{
    const struct tc_ast *last = group_of(fill->st->node)->options.last;
    uint32_t end = at;

    if (was_option_line(l, fill->st))
        return true;
    while (end < fill->st->last && token(l, end + 1)->span.begin < last->span.end)
        end++;
    return !tc_layout_is_flat(&l->t, at, end) || !fits_here(l, at, end < fill->st->last ? end + 1 : end);
}

/* Whether an option begins at @a at and is to begin a line. */
static bool
begins_option_line(const struct layout *l, struct fill *fill, uint32_t at)
{
    if (fill->option == NULL || fill->option->span.begin != token(l, at)->span.begin)
        return false;
    if (!fill->options_known)
        fill->has_option_lines = has_option_lines(l, fill, at);
    fill->options_known = true;
    fill->option = fill->option->next;
    return fill->has_option_lines;
}

static bool
wants_line(const struct layout *l, struct fill *fill, uint32_t at)
{
    bool option = begins_option_line(l, fill, at);

    if (fill->st->node->kind == TC_AST_RAW && token(l, at)->kind == TC_TOK_STRING && at > fill->st->first + 1)
        return true;
    if (token(l, at)->kind == TC_TOK_GRANTS && token(l, at)->first && was_option_line(l, fill->st))
        return true; /* with options below, what a group grants is one of them, if it was */
    return option || (is_breakable(l, at) && !fits_here(l, at, end_of_part(l, fill, at)));
}

/* The column of a line that begins with the token @a at. */
static uint32_t
next_column(const struct layout *l, const struct fill *fill, uint32_t at)
{
    if (token(l, at)->kind == TC_TOK_OPEN)
        return INDENT * fill->st->depth;
    if (token(l, at - 1)->kind == TC_TOK_COMMA && fill->list > 0)
        return fill->list;
    return INDENT * (fill->st->depth + (at < fill->brace ? 2 : 1));
}

static void
note_list(const struct layout *l, struct fill *fill, uint32_t at)
{
    if (token(l, at + 1)->kind == TC_TOK_COMMA && (at == fill->st->first || token(l, at - 1)->kind != TC_TOK_COMMA))
        fill->list = l->lines.column <= LIST_COLUMN ? l->lines.column : 0;
}

/* The list that the block behind @a brace holds. */
static const struct tc_ast_list *
list_at(const struct layout *l, const struct tc_ast *node, uint32_t brace)
{
    uint32_t begin = token(l, brace + 1)->span.begin;
    const struct tc_ast_list *lists[3] = {NULL, NULL, NULL};

    switch (node->kind) {
    case TC_AST_SERVER:
    case TC_AST_POLICY:
    case TC_AST_APPLICATION:
    case TC_AST_NEVER:
    case TC_AST_TEST:
    case TC_AST_SET:
        lists[0] = &((const struct tc_ast_block *)node)->body;
        break;
    case TC_AST_GRANT:
    case TC_AST_REVOKE:
        lists[0] = &((const struct tc_ast_grant *)node)->clauses;
        break;
    case TC_AST_CLAUSE:
        lists[0] = &((const struct tc_ast_clause *)node)->block;
        break;
    case TC_AST_CODEGROUPS:
        lists[0] = &((const struct tc_ast_codegroups *)node)->groups;
        break;
    case TC_AST_CODE:
    case TC_AST_GROUP:
        lists[0] = &((const struct tc_ast_group *)node)->condition_block;
        lists[1] = &((const struct tc_ast_group *)node)->inline_set;
        lists[2] = &((const struct tc_ast_group *)node)->children;
        break;
    case TC_AST_BAD:
    case TC_AST_LANGUAGE:
    case TC_AST_USE:
    case TC_AST_CLASS:
    case TC_AST_SHARE:
    case TC_AST_SETTING:
    case TC_AST_ACCEPT:
    case TC_AST_FULL_TRUST:
    case TC_AST_RAW:
    case TC_AST_DEMAND:
    case TC_AST_COUNT_:
        break;
    }
    for (size_t i = 0; i < 3; i++)
        if (lists[i] != NULL && lists[i]->first != NULL && lists[i]->first->span.begin == begin)
            return lists[i];
    return NULL;
}

/* A block, on this line if it may and fits. @return its `}` */
static uint32_t
put_block(struct layout *l, struct fill *fill, uint32_t brace)
{
    const struct statement *st = fill->st;
    uint32_t end = token(l, brace)->mate;
    uint32_t mark = end < st->last && token(l, end + 1)->kind == TC_TOK_SEMICOLON ? end + 1 : end;

    if (tc_layout_is_flat(&l->t, brace, end) && fits_here(l, brace, mark)) {
        put_flat(l, &st->stops, brace, end);
        return end;
    }
    put_token(l, brace);
    put_list(l, list_at(l, st->node, brace), brace + 1, end, st->depth + 1);
    tc_lines_end_run(&l->lines);
    tc_lines_start(&l->lines, st->depth, INDENT * st->depth);
    put_token(l, end);
    fill->list = 0;
    return end;
}

static void
put_broken(struct layout *l, const struct statement *st)
{
    const struct tc_ast_group *group = group_of(st->node);
    struct fill fill = {.st = st, .brace = last_brace(l, st), .option = group == NULL ? NULL : group->options.first};

    for (uint32_t at = st->first; at <= st->last; at++) {
        bool line = at > st->first && wants_line(l, &fill, at);

        if (at > st->first && tc_layout_has_comments(&l->t, at))
            put_inner_gap(l, st, at, next_column(l, &fill, at));
        else if (line)
            tc_lines_start(&l->lines, st->depth, next_column(l, &fill, at));
        else if (at > st->first)
            put_space(l, &st->stops, at);
        if (token(l, at)->kind == TC_TOK_OPEN) {
            at = put_block(l, &fill, at);
            continue;
        }
        note_list(l, &fill, at);
        put_token(l, at);
    }
}

static void
put_statement(struct layout *l, const struct statement *st)
{
    tc_lines_start(&l->lines, st->depth, INDENT * st->depth);
    if (fits_flat(l, st) && !was_option_line(l, st))
        put_flat(l, &st->stops, st->first, st->last);
    else
        put_broken(l, st);
}

/* ---- columns ---- */

/* The last token of a node that begins at @a first. */
static uint32_t
last_token(const struct layout *l, const struct tc_ast *node, uint32_t first)
{
    uint32_t at = first;

    while (at + 1 < l->t.count && token(l, at + 1)->span.begin < node->span.end)
        at = token(l, at + 1)->kind == TC_TOK_OPEN ? token(l, at + 1)->mate : at + 1;
    return at;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t
most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The wider of two columns, unless the second is too wide for one. */
static uint32_t
widen(uint32_t column, uint32_t width, uint32_t limit)
{
    return width > limit ? column : most(column, width);
}

/* Tokens of a demand: `any application` is two. */
static uint32_t
may_token(const struct tc_ast_demand *demand, uint32_t first)
{
    return first + (demand->subject == NULL ? 2 : 1);
}

static uint32_t
class_token(const struct tc_ast_demand *demand, uint32_t first)
{
    return may_token(demand, first) + (demand->negated ? 2 : 1);
}

/* A clause that begins with a word and a string: `read "D:\Data";` */
static bool
is_word_and_string(const struct layout *l, uint32_t first, uint32_t last)
{
    return last > first + 1 && token(l, first + 1)->kind == TC_TOK_STRING && token(l, first)->kind != TC_TOK_STRING;
}

/* Whether a statement of a block has its second word in the column of the block. */
static bool
has_word_column(const struct layout *l, const struct tc_ast *node, uint32_t first, uint32_t last)
{
    if (node->kind == TC_AST_CLAUSE)
        return is_word_and_string(l, first, last);
    return (node->kind == TC_AST_SETTING || node->kind == TC_AST_ACCEPT) && last > first + 1;
}

/* What the whole block decides. */
static void
measure_block(const struct layout *l, struct block *block, uint32_t first)
{
    for (const struct tc_ast *node = block->list->first; node != NULL; node = node->next) {
        const struct tc_ast_demand *demand = (const struct tc_ast_demand *)node;
        uint32_t last = last_token(l, node, first);

        if (node->kind == TC_AST_DEMAND) {
            block->subject =
                widen(block->subject, tc_layout_width(&l->t, first, may_token(demand, first) - 1), SUBJECT_COLUMNS);
            block->may = most(block->may, demand->negated ? sizeof "may not" - 1 : sizeof "may" - 1);
        } else if (has_word_column(l, node, first, last)) {
            block->word = most(block->word, least(tc_layout_width(&l->t, first, first), WORD_COLUMNS));
        }
        first = last + 1;
    }
}

static void
add_stop(struct stops *stops, uint32_t token, uint32_t column)
{
    stops->token[stops->count] = token;
    stops->column[stops->count++] = column;
}

/* Whether a blank line or a comment on a line of its own stands before a statement. */
static bool
is_set_off(const struct layout *l, uint32_t first)
{
    uint32_t comment = token(l, first)->comment, end = token(l, first + 1)->comment;

    return token(l, first)->blank || (comment < end && l->t.comments[end - 1].own_line);
}

/* A grant on one line without a reason: those in a row share the column of what they grant. */
static bool
is_plain_grant(const struct layout *l, const struct tc_ast *node, uint32_t first, uint32_t last, uint32_t depth)
{
    const struct tc_ast_grant *grant = (const struct tc_ast_grant *)node;

    return node->kind == TC_AST_GRANT && !grant->possibly && grant->tail.because == NULL && grant->tail.until == NULL &&
           tc_layout_is_flat(&l->t, first, last) &&
           INDENT * depth + tc_layout_width(&l->t, first, last) + CLASS_COLUMNS <= TC_LAYOUT_WIDTH;
}

/* The grants in a row from @a node on. */
static void
measure_grants(const struct layout *l, struct block *block, const struct tc_ast *node, uint32_t first)
{
    block->run = 0;
    block->run_end = first;
    for (; node != NULL; node = node->next) {
        uint32_t last = last_token(l, node, block->run_end);

        if (!is_plain_grant(l, node, block->run_end, last, block->depth) ||
            (block->run_end > first && is_set_off(l, block->run_end)))
            return;
        block->run = widen(block->run, tc_layout_width(&l->t, block->run_end + 1, block->run_end + 1), CLASS_COLUMNS);
        block->run_end = last + 1;
    }
}

static void
stop_grant(const struct layout *l, struct block *block, struct statement *st)
{
    if (!is_plain_grant(l, st->node, st->first, st->last, st->depth))
        return;
    if (st->first >= block->run_end)
        measure_grants(l, block, st->node, st->first);
    add_stop(&st->stops, st->first + 2, INDENT * st->depth + (uint32_t)sizeof "grant" + block->run + 1);
}

/* The first string behind the class of a demand, when only words stand between; else 0. */
static uint32_t
value_token(const struct layout *l, const struct tc_ast_demand *demand, uint32_t first, uint32_t last)
{
    uint32_t cls = class_token(demand, first), at = cls + 1;

    while (at < last && !is_value(token(l, at)->kind))
        at++;
    return at < last && at > cls + 1 && token(l, at)->kind == TC_TOK_STRING ? at : 0;
}

/* The demands in a row from @a node on that are about one class. */
static void
measure_demands(const struct layout *l, struct block *block, const struct tc_ast *node, uint32_t first)
{
    struct tc_str cls = ((const struct tc_ast_demand *)node)->terms.first->text;

    block->run = 0;
    block->run_end = first;
    for (; node != NULL; node = node->next) {
        const struct tc_ast_demand *demand = (const struct tc_ast_demand *)node;
        uint32_t last = last_token(l, node, block->run_end), value;

        if (node->kind != TC_AST_DEMAND || !tc_str_eq(demand->terms.first->text, cls) ||
            (block->run_end > first && is_set_off(l, block->run_end)))
            return;
        value = value_token(l, demand, block->run_end, last);
        if (value > 0)
            block->run = widen(block->run, tc_layout_width(&l->t, class_token(demand, block->run_end) + 1, value - 1),
                               SUBJECT_COLUMNS);
        block->run_end = last + 1;
    }
}

static void
stop_demand(const struct layout *l, struct block *block, struct statement *st)
{
    const struct tc_ast_demand *demand = (const struct tc_ast_demand *)st->node;
    uint32_t value = value_token(l, demand, st->first, st->last), cls = class_token(demand, st->first);
    uint32_t column = INDENT * st->depth + block->subject + 1;

    add_stop(&st->stops, may_token(demand, st->first), column);
    column += block->may + 1;
    add_stop(&st->stops, cls, column);
    if (st->first >= block->run_end)
        measure_demands(l, block, st->node, st->first);
    if (value > 0)
        add_stop(&st->stops, value, column + tc_layout_width(&l->t, cls, cls) + 1 + block->run + 1);
}

static void
set_stops(const struct layout *l, struct block *block, struct statement *st)
{
    switch (st->node->kind) {
    case TC_AST_SETTING:
    case TC_AST_ACCEPT:
    case TC_AST_CLAUSE:
        if (has_word_column(l, st->node, st->first, st->last))
            add_stop(&st->stops, st->first + 1, INDENT * st->depth + block->word + 1);
        break;
    case TC_AST_GRANT:
        stop_grant(l, block, st);
        break;
    case TC_AST_DEMAND:
        stop_demand(l, block, st);
        break;
    default:
        break;
    }
}

/* ---- blocks ---- */

/* Whether an item has a block on several lines: blank lines stand around it. */
static bool
is_tall(const struct layout *l, const struct statement *st)
{
    for (uint32_t at = st->first; at <= st->last; at++)
        if (token(l, at)->kind == TC_TOK_OPEN)
            return !fits_flat(l, st);
    return false;
}

/* A `;` between items that had to stay, for comments stand on both sides of it. @return the token behind it */
static uint32_t
put_strays(struct layout *l, uint32_t first, uint32_t position, struct gap *gap)
{
    for (; token(l, first)->span.begin < position; first++) {
        gap->is_apart = false;
        put_gap(l, first, *gap);
        tc_lines_start(&l->lines, gap->depth, gap->column);
        put_token(l, first);
        gap->is_first = false;
    }
    return first;
}

/* The statements of a block, the first of which begins with token @a first, and all comments up to token @a end. */
static void
put_list(struct layout *l, const struct tc_ast_list *list, uint32_t first, uint32_t end, uint32_t depth)
{
    struct block block = {.list = list, .depth = depth};
    const struct tc_ast *node = list == NULL ? NULL : list->first;
    struct gap gap = {.depth = depth, .column = INDENT * depth, .is_first = true};
    bool was_tall = false;

    if (node != NULL && depth > 0)
        measure_block(l, &block, first);
    for (; node != NULL; node = node->next) {
        first = put_strays(l, first, node->span.begin, &gap);
        struct statement st = {.node = node, .first = first, .last = last_token(l, node, first), .depth = depth};
        bool tall = depth == 0 && is_tall(l, &st);

        set_stops(l, &block, &st);
        gap.is_apart = was_tall || tall;
        put_gap(l, first, gap);
        put_statement(l, &st);
        was_tall = tall;
        gap.is_first = false;
        first = st.last + 1;
    }
    gap.is_apart = false;
    put_strays(l, first, token(l, end)->span.begin, &gap);
    gap.is_last = true;
    put_gap(l, end, gap);
}

/* The first line end decides for all. */
static bool
has_crlf(struct tc_str text)
{
    const char *end = text.len == 0 ? NULL : memchr(text.ptr, '\n', text.len);

    return end != NULL && end > text.ptr && end[-1] == '\r';
}

enum tc_status
tc_layout(struct tc_arena *arena, const struct tc_ast_file *file, struct tc_buf *out)
{
    struct layout l = {.lines = {.arena = arena}};

    if (!tc_layout_scan(arena, file, &l.t))
        return TC_ERR_NOMEM;
    tc_buf_reserve(&l.lines.text, l.t.text.len + l.t.text.len / 8 + 1);
    put_list(&l, &file->items, 0, l.t.count, 0);
    if (file->source->had_bom)
        tc_buf_puts(out, TC_STR("\xEF\xBB\xBF"));
    tc_lines_finish(&l.lines, has_crlf(l.t.text), out);
    return out->failed || arena->failed ? TC_ERR_NOMEM : TC_OK;
}
