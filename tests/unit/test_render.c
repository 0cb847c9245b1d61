#include "base/render.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

static const struct tc_code a_note = {.id = "T9001", .slug = "a-note", .severity = TC_SEVERITY_NOTE};
static const struct tc_code a_warning = {.id = "T9002", .slug = "a-warning", .severity = TC_SEVERITY_WARNING};
static const struct tc_code an_error = {.id = "T9003", .slug = "an-error", .severity = TC_SEVERITY_ERROR};

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;
static struct tc_buf out;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    tc_buf_init(&out);
}

static void
teardown(void)
{
    tc_buf_done(&out);
    tc_arena_done(&arena);
}

static struct tc_str
rendered(enum tc_format format, bool color)
{
    tc_buf_clear(&out);
    tc_render(&diags, &(struct tc_render_options){.format = format, .color = color}, &out);
    ck_assert(!out.failed);
    return tc_buf_str(&out);
}

/* Add @a marked as a source, less the '<' and '>' around the span, which is returned. */
static struct tc_span
add_marked(const char *name, struct tc_str marked)
{
    size_t begin = tc_str_find(marked, TC_STR("<"), 0), end = tc_str_find(marked, TC_STR(">"), 0);
    struct tc_buf text = {0};
    const struct tc_source *source;

    tc_buf_puts(&text, tc_str_sub(marked, 0, begin));
    tc_buf_puts(&text, tc_str_sub(marked, begin + 1, end - begin - 1));
    tc_buf_puts(&text, tc_str_sub(marked, end + 1, SIZE_MAX));
    source = tc_sources_add(&sources, tc_str_of(name), tc_buf_str(&text));
    tc_buf_done(&text);
    return (struct tc_span){source->base + (uint32_t)begin, source->base + (uint32_t)end - 1};
}

static const struct {
    struct tc_str source;
    const char *excerpt; /* between the headline and the summary */
} excerpts[] = {
    {TCT_STR("<allow> x;"), "    1 | allow x;\n"
                            "      | ^^^^^\n"},
    {TCT_STR("a\n\n    <b>c"), "    3 |     bc\n"
                               "      |     ^\n"},
    /* the gutter is as wide as the number */
    {TCT_STR("\n\n\n\n\n\n\n\n\n <x>"), "    10 |  x\n"
                                        "       |  ^\n"},
    /* empty spans: within, at the end of a line, of the text, in an empty line, in an empty text */
    {TCT_STR("ab<>c"), "    1 | abc\n"
                       "      |   ^\n"},
    {TCT_STR("abc<>\nd"), "    1 | abc\n"
                          "      |    ^\n"},
    {TCT_STR("abc\n<>"), "    2 |\n"
                         "      | ^\n"},
    {TCT_STR("a\n<>\nb"), "    2 |\n"
                          "      | ^\n"},
    {TCT_STR("<>"), "    1 |\n"
                    "      | ^\n"},
    /* over several lines: the first */
    {TCT_STR("a <b\nc> d"), "    1 | a b\n"
                            "      |   ^\n"},
    {TCT_STR("a <bc\r\nd\r\n>"), "    1 | a bc\n"
                                 "      |   ^^\n"},
    {TCT_STR("ab<\ncd>"), "    1 | ab\n"
                          "      |   ^\n"},
    {TCT_STR("a<b\r>\n"), "    1 | ab\n"
                          "      |  ^\n"},
    {TCT_STR("ab\r<\ncd>"), "    1 | ab\n"
                            "      |   ^\n"},
    /* tabs are repeated */
    {TCT_STR("\ta\t<b>"), "    1 | \ta\tb\n"
                          "      | \t \t^\n"},
    {TCT_STR("<a\tb\t>c"), "    1 | a\tb\tc\n"
                           "      | ^\t^\n"},
    {TCT_STR("a<\t\t>b"), "    1 | a\t\tb\n"
                          "      |  ^\n"},
    {TCT_STR("<\tb>"), "    1 | \tb\n"
                       "      | \t^\n"},
    /* wide characters, before and within */
    {TCT_STR("\xE4\xB8\xAD <\xE6\x96\x87x>"), "    1 | \xE4\xB8\xAD \xE6\x96\x87x\n"
                                              "      |    ^^^\n"},
    {TCT_STR("\xF0\x9F\x98\x80<x>"), "    1 | \xF0\x9F\x98\x80x\n"
                                     "      |   ^\n"},
    /* combining marks take no column; alone under the span there is a caret still */
    {TCT_STR("e\xCC\x81 <e\xCC\x81o>"), "    1 | e\xCC\x81 e\xCC\x81o\n"
                                        "      |   ^^\n"},
    {TCT_STR("e<\xCC\x81>o"), "    1 | e\xCC\x81o\n"
                              "      |  ^\n"},
    /* what a terminal would act on: escape, NUL, C1, right-to-left override; and what is not UTF-8 */
    {TCT_STR("\x1B[2J<x>"), "    1 | \xEF\xBF\xBD[2Jx\n"
                            "      |     ^\n"},
    {TCT_STR("\0\x7F\xC2\x9B<x>"), "    1 | \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\n"
                                   "      |    ^\n"},
    {TCT_STR("<\xE2\x80\xAE>x"), "    1 | \xEF\xBF\xBDx\n"
                                 "      | ^\n"},
    {TCT_STR("a\xFF\xC3<\xE2\x82>x"), "    1 | a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\n"
                                      "      |    ^^\n"},
};

