/* What the vectors do not show of policy levels: places of exceptions, built-in sets, running out of memory. */
#include "model/builtin_sets.h"
#include "model/resolve.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"
#include "xml/clr_text.h"

#include <string.h>

#define SSP    "System.Security.Permissions."
#define POLICY "System.Security.Policy."
#define ALL    "<IMembershipCondition class=\"All\" version=\"1\"/>"
#define HEAD                                                                                                           \
    "<PolicyLevel version=\"1\"><SecurityClasses>"                                                                     \
    "<SecurityClass Name=\"Union\" Description=\"" POLICY "UnionCodeGroup, mscorlib, Version=4.0.0.0\"/>"              \
    "<SecurityClass Name=\"First\" Description=\"" POLICY "FirstMatchCodeGroup, mscorlib, Version=4.0.0.0\"/>"         \
    "<SecurityClass Name=\"All\" Description=\"" POLICY "AllMembershipCondition, mscorlib, Version=4.0.0.0\"/>"        \
    "<SecurityClass Name=\"Url\" Description=\"" POLICY "UrlMembershipCondition, mscorlib, Version=4.0.0.0\"/>"        \
    "<SecurityClass Name=\"File\" Description=\"" SSP "FileIOPermission, mscorlib, Version=4.0.0.0\"/>"                \
    "<SecurityClass Name=\"Event\" Description=\"System.Diagnostics.EventLogPermission, System, Version=4.0.0.0, "     \
    "Culture=neutral, PublicKeyToken=b77a5c561934e089\"/>"                                                             \
    "</SecurityClasses><NamedPermissionSets><PermissionSet class=\"NamedPermissionSet\" Name=\"ASP.Net\">"             \
    "<IPermission class=\"File\" version=\"1\" Read=\"C:\\app\"/>"                                                     \
    "<IPermission class=\"Event\" version=\"1\"><Machine name=\".\" access=\"Nonsense\"/></IPermission>"               \
    "<IPermission class=\"Fiel\" version=\"1\" Read=\"C:\\\"/>"                                                        \
    "</PermissionSet></NamedPermissionSets>"
#define TAIL "</PolicyLevel>"

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

static const struct tc_evidence evidence = {.has_url = true,
                                            .url = TCT_STR("file:///C:/app/bin/x.dll"),
                                            .has_zone = true,
                                            .has_strong_name = true,
                                            .key = TCT_STR("00"),
                                            .name = TCT_STR("x"),
                                            .version = TCT_STR("1.0.0.0")};

/* Read @a text, resolve the evidence against it as the only level, and write the result as XML without line breaks. */
static enum tc_answer
resolve(struct tc_arena *into, struct tc_str text, struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    struct tc_clr_fault fault;
    struct tc_element *root;
    struct tc_policy_level *level;
    const struct tc_policy_level *levels[TC_POLICY_LEVEL_COUNT_] = {NULL};

    if (tc_clr_read(into, text, 1, &root, &fault) != TC_OK) {
        *ret_throw = fault.thrown;
        return TC_THROWS;
    }
    if (tc_policy_level_read(into, root, TC_FX_4_0, &level, ret_throw) != TC_YES)
        return TC_THROWS;
    levels[TC_POLICY_LEVEL_APPDOMAIN] = level;
    return tc_policy_levels_resolve(into, NULL, levels, &evidence, ret_set, ret_throw);
}

START_TEST(keeps_what_it_cannot_read_until_asked)
{
    struct tc_str text = TC_STR(HEAD "<CodeGroup class=\"First\" PermissionSetName=\"Nothing\">" ALL
                                     "<CodeGroup class=\"Union\" PermissionSetName=\"ASP.Net\">"
                                     "<IMembershipCondition class=\"Url\" Url=\"file:///C:/app/*\"/></CodeGroup>"
                                     "</CodeGroup>" TAIL);
    struct tc_grant_set *set;
    const struct tc_perm *perm;
    struct tc_throw thrown;

    ck_assert_int_eq(resolve(&arena, text, &set, &thrown), TC_YES);
    ck_assert_int_eq(tc_grant_set_get(set, tc_class(TC_CLASS_FILE_IO), &perm, &thrown), TC_YES);
    ck_assert_ptr_nonnull(perm);
    ck_assert_int_eq(tc_grant_set_get(set, tc_class(TC_CLASS_URL_IDENTITY), &perm, &thrown), TC_YES);
    ck_assert_ptr_nonnull(perm);
    ck_assert_int_eq(tc_grant_set_get(set, tc_class(TC_CLASS_SECURITY), &perm, &thrown), TC_YES);
    ck_assert_ptr_null(perm);
    ck_assert_int_eq(tc_grant_set_get(set, tc_class(TC_CLASS_EVENT_LOG), &perm, &thrown), TC_THROWS);
    tct_assert_str(tc_str_sub(text, thrown.span.begin - 1, thrown.span.end - thrown.span.begin), TC_STR("Nonsense"));
}
END_TEST

