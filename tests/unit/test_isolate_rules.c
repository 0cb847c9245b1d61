/* The rules of isolation beside those about files: who is found to reach whom, and what is not known. */
#include "api/trustc.h"
#include "isolate/isolate.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <stdlib.h>
#include <string.h>

#define V2(settings)    "server web01 { framework 2.0; " settings " }\n"
#define APP(name, body) "application " name " { location \"S/" name "\"; root \"D:\\S\\" name "\"; " body " }\n"
#define POOL(name)      "pool " name " identity \"WEB01\\" name "\"; "
#define MORE(name, set) "policy " name " extends medium { " set " }\n"

/* Findings of one rule, in order: verdict, who, whom (* for everyone), and what takes it. */
static const struct {
    const char *name;
    const char *source;
    const char *rule;
    const char *expected;
} cases[] = {
    /* ---- the event log ---- */
    {"who administers reads everyone's", V2("") APP("A", "grant EventLog { machine \".\" Administer; }") APP("B", ""),
     "event-log", "not isolated A > A,B\n"},
    {"by the server's name", V2("") APP("A", "grant EventLog { machine \"WEB01\" Administer; }") APP("B", ""),
     "event-log", "not isolated A > A,B\n"},
    {"writing is no reading",
     V2("") APP("A", "grant EventLog { machine \".\" Write; }") APP("B", "grant EventLog { machine \".\" Write; }"),
     "event-log", ""},
    {"the old words mean nothing to 2.0", V2("") APP("A", "grant EventLog { machine \".\" Audit; }") APP("B", ""),
     "event-log", ""},
    {"they do to 1.1",
     "server web01 { framework 1.1; }\n" APP("A", "grant EventLog { machine \".\" Browse; }") APP("B", ""), "event-log",
     "not isolated A > A,B\n"},
    {"another machine's log",
     V2("") APP("A", "grant EventLog { machine \"LOG01\" Administer; }")
         APP("B", "grant EventLog { machine \"log01\" Write; }") APP("C", ""),
     "event-log", "not isolated A > A,B\n"},
    {"another machine that nobody else writes to",
     V2("") APP("A", "grant EventLog { machine \"LOG01\" Administer; }") APP("B", ""), "event-log", ""},
    {"one of two accepts",
     V2("") APP("A", "grant EventLog { machine \".\" Administer; }")
         APP("B", "accept event-log because \"agreed\"; grant EventLog { machine \".\" Administer; }"),
     "event-log", "not isolated A,B > A,B (accepted)\n"},
    {"a third one has not",
     V2("") APP("A", "grant EventLog { machine \".\" Administer; }") APP("B", "accept event-log because \"agreed\";")
         APP("C", ""),
     "event-log", "not isolated A > A,B,C\n"},
    /* ---- counters and queues ---- */
    {"every category",
     V2("") APP("A", "grant PerformanceCounter { counter \".\" \"*\" Administer; }")
         APP("B", "grant PerformanceCounter { counter \".\" \"Shop\" Read; }") APP("C", ""),
     "performance-counter", "not isolated A > A,B\n"},
    {"both only read",
     V2("") APP("A", "grant PerformanceCounter { counter \".\" \"Shop\" Read; }")
         APP("B", "grant PerformanceCounter { counter \".\" \"Shop\" Read; }"),
     "performance-counter", ""},
    {"one queue by two names",
     V2("") APP("A", "grant MessageQueue { queue \".\\private$\\Orders\" Receive; }")
         APP("B", "grant MessageQueue { queue \"FormatName:DIRECT=OS:WEB01\\private$\\orders\" Send; }"),
     "message-queue", "not isolated A,B > A,B\n"},
    {"one that Message Queuing has to look up",
     V2("") APP("A", "grant MessageQueue { queue \"Label:Orders\" Receive; }")
         APP("B", "grant MessageQueue { queue \".\\orders\" Send; }"),
     "message-queue", "unknown A > A,B\nunknown A,B > A\n"},
    {"browsing takes nothing",
     V2("") APP("A", "grant MessageQueue { queue \".\\orders\" Browse; }")
         APP("B", "grant MessageQueue { queue \".\\orders\" Send; }"),
     "message-queue", ""},
    /* ---- the registry ---- */
    {"who writes above",
     V2("") APP("A", "grant Registry { write \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\"; }")
         APP("B", "grant Registry { read \"HKEY_LOCAL_MACHINE\\software\\x\\Y\"; }"),
     "registry", "not isolated A > A,B\n"},
    {"who writes below",
     V2("") APP("A", "grant Registry { write \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\\Y\"; }")
         APP("B", "grant Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\"; }"),
     "registry", "not isolated A > B\n"},
    {"names that only begin alike",
     V2("") APP("A", "grant Registry { write \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\"; }")
         APP("B", "grant Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X-1\"; }"),
     "registry", ""},
    {"what Windows goes by is everyone's",
     V2("") APP("A", "grant Registry { write \"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\"; }")
         APP("B", ""),
     "registry", "not isolated A > *\n"},
    {"one key by the names of two views",
     V2("") APP("A", "grant Registry { write \"HKEY_CLASSES_ROOT\\X\"; }")
         APP("B", "grant Registry { read \"HKEY_LOCAL_MACHINE\\Software\\classes\\x\\y\"; }") APP("C", ""),
     "registry", "not isolated A > *\nnot isolated A > A,B\n"},
    {"the part of a view that an account has for itself",
     V2("") APP("A", "grant Registry { write \"HKEY_CURRENT_USER\\Software\\Classes\\X\"; }")
         APP("B", "grant Registry { read \"HKEY_CLASSES_ROOT\"; }") APP("C", ""),
     "registry", "not isolated A > B\n"},
    {"a view by its own name is one way",
     V2("") APP("A", "grant Registry { write \"HKEY_CURRENT_CONFIG\\X\"; }")
         APP("B", "grant Registry { read \"HKEY_CURRENT_CONFIG\\X\"; }")
             APP("C", "grant Registry { read \"HKEY_CURRENT_CONFIG\\X\"; }"),
     "registry", "not isolated A > *\nnot isolated A > A,B,C\n"},
    {"two applications of one view meet once",
     V2("") APP("A", "grant Registry { read \"HKEY_CLASSES_ROOT\\X\"; }")
         APP("B", "grant Registry { write \"HKEY_CLASSES_ROOT\\X\"; }"),
     "registry", "not isolated B > *\nnot isolated B > A,B\n"},
    {"the settings of all accounts",
     V2("") APP("A", "grant Registry { write \"HKEY_USERS\"; }")
         APP("B", "grant Registry { read \"HKEY_CURRENT_USER\\Software\\B\"; }") APP("C", ""),
     "registry", "not isolated A > A,B\n"},
    {"those of somebody",
     V2("") APP("A", "grant Registry { read \"HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software\"; }") APP("B", ""), "registry",
     "unknown A > *\n"},
    /* ---- what is only possibly granted is unknown, on either side, in every rule ---- */
    {"possibly written",
     V2("") MORE("P", "possibly grant FileIO { write \"D:\\S\\B\"; }") APP("A", "trust P;") APP("B", ""),
     "file-overlap", "unknown A > B\n"},
    {"read for sure, and possibly written",
     V2("") MORE("P", "grant FileIO { read \"D:\\S\\B\"; } possibly grant FileIO { write \"D:\\S\\B\"; }")
         APP("A", "trust P;") APP("B", ""),
     "file-read", "not isolated A > B\n"},
    {"and the writing of it",
     V2("") MORE("P", "grant FileIO { read \"D:\\S\\B\"; } possibly grant FileIO { write \"D:\\S\\B\"; }")
         APP("A", "trust P;") APP("B", ""),
     "file-overlap", "unknown A > B\n"},
    {"written for sure, and possibly read",
     V2("") MORE("P", "possibly grant FileIO { read \"D:\\X\"; }") APP("A", "grant FileIO { write \"D:\\X\\y\"; }")
         APP("B", "trust P;"),
     "file-overlap", "unknown A > B\n"},
    {"possibly all of a drive",
     V2("") MORE("P", "possibly grant FileIO { read \"E:\\\"; }") APP("A", "trust P;") APP("B", ""), "whole-drive",
     "unknown A > *\n"},
    {"programs are for all to read, and possibly written",
     V2("") MORE("P", "grant FileIO { read \"C:\\Program Files\\x\"; } possibly grant FileIO { write \"C:\\Program "
                      "Files\\x\"; }") APP("A", "trust P;") APP("B", ""),
     "windows-directory", "unknown A > *\n"},
    {"possibly more than the share",
     V2("") MORE("P", "grant FileIO { read \"D:\\X\"; } possibly grant FileIO { write \"D:\\X\"; }")
         APP("A", "trust P;")
             APP("B", "grant FileIO { read \"D:\\X\"; }") "share \"D:\\X\" read between A, B because \"x\";\n",
     "wide-share", "unknown A > A,B\n"},
    {"a counter that another one possibly reads",
     V2("") MORE("P", "possibly grant PerformanceCounter { counter \".\" \"Shop\" Read; }")
         APP("A", "grant PerformanceCounter { counter \".\" \"Shop\" Write; }") APP("B", "trust P;"),
     "performance-counter", "unknown A > B\n"},
    {"what is possible hides nothing that is sure",
     V2("") MORE("P", "grant EventLog { machine \".\" Administer; } possibly grant EventLog unrestricted;")
         APP("A", "trust P;") APP("B", ""),
     "event-log", "not isolated A > A,B\n"},
    {"and neither does more of the same",
     V2("") MORE("P", "grant EventLog { machine \".\" Administer; } possibly grant EventLog { machine \".\" Write; }")
         APP("A", "trust P;") APP("B", ""),
     "event-log", "not isolated A > A,B\n"},
    {"all counters for sure, one perhaps",
     V2("") MORE("P", "grant PerformanceCounter { counter \".\" \"*\" Read; } "
                      "possibly grant PerformanceCounter { counter \".\" \"Shop\" Read; }")
         APP("A", "grant PerformanceCounter unrestricted;") APP("B", "trust P;"),
     "performance-counter", "not isolated A > A,B\n"},
    {"names of one directory: what a code group trusts",
     V2("") MORE("P", "code url \"$AppDirUrl$/bin/T.dll\" grants FullTrust; revoke FileIO;")
         APP("A", "grant FileIO { write \"\\\\localhost\\D$\\s\\B\"; }") APP("B", "trust P;"),
     "writable-code-group", "not isolated A > B\n"},
    {"names of one directory: caches",
     V2("") APP("A", "temporary \"\\\\localhost\\E$\\T\";") APP("B", "temporary \"E:\\t\";"), "shared-temporary",
     "not isolated A,B > A,B\n"},
    /* ---- processes and stores ---- */
    {"a list of variables lets nobody set one",
     V2("") APP("A", POOL("p") "grant Environment { write \"PATH\"; }") APP("B", POOL("p")), "environment", ""},
    {"whoever shares the pool",
     V2("") APP("A", POOL("p") "grant Environment unrestricted;") APP("B", "pool P;") APP("C", POOL("q")),
     "environment", "not isolated A > A,B\n"},
    {"no pool is said", V2("") APP("A", "grant Environment unrestricted;") APP("B", POOL("q")), "environment",
     "unknown A > A,B\n"},
    {"stores of different accounts", V2("") APP("A", POOL("p")) APP("B", POOL("q")), "isolated-storage", ""},
    {"stores of one account", V2("") APP("A", POOL("p")) APP("B", POOL("p")), "isolated-storage",
     "unknown A,B > A,B\n"},
    {"all numbers above are by machine as well",
     V2("") APP("A", POOL("p") "grant IsolatedStorage { allowed DomainIsolationByRoamingUser; quota 1; }")
         APP("B", POOL("q") "grant IsolatedStorage { allowed DomainIsolationByMachine; quota 1; }") APP("C", POOL("r")),
     "isolated-storage", "not isolated A,B > A,B\n"},
    {"who administers those of an account",
     V2("") APP("A", POOL("p") "grant IsolatedStorage { allowed AdministerIsolatedStorageByUser; quota 1; }")
         APP("B", POOL("p")) APP("C", POOL("q")),
     "isolated-storage", "not isolated A > A,B\nunknown A,B > A,B\n"},
    /* ---- the network ---- */
    {"addresses of the server itself",
     V2("") APP("A", "grant Socket { connect tcp \"127.0.0.1\" 1433; }")
         APP("B", "grant Socket { connect tcp \"web01\" 80; }") APP("C", "grant Socket { connect tcp \"db1\" 1433; }"),
     "local-socket", "not isolated A > *\nnot isolated B > *\n"},
    {"patterns of addresses",
     V2("") APP("A", "grant Socket { connect tcp \"*.*.*.*\" 1433; }") APP(
         "B", "grant Socket { connect tcp \"10.0.*.*\" 1433; }") APP("C", "grant Socket { connect tcp \"::1\" 80; }"),
     "local-socket", "not isolated A > *\nnot isolated C > *\nunknown B > *\n"},
    {"the host of an origin",
     V2("") APP("A", "grant Socket { connect tcp \"WWW.B.example\" 80; }") APP("B", "origin host \"www.b.example\";"),
     "local-socket", "not isolated A > *\n"},
    {"a URL of the server itself",
     V2("") APP("A", "grant Web { connect \"http://localhost:8080/status\"; }")
         APP("B", "grant Web { connect host \"api.example\"; }"),
     "local-socket", "not isolated A > *\n"},
    {"the reason of the grant takes it",
     V2("") APP("A", "grant Socket { connect tcp \"localhost\" 25; } because \"the mail server\";") APP("B", ""),
     "local-socket", "not isolated A > * (because)\n"},
    {"a reason of another grant does not",
     V2("") APP(
         "A",
         "grant Socket { connect tcp \"localhost\" 25; } grant Socket { connect tcp \"db1\" 1433; } because \"data\";")
         APP("B", ""),
     "local-socket", "not isolated A > *\n"},
    {"only possibly granted by a level of 4.0", APP("A", "") APP("B", ""), "local-socket", "unknown A,B > *\n"},
    {"the neighbour's host",
     V2("") APP("A", "origin host \"a.example\"; grant Web { connect pattern \"https://b\\.example/api/.*\"; }")
         APP("B", "origin host \"b.example\";") APP("C", "origin host \"c.example\";"),
     "neighbour-origin", "not isolated A > B\n"},
    {"an unescaped dot is any character",
     V2("") APP("A", "origin pattern \"http://www.aXb\\.example/.*\";") APP("B", "origin host \"www-aXb.example\";"),
     "neighbour-origin", "not isolated A > B\n"},
    {"a wild card",
     V2("")
         APP("A", "origin host \"a.example\"; grant Web { connect pattern \"https?://[^/]*\\.shops\\.example/.*\"; }")
             APP("B", "origin host \"b.shops.example\";") APP("C", "origin host \"c.example\";"),
     "neighbour-origin", "not isolated A > B\n"},
    {"two of one host",
     V2("") APP("A", "origin host \"www.example\";") APP("B", "origin host \"WWW.example\";")
         APP("C", "origin host \"c.example\";"),
     "neighbour-origin", "not isolated A > B\nnot isolated B > A\n"},
    {"several hosts in one pattern",
     V2("") APP("A", "origin pattern \"https?://(www|shop)\\.a\\.example/.*\";")
         APP("B", "origin pattern \"https?://(shop|blog)\\.a\\.example/.*\";"),
     "neighbour-origin", "not isolated A > B\nnot isolated B > A\n"},
    {"one host, and all of it for each",
     V2("trust medium;") APP("A", "origin host \"a.example\";") APP("B", "origin host \"a.example\";"),
     "neighbour-origin", "not isolated A,B > A,B\n"},
    {"one host, and a path for each",
     V2("trust medium;") APP("A", "origin pattern \"https?://a\\.example/a/.*\";")
         APP("B", "origin pattern \"https?://a\\.example/b/.*\";"),
     "neighbour-origin", ""},
    {"no origin is said", V2("") APP("A", "origin host \"a.example\";") APP("B", ""), "neighbour-origin",
     "unknown A > B\n"},
    /* ---- databases ---- */
    {"every driver", V2("") APP("A", "revoke SqlClient; grant OleDb unrestricted;") APP("B", "revoke SqlClient;"),
     "database-files", "not isolated A > *\n"},
    {"the reason of the grant",
     V2("") APP("A", "revoke SqlClient; grant Odbc unrestricted because \"reports\";") APP("B", "revoke SqlClient;"),
     "database-files", "not isolated A > * (because)\n"},
    {"a driver for files",
     V2("")
         APP("A", "revoke SqlClient; grant OleDb { connection \"Provider=Microsoft.Jet.OLEDB.4.0;Data Source=x.mdb\" "
                  "keys \"\" allow-only; }") APP("B", "revoke SqlClient;"),
     "database-files", "not isolated A > *\n"},
    {"the data source is left open",
     V2("") APP("A",
                "revoke SqlClient; grant Odbc { connection \"Driver={SQL Server}\" keys \"Server=;DBQ=\" allow-only; }")
         APP("B", "revoke SqlClient;"),
     "database-files", "not isolated A > *\n"},
    {"all is said",
     V2("") APP("A", "revoke SqlClient; grant Odbc { connection \"DSN=Orders\" keys \"UID=;PWD=\" allow-only; }")
         APP("B", "revoke SqlClient;"),
     "database-files", ""},
    {"SQL Server opens files in user instances", V2("") APP("A", "") APP("B", "revoke SqlClient;"), "database-files",
     "unknown A > *\n"},
    {"SQL Server by one connection",
     V2("")
         APP("A", "revoke SqlClient; grant SqlClient { connection \"Data Source=db1\" keys \"User ID=\" allow-only; }")
             APP("B", "revoke SqlClient;"),
     "database-files", ""},
    /* ---- the server's own ---- */
    {"keys of the machine",
     V2("") APP("A", "grant KeyContainer { container machine \"p\" 1 \"c\" 1 flags Open; }")
         APP("B", "grant KeyContainer { container user \"p\" 1 \"c\" 1 flags Open; }")
             APP("C", "grant Store { flags AddToStore; }") APP("D", "grant Store { flags EnumerateCertificates; }"),
     "server-resource", "not isolated A > *\nnot isolated C > *\n"},
    /* ---- out of the sandbox ---- */
    {"full trust", V2("") APP("A", "trust full;") APP("B", ""), "full-trust", "not isolated A > *\n"},
    {"each flag counts",
     V2("") APP("A",
                "grant Security { flags UnmanagedCode; } because \"fonts\"; grant Security { flags ControlAppDomain; }")
         APP("B", ""),
     "escape", "not isolated A > * (because)\nnot isolated A > *\n"},
    {"many under one policy",
     V2("") MORE("P", "grant Security { flags SkipVerification; }") APP("A", "trust P;") APP("B", "trust P;")
         APP("C", ""),
     "escape", "not isolated A,B > *\n"},
    {"a group that the application can write itself",
     V2("") MORE("P", "code url \"$AppDirUrl$/bin/T.dll\" grants FullTrust;") APP("A", "trust P;") APP("B", "trust P;")
         APP("C", ""),
     "writable-code-group", "not isolated A,B > *\n"},
    {"one that another can write",
     V2("") MORE("P", "code url \"file:///E:/Common/*\" grants FullTrust;") APP("A", "trust P;")
         APP("B", "grant FileIO { write \"E:\\Common\\Drop\"; }") APP("C", ""),
     "writable-code-group", "not isolated B > A\n"},
    {"one that nobody can write",
     V2("") MORE("P", "code url \"file:///E:/Common/*\" grants FullTrust;") APP("A", "trust P;") APP("B", "trust P;"),
     "writable-code-group", ""},
    {"a set that is no more",
     V2("") MORE("P", "code url \"$AppDirUrl$/bin/T.dll\" grants Execution;") APP("A", "trust P;") APP("B", ""),
     "writable-code-group", ""},
    {"a site of a neighbour",
     V2("") MORE("P", "code site \"www.b.com\" grants FullTrust;") APP("A", "trust P; origin host \"www.a.com\";")
         APP("B", "origin host \"www.b.com\";") APP("C", "origin host \"www.c.com\";"),
     "trusted-site", "not isolated B > A\n"},
    {"a site that may be a neighbour's",
     V2("") MORE("P", "code url \"http://www.b.com/*\" grants FullTrust;")
         APP("A", "trust P; origin host \"www.a.com\";") APP("B", ""),
     "trusted-site", "unknown B > A\n"},
    {"a key without a name",
     V2("") MORE(
         "P", "code strongname \"00240000048000009400000006020000002400005253413100040000010001008EFACF90A987078A6C3D48"
              "2F5C2745AAD9B16098235C7B1BD95B03BD6727CC6A5C88D9E55C919CCC152323EE52C4B99CCDF42E39A5D1C81972DC16A93FF8"
              "7ACBF00DF465EF93771306329D9D0374E5D4BAEA5100294EA7F1E36C8BE8CB715B9BE9A10C8460766EA15C1C922FBF71771D8A"
              "23BED9375EE5EC662F03B8DFEC7B46\" grants FullTrust;") APP("A", "trust P;") APP("B", "trust P;")
         APP("C", ""),
     "shared-code-group", "not isolated A,B > A,B\n"},
    {"all code of the server",
     V2("") MORE("P", "code zone MyComputer grants Everything;") APP("A", "trust P;") APP("B", ""), "shared-code-group",
     ""}, /* and so the application itself is: escape tells */
    {"the lock of 4.0", APP("A", "") APP("B", "trust full;"), "unlocked-level", "unknown A > *\n"},
    /* ---- IIS ---- */
    {"one process", "server web01 { framework 2.0; iis 5.1; }\n" APP("A", "") APP("B", ""), "iis-version",
     "not isolated A,B > A,B\n"},
    {"pools by name", V2("") APP("A", "pool Web;") APP("B", "pool web;") APP("C", "pool Other;"), "shared-pool",
     "not isolated A,B > A,B\n"},
    {"no pool", V2("") APP("A", "pool Web;") APP("B", ""), "shared-pool", "unknown A > B\nunknown B > A,B\n"},
    {"one account by two names",
     V2("") APP("A", "pool P identity \"WEB01\\app\";") APP("B", "pool Q identity \".\\App\";"), "shared-identity",
     "not isolated A,B > A,B\n"},
    {"a domain's account of that name is another",
     V2("") APP("A", "pool P identity \"WEB01\\app\";") APP("B", "pool Q identity \"CORP\\app\";"), "shared-identity",
     ""},
    {"a user principal name may be one of the domain",
     V2("") APP("A", "pool P identity \"app@corp.example.com\";") APP("B", "pool Q identity \"CORP\\app\";")
         APP("C", "pool R identity \"CORP\\other\";"),
     "shared-identity", "unknown A,B > A,B\n"},
    {"a domain by its long name",
     V2("") APP("A", "pool P identity \"corp.example.com\\App\";") APP("B", "pool Q identity \"CORP\\app\";"),
     "shared-identity", "unknown A,B > A,B\n"},
    {"a server without a name may be the domain",
     APP("A", "pool P identity \"WEB01\\app\";") APP("B", "pool Q identity \"app\";")
         APP("C", "pool app identity \"IIS AppPool\\app\";"),
     "shared-identity", "unknown A,B > A,B\n"},
    {"a visitor by two names", V2("") APP("A", "anonymous \"CORP\\v\";") APP("B", "anonymous \"v@corp.local\";"),
     "shared-anonymous", "unknown A,B > A,B\n"},
    {"Network Service before 7.5", V2("iis 6.0;") APP("A", "pool P;") APP("B", "pool Q;"), "shared-identity",
     "not isolated A,B > A,B\n"},
    {"an account for each pool from 7.5 on",
     V2("iis 7.5;") APP("A", "pool P;") APP("B", "pool Q identity \"ApplicationPoolIdentity\";"), "shared-identity",
     ""},
    {"the identity of a pool is said once", V2("iis 6.0;") APP("A", POOL("p")) APP("B", "pool P;") APP("C", "pool Q;"),
     "powerful-identity", "not isolated C > *\n"},
    {"administrators of any domain",
     V2("") APP("A", "pool P identity \"CORP\\Administrator\";") APP("B", "pool Q identity \"NT AUTHORITY\\SYSTEM\";"),
     "powerful-identity", "not isolated A,B > *\n"},
    {"a group is no account",
     V2("") APP("A", "anonymous \"BUILTIN\\Users\";") APP("B", "pool Q identity \"IIS_IUSRS\";"), "group-rights",
     "not isolated A > *\nnot isolated B > *\n"},
    {"one visitor",
     V2("") APP("A", "anonymous \"WEB01\\v\";") APP("B", "anonymous \"v\";") APP("C", "anonymous \"w\";"),
     "shared-anonymous", "not isolated A,B > A,B\n"},
    {"a visitor who is another one's account",
     V2("") APP("A", "anonymous \"WEB01\\b\";") APP("B", POOL("b") "anonymous \"WEB01\\v\";"), "shared-anonymous",
     "not isolated A,B > A,B\n"},
    {"no visitor is said", V2("") APP("A", "anonymous \"v\";") APP("B", "") APP("C", "authentication windows;"),
     "shared-anonymous", "unknown A > B\nunknown B > A,B\n"},
    {"IUSR in any case", V2("") APP("A", "anonymous \"WEB01\\my-iusr-2\";") APP("B", ""), "anonymous-name",
     "not isolated A > *\n"},
    {"impersonation",
     V2("") APP("A", "authentication windows; impersonate off;") APP("B", "impersonate off;")
         APP("C", "authentication anonymous;") APP("D", "authentication forms;") APP("E", "impersonate on;"),
     "impersonation", "not isolated A > *\nunknown B > *\nunknown C > *\n"},
    {"one directory in two cases",
     V2("") APP("A", "temporary \"E:\\Temp\";") APP("B", "temporary \"e:\\temp\\\";") APP("C", "temporary \"E:\\C\";"),
     "shared-temporary", "not isolated A,B > A,B\n"},
    {"a directory is not said", V2("") APP("A", "templates \"E:\\A\";") APP("B", ""), "shared-template-cache",
     "unknown A,B > B\n"},
    {"what is not said is accepted",
     V2("") APP("A", "templates \"E:\\A\";") APP("B", "accept shared-template-cache because \"no classic ASP\";"),
     "shared-template-cache", "unknown A,B > B (accepted)\n"},
    {"compression off", V2("iis 6.0; compression off;") APP("A", "") APP("B", ""), "shared-compression", ""},
    {"compression but for one", V2("iis 6.0; compression except A;") APP("A", "") APP("B", "") APP("C", ""),
     "shared-compression", "not isolated B,C > B,C\n"},
    {"compression is not said", V2("iis 6.0;") APP("A", "") APP("B", ""), "shared-compression", "unknown A,B > A,B\n"},
    {"a folder for each pool from 7.0 on",
     V2("iis 7.0; compression only A, B, C;") APP("A", "pool P;") APP("B", "pool Q;") APP("C", "pool p;"),
     "shared-compression", "not isolated A,C > A,C\n"},
    /* ---- what cannot be judged ---- */
    {"a class that nobody knows",
     "class Acme \"Acme.P, Acme, Version=1.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089\";\n" V2("")
         APP("A", "grant Acme unrestricted because \"looked at\";") APP("B", "grant Acme unrestricted;"),
     "unjudged-grant", "unknown A > * (because)\nunknown B > *\n"},
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

static const struct tc_model *
model_of(const char *source)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_sema_host host = tc_host_builtin();

    ck_assert_msg(tc_compile(&c, &host, &options, TC_STR("s.trust"), tc_str_of(source)) == TC_OK, "%.*s",
                  c.diags.first == NULL ? 0 : TC_STR_ARG(c.diags.first->message));
    return c.model;
}

