/* What <securityPolicy> and <trust> of several files come to: levels, the trust of an application, its policy file. */
#include "check/hierarchy_parts.h"

#include <string.h>

/* A level as merged so far. */
struct level {
    struct tc_str file;
    const struct tc_hierarchy_input *input;
    const struct tc_markup *element;
};

static const struct tc_source *
source_of(const struct tc_hierarchy_input *input)
{
    return input->file->config->source;
}

static struct tc_span
place(const struct tc_hierarchy_input *input, const struct tc_markup *element, const char *name)
{
    return tc_webconfig_place(source_of(input), element, name);
}

/* ---- what the section itself does not let pass ---- */

static bool
is_bool(struct tc_arena *arena, const struct tc_markup_attr *attr)
{
    struct tc_str value = tc_str_trim(tc_markup_value(arena, attr->value));

    return tc_str_eq_nocase(value, TC_STR("true")) || tc_str_eq_nocase(value, TC_STR("false"));
}

/* Of any section, not of this one: a lock, a namespace, where the rest of it stands. */
static bool
is_general(struct tc_str name)
{
    return tc_str_starts(name, TC_STR("lock")) || tc_str_starts(name, TC_STR("config")) ||
           tc_str_starts(name, TC_STR("xmlns")) || tc_str_find(name, TC_STR(":"), 0) != SIZE_MAX;
}

static void
check_attributes(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app,
                 const struct tc_hierarchy_input *input, const struct tc_markup *element, enum tc_webconfig_id id)
{
    const struct tc_webconfig_info *info = tc_webconfig_info(id);

    for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next) {
        const struct tc_webconfig_attr *row = tc_webconfig_attr(info, attr->name);
        struct tc_span span = tc_webconfig_attr_name(source_of(input), attr);

        if (row == NULL && !is_general(attr->name))
            tc_hierarchy_fail(app,
                              tc_arena_printf(cx->arena, "'%.*s' has no attribute '%.*s'", TC_STR_ARG(element->name),
                                              TC_STR_ARG(attr->name)),
                              span);
        else if (row != NULL && row->value == TC_WEBCONFIG_BOOL && !is_bool(cx->arena, attr))
            tc_hierarchy_fail(
                app, tc_arena_printf(cx->arena, "'%.*s' is neither true nor false", TC_STR_ARG(attr->name)), span);
        else if (row != NULL && row->required && attr->value.len == 0)
            tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "'%.*s' is empty", TC_STR_ARG(attr->name)), span);
    }
}

/* What the checks of the file by itself have reported, as far as it stops an application (aspnet-trust 2, 8). */
static void
check_shape(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_input *input)
{
    const struct tc_markup *element = input->section->element;
    enum tc_webconfig_id id = input->section->id;

    check_attributes(cx, app, input, element, id);
    for (const struct tc_markup *item = element->first; item != NULL; item = item->next) {
        if (item->kind != TC_MARKUP_ELEMENT || tc_markup_attr(element, "configProtectionProvider") != NULL)
            continue;
        if (id == TC_WEBCONFIG_SECURITY_POLICY && tc_markup_is(item, "trustLevel"))
            check_attributes(cx, app, input, item, TC_WEBCONFIG_TRUST_LEVEL);
        else
            tc_hierarchy_fail(app,
                              tc_arena_printf(cx->arena, "'%.*s' has no element '%.*s'", TC_STR_ARG(element->name),
                                              TC_STR_ARG(item->name)),
                              tc_webconfig_tag(source_of(input), item));
    }
}

/* Why what the section says is not in this file; empty: it is. */
static struct tc_str
elsewhere(struct tc_hierarchy_cx *cx, const struct tc_markup *element)
{
    struct tc_str value;

    if (tc_webconfig_value(cx->arena, element, "configSource", &value))
        return tc_arena_printf(cx->arena, "it stands in '%.*s'", TC_STR_ARG(value));
    if (tc_markup_attr(element, "configProtectionProvider") != NULL)
        return TC_STR("it is encrypted");
    return TC_STR("");
}