/* What a level throws, and where. */
static const struct {
    struct tc_str text, type, at;
} faults[] = {
    {TCT_STR("<PolicyLevel><SecurityClasses/></PolicyLevel>"), TCT_STR("NullReferenceException"),
     TCT_STR("<SecurityClasses/>")},
    {TCT_STR("<PolicyLevel><SecurityClasses><SecurityClass Name=\"A\" Description=\"B\"/>"
             "<SecurityClass Name=\"A\" Description=\"B\"/></SecurityClasses></PolicyLevel>"),
     TCT_STR("ArgumentException"), TCT_STR("A")},
    {TCT_STR(HEAD TAIL), TCT_STR("ArgumentException"), TCT_STR("<PolicyLevel version=\"1\">")},
    {TCT_STR(HEAD "<CodeGroup class=\"X\">" ALL "</CodeGroup>" TAIL), TCT_STR("ArgumentException"), TCT_STR("X")},
    {TCT_STR(HEAD "<CodeGroup class=\"Union\"/>" TAIL), TCT_STR("ArgumentException"),
     TCT_STR("<CodeGroup class=\"Union\"/>")},
    {TCT_STR(HEAD "<CodeGroup class=\"Union\">" ALL "<CodeGroup class=\"Y\">" ALL "</CodeGroup></CodeGroup>" TAIL),
     TCT_STR("ArgumentException"), TCT_STR("Y")},
    {TCT_STR(HEAD "<CodeGroup class=\"Union\"><IMembershipCondition class=\"Url\" Url=\"x\"/></CodeGroup>" TAIL),
     TCT_STR("ArgumentException"), TCT_STR("x")},
};

START_TEST(says_where_it_throws)
{
    struct tc_grant_set *set;
    struct tc_throw thrown = {0};

    ck_assert_int_eq(resolve(&arena, faults[_i].text, &set, &thrown), TC_THROWS);
    tct_assert_str(tc_str_of(thrown.type), faults[_i].type);
    tct_assert_str(tc_str_sub(faults[_i].text, thrown.span.begin - 1, thrown.span.end - thrown.span.begin),
                   faults[_i].at);
}
END_TEST

/* Permission sets of a policy: what is left of them. */
static const struct {
    struct tc_str text;
    const char *type; /* what reading throws; NULL: nothing */
    size_t count;
} sets[] = {
    {TCT_STR("<PermissionSet><IPermission class=\"X, Y\"/><IPermission class=\"Z, Y\"/></PermissionSet>"), NULL, 0},
    {TCT_STR("<PermissionSet><IPermission class=\"X, Y\"/><IPermission class=\"X, Y\"/></PermissionSet>"),
     "NullReferenceException", 0},
    {TCT_STR("<PermissionSet><IPermission class=\"X\"/><IPermission class=\"X\"/></PermissionSet>"), NULL, 0},
    {TCT_STR("<PermissionSet><IPermission/></PermissionSet>"), "ArgumentException", 0},
    {TCT_STR("<PermissionSet Unrestricted=\"true\"><IPermission class=\"System.Net.DnsPermission, System\"/>"
             "<IPermission class=\"" SSP "UIPermission\"/></PermissionSet>"),
     NULL, 1},
    {TCT_STR(
         "<PermissionSet><IPermission class=\"System.Net.DnsPermission, System, PublicKeyToken=0\"/></PermissionSet>"),
     NULL, 0},
    {TCT_STR("<Permissions/>"), "ArgumentException", 0},
};

