/* What strings of a source may hold: the framework loses whole permission sets over a bad path, and ASP.NET pastes
 * directories and origins into the policy file without escaping. */
#include "base/ascii.h"
#include "model/netregex.h"
#include "sema/internal.h"

#include "model/connection.h"
#include "model/places.h"
#include "model/url_string.h"

#include <string.h>

const struct tc_token *
tc_token_in(struct tc_str text, size_t from, size_t *ret_place)
{
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);
    const struct tc_token *found = NULL;
    size_t best = SIZE_MAX;

    if (!tc_str_has(text, '$'))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t place = tc_str_find(text, tc_str_of(tokens[i].text), from);

        if (place < best) {
            best = place;
            found = &tokens[i];
        }
    }
    if (ret_place != NULL)
        *ret_place = best;
    return found;
}

bool
tc_parse_int64(struct tc_str text, int64_t *ret)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t value = 0;

    if (negative)
        text = tc_str_sub(text, 1, text.len);
    if (text.len == 0 || text.len > 19)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!tc_ascii_is_digit(text.ptr[i]))
            return false;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

/* What a value of XML 1.0 cannot hold, or a reader would change: control characters, U+FFFE and U+FFFF. */
static bool
check_characters(struct tc_sema *s, const struct tc_atom *atom, bool tab)
{
    const unsigned char *t = (const unsigned char *)atom->text.ptr;
    size_t len = atom->text.len;

    if (atom->broken)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned c = t[i];

        if (c >= 0x20 && c != 0x7f && c != 0xef)
            continue;
        if (c == '\t' && tab)
            continue;
        if (c == 0xef) {
            if (i + 2 >= len || t[i + 1] != 0xbf || t[i + 2] < 0xbe)
                continue;
            c = 0xffc0u + (t[i + 2] & 0x3fu);
        }
        tc_sema_report(s, TC_CODE_CONTROL_CHARACTER, atom->span, "the %s U+%04X cannot stand in an XML attribute",
                       c < 0x80 ? "control character" : "character", c);
        return false;
    }
    return true;
}

bool
tc_check_plain(struct tc_sema *s, const struct tc_atom *atom)
{
    return check_characters(s, atom, false);
}

bool
tc_check_plain_tab(struct tc_sema *s, const struct tc_atom *atom)
{
    return check_characters(s, atom, true);
}

bool
tc_check_no_token(struct tc_sema *s, const struct tc_atom *atom, const char *what)
{
    const struct tc_token *token = tc_token_in(atom->text, 0, NULL);
    struct tc_diag *diag;

    if (token == NULL)
        return true;
    diag = tc_sema_report(s, TC_CODE_TOKEN_MISPLACED, atom->span, "'%s' cannot stand in %s", token->text, what);
    tc_diag_note(s->diags, diag,
                 "ASP.NET replaces it wherever it stands in the policy file; here it would become the %s",
                 token->meaning);
    return false;
}

bool
tc_check_text(struct tc_sema *s, const struct tc_atom *atom, const char *what)
{
    return tc_check_plain(s, atom) && tc_check_no_token(s, atom, what);
}

/* Text that the framework's reader would decode a second time when it is pasted in unescaped (policy-file 2.1). */
static size_t
entity_in(struct tc_str text)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&quot;", "&apos;", "&amp;"};
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t place = tc_str_find(text, tc_str_of(entities[i]), 0);

        if (place < best)
            best = place;
    }
    return best;
}

/* The first '$' of @a text; of a pattern the first that no backslash stands before. NULL when there is none. */
static const char *
first_dollar(struct tc_str text, bool is_pattern)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && is_pattern)
            i++;
        else if (text.ptr[i] == '$')
            return text.ptr + i;
    }
    return NULL;
}

/* A word between dollar signs that is no token but was meant as one; reports it. */
static bool
misspelt_token(struct tc_sema *s, const struct tc_atom *atom, bool is_pattern)
{
    struct tc_str text = atom->text;
    struct tc_nearest nearest;
    const char *dollar = first_dollar(text, is_pattern);
    size_t begin, end, count;
    const struct tc_token *tokens = tc_tokens(&count);
    struct tc_diag *diag;

    if (dollar == NULL)
        return false;
    begin = (size_t)(dollar - text.ptr);
    end = begin + 1;
    while (end < text.len && tc_ascii_is_letter(text.ptr[end]))
        end++;
    if (end < text.len && text.ptr[end] == '$')
        end++;
    if (end - begin < 4)
        return false;
    tc_nearest_init(&nearest, tc_str_sub(text, begin, end - begin));
    for (size_t i = 0; i < count; i++)
        tc_nearest_try(&nearest, tc_str_of(tokens[i].text));
    if (nearest.best.len == 0 && begin != 0)
        return false;
    diag = tc_sema_report(s, TC_CODE_UNKNOWN_TOKEN, atom->span,
                          "'%.*s' is no token of ASP.NET: it would stay in the policy file as it is",
                          TC_STR_ARG(nearest.name));
    if (nearest.best.len > 0)
        tc_nearest_help(s, diag, &nearest);
    else
        tc_diag_help(s->diags, diag,
                     "the tokens are $AppDir$, $AppDirUrl$, $CodeGen$, $OriginHost$ and $Gac$, spelt exactly so");
    return true;
}

/* The part of @a text behind its drive, share or token; 0 when it has none of them and is no full path. */
static size_t
path_prefix(struct tc_str text)
{
    size_t place = 0;
    const struct tc_token *token = tc_token_in(text, 0, &place);

    if (token != NULL && place == 0 && (token->uses & TC_TOKEN_IN_PATH))
        return strlen(token->text);
    if (text.len >= 3 && tc_ascii_is_letter(text.ptr[0]) && text.ptr[1] == ':' && tc_ascii_is_slash(text.ptr[2]))
        return 2;
    if (text.len >= 2 && tc_ascii_is_slash(text.ptr[0]) && tc_ascii_is_slash(text.ptr[1])) {
        size_t end = 2;

        while (end < text.len && text.ptr[end] != '\\' && text.ptr[end] != '/')
            end++;
        if (end > 2 && end + 1 < text.len)
            return end;
    }
    return 0;
}

/* @a text with backslashes for slashes. */
static struct tc_str
backslashed(struct tc_sema *s, struct tc_str text)
{
    struct tc_str copy = tc_arena_str(s->arena, text);

    for (size_t i = 0; i < copy.len; i++)
        if (copy.ptr[i] == '/')
            ((char *)(uintptr_t)copy.ptr)[i] = '\\';
    return copy;
}

