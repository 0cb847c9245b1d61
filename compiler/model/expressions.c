#include "model/expressions.h"

#include "model/algebra_util.h"
#include "model/path.h"

#include <string.h>

static bool
covers(enum tc_field_kind kind, struct tc_str grant, struct tc_str demand)
{
    return kind == TC_FIELD_NAMES ? tc_ordinal_eq(grant, demand) : tc_path_covers(grant, demand);
}

/* ---- settling -------------------------------------------------------------------------------------------------- */

/* '/' as '\', for paths and keys; @a text itself when there is none. */
static struct tc_str
with_backslashes(struct tc_arena *arena, struct tc_str text)
{
    struct tc_str copy;
    char *bytes;

    if (text.len == 0 || memchr(text.ptr, '/', text.len) == NULL)
        return text;
    bytes = tc_arena_alloc(arena, text.len, 1);
    if (bytes == NULL)
        return (struct tc_str){0};
    copy = (struct tc_str){bytes, text.len};
    for (size_t i = 0; i < text.len; i++)
        bytes[i] = text.ptr[i] == '/' ? '\\' : text.ptr[i];
    return copy;
}

/* ProcessSingleString, and what stands behind a NUL. */
static struct tc_str
trimmed(enum tc_field_kind kind, struct tc_str item)
{
    const char *nul;

    if (kind != TC_FIELD_NAMES)
        item = tc_trim_blanks(item);
    nul = item.len == 0 ? NULL : memchr(item.ptr, '\0', item.len);
    return nul == NULL ? item : tc_str_sub(item, 0, (size_t)(nul - item.ptr));
}

static bool
is_settled(enum tc_field_kind kind, const struct tc_item *item)
{
    if (item->settled || kind == TC_FIELD_NAMES)
        return true;
    if (kind == TC_FIELD_PATHS)
        return tc_path_is_canonical(item->text);
    return item->text.len > 0 && item->text.ptr[0] != ' ' && item->text.ptr[item->text.len - 1] != ' ' &&
           memchr(item->text.ptr, '/', item->text.len) == NULL;
}

static bool
is_reduced(enum tc_field_kind kind, const struct tc_list *list)
{
    for (uint32_t i = 1; i < list->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (covers(kind, list->items[i].text, list->items[j].text) ||
                covers(kind, list->items[j].text, list->items[i].text))
                return false;
    return true;
}

/* Whether the list is as the framework would hold it. What came from the framework's own functions says so itself. */
static bool
list_is_settled(enum tc_field_kind kind, const struct tc_list *list)
{
    bool all_say_so = true;

    for (uint32_t i = 0; i < list->count; i++) {
        if (!is_settled(kind, &list->items[i]))
            return false;
        all_say_so &= list->items[i].settled;
    }
    return all_say_so || is_reduced(kind, list);
}

static struct tc_item
settled_item(struct tc_arena *arena, enum tc_field_kind kind, struct tc_item item)
{
    if (item.settled)
        return item;
    if (kind != TC_FIELD_NAMES)
        item.text = with_backslashes(arena, item.text);
    item.text = trimmed(kind, item.text);
    if (kind == TC_FIELD_PATHS)
        (void)tc_path_canonical(arena, item.text, &item.text, NULL); /* else it stands for itself */
    item.settled = true;
    return item;
}

bool
tc_expressions_settle(struct tc_arena *arena, enum tc_field_kind kind, const struct tc_list *list,
                      struct tc_list *ret_list)
{
    struct tc_item *items;

    *ret_list = *list;
    if (list_is_settled(kind, list))
        return true;
    items = tc_expressions_new(arena, list->count).items;
    if (items == NULL)
        return false;
    ret_list->items = items;
    ret_list->count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        struct tc_item item = settled_item(arena, kind, list->items[i]);

        if (item.text.len > 0)
            items[ret_list->count++] = item;
    }
    tc_expressions_reduce(kind, ret_list);
    return !arena->failed;
}

