#include "model/algebra_util.h"
#include "model/netchar.h"
#include "model/netregex_tree.h"
#include "model/netset.h"

#include <stddef.h>
#include <string.h>

/* Bounds that keep a hostile pattern from costing much; beyond them the answer is "not supported". */
enum {
    PATTERN_MAX = 20000,  /* UTF-16 units */
    DEPTH_MAX = 200,      /* nested groups; PCRE2 takes 250 */
    CLASS_DEPTH_MAX = 20, /* nested subtractions */
    CLASS_COST_MAX = 400, /* classes, properties and capture numbers, each of which takes a long look */
};

/* A group that is open while its inside is read. */
struct frame {
    struct frame *up;
    struct tc_netregex_node *group, *alternation, *concat;
};

struct name {
    struct name *next;
    struct tc_str text;
    int32_t number;
};

struct parser {
    struct tc_arena *arena;
    const uint16_t *pattern;
    size_t length, at;
    unsigned options;
    bool backwards;                 /* RegexOptions.RightToLeft, which only a lookbehind sets */
    enum tc_netregex_status status; /* the first thing that went wrong */
    size_t fault;                   /* and where */
    struct {
        unsigned options;
        bool backwards;
    } * saved; /* option stack */
    size_t saved_count;
    struct frame *frames;
    size_t depth;
    struct tc_netregex_node *group, *alternation, *concat, *unit;
    bool ignore_next_paren;
    int32_t next_number;
    struct tc_netregex_slot *slots;
    struct name *names, **name_tail;
    size_t class_cost;
    struct tc_netset *sets[CLASS_DEPTH_MAX]; /* two for each level of a class, made when first needed */
};

static bool
fail(struct parser *p, enum tc_netregex_status status)
{
    if (p->status == TC_NETREGEX_OK) {
        p->status = status;
        p->fault = p->at;
    }
    return false;
}

static bool
ok(const struct parser *p)
{
    return p->status == TC_NETREGEX_OK;
}

static struct tc_netregex_node *
node_new(struct parser *p, enum tc_netregex_kind kind)
{
    struct tc_netregex_node *node = tc_arena_new(p->arena, struct tc_netregex_node);

    if (node == NULL) {
        fail(p, TC_NETREGEX_NOMEM);
        return NULL;
    }
    node->kind = kind;
    node->ignore_case = (p->options & TC_NETREGEX_IGNORE_CASE) != 0;
    node->backwards = p->backwards;
    node->tail = &node->first;
    return node;
}

static void
node_add(struct tc_netregex_node *parent, struct tc_netregex_node *child)
{
    if (parent == NULL || child == NULL)
        return;
    *parent->tail = child;
    parent->tail = &child->next;
    parent->count++;
}

/* ---- reading ---- */

static size_t
left(const struct parser *p)
{
    return p->length - p->at;
}

/* The unit @a ahead of the next one; 0 behind the end, where the framework would not look. */
static uint16_t
peek(const struct parser *p, size_t ahead)
{
    return ahead < left(p) ? p->pattern[p->at + ahead] : 0;
}

static bool
is_digit(uint16_t unit)
{
    return unit >= '0' && unit <= '9';
}

static bool
is_quantifier(uint16_t unit)
{
    return unit == '*' || unit == '+' || unit == '?' || unit == '{';
}

static bool
is_special(uint16_t unit)
{
    return unit != 0 && unit < 0x80 && strchr("*+?{()[\\^$.|", unit) != NULL;
}

/* White space of RegexOptions.IgnorePatternWhitespace; the vertical tab is none. */
static bool
is_space(uint16_t unit)
{
    return unit == ' ' || unit == '\t' || unit == '\n' || unit == '\f' || unit == '\r';
}

static bool
ignores_space(const struct parser *p)
{
    return (p->options & TC_NETREGEX_IGNORE_WHITE_SPACE) != 0;
}

/* `*`, `+`, `?`, or `{` that begins {n}, {n,} or {n,m}. */
static bool
is_true_quantifier(const struct parser *p)
{
    size_t i = 1;

    if (left(p) == 0 || peek(p, 0) != '{')
        return left(p) > 0 && is_quantifier(peek(p, 0));
    while (i < left(p) && is_digit(peek(p, i)))
        i++;
    if (i >= left(p) || i == 1)
        return false;
    if (peek(p, i) == '}')
        return true;
    if (peek(p, i) != ',')
        return false;
    for (i++; i < left(p) && is_digit(peek(p, i)); i++)
        ;
    return i < left(p) && peek(p, i) == '}';
}

