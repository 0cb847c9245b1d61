#include "ask/demands.h"

#include "ask/atoms.h"
#include "base/map.h"
#include "isolate/samples.h"
#include "model/clauses.h"
#include "model/demand.h"
#include "model/path.h"
#include "model/perm_union.h"
#include "model/places.h"
#include "verify/grants.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is not learned ---- */

enum refusal_kind {
    KIND_FLAG,
    KIND_ACCESS,
    KIND_UNRESTRICTED,
    KIND_FILES,
    KIND_PLACE,
    KIND_HIVE,
    KIND_URLS,
    KIND_HOSTS
};

static const struct refusal_row {
    struct tc_refusal refusal;
    enum tc_class_id cls;
    enum refusal_kind kind;
    const char *name;
} refusals[] = {
#define TC_REFUSAL(id, slug, cls, kind, name, sentence, source)                                                        \
    {{slug, sentence, source}, TC_CLASS_##cls, KIND_##kind, name},
#include "data/refusals.def"
};

const struct tc_refusal *
tc_refusal(enum tc_refusal_id id)
{
    return &refusals[id].refusal;
}

enum tc_refusal_id
tc_refusal_find(struct tc_str slug)
{
    int id = 0;

    while (id < TC_REFUSAL_COUNT_ && !tc_str_is(slug, refusals[id].refusal.slug))
        id++;
    return (enum tc_refusal_id)id;
}

const char *
tc_refusal_near(struct tc_str slug)
{
    const char *best = NULL;
    unsigned limit = 4;

    for (int id = 0; id < TC_REFUSAL_COUNT_; id++) {
        unsigned distance = tc_str_distance(slug, tc_str_of(refusals[id].refusal.slug), limit - 1);

        if (distance < limit) {
            best = refusals[id].refusal.slug;
            limit = distance;
        }
    }
    return best;
}

static bool
has_flag(const struct tc_perm *atom, const char *name)
{
    const struct tc_enum_value *value = tc_enum_find(tc_enum(atom->cls->fields[0].values), tc_str_of(name));

    return value != NULL && atom->values[0].present && (atom->values[0].bits & (uint64_t)value->value) != 0;
}

/* Whether a row of @a atom has the access called @a name, and all that is in it. */
static bool
has_access(const struct tc_perm *atom, const char *name)
{
    for (uint32_t i = 0; i < atom->row_count; i++)
        for (size_t c = 0; c < atom->rows[i].form->column_count; c++) {
            const struct tc_column *column = &atom->rows[i].form->columns[c];
            const struct tc_enum_value *value =
                column->kind == TC_COLUMN_FLAGS ? tc_enum_find(tc_enum(column->values), tc_str_of(name)) : NULL;

            if (value != NULL && (atom->rows[i].cells[c].number & value->value) == value->value)
                return true;
        }
    return false;
}

/* Whether a path of @a atom is a directory of the server's own, or lies in one that it may not; to learn a name there
 * is not much (isolation takes no offence at that either). */
static bool
has_place(struct tc_arena *arena, const struct tc_perm *atom)
{
    for (size_t i = 0; i < atom->cls->field_count; i++) {
        const struct tc_list *list = &atom->values[i].list;
        bool reads = i == TC_FIELD_FILE_IO_READ || i == TC_FIELD_FILE_IO_VIEW_ACL;

        if (!atom->values[i].present || i == TC_FIELD_FILE_IO_DISCOVER)
            continue;
        for (uint32_t k = 0; k < list->count; k++) {
            enum tc_place_relation relation;
            struct tc_throw ignored;
            struct tc_str path;

            if (tc_path_canonical(arena, list->items[k].text, &path, &ignored) == TC_YES &&
                tc_place_find(path, !reads, &relation) != NULL)
                return true;
        }
    }
    return false;
}

static bool
is_hive(struct tc_str key)
{
    size_t count;
    const struct tc_hive *hives = tc_hives(&count);

    while (tc_str_ends(key, TC_STR("\\")))
        key.len--;
    for (size_t i = 0; i < count; i++)
        if (tc_str_eq_nocase(key, tc_str_of(hives[i].name)))
            return true;
    return false;
}

/* Whether a list of @a atom holds everything, or an entry of which @a is says yes. */
static bool
has_item(const struct tc_perm *atom, bool (*is)(struct tc_str text))
{
    for (size_t i = 0; i < atom->cls->field_count; i++) {
        const struct tc_value *value = &atom->values[i];

        if (!value->present || !tc_is_list_field(atom->cls->fields[i].kind))
            continue;
        if (value->list.all || value->list.all_local)
            return true;
        for (uint32_t k = 0; k < value->list.count; k++)
            if (is(value->list.items[k].text))
                return true;
    }
    return false;
}

/* Whether a row of @a atom has a pattern that does not say which hosts. */
static bool
has_open_pattern(struct tc_arena *arena, const struct tc_perm *atom)
{
    for (uint32_t i = 0; i < atom->row_count; i++) {
        struct tc_samples samples;

        if (atom->rows[i].cells[0].number != TC_WEB_PATTERN)
            continue;
        tc_samples_make(arena, atom->rows[i].cells[0].text, &samples);
        if (samples.is_open || samples.is_unknown)
            return true;
    }
    return false;
}

static bool
has_any_host(const struct tc_perm *atom)
{
    for (uint32_t i = 0; i < atom->row_count; i++)
        for (size_t c = 0; c < atom->rows[i].form->column_count; c++)
            if (atom->rows[i].form->columns[c].kind == TC_COLUMN_TEXT &&
                (tc_str_is(atom->rows[i].cells[c].text, "*") || tc_str_is(atom->rows[i].cells[c].text, "*.*.*.*")))
                return true;
    return false;
}

static bool
fits(struct tc_arena *arena, const struct refusal_row *row, const struct tc_perm *atom)
{
    switch (row->kind) {
    case KIND_FLAG:
        return !atom->unrestricted && has_flag(atom, row->name);
    case KIND_ACCESS:
        return has_access(atom, row->name);
    case KIND_UNRESTRICTED:
        return atom->unrestricted;
    case KIND_FILES:
        return atom->unrestricted || has_item(atom, tc_path_is_drive);
    case KIND_PLACE:
        return has_place(arena, atom);
    case KIND_HIVE:
        return atom->unrestricted || has_item(atom, is_hive);
    case KIND_URLS:
        return atom->unrestricted || has_open_pattern(arena, atom);
    case KIND_HOSTS:
        return atom->unrestricted || has_any_host(atom);
    }
    return false;
}

static const struct tc_refusal *
refusal_of(struct tc_arena *arena, const struct tc_perm *atom, const bool *accepted)
{
    for (size_t i = 0; i < TC_REFUSAL_COUNT_; i++)
        if (tc_class(refusals[i].cls) == atom->cls && fits(arena, &refusals[i], atom) && !accepted[i])
            return &refusals[i].refusal;
    return NULL;
}

/* ---- needs ---- */

struct collector {
    struct tc_arena *arena;
    const struct tc_subject *subject;
    enum tc_framework framework;
    const bool *accepted;
    struct tc_needs *needs;
    size_t capacity, other_capacity, idle_capacity;
    struct tc_map seen; /* of needs by what they ask for; of others by their words: their number + 1 */
    struct tc_map others;
    const struct tc_demanded *now;
    struct tc_buf text;
};

static void *
grown(struct tc_arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    void *more;

    if (count < *capacity)
        return items;
    more = tc_arena_alloc_array(arena, *capacity == 0 ? 16 : 2 * *capacity, size, alignof(max_align_t));
    if (more == NULL)
        return NULL;
    if (count > 0)
        memcpy(more, items, count * size);
    *capacity = *capacity == 0 ? 16 : 2 * *capacity;
    return more;
}

/* The number that @a key has in @a map, from 0; @a next when it is new there. SIZE_MAX: out of memory. */
static size_t
number_of(struct collector *c, struct tc_map *map, struct tc_str key, size_t next)
{
    size_t *number = tc_map_get(map, key);

    if (number != NULL)
        return *number;
    number = tc_arena_new(c->arena, size_t);
    key = tc_arena_str(c->arena, key);
    if (number == NULL || (key.ptr == NULL && key.len > 0))
        return SIZE_MAX;
    *number = next;
    tc_map_add(map, key, number);
    return c->arena->failed ? SIZE_MAX : next;
}

/* Each pattern of URLs that is nothing but one URL, as that URL: the framework writes what was asked for as a pattern
 * (permissions 9). */
static const struct tc_perm *
with_literal_url(struct tc_arena *arena, const struct tc_perm *atom)
{
    struct tc_throw ignored;
    struct tc_perm *demand;
    struct tc_str url;

    if (atom->cls != tc_class(TC_CLASS_WEB) || atom->row_count != 1 ||
        atom->rows[0].cells[0].number != TC_WEB_PATTERN ||
        !tc_samples_literal(arena, atom->rows[0].cells[0].text, &url) ||
        (!tc_str_starts(url, TC_STR("http://")) && !tc_str_starts(url, TC_STR("https://"))) || tc_str_has(url, '*') ||
        tc_str_has(url, ' ') || tc_str_has(url, '$') ||
        tc_demand_web(arena, atom->rows[0].form == &atom->cls->forms[TC_FORM_WEB_ACCEPT], url, &demand, &ignored) !=
            TC_YES ||
        demand->row_count != 1 || demand->rows[0].cells[0].number != TC_WEB_URI)
        return atom;
    demand->span = atom->span;
    return demand;
}

/* Why no source of the framework could grant @a atom; NULL when one could. */
static const char *
obstacle_of(struct collector *c, const struct tc_perm *atom)
{
    struct tc_buf words = {0};
    bool can_say;

    if (atom->cls->traits & TC_TRAIT_NOT_GRANTABLE)
        return "this is asked of the user, not of the code: no grant changes the answer";
    if (!tc_class_in(atom->cls, c->framework))
        return "the application's framework has no such class";
    if (atom->cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE && !atom->unrestricted) /* permissions 19 */
        return "the server looks queues up when it is asked, so that nobody can tell here: grant it by hand, and try "
               "it";
    if (atom->unrestricted)
        return atom->cls->traits & TC_TRAIT_NO_UNRESTRICTED ? "this class cannot be granted unrestricted" : NULL;
    can_say = tc_clauses_put(&words, c->framework, atom);
    c->arena->failed |= words.failed;
    tc_buf_done(&words);
    return can_say ? NULL : "the application's framework has no word for it";
}

static bool
judge(struct collector *c, struct tc_wanted *need)
{
    need->answer = (struct tc_may_answer){.may = TC_MAY_NOT};
    if (c->subject != NULL && tc_ask(c->arena, c->subject, need->demand, &need->answer) != TC_OK)
        return false;
    if (need->answer.may == TC_MAY_SURELY)
        return true;
    need->obstacle = obstacle_of(c, need->demand);
    if (need->obstacle == NULL)
        need->refusal = refusal_of(c->arena, need->demand, c->accepted);
    need->is_learned = need->obstacle == NULL && need->refusal == NULL;
    return true;
}

/* The pattern of an origin that is not said: it lets no request through. */
static bool
is_nothing(const struct tc_perm *atom)
{
    return atom->cls == tc_class(TC_CLASS_WEB) && atom->row_count == 1 && atom->rows[0].cells[0].text.len == 0;
}

static bool
take_atom(void *state, const struct tc_perm *atom)
{
    struct collector *c = state;
    struct tc_needs *needs = c->needs;
    size_t number;

    if (is_nothing(atom))
        return true;
    atom = with_literal_url(c->arena, atom);
    tc_buf_clear(&c->text);
    tc_demand_put(&c->text, TC_FX_4_0, atom);
    number = number_of(c, &c->seen, tc_buf_str(&c->text), needs->count);
    if (number == SIZE_MAX || c->text.failed)
        return false;
    if (number < needs->count) {
        needs->items[number].times++;
        return true;
    }
    needs->items = grown(c->arena, needs->items, needs->count, &c->capacity, sizeof *needs->items);
    if (needs->items == NULL)
        return false;
    needs->items[needs->count] =
        (struct tc_wanted){.demand = atom, .first = c->now, .number = needs->count, .times = 1};
    return judge(c, &needs->items[needs->count++]);
}

/* ---- others ---- */

/* The grant of a class that the source declares, by its type alone; NULL: none, as far as the main set says. */
static const struct tc_perm *
declared_grant(const struct tc_subject *subject, struct tc_str type)
{
    const struct tc_policy *policy = subject->policy;

    for (size_t s = 0; policy != NULL && s < policy->set_count && s < 1; s++)
        for (size_t i = 0; i < policy->sets[s]->count; i++) {
            const struct tc_class *cls = policy->sets[s]->perms[i]->cls;

            if (cls->assembly == TC_ASM_COUNT_ && tc_str_eq(tc_type_bare(tc_str_of(cls->type)), tc_type_bare(type)))
                return policy->sets[s]->perms[i];
        }
    return NULL;
}

static bool
is_full(const struct tc_subject *subject)
{
    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        if (subject->grants[i].sure == NULL || !subject->grants[i].sure->unrestricted)
            return false;
    return true;
}

/* What the own code may of the class @a cls when it is not said how much: all, nothing, or that is not known. */
static enum tc_may
may_of_class(const struct tc_subject *subject, const struct tc_class *cls)
{
    bool all = true, any = false;

    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        const struct tc_subject_grant *grant = &subject->grants[i];
        const struct tc_grant *sure = grant->sure == NULL ? NULL : tc_grant_find(grant->sure, cls);

        if (grant->sure == NULL || grant->wide == NULL)
            return TC_MAY_UNKNOWN;
        all &= sure != NULL && sure->perm != NULL && sure->perm->unrestricted;
        any |= sure != NULL || tc_grant_find(grant->wide, cls) != NULL;
    }
    return all ? TC_MAY_SURELY : any ? TC_MAY_UNKNOWN : TC_MAY_NOT;
}

