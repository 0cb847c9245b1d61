/*
 * How time and memory grow with the size of large and made-up inputs: each shape of input is made with n, 2n and 4n
 * parts, given to trustc, and what was measured is printed with the exponent of its growth (1: linear, 2: quadratic).
 *
 *     bench_growth --trustc PROGRAM [--work DIRECTORY] [-r ROUNDS] [-s SCALE] [SHAPE...]
 *
 * SHAPE is a part of a shape's name; without any all are measured. SCALE multiplies n. What a process needs to start is
 * measured with n = 1 and taken off first. Exponents above AIM are marked.
 */
#include "measure.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3, STEPS = 3, WORDS_MAX = 10 };

#define AIM        1.15
#define ROOM_MIN   (1 << 20) /* bytes: less memory than this grows with nothing */
#define TIME_LEAST 0.004     /* seconds: less is noise */

static const char *trustc;
static char work[BENCH_PATH_SIZE];
static size_t rounds = ROUNDS;

/* ---- policy files --------------------------------------------------------------------------------------------- */

typedef void write_part(FILE *out, size_t n);

static void
put_times(FILE *out, size_t n, const char *before, const char *after)
{
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "%s%zu%s", before, i, after);
}

/* A policy file with @a classes, @a permissions of its main set, @a sets beside it and @a groups more. */
static void
put_policy(FILE *out, size_t n, write_part *classes, write_part *permissions, write_part *sets, write_part *groups)
{
    static const char *const names[][2] = {
        {"FileIOPermission", "System.Security.Permissions.FileIOPermission, mscorlib"},
        {"EnvironmentPermission", "System.Security.Permissions.EnvironmentPermission, mscorlib"},
        {"RegistryPermission", "System.Security.Permissions.RegistryPermission, mscorlib"},
        {"SecurityPermission", "System.Security.Permissions.SecurityPermission, mscorlib"},
        {"UnionCodeGroup", "System.Security.Policy.UnionCodeGroup, mscorlib"},
        {"FirstMatchCodeGroup", "System.Security.Policy.FirstMatchCodeGroup, mscorlib"},
        {"NamedPermissionSet", "System.Security.NamedPermissionSet, mscorlib"},
        {"AllMembershipCondition", "System.Security.Policy.AllMembershipCondition, mscorlib"},
        {"UrlMembershipCondition", "System.Security.Policy.UrlMembershipCondition, mscorlib"},
        {"StrongNameMembershipCondition", "System.Security.Policy.StrongNameMembershipCondition, mscorlib"},
        {"WebPermission", "System.Net.WebPermission, System"},
        {"SocketPermission", "System.Net.SocketPermission, System"},
        {"EventLogPermission", "System.Diagnostics.EventLogPermission, System"},
        {"OleDbPermission", "System.Data.OleDb.OleDbPermission, System.Data"},
    };

    (void)fputs("<configuration>\n <mscorlib>\n  <security>\n   <policy>\n    <PolicyLevel version=\"1\">\n"
                "     <SecurityClasses>\n",
                out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)fprintf(out,
                      "      <SecurityClass Name=\"%s\" Description=\"%s, Version=2.0.0.0, Culture=neutral, "
                      "PublicKeyToken=b77a5c561934e089\"/>\n",
                      names[i][0], names[i][1]);
    if (classes != NULL)
        classes(out, n);
    (void)fputs("     </SecurityClasses>\n     <NamedPermissionSets>\n"
                "      <PermissionSet class=\"NamedPermissionSet\" version=\"1\" Name=\"ASP.Net\">\n",
                out);
    if (permissions != NULL)
        permissions(out, n);
    else
        (void)fputs(
            "       <IPermission class=\"SecurityPermission\" version=\"1\" Flags=\"Execution\"/>\n"
            "       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"$AppDir$\" Write=\"$AppDir$\"/>\n",
            out);
    (void)fputs("      </PermissionSet>\n", out);
    if (sets != NULL)
        sets(out, n);
    (void)fputs("     </NamedPermissionSets>\n"
                "     <CodeGroup class=\"FirstMatchCodeGroup\" version=\"1\" PermissionSetName=\"Nothing\">\n"
                "      <IMembershipCondition class=\"AllMembershipCondition\" version=\"1\"/>\n"
                "      <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"ASP.Net\">\n"
                "       <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" Url=\"$AppDirUrl$/*\"/>\n"
                "      </CodeGroup>\n",
                out);
    if (groups != NULL)
        groups(out, n);
    (void)fputs("     </CodeGroup>\n    </PolicyLevel>\n   </policy>\n  </security>\n </mscorlib>\n</configuration>\n",
                out);
}

