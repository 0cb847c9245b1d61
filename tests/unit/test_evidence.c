/* What code asked for, read out of texts; the rows that demands and doc go by; and both without memory. */
#include "api/trustc.h"
#include "ask/demands.h"
#include "ask/doc.h"
#include "model/clauses.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

#define FILE_IO      "class=\"System.Security.Permissions.FileIOPermission, mscorlib, Version=2.0.0.0\" version=\"1\" "
#define PERM(values) "<IPermission " FILE_IO values "/>"
#define FAILED_TEXT  "System.Security.SecurityException: Anforderung fehlgeschlagen.\n"

/* A text, and what it asks for: one line each. */
static const struct {
    const char *text, *expected;
} texts[] = {
    {"", ""},
    {"Nothing to see here.", ""},
    {PERM("Read=\"C:\\a\""), "FileIO read \"C:\\a\"\n"},
    {PERM("Read='C:\\a'"), "FileIO read \"C:\\a\"\n"},
    {"<p:IPermission " FILE_IO "Read=\"C:\\a &amp; b\"></p:IPermission>", "FileIO read \"C:\\a & b\"\n"},
    {"<PermissionSet>" PERM("Read=\"C:\\a\"") PERM("Write=\"C:\\b\"") "</PermissionSet>",
     "FileIO read \"C:\\a\"\nFileIO write \"C:\\b\"\n"},
    {"<PermissionSet Unrestricted='True'/>", "full trust\n"},
    {"<Deny><PermissionSet>" PERM("Read=\"C:\\a\"") "</PermissionSet></Deny><Demand>" PERM(
         "Read=\"C:\\b\"") "</Demand>",
     "FileIO read \"C:\\b\"\n"},
    {"<!-- " PERM("Read=\"C:\\a\"") " -->" PERM("Read=\"C:\\b\""), "FileIO read \"C:\\b\"\n"},
    {"<!-- " PERM("Read=\"C:\\a\""), "FileIO read \"C:\\a\"\n"},
    /* one in another: the end was forgotten */
    {"<PermissionSet><IPermission " FILE_IO "Read=\"C:\\a\">" PERM("Read=\"C:\\b\"") "</PermissionSet>",
     "FileIO read \"C:\\a\"\nFileIO read \"C:\\b\"\n"},
    {"List<T don't " PERM("Read=\"C:\\a\""), "FileIO read \"C:\\a\"\n"},
    {PERM(""), ""},
    {PERM("Read=\"C:\""), "unreadable FileIO\n"},
    {"<IPermission version=\"1\"/>", "unreadable \n"},
    {"<IPermission class=\"A.B, C, Version=1.0.0.0\" version=\"1\"/>", "foreign A.B, C, Version=1.0.0.0\n"},
    {"<PolicyLevel>" PERM("Read=\"C:\\a\"") "</PolicyLevel>", ""},
    /* exceptions */
    {FAILED_TEXT PERM("Read=\"C:\\a\"") "\n" PERM("Read=\"C:\\a\"") "\n<PermissionSet>" PERM(
         "Read=\"C:\\b\"") "</PermissionSet>",
     "FileIO read \"C:\\a\"\n"},
    {FAILED_TEXT PERM("Read=\"C:\\a\"") "<PermissionSet>" PERM("Read=\"C:\\\"")
         PERM("Write=\"D:\\\"") "</PermissionSet>",
     "FileIO read \"C:\\a\"\nFileIO read \"C:\\\"\nFileIO write \"D:\\\"\n"},
    {FAILED_TEXT PERM("Read=\"C:\\a\"") FAILED_TEXT PERM("Read=\"C:\\b\""),
     "FileIO read \"C:\\a\"\nFileIO read \"C:\\b\"\n"},
    {FAILED_TEXT "<PermissionSet Unrestricted=\"true\"/><PermissionSet>" PERM("Read=\"C:\\a\"") "</PermissionSet>",
     "full trust\n"},
    {"permission of type 'System.Net.DnsPermission, System, Version=2.0.0.0' failed.", "all or some of Dns\n"},
    {"   at System.Net.DnsPermission.Check(String name)", ""},
    {"The granted set of the failing assembly was:\n<PermissionSet>" PERM("Read=\"C:\\a\"") "</PermissionSet>",
     "FileIO read \"C:\\a\"\n"}, /* no exception around it: a set like any other */
    {FAILED_TEXT
     "The granted set of the failing assembly was:\n<PermissionSet>" PERM("Read=\"C:\\a\"") "</PermissionSet>",
     ""},
    {"SecurityException: That assembly does not allow partially trusted callers.", "callers\n"},
    {FAILED_TEXT "type:\nSystem.Security.PermissionSet\n", "full trust\n"},
};

