#include "base/diag.h"
#include "support/unit.h"
#include "unit/suites.h"

static const struct tc_code a_note = {.id = "T9001", .slug = "a-note", .severity = TC_SEVERITY_NOTE};
static const struct tc_code a_warning = {.id = "T9002", .slug = "a-warning", .severity = TC_SEVERITY_WARNING};
static const struct tc_code an_error = {.id = "T9003", .slug = "an-error", .severity = TC_SEVERITY_ERROR};

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_sources_add(&sources, TC_STR("a.trust"), TC_STR("0123456789"));
    tc_sources_add(&sources, TC_STR("b.trust"), TC_STR("0123456789"));
    tc_diags_init(&diags, &arena, &sources);
}

static void
teardown(void)
{
    tc_arena_done(&arena);
}

/* The messages, each ended by a blank. */
static struct tc_str
messages(void)
{
    struct tc_str all = {0};
    size_t count = 0;

    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        all = tc_arena_printf(&arena, "%.*s%.*s ", TC_STR_ARG(all), TC_STR_ARG(diag->message));
        count++;
    }
    ck_assert_uint_eq(diags.kept, count);
    return all;
}

START_TEST(keeps_what_is_reported)
{
    struct tc_diag *diag = tc_diag_add(&diags, &an_error, (struct tc_span){3, 5}, "'%s' and %d", "x", 5);

    ck_assert_ptr_eq(diags.first, diag);
    ck_assert_ptr_eq(diag->code, &an_error);
    ck_assert_int_eq(diag->severity, TC_SEVERITY_ERROR);
    ck_assert_uint_eq(diag->span.begin, 3);
    ck_assert_uint_eq(diag->span.end, 5);
    tct_assert_str(diag->message, TC_STR("'x' and 5"));
    ck_assert_uint_eq(diag->file.len, 0);
    ck_assert_ptr_null(diag->labels);
    ck_assert_ptr_null(diag->remarks);
}
END_TEST

START_TEST(keeps_file_names)
{
    char name[] = "out/web.config";
    const struct tc_diag *diag = tc_diag_add_file(&diags, &a_warning, tc_str_of(name), "cannot write: %s", "why");

    name[0] = 'x';
    tct_assert_str(diag->file, TC_STR("out/web.config"));
    tct_assert_str(diag->message, TC_STR("cannot write: why"));
    ck_assert_uint_eq(diag->span.begin, 0);
    ck_assert_uint_eq(diags.warnings, 1);
}
END_TEST

START_TEST(keeps_labels_and_remarks_in_order)
{
    struct tc_diag *diag = tc_diag_add(&diags, &an_error, TC_NOWHERE, "m");

    tc_diag_label(&diags, diag, (struct tc_span){1, 2}, "label %d", 1);
    tc_diag_help(&diags, diag, "help %d", 1);
    tc_diag_label(&diags, diag, (struct tc_span){2, 3}, "label %d", 2);
    tc_diag_note(&diags, diag, "note %d", 2);

    tct_assert_str(diag->labels->text, TC_STR("label 1"));
    ck_assert_uint_eq(diag->labels->span.begin, 1);
    tct_assert_str(diag->labels->next->text, TC_STR("label 2"));
    ck_assert_ptr_null(diag->labels->next->next);
    tct_assert_str(diag->remarks->text, TC_STR("help 1"));
    ck_assert(diag->remarks->is_help);
    tct_assert_str(diag->remarks->next->text, TC_STR("note 2"));
    ck_assert(!diag->remarks->next->is_help);
    ck_assert_ptr_null(diag->remarks->next->next);
}
END_TEST

static const struct {
    size_t limit, kept, dropped;
} limits[] = {{0, 6, 0}, {1, 1, 5}, {5, 5, 1}, {6, 6, 0}, {7, 6, 0}};