static void
judge_other(struct collector *c, struct tc_wanted_other *other)
{
    const struct tc_demanded *d = other->first;
    const struct tc_perm *grant;

    other->may = TC_MAY_NOT;
    switch (d->kind) {
    case TC_DEMANDED_PERMISSION:
        return;
    case TC_DEMANDED_CLASS:
        other->may = c->subject == NULL ? TC_MAY_NOT : may_of_class(c->subject, d->cls);
        other->why =
            "the message does not say how much of it: take the whole text of the exception, down to 'the first "
            "permission that failed'";
        break;
    case TC_DEMANDED_FULL_TRUST:
        other->why = "no grant is full trust: give it to the one assembly that asks ('full-trust assembly', in the "
                     "global assembly cache) and let the rest of the application call that; 'trust full;' takes the "
                     "whole application out of the sandbox";
        break;
    case TC_DEMANDED_CALLERS:
        other->why = "no grant helps: the assembly that was called takes fully trusted callers alone until it is "
                     "marked [AllowPartiallyTrustedCallers] by its author; or wrap it in an assembly of your own that "
                     "is fully trusted and carries the mark";
        break;
    case TC_DEMANDED_FOREIGN:
        grant = c->subject == NULL ? NULL : declared_grant(c->subject, d->type);
        other->may = grant == NULL ? TC_MAY_NOT : grant->unrestricted ? TC_MAY_SURELY : TC_MAY_UNKNOWN;
        other->why = grant == NULL
                         ? "a class of a third party: declare it with 'class' and grant it what its maker says"
                         : "a class of a third party is granted, but only its own code knows what that allows";
        break;
    case TC_DEMANDED_UNREADABLE:
        other->may = TC_MAY_UNKNOWN;
        other->why = "the framework itself could not read this permission";
        break;
    }
    if (c->subject != NULL && is_full(c->subject))
        other->may = TC_MAY_SURELY;
}

