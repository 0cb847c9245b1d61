#include "ask/patterns.h"

#include "isolate/samples.h"
#include "model/netregex_tree.h"

#include <string.h>

enum {
    OPTIONS = TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE,
    STATES_MAX = 1 << 14, /* of one automaton */
    VISITS_MAX = 1 << 18, /* of triples of states */
    ASCII_END = 0x80,
    OTHER = 0,    /* the symbol of all units beyond ASCII but two; no URL holds control characters */
    KELVIN = 1,   /* of the Kelvin sign, which is a k without letter case */
    DOTTED_I = 2, /* of the capital i with a dot, which is an i */
    FIRST_SELF = 3,
    AUTOMATA = 3, /* both patterns, and the shape */
};

static const struct tc_str shapes[TC_URL_SHAPE_COUNT_] = {
    [TC_URL_PLAIN] = TC_STR("https?://[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]+)?/([a-z0-9_~?=&-]+([./][a-z0-9_~?=&-]+)*/?)?"),
    [TC_URL_WIDE] = TC_STR("[a-z][a-z0-9+.-]*://[!-~]+"),
    [TC_URL_ANY] = TC_STR("[^:]+:.*"),
};

/* The symbols that a state takes: a bit for each ASCII character. */
struct symbols {
    uint64_t bits[2];
};

/* A state takes a symbol and goes on at `next`; without symbols it goes on at both without taking any. */
struct state {
    struct symbols symbols;
    uint32_t next, other; /* NO_STATE: nowhere */
};

#define NO_STATE UINT32_MAX

struct automaton {
    struct tc_arena *arena;
    struct state *states;
    uint32_t count, room;
    uint32_t start, end;
    bool is_unknown;
};

/* ---- making ---- */

static uint32_t
new_state(struct automaton *a, uint32_t next, uint32_t other)
{
    if (a->count == a->room) {
        uint32_t room = a->room == 0 ? 64 : 2 * a->room;
        struct state *more = room > STATES_MAX ? NULL : tc_arena_array(a->arena, struct state, room);

        if (more == NULL) {
            a->is_unknown = true;
            return 0;
        }
        if (a->count > 0)
            memcpy(more, a->states, a->count * sizeof *more);
        a->states = more;
        a->room = room;
    }
    a->states[a->count] = (struct state){.next = next, .other = other};
    return a->count++;
}

static void
add_symbol(struct symbols *symbols, unsigned symbol)
{
    symbols->bits[symbol / 64] |= UINT64_C(1) << symbol % 64;
}

static bool
has_symbol(const struct symbols *symbols, unsigned symbol)
{
    return (symbols->bits[symbol / 64] >> symbol % 64 & 1) != 0;
}

static uint32_t
take(struct automaton *a, struct symbols symbols, uint32_t next)
{
    uint32_t state = new_state(a, next, NO_STATE);

    a->states[state].symbols = symbols;
    return state;
}

static const struct symbols everything = {{UINT64_MAX, UINT64_MAX}};

static struct symbols
symbols_of_unit(const struct tc_netregex_node *node)
{
    struct symbols symbols = {{0, 0}};
    unsigned unit = node->unit, folded = unit | 0x20;

    if (unit >= ASCII_END || unit < FIRST_SELF)
        return everything;
    add_symbol(&symbols, unit);
    if (node->ignore_case && folded >= 'a' && folded <= 'z') {
        add_symbol(&symbols, folded);
        add_symbol(&symbols, folded & ~0x20u);
        if (folded == 'k')
            add_symbol(&symbols, KELVIN);
        if (folded == 'i')
            add_symbol(&symbols, DOTTED_I);
    }
    return symbols;
}

static struct symbols
symbols_of_class(struct tc_str text)
{
    static const uint32_t with_symbols[] = {0x212A, 0x130, 0};
    struct symbols symbols = {{0, 0}};

    if (tc_samples_class_reaches(text, ASCII_END, with_symbols))
        add_symbol(&symbols, OTHER);
    if (tc_samples_class_has(text, 0x212A))
        add_symbol(&symbols, KELVIN);
    if (tc_samples_class_has(text, 0x130))
        add_symbol(&symbols, DOTTED_I);
    for (unsigned unit = FIRST_SELF; unit < ASCII_END; unit++)
        if (tc_samples_class_has(text, unit))
            add_symbol(&symbols, unit);
    return symbols;
}

static uint32_t make(struct automaton *a, const struct tc_netregex_node *node, uint32_t next);

