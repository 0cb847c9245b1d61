/* Child elements of permissions: endpoints, machines, queues, connection strings. */
#include "check/values.h"

#include "base/ascii.h"
#include "base/map.h"
#include "model/algebra_net.h"
#include "model/connection.h"

#include <string.h>

/* ---- hosts and ports ---- */

/* The host inside a URL, or before a port; all of @a text when it is neither. */
static struct tc_str
host_in(struct tc_str text)
{
    size_t scheme = tc_str_find(text, TC_STR("://"), 0);
    size_t end = 0;

    if (scheme != SIZE_MAX)
        text = tc_str_sub(text, scheme + 3, SIZE_MAX);
    while (end < text.len && text.ptr[end] != '/' && text.ptr[end] != ':' && text.ptr[end] != '?')
        end++;
    return tc_str_sub(text, 0, end);
}

/* Four parts of digits or `*`. */
static bool
is_pattern(struct tc_str text)
{
    size_t dots = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (!tc_ascii_is_digit(text.ptr[i]) && text.ptr[i] != '.' && text.ptr[i] != '*')
            return false;
        dots += text.ptr[i] == '.';
        if (text.ptr[i] == '.' && (i == 0 || i + 1 == text.len || text.ptr[i - 1] == '.'))
            return false;
    }
    return dots == 3;
}

/* The characters that a host of an endpoint may have: a name, an address or a pattern (permissions 10). */
static bool
is_host_text(struct tc_str text)
{
    bool colon = tc_str_has(text, ':') || tc_str_has(text, '%');

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_hex = tc_ascii_hex(c) >= 0;
        bool is_name = c == '-' || c == '_' || c == '*' || tc_ascii_is_letter(c);

        if (colon ? !(is_hex || c == '.' || c == ':' || c == '%') : !(is_hex || is_name || c == '.'))
            return false;
    }
    return true;
}

/* `10.0.0.0/8` as a pattern, where its mask ends between two parts; else empty. */
static struct tc_str
net_pattern(struct tc_arena *arena, struct tc_str text)
{
    size_t slash = tc_str_find(text, TC_STR("/"), 0), at = 0;
    struct tc_str mask, pattern = TC_STR("");
    int parts;

    if (slash == SIZE_MAX || !is_pattern(tc_str_sub(text, 0, slash)))
        return TC_STR("");
    mask = tc_str_sub(text, slash + 1, SIZE_MAX);
    parts = tc_str_eq(mask, TC_STR("8"))    ? 1
            : tc_str_eq(mask, TC_STR("16")) ? 2
            : tc_str_eq(mask, TC_STR("24")) ? 3
                                            : 0;
    for (int i = 0; i < parts; i++)
        at = tc_str_find(text, TC_STR("."), at) + 1;
    if (parts > 0)
        pattern = tc_arena_printf(arena, "%.*s%s", (int)at, text.ptr, &"*.*.*"[2 * (parts - 1)]);
    return pattern;
}

static void
check_host(struct tc_check_perm *p, const struct tc_element_attribute *attribute)
{
    struct tc_check *check = p->check;
    struct tc_str text = attribute->value, host = host_in(text);
    struct tc_diag *diag;
    bool is_read = is_host_text(text);
    size_t colons = 0;

    for (size_t i = 0; i < text.len; i++)
        colons += text.ptr[i] == ':';
    if (tc_str_has(text, '$')) {
        p->explained |= !is_read; /* a token: what it becomes is not known here */
        return;
    }
    if (is_read && (!tc_str_has(text, '*') || is_pattern(text)) && colons != 1)
        return;
    if (is_read && colons != 1) {
        diag = tc_check_report(check, TC_CHECK_SOCKET_HOST, attribute->value_span,
                               "'%.*s' is no pattern: it is taken for the name of one host, which nobody has",
                               TC_STR_ARG(text));
        if (tc_str_eq(text, TC_STR("*"))) {
            tc_diag_help(check->diags, diag, "any host is '*.*.*.*'");
            tc_diag_edit(check->diags, diag, attribute->value_span, "*.*.*.*");
            diag->is_unsafe = true;
        } else {
            tc_diag_help(check->diags, diag, "name each host, or write an address of four parts as in '10.0.*.*'");
        }
        p->explained = true;
        return;
    }
    diag =
        tc_check_report(check, TC_CHECK_SOCKET_HOST, attribute->value_span,
                        "'%.*s' is no host: a name, an address or a pattern as '10.0.*.*' is wanted", TC_STR_ARG(text));
    if (net_pattern(check->arena, text).len > 0) {
        struct tc_str pattern = net_pattern(check->arena, text);

        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(pattern));
        tc_diag_edit(check->diags, diag, attribute->value_span, "%.*s", TC_STR_ARG(pattern));
        diag->is_unsafe = true;
    } else if (host.len > 0 && host.len < text.len && is_host_text(host) && !tc_str_has(text, ',') &&
               !tc_str_has(host, ' ')) {
        tc_diag_help(check->diags, diag, "write the host alone: '%.*s'", TC_STR_ARG(host));
        tc_diag_edit(check->diags, diag, attribute->value_span, "%.*s", TC_STR_ARG(host));
        diag->is_unsafe = true;
    } else {
        tc_diag_help(check->diags, diag, "write an endpoint for each host");
    }
    tc_check_note_loss(p, diag);
    p->explained = true;
}

