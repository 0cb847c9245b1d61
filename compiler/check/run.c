/* Which checks look at what. */
#include "check/check.h"

#include <string.h>

enum {
    POLICY = 1 << TC_FILE_POLICY,
    SET = 1 << TC_FILE_SET,
    SHAREPOINT = 1 << TC_FILE_SHAREPOINT,
    CONFIG = 1 << TC_FILE_CONFIG,
    SOURCE = 1 << TC_FILE_SOURCE,
};

static const struct {
    void (*run)(struct tc_check *check);
    unsigned kinds;
    bool needs_root; /**< of the framework's reader */
} checks[] = {
    {tc_checks_text, POLICY | SET | SHAREPOINT, false},
    {tc_checks_structure, POLICY, true},
    {tc_checks_names, POLICY | SET | SHAREPOINT, true},
    {tc_checks_classes, POLICY | SET | SHAREPOINT, true},
    {tc_checks_sets, POLICY, true},
    {tc_checks_permissions, POLICY | SET | SHAREPOINT, true},
    {tc_checks_paths, POLICY | SET | SHAREPOINT, true},
    {tc_checks_patterns, POLICY | SET | SHAREPOINT, true},
    {tc_checks_groups, POLICY | SET, true},
    {tc_checks_grants, POLICY | SET | SHAREPOINT | SOURCE, false},
    {tc_checks_config, CONFIG, false},
    {tc_checks_errata, POLICY | SET | SHAREPOINT | CONFIG, false},
};

enum tc_severity
tc_check_severity(enum tc_check_level level, const struct tc_code *code)
{
    switch (level) {
    case TC_CHECK_NOTE:
        return TC_SEVERITY_NOTE;
    case TC_CHECK_WARNING:
        return TC_SEVERITY_WARNING;
    case TC_CHECK_ERROR:
        return TC_SEVERITY_ERROR;
    case TC_CHECK_AS_ROW:
    case TC_CHECK_OFF:
        break;
    }
    return code->severity;
}

struct tc_diag *
tc_check_report(struct tc_check *check, enum tc_check_id id, struct tc_span span, const char *format, ...)
{
    const struct tc_code *code = &tc_check_info(id)->code;
    enum tc_check_level level =
        check->settings == NULL ? TC_CHECK_AS_ROW : (enum tc_check_level)check->settings->levels[id];
    struct tc_diag *diag;
    va_list args;

    if (level == TC_CHECK_OFF)
        return tc_diag_none(check->diags, code);
    va_start(args, format);
    diag = tc_diag_vadd(check->diags, code, tc_check_severity(level, code), span, format, args);
    va_end(args);
    return diag;
}

void
tc_check_run(struct tc_check *check)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if ((checks[i].kinds & 1u << check->file->kind) && (!checks[i].needs_root || check->file->root != NULL) &&
            !check->misread)
            checks[i].run(check);
    tc_diags_sort(check->diags);
    tc_errata_win(check);
}

/* ---- helpers ---- */

struct tc_span
tc_check_span(const struct tc_check *check, size_t begin, size_t end)
{
    uint32_t base = check->file->source->base;

    return (struct tc_span){base + (uint32_t)begin, base + (uint32_t)end};
}

/* Nobody changes the level of AspNetHosting without meaning to, so it tells which file was copied. */
const struct tc_policy *
tc_check_base(const struct tc_check *check, const struct tc_policy *policy)
{
    const struct tc_check_host *host = check->host;
    const struct tc_perm *hosting;
    const struct tc_value *level;

    if (policy->set_count == 0 || host == NULL || host->stock == NULL)
        return NULL;
    hosting = tc_pset_find(policy->sets[0], tc_class(TC_CLASS_ASPNET_HOSTING));
    level = hosting == NULL ? NULL : &hosting->values[TC_FIELD_ASPNET_HOSTING_LEVEL];
    for (int i = TC_LEVEL_FULL + 1; level != NULL && level->present && i < TC_LEVEL_COUNT_; i++) {
        const struct tc_enum *levels = tc_enum(hosting->cls->fields[TC_FIELD_ASPNET_HOSTING_LEVEL].values);
        const struct tc_enum_value *value = tc_enum_by_value(levels, level->number);

        if (value != NULL && strcmp(value->name, tc_level_info((enum tc_level_id)i)->name) == 0)
            return host->stock(host->state, policy->runtime, (enum tc_level_id)i);
    }
    return NULL;
}

