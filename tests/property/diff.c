/*
 * What holds for every diff: `diff [SEED [COUNT]]`.
 *
 * Sources are made from the tables; the other side is the same one written otherwise, with a grant more or less, or
 * another source. Where the diff says nothing of what the own code may do, each side's grant is within the other's, by
 * the algebra itself; every demand it shows is allowed on one side and not on the other; backwards it says the same the
 * other way round; and another order, other letter case and slashes at the end of directories are no difference.
 */
#include "ask/diff.h"
#include "api/trustc.h"
#include "property/generate.h"
#include "verify/grants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum mode { SAME, LAYOUT, FEWER, MORE, OTHER, MODES };

struct side {
    struct tc_compilation c;
    struct tc_subjects subjects;
    struct tc_diff_side side;
};

static size_t passed, failed, shown, demands;

static void
complain(const struct side sides[2], const char *what, struct tc_str name, struct tc_str text)
{
    failed++;
    if (shown++ >= 5)
        return;
    printf("FAILED %s: %.*s: %.*s\n", what, TC_STR_ARG(name), TC_STR_ARG(text));
    for (int i = 0; i < 2; i++)
        printf("---- %d\n%.*s\n", i, TC_STR_ARG(sides[i].c.sources.list[0]->text));
}

static bool
open_side(struct side *side, struct tc_str text)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    const struct tc_sema_host host = tc_host_builtin();

    memset(side, 0, sizeof *side);
    tc_compilation_init(&side->c);
    if (tc_compile(&side->c, &host, &options, TC_STR("a.trust"), text) != TC_OK ||
        tc_subjects_of_model(&side->c.arena, side->c.model, &side->subjects) != TC_OK)
        return false;
    side->side = (struct tc_diff_side){
        .name = TC_STR("a.trust"),
        .model = side->c.model,
        .sources = &side->c.sources,
        .says = TC_DIFF_SAYS_LEVELS | TC_DIFF_SAYS_SERVER | TC_DIFF_SAYS_REASONS,
        .places = tc_arena_array(&side->c.arena, struct tc_diff_place, side->c.model->application_count)};
    return side->side.places != NULL;
}

/* ---- changed sources ---- */

static struct tc_str
next_line(struct tc_str *rest)
{
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->ptr) + 1;
    struct tc_str line = tc_str_sub(*rest, 0, len);

    *rest = tc_str_sub(*rest, len, SIZE_MAX);
    return line;
}

static bool
is_grant(struct tc_str line)
{
    return tc_str_starts(line, TC_STR("    grant "));
}

/* Grants that stand together, backwards; directories with a slash and in other letter case. */
static void
put_otherwise(struct tc_buf *out, struct tc_str text)
{
    struct tc_str grants[64];
    size_t count = 0;

    tc_buf_puts(out, TC_STR("# Somebody was here.\n"));
    while (text.len > 0 || count > 0) {
        struct tc_str line = text.len > 0 ? next_line(&text) : TC_STR("");

        if (is_grant(line) && count < sizeof grants / sizeof grants[0]) {
            grants[count++] = line;
            continue;
        }
        while (count > 0)
            tc_buf_puts(out, grants[--count]);
        if (tc_str_starts(line, TC_STR("    root \"D:\\Sites\\App")))
            tc_buf_printf(out, "    root \"d:\\sites\\APP%.*s\\\";\n", 1, line.ptr + 22);
        else
            tc_buf_puts(out, line);
    }
}

static size_t
count_grants(struct tc_str text)
{
    size_t count = 0;

    while (text.len > 0)
        count += is_grant(next_line(&text));
    return count;
}

static void
put_less(struct tc_buf *out, struct tc_str text, struct tct_rng *rng)
{
    size_t left_out = tct_rng_below(rng, count_grants(text)), n = 0;

    while (text.len > 0) {
        struct tc_str line = next_line(&text);

        if (!is_grant(line) || n++ != left_out)
            tc_buf_puts(out, line);
    }
}

static void
put_more(struct tc_buf *out, struct tc_str text, struct tct_rng *rng, enum tc_framework framework)
{
    size_t behind = tct_rng_below(rng, count_grants(text)), n = 0;

    while (text.len > 0) {
        struct tc_str line = next_line(&text);

        tc_buf_puts(out, line);
        if (is_grant(line) && n++ == behind) {
            const struct tc_class *cls = tc_class((enum tc_class_id)tct_rng_below(rng, TC_CLASS_COUNT_));

            if (!tct_grantable(cls, framework))
                continue;
            tc_buf_printf(out, "    grant %s", cls->word);
            tct_generate_permission(out, rng, cls, framework);
            tc_buf_putc(out, '\n');
        }
    }
}

