/* What the own code of an application may do on one side only. */
#include "ask/atoms.h"
#include "ask/diff_parts.h"
#include "isolate/samples.h"
#include "model/clauses.h"
#include "model/demand.h"
#include "model/path.h"
#include "verify/grants.h"

#include <string.h>

static const struct tc_machine machine = {.name = {NULL, 0}, .local_drives = 0};

enum {
    SETS = 2 * TC_OWN_KINDS,
    WAS_MAX = 4,
    LOOKS_MAX = 1 << 16, /* beyond that lists are so long that nobody reads what each entry was */
    MANY = 128,          /* entries of lists that one side lacks: they are asked about together */
    TRIES_MAX = 16,      /* of many, the first have demands that were tried */
};

/* A smallest part of what one side grants. */
struct atom {
    const struct tc_perm *perm;
    const struct tc_perm *shown; /* with its tokens, where they stand for the same on both sides */
    struct tc_str text;
    enum tc_may own[TC_OWN_KINDS];
    bool is_answered; /* by the other side, together with many others */
    enum tc_may other[TC_OWN_KINDS];
};

/* What one side grants of one class. */
struct atoms {
    struct atom *items;
    size_t count, capacity;
    struct tc_map by_text; /* struct atom index + 1 */
    bool shown;
};

/* A change in the making. */
struct draft {
    struct draft *next;
    int side; /* that has it: 0 or 1 */
    unsigned kinds;
    enum tc_may before, after;
    enum tc_diff_effect effect;
    struct tc_perm *perm, *shown;
    struct tc_str values;            /* of what it was or became, to join what differs in its verbs only */
    struct tc_perm *others[WAS_MAX]; /* what it was, or what is left */
    size_t other_count, others_left;
    const struct tc_perm *witness;
    struct tc_span span;
};

struct compare {
    struct tc_arena *arena;
    const struct tc_subject *subjects;
    const struct tc_diff_pair *pair;
    const struct tc_perm *perms[2][SETS][TC_CLASS_COUNT_];
    struct atoms atoms[2];
    struct draft *drafts, **tail;
    struct tc_map by_key; /* of the drafts that others may join */
    size_t tries;         /* of demands of many */
    size_t looks;         /* at what a draft may take the place of */
    struct tc_diff_list *list;
    struct tc_buf text; /* of the atom at hand */
};

static enum tc_framework
framework_of(const struct compare *c, int side)
{
    const struct tc_policy *policy = c->subjects[side].policy;

    return policy == NULL ? TC_FX_4_0 : tc_runtime_info(policy->runtime)->framework;
}

/* In words that are gone with the next ones. */
static struct tc_str
passing_words(struct compare *c, int side, const struct tc_perm *perm)
{
    tc_buf_clear(&c->text);
    tc_demand_put(&c->text, framework_of(c, side), perm);
    if (c->text.failed)
        c->arena->failed = true;
    return tc_buf_str(&c->text);
}

static struct tc_str
words(struct compare *c, int side, const struct tc_perm *perm)
{
    return tc_arena_str(c->arena, passing_words(c, side, perm));
}

static const struct tc_grant_set *
set_of(const struct tc_subject *subject, size_t number)
{
    const struct tc_subject_grant *grant = &subject->grants[number / 2];

    return number % 2 == 0 ? grant->wide : grant->sure;
}

/* ---- the atoms of one class ---- */

struct collecting {
    struct compare *c;
    struct atoms *atoms;
    int side;
    unsigned sets; /* bit i: set i has the permission */
};

static bool
grow(struct compare *c, struct atoms *atoms)
{
    size_t capacity = atoms->capacity == 0 ? 16 : 2 * atoms->capacity;
    struct atom *larger = tc_arena_array(c->arena, struct atom, capacity);

    if (larger == NULL)
        return false;
    if (atoms->count > 0)
        memcpy(larger, atoms->items, atoms->count * sizeof *larger);
    atoms->items = larger;
    atoms->capacity = capacity;
    return true;
}

/* The place of @a perm among the atoms, counted from 1; it is put there when it has none. 0: out of memory. */
static size_t
place_of(struct compare *c, int side, const struct tc_perm *perm)
{
    struct atoms *atoms = &c->atoms[side];
    struct tc_str text = passing_words(c, side, perm);
    uintptr_t place = (uintptr_t)tc_map_get(&atoms->by_text, text);

    if (place != 0)
        return place;
    if (atoms->count == atoms->capacity && !grow(c, atoms))
        return 0;
    text = tc_arena_str(c->arena, text);
    atoms->items[atoms->count++] = (struct atom){.perm = perm, .text = text};
    tc_map_add(&atoms->by_text, text, (void *)(uintptr_t)atoms->count);
    return c->arena->failed ? 0 : atoms->count;
}

