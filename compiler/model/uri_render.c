#include "base/ascii.h"
#include "model/netchar.h"
#include "model/uri_parts.h"

enum { NO_BYTE = -1 };

/* The byte that `%XX` at @a at stands for, or NO_BYTE. */
static int
escaped_byte(struct tc_str text, size_t at)
{
    int high, low;

    if (at + 2 >= text.len || text.ptr[at] != '%')
        return NO_BYTE;
    high = tc_ascii_hex(text.ptr[at + 1]);
    low = tc_ascii_hex(text.ptr[at + 2]);
    return high < 0 || low < 0 ? NO_BYTE : high << 4 | low;
}

/* ---- looking at path and query ---- */

struct found {
    bool escaped_canonical; /* escaped, and nothing is left to escape */
    bool display_canonical; /* nothing is escaped */
    bool dots;              /* `.`, `..` or `//` may be there */
    bool escaped_dots;      /* `.` or a slash is escaped */
    bool backslash;
    bool reserved; /* a control character, or a delimiter that is none here */
};

/* CheckCanonical: from *at to @a delimiter (NUL: none) or the end. */
static struct found
look(const struct tc_uri_parts *uri, size_t *at, char delimiter)
{
    struct found found = {0};
    bool needs_escaping = false, has_escapes = false;
    struct tc_str text = uri->text;
    size_t i = *at, step;

    for (; i < text.len; i += step) {
        uint32_t code;

        step = tc_utf8_next(text, i, &code);
        if (tc_is_control(code)) {
            needs_escaping = has_escapes = found.reserved = true;
        } else if ((delimiter != '\0' && code == (unsigned char)delimiter) ||
                   (delimiter == '?' && code == '#' && uri_allows(uri, FRAGMENT))) {
            break;
        } else if (code == '?') {
            if (uri->implicit_file || (!uri_allows(uri, QUERY) && delimiter != '\0'))
                needs_escaping = has_escapes = found.reserved = true;
        } else if (code == '#') {
            needs_escaping = true;
            if (uri->implicit_file || !uri_allows(uri, FRAGMENT))
                has_escapes = found.reserved = true;
        } else if (code == '/' || code == '\\') {
            found.backslash |= code == '\\';
            found.dots |= tc_ascii_is_slash(uri_at(uri, i + 1));
        } else if (code == '.') {
            char next = uri_at(uri, i + 1);

            found.dots |= i + 1 == text.len || next == '.' || tc_ascii_is_slash(next) || next == '?' || next == '#';
        } else if ((code <= '"' && code != '!') || (code >= '[' && code <= '^') || code == '<' || code == '>' ||
                   code == '`' || (code > 'z' && code != '~')) {
            needs_escaping = true;
        } else if (code == '%') {
            int byte = escaped_byte(text, i);

            has_escapes = true;
            if (byte == NO_BYTE) {
                needs_escaping = true;
                continue;
            }
            found.escaped_dots |= byte == '.' || byte == '/' || byte == '\\';
            step = 3;
        }
    }
    found.display_canonical = !has_escapes;
    found.escaped_canonical = !needs_escaping;
    *at = i;
    return found;
}

/* ---- rendering ---- */

static void
put_escaped(struct tc_buf *out, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";

    tc_buf_putc(out, '%');
    tc_buf_putc(out, digits[byte >> 4]);
    tc_buf_putc(out, digits[byte & 15]);
}

/* EscapeString: what is neither reserved nor unreserved in RFC 2396, and the characters of @a forced. */
static void
escape(struct tc_buf *out, struct tc_str text, const char *forced, bool keep_escapes)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '%' && keep_escapes && escaped_byte(text, i) != NO_BYTE) {
            tc_buf_put(out, text.ptr + i, 3);
            i += 2;
        } else if (!is_one_of(c, forced) && (tc_ascii_is_alnum(c) || is_one_of(c, "-_.~*'()!;/?:@&=+$,#"))) {
            tc_buf_putc(out, c);
        } else {
            put_escaped(out, (unsigned char)c);
        }
    }
}

/* Characters that stay escaped because they would mean something else, or cannot be shown. */
static bool
is_unsafe(int byte)
{
    return byte <= 0x1F || (byte >= 0x7F && byte <= 0x9F) || (byte >= ';' && byte <= '@' && (byte | 2) != '>') ||
           (byte >= '#' && byte <= '&') || byte == '+' || byte == ',' || byte == '/' || byte == '\\';
}

/* The bytes of a run of escapes: UTF-8 is shown, what is not stays escaped. */
static void
put_bytes(struct tc_buf *out, const char *bytes, size_t count)
{
    struct tc_str run = {bytes, count};

    for (size_t i = 0, step; i < count; i += step) {
        uint32_t code;

        step = tc_utf8_next(run, i, &code);
        if (code == TC_UTF8_BAD)
            put_escaped(out, (unsigned char)bytes[i]);
        else
            tc_buf_put(out, bytes + i, step);
    }
}

