#include "base/source.h"
#include "support/unit.h"
#include "unit/suites.h"

static struct tc_arena arena;
static struct tc_sources sources;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
}

static void
teardown(void)
{
    tc_arena_done(&arena);
}

static const struct {
    struct tc_span first, last, joined;
} joins[] = {
    {{0, 0}, {0, 0}, {0, 0}}, {{3, 5}, {0, 0}, {3, 5}}, {{0, 0}, {3, 5}, {3, 5}},
    {{3, 5}, {7, 9}, {3, 9}}, {{3, 3}, {3, 3}, {3, 3}},
};

START_TEST(joins_spans)
{
    struct tc_span joined = tc_span_join(joins[_i].first, joins[_i].last);

    ck_assert_uint_eq(joined.begin, joins[_i].joined.begin);
    ck_assert_uint_eq(joined.end, joins[_i].joined.end);
}
END_TEST

static const struct {
    struct tc_str text, kept;
    bool had_bom;
} texts[] = {
    {{NULL, 0}, TCT_STR(""), false},
    {TCT_STR("a\0b"), TCT_STR("a\0b"), false},
    {TCT_STR("\xEF\xBB\xBF"), TCT_STR(""), true},
    {TCT_STR("\xEF\xBB\xBFx"), TCT_STR("x"), true},
    {TCT_STR("\xEF\xBB\xBF\xEF\xBB\xBF"), TCT_STR("\xEF\xBB\xBF"), true},
    {TCT_STR("\xEF\xBB"), TCT_STR("\xEF\xBB"), false},
};

START_TEST(keeps_text)
{
    char name[] = "a.trust";
    const struct tc_source *source = tc_sources_add(&sources, tc_str_of(name), texts[_i].text);

    name[0] = 'x';
    ck_assert_ptr_nonnull(source);
    tct_assert_str(source->name, TC_STR("a.trust"));
    tct_assert_str(source->text, texts[_i].kept);
    ck_assert_int_eq(source->had_bom, texts[_i].had_bom);
    ck_assert_uint_eq(source->base, 1);
    ck_assert_ptr_ne(source->text.ptr, texts[_i].text.ptr);
    ck_assert_mem_eq(source->text.ptr + source->text.len, "\0", 2);
}
END_TEST

START_TEST(borrows_text)
{
    static const char text[] = "\xEF\xBB\xBFline\n"
                               "\0"; /* and the NUL of the literal */
    const struct tc_source *source = tc_sources_add_borrowed(&sources, TC_STR("a"), (struct tc_str){text, 8});

    ck_assert_ptr_eq(source->text.ptr, text + 3);
    ck_assert_uint_eq(source->text.len, 5);
    ck_assert(source->had_bom);
    ck_assert_uint_eq(tc_sources_place(&sources, source->base + 5).line, 2);
}
END_TEST

/* Many sources, empty ones among them: every position belongs to one. */
START_TEST(finds_every_position)
{
    enum { SOURCES = 40 };
    uint32_t position = 1;

    ck_assert_ptr_null(tc_sources_find(&sources, 0));
    ck_assert_ptr_null(tc_sources_find(&sources, 1));
    for (size_t i = 0; i < SOURCES; i++) {
        struct tc_str text = tc_arena_printf(&arena, "%*s", (int)(i % 4), "");

        ck_assert_ptr_nonnull(tc_sources_add(&sources, TC_STR("x"), text));
    }
    ck_assert_ptr_null(tc_sources_find(&sources, 0));
    for (size_t i = 0; i < SOURCES; i++) {
        ck_assert_uint_eq(sources.list[i]->base, position);
        for (size_t offset = 0; offset <= i % 4; offset++)
            ck_assert_ptr_eq(tc_sources_find(&sources, position++), sources.list[i]);
    }
    ck_assert_ptr_null(tc_sources_find(&sources, position));
    ck_assert_ptr_null(tc_sources_find(&sources, UINT32_MAX));
}
END_TEST

START_TEST(position_space_ends)
{
    struct tc_str full = {"not read to its end", UINT32_MAX - 1};
    struct tc_str fuller = {full.ptr, UINT32_MAX};

    ck_assert_ptr_null(tc_sources_add_borrowed(&sources, TC_STR("a"), fuller));
    ck_assert_ptr_null(tc_sources_add(&sources, TC_STR("a"), fuller));
    ck_assert_ptr_nonnull(tc_sources_add_borrowed(&sources, TC_STR("a"), full));
    ck_assert_ptr_eq(tc_sources_find(&sources, UINT32_MAX), sources.list[0]);
    ck_assert_ptr_null(tc_sources_add(&sources, TC_STR("b"), TC_STR("")));
    ck_assert(!arena.failed);
    ck_assert_uint_eq(sources.count, 1);
}
END_TEST

