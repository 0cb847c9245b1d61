/* The base layer with every allocation failing once: it says so, leaks nothing and survives. */
#include "base/map.h"
#include "base/render.h"
#include "support/fail_alloc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <inttypes.h>

static const struct tc_code code = {.id = "T9001", .slug = "a-code", .severity = TC_SEVERITY_ERROR};

static void
fill_map(struct tc_arena *arena, struct tc_map *map)
{
    for (size_t i = 0; i < 3000; i++)
        tc_map_add(map, tc_str_fold(arena, tc_arena_printf(arena, "Key %zu", i)), map);
}

static void
add_sources(struct tc_arena *arena, struct tc_sources *sources)
{
    for (size_t i = 0; i < 20; i++) {
        /* large ones among them, which get a chunk of their own */
        struct tc_str text = tc_arena_printf(arena, "line\n%*s\nline\n", (int)(i % 5 * 20000), "");

        tc_sources_add(sources, tc_arena_printf(arena, "%zu.trust", i), text);
    }
}

static void
report(struct tc_diags *diags)
{
    for (uint32_t i = 0; i < 400; i++) {
        struct tc_span span = {i * 977 % 30000, i * 977 % 30000 + 3};
        struct tc_diag *diag = tc_diag_add(diags, &code, span, "%" PRIu32, i % 300);

        tc_diag_label(diags, diag, (struct tc_span){i * 50, i * 50}, "label");
        tc_diag_note(diags, diag, "note");
        tc_diag_help(diags, diag, "%*s", 300, "help");
    }
    tc_diag_add_file(diags, &code, TC_STR("file"), "message");
    tc_diags_sort(diags);
}

/* Something of everything. The findings go to @a out, which the caller frees. Returns whether memory sufficed. */
static bool
use_everything(struct tc_buf *out)
{
    struct tc_arena arena;
    struct tc_map map;
    struct tc_sources sources;
    struct tc_diags diags;
    bool is_done;

    tc_arena_init(&arena);
    tc_map_init(&map, &arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    fill_map(&arena, &map);
    add_sources(&arena, &sources);
    report(&diags);
    tc_render(&diags, &(struct tc_render_options){.format = TC_FORMAT_TEXT, .color = true}, out);
    tc_render(&diags, &(struct tc_render_options){.format = TC_FORMAT_SHORT}, out);
    tc_render(&diags, &(struct tc_render_options){.format = TC_FORMAT_JSON}, out);
    is_done = !arena.failed && !out->failed;
    tc_arena_done(&arena);
    return is_done;
}

START_TEST(every_allocation_may_fail)
{
    struct tc_buf expected = {0};
    size_t nth, total;
    bool is_done, has_failed;

    /* no assertion between begin and end: those allocate too */
    tct_fail_alloc_begin(0);
    is_done = use_everything(&expected);
    has_failed = tct_fail_alloc_end();
    total = tct_fail_alloc_count();
    ck_assert(is_done && !has_failed);
    ck_assert_uint_gt(total, 10); /* else the linker did not wrap malloc() */

    for (nth = 1;; nth++) {
        struct tc_buf out = {0};

        tct_fail_alloc_begin(nth);
        is_done = use_everything(&out);
        has_failed = tct_fail_alloc_end();
        ck_assert_int_eq(is_done, !has_failed);
        if (is_done)
            tct_assert_str(tc_buf_str(&out), tc_buf_str(&expected));
        tc_buf_done(&out);
        if (is_done)
            break;
    }
    ck_assert_uint_eq(nth, total + 1);
    tc_buf_done(&expected);
}
END_TEST

Suite *
tct_nomem_suite(void)
{
    Suite *suite = suite_create("nomem");
    TCase *tc = tcase_create("base");

    tcase_set_timeout(tc, 120); /* valgrind takes its time */
    tcase_add_test(tc, every_allocation_may_fail);
    suite_add_tcase(suite, tc);
    return suite;
}
