/* The list of suites in tests/CMakeLists.txt and the files beside this one agree. */
#include "support/unit.h"
#include "unit/suites.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* Where the source tree is. The build says so; by hand, run from its root. */
#ifndef TCT_SOURCE_DIR
#define TCT_SOURCE_DIR "."
#endif

static const char *const names[] = {
#define TCT_SUITE(name) #name,
#include "suites.def"
#undef TCT_SUITE
};

/* The suite that a file holds: "arena" for "test_arena.c"; empty for other files. */
static struct tc_str
suite_of(const char *file)
{
    struct tc_str name = tc_str_of(file);

    if (!tc_str_starts(name, TC_STR("test_")) || !tc_str_ends(name, TC_STR(".c")))
        return (struct tc_str){0};
    return tc_str_sub(name, strlen("test_"), name.len - strlen("test_.c"));
}

static bool
is_listed(struct tc_str suite)
{
    for (size_t i = 0; i < TCT_COUNT(names); i++)
        if (tc_str_eq(tc_str_of(names[i]), suite))
            return true;
    return false;
}

START_TEST(every_file_is_listed)
{
    const char *path = TCT_SOURCE_DIR "/tests/unit";
    DIR *dir = opendir(path);
    struct tc_buf missing = {0};
    size_t found = 0;

    ck_assert_msg(dir != NULL, "cannot read %s", path);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        struct tc_str suite = suite_of(entry->d_name);

        if (suite.len == 0)
            continue;
        found++;
        if (!is_listed(suite))
            tc_buf_printf(&missing, " %s", entry->d_name);
    }
    closedir(dir);
    ck_assert_msg(missing.len == 0, "not in tests/CMakeLists.txt:%.*s", TC_STR_ARG(tc_buf_str(&missing)));
    tc_buf_done(&missing);
    ck_assert_uint_eq(found, TCT_COUNT(names)); /* the linker vouches for the other direction */
}
END_TEST

Suite *
tct_suites_suite(void)
{
    Suite *suite = suite_create("suites");
    TCase *tc = tcase_create("list");

    tcase_add_test(tc, every_file_is_listed);
    suite_add_tcase(suite, tc);
    return suite;
}
