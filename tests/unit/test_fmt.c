/* A formatted text that does not say what its source says is refused. */
#include "api/fmt.h"
#include "support/unit.h"
#include "syntax/parse.h"
#include "unit/suites.h"

static struct tc_compilation c;

static void
setup(void)
{
    tc_compilation_init(&c);
}

static void
teardown(void)
{
    tc_compilation_done(&c);
}

static const struct {
    const char *source, *text, *message; /**< NULL: it is fine */
} texts[] = {
    {"policy P { revoke Dns; }", "policy P {\n    revoke Dns;\n}\n", NULL},
    {"policy P { revoke Dns; }", "policy P {\n    revoke Web;\n}\n",
     "a word would not be the same in the formatted text: the file is left as it is"},
    {"# a\npolicy P { }", "policy P {}\n",
     "a comment would not be the same in the formatted text: the file is left as it is"},
    {"## a\n\npolicy P { }", "## a\npolicy P {}\n",
     "a description would not be the same in the formatted text: the file is left as it is"},
    {"policy P { }", "policy P {}\npolicy Q {}\n",
     "a statement would not be the same in the formatted text: the file is left as it is"},
    {"policy P { }", "policy P {\n",
     "what can be read would not be the same in the formatted text: the file is left as it is"},
};

START_TEST(verifies)
{
    struct tc_source *source = tc_sources_add(&c.sources, TC_STR("a.trust"), tc_str_of(texts[_i].source));
    char text[100] = "";
    struct tc_ast_file *file;

    ck_assert_int_eq(tc_parse(&c.diags, &c.trees, source, &file), TC_OK);
    ck_assert_uint_lt(strlen(texts[_i].text), sizeof text - 2);
    memcpy(text, texts[_i].text, strlen(texts[_i].text));
    ck_assert_int_eq(tc_fmt_verify(&c, file, tc_str_of(text)), texts[_i].message == NULL ? TC_OK : TC_ERR_SELF);
    ck_assert((c.diags.first != NULL) == (texts[_i].message != NULL));
    if (c.diags.first != NULL) {
        ck_assert(c.diags.first->code == tc_code(TC_CODE_FMT_DIFFERS));
        tct_assert_str(c.diags.first->message, tc_str_of(texts[_i].message));
    }
}
END_TEST

/* Nothing of a source with errors is printed. */
START_TEST(refuses_what_is_broken)
{
    struct tc_source *source = tc_sources_add(&c.sources, TC_STR("a.trust"), TC_STR("policy P { grant"));
    struct tc_buf out = {0};

    ck_assert_int_eq(tc_fmt(&c, source, &out), TC_FAILED);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_uint_gt(c.diags.errors, 0);
    tc_buf_done(&out);
}
END_TEST

Suite *
tct_fmt_suite(void)
{
    Suite *suite = suite_create("fmt");
    TCase *tc = tcase_create("fmt");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, verifies, 0, (int)(sizeof texts / sizeof *texts));
    tcase_add_test(tc, refuses_what_is_broken);
    suite_add_tcase(suite, tc);
    return suite;
}
