#include "verify/config.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

static struct tc_str
text_of(struct tc_arena *arena, const xmlChar *text)
{
    return tc_arena_str(arena, tc_str_of((const char *)text));
}

static bool
get(struct tc_arena *arena, xmlNode *node, const char *name, struct tc_str *ret)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);

    if (value == NULL)
        return false;
    *ret = text_of(arena, value);
    xmlFree(value);
    return true;
}

static bool
is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static bool
is_true(struct tc_str text)
{
    return tc_str_eq_nocase(tc_str_trim(text), TC_STR("true"));
}

/* Whether @a list, separated as lockAttributes is, has @a word. */
static bool
lists(struct tc_str list, struct tc_str word)
{
    size_t begin = 0;

    for (size_t i = 0; i <= list.len; i++)
        if (i == list.len || strchr(",;:", list.ptr[i]) != NULL) {
            if (tc_str_eq(tc_str_trim(tc_str_sub(list, begin, i - begin)), word))
                return true;
            begin = i + 1;
        }
    return false;
}

static bool
locks(const struct tc_config_section *section, struct tc_str attribute)
{
    return section->locks_item || lists(section->locks, attribute) || lists(section->locks, TC_STR("*")) ||
           (section->has_except && !lists(section->locks_except, attribute));
}

/* Where a section stands. */
struct location {
    struct tc_str path;
    bool locked, unlocked;
    bool for_itself; /* not for applications below */
};

struct reading {
    struct tc_config *config;
    struct tc_config_place **tail; /* of the places with a <trust> */
    struct tc_arena *arena;
    struct tc_str reason;
};

static struct tc_config_path_settings *
settings_for(struct reading *r, struct tc_map *map, struct tc_str path)
{
    struct tc_str key = tc_str_fold(r->arena, path);
    struct tc_config_path_settings *settings = tc_map_get(map, key);

    if (settings != NULL)
        return settings;
    settings = tc_arena_new(r->arena, struct tc_config_path_settings);
    if (settings != NULL)
        tc_map_add(map, key, settings);
    return settings;
}

static void
read_levels(struct reading *r, xmlNode *section)
{
    for (xmlNode *node = section->children; node != NULL; node = node->next) {
        struct tc_str name, *file = tc_arena_new(r->arena, struct tc_str), *other;

        if (file == NULL || !is(node, "trustLevel") || !get(r->arena, node, "name", &name) ||
            !get(r->arena, node, "policyFile", file))
            continue;
        other = tc_map_add(&r->config->levels, name, file);
        if (other != NULL && !tc_str_eq(*other, *file))
            r->reason = tc_arena_printf(r->arena, "the trust level '%.*s' is there twice, with different files",
                                        TC_STR_ARG(name));
    }
}

static void
read_trust(struct reading *r, xmlNode *node, struct tc_config_path_settings *settings, const struct location *at)
{
    struct tc_str legacy, process;

    if (settings->has_trust)
        r->reason = tc_arena_printf(r->arena, "there are two <trust> for '%.*s'", TC_STR_ARG(at->path));
    settings->has_trust = true;
    settings->trust_locked = at->locked;
    settings->trust_unlocked = at->unlocked;
    settings->has_level = get(r->arena, node, "level", &settings->level);
    settings->has_origin = get(r->arena, node, "originUrl", &settings->origin);
    settings->has_permission_set = get(r->arena, node, "permissionSetName", &settings->permission_set);
    settings->has_legacy = get(r->arena, node, "legacyCasModel", &legacy);
    if (settings->has_legacy)
        settings->legacy = is_true(legacy);
    settings->has_resolver = get(r->arena, node, "hostSecurityPolicyResolverType", &settings->resolver);
    settings->has_process_request = get(r->arena, node, "processRequestInApplicationTrust", &process);
    if (settings->has_process_request)
        settings->process_request = is_true(process);
}

static void
read_assemblies(struct reading *r, xmlNode *section, struct tc_config_path_settings *settings)
{
    struct tc_config_assembly **tail = &settings->assemblies;

    while (*tail != NULL)
        tail = &(*tail)->next;
    for (xmlNode *node = section->children; node != NULL; node = node->next) {
        struct tc_config_assembly *assembly;

        if (!is(node, "add"))
            continue;
        assembly = tc_arena_new(r->arena, struct tc_config_assembly);
        if (assembly == NULL)
            return;
        get(r->arena, node, "assemblyName", &assembly->name);
        get(r->arena, node, "version", &assembly->version);
        get(r->arena, node, "publicKey", &assembly->key);
        *tail = assembly;
        tail = &assembly->next;
    }
}

