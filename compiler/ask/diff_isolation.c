/* Ways between applications that are open, or taken, on one side only. */
#include "ask/diff_parts.h"

#include <string.h>

/* A finding of a way. */
struct part {
    struct part *next;
    const struct tc_isolation_finding *finding;
};

/* All findings of one rule about one resource. */
struct way {
    struct way *next;
    struct part *parts;
    const struct tc_isolation_finding *worst; /* nobody has accepted it, if there is such a one */
    const struct way *other;                  /* on the other side */
};

struct side {
    const struct tc_isolation *isolation;
    struct tc_map by_key;
    struct way *first, **tail;
    const uint32_t *numbers; /* of each application, the same on both sides; UINT32_MAX: only there */
};

struct run {
    struct tc_arena *arena;
    struct tc_diff *diff;
    struct tc_diff_way **tail;
    struct side sides[2];
    bool has_reasons; /* both sides give them: they take findings as acceptances do */
    uint32_t *seen;   /* by number of an application: the last stamp */
    uint32_t stamp;
};

static bool
is_accepted(const struct run *run, const struct tc_isolation_finding *finding)
{
    return finding->accept != NULL || (run->has_reasons && finding->reason.len > 0);
}

static struct tc_str
key_of(struct tc_arena *arena, const struct tc_isolation_finding *finding)
{
    struct tc_str resource = tc_str_fold(arena, finding->resource);

    return tc_arena_printf(arena, "%d %.*s", (int)finding->rule, TC_STR_ARG(resource));
}

static bool
is_worse(const struct run *run, const struct tc_isolation_finding *a, const struct tc_isolation_finding *b)
{
    if (is_accepted(run, a) != is_accepted(run, b))
        return !is_accepted(run, a);
    return a->verdict > b->verdict;
}

static bool
collect(struct run *run, struct side *side)
{
    struct tc_arena *arena = run->arena;

    side->tail = &side->first;
    tc_map_init(&side->by_key, arena);
    for (const struct tc_isolation_finding *finding = side->isolation->findings; finding != NULL;
         finding = finding->next) {
        struct tc_str key = key_of(arena, finding);
        struct way *way = tc_map_get(&side->by_key, key);
        struct part *part = tc_arena_new(arena, struct part);

        if (way == NULL) {
            way = tc_arena_new(arena, struct way);
            if (way == NULL)
                return false;
            way->worst = finding;
            tc_map_add(&side->by_key, key, way);
            *side->tail = way;
            side->tail = &way->next;
        }
        if (part == NULL)
            return false;
        *part = (struct part){way->parts, finding};
        way->parts = part;
        if (is_worse(run, finding, way->worst))
            way->worst = finding;
    }
    return !arena->failed;
}

/* ---- who ---- */

static bool
is_everyone(const struct side *side, const struct way *way, bool to)
{
    size_t all = side->isolation->model->application_count;

    for (const struct part *part = way->parts; part != NULL; part = part->next)
        if ((to ? part->finding->to_count : part->finding->from_count) == all)
            return true;
    return false;
}

/* Whether an application of @a a is none of @a b, on the side that says which ones. */
static bool
has_more(struct run *run, const struct side *a, const struct way *x, const struct side *b, const struct way *y, bool to)
{
    if (is_everyone(b, y, to) && is_everyone(a, x, to))
        return false;
    run->stamp++;
    for (const struct part *part = y->parts; part != NULL; part = part->next) {
        const uint32_t *list = to ? part->finding->tos : part->finding->froms;
        size_t count = to ? part->finding->to_count : part->finding->from_count;

        for (size_t i = 0; i < count; i++)
            if (b->numbers[list[i]] != UINT32_MAX)
                run->seen[b->numbers[list[i]]] = run->stamp;
    }
    for (const struct part *part = x->parts; part != NULL; part = part->next) {
        const uint32_t *list = to ? part->finding->tos : part->finding->froms;
        size_t count = to ? part->finding->to_count : part->finding->from_count;

        for (size_t i = 0; i < count; i++)
            if (a->numbers[list[i]] == UINT32_MAX || run->seen[a->numbers[list[i]]] != run->stamp)
                return true;
    }
    return false;
}

static bool
reaches_further(struct run *run, int side, const struct way *a, const struct way *b)
{
    return has_more(run, &run->sides[side], a, &run->sides[1 - side], b, false) ||
           has_more(run, &run->sides[side], a, &run->sides[1 - side], b, true);
}

/* ---- the result ---- */

