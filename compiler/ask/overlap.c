#include "ask/overlap.h"

#include "ask/atoms.h"
#include "ask/patterns.h"
#include "base/ascii.h"
#include "isolate/reach.h"
#include "isolate/samples.h"
#include "model/algebra_util.h"
#include "model/clauses.h"
#include "model/demand.h"
#include "model/path.h"

#include <string.h>

/* One question; entries are tried pair by pair until one has an answer of yes. */
struct meeting {
    struct tc_arena *arena;
    const struct tc_machine *machine;
    const struct tc_perm *asked, *granted;
    const struct tc_perm *entry; /* of what is granted: the one in hand; NULL: all of it */
    struct tc_overlap *ret;
};

static bool
is_found(const struct meeting *m)
{
    return m->ret->answer == TC_OVERLAP_YES;
}

static void
note_unknown(struct meeting *m, const char *why)
{
    if (m->ret->answer == TC_OVERLAP_NO)
        *m->ret = (struct tc_overlap){.answer = TC_OVERLAP_UNKNOWN, .why = why};
}

/* Whether @a outer allows @a inner. What the framework throws denies. */
static bool
is_within(struct meeting *m, const struct tc_perm *inner, const struct tc_perm *outer)
{
    struct tc_throw thrown = {0};
    enum tc_answer answer = tc_algebra_ops(inner->cls->algebra)->subset(m->arena, m->machine, inner, outer, &thrown);

    if (answer == TC_THROWS && strcmp(thrown.type, "OutOfMemoryException") == 0)
        m->arena->failed = true;
    if (answer == TC_THROWS && strcmp(thrown.type, TC_UNKNOWN) == 0 && inner->cls->algebra != TC_ALGEBRA_WEB)
        note_unknown(m, "the answer depends on name resolution, or on what only the server knows");
    return answer == TC_YES;
}

/* Take @a demand for the answer if both allow it. An empty demand is allowed to everybody, and shows nothing. */
static bool
try_demand(struct meeting *m, const struct tc_perm *demand, struct tc_span span)
{
    if (demand == NULL || is_found(m) || (!demand->unrestricted && tc_perm_is_empty(demand)))
        return is_found(m);
    if (!is_within(m, demand, m->asked) || (m->entry != NULL && !is_within(m, demand, m->entry)) ||
        !is_within(m, demand, m->granted))
        return false;
    *m->ret = (struct tc_overlap){.answer = TC_OVERLAP_YES, .demand = demand, .span = span};
    return true;
}

/* ---- lists ---- */

static struct tc_perm *
with_item(struct meeting *m, size_t field, struct tc_str text)
{
    struct tc_perm *demand = tc_perm_new(m->arena, m->asked->cls, m->granted->span);
    struct tc_item *item = tc_arena_array(m->arena, struct tc_item, 1);

    if (demand == NULL || item == NULL)
        return NULL;
    *item = (struct tc_item){.text = text, .span = m->granted->span};
    demand->values[field].present = true;
    demand->values[field].list = (struct tc_list){.items = item, .count = 1};
    return demand;
}

/* A path of which the framework would say that it is the one below; else itself. */
static struct tc_str
canonical(struct meeting *m, enum tc_field_kind kind, struct tc_str text)
{
    struct tc_str path;
    struct tc_throw ignored;

    return kind == TC_FIELD_PATHS && tc_path_canonical(m->arena, text, &path, &ignored) == TC_YES ? path : text;
}

/* Whether @a host is the server itself, also with its domain behind the name. */
static bool
is_own_host(const struct meeting *m, struct tc_str host)
{
    struct tc_str server = m->machine != NULL ? m->machine->name : TC_STR("");

    return tc_is_host_of(server, host) ||
           (server.len > 0 && tc_ordinal_starts(host, server, NULL) && host.ptr[server.len] == '.');
}

/*
 * Other ways to write the path on a local drive: `\\?\C:\x`, `\\.\C:\x`, `\\localhost\C$\x`. Empty: it is none; then
 * *@a ret_is_share says whether the server shares it, such as ADMIN$, and it may lie on any of its drives.
 */