static void
files_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\Data\\d", "\"/>\n");
}

static void
webs_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"WebPermission\" version=\"1\"><ConnectAccess><URI uri=\"https://h",
              "\\.example/.*\"/></ConnectAccess></IPermission>\n");
}

static void
sockets_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"SocketPermission\" version=\"1\"><ConnectAccess><ENDPOINT host=\"h",
              ".example\" transport=\"Tcp\" port=\"25\"/></ConnectAccess></IPermission>\n");
}

static void
logs_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"EventLogPermission\" version=\"1\"><Machine name=\"m",
              "\" access=\"Write\"/></IPermission>\n");
}

static void
databases_each(FILE *out, size_t n)
{
    put_times(out, n,
              "       <IPermission class=\"OleDbPermission\" version=\"1\"><add ConnectionString=\"Provider=P;Data "
              "Source=s",
              "\" KeyRestrictions=\"\" KeyRestrictionBehavior=\"AllowOnly\"/></IPermission>\n");
}

static void
same_each(FILE *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)fputs("       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\Data\"/>\n", out);
}

static void
environment_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"EnvironmentPermission\" version=\"1\" Read=\"V", "\"/>\n");
}

static void
registry_each(FILE *out, size_t n)
{
    put_times(out, n,
              "       <IPermission class=\"RegistryPermission\" version=\"1\" Read=\"HKEY_LOCAL_MACHINE\\SOFTWARE\\K",
              "\"/>\n");
}

static void
unknown_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"Contoso.Permission", ", Contoso\" version=\"1\"/>\n");
}

static void
paths_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"", out);
    put_times(out, n, "D:\\Data\\d", ";");
    (void)fputs("D:\\Last\" Write=\"$AppDir$\"/>\n", out);
}

static void
variables_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"EnvironmentPermission\" version=\"1\" Read=\"", out);
    put_times(out, n, "V", ";");
    (void)fputs("LAST\"/>\n", out);
}

static void
keys_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"RegistryPermission\" version=\"1\" Read=\"", out);
    put_times(out, n, "HKEY_LOCAL_MACHINE\\SOFTWARE\\K", ";");
    (void)fputs("HKEY_LOCAL_MACHINE\\SOFTWARE\\Last\"/>\n", out);
}

static void
uris_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"WebPermission\" version=\"1\">\n        <ConnectAccess>\n", out);
    put_times(out, n, "         <URI uri=\"https://h", "\\.example/.*\"/>\n");
    (void)fputs("        </ConnectAccess>\n       </IPermission>\n", out);
}

static void
strings_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"OleDbPermission\" version=\"1\">\n", out);
    put_times(out, n, "        <add ConnectionString=\"Provider=P;Data Source=s",
              "\" KeyRestrictions=\"\" KeyRestrictionBehavior=\"AllowOnly\"/>\n");
    (void)fputs("       </IPermission>\n", out);
}

static void
misspelt_each(FILE *out, size_t n)
{
    put_times(out, n, "       <IPermission class=\"FileIOPermission\" version=\"1\" Raed=\"D:\\Data\\d", "\"/>\n");
}

static void
flags_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"SecurityPermission\" version=\"1\" Flags=\"", out);
    for (size_t i = 0; i < n; i++)
        (void)fputs("Execution, ", out);
    (void)fputs("Assertion\"/>\n", out);
}

static void
named_sets(FILE *out, size_t n)
{
    put_times(out, n, "      <PermissionSet class=\"NamedPermissionSet\" version=\"1\" Name=\"S",
              "\">\n       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\Data\"/>\n"
              "      </PermissionSet>\n");
}

static void
more_classes(FILE *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "      <SecurityClass Name=\"C%zu\" Description=\"Contoso.C%zu, Contoso\"/>\n", i, i);
}

