/* What the vectors do not show: where things stand, limits, messages. tests/vectors holds the answers themselves. */
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"
#include "xml/clr_text.h"

#include <string.h>

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

static struct tc_source *
add(struct tc_str text)
{
    struct tc_source *source;

    tc_sources_add(&sources, TC_STR("first"), TC_STR("so that positions do not begin at 0"));
    source = tc_sources_add(&sources, TC_STR("web_x.config"), text);
    ck_assert_ptr_nonnull(source);
    return source;
}

START_TEST(knows_where_things_stand)
{
    const struct tc_source *source = add(TC_STR("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a  x=\"1\" y = z>"
                                                "one  two<!-- c --><b u='v' /></a>"));
    struct tc_element *root;
    struct tc_clr_fault fault;

    ck_assert_int_eq(tc_clr_read(&arena, source->text, source->base, &root, &fault), TC_OK);
    tct_assert_str(root->tag, TC_STR("a"));
    tct_assert_str(tc_sources_text(&sources, root->span), TC_STR("<a  x=\"1\" y = z>"));
    ck_assert_uint_eq(root->attribute_count, 2);
    tct_assert_str(tc_sources_text(&sources, root->attributes[0].span), TC_STR("x=\"1\""));
    tct_assert_str(tc_sources_text(&sources, root->attributes[0].value_span), TC_STR("1"));
    tct_assert_str(tc_sources_text(&sources, root->attributes[1].span), TC_STR("y = z"));
    tct_assert_str(root->text, TC_STR("one two"));
    tct_assert_str(tc_sources_text(&sources, root->children->span), TC_STR("<b u='v' />"));
    tct_assert_str(root->children->attributes[0].value, TC_STR("'v'"));
}
END_TEST

/* A character that a value cannot hold is found wherever it stands; values are read several characters at a time. */
START_TEST(finds_what_a_value_cannot_hold)
{
    static const char bad[] = {'<', '>', '\0'};
    struct tc_element *root;
    struct tc_clr_fault fault;

    for (size_t at = 0; at < 24; at++) {
        char text[] = "<a b=\"012345678901234567890123\"/>";
        struct tc_str all = {text, sizeof text - 1}, value = {text + 6, 24};

        ck_assert_int_eq(tc_clr_read(&arena, all, 0, &root, &fault), TC_OK);
        tct_assert_str(root->attributes[0].value, value);
        for (size_t i = 0; i < sizeof bad; i++) {
            text[6 + at] = bad[i];
            ck_assert_int_eq(tc_clr_read(&arena, all, 0, &root, &fault), TC_FAILED);
            tct_assert_str(tc_str_of(fault.thrown.type),
                           bad[i] == '\0' ? TC_STR("XmlSyntaxException") : TC_STR("ArgumentException"));
        }
        memcpy(text + 6 + at, "\"/>", 3);
        value.len = at;
        ck_assert_int_eq(tc_clr_read(&arena, all, 0, &root, &fault), TC_OK);
        tct_assert_str(root->attributes[0].value, value);
    }
}
END_TEST