static void
put_names(struct tc_buf *out, const uint32_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tc_buf_printf(out, "%s%.*s", i == 0 ? "" : ",", TC_STR_ARG(c.model->applications[list[i]]->name));
}

static void
put_finding(struct tc_buf *out, const struct tc_isolation_finding *finding)
{
    tc_buf_printf(out, "%s ", tc_verdict_name(finding->verdict));
    put_names(out, finding->froms, finding->from_count);
    tc_buf_puts(out, TC_STR(" > "));
    if (finding->to.application == NULL)
        tc_buf_putc(out, '*');
    else
        put_names(out, finding->tos, finding->to_count);
    tc_buf_puts(out, finding->accept != NULL   ? TC_STR(" (accepted)\n")
                     : finding->reason.len > 0 ? TC_STR(" (because)\n")
                                               : TC_STR("\n"));
}

START_TEST(finds_what_there_is)
{
    const struct tc_model *model = model_of(cases[_i].source);
    enum tc_rule_id rule = tc_rule_find(tc_str_of(cases[_i].rule));
    struct tc_isolation *isolation = NULL;
    struct tc_buf out = {0};

    ck_assert_int_ne(rule, TC_RULE_COUNT_);
    ck_assert_int_eq(tc_isolate(&c.arena, model, &isolation), TC_OK);
    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        if (finding->rule == rule)
            put_finding(&out, finding);
    ck_assert_msg(tc_str_eq(tc_buf_str(&out), tc_str_of(cases[_i].expected)), "%s: %s:\n%.*sbut should be\n%s",
                  cases[_i].name, cases[_i].rule, TC_STR_ARG(tc_buf_str(&out)), cases[_i].expected);
    tc_buf_done(&out);
    tc_isolation_done(isolation);
}
END_TEST

