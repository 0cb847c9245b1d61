/* Databases: providers that are ways to files and native drivers, and connection strings that bind nobody. */
#include "check/grants.h"
#include "model/connection.h"
#include "model/demand.h"

enum { CONNECTION, KEYS, BEHAVIOR }; /* columns of the form */
enum { BLANK_PASSWORD };             /* the field of each class */

/* What a key of a connection string chooses. */
struct choice {
    const char *key;
    const char *reach;
};

struct provider {
    enum tc_class_id cls;
    enum tc_connection_rules rules;
    const char *reach; /* what the unrestricted permission opens; NULL: SQL Server, which is a server */
    struct choice choices[4];
    const char *probes[3]; /* connection strings that have nothing in common */
    const char *help;      /* a connection that binds, in XML */
    const char *help_source;
};

#define NATIVE "native code, and files such as those of Access, Excel and text"

/* Source: permissions 20 to 24; the keys of OLE DB and ODBC are general knowledge. */
static const struct provider providers[] = {
    {TC_CLASS_SQL_CLIENT,
     TC_CONNECTION_SQL,
     NULL,
     {{NULL, NULL}},
     {"data source=qzx1;initial catalog=a;user id=b;password=c", "data source=qzx2;integrated security=true",
      "data source=qzx3;attachdbfilename=d;user instance=true"},
     NULL,
     NULL},
    {TC_CLASS_OLE_DB,
     TC_CONNECTION_OLE_DB,
     "any OLE DB driver: " NATIVE,
     {{"provider", "any OLE DB driver: " NATIVE},
      {"data source", "any file or server that the driver opens"},
      {"file name", "any file that names a connection"}},
     {"provider=qzx1;data source=a", "provider=qzx2;location=b;user id=c", "file name=d"},
     "<add ConnectionString=\"Provider=SQLNCLI11;Data Source=db1\" KeyRestrictions=\"User ID=;Password=\" "
     "KeyRestrictionBehavior=\"AllowOnly\"/>",
     "connection \"Provider=SQLNCLI11;Data Source=db1\" keys \"User ID=;Password=\" allow-only;"},
    {TC_CLASS_ODBC,
     TC_CONNECTION_ODBC,
     "any ODBC driver: " NATIVE,
     {{"driver", "any ODBC driver: " NATIVE},
      {"dbq", "any file that the driver opens"},
      {"filedsn", "any file that names a connection"},
      {"dsn", "every data source of the server"}},
     {"driver={qzx1};dbq=a", "dsn=qzx2;uid=b", "filedsn=c"},
     "<add ConnectionString=\"DSN=Orders\" KeyRestrictions=\"UID=;PWD=\" KeyRestrictionBehavior=\"AllowOnly\"/>",
     "connection \"DSN=Orders\" keys \"UID=;PWD=\" allow-only;"},
    {TC_CLASS_ORACLE,
     TC_CONNECTION_OLE_DB,
     "any Oracle server, through a native driver",
     {{"data source", "any Oracle server, through a native driver"}},
     {"data source=qzx1;user id=a", "data source=qzx2;integrated security=yes", "data source=qzx3;pooling=no"},
     "<add ConnectionString=\"Data Source=ORDERS\" KeyRestrictions=\"User ID=;Password=\" "
     "KeyRestrictionBehavior=\"AllowOnly\"/>",
     "connection \"Data Source=ORDERS\" keys \"User ID=;Password=\" allow-only;"},
};

/* An entry that is for every connection and forbids no key. */
static bool
is_for_all(struct tc_grants *g, const struct tc_row *row, const struct provider *provider)
{
    struct tc_connection_keys keys = {0};
    struct tc_throw thrown;

    return row->cells[CONNECTION].text.len == 0 && row->cells[BEHAVIOR].number != 0 &&
           tc_connection_parse_keys(g->check->arena, provider->rules, row->cells[KEYS].text, &keys, &thrown) ==
               TC_YES &&
           keys.count == 0;
}

/* Entries hold together, so others may bind all the same: some connections are tried. */
static bool
restricts_nothing(struct tc_grants *g, const struct tc_perm *perm, const struct provider *provider)
{
    const struct tc_connection_grants *grants;
    uint32_t row = 0;

    while (row < perm->row_count && !is_for_all(g, &perm->rows[row], provider))
        row++;
    if (row == perm->row_count)
        return false;
    grants = tc_connection_grants_of(g->check->arena, perm);
    if (grants == NULL)
        return false;
    for (size_t i = 0; i < sizeof provider->probes / sizeof *provider->probes; i++)
        if (!tc_connection_grants_allow(g->check->arena, grants, tc_str_of(provider->probes[i])))
            return false;
    return true;
}

