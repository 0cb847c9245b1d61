/* Patterns that are matched without an engine, against the engine: in a group the same pattern is no simple one. */
#include "model/netregex.h"
#include "model/netregex_simple.h"
#include "support/unit.h"
#include "unit/suites.h"

static const unsigned options[] = {0, TC_NETREGEX_IGNORE_CASE, TC_NETREGEX_SINGLELINE,
                                   TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE};

static enum tc_netregex_status
covers(struct tc_str pattern, unsigned option, struct tc_str text)
{
    struct tc_netregex *regex = NULL;
    enum tc_netregex_status status = tc_netregex_compile(pattern, option, &regex);

    ck_assert_msg(status == TC_NETREGEX_OK, "%.*s", TC_STR_ARG(pattern));
    status = tc_netregex_covers(regex, text);
    tc_netregex_done(regex);
    return status;
}

static void
compare(struct tc_str pattern, struct tc_str text)
{
    struct tc_buf grouped = {0};

    tc_buf_printf(&grouped, "(?:%.*s)", TC_STR_ARG(pattern));
    for (int i = 0; i < TCT_COUNT(options); i++) {
        ck_assert_msg(tc_netregex_is_simple(pattern, options[i]), "%.*s", TC_STR_ARG(pattern));
        ck_assert(!tc_netregex_is_simple(tc_buf_str(&grouped), options[i]));
        ck_assert_msg(covers(pattern, options[i], text) == covers(tc_buf_str(&grouped), options[i], text),
                      "'%.*s' and '%.*s', options %u", TC_STR_ARG(pattern), TC_STR_ARG(text), options[i]);
    }
    tc_buf_done(&grouped);
}

START_TEST(agrees_with_the_engine)
{
    static const char *const patterns[] = {"https?://api\\.example\\.com/.*[/]?",
                                           "http://.*",
                                           "a*a",
                                           "a?a?aa",
                                           "[a-z]+[A-Z0-9]*x?",
                                           "\\.\\\\\\*",
                                           "K+",
                                           "[k.]+",
                                           ".+b.?",
                                           "x*y*z*",
                                           ".*.*.*c"};
    static const char *const texts[] = {"https://api.example.com/",
                                        "http://API.example.com/x",
                                        "http://apiXexample.com/",
                                        "aaa",
                                        "aa",
                                        "a",
                                        "abcXYZ09x",
                                        ".\\*",
                                        "kK",
                                        "\xE2\x84\xAA",
                                        "a\nb",
                                        "ab",
                                        "xyz",
                                        "zyx",
                                        "cccccccccccccccccccc",
                                        ("\xC3\xA4"
                                         "c")};

    for (int i = 0; i < TCT_COUNT(patterns); i++)
        for (int k = 0; k < TCT_COUNT(texts); k++)
            compare(tc_str_of(patterns[i]), tc_str_of(texts[k]));
}
END_TEST

static uint32_t
next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

START_TEST(agrees_on_any_pattern)
{
    static const char *const pieces[] = {"a", "b", "B", ".", "[ab]", "[0-9a]", "\\.", "/", "-", "A"};
    static const char *const quantifiers[] = {"", "", "?", "*", "+"};
    static const char letters[] = "abAB.0/-\n";
    uint32_t seed = 11;

    for (int round = 0; round < 3000; round++) {
        struct tc_buf pattern = {0}, text = {0};

        for (uint32_t i = next(&seed) % 6 + 1; i > 0; i--) {
            tc_buf_puts(&pattern, tc_str_of(pieces[next(&seed) % TCT_COUNT(pieces)]));
            tc_buf_puts(&pattern, tc_str_of(quantifiers[next(&seed) % TCT_COUNT(quantifiers)]));
        }
        for (uint32_t i = next(&seed) % 8; i > 0; i--)
            tc_buf_putc(&text, letters[next(&seed) % (sizeof letters - 1)]);
        compare(tc_buf_str(&pattern), tc_buf_str(&text));
        tc_buf_done(&pattern);
        tc_buf_done(&text);
    }
}
END_TEST

START_TEST(leaves_the_rest_to_the_engine)
{
    static const char *const patterns[] = {"a|b",      "(a)", "a{2}", "a*?",   "a++", "^a", "a$",    "[^a]", "[a-c]",
                                           "\\d",      "\\w", "[a",   "[\\.]", "a b", "#",  "[]a]",  "[a-]", "*a",
                                           "\xC3\xA4", "\\",  "a\\",  "[",     "]",   "}",  "[[a]]", ")",    "(?i)a"};

    for (int i = 0; i < TCT_COUNT(patterns); i++)
        ck_assert_msg(!tc_netregex_is_simple(tc_str_of(patterns[i]), 0), "%s", patterns[i]);
    ck_assert(!tc_netregex_is_simple(TC_STR("a"), TC_NETREGEX_IGNORE_WHITE_SPACE));
}
END_TEST

/* So many ways to try that the engine has to say it: it knows when to give up. */
START_TEST(asks_the_engine_when_it_takes_long)
{
    struct tc_str pattern = TC_STR("a*a*a*a*a*a*b"), text = TC_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

    ck_assert_int_eq(tc_netregex_simple_covers(pattern, 0, text), TC_NETREGEX_UNSUPPORTED);
    compare(pattern, text);
}
END_TEST

Suite *
tct_netregex_suite(void)
{
    Suite *suite = suite_create("netregex");
    TCase *tc = tcase_create("simple");

    tcase_add_test(tc, agrees_with_the_engine);
    tcase_add_test(tc, agrees_on_any_pattern);
    tcase_add_test(tc, leaves_the_rest_to_the_engine);
    tcase_add_test(tc, asks_the_engine_when_it_takes_long);
    suite_add_tcase(suite, tc);
    return suite;
}
