/* Lists: paths of FileIO, keys of Registry, names of Environment. Each finding points at one entry. */
#include "check/lists.h"

#include "base/ascii.h"
#include "model/algebra_util.h"

#include <string.h>

#define TOKEN tc_token_text(TC_TOKEN_APP_DIR)

/* ---- entries ---- */

/* How long the entity at @a at is that the reader decodes to @a c; 0 when there is none. */
static size_t
entity_len(struct tc_str raw, size_t at, struct tc_str entity)
{
    return tc_str_starts(tc_str_sub(raw, at, SIZE_MAX), entity) ? entity.len : 0;
}

/* How many bytes of @a raw one character of the decoded value takes. */
static size_t
unit_len(struct tc_str raw, size_t at)
{
    static const struct tc_str entities[] = {{"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&apos;", 6}, {"&amp;", 5}};

    for (size_t i = 0; raw.ptr[at] == '&' && i < sizeof entities / sizeof *entities; i++)
        if (entity_len(raw, at, entities[i]) > 0)
            return entities[i].len;
    return 1;
}

/* The next entry from *at, as the framework splits: at `;`, in lists of paths also at `"` and not inside of two. */
static bool
next_entry(struct tc_list_check *list, size_t *at, bool *in_quotes, struct tc_list_entry *ret)
{
    struct tc_str raw = list->attribute->value;
    size_t end = *at, behind;

    if (*at > raw.len)
        return false;
    for (behind = raw.len + 1; end < raw.len;) {
        size_t quote = list->kind == TC_FIELD_PATHS ? entity_len(raw, end, TC_STR("&quot;")) : 0;

        if (quote > 0 || (raw.ptr[end] == ';' && !*in_quotes)) {
            *in_quotes = quote > 0 ? !*in_quotes : *in_quotes;
            behind = end + (quote > 0 ? quote : 1);
            break;
        }
        end += unit_len(raw, end);
    }
    *ret = (struct tc_list_entry){.begin = *at, .end = end};
    if (list->kind != TC_FIELD_NAMES) {
        while (ret->begin < ret->end && raw.ptr[ret->begin] == ' ')
            ret->begin++;
        while (ret->end > ret->begin && raw.ptr[ret->end - 1] == ' ')
            ret->end--;
    }
    ret->raw = tc_str_sub(raw, ret->begin, ret->end - ret->begin);
    ret->text = tc_element_decode(list->p->check->arena, ret->raw);
    *at = behind;
    return true;
}

struct tc_span
tc_list_span(const struct tc_list_check *list, const struct tc_list_entry *entry, size_t begin, size_t end)
{
    if (entry->raw.len != entry->text.len)
        return tc_check_value_span(list->attribute, entry->begin, entry->end);
    return tc_check_value_span(list->attribute, entry->begin + begin, entry->begin + end);
}

struct tc_diag *
tc_list_report(struct tc_list_check *list, enum tc_check_id id, struct tc_list_entry *entry, size_t begin, size_t end,
               const char *what)
{
    struct tc_str part = tc_str_sub(entry->text, begin, end - begin);

    entry->bad = true;
    return tc_check_report(list->p->check, id, tc_list_span(list, entry, begin, end), "'%.*s' %s", TC_STR_ARG(part),
                           what);
}

void
tc_list_replace(struct tc_list_check *list, const struct tc_list_entry *entry, struct tc_diag *diag, size_t begin,
                size_t end, struct tc_str text)
{
    if (entry->raw.len != entry->text.len)
        return; /* entities: the place of a part is not known */
    tc_diag_edit(list->p->check->diags, diag, tc_list_span(list, entry, begin, end), "%.*s",
                 TC_STR_ARG(tc_element_escape(list->p->check->arena, text)));
    diag->is_unsafe = true;
}

/* ---- separators ---- */

/* Whether an entry of this kind of list plainly begins at @a at. */
static bool
begins_entry(const struct tc_list_check *list, struct tc_str text, size_t at)
{
    struct tc_str rest = tc_str_sub(text, at, SIZE_MAX);

    if (rest.len < 3)
        return list->kind == TC_FIELD_NAMES && rest.len > 0;
    switch (list->kind) {
    case TC_FIELD_PATHS:
        return tc_str_starts(rest, TOKEN) ||
               (tc_ascii_is_letter(rest.ptr[0]) && rest.ptr[1] == ':' && tc_ascii_is_slash(rest.ptr[2])) ||
               tc_str_starts(rest, TC_STR("\\\\"));
    case TC_FIELD_KEYS:
        return tc_str_starts_nocase(rest, TC_STR("HKE")) || tc_str_starts_nocase(rest, TC_STR("HKL")) ||
               tc_str_starts_nocase(rest, TC_STR("HKC"));
    default:
        return true;
    }
}

static bool
is_separator(const struct tc_list_check *list, char c)
{
    if (c == '\t' || c == '\r' || c == '\n')
        return true;
    return c == ',' || c == '|' || c == ' ' || (c == '+' && list->kind != TC_FIELD_NAMES);
}

