/*
 * What several configuration files make of an application. Each case has a root web.config and the files of sites, one
 * line a line of the file, and expects what becomes of each application and what is found:
 *
 *     PATH: LEVEL FILE:LINE [locked FILE:LINE] [policy PATH] [origin TEXT] [legacy] [fails WHY]; … | CODE FILE:LINE …
 *
 * A path behind '+' is that of a folder.
 */
#include "check/hierarchy.h"
#include "support/unit.h"
#include "unit/suites.h"
#include "xml/spans.h"

#include <string.h>

#define MEDIUM_LEVELS                                                                                                  \
    "<securityPolicy><trustLevel name='Full' policyFile='internal'/>"                                                  \
    "<trustLevel name='Medium' policyFile='web_mediumtrust.config'/>"                                                  \
    "<trustLevel name='Low' policyFile='web_lowtrust.config'/></securityPolicy>\n"
#define WEB(text)            "<configuration><system.web>\n" text "</system.web></configuration>\n"
#define AT(attributes, text) "<location " attributes "><system.web>\n" text "</system.web></location>\n"
#define CONF(text)           "<configuration>\n" text "</configuration>\n"
#define TRUST(level)         "<trust level='" level "'/>\n"
#define OPEN_ROOT            WEB(MEDIUM_LEVELS TRUST("Medium"))
#define LOCKED_ROOT          CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium")))
#define TRUST_LOCKED_ROOT                                                                                              \
    CONF("<system.web>\n" MEDIUM_LEVELS "</system.web>\n" AT("allowOverride='false'", TRUST("Medium")))

