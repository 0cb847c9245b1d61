/* Which applications are the same on both sides, and what happens to each. */
#include "ask/diff.h"

#include "ask/diff_parts.h"
#include "model/clauses.h"
#include "verify/grants.h"

#include <stdlib.h>
#include <string.h>

#define NOBODY UINT32_MAX

/* ---- changes ---- */

void
tc_diff_list_init(struct tc_diff_list *list, struct tc_arena *arena)
{
    *list = (struct tc_diff_list){.arena = arena};
    list->tail = &list->first;
}

void
tc_diff_list_add(struct tc_diff_list *list, struct tc_diff_change change)
{
    struct tc_diff_change *copy = tc_arena_new(list->arena, struct tc_diff_change);

    if (copy == NULL)
        return;
    *copy = change;
    copy->next = NULL;
    *list->tail = copy;
    list->tail = &copy->next;
}

void
tc_diff_set_place(struct tc_diff_change *change, const struct tc_diff_side *side, struct tc_span span)
{
    struct tc_place place;

    if (span.end == 0)
        return;
    place = tc_sources_place(side->sources, span.begin);
    if (place.source == NULL)
        return;
    change->file = place.source->name;
    change->line = place.line;
}

/* ---- the run ---- */

/* What two policies say differently, and what follows for other code: asked once for many applications. */
struct policy_pair {
    const struct tc_policy *policies[2]; /* the key */
    struct tc_policy_change change;
    const struct tc_diff_change *code; /* of applications whose tokens stand for the same on both sides */
    bool has_code;
};

/* Applications to which the same happens. */
struct bundle {
    struct tc_diff_entry entry;
    struct tc_str *names;
    size_t capacity;
    struct bundle *next;
};

struct run {
    struct tc_arena *arena;
    struct tc_arena scratch; /* for one application at a time */
    const struct tc_diff_side *sides[2];
    struct tc_diff *diff;
    struct tc_map pairs;   /* struct policy_pair */
    struct tc_map bundles; /* the words of the changes → struct bundle */
    struct bundle *first, **tail;
    uint32_t *matches; /* by application of the newer side */
    bool *is_taken;    /* by application of the older side */
};

static bool
differs(const struct tc_policy_change *change)
{
    return change->main || change->sets || change->groups || change->raw;
}

static struct policy_pair *
policies_of(struct run *run, const struct tc_policy *before, const struct tc_policy *after)
{
    struct policy_pair *pair = tc_arena_new(run->arena, struct policy_pair), *known;
    struct tc_str key;

    if (pair == NULL)
        return NULL;
    pair->policies[0] = before;
    pair->policies[1] = after;
    key = (struct tc_str){(const char *)pair->policies, sizeof pair->policies};
    known = tc_map_add(&run->pairs, key, pair);
    if (known != NULL)
        return known;
    pair->change = tc_policy_changed(before, after);
    return pair;
}

/* ---- settings ---- */

static void
add_setting(struct tc_diff_list *list, const char *what, struct tc_str was, struct tc_str now)
{
    tc_diff_list_add(
        list, (struct tc_diff_change){
                  .area = TC_DIFF_SETTING, .effect = TC_DIFF_OTHER, .what = tc_str_of(what), .was = was, .now = now});
}

static struct tc_str
without_slash(struct tc_str path)
{
    while (path.len > 3 && (path.ptr[path.len - 1] == '\\' || path.ptr[path.len - 1] == '/'))
        path.len--;
    return path;
}

static bool
same_name(struct tc_arena *arena, struct tc_str a, struct tc_str b)
{
    return tc_str_eq_nocase(a, b) || tc_str_eq(tc_str_fold(arena, a), tc_str_fold(arena, b));
}

static struct tc_str
authentication_word(enum tc_authentication authentication)
{
    static const char *const words[] = {
        [TC_AUTHENTICATION_UNSAID] = "",
        [TC_AUTHENTICATION_ANONYMOUS] = "anonymous",
        [TC_AUTHENTICATION_WINDOWS] = "windows",
        [TC_AUTHENTICATION_FORMS] = "forms",
    };

    return tc_str_of(words[authentication]);
}

static struct tc_str
impersonate_word(int impersonate)
{
    return impersonate < 0 ? TC_STR("") : impersonate ? TC_STR("on") : TC_STR("off");
}

