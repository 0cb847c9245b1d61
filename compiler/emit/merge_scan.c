#include "emit/merge_scan.h"

#include "xml/conform.h"

#include <inttypes.h>
#include <string.h>

const char *
tc_section_name(enum tc_section section)
{
    static const char *const names[TC_SECTION_COUNT_] = {
        [TC_SECTION_SECURITY_POLICY] = "securityPolicy",
        [TC_SECTION_TRUST] = "trust",
        [TC_SECTION_FULL_TRUST] = "fullTrustAssemblies",
        [TC_SECTION_COMPILATION] = "compilation",
        [TC_SECTION_IDENTITY] = "identity",
    };
    return names[section];
}

/* ---- helpers --------------------------------------------------------------------------------- */

static struct tc_span
span_of(const struct tc_config_file *file, uint32_t begin, uint32_t end)
{
    return (struct tc_span){file->source->base + begin, file->source->base + end};
}

struct tc_span
tc_config_file_span(const struct tc_config_file *file, const struct tc_markup *markup)
{
    return span_of(file, markup->begin, markup->end);
}

/* The span of the value of an attribute, or of the whole tag when it has none. */
static struct tc_span
attr_span(const struct tc_config_file *file, const struct tc_markup *element, const struct tc_markup_attr *attr)
{
    return attr != NULL ? span_of(file, attr->begin, attr->end) : tc_config_file_span(file, element);
}

static struct tc_str
decoded(const struct tc_config_file *file, struct tc_str raw)
{
    struct tc_str value = raw;
    for (size_t i = 0; file->encoding.len > 0 && i < raw.len; i++) {
        if ((unsigned char)raw.ptr[i] >= 0x80) {
            value = tc_conform_utf8(file->arena, file->encoding, raw);
            break;
        }
    }
    return tc_markup_value(file->arena, value);
}

bool
tc_config_file_value(const struct tc_config_file *file, const struct tc_markup *element, const char *name,
                     struct tc_str *ret_value)
{
    const struct tc_markup_attr *attr = tc_markup_attr(element, name);
    if (attr == NULL)
        return false;
    *ret_value = decoded(file, attr->value);
    return true;
}

static bool
value_is(const struct tc_config_file *file, const struct tc_markup *element, const char *name, const char *wanted)
{
    struct tc_str value;
    return tc_config_file_value(file, element, name, &value) && tc_str_eq(value, tc_str_of(wanted));
}

const struct tc_markup *
tc_config_file_next(const struct tc_config_file *file, const struct tc_markup *parent, const struct tc_markup *markup)
{
    const struct tc_markup *next = markup != NULL ? markup->next : parent->first;
    while (next != NULL) {
        size_t kind = 0;
        while (kind < TC_REGION_COUNT_ && file->regions[kind].begin != next)
            kind++;
        if (kind == TC_REGION_COUNT_)
            return next;
        next = file->regions[kind].end->next;
    }
    return NULL;
}

const struct tc_markup *
tc_config_file_location(const struct tc_markup *markup)
{
    while (markup != NULL && !tc_markup_is(markup, "location"))
        markup = markup->parent;
    return markup;
}

bool
tc_config_file_is_locked(const struct tc_config_file *file, const struct tc_markup *location)
{
    return location != NULL &&
           (value_is(file, location, "allowOverride", "false") || value_is(file, location, "overrideMode", "Deny"));
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether nothing but blanks stands before @a at on its line; they are the indentation. */
bool
tc_config_file_line_before(const struct tc_config_file *file, uint32_t at, struct tc_str *ret_indent)
{
    const char *text = file->source->text.ptr;
    uint32_t begin = at;
    while (begin > 0 && is_blank(text[begin - 1]))
        begin--;
    if (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '\r')
        return false;
    *ret_indent = (struct tc_str){text + begin, at - begin};
    return true;
}

/* Whether nothing but blanks stands behind @a at on its line; the next line begins at @a ret_next. */
bool
tc_config_file_line_after(const struct tc_config_file *file, uint32_t at, uint32_t *ret_next)
{
    struct tc_str text = file->source->text;
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    if (at >= text.len || (text.ptr[at] != '\n' && text.ptr[at] != '\r'))
        return false;
    *ret_next = at + (text.ptr[at] == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n' ? 2 : 1);
    return true;
}

struct tc_str
tc_location_path_key(struct tc_arena *arena, struct tc_str path)
{
    return tc_str_eq(path, TC_STR(".")) ? TC_STR("") : tc_str_fold(arena, path);
}

const char *
tc_location_path_fault(struct tc_str path)
{
    if (path.len == 0 || tc_str_eq(path, TC_STR(".")))
        return NULL;
    char first = path.ptr[0];
    char last = path.ptr[path.len - 1];
    if (strchr(" \t\r\n", first) != NULL || strchr(" \t\r\n", last) != NULL)
        return "begins or ends with a blank";
    if (strchr("\\./", first) != NULL)
        return "begins with '\\', '.' or '/': write it as in 'Default Web Site/app'";
    if (strchr("\\./", last) != NULL)
        return "ends with '\\', '.' or '/': leave that out";
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] == '\\')
            return "has a '\\': separate its parts by '/'";
        if (strchr("?:*\"<>|", path.ptr[i]) != NULL)
            return "has one of ? : * \" < > |, which no location path may have";
    }
    return NULL;
}

