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

    if (!tc_str_has(text, '/'))
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
           !tc_str_has(item->text, '/');
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
    return all_say_so || tc_expressions_are_reduced(TC_EXPRESSIONS_FEW, kind, list);
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
    tc_expressions_reduce(TC_EXPRESSIONS_FEW, kind, ret_list);
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
next_part(enum tc_field_kind kind, struct tc_str value, bool has_quotes, size_t *at, bool *in_quotes)
{
    size_t start = *at, end = start;
    struct tc_str part;

    if (!has_quotes) {
        end = tc_str_find(value, TC_STR(";"), start);
        if (end == SIZE_MAX)
            end = value.len;
        *at = end + 1;
        return tc_str_sub(value, start, end - start);
    }
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
    size_t semicolons = 0, quotes = 0;

    for (size_t i = 0; i < value.len; i++) {
        semicolons += value.ptr[i] == ';';
        quotes += value.ptr[i] == '"';
    }
    return 1 + semicolons + quotes;
}

enum tc_answer
tc_expressions_parse(struct tc_arena *arena, enum tc_field_kind kind, struct tc_str value, struct tc_span span,
                     struct tc_list *ret_list, struct tc_throw *ret_throw)
{
    struct tc_list list = tc_expressions_new(arena, count_parts(value));
    bool in_quotes = false, has_quotes = value.len > 0 && memchr(value.ptr, '"', value.len) != NULL;

    if (kind != TC_FIELD_NAMES)
        value = with_backslashes(arena, value);
    if (arena->failed)
        return tc_throw_nomem(ret_throw);
    for (size_t at = 0; at <= value.len;) {
        struct tc_str item = trimmed(kind, next_part(kind, value, has_quotes, &at, &in_quotes));

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
    tc_expressions_reduce(TC_EXPRESSIONS_FEW, kind, &list);
    *ret_list = list;
    return TC_YES;
}

/* ---- long lists ------------------------------------------------------------------------------------------------ */

/*
 * What covers a path is some beginning of it: so a long list is put into a hash table, and for each path its own
 * beginnings are looked up there. Of two beginnings the shorter one covers the longer one.
 */

/* Open addressing; a slot holds the number of an item plus one. Of equal items only the one put in first is kept. */
struct index {
    const struct tc_item *items;
    const uint64_t *hashes;
    uint32_t *slots;
    size_t mask;
};

#define NOWHERE UINT32_MAX

/* Goes through the beginnings of a text that may cover it, the shortest first; the whole text is the last one. */
struct beginning {
    struct tc_str text;
    size_t len;
    uint64_t hash; /* of the first len bytes, letter case apart */
};

static struct beginning
beginnings(struct tc_str text)
{
    return (struct beginning){.text = text, .hash = UINT64_C(0xcbf29ce484222325)};
}

/* One code point further, compared as tc_ordinal_starts() does. */
static void
step(struct beginning *at)
{
    unsigned char byte = (unsigned char)at->text.ptr[at->len];
    uint32_t code = byte;
    size_t len = byte < 0x80 ? 1 : tc_utf8_next(at->text, at->len, &code);

    at->hash = (at->hash ^ (code == TC_UTF8_BAD ? byte : tc_ordinal_upper(code))) * UINT64_C(0x100000001b3);
    at->len += len;
}

static bool
next_beginning(enum tc_field_kind kind, struct beginning *at)
{
    const char *bytes = at->text.ptr;

    if (at->len == at->text.len)
        return false;
    do
        step(at);
    while (at->len < at->text.len &&
           (kind == TC_FIELD_NAMES || (bytes[at->len] != '\\' && bytes[at->len - 1] != '\\')));
    return true;
}

static uint64_t
hash_of(struct tc_str text)
{
    struct beginning at = beginnings(text);

    while (at.len < text.len)
        step(&at);
    return at.hash;
}

/* Where the text with @a hash is, or the free slot that it may go to. */
static size_t
slot_of(const struct index *index, struct tc_str text, uint64_t hash)
{
    size_t at = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32) & index->mask;

    for (uint32_t i; (i = index->slots[at]) != 0; at = (at + 1) & index->mask)
        if (index->hashes[i - 1] == hash && tc_ordinal_eq(index->items[i - 1].text, text))
            break;
    return at;
}

/* False when out of memory. */
static bool
index_new(struct tc_arena *scratch, const struct tc_list *list, bool last_first, struct index *ret_index)
{
    size_t room = tc_room_for((size_t)list->count * 2);
    uint64_t *hashes = tc_arena_array(scratch, uint64_t, list->count);
    struct index index = {.items = list->items, .hashes = hashes, .mask = room - 1};

    index.slots = tc_arena_array(scratch, uint32_t, room);
    if (hashes == NULL || index.slots == NULL)
        return false;
    for (uint32_t n = 0; n < list->count; n++) {
        uint32_t i = last_first ? list->count - 1 - n : n;
        size_t slot;

        hashes[i] = hash_of(list->items[i].text);
        slot = slot_of(&index, list->items[i].text, hashes[i]);
        if (index.slots[slot] == 0)
            index.slots[slot] = i + 1;
    }
    *ret_index = index;
    return true;
}

