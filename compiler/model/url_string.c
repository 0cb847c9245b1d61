#include "model/url_string.h"

#include "base/ascii.h"
#include "model/algebra_util.h"
#include "model/netchar.h"

#include <string.h>

#define PATH_LENGTH_MAX 260

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static size_t
find_char(struct tc_str text, char c, size_t from)
{
    const char *found = from >= text.len ? NULL : memchr(text.ptr + from, c, text.len - from);

    return found == NULL ? SIZE_MAX : (size_t)(found - text.ptr);
}

static bool
is_star(struct tc_str part)
{
    return part.len == 1 && part.ptr[0] == '*';
}

static enum tc_answer
invalid_url(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidUrl");
}

static enum tc_answer
invalid_directory(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidDirectoryOnUrl");
}

static enum tc_answer
invalid_site(struct tc_throw *ret_throw)
{
    return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidSite");
}

static struct tc_str
joined(struct tc_arena *arena, struct tc_str a, struct tc_str b)
{
    char *out = tc_arena_alloc(arena, a.len + b.len + 1, 1);

    if (out == NULL)
        return TC_STR("");
    if (a.len > 0)
        memcpy(out, a.ptr, a.len);
    if (b.len > 0)
        memcpy(out + a.len, b.ptr, b.len);
    return (struct tc_str){out, a.len + b.len};
}

/* Room for as many parts as @a text can have. */
static bool
parts_new(struct tc_arena *arena, struct tc_str text, char separator, struct tc_site_string *ret)
{
    size_t count = 1;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == separator;
    *ret = (struct tc_site_string){.text = text, .parts = tc_arena_array(arena, struct tc_str, count)};
    return ret->parts != NULL;
}

/* The part that begins at @a begin. */
static struct tc_str
part_at(struct tc_str text, char separator, size_t begin)
{
    size_t end = find_char(text, separator, begin);

    return tc_str_sub(text, begin, (end == SIZE_MAX ? text.len : end) - begin);
}

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

/* What DNS and NetBIOS names are made of. */
static bool
is_site_name(struct tc_str part)
{
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];

        if (!(tc_ascii_is_alnum(c) || (c != '\0' && strchr("-_@!#$%^&(){}~'.", c) != NULL)))
            return false;
    }
    return true;
}

enum tc_answer
tc_site_string_parse(struct tc_arena *arena, struct tc_str text, struct tc_site_string *ret_site,
                     struct tc_throw *ret_throw)
{
    size_t bracket = text.len > 0 && text.ptr[0] == '[' ? find_char(text, ']', 1) : SIZE_MAX;
    struct tc_site_string site;
    size_t end = text.len;

    if (text.len == 0)
        return invalid_site(ret_throw);
    if (!parts_new(arena, text, '.', &site))
        return tc_throw_nomem(ret_throw);
    if (bracket != SIZE_MAX) { /* an IPv6 address; what follows it is lost */
        site.parts[site.count++] = tc_str_sub(text, 1, bracket - 1);
        *ret_site = site;
        return TC_YES;
    }
    for (;;) { /* from the right */
        size_t begin = end;
        struct tc_str part;

        while (begin > 0 && text.ptr[begin - 1] != '.')
            begin--;
        part = tc_str_sub(text, begin, end - begin);
        if (part.len == 0 ? end != text.len : is_star(part) ? begin != 0 : !is_site_name(part))
            return invalid_site(ret_throw);
        if (part.len > 0)
            site.parts[site.count++] = part;
        if (begin == 0)
            break;
        end = begin - 1;
    }
    *ret_site = site;
    return TC_YES;
}

bool
tc_site_string_is_subset(const struct tc_site_string *inner, const struct tc_site_string *outer)
{
    bool star = outer->count > 0 && is_star(outer->parts[outer->count - 1]);

    if (inner->count == 0 && outer->count == 0)
        return true;
    if (inner->count + 1 < outer->count)
        return false;
    if (inner->count > outer->count && outer->count > 0 && !star)
        return false;
    if (tc_ordinal_eq(inner->text, outer->text))
        return true;
    for (size_t i = 0; i + 1 < outer->count; i++)
        if (!tc_ordinal_eq(inner->parts[i], outer->parts[i]))
            return false;
    if (inner->count < outer->count)
        return star;
    if (inner->count == outer->count)
        return star || tc_ordinal_eq(inner->parts[inner->count - 1], outer->parts[inner->count - 1]);
    return true;
}