/* ---- layout ---------------------------------------------------------------------------------- */

static struct tc_str
dominant_newline(struct tc_str text)
{
    size_t crlf = 0, lf = 0, cr = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            lf++;
        } else if (text.ptr[i] == '\r') {
            if (i + 1 < text.len && text.ptr[i + 1] == '\n') {
                crlf++;
                i++;
            } else {
                cr++;
            }
        }
    }
    if (crlf >= lf && crlf >= cr && crlf > 0)
        return TC_STR("\r\n");
    return cr > lf ? TC_STR("\r") : TC_STR("\n");
}

/* The first element, outside our regions, that is indented beyond its parent shows one step. */
static struct tc_str
indent_unit(const struct tc_config_file *file)
{
    const struct tc_markup *parent = file->root;
    const struct tc_markup *at = NULL;
    struct tc_str outer, inner;
    for (;;) {
        at = tc_config_file_next(file, parent, at);
        if (at == NULL) {
            if (parent == file->root)
                return TC_STR("  ");
            at = parent;
            parent = parent->parent;
            continue;
        }
        if (at->kind != TC_MARKUP_ELEMENT)
            continue;
        if (tc_config_file_line_before(file, parent->begin, &outer) &&
            tc_config_file_line_before(file, at->begin, &inner) && inner.len > outer.len && tc_str_starts(inner, outer))
            return tc_str_sub(inner, outer.len, inner.len);
        if (at->first != NULL) {
            parent = at;
            at = NULL;
        }
    }
}

/* ---- regions --------------------------------------------------------------------------------- */

struct marker {
    bool is_marker;
    bool is_end;
    enum tc_region_kind kind; /* TC_REGION_COUNT_: none that we know */
};

static struct tc_str
skip_blanks(struct tc_str text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]) != NULL)
        text = tc_str_sub(text, 1, text.len);
    return text;
}

/* Every comment that begins with our name and a colon is meant for us. */
static struct marker
read_marker(const struct tc_markup *markup)
{
    struct marker marker = {.kind = TC_REGION_COUNT_};
    if (markup->kind != TC_MARKUP_COMMENT)
        return marker;
    struct tc_str text = skip_blanks(markup->name);
    if (!tc_str_starts(text, TC_STR("trustc:")))
        return marker;
    marker.is_marker = true;
    text = tc_str_sub(text, 7, text.len);
    size_t skip;
    if (tc_str_starts(text, TC_STR("begin"))) {
        skip = 5;
    } else if (tc_str_starts(text, TC_STR("end"))) {
        marker.is_end = true;
        skip = 3;
    } else {
        return marker;
    }
    struct tc_str rest = tc_str_sub(text, skip, text.len);
    struct tc_str word = skip_blanks(rest);
    if (word.len == rest.len)
        return marker;
    size_t len = 0;
    while (len < word.len && word.ptr[len] >= 'a' && word.ptr[len] <= 'z')
        len++;
    word.len = len;
    for (int kind = 0; kind < TC_REGION_COUNT_; kind++) {
        if (tc_str_eq(word, tc_str_of(tc_region_name(kind))))
            marker.kind = (enum tc_region_kind)kind;
    }
    return marker;
}

