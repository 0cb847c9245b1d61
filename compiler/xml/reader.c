#include "xml/reader.h"

#include "data/tables.h"
#include "model/builtin_sets.h"
#include "model/pset_algebra.h"
#include "model/resolve.h"
#include "xml/clr_text.h"
#include "xml/conform.h"
#include "xml/reader_parts.h"

#include <string.h>

/* ---- groups ---- */

/* The element as lines of verbatim text. */
static struct tc_raw *
raw_of(struct tc_reader *r, const struct tc_element *element)
{
    struct tc_raw *raw = tc_arena_new(r->arena, struct tc_raw);
    struct tc_element *copy = tc_reader_original(r, element, true);
    struct tc_buf out = {0};

    if (raw == NULL || copy == NULL)
        return NULL;
    tc_element_print(&out, copy);
    *raw = (struct tc_raw){.lines = tc_arena_array(r->arena, struct tc_str, 1),
                           .line_count = 1,
                           .span = tc_reader_place(r, element->span)};
    if (raw->lines != NULL)
        raw->lines[0] = tc_arena_str(r->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return raw->lines == NULL ? NULL : raw;
}

static bool
read_condition(struct tc_reader *r, const struct tc_element *element, struct tc_membership *ret, const char **ret_why)
{
    struct tc_str name;
    const struct tc_condition_info *info;

    *ret_why = "it has no membership condition";
    if (element == NULL)
        return false;
    *ret_why = "its membership condition has no class";
    if (!tc_reader_class(r, element, &name))
        return false;
    *ret = (struct tc_membership){.kind = TC_CONDITION_COUNT_, .span = tc_reader_place(r, element->span)};
    ret->kind = tc_condition_by_name(tc_class_of_policy(name));
    *ret_why = "the framework has no such membership condition";
    if (ret->kind == TC_CONDITION_COUNT_ && tc_class_is_mscorlib(name))
        return false;
    if (ret->kind == TC_CONDITION_COUNT_) {
        ret->type = name;
        ret->markup = tc_reader_verbatim(r, element, true);
        return true;
    }
    info = tc_condition_info(ret->kind);
    for (size_t i = 0; i < info->argument_count; i++) {
        bool there = tc_element_find(element, tc_str_of(info->arguments[i].xml)) != NULL;

        ret->values[i] = tc_reader_attribute(r, element, info->arguments[i].xml);
        *ret_why = "its membership condition has no value where one is needed";
        if (ret->values[i].len == 0 && (info->arguments[i].required || there))
            return false;
    }
    return true;
}

/* Why a group of this class cannot be said, whatever its condition is; NULL when it can. */
static const char *
why_unsaid(const struct tc_element *element, enum tc_group_kind kind, struct tc_str type)
{
    static const char *const attributes[] = {"class", "version",     "PermissionSetName",
                                             "Name",  "Description", "Attributes"};
    static const char *const children[] = {"IMembershipCondition", "PermissionSet", "CodeGroup"};

    if (kind == TC_GROUP_NET && tc_element_part(element, TC_TAG_CONNECT_ACCESS_RULES) != NULL)
        return "access rules of a net group have no words in a source";
    if (kind != TC_GROUP_COUNT_)
        return NULL;
    if (tc_class_is_mscorlib(type))
        return "a code group of a class that the framework does not have";
    for (size_t i = 0; i < element->attribute_count; i++) {
        size_t k = 0;

        while (k < sizeof attributes / sizeof attributes[0] && !tc_str_is(element->attributes[i].name, attributes[k]))
            k++;
        if (k == sizeof attributes / sizeof attributes[0])
            return "a code group of a third party has an attribute of its own";
    }
    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        size_t k = 0;

        while (k < sizeof children / sizeof children[0] && !tc_str_is(child->tag, children[k]))
            k++;
        if (k == sizeof children / sizeof children[0])
            return "a code group of a third party has an element of its own";
    }
    return NULL;
}

static bool
read_group_attributes(struct tc_reader *r, const struct tc_element *element, struct tc_group *group)
{
    struct tc_str text = tc_reader_attribute(r, element, "Attributes");

    while (text.len > 0) {
        size_t comma = tc_str_find(text, TC_STR(","), 0);
        const struct tc_enum_value *value =
            tc_enum_find(tc_enum(TC_ENUM_STATEMENT_ATTRIBUTES), tc_str_trim(tc_str_sub(text, 0, comma)));

        if (value == NULL)
            return false;
        group->attributes |= (unsigned)value->value;
        text = comma == SIZE_MAX ? TC_STR("") : tc_str_sub(text, comma + 1, SIZE_MAX);
    }
    return true;
}