static const struct {
    struct tc_str text;
    const char *lines; /* each ended by '|' */
} line_cases[] = {
    {TCT_STR(""), "|"},
    {TCT_STR("a"), "a|"},
    {TCT_STR("a\n"), "a||"},
    {TCT_STR("\n"), "||"},
    {TCT_STR("\n\n"), "|||"},
    {TCT_STR("a\nb\r\nc\rd"), "a|b|c|d|"},
    {TCT_STR("\r\r\n\n\r"), "|||||"},
    {TCT_STR("a\r\r\nb"), "a||b|"},
    {TCT_STR("a\n\rb"), "a||b|"},
    {TCT_STR("a\r"), "a||"},
    {TCT_STR("a\r\n"), "a||"},
    {TCT_STR("\xC2\x85\xE2\x80\xA8\v\f"), "\xC2\x85\xE2\x80\xA8\v\f|"}, /* other line ends are none */
};

START_TEST(splits_lines)
{
    struct tc_source *source = tc_sources_add(&sources, TC_STR("a"), line_cases[_i].text);
    struct tc_str lines = {0};
    uint32_t line;

    ck_assert_uint_eq(tc_source_line(&sources, source, 0).len, 0);
    ck_assert_ptr_null(source->lines); /* not before it is needed */
    ck_assert_ptr_eq(tc_sources_place(&sources, source->base).source, source);
    for (line = 1; line <= source->line_count; line++)
        lines =
            tc_arena_printf(&arena, "%.*s%.*s|", TC_STR_ARG(lines), TC_STR_ARG(tc_source_line(&sources, source, line)));
    tct_assert_str(lines, tc_str_of(line_cases[_i].lines));
    ck_assert_uint_eq(tc_source_line(&sources, source, line).len, 0);
    ck_assert_uint_eq(tc_source_line(&sources, source, UINT32_MAX).len, 0);
}
END_TEST

static const struct {
    struct tc_str text;
    uint32_t offset, line, column, byte_column, utf16_column;
} places[] = {
    {TCT_STR(""), 0, 1, 1, 1, 1},
    {TCT_STR("abc"), 2, 1, 3, 3, 3},
    {TCT_STR("abc"), 3, 1, 4, 4, 4}, /* the end */
    {TCT_STR("a\nb"), 1, 1, 2, 2, 2},
    {TCT_STR("a\nb"), 2, 2, 1, 1, 1},
    {TCT_STR("a\n"), 2, 2, 1, 1, 1},
    {TCT_STR("a\r\nb"), 1, 1, 2, 2, 2},
    {TCT_STR("a\r\nb"), 2, 1, 3, 3, 3}, /* between CR and LF */
    {TCT_STR("a\r\nb"), 3, 2, 1, 1, 1},
    {TCT_STR("a\rb"), 2, 2, 1, 1, 1},
    {TCT_STR("\t\tx"), 2, 1, 3, 3, 3},
    {TCT_STR("\xC3\xA4x"), 2, 1, 2, 3, 2},
    {TCT_STR("\xF0\x9F\x98\x80x"), 4, 1, 2, 5, 3},
    {TCT_STR("\xF0\x9F\x98\x80x"), 2, 1, 1, 3, 1}, /* within a sequence */
    {TCT_STR("\xFF\xC3x"), 2, 1, 3, 3, 3},
    {TCT_STR("12345678\xC3\xA4"
             "12345678x"),
     18, 1, 18, 19, 18},
    {TCT_STR("1234567\xC3\xA4"
             "1234567\n1234567812345678\xF0\x9F\x98\x80x"),
     37, 2, 18, 21, 19},
};

/* Columns of a long line, on which marks are kept, are those that are counted from its beginning. */
START_TEST(places_on_a_long_line)
{
    static const struct tc_str pieces[] = {TCT_STR("abcdefghij"), TCT_STR("\xC3\xA4"), TCT_STR("\xF0\x9F\x98\x80"),
                                           TCT_STR("\xE2\x82"), TCT_STR("\x80x")};
    const struct tc_source *source;
    struct tc_buf text = {0};
    uint32_t column = 1, units = 1;

    tc_buf_puts(&text, TC_STR("first\n"));
    for (unsigned i = 0; i < 4000; i++)
        tc_buf_puts(&text, pieces[i * 7 % 5]);
    source = tc_sources_add(&sources, TC_STR("a"), tc_buf_str(&text));
    ck_assert_ptr_nonnull(source);
    for (size_t at = 6, len; at < source->text.len; at += len) {
        struct tc_place place = tc_sources_place(&sources, source->base + (uint32_t)at);
        uint32_t code;

        ck_assert_uint_eq(place.line, 2);
        ck_assert_uint_eq(place.column, column);
        ck_assert_uint_eq(place.utf16_column, units);
        ck_assert_uint_eq(place.byte_column, at - 6 + 1);
        len = tc_utf8_next(source->text, at, &code);
        column++;
        units += code != TC_UTF8_BAD && code > 0xFFFF ? 2 : 1;
    }
    tc_buf_done(&text);
}
END_TEST