static bool
take_other(struct collector *c)
{
    struct tc_needs *needs = c->needs;
    struct tc_str key = tc_arena_printf(c->arena, "%d %.*s", (int)c->now->kind, TC_STR_ARG(c->now->type));
    size_t number = number_of(c, &c->others, key, needs->other_count);

    if (number == SIZE_MAX)
        return false;
    if (number < needs->other_count) {
        needs->others[number].times++;
        return true;
    }
    needs->others = grown(c->arena, needs->others, needs->other_count, &c->other_capacity, sizeof *needs->others);
    if (needs->others == NULL)
        return false;
    needs->others[needs->other_count] = (struct tc_wanted_other){.first = c->now, .times = 1};
    judge_other(c, &needs->others[needs->other_count++]);
    return true;
}

static bool
collect(struct collector *c, const struct tc_demands_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (c->now = reports[i].first; c->now != NULL; c->now = c->now->next) {
            const struct tc_perm *perm = c->now->perm;

            if (c->now->kind != TC_DEMANDED_PERMISSION) {
                if (!take_other(c))
                    return false;
                continue;
            }
            if (c->subject != NULL)
                perm = tc_fill_perm(c->arena, perm, &c->subject->values);
            if (perm == NULL || !tc_atoms(c->arena, perm, take_atom, c))
                return false;
        }
    return true;
}

