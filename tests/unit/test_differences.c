/* Comparing two servers while every allocation fails once: nothing breaks and nothing leaks. What a pattern accepts may
 * be unknown then. */
#include "api/trustc.h"
#include "ask/diff_show.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

static const char before[] =
    "server s { framework 2.0; trust medium; }\n"
    "class Pdf \"Acme.Pdf.P, Acme.Pdf\";\n"
    "policy Shop extends medium {\n"
    "    set Own { grant Security { flags Execution; } grant FileIO { read \"D:\\F\"; } }\n"
    "    code url \"$AppDirUrl$/bin/a.dll\" grants Own;\n"
    "    code url \"$AppDirUrl$/bin/b.dll\" grants FullTrust;\n"
    "    grant Pdf { attribute Level \"Render\"; }\n"
    "    grant KeyContainer { flags AllFlags; }\n"
    "}\n"
    "application A { location \"s/a\"; root \"D:\\A\"; origin host \"a.example\"; trust Shop;\n"
    "    grant FileIO { read, discover \"D:\\Data\\A\"; } }\n"
    "application B { location \"s/b\"; root \"D:\\B\"; trust Shop; }\n"
    "application C { location \"s/c\"; root \"D:\\C\"; trust minimal; }\n";

static const char after[] = "server s { framework 2.0; trust low; windows \"E:\\W\"; }\n"
                            "class Pdf \"Acme.Pdf.P, Acme.Pdf\";\n"
                            "policy Shop extends medium {\n"
                            "    set Own { grant Security { flags Execution, UnmanagedCode; } }\n"
                            "    code url \"$AppDirUrl$/bin/a.dll\" grants Own;\n"
                            "    grant Pdf { attribute Level \"Print\"; }\n"
                            "    grant KeyContainer { flags AllFlags; container user \"p\" 1 \"k\" 1 flags Create; }\n"
                            "    revoke Printing; grant Dns unrestricted; grant FileIO { write \"$AppDir$\\x\"; }\n"
                            "}\n"
                            "application A { location \"s/a\"; root \"D:\\A\"; origin host \"b.example\"; trust Shop;\n"
                            "    grant FileIO { read, discover \"D:\\Data\"; } pool P identity \"S\\p\"; }\n"
                            "application B { location \"s/b\"; root \"E:\\B\"; trust Shop; }\n"
                            "application D { location \"s/d\"; root \"D:\\D\"; trust full; }\n";

struct server {
    struct tc_compilation c;
    struct tc_diff_side side;
};

static void
open_server(struct server *server, const char *text, const struct tc_diff_file *file)
{
    const struct tc_sema_host host = tc_host_builtin();
    const struct tc_sema_options options = {0};
    static const struct tc_diff_place places[4] = {{.policy_file = {"web_shoptrust.config", 20}}};

    tc_compilation_init(&server->c);
    ck_assert_int_eq(tc_compile(&server->c, &host, &options, TC_STR("s.trust"), tc_str_of(text)), TC_OK);
    ck_assert_int_eq(tc_isolate(&server->c.arena, server->c.model, &server->c.isolation), TC_OK);
    server->side = (struct tc_diff_side){.name = TC_STR("s.trust"),
                                         .model = server->c.model,
                                         .sources = &server->c.sources,
                                         .isolation = server->c.isolation,
                                         .says = TC_DIFF_SAYS_LEVELS | TC_DIFF_SAYS_SERVER | TC_DIFF_SAYS_REASONS,
                                         .files = file,
                                         .file_count = 1,
                                         .places = places};
}

/* All that can be said of both. Returns whether memory sufficed. */
static bool
compare(const struct server servers[2], struct tc_buf *out)
{
    struct tc_arena arena;
    struct tc_diff *diff;
    bool is_done;

    tc_arena_init(&arena);
    is_done = tc_diff(&arena, &servers[0].side, &servers[1].side, &diff) == TC_OK;
    for (int format = TC_DIFF_TEXT; is_done && format <= TC_DIFF_JSON; format++)
        is_done = tc_diff_show(diff, &servers[0].side, &servers[1].side, (enum tc_diff_format)format, out);
    tc_arena_done(&arena);
    return is_done;
}

START_TEST(every_allocation_may_fail)
{
    static const struct tc_diff_file files[2] = {
        {.name = {"web_shoptrust.config", 20}, .clr = TC_CLR_2_0, .bytes = {"a", 1}},
        {.name = {"web_shoptrust.config", 20}, .clr = TC_CLR_2_0, .bytes = {"b", 1}}};
    struct server servers[2];
    struct tc_buf expected = {0};
    bool is_done = false;
    size_t step;

    open_server(&servers[0], before, &files[0]);
    open_server(&servers[1], after, &files[1]);
    tct_fail_alloc_begin(0);
    is_done = compare(servers, &expected);
    tct_fail_alloc_end();
    step = 1 + tct_fail_alloc_count() / 500; /* they are thousands, of few kinds */
    ck_assert(is_done);
    ck_assert(tc_str_find(tc_buf_str(&expected), TC_STR("KeyContainer"), 0) != SIZE_MAX);
    is_done = false;
    for (size_t nth = 1; !is_done; nth += step) {
        struct tc_buf out = {0};
        bool has_failed;
        long live;

        tct_fail_alloc_begin(nth);
        is_done = compare(servers, &out);
        has_failed = tct_fail_alloc_end();
        if (!has_failed)
            ck_assert(is_done && tc_str_eq(tc_buf_str(&out), tc_buf_str(&expected)));
        is_done = !has_failed;
        tct_fail_alloc_begin(0);
        tc_buf_done(&out);
        live = tct_fail_alloc_live();
        tct_fail_alloc_end();
        ck_assert_int_le(live, 0);
    }
    tc_buf_done(&expected);
    tc_compilation_done(&servers[0].c);
    tc_compilation_done(&servers[1].c);
}
END_TEST

Suite *
tct_differences_suite(void)
{
    Suite *suite = suite_create("differences");
    TCase *tc = tcase_create("memory");

    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, every_allocation_may_fail);
    suite_add_tcase(suite, tc);
    return suite;
}