static void
help_with_markers(const struct tc_config_file *file, struct tc_diag *diag)
{
    tc_diag_help(
        file->diags, diag,
        "restore the two comments from a backup, or delete both together with the entries between them: the next "
        "merge writes them anew");
}

/* Pair up the markers. False when something is wrong with them; nothing may be replaced then. */
static bool
find_regions(struct tc_config_file *file, const struct tc_markup *document)
{
    const struct tc_code *code = tc_code(TC_CODE_MERGE_MARKERS);
    struct tc_diags *diags = file->diags;
    const struct tc_markup *open = NULL;
    enum tc_region_kind open_kind = TC_REGION_COUNT_;
    bool ok = true;
    for (const struct tc_markup *at = document->first; at != NULL; at = tc_markup_next(at)) {
        struct marker marker = read_marker(at);
        if (!marker.is_marker)
            continue;
        struct tc_diag *diag = NULL;
        if (marker.kind == TC_REGION_COUNT_) {
            diag = tc_diag_add(diags, code, tc_config_file_span(file, at),
                               "a comment that begins with 'trustc:' but is none of trustc's markers");
            tc_diag_note(diags, diag,
                         "a marker is 'trustc:begin' or 'trustc:end' and one of levels, trust, assemblies, locations");
        } else if (!marker.is_end && open != NULL) {
            diag = tc_diag_add(diags, code, tc_config_file_span(file, at),
                               "'trustc:begin %s' inside another region of trustc: expected 'trustc:end %s' first",
                               tc_region_name(marker.kind), tc_region_name(open_kind));
            tc_diag_label(diags, diag, tc_config_file_span(file, open), "this region has not ended yet");
            open = at;
            open_kind = marker.kind;
        } else if (!marker.is_end) {
            open = at;
            open_kind = marker.kind;
        } else if (open == NULL) {
            diag = tc_diag_add(diags, code, tc_config_file_span(file, at),
                               "'trustc:end %s' without 'trustc:begin %s' before it", tc_region_name(marker.kind),
                               tc_region_name(marker.kind));
        } else if (marker.kind != open_kind || at->parent != open->parent) {
            diag =
                tc_diag_add(diags, code, tc_config_file_span(file, at),
                            marker.kind != open_kind
                                ? "'trustc:end %s' ends another region than the one that was begun"
                                : "'trustc:end %s' stands in another element than the comment that begins the region",
                            tc_region_name(marker.kind));
            tc_diag_label(diags, diag, tc_config_file_span(file, open), "begun here");
            open = NULL;
        } else if (file->regions[marker.kind].begin != NULL) {
            diag = tc_diag_add(diags, code, tc_config_file_span(file, open), "a second region 'trustc:begin %s'",
                               tc_region_name(marker.kind));
            tc_diag_label(diags, diag, tc_config_file_span(file, file->regions[marker.kind].begin), "the first one");
            open = NULL;
        } else {
            file->regions[marker.kind] = (struct tc_config_region){open, at};
            open = NULL;
        }
        if (diag != NULL) {
            help_with_markers(file, diag);
            ok = false;
        }
    }
    if (open != NULL) {
        struct tc_diag *diag = tc_diag_add(diags, code, tc_config_file_span(file, open),
                                           "'trustc:begin %s' without 'trustc:end %s' behind it",
                                           tc_region_name(open_kind), tc_region_name(open_kind));
        help_with_markers(file, diag);
        ok = false;
    }
    return ok;
}

static bool
is_machine_location(const struct tc_config_file *file, const struct tc_markup *location)
{
    struct tc_str path;
    return !tc_config_file_value(file, location, "path", &path) || path.len == 0 || tc_str_eq(path, TC_STR("."));
}

/* Whether @a group is a `<system.web>` for the whole machine. */
static bool
is_machine_group(const struct tc_config_file *file, const struct tc_markup *group)
{
    if (!tc_markup_is(group, "system.web"))
        return false;
    const struct tc_markup *parent = group->parent;
    return parent == file->root ||
           (tc_markup_is(parent, "location") && parent->parent == file->root && is_machine_location(file, parent));
}

