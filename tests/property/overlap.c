/*
 * Random permissions of every class held against each other: what tc_overlap() shows is allowed by both, asked of the
 * evaluator; and when a demand that a library could make is allowed by both, it does not say no. `overlap [SEED
 * [RUNS]]`
 */
#include "ask/overlap.h"
#include "ask/atoms.h"
#include "ask/patterns.h"
#include "ask/subject.h"
#include "isolate/samples.h"
#include "model/clauses.h"
#include "model/demand.h"
#include "model/netregex.h"
#include "model/path.h"
#include "property/permissions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEMANDS_MAX = 64 };

static size_t answers[TC_OVERLAP_YES + 1]; /* how often each came */

struct demands {
    struct tc_arena *arena;
    const struct tc_perm *list[DEMANDS_MAX];
    size_t count;
};

static bool
add(void *state, const struct tc_perm *atom)
{
    struct demands *d = state;
    const struct tc_perm *demand = tc_atom_demand(d->arena, atom);

    if (demand != NULL && d->count < DEMANDS_MAX)
        d->list[d->count++] = demand;
    return true;
}

/* ---- demands that libraries make ---- */

static void
add_paths(struct demands *d, struct tct_rng *rng, const struct tc_class *cls)
{
    static const char *const paths[] = {"C:\\a\\b\\c",          "C:\\A\\B",  "C:\\",
                                        "D:\\x\\y\\z.txt",      "D:\\x",     "E:\\",
                                        "\\\\srv\\share\\x\\y", "C:\\ab\\c", "C:\\a\\..\\ab"};
    static const char *const keys[] = {"HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso\\X", "HKEY_LOCAL_MACHINE\\SOFTWARE",
                                       "HKEY_CURRENT_USER\\X"};
    static const char *const names[] = {"TEMP", "tmp", "OS"};
    struct tc_perm *perm;
    struct tc_throw ignored;

    for (int i = 0; i < 8 && d->count < DEMANDS_MAX; i++) {
        const char *text = cls->algebra == TC_ALGEBRA_FILE_IO    ? paths[tct_rng_below(rng, 9)]
                           : cls->algebra == TC_ALGEBRA_REGISTRY ? keys[tct_rng_below(rng, 3)]
                                                                 : names[tct_rng_below(rng, 3)];

        if (tc_demand_paths(d->arena, cls, 1u << tct_rng_below(rng, cls->field_count), tc_str_of(text), &perm,
                            &ignored) == TC_YES)
            d->list[d->count++] = perm;
    }
}

static void
add_urls(struct demands *d)
{
    static const char *const urls[] = {"http://a.contoso.com/",          "https://b.contoso.com/x/y",
                                       "http://a.contoso.com/x?y=1&z=2", "http://c.contoso.com/",
                                       "ftp://a.contoso.com/",           "HTTP://B.CONTOSO.COM/A"};
    struct tc_perm *perm;
    struct tc_throw ignored;

    for (size_t i = 0; i < 2 * sizeof urls / sizeof *urls && d->count < DEMANDS_MAX; i++)
        if (tc_demand_web(d->arena, i % 2 == 1, tc_str_of(urls[i / 2]), &perm, &ignored) == TC_YES)
            d->list[d->count++] = perm;
}

static void
add_endpoints(struct demands *d, struct tct_rng *rng)
{
    static const char *const hosts[] = {"10.0.0.1", "10.0.7.1", "10.3.0.3", "192.168.1.1", "a.contoso.com"};
    static const int32_t ports[] = {80, 443, 1, 65535};
    struct tc_perm *perm;
    struct tc_throw ignored;

    for (int i = 0; i < 12 && d->count < DEMANDS_MAX; i++)
        if (tc_demand_socket(d->arena, tct_rng_one_in(rng, 2), 1 + (int32_t)tct_rng_below(rng, 2),
                             tc_str_of(hosts[tct_rng_below(rng, 5)]), ports[tct_rng_below(rng, 4)], &perm,
                             &ignored) == TC_YES)
            d->list[d->count++] = perm;
}

