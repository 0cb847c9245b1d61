#include "ask/why.h"

#include "ask/atoms.h"
#include "base/map.h"
#include "model/clauses.h"
#include "model/netregex.h"
#include "model/path.h"
#include "verify/grants.h"

#include <string.h>

/* ---- the nearest grant ---- */

/* How alike two texts are: what they share at the front or at the end. */
static size_t
likeness(struct tc_str a, struct tc_str b)
{
    size_t front = 0, back = 0, least = a.len < b.len ? a.len : b.len;

    while (front < least && tc_str_eq_nocase(tc_str_sub(a, front, 1), tc_str_sub(b, front, 1)))
        front++;
    while (back < least && tc_str_eq_nocase(tc_str_sub(a, a.len - back - 1, 1), tc_str_sub(b, b.len - back - 1, 1)))
        back++;
    return front > back ? front : back;
}

/* The host of a URL or of a pattern that names one; else the text. */
static struct tc_str
host_in(struct tc_arena *arena, struct tc_str url)
{
    struct tc_str plain = tc_arena_replace(arena, url, TC_STR("\\."), TC_STR("."));
    size_t begin = tc_str_find(plain, TC_STR("://"), 0), end;

    if (begin == SIZE_MAX)
        return plain;
    plain = tc_str_sub(plain, begin + 3, SIZE_MAX);
    end = tc_str_find(plain, TC_STR("/"), 0);
    return tc_str_sub(plain, 0, end);
}

struct nearness {
    enum tc_why_near near;
    size_t score;
};

/* The field and the one entry of a list that @a atom is. */
static const struct tc_item *
item_of(const struct tc_perm *atom, size_t *ret_field)
{
    for (size_t i = 0; i < atom->cls->field_count && !atom->unrestricted; i++)
        if (atom->values[i].present && tc_is_list_field(atom->cls->fields[i].kind) && atom->values[i].list.count == 1) {
            *ret_field = i;
            return &atom->values[i].list.items[0];
        }
    return NULL;
}

static struct nearness
near_item(const struct tc_perm *wanted, const struct tc_perm *has)
{
    size_t wanted_field = 0, field = 0;
    const struct tc_item *a = item_of(wanted, &wanted_field), *b = item_of(has, &field);
    struct nearness result = {TC_WHY_NEAR_CLASS, 0};

    if (a == NULL || b == NULL)
        return result;
    result.score = likeness(a->text, b->text) * 2 + (field == wanted_field);
    if (tc_path_covers(b->text, a->text) || tc_str_eq_nocase(a->text, b->text))
        result.near = field == wanted_field ? TC_WHY_NEAR_PLACE : TC_WHY_NEAR_ACCESS;
    else if (result.score >= 8) /* more than a drive */
        result.near = TC_WHY_NEAR_PLACE;
    return result;
}

static struct nearness
near_row(struct tc_arena *arena, const struct tc_row *wanted, const struct tc_row *has)
{
    struct nearness result = {TC_WHY_NEAR_CLASS, 0};
    size_t texts = 0, same = 0;

    if (strcmp(wanted->form->word, has->form->word) == 0)
        result.score++;
    if (wanted->form->column_count != has->form->column_count)
        return result;
    for (size_t c = 0; c < wanted->form->column_count; c++) {
        struct tc_str a = wanted->cells[c].text, b = has->cells[c].text;
        size_t alike;

        if (a.len == 0 || b.len == 0)
            continue;
        a = host_in(arena, a);
        b = host_in(arena, b);
        alike = likeness(a, b);
        texts++;
        same += alike == a.len && alike == b.len;
        result.score += alike * 2;
    }
    if (texts > 0 && same == texts)
        result.near = TC_WHY_NEAR_ACCESS;
    else if (result.score >= 8)
        result.near = TC_WHY_NEAR_PLACE;
    return result;
}

struct nearest {
    struct tc_arena *arena;
    const struct tc_subject *subject;
    const struct tc_perm *wanted; /* one atom */
    const struct tc_trace_grant *grant;
    struct nearness best;
    struct tc_trace_grant *ret;
};