/* UnescapeString with mode EscapeUnescape (or, for an implicit file, Escape only): safe unescaping. */
static void
unescape_safely(struct tc_buf *out, struct tc_str text, const char *reserved, bool unescapes)
{
    struct tc_buf run;

    tc_buf_init(&run);
    for (size_t i = 0, step; i < text.len; i += step) {
        uint32_t code;
        int byte;

        step = tc_utf8_next(text, i, &code);
        if (code != '%') {
            if (tc_is_control(code) || (code < 0x80 && is_one_of((char)code, reserved)))
                put_escaped(out, (unsigned char)code);
            else
                tc_buf_put(out, text.ptr + i, step);
            continue;
        }
        byte = unescapes ? escaped_byte(text, i) : NO_BYTE;
        if (byte == NO_BYTE) {
            put_escaped(out, '%');
            continue;
        }
        step = 3;
        if (byte == '%' || (byte < 0x80 && is_one_of((char)byte, reserved)) || is_unsafe(byte)) {
            tc_buf_put(out, text.ptr + i, 3);
        } else if (byte < 0x80) {
            tc_buf_putc(out, (char)byte);
        } else {
            tc_buf_clear(&run);
            do {
                tc_buf_putc(&run, (char)byte);
                i += 3;
                byte = escaped_byte(text, i);
            } while (byte >= 0x80);
            step = 0;
            put_bytes(out, run.ptr, run.len);
        }
    }
    out->failed |= run.failed;
    tc_buf_done(&run);
}

/* Unescape `.`, `/` and `\` in place; a `%` that escapes nothing takes two characters with it. @return the new length
 */
static size_t
unescape_dots(char *text, size_t length)
{
    size_t out = 0, i = 0;

    while (i < length) {
        size_t step = text[i] == '%' && i + 2 < length ? 3 : 1;
        int byte = escaped_byte((struct tc_str){text, length}, i);

        if (byte == '.' || byte == '/' || byte == '\\') {
            text[out++] = (char)byte;
        } else {
            memmove(text + out, text + i, step);
            out += step;
        }
        i += step;
    }
    return out;
}

/* As the framework's block copies do, but never beyond the text. */
static void
cut(struct tc_buf *text, size_t from, size_t to)
{
    if (to > text->len)
        to = text->len;
    if (from >= to)
        return;
    memmove(text->ptr + from, text->ptr + to, text->len - to);
    text->len -= to - from;
}

/*
 * Compress the path from @a start on: from the end, drop `.` segments, `..` segments with the one before, and dots at
 * the end of segments. Follows the framework's loop, whose state decides about odd cases like `/../a../..`; positions
 * count from the start of the whole URI, so that 0 can stand for no slash yet.
 */
static void
compress(const struct tc_uri_parts *uri, struct tc_buf *text, size_t start)
{
    size_t slashes = 0, last_slash = 0, dots = 0, removals = 0;

    for (size_t i = text->len; i-- > start;) {
        char c = text->ptr[i];

        if (c == '\\' && uri_allows(uri, CONVERT_SLASHES))
            text->ptr[i] = c = '/';
        if (c == '/') {
            slashes++;
        } else {
            if (slashes > 1)
                last_slash = i + 1;
            slashes = 0;
        }
        if (c == '.') {
            dots++;
            continue;
        }
        if (dots != 0) {
            bool keeps = !uri_allows(uri, FILE_PATH_RULES) && (dots > 2 || c != '/');
            bool whole = last_slash == i + dots + 1 || (last_slash == 0 && i + dots + 1 == text->len);

            if (!keeps && c == '/' && whole) {
                cut(text, i + 1, i + 1 + dots + (last_slash == 0 ? 0 : 1));
                last_slash = i;
                removals += dots == 2;
                dots = 0;
                continue;
            }
            if (!keeps && c != '/' && removals == 0 && whole) {
                cut(text, i + 1, i + 1 + dots);
                last_slash = 0;
                dots = 0;
                continue;
            }
            dots = 0;
        }
        if (c == '/') {
            if (removals != 0) {
                removals--;
                cut(text, i + 1, last_slash + 1);
            }
            last_slash = i;
        }
    }
    if (text->len > start && uri_allows(uri, FILE_PATH_RULES) && slashes <= 1) {
        if (removals != 0 && text->ptr[start] != '/')
            cut(text, start, last_slash + 1);
        else if (dots != 0 && (last_slash == dots + 1 || (last_slash == 0 && dots + 1 == text->len)))
            cut(text, start, start + dots + (last_slash == 0 ? 0 : 1));
    }
}

/* What ParseRemaining finds out about the path. */
struct path_facts {
    bool first_slash_absent, compresses, has_backslash, not_canonical, not_escaped;
    size_t end; /* offset of the query */
};

