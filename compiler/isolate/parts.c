#include "isolate/parts.h"

#include <string.h>

/* ---- lists ---- */

enum { MANY = 32 }; /* what so many applications have, or so many things, is mostly of thousands */

void
tc_parts_add(struct tc_isolator *run, struct tc_parts *parts, const struct tc_part *part)
{
    if (parts->count > 0 && parts->items[parts->count - 1].application == part->application) {
        if (parts->items[parts->count - 1].possible && !part->possible)
            parts->items[parts->count - 1] = *part;
        return;
    }
    if (parts->count == parts->capacity) {
        /* most things are one application's */
        size_t capacity = parts->capacity == 0 ? 1 : (parts->capacity < MANY ? 2 : 8) * parts->capacity;
        struct tc_part *items = tc_arena_array(run->arena, struct tc_part, capacity);

        if (items == NULL)
            return;
        if (parts->count > 0)
            memcpy(items, parts->items, parts->count * sizeof *items);
        parts->items = items;
        parts->capacity = capacity;
    }
    parts->items[parts->count++] = *part;
}

struct tc_parts
tc_parts_unite(struct tc_isolator *run, const struct tc_parts *a, const struct tc_parts *b)
{
    struct tc_parts both = {0};
    size_t i = 0, j = 0;

    while (i < a->count || j < b->count) {
        bool first = j == b->count || (i < a->count && a->items[i].application <= b->items[j].application);

        tc_parts_add(run, &both, first ? &a->items[i++] : &b->items[j++]);
    }
    return both;
}