static struct tc_str
plain_path(struct meeting *m, struct tc_str path, bool *ret_is_share)
{
    size_t end = tc_str_find(path, TC_STR("\\"), 2);
    struct tc_str rest;

    *ret_is_share = false;
    if (!tc_str_starts(path, TC_STR("\\\\")) ||
        !is_own_host(m, tc_str_sub(path, 2, (end == SIZE_MAX ? path.len : end) - 2)))
        return TC_STR("");
    rest = end == SIZE_MAX ? TC_STR("") : tc_str_sub(path, end + 1, SIZE_MAX);
    *ret_is_share = rest.len < 2 || !tc_ascii_is_letter(rest.ptr[0]) || (rest.ptr[1] != '$' && rest.ptr[1] != ':');
    if (*ret_is_share)
        return TC_STR("");
    return tc_arena_printf(m->arena, "%c:%s%.*s", rest.ptr[0], rest.len == 2 ? "\\" : "",
                           TC_STR_ARG(tc_str_sub(rest, 2, SIZE_MAX)));
}

/* The next component of @a path from *@a at on; false at its end. */
static bool
next_component(struct tc_str path, size_t *at, struct tc_str *ret)
{
    size_t end;

    while (*at < path.len && path.ptr[*at] == '\\')
        (*at)++;
    if (*at == path.len)
        return false;
    end = tc_str_find(path, TC_STR("\\"), *at);
    end = end == SIZE_MAX ? path.len : end;
    *ret = tc_str_sub(path, *at, end - *at);
    *at = end;
    return true;
}

/* Whether @a part looks like the 8.3 name of @a whole: PROGRA~1 for "Program Files". */
static bool
is_short_for(struct tc_str part, struct tc_str whole)
{
    size_t tilde = tc_str_find(part, TC_STR("~"), 0), at = 0;

    if (tilde == SIZE_MAX || tilde == 0 || tilde + 1 >= part.len || !tc_ascii_is_digit(part.ptr[tilde + 1]))
        return false;
    for (size_t i = 0; i < whole.len && at < tilde && at < 2; i++) {
        if (whole.ptr[i] == ' ' || whole.ptr[i] == '.')
            continue;
        if (!tc_str_eq_nocase(tc_str_sub(whole, i, 1), tc_str_sub(part, at, 1)))
            return false;
        at++;
    }
    return at > 0;
}

/* Whether one path lies in the other if a short name in one is that of what stands there in the other. */
static bool
may_be_short(struct tc_str a, struct tc_str b)
{
    size_t at_a = 0, at_b = 0;
    struct tc_str x, y;
    bool is_short = false;

    while (next_component(a, &at_a, &x) && next_component(b, &at_b, &y)) {
        if (tc_ordinal_eq(x, y))
            continue;
        if (!is_short_for(x, y) && !is_short_for(y, x))
            return false;
        is_short = true;
    }
    return is_short;
}

static bool
paths_touch(struct tc_str a, struct tc_str b)
{
    return tc_path_covers(a, b) || tc_path_covers(b, a);
}

static bool
is_local(struct tc_str path)
{
    return path.len >= 2 && path.ptr[1] == ':';
}

/* Two paths that do not lie in each other as texts may do so on the disk. */
static void
compare_names(struct meeting *m, struct tc_str asked, struct tc_str granted)
{
    bool is_asked_share, is_granted_share;
    struct tc_str x = plain_path(m, asked, &is_asked_share), y = plain_path(m, granted, &is_granted_share);

    x = x.len == 0 ? asked : x;
    y = y.len == 0 ? granted : y;
    if (is_asked_share != is_granted_share && (is_local(x) || is_local(y)))
        note_unknown(m, "only the server knows which directory it shares by that name");
    else if (paths_touch(x, y))
        note_unknown(m, "one of the two paths may be another name of what the other one names");
    else if (may_be_short(x, y))
        note_unknown(m, "one of the two paths has a short (8.3) name that may stand for the other one");
}

enum { KEY_NAMES_MAX = 8 };

#define ACCOUNT TC_STR("(its account)") /* in data/hives.def: the SID of whoever runs the code */

/* A key under HKEY_USERS by a SID, with whoever that is in its place: nobody knows here. Others as they are. */
static struct tc_str
without_sid(struct meeting *m, struct tc_str key)
{
    const struct tc_str users = TC_STR("HKEY_USERS\\S-1-5-21-");
    size_t end;

    if (!tc_ordinal_starts(key, users, NULL))
        return key;
    end = tc_str_find(key, TC_STR("\\"), users.len);
    return tc_arena_printf(m->arena, "HKEY_USERS\\%.*s%.*s", TC_STR_ARG(ACCOUNT),
                           TC_STR_ARG(tc_str_sub(key, end == SIZE_MAX ? key.len : end, SIZE_MAX)));
}