static const struct tc_pset *
find_set(struct tc_reader *r, struct tc_str name)
{
    struct tc_pset *const *place;

    for (; r->sets_known < r->policy->set_count; r->sets_known++)
        (void)tc_map_add(&r->sets, r->policy->sets[r->sets_known]->name, &r->policy->sets[r->sets_known]);
    place = tc_map_get(&r->sets, name);
    return place == NULL ? NULL : *place;
}

static void
read_statement(struct tc_reader *r, const struct tc_element *element, struct tc_group *group)
{
    const struct tc_element *own = tc_element_part(element, TC_TAG_PERMISSION_SET);
    const struct tc_pset *set;
    bool lost;

    if (tc_element_attr(element, TC_ATTR_PERMISSION_SET_NAME) == NULL && own != NULL) {
        group->inline_set = tc_reader_set(r, own, &lost);
        if (group->inline_set != NULL && group->inline_set->unrestricted) {
            group->inline_set = NULL;
            group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST);
        }
        return;
    }
    group->set_name = tc_reader_attribute(r, element, "PermissionSetName");
    if (group->set_name.len == 0)
        group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_NOTHING);
    if (tc_builtin_set_find(group->set_name))
        return;
    set = find_set(r, group->set_name);
    if (set == r->policy->sets[0] && r->reading->has_main) {
        group->grants_main = true;
        return;
    }
    if (set == NULL || set == r->policy->sets[0]) {
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NO_SET), tc_reader_place(r, element->span),
                    "there is no permission set '%.*s' that the framework could read: this group grants nothing",
                    TC_STR_ARG(group->set_name));
        tc_reader_comment(
            r, tc_reader_anchor(r, element),
            tc_arena_printf(r->arena, "named the set %.*s, which is not there", TC_STR_ARG(group->set_name)));
        group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_NOTHING);
    } else if (set->unrestricted) {
        group->set_name = tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST);
    }
}

static struct tc_group *read_group(struct tc_reader *r, const struct tc_element *element);

static struct tc_group *
read_groups(struct tc_reader *r, const struct tc_element *element)
{
    struct tc_group *first = NULL, **tail = &first;

    for (; element != NULL; element = element->next) {
        if (!tc_element_is(element, TC_TAG_CODE_GROUP))
            continue;
        *tail = read_group(r, element);
        if (*tail == NULL)
            return NULL;
        tail = &(*tail)->next;
    }
    return first;
}

static struct tc_group *
read_group(struct tc_reader *r, const struct tc_element *element)
{
    struct tc_group *group = tc_arena_new(r->arena, struct tc_group);
    struct tc_str name;
    const char *why = "it has no class";
    bool sayable;

    if (group == NULL)
        return NULL;
    *group = (struct tc_group){.span = tc_reader_place(r, element->span)};
    sayable = tc_reader_class(r, element, &name);
    if (sayable) {
        group->kind = tc_group_by_name(tc_class_of_policy(name));
        group->type = name;
        why = why_unsaid(element, group->kind, name);
        sayable = why == NULL;
    }
    if (sayable)
        sayable = read_condition(r, tc_element_part(element, TC_TAG_IMEMBERSHIP_CONDITION), &group->condition, &why);
    if (sayable && !read_group_attributes(r, element, group)) {
        sayable = false;
        why = "its attributes cannot be read";
    }
    tc_reader_origin(r, group->span.begin, element, sayable ? NULL : why);
    if (!sayable) {
        group->is_raw = true;
        group->raw = raw_of(r, element);
        return group->raw == NULL ? NULL : group;
    }
    group->name = tc_reader_attribute(r, element, "Name");
    group->description = tc_reader_attribute(r, element, "Description");
    if (group->kind == TC_GROUP_FILE)
        group->access = tc_reader_attribute(r, element, "Access");
    read_statement(r, element, group);
    group->children = read_groups(r, element->children);
    return r->arena->failed ? NULL : group;
}

/* ---- a level ---- */