/* Skip comments, and white space where it is ignored. */
static void
skip_blank(struct parser *p)
{
    for (;;) {
        while (ignores_space(p) && left(p) > 0 && is_space(peek(p, 0)))
            p->at++;
        if (ignores_space(p) && peek(p, 0) == '#') {
            while (left(p) > 0 && peek(p, 0) != '\n')
                p->at++;
        } else if (left(p) >= 3 && peek(p, 0) == '(' && peek(p, 1) == '?' && peek(p, 2) == '#') {
            while (left(p) > 0 && peek(p, 0) != ')')
                p->at++;
            if (left(p) == 0) {
                fail(p, TC_NETREGEX_INVALID);
                return;
            }
            p->at++;
        } else {
            return;
        }
    }
}

static int32_t
read_decimal(struct parser *p)
{
    int32_t value = 0;

    for (; left(p) > 0 && is_digit(peek(p, 0)); p->at++) {
        int32_t digit = peek(p, 0) - '0';

        if (value > (INT32_MAX - digit) / 10) {
            fail(p, TC_NETREGEX_INVALID);
            return 0;
        }
        value = value * 10 + digit;
    }
    return value;
}

/* The text from @a start to @a end, as UTF-8. */
static struct tc_str
text_of(struct parser *p, size_t start, size_t end)
{
    char *out = tc_arena_alloc(p->arena, (end - start) * 3 + 1, 1);
    size_t length = 0;

    if (out == NULL) {
        fail(p, TC_NETREGEX_NOMEM);
        return (struct tc_str){0};
    }
    for (size_t i = start; i < end; i++)
        length += tc_utf8_put(out + length, p->pattern[i]);
    return (struct tc_str){out, length};
}

static struct tc_str
read_name(struct parser *p)
{
    size_t start = p->at;

    while (left(p) > 0 && tc_is_word(peek(p, 0)))
        p->at++;
    return text_of(p, start, p->at);
}

static uint16_t
read_hex(struct parser *p, size_t digits)
{
    uint16_t value = 0;

    for (size_t i = 0; i < digits; i++) {
        uint16_t unit = peek(p, i);
        int digit = is_digit(unit) ? unit - '0' : (unit | 0x20) - 'a' + 10;

        if (i >= left(p) || (!is_digit(unit) && !((unit | 0x20) >= 'a' && (unit | 0x20) <= 'f')) || unit >= 0x80) {
            fail(p, TC_NETREGEX_INVALID);
            return 0;
        }
        value = (uint16_t)(value << 4 | digit);
    }
    p->at += digits;
    return value;
}

/* ScanCharEscape: behind the backslash. */
static uint16_t
read_escape(struct parser *p)
{
    static const char letters[] = "abefnrtv", units[] = "\a\b\x1B\f\n\r\t\v";
    uint16_t unit = peek(p, 0);
    const char *letter;

    p->at++;
    if (unit >= '0' && unit <= '7') {
        unsigned value = unit - '0';

        for (int i = 1; i < 3 && peek(p, 0) >= '0' && peek(p, 0) <= '7'; i++)
            value = value * 8 + p->pattern[p->at++] - '0';
        return (uint16_t)(value & 0xFF);
    }
    if (unit == 'x' || unit == 'u')
        return read_hex(p, unit == 'x' ? 2 : 4);
    if (unit == 'c') {
        unit = peek(p, 0);
        if (left(p) > 0)
            p->at++;
        if (unit >= 'a' && unit <= 'z')
            unit = (uint16_t)(unit - 0x20);
        if (unit < '@' || unit >= '@' + 0x20)
            fail(p, TC_NETREGEX_INVALID);
        return (uint16_t)(unit - '@');
    }
    letter = unit != 0 && unit < 0x80 ? strchr(letters, unit) : NULL;
    if (letter != NULL)
        return (uint16_t)units[letter - letters];
    if (tc_is_word(unit))
        fail(p, TC_NETREGEX_INVALID);
    return unit;
}

/* ParseProperty: `{name}` behind \p. */
static struct tc_str
read_property(struct parser *p)
{
    struct tc_str name;
    size_t start;

    if (left(p) < 3 || peek(p, 0) != '{') {
        fail(p, TC_NETREGEX_INVALID);
        return (struct tc_str){0};
    }
    start = ++p->at;
    while (left(p) > 0 && (tc_is_word(peek(p, 0)) || peek(p, 0) == '-'))
        p->at++;
    name = text_of(p, start, p->at);
    if (left(p) == 0 || peek(p, 0) != '}')
        fail(p, TC_NETREGEX_INVALID);
    else
        p->at++;
    return name;
}

/* ---- classes ---- */

/* Something that looks at every unit: bounded for each pattern. */
static bool
spend(struct parser *p)
{
    return ++p->class_cost <= CLASS_COST_MAX || fail(p, TC_NETREGEX_UNSUPPORTED);
}

