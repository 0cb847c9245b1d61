#include "report/matrix.h"

#include <stdlib.h>

/* What the findings looked at so far come to for a pair. A state is one sequence of findings with what becomes of each:
 * pairs in one state have one answer. */
struct state {
    struct tc_pair_verdict verdict;
    uint32_t parent; /* without the last finding; NONE: none has been applied */
    struct tc_pair_part part;
    size_t depth;
    uint32_t answer; /* NONE: no pair ended here yet */
};

#define NONE TC_NO_ANSWER /* pairs without a state are pairs without an answer */
enum { WAYS = 2 * TC_VERDICT_COUNT_ };

/* Where a finding leads from a state, by what becomes of it; good for the finding that it was made for. */
struct step {
    uint32_t finding, next;
};

struct making {
    struct tc_arena *arena;
    const struct tc_isolation *isolation;
    size_t n;
    uint32_t *of; /* the state of each pair, later its answer */
    struct state *states;
    struct step *steps; /* WAYS for each state */
    size_t count, capacity;
    struct tc_pair_answer *answers;
    size_t answer_count;
    bool failed;
};

/* ---- states ---- */

static uint32_t
add_state(struct making *m, const struct state *state)
{
    if (m->count == m->capacity) {
        size_t capacity = m->capacity == 0 ? 64 : 2 * m->capacity;
        struct state *states = realloc(m->states, capacity * sizeof *states);
        struct step *steps;

        if (states != NULL)
            m->states = states;
        steps = realloc(m->steps, capacity * WAYS * sizeof *steps);
        if (steps != NULL)
            m->steps = steps;
        if (states == NULL || steps == NULL) {
            m->failed = true;
            return 0;
        }
        m->capacity = capacity;
    }
    for (int way = 0; way < WAYS; way++)
        m->steps[m->count * WAYS + (size_t)way].finding = NONE;
    m->states[m->count] = *state;
    return (uint32_t)m->count++;
}

/* The state that @a part leads to from @a from, for the pair that it was looked up for. */
static uint32_t
step(struct making *m, uint32_t from, const struct tc_pair_part *part, size_t actor, size_t victim)
{
    size_t way = (size_t)part->other * 2 + part->is_taken;
    struct step *step = &m->steps[from * WAYS + way];
    struct state next;
    uint32_t number;

    if (step->finding == part->index)
        return step->next;
    next = (struct state){.verdict = m->states[from].verdict,
                          .parent = from,
                          .part = *part,
                          .depth = m->states[from].depth + 1,
                          .answer = NONE};
    tc_isolation_apply(m->isolation, part->finding, actor, victim, &next.verdict);
    number = add_state(m, &next);
    m->steps[from * WAYS + way] = (struct step){part->index, number};
    return number;
}

static void
apply_finding(struct making *m, const struct tc_isolation_finding *finding, uint32_t index)
{
    struct tc_pair_part part = {.finding = finding, .index = index};

    for (size_t i = 0; i < finding->from_count; i++)
        for (size_t j = 0; j < finding->to_count && !m->failed; j++) {
            size_t from = finding->froms[i], to = finding->tos[j];
            uint32_t *state = &m->of[from * m->n + to];

            if (from == to)
                continue;
            part.other = tc_isolation_other_layer(m->isolation, finding, from, to);
            part.is_taken = tc_isolation_is_taken(m->isolation, finding, from, to);
            *state = step(m, *state, &part, from, to);
        }
}

/* Before any finding only the accounts say something. */
static void
begin(struct making *m)
{
    for (int verdict = 0; verdict < TC_VERDICT_COUNT_; verdict++) {
        struct state state = {.parent = NONE, .answer = NONE};

        state.verdict.layers[TC_LAYER_ACCOUNTS] = (enum tc_verdict)verdict;
        add_state(m, &state);
    }
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < m->n; j++)
            m->of[i * m->n + j] =
                i == j ? NONE : (uint32_t)tc_isolation_begin_pair(m->isolation, i, j).layers[TC_LAYER_ACCOUNTS];
}

/* ---- answers ---- */

static enum tc_standing
standing_of(const struct tc_pair_answer *answer)
{
    bool cas = answer->verdict.layers[TC_LAYER_CAS] == TC_ISOLATED;
    bool accounts = answer->verdict.layers[TC_LAYER_ACCOUNTS] == TC_ISOLATED;
    enum tc_verdict worst = TC_ISOLATED;

    if (answer->verdict.layers[TC_LAYER_BOTH] == TC_ISOLATED)
        return cas ? (accounts ? TC_STANDING_BOTH : TC_STANDING_CAS)
                   : (accounts ? TC_STANDING_ACCOUNTS : TC_STANDING_TOGETHER);
    for (size_t i = 0; i < answer->part_count; i++) {
        const struct tc_pair_part *part = &answer->parts[i];
        enum tc_verdict both = part->other < part->finding->verdict ? part->other : part->finding->verdict;

        if (!part->is_taken && both > worst)
            worst = both;
    }
    return worst == TC_NOT_ISOLATED ? TC_STANDING_OPEN
           : worst == TC_ISOLATED   ? TC_STANDING_ACCEPTED
                                    : TC_STANDING_UNKNOWN;
}