/* Whether a definition says what the framework's own set of that name says, so that nobody misses it. */
static bool
is_builtin(struct tc_reader *r, const struct tc_element *element, struct tc_str name)
{
    struct tc_machine machine = {.local_drives = 0};
    struct tc_grant_set *own, *set;
    struct tc_throw thrown;

    return tc_builtin_grant_set(r->arena, r->framework, name, &own) && own != NULL &&
           tc_grant_set_read(r->arena, r->reading->classes, element, TC_SET_POLICY, &set, &thrown) == TC_YES &&
           tc_grant_set_subset(r->arena, &machine, set, own, &thrown) == TC_YES &&
           tc_grant_set_subset(r->arena, &machine, own, set, &thrown) == TC_YES;
}

static bool
read_sets(struct tc_reader *r, const struct tc_element *sets, struct tc_str main)
{
    size_t count = 1;
    struct tc_policy *policy = r->policy;

    for (const struct tc_element *child = sets == NULL ? NULL : sets->children; child != NULL; child = child->next)
        count++;
    policy->sets = tc_arena_array(r->arena, struct tc_pset *, count);
    if (policy->sets == NULL || (policy->sets[0] = tc_arena_new(r->arena, struct tc_pset)) == NULL)
        return false;
    *policy->sets[0] = (struct tc_pset){.name = main};
    policy->set_count = 1;
    for (const struct tc_element *child = sets == NULL ? NULL : sets->children; child != NULL; child = child->next) {
        struct tc_str name = tc_reader_attribute(r, child, "Name");
        struct tc_pset *set;
        bool lost;

        if (!tc_element_is(child, TC_TAG_PERMISSION_SET) || tc_element_attr(child, TC_ATTR_NAME) == NULL) {
            tc_reader_dropped(r, child, child->span, "a PermissionSet with a Name is expected here");
            continue;
        }
        if (tc_builtin_set_find(name)) {
            if (!is_builtin(r, child, name))
                tc_reader_keep(r, child, "the framework takes its own set of this name");
            continue;
        }
        if (find_set(r, name) != NULL && (!tc_str_eq(name, main) || r->reading->has_main)) {
            tc_reader_dropped(r, child, child->span, "there is an earlier set of this name");
            continue;
        }
        set = tc_reader_set(r, child, &lost);
        if (set == NULL)
            return false;
        tc_reader_origin(r, set->span.begin, child, NULL);
        if (tc_str_eq(name, main)) {
            policy->sets[0] = set;
            r->reading->has_main = !lost;
        } else if (!lost) {
            policy->sets[policy->set_count++] = set;
        }
    }
    return true;
}

static bool
read_full_trust(struct tc_reader *r, const struct tc_element *element)
{
    struct tc_full_trust **tail = &r->policy->full_trust;

    for (const struct tc_element *child = element == NULL ? NULL : element->children; child != NULL;
         child = child->next) {
        struct tc_str key = tc_reader_attribute(r, child, "PublicKeyBlob"),
                      name = tc_reader_attribute(r, child, "Name"),
                      version = tc_reader_attribute(r, child, "AssemblyVersion");

        tc_reader_origin(r, tc_reader_anchor(r, child), child,
                         key.len == 0 || name.len == 0 || version.len == 0
                             ? "a source names a fully trusted assembly by name, version and key"
                             : NULL);
        *tail = tc_arena_new(r->arena, struct tc_full_trust);
        if (*tail == NULL)
            return false;
        **tail = (struct tc_full_trust){
            .name = name, .version = version, .key = key, .span = tc_reader_place(r, child->span)};
        tail = &(*tail)->next;
    }
    return true;
}

static enum tc_status
not_loaded(struct tc_reader *r, struct tc_span span, const char *what, const struct tc_throw *thrown)
{
    struct tc_diag *diag =
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOT_LOADED), span.end == 0 ? span : tc_reader_place(r, span),
                    "the framework cannot load this: %s", what);

    if (thrown != NULL)
        tc_reader_throws(r, diag, thrown);
    return TC_FAILED;
}

/* What of a level is most likely in the way, in words. */
static const char *
why_not_loaded(struct tc_reader *r, const struct tc_element *level, const struct tc_element *root)
{
    const struct tc_element *classes = tc_element_part(level, TC_TAG_SECURITY_CLASSES), *child;
    struct tc_str name = root == NULL ? (struct tc_str){NULL, 0} : tc_reader_attribute(r, root, "class");

    if (root == NULL)
        return "there is no code group";
    if (classes != NULL && classes->children == NULL)
        return "SecurityClasses may be left out, but not be empty";
    for (child = classes == NULL ? NULL : classes->children; child != NULL; child = child->next)
        if (tc_str_eq(tc_reader_attribute(r, child, "Name"), name))
            break;
    if (child == NULL && name.len > 0 && memchr(name.ptr, '.', name.len) == NULL)
        return "the class of its outermost code group has no SecurityClass and is no full type name";
    return "the policy level cannot be read";
}