static uint32_t
index_find(const struct index *index, const struct beginning *at)
{
    uint32_t found = index->slots[slot_of(index, tc_str_sub(at->text, 0, at->len), at->hash)];

    return found == 0 ? NOWHERE : found - 1;
}

/* The widest item that covers @a text, or NOWHERE. */
static uint32_t
index_cover(const struct index *index, enum tc_field_kind kind, struct tc_str text)
{
    struct beginning at = beginnings(text);
    uint32_t found = NOWHERE;

    if (text.len == 0 && kind == TC_FIELD_NAMES)
        return index_find(index, &at);
    while (found == NOWHERE && next_beginning(kind, &at))
        found = index_find(index, &at);
    return found;
}

/*
 * For each item of @a list the one that stands for it: the widest that covers it, of equal ones the first or the last;
 * an empty path, which nothing covers, stands for itself. NULL when out of memory.
 */
static uint32_t *
widest(struct tc_arena *scratch, enum tc_field_kind kind, const struct tc_list *list, bool last)
{
    uint32_t *stand = tc_arena_array(scratch, uint32_t, list->count);
    struct index index;

    if (stand == NULL || !index_new(scratch, list, last, &index))
        return NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t found = index_cover(&index, kind, list->items[i].text);

        stand[i] = found == NOWHERE ? i : found;
    }
    return stand;
}

static bool
stand_for_themselves(const uint32_t *stand, uint32_t count)
{
    uint32_t i = 0;

    while (i < count && stand[i] == i)
        i++;
    return i == count;
}

/* The functions behind tell whether there was memory for it: without, the short way does. */

static bool
reduced_by_index(enum tc_field_kind kind, const struct tc_list *list, bool *ret_reduced)
{
    struct tc_arena scratch = {0};
    const uint32_t *stand = widest(&scratch, kind, list, false);

    if (stand != NULL)
        *ret_reduced = stand_for_themselves(stand, list->count);
    tc_arena_done(&scratch);
    return stand != NULL;
}

/* The widest items, each where the first that it covers was. */
static bool
reduce_by_index(enum tc_field_kind kind, struct tc_list *list)
{
    struct tc_arena scratch = {0};
    uint32_t *stand = widest(&scratch, kind, list, false), count = 0;

    for (uint32_t i = 0; stand != NULL && i < list->count; i++) {
        uint32_t from = stand[i];

        /* Once an item was moved, its own place says NOWHERE. Nothing from i on was written over. */
        if (from == NOWHERE || from < i || stand[from] == NOWHERE)
            continue;
        stand[from] = NOWHERE;
        list->items[count++] = list->items[from];
    }
    if (stand != NULL)
        list->count = count;
    tc_arena_done(&scratch);
    return stand != NULL;
}

/* The same as adding one by one: of equal items the last one stays, in its place. */
static bool
add_by_index(enum tc_field_kind kind, struct tc_list *list)
{
    struct tc_arena scratch = {0};
    const uint32_t *stand = widest(&scratch, kind, list, true);
    uint32_t count = 0;

    for (uint32_t i = 0; stand != NULL && i < list->count; i++)
        if (stand[i] == i)
            list->items[count++] = list->items[i];
    if (stand != NULL)
        list->count = count;
    tc_arena_done(&scratch);
    return stand != NULL;
}

static bool
subset_by_index(enum tc_field_kind kind, const struct tc_list *demand, const struct tc_list *grant, bool *ret_subset)
{
    struct tc_arena scratch = {0};
    struct index index;
    bool done = index_new(&scratch, grant, false, &index);
    uint32_t i = 0;

    while (done && i < demand->count && index_cover(&index, kind, demand->items[i].text) != NOWHERE)
        i++;
    if (done)
        *ret_subset = i == demand->count;
    tc_arena_done(&scratch);
    return done;
}

/* The next beginning to which @a at's text is related: as tc_path_related() has it, only drives end in a backslash. */
static bool
next_above(struct beginning *at)
{
    while (next_beginning(TC_FIELD_PATHS, at))
        if (at->len == at->text.len || at->text.ptr[at->len] == '\\' || (at->len == 3 && tc_path_drive(at->text) >= 0))
            return true;
    return false;
}

static bool
related_by_index(const struct tc_list *demand, const struct tc_list *grant, bool *ret_related)
{
    struct tc_arena scratch = {0};
    struct index demands, grants;
    bool *met = tc_arena_array(&scratch, bool, demand->count); /* of equal demands, the one in the index */
    bool done =
        met != NULL && index_new(&scratch, demand, false, &demands) && index_new(&scratch, grant, false, &grants);
    bool related = true;

    for (uint32_t i = 0; done && i < grant->count; i++)
        for (struct beginning at = beginnings(grant->items[i].text); next_above(&at);) {
            uint32_t found = index_find(&demands, &at);

            if (found != NOWHERE)
                met[found] = true;
        }
    for (uint32_t i = 0; done && related && i < demand->count; i++) {
        related = false;
        for (struct beginning at = beginnings(demand->items[i].text); !related && next_above(&at);)
            related = index_find(&grants, &at) != NOWHERE || (at.len == at.text.len && met[index_find(&demands, &at)]);
    }
    if (done)
        *ret_related = related;
    tc_arena_done(&scratch);
    return done;
}