static int
by_class(const void *a, const void *b)
{
    const struct tc_wanted *x = a, *y = b;

    if (x->demand->cls != y->demand->cls)
        return tc_class_id(x->demand->cls) < tc_class_id(y->demand->cls) ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* ---- the smallest grant ---- */

static int
by_text(const void *a, const void *b)
{
    return tc_str_cmp(((const struct tc_item *)a)->text, ((const struct tc_item *)b)->text);
}

/* @a path with the token of the application's directory, where it lies in it. */
static struct tc_str
with_token(struct tc_arena *arena, struct tc_str path, const struct tc_token_values *values)
{
    struct tc_str dir = values->values[TC_TOKEN_APP_DIR], rest;

    while (tc_str_ends(dir, TC_STR("\\")))
        dir.len--;
    if (dir.len <= 2 || !tc_str_starts_nocase(path, dir))
        return path;
    rest = tc_str_sub(path, dir.len, SIZE_MAX);
    if (rest.len > 0 && rest.ptr[0] != '\\')
        return path;
    return tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(tc_token_text(TC_TOKEN_APP_DIR)), TC_STR_ARG(rest));
}

static bool
settle_list(struct tc_arena *arena, struct tc_list *list, enum tc_field_kind kind, const struct tc_token_values *values)
{
    struct tc_item *items = tc_arena_array(arena, struct tc_item, list->count);

    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        items[i] = (struct tc_item){.text = list->items[i].text, .span = list->items[i].span};
        if (kind == TC_FIELD_PATHS && values != NULL)
            items[i].text = with_token(arena, items[i].text, values);
    }
    if (list->count > 0)
        qsort(items, list->count, sizeof *items, by_text);
    list->items = items;
    list->index = NULL;
    return true;
}