static void
check_blank_password(struct tc_grants *g, const struct tc_perm *perm, enum tc_class_id cls)
{
    struct tc_span own = tc_grants_value(g, perm, BLANK_PASSWORD), span = own;
    struct tc_diag *diag;

    if (perm->unrestricted || !perm->values[BLANK_PASSWORD].present || perm->values[BLANK_PASSWORD].number == 0)
        return;
    diag = tc_grants_report(g, TC_CHECK_BLANK_PASSWORD, cls, span,
                            "this lets code log in without a password, as an account that somebody forgot");
    tc_diag_help(g->check->diags, diag, "give the account a password, or use Windows authentication");
    if (!g->is_source && tc_grants_attribute(g, perm->span, perm->cls->fields[BLANK_PASSWORD].xml, &span))
        tc_diag_edit(g->check->diags, diag, span, "false");
}

static void
check_nothing(struct tc_grants *g, const struct tc_perm *perm, enum tc_class_id cls)
{
    const struct tc_row *row = &perm->rows[0];
    struct tc_diag *diag;

    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].cells[CONNECTION].text.len == 0)
            row = &perm->rows[i];
    diag = tc_grants_report(g, TC_CHECK_RESTRICTS_NOTHING, cls, tc_grants_cell(g, perm, row, BEHAVIOR),
                            "these restrictions let every connection string pass");
    tc_diag_note(g->check->diags, diag,
                 "PreventUsage allows all keys but those in KeyRestrictions, and an entry without a connection string "
                 "holds for every one");
    tc_diag_help(g->check->diags, diag,
                 "give the ConnectionString that is meant, and AllowOnly with the keys that may be added");
}

static void
help(struct tc_grants *g, struct tc_diag *diag, const struct provider *provider)
{
    tc_diag_help(g->check->diags, diag, "name driver and data source: %s",
                 g->is_source ? provider->help_source : provider->help);
}

/* A driver or file that the application may choose itself. */
static void
check_choice(struct tc_grants *g, const struct tc_perm *perm, const struct provider *provider)
{
    const struct tc_connection_grants *grants = tc_connection_grants_of(g->check->arena, perm);

    for (uint32_t i = 0; grants != NULL && i < perm->row_count; i++) {
        const struct tc_row *row = &perm->rows[i];
        struct tc_str text = row->cells[CONNECTION].text;
        struct tc_connection connection;
        struct tc_throw thrown;

        if (tc_connection_parse(g->check->arena, provider->rules, text, &connection, &thrown) != TC_YES)
            continue;
        for (size_t k = 0; k < sizeof provider->choices / sizeof *provider->choices; k++) {
            const struct choice *choice = &provider->choices[k];
            struct tc_str demand;
            struct tc_diag *diag;

            if (choice->key == NULL || tc_connection_find(&connection, tc_str_of(choice->key)) != NULL)
                continue;
            demand = tc_arena_printf(g->check->arena, "%.*s%s%s=qzx1", TC_STR_ARG(text), text.len == 0 ? "" : ";",
                                     choice->key);
            if (!tc_connection_grants_allow(g->check->arena, grants, demand))
                continue;
            diag = tc_grants_report(
                g, TC_CHECK_DATABASE_PROVIDER, provider->cls,
                tc_grants_cell(g, perm, row, row->cells[KEYS].text.len > 0 ? (size_t)KEYS : (size_t)CONNECTION),
                "this lets code choose '%s' itself, and so reach %s", choice->key, choice->reach);
            help(g, diag, provider);
            return;
        }
    }
}

void
tc_grants_databases(struct tc_grants *g)
{
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        const struct provider *provider = &providers[i];
        const struct tc_perm *base, *perm = tc_pset_find(g->set, tc_class(provider->cls));
        struct tc_diag *diag;

        if (perm == NULL)
            continue;
        check_blank_password(g, perm, provider->cls); /* the base has none that was narrowed on purpose */
        if (!perm->unrestricted && perm->row_count > 0 && restricts_nothing(g, perm, provider)) {
            check_nothing(g, perm, provider->cls);
            continue;
        }
        perm = tc_grants_news(g, provider->cls, &base);
        if (perm == NULL || provider->reach == NULL)
            continue;
        if (!perm->unrestricted) {
            check_choice(g, perm, provider);
            continue;
        }
        diag = tc_grants_report(g, TC_CHECK_DATABASE_PROVIDER, provider->cls, tc_grants_unrestricted(g, perm),
                                "this lets code reach %s", provider->reach);
        help(g, diag, provider);
    }
}