static void
add_resources(struct demands *d, struct tct_rng *rng, const struct tc_class *cls)
{
    static const char *const names[] = {".", "srv1", "Memory", "other"};
    size_t depth = 0;
    const struct tc_form *form = &cls->forms[0];
    struct tc_perm *perm;
    struct tc_throw ignored;

    for (size_t c = 0; c < form->column_count; c++)
        depth += form->columns[c].kind == TC_COLUMN_TEXT;
    for (int i = 0; i < 12 && d->count < DEMANDS_MAX; i++) {
        const struct tc_enum *access = tc_enum(form->columns[form->column_count - 1].values);
        struct tc_str list[2] = {tc_str_of(names[tct_rng_below(rng, 4)]), tc_str_of(names[tct_rng_below(rng, 4)])};

        if (tc_demand_resource(d->arena, cls, (int32_t)access->values[tct_rng_below(rng, access->count)].value, list,
                               depth, &perm, &ignored) == TC_YES)
            d->list[d->count++] = perm;
    }
}

static void
add_connections(struct demands *d, const struct tc_class *cls)
{
    static const char *const texts[] = {"Data Source=S1",
                                        "Data Source=S1;Initial Catalog=C",
                                        "Data Source=S1;User ID=u;Password=p",
                                        "Data Source=S2;User ID=u;Password=p",
                                        "Initial Catalog=C",
                                        "Data Source=S1;Encrypt=true",
                                        "Data Source=S3"};
    struct tc_perm *perm;
    struct tc_throw ignored;

    for (size_t i = 0; i < sizeof texts / sizeof *texts && d->count < DEMANDS_MAX; i++)
        if (tc_demand_connection(d->arena, cls, tc_str_of(texts[i]), &perm, &ignored) == TC_YES)
            d->list[d->count++] = perm;
}

static void
make_demands(struct demands *d, struct tct_rng *rng, const struct tc_class *cls, const struct tc_perm *a,
             const struct tc_perm *b)
{
    const struct tc_perm *other = tct_permission(d->arena, rng, 0, cls);

    if (cls->algebra != TC_ALGEBRA_DB_DATA) { /* there an entry is no demand: a connection string is */
        tc_atoms(d->arena, a, add, d);
        tc_atoms(d->arena, b, add, d);
        if (other != NULL)
            tc_atoms(d->arena, other, add, d);
    }
    switch (cls->algebra) {
    case TC_ALGEBRA_FILE_IO:
    case TC_ALGEBRA_REGISTRY:
    case TC_ALGEBRA_ENVIRONMENT:
        add_paths(d, rng, cls);
        break;
    case TC_ALGEBRA_WEB:
        add_urls(d);
        break;
    case TC_ALGEBRA_SOCKET:
        add_endpoints(d, rng);
        break;
    case TC_ALGEBRA_RESOURCE_TREE:
        add_resources(d, rng, cls);
        break;
    case TC_ALGEBRA_DB_DATA:
        add_connections(d, cls);
        break;
    default:
        break;
    }
}

/* ---- what counts ---- */

static bool
lists_cover(const struct tc_perm *perm, size_t field, struct tc_str path)
{
    const struct tc_value *value = &perm->values[field];

    if (perm->unrestricted || (value->present && (value->list.all || value->list.all_local)))
        return true;
    for (uint32_t i = 0; value->present && i < value->list.count; i++)
        if (tc_path_covers(value->list.items[i].text, path))
            return true;
    return false;
}

/* What overlap.h leaves out: levels and numbers, Execution, what lies above a discovered path, any free port of a
 * socket; a FileIO demand without any path, which the framework allows to whoever has any (permissions 1, "Quirk"); and
 * a strong name that is not one of several. */
