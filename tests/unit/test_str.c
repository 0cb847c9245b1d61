#include "base/arena.h"
#include "base/ascii.h"
#include "base/str.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

static struct tc_arena arena;
static struct tc_buf buf;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_buf_init(&buf);
}

static void
teardown(void)
{
    tc_buf_done(&buf);
    tc_arena_done(&arena);
}

static int
sign(int n)
{
    return (n > 0) - (n < 0);
}

/* Every byte against a list of those that are meant. */
START_TEST(knows_bytes_of_ascii)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char digits[] = "0123456789", hex[] = "0123456789abcdef", hex_upper[] = "0123456789ABCDEF";
    char c = (char)_i;
    bool letter = c != '\0' && (strchr(lower, c) != NULL || strchr(upper, c) != NULL);
    bool digit = c != '\0' && strchr(digits, c) != NULL;
    const char *place = c == '\0' ? NULL : strchr(hex, c);
    const char *place_upper = c == '\0' ? NULL : strchr(hex_upper, c);

    ck_assert_int_eq(tc_ascii_is_letter(c), letter);
    ck_assert_int_eq(tc_ascii_is_digit(c), digit);
    ck_assert_int_eq(tc_ascii_is_alnum(c), letter || digit);
    ck_assert_int_eq(tc_ascii_hex(c), place != NULL ? place - hex : place_upper != NULL ? place_upper - hex_upper : -1);
    ck_assert_int_eq(tc_ascii_is_white(c), c != '\0' && strchr(" \t\r\n", c) != NULL);
    ck_assert_int_eq(tc_ascii_is_slash(c), c == '/' || c == '\\');
}
END_TEST

static const struct {
    struct tc_str a, b;
    int order;
    bool eq_nocase;
} pairs[] = {
    {TCT_STR(""), TCT_STR(""), 0, true},
    {{NULL, 0}, TCT_STR(""), 0, true},
    {TCT_STR(""), TCT_STR("a"), -1, false},
    {TCT_STR("abc"), TCT_STR("abc"), 0, true},
    {TCT_STR("abc"), TCT_STR("abcd"), -1, false},
    {TCT_STR("abd"), TCT_STR("abcd"), 1, false},
    {TCT_STR("ABC"), TCT_STR("abc"), -1, true},
    {TCT_STR("a\0b"), TCT_STR("a\0c"), -1, false},
    {TCT_STR("a\0B"), TCT_STR("A\0b"), 1, true},
    {TCT_STR("z"), TCT_STR("\xC3\xA4"), -1, false},
    {TCT_STR("\xC3\x84"), TCT_STR("\xC3\xA4"), -1, false}, /* a-umlaut: no ASCII letter */
    {TCT_STR("@[`{"), TCT_STR("`{@["), -1, false},         /* beside the letters */
};

START_TEST(compares)
{
    struct tc_str a = pairs[_i].a, b = pairs[_i].b;

    ck_assert_int_eq(sign(tc_str_cmp(a, b)), pairs[_i].order);
    ck_assert_int_eq(sign(tc_str_cmp(b, a)), -pairs[_i].order);
    ck_assert_int_eq(tc_str_eq(a, b), pairs[_i].order == 0);
    ck_assert_int_eq(tc_str_eq_nocase(a, b), pairs[_i].eq_nocase);
    ck_assert_int_eq(tc_str_eq_nocase(b, a), pairs[_i].eq_nocase);
}
END_TEST

START_TEST(wraps_c_strings)
{
    ck_assert_uint_eq(tc_str_of(NULL).len, 0);
    tct_assert_str(tc_str_of(""), TC_STR(""));
    tct_assert_str(tc_str_of("abc"), TC_STR("abc"));
}
END_TEST