/* The application's own origin is said by its word. */
static bool
settle_row(struct tc_arena *arena, struct tc_row *row, const struct tc_token_values *values)
{
    struct tc_cell *cells = tc_arena_array(arena, struct tc_cell, row->form->column_count);
    struct tc_str origin = values == NULL ? TC_STR("") : values->values[TC_TOKEN_ORIGIN_HOST];

    if (cells == NULL)
        return false;
    memcpy(cells, row->cells, row->form->column_count * sizeof *cells);
    for (size_t i = 0; i < row->form->column_count; i++)
        if (row->form->columns[i].kind == TC_COLUMN_URI && cells[i].number == TC_WEB_PATTERN && origin.len > 0 &&
            tc_str_eq(cells[i].text, origin))
            cells[i].text = tc_token_text(TC_TOKEN_ORIGIN_HOST);
    row->cells = cells;
    return true;
}

/* @a perm as a source writes it. */
static const struct tc_perm *
as_written(struct tc_arena *arena, const struct tc_perm *perm, const struct tc_token_values *values)
{
    struct tc_perm *copy = tc_perm_copy(arena, perm);

    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < copy->cls->field_count; i++) {
        enum tc_field_kind kind = copy->cls->fields[i].kind;

        if (kind == TC_FIELD_LEVEL || kind == TC_FIELD_INT64 || kind == TC_FIELD_BOOL)
            copy->values[i].present &= copy->values[i].number != 0; /* nothing needs no words */
    }
    for (size_t i = 0; i < copy->cls->field_count; i++)
        if (copy->values[i].present && tc_is_list_field(copy->cls->fields[i].kind) &&
            !settle_list(arena, &copy->values[i].list, copy->cls->fields[i].kind, values))
            return NULL;
    for (uint32_t i = 0; i < copy->row_count; i++)
        if (!settle_row(arena, &copy->rows[i], values))
            return NULL;
    copy->row_index = NULL;
    return copy;
}

