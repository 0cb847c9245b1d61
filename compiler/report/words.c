/* Grants as sentences: what the rows of data/words.def say of each permission. */
#include "report/words.h"

#include "base/ascii.h"
#include "model/clauses.h"
#include "model/path.h"
#include "verify/expected.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- the rows ---- */

static const struct {
    enum tc_class_id cls;
    const char *words;
} alls[] = {
#define TC_WORDS_ALL(cls, words, source) {TC_CLASS_##cls, words},
#include "data/words.def"
};

struct nouns {
    enum tc_class_id cls;
    const char *noun, *tail, *all, *all_local;
};

static const struct nouns nouns[] = {
#define TC_WORDS_OBJECTS(cls, noun, tail, all, all_local) {TC_CLASS_##cls, noun, tail, all, all_local},
#include "data/words.def"
};

static const struct {
    enum tc_class_id cls;
    unsigned fields;
    const char *verb;
} lists[] = {
#define TC_WORDS_LIST(cls, fields, verb, source) {TC_CLASS_##cls, fields, verb},
#include "data/words.def"
};

static const struct {
    enum tc_class_id cls;
    size_t field;
    uint64_t bits;
    const char *verb, *noun;
} flags[] = {
#define TC_WORDS_FLAG(cls, field, bits, verb, noun, source)                                                            \
    {TC_CLASS_##cls, TC_FIELD_##cls##_##field, bits, verb, noun},
#include "data/words.def"
};

static const struct {
    enum tc_class_id cls;
    size_t field;
    int64_t least;
    const char *words;
} levels[] = {
#define TC_WORDS_LEVEL(cls, field, least, words, source) {TC_CLASS_##cls, TC_FIELD_##cls##_##field, least, words},
#include "data/words.def"
};

static const struct row {
    enum tc_class_id cls;
    size_t form;
    int column;
    int64_t value;
    const char *verb, *noun, *object;
} rows[] = {
#define TC_WORDS_ROW(cls, form, column, value, verb, noun, object, source)                                             \
    {TC_CLASS_##cls, TC_FORM_##cls##_##form, column, value, verb, noun, object},
#include "data/words.def"
};

static const struct {
    enum tc_class_id cls;
    size_t column;
    const char *text, *words;
} stands[] = {
#define TC_WORDS_STANDS(cls, column, text, words) {TC_CLASS_##cls, column, text, words},
#include "data/words.def"
};

static const struct {
    enum tc_class_id cls;
    uint64_t bits;
    const char *none, *rest;
} nots[] = {
#define TC_WORDS_NOT(cls, bits, none, rest, source) {TC_CLASS_##cls, bits, none, rest},
#include "data/words.def"
};

/* ---- lines ---- */

/* One application being put into words. */
/* Where something stands that a grant gives, and why it was granted. */
struct reason {
    uint32_t begin;
    size_t order; /* the last grant comes first */
    struct tc_str because;
};

struct reasons {
    const struct tc_perm *perm;
    struct reason *items; /* by place */
    size_t count;
};

struct collecting {
    struct tc_arena *arena;
    struct reasons *reasons;
    size_t room;
    struct tc_str because;
};

struct telling {
    struct tc_arena *arena;
    const struct tc_reach *reach;
    struct tc_map facts; /* what has been said, so that nothing is said twice */
    struct tc_map lines; /* by what lines have in common: struct line */
    struct tc_words *first, **tail;
    struct reasons reasons[2]; /* of what was asked last */
    size_t reasons_next;
};

struct line {
    struct tc_words words;
    struct tc_words_object **tail;
};

/* Something to say: a line, or one more object of it. */
struct fact {
    struct tc_str before, after, because;
    struct tc_words_object object; /* empty: there is none */
    struct tc_span span;
    bool possible;
};

static struct line *
add_line(struct telling *t, const struct fact *fact)
{
    struct line *line = tc_arena_new(t->arena, struct line);

    if (line == NULL)
        return NULL;
    line->words = (struct tc_words){.possible = fact->possible,
                                    .before = fact->before,
                                    .after = fact->after,
                                    .because = fact->because,
                                    .span = fact->span};
    line->tail = &line->words.objects;
    *t->tail = &line->words;
    t->tail = &line->words.next;
    return line;
}

static void
say(struct telling *t, const struct fact *fact)
{
    struct tc_str said =
        tc_arena_printf(t->arena, "%.*s\n%.*s\n%.*s\n%.*s", TC_STR_ARG(fact->before), TC_STR_ARG(fact->after),
                        TC_STR_ARG(fact->object.name), TC_STR_ARG(fact->object.words));
    struct tc_str key = tc_arena_printf(t->arena, "%.*s\n%.*s\n%.*s\n%d", TC_STR_ARG(fact->before),
                                        TC_STR_ARG(fact->after), TC_STR_ARG(fact->because), fact->possible);
    struct tc_words_object *object;
    struct line *line;

    if (t->arena->failed || tc_map_add(&t->facts, said, t) != NULL)
        return;
    line = tc_map_get(&t->lines, key);
    if (line == NULL) {
        line = add_line(t, fact);
        if (line != NULL)
            tc_map_add(&t->lines, key, line);
    }
    if (line == NULL || (fact->object.name.len == 0 && fact->object.words.len == 0))
        return;
    object = tc_arena_new(t->arena, struct tc_words_object);
    if (object == NULL)
        return;
    *object = fact->object;
    *line->tail = object;
    line->tail = &object->next;
}

/* "read, write" and "append to": "read, write and append to"; behind it @a noun. */
static struct tc_str
join(struct tc_arena *arena, struct tc_str verbs, struct tc_str noun)
{
    size_t last = SIZE_MAX;

    for (size_t i = 0; (i = tc_str_find(verbs, TC_STR(", "), i)) != SIZE_MAX; i++)
        last = i;
    if (last != SIZE_MAX)
        verbs = tc_arena_printf(arena, "%.*s and %.*s", (int)last, verbs.ptr,
                                TC_STR_ARG(tc_str_sub(verbs, last + 2, SIZE_MAX)));
    return noun.len == 0 ? verbs : tc_arena_printf(arena, "%.*s %.*s", TC_STR_ARG(verbs), TC_STR_ARG(noun));
}

static void
add_verb(struct tc_arena *arena, struct tc_str *verbs, const char *verb)
{
    *verbs = verbs->len == 0 ? tc_str_of(verb) : tc_arena_printf(arena, "%.*s, %s", TC_STR_ARG(*verbs), verb);
}

/* ---- reasons ---- */

static void
note_place(struct collecting *c, struct tc_span span)
{
    struct reason *items = tc_arena_more(c->arena, struct reason, c->reasons->items, c->reasons->count, &c->room, 16);

    if (items == NULL)
        return;
    c->reasons->items = items;
    items[c->reasons->count] = (struct reason){span.begin, c->reasons->count, c->because};
    c->reasons->count++;
}

/* Where all stands that a grant gives. */
static void
note_grant(void *state, const struct tc_origin *origin)
{
    struct collecting *c = state;
    const struct tc_perm *grant = origin->perm;

    c->because = origin->because;
    for (size_t i = 0; i < grant->cls->field_count; i++) {
        if (!grant->values[i].present)
            continue;
        note_place(c, grant->values[i].span);
        for (uint32_t j = 0; tc_is_list_field(grant->cls->fields[i].kind) && j < grant->values[i].list.count; j++)
            note_place(c, grant->values[i].list.items[j].span);
    }
    for (uint32_t i = 0; i < grant->row_count; i++)
        note_place(c, grant->rows[i].span);
    if (grant->unrestricted)
        note_place(c, grant->span);
}

static int
by_place(const void *a, const void *b)
{
    const struct reason *one = a, *other = b;

    if (one->begin != other->begin)
        return one->begin < other->begin ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/* The reasons of the grants of @a perm; those of the last two are kept, the sure and the possible one of a class. */
static const struct reasons *
reasons_of(struct telling *t, const struct tc_perm *perm)
{
    struct reasons *reasons;
    struct collecting c = {.arena = t->arena};

    for (size_t i = 0; i < COUNT(t->reasons); i++)
        if (t->reasons[i].perm == perm)
            return &t->reasons[i];
    reasons = &t->reasons[t->reasons_next];
    t->reasons_next = (t->reasons_next + 1) % COUNT(t->reasons);
    *reasons = (struct reasons){.perm = perm};
    c.reasons = reasons;
    tc_perm_each_grant(perm, note_grant, &c);
    if (reasons->count > 0)
        qsort(reasons->items, reasons->count, sizeof *reasons->items, by_place);
    return reasons;
}

/* The reason of the grant behind what stands at @a span: the last one's; none when one of several gives none. */
static struct tc_str
reason_at(struct telling *t, const struct tc_perm *perm, struct tc_span span)
{
    const struct reasons *reasons = span.end > 0 ? reasons_of(t, perm) : NULL;
    struct tc_str reason = {NULL, 0};
    size_t low = 0, high = reasons == NULL ? 0 : reasons->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (reasons->items[middle].begin < span.begin)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; reasons != NULL && i < reasons->count && reasons->items[i].begin == span.begin; i++) {
        if (reasons->items[i].because.len == 0)
            return TC_STR("");
        if (i == low)
            reason = reasons->items[i].because;
    }
    return reason;
}

/* ---- lists ---- */

struct entry {
    struct entry *next;
    const struct tc_perm *perm; /* that it was seen in first */
    struct tc_words_object object;
    struct tc_span span;
    unsigned sure, wide; /* fields */
};

struct entries {
    struct tc_map map;
    struct entry *first, **tail;
};

/* A path of its own in words. */
static struct tc_words_object
own_path(struct tc_arena *arena, const struct tc_reach *reach, struct tc_str path)
{
    struct tc_throw ignored;
    const struct {
        struct tc_str root;
        struct tc_str itself, inside;
    } own[] = {
        {reach->application->root.text, TC_STR("its own directory"), TC_STR("in its own directory")},
        {reach->application->temporary.text, TC_STR("its own temporary directory"),
         TC_STR("in its own temporary directory")},
    };

    (void)tc_path_canonical(arena, path, &path, &ignored); /* as it is compared: a `..` leads elsewhere */
    for (size_t i = 0; i < COUNT(own); i++) {
        struct tc_str rest;

        if (own[i].root.len == 0 || !tc_path_covers(own[i].root, path))
            continue;
        rest = tc_str_sub(path, own[i].root.len, SIZE_MAX);
        while (rest.len > 0 && tc_ascii_is_slash(rest.ptr[0]))
            rest = tc_str_sub(rest, 1, SIZE_MAX);
        return (struct tc_words_object){.name = rest, .words = rest.len == 0 ? own[i].itself : own[i].inside};
    }
    return (struct tc_words_object){.name = path};
}

static void
add_entry(struct telling *t, struct entries *entries, const struct tc_perm *perm, struct tc_words_object object,
          struct tc_span span, unsigned field, bool is_sure)
{
    struct tc_str key = tc_str_fold(
        t->arena, tc_arena_printf(t->arena, "%.*s\n%.*s", TC_STR_ARG(object.name), TC_STR_ARG(object.words)));
    struct entry *entry = tc_map_get(&entries->map, key);

    if (entry == NULL) {
        entry = tc_arena_new(t->arena, struct entry);
        if (entry == NULL)
            return;
        *entry = (struct entry){.perm = perm, .object = object, .span = span};
        tc_map_add(&entries->map, key, entry);
        *entries->tail = entry;
        entries->tail = &entry->next;
    }
    *(is_sure ? &entry->sure : &entry->wide) |= 1u << field;
}

static void
add_entries(struct telling *t, struct entries *entries, const struct tc_perm *perm, const struct nouns *noun,
            bool is_sure)
{
    for (unsigned i = 0; i < perm->cls->field_count; i++) {
        const struct tc_value *value = &perm->values[i];
        const struct tc_list *list = &value->list;

        if (!value->present)
            continue;
        if (list->all || list->all_local)
            add_entry(t, entries, perm,
                      (struct tc_words_object){.words = tc_str_of(list->all ? noun->all : noun->all_local)},
                      value->span, i, is_sure);
        for (uint32_t j = 0; j < list->count; j++)
            add_entry(t, entries, perm,
                      perm->cls->fields[i].kind == TC_FIELD_PATHS
                          ? own_path(t->arena, t->reach, list->items[j].text)
                          : (struct tc_words_object){.name = list->items[j].text},
                      list->items[j].span, i, is_sure);
    }
}

static void
say_entry(struct telling *t, const struct entry *entry, const struct nouns *noun, unsigned fields, bool possible)
{
    struct tc_str verbs = {NULL, 0};
    unsigned left = fields;

    for (size_t i = 0; i < COUNT(lists); i++)
        if (lists[i].cls == noun->cls && (lists[i].fields & fields) == lists[i].fields &&
            (lists[i].fields & left) != 0) {
            add_verb(t->arena, &verbs, lists[i].verb);
            left &= ~lists[i].fields;
        }
    if (verbs.len > 0)
        say(t, &(struct fact){.before = join(t->arena, verbs, tc_str_of(noun->noun)),
                              .after = tc_str_of(noun->tail),
                              .because = reason_at(t, entry->perm, entry->span),
                              .object = entry->object,
                              .span = entry->span,
                              .possible = possible});
}

static void
tell_lists(struct telling *t, enum tc_class_id id, const struct tc_perm *sure, const struct tc_perm *wide)
{
    const struct nouns *noun = NULL;
    struct entries entries = {.tail = &entries.first};

    for (size_t i = 0; i < COUNT(nouns); i++)
        if (nouns[i].cls == id)
            noun = &nouns[i];
    if (noun == NULL)
        return;
    tc_map_init(&entries.map, t->arena);
    if (sure != NULL)
        add_entries(t, &entries, sure, noun, true);
    if (wide != NULL && wide != sure && !wide->unrestricted)
        add_entries(t, &entries, wide, noun, false);
    for (const struct entry *entry = entries.first; entry != NULL; entry = entry->next) {
        say_entry(t, entry, noun, entry->sure, false);
        say_entry(t, entry, noun, entry->wide & ~entry->sure, true);
    }
}

/* ---- flags and levels ---- */

static uint64_t
bits_of(const struct tc_perm *perm, size_t field)
{
    return perm == NULL || !perm->values[field].present ? 0 : perm->values[field].bits;
}

/* Flags with one noun become one sentence: @a first is the row of the first of them. */
static void
tell_flags_of(struct telling *t, size_t first, const struct tc_perm *perm, uint64_t bits, bool possible)
{
    struct tc_str verbs = {NULL, 0};
    const char *noun = flags[first].noun;
    struct tc_span span = perm->values[flags[first].field].span;

    for (size_t i = first; i < COUNT(flags) && flags[i].cls == flags[first].cls && flags[i].field == flags[first].field;
         i++) {
        if ((flags[i].bits & bits) == 0 || tc_str_of(flags[i].noun).len != tc_str_of(noun).len)
            continue;
        add_verb(t->arena, &verbs, flags[i].verb);
        if (noun[0] == '\0')
            break;
    }
    if (noun[0] != '\0')
        verbs = join(t->arena, verbs, tc_str_of(noun));
    say(t, &(struct fact){.before = verbs, .because = reason_at(t, perm, span), .span = span, .possible = possible});
}

static void
tell_flags(struct telling *t, enum tc_class_id id, const struct tc_perm *perm, const struct tc_perm *beside,
           bool possible)
{
    for (size_t i = 0; i < COUNT(flags); i++) {
        uint64_t bits;

        if (flags[i].cls != id)
            continue;
        bits = bits_of(perm, flags[i].field) & ~bits_of(beside, flags[i].field);
        if ((bits & flags[i].bits) == 0)
            continue;
        tell_flags_of(t, i, perm, bits, possible);
        while (flags[i].noun[0] != '\0' && i + 1 < COUNT(flags) && flags[i + 1].cls == id &&
               flags[i + 1].field == flags[i].field)
            i++; /* they were in the sentence */
    }
}

static void
tell_levels(struct telling *t, enum tc_class_id id, const struct tc_perm *perm, bool possible)
{
    size_t told = SIZE_MAX;

    for (size_t i = 0; i < COUNT(levels); i++) {
        const struct tc_value *value;

        if (levels[i].cls != id || levels[i].field == told)
            continue;
        value = &perm->values[levels[i].field];
        if (!value->present || value->number < levels[i].least)
            continue;
        told = levels[i].field;
        say(t, &(struct fact){.before = tc_str_of(levels[i].words),
                              .because = reason_at(t, perm, value->span),
                              .span = value->span,
                              .possible = possible});
    }
}

/* ---- entries of forms ---- */

/* A pattern of addresses as somebody would write them, if it is a simple one: "http(s)://www.contoso.com/…". */
static bool
plain_pattern(struct tc_str pattern, struct tc_buf *out)
{
    for (size_t i = 0; i < pattern.len; i++) {
        struct tc_str rest = tc_str_sub(pattern, i, SIZE_MAX);
        char c = pattern.ptr[i];

        if (i == 0 && tc_str_starts(rest, TC_STR("https?:"))) {
            tc_buf_puts(out, TC_STR("http(s):"));
            i += 6;
        } else if (tc_str_starts(rest, TC_STR(".*"))) {
            tc_buf_puts(out, TC_STR("\xE2\x80\xA6"));
            i++;
        } else if (c == '\\' && rest.len > 1 && !tc_ascii_is_alnum(rest.ptr[1])) {
            tc_buf_putc(out, rest.ptr[1]);
            i++;
        } else if (tc_ascii_is_alnum(c) || (c != '\0' && strchr("/:-_~%&=,;@", c) != NULL)) {
            tc_buf_putc(out, c);
        } else {
            return false;
        }
    }
    return true;
}

static struct tc_words_object
address(struct telling *t, const struct tc_cell *cell)
{
    struct tc_words_object object = {.name = cell->text};
    struct tc_buf out = {0};

    if (tc_str_eq(cell->text, t->reach->application->origin.text))
        return (struct tc_words_object){.words = TC_STR("its own address")};
    if (cell->number != TC_WEB_PATTERN)
        return object;
    if (plain_pattern(cell->text, &out))
        object.name = tc_arena_str(t->arena, tc_buf_str(&out));
    else
        object.words = TC_STR("(the addresses that match this pattern)");
    t->arena->failed |= out.failed;
    tc_buf_done(&out);
    return object;
}

static struct tc_str
cell_text(struct tc_arena *arena, const struct tc_column *column, const struct tc_cell *cell)
{
    const struct tc_enum_value *value;

    switch (column->kind) {
    case TC_COLUMN_TEXT:
    case TC_COLUMN_URI:
        return cell->text;
    case TC_COLUMN_PORT:
        return cell->number < 0 ? TC_STR("any port") : tc_arena_printf(arena, "port %ld", (long)cell->number);
    case TC_COLUMN_NUMBER:
        return tc_arena_printf(arena, "%ld", (long)cell->number);
    case TC_COLUMN_BOOL:
        return cell->number != 0 ? TC_STR("yes") : TC_STR("no");
    case TC_COLUMN_CHOICE:
    case TC_COLUMN_LEVEL:
    case TC_COLUMN_FLAGS:
        break;
    }
    value = tc_enum_by_value(tc_enum(column->values), cell->number);
    return value == NULL ? TC_STR("") : tc_str_of(value->name);
}

/* What a cell is in a sentence. */
static struct tc_words_object
cell_object(struct telling *t, enum tc_class_id id, const struct tc_row *row, size_t column)
{
    struct tc_str text = cell_text(t->arena, &row->form->columns[column], &row->cells[column]);

    for (size_t i = 0; i < COUNT(stands); i++)
        if (stands[i].cls == id && stands[i].column == column && tc_str_is(text, stands[i].text))
            return (struct tc_words_object){.words = tc_str_of(stands[i].words)};
    if (row->form->columns[column].kind == TC_COLUMN_URI)
        return address(t, &row->cells[column]);
    return row->form->columns[column].kind == TC_COLUMN_TEXT ? (struct tc_words_object){.name = text}
                                                             : (struct tc_words_object){.words = text};
}

static bool
is_filled(struct telling *t, const struct tc_row *row, const char *part)
{
    for (; *part != ']' && *part != '\0'; part++)
        if (*part == '{' &&
            cell_text(t->arena, &row->form->columns[part[1] - '0'], &row->cells[part[1] - '0']).len == 0)
            return false;
    return true;
}

/* Fill in the template of a row. A cell that it begins with becomes the name, all else words. */
static struct tc_words_object
row_object(struct telling *t, enum tc_class_id id, const struct tc_row *row, const char *form)
{
    struct tc_words_object object = {0};
    struct tc_buf words = {0};

    for (const char *at = form; *at != '\0'; at++) {
        struct tc_words_object cell;

        if (*at == '[' && !is_filled(t, row, at)) {
            at = strchr(at, ']');
            continue;
        }
        if (*at == '[' || *at == ']')
            continue;
        if (*at != '{') {
            tc_buf_putc(&words, *at);
            continue;
        }
        cell = cell_object(t, id, row, (size_t)(at[1] - '0'));
        if (at == form)
            object.name = cell.name;
        else if (cell.name.len > 0)
            tc_buf_printf(&words, "'%.*s'", TC_STR_ARG(cell.name));
        tc_buf_puts(&words, cell.words);
        at += 2;
    }
    object.words = tc_arena_str(t->arena, tc_str_trim(tc_buf_str(&words)));
    t->arena->failed |= words.failed;
    tc_buf_done(&words);
    return object;
}

/* Whether @a row says something: a pattern of no address at all says nothing. */
static bool
is_empty(const struct tc_row *row)
{
    return row->form->columns[0].kind == TC_COLUMN_URI && row->cells[0].text.len == 0;
}

static void
tell_row(struct telling *t, enum tc_class_id id, const struct tc_perm *perm, const struct tc_row *row, bool possible)
{
    size_t form = (size_t)(row->form - perm->cls->forms);
    struct tc_str verbs = {NULL, 0};
    const struct row *first = NULL;
    uint64_t left = UINT64_MAX;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct tc_cell *cell = rows[i].column < 0 ? NULL : &row->cells[rows[i].column];

        if (rows[i].cls != id || rows[i].form != form)
            continue;
        if (cell != NULL && row->form->columns[rows[i].column].kind == TC_COLUMN_FLAGS) {
            uint64_t bits = (uint64_t)rows[i].value;

            if (((uint64_t)cell->number & bits) != bits || (left & bits) == 0)
                continue;
            left &= ~bits;
        } else if (cell != NULL && cell->number != rows[i].value) {
            continue;
        }
        if (first == NULL)
            first = &rows[i];
        add_verb(t->arena, &verbs, rows[i].verb);
    }
    if (first != NULL)
        say(t, &(struct fact){.before = join(t->arena, verbs, tc_str_of(first->noun)),
                              .because = reason_at(t, perm, row->span),
                              .object = row_object(t, id, row, first->object),
                              .span = row->span,
                              .possible = possible});
}

/* ---- permissions ---- */

static void
tell_all(struct telling *t, enum tc_class_id id, const struct tc_perm *perm, bool possible)
{
    for (size_t i = 0; i < COUNT(alls); i++)
        if (alls[i].cls == id)
            say(t, &(struct fact){.before = tc_str_of(alls[i].words),
                                  .because = reason_at(t, perm, perm->span),
                                  .span = perm->span,
                                  .possible = possible});
}

/* @a perm without its lists; what @a beside has is left out. */
static void
tell_perm(struct telling *t, enum tc_class_id id, const struct tc_perm *perm, const struct tc_perm *beside,
          bool possible)
{
    if (perm->unrestricted) {
        tell_all(t, id, perm, possible);
        return;
    }
    tell_flags(t, id, perm, beside, possible);
    tell_levels(t, id, perm, possible);
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (!is_empty(&perm->rows[i]))
            tell_row(t, id, perm, &perm->rows[i], possible);
}

/* Under 1.1 a few classes are asked for beside full trust: the grant alone opens nothing. */
static bool
is_in_vain(const struct tc_reach *reach, enum tc_class_id id)
{
    return reach->application->runtime == TC_RT_1_1 && (tc_class(id)->traits & TC_TRAIT_NEEDS_FULL_TRUST_1_1) != 0;
}

static void
tell_class(struct telling *t, enum tc_class_id id)
{
    const struct tc_perm *sure = tc_reach_sure_perm(t->reach, id), *wide = tc_reach_perm(t->reach, id);

    if (is_in_vain(t->reach, id))
        return;
    if (sure != NULL)
        tell_perm(t, id, sure, NULL, false);
    if (sure != NULL && sure->unrestricted)
        return;
    tell_lists(t, id, sure, wide);
    if (wide != NULL && wide != sure)
        tell_perm(t, id, wide, sure, true);
}

static void
tell_stranger(struct telling *t, const struct tc_perm *perm, bool possible)
{
    if (perm->cls->assembly == TC_ASM_COUNT_)
        say(t, &(struct fact){.before = TC_STR("use what is guarded by a permission that trustc does not know:"),
                              .because = reason_at(t, perm, perm->span),
                              .object = {.name = tc_str_of(perm->cls->type)},
                              .span = perm->span,
                              .possible = possible});
}

/* Classes that no table knows, and what is written as markup: the grant does not show them. The first set of a policy
 * is the one that its code gets. */
static void
tell_strangers(struct telling *t)
{
    const struct tc_policy *policy = t->reach->application->policy;
    const struct tc_pset *set = policy == NULL || policy->set_count == 0 ? NULL : policy->sets[0];

    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        tell_stranger(t, set->perms[i], false);
    for (size_t i = 0; i < set->possible_count; i++)
        tell_stranger(t, set->possible[i], true);
    if (set->raw != NULL)
        say(t, &(struct fact){.before = TC_STR("do what permissions allow that the source writes as markup (raw)"),
                              .span = set->raw->span});
}

/* ---- what it may not ---- */

static bool
is_everything(const struct tc_perm *perm)
{
    if (perm->unrestricted)
        return true;
    for (size_t i = 0; i < perm->cls->field_count; i++)
        if (perm->cls->fields[i].kind == TC_FIELD_PATHS && perm->values[i].present && perm->values[i].list.all)
            return true;
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].form->columns[0].kind == TC_COLUMN_URI && tc_str_is(perm->rows[i].cells[0].text, ".*"))
            return true;
    return false;
}

