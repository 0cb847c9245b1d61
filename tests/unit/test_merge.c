#include "base/render.h"
#include "emit/merge.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"
#include "xml/conform.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TCT_SOURCE_DIR
#define TCT_SOURCE_DIR "."
#endif

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;
static struct tc_span in_source; /* a place in the source that entries point at */

static void
start(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    const struct tc_source *source =
        tc_sources_add(&sources, TC_STR("site.trust"), TC_STR("application Contoso { }\n"));
    in_source = (struct tc_span){source->base, source->base + 19};
}

static void
stop(void)
{
    tc_arena_done(&arena);
}

/* ---- entries --------------------------------------------------------------------------------- */

#define STOCK_LEVELS                                                                                                   \
    {TCT_STR("Full"), TCT_STR("internal"), {0, 0}}, {TCT_STR("High"), TCT_STR("web_hightrust.config"), {0, 0}},        \
        {TCT_STR("Medium"), TCT_STR("web_mediumtrust.config"), {0, 0}},                                                \
        {TCT_STR("Low"), TCT_STR("web_lowtrust.config"), {0, 0}},                                                      \
    {                                                                                                                  \
        TCT_STR("Minimal"), TCT_STR("web_minimaltrust.config"),                                                        \
        {                                                                                                              \
            0, 0                                                                                                       \
        }                                                                                                              \
    }

static const struct tc_trust_level stock_levels[] = {STOCK_LEVELS};
static const struct tc_trust_level own_levels[] = {
    STOCK_LEVELS,
    {TCT_STR("Reporting"), TCT_STR("web_reportingtrust.config"), {1, 5}},
};
static const struct tc_trust_level twice_levels[] = {
    STOCK_LEVELS,
    {TCT_STR("Reporting"), TCT_STR("web_reportingtrust.config"), {1, 5}},
    {TCT_STR("Reporting"), TCT_STR("web_other.config"), {6, 9}},
};

static const struct tc_full_trust_assembly assembly = {TCT_STR("Contoso.Data"), TCT_STR("1.0.0.0"), TCT_STR("0024AB")};

enum { CONTOSO, FABRIKAM, PLAIN, UMLAUT, BAD_PATH, BAD_ORIGIN, TRUSTED };

static const struct tc_trust_entry apps[] = {
    [CONTOSO] = {.path = TCT_STR("Default Web Site/contoso"),
                 .level = TCT_STR("Reporting"),
                 .origin = TCT_STR("https?://www\\.contoso\\.com/.*"),
                 .temp_directory = TCT_STR("E:\\Temp\\Contoso"),
                 .impersonate = 1},
    [FABRIKAM] = {.path = TCT_STR("default web site/FABRIKAM"),
                  .level = TCT_STR("High"),
                  .origin = TCT_STR("a&b<c>"),
                  .impersonate = 0},
    [PLAIN] = {.path = TCT_STR("site/app"), .level = TCT_STR("Low"), .impersonate = -1},
    [UMLAUT] = {.path = TCT_STR("site/\xC3\xBC\xE2\x82\xAC"), .level = TCT_STR("Low"), .impersonate = -1},
    [BAD_PATH] = {.path = TCT_STR("/site"), .level = TCT_STR("Low"), .impersonate = -1},
    [BAD_ORIGIN] = {.path = TCT_STR("site"), .level = TCT_STR("Low"), .origin = TCT_STR("a\001b"), .impersonate = -1},
    [TRUSTED] = {.path = TCT_STR("site/trusted"),
                 .level = TCT_STR("Medium"),
                 .full_trust = &assembly,
                 .full_trust_count = 1,
                 .impersonate = -1},
};

static const struct tc_trust_entry contoso_twice[] = {
    {.path = TCT_STR("Default Web Site/contoso"), .level = TCT_STR("Low"), .impersonate = -1},
    {.path = TCT_STR("default web site/Contoso"), .level = TCT_STR("Low"), .impersonate = -1},
};

#define MACHINE(name)                                                                                                  \
    {                                                                                                                  \
        .level = TCT_STR(name), .impersonate = -1                                                                      \
    }
#define NO_APPS            .applications = apps, .application_count = 0
#define APPS(first, count) .applications = &apps[first], .application_count = (count)

enum set {
    E_STOCK,   /* Full, nothing else */
    E_MEDIUM,  /* Medium for all */
    E_OWN,     /* a level of our own for all */
    E_CONTOSO, /* and one application */
    E_TWO,     /* and two */
    E_PLAIN,   /* one application with trust alone */
    E_UMLAUT,  /* one whose path is not ASCII */
    E_LEGACY,  /* 4.0 with the legacy model for one application */
    E_TRUSTED, /* 4.0 with full-trust assemblies for one application */
    E_MACHINE, /* 4.0 with full-trust assemblies, a directory and impersonation for all */
    E_ONE_ONE, /* 1.1 */
    E_BAD_PATH,
    E_BAD_ORIGIN,
    E_PATH_TWICE,
    E_LEVEL_TWICE,
    E_COUNT
};

static const struct tc_trust_entry legacy_apps[] = {
    {.path = TCT_STR("site/old"), .level = TCT_STR("Reporting"), .legacy_cas_model = true, .impersonate = -1},
    {.path = TCT_STR("site/new"), .level = TCT_STR("Reporting"), .permission_set = TCT_STR("Mine"), .impersonate = -1},
};

static const struct tc_config_entries sets[E_COUNT] = {
    [E_STOCK] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Full"), NO_APPS},
    [E_MEDIUM] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Medium"), NO_APPS},
    [E_OWN] = {TC_CLR_2_0, own_levels, 6, MACHINE("Reporting"), NO_APPS},
    [E_CONTOSO] = {TC_CLR_2_0, own_levels, 6, MACHINE("Medium"), APPS(CONTOSO, 1)},
    [E_TWO] = {TC_CLR_2_0, own_levels, 6, MACHINE("Medium"), APPS(CONTOSO, 2)},
    [E_PLAIN] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Medium"), APPS(PLAIN, 1)},
    [E_UMLAUT] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Medium"), APPS(UMLAUT, 1)},
    [E_LEGACY] = {TC_CLR_4_0, own_levels, 6, MACHINE("Medium"), .applications = legacy_apps, .application_count = 2},
    [E_TRUSTED] = {TC_CLR_4_0, stock_levels, 5, MACHINE("Medium"), APPS(TRUSTED, 1)},
    [E_MACHINE] = {TC_CLR_4_0,
                   stock_levels,
                   5,
                   {.level = TCT_STR("Medium"),
                    .full_trust = &assembly,
                    .full_trust_count = 1,
                    .temp_directory = TCT_STR("E:\\Temp"),
                    .impersonate = 0},
                   NO_APPS},
    [E_ONE_ONE] = {TC_CLR_1_1, own_levels, 6, MACHINE("Medium"), APPS(CONTOSO, 1)},
    [E_BAD_PATH] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Medium"), APPS(BAD_PATH, 1)},
    [E_BAD_ORIGIN] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Medium"), APPS(BAD_ORIGIN, 1)},
    [E_PATH_TWICE] = {TC_CLR_2_0, stock_levels, 5, MACHINE("Medium"), .applications = contoso_twice,
                      .application_count = 2},
    [E_LEVEL_TWICE] = {TC_CLR_2_0, twice_levels, 7, MACHINE("Medium"), NO_APPS},
};

/* ---- running --------------------------------------------------------------------------------- */

static enum tc_status
try_merge(enum set set, struct tc_str text, struct tc_str *ret_merged)
{
    struct tc_buf out;
    struct tc_trust_entry placed[4];
    struct tc_config_entries entries = sets[set];

    /* Applications come from somewhere in the source. */
    ck_assert_uint_le(entries.application_count, TCT_COUNT(placed));
    for (size_t i = 0; i < entries.application_count; i++) {
        placed[i] = entries.applications[i];
        placed[i].span = in_source;
    }
    entries.applications = placed;
    tc_buf_init(&out);
    const struct tc_source *source = tc_sources_add(&sources, TC_STR("web.config"), text);
    size_t errors = diags.errors;
    enum tc_status status = tc_config_merge(&arena, &entries, source, &diags, &out);
    if (status == TC_OK) {
        ck_assert_uint_eq(diags.errors, errors);
        *ret_merged = tc_arena_str(&arena, tc_buf_str(&out));
    } else {
        ck_assert_int_eq(status, TC_FAILED);
        ck_assert_uint_gt(diags.errors, errors);
        ck_assert_uint_eq(out.len, 0);
    }
    tc_buf_done(&out);
    return status;
}

