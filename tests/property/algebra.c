/*
 * What holds for all permissions of a class, tried on random ones: union only widens, intersection only narrows, subset
 * is a partial order, and what is written reads the same. The same of permission sets.
 *
 * The framework's own classes do not keep all of that. Each case is a row of `exceptions` below, with the reason and
 * where it is written down; nothing else is forgiven, and a row that nothing needs is a failure, too.
 *
 * algebra [--seed N] [--rounds N]: a failure prints the seed, the round and the permissions. What the framework would
 * have to ask the computer for (DNS, queues) and classes that are not known make no claims.
 */
#include "model/pset_algebra.h"
#include "property/permissions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum property {
    UNION_WIDENS,      /* a and b are within a ∪ b */
    INTERSECT_NARROWS, /* a ∩ b is within a and b */
    REFLEXIVE,         /* a is within a */
    TRANSITIVE,        /* a within b within c: a within c */
    ANTISYMMETRIC,     /* a within b within a: they read the same, or nothing can tell them apart */
    ROUND_TRIP,        /* a written and read is a */
    PROPERTY_COUNT_
};

static const char *const property_names[PROPERTY_COUNT_] = {
    "union widens",         "intersection narrows",    "subset is reflexive",
    "subset is transitive", "subset is antisymmetric", "written and read",
};

/* With these every exception is needed by something. */
enum { SEED = 4, ROUNDS = 1000 };

enum { CLASSES_PER_ROW = 4, PERMS_MAX = 3 };

/* ---- what the framework does otherwise ---- */

