#include "check/hierarchy.h"

#include <stdlib.h>
#include <string.h>

/* ---- inputs ---- */

/* A file with its place in the order from the machine down. */
struct file {
    struct tc_str path;
    struct tc_str key; /* folded, the site by its name */
    const struct tc_webconfig *config;
    size_t order;
    bool is_machine;
};

/* A section of a file and what it is for. */
struct input {
    struct input *next; /* of the same key, from the machine down */
    const struct file *file;
    const struct tc_webconfig_section *section;
    bool is_done; /* what is to be said of it has been said */
};

struct inputs {
    struct input *first;
    struct input **tail;
};

/* A section in the order in which .NET merges, and what may be said about those behind it. */
struct step {
    struct input *input;
    bool is_machine; /* for everything: the levels are merged once and not for each application */
    bool is_own;     /* it is for this very path, not for one above: this is where it is reported */
    bool is_refused;
};

/* A level as merged so far. */
struct level {
    struct tc_str file;
    const struct input *input;
    const struct tc_markup *element;
};

struct run {
    struct tc_check *check;
    struct tc_arena *arena;
    const struct tc_hierarchy_site *sites;
    size_t site_count;
    struct file *files;
    size_t file_count;
    struct tc_map by_key;         /* key → struct inputs */
    struct tc_map apps;           /* key → struct tc_hierarchy_application, or any pointer */
    struct tc_map machine_levels; /* name → struct level, as the files say for the whole machine */
    bool has_machine;
    struct tc_hierarchy_application machine; /* before its level was looked up: applications may have another */
    struct step *steps;                      /* of the application at hand */
    size_t step_count, step_capacity;
};

/* ---- keys ---- */

static struct tc_str
site_name(const struct run *run, struct tc_str site)
{
    for (size_t i = 0; i < run->site_count; i++)
        if (tc_str_eq(site, run->sites[i].id))
            return run->sites[i].name;
    return tc_str_eq(site, TC_STR("1")) ? TC_STR("Default Web Site") : site;
}

/* A site by ID and by name are one. */
static struct tc_str
site_key(const struct run *run, struct tc_str path)
{
    size_t slash = tc_str_find(path, TC_STR("/"), 0);
    struct tc_str site = tc_str_sub(path, 0, slash), name = site_name(run, site);

    if (!tc_str_eq(site, name))
        path =
            tc_arena_printf(run->arena, "%.*s%.*s", TC_STR_ARG(name), TC_STR_ARG(tc_str_sub(path, site.len, SIZE_MAX)));
    return tc_str_fold(run->arena, path);
}

static struct tc_str
section_key(const struct run *run, const struct file *file, const struct tc_webconfig_section *section)
{
    if (section->key.len == 0)
        return file->key;
    if (file->is_machine)
        return site_key(run, section->path);
    return tc_arena_printf(run->arena, "%.*s/%.*s", TC_STR_ARG(file->key), TC_STR_ARG(section->key));
}