/* What the framework refuses, what it throws, and the text to blame. */
static const struct {
    struct tc_str text, type, key, at;
} faults[] = {
    {TCT_STR("<!-- c --><a/>"), TCT_STR("XmlSyntaxException"), TCT_STR("XMLSyntax_InvalidSyntax"),
     TCT_STR("<!-- c -->")},
    {TCT_STR("<?xml version=\"1.0\"?><a/>"), TCT_STR("XmlSyntaxException"),
     TCT_STR("XMLSyntax_SyntaxErrorEx: XMLSyntax_UnexpectedEndOfFile"), TCT_STR("?")},
    {TCT_STR("<?xml encoding='utf-8'?><a/>"), TCT_STR("ArgumentException"), TCT_STR(""), TCT_STR("'utf-8'?")},
    {TCT_STR("<a><b></b>text</a>"), TCT_STR("XmlSyntaxException"), TCT_STR("XMLSyntax_InvalidSyntax"), TCT_STR("text")},
    {TCT_STR("<a b=\"x > y\"/>"), TCT_STR("ArgumentException"), TCT_STR("Argument_InvalidElementValue"),
     TCT_STR("\"x > y\"")},
    {TCT_STR("<a b=\"1\" b=\"2\"/>"), TCT_STR("ArgumentException"), TCT_STR("Argument_AttributeNamesMustBeUnique"),
     TCT_STR("b")},
    {TCT_STR("<a><!-- a < b --></a>"), TCT_STR("NullReferenceException"), TCT_STR(""), TCT_STR("!")},
    {TCT_STR("<a b=\"x\0y\"/>"), TCT_STR("XmlSyntaxException"), TCT_STR("XMLSyntax_InvalidSyntax"),
     TCT_STR("\"x\0y\"")},
    {TCT_STR("<a>"), TCT_STR("XmlSyntaxException"), TCT_STR("XMLSyntax_SyntaxError"), TCT_STR("")},
    {TCT_STR(""), TCT_STR("XmlSyntaxException"), TCT_STR("XMLSyntax_SyntaxError"), TCT_STR("")},
};

START_TEST(says_what_the_framework_throws)
{
    const struct tc_source *source = add(faults[_i].text);
    struct tc_element *root;
    struct tc_clr_fault fault;
    struct tc_diag *diag;

    ck_assert_int_eq(tc_clr_read(&arena, source->text, source->base, &root, &fault), TC_FAILED);
    tct_assert_str(tc_str_of(fault.thrown.type), faults[_i].type);
    tct_assert_str(tc_str_of(fault.thrown.key), faults[_i].key);
    tct_assert_str(tc_sources_text(&sources, fault.thrown.span), faults[_i].at);
    diag = tc_clr_report(&diags, &fault);
    ck_assert_ptr_eq(diag->code, tc_code(TC_CODE_POLICY_UNREADABLE));
    ck_assert_uint_gt(tc_str_find(diag->remarks->text, faults[_i].type, 0), 0);
}
END_TEST

/* @a count times @a part between @a head and @a tail; a `%` in the part is the number of the repetition. */
static struct tc_str
repeated(struct tc_buf *out, const char *head, const char *part, size_t count, const char *tail)
{
    const char *mark = strchr(part, '%');

    tc_buf_puts(out, tc_str_of(head));
    for (size_t i = 0; i < count; i++) {
        if (mark == NULL)
            tc_buf_puts(out, tc_str_of(part));
        else
            tc_buf_printf(out, "%.*s%zu%s", (int)(mark - part), part, i, mark + 1);
    }
    tc_buf_puts(out, tc_str_of(tail));
    return tc_buf_str(out);
}

static const struct {
    enum tc_limit_id limit;
    enum tc_code_id code;
    const char *head, *part, *tail;
} limits[] = {
    {TC_LIMIT_POLICY_DEPTH, TC_CODE_POLICY_TOO_DEEP, "", "<a>", ""},
    {TC_LIMIT_POLICY_NODES, TC_CODE_POLICY_TOO_MANY, "<a>", "<b/>", "</a>"},
    {TC_LIMIT_POLICY_ATTRIBUTES, TC_CODE_POLICY_ATTRIBUTES, "<a ", "x%=1 ", "/>"},
};

START_TEST(keeps_limits)
{
    size_t limit = (size_t)tc_limit(limits[_i].limit)->value;
    struct tc_buf out = {0};
    struct tc_element *root;
    struct tc_clr_fault fault;
    struct tc_str text = repeated(&out, limits[_i].head, limits[_i].part, limit + 1, limits[_i].tail);

    ck_assert_int_eq(tc_clr_read(&arena, text, 0, &root, &fault), TC_ERR_LIMIT);
    ck_assert_int_eq(fault.limit, limits[_i].limit);
    ck_assert_ptr_eq(tc_clr_report(&diags, &fault)->code, tc_code(limits[_i].code));
    tc_buf_done(&out);
}
END_TEST

