/* What applications may do to things that others have as well: logs, counters, queues, stores, the registry. */
#include "isolate/grants.h"
#include "model/ipaddress.h"
#include "model/path.h"

#include <stdlib.h>
#include <string.h>

#define ONE_COMPUTER "a name with a domain and one without may be the same computer"

/* ---- what is granted ---- */

const struct tc_perm *
tc_isolation_perm(const struct tc_isolator *run, uint32_t index, enum tc_class_id id)
{
    return tc_reach_perm(&run->isolation->reaches[index], id);
}

size_t
tc_isolation_perms(const struct tc_isolator *run, uint32_t index, enum tc_class_id id,
                   const struct tc_perm *ret_perms[2])
{
    const struct tc_reach *reach = &run->isolation->reaches[index];
    const struct tc_perm *wide = tc_reach_perm(reach, id), *sure = NULL;

    if (wide == NULL)
        return 0;
    if (reach->wide != reach->sure)
        sure = tc_reach_sure_perm(reach, id);
    ret_perms[0] = wide;
    ret_perms[1] = sure;
    return sure == NULL || sure == wide ? 1 : 2;
}

bool
tc_isolation_possible(const struct tc_isolator *run, uint32_t index, enum tc_class_id id, const struct tc_row *row)
{
    const struct tc_reach *reach = &run->isolation->reaches[index];
    const struct tc_perm *sure;

    if (reach->wide == reach->sure)
        return false;
    sure = tc_reach_sure_perm(reach, id);
    if (sure == NULL || sure->unrestricted)
        return sure == NULL;
    for (uint32_t i = 0; row != NULL && i < sure->row_count; i++)
        if (tc_row_equal(&sure->rows[i], row))
            return false;
    return true;
}

bool
tc_isolation_is_here(const struct tc_isolator *run, struct tc_str name)
{
    return tc_is_own_host(run->model, name);
}

/* ---- findings about one application ---- */

void
tc_isolation_note(struct tc_things *things, const struct tc_part *part, struct tc_str reason)
{
    struct tc_thing *thing = things->last; /* applications mostly have a grant of their policy after each other */
    const struct tc_part *first = thing == NULL ? NULL : thing->actors.items;

    if (first == NULL || first->span.begin != part->span.begin || strcmp(first->verb, part->verb) != 0 ||
        !tc_str_eq(first->what, part->what)) {
        struct tc_str key =
            tc_arena_printf(things->run->arena, "%u %s %.*s", part->span.begin, part->verb, TC_STR_ARG(part->what));

        thing = tc_things_at(things, key, reason); /* the thing goes by its reason */
    }
    if (thing != NULL)
        tc_parts_add(things->run, &thing->actors, part);
    things->last = thing;
}

void
tc_isolation_report_noted(const struct tc_things *things, enum tc_rule_id rule, enum tc_verdict verdict,
                          const char *because)
{
    for (const struct tc_thing *thing = things->first; thing != NULL; thing = thing->next)
        tc_isolation_meet(things->run, &(struct tc_meeting){.rule = rule,
                                                            .verdict = verdict,
                                                            .because = tc_str_of(because),
                                                            .reason = thing->name,
                                                            .froms = &thing->actors,
                                                            .is_alone = true});
}

struct tc_str
tc_isolation_reason(const struct tc_perm *perm, bool (*is)(const void *state, const struct tc_perm *grant),
                    const void *state)
{
    struct tc_str reason;

    (void)tc_perm_granted(perm, is, state, &reason);
    return reason;
}

bool
tc_isolation_has_bits(const void *state, const struct tc_perm *grant)
{
    const uint64_t *bits = state;

    return grant->unrestricted || (grant->values[0].present && (grant->values[0].bits & *bits) != 0);
}

bool
tc_isolation_note_flags(struct tc_things *things, uint32_t index, enum tc_class_id id, uint64_t bits, const char *verb,
                        struct tc_str what)
{
    const struct tc_reach *reach = &things->run->isolation->reaches[index];
    const struct tc_perm *perm = tc_reach_perm(reach, id), *sure, *grant;
    struct tc_part part = {index, TC_NOWHERE, verb, what, false};
    struct tc_str reason;

    if (perm == NULL || !tc_isolation_has_bits(&bits, perm))
        return false;
    sure = tc_reach_sure_perm(reach, id);
    grant = tc_perm_granted(perm, tc_isolation_has_bits, &bits, &reason);
    if (grant == NULL)
        grant = perm;
    part.span = grant->unrestricted ? grant->span : grant->values[0].span;
    part.possible = sure == NULL || !tc_isolation_has_bits(&bits, sure);
    tc_isolation_note(things, &part, reason);
    return true;
}

