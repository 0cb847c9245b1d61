#include "check/hierarchy_parts.h"

#include <stdlib.h>
#include <string.h>

/* What there is for one key. */
struct inputs {
    struct tc_hierarchy_input *first;
    struct tc_hierarchy_input **tail;
};

/* How machine.config declares a section. */
struct declaration {
    const struct tc_hierarchy_source *file;
    bool is_locked;        /* overrideModeDefault="Deny": for all files below */
    struct tc_span span;   /* of that */
    struct tc_str allowed; /* allowDefinition; empty: not said */
};

/* ---- keys ---- */

static struct tc_str
site_name(const struct tc_hierarchy_site *sites, size_t count, struct tc_str site)
{
    for (size_t i = 0; i < count; i++)
        if (tc_str_eq(site, sites[i].id))
            return sites[i].name;
    return tc_str_eq(site, TC_STR("1")) ? TC_STR("Default Web Site") : site;
}

struct tc_str
tc_hierarchy_key(struct tc_arena *arena, const struct tc_hierarchy_site *sites, size_t site_count, struct tc_str path)
{
    size_t slash = tc_str_find(path, TC_STR("/"), 0);
    struct tc_str site = tc_str_sub(path, 0, slash), name = site_name(sites, site_count, site);

    if (!tc_str_eq(site, name))
        path = tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(name), TC_STR_ARG(tc_str_sub(path, site.len, SIZE_MAX)));
    return tc_str_fold(arena, path);
}

static struct tc_str
site_key(const struct tc_hierarchy_cx *cx, struct tc_str path)
{
    return tc_hierarchy_key(cx->arena, cx->sites, cx->site_count, path);
}

static struct tc_str
section_key(const struct tc_hierarchy_cx *cx, const struct tc_hierarchy_source *file,
            const struct tc_webconfig_section *section)
{
    if (section->key.len == 0)
        return file->key;
    if (file->is_machine)
        return site_key(cx, section->path);
    return tc_arena_printf(cx->arena, "%.*s/%.*s", TC_STR_ARG(file->key), TC_STR_ARG(section->key));
}

