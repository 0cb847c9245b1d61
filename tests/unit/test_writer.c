#include "support/unit.h"
#include "unit/suites.h"
#include "xml/spans.h"
#include "xml/writer.h"

#include <stdlib.h>
#include <string.h>

static struct tc_buf out;
static struct tc_xml xml;

static void
setup(void)
{
    tc_buf_init(&out);
    tc_xml_init(&xml, &out, "  ", "\n");
}

static void
teardown(void)
{
    tc_buf_done(&out);
}

START_TEST(nests_and_indents)
{
    tc_xml_raw(&xml, TC_STR("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
    tc_xml_start(&xml, "a");
    tc_xml_attr_lit(&xml, "x", "1");
    tc_xml_start(&xml, "b");
    tc_xml_end(&xml);
    tc_xml_start_str(&xml, TC_STR("c"));
    tc_xml_attr(&xml, "y", TC_STR("2"));
    tc_xml_attr_str(&xml, TC_STR("z"), TC_STR(""));
    tc_xml_start(&xml, "d");
    tc_xml_raw(&xml, TC_STR("<raw/>"));
    tc_xml_end(&xml);
    ck_assert(!tc_xml_ok(&xml)); /* still open */
    tc_xml_end(&xml);
    ck_assert(tc_xml_comment(&xml, TC_STR("said")));
    tc_xml_end(&xml);
    ck_assert(tc_xml_ok(&xml));
    tct_assert_str(tc_buf_str(&out), TC_STR("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                                            "<a x=\"1\">\n"
                                            "  <b/>\n"
                                            "  <c y=\"2\" z=\"\">\n"
                                            "    <d>\n"
                                            "      <raw/>\n"
                                            "    </d>\n"
                                            "  </c>\n"
                                            "  <!-- said -->\n"
                                            "</a>\n"));
}
END_TEST

START_TEST(writes_fragments_of_another_text)
{
    tc_xml_init(&xml, &out, "\t", "\r\n");
    tc_xml_set_style(&xml, TC_XML_CONFIG, TC_STR("  "));
    tc_xml_start(&xml, "a");
    tc_xml_start(&xml, "b");
    tc_xml_end(&xml);
    tc_xml_end(&xml);
    tct_assert_str(tc_buf_str(&out), TC_STR("  <a>\r\n  \t<b />\r\n  </a>\r\n"));
}
END_TEST

static const struct {
    enum tc_xml_style style;
    struct tc_str value;
    struct tc_str expected;
    bool refused;
} values[] = {
    {TC_XML_POLICY, TCT_STR(""), TCT_STR(""), false},
    {TC_XML_POLICY, TCT_STR("plain"), TCT_STR("plain"), false},
    {TC_XML_POLICY, TCT_STR("a<b>c&d\"e'f"), TCT_STR("a&lt;b&gt;c&amp;d&quot;e'f"), false},
    {TC_XML_POLICY, TCT_STR("&lt;"), TCT_STR("&amp;lt;"), false},
    {TC_XML_POLICY, TCT_STR("12345678>"), TCT_STR("12345678&gt;"), false},
    {TC_XML_POLICY, TCT_STR("1234567>9"), TCT_STR("1234567&gt;9"), false},
    {TC_XML_POLICY, TCT_STR("$AppDir$;C:\\Windows\\*"), TCT_STR("$AppDir$;C:\\Windows\\*"), false},
    /* The CLR decodes no character references and keeps line breaks. */
    {TC_XML_POLICY, TCT_STR("a\tb\r\nc"), TCT_STR("a\tb\r\nc"), false},
    {TC_XML_CONFIG, TCT_STR("a\tb\r\nc"), TCT_STR("a&#9;b&#13;&#10;c"), false},
    {TC_XML_POLICY, TCT_STR("a\001b"),
     TCT_STR("a\xEF\xBF\xBD"
             "b"),
     true},
    {TC_XML_POLICY, TCT_STR("a\0b"),
     TCT_STR("a\xEF\xBF\xBD"
             "b"),
     true},
    {TC_XML_CONFIG_ASCII, TCT_STR("\037"), TCT_STR("&#xFFFD;"), true},
    {TC_XML_POLICY,
     TCT_STR("\xC3\x9C"
             "ber\xE2\x82\xAC\xF0\x9F\x98\x80"),
     TCT_STR("\xC3\x9C"
             "ber\xE2\x82\xAC\xF0\x9F\x98\x80"),
     false},
    {TC_XML_CONFIG_ASCII,
     TCT_STR("\xC3\x9C"
             "ber\xE2\x82\xAC\xF0\x9F\x98\x80"),
     TCT_STR("&#xDC;ber&#x20AC;&#x1F600;"), false},
    /* What begins with EF is mostly fine; U+FFFE and U+FFFF are not. */
    {TC_XML_POLICY, TCT_STR("\xEF\xBC\x81\xEF\xBF\xBD"), TCT_STR("\xEF\xBC\x81\xEF\xBF\xBD"), false},
    {TC_XML_POLICY, TCT_STR("\xEF\xBF\xBE!"), TCT_STR("\xEF\xBF\xBD!"), true},
    {TC_XML_CONFIG, TCT_STR("\xEF\xBF\xBF"), TCT_STR("\xEF\xBF\xBD"), true},
    {TC_XML_CONFIG_ASCII, TCT_STR("\xEF\xBF\xBF"), TCT_STR("&#xFFFD;&#xFFFD;&#xFFFD;"), true},
    {TC_XML_CONFIG_ASCII, TCT_STR("\xFF"), TCT_STR("&#xFFFD;"), true},
    {TC_XML_CONFIG_ASCII, TCT_STR("\xED\xA0\x80"), TCT_STR("&#xFFFD;&#xFFFD;&#xFFFD;"), true},
};

START_TEST(escapes_values)
{
    tc_xml_set_style(&xml, values[_i].style, TC_STR(""));
    tc_xml_start(&xml, "a");
    tc_xml_attr(&xml, "b", values[_i].value);
    tc_xml_end(&xml);
    struct tc_str got = tc_buf_str(&out);
    struct tc_str tail = values[_i].style == TC_XML_POLICY ? TC_STR("\"/>\n") : TC_STR("\" />\n");
    ck_assert(tc_str_starts(got, TC_STR("<a b=\"")));
    ck_assert(tc_str_ends(got, tail));
    tct_assert_str(tc_str_sub(got, 6, got.len - 6 - tail.len), values[_i].expected);
    ck_assert_int_eq(xml.refused, values[_i].refused);
    ck_assert_int_eq(tc_xml_ok(&xml), !values[_i].refused);
}
END_TEST

START_TEST(escapes_twice)
{
    tc_xml_start(&xml, "a");
    tc_xml_attr_twice(&xml, "b", TC_STR("x&y<z>\"'"));
    tc_xml_end(&xml);
    tct_assert_str(tc_buf_str(&out), TC_STR("<a b=\"x&amp;amp;y&amp;lt;z&amp;gt;&amp;quot;'\"/>\n"));
}
END_TEST

/* Every byte at every place around the eight that are copied at once: what is read back is what was written. */
START_TEST(round_trips_every_byte_at_every_place)
{
    struct tc_arena arena;
    char value[24];

    tc_arena_init(&arena);
    for (unsigned byte = 0x20; byte < 0x80; byte++) {
        for (size_t place = 0; place < sizeof value; place++) {
            memset(value, 'x', sizeof value);
            value[place] = (char)byte;
            value[(place * 7 + 3) % sizeof value] = '&';
            struct tc_str text = {value, sizeof value};
            tc_buf_clear(&out);
            tc_xml_init(&xml, &out, "", "");
            tc_xml_start(&xml, "a");
            tc_xml_attr(&xml, "b", text);
            tc_xml_end(&xml);
            struct tc_markup *document;
            struct tc_markup_fault fault;
            ck_assert_int_eq(tc_spans_scan(&arena, tc_buf_str(&out), &document, &fault), TC_OK);
            tct_assert_str(tc_markup_value(&arena, tc_markup_attr(document->first, "b")->value), text);
        }
    }
    tc_arena_done(&arena);
}
END_TEST

START_TEST(grows_with_values_that_are_all_escapes)
{
    char value[5000];

    memset(value, '"', sizeof value);
    tc_xml_start(&xml, "a");
    tc_xml_attr_twice(&xml, "b", (struct tc_str){value, sizeof value});
    tc_xml_end(&xml);
    ck_assert_uint_eq(out.len, 6 + sizeof value * strlen("&amp;quot;") + 4);
}
END_TEST

static const struct {
    enum tc_xml_style style;
    const char *text;
    bool fits;
} comments[] = {
    {TC_XML_POLICY, "text, don't, a-b, 5\" x", true},
    {TC_XML_POLICY, "", true},
    {TC_XML_POLICY, "ends in -", true},
    {TC_XML_POLICY, "two -- hyphens", false},
    {TC_XML_POLICY, "a > b", false},
    {TC_XML_POLICY, "a < b", false},
    {TC_XML_POLICY, "say \"hi", false},
    {TC_XML_POLICY, "\"hi", false},
    {TC_XML_POLICY, "a=\"b", false},
    {TC_XML_POLICY, "a -\"b", false},
    {TC_XML_POLICY, "a?\"b", true}, /* inside a word these are ordinary */
    {TC_XML_POLICY, "bell \a", false},
    {TC_XML_POLICY, "\xEF\xBF\xBE", false},
    {TC_XML_CONFIG, "a > b < c, say \"hi\"", true},
    {TC_XML_CONFIG, "\xC3\xBC", true},
    {TC_XML_CONFIG_ASCII, "\xC3\xBC", false},
    {TC_XML_CONFIG, "a--b", false},
};

START_TEST(refuses_comments_that_readers_misread)
{
    tc_xml_set_style(&xml, comments[_i].style, TC_STR(""));
    ck_assert_int_eq(tc_xml_comment(&xml, tc_str_of(comments[_i].text)), comments[_i].fits);
    ck_assert_int_eq(out.len != 0, comments[_i].fits);
}
END_TEST

START_TEST(depth_has_a_limit)
{
    for (size_t i = 0; i <= TC_XML_DEPTH_MAX; i++)
        tc_xml_start(&xml, "a");
    ck_assert(out.failed);
    tc_xml_attr(&xml, "b", TC_STR("c"));
    for (size_t i = 0; i <= TC_XML_DEPTH_MAX; i++)
        tc_xml_end(&xml);
    ck_assert(!tc_xml_ok(&xml));
}
END_TEST

START_TEST(failure_of_the_buffer_sticks)
{
    out.failed = true;
    tc_xml_start(&xml, "a");
    tc_xml_attr(&xml, "b", TC_STR("c & d"));
    ck_assert(tc_xml_comment(&xml, TC_STR("x")));
    tc_xml_raw(&xml, TC_STR("<x/>"));
    tc_xml_end(&xml);
    ck_assert_uint_eq(out.len, 0);
    ck_assert(!tc_xml_ok(&xml));
}
END_TEST

Suite *
tct_writer_suite(void)
{
    Suite *suite = suite_create("writer");
    TCase *tc = tcase_create("writer");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, nests_and_indents);
    tcase_add_test(tc, writes_fragments_of_another_text);
    tcase_add_loop_test(tc, escapes_values, 0, TCT_COUNT(values));
    tcase_add_test(tc, escapes_twice);
    tcase_add_test(tc, round_trips_every_byte_at_every_place);
    tcase_add_test(tc, grows_with_values_that_are_all_escapes);
    tcase_add_loop_test(tc, refuses_comments_that_readers_misread, 0, TCT_COUNT(comments));
    tcase_add_test(tc, depth_has_a_limit);
    tcase_add_test(tc, failure_of_the_buffer_sticks);
    suite_add_tcase(suite, tc);
    return suite;
}