bool
tc_isolation_is_unrestricted(const void *state, const struct tc_perm *grant)
{
    (void)state;
    return grant->unrestricted;
}

bool
tc_isolation_has_row(const void *state, const struct tc_perm *grant)
{
    const struct tc_row *row = state;

    if (grant->unrestricted)
        return true;
    for (uint32_t i = 0; i < grant->row_count; i++) {
        size_t column = 0;

        if (grant->rows[i].form != row->form)
            continue;
        while (column < row->form->column_count &&
               tc_str_eq_nocase(grant->rows[i].cells[column].text, row->cells[column].text))
            column++;
        if (column == row->form->column_count)
            return true;
    }
    return false;
}

/* ---- things that have names ---- */

/* Things of one kind, and those who may reach every one of them. */
struct names {
    struct tc_isolator *run;
    enum tc_rule_id rule;
    struct tc_things things;
    struct tc_things perhaps; /* the same, by what their computers are called without a domain */
    struct tc_parts actors_of_all, users_of_all;
    struct tc_parts actors, users; /* of anything, by name */
};

static void
names_init(struct names *names, struct tc_isolator *run, enum tc_rule_id rule)
{
    *names = (struct names){.run = run, .rule = rule};
    tc_things_init(&names->things, run);
    tc_things_init(&names->perhaps, run);
}

/* @a key empty: all of them. */
static void
add_name(struct names *names, struct tc_str key, struct tc_str name, const struct tc_part *part, bool acts)
{
    struct tc_thing *thing;

    if (key.len == 0) {
        tc_parts_add(names->run, &names->users_of_all, part);
        if (acts)
            tc_parts_add(names->run, &names->actors_of_all, part);
        return;
    }
    thing = tc_things_at(&names->things, key, name);
    if (thing == NULL)
        return;
    tc_parts_add(names->run, &thing->users, part);
    tc_parts_add(names->run, &names->users, part);
    if (acts) {
        tc_parts_add(names->run, &thing->actors, part);
        tc_parts_add(names->run, &names->actors, part);
    }
}

/* The computer @a host without its domain; an address as it stands. */
static struct tc_str
bare_computer(const struct tc_isolator *run, struct tc_str host)
{
    uint8_t v4[4];

    if (tc_isolation_is_here(run, host) || tc_may_be_own_host(run->model, host))
        return TC_STR(".");
    if (tc_parse_ipv4(host, v4) == host.len || tc_str_has(host, ':'))
        return host;
    return tc_str_sub(host, 0, tc_str_find(host, TC_STR("."), 0));
}

/* The thing @a rest of the computer @a host. */
static void
add_on_host(struct names *names, struct tc_str host, struct tc_str rest, struct tc_str name, const struct tc_part *part,
            bool acts)
{
    struct tc_isolator *run = names->run;
    struct tc_str bare = bare_computer(run, host), exact = tc_isolation_is_here(run, host) ? TC_STR(".") : host;
    struct tc_str key =
        tc_str_fold(run->arena, tc_arena_printf(run->arena, "%.*s\\%.*s", TC_STR_ARG(exact), TC_STR_ARG(rest)));
    struct tc_thing *thing = tc_things_at(
        &names->perhaps,
        tc_str_fold(run->arena, tc_arena_printf(run->arena, "%.*s\\%.*s", TC_STR_ARG(bare), TC_STR_ARG(rest))), key);

    add_name(names, key, name, part, acts);
    if (thing == NULL)
        return;
    if (!tc_str_eq(thing->name, key) && (thing->name.len == thing->key.len || key.len == thing->key.len))
        thing->payload = thing; /* it has two names, one of them without a domain */
    tc_parts_add(run, &thing->users, part);
    if (acts)
        tc_parts_add(run, &thing->actors, part);
}

/* Those who name a computer with its domain meet those who name it without. */
static void
report_perhaps(struct names *names)
{
    for (const struct tc_thing *thing = names->perhaps.first; thing != NULL; thing = thing->next)
        if (thing->payload != NULL)
            tc_isolation_meet(names->run, &(struct tc_meeting){.rule = names->rule,
                                                               .verdict = TC_UNKNOWN_ISOLATION,
                                                               .because = TC_STR(ONE_COMPUTER),
                                                               .froms = &thing->actors,
                                                               .tos = &thing->users});
}

