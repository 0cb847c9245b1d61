/* What several may do: the smallest parts of all grants of a class, each with everybody whose grants cover it. */
#include "ask/answer.h"

#include "ask/atoms.h"
#include "ask/overlap.h"
#include "base/map.h"
#include "model/clauses.h"
#include "verify/grants.h"

#include <string.h>

/* Who has a part, in the order of the subjects. */
struct holder {
    uint32_t subject;
    bool possible;
    struct tc_span span;
    const struct tc_perm *perm;
};

struct holders {
    struct holder *items;
    size_t count, capacity;
};

/* A part that somebody has, once for all who have it in the same words. */
struct piece {
    struct piece *next;
    const struct tc_perm *atom;
    struct holders holders;
    size_t number;         /* in the order in which they were met */
    size_t field;          /* of the one entry of a list of paths or keys; else SIZE_MAX */
    struct tc_str path;    /* of that entry, folded */
    struct bucket *bucket; /* of other kinds: only those of one bucket can meet; the open one meets all */
    struct piece *next_in_bucket;
};

/* Pieces that are no entries of lists, by the host that their pattern names. */
struct bucket {
    struct bucket *next;
    struct piece *first, **tail;
};

struct finder {
    struct tc_arena *arena;
    const struct tc_subject *const *subjects;
    size_t count;
    const struct tc_class *cls;
    struct piece *first, **tail;
    size_t piece_count;
    struct bucket *buckets, **bucket_tail; /* the first one is open */
    struct tc_map by_host;
    bool *seen; /* by subject: it shares something */
    size_t seen_count;
    struct tc_map by_text, by_path;
    struct holders full; /* who is fully trusted */
    uint32_t subject;    /* whose atoms are being noted */
    const struct tc_grant_set *sure;
};

static bool
add_holder(struct finder *f, struct holders *list, const struct holder *holder)
{
    struct holder *larger;

    if (list->count > 0 && list->items[list->count - 1].subject == holder->subject)
        return true;
    larger = tc_arena_more(f->arena, struct holder, list->items, list->count, &list->capacity, 2);
    if (larger == NULL)
        return false;
    list->items = larger;
    list->items[list->count++] = *holder;
    return true;
}

/* ---- pieces ---- */

/* The field of the one entry of a list that @a atom is; SIZE_MAX when it is something else. */
static size_t
path_field(const struct tc_perm *atom)
{
    for (size_t i = 0; i < atom->cls->field_count && !atom->unrestricted; i++) {
        enum tc_field_kind kind = atom->cls->fields[i].kind;

        if (atom->values[i].present && (kind == TC_FIELD_PATHS || kind == TC_FIELD_KEYS) &&
            atom->values[i].list.count == 1)
            return i;
    }
    return SIZE_MAX;
}

static struct tc_str
path_key(struct finder *f, size_t field, struct tc_str path)
{
    return tc_arena_printf(f->arena, "%zu|%.*s", field, TC_STR_ARG(path));
}

/* The scheme-less host of a pattern of URLs when it is literal: patterns of different hosts have nothing in common. */
static struct tc_str
host_of(struct finder *f, const struct tc_perm *atom)
{
    struct tc_str text = {NULL, 0};
    size_t begin, end;

    for (size_t c = 0; !atom->unrestricted && atom->row_count == 1 && c < atom->rows[0].form->column_count; c++)
        if (atom->rows[0].form->columns[c].kind == TC_COLUMN_URI)
            text = atom->rows[0].cells[c].text;
    begin = tc_str_find(text, TC_STR("://"), 0);
    if (begin == SIZE_MAX || tc_str_has(tc_str_sub(text, 0, begin), '|') || tc_str_has(text, '|'))
        return TC_STR("");
    begin += 3;
    for (end = begin; end < text.len && text.ptr[end] != '/'; end++)
        if (strchr("[](){}*+?^$#", text.ptr[end]) != NULL || (text.ptr[end] == '.' && text.ptr[end - 1] != '\\'))
            return TC_STR("");
    return end == text.len ? TC_STR("") : tc_str_fold(f->arena, tc_str_sub(text, begin, end - begin));
}

