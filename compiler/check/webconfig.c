#include "check/webconfig.h"

#include <string.h>

/* ---- places ---- */

static struct tc_span
span_of(const struct tc_source *source, size_t begin, size_t end)
{
    return (struct tc_span){source->base + (uint32_t)begin, source->base + (uint32_t)end};
}

struct tc_span
tc_webconfig_tag(const struct tc_source *source, const struct tc_markup *element)
{
    return span_of(source, element->begin + 1u, element->begin + 1u + element->name.len);
}

struct tc_span
tc_webconfig_attr_name(const struct tc_source *source, const struct tc_markup_attr *attr)
{
    return span_of(source, attr->begin, attr->begin + attr->name.len);
}

struct tc_span
tc_webconfig_attr_value(const struct tc_source *source, const struct tc_markup_attr *attr)
{
    if (attr->value.len == 0) /* the quotes: something to be seen */
        return span_of(source, attr->end - 2u, attr->end);
    return span_of(source, attr->end - 1u - attr->value.len, attr->end - 1u);
}

struct tc_span
tc_webconfig_place(const struct tc_source *source, const struct tc_markup *element, const char *name)
{
    const struct tc_markup_attr *attr = tc_markup_attr(element, name);

    return attr == NULL ? tc_webconfig_tag(source, element) : tc_webconfig_attr_value(source, attr);
}

struct tc_span
tc_webconfig_lock_place(const struct tc_webconfig *config, const struct tc_webconfig_section *section)
{
    const struct tc_markup_attr *attr;

    if (section->location == NULL)
        return tc_webconfig_tag(config->source, section->element);
    attr = tc_markup_attr(section->location, "allowOverride");
    if (attr == NULL)
        attr = tc_markup_attr(section->location, "overrideMode");
    return attr == NULL ? tc_webconfig_tag(config->source, section->location)
                        : span_of(config->source, attr->begin, attr->end);
}

/* ---- values ---- */

bool
tc_webconfig_value(struct tc_arena *arena, const struct tc_markup *element, const char *name, struct tc_str *ret_value)
{
    const struct tc_markup_attr *attr = tc_markup_attr(element, name);

    if (attr == NULL)
        return false;
    *ret_value = tc_markup_value(arena, attr->value);
    return true;
}

static bool
value_is(struct tc_arena *arena, const struct tc_markup *element, const char *name, const char *wanted)
{
    struct tc_str value;

    return tc_webconfig_value(arena, element, name, &value) && tc_str_eq_nocase(tc_str_trim(value), tc_str_of(wanted));
}

bool
tc_webconfig_is_true(struct tc_arena *arena, const struct tc_markup *element, const char *name)
{
    return value_is(arena, element, name, "true");
}

enum tc_lock
tc_webconfig_location_lock(struct tc_arena *arena, const struct tc_markup *location)
{
    if (location == NULL)
        return TC_LOCK_INHERIT;
    if (value_is(arena, location, "allowOverride", "false") || value_is(arena, location, "overrideMode", "deny"))
        return TC_LOCK_DENY;
    return value_is(arena, location, "overrideMode", "allow") ? TC_LOCK_ALLOW : TC_LOCK_INHERIT;
}

enum tc_level_id
tc_webconfig_stock_level(struct tc_str name, bool any_case)
{
    for (int i = 0; i < TC_LEVEL_COUNT_; i++) {
        struct tc_str stock = tc_str_of(tc_level_info((enum tc_level_id)i)->name);

        if (any_case ? tc_str_eq_nocase(name, stock) : tc_str_eq(name, stock))
            return (enum tc_level_id)i;
    }
    return TC_LEVEL_COUNT_;
}

bool
tc_webconfig_within(struct tc_str inner, struct tc_str outer)
{
    return outer.len == 0 || (tc_str_starts(inner, outer) && (inner.len == outer.len || inner.ptr[outer.len] == '/'));
}

/* ---- sections ---- */

static enum tc_webconfig_id
section_id(struct tc_str name)
{
    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++) {
        const struct tc_webconfig_info *info = tc_webconfig_info((enum tc_webconfig_id)i);

        if (info->kind != TC_WEBCONFIG_ELEMENT && tc_str_is(name, info->name))
            return (enum tc_webconfig_id)i;
    }
    return TC_WEBCONFIG_COUNT_;
}

static bool
add_section(struct tc_webconfig *config, const struct tc_markup *element, const struct tc_markup *location)
{
    struct tc_webconfig_section *section = tc_arena_new(config->arena, struct tc_webconfig_section);

    if (section == NULL)
        return false;
    *section = (struct tc_webconfig_section){
        .id = section_id(element->name),
        .element = element,
        .location = location,
        .path = TC_STR(""),
        .key = TC_STR(""),
        .lock = tc_webconfig_location_lock(config->arena, location),
        .in_child_applications =
            location == NULL || !value_is(config->arena, location, "inheritInChildApplications", "false"),
    };
    if (location != NULL && tc_webconfig_value(config->arena, location, "path", &section->path)) {
        if (tc_str_eq(section->path, TC_STR(".")))
            section->path.len = 0;
        section->key = tc_str_fold(config->arena, section->path);
    }
    *config->tail = section;
    config->tail = &section->next;
    if (section->id != TC_WEBCONFIG_COUNT_)
        tc_map_add(&config->by_key[section->id], section->key, section);
    return true;
}

static bool
add_group(struct tc_webconfig *config, const struct tc_markup *group, const struct tc_markup *location)
{
    for (const struct tc_markup *item = group->first; item != NULL; item = item->next)
        if (item->kind == TC_MARKUP_ELEMENT && !add_section(config, item, location))
            return false;
    return true;
}