static struct tc_str
findings(void)
{
    struct tc_buf out;
    struct tc_render_options options = {.format = TC_FORMAT_TEXT};

    tc_buf_init(&out);
    tc_render(&diags, &options, &out);
    struct tc_str text = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

static void
assert_is_xml(struct tc_str text)
{
    const struct tc_conform_codes codes = {tc_code(TC_CODE_MERGE_NOT_XML), tc_code(TC_CODE_MERGE_DOCTYPE),
                                           tc_code(TC_CODE_MERGE_ENCODING)};
    const struct tc_source *source = tc_sources_add(&sources, TC_STR("out"), text);
    ck_assert_msg(tc_conform_check(source, &diags, &codes) == TC_OK, "%.*s\n%.*s", TC_STR_ARG(findings()),
                  TC_STR_ARG(text));
}

static struct tc_str
merged(enum set set, struct tc_str text)
{
    struct tc_str result = {0}, again = {0};
    ck_assert_msg(try_merge(set, text, &result) == TC_OK, "%.*s", TC_STR_ARG(findings()));
    assert_is_xml(result);
    ck_assert_msg(try_merge(set, result, &again) == TC_OK, "the second time: %.*s", TC_STR_ARG(findings()));
    tct_assert_str(again, result);
    return result;
}

static struct tc_str
emitted(enum set set)
{
    struct tc_buf out;
    tc_buf_init(&out);
    ck_assert_int_eq(tc_config_emit(&sets[set], &out), TC_OK);
    struct tc_str text = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* Every LF as CR LF. */
static struct tc_str
with_crlf(struct tc_str text)
{
    struct tc_buf out;
    tc_buf_init(&out);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' && (i == 0 || text.ptr[i - 1] != '\r'))
            tc_buf_putc(&out, '\r');
        tc_buf_putc(&out, text.ptr[i]);
    }
    struct tc_str result = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}

static struct tc_str
with_bom(struct tc_str text)
{
    return tc_arena_printf(&arena, "\xEF\xBB\xBF%.*s", TC_STR_ARG(text));
}

/* ---- what is emitted ------------------------------------------------------------------------- */

#define BEGIN(kind)                                                                                                    \
    "<!-- trustc:begin " kind " (written by trustc; a merge replaces all up to trustc:end " kind ") -->\n"
#define END(kind) "<!-- trustc:end " kind " -->\n"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
#define HEAD(file)                                                                                                     \
    DECLARATION "<configuration>\n"                                                                                    \
                "  <!-- Machine-level trust entries, written by trustc. By itself this file holds the trust\n"         \
                "       entries alone: it cannot take the place of the server's own " file ". To put\n"                \
                "       them into that file, name it to trustc build with the option merge. -->\n"
#define STOCK_LINES(indent)                                                                                            \
    indent "<trustLevel name=\"Full\" policyFile=\"internal\" />\n" indent                                             \
           "<trustLevel name=\"High\" policyFile=\"web_hightrust.config\" />\n" indent                                 \
           "<trustLevel name=\"Medium\" policyFile=\"web_mediumtrust.config\" />\n" indent                             \
           "<trustLevel name=\"Low\" policyFile=\"web_lowtrust.config\" />\n" indent                                   \
           "<trustLevel name=\"Minimal\" policyFile=\"web_minimaltrust.config\" />\n"
#define OWN_LINE(indent) indent "<trustLevel name=\"Reporting\" policyFile=\"web_reportingtrust.config\" />\n"
#define MACHINE_LINES(levels, trust)                                                                                   \
    "  <location allowOverride=\"false\">\n"                                                                           \
    "    <system.web>\n"                                                                                               \
    "      <securityPolicy>\n"                                                                                         \
    "        " BEGIN("levels") levels "        " END("levels") "      </securityPolicy>\n"                             \
                                                               "      " BEGIN("trust") trust                           \
        "      " END("trust") "    </system.web>\n"                                                                    \
                              "  </location>\n"
#define MEDIUM_LINE "      <trust level=\"Medium\" originUrl=\"\" />\n"
#define CONTOSO_LINES(lock_temp, lock_identity)                                                                        \
    "  <location path=\"Default Web Site/contoso\" allowOverride=\"false\">\n"                                         \
    "    <system.web>\n"                                                                                               \
    "      <trust level=\"Reporting\" originUrl=\"https?://www\\.contoso\\.com/.*\" />\n"                              \
    "    </system.web>\n"                                                                                              \
    "  </location>\n"                                                                                                  \
    "  <location path=\"Default Web Site/contoso\">\n"                                                                 \
    "    <system.web>\n"                                                                                               \
    "      <compilation tempDirectory=\"E:\\Temp\\Contoso\"" lock_temp " />\n"                                         \
    "      <identity impersonate=\"true\"" lock_identity " />\n"                                                       \
    "    </system.web>\n"                                                                                              \
    "  </location>\n"
#define CONTOSO_2_0 CONTOSO_LINES(" lockAttributes=\"tempDirectory\"", " lockAttributes=\"impersonate\"")
#define PLAIN_LINES                                                                                                    \
    "  <location path=\"site/app\" allowOverride=\"false\">\n"                                                         \
    "    <system.web>\n"                                                                                               \
    "      <trust level=\"Low\" originUrl=\"\" />\n"                                                                   \
    "    </system.web>\n"                                                                                              \
    "  </location>\n"

static const struct {
    enum set set;
    const char *text;
} outputs[] = {
    {E_MEDIUM, HEAD("web.config") MACHINE_LINES(STOCK_LINES("        "), MEDIUM_LINE) "</configuration>\n"},
    {E_CONTOSO, HEAD("web.config") MACHINE_LINES(STOCK_LINES("        ") OWN_LINE("        "), MEDIUM_LINE) "  " BEGIN(
                    "locations") CONTOSO_2_0 "  " END("locations") "</configuration>\n"},
    /* 1.1 has no lockAttributes. */
    {E_ONE_ONE, HEAD("machine.config")
                    MACHINE_LINES(STOCK_LINES("        ") OWN_LINE("        "), MEDIUM_LINE) "  " BEGIN("locations")
                        CONTOSO_LINES("", "") "  " END("locations") "</configuration>\n"},
    /* A location inherits attribute by attribute: what one says all say. */
    {E_LEGACY,
     HEAD("web.config") MACHINE_LINES(
         STOCK_LINES("        ") OWN_LINE("        "),
         "      <trust level=\"Medium\" originUrl=\"\" legacyCasModel=\"false\" "
         "permissionSetName=\"ASP.Net\" />\n") "  " BEGIN("locations") "  <location path=\"site/old\" "
                                                                       "allowOverride=\"false\">\n"
                                                                       "    <system.web>\n"
                                                                       "      <trust level=\"Reporting\" "
                                                                       "originUrl=\"\" legacyCasModel=\"true\" "
                                                                       "permissionSetName=\"ASP.Net\" />\n"
                                                                       "    </system.web>\n"
                                                                       "  </location>\n"
                                                                       "  <location path=\"site/new\" "
                                                                       "allowOverride=\"false\">\n"
                                                                       "    <system.web>\n"
                                                                       "      <trust level=\"Reporting\" "
                                                                       "originUrl=\"\" legacyCasModel=\"false\" "
                                                                       "permissionSetName=\"Mine\" />\n"
                                                                       "    </system.web>\n"
                                                                       "  </location>\n"
                                                                       "  " END("locations") "</configuration>\n"},
    {E_MACHINE,
     HEAD("web.config") MACHINE_LINES(
         STOCK_LINES("        "), MEDIUM_LINE
         "      <fullTrustAssemblies>\n"
         "        <add assemblyName=\"Contoso.Data\" version=\"1.0.0.0\" publicKey=\"0024AB\" />\n"
         "      </fullTrustAssemblies>\n") "  " BEGIN("locations") "  <location>\n"
                                                                   "    <system.web>\n"
                                                                   "      <compilation tempDirectory=\"E:\\Temp\" "
                                                                   "lockAttributes=\"tempDirectory\" />\n"
                                                                   "      <identity impersonate=\"false\" "
                                                                   "lockAttributes=\"impersonate\" />\n"
                                                                   "    </system.web>\n"
                                                                   "  </location>\n"
                                                                   "  " END("locations") "</configuration>\n"},
    {E_TRUSTED,
     HEAD("web.config") MACHINE_LINES(STOCK_LINES("        "), MEDIUM_LINE) "  " BEGIN(
         "locations") "  <location path=\"site/trusted\" allowOverride=\"false\">\n"
                      "    <system.web>\n"
                      "      <trust level=\"Medium\" originUrl=\"\" />\n"
                      "      <fullTrustAssemblies>\n"
                      "        <add assemblyName=\"Contoso.Data\" version=\"1.0.0.0\" publicKey=\"0024AB\" />\n"
                      "      </fullTrustAssemblies>\n"
                      "    </system.web>\n"
                      "  </location>\n"
                      "  " END("locations") "</configuration>\n"},
};

START_TEST(emits_the_entries_alone)
{
    start();
    tct_assert_str(emitted(outputs[_i].set), tc_str_of(outputs[_i].text));
    assert_is_xml(emitted(outputs[_i].set));
    stop();
}
END_TEST

/* Whatever is emitted is recognised when someone merges into it. */
START_TEST(merges_into_what_was_emitted)
{
    start();
    enum set set = (enum set)_i;
    if (set < E_BAD_PATH)
        tct_assert_str(merged(set, emitted(set)), emitted(set));
    stop();
}
END_TEST

START_TEST(emit_tells_what_xml_cannot_hold)
{
    struct tc_buf out;
    tc_buf_init(&out);
    ck_assert_int_eq(tc_config_emit(&sets[E_BAD_ORIGIN], &out), TC_FAILED);
    tc_buf_done(&out);
    tc_buf_init(&out);
    out.failed = true;
    ck_assert_int_eq(tc_config_emit(&sets[E_MEDIUM], &out), TC_ERR_NOMEM);
    tc_buf_done(&out);
}
END_TEST

/* ---- what is merged -------------------------------------------------------------------------- */

#define OURS_TRUST(indent)                                                                                             \
    indent BEGIN("trust") indent "<trust level=\"Medium\" originUrl=\"\" />\n" indent END("trust")
#define OURS_LEVELS(indent) indent BEGIN("levels") OWN_LINE(indent) indent END("levels")

static const struct {
    const char *label;
    enum set set;
    const char *before;
    const char *after;
} cases[] = {
    {"the stock file of 2.0", E_CONTOSO,
     "<configuration>\n"
     "  <location allowOverride=\"true\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n"
                                                        "      <trust level=\"Full\" originUrl=\"\"/> <!-- stock -->\n"
                                                        "    </system.web>\n"
                                                        "  </location>\n"
                                                        "  <system.web><pages /></system.web>\n"
                                                        "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") OURS_LEVELS("        ") "      </securityPolicy>\n"
                                                                                "      " BEGIN("trust") MEDIUM_LINE
     "      <!-- trustc:end trust --> <!-- stock -->\n"
     "    </system.web>\n"
     "  </location>\n"
     "  <system.web><pages /></system.web>\n"
     "  " BEGIN("locations") CONTOSO_2_0 "  " END("locations") "</configuration>\n"},
    {"the stock file of 4.0: the rest of the location stays open", E_MEDIUM,
     "<configuration>\n"
     "  <location allowOverride=\"true\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES(
         "        ") "      </securityPolicy>\n"
                     "      <trust level=\"Full\" originUrl=\"\" />\n"
                     "      <fullTrustAssemblies>\n"
                     "        <add assemblyName=\"a\" version=\"1.0.0.0\" publicKey=\"00\" />\n"
                     "      </fullTrustAssemblies>\n"
                     "      <partialTrustVisibleAssemblies />\n"
                     "    </system.web>\n"
                     "  </location>\n"
                     "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "    </system.web>\n"
                   "  </location>\n"
                   "  <location allowOverride=\"true\">\n"
                   "    <system.web>\n"
                   "      <fullTrustAssemblies>\n"
                   "        <add assemblyName=\"a\" version=\"1.0.0.0\" publicKey=\"00\" />\n"
                   "      </fullTrustAssemblies>\n"
                   "      <partialTrustVisibleAssemblies />\n"
                   "    </system.web>\n"
                   "  </location>\n"
                   "</configuration>\n"},
    {"others before, between and behind in one location", E_MEDIUM,
     "<configuration>\n"
     "\t<location>\n"
     "\t\t<system.net />\n"
     "\t\t<system.web>\n"
     "\t\t\t<pages />\n"
     "\n"
     "\t\t\t<!-- policy -->\n"
     "\t\t\t<securityPolicy>\n" STOCK_LINES("\t\t\t\t") "\t\t\t</securityPolicy>\n"
                                                        "\t\t\t<caching />\n"
                                                        "\t\t\t<trust level=\"Full\" />\n"
                                                        "\t\t</system.web>\n"
                                                        "\t\t<runtime />\n"
                                                        "\t</location>\n"
                                                        "</configuration>\n",
     "<configuration>\n"
     "\t<location>\n"
     "\t\t<system.net />\n"
     "\t\t<system.web>\n"
     "\t\t\t<pages />\n"
     "\n"
     "\t\t</system.web>\n"
     "\t</location>\n"
     "\t<location allowOverride=\"false\">\n"
     "\t\t<system.web>\n"
     "\t\t\t<!-- policy -->\n"
     "\t\t\t<securityPolicy>\n" STOCK_LINES("\t\t\t\t") "\t\t\t</securityPolicy>\n"
                                                        "\t\t</system.web>\n"
                                                        "\t</location>\n"
                                                        "\t<location>\n"
                                                        "\t\t<system.web>\n"
                                                        "\t\t\t<caching />\n"
                                                        "\t\t</system.web>\n"
                                                        "\t</location>\n"
                                                        "\t<location allowOverride=\"false\">\n"
                                                        "\t\t<system.web>\n" OURS_TRUST("\t\t\t") "\t\t</system.web>\n"
                                                                                                  "\t</location>\n"
                                                                                                  "\t<location>\n"
                                                                                                  "\t\t<runtime />\n"
                                                                                                  "\t</location>\n"
                                                                                                  "</configuration>\n"},
    {"a bare group, as in machine.config of 1.1", E_ONE_ONE,
     "<configuration>\n"
     "    <configSections />\n"
     "    <system.web>\n"
     "        <pages />\n"
     "        <securityPolicy>\n"
     "            <trustLevel\n"
     "                name=\"Full\"\n"
     "                policyFile=\"internal\" />\n"
     "        </securityPolicy>\n"
     "\n"
     "        <!--  level=\"[Full|High]\" -->\n"
     "        <trust\n"
     "            level=\"Full\"\n"
     "            originUrl=\"\" />\n"
     "\n"
     "        <sessionState />\n"
     "    </system.web>\n"
     "</configuration>\n",
     "<configuration>\n"
     "    <configSections />\n"
     "    <system.web>\n"
     "        <pages />\n"
     "    </system.web>\n"
     "    <location allowOverride=\"false\"><system.web>\n"
     "        <securityPolicy>\n"
     "            <trustLevel\n"
     "                name=\"Full\"\n"
     "                policyFile=\"internal\" />\n"
     "            " BEGIN(
         "levels") "            <trustLevel name=\"High\" policyFile=\"web_hightrust.config\" />\n"
                   "            <trustLevel name=\"Medium\" policyFile=\"web_mediumtrust.config\" />\n"
                   "            <trustLevel name=\"Low\" policyFile=\"web_lowtrust.config\" />\n"
                   "            <trustLevel name=\"Minimal\" policyFile=\"web_minimaltrust.config\" "
                   "/>\n" OWN_LINE("            ") "            " END(
                       "levels") "        </securityPolicy>\n"
                                 "\n"
                                 "        <!--  level=\"[Full|High]\" -->\n" OURS_TRUST(
                                     "        ") "    </system.web></location>\n"
                                                 "    <system.web>\n"
                                                 "\n"
                                                 "        <sessionState />\n"
                                                 "    </system.web>\n"
                                                 "    " BEGIN("locations") "    <location path=\"Default Web "
                                                                           "Site/contoso\" "
                                                                           "allowOverride=\"false\">\n"
                                                                           "        <system.web>\n"
                                                                           "            <trust "
                                                                           "level=\"Reporting\" "
                                                                           "originUrl=\"https?://"
                                                                           "www\\.contoso\\.com/.*\" />\n"
                                                                           "        </system.web>\n"
                                                                           "    </location>\n"
                                                                           "    <location path=\"Default Web "
                                                                           "Site/contoso\">\n"
                                                                           "        <system.web>\n"
                                                                           "            <compilation "
                                                                           "tempDirectory=\"E:"
                                                                           "\\Temp\\Contoso\" />\n"
                                                                           "            <identity "
                                                                           "impersonate=\"true\" />\n"
                                                                           "        </system.web>\n"
                                                                           "    </location>\n"
                                                                           "    " END("locations") "</"
                                                                                                   "configuration>\n"},
    {"a bare group with nothing else", E_MEDIUM,
     "<configuration>\n"
     "  <system.web>\n"
     "    <securityPolicy>\n" STOCK_LINES("      ") "    </securityPolicy>\n"
                                                    "    <trust level=\"Full\" />\n"
                                                    "  </system.web>\n"
                                                    "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "  <system.web>\n"
     "    <securityPolicy>\n" STOCK_LINES("      ") "    </securityPolicy>\n" OURS_TRUST("    ") "  </system.web>\n"
                                                                                                 "  </location>\n"
                                                                                                 "</configuration>\n"},
    {"everything on one line", E_MEDIUM,
     "<configuration><system.web><pages/><trust level='Full'/><caching/></system.web></configuration>",
     "<configuration><system.web><pages/></system.web><location allowOverride=\"false\"><system.web><securityPolicy>\n"
     "    " BEGIN("levels") STOCK_LINES("    ") "    " END(
         "levels") "  </securityPolicy>\n"
                   "  <!-- trustc:begin trust (written by trustc; a merge replaces all up to trustc:end trust) -->\n"
                   "  <trust level=\"Medium\" originUrl=\"\" />\n"
                   "  <!-- trustc:end trust "
                   "--></system.web></location><system.web><caching/></system.web></configuration>"},
    {"no trust at all", E_PLAIN,
     "<?xml version=\"1.0\"?>\n"
     "<configuration>\n"
     "  <configSections />\n"
     "  <appSettings />\n"
     "</configuration>\n",
     "<?xml version=\"1.0\"?>\n"
     "<configuration>\n"
     "  <configSections />\n"
     "  <appSettings />\n" MACHINE_LINES(STOCK_LINES("        "), MEDIUM_LINE) "  " BEGIN("locations") PLAIN_LINES
     "  " END("locations") "</configuration>\n"},
    {"a self-closed root", E_MEDIUM, "<configuration />",
     "<configuration>\n" MACHINE_LINES(STOCK_LINES("        "), MEDIUM_LINE) "</configuration>"},
    {"an empty root with a namespace", E_MEDIUM,
     "<configuration xmlns=\"http://schemas.microsoft.com/.NetConfiguration/v2.0\"></configuration>\n",
     "<configuration xmlns=\"http://schemas.microsoft.com/.NetConfiguration/v2.0\">\n" MACHINE_LINES(
         STOCK_LINES("        "), MEDIUM_LINE) "</configuration>\n"},
    {"a trust without levels, locked by mode", E_MEDIUM,
     "<configuration>\n"
     "  <location path=\".\" overrideMode=\"Deny\">\n"
     "    <system.web>\n"
     "      <trust level=\"Full\" />\n"
     "      <pages />\n"
     "    </system.web>\n"
     "  </location>\n"
     "</configuration>\n",
     "<configuration>\n"
     "  <location path=\".\" overrideMode=\"Deny\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n"
     "        " BEGIN("levels") STOCK_LINES("        ") "        " END("levels") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "      <pages />\n"
                   "    </system.web>\n"
                   "  </location>\n"
                   "</configuration>\n"},
    {"levels without a trust, self-closed, unlocked by mode", E_MEDIUM,
     "<configuration>\n"
     "  <location overrideMode='Allow' path=''>\n"
     "    <system.web>\n"
     "      <securityPolicy />\n"
     "    </system.web>\n"
     "  </location>\n"
     "</configuration>\n",
     "<configuration>\n"
     "  <location overrideMode='Deny' path=''>\n"
     "    <system.web>\n"
     "      <securityPolicy>\n"
     "        " BEGIN("levels") STOCK_LINES("        ") "        " END("levels") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "    </system.web>\n"
                   "  </location>\n"
                   "</configuration>\n"},
    {"levels of someone else stay, also one that is ours", E_OWN,
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n"
     "        <trustLevel name=\"Theirs\" policyFile=\"theirs.config\" /> <!-- keep -->\n"
     "        <trustLevel name=\"Reporting\" policyFile=\"Web_ReportingTrust.config\"/>\n" STOCK_LINES(
         "        ") "      </securityPolicy>\n"
                     "      <trust originUrl='' level='Reporting' processRequestInApplicationTrust=' True '/>\n"
                     "    </system.web>\n"
                     "  </location>\n"
                     "</configuration>\n",
     NULL},
    {"someone else's entries that say the same and are locked", E_CONTOSO,
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ")
         OWN_LINE("        ") "      </securityPolicy>\n"
                              "      <trust level=\"Medium\" originUrl=\"\" />\n"
                              "    </system.web>\n"
                              "  </location>\n"
                              "  <location path=\"DEFAULT web site/Contoso\" overrideMode=\"Deny\">\n"
                              "    <system.web>\n"
                              "      <trust level=\"Reporting\" originUrl=\"https?://www\\.contoso\\.com/.&#42;\" />\n"
                              "    </system.web>\n"
                              "  </location>\n"
                              "  <location path=\"Default Web Site/CONTOSO\">\n"
                              "    <system.web>\n"
                              "      <compilation debug=\"false\" tempDirectory=\"e:\\temp\\Contoso\" "
                              "lockAttributes=\"debug, tempDirectory\" />\n"
                              "      <identity impersonate=\"TRUE\" lockItem=\"true\" />\n"
                              "    </system.web>\n"
                              "  </location>\n"
                              "</configuration>\n",
     NULL},
    {"assemblies into the list that is there", E_MACHINE,
     "<configuration>\n"
     "  <location allowOverride=\"true\">\n"
     "    <system.web>\n"
     "      <trust level=\"Full\" originUrl=\"\" />\n"
     "      <fullTrustAssemblies>\n"
     "        <add assemblyName=\"a\" version=\"1.0.0.0\" publicKey=\"00\" />\n"
     "      </fullTrustAssemblies>\n"
     "    </system.web>\n"
     "  </location>\n"
     "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n"
     "        " BEGIN("levels") STOCK_LINES("        ") "        " END("levels") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "    </system.web>\n"
                   "  </location>\n"
                   "  <location allowOverride=\"true\">\n"
                   "    <system.web>\n"
                   "      <fullTrustAssemblies>\n"
                   "        <add assemblyName=\"a\" version=\"1.0.0.0\" publicKey=\"00\" />\n"
                   "        " BEGIN(
                       "assemblies") "        <add assemblyName=\"Contoso.Data\" version=\"1.0.0.0\" "
                                     "publicKey=\"0024AB\" />\n"
                                     "        " END(
                                         "assemblies") "      </fullTrustAssemblies>\n"
                                                       "    </system.web>\n"
                                                       "  </location>\n"
                                                       "  " BEGIN(
                                                           "locations") "  <location>\n"
                                                                        "    <system.web>\n"
                                                                        "      <compilation tempDirectory=\"E:\\Temp\" "
                                                                        "lockAttributes=\"tempDirectory\" />\n"
                                                                        "      <identity impersonate=\"false\" "
                                                                        "lockAttributes=\"impersonate\" />\n"
                                                                        "    </system.web>\n"
                                                                        "  </location>\n"
                                                                        "  " END("locations") "</configuration>\n"},
    {"an assembly that is there already", E_TRUSTED,
     "<configuration>\n"
     "  <location path='SITE/trusted' allowOverride='false'>\n"
     "    <system.web>\n"
     "      <fullTrustAssemblies><add assemblyName='Contoso.Data' version='1.0.0.0' publicKey=' 00 24 ab'/>"
     "</fullTrustAssemblies>\n"
     "    </system.web>\n"
     "  </location>\n"
     "</configuration>\n",
     "<configuration>\n"
     "  <location path='SITE/trusted' allowOverride='false'>\n"
     "    <system.web>\n"
     "      <fullTrustAssemblies><add assemblyName='Contoso.Data' version='1.0.0.0' publicKey=' 00 24 ab'/>"
     "</fullTrustAssemblies>\n"
     "    </system.web>\n"
     "  </location>\n" MACHINE_LINES(STOCK_LINES("        "), MEDIUM_LINE) "  " BEGIN(
         "locations") "  <location path=\"site/trusted\" allowOverride=\"false\">\n"
                      "    <system.web>\n"
                      "      <trust level=\"Medium\" originUrl=\"\" />\n"
                      "    </system.web>\n"
                      "  </location>\n"
                      "  " END("locations") "</configuration>\n"},
    {"someone unlocked ours again", E_MEDIUM,
     "<configuration>\n"
     "  <location allowOverride=\"true\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "    </system.web>\n"
                   "  </location>\n"
                   "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "    </system.web>\n"
                   "  </location>\n"
                   "</configuration>\n"},
    {"someone put a section into our bare place", E_MEDIUM,
     "<configuration>\n"
     "  <system.web>\n" OURS_TRUST("    ") "    <pages />\n"
                                           "  </system.web>\n"
                                           "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "  <system.web>\n"
     "    <securityPolicy>\n"
     "      " BEGIN("levels") STOCK_LINES("      ") "      " END("levels") "    </securityPolicy>\n" OURS_TRUST(
         "    ") "  </system.web></location>\n"
                 "  <system.web>\n"
                 "    <pages />\n"
                 "  </system.web>\n"
                 "</configuration>\n"},
    {"ours, indented by someone, is left as it is", E_PLAIN,
     "<configuration>\n"
     "  <location allowOverride=\"false\"><system.web>\n"
     "<securityPolicy>" STOCK_LINES(
         "") "</securityPolicy>\n"
             "<!--   trustc:begin trust (written by trustc; a merge replaces all up to trustc:end trust) -->"
             "<trust\n\tlevel=\"Medium\" originUrl=\"\"></trust><!--trustc:end trust-->\n"
             "  </system.web></location>\n"
             "  <!-- theirs -->" BEGIN("locations") PLAIN_LINES END("locations") "</configuration>\n",
     NULL},
    {"ours, with a level changed by hand, is mended", E_PLAIN,
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES(
         "        ") "      </securityPolicy>\n"
                     "      " BEGIN("trust") "      <trust level=\"Full\" originUrl=\"\" />\n"
                                             "      " END("trust") "    </system.web>\n"
                                                                   "  </location>\n"
                                                                   "    " BEGIN("locations") "    " END(
                                                                       "locations") "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n" OURS_TRUST(
         "      ") "    </system.web>\n"
                   "  </location>\n"
                   "    " BEGIN("locations") "    <location path=\"site/app\" allowOverride=\"false\">\n"
                                             "      <system.web>\n"
                                             "        <trust level=\"Low\" originUrl=\"\" />\n"
                                             "      </system.web>\n"
                                             "    </location>\n"
                                             "    " END("locations") "</configuration>\n"},
    {"the stock trust where Full is wanted is taken over", E_STOCK,
     "<configuration>\n"
     "  <location allowOverride=\"true\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n"
                                                        "      <trust level=\"Full\" originUrl=\"\" />\n"
                                                        "    </system.web>\n"
                                                        "  </location>\n"
                                                        "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n"
                                                        "      " BEGIN(
                                                            "trust") "      <trust level=\"Full\" originUrl=\"\" />\n"
                                                                     "      " END("trust") "    </system.web>\n"
                                                                                           "  </location>\n"
                                                                                           "</configuration>\n"},
    {"levels of ours in two groups of one location", E_MEDIUM,
     "<configuration>\n"
     "  <location allowOverride=\"true\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n"
                                                        "    </system.web>\n"
                                                        "    <system.web>\n"
                                                        "      <trust level=\"Full\" />\n"
                                                        "    </system.web>\n"
                                                        "  </location>\n"
                                                        "</configuration>\n",
     "<configuration>\n"
     "  <location allowOverride=\"false\">\n"
     "    <system.web>\n"
     "      <securityPolicy>\n" STOCK_LINES("        ") "      </securityPolicy>\n"
                                                        "    </system.web>\n"
                                                        "  </location>\n"
                                                        "  <location allowOverride=\"true\">\n"
                                                        "  </location>\n"
                                                        "  <location allowOverride=\"false\">\n"
                                                        "    <system.web>\n" OURS_TRUST("      ") "    </system.web>\n"
                                                                                                  "  </location>\n"
                                                                                                  "</configuration>\n"},
};