static void
report_names(struct names *names)
{
    struct tc_parts all = tc_parts_unite(names->run, &names->users, &names->users_of_all);
    struct tc_meeting meeting = {.rule = names->rule, .verdict = TC_NOT_ISOLATED, .everyone = ""};

    for (const struct tc_thing *thing = names->things.first; thing != NULL; thing = thing->next) {
        meeting.resource = thing->name;
        meeting.froms = &thing->actors;
        meeting.tos = &thing->users;
        tc_isolation_meet(names->run, &meeting);
    }
    meeting.resource = TC_STR("");
    meeting.froms = &names->actors_of_all;
    meeting.tos = &all;
    tc_isolation_meet(names->run, &meeting);
    meeting.froms = &names->actors;
    meeting.tos = &names->users_of_all;
    tc_isolation_meet(names->run, &meeting);
    report_perhaps(names);
}

/* ---- the event log ---- */

enum { EVENT_LOG_OLD_READ = 2, EVENT_LOG_WRITE = 16, EVENT_LOG_ADMINISTER = 32 };

/* What of the words counts: 1.1 asks for the old ones, later frameworks for the new (permissions 15). */
static bool
reads_log(const struct tc_application *app, uint64_t access)
{
    return (access & (app->runtime == TC_RT_1_1 ? EVENT_LOG_OLD_READ : EVENT_LOG_ADMINISTER)) != 0;
}

struct logs {
    struct tc_parts here;    /* those who read or clear the server's own log */
    struct tc_parts perhaps; /* those who do so if that is what its name with a domain means */
    struct names others;
};

static void
add_log(struct tc_isolator *run, struct logs *logs, uint32_t index, const struct tc_row *row, struct tc_span span,
        bool possible)
{
    const struct tc_application *app = run->model->applications[index];
    struct tc_str machine = row == NULL ? TC_STR("*") : row->cells[0].text;
    uint64_t access = row == NULL ? UINT64_MAX : (uint64_t)row->cells[1].number;
    bool reads = reads_log(app, access), every = tc_str_eq(machine, TC_STR("*"));
    struct tc_part part = {index, span, reads ? "may read and clear the event log" : "may write the event log",
                           TC_STR(""), possible};

    if (access == 0)
        return;
    if (reads && (every || tc_isolation_is_here(run, machine)))
        tc_parts_add(run, &logs->here, &part);
    if (tc_isolation_is_here(run, machine))
        return;
    part.verb = reads ? "may read and clear the event log of" : "may write the event log of";
    part.what = machine;
    if (reads && tc_may_be_own_host(run->model, machine))
        tc_parts_add(run, &logs->perhaps, &part);
    if (every)
        add_name(&logs->others, TC_STR(""), machine, &part, reads);
    else
        add_on_host(&logs->others, machine, TC_STR(""), machine, &part, reads);
}

static void
collect_log(struct tc_isolator *run, struct logs *logs, uint32_t index, const struct tc_perm *perm)
{
    if (perm->unrestricted)
        add_log(run, logs, index, NULL, perm->span, tc_isolation_possible(run, index, TC_CLASS_EVENT_LOG, NULL));
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++)
        add_log(run, logs, index, &perm->rows[r], perm->rows[r].span,
                tc_isolation_possible(run, index, TC_CLASS_EVENT_LOG, &perm->rows[r]));
}

static void
isolate_event_log(struct tc_isolator *run)
{
    struct logs logs = {0};

    names_init(&logs.others, run, TC_RULE_EVENT_LOG);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_perm *perms[2];

        for (size_t p = tc_isolation_perms(run, i, TC_CLASS_EVENT_LOG, perms); p > 0; p--)
            collect_log(run, &logs, i, perms[p - 1]);
    }
    /* ASP.NET writes what goes wrong there for every application, whatever that may do itself */
    tc_isolation_meet(run, &(struct tc_meeting){.rule = TC_RULE_EVENT_LOG,
                                                .verdict = TC_NOT_ISOLATED,
                                                .froms = &logs.here,
                                                .everyone = "has its errors written there by ASP.NET"});
    tc_isolation_meet(run, &(struct tc_meeting){.rule = TC_RULE_EVENT_LOG,
                                                .verdict = TC_UNKNOWN_ISOLATION,
                                                .because = TC_STR(ONE_COMPUTER),
                                                .froms = &logs.perhaps,
                                                .everyone = "has its errors written to that of the server by ASP.NET"});
    report_names(&logs.others);
}

