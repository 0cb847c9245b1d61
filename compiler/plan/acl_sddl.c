/* Access control lists in SDDL, as `icacls /save` writes them (MS-DTYP 2.5.1.1). */
#include "plan/acl_parts.h"

#include "data/tables.h"
#include "plan/sid.h"

#include <stdlib.h>

struct tc_ace *
tc_ace_list_add(struct tc_ace_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        struct tc_ace *items = realloc(list->items, capacity * sizeof *items);

        if (items == NULL) {
            list->failed = true;
            return NULL;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count] = (struct tc_ace){.mask = 0};
    return &list->items[list->count++];
}

void
tc_ace_list_done(struct tc_ace_list *list)
{
    free(list->items);
    *list = (struct tc_ace_list){.items = NULL};
}

static bool
is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static const struct tc_str null_list = {"NO_ACCESS_CONTROL", 17};

bool
tc_sddl_is(struct tc_str line)
{
    size_t i = 2;

    if (line.len < 2 || line.ptr[1] != ':' || strchr("OGDS", line.ptr[0]) == NULL)
        return false;
    if (line.ptr[0] == 'O' || line.ptr[0] == 'G') /* an owner or group: S-1-… or an alias, then the next part */
        return tc_str_find(line, TC_STR("D:"), 2) != SIZE_MAX && tc_str_find(line, TC_STR("\\"), 0) == SIZE_MAX;
    if (tc_str_starts(tc_str_sub(line, 2, line.len), null_list))
        return true;
    while (i < line.len && is_capital(line.ptr[i]))
        i++;
    return i == line.len || line.ptr[i] == '(' || (i + 1 < line.len && line.ptr[i] == ':');
}

/* ---- one entry ---- */

struct sddl {
    struct tc_str text;
    uint32_t begin;
    struct tc_diags *diags;
    bool good;
};

static void
complain(struct sddl *s, size_t at, size_t len, const char *what, struct tc_str text, const char *expected)
{
    struct tc_span span = {s->begin + (uint32_t)at, s->begin + (uint32_t)(at + (len > 0 ? len : 1))};

    s->good = false;
    tc_diag_add(s->diags, tc_code(TC_CODE_ACL_SDDL), span, "%s '%.*s': %s is expected", what, TC_STR_ARG(text),
                expected);
}

/* A flag that SDDL spells as a pair, into @a ret_flags; those of audits and resource attributes change nothing here. */
static bool
add_flag(struct tc_str pair, uint8_t *ret_flags)
{
    static const char *const without_effect[] = {"SA", "FA", "CR", "TP"};
    size_t count;
    const struct tc_acl_flag *flags = tc_acl_flags(&count);

    for (size_t i = 0; i < count; i++)
        if (flags[i].pair != NULL && tc_str_eq(tc_str_of(flags[i].pair), pair)) {
            *ret_flags |= flags[i].flag;
            return true;
        }
    for (size_t i = 0; i < sizeof without_effect / sizeof without_effect[0]; i++)
        if (tc_str_eq(tc_str_of(without_effect[i]), pair))
            return true;
    return false;
}