/* @a element is a child of <configuration>, or stands alone in a fragment. */
static bool
add_top(struct tc_webconfig *config, const struct tc_markup *element)
{
    if (tc_markup_is(element, "system.web"))
        return add_group(config, element, NULL);
    if (tc_markup_is(element, "location"))
        for (const struct tc_markup *item = element->first; item != NULL; item = item->next)
            if (tc_markup_is(item, "system.web") && !add_group(config, item, element))
                return false;
    return true;
}

/* ---- whose file ---- */

/* machine.config; or a folder above it is the framework's. */
static bool
is_machine_name(struct tc_str path)
{
    struct tc_str part, folder = TC_STR("");

    while (tc_str_next_part(&path, TC_STR_SLASHES, &part)) {
        if (path.len == 0)
            return tc_str_eq_nocase(part, TC_STR("machine.config")) || tc_str_eq_nocase(folder, TC_STR("config"));
        for (int i = 0; i < TC_CLR_COUNT_; i++)
            if (tc_str_eq_nocase(part, tc_str_of(tc_clr_info((enum tc_clr)i)->directory)))
                return true;
        folder = part;
    }
    return false;
}

static size_t
stock_level_count(const struct tc_webconfig *config, const struct tc_markup *section)
{
    size_t count = 0;
    struct tc_str name;

    for (const struct tc_markup *item = section->first; item != NULL; item = item->next)
        if (tc_markup_is(item, "trustLevel") && tc_webconfig_value(config->arena, item, "name", &name) &&
            tc_webconfig_stock_level(name, true) != TC_LEVEL_COUNT_)
            count++;
    return count;
}

/* A location whose path begins with a site rather than a folder of an application. */
static bool
names_site(struct tc_str path)
{
    size_t slash = tc_str_find(path, TC_STR("/"), 0);
    struct tc_str site = tc_str_sub(path, 0, slash);

    if (tc_str_eq_nocase(site, TC_STR("Default Web Site")))
        return true;
    for (size_t i = 0; i < site.len; i++)
        if (site.ptr[i] < '0' || site.ptr[i] > '9')
            return tc_str_find(site, TC_STR(" "), 0) != SIZE_MAX;
    return site.len > 0;
}

static bool
is_machine_file(const struct tc_webconfig *config)
{
    const struct tc_markup *top = config->root == NULL ? NULL : config->root->first;

    if (is_machine_name(config->source->name))
        return true;
    for (const struct tc_webconfig_section *section = config->first; section != NULL; section = section->next) {
        if (section->id == TC_WEBCONFIG_SECURITY_POLICY && stock_level_count(config, section->element) >= 3)
            return true;
        if (section->id != TC_WEBCONFIG_COUNT_ && names_site(section->path))
            return true;
    }
    for (; top != NULL; top = top->next) /* declares ASP.NET's own sections */
        if (tc_markup_is(top, "configSections"))
            for (const struct tc_markup *group = top->first; group != NULL; group = group->next)
                if (tc_markup_is(group, "sectionGroup") && value_is(config->arena, group, "name", "system.web"))
                    for (const struct tc_markup *item = group->first; item != NULL; item = item->next)
                        if (tc_markup_is(item, "section") && value_is(config->arena, item, "name", "trust"))
                            return true;
    return false;
}

bool
tc_webconfig_read(struct tc_arena *arena, const struct tc_source *source, const struct tc_markup *document,
                  struct tc_webconfig *ret_config)
{
    struct tc_webconfig *config = ret_config;

    *config = (struct tc_webconfig){.arena = arena, .source = source, .document = document};
    config->tail = &config->first;
    for (int i = 0; i < TC_WEBCONFIG_COUNT_; i++)
        tc_map_init(&config->by_key[i], arena);
    config->root = tc_markup_root(document);
    if (config->root == NULL)
        return true;
    for (const struct tc_markup_attr *attr = config->root->attrs; attr != NULL; attr = attr->next)
        config->is_transform |= tc_str_eq(attr->value, TC_STR("http://schemas.microsoft.com/XML-Document-Transform"));
    if (tc_markup_is(config->root, "configuration")) {
        for (const struct tc_markup *item = config->root->first; item != NULL; item = item->next)
            if (item->kind == TC_MARKUP_ELEMENT && !add_top(config, item))
                return false;
    } else if (section_id(config->root->name) != TC_WEBCONFIG_COUNT_) {
        if (!add_section(config, config->root, NULL))
            return false;
    } else if (!add_top(config, config->root)) {
        return false;
    }
    config->is_machine = is_machine_file(config);
    return !arena->failed;
}

const struct tc_webconfig_section *
tc_webconfig_find(const struct tc_webconfig *config, enum tc_webconfig_id id, struct tc_str key)
{
    return tc_map_get(&config->by_key[id], key);
}

enum tc_lock
tc_webconfig_lock(const struct tc_webconfig *config, enum tc_webconfig_id id, struct tc_str key,
                  const struct tc_webconfig_section **ret_by)
{
    const struct tc_webconfig_section *section;

    for (size_t len = key.len;; len--) {
        if (len == 0 || len == key.len || key.ptr[len] == '/') {
            section = tc_webconfig_find(config, id, tc_str_sub(key, 0, len));
            if (section != NULL && section->lock != TC_LOCK_INHERIT) {
                *ret_by = section;
                return section->lock;
            }
        }
        if (len == 0)
            break;
    }
    *ret_by = NULL;
    return TC_LOCK_INHERIT;
}
