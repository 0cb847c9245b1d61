/* Whether a policy grants more than another: the proof that mending a file widens nothing. */
#include "support/unit.h"
#include "unit/suites.h"
#include "verify/wider.h"
#include "xml/reader.h"

#include <string.h>

#define ALL "<IMembershipCondition class=\"AllMembershipCondition\" version=\"1\"/>"
#define URL "<IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" Url=\"file:///D:/Lib/*\"/>"
#define GAC "<IMembershipCondition class=\"GacMembershipCondition\" version=\"1\"/>"
#define HASH                                                                                                           \
    "<IMembershipCondition class=\"HashMembershipCondition\" version=\"1\" HashValue=\"0A1B\" HashAlgorithm=\"MD5\"/>"
#define OTHER_HASH                                                                                                     \
    "<IMembershipCondition class=\"HashMembershipCondition\" version=\"1\" HashValue=\"0A1C\" HashAlgorithm=\"MD5\"/>"
#define PUBLISHER                                                                                                      \
    "<IMembershipCondition class=\"PublisherMembershipCondition\" version=\"1\" X509Certificate=\"3082\"/>"
#define THIRD "<IMembershipCondition class=\"Contoso.Condition, Contoso\" version=\"1\" Team=\"a\"/>"
#define OTHER "<IMembershipCondition class=\"Contoso.Condition, Contoso\" version=\"1\" Team=\"b\"/>"

#define GROUP(set, condition, inside)                                                                                  \
    "<CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"" set "\">" condition inside "</CodeGroup>"
#define FIRST(set, condition, inside)                                                                                  \
    "<CodeGroup class=\"FirstMatchCodeGroup\" version=\"1\" PermissionSetName=\"" set "\">" condition inside           \
    "</CodeGroup>"

/* Groups below the outermost, which is for all code and grants nothing. */
static const struct {
    const char *before, *after;
    bool wider;
} cases[] = {
    {GROUP("Small", URL, ""), GROUP("Small", URL, ""), false},
    {GROUP("Large", URL, ""), GROUP("Small", URL, ""), false},
    {GROUP("Small", URL, ""), GROUP("Large", URL, ""), true},
    {GROUP("Small", URL, ""), "", false},
    {"", GROUP("Small", URL, ""), true},
    {"", GROUP("Small", HASH, ""), true},
    {"", GROUP("Small", PUBLISHER, ""), true},
    {GROUP("Small", HASH, ""), GROUP("Small", OTHER_HASH, ""), true},
    {GROUP("Small", HASH, "") GROUP("Nothing", GAC, ""), GROUP("Small", HASH, ""), false},
    /* below others */
    {GROUP("Nothing", URL, GROUP("Small", GAC, "")), GROUP("Nothing", URL, GROUP("Large", GAC, "")), true},
    {GROUP("Nothing", PUBLISHER, GROUP("Small", HASH, "")), GROUP("Nothing", PUBLISHER, GROUP("Large", HASH, "")),
     true},
    {GROUP("Nothing", URL, GROUP("Small", HASH, "")), GROUP("Nothing", URL, GROUP("Small", ALL, "")), true},
    {GROUP("Nothing", URL, GROUP("Large", ALL, "")), GROUP("Nothing", URL, GROUP("Small", GAC, "")), false},
    {GROUP("Nothing", URL, GROUP("Nothing", HASH, GROUP("Small", GAC, ""))),
     GROUP("Nothing", URL, GROUP("Nothing", HASH, GROUP("Small", ALL, ""))), true},
    /* the first of several decides */
    {FIRST("Nothing", ALL, GROUP("Small", URL, "") GROUP("Large", HASH, "")),
     FIRST("Nothing", ALL, GROUP("Large", HASH, "") GROUP("Small", URL, "")), false},
    {FIRST("Nothing", ALL, GROUP("Nothing", GAC, "") GROUP("Large", URL, "")),
     FIRST("Nothing", ALL, GROUP("Large", URL, "")), false},
    {FIRST("Nothing", ALL, GROUP("Nothing", URL, "") GROUP("Large", URL, GROUP("Small", HASH, ""))),
     FIRST("Nothing", ALL, GROUP("Large", URL, GROUP("Small", HASH, ""))), true},
    /* of a third party */
    {GROUP("Small", THIRD, ""), GROUP("Small", THIRD, ""), false},
    {GROUP("Large", THIRD, ""), GROUP("Small", THIRD, ""), false},
    {GROUP("Small", THIRD, ""), GROUP("Large", THIRD, ""), true},
    {GROUP("Small", THIRD, ""), GROUP("Small", OTHER, ""), true},
    {GROUP("Nothing", THIRD, GROUP("Small", URL, "")), GROUP("Nothing", THIRD, GROUP("Large", URL, "")), true},
    {GROUP("Nothing", THIRD, "") GROUP("Large", URL, ""), GROUP("Nothing", THIRD, "") GROUP("Small", GAC, ""), true},
    {GROUP("Nothing", THIRD, "") GROUP("Large", URL, ""), GROUP("Nothing", THIRD, ""), false},
};