static bool
collect(void *state, const struct tc_perm *perm)
{
    struct collecting *to = state;
    size_t place = place_of(to->c, to->side, perm);

    for (size_t set = 0; place != 0 && set < SETS; set++) {
        enum tc_may *own = &to->atoms->items[place - 1].own[set / 2];
        enum tc_may may = set % 2 == 0 ? TC_MAY_POSSIBLY : TC_MAY_SURELY;

        if ((to->sets >> set & 1u) && *own < may)
            *own = may;
    }
    return place != 0;
}

/* What identifies somebody holds together: none of it means anything alone. */
static bool
visit_atoms(struct tc_arena *arena, const struct tc_perm *perm, tc_atom_visit *visit, void *state)
{
    enum tc_algebra algebra = perm->cls->algebra;

    if (algebra != TC_ALGEBRA_IDENTITY && algebra != TC_ALGEBRA_PRINCIPAL)
        return tc_atoms(arena, perm, visit, state);
    return tc_perm_is_empty(perm) || visit(state, perm);
}

static bool
is_equal(const struct tc_perm *a, const struct tc_perm *b)
{
    return a == b || (a != NULL && b != NULL && tc_perm_equal(a, b));
}

static bool
collect_class(struct compare *c, int side, size_t class)
{
    struct collecting to = {c, &c->atoms[side], side, 0};
    unsigned done = 0;

    *to.atoms = (struct atoms){0};
    tc_map_init(&to.atoms->by_text, c->arena);
    for (size_t set = 0; set < SETS; set++) {
        const struct tc_perm *perm = c->perms[side][set][class];

        if (perm == NULL || (done >> set & 1u))
            continue;
        to.sets = 0;
        for (size_t other = set; other < SETS; other++) /* mostly they are all the same */
            if (is_equal(perm, c->perms[side][other][class]))
                to.sets |= 1u << other;
        done |= to.sets;
        if (!visit_atoms(c->arena, perm, collect, &to))
            return false;
    }
    return true;
}

/* ---- exceptions ---- */

/* An entry for one key container takes the place of what holds for all others, so it also takes away (permissions 15):
 * of each container that either side names, both are asked for each flag. */
struct excepting {
    struct compare *c;
    int side;
};

static bool
except(void *state, const struct tc_perm *demand)
{
    struct excepting *to = state;
    size_t place = place_of(to->c, to->side, demand);
    struct tc_may_answer answer;

    if (place == 0 || tc_ask(to->c->arena, &to->c->subjects[to->side], demand, &answer) != TC_OK)
        return false;
    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        to->c->atoms[to->side].items[place - 1].own[i] = answer.kinds[i];
    return true;
}

static bool
except_row(struct compare *c, int side, const struct tc_perm *perm, const struct tc_row *row)
{
    struct excepting to = {c, side};
    struct tc_perm *all = tc_perm_new(c->arena, perm->cls, row->span);
    struct tc_row copy = *row;

    copy.cells = tc_arena_array(c->arena, struct tc_cell, row->form->column_count);
    if (all == NULL || copy.cells == NULL)
        return false;
    memcpy(copy.cells, row->cells, row->form->column_count * sizeof *copy.cells);
    for (size_t i = 0; i < row->form->column_count; i++)
        if (row->form->columns[i].kind == TC_COLUMN_FLAGS) {
            const struct tc_enum *flags = tc_enum(row->form->columns[i].values);

            for (size_t f = 0; f < flags->count; f++)
                copy.cells[i].number |= flags->values[f].value;
        }
    return tc_perm_append_row(c->arena, all, &copy) && tc_atoms(c->arena, all, except, &to);
}

/* Keys that may stand in a connection string beside what an entry says: IsSubsetOf of two entries does not look at
 * them, so both sides are asked with each. */
static bool
collect_keys(struct compare *c, size_t class)
{
    for (int from = 0; from < 2; from++)
        for (size_t set = 0; set < SETS; set++) {
            const struct tc_perm *perm = c->perms[from][set][class], *other = c->perms[1 - from][set][class];

            for (int side = 0; perm != NULL && other != NULL && side < 2; side++) {
                struct excepting to = {c, side};

                if (!tc_connection_key_demands(c->arena, perm, other, except, &to))
                    return false;
            }
        }
    return true;
}

static bool
collect_exceptions(struct compare *c, size_t class)
{
    if (tc_class((enum tc_class_id) class)->algebra == TC_ALGEBRA_DB_DATA)
        return collect_keys(c, class);
    if (tc_class((enum tc_class_id) class)->algebra != TC_ALGEBRA_KEY_CONTAINER)
        return true;
    for (int from = 0; from < 2; from++)
        for (size_t set = 0; set < SETS; set++) {
            const struct tc_perm *perm = c->perms[from][set][class];

            for (uint32_t i = 0; perm != NULL && !perm->unrestricted && i < perm->row_count; i++)
                for (int side = 0; side < 2; side++)
                    if (!except_row(c, side, perm, &perm->rows[i]))
                        return false;
        }
    return true;
}

