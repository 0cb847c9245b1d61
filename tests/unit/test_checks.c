/*
 * Every row of data/checks.def: its examples say what they claim, in XML and in a source. The bad one earns its code
 * and no other, the good one nothing; where the row promises a fix, it mends the bad one.
 */
#include "api/lint.h"
#include "check/fix.h"
#include "support/examples.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

/* Bad examples that earn other codes as well, and why that cannot be helped. */
static const struct {
    const char *id;
    const char *others; /* ids, a blank between them */
    const char *why;
} with_others[] = {
    {"T1242", "T1186", "the group stands before the one that gives the same code less"},
    {"T1243", "T1186", "so does this"},
    {"T1407", "T1128", "an attribute of the class that was meant is none of the one that is written"},
    {"T1415", "T1030", "that the file fails is one thing, what the value says once it does not another"},
    {"T1417", "T1326", "a level with another file is another level, whoever taught it"},
    {"T1411", "T1234", "what Administer lets code do is one thing, where it comes from another"},
    {"T1146", "T1107", "the class is not found, and that is said as well"},
    {"T1135", "T1200", "an unrestricted set is full trust, and that is said as well"},
};

static struct tc_lint lint;
static struct tc_lint_settings settings;
static struct tc_compilation c;

static void
setup(void)
{
    tc_lint_init(&lint);
    lint.sema.today = TC_STR("2026-11-23");
    tc_compilation_init(&c);
}

static void
teardown(void)
{
    tc_compilation_done(&c);
    tc_lint_done(&lint);
}

static const struct tc_check_info *
row(int i)
{
    return tc_check_info((enum tc_check_id)i);
}

/* Lint @a text; the findings stay in c. */
static void
run(const char *name, struct tc_str text)
{
    enum tc_file_kind kind;

    tc_compilation_done(&c);
    tc_compilation_init(&c);
    ck_assert_int_eq(tc_lint_file(&c, &lint, &settings, tc_str_of(name), text, NULL, &kind), TC_OK);
    ck_assert_int_ne(kind, TC_FILE_OTHER);
}

static void
run_example(enum tc_example example, const char *text)
{
    struct tc_buf file = {0};

    tct_example_put(&file, example, text);
    tc_buf_puts(&file, (struct tc_str){"\0", 2});
    file.len -= 2;
    run(tct_example_name(example), tc_buf_str(&file));
    tc_buf_done(&file);
}

static bool
is_known_other(const struct tc_check_info *info, const struct tc_code *code)
{
    for (size_t i = 0; i < TCT_COUNT(with_others); i++)
        if (strcmp(with_others[i].id, info->code.id) == 0 && strstr(with_others[i].others, code->id) != NULL)
            return true;
    return false;
}

static struct tc_str
findings(void)
{
    struct tc_str all = TC_STR("");

    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next) {
        if (diag->severity == TC_SEVERITY_NOTE)
            continue;
        all = tc_arena_printf(&c.arena, "%.*s%s%s: %.*s", TC_STR_ARG(all), all.len > 0 ? "; " : "", diag->code->id,
                              TC_STR_ARG(diag->message));
    }
    return tc_str_sub(all, 0, 1000); /* Check gives up on long messages */
}

static bool
earned(const struct tc_check_info *info)
{
    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next)
        if (diag->code == &info->code)
            return true;
    return false;
}

static void
check_bad(const struct tc_check_info *info, enum tc_example example, const char *text)
{
    run_example(example, text);
    ck_assert_msg(earned(info), "the bad example of %s (%s) yields: %.*s", info->code.id, info->code.slug,
                  TC_STR_ARG(findings()));
    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next)
        ck_assert_msg(
            diag->code == &info->code || diag->severity == TC_SEVERITY_NOTE || is_known_other(info, diag->code),
            "the bad example of %s (%s) yields: %.*s", info->code.id, info->code.slug, TC_STR_ARG(findings()));
}

static void
check_good(const struct tc_check_info *info, enum tc_example example, const char *text)
{
    run_example(example, text);
    ck_assert_msg(!earned(info) && c.diags.errors + c.diags.warnings == 0, "the good example of %s (%s) yields: %.*s",
                  info->code.id, info->code.slug, TC_STR_ARG(findings()));
}