static void
read_flags(struct sddl *s, size_t at, struct tc_str field, struct tc_ace *ace)
{
    for (size_t i = 0; i < field.len; i += 2) {
        struct tc_str pair = tc_str_sub(field, i, 2);

        if (!add_flag(pair, &ace->flags))
            complain(s, at + i, pair.len, "there is no flag", pair, "OI, CI, NP, IO or ID");
    }
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static bool
read_number(struct tc_str field, uint32_t *ret_mask)
{
    unsigned base = 10;
    uint64_t value = 0;
    size_t i = 0;

    if (field.len > 2 && field.ptr[0] == '0' && (field.ptr[1] | 32) == 'x') {
        base = 16;
        i = 2;
    } else if (field.len > 1 && field.ptr[0] == '0') {
        base = 8;
        i = 1;
    }
    for (; i < field.len; i++) {
        int digit = hex_digit(field.ptr[i]);

        if (digit < 0 || (unsigned)digit >= base)
            return false;
        value = value * base + (unsigned)digit;
        if (value > UINT32_MAX)
            return false;
    }
    *ret_mask = (uint32_t)value;
    return true;
}

static void
read_rights(struct sddl *s, size_t at, struct tc_str field, struct tc_ace *ace)
{
    if (field.len > 0 && field.ptr[0] >= '0' && field.ptr[0] <= '9') {
        if (!read_number(field, &ace->mask))
            complain(s, at, field.len, "these are no rights:", field, "a number such as 0x1200a9");
        return;
    }
    for (size_t i = 0; i < field.len; i += 2) {
        struct tc_str pair = tc_str_sub(field, i, 2);
        const struct tc_acl_word *word = tc_acl_word_find(TC_ACL_NOTATION_SDDL, pair);

        if (word == NULL)
            complain(s, at + i, pair.len, "there is no right", pair, "FA, FR, FW, FX or a number");
        else
            ace->mask |= word->mask;
    }
}

static void
read_principal(struct sddl *s, size_t at, struct tc_str field, struct tc_ace *ace)
{
    const struct tc_account *account = tc_account_by_alias(field);

    if (account != NULL)
        ace->principal = tc_str_of(account->name);
    else if (tc_sid_is(field))
        ace->principal = field;
    else
        complain(s, at, field.len, "there is no account", field, "a SID (S-1-…) or an alias such as BA");
}

enum { TYPE, FLAGS, RIGHTS, OBJECT, INHERITED_OBJECT, PRINCIPAL, FIELDS };

/* Whether entries of this type allow or deny; the others audit, label, or are about things that files do not have. One
 * that allows under a condition may allow; one that denies under a condition may not deny. */
static bool
is_access(struct tc_str type, bool *ret_denies)
{
    *ret_denies = tc_str_eq(type, TC_STR("D"));
    return *ret_denies || tc_str_eq(type, TC_STR("A")) || tc_str_eq(type, TC_STR("XA"));
}

static bool
is_other_type(struct tc_str type)
{
    static const char *const others[] = {"XD", "AU", "AL", "ML", "RA", "SP", "XU", "TL", "FL"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (tc_str_eq(tc_str_of(others[i]), type))
            return true;
    return false;
}

/* The entry between the parentheses at @a begin and @a end of the text. */
static void
read_entry(struct sddl *s, size_t begin, size_t end, struct tc_ace_list *list)
{
    struct tc_str fields[FIELDS] = {{NULL, 0}};
    size_t places[FIELDS] = {0}, count = 0, from = begin + 1;
    struct tc_ace ace = {.mask = 0};
    struct tc_ace *added;

    for (size_t i = from; i <= end && count < FIELDS; i++) /* behind the account comes at most a condition */
        if (i == end || s->text.ptr[i] == ';') {
            places[count] = from;
            fields[count++] = tc_str_sub(s->text, from, i - from);
            from = i + 1;
        }
    if (count < FIELDS) {
        complain(s, begin, end + 1 - begin, "this is no entry:", tc_str_sub(s->text, begin, end + 1 - begin),
                 "(type;flags;rights;;;account)");
        return;
    }
    if (!is_access(fields[TYPE], &ace.denies)) {
        if (!is_other_type(fields[TYPE]))
            complain(s, places[TYPE], fields[TYPE].len, "there is no type of entry", fields[TYPE],
                     "A (allow) or D (deny)");
        return;
    }
    ace.span = (struct tc_span){s->begin + (uint32_t)begin, s->begin + (uint32_t)end + 1};
    read_flags(s, places[FLAGS], fields[FLAGS], &ace);
    read_rights(s, places[RIGHTS], fields[RIGHTS], &ace);
    read_principal(s, places[PRINCIPAL], fields[PRINCIPAL], &ace);
    if (ace.principal.len > 0 && (added = tc_ace_list_add(list)) != NULL)
        *added = ace;
}

/* Where the parenthesis at @a at closes; conditions hold further ones, and strings. The end of the text if nowhere. */
static size_t
closing(struct tc_str text, size_t at)
{
    size_t depth = 0;
    bool in_string = false;

    for (; at < text.len; at++) {
        char c = text.ptr[at];

        if (c == '"')
            in_string = !in_string;
        else if (c == '(' && !in_string)
            depth++;
        else if (c == ')' && !in_string && --depth == 0)
            break;
    }
    return at;
}

/* ---- the whole ---- */

/* Where the list of entries begins: behind "D:". */
static size_t
find_list(struct tc_str text)
{
    if (tc_str_starts(text, TC_STR("D:")))
        return 2;
    for (size_t i = 1; i + 1 < text.len; i++)
        if (text.ptr[i] == 'D' && text.ptr[i + 1] == ':')
            return i + 2;
    return SIZE_MAX;
}

bool
tc_sddl_read(struct tc_str line, uint32_t begin, struct tc_diags *diags, struct tc_ace_list *list,
             struct tc_acl *ret_acl)
{
    struct sddl s = {line, begin, diags, true};
    size_t at = find_list(line), flags = at;

    ret_acl->is_protected = 0;
    if (at == SIZE_MAX) {
        complain(&s, 0, line.len, "this has no access list:", line, "D: and entries");
        return false;
    }
    if (tc_str_starts(tc_str_sub(line, at, line.len), null_list)) {
        ret_acl->state = TC_ACL_EVERYONE;
        return true;
    }
    while (at < line.len && is_capital(line.ptr[at]) && (at + 1 == line.len || line.ptr[at + 1] != ':'))
        at++;
    for (size_t i = flags; i < at; i++) {
        if (line.ptr[i] == 'P')
            ret_acl->is_protected = 1;
        else if (line.ptr[i] == 'A' && i + 1 < at && strchr("IR", line.ptr[i + 1]) != NULL)
            i++;
        else
            complain(&s, i, 1, "there is no flag of a list", tc_str_sub(line, i, 1), "P, AI or AR");
    }
    while (at < line.len && line.ptr[at] == '(') {
        size_t end = closing(line, at);

        if (end == line.len) {
            complain(&s, at, line.len - at, "this has no end:", tc_str_sub(line, at, 16), "')'");
            return false;
        }
        read_entry(&s, at, end, list);
        at = end + 1;
    }
    if (at < line.len && !tc_str_starts(tc_str_sub(line, at, line.len), TC_STR("S:")))
        complain(&s, at, line.len - at, "an entry cannot begin with", tc_str_sub(line, at, 16), "'('");
    return s.good && !list->failed;
}