static void
put_item(struct tc_buf *out, const struct tc_demanded *d)
{
    switch (d->kind) {
    case TC_DEMANDED_PERMISSION:
        tc_demand_put(out, TC_FX_4_0, d->perm);
        break;
    case TC_DEMANDED_CLASS:
        tc_buf_printf(out, "all or some of %s", d->cls->word);
        break;
    case TC_DEMANDED_FULL_TRUST:
        tc_buf_puts(out, TC_STR("full trust"));
        break;
    case TC_DEMANDED_CALLERS:
        tc_buf_puts(out, TC_STR("callers"));
        break;
    case TC_DEMANDED_FOREIGN:
        tc_buf_printf(out, "foreign %.*s", TC_STR_ARG(d->type));
        break;
    case TC_DEMANDED_UNREADABLE:
        tc_buf_printf(out, "unreadable %s", d->cls == NULL ? "" : d->cls->word);
        break;
    }
    tc_buf_putc(out, '\n');
}

START_TEST(reads)
{
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_demands_report report;
    struct tc_buf out = {0};
    const struct tc_source *source;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    source = tc_sources_add(&sources, TC_STR("text"), tc_demands_text(&arena, tc_str_of(texts[_i].text)));
    ck_assert_int_eq(tc_demands_read(&arena, source, &report), TC_OK);
    for (const struct tc_demanded *d = report.first; d != NULL; d = d->next)
        put_item(&out, d);
    tct_assert_str(tc_buf_str(&out), tc_str_of(texts[_i].expected));
    tc_buf_done(&out);
    tc_arena_done(&arena);
}
END_TEST

/* ---- rows ---- */

static const struct {
    enum tc_class_id cls;
    const char *name; /* a flag of the class, or an access of its rows; "" when it is about neither */
} refusals[] = {
#define TC_REFUSAL(id, slug, cls, kind, name, sentence, source) {TC_CLASS_##cls, name},
#include "data/refusals.def"
};

/* Whether the framework knows @a name as a flag or an access of @a cls. */
static bool
class_has(const struct tc_class *cls, const char *name)
{
    for (size_t i = 0; i < cls->field_count; i++)
        if (tc_enum_find(tc_enum(cls->fields[i].values), tc_str_of(name)) != NULL)
            return true;
    for (size_t i = 0; i < cls->form_count; i++)
        for (size_t k = 0; k < cls->forms[i].column_count; k++)
            if (tc_enum_find(tc_enum(cls->forms[i].columns[k].values), tc_str_of(name)) != NULL)
                return true;
    return false;
}

START_TEST(refusals_are_told_apart)
{
    ck_assert_int_eq(TCT_COUNT(refusals), TC_REFUSAL_COUNT_);
    ck_assert_int_eq(tc_refusal_find(tc_str_of(tc_refusal((enum tc_refusal_id)_i)->slug)), _i);
    ck_assert(tc_refusal((enum tc_refusal_id)_i)->sentence[0] != '\0');
    if (refusals[_i].name[0] != '\0')
        ck_assert(class_has(tc_class(refusals[_i].cls), refusals[_i].name));
}
END_TEST

static const struct {
    const char *ask;
    enum tc_since since;
} asks[] = {
#define TC_TROUBLE(id, since, cls, need, name, title, message, why, help, ask, source) {ask, TC_SINCE_##since},
#include "data/exceptions.def"
};

/* What an owner is told to ask for is a line that the source takes. */
START_TEST(asked_for_compiles)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_sema_host host = tc_host_builtin();
    struct tc_compilation c;
    struct tc_str text, line;

    if (asks[_i].ask[0] == '\0')
        return;
    tc_compilation_init(&c);
    line = tc_arena_replace(&c.arena, tc_str_of(asks[_i].ask), TC_STR("0024..."), TC_STR("002400000480000094"));
    text = tc_arena_printf(&c.arena,
                           "server s { framework 4.0; }\napplication A { location \"S/a\"; root \"D:\\A\"; %.*s }\n",
                           TC_STR_ARG(line));
    ck_assert_msg(tc_compile(&c, &host, &options, TC_STR("a.trust"), text) == TC_OK, "%s: %.*s", asks[_i].ask,
                  c.diags.first == NULL ? 0 : TC_STR_ARG(c.diags.first->message));
    tc_compilation_done(&c);
}
END_TEST

