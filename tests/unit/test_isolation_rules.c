/* Every row of data/isolation.def is complete, and its examples say what they claim: the bad one earns the rule, the
 * good one does not. */
#include "api/trustc.h"
#include "isolate/isolate.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

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

static const struct tc_rule_info *
row(int i)
{
    return tc_rule_info((enum tc_rule_id)i);
}

static void
compile(const struct tc_rule_info *rule, const char *which, const char *text)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_sema_host host = tc_host_builtin();

    tc_compilation_done(&c);
    tc_compilation_init(&c);
    ck_assert_msg(tc_compile(&c, &host, &options, TC_STR("example.trust"), tc_str_of(text)) == TC_OK,
                  "the %s example of %s (%s): %.*s", which, rule->code.id, rule->code.slug,
                  c.diags.first == NULL ? 0 : TC_STR_ARG(c.diags.first->message));
    ck_assert_msg(c.model->application_count > 0, "the %s example of %s has no application", which, rule->code.id);
}

START_TEST(rows_are_complete)
{
    const struct tc_rule_info *rule = row(_i);
    const struct tc_code *code = &rule->code;

    ck_assert_msg(strlen(code->id) == 5 && strncmp(code->id, "T17", 3) == 0, "%s: rules of isolation are T17..",
                  code->id);
    ck_assert_msg(strspn(code->slug, "abcdefghijklmnopqrstuvwxyz-") == strlen(code->slug),
                  "%s: the slug is lower-case words joined by '-', not '%s'", code->id, code->slug);
    ck_assert_msg(code->sentence[0] != '\0' && code->sentence[strlen(code->sentence) - 1] != '.',
                  "%s: its sentence ends without a full stop", code->id);
    ck_assert_msg(strlen(code->more) > 40, "%s has nothing more to tell", code->id);
    ck_assert_msg(code->bad[0] != '\0' && code->good[0] != '\0', "%s: both examples", code->id);
    ck_assert_msg((rule->layer == TC_LAYER_ACCOUNTS) == (rule->other == TC_OTHER_CONFINED),
                  "%s: the sandbox is what is left when accounts fail, and only then", code->id);
    ck_assert_ptr_eq(tc_code_find(tc_str_of(code->id)), code); /* no other row has it */
    ck_assert_ptr_eq(tc_code_find(tc_str_of(code->slug)), code);
    ck_assert_int_eq(tc_rule_of(code), _i);
    ck_assert_int_eq(tc_rule_find(tc_str_of(code->slug)), _i);
    ck_assert_int_eq(tc_check_of(code), TC_CHECK_COUNT_);
}
END_TEST

START_TEST(other_rows_are_no_rules)
{
    ck_assert_int_eq(tc_rule_of(tc_code(TC_CODE_SYNTAX)), TC_RULE_COUNT_);
    ck_assert_int_eq(tc_rule_of(&tc_check_info((enum tc_check_id)0)->code), TC_RULE_COUNT_);
    ck_assert_int_eq(tc_rule_find(TC_STR("Event-Log")), TC_RULE_COUNT_);
}
END_TEST

static size_t
findings_of(enum tc_rule_id id)
{
    struct tc_isolation *isolation = NULL;
    size_t count = 0;

    ck_assert_int_eq(tc_isolate(&c.arena, c.model, &isolation), TC_OK);
    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        count += finding->rule == id;
    tc_isolation_done(isolation);
    return count;
}

START_TEST(bad_examples_earn_their_rule)
{
    compile(row(_i), "bad", row(_i)->code.bad);
    ck_assert_msg(findings_of((enum tc_rule_id)_i) > 0, "the bad example of %s (%s) is not found", row(_i)->code.id,
                  row(_i)->code.slug);
}
END_TEST

START_TEST(good_examples_do_not)
{
    compile(row(_i), "good", row(_i)->code.good);
    ck_assert_msg(findings_of((enum tc_rule_id)_i) == 0, "the good example of %s (%s) is found", row(_i)->code.id,
                  row(_i)->code.slug);
}
END_TEST

Suite *
tct_isolation_rules_suite(void)
{
    Suite *s = suite_create("isolation_rules");
    TCase *tc = tcase_create("rows");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, rows_are_complete, 0, TC_RULE_COUNT_);
    tcase_add_test(tc, other_rows_are_no_rules);
    tcase_add_loop_test(tc, bad_examples_earn_their_rule, 0, TC_RULE_COUNT_);
    tcase_add_loop_test(tc, good_examples_do_not, 0, TC_RULE_COUNT_);
    suite_add_tcase(s, tc);
    return s;
}
