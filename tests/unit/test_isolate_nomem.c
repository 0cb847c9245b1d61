/* tc_isolate() with every allocation failing: it says so, leaks nothing and survives. Sources are the examples of the
 * rules, and one that has something of every kind. */
#include "api/trustc.h"
#include "isolate/isolate.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

#define APP(name, more)                                                                                                \
    "application " name " { location \"Site/" name "\"; root \"D:\\Sites\\" name "\"; " more                           \
    "grant FileIO { write \"D:\\Shared\\\xC3\xA4\"; read \"D:\\Sites\", \"\\\\localhost\\D$\\x\", \"E:\\\"; }"         \
    "grant Registry { write \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\"; read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\\xC3\xA4\"; }"   \
    "grant EventLog { machine \".\" Administer; machine \"LOG01\" Write; }"                                            \
    "grant MessageQueue { queue \".\\private$\\orders\" Receive; queue \"Label:x\" Send; }"                            \
    "grant PerformanceCounter { counter \".\" \"Shop\" Write; }"                                                       \
    "grant Environment unrestricted;"                                                                                  \
    "grant IsolatedStorage { allowed AdministerIsolatedStorageByUser; quota 1; }"                                      \
    "grant Web { connect pattern \"https?://(www|shop)\\.contoso\\.com/.*\"; connect host \"localhost\"; }"            \
    "grant Socket { connect tcp \"127.0.0.1\" 80; connect tcp \"10.*.*.*\" 80; }"                                      \
    "grant OleDb { connection \"Provider=MSDAORA\" keys \"\" allow-only; } grant Odbc unrestricted;"                   \
    "grant Security { flags UnmanagedCode; } grant Store { flags DeleteStore; } grant Acme unrestricted;"              \
    "raw \"<IPermission class=\"\"x\"\"/>\"; }\n"

static const char everything[] =
    "server web01 { framework 2.0; iis 6.0; windows \"C:\\Windows\"; compression only A, B; }\n"
    "class Acme \"Acme.P, Acme, Version=1.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089\";\n"
    "policy P extends medium { possibly grant Dns unrestricted; possibly grant FileIO { write \"D:\\Perhaps\"; }\n"
    "    code url \"$AppDirUrl$/bin/x.dll\" grants FullTrust; code url \"file://files01/c/*\" grants FullTrust; "
    "}\n" APP("A",
              "trust P; origin host \"www.contoso.com\"; pool p identity \"Users\"; anonymous \"IUSR_x\"; temporary "
              "\"E:\\T\"; templates \"E:\\T\"; impersonate off; accept file-read because \"x\"; ")
        APP("B", "trust P; origin pattern \"https?://(a|b)+\\.example/.*\"; pool P; temporary \"e:\\t\"; ")
            APP("C", "trust P; pool q identity \"NetworkService\"; anonymous \"NetworkService\"; ")
                APP("D", "trust P; pool r identity \"LocalSystem\"; ")
                    APP("E",
                        "trust P; ") "share \"D:\\Shared\" read between A, B because \"agreed\";\n"
                                     "application F { location \"Site/A/f\"; root \"D:\\Sites\\A\\f\"; trust full; }\n";

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

static void
compile(const char *text)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_sema_host host = tc_host_builtin();

    ck_assert_msg(tc_compile(&c, &host, &options, TC_STR("example.trust"), tc_str_of(text)) == TC_OK, "%.*s",
                  c.diags.first == NULL ? 0 : TC_STR_ARG(c.diags.first->message));
}

struct outcome {
    enum tc_status status;
    size_t findings;
    bool has_failed;
    long live;
};

/* One run in an arena that has @a used bytes behind it, so that its chunks end elsewhere; allocation @a nth fails. */
static struct outcome
run(size_t used, size_t nth)
{
    struct tc_isolation *isolation = NULL;
    struct outcome outcome = {0};
    struct tc_arena arena;

    /* no assertion between begin and end: those allocate too */
    tct_fail_alloc_begin(0);
    tc_arena_init(&arena);
    for (size_t done = 0; done < used; done += 256)
        (void)tc_arena_alloc(&arena, 256, 1);
    outcome.live = tct_fail_alloc_live(); /* these blocks are older */
    tct_fail_alloc_begin(nth);
    outcome.status = tc_isolate(&arena, c.model, &isolation);
    if (outcome.status == TC_OK) {
        outcome.findings = isolation->finding_count;
        tc_isolation_done(isolation);
    }
    tc_arena_done(&arena);
    outcome.live += tct_fail_alloc_live();
    outcome.has_failed = tct_fail_alloc_end();
    return outcome;
}

static void
fail_each(size_t used)
{
    struct outcome whole = run(used, 0);

    ck_assert_int_eq(whole.status, TC_OK);
    ck_assert_int_eq(whole.live, 0);
    for (size_t nth = 1;; nth++) {
        struct outcome outcome = run(used, nth);

        ck_assert_msg(outcome.live == 0, "allocation %zu failed, and %ld blocks are left", nth, outcome.live);
        ck_assert_int_eq(outcome.status, outcome.has_failed ? TC_ERR_NOMEM : TC_OK);
        if (!outcome.has_failed) {
            ck_assert_uint_eq(outcome.findings, whole.findings);
            break;
        }
    }
}

START_TEST(examples)
{
    compile(tc_rule_info((enum tc_rule_id)_i)->code.bad);
    fail_each(0);
    tc_compilation_done(&c);
    tc_compilation_init(&c);
    compile(tc_rule_info((enum tc_rule_id)_i)->code.good);
    fail_each(0);
}
END_TEST

/* The arena asks for memory 64 KiB at a time: ending that everywhere lets each of its allocations fail in turn. */
START_TEST(everything_wherever_the_arena_ends)
{
    compile(everything);
    for (size_t used = 0; used < 64 * 1024 - 512; used += 2048)
        fail_each(used);
}
END_TEST

Suite *
tct_isolate_nomem_suite(void)
{
    Suite *suite = suite_create("isolate_nomem");
    TCase *tc = tcase_create("allocations");

    tcase_set_timeout(tc, 240); /* valgrind takes its time */
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, examples, 0, TC_RULE_COUNT_);
    tcase_add_test(tc, everything_wherever_the_arena_ends);
    suite_add_tcase(suite, tc);
    return suite;
}
