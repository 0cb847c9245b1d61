#include "plan/iis_config.h"

#include "data/tables.h"
#include "xml/conform.h"
#include "xml/spans.h"

struct reader {
    struct tc_iis_config *config;
    const struct tc_source *source;
    struct tc_diags *diags;
};

void
tc_iis_config_init(struct tc_iis_config *config, struct tc_arena *arena, struct tc_str windows)
{
    *config = (struct tc_iis_config){.arena = arena, .windows = windows.len > 0 ? windows : TC_STR("C:\\Windows")};
    tc_map_init(&config->by_location, arena);
    tc_map_init(&config->by_pool, arena);
    config->pool_tail = &config->pools;
    config->application_tail = &config->applications;
}

/* ---- values ---- */

static struct tc_span
span_of(const struct reader *r, uint32_t begin, uint32_t end)
{
    return (struct tc_span){r->source->base + begin, r->source->base + end};
}

static struct tc_span
tag_of(const struct reader *r, const struct tc_markup *element)
{
    uint32_t begin = element->begin + 1;

    return span_of(r, begin, begin + (uint32_t)element->name.len);
}

static struct tc_iis_value
value_of(const struct reader *r, const struct tc_markup *element, const char *name)
{
    const struct tc_markup_attr *attr = element == NULL ? NULL : tc_markup_attr(element, name);
    uint32_t begin;

    if (attr == NULL)
        return (struct tc_iis_value){.is_said = false};
    begin = (uint32_t)(attr->value.ptr - r->source->text.ptr);
    return (struct tc_iis_value){
        .text = tc_markup_value(r->config->arena, attr->value),
        .span = span_of(r, begin, begin + (uint32_t)attr->value.len),
        .is_said = true,
    };
}

static struct tc_markup *
child(const struct tc_markup *element, const char *name)
{
    struct tc_markup *m = element == NULL ? NULL : element->first;

    while (m != NULL && !tc_markup_is(m, name))
        m = m->next;
    return m;
}

static struct tc_markup *
next_of(const struct tc_markup *element, const char *name)
{
    struct tc_markup *m = element->next;

    while (m != NULL && !tc_markup_is(m, name))
        m = m->next;
    return m;
}

/* %windir%\x, %SystemRoot%\x, %SystemDrive%\x */
static struct tc_str
expand(const struct tc_iis_config *config, struct tc_str path)
{
    struct tc_str windows = config->windows;
    const struct {
        struct tc_str name, value;
    } variables[] = {
        {TC_STR("%windir%"), windows},
        {TC_STR("%SystemRoot%"), windows},
        {TC_STR("%SystemDrive%"), tc_str_sub(windows, 0, 2)},
    };

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (tc_str_eq_nocase(tc_str_sub(path, 0, variables[i].name.len), variables[i].name))
            return tc_arena_printf(config->arena, "%.*s%.*s", TC_STR_ARG(variables[i].value),
                                   TC_STR_ARG(tc_str_sub(path, variables[i].name.len, SIZE_MAX)));
    return path;
}