/* ---- levels ---- */

static bool
is_relative(struct tc_str file)
{
    return !(file.len > 1 && file.ptr[1] == ':') && !tc_str_starts(file, TC_STR("\\\\"));
}

/* Up to and with the last separator. */
static struct tc_str
directory_of(struct tc_str name)
{
    while (name.len > 0 && name.ptr[name.len - 1] != '/' && name.ptr[name.len - 1] != '\\')
        name.len--;
    return name;
}

static void
report_repeated(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app,
                const struct tc_hierarchy_input *input, const struct tc_markup *element, struct tc_str name,
                const struct level *above)
{
    struct tc_check *check = cx->check;
    struct tc_str directory = directory_of(source_of(input)->name);
    struct tc_diag *diag;

    if (is_relative(above->file) && tc_webconfig_stock_level(name, false) != TC_LEVEL_FULL) {
        diag = tc_check_report(check, TC_CHECK_POLICY_FILE_MOVED, place(input, element, "policyFile"),
                               "%.*s takes the policy of '%.*s' from a file of its own: %.*s%.*s",
                               TC_STR_ARG(tc_hierarchy_quoted(cx, app)), TC_STR_ARG(name), TC_STR_ARG(directory),
                               TC_STR_ARG(above->file));
        tc_diag_label(check->diags, diag, place(above->input, above->element, "policyFile"),
                      "it came from beside this file");
        tc_diag_help(check->diags, diag, "lock <securityPolicy> together with <trust> there");
        return;
    }
    diag = tc_check_report(check, TC_CHECK_OVERRIDE_WITHOUT_EFFECT, place(input, element, "name"),
                           "this has no effect: the level '%.*s' is declared so already", TC_STR_ARG(name));
    tc_diag_label(check->diags, diag, place(above->input, above->element, "name"), "declared here");
}

static void
report_taken(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_input *input,
             const struct tc_markup *element, struct tc_str name, const struct level *above)
{
    struct tc_check *check = cx->check;
    struct tc_diag *diag =
        tc_check_report(check, TC_CHECK_APPLICATION_FAILS, place(input, element, "policyFile"),
                        "every request to %.*s fails: the level '%.*s' is declared already, with another file",
                        TC_STR_ARG(tc_hierarchy_quoted(cx, app)), TC_STR_ARG(name));

    tc_diag_label(check->diags, diag, place(above->input, above->element, "policyFile"), "declared here");
    tc_diag_help(check->diags, diag, "give the level a name of its own");
}

static void
merge_levels(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_step *step,
             struct tc_map *levels)
{
    const struct tc_hierarchy_input *input = step->input;

    for (const struct tc_markup *item = input->section->element->first; item != NULL; item = item->next) {
        struct tc_str name, file;
        struct level *level, *above;

        if (!tc_markup_is(item, "trustLevel") || !tc_webconfig_value(cx->arena, item, "name", &name) ||
            !tc_webconfig_value(cx->arena, item, "policyFile", &file))
            continue;
        level = tc_map_get(levels, name);
        above = level == NULL ? tc_map_get(&cx->machine_levels, name) : level;
        if (above != NULL && !tc_str_eq(above->file, file)) {
            tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "the level '%.*s' is there twice", TC_STR_ARG(name)),
                              place(input, item, "policyFile"));
            if (step->is_own && above->input->file != input->file)
                report_taken(cx, app, input, item, name, above);
            continue;
        }
        if (above != NULL && step->is_own && !input->file->is_machine && above->input->file != input->file)
            report_repeated(cx, app, input, item, name, above);
        if (level == NULL) {
            level = tc_arena_new(cx->arena, struct level);
            if (level == NULL)
                return;
            tc_map_add(levels, name, level);
        }
        *level = (struct level){.file = file, .input = input, .element = item};
    }
}

