/*
 * Every row of data/codes.def: its examples say what they claim. The bad one earns its code and no other; the good one
 * is the same, mended. Both are whole sources and are compiled and emitted as `trustc build` would do it.
 */
#include "api/trustc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A day between those that the examples call past and those that they call far off. */
#define TODAY "2026-11-23"

/* Codes of the front end end here; behind them come those of merging, reading and committing, which no source earns. */
enum { FRONT_END_END = 400 };

/* Rows of the front end without a bad example, and what shows them instead: a file below tests/. */
static const struct {
    const char *id;
    const char *why;
    const char *shown_by;
} without_example[] = {
    {"T0001", "the example would have to hold bytes that are no text", "golden/diagnostics/T0001-bad-utf8.case"},
    {"T0009", "a hundred blocks are no example to read", "golden/diagnostics/T0009-too-deep.case"},
    {"T0010", "so is a gigabyte", "golden/diagnostics/T0010-too-large.case"},
    {"T0102", "it takes two sources", "golden/diagnostics/T0102-use-cycle.case"},
    {"T0121", "it is about the option --stdlib", "golden/diagnostics/T0121-stdlib.case"},
    {"T0123", "it is about files of a server", "golden/diagnostics/T0123-platform.case"},
    {"T0133", "260 letters are no example to read", "golden/diagnostics/T0133-path-too-long.case"},
    {"T0141", "control characters cannot be seen", "golden/diagnostics/T0141-control-character.case"},
    {"T0310", "it is about the options -o and --merge", "golden/diagnostics/T0310-target.case"},
    {"T0314", "so it is", "golden/diagnostics/T0314-not-all-targets.case"},
};

/* Rows whose good example is left out as well as, or rather than, the bad one. */
static const char *const without_good[] = {"T0101"}; /* it would need a second source */

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

static const struct tc_code *
row(int i)
{
    return tc_code((enum tc_code_id)i);
}

static int
number(const struct tc_code *code)
{
    return (int)strtol(code->id + 1, NULL, 10);
}

static enum tc_status
no_other_source(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    (void)state;
    (void)path;
    *ret_text = (struct tc_str){NULL, 0};
    *ret_reason = "there is no such file";
    return TC_ERR_IO;
}

/* What an example needs besides compiling: emitting also where there is nothing to emit, or the isolation rules. */
static bool
is_about(const struct tc_code *code, const char *slug)
{
    return strcmp(code->slug, slug) == 0;
}

/* Compile the example @a text of @a code, and emit it if it has anything to emit or shall show that it has not; the
 * findings stay in c. */
static void
build(const struct tc_code *code, const char *text)
{
    const struct tc_sema_options options = {.today = TC_STR(TODAY)};
    const struct tc_target target = {.dir = TC_STR("out")};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_output *outputs;
    size_t count;

    host.read_file = no_other_source;
    if (tc_compile(&c, &host, &options, TC_STR("example.trust"), tc_str_of(text)) != TC_OK)
        return;
    if (is_about(code, "unused-acceptance") || is_about(code, "unused-share") || number(code) / 100 == 19)
        ck_assert_int_eq(tc_judge(&c, false), TC_OK);
    if (is_about(code, "nothing-to-build") || c.model->server_name.len > 0 || c.model->application_count > 0)
        tc_emit(&c, &target, 1, &outputs, &count);
}

/* The ids of all findings, each once, for a message. */
static struct tc_str
findings(void)
{
    struct tc_str all = TC_STR("");

    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next)
        all = tc_arena_printf(&c.arena, "%.*s%s%s: %.*s", TC_STR_ARG(all), all.len > 0 ? "; " : "", diag->code->id,
                              TC_STR_ARG(diag->message));
    return all;
}