/* ---- tokens ---- */

struct showing {
    struct compare *c;
    int side;
};

static bool
show_atom(void *state, const struct tc_perm *perm)
{
    struct showing *to = state;
    const struct tc_perm *filled = tc_fill_perm(to->c->arena, perm, &to->c->pair->values[to->side]);
    struct atoms *atoms = &to->c->atoms[to->side];
    uintptr_t place;

    if (filled == NULL)
        return false;
    if (filled == perm)
        return true;
    place = (uintptr_t)tc_map_get(&atoms->by_text, passing_words(to->c, to->side, filled));
    if (place != 0)
        atoms->items[place - 1].shown = perm;
    return true;
}

/* Find out which atoms are written with tokens. */
static bool
show_tokens(struct compare *c, int side, const struct tc_class *cls)
{
    const struct tc_policy *policy = c->subjects[side].policy;
    struct showing to = {c, side};

    if (c->atoms[side].shown || !c->pair->same_values || policy == NULL)
        return true;
    c->atoms[side].shown = true;
    for (size_t i = 0; i < policy->set_count; i++)
        for (int possible = 0; possible < 2; possible++) {
            const struct tc_pset *set = policy->sets[i];
            const struct tc_perm *const *perms = possible ? set->possible : set->perms;
            size_t count = possible ? set->possible_count : set->count;

            for (size_t j = 0; j < count; j++)
                if (perms[j]->cls == cls && !visit_atoms(c->arena, perms[j], show_atom, &to))
                    return false;
        }
    return true;
}

/* ---- what the other side says ---- */

static bool
is_pattern(const struct tc_perm *atom, size_t *ret_column)
{
    for (size_t i = 0; !atom->unrestricted && atom->row_count == 1 && i < atom->rows[0].form->column_count; i++)
        if (atom->rows[0].form->columns[i].kind == TC_COLUMN_URI && atom->rows[0].cells[i].number == TC_WEB_PATTERN) {
            *ret_column = i;
            return true;
        }
    return false;
}

static const struct tc_perm *
with_url(struct compare *c, const struct tc_perm *atom, size_t column, struct tc_str url)
{
    struct tc_row row = atom->rows[0];
    struct tc_perm *demand = tc_perm_new(c->arena, atom->cls, atom->span);

    row.cells = tc_arena_array(c->arena, struct tc_cell, row.form->column_count);
    if (demand == NULL || row.cells == NULL)
        return NULL;
    memcpy(row.cells, atom->rows[0].cells, row.form->column_count * sizeof *row.cells);
    row.cells[column] = (struct tc_cell){.present = true, .number = TC_WEB_URI, .text = url};
    return tc_perm_append_row(c->arena, demand, &row) ? demand : NULL;
}

/* Whether the side @a has surely allows more of @a demand than the other one, to the kind of code @a kind. */
static bool
tells_apart(struct compare *c, int has, size_t kind, const struct tc_perm *demand)
{
    struct tc_may_answer own, other;

    return demand != NULL && tc_ask(c->arena, &c->subjects[has], demand, &own) == TC_OK &&
           tc_ask(c->arena, &c->subjects[1 - has], demand, &other) == TC_OK && own.kinds[kind] > other.kinds[kind];
}

/* An application may learn of what lies on the way to what it may discover, so it is something inside that tells two
 * grants apart (permissions 1). NULL: the atom is no such one. */
static const struct tc_perm *
inside(struct compare *c, const struct tc_perm *atom)
{
    const size_t field = TC_FIELD_FILE_IO_DISCOVER;
    struct tc_perm *demand;
    struct tc_item *item;
    struct tc_str path;

    if (atom->cls != tc_class(TC_CLASS_FILE_IO) || atom->unrestricted || !atom->values[field].present ||
        atom->values[field].list.count != 1)
        return NULL;
    path = atom->values[field].list.items[0].text;
    demand = tc_perm_new(c->arena, atom->cls, atom->span);
    item = tc_arena_new(c->arena, struct tc_item);
    if (demand == NULL || item == NULL)
        return NULL;
    item->text =
        tc_arena_printf(c->arena, "%.*s%sexample.txt", TC_STR_ARG(path), tc_str_ends(path, TC_STR("\\")) ? "" : "\\");
    demand->values[field] = (struct tc_value){.present = true, .list = {.items = item, .count = 1}};
    return demand;
}