bool
tc_site_string_equal(const struct tc_site_string *a, const struct tc_site_string *b)
{
    return tc_site_string_is_subset(a, b) && tc_site_string_is_subset(b, a);
}

/* ---- paths and local sites --------------------------------------------------------------------------------------- */

/* What a path of Windows cannot hold. */
static const bool no_path[256] = {
    ['\\'] = true, [':'] = true, ['*'] = true, ['?'] = true, ['"'] = true, ['<'] = true, ['>'] = true, ['|'] = true};

static enum tc_answer
parse_directory(struct tc_arena *arena, struct tc_str text, bool check, struct tc_site_string *ret_directory,
                struct tc_throw *ret_throw)
{
    struct tc_site_string directory = {.text = text};
    size_t begin = 0;

    if (text.len == 0) {
        *ret_directory = directory;
        return TC_YES;
    }
    if (!parts_new(arena, text, '/', &directory))
        return tc_throw_nomem(ret_throw);
    for (;;) {
        struct tc_str part = part_at(text, '/', begin);
        bool is_last = begin + part.len == text.len;

        if (is_star(part) && !is_last)
            return invalid_directory(ret_throw);
        if (check && !is_star(part))
            for (size_t i = 0; i < part.len; i++)
                if (no_path[(unsigned char)part.ptr[i]])
                    return invalid_directory(ret_throw);
        if (part.len > 0)
            directory.parts[directory.count++] = part;
        if (is_last)
            break;
        begin += part.len + 1;
    }
    *ret_directory = directory;
    return TC_YES;
}

/* ToUpper of the invariant culture; `|` becomes `:`. */
static struct tc_str
local_site_text(struct tc_arena *arena, struct tc_str text)
{
    char *out = tc_arena_alloc_array(arena, text.len + 1, 3, 1); /* upper case can be longer */
    size_t len = 0;

    if (out == NULL)
        return TC_STR("");
    for (size_t i = 0; i < text.len;) {
        uint32_t code;
        size_t taken = tc_utf8_next(text, i, &code);

        if (code == TC_UTF8_BAD || code > 0xFFFF) {
            memcpy(out + len, text.ptr + i, taken);
            len += taken;
        } else {
            len += tc_utf8_put(out + len, code == '|' ? ':' : tc_ordinal_upper(code));
        }
        i += taken;
    }
    return (struct tc_str){out, len};
}

static enum tc_answer
parse_local_site(struct tc_arena *arena, struct tc_str text, struct tc_site_string *ret_site,
                 struct tc_throw *ret_throw)
{
    struct tc_site_string site;
    size_t begin = 0;

    text = local_site_text(arena, text);
    if (text.len == 0 || (tc_utf16_len(text) > 2 && find_char(text, ':', 0) != SIZE_MAX))
        return invalid_directory(ret_throw);
    if (!parts_new(arena, text, '/', &site))
        return tc_throw_nomem(ret_throw);
    for (size_t index = 0;; index++) {
        struct tc_str part = part_at(text, '/', begin);
        bool is_last = begin + part.len == text.len;

        if (part.len > 0) {
            if (is_star(part) && !is_last)
                return invalid_directory(ret_throw);
            site.parts[site.count++] = part;
        } else if (index < 2 && index < text.len && text.ptr[index] == '/') {
            site.parts[site.count++] = TC_STR("//");
        } else if (!is_last) {
            return invalid_directory(ret_throw);
        }
        if (is_last)
            break;
        begin += part.len + 1;
    }
    *ret_site = site;
    return TC_YES;
}

/* What paths and local sites add: nothing covers, or is covered by, a lone star. */
static bool
is_path_subset(const struct tc_site_string *inner, const struct tc_site_string *outer)
{
    if (outer->count == 0)
        return inner->count == 0 || is_star(inner->parts[0]);
    if (inner->count == 0)
        return is_star(outer->parts[0]);
    return tc_site_string_is_subset(inner, outer);
}

/* ---- URLs -------------------------------------------------------------------------------------------------------- */

/* One %XX or %uXXXX at @a at. Gives its length, 0 when it is malformed. */
static size_t
read_escape(struct tc_str url, size_t at, uint32_t *ret_code)
{
    bool is_unicode = at + 1 < url.len && (url.ptr[at + 1] == 'u' || url.ptr[at + 1] == 'U');
    size_t first = at + (is_unicode ? 2 : 1), len = is_unicode ? 6 : 3;
    uint32_t code = 0;

    if (at + len > url.len)
        return 0;
    for (size_t i = first; i < at + len; i++) {
        int digit = tc_ascii_hex(url.ptr[i]);

        if (digit < 0)
            return 0;
        code = code << 4 | (uint32_t)digit;
    }
    *ret_code = code;
    return len;
}