static void
groups_by_url(FILE *out, size_t n)
{
    put_times(out, n,
              "      <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"ASP.Net\">\n"
              "       <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" Url=\"file:///D:/Lib/l",
              "/*\"/>\n      </CodeGroup>\n");
}

/* Each with something to mend. */
static void
groups_to_mend(FILE *out, size_t n)
{
    put_times(out, n,
              "      <CodeGroup class=\"UnionCodeGroup\" version=\"1\" permissionsetname=\"Nothing\">\n"
              "       <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" Url=\"file:///D:/Lib/l",
              "/*\"/>\n      </CodeGroup>\n");
}

static void
groups_by_name(FILE *out, size_t n)
{
    put_times(
        out, n, "      <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"FullTrust\" Name=\"G",
        "\">\n       <IMembershipCondition class=\"StrongNameMembershipCondition\" version=\"1\" PublicKeyBlob=\""
        "00240000048000009400000006020000002400005253413100040000010001007D1FA57C4AED9F0A32E84AA0FAEFD0DE9E8FD6AEC8F"
        "87FB03766C834C99921EB23BE79AD9D5DCC1DD9AD236132102900B723CF980957FC4E177108FC607774F29E8320E92EA05ECE4E821C"
        "0A5EFE8F1645C4C0C93C1AB99285D622CAA652C1DFAD63D745D6F2DE5F17E5EAF0FC4963D261C8A12436518206DC093344D5AD293\" "
        "Name=\"A\"/>\n      </CodeGroup>\n");
}

/* Chains of sixteen, of which each link is asked with what holds for those above. */
static void
groups_in_groups(FILE *out, size_t n)
{
    for (size_t i = 0; i < n / 16 + 1; i++) {
        for (size_t depth = 0; depth < 16; depth++)
            (void)fprintf(out,
                          "      <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"Nothing\">\n"
                          "       <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" "
                          "Url=\"file:///D:/Lib/l%zu/*\"/>\n",
                          i);
        for (size_t depth = 0; depth < 16; depth++)
            (void)fputs("      </CodeGroup>\n", out);
    }
}

static void
group_of_each_set(FILE *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out,
                      "      <CodeGroup class=\"UnionCodeGroup\" version=\"1\" PermissionSetName=\"S%zu\">\n"
                      "       <IMembershipCondition class=\"UrlMembershipCondition\" version=\"1\" "
                      "Url=\"file:///D:/Lib/l%zu/*\"/>\n"
                      "      </CodeGroup>\n",
                      i, i);
}

static void
comments(FILE *out, size_t n)
{
    put_times(out, n, "       <!-- what number ", " is for -->\n");
}

static void
ignored(FILE *out, size_t n)
{
    put_times(out, n,
              "       <!-- trustc-ignore T1226: it has to -->\n"
              "       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\Data\\d",
              "\"/>\n");
}

static void
ignored_for_nothing(FILE *out, size_t n)
{
    put_times(out, n, "       <!-- trustc-ignore T1165: number ", " -->\n");
}

static void
long_comment(FILE *out, size_t n)
{
    (void)fputs("       <!-- ", out);
    put_times(out, n, "trustc-ignore or word ", " <IPermission class=\"a\"> of it\n");
    (void)fputs("-->\n", out);
}

static void
entities(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"D:\\A", out);
    for (size_t i = 0; i < n; i++)
        (void)fputs("&amp;;D:\\A", out);
    (void)fputs("\"/>\n", out);
}

static void
tokens_of_one(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"$AppDir$", out);
    put_times(out, n, ";$AppDir$\\d", "");
    (void)fputs("\"/>\n", out);
}

static void
misspelt_tokens(FILE *out, size_t n)
{
    (void)fputs("       <IPermission class=\"FileIOPermission\" version=\"1\" Read=\"$AppDir$", out);
    put_times(out, n, ";$APPDIR$\\d", "");
    (void)fputs("\"/>\n", out);
}

#define POLICY(name, classes, permissions, sets, groups)                                                               \
    static void name(FILE *out, size_t n)                                                                              \
    {                                                                                                                  \
        put_policy(out, n, classes, permissions, sets, groups);                                                        \
    }