static bool
add_property(struct parser *p, struct tc_netset *set, bool negated, bool ignore_case)
{
    struct tc_str name = read_property(p);

    if (!ok(p) || set == NULL || !spend(p))
        return false;
    if (tc_str_starts(name, TC_STR("_xml")))
        return fail(p, TC_NETREGEX_UNSUPPORTED);
    return tc_netset_add_property(set, name, negated, ignore_case) || fail(p, TC_NETREGEX_INVALID);
}

/* The two sets of a level: its ranges, and what classes and properties add, which letter case leaves alone. */
static struct tc_netset *
level_sets(struct parser *p, size_t level)
{
    if (level >= CLASS_DEPTH_MAX) {
        fail(p, TC_NETREGEX_UNSUPPORTED);
        return NULL;
    }
    if (p->sets[level] == NULL)
        p->sets[level] = tc_arena_array(p->arena, struct tc_netset, 2);
    if (p->sets[level] == NULL)
        fail(p, TC_NETREGEX_NOMEM);
    return p->sets[level];
}

/*
 * ScanCharClass: behind the `[`, to behind the `]`. Leaves the class in the first set of its level.
 * @param scan_only  only find the end; misuses that need the sets are not found
 */
static void
read_class(struct parser *p, bool ignore_case, bool scan_only, size_t level)
{
    struct tc_netset *sets = level_sets(p, level), *ranges = sets, *classes = sets == NULL ? NULL : sets + 1;
    bool negated = false, in_range = false, closed = false, has_subtraction = false;
    uint16_t previous = 0;

    if (sets == NULL)
        return;
    tc_netset_clear(ranges);
    tc_netset_clear(classes);
    if (peek(p, 0) == '^') {
        p->at++;
        negated = true;
    }
    for (bool first = true; left(p) > 0 && ok(p); first = false) {
        uint16_t unit = p->pattern[p->at++];
        bool escaped = false;

        if (unit == ']' && !first) {
            closed = true;
            break;
        }
        if (unit == '\\' && left(p) > 0) {
            unit = peek(p, 0);
            if (unit != 0 && unit < 0x80 && strchr("dDsSwW", unit) != NULL) {
                p->at++;
                if (!scan_only && in_range)
                    fail(p, TC_NETREGEX_INVALID);
                if (!scan_only && spend(p))
                    tc_netset_add_class(classes, (char)(unit | 0x20), (unit & 0x20) == 0);
                continue;
            }
            if (unit == 'p' || unit == 'P') {
                p->at++;
                if (!scan_only && in_range)
                    fail(p, TC_NETREGEX_INVALID);
                add_property(p, scan_only ? NULL : classes, unit == 'P', ignore_case);
                continue;
            }
            if (unit == '-') {
                p->at++;
                tc_netset_add_range(ranges, '-', '-');
                continue;
            }
            unit = read_escape(p);
            escaped = true;
        } else if (unit == '[' && peek(p, 0) == ':' && !in_range) {
            size_t start = p->at++; /* a POSIX class is skipped, but for its bracket */

            (void)read_name(p);
            if (peek(p, 0) == ':' && peek(p, 1) == ']' && left(p) >= 2)
                p->at += 2;
            else
                p->at = start;
        }
        if (in_range) {
            in_range = false;
            if (scan_only)
                continue;
            if (unit == '[' && !escaped && !first) { /* no range after all: a subtraction */
                tc_netset_add_range(ranges, previous, previous);
                read_class(p, ignore_case, false, level + 1);
                has_subtraction = true;
                if (left(p) > 0 && peek(p, 0) != ']')
                    fail(p, TC_NETREGEX_INVALID);
            } else if (previous > unit) {
                fail(p, TC_NETREGEX_INVALID);
            } else {
                tc_netset_add_range(ranges, previous, unit);
            }
        } else if (left(p) >= 2 && peek(p, 0) == '-' && peek(p, 1) != ']') {
            previous = unit;
            in_range = true;
            p->at++;
        } else if (unit == '-' && !escaped && peek(p, 0) == '[' && !first) {
            p->at++;
            read_class(p, ignore_case, scan_only, level + 1);
            has_subtraction = true;
            if (!scan_only && left(p) > 0 && peek(p, 0) != ']')
                fail(p, TC_NETREGEX_INVALID);
        } else {
            tc_netset_add_range(ranges, unit, unit);
        }
    }
    if (!closed)
        fail(p, TC_NETREGEX_INVALID);
    if (scan_only || !ok(p))
        return;
    if (ignore_case)
        tc_netset_add_lower(ranges);
    tc_netset_unite(ranges, classes);
    if (negated)
        tc_netset_negate(ranges);
    if (has_subtraction)
        tc_netset_subtract(ranges, p->sets[level + 1]);
}

