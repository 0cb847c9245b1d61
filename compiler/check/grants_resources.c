/* What belongs to the server: logs, counters, services, queues, the directory, keys, storage, the desktop. */
#include "check/grants.h"

/* ---- trees of machines ---- */

struct access_rule {
    enum tc_class_id cls;
    enum tc_check_id id;
    const char *access;  /* the name that is too much */
    const char *instead; /* the name that mostly does; NULL: none */
    const char *what;    /* what it lets code do */
    const char *whole;   /* what the unrestricted permission lets code do */
    const char *help;
};

static const struct access_rule access_rules[] = {
    {TC_CLASS_EVENT_LOG, TC_CHECK_ADMINISTERS, "Administer", "Write",
     "read and clear the event logs, and so what its neighbours wrote",
     "read, clear and delete every event log, on other machines, too",
     "to write entries Write is enough; make the source when the application is installed"},
    {TC_CLASS_EVENT_LOG, TC_CHECK_ADMINISTERS, "Audit", NULL,
     "read, clear and delete event logs, and so what its neighbours wrote", NULL,
     "to write entries Write is enough (1.1: Instrument)"},
    {TC_CLASS_PERFORMANCE_COUNTER, TC_CHECK_ADMINISTERS, "Administer", "Write",
     "make and delete performance counters, those of its neighbours included",
     "make and delete every performance counter, on other machines, too",
     "make the counters when the application is installed; Write is enough to set them"},
    {TC_CLASS_SERVICE_CONTROLLER, TC_CHECK_SERVICE_CONTROL, "Control", "Browse", "start and stop Windows services",
     "start and stop every Windows service, on other machines, too", "Browse is enough to see whether a service runs"},
    {TC_CLASS_DIRECTORY_SERVICES, TC_CHECK_DIRECTORY_WRITE, "Write", "Browse", "change entries of the directory",
     "read and change every entry of every directory", "Browse is enough to look something up"},
    {TC_CLASS_MESSAGE_QUEUE, TC_CHECK_QUEUE_ADMINISTER, "Administer", NULL,
     "make, empty and delete message queues, and change who may use them", "read, empty and delete every message queue",
     "name the queue, with Send or Receive"},
};

/* The columns of a form that hold access and a machine's name. */
static size_t
access_column(const struct tc_form *form)
{
    size_t column = 0;

    while (column < form->column_count && form->columns[column].kind != TC_COLUMN_FLAGS)
        column++;
    return column;
}

static void
check_access(struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row, const struct access_rule *rule)
{
    size_t column = access_column(row->form);
    const struct tc_enum *names = tc_enum(row->form->columns[column].values);
    const struct tc_enum_value *value = tc_enum_find(names, tc_str_of(rule->access)), *instead;
    struct tc_span span;
    struct tc_diag *diag;
    bool exact;

    if ((row->cells[column].number & value->value) != value->value)
        return;
    span = tc_grants_cell_name(g, perm, row, column, rule->access, &exact);
    diag = tc_grants_report(g, rule->id, rule->cls, span, "'%s' lets code %s", rule->access, rule->what);
    tc_diag_help(g->check->diags, diag, "%s", rule->help);
    instead = rule->instead == NULL ? NULL : tc_enum_find(names, tc_str_of(rule->instead));
    if (exact && instead != NULL && tc_since_in(instead->since, tc_runtime_info(g->policy->runtime)->framework))
        tc_diag_edit(g->check->diags, diag, span, "%s", rule->instead);
}

static bool
has_machine(enum tc_class_id cls)
{
    return cls == TC_CLASS_EVENT_LOG || cls == TC_CLASS_PERFORMANCE_COUNTER || cls == TC_CLASS_SERVICE_CONTROLLER;
}

static void
check_machine(struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row, enum tc_class_id cls)
{
    struct tc_str name = row->cells[0].text;
    struct tc_span span = tc_grants_cell(g, perm, row, 0);
    struct tc_diag *diag;

    if (!has_machine(cls) || name.len == 0 || tc_str_eq(name, TC_STR(".")) ||
        row->cells[access_column(row->form)].number == 0)
        return;
    if (tc_str_eq(name, TC_STR("*")))
        diag = tc_grants_report(g, TC_CHECK_OTHER_MACHINE, cls, span, "'*' lets code reach every computer");
    else
        diag = tc_grants_report(g, TC_CHECK_OTHER_MACHINE, cls, span,
                                "'%.*s' is a computer by name: where the server is called otherwise, this lets code "
                                "reach another one",
                                TC_STR_ARG(name));
    tc_diag_help(g->check->diags, diag, "the server itself is '.'");
    if (!g->is_source && tc_str_eq(tc_grants_text(g, span), name) && tc_str_eq(name, TC_STR("*")))
        tc_diag_edit(g->check->diags, diag, span, ".");
}

