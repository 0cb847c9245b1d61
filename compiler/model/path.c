#include "model/path.h"

#include "base/ascii.h"
#include "model/algebra_util.h"

#include <string.h>

enum { PATH_MAX_UNITS = 260, COMPONENT_MAX_UNITS = 255, SURELY_SHORT = 240 };

static bool
is_illegal(char c)
{
    return c == '"' || c == '<' || c == '>' || c == '|' || (unsigned char)c < 0x20;
}

bool
tc_path_is_full(struct tc_str path)
{
    if (path.len < 2)
        return false;
    if (tc_ascii_is_slash(path.ptr[0]))
        return path.ptr[1] == '?' || tc_ascii_is_slash(path.ptr[1]);
    return path.len >= 3 && path.ptr[1] == ':' && tc_ascii_is_slash(path.ptr[2]) && tc_ascii_is_letter(path.ptr[0]);
}

/* What a canonical path holds nowhere behind its beginning, and the separator. */
static bool
is_special(char c)
{
    static const bool special[256] = {
        [0] = true,   [1] = true,   [2] = true,   [3] = true,   [4] = true,   [5] = true,   [6] = true,    [7] = true,
        [8] = true,   [9] = true,   [10] = true,  [11] = true,  [12] = true,  [13] = true,  [14] = true,   [15] = true,
        [16] = true,  [17] = true,  [18] = true,  [19] = true,  [20] = true,  [21] = true,  [22] = true,   [23] = true,
        [24] = true,  [25] = true,  [26] = true,  [27] = true,  [28] = true,  [29] = true,  [30] = true,   [31] = true,
        ['"'] = true, ['<'] = true, ['>'] = true, ['|'] = true, ['/'] = true, [':'] = true, ['\\'] = true,
    };

    return special[(unsigned char)c];
}

bool
tc_path_is_canonical(struct tc_str path)
{
    size_t at, components = 0;

    if (path.len < 3 || path.len >= SURELY_SHORT)
        return false;
    if (path.ptr[0] == '\\' && path.ptr[1] == '\\')
        at = 2;
    else if (tc_ascii_is_letter(path.ptr[0]) && path.ptr[1] == ':' && path.ptr[2] == '\\')
        at = 3;
    else
        return false;
    for (size_t start = at; at < path.len; at++) {
        char c = path.ptr[at];

        if (!is_special(c))
            continue;
        if (c == '\\') {
            char last = path.ptr[at - 1];

            if (at == start || last == '.' || last == ' ')
                return false;
            components++;
            start = at + 1;
        } else {
            return false;
        }
    }
    /* The end is trimmed of no-break spaces and the like too: leave it to the long way unless it is ASCII. */
    if (path.ptr[at - 1] == '.' || path.ptr[at - 1] == ' ' || (unsigned char)path.ptr[at - 1] >= 0x80)
        return false;
    return path.ptr[0] != '\\' || components + (path.ptr[at - 1] != '\\') >= 2;
}

/* ---- the framework's first pass: redundant dots, blanks and slashes -------------------------------------------- */

struct pass {
    struct tc_str path;
    char *out;
    size_t len;
    size_t dots, blanks;  /* since the last significant character */
    size_t significant;   /* characters of this component other than dots and blanks that may yet be dropped */
    size_t after;         /* index behind the last significant character or separator */
    size_t separator;     /* where in out the last separator stands */
    bool after_separator; /* further separators are dropped */
    bool after_volume;    /* this component began with "C:" */
    bool is_first;
};

static bool
component_is_long(const struct pass *pass)
{
    size_t bytes = pass->len - 1 - pass->separator;

    return bytes > COMPONENT_MAX_UNITS &&
           tc_utf16_len((struct tc_str){pass->out + pass->len - bytes, bytes}) > COMPONENT_MAX_UNITS;
}

/* A component of dots and blanks only: `[dot]+ [blank]*` is written as `.` or `..`, anything else is refused. */
static bool
write_dots(struct pass *pass)
{
    const char *start = pass->path.ptr + pass->after;

    if (start[0] != '.')
        return false;
    if (pass->dots >= 2) {
        if ((pass->after_volume && pass->dots > 2) || start[1] != '.')
            return false;
        for (size_t i = 2; i < pass->dots; i++)
            if (start[i] != '.')
                return false;
        pass->out[pass->len++] = '.';
    }
    pass->out[pass->len++] = '.';
    pass->after_separator = false;
    return true;
}