static int
compare_files(const void *a, const void *b)
{
    const struct file *x = a, *y = b;

    if (x->key.len != y->key.len)
        return x->key.len < y->key.len ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool
collect(struct run *run)
{
    for (size_t i = 0; i < run->file_count; i++) {
        struct file *file = &run->files[i];
        const struct tc_webconfig_section *section = file->config == NULL ? NULL : file->config->first;

        file->order = i;
        for (; section != NULL; section = section->next) {
            struct tc_str key = section_key(run, file, section);
            struct inputs *list = tc_map_get(&run->by_key, key);
            struct input *input = tc_arena_new(run->arena, struct input);

            if (list == NULL) {
                list = tc_arena_new(run->arena, struct inputs);
                if (list == NULL || input == NULL)
                    return false;
                list->tail = &list->first;
                tc_map_add(&run->by_key, key, list);
            }
            if (input == NULL)
                return false;
            *input = (struct input){.file = file, .section = section};
            *list->tail = input;
            list->tail = &input->next;
        }
    }
    return !run->arena->failed;
}

/* ---- the steps of one application ---- */

static bool
add_step(struct run *run, struct input *input, bool is_own, bool is_machine)
{
    if (run->step_count == run->step_capacity) {
        size_t capacity = run->step_capacity * 2 + 64;
        struct step *steps = realloc(run->steps, capacity * sizeof *steps);

        if (steps == NULL) {
            run->arena->failed = true;
            return false;
        }
        run->steps = steps;
        run->step_capacity = capacity;
    }
    run->steps[run->step_count++] = (struct step){.input = input, .is_own = is_own, .is_machine = is_machine};
    return true;
}

/* From the machine down to @a key; for each path first what files above say of it, then its own file. */
static bool
find_steps(struct run *run, struct tc_str key)
{
    run->step_count = 0;
    for (size_t len = 0; len <= key.len; len++) {
        const struct inputs *list;

        if (len > 0 && len < key.len && key.ptr[len] != '/')
            continue;
        list = tc_map_get(&run->by_key, tc_str_sub(key, 0, len));
        for (struct input *input = list == NULL ? NULL : list->first; input != NULL; input = input->next) {
            if (len < key.len && !input->section->in_child_applications)
                continue;
            input->is_done |= len == key.len;
            if (!add_step(run, input, len == key.len, len == 0))
                return false;
        }
    }
    return true;
}

static bool
same_section(const struct input *a, const struct input *b)
{
    return tc_str_eq(a->section->element->name, b->section->element->name);
}

/* What files above step @a at say about locking its section; @a at of the last step + 1 with @a like: about a file that
 * is not there. */
static const struct input *
lock_above(const struct run *run, size_t at, const struct input *like, bool same_file_counts)
{
    for (size_t i = at; i > 0; i--) {
        const struct input *input = run->steps[i - 1].input;

        if (run->steps[i - 1].is_refused || input->section->lock == TC_LOCK_INHERIT || !same_section(input, like) ||
            (!same_file_counts && input->file == like->file))
            continue;
        return input->section->lock == TC_LOCK_DENY ? input : NULL;
    }
    return NULL;
}

static void
fail(struct tc_hierarchy_application *app, struct tc_str why, struct tc_span span)
{
    if (app->fails.len > 0)
        return;
    app->fails = why;
    app->fails_span = span;
}

static struct tc_str
quoted(const struct run *run, const struct tc_hierarchy_application *app)
{
    return app->path.len == 0 ? TC_STR("every application")
                              : tc_arena_printf(run->arena, "'%.*s'", TC_STR_ARG(app->path));
}

/* ---- locks of sections ---- */

static void
report_locked(struct run *run, struct tc_hierarchy_application *app, const struct step *step, const struct input *lock)
{
    const struct input *input = step->input;
    struct tc_check *check = run->check;
    const struct tc_markup *element = input->section->element;
    struct tc_span span = tc_webconfig_tag(input->file->config->source, element);
    struct tc_diag *diag;

    fail(app, tc_arena_printf(run->arena, "HTTP 500.19: '%.*s' is locked", TC_STR_ARG(element->name)), span);
    if (!step->is_own)
        return;
    diag = tc_check_report(check, TC_CHECK_OVERRIDE_LOCKED, span, "this will be HTTP 500.19: '%.*s' is locked for %.*s",
                           TC_STR_ARG(element->name), TC_STR_ARG(quoted(run, app)));
    tc_diag_label(check->diags, diag, tc_webconfig_lock_place(lock->file->config, lock->section), "locked here");
    tc_diag_note(check->diags, diag, "its mere presence fails, whatever it says");
    tc_diag_help(check->diags, diag, "remove the section");
}

static void
check_locks(struct run *run, struct tc_hierarchy_application *app)
{
    for (size_t i = 0; i < run->step_count; i++) {
        struct input *input = run->steps[i].input;
        const struct input *lock = lock_above(run, i, input, false);

        if (lock == NULL)
            continue;
        run->steps[i].is_refused = true;
        report_locked(run, app, &run->steps[i], lock);
    }
}

/* ---- locks of attributes and elements ---- */

/* Whether the list in the attribute @a name of @a element has @a word, or all. */
static bool
lists(const struct tc_markup *element, const char *name, struct tc_str word, bool *ret_present)
{
    const struct tc_markup_attr *attr = tc_markup_attr(element, name);
    size_t begin = 0;

    *ret_present = attr != NULL;
    for (size_t i = 0; attr != NULL && i <= attr->value.len; i++)
        if (i == attr->value.len || strchr(",;:", attr->value.ptr[i]) != NULL) {
            struct tc_str one = tc_str_trim(tc_str_sub(attr->value, begin, i - begin));

            if (tc_str_eq(one, word) || tc_str_eq(one, TC_STR("*")))
                return true;
            begin = i + 1;
        }
    return false;
}

static bool
locks(const struct tc_markup *element, const char *only, const char *all_but, struct tc_str word)
{
    bool present;

    return lists(element, only, word, &present) || (!lists(element, all_but, word, &present) && present);
}

static void
report_part(struct run *run, struct tc_hierarchy_application *app, const struct step *step, struct tc_span span,
            struct tc_str name, const struct input *by, const char *lock)
{
    struct tc_check *check = run->check;
    const struct tc_markup_attr *attr = tc_markup_attr(by->section->element, lock);
    struct tc_diag *diag;

    fail(app, tc_arena_printf(run->arena, "'%.*s' is locked", TC_STR_ARG(name)), span);
    if (!step->is_own)
        return;
    diag = tc_check_report(check, TC_CHECK_APPLICATION_FAILS, span, "every request to %.*s fails: '%.*s' is locked",
                           TC_STR_ARG(quoted(run, app)), TC_STR_ARG(name));
    if (attr != NULL)
        tc_diag_label(check->diags, diag, tc_webconfig_attr_value(by->file->config->source, attr), "locked here");
}

/* Whether the step @a at sets what the earlier one @a by locks in the section itself. */
static bool
check_parts(struct run *run, struct tc_hierarchy_application *app, size_t at, const struct input *by)
{
    const struct step *step = &run->steps[at];
    const struct input *input = step->input;
    const struct tc_markup *element = input->section->element, *upper = by->section->element;
    const struct tc_source *source = input->file->config->source;
    const struct tc_webconfig_info *info =
        input->section->id == TC_WEBCONFIG_COUNT_ ? NULL : tc_webconfig_info(input->section->id);

    if (tc_webconfig_is_true(run->arena, upper, "lockItem")) {
        report_part(run, app, step, tc_webconfig_tag(source, element), element->name, by, "lockItem");
        return true;
    }
    for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next) {
        const struct tc_webconfig_attr *row = info == NULL ? NULL : tc_webconfig_attr(info, attr->name);

        if (row == NULL || row->required) /* what is required cannot be locked */
            continue;
        if (locks(upper, "lockAttributes", "lockAllAttributesExcept", attr->name)) {
            report_part(run, app, step, tc_webconfig_attr_name(source, attr), attr->name, by,
                        tc_markup_attr(upper, "lockAttributes") != NULL ? "lockAttributes" : "lockAllAttributesExcept");
            return true;
        }
    }
    for (const struct tc_markup *item = element->first; item != NULL; item = item->next)
        if (item->kind == TC_MARKUP_ELEMENT && locks(upper, "lockElements", "lockAllElementsExcept", item->name)) {
            report_part(run, app, step, tc_webconfig_tag(source, item), item->name, by,
                        tc_markup_attr(upper, "lockElements") != NULL ? "lockElements" : "lockAllElementsExcept");
            return true;
        }
    return false;
}