static enum tc_answer
unescape_url(struct tc_arena *arena, struct tc_str url, struct tc_str *ret_url, struct tc_throw *ret_throw)
{
    size_t open = find_char(url, '[', 0);
    size_t close = open == SIZE_MAX ? SIZE_MAX : find_char(url, ']', open);
    char *out;
    size_t len = 0;

    *ret_url = url;
    if (find_char(url, '%', 0) == SIZE_MAX)
        return TC_YES;
    out = tc_arena_alloc(arena, url.len + 1, 1);
    if (out == NULL)
        return tc_throw_nomem(ret_throw);
    for (size_t at = 0; at < url.len;) {
        uint32_t code;
        size_t taken;

        if (url.ptr[at] != '%' || (close != SIZE_MAX && at > open && at < close)) { /* an IPv6 address is left alone */
            out[len++] = url.ptr[at++];
            continue;
        }
        taken = read_escape(url, at, &code);
        if (taken == 0)
            return invalid_url(ret_throw);
        len += tc_utf8_put(out + len, code);
        at += taken;
    }
    *ret_url = (struct tc_str){out, len};
    return TC_YES;
}

/* Sets the protocol; *rest is what follows it. */
static enum tc_answer
parse_protocol(struct tc_url_string *url, struct tc_str text, struct tc_str *rest, struct tc_throw *ret_throw)
{
    size_t colon = find_char(text, ':', 0);

    url->protocol = TC_STR("file");
    *rest = text;
    if (colon == SIZE_MAX)
        return TC_YES;
    if (colon == 0 || colon + 1 >= text.len)
        return invalid_url(ret_throw);
    if (colon == 4 && tc_ordinal_eq(tc_str_sub(text, 0, 4), TC_STR("file"))) {
        *rest = tc_str_sub(text, 5, SIZE_MAX);
        url->is_share = true; /* a host may follow */
        return TC_YES;
    }
    if (text.ptr[colon + 1] == '\\')
        return TC_YES; /* a drive */
    if (text.len <= colon + 2 || text.ptr[colon + 1] != '/' || text.ptr[colon + 2] != '/')
        return invalid_url(ret_throw);
    url->protocol = tc_str_sub(text, 0, colon);
    for (size_t i = 0; i < colon; i++) {
        char c = text.ptr[i];

        if (!(tc_ascii_is_alnum(c) || c == '+' || c == '.' || c == '-'))
            return invalid_url(ret_throw);
    }
    *rest = tc_str_sub(text, colon + 3, SIZE_MAX);
    return TC_YES;
}

static struct tc_str
with_slashes(struct tc_arena *arena, struct tc_str text)
{
    char *out;

    if (find_char(text, '\\', 0) == SIZE_MAX)
        return text;
    out = tc_arena_alloc(arena, text.len + 1, 1);
    if (out == NULL)
        return TC_STR("");
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] == '\\' ? '/' : text.ptr[i];
    return (struct tc_str){out, text.len};
}

/* Whether `//?/` or `//./` stands at @a at, its slashes as they may be. */
static bool
is_extended(struct tc_str text, size_t at, bool backslashes)
{
    static const char *const plain[] = {"//?/", "//./"};
    static const char *const back[] = {"\\\\?\\", "\\\\?/", "\\\\.\\", "\\\\./"};
    struct tc_str part = tc_str_sub(text, at, 4);

    for (size_t i = 0; i < (backslashes ? 4 : 2); i++)
        if (tc_str_is(part, backslashes ? back[i] : plain[i]))
            return true;
    return false;
}

/* Takes `\\?\` and leading slashes away and makes all slashes forward ones. */
static enum tc_answer
prepare_file(struct tc_arena *arena, struct tc_url_string *url, struct tc_str text, struct tc_str *ret_text,
             struct tc_throw *ret_throw)
{
    size_t at = 0, slashes = 0;
    bool seen_backslash = false;