static struct tc_netregex_node *
set_node(struct parser *p, struct tc_netset *set)
{
    struct tc_netregex_node *node = node_new(p, TC_NODE_SET);
    struct tc_buf buf;

    if (node == NULL)
        return NULL;
    if (node->ignore_case)
        tc_netset_fold(set);
    tc_buf_init(&buf);
    tc_netset_put(set, &buf);
    node->text = tc_arena_str(p->arena, tc_buf_str(&buf));
    if (buf.failed || p->arena->failed)
        fail(p, TC_NETREGEX_NOMEM);
    tc_buf_done(&buf);
    return node;
}

/* A node that PCRE2 calls @a text. */
static struct tc_netregex_node *
text_node(struct parser *p, enum tc_netregex_kind kind, const char *text)
{
    struct tc_netregex_node *node = node_new(p, kind);

    if (node != NULL)
        node->text = tc_str_of(text);
    return node;
}

static struct tc_netregex_node *
one_node(struct parser *p, uint16_t unit)
{
    struct tc_netregex_node *node;

    if (unit >= 0x80 && (p->options & TC_NETREGEX_IGNORE_CASE) != 0) {
        struct tc_netset *set = level_sets(p, 0);

        if (set == NULL || !spend(p))
            return NULL;
        tc_netset_clear(set);
        tc_netset_add_range(set, tc_invariant_lower(unit), tc_invariant_lower(unit));
        return set_node(p, set);
    }
    node = node_new(p, TC_NODE_ONE);
    if (node != NULL)
        node->unit = unit;
    return node;
}

/* ---- capture numbers ---- */

struct tc_netregex_slot *
tc_netregex_slot(struct tc_netregex_slot *slots, int32_t number)
{
    while (slots != NULL && slots->number != number)
        slots = slots->next;
    return slots;
}

static struct tc_netregex_slot *
find_slot(const struct parser *p, int32_t number)
{
    return tc_netregex_slot(p->slots, number);
}

static void
note_slot(struct parser *p, int32_t number)
{
    struct tc_netregex_slot *slot;

    if (find_slot(p, number) != NULL)
        return;
    slot = tc_arena_new(p->arena, struct tc_netregex_slot);
    if (slot == NULL || !spend(p)) { /* each is looked for in the list of all */
        fail(p, TC_NETREGEX_NOMEM);
        return;
    }
    slot->number = number;
    slot->next = p->slots;
    p->slots = slot;
}

static struct name *
find_name(const struct parser *p, struct tc_str text)
{
    for (struct name *name = p->names; name != NULL; name = name->next)
        if (tc_str_eq(name->text, text))
            return name;
    return NULL;
}

static void
note_name(struct parser *p, struct tc_str text)
{
    struct name *name;

    if (!ok(p) || find_name(p, text) != NULL)
        return;
    name = tc_arena_new(p->arena, struct name);
    if (name == NULL || !spend(p)) {
        fail(p, TC_NETREGEX_NOMEM);
        return;
    }
    name->text = text;
    *p->name_tail = name;
    p->name_tail = &name->next;
}

static void
push_options(struct parser *p)
{
    p->saved[p->saved_count].options = p->options;
    p->saved[p->saved_count++].backwards = p->backwards;
}

static void
pop_options(struct parser *p)
{
    if (p->saved_count == 0)
        return;
    p->options = p->saved[--p->saved_count].options;
    p->backwards = p->saved[p->saved_count].backwards;
}

/* ScanOptions: letters in any case, `-` and `+`; stops at anything else. */
static void
read_options(struct parser *p)
{
    static const struct {
        char letter;
        unsigned option;
    } letters[] = {
        {'i', TC_NETREGEX_IGNORE_CASE}, {'m', TC_NETREGEX_MULTILINE},          {'n', TC_NETREGEX_EXPLICIT_CAPTURE},
        {'s', TC_NETREGEX_SINGLELINE},  {'x', TC_NETREGEX_IGNORE_WHITE_SPACE},
    };
    bool off = false;

    for (; left(p) > 0; p->at++) {
        uint16_t unit = peek(p, 0);
        unsigned option = 0;

        if (unit == '-' || unit == '+') {
            off = unit == '-';
            continue;
        }
        for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
            if (unit < 0x80 && (unit | 0x20) == letters[i].letter)
                option = letters[i].option;
        if (option == 0 || unit < 'A')
            return;
        p->options = off ? p->options & ~option : p->options | option;
    }
}

/* A group with a name or number, behind `(?<` or `(?'`, while captures are counted. */
static void
count_named(struct parser *p)
{
    uint16_t unit = peek(p, 0);

    if (unit == '0' || !tc_is_word(unit))
        return;
    if (unit >= '1' && unit <= '9')
        note_slot(p, read_decimal(p));
    else
        note_name(p, read_name(p));
}

