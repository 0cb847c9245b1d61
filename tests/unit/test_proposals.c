/* minimize and what demands learns with every allocation failing: they say so, or find what they find otherwise. */
#include "api/learn.h"
#include "api/minimize.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

static const char text[] =
    "server s { framework 2.0; trust medium; }\n"
    "policy Old extends medium { grant Dns unrestricted; }\n"
    "policy P extends medium {\n"
    "    revoke Printing; grant Printing { level DefaultPrinting; }\n"
    "    grant FileIO { read, write \"D:\\A\", \"D:\\A\\c\"; } grant FileIO { read \"D:\\A\\b\"; } grant Security { "
    "flags Execution, UnmanagedCode; }\n"
    "    code gac grants FullTrust; code gac grants FullTrust;\n"
    "}\n"
    "application A { location \"S/a\"; root \"D:\\X\"; trust P; grant FileIO { read \"D:\\A\"; } }\n";

static const char evidence[] =
    "<PermissionSet><IPermission class=\"System.Security.Permissions.FileIOPermission, mscorlib\" version=\"1\" "
    "Read=\"E:\\x;D:\\X\\y\"/><IPermission class=\"System.Security.Permissions.RegistryPermission, mscorlib\" "
    "version=\"1\" Read=\"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\"/></PermissionSet>";

static const struct tc_sema_options options = {.today = {"2026-11-23", 10}};

static enum tc_status
no_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    (void)state;
    (void)path;
    (void)ret_text;
    *ret_reason = "there is none";
    return TC_ERR_IO;
}

struct outcome {
    enum tc_status status;
    size_t count; /* of what was found or learned */
    struct tc_str text;
    bool has_failed;
};

static struct tc_compilation c;

static struct outcome
minimize(const struct tc_sema_host *host, size_t nth)
{
    struct outcome outcome = {0};
    struct tc_minimized result = {0};

    tct_fail_alloc_begin(nth);
    outcome.status = tc_minimize(&c, host, &options, &result);
    outcome.has_failed = tct_fail_alloc_end();
    outcome.count = result.count;
    outcome.text = result.text;
    return outcome;
}

static struct outcome
learn(const struct tc_sema_host *host, size_t nth)
{
    static const bool accepted[TC_REFUSAL_COUNT_] = {false};
    struct outcome outcome = {.status = TC_ERR_NOMEM};
    struct tc_demands_report report;
    struct tc_compilation again;
    struct tc_subjects subjects;
    struct tc_learned learned = {0};
    struct tc_needs needs = {0};
    const struct tc_source *source = tc_sources_add(&c.sources, TC_STR("report"), TC_STR(evidence));

    ck_assert_int_eq(tc_subjects_of_model(&c.arena, c.model, &subjects), TC_OK);
    ck_assert_int_eq(tc_demands_read(&c.arena, source, &report), TC_OK);
    ck_assert_int_eq(tc_needs_of(&c.arena, &subjects.items[0], TC_FX_2_0, &report, 1, accepted, &needs), TC_OK);
    tct_fail_alloc_begin(nth);
    tc_compilation_init(&again);
    outcome.status = tc_learn(&c, &again, host, &options, &subjects.items[0], &needs, &learned);
    tc_compilation_done(&again);
    outcome.has_failed = tct_fail_alloc_end();
    outcome.count = needs.grant_count;
    outcome.text = learned.text;
    return outcome;
}

static struct outcome (*const proposals[])(const struct tc_sema_host *host, size_t nth) = {minimize, learn};

START_TEST(says_that_memory_is_gone)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_buf whole = {0};
    size_t count = 0;

    host.read_file = no_file;
    for (size_t nth = 0;; nth++) {
        struct outcome outcome;

        tc_compilation_init(&c);
        ck_assert_int_eq(tc_compile(&c, &host, &options, TC_STR("a.trust"), TC_STR(text)), TC_OK);
        outcome = proposals[_i](&host, nth);
        ck_assert_msg(outcome.status == (outcome.has_failed ? TC_ERR_NOMEM : TC_OK), "allocation %zu: status %d", nth,
                      (int)outcome.status);
        if (nth == 0) {
            count = outcome.count;
            tc_buf_puts(&whole, outcome.text);
        } else if (!outcome.has_failed) {
            ck_assert_uint_eq(outcome.count, count);
            tct_assert_str(outcome.text, tc_buf_str(&whole));
        }
        tc_compilation_done(&c);
        if (nth > 0 && !outcome.has_failed)
            break;
    }
    ck_assert_uint_gt(count, 0);
    tc_buf_done(&whole);
}
END_TEST

Suite *
tct_proposals_suite(void)
{
    Suite *suite = suite_create("proposals");
    TCase *tc = tcase_create("allocations");

    tcase_set_timeout(tc, 240);
    tcase_add_loop_test(tc, says_that_memory_is_gone, 0, TCT_COUNT(proposals));
    suite_add_tcase(suite, tc);
    return suite;
}
