/* The proof of a build: what it lets pass, and that it catches every way in which an emitter could go wrong. */
#include "api/trustc.h"
#include "unit/suites.h"

#include <stdlib.h>
#include <string.h>

/* Something of everything that an emitter writes. */
static const char source_2_0[] =
    "class Acme \"Acme.Perm, Acme, Version=1.0.0.0, Culture=neutral, PublicKeyToken=0123456789abcdef\";\n"
    "server s { framework 2.0; trust Hosted; }\n"
    "policy Hosted extends medium {\n"
    "    set Data { grant OleDb unrestricted; grant Security { flags Execution; } }\n"
    "    grant FileIO { read, discover \"D:\\Shared\", \"D:\\A;B\"; }\n"
    "    grant Web { connect host \"api.contoso.com\"; connect origin; }\n"
    "    grant Socket { connect tcp mail.contoso.com 25; }\n"
    "    grant EventLog { machine \".\" Write; }\n"
    "    grant Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\"; }\n"
    "    grant Acme { attribute Mode \"a<b\"; element Rule { attribute Name \"x\"; } }\n"
    "    code strongname \"00240000aabb\" name \"Contoso.Data\" version \"1.0.0.0\" grants Data name \"Data\";\n"
    "    code url \"$AppDirUrl$/bin/Trusted.dll\" grants { grant Dns unrestricted; } attributes Exclusive;\n"
    "    full-trust assembly \"Contoso.Gac\" version \"1.0.0.0\" key \"00240000ccdd00\";\n"
    "}\n"
    "application Contoso {\n"
    "    location \"Default Web Site/contoso\";\n"
    "    root \"D:\\Sites\\Contoso\";\n"
    "    origin host \"www.contoso.com\";\n"
    "    temporary \"E:\\Temp\\Contoso\";\n"
    "    impersonate on;\n"
    "    grant FileIO { read \"D:\\Data\\Contoso\"; }\n"
    "}\n";
static const char source_4_0[] =
    "server s { framework 4.0; }\n"
    "policy Hosted extends medium {\n"
    "    permission-set Mine;\n"
    "    grant OleDb unrestricted;\n"
    "    full-trust assembly \"Contoso.Data\" version \"1.0.0.0\" key \"00240000aabb00\";\n"
    "}\n"
    "application Contoso { location \"S/contoso\"; root \"D:\\Sites\\Contoso\"; trust Hosted; }\n"
    "application Old { location \"S/old\"; root \"D:\\Sites\\Old\"; cas-model legacy; }\n";
static const char source_nested[] =
    "server s { framework 4.0; trust low; }\n"
    "application Bank { location \"S/bank\"; root \"D:\\Bank\"; temporary \"E:\\Bank\"; impersonate on; }\n"
    "application Forum { location \"S/Bank/forum\"; root \"D:\\Forum\"; temporary \"E:\\Forum\"; impersonate off;"
    " trust minimal; }\n";

struct build {
    struct tc_compilation c;
    struct tc_output *outputs;
    size_t count;
};

static void
build_start(struct build *build, const char *source)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {0};
    struct tc_target target = {.dir = TC_STR("out")};

    tc_compilation_init(&build->c);
    ck_assert_int_eq(tc_compile(&build->c, &host, &options, TC_STR("t.trust"), tc_str_of(source)), TC_OK);
    ck_assert_int_eq(tc_emit(&build->c, &target, 1, &build->outputs, &build->count), TC_OK);
}

static struct tc_output *
output_of(struct build *build, const char *name)
{
    for (size_t i = 0; i < build->count; i++)
        if (tc_str_eq(build->outputs[i].name, tc_str_of(name)))
            return &build->outputs[i];
    ck_abort_msg("no output %s", name);
    return NULL;
}

/* Replace the first @a from in an output, as a broken emitter would have written it. */
static void
break_output(struct build *build, const char *name, const char *from, const char *to)
{
    struct tc_output *output = output_of(build, name);
    size_t place = tc_str_find(output->bytes, tc_str_of(from), 0);

    ck_assert_msg(place != SIZE_MAX, "'%s' is not in %s", from, name);
    output->bytes =
        tc_arena_printf(&build->c.arena, "%.*s%s%.*s", (int)place, output->bytes.ptr, to,
                        (int)(output->bytes.len - place - strlen(from)), output->bytes.ptr + place + strlen(from));
}