/* Paths that begin with `\\?\` or `\\.\`; reports them. */
static bool
check_no_device(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = backslashed(s, tc_str_sub(atom->text, 0, 8));
    struct tc_str rest = tc_str_sub(atom->text, 4, atom->text.len);
    bool device = tc_str_starts(text, TC_STR("\\\\.\\"));
    struct tc_diag *diag;

    if (!device && !tc_str_starts(text, TC_STR("\\\\?\\")))
        return true;
    diag = tc_sema_report(s, TC_CODE_PATH_NOT_FULL, atom->span,
                          "paths that begin with '%.*s' are refused by the framework", 4, text.ptr);
    if (text.len == 8 && tc_str_eq_nocase(tc_str_sub(text, 4, 4), TC_STR("UNC\\")))
        tc_diag_help(s->diags, diag, "write \"\\\\%.*s\"", TC_STR_ARG(tc_str_sub(rest, 4, rest.len)));
    else if (rest.len >= 2 && tc_ascii_is_letter(rest.ptr[0]) && rest.ptr[1] == ':')
        tc_diag_help(s->diags, diag, "write \"%.*s\"", TC_STR_ARG(rest));
    else
        tc_diag_help(s->diags, diag,
                     "devices and pipes cannot be granted as files; a path begins with a drive or a share");
    return false;
}

/* Reports what is wrong with a path that is not full; always an error. */
static void
report_relative(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text, rest = text;
    struct tc_diag *diag =
        tc_sema_report(s, TC_CODE_PATH_NOT_FULL, atom->span, "'%.*s' is not a full path", TC_STR_ARG(text));
    size_t scheme = tc_str_find(text, TC_STR("://"), 0);

    if (text.len >= 2 && tc_ascii_is_letter(text.ptr[0]) && text.ptr[1] == ':')
        tc_diag_help(s->diags, diag, "write a backslash behind the drive: \"%c:\\...\"", text.ptr[0]);
    else if (text.len > 10 && tc_str_eq_nocase(tc_str_sub(text, 0, 8), TC_STR("file:///")) &&
             tc_ascii_is_letter(text.ptr[8]) && text.ptr[9] == ':')
        tc_diag_help(s->diags, diag, "write the path, not its URL: \"%.*s\"",
                     TC_STR_ARG(backslashed(s, tc_str_sub(text, 8, text.len))));
    else if (scheme != SIZE_MAX)
        tc_diag_help(s->diags, diag, "write the path of the directory, not a URL: \"D:\\...\"");
    else if (text.len > 0 && text.ptr[0] == '%')
        tc_diag_help(s->diags, diag, "environment variables are not expanded; write the directory itself");
    else if (text.len > 0 && text.ptr[0] == '~')
        tc_diag_help(s->diags, diag, "for the application's own directory write \"$AppDir$\"");
    else if (tc_str_starts(text, TC_STR("\\\\")) || tc_str_starts(text, TC_STR("//")))
        tc_diag_help(s->diags, diag, "a network path names server and share: \"\\\\server\\share\\...\"");
    else {
        while (rest.len > 1 && rest.ptr[0] == '.' && tc_ascii_is_slash(rest.ptr[1]))
            rest = tc_str_sub(rest, 2, rest.len);
        while (rest.len > 0 && tc_ascii_is_slash(rest.ptr[0]))
            rest = tc_str_sub(rest, 1, rest.len);
        if (tc_str_starts(rest, TC_STR("..")))
            tc_diag_help(s->diags, diag, "write the whole path of the directory that is meant");
        else if (rest.len == 0 || tc_str_eq(rest, TC_STR(".")))
            tc_diag_help(s->diags, diag, "begin with a drive, a share or $AppDir$: \"$AppDir$\"");
        else
            tc_diag_help(s->diags, diag, "begin with a drive, a share or $AppDir$: \"$AppDir$\\%.*s\"",
                         TC_STR_ARG(backslashed(s, rest)));
    }
}

/* The characters and components behind the prefix. False after an error. */
static bool
check_components(struct tc_sema *s, const struct tc_atom *atom, size_t prefix, bool pattern_chars)
{
    struct tc_str text = atom->text;
    size_t begin = prefix;
    struct tc_diag *diag;

    for (size_t i = 0; i < text.len; i++) { /* the name of a server has no others than a path */
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '<' || c == '>' || c == '|' || c == '"' || c < 0x20) {
            tc_sema_report(s, TC_CODE_PATH_CHARACTER, atom->span, "a Windows path cannot hold '%c'",
                           c < 0x20 ? '?' : (int)c);
            return false;
        }
        if (c == ':' && (i >= prefix || i != 1)) {
            diag =
                tc_sema_report(s, TC_CODE_PATH_CHARACTER, atom->span, "a path holds ':' only behind its drive letter");
            if (i < prefix)
                tc_diag_help(s->diags, diag,
                             "an IPv6 address stands in a path as \"fe80--1.ipv6-literal.net\": '-' for each ':'");
            return false;
        }
        if (i < prefix)
            continue;
        if ((c == '*' || c == '?') && !pattern_chars) {
            diag = tc_sema_report(s, TC_CODE_PATH_CHARACTER, atom->span, "a Windows path cannot hold '%c'", (int)c);
            (void)diag;
            return false;
        }
    }
    for (size_t i = prefix; i <= text.len; i++) {
        struct tc_str part;

        if (i < text.len && text.ptr[i] != '\\' && text.ptr[i] != '/')
            continue;
        part = tc_str_sub(text, begin, i - begin);
        begin = i + 1;
        if (tc_str_eq(part, TC_STR(".")) || tc_str_eq(part, TC_STR(".."))) {
            diag = tc_sema_report(s, TC_CODE_PATH_DOTS, atom->span,
                                  "'%.*s' in a path is resolved away before it is compared", TC_STR_ARG(part));
            tc_diag_help(s->diags, diag, "write the directory that is meant");
        } else if (part.len > 0 && (part.ptr[part.len - 1] == '.' || part.ptr[part.len - 1] == ' ')) {
            diag = tc_sema_report(s, TC_CODE_PATH_DOTS, atom->span,
                                  "Windows drops the dot or blank at the end of '%.*s'", TC_STR_ARG(part));
            tc_diag_help(s->diags, diag, "write the name without it");
        }
    }
    return true;
}

static bool
check_path_length(struct tc_sema *s, const struct tc_atom *atom)
{
    size_t units = 0;

    for (size_t i = 0; i < atom->text.len; i++) {
        unsigned char c = (unsigned char)atom->text.ptr[i];

        units += (c & 0xc0) == 0x80 ? 0 : c >= 0xf0 ? 2 : 1;
    }
    if (units < 260)
        return true;
    tc_sema_report(s, TC_CODE_PATH_TOO_LONG, atom->span,
                   "a path of %zu characters is too long: the framework stops at 259", units);
    return false;
}