/* A run of separators inside the entry, with another entry behind it; false when there is none from *at on. */
static bool
find_separator(const struct tc_list_check *list, struct tc_str text, size_t *at, size_t *ret_end)
{
    for (size_t i = *at; i < text.len; i++) {
        size_t end = i;

        while (end < text.len && is_separator(list, text.ptr[end]))
            end++;
        if (end == i)
            continue;
        if (i > 0 && end < text.len && begins_entry(list, text, end)) {
            *at = i;
            *ret_end = end;
            return true;
        }
        i = end;
    }
    return false;
}

bool
tc_list_check_separators(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_diag *diag;
    size_t at = 0, end = 0;

    if (!find_separator(list, entry->text, &at, &end))
        return false;
    entry->bad = true;
    diag = tc_check_report(check, TC_CHECK_LIST_SEPARATOR, tc_list_span(list, entry, at, end),
                           "entries are separated by ';': this is one entry, '%.*s'", TC_STR_ARG(entry->text));
    tc_diag_help(check->diags, diag, "put ';' between the entries");
    do {
        tc_list_replace(list, entry, diag, at, end, TC_STR(";"));
        at = end;
    } while (find_separator(list, entry->text, &at, &end));
    return true;
}

/* Tabs and line breaks around an entry: the framework takes away blanks only. */
bool
tc_list_check_white(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text, rest = tc_trim_white(text);
    size_t begin = (size_t)(rest.ptr - text.ptr);
    struct tc_diag *diag;

    if (rest.len == text.len || rest.len == 0)
        return false;
    entry->bad = true;
    diag = tc_check_report(check, TC_CHECK_INVALID_PATH, tc_list_span(list, entry, 0, text.len),
                           "a line break or tab belongs to this entry: only blanks around '%.*s' are taken away",
                           TC_STR_ARG(rest));
    tc_diag_help(check->diags, diag, "put the entries on one line");
    if (begin > 0)
        tc_list_replace(list, entry, diag, 0, begin, TC_STR(""));
    if (begin + rest.len < text.len)
        tc_list_replace(list, entry, diag, begin + rest.len, text.len, TC_STR(""));
    return true;
}

/* ---- what any entry may have ---- */

/* `%NAME%`: where it is, and whether. */
static bool
find_variable(struct tc_str text, size_t *ret_begin, size_t *ret_end)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i + 1;

        if (text.ptr[i] != '%')
            continue;
        while (end < text.len && (tc_ascii_is_letter(text.ptr[end]) || tc_ascii_is_digit(text.ptr[end]) ||
                                  text.ptr[end] == '_' || text.ptr[end] == '(' || text.ptr[end] == ')'))
            end++;
        if (end < text.len && text.ptr[end] == '%' && end > i + 1) {
            *ret_begin = i;
            *ret_end = end + 1;
            return true;
        }
    }
    return false;
}

bool
tc_list_check_variable(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str name;
    struct tc_diag *diag;
    size_t begin, end;

    if (!find_variable(entry->text, &begin, &end))
        return false;
    name = tc_str_sub(entry->text, begin + 1, end - begin - 2);
    diag = tc_list_report(list, TC_CHECK_VARIABLE_IN_LIST, entry, begin, end,
                          list->kind == TC_FIELD_NAMES ? "is no name: nothing is put in place of it"
                                                       : "stands for itself: variables are not expanded here");
    if (list->kind == TC_FIELD_NAMES) {
        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(name));
        tc_list_replace(list, entry, diag, begin, end, name);
    } else if (tc_str_eq_nocase(name, TC_STR("AppDir"))) {
        tc_diag_help(check->diags, diag, "did you mean '$AppDir$'?");
        tc_list_replace(list, entry, diag, begin, end, TOKEN);
    } else {
        tc_diag_help(check->diags, diag, "write the %s itself", list->kind == TC_FIELD_KEYS ? "key" : "directory");
    }
    return true;
}

bool
tc_list_check_wildcard(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_check *check = list->p->check;
    struct tc_str text = entry->text, without = text;
    size_t at = 0;
    struct tc_diag *diag;

    while (at < text.len && text.ptr[at] != '*' && text.ptr[at] != '?')
        at++;
    if (at == text.len)
        return false;
    diag = tc_list_report(list, TC_CHECK_LITERAL_WILDCARD, entry, 0, text.len,
                          text.ptr[at] == '*' ? "matches nothing: '*' is an ordinary character here"
                                              : "matches nothing: '?' is an ordinary character here");
    while (without.len > 0 && strchr("*?.", without.ptr[without.len - 1]) != NULL)
        without.len--;
    if (list->kind == TC_FIELD_NAMES) {
        tc_diag_help(check->diags, diag, "name the variables; all of them take Unrestricted=\"true\"");
    } else if (without.len > 3 && tc_ascii_is_slash(without.ptr[without.len - 1]) && !tc_str_has(without, '*') &&
               !tc_str_has(without, '?')) {
        while (without.len > 3 && tc_ascii_is_slash(without.ptr[without.len - 1]))
            without.len--;
        tc_diag_help(check->diags, diag, "write '%.*s': it covers everything below", TC_STR_ARG(without));
        tc_list_replace(list, entry, diag, without.len, text.len, TC_STR(""));
    } else {
        tc_diag_help(check->diags, diag, "an entry covers everything below it: name the %s",
                     list->kind == TC_FIELD_KEYS ? "key" : "directory");
    }
    return true;
}