struct tc_span
tc_check_own(const struct tc_check *check, struct tc_span a, struct tc_span b, struct tc_span c)
{
    const struct tc_source *source = check->file->source;
    const struct tc_span spans[] = {a, b, c};

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        if (spans[i].begin >= source->base && spans[i].end <= source->base + source->text.len && spans[i].end != 0)
            return spans[i];
    return c;
}

const struct tc_markup *
tc_check_document(struct tc_check *check)
{
    const struct tc_check_file *file = check->file;
    struct tc_markup_fault ignored;

    if (!file->is_plain)
        return file->document;
    if (check->document == NULL && tc_spans_scan(check->arena, file->source->text, &check->document, &ignored) != TC_OK)
        check->document = NULL; /* only when out of memory */
    return check->document;
}

/* Checks go through a file in its order, so the search goes on where the last one ended. */
const struct tc_markup *
tc_check_markup(struct tc_check *check, const struct tc_element *element)
{
    uint32_t at = element->span.begin - check->file->source->base;
    const struct tc_markup *markup = check->nearby, *document = tc_check_document(check);

    if (document == NULL)
        return NULL;
    if (markup == NULL)
        markup = document->first;
    while (markup->parent->parent != NULL && (at < markup->parent->begin || at >= markup->parent->close_end))
        markup = markup->parent;
    if (markup->begin > at)
        markup = markup->parent->first;
    while (markup != NULL && (markup->kind != TC_MARKUP_ELEMENT || markup->begin != at))
        markup = markup->close_end > at && markup->begin < at ? markup->first : markup->next;
    if (markup != NULL)
        check->nearby = markup;
    return markup;
}

static bool
ends_itself(const struct tc_check *check, const struct tc_element *element)
{
    struct tc_str tag = tc_str_sub(check->file->source->text, element->span.begin - check->file->source->base,
                                   element->span.end - element->span.begin);

    return tc_str_ends(tag, TC_STR("/>"));
}

void
tc_check_rename(struct tc_check *check, struct tc_diag *diag, const struct tc_element *element, struct tc_str name)
{
    const struct tc_markup *markup = ends_itself(check, element) ? NULL : tc_check_markup(check, element);
    uint32_t begin = element->span.begin + 1;

    if (markup == NULL && !ends_itself(check, element))
        return;
    tc_diag_edit(check->diags, diag, (struct tc_span){begin, begin + (uint32_t)element->tag.len}, "%.*s",
                 TC_STR_ARG(name));
    if (markup != NULL && markup->close_begin < markup->close_end)
        tc_diag_edit(check->diags, diag,
                     tc_check_span(check, markup->close_begin + 2, markup->close_begin + 2 + element->tag.len), "%.*s",
                     TC_STR_ARG(name));
}

void
tc_check_remove(struct tc_check *check, struct tc_diag *diag, const struct tc_element *element)
{
    const struct tc_markup *markup = ends_itself(check, element) ? NULL : tc_check_markup(check, element);
    struct tc_str text = check->file->source->text;
    size_t begin = element->span.begin - check->file->source->base, end, line, rest;

    if (markup == NULL && !ends_itself(check, element))
        return;
    end = markup == NULL ? element->span.end - check->file->source->base : markup->close_end;
    for (line = begin; line > 0 && (text.ptr[line - 1] == ' ' || text.ptr[line - 1] == '\t');)
        line--;
    for (rest = end; rest < text.len && (text.ptr[rest] == ' ' || text.ptr[rest] == '\t' || text.ptr[rest] == '\r');)
        rest++;
    if ((line == 0 || text.ptr[line - 1] == '\n') && rest < text.len && text.ptr[rest] == '\n') {
        begin = line;
        end = rest + 1;
    }
    tc_diag_edit(check->diags, diag, tc_check_span(check, begin, end), "%s", "");
}

/* A solution has no SecurityClasses: its set is copied into a policy file of SharePoint, which has those of the classes
 * of the framework. */
static struct tc_str
sharepoint_class(const struct tc_check *check, struct tc_str name)
{
    enum tc_framework framework = tc_runtime_info(check->file->runtime)->framework;
    struct tc_buf type = {0};
    struct tc_str text;

    if (tc_str_has(name, '.') || tc_str_has(name, ','))
        return name;
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        if (!tc_str_is(name, cls->short_name) || !tc_class_in(cls, framework))
            continue;
        tc_class_description(cls, framework, &type);
        text = tc_arena_str(check->arena, tc_buf_str(&type));
        tc_buf_done(&type);
        return text;
    }
    return name;
}