/* An opening parenthesis, while captures are counted. */
static void
count_group(struct parser *p)
{
    if (peek(p, 0) == '?' && peek(p, 1) == '#' && left(p) >= 2) {
        p->at--;
        skip_blank(p);
        p->ignore_next_paren = false;
        return;
    }
    push_options(p);
    if (peek(p, 0) != '?') {
        if ((p->options & TC_NETREGEX_EXPLICIT_CAPTURE) == 0 && !p->ignore_next_paren)
            note_slot(p, p->next_number++);
        p->ignore_next_paren = false;
        return;
    }
    p->at++;
    if (left(p) > 1 && (peek(p, 0) == '<' || peek(p, 0) == '\'')) {
        p->at++;
        count_named(p);
    } else {
        read_options(p);
        if (peek(p, 0) == ')' && left(p) > 0) {
            p->at++;
            p->saved_count--; /* the options stay */
        } else if (peek(p, 0) == '(') {
            p->ignore_next_paren = true;
            return;
        }
    }
    p->ignore_next_paren = false;
}

/* CountCaptures: which numbers and names there are. Names get the numbers that are left, in order. */
static void
count_captures(struct parser *p)
{
    note_slot(p, 0);
    p->next_number = 1;
    while (left(p) > 0 && ok(p)) {
        switch (p->pattern[p->at++]) {
        case '\\':
            p->at += left(p) > 0;
            break;
        case '#':
            if (ignores_space(p)) {
                p->at--;
                skip_blank(p);
            }
            break;
        case '[':
            read_class(p, false, true, 0);
            break;
        case ')':
            pop_options(p);
            break;
        case '(':
            count_group(p);
            break;
        default:
            break;
        }
    }
    for (struct name *name = p->names; name != NULL && ok(p); name = name->next) {
        while (find_slot(p, p->next_number) != NULL)
            p->next_number++;
        name->number = p->next_number;
        note_slot(p, p->next_number++);
    }
}

/* ---- groups ---- */

static void
open_group(struct parser *p, struct tc_netregex_node *group)
{
    struct frame *frame = tc_arena_new(p->arena, struct frame);

    if (frame == NULL)
        fail(p, TC_NETREGEX_NOMEM);
    if (++p->depth > DEPTH_MAX)
        fail(p, TC_NETREGEX_UNSUPPORTED);
    if (!ok(p))
        return;
    *frame = (struct frame){p->frames, p->group, p->alternation, p->concat};
    p->frames = frame;
    p->group = group;
    p->alternation = node_new(p, TC_NODE_ALTERNATE);
    p->concat = node_new(p, TC_NODE_CONCAT);
}

static bool
is_condition(const struct tc_netregex_node *group)
{
    return group->kind == TC_NODE_IF_GROUP || group->kind == TC_NODE_IF_MATCH;
}

static void
add_alternate(struct parser *p)
{
    node_add(is_condition(p->group) ? p->group : p->alternation, p->concat);
    p->concat = node_new(p, TC_NODE_CONCAT);
}

static void
add_group(struct parser *p)
{
    if (is_condition(p->group)) {
        node_add(p->group, p->concat);
        if (p->group->count > (p->group->kind == TC_NODE_IF_GROUP ? 2u : 3u))
            fail(p, TC_NETREGEX_INVALID); /* too many alternatives */
    } else {
        node_add(p->alternation, p->concat);
        node_add(p->group, p->alternation);
    }
    p->unit = p->group;
}

static void
close_group(struct parser *p)
{
    struct frame *frame = p->frames;

    p->group = frame->group;
    p->alternation = frame->alternation;
    p->concat = frame->concat;
    p->frames = frame->up;
    p->depth--;
    if (p->group->kind == TC_NODE_IF_MATCH && p->group->count == 0) { /* what was in the group is the condition */
        node_add(p->group, p->unit);
        p->unit = NULL;
    }
}

static struct tc_netregex_node *
capture_node(struct parser *p, int32_t number, bool balances)
{
    struct tc_netregex_node *node = node_new(p, TC_NODE_CAPTURE);
    struct tc_netregex_slot *slot = find_slot(p, number);

    if (node == NULL)
        return NULL;
    node->number = number;
    node->balances = balances;
    if (slot != NULL)
        slot->groups++;
    return node;
}

/* The number of the group called at the parser's place; -1 when it does not exist. *ret_valid: there was a name at all.
 */
static int32_t
read_group_reference(struct parser *p, bool *ret_valid)
{
    struct name *name;

    *ret_valid = is_digit(peek(p, 0)) || (left(p) > 0 && tc_is_word(peek(p, 0)));
    if (is_digit(peek(p, 0))) {
        int32_t number = read_decimal(p);

        return find_slot(p, number) == NULL ? -1 : number;
    }
    if (!*ret_valid)
        return -1;
    name = find_name(p, read_name(p));
    return name == NULL ? -1 : name->number;
}