static void
check_trees(struct tc_grants *g)
{
    for (size_t i = 0; i < sizeof access_rules / sizeof *access_rules; i++) {
        const struct access_rule *rule = &access_rules[i];
        const struct tc_perm *base, *perm = tc_grants_news(g, rule->cls, &base);
        bool first = i == 0 || access_rules[i - 1].cls != rule->cls;

        if (perm == NULL)
            continue;
        if (perm->unrestricted) {
            struct tc_diag *diag;

            if (rule->whole == NULL)
                continue;
            diag = tc_grants_report(g, rule->id, rule->cls, tc_grants_unrestricted(g, perm), "this lets code %s",
                                    rule->whole);
            tc_diag_help(g->check->diags, diag, "%s", rule->help);
            continue;
        }
        for (uint32_t r = 0; r < perm->row_count; r++) {
            check_access(g, perm, &perm->rows[r], rule);
            if (first)
                check_machine(g, perm, &perm->rows[r], rule->cls);
        }
    }
}

/* ---- keys and certificates ---- */

static void
check_secrets(struct tc_grants *g)
{
    static const struct {
        enum tc_class_id cls;
        const char *what;
    } rules[] = {
        {TC_CLASS_KEY_CONTAINER, "use keys of the process's account, or of the machine, which its neighbours share"},
        {TC_CLASS_STORE, "use the certificate stores of the process's account and of the machine"},
        {TC_CLASS_DATA_PROTECTION, "decrypt what the process's account or the machine has encrypted, whoever did"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct tc_perm *base, *perm = tc_grants_news(g, rules[i].cls, &base);
        struct tc_diag *diag;

        if (perm == NULL)
            continue;
        diag = tc_grants_report(g, TC_CHECK_KEYS_AND_CERTIFICATES, rules[i].cls,
                                perm->unrestricted || !perm->values[0].present ? tc_grants_unrestricted(g, perm)
                                                                               : tc_grants_value(g, perm, 0),
                                "this lets code %s", rules[i].what);
        tc_diag_help(g->check->diags, diag,
                     "keep secrets in the application's own configuration, or in an assembly with a set of its own");
    }
}

/* ---- isolated storage ---- */

static void
check_storage(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_ISOLATED_STORAGE, &base);
    const struct tc_enum_value *administer;
    const struct tc_value *allowed;
    struct tc_span span;
    struct tc_diag *diag;
    bool exact = false;

    if (perm == NULL)
        return;
    allowed = &perm->values[TC_FIELD_ISOLATED_STORAGE_ALLOWED];
    administer = tc_enum_find(tc_enum(perm->cls->fields[TC_FIELD_ISOLATED_STORAGE_ALLOWED].values),
                              TC_STR("AdministerIsolatedStorageByUser"));
    if (!perm->unrestricted && (!allowed->present || allowed->number < administer->value))
        return;
    span = perm->unrestricted ? tc_grants_unrestricted(g, perm)
                              : tc_grants_name(g, perm, TC_FIELD_ISOLATED_STORAGE_ALLOWED, administer->name, &exact);
    diag = tc_grants_report(g, TC_CHECK_ISOLATED_STORAGE, TC_CLASS_ISOLATED_STORAGE, span,
                            "this lets code list and delete the isolated storage of every application of its account");
    tc_diag_help(g->check->diags, diag, "AssemblyIsolationByUser is what Medium has");
}

/* ---- desktop ---- */

static void
check_desktop(struct tc_grants *g)
{
    static const struct {
        enum tc_class_id cls;
        const char *what;
    } rules[] = {
        {TC_CLASS_UI, "open windows on the desktop of the server and use its clipboard, where nobody sits"},
        {TC_CLASS_FILE_DIALOG, "open file dialogs on the desktop of the server, where nobody sits"},
        {TC_CLASS_PRINTING, "use every printer that the server knows"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct tc_perm *base, *perm = tc_grants_news(g, rules[i].cls, &base);
        size_t field = 0;
        struct tc_diag *diag;

        if (perm == NULL)
            continue;
        if (rules[i].cls == TC_CLASS_PRINTING && !perm->unrestricted) {
            const struct tc_enum_value *all = tc_enum_find(tc_enum(perm->cls->fields[0].values), TC_STR("AllPrinting"));

            if (!perm->values[0].present || perm->values[0].number < all->value)
                continue;
        }
        while (field + 1 < perm->cls->field_count && !perm->values[field].present)
            field++;
        diag = tc_grants_report(g, TC_CHECK_DESKTOP, rules[i].cls,
                                perm->unrestricted ? tc_grants_unrestricted(g, perm) : tc_grants_value(g, perm, field),
                                "this lets code %s", rules[i].what);
        tc_diag_help(g->check->diags, diag, "a web application has no use for it: take it out");
    }
}

void
tc_grants_resources(struct tc_grants *g)
{
    check_trees(g);
    check_secrets(g);
    check_storage(g);
    check_desktop(g);
}