POLICY(put_files, NULL, files_each, NULL, NULL)
POLICY(put_same, NULL, same_each, NULL, NULL)
POLICY(put_webs, NULL, webs_each, NULL, NULL)
POLICY(put_sockets, NULL, sockets_each, NULL, NULL)
POLICY(put_logs, NULL, logs_each, NULL, NULL)
POLICY(put_databases, NULL, databases_each, NULL, NULL)
POLICY(put_environment, NULL, environment_each, NULL, NULL)
POLICY(put_registry, NULL, registry_each, NULL, NULL)
POLICY(put_unknown, NULL, unknown_each, NULL, NULL)
POLICY(put_paths, NULL, paths_of_one, NULL, NULL)
POLICY(put_variables, NULL, variables_of_one, NULL, NULL)
POLICY(put_keys, NULL, keys_of_one, NULL, NULL)
POLICY(put_uris, NULL, uris_of_one, NULL, NULL)
POLICY(put_strings, NULL, strings_of_one, NULL, NULL)
POLICY(put_misspelt, NULL, misspelt_each, NULL, NULL)
POLICY(put_flags, NULL, flags_of_one, NULL, NULL)
POLICY(put_sets, NULL, NULL, named_sets, NULL)
POLICY(put_used_sets, NULL, NULL, named_sets, group_of_each_set)
POLICY(put_classes, more_classes, NULL, NULL, NULL)
POLICY(put_groups, NULL, NULL, NULL, groups_by_url)
POLICY(put_groups_to_mend, NULL, NULL, NULL, groups_to_mend)
POLICY(put_strong_groups, NULL, NULL, NULL, groups_by_name)
POLICY(put_nested, NULL, NULL, NULL, groups_in_groups)
POLICY(put_comments, NULL, comments, NULL, NULL)
POLICY(put_ignored, NULL, ignored, NULL, NULL)
POLICY(put_ignored_for_nothing, NULL, ignored_for_nothing, NULL, NULL)
POLICY(put_long_comment, NULL, long_comment, NULL, NULL)
POLICY(put_entities, NULL, entities, NULL, NULL)
POLICY(put_tokens, NULL, tokens_of_one, NULL, NULL)
POLICY(put_misspelt_tokens, NULL, misspelt_tokens, NULL, NULL)

/* All of it on one line, where messages have to tell the column. */
static void
put_one_line(FILE *out, size_t n)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);

    bench_require(memory != NULL, "memory");
    put_policy(memory, n, NULL, misspelt_each, NULL, NULL);
    bench_require(fclose(memory) == 0, "memory");
    for (size_t i = 0; i < len; i++)
        if (text[i] != '\n')
            (void)putc(text[i], out);
    free(text);
}

/* ---- configuration files -------------------------------------------------------------------------------------------
 */

static void
put_locations(FILE *out, size_t n)
{
    (void)fputs("<configuration>\n", out);
    put_times(out, n, "  <location path=\"Site/app",
              "\" allowOverride=\"false\">\n    <system.web>\n      <trust level=\"Medium\" originUrl=\"\"/>\n"
              "    </system.web>\n  </location>\n");
    (void)fputs("</configuration>\n", out);
}

static void
put_levels(FILE *out, size_t n)
{
    (void)fputs("<configuration>\n  <location allowOverride=\"false\">\n    <system.web>\n      <securityPolicy>\n",
                out);
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "        <trustLevel name=\"L%zu\" policyFile=\"web_l%zu.config\"/>\n", i, i);
    (void)fputs("      </securityPolicy>\n      <trust level=\"L0\" originUrl=\"\"/>\n    </system.web>\n"
                "  </location>\n</configuration>\n",
                out);
}

static void
put_assemblies(FILE *out, size_t n)
{
    (void)fputs("<configuration>\n  <system.web>\n    <trust level=\"Medium\"/>\n    <fullTrustAssemblies>\n", out);
    put_times(out, n, "      <add assemblyName=\"A", "\" version=\"1.0.0.0\" publicKey=\"0024\"/>\n");
    (void)fputs("    </fullTrustAssemblies>\n  </system.web>\n</configuration>\n", out);
}

static void
put_pages(FILE *out, size_t n)
{
    (void)fputs("<configuration>\n", out);
    put_times(out, n, "  <location path=\"p", ".aspx\">\n    <system.web/>\n  </location>\n");
    (void)fputs("</configuration>\n", out);
}