/* ---- performance counters ---- */

enum { COUNTER_WRITE = 2 };

static void
add_counter(struct names *names, uint32_t index, const struct tc_row *row, struct tc_span span, bool possible)
{
    uint64_t access = row == NULL ? UINT64_MAX : (uint64_t)row->cells[2].number;
    struct tc_str machine = row == NULL ? TC_STR("*") : row->cells[0].text;
    struct tc_str category = row == NULL ? TC_STR("*") : row->cells[1].text;
    bool writes = (access & COUNTER_WRITE) != 0;
    struct tc_part part = {index, span,
                           writes ? "may write the performance counters" : "may read the performance counters",
                           category, possible};

    if (access == 0)
        return;
    if (!tc_str_eq(category, TC_STR("*")) && !tc_str_eq(machine, TC_STR("*")))
        add_on_host(names, machine, category, category, &part, writes);
    else
        add_name(names, TC_STR(""), category, &part, writes);
}

static void
collect_counter(struct names *names, uint32_t index, const struct tc_perm *perm)
{
    struct tc_isolator *run = names->run;

    if (perm->unrestricted)
        add_counter(names, index, NULL, perm->span,
                    tc_isolation_possible(run, index, TC_CLASS_PERFORMANCE_COUNTER, NULL));
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++)
        add_counter(names, index, &perm->rows[r], perm->rows[r].span,
                    tc_isolation_possible(run, index, TC_CLASS_PERFORMANCE_COUNTER, &perm->rows[r]));
}

static void
isolate_counters(struct tc_isolator *run)
{
    struct names names;

    names_init(&names, run, TC_RULE_PERFORMANCE_COUNTER);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_perm *perms[2];

        for (size_t p = tc_isolation_perms(run, i, TC_CLASS_PERFORMANCE_COUNTER, perms); p > 0; p--)
            collect_counter(&names, i, perms[p - 1]);
    }
    report_names(&names);
}

/* ---- message queues ---- */

enum { QUEUE_BROWSE = 2 };

/* Whether @a queue, behind its computer, is one of the system: it keeps messages of every application that could not be
 * delivered, or copies of them. */
static bool
is_system_queue(struct tc_str queue)
{
    static const char *const names[] = {"deadletter$", "xactdeadletter$", "journal$", "system$"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tc_str_eq(queue, tc_str_of(names[i])))
            return true;
    return false;
}

/* The computer and the name of a queue by its path, however it is written; false when only Message Queuing knows which
 * queue is meant, or whose messages lie there. */
static bool
split_queue(const struct tc_isolator *run, struct tc_str path, struct tc_str *ret_host, struct tc_str *ret_queue)
{
    static const char *const addressed[] = {"DIRECT=OS:", "DIRECT=TCP:", "DIRECT=HTTP://", "DIRECT=HTTPS://"};
    struct tc_str text = tc_str_fold(run->arena, tc_str_trim(path));
    size_t slash;

    text = tc_str_sub(text, 0, tc_str_find(text, TC_STR(";"), 0)); /* its journal holds copies of what was in it */
    if (tc_str_ends(text, TC_STR("\\journal$")))
        text.len -= strlen("\\journal$");
    if (tc_str_starts(text, TC_STR("formatname:")))
        text = tc_str_sub(text, 11, SIZE_MAX);
    for (size_t i = 0; i < sizeof addressed / sizeof *addressed; i++)
        if (tc_str_eq_nocase(tc_str_sub(text, 0, strlen(addressed[i])), tc_str_of(addressed[i]))) {
            text = tc_str_sub(text, strlen(addressed[i]), SIZE_MAX);
            break;
        }
    slash = tc_str_find(text, TC_STR("\\"), 0);
    if (slash == SIZE_MAX || tc_str_find(text, TC_STR("="), 0) < slash || tc_str_find(text, TC_STR(":"), 0) < slash ||
        is_system_queue(tc_str_sub(text, slash + 1, SIZE_MAX)))
        return false;
    *ret_host = tc_str_sub(text, 0, slash);
    *ret_queue = tc_str_sub(text, slash + 1, SIZE_MAX);
    return true;
}

