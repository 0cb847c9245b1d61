/* Entries of lists that are no paths, and entries beside each other. */
#include "check/lists.h"

#include "base/ascii.h"
#include "model/algebra_util.h"
#include "model/expressions.h"
#include "model/path.h"

#include <stdlib.h>
#include <string.h>

/* ---- registry keys ---- */

/* What stands in front of a hive in other programs: `\`, `Registry::`, `Computer\`. */
static size_t
prefix_len(struct tc_str text)
{
    static const struct tc_str prefixes[] = {{"Registry::", 10}, {"Computer\\", 9}, {"My Computer\\", 12}};
    size_t at = 0;

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (tc_str_starts_nocase(text, prefixes[i]))
            at = prefixes[i].len;
    while (at < text.len && tc_ascii_is_slash(text.ptr[at]))
        at++;
    return at;
}

static void
report_hive(struct tc_list_check *list, struct tc_list_entry *entry, size_t begin, size_t end)
{
    struct tc_check *check = list->p->check;
    struct tc_str hive = tc_str_sub(entry->text, begin, end - begin), instead = {0};
    struct tc_check_near near;
    struct tc_diag *diag;
    size_t count;
    const struct tc_hive *hives = tc_hives(&count);

    if (hive.len > 0 && hive.ptr[hive.len - 1] == ':') /* as PowerShell has it */
        hive.len--;
    near = tc_check_near_to(hive);
    for (size_t i = 0; i < count; i++) {
        if (tc_str_eq_nocase(hive, tc_str_of(hives[i].alias)) || tc_str_eq_nocase(hive, tc_str_of(hives[i].name)))
            instead = tc_str_of(hives[i].name);
        tc_check_near_try(&near, tc_str_of(hives[i].name));
    }
    if (instead.len == 0)
        instead = near.best;
    diag = tc_list_report(list, TC_CHECK_REGISTRY_KEY, entry, 0, end == 0 ? entry->text.len : end,
                          "never matches: the framework demands keys under the full name of a hive");
    if (instead.len == 0) {
        tc_diag_help(check->diags, diag, "begin with HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER or another hive");
        return;
    }
    tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(instead));
    tc_list_replace(list, entry, diag, 0, end, instead);
}

static void
check_key(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_str text = entry->text;
    size_t begin, end, count;
    const struct tc_hive *hives = tc_hives(&count);
    struct tc_diag *diag;

    if (tc_list_check_white(list, entry) || tc_list_check_variable(list, entry) ||
        tc_list_check_separators(list, entry))
        return;
    if (tc_str_eq(text, TC_STR("*"))) {
        diag = tc_list_report(list, TC_CHECK_LITERAL_WILDCARD, entry, 0, 1,
                              "matches nothing: '*' is an ordinary character here");
        tc_diag_help(list->p->check->diags, diag, "name the hives, or say Unrestricted=\"true\" if every key is meant");
        return;
    }
    begin = prefix_len(text);
    for (end = begin; end < text.len && !tc_ascii_is_slash(text.ptr[end]);)
        end++;
    for (size_t i = 0;; i++) {
        if (i == count) {
            report_hive(list, entry, begin, end);
            return;
        }
        if (begin == 0 && tc_str_eq_nocase(tc_str_sub(text, 0, end), tc_str_of(hives[i].name)))
            break;
    }
    if (tc_list_check_wildcard(list, entry))
        return;
    for (size_t i = end; i + 2 < text.len; i++)
        if (tc_ascii_is_slash(text.ptr[i]) && tc_ascii_is_slash(text.ptr[i + 1])) {
            diag = tc_list_report(list, TC_CHECK_REGISTRY_KEY, entry, i, i + 2,
                                  "never matches: the framework demands keys with one backslash between two names");
            tc_diag_help(list->p->check->diags, diag, "take one away");
            tc_list_replace(list, entry, diag, i, i + 1, TC_STR(""));
            return;
        }
    tc_list_check_trailing(list, entry);
}

/* ---- environment variables ---- */

static void
check_variable_name(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text, name = tc_trim_white(text);
    size_t begin = (size_t)(name.ptr - text.ptr);
    struct tc_diag *diag;

    if (tc_list_check_variable(list, entry) || name.len == 0)
        return;
    if (tc_str_has(name, '=')) {
        size_t equals = tc_str_find(name, TC_STR("="), 0);

        diag = tc_list_report(list, TC_CHECK_VARIABLE_NAME, entry, begin, begin + name.len,
                              "is no name of a variable: a value does not belong here");
        tc_diag_help(check->diags, diag, "write '%.*s'", (int)equals, name.ptr);
        tc_list_replace(list, entry, diag, begin + equals, text.len, TC_STR(""));
        return;
    }
    if (tc_str_has(name, '*') || tc_str_has(name, '?')) {
        tc_list_check_wildcard(list, entry);
        return;
    }
    if (tc_list_check_separators(list, entry))
        return;
    if (name.len == text.len)
        return;
    diag = tc_list_report(list, TC_CHECK_VARIABLE_NAME, entry, 0, text.len,
                          "is the name of no variable: the blanks around it belong to it");
    tc_diag_help(check->diags, diag, "write '%.*s' without them", TC_STR_ARG(name));
    if (begin > 0)
        tc_list_replace(list, entry, diag, 0, begin, TC_STR(""));
    if (begin + name.len < text.len)
        tc_list_replace(list, entry, diag, begin + name.len, text.len, TC_STR(""));
}

