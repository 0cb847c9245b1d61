/* What two permissions have in common: what a `never` names, and what is granted. */
#include "api/trustc.h"
#include "ask/mutants.h"
#include "ask/overlap.h"
#include "ask/patterns.h"
#include "model/clauses.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

/* The class, what is asked, what is granted; the demand in common, "" for none, "?" for what nobody knows. */
static const struct {
    const char *word, *asked, *granted, *expected;
} cases[] = {
    /* ---- paths ---- */
    {"FileIO", "read \"C:\\Windows\"", "read \"C:\\Windows\\Temp\"", "FileIO read \"C:\\Windows\\Temp\""},
    {"FileIO", "read \"C:\\Windows\\Temp\"", "read \"C:\\Windows\"", "FileIO read \"C:\\Windows\\Temp\""},
    {"FileIO", "read \"C:\\Windows\"", "read \"C:\\\"", "FileIO read \"C:\\Windows\""},
    {"FileIO", "read \"C:\\Windows\"", "read \"c:\\WINDOWS\\System32\"", "FileIO read \"c:\\WINDOWS\\System32\""},
    {"FileIO", "read \"C:\\Windows\\\"", "read \"C:\\Windows\"", "FileIO read \"C:\\Windows\\\""},
    {"FileIO", "read \"C:\\Windows\"", "read \"C:\\Windows.old\"", ""},
    {"FileIO", "read \"C:\\Windows\"", "read \"D:\\Windows\"", ""},
    {"FileIO", "read \"C:\\Windows\"", "write \"C:\\Windows\"", ""},
    {"FileIO", "read, write \"C:\\Windows\"", "write \"C:\\Windows\\x\"", "FileIO write \"C:\\Windows\\x\""},
    {"FileIO", "read \"D:\\a\", \"D:\\b\"", "read \"D:\\c\", \"D:\\b\\c\"", "FileIO read \"D:\\b\\c\""},
    {"FileIO", "read \"\\\\srv\\share\\x\"", "read \"\\\\SRV\\share\"", "FileIO read \"\\\\srv\\share\\x\""},
    {"FileIO", "read \"C:\\Windows\"", "all-files read", "FileIO read \"C:\\Windows\""},
    {"FileIO", "all-files read", "read \"D:\\x\"", "FileIO read \"D:\\x\""},
    {"FileIO", "all-files read", "write \"D:\\x\"", ""},
    {"FileIO", "read \"C:\\Windows\"", "local-files read", "?"},
    {"FileIO", "read \"\\\\srv\\share\"", "local-files read", ""},
    {"FileIO", "read \"C:\\Windows\"", "unrestricted", "FileIO read \"C:\\Windows\""},
    {"FileIO", "unrestricted", "read \"D:\\x\"", "FileIO read \"D:\\x\""},
    {"FileIO", "acl change \"C:\\Windows\"", "acl change \"C:\\\"", "FileIO acl change \"C:\\Windows\""},
    /* what lies above a discovered path is no part of it, although the framework allows to discover it */
    {"FileIO", "discover \"C:\\Windows\"", "discover \"C:\\Data\"", ""},
    {"FileIO", "discover \"C:\\Windows\"", "discover \"C:\\Windows\\Temp\"", "FileIO discover \"C:\\Windows\\Temp\""},
    {"FileIO", "discover \"C:\\Windows\\System32\"", "discover \"C:\\Windows\\Temp\"", ""},
    /* other names of one directory */
    {"FileIO", "read \"C:\\Program Files\"", "read \"C:\\PROGRA~1\\x\"", "?"},
    {"FileIO", "read \"C:\\PROGRA~2\"", "read \"C:\\Program Files (x86)\"", "?"},
    {"FileIO", "read \"C:\\Windows\"", "read \"C:\\PROGRA~1\"", ""},
    {"FileIO", "read \"C:\\Windows\"", "read \"\\\\localhost\\C$\\Windows\\Temp\"", "?"},
    {"FileIO", "read \"C:\\Windows\"", "read \"\\\\127.0.0.1\\c$\"", "?"},
    {"FileIO", "read \"C:\\Windows\"", "read \"\\\\other\\C$\\Windows\"", ""},
    {"FileIO", "read \"C:\\Windows\"", "read \"\\\\web01\\C$\\Windows\"", "?"},
    {"FileIO", "read \"C:\\Data\"", "read \"\\\\localhost\\D$\\Data\"", ""},
    /* ---- keys and names ---- */
    {"Registry", "read \"HKEY_LOCAL_MACHINE\\SOFTWARE\"", "read \"HKEY_LOCAL_MACHINE\\Software\\Contoso\"",
     "Registry read \"HKEY_LOCAL_MACHINE\\Software\\Contoso\""},
    {"Registry", "read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\A\"", "read \"HKEY_LOCAL_MACHINE\"",
     "Registry read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\A\""},
    {"Registry", "read \"HKEY_LOCAL_MACHINE\\SOFTWARE\"", "write \"HKEY_LOCAL_MACHINE\"", ""},
    {"Registry", "read \"HKEY_LOCAL_MACHINE\\SOFTWARE\"", "read \"HKEY_CURRENT_USER\"", ""},
    {"Registry", "read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID\"", "read \"HKEY_CLASSES_ROOT\"", "?"},
    {"Registry", "read \"HKEY_CLASSES_ROOT\"", "read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\"", ""},
    {"Registry", "read \"HKEY_USERS\\S-1-5-21-1-2-3-500\\Software\"", "read \"HKEY_CURRENT_USER\\Software\\A\"", "?"},
    {"Registry", "read \"HKEY_USERS\\S-1-5-21-1-2-3-500\\Software\"", "read \"HKEY_CURRENT_USER\\Control Panel\"", ""},
    {"Environment", "read \"PATH\"", "read \"TEMP\", \"Path\"", "Environment read \"PATH\""},
    {"Environment", "read \"PATH\"", "read \"PATHEXT\"", ""},
    /* ---- flags and levels ---- */
    {"Reflection", "flags MemberAccess, ReflectionEmit", "flags RestrictedMemberAccess, ReflectionEmit",
     "Reflection flags ReflectionEmit"},
    {"Reflection", "flags MemberAccess", "flags RestrictedMemberAccess", ""},
    {"Reflection", "flags MemberAccess", "unrestricted", "Reflection flags MemberAccess"},
    {"Printing", "level DefaultPrinting", "level AllPrinting", "Printing level DefaultPrinting"},
    {"Printing", "level DefaultPrinting", "level SafePrinting", ""},
    {"Printing", "unrestricted", "level SafePrinting", "Printing level SafePrinting"},
    {"UI", "window AllWindows", "clipboard AllClipboard", ""},
    {"IsolatedStorage", "quota 100", "allowed AssemblyIsolationByUser; quota 1000", "IsolatedStorage quota 100"},
    {"Smtp", "access Connect", "access ConnectToUnrestrictedPort", "Smtp access Connect"},
    {"Dns", "unrestricted", "unrestricted", "Dns unrestricted"},
    /* ---- resources ---- */
    {"EventLog", "machine \"db7\" Write", "machine \"*\" Administer", "EventLog machine \"db7\" Write"},
    {"EventLog", "machine \"*\" Administer", "machine \"db7\" Write", "EventLog machine \"db7\" Write"},
    {"EventLog", "machine \"*\" Write", "machine \"*\" Write", "EventLog machine \".\" Write"},
    {"EventLog", "machine \"db7\" Write", "machine \"DB8\" Write", ""},
    {"PerformanceCounter", "counter \".\" \"Shop\" Write", "counter \"*\" \"*\" Administer",
     "PerformanceCounter counter \".\" \"Shop\" Write"},
    {"PerformanceCounter", "counter \".\" \"Shop\" Write", "counter \".\" \"Other\" Write", ""},
    {"ServiceController", "service \"*\" \"Spooler\" Control", "service \".\" \"spooler\" Control",
     "ServiceController service \".\" \"Spooler\" Control"},
    {"DirectoryServices", "path \"LDAP://x\" Browse", "path \"*\" Write", "DirectoryServices path \"LDAP://x\" Browse"},
    {"MessageQueue", "queue \".\\private$\\a\" Send", "criteria machine \".\" Send", "?"},
    {"KeyContainer", "container user \"p\" 1 \"key\" 1 flags Open", "flags Open, Sign",
     "KeyContainer container user \"p\" 1 \"key\" 1 flags Open"},
    {"KeyContainer", "flags Delete", "flags Open, Sign", ""},
    /* ---- the network ---- */
    {"Socket", "connect tcp \"10.0.0.7\" 1433", "connect all \"10.0.*.*\" all", "Socket connect tcp \"10.0.0.7\" 1433"},
    {"Socket", "connect tcp \"10.*.*.*\" all", "connect tcp \"*.1.2.*\" 25", "Socket connect tcp \"10.1.2.10\" 25"},
    {"Socket", "connect tcp \"10.0.0.7\" 1433", "accept tcp \"10.0.0.7\" 1433", ""},
    {"Socket", "connect tcp \"10.0.0.7\" 1433", "connect udp \"10.0.0.7\" 1433", ""},
    {"Socket", "connect tcp \"10.0.0.7\" 1433", "connect tcp \"db01\" 1433", "?"},
    {"Socket", "connect tcp \"db01\" 1433", "connect tcp \"DB01\" all", "Socket connect tcp \"db01\" 1433"},
    {"Web", "connect host \"a.contoso.com\"", "connect pattern \"https?://.*\\.contoso\\.com/.*\"",
     "Web connect \"http://a.contoso.com/\""},
    {"Web", "connect host \"a.contoso.com\"", "connect host \"b.contoso.com\"", ""},
    {"Web", "connect \"http://a.contoso.com/x\"", "connect host \"a.contoso.com\"",
     "Web connect \"http://a.contoso.com/x\""},
    {"Web", "connect host \"a.contoso.com\"", "connect \"http://a.contoso.com/x\"",
     "Web connect \"http://a.contoso.com/x\""},
    {"Web", "connect host \"a.contoso.com\"", "accept host \"a.contoso.com\"", ""},
    {"Web", "connect pattern \"https://pay\\..*/\"", "connect pattern \"https?://.*\\.contoso\\.com/.*\"",
     "Web connect \"https://pay.contoso.com/\""},
    {"Web", "connect pattern \"ftp://.*\"", "connect pattern \"https?://.*\"", ""},
    {"Web", "connect pattern \"http://[a-m].*\\.com/x\"", "connect pattern \"http://[n-z].*/x\"", ""},
    {"Web", "connect pattern \"http://(a|ab)(c|bcd)/(d*)\"", "connect pattern \"http://abcd/d\"",
     "Web connect \"http://abcd/d\""},
    {"Web", "connect pattern \"http://[^/]*\\.gov/.*\"", "unrestricted", "Web connect \"http://a.gov/\""},
    /* ---- databases ---- */
    {"OleDb", "connection \"Provider=SQLOLEDB;Data Source=db1\" keys \"\" allow-only",
     "connection \"Provider=SQLOLEDB\" keys \"Data Source=\" allow-only",
     "OleDb connection \"Provider=SQLOLEDB;Data Source=db1\" allow-only"},
    {"OleDb", "connection \"Provider=SQLOLEDB\" keys \"\" prevent", "connection \"Provider=MSDAORA\" keys \"\" prevent",
     ""},
    {"SqlClient", "connection \"Data Source=a\" keys \"\" allow-only", "unrestricted",
     "SqlClient connection \"Data Source=a\" allow-only"},
    {"SqlClient", "unrestricted", "unrestricted", "SqlClient unrestricted"},
};

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