/* The names under which Windows shows the key, its own first. */
static size_t
names_of_key(struct meeting *m, struct tc_str key, struct tc_str *names)
{
    size_t count = 1, views;
    const struct tc_hive_view *list = tc_hive_views(&views);

    names[0] = without_sid(m, key);
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < views && count < KEY_NAMES_MAX; v++) {
            struct tc_str view = tc_str_of(list[v].key);

            if (tc_path_covers(view, names[i]))
                names[count++] = tc_arena_printf(m->arena, "%s%.*s", list[v].real,
                                                 TC_STR_ARG(tc_str_sub(names[i], view.len, SIZE_MAX)));
        }
    return count;
}

/* Two keys that do not lie in each other as texts may be shown in each other by Windows. */
static void
compare_keys(struct meeting *m, struct tc_str asked, struct tc_str granted)
{
    struct tc_str x[KEY_NAMES_MAX], y[KEY_NAMES_MAX];
    size_t count_x = names_of_key(m, asked, x), count_y = names_of_key(m, granted, y);

    for (size_t i = 0; i < count_x; i++)
        for (size_t j = 0; j < count_y; j++)
            if (paths_touch(x[i], y[j])) {
                note_unknown(m, "Windows may show one of the two keys under the name of the other one");
                return;
            }
}

static void
meet_items(struct meeting *m, size_t field, const struct tc_item *asked, const struct tc_item *granted)
{
    enum tc_field_kind kind = m->asked->cls->fields[field].kind;
    struct tc_str x = canonical(m, kind, asked->text), y = canonical(m, kind, granted->text);

    if (kind == TC_FIELD_PATHS && !paths_touch(x, y)) { /* discovery reaches above: no part of what is named */
        compare_names(m, x, y);
        return;
    }
    m->entry = with_item(m, field, y);
    /* the inner one first: discovery would allow the outer one as well */
    if (kind == TC_FIELD_PATHS && tc_path_covers(x, y))
        try_demand(m, m->entry, granted->span);
    if (!try_demand(m, with_item(m, field, x), granted->span))
        try_demand(m, m->entry, granted->span);
    m->entry = NULL;
    if (kind == TC_FIELD_KEYS && !is_found(m))
        compare_keys(m, x, y);
}

/* Every file, or every local file, of one side; @a other is the list of the other side. */
static void
meet_all(struct meeting *m, size_t field, const struct tc_list *all, const struct tc_list *other, struct tc_span span)
{
    for (uint32_t i = 0; i < other->count && !is_found(m); i++) {
        struct tc_str path = canonical(m, TC_FIELD_PATHS, other->items[i].text);

        if (try_demand(m, with_item(m, field, path), span) || all->all)
            continue;
        if (tc_path_drive(path) >= 0)
            note_unknown(m, "whether that drive is a local one is not known here");
    }
    if (other->all || other->all_local) {
        if (!try_demand(m, with_item(m, field, TC_STR("C:\\")), span))
            note_unknown(m, "which drives are local ones is not known here");
    }
}

static void
meet_lists(struct meeting *m, size_t field)
{
    const struct tc_value *a = &m->asked->values[field], *b = &m->granted->values[field];

    if (!a->present || !b->present)
        return;
    for (uint32_t i = 0; i < a->list.count && !is_found(m); i++)
        for (uint32_t j = 0; j < b->list.count && !is_found(m); j++)
            meet_items(m, field, &a->list.items[i], &b->list.items[j]);
    if (!is_found(m) && (b->list.all || b->list.all_local))
        meet_all(m, field, &b->list, &a->list, TC_NOWHERE);
    for (uint32_t j = 0; j < b->list.count && !is_found(m) && (a->list.all || a->list.all_local); j++) {
        struct tc_list one = {.items = &b->list.items[j], .count = 1};

        meet_all(m, field, &a->list, &one, b->list.items[j].span);
    }
}

/* ---- rows ---- */

static struct tc_perm *
with_row(struct meeting *m, const struct tc_row *row)
{
    struct tc_perm *demand = tc_perm_new(m->arena, m->asked->cls, m->granted->span);

    return demand != NULL && tc_perm_append_row(m->arena, demand, row) ? demand : NULL;
}

