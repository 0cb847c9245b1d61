/* Socket and Web: connections to the server itself, and to other applications on it. */
#include "isolate/grants.h"
#include "isolate/samples.h"
#include "model/ipaddress.h"
#include "model/netregex.h"

#include <stdlib.h>
#include <string.h>

/* ---- patterns of URLs ---- */

/* A regular expression for URLs that some applications have, and what is known of it. */
struct pattern {
    struct tc_str text;
    struct tc_samples samples;
    struct tc_netregex *regex; /* made when it is first needed: most patterns meet nobody */
    bool is_tried;
};

struct network {
    struct tc_isolator *run;
    /* By the text of their pattern, which is mostly both the origin of somebody and where it may send requests; actors:
     * who may send requests there; users: who is reached there; payload: the pattern, once pattern_of() was asked. */
    struct tc_things urls;
    struct tc_map hosts;        /* by host: struct host */
    struct tc_parts everywhere; /* Web unrestricted */
    struct tc_parts callers;    /* who may send requests to anyone at all */
    struct tc_parts nameless;   /* no origin is said */
    struct tc_parts sampleless; /* no address could be made of the origin */
    struct tc_things local;     /* findings about one application */
    size_t tries;
};

/* The applications of a host, by origin. */
struct host {
    const struct tc_thing **origins;
    size_t count, capacity;
};

/* Beyond so many comparisons the answer is that it is not known. */
enum { TRIES_MAX = 2000000 };

/* Of a thing that goes by the text of a pattern; NULL when out of memory. */
static struct pattern *
pattern_of(struct network *n, struct tc_thing *thing)
{
    struct pattern *pattern;

    if (thing == NULL || thing->payload != NULL)
        return thing == NULL ? NULL : thing->payload;
    pattern = tc_arena_new(n->run->arena, struct pattern);
    if (pattern == NULL)
        return NULL;
    pattern->text = thing->key;
    tc_samples_make(n->run->arena, pattern->text, &pattern->samples);
    return thing->payload = pattern;
}

/* Whether @a pattern accepts the URL; @a asked, on whose behalf, is unknown when that cannot be told. */
static bool
accepts(struct network *n, struct pattern *pattern, struct tc_str url, struct pattern *asked)
{
    enum tc_netregex_status status;

    if (!pattern->is_tried)
        n->run->failed |=
            tc_netregex_compile(tc_samples_pattern(n->run->arena, pattern->text),
                                TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE, &pattern->regex) == TC_NETREGEX_NOMEM;
    pattern->is_tried = true;
    if (pattern->regex == NULL || url.len == 0)
        return false;
    status = tc_netregex_covers(pattern->regex, url);
    n->run->failed |= status == TC_NETREGEX_NOMEM;
    asked->samples.is_unknown |= status == TC_NETREGEX_UNSUPPORTED;
    return status == TC_NETREGEX_OK;
}

/* ---- the server's own addresses ---- */

/* Whether four parts with stars take 127.0.0.1 or 0.0.0.0 in. */
static bool
pattern_takes(struct tc_str host, const char *const parts[4])
{
    size_t at = 0;

    for (int i = 0; i < 4; i++) {
        size_t dot = tc_str_find(host, TC_STR("."), at);
        struct tc_str part = tc_str_sub(host, at, (dot == SIZE_MAX ? host.len : dot) - at);

        if ((dot == SIZE_MAX) != (i == 3) || (!tc_str_eq(part, TC_STR("*")) && !tc_str_eq(part, tc_str_of(parts[i]))))
            return false;
        at = dot + 1;
    }
    return true;
}

enum locality { LOCAL_NO, LOCAL_UNKNOWN, LOCAL_YES };

/* Whether what is sent to the address reaches every machine of the network, the own one among them, or those that
 * joined a group. */
static bool
is_for_many(struct tc_str host)
{
    uint8_t v4[4];

    return tc_parse_ipv4(host, v4) == host.len && host.len > 0 &&
           ((v4[0] & v4[1] & v4[2] & v4[3]) == 255 || (v4[0] >= 224 && v4[0] <= 239));
}

static enum locality
locality_of(struct network *n, struct tc_str host)
{
    static const char *const loopback[] = {"127", "0", "0", "1"}, *const any[] = {"0", "0", "0", "0"};

    if (tc_str_has(host, '*')) {
        if (tc_str_starts(host, TC_STR("127.")) || pattern_takes(host, loopback) || pattern_takes(host, any))
            return LOCAL_YES;
        return LOCAL_UNKNOWN;
    }
    if (tc_isolation_is_here(n->run, host) || is_for_many(host))
        return LOCAL_YES;
    if (tc_may_be_own_host(n->run->model, host))
        return LOCAL_UNKNOWN;
    return tc_map_get(&n->hosts, tc_str_fold(n->run->arena, host)) != NULL ? LOCAL_YES : LOCAL_NO;
}