/* What the other side answers to @a demand, if the two sides differ in it. */
static bool
try_demand(struct compare *c, int has, size_t kind, const struct tc_perm *demand, enum tc_may *ret_may,
           const struct tc_perm **ret_witness)
{
    struct tc_may_answer answer;

    if (!tells_apart(c, has, kind, demand) || tc_ask(c->arena, &c->subjects[1 - has], demand, &answer) != TC_OK)
        return false;
    *ret_may = answer.kinds[kind];
    *ret_witness = demand;
    return true;
}

/* A pattern is not taken at its word, as the framework compares its text: the URLs that it is known to accept are
 * tried.
 */
static enum tc_may
answer_of_pattern(struct compare *c, int has, const struct atom *atom, size_t column, size_t kind, enum tc_may answer,
                  const struct tc_perm **ret_witness)
{
    struct tc_samples samples;
    enum tc_may tried;

    tc_samples_make(c->arena, atom->perm->rows[0].cells[column].text, &samples);
    for (size_t i = 0; i < samples.count; i++)
        if (try_demand(c, has, kind, with_url(c, atom->perm, column, samples.items[i].url), &tried, ret_witness))
            return tried;
    if (samples.count == 0 && !samples.is_unknown)
        return atom->own[kind]; /* it accepts nothing */
    return answer < atom->own[kind] ? TC_MAY_UNKNOWN : answer;
}

/* What the other side answers to an atom of @a has, by kind of code. */
static enum tc_may
answer_of(struct compare *c, int has, const struct atom *atom, size_t kind, const struct tc_perm **ret_witness)
{
    struct tc_may_answer answer;
    enum tc_may tried;
    size_t column;

    *ret_witness = NULL;
    if (tc_ask(c->arena, &c->subjects[1 - has], atom->perm, &answer) != TC_OK)
        return TC_MAY_UNKNOWN;
    if (is_pattern(atom->perm, &column))
        return answer_of_pattern(c, has, atom, column, kind, answer.kinds[kind], ret_witness);
    if (try_demand(c, has, kind, atom->perm, &tried, ret_witness) ||
        try_demand(c, has, kind, inside(c, atom->perm), &tried, ret_witness))
        return tried;
    return answer.kinds[kind];
}

/* ---- many entries at once ---- */

/* The list field of an atom that is one entry of it; SIZE_MAX for others. */
static size_t
entry_field(const struct tc_perm *perm)
{
    size_t field = SIZE_MAX;

    for (size_t i = 0; i < perm->cls->field_count && !perm->unrestricted && perm->row_count == 0; i++) {
        const struct tc_value *value = &perm->values[i];

        if (!value->present)
            continue;
        if (field != SIZE_MAX || !tc_is_list_field(perm->cls->fields[i].kind) || value->list.count != 1 ||
            value->list.all || value->list.all_local)
            return SIZE_MAX;
        field = i;
    }
    return field;
}

static bool
is_absent(const struct compare *c, int has, const struct atom *atom)
{
    return entry_field(atom->perm) != SIZE_MAX && tc_map_get(&c->atoms[1 - has].by_text, atom->text) == NULL;
}

/* The absent entries of @a has as one permission. */
static struct tc_perm *
absent_entries(struct compare *c, int has, size_t class, size_t count)
{
    const struct atoms *atoms = &c->atoms[has];
    struct tc_perm *all = tc_perm_new(c->arena, tc_class((enum tc_class_id) class), TC_NOWHERE);

    for (size_t i = 0; all != NULL && i < atoms->count; i++) {
        const struct tc_perm *perm = atoms->items[i].perm;
        struct tc_value *value;

        if (!is_absent(c, has, &atoms->items[i]))
            continue;
        value = &all->values[entry_field(perm)];
        if (value->list.items == NULL)
            value->list.items = tc_arena_array(c->arena, struct tc_item, count);
        if (value->list.items == NULL)
            return NULL;
        value->present = true;
        value->list.items[value->list.count++] = perm->values[entry_field(perm)].list.items[0];
    }
    return all;
}

/* An entry as it can be looked up: letter case is no difference, and for paths the way they are written is none. */
static struct tc_str
entry_key(struct compare *c, const struct tc_class *cls, size_t field, struct tc_str text)
{
    struct tc_throw ignored;

    if (cls->fields[field].kind == TC_FIELD_PATHS && tc_path_canonical(c->arena, text, &text, &ignored) != TC_YES)
        return (struct tc_str){NULL, 0};
    while (cls->fields[field].kind == TC_FIELD_PATHS && text.len > 3 && text.ptr[text.len - 1] == '\\')
        text.len--;
    return tc_arena_printf(c->arena, "%zu %.*s", field, TC_STR_ARG(tc_str_fold(c->arena, text)));
}

