/* Questions taken apart, and their answers when memory runs out. */
#include "api/whatif.h"
#include "ask/question.h"
#include "ask/show_why.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

static const struct {
    const char *text;
    enum tc_question_kind kind;
    const char *who, *demand;
    bool any_part;
} questions[] = {
    {"who can FileIO write \"D:\\x\"", TC_QUESTION_WHO, "*", "FileIO write \"D:\\x\"", false},
    {"Who may FileIO write \"D:\\x\"?", TC_QUESTION_WHO, "*", "FileIO write \"D:\\x\"", false},
    {"which applications can Dns unrestricted", TC_QUESTION_WHO, "*", "Dns unrestricted", false},
    {"who can FileIO write D:\\a,  D:\\b ;", TC_QUESTION_WHO, "*", "FileIO write \"D:\\a\", \"D:\\b\"", false},
    {"who can FileIO read, write \"D:\\a b\"", TC_QUESTION_WHO, "*", "FileIO read, write \"D:\\a b\"", false},
    {"who can FileIO read \"D:\\a\\*\"", TC_QUESTION_WHO, "*", "FileIO read \"D:\\a\"", true},
    {"who can FileIO read \"D:\\*\"", TC_QUESTION_WHO, "*", "FileIO read \"D:\\\"", true},
    {"who can FileIO read \"*\"", TC_QUESTION_WHO, "*", "FileIO all-files read", true},
    {"who can Registry read \"HKEY_CURRENT_USER\\X\\*\"", TC_QUESTION_WHO, "*",
     "Registry read \"HKEY_CURRENT_USER\\X\"", true},
    {"who can Web connect \"http://*.a.com/x?y\"", TC_QUESTION_WHO, "*",
     "Web connect pattern \"http://[^/]*\\.a\\.com/x\\?y\"", true},
    {"who can Web connect \"http://a.com/*\"", TC_QUESTION_WHO, "*", "Web connect pattern \"http://a\\.com/.*\"", true},
    {"who can Web connect pattern \"a.*\"", TC_QUESTION_WHO, "*", "Web connect pattern \"a.*\"", true},
    {"who can Registry", TC_QUESTION_WHO, "*", "Registry unrestricted", true},
    {"may Contoso Web connect \"http://a/\"", TC_QUESTION_MAY, "Contoso", "Web connect \"http://a/\"", false},
    {"may \"Contoso \"\"Web\"\"\" Dns", TC_QUESTION_MAY, "Contoso \"Web\"", "Dns unrestricted", true},
    {"can any application use Dns unrestricted", TC_QUESTION_MAY, "*", "Dns unrestricted", false},
    {"may Con* Socket connect tcp \"a\" 80", TC_QUESTION_MAY, "Con*", "Socket connect tcp \"a\" 80", false},
    {"what can Contoso do", TC_QUESTION_WHAT, "Contoso", "", false},
    {"what may \"A B\"", TC_QUESTION_WHAT, "A B", "", false},
    {"what can it do?", TC_QUESTION_WHAT, "*", "", false},
    {"which applications share Registry", TC_QUESTION_SHARE, "*", "Registry unrestricted", true},
    {"who shares FileIO", TC_QUESTION_SHARE, "*", "FileIO unrestricted", true},
};