static void
check_port(struct tc_check_perm *p, const struct tc_element_attribute *attribute)
{
    enum { PORT_MAX = 65535 };
    struct tc_check *check = p->check;
    struct tc_str text = attribute->value;
    struct tc_diag *diag;
    int32_t port;

    if (tc_str_eq_nocase(text, TC_STR("All")) ||
        (tc_int32_parse(text, &port, NULL) == TC_YES && port >= -1 && port <= PORT_MAX))
        return;
    if (tc_str_has(text, '$') && tc_check_has_bad_token(check, text, 0)) {
        p->explained = true;
        return;
    }
    diag = tc_check_report(check, TC_CHECK_BAD_NUMBER, attribute->value_span, "'%.*s' is no port: 0 to 65535 or 'All'",
                           TC_STR_ARG(text));
    if (tc_str_eq(text, TC_STR("*")) || tc_str_eq_nocase(tc_trim_white(text), TC_STR("any")) ||
        tc_str_eq_nocase(tc_trim_white(text), TC_STR("All"))) {
        tc_diag_help(check->diags, diag, "write 'All'");
        tc_diag_edit(check->diags, diag, attribute->value_span, "All");
        diag->is_unsafe = true;
    } else if (tc_str_has(text, ',') || tc_str_has(text, '-') || tc_str_has(text, ';')) {
        tc_diag_help(check->diags, diag, "write an endpoint for each port");
    } else {
        tc_diag_help(check->diags, diag, "write the number of the port");
    }
    tc_check_note_loss(p, diag);
    p->explained = true;
}

/* ---- connection strings ---- */

static enum tc_connection_rules
rules_of(const struct tc_class *cls)
{
    if (cls == tc_class(TC_CLASS_SQL_CLIENT))
        return TC_CONNECTION_SQL;
    return cls == tc_class(TC_CLASS_ODBC) ? TC_CONNECTION_ODBC : TC_CONNECTION_OLE_DB;
}

/* The first keyword of @a raw that the provider does not know, as far as the text can be cut at `;` and `=`. */
static struct tc_str
unknown_keyword(struct tc_check *check, enum tc_connection_rules rules, struct tc_str raw)
{
    for (size_t at = 0; at < raw.len;) {
        size_t end = tc_str_find(raw, TC_STR(";"), at);
        struct tc_str pair = tc_str_sub(raw, at, (end == SIZE_MAX ? raw.len : end) - at), key;
        struct tc_connection connection;
        struct tc_throw thrown = {.type = "", .key = ""};

        key = tc_trim_white(tc_str_sub(pair, 0, tc_str_find(pair, TC_STR("="), 0)));
        if (key.len > 0 && key.len < pair.len && !tc_str_has(key, '&') &&
            tc_connection_parse(check->arena, rules, tc_arena_printf(check->arena, "%.*s=x", TC_STR_ARG(key)),
                                &connection, &thrown) == TC_THROWS &&
            strcmp(thrown.key, "ADP_KeywordNotSupported") == 0)
            return key;
        at = end == SIZE_MAX ? raw.len : end + 1;
    }
    return (struct tc_str){0};
}

static void
help_keyword(struct tc_check *check, struct tc_diag *diag, struct tc_span span, struct tc_str key)
{
    static const char *const keywords[] = {
#define TC_KEYWORD(spelling, canonical) spelling,
#include "data/keywords.def"
    };
    struct tc_check_near near = tc_check_near_to(key);

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        tc_check_near_try(&near, tc_str_of(keywords[i]));
    if (near.best.len == 0) {
        tc_diag_help(check->diags, diag, "take it out, or write the keyword that SqlClient has for it");
        return;
    }
    tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(near.best));
    tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(near.best));
    diag->is_unsafe = true;
}