static size_t
widest(const struct way *way, bool to)
{
    size_t most = 0;

    for (const struct part *part = way->parts; part != NULL; part = part->next) {
        size_t count = to ? part->finding->to_count : part->finding->from_count;

        if (count > most)
            most = count;
    }
    return most;
}

static void
add(struct run *run, const struct way *before, const struct way *after, const char *change, bool worse)
{
    const struct way *shown = after != NULL ? after : before;
    struct tc_diff_way *way = tc_arena_new(run->arena, struct tc_diff_way);

    if (way == NULL)
        return;
    *way = (struct tc_diff_way){.before = before == NULL ? NULL : before->worst,
                                .after = after == NULL ? NULL : after->worst,
                                .change = change,
                                .is_worse = worse,
                                .sentence = tc_isolation_sentence(run->arena, shown->worst),
                                .from_count = widest(shown, false),
                                .to_count = shown->worst->to.application == NULL ? 0 : widest(shown, true)};
    *run->tail = way;
    run->tail = &way->next;
    run->diff->has_changes = true;
    run->diff->is_worse |= worse;
}

static bool
accepted_otherwise(const struct run *run, const struct tc_isolation_finding *a, const struct tc_isolation_finding *b)
{
    const struct tc_accept *x = a->accept, *y = b->accept;

    if (x == NULL || y == NULL)
        return run->has_reasons && !tc_str_eq(a->reason, b->reason);
    return !tc_str_eq(x->because, y->because) || !tc_str_eq(x->until, y->until);
}

static void
compare(struct run *run, const struct way *before, const struct way *after)
{
    const struct tc_isolation_finding *a = before->worst, *b = after->worst;

    if (is_accepted(run, a) != is_accepted(run, b))
        add(run, before, after, is_accepted(run, b) ? "accepted now" : "no longer accepted", !is_accepted(run, b));
    else if (a->verdict != b->verdict)
        add(run, before, after, b->verdict == TC_NOT_ISOLATED ? "open now, unknown before" : "unknown now, open before",
            b->verdict > a->verdict && !is_accepted(run, b));
    else if (reaches_further(run, 1, after, before))
        add(run, before, after, "reaches further", !is_accepted(run, b));
    else if (reaches_further(run, 0, before, after))
        add(run, before, after, "reaches less far", false);
    else if (is_accepted(run, b) && accepted_otherwise(run, a, b))
        add(run, before, after, "accepted for another reason, or until another day", false);
}

static bool
number(struct run *run, const uint32_t *matches)
{
    size_t before = run->sides[0].isolation->model->application_count,
           after = run->sides[1].isolation->model->application_count;
    uint32_t *older = tc_arena_array(run->arena, uint32_t, before);
    uint32_t *newer = tc_arena_array(run->arena, uint32_t, after);

    run->seen = tc_arena_array(run->arena, uint32_t, after);
    if (older == NULL || newer == NULL || run->seen == NULL)
        return false;
    for (size_t i = 0; i < before; i++)
        older[i] = UINT32_MAX;
    for (size_t i = 0; i < after; i++) {
        newer[i] = (uint32_t)i;
        if (matches[i] != UINT32_MAX)
            older[matches[i]] = (uint32_t)i;
    }
    run->sides[0].numbers = older;
    run->sides[1].numbers = newer;
    return true;
}

bool
tc_diff_isolation(struct tc_arena *arena, const struct tc_diff_side *from, const struct tc_diff_side *to,
                  const uint32_t *matches, struct tc_diff *diff)
{
    struct run run = {.arena = arena, .diff = diff, .tail = &diff->ways};

    if (from->isolation == NULL || to->isolation == NULL)
        return true;
    diff->isolation_compared = true;
    run.has_reasons = from->says & to->says & TC_DIFF_SAYS_REASONS;
    run.sides[0].isolation = from->isolation;
    run.sides[1].isolation = to->isolation;
    if (!number(&run, matches) || !collect(&run, &run.sides[0]) || !collect(&run, &run.sides[1]))
        return false;
    for (struct way *way = run.sides[1].first; way != NULL; way = way->next) {
        struct way *other = tc_map_get(&run.sides[0].by_key, key_of(arena, way->worst));

        if (other == NULL) {
            add(&run, NULL, way, is_accepted(&run, way->worst) ? "new, and accepted" : "new",
                !is_accepted(&run, way->worst));
            continue;
        }
        other->other = way;
        compare(&run, other, way);
    }
    for (const struct way *way = run.sides[0].first; way != NULL; way = way->next)
        if (way->other == NULL)
            add(&run, way, NULL, "gone", false);
    return !arena->failed;
}