static const char *const sources[] = {source_2_0, source_4_0, source_nested};

START_TEST(honest_builds_pass)
{
    struct build build;
    struct tc_buf first = {0}, second = {0};

    build_start(&build, sources[_i]);
    ck_assert_int_eq(tc_prove(&build.c, build.outputs, &first), TC_OK);
    ck_assert_int_eq(tc_prove(&build.c, build.outputs, &second), TC_OK);
    ck_assert_uint_eq(build.c.diags.errors, 0);
    ck_assert_uint_gt(first.len, 0);
    ck_assert(tc_str_eq(tc_buf_str(&first), tc_buf_str(&second)));
    tc_buf_done(&first);
    tc_buf_done(&second);
    tc_compilation_done(&build.c);
}
END_TEST

#define POLICY "web_contosotrust.config"
static const struct {
    const char *source, *file, *from, *to;
} mutations[] = {
    /* permissions */
    {source_2_0, POLICY, "Read=\"$AppDir$;D:\\Shared;", "Read=\"$AppDir$;D:\\;"}, /* wider */
    {source_2_0, POLICY, ";D:\\Data\\Contoso\"", "\""},                           /* lost */
    {source_2_0, POLICY, "&quot;D:\\A;B&quot;", "D:\\A;B"},                       /* unquoted */
    {source_2_0, POLICY, "Write=\"$AppDir$\"", "Write=\"$Appdir$\""},             /* token misspelt */
    {source_2_0, POLICY, "Flags=\"Assertion, ", "Flags=\"Assertion, UnmanagedCode, "},
    {source_2_0, POLICY, "Flags=\"Assertion, Execution", "Flags=\"Assertion, Exection"},
    {source_2_0, POLICY, "Level=\"Medium\"", "Level=\"High\""},
    {source_2_0, POLICY, "https?://api\\.contoso\\.com/.*", "https?://api.contoso.com/.*"}, /* not escaped */
    {source_2_0, POLICY, "port=\"25\"", "port=\"All\""},
    {source_2_0, POLICY, "access=\"Write\"", "access=\"Administer\""},
    {source_2_0, POLICY, "class=\"SmtpPermission\" version=\"1\"",
     "class=\"SmtpPermission\" version=\"1\" Unrestricted=\"true\""},
    {source_2_0, POLICY, "Mode=\"a&lt;b\"", "Mode=\"a\""},
    /* classes */
    {source_2_0, POLICY, "System.Data.OleDb.OleDbPermission, System.Data,",
     "System.Security.Permissions.OleDbPermission, mscorlib,"},
    {source_2_0, POLICY, "<SecurityClass Name=\"DnsPermission\"", "<SecurityClass Name=\"DnsPermision\""},
    {source_2_0, POLICY, "</SecurityClasses>",
     "<SecurityClass Name=\"DnsPermission\" Description=\"x\"/></SecurityClasses>"},
    /* sets and code groups */
    {source_2_0, POLICY, "PermissionSetName=\"Data\"", "PermissionSetName=\"FullTrust\""},
    {source_2_0, POLICY, "Name=\"Data\">", "Name=\"Date\">"},
    {source_2_0, POLICY, "Attributes=\"Exclusive\"", "Attributes=\"LevelFinal\""},
    {source_2_0, POLICY, "FirstMatchCodeGroup\" version=\"1\" PermissionSetName=\"Nothing\"",
     "UnionCodeGroup\" version=\"1\" PermissionSetName=\"Nothing\""},
    {source_2_0, POLICY, "Url=\"$AppDirUrl$/*\"", "Url=\"$AppDirUrl$*\""},
    {source_2_0, POLICY, "PublicKeyBlob=\"00240000aabb\"", "PublicKeyBlob=\"00240000aabc\""},
    {source_2_0, POLICY, "AssemblyVersion=\"1.0.0.0\"/>\n            </CodeGroup>",
     "AssemblyVersion=\"2.0.0.0\"/>\n            </CodeGroup>"},
    {source_2_0, POLICY, "PublicKeyBlob=\"00240000ccdd00\"", "PublicKeyBlob=\"00240000ccde00\""},
    /* the reader */
    {source_2_0, POLICY, "<configuration>", "<!-- made by trustc -->\n<configuration>"},
    {source_2_0, POLICY, "<configuration>", "<?xml version=\"1.0\"?>\n<configuration>"},
    {source_2_0, POLICY, "</PermissionSet>", "x</PermissionSet>"},
    /* the configuration file */
    {source_2_0, "web.config", "allowOverride=\"false\"", "allowOverride=\"true\""},
    {source_2_0, "web.config", "contoso\" allowOverride=\"false\"", "contoso\" overrideMode=\"Allow\""},
    {source_2_0, "web.config", "<trust level=\"Contoso\"", "<trust level=\"Full\""},
    {source_2_0, "web.config", "<trust level=\"Contoso\"", "<trust level=\"contoso\""},
    {source_2_0, "web.config", "https?://www\\.contoso\\.com/.*", ".*"},
    {source_2_0, "web.config", "policyFile=\"web_contosotrust.config\"", "policyFile=\"web_hostedtrust.config\""},
    {source_2_0, "web.config", "path=\"Default Web Site/contoso\" allowOverride",
     "path=\"Default Web Site/contosa\" allowOverride"},
    {source_2_0, "web.config", "tempDirectory=\"E:\\Temp\\Contoso\"", "tempDirectory=\"E:\\Temp\""},
    /* locks of attributes, which hold for the paths below as well */
    {source_nested, "web.config", " inheritInChildApplications=\"false\"", ""},
    {source_nested, "web.config", " inheritInChildApplications=\"false\"", " inheritInChildApplications=\"true\""},
    {source_nested, "web.config", "<trust level=\"Low\"", "<trust lockItem=\"true\" level=\"Low\""},
    {source_nested, "web.config", "<trust level=\"Low\"", "<trust lockAttributes=\"*\" level=\"Low\""},
    {source_nested, "web.config", "<trust level=\"Low\"", "<trust lockAttributes=\"x;originUrl\" level=\"Low\""},
    {source_nested, "web.config", "<trust level=\"Low\"", "<trust lockAllAttributesExcept=\"x,level\" level=\"Low\""},
    {source_2_0, "web.config", "impersonate=\"true\"", "impersonate=\"false\""},
    {source_4_0, "web.config", "permissionSetName=\"Mine\"", "permissionSetName=\"ASP.Net\""},
    {source_4_0, "web.config", "legacyCasModel=\"true\"", "legacyCasModel=\"false\""},
    {source_4_0, "web.config", "publicKey=\"00240000aabb00\"", "publicKey=\"00240000aabb01\""},
    {source_4_0, "web_hostedtrust.config", "Name=\"Mine\"", "Name=\"ASP.Net\""},
    {source_4_0, "web_hostedtrust.config", "Url=\"$CodeGen$/*\"", "Url=\"$AppDirUrl$/*\""},
};

