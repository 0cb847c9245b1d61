#include "isolate/code_sites.h"

#include "isolate/samples.h"
#include "model/netregex.h"
#include "model/url_string.h"

#include <stdlib.h>

/* Beyond so many comparisons of hosts the answer is that it is not known; one with a pattern costs as many as this. */
enum { TRIES_MAX = 2000000, PATTERN_TRIES = 10 };

/* A host at which applications are reached. */
struct served {
    struct served *next;
    struct tc_site_string site;
    struct tc_parts parts;
};

/* The applications of the server by host. */
struct hosts {
    struct tc_isolator *run;
    struct tc_map map; /* by host, lower case: struct served */
    struct served *first;
    struct tc_parts unplaced; /* reached somewhere, or at hosts that nobody can list */
    struct tc_parts every;
    struct tc_parts untried; /* whose groups came after too many comparisons */
    size_t tries;
};

/* What a code group's condition takes in. */
struct code_site {
    struct tc_condition condition;
    struct tc_site_string host;
    bool is_whole_host; /* whatever lies on it */
    struct tc_str url;  /* an assembly that the condition takes; empty for a site */
};

void
tc_code_sites_init(struct tc_code_sites *sites, struct tc_isolator *run)
{
    *sites = (struct tc_code_sites){.run = run};
    tc_things_init(&sites->sites, run);
}

static bool
read_condition(struct tc_arena *arena, const struct tc_condition *condition, struct code_site *ret)
{
    struct tc_throw ignored;
    struct tc_url_string url;
    struct tc_str text = condition->values[0];

    *ret = (struct code_site){.condition = *condition, .is_whole_host = true};
    if (condition->kind == TC_CONDITION_SITE)
        return tc_site_string_parse(arena, text, &ret->host, &ignored) == TC_YES;
    if (condition->kind != TC_CONDITION_URL || tc_url_string_parse(arena, text, &url, &ignored) != TC_YES ||
        url.is_file)
        return false;
    ret->host = url.site;
    ret->is_whole_host = url.directory.count == 0 || tc_str_eq(url.directory.parts[0], TC_STR("*"));
    ret->url = tc_str_ends(text, TC_STR("*"))
                   ? tc_arena_printf(arena, "%.*sa.dll", TC_STR_ARG(tc_str_sub(text, 0, text.len - 1)))
                   : text;
    return true;
}

void
tc_code_sites_add(struct tc_code_sites *sites, const struct tc_condition *condition, const struct tc_part *part)
{
    struct tc_arena *arena = sites->run->arena;
    struct tc_thing *thing;
    struct tc_str key;

    if (condition->kind == TC_CONDITION_ZONE) {
        tc_parts_add(sites->run, &sites->any_sites, part);
        return;
    }
    key = tc_arena_printf(arena, "%d %.*s", (int)condition->kind, TC_STR_ARG(condition->values[0]));
    thing = tc_things_at(&sites->sites, tc_str_fold(arena, key), part->what);
    if (thing == NULL)
        return;
    if (thing->payload == NULL) {
        struct code_site *site = tc_arena_new(arena, struct code_site);

        if (site == NULL || !read_condition(arena, condition, site))
            return; /* a file, or a group that takes no code: the framework throws */
        thing->payload = site;
    }
    tc_parts_add(sites->run, &thing->actors, part);
    tc_parts_add(sites->run, &sites->trusting, part);
}

/* ---- hosts ---- */

static void
add_host(struct hosts *hosts, struct tc_str name, const struct tc_part *part)
{
    struct served *served = tc_map_get(&hosts->map, name);
    struct tc_throw ignored;

    if (served == NULL) {
        served = tc_arena_new(hosts->run->arena, struct served);
        if (served == NULL || tc_site_string_parse(hosts->run->arena, name, &served->site, &ignored) != TC_YES)
            return;
        tc_map_add(&hosts->map, name, served);
        served->next = hosts->first;
        hosts->first = served;
    }
    tc_parts_add(hosts->run, &served->parts, part);
}

static void
collect_hosts(struct hosts *hosts)
{
    const struct tc_model *model = hosts->run->model;

    for (uint32_t i = 0; i < model->application_count; i++) {
        const struct tc_said *origin = &model->applications[i]->origin;
        struct tc_part part = {i, origin->span, "is reached at", origin->text, false};
        struct tc_samples samples = {.is_open = true};

        if (origin->text.len > 0)
            tc_samples_make(hosts->run->arena, origin->text, &samples);
        else
            part = (struct tc_part){i, model->applications[i]->span, "is reached at some address", TC_STR(""), false};
        tc_parts_add(hosts->run, &hosts->every, &part);
        for (size_t k = 0; k < samples.count; k++)
            add_host(hosts, samples.items[k].host, &part);
        if (samples.is_open || samples.is_unknown || samples.count == 0)
            tc_parts_add(hosts->run, &hosts->unplaced, &part);
    }
}

