/*
 * A source for a server of N applications, to standard output: half share a policy, half have grants of their own, or
 * with a second word all; about 2.3 KB and 36 statements an application. The same words give the same bytes.
 *
 *     bench_generate N [own] >server.trust
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char server[] =
    "language 1;\n"
    "\n"
    "server web01 {\n"
    "    framework 2.0;\n"
    "    iis 6.0;\n"
    "    windows \"C:\\Windows\";\n"
    "    trust medium;\n"
    "}\n"
    "\n"
    "## Medium trust, the databases that all customers may use, and the stock pictures.\n"
    "policy Hosted extends medium {\n"
    "    grant OleDb unrestricted because \"Oracle and DB2 customers\";\n"
    "    grant Odbc unrestricted;\n"
    "    grant EventLog { machine \".\" Administer; }\n"
    "    grant FileIO { read, discover \"D:\\Shared\\Templates\", \"D:\\Shared\\Pictures\"; }\n"
    "    revoke Printing;\n"
    "}\n";

/* What every application says: eleven statements. */
static void
put_settings(size_t n)
{
    printf("\n## Customer %06zu, moved here from the old server.\n"
           "application Site%06zu {\n"
           "    location    \"Default Web Site/site%06zu\";\n"
           "    root        \"D:\\Sites\\Site%06zu\";\n"
           "    origin      host \"www.site%06zu.example\";\n"
           "    trust       Hosted;\n"
           "    pool        Site%06zuPool identity \"WEB01\\site%06zu-app\";\n"
           "    anonymous   \"WEB01\\site%06zu-anon\";\n"
           "    temporary   \"E:\\Temp\\Site%06zu\";\n"
           "    templates   \"E:\\AspTemplates\\Site%06zu\";\n"
           "    authentication windows;\n"
           "    impersonate on;\n",
           n, n, n, n, n, n, n, n, n, n);
}

/* Eighteen statements: four grants of files, and what shops and forums ask for. */
static void
put_grants(size_t n)
{
    printf("\n"
           "    grant FileIO { read, discover \"D:\\Data\\Site%06zu\"; }        # uploads of the old server\n"
           "    grant FileIO { read, write, append, discover \"D:\\Data\\Site%06zu\\Upload\"; }\n"
           "    grant FileIO { append \"E:\\Logs\\Site%06zu\"; read \"E:\\Logs\\Site%06zu\\summary.txt\"; }\n"
           "    grant FileIO { read, discover \"D:\\Licences\\Site%06zu\" ; } because \"the charting component\";\n"
           "    grant Web { connect host \"api.site%06zu.example\"; connect host \"pay.example\"; }\n"
           "    grant Socket { connect tcp \"mail%06zu.example\" 25; }\n"
           "    grant Environment { read \"SITE%06zu_HOME\"; }\n"
           "    grant Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\Sites\\Site%06zu\"; }\n"
           "    grant Reflection { flags ReflectionEmit; }\n",
           n, n, n, n, n, n, n, n, n);
}

/* Demands for the test of an application, of which there are more than any uses. */
static const struct {
    const char *answer;
    const char *demand; /* with the number of the application once */
} demands[] = {
    {"may", "FileIO read \"D:\\Sites\\Site%06zu\\App_Data\\orders.xml\""},
    {"may", "FileIO write \"D:\\Sites\\Site%06zu\\App_Data\\orders.xml\""},
    {"may", "FileIO discover \"D:\\Sites\\Site%06zu\\images\""},
    {"may not", "FileIO read \"D:\\Sites\\Other%06zu\\web.config\""},
    {"may not", "FileIO write \"D:\\Shared\\Templates\\site%06zu.css\""},
    {"may not", "FileIO read \"C:\\Windows\\win%06zu.ini\""},
    {"may not", "Registry read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor%06zu\""},
    {"may not", "FileIO append \"E:\\Logs\\Other%06zu\\today.txt\""},
};

enum { DEMANDS_SHARED = 27, DEMANDS_OWN = 12, DEMANDS = sizeof demands / sizeof *demands };

static void
put_test(size_t n, size_t count)
{
    printf("}\n\ntest \"site %06zu stays at home\" {\n", n);
    for (size_t i = 0; i < count; i++) {
        printf("    Site%06zu %s ", n, demands[i % DEMANDS].answer);
/* the formats are those above */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        printf(demands[i % DEMANDS].demand, n + i / DEMANDS);
#pragma GCC diagnostic pop
        fputs(";\n", stdout);
    }
    fputs("}\n", stdout);
}

int
main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long count = argc == 2 || argc == 3 ? strtoul(argv[1], &end, 10) : 0;

    if (count == 0 || *end != '\0' || (argc == 3 && strcmp(argv[2], "own") != 0)) {
        fprintf(stderr, "usage: %s N [own] >server.trust\n", argv[0]);
        return 2;
    }
    fputs(server, stdout);
    for (size_t n = 1; n <= count; n++) {
        bool has_own = n % 2 == 0 || argc == 3;

        put_settings(n);
        if (has_own)
            put_grants(n);
        put_test(n, has_own ? DEMANDS_OWN : DEMANDS_SHARED);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