static void
put_source(struct tc_buf *out, const struct tct_source *source, bool backwards)
{
    tc_buf_puts(out, tc_buf_str(&source->head));
    for (size_t i = 0; i < source->application_count; i++)
        tc_buf_puts(out, tc_buf_str(&source->applications[backwards ? source->application_count - 1 - i : i]));
}

static void
generate(struct tc_buf texts[2], struct tct_rng *rng, enum mode mode, enum tc_runtime runtime)
{
    enum tc_framework framework = tc_runtime_info(runtime)->framework;
    struct tct_source source, other;
    struct tc_buf whole = {0};

    tct_generate_source(&source, rng, runtime);
    put_source(&texts[0], &source, false);
    switch (mode) {
    case SAME:
        put_source(&texts[1], &source, false);
        break;
    case LAYOUT:
        put_source(&whole, &source, true);
        put_otherwise(&texts[1], tc_buf_str(&whole));
        break;
    case FEWER:
        put_less(&texts[1], tc_buf_str(&texts[0]), rng);
        break;
    case MORE:
        put_more(&texts[1], tc_buf_str(&texts[0]), rng, framework);
        break;
    case OTHER:
    case MODES:
        tct_generate_source(&other, rng, runtime);
        put_source(&texts[1], &other, false);
        tct_source_done(&other);
        break;
    }
    tc_buf_done(&whole);
    tct_source_done(&source);
}

/* ---- what holds ---- */

static struct tc_subject *
find(const struct side *side, struct tc_str name)
{
    for (size_t i = 0; i < side->subjects.count; i++)
        if (tc_str_eq(side->subjects.items[i].name, name))
            return &side->subjects.items[i];
    return NULL;
}

static const struct tc_diff_entry *
entry_of(const struct tc_diff *diff, struct tc_str name)
{
    for (const struct tc_diff_entry *entry = diff->entries; entry != NULL; entry = entry->next)
        for (size_t i = 0; i < entry->count && entry->status == TC_DIFF_CHANGED; i++)
            if (tc_str_eq(entry->names[i], name))
                return entry;
    return NULL;
}

static bool
has_grant_changes(const struct tc_diff_entry *entry)
{
    for (const struct tc_diff_change *change = entry == NULL ? NULL : entry->changes; change != NULL;
         change = change->next)
        if (change->area == TC_DIFF_GRANT)
            return true;
    return false;
}

/* The rows of a permission for the Web, but for patterns that accept no URL. */
static const struct tc_perm *
without_nothing(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_perm *copy = tc_perm_new(arena, perm->cls, perm->span);

    copy->unrestricted = perm->unrestricted;
    for (uint32_t i = 0; i < perm->row_count; i++)
        if (perm->rows[i].cells[0].text.len > 0)
            tc_perm_append_row(arena, copy, &perm->rows[i]);
    return copy;
}

/* What demands can tell: queues are looked up on the server, so the algebra takes no two of them for the same. */
static struct tc_grant_set *
demandable(struct tc_arena *arena, const struct tc_grant_set *set)
{
    struct tc_grant_set *copy = tc_arena_new(arena, struct tc_grant_set);

    *copy = *set;
    copy->grants = tc_arena_array(arena, struct tc_grant, set->count);
    copy->count = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct tc_grant grant = set->grants[i];

        if (grant.cls->algebra == TC_ALGEBRA_MESSAGE_QUEUE)
            continue;
        if (grant.cls == tc_class(TC_CLASS_WEB) && grant.perm != NULL)
            grant.perm = without_nothing(arena, grant.perm);
        copy->grants[copy->count++] = grant;
    }
    return copy;
}

static bool
within(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b)
{
    return a == NULL || b == NULL ? a == b : tc_grants_within(arena, demandable(arena, a), demandable(arena, b));
}

static bool
is_same(struct tc_arena *arena, const struct tc_subject *a, const struct tc_subject *b)
{
    bool same = true;

    for (size_t i = 0; i < TC_OWN_KINDS; i++)
        same &= within(arena, a->grants[i].sure, b->grants[i].sure) &&
                within(arena, b->grants[i].sure, a->grants[i].sure) &&
                within(arena, a->grants[i].wide, b->grants[i].wide) &&
                within(arena, b->grants[i].wide, a->grants[i].wide);
    return same;
}

/* A demand that a change shows, asked of the subjects themselves. */
static void
check_demand(struct tc_arena *arena, const struct side sides[2], const struct tc_diff_change *change,
             struct tc_subject *subjects[2])
{
    struct tc_may_answer before, after;
    bool good = tc_ask(arena, subjects[0], change->demand, &before) == TC_OK &&
                tc_ask(arena, subjects[1], change->demand, &after) == TC_OK;
    bool gains = change->after > change->before, told = false;