static struct bucket *
bucket_of(struct finder *f, struct tc_str host)
{
    struct bucket *bucket = tc_map_get(&f->by_host, host);

    if (bucket != NULL)
        return bucket;
    bucket = tc_arena_new(f->arena, struct bucket);
    if (bucket == NULL)
        return NULL;
    bucket->tail = &bucket->first;
    *f->bucket_tail = bucket;
    f->bucket_tail = &bucket->next;
    tc_map_add(&f->by_host, host, bucket);
    return bucket;
}

static struct piece *
new_piece(struct finder *f, const struct tc_perm *atom)
{
    struct piece *piece = tc_arena_new(f->arena, struct piece);

    if (piece == NULL)
        return NULL;
    *piece = (struct piece){.atom = atom, .field = path_field(atom)};
    if (piece->field != SIZE_MAX) {
        piece->path = tc_str_fold(f->arena, atom->values[piece->field].list.items[0].text);
        while (piece->path.len > 0 && piece->path.ptr[piece->path.len - 1] == '\\')
            piece->path.len--;
        tc_map_add(&f->by_path, path_key(f, piece->field, piece->path), piece);
    } else {
        piece->bucket = bucket_of(f, host_of(f, atom));
        if (piece->bucket == NULL)
            return NULL;
        *piece->bucket->tail = piece;
        piece->bucket->tail = &piece->next_in_bucket;
    }
    piece->number = f->piece_count++;
    *f->tail = piece;
    f->tail = &piece->next;
    return piece;
}

/* A pattern of no URL at all: $OriginHost$ of an application that has no origin. */
static bool
is_nothing(const struct tc_perm *atom)
{
    for (size_t c = 0; !atom->unrestricted && atom->row_count == 1 && c < atom->rows[0].form->column_count; c++)
        if (atom->rows[0].form->columns[c].kind == TC_COLUMN_URI && atom->rows[0].cells[c].text.len == 0)
            return true;
    return false;
}

static bool
note_atom(void *state, const struct tc_perm *atom)
{
    struct finder *f = state;
    struct holder holder = {.subject = f->subject, .span = atom->span, .perm = atom};
    struct tc_buf text = {0};
    struct piece *piece;
    struct tc_str key;
    const char *throws;

    if (is_nothing(atom))
        return true;
    tc_demand_put(&text, TC_FX_4_0, atom);
    key = tc_str_fold(f->arena, tc_arena_str(f->arena, tc_buf_str(&text)));
    f->arena->failed |= text.failed;
    tc_buf_done(&text);
    if (f->arena->failed)
        return false;
    piece = tc_map_get(&f->by_text, key);
    if (piece == NULL) {
        piece = new_piece(f, atom);
        if (piece == NULL)
            return false;
        tc_map_add(&f->by_text, key, piece);
    }
    holder.possible = f->sure != NULL && tc_ask_set(f->arena, f->sure, atom, &throws) != TC_MAY_SURELY;
    return add_holder(f, &piece->holders, &holder);
}

static bool
note_set(struct finder *f, const struct tc_subject_grant *grant)
{
    const struct tc_grant *found;

    if (grant->wide == NULL)
        return true;
    if (grant->wide->unrestricted)
        return add_holder(f, &f->full, &(struct holder){.subject = f->subject});
    found = tc_grant_find(grant->wide, f->cls);
    f->sure = grant->sure == grant->wide ? NULL : grant->sure;
    return found == NULL || found->perm == NULL || tc_perm_is_empty(found->perm) ||
           tc_atoms(f->arena, found->perm, note_atom, f);
}

/* Of a class that a source declares, which the evaluator does not hold. */
static bool
note_declared(struct finder *f, const struct tc_subject *subject)
{
    struct tc_trace_grants grants;
    struct tc_trace trace;

    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        if (subject->grants[i].wide != NULL && subject->grants[i].wide->unrestricted)
            return note_set(f, &subject->grants[i]);
        if (tc_trace_of(f->arena, subject, i, true, &trace) != TC_OK ||
            tc_trace_of_class(f->arena, &trace, f->cls, &grants) != TC_OK)
            return false;
        for (size_t j = 0; j < grants.count; j++)
            if (grants.items[j].perm != NULL && !note_atom(f, grants.items[j].perm))
                return false;
    }
    return true;
}

static bool
note_all(struct finder *f)
{
    for (size_t i = 0; i < f->count; i++) {
        f->subject = (uint32_t)i;
        f->sure = NULL;
        if (f->cls->assembly == TC_ASM_COUNT_) {
            if (!note_declared(f, f->subjects[i]))
                return false;
            continue;
        }
        for (size_t kind = 0; kind < TC_OWN_KINDS; kind++)
            if (!note_set(f, &f->subjects[i]->grants[kind]))
                return false;
    }
    return !f->arena->failed;
}