static struct exception {
    const char *classes[CLASSES_PER_ROW]; /* source words */
    enum property property;
    /* What the XML of one must hold for the row to count; "!": one is not even within itself; NULL: nothing. */
    const char *only;
    const char *reason;
    const char *source; /* where it is described, and recorded answers that show it */
    size_t fired[CLASSES_PER_ROW];
} exceptions[] = {
    {{"FileIO"},
     TRANSITIVE,
     "*All",
     "all files, or all local ones, without a path beside them are within anything that names a path for that right",
     "permissions 1; subset.tsv",
     {0}},
    {{"FileIO"},
     TRANSITIVE,
     "PathDiscovery",
     "who may discover a path may discover every path above and below it",
     "permissions 1; subset.tsv",
     {0}},
    {{"FileIO"},
     INTERSECT_NARROWS,
     "*AllLocalFiles*",
     "paths of a right must all be local, or all be listed: some of each are within nothing",
     "permissions 1; subset.tsv",
     {0}},
    {{"KeyContainer"},
     UNION_WIDENS,
     "AccessEntry",
     "an entry with the flags of the whole permission is not kept, also where a wider entry narrows it",
     "permissions 8; parse.tsv, combine.tsv",
     {0}},
    {{"KeyContainer"},
     INTERSECT_NARROWS,
     "AccessEntry",
     "the same; and an entry of the grant bounds what the demand may have for it by default",
     "permissions 8; combine.tsv, subset.tsv",
     {0}},
    {{"KeyContainer"},
     TRANSITIVE,
     "AccessEntry",
     "entries are held only against entries that are named, not against what two of them together leave",
     "permissions 8; subset.tsv",
     {0}},
    {{"KeyContainer"},
     ROUND_TRIP,
     "AccessEntry",
     "two entries for one container have what both have; with the flags of the whole permission that is not read again",
     "permissions 8; parse.tsv",
     {0}},
    {{"Web"},
     INTERSECT_NARROWS,
     "(?=",
     "two patterns become one that looks ahead, and to ask whether a pattern is within another one throws",
     "permissions 9; combine.tsv, subset.tsv",
     {0}},
    {{"Socket"}, REFLEXIVE, "host=\"\"", "an empty host is within nothing", "permissions 10; subset.tsv", {0}},
    {{"Socket"}, UNION_WIDENS, "!", "the same", "permissions 10; combine.tsv, subset.tsv", {0}},
    {{"Socket"},
     INTERSECT_NARROWS,
     ".*",
     "a pattern is within another when it covers it, not when it is covered",
     "permissions 10; subset.tsv",
     {0}},
    {{"Socket"}, INTERSECT_NARROWS, "!", "the same", "permissions 10; combine.tsv, subset.tsv", {0}},
    {{"Socket"},
     TRANSITIVE,
     ".*",
     "a pattern is within another when it covers it, not when it is covered",
     "permissions 10; subset.tsv",
     {0}},
    {{"NetworkInformation"},
     UNION_WIDENS,
     "Unrestricted",
     "the union of an unrestricted permission is Read and Ping, which is less",
     "permissions 13; combine.tsv, subset.tsv",
     {0}},
    {{"EventLog", "PerformanceCounter", "ServiceController", "DirectoryServices"},
     REFLEXIVE,
     "name=\"*\"",
     "where there is `*`, nothing else of the grant is looked at",
     "permissions 14; subset.tsv",
     {0}},
    {{"EventLog", "PerformanceCounter", "ServiceController", "DirectoryServices"},
     UNION_WIDENS,
     "name=\"*\"",
     "the same, and `*` is joined like any other name",
     "permissions 14; combine.tsv, subset.tsv",
     {0}},
    {{"EventLog", "PerformanceCounter", "ServiceController", "DirectoryServices"},
     INTERSECT_NARROWS,
     "name=\"*\"",
     "the same",
     "permissions 14; combine.tsv, subset.tsv",
     {0}},
    {{"EventLog", "PerformanceCounter", "ServiceController", "DirectoryServices"},
     TRANSITIVE,
     NULL,
     "the same; and the name of the computer in other letters is looked up as a name as well",
     "permissions 14; subset.tsv",
     {0}},
    {{"MessageQueue"},
     REFLEXIVE,
     "value=\"*\"",
     "`*` has only its own mask, whatever else there is; two of them throw",
     "permissions 19; subset.tsv",
     {0}},
    {{"MessageQueue"},
     UNION_WIDENS,
     NULL,
     "the same; and nothing at all is not within something",
     "permissions 19; combine.tsv, subset.tsv",
     {0}},
    {{"MessageQueue"}, INTERSECT_NARROWS, NULL, "the same", "permissions 19; combine.tsv, subset.tsv", {0}},
    {{"MessageQueue"},
     ROUND_TRIP,
     NULL,
     "only the highest name of a mask is written",
     "permissions 19; parse.tsv",
     {0}},
    {{"SqlClient", "OleDb", "Odbc", "Oracle"},
     REFLEXIVE,
     "<add",
     "a demand must follow every branch of the grant for a key that it has, also one that is there for another entry",
     "permissions 20; subset.tsv",
     {0}},
    {{"SqlClient", "OleDb", "Odbc", "Oracle"},
     UNION_WIDENS,
     "<add",
     "the same; and two entries for one string have what both have",
     "permissions 20; combine.tsv, subset.tsv",
     {0}},
    {{"SqlClient", "OleDb", "Odbc", "Oracle"},
     INTERSECT_NARROWS,
     "<add",
     "the same",
     "permissions 20; combine.tsv, subset.tsv",
     {0}},
    {{"SqlClient", "OleDb", "Odbc", "Oracle"}, TRANSITIVE, "<add", "the same", "permissions 20; subset.tsv", {0}},
    {{"Principal"},
     INTERSECT_NARROWS,
     NULL,
     "an identity without a role and one with have one with an empty role in common, which is another; and one that is "
     "only authenticated is unrestricted when it is all that is left",
     "permissions 36; combine.tsv, subset.tsv",
     {0}},
};

/* ---- bookkeeping ---- */

static struct {
    uint64_t seed, round;
    size_t passed, failed;
    size_t shown[TC_CLASS_COUNT_][PROPERTY_COUNT_], sets_shown[PROPERTY_COUNT_];
} state;