/* ---- sources ------------------------------------------------------------------------------------------------------
 */

static void
put_server(FILE *out, const char *trust)
{
    (void)fprintf(out, "language 1;\nserver s {\n    framework 2.0;\n    trust %s;\n}\n", trust);
}

static void
put_applications(FILE *out, size_t n)
{
    put_server(out, "medium");
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out,
                      "application A%zu {\n    location \"Site/a%zu\";\n    root \"D:\\Sites\\a%zu\";\n"
                      "    trust medium;\n    grant OleDb unrestricted;\n}\n",
                      i, i, i);
}

static void
put_roots_below(FILE *out, size_t n)
{
    put_server(out, "medium");
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out,
                      "application A%zu {\n    location \"Site/a/a%zu\";\n    root \"D:\\Sites\\Shared\\a%zu\\b\";\n"
                      "    trust medium;\n    grant FileIO { read \"D:\\Sites\\Shared\"; }\n}\n",
                      i, i, i);
}

static void
put_same_root(FILE *out, size_t n)
{
    put_server(out, "medium");
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out,
                      "application A%zu {\n    location \"Site/a%zu\";\n    root \"D:\\Sites\\Shared\";\n"
                      "    trust medium;\n}\n",
                      i, i);
}

static void
put_shares(FILE *out, size_t n)
{
    put_server(out, "medium");
    (void)fputs("application A { location \"Site/a\"; root \"D:\\A\"; trust medium; }\n"
                "application B { location \"Site/b\"; root \"D:\\B\"; trust medium; }\n",
                out);
    put_times(out, n, "share \"D:\\Shared\\s", "\" between A, B because \"they work together\";\n");
}

static void
put_policies(FILE *out, size_t n)
{
    put_server(out, "medium");
    put_times(out, n, "policy P", " extends medium { grant OleDb unrestricted; }\n");
    (void)fputs("application A { location \"Site/a\"; root \"D:\\A\"; trust P0; }\n", out);
}

/* As many as the limit of their depth lets stand in a row, again and again. */
static void
put_chains(FILE *out, size_t n)
{
    put_server(out, "medium");
    for (size_t i = 0; i < n; i++)
        if (i % 60 == 0)
            (void)fprintf(out, "policy P%zu extends medium { grant FileIO { read \"D:\\P%zu\"; } }\n", i, i);
        else
            (void)fprintf(out, "policy P%zu extends P%zu { grant FileIO { read \"D:\\P%zu\"; } }\n", i, i - 1, i);
    (void)fprintf(out, "application A { location \"Site/a\"; root \"D:\\A\"; trust P%zu; }\n", n - 1);
}

static void
put_application_with(FILE *out, size_t n, const char *before, const char *after)
{
    put_server(out, "medium");
    (void)fputs("application A {\n    location \"Site/a\";\n    root \"D:\\A\";\n    trust medium;\n", out);
    put_times(out, n, before, after);
    (void)fputs("}\n", out);
}

static void
put_grants(FILE *out, size_t n)
{
    put_application_with(out, n, "    grant FileIO { read \"D:\\Data\\d", "\"; }\n");
}

static void
put_connects(FILE *out, size_t n)
{
    put_application_with(out, n, "    grant Web { connect host \"h", ".example\"; }\n");
}

static void
put_revokes(FILE *out, size_t n)
{
    put_server(out, "medium");
    (void)fputs("policy P extends medium {\n", out);
    put_times(out, n, "    grant FileIO { read \"D:\\Data\\d", "\"; }\n");
    (void)fputs("}\npolicy Q extends P {\n", out);
    put_times(out, n, "    revoke FileIO { read \"D:\\Data\\d", "\"; }\n");
    (void)fputs("}\napplication A { location \"Site/a\"; root \"D:\\A\"; trust Q; }\n", out);
}

static void
put_source_sets(FILE *out, size_t n)
{
    put_server(out, "medium");
    (void)fputs("policy P extends medium {\n", out);
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "    set S%zu { grant FileIO { read \"D:\\Data\"; } }\n", i);
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "    code url \"file:///D:/Lib/l%zu/*\" grants S%zu;\n", i, i);
    (void)fputs("}\napplication A { location \"Site/a\"; root \"D:\\A\"; trust P; }\n", out);
}

