/*
 * What `trustc lint` makes of URLs, regular expressions and keys when it mends them: the text that comes out, and that
 * nothing more is found in it. And what it knows of a pattern before that.
 */
#include "api/lint.h"
#include "check/fix.h"
#include "model/netregex.h"
#include "support/examples.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

static struct tc_lint lint;
static struct tc_lint_settings settings;
static struct tc_compilation c;

static void
setup(void)
{
    tc_lint_init(&lint);
    tc_compilation_init(&c);
}

static void
teardown(void)
{
    tc_compilation_done(&c);
    tc_lint_done(&lint);
}

static void
run(struct tc_str text)
{
    enum tc_file_kind kind;

    tc_compilation_done(&c);
    tc_compilation_init(&c);
    ck_assert_int_eq(tc_lint_file(&c, &lint, &settings, TC_STR("web_example.config"), text, NULL, &kind), TC_OK);
}

/* Lint and mend @a text until nothing more is offered; the result stands in @a out, as does what follows it. */
static void
mend(struct tc_buf *out)
{
    for (int round = 0; round < 4; round++) {
        struct tc_fix_result result;
        struct tc_buf next = {0};

        tc_buf_puts(out, (struct tc_str){"\0", 2});
        out->len -= 2;
        run(tc_buf_str(out));
        ck_assert_int_eq(tc_fix_apply(&c.diags, c.sources.list[0], true, &result), TC_OK);
        if (result.applied == 0)
            return;
        tc_buf_puts(&next, result.text);
        tc_buf_done(out);
        *out = next;
    }
    ck_abort_msg("there is no end of mending");
}

static const struct {
    enum tc_example example;
    const char *format; /* with a %s for what is mended */
    const char *before, *after;
} cases[] = {
#define URI(before, after)                                                                                             \
    {                                                                                                                  \
        TC_EXAMPLE_SET,                                                                                                \
            "<IPermission class=\"WebPermission\" version=\"1\"><ConnectAccess><URI "                                  \
            "uri=\"%s\"/></ConnectAccess></IPermission>",                                                              \
            before, after                                                                                              \
    }
#define GROUP(condition, before, after)                                                                                \
    {                                                                                                                  \
        TC_EXAMPLE_GROUPS,                                                                                             \
            "<CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"Execution\">"                       \
            "<IMembershipCondition class=\"" condition "\" version=\"1\" %s/></CodeGroup>",                            \
            before, after                                                                                              \
    }
    URI("http://*.akismet.com/1.1/*", "http://[^/]*\\.akismet\\.com/1.1/.*"),
    URI("*.contoso.com", "https?://[^/]*\\.contoso\\.com/.*"),
    URI("*.contoso.com/*", "https?://[^/]*\\.contoso\\.com/.*"),
    URI("*://www.contoso.com/*", "https?://www\\.contoso\\.com/.*"),
    URI("https://127.0.0.1:*/api", "https://127\\.0\\.0\\.1:[0-9]+/api"),
    URI("http://www.contoso.com", "http://www\\.contoso\\.com/.*"),
    URI("www.contoso.com/", "https?://www\\.contoso\\.com/.*"),
    URI("^www.contoso.com/.*", "^https?://www\\.contoso\\.com/.*"),
    URI(" http://www.contoso.com/.*\t", "http://www\\.contoso\\.com/.*"),
    URI("http://www\\.contoso\\.com:80/.*", "http://www\\.contoso\\.com/.*"),
    URI("http://www\\.contoso\\.com.*", "http://www\\.contoso\\.com/.*"),
    URI("http://www\\.contoso\\.com/?.*", "http://www\\.contoso\\.com/.*"),
    URI("http://.*\\.contoso\\.com/.*", "http://[^/]*\\.contoso\\.com/.*"),
    URI("http://\\www\\.contoso\\.com/.*", "http://www\\.contoso\\.com/.*"),
    GROUP("UrlMembershipCondition", "Url=\"file:///D:/Lib/*.dll\"", "Url=\"file:///D:/Lib/*\""),
    GROUP("UrlMembershipCondition", "Url=\"file:///D:/Lib/.*\"", "Url=\"file:///D:/Lib/*\""),
    GROUP("UrlMembershipCondition", "Url=\"file:///D:/Lib\"", "Url=\"file:///D:/Lib/*\""),
    GROUP("UrlMembershipCondition", "Url=\"file:///D:/Lib/\"", "Url=\"file:///D:/Lib/*\""),
    GROUP("ZoneMembershipCondition", "Zone=\"internet\"", "Zone=\"Internet\""),
    GROUP("StrongNameMembershipCondition", "PublicKeyBlob=\"0x00000000 00000000\r\n\t04000000 00000000 \"",
          "PublicKeyBlob=\"00000000000000000400000000000000\""),
};

