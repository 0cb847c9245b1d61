/* Databases whose drivers open files, and what belongs to the whole server or cannot be judged. */
#include "isolate/grants.h"
#include "model/algebra.h"
#include "model/connection.h"
#include "verify/expected.h"

#include <string.h>

/* ---- databases ---- */

enum { CONNECTION, KEYS, BEHAVIOR, COLUMN_COUNT };

/* A provider, and connections that would open any file or load any driver: what the application must not be free to
 * choose. Source: permissions 20 to 24; the keys and drivers are general knowledge. */
struct provider {
    enum tc_class_id cls;
    enum tc_connection_rules rules;
    enum tc_verdict verdict;
    const char *choices[6]; /* keys */
    const char *because;    /* for what is not known */
};

static const struct provider providers[] = {
    {TC_CLASS_OLE_DB,
     TC_CONNECTION_OLE_DB,
     TC_NOT_ISOLATED,
     {"provider", "data source", "file name", "extended properties"},
     ""},
    {TC_CLASS_ODBC,
     TC_CONNECTION_ODBC,
     TC_NOT_ISOLATED,
     {"driver", "dbq", "filedsn", "dsn", "defaultdir", "savefile"},
     ""},
    {TC_CLASS_SQL_CLIENT,
     TC_CONNECTION_SQL,
     TC_UNKNOWN_ISOLATION,
     {"attachdbfilename", "user instance"},
     "a user instance of SQL Server Express, where that is installed, opens any file of the account"},
};

/* Providers whose data source is a file. What they are called: general knowledge of Windows. */
static const char *const file_providers[] = {
    "microsoft.jet.oledb",
    "microsoft.ace.oledb",
    "vfpoledb",
    "msdatashape",
    "mspersist",
    "msdaosp",
    "msidxs",
    "search.collatordso",
    "microsoft access",
    "microsoft excel",
    "microsoft text",
    "microsoft dbase",
    "microsoft paradox",
    "microsoft visual foxpro",
    "driver da microsoft",
    "driver do microsoft",
    "microsoft.sqlserver.", /* SQL Server Compact; the server itself is sqloledb, sqlncli and msoledbsql */
    "sqlite",
    "msdasql",
};

static bool
allows(struct tc_arena *arena, const struct tc_perm *perm, struct tc_str connection)
{
    struct tc_cell cells[COLUMN_COUNT] = {[CONNECTION] = {.present = true, .text = connection}};
    struct tc_row row = {.form = &perm->cls->forms[0], .cells = cells};
    struct tc_perm *demand = tc_perm_new(arena, perm->cls, TC_NOWHERE);
    struct tc_throw ignored;

    return demand != NULL && tc_perm_append_row(arena, demand, &row) &&
           tc_algebra_ops(perm->cls->algebra)->subset(arena, NULL, demand, perm, &ignored) == TC_YES;
}

static bool
names_files(const struct tc_connection *connection)
{
    static const char *const keys[] = {"provider", "driver"};

    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const struct tc_connection_pair *pair = tc_connection_find(connection, tc_str_of(keys[k]));
        struct tc_str value = pair == NULL ? TC_STR("") : pair->value;

        while (tc_str_starts(value, TC_STR("{")))
            value = tc_str_sub(value, 1, SIZE_MAX);
        for (size_t i = 0; i < sizeof file_providers / sizeof *file_providers; i++)
            if (tc_str_eq_nocase(tc_str_sub(value, 0, strlen(file_providers[i])), tc_str_of(file_providers[i])))
                return true;
    }
    /* who may write that file chooses the connection */
    return tc_connection_find(connection, TC_STR("file name")) != NULL ||
           tc_connection_find(connection, TC_STR("filedsn")) != NULL;
}

