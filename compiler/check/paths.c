/* Paths of FileIO. */
#include "check/lists.h"

#include "base/ascii.h"
#include "model/algebra_util.h"
#include "model/path.h"

#include <string.h>

#define TOKEN     tc_token_text(TC_TOKEN_APP_DIR)
#define DIRECTORY TC_STR(TC_CHECK_DIRECTORY)

/* Scheme and colon of a URL; 0 when it is none. */
static size_t
scheme_len(struct tc_str text)
{
    size_t at = 0;

    while (at < text.len && (tc_ascii_is_letter(text.ptr[at]) || (at > 0 && tc_ascii_is_digit(text.ptr[at])) ||
                             (at > 0 && strchr("+.-", text.ptr[at]) != NULL)))
        at++;
    return at >= 2 && at + 2 < text.len && text.ptr[at] == ':' && tc_ascii_is_slash(text.ptr[at + 1]) &&
                   tc_ascii_is_slash(text.ptr[at + 2])
               ? at + 1
               : 0;
}

/* The path that a file: URL names; empty when it names none. */
static struct tc_str
path_of_url(struct tc_arena *arena, struct tc_str url, size_t scheme)
{
    size_t slashes = 0;
    struct tc_str rest = tc_str_sub(url, scheme, SIZE_MAX);
    char *path;

    if (!tc_str_eq_nocase(tc_str_sub(url, 0, scheme), TC_STR("file:")) || tc_str_has(url, '%'))
        return (struct tc_str){0};
    while (slashes < rest.len && tc_ascii_is_slash(rest.ptr[slashes]))
        slashes++;
    if (slashes == rest.len)
        return (struct tc_str){0};
    rest = tc_str_sub(rest, slashes, SIZE_MAX);
    if (slashes == 2 && !(rest.len > 1 && rest.ptr[1] == ':'))
        rest = tc_arena_printf(arena, "\\\\%.*s", TC_STR_ARG(rest));
    path = tc_arena_alloc(arena, rest.len + 1, 1);
    for (size_t i = 0; path != NULL && i < rest.len; i++)
        path[i] = rest.ptr[i] == '/' ? '\\' : rest.ptr[i];
    return (struct tc_str){path, path == NULL ? 0 : rest.len};
}

static bool
check_url(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    size_t scheme = scheme_len(entry->text);
    struct tc_str path;
    struct tc_diag *diag;

    if (scheme == 0)
        return false;
    diag = tc_list_report(list, TC_CHECK_URL_FOR_PATH, entry, 0, entry->text.len, "is a URL: a path is wanted here");
    path = path_of_url(check->arena, entry->text, scheme);
    if (tc_path_is_full(path)) {
        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(path));
        tc_list_replace(list, entry, diag, 0, entry->text.len, path);
    } else {
        tc_diag_help(check->diags, diag,
                     "write the directory on the disk; web requests are the matter of WebPermission");
    }
    return true;
}

/* `*AllFiles*` and `*AllLocalFiles*` in another case, without their stars, or beside paths. */
static bool
check_all_files(struct tc_list_check *list, struct tc_list_entry *entry)
{
    static const struct tc_str all[] = {{"*AllFiles*", 10}, {"*AllLocalFiles*", 15}};
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text;
    struct tc_diag *diag;

    while (text.len > 0 && text.ptr[0] == '*')
        text = tc_str_sub(text, 1, SIZE_MAX);
    while (text.len > 0 && text.ptr[text.len - 1] == '*')
        text.len--;
    for (size_t i = 0; i < 2; i++) {
        if (!tc_str_eq_nocase(text, tc_str_sub(all[i], 1, all[i].len - 2)))
            continue;
        diag = tc_list_report(list, TC_CHECK_RELATIVE_PATH, entry, 0, entry->text.len,
                              tc_str_eq(entry->text, all[i]) ? "means all files only where it stands alone"
                                                             : "is a relative path: the word for all files is another");
        tc_diag_help(check->diags, diag, "write '%.*s'%s", TC_STR_ARG(all[i]),
                     i == 0 ? " and nothing beside it" : " in front of all other entries");
        if (!tc_str_eq(entry->text, all[i]) && list->attribute->value.len == entry->raw.len)
            tc_list_replace(list, entry, diag, 0, entry->text.len, all[i]);
        return true;
    }
    return false;
}

