#include "check/file.h"

#include "base/ascii.h"
#include "model/pset_algebra.h"
#include "model/resolve.h"
#include "xml/plain.h"
#include "xml/policy_text.h"
#include "xml/reader.h"

#include <string.h>

/* ---- kinds ---- */

static bool
holds(struct tc_str text, const char *what)
{
    return tc_str_find(text, tc_str_of(what), 0) != SIZE_MAX;
}

/* The same in UTF-16 that was taken for UTF-8: a NUL beside each character. */
static bool
holds_wide(struct tc_str text, const char *what)
{
    char wide[32];
    size_t len = strlen(what);

    if (text.len < 4 || (text.ptr[0] != '\0' && text.ptr[1] != '\0') || 2 * len - 1 > sizeof wide)
        return false;
    memset(wide, 0, sizeof wide);
    for (size_t i = 0; i < len; i++)
        wide[2 * i] = what[i];
    return tc_str_find(text, (struct tc_str){wide, 2 * len - 1}, 0) != SIZE_MAX;
}

/* The first word that is not in a comment of a source. */
static struct tc_str
first_word(struct tc_str text)
{
    size_t at = 0, end;

    for (;;) {
        while (at < text.len && tc_ascii_is_white(text.ptr[at]))
            at++;
        if (at == text.len || text.ptr[at] != '#')
            break;
        while (at < text.len && text.ptr[at] != '\n')
            at++;
    }
    for (end = at; end < text.len && ((text.ptr[end] >= 'a' && text.ptr[end] <= 'z') || text.ptr[end] == '-');)
        end++;
    return tc_str_sub(text, at, end - at);
}

static bool
is_source(struct tc_str name, struct tc_str text)
{
    static const char *const items[] = {"language",    "use",   "server", "class", "policy",
                                        "application", "share", "never",  "test"};
    struct tc_str word = first_word(text);

    if (tc_str_ends(name, TC_STR(".trust")))
        return true;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (tc_str_is(word, items[i]))
            return true;
    return false;
}

/* A page about policy files holds pieces of them, too: what does not begin as XML has to be called as if it were. */
static bool
may_be_xml(struct tc_str name, struct tc_str text)
{
    static const char *const endings[] = {".config", ".xml", ".manifest", ".policy", "<stdin>"};
    size_t at = 0;

    while (at < text.len && tc_ascii_is_white(text.ptr[at]))
        at++;
    if (at < text.len && (text.ptr[at] == '<' || text.ptr[at] == '['))
        return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (tc_str_ends_nocase(name, tc_str_of(endings[i])))
            return true;
    return false;
}

struct tc_str
tc_check_root_name(struct tc_str text)
{
    size_t at = tc_str_find(text, TC_STR("<"), 0), end;

    while (at != SIZE_MAX && at + 1 < text.len && (text.ptr[at + 1] == '!' || text.ptr[at + 1] == '?')) {
        bool comment = tc_str_starts(tc_str_sub(text, at, 4), TC_STR("<!--"));

        at = tc_str_find(text, comment ? TC_STR("-->") : TC_STR(">"), at + 1);
        at = at == SIZE_MAX ? at : tc_str_find(text, TC_STR("<"), at);
    }
    if (at == SIZE_MAX)
        return TC_STR("");
    for (end = at + 1; end < text.len && !tc_ascii_is_white(text.ptr[end]) && strchr("/>=", text.ptr[end]) == NULL;)
        end++;
    return tc_str_sub(text, at + 1, end - at - 1);
}

/* What a policy level is made of, apart from permission sets. */
static bool
is_part_of_level(struct tc_str tag)
{
    static const char *const names[] = {"CodeGroup", "NamedPermissionSets", "SecurityClasses", "IMembershipCondition",
                                        "FullTrustAssemblies"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tc_str_eq(tag, tc_str_of(names[i])))
            return true;
    return false;
}

enum tc_file_kind
tc_check_file_kind(struct tc_str name, struct tc_str text)
{
    if (!may_be_xml(name, text))
        return is_source(name, text) ? TC_FILE_SOURCE : TC_FILE_OTHER;
    if (holds(text, "<PolicyLevel") || holds(text, "<mscorlib") || holds_wide(text, "<mscorlib"))
        return TC_FILE_POLICY;
    if (holds(text, "<CodeAccessSecurity"))
        return TC_FILE_SHAREPOINT;
    if (is_part_of_level(tc_check_root_name(text)))
        return TC_FILE_SET;
    if (holds(text, "<configuration") || holds(text, "<system.web") || holds(text, "<securityPolicy") ||
        holds(text, "<trust ") || holds(text, "<location"))
        return TC_FILE_CONFIG;
    if (holds(text, "<PermissionSet") || holds(text, "<IPermission"))
        return TC_FILE_SET;
    return is_source(name, text) ? TC_FILE_SOURCE : TC_FILE_OTHER;
}

