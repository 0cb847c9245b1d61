#include "base/arena.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

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

static const size_t alignments[] = {1, 2, 4, 8, 16, 32, 64, 256, 4096, 64 * 1024};

START_TEST(aligns)
{
    size_t align = alignments[_i];

    for (size_t size = 1; size < 200; size += 7) {
        const char *bytes;

        ck_assert_ptr_nonnull(tc_arena_alloc(&arena, 1, 1)); /* out of step */
        bytes = tc_arena_alloc(&arena, size, align);
        ck_assert_ptr_nonnull(bytes);
        ck_assert_uint_eq((uintptr_t)bytes % align, 0);
    }
}
END_TEST

static const size_t sizes[] = {1, 3, 8, 100, 4096, 16 * 1024, 20 * 1024, 64 * 1024, 1024 * 1024, 3 * 1024 * 1024};

/* Every object is zeroed, stays as it was written and touches no other. */
START_TEST(keeps_objects_apart)
{
    enum { OBJECTS = 50 };
    size_t size = sizes[_i];
    unsigned char *objects[OBJECTS];

    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = tc_arena_alloc(&arena, size, 1);
        ck_assert_ptr_nonnull(objects[i]);
        for (size_t j = 0; j < size; j += size / 64 + 1)
            ck_assert_uint_eq(objects[i][j], 0);
        memset(objects[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        ck_assert_uint_eq(objects[i][0], i + 1);
        ck_assert_uint_eq(objects[i][size - 1], i + 1);
        ck_assert_ptr_null(memchr(objects[i], 0, size));
    }
}
END_TEST

START_TEST(empty_objects_have_addresses)
{
    const void *a = tc_arena_alloc(&arena, 0, 1);
    const void *b = tc_arena_alloc_array(&arena, 0, 16, 8);
    const void *c = tc_arena_alloc_array(&arena, 16, 0, 8);

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_ne(b, c);
}
END_TEST

/* An array grows in steps that double, keeps what is in it, and stays where it is while there is room. */
START_TEST(arrays_grow)
{
    uint32_t *list = NULL;
    size_t capacity = 0, copies = 0;

    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t *larger = tc_arena_more(&arena, uint32_t, list, i, &capacity, 3);

        ck_assert_ptr_nonnull(larger);
        ck_assert_uint_gt(capacity, i);
        copies += larger != list;
        list = larger;
        list[i] = i;
    }
    ck_assert_uint_eq(capacity, 3 * 512);
    ck_assert_uint_eq(copies, 10);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(list[i], i);
}
END_TEST

static const size_t full[] = {SIZE_MAX / 8, SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX};

START_TEST(arrays_too_large_are_refused)
{
    size_t capacity = full[_i];
    char byte = 0;

    ck_assert_ptr_null(tc_arena_room(&arena, &byte, capacity, &capacity, 1, 16, 8));
    ck_assert_uint_eq(capacity, full[_i]);
    ck_assert(arena.failed);
}
END_TEST

START_TEST(chunks_double_up_to_a_mebibyte)
{
    static const size_t totals[] = {64, 192, 448, 960, 1984, 3008, 4032}; /* KiB */

    ck_assert_uint_eq(arena.total, 0);
    for (size_t i = 0; i < TCT_COUNT(totals); i++) {
        size_t before = arena.total;

        while (arena.total == before)
            ck_assert_ptr_nonnull(tc_arena_alloc(&arena, 1000, 8));
        ck_assert_uint_eq(arena.total, totals[i] * 1024);
    }
}
END_TEST

START_TEST(large_request_leaves_the_chunk_in_use)
{
    char *before = tc_arena_alloc(&arena, 8, 8);
    size_t total = arena.total;
    char *large = tc_arena_alloc(&arena, 200 * 1024, 8);
    char *after = tc_arena_alloc(&arena, 8, 8);

    ck_assert_ptr_nonnull(large);
    ck_assert_uint_ge(arena.total, total + 200 * 1024);
    ck_assert_uint_le(arena.total, total + 201 * 1024);
    ck_assert_uint_gt((uintptr_t)after, (uintptr_t)before);
    ck_assert_uint_lt((uintptr_t)after, (uintptr_t)before + 100);
}
END_TEST

static const struct {
    size_t count, size;
} impossible[] = {
    {SIZE_MAX, 2}, {SIZE_MAX / 2 + 1, 2}, {2, SIZE_MAX}, {SIZE_MAX, 1}, {SIZE_MAX / 4, 3},
};

START_TEST(failure_sticks)
{
    ck_assert_ptr_nonnull(tc_arena_alloc(&arena, 8, 8));
    ck_assert_ptr_null(tc_arena_alloc_array(&arena, impossible[_i].count, impossible[_i].size, 8));
    ck_assert(arena.failed);
    ck_assert_ptr_null(tc_arena_alloc(&arena, 1, 1));
    ck_assert_ptr_null(tc_arena_alloc(&arena, 0, 1));
    ck_assert_ptr_null(tc_arena_alloc(&arena, 100 * 1024, 1));
    ck_assert_ptr_null(tc_arena_alloc_array(&arena, 0, 1, 1));
    ck_assert_ptr_null(tc_arena_str(&arena, TC_STR("x")).ptr);
    ck_assert_uint_eq(tc_arena_str(&arena, TC_STR("x")).len, 0);
    ck_assert_uint_eq(tc_arena_printf(&arena, "x").len, 0);
    ck_assert(arena.failed);
}
END_TEST

