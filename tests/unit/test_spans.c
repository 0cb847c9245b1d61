#include "support/unit.h"
#include "unit/suites.h"
#include "xml/conform.h"
#include "xml/spans.h"

#include <string.h>

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;

static const struct tc_code not_xml = {.id = "T9001", .slug = "not-xml", .severity = TC_SEVERITY_ERROR};
static const struct tc_code doctype = {.id = "T9002", .slug = "doctype", .severity = TC_SEVERITY_ERROR};
static const struct tc_code encoding = {.id = "T9003", .slug = "encoding", .severity = TC_SEVERITY_ERROR};
static const struct tc_conform_codes codes = {&not_xml, &doctype, &encoding};

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

static struct tc_str
between(struct tc_str text, uint32_t begin, uint32_t end)
{
    return tc_str_sub(text, begin, end - begin);
}

START_TEST(finds_tags_attributes_and_comments)
{
    struct tc_str text = TC_STR("<?xml version=\"1.0\"?>\n<!-- c -->\n"
                                "<a x='1' y = \"two &gt; 1\"\n>text<b/><![CDATA[<z>]]><?pi data?></a >\n<!--end-->");
    struct tc_markup *document;
    struct tc_markup_fault fault;
    ck_assert_int_eq(tc_spans_scan(&arena, text, &document, &fault), TC_OK);
    const struct tc_markup *at = document->first;
    ck_assert_int_eq(at->kind, TC_MARKUP_PI);
    tct_assert_str(at->name, TC_STR("xml"));
    at = at->next;
    ck_assert_int_eq(at->kind, TC_MARKUP_COMMENT);
    tct_assert_str(at->name, TC_STR(" c "));
    tct_assert_str(between(text, at->begin, at->end), TC_STR("<!-- c -->"));
    at = at->next;
    ck_assert(tc_markup_is(at, "a"));
    ck_assert(!at->empty);
    tct_assert_str(between(text, at->begin, at->end), TC_STR("<a x='1' y = \"two &gt; 1\"\n>"));
    tct_assert_str(between(text, at->close_begin, at->close_end), TC_STR("</a >"));
    tct_assert_str(tc_markup_attr(at, "x")->value, TC_STR("1"));
    const struct tc_markup_attr *y = tc_markup_attr(at, "y");
    tct_assert_str(y->value, TC_STR("two &gt; 1"));
    tct_assert_str(between(text, y->begin, y->end), TC_STR("y = \"two &gt; 1\""));
    ck_assert_ptr_null(tc_markup_attr(at, "z"));
    const struct tc_markup *child = at->first;
    ck_assert_int_eq(child->kind, TC_MARKUP_TEXT);
    child = child->next;
    ck_assert(tc_markup_is(child, "b"));
    ck_assert(child->empty);
    ck_assert_uint_eq(child->close_end, child->end);
    ck_assert_ptr_eq(child->parent, at);
    child = child->next;
    ck_assert_int_eq(child->kind, TC_MARKUP_CDATA);
    tct_assert_str(child->name, TC_STR("<z>"));
    child = child->next;
    ck_assert_int_eq(child->kind, TC_MARKUP_PI);
    tct_assert_str(child->name, TC_STR("pi"));
    ck_assert_ptr_null(child->next);
    ck_assert_ptr_eq(at->last, child);
    ck_assert_int_eq(at->next->kind, TC_MARKUP_COMMENT);
}
END_TEST

/* What is no XML, where, and the second place: both marked by the text that should stand under the carets. */
static const struct {
    const char *text;
    const char *under;
    const char *message;
    const char *other;
} faults[] = {
    {"", "", "there is no element", NULL},
    {" \n", "", "there is no element", NULL},
    {"<!-- x -->", "", "there is no element", NULL},
    {"hello", "h", "text before the first tag", NULL},
    {"<a/>hello", "h", "text after the end", NULL},
    {"<a/><b/>", "<b", "after the end of the document", NULL},
    {"<a><b></a>", "</a>", "expected '</b>'", "<b>"},
    {"<a><b>", "<b", "'b' is never closed", NULL},
    {"</a>", "</a>", "ends nothing", NULL},
    {"<a></a x>", "</a ", "an end tag must be", NULL},
    {"<a", "<a", "never ends", NULL},
    {"<a x", "x", "no value", NULL},
    {"<a x>", "x", "no value", NULL},
    {"<a x=1>", "1", "must stand in quotes", NULL},
    {"<a x=", "", "must stand in quotes", NULL},
    {"<a x=\"1>", "\"", "never ends: expected a closing \"", NULL},
    {"<a x=\"1><b/></a>", "<", "closing quote is missing", "\""},
    {"<a x=\"1\"y=\"2\"/>", "y", "expected a blank", NULL},
    {"<a x=\"1\" y=\"2\" x=\"3\"/>", "x", "stands twice", "x"},
    {"<a \"x\"/>", "\"", "expected an attribute", NULL},
    {"<a>1 < 2</a>", "<", "begins no tag", NULL},
    {"<a><!-- x </a>", "<!--", "comment never ends", NULL},
    {"<a><!-- x -- y --></a>", "--", "cannot stand inside a comment", "<!--"},
    {"<a><!-- x ---></a>", "--", "cannot stand inside a comment", "<!--"},
    {"<a><![CDATA[ x </a>", "<![CDATA[", "CDATA section never ends", NULL},
    {"<a><?x </a>", "<?", "processing instruction never ends", NULL},
    {"\n<?xml version=\"1.0\"?><a/>", "<?xml", "the very first thing", NULL},
    {"<!DOCTYPE a", "<!DOCTYPE", "DOCTYPE never ends", NULL},
    {"<a>x\n]]></a>", "]]>", "ends nothing here", NULL},
    {"<a><!DOCTYPE a></a>", "<!", "begins nothing", NULL},
};