/* Each of @a a that @a b covers; in place of others, those of @a b that it covers. Both must be reduced. */
static bool
intersect_by_index(enum tc_field_kind kind, const struct tc_list *a, const struct tc_list *b, struct tc_list *list)
{
    struct tc_arena scratch = {0};
    /* Lists of items of b: the first for each item of a, and the next for each of b; numbers plus one. */
    uint32_t *first = tc_arena_array(&scratch, uint32_t, a->count);
    uint32_t *next = tc_arena_array(&scratch, uint32_t, b->count);
    const uint32_t *stand_a = widest(&scratch, kind, a, false), *stand_b = widest(&scratch, kind, b, false);
    struct index in_a, in_b;
    bool done = first != NULL && next != NULL && stand_a != NULL && stand_b != NULL &&
                stand_for_themselves(stand_a, a->count) && stand_for_themselves(stand_b, b->count) &&
                index_new(&scratch, a, false, &in_a) && index_new(&scratch, b, false, &in_b);

    for (uint32_t j = b->count; done && j-- > 0;) {
        uint32_t above = index_cover(&in_a, kind, b->items[j].text);

        if (above == NOWHERE)
            continue;
        next[j] = first[above];
        first[above] = j + 1;
    }
    for (uint32_t i = 0; done && i < a->count; i++) {
        if (index_cover(&in_b, kind, a->items[i].text) != NOWHERE)
            list->items[list->count++] = a->items[i];
        else
            for (uint32_t j = first[i]; j != 0; j = next[j - 1])
                list->items[list->count++] = b->items[j - 1];
    }
    tc_arena_done(&scratch);
    return done;
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

bool
tc_expressions_are_reduced(size_t few, enum tc_field_kind kind, const struct tc_list *list)
{
    bool reduced;

    if (list->count > few && reduced_by_index(kind, list, &reduced))
        return reduced;
    for (uint32_t i = 1; i < list->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (covers(kind, list->items[i].text, list->items[j].text) ||
                covers(kind, list->items[j].text, list->items[i].text))
                return false;
    return true;
}

void
tc_expressions_reduce(size_t few, enum tc_field_kind kind, struct tc_list *list)
{
    if (list->count > few && reduce_by_index(kind, list))
        return;
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

/* Add @a item unless it is covered; drops those that it covers, equal ones too. */
static void
add(enum tc_field_kind kind, struct tc_list *list, struct tc_item item)
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

bool
tc_expressions_subset(size_t few, enum tc_field_kind kind, const struct tc_list *demand, const struct tc_list *grant)
{
    bool subset;

    if (demand->count > few && grant->count > few && subset_by_index(kind, demand, grant, &subset))
        return subset;
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
tc_expressions_related(size_t few, const struct tc_list *demand, const struct tc_list *grant)
{
    bool related;

    if (demand->count > few && grant->count > few && related_by_index(demand, grant, &related))
        return related;
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
tc_expressions_unite(struct tc_arena *arena, size_t few, enum tc_field_kind kind, const struct tc_list *a,
                     const struct tc_list *b, struct tc_list *ret_list)
{
    const struct tc_list *bigger = b->count > a->count ? b : a, *smaller = bigger == a ? b : a;
    struct tc_list list = tc_expressions_new(arena, (size_t)a->count + b->count);
    struct tc_list all;

    if (list.items == NULL)
        return false;
    if (bigger->count > 0)
        memcpy(list.items, bigger->items, bigger->count * sizeof *list.items);
    list.count = bigger->count;
    if (smaller->count > 0)
        tc_expressions_reduce(few, kind, &list);
    if (smaller->count > few) {
        all = list;
        memcpy(&all.items[all.count], smaller->items, smaller->count * sizeof *all.items);
        all.count += smaller->count;
        if (add_by_index(kind, &all)) {
            list = all;
            smaller = NULL;
        }
    }
    for (uint32_t i = 0; smaller != NULL && i < smaller->count; i++)
        add(kind, &list, smaller->items[i]);
    ret_list->items = list.items;
    ret_list->count = list.count;
    return true;
}

bool
tc_expressions_intersect(struct tc_arena *arena, size_t few, enum tc_field_kind kind, const struct tc_list *a,
                         const struct tc_list *b, struct tc_list *ret_list)
{
    /* Neither side's own items cover each other, so that no more than all of both can stay. */
    struct tc_list list = tc_expressions_new(arena, (size_t)a->count + b->count + 1);

    if (list.items == NULL)
        return false;
    if (a->count <= few || b->count <= few || !intersect_by_index(kind, a, b, &list))
        for (uint32_t i = 0; i < a->count; i++)
            for (uint32_t j = 0; j < b->count; j++) {
                if (covers(kind, b->items[j].text, a->items[i].text))
                    add(kind, &list, a->items[i]);
                else if (covers(kind, a->items[i].text, b->items[j].text))
                    add(kind, &list, b->items[j]);
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
        bool quoted = tc_str_has(text, ';');

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