static bool
is_right_place(const struct tc_config_file *file, enum tc_region_kind kind, const struct tc_markup *parent)
{
    switch (kind) {
    case TC_REGION_LEVELS:
        return tc_markup_is(parent, "securityPolicy") && is_machine_group(file, parent->parent);
    case TC_REGION_TRUST:
        return is_machine_group(file, parent);
    case TC_REGION_ASSEMBLIES:
        return tc_markup_is(parent, "fullTrustAssemblies") && is_machine_group(file, parent->parent);
    case TC_REGION_LOCATIONS:
    case TC_REGION_COUNT_:
        break;
    }
    return parent == file->root;
}

/* What we write, so that nothing that someone put between the markers is taken for ours and lost. */
static const struct shape {
    const char *name;
    const char *parent; /* NULL: directly in the region */
    unsigned kinds;     /* where it may stand so, a bit per region kind */
    const char *attrs[5];
} shapes[] = {
    {"trustLevel", NULL, 1u << TC_REGION_LEVELS, {"name", "policyFile"}},
    {"trust", NULL, 1u << TC_REGION_TRUST, {"level", "originUrl", "legacyCasModel", "permissionSetName"}},
    {"fullTrustAssemblies", NULL, 1u << TC_REGION_TRUST, {NULL}},
    {"add", NULL, 1u << TC_REGION_ASSEMBLIES, {"assemblyName", "version", "publicKey"}},
    {"add",
     "fullTrustAssemblies",
     1u << TC_REGION_TRUST | 1u << TC_REGION_LOCATIONS,
     {"assemblyName", "version", "publicKey"}},
    {"location", NULL, 1u << TC_REGION_LOCATIONS, {"path", "allowOverride", "inheritInChildApplications"}},
    {"system.web", "location", 1u << TC_REGION_LOCATIONS, {NULL}},
    {"trust", "system.web", 1u << TC_REGION_LOCATIONS, {"level", "originUrl", "legacyCasModel", "permissionSetName"}},
    {"fullTrustAssemblies", "system.web", 1u << TC_REGION_LOCATIONS, {NULL}},
    {"compilation", "system.web", 1u << TC_REGION_LOCATIONS, {"tempDirectory", "lockAttributes"}},
    {"identity", "system.web", 1u << TC_REGION_LOCATIONS, {"impersonate", "lockAttributes"}},
};

static const struct shape *
shape_of(enum tc_region_kind kind, const struct tc_markup *element, const struct tc_markup *region_parent)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        bool fits = shapes[i].parent == NULL
                        ? element->parent == region_parent
                        : element->parent != region_parent && tc_markup_is(element->parent, shapes[i].parent);
        if (fits && (shapes[i].kinds & 1u << kind) && tc_markup_is(element, shapes[i].name))
            return &shapes[i];
    }
    return NULL;
}

static bool
has_attr(const struct shape *shape, struct tc_str name)
{
    for (size_t i = 0; shape->attrs[i] != NULL; i++) {
        if (tc_str_eq(name, tc_str_of(shape->attrs[i])))
            return true;
    }
    return false;
}

/* Report what in the region is not ours. */
static bool
check_region(const struct tc_config_file *file, enum tc_region_kind kind)
{
    const struct tc_config_region *region = &file->regions[kind];
    const struct tc_code *code = tc_code(TC_CODE_MERGE_FOREIGN_INSIDE);
    struct tc_diags *diags = file->diags;
    const struct tc_markup *parent = region->begin->parent;
    if (!is_right_place(file, kind, parent)) {
        struct tc_diag *diag =
            tc_diag_add(diags, tc_code(TC_CODE_MERGE_MARKERS), tc_config_file_span(file, region->begin),
                        "the region 'trustc:begin %s' stands where trustc does not put it", tc_region_name(kind));
        help_with_markers(file, diag);
        return false;
    }
    bool ok = true;
    for (const struct tc_markup *at = tc_markup_next(region->begin); at != region->end; at = tc_markup_next(at)) {
        const struct shape *shape = at->kind == TC_MARKUP_ELEMENT ? shape_of(kind, at, parent) : NULL;
        struct tc_diag *diag = NULL;
        if (shape == NULL) {
            diag = tc_diag_add(diags, code, tc_config_file_span(file, at),
                               at->kind == TC_MARKUP_ELEMENT   ? "'%.*s' between trustc's markers is not trustc's"
                               : at->kind == TC_MARKUP_COMMENT ? "this comment between trustc's markers is not trustc's"
                                                               : "this text between trustc's markers is not trustc's",
                               TC_STR_ARG(at->name));
        } else {
            for (const struct tc_markup_attr *attr = at->attrs; attr != NULL && diag == NULL; attr = attr->next) {
                if (!has_attr(shape, attr->name))
                    diag = tc_diag_add(diags, code, attr_span(file, at, attr),
                                       "the attribute '%.*s' between trustc's markers is not trustc's",
                                       TC_STR_ARG(attr->name));
            }
        }
        if (diag != NULL) {
            tc_diag_label(diags, diag, tc_config_file_span(file, region->begin), "the region begins here");
            tc_diag_help(diags, diag, "move it out of the region, or remove it: a merge replaces the whole region");
            ok = false;
        }
    }
    return ok;
}