static void
report_relative(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text;
    bool has_drive = text.len >= 2 && tc_ascii_is_letter(text.ptr[0]) && text.ptr[1] == ':';
    size_t skip = 0;
    struct tc_diag *diag =
        tc_list_report(list, TC_CHECK_RELATIVE_PATH, entry, 0, text.len,
                       text.len == 2 && has_drive ? "is a drive without a directory: the framework wants a full path"
                       : has_drive ? "is relative to a directory of the drive: the framework wants a full path"
                       : tc_ascii_is_slash(text.ptr[0]) ? "says no drive: the framework wants a full path"
                                                        : "is relative: the framework wants a full path");

    if (has_drive) {
        tc_diag_help(check->diags, diag, "write '%.2s\\%.*s'", text.ptr, (int)text.len - 2, text.ptr + 2);
        tc_list_replace(list, entry, diag, 2, 2, TC_STR("\\"));
        return;
    }
    if (text.ptr[0] == '~')
        skip = 1;
    if (text.len > skip && text.ptr[skip] == '.' && (text.len == skip + 1 || tc_ascii_is_slash(text.ptr[skip + 1])))
        skip++;
    while (skip > 0 && skip < text.len && tc_ascii_is_slash(text.ptr[skip]))
        skip++;
    if (tc_ascii_is_slash(text.ptr[0]) || tc_str_starts(text, TC_STR(".."))) {
        tc_diag_help(check->diags, diag, "begin with a drive, as in 'D:\\data', or with '$AppDir$'");
    } else {
        struct tc_str instead = tc_arena_printf(check->arena, "$AppDir$%s%.*s", skip < text.len ? "\\" : "",
                                                TC_STR_ARG(tc_str_sub(text, skip, SIZE_MAX)));

        tc_diag_help(check->diags, diag, "for a directory of the application write '%.*s'", TC_STR_ARG(instead));
        tc_list_replace(list, entry, diag, 0, skip, skip < text.len ? TC_STR("$AppDir$\\") : TOKEN);
    }
}

/* @a text with a directory in place of the token at its start. */
static struct tc_str
without_token(struct tc_arena *arena, struct tc_str text)
{
    if (!tc_str_starts(text, TOKEN))
        return text;
    return tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(DIRECTORY), TC_STR_ARG(tc_str_sub(text, TOKEN.len, SIZE_MAX)));
}

static struct tc_str
with_token(struct tc_arena *arena, struct tc_str written, struct tc_str path)
{
    if (!tc_str_starts(written, TOKEN))
        return path;
    return tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(TOKEN), TC_STR_ARG(tc_str_sub(path, DIRECTORY.len, SIZE_MAX)));
}

/* Characters that no path has: where the first one is. */
static bool
check_characters(struct tc_list_check *list, struct tc_list_entry *entry, struct tc_str path)
{
    struct tc_str text = entry->text;
    size_t colon = tc_str_find(path, TC_STR(":"), 2);
    struct tc_diag *diag;

    for (size_t i = 0; i < text.len; i++)
        if (strchr("<>|\"", text.ptr[i]) != NULL || (unsigned char)text.ptr[i] < ' ') {
            diag = tc_list_report(list, TC_CHECK_INVALID_PATH, entry, i, i + 1,
                                  "may not stand in a path: the framework throws");
            tc_diag_help(list->p->check->diags, diag,
                         text.ptr[i] == '<' || text.ptr[i] == '>'
                             ? "if this is a place to fill in, put the directory itself there"
                             : "take it away; entries are separated by ';'");
            return true;
        }
    if (colon == SIZE_MAX)
        return false;
    colon += text.len - path.len; /* the token is at the start */
    diag = tc_list_report(list, TC_CHECK_INVALID_PATH, entry, colon, colon + 1,
                          "may stand behind the drive letter only: the framework throws");
    tc_diag_help(list->p->check->diags, diag, "write 'X:\\directory' without another ':'");
    return true;
}

static void
report_canonical_fault(struct tc_list_check *list, struct tc_list_entry *entry, const struct tc_throw *thrown)
{
    struct tc_diag *diag = tc_list_report(
        list, TC_CHECK_INVALID_PATH, entry, 0, entry->text.len,
        strcmp(thrown->key, "Arg_PathIllegalUNC") == 0      ? "names a server without a share: the framework throws"
        : strcmp(thrown->type, "PathTooLongException") == 0 ? "is longer than the framework takes: it throws"
                                                            : "is no path that the framework takes: it throws");

    if (strcmp(thrown->key, "Arg_PathIllegalUNC") == 0)
        tc_diag_help(list->p->check->diags, diag, "write '\\\\server\\share'");
    else if (strcmp(thrown->type, "PathTooLongException") == 0)
        tc_diag_help(list->p->check->diags, diag, "name a directory further up: it covers everything below");
    else
        tc_diag_help(list->p->check->diags, diag, "look at components of dots and blanks");
}