static bool
is_any(const struct tc_cell *cell, const struct tc_column *column)
{
    if (column->kind == TC_COLUMN_TEXT)
        return tc_str_eq(cell->text, TC_STR("*"));
    if (column->kind == TC_COLUMN_CHOICE) {
        const struct tc_enum_value *value = tc_enum_by_value(tc_enum(column->values), cell->number);

        /* TransportType.All of sockets, "*" of key stores */
        return value != NULL && (strcmp(value->xml, "All") == 0 || strcmp(value->xml, "*") == 0);
    }
    return (column->kind == TC_COLUMN_NUMBER || column->kind == TC_COLUMN_PORT) && cell->number == -1;
}

/* The bits that two masks have in common, as the widest word for a part of them: not every bit has a name alone. */
static int64_t
named_bits(const struct tc_column *column, int64_t bits)
{
    const struct tc_enum *names = tc_enum(column->values);
    int64_t best = 0;

    for (size_t i = 0; i < names->count; i++)
        if ((names->values[i].value & ~bits) == 0 && names->values[i].value > best)
            best = names->values[i].value;
    return best != 0 ? best : bits;
}

/* What two cells have in common; false when nothing. */
static bool
meet_cells(const struct tc_column *column, const struct tc_cell *a, const struct tc_cell *b, struct tc_cell *ret)
{
    *ret = *a;
    if (a->present != b->present)
        *ret = a->present ? *a : *b;
    if (a->present != b->present || is_any(b, column))
        return true;
    if (is_any(a, column)) {
        *ret = *b;
        return true;
    }
    if (column->kind == TC_COLUMN_FLAGS) {
        ret->number = named_bits(column, a->number & b->number);
        return ret->number != 0;
    }
    return column->kind == TC_COLUMN_TEXT ? tc_ordinal_eq(a->text, b->text) : a->number == b->number;
}

/* A name instead of `*` where both sides leave it open. */
static void
make_concrete(struct meeting *m, struct tc_row *row)
{
    enum tc_algebra algebra = m->asked->cls->algebra;

    for (size_t c = 0; c < row->form->column_count; c++) {
        const struct tc_column *column = &row->form->columns[c];
        struct tc_cell *cell = &row->cells[c];

        if (!cell->present || !is_any(cell, column))
            continue;
        if (algebra == TC_ALGEBRA_RESOURCE_TREE && column->depth == 0)
            cell->text = TC_STR(".");
        else if (column->kind == TC_COLUMN_PORT)
            cell->number = 80;
        else if (algebra == TC_ALGEBRA_SOCKET && column->kind == TC_COLUMN_CHOICE)
            cell->number = tc_enum_find(tc_enum(column->values), TC_STR("tcp"))->value;
    }
}

static struct tc_row
copy_row(struct meeting *m, const struct tc_row *row)
{
    struct tc_row copy = *row;

    copy.settled = false;
    copy.cells = tc_arena_array(m->arena, struct tc_cell, row->form->column_count);
    if (copy.cells != NULL)
        memcpy(copy.cells, row->cells, row->form->column_count * sizeof *copy.cells);
    return copy;
}

/* Cell by cell. */
static void
meet_cellwise(struct meeting *m, const struct tc_row *asked, const struct tc_row *granted)
{
    struct tc_row row = copy_row(m, asked), concrete;

    if (row.cells == NULL)
        return;
    for (size_t c = 0; c < row.form->column_count; c++)
        if (!meet_cells(&row.form->columns[c], &asked->cells[c], &granted->cells[c], &row.cells[c]))
            return;
    concrete = copy_row(m, &row);
    if (concrete.cells == NULL)
        return;
    make_concrete(m, &concrete);
    if (!try_demand(m, with_row(m, &concrete), granted->span))
        try_demand(m, with_row(m, &row), granted->span);
}

/* ---- connections ---- */

enum { CONNECTION, KEYS };

/* @a text and one key of @a keys, which are written `key=;key=;`, at a time. */
static void
try_keys(struct meeting *m, struct tc_str text, struct tc_str keys, struct tc_span span)
{
    struct tc_str key;

    while (!is_found(m) && tc_str_next_part(&keys, ";", &key)) {
        struct tc_perm *demand = NULL;
        struct tc_throw ignored;
        struct tc_str more;

        key = tc_str_trim(key);
        more = tc_arena_printf(m->arena, "%.*s%s%.*s%sx", TC_STR_ARG(text), text.len > 0 ? ";" : "", TC_STR_ARG(key),
                               tc_str_has(key, '=') ? "" : "=");
        if (key.len > 0 && tc_demand_connection(m->arena, m->asked->cls, more, &demand, &ignored) == TC_YES)
            try_demand(m, demand, span);
    }
}