/* Whether it grants nothing that a sentence could tell of. */
static bool
is_nothing(const struct tc_perm *perm)
{
    if (perm == NULL || tc_perm_is_empty(perm))
        return true;
    if (perm->unrestricted || perm->cls->field_count > 0)
        return false;
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (!is_empty(&perm->rows[i]))
            return false;
    return true;
}

static void
tell_nots(struct telling *t)
{
    for (size_t i = 0; i < COUNT(nots); i++) {
        const struct tc_perm *perm = is_in_vain(t->reach, nots[i].cls) ? NULL : tc_reach_perm(t->reach, nots[i].cls);
        const char *words = nots[i].none;
        struct tc_words *line;

        if (!tc_class_in(tc_class(nots[i].cls), tc_runtime_info(t->reach->application->runtime)->framework))
            continue;
        if (nots[i].bits != 0 ? perm != NULL && tc_perm_has_flags(perm, 0, nots[i].bits) : !is_nothing(perm))
            words = nots[i].bits != 0 || is_everything(perm) ? NULL : nots[i].rest;
        line = words == NULL ? NULL : tc_arena_new(t->arena, struct tc_words);
        if (line == NULL)
            continue;
        *line = (struct tc_words){.is_not = true, .before = tc_str_of(words)};
        *t->tail = line;
        t->tail = &line->next;
    }
}

