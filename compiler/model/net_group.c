#include "model/net_group.h"

#include "base/ascii.h"
#include "model/algebra_util.h"
#include "model/url_string.h"

#include <string.h>

/* A port of a connectAccess element that is no number. */
enum { PORT_NONE = -1, PORT_UNSET = -2, PORT_DEFAULT = -3, PORT_ORIGIN = -4 };

#define SCHEME_ANY    "*"
#define SCHEME_ORIGIN "$origin"

/* One connectAccess of a net group. */
struct access {
    struct access *next;
    struct tc_str scheme; /* lower case */
    int32_t port;
};

/* One codeOrigin. */
struct origin {
    struct origin *next;
    struct tc_str scheme; /* lower case; "" for code without a scheme, "*" for any other */
    struct access *accesses;
};

struct tc_net_rules {
    struct origin *origins;
};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool
is_scheme(struct tc_str scheme)
{
    for (size_t i = 0; i < scheme.len; i++) {
        char c = scheme.ptr[i];
        bool letter = tc_ascii_is_letter(c);

        if (!letter && (i == 0 || !(tc_ascii_is_digit(c) || c == '+' || c == '-' || c == '.')))
            return false;
    }
    return scheme.len > 0;
}

static struct tc_str
lower(struct tc_arena *arena, struct tc_str text)
{
    char *out = tc_arena_alloc(arena, text.len + 1, 1);

    if (out == NULL)
        return TC_STR("");
    for (size_t i = 0; i < text.len; i++)
        out[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + ('a' - 'A') : text.ptr[i]);
    return (struct tc_str){out, text.len};
}

/* new CodeConnectAccess(scheme, port) */
static enum tc_answer
read_access(struct tc_arena *arena, const struct tc_element *element, struct access *ret_access,
            struct tc_throw *ret_throw)
{
    struct tc_str scheme = TC_STR(""), port = TC_STR("");
    struct access access = {.port = PORT_DEFAULT};

    (void)tc_element_get(arena, element, tc_attr_name(TC_ATTR_SCHEME), &scheme);
    (void)tc_element_get(arena, element, tc_attr_name(TC_ATTR_PORT), &port);
    if (scheme.len == 0 || port.len == 0)
        return tc_throw_at(ret_throw, "ArgumentNullException", "", element->span);
    access.scheme = lower(arena, scheme);
    if (!tc_str_eq(access.scheme, TC_STR(SCHEME_ORIGIN)) && !tc_str_eq(access.scheme, TC_STR(SCHEME_ANY)) &&
        !is_scheme(access.scheme))
        return tc_throw_at(ret_throw, "ArgumentOutOfRangeException", "", tc_element_span(element, "scheme"));
    if (tc_str_eq(lower(arena, port), TC_STR("$origin"))) {
        access.port = PORT_ORIGIN;
    } else if (!tc_str_eq(lower(arena, port), TC_STR("$default"))) {
        if (tc_int32_parse(port, &access.port, ret_throw) != TC_YES)
            return TC_THROWS;
        if (access.port < 0 || access.port > 0xFFFF)
            return tc_throw_at(ret_throw, "ArgumentOutOfRangeException", "", tc_element_span(element, "port"));
    }
    *ret_access = access;
    return TC_YES;
}

/* AddConnectAccess; @a access may be NULL: none for this scheme. False when out of memory. */
static bool
add_access(struct tc_arena *arena, struct tc_net_rules *rules, struct tc_str scheme, const struct access *access)
{
    struct origin **origin = &rules->origins;
    struct access **tail;

    while (*origin != NULL && !tc_str_eq((*origin)->scheme, scheme))
        origin = &(*origin)->next;
    if (*origin == NULL) {
        *origin = tc_arena_new(arena, struct origin);
        if (*origin == NULL)
            return false;
        (*origin)->scheme = scheme;
    }
    if (access == NULL)
        return true;
    for (tail = &(*origin)->accesses; *tail != NULL; tail = &(*tail)->next)
        if (tc_str_eq((*tail)->scheme, access->scheme) && (*tail)->port == access->port)
            return true;
    *tail = tc_arena_new(arena, struct access);
    if (*tail == NULL)
        return false;
    (*tail)->scheme = access->scheme;
    (*tail)->port = access->port;
    return true;
}

static bool
add_default_rules(struct tc_arena *arena, struct tc_net_rules *rules)
{
    struct access http = {.scheme = TC_STR("http"), .port = PORT_ORIGIN};
    struct access https = {.scheme = TC_STR("https"), .port = PORT_ORIGIN};
    struct access any = {.scheme = TC_STR(SCHEME_ANY), .port = PORT_ORIGIN};
    struct access origin = {.scheme = TC_STR(SCHEME_ORIGIN), .port = PORT_ORIGIN};

    return add_access(arena, rules, TC_STR("file"), NULL) && add_access(arena, rules, TC_STR("http"), &http) &&
           add_access(arena, rules, TC_STR("http"), &https) && add_access(arena, rules, TC_STR("https"), &https) &&
           add_access(arena, rules, TC_STR(""), &any) && add_access(arena, rules, TC_STR(SCHEME_ANY), &origin);
}

