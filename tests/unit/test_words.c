/* Grants in plain words: sentences of whole applications, and that no permission of the tables is passed over. */
#include "api/trustc.h"
#include "report/words.h"
#include "support/unit.h"
#include "unit/suites.h"

#define V2(settings) "server web01 { framework 2.0; " settings " }\n"
#define APP(body)    "application A { location \"S/a\"; root \"D:\\S\\A\"; origin host \"www.a.example\"; " body " }\n"
#define NONE(body)   "policy P extends minimal { " body " }\n" APP("trust P;")

/* Sentences that have to be there, each on a line of its own; with a minus before it, one that must not. */
static const struct {
    const char *source;
    const char *expected;
} cases[] = {
    {V2("") APP("trust medium;"),
     "may read, write, create, delete and append to files in its own directory and everything below\n"
     "may not read or write any other file, here or on another computer\n"
     "may read the environment variables 'TEMP', 'TMP', 'USERNAME', 'OS', 'COMPUTERNAME'\n"
     "may not read or change the registry\n"
     "may connect to any SQL Server database for which it has a name and password\n"
     "may send mail (SMTP), through any server at port 25\n"
     "may send requests to Web servers at its own address\n"
     "may not send requests to any other Web address\n"
     "may not call native code or COM, or start other programs\n"
     "may not use OLE DB (Access, Excel and other databases)\n"
     "-may not run at all\n"},
    {V2("") APP("trust full;"), "may do everything that its Windows account may: it is fully trusted\n"
                                "-may not read or change the registry\n"},
    {V2("") APP("trust minimal;"), "may not read or write files\n"
                                   "-may not run at all\n"},
    {V2("") NONE("grant FileIO { read, discover \"$AppDir$\", \"D:\\Data\"; write \"$AppDir$\\App_Data\"; } "),
     "may read files in its own directory, 'D:\\Data' and everything below\n"
     "may write, create and delete files in 'App_Data' in its own directory and everything below\n"},
    {V2("") NONE("grant FileIO { read \"D:\\S\\A\\..\\B\", \"D:\\S\\AB\", \"d:/s/a/x\"; } "),
     "may read files in 'D:\\S\\B', 'D:\\S\\AB', 'x' in its own directory and everything below\n"},
    {V2("") NONE("grant FileIO { all-files read; } "),
     "may read files in any directory, here or on another computer and everything below\n"
     "-may not read or write any other file, here or on another computer\n"},
    {V2("") NONE("grant FileIO unrestricted because \"backup\";"),
     "may read, change and delete any file that its Windows account may, because \"backup\"\n"
     "-may not read or write any other file, here or on another computer\n"},
    {V2("")
         NONE("grant Web { connect host \"api.example\"; connect pattern \"http://(a|b)/\"; accept pattern \".*\"; }"),
     "may send requests to Web servers at 'http(s)://api.example/\xE2\x80\xA6', 'http://(a|b)/' (the addresses that "
     "match this pattern)\n"
     "may listen for Web requests at any address\n"
     "-may not send requests to any other Web address\n"},
    {V2("") NONE("grant Socket { connect tcp \"mail\" 25; connect all \"*.*.*.*\" all; }"),
     "may open network connections to 'mail' port 25 (tcp), any computer, any port (TCP and UDP)\n"},
    {V2("") NONE("grant EventLog { machine \".\" Write; machine \"LOG1\" Administer; }"),
     "may write to the event logs of this server\n"
     "may read, write, clear and set up the event logs of 'LOG1'\n"},
    {V2("") NONE("grant PerformanceCounter { counter \".\" \"*\" Read; }"),
     "may read the performance counters of any category on this server\n"},
    {V2("") NONE("grant SqlClient { connection \"data source=a\" keys \"database=\" allow-only; }"),
     "may connect to SQL Server by 'data source=a', and with the further keys 'database='\n"},
    {V2("") NONE("grant Store { flags OpenStore, EnumerateCertificates; }"),
     "may open and read stores of certificates\n"},
    {V2("") NONE("possibly grant Store { flags OpenStore; } grant Store { flags CreateStore; }"),
     "may create stores of certificates\n"
     "may possibly open stores of certificates\n"},
    {V2("") NONE("possibly grant FileIO { read, write \"D:\\X\"; } grant FileIO { read \"D:\\X\"; }"),
     "may read files in 'D:\\X' and everything below\n"
     "may possibly write, create and delete files in 'D:\\X' and everything below\n"},
    {V2("") "class X \"Acme.XPermission, Acme, Version=1.0.0.0, Culture=neutral, "
            "PublicKeyToken=b77a5c561934e089\";\n" NONE("grant X unrestricted;"),
     "may use what is guarded by a permission that trustc does not know: 'Acme.XPermission, Acme, Version=1.0.0.0, "
     "Culture=neutral, PublicKeyToken=b77a5c561934e089'\n"},
};