struct tc_str
tc_check_path(struct tc_sema *s, const struct tc_atom *atom)
{
    static const struct tc_str nothing = {NULL, 0};
    struct tc_str text = atom->text;
    size_t prefix = path_prefix(text), place = 0;
    const struct tc_token *token = tc_token_in(text, 0, &place);
    struct tc_diag *diag;

    if (!tc_check_plain(s, atom))
        return nothing;
    if (text.len == 0) {
        tc_sema_report(s, TC_CODE_PATH_NOT_FULL, atom->span, "a path is expected here, not an empty string");
        return nothing;
    }
    if (!check_no_device(s, atom))
        return nothing;
    if (token != NULL && (place > 0 || !(token->uses & TC_TOKEN_IN_PATH))) {
        diag = tc_sema_report(s, TC_CODE_TOKEN_MISPLACED, atom->span, "'%s' cannot stand here: it becomes the %s",
                              token->text, token->meaning);
        tc_diag_help(s->diags, diag, "a path may begin with $AppDir$, and hold no other token");
        return nothing;
    }
    if (token != NULL && tc_token_in(text, 1, &place) != NULL) {
        tc_sema_report(s, TC_CODE_TOKEN_MISPLACED, atom->span, "a path holds no second token");
        return nothing;
    }
    if (token == NULL && misspelt_token(s, atom, false))
        return nothing;
    if (prefix == 0) {
        report_relative(s, atom);
        return nothing;
    }
    if (token != NULL && text.len > prefix && text.ptr[prefix] != '\\' && text.ptr[prefix] != '/') {
        diag = tc_sema_report(
            s, TC_CODE_TOKEN_MISPLACED, atom->span,
            "a backslash is missing behind $AppDir$: this would name a neighbour of the application's directory");
        tc_diag_help(s->diags, diag, "write \"$AppDir$\\%.*s\"", (int)(text.len - prefix), text.ptr + prefix);
        return nothing;
    }
    if (!check_components(s, atom, prefix, true) || !check_path_length(s, atom))
        return nothing;
    if (tc_str_has(text, '*') || tc_str_has(text, '?')) {
        diag = tc_sema_report(s, TC_CODE_PATH_WILDCARD, atom->span,
                              "'*' and '?' are ordinary characters in a path grant: this matches no file");
        tc_diag_help(s->diags, diag, "name the directory: a grant covers everything below it");
    }
    if (text.len > 3 && tc_ascii_is_slash(text.ptr[text.len - 1])) {
        diag = tc_sema_report(s, TC_CODE_PATH_TRAILING, atom->span,
                              "with a backslash at its end this grant does not cover the directory itself");
        tc_diag_help(s->diags, diag, "write \"%.*s\"", (int)text.len - 1, text.ptr);
    }
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '~' && tc_ascii_is_digit(text.ptr[i + 1])) {
            diag = tc_sema_report(s, TC_CODE_PATH_SHORT_NAME, atom->span,
                                  "what a short (8.3) name stands for depends on the machine");
            tc_diag_help(s->diags, diag, "write the long name");
            break;
        }
    return text;
}

/* How long the escape that @a text begins with is: %XX or %uXXXX (policy-file 5.4); 0 when there is none. */
static size_t
escape_length(struct tc_str text)
{
    bool wide = text.len > 1 && (text.ptr[1] == 'u' || text.ptr[1] == 'U');
    size_t begin = wide ? 2 : 1, end = wide ? 6 : 3;

    if (text.len < end || text.ptr[0] != '%')
        return 0;
    for (size_t i = begin; i < end; i++)
        if (tc_ascii_hex(text.ptr[i]) < 0)
            return 0;
    return end;
}