/* ---- trees ---- */

static void
add_class_name(struct tc_map *names, struct tc_str name, const struct tc_element_attribute *type)
{
    struct tc_check_class_name *entry = tc_arena_new(names->arena, struct tc_check_class_name);

    if (entry == NULL)
        return;
    entry->type = type;
    tc_map_add(names, name, entry);
}

static void
find_class_names(struct tc_arena *arena, struct tc_check_file *file)
{
    tc_map_init(&file->class_names, arena);
    for (const struct tc_element *entry = file->classes == NULL ? NULL : file->classes->children; entry != NULL;
         entry = entry->next) {
        const struct tc_element_attribute *name = tc_element_attr(entry, TC_ATTR_NAME);
        const struct tc_element_attribute *type = tc_element_attr(entry, TC_ATTR_DESCRIPTION);

        if (tc_element_is(entry, TC_TAG_SECURITY_CLASS) && name != NULL && type != NULL)
            add_class_name(&file->class_names, name->value, type);
    }
}

/* A set or permission with a class in short is to be pasted as well; with a whole one it is a file of its own kind. */
static bool
is_piece(const struct tc_element *root)
{
    const struct tc_element_attribute *name = tc_element_find(root, TC_STR("class"));

    if (is_part_of_level(root->tag))
        return true;
    return (tc_str_eq(root->tag, TC_STR("PermissionSet")) || tc_str_eq(root->tag, TC_STR("IPermission"))) &&
           name != NULL && memchr(name->value.ptr, '.', name->value.len) == NULL;
}

static void
find_piece(struct tc_arena *arena, struct tc_check_file *file)
{
    const struct tc_element *root = file->root;

    file->is_piece = is_piece(root);
    if (tc_str_eq(root->tag, TC_STR("CodeGroup")))
        file->group = root;
    else if (tc_str_eq(root->tag, TC_STR("NamedPermissionSets")))
        file->sets = root;
    else if (tc_str_eq(root->tag, TC_STR("FullTrustAssemblies")))
        file->full_trust = root;
    else if (tc_str_eq(root->tag, TC_STR("SecurityClasses")))
        file->classes = root;
    if (file->classes != NULL)
        find_class_names(arena, file);
}

static void
find_parts(struct tc_arena *arena, struct tc_check_file *file)
{
    const struct tc_element *root = file->root, *level = tc_policy_level_find(root);

    if (level == NULL && tc_element_is(root, TC_TAG_POLICY_LEVEL))
        level = root;
    if (level != NULL) {
        file->kind = TC_FILE_POLICY;
        file->level = level;
        file->classes = tc_element_part(level, TC_TAG_SECURITY_CLASSES);
        find_class_names(arena, file);
        file->sets = tc_element_part(level, TC_TAG_NAMED_PERMISSION_SETS);
        file->group = tc_element_part(level, TC_TAG_CODE_GROUP);
        file->full_trust = tc_element_part(level, TC_TAG_FULL_TRUST_ASSEMBLIES);
    } else if (file->kind == TC_FILE_SET || file->kind == TC_FILE_SHAREPOINT) {
        if (file->kind == TC_FILE_SET)
            find_piece(arena, file);
        if (file->group == NULL && file->sets == NULL)
            file->set = tc_element_search(root, tc_tag_name(TC_TAG_PERMISSION_SET));
        if (file->set == NULL && tc_element_is(root, TC_TAG_IPERMISSION)) {
            struct tc_element *holder = tc_arena_new(arena, struct tc_element), *only;

            only = tc_arena_new(arena, struct tc_element);
            if (holder == NULL || only == NULL)
                return;
            *only = *root;
            only->next = NULL;
            *holder = (struct tc_element){
                .tag = tc_tag_name(TC_TAG_PERMISSION_SET), .children = only, .text = TC_STR(""), .span = root->span};
            file->set = holder;
        }
    }
}

static enum tc_runtime
runtime_for(const struct tc_check_file_options *options, struct tc_str text, bool *ret_known)
{
    enum tc_framework framework = options->framework;

    *ret_known = true;
    if (!options->has_framework)
        *ret_known = tc_read_framework(text, &framework);
    return tc_runtime_of(framework, options->legacy_cas);
}

