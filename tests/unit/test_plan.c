/* The plan: rights as letters, quoting, and which lists come out of which grants. */
#include "api/trustc.h"
#include "isolate/reach.h"
#include "plan/plan.h"
#include "plan/quote.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

/* ---- rights ---- */

static const struct {
    uint32_t mask;
    const char *letters;
} rights[] = {
    {0x1f01ff, "F"},   {0x1301bf, "M"},     {0x1200a9, "RX"},      {0x120089, "R"},
    {0x120116, "W"},   {0x13019f, "R,W,D"}, {0x12019f, "R,W"},     {0x1201bf, "RX,W"},
    {0x130116, "W,D"}, {0x100080, "S,RA"},  {0x1600a9, "RX,WDAC"}, {0, ""},
};

START_TEST(letters_of_a_mask)
{
    struct tc_buf out = {0};

    tc_rights_put(&out, rights[_i].mask);
    tc_buf_putc(&out, '\0');
    ck_assert_str_eq(out.ptr, rights[_i].letters);
    tc_buf_done(&out);
}
END_TEST

START_TEST(backing_is_the_union)
{
    for (unsigned may = 0; may < 64; may++) {
        uint32_t mask = 0;

        for (unsigned bit = 1; bit < 64; bit <<= 1)
            if (may & bit)
                mask |= tc_rights_backing(bit);
        ck_assert_uint_eq(tc_rights_backing(may), mask);
        ck_assert_int_eq((mask & 0x10000) != 0, (may & TC_MAY_WRITE) != 0);      /* delete */
        ck_assert_int_eq((mask & 0x40000) != 0, (may & TC_MAY_CHANGE_ACL) != 0); /* change the rights */
        ck_assert_int_eq((mask & 0x1) != 0, (may & TC_MAY_READ) != 0);
        ck_assert_int_eq(mask & 0x80020, 0); /* nobody owns or runs anything by a grant */
    }
}
END_TEST

/* ---- quoting ---- */

static const struct {
    const char *text, *powershell, *cmd, *markdown; /* NULL: refused */
} quotes[] = {
    {"", "''", "set \"N=\"", ""},
    {"a b", "'a b'", "set \"N=a b\"", "`a b`"},
    {"O'Brien", "'O''Brien'", "set \"N=O'Brien\"", "`O'Brien`"},
    {"\xe2\x80\x98\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9b",
     "'\xe2\x80\x98\xe2\x80\x98\xe2\x80\x99\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9a\xe2\x80\x9b\xe2\x80\x9b'", NULL,
     "`\xe2\x80\x98\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9b`"},
    {"$(x) $env:y `n", "'$(x) $env:y `n'", "set \"N=$(x) $env:y `n\"", "``$(x) $env:y `n``"},
    {"100%PATH%", "'100%PATH%'", "set \"N=100%%PATH%%\"", "`100%PATH%`"},
    {"^&|<>!x!", "'^&|<>!x!'", "set \"N=^&|<>!x!\"", "`^&\\|<>!x!`"},
    {"-Force", "'-Force'", "set \"N=-Force\"", "`-Force`"},
    {"a\"b", "'a\"b'", NULL, "`a\"b`"},
    {"D:\\", "'D:\\'", NULL, "`D:\\`"},
    {"two\nlines", NULL, NULL, "`two lines`"},
    {"cr\rlf", NULL, NULL, "`cr lf`"},
    {"tab\t", NULL, NULL, "`tab `"},
    {"\xc3\x9cn\xc3\xaf", "'\xc3\x9cn\xc3\xaf'", NULL, "`\xc3\x9cn\xc3\xaf`"},
    {"`", "'`'", "set \"N=`\"", "`` ` ``"},
};

static void
check_quoted(const struct tc_buf *out, bool taken, const char *expected)
{
    ck_assert_int_eq(taken, expected != NULL);
    ck_assert_uint_eq(out->len, expected == NULL ? 0 : strlen(expected));
    if (expected != NULL && out->len > 0)
        ck_assert_mem_eq(out->ptr, expected, out->len);
}

START_TEST(quoted_text)
{
    struct tc_buf out = {0};
    struct tc_str text = tc_str_of(quotes[_i].text);
    bool taken = tc_quote_powershell(&out, text);

    check_quoted(&out, taken, quotes[_i].powershell);
    tc_buf_clear(&out);
    taken = tc_quote_cmd(&out, "N", text);
    check_quoted(&out, taken, quotes[_i].cmd);
    ck_assert_int_eq(taken, tc_cmd_obstacle(text) == NULL);
    tc_buf_clear(&out);
    tc_quote_markdown(&out, text);
    check_quoted(&out, true, quotes[_i].markdown);
    tc_buf_done(&out);
}
END_TEST