/* What a subset that is not transitive cannot tell apart is the same thing seen twice. */
static bool
applies(const struct exception *row, enum property property, struct tc_str xml, bool irreflexive)
{
    if (row->property != property && !(row->property == TRANSITIVE && property == ANTISYMMETRIC))
        return false;
    if (row->only == NULL)
        return true;
    return strcmp(row->only, "!") == 0 ? irreflexive : tc_str_find(xml, tc_str_of(row->only), 0) != SIZE_MAX;
}

static struct exception *
find_exception(const char *word, enum property property, struct tc_str xml, bool irreflexive, size_t *ret_index)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
        struct exception *row = &exceptions[i];

        if (!applies(row, property, xml, irreflexive))
            continue;
        for (size_t j = 0; j < CLASSES_PER_ROW && row->classes[j] != NULL; j++)
            if (strcmp(row->classes[j], word) == 0) {
                *ret_index = j;
                return row;
            }
    }
    return NULL;
}

/* ---- permissions as text ---- */

static struct tc_str
text_of(struct tc_arena *arena, const struct tc_element *element)
{
    struct tc_buf out = {0};
    struct tc_str text;

    tc_element_print(&out, element);
    text = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

static const struct tc_class_names names = {.is_full = false};

static struct tc_str
perm_text(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_element *element;

    if (perm == NULL)
        return TC_STR("null");
    if (tc_perm_write(arena, perm, &names, &element, &thrown) != TC_YES)
        return tc_arena_printf(arena, "(ToXml throws %s %s)", thrown.type, thrown.key);
    return text_of(arena, element);
}

static int
compare_texts(const void *a, const void *b)
{
    return tc_str_cmp(*(const struct tc_str *)a, *(const struct tc_str *)b);
}

/* The items of a list in order, each once. */
static void
put_sorted_list(struct tc_buf *out, struct tc_str value)
{
    struct tc_str items[64] = {{NULL, 0}};
    size_t count = 0;

    while (count < 64) {
        size_t end = tc_str_find(value, TC_STR(";"), 0);

        items[count++] = tc_str_sub(value, 0, end);
        if (end == SIZE_MAX)
            break;
        value = tc_str_sub(value, end + 1, SIZE_MAX);
    }
    qsort(items, count, sizeof *items, compare_texts);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !tc_str_eq(items[i - 1], items[i]))
            tc_buf_printf(out, "%.*s;", TC_STR_ARG(items[i]));
}

/* A text that is the same for elements that differ in letter case, and in the order and number of what they list. */
static struct tc_str
normal(struct tc_arena *arena, const struct tc_element *element)
{
    struct tc_str children[64] = {{NULL, 0}}, text;
    struct tc_buf out = {0};
    size_t count = 0;

    for (const struct tc_element *child = element->children; child != NULL && count < 64; child = child->next)
        children[count++] = normal(arena, child);
    qsort(children, count, sizeof *children, compare_texts);
    tc_buf_puts(&out, element->tag);
    for (size_t i = 0; i < element->attribute_count; i++) {
        tc_buf_printf(&out, " %.*s=", TC_STR_ARG(element->attributes[i].name));
        put_sorted_list(&out, element->attributes[i].value);
    }
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !tc_str_eq(children[i - 1], children[i]))
            tc_buf_printf(&out, "{%.*s}", TC_STR_ARG(children[i]));
    text = tc_str_fold(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return text;
}

static struct tc_str
perm_normal(struct tc_arena *arena, const struct tc_perm *perm)
{
    struct tc_throw thrown;
    struct tc_element *element;

    return tc_perm_write(arena, perm, &names, &element, &thrown) == TC_YES ? normal(arena, element) : TC_STR("");
}

/* ---- answers ---- */

static const struct tc_machine machine = {.name = {"MYMACHINE", 9}, .local_drives = 1u << 2};