/* ---- trust ---- */

static bool
take(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_input *input, const char *name,
     struct tc_hierarchy_value *value, bool *ret_changed)
{
    struct tc_str text;

    if (!tc_webconfig_value(cx->arena, input->section->element, name, &text))
        return false;
    *ret_changed |= !tc_str_eq(value->text, text);
    *value = (struct tc_hierarchy_value){text, place(input, input->section->element, name)};
    return true;
}

/* A flag: the value counts, not its spelling, and when nobody says it, @a unsaid. */
static void
take_flag(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_input *input, const char *name, bool unsaid,
          struct tc_hierarchy_value *value, bool *ret_changed)
{
    const struct tc_markup *element = input->section->element;
    bool before = value->span.end == 0 ? unsaid : value->text.len > 0, is_true;

    if (tc_markup_attr(element, name) == NULL)
        return;
    is_true = tc_webconfig_is_true(cx->arena, element, name);
    *value = (struct tc_hierarchy_value){is_true ? TC_STR("true") : TC_STR(""), place(input, element, name)};
    *ret_changed |= before != is_true;
}

static void
report_effective(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_application *app, struct tc_span span,
                 const struct tc_hierarchy_value *before, bool level_changed)
{
    struct tc_check *check = cx->check;
    struct tc_str who = tc_hierarchy_quoted(cx, app);
    struct tc_diag *diag;

    if (level_changed && before->text.len > 0)
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_EFFECTIVE, span,
                               "this silently takes effect: %.*s has the level '%.*s', not '%.*s'", TC_STR_ARG(who),
                               TC_STR_ARG(app->level.text), TC_STR_ARG(before->text));
    else if (app->level.text.len == 0)
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_EFFECTIVE, span,
                               "this silently takes effect for %.*s, whatever it says: %.*s", TC_STR_ARG(who),
                               TC_STR_ARG(app->elsewhere));
    else
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_EFFECTIVE, span,
                               level_changed ? "this silently takes effect: %.*s has the level '%.*s'"
                                             : "this silently takes effect: %.*s keeps the level '%.*s', but not its "
                                               "other settings",
                               TC_STR_ARG(who), TC_STR_ARG(app->level.text));
    if (before->span.end > 0)
        tc_diag_label(check->diags, diag, before->span, "this is not locked");
    tc_diag_help(check->diags, diag,
                 "lock <trust> and <securityPolicy> in a machine-level <location allowOverride=\"false\">");
}

static void
merge_trust(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_step *step)
{
    const struct tc_hierarchy_input *input = step->input;
    const struct tc_markup *element = input->section->element;
    struct tc_hierarchy_value before = app->level;
    struct tc_str other = elsewhere(cx, element);
    struct tc_diag *diag;
    bool level_changed = false, changed = false;

    if (other.len > 0) { /* what it says nobody can tell here */
        app->level = (struct tc_hierarchy_value){TC_STR(""), tc_webconfig_tag(source_of(input), element)};
        app->elsewhere = other;
        changed = true;
    } else if (take(cx, input, "level", &app->level, &level_changed)) {
        app->elsewhere = TC_STR("");
    }
    take(cx, input, "originUrl", &app->origin, &changed);
    take(cx, input, "permissionSetName", &app->permission_set, &changed);
    take(cx, input, "hostSecurityPolicyResolverType", &app->resolver, &changed);
    take_flag(cx, input, "legacyCasModel", false, &app->legacy, &changed);
    take_flag(cx, input, "processRequestInApplicationTrust", true, &app->process_request, &changed);
    if (!step->is_own || input->file->is_machine)
        return;
    if (level_changed || changed) {
        report_effective(cx, app, place(input, element, "level"), &before, level_changed);
        return;
    }
    diag = tc_check_report(cx->check, TC_CHECK_OVERRIDE_WITHOUT_EFFECT, place(input, element, "level"),
                           "this has no effect: %.*s has the level '%.*s' anyway",
                           TC_STR_ARG(tc_hierarchy_quoted(cx, app)), TC_STR_ARG(app->level.text));
    tc_diag_label(cx->check->diags, diag, before.span, "it comes from here");
}

