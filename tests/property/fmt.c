#include "property/fmt.h"

#include "api/fmt.h"
#include "syntax/parse.h"

/* ---- the words and comments of a source, by a look of their own ---- */

/* A word or a comment, and the blanks before it. */
struct piece {
    struct tc_str gap, text;
    bool is_comment;
};

/* The next one of @a rest; false at its end. What no source can hold is a word, too. */
static bool
next_piece(struct tc_str *rest, struct piece *ret)
{
    size_t from = 0, to;

    while (from < rest->len && memchr(" \t\r\n", rest->ptr[from], 4) != NULL)
        from++;
    if (from == rest->len)
        return false;
    to = from + 1;
    ret->is_comment = rest->ptr[from] == '#';
    if (ret->is_comment) {
        while (to < rest->len && rest->ptr[to] != '\n' && rest->ptr[to] != '\r')
            to++;
    } else if (rest->ptr[from] == '"') {
        while (to < rest->len && (rest->ptr[to] != '"' || (to + 1 < rest->len && rest->ptr[to + 1] == '"')))
            to += rest->ptr[to] == '"' ? 2 : 1;
        to += to < rest->len;
    } else if (memchr(";,{}", rest->ptr[from], 4) == NULL) {
        while (to < rest->len && memchr(" \t\r\n;,{}\"#", rest->ptr[to], 10) == NULL)
            to++;
    }
    ret->gap = tc_str_sub(*rest, 0, from);
    ret->text = tc_str_sub(*rest, from, to - from);
    *rest = tc_str_sub(*rest, to, SIZE_MAX);
    if (ret->is_comment)
        ret->text.len = (size_t)(tc_str_trim(ret->text).ptr - ret->text.ptr) + tc_str_trim(ret->text).len;
    return true;
}

static struct tc_str
without_mark(struct tc_str text)
{
    return tc_str_starts(text, TC_STR("\xEF\xBB\xBF")) ? tc_str_sub(text, 3, SIZE_MAX) : text;
}

/* The next one that is a comment, or is none and no `;`, which may come or go. */
static bool
next_of(struct tc_str *rest, bool comments, struct piece *ret)
{
    while (next_piece(rest, ret))
        if (ret->is_comment == comments && !tc_str_eq(ret->text, TC_STR(";")))
            return true;
    return false;
}

static bool
same_pieces(struct tc_str a, struct tc_str b, bool comments)
{
    struct piece x, y;
    bool more;

    do {
        more = next_of(&a, comments, &x);
        if (more != next_of(&b, comments, &y) || (more && !tc_str_eq(x.text, y.text)))
            return false;
    } while (more);
    return true;
}

/* ---- formatting ---- */

static enum tc_status
format(struct tc_str text, struct tc_buf *out)
{
    struct tc_compilation c;
    struct tc_source *source;
    enum tc_status status;

    tc_compilation_init(&c);
    source = tc_sources_add(&c.sources, TC_STR("fmt.trust"), text);
    status = source == NULL ? TC_ERR_LIMIT : tc_fmt(&c, source, out);
    if (status == TC_FAILED && c.diags.errors == 0)
        status = TC_ERR_SELF; /* it is to say why */
    tc_compilation_done(&c);
    return status;
}

bool
tct_fmt(struct tc_str text, struct tc_buf *out)
{
    return format(text, out) == TC_OK;
}

/* What is wrong with how it looks. */
static const char *
look_fault(struct tc_str text)
{
    size_t blank = 0;

    if (without_mark(text).len > 0 && text.ptr[text.len - 1] != '\n')
        return "the last line has no end";
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\n') {
            blank = text.ptr[i] == '\r' ? blank : 0;
            continue;
        }
        if (++blank > 2)
            return "two blank lines";
        if (i > 0 && (text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\t'))
            return "a line ends in a blank";
    }
    return blank > 1 ? "a blank line at the end" : NULL;
}

static const char *
fault_of(struct tc_str text, struct tc_buf *once, struct tc_buf *twice)
{
    enum tc_status status = format(text, once);
    struct tc_str result = tc_buf_str(once);

    if (status == TC_FAILED || status == TC_ERR_LIMIT)
        return result.len > 0 ? "it is refused and printed" : NULL;
    if (status != TC_OK)
        return status == TC_ERR_SELF ? "the formatted text says something else" : "another status";
    if (!same_pieces(without_mark(text), without_mark(result), false))
        return "the words are not the same";
    if (!same_pieces(without_mark(text), without_mark(result), true))
        return "the comments are not the same";
    if (format(result, twice) != TC_OK)
        return "the formatted text cannot be formatted";
    if (!tc_str_eq(result, tc_buf_str(twice)))
        return "formatted again it changes";
    return look_fault(result);
}

const char *
tct_fmt_fault(struct tc_str text)
{
    struct tc_buf once = {0}, twice = {0};
    const char *fault = fault_of(text, &once, &twice);

    tc_buf_done(&once);
    tc_buf_done(&twice);
    return fault;
}