    for (size_t i = 0; good && i < TC_OWN_KINDS; i++)
        if (change->kinds >> i & 1u)
            told |= gains ? after.kinds[i] > before.kinds[i] : after.kinds[i] < before.kinds[i];
    demands++;
    if (!good || !told)
        complain(sides, "a demand does not tell the sides apart", subjects[0]->name, change->witness);
}

static void
check_pair(struct tc_arena *arena, const struct side sides[2], const struct tc_diff *diff,
           struct tc_subject *subjects[2])
{
    const struct tc_diff_entry *entry = entry_of(diff, subjects[0]->name);
    bool same = is_same(arena, subjects[0], subjects[1]), proven = false;

    if (!has_grant_changes(entry)) {
        if (!same)
            complain(sides, "nothing is said, and the grants differ", subjects[0]->name, TC_STR(""));
        return;
    }
    for (const struct tc_diff_change *change = entry->changes; change != NULL; change = change->next) {
        if (change->area != TC_DIFF_GRANT || change->demand == NULL)
            continue;
        proven = true;
        if (tc_str_eq(entry->example, subjects[0]->name))
            check_demand(arena, sides, change, subjects);
    }
    if (same && !proven && !tc_str_starts(entry->changes->what, TC_STR("MessageQueue")))
        complain(sides, "a change is told without a demand, and the grants are the same", subjects[0]->name,
                 entry->changes->what);
}

static size_t
count_effects(const struct tc_diff *diff, bool more)
{
    size_t count = 0;

    for (const struct tc_diff_entry *entry = diff->entries; entry != NULL; entry = entry->next)
        for (const struct tc_diff_change *change = entry->changes; change != NULL; change = change->next)
            count += entry->count * (more ? change->effect == TC_DIFF_GAINS || change->effect == TC_DIFF_WIDER
                                          : change->effect == TC_DIFF_LOSES || change->effect == TC_DIFF_NARROWER);
    return count;
}

static void
check(const struct side sides[2], enum mode mode)
{
    struct tc_arena arena;
    struct tc_diff *diff, *back;
    size_t before = failed;

    tc_arena_init(&arena);
    if (tc_diff(&arena, &sides[0].side, &sides[1].side, &diff) != TC_OK ||
        tc_diff(&arena, &sides[1].side, &sides[0].side, &back) != TC_OK) {
        complain(sides, "out of memory", TC_STR(""), TC_STR(""));
        tc_arena_done(&arena);
        return;
    }
    if (mode <= LAYOUT && diff->has_changes)
        complain(sides, "what means the same differs", diff->entries == NULL ? TC_STR("") : diff->entries->names[0],
                 diff->entries == NULL || diff->entries->changes == NULL ? TC_STR("") : diff->entries->changes->what);
    if (count_effects(diff, true) != count_effects(back, false) ||
        count_effects(diff, false) != count_effects(back, true) || diff->has_changes != back->has_changes)
        complain(sides, "backwards it is another one", TC_STR(""), TC_STR(""));
    for (size_t i = 0; i < sides[0].subjects.count; i++) {
        struct tc_subject *pair[2] = {&sides[0].subjects.items[i], find(&sides[1], sides[0].subjects.items[i].name)};

        if (pair[1] != NULL)
            check_pair(&arena, sides, diff, pair);
    }
    passed += failed == before;
    tc_arena_done(&arena);
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20261123,
             count = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    size_t refused = 0;

    for (uint64_t run = 0; run < count; run++) {
        struct tct_rng rng = tct_rng(seed, run);
        enum mode mode = (enum mode)tct_rng_below(&rng, MODES);
        enum tc_runtime runtime = (enum tc_runtime)tct_rng_below(&rng, TC_RT_COUNT_);
        struct tc_buf texts[2] = {{0}, {0}};
        struct side sides[2];
        bool good;

        generate(texts, &rng, mode, runtime);
        good = open_side(&sides[0], tc_buf_str(&texts[0]));
        if (!good) {
            printf("FAILED a source does not compile\n%.*s\n", TC_STR_ARG(tc_buf_str(&texts[0])));
            failed++;
        }
        good &= open_side(&sides[1], tc_buf_str(&texts[1]));
        if (good)
            check(sides, mode);
        else
            refused++; /* a grant more or less that the compiler does not take */
        for (int i = 0; i < 2; i++) {
            tc_compilation_done(&sides[i].c);
            tc_buf_done(&texts[i]);
        }
    }
    if (refused > count / 4 || demands < count / 4) {
        printf("only %zu demands were tried, and %zu sources refused\n", demands, refused);
        failed++;
    }
    printf("diff: %zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