/* Without a set @a main the only one that the file declares itself, which <trust permissionSetName> can name. */
static struct tc_str
guess_main(struct tc_reader *r, const struct tc_element *sets, struct tc_str main)
{
    struct tc_str only = {NULL, 0};
    const struct tc_element *at = NULL;
    struct tc_diag *diag;

    for (const struct tc_element *child = sets == NULL ? NULL : sets->children; child != NULL; child = child->next) {
        struct tc_str name = tc_reader_attribute(r, child, "Name");

        if (!tc_element_is(child, TC_TAG_PERMISSION_SET) || name.len == 0 || tc_builtin_set_find(name))
            continue;
        if (tc_str_eq(name, main) || at != NULL)
            return main;
        only = name;
        at = child;
    }
    if (at == NULL)
        return main;
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_MAIN_GUESSED), tc_reader_place(r, at->span),
                       "there is no set '%.*s': this one is taken for that of the application", TC_STR_ARG(main));
    tc_diag_note(r->diags, diag, "so it is where <trust> says permissionSetName=\"%.*s\"", TC_STR_ARG(only));
    return only;
}

static enum tc_status
read_level(struct tc_reader *r, const struct tc_element *element, struct tc_str main)
{
    const struct tc_element *root = tc_element_part(element, TC_TAG_CODE_GROUP);
    struct tc_policy_level *level;
    struct tc_throw thrown = {.type = "", .key = ""};

    if ((r->model_only ? tc_policy_level_outline : tc_policy_level_read)(r->arena, element, r->framework, &level,
                                                                         &thrown) != TC_YES) {
        struct tc_span span = thrown.span.end == 0 ? element->span : thrown.span;

        if (r->arena->failed)
            return TC_ERR_NOMEM;
        return not_loaded(r, span, why_not_loaded(r, element, root), &thrown);
    }
    r->reading->classes = level->classes;
    if (r->guesses_main)
        main = guess_main(r, tc_element_part(element, TC_TAG_NAMED_PERMISSION_SETS), main);
    if (!read_sets(r, tc_element_part(element, TC_TAG_NAMED_PERMISSION_SETS), main))
        return TC_ERR_NOMEM;
    if (!r->reading->has_main)
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NO_MAIN), tc_reader_place(r, element->span),
                    "this policy has no set '%.*s' that the framework could read", TC_STR_ARG(main));
    r->policy->root = read_group(r, root);
    if (r->policy->root == NULL || !read_full_trust(r, tc_element_part(element, TC_TAG_FULL_TRUST_ASSEMBLIES)))
        return TC_ERR_NOMEM;
    for (const struct tc_element *other = root->next; other != NULL; other = other->next)
        if (tc_element_is(other, TC_TAG_CODE_GROUP))
            tc_reader_dropped(r, other, other->span, "a policy level has one root code group");
    return TC_OK;
}

/* ---- sets by themselves, SharePoint ---- */

static enum tc_status
read_single_set(struct tc_reader *r, const struct tc_element *element, struct tc_str main)
{
    struct tc_element *holder = tc_arena_new(r->arena, struct tc_element), *only;
    bool lost;

    if (!tc_element_is(element, TC_TAG_PERMISSION_SET)) { /* a permission by itself */
        only = tc_arena_new(r->arena, struct tc_element);
        if (holder == NULL || only == NULL)
            return TC_ERR_NOMEM;
        *only = *element;
        only->next = NULL;
        *holder = (struct tc_element){
            .tag = tc_tag_name(TC_TAG_PERMISSION_SET), .children = only, .text = TC_STR(""), .span = element->span};
        element = holder;
    }
    r->short_names = true;
    tc_reader_origin(r, tc_reader_anchor(r, element), element, NULL);
    r->policy->sets = tc_arena_array(r->arena, struct tc_pset *, 1);
    if (r->policy->sets == NULL || (r->policy->sets[0] = tc_reader_set(r, element, &lost)) == NULL)
        return TC_ERR_NOMEM;
    if (lost)
        return not_loaded(r, element->span, "one of its permissions cannot be read", NULL);
    r->policy->set_count = 1;
    r->policy->name = r->policy->sets[0]->name;
    r->policy->sets[0]->name = main;
    r->reading->has_main = true;
    return TC_OK;
}