static bool
compare_atom(void *state, const struct tc_perm *atom)
{
    struct nearest *n = state;
    const struct tc_perm *filled = tc_fill_perm(n->arena, atom, &n->subject->values);
    struct nearness one = {TC_WHY_NEAR_CLASS, 0};

    if (filled == NULL)
        return false;
    if (n->wanted->row_count == 1 && filled->row_count == 1)
        one = near_row(n->arena, &n->wanted->rows[0], &filled->rows[0]);
    else
        one = near_item(n->wanted, filled);
    if (n->best.near != TC_WHY_NEAR_NONE &&
        (one.near < n->best.near || (one.near == n->best.near && one.score <= n->best.score)))
        return true;
    n->best = one;
    *n->ret = *n->grant;
    n->ret->entry = atom;
    n->ret->span = atom->span.begin != 0 ? atom->span : n->grant->span;
    return true;
}

static bool
first_atom(void *state, const struct tc_perm *atom)
{
    *(const struct tc_perm **)state = atom;
    return false;
}

static enum tc_status
find_nearest(struct tc_arena *arena, const struct tc_subject *subject, struct tc_why *ret)
{
    struct nearest n = {.arena = arena, .subject = subject, .ret = &ret->nearest};
    const struct tc_perm *wanted = tc_fill_perm(arena, ret->missing, &subject->values);
    struct tc_trace_grants grants;

    if (wanted == NULL)
        return TC_ERR_NOMEM;
    (void)tc_atoms(arena, wanted, first_atom, &n.wanted);
    if (n.wanted == NULL || ret->traces[0].throws != NULL)
        return TC_OK;
    if (tc_trace_of_class(arena, &ret->traces[0], ret->missing->cls, &grants) != TC_OK)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < grants.count; i++) {
        n.grant = &grants.items[i];
        if (n.grant->perm != NULL)
            (void)tc_atoms(arena, n.grant->perm, compare_atom, &n);
    }
    ret->near = n.best.near;
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- what is missing ---- */

struct missing {
    struct tc_arena *arena;
    const struct tc_subject *subject;
    struct tc_perm *perm;
    bool failed;
};

static bool
add_missing(void *state, const struct tc_perm *atom)
{
    struct missing *m = state;
    struct tc_may_answer answer;

    if (tc_ask(m->arena, m->subject, atom, &answer) != TC_OK)
        return false;
    if (answer.may == TC_MAY_SURELY)
        return true;
    m->failed |= !tc_perm_unite(m->arena, m->perm, atom);
    return true;
}

/* The part of the demand that is not surely granted. */
static const struct tc_perm *
missing_part(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand)
{
    struct missing m = {.arena = arena, .subject = subject, .perm = tc_perm_new(arena, demand->cls, demand->span)};

    if (m.perm == NULL || demand->unrestricted)
        return m.perm == NULL ? NULL : demand;
    if (!tc_atoms(arena, demand, add_missing, &m) || m.failed || tc_perm_is_empty(m.perm))
        return demand;
    return m.perm;
}

/* ---- what decides beside grants ---- */

static unsigned
bit(enum tc_why_id id)
{
    return 1u << id;
}

/* Whether a set that a code group names would allow it, and is not given. */
static bool
is_in_other_set(struct tc_arena *arena, const struct tc_trace *trace, const struct tc_perm *demand)
{
    const struct tc_perm *filled = tc_fill_perm(arena, demand, &trace->subject->values);
    const char *throws;

    for (size_t i = 0; i < trace->groups.count && trace->is_domain_set && filled != NULL; i++)
        if (tc_ask_set(arena, trace->groups.steps[i].set, filled, &throws) == TC_MAY_SURELY)
            return true;
    return false;
}

static void
find_facts(struct tc_arena *arena, struct tc_why *ret, const struct tc_perm *demand)
{
    bool nothing = true;

    if (demand->cls->traits & TC_TRAIT_NOT_GRANTABLE) {
        ret->facts |= bit(TC_WHY_NOT_CAS);
        ret->is_hopeless = true;
    } else if (demand->cls->algebra == TC_ALGEBRA_IDENTITY) {
        ret->facts |= bit(TC_WHY_IDENTITY);
    }
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        const struct tc_trace *trace = &ret->traces[i];

        if (is_in_other_set(arena, trace, demand))
            ret->facts |= bit(TC_WHY_DOMAIN_SET);
        nothing &= trace->throws == NULL;
        for (size_t j = 0; j < trace->set_count; j++)
            nothing &= !trace->sets[j].grants->unrestricted && trace->sets[j].grants->count == 0;
    }
    if (nothing)
        ret->facts |= bit(TC_WHY_NO_GROUP);
}

