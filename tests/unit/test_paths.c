/* Paths in order and in one another: against a comparison byte by byte, and against each path held against each. */
#include "isolate/paths.h"
#include "property/rng.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 1000, LEN_MAX = 80 };

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

/* ---- a second answer ---- */

static int
upper(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

static bool
are_same(const struct tc_path_key *a, const struct tc_path_key *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (upper((unsigned char)a->text[i]) != upper((unsigned char)b->text[i]))
            return false;
    return true;
}

static bool
lies_in(const struct tc_path_key *outer, const struct tc_path_key *inner)
{
    const struct tc_path_key begin = {inner->text, outer->len, 0, 0};

    if (inner->len <= outer->len || !are_same(outer, &begin))
        return false;
    return outer->len == 0 || outer->text[outer->len - 1] == '\\' || inner->text[outer->len] == '\\';
}

/* ---- made paths ---- */

/* Few letters, so that much is the same; what has a rank of its own among them. */
static struct tc_str
some_path(struct tct_rng *rng, size_t shape)
{
    static const char *const alphabets[] = {"aA\\", "ab\\-AB\\", "abcdefgh\\\\\x01xyz[]{}@`~", "\\"};
    const char *alphabet = alphabets[shape % 4];
    size_t len = tct_rng_below(rng, shape < 4 ? 12 : LEN_MAX), begin = 0;
    char *text = tc_arena_array(&arena, char, len + 1);

    ck_assert_ptr_nonnull(text);
    if (shape >= 8 && len > 40) { /* long ones that begin alike */
        memset(text, 'a', 39);
        begin = 39;
    }
    for (size_t i = begin; i < len; i++)
        text[i] = tct_rng_one_in(rng, 40) ? '\0' : alphabet[tct_rng_below(rng, strlen(alphabet))];
    return (struct tc_str){text, len};
}

struct seen {
    const struct tc_path_key *keys;
    size_t count, at;
};

static void
visit(void *state, struct tc_path_node *node)
{
    struct seen *seen = state;
    size_t above = 0, nearest = 0;

    ck_assert_ptr_eq(node->keys, seen->keys + seen->at);
    for (size_t i = 1; i < node->count; i++) {
        ck_assert(are_same(&node->keys[0], &node->keys[i]));
        ck_assert_uint_lt(node->keys[i - 1].item, node->keys[i].item);
    }
    seen->at += node->count;
    ck_assert(seen->at == seen->count || !are_same(node->keys, seen->keys + seen->at));
    for (size_t i = 0; i < seen->count; i++) {
        bool is_first = i == 0 || !are_same(&seen->keys[i - 1], &seen->keys[i]);

        if (!is_first || !lies_in(&seen->keys[i], node->keys))
            continue;
        ck_assert(&seen->keys[i] < node->keys);
        nearest = seen->keys[i].len;
        above++;
    }
    ck_assert_uint_eq(node->depth, above);
    if (above > 0)
        ck_assert_uint_eq(node->parent->keys->len, nearest);
    else
        ck_assert_ptr_null(node->parent);
}

START_TEST(random_paths_are_where_they_lie)
{
    struct tct_rng rng = tct_rng(5, (uint64_t)_i);
    size_t count = _i % 7 == 0 ? KEYS_MAX : tct_rng_below(&rng, 400);
    struct tc_path_key *keys = tc_arena_array(&arena, struct tc_path_key, count);
    bool *met = tc_arena_array(&arena, bool, count);
    struct seen seen = {keys, count, 0};

    ck_assert(keys != NULL && met != NULL);
    for (size_t i = 0; i < count; i++)
        keys[i] = tc_path_key_of(&arena, some_path(&rng, (size_t)_i % 12), i);
    tc_paths_sort(keys, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert(!met[keys[i].item]);
        met[keys[i].item] = true;
    }
    ck_assert(tc_paths_scan(keys, count, visit, &seen));
    ck_assert_uint_eq(seen.at, count);
}
END_TEST

START_TEST(a_stack_of_any_depth)
{
    enum { DEPTH = 300 };
    char *text = tc_arena_array(&arena, char, 2 * DEPTH);
    struct tc_path_key *keys = tc_arena_array(&arena, struct tc_path_key, DEPTH);
    struct seen seen = {keys, DEPTH, 0};

    ck_assert(text != NULL && keys != NULL);
    for (size_t i = 0; i < DEPTH; i++) {
        text[2 * i] = 'x';
        text[2 * i + 1] = '\\';
    }
    for (size_t i = 0; i < DEPTH; i++)
        keys[i] = tc_path_key_of(&arena, (struct tc_str){text, 2 * (i * 7 % DEPTH) + 1}, i);
    tc_paths_sort(keys, DEPTH);
    ck_assert(tc_paths_scan(keys, DEPTH, visit, &seen));
    ck_assert_uint_eq(seen.at, DEPTH);
}
END_TEST

START_TEST(letters_without_case)
{
    static const char *const texts[] = {"D:\\\xC3\xA4pfel\\x", "d:\\\xC3\x84PFEL", "D:\\Sites-1", "D:\\Sites\\A",
                                        "d:\\sites"};
    static const uint32_t order[] = {4, 3, 2, 1, 0};
    struct tc_path_key keys[5];

    for (size_t i = 0; i < 5; i++)
        keys[i] = tc_path_key_of(&arena, tc_str_of(texts[i]), i);
    tc_paths_sort(keys, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(keys[i].item, order[i]);
}
END_TEST

Suite *
tct_paths_suite(void)
{
    Suite *suite = suite_create("paths");
    TCase *tc = tcase_create("order");

    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, random_paths_are_where_they_lie, 0, 120);
    tcase_add_test(tc, a_stack_of_any_depth);
    tcase_add_test(tc, letters_without_case);
    suite_add_tcase(suite, tc);
    return suite;
}