/* ---- sections by path ------------------------------------------------------------------------ */

static bool
add_path(struct tc_config_file *file, struct tc_config_path *path)
{
    if (file->path_count == file->path_capacity) {
        size_t capacity = file->path_capacity == 0 ? 16 : 2 * file->path_capacity;
        struct tc_config_path **all = tc_arena_array(file->arena, struct tc_config_path *, capacity);
        if (all == NULL)
            return false;
        if (file->path_count > 0)
            memcpy(all, file->all, file->path_count * sizeof(struct tc_config_path *));
        file->all = all;
        file->path_capacity = capacity;
    }
    file->all[file->path_count++] = path;
    return true;
}

static struct tc_config_path *
find_path(struct tc_config_file *file, struct tc_str written)
{
    struct tc_str key = tc_location_path_key(file->arena, written);
    if (key.len == 0)
        return &file->machine;
    struct tc_config_path *path = tc_map_get(&file->paths, key);
    if (path != NULL)
        return path;
    path = tc_arena_new(file->arena, struct tc_config_path);
    if (path == NULL || !add_path(file, path))
        return NULL;
    path->path = written;
    tc_map_add(&file->paths, key, path);
    return path;
}

/* An attribute that must be one of a few words; the configuration system compares them exactly (aspnet-trust 3.1). */
static void
check_choice(const struct tc_config_file *file, const struct tc_markup *location, const char *name,
             const char *const *words, const char *expected)
{
    struct tc_str value;
    if (!tc_config_file_value(file, location, name, &value))
        return;
    for (; *words != NULL; words++) {
        if (tc_str_eq(value, tc_str_of(*words)))
            return;
    }
    tc_diag_add(file->diags, tc_code(TC_CODE_MERGE_LOCATION_ATTRIBUTE),
                attr_span(file, location, tc_markup_attr(location, name)), "%s=\"%.*s\": expected %s, in these letters",
                name, TC_STR_ARG(value), expected);
}