struct tc_str
tc_check_directory(struct tc_sema *s, const struct tc_atom *atom, bool replaces_token)
{
    static const struct tc_str nothing = {NULL, 0};
    struct tc_str text = atom->text;
    struct tc_diag *diag;
    size_t prefix, place;
    const struct tc_token *token = tc_token_in(text, 0, NULL);

    if (!tc_check_plain(s, atom))
        return nothing;
    if (token != NULL) {
        tc_sema_report(s, TC_CODE_HOSTILE_DIRECTORY, atom->span,
                       "a directory whose name holds '%s' cannot be kept apart from the token that ASP.NET replaces",
                       token->text);
        return nothing;
    }
    if (!check_no_device(s, atom))
        return nothing;
    prefix = path_prefix(text);
    if (prefix == 0) {
        diag = tc_sema_report(s, TC_CODE_PATH_NOT_FULL, atom->span, "'%.*s' is not a full path", TC_STR_ARG(text));
        tc_diag_help(s->diags, diag, "begin with a drive or a share: \"D:\\Sites\\...\", \"\\\\server\\share\\...\"");
        return nothing;
    }
    if (!check_components(s, atom, prefix, false) || !check_path_length(s, atom))
        return nothing;
    if (replaces_token) {
        place = entity_in(text);
        if (place != SIZE_MAX) {
            diag = tc_sema_report(
                s, TC_CODE_HOSTILE_DIRECTORY, atom->span,
                "'%.*s' in this directory's name would be read as another character",
                (int)((const char *)memchr(text.ptr + place, ';', text.len - place) - (text.ptr + place)) + 1,
                text.ptr + place);
            tc_diag_note(s->diags, diag,
                         "ASP.NET pastes the directory into the policy file as it is, where a token stands for it");
            tc_diag_help(s->diags, diag, "rename the directory");
            return nothing;
        }
        if (tc_str_has(text, ';')) {
            diag = tc_sema_report(s, TC_CODE_HOSTILE_DIRECTORY, atom->span,
                                  "a ';' in this directory's name would cut the lists of the policy file in two");
            tc_diag_note(
                s->diags, diag,
                "ASP.NET pastes the directory into the policy file as it is, where a token stands for it; the part "
                "behind a ';' is no full path, and the whole permission set is lost");
            tc_diag_help(s->diags, diag, "rename the directory");
            return nothing;
        }
        for (size_t i = 0; i + 2 < text.len; i++) {
            size_t length = escape_length(tc_str_sub(text, i, text.len));

            if (length > 0) {
                diag = tc_sema_report(s, TC_CODE_PERCENT_DIRECTORY, atom->span,
                                      "'%.*s' in this directory's name is unescaped when code groups compare URLs",
                                      (int)length, text.ptr + i);
                tc_diag_help(s->diags, diag,
                             "rename the directory, or test that the application's assemblies get their permissions");
                break;
            }
        }
    }
    if (text.len > 3 && tc_ascii_is_slash(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* Keys compare as paths do (permissions 3). */
static void
warn_registry_key(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text;
    struct tc_diag *diag;

    if (tc_str_has(text, '*') || tc_str_has(text, '?')) {
        diag = tc_sema_report(s, TC_CODE_PATH_WILDCARD, atom->span,
                              "'*' and '?' are ordinary characters in a registry key: this matches no other key");
        tc_diag_help(s->diags, diag, "name the key: a grant covers everything below it");
    } else if (tc_ascii_is_slash(text.ptr[text.len - 1])) {
        diag = tc_sema_report(s, TC_CODE_PATH_TRAILING, atom->span,
                              "with a backslash at its end this grant does not cover the key itself");
        tc_diag_help(s->diags, diag, "write \"%.*s\"", (int)text.len - 1, text.ptr);
    }
}

struct tc_str
tc_check_registry_key(struct tc_sema *s, const struct tc_atom *atom)
{
    size_t end = 0, count;
    const struct tc_hive *hives = tc_hives(&count);
    struct tc_str text = atom->text, hive;
    struct tc_diag *diag;
    struct tc_nearest nearest;

    if (!tc_check_text(s, atom, "a registry key"))
        return (struct tc_str){NULL, 0};
    if (tc_str_has(text, ';')) {
        tc_sema_report(s, TC_CODE_LIST_SEPARATOR, atom->span,
                       "a ';' would cut this key in two: registry keys cannot be quoted in a policy file");
        return (struct tc_str){NULL, 0};
    }
    while (end < text.len && text.ptr[end] != '\\' && text.ptr[end] != '/')
        end++;
    hive = tc_str_sub(text, 0, end);
    tc_nearest_init(&nearest, hive);
    for (size_t i = 0; i < count; i++) {
        if (tc_str_eq_nocase(hive, tc_str_of(hives[i].name))) {
            warn_registry_key(s, atom);
            return text;
        }
        if (tc_str_eq_nocase(hive, tc_str_of(hives[i].alias))) {
            diag = tc_sema_report(s, TC_CODE_REGISTRY_HIVE, atom->span,
                                  "'%.*s' never matches: the framework demands full hive names", TC_STR_ARG(hive));
            tc_diag_help(s->diags, diag, "write \"%s%.*s\"", hives[i].name, (int)(text.len - end), text.ptr + end);
            return (struct tc_str){NULL, 0};
        }
        tc_nearest_try(&nearest, tc_str_of(hives[i].name));
    }
    diag = tc_sema_report(s, TC_CODE_REGISTRY_HIVE, atom->span,
                          "a registry key begins with a hive such as HKEY_LOCAL_MACHINE, not '%.*s'", TC_STR_ARG(hive));
    tc_nearest_help(s, diag, &nearest);
    return (struct tc_str){NULL, 0};
}

struct tc_str
tc_check_variable(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text;
    struct tc_diag *diag;

    if (!tc_check_text(s, atom, "the name of a variable"))
        return (struct tc_str){NULL, 0};
    if (text.len == 0 || tc_str_has(text, ';') || tc_str_has(text, '=')) {
        diag = tc_sema_report(s, TC_CODE_LIST_SEPARATOR, atom->span, "'%.*s' is no name of an environment variable",
                              TC_STR_ARG(text));
        tc_diag_help(s->diags, diag, "write one name each: read \"TEMP\", \"TMP\";");
        return (struct tc_str){NULL, 0};
    }
    if (text.len > 2 && text.ptr[0] == '%' && text.ptr[text.len - 1] == '%') {
        diag = tc_sema_report(s, TC_CODE_LIST_SEPARATOR, atom->span,
                              "'%.*s' names a variable with percent signs in its name", TC_STR_ARG(text));
        tc_diag_help(s->diags, diag, "write \"%.*s\"", (int)text.len - 2, text.ptr + 1);
        return (struct tc_str){NULL, 0};
    }
    if (tc_str_trim(text).len != text.len || tc_str_has(text, '*')) {
        diag = tc_sema_report(s, TC_CODE_PATH_WILDCARD, atom->span,
                              "names of variables are compared as they stand: there are no wildcards and blanks count");
        tc_diag_help(s->diags, diag, "write the name alone");
    }
    return text;
}

/* ---- URLs and patterns ---- */

/* A literal as a .NET regular expression that matches just it (Regex.Escape's characters, less the blank). */
static struct tc_str
escape_pattern(struct tc_sema *s, struct tc_str text)
{
    char *out = tc_arena_alloc(s->arena, text.len * 2 + 1, 1);
    size_t len = 0;

    if (out == NULL)
        return (struct tc_str){NULL, 0};
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\*+?|{[()^$.#", text.ptr[i]) != NULL && text.ptr[i] != '\0')
            out[len++] = '\\';
        out[len++] = text.ptr[i];
    }
    return (struct tc_str){out, len};
}

struct tc_str
tc_check_url(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text;
    size_t scheme = tc_str_find(text, TC_STR("://"), 0);
    struct tc_diag *diag;

    if (!tc_check_plain(s, atom))
        return (struct tc_str){NULL, 0};
    if (tc_str_eq(text, TC_STR("$OriginHost$"))) {
        diag = tc_sema_report(s, TC_CODE_BAD_URL, atom->span, "a token is not a literal URL");
        tc_diag_help(s->diags, diag, "for the application's own origin write 'origin'");
        return (struct tc_str){NULL, 0};
    }
    if (!tc_check_no_token(s, atom, "a literal URL"))
        return (struct tc_str){NULL, 0};
    if (scheme == SIZE_MAX || scheme == 0 || scheme + 3 >= text.len) {
        diag = tc_sema_report(s, TC_CODE_BAD_URL, atom->span, "'%.*s' is not a URL", TC_STR_ARG(text));
        tc_diag_help(s->diags, diag, "write the whole URL, \"http://host/path\", or host \"name\" for a whole host");
        return (struct tc_str){NULL, 0};
    }
    if (tc_str_find(text, TC_STR(".*"), 0) != SIZE_MAX || tc_str_find(text, TC_STR("\\."), 0) != SIZE_MAX ||
        tc_str_has(text, '*')) {
        diag = tc_sema_report(s, TC_CODE_URL_LOOKS_LIKE_PATTERN, atom->span,
                              "this is taken literally, star and backslash too");
        tc_diag_help(s->diags, diag,
                     "for a regular expression write pattern \"...\", for a whole host write host \"name\"");
    }
    if (memchr(text.ptr + scheme + 3, '/', text.len - scheme - 3) == NULL)
        text = tc_arena_printf(s->arena, "%.*s/", TC_STR_ARG(text));
    return escape_pattern(s, text);
}

struct tc_str
tc_check_host(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text, host = text, port = {NULL, 0};
    const char *colon;
    struct tc_diag *diag;
    bool bad = text.len == 0;

    if (!tc_check_text(s, atom, "the name of a host"))
        return (struct tc_str){NULL, 0};
    colon = text.len == 0 || text.ptr[0] == '[' ? NULL : memchr(text.ptr, ':', text.len);
    if (colon != NULL) {
        host.len = (size_t)(colon - text.ptr);
        port = tc_str_sub(text, host.len + 1, text.len);
    }
    for (size_t i = 0; i < host.len; i++)
        bad |= !tc_ascii_is_letter(host.ptr[i]) && !tc_ascii_is_digit(host.ptr[i]) &&
               strchr("-_.[]:", host.ptr[i]) == NULL;
    for (size_t i = 0; i < port.len; i++)
        bad |= !tc_ascii_is_digit(port.ptr[i]);
    if (bad || host.len == 0 || (colon != NULL && port.len == 0)) {
        diag = tc_sema_report(s, TC_CODE_BAD_HOST, atom->span, "'%.*s' is not the name of a host", TC_STR_ARG(text));
        if (tc_str_find(text, TC_STR("://"), 0) != SIZE_MAX)
            tc_diag_help(s->diags, diag, "write the host alone, or a literal URL without the word 'host'");
        else if (text.len > 1 && text.ptr[0] == '*')
            tc_diag_help(
                s->diags, diag, "for all hosts of a domain write pattern \"https?://([^/.]+\\.)*%.*s/.*\"",
                TC_STR_ARG(escape_pattern(s, tc_str_sub(text, text.len > 2 && text.ptr[1] == '.' ? 2 : 1, text.len))));
        else
            tc_diag_help(s->diags, diag,
                         "a host is letters, digits, '-' and '.', perhaps with a port: \"www.contoso.com:8080\"");
        return (struct tc_str){NULL, 0};
    }
    return tc_arena_printf(s->arena, "https?://%.*s%s%.*s/.*", TC_STR_ARG(escape_pattern(s, host)),
                           port.len > 0 ? ":" : "", TC_STR_ARG(port));
}

/* Why @a text cannot be a .NET regular expression; NULL when nothing is seen. Brackets, escapes and quantifiers only:
 * the rest is found by the framework at the first demand. */
static const char *
pattern_fault(struct tc_str text)
{
    unsigned depth = 0;
    bool atom = false; /* something that a quantifier can follow */

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        switch (c) {
        case '\\':
            if (i + 1 == text.len)
                return "it ends in a backslash";
            i++;
            atom = true;
            break;
        case '[': {
            size_t end = i + 1;

            if (end < text.len && text.ptr[end] == '^')
                end++;
            if (end < text.len && text.ptr[end] == ']')
                end++;
            while (end < text.len && text.ptr[end] != ']')
                end += text.ptr[end] == '\\' ? 2 : 1;
            if (end >= text.len)
                return "a '[' has no ']'";
            i = end;
            atom = true;
            break;
        }
        case '(':
            depth++;
            atom = false;
            if (i + 1 < text.len && text.ptr[i + 1] == '?') {
                i++;
                while (i + 1 < text.len && strchr(":=!<>imnsx-", text.ptr[i + 1]) != NULL)
                    i++;
            }
            break;
        case ')':
            if (depth == 0)
                return "a ')' has no '('";
            depth--;
            atom = true;
            break;
        case '|':
        case '^':
            atom = false;
            break;
        case '*':
        case '+':
        case '?':
            if (!atom)
                return "a '*', '+' or '?' stands where there is nothing to repeat";
            if (i + 1 < text.len && text.ptr[i + 1] == '?')
                i++;
            if (i + 1 < text.len && (text.ptr[i + 1] == '*' || text.ptr[i + 1] == '+'))
                return "a '*' or '+' follows another";
            break;
        default:
            atom = true;
        }
    }
    return depth > 0 ? "a '(' has no ')'" : NULL;
}

/* The part of @a text that says which hosts: up to the first slash behind the scheme. */
static struct tc_str
host_part(struct tc_str text)
{
    size_t scheme = tc_str_find(text, TC_STR("://"), 0);
    size_t slash = tc_str_find(text, TC_STR("/"), scheme == SIZE_MAX ? 0 : scheme + 3);

    /* a slash inside brackets ends nothing: [^/]* */
    while (slash != SIZE_MAX && slash > 0 && (text.ptr[slash - 1] == '^' || text.ptr[slash - 1] == '['))
        slash = tc_str_find(text, TC_STR("/"), slash + 1);
    return tc_str_sub(text, 0, slash == SIZE_MAX ? text.len : slash);
}

/* An unescaped dot between letters of the host: it stands for any character. */
static bool
has_bare_dot(struct tc_str text)
{
    bool in_class = false;

    text = host_part(text);
    for (size_t i = 0; i + 1 < text.len; i++) {
        char next = text.ptr[i + 1];

        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '[')
            in_class = true;
        else if (text.ptr[i] == ']')
            in_class = false;
        else if (text.ptr[i] == '.' && !in_class && (tc_ascii_is_letter(next) || tc_ascii_is_digit(next)))
            return true;
    }
    return false;
}

/* A pattern of scheme and host with nothing for the path. */
static bool
is_host_only(struct tc_str text)
{
    size_t scheme = tc_str_find(text, TC_STR("://"), 0);
    struct tc_str rest;

    if (scheme == SIZE_MAX)
        return false;
    rest = tc_str_sub(text, scheme + 3, text.len);
    if (rest.len > 0 && rest.ptr[rest.len - 1] == '$')
        rest.len--;
    if (rest.len > 0 && rest.ptr[rest.len - 1] == '/')
        rest.len--;
    return rest.len > 0 && !tc_str_has(rest, '/') && tc_str_find(rest, TC_STR(".*"), 0) == SIZE_MAX &&
           tc_str_find(rest, TC_STR(".+"), 0) == SIZE_MAX;
}

/* Whether .NET's own rules for regular expressions refuse @a text, of which pattern_fault() knows the common half in
 * words. */
static bool
is_refused(struct tc_str text)
{
    struct tc_netregex *regex = NULL;
    enum tc_netregex_status status = tc_netregex_compile(text, TC_NETREGEX_IGNORE_CASE, &regex);

    tc_netregex_done(status == TC_NETREGEX_OK ? regex : NULL);
    return status == TC_NETREGEX_INVALID;
}

struct tc_str
tc_check_pattern(struct tc_sema *s, const struct tc_atom *atom)
{
    static const struct tc_str nothing = {NULL, 0};
    struct tc_str text = atom->text;
    size_t place = 0;
    const struct tc_token *token = tc_token_in(text, 0, &place);
    const char *fault;
    struct tc_diag *diag;

    if (!tc_check_plain(s, atom))
        return nothing;
    if (token != NULL && !(token->uses & TC_TOKEN_IN_URI_PATTERN)) {
        diag = tc_sema_report(s, TC_CODE_TOKEN_MISPLACED, atom->span, "'%s' cannot stand here: it becomes the %s",
                              token->text, token->meaning);
        tc_diag_help(s->diags, diag, "a pattern may hold $OriginHost$");
        return nothing;
    }
    if (token != NULL)
        return text;
    if (misspelt_token(s, atom, true))
        return nothing;
    if (text.len == 0) {
        tc_sema_report(s, TC_CODE_BAD_PATTERN, atom->span, "an empty pattern matches nothing");
        return nothing;
    }
    fault = pattern_fault(text);
    if (fault == NULL && is_refused(text))
        fault = "the framework refuses it";
    if (fault != NULL) {
        tc_sema_report(s, TC_CODE_BAD_PATTERN, atom->span, "this is no regular expression: %s", fault);
        return nothing;
    }
    if (tc_str_find(text, TC_STR("://*"), 0) != SIZE_MAX) {
        diag = tc_sema_report(s, TC_CODE_PATTERN_STAR, atom->span,
                              "a '*' behind '://' stands for more slashes, not for any host");
        tc_diag_help(s->diags, diag, "write \"[^/]*\" for any host name, \".*\" for any rest");
    }
    if (tc_str_eq(text, TC_STR(".*"))) {
        diag = tc_sema_report(s, TC_CODE_PATTERN_ANYTHING, atom->span, "'.*' allows every URL there is");
        tc_diag_help(s->diags, diag, "if that is meant, write 'grant Web unrestricted', which says so");
    }
    if (has_bare_dot(text)) {
        diag = tc_sema_report(s, TC_CODE_PATTERN_DOT, atom->span,
                              "an unescaped '.' matches any character, so other hosts match as well");
        tc_diag_help(s->diags, diag, "write '\\.' for a dot, or host \"name\"");
    }
    if (is_host_only(text)) {
        diag = tc_sema_report(s, TC_CODE_PATTERN_HOST_ONLY, atom->span,
                              "this matches the root of the host and no page of it");
        tc_diag_help(s->diags, diag, "end it with '/.*'");
    }
    return text;
}

struct tc_str
tc_check_origin(struct tc_sema *s, const struct tc_atom *atom, struct tc_str pattern)
{
    struct tc_diag *diag;

    if (pattern.len == 0)
        return pattern;
    for (size_t i = 0; i < pattern.len; i++)
        if (strchr("\"<>", pattern.ptr[i]) != NULL && pattern.ptr[i] != '\0') {
            diag = tc_sema_report(s, TC_CODE_HOSTILE_ORIGIN, atom->span,
                                  "'%c' in an origin would break the policy file of every application that uses it",
                                  pattern.ptr[i]);
            tc_diag_note(s->diags, diag,
                         "ASP.NET pastes originUrl into the policy file where $OriginHost$ stands, without escaping");
            return (struct tc_str){NULL, 0};
        }
    if (entity_in(pattern) != SIZE_MAX || tc_token_in(pattern, 0, NULL) != NULL) {
        diag =
            tc_sema_report(s, TC_CODE_HOSTILE_ORIGIN, atom->span,
                           "this origin holds text that would be replaced when ASP.NET pastes it into the policy file");
        tc_diag_help(s->diags, diag, "write '.' for the character that makes it an entity or a token");
        return (struct tc_str){NULL, 0};
    }
    return pattern;
}

struct tc_str
tc_check_location(struct tc_sema *s, const struct tc_atom *atom)
{
    /* aspnet-trust 3.3 */
    struct tc_str text = atom->text;
    struct tc_diag *diag;
    const char *why = NULL;

    if (!tc_check_plain(s, atom))
        return (struct tc_str){NULL, 0};
    if (text.len == 0)
        why = "it names the site and the path below it";
    else if (tc_str_trim(text).len != text.len)
        why = "it has no blanks at its ends";
    else if (strchr("\\./", text.ptr[0]) != NULL)
        why = "it begins with the name of the site, not with a backslash, dot or slash";
    else if (strchr("\\./", text.ptr[text.len - 1]) != NULL)
        why = "it does not end in a backslash, dot or slash";
    else
        for (size_t i = 0; i < text.len; i++)
            if (strchr("\\?:*\"<>|", text.ptr[i]) != NULL && text.ptr[i] != '\0')
                why = "none of \\ ? : * \" < > | may stand in it";
            else if (text.ptr[i] == '/' && text.ptr[i + 1] == '/')
                why = "a part of it is empty"; /* the last character is no slash, so there is a next one */
    if (why == NULL)
        why = tc_location_fault(text);
    if (why == NULL)
        return text;
    diag = tc_sema_report(s, TC_CODE_BAD_LOCATION, atom->span, "this is no location path: %s", why);
    tc_diag_help(s->diags, diag, "write \"Default Web Site/app\": the site's name, then the virtual path with slashes");
    return (struct tc_str){NULL, 0};
}

/* ---- dates, keys, versions ---- */

bool
tc_check_date(struct tc_sema *s, const struct tc_atom *atom)
{
    if (atom->broken)
        return false;
    if (tc_str_is_day(atom->text))
        return true;
    tc_sema_report(s, TC_CODE_BAD_DATE, atom->span, "there is no day '%.*s'", TC_STR_ARG(atom->text));
    return false;
}

void
tc_check_until(struct tc_sema *s, const struct tc_ast_tail *tail, const char *what)
{
    struct tc_diag *diag;

    if (tail->until == NULL || !tc_check_date(s, tail->until) || s->options->today.len == 0)
        return;
    if (tc_str_cmp(tail->until->text, s->options->today) >= 0)
        return;
    diag = tc_sema_report(s, TC_CODE_EXPIRED, tail->until->span, "this %s ended on %.*s", what,
                          TC_STR_ARG(tail->until->text));
    tc_diag_note(s->diags, diag, "it is still in force: 'until' never changes an output");
    tc_diag_help(s->diags, diag, "remove the %s, or give it a new date", what);
}

bool
tc_check_hex(struct tc_sema *s, const struct tc_atom *atom, const char *what)
{
    struct tc_str text = atom->text;
    struct tc_diag *diag;

    if (atom->broken)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (tc_ascii_hex(text.ptr[i]) < 0) {
            diag =
                tc_sema_report(s, TC_CODE_BAD_HEX, atom->span, "%s is hexadecimal digits, not '%c'", what, text.ptr[i]);
            if (tc_str_starts(text, TC_STR("0x")))
                tc_diag_help(s->diags, diag, "write it without '0x'");
            return false;
        }
    if (text.len == 0 || text.len % 2 != 0) {
        tc_sema_report(s, TC_CODE_BAD_HEX, atom->span, "%s has an even number of hexadecimal digits, not %zu", what,
                       text.len);
        return false;
    }
    return true;
}

bool
tc_check_public_key(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_diag *diag;

    if (!tc_check_hex(s, atom, "a public key"))
        return false;
    if (atom->text.len != 16)
        return true;
    diag = tc_sema_report(s, TC_CODE_KEY_TOKEN, atom->span,
                          "this is a public key token; the whole public key is wanted here");
    tc_diag_help(s->diags, diag, "sn -Tp ASSEMBLY shows both; a public key has hundreds of digits");
    return false;
}

bool
tc_check_hash(struct tc_sema *s, const struct tc_atom *algorithm, const struct tc_atom *atom)
{
    static const struct {
        const char *name;
        size_t digits;
    } lengths[] = {{"MD5", 32}, {"SHA1", 40}, {"SHA256", 64}, {"SHA384", 96}, {"SHA512", 128}};
    struct tc_diag *diag;

    if (!tc_check_hex(s, atom, "a hash"))
        return false;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        if (!tc_str_eq(algorithm->text, tc_str_of(lengths[i].name)) || atom->text.len == lengths[i].digits)
            continue;
        diag = tc_sema_report(s, TC_CODE_BAD_HEX, atom->span, "a hash by %s has %zu hexadecimal digits, not %zu",
                              lengths[i].name, lengths[i].digits, atom->text.len);
        for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++)
            if (atom->text.len == lengths[j].digits)
                tc_diag_help(s->diags, diag, "a hash of this length is by %s", lengths[j].name);
        return false;
    }
    return true;
}