static size_t
length_of(const struct tc_netregex_node *first)
{
    size_t count = 0;

    for (; first != NULL; first = first->next)
        count++;
    return count;
}

/* One after the other: made from the last one, as each has to know what follows. */
static uint32_t
make_list(struct automaton *a, const struct tc_netregex_node *first, uint32_t next)
{
    size_t count = length_of(first);
    const struct tc_netregex_node **nodes = tc_arena_array(a->arena, const struct tc_netregex_node *, count + 1);

    if (nodes == NULL) {
        a->is_unknown = true;
        return next;
    }
    for (size_t i = 0; i < count; i++, first = first->next)
        nodes[i] = first;
    while (count > 0 && !a->is_unknown)
        next = make(a, nodes[--count], next);
    return next;
}

/* Any of the branches from @a branch on; none at all where @a may_skip. */
static uint32_t
make_branches(struct automaton *a, const struct tc_netregex_node *branch, bool may_skip, uint32_t next)
{
    uint32_t start = may_skip ? next : NO_STATE;

    for (; branch != NULL && !a->is_unknown; branch = branch->next)
        start = new_state(a, make(a, branch, next), start);
    return start == NO_STATE ? next : start;
}

static uint32_t
make_loop(struct automaton *a, const struct tc_netregex_node *node, uint32_t next)
{
    uint32_t start = next;

    if (node->max == TC_NETREGEX_INFINITE) {
        start = new_state(a, next, NO_STATE);
        if (!a->is_unknown) {
            uint32_t body = make_list(a, node->first, start);

            a->states[start].other = body;
        }
    } else {
        for (int32_t i = node->min; i < node->max && !a->is_unknown; i++)
            start = new_state(a, make_list(a, node->first, start), next);
    }
    for (int32_t i = 0; i < node->min && !a->is_unknown; i++) {
        uint32_t count = a->count;

        start = make_list(a, node->first, start);
        if (a->count == count) /* it takes nothing, however often */
            break;
    }
    return start;
}

/* Nesting is bounded by the reader of patterns. */
static uint32_t
make(struct automaton *a, const struct tc_netregex_node *node, uint32_t next)
{
    uint32_t state;

    if (a->is_unknown)
        return next;
    switch (node->kind) {
    case TC_NODE_ONE:
        return take(a, symbols_of_unit(node), next);
    case TC_NODE_SET:
        return take(a, symbols_of_class(node->text), next);
    case TC_NODE_ANCHOR:
    case TC_NODE_REQUIRE:
    case TC_NODE_PREVENT:
        return next;
    case TC_NODE_CONCAT:
    case TC_NODE_GROUP:
    case TC_NODE_CAPTURE:
    case TC_NODE_ATOMIC:
        return make_list(a, node->first, next);
    case TC_NODE_ALTERNATE:
        return make_branches(a, node->first, false, next);
    case TC_NODE_LOOP:
        return make_loop(a, node, next);
    case TC_NODE_BACKREF: /* anything */
        state = new_state(a, next, NO_STATE);
        if (!a->is_unknown) {
            uint32_t any = take(a, everything, state);

            a->states[state].other = any;
        }
        return state;
    case TC_NODE_IF_GROUP:
    case TC_NODE_IF_MATCH:
        return make_branches(a, node->first, true, next);
    }
    a->is_unknown = true;
    return next;
}

/* UTF-16 of ASCII text; what is beyond is OTHER to the automaton, so any letter beyond ASCII says it. */
static uint16_t *
units_of(struct tc_arena *arena, struct tc_str text, size_t *ret_count)
{
    uint16_t *units = tc_arena_array(arena, uint16_t, text.len + 1);
    uint32_t code;
    size_t count = 0;

    for (size_t at = 0, step; units != NULL && (step = tc_utf8_next(text, at, &code)) > 0; at += step)
        units[count++] = code > 0xFFFF ? 0xFFFD : (uint16_t)code;
    *ret_count = count;
    return units;
}

/* False: @a pattern accepts nothing. */
static bool
automaton_init(struct automaton *a, struct tc_arena *arena, struct tc_str pattern)
{
    struct tc_netregex_tree tree;
    enum tc_netregex_status status;
    size_t count;
    const uint16_t *units = units_of(arena, pattern, &count);

    *a = (struct automaton){.arena = arena};
    if (units == NULL)
        return a->is_unknown = true;
    status = tc_netregex_parse(arena, units, count, OPTIONS, &tree);
    arena->failed |= status == TC_NETREGEX_NOMEM;
    if (status == TC_NETREGEX_INVALID)
        return false;
    a->is_unknown = status != TC_NETREGEX_OK;
    a->end = new_state(a, NO_STATE, NO_STATE);
    if (!a->is_unknown)
        a->start = make(a, tree.root, a->end);
    return true;
}