/* "Site/path" without slashes at its end. */
static struct tc_str
location_of(const struct reader *r, struct tc_str site, struct tc_str path)
{
    while (path.len > 0 && path.ptr[0] == '/')
        path = tc_str_sub(path, 1, SIZE_MAX);
    while (path.len > 0 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path.len == 0 ? site : tc_arena_printf(r->config->arena, "%.*s/%.*s", TC_STR_ARG(site), TC_STR_ARG(path));
}

static struct tc_str
without_slash(struct tc_str location)
{
    while (location.len > 0 && location.ptr[location.len - 1] == '/')
        location.len--;
    return location;
}

/* ---- what there is ---- */

static void
add_pool(const struct reader *r, struct tc_iis_value name, const struct tc_markup *model)
{
    struct tc_iis_config *config = r->config;
    struct tc_iis_pool *pool = tc_arena_new(config->arena, struct tc_iis_pool);

    if (pool == NULL)
        return;
    *pool = (struct tc_iis_pool){
        .name = name,
        .type = value_of(r, model, "identityType"),
        .user = value_of(r, model, "userName"),
    };
    tc_map_add(&config->by_pool, tc_str_fold(config->arena, name.text), pool);
    *config->pool_tail = pool;
    config->pool_tail = &pool->next;
}

static struct tc_iis_application *
add_application(const struct reader *r, struct tc_str location, struct tc_span span)
{
    struct tc_iis_config *config = r->config;
    struct tc_iis_application *app = tc_arena_new(config->arena, struct tc_iis_application);

    if (app == NULL)
        return NULL;
    *app = (struct tc_iis_application){.location = location, .span = span};
    tc_map_add(&config->by_location, tc_str_fold(config->arena, location), app);
    *config->application_tail = app;
    config->application_tail = &app->next;
    return app;
}

static void
add_setting(const struct reader *r, struct tc_iis_setting **list, struct tc_str location, struct tc_iis_value value)
{
    struct tc_iis_setting *setting = tc_arena_new(r->config->arena, struct tc_iis_setting);

    if (setting == NULL || !value.is_said)
        return;
    *setting = (struct tc_iis_setting){.next = *list, .location = without_slash(location), .value = value};
    *list = setting;
}

/* ---- applicationHost.config ---- */

static void
read_pools(struct reader *r, const struct tc_markup *pools)
{
    const struct tc_markup *defaults = child(child(pools, "applicationPoolDefaults"), "processModel");

    if (pools == NULL)
        return;
    r->config->has_identities = true;
    if (defaults != NULL) {
        r->config->default_type = value_of(r, defaults, "identityType");
        r->config->default_user = value_of(r, defaults, "userName");
    }
    for (const struct tc_markup *add = child(pools, "add"); add != NULL; add = next_of(add, "add"))
        add_pool(r, value_of(r, add, "name"), child(add, "processModel"));
}

static struct tc_iis_value
root_of(const struct reader *r, const struct tc_markup *application)
{
    struct tc_iis_value root = {.is_said = false};

    for (const struct tc_markup *m = child(application, "virtualDirectory"); m != NULL;
         m = next_of(m, "virtualDirectory"))
        if (tc_str_eq(value_of(r, m, "path").text, TC_STR("/"))) {
            root = value_of(r, m, "physicalPath");
            root.text = expand(r->config, root.text);
        }
    return root;
}

static void
read_site(struct reader *r, const struct tc_markup *site)
{
    struct tc_str name = value_of(r, site, "name").text;
    struct tc_iis_value pool = value_of(r, child(site, "applicationDefaults"), "applicationPool");

    for (const struct tc_markup *m = child(site, "application"); m != NULL; m = next_of(m, "application")) {
        struct tc_iis_application *app =
            add_application(r, location_of(r, name, value_of(r, m, "path").text), tag_of(r, m));

        if (app == NULL)
            return;
        app->pool = value_of(r, m, "applicationPool");
        if (!app->pool.is_said)
            app->pool = pool;
        app->root = root_of(r, m);
    }
}

static void
read_sites(struct reader *r, const struct tc_markup *sites)
{
    if (sites == NULL)
        return;
    r->config->has_applications = true;
    r->config->default_pool = value_of(r, child(sites, "applicationDefaults"), "applicationPool");
    for (const struct tc_markup *m = child(sites, "site"); m != NULL; m = next_of(m, "site"))
        read_site(r, m);
}

/* <system.webServer> of the server or of a location. */
static void
read_web_server(struct reader *r, const struct tc_markup *server, struct tc_str location)
{
    const struct tc_markup *authentication = child(child(server, "security"), "authentication");
    struct tc_iis_value folder = value_of(r, child(server, "httpCompression"), "directory");

    add_setting(r, &r->config->anonymous, location,
                value_of(r, child(authentication, "anonymousAuthentication"), "userName"));
    add_setting(r, &r->config->templates, location,
                value_of(r, child(child(server, "asp"), "cache"), "diskTemplateCacheDirectory"));
    if (folder.is_said) {
        folder.text = expand(r->config, folder.text);
        r->config->compression = folder;
    }
}

static void
read_host(struct reader *r, const struct tc_markup *root)
{
    const struct tc_markup *host = child(root, "system.applicationHost");

    r->config->has_settings = true;
    read_pools(r, child(host, "applicationPools"));
    read_sites(r, child(host, "sites"));
    read_web_server(r, child(root, "system.webServer"), TC_STR(""));
    for (const struct tc_markup *m = child(root, "location"); m != NULL; m = next_of(m, "location"))
        read_web_server(r, child(m, "system.webServer"), value_of(r, m, "path").text);
}

/* ---- appcmd ---- */

static void
read_appcmd_pool(struct reader *r, const struct tc_markup *element)
{
    const struct tc_markup *add = child(element, "add");

    add_pool(r, value_of(r, element, "APPPOOL.NAME"), child(add, "processModel"));
}

/* The application at @a location that an earlier listing has shown, or a new one. appcmd lists applications and virtual
 * directories apart. */
static struct tc_iis_application *
find_application(struct reader *r, struct tc_str location, struct tc_span span)
{
    struct tc_iis_application *app = tc_map_get(&r->config->by_location, tc_str_fold(r->config->arena, location));

    return app != NULL ? app : add_application(r, location, span);
}

static void
read_appcmd_application(struct reader *r, const struct tc_markup *element)
{
    struct tc_str location = without_slash(value_of(r, element, "APP.NAME").text);
    struct tc_iis_application *app = find_application(r, location, tag_of(r, element));

    r->config->has_applications = true;
    if (app == NULL)
        return;
    app->span = tag_of(r, element);
    app->pool = value_of(r, element, "APPPOOL.NAME");
}

static void
read_appcmd_directory(struct reader *r, const struct tc_markup *element)
{
    struct tc_str location = without_slash(value_of(r, element, "APP.NAME").text);
    struct tc_iis_application *app;

    if (!tc_str_eq(value_of(r, element, "path").text, TC_STR("/")))
        return;
    app = find_application(r, location, tag_of(r, element));
    if (app == NULL)
        return;
    app->root = value_of(r, element, "physicalPath");
    app->root.text = expand(r->config, app->root.text);
}

/* appcmd list config "Site/app" /section:anonymousAuthentication /xml; the element's name has dashes for slashes. */
static void
read_appcmd_section(struct reader *r, const struct tc_markup *element)
{
    static const struct tc_str host = {"MACHINE/WEBROOT/APPHOST", 23};
    struct tc_str path = value_of(r, element, "path").text, section = value_of(r, element, "CONFIG.SECTION").text;
    const struct tc_markup *settings = element->first;

    if (!tc_str_eq_nocase(tc_str_sub(path, 0, host.len), host) || settings == NULL)
        return;
    path = tc_str_sub(path, host.len, SIZE_MAX);
    if (path.len > 0 && path.ptr[0] == '/')
        path = tc_str_sub(path, 1, SIZE_MAX);
    if (tc_str_ends(section, TC_STR("/anonymousAuthentication"))) {
        r->config->has_settings = true;
        add_setting(r, &r->config->anonymous, path, value_of(r, settings, "userName"));
    }
    if (tc_str_ends(section, TC_STR("/asp")))
        add_setting(r, &r->config->templates, path,
                    value_of(r, child(settings, "cache"), "diskTemplateCacheDirectory"));
}

static void
read_appcmd(struct reader *r, const struct tc_markup *root)
{
    for (const struct tc_markup *m = root->first; m != NULL; m = m->next) {
        if (tc_markup_is(m, "APPPOOL"))
            read_appcmd_pool(r, m);
        else if (tc_markup_is(m, "APP"))
            read_appcmd_application(r, m);
        else if (tc_markup_is(m, "VDIR"))
            read_appcmd_directory(r, m);
        else if (tc_markup_is(m, "CONFIG"))
            read_appcmd_section(r, m);
    }
}

/* ---- files ---- */

static bool
is_host(const struct tc_markup *root)
{
    return tc_markup_is(root, "configuration") && child(root, "system.applicationHost") != NULL;
}

enum tc_status
tc_iis_config_read(struct tc_iis_config *config, const struct tc_source *source, struct tc_diags *diags)
{
    const struct tc_code *code = tc_code(TC_CODE_POOL_FILE);
    const struct tc_conform_codes codes = {code, code, code};
    struct reader r = {config, source, diags};
    struct tc_markup *document, *root;
    struct tc_markup_fault fault;
    enum tc_status status = tc_conform_check(source, diags, &codes);

    if (status != TC_OK)
        return status;
    status = tc_spans_scan(config->arena, source->text, &document, &fault);
    if (status == TC_FAILED)
        tc_diag_add(diags, code, span_of(&r, fault.begin, fault.end), "%.*s", TC_STR_ARG(fault.message));
    if (status != TC_OK)
        return status;
    root = document->first;
    while (root != NULL && root->kind != TC_MARKUP_ELEMENT)
        root = root->next;
    if (root != NULL && tc_markup_is(root, "appcmd")) {
        read_appcmd(&r, root);
    } else if (root != NULL && is_host(root)) {
        read_host(&r, root);
    } else {
        tc_diag_add(diags, code, root == NULL ? span_of(&r, 0, 0) : tag_of(&r, root),
                    "this is neither applicationHost.config nor what appcmd prints with /xml");
        return TC_FAILED;
    }
    return config->arena->failed ? TC_ERR_NOMEM : TC_OK;
}

static bool
is_within(struct tc_str location, struct tc_str above)
{
    return above.len == 0 || (tc_str_eq_nocase(tc_str_sub(location, 0, above.len), above) &&
                              (location.len == above.len || location.ptr[above.len] == '/'));
}

const struct tc_iis_setting *
tc_iis_setting_for(const struct tc_iis_setting *settings, struct tc_str location)
{
    const struct tc_iis_setting *best = NULL;

    for (; settings != NULL; settings = settings->next)
        if (is_within(location, settings->location) && (best == NULL || settings->location.len > best->location.len))
            best = settings;
    return best;
}