static struct tc_str
level_name(const struct tc_application *app)
{
    return app->policy == NULL ? TC_STR("") : app->policy->name;
}

static unsigned
said(const struct run *run)
{
    return run->sides[0]->says & run->sides[1]->says;
}

static void
compare_settings(struct run *run, const struct tc_application *a, const struct tc_application *b,
                 struct tc_diff_list *list)
{
    const struct {
        const char *what;
        unsigned says;
        enum { EXACT, NAME, DIRECTORY } kind;
        struct tc_str was, now;
    } rows[] = {
        {"location", TC_DIFF_SAYS_LEVELS, NAME, a->location.text, b->location.text},
        {"trust level", TC_DIFF_SAYS_LEVELS, EXACT, level_name(a), level_name(b)},
        {"framework", TC_DIFF_SAYS_LEVELS, EXACT, tc_str_of(tc_runtime_info(a->runtime)->name),
         tc_str_of(tc_runtime_info(b->runtime)->name)},
        {"origin", TC_DIFF_SAYS_LEVELS, EXACT, a->origin.text, b->origin.text},
        {"root", TC_DIFF_SAYS_SERVER, DIRECTORY, a->root.text, b->root.text},
        {"pool", TC_DIFF_SAYS_SERVER, NAME, a->pool.text, b->pool.text},
        {"identity", TC_DIFF_SAYS_SERVER, NAME, a->identity.text, b->identity.text},
        {"anonymous", TC_DIFF_SAYS_SERVER, NAME, a->anonymous.text, b->anonymous.text},
        {"temporary", TC_DIFF_SAYS_SERVER, DIRECTORY, a->temporary.text, b->temporary.text},
        {"templates", TC_DIFF_SAYS_SERVER, DIRECTORY, a->templates.text, b->templates.text},
        {"authentication", TC_DIFF_SAYS_SERVER, EXACT, authentication_word(a->authentication),
         authentication_word(b->authentication)},
        {"impersonate", TC_DIFF_SAYS_SERVER, EXACT, impersonate_word(a->impersonate), impersonate_word(b->impersonate)},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tc_str was = rows[i].was, now = rows[i].now;

        if (!(said(run) & rows[i].says) || tc_str_eq(was, now))
            continue;
        if (rows[i].kind == DIRECTORY && same_name(&run->scratch, without_slash(was), without_slash(now)))
            continue;
        if (rows[i].kind == NAME && same_name(&run->scratch, was, now))
            continue;
        add_setting(list, rows[i].what, was, now);
    }
    if ((said(run) & TC_DIFF_SAYS_SERVER) && !tc_str_eq(a->name, b->name))
        add_setting(list, "name", a->name, b->name);
}

static void
add_opened(struct tc_diff_list *list, enum tc_diff_area area, bool was, bool is, const char *what)
{
    if (was != is)
        tc_diff_list_add(list, (struct tc_diff_change){.area = area,
                                                       .effect = is ? TC_DIFF_GAINS : TC_DIFF_LOSES,
                                                       .before = is ? TC_MAY_NOT : TC_MAY_SURELY,
                                                       .after = is ? TC_MAY_SURELY : TC_MAY_NOT,
                                                       .what = tc_str_of(what)});
}

static void
compare_places(struct tc_diff_list *list, const struct tc_diff_place *was, const struct tc_diff_place *is)
{
    add_opened(list, TC_DIFF_LOCK, was->is_open, is->is_open,
               "choose its trust level in a web.config of its own: <trust> or <securityPolicy> is not locked");
    add_opened(list, TC_DIFF_CODE, was->is_unlimited, is->is_unlimited,
               "requests that code of the global assembly cache serves alone: nothing limits them "
               "(processRequestInApplicationTrust=\"false\")");
}

/* ---- grants ---- */

static bool
same_values(const struct tc_token_values *a, const struct tc_token_values *b)
{
    for (size_t i = 0; i < TC_TOKEN_COUNT_MAX; i++)
        if (!tc_str_eq(a->values[i], b->values[i]))
            return false;
    return true;
}

static void
copy_list(struct tc_diff_list *list, const struct tc_diff_change *change)
{
    for (; change != NULL; change = change->next)
        tc_diff_list_add(list, *change);
}