/* ---- which lists come out ---- */

/* Two applications without grants of a base policy, so that only what a case says counts. */
#define HEAD                                                                                                           \
    "server s { iis 10.0; compression off; }\n"                                                                        \
    "policy Bare { grant Security { flags Execution; } grant AspNetHosting { level Minimal; } }\n"
#define A(grants)                                                                                                      \
    "application A { location \"S/a\"; root \"D:\\S\\A\"; trust Bare; pool A identity \"S\\a\"; " grants               \
    " temporary \"T:\\A\"; }\n"
#define B(root, grants)                                                                                                \
    "application B { location \"S/b\"; root \"" root "\"; trust Bare; pool B identity \"S\\b\"; " grants               \
    " temporary \"T:\\B\"; }\n"

static const struct {
    const char *source;
    const char *lists; /* without administration and Temporary ASP.NET Files; "!": cut */
} lists[] = {
    {HEAD A(""), "!D:\\S\\A S\\a=RX\n"},
    /* grants of several clauses and of the root's own needs are one entry */
    {HEAD A("grant FileIO { read, discover \"$AppDir$\"; append \"$AppDir$\"; }"), "!D:\\S\\A S\\a=RX,W\n"},
    {HEAD A("grant FileIO { read, write \"$AppDir$\"; }"), "!D:\\S\\A S\\a=M\n"},
    /* what the root gives already is not said again; what it does not give is, and is not cut */
    {HEAD A("grant FileIO { read \"D:\\S\\A\\bin\"; }"), "!D:\\S\\A S\\a=RX\n"},
    {HEAD A("grant FileIO { write \"D:\\S\\A\\App_Data\"; read \"D:\\S\\A\\App_Data\\x\"; }"),
     "!D:\\S\\A S\\a=RX\nD:\\S\\A\\App_Data S\\a=W,D\n"},
    /* letter case and what stands behind the last name make no difference */
    {HEAD A("grant FileIO { read \"D:\\data\"; append \"d:\\DATA\\\"; discover \"D:\\Data\\.\"; }"),
     "!D:\\data S\\a=R,W\n!D:\\S\\A S\\a=RX\n"},
    {HEAD A("grant FileIO { discover \"D:\\X\"; }"), "!D:\\S\\A S\\a=RX\n!D:\\X S\\a=S,RA\n"},
    /* a name that only begins alike is another directory */
    {HEAD A("grant FileIO { read \"D:\\X\"; read \"D:\\X-1\"; }"),
     "!D:\\S\\A S\\a=RX\n!D:\\X S\\a=R\n!D:\\X-1 S\\a=R\n"},
    /* two applications on one directory: an entry each; a grant from outside reaches into a root */
    {HEAD A("grant FileIO { read \"D:\\X\"; }") B("D:\\S\\B", "grant FileIO { append \"D:\\X\"; }"),
     "!D:\\S\\A S\\a=RX\n!D:\\S\\B S\\b=RX\n!D:\\X S\\a=R S\\b=W\n"},
    {HEAD A("grant FileIO { write \"D:\\S\\B\"; }") B("D:\\S\\B", ""),
     "!D:\\S\\A S\\a=RX\n!D:\\S\\B S\\a=W,D S\\b=RX\n"},
    {HEAD A("grant FileIO { read \"D:\\S\"; }") B("D:\\S\\B", ""),
     "!D:\\S S\\a=R\n!D:\\S\\A S\\a=RX\n!D:\\S\\B S\\b=RX S\\a=R\n"},
    /* a directory inside a root that is another application's belongs to that one alone */
    {HEAD A("grant FileIO { write \"$AppDir$\"; }") B("D:\\S\\A\\sub", ""),
     "!D:\\S\\A S\\a=M\n!D:\\S\\A\\sub S\\b=RX\n"},
    /* what no right can back is left out */
    {HEAD A("grant FileIO unrestricted;"), "!D:\\S\\A S\\a=RX\n"},
    {HEAD A("grant FileIO { read \"C:\\Windows\\Temp\", \"D:\\\", \"\\\\other\\share\\x\"; }"), "!D:\\S\\A S\\a=RX\n"},
    /* impersonated code opens files as the anonymous user */
    {HEAD A("anonymous \"S\\v\"; grant FileIO { write \"D:\\X\"; }"), "!D:\\S\\A S\\a=RX S\\v=R\n!D:\\X S\\a=W,D\n"},
    {HEAD A("anonymous \"S\\v\"; impersonate on; grant FileIO { write \"D:\\X\"; }"),
     "!D:\\S\\A S\\a=RX S\\v=R\n!D:\\X S\\a=W,D S\\v=W,D\n"},
    /* who is not known gets nothing, and his directories stay as they are */
    {HEAD "application C { location \"S/c\"; root \"D:\\S\\C\"; trust Bare; }", ""},
    {HEAD "application C { location \"S/c\"; root \"D:\\S\\C\"; trust Bare; pool C identity LocalSystem; }", ""},
    {HEAD "application C { location \"S/c\"; root \"D:\\S\\C\"; trust Bare; pool C; }",
     "!D:\\S\\C IIS AppPool\\C=RX\n"},
};