static void
check_location(const struct tc_config_file *file, const struct tc_markup *location)
{
    static const char *const booleans[] = {"true", "false", NULL};
    static const char *const modes[] = {"Inherit", "Allow", "Deny", NULL};
    const struct tc_code *code = tc_code(TC_CODE_MERGE_LOCATION_ATTRIBUTE);
    struct tc_diags *diags = file->diags;
    for (const struct tc_markup_attr *attr = location->attrs; attr != NULL; attr = attr->next) {
        if (!tc_str_eq(attr->name, TC_STR("path")) && !tc_str_eq(attr->name, TC_STR("allowOverride")) &&
            !tc_str_eq(attr->name, TC_STR("overrideMode")) &&
            !tc_str_eq(attr->name, TC_STR("inheritInChildApplications")))
            tc_diag_add(diags, code, attr_span(file, location, attr),
                        "<location> has no attribute '%.*s': expected path, allowOverride, overrideMode or "
                        "inheritInChildApplications",
                        TC_STR_ARG(attr->name));
    }
    check_choice(file, location, "allowOverride", booleans, "'true' or 'false'");
    check_choice(file, location, "inheritInChildApplications", booleans, "'true' or 'false'");
    check_choice(file, location, "overrideMode", modes, "'Inherit', 'Allow' or 'Deny'");
    const struct tc_markup_attr *mode = tc_markup_attr(location, "overrideMode");
    const struct tc_markup_attr *allow = tc_markup_attr(location, "allowOverride");
    if (mode != NULL && allow != NULL) {
        struct tc_diag *diag = tc_diag_add(diags, code, attr_span(file, location, mode),
                                           "allowOverride and overrideMode cannot stand in one <location>");
        tc_diag_label(diags, diag, attr_span(file, location, allow), "the other one");
    }
    if (is_machine_location(file, location) && value_is(file, location, "inheritInChildApplications", "false"))
        tc_diag_add(diags, code, attr_span(file, location, tc_markup_attr(location, "inheritInChildApplications")),
                    "inheritInChildApplications=\"false\" needs a path in a machine-level file");
    struct tc_str path;
    if (tc_config_file_value(file, location, "path", &path) && tc_location_path_fault(path) != NULL)
        tc_diag_add(diags, tc_code(TC_CODE_MERGE_LOCATION_PATH),
                    attr_span(file, location, tc_markup_attr(location, "path")), "the location path '%.*s' %s",
                    TC_STR_ARG(path), tc_location_path_fault(path));
    for (const struct tc_markup *at = location->first; at != NULL; at = at->next) {
        if (tc_markup_is(at, "location")) {
            struct tc_diag *diag = tc_diag_add(diags, tc_code(TC_CODE_MERGE_LOCATION_NESTED),
                                               tc_config_file_span(file, at), "a <location> inside a <location>");
            tc_diag_label(diags, diag, tc_config_file_span(file, location), "the outer one");
            tc_diag_help(diags, diag, "put it beside the outer one; a path is always written in full");
        }
    }
}

static void
add_section(const struct tc_config_file *file, struct tc_config_path *path, enum tc_section section,
            const struct tc_markup *element)
{
    const struct tc_markup *earlier = path->sections[section];
    if (earlier != NULL) {
        struct tc_diag *diag =
            path->path.len > 0
                ? tc_diag_add(file->diags, tc_code(TC_CODE_MERGE_SECTION_TWICE), tc_config_file_span(file, element),
                              "<%s> a second time for the path '%.*s'", tc_section_name(section),
                              TC_STR_ARG(path->path))
                : tc_diag_add(file->diags, tc_code(TC_CODE_MERGE_SECTION_TWICE), tc_config_file_span(file, element),
                              "<%s> a second time for the whole machine", tc_section_name(section));
        tc_diag_label(file->diags, diag, tc_config_file_span(file, earlier), "the first one");
        return;
    }
    static const char *const elsewhere[] = {"configSource", "configProtectionProvider"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        const struct tc_markup_attr *attr = tc_markup_attr(element, elsewhere[i]);
        if (attr != NULL)
            tc_diag_add(file->diags, tc_code(TC_CODE_MERGE_ELSEWHERE), attr_span(file, element, attr),
                        "<%s> has %s, so that what it says cannot be read here", tc_section_name(section),
                        elsewhere[i]);
    }
    path->sections[section] = element;
}

static void
read_group(const struct tc_config_file *file, struct tc_config_path *path, const struct tc_markup *group)
{
    for (const struct tc_markup *at = tc_config_file_next(file, group, NULL); at != NULL;
         at = tc_config_file_next(file, group, at)) {
        for (int section = 0; section < TC_SECTION_COUNT_; section++) {
            if (tc_markup_is(at, tc_section_name(section)))
                add_section(file, path, (enum tc_section)section, at);
        }
    }
}

static enum tc_status
read_root(struct tc_config_file *file)
{
    const struct tc_markup *first = NULL;
    for (const struct tc_markup *at = tc_config_file_next(file, file->root, NULL); at != NULL;
         at = tc_config_file_next(file, file->root, at)) {
        if (at->kind != TC_MARKUP_ELEMENT)
            continue;
        if (first == NULL)
            first = at;
        if (tc_markup_is(at, "configSections") && first != at) {
            struct tc_diag *diag =
                tc_diag_add(file->diags, tc_code(TC_CODE_MERGE_CONFIG_SECTIONS), tc_config_file_span(file, at),
                            "<configSections> must be the first element of <configuration>");
            tc_diag_label(file->diags, diag, tc_config_file_span(file, first), "stands before it");
        }
        if (tc_markup_is(at, "system.web")) {
            read_group(file, &file->machine, at);
        } else if (tc_markup_is(at, "location")) {
            check_location(file, at);
            struct tc_str written = TC_STR("");
            tc_config_file_value(file, at, "path", &written);
            struct tc_config_path *path = find_path(file, written);
            if (path == NULL)
                return TC_ERR_NOMEM;
            for (const struct tc_markup *group = at->first; group != NULL; group = group->next) {
                if (tc_markup_is(group, "system.web"))
                    read_group(file, path, group);
            }
        }
    }
    return TC_OK;
}