/* What other code gets is asked of one application for all with these policies, where tokens stand for the same before
 * and after. */
static bool
compare_code(struct run *run, struct policy_pair *policies, struct tc_subject subjects[2],
             const struct tc_diff_pair *pair, bool own_changed, struct tc_diff_list *list)
{
    struct tc_policy_change change = policies->change;
    struct tc_diff_list code;

    change.groups |= !pair->same_values || (change.main && !own_changed);
    if (pair->same_values && policies->has_code) {
        copy_list(list, policies->code);
        return true;
    }
    tc_diff_list_init(&code, pair->same_values ? run->arena : &run->scratch);
    if (!tc_diff_code(code.arena, subjects, pair, &change, &code))
        return false;
    copy_list(list, code.first);
    if (pair->same_values) {
        policies->has_code = true;
        policies->code = code.first;
    }
    return true;
}

static bool
compare_grants(struct run *run, struct tc_diff_pair *pair, struct tc_diff_list *list)
{
    struct policy_pair *policies = policies_of(run, pair->policies[0], pair->policies[1]);
    struct tc_subject *subjects;
    const struct tc_diff_change *last;

    if (policies == NULL)
        return false;
    pair->same_values = same_values(&pair->values[0], &pair->values[1]);
    if (!differs(&policies->change) && pair->same_values)
        return true;
    subjects = tc_arena_array(&run->scratch, struct tc_subject, 2);
    for (int side = 0; subjects != NULL && side < 2; side++) {
        if (pair->policies[side] == NULL) {
            subjects[side] = (struct tc_subject){.name = pair->name, .values = pair->values[side]};
            for (size_t i = 0; i < TC_OWN_KINDS; i++)
                subjects[side].grants[i].sure = subjects[side].grants[i].wide = tc_grant_set_new(&run->scratch, false);
        } else if (tc_subject_of_policy(&run->scratch, pair->name, pair->policies[side], &pair->values[side],
                                        &subjects[side]) != TC_OK) {
            return false;
        }
        subjects[side].machine = pair->sides[side]->model->server_name.len > 0
                                     ? pair->sides[side]->model->server_name
                                     : pair->sides[1 - side]->model->server_name;
    }
    last = list->first;
    if (subjects == NULL || run->scratch.failed || !tc_diff_grants(&run->scratch, subjects, pair, list))
        return false;
    return compare_code(run, policies, subjects, pair, list->first != last, list);
}

/* ---- bundles ---- */

static void
put_key(struct tc_buf *out, enum tc_diff_status status, const struct tc_diff_change *change)
{
    tc_buf_printf(out, "%d", (int)status);
    for (; change != NULL; change = change->next)
        tc_buf_printf(out, "\n%d %d %d %d %u %.*s\t%.*s\t%.*s", (int)change->area, (int)change->effect,
                      (int)change->before, (int)change->after, change->kinds, TC_STR_ARG(change->what),
                      TC_STR_ARG(change->was), TC_STR_ARG(change->now));
}

/* A demand whose texts live as long as the result. */
static const struct tc_perm *
keep_demand(struct tc_arena *arena, const struct tc_perm *demand)
{
    struct tc_perm *copy = demand == NULL ? NULL : tc_perm_copy(arena, demand);

    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < copy->cls->field_count; i++) {
        struct tc_value *value = &copy->values[i];

        if (tc_is_list_field(copy->cls->fields[i].kind))
            for (uint32_t j = 0; j < value->list.count; j++)
                value->list.items[j].text = tc_arena_str(arena, value->list.items[j].text);
        else if (copy->cls->fields[i].kind == TC_FIELD_TEXT)
            value->text = tc_arena_str(arena, value->text);
    }
    for (uint32_t i = 0; i < copy->row_count; i++) {
        const struct tc_row *row = &demand->rows[i];
        struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, row->form->column_count);

        if (cells == NULL)
            return NULL;
        for (size_t j = 0; j < row->form->column_count; j++) {
            cells[j] = row->cells[j];
            cells[j].text = tc_arena_str(arena, row->cells[j].text);
        }
        copy->rows[i].cells = cells;
    }
    return copy;
}