/* Two of each severity, of which the limit may drop some: counted all the same. */
START_TEST(counts_beyond_the_limit)
{
    static const struct tc_code *const codes[] = {&a_note, &a_warning, &an_error, &an_error, &a_warning, &a_note};

    diags.limit = limits[_i].limit;
    for (size_t i = 0; i < TCT_COUNT(codes); i++) {
        struct tc_diag *diag = tc_diag_add(&diags, codes[i], TC_NOWHERE, "%zu", i);

        ck_assert_ptr_nonnull(diag);
        ck_assert_ptr_eq(diag->code, codes[i]);
        tc_diag_label(&diags, diag, (struct tc_span){1, 2}, "label");
        tc_diag_note(&diags, diag, "note");
        tc_diag_help(&diags, diag, "help");
        ck_assert_int_eq(diag == &diags.scratch, i >= limits[_i].kept);
        ck_assert_int_eq(diag->labels == NULL, i >= limits[_i].kept);
        ck_assert_int_eq(diag->remarks == NULL, i >= limits[_i].kept);
    }
    ck_assert_uint_eq(diags.errors, 2);
    ck_assert_uint_eq(diags.warnings, 2);
    ck_assert_uint_eq(diags.kept, limits[_i].kept);
    ck_assert_uint_eq(diags.dropped, limits[_i].dropped);
}
END_TEST

START_TEST(survives_lack_of_memory)
{
    struct tc_diag *kept = tc_diag_add(&diags, &an_error, TC_NOWHERE, "kept");
    struct tc_diag *diag;

    ck_assert_ptr_null(tc_arena_alloc(&arena, SIZE_MAX, 1));
    diag = tc_diag_add(&diags, &an_error, TC_NOWHERE, "lost");
    ck_assert_ptr_eq(diag, &diags.scratch);
    tc_diag_label(&diags, diag, TC_NOWHERE, "lost");
    tc_diag_label(&diags, kept, TC_NOWHERE, "lost");
    tc_diag_note(&diags, diag, "lost");
    tc_diag_help(&diags, kept, "lost");
    ck_assert_ptr_eq(tc_diag_add_file(&diags, &a_warning, TC_STR("f"), "lost"), &diags.scratch);
    ck_assert_uint_eq(diags.errors, 2);
    ck_assert_uint_eq(diags.warnings, 1);
    ck_assert_uint_eq(diags.dropped, 2);
    tc_diags_sort(&diags);
    ck_assert_ptr_eq(diags.first, kept);
    ck_assert_ptr_null(kept->next);
}
END_TEST

/* A finding a word: an 'e', 'w' or 'n' for its severity, "begin-end" or nothing for nowhere, and its message. */
static const struct {
    const char *reported, *sorted;
    size_t errors, warnings;
} sorts[] = {
    {"", "", 0, 0},
    {"e1-2:a", "a ", 1, 0},
    {"e2-3:b e1-2:a", "a b ", 2, 0},
    {"e:z e2-3:b w1-2:a", "a b z ", 2, 1},
    {"e1-9:a w1-2:b n1-5:c", "a b c ", 1, 1},              /* as reported */
    {"e12-13:x e5-6:b e1-2:a e13-14:y", "a b x y ", 4, 0}, /* the second source follows the first */
    {"e:q e:p e1-1:a", "a q p ", 3, 0},
    {"e1-2:a e1-2:a e1-2:a", "a ", 1, 0},                   /* the same again */
    {"e1-2:a e1-2:b w1-2:c e1-2:a w1-2:c", "a b c ", 2, 1}, /* with others between */
    {"e1-2:a w1-2:a e1-3:a e2-3:a", "a a a a ", 3, 1},      /* other code, end, begin */
    {"e:a e:a w:a", "a a ", 1, 1},
    {"n3-4:a n3-4:a n1-2:b", "b a ", 0, 0},
    {"e5-6:e e4-5:d e3-4:c e2-3:b e1-2:a", "a b c d e ", 5, 0},
};

static const struct tc_code *
code_of(char letter)
{
    return letter == 'e' ? &an_error : letter == 'w' ? &a_warning : &a_note;
}

static void
report_words(const char *words)
{
    while (*words != '\0') {
        const struct tc_code *code = code_of(*words++);
        struct tc_span span = TC_NOWHERE;
        const char *end;

        for (; *words != ':' && *words != '-'; words++)
            span.begin = span.begin * 10 + (uint32_t)(*words - '0');
        for (words += *words == '-'; *words != ':'; words++)
            span.end = span.end * 10 + (uint32_t)(*words - '0');
        for (end = ++words; *end != ' ' && *end != '\0';)
            end++;
        tc_diag_add(&diags, code, span, "%.*s", (int)(end - words), words);
        words = *end == ' ' ? end + 1 : end;
    }
}