START_TEST(places_positions)
{
    struct tc_place place;
    struct tc_source *source;

    ck_assert_ptr_nonnull(tc_sources_add(&sources, TC_STR("other"), TC_STR("x\ny\n")));
    source = tc_sources_add(&sources, TC_STR("a"), places[_i].text);
    place = tc_sources_place(&sources, source->base + places[_i].offset);
    ck_assert_ptr_eq(place.source, source);
    ck_assert_uint_eq(place.line, places[_i].line);
    ck_assert_uint_eq(place.column, places[_i].column);
    ck_assert_uint_eq(place.byte_column, places[_i].byte_column);
    ck_assert_uint_eq(place.utf16_column, places[_i].utf16_column);
}
END_TEST

START_TEST(nowhere_has_no_place)
{
    static const uint32_t positions[] = {0, 5, UINT32_MAX};

    tc_sources_add(&sources, TC_STR("a"), TC_STR("abc"));
    for (size_t i = 0; i < TCT_COUNT(positions); i++) {
        struct tc_place place = tc_sources_place(&sources, positions[i]);

        ck_assert_ptr_null(place.source);
        ck_assert_uint_eq(place.line, 0);
        ck_assert_uint_eq(place.column, 0);
        ck_assert_uint_eq(place.byte_column, 0);
        ck_assert_uint_eq(place.utf16_column, 0);
    }
}
END_TEST

/* Lines of all lengths: the table against a count by hand. */
START_TEST(places_agree_with_counting)
{
    struct tc_buf text = {0};
    struct tc_source *source;
    uint32_t line = 1, column = 1;

    for (size_t i = 0; i < 300; i++)
        tc_buf_printf(&text, "%*s%s", (int)(i * 7 % 31), "", i % 3 == 0 ? "\r\n" : i % 3 == 1 ? "\n" : "\r");
    source = tc_sources_add(&sources, TC_STR("a"), tc_buf_str(&text));
    for (uint32_t offset = 0; offset < text.len; offset++) {
        struct tc_place place = tc_sources_place(&sources, source->base + offset);
        bool is_end = text.ptr[offset] == '\n' || (text.ptr[offset] == '\r' && source->text.ptr[offset + 1] != '\n');

        ck_assert_uint_eq(place.line, line);
        ck_assert_uint_eq(place.column, column);
        line += is_end;
        column = is_end ? 1 : column + 1;
    }
    ck_assert_uint_eq(source->line_count, line);
    tc_buf_done(&text);
}
END_TEST

static const struct {
    struct tc_span span;
    struct tc_str text;
} spans[] = {
    {{0, 0}, TCT_STR("")},   {{1, 1}, TCT_STR("")},    {{1, 4}, TCT_STR("abc")},
    {{2, 3}, TCT_STR("b")},  {{4, 4}, TCT_STR("")},    {{5, 7}, TCT_STR("de")}, /* the second source */
    {{2, 6}, TCT_STR("bc")},                                                    /* does not reach over */
    {{3, 2}, TCT_STR("")},   {{99, 100}, TCT_STR("")},
};

START_TEST(gives_text_of_spans)
{
    tc_sources_add(&sources, TC_STR("a"), TC_STR("abc"));
    tc_sources_add(&sources, TC_STR("b"), TC_STR("def"));
    tct_assert_str(tc_sources_text(&sources, spans[_i].span), spans[_i].text);
}
END_TEST

/* Without memory for the line table there are no places; what is there already stays. */
START_TEST(survives_lack_of_memory)
{
    struct tc_source *with = tc_sources_add(&sources, TC_STR("a"), TC_STR("a\nb"));
    struct tc_source *without = tc_sources_add(&sources, TC_STR("b"), TC_STR("a\nb"));

    ck_assert_uint_eq(tc_sources_place(&sources, with->base).line, 1);
    ck_assert_ptr_null(tc_arena_alloc(&arena, SIZE_MAX, 1));
    ck_assert_ptr_null(tc_sources_add(&sources, TC_STR("c"), TC_STR("c")));
    ck_assert_uint_eq(sources.count, 2);
    ck_assert_uint_eq(tc_sources_place(&sources, with->base + 2).line, 2);
    ck_assert_ptr_null(tc_sources_place(&sources, without->base + 2).source);
    ck_assert_uint_eq(tc_source_line(&sources, without, 1).len, 0);
    tct_assert_str(tc_sources_text(&sources, (struct tc_span){without->base, without->base + 1}), TC_STR("a"));
}
END_TEST

Suite *
tct_source_suite(void)
{
    Suite *suite = suite_create("source");
    TCase *tc = tcase_create("source");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, joins_spans, 0, TCT_COUNT(joins));
    tcase_add_loop_test(tc, keeps_text, 0, TCT_COUNT(texts));
    tcase_add_test(tc, borrows_text);
    tcase_add_test(tc, finds_every_position);
    tcase_add_test(tc, position_space_ends);
    tcase_add_loop_test(tc, splits_lines, 0, TCT_COUNT(line_cases));
    tcase_add_loop_test(tc, places_positions, 0, TCT_COUNT(places));
    tcase_add_test(tc, places_on_a_long_line);
    tcase_add_test(tc, nowhere_has_no_place);
    tcase_add_test(tc, places_agree_with_counting);
    tcase_add_loop_test(tc, gives_text_of_spans, 0, TCT_COUNT(spans));
    tcase_add_test(tc, survives_lack_of_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
