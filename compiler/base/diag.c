#include "base/diag.h"

void
tc_diags_init(struct tc_diags *diags, struct tc_arena *arena, struct tc_sources *sources)
{
    *diags = (struct tc_diags){.arena = arena, .sources = sources};
    diags->tail = &diags->first;
}

/* How many findings of @a severity there were; NULL for notes, which nobody counts. */
static size_t *
counter_of(struct tc_diags *diags, enum tc_severity severity)
{
    switch (severity) {
    case TC_SEVERITY_NOTE:
        return NULL;
    case TC_SEVERITY_WARNING:
        return &diags->warnings;
    case TC_SEVERITY_ERROR:
        return &diags->errors;
    }
    return NULL;
}

static bool
is_scratch(const struct tc_diags *diags, const struct tc_diag *diag)
{
    return diag == &diags->scratch;
}

TC_PRINTF(3, 0)
static struct tc_diag *
report(struct tc_diags *diags, const struct tc_diag *fields, const char *format, va_list args)
{
    size_t *counter = counter_of(diags, fields->severity);
    struct tc_diag *diag = NULL;

    if (counter != NULL)
        ++*counter;
    if (diags->limit == 0 || diags->kept < diags->limit)
        diag = tc_arena_new(diags->arena, struct tc_diag);
    if (diag != NULL) {
        *diag = *fields;
        diag->file = tc_arena_str(diags->arena, fields->file);
        diag->message = tc_arena_vprintf(diags->arena, format, args);
    }
    if (diag == NULL || diags->arena->failed) {
        diags->dropped++; /* and counted all the same: whether a run failed must not depend on the limit */
        diags->scratch = *fields;
        diags->scratch.file = (struct tc_str){0};
        return &diags->scratch;
    }
    *diags->tail = diag;
    diags->tail = &diag->next;
    diags->kept++;
    return diag;
}

struct tc_diag *
tc_diag_add(struct tc_diags *diags, const struct tc_code *code, struct tc_span span, const char *format, ...)
{
    struct tc_diag fields = {.code = code, .severity = code->severity, .span = span};
    struct tc_diag *diag;
    va_list args;

    va_start(args, format);
    diag = report(diags, &fields, format, args);
    va_end(args);
    return diag;
}

struct tc_diag *
tc_diag_vadd(struct tc_diags *diags, const struct tc_code *code, enum tc_severity severity, struct tc_span span,
             const char *format, va_list args)
{
    struct tc_diag fields = {.code = code, .severity = severity, .span = span};

    return report(diags, &fields, format, args);
}

struct tc_diag *
tc_diag_none(struct tc_diags *diags, const struct tc_code *code)
{
    diags->scratch = (struct tc_diag){.code = code, .severity = code->severity};
    return &diags->scratch;
}

struct tc_diag *
tc_diag_add_file(struct tc_diags *diags, const struct tc_code *code, struct tc_str file, const char *format, ...)
{
    struct tc_diag fields = {.code = code, .severity = code->severity, .file = file};
    struct tc_diag *diag;
    va_list args;

    va_start(args, format);
    diag = report(diags, &fields, format, args);
    va_end(args);
    return diag;
}

void
tc_diag_label(struct tc_diags *diags, struct tc_diag *diag, struct tc_span span, const char *format, ...)
{
    struct tc_label **tail = &diag->labels;
    struct tc_label *label;
    va_list args;

    if (is_scratch(diags, diag))
        return;
    label = tc_arena_new(diags->arena, struct tc_label);
    if (label == NULL)
        return;
    label->span = span;
    va_start(args, format);
    label->text = tc_arena_vprintf(diags->arena, format, args);
    va_end(args);
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = label;
}

TC_PRINTF(4, 0)
static void
add_remark(struct tc_diags *diags, struct tc_diag *diag, bool is_help, const char *format, va_list args)
{
    struct tc_remark **tail = &diag->remarks;
    struct tc_remark *remark;

    if (is_scratch(diags, diag))
        return;
    remark = tc_arena_new(diags->arena, struct tc_remark);
    if (remark == NULL)
        return;
    remark->is_help = is_help;
    remark->text = tc_arena_vprintf(diags->arena, format, args);
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = remark;
}

void
tc_diag_note(struct tc_diags *diags, struct tc_diag *diag, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_remark(diags, diag, false, format, args);
    va_end(args);
}

void
tc_diag_help(struct tc_diags *diags, struct tc_diag *diag, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_remark(diags, diag, true, format, args);
    va_end(args);
}

void
tc_diag_edit(struct tc_diags *diags, struct tc_diag *diag, struct tc_span span, const char *format, ...)
{
    struct tc_edit **tail = &diag->edits;
    struct tc_edit *edit;
    va_list args;

    if (is_scratch(diags, diag))
        return;
    edit = tc_arena_new(diags->arena, struct tc_edit);
    if (edit == NULL)
        return;
    edit->span = span;
    va_start(args, format);
    edit->text = tc_arena_vprintf(diags->arena, format, args);
    va_end(args);
    while (*tail != NULL && (*tail)->span.begin <= span.begin)
        tail = &(*tail)->next;
    edit->next = *tail;
    *tail = edit;
}

void
tc_diag_set_severity(struct tc_diags *diags, struct tc_diag *diag, enum tc_severity severity)
{
    size_t *from = counter_of(diags, diag->severity), *to = counter_of(diags, severity);

    if (diag->suppressed == NULL && from != NULL)
        --*from;
    if (diag->suppressed == NULL && to != NULL)
        ++*to;
    diag->severity = severity;
}