static struct tc_str
source_of(int i)
{
    return tc_arena_printf(&c.arena,
                           "server web01 { framework 2.0; }\n"
                           "policy P { grant Security { flags Execution; } grant AspNetHosting { level Medium; }\n"
                           "    grant %s %s%s%s\n"
                           "}\n"
                           "application A { location \"S/a\"; root \"D:\\A\"; trust P; }\n"
                           "never \"n\" { A may %s %s; }\n",
                           cases[i].word, strcmp(cases[i].granted, "unrestricted") == 0 ? "" : "{ ", cases[i].granted,
                           strcmp(cases[i].granted, "unrestricted") == 0 ? ";" : "; }", cases[i].word, cases[i].asked);
}

/* A demand is one clause: a second one of the same class is one line more, and all of them are asked for. */
static void
compile(int i)
{
    struct tc_sema_host host = tc_host_builtin();
    enum tc_status status = tc_compile(&c, &host, &(struct tc_sema_options){0}, TC_STR("case.trust"), source_of(i));

    ck_assert_msg(status == TC_OK, "%s %s: %.*s", cases[i].word, cases[i].asked,
                  TC_STR_ARG(c.diags.first == NULL ? TC_STR("") : c.diags.first->message));
}

/* The application may do what is said to be in common, and the never says so too, unless there is nothing. */
static void
hold_rule_against(const struct tc_overlap *overlap)
{
    const struct tc_rule_filter everything = {.words = {NULL, 0}};
    struct tc_subjects subjects;
    struct tc_may_answer answer;
    struct tc_rule_run run;

    ck_assert_int_eq(tc_subjects_of_model(&c.arena, c.model, &subjects), TC_OK);
    ck_assert_int_eq(tc_rules_run(&c.arena, c.model, &subjects, NULL, &everything, &run), TC_OK);
    ck_assert_uint_eq(run.failed, overlap->answer == TC_OVERLAP_NO ? 0 : 1);
    if (overlap->answer != TC_OVERLAP_YES)
        return;
    ck_assert_int_eq(run.lines[0].failures->how, TC_FAILING_GRANTED);
    ck_assert_int_eq(tc_ask(&c.arena, &subjects.items[0], run.lines[0].failures->demand, &answer), TC_OK);
    ck_assert_int_eq(answer.may, TC_MAY_SURELY);
}