/* `(?<name>`, `(?<name-other>` and `(?<-other>`, behind the `<`. NULL with the status set when it is none. */
static struct tc_netregex_node *
named_group(struct parser *p, uint16_t close)
{
    int32_t number = -1, other = -1;
    bool valid = true, is_digits = is_digit(peek(p, 0));

    if (peek(p, 0) != '-') {
        number = read_group_reference(p, &valid);
        if (!valid || (left(p) > 0 && peek(p, 0) != close && peek(p, 0) != '-') || (is_digits && number == 0)) {
            fail(p, TC_NETREGEX_INVALID);
            return NULL;
        }
    }
    if ((number != -1 || peek(p, 0) == '-') && peek(p, 0) == '-') {
        p->at++;
        other = read_group_reference(p, &valid);
        if (!valid || other == -1 || (left(p) > 0 && peek(p, 0) != close)) {
            fail(p, TC_NETREGEX_INVALID);
            return NULL;
        }
    }
    if ((number == -1 && other == -1) || peek(p, 0) != close) {
        fail(p, TC_NETREGEX_INVALID);
        return NULL;
    }
    p->at++;
    return capture_node(p, number, other != -1);
}

/* `(?(`…: a group number or name, or an expression. Behind the second parenthesis. */
static struct tc_netregex_node *
condition_group(struct parser *p)
{
    size_t start = p->at;
    struct tc_netregex_node *node;

    if (is_digit(peek(p, 0))) {
        int32_t number = read_decimal(p);

        if (peek(p, 0) != ')' || find_slot(p, number) == NULL) {
            fail(p, TC_NETREGEX_INVALID);
            return NULL;
        }
        p->at++;
        node = node_new(p, TC_NODE_IF_GROUP);
        if (node != NULL)
            node->number = number;
        return node;
    }
    if (left(p) > 0 && tc_is_word(peek(p, 0))) {
        struct name *name = find_name(p, read_name(p));

        if (name != NULL && peek(p, 0) == ')') {
            p->at++;
            node = node_new(p, TC_NODE_IF_GROUP);
            if (node != NULL)
                node->number = name->number;
            return node;
        }
    }
    p->at = start - 1; /* the condition is an expression in the parentheses */
    p->ignore_next_paren = true;
    if (left(p) >= 3 && peek(p, 1) == '?') {
        uint16_t kind = peek(p, 2);

        if (kind == '#' || kind == '\'' || (left(p) >= 4 && kind == '<' && peek(p, 3) != '!' && peek(p, 3) != '='))
            fail(p, TC_NETREGEX_INVALID);
    }
    return node_new(p, TC_NODE_IF_MATCH);
}

/* ScanGroupOpen: behind the `(`. NULL: only options were set, or the status is. */
static struct tc_netregex_node *
group_open(struct parser *p)
{
    uint16_t unit;

    if (peek(p, 0) != '?' || (left(p) > 1 && peek(p, 1) == ')')) {
        if ((p->options & TC_NETREGEX_EXPLICIT_CAPTURE) != 0 || p->ignore_next_paren) {
            p->ignore_next_paren = false;
            return node_new(p, TC_NODE_GROUP);
        }
        return capture_node(p, p->next_number++, false);
    }
    p->at++;
    if (left(p) == 0) {
        fail(p, TC_NETREGEX_INVALID);
        return NULL;
    }
    unit = p->pattern[p->at++];
    switch (unit) {
    case ':':
        return node_new(p, TC_NODE_GROUP);
    case '=':
    case '!':
        p->backwards = false;
        return node_new(p, unit == '=' ? TC_NODE_REQUIRE : TC_NODE_PREVENT);
    case '>':
        return node_new(p, TC_NODE_ATOMIC);
    case '\'':
    case '<':
        if (left(p) == 0)
            break;
        if (peek(p, 0) == '=' || peek(p, 0) == '!') {
            if (unit == '\'')
                break;
            p->backwards = true;
            return node_new(p, p->pattern[p->at++] == '=' ? TC_NODE_REQUIRE : TC_NODE_PREVENT);
        }
        return named_group(p, unit == '<' ? '>' : '\'');
    case '(':
        return condition_group(p);
    default:
        p->at--;
        if (p->group->kind != TC_NODE_IF_MATCH)
            read_options(p);
        if (left(p) == 0)
            break;
        unit = p->pattern[p->at++];
        if (unit == ')')
            return NULL;
        if (unit == ':')
            return node_new(p, TC_NODE_GROUP);
        break;
    }
    fail(p, TC_NETREGEX_INVALID);
    return NULL;
}