START_TEST(shows_where_a_text_is_no_xml)
{
    struct tc_str text = tc_str_of(faults[_i].text);
    struct tc_markup *document;
    struct tc_markup_fault fault = {0};
    ck_assert_int_eq(tc_spans_scan(&arena, text, &document, &fault), TC_FAILED);
    tct_assert_str(between(text, fault.begin, fault.end), tc_str_of(faults[_i].under));
    ck_assert_msg(tc_str_find(fault.message, tc_str_of(faults[_i].message), 0) != SIZE_MAX, "%.*s",
                  TC_STR_ARG(fault.message));
    if (faults[_i].other == NULL)
        ck_assert_uint_eq(fault.other_end, 0);
    else
        tct_assert_str(between(text, fault.other_begin, fault.other_end), tc_str_of(faults[_i].other));
    /* The conforming reader agrees, and the diagnostic says it in these words. */
    const struct tc_source *source = tc_sources_add(&sources, TC_STR("a.config"), text);
    ck_assert_int_eq(tc_conform_check(source, &diags, &codes), TC_FAILED);
    ck_assert_uint_eq(diags.errors, 1);
    if (tc_str_starts(text, TC_STR("<!DOCTYPE"))) {
        ck_assert_ptr_eq(diags.first->code, &doctype); /* refused before anyone looks further */
        return;
    }
    ck_assert_ptr_eq(diags.first->code, &not_xml);
    tct_assert_str(diags.first->message, fault.message);
    tct_assert_str(tc_sources_text(&sources, diags.first->span), tc_str_of(faults[_i].under));
    ck_assert_int_eq(diags.first->labels != NULL, faults[_i].other != NULL);
}
END_TEST

/* What only a conforming reader sees. */
static const struct {
    struct tc_str text;
    const struct tc_code *code;
    uint32_t line;
    uint32_t column; /* 0: any */
} refused[] = {
    {TCT_STR("<a>\n<b x=\"&nix;\"/></a>"), &not_xml, 2, 0},
    {TCT_STR("<a>\n\n&#1;</a>"), &not_xml, 3, 0},
    {TCT_STR("<a>\001</a>"), &not_xml, 1, 4},
    {TCT_STR("<a>\0</a>"), &not_xml, 1, 4},
    {TCT_STR("<a>\n]]></a>"), &not_xml, 2, 0},
    {TCT_STR("<x:a/>"), &not_xml, 1, 0},
    {TCT_STR("<a>\n<1/></a>"), &not_xml, 2, 0},
    {TCT_STR("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>"), &doctype, 1, 1},
    {TCT_STR("<?xml version=\"1.0\"?>\n <!DOCTYPE a SYSTEM \"http://localhost/x.dtd\"><a/>"), &doctype, 2, 2},
    {TCT_STR("\xFF\xFE<\0a\0/\0>\0"), &encoding, 1, 1},
    {TCT_STR("<\0a\0/\0>\0"), &encoding, 1, 1},
    {TCT_STR("\0<\0a\0/\0>"), &encoding, 1, 1},
    {TCT_STR("\xFE\xFF\0<\0a\0/\0>"), &encoding, 1, 1},
    {TCT_STR("\xFF\xFE\0\0<\0\0\0"), &encoding, 1, 1},
    {TCT_STR("<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>"), &encoding, 1, 31},
    {TCT_STR("<?xml version=\"1.0\" encoding='ebcdic-cp-us'?><a/>"), &encoding, 1, 31},
    {TCT_STR("<?xml version=\"1.0\" encoding='iso-2022-jp'?><a/>"), &encoding, 1, 31},
    {TCT_STR("\xEF\xBB\xBF<?xml version=\"1.0\" encoding='windows-1252'?><a/>"), &encoding, 1, 31},
    {TCT_STR("<a>\n\xE4</a>"), &encoding, 2, 1},
    {TCT_STR("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a>\xE4</a>"), &encoding, 2, 4},
};