START_TEST(says_what_was_meant)
{
    struct tc_buf file = {0}, fragment = {0};
    const char *format = cases[_i].format, *rest = strstr(format, "%s") + 2;
    struct tc_str head = {format, (size_t)(rest - 2 - format)}, mended;
    size_t at;

    tc_buf_printf(&fragment, "%.*s%s%s%c", TC_STR_ARG(head), cases[_i].before, rest, '\0');
    tct_example_put(&file, cases[_i].example, fragment.ptr);
    mend(&file);
    at = tc_str_find(tc_buf_str(&file), head, 0);
    ck_assert_uint_ne(at, SIZE_MAX);
    mended = tc_str_sub(tc_buf_str(&file), at + head.len, SIZE_MAX);
    mended.len = tc_str_find(mended, tc_str_of(rest), 0);
    tct_assert_str(mended, tc_str_of(cases[_i].after));
    tc_buf_done(&fragment);
    tc_buf_done(&file);
}
END_TEST

static const struct {
    const char *pattern;
    enum tc_netregex_status status;
    size_t fault;
    bool explodes;
} patterns[] = {
    {"", TC_NETREGEX_OK, 0, false},
    {"a(b|c)*d", TC_NETREGEX_OK, 0, false},
    {"(a+)+", TC_NETREGEX_OK, 0, false}, /* nothing behind it can fail */
    {"(a+)+b", TC_NETREGEX_OK, 0, true},
    {"(a+b?)*c", TC_NETREGEX_OK, 0, true},
    {"(a+b)*c", TC_NETREGEX_OK, 0, false}, /* each round ends with a b */
    {"((a|b*))*c", TC_NETREGEX_OK, 0, true},
    {"(?>a+)+b", TC_NETREGEX_OK, 0, false},
    {"(a{1,3})*b", TC_NETREGEX_OK, 0, false},
    {"((a+)+b?)d", TC_NETREGEX_OK, 0, true},
    {"a++", TC_NETREGEX_INVALID, 3, false},
    {"*a", TC_NETREGEX_INVALID, 1, false},
    {"a)b", TC_NETREGEX_INVALID, 2, false},
    {"(a", TC_NETREGEX_INVALID, 2, false},
    {"\xC3\xA4\xF0\x9F\x98\x80**", TC_NETREGEX_INVALID, 8, false}, /* bytes, not units */
    {"[a", TC_NETREGEX_INVALID, 2, false},
};

START_TEST(knows_patterns)
{
    struct tc_netregex_facts facts;

    ck_assert_int_eq(tc_netregex_examine(tc_str_of(patterns[_i].pattern), 0, &facts), patterns[_i].status);
    ck_assert_uint_eq(facts.fault, patterns[_i].fault);
    ck_assert_int_eq(facts.explodes, patterns[_i].explodes);
}
END_TEST

Suite *
tct_url_fixes_suite(void)
{
    Suite *suite = suite_create("url_fixes");
    TCase *fixes = tcase_create("fixes"), *facts = tcase_create("facts");

    tcase_add_checked_fixture(fixes, setup, teardown);
    tcase_add_loop_test(fixes, says_what_was_meant, 0, TCT_COUNT(cases));
    suite_add_tcase(suite, fixes);
    tcase_add_loop_test(facts, knows_patterns, 0, TCT_COUNT(patterns));
    suite_add_tcase(suite, facts);
    return suite;
}