bool
tc_check_version(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text;
    unsigned parts = 1, digits = 0;
    uint32_t value = 0;
    bool ok = text.len > 0, too_large = false;

    if (atom->broken)
        return false;
    for (size_t i = 0; i < text.len && ok; i++) {
        if (text.ptr[i] == '.') {
            ok = digits > 0;
            parts++;
            digits = 0;
            value = 0;
        } else {
            ok = tc_ascii_is_digit(text.ptr[i]);
            digits = 1;
            value = value * 10 + (uint32_t)(text.ptr[i] - '0');
            too_large |= value > 65534;
            value = value > 65534 ? 65535 : value;
        }
    }
    ok &= digits > 0 && parts >= 2 && parts <= 4;
    if (ok && !too_large)
        return true;
    if (ok)
        tc_diag_help(
            s->diags,
            tc_sema_report(s, TC_CODE_BAD_VERSION, atom->span, "no assembly has the version '%.*s'", TC_STR_ARG(text)),
            "each number is at most 65534");
    else
        tc_diag_help(
            s->diags,
            tc_sema_report(s, TC_CODE_BAD_VERSION, atom->span, "'%.*s' is no assembly version", TC_STR_ARG(text)),
            "write two to four numbers: \"1.0.0.0\"");
    return false;
}