/* The framework's union of what is learned of one class: needs [from, to). */
static enum tc_status
unite(struct tc_arena *arena, const struct tc_subject *subject, struct tc_needs *needs, size_t from, size_t to)
{
    struct tc_perm_union all = {0};
    const struct tc_perm *grant = NULL;
    struct tc_throw thrown;

    for (size_t i = from; i < to; i++) {
        struct tc_wanted *need = &needs->items[i];

        if (!need->is_learned || tc_perm_union_add(arena, &all, need->demand, &thrown) == TC_YES)
            continue;
        need->is_learned = false;
        need->obstacle = "it cannot be united with what else is asked for";
    }
    if (tc_perm_union_end(arena, &all, &grant, &thrown) != TC_YES || grant == NULL)
        return arena->failed ? TC_ERR_NOMEM : TC_OK;
    grant = as_written(arena, grant, subject == NULL ? NULL : &subject->values);
    if (grant == NULL)
        return TC_ERR_NOMEM;
    needs->grants[needs->grant_count++] = grant;
    return TC_OK;
}

enum tc_status
tc_needs_settle(struct tc_arena *arena, const struct tc_subject *subject, struct tc_needs *needs)
{
    needs->grant_count = 0;
    needs->grants = tc_arena_array(arena, const struct tc_perm *, TC_CLASS_COUNT_);
    if (needs->grants == NULL)
        return TC_ERR_NOMEM;
    for (size_t from = 0, to; from < needs->count; from = to) {
        enum tc_status status;

        for (to = from; to < needs->count && needs->items[to].demand->cls == needs->items[from].demand->cls;)
            to++;
        status = unite(arena, subject, needs, from, to);
        if (status != TC_OK)
            return status;
    }
    return TC_OK;
}

static bool
has_nul_end(struct tc_str *rest, struct tc_str *ret_clause)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\0', rest->len);

    if (end == NULL)
        return false;
    *ret_clause = tc_str_sub(*rest, 0, (size_t)(end - rest->ptr));
    *rest = tc_str_sub(*rest, ret_clause->len + 1, SIZE_MAX);
    return true;
}

void
tc_needs_put_grants(struct tc_buf *out, const struct tc_needs *needs, enum tc_framework framework, struct tc_str indent,
                    struct tc_str end)
{
    for (size_t i = 0; i < needs->grant_count; i++) {
        const struct tc_perm *perm = needs->grants[i];
        struct tc_buf clauses = {0};
        struct tc_str rest, clause;

        tc_buf_printf(out, "%.*sgrant ", TC_STR_ARG(indent));
        tc_put_name(out, tc_str_of(perm->cls->word));
        if (!perm->unrestricted)
            tc_clauses_put(&clauses, framework, perm);
        if (clauses.len == 0)
            tc_buf_puts(out, TC_STR(" unrestricted;"));
        else
            tc_buf_puts(out, TC_STR(" {"));
        rest = tc_buf_str(&clauses);
        while (has_nul_end(&rest, &clause))
            tc_buf_printf(out, " %.*s", TC_STR_ARG(clause));
        if (clauses.len > 0)
            tc_buf_puts(out, TC_STR(" }"));
        tc_buf_puts(out, end);
        out->failed |= clauses.failed;
        tc_buf_done(&clauses);
    }
}

