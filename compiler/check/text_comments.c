/* Comments: an XML parser looks for the end, the framework's reader counts brackets (policy-file 2.2). */
#include "check/text.h"

#include "base/ascii.h"

#include <string.h>

enum { PLACES_MAX = 64 };

/* A character of the comment that has to be written otherwise. */
struct place {
    size_t at;
    const char *instead;
};

struct comment {
    const char *text;
    size_t begin, end;
    struct place places[PLACES_MAX];
    size_t place_count;
    size_t open[PLACES_MAX]; /* '<' without their '>' */
    size_t open_count;
    size_t first_greater, first_quote; /* SIZE_MAX: none */
};

static void
add_place(struct comment *c, size_t at, const char *instead)
{
    size_t i = c->place_count;

    if (c->place_count == PLACES_MAX)
        return;
    for (; i > 0 && c->places[i - 1].at > at; i--)
        c->places[i] = c->places[i - 1];
    c->places[i] = (struct place){at, instead};
    c->place_count++;
}

static bool
ends_word(char c)
{
    return tc_ascii_is_white(c) || c == '<' || c == '>' || c == '=' || c == '/';
}

/* Read the comment as the framework's reader does, and note where it would leave the author's meaning. */
static void
read_as_framework(struct comment *c)
{
    size_t at = c->begin + 2, last = c->end - 1;

    while (at < last) {
        char ch = c->text[at];

        if (ch == '<') {
            if (c->open_count < PLACES_MAX)
                c->open[c->open_count] = at;
            c->open_count++;
            at++;
        } else if (ch == '>') {
            if (c->open_count > 0) {
                c->open_count--;
            } else {
                add_place(c, at, "&gt;");
                c->first_greater = c->first_greater == SIZE_MAX ? at : c->first_greater;
            }
            at++;
        } else if (ch == '"') {
            const char *close = memchr(c->text + at + 1, '"', last - at - 1);

            if (close != NULL) {
                at = (size_t)(close - c->text) + 1;
            } else {
                add_place(c, at, "'");
                c->first_quote = c->first_quote == SIZE_MAX ? at : c->first_quote;
                at++;
            }
        } else {
            at++;
            if (tc_ascii_is_white(ch) || strchr("=/?!-", ch) != NULL)
                continue;
            while (at < last && !ends_word(c->text[at]))
                at++;
        }
    }
    for (size_t i = 0; i < c->open_count && i < PLACES_MAX; i++)
        add_place(c, c->open[i], "&lt;");
}

static void
mend(struct tc_text *t, struct tc_diag *diag, const struct comment *c)
{
    if (c->place_count == PLACES_MAX)
        return;
    for (size_t i = 0; i < c->place_count; i++)
        tc_text_edit(t, diag, c->places[i].at, c->places[i].at + 1, c->places[i].instead);
}

static void
check_brackets(struct tc_text *t, size_t begin, size_t end)
{
    struct comment c = {
        .text = t->text.ptr, .begin = begin, .end = end, .first_greater = SIZE_MAX, .first_quote = SIZE_MAX};
    struct tc_diag *diag;

    read_as_framework(&c);
    if (c.first_quote != SIZE_MAX && c.first_quote < c.first_greater &&
        (c.open_count == 0 || c.first_quote < c.open[0])) {
        diag = tc_text_report(t, TC_CHECK_COMMENT_QUOTE, c.first_quote, c.first_quote + 1,
                              "this quotation mark opens a literal for the framework's reader, which goes on behind "
                              "the comment");
        tc_diag_note(t->check->diags, diag, "all markup up to the next quotation mark of the file disappears");
    } else if (c.first_greater != SIZE_MAX && t->loads && t->same) {
        diag = tc_text_report(t, TC_CHECK_COMMENT_FRAGILE, c.first_greater, c.first_greater + 1,
                              "for the framework's reader the comment ends here");
        tc_diag_note(t->check->diags, diag, "where this comment stands, the rest of it does no harm");
    } else if (c.first_greater != SIZE_MAX) {
        diag = tc_text_report(t, TC_CHECK_COMMENT_ENDS_EARLY, c.first_greater, c.first_greater + 1,
                              "for the framework's reader the comment ends here");
        tc_diag_label(t->check->diags, diag, tc_check_span(t->check, end - 3, end), "not here");
        tc_diag_note(t->check->diags, diag, "the rest of the comment is text to it, which breaks the file");
    } else if (c.open_count > 0) {
        diag = tc_text_report(t, TC_CHECK_COMMENT_NEVER_ENDS, c.open[0], c.open[0] + 1,
                              "with this '<' the comment never ends for the framework's reader");
        tc_diag_note(t->check->diags, diag, "it counts '<' and '>' in comments; complete tags do no harm");
    } else {
        return;
    }
    tc_diag_help(t->check->diags, diag, "in a comment write &lt; and &gt;, and no \" at the beginning of a word");
    mend(t, diag, &c);
}

/* XML has no `--` in comments, and no `-` before their end. */
static void
check_dashes(struct tc_text *t, size_t begin, size_t end)
{
    const char *text = t->text.ptr;
    size_t from = begin + 4, to = end - 3;
    struct tc_diag *diag = NULL;

    for (size_t at = from; at < to;) {
        size_t run = 0;

        while (at + run < to && text[at + run] == '-')
            run++;
        if (run > 1 || (run == 1 && at + 1 == to)) {
            struct tc_buf equals = {0};

            if (diag == NULL)
                diag = tc_text_report(t, TC_CHECK_COMMENT_DASHES, at, at + run,
                                      "'--' cannot stand inside a comment of XML");
            for (size_t i = 0; i < run; i++)
                tc_buf_putc(&equals, '=');
            tc_buf_putc(&equals, '\0');
            if (equals.failed)
                t->check->arena->failed = true;
            else
                tc_text_edit(t, diag, at, at + run, equals.ptr);
            tc_buf_done(&equals);
        }
        at += run > 0 ? run : 1;
    }
    if (diag != NULL && t->clr)
        tc_diag_note(t->check->diags, diag, "the framework takes it; whatever else reads this file as XML does not");
}

void
tc_text_comment(struct tc_text *t, size_t begin, size_t end)
{
    if (end - begin < 7) /* <!--> is no comment of its own, and harmless */
        return;
    check_dashes(t, begin, end);
    if (t->clr)
        check_brackets(t, begin, end);
}
