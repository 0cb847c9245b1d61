/* Long lists: what is looked up in a table must be what comparing each pair finds, items, order and spelling. */
#include "model/element.h"
#include "model/expressions.h"
#include "property/rng.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

enum { BY_PAIRS = 1000000, ITEMS_MAX = 14, RUNS = 3000, MANY = 20000 };

static struct tc_arena arena;

static void
setup(void)
{
    tc_arena_init(&arena);
}

static void
teardown(void)
{
    tc_arena_done(&arena);
}

static struct tc_list
list_of(const char *const *texts, size_t count)
{
    struct tc_list list = tc_expressions_new(&arena, count);

    ck_assert_ptr_nonnull(list.items);
    for (size_t i = 0; i < count; i++)
        list.items[list.count++] = (struct tc_item){.text = tc_str_of(texts[i]), .settled = true};
    return list;
}

static struct tc_list
copy_of(const struct tc_list *list)
{
    struct tc_list copy = tc_expressions_new(&arena, list->count);

    ck_assert_ptr_nonnull(copy.items);
    if (list->count > 0)
        memcpy(copy.items, list->items, list->count * sizeof *list->items);
    copy.count = list->count;
    return copy;
}

/* By the pointers too: of equal items it must be the same one. */
static void
assert_same(const struct tc_list *got, const struct tc_list *expected)
{
    ck_assert_uint_eq(got->count, expected->count);
    for (uint32_t i = 0; i < got->count; i++) {
        tct_assert_str(got->items[i].text, expected->items[i].text);
        ck_assert_ptr_eq(got->items[i].text.ptr, expected->items[i].text.ptr);
    }
}

/* ---- what was thought of --------------------------------------------------------------------------------------- */

static const struct {
    enum tc_field_kind kind;
    const char *texts[6];
    const char *left; /* joined by `;` */
} lists[] = {
    {TC_FIELD_PATHS, {"C:\\a", "C:\\a\\", "C:\\a\\b", "C:\\ab"}, "C:\\a;C:\\ab"},
    {TC_FIELD_PATHS, {"C:\\a\\", "C:\\a"}, "C:\\a"},
    {TC_FIELD_PATHS, {"C:\\a\\b", "D:\\x", "c:\\A", "C:\\a"}, "c:\\A;D:\\x"},
    {TC_FIELD_PATHS, {"C:\\a\\b\\c", "D:\\x", "C:\\a\\b", "C:\\a", "C:\\"}, "C:\\;D:\\x"},
    {TC_FIELD_PATHS, {"C:\\", "c:\\x", "C", "\\\\s\\d\\x", "\\\\S\\D"}, "C:\\;C;\\\\S\\D"},
    {TC_FIELD_PATHS, {"C:\\\xC3\xA9\\x", "C:\\\xC3\x89", "C:\\\xC3", "C:\\\xC3\\y"}, "C:\\\xC3\x89;C:\\\xC3"},
    {TC_FIELD_KEYS, {"HKLM\\a", "hklm\\A\\b", "HKLM\\a.b", "$X$"}, "HKLM\\a;HKLM\\a.b;$X$"},
    {TC_FIELD_NAMES, {"TEMP", "temp", "TEMP\\x", "TE", "te\\"}, "TEMP;TEMP\\x;TE;te\\"},
};

START_TEST(reduces)
{
    size_t count = 0;
    struct tc_list list;

    while (count < (size_t)TCT_COUNT(lists[0].texts) && lists[_i].texts[count] != NULL)
        count++;
    for (size_t few = 0; few <= BY_PAIRS; few += BY_PAIRS) {
        list = list_of(lists[_i].texts, count);
        ck_assert(!tc_expressions_are_reduced(few, lists[_i].kind, &list));
        tc_expressions_reduce(few, lists[_i].kind, &list);
        ck_assert(tc_expressions_are_reduced(few, lists[_i].kind, &list));
        tct_assert_str(tc_expressions_text(&arena, &list), tc_str_of(lists[_i].left));
    }
}
END_TEST

/* One demand, one grant. */
static const struct {
    const char *demand, *grant;
    bool covered, related;
} pairs[] = {
    {"C:\\a", "C:\\a", true, true},
    {"C:\\a\\", "C:\\a", true, true},
    {"C:\\a", "C:\\a\\", false, true},
    {"C:\\a\\b", "C:\\a\\", true, false},
    {"C:\\a\\", "C:\\a\\b", false, false},
    {"C:\\a\\b", "C:\\A", true, true},
    {"C:\\a", "C:\\a\\b", false, true},
    {"C:\\ab", "C:\\a", false, false},
    {"C:\\ab", "C:\\", true, true},
    {"c:\\", "C:\\ab", false, true},
    {"D:\\", "C:\\ab", false, false},
    {"C:", "C:\\ab", false, true},
    {"1:\\b", "1:\\", true, false},
    {"\\\\s\\d\\x", "\\\\S\\d", true, true},
    {"\\\\s", "\\\\s\\d", false, true},
    {"\\\\s\\d", "\\", true, true},
    {"", "C:\\", false, false},
    {"C:\\", "", false, false},
    {"", "", false, false},
};