/* Whether the entry, or what it lies in, is among @a common. */
static bool
is_common(struct compare *c, const struct tc_map *common, const struct tc_perm *atom)
{
    size_t field = entry_field(atom);
    struct tc_str key = entry_key(c, atom->cls, field, atom->values[field].list.items[0].text);

    if (tc_map_get(common, key) != NULL)
        return true;
    for (size_t end = key.len; atom->cls->fields[field].kind != TC_FIELD_NAMES && end > 0; end--)
        if (key.ptr[end - 1] == '\\' && (tc_map_get(common, tc_str_sub(key, 0, end - 1)) != NULL ||
                                         tc_map_get(common, tc_str_sub(key, 0, end)) != NULL))
            return true;
    return false;
}

/* What @a all has in common with what set @a set of the other side grants. False when out of memory. */
static bool
find_common(struct compare *c, int has, const struct tc_perm *all, size_t set, struct tc_map *common)
{
    const struct tc_perm *granted = c->perms[1 - has][set][tc_class_id(all->cls)];
    struct tc_perm *both = NULL;
    struct tc_throw ignored;

    tc_map_init(common, c->arena);
    if (granted == NULL ||
        tc_algebra_ops(all->cls->algebra)->intersect(c->arena, &machine, all, granted, &both, &ignored) != TC_YES ||
        both == NULL)
        return !c->arena->failed;
    for (size_t field = 0; field < both->cls->field_count; field++)
        for (uint32_t i = 0; both->values[field].present && tc_is_list_field(both->cls->fields[field].kind) &&
                             i < both->values[field].list.count;
             i++)
            tc_map_add(common, entry_key(c, both->cls, field, both->values[field].list.items[i].text), common);
    return !c->arena->failed;
}

/* Asking about each of thousands of entries would look at all of the other side's each time: what both have in common
 * answers for all. */
static bool
answer_many(struct compare *c, int has, size_t class)
{
    struct atoms *atoms = &c->atoms[has];
    struct tc_perm *all;
    size_t count = 0;

    for (size_t i = 0; i < atoms->count; i++)
        count += is_absent(c, has, &atoms->items[i]);
    if (count < MANY)
        return true;
    all = absent_entries(c, has, class, count);
    if (all == NULL)
        return false;
    for (size_t set = 0; set < SETS; set++) {
        enum tc_may may = set % 2 == 0 ? TC_MAY_POSSIBLY : TC_MAY_SURELY;
        const struct tc_grant_set *other = set_of(&c->subjects[1 - has], set);
        struct tc_map common;

        if (!find_common(c, has, all, set, &common))
            return false;
        for (size_t i = 0; i < atoms->count; i++) {
            struct atom *atom = &atoms->items[i];

            if (!is_absent(c, has, atom))
                continue;
            atom->is_answered = true;
            if (atom->other[set / 2] < may && (other->unrestricted || is_common(c, &common, atom->perm)))
                atom->other[set / 2] = may;
        }
    }
    return true;
}

/* ---- drafts ---- */

static bool
is_within(struct compare *c, const struct tc_perm *inner, const struct tc_perm *outer)
{
    struct tc_throw ignored;

    return tc_algebra_ops(inner->cls->algebra)->subset(c->arena, &machine, inner, outer, &ignored) == TC_YES;
}

/* What of the other side @a draft takes the place of: it was that before, or that is left of it. */
static bool
find_others(struct compare *c, struct draft *draft)
{
    const struct atoms *own = &c->atoms[draft->side], *other = &c->atoms[1 - draft->side];
    struct tc_buf values = {0};

    c->looks += other->count;
    for (size_t i = 0; i < other->count && c->looks < LOOKS_MAX; i++) {
        const struct atom *atom = &other->items[i];

        if (tc_map_get(&own->by_text, atom->text) != NULL || !is_within(c, atom->perm, draft->perm))
            continue;
        if (draft->other_count == WAS_MAX) {
            draft->others_left++;
            continue;
        }
        draft->others[draft->other_count] =
            tc_perm_copy(c->arena, atom->shown != NULL && draft->shown != NULL ? atom->shown : atom->perm);
        if (draft->others[draft->other_count++] == NULL)
            return false;
        for (size_t f = 0; f < atom->perm->cls->field_count; f++)
            if (tc_is_list_field(atom->perm->cls->fields[f].kind) && atom->perm->values[f].list.count == 1)
                tc_buf_printf(&values, "%.*s;", TC_STR_ARG(atom->perm->values[f].list.items[0].text));
    }
    c->arena->failed |= values.failed;
    draft->values = tc_arena_str(c->arena, tc_buf_str(&values));
    tc_buf_done(&values);
    if (draft->other_count > 0 && draft->effect != TC_DIFF_UNKNOWN)
        draft->effect = draft->side == 1 ? TC_DIFF_WIDER : TC_DIFF_NARROWER;
    return true;
}

