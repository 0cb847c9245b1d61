/* SocketPermission: endpoints in two lists. Names compare as text; a name against an address needs DNS, which is not
 * asked here: the answer is then TC_THROWS with TC_UNKNOWN unless another endpoint decides. */
#include "base/ascii.h"
#include "model/algebra_net.h"
#include "model/demand.h"
#include "model/ipaddress.h"
#include "model/text_index.h"

#include <string.h>

enum { PORT_ALL = -1, PORT_MAX = 65535, TRANSPORT_ALL = 3 };
enum { TRANSPORT, HOST, PORT }; /* columns of both forms */

/* ---- hosts ---- */

enum host_kind {
    HOST_EMPTY,   /* accepted for an empty $OriginHost$; has nothing in common with any */
    HOST_NAME,    /* to be compared as text with names, to be resolved otherwise */
    HOST_PATTERN, /* four parts of which some are `*` */
    HOST_ADDRESS,
    HOST_INVALID,
};

struct host {
    enum host_kind kind;
    struct tc_str text;
    uint8_t address[16]; /* HOST_ADDRESS */
    bool is_v6;
    uint32_t scope; /* %… of a v6 address */
};

/* Character test of EndpointPermission: what is neither address nor name is refused. */
enum shape { SHAPE_INVALID, SHAPE_NAME, SHAPE_V4, SHAPE_V6 };

static enum shape
shape_of(struct tc_str host)
{
    bool colon = false, name = false;

    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];

        if (c == ':' || c == '%')
            colon = true;
        else if (c == '-' || c == '_' || c == '*' || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z'))
            name = true;
        else if (c != '.' && tc_ascii_hex(c) < 0)
            return SHAPE_INVALID;
    }
    if (colon)
        return name ? SHAPE_INVALID : SHAPE_V6;
    for (size_t i = 0; i < host.len && !name; i++)
        name = (host.ptr[i] | 0x20) >= 'a' && (host.ptr[i] | 0x20) <= 'f';
    return name ? SHAPE_NAME : SHAPE_V4;
}

/* Digits, dots and at least one `*`, three dots in all, none at an end. */
static bool
is_pattern(struct tc_str host)
{
    size_t dots = 0, stars = 0;

    if (host.len < 3 || host.ptr[0] == '.' || host.ptr[host.len - 1] == '.')
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];

        dots += c == '.';
        stars += c == '*';
        if (c != '.' && c != '*' && !tc_ascii_is_digit(c))
            return false;
    }
    return dots == 3 && stars > 0;
}

/* An IPv6 address, perhaps with a scope. */
static bool
parse_scoped_ipv6(struct tc_str text, uint8_t *ret, uint32_t *ret_scope)
{
    size_t percent = tc_str_find(text, TC_STR("%"), 0);

    *ret_scope = 0;
    if (percent == SIZE_MAX)
        return tc_parse_ipv6(text, ret);
    for (size_t i = percent + 1; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || *ret_scope > UINT32_MAX / 10 - 1)
            return false;
        *ret_scope = *ret_scope * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return tc_parse_ipv6(tc_str_sub(text, 0, percent), ret);
}

static struct host
host_of(const struct tc_row *row)
{
    struct host host = {.text = row->cells[HOST].text, .kind = HOST_NAME};
    enum shape shape = shape_of(host.text);

    if (host.text.len == 0)
        host.kind = HOST_EMPTY;
    else if (is_pattern(host.text))
        host.kind = HOST_PATTERN;
    else if (shape == SHAPE_V6 && parse_scoped_ipv6(host.text, host.address, &host.scope))
        host.kind = HOST_ADDRESS, host.is_v6 = true;
    else if (shape == SHAPE_V4 && tc_parse_ipv4(host.text, host.address) == host.text.len)
        host.kind = HOST_ADDRESS;
    else if (shape == SHAPE_INVALID)
        host.kind = HOST_INVALID;
    return host;
}

/* Two names compare as text only if both look like names; `256.1.1.1` looks like an address and is resolved. */
static bool
is_name(const struct host *host)
{
    return host->kind == HOST_NAME && shape_of(host->text) == SHAPE_NAME;
}