/* The tree of a file that only an XML parser can read: what is wrong further down is told all the same. */
static struct tc_element *
tree_of(struct tc_arena *arena, const struct tc_source *source, const struct tc_markup *markup)
{
    struct tc_element *element = tc_arena_new(arena, struct tc_element), **tail;
    size_t count = 0;

    if (element == NULL)
        return NULL;
    *element = (struct tc_element){
        .tag = markup->name, .text = TC_STR(""), .span = {source->base + markup->begin, source->base + markup->end}};
    for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next)
        count++;
    element->attributes = tc_arena_array(arena, struct tc_element_attribute, count);
    if (element->attributes == NULL)
        return NULL;
    for (const struct tc_markup_attr *attr = markup->attrs; attr != NULL; attr = attr->next) {
        uint32_t value = source->base + (uint32_t)(attr->value.ptr - source->text.ptr);

        element->attributes[element->attribute_count++] =
            (struct tc_element_attribute){.name = attr->name,
                                          .value = attr->value,
                                          .span = {source->base + attr->begin, source->base + attr->end},
                                          .value_span = {value, value + (uint32_t)attr->value.len}};
    }
    tail = &element->children;
    for (const struct tc_markup *m = markup->first; m != NULL; m = m->next) {
        if (m->kind != TC_MARKUP_ELEMENT)
            continue;
        *tail = tree_of(arena, source, m);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return element;
}

static enum tc_status
read_policy(struct tc_diags *diags, struct tc_check_file *file, const struct tc_read_xml *xml)
{
    struct tc_reading reading;
    struct tc_element *root;
    struct tc_str text = file->source->text, name = tc_check_root_name(text);
    /* What is before a piece is not pasted with it: the framework gives up at a comment there. */
    size_t begin = is_part_of_level(name) ? (size_t)(name.ptr - text.ptr) - 1 : 0;
    enum tc_status status = tc_clr_read(diags->arena, tc_str_sub(text, begin, SIZE_MAX),
                                        file->source->base + (uint32_t)begin, &root, &file->fault);

    if (status == TC_ERR_NOMEM)
        return status;
    file->root = status == TC_OK ? root : NULL;
    status = tc_read_source_xml(diags, file->source, file->runtime, (struct tc_str){NULL, 0}, xml, &reading);
    if (status == TC_ERR_NOMEM)
        return status;
    if (status == TC_OK)
        file->policy = reading.policy;
    if (file->kind == TC_FILE_SHAREPOINT || (file->root == NULL && reading.conforming != NULL))
        file->root = tc_markup_root(file->document) == NULL
                         ? NULL
                         : tree_of(diags->arena, file->source, tc_markup_root(file->document));
    if (file->root == NULL && file->fault.limit == TC_LIMIT_COUNT_ && tc_markup_root(file->document) != NULL)
        file->root = tree_of(diags->arena, file->source, tc_markup_root(file->document));
    if (file->root != NULL)
        find_parts(diags->arena, file);
    return TC_OK;
}

/* What all readers take alike needs to be read only once. False: it is no such file. */
static bool
read_plain(struct tc_diags *diags, struct tc_check_file *file, enum tc_status *ret_status)
{
    struct tc_reading reading;
    struct tc_plain plain;

    if ((file->kind != TC_FILE_POLICY && file->kind != TC_FILE_SET) ||
        !tc_plain_read(diags->arena, file->source->text, file->source->base, &plain) ||
        !tc_read_is_plain_policy(plain.root))
        return false;
    file->is_plain = true;
    file->has_comments = plain.has_comments;
    file->root = plain.root;
    *ret_status =
        tc_read_source_plain(diags, file->source, file->runtime, (struct tc_str){NULL, 0}, plain.root, &reading);
    if (*ret_status == TC_OK)
        file->policy = reading.policy;
    file->permissions = reading.permissions;
    find_parts(diags->arena, file);
    return true;
}

enum tc_status
tc_check_file_read(struct tc_diags *diags, struct tc_source *source, struct tc_str bytes,
                   const struct tc_check_file_options *options, struct tc_check_file *ret_file)
{
    struct tc_read_xml xml;
    struct tc_str name = tc_str_last_part(source->name, TC_STR_SLASHES);
    enum tc_status status = TC_OK;

    *ret_file = (struct tc_check_file){
        .kind = tc_check_file_kind(name, source->text), .source = source, .bytes = bytes, .name = name};
    ret_file->runtime = runtime_for(options, source->text, &ret_file->runtime_is_known);
    if (ret_file->kind == TC_FILE_SOURCE || ret_file->kind == TC_FILE_OTHER)
        return TC_OK;
    if (read_plain(diags, ret_file, &status))
        return diags->arena->failed ? TC_ERR_NOMEM : TC_OK;
    status = tc_read_xml(diags, source, &xml);
    ret_file->document = xml.document;
    ret_file->xml_fault = xml.fault;
    if (status == TC_OK && ret_file->kind != TC_FILE_CONFIG)
        status = read_policy(diags, ret_file, &xml);
    return diags->arena->failed ? TC_ERR_NOMEM : status;
}