static void
check_connection(struct tc_check_perm *p, const struct tc_element_attribute *attribute, bool is_keys)
{
    struct tc_check *check = p->check;
    enum tc_connection_rules rules = rules_of(p->cls);
    struct tc_str raw = attribute->value, text = tc_element_decode(check->arena, raw), key;
    struct tc_connection connection;
    struct tc_connection_keys keys;
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_span span = attribute->value_span;
    struct tc_diag *diag;
    enum tc_answer answer;

    text = tc_element_decode(check->arena, text); /* the class does so once more */
    answer = is_keys ? tc_connection_parse_keys(check->arena, rules, text, &keys, &thrown)
                     : tc_connection_parse(check->arena, rules, text, &connection, &thrown);
    if (answer != TC_THROWS)
        return;
    key = strcmp(thrown.key, "ADP_KeywordNotSupported") == 0 ? unknown_keyword(check, rules, raw) : TC_STR("");
    if (key.len > 0) {
        size_t begin = (size_t)(key.ptr - raw.ptr);

        span = tc_check_value_span(attribute, begin, begin + key.len);
        diag = tc_check_report(check, TC_CHECK_CONNECTION_STRING, span, "SqlClient has no keyword '%.*s'",
                               TC_STR_ARG(key));
        help_keyword(check, diag, span, key);
    } else {
        diag = tc_check_report(check, TC_CHECK_CONNECTION_STRING, span, "'%.*s' is no %s: the framework throws %s",
                               TC_STR_ARG(raw), is_keys ? "list of keys" : "connection string", thrown.type);
        tc_diag_help(check->diags, diag,
                     is_keys ? "write 'key=;key=;'" : "write 'key=value;key=value', with quotes in pairs");
    }
    tc_check_note_loss(p, diag);
    p->explained = true;
}

/* ---- trees of names ---- */

/* Names beside each other: of equal ones the last counts, and beside `*` none (permissions 14). */
static void
check_names(struct tc_check_perm *p, const struct tc_element *parent, size_t level)
{
    const struct tc_form *form = &p->cls->forms[0];
    struct tc_check *check = p->check;
    const struct tc_element_attribute *any = NULL, *last;
    struct tc_map names;
    struct tc_diag *diag;

    if (level + 1 >= form->column_count)
        return;
    tc_map_init(&names, check->arena);
    for (const struct tc_element *child = parent->children; child != NULL; child = child->next) {
        const struct tc_element_attribute *name = tc_check_attribute(child, form->columns[level].xml);

        if (!tc_str_eq(child->tag, tc_net_form_tag(form, level)) || name == NULL)
            continue;
        check_names(p, child, level + 1);
        if (tc_str_eq(name->value, TC_STR("*")))
            any = name;
        last = tc_map_add(&names, tc_str_fold(check->arena, name->value), (void *)(uintptr_t)name);
        if (last == NULL)
            continue;
        diag = tc_check_report(check, TC_CHECK_ENTRY_OVERRULED, name->value_span,
                               "'%.*s' is there twice: only the last one counts", TC_STR_ARG(name->value));
        tc_diag_label(check->diags, diag, last->value_span, "has no effect");
        tc_diag_help(check->diags, diag, "make them one");
    }
    for (const struct tc_element *child = any == NULL ? NULL : parent->children; child != NULL; child = child->next) {
        const struct tc_element_attribute *name = tc_check_attribute(child, form->columns[level].xml);

        if (!tc_str_eq(child->tag, tc_net_form_tag(form, level)) || name == NULL || tc_str_eq(name->value, any->value))
            continue;
        diag = tc_check_report(check, TC_CHECK_ENTRY_OVERRULED, name->value_span,
                               "'%.*s' has no effect: beside '*' nothing else is looked at", TC_STR_ARG(name->value));
        tc_diag_label(check->diags, diag, any->value_span, "every name");
        tc_diag_help(check->diags, diag, "take it away, or name all that are meant in place of '*'");
    }
}

/* The words of 1.x for event logs: later frameworks read them, but demand others (permissions 15). */
static void
check_obsolete(struct tc_check_perm *p, const struct tc_element_attribute *attribute)
{
    static const struct {
        const char *old, *now;
    } words[] = {{"Browse", "Administer"}, {"Instrument", "Write"}, {"Audit", "Administer"}};
    struct tc_check *check = p->check;
    struct tc_str text = tc_trim_white(attribute->value);
    size_t begin = (size_t)(text.ptr - attribute->value.ptr);

    if (p->cls != tc_class(TC_CLASS_EVENT_LOG) || check->file->runtime == TC_RT_1_1)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct tc_span span = tc_check_value_span(attribute, begin, begin + text.len);
        struct tc_diag *diag;

        if (!tc_str_is(text, words[i].old))
            continue;
        diag = tc_check_report(check, TC_CHECK_OBSOLETE_ACCESS, span,
                               "'%s' is of 1.x: since 2.0 no demand is covered by it", words[i].old);
        tc_diag_help(check->diags, diag, "write '%s'", words[i].now);
        tc_diag_edit(check->diags, diag, span, "%s", words[i].now);
        diag->is_unsafe = true;
    }
}