/* @a unknown: who may reach queues that only Message Queuing knows. */
static void
collect_queue(struct names *names, uint32_t index, const struct tc_perm *perm, struct tc_parts *unknown)
{
    struct tc_isolator *run = names->run;
    struct tc_part part = {index, perm->span, "may reach the queue", TC_STR("*"),
                           tc_isolation_possible(run, index, TC_CLASS_MESSAGE_QUEUE, NULL)};

    if (perm->unrestricted)
        add_name(names, TC_STR(""), TC_STR(""), &part, true);
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];
        bool by_path = row->form == &perm->cls->forms[TC_FORM_MESSAGE_QUEUE_QUEUE];
        struct tc_str host, queue;

        if (((uint64_t)row->cells[row->form->column_count - 1].number & ~(uint64_t)QUEUE_BROWSE) == 0)
            continue;
        part.span = row->span;
        part.what = by_path ? row->cells[0].text : TC_STR("");
        part.verb = by_path ? "may reach the queue" : "may reach queues by what they are like";
        part.possible = tc_isolation_possible(run, index, TC_CLASS_MESSAGE_QUEUE, row);
        if (by_path && tc_str_eq(row->cells[0].text, TC_STR("*")))
            add_name(names, TC_STR(""), row->cells[0].text, &part, true);
        else if (by_path && split_queue(run, row->cells[0].text, &host, &queue))
            add_on_host(names, host, queue, row->cells[0].text, &part, true);
        else
            tc_parts_add(run, unknown, &part);
    }
}

static void
isolate_queues(struct tc_isolator *run)
{
    struct tc_parts unknown = {0}, all;
    struct names names;

    names_init(&names, run, TC_RULE_MESSAGE_QUEUE);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_perm *perms[2];

        for (size_t p = tc_isolation_perms(run, i, TC_CLASS_MESSAGE_QUEUE, perms); p > 0; p--)
            collect_queue(&names, i, perms[p - 1], &unknown);
    }
    report_names(&names);
    all = tc_parts_unite(run, &names.users, &names.users_of_all);
    all = tc_parts_unite(run, &all, &unknown);
    if (unknown.count > 0) {
        struct tc_meeting meeting = {
            .rule = TC_RULE_MESSAGE_QUEUE,
            .verdict = TC_UNKNOWN_ISOLATION,
            .because = TC_STR("only Message Queuing knows which queue that is, or whose messages lie there"),
            .froms = &unknown,
            .tos = &all,
        };

        tc_isolation_meet(run, &meeting);
        meeting.froms = &all;
        meeting.tos = &unknown;
        tc_isolation_meet(run, &meeting);
    }
}

/* ---- environment ---- */

/* No list of names lets code set one (permissions 2). */
static bool
sets_variables(const struct tc_perm *perm)
{
    return perm != NULL && perm->unrestricted;
}

static bool
anyone_sets_variables(const struct tc_isolator *run)
{
    for (uint32_t i = 0; i < run->model->application_count; i++)
        if (sets_variables(tc_isolation_perm(run, i, TC_CLASS_ENVIRONMENT)))
            return true;
    return false;
}

static void
isolate_environment(struct tc_isolator *run)
{
    const struct tc_residence *residences = tc_residences(run);
    struct tc_parts unknown = {0};
    struct tc_things pools;

    tc_things_init(&pools, run);
    if (residences == NULL || !anyone_sets_variables(run))
        return;
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_application *app = run->model->applications[i];
        const struct tc_perm *perm = tc_isolation_perm(run, i, TC_CLASS_ENVIRONMENT);
        struct tc_part part = {i, app->pool.span, "runs in the pool", app->pool.text, false};
        struct tc_thing *pool = NULL;

        if (residences[i].pool > 0) {
            pool = tc_things_at(&pools, tc_str_fold(run->arena, app->pool.text), app->pool.text);
            if (pool == NULL)
                return;
            tc_parts_add(run, &pool->users, &part);
        }
        if (!sets_variables(perm))
            continue;
        part = (struct tc_part){i, perm->span, "may change the environment variables of its process", TC_STR(""),
                                tc_isolation_possible(run, i, TC_CLASS_ENVIRONMENT, NULL)};
        tc_parts_add(run, pool == NULL ? &unknown : &pool->actors, &part);
    }
    for (const struct tc_thing *pool = pools.first; pool != NULL; pool = pool->next)
        tc_isolation_meet(run, &(struct tc_meeting){.rule = TC_RULE_ENVIRONMENT,
                                                    .verdict = TC_NOT_ISOLATED,
                                                    .froms = &pool->actors,
                                                    .tos = &pool->users});
    tc_isolation_meet(run,
                      &(struct tc_meeting){.rule = TC_RULE_ENVIRONMENT,
                                           .verdict = TC_UNKNOWN_ISOLATION,
                                           .because = TC_STR("the source does not say with whom it shares its process"),
                                           .froms = &unknown,
                                           .everyone = "may run in the same process"});
}