static const struct {
    struct tc_str text, part;
    bool starts, ends;
    size_t from, found;
} searches[] = {
    {TCT_STR(""), TCT_STR(""), true, true, 0, 0},
    {TCT_STR(""), TCT_STR("a"), false, false, 0, SIZE_MAX},
    {TCT_STR(""), TCT_STR(""), true, true, 1, SIZE_MAX},
    {{NULL, 0}, TCT_STR("a"), false, false, 0, SIZE_MAX},
    {{NULL, 0}, {NULL, 0}, true, true, 0, 0},
    {TCT_STR("abcab"), TCT_STR("ab"), true, true, 0, 0},
    {TCT_STR("abcab"), TCT_STR("ab"), true, true, 1, 3},
    {TCT_STR("abcab"), TCT_STR("ab"), true, true, 3, 3},
    {TCT_STR("abcab"), TCT_STR("ab"), true, true, 4, SIZE_MAX},
    {TCT_STR("abcab"), TCT_STR("ab"), true, true, SIZE_MAX, SIZE_MAX},
    {TCT_STR("abcab"), TCT_STR(""), true, true, 5, 5},
    {TCT_STR("abcab"), TCT_STR("abc"), true, false, 0, 0},
    {TCT_STR("abcab"), TCT_STR("cab"), false, true, 0, 2},
    {TCT_STR("abcab"), TCT_STR("abcabc"), false, false, 0, SIZE_MAX},
    {TCT_STR("a\0b\0c"), TCT_STR("\0c"), false, true, 0, 3},
};

START_TEST(searches_parts)
{
    ck_assert_int_eq(tc_str_starts(searches[_i].text, searches[_i].part), searches[_i].starts);
    ck_assert_int_eq(tc_str_ends(searches[_i].text, searches[_i].part), searches[_i].ends);
    ck_assert_uint_eq(tc_str_find(searches[_i].text, searches[_i].part, searches[_i].from), searches[_i].found);
}
END_TEST

static const struct {
    struct tc_str text;
    size_t skip, len;
    struct tc_str part;
} subs[] = {
    {{NULL, 0}, 3, 3, TCT_STR("")},
    {TCT_STR("abc"), 0, 3, TCT_STR("abc")},
    {TCT_STR("abc"), 1, 1, TCT_STR("b")},
    {TCT_STR("abc"), 1, 9, TCT_STR("bc")},
    {TCT_STR("abc"), 1, SIZE_MAX, TCT_STR("bc")},
    {TCT_STR("abc"), 3, 1, TCT_STR("")},
    {TCT_STR("abc"), SIZE_MAX, SIZE_MAX, TCT_STR("")},
};

START_TEST(cuts_parts)
{
    tct_assert_str(tc_str_sub(subs[_i].text, subs[_i].skip, subs[_i].len), subs[_i].part);
}
END_TEST

static const struct {
    struct tc_str text, trimmed;
} trims[] = {
    {{NULL, 0}, TCT_STR("")},
    {TCT_STR(" \t "), TCT_STR("")},
    {TCT_STR("a"), TCT_STR("a")},
    {TCT_STR(" \ta b\t "), TCT_STR("a b")},
    {TCT_STR("\na\r"), TCT_STR("\na\r")},
};

START_TEST(trims_blanks)
{
    tct_assert_str(tc_str_trim(trims[_i].text), trims[_i].trimmed);
}
END_TEST

static const struct {
    struct tc_str text, folded;
} folds[] = {
    {{NULL, 0}, TCT_STR("")},
    {TCT_STR("already lower 123 @[`{"), TCT_STR("already lower 123 @[`{")},
    {TCT_STR("C:\\Sites\\WWW"), TCT_STR("c:\\sites\\www")},
    {TCT_STR("\xC3\x84\xC3\x96\xC3\x9F"), TCT_STR("\xC3\xA4\xC3\xB6\xC3\x9F")}, /* umlauts; sharp s stays */
    {TCT_STR("\xD0\x96"), TCT_STR("\xD0\xB6")},                                 /* Cyrillic */
    {TCT_STR("\xCE\xA3\xCF\x82\xCF\x83"), TCT_STR("\xCF\x83\xCF\x83\xCF\x83")}, /* all sigmas are one */
    {TCT_STR("\xC8\xBA"
             "A"),
     TCT_STR("\xE2\xB1\xA5"
             "a")},                                             /* U+023A grows by a byte */
    {TCT_STR("\xE2\x84\xAA"), TCT_STR("k")},                    /* the Kelvin sign shrinks */
    {TCT_STR("\xF0\x90\x90\x80"), TCT_STR("\xF0\x90\x90\xA8")}, /* Deseret, outside the BMP */
    {TCT_STR("A\xFF"
             "B\xC3"),
     TCT_STR("a\xFF"
             "b\xC3")}, /* bad bytes stay */
    {TCT_STR("A\0B"), TCT_STR("a\0b")},
};