START_TEST(merges)
{
    struct tc_str before = tc_str_of(cases[_i].before);
    struct tc_str after = tc_str_of(cases[_i].after != NULL ? cases[_i].after : cases[_i].before);
    start();
    tct_assert_str(merged(cases[_i].set, before), after);
    tct_assert_str(merged(cases[_i].set, with_bom(before)), with_bom(after));
    if (tc_str_find(before, TC_STR("\n"), 0) != SIZE_MAX)
        tct_assert_str(merged(cases[_i].set, with_crlf(before)), with_crlf(after));
    stop();
}
END_TEST

START_TEST(new_lines_end_as_most_lines_do)
{
    start();
    struct tc_str mixed = merged(E_MEDIUM, TC_STR("<configuration>\r\n<a/>\n<b/>\r\n</configuration>\n"));
    ck_assert(tc_str_starts(mixed, TC_STR("<configuration>\r\n<a/>\n<b/>\r\n<location allowOverride=\"false\">\r\n")));
    ck_assert(tc_str_ends(mixed, TC_STR("\r\n</location>\r\n</configuration>\n")));
    struct tc_str old = merged(E_MEDIUM, TC_STR("<configuration>\r<a/>\r</configuration>\r"));
    ck_assert(tc_str_ends(old, TC_STR("\r</location>\r</configuration>\r")));
    stop();
}
END_TEST