bool
tc_expressions_settle_all(struct tc_arena *arena, struct tc_perm *perm)
{
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        enum tc_field_kind kind = perm->cls->fields[i].kind;
        struct tc_list *list = &perm->values[i].list, settled;

        if ((kind != TC_FIELD_PATHS && kind != TC_FIELD_KEYS && kind != TC_FIELD_NAMES) || list->count == 0)
            continue;
        if (!tc_expressions_settle(arena, kind, list, &settled))
            return false;
        *list = settled;
        for (uint32_t j = 0; j < list->count; j++)
            list->items[j].settled = true;
    }
    return true;
}

/* ---- parsing --------------------------------------------------------------------------------------------------- */

/* The next part of @a value from *at, up to `;` or, in a list of paths, a `"`. */
static struct tc_str
next_part(enum tc_field_kind kind, struct tc_str value, size_t *at, bool *in_quotes)
{
    size_t start = *at, end = start;
    struct tc_str part;

    while (end < value.len && !(value.ptr[end] == '"' && kind == TC_FIELD_PATHS) &&
           !(value.ptr[end] == ';' && !*in_quotes))
        end++;
    part = tc_str_sub(value, start, end - start);
    if (end < value.len && value.ptr[end] == '"')
        *in_quotes = !*in_quotes;
    *at = end + 1;
    return part;
}

static size_t
count_parts(struct tc_str value)
{
    size_t count = 1;

    for (size_t i = 0; i < value.len; i++)
        count += value.ptr[i] == ';' || value.ptr[i] == '"';
    return count;
}

enum tc_answer
tc_expressions_parse(struct tc_arena *arena, enum tc_field_kind kind, struct tc_str value, struct tc_span span,
                     struct tc_list *ret_list, struct tc_throw *ret_throw)
{
    struct tc_list list = tc_expressions_new(arena, count_parts(value));
    bool in_quotes = false;

    if (kind != TC_FIELD_NAMES)
        value = with_backslashes(arena, value);
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    for (size_t at = 0; at <= value.len;) {
        struct tc_str item = trimmed(kind, next_part(kind, value, &at, &in_quotes));

        if (item.len == 0)
            continue;
        if (kind == TC_FIELD_PATHS) {
            enum tc_answer answer = tc_path_canonical(arena, item, &item, ret_throw);

            if (answer != TC_YES) {
                if (ret_throw != NULL)
                    ret_throw->span = span;
                return answer;
            }
        }
        list.items[list.count++] = (struct tc_item){.text = item, .span = span, .settled = true};
    }
    tc_expressions_reduce(kind, &list);
    *ret_list = list;
    return TC_YES;
}

/* ---- sets ------------------------------------------------------------------------------------------------------ */

struct tc_list
tc_expressions_new(struct tc_arena *arena, size_t room)
{
    return (struct tc_list){.items = tc_arena_array(arena, struct tc_item, tc_room_for(room))};
}

static void
remove_at(struct tc_list *list, uint32_t at)
{
    list->count--;
    memmove(&list->items[at], &list->items[at + 1], (list->count - at) * sizeof *list->items);
}

void
tc_expressions_reduce(enum tc_field_kind kind, struct tc_list *list)
{
    for (uint32_t i = 0; i + 1 < list->count; i++) {
        uint32_t j = i + 1;

        while (j < list->count) {
            if (covers(kind, list->items[i].text, list->items[j].text)) {
                remove_at(list, j);
            } else if (covers(kind, list->items[j].text, list->items[i].text)) {
                list->items[i] = list->items[j];
                remove_at(list, j);
                j = i + 1;
            } else {
                j++;
            }
        }
    }
}

void
tc_expressions_add(enum tc_field_kind kind, struct tc_list *list, struct tc_item item)
{
    uint32_t i = 0;

    while (i < list->count) {
        if (covers(kind, item.text, list->items[i].text))
            remove_at(list, i);
        else if (covers(kind, list->items[i].text, item.text))
            return;
        else
            i++;
    }
    list->items[list->count++] = item;
}