/* The framework takes a path of a drive for the URL of a file (policy-file 5.4). */
static bool
is_drive_path(struct tc_str text)
{
    return text.len > 3 && tc_ascii_is_letter(text.ptr[0]) && text.ptr[1] == ':' && tc_ascii_is_slash(text.ptr[2]);
}

bool
tc_check_url_reads(struct tc_sema *s, const struct tc_atom *atom, bool is_plain)
{
    size_t place = 0;
    const struct tc_token *token = tc_token_in(atom->text, 0, &place);
    struct tc_str text = atom->text;
    struct tc_url_string url;
    struct tc_throw thrown;
    struct tc_diag *diag;

    if (token != NULL && place == 0) /* any directory will do in its place */
        text =
            tc_arena_printf(s->arena, "file:///D:/a%.*s", TC_STR_ARG(tc_str_sub(text, strlen(token->text), SIZE_MAX)));
    if ((is_plain ? tc_url_string_parse_plain : tc_url_string_parse)(s->arena, text, &url, &thrown) == TC_YES)
        return true;
    diag = tc_sema_report(s, TC_CODE_BAD_URL, atom->span, "'%.*s' is not a URL", TC_STR_ARG(atom->text));
    tc_diag_note(s->diags, diag, "reading it throws %s%s%s", thrown.type, thrown.key[0] == '\0' ? "" : ": ",
                 thrown.key);
    tc_diag_help(s->diags, diag, "write it as \"http://host/path\" or \"http://host/*\"");
    return false;
}