/* `C:\a\` covers what is in the directory, not the directory. */
void
tc_list_check_trailing(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_str text = entry->text;
    size_t len = text.len;
    struct tc_diag *diag;

    while (len > 0 && tc_ascii_is_slash(text.ptr[len - 1]))
        len--;
    if (len == text.len || len == 0 || (len == 2 && text.ptr[1] == ':') || list->is_discovery)
        return;
    diag = tc_check_report(list->p->check, TC_CHECK_TRAILING_BACKSLASH, tc_list_span(list, entry, 0, text.len),
                           "'%.*s' covers what lies below '%.*s', not the %s itself", TC_STR_ARG(text), (int)len,
                           text.ptr, list->kind == TC_FIELD_KEYS ? "key" : "directory");
    tc_diag_help(list->p->check->diags, diag, "write '%.*s'", (int)len, text.ptr);
    tc_list_replace(list, entry, diag, len, text.len, TC_STR(""));
}

/* ---- one list ---- */

/* Entries that the text cannot be told apart in: `true` where a list is wanted is an erratum of its own. */
static bool
is_boolean(struct tc_str value)
{
    struct tc_str text = tc_str_trim(value);

    return tc_str_eq_nocase(text, TC_STR("true")) || tc_str_eq_nocase(text, TC_STR("false"));
}

static bool
list_has_bad_token(struct tc_list_check *list, const struct tc_list_entry *entry)
{
    struct tc_str text = entry->text;

    if (!tc_str_has(text, '$'))
        return false;
    return tc_check_has_bad_token(list->p->check, text, list->kind == TC_FIELD_PATHS ? TC_TOKEN_IN_PATH : 0);
}

static bool
grow(struct tc_list_check *list, size_t *room)
{
    struct tc_list_entry *larger =
        tc_arena_more(list->p->check->arena, struct tc_list_entry, list->entries, list->count, room, 8);

    if (larger == NULL)
        return false;
    list->entries = larger;
    return true;
}

static void
check_entry(struct tc_list_check *list, struct tc_list_entry *entry)
{
    struct tc_diag **tail = list->p->check->diags->tail;

    entry->path = entry->text;
    if (list_has_bad_token(list, entry))
        entry->bad = true;
    else if (list->kind == TC_FIELD_PATHS)
        tc_list_check_path(list, entry);
    else
        tc_list_check_name(list, entry);
    list->p->explained |= entry->bad;
    if (entry->throws && *tail != NULL)
        tc_check_note_loss(list->p, *tail);
}

static void
check_list(struct tc_list_check *list)
{
    struct tc_str value = list->attribute->value;
    size_t at = 0, room = 0;
    bool in_quotes = false;
    struct tc_list_entry entry;

    if (is_boolean(value)) {
        list->p->explained = true;
        return;
    }
    if (list->kind == TC_FIELD_PATHS && tc_str_eq(value, TC_STR("*AllFiles*")))
        return;
    if (list->kind == TC_FIELD_PATHS && tc_str_starts(value, TC_STR("*AllLocalFiles*")))
        at = TC_STR("*AllLocalFiles*").len;
    while (next_entry(list, &at, &in_quotes, &entry)) {
        if (entry.text.len == 0)
            continue;
        check_entry(list, &entry);
        if (entry.bad)
            continue;
        if (!grow(list, &room))
            return;
        list->entries[list->count++] = entry;
    }
    tc_list_check_covered(list);
}

bool
tc_list_of(struct tc_check_perm *p, size_t field, struct tc_list_check *ret)
{
    const struct tc_field *info = &p->cls->fields[field];

    if (info->kind != TC_FIELD_PATHS && info->kind != TC_FIELD_KEYS && info->kind != TC_FIELD_NAMES)
        return false;
    *ret = (struct tc_list_check){.p = p, .kind = info->kind, .attribute = tc_check_attribute(p->element, info->xml)};
    ret->is_discovery = p->cls->algebra == TC_ALGEBRA_FILE_IO && field == TC_FIELD_FILE_IO_DISCOVER;
    return ret->attribute != NULL;
}

void
tc_check_lists(struct tc_check_perm *p)
{
    struct tc_list_check lists[TC_LISTS_MAX];

    for (size_t i = 0; i < p->cls->field_count && i < TC_LISTS_MAX; i++) {
        lists[i] = (struct tc_list_check){0};
        if (tc_list_of(p, i, &lists[i]))
            check_list(&lists[i]);
    }
    if (p->cls == tc_class(TC_CLASS_FILE_IO) && p->perm != NULL)
        tc_list_check_discovery(p, lists);
}