static bool
is_any_address(struct tc_str host)
{
    return tc_str_eq(host, TC_STR("0.0.0.0"));
}

static bool
covers_any_address(struct tc_str host)
{
    return tc_str_eq(host, TC_STR("*.*.*.*")) || is_any_address(host);
}

static bool
same_address(const struct host *a, const struct host *b)
{
    return a->is_v6 == b->is_v6 && a->scope == b->scope && memcmp(a->address, b->address, a->is_v6 ? 16 : 4) == 0;
}

/* The next part up to a dot; false at the end. */
static bool
next_part(struct tc_str text, size_t *at, struct tc_str *ret)
{
    size_t dot;

    if (*at > text.len)
        return false;
    dot = tc_str_find(text, TC_STR("."), *at);
    if (dot == SIZE_MAX)
        dot = text.len;
    *ret = tc_str_sub(text, *at, dot - *at);
    *at = dot + 1;
    return true;
}

/* Part by part: equal text or `*` in the pattern. Both have four parts. */
static bool
pattern_matches(struct tc_str pattern, struct tc_str text)
{
    size_t i = 0, j = 0;
    struct tc_str want, part;

    while (next_part(pattern, &i, &want) && next_part(text, &j, &part))
        if (!tc_str_eq(want, part) && !tc_str_eq(want, TC_STR("*")))
            return false;
    return true;
}

static bool
pattern_matches_address(struct tc_arena *arena, struct tc_str pattern, const struct host *host)
{
    const uint8_t *address = host->address;

    if (host->is_v6)
        return false; /* written with colons it has no four parts; written with a v4 tail its first is none of digits */
    return pattern_matches(pattern,
                           tc_arena_printf(arena, "%d.%d.%d.%d", address[0], address[1], address[2], address[3]));
}

/* ---- endpoints ---- */

static bool
is_accept(const struct tc_perm *perm, const struct tc_row *row)
{
    return row->form == &perm->cls->forms[TC_FORM_SOCKET_ACCEPT];
}

static bool
same_endpoint(const struct tc_row *a, const struct tc_row *b)
{
    return a->cells[PORT].number == b->cells[PORT].number && a->cells[TRANSPORT].number == b->cells[TRANSPORT].number &&
           tc_ordinal_eq(a->cells[HOST].text, b->cells[HOST].text);
}

/* TC_THROWS: only DNS could tell. */
static enum tc_answer
host_matches(struct tc_arena *arena, const struct tc_row *demand, const struct tc_row *grant)
{
    struct host d = host_of(demand), g = host_of(grant);

    if (d.kind == HOST_EMPTY || g.kind == HOST_EMPTY)
        return TC_NO;
    if (is_any_address(d.text))
        return covers_any_address(g.text) ? TC_YES : TC_NO;
    if (is_name(&d) && is_name(&g))
        return tc_ordinal_eq(d.text, g.text) ? TC_YES : TC_NO;
    if (d.kind == HOST_PATTERN && g.kind != HOST_PATTERN)
        return TC_NO;
    if (d.kind == HOST_PATTERN) /* the wrong way round, as the framework does: *.*.*.* is within 127.*.*.* */
        return pattern_matches(d.text, g.text) ? TC_YES : TC_NO;
    if (d.kind != HOST_ADDRESS || (g.kind != HOST_PATTERN && g.kind != HOST_ADDRESS))
        return TC_THROWS;
    if (g.kind == HOST_PATTERN)
        return pattern_matches_address(arena, g.text, &d) ? TC_YES : TC_NO;
    return same_address(&d, &g) ? TC_YES : TC_NO;
}

static enum tc_answer
endpoint_matches(struct tc_arena *arena, const struct tc_row *demand, const struct tc_row *grant)
{
    const struct tc_cell *d = demand->cells, *g = grant->cells;

    if (d[TRANSPORT].number != g[TRANSPORT].number && g[TRANSPORT].number != TRANSPORT_ALL)
        return TC_NO;
    if (d[PORT].number != g[PORT].number && g[PORT].number != PORT_ALL && d[PORT].number != 0)
        return TC_NO;
    return host_matches(arena, demand, grant);
}

