#include "syntax/layout_lines.h"

#include <string.h>

enum {
    COMMENT_GAP = 2,     /* blanks before a comment at the end of a line */
    COMMENT_COLUMN = 64, /* longer lines do not push the comments of others to the right */
};

static void
put_blanks(struct tc_buf *out, uint32_t count)
{
    static const char blanks[] = "                                                                ";

    for (; count > sizeof blanks - 1; count -= sizeof blanks - 1)
        tc_buf_put(out, blanks, sizeof blanks - 1);
    tc_buf_put(out, blanks, count);
}

static void
end_line(struct tc_lines *lines)
{
    if (lines->is_open)
        tc_buf_putc(&lines->text, '\n');
    lines->is_open = false;
}

void
tc_lines_start(struct tc_lines *lines, uint32_t depth, uint32_t column)
{
    end_line(lines);
    if (depth != lines->depth)
        lines->run++;
    lines->depth = depth;
    put_blanks(&lines->text, column);
    lines->column = column;
    lines->number++;
    lines->is_open = true;
}

void
tc_lines_blank(struct tc_lines *lines)
{
    end_line(lines);
    tc_buf_putc(&lines->text, '\n');
    lines->run++;
}

void
tc_lines_put(struct tc_lines *lines, struct tc_str text, uint32_t columns)
{
    tc_buf_puts(&lines->text, text);
    lines->column += columns;
}

void
tc_lines_pad(struct tc_lines *lines, uint32_t column)
{
    uint32_t blanks = column > lines->column ? column - lines->column : 1;

    put_blanks(&lines->text, blanks);
    lines->column += blanks;
}

void
tc_lines_end_run(struct tc_lines *lines)
{
    lines->run++;
}

void
tc_lines_comment(struct tc_lines *lines, struct tc_str text)
{
    struct tc_line_comment *larger = tc_arena_more(lines->arena, struct tc_line_comment, lines->comments,
                                                   lines->comment_count, &lines->comment_capacity, 64);

    if (larger == NULL)
        return;
    lines->comments = larger;
    lines->comments[lines->comment_count++] =
        (struct tc_line_comment){.at = lines->text.len, .column = lines->column, .run = lines->run, .text = text};
}

/* Text, with its line ends as they are to be. */
static void
put_text(struct tc_buf *out, struct tc_str text, bool is_crlf)
{
    while (is_crlf && text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);

        tc_buf_put(out, text.ptr, len);
        if (end == NULL)
            return;
        tc_buf_puts(out, TC_STR("\r\n"));
        text = tc_str_sub(text, len + 1, SIZE_MAX);
    }
    tc_buf_puts(out, text);
}

/* The column of the comments from @a first on that are of one run. */
static uint32_t
column_of_run(const struct tc_lines *lines, size_t first)
{
    uint32_t column = 0;

    for (size_t i = first; i < lines->comment_count && lines->comments[i].run == lines->comments[first].run; i++) {
        uint32_t own = lines->comments[i].column + COMMENT_GAP;

        if (own > column && own <= COMMENT_COLUMN)
            column = own;
    }
    return column;
}

void
tc_lines_finish(struct tc_lines *lines, bool is_crlf, struct tc_buf *out)
{
    struct tc_str text;
    uint32_t column = 0;
    size_t at = 0;

    end_line(lines);
    text = tc_buf_str(&lines->text);
    for (size_t i = 0; i < lines->comment_count; i++) {
        const struct tc_line_comment *comment = &lines->comments[i];

        if (i == 0 || comment->run != comment[-1].run)
            column = column_of_run(lines, i);
        put_text(out, tc_str_sub(text, at, comment->at - at), is_crlf);
        put_blanks(out, column >= comment->column + COMMENT_GAP ? column - comment->column : COMMENT_GAP);
        tc_buf_puts(out, comment->text);
        at = comment->at;
    }
    put_text(out, tc_str_sub(text, at, SIZE_MAX), is_crlf);
    out->failed |= lines->text.failed;
    tc_buf_done(&lines->text);
}
