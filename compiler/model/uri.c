#include "model/uri.h"

#include "base/ascii.h"
#include "model/algebra_util.h"
#include "model/ipaddress.h"
#include "model/netchar.h"
#include "model/uri_parts.h"

enum { TEXT_MAX = 0xFFF0, SCHEME_MAX = 1024 };

/* ---- schemes ---- */

static const struct tc_uri_scheme schemes[] = {
    {"http", 80, WEB},
    {"https", 443, WEB},
    {"ws", 80, WEB},
    {"wss", 443, WEB},
    {"ftp", 21, OLD_SERVER | FILE_PATH},
    {"file", -1, LOCAL | ROOTED_PATH},
    {"gopher", 70, OLD_SERVER},
    {"nntp", 119, OLD_SERVER},
    {"news", -1, FRAGMENT},
    {"mailto", 25, USER_INFO | PORT | QUERY | FRAGMENT | EMPTY_HOST | UNC_HOST | HOSTS | MAIL_LIKE},
    {"uuid", -1, FRAGMENT},
    {"telnet", 23, OLD_SERVER},
    {"ldap", 389, OLD_SERVER | QUERY | EMPTY_HOST},
    {"net.tcp", 808, NET_SERVICE | PORT},
    {"net.pipe", -1, NET_SERVICE},
    {"vsmacros", -1, LOCAL},
};

static const struct tc_uri_scheme file_scheme = {"file", -1, LOCAL | ROOTED_PATH};

static const unsigned unknown_syntax = OPTIONAL_AUTHORITY | USER_INFO | PORT | QUERY | FRAGMENT | EMPTY_HOST |
                                       UNC_HOST | HOSTS | UNKNOWN_SCHEME | DOS_PATH | ROOTED_PATH | CONVERT_SLASHES |
                                       COMPRESS_PATH;