/* ---- collecting ---- */

static void
add_host(struct network *n, struct tc_str name, const struct tc_thing *origin)
{
    struct host *host = tc_map_get(&n->hosts, name);

    if (host == NULL) {
        host = tc_arena_new(n->run->arena, struct host);
        if (host == NULL)
            return;
        tc_map_add(&n->hosts, name, host);
    }
    if (host->count > 0 && host->origins[host->count - 1] == origin)
        return;
    if (host->count == host->capacity) {
        size_t capacity = host->capacity == 0 ? 4 : 2 * host->capacity;
        const struct tc_thing **origins = tc_arena_array(n->run->arena, const struct tc_thing *, capacity);

        if (origins == NULL)
            return;
        if (host->count > 0)
            memcpy(origins, host->origins, host->count * sizeof *origins);
        host->origins = origins;
        host->capacity = capacity;
    }
    host->origins[host->count++] = origin;
}

static void
collect_origins(struct network *n)
{
    for (uint32_t i = 0; i < n->run->model->application_count; i++) {
        const struct tc_application *app = n->run->model->applications[i];
        struct tc_part part = {i, app->origin.span, "is reached at", app->origin.text, false};
        const struct pattern *pattern;
        struct tc_thing *origin;

        if (app->origin.text.len == 0) {
            tc_parts_add(n->run, &n->nameless,
                         &(struct tc_part){i, app->span, "is reached at some address", TC_STR(""), false});
            continue;
        }
        origin = tc_things_at(&n->urls, app->origin.text, app->origin.text);
        pattern = pattern_of(n, origin);
        if (pattern == NULL)
            return;
        tc_parts_add(n->run, &origin->users, &part);
        if (pattern->samples.count == 0)
            tc_parts_add(n->run, &n->sampleless, &part);
    }
    for (const struct tc_thing *origin = n->urls.first; origin != NULL; origin = origin->next) {
        const struct pattern *pattern = origin->payload;

        for (size_t i = 0; pattern != NULL && i < pattern->samples.count; i++)
            add_host(n, pattern->samples.items[i].host, origin);
    }
}

static void
collect_web(struct network *n, uint32_t index, const struct tc_perm *perm)
{
    if (perm->unrestricted) {
        struct tc_part part = {index, perm->span, "may send Web requests anywhere", TC_STR(""),
                               tc_isolation_possible(n->run, index, TC_CLASS_WEB, NULL)};

        tc_parts_add(n->run, &n->everywhere, &part);
        tc_parts_add(n->run, &n->callers, &part);
        tc_isolation_note(&n->local, &part, tc_isolation_reason(perm, tc_isolation_is_unrestricted, NULL));
        return;
    }
    for (uint32_t r = 0; r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];
        struct tc_part part = {index, row->span, "may send Web requests to", row->cells[0].text,
                               tc_isolation_possible(n->run, index, TC_CLASS_WEB, row)};
        struct tc_thing *connect;

        if (row->form != &perm->cls->forms[TC_FORM_WEB_CONNECT] || row->cells[0].text.len == 0)
            continue;
        connect = tc_things_at(&n->urls, row->cells[0].text, row->cells[0].text);
        if (connect == NULL)
            return;
        tc_parts_add(n->run, &connect->actors, &part);
        tc_parts_add(n->run, &n->callers, &part);
    }
}

/* ---- neighbours ---- */

enum { LABELS_MAX = 8, MIXED_MAX = 4 };

/* Split at dots; 0: there are too many. */
static size_t
split_labels(struct tc_str host, struct tc_str labels[LABELS_MAX])
{
    for (size_t count = 0; count < LABELS_MAX; count++) {
        size_t dot = tc_str_find(host, TC_STR("."), 0);

        labels[count] = tc_str_sub(host, 0, dot);
        if (dot == SIZE_MAX)
            return count + 1;
        host = tc_str_sub(host, dot + 1, SIZE_MAX);
    }
    return 0;
}

/* Whether both patterns accept the URL @a of of the first, on another host. */
static bool
both_accept(struct network *n, struct pattern *connect, struct pattern *other, const struct tc_sample *of,
            struct tc_str host)
{
    struct tc_str url = tc_sample_on_host(n->run->arena, of, host);