/* The locks of @a node, and what may meet one. */
static struct tc_config_section *
read_locks(struct reading *r, xmlNode *node)
{
    struct tc_config_section *section = tc_arena_new(r->arena, struct tc_config_section);
    struct tc_str text;
    size_t count = 0;

    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
        count++;
    if (section == NULL || (section->attributes = tc_arena_array(r->arena, struct tc_str, count)) == NULL)
        return NULL;
    section->name = text_of(r->arena, node->name);
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next) {
        struct tc_str name = text_of(r->arena, attr->name);

        if (!tc_str_starts(name, TC_STR("lock")))
            section->attributes[section->attribute_count++] = name;
    }
    section->locks_item = get(r->arena, node, "lockItem", &text) && is_true(text);
    get(r->arena, node, "lockAttributes", &section->locks);
    section->has_except = get(r->arena, node, "lockAllAttributesExcept", &section->locks_except);
    return section;
}

static void
read_sections(struct reading *r, xmlNode *group, const struct location *at, struct tc_config_path_settings *settings)
{
    for (xmlNode *node = group->children; node != NULL && settings != NULL; node = node->next) {
        struct tc_config_section *section;
        struct tc_str text;

        if (node->type != XML_ELEMENT_NODE)
            continue;
        section = read_locks(r, node);
        if (section == NULL)
            return;
        section->next = settings->sections;
        settings->sections = section;
        if (is(node, "securityPolicy")) {
            read_levels(r, node);
            r->config->levels_locked |= at->locked && at->path.len == 0;
        } else if (is(node, "trust")) {
            read_trust(r, node, settings, at);
        } else if (is(node, "fullTrustAssemblies")) {
            read_assemblies(r, node, settings);
        } else if (is(node, "compilation") && get(r->arena, node, "tempDirectory", &text)) {
            settings->has_temp_directory = true;
            settings->temp_directory = text;
            settings->temp_directory_locked = at->locked || locks(section, TC_STR("tempDirectory"));
        } else if (is(node, "identity") && get(r->arena, node, "impersonate", &text)) {
            settings->has_impersonate = true;
            settings->impersonate = is_true(text);
            settings->impersonate_locked = at->locked || locks(section, TC_STR("impersonate"));
        }
    }
}

static void
read_system_web(struct reading *r, xmlNode *group, const struct location *at)
{
    read_sections(r, group, at, settings_for(r, &r->config->paths, at->path));
    if (!at->for_itself)
        read_sections(r, group, at, settings_for(r, &r->config->below, at->path));
}

static void
add_place(struct reading *r, const xmlNode *group, struct tc_str path)
{
    const xmlNode *node = group->children;

    while (node != NULL && !is(node, "trust"))
        node = node->next;
    if (node == NULL || path.len == 0)
        return;
    *r->tail = tc_arena_new(r->arena, struct tc_config_place);
    if (*r->tail == NULL)
        return;
    (*r->tail)->path = path;
    r->tail = &(*r->tail)->next;
}

static void
read_location(struct reading *r, xmlNode *element)
{
    struct location at = {.path = {NULL, 0}};
    struct tc_str value;

    get(r->arena, element, "path", &at.path);
    if (tc_str_eq(at.path, TC_STR(".")))
        at.path.len = 0;
    if (get(r->arena, element, "allowOverride", &value))
        at.locked = tc_str_eq(value, TC_STR("false"));
    if (get(r->arena, element, "overrideMode", &value)) {
        at.locked = tc_str_eq(value, TC_STR("Deny"));
        at.unlocked = tc_str_eq(value, TC_STR("Allow"));
    }
    at.for_itself = get(r->arena, element, "inheritInChildApplications", &value) && tc_str_eq(value, TC_STR("false"));
    for (xmlNode *node = element->children; node != NULL; node = node->next)
        if (is(node, "system.web")) {
            read_system_web(r, node, &at);
            add_place(r, node, at.path);
        }
}

static void
ignore_error(void *state, xmlErrorPtr error)
{
    (void)state;
    (void)error;
}

enum tc_status
tc_config_read(struct tc_arena *arena, struct tc_str bytes, struct tc_config *ret_config, struct tc_str *ret_reason)
{
    struct reading r = {.config = ret_config, .arena = arena};
    xmlParserCtxt *parser = xmlNewParserCtxt();
    xmlDoc *doc = NULL;
    xmlNode *root;
    const struct location outside = {.path = {NULL, 0}};

    *ret_config = (struct tc_config){.arena = arena};
    r.tail = &ret_config->places;
    tc_map_init(&ret_config->levels, arena);
    tc_map_init(&ret_config->paths, arena);
    tc_map_init(&ret_config->below, arena);
    if (parser == NULL)
        return TC_ERR_NOMEM;
    if (parser->sax != NULL)
        parser->sax->serror = (xmlStructuredErrorFunc)ignore_error;
    if (bytes.len <= INT32_MAX)
        doc = xmlCtxtReadMemory(parser, bytes.ptr == NULL ? "" : bytes.ptr, (int)bytes.len, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT);
    xmlFreeParserCtxt(parser);
    if (doc == NULL) {
        *ret_reason = TC_STR("it is not well-formed XML");
        return TC_FAILED;
    }
    root = xmlDocGetRootElement(doc);
    if (root == NULL || !is(root, "configuration"))
        r.reason = TC_STR("its outermost element is not <configuration>");
    for (xmlNode *node = root == NULL ? NULL : root->children; node != NULL; node = node->next) {
        if (is(node, "location"))
            read_location(&r, node);
        else if (is(node, "system.web"))
            read_system_web(&r, node, &outside);
    }
    xmlFreeDoc(doc);
    if (arena->failed)
        return TC_ERR_NOMEM;
    *ret_reason = r.reason;
    return r.reason.len > 0 ? TC_FAILED : TC_OK;
}