static struct tc_compilation c;

static void
setup(void)
{
    tc_compilation_init(&c);
}

static void
teardown(void)
{
    tc_compilation_done(&c);
}

static struct tc_str
tell(const struct tc_reach *reach)
{
    struct tc_str all = TC_STR("");
    const struct tc_words *words = NULL;

    ck_assert_int_eq(tc_words_of(&c.arena, reach, &words), TC_OK);
    for (; words != NULL; words = words->next) {
        struct tc_str sentence = tc_words_sentence(&c.arena, words);

        if (words->because.len > 0)
            sentence =
                tc_arena_printf(&c.arena, "%.*s, because \"%.*s\"", TC_STR_ARG(sentence), TC_STR_ARG(words->because));
        all = tc_arena_printf(&c.arena, "%.*s%.*s\n", TC_STR_ARG(all), TC_STR_ARG(sentence));
    }
    return all;
}

START_TEST(tells_what_is_granted)
{
    struct tc_sema_host host = tc_host_builtin();
    struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    struct tc_source *source = tc_sources_add(&c.sources, TC_STR("t.trust"), tc_str_of(cases[_i].source));
    struct tc_str all, expected = tc_str_of(cases[_i].expected), one;
    struct tc_reacher reacher;
    struct tc_reach reach;

    ck_assert_msg(tc_compile_source(&c, &host, &options, source) == TC_OK, "%.*s", TC_STR_ARG(c.diags.first->message));
    tc_reacher_init(&reacher, &c.arena, c.model);
    ck_assert_int_eq(tc_reach_of(&reacher, c.model->applications[0], &reach), TC_OK);
    all = tc_arena_printf(&c.arena, "\n%.*s", TC_STR_ARG(tell(&reach)));
    while (tc_str_next_part(&expected, "\n", &one)) {
        bool wanted = !tc_str_starts(one, TC_STR("-"));
        struct tc_str line =
            tc_arena_printf(&c.arena, "\n%.*s\n", TC_STR_ARG(wanted ? one : tc_str_sub(one, 1, SIZE_MAX)));

        ck_assert_msg((tc_str_find(all, line, 0) != SIZE_MAX) == wanted, "%s %.*s in:%.*s",
                      wanted ? "missing" : "wrong", TC_STR_ARG(line), TC_STR_ARG(all));
    }
}
END_TEST

/* ---- nothing of the tables is passed over ---- */

static struct tc_application application;

/* Whether words are found for a grant of @a perm alone, under @a runtime. */
static bool
is_told_under(enum tc_runtime runtime, struct tc_perm *perm)
{
    struct tc_grant grant = {.cls = perm->cls, .perm = perm};
    struct tc_grant_set set = {.grants = &grant, .count = 1};
    struct tc_reach reach = {.application = &application, .sure = &set, .wide = &set};
    const struct tc_words *words = NULL;

    application.runtime = runtime;
    ck_assert_int_eq(tc_words_of(&c.arena, &reach, &words), TC_OK);
    return words != NULL && !words->is_not;
}

static bool
is_told(struct tc_perm *perm)
{
    return is_told_under(TC_RT_4_0_LEGACY, perm);
}