START_TEST(other_encodings_keep_their_bytes)
{
    static const char text[] = "<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n"
                               "<configuration>\n"
                               "  <!-- \xE4\xF6\x80 -->\n"
                               "</configuration>\n";
    start();
    struct tc_str result = merged(E_UMLAUT, tc_str_of(text));
    ck_assert_uint_ne(tc_str_find(result, TC_STR("  <!-- \xE4\xF6\x80 -->\n"), 0), SIZE_MAX);
    ck_assert_uint_ne(tc_str_find(result, TC_STR("<location path=\"site/&#xFC;&#x20AC;\" "), 0), SIZE_MAX);
    for (size_t i = 0; i < result.len; i++)
        ck_assert((unsigned char)result.ptr[i] < 0x80 || memchr(text, result.ptr[i], sizeof text) != NULL);
    /* And what stands there in that encoding is understood: this one is for the same path. */
    static const char theirs[] = "<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n"
                                 "<configuration>\n"
                                 "  <location path=\"SITE/\xDC\x80\" allowOverride=\"false\">\n"
                                 "    <system.web><trust level=\"Low\" originUrl=\"\" /></system.web>\n"
                                 "  </location>\n"
                                 "</configuration>\n";
    result = merged(E_UMLAUT, tc_str_of(theirs));
    ck_assert_uint_eq(tc_str_find(result, TC_STR("trustc:begin locations"), 0), SIZE_MAX);
    stop();
}
END_TEST