/* What of an entry the application is free to choose, or NULL; the entry as the connection string that it asks for. */
static const char *
free_choice(struct tc_arena *arena, const struct provider *provider, const struct tc_perm *perm,
            const struct tc_row *row)
{
    struct tc_str text = row->cells[CONNECTION].text;
    struct tc_connection connection;
    struct tc_throw ignored;

    if (tc_connection_parse(arena, provider->rules, text, &connection, &ignored) != TC_YES)
        return NULL;
    if (names_files(&connection))
        return "";
    for (size_t i = 0; i < sizeof provider->choices / sizeof *provider->choices; i++) {
        const char *key = provider->choices[i];

        if (key == NULL)
            break;
        if (provider->cls == TC_CLASS_SQL_CLIENT && tc_connection_find(&connection, tc_str_of(key)) != NULL)
            return key; /* the entry itself attaches a file */
        if (tc_connection_find(&connection, tc_str_of(key)) == NULL &&
            allows(arena, perm,
                   tc_arena_printf(arena, "%.*s%s%s=%s", TC_STR_ARG(text), text.len == 0 ? "" : ";", key,
                                   provider->rules == TC_CONNECTION_SQL && key[0] == 'u' ? "true" : "qzx1")))
            return key;
    }
    return NULL;
}

/* A row of a permission; many applications share both. */
struct judged {
    struct {
        const struct tc_perm *perm;
        const struct tc_row *row;
    } key;
    const char *choice;
};

/* What the application may choose in the row; NULL: nothing, or out of memory. */
static const char *
choice_of(struct tc_isolator *run, struct tc_map *judged, const struct provider *provider, const struct tc_perm *perm,
          const struct tc_row *row)
{
    struct judged wanted = {{perm, row}, NULL};
    struct judged *known = tc_map_get(judged, (struct tc_str){(const char *)&wanted.key, sizeof wanted.key});

    if (known != NULL)
        return known->choice;
    known = tc_arena_new(run->arena, struct judged);
    if (known == NULL)
        return NULL;
    *known = wanted;
    known->choice = free_choice(run->arena, provider, perm, row);
    tc_map_add(judged, (struct tc_str){(const char *)&known->key, sizeof known->key}, known);
    return known->choice;
}

static void
collect_provider(struct tc_things *found, struct tc_map *judged, const struct provider *provider, uint32_t index,
                 const struct tc_perm *perm)
{
    struct tc_isolator *run = found->run;
    struct tc_part part = {index, perm->span, "may open what it likes through",
                           tc_str_of(tc_class(provider->cls)->word),
                           tc_isolation_possible(run, index, provider->cls, NULL)};

    if (perm->unrestricted)
        tc_isolation_note(found, &part, tc_isolation_reason(perm, tc_isolation_is_unrestricted, NULL));
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];
        const char *choice = choice_of(run, judged, provider, perm, row);

        if (choice == NULL)
            continue;
        part.span = row->span;
        part.possible = tc_isolation_possible(run, index, provider->cls, row);
        part.verb = *choice == '\0' ? "may open files as databases through"
                                    : tc_arena_printf(run->arena, "may choose '%s' itself with", choice).ptr;
        if (part.verb != NULL)
            tc_isolation_note(found, &part, tc_isolation_reason(perm, tc_isolation_has_row, row));
    }
}

static void
check_provider(struct tc_isolator *run, const struct provider *provider)
{
    struct tc_things found;
    struct tc_map judged;

    tc_things_init(&found, run);
    tc_map_init(&judged, run->arena);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        const struct tc_perm *perms[2];

        for (size_t p = tc_isolation_perms(run, i, provider->cls, perms); p > 0; p--)
            collect_provider(&found, &judged, provider, i, perms[p - 1]);
    }
    tc_isolation_report_noted(&found, TC_RULE_DATABASE_FILES, provider->verdict, provider->because);
}

void
tc_isolate_databases(struct tc_isolator *run)
{
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        check_provider(run, &providers[i]);
}

/* ---- what belongs to the server ---- */

/* permissions 8, 17, 18, 27 */
enum { SERVICE_CONTROL = 4, DIRECTORY_BROWSE = 2, DIRECTORY_WRITE = 4, STORE_CHANGES = 0x63, KEY_STORE_USER = 0 };

struct alone {
    struct tc_isolator *run;
    struct tc_things certain, unknown;
};

static void
note(struct tc_things *things, uint32_t index, const struct tc_perm *perm, const struct tc_row *row,
     struct tc_span span, const char *verb, struct tc_str what)
{
    struct tc_part part = {
        index, span, verb, what,
        tc_isolation_possible(things->run, index, (enum tc_class_id)(perm->cls - tc_class((enum tc_class_id)0)), row)};