static bool
take_separator(struct pass *pass, size_t at)
{
    if (pass->significant == 0) {
        if (pass->dots > 0 && !write_dots(pass))
            return false;
        if (pass->blanks > 0 && pass->is_first && at + 1 < pass->path.len && tc_ascii_is_slash(pass->path.ptr[at + 1]))
            pass->out[pass->len++] = '\\';
    }
    pass->dots = pass->blanks = 0;
    if (!pass->after_separator) {
        pass->after_separator = true;
        pass->out[pass->len++] = '\\';
    }
    pass->significant = 0;
    pass->after = at + 1;
    pass->after_volume = pass->is_first = false;
    return true;
}

static bool
take_other(struct pass *pass, size_t at)
{
    char c = pass->path.ptr[at];

    pass->after_separator = false;
    if (pass->is_first && c == ':') {
        char drive = at > 0 ? pass->path.ptr[at - 1] : ' ';

        if (pass->dots > 0 || pass->significant == 0 || drive == ' ')
            return false;
        pass->after_volume = true;
        pass->significant = 0;
    } else {
        pass->significant += 1 + pass->dots + pass->blanks;
    }
    if (pass->dots > 0 || pass->blanks > 0) {
        memcpy(pass->out + pass->len, pass->path.ptr + pass->after, at - pass->after);
        pass->len += at - pass->after;
        pass->dots = pass->blanks = 0;
    }
    pass->out[pass->len++] = c;
    pass->after = at + 1;
    return true;
}

static enum tc_answer
drop_redundant(struct pass *pass, struct tc_throw *ret_throw)
{
    size_t at = 0;

    pass->is_first = true;
    if (tc_ascii_is_slash(pass->path.ptr[0])) { /* so that `\\server` keeps both */
        pass->out[pass->len++] = '\\';
        pass->after = at = 1;
    }
    for (; at < pass->path.len; at++) {
        char c = pass->path.ptr[at];

        if (tc_ascii_is_slash(c)) {
            if (!take_separator(pass, at))
                return tc_throw_new(ret_throw, "ArgumentException", "Arg_PathIllegal");
            if (component_is_long(pass))
                return tc_throw_new(ret_throw, "PathTooLongException", "IO.PathTooLong");
            pass->separator = pass->len - 1;
        } else if (c == '.') {
            pass->dots++;
        } else if (c == ' ') {
            pass->blanks++;
        } else if (!take_other(pass, at)) {
            return tc_throw_new(ret_throw, "ArgumentException", "Arg_PathIllegal");
        }
    }
    if (component_is_long(pass))
        return tc_throw_new(ret_throw, "PathTooLongException", "IO.PathTooLong");
    if ((pass->significant == 0 && pass->dots > 0 && !write_dots(pass)) || pass->len == 0)
        return tc_throw_new(ret_throw, "ArgumentException", "Arg_PathIllegal");
    return TC_YES;
}

/* ---- the second pass: what Windows does with an absolute path -------------------------------------------------- */

/* How much of @a text stays whatever follows: `C:\`, or `\\server\share`. */
static size_t
root_len(struct tc_str text)
{
    size_t at = 2, components = 0;

    if (text.ptr[0] != '\\')
        return text.len < 3 ? text.len : 3;
    if (text.len < 2 || text.ptr[1] != '\\')
        return 1;
    for (; at < text.len; at++)
        if (text.ptr[at] == '\\' && ++components == 2)
            break;
    return at;
}

/* Resolves `.` and `..` in place. */
static size_t
resolve_dots(char *text, size_t len)
{
    size_t root = root_len((struct tc_str){text, len}), out = root;

    for (size_t at = root; at < len;) {
        size_t start, end;

        if (text[at] == '\\') {
            if (out == 0 || text[out - 1] != '\\')
                text[out++] = '\\';
            at++;
            continue;
        }
        start = end = at;
        while (end < len && text[end] != '\\')
            end++;
        at = end;
        if (end - start == 1 && text[start] == '.')
            continue;
        if (end - start == 2 && text[start] == '.' && text[start + 1] == '.') {
            while (out > root && text[out - 1] == '\\')
                out--;
            while (out > root && text[out - 1] != '\\')
                out--;
            continue;
        }
        memmove(text + out, text + start, end - start);
        out += end - start;
    }
    return out;
}

/* A last component that went away takes the separator before it along: `C:\a\..` is `C:\`, `C:\a\b\..` is `C:\a`. */
static size_t
without_last_separator(const char *text, size_t len, struct tc_str before)
{
    size_t root = root_len((struct tc_str){text, len});
    bool ended_in_dots = tc_str_ends(before, TC_STR("\\.")) || tc_str_ends(before, TC_STR("\\.."));

    return ended_in_dots && len > root && text[len - 1] == '\\' ? len - 1 : len;
}