/* The only field that @a perm has, if it is an atom of fields; SIZE_MAX for others. */
static size_t
only_field(const struct tc_perm *perm)
{
    size_t field = SIZE_MAX;

    if (perm->unrestricted || perm->row_count > 0)
        return SIZE_MAX;
    for (size_t i = 0; i < perm->cls->field_count; i++) {
        if (!perm->values[i].present)
            continue;
        if (field != SIZE_MAX && !tc_is_list_field(perm->cls->fields[i].kind))
            return SIZE_MAX;
        field = i;
    }
    return field;
}

static void
put_row_key(struct tc_buf *out, const struct tc_row *row)
{
    tc_buf_printf(out, "row %s", row->form->word);
    for (size_t i = 0; i < row->form->column_count; i++)
        if (row->form->columns[i].kind != TC_COLUMN_FLAGS)
            tc_buf_printf(out, "\n%d %lld %.*s", row->cells[i].present, (long long)row->cells[i].number,
                          TC_STR_ARG(row->cells[i].text));
}

static void
put_list_key(struct tc_buf *out, const struct draft *draft, const struct tc_list *list)
{
    tc_buf_printf(out, "list %d %d %zu %.*s\n%.*s", list->all, list->all_local, draft->other_count,
                  TC_STR_ARG(list->count == 0 ? TC_STR("") : list->items[0].text), TC_STR_ARG(draft->values));
}

/* Drafts of one class with the same key are told as one: flags, names, a path with several verbs, a row with several
 * flags. Empty: it is told alone. In words that are gone with the next ones. */
static struct tc_str
key_of(struct compare *c, const struct draft *draft)
{
    const struct tc_perm *perm = draft->perm;
    size_t field = only_field(perm);
    bool alone = draft->other_count == 0;

    tc_buf_clear(&c->text);
    tc_buf_printf(&c->text, "%d %s %d %u %d %d %d ", draft->side, perm->cls->type, (int)draft->effect, draft->kinds,
                  (int)draft->before, (int)draft->after, draft->shown != NULL);
    if (alone && !perm->unrestricted && perm->row_count == 1)
        put_row_key(&c->text, &perm->rows[0]);
    else if (field != SIZE_MAX && alone &&
             (perm->cls->fields[field].kind == TC_FIELD_FLAGS || perm->cls->fields[field].kind == TC_FIELD_NAMES))
        tc_buf_printf(&c->text, "field %zu", field);
    else if (field != SIZE_MAX && tc_is_list_field(perm->cls->fields[field].kind))
        put_list_key(&c->text, draft, &perm->values[field].list);
    else
        tc_buf_clear(&c->text);
    c->arena->failed |= c->text.failed;
    return tc_buf_str(&c->text);
}

/* Put what @a other says into @a into. Flags of a row are put together here, as the framework's union of entries for
 * key containers takes them apart. */
static bool
put_together(struct compare *c, struct tc_perm *into, const struct tc_perm *other)
{
    struct tc_row *row = into->rows;
    struct tc_cell *cells;

    if (into->row_count != 1 || other->row_count != 1)
        return tc_perm_unite(c->arena, into, other);
    cells = tc_arena_array(c->arena, struct tc_cell, row->form->column_count);
    if (cells == NULL)
        return false;
    for (size_t i = 0; i < row->form->column_count; i++) {
        cells[i] = row->cells[i];
        if (row->form->columns[i].kind == TC_COLUMN_FLAGS)
            cells[i].number |= other->rows[0].cells[i].number;
    }
    row->cells = cells;
    return true;
}

static bool
join(struct compare *c, struct draft *into, const struct draft *draft)
{
    bool good =
        put_together(c, into->perm, draft->perm) && (into->shown == NULL || put_together(c, into->shown, draft->shown));

    for (size_t i = 0; good && i < into->other_count; i++)
        good = tc_perm_unite(c->arena, into->others[i], draft->others[i]);
    if (draft->witness == NULL || into->witness == NULL)
        into->witness = NULL;
    return good;
}

static bool
add_draft(struct compare *c, struct draft draft)
{
    struct draft *copy;
    struct tc_str key;

    if (draft.perm == NULL || !find_others(c, &draft))
        return false;
    key = key_of(c, &draft);
    copy = key.len == 0 ? NULL : tc_map_get(&c->by_key, key);
    if (copy != NULL)
        return join(c, copy, &draft);
    copy = tc_arena_new(c->arena, struct draft);
    if (copy == NULL)
        return false;
    *copy = draft;
    *c->tail = copy;
    c->tail = &copy->next;
    if (key.len > 0)
        tc_map_add(&c->by_key, tc_arena_str(c->arena, key), copy);
    return true;
}

/* The levels of both sides of an atom of @a has. */
struct levels {
    enum tc_may before, after;
    const struct tc_perm *witness;
    bool differs;
};