START_TEST(done_takes_anything)
{
    struct tc_arena zeroed = {0};

    tc_arena_done(NULL);
    tc_arena_done(&zeroed);
    ck_assert_ptr_nonnull(tc_arena_alloc(&zeroed, 1, 1));
    tc_arena_done(&zeroed);
    tc_arena_done(&zeroed);
    ck_assert_uint_eq(zeroed.total, 0);
    ck_assert_ptr_nonnull(tc_arena_alloc(&zeroed, 1, 1));
    tc_arena_done(&zeroed);
}
END_TEST

static const struct tc_str texts[] = {TCT_STR(""), TCT_STR("a"), TCT_STR("with \0 within"), {NULL, 0}};

START_TEST(copies_strings)
{
    struct tc_str copy = tc_arena_str(&arena, texts[_i]);

    ck_assert_ptr_nonnull(copy.ptr);
    ck_assert_ptr_ne(copy.ptr, texts[_i].ptr);
    tct_assert_str(copy, texts[_i]);
    ck_assert_int_eq(copy.ptr[copy.len], '\0');
}
END_TEST

static const struct {
    struct tc_str text, what, with, result;
} replaced[] = {
    {TCT_STR("a$x$b$x$"), TCT_STR("$x$"), TCT_STR("Q"), TCT_STR("aQbQ")},
    {TCT_STR("$x$x$"), TCT_STR("$x$"), TCT_STR(""), TCT_STR("x$")},
    {TCT_STR("aaa"), TCT_STR("a"), TCT_STR("aa"), TCT_STR("aaaaaa")},
    {TCT_STR("a"), TCT_STR("a"), TCT_STR(""), TCT_STR("")},
    {TCT_STR("none"), TCT_STR("$x$"), TCT_STR("Q"), TCT_STR("none")},
    {{NULL, 0}, TCT_STR("$x$"), TCT_STR("Q"), {NULL, 0}},
};

START_TEST(replaces_parts)
{
    struct tc_str text = replaced[_i].text;
    struct tc_str result = tc_arena_replace(&arena, text, replaced[_i].what, replaced[_i].with);

    ck_assert(tc_str_eq(result, replaced[_i].result));
    if (tc_str_find(text, replaced[_i].what, 0) == SIZE_MAX)
        ck_assert_ptr_eq(result.ptr, text.ptr);
}
END_TEST

START_TEST(takes_a_buffer)
{
    struct tc_buf buf = {0};
    struct tc_str text;

    tc_buf_puts(&buf, TC_STR("abc"));
    text = tc_arena_take(&arena, &buf);
    ck_assert(tc_str_is(text, "abc") && text.ptr[3] == '\0');
    ck_assert(buf.ptr == NULL && buf.len == 0);
    ck_assert(tc_arena_take(&arena, &buf).len == 0 && !arena.failed);
    buf.failed = true;
    ck_assert_uint_eq(tc_arena_take(&arena, &buf).len, 0);
    ck_assert(arena.failed);
}
END_TEST

static const int lengths[] = {0, 1, 254, 255, 256, 257, 1000, 100 * 1000};

START_TEST(prints_any_length)
{
    struct tc_str text = tc_arena_printf(&arena, "<%*s>", lengths[_i], "");

    ck_assert_uint_eq(text.len, (size_t)lengths[_i] + 2);
    ck_assert_int_eq(text.ptr[0], '<');
    for (size_t i = 1; i + 1 < text.len; i++)
        ck_assert_int_eq(text.ptr[i], ' ');
    ck_assert_int_eq(text.ptr[text.len - 1], '>');
    ck_assert_int_eq(text.ptr[text.len], '\0');
}
END_TEST

Suite *
tct_arena_suite(void)
{
    Suite *suite = suite_create("arena");
    TCase *tc = tcase_create("arena");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, aligns, 0, TCT_COUNT(alignments));
    tcase_add_loop_test(tc, keeps_objects_apart, 0, TCT_COUNT(sizes));
    tcase_add_test(tc, empty_objects_have_addresses);
    tcase_add_test(tc, arrays_grow);
    tcase_add_loop_test(tc, arrays_too_large_are_refused, 0, TCT_COUNT(full));
    tcase_add_test(tc, chunks_double_up_to_a_mebibyte);
    tcase_add_test(tc, large_request_leaves_the_chunk_in_use);
    tcase_add_loop_test(tc, failure_sticks, 0, TCT_COUNT(impossible));
    tcase_add_test(tc, done_takes_anything);
    tcase_add_loop_test(tc, copies_strings, 0, TCT_COUNT(texts));
    tcase_add_loop_test(tc, replaces_parts, 0, TCT_COUNT(replaced));
    tcase_add_test(tc, takes_a_buffer);
    tcase_add_loop_test(tc, prints_any_length, 0, TCT_COUNT(lengths));
    suite_add_tcase(suite, tc);
    return suite;
}