bool
tc_check_group_url(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text;
    size_t place = 0, scheme = tc_str_find(text, TC_STR("://"), 0);
    const struct tc_token *token = tc_token_in(text, 0, &place);
    struct tc_diag *diag = NULL;
    const char *star;

    if (!tc_check_plain(s, atom))
        return false;
    if (token != NULL && (place > 0 || !(token->uses & TC_TOKEN_IN_URL))) {
        diag = tc_sema_report(s, TC_CODE_TOKEN_MISPLACED, atom->span, "'%s' cannot stand here: it becomes the %s",
                              token->text, token->meaning);
        tc_diag_help(s->diags, diag, "a URL may begin with $AppDirUrl$, $CodeGen$ or $Gac$");
        return false;
    }
    if (token == NULL && misspelt_token(s, atom, false))
        return false;
    if (token == NULL && !is_drive_path(text) && (scheme == SIZE_MAX || scheme == 0 || scheme + 3 >= text.len)) {
        diag = tc_sema_report(s, TC_CODE_BAD_URL, atom->span, "'%.*s' is not a URL", TC_STR_ARG(text));
        tc_diag_help(
            s->diags, diag,
            "code groups want URLs or full paths: \"file:///D:/Bin/*\", \"D:\\Bin\\*\", \"$AppDirUrl$/bin/*\"");
        return false;
    }
    star = text.len == 0 ? NULL : memchr(text.ptr, '*', text.len);
    if (star != NULL && star == text.ptr + text.len - 1 && text.len > 1 && star[-1] != '/' && star[-1] != '\\' &&
        scheme != SIZE_MAX && star > text.ptr + scheme + 3) {
        diag = tc_sema_report(s, TC_CODE_URL_STAR, atom->span,
                              "a '*' stands for a whole last part only: this matches a file of just that name");
        tc_diag_help(s->diags, diag, "write \".../*\" for everything below a directory");
    } else if (star != NULL && star != text.ptr + text.len - 1 &&
               !(scheme != SIZE_MAX && star == text.ptr + scheme + 3)) {
        diag = tc_sema_report(s, TC_CODE_URL_STAR, atom->span,
                              "a '*' works only as the last character of a URL condition");
        tc_diag_help(s->diags, diag, "write \".../*\" for everything below a directory");
    }
    return diag != NULL || tc_check_url_reads(s, atom, false);
}

/* ---- hosts of sockets ---- */

/* How many of the four parts of an IP pattern @a text has: numbers and stars between dots; 0 when it is none. */
static unsigned
pattern_parts(struct tc_str text)
{
    unsigned parts = 0;
    size_t begin = 0;

    for (size_t i = 0; i <= text.len; i++) {
        struct tc_str part;
        unsigned value = 0;

        if (i < text.len && text.ptr[i] != '.')
            continue;
        part = tc_str_sub(text, begin, i - begin);
        begin = i + 1;
        parts++;
        if (tc_str_eq(part, TC_STR("*")))
            continue;
        if (part.len == 0 || part.len > 3)
            return 0;
        for (size_t j = 0; j < part.len; j++) {
            if (!tc_ascii_is_digit(part.ptr[j]))
                return 0;
            value = value * 10 + (unsigned)(part.ptr[j] - '0');
        }
        if (value > 255)
            return 0;
    }
    return parts;
}

/* The shape of an IPv6 address without brackets: up to eight groups of hex digits, one `::` in place of some, perhaps
 * an IPv4 address at the end and a scope behind `%`. */
static bool
is_ipv6(struct tc_str text)
{
    unsigned groups = 0, digits = 0, gaps = 0;
    size_t end = tc_str_find(text, TC_STR("%"), 0), begin = 0;

    for (size_t i = end == SIZE_MAX ? text.len : end + 1; i < text.len; i++)
        if (!tc_ascii_is_digit(text.ptr[i]))
            return false;
    text = tc_str_sub(text, 0, end == SIZE_MAX ? text.len : end);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.') {
            struct tc_str tail = tc_str_sub(text, begin, text.len);

            return pattern_parts(tail) == 4 && !tc_str_has(tail, '*') &&
                   (gaps == 1 ? groups <= 5 : gaps == 0 && groups == 6);
        }
        if (text.ptr[i] != ':') {
            if (tc_ascii_hex(text.ptr[i]) < 0 || ++digits > 4)
                return false;
            continue;
        }
        groups += digits > 0;
        if (digits == 0 && i != 0 && text.ptr[i - 1] != ':')
            return false;
        gaps += i > 0 && text.ptr[i - 1] == ':';
        if (digits == 0 && i == 0 && (text.len < 2 || text.ptr[1] != ':'))
            return false;
        digits = 0;
        begin = i + 1;
    }
    if (digits == 0 && !(text.len >= 2 && text.ptr[text.len - 2] == ':'))
        return false;
    groups += digits > 0;
    return gaps == 1 ? groups <= 7 : gaps == 0 && groups == 8;
}

static void
warn_socket_star(struct tc_sema *s, const struct tc_atom *atom)
{
    static const char *const rests[] = {"", ".*.*.*", ".*.*", ".*"};
    struct tc_str text = atom->text;
    unsigned parts = pattern_parts(text);
    struct tc_diag *diag;

    if (!tc_str_has(text, '*') || parts == 4)
        return;
    diag = tc_sema_report(s, TC_CODE_SOCKET_WILDCARD, atom->span,
                          "'%.*s' matches only a host of just that name: stars work in IP addresses of four parts only",
                          TC_STR_ARG(text));
    if (tc_str_eq(text, TC_STR("*")))
        tc_diag_help(s->diags, diag, "for any host write \"*.*.*.*\"");
    else if (parts > 0 && parts < 4)
        tc_diag_help(s->diags, diag, "write \"%.*s%s\"", TC_STR_ARG(text), rests[parts]);
    else
        tc_diag_help(s->diags, diag,
                     "write each host, an address pattern such as \"10.0.*.*\", or \"*.*.*.*\" for any");
}