/* What a smaller source leaves is what it would have made at once. */
START_TEST(what_vanished_from_the_source_vanishes)
{
    start();
    for (size_t i = 0; i < TCT_COUNT(cases); i++) {
        struct tc_str before = tc_str_of(cases[i].before);
        struct tc_str small, large, back;
        size_t errors = diags.errors;
        if (try_merge(E_MEDIUM, before, &small) != TC_OK || try_merge(E_TWO, before, &large) != TC_OK ||
            diags.errors > errors)
            continue;
        ck_assert_msg(try_merge(E_MEDIUM, large, &back) == TC_OK, "%s: %.*s", cases[i].label, TC_STR_ARG(findings()));
        /* The case on one line gains line breaks that stay. */
        if (tc_str_find(before, TC_STR("\n"), 0) != SIZE_MAX)
            tct_assert_str(back, small);
    }
    stop();
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

#define IN_ROOT(text) "<configuration>\n" text "\n</configuration>\n"
#define IN_LOCATION(attrs, text)                                                                                       \
    IN_ROOT("  <location" attrs ">\n    <system.web>\n      " text "\n    </system.web>\n  </location>")

static const struct {
    enum tc_code_id code;
    enum set set;
    const char *text;
    const char *under;   /* what the carets stand under */
    const char *message; /* part of it */
    const char *other;   /* under the second place; NULL: there is none */
} errors[] = {
    {TC_CODE_MERGE_NOT_XML, E_MEDIUM, "<configuration>\n<a>\n</configuration>", "</configuration>", "expected '</a>'",
     "<a>"},
    {TC_CODE_MERGE_NOT_XML, E_MEDIUM, "", "", "no element", NULL},
    {TC_CODE_MERGE_NOT_XML, E_MEDIUM, "<configuration>&nix;</configuration>", NULL, "nix", NULL},
    {TC_CODE_MERGE_DOCTYPE, E_MEDIUM, "<!DOCTYPE configuration [<!ENTITY a \"b\">]><configuration/>", "<!DOCTYPE",
     "document type", NULL},
    {TC_CODE_MERGE_ENCODING, E_MEDIUM, "<?xml version=\"1.0\" encoding=\"utf-16\"?><configuration/>", "utf-16",
     "utf-16", NULL},
    {TC_CODE_MERGE_ENCODING, E_MEDIUM, "\xFF\xFE<", "", "UTF-16", NULL},
    {TC_CODE_MERGE_NO_CONFIGURATION, E_MEDIUM, "<?xml version=\"1.0\"?>\n<mscorlib/>", "<mscorlib/>",
     "expected 'configuration'", NULL},
    {TC_CODE_MERGE_NO_CONFIGURATION, E_MEDIUM, "<Configuration/>", "<Configuration/>", "'Configuration'", NULL},
    {TC_CODE_MERGE_NO_CONFIGURATION, E_MEDIUM, "<x:configuration xmlns:x='urn:x'/>",
     "<x:configuration xmlns:x='urn:x'/>", "'x:configuration'", NULL},

    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!-- trustc:begin locations -->"), "<!-- trustc:begin locations -->",
     "without 'trustc:end locations'", NULL},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!-- trustc:end locations -->"), "<!-- trustc:end locations -->",
     "without 'trustc:begin locations'", NULL},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!--trustc:begin trust--><!-- trustc:end levels -->"),
     "<!-- trustc:end levels -->", "another region", "<!--trustc:begin trust-->"},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM,
     IN_ROOT("<!--trustc:begin locations--><!--trustc:begin levels--><!--trustc:end levels-->"),
     "<!--trustc:begin levels-->", "inside another region", "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!--trustc:begin locations--><a><!--trustc:end locations--></a>"),
     "<!--trustc:end locations-->", "another element", "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM,
     IN_ROOT("<!--trustc:begin locations x--><!--trustc:end locations-->"
             "<!--trustc:begin locations y--><!--trustc:end locations-->"),
     "<!--trustc:begin locations y-->", "a second region", "<!--trustc:begin locations x-->"},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!--trustc:bgein locations-->"), "<!--trustc:bgein locations-->",
     "none of trustc's markers", NULL},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!--trustc:begin-->"), "<!--trustc:begin-->", "none of trustc's", NULL},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!--trustc:begin trusts--><!--trustc:begin levelsx-->"), NULL, "none of",
     NULL},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_ROOT("<!--trustc:begin levels--><!--trustc:end levels-->"),
     "<!--trustc:begin levels-->", "does not put it", NULL},
    {TC_CODE_MERGE_MARKERS, E_MEDIUM, IN_LOCATION(" path='a'", "<!--trustc:begin trust--><!--trustc:end trust-->"),
     "<!--trustc:begin trust-->", "does not put it", NULL},

    {TC_CODE_MERGE_FOREIGN_INSIDE, E_MEDIUM,
     IN_ROOT("<!--trustc:begin locations--><system.web/><!--trustc:end locations-->"), "<system.web/>",
     "is not trustc's", "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_FOREIGN_INSIDE, E_MEDIUM,
     IN_ROOT("<!--trustc:begin locations--><!-- mine --><!--trustc:end locations-->"), "<!-- mine -->", "this comment",
     "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_FOREIGN_INSIDE, E_MEDIUM, IN_ROOT("<!--trustc:begin locations-->x<!--trustc:end locations-->"), "x",
     "this text", "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_FOREIGN_INSIDE, E_MEDIUM,
     IN_ROOT("<!--trustc:begin locations--><location path='a'><system.web><compilation tempDirectory='C:\\' "
             "debug='true'/></system.web></location><!--trustc:end locations-->"),
     "debug='true'", "'debug'", "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_FOREIGN_INSIDE, E_MEDIUM,
     IN_ROOT("<!--trustc:begin locations--><location path='a'><system.web><pages/></system.web></location>"
             "<!--trustc:end locations-->"),
     "<pages/>", "'pages'", "<!--trustc:begin locations-->"},
    {TC_CODE_MERGE_FOREIGN_INSIDE, E_MEDIUM,
     IN_LOCATION("", "<!--trustc:begin trust--><pages/><!--trustc:end trust-->"), "<pages/>", "'pages'",
     "<!--trustc:begin trust-->"},

    {TC_CODE_MERGE_CONFLICT, E_MEDIUM, IN_LOCATION("", "<trust level='High'/>"), "<trust level='High'/>",
     "for the whole machine says otherwise than the source: its level is 'High', where the source says 'Medium'", NULL},
    {TC_CODE_MERGE_CONFLICT, E_MEDIUM, IN_ROOT("<system.web><trust level='Full' originUrl='.*'/></system.web>"),
     "<trust level='Full' originUrl='.*'/>", "its level is 'Full'", NULL},
    {TC_CODE_MERGE_CONFLICT, E_MEDIUM,
     IN_ROOT("<system.web><trust level='Medium' processRequestInApplicationTrust='false'/></system.web>"),
     "<trust level='Medium' processRequestInApplicationTrust='false'/>",
     "it has processRequestInApplicationTrust='false', of which the source says nothing", NULL},
    {TC_CODE_MERGE_CONFLICT, E_LEGACY,
     IN_LOCATION(" path='site/OLD' allowOverride='false'",
                 "<trust level='Reporting' originUrl='' legacyCasModel='no' permissionSetName='ASP.Net'/>"),
     "<trust level='Reporting' originUrl='' legacyCasModel='no' permissionSetName='ASP.Net'/>",
     "its legacyCasModel is 'no'", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_PLAIN, IN_LOCATION(" path='Site/App' allowOverride='false'", "<trust level='Low'/>"),
     "<trust level='Low'/>", "for 'site/app' says otherwise than the source: it has no originUrl",
     "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_CONTOSO, IN_LOCATION(" path='Default Web Site/contoso'", "<compilation debug='true'/>"),
     "<compilation debug='true'/>", "it has no tempDirectory, where the source says 'E:\\Temp\\Contoso'",
     "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_CONTOSO,
     IN_LOCATION(" path='Default Web Site/contoso'", "<compilation tempDirectory='E:\\Temp'/>"),
     "<compilation tempDirectory='E:\\Temp'/>", "its tempDirectory is 'E:\\Temp'", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_CONTOSO, IN_LOCATION(" path='Default Web Site/contoso'", "<identity userName='x'/>"),
     "<identity userName='x'/>", "it has no impersonate", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_CONTOSO,
     IN_LOCATION(" path='Default Web Site/contoso'", "<identity impersonate='true' userName='x'/>"),
     "<identity impersonate='true' userName='x'/>", "it names the account 'x'", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_CONTOSO,
     IN_LOCATION(" path='Default Web Site/contoso'", "<identity impersonate='false'/>"),
     "<identity impersonate='false'/>", "its impersonate is 'false', where the source says 'true'",
     "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_TRUSTED,
     IN_LOCATION(" path='site/trusted' allowOverride='false'",
                 "<fullTrustAssemblies><add assemblyName='Contoso.Data' version='1.0.0.0' publicKey='0025'/>"
                 "</fullTrustAssemblies>"),
     "<fullTrustAssemblies>", "it lacks 'Contoso.Data' 1.0.0.0", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_TRUSTED,
     IN_LOCATION(" path='site/trusted' allowOverride='false'",
                 "<fullTrustAssemblies><add assemblyName='Contoso.Data' version='1.0.0.0' publicKey='0024AB'/>"
                 "<add assemblyName='b' version='1.0.0.0' publicKey='00'/></fullTrustAssemblies>"),
     "<fullTrustAssemblies>", "more assemblies than the source", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_TRUSTED,
     IN_LOCATION(" path='site/trusted' allowOverride='false'", "<fullTrustAssemblies><clear/></fullTrustAssemblies>"),
     "<fullTrustAssemblies>", "it has a 'clear'", "application Contoso"},
    {TC_CODE_MERGE_CONFLICT, E_MACHINE,
     IN_LOCATION("", "<fullTrustAssemblies><add assemblyName='Contoso.Data' version='1.0.0.0' publicKey='0025'/>"
                     "</fullTrustAssemblies>"),
     "<add assemblyName='Contoso.Data' version='1.0.0.0' publicKey='0025'/>", "another public key", NULL},

    {TC_CODE_MERGE_NOT_LOCKED, E_PLAIN, IN_LOCATION(" path='site/app'", "<trust level='Low' originUrl=''/>"),
     "<trust level='Low' originUrl=''/>", "says the same as the source, but is not locked", "application Contoso"},
    {TC_CODE_MERGE_NOT_LOCKED, E_CONTOSO,
     IN_LOCATION(" path='Default Web Site/contoso'", "<identity impersonate='true' lockAttributes='userName'/>"),
     "<identity impersonate='true' lockAttributes='userName'/>", "its impersonate is not locked",
     "application Contoso"},

    {TC_CODE_MERGE_LEVEL_CONFLICT, E_MEDIUM,
     IN_LOCATION("", "<securityPolicy><trustLevel name='Medium' policyFile='mine.config'/></securityPolicy>"),
     "<trustLevel name='Medium' policyFile='mine.config'/>", "with the policy file 'mine.config'", NULL},
    {TC_CODE_MERGE_LEVEL_CONFLICT, E_OWN,
     IN_LOCATION("", "<securityPolicy><trustLevel name='Reporting' policyFile='mine.config'/></securityPolicy>"),
     "<trustLevel name='Reporting' policyFile='mine.config'/>", "'Reporting' is declared here", "appl"},
    {TC_CODE_MERGE_LEVEL_CONFLICT, E_OWN,
     IN_LOCATION(" path='x'",
                 "<securityPolicy><trustLevel name='Reporting' policyFile='mine.config'/></securityPolicy>"),
     "<trustLevel name='Reporting' policyFile='mine.config'/>", "'Reporting' is declared here", "appl"},
    {TC_CODE_MERGE_LEVEL_CONFLICT, E_MEDIUM,
     IN_LOCATION("", "<securityPolicy><trustLevel name='A' policyFile='a'/><trustLevel name='A' policyFile='b'/>"
                     "</securityPolicy>"),
     "<trustLevel name='A' policyFile='b'/>", "a second time, with another policy file",
     "<trustLevel name='A' policyFile='a'/>"},
    {TC_CODE_MERGE_LEVEL_CONFLICT, E_LEVEL_TWICE, IN_ROOT(""), "cat", "has two policy files", "appl"},

    {TC_CODE_MERGE_BAD_LEVEL, E_MEDIUM, IN_LOCATION("", "<securityPolicy><clear/></securityPolicy>"), "<clear/>",
     "'clear' cannot stand in <securityPolicy>", NULL},
    {TC_CODE_MERGE_BAD_LEVEL, E_MEDIUM,
     IN_LOCATION("", "<securityPolicy><trustLevel name='' policyFile='x'/></securityPolicy>"),
     "<trustLevel name='' policyFile='x'/>", "without a name", NULL},

    {TC_CODE_MERGE_LEVEL_IN_USE, E_MEDIUM,
     IN_ROOT("<location><system.web><securityPolicy><!--trustc:begin levels--><trustLevel name='Old' policyFile='o'/>"
             "<!--trustc:end levels--></securityPolicy></system.web></location>"
             "<location path='a'><system.web><trust level='Old'/></system.web></location>"),
     "<trust level='Old'/>", "'Old', which the source no longer makes", "<trustLevel name='Old' policyFile='o'/>"},

    {TC_CODE_MERGE_SECTION_TWICE, E_MEDIUM,
     IN_ROOT("<system.web><trust level='Full'/></system.web>"
             "<location><system.web><trust level='Medium'/></system.web></location>"),
     "<trust level='Medium'/>", "a second time for the whole machine", "<trust level='Full'/>"},
    {TC_CODE_MERGE_SECTION_TWICE, E_MEDIUM,
     IN_ROOT("<location path='a'><system.web><identity x='1'/></system.web></location>"
             "<location path='A'><system.web><identity x='2'/></system.web></location>"),
     "<identity x='2'/>", "a second time for the path 'a'", "<identity x='1'/>"},
    {TC_CODE_MERGE_SECTION_TWICE, E_MEDIUM,
     IN_LOCATION("", "<!--trustc:begin trust--><trust level='Medium'/><!--trustc:end trust--><trust level='Low'/>"),
     "<trust level='Low'/>", "beside the one of trustc", "<!--trustc:begin trust-->"},

    {TC_CODE_MERGE_LOCATION_PATH, E_MEDIUM, IN_LOCATION(" path='/a'", ""), "path='/a'", "begins with", NULL},
    {TC_CODE_MERGE_LOCATION_PATH, E_MEDIUM, IN_LOCATION(" path='a.'", ""), "path='a.'", "ends with", NULL},
    {TC_CODE_MERGE_LOCATION_PATH, E_MEDIUM, IN_LOCATION(" path='a '", ""), "path='a '", "a blank", NULL},
    {TC_CODE_MERGE_LOCATION_PATH, E_MEDIUM, IN_LOCATION(" path='a\\b'", ""), "path='a\\b'", "separate its parts by '/'",
     NULL},
    {TC_CODE_MERGE_LOCATION_PATH, E_MEDIUM, IN_LOCATION(" path='a*b'", ""), "path='a*b'", "no location path may have",
     NULL},
    {TC_CODE_MERGE_LOCATION_PATH, E_BAD_PATH, IN_ROOT(""), "application Contoso", "'/site' begins with", NULL},

    {TC_CODE_MERGE_LOCATION_ATTRIBUTE, E_MEDIUM, IN_LOCATION(" allowOverride='False'", ""), "allowOverride='False'",
     "expected 'true' or 'false'", NULL},
    {TC_CODE_MERGE_LOCATION_ATTRIBUTE, E_MEDIUM, IN_LOCATION(" overrideMode='deny'", ""), "overrideMode='deny'",
     "'Inherit', 'Allow' or 'Deny'", NULL},
    {TC_CODE_MERGE_LOCATION_ATTRIBUTE, E_MEDIUM, IN_LOCATION(" allowOverride='true' overrideMode='Deny'", ""),
     "overrideMode='Deny'", "cannot stand in one <location>", "allowOverride='true'"},
    {TC_CODE_MERGE_LOCATION_ATTRIBUTE, E_MEDIUM, IN_LOCATION(" path='a' name='b'", ""), "name='b'",
     "has no attribute 'name'", NULL},
    {TC_CODE_MERGE_LOCATION_ATTRIBUTE, E_MEDIUM, IN_LOCATION(" inheritInChildApplications='false'", ""),
     "inheritInChildApplications='false'", "needs a path", NULL},

    {TC_CODE_MERGE_LOCATION_NESTED, E_MEDIUM, IN_ROOT("<location path='a'><location path='b'/></location>"),
     "<location path='b'/>", "inside a <location>", "<location path='a'>"},
    {TC_CODE_MERGE_CONFIG_SECTIONS, E_MEDIUM, IN_ROOT("<appSettings/><configSections/>"), "<configSections/>",
     "must be the first", "<appSettings/>"},
    {TC_CODE_MERGE_ELSEWHERE, E_MEDIUM, IN_LOCATION("", "<trust configSource='trust.config'/>"),
     "configSource='trust.config'", "<trust> has configSource", NULL},
    {TC_CODE_MERGE_PATH_TWICE, E_PATH_TWICE, IN_ROOT(""), "application Contoso", "a second application",
     "application Contoso"},
    {TC_CODE_MERGE_REFUSED, E_BAD_ORIGIN, IN_ROOT(""), "", "control character", NULL},
};