/* ---- side by side ---- */

/* Three states, and how they were reached. */
struct visit {
    uint32_t states[AUTOMATA];
    uint32_t from;
    uint8_t symbol;
    bool took; /* a symbol */
};

struct search {
    struct tc_arena *arena;
    const struct automaton *automata;
    struct visit *visits;
    uint32_t count, room;
    uint32_t *slots; /* a hash table of numbers of visits, from 1 */
    uint32_t slot_count;
    bool is_full;
};

static uint32_t
hash_of(const uint32_t *states)
{
    uint64_t hash = states[0];

    for (int i = 1; i < AUTOMATA; i++)
        hash = (hash ^ states[i]) * UINT64_C(0x9E3779B97F4A7C15) >> 7;
    return (uint32_t)(hash ^ hash >> 32);
}

static void
put_slot(struct search *s, uint32_t number)
{
    uint32_t at = hash_of(s->visits[number].states) & (s->slot_count - 1);

    while (s->slots[at] != 0)
        at = (at + 1) & (s->slot_count - 1);
    s->slots[at] = number + 1;
}

static bool
grow(struct search *s)
{
    uint32_t room = s->room == 0 ? 256 : 2 * s->room;
    struct visit *visits = room > VISITS_MAX ? NULL : tc_arena_array(s->arena, struct visit, room);
    uint32_t *slots = visits == NULL ? NULL : tc_arena_array(s->arena, uint32_t, 2 * room);

    if (slots == NULL) {
        s->is_full = true;
        return false;
    }
    if (s->count > 0)
        memcpy(visits, s->visits, s->count * sizeof *visits);
    s->visits = visits;
    s->slots = slots;
    s->room = room;
    s->slot_count = 2 * room;
    for (uint32_t i = 0; i < s->count; i++)
        put_slot(s, i);
    return true;
}

static bool
is_visited(const struct search *s, const uint32_t *states)
{
    uint32_t at = hash_of(states) & (s->slot_count - 1);

    for (; s->slots[at] != 0; at = (at + 1) & (s->slot_count - 1))
        if (memcmp(s->visits[s->slots[at] - 1].states, states, AUTOMATA * sizeof *states) == 0)
            return true;
    return false;
}

static void
reach(struct search *s, struct visit visit)
{
    if (s->is_full || (s->count == s->room && !grow(s)) || is_visited(s, visit.states))
        return;
    s->visits[s->count] = visit;
    put_slot(s, s->count++);
}

static bool
takes_symbol(const struct state *state)
{
    return (state->symbols.bits[0] | state->symbols.bits[1]) != 0;
}

/* A symbol that all three take, as readable as can be; ASCII_END when there is none. */
static unsigned
common_symbol(const struct symbols *symbols)
{
    static const char preferred[] = "abcdefghijklmnopqrstuvwxyz0123456789/.-_:";

    for (size_t i = 0; preferred[i] != '\0'; i++)
        if (has_symbol(symbols, (unsigned char)preferred[i]))
            return (unsigned char)preferred[i];
    for (unsigned symbol = ASCII_END; symbol-- > 0;)
        if (has_symbol(symbols, symbol))
            return symbol;
    return ASCII_END;
}

/* Where one may get from visit number @a number. */
static void
go_on(struct search *s, uint32_t number)
{
    struct visit here = s->visits[number];
    struct symbols common = everything;
    unsigned symbol;
    struct visit next = {.from = number, .took = true};

    for (int i = 0; i < AUTOMATA; i++) {
        const struct state *state = &s->automata[i].states[here.states[i]];

        if (takes_symbol(state)) {
            common.bits[0] &= state->symbols.bits[0];
            common.bits[1] &= state->symbols.bits[1];
            next.states[i] = state->next;
            continue;
        }
        if (state->next == NO_STATE && state->other == NO_STATE) { /* the end: it takes no more */
            common = (struct symbols){{0, 0}};
            continue;
        }
        for (int way = 0; way < 2; way++) { /* the others wait until this one takes a symbol */
            struct visit same = {.from = number};

            memcpy(same.states, here.states, sizeof same.states);
            same.states[i] = way == 0 ? state->next : state->other;
            if (same.states[i] != NO_STATE)
                reach(s, same);
        }
        return;
    }
    symbol = common_symbol(&common);
    if (symbol == ASCII_END)
        return;
    next.symbol = (uint8_t)symbol;
    reach(s, next);
}