START_TEST(compares)
{
    struct tc_list demand = list_of(&pairs[_i].demand, 1), grant = list_of(&pairs[_i].grant, 1);

    for (size_t few = 0; few <= BY_PAIRS; few += BY_PAIRS) {
        ck_assert_int_eq(tc_expressions_subset(few, TC_FIELD_PATHS, &demand, &grant), pairs[_i].covered);
        ck_assert_int_eq(tc_expressions_related(few, &demand, &grant), pairs[_i].related);
    }
}
END_TEST

/* ---- what was not ---------------------------------------------------------------------------------------------- */

static const enum tc_field_kind kinds[] = {TC_FIELD_PATHS, TC_FIELD_KEYS, TC_FIELD_NAMES};

/* Few words and few letters, so that most lists hold items that cover each other. */
static struct tc_str
some_text(struct tct_rng *rng)
{
    static const char *const roots[] = {"C:\\", "c:\\", "C:", "D:\\", "\\\\s\\d", "\\\\S\\", "\\", "1:\\", "$x$", ""};
    static const char *const words[] = {"a", "A", "b", "ab", "\xC3\xA9", "\xC3\x89", "\xC3", "\\", "\\", "\\", "\\"};
    struct tc_str text = tc_str_of(roots[tct_rng_below(rng, TCT_COUNT(roots))]);

    for (size_t n = tct_rng_below(rng, 6); n > 0; n--) {
        const char *word = words[tct_rng_below(rng, TCT_COUNT(words))];

        text = tc_arena_printf(&arena, "%.*s%s", TC_STR_ARG(text), word);
    }
    return tc_arena_str(&arena, text);
}

static struct tc_list
some_list(struct tct_rng *rng)
{
    struct tc_list list = tc_expressions_new(&arena, ITEMS_MAX);

    ck_assert_ptr_nonnull(list.items);
    for (size_t n = tct_rng_below(rng, ITEMS_MAX + 1); n > 0; n--)
        list.items[list.count++] = (struct tc_item){.text = some_text(rng), .settled = true};
    return list;
}

static void
assert_pair(enum tc_field_kind kind, const struct tc_list *a, const struct tc_list *b)
{
    struct tc_list got, expected;

    ck_assert_int_eq(tc_expressions_subset(0, kind, a, b), tc_expressions_subset(BY_PAIRS, kind, a, b));
    ck_assert_int_eq(tc_expressions_related(0, a, b), tc_expressions_related(BY_PAIRS, a, b));
    ck_assert(tc_expressions_unite(&arena, 0, kind, a, b, &got));
    ck_assert(tc_expressions_unite(&arena, BY_PAIRS, kind, a, b, &expected));
    assert_same(&got, &expected);
    ck_assert(tc_expressions_intersect(&arena, 0, kind, a, b, &got));
    ck_assert(tc_expressions_intersect(&arena, BY_PAIRS, kind, a, b, &expected));
    assert_same(&got, &expected);
}

START_TEST(answers_the_same)
{
    enum tc_field_kind kind = kinds[_i];

    for (uint64_t run = 0; run < RUNS; run++) {
        struct tct_rng rng = tct_rng(1, run);
        struct tc_list a = some_list(&rng), b = some_list(&rng), by_pairs = copy_of(&a);

        ck_assert_int_eq(tc_expressions_are_reduced(0, kind, &a), tc_expressions_are_reduced(BY_PAIRS, kind, &a));
        assert_pair(kind, &a, &a);
        tc_expressions_reduce(0, kind, &a);
        tc_expressions_reduce(BY_PAIRS, kind, &by_pairs);
        assert_same(&a, &by_pairs);
        assert_pair(kind, &a, &b); /* only one of them is reduced */
        tc_expressions_reduce(0, kind, &b);
        assert_pair(kind, &a, &b);
        tc_arena_reset(&arena);
    }
}
END_TEST

/* Without memory for the table the pairs are compared: nobody learns of it. */
START_TEST(does_without_memory)
{
    struct tct_rng rng = tct_rng(2, 0);
    struct tc_list a = some_list(&rng), b = some_list(&rng), by_pairs = copy_of(&a);
    bool answer;

    tc_expressions_reduce(BY_PAIRS, TC_FIELD_PATHS, &by_pairs);
    tct_fail_alloc_begin(1);
    tc_expressions_reduce(0, TC_FIELD_PATHS, &a);
    ck_assert(tct_fail_alloc_end());
    assert_same(&a, &by_pairs);
    tct_fail_alloc_begin(1);
    answer = tc_expressions_subset(0, TC_FIELD_PATHS, &a, &b);
    ck_assert(tct_fail_alloc_end());
    ck_assert_int_eq(answer, tc_expressions_subset(BY_PAIRS, TC_FIELD_PATHS, &a, &b));
    tct_fail_alloc_begin(1);
    answer = tc_expressions_related(0, &a, &b);
    ck_assert(tct_fail_alloc_end());
    ck_assert_int_eq(answer, tc_expressions_related(BY_PAIRS, &a, &b));
}
END_TEST