static struct levels
levels_of(struct compare *c, int has, const struct atom *atom, size_t kind)
{
    const struct atoms *others = &c->atoms[1 - has];
    uintptr_t same = (uintptr_t)tc_map_get(&others->by_text, atom->text);
    enum tc_may own = atom->own[kind], other = same == 0 ? TC_MAY_NOT : others->items[same - 1].own[kind];
    const struct tc_perm *witness = NULL;

    if (other < own && atom->is_answered) {
        enum tc_may tried;

        other = atom->other[kind] > other ? atom->other[kind] : other;
        if (other < own && c->tries++ < TRIES_MAX && !try_demand(c, has, kind, atom->perm, &tried, &witness))
            (void)try_demand(c, has, kind, inside(c, atom->perm), &tried, &witness);
    } else if (other < own) {
        enum tc_may answer = answer_of(c, has, atom, kind, &witness);

        other = answer > other ? answer : other;
    }
    return (struct levels){has == 0 ? own : other, has == 0 ? other : own, witness, other < own};
}

static bool
add_atom(struct compare *c, int has, const struct atom *atom)
{
    struct levels levels[TC_OWN_KINDS];
    bool done[TC_OWN_KINDS] = {false};

    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        levels[i] = levels_of(c, has, atom, i);
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        struct draft draft = {.side = has,
                              .before = levels[i].before,
                              .after = levels[i].after,
                              .witness = levels[i].witness,
                              .span = atom->perm->span};

        if (!levels[i].differs || done[i])
            continue;
        for (size_t j = i; j < TC_OWN_KINDS; j++)
            if (levels[j].differs && levels[j].before == draft.before && levels[j].after == draft.after) {
                draft.kinds |= 1u << j;
                done[j] = true;
            }
        draft.effect = draft.before == TC_MAY_UNKNOWN || draft.after == TC_MAY_UNKNOWN ? TC_DIFF_UNKNOWN
                       : has == 1                                                      ? TC_DIFF_GAINS
                                                                                       : TC_DIFF_LOSES;
        draft.perm = tc_perm_copy(c->arena, atom->perm);
        draft.shown = atom->shown == NULL ? NULL : tc_perm_copy(c->arena, atom->shown);
        if (!add_draft(c, draft))
            return false;
    }
    return true;
}

static bool
compare_class(struct compare *c, size_t class)
{
    bool same = true;

    for (size_t i = 0; i < SETS && same; i++)
        same = is_equal(c->perms[0][i][class], c->perms[1][i][class]);
    if (same)
        return true;
    for (int side = 0; side < 2; side++)
        if (!collect_class(c, side, class))
            return false;
    if (!collect_exceptions(c, class))
        return false;
    for (int side = 0; side < 2; side++)
        if (!show_tokens(c, side, tc_class((enum tc_class_id) class)))
            return false;
    for (int side = 1; side >= 0; side--)
        if (!answer_many(c, side, class))
            return false;
    for (int side = 1; side >= 0; side--)
        for (size_t i = 0; i < c->atoms[side].count; i++)
            if (!add_atom(c, side, &c->atoms[side].items[i]))
                return false;
    return true;
}

/* ---- what is no permission of a class ---- */

static enum tc_may
full_trust_of(const struct tc_subject_grant *grant)
{
    if (grant->sure == NULL || grant->wide == NULL)
        return TC_MAY_UNKNOWN;
    return grant->sure->unrestricted ? TC_MAY_SURELY : grant->wide->unrestricted ? TC_MAY_POSSIBLY : TC_MAY_NOT;
}

/* A demand that full trust allows and the other side does not: to call native code, else all of some class. */
static const struct tc_perm *
full_witness(struct compare *c, int full, size_t kind)
{
    const struct tc_class *security = tc_class(TC_CLASS_SECURITY);
    const struct tc_enum_value *native = tc_enum_find(tc_enum(security->fields[0].values), TC_STR("UnmanagedCode"));
    struct tc_perm *demand = tc_perm_new(c->arena, security, TC_NOWHERE);

    if (demand != NULL && native != NULL) {
        demand->values[0] = (struct tc_value){.present = true, .bits = (uint64_t)native->value};
        if (tells_apart(c, full, kind, demand))
            return demand;
    }
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        demand = tc_perm_new(c->arena, tc_class((enum tc_class_id)i), TC_NOWHERE);
        if (demand == NULL)
            break;
        demand->unrestricted = true;
        if (tells_apart(c, full, kind, demand))
            return demand;
    }
    return NULL;
}