/* What SharePoint makes of an Assembly of a PolicyItem: a group for its key, else for its file in bin. */
static bool
read_sharepoint_assembly(struct tc_reader *r, const struct tc_element *element, struct tc_str set,
                         struct tc_group ***tail)
{
    struct tc_group *group = tc_arena_new(r->arena, struct tc_group);
    struct tc_str name = tc_reader_attribute(r, element, "Name"),
                  key = tc_reader_attribute(r, element, "PublicKeyBlob"),
                  version = tc_reader_attribute(r, element, "Version");

    if (group == NULL)
        return false;
    *group = (struct tc_group){.kind = TC_GROUP_UNION, .set_name = set, .span = tc_reader_place(r, element->span)};
    group->condition =
        (struct tc_membership){.kind = TC_CONDITION_STRONG_NAME, .values = {key, name, version}, .span = group->span};
    if (key.len == 0) {
        struct tc_str file = name.len == 0 ? TC_STR("*")
                             : tc_str_ends(name, TC_STR(".dll"))
                                 ? name
                                 : tc_arena_printf(r->arena, "%.*s.dll", TC_STR_ARG(name));

        group->condition = (struct tc_membership){.kind = TC_CONDITION_URL, .span = group->span};
        group->condition.values[0] = tc_arena_printf(r->arena, "$AppDirUrl$/bin/%.*s", TC_STR_ARG(file));
    }
    **tail = group;
    *tail = &group->next;
    return true;
}

static enum tc_status
read_sharepoint(struct tc_reader *r, const struct tc_element *block, struct tc_str main)
{
    size_t count = 1;
    struct tc_group **tail;

    r->short_names = true;
    for (const struct tc_element *item = block->children; item != NULL; item = item->next)
        count++;
    r->policy->sets = tc_arena_array(r->arena, struct tc_pset *, count);
    r->policy->root = tc_arena_new(r->arena, struct tc_group);
    if (r->policy->sets == NULL || r->policy->root == NULL ||
        (r->policy->sets[0] = tc_arena_new(r->arena, struct tc_pset)) == NULL)
        return TC_ERR_NOMEM;
    *r->policy->sets[0] = (struct tc_pset){.name = main};
    r->policy->set_count = 1;
    tail = &r->policy->root->children; /* only the children count: `code` lines */
    for (const struct tc_element *item = block->children; item != NULL; item = item->next) {
        const struct tc_element *element = tc_element_part(item, TC_TAG_PERMISSION_SET),
                                *assemblies = tc_element_child(item, TC_STR("Assemblies"));
        struct tc_pset *set;
        bool lost;

        if (!tc_str_eq(item->tag, TC_STR("PolicyItem")) || element == NULL) {
            tc_reader_dropped(r, item, item->span, "a PolicyItem with a PermissionSet is expected here");
            continue;
        }
        set = tc_reader_set(r, element, &lost);
        if (set == NULL)
            return TC_ERR_NOMEM;
        if (lost)
            continue;
        if (set->name.len == 0 || find_set(r, set->name) != NULL || tc_builtin_set_find(set->name))
            set->name = tc_arena_printf(r->arena, "Item%zu", r->policy->set_count);
        tc_reader_origin(r, set->span.begin, element, NULL);
        r->policy->sets[r->policy->set_count++] = set;
        for (const struct tc_element *assembly = assemblies == NULL ? NULL : assemblies->children; assembly != NULL;
             assembly = assembly->next)
            if (!read_sharepoint_assembly(
                    r, assembly, set->unrestricted ? tc_builtin_set_name(TC_BUILTIN_SET_FULL_TRUST) : set->name, &tail))
                return TC_ERR_NOMEM;
    }
    if (r->policy->set_count > 1)
        return TC_OK;
    tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), block->span, "no permission set of this solution can be read");
    return TC_FAILED;
}

/* ---- the whole ---- */