static bool
counts(const struct tc_perm *demand, const struct tc_perm *a, const struct tc_perm *b)
{
    const struct tc_class *cls = demand->cls;

    if (demand->unrestricted)
        return a->unrestricted && b->unrestricted;
    if (tc_perm_is_empty(demand))
        return false;
    for (size_t f = 0; f < cls->field_count; f++) {
        const struct tc_value *value = &demand->values[f];

        if (!value->present)
            continue;
        if (cls->fields[f].kind == TC_FIELD_LEVEL || cls->fields[f].kind == TC_FIELD_INT64 ||
            cls->fields[f].kind == TC_FIELD_BOOL)
            return false;
        if (tc_is_list_field(cls->fields[f].kind) && value->list.count == 0)
            return false;
        if (cls == tc_class(TC_CLASS_STRONG_NAME_IDENTITY))
            return false;
        if (cls == tc_class(TC_CLASS_SECURITY) && value->bits == 8)
            return false;
        if (cls == tc_class(TC_CLASS_FILE_IO) && f == TC_FIELD_FILE_IO_DISCOVER &&
            (!lists_cover(a, f, value->list.items[0].text) || !lists_cover(b, f, value->list.items[0].text)))
            return false;
    }
    for (uint32_t i = 0; i < demand->row_count; i++)
        for (size_t c = 0; c < demand->rows[i].form->column_count; c++) {
            enum tc_column_kind kind = demand->rows[i].form->columns[c].kind;

            if ((kind == TC_COLUMN_PORT && demand->rows[i].cells[c].number == 0) || kind == TC_COLUMN_LEVEL ||
                kind == TC_COLUMN_BOOL || (kind == TC_COLUMN_FLAGS && demand->rows[i].cells[c].number == 0) ||
                (kind == TC_COLUMN_URI && (demand->rows[i].cells[c].number == TC_WEB_PATTERN ||
                                           tc_str_find(demand->rows[i].cells[c].text, TC_STR(":"), 0) == SIZE_MAX)))
                return false;
        }
    return true;
}

static bool
may(struct tc_arena *arena, const struct tc_perm *granted, const struct tc_perm *demand)
{
    struct tc_grant_set *set = tc_grant_set_new(arena, false);
    const struct tc_perm *ignored;
    const char *why;
    struct tc_throw thrown;

    return set != NULL && tc_grant_set_add(arena, set, granted, &ignored, &thrown) == TC_YES &&
           tc_ask_set(arena, set, demand, &why) == TC_MAY_SURELY;
}

/* ---- the run ---- */

static void
print_perm(const char *what, const struct tc_perm *perm)
{
    struct tc_buf out = {0};

    tc_demand_put(&out, TC_FX_4_0, perm);
    printf("  %s %.*s\n", what, TC_STR_ARG(tc_buf_str(&out)));
    tc_buf_done(&out);
}

static bool
complain(const char *what, const struct tc_perm *a, const struct tc_perm *b, const struct tc_perm *demand)
{
    printf("%s\n", what);
    print_perm("asked  ", a);
    print_perm("granted", b);
    print_perm("demand ", demand);
    return false;
}

static bool
check(struct tc_arena *arena, struct tct_rng *rng, const struct tc_class *cls)
{
    size_t focus = tct_rng_below(rng, 8);
    const struct tc_perm *a = tct_permission(arena, rng, focus, cls), *b = tct_permission(arena, rng, focus, cls);
    struct demands demands = {.arena = arena};
    struct tc_overlap overlap;

    if (a == NULL || b == NULL || (!a->unrestricted && tc_perm_is_empty(a)) ||
        (!b->unrestricted && tc_perm_is_empty(b)))
        return true;
    if (!tc_overlap(arena, NULL, a, b, &overlap))
        return complain("out of memory", a, b, a);
    answers[overlap.answer]++;
    if (overlap.answer == TC_OVERLAP_YES && (!may(arena, a, overlap.demand) || !may(arena, b, overlap.demand)))
        return complain("a yes that is not allowed by both", a, b, overlap.demand);
    if (overlap.answer == TC_OVERLAP_UNKNOWN && (overlap.why == NULL || overlap.why[0] == '\0'))
        return complain("unknown, and nobody says why", a, b, a);
    make_demands(&demands, rng, cls, a, b);
    for (size_t i = 0; i < demands.count && overlap.answer == TC_OVERLAP_NO; i++)
        if (counts(demands.list[i], a, b) && may(arena, a, demands.list[i]) && may(arena, b, demands.list[i]))
            return complain("a no, and both allow a demand", a, b, demands.list[i]);
    return true;
}

/* ---- patterns ---- */