START_TEST(refuses)
{
    struct tc_str result;
    start();
    ck_assert_int_eq(try_merge(errors[_i].set, tc_str_of(errors[_i].text), &result), TC_FAILED);
    const struct tc_diag *diag = diags.first;
    while (diag != NULL && diag->code != tc_code(errors[_i].code))
        diag = diag->next;
    ck_assert_msg(diag != NULL, "%.*s", TC_STR_ARG(findings()));
    ck_assert_msg(tc_str_find(diag->message, tc_str_of(errors[_i].message), 0) != SIZE_MAX, "%.*s",
                  TC_STR_ARG(findings()));
    if (errors[_i].under != NULL)
        tct_assert_str(tc_sources_text(&sources, diag->span), tc_str_of(errors[_i].under));
    if (errors[_i].other == NULL) {
        ck_assert_msg(diag->labels == NULL, "%.*s", TC_STR_ARG(findings()));
    } else {
        ck_assert_msg(diag->labels != NULL, "%.*s", TC_STR_ARG(findings()));
        tct_assert_str(tc_sources_text(&sources, diag->labels->span), tc_str_of(errors[_i].other));
    }
    stop();
}
END_TEST

START_TEST(every_code_has_a_case)
{
    for (int id = TC_CODE_MERGE_NOT_XML; id < TC_CODE_MERGE_TOO_LARGE; id++) {
        size_t i = 0;
        while (i < TCT_COUNT(errors) && errors[i].code != (enum tc_code_id)id)
            i++;
        ck_assert_msg(i < TCT_COUNT(errors), "no case for %s", tc_code((enum tc_code_id)id)->slug);
    }
}
END_TEST