START_TEST(allocates_nothing_for_short_lists)
{
    struct tc_list list = tc_expressions_new(&arena, TC_EXPRESSIONS_FEW);
    size_t allocations;
    bool covered;

    for (int i = 0; i < TC_EXPRESSIONS_FEW; i++)
        list.items[list.count++].text = tc_arena_printf(&arena, "C:\\%d", i);
    tct_fail_alloc_begin(0); /* assertions allocate: they come behind */
    tc_expressions_reduce(TC_EXPRESSIONS_FEW, TC_FIELD_PATHS, &list);
    covered = tc_expressions_subset(TC_EXPRESSIONS_FEW, TC_FIELD_PATHS, &list, &list) &&
              tc_expressions_related(TC_EXPRESSIONS_FEW, &list, &list);
    allocations = tct_fail_alloc_count();
    tct_fail_alloc_end();
    ck_assert_uint_eq(allocations, 0);
    ck_assert(covered);
    ck_assert_uint_eq(list.count, TC_EXPRESSIONS_FEW);
}
END_TEST

/* ---- many ------------------------------------------------------------------------------------------------------ */

START_TEST(takes_many)
{
    struct tc_list list = tc_expressions_new(&arena, MANY), below = tc_expressions_new(&arena, MANY), both, settled;
    struct tc_str text;

    for (int i = 0; i < MANY; i++) {
        list.items[list.count++].text = tc_arena_printf(&arena, "D:\\D%d", i);
        below.items[below.count++].text = tc_arena_printf(&arena, "d:\\d%d\\x", MANY - 1 - i);
    }
    ck_assert(tc_expressions_settle(&arena, TC_FIELD_PATHS, &list, &settled));
    ck_assert_ptr_eq(settled.items, list.items);
    ck_assert(tc_expressions_subset(TC_EXPRESSIONS_FEW, TC_FIELD_PATHS, &below, &list));
    ck_assert(!tc_expressions_subset(TC_EXPRESSIONS_FEW, TC_FIELD_PATHS, &list, &below));
    ck_assert(tc_expressions_related(TC_EXPRESSIONS_FEW, &list, &below));
    ck_assert(tc_expressions_unite(&arena, TC_EXPRESSIONS_FEW, TC_FIELD_PATHS, &below, &list, &both));
    assert_same(&both, &list);
    ck_assert(tc_expressions_intersect(&arena, TC_EXPRESSIONS_FEW, TC_FIELD_PATHS, &below, &list, &both));
    assert_same(&both, &below);
    text = tc_expressions_text(&arena, &list);
    ck_assert_int_eq(tc_expressions_parse(&arena, TC_FIELD_PATHS, text, TC_NOWHERE, &both, NULL), TC_YES);
    tct_assert_str(tc_expressions_text(&arena, &both), text);
}
END_TEST

START_TEST(appends_many_children)
{
    struct tc_element *parent = tc_element_new(&arena, TC_STR("p")), copy;
    struct tc_element *linked = tc_element_new(&arena, TC_STR("c"));
    int count = 0;

    parent->children = linked; /* as readers do */
    linked->next = tc_element_new(&arena, TC_STR("c"));
    tc_element_append(parent, NULL);
    for (int i = 2; i < MANY; i++)
        tc_element_append(parent, tc_element_new(&arena, TC_STR("c")));
    copy = *parent;
    tc_element_append(&copy, tc_element_new(&arena, TC_STR("d")));
    tc_element_append(parent, tc_element_new(&arena, TC_STR("e")));
    for (const struct tc_element *child = parent->children; child != NULL; child = child->next) {
        tct_assert_str(child->tag, tc_str_of(count == MANY ? "d" : count == MANY + 1 ? "e" : "c"));
        count++;
    }
    ck_assert_int_eq(count, MANY + 2);
}
END_TEST

Suite *
tct_expressions_suite(void)
{
    Suite *suite = suite_create("expressions");
    TCase *tc = tcase_create("expressions");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, reduces, 0, TCT_COUNT(lists));
    tcase_add_loop_test(tc, compares, 0, TCT_COUNT(pairs));
    tcase_add_loop_test(tc, answers_the_same, 0, TCT_COUNT(kinds));
    tcase_add_test(tc, does_without_memory);
    tcase_add_test(tc, allocates_nothing_for_short_lists);
    tcase_add_test(tc, takes_many);
    tcase_add_test(tc, appends_many_children);
    suite_add_tcase(suite, tc);
    return suite;
}