/* ---- reading and writing ---- */

static enum tc_answer
check_endpoint(struct tc_str host, int32_t port, struct tc_span span, struct tc_throw *ret_throw)
{
    if (shape_of(host) == SHAPE_INVALID)
        return tc_throw_at(ret_throw, "ArgumentException", "net_perm_epname", span);
    if (port < PORT_ALL || port > PORT_MAX)
        return tc_throw_at(ret_throw, "ArgumentOutOfRangeException", "net_perm_invalid_val", span);
    return TC_YES;
}

static enum tc_answer
add_endpoint(struct tc_arena *arena, struct tc_perm *perm, const struct tc_form *form, int32_t transport,
             struct tc_str host, int32_t port, struct tc_span span, struct tc_throw *ret_throw)
{
    struct tc_row row = {.form = form, .span = span};

    row.cells = tc_arena_array(arena, struct tc_cell, form->column_count);
    if (row.cells == NULL)
        return tc_throw_nomem(ret_throw);
    row.cells[TRANSPORT] = (struct tc_cell){.present = true, .number = transport};
    row.cells[HOST] = (struct tc_cell){.present = true, .text = host};
    row.cells[PORT] = (struct tc_cell){.present = true, .number = port};
    return tc_perm_append_row(arena, perm, &row) ? TC_YES : tc_throw_nomem(ret_throw);
}

/* Values are taken as written: entities are not decoded. */
static enum tc_answer
read_endpoint(struct tc_arena *arena, struct tc_perm *perm, const struct tc_form *form,
              const struct tc_element *element, struct tc_throw *ret_throw)
{
    struct tc_str host, transport, port;
    int32_t transport_value, port_value = PORT_ALL;
    enum tc_answer answer;

    if (!tc_element_get_raw(element, TC_STR("host"), &host) ||
        !tc_element_get_raw(element, TC_STR("transport"), &transport))
        return tc_throw_at(ret_throw, "ArgumentNullException", "", element->span);
    if (tc_enum_parse(tc_enum(form->columns[TRANSPORT].values), transport, true, &transport_value, NULL) != TC_YES)
        return tc_throw_at(ret_throw, "ArgumentException", "", tc_element_span(element, "transport"));
    if (!tc_element_get_raw(element, TC_STR("port"), &port))
        return tc_throw_at(ret_throw, "ArgumentNullException", "", element->span);
    if (!tc_ordinal_eq(port, TC_STR("All")) && tc_int32_parse(port, &port_value, NULL) != TC_YES)
        return tc_throw_at(ret_throw, "ArgumentException", "net_perm_invalid_val", tc_element_span(element, "port"));
    answer = check_endpoint(TC_STR(""), port_value, tc_element_span(element, "port"), ret_throw);
    if (answer == TC_YES)
        answer = check_endpoint(host, port_value, tc_element_span(element, "host"), ret_throw);
    if (answer != TC_YES)
        return answer;
    return add_endpoint(arena, perm, form, transport_value, host, port_value, element->span, ret_throw);
}

static enum tc_answer
socket_read(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element, struct tc_perm **ret,
            struct tc_throw *ret_throw)
{
    struct tc_perm *perm;
    enum tc_answer answer = tc_element_check_class(arena, cls, element, &tc_net_element_keys, ret_throw);