START_TEST(folds_case)
{
    struct tc_str text = folds[_i].text;
    struct tc_str folded = tc_str_fold(&arena, text);

    tct_assert_str(folded, folds[_i].folded);
    if (tc_str_eq(text, folds[_i].folded))
        ck_assert_ptr_eq(folded.ptr, text.ptr);
    else
        ck_assert_int_eq(folded.ptr[folded.len], '\0');
    tct_assert_str(tc_str_fold(&arena, folded), folded); /* once is enough */
}
END_TEST

START_TEST(fold_reports_lack_of_memory)
{
    ck_assert_ptr_null(tc_arena_alloc(&arena, SIZE_MAX, 1));
    ck_assert_uint_eq(tc_str_fold(&arena, TC_STR("A")).len, 0);
    tct_assert_str(tc_str_fold(&arena, TC_STR("a")), TC_STR("a"));
}
END_TEST

static const struct {
    struct tc_str text;
    size_t bad; /* SIZE_MAX: well-formed */
} utf8[] = {
    {TCT_STR(""), SIZE_MAX},
    {TCT_STR("a\0b\x7F"), SIZE_MAX},
    {TCT_STR("\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), SIZE_MAX},
    {TCT_STR("ab\x80"), 2}, /* no start */
    {TCT_STR("ab\xC3"), 2}, /* cut off */
    {TCT_STR("ab\xE2\x82"), 2},
    {TCT_STR("ab\xF0\x9F\x98"), 2},
    {TCT_STR("\xC3"
             "a"),
     0},                      /* not continued */
    {TCT_STR("\xC0\x80"), 0}, /* longer than need be */
    {TCT_STR("\xE0\x80\x80"), 0},
    {TCT_STR("\xF0\x80\x80\x80"), 0},
    {TCT_STR("x\xED\xA0\x80"), 1},     /* a surrogate */
    {TCT_STR("x\xF4\x90\x80\x80"), 1}, /* beyond U+10FFFF */
    {TCT_STR("x\xFF"), 1},
    {TCT_STR("\xF8\x88\x80\x80\x80"), 0},
    {TCT_STR("0123456789abcdef0123456789abcdef0123456789abcdef"), SIZE_MAX},
    {TCT_STR("0123456789abcdef0123456789abcde\xFF"), 31}, /* where many are looked at together */
    {TCT_STR("\xC3\xA9"
             "0123456789abcdef0123456789abcdef\xC3\xA9\x80"),
     36},
};

START_TEST(checks_utf8)
{
    size_t bad = 12345;

    ck_assert_int_eq(tc_str_is_utf8(utf8[_i].text, &bad), utf8[_i].bad == SIZE_MAX);
    ck_assert_uint_eq(bad, utf8[_i].bad == SIZE_MAX ? 12345 : utf8[_i].bad);
    ck_assert_int_eq(tc_str_is_utf8(utf8[_i].text, NULL), utf8[_i].bad == SIZE_MAX);
}
END_TEST

START_TEST(decodes_utf8)
{
    static const struct tc_str text = TCT_STR("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xFF\xC3");
    static const uint32_t codes[] = {'a', 0xE4, 0x20AC, 0x1F600, TC_UTF8_BAD, TC_UTF8_BAD, 0};
    static const size_t lengths[] = {1, 2, 3, 4, 1, 1, 0};
    size_t offset = 0;

    for (size_t i = 0; i < TCT_COUNT(codes); i++) {
        uint32_t code = 1;

        ck_assert_uint_eq(tc_utf8_next(text, offset, &code), lengths[i]);
        ck_assert_uint_eq(code, codes[i]);
        offset += lengths[i];
    }
    ck_assert_uint_eq(offset, text.len);
}
END_TEST

static const struct {
    struct tc_str a, b;
    unsigned distance;
} distances[] = {
    {TCT_STR(""), TCT_STR(""), 0},
    {TCT_STR(""), TCT_STR("abc"), 3},
    {TCT_STR("FileIO"), TCT_STR("fileio"), 0},
    {TCT_STR("raed"), TCT_STR("read"), 1},
    {TCT_STR("read"), TCT_STR("reads"), 1},
    {TCT_STR("read"), TCT_STR("rad"), 1},
    {TCT_STR("read"), TCT_STR("reap"), 1},
    {TCT_STR("kitten"), TCT_STR("sitting"), 3},
    {TCT_STR("ca"), TCT_STR("abc"), 3}, /* 2 if what was swapped could be edited again */
    {TCT_STR("abcdef"), TCT_STR("badcfe"), 3},
    {TCT_STR("abcdefgh"), TCT_STR("hgfedcba"), 7},
    {TCT_STR("unmanaged-code"), TCT_STR("UnmanagedCode"), 1},
};

START_TEST(measures_distance)
{
    struct tc_str a = distances[_i].a, b = distances[_i].b;

    for (unsigned limit = 0; limit < 10; limit++) {
        unsigned expected = distances[_i].distance <= limit ? distances[_i].distance : limit + 1;

        ck_assert_uint_eq(tc_str_distance(a, b, limit), expected);
        ck_assert_uint_eq(tc_str_distance(b, a, limit), expected);
    }
    ck_assert_uint_eq(tc_str_distance(a, b, UINT_MAX), distances[_i].distance);
}
END_TEST

START_TEST(long_names_are_never_near)
{
    char name[65];

    memset(name, 'x', sizeof name);
    ck_assert_uint_eq(tc_str_distance((struct tc_str){name, 64}, (struct tc_str){name, 64}, 2), 0);
    ck_assert_uint_eq(tc_str_distance((struct tc_str){name, 65}, (struct tc_str){name, 65}, 2), 3);
    ck_assert_uint_eq(tc_str_distance((struct tc_str){name, 64}, (struct tc_str){name, 0}, 64), 64);
}
END_TEST

static const struct {
    const char *text;
    bool is_day;
} days[] = {
    {"2026-11-23", true},  {"2024-02-29", true},   {"2000-02-29", true},  {"0001-01-01", true},  {"9999-12-31", true},
    {"2027-99-99", false}, {"2027-02-29", false},  {"1900-02-29", false}, {"2027-04-31", false}, {"2027-00-10", false},
    {"2027-13-01", false}, {"2027-01-00", false},  {"0000-01-01", false}, {"2027-1-01", false},  {"2027/01/01", false},
    {"2027-01-0x", false}, {"2027-01-011", false}, {"tomorrow", false},   {"", false},
};

START_TEST(days_are_of_the_calendar)
{
    ck_assert_msg(tc_str_is_day(tc_str_of(days[_i].text)) == days[_i].is_day, "'%s'", days[_i].text);
}
END_TEST

START_TEST(buffer_grows)
{
    for (unsigned i = 0; i < 3000; i++) {
        tc_buf_putc(&buf, (char)('a' + i % 26));
        tc_buf_puts(&buf, TC_STR("<\0>"));
        tc_buf_put(&buf, "xyz", 2);
    }
    ck_assert(!buf.failed);
    ck_assert_uint_eq(buf.len, 3000 * 6);
    for (unsigned i = 0; i < 3000; i++) {
        ck_assert_int_eq(buf.ptr[i * 6], 'a' + (int)(i % 26));
        ck_assert_mem_eq(buf.ptr + i * 6 + 1, "<\0>xy", 5);
    }
}
END_TEST

START_TEST(buffer_takes_nothing)
{
    tc_buf_put(&buf, NULL, 0);
    tc_buf_puts(&buf, (struct tc_str){0});
    tc_buf_printf(&buf, "%s", "");
    ck_assert(!buf.failed);
    ck_assert_uint_eq(tc_buf_str(&buf).len, 0);
}
END_TEST

static const int lengths[] = {0, 1, 254, 255, 256, 257, 511, 512, 513, 5000};

/* With `_i` bytes more to print than fit, exactly fit, ... */
START_TEST(buffer_prints_any_length)
{
    tc_buf_puts(&buf, TC_STR("kept "));
    tc_buf_printf(&buf, "%0*d|", lengths[_i], 0);
    ck_assert(!buf.failed);
    ck_assert_uint_eq(buf.len, 5 + (size_t)(lengths[_i] == 0 ? 1 : lengths[_i]) + 1);
    ck_assert_mem_eq(buf.ptr, "kept 0", 6);
    ck_assert_int_eq(buf.ptr[buf.len - 2], '0');
    ck_assert_int_eq(buf.ptr[buf.len - 1], '|');
}
END_TEST

START_TEST(buffer_is_reused)
{
    const char *memory;

    ck_assert(tc_buf_reserve(&buf, 1000));
    memory = buf.ptr;
    tc_buf_puts(&buf, TC_STR("first"));
    tc_buf_clear(&buf);
    tc_buf_puts(&buf, TC_STR("second"));
    tct_assert_str(tc_buf_str(&buf), TC_STR("second"));
    ck_assert_ptr_eq(buf.ptr, memory);
    tc_buf_done(&buf);
    ck_assert_uint_eq(tc_buf_str(&buf).len, 0);
    tc_buf_puts(&buf, TC_STR("third"));
    tct_assert_str(tc_buf_str(&buf), TC_STR("third"));
    tc_buf_done(NULL);
}
END_TEST

START_TEST(buffer_failure_sticks)
{
    tc_buf_puts(&buf, TC_STR("kept"));
    ck_assert(!tc_buf_reserve(&buf, SIZE_MAX - _i));
    ck_assert(buf.failed);
    ck_assert(!tc_buf_reserve(&buf, 1));
    tc_buf_puts(&buf, TC_STR("dropped"));
    tc_buf_putc(&buf, 'x');
    tc_buf_printf(&buf, "x");
    tct_assert_str(tc_buf_str(&buf), TC_STR("kept"));
    tc_buf_clear(&buf);
    ck_assert(buf.failed);
}
END_TEST

static const struct {
    struct tc_str text, part;
    bool starts, ends;
} nocase[] = {
    {TCT_STR("Web.Config"), TCT_STR("web"), true, false},
    {TCT_STR("Web.Config"), TCT_STR(".CONFIG"), false, true},
    {TCT_STR("Web"), TCT_STR("wEB"), true, true},
    {TCT_STR("Web"), TCT_STR("web."), false, false},
    {TCT_STR("Web"), TCT_STR(""), true, true},
    {{NULL, 0}, TCT_STR(""), true, true},
    {{NULL, 0}, TCT_STR("w"), false, false},
    {TCT_STR("\xC3\x84x"), TCT_STR("\xC3\xA4"), false, false}, /* a-umlaut: no ASCII letter */
};

START_TEST(compares_ends_without_case)
{
    ck_assert_int_eq(tc_str_starts_nocase(nocase[_i].text, nocase[_i].part), nocase[_i].starts);
    ck_assert_int_eq(tc_str_ends_nocase(nocase[_i].text, nocase[_i].part), nocase[_i].ends);
}
END_TEST

static const struct {
    struct tc_str text;
    const char *separators;
    struct tc_str last;
    const char *parts; /* each in brackets */
} partitions[] = {
    {TCT_STR(""), "/", TCT_STR(""), ""},
    {{NULL, 0}, "/", TCT_STR(""), ""},
    {TCT_STR("a"), "/", TCT_STR("a"), "[a]"},
    {TCT_STR("a/b\\c"), "/\\", TCT_STR("c"), "[a][b][c]"},
    {TCT_STR("a/b\\c"), "/", TCT_STR("b\\c"), "[a][b\\c]"},
    {TCT_STR("a//b"), "/", TCT_STR("b"), "[a][][b]"},
    {TCT_STR("/a/"), "/", TCT_STR(""), "[][a]"},
    {TCT_STR("System.Web.UI"), ".", TCT_STR("UI"), "[System][Web][UI]"},
    {TCT_STR("a\0b/c"), "/", TCT_STR("c"), "[a\0b][c]"},
};

START_TEST(takes_parts_between_separators)
{
    struct tc_str rest = partitions[_i].text, part, last = tc_str_last_part(rest, partitions[_i].separators);

    ck_assert(tc_str_eq(last, partitions[_i].last));
    while (tc_str_next_part(&rest, partitions[_i].separators, &part)) {
        tc_buf_putc(&buf, '[');
        tc_buf_puts(&buf, part);
        tc_buf_putc(&buf, ']');
    }
    tc_buf_putc(&buf, '\0');
    ck_assert_str_eq(buf.ptr, partitions[_i].parts);
}
END_TEST

START_TEST(looks_for_a_byte)
{
    ck_assert(tc_str_has(TC_STR("a/b"), '/'));
    ck_assert(tc_str_has(TC_STR("a\0b"), '\0'));
    ck_assert(!tc_str_has(TC_STR("ab"), '\0'));
    ck_assert(!tc_str_has(TC_STR("ab"), 'A'));
    ck_assert(!tc_str_has((struct tc_str){NULL, 0}, 'a'));
}
END_TEST

Suite *
tct_str_suite(void)
{
    Suite *suite = suite_create("str");
    TCase *tc = tcase_create("slices");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, compares, 0, TCT_COUNT(pairs));
    tcase_add_loop_test(tc, knows_bytes_of_ascii, 0, 256);
    tcase_add_test(tc, wraps_c_strings);
    tcase_add_loop_test(tc, searches_parts, 0, TCT_COUNT(searches));
    tcase_add_loop_test(tc, cuts_parts, 0, TCT_COUNT(subs));
    tcase_add_loop_test(tc, compares_ends_without_case, 0, TCT_COUNT(nocase));
    tcase_add_loop_test(tc, takes_parts_between_separators, 0, TCT_COUNT(partitions));
    tcase_add_test(tc, looks_for_a_byte);
    tcase_add_loop_test(tc, trims_blanks, 0, TCT_COUNT(trims));
    suite_add_tcase(suite, tc);

    tc = tcase_create("unicode");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, folds_case, 0, TCT_COUNT(folds));
    tcase_add_test(tc, fold_reports_lack_of_memory);
    tcase_add_loop_test(tc, checks_utf8, 0, TCT_COUNT(utf8));
    tcase_add_test(tc, decodes_utf8);
    suite_add_tcase(suite, tc);

    tc = tcase_create("distance");
    tcase_add_loop_test(tc, measures_distance, 0, TCT_COUNT(distances));
    tcase_add_test(tc, long_names_are_never_near);
    suite_add_tcase(suite, tc);

    tc = tcase_create("buffer");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, days_are_of_the_calendar, 0, TCT_COUNT(days));
    tcase_add_test(tc, buffer_grows);
    tcase_add_test(tc, buffer_takes_nothing);
    tcase_add_loop_test(tc, buffer_prints_any_length, 0, TCT_COUNT(lengths));
    tcase_add_test(tc, buffer_is_reused);
    tcase_add_loop_test(tc, buffer_failure_sticks, 0, 6);
    suite_add_tcase(suite, tc);
    return suite;
}