START_TEST(sorts_and_removes_repetitions)
{
    report_words(sorts[_i].reported);
    tc_diags_sort(&diags);
    tct_assert_str(messages(), tc_str_of(sorts[_i].sorted));
    ck_assert_uint_eq(diags.errors, sorts[_i].errors);
    ck_assert_uint_eq(diags.warnings, sorts[_i].warnings);

    tc_diags_sort(&diags);
    tct_assert_str(messages(), tc_str_of(sorts[_i].sorted));

    tc_diag_add(&diags, &an_error, TC_NOWHERE, "more"); /* the list still has its tail */
    tct_assert_str(messages(), tc_arena_printf(&arena, "%smore ", sorts[_i].sorted));
}
END_TEST

/* So many at one place that they are looked up, each twice, in an order that says nothing. */
START_TEST(many_at_one_place)
{
    enum { COUNT = 1000 };
    struct tc_span place = {2, 4};
    struct tc_buf wanted = {0};

    for (unsigned i = 0; i < 2 * COUNT; i++)
        tc_diag_add(&diags, &a_warning, place, "%u", i * 7 % COUNT);
    for (unsigned i = 0; i < COUNT; i++)
        tc_buf_printf(&wanted, "%u ", i * 7 % COUNT);
    tc_diags_sort(&diags);
    ck_assert_uint_eq(diags.warnings, COUNT);
    ck_assert_uint_eq(diags.kept, COUNT);
    tct_assert_str(messages(), tc_buf_str(&wanted));
    tc_buf_done(&wanted);
}
END_TEST

START_TEST(same_message_about_other_file_is_no_repetition)
{
    tc_diag_add_file(&diags, &an_error, TC_STR("a"), "m");
    tc_diag_add_file(&diags, &an_error, TC_STR("b"), "m");
    tc_diag_add_file(&diags, &an_error, TC_STR("a"), "m");
    tc_diags_sort(&diags);
    tct_assert_str(messages(), TC_STR("m m "));
    tct_assert_str(diags.first->file, TC_STR("a"));
    tct_assert_str(diags.first->next->file, TC_STR("b"));
}
END_TEST

static const size_t counts[] = {2, 3, 7, 8, 9, 100, 1000, 1025};

START_TEST(sorts_stably)
{
    uint32_t random = 12345;
    size_t seen = 0;
    unsigned long before = 0;
    uint32_t position = 0;

    for (size_t i = 0; i < counts[_i]; i++) {
        random = random * 1103515245u + 12345u;
        tc_diag_add(&diags, &an_error, (struct tc_span){1 + (random >> 16) % 20, 21}, "%06zu", i);
    }
    tc_diags_sort(&diags);
    for (const struct tc_diag *diag = diags.first; diag != NULL; diag = diag->next) {
        unsigned long index = 0;

        for (size_t i = 0; i < diag->message.len; i++)
            index = index * 10 + (unsigned long)(diag->message.ptr[i] - '0');
        ck_assert_uint_ge(diag->span.begin, position);
        if (diag->span.begin == position)
            ck_assert_uint_gt(index, before);
        position = diag->span.begin;
        before = index;
        seen++;
    }
    ck_assert_uint_eq(seen, counts[_i]);
}
END_TEST

Suite *
tct_diag_suite(void)
{
    Suite *suite = suite_create("diag");
    TCase *tc = tcase_create("diag");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, keeps_what_is_reported);
    tcase_add_test(tc, keeps_file_names);
    tcase_add_test(tc, keeps_labels_and_remarks_in_order);
    tcase_add_loop_test(tc, counts_beyond_the_limit, 0, TCT_COUNT(limits));
    tcase_add_test(tc, survives_lack_of_memory);
    tcase_add_loop_test(tc, sorts_and_removes_repetitions, 0, TCT_COUNT(sorts));
    tcase_add_test(tc, same_message_about_other_file_is_no_repetition);
    tcase_add_test(tc, many_at_one_place);
    tcase_add_loop_test(tc, sorts_stably, 0, TCT_COUNT(counts));
    suite_add_tcase(suite, tc);
    return suite;
}
