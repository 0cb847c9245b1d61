/* Levels of the platform from the server's own files: which are asked for, what comes of them, what is missing. */
#include "api/trustc.h"
#include "support/unit.h"
#include "unit/suites.h"

#include <string.h>

static struct tc_compilation c;
static struct tc_buf asked; /* names of files, one a line */

static void
setup(void)
{
    tc_compilation_init(&c);
    tc_buf_init(&asked);
}

static void
teardown(void)
{
    tc_compilation_done(&c);
    tc_buf_done(&asked);
}

static enum tc_status
read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    (void)state;
    tc_buf_printf(&asked, "%.*s\n", TC_STR_ARG(path));
    if (tc_str_find(path, TC_STR("low"), 0) != SIZE_MAX) {
        *ret_reason = "there is no such file";
        return TC_ERR_IO;
    }
    *ret_text = TC_STR("<configuration/>\0");
    return TC_OK;
}

/* Stands for the reader: a level with one permission. */
static enum tc_status
read_policy(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_policy **ret_policy)
{
    struct tc_policy *policy = tc_arena_new(diags->arena, struct tc_policy);
    struct tc_pset *set = tc_arena_new(diags->arena, struct tc_pset);
    struct tc_perm *perm = tc_perm_new(diags->arena, tc_class(TC_CLASS_DNS), TC_NOWHERE);

    (void)source;
    perm->unrestricted = true;
    *set = (struct tc_pset){.name = TC_STR("ASP.Net")};
    ck_assert(tc_pset_put(diags->arena, set, perm, false));
    *policy = (struct tc_policy){
        .runtime = runtime, .sets = tc_arena_array(diags->arena, struct tc_pset *, 1), .set_count = 1};
    policy->sets[0] = set;
    *ret_policy = policy;
    return TC_OK;
}

/* @a directory: of the levels of 2.0, by the host. */
static enum tc_status
compile(const char *text, const char *directory)
{
    struct tc_sema_host host = tc_host_builtin();

    host.read_file = read_file;
    host.read_policy = read_policy;
    if (directory != NULL)
        host.platform[TC_CLR_2_0] = tc_str_of(directory);
    return tc_compile(&c, &host, &(struct tc_sema_options){0}, TC_STR("D/s.trust"), tc_str_of(text));
}

static const struct {
    const char *text, *directory, *asked;
} sources[] = {
    {"server s { framework 2.0; trust medium; }", "CONFIG", "CONFIG/web_mediumtrust.config\n"},
    {"server s { framework 2.0; trust medium; }", "CONFIG/", "CONFIG/web_mediumtrust.config\n"},
    {"server s { framework 4.0; trust medium; }", "CONFIG", ""},
    {"server s { framework 2.0; trust full; }", "CONFIG", ""},
    {"server s { framework 2.0; trust medium; }", NULL, ""},
    {"server s { framework 2.0; platform \"..\\c\"; trust medium; }", NULL, "c/web_mediumtrust.config\n"},
    {"server s { framework 2.0; platform \"c\"; trust medium; }", NULL, "D/c/web_mediumtrust.config\n"},
    {"server s { framework 2.0; platform \"C:\\c\"; trust high; }", NULL, "C:\\c/web_hightrust.config\n"},
    {"server s { framework 2.0; platform \"/c\"; trust high; }", "CONFIG", "CONFIG/web_hightrust.config\n"},
    {"server s { framework 4.0; platform \"/c\"; trust high; }", "CONFIG", "/c/web_hightrust.config\n"},
    {"server s { framework 4.0; platform \"/c\"; cas-model legacy; trust high; }", NULL,
     "/c/legacy.web_hightrust.config\n"},
};

START_TEST(asks_for_what_is_in_use)
{
    ck_assert_int_eq(compile(sources[_i].text, sources[_i].directory), TC_OK);
    tc_buf_putc(&asked, '\0');
    ck_assert_str_eq(asked.ptr, sources[_i].asked);
}
END_TEST

START_TEST(grants_what_the_file_grants)
{
    const struct tc_policy *policy;

    ck_assert_int_eq(compile("server s { framework 2.0; trust high; }", "CONFIG"), TC_OK);
    policy = c.model->defaults[TC_CLR_2_0];
    ck_assert(policy->is_stock);
    ck_assert_int_eq((int)policy->level, TC_LEVEL_HIGH);
    ck_assert_uint_eq(policy->sets[0]->count, 1);
    ck_assert_ptr_eq(policy->sets[0]->perms[0]->cls, tc_class(TC_CLASS_DNS));
    ck_assert_uint_eq(policy->sets[0]->possible_count, 0); /* nothing is uncertain */
}
END_TEST

START_TEST(reports_a_missing_file_once)
{
    const char *text = "server s { framework 2.0; platform \"CONFIG\"; trust low; }\n"
                       "application A { location \"S/a\"; root \"D:\\A\"; trust low; }\n";
    const struct tc_diag *diag;

    ck_assert_int_eq(compile(text, NULL), TC_FAILED);
    ck_assert_uint_eq(c.diags.errors, 1);
    diag = c.diags.first;
    ck_assert_str_eq(diag->code->id, "T0123");
    ck_assert(tc_str_eq(diag->file, TC_STR("D/CONFIG/web_lowtrust.config")));
    ck_assert(diag->labels != NULL && tc_str_eq(tc_sources_text(&c.sources, diag->labels->span), TC_STR("\"CONFIG\"")));
}
END_TEST

Suite *
tct_platform_suite(void)
{
    Suite *suite = suite_create("platform");
    TCase *levels = tcase_create("levels");

    tcase_add_checked_fixture(levels, setup, teardown);
    tcase_add_loop_test(levels, asks_for_what_is_in_use, 0, TCT_COUNT(sources));
    tcase_add_test(levels, grants_what_the_file_grants);
    tcase_add_test(levels, reports_a_missing_file_once);
    suite_add_tcase(suite, levels);
    return suite;
}