static bool
try_connection(struct meeting *m, struct tc_str text, struct tc_span span)
{
    struct tc_perm *demand = NULL;
    struct tc_throw ignored;

    return text.len > 0 && tc_demand_connection(m->arena, m->asked->cls, text, &demand, &ignored) == TC_YES &&
           try_demand(m, demand, span);
}

/* A demand has to name what either entry names, and no more: what more it names can only be refused. So both together
 * are tried, and with a password where one is missing; where neither names anything, a string with one thing in it. */
static void
meet_connections(struct meeting *m, const struct tc_row *asked, const struct tc_row *granted)
{
    static const char *const more[] = {
        "", ";password=x", "data source=x", "initial catalog=x", "connect timeout=30", "provider=x"};
    struct tc_str x = asked->cells[CONNECTION].text, y = granted->cells[CONNECTION].text;
    const char *between = x.len > 0 && y.len > 0 ? ";" : "";
    struct tc_str texts[] = {x, y, tc_arena_printf(m->arena, "%.*s%s%.*s", TC_STR_ARG(x), between, TC_STR_ARG(y)),
                             tc_arena_printf(m->arena, "%.*s%s%.*s", TC_STR_ARG(y), between, TC_STR_ARG(x))};

    for (size_t i = 0; i < sizeof more / sizeof *more && !is_found(m); i++)
        for (size_t j = 0; j < sizeof texts / sizeof *texts && !is_found(m); j++)
            try_connection(m, tc_arena_printf(m->arena, "%.*s%s", TC_STR_ARG(texts[j]), more[i]), granted->span);
    for (size_t j = 2; j < sizeof texts / sizeof *texts && !is_found(m); j++) {
        try_keys(m, texts[j], asked->cells[KEYS].text, granted->span);
        try_keys(m, texts[j], granted->cells[KEYS].text, granted->span);
    }
    /* an entry that no string alone meets, as one with a user and without a password */
    if (x.len > 0 && !is_found(m))
        try_demand(m, with_row(m, asked), granted->span);
    if (y.len > 0 && !is_found(m))
        try_demand(m, with_row(m, granted), granted->span);
}

/* ---- URLs ---- */

static bool
is_pattern(const struct tc_row *row)
{
    return row->cells[0].number == TC_WEB_PATTERN;
}

static bool
try_url(struct meeting *m, const struct tc_row *row, struct tc_str url, struct tc_span span)
{
    struct tc_row demand = copy_row(m, row);

    if (demand.cells == NULL)
        return false;
    demand.cells[0] = (struct tc_cell){.present = true, .number = TC_WEB_URI, .text = url};
    return try_demand(m, with_row(m, &demand), span);
}

/* Texts that the automata of both accept are tried out first; where that fails, what is known of either. */
static void
meet_patterns(struct meeting *m, const struct tc_row *asked, const struct tc_row *granted)
{
    struct tc_str x = asked->cells[0].text, y = granted->cells[0].text, url;

    if (!tc_patterns_meet(m->arena, x, y, TC_URL_ANY, &url))
        return;
    for (int shape = TC_URL_PLAIN; shape < TC_URL_ANY && !is_found(m); shape++)
        if (tc_patterns_meet(m->arena, x, y, (enum tc_url_shape)shape, &url) && url.len > 0)
            try_url(m, asked, url, granted->span);
    for (int side = 0; side < 2 && !is_found(m); side++) {
        struct tc_samples samples;

        tc_samples_make(m->arena, side == 0 ? x : y, &samples);
        for (size_t i = 0; i < samples.count && !is_found(m); i++)
            try_url(m, asked, samples.items[i].url, granted->span);
    }
    if (!is_found(m))
        note_unknown(m, "whether a URL fits both patterns cannot be worked out here");
}

/* One URL that a pattern accepts. */
static void
try_pattern(struct meeting *m, const struct tc_row *row, struct tc_span span)
{
    struct tc_str pattern = row->cells[0].text, url;

    for (int shape = TC_URL_PLAIN; shape < TC_URL_ANY && !is_found(m); shape++)
        if (tc_patterns_meet(m->arena, pattern, TC_STR(".*"), (enum tc_url_shape)shape, &url) && url.len > 0)
            try_url(m, row, url, span);
}

static void
meet_urls(struct meeting *m, const struct tc_row *asked, const struct tc_row *granted)
{
    if (is_pattern(asked) && is_pattern(granted))
        meet_patterns(m, asked, granted);
    else
        try_demand(m, with_row(m, is_pattern(asked) ? granted : asked), granted->span);
}