static int
compare_files(const void *a, const void *b)
{
    const struct tc_hierarchy_source *x = a, *y = b;

    if (x->key.len != y->key.len)
        return x->key.len < y->key.len ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool
collect(struct tc_hierarchy_cx *cx)
{
    for (size_t i = 0; i < cx->file_count; i++) {
        struct tc_hierarchy_source *file = &cx->files[i];
        const struct tc_webconfig_section *section = file->config == NULL ? NULL : file->config->first;

        file->order = i;
        for (; section != NULL; section = section->next) {
            struct tc_str key = section_key(cx, file, section);
            struct inputs *list = tc_map_get(&cx->by_key, key);
            struct tc_hierarchy_input *input = tc_arena_new(cx->arena, struct tc_hierarchy_input);

            if (list == NULL) {
                list = tc_arena_new(cx->arena, struct inputs);
                if (list == NULL || input == NULL)
                    return false;
                list->tail = &list->first;
                tc_map_add(&cx->by_key, key, list);
            }
            if (input == NULL)
                return false;
            *input = (struct tc_hierarchy_input){.file = file, .section = section};
            *list->tail = input;
            list->tail = &input->next;
        }
    }
    return !cx->arena->failed;
}

/* ---- the steps of one application ---- */

static bool
add_step(struct tc_hierarchy_cx *cx, struct tc_hierarchy_input *input, size_t depth, bool is_own)
{
    if (cx->step_count == cx->step_capacity) {
        size_t capacity = cx->step_capacity * 2 + 64;
        struct tc_hierarchy_step *steps = realloc(cx->steps, capacity * sizeof *steps);

        if (steps == NULL) {
            cx->arena->failed = true;
            return false;
        }
        cx->steps = steps;
        cx->step_capacity = capacity;
    }
    cx->steps[cx->step_count++] = (struct tc_hierarchy_step){.input = input, .depth = depth, .is_own = is_own};
    return true;
}

/* From the machine down to @a key; for each path first what files above say of it, then its own file. The first
 * @a app_len bytes are the application's: inheritInChildApplications="false" keeps from it what is for paths above. */
static bool
find_steps(struct tc_hierarchy_cx *cx, struct tc_str key, size_t app_len)
{
    cx->step_count = 0;
    for (size_t len = 0; len <= key.len; len++) {
        const struct inputs *list;

        if (len > 0 && len < key.len && key.ptr[len] != '/')
            continue;
        list = tc_map_get(&cx->by_key, tc_str_sub(key, 0, len));
        for (struct tc_hierarchy_input *input = list == NULL ? NULL : list->first; input != NULL; input = input->next) {
            if (len < app_len && !input->section->in_child_applications)
                continue;
            input->is_done |= len == key.len;
            if (!add_step(cx, input, len, len == key.len))
                return false;
        }
    }
    return true;
}

static bool
same_section(const struct tc_hierarchy_input *a, const struct tc_hierarchy_input *b)
{
    return tc_str_eq(a->section->element->name, b->section->element->name);
}

/*
 * Whether files above step @a at lock its section; @a at the count of steps, with @a like: one of a file that is not
 * there. The nearest that says something counts, and before all of them how the section is declared. A file does not
 * lock itself out (aspnet-trust 3.2), neither with a <location> nor with a declaration.
 */
static bool
find_lock(const struct tc_hierarchy_cx *cx, size_t at, const struct tc_hierarchy_input *like, bool same_file_counts,
          const struct tc_hierarchy_source **ret_file, struct tc_span *ret_place)
{
    const struct declaration *declared = tc_map_get(&cx->declared, like->section->element->name);

    for (size_t i = at; i > 0; i--) {
        const struct tc_hierarchy_input *input = cx->steps[i - 1].input;

        if (cx->steps[i - 1].is_refused || input->section->lock == TC_LOCK_INHERIT || !same_section(input, like) ||
            (!same_file_counts && input->file == like->file))
            continue;
        *ret_file = input->file;
        *ret_place = tc_webconfig_lock_place(input->file->config, input->section);
        return input->section->lock == TC_LOCK_DENY;
    }
    if (declared == NULL || !declared->is_locked || (!same_file_counts && declared->file == like->file))
        return false;
    *ret_file = declared->file;
    *ret_place = declared->span;
    return true;
}

void
tc_hierarchy_fail(struct tc_hierarchy_application *app, struct tc_str why, struct tc_span span)
{
    if (app->fails.len > 0)
        return;
    app->fails = why;
    app->fails_span = span;
}

struct tc_str
tc_hierarchy_quoted(const struct tc_hierarchy_cx *cx, const struct tc_hierarchy_application *app)
{
    return app->path.len == 0 ? TC_STR("every application")
                              : tc_arena_printf(cx->arena, "'%.*s'", TC_STR_ARG(app->path));
}

/* ---- locks of sections ---- */

static void
report_locked(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_step *step,
              struct tc_span lock)
{
    const struct tc_hierarchy_input *input = step->input;
    struct tc_check *check = cx->check;
    const struct tc_markup *element = input->section->element;
    struct tc_span span = tc_webconfig_tag(input->file->config->source, element);
    struct tc_diag *diag;

    tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "HTTP 500.19: '%.*s' is locked", TC_STR_ARG(element->name)),
                      span);
    if (!step->is_own)
        return;
    diag = tc_check_report(check, TC_CHECK_OVERRIDE_LOCKED, span, "this will be HTTP 500.19: '%.*s' is locked for %.*s",
                           TC_STR_ARG(element->name), TC_STR_ARG(tc_hierarchy_quoted(cx, app)));
    tc_diag_label(check->diags, diag, lock, "locked here");
    tc_diag_note(check->diags, diag, "its mere presence fails, whatever it says");
    tc_diag_help(check->diags, diag, "remove the section");
}