void
tc_diag_suppress(struct tc_diags *diags, struct tc_diag *diag, const struct tc_suppression *why)
{
    size_t *counter = counter_of(diags, diag->severity);

    if (diag->suppressed == NULL && counter != NULL)
        --*counter;
    diag->suppressed = why;
}

/* Nowhere (0) wraps to the largest number: last. */
static uint32_t
sort_key(const struct tc_diag *diag)
{
    return diag->span.begin - 1;
}

/* Cut the first @a count records off @a list and return the rest. */
static struct tc_diag *
split(struct tc_diag *list, size_t count)
{
    struct tc_diag *rest;

    for (; list != NULL && count > 1; count--)
        list = list->next;
    if (list == NULL)
        return NULL;
    rest = list->next;
    list->next = NULL;
    return rest;
}

/* Append two sorted lists, merged, at @a tail; of equals those of @a a go first. Returns the new tail. */
static struct tc_diag **
merge(struct tc_diag *a, struct tc_diag *b, struct tc_diag **tail)
{
    while (a != NULL || b != NULL) {
        struct tc_diag **from = b == NULL || (a != NULL && sort_key(a) <= sort_key(b)) ? &a : &b;

        *tail = *from;
        *from = (*from)->next;
        tail = &(*tail)->next;
    }
    *tail = NULL;
    return tail;
}

static bool
is_same(const struct tc_diag *a, const struct tc_diag *b)
{
    return a->code == b->code && a->span.begin == b->span.begin && a->span.end == b->span.end &&
           tc_str_eq(a->file, b->file) && tc_str_eq(a->message, b->message);
}

/* Take the record away that @a link leads to. */
static void
unlink_at(struct tc_diags *diags, struct tc_diag **link)
{
    size_t *counter = counter_of(diags, (*link)->severity);

    if (counter != NULL && (*link)->suppressed == NULL)
        --*counter;
    diags->kept--;
    *link = (*link)->next;
}

void
tc_diags_drop(struct tc_diags *diags, bool (*drop)(void *state, const struct tc_diag *diag), void *state)
{
    struct tc_diag **link = &diags->first;

    while (*link != NULL)
        if (drop(state, *link))
            unlink_at(diags, link);
        else
            link = &(*link)->next;
    diags->tail = link;
}

enum { FEW_HERE = 16 }; /* records at one position that are compared each with each */

static uint64_t
hash_bytes(uint64_t hash, struct tc_str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Of what is_same() looks at. */
static uint64_t
hash_diag(const struct tc_diag *diag)
{
    uint64_t hash = (UINT64_C(0xcbf29ce484222325) ^ diag->span.end) * UINT64_C(0x100000001b3);

    hash = hash_bytes(hash_bytes(hash, tc_str_of(diag->code->id)), diag->file);
    return hash_bytes(hash, diag->message) * UINT64_C(0x9e3779b97f4a7c15);
}

/* The records at one position that were kept: a table of them once there are more than a few. */
struct here {
    struct tc_arena scratch;
    const struct tc_diag *first;
    const struct tc_diag **slots; /* room of them, a power of two */
    size_t count, room;
};

/* False when @a diag was there. Out of memory, it counts as new. */
static bool
put_here(struct here *here, const struct tc_diag *diag)
{
    size_t at = (size_t)(hash_diag(diag) >> 32) & (here->room - 1);

    for (; here->slots[at] != NULL; at = (at + 1) & (here->room - 1))
        if (is_same(here->slots[at], diag))
            return false;
    here->slots[at] = diag;
    return true;
}

/* A table for twice as many, with those from the first one up to @a end. */
static void
grow_here(struct here *here, const struct tc_diag *end)
{
    size_t room = here->room == 0 ? (size_t)4 * FEW_HERE : 2 * here->room;
    const struct tc_diag **slots = tc_arena_array(&here->scratch, const struct tc_diag *, room);

    if (slots == NULL)
        return;
    here->slots = slots;
    here->room = room;
    for (const struct tc_diag *diag = here->first; diag != end; diag = diag->next)
        (void)put_here(here, diag);
}

/* Whether @a diag repeats one that was kept at its position; the records in front of it have none repeated. */
static bool
is_repeated(struct here *here, const struct tc_diag *diag)
{
    if (here->count >= FEW_HERE && 2 * here->count >= here->room)
        grow_here(here, diag);
    if (here->room > here->count)
        return !put_here(here, diag);
    for (const struct tc_diag *other = here->first; other != diag; other = other->next)
        if (is_same(other, diag))
            return true;
    return false;
}

static void
remove_repeated(struct tc_diags *diags)
{
    struct here here = {.first = diags->first}; /* in a sorted list repetitions are at the same position */
    struct tc_diag **link = &diags->first;

    while (*link != NULL) {
        struct tc_diag *diag = *link;

        if (sort_key(diag) != sort_key(here.first)) {
            here.first = diag;
            here.count = here.room = 0;
            tc_arena_reset(&here.scratch);
        }
        if (is_repeated(&here, diag)) {
            unlink_at(diags, link);
        } else {
            here.count++;
            link = &diag->next;
        }
    }
    diags->tail = link;
    tc_arena_done(&here.scratch);
}

/* A merge sort from the bottom up: stable, and without memory of its own. */
void
tc_diags_sort(struct tc_diags *diags)
{
    for (size_t width = 1; width < diags->kept; width *= 2) {
        struct tc_diag *rest = diags->first;
        struct tc_diag **tail = &diags->first;

        while (rest != NULL) {
            struct tc_diag *a = rest;
            struct tc_diag *b = split(a, width);

            rest = split(b, width);
            tail = merge(a, b, tail);
        }
    }
    remove_repeated(diags);
}