static const struct {
    const char *name;
    const char *root; /* C/web.config; NULL: not given */
    struct {
        const char *path, *text;
    } sites[3]; /* a/web.config, b/web.config, c/web.config */
    const char *expected;
} cases[] = {
    {"the machine alone", OPEN_ROOT, {{0}}, ": Medium C:3 policy C/web_mediumtrust.config |"},
    {"as shipped", WEB(MEDIUM_LEVELS TRUST("Full")), {{0}}, ": Full C:3 |"},
    {"locked", LOCKED_ROOT, {{0}}, ": Medium C:4 locked C:2 policy C/web_mediumtrust.config |"},
    {"an application that says nothing",
     LOCKED_ROOT,
     {{"S/a", WEB("")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config |"},
    {"a lock that is broken",
     LOCKED_ROOT,
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"the same level still fails",
     LOCKED_ROOT,
     {{"S/a", WEB(TRUST("Medium"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"both sections are locked",
     LOCKED_ROOT,
     {{"S/a", WEB("<securityPolicy/>\n" TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'securityPolicy' is locked a:2 | "
     "T1345 a:2 T1345 a:3"},
    {"a location for the file's own level is no way out",
     LOCKED_ROOT,
     {{"S/a", CONF(AT("overrideMode='Allow'", TRUST("Full")))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked a:3 | T1345 a:3"},
    {"sections that are not in the location stay open",
     LOCKED_ROOT,
     {{"S/a", WEB("<compilation debug='true'/>\n")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config |"},
    {"any section can be locked",
     CONF(AT("allowOverride='false'", "<machineKey/>\n")),
     {{"S/a", WEB("<machineKey/>\n")}},
     ": -; S/a: - fails HTTP 500.19: 'machineKey' is locked a:2 | T1345 a:2"},
    {"not locked: it takes effect",
     OPEN_ROOT,
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Full a:2 | T1346 a:2"},
    {"allowOverride true locks nothing",
     CONF(AT("allowOverride='true'", MEDIUM_LEVELS TRUST("Medium"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Full a:2 | T1346 a:2"},
    {"less trust takes effect as well",
     WEB(MEDIUM_LEVELS TRUST("Full")),
     {{"S/a", WEB(TRUST("Low"))}},
     ": Full C:3; S/a: Low a:2 policy C/web_lowtrust.config | T1346 a:2"},
    {"the same level has no effect",
     OPEN_ROOT,
     {{"S/a", WEB(TRUST("Medium"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Medium a:2 policy C/web_mediumtrust.config | T1347 a:2"},
    {"another origin takes effect",
     OPEN_ROOT,
     {{"S/a", WEB("<trust level='Medium' originUrl='http://h/.*'/>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium a:2 policy C/web_mediumtrust.config origin http://h/.* | T1346 a:2"},
    {"attributes are inherited one by one",
     WEB(MEDIUM_LEVELS "<trust level='Medium' originUrl='http://h/.*' legacyCasModel='true'/>\n"),
     {{"S/a", WEB(TRUST("Low"))}},
     ": Medium C:3 policy C/legacy.web_mediumtrust.config origin http://h/.* legacy; "
     "S/a: Low a:2 policy C/legacy.web_lowtrust.config origin http://h/.* legacy | T1346 a:2"},
    {"an inherited setting is taken back",
     WEB(MEDIUM_LEVELS "<trust level='Medium' legacyCasModel='true'/>\n"),
     {{"S/a", WEB("<trust level='Medium' legacyCasModel=' FALSE '/>\n")}},
     ": Medium C:3 policy C/legacy.web_mediumtrust.config legacy; "
     "S/a: Medium a:2 policy C/web_mediumtrust.config | T1346 a:2"},
    {"the same file may make an exception",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S/a' allowOverride='false'", TRUST("Full"))),
     {{"S/a", WEB("")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; S/a: Full C:7 locked C:6 |"},
    {"letter case of paths does not count",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='s/A' allowOverride='false'", TRUST("Low"))),
     {{"S/a", WEB("")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; S/a: Low C:7 locked C:6 policy C/web_lowtrust.config |"},
    {"a site by its ID",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='1/a' allowOverride='false'", TRUST("Low"))),
     {{"Default Web Site/a", WEB("")}},
     ": Medium C:4 policy C/web_mediumtrust.config; "
     "Default Web Site/a: Low C:7 locked C:6 policy C/web_lowtrust.config |"},
    {"a site by an ID that was said",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='7' allowOverride='false'", TRUST("Low"))),
     {{"Seven/a", WEB("")}},
     ": Medium C:4 policy C/web_mediumtrust.config; "
     "Seven/a: Low C:7 locked C:6 policy C/web_lowtrust.config; "
     "7: Low C:7 locked C:6 policy C/web_lowtrust.config |"},
    {"a location for the site holds for its applications",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='S' allowOverride='false'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; "
     "S/a: Low C:7 locked C:6 policy C/web_lowtrust.config fails HTTP 500.19: 'trust' is locked a:2; "
     "S: Low C:7 locked C:6 policy C/web_lowtrust.config | T1345 a:2"},
    {"another site is not meant",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='S' allowOverride='false'", TRUST("Low"))),
     {{"Sa/a", WEB(TRUST("Full"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; Sa/a: Full a:2; "
     "S: Low C:7 locked C:6 policy C/web_lowtrust.config | T1346 a:2"},
    {"only one application is locked",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='S/b' allowOverride='false'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}, {"S/b", WEB(TRUST("Full"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Full a:2; "
     "S/b: Low C:7 locked C:6 policy C/web_lowtrust.config fails HTTP 500.19: 'trust' is locked b:2 | "
     "T1346 a:2 T1345 b:2"},
    {"overrideMode Deny",
     CONF(AT("overrideMode='Deny'", MEDIUM_LEVELS TRUST("Medium"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"overrideMode Allow lifts the lock",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S/a' overrideMode='Allow'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; S/a: Full a:2 | T1346 a:2"},
    {"allowOverride true does not",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S/a' allowOverride='true'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Low C:7 locked C:2 policy C/web_lowtrust.config fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"nor does overrideMode Inherit",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S/a' overrideMode='Inherit'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Low C:7 locked C:2 policy C/web_lowtrust.config fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"a lock further down closes it again",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium")) AT("path='S' overrideMode='Allow'", TRUST("Low"))
              AT("path='S/a' overrideMode='Deny'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}, {"S/b", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Low C:10 locked C:9 policy C/web_lowtrust.config fails HTTP 500.19: 'trust' is locked a:2; S/b: Full b:2; "
     "S: Low C:7 policy C/web_lowtrust.config | T1345 a:2 T1346 b:2"},
    {"the file of a site sets what holds below",
     OPEN_ROOT,
     {{"S", WEB(TRUST("Low"))}, {"S/a", WEB("")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S: Low a:2 policy C/web_lowtrust.config; "
     "S/a: Low a:2 policy C/web_lowtrust.config | T1346 a:2"},
    {"a site locks its applications",
     OPEN_ROOT,
     {{"S", CONF(AT("allowOverride='false'", TRUST("Low")))}, {"S/a", WEB(TRUST("Full"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; S: Low a:3 policy C/web_lowtrust.config; "
     "S/a: Low a:3 locked a:2 policy C/web_lowtrust.config fails HTTP 500.19: 'trust' is locked b:2 | "
     "T1346 a:3 T1345 b:2"},
    {"a broken lock in a site's file fails below",
     LOCKED_ROOT,
     {{"S/a", WEB("")}, {"S", WEB(TRUST("Full"))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked b:2; "
     "S: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked b:2 | T1345 b:2"},
    {"what the server says of the application goes before the site's file",
     CONF(AT("", MEDIUM_LEVELS TRUST("Full")) AT("path='S/a'", TRUST("Medium"))),
     {{"S", WEB(TRUST("Low"))}, {"S/a", WEB("")}},
     ": Full C:4; S: Low a:2 policy C/web_lowtrust.config; S/a: Medium C:7 policy C/web_mediumtrust.config | T1346 "
     "a:2"},
    {"a site's location for an application",
     OPEN_ROOT,
     {{"S", CONF(AT("path='a'", TRUST("Full")))}, {"S/a", WEB("")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S: Medium C:3 policy C/web_mediumtrust.config; S/a: Full a:3 | "
     "T1346 a:3"},
    {"a site's location for an application, locked",
     LOCKED_ROOT,
     {{"S", CONF(AT("path='a'", TRUST("Full")))}, {"S/a", WEB("")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S: Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked a:3 | T1345 a:3"},
    {"a location for a folder, locked",
     LOCKED_ROOT,
     {{"S/a", CONF(AT("path='x'", TRUST("Full")))}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config | T1345 a:3"},
    {"not for child applications",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='S' inheritInChildApplications='false'", TRUST("Low"))),
     {{"S", WEB("")}, {"S/a", WEB("")}},
     ": Medium C:4 policy C/web_mediumtrust.config; S: Low C:7 policy C/web_lowtrust.config; "
     "S/a: Medium C:4 policy C/web_mediumtrust.config |"},
    {"nor is such a lock",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S' allowOverride='false' inheritInChildApplications='false'", TRUST("Low"))),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Full a:2; "
     "S: Low C:7 locked C:6 policy C/web_lowtrust.config | T1346 a:2"},
    {"the loophole: the same level declared again",
     TRUST_LOCKED_ROOT,
     {{"S/a",
       WEB("<securityPolicy>\n<trustLevel name='Medium' policyFile='web_mediumtrust.config'/></securityPolicy>\n")}},
     ": Medium C:6 locked C:5 policy C/web_mediumtrust.config; "
     "S/a: Medium C:6 locked C:5 policy a/web_mediumtrust.config | T1349 a:3"},
    {"an absolute policy file does not move",
     CONF(AT("allowOverride='false'", TRUST("M")) "<system.web><securityPolicy><trustLevel name='M' "
                                                  "policyFile='D:\\m.config'/></securityPolicy></system.web>\n"),
     {{"S/a", WEB("<securityPolicy>\n<trustLevel name='M' policyFile='D:\\m.config'/></securityPolicy>\n")}},
     ": M C:3 locked C:2 policy D:\\m.config; S/a: M C:3 locked C:2 policy D:\\m.config | T1347 a:3"},
    {"the same level with another file",
     OPEN_ROOT,
     {{"S/a", WEB("<securityPolicy>\n<trustLevel name='Medium' policyFile='own.config'/></securityPolicy>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium C:3 policy C/web_mediumtrust.config fails the level 'Medium' is there twice a:3 | T1348 a:3"},
    {"a level of the application's own",
     OPEN_ROOT,
     {{"S/a",
       WEB("<securityPolicy>\n<trustLevel name='Own' policyFile='own.config'/></securityPolicy>\n" TRUST("Own"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Own a:4 policy a/own.config | T1346 a:4"},
    {"a level that nobody declares",
     OPEN_ROOT,
     {{"S/a", WEB(TRUST("Nosuch"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Nosuch a:2 fails no <trustLevel> declares 'Nosuch' a:2 | T1346 a:2 T1348 a:2"},
    {"levels are told apart by letter case",
     OPEN_ROOT,
     {{"S/a", WEB(TRUST("full"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: full a:2 fails no <trustLevel> declares 'full' a:2 | T1346 a:2"},
    {"lockAttributes",
     WEB(MEDIUM_LEVELS "<trust level='Medium' originUrl='' lockAttributes='originUrl'/>\n"),
     {{"S/a", WEB("<trust level='Medium' originUrl='.*'/>\n")}, {"S/b", WEB(TRUST("Low"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium C:3 policy C/web_mediumtrust.config fails 'originUrl' is locked a:2; "
     "S/b: Low b:2 policy C/web_lowtrust.config | T1348 a:2 T1346 b:2"},
    {"lockAttributes, a list",
     WEB(MEDIUM_LEVELS "<trust level='Medium' lockAttributes='permissionSetName; originUrl'/>\n"),
     {{"S/a", WEB("<trust level='Medium' originUrl='.*'/>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium C:3 policy C/web_mediumtrust.config fails 'originUrl' is locked a:2 | T1348 a:2"},
    {"lockAttributes of all locks what is required as well",
     WEB(MEDIUM_LEVELS "<trust level='Medium' lockAttributes='*'/>\n"),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium C:3 policy C/web_mediumtrust.config fails 'level' is locked a:2 | T1348 a:2"},
    {"lockAllAttributesExcept",
     WEB(MEDIUM_LEVELS "<trust level='Medium' lockAllAttributesExcept='originUrl'/>\n"),
     {{"S/a", WEB("<trust originUrl='.*'/>\n")}, {"S/b", WEB("<trust level='Medium'/>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium C:3 policy C/web_mediumtrust.config origin .*; "
     "S/b: Medium C:3 policy C/web_mediumtrust.config fails 'level' is locked b:2 | T1346 a:2 T1348 b:2"},
    {"a locked attribute goes down the path, also in one file",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S/a'", "<compilation tempDirectory='E:\\A' lockAttributes='tempDirectory'/>\n")
                  AT("path='S/a/b'", "<compilation tempDirectory='E:\\A'/>\n")),
     {{"S/a", WEB("<compilation debug='true'/>\n")}, {"S/a/b", WEB("")}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Medium C:4 policy C/web_mediumtrust.config; "
     "S/a/b: Medium C:4 policy C/web_mediumtrust.config fails 'tempDirectory' is locked C:10 | T1348 C:10"},
    {"unless it is for the application itself; then its folders have it",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium"))
              AT("path='S/a' inheritInChildApplications='false'",
                 "<compilation tempDirectory='E:\\A' lockAttributes='tempDirectory'/>\n")
                  AT("path='S/a/b'", "<compilation tempDirectory='E:\\B'/>\n")),
     {{"S/a", WEB("")}, {"S/a/b", WEB("")}, {"+S/a/c", WEB("<compilation tempDirectory='E:\\C'/>\n")}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Medium C:4 policy C/web_mediumtrust.config; "
     "S/a/b: Medium C:4 policy C/web_mediumtrust.config; S/a/c: - fails 'tempDirectory' is locked c:2 | T1348 c:2"},
    {"lockItem",
     WEB(MEDIUM_LEVELS "<trust level='Medium' lockItem='true'/>\n"),
     {{"S/a", WEB(TRUST("Full"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Medium C:3 policy C/web_mediumtrust.config fails 'trust' is locked a:2 | T1348 a:2"},
    {"lockElements",
     WEB("<securityPolicy lockElements='trustLevel'><trustLevel name='M' "
         "policyFile='m.config'/></securityPolicy>\n" TRUST("M")),
     {{"S/a", WEB("<securityPolicy>\n<trustLevel name='N' policyFile='n.config'/></securityPolicy>\n")}},
     ": M C:3 policy C/m.config; S/a: M C:3 policy C/m.config fails 'trustLevel' is locked a:3 | T1348 a:3"},
    {"no root was given", NULL, {{"S/a", WEB(TRUST("Medium"))}}, ": -; S/a: Medium a:2 | T1346 a:2"},
    {"a file that is no XML",
     LOCKED_ROOT,
     {{"S", "<configuration>"}, {"S/a", WEB("")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails a configuration file cannot be read; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails a configuration file cannot be read |"},
    {"a location that leads to nothing, but nearly",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='Sitte/app'", TRUST("Low"))),
     {{"Site/app", WEB(TRUST("Medium"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; Site/app: Medium a:2 policy C/web_mediumtrust.config; "
     "Sitte/app: Low C:7 policy C/web_lowtrust.config | T1312 C:6 T1347 a:2"},
    {"numbers make other applications",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='Site/app2'", TRUST("Low"))),
     {{"Site/app1", WEB(TRUST("Medium"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; Site/app1: Medium a:2 policy C/web_mediumtrust.config; "
     "Site/app2: Low C:7 policy C/web_lowtrust.config | T1347 a:2"},
    {"machine.config locks the root web.config",
     CONF(AT("allowOverride='false'", TRUST("Full"))),
     {{"", WEB(TRUST("Medium"))}},
     ": Full C:3 locked C:2 fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"the root web.config goes before machine.config",
     WEB(MEDIUM_LEVELS TRUST("Full")),
     {{"", WEB(TRUST("Medium"))}, {"S/a", WEB("")}},
     ": Medium a:2 policy C/web_mediumtrust.config; S/a: Medium a:2 policy C/web_mediumtrust.config |"},
    {"a level that nobody declares fails only where it holds",
     CONF(AT("", MEDIUM_LEVELS TRUST("Nosuch")) AT("path='S/a'", TRUST("Low"))),
     {{"S/a", WEB("")}},
     ": Nosuch C:4 fails no <trustLevel> declares 'Nosuch' C:4; S/a: Low C:7 policy C/web_lowtrust.config | T1348 C:4"},
    {"a level of the machine twice fails everywhere",
     CONF(AT("", "<securityPolicy><trustLevel name='M' policyFile='a'/><trustLevel name='M' "
                 "policyFile='b'/></securityPolicy>\n" TRUST("M"))),
     {{"S/a", WEB("")}},
     ": M C:4 policy C/a fails the level 'M' is there twice C:3; "
     "S/a: M C:4 policy C/a fails the level 'M' is there twice C:3 |"},
    {"the same path twice counts once",
     OPEN_ROOT,
     {{"S/a", WEB(TRUST("Full"))}, {"s/A", WEB("")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Full a:2 | T1346 a:2"},
    {"a folder says nothing about trust",
     OPEN_ROOT,
     {{"S/a", WEB("")}, {"+S/a/b", WEB("<pages/>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Medium C:3 policy C/web_mediumtrust.config |"},
    {"a folder may not",
     OPEN_ROOT,
     {{"S/a", WEB("")}, {"+S/a/b", WEB(TRUST("Low"))}, {"+S/a/b/c", WEB("")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Medium C:3 policy C/web_mediumtrust.config; "
     "S/a/b: - fails 'trust' cannot stand below an application b:2; "
     "S/a/b/c: - fails 'trust' cannot stand below an application b:2 | T1348 b:2"},
    {"an application below that folder inherits from it",
     OPEN_ROOT,
     {{"S/a", WEB("")}, {"+S/a/b", WEB(TRUST("Low"))}, {"S/a/b/c", WEB("")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Medium C:3 policy C/web_mediumtrust.config; "
     "S/a/b/c: Low b:2 policy C/web_lowtrust.config; "
     "S/a/b: - fails 'trust' cannot stand below an application b:2 | T1348 b:2"},
    {"a folder that a location of the machine names is an application",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='S/a/b'", TRUST("Low"))),
     {{"S/a", WEB("")}, {"+S/a/b", WEB(TRUST("Medium"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Medium C:4 policy C/web_mediumtrust.config; "
     "S/a/b: Medium b:2 policy C/web_mediumtrust.config | T1346 b:2"},
    {"a folder in which something is locked",
     LOCKED_ROOT,
     {{"S/a", CONF(AT("allowOverride='false'", "<pages/>\n"))}, {"+S/a/b", WEB("<pages/>\n")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a/b: - fails HTTP 500.19: 'pages' is locked b:2 | T1345 b:2"},
    {"folders of an application that fails are not told",
     LOCKED_ROOT,
     {{"S/a", WEB(TRUST("Full"))}, {"+S/a/b", WEB("<pages/>\n")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; "
     "S/a: Medium C:4 locked C:2 policy C/web_mediumtrust.config fails HTTP 500.19: 'trust' is locked a:2 | T1345 a:2"},
    {"a location for a page with what is locked",
     CONF(AT("path='S/a'", "<pages lockItem='true'/>\n") AT("path='S/a/b.aspx'", "<pages/>\n")),
     {{"S/a", WEB("")}},
     ": -; S/a: - | T1348 C:6"},
    {"machine.config locks by declaration",
     CONF("<configSections><sectionGroup name='system.web'>\n"
          "<section name='trust' type='T' overrideModeDefault='Deny'/></sectionGroup></configSections>\n"),
     {{"", CONF(AT("overrideMode='Allow'", TRUST("Full")))}},
     ": - locked C:3 fails HTTP 500.19: 'trust' is locked a:3 | T1345 a:3"},
    {"and lets others",
     CONF("<configSections><sectionGroup name='system.web'>\n"
          "<section name='trust' type='T' overrideModeDefault='Deny'/></sectionGroup></configSections>\n" AT(
              "overrideMode='Allow'", TRUST("Full"))),
     {{"", WEB(TRUST("Medium"))}, {"S/a", WEB(TRUST("Full"))}},
     ": Medium a:2; S/a: Full b:2 | T1346 b:2"},
    {"what machine.config declares for the whole path may stand in a folder",
     CONF("<configSections><sectionGroup name='system.web'>\n"
          "<section name='trust' type='T'/></sectionGroup></configSections>\n" AT("", TRUST("Full"))),
     {{"S/a", WEB("")}, {"+S/a/b", WEB(TRUST("Low"))}},
     ": Full C:5; S/a: Full C:5 |"},
    {"what machine.config keeps for itself",
     CONF("<configSections><sectionGroup name='system.web'>\n"
          "<section name='processModel' type='T' allowDefinition='MachineOnly'/>\n"
          "<section name='deployment' type='T' allowDefinition='MachineToWebRoot'/>\n"
          "</sectionGroup></configSections>\n"),
     {{"S/a", WEB("<processModel/>\n")}, {"S/b", WEB("<deployment/>\n")}},
     ": -; S/a: - fails 'processModel' can only stand in machine.config a:2; "
     "S/b: - fails 'deployment' can only stand in machine.config and the root web.config b:2 | T1348 a:2 T1348 b:2"},
    {"a section twice",
     OPEN_ROOT,
     {{"S/a", WEB(TRUST("Low") TRUST("Low"))},
      {"S/b", CONF(AT("path='c'", TRUST("Low")) AT("path='C'", TRUST("Low")))},
      {"S/b/c", WEB("")}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Low a:3 policy C/web_lowtrust.config fails 'trust' stands there twice a:3; "
     "S/b: Medium C:3 policy C/web_mediumtrust.config; "
     "S/b/c: Low b:6 policy C/web_lowtrust.config fails 'trust' stands there twice b:6 | "
     "T1346 a:2 T1347 a:3 T1346 b:3 T1347 b:6"},
    {"what the section does not have",
     OPEN_ROOT,
     {{"S/a", WEB("<trust level='Low' orginUrl=''/>\n")},
      {"S/b", WEB("<trust level='Low' legacyCasModel='1'/>\n")},
      {"S/c", WEB("<securityPolicy><clear/></securityPolicy>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; "
     "S/a: Low a:2 policy C/web_lowtrust.config fails 'trust' has no attribute 'orginUrl' a:2; "
     "S/b: Low b:2 policy C/web_lowtrust.config fails 'legacyCasModel' is neither true nor false b:2; "
     "S/c: Medium C:3 policy C/web_mediumtrust.config fails 'securityPolicy' has no element 'clear' c:2 | "
     "T1346 a:2 T1346 b:2"},
    {"what stands in another file, or is encrypted",
     OPEN_ROOT,
     {{"S/a", WEB("<trust configSource='t.config'/>\n")},
      {"S/b", WEB("<trust configProtectionProvider='Rsa'><EncryptedData/></trust>\n")},
      {"S/a/c", WEB(TRUST("Low"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: - a:2; S/b: - b:2; "
     "S/a/c: Low c:2 policy C/web_lowtrust.config | T1346 a:2 T1346 b:2 T1346 c:2"},
    {"other attributes take effect as well",
     OPEN_ROOT,
     {{"S/a", WEB("<trust level='Medium' processRequestInApplicationTrust='false'/>\n")},
      {"S/b", WEB("<trust level='Medium' processRequestInApplicationTrust='TRUE' legacyCasModel='false'/>\n")},
      {"S/c", WEB("<trust level='Medium' hostSecurityPolicyResolverType='T, A'/>\n")}},
     ": Medium C:3 policy C/web_mediumtrust.config; S/a: Medium a:2 policy C/web_mediumtrust.config; "
     "S/b: Medium b:2 policy C/web_mediumtrust.config; S/c: Medium c:2 policy C/web_mediumtrust.config | "
     "T1346 a:2 T1347 b:2 T1346 c:2"},
    {"an unknown level of the machine is said once",
     WEB(MEDIUM_LEVELS TRUST("Nosuch")),
     {{"S/a", WEB("")}, {"S/b", WEB(TRUST("Nosuch"))}},
     ": Nosuch C:3 fails no <trustLevel> declares 'Nosuch' C:3; "
     "S/a: Nosuch C:3 fails no <trustLevel> declares 'Nosuch' C:3; "
     "S/b: Nosuch b:2 fails no <trustLevel> declares 'Nosuch' b:2 | T1348 C:3 T1347 b:2 T1348 b:2"},
    {"assemblies that the application trusts itself",
     CONF(AT("",
             MEDIUM_LEVELS TRUST(
                 "Medium") "<fullTrustAssemblies>\n<add assemblyName='M' version='1.0.0.0'/></fullTrustAssemblies>\n")),
     {{"S/a", WEB("<fullTrustAssemblies>\n<add assemblyName='M' version='1.0.0.0'/>\n"
                  "<add assemblyName='M' version='2.0.0.0'/></fullTrustAssemblies>\n")},
      {"S/b", WEB(TRUST("Full") "<fullTrustAssemblies>\n<add assemblyName='X' "
                                "version='1.0.0.0'/></fullTrustAssemblies>\n")},
      {"S/c", WEB("<fullTrustAssemblies>\n<add assemblyName='X' version='1.0.0.0'/></fullTrustAssemblies>\n"
                  "<trust legacyCasModel='true'/>\n")}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Medium C:4 policy C/web_mediumtrust.config; S/b: Full b:2; "
     "S/c: Medium C:4 policy C/legacy.web_mediumtrust.config legacy | "
     "T1347 a:3 T1346 a:4 T1346 b:2 T1347 b:4 T1347 c:3 T1346 c:4"},
    {"assemblies where they are locked",
     CONF(AT("allowOverride='false'", MEDIUM_LEVELS TRUST("Medium") "<fullTrustAssemblies/>\n")),
     {{"S/a", WEB("<fullTrustAssemblies>\n<add assemblyName='M' version='1.0.0.0'/></fullTrustAssemblies>\n")}},
     ": Medium C:4 locked C:2 policy C/web_mediumtrust.config; S/a: Medium C:4 locked C:2 policy "
     "C/web_mediumtrust.config fails HTTP 500.19: 'fullTrustAssemblies' is locked a:2 | T1345 a:2"},
    {"a path that begins with the site where it must not",
     OPEN_ROOT,
     {{"Default Web Site/a", CONF(AT("path='1/a'", "<pages/>\n") AT("path='10/a'", "<pages/>\n"))}},
     ": Medium C:3 policy C/web_mediumtrust.config; Default Web Site/a: Medium C:3 policy C/web_mediumtrust.config | "
     "T1312 a:2"},
    {"a location for what is no application",
     CONF(AT("", MEDIUM_LEVELS TRUST("Medium")) AT("path='S/a/b'", "<securityPolicy/>\n")),
     {{"S/a", CONF(AT("path='c/d'", TRUST("Low")) AT("path='e'", "<pages/>\n"))}},
     ": Medium C:4 policy C/web_mediumtrust.config; S/a: Medium C:4 policy C/web_mediumtrust.config | T1348 a:3"},
};

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;
static struct tc_buf got;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    tc_buf_init(&got);
}

static void
teardown(void)
{
    tc_buf_done(&got);
    tc_arena_done(&arena);
}

static const struct tc_webconfig *
read_config(const char *name, const char *text)
{
    struct tc_webconfig *config = tc_arena_new(&arena, struct tc_webconfig);
    struct tc_source *source = tc_sources_add(&sources, tc_str_of(name), tc_str_of(text));
    struct tc_markup *document;
    struct tc_markup_fault fault;

    ck_assert_ptr_nonnull(source);
    if (tc_spans_scan(&arena, source->text, &document, &fault) != TC_OK)
        return NULL;
    ck_assert(tc_webconfig_read(&arena, source, document, config));
    return config;
}

static void
put_place(struct tc_span span)
{
    struct tc_place place = tc_sources_place(&sources, span.begin);

    if (place.source != NULL)
        tc_buf_printf(&got, " %c:%u", place.source->name.ptr[0], place.line);
}

static void
put_application(const struct tc_hierarchy_application *app)
{
    if (got.len > 0)
        tc_buf_puts(&got, TC_STR("; "));
    tc_buf_printf(&got, "%.*s:", TC_STR_ARG(app->path));
    if (app->level.text.len > 0)
        tc_buf_printf(&got, " %.*s", TC_STR_ARG(app->level.text));
    else
        tc_buf_puts(&got, TC_STR(" -"));
    put_place(app->level.span);
    if (app->is_locked)
        tc_buf_puts(&got, TC_STR(" locked"));
    put_place(app->lock);
    if (app->policy_file.text.len > 0)
        tc_buf_printf(&got, " policy %.*s", TC_STR_ARG(app->policy_file.text));
    if (app->origin.text.len > 0)
        tc_buf_printf(&got, " origin %.*s", TC_STR_ARG(app->origin.text));
    if (app->legacy.text.len > 0)
        tc_buf_puts(&got, TC_STR(" legacy"));
    if (app->fails.len > 0)
        tc_buf_printf(&got, " fails %.*s", TC_STR_ARG(app->fails));
    put_place(app->fails_span);
}

START_TEST(says_what_holds)
{
    static const char *const names[] = {"a/web.config", "b/web.config", "c/web.config"};
    static const struct tc_hierarchy_site seven = {{"7", 1}, {"Seven", 5}};
    struct tc_check check = {.arena = &arena, .diags = &diags};
    struct tc_hierarchy_file files[4];
    struct tc_hierarchy result;
    size_t count = 0;

    if (cases[_i].root != NULL)
        files[count++] = (struct tc_hierarchy_file){.config = read_config("C/web.config", cases[_i].root)};
    for (size_t i = 0; i < 3 && cases[_i].sites[i].path != NULL; i++) {
        struct tc_str path = tc_str_of(cases[_i].sites[i].path);
        bool is_folder = tc_str_starts(path, TC_STR("+"));

        files[count++] = (struct tc_hierarchy_file){.path = tc_str_sub(path, is_folder, SIZE_MAX),
                                                    .config = read_config(names[i], cases[_i].sites[i].text),
                                                    .is_folder = is_folder};
    }
    ck_assert_int_eq(tc_hierarchy_run(&check, files, count, &seven, 1, NULL, &result), TC_OK);
    for (size_t i = 0; i < result.count; i++)
        put_application(&result.applications[i]);
    tc_buf_puts(&got, TC_STR(" |"));
    tc_diags_sort(&diags);
    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        tc_buf_printf(&got, " %s", diag->code->id);
        put_place(diag->span);
    }
    tc_buf_putc(&got, '\0');
    ck_assert_msg(strcmp(got.ptr, cases[_i].expected) == 0, "%s:\n  %s\nexpected\n  %s", cases[_i].name, got.ptr,
                  cases[_i].expected);
}
END_TEST

Suite *
tct_hierarchy_suite(void)
{
    Suite *suite = suite_create("hierarchy");
    TCase *all = tcase_create("cases");

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_loop_test(all, says_what_holds, 0, TCT_COUNT(cases));
    suite_add_tcase(suite, all);
    return suite;
}