/* What the SecurityClasses of any policy file would say of a class of the framework; else @a name. */
static struct tc_str
short_class(const struct tc_check *check, struct tc_str name)
{
    enum tc_framework framework = tc_runtime_info(check->file->runtime)->framework;
    struct tc_buf type = {0};
    struct tc_str text;

    if (memchr(name.ptr, '.', name.len) != NULL)
        return name;
    for (int i = 0; i < TC_CLASS_COUNT_ && type.len == 0; i++)
        if (tc_str_eq(name, tc_str_of(tc_class((enum tc_class_id)i)->short_name)))
            tc_class_description(tc_class((enum tc_class_id)i), framework, &type);
    for (int i = 0; i < TC_GROUP_COUNT_ && type.len == 0; i++)
        if (tc_str_eq(name, tc_str_of(tc_group_info((enum tc_group_kind)i)->short_name)))
            tc_policy_class_description(tc_group_info((enum tc_group_kind)i)->short_name, framework, &type);
    for (int i = 0; i < TC_CONDITION_COUNT_ && type.len == 0; i++)
        if (tc_str_eq(name, tc_str_of(tc_condition_info((enum tc_condition_id)i)->short_name)))
            tc_policy_class_description(tc_condition_info((enum tc_condition_id)i)->short_name, framework, &type);
    text = type.len == 0 ? name : tc_arena_str(check->arena, tc_buf_str(&type));
    tc_buf_done(&type);
    return text;
}

struct tc_str
tc_check_class(const struct tc_check *check, struct tc_str name)
{
    const struct tc_check_class_name *entry = tc_map_get(&check->file->class_names, name);

    if (entry != NULL)
        return entry->type->value;
    if (check->file->is_piece)
        return short_class(check, name);
    return check->file->kind == TC_FILE_SHAREPOINT ? sharepoint_class(check, name) : name;
}

static bool
is_set(const struct tc_element *element)
{
    return tc_element_is(element, TC_TAG_PERMISSION_SET);
}

typedef void visit_permission(struct tc_check *check, const struct tc_element *set,
                              const struct tc_element *permission);

static void
each_of_set(struct tc_check *check, const struct tc_element *set, visit_permission *visit)
{
    for (const struct tc_element *child = set == NULL ? NULL : set->children; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_IPERMISSION) || tc_element_is(child, TC_TAG_PERMISSION))
            visit(check, set, child);
}

static void
each_of_groups(struct tc_check *check, const struct tc_element *group, visit_permission *visit)
{
    for (; group != NULL; group = group->next)
        if (is_set(group))
            each_of_set(check, group, visit);
        else if (tc_element_is(group, TC_TAG_CODE_GROUP))
            each_of_groups(check, group->children, visit);
}

/* Sets of a file that is no policy level: of every part of a SharePoint solution. */
static void
each_of_tree(struct tc_check *check, const struct tc_element *element, visit_permission *visit)
{
    for (; element != NULL; element = element->next)
        if (is_set(element))
            each_of_set(check, element, visit);
        else
            each_of_tree(check, element->children, visit);
}

void
tc_check_each_permission(struct tc_check *check, visit_permission *visit)
{
    const struct tc_check_file *file = check->file;

    for (const struct tc_element *set = file->sets == NULL ? NULL : file->sets->children; set != NULL; set = set->next)
        if (is_set(set))
            each_of_set(check, set, visit);
    if (file->set != NULL && !is_set(file->root) && file->set->span.begin == file->root->span.begin)
        each_of_set(check, file->set, visit);
    else if (file->set != NULL)
        each_of_tree(check, file->root, visit);
    if (file->group != NULL)
        each_of_groups(check, file->group->children, visit);
}

typedef void visit_group(struct tc_check *check, const struct tc_element *parent, const struct tc_element *group);

static void
each_group(struct tc_check *check, const struct tc_element *parent, const struct tc_element *group, visit_group *visit)
{
    visit(check, parent, group);
    for (const struct tc_element *child = group->children; child != NULL; child = child->next)
        if (tc_element_is(child, TC_TAG_CODE_GROUP))
            each_group(check, group, child, visit);
}

void
tc_check_each_group(struct tc_check *check, visit_group *visit)
{
    if (check->file->group != NULL)
        each_group(check, NULL, check->file->group, visit);
}