/* ---- who covers a part ---- */

/* Both lists in one, by subject. */
static bool
unite(struct finder *f, struct holders *into, const struct holders *more)
{
    struct holders both = {.count = 0};
    size_t i = 0, j = 0;

    if (more->count == 0)
        return true;
    while (i < into->count || j < more->count) {
        bool mine = j == more->count || (i < into->count && into->items[i].subject <= more->items[j].subject);

        if (!add_holder(f, &both, mine ? &into->items[i] : &more->items[j]))
            return false;
        if (mine)
            i++;
        else
            j++;
    }
    *into = both;
    return true;
}

static bool
is_within(struct finder *f, const struct tc_perm *inner, const struct tc_perm *outer)
{
    struct tc_throw thrown;

    if (inner->cls->assembly == TC_ASM_COUNT_)
        return strcmp(inner->cls->type, outer->cls->type) == 0;
    return tc_algebra_ops(inner->cls->algebra)->subset(f->arena, NULL, inner, outer, &thrown) == TC_YES;
}

/* Entries of the same list above the path of @a piece. */
static bool
add_above(struct finder *f, const struct piece *piece, struct holders *sharers)
{
    for (size_t cut = piece->path.len; cut-- > 0;) {
        const struct piece *above;

        if (piece->path.ptr[cut] != '\\')
            continue;
        above = tc_map_get(&f->by_path, path_key(f, piece->field, tc_str_sub(piece->path, 0, cut)));
        if (above != NULL && above != piece && is_within(f, piece->atom, above->atom) &&
            !unite(f, sharers, &above->holders))
            return false;
    }
    return true;
}

/* The next bucket whose pieces may have something in common with those of @a bucket, after @a last; NULL at the end. */
static const struct bucket *
next_bucket(const struct finder *f, const struct bucket *bucket, const struct bucket *last)
{
    if (last == NULL)
        return f->buckets;
    if (bucket == NULL || bucket == f->buckets) /* an entry of a list, and what is open */
        return last->next;
    return last == f->buckets ? bucket : NULL;
}

struct part {
    struct part *next;
    struct tc_answer_part part;
};

struct parts {
    struct part *first, **tail;
    size_t count;
    struct tc_map by_sharers; /* to the part */
};

static bool
make_sharers(struct finder *f, const struct holders *holders, struct tc_answer_part *part)
{
    part->sharers = tc_arena_array(f->arena, struct tc_answer_sharer, holders->count);
    if (part->sharers == NULL)
        return false;
    for (size_t i = 0; i < holders->count; i++) {
        const struct holder *h = &holders->items[i];

        part->sharers[i] = (struct tc_answer_sharer){
            .subject = f->subjects[h->subject], .possible = h->possible, .perm = h->perm, .span = h->span};
        f->seen_count += !f->seen[h->subject];
        f->seen[h->subject] = true;
    }
    part->count = holders->count;
    return true;
}

/* Which subjects, as a key. */
static struct tc_str
sharers_key(struct finder *f, const struct holders *holders)
{
    char *key = tc_arena_alloc(f->arena, holders->count * sizeof(uint32_t) + 1, 1);

    for (size_t i = 0; key != NULL && i < holders->count; i++)
        memcpy(key + i * sizeof(uint32_t), &holders->items[i].subject, sizeof(uint32_t));
    return (struct tc_str){key, key == NULL ? 0 : holders->count * sizeof(uint32_t)};
}

/* Add a part; to the one of the same sharers, if there is one. */
static bool
add_part(struct finder *f, struct parts *parts, const struct tc_perm *atom, const struct holders *holders)
{
    struct tc_str key = sharers_key(f, holders);
    struct part *known = tc_map_get(&parts->by_sharers, key);

    if (known != NULL) {
        struct tc_perm *both = known->part.part->unrestricted ? NULL : tc_perm_copy(f->arena, known->part.part);

        if (both != NULL && tc_perm_unite(f->arena, both, atom))
            known->part.part = both;
        return !f->arena->failed;
    }
    known = tc_arena_new(f->arena, struct part);
    if (known == NULL || !make_sharers(f, holders, &known->part))
        return false;
    known->part.part = atom;
    *parts->tail = known;
    parts->tail = &known->next;
    parts->count++;
    tc_map_add(&parts->by_sharers, key, known);
    return !f->arena->failed;
}