static void
override(struct tc_config_path_settings *into, const struct tc_config_path_settings *nearer)
{
    if (nearer->has_trust) {
        into->has_trust = true;
        into->trust_locked = nearer->trust_locked || (into->trust_locked && !nearer->trust_unlocked);
    }
#define TAKE(flag, value)                                                                                              \
    if (nearer->flag) {                                                                                                \
        into->flag = true;                                                                                             \
        into->value = nearer->value;                                                                                   \
    }
    TAKE(has_level, level)
    TAKE(has_origin, origin)
    TAKE(has_legacy, legacy)
    TAKE(has_resolver, resolver)
    TAKE(has_process_request, process_request)
    TAKE(has_permission_set, permission_set)
    TAKE(has_temp_directory, temp_directory)
    TAKE(has_impersonate, impersonate)
#undef TAKE
    into->temp_directory_locked |= nearer->temp_directory_locked;
    into->impersonate_locked |= nearer->impersonate_locked;
}

/* What may be set no more, because a section for a path above locks it. */
struct lock {
    struct lock *next;
    const struct tc_config_section *section;
    struct tc_str path;
};

static struct tc_str
find_refused(struct tc_arena *arena, const struct lock *locked, const struct tc_config_path_settings *settings)
{
    for (; locked != NULL; locked = locked->next)
        for (const struct tc_config_section *section = settings->sections; section != NULL; section = section->next)
            for (size_t i = 0; i < section->attribute_count; i++)
                if (tc_str_eq(section->name, locked->section->name) && locks(locked->section, section->attributes[i]))
                    return tc_arena_printf(arena, "<%.*s> for '%.*s' locks its '%.*s' for all paths below",
                                           TC_STR_ARG(section->name), TC_STR_ARG(locked->path),
                                           TC_STR_ARG(section->attributes[i]));
    return (struct tc_str){NULL, 0};
}

static void
add_locks(struct tc_arena *arena, struct lock **list, const struct tc_config_path_settings *settings,
          struct tc_str path)
{
    for (const struct tc_config_section *section = settings->sections; section != NULL; section = section->next) {
        struct lock *lock;

        if (!section->locks_item && !section->has_except && section->locks.len == 0)
            continue;
        lock = tc_arena_new(arena, struct lock);
        if (lock == NULL)
            return;
        *lock = (struct lock){.next = *list, .section = section, .path = path};
        *list = lock;
    }
}

static void
inherit_assemblies(struct tc_arena *arena, struct tc_config_path_settings *into, const struct tc_config_assembly *list)
{
    for (; list != NULL; list = list->next) {
        struct tc_config_assembly *copy = tc_arena_new(arena, struct tc_config_assembly);

        if (copy == NULL)
            return;
        *copy = *list;
        copy->next = into->inherited;
        into->inherited = copy;
    }
}

struct tc_config_path_settings
tc_config_effective(const struct tc_config *config, struct tc_arena *arena, struct tc_str path)
{
    struct tc_str folded = tc_str_fold(arena, path);
    struct tc_config_path_settings effective = {0};
    const struct tc_config_path_settings *found = tc_map_get(&config->paths, TC_STR(""));
    struct lock *locked = NULL;

    if (found != NULL) {
        effective = *found;
        add_locks(arena, &locked, found, TC_STR("the whole machine"));
    }
    for (size_t i = 1; i <= folded.len; i++) {
        bool is_own = i == folded.len;

        if (!is_own && folded.ptr[i] != '/')
            continue;
        found = tc_map_get(is_own ? &config->paths : &config->below, tc_str_sub(folded, 0, i));
        if (found == NULL)
            continue;
        if (effective.refused.len == 0)
            effective.refused = find_refused(arena, locked, found);
        add_locks(arena, &locked, found, tc_str_sub(path, 0, i));
        override(&effective, found);
        if (is_own && found->assemblies != NULL)
            effective.assemblies = found->assemblies;
        else if (!is_own)
            inherit_assemblies(arena, &effective, found->assemblies);
    }
    return effective;
}

struct tc_str
tc_config_policy_file(const struct tc_config *config, struct tc_str level)
{
    const struct tc_str *file = tc_map_get(&config->levels, level);

    return file == NULL ? (struct tc_str){NULL, 0} : *file;
}