static struct tc_str
random_pattern(struct tc_arena *arena, struct tct_rng *rng)
{
    static const char *const begins[] = {"http://", "https?://", "(http|ftp)://", ".*", "", "^http://"};
    static const char *const pieces[] = {"a",       "b",     "[ab]",  "(a|b)",       "a?",     "(ab)+",   ".",
                                         ".*",      "\\.",   "/",     "[^a/]",       "b{2}",   "(?:a/)*", "(?=a)a",
                                         "(b)\\1?", "A",     "\\w",   "(|a)",        "[a-c]*", "a{1,2}",  "$",
                                         "\\b",     "(?!b)", "[^/]+", "(?:\\b){999}"};
    struct tc_str text = tc_str_of(begins[tct_rng_below(rng, sizeof begins / sizeof *begins)]);
    size_t count = 1 + tct_rng_below(rng, 6);

    for (size_t i = 0; i < count; i++)
        text = tc_arena_printf(arena, "%.*s%s", TC_STR_ARG(text),
                               pieces[tct_rng_below(rng, sizeof pieces / sizeof *pieces)]);
    return text;
}

static struct tc_str
random_url(struct tc_arena *arena, struct tct_rng *rng)
{
    static const char *const begins[] = {"http://", "https://", "ftp://"};
    static const char letters[] = "aabb./";
    struct tc_str text = tc_str_of(begins[tct_rng_below(rng, 3)]);
    size_t count = 1 + tct_rng_below(rng, 6);

    for (size_t i = 0; i < count; i++)
        text = tc_arena_printf(arena, "%.*s%c", TC_STR_ARG(text), letters[tct_rng_below(rng, 6)]);
    return text;
}

/* When one text fits both patterns by the framework's own matching, the automata must not say that none does. */
static bool
check_patterns(struct tc_arena *arena, struct tct_rng *rng)
{
    struct tc_str a = random_pattern(arena, rng), b = random_pattern(arena, rng), url;
    const unsigned options = TC_NETREGEX_IGNORE_CASE | TC_NETREGEX_SINGLELINE;
    struct tc_netregex *x = NULL, *y = NULL;
    bool good = true;

    if (tc_netregex_compile(tc_samples_pattern(arena, a), options, &x) == TC_NETREGEX_OK &&
        tc_netregex_compile(tc_samples_pattern(arena, b), options, &y) == TC_NETREGEX_OK)
        for (int i = 0; i < 60 && good; i++) {
            struct tc_str text = random_url(arena, rng);

            if (tc_netregex_covers(x, text) == TC_NETREGEX_OK && tc_netregex_covers(y, text) == TC_NETREGEX_OK &&
                !tc_patterns_meet(arena, a, b, TC_URL_ANY, &url)) {
                printf("no text for '%.*s' and '%.*s', and '%.*s' fits both\n", TC_STR_ARG(a), TC_STR_ARG(b),
                       TC_STR_ARG(text));
                good = false;
            }
        }
    tc_netregex_done(x);
    tc_netregex_done(y);
    return good;
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20261123,
             count = argc > 2 ? strtoull(argv[2], NULL, 10) : 400;
    size_t passed = 0, failed = 0;

    for (uint64_t run = 0; run < count; run++)
        for (int id = 0; id <= TC_CLASS_COUNT_; id++) {
            struct tct_rng rng = tct_rng(seed, run * (TC_CLASS_COUNT_ + 1) + (uint64_t)id);
            struct tc_arena arena;
            bool good;

            tc_arena_init(&arena);
            good = id == TC_CLASS_COUNT_ ? check_patterns(&arena, &rng)
                                         : check(&arena, &rng, tc_class((enum tc_class_id)id));
            if (!good)
                printf("overlap: seed %llu, run %llu, class %d\n", (unsigned long long)seed, (unsigned long long)run,
                       id);
            passed += good;
            failed += !good;
            tc_arena_done(&arena);
        }
    if (answers[TC_OVERLAP_NO] < count || answers[TC_OVERLAP_YES] < count) {
        printf("only %zu with something in common were tried, and %zu without\n", answers[TC_OVERLAP_YES],
               answers[TC_OVERLAP_NO]);
        failed++;
    }
    printf("overlap: %zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