static bool
has_lock_attribute(const struct tc_markup *element)
{
    for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next)
        if (tc_str_starts(attr->name, TC_STR("lock")))
            return true;
    return false;
}

static void
check_all_parts(struct run *run, struct tc_hierarchy_application *app)
{
    for (size_t i = 0; i < run->step_count; i++) {
        const struct input *by = run->steps[i].input;

        if (run->steps[i].is_refused || !has_lock_attribute(by->section->element))
            continue;
        for (size_t j = i + 1; j < run->step_count; j++)
            if (!run->steps[j].is_refused && same_section(run->steps[j].input, by))
                run->steps[j].is_refused = check_parts(run, app, j, by);
    }
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
report_moved(struct run *run, struct tc_hierarchy_application *app, const struct input *input,
             const struct tc_markup *element, struct tc_str name, const struct level *above)
{
    struct tc_check *check = run->check;
    const struct tc_source *source = input->file->config->source;
    struct tc_str directory = directory_of(source->name);
    struct tc_span span = tc_webconfig_place(source, element, "policyFile");
    struct tc_diag *diag;

    if (is_relative(above->file) && tc_webconfig_stock_level(name, false) != TC_LEVEL_FULL) {
        diag = tc_check_report(
            check, TC_CHECK_POLICY_FILE_MOVED, span, "%.*s takes the policy of '%.*s' from a file of its own: %.*s%.*s",
            TC_STR_ARG(quoted(run, app)), TC_STR_ARG(name), TC_STR_ARG(directory), TC_STR_ARG(above->file));
        tc_diag_label(check->diags, diag,
                      tc_webconfig_place(above->input->file->config->source, above->element, "policyFile"),
                      "it came from beside this file");
        tc_diag_help(check->diags, diag, "lock <securityPolicy> together with <trust> there");
        return;
    }
    diag = tc_check_report(check, TC_CHECK_OVERRIDE_WITHOUT_EFFECT, tc_webconfig_place(source, element, "name"),
                           "this has no effect: the level '%.*s' is declared so already", TC_STR_ARG(name));
    tc_diag_label(check->diags, diag, tc_webconfig_place(above->input->file->config->source, above->element, "name"),
                  "declared here");
}

static void
report_taken(struct run *run, struct tc_hierarchy_application *app, const struct input *input,
             const struct tc_markup *element, struct tc_str name, const struct level *above)
{
    struct tc_check *check = run->check;
    struct tc_diag *diag = tc_check_report(
        check, TC_CHECK_APPLICATION_FAILS, tc_webconfig_place(input->file->config->source, element, "policyFile"),
        "every request to %.*s fails: the level '%.*s' is declared already, with another file",
        TC_STR_ARG(quoted(run, app)), TC_STR_ARG(name));

    tc_diag_label(check->diags, diag,
                  tc_webconfig_place(above->input->file->config->source, above->element, "policyFile"),
                  "declared here");
    tc_diag_help(check->diags, diag, "give the level a name of its own");
}

/* Merge a <securityPolicy>. */
static void
merge_levels(struct run *run, struct tc_hierarchy_application *app, const struct step *step, struct tc_map *levels)
{
    const struct input *input = step->input;

    for (const struct tc_markup *item = input->section->element->first; item != NULL; item = item->next) {
        struct tc_str name, file;
        struct level *level, *above;

        if (!tc_markup_is(item, "trustLevel") || !tc_webconfig_value(run->arena, item, "name", &name) ||
            !tc_webconfig_value(run->arena, item, "policyFile", &file))
            continue;
        level = tc_map_get(levels, name);
        above = level == NULL ? tc_map_get(&run->machine_levels, name) : level;
        if (above != NULL && !tc_str_eq(above->file, file)) {
            fail(app, tc_arena_printf(run->arena, "the level '%.*s' is there twice", TC_STR_ARG(name)),
                 tc_webconfig_place(input->file->config->source, item, "policyFile"));
            if (step->is_own && above->input->file != input->file)
                report_taken(run, app, input, item, name, above);
            continue;
        }
        if (above != NULL && step->is_own && !input->file->is_machine && above->input->file != input->file)
            report_moved(run, app, input, item, name, above);
        if (level == NULL) {
            level = tc_arena_new(run->arena, struct level);
            if (level == NULL)
                return;
            tc_map_add(levels, name, level);
        }
        *level = (struct level){.file = file, .input = input, .element = item};
    }
}

/* ---- trust ---- */

static bool
take(struct run *run, const struct input *input, const char *name, struct tc_hierarchy_value *value, bool *ret_changed)
{
    struct tc_str text;

    if (!tc_webconfig_value(run->arena, input->section->element, name, &text))
        return false;
    *ret_changed |= !tc_str_eq(value->text, text);
    *value = (struct tc_hierarchy_value){
        text, tc_webconfig_place(input->file->config->source, input->section->element, name)};
    return true;
}

static void
merge_trust(struct run *run, struct tc_hierarchy_application *app, const struct step *step)
{
    const struct input *input = step->input;
    struct tc_check *check = run->check;
    struct tc_hierarchy_value before = app->level, legacy = app->legacy;
    struct tc_str lower;
    struct tc_span span;
    struct tc_diag *diag;
    bool level_changed = false, changed = false;

    take(run, input, "level", &app->level, &level_changed);
    take(run, input, "originUrl", &app->origin, &changed);
    take(run, input, "permissionSetName", &app->permission_set, &changed);
    if (tc_webconfig_value(run->arena, input->section->element, "legacyCasModel", &lower)) {
        bool is_true = tc_webconfig_is_true(run->arena, input->section->element, "legacyCasModel");

        app->legacy = (struct tc_hierarchy_value){
            is_true ? TC_STR("true") : TC_STR(""),
            tc_webconfig_place(input->file->config->source, input->section->element, "legacyCasModel")};
        changed |= !tc_str_eq(legacy.text, app->legacy.text);
    }
    if (!step->is_own || input->file->is_machine)
        return;
    span = tc_webconfig_place(input->file->config->source, input->section->element, "level");
    if (!level_changed && !changed) {
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_WITHOUT_EFFECT, span,
                               "this has no effect: %.*s has the level '%.*s' anyway", TC_STR_ARG(quoted(run, app)),
                               TC_STR_ARG(app->level.text));
        tc_diag_label(check->diags, diag, before.span, "it comes from here");
        return;
    }
    if (level_changed && before.text.len > 0)
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_EFFECTIVE, span,
                               "this silently takes effect: %.*s has the level '%.*s', not '%.*s'",
                               TC_STR_ARG(quoted(run, app)), TC_STR_ARG(app->level.text), TC_STR_ARG(before.text));
    else
        diag = tc_check_report(check, TC_CHECK_OVERRIDE_EFFECTIVE, span,
                               level_changed ? "this silently takes effect: %.*s has the level '%.*s'"
                                             : "this silently takes effect: %.*s keeps the level '%.*s', but not its "
                                               "other settings",
                               TC_STR_ARG(quoted(run, app)), TC_STR_ARG(app->level.text));
    if (before.span.end > 0)
        tc_diag_label(check->diags, diag, before.span, "this is not locked");
    tc_diag_help(check->diags, diag,
                 "lock <trust> and <securityPolicy> in a machine-level <location "
                 "allowOverride=\"false\">");
}