START_TEST(shows_excerpt)
{
    struct tc_span span = add_marked("a.trust", excerpts[_i].source);
    struct tc_place place = tc_sources_place(&sources, span.begin);

    tc_diag_add(&diags, &an_error, span, "m");
    tct_assert_str(rendered(TC_FORMAT_TEXT, false),
                   tc_arena_printf(&arena, "a.trust:%u:%u: error: m [T9003 an-error]\n%s1 error\n",
                                   (unsigned)place.line, (unsigned)place.column, excerpts[_i].excerpt));
}
END_TEST

/* A span that begins or ends within a sequence takes in the whole of it. */
START_TEST(span_within_a_sequence)
{
    uint32_t base = tc_sources_add(&sources, TC_STR("a"),
                                   TC_STR("a\xE4\xB8\xAD\xE4\xB8\xAD"
                                          "b"))
                        ->base;

    tc_diag_add(&diags, &an_error, (struct tc_span){base + 2, base + 5}, "m");
    tct_assert_str(rendered(TC_FORMAT_TEXT, false), TC_STR("a:1:2: error: m [T9003 an-error]\n"
                                                           "    1 | a\xE4\xB8\xAD\xE4\xB8\xAD"
                                                           "b\n"
                                                           "      |  ^^^^\n"
                                                           "1 error\n"));
}
END_TEST

/* A line: @a before columns of '-', @a span of 'x', @a after of '-'; and what is to be shown of each. */
static const struct {
    int before, span, after;
    int shown_before, shown_span, shown_after;
    const char *left, *right;
} windows[] = {
    {0, 5, 195, 0, 5, 195, "", ""}, /* just not too long */
    {195, 5, 0, 195, 5, 0, "", ""},
    {0, 5, 196, 0, 5, 189, "", "..."},  /* at the start */
    {94, 6, 300, 94, 6, 94, "", "..."}, /* the window begins where the line does */
    {95, 6, 300, 94, 6, 94, "...", "..."},
    {1000, 6, 1000, 94, 6, 94, "...", "..."}, /* in the middle */
    {1000, 6, 94, 94, 6, 94, "...", ""},
    {1000, 6, 3, 185, 6, 3, "...", ""}, /* towards the end */
    {1000, 6, 0, 188, 6, 0, "...", ""},
    {1000, 500, 1000, 20, 174, 0, "...", "..."}, /* a span that is too long itself */
    {10, 500, 10, 10, 184, 0, "", "..."},
    {100000, 6, 100000, 94, 6, 94, "...", "..."},
    {100000, 100000, 0, 20, 174, 0, "...", "..."},
};

static void
put_repeated(struct tc_buf *to, const char *text, int count)
{
    while (count-- > 0)
        tc_buf_puts(to, tc_str_of(text));
}

START_TEST(shows_part_of_long_line)
{
    struct tc_buf text = {0}, expected = {0};
    struct tc_span span;

    put_repeated(&text, "-", windows[_i].before);
    tc_buf_putc(&text, '<');
    put_repeated(&text, "x", windows[_i].span);
    tc_buf_putc(&text, '>');
    put_repeated(&text, "-", windows[_i].after);
    span = add_marked("a", tc_buf_str(&text));

    tc_buf_printf(&expected, "a:1:%d: error: m [T9003 an-error]\n    1 | %s", windows[_i].before + 1, windows[_i].left);
    put_repeated(&expected, "-", windows[_i].shown_before);
    put_repeated(&expected, "x", windows[_i].shown_span);
    put_repeated(&expected, "-", windows[_i].shown_after);
    tc_buf_printf(&expected, "%s\n      | ", windows[_i].right);
    put_repeated(&expected, " ", (int)strlen(windows[_i].left) + windows[_i].shown_before);
    put_repeated(&expected, "^", windows[_i].shown_span);
    tc_buf_puts(&expected, TC_STR("\n1 error\n"));

    tc_diag_add(&diags, &an_error, span, "m");
    tct_assert_str(rendered(TC_FORMAT_TEXT, false), tc_buf_str(&expected));
    tc_buf_done(&text);
    tc_buf_done(&expected);
}
END_TEST