/* AddConnectAccess with its checks; @a access may be NULL: code of this origin gets none. */
static enum tc_answer
add_checked(struct tc_arena *arena, struct tc_net_rules *rules, const struct tc_element *origin,
            const struct access *access, struct tc_throw *ret_throw)
{
    struct tc_str scheme;

    if (!tc_element_get(arena, origin, tc_attr_name(TC_ATTR_SCHEME), &scheme))
        return tc_throw_at(ret_throw, "ArgumentNullException", "", origin->span);
    if (scheme.len > 0 && !tc_str_eq(scheme, TC_STR(SCHEME_ANY)) && !is_scheme(scheme))
        return tc_throw_at(ret_throw, "ArgumentOutOfRangeException", "", tc_element_span(origin, "scheme"));
    if (scheme.len == 0 && access == NULL)
        return tc_throw_at(ret_throw, "NullReferenceException", "", origin->span);
    if (scheme.len == 0 && tc_str_eq(access->scheme, TC_STR(SCHEME_ORIGIN)))
        return tc_throw_at(ret_throw, "ArgumentOutOfRangeException", "", origin->span);
    return add_access(arena, rules, lower(arena, scheme), access) ? TC_YES : tc_throw_nomem(ret_throw);
}

static enum tc_answer
read_origin(struct tc_arena *arena, struct tc_net_rules *rules, const struct tc_element *element,
            struct tc_throw *ret_throw)
{
    bool added = false;

    for (const struct tc_element *child = element->children; child != NULL; child = child->next) {
        struct access access;

        if (!tc_element_is(child, TC_TAG_CONNECT_ACCESS))
            continue;
        if (read_access(arena, child, &access, ret_throw) != TC_YES ||
            add_checked(arena, rules, element, &access, ret_throw) != TC_YES)
            return TC_THROWS;
        added = true;
    }
    return added ? TC_YES : add_checked(arena, rules, element, NULL, ret_throw);
}

enum tc_answer
tc_net_rules_read(struct tc_arena *arena, const struct tc_element *element, const struct tc_net_rules **ret_rules,
                  struct tc_throw *ret_throw)
{
    const struct tc_element *child = tc_element_part(element, TC_TAG_CONNECT_ACCESS_RULES);
    struct tc_net_rules *rules = tc_arena_new(arena, struct tc_net_rules);

    if (rules == NULL)
        return tc_throw_nomem(ret_throw);
    if (child == NULL || child->children == NULL) {
        if (!add_default_rules(arena, rules))
            return tc_throw_nomem(ret_throw);
    } else {
        for (child = child->children; child != NULL; child = child->next)
            if (tc_element_is(child, TC_TAG_CODE_ORIGIN) && read_origin(arena, rules, child, ret_throw) != TC_YES)
                return TC_THROWS;
    }
    *ret_rules = rules;
    return TC_YES;
}

/* ---- granting ---------------------------------------------------------------------------------------------------- */

/* @a text with a backslash before what means something in a regular expression. */
static struct tc_str
escape_regex(struct tc_arena *arena, struct tc_str text)
{
    char *out = tc_arena_alloc_array(arena, text.len + 1, 2, 1);
    size_t len = 0;

    if (out == NULL)
        return TC_STR("");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\0' && strchr(".-+[]{$^#)( ", text.ptr[i]) != NULL)
            out[len++] = '\\';
        out[len++] = text.ptr[i];
    }
    return (struct tc_str){out, len};
}

/* Where code comes from, as far as a net group wants to know. */
struct code_origin {
    struct tc_str host;   /* escaped */
    struct tc_str scheme; /* escaped */
    int32_t port;         /* PORT_NONE: not said */
};

static bool
is_any(const struct access *access)
{
    return tc_str_eq(access->scheme, TC_STR(SCHEME_ANY));
}

static void
put_scheme(struct tc_arena *arena, struct tc_buf *out, const struct access *access, const struct code_origin *code)
{
    tc_buf_puts(out,
                tc_str_eq(access->scheme, TC_STR(SCHEME_ORIGIN)) ? code->scheme : escape_regex(arena, access->scheme));
}

/* All schemes in one pattern, when the port is the same for all; false when it is not. */
static bool
put_one_pattern(struct tc_arena *arena, struct tc_buf *out, const struct access *accesses,
                const struct code_origin *code)
{
    bool no_port = true, origin_port = true, any_scheme = false;
    int32_t port = PORT_UNSET;

    for (const struct access *access = accesses; access != NULL; access = access->next) {
        no_port = no_port && (access->port == PORT_DEFAULT || (access->port == PORT_ORIGIN && code->port == PORT_NONE));
        origin_port = origin_port && (access->port == PORT_ORIGIN || access->port == code->port);
        port = access->port >= 0 && (port == PORT_UNSET || port == access->port) ? access->port : PORT_NONE;
        any_scheme = any_scheme || is_any(access);
    }
    if (!no_port && !origin_port && port == PORT_NONE)
        return false;
    if (any_scheme) {
        tc_buf_puts(out, TC_STR("([0-9a-z+\\-\\.]+)://"));
    } else {
        for (const struct access *access = accesses; access != NULL; access = access->next) {
            const struct access *before = accesses;

            while (before != access && !tc_str_eq(before->scheme, access->scheme))
                before = before->next;
            if (before != access)
                continue;
            tc_buf_putc(out, access == accesses ? '(' : '|');
            put_scheme(arena, out, access, code);
        }
        tc_buf_puts(out, TC_STR(")://"));
    }
    tc_buf_puts(out, code->host);
    if (!no_port)
        tc_buf_printf(out, ":%d", origin_port ? code->port : port);
    tc_buf_puts(out, TC_STR("/.*"));
    return true;
}