/* Whether the path leads out of the application's directory though it begins with the token; reports it. */
static bool
check_escape(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text;
    struct tc_diag *diag;

    if (!tc_str_starts(text, TOKEN) || tc_path_covers(DIRECTORY, entry->path) || tc_path_covers(entry->path, DIRECTORY))
        return false; /* in it; or above it, which grants_files.c speaks of */
    diag = tc_list_report(list, TC_CHECK_PATH_ESCAPES, entry, 0, text.len,
                          "does not lie in the directory of the application");
    if (text.len > TOKEN.len && !tc_ascii_is_slash(text.ptr[TOKEN.len])) {
        tc_diag_help(check->diags, diag, "with a backslash it would: '$AppDir$\\%.*s'",
                     TC_STR_ARG(tc_str_sub(text, TOKEN.len, SIZE_MAX)));
        tc_list_replace(list, entry, diag, TOKEN.len, TOKEN.len, TC_STR("\\"));
    } else {
        tc_diag_help(check->diags, diag,
                     "name the directory itself: what lies beside one application is not what lies beside another");
    }
    return true;
}

/* What is written differently from what the framework keeps. */
static void
check_rewritten(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text, kept = with_token(check->arena, text, entry->path);
    struct tc_diag *diag;

    if (tc_str_ends(text, TC_STR("\\.")) || tc_str_ends(text, TC_STR("/."))) {
        diag = tc_list_report(list, TC_CHECK_TRAILING_BACKSLASH, entry, 0, text.len,
                              "covers nothing: the framework keeps the dot at the end");
        tc_diag_help(check->diags, diag, "write '%.*s'", (int)text.len - 2, text.ptr);
        tc_list_replace(list, entry, diag, text.len - 2, text.len, TC_STR(""));
        return;
    }
    if (tc_str_eq(kept, text) || entry->raw.len != text.len)
        return;
    diag = tc_check_report(check, TC_CHECK_PATH_REWRITTEN, tc_list_span(list, entry, 0, text.len),
                           "the framework takes '%.*s' for '%.*s'", TC_STR_ARG(text), TC_STR_ARG(kept));
    tc_diag_help(check->diags, diag, "write it as it is kept");
    tc_diag_edit(check->diags, diag, tc_list_span(list, entry, 0, text.len), "%.*s", TC_STR_ARG(kept));
}

/* `PROGRA~1`: what it stands for depends on the computer, and so does what is granted. */
static void
check_short_name(struct tc_list_check *list, const struct tc_list_entry *entry)
{
    struct tc_str text = entry->text;
    size_t tilde = tc_str_find(text, TC_STR("~"), 0), begin = tilde, end = tilde;
    struct tc_diag *diag;

    if (tilde == SIZE_MAX || tilde + 1 >= text.len || text.ptr[tilde + 1] < '0' || text.ptr[tilde + 1] > '9')
        return;
    while (begin > 0 && !tc_ascii_is_slash(text.ptr[begin - 1]))
        begin--;
    while (end < text.len && !tc_ascii_is_slash(text.ptr[end]))
        end++;
    diag = tc_check_report(list->p->check, TC_CHECK_SHORT_FILE_NAME, tc_list_span(list, entry, begin, end),
                           "what '%.*s' stands for depends on the computer",
                           TC_STR_ARG(tc_str_sub(text, begin, end - begin)));
    tc_diag_help(list->p->check->diags, diag, "write the long name");
}

/* A full path that is written as the framework keeps it and holds nothing that any of the checks looks for. */
static bool
is_ordinary(struct tc_str path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];

        if (!tc_ascii_is_letter(c) && !tc_ascii_is_digit(c) && c != '\\' && c != '.' && c != '_' && c != '-' &&
            !(c == ':' && i == 1))
            return false;
    }
    return path.len > 3 && path.ptr[path.len - 1] != '\\' && tc_path_is_canonical(path);
}

static void
check_path(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_throw thrown = {.type = "", .key = ""};

    if (is_ordinary(entry->text))
        return;
    if (tc_list_check_white(list, entry) || check_all_files(list, entry) || check_url(list, entry) ||
        tc_list_check_variable(list, entry) || tc_list_check_separators(list, entry))
        return;
    entry->path = without_token(check->arena, entry->text);
    if (check_characters(list, entry, entry->path))
        return;
    if (!tc_path_is_full(entry->path)) {
        report_relative(list, entry);
        return;
    }
    if (tc_list_check_wildcard(list, entry))
        return;
    if (tc_path_canonical(check->arena, entry->path, &entry->path, &thrown) != TC_YES) {
        report_canonical_fault(list, entry, &thrown);
        return;
    }
    if (check_escape(list, entry))
        return;
    check_short_name(list, entry);
    check_rewritten(list, entry);
    if (!entry->bad)
        tc_list_check_trailing(list, entry);
}

void
tc_list_check_path(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_arena *arena = list->p->check->arena;
    struct tc_str path;

    check_path(list, entry);
    entry->throws = entry->bad && tc_path_canonical(arena, without_token(arena, entry->text), &path, NULL) == TC_THROWS;
}

void
tc_checks_paths(struct tc_check *check)
{
    tc_checks_tokens(check);
}