static void
put_code(FILE *out, size_t n)
{
    put_server(out, "medium");
    (void)fputs("policy P extends medium {\n", out);
    put_times(out, n, "    code url \"file:///D:/Lib/l", "/*\" grants FullTrust;\n");
    (void)fputs("}\napplication A { location \"Site/a\"; root \"D:\\A\"; trust P; }\n", out);
}

static void
put_tests(FILE *out, size_t n)
{
    put_server(out, "medium");
    (void)fputs("application A { location \"Site/a\"; root \"D:\\A\"; trust medium; }\ntest \"t\" {\n", out);
    put_times(out, n, "    A may FileIO read \"D:\\A\\f", "\";\n");
    (void)fputs("}\n", out);
}

static void
put_declared(FILE *out, size_t n)
{
    put_server(out, "medium");
    for (size_t i = 0; i < n; i++)
        (void)fprintf(out, "class C%zu = \"Contoso.C%zu, Contoso\";\n", i, i);
    (void)fputs("policy P extends medium {\n", out);
    put_times(out, n, "    grant C", ";\n");
    (void)fputs("}\napplication A { location \"Site/a\"; root \"D:\\A\"; trust P; }\n", out);
}

static void
put_mistakes(FILE *out, size_t n)
{
    put_server(out, "medium");
    (void)fputs("policy P extends medium {\n", out);
    put_times(out, n, "    grant FileIO { reed \"D:\\d", "\"; }\n");
    (void)fputs("}\n", out);
}

static void
put_source_comments(FILE *out, size_t n)
{
    put_server(out, "medium");
    put_times(out, n, "# line ", " # trustc-ignore T1226: nothing to see\n");
    (void)fputs("application A { location \"Site/a\"; root \"D:\\A\"; trust medium; }\n", out);
}

/* ---- shapes -------------------------------------------------------------------------------------------------------
 */