/* ---- sockets ---- */

/* Numbers for the parts of a host that are left open: 10.0.*.* is also 10.0.10.10. */
static struct tc_str
concrete_host(struct meeting *m, struct tc_str host)
{
    struct tc_buf out = {0};

    for (size_t at = 0; at <= host.len;) {
        size_t end = tc_str_find(host, TC_STR("."), at);
        struct tc_str part;

        end = end == SIZE_MAX ? host.len : end;
        part = tc_str_sub(host, at, end - at);
        tc_buf_puts(&out, at == 0 ? TC_STR("") : TC_STR("."));
        tc_buf_puts(&out, tc_str_is(part, "*") ? TC_STR("10") : part);
        at = end + 1;
    }
    return tc_arena_take(m->arena, &out);
}

enum { SOCKET_HOST = 1, SOCKET_PORT = 2 };

static void
meet_endpoints(struct meeting *m, const struct tc_row *asked, const struct tc_row *granted)
{
    struct tc_perm *x = with_row(m, asked), *y = with_row(m, granted), *both = NULL;
    struct tc_throw thrown = {0};
    enum tc_answer answer =
        x == NULL || y == NULL
            ? TC_NO
            : tc_algebra_ops(TC_ALGEBRA_SOCKET)->intersect(m->arena, m->machine, x, y, &both, &thrown);

    if (answer == TC_THROWS && strcmp(thrown.type, TC_UNKNOWN) == 0)
        note_unknown(m, "whether a name and an address are one host only DNS could tell");
    if (answer == TC_THROWS)
        return;
    for (uint32_t i = 0; both != NULL && i < both->row_count && !is_found(m); i++) {
        struct tc_row row = copy_row(m, &both->rows[i]);

        if (row.cells == NULL)
            return;
        make_concrete(m, &row);
        row.cells[SOCKET_HOST].text = concrete_host(m, row.cells[SOCKET_HOST].text);
        if (!try_demand(m, with_row(m, &row), granted->span))
            try_demand(m, with_row(m, &both->rows[i]), granted->span);
    }
    if (asked->cells[SOCKET_PORT].number == 0) /* any free one: allowed with any port */
        try_demand(m, x, granted->span);
}

/* ---- all of it ---- */

static void
meet_rows(struct meeting *m, const struct tc_row *asked, const struct tc_row *granted)
{
    enum tc_algebra algebra = m->asked->cls->algebra;

    if (algebra == TC_ALGEBRA_MESSAGE_QUEUE && asked->form != granted->form) {
        note_unknown(m, "which queues meet a criterion only the directory service knows");
        return;
    }
    if (asked->form != granted->form)
        return;
    if (algebra != TC_ALGEBRA_DB_DATA) /* there entries overrule each other */
        m->entry = with_row(m, granted);
    if (algebra == TC_ALGEBRA_WEB)
        meet_urls(m, asked, granted);
    else if (algebra == TC_ALGEBRA_SOCKET)
        meet_endpoints(m, asked, granted);
    else if (algebra == TC_ALGEBRA_DB_DATA)
        meet_connections(m, asked, granted);
    else
        meet_cellwise(m, asked, granted);
    m->entry = NULL;
}

static void
meet_bits(struct meeting *m, size_t field)
{
    const struct tc_value *a = &m->asked->values[field], *b = &m->granted->values[field];

    for (uint64_t bit = 1; a->present && b->present && bit != 0 && bit <= (a->bits & b->bits) && !is_found(m);
         bit <<= 1) {
        struct tc_perm *demand =
            (a->bits & b->bits & bit) == 0 ? NULL : tc_perm_new(m->arena, m->asked->cls, m->granted->span);

        if (demand == NULL)
            continue;
        demand->values[field].present = true;
        demand->values[field].bits = bit;
        try_demand(m, demand, TC_NOWHERE);
    }
}

/* A level or number: what is granted has to reach it. */
static void
meet_number(struct meeting *m, size_t field)
{
    struct tc_perm *demand = tc_perm_new(m->arena, m->asked->cls, m->granted->span);

    if (demand == NULL || !m->asked->values[field].present)
        return;
    demand->values[field] = m->asked->values[field];
    try_demand(m, demand, TC_NOWHERE);
}

/* One side has everything: what the other one has, concretely, is common. */
struct everything {
    struct meeting *meeting;
    bool is_granted; /* the atoms are of what is granted */
};