/* ---- one permission ---- */

/* @a text with a directory for the token; the others may stand where they stand. */
static struct tc_str
without_token(struct tc_arena *arena, struct tc_str text)
{
    return tc_arena_replace(arena, text, tc_token_text(TC_TOKEN_APP_DIR), TC_STR(TC_CHECK_DIRECTORY));
}

/* A copy whose values can be tried; spans stay. */
static struct tc_element *
settled(struct tc_check *check, const struct tc_element *element, bool is_permission)
{
    struct tc_element *copy = tc_arena_new(check->arena, struct tc_element), **tail;

    if (copy == NULL)
        return NULL;
    *copy = *element;
    copy->next = copy->children = copy->last = NULL;
    copy->attributes = tc_arena_array(check->arena, struct tc_element_attribute, element->attribute_count);
    for (size_t i = 0; copy->attributes != NULL && i < element->attribute_count; i++) {
        struct tc_element_attribute *attribute = &copy->attributes[i];

        *attribute = element->attributes[i];
        attribute->value = is_permission && tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_CLASS))
                               ? tc_check_class(check, attribute->value)
                               : without_token(check->arena, attribute->value);
    }
    tail = &copy->children;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        *tail = settled(check, child, false);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return copy;
}

/* A `$` may be a token, which stands for something else there. */
static bool
may_hold_token(const struct tc_element *element)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (memchr(element->attributes[i].value.ptr, '$', element->attributes[i].value.len) != NULL)
            return true;
    for (const struct tc_element *child = element->children; child != NULL; child = child->next)
        if (may_hold_token(child))
            return true;
    return false;
}

/* What was made of @a permission, of a plain file, when the model was; NULL when that is not known. Checks go through a
 * file in its order. */
static const struct tc_read_permission *
find_read(struct tc_check *check, const struct tc_element *permission, struct tc_str type)
{
    const struct tc_read_permission *read = check->nearby_permission;

    if (check->file->permissions == NULL || may_hold_token(permission))
        return NULL;
    if (read == NULL || read->at > permission->span.begin)
        read = check->file->permissions;
    while (read != NULL && read->at < permission->span.begin)
        read = read->next;
    if (read == NULL || read->at != permission->span.begin || !tc_str_eq(read->type, type))
        return NULL;
    check->nearby_permission = read;
    return read;
}

struct kept {
    struct tc_read_permission read;
    const struct tc_element *element; /* the key */
};

static struct tc_str
key_of(const struct tc_element *const *element)
{
    return (struct tc_str){(const char *)element, sizeof *element};
}

static void
keep_read(struct tc_check *check, const struct tc_element *element, enum tc_answer answer, const struct tc_perm *perm,
          const struct tc_throw *thrown)
{
    struct kept *kept = tc_arena_new(check->arena, struct kept);

    if (kept == NULL)
        return;
    *kept = (struct kept){.read = {.answer = answer, .perm = perm}, .element = element};
    if (answer != TC_YES)
        kept->read.thrown = *thrown;
    if (check->read_here.arena == NULL)
        tc_map_init(&check->read_here, check->arena);
    tc_map_add(&check->read_here, key_of(&kept->element), &kept->read);
}

enum tc_answer
tc_check_permission_read(struct tc_check *check, const struct tc_element *permission, const struct tc_perm **ret_perm,
                         struct tc_throw *ret_throw)
{
    const struct tc_element_attribute *class_name = tc_element_attr(permission, TC_ATTR_CLASS);
    struct tc_str type = class_name == NULL ? TC_STR("") : tc_check_class(check, class_name->value);
    const struct tc_read_permission *read = class_name == NULL ? NULL : find_read(check, permission, type);
    const struct tc_perm *perm = NULL;
    struct tc_perm *fresh = NULL;
    struct tc_element *copy;
    enum tc_answer answer;

    *ret_perm = NULL;
    if (read == NULL && class_name != NULL)
        read = tc_map_get(&check->read_here, key_of(&permission));
    if (read != NULL) {
        answer = read->answer;
        perm = read->perm;
        if (answer != TC_YES)
            *ret_throw = read->thrown;
    } else {
        if (class_name == NULL || tc_class_resolve(tc_element_decode(check->arena, type)) == NULL)
            return TC_YES;
        copy = settled(check, permission, true);
        if (copy == NULL)
            return TC_YES;
        answer = tc_perm_read(check->arena, NULL, copy, &fresh, ret_throw);
        perm = fresh;
        keep_read(check, permission, answer, perm, ret_throw);
    }
    if (answer == TC_YES)
        *ret_perm = perm;
    else if (ret_throw->span.end == 0)
        ret_throw->span = permission->span;
    return answer;
}