/* Changes that live as long as the result: most are the same as those of another application, and go. */
static const struct tc_diff_change *
keep_changes(struct tc_arena *arena, const struct tc_diff_change *change)
{
    struct tc_diff_list kept;

    tc_diff_list_init(&kept, arena);
    for (; change != NULL; change = change->next) {
        struct tc_diff_change copy = *change;

        copy.what = tc_arena_str(arena, change->what);
        copy.was = tc_arena_str(arena, change->was);
        copy.now = tc_arena_str(arena, change->now);
        copy.witness = tc_arena_str(arena, change->witness);
        copy.demand = keep_demand(arena, change->demand);
        tc_diff_list_add(&kept, copy);
    }
    return kept.first;
}

static struct bundle *
bundle_of(struct run *run, enum tc_diff_status status, const struct tc_diff_list *list, struct tc_str name)
{
    struct tc_buf key = {0};
    struct bundle *bundle;

    put_key(&key, status, list->first);
    run->arena->failed |= key.failed;
    bundle = tc_map_get(&run->bundles, tc_buf_str(&key));
    if (bundle == NULL) {
        bundle = tc_arena_new(run->arena, struct bundle);
        if (bundle != NULL) {
            bundle->entry = (struct tc_diff_entry){
                .status = status, .changes = keep_changes(run->arena, list->first), .example = name};
            tc_map_add(&run->bundles, tc_arena_str(run->arena, tc_buf_str(&key)), bundle);
            *run->tail = bundle;
            run->tail = &bundle->next;
        }
    }
    tc_buf_done(&key);
    return bundle;
}

static bool
add_entry(struct run *run, enum tc_diff_status status, const struct tc_diff_list *list, struct tc_str name)
{
    struct bundle *bundle = bundle_of(run, status, list, name);

    if (bundle == NULL)
        return false;
    if (bundle->entry.count == bundle->capacity) {
        size_t capacity = bundle->capacity == 0 ? 4 : 2 * bundle->capacity;
        struct tc_str *larger = tc_arena_array(run->arena, struct tc_str, capacity);

        if (larger == NULL)
            return false;
        if (bundle->entry.count > 0)
            memcpy(larger, bundle->names, bundle->entry.count * sizeof *larger);
        bundle->names = larger;
        bundle->capacity = capacity;
    }
    bundle->names[bundle->entry.count++] = name;
    bundle->entry.names = bundle->names;
    return true;
}

/* ---- applications ---- */

static enum tc_clr
clr_of(enum tc_runtime runtime)
{
    return tc_framework_info(tc_runtime_info(runtime)->framework)->clr;
}

static bool
compare_application(struct run *run, const struct tc_application *a, const struct tc_application *b)
{
    struct tc_diff_pair pair = {
        .sides = {run->sides[0], run->sides[1]}, .policies = {a->policy, b->policy}, .name = b->name};
    struct tc_diff_list list;

    tc_arena_reset(&run->scratch);
    tc_diff_list_init(&list, &run->scratch);
    pair.values[0] = tc_application_values(&run->scratch, run->sides[0]->model, a);
    pair.values[1] = tc_application_values(&run->scratch, run->sides[1]->model, b);
    if (!compare_grants(run, &pair, &list))
        return false;
    compare_places(&list, &run->sides[0]->places[a->index], &run->sides[1]->places[b->index]);
    compare_settings(run, a, b, &list);
    if (list.first == NULL)
        return true;
    run->diff->changed++;
    return add_entry(run, TC_DIFF_CHANGED, &list, b->name);
}