/* ---- isolated storage ---- */

/* permissions 6: compared as numbers. */
enum { STORE_BY_MACHINE = 0x30, STORE_ADMINISTER = 0x70, STORE_ALL = 0xF0 };

static int64_t
containment(const struct tc_perm *perm)
{
    const struct tc_value *allowed = perm == NULL ? NULL : &perm->values[TC_FIELD_ISOLATED_STORAGE_ALLOWED];

    if (perm != NULL && perm->unrestricted)
        return STORE_ALL;
    return allowed != NULL && allowed->present ? allowed->number : 0;
}

/* Stores of one account. Who may list them all reaches those of everyone; the others meet in those of an assembly that
 * both have. */
static void
report_stores(struct tc_isolator *run, const struct tc_parts *actors, const struct tc_parts *users, const char *unknown)
{
    struct tc_meeting meeting = {
        .rule = TC_RULE_ISOLATED_STORAGE,
        .verdict = unknown == NULL ? TC_NOT_ISOLATED : TC_UNKNOWN_ISOLATION,
        .because = tc_str_of(unknown),
        .froms = actors,
        .tos = users,
        .everyone = "may have stores of the same account",
    };

    tc_isolation_meet(run, &meeting);
}

static void
isolate_storage(struct tc_isolator *run)
{
    const struct tc_residence *residences = tc_residences(run);
    struct tc_parts machine = {0}, unknown = {0}, known = {0};
    struct tc_things accounts;

    tc_things_init(&accounts, run);
    for (uint32_t i = 0; residences != NULL && i < run->model->application_count; i++) {
        const struct tc_perm *perm = tc_isolation_perm(run, i, TC_CLASS_ISOLATED_STORAGE);
        int64_t level = containment(perm);
        struct tc_part part = {i, TC_NOWHERE, "may use isolated storage", TC_STR(""), false};
        struct tc_thing *account;

        if (level == 0)
            continue;
        part.span = perm->unrestricted ? perm->span : perm->values[TC_FIELD_ISOLATED_STORAGE_ALLOWED].span;
        part.possible = containment(tc_reach_sure_perm(&run->isolation->reaches[i], TC_CLASS_ISOLATED_STORAGE)) < level;
        if (level >= STORE_BY_MACHINE) {
            part.verb = "may use isolated storage that all accounts of the machine share";
            tc_parts_add(run, &machine, &part);
        }
        if (residences[i].account == 0) {
            tc_parts_add(run, &unknown, &part);
            continue;
        }
        tc_parts_add(run, &known, &part);
        account = tc_things_numbered(&accounts, residences[i].account, TC_STR(""));
        if (account == NULL)
            return;
        tc_parts_add(run, &account->users, &part);
        if (level >= STORE_ADMINISTER) {
            part.verb = "may list and delete all isolated storage of its account";
            tc_parts_add(run, &account->actors, &part);
        }
    }
    report_stores(run, &machine, &machine, NULL);
    for (const struct tc_thing *account = accounts.first; account != NULL; account = account->next) {
        report_stores(run, &account->actors, &account->users, NULL);
        report_stores(run, &account->users, &account->users,
                      "under one account, an assembly with a strong name has one store in all applications");
    }
    if (unknown.count > 0) {
        struct tc_parts all = tc_parts_unite(run, &known, &unknown);

        report_stores(run, &unknown, &all, "the source does not say under which account it runs");
        report_stores(run, &known, &unknown, "the source does not say under which account the other one runs");
    }
}

/* ---- registry ---- */

/* A key that one application may reach. */
struct registry_claim {
    struct tc_part part;
    struct tc_str key; /* where Windows has it */
    bool writes;
    bool is_again; /* the same grant has another claim, where all that meet this one as a view meet, too */
};

struct registry {
    struct tc_isolator *run;
    struct registry_claim *claims;
    size_t count, capacity;
    struct tc_path_key *keys;
    size_t key_count;
};