START_TEST(has_in_common)
{
    const struct tc_machine machine = {.name = TC_STR("web01")};
    const struct tc_perm *asked, *granted;
    struct tc_overlap overlap;
    struct tc_buf words = {0};

    compile(_i);
    asked = c.model->rules->demands->perm;
    granted = tc_pset_find(c.model->applications[0]->policy->sets[0], asked->cls);
    ck_assert_ptr_nonnull(granted);
    ck_assert(tc_overlap(&c.arena, &machine, asked, granted, &overlap));
    if (overlap.answer == TC_OVERLAP_YES)
        tc_demand_put(&words, TC_FX_2_0, overlap.demand);
    else if (overlap.answer == TC_OVERLAP_UNKNOWN)
        tc_buf_puts(&words, TC_STR("?"));
    ck_assert_msg(tc_str_eq(tc_buf_str(&words), tc_str_of(cases[_i].expected)), "%s: %s against %s: '%.*s', not '%s'",
                  cases[_i].word, cases[_i].asked, cases[_i].granted, TC_STR_ARG(tc_buf_str(&words)),
                  cases[_i].expected);
    ck_assert((overlap.answer == TC_OVERLAP_UNKNOWN) == (overlap.why != NULL));
    hold_rule_against(&overlap);
    tc_buf_done(&words);
}
END_TEST