static void
find_policy_file(struct run *run, struct tc_hierarchy_application *app, const struct tc_map *levels)
{
    struct tc_check *check = run->check;
    enum tc_level_id stock = tc_webconfig_stock_level(app->level.text, false);
    const struct level *level;
    bool relative;

    if (app->level.text.len == 0 || stock == TC_LEVEL_FULL)
        return;
    level = tc_map_get(levels, app->level.text);
    if (level == NULL)
        level = tc_map_get(&run->machine_levels, app->level.text);
    if (level == NULL) {
        if (levels->count + run->machine_levels.count == 0 || app->fails.len > 0)
            return; /* no file that was given declares levels */
        fail(app, tc_arena_printf(run->arena, "no <trustLevel> declares '%.*s'", TC_STR_ARG(app->level.text)),
             app->level.span);
        if (tc_webconfig_stock_level(app->level.text, true) == TC_LEVEL_COUNT_)
            tc_check_report(check, TC_CHECK_APPLICATION_FAILS, app->level.span,
                            "every request to %.*s fails: no file declares the level '%.*s'",
                            TC_STR_ARG(quoted(run, app)), TC_STR_ARG(app->level.text));
        return;
    }
    relative = is_relative(level->file);
    app->policy_file.span = tc_webconfig_place(level->input->file->config->source, level->element, "policyFile");
    app->policy_file.text = relative
                                ? tc_arena_printf(run->arena, "%.*s%s%.*s",
                                                  TC_STR_ARG(directory_of(level->input->file->config->source->name)),
                                                  app->legacy.text.len > 0 && stock != TC_LEVEL_COUNT_ ? "legacy." : "",
                                                  TC_STR_ARG(level->file))
                                : level->file;
}