static enum tc_status
read_framework_tree(struct tc_reader *r, const struct tc_element *root, struct tc_str main)
{
    const struct tc_element *level = tc_element_is(root, TC_TAG_POLICY_LEVEL) ? root : tc_policy_level_find(root);

    if (level != NULL) {
        r->reading->kind = TC_READ_POLICY;
        return read_level(r, level, main);
    }
    r->reading->kind = TC_READ_SET;
    return read_single_set(r, root, main);
}

static bool
is_set(const struct tc_element *root)
{
    return tc_element_is(root, TC_TAG_PERMISSION_SET) || tc_element_is(root, TC_TAG_IPERMISSION);
}

/* Of a file that is about other things as well only what stands where the grants do is kept. */
static void
comments_inside(struct tc_reader *r, const struct tc_markup *document, const struct tc_element *element)
{
    if (!r->model_only)
        tc_reader_comments(r, document, element->span.begin - r->source->base,
                           tc_reader_end(r, element) - r->source->base);
}

/* Elements that documentation shows without what they stand in. */
static bool
is_fragment(struct tc_str tag)
{
    static const char *const tags[] = {"CodeGroup",
                                       "SecurityClass",
                                       "SecurityClasses",
                                       "IMembershipCondition",
                                       "NamedPermissionSets",
                                       "securityPolicy",
                                       "trustLevel",
                                       "trust",
                                       "location",
                                       "system.web"};

    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (tc_str_is(tag, tags[i]))
            return true;
    return false;
}

static enum tc_status
read_conforming_tree(struct tc_reader *r, const struct tc_markup *document, struct tc_str main)
{
    const struct tc_markup *top = tc_markup_root(document);
    struct tc_element *root = top == NULL ? NULL : tc_reader_element(r, top);
    const struct tc_element *found, *mscorlib;

    r->conforming = true;
    r->reading->conforming = root;
    if (root == NULL)
        return r->arena->failed ? TC_ERR_NOMEM : TC_FAILED;
    found = tc_element_search(root, TC_STR("CodeAccessSecurity"));
    if (found != NULL) {
        comments_inside(r, document, found);
        r->reading->kind = TC_READ_SHAREPOINT;
        return read_sharepoint(r, found, main);
    }
    mscorlib = tc_element_part(root, TC_TAG_MSCORLIB);
    if (tc_element_is(root, TC_TAG_CONFIGURATION) &&
        (mscorlib == NULL || tc_element_part(mscorlib, TC_TAG_SECURITY) == NULL)) {
        r->reading->kind = TC_READ_CONFIG;
        r->reading->policy = NULL;
        return TC_OK;
    }
    found = tc_element_search(root, tc_tag_name(TC_TAG_PERMISSION_SET));
    if (found == NULL || mscorlib != NULL) {
        struct tc_diag *diag =
            tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), root->span,
                        "there is nothing to import in this file: it is no policy file, permission set, SharePoint "
                        "solution or configuration file");

        if (is_fragment(root->tag))
            tc_diag_help(r->diags, diag, "<%.*s> by itself is a part of one: import the whole file that it belongs to",
                         TC_STR_ARG(root->tag));
        return TC_FAILED;
    }
    comments_inside(r, document, found);
    r->reading->kind = TC_READ_SET;
    return read_single_set(r, found, main);
}

/* Whether the text is markup at all. That it is not has been reported then: what a reader of XML stumbles over would
 * help nobody. */
static bool
is_markup(struct tc_reader *r)
{
    struct tc_str text = r->source->text;
    size_t at = 0;
    struct tc_span span;
    const char *nul = memchr(text.ptr == NULL ? "" : text.ptr, '\0', text.len);
    struct tc_diag *diag;

    while (at < text.len && tc_reader_is_blank(tc_str_sub(text, at, 1)))
        at++;
    span = (struct tc_span){r->source->base + (uint32_t)at, r->source->base + (uint32_t)at + (at < text.len)};
    if (nul != NULL) {
        span.begin = r->source->base + (uint32_t)(nul - text.ptr);
        span.end = span.begin + 1;
        diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), span, "this is no text: it holds a NUL byte");
        if (text.len > 1 && (text.ptr[0] == '<' || text.ptr[1] == '<'))
            tc_diag_help(
                r->diags, diag,
                "it seems to be UTF-16 without a byte-order mark, which .NET takes for UTF-8; save it as UTF-8");
        return false;
    }
    if (at == text.len) {
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), span, "this file is empty");
        return false;
    }
    if (text.ptr[at] == '<')
        return true;
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOTHING), span, "this is no XML: that begins with '<'");
    tc_diag_help(r->diags, diag, "is it a source already? 'trustc check' and 'trustc build' read sources");
    return false;
}

