/* What appcmd and applicationHost.config say of a server, as one. */
#include "plan/iis_config.h"
#include "support/unit.h"
#include "unit/suites.h"

static struct tc_arena arena;
static struct tc_sources sources;
static struct tc_diags diags;
static struct tc_iis_config config;
static struct tc_buf out;

static void
setup(void)
{
    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    tc_iis_config_init(&config, &arena, TC_STR("E:\\Win"));
    tc_buf_init(&out);
}

static void
teardown(void)
{
    tc_buf_done(&out);
    tc_arena_done(&arena);
}

static enum tc_status
read_text(const char *text)
{
    return tc_iis_config_read(&config, tc_sources_add(&sources, TC_STR("file"), tc_str_of(text)), &diags);
}

static void
put(const char *name, const struct tc_iis_value *value)
{
    if (!value->is_said)
        return;
    tc_buf_printf(&out, " %s=%.*s", name, TC_STR_ARG(value->text));
    ck_assert_uint_ne(value->span.begin, 0);
}

static struct tc_str
shown(void)
{
    for (const struct tc_iis_pool *pool = config.pools; pool != NULL; pool = pool->next) {
        tc_buf_printf(&out, "pool %.*s", TC_STR_ARG(pool->name.text));
        put("type", &pool->type);
        put("user", &pool->user);
        tc_buf_putc(&out, '\n');
    }
    for (const struct tc_iis_application *app = config.applications; app != NULL; app = app->next) {
        tc_buf_printf(&out, "app %.*s", TC_STR_ARG(app->location));
        put("pool", &app->pool);
        put("root", &app->root);
        tc_buf_putc(&out, '\n');
    }
    for (const struct tc_iis_setting *setting = config.anonymous; setting != NULL; setting = setting->next)
        tc_buf_printf(&out, "anonymous '%.*s' %.*s\n", TC_STR_ARG(setting->location), TC_STR_ARG(setting->value.text));
    for (const struct tc_iis_setting *setting = config.templates; setting != NULL; setting = setting->next)
        tc_buf_printf(&out, "templates '%.*s' %.*s\n", TC_STR_ARG(setting->location), TC_STR_ARG(setting->value.text));
    if (config.compression.is_said)
        tc_buf_printf(&out, "compression %.*s\n", TC_STR_ARG(config.compression.text));
    tc_buf_printf(&out, "applications %d identities %d settings %d\n", config.has_applications, config.has_identities,
                  config.has_settings);
    return tc_buf_str(&out);
}

START_TEST(reads_application_host)
{
    ck_assert_int_eq(
        read_text(
            "<?xml version='1.0'?>\n<configuration><system.applicationHost><applicationPools>\n"
            "<add name='P &amp; Q'><processModel userName='W\\u' identityType='SpecificUser'/></add><add name='R'/>\n"
            "<applicationPoolDefaults><processModel identityType='LocalService'/></applicationPoolDefaults>\n"
            "</applicationPools><sites><siteDefaults/>\n"
            "<site name='S'><application path='/'><virtualDirectory path='/x' physicalPath='D:\\no'/>\n"
            "<virtualDirectory path='/' physicalPath='%SystemDrive%\\in'/></application>\n"
            "<application path='/a/b/' applicationPool='R'><virtualDirectory path='/' "
            "physicalPath='%WINDIR%\\x'/></application><applicationDefaults applicationPool='R'/></site>\n"
            "<applicationDefaults applicationPool='P &amp; Q'/></sites></system.applicationHost>\n"
            "<system.webServer><httpCompression directory='%SystemRoot%\\c'/>\n"
            "<security><authentication><anonymousAuthentication userName='IUSR'/></authentication></security>\n"
            "</system.webServer>\n"
            "<location path='S/a'><system.webServer><security><authentication><anonymousAuthentication "
            "userName=''/></authentication></security><asp><cache diskTemplateCacheDirectory='E:\\t'/></asp>\n"
            "</system.webServer></location></configuration>\n"),
        TC_OK);
    tct_assert_str(shown(), TC_STR("pool P & Q type=SpecificUser user=W\\u\npool R\n"
                                   "app S pool=R root=E:\\in\napp S/a/b pool=R root=E:\\Win\\x\n"
                                   "anonymous 'S/a' \nanonymous '' IUSR\ntemplates 'S/a' E:\\t\n"
                                   "compression E:\\Win\\c\napplications 1 identities 1 settings 1\n"));
    tct_assert_str(config.default_pool.text, TC_STR("P & Q"));
    tct_assert_str(config.default_type.text, TC_STR("LocalService"));
}
END_TEST