static bool
is_end(const struct search *s, uint32_t number)
{
    for (int i = 0; i < AUTOMATA; i++)
        if (s->visits[number].states[i] != s->automata[i].end)
            return false;
    return true;
}

/* The symbols on the way to visit @a number; empty when one of them is not ASCII. */
static struct tc_str
text_to(const struct search *s, struct tc_arena *arena, uint32_t number)
{
    size_t len = 0;
    char *text;

    for (uint32_t at = number; at != 0; at = s->visits[at].from)
        len += s->visits[at].took;
    text = tc_arena_array(arena, char, len + 1);
    if (text == NULL)
        return TC_STR("");
    for (uint32_t at = number, end = (uint32_t)len; at != 0; at = s->visits[at].from) {
        if (!s->visits[at].took)
            continue;
        if (s->visits[at].symbol < FIRST_SELF)
            return TC_STR("");
        text[--end] = (char)s->visits[at].symbol;
    }
    return (struct tc_str){text, len};
}

static bool
search(struct search *s, struct tc_arena *arena, struct tc_str *ret_url)
{
    struct visit first = {.from = 0};

    for (int i = 0; i < AUTOMATA; i++)
        first.states[i] = s->automata[i].start;
    reach(s, first);
    for (uint32_t i = 0; i < s->count && !s->is_full; i++) {
        if (is_end(s, i)) {
            *ret_url = text_to(s, arena, i);
            return true;
        }
        go_on(s, i);
    }
    return s->is_full;
}

/* ---- patterns that begin differently ---- */

enum { HTTP = 1, HTTPS = 2 };

/* The schemes that a pattern begins with, and what comes behind them; 0: it begins otherwise. */
static unsigned
schemes_of(struct tc_str pattern, struct tc_str *ret_rest)
{
    static const struct {
        const char *text;
        unsigned schemes;
    } begins[] = {{"https?://", HTTP | HTTPS}, {"http://", HTTP}, {"https://", HTTPS}};

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (tc_str_starts(pattern, tc_str_of(begins[i].text))) {
            *ret_rest = tc_str_sub(pattern, strlen(begins[i].text), SIZE_MAX);
            return begins[i].schemes;
        }
    return 0;
}

/* What thousands of applications have each for itself, one host, differs from what is asked in the first letters: that
 * needs no automaton. Only what comes before the first thing that is not literal is looked at. */
static bool
begin_apart(struct tc_str a, struct tc_str b)
{
    unsigned x = schemes_of(a, &a), y = schemes_of(b, &b);
    size_t at_a = 0, at_b = 0, len_a, len_b;

    if (x == 0 || y == 0 || tc_str_has(a, '|') || tc_str_has(b, '|'))
        return false;
    if ((x & y) == 0)
        return true;
    for (;; at_a += len_a, at_b += len_b) {
        char c = tc_samples_literal_at(a, at_a, &len_a), d = tc_samples_literal_at(b, at_b, &len_b);

        if (c == '\0' || d == '\0')
            return false;
        if (!tc_str_eq_nocase((struct tc_str){&c, 1}, (struct tc_str){&d, 1}))
            return true;
    }
}

bool
tc_patterns_meet(struct tc_arena *arena, struct tc_str a, struct tc_str b, enum tc_url_shape shape,
                 struct tc_str *ret_url)
{
    struct tc_arena scratch;
    struct automaton automata[AUTOMATA];
    struct search s = {.arena = &scratch, .automata = automata};
    bool result;

    *ret_url = TC_STR("");
    if (begin_apart(a, b))
        return false;
    tc_arena_init(&scratch);
    result = automaton_init(&automata[0], &scratch, tc_samples_pattern(&scratch, a)) &&
             automaton_init(&automata[1], &scratch, tc_samples_pattern(&scratch, b)) &&
             automaton_init(&automata[2], &scratch, shapes[shape]);
    if (result && !automata[0].is_unknown && !automata[1].is_unknown)
        result = search(&s, arena, ret_url);
    arena->failed |= scratch.failed;
    tc_arena_done(&scratch);
    return result;
}