void
tc_expressions_append(enum tc_field_kind kind, struct tc_list *list, struct tc_item item)
{
    uint32_t i = 0;

    while (i < list->count && !covers(kind, item.text, list->items[i].text)) {
        if (covers(kind, list->items[i].text, item.text))
            return;
        i++;
    }
    if (i < list->count && covers(kind, list->items[i].text, item.text))
        return;
    if (i == list->count)
        list->count++;
    list->items[i] = item;
    for (uint32_t j = i + 1; j < list->count;) {
        if (covers(kind, item.text, list->items[j].text))
            remove_at(list, j);
        else
            j++;
    }
}

bool
tc_expressions_subset(enum tc_field_kind kind, const struct tc_list *demand, const struct tc_list *grant)
{
    for (uint32_t i = 0; i < demand->count; i++) {
        uint32_t j = 0;

        while (j < grant->count && !covers(kind, grant->items[j].text, demand->items[i].text))
            j++;
        if (j == grant->count)
            return false;
    }
    return true;
}

bool
tc_expressions_related(const struct tc_list *demand, const struct tc_list *grant)
{
    for (uint32_t i = 0; i < demand->count; i++) {
        uint32_t j = 0;

        while (j < grant->count && !tc_path_related(grant->items[j].text, demand->items[i].text))
            j++;
        if (j == grant->count)
            return false;
    }
    return true;
}

bool
tc_expressions_unite(struct tc_arena *arena, enum tc_field_kind kind, const struct tc_list *a, const struct tc_list *b,
                     struct tc_list *ret_list)
{
    const struct tc_list *bigger = b->count > a->count ? b : a, *smaller = bigger == a ? b : a;
    struct tc_list list = tc_expressions_new(arena, (size_t)a->count + b->count);

    if (list.items == NULL)
        return false;
    if (bigger->count > 0)
        memcpy(list.items, bigger->items, bigger->count * sizeof *list.items);
    list.count = bigger->count;
    if (smaller->count > 0)
        tc_expressions_reduce(kind, &list);
    for (uint32_t i = 0; i < smaller->count; i++)
        tc_expressions_add(kind, &list, smaller->items[i]);
    ret_list->items = list.items;
    ret_list->count = list.count;
    return true;
}

bool
tc_expressions_intersect(struct tc_arena *arena, enum tc_field_kind kind, const struct tc_list *a,
                         const struct tc_list *b, struct tc_list *ret_list)
{
    /* Neither side's own items cover each other, so that no more than all of both can stay. */
    struct tc_list list = tc_expressions_new(arena, (size_t)a->count + b->count + 1);

    if (list.items == NULL)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t j = 0; j < b->count; j++) {
            if (covers(kind, b->items[j].text, a->items[i].text))
                tc_expressions_add(kind, &list, a->items[i]);
            else if (covers(kind, a->items[i].text, b->items[j].text))
                tc_expressions_add(kind, &list, b->items[j]);
        }
    ret_list->items = list.items;
    ret_list->count = list.count;
    return true;
}

struct tc_str
tc_expressions_text(struct tc_arena *arena, const struct tc_list *list)
{
    size_t len = 0;
    char *out, *next;

    if (list->count == 1 && memchr(list->items[0].text.ptr, ';', list->items[0].text.len) == NULL)
        return list->items[0].text;
    for (uint32_t i = 0; i < list->count; i++)
        len += list->items[i].text.len + 3;
    next = out = tc_arena_alloc(arena, len + 1, 1);
    if (out == NULL)
        return (struct tc_str){0};
    for (uint32_t i = 0; i < list->count; i++) {
        struct tc_str text = list->items[i].text;
        bool quoted = memchr(text.ptr, ';', text.len) != NULL;

        if (i > 0)
            *next++ = ';';
        if (quoted)
            *next++ = '"';
        memcpy(next, text.ptr, text.len);
        next += text.len;
        if (quoted)
            *next++ = '"';
    }
    return (struct tc_str){out, (size_t)(next - out)};
}
