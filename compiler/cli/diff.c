#include "cli/diff.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3, EDITS_MAX = 2000 };

struct lines {
    struct tc_str *list; /* with their line ends */
    size_t count;
};

/* The shortest way from one text to the other (Myers): kept[i] is the line of the other that line i became, or -1. */
struct diff {
    struct lines a, b;
    long *kept;
};

static bool
split(struct tc_str text, struct lines *lines)
{
    size_t count = 0, begin = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    lines->list = malloc((count + 1) * sizeof *lines->list);
    lines->count = 0;
    if (lines->list == NULL)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\n') {
            lines->list[lines->count++] = tc_str_sub(text, begin, i + 1 - begin);
            begin = i + 1;
        }
    if (begin < text.len)
        lines->list[lines->count++] = tc_str_sub(text, begin, SIZE_MAX);
    return true;
}

static void
keep(struct diff *d, size_t i, size_t j)
{
    d->kept[i] = (long)j;
}

/* Whether the furthest point on diagonal @a k after @a e edits comes from the diagonal above it (an insertion). */
static bool
comes_from_above(const long *last, long k, long e)
{
    return k == -e || (k != e && last[k - 1 + e - 1] < last[k + 1 + e - 1]);
}

/* Walk back through the furthest points of each number of edits: steps[e][k + e] is the line of a on diagonal k. */
static void
trace(struct diff *d, long *const *steps, long e, size_t first, long n, long m)
{
    long x = n, y = m;

    for (; e > 0; e--) {
        const long *last = steps[e - 1];
        long k = x - y, from_k = comes_from_above(last, k, e) ? k + 1 : k - 1;
        long from_x = last[from_k + e - 1], from_y = from_x - from_k;

        while (x > from_x && y > from_y) {
            x--;
            y--;
            keep(d, first + (size_t)x, first + (size_t)y);
        }
        x = from_x;
        y = from_y;
    }
    while (x > 0 && y > 0) {
        x--;
        y--;
        keep(d, first + (size_t)x, first + (size_t)y);
    }
}

/* The furthest points after @a e edits; whether the end is reached. */
static bool
advance(const struct diff *d, size_t first, long n, long m, const long *last, long *v, long e)
{
    for (long k = -e; k <= e; k += 2) {
        long x = e == 0 ? 0 : comes_from_above(last, k, e) ? last[k + 1 + e - 1] : last[k - 1 + e - 1] + 1;

        while (x < n && x - k < m && tc_str_eq(d->a.list[first + (size_t)x], d->b.list[first + (size_t)(x - k)]))
            x++;
        v[k + e] = x;
        if (x >= n && x - k >= m)
            return true;
    }
    return false;
}

/* Lines [first, first + n) of a against [first, first + m) of b. Without memory or with too many edits all is new. */
static void
compare(struct diff *d, size_t first, long n, long m)
{
    long limit = n + m < EDITS_MAX ? n + m : EDITS_MAX;
    long **steps = calloc((size_t)limit + 1, sizeof *steps);

    for (long e = 0; steps != NULL && e <= limit; e++) {
        steps[e] = calloc((size_t)(2 * e + 1), sizeof **steps);
        if (steps[e] == NULL)
            break;
        if (advance(d, first, n, m, e == 0 ? NULL : steps[e - 1], steps[e], e)) {
            trace(d, steps, e, first, n, m);
            break;
        }
    }
    for (long i = 0; steps != NULL && i <= limit; i++)
        free(steps[i]);
    free(steps);
}

static void
put_line(struct tc_buf *out, char sign, struct tc_str line)
{
    tc_buf_putc(out, sign);
    tc_buf_puts(out, line);
    if (!tc_str_ends(line, TC_STR("\n")))
        tc_buf_puts(out, TC_STR("\n\\ No newline at end of file\n"));
}

/* One hunk: lines [a, a_end) and [b, b_end). */
static void
put_hunk(struct tc_buf *out, const struct diff *d, size_t a, size_t a_end, size_t b, size_t b_end)
{
    tc_buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", a_end > a ? a + 1 : a, a_end - a, b_end > b ? b + 1 : b, b_end - b);
    while (a < a_end || b < b_end)
        if (a < a_end && d->kept[a] < 0)
            put_line(out, '-', d->a.list[a++]);
        else if (b < b_end && (a == a_end || d->kept[a] != (long)b))
            put_line(out, '+', d->b.list[b++]);
        else {
            put_line(out, ' ', d->a.list[a++]);
            b++;
        }
}

static void
put_hunks(struct tc_buf *out, const struct diff *d)
{
    size_t a = 0, b = 0;

    while (a < d->a.count || b < d->b.count) {
        size_t begin_a, begin_b, end_a, end_b, calm = 0;

        if (a < d->a.count && d->kept[a] == (long)b) {
            a++;
            b++;
            continue;
        }
        begin_a = a < CONTEXT ? 0 : a - CONTEXT;
        begin_b = b - (a - begin_a);
        end_a = a;
        end_b = b;
        while ((a < d->a.count || b < d->b.count) && calm <= 2 * CONTEXT) {
            if (a < d->a.count && d->kept[a] == (long)b) {
                a++;
                b++;
                calm++;
                continue;
            }
            if (a < d->a.count && d->kept[a] < 0)
                a++;
            else
                b++;
            calm = 0;
            end_a = a;
            end_b = b;
        }
        a = end_a;
        b = end_b;
        for (size_t i = 0; i < CONTEXT && a < d->a.count && d->kept[a] == (long)b; i++) {
            a++;
            b++;
        }
        put_hunk(out, d, begin_a, a, begin_b, b);
    }
}

void
tc_diff_put(struct tc_buf *out, const char *name, struct tc_str before, struct tc_str after)
{
    struct diff d = {0};
    size_t first = 0, last = 0;

    if (tc_str_eq(before, after))
        return;
    if (split(before, &d.a) && split(after, &d.b))
        d.kept = malloc((d.a.count + 1) * sizeof *d.kept);
    if (d.kept == NULL) {
        out->failed = true;
    } else {
        memset(d.kept, 0xFF, (d.a.count + 1) * sizeof *d.kept);
        while (first < d.a.count && first < d.b.count && tc_str_eq(d.a.list[first], d.b.list[first])) {
            keep(&d, first, first);
            first++;
        }
        while (last < d.a.count - first && last < d.b.count - first &&
               tc_str_eq(d.a.list[d.a.count - 1 - last], d.b.list[d.b.count - 1 - last])) {
            keep(&d, d.a.count - 1 - last, d.b.count - 1 - last);
            last++;
        }
        compare(&d, first, (long)(d.a.count - first - last), (long)(d.b.count - first - last));
        tc_buf_printf(out, "--- %s\n+++ %s\n", name, name);
        put_hunks(out, &d);
    }
    free(d.kept);
    free(d.a.list);
    free(d.b.list);
}