static void
check_locks(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app)
{
    for (size_t i = 0; i < cx->step_count; i++) {
        struct tc_hierarchy_input *input = cx->steps[i].input;
        const struct tc_hierarchy_source *by;
        struct tc_span lock;

        if (!find_lock(cx, i, input, false, &by, &lock))
            continue;
        cx->steps[i].is_refused = true;
        report_locked(cx, app, &cx->steps[i], lock);
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

/* Whether a list names the attribute itself. Of one that is required that is an error where it stands; but "*", and all
 * except others, lock it as well: DeserializeElement() of System.Configuration 4.x only compares names. */
static bool
names_it(const struct tc_markup *element, struct tc_str word)
{
    bool present;

    return lists(element, "lockAttributes", word, &present) && !lists(element, "lockAttributes", TC_STR("*"), &present);
}

static void
report_part(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_step *step,
            struct tc_span span, struct tc_str name, const struct tc_hierarchy_input *by, const char *lock)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(by->section->element, lock);
    struct tc_diag *diag;

    tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "'%.*s' is locked", TC_STR_ARG(name)), span);
    if (!step->is_own)
        return;
    diag = tc_check_report(check, TC_CHECK_APPLICATION_FAILS, span, "every request to %.*s fails: '%.*s' is locked",
                           TC_STR_ARG(tc_hierarchy_quoted(cx, app)), TC_STR_ARG(name));
    if (attr != NULL)
        tc_diag_label(check->diags, diag, tc_webconfig_attr_value(by->file->config->source, attr), "locked here");
}