/* What is given to trustc: FILE stands for the input, DIR for a directory of its own. */
static const struct shape {
    const char *name;
    const char *file;
    write_part *write;
    size_t n;
    const char *words[WORDS_MAX];
} shapes[] = {
#define LINT                                                                                                           \
    {                                                                                                                  \
        "lint", "FILE", "--no-config", "--format=short"                                                                \
    }
#define FIX                                                                                                            \
    {                                                                                                                  \
        "lint", "FILE", "--no-config", "--format=short", "--fix", "--dry-run"                                          \
    }
#define BASE                                                                                                           \
    {                                                                                                                  \
        "lint", "FILE", "--no-config", "--format=short", "--baseline", "DIR.base", "--update-baseline"                 \
    }
#define IMPORT                                                                                                         \
    {                                                                                                                  \
        "import", "FILE"                                                                                               \
    }
#define BUILD                                                                                                          \
    {                                                                                                                  \
        "build", "FILE", "-o", "DIR"                                                                                   \
    }
#define CHECK                                                                                                          \
    {                                                                                                                  \
        "check", "FILE"                                                                                                \
    }
#define FMT                                                                                                            \
    {                                                                                                                  \
        "fmt", "FILE"                                                                                                  \
    }
#define POLICY_ROWS(name, put, n)                                                                                      \
    {name ": lint", "x.config", put, n, LINT}, {name ": lint --fix", "x.config", put, n, FIX},                         \
    {                                                                                                                  \
        name ": import", "x.config", put, n, IMPORT                                                                    \
    }
    POLICY_ROWS("permissions of FileIO", put_files, 2000),
    POLICY_ROWS("permissions that say the same", put_same, 4000),
    POLICY_ROWS("permissions of Web", put_webs, 1000),
    POLICY_ROWS("permissions of Socket", put_sockets, 1000),
    POLICY_ROWS("permissions of EventLog", put_logs, 1000),
    POLICY_ROWS("permissions of OleDb", put_databases, 100),
    POLICY_ROWS("permissions of Environment", put_environment, 2000),
    POLICY_ROWS("permissions of Registry", put_registry, 2000),
    POLICY_ROWS("permissions nobody knows", put_unknown, 2000),
    POLICY_ROWS("paths of one attribute", put_paths, 4000),
    POLICY_ROWS("variables of one attribute", put_variables, 4000),
    POLICY_ROWS("keys of one attribute", put_keys, 4000),
    POLICY_ROWS("URIs of one permission", put_uris, 2000),
    POLICY_ROWS("strings of one permission", put_strings, 100),
    POLICY_ROWS("misspelt attributes", put_misspelt, 4000),
    POLICY_ROWS("flags of one attribute", put_flags, 4000),
    POLICY_ROWS("named sets", put_sets, 2000),
    POLICY_ROWS("named sets that are used", put_used_sets, 1000),
    POLICY_ROWS("SecurityClasses", put_classes, 4000),
    POLICY_ROWS("code groups", put_groups, 2000),
    POLICY_ROWS("code groups to mend", put_groups_to_mend, 2000),
    POLICY_ROWS("code groups by strong name", put_strong_groups, 1000),
    POLICY_ROWS("code groups in code groups", put_nested, 1000),
    POLICY_ROWS("comments", put_comments, 4000),
    POLICY_ROWS("findings to ignore", put_ignored, 2000),
    POLICY_ROWS("ignored for nothing", put_ignored_for_nothing, 4000),
    POLICY_ROWS("a long comment", put_long_comment, 8000),
    POLICY_ROWS("entities", put_entities, 4000),
    POLICY_ROWS("tokens of one attribute", put_tokens, 4000),
    POLICY_ROWS("misspelt tokens", put_misspelt_tokens, 2000),
    POLICY_ROWS("all on one line", put_one_line, 4000),
    {"misspelt attributes: baseline", "x.config", put_misspelt, 4000, BASE},
    POLICY_ROWS("locations", put_locations, 2000),
    POLICY_ROWS("locations of pages", put_pages, 4000),
    POLICY_ROWS("trust levels", put_levels, 2000),
    POLICY_ROWS("full-trust assemblies", put_assemblies, 4000),
#define SOURCE_ROWS(name, put, n)                                                                                      \
    {name ": lint", "x.trust", put, n, LINT}, {name ": check", "x.trust", put, n, CHECK},                              \
        {name ": fmt", "x.trust", put, (n)*8, FMT},                                                                    \
    {                                                                                                                  \
        name ": build", "x.trust", put, n, BUILD                                                                       \
    }
    SOURCE_ROWS("applications", put_applications, 1000),
    SOURCE_ROWS("applications below each other's grants", put_roots_below, 1000),
    SOURCE_ROWS("applications in one root", put_same_root, 1000),
    SOURCE_ROWS("shares", put_shares, 4000),
    SOURCE_ROWS("policies", put_policies, 2000),
    SOURCE_ROWS("chains of policies", put_chains, 960),
    SOURCE_ROWS("grants", put_grants, 2000),
    SOURCE_ROWS("connects", put_connects, 1000),
    SOURCE_ROWS("revokes", put_revokes, 1000),
    SOURCE_ROWS("sets of a source", put_source_sets, 1000),
    SOURCE_ROWS("code of a source", put_code, 1000),
    SOURCE_ROWS("lines of a test", put_tests, 4000),
    SOURCE_ROWS("declared classes", put_declared, 1000),
    SOURCE_ROWS("mistakes", put_mistakes, 4000),
    SOURCE_ROWS("comments of a source", put_source_comments, 8000),
};

/* ---- measuring ----------------------------------------------------------------------------------------------------
 */

struct figures {
    size_t bytes;
    struct bench_series seconds;
    size_t peak;
};

static void
path_in(char path[BENCH_PATH_SIZE], const char *name)
{
    bench_require((size_t)snprintf(path, BENCH_PATH_SIZE, "%s/%s", work, name) < BENCH_PATH_SIZE, name);
}

static size_t
make(const struct shape *shape, size_t n)
{
    char path[BENCH_PATH_SIZE];
    FILE *out;
    long bytes;

    path_in(path, shape->file);
    out = fopen(path, "w");
    bench_require(out != NULL, path);
    shape->write(out, n);
    bytes = ftell(out);
    bench_require(fclose(out) == 0 && bytes > 0, path);
    return (size_t)bytes;
}