/* ---- patterns ---- */

static const struct {
    const char *a, *b;
    bool meet;
} patterns[] = {
    {"http://a/.*", "http://a/b", true},
    {"http://a/b", "http://a/c", false},
    {"http://A/B", "http://a/b", true},   /* letter case does not count */
    {"http://a/(", "http://a/.*", false}, /* not valid: it accepts nothing */
    {"http://\xC3\xA4/.*", "http://[^a]/x", true},
    {"(http://a)\\1?/", "http://a/", true}, /* a back reference is taken for anything */
    {"http://a(?=b)/", "http://a/", true},  /* and so is an assertion: such a yes is tried out */
    {"", "http://a/", false},
    {"http://(a|b){2,3}/", "http://aba/", true},
    {"http://(a|b){2,3}/", "http://abab/", false},
    {"http://a{30000}/", "http://b/", true}, /* too large to follow */
};

START_TEST(patterns_meet)
{
    struct tc_str url;

    ck_assert_int_eq(tc_patterns_meet(&c.arena, tc_str_of(patterns[_i].a), tc_str_of(patterns[_i].b), TC_URL_ANY, &url),
                     patterns[_i].meet);
    ck_assert_int_eq(tc_patterns_meet(&c.arena, tc_str_of(patterns[_i].b), tc_str_of(patterns[_i].a), TC_URL_ANY, &url),
                     patterns[_i].meet);
}
END_TEST