static const struct tc_part *
find(const struct tc_parts *parts, uint32_t index)
{
    size_t low = 0, high = parts == NULL ? 0 : parts->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (parts->items[mid].application == index)
            return &parts->items[mid];
        if (parts->items[mid].application < index)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- reporting ---- */

struct teller {
    struct tc_isolator *run;
    const struct tc_meeting *meeting;
};

static struct tc_party
party(void *state, uint32_t index, bool is_to)
{
    const struct teller *teller = state;
    const struct tc_application *app = teller->run->model->applications[index];
    const struct tc_part *part = find(is_to ? teller->meeting->tos : teller->meeting->froms, index);

    if (part == NULL)
        return (struct tc_party){.application = app, .span = app->span, .may = tc_str_of(teller->meeting->everyone)};
    return (struct tc_party){
        .application = app,
        .span = part->span,
        .may = part->what.len == 0
                   ? tc_str_of(part->verb)
                   : tc_arena_printf(teller->run->arena, "%s '%.*s'", part->verb, TC_STR_ARG(part->what)),
        .possible = part->possible,
    };
}

static const uint32_t *
indexes(struct tc_isolator *run, const struct tc_parts *parts, size_t *ret_count)
{
    uint32_t *list;

    if (parts == NULL) {
        *ret_count = run->model->application_count;
        return run->everyone;
    }
    list = tc_arena_array(run->arena, uint32_t, parts->count);
    for (size_t i = 0; list != NULL && i < parts->count; i++)
        list[i] = parts->items[i].application;
    *ret_count = list == NULL ? 0 : parts->count;
    return list;
}

/* Whether it leads from nobody to nobody else: most things are one application's own. */
static bool
is_nothing(const struct tc_meeting *meeting)
{
    const struct tc_parts *froms = meeting->froms, *tos = meeting->is_alone ? NULL : meeting->tos;

    if ((froms != NULL && froms->count == 0) || (tos != NULL && tos->count == 0))
        return true;
    return froms != NULL && tos != NULL && froms->count == 1 && tos->count == 1 &&
           froms->items[0].application == tos->items[0].application;
}

static void
report(struct tc_isolator *run, const struct tc_meeting *meeting)
{
    struct teller teller = {run, meeting};
    struct tc_way way = {
        .rule = meeting->rule,
        .verdict = meeting->verdict,
        .resource = meeting->resource,
        .because = meeting->because,
        .reason = meeting->reason,
        .party = party,
        .state = &teller,
    };

    if (is_nothing(meeting))
        return;
    way.froms = indexes(run, meeting->froms, &way.from_count);
    if (!meeting->is_alone)
        way.tos = indexes(run, meeting->tos, &way.to_count);
    if (way.froms != NULL && (meeting->is_alone || way.tos != NULL))
        tc_isolation_add(run, &way);
}

struct tc_str
tc_isolation_perhaps(void)
{
    return TC_STR("whether the platform's own file grants it is not known; 'platform' or --platform tells");
}

/* Those whose part is sure, and those whose part is only possible. */
struct halves {
    struct tc_parts sure, possible;
};

/* False: all are sure, and nothing was done. */
static bool
halve(struct tc_isolator *run, const struct tc_parts *parts, struct halves *ret)
{
    bool any = false;

    *ret = (struct halves){0};
    for (size_t i = 0; parts != NULL && !any && i < parts->count; i++)
        any = parts->items[i].possible;
    for (size_t i = 0; any && i < parts->count; i++)
        tc_parts_add(run, parts->items[i].possible ? &ret->possible : &ret->sure, &parts->items[i]);
    return any;
}

/* What is only possibly granted opens nothing for sure. */
void
tc_isolation_meet(struct tc_isolator *run, const struct tc_meeting *meeting)
{
    struct tc_meeting sure = *meeting, unknown = *meeting;
    struct halves froms, tos;
    bool is_split;

    if (meeting->verdict != TC_NOT_ISOLATED) {
        report(run, meeting);
        return;
    }
    unknown.verdict = TC_UNKNOWN_ISOLATION;
    unknown.because = tc_isolation_perhaps();
    is_split = !meeting->is_alone && halve(run, meeting->tos, &tos);
    if (halve(run, meeting->froms, &froms)) {
        unknown.froms = &froms.possible;
        report(run, &unknown);
        sure.froms = unknown.froms = &froms.sure;
    }
    if (is_split) {
        unknown.tos = &tos.possible;
        report(run, &unknown);
        sure.tos = &tos.sure;
    }
    report(run, &sure);
}

void
tc_isolation_meet_unknown(struct tc_isolator *run, enum tc_rule_id rule, const struct tc_parts *known,
                          const struct tc_parts *unknown, const char *because)
{
    struct tc_parts all;
    struct tc_meeting meeting = {
        .rule = rule, .verdict = TC_UNKNOWN_ISOLATION, .because = tc_str_of(because), .froms = unknown, .tos = &all};

    if (unknown->count == 0)
        return;
    all = tc_parts_unite(run, known, unknown);
    tc_isolation_meet(run, &meeting);
    meeting.froms = known;
    meeting.tos = unknown;
    tc_isolation_meet(run, &meeting);
}

/* ---- things ---- */

void
tc_things_init(struct tc_things *things, struct tc_isolator *run)
{
    *things = (struct tc_things){.run = run};
    things->tail = &things->first;
    tc_map_init(&things->map, run->arena);
}

static void
link(struct tc_things *things, struct tc_thing *thing, struct tc_str name)
{
    thing->name = name;
    *things->tail = thing;
    things->tail = &thing->next;
}

struct tc_thing *
tc_things_at(struct tc_things *things, struct tc_str key, struct tc_str name)
{
    bool is_new;
    struct tc_thing *thing;

    if (things->map.count == MANY) /* mostly one for each application, then; if there is no room the next line tells */
        (void)tc_map_reserve(&things->map, things->run->model->application_count);
    thing = tc_map_at(&things->map, key, sizeof *thing, &is_new);

    if (is_new) {
        thing->key = key;
        link(things, thing, name);
    }
    return thing;
}

struct tc_thing *
tc_things_numbered(struct tc_things *things, uint32_t number, struct tc_str name)
{
    struct tc_thing *thing;

    if (things->numbered == NULL)
        things->numbered =
            tc_arena_array(things->run->arena, struct tc_thing *, things->run->model->application_count + 1);
    if (things->numbered == NULL || things->numbered[number] != NULL)
        return things->numbered == NULL ? NULL : things->numbered[number];
    thing = things->numbered[number] = tc_arena_new(things->run->arena, struct tc_thing);
    if (thing != NULL)
        link(things, thing, name);
    return thing;
}