/* Long lines of every kind of character, the span at every place: always a caret, never a longer line. */
static const char *const units[] = {"a",        "\t",   "\xC3\xA4", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80",
                                    "\xCC\x81", "\xFF", "\x80"};

START_TEST(window_is_bounded)
{
    struct tc_buf text = {0};
    struct tc_source *source;

    put_repeated(&text, units[_i], 6000);
    source = tc_sources_add(&sources, TC_STR("a"), tc_buf_str(&text));
    tc_buf_done(&text);
    for (uint32_t offset = 0; offset <= source->text.len; offset += 61) {
        struct tc_str shown;
        size_t carets;

        tc_diags_init(&diags, &arena, &sources);
        tc_diag_add(&diags, &an_error, (struct tc_span){source->base + offset, source->base + offset + 1}, "m");
        shown = rendered(TC_FORMAT_TEXT, false);
        carets = tc_str_find(shown, TC_STR("^"), 0);
        ck_assert_uint_ne(carets, SIZE_MAX);
        ck_assert_uint_lt(shown.len, 15000); /* 2 * 2048 bytes, of which each may become three, and the rest */
        ck_assert(tc_str_is_utf8(shown, NULL));
    }
}
END_TEST

/* One of everything, in the form the handbook shows. */
static void
report_everything(void)
{
    static const struct tc_str text = TCT_STR("level L;\n"
                                              "    policy x\n"
                                              "\n"
                                              "    allow security(execution, unmanaged-code);\n");
    uint32_t base = tc_sources_add(&sources, TC_STR("site.trust"), text)->base;
    struct tc_diag *diag;

    diag = tc_diag_add(&diags, &a_warning, (struct tc_span){base + 53, base + 67},
                       "'%s' lets its code call native code", "Tenant");
    tc_diag_help(&diags, diag, "remove 'unmanaged-code'");
    tc_diag_label(&diags, diag, (struct tc_span){base + 13, base + 19}, "first declared here");
    tc_diag_label(&diags, diag, TC_NOWHERE, "and nowhere");
    tc_diag_note(&diags, diag, "granted to every assembly");
    tc_diag_add(&diags, &an_error, (struct tc_span){base, base + 14}, "two lines");
    tc_diag_add_file(&diags, &an_error, TC_STR("out.config"), "not written");
    tc_diag_add(&diags, &a_note, TC_NOWHERE, "by the way");
}

START_TEST(renders_text)
{
    report_everything();
    tct_assert_str(rendered(TC_FORMAT_TEXT, false),
                   TC_STR("site.trust:4:31: warning: 'Tenant' lets its code call native code [T9002 a-warning]\n"
                          "    4 |     allow security(execution, unmanaged-code);\n"
                          "      |                               ^^^^^^^^^^^^^^\n"
                          "  site.trust:2:5: first declared here\n"
                          "    2 |     policy x\n"
                          "      |     ^^^^^^\n"
                          "  and nowhere\n"
                          "  help: remove 'unmanaged-code'\n"
                          "  note: granted to every assembly\n"
                          "site.trust:1:1: error: two lines [T9003 an-error]\n"
                          "    1 | level L;\n"
                          "      | ^^^^^^^^\n"
                          "out.config: error: not written [T9003 an-error]\n"
                          "note: by the way [T9001 a-note]\n"
                          "2 errors, 1 warning, 1 note\n"));
}
END_TEST

START_TEST(renders_short)
{
    report_everything();
    tct_assert_str(rendered(TC_FORMAT_SHORT, false),
                   TC_STR("site.trust:4:31: warning: 'Tenant' lets its code call native code [T9002 a-warning]\n"
                          "site.trust:1:1: error: two lines [T9003 an-error]\n"
                          "out.config: error: not written [T9003 an-error]\n"
                          "note: by the way [T9001 a-note]\n"
                          "2 errors, 1 warning, 1 note\n"));
}
END_TEST