static void
check_values(const struct tc_class *cls, size_t f)
{
    const struct tc_field *field = &cls->fields[f];
    const struct tc_enum *values = tc_enum(field->values);
    struct tc_item item = {.text = TC_STR("D:\\X")};

    for (size_t i = 0; i < values->count; i++) {
        struct tc_perm *perm = tc_perm_new(&c.arena, cls, TC_NOWHERE);

        if (values->values[i].value <= values->values[0].value ||
            tc_str_is(tc_str_of(values->values[i].name), "Execution"))
            continue; /* the first says none; Execution goes without saying */
        perm->values[f].present = true;
        perm->values[f].number = values->values[i].value;
        ck_assert_msg(is_told(perm), "%s: no words for %s", cls->short_name, values->values[i].name);
    }
    if (field->kind == TC_FIELD_PATHS || field->kind == TC_FIELD_KEYS || field->kind == TC_FIELD_NAMES) {
        struct tc_perm *perm = tc_perm_new(&c.arena, cls, TC_NOWHERE);

        perm->values[f].present = true;
        perm->values[f].list = (struct tc_list){.items = &item, .count = 1};
        ck_assert_msg(is_told(perm), "%s: no words for %s", cls->short_name, field->word);
    }
}

static void
check_form(const struct tc_class *cls, const struct tc_form *form)
{
    struct tc_cell *cells = tc_arena_array(&c.arena, struct tc_cell, form->column_count);
    struct tc_row row = {.form = form, .cells = cells};
    size_t last = form->column_count - 1;
    const struct tc_enum *values = tc_enum(form->columns[last].values);

    for (size_t i = 0; i < form->column_count; i++)
        cells[i].text = TC_STR("x");
    for (size_t i = 0; i < (values->count == 0 ? 1 : values->count); i++) {
        struct tc_perm *perm = tc_perm_new(&c.arena, cls, TC_NOWHERE);

        if (values->count > 0)
            cells[last].number = values->values[i].value;
        if (form->columns[last].kind == TC_COLUMN_FLAGS && cells[last].number == 0)
            continue;
        ck_assert(tc_perm_append_row(&c.arena, perm, &row));
        ck_assert_msg(is_told(perm), "%s: no words for %s with %ld", cls->short_name, form->word,
                      (long)cells[last].number);
    }
}

START_TEST(has_words_for_every_value)
{
    const struct tc_class *cls = tc_class((enum tc_class_id)_i);

    if (cls->algebra == TC_ALGEBRA_IDENTITY || (cls->traits & TC_TRAIT_NOT_GRANTABLE) != 0)
        return; /* they say who code is, or nothing at all */
    if ((cls->traits & (TC_TRAIT_NO_UNRESTRICTED | TC_TRAIT_UNRESTRICTED_IS_LEVEL)) == 0) {
        struct tc_perm *perm = tc_perm_new(&c.arena, cls, TC_NOWHERE);

        perm->unrestricted = true;
        ck_assert_msg(is_told(perm), "%s: no words for the unrestricted one", cls->short_name);
    }
    for (size_t i = 0; i < cls->field_count; i++)
        check_values(cls, i);
    for (size_t i = 0; i < cls->form_count; i++)
        check_form(cls, &cls->forms[i]);
}
END_TEST

/* The provider demands full trust as well: the grant opens nothing. */
START_TEST(grants_in_vain_are_none)
{
    struct tc_perm *perm = tc_perm_new(&c.arena, tc_class(TC_CLASS_OLE_DB), TC_NOWHERE);

    perm->unrestricted = true;
    ck_assert(!is_told_under(TC_RT_1_1, perm));
    ck_assert(is_told_under(TC_RT_2_0, perm));
}
END_TEST

Suite *
tct_words_suite(void)
{
    Suite *s = suite_create("words");
    TCase *tc = tcase_create("sentences");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, tells_what_is_granted, 0, TCT_COUNT(cases));
    tcase_add_test(tc, grants_in_vain_are_none);
    tcase_add_loop_test(tc, has_words_for_every_value, 0, TC_CLASS_COUNT_);
    suite_add_tcase(s, tc);
    return s;
}