START_TEST(refuses_what_a_conforming_reader_refuses)
{
    const struct tc_source *source = tc_sources_add(&sources, TC_STR("a.config"), refused[_i].text);
    ck_assert_int_eq(tc_conform_check(source, &diags, &codes), TC_FAILED);
    ck_assert_uint_eq(diags.errors, 1);
    ck_assert_str_eq(diags.first->code->slug, refused[_i].code->slug);
    struct tc_place place = tc_sources_place(&sources, diags.first->span.begin);
    ck_assert_uint_eq(place.line, refused[_i].line);
    if (refused[_i].column != 0)
        ck_assert_uint_eq(place.column, refused[_i].column);
}
END_TEST

static const struct tc_str accepted[] = {
    TCT_STR("<a/>"),
    TCT_STR("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>"),
    TCT_STR("<?xml version=\"1.0\" encoding=\"windows-1252\"?><a b=\"\xE4\"/>"),
    TCT_STR("<?xml version='1.0' encoding='iso-8859-1' standalone='yes'?><a>\xE4</a>"),
    TCT_STR("<a b='&lt;&#x20AC;&amp;' c=\"'>\"><!----><b:c xmlns:b='urn:b'/></a>\r\n<?pi?>"),
};

START_TEST(accepts_xml)
{
    const struct tc_source *source = tc_sources_add(&sources, TC_STR("a.config"), accepted[_i]);
    ck_assert_int_eq(tc_conform_check(source, &diags, &codes), TC_OK);
    ck_assert_uint_eq(diags.errors, 0);
    struct tc_markup *document;
    struct tc_markup_fault fault;
    ck_assert_int_eq(tc_spans_scan(&arena, source->text, &document, &fault), TC_OK);
}
END_TEST

static const struct {
    struct tc_str raw;
    struct tc_str value;
} values[] = {
    {TCT_STR(""), TCT_STR("")},
    {TCT_STR("plain"), TCT_STR("plain")},
    {TCT_STR("&lt;&gt;&amp;&quot;&apos;"), TCT_STR("<>&\"'")},
    {TCT_STR("&amp;lt;"), TCT_STR("&lt;")},
    {TCT_STR("&#65;&#x41;&#x20AC;&#128512;"), TCT_STR("AA\xE2\x82\xAC\xF0\x9F\x98\x80")},
    {TCT_STR("a\r\nb\nc\td"), TCT_STR("a b c d")},
    {TCT_STR("a&#10;b"), TCT_STR("a\nb")},
    {TCT_STR("&nix; &#xD800; &#x110000; &# & ;"), TCT_STR("&nix; &#xD800; &#x110000; &# & ;")},
    {TCT_STR("&#99999999999999999999;"), TCT_STR("&#99999999999999999999;")},
};

START_TEST(decodes_values)
{
    tct_assert_str(tc_markup_value(&arena, values[_i].raw), values[_i].value);
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    bool same;
} pairs[] = {
    {"<a/>", "<a></a>", true},
    {"<a x='1'/>", "<a  x = \"1\" />", true},
    {"<a x='1'/>", "<a x='2'/>", false},
    {"<a x='1'/>", "<a/>", false},
    {"<a x='1' y='2'/>", "<a y='2' x='1'/>", false},
    {"<a><b/><c><d/></c></a>", "<a>\n  <b/>\n  <c>\n<d/></c>\n</a>", true},
    {"<a><b/><c/></a>", "<a><b/></a>", false},
    {"<a><b/></a>", "<a><b/><c/></a>", false},
    {"<a><b><c/></b></a>", "<a><b/><c/></a>", false},
    {"<a><!-- x --></a>", "<a><!--x--></a>", true},
    {"<a><!-- x --></a>", "<a><!-- y --></a>", false},
    {"<a>x</a>", "<a> x </a>", true},
    {"<a>x</a>", "<a><x/></a>", false},
};

START_TEST(compares_markup)
{
    struct tc_markup *a, *b;
    struct tc_markup_fault fault;
    ck_assert_int_eq(tc_spans_scan(&arena, tc_str_of(pairs[_i].a), &a, &fault), TC_OK);
    ck_assert_int_eq(tc_spans_scan(&arena, tc_str_of(pairs[_i].b), &b, &fault), TC_OK);
    ck_assert_int_eq(tc_markup_same(a->first, b->first), pairs[_i].same);
    ck_assert_int_eq(tc_markup_same(b->first, a->first), pairs[_i].same);
}
END_TEST

