/* Locations: whose configuration an application inherits. */
#include "base/ascii.h"
#include "isolate/parts.h"

#include <stdlib.h>

static struct tc_str
without_end(struct tc_str location)
{
    while (location.len > 0 && location.ptr[location.len - 1] == '/')
        location.len--;
    return location;
}

/* ---- the same site ---- */

static struct tc_party
location_party(void *state, uint32_t index, bool is_to)
{
    const struct tc_isolator *run = state;
    const struct tc_application *app = run->model->applications[index];

    return (struct tc_party){
        .application = app,
        .span = app->location.span,
        .may = tc_arena_printf(run->arena, is_to ? "lies below it, in '%.*s'" : "has '%.*s'",
                               TC_STR_ARG(app->location.text)),
    };
}

/* The application right above hands its configuration down, with what it has from those further up. */
static void
visit_location(void *state, struct tc_path_node *node)
{
    struct tc_isolator *run = state;
    const struct tc_path_node *above = node->parent;

    for (; above != NULL; above = above->parent)
        for (size_t i = 0; i < node->count; i++) {
            uint32_t inner = node->keys[i].item;
            struct tc_way way = {
                .rule = TC_RULE_NESTED_LOCATION,
                .verdict = TC_NOT_ISOLATED,
                .resource = run->model->applications[inner]->location.text,
                .froms = tc_isolation_alone(run, above->keys[0].item),
                .from_count = 1,
                .tos = tc_isolation_alone(run, inner),
                .to_count = 1,
                .party = location_party,
                .state = run,
            };

            if (way.froms != NULL && way.tos != NULL)
                tc_isolation_add(run, &way);
        }
}

static void
isolate_by_path(struct tc_isolator *run)
{
    struct tc_path_key *keys = malloc((run->model->application_count + 1) * sizeof *keys);
    size_t count = 0;

    if (keys == NULL) {
        run->failed = true;
        return;
    }
    for (size_t i = 0; i < run->model->application_count; i++) {
        struct tc_str text = without_end(run->model->applications[i]->location.text);
        char *turned = tc_arena_array(run->arena, char, text.len);

        if (turned == NULL || text.len == 0)
            continue;
        for (size_t j = 0; j < text.len; j++)
            turned[j] = text.ptr[j] == '/' ? '\\' : text.ptr[j];
        keys[count++] = tc_path_key_of(run->arena, (struct tc_str){turned, text.len}, i);
    }
    tc_paths_sort(keys, count);
    run->failed |= !tc_paths_scan(keys, count, visit_location, run);
    free(keys);
}

/* ---- a site by its name and by its number ---- */

/* aspnet-trust 3.3: a location begins with the name of a site or with its number. */
static bool
is_by_number(struct tc_str location)
{
    size_t digits = 0;

    while (digits < location.len && tc_ascii_is_digit(location.ptr[digits]))
        digits++;
    return digits > 0 && (digits == location.len || location.ptr[digits] == '/');
}

static bool
names_sites_both_ways(const struct tc_model *model)
{
    size_t numbers = 0;

    for (size_t i = 0; i < model->application_count; i++)
        numbers += is_by_number(model->applications[i]->location.text);
    return numbers > 0 && numbers < model->application_count;
}

/* Note what lies behind the site among those who have it, and all that lies above it among those who lie below that. */
static void
add_behind_site(struct tc_isolator *run, uint32_t index, struct tc_things *own, struct tc_things *other)
{
    const struct tc_said *said = &run->model->applications[index]->location;
    struct tc_str path = without_end(tc_str_fold(run->arena, said->text));
    struct tc_part part = {index, said->span, "has", said->text, false};
    struct tc_thing *thing;
    size_t slash = tc_str_find(path, TC_STR("/"), 0);

    path = tc_str_sub(path, slash, SIZE_MAX);
    thing = tc_things_at(own, path, said->text);
    if (thing != NULL)
        tc_parts_add(run, &thing->actors, &part);
    part.verb = "may lie below it, in";
    while (path.len > 0) {
        path.len--;
        if (path.ptr[path.len] != '/')
            continue;
        thing = tc_things_at(other, path, said->text);
        if (thing != NULL)
            tc_parts_add(run, &thing->users, &part);
    }
}

static void
report_behind_site(const struct tc_things *things)
{
    for (const struct tc_thing *thing = things->first; thing != NULL; thing = thing->next)
        if (thing->actors.count > 0)
            tc_isolation_meet(
                things->run, &(struct tc_meeting){.rule = TC_RULE_NESTED_LOCATION,
                                                  .verdict = TC_UNKNOWN_ISOLATION,
                                                  .resource = thing->name,
                                                  .because = TC_STR("only the server knows which site has that number"),
                                                  .froms = &thing->actors,
                                                  .tos = &thing->users});
}

static void
isolate_by_number(struct tc_isolator *run)
{
    struct tc_things named, numbered; /* by what stands behind the site */

    tc_things_init(&named, run);
    tc_things_init(&numbered, run);
    for (uint32_t i = 0; i < run->model->application_count; i++)
        if (is_by_number(run->model->applications[i]->location.text))
            add_behind_site(run, i, &numbered, &named);
        else
            add_behind_site(run, i, &named, &numbered);
    report_behind_site(&named);
    report_behind_site(&numbered);
}

void
tc_isolate_locations(struct tc_isolator *run)
{
    isolate_by_path(run);
    if (names_sites_both_ways(run->model))
        isolate_by_number(run);
}