/* ---- without memory ---- */

static struct tc_compilation compiled;

static void
setup(void)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_sema_host host = tc_host_builtin();

    tc_compilation_init(&compiled);
    ck_assert_int_eq(tc_compile(&compiled, &host, &options, TC_STR("a.trust"),
                                TC_STR("server s { framework 2.0; trust medium; }\n"
                                       "application A { location \"S/a\"; root \"D:\\A\"; grant OleDb unrestricted "
                                       "because \"x\"; possibly grant Odbc unrestricted; }\n")),
                     TC_OK);
}

static void
teardown(void)
{
    tc_compilation_done(&compiled);
}

static const char evidence[] = "<Assembly><Type Name=\"T\"><Method Sig=\"x()\"><Demand><PermissionSet>" PERM(
    "Read=\"D:\\A\\x;E:\\y\" Write=\"E:\\\"") "<IPermission class=\"A.B, C, Version=1.0.0.0\"/></PermissionSet>"
                                              "</Demand></Method></Type></Assembly>" FAILED_TEXT
                                              "System.Net.DnsPermission, System\n";

/* All of it in an arena with @a used bytes behind it. */
static enum tc_status
ask_all(struct tc_arena *arena)
{
    static const bool accepted[TC_REFUSAL_COUNT_] = {false};
    struct tc_sources sources;
    struct tc_subjects subjects;
    struct tc_demands_report report;
    struct tc_needs needs;
    struct tc_buf out = {0};
    const struct tc_source *source;
    struct tc_str text, names[1];
    enum tc_status status = tc_subjects_of_model(arena, compiled.model, &subjects);

    tc_sources_init(&sources, arena);
    text = tc_demands_text(arena, TC_STR(evidence));
    source = status == TC_OK && text.ptr != NULL ? tc_sources_add(&sources, TC_STR("x"), text) : NULL;
    if (source == NULL)
        return TC_ERR_NOMEM;
    status = tc_demands_read(arena, source, &report);
    if (status == TC_OK)
        status = tc_needs_of(arena, &subjects.items[0], TC_FX_2_0, &report, 1, accepted, &needs);
    if (status == TC_OK)
        status = tc_doc_names(arena, &subjects, TC_DOC_HTML, names);
    if (status == TC_OK)
        status = tc_doc_put(arena, compiled.model, &subjects.items[0], TC_DOC_MARKDOWN, &out);
    if (status == TC_OK && out.failed)
        status = TC_ERR_NOMEM;
    tc_buf_done(&out);
    return status;
}

START_TEST(says_that_memory_is_gone)
{
    for (size_t used = 0; used < 64 * 1024 - 512; used += 1024)
        for (size_t nth = 0;; nth++) {
            struct tc_arena arena;
            enum tc_status status;
            bool has_failed;
            long live;

            tct_fail_alloc_begin(0);
            tc_arena_init(&arena);
            for (size_t done = 0; done < used; done += 256)
                (void)tc_arena_alloc(&arena, 256, 1);
            live = tct_fail_alloc_live(); /* these blocks are older */
            tct_fail_alloc_begin(nth);
            status = ask_all(&arena);
            tc_arena_done(&arena);
            live += tct_fail_alloc_live();
            has_failed = tct_fail_alloc_end();
            ck_assert_msg(live == 0, "allocation %zu failed, and %ld blocks are left", nth, live);
            ck_assert_int_eq(status, has_failed ? TC_ERR_NOMEM : TC_OK);
            if (nth > 0 && !has_failed)
                break;
        }
}
END_TEST

Suite *
tct_evidence_suite(void)
{
    Suite *suite = suite_create("evidence");
    TCase *tc = tcase_create("texts and rows");

    tcase_add_loop_test(tc, reads, 0, TCT_COUNT(texts));
    tcase_add_loop_test(tc, refusals_are_told_apart, 0, TC_REFUSAL_COUNT_);
    tcase_add_loop_test(tc, asked_for_compiles, 0, TCT_COUNT(asks));
    suite_add_tcase(suite, tc);
    tc = tcase_create("allocations");
    tcase_set_timeout(tc, 240);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, says_that_memory_is_gone);
    suite_add_tcase(suite, tc);
    return suite;
}