/* ---- who has his pages there ---- */

/* Whether the origin of an application takes in the assembly that the group trusts. */
static bool
serves(struct tc_isolator *run, struct tc_str origin, struct tc_str url)
{
    struct tc_netregex *regex = NULL;
    enum tc_netregex_status status = tc_netregex_compile(tc_samples_pattern(run->arena, origin),
                                                         TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE, &regex);

    if (status == TC_NETREGEX_OK)
        status = tc_netregex_covers(regex, url);
    run->failed |= status == TC_NETREGEX_NOMEM;
    tc_netregex_done(regex);
    return status == TC_NETREGEX_OK;
}

static int
compare_parts(const void *a, const void *b)
{
    const struct tc_part *x = a, *y = b;

    return x->application < y->application ? -1 : x->application > y->application;
}

/* Those of @a served who have what the group trusts, or may have it. */
static void
take(struct hosts *hosts, const struct code_site *site, const struct served *served, struct tc_parts *sure,
     struct tc_parts *perhaps)
{
    for (size_t i = 0; i < served->parts.count; i++) {
        const struct tc_part *part = &served->parts.items[i];
        bool is_sure = site->is_whole_host || serves(hosts->run, part->what, site->url);

        hosts->tries += site->is_whole_host ? 1 : PATTERN_TRIES;
        tc_parts_add(hosts->run, is_sure ? sure : perhaps, part);
    }
}

/* Hosts come in any order; an application that has several is there several times. */
static struct tc_parts
in_order(struct hosts *hosts, struct tc_parts found)
{
    struct tc_parts result = {0};

    if (found.count > 1)
        qsort(found.items, found.count, sizeof *found.items, compare_parts);
    for (size_t i = 0; i < found.count; i++)
        tc_parts_add(hosts->run, &result, &found.items[i]);
    return result;
}

static void
meet(struct hosts *hosts, const struct tc_parts *froms, const struct tc_parts *tos, enum tc_verdict verdict,
     const char *because)
{
    tc_isolation_meet(hosts->run, &(struct tc_meeting){.rule = TC_RULE_TRUSTED_SITE,
                                                       .verdict = verdict,
                                                       .because = tc_str_of(because),
                                                       .froms = froms,
                                                       .tos = tos});
}

static void
report_site(struct hosts *hosts, const struct tc_thing *thing)
{
    const struct code_site *site = thing->payload;
    struct tc_parts sure = {0}, perhaps = {0};

    if (hosts->tries > TRIES_MAX) {
        for (size_t i = 0; i < thing->actors.count; i++)
            tc_parts_add(hosts->run, &hosts->untried, &thing->actors.items[i]);
        return;
    }
    if (!tc_str_has(site->host.text, '*')) {
        const struct served *served = tc_map_get(&hosts->map, tc_str_fold(hosts->run->arena, site->host.text));

        if (served != NULL)
            take(hosts, site, served, &sure, &perhaps);
    } else {
        for (const struct served *served = hosts->first; served != NULL; served = served->next) {
            hosts->tries++;
            if (tc_site_string_is_subset(&served->site, &site->host))
                take(hosts, site, served, &sure, &perhaps);
        }
    }
    sure = in_order(hosts, sure);
    perhaps = in_order(hosts, perhaps);
    meet(hosts, &sure, &thing->actors, TC_NOT_ISOLATED, "");
    meet(hosts, &perhaps, &thing->actors, TC_UNKNOWN_ISOLATION,
         "only the server knows whose files lie at that address of the host");
}

void
tc_code_sites_report(struct tc_code_sites *sites)
{
    struct hosts hosts = {.run = sites->run};

    if (sites->trusting.count == 0 && sites->any_sites.count == 0)
        return;
    tc_map_init(&hosts.map, sites->run->arena);
    collect_hosts(&hosts);
    for (const struct tc_thing *thing = sites->sites.first; thing != NULL; thing = thing->next)
        if (thing->payload != NULL)
            report_site(&hosts, thing);
    hosts.untried = in_order(&hosts, hosts.untried);
    meet(&hosts, &hosts.every, &hosts.untried, TC_UNKNOWN_ISOLATION, "there are too many hosts to try them all");
    meet(&hosts, &hosts.unplaced, &sites->trusting, TC_UNKNOWN_ISOLATION,
         "the source does not say at which hosts the other one is reached");
    meet(&hosts, &hosts.every, &sites->any_sites, TC_UNKNOWN_ISOLATION,
         "only the server knows which zone an address is in");
}
