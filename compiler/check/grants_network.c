/* Web and Socket: whom the application may call, and who may call it. */
#include "check/grants.h"

/* ---- Web ---- */

/* Addresses that nothing short of "any" covers together: the server itself, its network, the world. */
static const char *const hosts[] = {"localhost", "10.11.12.13", "qzxjw.example.com", "xn--zcka2k.test"};

static bool
covers_uri(struct tc_grants *g, const struct tc_perm *alone, const struct tc_form *form, struct tc_str uri)
{
    struct tc_cell cell = {.present = true, .number = TC_WEB_URI, .text = uri};
    struct tc_row row = {.form = form, .cells = &cell};

    return tc_grants_covers(g, alone, tc_grants_row_alone(g, alone, &row));
}

/* Whether one pattern lets through every host of a scheme. */
static bool
is_any_url(struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row)
{
    static const char *const schemes[] = {"http", "https"};
    const struct tc_perm *alone = tc_grants_row_alone(g, perm, row);

    for (size_t s = 0; alone != NULL && s < sizeof schemes / sizeof *schemes; s++) {
        size_t i = 0;

        while (i < sizeof hosts / sizeof *hosts &&
               covers_uri(g, alone, row->form, tc_arena_printf(g->check->arena, "%s://%s/", schemes[s], hosts[i])))
            i++;
        if (i == sizeof hosts / sizeof *hosts)
            return true;
    }
    return false;
}

static void
check_web(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_WEB, &base);
    struct tc_diag *diag;

    if (perm == NULL)
        return;
    if (perm->unrestricted) {
        diag = tc_grants_report(g, TC_CHECK_ANY_URL, TC_CLASS_WEB, tc_grants_unrestricted(g, perm),
                                "this lets code send Web requests to any address, the server's own network included, "
                                "and listen for them");
        tc_diag_help(g->check->diags, diag, "name the hosts, as regular expressions: 'https://api\\.example\\.com/.*'");
        return;
    }
    for (uint32_t i = 0; i < perm->row_count; i++) {
        const struct tc_row *row = &perm->rows[i];

        if (tc_grants_covers(g, base, tc_grants_row_alone(g, perm, row)))
            continue;
        if (row->form == &perm->cls->forms[TC_FORM_WEB_ACCEPT]) {
            diag =
                tc_grants_report(g, TC_CHECK_LISTENS, TC_CLASS_WEB, tc_grants_cell(g, perm, row, 0),
                                 "'%.*s' lets code take Web requests itself, past IIS", TC_STR_ARG(row->cells[0].text));
            tc_diag_help(g->check->diags, diag, "a page needs no AcceptAccess: take it out");
        } else if (is_any_url(g, perm, row)) {
            diag = tc_grants_report(g, TC_CHECK_ANY_URL, TC_CLASS_WEB, tc_grants_cell(g, perm, row, 0),
                                    "'%.*s' lets code send Web requests to any host, the server's own network included",
                                    TC_STR_ARG(row->cells[0].text));
            tc_diag_help(g->check->diags, diag,
                         "name the hosts, as regular expressions: 'https://api\\.example\\.com/.*'");
        }
    }
}

/* ---- Socket ---- */

enum { TRANSPORT, HOST, PORT };

static bool
is_any_host(struct tc_str host)
{
    return tc_str_eq(host, TC_STR("*.*.*.*"));
}

static void
check_endpoint(struct tc_grants *g, const struct tc_perm *perm, const struct tc_row *row)
{
    struct tc_str host = row->cells[HOST].text;
    struct tc_diag *diag;

    if (row->form == &perm->cls->forms[TC_FORM_SOCKET_ACCEPT]) {
        diag = tc_grants_report(g, TC_CHECK_LISTENS, TC_CLASS_SOCKET, tc_grants_cell(g, perm, row, HOST),
                                "'%.*s' lets code open a port and take connections itself, past IIS", TC_STR_ARG(host));
        tc_diag_help(g->check->diags, diag, "a page needs no AcceptAccess: take it out");
    } else if (is_any_host(host)) {
        diag = tc_grants_report(g, TC_CHECK_ANY_HOST, TC_CLASS_SOCKET, tc_grants_cell(g, perm, row, HOST),
                                "'%.*s' lets code connect to any computer, the server and its network included",
                                TC_STR_ARG(host));
        tc_diag_help(g->check->diags, diag, "name the host and the port");
    } else if (row->cells[PORT].number < 0 && host.len > 0) {
        struct tc_span span = tc_grants_cell(g, perm, row, PORT), all;

        if (g->is_source && tc_grants_word(g, span, TC_STR("all"), &all))
            span = all;
        diag = tc_grants_report(g, TC_CHECK_ANY_HOST, TC_CLASS_SOCKET, span,
                                "this lets code connect to every service of '%.*s'", TC_STR_ARG(host));
        tc_diag_help(g->check->diags, diag, "name the port");
    }
}

static void
check_socket(struct tc_grants *g)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, TC_CLASS_SOCKET, &base);
    struct tc_diag *diag;

    if (perm == NULL)
        return;
    if (perm->unrestricted) {
        diag = tc_grants_report(g, TC_CHECK_ANY_HOST, TC_CLASS_SOCKET, tc_grants_unrestricted(g, perm),
                                "this lets code connect to any port of any computer, the server's own services "
                                "included, and open ports itself");
        tc_diag_help(g->check->diags, diag, "name the endpoint: %s",
                     g->is_source ? "connect tcp \"db1\" 27017;"
                                  : "<ConnectAccess><ENDPOINT host=\"db1\" transport=\"Tcp\" port=\"27017\"/>"
                                    "</ConnectAccess>");
        return;
    }
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (!tc_grants_covers(g, base, tc_grants_row_alone(g, perm, &perm->rows[i])))
            check_endpoint(g, perm, &perm->rows[i]);
}

void
tc_grants_network(struct tc_grants *g)
{
    check_web(g);
    check_socket(g);
}