static bool
is_execution(const struct tc_perm *atom)
{
    return atom->cls == tc_class(TC_CLASS_SECURITY) && !atom->unrestricted && atom->values[0].present &&
           atom->values[0].bits == (uint64_t)tc_enum_find(tc_enum(TC_ENUM_SECURITY_FLAGS), TC_STR("Execution"))->value;
}

static bool
take_atom(void *state, const struct tc_perm *atom)
{
    struct everything *e = state;
    struct meeting *m = e->meeting;
    const struct tc_perm *demand = tc_atom_demand(m->arena, atom);
    struct tc_span span = e->is_granted && atom->row_count > 0 ? atom->span : TC_NOWHERE;

    if (e->is_granted && is_execution(atom))
        return true;
    for (size_t i = 0; i < atom->cls->field_count; i++)
        if (atom->values[i].present && tc_is_list_field(atom->cls->fields[i].kind) &&
            (atom->values[i].list.all || atom->values[i].list.all_local))
            try_demand(m, with_item(m, i, TC_STR("C:\\")), span);
    if (!is_found(m) && atom->row_count == 1) {
        struct tc_row row = copy_row(m, &atom->rows[0]);

        if (row.cells == NULL)
            return false;
        make_concrete(m, &row);
        if (m->asked->cls->algebra == TC_ALGEBRA_SOCKET)
            row.cells[SOCKET_HOST].text = concrete_host(m, row.cells[SOCKET_HOST].text);
        if (m->asked->cls->algebra == TC_ALGEBRA_DB_DATA)
            try_connection(m, row.cells[CONNECTION].text, span);
        if (m->asked->cls->algebra == TC_ALGEBRA_WEB && is_pattern(&row)) {
            if (!try_demand(m, demand, span))
                try_pattern(m, &row, span);
        } else {
            try_demand(m, with_row(m, &row), span);
        }
    }
    if (!is_found(m) && !try_demand(m, demand, span))
        try_demand(m, atom, span);
    return !is_found(m);
}

/* Queues are looked up on the server, so even an unrestricted demand has no answer: one criterion has. */
static struct tc_perm *
one_queue(struct meeting *m)
{
    struct tc_cell cells[] = {{true, 0, TC_STR(".")}, {0}, {0}, {true, 0, TC_STR("")}};
    struct tc_row row = {.form = &m->asked->cls->forms[TC_FORM_MESSAGE_QUEUE_CRITERIA], .cells = cells};

    cells[3].number = tc_enum_find(tc_enum(row.form->columns[3].values), TC_STR("Browse"))->value;
    row = copy_row(m, &row);
    return row.cells == NULL ? NULL : with_row(m, &row);
}

static void
meet_everything(struct meeting *m)
{
    struct everything e = {m, .is_granted = m->asked->unrestricted};

    if (m->asked->unrestricted && m->granted->unrestricted)
        try_demand(m, m->asked->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE ? one_queue(m) : m->asked, TC_NOWHERE);
    else
        tc_atoms(m->arena, e.is_granted ? m->granted : m->asked, take_atom, &e);
}

static void
meet_fields(struct meeting *m)
{
    for (size_t i = 0; i < m->asked->cls->field_count && !is_found(m); i++) {
        enum tc_field_kind kind = m->asked->cls->fields[i].kind;

        if (tc_is_list_field(kind))
            meet_lists(m, i);
        else if (kind == TC_FIELD_FLAGS)
            meet_bits(m, i);
        else if (m->asked->values[i].present && (kind == TC_FIELD_TEXT || m->asked->values[i].number != 0))
            meet_number(m, i);
    }
}

/* Entries of unlike kinds that can cover each other: flags for all key containers and those for one. */
static bool
take_part(void *state, const struct tc_perm *atom)
{
    struct meeting *m = state;

    return !try_demand(m, atom, atom->span);
}

/* One container with each right: flags for all of them, and entries that hold instead, are not united. */
static void
try_container(struct meeting *m, const struct tc_row *container)
{
    size_t flags = container->form->column_count - 1;
    const struct tc_enum *names = tc_enum(container->form->columns[flags].values);

    for (size_t i = 0; i < names->count && !is_found(m); i++) {
        struct tc_row row = copy_row(m, container);

        if (row.cells == NULL || names->values[i].value == 0)
            continue;
        row.cells[flags] = (struct tc_cell){.present = true, .number = names->values[i].value};
        try_demand(m, with_row(m, &row), container->span);
    }
}