/* Stock Medium in pools of their own, in each framework: nothing is open, and accounts keep them apart as well. */
START_TEST(stock_medium_is_isolated)
{
    static const char *const frameworks[] = {"framework 1.1;", "framework 2.0;", "framework 3.5;", "framework 4.0;",
                                             "framework 4.0; cas-model legacy;"};
    struct tc_buf source = {0};
    struct tc_isolation *isolation = NULL;

    tc_buf_printf(&source, "server web01 { %s iis 6.0; }\n%s%s", frameworks[_i], APP("A", POOL("a")),
                  APP("B", POOL("b")));
    tc_buf_putc(&source, '\0');
    model_of(source.ptr);
    ck_assert_int_eq(tc_isolate(&c.arena, c.model, &isolation), TC_OK);
    for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL; finding = finding->next)
        ck_assert_msg(finding->verdict == TC_UNKNOWN_ISOLATION, "%s: %.*s", tc_rule_info(finding->rule)->code.slug,
                      TC_STR_ARG(tc_isolation_sentence(&c.arena, finding)));
    ck_assert_uint_eq(isolation->violations, 0);
    ck_assert_int_ne(tc_isolation_pair(isolation, 0, 1).layers[TC_LAYER_BOTH], TC_NOT_ISOLATED);
    tc_isolation_done(isolation);
    tc_buf_done(&source);
}
END_TEST