START_TEST(walks_markup)
{
    struct tc_markup *document;
    struct tc_markup_fault fault;
    char seen[32] = "";
    size_t count = 0;

    ck_assert_int_eq(
        tc_spans_scan(&arena, TC_STR("<!--c--><a><b><c/></b><!--d--><d/>t<e/></a><!--z-->"), &document, &fault), TC_OK);
    for (const struct tc_markup *at = document; at != NULL; at = tc_markup_next(at))
        seen[count++] = at->kind == TC_MARKUP_DOCUMENT ? '/' : at->name.ptr[0];
    ck_assert_str_eq(seen, "/cabcddtez");
    const struct tc_markup *root = tc_markup_root(document), *b = root->first;
    tct_assert_str(root->name, TC_STR("a"));
    ck_assert_ptr_eq(tc_markup_element(b), b);
    ck_assert_ptr_eq(tc_markup_child(root, "d"), tc_markup_element(b->next));
    ck_assert_ptr_eq(tc_markup_named(b->next, "e"), root->last);
    ck_assert_ptr_null(tc_markup_child(root, "c"));
    ck_assert_ptr_null(tc_markup_element(document->last));
    ck_assert_ptr_null(tc_markup_child(NULL, "a"));
    ck_assert_ptr_null(tc_markup_root(NULL));
}
END_TEST

START_TEST(converts_other_encodings)
{
    tct_assert_str(tc_conform_utf8(&arena, TC_STR("windows-1252"), TC_STR("\x80 \xE4")),
                   TC_STR("\xE2\x82\xAC \xC3\xA4"));
    tct_assert_str(tc_conform_utf8(&arena, TC_STR("no-such"), TC_STR("\xE4")), TC_STR("\xE4"));
    tct_assert_str(tc_spans_encoding(TC_STR("<?xml version='1.0' encoding = \"Koi8-R\" ?>")), TC_STR("Koi8-R"));
    ck_assert_uint_eq(tc_spans_encoding(TC_STR("<?xml version='1.0'?><a encoding='x'/>")).len, 0);
    ck_assert_uint_eq(tc_spans_encoding(TC_STR("<?xmlish encoding='x'?><a/>")).len, 0);
}
END_TEST

/* The scanner takes what libxml2 takes, for a text with everything in it and all its mutations. */
START_TEST(agrees_with_the_conforming_reader)
{
    static const char text[] =
        "<?xml version='1.0'?><!--c--><a b='&lt;' c=\"d\"> t <e/><f>\n</f ><![CDATA[]>]]><?g h?></a>";
    static const char bytes[] = "<>\"'=/!-?[]& a\t";
    char copy[sizeof text + 1];
    for (size_t place = 0; place < sizeof text; place++) {
        for (size_t change = 0; change < sizeof bytes + 1; change++) {
            size_t len = sizeof text - 1;
            memcpy(copy, text, place);
            if (change < sizeof bytes - 1) { /* insert a byte */
                copy[place] = bytes[change];
                memcpy(copy + place + 1, text + place, len - place);
                len++;
            } else if (change == sizeof bytes - 1 && place < len) { /* drop one */
                memcpy(copy + place, text + place + 1, len - place - 1);
                len--;
            } else { /* cut the tail */
                len = place;
            }
            const struct tc_source *source = tc_sources_add(&sources, TC_STR("m"), (struct tc_str){copy, len});
            struct tc_markup *document;
            struct tc_markup_fault fault;
            enum tc_status conform = tc_conform_check(source, &diags, &codes);
            if (conform == TC_OK)
                ck_assert_msg(tc_spans_scan(&arena, source->text, &document, &fault) == TC_OK, "%.*s\n%.*s", (int)len,
                              copy, TC_STR_ARG(fault.message));
            else
                ck_assert_int_eq(conform, TC_FAILED);
        }
    }
}
END_TEST

Suite *
tct_spans_suite(void)
{
    Suite *suite = suite_create("spans");
    TCase *tc = tcase_create("spans");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, finds_tags_attributes_and_comments);
    tcase_add_loop_test(tc, shows_where_a_text_is_no_xml, 0, TCT_COUNT(faults));
    tcase_add_loop_test(tc, refuses_what_a_conforming_reader_refuses, 0, TCT_COUNT(refused));
    tcase_add_loop_test(tc, accepts_xml, 0, TCT_COUNT(accepted));
    tcase_add_loop_test(tc, decodes_values, 0, TCT_COUNT(values));
    tcase_add_loop_test(tc, compares_markup, 0, TCT_COUNT(pairs));
    tcase_add_test(tc, walks_markup);
    tcase_add_test(tc, converts_other_encodings);
    tcase_add_test(tc, agrees_with_the_conforming_reader);
    suite_add_tcase(suite, tc);
    return suite;
}