/* An application that only one side names has the default level of the other one. */
static bool
compare_alone(struct run *run, int side, const struct tc_application *app)
{
    const struct tc_model *model = run->sides[side]->model, *other = run->sides[1 - side]->model;
    const struct tc_policy *level = other->defaults[clr_of(app->runtime)];
    struct tc_diff_pair pair = {.sides = {run->sides[0], run->sides[1]}, .name = app->name};
    struct tc_diff_list list;

    tc_arena_reset(&run->scratch);
    tc_diff_list_init(&list, &run->scratch);
    pair.policies[side] = app->policy;
    pair.policies[1 - side] = level;
    pair.values[0] = pair.values[1] = tc_application_values(&run->scratch, model, app);
    if (level != NULL && run->diff->levels_compared && !compare_grants(run, &pair, &list))
        return false;
    if (level == NULL && run->diff->levels_compared)
        tc_diff_list_add(&list, (struct tc_diff_change){
                                    .area = TC_DIFF_GRANT,
                                    .effect = TC_DIFF_UNKNOWN,
                                    .before = TC_MAY_UNKNOWN,
                                    .after = TC_MAY_UNKNOWN,
                                    .kinds = (1u << TC_OWN_KINDS) - 1,
                                    .what = tc_arena_printf(&run->scratch, "everything: one side says nothing of %s",
                                                            tc_clr_info(clr_of(app->runtime))->directory)});
    if (side == 1)
        run->diff->added++;
    else
        run->diff->removed++;
    return add_entry(run, side == 1 ? TC_DIFF_ADDED : TC_DIFF_REMOVED, &list, app->name);
}

static void
add_server_setting(struct run *run, struct tc_diff_list *list, const char *what, struct tc_str was, struct tc_str now)
{
    if (!same_name(run->arena, without_slash(was), without_slash(now)))
        add_setting(list, what, was, now);
}

