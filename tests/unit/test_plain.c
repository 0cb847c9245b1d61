/* What is called plain, both readers take alike. */
#include "support/unit.h"
#include "unit/suites.h"
#include "xml/clr_text.h"
#include "xml/conform.h"
#include "xml/plain.h"
#include "xml/spans.h"

#include <string.h>

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;

static const struct tc_code code = {.id = "T9001", .slug = "any", .severity = TC_SEVERITY_ERROR};
static const struct tc_conform_codes codes = {&code, &code, &code};

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

static bool
is_same_slice(struct tc_str a, struct tc_str b)
{
    return a.len == b.len && (a.len == 0 || a.ptr == b.ptr);
}

static bool
is_same_span(struct tc_span a, struct tc_span b)
{
    return a.begin == b.begin && a.end == b.end;
}

static bool
is_same_tree(const struct tc_element *a, const struct tc_element *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!is_same_slice(a->tag, b->tag) || !is_same_slice(a->text, b->text) || a->has_text != b->has_text ||
            !is_same_span(a->span, b->span) || a->attribute_count != b->attribute_count ||
            !is_same_tree(a->children, b->children))
            return false;
        for (size_t i = 0; i < a->attribute_count; i++)
            if (!is_same_slice(a->attributes[i].name, b->attributes[i].name) ||
                !is_same_slice(a->attributes[i].value, b->attributes[i].value) ||
                !is_same_span(a->attributes[i].span, b->attributes[i].span) ||
                !is_same_span(a->attributes[i].value_span, b->attributes[i].value_span))
                return false;
    }
    return a == NULL && b == NULL;
}

/* Whether the markup is what the tree says, and else only comments and a declaration. */
static bool
is_same_markup(const struct tc_element *element, const struct tc_markup *markup, bool *ret_comments)
{
    for (; markup != NULL; markup = markup->next) {
        const struct tc_markup_attr *attr = markup->attrs;

        *ret_comments |= markup->kind == TC_MARKUP_COMMENT;
        if (markup->kind == TC_MARKUP_COMMENT || (markup->kind == TC_MARKUP_PI && markup->begin == 0))
            continue;
        if (markup->kind != TC_MARKUP_ELEMENT || element == NULL || !is_same_slice(element->tag, markup->name))
            return false;
        for (size_t i = 0; i < element->attribute_count; i++, attr = attr->next)
            if (attr == NULL || !is_same_slice(element->attributes[i].name, attr->name) ||
                !is_same_slice(element->attributes[i].value, attr->value))
                return false;
        if (attr != NULL || !is_same_markup(element->children, markup->first, ret_comments))
            return false;
        element = element->next;
    }
    return element == NULL;
}

/* Whether @a text is plain; if so, everything that this promises is asked. */
static bool
is_plain(struct tc_str text)
{
    const struct tc_source *source;
    struct tc_plain plain;
    struct tc_element *root;
    struct tc_clr_fault clr_fault;
    struct tc_markup *document;
    struct tc_markup_fault fault;
    bool has_comments = false;

    teardown();
    setup();
    source = tc_sources_add(&sources, TC_STR("m"), text);
    ck_assert_ptr_nonnull(source);
    if (!tc_plain_read(&arena, source->text, source->base, &plain))
        return false;
    ck_assert_msg(tc_clr_read(&arena, source->text, source->base, &root, &clr_fault) == TC_OK, "%.*s",
                  TC_STR_ARG(text));
    ck_assert_msg(is_same_tree(plain.root, root), "%.*s", TC_STR_ARG(text));
    ck_assert_msg(tc_conform_check(source, &diags, &codes) == TC_OK, "%.*s", TC_STR_ARG(text));
    ck_assert_msg(tc_spans_scan(&arena, source->text, &document, &fault) == TC_OK, "%.*s", TC_STR_ARG(text));
    ck_assert_msg(is_same_markup(root, document->first, &has_comments), "%.*s", TC_STR_ARG(text));
    ck_assert_int_eq(plain.has_comments, has_comments);
    return true;
}