START_TEST(renders_color)
{
    struct tc_span span = add_marked("a", TC_STR("x <y>"));
    struct tc_diag *diag = tc_diag_add(&diags, &an_error, span, "m");

    tc_diag_label(&diags, diag, span, "here");
    tc_diag_note(&diags, diag, "n");
    tc_diag_help(&diags, diag, "h");
    tc_diag_add(&diags, &a_warning, TC_NOWHERE, "m");
    tc_diag_add(&diags, &a_note, TC_NOWHERE, "m");
    tct_assert_str(rendered(TC_FORMAT_TEXT, true),
                   TC_STR("a:1:3: \033[1;31merror:\033[0m \033[1mm\033[0m [T9003 an-error]\n"
                          "    1 | x y\n"
                          "      |   \033[1;31m^\033[0m\n"
                          "  a:1:3: here\n"
                          "    1 | x y\n"
                          "      |   \033[1;36m^\033[0m\n"
                          "  \033[1;36mnote:\033[0m n\n"
                          "  \033[1;32mhelp:\033[0m h\n"
                          "\033[1;33mwarning:\033[0m \033[1mm\033[0m [T9002 a-warning]\n"
                          "\033[1;36mnote:\033[0m \033[1mm\033[0m [T9001 a-note]\n"
                          "1 error, 1 warning, 1 note\n"));
}
END_TEST

static const struct {
    int errors, warnings, notes;
    size_t limit;
    const char *summary;
} summaries[] = {
    {0, 0, 0, 0, ""},
    {1, 0, 0, 0, "1 error\n"},
    {2, 0, 0, 0, "2 errors\n"},
    {0, 1, 0, 0, "1 warning\n"},
    {0, 2, 0, 0, "2 warnings\n"},
    {0, 0, 1, 0, "1 note\n"},
    {0, 0, 2, 0, "2 notes\n"},
    {2, 1, 0, 0, "2 errors, 1 warning\n"},
    {1, 2, 3, 0, "1 error, 2 warnings, 3 notes\n"},
    {5, 2, 0, 3, "3 errors, 4 more not shown\n"},
    {2, 2, 0, 3, "2 errors, 1 warning, 1 more not shown\n"},
};

START_TEST(sums_up)
{
    struct tc_str text;

    diags.limit = summaries[_i].limit;
    for (int i = 0; i < summaries[_i].errors; i++)
        tc_diag_add(&diags, &an_error, TC_NOWHERE, "m");
    for (int i = 0; i < summaries[_i].warnings; i++)
        tc_diag_add(&diags, &a_warning, TC_NOWHERE, "m");
    for (int i = 0; i < summaries[_i].notes; i++)
        tc_diag_add(&diags, &a_note, TC_NOWHERE, "m");
    text = rendered(TC_FORMAT_SHORT, false);
    for (size_t i = 0; i < diags.kept; i++)
        text = tc_str_sub(text, tc_str_find(text, TC_STR("\n"), 0) + 1, SIZE_MAX);
    tct_assert_str(text, tc_str_of(summaries[_i].summary));
}
END_TEST

/* Whatever text a policy brings into a message, a terminal gets one harmless line. */
START_TEST(messages_are_harmless)
{
    uint32_t base = tc_sources_add(&sources, TC_STR("a\x1B"), TC_STR("x"))->base;
    struct tc_diag *diag = tc_diag_add(&diags, &an_error, (struct tc_span){base, base + 1}, "'%s'", "\n\x1B[2J\xFF");

    tc_diag_label(&diags, diag, TC_NOWHERE, "%s", "\r");
    tc_diag_note(&diags, diag, "%s", "\xE2\x80\xAE");
    tct_assert_str(rendered(TC_FORMAT_TEXT, false),
                   TC_STR("a\xEF\xBF\xBD:1:1: error: '\xEF\xBF\xBD\xEF\xBF\xBD[2J\xEF\xBF\xBD' [T9003 an-error]\n"
                          "    1 | x\n"
                          "      | ^\n"
                          "  \xEF\xBF\xBD\n"
                          "  note: \xEF\xBF\xBD\n"
                          "1 error\n"));
}
END_TEST