static void
merge_policy(struct run *run, struct tc_hierarchy_application *app, const struct step *step, struct tc_map *levels)
{
    if (!step->is_machine)
        merge_levels(run, app, step, levels);
    else if (!run->has_machine) /* the first application stands for the machine */
        merge_levels(run, app, step, &run->machine_levels);
}

/* ---- one application ---- */

static const struct file *
own_file(const struct run *run, struct tc_str key)
{
    for (size_t i = 0; i < run->file_count && key.len > 0; i++)
        if (tc_str_eq(run->files[i].key, key))
            return &run->files[i];
    return NULL;
}

static bool
work_out(struct run *run, struct tc_hierarchy_application *app, struct tc_str key)
{
    struct tc_map levels;
    const struct input *last_trust = NULL, *lock;

    tc_map_init(&levels, run->arena);
    if (run->machine.fails.len > 0)
        fail(app, run->machine.fails, run->machine.fails_span);
    if (!find_steps(run, key))
        return false;
    check_locks(run, app);
    check_all_parts(run, app);
    for (size_t i = 0; i < run->step_count; i++) {
        const struct input *input = run->steps[i].input;

        if (input->section->id == TC_WEBCONFIG_TRUST)
            last_trust = input;
        if (run->steps[i].is_refused)
            continue; /* ASP.NET keeps the trust that held before */
        if (input->section->id == TC_WEBCONFIG_SECURITY_POLICY)
            merge_policy(run, app, &run->steps[i], &levels);
        else if (input->section->id == TC_WEBCONFIG_TRUST)
            merge_trust(run, app, &run->steps[i]);
    }
    if (key.len == 0) {
        run->machine = *app;
        run->has_machine = true;
    }
    find_policy_file(run, app, &levels);
    if (last_trust != NULL && (lock = lock_above(run, run->step_count, last_trust, true)) != NULL &&
        (lock->file->is_machine || !tc_str_eq(lock->file->key, key))) {
        app->is_locked = true;
        app->lock = tc_webconfig_lock_place(lock->file->config, lock->section);
    }
    return !run->arena->failed;
}