START_TEST(keeps_the_limit_of_bytes)
{
    struct tc_str text = {"", (size_t)tc_limit(TC_LIMIT_POLICY_BYTES)->value + 1}; /* is not looked at */
    struct tc_element *root;
    struct tc_clr_fault fault;

    ck_assert_int_eq(tc_clr_read(&arena, text, 0, &root, &fault), TC_ERR_LIMIT);
    ck_assert_ptr_eq(tc_clr_report(&diags, &fault)->code, tc_code(TC_CODE_POLICY_TOO_LARGE));
}
END_TEST

START_TEST(takes_as_much_as_the_limits_allow)
{
    struct tc_buf out = {0};
    struct tc_element *root;
    struct tc_clr_fault fault;
    size_t depth = (size_t)tc_limit(TC_LIMIT_POLICY_DEPTH)->value;
    struct tc_str text;

    repeated(&out, "", "<a>", depth, "");
    text = repeated(&out, "", "</a>", depth, "");
    ck_assert_int_eq(tc_clr_read(&arena, text, 0, &root, &fault), TC_OK);
    tc_buf_clear(&out);
    text = repeated(&out, "<a ", "x%=1 ", (size_t)tc_limit(TC_LIMIT_POLICY_ATTRIBUTES)->value, "/>");
    ck_assert_int_eq(tc_clr_read(&arena, text, 0, &root, &fault), TC_OK);
    tc_buf_done(&out);
}
END_TEST

static enum tc_status
read_once(struct tc_str text)
{
    struct tc_arena own;
    struct tc_element *root;
    struct tc_clr_fault fault;
    enum tc_status status;

    tc_arena_init(&own);
    status = tc_clr_read(&own, text, 0, &root, &fault);
    tc_arena_done(&own);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    struct tc_buf out = {0};
    struct tc_str text = repeated(&out, "<a one=\"1\">two\t three", "<b x%=\"&amp;\" y=z><c/></b>", 3000, "</a>");
    bool has_failed = true;

    for (size_t nth = 1; has_failed; nth++) {
        enum tc_status status;

        tct_fail_alloc_begin(nth);
        status = read_once(text);
        has_failed = tct_fail_alloc_end();
        ck_assert_int_eq(status, has_failed ? TC_ERR_NOMEM : TC_OK);
    }
    tc_buf_done(&out);
}
END_TEST

START_TEST(knows_encodings)
{
    ck_assert(tc_clr_knows_encoding(TC_STR("UTF-8")));
    ck_assert(tc_clr_knows_encoding(TC_STR("437")));
    ck_assert(tc_clr_knows_encoding(TC_STR("x-x-big5")));
    ck_assert(tc_clr_knows_encoding(TC_STR("ISO-8859-8 Visual")));
    ck_assert(!tc_clr_knows_encoding(TC_STR("")));
    ck_assert(!tc_clr_knows_encoding(TC_STR(" utf-8")));
    ck_assert(!tc_clr_knows_encoding(TC_STR("utf8")));
    ck_assert(!tc_clr_knows_encoding(TC_STR("437 ansi_x3.4-1968")));
}
END_TEST

Suite *
tct_clr_text_suite(void)
{
    Suite *suite = suite_create("clr_text");
    TCase *tc = tcase_create("clr_text");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, knows_where_things_stand);
    tcase_add_test(tc, finds_what_a_value_cannot_hold);
    tcase_add_loop_test(tc, says_what_the_framework_throws, 0, TCT_COUNT(faults));
    tcase_add_loop_test(tc, keeps_limits, 0, TCT_COUNT(limits));
    tcase_add_test(tc, keeps_the_limit_of_bytes);
    tcase_add_test(tc, takes_as_much_as_the_limits_allow);
    tcase_add_test(tc, every_allocation_may_fail);
    tcase_add_test(tc, knows_encodings);
    suite_add_tcase(suite, tc);
    return suite;
}