START_TEST(each_broken_emitter_is_caught)
{
    struct build build;

    build_start(&build, mutations[_i].source);
    break_output(&build, mutations[_i].file, mutations[_i].from, mutations[_i].to);
    ck_assert_msg(tc_prove(&build.c, build.outputs, NULL) == TC_ERR_SELF, "'%s' for '%s' in %s was not noticed",
                  mutations[_i].to, mutations[_i].from, mutations[_i].file);
    ck_assert_uint_gt(build.c.diags.errors, 0);
    tc_compilation_done(&build.c);
}
END_TEST

START_TEST(a_missing_file_is_caught)
{
    struct build build;

    build_start(&build, source_2_0);
    output_of(&build, POLICY)->name = TC_STR("web_contoso.config");
    ck_assert_int_eq(tc_prove(&build.c, build.outputs, NULL), TC_ERR_SELF);
    tc_compilation_done(&build.c);
}
END_TEST

Suite *
tct_proof_suite(void)
{
    Suite *suite = suite_create("proof");
    TCase *tc = tcase_create("proof");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, honest_builds_pass, 0, sizeof sources / sizeof *sources);
    tcase_add_loop_test(tc, each_broken_emitter_is_caught, 0, sizeof mutations / sizeof *mutations);
    tcase_add_test(tc, a_missing_file_is_caught);
    suite_add_tcase(suite, tc);
    return suite;
}