/* What a thousand applications do to each other is one finding. */
START_TEST(many_are_one_finding)
{
    struct tc_buf source = {0};
    struct tc_isolation *isolation = NULL;

    tc_buf_puts(&source, TC_STR("server web01 { framework 2.0; iis 6.0; trust P; }\npolicy P extends medium { grant "
                                "EventLog { machine \".\" Administer; } grant Socket { connect tcp \"localhost\" 80; } "
                                "grant Security { flags UnmanagedCode; } code url \"$AppDirUrl$/bin/T.dll\" grants "
                                "FullTrust; }\n"));
    for (int i = 0; i < 1000; i++)
        tc_buf_printf(&source, "application a%d { location \"S/a%d\"; root \"D:\\S\\a%d\"; trust P; }\n", i, i, i);
    tc_buf_putc(&source, '\0');
    model_of(source.ptr);
    ck_assert_int_eq(tc_isolate(&c.arena, c.model, &isolation), TC_OK);
    ck_assert_uint_lt(isolation->finding_count, 30);
    tc_isolation_done(isolation);
    tc_buf_done(&source);
}
END_TEST

Suite *
tct_isolate_rules_suite(void)
{
    Suite *s = suite_create("isolate_rules");
    TCase *tc = tcase_create("rules");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, finds_what_there_is, 0, TCT_COUNT(cases));
    tcase_add_loop_test(tc, stock_medium_is_isolated, 0, 5);
    tcase_add_test(tc, many_are_one_finding);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