START_TEST(reads_sets_of_a_policy)
{
    struct tc_clr_fault fault;
    struct tc_element *root;
    struct tc_grant_set *set;
    struct tc_throw thrown = {0};
    enum tc_answer answer;

    ck_assert_int_eq(tc_clr_read(&arena, sets[_i].text, 0, &root, &fault), TC_OK);
    answer = tc_grant_set_read(&arena, NULL, root, TC_SET_POLICY, &set, &thrown);
    ck_assert_int_eq(answer, sets[_i].type == NULL ? TC_YES : TC_THROWS);
    if (answer == TC_YES)
        ck_assert_uint_eq(set->count, sets[_i].count);
    else
        ck_assert_str_eq(thrown.type, sets[_i].type);
}
END_TEST

START_TEST(has_the_sets_of_the_framework)
{
    size_t count;
    const struct tc_builtin_set *builtin = tc_builtin_sets(&count);

    for (size_t i = 0; i < count; i++) {
        struct tc_grant_set *set;
        struct tc_element *element;
        struct tc_class_names names = {.is_full = true, .framework = TC_FX_4_0};

        ck_assert_msg(tc_builtin_grant_set(&arena, TC_FX_4_0, tc_str_of(builtin[i].name), &set), "%s", builtin[i].name);
        ck_assert_int_eq(set->unrestricted, strcmp(builtin[i].name, "FullTrust") == 0);
        ck_assert_int_eq(set->count == 0, set->unrestricted || strcmp(builtin[i].name, "Nothing") == 0);
        ck_assert_int_eq(tc_grant_set_write(&arena, set, &names, &element, NULL), TC_YES);
    }
    for (unsigned framework = 0; framework < TC_FX_COUNT_; framework++) {
        struct tc_grant_set *set, *everything;

        ck_assert(tc_builtin_grant_set(&arena, (enum tc_framework)framework, TC_STR("Internet"), &set));
        ck_assert(tc_builtin_grant_set(&arena, (enum tc_framework)framework, TC_STR("Everything"), &everything));
        ck_assert_uint_ge(set->count, 5);
    }
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    struct tc_buf text = {0};
    bool has_failed = true;

    tc_buf_puts(&text, TC_STR(HEAD "<CodeGroup class=\"Union\" PermissionSetName=\"Execution\">" ALL));
    for (size_t i = 0; i < 300; i++)
        tc_buf_printf(&text,
                      "<CodeGroup class=\"Union\" Attributes=\"LevelFinal\" PermissionSetName=\"Internet\">"
                      "<IMembershipCondition class=\"Url\" Url=\"file:///C:/app/*\"/></CodeGroup>"
                      "<CodeGroup class=\"" POLICY "NetCodeGroup\">" ALL "</CodeGroup>"
                      "<CodeGroup class=\"Union\">" ALL "<PermissionSet version=\"1\"><IPermission class=\"File\" "
                      "version=\"1\" Write=\"C:\\dir%zu\"/></PermissionSet></CodeGroup>",
                      i);
    tc_buf_puts(&text, TC_STR("</CodeGroup>" TAIL));
    for (size_t nth = 1; has_failed; nth++) {
        struct tc_arena own;
        struct tc_grant_set *set;
        struct tc_throw thrown = {0};
        enum tc_answer answer;
        bool arena_failed;

        tct_fail_alloc_begin(nth);
        tc_arena_init(&own);
        answer = resolve(&own, tc_buf_str(&text), &set, &thrown);
        arena_failed = own.failed;
        tc_arena_done(&own);
        has_failed = tct_fail_alloc_end();
        ck_assert_msg((answer == TC_YES) == !has_failed || !arena_failed, "allocation %zu", nth);
        ck_assert(answer == TC_YES || has_failed);
    }
    tc_buf_done(&text);
}
END_TEST

Suite *
tct_resolve_suite(void)
{
    Suite *suite = suite_create("resolve");
    TCase *tc = tcase_create("resolve");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, keeps_what_it_cannot_read_until_asked);
    tcase_add_loop_test(tc, says_where_it_throws, 0, TCT_COUNT(faults));
    tcase_add_loop_test(tc, reads_sets_of_a_policy, 0, TCT_COUNT(sets));
    tcase_add_test(tc, has_the_sets_of_the_framework);
    tcase_add_test(tc, every_allocation_may_fail);
    suite_add_tcase(suite, tc);
    return suite;
}