/* ---- the body ---- */

static struct tc_netregex_node *
backref_node(struct parser *p, int32_t number)
{
    struct tc_netregex_node *node = node_new(p, TC_NODE_BACKREF);
    struct tc_netregex_slot *slot = find_slot(p, number);

    if (node == NULL || slot == NULL)
        return NULL;
    slot->used = true;
    node->number = number;
    return node;
}

/* ScanBasicBackslash: a back reference or one character. */
static struct tc_netregex_node *
back_reference(struct parser *p)
{
    size_t start = p->at;
    uint16_t unit = peek(p, 0), close = 0;

    if (unit == 'k') {
        if (left(p) >= 2 && (peek(p, 1) == '<' || peek(p, 1) == '\''))
            close = peek(p, 1) == '<' ? '>' : '\'';
        p->at += 2;
        if (close == 0 || p->at >= p->length) {
            fail(p, TC_NETREGEX_INVALID);
            return NULL;
        }
    } else if ((unit == '<' || unit == '\'') && left(p) > 1) {
        close = unit == '<' ? '>' : '\'';
        p->at++;
    }
    if (close != 0) {
        bool valid;
        int32_t number = read_group_reference(p, &valid);

        if (!ok(p))
            return NULL;
        if (valid && left(p) > 0 && peek(p, 0) == close) {
            p->at++;
            if (number != -1)
                return backref_node(p, number);
            fail(p, TC_NETREGEX_INVALID);
            return NULL;
        }
    } else if (unit >= '1' && unit <= '9') {
        int32_t number = read_decimal(p);

        if (find_slot(p, number) != NULL)
            return backref_node(p, number);
        if (number <= 9)
            fail(p, TC_NETREGEX_INVALID);
    }
    p->at = start;
    return ok(p) ? one_node(p, read_escape(p)) : NULL;
}

#define WORD "[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}\\x{200c}\\x{200d}]"

/* ScanBackslash: behind the backslash. */
static struct tc_netregex_node *
backslash(struct parser *p)
{
    static const struct {
        char letter;
        const char *text;
    } anchors[] = {
        {'b', "(?:(?<=" WORD ")(?!" WORD ")|(?<!" WORD ")(?=" WORD "))"},
        {'B', "(?:(?<=" WORD ")(?=" WORD ")|(?<!" WORD ")(?!" WORD "))"},
        {'A', "\\A"},
        {'G', "\\G"},
        {'Z', "\\Z"},
        {'z', "\\z"},
    };
    uint16_t unit = peek(p, 0);
    struct tc_netset *set;

    if (left(p) == 0) {
        fail(p, TC_NETREGEX_INVALID);
        return NULL;
    }
    for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++)
        if (unit == anchors[i].letter) {
            p->at++;
            return text_node(p, TC_NODE_ANCHOR, anchors[i].text);
        }
    if (unit != 0 && unit < 0x80 && strchr("wWsSdDpP", unit) != NULL) {
        p->at++;
        set = level_sets(p, 0);
        if (set == NULL || !spend(p))
            return NULL;
        tc_netset_clear(set);
        if ((unit | 0x20) == 'p')
            add_property(p, set, unit == 'P', (p->options & TC_NETREGEX_IGNORE_CASE) != 0);
        else
            tc_netset_add_class(set, (char)(unit | 0x20), (unit & 0x20) == 0);
        return ok(p) ? set_node(p, set) : NULL;
    }
    return back_reference(p);
}

/* The quantifier at the parser's place, around the unit before it. False when `{` turns out to be none. */
static bool
read_quantifier(struct parser *p)
{
    uint16_t unit = p->pattern[p->at++];
    struct tc_netregex_node *loop = node_new(p, TC_NODE_LOOP);

    if (loop == NULL)
        return false;
    loop->min = unit == '+';
    loop->max = unit == '?' ? 1 : TC_NETREGEX_INFINITE;
    if (unit == '{') {
        loop->min = loop->max = read_decimal(p);
        if (peek(p, 0) == ',') {
            p->at++;
            loop->max = peek(p, 0) == '}' ? TC_NETREGEX_INFINITE : read_decimal(p);
        }
        p->at++; /* the brace is there: it is a true quantifier */
    }
    skip_blank(p);
    if (left(p) > 0 && peek(p, 0) == '?') {
        p->at++;
        loop->lazy = true;
    }
    if (loop->min > loop->max)
        return fail(p, TC_NETREGEX_INVALID);
    node_add(loop, p->unit);
    node_add(p->concat, loop);
    p->unit = NULL;
    return ok(p);
}