bool
tc_check_socket_host(struct tc_sema *s, const struct tc_atom *atom)
{
    /* permissions 10 */
    struct tc_str text = atom->text;
    struct tc_diag *diag;
    bool bad = text.len == 0, colon = false;

    if (!tc_check_text(s, atom, "the host of a socket")) /* $OriginHost$ is a regular expression, never a host */
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bad |= !tc_ascii_is_letter(text.ptr[i]) && !tc_ascii_is_digit(text.ptr[i]) &&
               strchr("-_.*:%", text.ptr[i]) == NULL;
        colon |= text.ptr[i] == ':' || text.ptr[i] == '%';
    }
    if (!bad && (!colon || is_ipv6(text))) {
        warn_socket_star(s, atom);
        return true;
    }
    diag = tc_sema_report(s, TC_CODE_BAD_HOST, atom->span, "'%.*s' is not a host that a socket grant can name",
                          TC_STR_ARG(text));
    if (text.len == 0)
        tc_diag_help(s->diags, diag, "an empty host matches nothing; for any host write \"*.*.*.*\"");
    else if (tc_str_find(text, TC_STR("://"), 0) != SIZE_MAX)
        tc_diag_help(s->diags, diag, "write the host alone, without scheme and path");
    else if (colon)
        tc_diag_help(
            s->diags, diag,
            "write the port behind the host: \"mail.contoso.com\" 25; an IPv6 address stands without brackets");
    else
        tc_diag_help(
            s->diags, diag,
            "a host is a name or an IP address: letters, digits, '-', '_' and '.', or four parts such as \"10.0.*.*\"");
    return false;
}

/* ---- connection strings ---- */

static const char *const sql_keywords[] = {
#define TC_KEYWORD(spelling, canonical) spelling,
#include "data/keywords.def"
};

/* The first key in @a text that SqlClient does not know; empty when all are known. */
static struct tc_str
unknown_keyword(struct tc_sema *s, struct tc_str text)
{
    struct tc_connection connection = {.count = 0};
    struct tc_throw thrown = {0};

    if (tc_connection_parse(s->arena, TC_CONNECTION_OLE_DB, text, &connection, &thrown) != TC_YES)
        return (struct tc_str){NULL, 0};
    for (size_t i = 0; i < connection.count; i++) {
        bool known = false;

        for (size_t k = 0; k < sizeof sql_keywords / sizeof *sql_keywords && !known; k++)
            known = tc_str_eq(connection.pairs[i].key, tc_str_of(sql_keywords[k]));
        if (!known)
            return connection.pairs[i].key;
    }
    return (struct tc_str){NULL, 0};
}

static void
report_keyword(struct tc_sema *s, const struct tc_atom *atom, struct tc_str key)
{
    struct tc_diag *diag =
        tc_sema_report(s, TC_CODE_BAD_CONNECTION, atom->span, "SqlClient knows no keyword '%.*s'", TC_STR_ARG(key));
    struct tc_nearest nearest;

    tc_diag_note(s->diags, diag, "the framework throws at the first connection that is opened");
    tc_nearest_init(&nearest, key);
    for (size_t i = 0; i < sizeof sql_keywords / sizeof *sql_keywords; i++)
        tc_nearest_try(&nearest, tc_str_of(sql_keywords[i]));
    tc_nearest_help(s, diag, &nearest);
}

bool
tc_check_connection(struct tc_sema *s, const struct tc_class *cls, const struct tc_atom *atom, bool is_keys)
{
    /* permissions 20 */
    enum tc_connection_rules rules = cls == tc_class(TC_CLASS_SQL_CLIENT) ? TC_CONNECTION_SQL
                                     : cls == tc_class(TC_CLASS_ODBC)     ? TC_CONNECTION_ODBC
                                                                          : TC_CONNECTION_OLE_DB;
    struct tc_connection connection = {.count = 0};
    struct tc_connection_keys keys = {.count = 0};
    struct tc_throw thrown = {0};
    struct tc_str key;
    struct tc_diag *diag;
    bool blank;

    if (!tc_check_text(s, atom, "a connection string"))
        return false;
    if (rules == TC_CONNECTION_SQL && (key = unknown_keyword(s, atom->text)).len > 0) {
        report_keyword(s, atom, key);
        return false;
    }
    if (is_keys) {
        if (tc_connection_parse_keys(s->arena, rules, atom->text, &keys, &thrown) == TC_YES)
            return true;
        diag = tc_sema_report(s, TC_CODE_BAD_CONNECTION, atom->span, "this is no list of keys");
        if (!tc_str_has(atom->text, '='))
            tc_diag_help(s->diags, diag, "each key ends in '=': keys \"user id=;password=;\"");
        else
            tc_diag_help(
                s->diags, diag,
                "a list of keys is written like a connection string without values: keys \"user id=;password=;\"");
        return false;
    }
    if (tc_connection_parse(s->arena, rules, atom->text, &connection, &thrown) != TC_YES) {
        diag = tc_sema_report(s, TC_CODE_BAD_CONNECTION, atom->span, "this is no connection string");
        if (atom->text.len > 0 && !tc_str_has(atom->text, '='))
            tc_diag_help(s->diags, diag,
                         "it is made of keys and values: \"data source=SERVER;initial catalog=DATABASE\"");
        else
            tc_diag_help(
                s->diags, diag,
                "keys and values are joined by '=', pairs by ';', and a quote inside a value needs quotes around it");
        return false;
    }
    if (tc_connection_has_blank_password(&connection, &blank, &thrown) == TC_YES &&
        tc_connection_hide_password(s->arena, &connection, &thrown) == TC_YES)
        return true;
    diag = tc_sema_report(s, TC_CODE_BAD_CONNECTION, atom->span,
                          "a key of this connection string has a value that the framework does not take");
    tc_diag_help(
        s->diags, diag,
        "integrated security is true, false, yes, no or sspi; persist security info is true, false, yes or no");
    return false;
}

bool
tc_check_site(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_str text = atom->text;
    struct tc_diag *diag;
    bool bad = text.len == 0;

    if (atom->broken)
        return false;
    for (size_t i = 0; i < text.len; i++)
        bad |= !tc_ascii_is_letter(text.ptr[i]) && !tc_ascii_is_digit(text.ptr[i]) && text.ptr[i] != '-' &&
               text.ptr[i] != '.' && text.ptr[i] != '_' && !(text.ptr[i] == '*' && i == 0);
    if (!bad)
        return true;
    diag = tc_sema_report(s, TC_CODE_BAD_HOST, atom->span, "'%.*s' is not a site", TC_STR_ARG(text));
    tc_diag_help(s->diags, diag, "a site is a host name, with a star as its first part at most: \"*.contoso.com\"");
    return false;
}