static struct bench_cost
run(const struct shape *shape)
{
    static char words[WORDS_MAX][BENCH_PATH_SIZE];
    char *argv[WORDS_MAX + 2] = {words[0]};
    char out[BENCH_PATH_SIZE], place[BENCH_PATH_SIZE];
    struct bench_cost cost;

    path_in(out, "findings");
    path_in(place, "out");
    bench_remove(place);
    (void)snprintf(words[0], sizeof words[0], "%s", trustc);
    for (size_t i = 0; i + 1 < WORDS_MAX && shape->words[i] != NULL; i++) {
        argv[i + 1] = words[i + 1];
        if (strcmp(shape->words[i], "FILE") == 0)
            path_in(words[i + 1], shape->file);
        else if (strncmp(shape->words[i], "DIR", 3) == 0)
            (void)snprintf(words[i + 1], sizeof words[0], "%s%s", place, shape->words[i] + 3);
        else
            (void)snprintf(words[i + 1], sizeof words[0], "%s", shape->words[i]);
    }
    cost = bench_spawn(argv, out, BENCH_ANY_STATUS);
    bench_remove(place);
    return cost;
}

static double
exponent(double first, double last, double start, double least)
{
    return first - start < least || last - start < least ? 0 : log2((last - start) / (first - start)) / 2;
}

static void
measure(const struct shape *shape, size_t scale)
{
    struct figures figures[STEPS] = {{0}}, start = {0};
    double seconds[STEPS], time, room;

    (void)make(shape, 1);
    for (size_t round = 0; round < rounds; round++) {
        struct bench_cost cost = run(shape);

        bench_add(&start.seconds, cost.seconds);
        start.peak = cost.peak_bytes > start.peak ? cost.peak_bytes : start.peak;
    }
    for (size_t step = 0; step < STEPS; step++) {
        figures[step].bytes = make(shape, (shape->n * scale) << step);
        for (size_t round = 0; round < rounds; round++) {
            struct bench_cost cost = run(shape);

            bench_add(&figures[step].seconds, cost.seconds);
            figures[step].peak = cost.peak_bytes > figures[step].peak ? cost.peak_bytes : figures[step].peak;
        }
        seconds[step] = bench_median(&figures[step].seconds);
    }
    time = exponent(seconds[0], seconds[STEPS - 1], bench_median(&start.seconds), TIME_LEAST);
    room = exponent((double)figures[0].peak, (double)figures[STEPS - 1].peak, (double)start.peak, ROOM_MIN);
    (void)printf("%-52s %7zu %7.1f %8.1f %8.1f %8.1f %6.2f%s %7.1f %7.1f %6.2f%s\n", shape->name, shape->n * scale,
                 (double)figures[STEPS - 1].bytes / 1e3, seconds[0] * 1e3, seconds[1] * 1e3, seconds[2] * 1e3, time,
                 time > AIM ? "!" : " ", (double)figures[0].peak / 1e6, (double)figures[STEPS - 1].peak / 1e6, room,
                 room > AIM ? "!" : " ");
    (void)fflush(stdout);
}

static bool
is_asked(const struct shape *shape, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strstr(shape->name, argv[i]) != NULL)
            return true;
    return argc == 0;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"trustc", required_argument, NULL, 't'},
        {"work", required_argument, NULL, 'w'},
        {NULL, 0, NULL, 0},
    };
    const char *parent = ".";
    size_t scale = 1;
    int option;

    while ((option = getopt_long(argc, argv, "r:s:", options, NULL)) != -1)
        switch (option) {
        case 't':
            trustc = optarg;
            break;
        case 'w':
            parent = optarg;
            break;
        case 'r':
            rounds = strtoul(optarg, NULL, 10);
            break;
        case 's':
            scale = strtoul(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    if (trustc == NULL || scale == 0 || rounds == 0 || rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr, "usage: %s --trustc PROGRAM [--work DIRECTORY] [-r ROUNDS] [-s SCALE] [SHAPE...]\n", argv[0]);
        return 2;
    }
    bench_make_place(parent, work);
    (void)printf("%-52s %7s %7s %8s %8s %8s %6s  %7s %7s %6s\n", "shape", "n", "KB, 4n", "ms, n", "2n", "4n", "exp.",
                 "MB, n", "4n", "exp.");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (is_asked(&shapes[i], argc - optind, argv + optind))
            measure(&shapes[i], scale);
    bench_remove(work);
    return 0;
}