/* ---- all of it ---- */

enum tc_status
tc_words_of(struct tc_arena *arena, const struct tc_reach *reach, const struct tc_words **ret)
{
    struct telling t = {.arena = arena, .reach = reach, .tail = &t.first};
    bool is_full = reach->sure != NULL && reach->sure->unrestricted;

    tc_map_init(&t.facts, arena);
    tc_map_init(&t.lines, arena);
    if (reach->throws != NULL) {
        say(&t,
            &(struct fact){.before = tc_expected_is_foreign(reach->throws)
                                         ? TC_STR("do what is not known here: " TC_EXPECTED_FOREIGN)
                                         : tc_arena_printf(arena, "do nothing: its policy makes the framework throw %s",
                                                           reach->throws)});
    } else {
        if (tc_reach_is_full(reach))
            say(&t, &(struct fact){.before = TC_STR("do everything that its Windows account may: it is fully trusted"),
                                   .span = reach->application->span,
                                   .possible = !is_full});
        for (int id = 0; !is_full && id < TC_CLASS_COUNT_; id++)
            tell_class(&t, (enum tc_class_id)id);
        if (!is_full)
            tell_strangers(&t);
        if (!tc_reach_is_full(reach))
            tell_nots(&t);
    }
    if (arena->failed)
        return TC_ERR_NOMEM;
    *ret = t.first;
    return TC_OK;
}

struct tc_str
tc_words_sentence(struct tc_arena *arena, const struct tc_words *words)
{
    struct tc_buf out = {0};

    tc_buf_printf(&out, "may%s %.*s",
                  words->is_not     ? " not"
                  : words->possible ? " possibly"
                                    : "",
                  TC_STR_ARG(words->before));
    for (const struct tc_words_object *object = words->objects; object != NULL; object = object->next) {
        bool is_bare = object->words.len == 0 || object->name.len == 0 || object->words.ptr[0] == ',';

        tc_buf_puts(&out, object == words->objects ? TC_STR(" ") : TC_STR(", "));
        if (object->name.len > 0)
            tc_buf_printf(&out, "'%.*s'%s", TC_STR_ARG(object->name), is_bare ? "" : " ");
        tc_buf_puts(&out, object->words);
    }
    if (words->after.len > 0 && words->objects != NULL)
        tc_buf_printf(&out, " %.*s", TC_STR_ARG(words->after));
    return tc_arena_take(arena, &out);
}