START_TEST(rows_are_complete)
{
    const struct tc_code *code = row(_i);

    ck_assert_msg(code->id[0] == 'T' && strlen(code->id) == 5, "%s: the id is T and four digits", code->id);
    ck_assert_msg(code->slug[0] != '\0' &&
                      strspn(code->slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(code->slug),
                  "%s: the slug is lower-case words joined by '-', not '%s'", code->id, code->slug);
    ck_assert_msg(code->sentence[0] != '\0', "%s has no sentence", code->id);
    ck_assert_msg(code->sentence[strlen(code->sentence) - 1] != '.', "%s: its sentence ends without a full stop",
                  code->id);
    ck_assert_msg(code->more[0] != '\0', "%s has nothing more to tell", code->id);
    for (int i = 0; i < _i; i++) {
        ck_assert_msg(strcmp(row(i)->id, code->id) != 0, "two rows are %s", code->id);
        ck_assert_msg(strcmp(row(i)->slug, code->slug) != 0, "%s and %s are both '%s'", row(i)->id, code->id,
                      code->slug);
    }
}
END_TEST

START_TEST(bad_examples_earn_their_code)
{
    const struct tc_code *code = row(_i);
    bool found = false;

    if (code->bad[0] == '\0')
        return;
    build(code, code->bad);
    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next) {
        found |= diag->code == code;
        if (diag->severity == TC_SEVERITY_ERROR || code->severity == TC_SEVERITY_WARNING)
            ck_assert_msg(diag->code == code, "the bad example of %s (%s) yields: %.*s", code->id, code->slug,
                          TC_STR_ARG(findings()));
    }
    ck_assert_msg(found, "the bad example of %s (%s) yields: %.*s", code->id, code->slug, TC_STR_ARG(findings()));
}
END_TEST

START_TEST(good_examples_are_good)
{
    const struct tc_code *code = row(_i);

    if (code->good[0] == '\0')
        return;
    build(code, code->good);
    for (const struct tc_diag *diag = c.diags.first; diag != NULL; diag = diag->next)
        ck_assert_msg(diag->code != code && diag->severity != TC_SEVERITY_ERROR,
                      "the good example of %s (%s) yields: %.*s", code->id, code->slug, TC_STR_ARG(findings()));
}
END_TEST

/* A row of the front end has both examples, or is listed above and shown elsewhere. */
START_TEST(missing_examples_are_explained)
{
    const struct tc_code *code = row(_i);
    bool listed = false, good_listed = false;

    if (number(code) >= FRONT_END_END)
        return;
    for (size_t i = 0; i < sizeof without_example / sizeof *without_example; i++)
        listed |= strcmp(without_example[i].id, code->id) == 0;
    for (size_t i = 0; i < sizeof without_good / sizeof *without_good; i++)
        good_listed |= strcmp(without_good[i], code->id) == 0;
    ck_assert_msg(listed == (code->bad[0] == '\0'), "%s: %s", code->id,
                  listed ? "it has a bad example and needs no excuse" : "it has no bad example, and no excuse");
    ck_assert_msg((listed || good_listed) == (code->good[0] == '\0'), "%s: it has %s good example", code->id,
                  code->good[0] == '\0' ? "no" : "a");
}
END_TEST

START_TEST(excuses_hold)
{
    char path[512];

    ck_assert(without_example[_i].why[0] != '\0');
    snprintf(path, sizeof path, "%s/tests/%s", TCT_SOURCE_DIR, without_example[_i].shown_by);
    ck_assert_msg(access(path, R_OK) == 0, "%s is to be shown by %s, which is not there", without_example[_i].id, path);
}
END_TEST

/* Messages and carets of every code of the front end are held by a golden case of its name. */
START_TEST(front_end_codes_have_a_case)
{
    static const char *const endings[] = {"", ".bug"};
    const struct tc_code *code = row(_i);
    char path[512];
    bool found = false;

    if (number(code) >= FRONT_END_END)
        return;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(path, sizeof path, "%s/tests/golden/diagnostics/%s-%s%s.case", TCT_SOURCE_DIR, code->id, code->slug,
                 endings[i]);
        found |= access(path, R_OK) == 0;
    }
    ck_assert_msg(found, "tests/golden/diagnostics/%s-%s.case is missing", code->id, code->slug);
}
END_TEST

Suite *
tct_codes_suite(void)
{
    Suite *suite = suite_create("codes");
    TCase *tc = tcase_create("codes");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, rows_are_complete, 0, TC_CODE_COUNT_);
    tcase_add_loop_test(tc, bad_examples_earn_their_code, 0, TC_CODE_COUNT_);
    tcase_add_loop_test(tc, good_examples_are_good, 0, TC_CODE_COUNT_);
    tcase_add_loop_test(tc, missing_examples_are_explained, 0, TC_CODE_COUNT_);
    tcase_add_loop_test(tc, excuses_hold, 0, TCT_COUNT(without_example));
    tcase_add_loop_test(tc, front_end_codes_have_a_case, 0, TC_CODE_COUNT_);
    suite_add_tcase(suite, tc);
    return suite;
}