static bool
is_unknown(const struct tc_throw *thrown)
{
    return strcmp(thrown->type, TC_UNKNOWN) == 0;
}

/* What one comparison says: yes, no, an exception, or that nothing can be said. */
enum said { NO, YES, THROWS, UNKNOWN };

static enum said
within(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b)
{
    struct tc_throw thrown = {.type = "", .key = ""};

    switch (tc_algebra_ops(a->cls->algebra)->subset(arena, &machine, a, b, &thrown)) {
    case TC_NO:
        return NO;
    case TC_YES:
        return YES;
    case TC_THROWS:
        break;
    }
    return is_unknown(&thrown) ? UNKNOWN : THROWS;
}

/* A counterexample: what was compared. */
struct example {
    struct tc_arena *arena;
    const struct tc_perm *perms[PERMS_MAX];
    const char *labels[PERMS_MAX];
    size_t count;
};

static bool
is_irreflexive(const struct example *example)
{
    for (size_t i = 0; i < example->count; i++)
        if (example->perms[i] != NULL && within(example->arena, example->perms[i], example->perms[i]) != YES)
            return true;
    return false;
}

static void
judge(bool ok, const struct tc_class *cls, enum property property, const char *what, const struct example *example)
{
    struct exception *row;
    struct tc_buf all = {0};
    size_t index = 0;

    if (ok) {
        state.passed++;
        return;
    }
    for (size_t i = 0; i < example->count; i++)
        tc_buf_puts(&all, perm_text(example->arena, example->perms[i]));
    row = find_exception(cls->word, property, tc_buf_str(&all), is_irreflexive(example), &index);
    tc_buf_done(&all);
    if (row != NULL) {
        row->fired[index]++;
        return;
    }
    state.failed++;
    if (state.shown[tc_class_id(cls)][property]++ > 0)
        return;
    printf("FAILED: %s: %s: %s (--seed %llu, round %llu)\n", cls->word, property_names[property], what,
           (unsigned long long)state.seed, (unsigned long long)state.round);
    for (size_t i = 0; i < example->count; i++)
        printf("    %s: %.*s\n", example->labels[i], TC_STR_ARG(perm_text(example->arena, example->perms[i])));
}

/* ---- the properties ---- */

static void
check_within(struct tc_arena *arena, const struct tc_perm *inner, const struct tc_perm *outer, enum property property,
             const char *what, const struct example *example)
{
    enum said said = within(arena, inner, outer);

    if (said != UNKNOWN)
        judge(said == YES, inner->cls, property, what, example);
}

static void
check_union(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, struct tc_perm **ret)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct example example = {arena, {a, b}, {"a", "b", "union"}, 2};

    *ret = NULL;
    if (tc_algebra_ops(a->cls->algebra)->unite(arena, a, b, ret, &thrown) != TC_YES) {
        if (!is_unknown(&thrown))
            judge(false, a->cls, UNION_WIDENS, thrown.type, &example);
        return;
    }
    example.perms[example.count++] = *ret;
    if (*ret == NULL) {
        judge(within(arena, a, NULL) == YES && within(arena, b, NULL) == YES, a->cls, UNION_WIDENS,
              "the union of what is not empty is null", &example);
        return;
    }
    check_within(arena, a, *ret, UNION_WIDENS, "a is not within the union", &example);
    check_within(arena, b, *ret, UNION_WIDENS, "b is not within the union", &example);
}

static void
check_intersection(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct example example = {arena, {a, b}, {"a", "b", "intersection"}, 2};
    struct tc_perm *both = NULL;

    if (tc_algebra_ops(a->cls->algebra)->intersect(arena, &machine, a, b, &both, &thrown) != TC_YES) {
        if (!is_unknown(&thrown))
            judge(false, a->cls, INTERSECT_NARROWS, thrown.type, &example);
        return;
    }
    example.perms[example.count++] = both;
    if (both == NULL) {
        state.passed++;
        return;
    }
    check_within(arena, both, a, INTERSECT_NARROWS, "the intersection is not within a", &example);
    check_within(arena, both, b, INTERSECT_NARROWS, "the intersection is not within b", &example);
}