START_TEST(renders_json)
{
    report_everything();
    tct_assert_str(
        rendered(TC_FORMAT_JSON, true), /* colour or not */
        TC_STR("{\"schema\": 1, \"diagnostics\": [\n"
               "{\"code\": \"T9002\", \"slug\": \"a-warning\", \"severity\": \"warning\", "
               "\"message\": \"'Tenant' lets its code call native code\", \"file\": \"site.trust\", \"line\": 4, "
               "\"column\": 31, \"byteColumn\": 31, \"utf16Column\": 31, \"endLine\": 4, \"endColumn\": 45, "
               "\"endByteColumn\": 45, \"endUtf16Column\": 45, \"labels\": [{\"file\": \"site.trust\", \"line\": 2, "
               "\"column\": 5, \"endLine\": 2, \"endColumn\": 11, \"message\": \"first declared here\"}, "
               "{\"message\": \"and nowhere\"}], \"notes\": [\"granted to every assembly\"], "
               "\"helps\": [\"remove 'unmanaged-code'\"]},\n"
               "{\"code\": \"T9003\", \"slug\": \"an-error\", \"severity\": \"error\", \"message\": \"two lines\", "
               "\"file\": \"site.trust\", \"line\": 1, \"column\": 1, \"byteColumn\": 1, \"utf16Column\": 1, "
               "\"endLine\": 2, \"endColumn\": 6, \"endByteColumn\": 6, \"endUtf16Column\": 6, \"labels\": [], "
               "\"notes\": [], \"helps\": []},\n"
               "{\"code\": \"T9003\", \"slug\": \"an-error\", \"severity\": \"error\", \"message\": \"not written\", "
               "\"file\": \"out.config\", \"labels\": [], \"notes\": [], \"helps\": []},\n"
               "{\"code\": \"T9001\", \"slug\": \"a-note\", \"severity\": \"note\", \"message\": \"by the way\", "
               "\"labels\": [], \"notes\": [], \"helps\": []}\n"
               "], \"errors\": 2, \"warnings\": 1, \"dropped\": 0}\n"));
}
END_TEST

START_TEST(renders_empty_json)
{
    tct_assert_str(rendered(TC_FORMAT_JSON, false),
                   TC_STR("{\"schema\": 1, \"diagnostics\": [], \"errors\": 0, \"warnings\": 0, \"dropped\": 0}\n"));
}
END_TEST

START_TEST(json_counts_every_column)
{
    struct tc_span span = add_marked("a", TC_STR("\xF0\x9F\x98\x80\xC3\xA4<\xF0\x9F\x98\x80>"));

    diags.limit = 1;
    tc_diag_add(&diags, &an_error, span, "\xFF\"");
    tc_diag_add(&diags, &an_error, span, "dropped");
    tct_assert_str(
        rendered(TC_FORMAT_JSON, false),
        TC_STR(
            "{\"schema\": 1, \"diagnostics\": [\n"
            "{\"code\": \"T9003\", \"slug\": \"an-error\", \"severity\": \"error\", \"message\": \"\xEF\xBF\xBD\\\"\", "
            "\"file\": \"a\", \"line\": 1, \"column\": 3, \"byteColumn\": 7, \"utf16Column\": 4, \"endLine\": 1, "
            "\"endColumn\": 4, \"endByteColumn\": 11, \"endUtf16Column\": 6, \"labels\": [], \"notes\": [], "
            "\"helps\": []}\n"
            "], \"errors\": 2, \"warnings\": 0, \"dropped\": 1}\n"));
}
END_TEST

Suite *
tct_render_suite(void)
{
    Suite *suite = suite_create("render");
    TCase *tc = tcase_create("excerpt");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120); /* valgrind takes its time */
    tcase_add_loop_test(tc, shows_excerpt, 0, TCT_COUNT(excerpts));
    tcase_add_test(tc, span_within_a_sequence);
    tcase_add_loop_test(tc, shows_part_of_long_line, 0, TCT_COUNT(windows));
    tcase_add_loop_test(tc, window_is_bounded, 0, TCT_COUNT(units));
    suite_add_tcase(suite, tc);

    tc = tcase_create("text");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, renders_text);
    tcase_add_test(tc, renders_short);
    tcase_add_test(tc, renders_color);
    tcase_add_loop_test(tc, sums_up, 0, TCT_COUNT(summaries));
    tcase_add_test(tc, messages_are_harmless);
    suite_add_tcase(suite, tc);

    tc = tcase_create("json");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, renders_json);
    tcase_add_test(tc, renders_empty_json);
    tcase_add_test(tc, json_counts_every_column);
    suite_add_tcase(suite, tc);
    return suite;
}