    if (answer != TC_YES)
        return answer;
    perm = tc_perm_new(arena, cls, element->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    perm->unrestricted = tc_element_is_unrestricted_nocase(arena, element);
    for (size_t i = 0; i < cls->form_count && !perm->unrestricted; i++) {
        struct tc_str outer = tc_net_form_tag(&cls->forms[i], 0), inner = tc_net_form_tag(&cls->forms[i], 1);
        const struct tc_element *list = tc_element_child(element, outer);

        if (list != NULL && list->children == NULL)
            return tc_throw_at(ret_throw, "NullReferenceException", "", list->span);
        for (const struct tc_element *child = list == NULL ? NULL : list->children; child != NULL;
             child = child->next) {
            if (!tc_str_eq(child->tag, inner))
                continue;
            answer = read_endpoint(arena, perm, &cls->forms[i], child, ret_throw);
            if (answer != TC_YES)
                return answer;
        }
    }
    *ret = perm;
    return TC_YES;
}

/* Enum.ToString of a transport: the name, or the number where there is none. */
static struct tc_str
transport_text(struct tc_arena *arena, const struct tc_row *row)
{
    int64_t value = row->cells[TRANSPORT].number;
    const char *name = tc_enum_name(tc_enum(row->form->columns[TRANSPORT].values), value);

    return name == NULL ? tc_int64_text(arena, value) : tc_str_of(name);
}

static bool
write_endpoint(struct tc_arena *arena, const struct tc_row *row, struct tc_element *list)
{
    struct tc_element *element = tc_element_new(arena, tc_net_form_tag(row->form, 1));
    int64_t port = row->cells[PORT].number;

    tc_element_append(list, element);
    return element != NULL && tc_write_text(arena, element, "host", row->cells[HOST].text) &&
           tc_write_raw(arena, element, "transport", transport_text(arena, row)) &&
           tc_write_raw(arena, element, "port", port == PORT_ALL ? TC_STR("All") : tc_int64_text(arena, port));
}

static enum tc_answer
socket_write(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element, struct tc_throw *ret_throw)
{
    if (perm->unrestricted)
        return tc_write_raw(arena, element, "Unrestricted", TC_STR("true")) ? TC_YES : tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < perm->cls->form_count; i++) {
        struct tc_element *list = NULL;

        for (uint32_t j = 0; j < perm->row_count; j++) {
            if (perm->rows[j].form != &perm->cls->forms[i])
                continue;
            if (list == NULL) {
                list = tc_element_new(arena, tc_net_form_tag(&perm->cls->forms[i], 0));
                tc_element_append(element, list);
            }
            if (list == NULL || !write_endpoint(arena, &perm->rows[j], list))
                return tc_throw_nomem(ret_throw);
        }
    }
    return arena->failed ? tc_throw_nomem(ret_throw) : TC_YES;
}

/* ---- the algebra ---- */

static enum tc_answer
socket_subset(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
              const struct tc_perm *grant, struct tc_throw *ret_throw)
{
    bool unknown = false;

    (void)machine;
    if (grant == NULL)
        return !demand->unrestricted && demand->row_count == 0 ? TC_YES : TC_NO;
    if (!tc_perm_same_class(demand, grant))
        return tc_throw_net_target(ret_throw);
    if (grant->unrestricted || demand->unrestricted)
        return grant->unrestricted ? TC_YES : TC_NO;
    for (uint32_t i = 0; i < demand->row_count; i++) {
        const struct tc_row *row = &demand->rows[i];
        enum tc_answer answer = TC_NO;

        for (uint32_t j = 0; j < grant->row_count && answer != TC_YES; j++) {
            enum tc_answer matches;

            if (is_accept(demand, row) != is_accept(grant, &grant->rows[j]))
                continue;
            matches = endpoint_matches(arena, row, &grant->rows[j]);
            answer = matches == TC_NO ? answer : matches;
        }
        if (answer == TC_NO)
            return TC_NO; /* whatever DNS would say of the others */
        unknown |= answer == TC_THROWS;
    }
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    return unknown ? tc_throw_new(ret_throw, TC_UNKNOWN, "") : TC_YES;
}

/* Add @a row unless it is there. @a index knows the rows of @a perm by their hosts, as far as it was asked. */
static bool
add_missing(struct tc_arena *arena, struct tc_perm *perm, struct tc_text_index *index, const struct tc_row *row)
{
    while (index->count < perm->row_count)
        if (!tc_text_index_add(arena, index, perm->rows[index->count].cells[HOST].text, NULL))
            return false;
    for (const struct tc_text_entry *entry = tc_text_index_first(index, row->cells[HOST].text); entry != NULL;
         entry = tc_text_index_next(index, entry)) {
        const struct tc_row *other = &perm->rows[entry - index->entries];

        if (other->form == row->form && same_endpoint(other, row))
            return true;
    }
    return tc_perm_append_row(arena, perm, row);
}