/* ---- locations that lead nowhere ---- */

static bool
differ_in_digits(struct tc_str a, struct tc_str b)
{
    size_t i = 0, j = 0;

    for (;; i++, j++) {
        while (i < a.len && (a.ptr[i] < '0' || a.ptr[i] > '9'))
            i++;
        while (j < b.len && (b.ptr[j] < '0' || b.ptr[j] > '9'))
            j++;
        if (i == a.len || j == b.len)
            return i != a.len || j != b.len;
        if (a.ptr[i] != b.ptr[j])
            return true;
    }
}

/* Whether a machine-level file says for @a key what its trust is. */
static bool
has_location(const struct run *run, struct tc_str key)
{
    const struct inputs *list = tc_map_get(&run->by_key, key);

    for (const struct input *input = list == NULL ? NULL : list->first; input != NULL; input = input->next)
        if (input->file->is_machine && input->section->id == TC_WEBCONFIG_TRUST)
            return true;
    return false;
}

/* A location of a machine-level file for no application that was given, but nearly for one. */
static void
check_leads_nowhere(struct run *run, const struct file *file, const struct tc_webconfig_section *section)
{
    struct tc_check *check = run->check;
    struct tc_str key = section_key(run, file, section);
    const struct file *best = NULL;
    struct tc_diag *diag;
    unsigned limit = 2;

    if (section->id != TC_WEBCONFIG_TRUST || section->key.len == 0 || own_file(run, key) != NULL)
        return;
    for (size_t i = 0; i < run->file_count; i++) {
        const struct file *other = &run->files[i];
        unsigned distance;

        if (other->is_machine)
            continue;
        if (tc_webconfig_within(other->key, key))
            return; /* it holds for an application below it */
        distance = tc_str_distance(key, other->key, limit);
        if (distance <= limit && key.len > 3 && !differ_in_digits(key, other->key) && !has_location(run, other->key)) {
            best = other;
            limit = distance;
        }
    }
    if (best == NULL)
        return;
    diag = tc_check_report(check, TC_CHECK_LOCATION_SITE,
                           tc_webconfig_place(file->config->source, section->location, "path"),
                           "none of the applications given is '%.*s'", TC_STR_ARG(section->path));
    tc_diag_note(check->diags, diag, "where there is none, this is never applied, and nothing says so");
    tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(best->path));
}