/* The URL that @a pattern is the escaped form of; empty when it is a pattern. */
static struct tc_str
unescaped(struct tc_arena *arena, struct tc_str pattern)
{
    char *copy = tc_arena_alloc(arena, pattern.len + 1, 1);
    struct tc_str text = {copy, 0};

    for (size_t i = 0; copy != NULL && i < pattern.len; i++) {
        if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
            i++;
        copy[text.len++] = pattern.ptr[i];
    }
    return copy != NULL && tc_str_eq(tc_netregex_escape(arena, text), pattern) ? text : (struct tc_str){NULL, 0};
}

const struct tc_perm *
tc_why_demanded(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_perm *copy = NULL;

    for (uint32_t i = 0; i < perm->row_count; i++)
        for (size_t c = 0; c < perm->rows[i].form->column_count; c++) {
            const struct tc_cell *cell = &perm->rows[i].cells[c];
            struct tc_cell *cells;
            struct tc_str url;

            if (perm->rows[i].form->columns[c].kind != TC_COLUMN_URI || cell->number != TC_WEB_PATTERN)
                continue;
            url = unescaped(arena, cell->text);
            if (url.len == 0)
                continue;
            copy = copy != NULL ? copy : tc_perm_copy(arena, perm);
            cells = tc_arena_array(arena, struct tc_cell, perm->rows[i].form->column_count);
            if (copy == NULL || cells == NULL)
                return NULL;
            memcpy(cells, copy->rows[i].cells, perm->rows[i].form->column_count * sizeof *cells);
            cells[c].text = url;
            cells[c].number = tc_str_find(url, TC_STR("://"), 0) == SIZE_MAX ? TC_WEB_TEXT : TC_WEB_URI;
            copy->rows[i].cells = cells;
        }
    return arena->failed ? NULL : copy != NULL ? copy : perm;
}

unsigned
tc_why_marks(struct tc_str text)
{
    unsigned facts = 0;

    for (int i = 0; i < TC_WHY_COUNT_; i++) {
        struct tc_str rest = tc_str_of(tc_why_fact((enum tc_why_id)i)->marks), mark;

        while (tc_str_next_part(&rest, "|", &mark))
            if (tc_str_find(text, mark, 0) != SIZE_MAX)
                facts |= bit((enum tc_why_id)i);
    }
    return facts;
}

enum tc_status
tc_why_of(struct tc_arena *arena, const struct tc_subject *subject, const struct tc_perm *demand, bool any_part,
          struct tc_why *ret)
{
    enum tc_status status;

    *ret = (struct tc_why){.near = TC_WHY_NEAR_NONE, .is_part = any_part};
    status = tc_answer_may(arena, subject, demand, any_part, &ret->answer);
    for (size_t i = 0; i < TC_OWN_KINDS && status == TC_OK; i++)
        status = tc_trace_of(arena, subject, i, ret->answer.may.may != TC_MAY_SURELY, &ret->traces[i]);
    if (status != TC_OK || ret->answer.may.may == TC_MAY_SURELY)
        return status;
    find_facts(arena, ret, demand);
    if (demand->cls->assembly == TC_ASM_COUNT_ && ret->answer.may.may == TC_MAY_UNKNOWN)
        return TC_OK;
    ret->missing = missing_part(arena, subject, demand);
    if (ret->missing == NULL)
        return TC_ERR_NOMEM;
    status = find_nearest(arena, subject, ret);
    if (any_part || ret->is_hopeless)
        ret->missing = NULL; /* the smallest change for something that is not named is none */
    return status;
}

void
tc_why_put_group(struct tc_buf *out, const struct tc_group *group)
{
    if (group->is_raw)
        tc_buf_puts(out, TC_STR("raw markup"));
    else
        tc_condition_put(out, &group->condition);
    if (group->name.len > 0)
        tc_buf_printf(out, " '%.*s'", TC_STR_ARG(group->name));
}