/* Files of one server come in any order, and an application is in several of them. */
START_TEST(reads_what_appcmd_prints)
{
    ck_assert_int_eq(read_text("<appcmd><VDIR physicalPath='D:\\a' path='/' VDIR.NAME='S/A/' APP.NAME='S/A'/>"
                               "<VDIR physicalPath='D:\\i' path='/img' VDIR.NAME='S/A/img' APP.NAME='S/A'/></appcmd>"),
                     TC_OK);
    ck_assert_int_eq(read_text("<appcmd><APP path='/a' APP.NAME='S/a' APPPOOL.NAME='P' SITE.NAME='S'/>"
                               "<APP path='/' APP.NAME='S/' APPPOOL.NAME='P' SITE.NAME='S'/></appcmd>"),
                     TC_OK);
    ck_assert_int_eq(
        read_text("<appcmd><APPPOOL APPPOOL.NAME='P' state='Started'/><APPPOOL APPPOOL.NAME='Q'><add "
                  "name='Q'><processModel identityType='NetworkService'/></add></APPPOOL><SITE/></appcmd>"),
        TC_OK);
    ck_assert_int_eq(
        read_text("<appcmd><CONFIG CONFIG.SECTION='system.webServer/security/authentication/anonymousAuthentication' "
                  "path='MACHINE/WEBROOT/APPHOST/S/a'><x userName='W\\anon'/></CONFIG>"
                  "<CONFIG CONFIG.SECTION='system.webServer/asp' path='MACHINE/WEBROOT/APPHOST'><x><cache "
                  "diskTemplateCacheDirectory='E:\\t'/></x></CONFIG></appcmd>"),
        TC_OK);
    tct_assert_str(shown(), TC_STR("pool P\npool Q type=NetworkService\napp S/A pool=P root=D:\\a\napp S pool=P\n"
                                   "anonymous 'S/a' W\\anon\ntemplates '' E:\\t\n"
                                   "applications 1 identities 0 settings 1\n"));
}
END_TEST

START_TEST(nearest_location_counts)
{
    static const struct {
        const char *location, *user;
    } cases[] = {{"S", "top"}, {"S/a", "a"}, {"s/A/b", "a"}, {"S/ab", "top"}, {"Other", "all"}};

    ck_assert_int_eq(
        read_text("<configuration><system.applicationHost/><system.webServer><security><authentication>"
                  "<anonymousAuthentication userName='all'/></authentication></security></system.webServer>"
                  "<location path='S/a/'><system.webServer><security><authentication><anonymousAuthentication "
                  "userName='a'/></authentication></security></system.webServer></location>"
                  "<location path='S'><system.webServer><security><authentication><anonymousAuthentication "
                  "userName='top'/></authentication></security></system.webServer></location></configuration>"),
        TC_OK);
    for (size_t i = 0; i < TCT_COUNT(cases); i++)
        tct_assert_str(tc_iis_setting_for(config.anonymous, tc_str_of(cases[i].location))->value.text,
                       tc_str_of(cases[i].user));
}
END_TEST

static const char *const bad_cases[] = {"",     "<appcmd>", "<configuration/>",
                                        "<x/>", "S/a (P)",  "<!DOCTYPE appcmd><appcmd/>"};

START_TEST(refuses_other_files)
{
    ck_assert_int_eq(read_text(bad_cases[_i]), TC_FAILED);
    ck_assert_uint_eq(diags.errors, 1);
}
END_TEST

Suite *
tct_iis_config_suite(void)
{
    Suite *suite = suite_create("iis_config");
    TCase *tc = tcase_create("iis_config");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, reads_application_host);
    tcase_add_test(tc, reads_what_appcmd_prints);
    tcase_add_test(tc, nearest_location_counts);
    tcase_add_loop_test(tc, refuses_other_files, 0, TCT_COUNT(bad_cases));
    suite_add_tcase(suite, tc);
    return suite;
}