static void
check_transitive(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b, const struct tc_perm *c)
{
    const struct example example = {arena, {a, b, c}, {"a", "b", "c"}, 3};

    if (within(arena, a, b) == YES && within(arena, b, c) == YES)
        check_within(arena, a, c, TRANSITIVE, "a is within b, b within c, but a not within c", &example);
}

static void
check_antisymmetric(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b,
                    const struct tc_perm *const *others, size_t count)
{
    struct example example = {arena, {a, b, NULL}, {"a", "b", "other"}, 3};

    if (within(arena, a, b) != YES || within(arena, b, a) != YES)
        return;
    if (tc_str_eq(perm_normal(arena, a), perm_normal(arena, b))) {
        state.passed++;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        enum said a_in = within(arena, a, others[i]), b_in = within(arena, b, others[i]);
        enum said in_a = within(arena, others[i], a), in_b = within(arena, others[i], b);

        example.perms[2] = others[i];
        if (a_in != UNKNOWN && b_in != UNKNOWN)
            judge((a_in == YES) == (b_in == YES), a->cls, ANTISYMMETRIC,
                  "a and b are within each other, but only one is within the other", &example);
        if (in_a != UNKNOWN && in_b != UNKNOWN)
            judge((in_a == YES) == (in_b == YES), a->cls, ANTISYMMETRIC,
                  "a and b are within each other, but the other is within one only", &example);
    }
}

static void
check_round_trip(struct tc_arena *arena, const struct tc_perm *a)
{
    struct example example = {arena, {a}, {"a", "read"}, 1};
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_element *element;
    struct tc_perm *read = NULL;

    if (tc_perm_write(arena, a, &names, &element, &thrown) != TC_YES) {
        if (!is_unknown(&thrown))
            judge(false, a->cls, ROUND_TRIP, "it cannot be written", &example);
        return;
    }
    if (tc_perm_read(arena, NULL, element, &read, &thrown) != TC_YES || read == NULL) {
        judge(false, a->cls, ROUND_TRIP, "what was written cannot be read", &example);
        return;
    }
    example.perms[example.count++] = read;
    judge(tc_str_eq(perm_normal(arena, a), perm_normal(arena, read)), a->cls, ROUND_TRIP,
          "it is written otherwise then", &example);
    if (within(arena, a, a) != YES)
        return;
    check_within(arena, a, read, ROUND_TRIP, "a is not within what was read", &example);
    check_within(arena, read, a, ROUND_TRIP, "what was read is not within a", &example);
}

enum { PERMS = 5 };

static void
check_class(struct tc_arena *arena, struct tct_rng *rng, const struct tc_class *cls)
{
    struct tc_perm *perms[PERMS], *united;
    size_t count = 0, focus = tct_rng_one_in(rng, 2) ? 1 + tct_rng_below(rng, 120) : 0;

    for (size_t tries = 0; tries < 100 && count < PERMS; tries++) {
        perms[count] = tct_permission(arena, rng, focus, cls);
        if (perms[count] != NULL)
            count++;
    }
    if (count < PERMS) {
        const struct example none = {.count = 0};

        judge(false, cls, ROUND_TRIP, "hardly any of its permissions can be read", &none);
        return;
    }
    for (size_t i = 0; i < PERMS; i++) {
        const struct example example = {arena, {perms[i]}, {"a"}, 1};

        check_within(arena, perms[i], perms[i], REFLEXIVE, "a is not within a", &example);
        check_round_trip(arena, perms[i]);
    }
    check_intersection(arena, perms[0], perms[1]);
    check_intersection(arena, perms[2], perms[2]);
    check_union(arena, perms[2], perms[2], &united);
    /* The union takes the place of one, so that some are within others. */
    check_union(arena, perms[0], perms[1], &united);
    if (united != NULL && tct_rng_one_in(rng, 2))
        perms[1] = united;
    check_union(arena, perms[1], perms[2], &united);
    if (united != NULL && tct_rng_one_in(rng, 2))
        perms[2] = united;
    for (size_t i = 0; i < PERMS; i++)
        for (size_t j = 0; j < PERMS; j++)
            if (i != j)
                check_antisymmetric(arena, perms[i], perms[j], (const struct tc_perm *const *)perms, PERMS);
    for (size_t i = 0; i < PERMS; i++)
        for (size_t j = 0; j < PERMS; j++)
            for (size_t k = 0; k < PERMS; k++)
                if (i != j && j != k && i != k)
                    check_transitive(arena, perms[i], perms[j], perms[k]);
}