/* ---- one line ---- */

struct line_look {
    struct tc_arena *arena;
    struct tc_span line;
    const struct tc_subject *subject;
    size_t weight; /* how many subjects have this policy */
    const struct tc_trace *trace;
    struct tc_trace_grant grant; /* the one that is looked at */
    struct tc_why_lines *ret;
    bool failed;
};

static bool
is_on(const struct line_look *look, struct tc_span span)
{
    return span.begin != 0 && span.begin >= look->line.begin && span.begin < look->line.end;
}

static struct tc_why_line *
line_for(struct line_look *look, const struct tc_perm *entry)
{
    struct tc_why_lines *ret = look->ret;
    struct tc_why_line *larger;

    for (size_t i = 0; i < ret->count; i++)
        if (ret->items[i].entry->cls == entry->cls && ret->items[i].entry->span.begin == entry->span.begin &&
            tc_perm_equal(ret->items[i].entry, entry))
            return &ret->items[i];
    larger = tc_arena_more(look->arena, struct tc_why_line, ret->items, ret->count, &ret->capacity, 8);
    if (larger == NULL)
        return NULL;
    ret->items = larger;
    ret->items[ret->count] =
        (struct tc_why_line){.entry = entry, .possible = look->grant.possible, .is_shadowed = true};
    return &ret->items[ret->count++];
}

struct cover {
    struct tc_arena *arena;
    const struct tc_subject *subject;
    const struct tc_perm *wanted;
    uint32_t own; /* where the entry itself begins */
    const struct tc_perm *found;
};

static bool
try_cover(void *state, const struct tc_perm *atom)
{
    struct cover *cover = state;
    struct tc_grant grant = {.cls = atom->cls, .perm = tc_fill_perm(cover->arena, atom, &cover->subject->values)};
    struct tc_grant_set set = {.grants = &grant, .count = 1};
    const char *throws;

    if (grant.perm == NULL || (atom->span.begin == cover->own && tc_perm_equal(grant.perm, cover->wanted)))
        return true;
    if (tc_ask_set(cover->arena, &set, cover->wanted, &throws) != TC_MAY_SURELY)
        return true;
    cover->found = atom;
    return false;
}

/* Another grant that allows what @a entry does. */
static bool
find_cover(struct line_look *look, const struct tc_perm *entry, struct tc_trace_grant *ret)
{
    struct cover cover = {.arena = look->arena,
                          .subject = look->subject,
                          .wanted = tc_fill_perm(look->arena, entry, &look->subject->values),
                          .own = entry->span.begin};
    struct tc_trace_grants grants;

    if (cover.wanted == NULL || tc_trace_of_class(look->arena, look->trace, entry->cls, &grants) != TC_OK)
        return false;
    for (size_t i = 0; i < grants.count && cover.found == NULL; i++) {
        *ret = grants.items[i];
        if (ret->possible && !look->grant.possible)
            continue;
        if (ret->perm == NULL && ret->entry == NULL)
            return ret->set->grants->unrestricted;
        (void)tc_atoms(look->arena, ret->perm != NULL ? ret->perm : ret->entry, try_cover, &cover);
        if (cover.found != NULL) {
            ret->entry = cover.found;
            ret->span = cover.found->span.begin != 0 ? cover.found->span : ret->span;
        }
    }
    return cover.found != NULL;
}

static bool
look_at_entry(void *state, const struct tc_perm *atom)
{
    struct line_look *look = state;
    struct tc_trace_grant cover = {.perm = NULL};
    struct tc_why_line *line;
    bool shadowed;

    if (!is_on(look, atom->span) && !is_on(look, look->grant.perm->span))
        return true;
    line = line_for(look, atom);
    if (line == NULL) {
        look->failed = true;
        return false;
    }
    shadowed = find_cover(look, atom, &cover);
    if (line->holders == 0 || (!shadowed && line->is_shadowed))
        line->first = look->subject;
    line->holders += look->weight;
    if (shadowed && line->is_shadowed && line->shadowed_by.set == NULL)
        line->shadowed_by = cover;
    line->is_shadowed &= shadowed;
    return true;
}

