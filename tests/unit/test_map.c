#include "base/map.h"
#include "support/unit.h"
#include "unit/suites.h"

static struct tc_arena arena;
static struct tc_map map;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_map_init(&map, &arena);
}

static void
teardown(void)
{
    tc_arena_done(&arena);
}

/* Pairwise different, and alike in what a careless hash or comparison looks at. */
static const struct tc_str keys[] = {
    TCT_STR(""),
    TCT_STR("\0"),
    TCT_STR("\0\0"),
    TCT_STR("a"),
    TCT_STR("A"),
    TCT_STR("ab"),
    TCT_STR("ba"),
    TCT_STR("a\0b"),
    TCT_STR("a\0c"),
    TCT_STR("1234567"),
    TCT_STR("12345678"),
    TCT_STR("12345678x"),
    TCT_STR("x2345678"),
    TCT_STR("123456789"),
    TCT_STR("1234567\0"),
    TCT_STR("abcdefghijklmnopqrstuvwxyz"),
    TCT_STR("abcdefghijklmnopqrstuvwxyZ"),
    TCT_STR("Abcdefghijklmnopqrstuvwxyz"),
    TCT_STR("ijklmnopabcdefgh"),
    TCT_STR("abcdefghijklmnop"),
};

START_TEST(empty_map_has_nothing)
{
    ck_assert_ptr_null(tc_map_get(&map, keys[_i]));
    ck_assert_uint_eq(arena.total, 0);
}
END_TEST

START_TEST(tells_keys_apart)
{
    int values[TCT_COUNT(keys)];

    for (size_t i = 0; i < TCT_COUNT(keys); i++) {
        ck_assert_ptr_null(tc_map_get(&map, keys[i]));
        ck_assert_ptr_null(tc_map_add(&map, keys[i], &values[i]));
    }
    for (size_t i = 0; i < TCT_COUNT(keys); i++)
        ck_assert_ptr_eq(tc_map_get(&map, keys[i]), &values[i]);
    ck_assert_uint_eq(map.count, TCT_COUNT(keys));
}
END_TEST

START_TEST(first_value_stays)
{
    int first, second;

    ck_assert_ptr_null(tc_map_add(&map, keys[_i], &first));
    ck_assert_ptr_eq(tc_map_add(&map, keys[_i], &second), &first);
    ck_assert_ptr_eq(tc_map_get(&map, keys[_i]), &first);
    ck_assert_uint_eq(map.count, 1);
}
END_TEST

START_TEST(compares_bytes_not_addresses)
{
    int value;

    ck_assert_ptr_null(tc_map_add(&map, keys[_i], &value));
    ck_assert_ptr_eq(tc_map_get(&map, tc_arena_str(&arena, keys[_i])), &value);
}
END_TEST

static const size_t counts[] = {1, 11, 12, 13, 24, 25, 1000, 20000};

START_TEST(grows)
{
    size_t count = counts[_i];
    size_t *values = tc_arena_array(&arena, size_t, count);

    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_null(tc_map_add(&map, tc_arena_printf(&arena, "key %zu", i), &values[i]));
    ck_assert_uint_eq(map.count, count);
    ck_assert_uint_le(map.count, map.capacity / 4 * 3);
    ck_assert_uint_eq(map.capacity & (map.capacity - 1), 0);
    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_eq(tc_map_get(&map, tc_arena_printf(&arena, "key %zu", i)), &values[i]);
        ck_assert_ptr_eq(tc_map_add(&map, tc_arena_printf(&arena, "key %zu", i), &map), &values[i]);
    }
    ck_assert_ptr_null(tc_map_get(&map, tc_arena_printf(&arena, "key %zu", count)));
    ck_assert_uint_eq(map.count, count);
}
END_TEST

/* A map that cannot grow keeps what it has and takes nothing more. */
START_TEST(survives_lack_of_memory)
{
    int value;
    size_t count;

    for (size_t i = 0; map.count < 12; i++)
        ck_assert_ptr_null(tc_map_add(&map, tc_arena_printf(&arena, "key %zu", i), &value));
    count = map.count;
    ck_assert_ptr_null(tc_arena_alloc(&arena, SIZE_MAX, 1));
    ck_assert_ptr_null(tc_map_add(&map, TC_STR("one more"), &value));
    ck_assert_ptr_null(tc_map_get(&map, TC_STR("one more")));
    ck_assert_uint_eq(map.count, count);
    ck_assert_ptr_eq(tc_map_get(&map, TC_STR("key 0")), &value);
}
END_TEST

START_TEST(keeps_room)
{
    size_t count = counts[_i], capacity;
    int value;

    ck_assert_ptr_null(tc_map_add(&map, keys[0], &value));
    ck_assert(tc_map_reserve(&map, count));
    capacity = map.capacity;
    ck_assert_ptr_eq(tc_map_get(&map, keys[0]), &value);
    for (size_t i = 1; i < count; i++)
        ck_assert_ptr_null(tc_map_add(&map, tc_arena_printf(&arena, "key %zu", i), &value));
    ck_assert_uint_eq(map.count, count);
    ck_assert_uint_eq(map.capacity, capacity);
    ck_assert(tc_map_reserve(&map, 1));
    ck_assert_uint_eq(map.capacity, capacity);
    ck_assert_ptr_null(tc_arena_alloc(&arena, SIZE_MAX, 1));
    ck_assert(!tc_map_reserve(&map, 8 * capacity));
    ck_assert_ptr_eq(tc_map_get(&map, keys[0]), &value);
}
END_TEST

/* Made once, zeroed, and found by what else looks. */
START_TEST(makes_what_is_not_there)
{
    size_t count = counts[_i];
    bool is_new;

    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < count; i++) {
            struct tc_str key = tc_arena_printf(&arena, "key %zu", i);
            size_t *value = tc_map_at(&map, key, sizeof *value, &is_new);

            ck_assert_ptr_nonnull(value);
            ck_assert_int_eq(is_new, round == 0);
            ck_assert_uint_eq(*value, round == 0 ? 0 : i + 1);
            *value = i + 1;
            ck_assert_ptr_eq(tc_map_get(&map, key), value);
        }
    ck_assert_uint_eq(map.count, count);
    ck_assert_uint_le(map.count, map.capacity / 4 * 3);
    ck_assert_ptr_null(tc_arena_alloc(&arena, SIZE_MAX, 1));
    ck_assert_ptr_null(tc_map_at(&map, TC_STR("one more"), 1, &is_new));
    ck_assert(!is_new);
    ck_assert_ptr_null(tc_map_get(&map, TC_STR("one more")));
    ck_assert_uint_eq(map.count, count);
}
END_TEST

Suite *
tct_map_suite(void)
{
    Suite *suite = suite_create("map");
    TCase *tc = tcase_create("map");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, empty_map_has_nothing, 0, TCT_COUNT(keys));
    tcase_add_test(tc, tells_keys_apart);
    tcase_add_loop_test(tc, first_value_stays, 0, TCT_COUNT(keys));
    tcase_add_loop_test(tc, compares_bytes_not_addresses, 0, TCT_COUNT(keys));
    tcase_add_loop_test(tc, grows, 0, TCT_COUNT(counts));
    tcase_add_loop_test(tc, keeps_room, 0, TCT_COUNT(counts));
    tcase_add_loop_test(tc, makes_what_is_not_there, 0, TCT_COUNT(counts));
    tcase_add_test(tc, survives_lack_of_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