static const char *const no_questions[] = {
    "",
    "?",
    "hello",
    "who",
    "who can",
    "who is it",
    "what",
    "what can",
    "what can do",
    "what can A B do",
    "may",
    "may Contoso",
    "which share",
    "which applications share",
    "which applications share Dns Web",
    "\"who\" can x",
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

static void
check_is(struct tc_str text, const char *expected)
{
    ck_assert_msg(tc_str_is(text, expected), "'%.*s' where '%s' was expected", TC_STR_ARG(text), expected);
}

START_TEST(is_understood)
{
    struct tc_question question;
    struct tc_str fault;

    ck_assert(tc_question_parse(&arena, tc_str_of(questions[_i].text), &question, &fault));
    ck_assert_int_eq(question.kind, questions[_i].kind);
    check_is(question.who, questions[_i].who);
    check_is(question.demand, questions[_i].demand);
    ck_assert_int_eq(question.any_part, questions[_i].any_part);
}
END_TEST

START_TEST(is_not_understood)
{
    struct tc_question question;
    struct tc_str fault = {NULL, 0};

    ck_assert_msg(!tc_question_parse(&arena, tc_str_of(no_questions[_i]), &question, &fault), "'%s'", no_questions[_i]);
    ck_assert(tc_str_find(fault, TC_STR("what can be asked"), 0) != SIZE_MAX);
}
END_TEST

START_TEST(demands_stand_alone)
{
    struct tc_question question;
    struct tc_str fault;

    ck_assert(tc_question_parse_demand(&arena, TC_STR("Contoso FileIO read \"D:\\x\""), &question, &fault));
    ck_assert_int_eq(question.kind, TC_QUESTION_MAY);
    check_is(question.who, "Contoso");
    ck_assert(tc_question_parse_demand(&arena, TC_STR("FileIO read \"D:\\x\""), &question, &fault));
    ck_assert_int_eq(question.kind, TC_QUESTION_WHO);
    check_is(question.demand, "FileIO read \"D:\\x\"");
    /* an application that is called as a class */
    ck_assert(tc_question_parse_demand(&arena, TC_STR("Web FileIO read \"D:\\x\""), &question, &fault));
    ck_assert_int_eq(question.kind, TC_QUESTION_MAY);
    check_is(question.who, "Web");
    ck_assert(!tc_question_parse_demand(&arena, TC_STR("Contoso"), &question, &fault));
}
END_TEST

START_TEST(words_get_their_quotes_back)
{
    static const char *const words[] = {"who", "can", "FileIO", "read,", "write", "D:\\a b", "E:\\x,"};
    static const char *const one[] = {"who can FileIO read \"D:\\x\""};

    check_is(tc_question_join(&arena, words, 7), "who can FileIO read, write \"D:\\a b\" \"E:\\x,\"");
    check_is(tc_question_join(&arena, one, 1), one[0]);
}
END_TEST

START_TEST(names_match)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } cases[] = {
        {"*", "", true},
        {"*", "abc", true},
        {"a*c", "abbc", true},
        {"a*c", "abcd", false},
        {"A?C", "abc", true},
        {"a?c", "ac", false},
        {"", "", true},
        {"", "a", false},
        {"*a*b*", "xaxbx", true},
        {"*a*b*", "xbxax", false},
        {"contoso", "CONTOSO", true},
        {"con", "contoso", false},
        {"**", "x", true},
        {"*.trust", "a.trust.trust", true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(tc_name_matches(tc_str_of(cases[i].pattern), tc_str_of(cases[i].name)) == cases[i].matches,
                      "'%s' and '%s'", cases[i].pattern, cases[i].name);
}
END_TEST

START_TEST(exceptions_tell_what_decides)
{
    ck_assert_uint_eq(tc_why_marks(TC_STR("nothing")), 0);
    ck_assert_uint_eq(tc_why_marks(TC_STR("x: That assembly does not allow partially trusted callers.")),
                      1u << TC_WHY_CALLERS);
    ck_assert_uint_eq(tc_why_marks(TC_STR("System.Security.VerificationException: Vorgang ...")),
                      1u << TC_WHY_VERIFIABLE);
    for (int i = 0; i < TC_WHY_COUNT_; i++) {
        const struct tc_why_fact *fact = tc_why_fact((enum tc_why_id)i);

        ck_assert(fact->sentence[0] != '\0' && fact->help[0] != '\0' && fact->source[0] != '\0');
        ck_assert(fact->sentence[strlen(fact->sentence) - 1] != '.' && fact->help[strlen(fact->help) - 1] != '.');
    }
}
END_TEST

/* ---- when memory runs out ---- */

static const struct tc_str server = TCT_STR(
    "server s { framework 2.0; trust medium; }\n"
    "policy P extends medium { grant FileIO { read \"D:\\Stock\"; } possibly grant Odbc unrestricted because \"x\"; }\n"
    "application A { location \"S/a\"; root \"D:\\A\"; trust P; grant FileIO { write \"D:\\In\"; } }\n"
    "application B { location \"S/b\"; root \"D:\\B\"; trust P; }\n"
    "never \"stock\" { any application may FileIO write \"D:\\Stock\"; }\n"
    "test \"x\" { A may FileIO write \"D:\\Stock\\x\"; }\n");

static enum tc_status
ask_everything(struct tc_arena *here, const struct tc_compilation *c, const struct tc_sema_host *host,
               const struct tc_sema_options *options, struct tc_buf *out)
{
    const struct tc_subject *list[2];
    const struct tc_perm *demand = NULL;
    struct tc_whatif_change change = {.model = c->model, .changed = c->sources.list[0]};
    struct tc_show show = {here, &c->sources, out};
    struct tc_subjects subjects;
    struct tc_answer_shared shared;
    struct tc_answer_what what;
    struct tc_whatif result;
    struct tc_why why;
    enum tc_status status = tc_subjects_of_model(here, c->model, &subjects);

    for (const struct tc_rule *rule = c->model->rules; rule != NULL; rule = rule->next)
        demand = rule->demands->perm;
    if (status != TC_OK)
        return status;
    list[0] = &subjects.items[0];
    list[1] = &subjects.items[1];
    if ((status = tc_answer_what(here, list[0], 0, &what)) == TC_OK)
        tc_show_what(&show, &what);
    if (status == TC_OK && (status = tc_answer_shared(here, list, 2, tc_class(TC_CLASS_FILE_IO), &shared)) == TC_OK)
        tc_show_shared(&show, &shared);
    if (status == TC_OK && (status = tc_why_of(here, list[0], demand, false, &why)) == TC_OK)
        tc_show_why(&show, &why, TC_STR("x"), NULL);
    if (status != TC_OK)
        return status;
    change.application = list[0]->name;
    change.demand = demand;
    change.offset = list[0]->application->block.end - 1 - change.changed->base;
    change.insert = TC_STR(" grant FileIO { write \"D:\\Stock\\x\"; } ");
    change.with_isolation = true;
    status = tc_whatif(here, c, host, options, &change, &result);
    if (status == TC_OK)
        tc_buf_printf(out, "%d %zu %zu", result.allows, result.way_count, result.rule_count);
    /* the parser of the standard policies says of memory that they cannot be used */
    return here->failed || out->failed || (status == TC_OK && result.refused.len > 0) ? TC_ERR_NOMEM : status;
}

START_TEST(answers_survive_without_memory)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    const struct tc_sema_host host = tc_host_builtin();
    struct tc_buf expected = {0};
    struct tc_compilation c;
    bool done = false;
    size_t nth;

    tc_compilation_init(&c);
    ck_assert(tc_compile(&c, &host, &options, TC_STR("a.trust"), server) == TC_OK);
    for (nth = 0; !done; nth++) {
        struct tc_arena here;
        struct tc_buf out = {0};
        enum tc_status status;
        bool has_failed;

        tc_arena_init(&here);
        tct_fail_alloc_begin(nth);
        status = ask_everything(&here, &c, &host, &options, &out);
        has_failed = tct_fail_alloc_end();
        ck_assert_msg(!has_failed || status == TC_ERR_NOMEM, "allocation %zu fails, and the status is %d", nth, status);
        if (nth == 0)
            tc_buf_puts(&expected, tc_buf_str(&out));
        else
            ck_assert(has_failed || tc_str_eq(tc_buf_str(&out), tc_buf_str(&expected)));
        done = nth > 0 && !has_failed;
        tc_arena_done(&here);
        tc_buf_done(&out);
    }
    ck_assert_uint_gt(nth, 5);
    ck_assert(tc_str_ends(tc_buf_str(&expected), TC_STR("1 1 1")));
    tc_buf_done(&expected);
    tc_compilation_done(&c);
}
END_TEST

Suite *
tct_questions_suite(void)
{
    Suite *suite = suite_create("questions");
    TCase *tc = tcase_create("questions");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, is_understood, 0, TCT_COUNT(questions));
    tcase_add_loop_test(tc, is_not_understood, 0, TCT_COUNT(no_questions));
    tcase_add_test(tc, demands_stand_alone);
    tcase_add_test(tc, words_get_their_quotes_back);
    tcase_add_test(tc, names_match);
    tcase_add_test(tc, exceptions_tell_what_decides);
    tcase_add_test(tc, answers_survive_without_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