    return accepts(n, connect, url, connect) && accepts(n, other, url, connect);
}

/* Whether they meet on a host that has some of its labels from the sample of one and the rest from that of the other:
 * "www.*.com" and "*.contoso.com" do. */
static bool
meets_mixed(struct network *n, struct pattern *connect, struct pattern *other, const struct tc_sample *mine,
            const struct tc_sample *its)
{
    struct tc_str a[LABELS_MAX], b[LABELS_MAX];
    size_t count = split_labels(mine->host, a), differ[MIXED_MAX], differing = 0;

    if (count == 0 || split_labels(its->host, b) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tc_str_eq(a[i], b[i])) {
            if (differing == MIXED_MAX)
                return false;
            differ[differing++] = i;
        }
    for (unsigned mask = 1; mask + 1 < 1u << differing; mask++) {
        struct tc_str host = {0};
        size_t at = 0;

        for (size_t i = 0; i < count; i++) {
            bool mixed = at < differing && differ[at] == i;
            struct tc_str label = mixed && (mask >> at & 1) ? b[i] : a[i];

            at += mixed;
            host = tc_arena_printf(n->run->arena, "%.*s%s%.*s", TC_STR_ARG(host), i == 0 ? "" : ".", TC_STR_ARG(label));
        }
        if (both_accept(n, connect, other, mine, host))
            return true;
    }
    return false;
}

/* Whether a URL of one is a URL of the other. Where the pattern leaves the host open but not what stands behind it,
 * that has to come from the one and the host from the other. */
static bool
meets(struct network *n, struct pattern *connect, const struct tc_thing *origin)
{
    struct pattern *other = origin->payload;

    n->tries++;
    if (other == connect && connect->samples.count > 0)
        return true; /* a pattern accepts its own samples */
    for (size_t i = 0; other != NULL && i < other->samples.count; i++)
        if (accepts(n, connect, other->samples.items[i].url, connect))
            return true;
    for (size_t i = 0; other != NULL && i < connect->samples.count; i++)
        if (accepts(n, other, connect->samples.items[i].url, connect))
            return true;
    for (size_t o = 0; connect->samples.is_open && other != NULL && o < other->samples.count; o++)
        for (size_t i = 0; i < connect->samples.count; i++) {
            const struct tc_sample *mine = &connect->samples.items[i], *its = &other->samples.items[o];

            if ((o == 0 || !tc_str_eq(its->host, other->samples.items[o - 1].host)) &&
                both_accept(n, connect, other, mine, its->host))
                return true;
            if (other->samples.is_open && meets_mixed(n, connect, other, mine, its))
                return true;
        }
    return false;
}

/* Whether there is nobody but the one application on both sides. */
static bool
is_own(const struct tc_thing *connect, const struct tc_thing *origin)
{
    return connect->actors.count == 1 && origin->users.count == 1 &&
           connect->actors.items[0].application == origin->users.items[0].application;
}

/* Indexes of applications, as they come. */
struct found {
    uint32_t *items;
    size_t count, capacity;
};

static void
take(struct network *n, const struct tc_thing *origin, struct found *found)
{
    for (size_t i = 0; i < origin->users.count; i++) {
        if (found->count == found->capacity) {
            size_t capacity = found->capacity == 0 ? 16 : 2 * found->capacity;
            uint32_t *items = tc_arena_array(n->run->arena, uint32_t, capacity);

            if (items == NULL)
                return;
            if (found->count > 0)
                memcpy(items, found->items, found->count * sizeof *items);
            found->items = items;
            found->capacity = capacity;
        }
        found->items[found->count++] = origin->users.items[i].application;
    }
}