    tc_isolation_note(things, &part,
                      row == NULL ? tc_isolation_reason(perm, tc_isolation_is_unrestricted, NULL)
                                  : tc_isolation_reason(perm, tc_isolation_has_row, row));
}

static void
collect_tree(struct alone *a, uint32_t index, const struct tc_perm *perm, uint64_t bit, size_t name, const char *verb)
{
    if (perm->unrestricted)
        note(&a->certain, index, perm, NULL, perm->span, verb, TC_STR("*"));
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];

        if ((uint64_t)row->cells[row->form->column_count - 1].number & bit)
            note(&a->certain, index, perm, row, row->span, verb, row->cells[name].text);
    }
}

static void
check_tree(struct alone *a, uint32_t index, enum tc_class_id id, uint64_t bit, size_t name, const char *verb)
{
    const struct tc_perm *perms[2];

    for (size_t p = tc_isolation_perms(a->run, index, id, perms); p > 0; p--)
        collect_tree(a, index, perms[p - 1], bit, name, verb);
}

/* The configuration of IIS is a directory as well: who may look into it reads everyone's settings. */
static void
check_iis(struct alone *a, uint32_t index)
{
    const struct tc_perm *perms[2];

    for (size_t p = tc_isolation_perms(a->run, index, TC_CLASS_DIRECTORY_SERVICES, perms); p > 0; p--)
        for (uint32_t r = 0; !perms[p - 1]->unrestricted && r < perms[p - 1]->row_count; r++) {
            const struct tc_row *row = &perms[p - 1]->rows[r];
            uint64_t access = (uint64_t)row->cells[row->form->column_count - 1].number;
            struct tc_str path = row->cells[0].text;

            if ((access & DIRECTORY_BROWSE) != 0 && (access & DIRECTORY_WRITE) == 0 &&
                (tc_str_eq(path, TC_STR("*")) || tc_str_starts_nocase(path, TC_STR("IIS://"))))
                note(&a->certain, index, perms[p - 1], row, row->span, "may read the configuration of every site in",
                     path);
        }
}

static void
collect_keys(struct alone *a, uint32_t index, const struct tc_perm *perm)
{
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];

        if (row->cells[0].number != KEY_STORE_USER && row->cells[row->form->column_count - 1].number != 0)
            note(&a->certain, index, perm, row, row->span, "may use the machine's key container", row->cells[3].text);
    }
}

/* Keys of the machine's store, or of containers that are not named, are not the application's own. */
static void
check_keys(struct alone *a, uint32_t index)
{
    const struct tc_perm *perms[2];

    tc_isolation_note_flags(&a->certain, index, TC_CLASS_KEY_CONTAINER, UINT64_MAX,
                            "may use key containers of the machine", TC_STR(""));
    for (size_t p = tc_isolation_perms(a->run, index, TC_CLASS_KEY_CONTAINER, perms); p > 0; p--)
        collect_keys(a, index, perms[p - 1]);
}

/* Key containers of accounts: two applications that run as one have the same. */
struct containers {
    struct tc_isolator *run;
    struct tc_things named;         /* by account and name */
    struct tc_things every;         /* by account; actors: who may use all of its containers, users: who uses any */
    struct tc_parts known, unknown; /* who uses any, and whether it is said as which account it runs */
};

static void
add_container(struct containers *c, uint32_t account, const struct tc_part *part)
{
    bool is_every = part->what.len == 0 || tc_str_eq(part->what, TC_STR("*"));
    struct tc_thing *every, *named;

    tc_parts_add(c->run, account == 0 ? &c->unknown : &c->known, part);
    every = account == 0 ? NULL : tc_things_numbered(&c->every, account, part->what);
    if (every == NULL)
        return;
    tc_parts_add(c->run, &every->users, part);
    if (is_every) {
        tc_parts_add(c->run, &every->actors, part);
        return;
    }
    named = tc_things_at(
        &c->named, tc_arena_printf(c->run->arena, "%u %.*s", (unsigned)account, TC_STR_ARG(part->what)), part->what);
    if (named != NULL)
        tc_parts_add(c->run, &named->users, part);
}