static struct tc_str
compression_words(struct run *run, const struct tc_model *model)
{
    static const char *const words[] = {
        [TC_COMPRESSION_UNSAID] = "",
        [TC_COMPRESSION_OFF] = "off",
        [TC_COMPRESSION_ONLY] = "only",
        [TC_COMPRESSION_EXCEPT] = "except",
    };
    struct tc_buf out = {0};
    struct tc_str text;

    tc_buf_puts(&out, tc_str_of(words[model->compression]));
    for (size_t i = 0; i < model->compression_count; i++)
        tc_buf_printf(&out, "%s %.*s", i == 0 ? "" : ",", TC_STR_ARG(model->compression_list[i]->name));
    run->arena->failed |= out.failed;
    text = tc_arena_str(run->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* The level of every application that is not named. */
static bool
compare_default(struct run *run, enum tc_clr clr)
{
    const struct tc_model *a = run->sides[0]->model, *b = run->sides[1]->model;
    const struct tc_policy *before = a->defaults[clr], *after = b->defaults[clr];
    struct tc_str name = tc_arena_printf(run->arena, "every other application under %s", tc_clr_info(clr)->directory);
    struct tc_application unnamed = {.name = name,
                                     .location = {.text = TC_STR("site/unnamed")},
                                     .root = {.text = TC_STR("D:\\Sites\\Unnamed")},
                                     .index = NOBODY};
    struct tc_diff_pair pair = {
        .sides = {run->sides[0], run->sides[1]}, .policies = {before, after}, .name = TC_STR("an application")};
    struct tc_diff_list list;

    if (before == NULL || after == NULL || !(said(run) & TC_DIFF_SAYS_LEVELS))
        return true;
    tc_arena_reset(&run->scratch);
    tc_diff_list_init(&list, &run->scratch);
    unnamed.runtime = before->runtime;
    pair.values[0] = tc_application_values(&run->scratch, a, &unnamed);
    unnamed.runtime = after->runtime;
    pair.values[1] = tc_application_values(&run->scratch, b, &unnamed);
    if (!compare_grants(run, &pair, &list))
        return false;
    compare_places(&list, &run->sides[0]->defaults[clr], &run->sides[1]->defaults[clr]);
    if (!tc_str_eq(before->name, after->name))
        add_setting(&list, "trust level", before->name, after->name);
    if (before->runtime != after->runtime)
        add_setting(&list, "framework", tc_str_of(tc_runtime_info(before->runtime)->name),
                    tc_str_of(tc_runtime_info(after->runtime)->name));
    return list.first == NULL || add_entry(run, TC_DIFF_DEFAULT, &list, name);
}

static bool
compare_server(struct run *run)
{
    const struct tc_model *a = run->sides[0]->model, *b = run->sides[1]->model;
    struct tc_diff_list list;

    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        if (!compare_default(run, (enum tc_clr)clr))
            return false;
    if (!(said(run) & TC_DIFF_SAYS_SERVER))
        return true;
    tc_diff_list_init(&list, run->arena);
    add_server_setting(run, &list, "windows", a->windows.text, b->windows.text);
    add_server_setting(run, &list, "iis", a->iis, b->iis);
    add_server_setting(run, &list, "compression", compression_words(run, a), compression_words(run, b));
    return list.first == NULL || add_entry(run, TC_DIFF_DEFAULT, &list, TC_STR("the server"));
}

/* ---- who is who ---- */

static struct tc_str
key_of(struct run *run, const struct tc_application *app, int pass)
{
    return pass == 0 ? app->name : tc_str_fold(run->arena, app->location.text);
}

/* By name; what is left, by location. */
static bool
match(struct run *run)
{
    const struct tc_model *a = run->sides[0]->model, *b = run->sides[1]->model;

    run->matches = tc_arena_array(run->arena, uint32_t, b->application_count);
    run->is_taken = tc_arena_array(run->arena, bool, a->application_count);
    if (run->matches == NULL || run->is_taken == NULL)
        return false;
    for (size_t i = 0; i < b->application_count; i++)
        run->matches[i] = NOBODY;
    for (int pass = 0; pass < 2; pass++) {
        struct tc_map keys;

        tc_map_init(&keys, run->arena);
        for (size_t i = 0; i < a->application_count; i++)
            if (!run->is_taken[i])
                tc_map_add(&keys, key_of(run, a->applications[i], pass), a->applications[i]);
        for (size_t i = 0; i < b->application_count; i++) {
            const struct tc_application *other;

            if (run->matches[i] != NOBODY)
                continue;
            other = tc_map_get(&keys, key_of(run, b->applications[i], pass));
            if (other == NULL || run->is_taken[other->index])
                continue;
            run->matches[i] = other->index;
            run->is_taken[other->index] = true;
        }
    }
    return !run->arena->failed;
}

static bool
compare_all(struct run *run)
{
    const struct tc_model *a = run->sides[0]->model, *b = run->sides[1]->model;

    for (size_t i = 0; i < b->application_count; i++)
        if (run->matches[i] != NOBODY &&
            !compare_application(run, a->applications[run->matches[i]], b->applications[i]))
            return false;
    for (size_t i = 0; i < b->application_count; i++)
        if (run->matches[i] == NOBODY && !compare_alone(run, 1, b->applications[i]))
            return false;
    for (size_t i = 0; i < a->application_count; i++)
        if (!run->is_taken[i] && !compare_alone(run, 0, a->applications[i]))
            return false;
    return compare_server(run);
}

/* ---- the result ---- */

static bool
widens(const struct tc_diff_entry *entry)
{
    for (const struct tc_diff_change *change = entry->changes; change != NULL; change = change->next)
        if (change->effect == TC_DIFF_GAINS || change->effect == TC_DIFF_WIDER || change->effect == TC_DIFF_UNKNOWN)
            return true;
    return false;
}

static void
take_entries(struct run *run)
{
    struct tc_diff_entry **tail = &run->diff->entries;

    for (struct bundle *bundle = run->first; bundle != NULL; bundle = bundle->next) {
        *tail = &bundle->entry;
        tail = &bundle->entry.next;
        run->diff->has_changes = true;
        run->diff->is_wider |= widens(&bundle->entry);
    }
}

enum tc_status
tc_diff(struct tc_arena *arena, const struct tc_diff_side *from, const struct tc_diff_side *to,
        struct tc_diff **ret_diff)
{
    struct run run = {.arena = arena, .sides = {from, to}, .diff = tc_arena_new(arena, struct tc_diff)};
    bool good;

    if (run.diff == NULL)
        return TC_ERR_NOMEM;
    run.tail = &run.first;
    run.diff->levels_compared = said(&run) & TC_DIFF_SAYS_LEVELS;
    tc_arena_init(&run.scratch);
    tc_map_init(&run.pairs, arena);
    tc_map_init(&run.bundles, arena);
    good = match(&run) && compare_all(&run);
    take_entries(&run);
    good = good && tc_diff_isolation(arena, from, to, run.matches, run.diff) &&
           tc_diff_restarts(arena, from, to, run.diff) && !run.scratch.failed && !arena->failed;
    tc_arena_done(&run.scratch);
    if (!good)
        return TC_ERR_NOMEM;
    *ret_diff = run.diff;
    return TC_OK;
}
