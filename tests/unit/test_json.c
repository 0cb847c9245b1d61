/* JSON strings and documents. */
#include "base/json.h"
#include "support/unit.h"
#include "unit/suites.h"

static struct tc_buf out;

static void
setup(void)
{
    out = (struct tc_buf){0};
}

static void
teardown(void)
{
    tc_buf_done(&out);
}

static const struct {
    struct tc_str text, json;
} strings[] = {
    {{NULL, 0}, TCT_STR("\"\"")},
    {TCT_STR("plain"), TCT_STR("\"plain\"")},
    {TCT_STR("\"a\\b/"), TCT_STR("\"\\\"a\\\\b/\"")},
    {TCT_STR("\n\r\t"), TCT_STR("\"\\n\\r\\t\"")},
    {TCT_STR("a\0b\x1F\x7F"), TCT_STR("\"a\\u0000b\\u001f\x7F\"")},
    {TCT_STR("\xC3\xA4\xF0\x9F\x98\x80"), TCT_STR("\"\xC3\xA4\xF0\x9F\x98\x80\"")},
    {TCT_STR("a\xC3"), TCT_STR("\"a\xEF\xBF\xBD\"")},
    {TCT_STR("\xED\xA0\x80z"), TCT_STR("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"")},
};

START_TEST(writes_strings)
{
    tc_json_string(&out, strings[_i].text);
    tct_assert_str(tc_buf_str(&out), strings[_i].json);
}
END_TEST

START_TEST(writes_documents)
{
    struct tc_json json = {.out = &out};

    tc_json_open(&json, '{');
    tc_json_number(&json, "schema", 1);
    tc_json_text(&json, "said", TC_STR("a \"b\""));
    tc_json_maybe(&json, "known", TC_STR("c\\d"));
    tc_json_maybe(&json, "unknown", TC_STR(""));
    tc_json_flag(&json, "yes", true);
    tc_json_key(&json, "empty");
    tc_json_open(&json, '[');
    tc_json_close(&json, ']');
    tc_json_flag(&json, "no", false);
    tc_json_key(&json, "list");
    tc_json_open(&json, '[');
    tc_json_item_open(&json);
    tc_json_close(&json, '}');
    tc_json_item_open(&json);
    tc_json_text(&json, "in", TC_STR(""));
    tc_json_close(&json, '}');
    tc_json_item(&json);
    tc_json_string(&out, TC_STR("last"));
    tc_json_close(&json, ']');
    tc_json_close(&json, '}');
    tct_assert_str(tc_buf_str(&out), TC_STR("{\n"
                                            "  \"schema\": 1,\n"
                                            "  \"said\": \"a \\\"b\\\"\",\n"
                                            "  \"known\": \"c\\\\d\",\n"
                                            "  \"unknown\": null,\n"
                                            "  \"yes\": true,\n"
                                            "  \"empty\": [],\n"
                                            "  \"no\": false,\n"
                                            "  \"list\": [\n"
                                            "    {},\n"
                                            "    {\n"
                                            "      \"in\": \"\"\n"
                                            "    },\n"
                                            "    \"last\"\n"
                                            "  ]\n"
                                            "}"));
    ck_assert_uint_eq(json.depth, 0);
}
END_TEST

Suite *
tct_json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, writes_strings, 0, TCT_COUNT(strings));
    tcase_add_test(tc, writes_documents);
    suite_add_tcase(suite, tc);
    return suite;
}