START_TEST(refuses_what_is_too_large)
{
    start();
    size_t len = (size_t)tc_limit(TC_LIMIT_CONFIG_BYTES)->value + 1;
    char *text = calloc(len + 2, 1);
    ck_assert_ptr_nonnull(text);
    struct tc_source *source = tc_sources_add_borrowed(&sources, TC_STR("web.config"), (struct tc_str){text, len});
    struct tc_buf out;
    tc_buf_init(&out);
    ck_assert_int_eq(tc_config_merge(&arena, &sets[E_MEDIUM], source, &diags, &out), TC_FAILED);
    ck_assert_ptr_eq(diags.first->code, tc_code(TC_CODE_MERGE_TOO_LARGE));
    tc_buf_done(&out);
    stop();
    free(text);
}
END_TEST

/* Everything that is wrong is reported in one run. */
START_TEST(reports_all_at_once)
{
    struct tc_str result;
    start();
    ck_assert_int_eq(
        try_merge(E_TWO,
                  TC_STR(IN_ROOT("<location path='Default Web Site/contoso'><system.web><trust level='Low'/>"
                                 "</system.web></location>"
                                 "<location path='Default Web Site/fabrikam'><system.web>"
                                 "<trust level='Low'/><identity impersonate='true'/></system.web></location>")),
                  &result),
        TC_FAILED);
    ck_assert_uint_eq(diags.errors, 3);
    stop();
}
END_TEST

/* ---- every other byte stays ------------------------------------------------------------------ */

static struct tc_str
next_line(struct tc_str *text)
{
    size_t end = tc_str_find(*text, TC_STR("\n"), 0);
    size_t len = end == SIZE_MAX ? text->len : end + 1;
    struct tc_str line = tc_str_sub(*text, 0, len);
    *text = tc_str_sub(*text, len, text->len);
    return line;
}

static bool
has(struct tc_str line, const char *part)
{
    return tc_str_find(line, tc_str_of(part), 0) != SIZE_MAX;
}

/* Whether a line only opens or closes the location around something. */
static bool
is_bracket(struct tc_str line)
{
    static const char *const brackets[] = {"<system.web>",
                                           "</system.web>",
                                           "</location>",
                                           "<location allowOverride=\"false\"><system.web>",
                                           "</system.web></location>",
                                           "</securityPolicy>",
                                           "<securityPolicy>"};
    while (line.len > 0 && strchr(" \t\r\n", line.ptr[line.len - 1]) != NULL)
        line.len--;
    line = tc_str_trim(line);
    for (size_t i = 0; i < TCT_COUNT(brackets); i++) {
        if (tc_str_eq(line, tc_str_of(brackets[i])))
            return true;
    }
    return tc_str_starts(line, TC_STR("<location"));
}

/*
 * Walk both texts line by line: a line of the old one is in the new one, in order and with its bytes, unless it is the
 * stock trust or the location around it; a line that only the new one has is in a region of ours, or a bracket.
 */
