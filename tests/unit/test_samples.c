/* URLs that patterns accept: which hosts come out, and that the short cut says what the long way says. */
#include "isolate/samples.h"
#include "support/unit.h"
#include "unit/suites.h"

static const struct {
    const char *pattern;
    const char *hosts; /* each once, as they come */
    bool is_open;
} cases[] = {
    {"https?://www\\.contoso\\.com/.*", "www.contoso.com", false},
    {"http://www\\.Contoso\\.com/a/b\\.aspx\\?c=d", "www.contoso.com", false},
    {"https://user@shop\\.example:8443/.*", "shop.example", false},
    {"http://\\[::1]/.*", "[::1]", false},
    {"https?://(www|shop)\\.a\\.example/.*", "www.a.example shop.a.example", false},
    {"http://a(-b)?\\.example/.*", "a.example a-b.example", false},
    {"http://www.contoso.com/.*", "wwwacontosoacom", true},
    {"https?://[^/]*\\.example/.*", ".example a.example", true},
    {"http://(a|b)+\\.example/.*", "a.example b.example aa.example ba.example ab.example bb.example", true},
    {"http://[0-9]{1,3}\\.example/", "1.example 11.example", true},
    {".*", "", true},
    {"https?://", "", false},
    {"(?<x>a)\\k<x>://b\\.example/", "", true},
    {"http://(", "", false},
};

static struct tc_arena arena;

static void
setup(void)
{
    tc_arena_init(&arena);
}

static void
teardown(void)
{
    tc_arena_done(&arena);
}

static struct tc_str
hosts_of(const struct tc_samples *samples)
{
    struct tc_str all = TC_STR(" ");

    for (size_t i = 0; i < samples->count; i++) {
        struct tc_str one = tc_arena_printf(&arena, " %.*s ", TC_STR_ARG(samples->items[i].host));

        if (tc_str_find(all, one, 0) == SIZE_MAX)
            all = tc_arena_printf(&arena, "%.*s%.*s ", TC_STR_ARG(all), TC_STR_ARG(tc_str_sub(one, 1, one.len - 2)));
        all = tc_str_ends(all, TC_STR("  ")) ? tc_str_sub(all, 0, all.len - 1) : all;
    }
    return tc_str_trim(all);
}

START_TEST(hosts_come_out)
{
    struct tc_samples samples, walked;

    tc_samples_make(&arena, tc_str_of(cases[_i].pattern), &samples);
    tct_assert_str(hosts_of(&samples), tc_str_of(cases[_i].hosts));
    ck_assert_msg(samples.is_open == cases[_i].is_open, "%s", cases[_i].pattern);
    tc_samples_walk(&arena, tc_str_of(cases[_i].pattern), &walked);
    tct_assert_str(hosts_of(&walked), tc_str_of(cases[_i].hosts));
    ck_assert_msg(walked.is_open == cases[_i].is_open, "%s", cases[_i].pattern);
}
END_TEST

Suite *
tct_samples_suite(void)
{
    Suite *s = suite_create("samples");
    TCase *tc = tcase_create("patterns");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, hosts_come_out, 0, TCT_COUNT(cases));
    suite_add_tcase(s, tc);
    return s;
}