static bool
is_server_alone(struct tc_str text)
{
    size_t at = 2;

    if (text.len < 2 || text.ptr[0] != '\\' || text.ptr[1] != '\\')
        return false;
    while (at < text.len && text.ptr[at] != '\\')
        at++;
    return at + 1 >= text.len;
}

/* String.TrimEnd of what Path takes for white space. */
static struct tc_str
trim_end(struct tc_str path)
{
    while (path.len > 0) {
        unsigned char last = (unsigned char)path.ptr[path.len - 1];

        if (last == ' ' || (last >= '\t' && last <= '\r'))
            path.len--;
        else if (path.len > 1 && (unsigned char)path.ptr[path.len - 2] == 0xC2 && (last == 0x85 || last == 0xA0))
            path.len -= 2;
        else
            break;
    }
    return path;
}

static enum tc_answer
full_path(struct tc_arena *arena, struct tc_str path, struct tc_str *ret_path, struct tc_throw *ret_throw)
{
    struct pass pass = {.path = trim_end(path)};
    enum tc_answer answer;
    struct tc_str before;
    size_t len;

    for (size_t i = 0; i < pass.path.len; i++)
        if (is_illegal(pass.path.ptr[i]))
            return tc_throw_new(ret_throw, "ArgumentException", "Argument_InvalidPathChars");
    pass.out = tc_arena_alloc(arena, 2 * pass.path.len + 4, 1);
    if (pass.out == NULL)
        return tc_throw_nomem(ret_throw);
    answer = drop_redundant(&pass, ret_throw);
    if (answer != TC_YES)
        return answer;
    before = tc_arena_str(arena, (struct tc_str){pass.out, pass.len});
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    len = resolve_dots(pass.out, pass.len);
    len = without_last_separator(pass.out, len, before);
    if (len >= PATH_MAX_UNITS && tc_utf16_len((struct tc_str){pass.out, len}) >= PATH_MAX_UNITS)
        return tc_throw_new(ret_throw, "PathTooLongException", "IO.PathTooLong");
    if (is_server_alone((struct tc_str){pass.out, len}))
        return tc_throw_new(ret_throw, "ArgumentException", "Arg_PathIllegalUNC");
    *ret_path = (struct tc_str){pass.out, len};
    return TC_YES;
}

enum tc_answer
tc_path_canonical(struct tc_arena *arena, struct tc_str path, struct tc_str *ret_path, struct tc_throw *ret_throw)
{
    struct tc_str full;
    enum tc_answer answer;

    if (tc_path_is_canonical(path)) {
        *ret_path = path;
        return TC_YES;
    }
    if (!tc_path_is_full(path))
        return tc_throw_new(ret_throw, "ArgumentException", "Argument_AbsolutePathRequired");
    if (tc_str_find(path, TC_STR(":"), 2) != SIZE_MAX)
        return tc_throw_new(ret_throw, "NotSupportedException", "Argument_PathFormatNotSupported");
    answer = full_path(arena, path, &full, ret_throw);
    if (answer != TC_YES)
        return answer;
    if (tc_str_ends(path, TC_STR("\\."))) {
        full = tc_arena_printf(arena, tc_str_ends(full, TC_STR("\\")) ? "%.*s." : "%.*s\\.", TC_STR_ARG(full));
        if (arena->failed)
            return tc_throw_nomem(ret_throw);
    }
    *ret_path = full;
    return TC_YES;
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

int
tc_path_drive(struct tc_str path)
{
    if (path.len < 2 || path.ptr[1] != ':' || !tc_ascii_is_letter(path.ptr[0]))
        return -1;
    return (path.ptr[0] | 0x20) - 'a';
}

bool
tc_path_covers(struct tc_str grant, struct tc_str demand)
{
    size_t len;

    if (grant.len == 0 || demand.len == 0 || !tc_ordinal_starts(demand, grant, &len))
        return false;
    return len == demand.len || grant.ptr[grant.len - 1] == '\\' || demand.ptr[len] == '\\';
}

bool
tc_path_related(struct tc_str grant, struct tc_str demand)
{
    struct tc_str above = grant, below = demand;
    size_t len;

    if (grant.len == 0 || demand.len == 0)
        return false;
    if (!tc_ordinal_starts(below, above, &len)) {
        above = demand;
        below = grant;
        if (!tc_ordinal_starts(below, above, &len))
            return false;
    }
    return len == below.len || below.ptr[len] == '\\' ||
           (above.len == 3 && above.ptr[2] == '\\' && tc_path_drive(above) >= 0);
}