START_TEST(rows_are_complete)
{
    const struct tc_check_info *info = row(_i);
    const struct tc_code *code = &info->code;

    ck_assert_msg(strlen(code->id) == 5, "%s: the id is T and four digits", code->id);
    ck_assert_msg(strspn(code->slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(code->slug),
                  "%s: the slug is lower-case words joined by '-', not '%s'", code->id, code->slug);
    ck_assert_msg(code->sentence[0] != '\0' && code->sentence[strlen(code->sentence) - 1] != '.',
                  "%s: its sentence ends without a full stop", code->id);
    ck_assert_msg(code->more[0] != '\0', "%s has nothing more to tell", code->id);
    ck_assert_msg((info->example == TC_EXAMPLE_NONE) == (code->bad[0] == '\0'), "%s: where is its example?", code->id);
    ck_assert_msg(code->bad[0] == '\0' || code->good[0] != '\0', "%s has no good example", code->id);
    ck_assert_msg((info->bad_source[0] == '\0') == (info->good_source[0] == '\0'), "%s: both sources or none",
                  code->id);
    ck_assert_ptr_eq(tc_code_find(tc_str_of(code->id)), code);
    ck_assert_ptr_eq(tc_code_find(tc_str_of(code->slug)), code);
    ck_assert_int_eq(tc_check_of(code), _i);
}
END_TEST

START_TEST(bad_examples_earn_their_code)
{
    const struct tc_check_info *info = row(_i);

    if (info->example != TC_EXAMPLE_NONE)
        check_bad(info, info->example, info->code.bad);
    if (info->bad_source[0] != '\0')
        check_bad(info, TC_EXAMPLE_SOURCE, info->bad_source);
}
END_TEST

START_TEST(good_examples_are_good)
{
    const struct tc_check_info *info = row(_i);

    if (info->code.good[0] != '\0')
        check_good(info, info->example, info->code.good);
    if (info->good_source[0] != '\0')
        check_good(info, TC_EXAMPLE_SOURCE, info->good_source);
}
END_TEST

START_TEST(fixes_mend)
{
    const struct tc_check_info *info = row(_i);
    struct tc_fix_result result;
    struct tc_buf mended = {0};
    bool offered = false, unsafe = false;

    if (info->example == TC_EXAMPLE_NONE)
        return;
    run_example(info->example, info->code.bad);
    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next) {
        offered |= diag->code == &info->code && diag->edits != NULL;
        unsafe |= diag->code == &info->code && diag->is_unsafe;
    }
    ck_assert_msg(offered == (info->fix != TC_FIX_NONE) && unsafe == (info->fix == TC_FIX_UNSAFE),
                  "%s (%s): its row promises %s fix", info->code.id, info->code.slug,
                  info->fix == TC_FIX_NONE     ? "no"
                  : info->fix == TC_FIX_UNSAFE ? "an unsafe"
                                               : "a safe");
    if (!offered)
        return;
    ck_assert_int_eq(tc_fix_apply(&c.diags, c.sources.list[0], true, &result), TC_OK);
    tc_buf_puts(&mended, result.text);
    tc_buf_puts(&mended, (struct tc_str){"\0", 2});
    mended.len -= 2;
    run(tct_example_name(info->example), tc_buf_str(&mended));
    ck_assert_msg(!earned(info), "%s (%s) is still found: %.*s; in:\n%.*s", info->code.id, info->code.slug,
                  TC_STR_ARG(findings()), TC_STR_ARG(tc_str_sub(tc_buf_str(&mended), 0, 1000)));
    tc_buf_done(&mended);
}
END_TEST

/* What the examples stand in must itself be without fault. */
START_TEST(surroundings_are_good)
{
    run_example(TC_EXAMPLE_SET, "");
    ck_assert_msg(c.diags.errors + c.diags.warnings == 0, "%.*s", TC_STR_ARG(findings()));
}
END_TEST

Suite *
tct_checks_suite(void)
{
    Suite *suite = suite_create("checks");
    TCase *rows = tcase_create("rows");

    tcase_add_checked_fixture(rows, setup, teardown);
    tcase_add_test(rows, surroundings_are_good);
    tcase_add_loop_test(rows, rows_are_complete, 0, TC_CHECK_COUNT_);
    tcase_add_loop_test(rows, bad_examples_earn_their_code, 0, TC_CHECK_COUNT_);
    tcase_add_loop_test(rows, good_examples_are_good, 0, TC_CHECK_COUNT_);
    tcase_add_loop_test(rows, fixes_mend, 0, TC_CHECK_COUNT_);
    suite_add_tcase(suite, rows);
    return suite;
}