static const char before_groups[] =
    "<configuration><mscorlib><security><policy><PolicyLevel version=\"1\"><SecurityClasses>"
    "<SecurityClass Name=\"AllMembershipCondition\" Description=\"System.Security.Policy.AllMembershipCondition, "
    "mscorlib\"/>"
    "<SecurityClass Name=\"UrlMembershipCondition\" Description=\"System.Security.Policy.UrlMembershipCondition, "
    "mscorlib\"/>"
    "<SecurityClass Name=\"GacMembershipCondition\" Description=\"System.Security.Policy.GacMembershipCondition, "
    "mscorlib\"/>"
    "<SecurityClass Name=\"HashMembershipCondition\" Description=\"System.Security.Policy.HashMembershipCondition, "
    "mscorlib\"/>"
    "<SecurityClass Name=\"PublisherMembershipCondition\" "
    "Description=\"System.Security.Policy.PublisherMembershipCondition, mscorlib\"/>"
    "<SecurityClass Name=\"UnionCodeGroup\" Description=\"System.Security.Policy.UnionCodeGroup, mscorlib\"/>"
    "<SecurityClass Name=\"FirstMatchCodeGroup\" Description=\"System.Security.Policy.FirstMatchCodeGroup, mscorlib\"/>"
    "<SecurityClass Name=\"NamedPermissionSet\" Description=\"System.Security.NamedPermissionSet, mscorlib\"/>"
    "<SecurityClass Name=\"FileIOPermission\" Description=\"System.Security.Permissions.FileIOPermission, mscorlib\"/>"
    "</SecurityClasses><NamedPermissionSets>"
    "<PermissionSet class=\"NamedPermissionSet\" version=\"1\" Name=\"ASP.Net\"/>"
    "<PermissionSet class=\"NamedPermissionSet\" version=\"1\" Name=\"Small\">"
    "<IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\Data\\A\"/></PermissionSet>"
    "<PermissionSet class=\"NamedPermissionSet\" version=\"1\" Name=\"Large\">"
    "<IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\Data\"/></PermissionSet>"
    "</NamedPermissionSets>"
    "<CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"Nothing\">" ALL;
static const char after_groups[] = "</CodeGroup></PolicyLevel></policy></security></mscorlib></configuration>";

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
}

static void
teardown(void)
{
    tc_arena_done(&arena);
}

static const struct tc_policy *
policy_of(const char *groups)
{
    struct tc_str text = tc_arena_printf(&arena, "%s%s%s", before_groups, groups, after_groups);
    struct tc_source *source = tc_sources_add(&sources, TC_STR("x.config"), text);
    struct tc_reading reading;

    ck_assert_ptr_nonnull(source);
    ck_assert_int_eq(tc_read_source(&diags, source, TC_RT_2_0, TC_STR(""), &reading), TC_OK);
    return reading.policy;
}

START_TEST(says_what_grants_more)
{
    ck_assert_int_eq(tc_policy_is_wider(&arena, policy_of(cases[_i].before), policy_of(cases[_i].after)),
                     cases[_i].wider);
}
END_TEST

Suite *
tct_wider_suite(void)
{
    Suite *suite = suite_create("wider");
    TCase *tc = tcase_create("groups");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, says_what_grants_more, 0, TCT_COUNT(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