static struct path_facts
look_at_path(const struct tc_uri_parts *uri)
{
    struct path_facts facts = {.end = uri->path};
    char delimiter = '\0';
    struct found found;

    if (!uri->implicit_file && uri_allows(uri, QUERY | FRAGMENT))
        delimiter = uri_allows(uri, QUERY) ? '?' : '#';
    found = look(uri, &facts.end, delimiter);
    facts.first_slash_absent =
        uri->has_authority && uri_allows(uri, ROOTED_PATH) && !tc_ascii_is_slash(uri_at(uri, uri->path));
    if (uri->dos_path || (uri->has_authority && uri_allows(uri, COMPRESS_PATH | CONVERT_SLASHES | UNESCAPE_DOTS))) {
        if ((found.escaped_dots && uri_allows(uri, UNESCAPE_DOTS)) ||
            (found.backslash && uri_allows(uri, CONVERT_SLASHES)))
            facts.not_escaped = facts.not_canonical = true;
        facts.compresses = uri_allows(uri, COMPRESS_PATH) && (facts.not_escaped || found.dots);
        facts.has_backslash = found.backslash;
    } else if (found.backslash) {
        facts.not_escaped = true;
    }
    if (!found.display_canonical && (!uri->implicit_file || found.reserved))
        facts.not_canonical = true;
    /* A path without a scheme is taken literally: what looks escaped is escaped again. */
    if (uri->implicit_file && (found.reserved || (found.escaped_canonical)))
        found.escaped_canonical = false;
    facts.not_escaped |= !found.escaped_canonical;
    return facts;
}

/* GetCanonicalPath: append the path to scheme and host. */
static void
put_path(const struct tc_uri_parts *uri, const struct path_facts *facts, bool escaped, struct tc_buf *out)
{
    struct tc_str path = tc_str_sub(uri->text, uri->path, facts->end - uri->path);
    size_t secured = !uri->dos_path ? 0 : tc_ascii_is_slash(uri_at(uri, uri->path)) ? 3 : 2;
    struct tc_buf work; /* the path before the last step */
    size_t start;

    if (facts->first_slash_absent)
        tc_buf_putc(out, '/');
    if (path.len == 0)
        return;
    start = out->len;
    tc_buf_puts(out, path);
    if (out->failed)
        return;
    if (secured != 0 && out->ptr[start + secured - 1] == '|')
        out->ptr[start + secured - 1] = ':';
    if (facts->compresses) {
        if (uri_allows(uri, UNESCAPE_DOTS) && facts->not_canonical && !uri->implicit_file)
            out->len = start + unescape_dots(out->ptr + start, out->len - start);
        compress(uri, out, start + secured);
        if (out->len > start && out->ptr[start] == '\\')
            out->ptr[start] = '/';
    }
    if (escaped ? !facts->not_escaped : !facts->not_canonical)
        return;
    tc_buf_init(&work);
    tc_buf_put(&work, out->ptr + start, out->len - start);
    out->len = start;
    out->failed |= work.failed;
    if (escaped)
        escape(out, tc_buf_str(&work), "?#", !uri->implicit_file);
    else
        unescape_safely(out, tc_buf_str(&work), "?#", !uri->implicit_file);
    tc_buf_done(&work);
}

/* Whether scheme and port are written as they are rendered. */
static bool
is_front_canonical(const struct tc_uri_parts *uri)
{
    struct tc_str name = tc_str_of(uri->scheme.name);
    struct tc_str front = tc_str_sub(uri->text, 0, uri->path), port = {0};

    if (!tc_str_starts(front, name) || !tc_str_starts(tc_str_sub(front, name.len, 3), TC_STR("://")))
        return false;
    for (size_t i = name.len + 3; i < front.len; i++)
        if (front.ptr[i] == ':')
            port = tc_str_sub(front, i, front.len);
    return port.len == 0 || (uri->port >= 0 && port.len > 1 && port.ptr[1] != '0');
}

struct tc_str
tc_uri_render(const struct tc_uri_parts *uri, bool escaped)
{
    struct path_facts facts = look_at_path(uri);
    size_t query_end = facts.end;
    bool has_query = uri_at(uri, facts.end) == '?';
    struct tc_str host = uri->host, query = {0}, text;
    struct found found = {.escaped_canonical = true, .display_canonical = true};
    struct tc_buf out;

    if (has_query) {
        query_end++;
        found = look(uri, &query_end, uri_allows(uri, FRAGMENT) ? '#' : '\0');
        query = tc_str_sub(uri->text, facts.end + 1, query_end - facts.end - 1);
    }
    if (uri->is_loopback && is_front_canonical(uri) && !facts.compresses && !facts.first_slash_absent &&
        !facts.has_backslash &&
        (escaped ? !facts.not_escaped && found.escaped_canonical && !found.backslash
                 : !facts.not_canonical && found.display_canonical))
        host = TC_STR("loopback");
    tc_buf_init(&out);
    tc_buf_puts(&out, tc_str_of(uri->scheme.name));
    tc_buf_puts(&out, uri->has_authority ? TC_STR("://") : TC_STR(":"));
    tc_buf_puts(&out, host);
    if (uri->port >= 0)
        tc_buf_printf(&out, ":%d", uri->port);
    put_path(uri, &facts, escaped, &out);
    if (has_query) {
        tc_buf_putc(&out, '?');
        if (escaped)
            escape(&out, query, "#", true);
        else
            unescape_safely(&out, query, "#", true);
    }
    text = tc_arena_str(uri->arena, tc_buf_str(&out));
    if (out.failed)
        uri->arena->failed = true;
    tc_buf_done(&out);
    return text;
}