/* ---- what nobody asked for ---- */

/* Rights that no page runs without, whoever asks: sema demands them too (language: The base). */
static bool
is_to_run(const struct tc_perm *atom)
{
    return atom->cls == tc_class(TC_CLASS_ASPNET_HOSTING) ||
           (atom->cls == tc_class(TC_CLASS_SECURITY) && !atom->unrestricted && has_flag(atom, "Execution"));
}

/* Whether one of the two holds the other. */
static bool
touches(struct tc_arena *arena, const struct tc_perm *atom, const struct tc_perm *demand)
{
    const struct tc_algebra_ops *ops = tc_algebra_ops(atom->cls->algebra);
    struct tc_throw ignored;

    return ops->subset(arena, NULL, demand, atom, &ignored) == TC_YES ||
           ops->subset(arena, NULL, atom, demand, &ignored) == TC_YES;
}

static bool
take_idle(void *state, const struct tc_perm *atom)
{
    struct collector *c = state;
    struct tc_needs *needs = c->needs;

    if (is_to_run(atom) || is_nothing(atom))
        return true;
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i].demand->cls == atom->cls && touches(c->arena, atom, needs->items[i].demand))
            return true;
    for (size_t i = 0; i < needs->other_count; i++)
        if (needs->others[i].first->cls == atom->cls)
            return true;
    needs->idle = grown(c->arena, needs->idle, needs->idle_count, &c->idle_capacity, sizeof *needs->idle);
    if (needs->idle == NULL)
        return false;
    needs->idle[needs->idle_count++] = atom;
    return true;
}

static bool
find_idle(struct collector *c)
{
    const struct tc_grant_set *set = c->subject == NULL ? NULL : c->subject->grants[0].sure;

    for (size_t i = 0; set != NULL && !set->unrestricted && i < set->count; i++)
        if (set->grants[i].perm != NULL && !tc_atoms(c->arena, set->grants[i].perm, take_idle, c))
            return false;
    return true;
}

/* ---- all of it ---- */

static void
count(struct tc_needs *needs)
{
    for (size_t i = 0; i < needs->count; i++) {
        bool is_covered = needs->items[i].answer.may == TC_MAY_SURELY;

        needs->covered += is_covered;
        needs->uncovered += !is_covered;
        needs->refused += needs->items[i].refusal != NULL;
    }
    for (size_t i = 0; i < needs->other_count; i++) {
        needs->covered += needs->others[i].may == TC_MAY_SURELY;
        needs->uncovered += needs->others[i].may != TC_MAY_SURELY;
        needs->refused +=
            needs->others[i].may != TC_MAY_SURELY && needs->others[i].first->kind == TC_DEMANDED_FULL_TRUST;
    }
}

enum tc_status
tc_needs_of(struct tc_arena *arena, const struct tc_subject *subject, enum tc_framework framework,
            const struct tc_demands_report *reports, size_t report_count, const bool *accepted, struct tc_needs *ret)
{
    struct collector c = {
        .arena = arena, .subject = subject, .framework = framework, .accepted = accepted, .needs = ret};
    enum tc_status status = TC_ERR_NOMEM;

    *ret = (struct tc_needs){0};
    tc_map_init(&c.seen, arena);
    tc_map_init(&c.others, arena);
    if (collect(&c, reports, report_count)) {
        if (ret->count > 0)
            qsort(ret->items, ret->count, sizeof *ret->items, by_class);
        status = tc_needs_settle(arena, subject, ret);
    }
    if (status == TC_OK && !find_idle(&c))
        status = TC_ERR_NOMEM;
    count(ret);
    tc_buf_done(&c.text);
    return arena->failed ? TC_ERR_NOMEM : status;
}