/* The other's endpoints come first; of one's own only those that are not there. */
static enum tc_answer
socket_unite(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret,
             struct tc_throw *ret_throw)
{
    struct tc_text_index index = {.count = 0};
    enum tc_answer answer;

    if (b == NULL)
        return tc_perm_give_copy(arena, a, ret, ret_throw);
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    if (a->unrestricted || b->unrestricted) {
        *ret = tc_perm_new(arena, a->cls, a->span);
        if (*ret == NULL)
            return tc_throw_nomem(ret_throw);
        (*ret)->unrestricted = true;
        return TC_YES;
    }
    answer = tc_perm_give_copy(arena, b, ret, ret_throw);
    for (uint32_t i = 0; i < a->row_count && answer == TC_YES; i++)
        if (!add_missing(arena, *ret, &index, &a->rows[i]))
            answer = tc_throw_nomem(ret_throw);
    return answer;
}

/* The name that two hosts have in common: part by part what is no `*`. The empty slice: nothing. */
static struct tc_str
common_pattern(struct tc_arena *arena, struct tc_str a, struct tc_str b)
{
    struct tc_str x, y, text = {0};
    size_t i = 0, j = 0;

    while (next_part(a, &i, &x) && next_part(b, &j, &y)) {
        if (!tc_str_eq(x, y)) {
            if (tc_str_eq(x, TC_STR("*")))
                x = y;
            else if (!tc_str_eq(y, TC_STR("*")))
                return (struct tc_str){0};
        }
        text = tc_arena_printf(arena, "%.*s%s%.*s", TC_STR_ARG(text), text.len == 0 ? "" : ".", TC_STR_ARG(x));
    }
    return text;
}

/* TC_YES with the common host, TC_NO, or TC_THROWS where only DNS could tell. */
static enum tc_answer
common_host(struct tc_arena *arena, const struct tc_row *a, const struct tc_row *b, struct tc_str *ret)
{
    struct host x = host_of(a), y = host_of(b);
    bool yes;

    *ret = x.text;
    if (x.kind == HOST_EMPTY || y.kind == HOST_EMPTY)
        return x.kind == y.kind ? TC_YES : TC_NO;
    if (is_any_address(x.text))
        return covers_any_address(y.text) ? TC_YES : TC_NO;
    if (is_any_address(y.text)) {
        *ret = y.text;
        return covers_any_address(x.text) ? TC_YES : TC_NO;
    }
    if (is_name(&x) && is_name(&y))
        return tc_ordinal_eq(x.text, y.text) ? TC_YES : TC_NO;
    if ((x.kind != HOST_PATTERN && x.kind != HOST_ADDRESS) || (y.kind != HOST_PATTERN && y.kind != HOST_ADDRESS))
        return TC_THROWS;
    if (x.kind == HOST_PATTERN && y.kind == HOST_PATTERN) {
        *ret = common_pattern(arena, x.text, y.text);
        return ret->len > 0 ? TC_YES : TC_NO;
    }
    if (x.kind == HOST_PATTERN) {
        *ret = y.text;
        yes = pattern_matches_address(arena, x.text, &y);
    } else if (y.kind == HOST_PATTERN) {
        yes = pattern_matches_address(arena, y.text, &x);
    } else {
        yes = same_address(&x, &y);
    }
    return yes ? TC_YES : TC_NO;
}

/* Add what two different endpoints have in common, unless it is there already. */
static enum tc_answer
intersect_endpoints(struct tc_arena *arena, const struct tc_row *a, const struct tc_row *b, struct tc_perm *into,
                    struct tc_throw *ret_throw)
{
    int64_t transport = a->cells[TRANSPORT].number, port = a->cells[PORT].number;
    int64_t other_transport = b->cells[TRANSPORT].number, other_port = b->cells[PORT].number;
    struct tc_str host;
    enum tc_answer answer;