static int
compare_indexes(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Those whose address the pattern accepts. False: too many to try. */
static bool
reach(struct network *n, const struct tc_thing *thing, struct pattern *connect, struct tc_parts *reached)
{
    struct found found = {0};

    for (const struct tc_thing *origin = n->urls.first; connect->samples.is_open && origin != NULL;
         origin = origin->next) {
        if (origin->users.count == 0)
            continue;
        if (n->tries > TRIES_MAX)
            return false;
        if (!is_own(thing, origin) && meets(n, connect, origin))
            take(n, origin, &found);
    }
    for (size_t i = 0; !connect->samples.is_open && i < connect->samples.count; i++) {
        const struct host *host = tc_map_get(&n->hosts, connect->samples.items[i].host);

        for (size_t o = 0; host != NULL && o < host->count; o++)
            if (!is_own(thing, host->origins[o]) && meets(n, connect, host->origins[o]))
                take(n, host->origins[o], &found);
    }
    if (found.count > 1)
        qsort(found.items, found.count, sizeof *found.items, compare_indexes);
    for (size_t i = 0; i < found.count; i++) {
        const struct tc_application *app = n->run->model->applications[found.items[i]];

        tc_parts_add(n->run, reached,
                     &(struct tc_part){found.items[i], app->origin.span, "is reached at", app->origin.text, false});
    }
    return true;
}

static void
report_neighbours(struct network *n)
{
    struct tc_meeting meeting = {.rule = TC_RULE_NEIGHBOUR_ORIGIN, .everyone = "is on the same server"};
    struct tc_parts all = {0};

    for (struct tc_thing *connect = n->urls.first; connect != NULL; connect = connect->next) {
        struct pattern *pattern;
        struct tc_parts reached = {0};
        bool tried;

        if (connect->actors.count == 0)
            continue;
        pattern = pattern_of(n, connect);
        tried = pattern == NULL || reach(n, connect, pattern, &reached);
        meeting.froms = &connect->actors;
        meeting.tos = &reached;
        meeting.verdict = TC_NOT_ISOLATED;
        meeting.because = TC_STR("");
        tc_isolation_meet(n->run, &meeting);
        if (pattern == NULL || (tried && !pattern->samples.is_unknown))
            continue;
        meeting.tos = NULL;
        meeting.verdict = TC_UNKNOWN_ISOLATION;
        meeting.because = tried ? TC_STR("what the pattern accepts cannot be worked out here")
                                : TC_STR("there are too many patterns to try them all");
        tc_isolation_meet(n->run, &meeting);
    }
    for (uint32_t i = 0; i < n->run->model->application_count; i++) {
        const struct tc_application *app = n->run->model->applications[i];

        if (n->everywhere.count > 0 && app->origin.text.len > 0)
            tc_parts_add(n->run, &all,
                         &(struct tc_part){i, app->origin.span, "is reached at", app->origin.text, false});
    }
    meeting.froms = &n->everywhere;
    meeting.tos = &all;
    meeting.verdict = TC_NOT_ISOLATED;
    meeting.because = TC_STR("");
    tc_isolation_meet(n->run, &meeting);
    meeting.froms = &n->callers;
    meeting.verdict = TC_UNKNOWN_ISOLATION;
    meeting.tos = &n->nameless;
    meeting.because = TC_STR("the source does not say at which address the other one is reached");
    tc_isolation_meet(n->run, &meeting);
    meeting.tos = &n->sampleless;
    meeting.because = TC_STR("no address could be made of its origin to try");
    tc_isolation_meet(n->run, &meeting);
}

/* ---- the server itself ---- */

/* Of the grant that a pattern comes from. */
static struct tc_str
reason_of(struct network *n, const struct tc_part *part)
{
    const struct tc_perm *perm = tc_isolation_perm(n->run, part->application, TC_CLASS_WEB);
    struct tc_cell cell = {.present = true, .text = part->what};
    struct tc_row row = {.form = &perm->cls->forms[TC_FORM_WEB_CONNECT], .cells = &cell};

    return tc_isolation_reason(perm, tc_isolation_has_row, &row);
}

/* The server: by its own name; or by an application's, where no application is reached in the way that the pattern
 * asks for: at another port, with another scheme. */
static bool
is_local_host(struct network *n, struct pattern *pattern, struct tc_str name)
{
    const struct host *host = tc_map_get(&n->hosts, name);

    if (tc_isolation_is_here(n->run, name))
        return true;
    for (size_t o = 0; host != NULL && o < host->count; o++)
        if (meets(n, pattern, host->origins[o]))
            return false;
    return host != NULL;
}

/* A pattern that leaves no host open accepts those of its samples alone. */
static enum locality
locality_of_pattern(struct network *n, struct pattern *pattern)
{
    struct tc_arena *arena = n->run->arena;
    struct tc_str hosts[] = {TC_STR("localhost"), TC_STR("127.0.0.1"), TC_STR("[::1]"), n->run->model->server_name};
    bool may_be = pattern->samples.is_unknown;

    for (size_t i = 0; i < pattern->samples.count; i++) {
        struct tc_str host = pattern->samples.items[i].host;

        if (is_local_host(n, pattern, host))
            return LOCAL_YES;
        may_be |= tc_may_be_own_host(n->run->model, host);
    }
    for (size_t h = 0; pattern->samples.is_open && h < sizeof hosts / sizeof *hosts; h++) {
        if (hosts[h].len == 0)
            continue;
        for (int secure = 0; secure < 2; secure++)
            if (accepts(n, pattern, tc_arena_printf(arena, "http%s://%.*s/", secure ? "s" : "", TC_STR_ARG(hosts[h])),
                        pattern))
                return LOCAL_YES;
        for (size_t i = 0; i < pattern->samples.count; i++)
            if (accepts(n, pattern, tc_sample_on_host(arena, &pattern->samples.items[i], hosts[h]), pattern))
                return LOCAL_YES;
    }
    return may_be ? LOCAL_UNKNOWN : LOCAL_NO;
}

static void
note_all(struct network *n, struct tc_things *things, const struct tc_parts *actors)
{
    for (size_t i = 0; i < actors->count; i++)
        tc_isolation_note(things, &actors->items[i], reason_of(n, &actors->items[i]));
}

static void
check_local_urls(struct network *n)
{
    struct tc_things unknown, named;

    tc_things_init(&unknown, n->run);
    tc_things_init(&named, n->run);
    for (const struct tc_thing *connect = n->urls.first; connect != NULL; connect = connect->next) {
        struct pattern *pattern = connect->actors.count == 0 ? NULL : connect->payload;
        enum locality locality = pattern == NULL ? LOCAL_NO : locality_of_pattern(n, pattern);

        if (locality == LOCAL_YES)
            note_all(n, &n->local, &connect->actors);
        else if (locality == LOCAL_UNKNOWN)
            note_all(n, pattern->samples.is_unknown ? &unknown : &named, &connect->actors);
    }
    tc_isolation_report_noted(&unknown, TC_RULE_LOCAL_SOCKET, TC_UNKNOWN_ISOLATION,
                              "what the pattern accepts cannot be worked out here");
    tc_isolation_report_noted(&named, TC_RULE_LOCAL_SOCKET, TC_UNKNOWN_ISOLATION,
                              "the host has the server's name, in a domain that the source does not name");
}

static void
collect_socket(struct network *n, uint32_t index, const struct tc_perm *perm, struct tc_things *unknown)
{
    if (perm->unrestricted) {
        struct tc_part part = {index, perm->span, "may connect to every service of the server", TC_STR(""),
                               tc_isolation_possible(n->run, index, TC_CLASS_SOCKET, NULL)};

        tc_isolation_note(&n->local, &part, tc_isolation_reason(perm, tc_isolation_is_unrestricted, NULL));
    }
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];
        struct tc_part part = {index, row->span, "may connect to", row->cells[1].text,
                               tc_isolation_possible(n->run, index, TC_CLASS_SOCKET, row)};
        enum locality locality = locality_of(n, row->cells[1].text);

        if (row->form != &perm->cls->forms[TC_FORM_SOCKET_CONNECT] || locality == LOCAL_NO)
            continue;
        tc_isolation_note(locality == LOCAL_YES ? &n->local : unknown, &part,
                          tc_isolation_reason(perm, tc_isolation_has_row, row));
    }
}