static const struct {
    const char *text;
    bool is_plain;
} cases[] = {
    {"<a/>", true},
    {"\n <a b=\"c\" />\n", true},
    {"<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<a></a >", true},
    {"<a><!-- 'c' - &x; = \xC3\xA4 --><b.c-d_1 e=\"'$AppDir$\\*' \xC3\xA4; a=b/c?d!-\"/></a>", true},
    {"", false},
    {"a", false},
    {"<a>", false},
    {"<a></b>", false},
    {"<a></ab>", false},
    {"<a/><b/>", false},
    {"<a/>x", false},
    {"<a>x</a>", false},
    {"<!-- c --><a/>", false}, /* the framework takes its end for the end of the document */
    {"<a/><!-- c -->", false},
    {"<a><!-- \"c --></a>", false}, /* a quote begins a value even there */
    {"<a><!-- <c> --></a>", false},
    {"<a><!-- c -- d --></a>", false},
    {"<a><!-- c ---></a>", false},
    {"<a b='c'/>", false},
    {"<a b=c/>", false},
    {"<a b = \"c\"/>", false},
    {"<a b=\"c\"d=\"e\"/>", false},
    {"<a b=\"c\" b=\"d\"/>", false},
    {"<a b/>", false},
    {"<a b=\"&lt;\"/>", false},
    {"<a b=\"<\"/>", false},
    {"<a b=\">\"/>", false},    /* only XML takes it */
    {"<a b=\"c\nd\"/>", false}, /* XML makes a blank of it */
    {"<a b=\"\x01\"/>", false},
    {"<a b=\"\xEF\xBF\xBE\"/>", false},
    {"<a><!-- \xEF\xBF\xBE --></a>", false},
    {"<a:b/>", false},
    {"<a xmlns=\"http://www.w3.org/2000/xmlns/\"/>", false},
    {"<1a/>", false},
    {"<\xC3\xA4/>", false},
    {"<a><![CDATA[]]></a>", false},
    {"<a><?b?></a>", false},
    {"<?xml version=\"1.0\"?><a/>", false}, /* the framework wants an encoding */
    {"<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", false},
    {" <?xml version=\"1.0\" encoding=\"utf-8\"?><a/>", false},
    {"<!DOCTYPE a><a/>", false},
};

START_TEST(knows_what_is_plain)
{
    ck_assert_msg(is_plain(tc_str_of(cases[_i].text)) == cases[_i].is_plain, "%s", cases[_i].text);
}
END_TEST

/* A text with everything in it, and all its mutations: each byte replaced, dropped, or another put before it. */
START_TEST(promises_nothing_wrong)
{
    static const char text[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ab c=\"d 'e'\" f=\"\">\n"
                               "  <!-- g - h -->\n  <i j=\"k\"/><l></l >\n</ab>\n";
    static const char bytes[] = "<>\"'=/!-?[]&;: \t\n\r\x01\x7F\xEFxa1.$";
    char copy[sizeof text + 1];
    size_t plain = 0;

    ck_assert(is_plain(TC_STR(text)));
    for (size_t place = 0; place < sizeof text - 1; place++)
        for (size_t i = 0; i < 2 * (sizeof bytes - 1) + 2; i++) {
            size_t skip = i % 2, len = sizeof text - 1 - place - skip, at = place;

            memcpy(copy, text, place);
            if (i / 2 < sizeof bytes - 1)
                copy[at++] = bytes[i / 2];
            memcpy(copy + at, text + place + skip, len);
            plain += is_plain((struct tc_str){copy, at + len});
            if (i == 0)
                plain += is_plain((struct tc_str){copy, place}); /* cut there */
        }
    ck_assert_uint_gt(plain, 100);
}
END_TEST

/* What goes beyond what it takes is left to the readers. */
START_TEST(has_limits)
{
    struct tc_buf deep = {0}, wide = {0}, named = {0};

    for (int i = 0; i < 100; i++)
        tc_buf_puts(&deep, TC_STR("<a>"));
    for (int i = 0; i < 100; i++)
        tc_buf_puts(&deep, TC_STR("</a>"));
    ck_assert(!is_plain(tc_buf_str(&deep)));
    tc_buf_puts(&wide, TC_STR("<a"));
    for (int i = 0; i < 100; i++)
        tc_buf_printf(&wide, " b%d=\"\"", i);
    tc_buf_puts(&wide, TC_STR("/>"));
    ck_assert(!is_plain(tc_buf_str(&wide)));
    tc_buf_puts(&named, TC_STR("<"));
    for (int i = 0; i < 1000; i++)
        tc_buf_putc(&named, 'a');
    tc_buf_puts(&named, TC_STR("/>"));
    ck_assert(!is_plain(tc_buf_str(&named)));
    tc_buf_done(&deep);
    tc_buf_done(&wide);
    tc_buf_done(&named);
}
END_TEST

Suite *
tct_plain_suite(void)
{
    Suite *suite = suite_create("plain");
    TCase *tc = tcase_create("plain");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, knows_what_is_plain, 0, TCT_COUNT(cases));
    tcase_add_test(tc, promises_nothing_wrong);
    tcase_add_test(tc, has_limits);
    suite_add_tcase(suite, tc);
    return suite;
}