/* ---- other layouts ---- */

static void
put_blanks(struct tc_buf *out, struct tct_rng *rng, size_t least)
{
    for (size_t count = least + (tct_rng_one_in(rng, 2) ? 0 : tct_rng_below(rng, 5)); count > 0; count--)
        tc_buf_putc(out, tct_rng_one_in(rng, 4) ? '\t' : ' ');
}

static bool
is_mark(struct tc_str text)
{
    return text.len == 1 && memchr(";,{}", text.ptr[0], 4) != NULL;
}

/* How many blanks there have to be between two words. */
static size_t
least_between(struct tc_str before, struct tc_str after)
{
    bool string_before = tc_str_starts(before, TC_STR("\"")), string_after = tc_str_starts(after, TC_STR("\""));

    if (before.len == 0 || is_mark(before) || is_mark(after) || after.ptr[0] == '#')
        return 0;
    return string_before != string_after ? 0 : 1;
}

static bool
has_line_end(struct tc_str gap)
{
    return tc_str_has(gap, '\n') || tc_str_has(gap, '\r');
}

void
tct_fmt_respace(struct tc_str text, struct tct_rng *rng, struct tc_buf *out)
{
    size_t times = 1 + tct_rng_below(rng, 2), more = tct_rng_below(rng, 3);
    struct tc_str rest = without_mark(text), before = TC_STR("");
    struct piece piece;

    tc_buf_put(out, text.ptr, text.len - rest.len);
    while (next_piece(&rest, &piece)) {
        size_t indent = 0;

        if (!has_line_end(piece.gap)) {
            put_blanks(out, rng, before.len == 0 ? 0 : least_between(before, piece.text));
        } else {
            for (size_t i = 0; i < piece.gap.len; i++) {
                if (piece.gap.ptr[i] != '\n' && piece.gap.ptr[i] != '\r') {
                    indent++;
                    continue;
                }
                indent = 0;
                if (i == 0 || piece.gap.ptr[i - 1] != '\r')
                    put_blanks(out, rng, 0);
                tc_buf_putc(out, piece.gap.ptr[i]);
            }
            for (indent = indent * times + more; indent > 0; indent--)
                tc_buf_putc(out, tct_rng_one_in(rng, 4) ? '\t' : ' ');
        }
        tc_buf_puts(out, piece.text);
        before = piece.text;
    }
    if (has_line_end(rest))
        tc_buf_puts(out, rest);
}

/* A line end, sometimes with blank lines and comments behind it, and an indentation that lets a statement go on. */
static void
put_lines(struct tc_buf *out, struct tct_rng *rng, struct tc_str line_end)
{
    static const char *const comments[] = {"# c", "## d", "###", "#", "##", "#{ \"", "## ; } "};

    tc_buf_puts(out, line_end);
    while (tct_rng_one_in(rng, 3)) {
        if (tct_rng_one_in(rng, 2)) {
            put_blanks(out, rng, 0);
            tc_buf_puts(out, tc_str_of(comments[tct_rng_below(rng, sizeof comments / sizeof *comments)]));
        }
        tc_buf_puts(out, line_end);
    }
    for (size_t count = tct_rng_one_in(rng, 4) ? tct_rng_below(rng, 8) : 40; count > 0; count--)
        tc_buf_putc(out, ' ');
}

void
tct_fmt_relay(struct tc_str text, struct tct_rng *rng, struct tc_buf *out)
{
    static const struct tc_str line_ends[] = {{"\n", 1}, {"\r\n", 2}, {"\r", 1}};
    struct tc_str line_end = line_ends[tct_rng_below(rng, 3)], rest = without_mark(text), before = TC_STR("");
    size_t often = 2 + tct_rng_below(rng, 30);
    bool was_comment = false, joins = tct_rng_one_in(rng, 2);
    struct piece piece;

    if (tct_rng_one_in(rng, 4))
        tc_buf_puts(out, TC_STR("\xEF\xBB\xBF"));
    for (; next_piece(&rest, &piece); was_comment = piece.is_comment, before = piece.text) {
        bool on_line = has_line_end(piece.gap) && (!joins || was_comment || piece.is_comment);

        if (was_comment || tct_rng_one_in(rng, often)) {
            if (!was_comment && before.len > 0 && tct_rng_one_in(rng, 3))
                tc_buf_puts(out, TC_STR("# \"e\"; }"));
            put_lines(out, rng, line_end);
        } else if (on_line && before.len > 0) {
            tc_buf_puts(out, piece.gap);
        } else {
            put_blanks(out, rng, least_between(before, piece.text));
        }
        tc_buf_puts(out, piece.text);
        if (tc_str_eq(piece.text, TC_STR("}")) && tct_rng_one_in(rng, 2 * often))
            tc_buf_putc(out, ';');
    }
}