/* Up to and with the colon; implicit files have none. On success *ret_at is where to go on. */
static bool
parse_scheme(struct tc_uri_parts *uri, size_t *ret_at)
{
    struct tc_str text = uri->text;
    size_t colon = tc_str_find(text, TC_STR(":"), 0);
    char *name;

    if (text.len < 3 || colon == 0)
        return false;
    if (text.ptr[1] == ':' || text.ptr[1] == '|') {
        if (!tc_ascii_is_letter(text.ptr[0]) || !tc_ascii_is_slash(text.ptr[2]))
            return false;
        uri->implicit_file = uri->dos_path = uri->has_authority = true;
        uri->scheme = file_scheme;
        *ret_at = 0;
        return true;
    }
    if (tc_ascii_is_slash(text.ptr[0])) {
        if (!tc_ascii_is_slash(text.ptr[1]))
            return false;
        uri->implicit_file = uri->unc_path = uri->has_authority = true;
        uri->scheme = file_scheme;
        for (*ret_at = 2; *ret_at < text.len && tc_ascii_is_slash(text.ptr[*ret_at]); ++*ret_at)
            ;
        return true;
    }
    if (colon == SIZE_MAX || colon > SCHEME_MAX || !tc_ascii_is_letter(text.ptr[0]))
        return false;
    name = tc_arena_alloc(uri->arena, colon + 1, 1);
    if (name == NULL)
        return false;
    for (size_t i = 0; i < colon; i++) {
        char c = text.ptr[i];

        if (!tc_ascii_is_alnum(c) && c != '+' && c != '-' && c != '.')
            return false;
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    uri->scheme = (struct tc_uri_scheme){name, -1, unknown_syntax};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (tc_str_is(tc_str_of(name), schemes[i].name))
            uri->scheme = schemes[i];
    *ret_at = colon + 1;
    return true;
}

/* Whether @a at is where a host ends; without a scheme only slashes end it. */
static bool
ends_host(const struct tc_uri_parts *uri, size_t at)
{
    char c = uri_at(uri, at);

    return at >= uri->text.len || tc_ascii_is_slash(c) || (!uri->implicit_file && (c == ':' || c == '?' || c == '#'));
}

/* What separates labels besides the full stop where a host may be international. */
static bool
is_label_end(uint32_t code, bool international)
{
    return code == '.' || (international && (code == 0x3002 || code == 0xFF0E || code == 0xFF61));
}

/* The end of a DNS name at @a start, or 0; an international one may have any letters, and its labels are a bit shorter.
 */
static size_t
dns_end(const struct tc_uri_parts *uri, size_t start, bool international)
{
    size_t end = start, at = start, step;

    while (!ends_host(uri, end))
        end++;
    if (end == start)
        return 0;
    do {
        bool first = true, is_wide = false;
        size_t octets = 0;

        for (step = 0; at < end; at += step) {
            uint32_t code;

            step = tc_utf8_next(uri->text, at, &code);
            if (is_label_end(code, international))
                break;
            if (code >= 0xA0
                    ? !international
                    : code >= 0x80 || (!tc_ascii_is_alnum((char)code) && (first || (code != '-' && code != '_'))))
                return 0;
            octets += code > 0xFFFF ? 4 : code > 0xFF ? 2 : 1;
            is_wide |= code >= 0xA0;
            first = false;
        }
        if (first || octets + (is_wide ? 4 : 0) > 63)
            return 0;
        at += at < end ? step : 0; /* behind the dot, which may be the last character */
    } while (at < end);
    return end;
}

/* The end of a UNC host at @a start, or 0: letters of any script, digits, `-`, `_`; the first label not all digits. */
static size_t
unc_end(const struct tc_uri_parts *uri, size_t start)
{
    bool valid = false, first = true;
    size_t at = start, step;

    for (; !ends_host(uri, at); at += step) {
        uint32_t code;

        step = tc_utf8_next(uri->text, at, &code);
        if (first && code == '.') {
            if (!valid)
                return 0;
            first = false;
            continue; /* the label after it may be missing only at the end */
        }
        if (code == '.') {
            if (!valid || uri->text.ptr[at - 1] == '.')
                return 0;
            valid = false;
        } else if (tc_is_letter(code)) {
            valid = true;
        } else if (code == '-' || code == '_') {
            if (first)
                valid = true;
            else if (!valid)
                return 0;
        } else if (code >= '0' && code <= '9') {
            valid |= !first;
        } else {
            return 0;
        }
    }
    if (at > start && uri->text.ptr[at - 1] == '.')
        valid = true;
    return valid && at - start <= 256 ? at : 0;
}

static struct tc_str
lower_host(struct tc_uri_parts *uri, size_t start, size_t end)
{
    struct tc_str host = tc_str_sub(uri->text, start, end - start);
    bool capitals = false;
    char *copy;
    size_t length = 0;

    for (size_t i = 0; i < host.len; i++)
        capitals |= host.ptr[i] >= 'A' && host.ptr[i] <= 'Z';
    if (!capitals)
        return host;
    copy = tc_arena_alloc(uri->arena, host.len * 3 + 1, 1);
    if (copy == NULL)
        return (struct tc_str){0};
    for (size_t i = 0, step; i < host.len; i += step) {
        uint32_t code;

        step = tc_utf8_next(host, i, &code);
        if (code == TC_UTF8_BAD)
            copy[length++] = host.ptr[i];
        else
            length += tc_utf8_put(copy + length, tc_invariant_lower(code));
    }
    return (struct tc_str){copy, length};
}

/* Where the host begins: behind the user, if there is one. */
static size_t
host_start(const struct tc_uri_parts *uri, size_t start)
{
    if (!uri_allows(uri, USER_INFO))
        return start;
    for (size_t i = start; i + 1 < uri->text.len && !is_one_of(uri->text.ptr[i], "/\\?#"); i++)
        if (uri->text.ptr[i] == '@')
            return i + 1;
    return start;
}

/* An IPv6 address in brackets at @a start: its end, or 0. */
static size_t
ipv6_host(struct tc_uri_parts *uri, size_t start)
{
    size_t close = tc_str_find(uri->text, TC_STR("]"), start), percent;
    struct tc_str inner, host = TC_STR("[");
    uint8_t address[16];

    if (close == SIZE_MAX)
        return 0;
    inner = tc_str_sub(uri->text, start + 1, close - start - 1);
    percent = tc_str_find(inner, TC_STR("%"), 0);
    if (percent != SIZE_MAX)
        inner.len = percent;                                        /* the scope is not part of what is rendered */
    uri->unknown |= tc_str_find(inner, TC_STR("/"), 0) != SIZE_MAX; /* a prefix length */
    if (!tc_parse_ipv6(inner, address))
        return 0;
    for (size_t i = 0; i < 16; i += 2)
        host = tc_arena_printf(uri->arena, "%.*s%02X%02X%c", TC_STR_ARG(host), address[i], address[i + 1],
                               i == 14 ? ']' : ':');
    uri->host = host;
    return close + 1;
}

static size_t
ipv4_host(struct tc_uri_parts *uri, size_t start)
{
    struct tc_str rest = tc_str_sub(uri->text, start, uri->text.len);
    uint8_t address[4];
    size_t taken = uri_allows(uri, UNKNOWN_SCHEME) ? tc_parse_plain_ipv4(rest, address) : tc_parse_ipv4(rest, address);

    if (taken == 0 || !ends_host(uri, start + taken))
        return 0;
    uri->host = tc_arena_printf(uri->arena, "%d.%d.%d.%d", address[0], address[1], address[2], address[3]);
    return start + taken;
}

/* A DNS name or, where that is allowed, a UNC host. */
static size_t
named_host(struct tc_uri_parts *uri, size_t start)
{
    size_t end = 0;

    if (uri_allows(uri, HOSTS)) {
        end = dns_end(uri, start, false);
        if (end == 0)
            end = dns_end(uri, start, true);
        uri->is_loopback = end != 0 && tc_str_eq(tc_str_sub(uri->text, start, end - start), TC_STR("loopback"));
    }
    if (end == 0 && uri_allows(uri, UNC_HOST))
        end = unc_end(uri, start);
    if (end == 0)
        return 0;
    uri->host = lower_host(uri, start, end);
    if (tc_str_eq(uri->host, TC_STR("loopback")))
        uri->host = TC_STR("localhost");
    return end;
}

/* The end of the host at @a start, which is rendered; 0 when it is none. */
static size_t
parse_host(struct tc_uri_parts *uri, size_t start)
{
    char c = uri_at(uri, start);
    size_t end = 0;

    if (c == '[' && uri_allows(uri, HOSTS))
        end = ipv6_host(uri, start);
    if (end == 0 && tc_ascii_is_digit(c) && uri_allows(uri, HOSTS))
        end = ipv4_host(uri, start);
    return end != 0 ? end : named_host(uri, start);
}

/* `:port` at @a start. *ret_end: where the path begins. */
static bool
parse_port(struct tc_uri_parts *uri, size_t start, size_t *ret_end)
{
    int port = 0;
    size_t i = start + 1;

    for (; i < uri->text.len && !is_one_of(uri->text.ptr[i], "/?#"); i++) {
        if (!tc_ascii_is_digit(uri->text.ptr[i]))
            return false;
        port = port * 10 + uri->text.ptr[i] - '0';
        if (port > 0xFFFF)
            return false;
    }
    if (i > start + 1 && port != (uri->scheme.port < 0 ? 0 : uri->scheme.port))
        uri->port = port;
    *ret_end = i;
    return true;
}

/* `.` and `..` will do as hosts of unknown schemes. The end, or 0. */
static size_t
dots_host(struct tc_uri_parts *uri, size_t start)
{
    size_t end = start;

    if (!uri_allows(uri, UNKNOWN_SCHEME))
        return 0;
    while (end < start + 2 && uri_at(uri, end) == '.')
        end++;
    if (end == start || (end < uri->text.len && !is_one_of(uri->text.ptr[end], "/?#")))
        return 0;
    uri->host = tc_str_sub(uri->text, start, end - start);
    return end;
}

/* User, host and port at @a start. *ret_end: where the path begins. */
static bool
parse_authority(struct tc_uri_parts *uri, size_t start, size_t *ret_end)
{
    char c = uri_at(uri, start);
    size_t end;

    if (start >= uri->text.len || c == '/' || (c == '\\' && uri_allows(uri, FILE_LIKE)) || c == '#' || c == '?') {
        uri->unc_path = false;
        *ret_end = start;
        return uri_allows(uri, EMPTY_HOST) && !uri->implicit_file;
    }
    end = parse_host(uri, host_start(uri, start));
    if (uri->unknown)
        return false;
    if (end != 0 && uri_at(uri, end) == '\\' && !uri_allows(uri, FILE_LIKE)) {
        if (uri_allows(uri, UNKNOWN_SCHEME))
            return false;
        end = 0;
    } else if (end != 0 && uri_at(uri, end) == ':') {
        if (uri_allows(uri, PORT))
            return parse_port(uri, end, ret_end);
        end = 0;
    }
    if (end == 0) {
        uri->host = (struct tc_str){0};
        uri->is_loopback = false;
        end = dots_host(uri, start);
    }
    *ret_end = end;
    return end != 0;
}

/* A drive or a UNC share behind the colon of a scheme that may have one, after any number of slashes. False: an error.
 */
static bool
parse_local(struct tc_uri_parts *uri, size_t *at)
{
    size_t first = *at, slashes;
    char second;

    while (first < uri->text.len && tc_ascii_is_slash(uri->text.ptr[first]))
        first++;
    slashes = first - *at;
    if (!uri_allows(uri, FILE_LIKE) && slashes > 3)
        return true;
    uri->has_authority |= slashes >= 2;
    second = uri_at(uri, first + 1);
    if ((second == ':' || second == '|') && tc_ascii_is_letter(uri->text.ptr[first])) {
        if (!tc_ascii_is_slash(uri_at(uri, first + 2)))
            return !uri_allows(uri, FILE_LIKE);
        uri->dos_path = true;
        uri->has_authority |= uri_allows(uri, MUST_HAVE_AUTHORITY);
        *at = slashes != 0 && slashes != 2 ? first - 1 : first;
    } else if (uri_allows(uri, FILE_LIKE) && slashes >= 2 && slashes != 3 && first < uri->text.len &&
               !is_one_of(uri->text.ptr[first], "?#")) {
        uri->unc_path = true;
        *at = first;
    }
    return true;
}

/* The two slashes of an authority. False: there must be some, and are not. *ret_has: go on with the authority. */
static bool
parse_slashes(struct tc_uri_parts *uri, size_t *at, bool *ret_has)
{
    char first = uri_at(uri, *at), second = uri_at(uri, *at + 1);

    *ret_has = true;
    if (uri->unc_path)
        return true;
    if (uri_allows(uri, MUST_HAVE_AUTHORITY) ? tc_ascii_is_slash(first) && tc_ascii_is_slash(second)
                                             : uri_allows(uri, OPTIONAL_AUTHORITY) && *at + 2 <= uri->text.len &&
                                                   (uri->has_authority || (first == '/' && second == '/'))) {
        uri->has_authority = true;
        *at += 2;
        return true;
    }
    *ret_has = uri_allows(uri, MAIL_LIKE);
    return !uri_allows(uri, MUST_HAVE_AUTHORITY);
}

/* Everything up to the path. */
static bool
parse_front(struct tc_uri_parts *uri)
{
    bool has_authority;
    size_t at;

    if (!parse_scheme(uri, &at))
        return false;
    if (uri_allows(uri, EMPTY_HOST) && uri_allows(uri, DOS_PATH) && !uri->implicit_file && at + 1 < uri->text.len &&
        !parse_local(uri, &at))
        return false;
    uri->path = at;
    if (uri->dos_path)
        return true;
    if (!parse_slashes(uri, &at, &has_authority))
        return false;
    if (!has_authority || parse_authority(uri, at, &uri->path))
        return true;
    uri->unknown |= uri_allows(uri, MAIL_LIKE); /* accepted, but asking for its parts throws */
    return false;
}

enum tc_uri_kind
tc_uri_parse(struct tc_arena *arena, struct tc_str text, struct tc_uri *ret)
{
    struct tc_uri_parts uri = {.arena = arena, .port = -1};

    if (tc_utf16_len(text) >= TEXT_MAX)
        return TC_URI_NONE;
    while (text.len > 0 && tc_ascii_is_white(text.ptr[0]))
        text = tc_str_sub(text, 1, text.len);
    while (text.len > 0 && tc_ascii_is_white(text.ptr[text.len - 1]))
        text.len--;
    uri.text = text;
    if (!parse_front(&uri))
        return uri.unknown || arena->failed ? TC_URI_UNKNOWN : TC_URI_NONE;
    ret->escaped = tc_uri_render(&uri, true);
    ret->unescaped = tc_uri_render(&uri, false);
    ret->is_local = uri.dos_path || uri.unc_path;
    return arena->failed ? TC_URI_UNKNOWN : TC_URI_ABSOLUTE;
}

bool
tc_uri_equal(const struct tc_uri *a, const struct tc_uri *b)
{
    return a->is_local && b->is_local ? tc_ordinal_eq(a->unescaped, b->unescaped)
                                      : tc_str_eq(a->unescaped, b->unescaped);
}