void
tc_hierarchy_merge(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app,
                   const struct tc_hierarchy_step *step, struct tc_map *levels)
{
    enum tc_webconfig_id id = step->input->section->id;

    if (id != TC_WEBCONFIG_SECURITY_POLICY && id != TC_WEBCONFIG_TRUST)
        return;
    check_shape(cx, app, step->input);
    if (id == TC_WEBCONFIG_TRUST)
        merge_trust(cx, app, step);
    else if (step->depth > 0)
        merge_levels(cx, app, step, levels);
    else if (!cx->has_machine) /* the first application stands for the machine */
        merge_levels(cx, app, step, &cx->machine_levels);
}

/* ---- assemblies that are fully trusted ---- */

static bool
same_value(struct tc_arena *arena, const struct tc_markup *a, const struct tc_markup *b, const char *name)
{
    struct tc_str x, y;

    return tc_webconfig_value(arena, a, name, &x) && tc_webconfig_value(arena, b, name, &y) && tc_str_eq(x, y);
}

/* The `<add>` for the same assembly in a file above; its key is the name with the version (aspnet-trust 2.3). */
static const struct tc_markup *
find_above(const struct tc_hierarchy_cx *cx, const struct tc_hierarchy_step *step, const struct tc_markup *add,
           const struct tc_hierarchy_input **ret_input)
{
    for (const struct tc_hierarchy_step *above = cx->steps; above < step; above++) {
        const struct tc_markup *item = above->input->section->element->first;

        if (above->is_refused || above->input->section->id != TC_WEBCONFIG_FULL_TRUST)
            continue;
        for (; item != NULL; item = item->next)
            if (tc_markup_is(item, "add") && same_value(cx->arena, item, add, "assemblyName") &&
                same_value(cx->arena, item, add, "version")) {
                *ret_input = above->input;
                return item;
            }
    }
    return NULL;
}

static void
report_assembly(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_application *app,
                const struct tc_hierarchy_step *step, const struct tc_markup *add, struct tc_str name)
{
    struct tc_check *check = cx->check;
    struct tc_str who = tc_hierarchy_quoted(cx, app);
    struct tc_span span = place(step->input, add, "assemblyName");
    const struct tc_hierarchy_input *by = NULL;
    const struct tc_markup *above = find_above(cx, step, add, &by);
    struct tc_diag *diag;

    if (above != NULL) {
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_WITHOUT_EFFECT, span,
                               "this has no effect: '%.*s' is fully trusted anyway", TC_STR_ARG(name));
        tc_diag_label(check->diags, diag, place(by, above, "assemblyName"), "it comes from here");
        return;
    }
    diag =
        tc_check_report(check, TC_CHECK_OVERRIDE_EFFECTIVE, span,
                        "this silently takes effect: %.*s has '%.*s' fully trusted", TC_STR_ARG(who), TC_STR_ARG(name));
    tc_diag_note(check->diags, diag, "whatever its trust level: an assembly of its own is enough to do everything");
    tc_diag_help(check->diags, diag,
                 "lock <fullTrustAssemblies> in a machine-level <location allowOverride=\"false\">");
}