/* ---- permission sets ---- */

enum { SETS = 4 };

/* Whether sets may hold @a cls where @a property is asked: not where the class alone does otherwise. */
static bool
keeps(const struct tc_class *cls, enum property property)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        for (size_t j = 0; j < CLASSES_PER_ROW && exceptions[i].classes[j] != NULL; j++)
            if (strcmp(exceptions[i].classes[j], cls->word) == 0 &&
                (exceptions[i].property == property || exceptions[i].property == REFLEXIVE))
                return false;
    return cls->algebra != TC_ALGEBRA_OPAQUE;
}

/* A set as a file has it: read at once, or the way a policy level is, where most classes are looked at when needed. */
static struct tc_grant_set *
a_set(struct tc_arena *arena, struct tct_rng *rng, size_t focus, enum property property)
{
    enum tc_set_reading reading = tct_rng_one_in(rng, 2) ? TC_SET_STRICT : TC_SET_POLICY;
    struct tc_element *element = tc_element_new(arena, TC_STR("PermissionSet"));
    struct tc_throw thrown;
    struct tc_grant_set *set;

    (void)tc_element_add(arena, element, TC_STR("class"), TC_STR("System.Security.PermissionSet"));
    (void)tc_element_add(arena, element, TC_STR("version"), TC_STR("1"));
    if (tct_rng_one_in(rng, 12))
        (void)tc_element_add(arena, element, TC_STR("Unrestricted"), TC_STR("true"));
    else
        for (size_t n = tct_rng_below(rng, 6); n > 0; n--) {
            size_t some = focus == 0 ? tct_rng_below(rng, TC_CLASS_COUNT_) : focus + tct_rng_below(rng, 5);
            const struct tc_class *cls = tc_class((enum tc_class_id)(some % TC_CLASS_COUNT_));

            if (keeps(cls, property))
                tc_element_append(element, tct_permission_element(arena, rng, focus, cls));
        }
    return tc_grant_set_read(arena, NULL, element, reading, &set, &thrown) == TC_YES ? set : NULL;
}

static struct tc_str
set_text(struct tc_arena *arena, const struct tc_grant_set *set, bool is_normal)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_element *element;

    if (set == NULL)
        return TC_STR("null");
    if (tc_grant_set_write(arena, set, &names, &element, &thrown) != TC_YES)
        return tc_arena_printf(arena, "(ToXml throws %s %s)", thrown.type, thrown.key);
    return is_normal ? normal(arena, element) : text_of(arena, element);
}

struct set_example {
    struct tc_arena *arena;
    const struct tc_grant_set *sets[PERMS_MAX];
    size_t count;
};

static void
judge_sets(bool ok, enum property property, const char *what, const struct set_example *example)
{
    if (ok) {
        state.passed++;
        return;
    }
    state.failed++;
    if (state.sets_shown[property]++ > 0)
        return;
    printf("FAILED: permission sets: %s: %s (--seed %llu, round %llu)\n", property_names[property], what,
           (unsigned long long)state.seed, (unsigned long long)state.round);
    for (size_t i = 0; i < example->count; i++)
        printf("    %c: %.*s\n", (char)('a' + i), TC_STR_ARG(set_text(example->arena, example->sets[i], false)));
}

