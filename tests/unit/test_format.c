/* tc_format() against vsnprintf(), which it stands in for. */
#include "base/format.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <stdio.h>
#include <string.h>

TC_PRINTF(2, 3)
static int
ours(char out[64], const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = tc_format(out, 64, format, args);
    va_end(args);
    return len;
}

TC_PRINTF(3, 4)
static int
cut(char *out, size_t size, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = tc_format(out, size, format, args);
    va_end(args);
    return len;
}

#define SAME(...)                                                                                                      \
    do {                                                                                                               \
        char a[64], b[64];                                                                                             \
        int len = snprintf(b, sizeof b, __VA_ARGS__);                                                                  \
        ck_assert_int_eq(ours(a, __VA_ARGS__), len);                                                                   \
        ck_assert_str_eq(a, b);                                                                                        \
    } while (0)

START_TEST(says_what_stdio_says)
{
    SAME("plain");
    SAME("%s", "");
    SAME("a %s b %s", "x", "yy");
    SAME("%.*s|%.*s|%.*s", 2, "abc", 9, "abc", 0, "abc");
    SAME("%c%c", 'a', 'z');
    SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
    SAME("%u %u", 0U, UINT_MAX);
    SAME("%x %x", 0U, 0xdeadbeefU);
    SAME("%zu %lu %llu", (size_t)0, 123UL, 18446744073709551615ULL);
    SAME("100%% of %s", "it");
    SAME("%-7s|%04d|%02X|%lld", "left", 7, 10U, -5LL); /* left to stdio, all of it */
    SAME("%s is %-4s|", "this", "x");
}
END_TEST

START_TEST(cuts_as_stdio_cuts)
{
    char out[16], expected[16];

    for (size_t size = 0; size < sizeof out; size++) {
        memset(out, '#', sizeof out);
        memset(expected, '#', sizeof expected);
        ck_assert_int_eq(cut(size == 0 ? NULL : out, size, "%s-%d", "text", 1234),
                         snprintf(size == 0 ? NULL : expected, size, "%s-%d", "text", 1234));
        ck_assert_mem_eq(out, expected, sizeof out);
    }
}
END_TEST

/* A slice may hold a NUL, and need not end in one: what is printed ends at the first of both ends. */
START_TEST(never_reads_past_a_slice)
{
    static const char bytes[4] = {'a', 'b', 'c', 'd'};
    char out[64];

    ck_assert_int_eq(ours(out, "%.*s.", 4, bytes), 5);
    ck_assert_str_eq(out, "abcd.");
    ck_assert_int_eq(ours(out, "%.*s.", 4, "a\0cd"), 2);
    ck_assert_str_eq(out, "a.");
}
END_TEST

Suite *
tct_format_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *tc = tcase_create("format");

    tcase_add_test(tc, says_what_stdio_says);
    tcase_add_test(tc, cuts_as_stdio_cuts);
    tcase_add_test(tc, never_reads_past_a_slice);
    suite_add_tcase(suite, tc);
    return suite;
}