enum tc_status
tc_config_file_read(struct tc_arena *arena, struct tc_diags *diags, const struct tc_source *source,
                    struct tc_config_file *ret_file)
{
    struct tc_config_file *file = ret_file;
    *file = (struct tc_config_file){.arena = arena, .diags = diags, .source = source};
    uint64_t limit = tc_limit(TC_LIMIT_CONFIG_BYTES)->value;
    if (source->text.len > limit) {
        tc_diag_add(diags, tc_code(TC_CODE_MERGE_TOO_LARGE), span_of(file, 0, 0),
                    "the file has %zu bytes: expected at most %" PRIu64, source->text.len, limit);
        return TC_FAILED;
    }
    const struct tc_conform_codes codes = {
        .not_xml = tc_code(TC_CODE_MERGE_NOT_XML),
        .doctype = tc_code(TC_CODE_MERGE_DOCTYPE),
        .encoding = tc_code(TC_CODE_MERGE_ENCODING),
    };
    enum tc_status status = tc_conform_check(source, diags, &codes);
    if (status != TC_OK)
        return status;
    struct tc_markup *document;
    struct tc_markup_fault fault;
    status = tc_spans_scan(arena, source->text, &document, &fault);
    if (status == TC_FAILED)
        tc_diag_add(diags, codes.not_xml, span_of(file, fault.begin, fault.end), "%.*s", TC_STR_ARG(fault.message));
    if (status != TC_OK)
        return status;
    for (const struct tc_markup *at = document->first; at != NULL; at = at->next) {
        if (at->kind == TC_MARKUP_ELEMENT)
            file->root = at;
    }
    if (!tc_markup_is(file->root, "configuration")) {
        struct tc_diag *diag =
            tc_diag_add(diags, tc_code(TC_CODE_MERGE_NO_CONFIGURATION), tc_config_file_span(file, file->root),
                        "the outermost element is '%.*s': expected 'configuration'", TC_STR_ARG(file->root->name));
        tc_diag_help(diags, diag, "name the web.config or machine.config of the server's CONFIG directory");
        return TC_FAILED;
    }
    file->encoding = tc_spans_encoding(source->text);
    if (tc_str_eq_nocase(file->encoding, TC_STR("utf-8")))
        file->encoding = TC_STR("");
    if (!find_regions(file, document))
        return TC_FAILED;
    size_t errors = diags->errors;
    for (int kind = 0; kind < TC_REGION_COUNT_; kind++) {
        if (file->regions[kind].begin != NULL)
            check_region(file, (enum tc_region_kind)kind);
    }
    if (diags->errors > errors)
        return TC_FAILED;
    file->newline = dominant_newline(source->text);
    file->unit = indent_unit(file);
    tc_map_init(&file->paths, arena);
    if (!add_path(file, &file->machine))
        return TC_ERR_NOMEM;
    status = read_root(file);
    const struct tc_markup *trust = file->machine.sections[TC_SECTION_TRUST];
    const struct tc_markup *ours = file->regions[TC_REGION_TRUST].begin;
    if (status == TC_OK && trust != NULL && ours != NULL) {
        struct tc_diag *diag =
            tc_diag_add(diags, tc_code(TC_CODE_MERGE_SECTION_TWICE), tc_config_file_span(file, trust),
                        "<trust> for the whole machine beside the one of trustc");
        tc_diag_label(diags, diag, tc_config_file_span(file, ours), "trustc's own stands here");
        tc_diag_help(diags, diag, "remove this one, and set the machine's trust level in the source");
    }
    if (status == TC_OK && arena->failed)
        status = TC_ERR_NOMEM;
    if (status == TC_OK && diags->errors > errors)
        status = TC_FAILED;
    return status;
}