static void
fill_answer(struct making *m, struct tc_pair_answer *answer, uint32_t number, size_t pair)
{
    const struct state *state = &m->states[number];
    struct tc_pair_part *parts = tc_arena_array(m->arena, struct tc_pair_part, state->depth);

    *answer = (struct tc_pair_answer){.verdict = state->verdict,
                                      .from = (uint32_t)(pair / m->n),
                                      .to = (uint32_t)(pair % m->n),
                                      .parts = parts,
                                      .part_count = state->depth};
    for (size_t i = state->depth; parts != NULL && i > 0; state = &m->states[state->parent])
        parts[--i] = state->part;
    if (parts != NULL)
        answer->standing = standing_of(answer);
}

static bool
collect_answers(struct making *m)
{
    m->answers = tc_arena_array(m->arena, struct tc_pair_answer, m->count);
    for (size_t pair = 0; m->answers != NULL && pair < m->n * m->n; pair++) {
        uint32_t number = m->of[pair];

        if (number == NONE)
            continue;
        if (m->states[number].answer == NONE) {
            m->states[number].answer = (uint32_t)m->answer_count;
            fill_answer(m, &m->answers[m->answer_count++], number, pair);
        }
        m->of[pair] = m->states[number].answer;
        m->answers[m->of[pair]].pairs++;
    }
    return m->answers != NULL && !m->arena->failed;
}

/* ---- groups ---- */

/* Whether nothing tells @a a and @a b apart. Then nothing tells any two apart that are each like a third one. */
static bool
are_alike(const struct making *m, size_t a, size_t b)
{
    const uint32_t *of = m->of;
    size_t n = m->n;

    if (of[a * n + b] != of[b * n + a])
        return false;
    for (size_t k = 0; k < n; k++)
        if (k != a && k != b && (of[a * n + k] != of[b * n + k] || of[k * n + a] != of[k * n + b]))
            return false;
    return true;
}

struct grouping {
    uint32_t *group; /* of each application */
    uint32_t *first; /* member of each group */
    size_t *sizes;
    size_t count;
};

static void
group_all(const struct making *m, struct grouping *g)
{
    for (size_t i = 0; i < m->n; i++) {
        size_t group = m->n <= TC_MATRIX_ALONE_MAX ? g->count : 0;

        while (group < g->count && !are_alike(m, g->first[group], i))
            group++;
        if (group == g->count)
            g->first[g->count++] = (uint32_t)i;
        g->group[i] = (uint32_t)group;
        g->sizes[group]++;
    }
}

static struct tc_alike *
list_members(struct making *m, const struct grouping *g)
{
    struct tc_alike *groups = tc_arena_array(m->arena, struct tc_alike, g->count);
    uint32_t **next = tc_arena_array(m->arena, uint32_t *, g->count);

    for (size_t i = 0; groups != NULL && next != NULL && i < g->count; i++) {
        next[i] = tc_arena_array(m->arena, uint32_t, g->sizes[i]);
        groups[i] = (struct tc_alike){next[i], g->sizes[i]};
    }
    if (m->arena->failed)
        return NULL;
    for (size_t i = 0; i < m->n; i++)
        *next[g->group[i]]++ = (uint32_t)i;
    return groups;
}

static struct tc_matrix *
collect_groups(struct making *m)
{
    struct grouping g = {.group = tc_arena_array(m->arena, uint32_t, m->n),
                         .first = tc_arena_array(m->arena, uint32_t, m->n),
                         .sizes = tc_arena_array(m->arena, size_t, m->n)};
    struct tc_matrix *matrix = tc_arena_new(m->arena, struct tc_matrix);
    uint32_t *cells;

    if (m->arena->failed)
        return NULL;
    group_all(m, &g);
    cells = tc_arena_array(m->arena, uint32_t, g.count * g.count);
    for (size_t i = 0; cells != NULL && i < g.count; i++)
        for (size_t j = 0; j < g.count; j++)
            cells[i * g.count + j] = m->of[g.first[i] * m->n + g.first[j]];
    *matrix = (struct tc_matrix){m->isolation, m->answers, m->answer_count, list_members(m, &g), g.count, cells, m->of};
    for (size_t i = 0; cells != NULL && matrix->groups != NULL && i < g.count; i++)
        if (g.sizes[i] > 1)
            cells[i * g.count + i] = m->of[matrix->groups[i].members[0] * m->n + matrix->groups[i].members[1]];
    return m->arena->failed ? NULL : matrix;
}

enum tc_status
tc_matrix_make(struct tc_arena *arena, const struct tc_isolation *isolation, struct tc_matrix **ret)
{
    struct making m = {.arena = arena, .isolation = isolation, .n = isolation->model->application_count};
    struct tc_matrix *matrix = NULL;
    uint32_t index = 0;

    m.of = tc_arena_array(arena, uint32_t, m.n * m.n);
    if (m.of != NULL) {
        begin(&m);
        for (const struct tc_isolation_finding *finding = isolation->findings; finding != NULL && !m.failed;
             finding = finding->next)
            apply_finding(&m, finding, index++);
        if (!m.failed && collect_answers(&m))
            matrix = collect_groups(&m);
    }
    free(m.states);
    free(m.steps);
    if (matrix == NULL)
        return TC_ERR_NOMEM;
    *ret = matrix;
    return TC_OK;
}
