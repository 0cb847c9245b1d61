#include "syntax/expected.h"

#include "data/tables.h"
#include "syntax/keyword.h"

#include <string.h>

void
tc_expected_add(struct tc_expected *expected, const char *word)
{
    if (expected->count < TC_EXPECTED_MAX)
        expected->words[expected->count] = word;
    expected->count++;
}

/* "a, b or c"; names no more than fit. */
static struct tc_str
join(struct tc_parser *p, const struct tc_expected *expected)
{
    struct tc_str text = {NULL, 0};
    size_t shown = expected->count < TC_EXPECTED_MAX ? expected->count : TC_EXPECTED_MAX;

    for (size_t i = 0; i < shown; i++) {
        const char *glue = i == 0 ? "" : i + 1 < shown ? ", " : " or ";

        text = tc_arena_printf(p->texts, "%.*s%s%s", TC_STR_ARG(text), glue, expected->words[i]);
    }
    return text;
}

/* A word is meant for another when few letters of it differ. */
static bool
is_near(struct tc_str word, struct tc_str other, unsigned *best)
{
    unsigned distance = tc_str_distance(word, other, *best - 1);

    if (distance >= *best || distance * 3 > word.len)
        return false;
    *best = distance;
    return true;
}

static const char *
near_among(struct tc_str word, const char *const *others, size_t count)
{
    const char *found = NULL;
    unsigned best = 3;

    for (size_t i = 0; i < count; i++)
        if (tc_str_eq_nocase(word, tc_str_of(others[i])) || is_near(word, tc_str_of(others[i]), &best)) {
            found = others[i];
            if (tc_str_eq_nocase(word, tc_str_of(others[i])))
                break;
        }
    return found;
}

const char *
tc_keyword_near(struct tc_str word)
{
    static const char *const statements[] = {"grant",      "revoke", "set",    "code",    "full-trust",
                                             "codegroups", "raw",    "accept", "possibly"};

    return near_among(word, statements, sizeof statements / sizeof *statements);
}

/* The word that begins a statement or an item and that the user may have meant. */
static const char *
near_beginning(struct tc_str word)
{
    static const char *const items[] = {"language", "use",   "server", "class", "policy",      "application",
                                        "share",    "never", "test",   "union", "first-match", "custom"};
    const char *meant = near_among(word, items, sizeof items / sizeof *items);

    return meant != NULL ? meant : tc_keyword_near(word);
}

/* The expected keyword (in its quotes) that the user may have meant by @a word; empty: none. */
static struct tc_str
near_expected(struct tc_str word, const struct tc_expected *expected)
{
    struct tc_str found = {NULL, 0};
    unsigned best = 3;

    for (size_t i = 0; i < expected->count && i < TC_EXPECTED_MAX; i++) {
        struct tc_str other = tc_str_of(expected->words[i]);

        if (other.ptr[0] != '\'' || other.len < 4)
            continue;
        other = tc_str_sub(other, 1, other.len - 2);
        if (is_near(word, other, &best))
            found = other;
    }
    return found;
}

/* A keyword that is lacking because it was misspelt earlier in the statement, where it passed for a value. */
static bool
report_misspelt(struct tc_parser *p, const struct tc_expected *expected)
{
    for (size_t i = 0; i < p->name_count; i++) {
        struct tc_str word = tc_parser_text(p, p->names[i]), meant;
        struct tc_diag *diag;

        if (p->names[i].begin == p->statement.begin)
            continue;
        meant = near_expected(word, expected);
        if (meant.len == 0)
            continue;
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), p->names[i], "expected '%.*s', not '%.*s'",
                           TC_STR_ARG(meant), TC_STR_ARG(word));
        tc_diag_help(p->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(meant));
        return true;
    }
    return false;
}

void
tc_expected_report(struct tc_parser *p, struct tc_span span, enum tc_unexpected kind,
                   const struct tc_expected *expected)
{
    struct tc_str token = tc_parser_text(p, span), statement = tc_parser_text(p, p->statement), near;
    const char *quote = token.len > 0 && token.ptr[0] == '"' ? "" : "'", *meant;
    struct tc_diag *diag;

    p->syntax_errors++;
    if (tc_parser_is_tainted(p, span))
        return;
    meant = p->statement_is_name && !p->in_values ? near_beginning(statement) : NULL;
    if (meant != NULL && p->previous.end != 0 && p->statement.begin != span.begin) {
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), p->statement, "'%.*s' is no statement",
                           TC_STR_ARG(statement));
        tc_diag_help(p->diags, diag, "did you mean '%s'?", meant);
        return;
    }
    if (kind == TC_UNEXPECTED_KEYWORD && p->in_values && expected->value && p->statement.begin != span.begin) {
        diag = tc_diag_add(p->diags, tc_code(TC_CODE_NEEDS_QUOTES), span,
                           "'%.*s' is a word of the language: as a name or value it is written as a string",
                           TC_STR_ARG(token));
        tc_diag_help(p->diags, diag, "write \"%.*s\"", TC_STR_ARG(token));
        return;
    }
    near = near_expected(token, expected);
    if (near.len == 0 && report_misspelt(p, expected))
        return;
    if (kind == TC_UNEXPECTED_END) {
        tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), span, "the file ends where %.*s was expected",
                    TC_STR_ARG(join(p, expected)));
        return;
    }
    diag = tc_diag_add(p->diags, tc_code(TC_CODE_SYNTAX), span, "expected %.*s, not %s%.*s%s",
                       TC_STR_ARG(join(p, expected)), quote, TC_STR_ARG(token), quote);
    meant = near.len == 0 && expected->beginning ? near_beginning(token) : NULL;
    if (near.len > 0)
        tc_diag_help(p->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(near));
    else if (meant != NULL && !tc_str_eq(token, tc_str_of(meant)))
        tc_diag_help(p->diags, diag, "did you mean '%s'?", meant);
    else if (kind == TC_UNEXPECTED_TAIL && p->in_values)
        tc_diag_help(p->diags, diag, "it comes behind the '}' of the block, and ends in ';'");
}

void
tc_expected_out_of_memory(struct tc_parser *p, struct tc_span span)
{
    tc_diag_add(p->diags, tc_code(TC_CODE_TOO_DEEP), span, "this is nested too deeply to be read");
    p->syntax_errors++;
}