static enum tc_status
read_texts(struct tc_reader *r, struct tc_str main, const struct tc_read_xml *given)
{
    struct tc_token_values values = {0};
    struct tc_clr_fault fault = {0};
    struct tc_element *root = NULL;
    struct tc_markup *document;
    struct tc_read_xml as_xml;
    enum tc_status clr, xml;
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    for (size_t i = 0; i < count && i < TC_TOKEN_COUNT_MAX; i++)
        values.values[i] = tc_str_of(tokens[i].text);
    values.values[0] = TC_STR(TC_READER_DIRECTORY);
    if (tc_policy_replace(r->arena, r->source->text, r->source->base, &values, &r->text) != TC_OK)
        return TC_ERR_NOMEM;
    clr = tc_clr_read(r->arena, r->text.text, r->source->base, &root, &fault);
    if (clr == TC_ERR_NOMEM)
        return clr;
    if (given != NULL)
        as_xml = *given;
    else if (tc_read_xml(r->diags, r->source, &as_xml) != TC_OK)
        return TC_ERR_NOMEM;
    document = as_xml.document;
    xml = as_xml.status;
    if (document != NULL && !r->model_only && !tc_reader_marks(r, document))
        return TC_ERR_NOMEM;
    if (clr == TC_OK &&
        (is_set(root) || tc_policy_level_find(root) != NULL || tc_element_is(root, TC_TAG_POLICY_LEVEL))) {
        if (r->model_only)
            return read_framework_tree(r, root, main);
        if (xml != TC_OK)
            tc_reader_differs(r, as_xml.fault == NULL ? tc_reader_place(r, root->span) : as_xml.fault->span,
                              "only the framework's reader takes it; this is no XML");
        else
            tc_reader_compare(r, root, tc_markup_root(document));
        tc_reader_comments(r, document, 0, UINT32_MAX);
        return read_framework_tree(r, root, main);
    }
    if (xml == TC_OK) {
        const struct tc_markup *top = tc_markup_root(document);
        bool policy = top != NULL &&
                      (tc_str_eq(top->name, tc_tag_name(TC_TAG_POLICY_LEVEL)) ||
                       (tc_markup_is(top, "configuration") && tc_markup_is(tc_markup_element(top->first), "mscorlib")));

        if (!policy)
            return read_conforming_tree(r, document, main);
    }
    if (clr == TC_OK) {
        tc_diag_add(r->diags, tc_code(TC_CODE_READ_NOT_LOADED), tc_reader_place(r, root->span),
                    "the framework cannot load this: there is no mscorlib/security/policy/PolicyLevel below the "
                    "outermost element");
        return TC_FAILED;
    }
    if (!is_markup(r))
        return TC_FAILED;
    if (fault.thrown.span.end != 0)
        fault.thrown.span = tc_reader_place(r, fault.thrown.span);
    tc_clr_report(r->diags, &fault);
    return clr;
}

enum tc_status
tc_read_xml(struct tc_diags *diags, const struct tc_source *source, struct tc_read_xml *ret_xml)
{
    const struct tc_code *code = tc_code(TC_CODE_READERS_DIFFER);
    struct tc_conform_codes codes = {code, code, code};
    struct tc_markup_fault fault;
    struct tc_diags aside;

    *ret_xml = (struct tc_read_xml){.document = NULL};
    tc_diags_init(&aside, diags->arena, diags->sources);
    ret_xml->status = tc_conform_check(source, &aside, &codes);
    ret_xml->fault = aside.first;
    if (ret_xml->status == TC_OK)
        ret_xml->status = tc_spans_scan(diags->arena, source->text, &ret_xml->document, &fault);
    return ret_xml->status == TC_ERR_NOMEM ? TC_ERR_NOMEM : TC_OK;
}

enum tc_status
tc_read_source(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_str main,
               struct tc_reading *ret_reading)
{
    return tc_read_source_xml(diags, source, runtime, main, NULL, ret_reading);
}

bool
tc_read_is_plain_policy(const struct tc_element *root)
{
    return is_set(root) || tc_policy_level_find(root) != NULL || tc_str_eq(root->tag, TC_STR("PolicyLevel"));
}