/* Whether @a piece and @a other, neither of which covers the other, have something in common: patterns may. */
static bool
cross(struct finder *f, struct parts *parts, const struct piece *piece, const struct piece *other)
{
    struct holders sharers = {.count = 0};
    struct tc_overlap overlap;

    if (piece->atom->row_count == 0 || other->atom->row_count == 0 || is_within(f, other->atom, piece->atom))
        return true;
    if (!tc_overlap(f->arena, NULL, piece->atom, other->atom, &overlap))
        return false;
    if (overlap.answer != TC_OVERLAP_YES)
        return true;
    if (!unite(f, &sharers, &piece->holders) || !unite(f, &sharers, &other->holders))
        return false;
    return sharers.count < 2 || add_part(f, parts, overlap.demand, &sharers);
}

static bool
share_piece(struct finder *f, struct parts *parts, const struct piece *piece)
{
    struct holders sharers = {.count = 0};
    const struct bucket *bucket = NULL;

    if (!unite(f, &sharers, &piece->holders) || (piece->field != SIZE_MAX && !add_above(f, piece, &sharers)))
        return false;
    while ((bucket = next_bucket(f, piece->bucket, bucket)) != NULL)
        for (const struct piece *other = bucket->first; other != NULL; other = other->next_in_bucket) {
            bool within = other != piece && is_within(f, piece->atom, other->atom);

            if (within && !unite(f, &sharers, &other->holders))
                return false;
            /* of two that cross the one that was met first says so */
            if (!within && other->number > piece->number && !cross(f, parts, piece, other))
                return false;
        }
    return sharers.count < 2 || add_part(f, parts, piece->atom, &sharers);
}

/* Whoever is fully trusted shares with everybody who has anything. */
static bool
share_full(struct finder *f, struct tc_answer_shared *ret)
{
    ret->full = tc_arena_array(f->arena, const struct tc_subject *, f->full.count);
    for (size_t i = 0; i < f->full.count && ret->full != NULL; i++)
        ret->full[ret->full_count++] = f->subjects[f->full.items[i].subject];
    if (f->full.count == 0 || (f->full.count < 2 && f->first == NULL))
        return ret->full != NULL;
    for (const struct piece *piece = f->first; piece != NULL; piece = piece->next)
        for (size_t i = 0; i < piece->holders.count; i++) {
            f->seen_count += !f->seen[piece->holders.items[i].subject];
            f->seen[piece->holders.items[i].subject] = true;
        }
    for (size_t i = 0; i < f->full.count; i++) {
        f->seen_count += !f->seen[f->full.items[i].subject];
        f->seen[f->full.items[i].subject] = true;
    }
    return ret->full != NULL;
}

enum tc_status
tc_answer_shared(struct tc_arena *arena, const struct tc_subject *const *subjects, size_t count,
                 const struct tc_class *cls, struct tc_answer_shared *ret)
{
    struct finder f = {.arena = arena, .subjects = subjects, .count = count, .cls = cls};
    struct parts parts = {.count = 0};

    *ret = (struct tc_answer_shared){.count = 0};
    f.tail = &f.first;
    f.bucket_tail = &f.buckets;
    parts.tail = &parts.first;
    f.seen = tc_arena_array(arena, bool, count);
    tc_map_init(&f.by_text, arena);
    tc_map_init(&f.by_path, arena);
    tc_map_init(&f.by_host, arena);
    tc_map_init(&parts.by_sharers, arena);
    if (f.seen == NULL || bucket_of(&f, TC_STR("")) == NULL || !note_all(&f))
        return TC_ERR_NOMEM;
    for (const struct piece *piece = f.first; piece != NULL; piece = piece->next)
        if (!share_piece(&f, &parts, piece))
            return TC_ERR_NOMEM;
    if (!share_full(&f, ret))
        return TC_ERR_NOMEM;
    ret->parts = tc_arena_array(arena, struct tc_answer_part, parts.count);
    for (const struct part *part = parts.first; part != NULL && ret->parts != NULL; part = part->next)
        ret->parts[ret->count++] = part->part;
    ret->sharers = f.seen_count;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}