/* One special character; false when there is nothing a quantifier could follow. */
static bool
read_special(struct parser *p, uint16_t unit, bool after_quantifier)
{
    struct tc_netregex_node *group;
    struct tc_netset *set;

    switch (unit) {
    case '[':
        read_class(p, (p->options & TC_NETREGEX_IGNORE_CASE) != 0, false, 0);
        set = ok(p) ? level_sets(p, 0) : NULL;
        p->unit = set == NULL ? NULL : set_node(p, set);
        return true;
    case '(':
        push_options(p);
        group = group_open(p);
        if (group == NULL) {
            p->saved_count--; /* the options stay */
            return false;
        }
        open_group(p, group);
        return false;
    case '|':
        add_alternate(p);
        return false;
    case ')':
        if (p->frames == NULL || p->frames->up == NULL)
            return fail(p, TC_NETREGEX_INVALID);
        add_group(p);
        close_group(p);
        pop_options(p);
        return p->unit != NULL;
    case '\\':
        p->unit = backslash(p);
        return true;
    case '^':
        p->unit = text_node(p, TC_NODE_ANCHOR, p->options & TC_NETREGEX_MULTILINE ? "(?:\\A|(?<=\\n))" : "\\A");
        return true;
    case '$':
        p->unit = text_node(p, TC_NODE_ANCHOR, p->options & TC_NETREGEX_MULTILINE ? "(?=\\n|\\z)" : "\\Z");
        return true;
    case '.':
        p->unit = text_node(p, TC_NODE_SET, p->options & TC_NETREGEX_SINGLELINE ? "[\\x{0}-\\x{ffff}]" : "[^\\n]");
        return true;
    default: /* a quantifier; what it belongs to has been read before */
        (void)after_quantifier;
        if (p->unit == NULL)
            return fail(p, TC_NETREGEX_INVALID);
        p->at--;
        return true;
    }
}

/* ScanRegex. NULL with the status set when the pattern is not valid. */
static struct tc_netregex_node *
read_regex(struct parser *p)
{
    bool quantified = false;
    struct tc_netregex_node *root = node_new(p, TC_NODE_GROUP);

    if (root == NULL)
        return NULL;
    open_group(p, root);
    while (left(p) > 0 && ok(p)) {
        bool after_quantifier = quantified;
        size_t start, end;
        uint16_t unit;

        quantified = false;
        skip_blank(p);
        for (start = p->at; left(p) > 0; p->at++) {
            unit = peek(p, 0);
            if (ignores_space(p) && (is_space(unit) || unit == '#'))
                break;
            if (is_special(unit) && (unit != '{' || is_true_quantifier(p)))
                break;
        }
        end = p->at;
        skip_blank(p);
        if (!ok(p))
            return NULL;
        unit = left(p) > 0 ? peek(p, 0) : 0;
        if (left(p) > 0 && is_special(unit)) {
            quantified = is_quantifier(unit);
            p->at++;
        } else {
            unit = 0;
        }
        if (start < end) {
            for (size_t i = start; i + (quantified ? 1 : 0) < end; i++)
                node_add(p->concat, one_node(p, p->pattern[i]));
            if (quantified)
                p->unit = one_node(p, p->pattern[end - 1]);
        }
        if (unit == 0 || !ok(p) || !read_special(p, unit, after_quantifier) || !ok(p))
            continue;
        skip_blank(p);
        quantified = left(p) > 0 && is_true_quantifier(p);
        if (quantified) {
            (void)read_quantifier(p);
        } else {
            node_add(p->concat, p->unit);
            p->unit = NULL;
        }
    }
    if (!ok(p) || p->frames->up != NULL) {
        fail(p, TC_NETREGEX_INVALID);
        return NULL;
    }
    add_group(p);
    return root;
}

enum tc_netregex_status
tc_netregex_parse(struct tc_arena *arena, const uint16_t *pattern, size_t length, unsigned options,
                  struct tc_netregex_tree *ret)
{
    struct parser p = {
        .arena = arena, .pattern = pattern, .length = length, .options = options, .status = TC_NETREGEX_OK};

    if (length > PATTERN_MAX)
        return TC_NETREGEX_UNSUPPORTED;
    p.name_tail = &p.names;
    p.saved = tc_arena_alloc_array(arena, length + 1, sizeof *p.saved, alignof(max_align_t));
    if (p.saved == NULL)
        return TC_NETREGEX_NOMEM;
    count_captures(&p);
    p.at = p.saved_count = p.class_cost = 0;
    p.options = options;
    p.backwards = p.ignore_next_paren = false;
    p.next_number = 1;
    ret->root = ok(&p) ? read_regex(&p) : NULL;
    ret->slots = p.slots;
    ret->fault = p.fault;
    return arena->failed ? TC_NETREGEX_NOMEM : p.status;
}