static const uint8_t registry_writes[] = {
    [TC_FIELD_REGISTRY_READ] = 0,     [TC_FIELD_REGISTRY_WRITE] = 1,      [TC_FIELD_REGISTRY_CREATE] = 1,
    [TC_FIELD_REGISTRY_VIEW_ACL] = 0, [TC_FIELD_REGISTRY_CHANGE_ACL] = 1,
};

static void
add_claim(struct registry *registry, struct tc_str key, const struct tc_part *part, bool writes, bool is_again)
{
    if (registry->count == registry->capacity) {
        size_t capacity = registry->capacity == 0 ? 64 : 2 * registry->capacity;
        struct registry_claim *claims = realloc(registry->claims, capacity * sizeof *claims);

        if (claims == NULL) {
            registry->run->failed = true;
            return;
        }
        registry->claims = claims;
        registry->capacity = capacity;
    }
    registry->claims[registry->count++] = (struct registry_claim){*part, key, writes, is_again};
}

/* Add the key where Windows has it: a view may show several, and lead to a view in a row below @a first. */
static void
add_key(struct registry *registry, struct tc_str key, const struct tc_part *part, bool writes, bool is_again,
        size_t first)
{
    size_t count;
    const struct tc_hive_view *views = tc_hive_views(&count);
    bool is_view = false;

    while (tc_str_ends(key, TC_STR("\\")))
        key.len--;
    for (size_t i = first; i < count && key.len > 0; i++) {
        struct tc_str name = tc_str_of(views[i].key);

        if (!tc_path_covers(name, key))
            continue;
        add_key(registry,
                tc_arena_printf(registry->run->arena, "%s%.*s", views[i].real,
                                TC_STR_ARG(tc_str_sub(key, name.len, SIZE_MAX))),
                part, writes, is_again || is_view, i + 1);
        is_view = true;
    }
    if (!is_view)
        add_claim(registry, key, part, writes, is_again);
}

static bool
has_key(const struct tc_perm *perm, size_t field, struct tc_str key)
{
    if (perm == NULL || perm->unrestricted || !perm->values[field].present)
        return perm != NULL && perm->unrestricted;
    for (uint32_t i = 0; i < perm->values[field].list.count; i++)
        if (tc_str_eq_nocase(perm->values[field].list.items[i].text, key))
            return true;
    return false;
}

static void
collect_registry(struct registry *registry, uint32_t index, const struct tc_perm *perm)
{
    const struct tc_perm *sure = tc_reach_sure_perm(&registry->run->isolation->reaches[index], TC_CLASS_REGISTRY);

    if (perm->unrestricted) {
        struct tc_part part = {index, perm->span, "may read and write the whole registry", TC_STR(""),
                               sure == NULL || !sure->unrestricted};

        add_key(registry, TC_STR(""), &part, true, false, 0);
        return;
    }
    for (size_t f = 0; f < sizeof registry_writes; f++)
        for (uint32_t i = 0; perm->values[f].present && i < perm->values[f].list.count; i++) {
            const struct tc_item *item = &perm->values[f].list.items[i];
            struct tc_part part = {index, item->span,
                                   registry_writes[f] ? "may write the registry key" : "may read the registry key",
                                   item->text, sure != perm && !has_key(sure, f, item->text)};

            add_key(registry, item->text, &part, registry_writes[f], false, 0);
        }
}

static int
compare_parts(const void *a, const void *b)
{
    const struct tc_part *x = a, *y = b;

    if (x->application != y->application)
        return x->application < y->application ? -1 : 1;
    return x->span.begin < y->span.begin ? -1 : x->span.begin > y->span.begin;
}

/* The applications that reach one of @a count sorted keys, once each. */
static struct tc_parts
parts_of(struct registry *registry, const struct tc_path_key *keys, size_t count, bool writers)
{
    struct tc_parts parts = {0};
    struct tc_part *list = tc_arena_array(registry->run->arena, struct tc_part, count);
    size_t kept = 0;

    for (size_t i = 0; list != NULL && i < count; i++)
        if (!writers || registry->claims[keys[i].item].writes)
            list[kept++] = registry->claims[keys[i].item].part;
    if (kept > 1)
        qsort(list, kept, sizeof *list, compare_parts);
    for (size_t i = 0; i < kept; i++)
        tc_parts_add(registry->run, &parts, &list[i]);
    return parts;
}

static bool
lies_in(struct tc_str outer, struct tc_str inner)
{
    return outer.len == 0 || tc_path_covers(outer, inner);
}