/* ---- rows ---- */

static bool
is_required(const struct tc_class *cls, const struct tc_column *column)
{
    switch (cls->algebra) {
    case TC_ALGEBRA_SOCKET:
    case TC_ALGEBRA_WEB:
        return true;
    case TC_ALGEBRA_RESOURCE_TREE:
        return column->kind == TC_COLUMN_TEXT;
    default:
        return false;
    }
}

static void
check_cell(struct tc_check_perm *p, const struct tc_column *column, const struct tc_element_attribute *attribute)
{
    bool is_queue = p->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE;

    switch (column->kind) {
    case TC_COLUMN_FLAGS:
        tc_check_word_list(p, attribute, column->values, is_queue ? TC_WORDS_IGNORED : TC_WORDS_LIST, false);
        check_obsolete(p, attribute);
        break;
    case TC_COLUMN_LEVEL:
        tc_check_word_list(p, attribute, column->values, TC_WORDS_LIST, true);
        break;
    case TC_COLUMN_CHOICE:
        tc_check_word_list(p, attribute, column->values, TC_WORDS_ONE, false);
        break;
    case TC_COLUMN_BOOL:
        tc_check_boolean(p, attribute);
        break;
    case TC_COLUMN_PORT:
        check_port(p, attribute);
        break;
    case TC_COLUMN_TEXT:
        if (p->cls->algebra == TC_ALGEBRA_SOCKET)
            check_host(p, attribute);
        else if (p->cls->algebra == TC_ALGEBRA_DB_DATA)
            check_connection(p, attribute, strcmp(column->xml, "KeyRestrictions") == 0);
        break;
    case TC_COLUMN_NUMBER:
    case TC_COLUMN_URI:
        break;
    }
}

/* Whether the attribute is there under a name like its own: structure.c says so. */
static bool
has_misspelt(const struct tc_element *element, const char *name)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (tc_str_distance(element->attributes[i].name, tc_str_of(name), 2) <= 2)
            return true;
    return false;
}

static void
check_row(struct tc_check_perm *p, const struct tc_form *form, const struct tc_element *const *chain)
{
    for (size_t i = 0; i < form->column_count; i++) {
        const struct tc_column *column = &form->columns[i];
        const struct tc_element *element = chain[column->depth];
        const struct tc_element_attribute *attribute = tc_check_attribute(element, column->xml);

        if (attribute != NULL) {
            check_cell(p, column, attribute);
        } else if (has_misspelt(element, column->xml)) {
            p->explained = true;
        } else if (is_required(p->cls, column)) {
            struct tc_diag *diag =
                tc_check_report(p->check, TC_CHECK_PERMISSION_FAILS, element->span, "'%.*s' lacks the attribute '%s'",
                                TC_STR_ARG(element->tag), column->xml);

            tc_diag_help(p->check->diags, diag, "write %s=\"...\"; letter case counts", column->xml);
            tc_check_note_loss(p, diag);
            p->explained = true;
        }
    }
}

/* An access list without entries: the classes of System.Net trip over it. */
static void
check_empty_lists(struct tc_check_perm *p)
{
    for (size_t i = 0; i < p->cls->form_count; i++) {
        const struct tc_element *list = tc_element_child(p->element, tc_net_form_tag(&p->cls->forms[i], 0));
        struct tc_diag *diag;

        if (list == NULL || list->children != NULL)
            continue;
        diag =
            tc_check_report(p->check, TC_CHECK_PERMISSION_FAILS, list->span,
                            "an empty '%.*s' makes the framework throw NullReferenceException", TC_STR_ARG(list->tag));
        tc_diag_help(p->check->diags, diag, "take the element away");
        tc_check_note_loss(p, diag);
        p->explained = true;
    }
}

void
tc_check_rows(struct tc_check_perm *p)
{
    if (p->cls->algebra == TC_ALGEBRA_WEB || p->cls->algebra == TC_ALGEBRA_SOCKET)
        check_empty_lists(p);
    if (p->cls->algebra == TC_ALGEBRA_RESOURCE_TREE)
        check_names(p, p->element, 0);
    for (size_t i = 0; i < p->cls->form_count; i++)
        tc_check_each_row(p, &p->cls->forms[i], check_row);
}