static void
put_pattern(struct tc_arena *arena, struct tc_buf *out, const struct access *access, const struct code_origin *code)
{
    if (is_any(access)) {
        tc_buf_puts(out, TC_STR("([0-9a-z+\\-\\.]+)://"));
    } else {
        put_scheme(arena, out, access, code);
        tc_buf_puts(out, TC_STR("://"));
    }
    tc_buf_puts(out, code->host);
    if (access->port == PORT_ORIGIN && code->port != PORT_NONE)
        tc_buf_printf(out, ":%d", code->port);
    else if (access->port >= 0)
        tc_buf_printf(out, ":%d", access->port);
    tc_buf_puts(out, TC_STR("/.*"));
}

/* Append a URI element with what is in @a out; empties it. */
static bool
append_uri(struct tc_arena *arena, struct tc_element *connect, struct tc_buf *out)
{
    struct tc_element *uri = tc_write_child(arena, connect, "URI");
    bool fine = uri != NULL && !out->failed && tc_write_text(arena, uri, "uri", tc_arena_str(arena, tc_buf_str(out)));

    tc_buf_clear(out);
    return fine;
}

/* The element of the permission to talk back to where the code comes from. */
static struct tc_element *
web_element(struct tc_arena *arena, const struct access *accesses, const struct code_origin *code)
{
    struct tc_element *element = tc_element_new(arena, tc_tag_name(TC_TAG_IPERMISSION));
    struct tc_element *connect;
    struct tc_buf out;
    bool fine;

    if (element == NULL || !tc_write_raw(arena, element, "class", TC_STR("System.Net.WebPermission, System")) ||
        !tc_write_raw(arena, element, "version", TC_STR("1")))
        return NULL;
    connect = tc_write_child(arena, element, "ConnectAccess");
    if (connect == NULL)
        return NULL;
    tc_buf_init(&out);
    if (put_one_pattern(arena, &out, accesses, code)) {
        fine = append_uri(arena, connect, &out);
    } else {
        fine = true;
        tc_buf_clear(&out);
        for (const struct access *access = accesses; access != NULL && fine; access = access->next) {
            put_pattern(arena, &out, access, code);
            fine = append_uri(arena, connect, &out);
        }
    }
    tc_buf_done(&out);
    return fine ? element : NULL;
}

/* The rules for code from @a scheme, NULL when there are none. */
static const struct access *
find_accesses(const struct tc_net_rules *rules, struct tc_str scheme)
{
    const struct access *others = NULL;

    for (const struct origin *origin = rules->origins; origin != NULL; origin = origin->next) {
        if (tc_str_eq(origin->scheme, scheme))
            return origin->accesses;
        if (tc_str_eq(origin->scheme, TC_STR(SCHEME_ANY)) && scheme.len > 0)
            others = origin->accesses;
    }
    return others;
}

enum tc_answer
tc_net_rules_grant(struct tc_arena *arena, const struct tc_net_rules *rules, const struct tc_evidence *evidence,
                   struct tc_grant_set *set, struct tc_throw *ret_throw)
{
    struct tc_str host = TC_STR(""), scheme = TC_STR("");
    struct code_origin code = {.port = PORT_NONE};
    struct tc_url_string url;
    struct tc_site_string site;
    const struct access *accesses;
    struct tc_element *element;
    struct tc_perm *perm;
    struct tc_throw ignored;

    if (evidence->has_url) {
        if (tc_url_string_parse(arena, evidence->url, &url, ret_throw) != TC_YES)
            return TC_THROWS;
        host = url.site.text;
        scheme = url.protocol;
        code.port = url.port;
    } else if (evidence->has_site) {
        if (tc_site_string_parse(arena, evidence->site, &site, ret_throw) != TC_YES)
            return TC_THROWS;
        host = site.text;
    }
    scheme = lower(arena, scheme);
    accesses = find_accesses(rules, scheme);
    if (host.len == 0 || accesses == NULL)
        return TC_YES;
    code.host = escape_regex(arena, lower(arena, host));
    code.scheme = escape_regex(arena, scheme);
    element = web_element(arena, accesses, &code);
    if (element == NULL)
        return tc_throw_nomem(ret_throw);
    /* decoding it fails in silence, as for every set that a group holds itself */
    if (tc_algebra_ops(TC_ALGEBRA_WEB)->read(arena, tc_class(TC_CLASS_WEB), element, &perm, &ignored) != TC_YES)
        return TC_YES;
    return tc_grant_set_put(arena, set, perm, ret_throw);
}