static void
compare_full_trust(struct compare *c)
{
    bool done[TC_OWN_KINDS] = {false};

    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        struct tc_diff_change change = {.area = TC_DIFF_GRANT,
                                        .what = TC_STR("full trust: everything"),
                                        .before = full_trust_of(&c->subjects[0].grants[i]),
                                        .after = full_trust_of(&c->subjects[1].grants[i])};
        int has = change.after > change.before;

        if (done[i] || change.before == change.after)
            continue;
        for (size_t j = i; j < TC_OWN_KINDS; j++)
            if (full_trust_of(&c->subjects[0].grants[j]) == change.before &&
                full_trust_of(&c->subjects[1].grants[j]) == change.after) {
                change.kinds |= 1u << j;
                done[j] = true;
            }
        change.effect = has ? TC_DIFF_GAINS : TC_DIFF_LOSES;
        change.demand = full_witness(c, has, i);
        change.witness = change.demand == NULL ? (struct tc_str){NULL, 0} : words(c, has, change.demand);
        tc_diff_list_add(c->list, change);
    }
}

/* Whether the framework refuses one of the policies: @a list then says so, and nothing else is known. */
static bool
compare_refused(struct compare *c)
{
    bool refused = false;

    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        const struct tc_subject_grant *a = &c->subjects[0].grants[i], *b = &c->subjects[1].grants[i];

        if (a->sure != NULL && a->wide != NULL && b->sure != NULL && b->wide != NULL)
            continue;
        refused = true;
        if ((a->sure == NULL) == (b->sure == NULL) && (a->wide == NULL) == (b->wide == NULL))
            continue;
        tc_diff_list_add(c->list, (struct tc_diff_change){.area = TC_DIFF_GRANT,
                                                          .effect = TC_DIFF_UNKNOWN,
                                                          .before = full_trust_of(a),
                                                          .after = full_trust_of(b),
                                                          .kinds = 1u << i,
                                                          .what = TC_STR("what the framework makes of the policy"),
                                                          .was = tc_str_of(a->throws),
                                                          .now = tc_str_of(b->throws)});
    }
    return refused;
}

/* ---- the result ---- */

static struct tc_str
others_in_words(struct compare *c, const struct draft *draft)
{
    struct tc_buf out = {0};
    struct tc_str text;

    for (size_t i = 0; i < draft->other_count; i++) {
        tc_buf_puts(&out, i == 0 ? TC_STR("") : TC_STR("; "));
        tc_buf_puts(&out, words(c, 1 - draft->side, draft->others[i]));
    }
    if (draft->others_left > 0)
        tc_buf_printf(&out, " and %zu more", draft->others_left);
    c->arena->failed |= out.failed;
    text = tc_arena_str(c->arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

/* What was joined is one demand, too, where it still tells the sides apart. */
static const struct tc_perm *
witness_of(struct compare *c, const struct draft *draft)
{
    size_t kind = 0, column;

    if (draft->witness == NULL)
        return NULL;
    while (!(draft->kinds >> kind & 1))
        kind++;
    if (!is_pattern(draft->perm, &column) && c->tries++ < 2 * TRIES_MAX &&
        tells_apart(c, draft->side, kind, draft->perm))
        return draft->perm;
    return draft->witness;
}

static void
put_drafts(struct compare *c)
{
    for (const struct draft *draft = c->drafts; draft != NULL; draft = draft->next) {
        struct tc_diff_change change = {.area = TC_DIFF_GRANT,
                                        .effect = draft->effect,
                                        .before = draft->before,
                                        .after = draft->after,
                                        .kinds = draft->kinds,
                                        .what =
                                            words(c, draft->side, draft->shown != NULL ? draft->shown : draft->perm),
                                        .demand = witness_of(c, draft)};

        if (change.demand != NULL)
            change.witness = words(c, draft->side, change.demand);
        if (draft->other_count > 0 && draft->side == 1)
            change.was = others_in_words(c, draft);
        else if (draft->other_count > 0)
            change.now = others_in_words(c, draft);
        tc_diff_set_place(&change, c->pair->sides[draft->side], draft->span);
        tc_diff_list_add(c->list, change);
    }
}

static bool
compare_classes(struct compare *c)
{
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < SETS; i++) {
            const struct tc_grant_set *set = set_of(&c->subjects[side], i);

            for (size_t g = 0; g < set->count; g++)
                if (set->grants[g].cls->assembly != TC_ASM_COUNT_)
                    c->perms[side][i][tc_class_id(set->grants[g].cls)] = set->grants[g].perm;
        }
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (!compare_class(c, i))
            return false;
    put_drafts(c);
    return true;
}

bool
tc_diff_grants(struct tc_arena *arena, const struct tc_subject subjects[2], const struct tc_diff_pair *pair,
               struct tc_diff_list *list)
{
    struct compare *c = tc_arena_new(arena, struct compare);
    bool good = true;

    if (c == NULL)
        return false;
    *c = (struct compare){.arena = arena, .subjects = subjects, .pair = pair, .list = list};
    c->tail = &c->drafts;
    tc_map_init(&c->by_key, arena);
    if (!compare_refused(c)) {
        compare_full_trust(c);
        good = compare_classes(c);
    }
    tc_buf_done(&c->text);
    return good && !arena->failed;
}