static void
assert_other_bytes_stay(struct tc_str before, struct tc_str after)
{
    bool ours = false;
    bool in_trust = false;
    struct tc_str old = next_line(&before);
    while (after.len > 0) {
        struct tc_str line = next_line(&after);
        if (has(line, "trustc:begin")) {
            ours = true;
            continue;
        }
        if (has(line, "trustc:end")) {
            ours = false;
            continue;
        }
        if (ours)
            continue;
        /* Lines of the old text that may be gone. */
        while (!tc_str_eq(line, old) && old.len > 0 &&
               (in_trust || has(old, "<trust ") || has(old, "<trust\n") || has(old, "<trust\r\n") ||
                has(old, "allowOverride=\"true\"") || has(old, "<location"))) {
            if (has(old, "<trust"))
                in_trust = true;
            if (has(old, ">"))
                in_trust = false;
            old = next_line(&before);
        }
        if (tc_str_eq(line, old)) {
            old = next_line(&before);
            continue;
        }
        ck_assert_msg(is_bracket(line), "new: %.*sold: %.*s", TC_STR_ARG(line), TC_STR_ARG(old));
    }
    ck_assert_msg(old.len == 0, "lost: %.*s", TC_STR_ARG(old));
}

static struct tc_str
read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL)
        return (struct tc_str){0};
    struct tc_buf out;
    char bytes[4096];
    size_t got;
    tc_buf_init(&out);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        tc_buf_put(&out, bytes, got);
    fclose(file);
    struct tc_str text = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* The file as it is and with the other line ending. */
static void
merge_real_file(enum set set, struct tc_str text)
{
    struct tc_str result;
    size_t errors_before = diags.errors;
    if (try_merge(set, text, &result) != TC_OK) {
        /* Applications' own files may well have a trust that says otherwise; that is a clear answer, too. */
        for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next)
            ck_assert_msg(diag->code == tc_code(TC_CODE_MERGE_CONFLICT) ||
                              diag->code == tc_code(TC_CODE_MERGE_NO_CONFIGURATION) ||
                              diag->code == tc_code(TC_CODE_MERGE_NOT_XML) ||
                              diag->code == tc_code(TC_CODE_MERGE_LOCATION_ATTRIBUTE),
                          "%.*s", TC_STR_ARG(findings()));
        ck_assert_uint_gt(diags.errors, errors_before);
        return;
    }
    struct tc_str bare = tc_str_starts(text, TC_STR("\xEF\xBB\xBF")) ? tc_str_sub(text, 3, text.len) : text;
    ck_assert_int_eq(bare.ptr != text.ptr, tc_str_starts(result, TC_STR("\xEF\xBB\xBF")));
    result = merged(set, text);
    assert_other_bytes_stay(text, result);
    struct tc_str back;
    ck_assert_int_eq(try_merge(E_MEDIUM, result, &back), TC_OK);
    assert_other_bytes_stay(text, back);
}

static void
merge_corpus(const char *folder, size_t *count)
{
    char name[512];
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        start();
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        struct tc_str text = entry->d_name[0] != '.' ? read_file(name) : (struct tc_str){0};
        if (text.len > 0) {
            enum set set = strstr(entry->d_name, "machine.config") != NULL ? E_ONE_ONE : E_TWO;
            merge_real_file(set, text);
            stop();
            start();
            merge_real_file(set, with_crlf(read_file(name)));
            (*count)++;
        }
        stop();
    }
    closedir(dir);
}

START_TEST(merges_real_files)
{
    size_t count = 0;
    merge_corpus(TCT_SOURCE_DIR "/../shared/corpus/webconfig", &count);
    merge_corpus(TCT_SOURCE_DIR "/../shared/corpus/webconfig/malformed", &count);
    if (count == 0)
        fprintf(stderr, "merge: %s/../shared/corpus is not there: real files are not tried\n", TCT_SOURCE_DIR);
}
END_TEST

/* The root files of real servers must work, not merely be answered. */
START_TEST(merges_real_root_files)
{
    static const struct {
        const char *name;
        enum set set;
    } files[] = {
        {"003-uhuru-rootWeb2064.config", E_TWO},       {"004-uhuru-rootWeb4064.config", E_LEGACY},
        {"005-uhuru-rootWeb4086.config", E_TRUSTED},   {"006-hpcloud-rootWeb2064.config", E_TWO},
        {"007-hpcloud-rootWeb4064.config", E_TRUSTED}, {"008-hpcloud-rootWeb4086.config", E_LEGACY},
        {"034-mono-1.0-machine.config", E_ONE_ONE},
    };
    char name[512];
    start();
    snprintf(name, sizeof name, TCT_SOURCE_DIR "/../shared/corpus/webconfig/%s", files[_i % 7].name);
    struct tc_str text = read_file(name);
    if (text.len > 0) {
        struct tc_str result = merged(files[_i % 7].set, text);
        assert_other_bytes_stay(text, result);
        ck_assert(has(result, "<location allowOverride=\"false\">"));
    }
    stop();
}
END_TEST

/* ---- anything may come in -------------------------------------------------------------------- */

static void
try_mutant(enum set set, const char *bytes, size_t len)
{
    struct tc_str result, again;
    start();
    if (try_merge(set, (struct tc_str){bytes, len}, &result) == TC_OK) {
        assert_is_xml(result);
        ck_assert_msg(try_merge(set, result, &again) == TC_OK, "%.*s\n%.*s", TC_STR_ARG(findings()),
                      TC_STR_ARG(result));
        tct_assert_str(again, result);
    }
    stop();
}

/* Each loop takes one text: cut its head or tail, drop a byte, insert something, at every place. */
START_TEST(survives_mutations)
{
    static const char *const inserts[] = {"<",  ">",    "\"", "/",    "-",        " ",     "\n",
                                          "\r", "\xFF", "x",  "<a/>", "<!--c-->", "&#x41;"};
    const char *text = _i % 2 == 0 ? cases[_i / 2].before : cases[_i / 2].after;
    enum set set = cases[_i / 2].set;
    if (text == NULL)
        return;
    size_t len = strlen(text);
    char *copy = malloc(len + 16);
    ck_assert_ptr_nonnull(copy);
    for (size_t place = 0; place <= len; place += 1 + len / 400) {
        try_mutant(set, text, place);
        try_mutant(set, text + place, len - place);
        memcpy(copy, text, place);
        if (place < len) {
            memcpy(copy + place, text + place + 1, len - place - 1);
            try_mutant(set, copy, len - 1);
        }
        const char *insert = inserts[(place * 7 + (size_t)_i) % TCT_COUNT(inserts)];
        size_t more = strlen(insert);
        memcpy(copy + place, insert, more);
        memcpy(copy + place + more, text + place, len - place);
        try_mutant(set, copy, len + more);
    }
    free(copy);
}
END_TEST

/* ---- no memory ------------------------------------------------------------------------------- */

/* With everything from the system; nothing else may stand between begin and end, since assertions allocate too. */
static enum tc_status
merge_alone(enum set set, struct tc_str text, struct tc_buf *out)
{
    enum tc_status status = TC_ERR_NOMEM;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    const struct tc_source *source = tc_sources_add(&sources, TC_STR("web.config"), text);
    if (source != NULL)
        status = tc_config_merge(&arena, &sets[set], source, &diags, out);
    tc_arena_done(&arena);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    struct tc_str text = tc_str_of(cases[_i].before);
    struct tc_buf expected = {0};

    ck_assert_int_eq(merge_alone(cases[_i].set, text, &expected), TC_OK);
    for (size_t nth = 1;; nth++) {
        struct tc_buf out = {0};

        tct_fail_alloc_begin(nth);
        enum tc_status status = merge_alone(cases[_i].set, text, &out);
        bool failed = tct_fail_alloc_end();
        ck_assert_int_eq(status, failed ? TC_ERR_NOMEM : TC_OK);
        if (!failed)
            tct_assert_str(tc_buf_str(&out), tc_buf_str(&expected));
        else
            ck_assert_uint_eq(out.len, 0);
        tc_buf_done(&out);
        if (!failed)
            break;
    }
    tc_buf_done(&expected);
}
END_TEST

Suite *
tct_merge_suite(void)
{
    Suite *suite = suite_create("merge");
    TCase *tc = tcase_create("merge");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, emits_the_entries_alone, 0, TCT_COUNT(outputs));
    tcase_add_loop_test(tc, merges_into_what_was_emitted, 0, E_COUNT);
    tcase_add_test(tc, emit_tells_what_xml_cannot_hold);
    tcase_add_loop_test(tc, merges, 0, TCT_COUNT(cases));
    tcase_add_test(tc, new_lines_end_as_most_lines_do);
    tcase_add_test(tc, other_encodings_keep_their_bytes);
    tcase_add_test(tc, what_vanished_from_the_source_vanishes);
    tcase_add_loop_test(tc, refuses, 0, TCT_COUNT(errors));
    tcase_add_test(tc, every_code_has_a_case);
    tcase_add_test(tc, refuses_what_is_too_large);
    tcase_add_test(tc, reports_all_at_once);
    tcase_add_test(tc, merges_real_files);
    tcase_add_loop_test(tc, merges_real_root_files, 0, 7);
    tcase_add_loop_test(tc, survives_mutations, 0, 2 * TCT_COUNT(cases));
    tcase_add_loop_test(tc, every_allocation_may_fail, 0, TCT_COUNT(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