static void
check_sockets(struct network *n)
{
    struct tc_things unknown;

    tc_things_init(&unknown, n->run);
    for (uint32_t i = 0; i < n->run->model->application_count; i++) {
        const struct tc_perm *perms[2];

        for (size_t p = tc_isolation_perms(n->run, i, TC_CLASS_SOCKET, perms); p > 0; p--)
            collect_socket(n, i, perms[p - 1], &unknown);
    }
    tc_isolation_report_noted(&unknown, TC_RULE_LOCAL_SOCKET, TC_UNKNOWN_ISOLATION,
                              "the source does not say which addresses the server has");
}

static void
free_patterns(const struct tc_things *things)
{
    for (const struct tc_thing *thing = things->first; thing != NULL; thing = thing->next) {
        struct pattern *pattern = thing->payload;

        if (pattern != NULL)
            tc_netregex_done(pattern->regex);
    }
}

void
tc_isolate_network(struct tc_isolator *run)
{
    struct network n = {.run = run};
    const struct tc_perm *perms[2];

    tc_map_init(&n.hosts, run->arena);
    tc_things_init(&n.urls, run);
    tc_things_init(&n.local, run);
    collect_origins(&n);
    for (uint32_t i = 0; i < run->model->application_count; i++)
        for (size_t p = tc_isolation_perms(run, i, TC_CLASS_WEB, perms); p > 0; p--)
            collect_web(&n, i, perms[p - 1]);
    report_neighbours(&n);
    check_local_urls(&n);
    check_sockets(&n);
    tc_isolation_report_noted(&n.local, TC_RULE_LOCAL_SOCKET, TC_NOT_ISOLATED, "");
    free_patterns(&n.urls);
}