static void
collect_containers(struct containers *c, uint32_t index, uint32_t account, const struct tc_perm *perm)
{
    for (uint32_t r = 0; !perm->unrestricted && r < perm->row_count; r++) {
        const struct tc_row *row = &perm->rows[r];
        struct tc_part part = {index, row->span, "may use the key container", row->cells[3].text,
                               tc_isolation_possible(c->run, index, TC_CLASS_KEY_CONTAINER, row)};

        if (row->cells[0].number == KEY_STORE_USER && row->cells[row->form->column_count - 1].number != 0)
            add_container(c, account, &part);
    }
}

static void
isolate_containers(struct tc_isolator *run)
{
    const struct tc_residence *residences = tc_residences(run);
    struct containers c = {.run = run};
    struct tc_meeting meeting = {.rule = TC_RULE_SERVER_RESOURCE, .verdict = TC_NOT_ISOLATED};

    tc_things_init(&c.named, run);
    tc_things_init(&c.every, run);
    for (uint32_t i = 0; residences != NULL && i < run->model->application_count; i++) {
        const struct tc_perm *perms[2];

        for (size_t p = tc_isolation_perms(run, i, TC_CLASS_KEY_CONTAINER, perms); p > 0; p--)
            collect_containers(&c, i, residences[i].account, perms[p - 1]);
    }
    for (const struct tc_thing *thing = c.named.first; thing != NULL; thing = thing->next) {
        meeting.resource = thing->name;
        meeting.froms = meeting.tos = &thing->users;
        tc_isolation_meet(run, &meeting);
    }
    meeting.resource = TC_STR("");
    for (const struct tc_thing *thing = c.every.first; thing != NULL; thing = thing->next) {
        meeting.froms = &thing->actors;
        meeting.tos = &thing->users;
        tc_isolation_meet(run, &meeting);
    }
    tc_isolation_meet_unknown(run, TC_RULE_SERVER_RESOURCE, &c.known, &c.unknown,
                              "the source does not say under which account it runs");
}

/* ---- what cannot be judged ---- */

static bool
is_any(const void *state, const struct tc_perm *grant)
{
    (void)state;
    (void)grant;
    return true;
}

/* Permissions of classes that a source declares: fully trusted code asks for them, and only it knows what for. */
static void
check_declared(struct alone *a, uint32_t index, const struct tc_pset *set)
{
    for (int possible = 0; possible < 2; possible++)
        for (size_t i = 0; i < (possible ? set->possible_count : set->count); i++) {
            const struct tc_perm *perm = possible ? set->possible[i] : set->perms[i];
            struct tc_part part = {index, perm->span, "has the permission",
                                   perm->cls->word == NULL ? TC_STR("") : tc_str_of(perm->cls->word), possible};

            if (perm->cls->assembly == TC_ASM_COUNT_)
                tc_isolation_note(&a->unknown, &part, tc_isolation_reason(perm, is_any, NULL));
        }
}

static void
check_raw(struct alone *a, uint32_t index, const struct tc_raw *raw, const char *verb)
{
    for (; raw != NULL; raw = raw->next) {
        struct tc_part part = {index, raw->span, verb, TC_STR(""), false};

        tc_isolation_note(&a->unknown, &part, TC_STR(""));
    }
}

/* Markup of permissions that the framework's classes read is part of what is judged elsewhere. */
static void
check_raw_permissions(struct alone *a, uint32_t index, const struct tc_raw *raw)
{
    struct tc_token_values values = a->run->isolation->reaches[index].values;
    struct tc_expected expected = {
        .arena = a->run->arena, .policy = a->run->isolation->reaches[index].application->policy, .values = &values};

    for (; raw != NULL; raw = raw->next) {
        const struct tc_grant_set *set = tc_expected_raw_set(&expected, raw);
        struct tc_part part = {index, raw->span, "has a permission that stands in markup", TC_STR(""), false};

        if (set == NULL || set->count == 0)
            tc_isolation_note(&a->unknown, &part, TC_STR(""));
    }
}