/* Whether the step @a at sets what the earlier one @a by locks in the section itself. */
static bool
check_parts(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, size_t at,
            const struct tc_hierarchy_input *by)
{
    const struct tc_hierarchy_step *step = &cx->steps[at];
    const struct tc_hierarchy_input *input = step->input;
    const struct tc_markup *element = input->section->element, *upper = by->section->element;
    const struct tc_source *source = input->file->config->source;
    const struct tc_webconfig_info *info =
        input->section->id == TC_WEBCONFIG_COUNT_ ? NULL : tc_webconfig_info(input->section->id);

    if (tc_webconfig_is_true(cx->arena, upper, "lockItem")) {
        report_part(cx, app, step, tc_webconfig_tag(source, element), element->name, by, "lockItem");
        return true;
    }
    for (const struct tc_markup_attr *attr = element->attrs; attr != NULL; attr = attr->next) {
        const struct tc_webconfig_attr *row = info == NULL ? NULL : tc_webconfig_attr(info, attr->name);

        if (row == NULL || (row->required && names_it(upper, attr->name)))
            continue;
        if (locks(upper, "lockAttributes", "lockAllAttributesExcept", attr->name)) {
            report_part(cx, app, step, tc_webconfig_attr_name(source, attr), attr->name, by,
                        tc_markup_attr(upper, "lockAttributes") != NULL ? "lockAttributes" : "lockAllAttributesExcept");
            return true;
        }
    }
    for (const struct tc_markup *item = element->first; item != NULL; item = item->next)
        if (item->kind == TC_MARKUP_ELEMENT && locks(upper, "lockElements", "lockAllElementsExcept", item->name)) {
            report_part(cx, app, step, tc_webconfig_tag(source, item), item->name, by,
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
check_all_parts(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app)
{
    for (size_t i = 0; i < cx->step_count; i++) {
        const struct tc_hierarchy_input *by = cx->steps[i].input;

        if (cx->steps[i].is_refused || !has_lock_attribute(by->section->element))
            continue;
        for (size_t j = i + 1; j < cx->step_count; j++)
            if (!cx->steps[j].is_refused && same_section(cx->steps[j].input, by))
                cx->steps[j].is_refused = check_parts(cx, app, j, by);
    }
}

/* ---- sections that stand where they may not, or twice ---- */

/* Where a section may be (aspnet-trust 2): as machine.config declares it, or, when that was not given, as it ships. */
static struct tc_str
allowed_definition(const struct tc_hierarchy_cx *cx, const struct tc_webconfig_section *section)
{
    const struct declaration *declared = tc_map_get(&cx->declared, section->element->name);

    if (declared != NULL && declared->allowed.len > 0)
        return declared->allowed;
    return declared == NULL && (section->id == TC_WEBCONFIG_TRUST || section->id == TC_WEBCONFIG_SECURITY_POLICY ||
                                section->id == TC_WEBCONFIG_FULL_TRUST || section->id == TC_WEBCONFIG_VISIBLE)
               ? TC_STR("MachineToApplication")
               : TC_STR("Everywhere");
}

static void
report_misplaced(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, const struct tc_hierarchy_step *step,
                 struct tc_str allowed, struct tc_str where)
{
    const struct tc_hierarchy_input *input = step->input;
    struct tc_check *check = cx->check;
    struct tc_str name = input->section->element->name;
    struct tc_span span = tc_webconfig_tag(input->file->config->source, input->section->element);
    struct tc_diag *diag;

    tc_hierarchy_fail(app, tc_arena_printf(cx->arena, "'%.*s' %.*s", TC_STR_ARG(name), TC_STR_ARG(where)), span);
    if (!step->is_own)
        return;
    diag = tc_check_report(check, TC_CHECK_APPLICATION_FAILS, span, "every request to %.*s fails: '%.*s' %.*s",
                           TC_STR_ARG(tc_hierarchy_quoted(cx, app)), TC_STR_ARG(name), TC_STR_ARG(where));
    tc_diag_note(check->diags, diag, "it is declared with allowDefinition=\"%.*s\"", TC_STR_ARG(allowed));
    if (app->is_folder)
        tc_diag_help(check->diags, diag, "take it out; where '%.*s' is an application of its own, name it with --site",
                     TC_STR_ARG(app->path));
    else
        tc_diag_help(check->diags, diag, "take it out");
}

/* A path is compared by its length alone, so that what is for a folder holds for an application below it
 * (WebConfigurationHost.IsDefinitionAllowed() of System.Web 4.x). */
static void
check_definitions(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, size_t app_len)
{
    for (size_t i = 0; i < cx->step_count; i++) {
        struct tc_hierarchy_step *step = &cx->steps[i];
        struct tc_str allowed;

        if (step->is_refused || step->depth == 0)
            continue;
        allowed = allowed_definition(cx, step->input->section);
        if (tc_str_eq(allowed, TC_STR("MachineToApplication")) && step->depth > app_len)
            report_misplaced(cx, app, step, allowed, TC_STR("cannot stand below an application"));
        else if (tc_str_eq(allowed, TC_STR("MachineOnly")))
            report_misplaced(cx, app, step, allowed, TC_STR("can only stand in machine.config"));
        else if (tc_str_eq(allowed, TC_STR("MachineToWebRoot")))
            report_misplaced(cx, app, step, allowed,
                             TC_STR("can only stand in machine.config and the root web.config"));
        else
            continue;
        step->is_refused = true;
    }
}

/* The same section twice for one path in one file: its own checks have reported it. */
static void
check_twice(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app)
{
    for (size_t i = 1; i < cx->step_count; i++)
        for (size_t j = i; j > 0 && cx->steps[j - 1].depth == cx->steps[i].depth; j--) {
            const struct tc_hierarchy_input *a = cx->steps[j - 1].input, *b = cx->steps[i].input;

            if (a->file == b->file && same_section(a, b))
                tc_hierarchy_fail(
                    app, tc_arena_printf(cx->arena, "'%.*s' stands there twice", TC_STR_ARG(b->section->element->name)),
                    tc_webconfig_tag(b->file->config->source, b->section->element));
        }
}

/* ---- one application ---- */

static const struct tc_hierarchy_source *
own_file(const struct tc_hierarchy_cx *cx, struct tc_str key)
{
    for (size_t i = 0; i < cx->file_count && key.len > 0; i++)
        if (tc_str_eq(cx->files[i].key, key))
            return &cx->files[i];
    return NULL;
}

/* The steps for @a key, those that fail marked and reported. */
static bool
find_refused(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, struct tc_str key, size_t app_len)
{
    if (!find_steps(cx, key, app_len))
        return false;
    for (size_t i = 0; i < cx->file_count; i++)
        if (cx->files[i].config == NULL && tc_webconfig_within(key, cx->files[i].key))
            tc_hierarchy_fail(app, TC_STR("a configuration file cannot be read"), (struct tc_span){0, 0});
    check_locks(cx, app);
    check_all_parts(cx, app);
    check_definitions(cx, app, app_len);
    check_twice(cx, app);
    return true;
}

/* Whether files further down than that of @a key may not have the section: the one that was merged last, refused ones
 * too, stands for all of its kind. */
static bool
is_locked_below(const struct tc_hierarchy_cx *cx, enum tc_webconfig_id id, struct tc_str key, struct tc_span *ret_lock)
{
    const struct tc_hierarchy_input *last = NULL;
    const struct tc_hierarchy_source *by;

    for (size_t i = 0; i < cx->step_count; i++)
        if (cx->steps[i].input->section->id == id)
            last = cx->steps[i].input;
    return last != NULL && find_lock(cx, cx->step_count, last, true, &by, ret_lock) &&
           (by->is_machine || !tc_str_eq(by->key, key));
}

static bool
work_out(struct tc_hierarchy_cx *cx, struct tc_hierarchy_application *app, struct tc_str key)
{
    struct tc_map levels;
    struct tc_span lock;

    tc_map_init(&levels, cx->arena);
    if (cx->machine.fails.len > 0)
        tc_hierarchy_fail(app, cx->machine.fails, cx->machine.fails_span);
    if (!find_refused(cx, app, key, key.len))
        return false;
    for (size_t i = 0; i < cx->step_count; i++)
        if (!cx->steps[i].is_refused) /* ASP.NET keeps the trust that held before */
            tc_hierarchy_merge(cx, app, &cx->steps[i], &levels);
    for (size_t i = 0; i < cx->step_count; i++)
        tc_hierarchy_report_assemblies(cx, app, &cx->steps[i]);
    if (key.len == 0) {
        cx->machine = *app;
        cx->has_machine = true;
    }
    tc_hierarchy_find_policy_file(cx, app, &levels);
    app->is_policy_locked = is_locked_below(cx, TC_WEBCONFIG_SECURITY_POLICY, key, &lock);
    app->are_assemblies_locked = is_locked_below(cx, TC_WEBCONFIG_FULL_TRUST, key, &lock);
    app->is_locked = is_locked_below(cx, TC_WEBCONFIG_TRUST, key, &lock);
    if (app->is_locked)
        app->lock = lock;
    return !cx->arena->failed;
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
has_location(const struct tc_hierarchy_cx *cx, struct tc_str key)
{
    const struct inputs *list = tc_map_get(&cx->by_key, key);

    for (const struct tc_hierarchy_input *input = list == NULL ? NULL : list->first; input != NULL; input = input->next)
        if (input->file->is_machine && input->section->id == TC_WEBCONFIG_TRUST)
            return true;
    return false;
}

/* A location of a machine-level file for no application that was given, but nearly for one. */
static void
check_leads_nowhere(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_source *file,
                    const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    struct tc_str key = section_key(cx, file, section);
    const struct tc_hierarchy_source *best = NULL;
    struct tc_diag *diag;
    unsigned limit = 2;

    if (section->id != TC_WEBCONFIG_TRUST || section->key.len == 0 || own_file(cx, key) != NULL)
        return;
    for (size_t i = 0; i < cx->file_count; i++) {
        const struct tc_hierarchy_source *other = &cx->files[i];
        unsigned distance;

        if (other->is_machine)
            continue;
        if (tc_webconfig_within(other->key, key))
            return; /* it holds for an application below it */
        distance = tc_str_distance(key, other->key, limit);
        if (distance <= limit && key.len > 3 && !differ_in_digits(key, other->key) && !has_location(cx, other->key)) {
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

/* A location of an application's file that begins with the name of its site, as if it stood in a file of the machine.
 */
static void
check_begins_with_site(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_source *file,
                       const struct tc_webconfig_section *section)
{
    struct tc_str site = tc_str_sub(file->key, 0, tc_str_find(file->key, TC_STR("/"), 0));
    struct tc_check *check = cx->check;
    struct tc_diag *diag;

    if (!tc_webconfig_within(site_key(cx, section->path), site))
        return;
    diag = tc_check_report(check, TC_CHECK_LOCATION_SITE,
                           tc_webconfig_place(file->config->source, section->location, "path"),
                           "this is for '%.*s/%.*s'", TC_STR_ARG(file->path), TC_STR_ARG(section->path));
    tc_diag_note(check->diags, diag,
                 "only in machine.config and the root web.config does a path begin with a site; here it begins in the "
                 "folder of this file");
}

/* ---- all ---- */

static bool
add_application(struct tc_hierarchy_cx *cx, struct tc_hierarchy *hierarchy, struct tc_str path, struct tc_str key,
                bool has_file)
{
    struct tc_hierarchy_application *app = &hierarchy->applications[hierarchy->count];

    if (tc_map_get(&cx->apps, key) != NULL)
        return true;
    *app = (struct tc_hierarchy_application){.path = path, .has_file = has_file};
    tc_map_add(&cx->apps, key, app);
    hierarchy->count++;
    return work_out(cx, app, key);
}

static bool
add_applications(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_file *given, struct tc_hierarchy *hierarchy)
{
    if (!add_application(cx, hierarchy, TC_STR(""), TC_STR(""), false))
        return false;
    for (size_t i = 0; i < cx->file_count; i++) /* as given */
        if (given[i].path.len > 0 && !given[i].is_folder &&
            !add_application(cx, hierarchy, given[i].path, site_key(cx, given[i].path), true))
            return false;
    for (size_t i = 0; i < cx->file_count; i++) {
        const struct tc_hierarchy_source *file = &cx->files[i];
        const struct tc_webconfig_section *section = file->config == NULL ? NULL : file->config->first;

        for (; file->is_machine && section != NULL; section = section->next) {
            struct tc_str key = section_key(cx, file, section);

            if (section->id == TC_WEBCONFIG_TRUST && section->key.len > 0 &&
                !add_application(cx, hierarchy, section->path, key, own_file(cx, key) != NULL))
                return false;
        }
    }
    return true;
}

/* The length of the key of the application that @a key belongs to. */
static size_t
application_len(const struct tc_hierarchy_cx *cx, struct tc_str key)
{
    size_t len = key.len;

    while (len > 0 &&
           ((len < key.len && key.ptr[len] != '/') || tc_map_get(&cx->apps, tc_str_sub(key, 0, len)) == NULL))
        len--;
    return len;
}

/* Folders that have files of their own and are no applications: told only when requests to them alone fail. */
static bool
add_folders(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_file *given, struct tc_hierarchy *hierarchy)
{
    for (size_t i = 0; i < cx->file_count; i++) {
        struct tc_hierarchy_application *app = &hierarchy->applications[hierarchy->count];
        const struct tc_hierarchy_application *around;
        struct tc_str key;
        size_t len;

        if (!given[i].is_folder)
            continue;
        key = site_key(cx, given[i].path);
        if (tc_map_get(&cx->apps, key) != NULL)
            continue;
        len = application_len(cx, key);
        around = tc_map_get(&cx->apps, tc_str_sub(key, 0, len));
        *app = (struct tc_hierarchy_application){.path = given[i].path, .has_file = true, .is_folder = true};
        if (!find_refused(cx, app, key, len))
            return false;
        if (app->fails.len > 0 && (around == NULL || around->fails.len == 0))
            hierarchy->count++;
    }
    return true;
}

/* What stands in a file for a path that nothing else was said of: only what fails there matters. */
static bool
check_rest(struct tc_hierarchy_cx *cx)
{
    for (size_t i = 0; i < cx->file_count; i++) {
        const struct tc_hierarchy_source *file = &cx->files[i];
        const struct tc_webconfig_section *section = file->config == NULL ? NULL : file->config->first;

        for (; section != NULL; section = section->next) {
            struct tc_str key;
            const struct inputs *list;
            struct tc_hierarchy_application app = {.path = section->path, .is_folder = true};
            size_t len;

            if (section->key.len == 0)
                continue;
            if (file->is_machine)
                check_leads_nowhere(cx, file, section);
            else
                check_begins_with_site(cx, file, section);
            key = section_key(cx, file, section);
            list = tc_map_get(&cx->by_key, key);
            if (list == NULL || list->first->is_done)
                continue;
            if (!file->is_machine)
                app.path = tc_arena_printf(cx->arena, "%.*s/%.*s", TC_STR_ARG(file->path), TC_STR_ARG(section->path));
            len = application_len(cx, key);
            if (!find_steps(cx, key, len))
                return false;
            check_locks(cx, &app);
            check_all_parts(cx, &app);
            if (!file->is_machine) /* who writes for the machine knows what is an application */
                check_definitions(cx, &app, len);
        }
    }
    return true;
}

static bool
add_declaration(struct tc_hierarchy_cx *cx, const struct tc_hierarchy_source *file, const struct tc_markup *element)
{
    struct declaration *declared = tc_arena_new(cx->arena, struct declaration);
    struct tc_str name, mode;

    if (declared == NULL)
        return false;
    declared->file = file;
    if (!tc_markup_is(element, "section") || !tc_webconfig_value(cx->arena, element, "name", &name))
        return true;
    declared->is_locked =
        tc_webconfig_value(cx->arena, element, "overrideModeDefault", &mode) && tc_str_eq(mode, TC_STR("Deny"));
    declared->span = tc_webconfig_place(file->config->source, element, "overrideModeDefault");
    tc_webconfig_value(cx->arena, element, "allowDefinition", &declared->allowed);
    tc_map_add(&cx->declared, name, declared);
    return true;
}

/* How the files of the machine declare the sections of <system.web>. */
static bool
find_declarations(struct tc_hierarchy_cx *cx)
{
    for (size_t i = 0; i < cx->file_count; i++) {
        const struct tc_hierarchy_source *file = &cx->files[i];
        const struct tc_markup *top = file->config == NULL || !file->is_machine ? NULL : file->config->root->first;
        struct tc_str name;

        for (; top != NULL; top = top->next)
            for (const struct tc_markup *group = tc_markup_is(top, "configSections") ? top->first : NULL; group != NULL;
                 group = group->next)
                if (tc_markup_is(group, "sectionGroup") && tc_webconfig_value(cx->arena, group, "name", &name) &&
                    tc_str_eq(name, TC_STR("system.web")))
                    for (const struct tc_markup *item = group->first; item != NULL; item = item->next)
                        if (!add_declaration(cx, file, item))
                            return false;
    }
    return true;
}

enum tc_status
tc_hierarchy_run(struct tc_check *check, const struct tc_hierarchy_file *files, size_t count,
                 const struct tc_hierarchy_site *sites, size_t site_count, const struct tc_hierarchy_host *host,
                 struct tc_hierarchy *ret_hierarchy)
{
    struct tc_hierarchy_cx cx = {.check = check,
                                 .arena = check->arena,
                                 .host = host,
                                 .sites = sites,
                                 .site_count = site_count,
                                 .file_count = count};
    size_t most = 1 + count;
    bool done;

    *ret_hierarchy = (struct tc_hierarchy){.count = 0};
    tc_map_init(&cx.by_key, cx.arena);
    tc_map_init(&cx.apps, cx.arena);
    tc_map_init(&cx.declared, cx.arena);
    tc_map_init(&cx.machine_levels, cx.arena);
    cx.files = tc_arena_array(cx.arena, struct tc_hierarchy_source, count);
    if (cx.files == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct tc_webconfig_section *section = files[i].config == NULL ? NULL : files[i].config->first;

        cx.files[i] = (struct tc_hierarchy_source){.path = files[i].path,
                                                   .key = site_key(&cx, files[i].path),
                                                   .config = files[i].config,
                                                   .order = i,
                                                   .is_machine = files[i].path.len == 0,
                                                   .is_folder = files[i].is_folder};
        for (; section != NULL; section = section->next)
            most++;
    }
    qsort(cx.files, count, sizeof *cx.files, compare_files);
    ret_hierarchy->applications = tc_arena_array(cx.arena, struct tc_hierarchy_application, most);
    done = ret_hierarchy->applications != NULL && collect(&cx) && find_declarations(&cx) &&
           add_applications(&cx, files, ret_hierarchy) && add_folders(&cx, files, ret_hierarchy) && check_rest(&cx);
    free(cx.steps);
    return done && !cx.arena->failed ? TC_OK : TC_ERR_NOMEM;
}