static enum said
set_within(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b)
{
    struct tc_throw thrown = {.type = "", .key = ""};
    enum tc_answer answer = tc_grant_set_subset(arena, &machine, a, b, &thrown);

    return answer == TC_YES ? YES : answer == TC_NO ? NO : is_unknown(&thrown) ? UNKNOWN : THROWS;
}

static void
check_set_within(const struct set_example *example, const struct tc_grant_set *inner, const struct tc_grant_set *outer,
                 enum property property, const char *what)
{
    enum said said = set_within(example->arena, inner, outer);

    if (said != UNKNOWN)
        judge_sets(said == YES, property, what, example);
}

/* Union and intersection, as new sets and in place. */
static void
check_set_operations(struct tc_arena *arena, const struct tc_grant_set *a, const struct tc_grant_set *b,
                     enum property property)
{
    for (int in_place = 0; in_place < 2; in_place++) {
        struct set_example example = {arena, {a, b}, 2};
        struct tc_throw thrown = {.type = "", .key = ""};
        struct tc_grant_set *c = NULL;
        enum tc_answer answer;

        if (property == UNION_WIDENS)
            answer =
                in_place ? tc_grant_set_merge(arena, a, b, &c, &thrown) : tc_grant_set_unite(arena, a, b, &c, &thrown);
        else
            answer = in_place ? tc_grant_set_narrow(arena, &machine, a, b, &c, &thrown)
                              : tc_grant_set_intersect(arena, &machine, a, b, &c, &thrown);
        if (answer != TC_YES) {
            if (!is_unknown(&thrown))
                judge_sets(false, property, thrown.type, &example);
            continue;
        }
        example.sets[example.count++] = c;
        if (property == UNION_WIDENS) {
            check_set_within(&example, a, c, property, "a is not within the union c");
            check_set_within(&example, b, c, property, "b is not within the union c");
        } else if (c != NULL) {
            check_set_within(&example, c, a, property, "the intersection c is not within a");
            check_set_within(&example, c, b, property, "the intersection c is not within b");
        }
    }
}

static void
check_set_round_trip(struct tc_arena *arena, const struct tc_grant_set *a)
{
    struct set_example example = {arena, {a}, 1};
    struct tc_throw thrown = {.type = "", .key = ""};
    struct tc_grant_set *read = NULL;
    struct tc_element *element;
    bool ok = tc_grant_set_write(arena, a, &names, &element, &thrown) == TC_YES &&
              tc_grant_set_read(arena, NULL, element, TC_SET_STRICT, &read, &thrown) == TC_YES;

    judge_sets(ok, ROUND_TRIP, "it cannot be written, or not be read again", &example);
    if (!ok)
        return;
    example.sets[example.count++] = read;
    judge_sets(tc_str_eq(set_text(arena, a, true), set_text(arena, read, true)), ROUND_TRIP,
               "it is written otherwise then", &example);
    check_set_within(&example, a, read, ROUND_TRIP, "a is not within what was read");
    check_set_within(&example, read, a, ROUND_TRIP, "what was read is not within a");
}

/* Three sets, of which each may be within the next: random ones seldom are. */
static void
check_set_order(struct tc_arena *arena, const struct tc_grant_set *const *sets)
{
    const struct tc_grant_set *a = sets[0], *b = sets[1], *c = sets[2];
    const struct set_example example = {arena, {a, b, c}, 3};
    struct tc_throw thrown;
    struct tc_grant_set *united;

    if (tc_grant_set_unite(arena, a, b, &united, &thrown) == TC_YES)
        b = united;
    if (tc_grant_set_unite(arena, b, c, &united, &thrown) == TC_YES)
        c = united;
    if (set_within(arena, a, b) == YES && set_within(arena, b, c) == YES)
        check_set_within(&example, a, c, TRANSITIVE, "a is within a∪b, that within a∪b∪c, but a not within that");
    a = sets[0];
    if (set_within(arena, a, sets[3]) == YES && set_within(arena, sets[3], a) == YES)
        judge_sets((set_within(arena, a, c) == YES) == (set_within(arena, sets[3], c) == YES), ANTISYMMETRIC,
                   "two sets are within each other, but only one is within c", &example);
}

