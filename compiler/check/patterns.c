/* Regular expressions for URLs: of WebPermission, and of originUrl, which takes the place of $OriginHost$ in one. */
#include "base/ascii.h"
#include "check/uri_atoms.h"
#include "check/urls.h"
#include "model/netregex.h"

#include <string.h>

#define DOTS_MAX 32 /* unescaped dots of one pattern that a fix mends at once */

static char
char_at(struct tc_str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

static bool
is_literal(const struct tc_uri_atom *atom, char c)
{
    return atom->kind == TC_ATOM_LITERAL && atom->c == c;
}

/* One alternative of a pattern: "(http://a/.*|http://b/.*)" has two. */
struct alternative {
    size_t begin;
    bool has_scheme;
    int depth;             /* of parentheses, where :// stands */
    size_t host, host_end; /* from behind :// to the slash, or the end */
    bool has_slash;        /* a slash ends the host */
    bool has_path;         /* and more than that can follow */
    size_t wild, wild_end; /* the first `.*` or `.+` of the host; 0, 0: none */
    bool wild_class;       /* it is a class or the like, which may leave slashes out */
    bool has_name;         /* letters, digits in the host */
    size_t port, port_end; /* digits behind a colon of the host */
    bool at_sign;
};

struct pattern {
    struct tc_check *check;
    bool is_origin; /* of a web.config; what a WebPermission allows is judged by grants.c */
    struct tc_check_value value;
    struct tc_str text;
    size_t dots[DOTS_MAX]; /* unescaped ones in hosts */
    size_t dot_count;
};

static struct tc_span
part(const struct pattern *p, size_t begin, size_t end)
{
    return tc_check_value_part(&p->value, begin, end);
}

/* An edit of a part; without places for parts there is none. */
static void
edit(const struct pattern *p, struct tc_diag *diag, size_t begin, size_t end, const char *text)
{
    if (p->value.is_exact)
        tc_diag_edit(p->check->diags, diag, part(p, begin, end), "%s", text);
}

/* One that lets more URLs through than before, or guesses. */
static void
edit_unsafe(const struct pattern *p, struct tc_diag *diag, size_t begin, size_t end, const char *text)
{
    edit(p, diag, begin, end, text);
    diag->is_unsafe = diag->edits != NULL;
}

/* ---- wild cards of file names ------------------------------------------------------------------------------------ */

/* Whether the star at @a at is one of file names: there is nothing before it that a pattern could want repeated. */
static bool
is_glob_star(struct tc_str text, size_t at)
{
    char before = at == 0 ? '\0' : text.ptr[at - 1], after = char_at(text, at + 1);

    if (at > 1 && text.ptr[at - 2] == '\\')
        return false;
    if (at == 0 || before == '|' || (before == '(' && after != '?'))
        return true;
    if (before == '/')
        return after != '/' || at + 1 == text.len || (at > 1 && text.ptr[at - 2] != ':');
    return before == ':' && (after == '/' || after == '\0');
}

static bool
has_glob(struct tc_str text)
{
    for (size_t at = 0; at < text.len;) {
        struct tc_uri_atom atom = tc_uri_atom_next(text, at);

        if (atom.kind == TC_ATOM_QUANTIFIER && atom.c == '*' && is_glob_star(text, at))
            return true;
        at = atom.end;
    }
    return false;
}

/* What the stars mean, written as a regular expression; dots of hosts as well. */
static void
mend_glob(struct pattern *p, struct tc_diag *diag)
{
    struct tc_str text = p->text;
    size_t slashes = tc_str_find(text, TC_STR("://"), 0), at = 0;
    bool in_host = true;

    if (slashes == SIZE_MAX)
        edit_unsafe(p, diag, 0, 0, "https?://");
    else
        at = slashes + 3;
    for (size_t i = 0; i < at;) { /* a star for the scheme */
        struct tc_uri_atom atom = tc_uri_atom_next(text, i);

        if (atom.kind == TC_ATOM_QUANTIFIER && atom.c == '*' && is_glob_star(text, i))
            edit_unsafe(p, diag, i, i + 1, "https?");
        i = atom.end;
    }
    while (at < text.len) {
        struct tc_uri_atom atom = tc_uri_atom_next(text, at);

        if (atom.kind == TC_ATOM_QUANTIFIER && atom.c == '*' && is_glob_star(text, at))
            edit_unsafe(p, diag, at, at + 1,
                        text.ptr[at == 0 ? 0 : at - 1] == ':' ? "[0-9]+"
                        : in_host                             ? "[^/]*"
                                                              : ".*");
        else if (atom.kind == TC_ATOM_DOT && in_host && tc_uri_atom_next(text, atom.end).kind != TC_ATOM_QUANTIFIER)
            edit_unsafe(p, diag, at, at, "\\");
        else if (is_literal(&atom, '/'))
            in_host = false;
        at = atom.end;
    }
}

static bool
check_glob(struct pattern *p)
{
    struct tc_diag *diag;
    size_t at = 0;

    if (!has_glob(p->text))
        return false;
    for (;; at = tc_uri_atom_next(p->text, at).end)
        if (char_at(p->text, at) == '*' && is_glob_star(p->text, at))
            break;
    diag = tc_check_report(p->check, TC_CHECK_URI_GLOB, part(p, at, at + 1),
                           "'%.*s' is written with wild cards of file names, but it is a regular expression",
                           TC_STR_ARG(p->text));
    tc_diag_note(p->check->diags, diag, "a star repeats what stands before it: '/*' means any number of slashes");
    tc_diag_help(p->check->diags, diag, "write '.*' for anything, '[^/]*' for anything in a host");
    mend_glob(p, diag);
    return true;
}

/* ---- validity ---------------------------------------------------------------------------------------------------- */

/* Constructs of other dialects that .NET refuses, by what stands around the place where it gives up. */
static const char *
dialect_hint(struct tc_str text, size_t fault)
{
    static const struct {
        const char *mark;
        const char *hint;
    } rows[] = {
        {"\\Q", "'\\Q...\\E' is of Perl and Java: write a backslash before each character that means something"},
        {"\\E", "'\\Q...\\E' is of Perl and Java: write a backslash before each character that means something"},
        {"(?R", "recursion is of PCRE: .NET has none"},
        {"(?P<", "'(?P<name>' is of Python: write '(?:' where the name is not needed"},
        {"(?&", "a call of a group is of PCRE: .NET has none"},
        {"(?|", "'(?|' is of PCRE: write '(?:'"},
        {"\\K", "'\\K' is of PCRE: .NET has none"},
        {"\\R", "'\\R' is of PCRE: .NET has none"},
        {"\\h", "'\\h' is of PCRE: write '[ \\t]'"},
        {"\\_", "'_' means nothing by itself: write it without the backslash"},
        {"++", "possessive repetitions are of Java and PCRE: write '(?>...+)'"},
        {"*+", "possessive repetitions are of Java and PCRE: write '(?>...*)'"},
        {"?+", "possessive repetitions are of Java and PCRE: write '(?>...?)'"},
        {"}+", "possessive repetitions are of Java and PCRE: write '(?>...{n})'"},
        {"**", "a repetition cannot be repeated"},
    };
    size_t from = fault > 4 ? fault - 4 : 0;
    struct tc_str around = tc_str_sub(text, from, fault - from + 2);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (tc_str_find(around, tc_str_of(rows[i].mark), 0) != SIZE_MAX)
            return rows[i].hint;
    return NULL;
}

/* A parenthesis or bracket that is never closed; SIZE_MAX when that is not what is wrong. */
static size_t
unclosed(struct tc_str text)
{
    size_t last = SIZE_MAX, depth = 0, open = SIZE_MAX;

    for (size_t at = 0; at < text.len;) {
        struct tc_uri_atom atom = tc_uri_atom_next(text, at);

        if (atom.kind == TC_ATOM_CLASS && text.ptr[atom.end - 1] != ']')
            last = at;
        if (atom.kind == TC_ATOM_OPEN && depth++ == 0)
            open = at;
        if (atom.kind == TC_ATOM_CLOSE && depth > 0)
            depth--;
        at = atom.end;
    }
    return last != SIZE_MAX ? last : depth > 0 ? open : SIZE_MAX;
}

static bool
check_valid(struct pattern *p)
{
    struct tc_netregex_facts facts;
    size_t open, begin;
    struct tc_diag *diag;
    const char *hint;

    switch (tc_netregex_examine(p->text, TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE, &facts)) {
    case TC_NETREGEX_INVALID:
        open = facts.fault >= p->text.len ? unclosed(p->text) : SIZE_MAX;
        begin = open != SIZE_MAX ? open : facts.fault > 0 ? facts.fault - 1 : 0;
        begin -= begin > 0 && open == SIZE_MAX && p->text.ptr[begin - 1] == '\\';
        hint = dialect_hint(p->text, facts.fault);
        diag = tc_check_report(p->check, TC_CHECK_URI_INVALID, part(p, begin, begin + 1),
                               open != SIZE_MAX ? "nothing closes the '%.*s' of this regular expression"
                                                : "this is no regular expression of .NET: '%.*s' cannot be read",
                               TC_STR_ARG(tc_str_sub(p->text, begin, open != SIZE_MAX ? 1 : 12)));
        tc_diag_note(p->check->diags, diag,
                     "nobody notices when the file is loaded: each demand that meets it is refused");
        if (hint != NULL)
            tc_diag_help(p->check->diags, diag, "%s", hint);
        return false;
    case TC_NETREGEX_OK:
        if (facts.explodes)
            tc_diag_help(p->check->diags,
                         tc_check_report(p->check, TC_CHECK_URI_COSTLY, p->value.span,
                                         "a repetition in a repetition: a URL that does not match can keep a "
                                         "processor busy for hours"),
                         "let each repetition begin with a character that the others cannot take");
        break;
    case TC_NETREGEX_NO:
    case TC_NETREGEX_UNSUPPORTED:
    case TC_NETREGEX_NOMEM:
        break;
    }
    return true;
}

/* ---- alternatives ------------------------------------------------------------------------------------------------ */

static bool
is_repeated(struct tc_str text, const struct tc_uri_atom *atom)
{
    struct tc_uri_atom next = tc_uri_atom_next(text, atom->end);

    return next.kind == TC_ATOM_QUANTIFIER && next.c != '?';
}

/* Whether nothing of a path can follow: only the end, an optional slash or something that closes. */
static bool
is_end(struct tc_str text, size_t at)
{
    for (;;) {
        struct tc_uri_atom atom = tc_uri_atom_next(text, at);

        if (atom.kind == TC_ATOM_END || atom.kind == TC_ATOM_OR)
            return true;
        if (atom.kind != TC_ATOM_CLOSE && atom.kind != TC_ATOM_ANCHOR && !is_literal(&atom, '/') &&
            !(atom.kind == TC_ATOM_QUANTIFIER && atom.c == '?') &&
            !(atom.kind == TC_ATOM_CLASS && atom.end - atom.begin == 3))
            return false;
        at = atom.end;
    }
}

/* What follows an alternative that ends at @a at: of one in @a depth parentheses, what stands behind them. */
static size_t
past_group(struct tc_str text, size_t at, int depth)
{
    struct tc_uri_atom atom = tc_uri_atom_next(text, at);

    if (atom.kind != TC_ATOM_OR)
        return at;
    for (int open = depth; open > 0 && atom.kind != TC_ATOM_END; atom = tc_uri_atom_next(text, atom.end)) {
        open += atom.kind == TC_ATOM_OPEN;
        open -= atom.kind == TC_ATOM_CLOSE;
        at = atom.end;
    }
    return at;
}

/* The host of @a a, which begins at @a at; the place behind it. */
static size_t
read_host(struct pattern *p, struct alternative *a, size_t at, int *depth)
{
    struct tc_str text = p->text;
    size_t closed = SIZE_MAX; /* where the parentheses end in which :// stands */

    a->host = at;
    a->depth = *depth;
    for (;;) {
        struct tc_uri_atom atom = tc_uri_atom_next(text, at);

        if (atom.kind == TC_ATOM_END || is_literal(&atom, '/') || (atom.kind == TC_ATOM_OR && *depth <= a->depth))
            break;
        if (atom.kind == TC_ATOM_CLOSE && *depth == a->depth && closed == SIZE_MAX)
            closed = at;
        *depth += atom.kind == TC_ATOM_OPEN;
        *depth -= atom.kind == TC_ATOM_CLOSE;
        a->at_sign |= is_literal(&atom, '@');
        if (is_literal(&atom, ':')) {
            a->port = atom.end;
            for (a->port_end = a->port; tc_ascii_is_digit(char_at(text, a->port_end));)
                a->port_end++;
        }
        if ((atom.kind == TC_ATOM_DOT || atom.kind == TC_ATOM_CLASS || atom.kind == TC_ATOM_ESCAPE) &&
            is_repeated(text, &atom) && a->wild_end == 0) {
            a->wild = atom.begin;
            a->wild_end = tc_uri_atom_next(text, atom.end).end;
            a->wild_class = atom.kind != TC_ATOM_DOT;
        } else if (atom.kind == TC_ATOM_DOT && tc_uri_atom_next(text, atom.end).kind != TC_ATOM_QUANTIFIER &&
                   p->dot_count < DOTS_MAX) {
            p->dots[p->dot_count++] = atom.begin;
        }
        a->has_name |= atom.kind == TC_ATOM_LITERAL && tc_ascii_is_alnum(atom.c);
        at = atom.end;
    }
    a->host_end = closed != SIZE_MAX ? closed : at;
    a->has_slash = char_at(text, at) == '/' || char_at(text, at) == '\\';
    a->has_path = !is_end(text, past_group(text, at, a->depth)) || (a->wild_end != 0 && !a->wild_class);
    return at;
}

/* ---- what an alternative says ------------------------------------------------------------------------------------ */

static void
check_dots(struct pattern *p)
{
    struct tc_diag *diag;

    if (p->dot_count == 0)
        return;
    diag = tc_check_report(p->check, TC_CHECK_URI_DOT, part(p, p->dots[0], p->dots[0] + 1),
                           p->dot_count == 1 ? "a dot in the host stands for any character"
                                             : "%zu dots in the host stand for any character",
                           p->dot_count);
    tc_diag_help(p->check->diags, diag, "write '\\.' for a dot");
    for (size_t i = 0; i < p->dot_count; i++)
        edit(p, diag, p->dots[i], p->dots[i], "\\");
}

static void
check_host(struct pattern *p, const struct alternative *a)
{
    struct tc_check *check = p->check;
    struct tc_diag *diag;

    if (a->at_sign)
        tc_check_report(check, TC_CHECK_URI_NEVER, part(p, a->host, a->host_end),
                        "URLs are compared without user names: nothing with an '@' in its host ever matches");
    if (a->wild_end != 0 && !a->has_name) {
        if (!p->is_origin)
            return;
        diag = tc_check_report(check, TC_CHECK_URI_ANYTHING, part(p, a->wild, a->wild_end),
                               "this pattern allows every host");
        tc_diag_help(check->diags, diag, "name the hosts that are needed");
        return;
    }
    if (a->wild_end != 0 && !a->wild_class) {
        bool at_end = a->wild_end == a->host_end && !a->has_slash;

        diag = tc_check_report(check, TC_CHECK_URI_WILD_HOST, part(p, a->wild, a->wild_end),
                               at_end ? "without a slash before it, '%.*s' makes the host longer as well"
                                      : "'%.*s' in a host covers slashes, too",
                               TC_STR_ARG(tc_str_sub(p->text, a->wild, a->wild_end - a->wild)));
        tc_diag_note(check->diags, diag, "%s",
                     at_end ? "a host whose name only begins like this one is allowed as well"
                            : "the name that follows may then stand in the path of any other host");
        if (at_end) {
            tc_diag_help(check->diags, diag, "write a slash before it");
            edit(p, diag, a->wild, a->wild, "/");
        } else {
            tc_diag_help(check->diags, diag, "write '[^/]' instead of the dot");
            edit(p, diag, a->wild, a->wild + 1, "[^/]");
        }
        return;
    }
    if (a->has_slash && char_at(p->text, a->host_end) == '/') {
        struct tc_uri_atom slash = tc_uri_atom_next(p->text, a->host_end),
                           optional = tc_uri_atom_next(p->text, slash.end);
        struct tc_uri_atom rest = tc_uri_atom_next(p->text, optional.end);

        if (optional.kind == TC_ATOM_QUANTIFIER && optional.c != '+' && optional.c != '{' && rest.kind == TC_ATOM_DOT &&
            is_repeated(p->text, &rest)) {
            diag = tc_check_report(check, TC_CHECK_URI_WILD_HOST, part(p, optional.begin, optional.end),
                                   "without the slash, what follows makes the host longer as well");
            tc_diag_note(check->diags, diag, "a host whose name only begins like this one is allowed as well");
            tc_diag_help(check->diags, diag, "do not let the slash be optional");
            edit(p, diag, optional.begin, optional.end, "");
            return;
        }
    }
    if (!a->has_path) {
        diag = tc_check_report(check, TC_CHECK_URI_NO_PATH, part(p, a->host, a->host_end),
                               "this pattern ends with the host: it allows its first page and nothing below");
        tc_diag_help(check->diags, diag, "end it with '/.*'");
        if (a->host_end == p->text.len)
            edit_unsafe(p, diag, p->text.len, p->text.len, "/.*");
        else if (a->has_slash && a->host_end + 1 == p->text.len)
            edit_unsafe(p, diag, p->text.len, p->text.len, ".*");
    }
}

/* A port that is the scheme's own is not in the URL that is compared. */
static void
check_port(struct pattern *p, const struct alternative *a)
{
    struct tc_str scheme = tc_str_sub(p->text, a->begin, a->host - a->begin);
    struct tc_str port = tc_str_sub(p->text, a->port, a->port_end - a->port);
    bool http = tc_str_eq_nocase(scheme, TC_STR("http://")) || tc_str_eq_nocase(scheme, TC_STR("^http://"));
    bool https = tc_str_eq_nocase(scheme, TC_STR("https://")) || tc_str_eq_nocase(scheme, TC_STR("^https://"));
    struct tc_diag *diag;

    if (tc_uri_atom_next(p->text, a->port_end).kind == TC_ATOM_QUANTIFIER)
        return;
    if (!(http && tc_str_eq(port, TC_STR("80"))) && !(https && tc_str_eq(port, TC_STR("443"))))
        return;
    diag = tc_check_report(p->check, TC_CHECK_URI_NEVER, part(p, a->port - 1, a->port_end),
                           "a URL is compared without the port '%.*s', which is its scheme's own: this never matches",
                           TC_STR_ARG(port));
    tc_diag_help(p->check->diags, diag, "leave the port out");
    edit_unsafe(p, diag, a->port - 1, a->port_end, "");
}

static void
check_scheme(struct pattern *p, const struct alternative *a)
{
    struct tc_diag *diag;
    struct tc_uri_atom first = tc_uri_atom_next(p->text, a->begin);

    if (first.kind == TC_ATOM_ANCHOR)
        first = tc_uri_atom_next(p->text, first.end);
    if (first.kind != TC_ATOM_LITERAL)
        return; /* it may begin in many ways */
    diag = tc_check_report(p->check, TC_CHECK_URI_NO_SCHEME, part(p, a->begin, p->text.len),
                           "'%.*s' begins with no scheme, so no URL ever matches it",
                           TC_STR_ARG(tc_str_sub(p->text, a->begin, SIZE_MAX)));
    tc_diag_help(p->check->diags, diag, "begin it with 'https?://' and a host");
    if (tc_ascii_is_alnum(first.c))
        edit_unsafe(p, diag, first.begin, first.begin, "https?://");
}

/* ---- single characters ------------------------------------------------------------------------------------------- */

static void
check_escape(struct pattern *p, const struct tc_uri_atom *atom)
{
    const char *means = atom->c == 'W' || atom->c == 'D' || atom->c == 'S'     ? "anything but such a character"
                        : atom->c == 'w' && char_at(p->text, atom->end) == 'w' ? "any letter or digit"
                        : atom->c == 'b' || atom->c == 'B'                     ? "a place between words"
                        : strchr("aefnrtv", atom->c) != NULL                   ? "a control character"
                                                                               : NULL;
    struct tc_diag *diag;

    if (means == NULL || !tc_ascii_is_alnum(char_at(p->text, atom->end)))
        return;
    diag = tc_check_report(p->check, TC_CHECK_URI_ESCAPE, part(p, atom->begin, atom->end),
                           "'\\%c' does not mean the letter, but %s", atom->c, means);
    tc_diag_help(p->check->diags, diag, "write the letter without the backslash");
    edit_unsafe(p, diag, atom->begin, atom->begin + 1, "");
}

static void
check_class(struct pattern *p, const struct tc_uri_atom *atom)
{
    struct tc_str text = tc_str_sub(p->text, atom->begin, atom->end - atom->begin);
    size_t at = tc_str_find(text, TC_STR("[:"), 0), end = tc_str_find(text, TC_STR(":]"), 0);
    struct tc_diag *diag;

    if (at == SIZE_MAX || end == SIZE_MAX || end < at)
        return;
    diag = tc_check_report(p->check, TC_CHECK_URI_POSIX, part(p, atom->begin + at, atom->begin + end + 2),
                           "'%.*s' is of POSIX; .NET takes it for a bracket",
                           TC_STR_ARG(tc_str_sub(text, at, end + 2 - at)));
    tc_diag_help(p->check->diags, diag, "write the characters themselves, as in '[A-Za-z0-9]'");
}

static void
never(struct pattern *p, const struct tc_uri_atom *atom, const char *why)
{
    tc_check_report(p->check, TC_CHECK_URI_NEVER, part(p, atom->begin, atom->end), "%s: this never matches", why);
}

/* False when nothing more needs to be said: slashes of the wrong kind hide scheme and host. */
static bool
check_atoms(struct pattern *p)
{
    bool past_begin = false;

    for (size_t at = 0; at < p->text.len;) {
        struct tc_uri_atom atom = tc_uri_atom_next(p->text, at);

        at = atom.end;
        if (atom.kind == TC_ATOM_ESCAPE)
            check_escape(p, &atom);
        else if (atom.kind == TC_ATOM_CLASS)
            check_class(p, &atom);
        else if (atom.kind == TC_ATOM_ANCHOR && atom.c == '^' && past_begin)
            never(p, &atom, "'^' stands for the beginning of the URL");
        else if (atom.kind == TC_ATOM_ANCHOR && atom.c == '$' && !is_end(p->text, at))
            never(p, &atom, "'$' stands for the end of the URL");
        else if (is_literal(&atom, '\\'))
            never(p, &atom, "a URL has forward slashes");
        else if (is_literal(&atom, '#'))
            never(p, &atom, "URLs are compared without the part behind '#'");
        if (atom.kind == TC_ATOM_LITERAL || atom.kind == TC_ATOM_CLASS || atom.kind == TC_ATOM_DOT)
            past_begin = true;
        else if (atom.kind == TC_ATOM_OR)
            past_begin = false;
        if (is_literal(&atom, '\\') || is_literal(&atom, '#'))
            return false;
    }
    return true;
}

/* ---- a pattern --------------------------------------------------------------------------------------------------- */

static void
check_alternatives(struct pattern *p)
{
    struct alternative a = {0};
    int depth = 0;

    for (size_t at = 0;;) {
        struct tc_uri_atom atom = tc_uri_atom_next(p->text, at);

        at = atom.end;
        depth += atom.kind == TC_ATOM_OPEN;
        depth -= atom.kind == TC_ATOM_CLOSE;
        if (!a.has_scheme && is_literal(&atom, ':')) {
            struct tc_uri_atom slash = tc_uri_atom_next(p->text, at), second = tc_uri_atom_next(p->text, slash.end);

            if (is_literal(&slash, '/') && is_literal(&second, '/')) {
                a.has_scheme = true;
                at = read_host(p, &a, second.end, &depth);
                if (a.port_end > a.port)
                    check_port(p, &a);
                check_host(p, &a);
                continue;
            }
        }
        if (atom.kind == TC_ATOM_END || (atom.kind == TC_ATOM_OR && depth == 0)) {
            if (!a.has_scheme)
                check_scheme(p, &a);
            if (atom.kind == TC_ATOM_END)
                break;
        }
        if (atom.kind == TC_ATOM_OR && (!a.has_scheme || depth <= a.depth))
            a = (struct alternative){.begin = at};
    }
    check_dots(p);
}

static void
check_blanks(struct pattern *p)
{
    size_t begin = 0, end = p->text.len;
    struct tc_diag *diag;

    while (begin < end && strchr(" \t\r\n", p->text.ptr[begin]) != NULL)
        begin++;
    while (end > begin && strchr(" \t\r\n", p->text.ptr[end - 1]) != NULL)
        end--;
    if (begin == 0 && end == p->text.len)
        return;
    diag = begin > 0 ? tc_check_report(p->check, TC_CHECK_URI_BLANK, part(p, 0, begin),
                                       "no URL begins with a blank: this never matches")
                     : tc_check_report(p->check, TC_CHECK_URI_BLANK, part(p, end, p->text.len),
                                       "no URL ends with a blank: this never matches");
    tc_diag_help(p->check->diags, diag, "take the blanks away");
    if (begin > 0)
        edit_unsafe(p, diag, 0, begin, "");
    if (end < p->text.len)
        edit_unsafe(p, diag, end, p->text.len, "");
    p->text = tc_str_sub(p->text, begin, end - begin);
    if (p->value.is_exact) {
        p->value.span.begin += (uint32_t)begin;
        p->value.span.end = p->value.span.begin + (uint32_t)p->text.len;
    }
}

/* References that the framework's reader leaves alone: only five entities are decoded. */
static bool
check_references(struct pattern *p)
{
    size_t at = tc_str_find(p->text, TC_STR("&#"), 0), end;

    if (at == SIZE_MAX)
        return false;
    end = tc_str_find(p->text, TC_STR(";"), at);
    end = end == SIZE_MAX ? p->text.len : end + 1;
    tc_check_report(p->check, TC_CHECK_URI_NEVER, part(p, at, end),
                    "the framework does not decode '%.*s': this never matches",
                    TC_STR_ARG(tc_str_sub(p->text, at, end - at)));
    return true;
}

static void
check_pattern(struct pattern *p)
{
    static const char *const anything[] = {".*", ".+", "^.*$", "^.*", ".*$", "(.*)", ".*?", "^.+$"};
    struct tc_diag *diag;

    check_blanks(p);
    for (size_t i = 0; i < sizeof anything / sizeof *anything; i++)
        if (tc_str_is(p->text, anything[i])) {
            if (!p->is_origin)
                return;
            diag = tc_check_report(p->check, TC_CHECK_URI_ANYTHING, p->value.span, "'%.*s' allows every URL",
                                   TC_STR_ARG(p->text));
            tc_diag_help(p->check->diags, diag,
                         "name the hosts that are needed, as in 'https://www\\.contoso\\.com/.*'");
            return;
        }
    if (p->text.len == 0 || tc_check_has_tokens(p->text, 0) || check_references(p) || check_glob(p) || !check_valid(p))
        return;
    if (check_atoms(p))
        check_alternatives(p);
}

void
tc_checks_origin(struct tc_check *check, struct tc_span span, struct tc_str text)
{
    const struct tc_source *source = check->file->source;
    struct pattern p = {.check = check,
                        .is_origin = check->file->kind == TC_FILE_CONFIG,
                        .value = {.text = text, .span = span},
                        .text = text};

    if (span.begin >= source->base && span.end <= source->base + source->text.len && span.begin <= span.end)
        p.value.is_exact = tc_str_eq(tc_str_sub(source->text, span.begin - source->base, span.end - span.begin), text);
    check_pattern(&p);
}