void
tc_hierarchy_report_assemblies(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_application *app,
                               const struct tc_hierarchy_step *step)
{
    bool is_full = tc_webconfig_stock_level(app->level.text, false) == TC_LEVEL_FULL;
    const struct tc_hierarchy_input *input = step->input;

    if (step->is_refused || !step->is_own || input->file->is_machine || input->section->id != TC_WEBCONFIG_FULL_TRUST)
        return;
    for (const struct tc_markup *item = input->section->element->first; item != NULL; item = item->next) {
        struct tc_str name;

        if (!tc_markup_is(item, "add") || !tc_webconfig_value(cx->arena, item, "assemblyName", &name))
            continue;
        if (is_full || app->legacy.text.len > 0)
            tc_check_report(cx->check, TC_CHECK_OVERRIDE_WITHOUT_EFFECT, place(input, item, "assemblyName"), "%s",
                            is_full ? "this has no effect: the application has full trust as a whole"
                                    : "this has no effect: with legacyCasModel=\"true\" the policy file alone decides");
        else
            report_assembly(cx, app, step, item, name);
    }
}

/* ---- the policy file ---- */

static bool
is_called(struct tc_str path, struct tc_str name)
{
    return tc_str_eq_nocase(tc_str_sub(path, directory_of(path).len, SIZE_MAX), name);
}

/*
 * Whether the policy file is missing: only where the files that levels name can be expected. A copy of one file that
 * has another name says nothing, and the platform's own files are missing beside what build writes.
 */
static bool
is_missing(const struct tc_hierarchy_cx *cx, const struct level *level, struct tc_str path, bool is_stock)
{
    struct tc_str name = source_of(level->input)->name, directory = directory_of(name);

    if (cx->host == NULL || cx->host->has_file(cx->host->state, path))
        return false;
    if (!is_stock)
        return is_called(name, TC_STR("web.config")) || is_called(name, TC_STR("machine.config"));
    for (int i = TC_LEVEL_FULL + 1; i < TC_LEVEL_COUNT_; i++)
        if (cx->host->has_file(cx->host->state, tc_arena_printf(cx->arena, "%.*s%s", TC_STR_ARG(directory),
                                                                tc_level_info((enum tc_level_id)i)->policy_file)))
            return true;
    return false;
}

static void
report_undeclared(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app)
{
    struct tc_str name = app->level.text;

    tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "no <trustLevel> declares '%.*s'", TC_STR_ARG(name)),
                      app->level.span);
    if (tc_webconfig_stock_level(name, true) != TC_LEVEL_COUNT_)
        return; /* the file's own checks have said so */
    if (app->path.len > 0 && app->level.span.begin == cx->machine.level.span.begin)
        return; /* it was said of every application */
    tc_check_report(cx->check, TC_CHECK_APPLICATION_FAILS, app->level.span,
                    "every request to %.*s fails: no file declares the level '%.*s'",
                    TC_STR_ARG(tc_hierarchy_quoted(cx, app)), TC_STR_ARG(name));
}

void
tc_hierarchy_find_policy_file(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app,
                              const struct tc_map *levels)
{
    enum tc_level_id stock = tc_webconfig_stock_level(app->level.text, false);
    const struct level *level;
    bool is_stock = stock != TC_LEVEL_COUNT_;

    if (app->level.text.len == 0 || stock == TC_LEVEL_FULL)
        return;
    level = tc_map_get(levels, app->level.text);
    if (level == NULL)
        level = tc_map_get(&cx->machine_levels, app->level.text);
    if (level == NULL) {
        if (levels->count + cx->machine_levels.count > 0 && app->fails.len == 0)
            report_undeclared(cx, app);
        return; /* else no file that was given declares levels */
    }
    app->policy_file = (struct tc_hierarchy_value){level->file, place(level->input, level->element, "policyFile")};
    if (!is_relative(level->file))
        return;
    app->policy_file.text =
        tc_arena_printf(cx->arena, "%.*s%s%.*s", TC_STR_ARG(directory_of(source_of(level->input)->name)),
                        app->legacy.text.len > 0 && is_stock ? "legacy." : "", TC_STR_ARG(level->file));
    if (is_missing(cx, level, app->policy_file.text, is_stock))
        tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "there is no file '%.*s'", TC_STR_ARG(app->policy_file.text)),
                          app->policy_file.span);
}