    if (is_extended(text, 0, false)) {
        text = tc_str_sub(text, 4, SIZE_MAX);
    } else {
        while (at < text.len && text.ptr[at] == '/')
            at++;
        if (at == text.len)
            return tc_throw_new(ret_throw, "IndexOutOfRangeException", "");
        if (is_extended(text, at, true))
            text = joined(arena, tc_str_sub(text, 0, at), tc_str_sub(text, at + 4, SIZE_MAX));
    }
    while (slashes < text.len && tc_ascii_is_slash(text.ptr[slashes])) {
        if (!seen_backslash && text.ptr[slashes] == '\\') {
            seen_backslash = true;
            url->is_share = url->is_share || (slashes + 1 < text.len && text.ptr[slashes + 1] == '\\');
        }
        slashes++;
    }
    text = with_slashes(arena, tc_str_sub(text, slashes, SIZE_MAX));
    if (text.len >= PATH_LENGTH_MAX && tc_utf16_len(text) >= PATH_LENGTH_MAX) /* no more units than bytes */
        return tc_throw_new(ret_throw, "PathTooLongException", "IO.PathTooLong");
    *ret_text = text;
    return TC_YES;
}

static enum tc_answer
parse_file(struct tc_arena *arena, struct tc_url_string *url, struct tc_str text, struct tc_throw *ret_throw)
{
    size_t slash = find_char(text, '/', 0);
    enum tc_answer answer;
    struct tc_str local;

    /* Not behind a drive, so a server: its share belongs to the site. */
    if (slash != SIZE_MAX && slash + 1 != text.len && !(slash == 2 && (text.ptr[1] == ':' || text.ptr[1] == '|')))
        slash = find_char(text, '/', slash + 1);
    local = tc_str_sub(text, 0, slash);
    if (local.len == 0)
        return invalid_url(ret_throw);
    answer = parse_local_site(arena, local, &url->site, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (slash != SIZE_MAX)
        return parse_directory(arena, tc_str_sub(text, slash + 1, SIZE_MAX), true, &url->directory, ret_throw);
    return parse_directory(arena, local.ptr[local.len - 1] == '*' ? TC_STR("*") : TC_STR(""), false, &url->directory,
                           ret_throw);
}

/* Takes user and port out of @a text. */
static enum tc_answer
parse_port(struct tc_arena *arena, struct tc_url_string *url, struct tc_str text, struct tc_str *rest,
           struct tc_throw *ret_throw)
{
    size_t at_sign = find_char(text, '@', 0), first_slash = find_char(text, '/', 0);
    size_t begin = at_sign != SIZE_MAX && (first_slash == SIZE_MAX || first_slash > at_sign) ? at_sign + 1 : 0;
    size_t open = find_char(text, '[', begin);
    size_t close = open == SIZE_MAX ? SIZE_MAX : find_char(text, ']', open);
    size_t mark = close == SIZE_MAX ? begin : close;
    size_t slash;

    if (begin > 0)
        url->user = tc_str_sub(text, 0, at_sign);
    while (mark < text.len && text.ptr[mark] != ':' && text.ptr[mark] != '/')
        mark++;
    if (mark >= text.len || text.ptr[mark] != ':') {
        *rest = tc_str_sub(text, begin, SIZE_MAX);
        return TC_YES;
    }
    if (mark + 1 >= text.len)
        return tc_throw_new(ret_throw, "IndexOutOfRangeException", "");
    slash = find_char(text, '/', begin);
    if (text.ptr[mark + 1] < '0' || text.ptr[mark + 1] > '9' || (slash != SIZE_MAX && slash < mark))
        return invalid_url(ret_throw);
    if (slash == SIZE_MAX)
        slash = text.len;
    if (tc_int32_parse(tc_str_sub(text, mark + 1, slash - mark - 1), &url->port, ret_throw) != TC_YES)
        return TC_THROWS;
    *rest = joined(arena, tc_str_sub(text, begin, mark - begin), tc_str_sub(text, slash, SIZE_MAX));
    return TC_YES;
}

static enum tc_answer
parse_remote(struct tc_arena *arena, struct tc_url_string *url, struct tc_str text, struct tc_throw *ret_throw)
{
    size_t slash;
    enum tc_answer answer = parse_port(arena, url, with_slashes(arena, text), &text, ret_throw);

    if (answer != TC_YES)
        return answer;
    slash = find_char(text, '/', 0);
    answer = tc_site_string_parse(arena, tc_str_sub(text, 0, slash), &url->site, ret_throw);
    if (answer != TC_YES)
        return answer;
    return parse_directory(arena, slash == SIZE_MAX ? TC_STR("") : tc_str_sub(text, slash + 1, SIZE_MAX), false,
                           &url->directory, ret_throw);
}

static enum tc_answer
parse(struct tc_arena *arena, struct tc_str text, bool unescape, struct tc_url_string *ret_url,
      struct tc_throw *ret_throw)
{
    struct tc_url_string url = {.text = text, .port = -1};
    struct tc_str rest = text;
    enum tc_answer answer = TC_YES;

    if (text.len == 0)
        return tc_throw_new(ret_throw, "FormatException", "Format_StringZeroLength");
    if (unescape)
        answer = unescape_url(arena, text, &rest, ret_throw);
    if (answer == TC_YES)
        answer = parse_protocol(&url, rest, &rest, ret_throw);
    if (answer != TC_YES)
        return answer;
    url.is_file = tc_ordinal_eq(url.protocol, TC_STR("file"));
    if (url.is_file) {
        answer = prepare_file(arena, &url, rest, &rest, ret_throw);
        if (answer == TC_YES)
            answer = parse_file(arena, &url, rest, ret_throw);
    } else {
        answer = parse_remote(arena, &url, rest, ret_throw);
    }
    if (answer == TC_YES && arena->failed)
        return tc_throw_nomem(ret_throw);
    if (answer == TC_YES)
        *ret_url = url;
    return answer;
}

enum tc_answer
tc_url_string_parse(struct tc_arena *arena, struct tc_str text, struct tc_url_string *ret_url,
                    struct tc_throw *ret_throw)
{
    return parse(arena, text, true, ret_url, ret_throw);
}

enum tc_answer
tc_url_string_parse_plain(struct tc_arena *arena, struct tc_str text, struct tc_url_string *ret_url,
                          struct tc_throw *ret_throw)
{
    return parse(arena, text, false, ret_url, ret_throw);
}

bool
tc_url_string_is_relative(const struct tc_url_string *url)
{
    struct tc_str host = url->site.text;

    if (!url->is_file || url->is_share)
        return false;
    if (host.len > 0 && host.ptr[host.len - 1] == '*')
        return false; /* the star may stand for the rest of a full path */
    return host.len < 2 || host.ptr[host.len - 1] != ':' || url->directory.text.len == 0;
}

bool
tc_url_string_is_subset(const struct tc_url_string *inner, const struct tc_url_string *outer)
{
    if (!tc_ordinal_eq(inner->protocol, outer->protocol) || !is_path_subset(&inner->directory, &outer->directory))
        return false;
    if (inner->is_file)
        return is_path_subset(&inner->site, &outer->site);
    return inner->port == outer->port && tc_site_string_is_subset(&inner->site, &outer->site);
}

bool
tc_url_string_equal(const struct tc_url_string *a, const struct tc_url_string *b)
{
    if (!tc_ordinal_eq(a->protocol, b->protocol))
        return false;
    if (a->is_file && (!is_path_subset(&a->site, &b->site) || !is_path_subset(&b->site, &a->site)))
        return false;
    if (!a->is_file &&
        (!tc_str_eq(a->user, b->user) || !tc_site_string_equal(&a->site, &b->site) || a->port != b->port))
        return false;
    return is_path_subset(&a->directory, &b->directory) && is_path_subset(&b->directory, &a->directory);
}

bool
tc_url_string_directory(struct tc_arena *arena, const struct tc_url_string *url, struct tc_str *ret_path)
{
    struct tc_str host = url->site.text, directory = url->directory.text;
    size_t slash = find_char(host, '/', 0);
    bool is_drive = host.len == 2 && (host.ptr[1] == ':' || host.ptr[1] == '|');
    size_t len = directory.len;
    char *out;

    if (!url->is_file)
        return false;
    if (slash != SIZE_MAX)
        is_drive = slash < 2 || (slash == 2 && host.ptr[1] == ':');
    while (len > 0 && directory.ptr[len - 1] != '/')
        len--;
    *ret_path = tc_arena_printf(arena, "%s%.*s\\%.*s", is_drive ? "" : "\\\\", TC_STR_ARG(host),
                                TC_STR_ARG(tc_str_sub(directory, 0, len)));
    out = tc_arena_alloc(arena, ret_path->len + 1, 1);
    if (out == NULL)
        return true;
    for (size_t i = 0; i < ret_path->len; i++)
        out[i] = ret_path->ptr[i] == '/' ? '\\' : ret_path->ptr[i];
    ret_path->ptr = out;
    return true;
}