static void
check_sets(struct tc_arena *arena, struct tct_rng *rng)
{
    for (int property = 0; property < PROPERTY_COUNT_; property++) {
        size_t focus = tct_rng_one_in(rng, 2) ? 1 + tct_rng_below(rng, 120) : 0, count = 0;
        const struct tc_grant_set *sets[SETS];

        for (size_t tries = 0; tries < 100 && count < SETS; tries++) {
            sets[count] = a_set(arena, rng, focus, property == ANTISYMMETRIC ? TRANSITIVE : (enum property)property);
            if (sets[count] != NULL)
                count++;
        }
        if (count < SETS)
            continue;
        switch ((enum property)property) {
        case UNION_WIDENS:
        case INTERSECT_NARROWS:
            check_set_operations(arena, sets[0], sets[1], (enum property)property);
            check_set_operations(arena, sets[2], sets[2], (enum property)property);
            break;
        case REFLEXIVE:
            for (size_t i = 0; i < SETS; i++) {
                const struct set_example example = {arena, {sets[i]}, 1};

                check_set_within(&example, sets[i], sets[i], REFLEXIVE, "a is not within a");
            }
            break;
        case TRANSITIVE:
        case ANTISYMMETRIC:
            check_set_order(arena, sets);
            break;
        case ROUND_TRIP:
            for (size_t i = 0; i < SETS; i++)
                check_set_round_trip(arena, sets[i]);
            break;
        case PROPERTY_COUNT_:
            break;
        }
    }
}

/* ---- all of it ---- */

static void
check_exceptions(void)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        for (size_t j = 0; j < CLASSES_PER_ROW && exceptions[i].classes[j] != NULL; j++) {
            if (exceptions[i].fired[j] > 0) {
                state.passed++;
                continue;
            }
            state.failed++;
            printf("FAILED: %s: %s: nothing needs this exception any more: %s\n", exceptions[i].classes[j],
                   property_names[exceptions[i].property], exceptions[i].reason);
        }
}

static uint64_t
number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "algebra: '%s' is no number\n", text);
        exit(2);
    }
    return value;
}

int
main(int argc, char **argv)
{
    uint64_t rounds = ROUNDS;

    state.seed = SEED;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            state.seed = number(argv[i + 1]);
        else if (strcmp(argv[i], "--rounds") == 0)
            rounds = number(argv[i + 1]);
        else
            argc = 0;
    }
    if (argc % 2 == 0) {
        fputs("usage: algebra [--seed N] [--rounds N]\n", stderr);
        return 2;
    }
    printf("algebra: --seed %llu --rounds %llu\n", (unsigned long long)state.seed, (unsigned long long)rounds);
    for (state.round = 0; state.round < rounds; state.round++) {
        struct tct_rng rng = tct_rng(state.seed, state.round);

        struct tc_arena sets;

        tc_arena_init(&sets);
        check_sets(&sets, &rng);
        tc_arena_done(&sets);
        for (int id = 0; id < TC_CLASS_COUNT_; id++) {
            struct tc_arena arena;

            tc_arena_init(&arena);
            check_class(&arena, &rng, tc_class((enum tc_class_id)id));
            tc_arena_done(&arena);
        }
    }
    if (state.seed == SEED && rounds >= ROUNDS) /* others may miss one that is seldom needed */
        check_exceptions();
    printf("algebra: %zu passed, %zu failed\n", state.passed, state.failed);
    return state.failed > 0;
}