static void
put_lists(const struct tc_plan *plan, struct tc_buf *out)
{
    for (size_t i = 0; i < plan->acl_count; i++) {
        const struct tc_plan_acl *acl = &plan->acls[i];

        if (acl->kind == TC_ACL_TEMPORARY)
            continue;
        tc_buf_printf(out, "%s%.*s", acl->is_cut ? "!" : "", TC_STR_ARG(acl->path));
        for (const struct tc_plan_entry *entry = acl->entries; entry != NULL; entry = entry->next) {
            if (entry->who->kind == TC_PRINCIPAL_WELL_KNOWN)
                continue;
            tc_buf_printf(out, " %.*s=", TC_STR_ARG(entry->who->name));
            tc_rights_put(out, entry->rights);
        }
        tc_buf_putc(out, '\n');
    }
    tc_buf_putc(out, '\0');
}

START_TEST(lists_from_grants)
{
    struct tc_compilation c;
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_buf out = {0};
    struct tc_plan *plan = NULL;

    tc_compilation_init(&c);
    ck_assert_int_eq(tc_compile(&c, &host, &options, TC_STR("t.trust"), tc_str_of(lists[_i].source)), TC_OK);
    ck_assert_int_eq(tc_plan_make(&c.arena, c.model, &c.diags, &plan), TC_OK);
    put_lists(plan, &out);
    ck_assert_str_eq(out.ptr, lists[_i].lists);
    tc_buf_done(&out);
    tc_compilation_done(&c);
}
END_TEST

/* A plan large enough for several chunks of memory, in every format. */
static enum tc_status
make_all(const struct tc_compilation *c, struct tc_buf *out)
{
    struct tc_arena arena;
    struct tc_diags diags;
    struct tc_plan *plan;
    struct tc_sources sources = c->sources;
    enum tc_status status;

    tc_arena_init(&arena);
    tc_diags_init(&diags, &arena, &sources);
    status = tc_plan_make(&arena, c->model, &diags, &plan);
    for (int format = 0; format < TC_PLAN_FORMAT_COUNT_ && status == TC_OK; format++)
        for (int undo = 0; undo < 2 && status == TC_OK; undo++)
            status = tc_plan_put(plan, (enum tc_plan_format)format, undo == 1, &diags, out);
    tc_arena_done(&arena);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    struct tc_compilation c;
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_buf source = {0}, expected = {0};
    enum tc_status status;

    tc_buf_puts(&source, TC_STR(HEAD));
    for (int i = 0; i < 6; i++)
        tc_buf_printf(&source,
                      "application A%d { location \"S/a%d\"; root \"D:\\S\\%d\"; trust Bare; pool P%d identity "
                      "\"S\\a%d\"; grant FileIO { read \"D:\\S\", \"D:\\X\\%d\"; } }\n",
                      i, i, i, i, i, i);
    tc_compilation_init(&c);
    ck_assert_int_eq(tc_compile(&c, &host, &options, TC_STR("t.trust"), tc_buf_str(&source)), TC_OK);
    ck_assert_int_eq(make_all(&c, &expected), TC_OK);
    for (size_t nth = 1;; nth++) {
        struct tc_buf out = {0};
        bool has_failed;

        tct_fail_alloc_begin(nth);
        status = make_all(&c, &out);
        has_failed = tct_fail_alloc_end();
        ck_assert_int_eq(status, has_failed ? TC_ERR_NOMEM : TC_OK);
        if (!has_failed)
            tct_assert_str(tc_buf_str(&out), tc_buf_str(&expected));
        tc_buf_done(&out);
        if (!has_failed)
            break;
        ck_assert_uint_lt(nth, 100000);
    }
    tc_buf_done(&expected);
    tc_buf_done(&source);
    tc_compilation_done(&c);
}
END_TEST

Suite *
tct_plan_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tc = tcase_create("plan");

    tcase_add_loop_test(tc, letters_of_a_mask, 0, TCT_COUNT(rights));
    tcase_add_test(tc, backing_is_the_union);
    tcase_add_loop_test(tc, quoted_text, 0, TCT_COUNT(quotes));
    tcase_add_loop_test(tc, lists_from_grants, 0, TCT_COUNT(lists));
    tcase_add_test(tc, every_allocation_may_fail);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return suite;
}