static bool
look_at_class(struct line_look *look, const struct tc_class *cls)
{
    struct tc_trace_grants grants;

    if (tc_trace_of_class(look->arena, look->trace, cls, &grants) != TC_OK)
        return false;
    for (size_t i = 0; i < grants.count; i++) {
        look->grant = grants.items[i];
        if (look->grant.perm != NULL)
            (void)tc_atoms(look->arena, look->grant.perm, look_at_entry, look);
    }
    return !look->failed;
}

static bool
look_at_set(struct line_look *look, const struct tc_pset *set)
{
    for (int pass = 0; pass < 2; pass++) {
        size_t count = pass == 0 ? set->count : set->possible_count;

        for (size_t i = 0; i < count; i++) {
            const struct tc_perm *perm = pass == 0 ? set->perms[i] : set->possible[i];

            if (pass == 1 && tc_pset_find(set, perm->cls) != NULL)
                continue; /* seen with what is sure */
            if (!look_at_class(look, perm->cls))
                return false;
        }
    }
    return true;
}

/* Markup that the line has a part of. */
static bool
look_at_raw(struct line_look *look, const struct tc_pset *set)
{
    struct tc_expected expected = look->subject->sure_expected;
    const struct tc_span line = look->line;

    expected.arena = look->arena;
    for (const struct tc_raw *raw = set->raw; raw != NULL && !look->failed; raw = raw->next) {
        const struct tc_grant_set *grants;

        if (raw->span.begin == 0 || raw->span.begin >= line.end || raw->span.end <= line.begin)
            continue;
        grants = tc_expected_raw_set(&expected, raw);
        look->line = raw->span; /* all of it stands there */
        for (size_t i = 0; grants != NULL && i < grants->count; i++) {
            look->grant = (struct tc_trace_grant){.perm = grants->grants[i].perm};
            if (look->grant.perm != NULL)
                (void)tc_atoms(look->arena, look->grant.perm, look_at_entry, look);
        }
        look->line = line;
        look->failed |= grants == NULL;
    }
    return !look->failed;
}

/* How many of @a subjects from number @a first on have the policy of that one; 0 when an earlier one had it. */
static size_t
count_policy(const struct tc_map *seen, const struct tc_policy *policy)
{
    struct tc_str key = {(const char *)&policy, sizeof policy};
    size_t *count = tc_map_get(seen, key);

    return count == NULL ? 0 : *count;
}

static bool
count_policies(struct tc_arena *arena, const struct tc_subject *const *subjects, size_t count, struct tc_map *seen)
{
    tc_map_init(seen, arena);
    for (size_t i = 0; i < count; i++) {
        struct tc_str key = {(const char *)&subjects[i]->policy, sizeof subjects[i]->policy};
        size_t *known = tc_map_get(seen, key);

        if (known == NULL) {
            known = tc_arena_new(arena, size_t);
            if (known == NULL)
                return false;
            tc_map_add(seen, key, known);
        }
        (*known)++;
    }
    return !arena->failed;
}

enum tc_status
tc_why_line(struct tc_arena *arena, const struct tc_subject *const *subjects, size_t count, struct tc_span line,
            struct tc_why_lines *ret)
{
    struct line_look look = {.arena = arena, .line = line, .ret = ret};
    struct tc_map counts, seen;

    *ret = (struct tc_why_lines){.count = 0};
    tc_map_init(&seen, arena);
    if (!count_policies(arena, subjects, count, &counts))
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tc_str key = {(const char *)&subjects[i]->policy, sizeof subjects[i]->policy};
        struct tc_trace trace;

        if (subjects[i]->policy == NULL || tc_map_add(&seen, key, &look) != NULL)
            continue;
        look.subject = subjects[i];
        look.weight = count_policy(&counts, subjects[i]->policy);
        look.trace = &trace;
        if (tc_trace_of(arena, subjects[i], 0, true, &trace) != TC_OK)
            return TC_ERR_NOMEM;
        for (size_t j = 0; j < trace.set_count; j++) {
            const struct tc_pset *set = tc_trace_written(&trace, trace.sets[j].set);

            if (set != NULL && (!look_at_set(&look, set) || !look_at_raw(&look, set)))
                return TC_ERR_NOMEM;
        }
    }
    return arena->failed ? TC_ERR_NOMEM : TC_OK;
}