/* One of the containers that @a row names: what it leaves open is something that no other entry is likely to name. */
static void
try_containers(struct meeting *m, const struct tc_row *row)
{
    const struct tc_cell some[] = {{true, 0, {NULL, 0}},
                                   {true, 0, TC_STR("Microsoft Base Cryptographic Provider v1.0")},
                                   {true, 1, {NULL, 0}},
                                   {true, 0, TC_STR("container")},
                                   {true, 1, {NULL, 0}}};

    try_container(m, row);
    for (int64_t way = 0; way < 8 && !is_found(m); way++) {
        struct tc_row one = copy_row(m, row);

        for (size_t c = 0; one.cells != NULL && c < sizeof some / sizeof *some; c++)
            if (is_any(&one.cells[c], &row->form->columns[c]))
                one.cells[c] = c == 0   ? (struct tc_cell){true, way % 2, TC_STR("")}
                               : c == 4 ? (struct tc_cell){true, 1 + way / 2 % 2, TC_STR("")}
                               : c == 2 ? (struct tc_cell){true, way < 4 ? 1 : 24, TC_STR("")}
                                        : some[c];
        if (one.cells != NULL)
            try_container(m, &one);
    }
}

static void
meet_containers(struct meeting *m)
{
    struct tc_cell open[] = {{true, 2, TC_STR("")},  {true, 0, TC_STR("*")}, {true, -1, TC_STR("")},
                             {true, 0, TC_STR("*")}, {true, -1, TC_STR("")}, {true, 0, TC_STR("")}};
    const struct tc_row any = {.form = &m->asked->cls->forms[TC_FORM_KEY_CONTAINER_CONTAINER], .cells = open};

    for (uint32_t i = 0; i < m->asked->row_count && !is_found(m); i++)
        try_containers(m, &m->asked->rows[i]);
    for (uint32_t i = 0; i < m->granted->row_count && !is_found(m); i++)
        try_containers(m, &m->granted->rows[i]);
    if (!is_found(m))
        try_containers(m, &any);
}

static bool
names_any(const struct tc_perm *perm)
{
    for (size_t f = 0; f < perm->cls->field_count; f++)
        if (perm->cls->fields[f].kind == TC_FIELD_TEXT && tc_str_has(perm->values[f].text, '*'))
            return true;
    for (uint32_t i = 0; i < perm->row_count; i++)
        for (size_t c = 0; c < perm->rows[i].form->column_count; c++)
            if (tc_str_has(perm->rows[i].cells[c].text, '*'))
                return true;
    return false;
}

static void
meet_parts(struct meeting *m)
{
    enum tc_algebra algebra = m->asked->cls->algebra;

    if (is_found(m) || (algebra != TC_ALGEBRA_KEY_CONTAINER && algebra != TC_ALGEBRA_IDENTITY &&
                        algebra != TC_ALGEBRA_MESSAGE_QUEUE && algebra != TC_ALGEBRA_OPAQUE))
        return;
    if (tc_atoms(m->arena, m->asked, take_part, m))
        tc_atoms(m->arena, m->granted, take_part, m);
    if (algebra == TC_ALGEBRA_KEY_CONTAINER)
        meet_containers(m);
    if (algebra == TC_ALGEBRA_IDENTITY &&
        (m->asked->cls == tc_class(TC_CLASS_STRONG_NAME_IDENTITY) || names_any(m->asked) || names_any(m->granted)))
        note_unknown(m, "what two identities have in common is not worked out here");
}

bool
tc_overlap(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *asked,
           const struct tc_perm *granted, struct tc_overlap *ret)
{
    struct meeting m = {arena, machine, asked, granted, NULL, ret};

    *ret = (struct tc_overlap){.answer = TC_OVERLAP_NO};
    if (!tc_perm_same_class(asked, granted))
        return true;
    if (asked->cls->assembly == TC_ASM_COUNT_) {
        *ret = (struct tc_overlap){.answer = TC_OVERLAP_YES, .demand = asked, .span = granted->span};
        return true;
    }
    if (asked->unrestricted || granted->unrestricted) {
        meet_everything(&m);
        return !arena->failed;
    }
    meet_fields(&m);
    for (uint32_t i = 0; i < asked->row_count && !is_found(&m); i++)
        for (uint32_t j = 0; j < granted->row_count && !is_found(&m); j++)
            meet_rows(&m, &asked->rows[i], &granted->rows[j]);
    meet_parts(&m);
    return !arena->failed;
}