/* ---- memory ---- */

static bool
all_counts(void *state, struct tc_span span)
{
    (void)state;
    (void)span;
    return true;
}

/* Every rule of a source, decided with the n-th allocation failing: it says so, or it is as if nothing had been. */
START_TEST(rules_survive_without_memory)
{
    static const char source[] =
        "server web01 { framework 2.0; }\n"
        "application A { location \"S/a\"; root \"D:\\A\"; grant FileIO { read \"E:\\x\"; }\n"
        "    grant Web { connect pattern \"https?://.*\\.contoso\\.com/.*\"; } grant OleDb unrestricted; }\n"
        "never \"n\" { any application may FileIO read \"E:\\\"; A may Web connect host \"a.contoso.com\"; }\n"
        "test \"t\" { A may OleDb unrestricted; A may not FileIO read \"D:\\A\\x\"; }\n";
    struct tc_sema_host host = tc_host_builtin();
    struct tc_rule_filter everything = {.words = {NULL, 0}};
    size_t expected = 0, nth;
    bool is_done = false;

    ck_assert_int_eq(tc_compile(&c, &host, &(struct tc_sema_options){0}, TC_STR("s.trust"), TC_STR(source)), TC_OK);
    for (nth = 0; !is_done || nth == 1; nth++) {
        struct tc_arena arena;
        struct tc_subjects subjects;
        struct tc_rule_run run = {0};
        struct tc_coverage coverage;
        struct tc_mutants mutants;
        enum tc_status status;
        bool has_failed;

        tc_arena_init(&arena);
        tct_fail_alloc_begin(nth);
        status = tc_subjects_of_model(&arena, c.model, &subjects);
        if (status == TC_OK)
            status = tc_rules_run(&arena, c.model, &subjects, NULL, &everything, &run);
        if (status == TC_OK)
            status = tc_coverage_of(&arena, &subjects, &run, all_counts, NULL, &coverage);
        if (status == TC_OK)
            status = tc_mutants_try(&arena, c.model, &coverage, &run, &mutants);
        has_failed = tct_fail_alloc_end();
        if (nth == 0)
            expected = run.failed;
        ck_assert_msg(!has_failed || status == TC_ERR_NOMEM, "allocation %zu fails, and the status is %d", nth, status);
        ck_assert(has_failed || (status == TC_OK && run.failed == expected));
        is_done = nth > 0 && !has_failed;
        tc_arena_done(&arena);
        if (nth > 0 && is_done)
            break;
    }
    ck_assert_uint_eq(expected, 3);
    ck_assert_uint_gt(nth, 5);
}
END_TEST

Suite *
tct_overlap_suite(void)
{
    Suite *suite = suite_create("overlap");
    TCase *tc = tcase_create("overlap");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, has_in_common, 0, TCT_COUNT(cases));
    tcase_add_loop_test(tc, patterns_meet, 0, TCT_COUNT(patterns));
    tcase_add_test(tc, rules_survive_without_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