/* As the keys are sorted: what is no ASCII has been folded. */
static struct tc_str
text_of(const struct tc_path_key *key)
{
    return (struct tc_str){key->text, key->len};
}

static bool
are_all_again(const struct registry *registry, const struct tc_path_key *keys, const struct tc_path_key *end)
{
    for (; keys < end; keys++)
        if (!registry->claims[keys->item].is_again)
            return false;
    return true;
}

/* Keys stand in order, so what lies in a key stands right behind it. */
static void
visit_key(void *state, struct tc_path_node *node)
{
    struct registry *registry = state;
    const struct tc_path_key *end = node->keys + node->count, *last = registry->keys + registry->key_count;
    struct tc_parts here, all, writers, below;
    struct tc_meeting meeting = {.rule = TC_RULE_REGISTRY, .verdict = TC_NOT_ISOLATED, .everyone = ""};

    while (end < last && lies_in(text_of(node->keys), text_of(end)))
        end++;
    if (end - node->keys < 2 || are_all_again(registry, node->keys, end))
        return;
    writers = parts_of(registry, node->keys, node->count, true);
    all = parts_of(registry, node->keys, (size_t)(end - node->keys), false);
    meeting.resource = registry->claims[node->keys->item].key;
    meeting.froms = &writers;
    meeting.tos = &all;
    tc_isolation_meet(registry->run, &meeting);
    below = parts_of(registry, node->keys + node->count, (size_t)(end - node->keys) - node->count, true);
    here = parts_of(registry, node->keys, node->count, false);
    meeting.froms = &below;
    meeting.tos = &here;
    tc_isolation_meet(registry->run, &meeting);
}

/* Whether it reaches into what Windows and IIS themselves go by, or covers that. */
static bool
is_of_system(const struct registry_claim *claim)
{
    size_t count;
    const struct tc_hive_part *parts = tc_hive_parts(&count);

    for (size_t i = 0; i < count; i++) {
        struct tc_str part = tc_str_of(parts[i].key);

        if ((claim->writes || parts[i].reading_counts) && (lies_in(part, claim->key) || lies_in(claim->key, part)))
            return true;
    }
    return false;
}

/* The part of HKEY_USERS of an account that is named by its SID, or of all whose profile is not loaded. */
static bool
is_of_some_account(struct tc_str key)
{
    return tc_str_starts_nocase(key, TC_STR("HKEY_USERS\\S-")) || lies_in(TC_STR("HKEY_USERS\\.DEFAULT"), key);
}

static void
isolate_registry(struct tc_isolator *run)
{
    struct registry registry = {.run = run};
    const struct tc_perm *perms[2];
    struct tc_things system, accounts;

    tc_things_init(&system, run);
    tc_things_init(&accounts, run);
    for (uint32_t i = 0; i < run->model->application_count; i++)
        for (size_t p = tc_isolation_perms(run, i, TC_CLASS_REGISTRY, perms); p > 0; p--)
            collect_registry(&registry, i, perms[p - 1]);
    registry.keys = malloc((registry.count + 1) * sizeof *registry.keys);
    if (registry.keys == NULL) {
        run->failed = true;
        free(registry.claims);
        return;
    }
    for (size_t i = 0; i < registry.count; i++) {
        registry.keys[i] = tc_path_key_of(run->arena, registry.claims[i].key, i);
        if (is_of_system(&registry.claims[i]))
            tc_isolation_note(&system, &registry.claims[i].part, TC_STR(""));
        if (is_of_some_account(registry.claims[i].key))
            tc_isolation_note(&accounts, &registry.claims[i].part, TC_STR(""));
    }
    registry.key_count = registry.count;
    tc_paths_sort(registry.keys, registry.key_count);
    run->failed |= !tc_paths_scan(registry.keys, registry.key_count, visit_key, &registry);
    tc_isolation_report_noted(&system, TC_RULE_REGISTRY, TC_NOT_ISOLATED, "");
    tc_isolation_report_noted(&accounts, TC_RULE_REGISTRY, TC_UNKNOWN_ISOLATION,
                              "only the server knows whose HKEY_CURRENT_USER that is");
    free(registry.keys);
    free(registry.claims);
}

void
tc_isolate_grants(struct tc_isolator *run)
{
    isolate_event_log(run);
    isolate_counters(run);
    isolate_queues(run);
    isolate_environment(run);
    isolate_storage(run);
    isolate_registry(run);
    tc_isolate_network(run);
    tc_isolate_databases(run);
    tc_isolate_unjudged(run);
}
