/* The one layout: where comments, blank lines and breaks come to stand; and what the comparison behind it sees. */
#include "base/diag.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "syntax/layout.h"
#include "syntax/parse.h"
#include "syntax/same.h"
#include "unit/suites.h"

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

static struct tc_ast_file *
parse(struct tc_str text)
{
    struct tc_ast_file *file = NULL;

    ck_assert_msg(tc_parse(&diags, &arena, tc_sources_add(&sources, TC_STR("a.trust"), text), &file) == TC_OK,
                  "this is to be sound:\n%.*s", TC_STR_ARG(text));
    return file;
}

static struct tc_str
laid_out(struct tc_str text)
{
    struct tc_buf out = {0};
    struct tc_str copy;

    ck_assert_int_eq(tc_layout(&arena, parse(text), &out), TC_OK);
    copy = tc_arena_str(&arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return copy;
}

/* What a source becomes; NULL: it stays. */
static const struct {
    const char *source, *expected;
} layouts[] = {
    /* ---- nothing, and next to nothing ---- */
    {"", NULL},
    {"\n\n  \n", ""},
    {"# only", "# only\n"},
    {"\n\n# only  \t\n\n\n# this\n\n", "# only\n\n# this\n"},
    {"\xEF\xBB\xBFlanguage 1;", "\xEF\xBB\xBFlanguage 1;\n"},
    /* ---- line ends: the first one decides ---- */
    {"language 1;\r\nuse \"a\";\n", "language 1;\r\nuse \"a\";\r\n"},
    {"language 1;\nuse \"a\";\r\n", "language 1;\nuse \"a\";\n"},
    {"language 1;\ruse \"a\";\r", "language 1;\nuse \"a\";\n"},
    {"# a\r\npolicy P { # b\r\n# c\r\n}", "# a\r\npolicy P {  # b\r\n    # c\r\n}\r\n"},
    /* ---- blank lines ---- */
    {"language 1;\n\n\n\nuse \"a\";\nuse \"b\";\n", "language 1;\n\nuse \"a\";\nuse \"b\";\n"},
    {"policy P {\n\n    revoke Dns;\n\n\n    revoke Web;\n\n}\n",
     "policy P {\n    revoke Dns;\n\n    revoke Web;\n}\n"},
    {"language 1;\npolicy P {\n}\npolicy Q {\n}\n", "language 1;\n\npolicy P {\n}\n\npolicy Q {\n}\n"},
    {"policy P {\n}\n# of P\n\npolicy Q {\n}\n", NULL},
    {"policy P {\n}\n# of Q\npolicy Q {\n}\n", "policy P {\n}\n\n# of Q\npolicy Q {\n}\n"},
    /* ---- comments at the ends of lines ---- */
    {"server s {\n    iis 10.0; # a\n    framework 4.0; # b\n}\n",
     "server s {\n    iis       10.0;  # a\n    framework 4.0;   # b\n}\n"},
    {"server s { # a\n    iis 10.0; } # b\n# c\n", "server s {  # a\n    iis 10.0;\n}  # b\n# c\n"},
    {"server s # a\n{ iis 10.0; }\n", "server s {  # a\n    iis 10.0;\n}\n"},
    {"server s # a\n{ # b\n iis 10.0; }\n", "server s  # a\n{         # b\n    iis 10.0;\n}\n"},
    {"server s {\n    iis 10.0 # a\n    ; # b\n}\n", "server s {\n    iis 10.0  # a\n        ;     # b\n}\n"},
    {"server s {\n    iis 10.0 # a\n    ;\n}\n", "server s {\n    iis 10.0;  # a\n}\n"},
    {"server s {\n    iis # a\n        10.0;\n}\n", "server s {\n    iis  # a\n        10.0;\n}\n"},
    {"use \"a\"; # a\n   # b\nuse \"b\"; # c\n", "use \"a\";  # a\n# b\nuse \"b\";  # c\n"},
    /* ---- comments in lists ---- */
    {"policy P { grant FileIO { read # a\n \"A\" # b\n , # c\n \"B\" # d\n , \"C\" # e\n; } }\n",
     "policy P {\n    grant FileIO {\n        read      # a\n            \"A\"   # b\n            ,     # c\n          "
     "  \"B\",  # d\n            \"C\";  # e\n    }\n}\n"},
    {"policy P {\n    grant FileIO {\n        read \"A\",\n             # b\n             \"B\";\n        # end\n    "
     "}\n}\n",
     NULL},
    {"share \"x\" read between A, # a\nB;\n", "share \"x\" read between A,  # a\n                       B;\n"},
    /* ---- descriptions ---- */
    {"## d\npolicy P {\n    ## e\n    grant Dns unrestricted;\n    ## f\n    set S {\n    }\n}\n", NULL},
    {"## no\n\npolicy P {\n    ## no\n\n    grant Dns unrestricted;\n    ## no\n    # so\n    revoke Web;\n}\n", NULL},
    {"policy P {\n    grant Dns unrestricted; ## no\n    grant Web unrestricted;\n}\n",
     "policy P {\n    grant Dns unrestricted;  ## no\n    grant Web unrestricted;\n}\n"},
    {"policy P {\n}\n## no\n;\npolicy Q {\n}\n", "policy P {\n}\n## no\n\npolicy Q {\n}\n"},
    {"policy P {\n}\n## no\n;\n## yes\npolicy Q {\n}\n", "policy P {\n}\n## no\n\n## yes\npolicy Q {\n}\n"},
    {"policy P {\n}\n;;\n## yes\n; policy Q {\n}\n", "policy P {\n}\n## yes\n\npolicy Q {\n}\n"},
    {"policy P {\n    possibly\n## no\n\ngrant Dns unrestricted;\n}\n",
     "policy P {\n    possibly\n        ## no\n\n        grant Dns unrestricted;\n}\n"},
    {"policy P {\n    possibly\n## no\n\n## yes\ngrant Dns unrestricted;\n}\n",
     "policy P {\n    possibly\n        ## no\n\n        ## yes\n        grant Dns unrestricted;\n}\n"},
    {"policy P {\n    revoke Dns\n    ## no\n    ;\n    grant Web unrestricted;\n}\n",
     "policy P {\n    revoke Dns\n        ## no\n        ;\n    grant Web unrestricted;\n}\n"},
    {"; # a\n;;policy P { }\n", ";  # a\npolicy P {}\n"},
    {"policy P { } # a\n; # b\n", "policy P {}  # a\n;            # b\n"},
    {"policy P { }\n\n; # b\n", "policy P {}  # b\n"},
    {"policy P { }\n## no\n; # b\npolicy Q { }\n", "policy P {}\n## no\n;  # b\npolicy Q {}\n"},
    {"policy P { grant Dns { } # a\n; # b\n}\n", "policy P {\n    grant Dns {}  # a\n        ;         # b\n}\n"},
    /* ---- a `;` that may go, and one that may not ---- */
    {"policy P { grant FileIO { read \"A\"; }; };\n", "policy P { grant FileIO { read \"A\"; } }\n"},
    {"policy P { codegroups { union all grants { grant Dns unrestricted; }; union all grants X { }; } }\n",
     "policy P {\n    codegroups {\n        union all grants { grant Dns unrestricted; };\n        union all grants X "
     "{}\n"
     "    }\n}\n"},
    {"policy P { code all grants { grant Dns unrestricted; }; }\n",
     "policy P { code all grants { grant Dns unrestricted; } }\n"},
    {"policy P { codegroups { union condition \"c\" { element E { }; } grants { }; } }\n",
     "policy P {\n    codegroups {\n        union condition \"c\" { element E {} } grants {};\n    }\n}\n"},
    /* ---- a block on several lines does not come together ---- */
    {"policy P { grant FileIO { read \"A\",\n\"B\"; } }\n",
     "policy P {\n    grant FileIO {\n        read \"A\", \"B\";\n    }\n}\n"},
    {"policy P {\ngrant FileIO\n{ read \"A\"; }\nbecause \"x\"; }\n",
     "policy P {\n    grant FileIO { read \"A\"; } because \"x\";\n}\n"},
    /* ---- words that begin statements, as values: no line begins with them ---- */
    {"policy P { grant Web { pattern "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
     " accept \"b\"; } }\n",
     "policy P {\n    grant Web {\n        pattern "
     "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
     " accept \"b\";\n    }\n}\n"},
};

START_TEST(lays_out)
{
    struct tc_str source = tc_str_of(layouts[_i].source);
    struct tc_str expected = layouts[_i].expected == NULL ? source : tc_str_of(layouts[_i].expected);

    tct_assert_str(laid_out(source), expected);
    tct_assert_str(laid_out(expected), expected);
}
END_TEST

/* Large enough that all lists grow. */
static struct tc_str
large_source(void)
{
    struct tc_buf text = {0};
    struct tc_str copy;

    for (int i = 0; i < 200; i++)
        tc_buf_printf(&text, "policy P%d { # a\n    # b\n    grant FileIO { read \"A\", \"B\"; } # c\n}\n", i);
    copy = tc_arena_str(&arena, tc_buf_str(&text));
    tc_buf_done(&text);
    return copy;
}

START_TEST(every_allocation_may_fail)
{
    const struct tc_ast_file *file = parse(large_source());
    enum tc_status status = TC_ERR_NOMEM;
    size_t nth = 0;

    while (status != TC_OK) {
        struct tc_arena scratch;
        struct tc_buf out = {0};
        bool has_failed;

        tc_arena_init(&scratch);
        tct_fail_alloc_begin(++nth);
        status = tc_layout(&scratch, file, &out);
        has_failed = tct_fail_alloc_end();
        tc_arena_done(&scratch);
        tc_buf_done(&out);
        ck_assert_int_eq(status, has_failed ? TC_ERR_NOMEM : TC_OK);
    }
    ck_assert_uint_gt(nth, 5); /* else nothing failed */
}
END_TEST

/* Two sources and what the comparison finds first; NULL: they say the same. */
static const struct {
    const char *a, *b, *what;
} pairs[] = {
    {"policy P { revoke Dns; }", "policy\nP\n{\nrevoke Dns;\n};", NULL},
    {"# a  \nuse \"x\"; # b", "# a\n\nuse\n\"x\"; # b\n", NULL},
    {"## a \n   ## b\npolicy P { }", "## a\n## b\npolicy P { }", NULL},
    {"policy P { }", "policy Q { }", "a word"},
    {"policy P { }", "policy \"P\" { }", "a word"},
    {"policy P { }", "policy P extends medium { }", "a word"},
    {"policy P { }", "application P { }", "a statement"},
    {"policy P { revoke Dns; }", "policy P { }", "a statement"},
    {"policy P { revoke Dns; }", "policy P { grant Dns unrestricted; }", "a statement"},
    {"policy P { grant Dns unrestricted; }", "policy P { possibly grant Dns unrestricted; }", "a statement"},
    {"policy P { grant Dns unrestricted; }", "policy P { grant Dns { } }", "a statement"},
    {"policy P { grant Dns unrestricted; }", "policy P { grant Dns unrestricted because \"x\"; }", "a word"},
    {"policy P { grant FileIO { read \"a\", \"b\"; } }", "policy P { grant FileIO { read \"a\" \"b\"; } }", "a word"},
    {"policy P { grant FileIO { read \"a\"; } }", "policy P { grant FileIO { read \"a \"; } }", "a word"},
    {"policy P { raw \"a\"; }", "policy P { raw \"a\" \"b\"; }", "a word"},
    {"policy P { code all grants X; }", "policy P { code all grants X name \"n\"; }", "a statement"},
    {"policy P { codegroups { union all grants X; } }",
     "policy P { codegroups { union all grants X { net all grants Y; } } }", "a statement"},
    {"test \"t\" { A may Dns x; }", "test \"t\" { A may not Dns x; }", "a statement"},
    {"test \"t\" { A may Dns x; }", "test \"t\" { any application may Dns x; }", "a word"},
    {"share \"x\" read between A;", "share \"x\" read between A until 2030-01-01;", "a word"},
    {"language 1;", "language 1.0;", "a word"},
    {"class C \"t\";", "class C \"u\";", "a word"},
    {"## a\npolicy P { }", "## a\n\npolicy P { }", "a description"},
    {"## a\npolicy P { }", "## b\npolicy P { }", "a description"},
    {"policy P { revoke Dns;\n## a\n\ngrant Web unrestricted; }",
     "policy P { revoke Dns;\n## a\ngrant Web unrestricted; }", "a description"},
    {"# a\nuse \"x\";", "#a\nuse \"x\";", "a comment"},
    {"# a\n# b\nuse \"x\";", "# b\n# a\nuse \"x\";", "a comment"},
    {"# a\nuse \"x\";", "use \"x\";", "a comment"},
    {"use \"x\"; # a\n", "use \"x\";\n# a\n", "a comment"},
};

START_TEST(compares)
{
    struct tc_source_difference difference =
        tc_sources_compare(parse(tc_str_of(pairs[_i].a)), parse(tc_str_of(pairs[_i].b)));

    if (pairs[_i].what == NULL)
        ck_assert_msg(difference.what == NULL, "%s differs between\n%s\nand\n%s", difference.what, pairs[_i].a,
                      pairs[_i].b);
    else
        ck_assert_msg(difference.what != NULL && strcmp(difference.what, pairs[_i].what) == 0,
                      "%s differs between\n%s\nand\n%s, not %s", difference.what == NULL ? "nothing" : difference.what,
                      pairs[_i].a, pairs[_i].b, pairs[_i].what);
}
END_TEST

Suite *
tct_layout_suite(void)
{
    Suite *suite = suite_create("layout");
    TCase *tc = tcase_create("layout");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, lays_out, 0, (int)(sizeof layouts / sizeof *layouts));
    tcase_add_loop_test(tc, compares, 0, (int)(sizeof pairs / sizeof *pairs));
    tcase_add_test(tc, every_allocation_may_fail);
    suite_add_tcase(suite, tc);
    return suite;
}