    if (transport == TRANSPORT_ALL)
        transport = other_transport;
    else if (transport != other_transport && other_transport != TRANSPORT_ALL)
        return TC_YES;
    if (port == PORT_ALL)
        port = other_port;
    else if (port != other_port && other_port != PORT_ALL)
        return TC_YES;
    answer = common_host(arena, a, b, &host);
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    if (answer == TC_THROWS)
        return tc_throw_new(ret_throw, TC_UNKNOWN, "");
    if (answer == TC_NO)
        return TC_YES;
    answer = add_endpoint(arena, into, a->form, (int32_t)transport, host, (int32_t)port, a->span, ret_throw);
    for (uint32_t i = 0; i + 1 < into->row_count && answer == TC_YES; i++)
        if (into->rows[i].form == a->form && same_endpoint(&into->rows[i], &into->rows[into->row_count - 1])) {
            into->row_count--; /* it was there */
            break;
        }
    return answer;
}

/* First what stands in both lists, each entry once, then the pairs of the rest. */
static enum tc_answer
intersect_lists(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, const struct tc_form *form,
                struct tc_perm *into, struct tc_throw *ret_throw)
{
    bool *done = tc_arena_array(arena, bool, (size_t)a->row_count + b->row_count);
    bool *done_b = done == NULL ? NULL : done + a->row_count;

    if (done == NULL)
        return tc_throw_nomem(ret_throw);
    for (uint32_t i = 0; i < a->row_count; i++) {
        done[i] = a->rows[i].form != form;
        for (uint32_t j = 0; j < b->row_count && !done[i]; j++) {
            if (done_b[j] || b->rows[j].form != form || !same_endpoint(&a->rows[i], &b->rows[j]))
                continue;
            if (!tc_perm_append_row(arena, into, &a->rows[i]))
                return tc_throw_nomem(ret_throw);
            done[i] = done_b[j] = true;
        }
    }
    for (uint32_t i = 0; i < a->row_count; i++)
        for (uint32_t j = 0; j < b->row_count; j++) {
            enum tc_answer answer;

            if (done[i] || done_b[j] || b->rows[j].form != form)
                continue;
            answer = intersect_endpoints(arena, &a->rows[i], &b->rows[j], into, ret_throw);
            if (answer != TC_YES)
                return answer;
        }
    return TC_YES;
}

static enum tc_answer
socket_intersect(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                 const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw)
{
    struct tc_perm *perm;

    (void)machine;
    if (b == NULL) {
        *ret = NULL;
        return TC_YES;
    }
    if (!tc_perm_same_class(a, b))
        return tc_throw_net_target(ret_throw);
    if (a->unrestricted || b->unrestricted)
        return tc_perm_give_copy(arena, a->unrestricted ? b : a, ret, ret_throw);
    perm = tc_perm_new(arena, a->cls, a->span);
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t i = 0; i < a->cls->form_count; i++) {
        enum tc_answer answer = intersect_lists(arena, a, b, &a->cls->forms[i], perm, ret_throw);

        if (answer != TC_YES)
            return answer;
    }
    *ret = perm->row_count == 0 ? NULL : perm;
    return TC_YES;
}

const struct tc_algebra_ops tc_socket_ops = {socket_read, socket_write, socket_subset, socket_unite, socket_intersect};

/* ---- demands ---- */

enum tc_answer
tc_demand_socket(struct tc_arena *arena, bool accept, int32_t transport, struct tc_str host, int32_t port,
                 struct tc_perm **ret_perm, struct tc_throw *ret_throw)
{
    const struct tc_class *cls = tc_class(TC_CLASS_SOCKET);
    struct tc_perm *perm = tc_perm_new(arena, cls, TC_NOWHERE);
    enum tc_answer answer = check_endpoint(host, port, TC_NOWHERE, ret_throw);

    if (answer != TC_YES)
        return answer;
    if (perm == NULL)
        return tc_throw_nomem(ret_throw);
    answer = add_endpoint(arena, perm, &cls->forms[accept ? TC_FORM_SOCKET_ACCEPT : TC_FORM_SOCKET_CONNECT], transport,
                          host, port, TC_NOWHERE, ret_throw);
    if (answer == TC_YES)
        *ret_perm = perm;
    return answer;
}