/* Whether a group is for the application's own code: other groups trust what they name, and groups.c looks at whom. */
static bool
is_for_own(const struct tc_group *group)
{
    switch (group->condition.kind) {
    case TC_CONDITION_ALL:
    case TC_CONDITION_APPLICATION_DIRECTORY:
        return true;
    case TC_CONDITION_URL:
        return tc_str_starts(group->condition.values[0], TC_STR("$AppDirUrl$")) ||
               tc_str_starts(group->condition.values[0], TC_STR("$CodeGen$"));
    default:
        return false;
    }
}

static bool
gives_set(const struct tc_group *group, const struct tc_pset *set)
{
    for (; group != NULL; group = group->next)
        if (!group->is_raw &&
            ((is_for_own(group) && tc_str_eq(group->set_name, set->name)) || gives_set(group->children, set)))
            return true;
    return false;
}

static void
check_set(struct alone *a, uint32_t index, const struct tc_pset *set)
{
    check_declared(a, index, set);
    check_raw_permissions(a, index, set->raw);
}

static void
check_raw_groups(struct alone *a, uint32_t index, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        struct tc_part part = {index, group->span, "has a code group that stands in markup", TC_STR(""), false};

        if (group->is_raw)
            tc_isolation_note(&a->unknown, &part, TC_STR(""));
        else
            check_raw(a, index, group->raw, "has a code group that stands in markup");
        if (group->inline_set != NULL && is_for_own(group))
            check_set(a, index, group->inline_set);
        check_raw_groups(a, index, group->children);
    }
}

static void
check_unjudged(struct alone *a, uint32_t index)
{
    static const enum tc_class_id classes[] = {TC_CLASS_XAML_LOAD, TC_CLASS_PNRP, TC_CLASS_PEER_COLLABORATION};
    const struct tc_reach *reach = &a->run->isolation->reaches[index];
    const struct tc_policy *policy = reach->application->policy;

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        const struct tc_perm *perm = tc_reach_perm(reach, classes[i]);
        struct tc_part part = {index, TC_NOWHERE, "has the permission", tc_str_of(tc_class(classes[i])->word), false};

        if (perm == NULL)
            continue;
        part.span = perm->span;
        tc_isolation_note(&a->unknown, &part, tc_isolation_reason(perm, is_any, NULL));
    }
    if (reach->throws != NULL) {
        struct tc_part part = {index, reach->application->span, "makes the framework throw", tc_str_of(reach->throws),
                               false};

        if (tc_expected_is_foreign(reach->throws)) {
            part.verb = "has code groups of a class of a third party";
            part.what = TC_STR("");
        }
        tc_isolation_note(&a->unknown, &part, TC_STR(""));
    }
    if (policy == NULL || tc_policy_is_full(policy))
        return;
    for (size_t i = 0; i < policy->set_count; i++)
        if (i == 0 || gives_set(policy->root, policy->sets[i]))
            check_set(a, index, policy->sets[i]);
    check_raw_groups(a, index, policy->root);
    check_raw(a, index, policy->raw_sets, "has a permission set that stands in markup");
    check_raw(a, index, policy->raw_full_trust, "fully trusts an assembly that stands in markup");
}

void
tc_isolate_unjudged(struct tc_isolator *run)
{
    struct alone a = {.run = run};

    tc_things_init(&a.certain, run);
    tc_things_init(&a.unknown, run);
    for (uint32_t i = 0; i < run->model->application_count; i++) {
        check_tree(&a, i, TC_CLASS_SERVICE_CONTROLLER, SERVICE_CONTROL, 1, "may start and stop the service");
        check_tree(&a, i, TC_CLASS_DIRECTORY_SERVICES, DIRECTORY_WRITE, 0, "may change what is in the directory");
        check_iis(&a, i);
        tc_isolation_note_flags(&a.certain, i, TC_CLASS_STORE, STORE_CHANGES, "may change certificate stores",
                                TC_STR(""));
        check_keys(&a, i);
        check_unjudged(&a, i);
    }
    isolate_containers(run);
    tc_isolation_report_noted(&a.certain, TC_RULE_SERVER_RESOURCE, TC_NOT_ISOLATED, "");
    tc_isolation_report_noted(&a.unknown, TC_RULE_UNJUDGED_GRANT, TC_UNKNOWN_ISOLATION,
                              "what that opens cannot be worked out here");
}