/* ---- all ---- */

static bool
add_application(struct run *run, struct tc_hierarchy *hierarchy, struct tc_str path, struct tc_str key, bool has_file)
{
    struct tc_hierarchy_application *app = &hierarchy->applications[hierarchy->count];

    if (tc_map_get(&run->apps, key) != NULL)
        return true;
    *app = (struct tc_hierarchy_application){.path = path, .has_file = has_file};
    for (size_t i = 0; i < run->file_count; i++)
        if (run->files[i].config == NULL && tc_webconfig_within(key, run->files[i].key))
            app->fails = TC_STR("a configuration file cannot be read");
    tc_map_add(&run->apps, key, app);
    hierarchy->count++;
    return work_out(run, app, key);
}

static bool
add_applications(struct run *run, const struct tc_hierarchy_file *given, struct tc_hierarchy *hierarchy)
{
    if (!add_application(run, hierarchy, TC_STR(""), TC_STR(""), false))
        return false;
    for (size_t i = 0; i < run->file_count; i++) /* as given */
        if (given[i].path.len > 0 &&
            !add_application(run, hierarchy, given[i].path, site_key(run, given[i].path), true))
            return false;
    for (size_t i = 0; i < run->file_count; i++) {
        const struct file *file = &run->files[i];
        const struct tc_webconfig_section *section = file->config == NULL ? NULL : file->config->first;

        for (; file->is_machine && section != NULL; section = section->next)
            if (section->id == TC_WEBCONFIG_TRUST && section->key.len > 0 &&
                !add_application(run, hierarchy, section->path, section_key(run, file, section), false))
                return false;
    }
    return true;
}

/* What stands in an application's file for a path that no application has: only locks matter. */
static bool
check_rest(struct run *run)
{
    for (size_t i = 0; i < run->file_count; i++) {
        const struct file *file = &run->files[i];
        const struct tc_webconfig_section *section = file->config == NULL ? NULL : file->config->first;

        for (; section != NULL; section = section->next) {
            struct tc_str key;
            const struct inputs *list;
            struct tc_hierarchy_application app = {.path = section->path};

            if (file->is_machine && section->key.len > 0)
                check_leads_nowhere(run, file, section);
            if (file->is_machine || section->key.len == 0)
                continue;
            key = section_key(run, file, section);
            list = tc_map_get(&run->by_key, key);
            if (list == NULL || list->first->is_done)
                continue;
            app.path = tc_arena_printf(run->arena, "%.*s/%.*s", TC_STR_ARG(file->path), TC_STR_ARG(section->path));
            if (!find_steps(run, key))
                return false;
            check_locks(run, &app);
        }
    }
    return true;
}

enum tc_status
tc_hierarchy_run(struct tc_check *check, const struct tc_hierarchy_file *files, size_t count,
                 const struct tc_hierarchy_site *sites, size_t site_count, struct tc_hierarchy *ret_hierarchy)
{
    struct run run = {
        .check = check, .arena = check->arena, .sites = sites, .site_count = site_count, .file_count = count};
    size_t most = 1 + count;
    bool done;

    *ret_hierarchy = (struct tc_hierarchy){.count = 0};
    tc_map_init(&run.by_key, run.arena);
    tc_map_init(&run.apps, run.arena);
    tc_map_init(&run.machine_levels, run.arena);
    run.files = tc_arena_array(run.arena, struct file, count);
    if (run.files == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct tc_webconfig_section *section = files[i].config == NULL ? NULL : files[i].config->first;

        run.files[i] = (struct file){.path = files[i].path,
                                     .key = site_key(&run, files[i].path),
                                     .config = files[i].config,
                                     .order = i,
                                     .is_machine = files[i].path.len == 0};
        for (; section != NULL; section = section->next)
            most++;
    }
    qsort(run.files, count, sizeof *run.files, compare_files);
    ret_hierarchy->applications = tc_arena_array(run.arena, struct tc_hierarchy_application, most);
    done = ret_hierarchy->applications != NULL && collect(&run) && add_applications(&run, files, ret_hierarchy) &&
           check_rest(&run);
    free(run.steps);
    return done && !run.arena->failed ? TC_OK : TC_ERR_NOMEM;
}