/* What every way of reading begins with. False when out of memory. */
static bool
begin_reading(struct tc_reader *r, enum tc_runtime runtime, struct tc_str main)
{
    *r->reading = (struct tc_reading){.policy = tc_arena_new(r->arena, struct tc_policy)};
    if (r->reading->policy == NULL)
        return false;
    r->framework = tc_runtime_info(runtime)->framework;
    r->policy = r->reading->policy;
    r->policy->runtime = runtime;
    r->guesses_main = main.len == 0 && r->framework == TC_FX_4_0;
    tc_map_init(&r->declared, r->arena);
    tc_map_init(&r->sets, r->arena);
    return true;
}

enum tc_status
tc_read_source_plain(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_str main,
                     const struct tc_element *root, struct tc_reading *ret_reading)
{
    struct tc_reader r = {.arena = diags->arena,
                          .diags = diags,
                          .source = source,
                          .reading = ret_reading,
                          .conforming = true,
                          .model_only = true};
    enum tc_status status;

    if (!begin_reading(&r, runtime, main))
        return TC_ERR_NOMEM;
    r.permission_tail = &ret_reading->permissions;
    r.has_no_token = tc_str_find(source->text, TC_STR("$AppDir$"), 0) == SIZE_MAX;
    if (!r.has_no_token && (root = tc_reader_plain_tree(&r, root)) == NULL)
        return TC_ERR_NOMEM;
    status = read_framework_tree(&r, root, main.len > 0 ? main : TC_STR("ASP.Net"));
    return diags->arena->failed ? TC_ERR_NOMEM : status;
}

enum tc_status
tc_read_source_xml(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime, struct tc_str main,
                   const struct tc_read_xml *xml, struct tc_reading *ret_reading)
{
    struct tc_reader r = {
        .arena = diags->arena, .diags = diags, .source = source, .reading = ret_reading, .model_only = xml != NULL};
    struct tc_str text = xml != NULL ? source->text : tc_policy_decode(diags->arena, source->text);
    enum tc_status status;

    if (!begin_reading(&r, runtime, main))
        return TC_ERR_NOMEM;
    if (text.ptr != source->text.ptr || text.len != source->text.len) {
        r.source = tc_sources_add(diags->sources, source->name, text);
        if (r.source == NULL)
            return diags->arena->failed ? TC_ERR_NOMEM : TC_ERR_LIMIT;
    }
    if (text.len > tc_limit(TC_LIMIT_POLICY_BYTES)->value) {
        tc_diag_add_file(diags, tc_code(TC_CODE_POLICY_TOO_LARGE), source->name, "the limit of %llu bytes is exceeded",
                         (unsigned long long)tc_limit(TC_LIMIT_POLICY_BYTES)->value);
        return TC_ERR_LIMIT;
    }
    status = read_texts(&r, main.len > 0 ? main : TC_STR("ASP.Net"), xml);
    return diags->arena->failed ? TC_ERR_NOMEM : status;
}

bool
tc_read_framework(struct tc_str text, enum tc_framework *ret_framework)
{
    static const struct {
        struct tc_str mark;
        enum tc_framework framework;
    } rows[] = {
        {{"Version=4.0.0.0", 15}, TC_FX_4_0},    {{"Version=3.5.0.0", 15}, TC_FX_3_5}, /* those of 2.0, and more */
        {{"Version=3.0.0.0", 15}, TC_FX_3_5},    {{"Version=2.0.0.0", 15}, TC_FX_2_0},
        {{"Version=1.0.5000.0", 18}, TC_FX_1_1},
    };
    const struct tc_str version = TC_STR("Version=");
    size_t best = sizeof rows / sizeof *rows;

    *ret_framework = TC_FX_2_0;
    for (size_t at = tc_str_find(text, version, 0); at != SIZE_MAX && best > 0;
         at = tc_str_find(text, version, at + version.len))
        for (size_t i = 0; i < best; i++)
            if (tc_str_starts(tc_str_sub(text, at, SIZE_MAX), rows[i].mark))
                best = i;
    if (best == sizeof rows / sizeof *rows) {
        *ret_framework = tc_str_find(text, TC_STR("$Gac$"), 0) == SIZE_MAX ? TC_FX_2_0 : TC_FX_1_1;
        return *ret_framework == TC_FX_1_1; /* later files leave that group to ASP.NET */
    }
    *ret_framework = rows[best].framework;
    return true;
}