void
tc_list_check_name(struct tc_list_check *list, struct tc_list_entry *entry)
{
    if (list->kind == TC_FIELD_KEYS)
        check_key(list, entry);
    else
        check_variable_name(list, entry);
}

/* ---- entries that others cover ---- */

/* Letters as one case, and the backslash before all other characters, so that what lies below a directory follows it.
 */
static int
sort_key(char c)
{
    if (tc_ascii_is_slash(c))
        return 1;
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 'A' + 1;
    return (unsigned char)c + 1;
}

static int
compare_entries(const void *a, const void *b)
{
    const struct tc_list_entry *x = *(const struct tc_list_entry *const *)a,
                               *y = *(const struct tc_list_entry *const *)b;

    for (size_t i = 0; i < x->path.len && i < y->path.len; i++) {
        int order = sort_key(x->path.ptr[i]) - sort_key(y->path.ptr[i]);

        if (order != 0)
            return order;
    }
    if (x->path.len != y->path.len)
        return x->path.len < y->path.len ? -1 : 1;
    return x->begin < y->begin ? -1 : x->begin > y->begin;
}

static void
report_covered(struct tc_list_check *list, const struct tc_list_entry *entry, const struct tc_list_entry *by)
{
    struct tc_check *check = list->p->check;
    struct tc_str value = list->attribute->value;
    bool is_same = tc_ordinal_eq(entry->path, by->path);
    struct tc_span span = tc_list_span(list, entry, 0, entry->text.len);
    struct tc_diag *diag = tc_check_report(check, TC_CHECK_ENTRY_COVERED, span,
                                           is_same ? "'%.*s' is there twice" : "'%.*s' is covered by '%.*s'",
                                           TC_STR_ARG(entry->text), TC_STR_ARG(by->text));
    size_t begin = entry->begin, end = entry->end;

    tc_diag_label(check->diags, diag, tc_list_span(list, by, 0, by->text.len), is_same ? "here first" : "covers it");
    tc_diag_help(check->diags, diag, "it may go: nothing less is granted without it");
    /* The entry goes with one separator; in quotes it has none of its own. */
    if (tc_str_ends(tc_str_sub(value, 0, begin), TC_STR("&quot;")) ||
        tc_str_starts(tc_str_sub(value, end, SIZE_MAX), TC_STR("&quot;")))
        return;
    while (begin > 0 && value.ptr[begin - 1] == ' ')
        begin--;
    while (end < value.len && value.ptr[end] == ' ')
        end++;
    if (begin > 0 && value.ptr[begin - 1] == ';')
        begin--;
    else if (begin == 0 && end < value.len && value.ptr[end] == ';')
        end++;
    else
        return;
    tc_diag_edit(check->diags, diag, tc_check_value_span(list->attribute, begin, end), "%s", "");
}

void
tc_list_check_covered(struct tc_list_check *list)
{
    const struct tc_list_entry **sorted, *above = NULL;

    if (list->count < 2)
        return;
    sorted = tc_arena_array(list->p->check->arena, const struct tc_list_entry *, list->count);
    if (sorted == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->entries[i];
    qsort(sorted, list->count, sizeof *sorted, compare_entries);
    for (size_t i = 0; i < list->count; i++) {
        bool is_covered =
            above != NULL && (list->kind == TC_FIELD_NAMES ? tc_ordinal_eq(above->path, sorted[i]->path)
                                                           : tc_path_covers(above->path, sorted[i]->path));

        if (is_covered)
            report_covered(list, sorted[i], above);
        else
            above = sorted[i];
    }
}

/* ---- PathDiscovery ---- */

void
tc_list_check_discovery(struct tc_check_perm *p, const struct tc_list_check *lists)
{
    const struct tc_list_check *read = &lists[TC_FIELD_FILE_IO_READ], *found = &lists[TC_FIELD_FILE_IO_DISCOVER];
    const struct tc_value *value = &p->perm->values[TC_FIELD_FILE_IO_DISCOVER];
    struct tc_check *check = p->check;

    if (read->attribute == NULL || p->perm->unrestricted || value->list.all || value->list.all_local)
        return;
    for (size_t i = 0; i < read->count; i++) {
        const struct tc_list_entry *entry = &read->entries[i];
        struct tc_item item = {.text = entry->path, .settled = true};
        struct tc_list one = {.items = &item, .count = 1};
        struct tc_diag *diag;

        if (tc_expressions_related(TC_EXPRESSIONS_FEW, &one, &value->list))
            continue;
        diag = tc_check_report(check, TC_CHECK_NO_DISCOVERY, tc_list_span(read, entry, 0, entry->text.len),
                               "'%.*s' may be read, but its full path may not be known", TC_STR_ARG(entry->text));
        tc_diag_help(check->diags, diag, "give it to PathDiscovery as well");
        if (found->attribute == NULL)
            tc_diag_edit(check->diags, diag, (struct tc_span){read->attribute->span.begin, read->attribute->span.begin},
                         "PathDiscovery=\"%.*s\" ", TC_STR_ARG(read->attribute->value));
        else
            tc_diag_edit(check->diags, diag,
                         (struct tc_span){found->attribute->value_span.end, found->attribute->value_span.end}, "%s%.*s",
                         found->attribute->value.len == 0 ? "" : ";", TC_STR_ARG(entry->raw));
        diag->is_unsafe = true;
        return; /* one finding a permission: the fix of the first would meet that of the next */
    }
}
