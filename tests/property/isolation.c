/*
 * What isolate/ says of files against a second answer that looks at every ordered pair of applications and at every
 * pair of their paths. It works on what was generated, not on what was compiled.
 *
 *     isolation [SEED [COUNT]]
 */
#include "api/trustc.h"
#include "model/path.h"
#include "property/rng.h"

#include <stdio.h>
#include <stdlib.h>

enum { APPS_MAX = 6, ITEMS_MAX = 64, SHARES_MAX = 3, READ = 1, WRITE = 2, APPEND = 4, DISCOVER = 8 };
enum { WRITES = WRITE | APPEND, ANY = READ | WRITES };
enum kind { GRANT, ROOT, TEMPORARY, TEMPLATES };
enum rule { OVERLAP, FILE_READ, NESTED, WIDE, RULES };

static const struct {
    enum tc_rule_id id;
    const char *name;
} rules[RULES] = {
    {TC_RULE_FILE_OVERLAP, "file-overlap"},
    {TC_RULE_FILE_READ, "file-read"},
    {TC_RULE_NESTED_ROOT, "nested-root"},
    {TC_RULE_WIDE_SHARE, "wide-share"},
};

/* As written, and what it is on the disk. */
static const struct path {
    const char *text, *disk;
} paths[] = {
    {"D:\\W", "D:\\W"},
    {"d:\\w\\A", "D:\\W\\A"},
    {"D:\\W\\A\\b", "D:\\W\\A\\b"},
    {"D:\\W\\AB", "D:\\W\\AB"},
    {"D:\\W\\C", "D:\\W\\C"},
    {"\\\\localhost\\D$\\W\\C", "D:\\W\\C"},
    {"D:\\W\\C\\d\\e", "D:\\W\\C\\d\\e"},
    {"D:\\\xC3\x84\\x", "D:\\\xC3\x84\\x"},
    {"D:\\\xC3\xA4", "D:\\\xC3\xA4"},
    {"\\\\files\\web\\s", "\\\\files\\web\\s"},
    {"\\\\FILES\\web\\s\\t", "\\\\files\\web\\s\\t"},
    {"E:\\", NULL}, /* a whole drive: reported alone */
    {"E:\\x", "E:\\x"},
};
enum { PATHS = sizeof paths / sizeof *paths };

struct item {
    size_t app;
    enum kind kind;
    struct tc_str disk;
    unsigned may;
};

struct server {
    size_t apps, items, shares;
    struct item item[ITEMS_MAX];
    struct {
        struct tc_str disk;
        unsigned may, members;
    } share[SHARES_MAX];
    unsigned accepts[APPS_MAX]; /* bit: rule */
    struct tc_buf text;
};

/* ---- generating ---- */

static void
add(struct server *s, size_t app, enum kind kind, size_t path, unsigned may)
{
    /* what is granted of one path in several places is one right */
    for (size_t i = 0; paths[path].disk != NULL && kind == GRANT && i < s->items; i++)
        if (s->item[i].app == app && s->item[i].kind == GRANT &&
            tc_str_eq(s->item[i].disk, tc_str_of(paths[path].disk))) {
            s->item[i].may |= may;
            return;
        }
    if (paths[path].disk != NULL)
        s->item[s->items++] = (struct item){app, kind, tc_str_of(paths[path].disk), may};
}

static void
put_access(struct tc_buf *out, unsigned may)
{
    static const char *const words[] = {"read", "write", "append", "discover"};
    const char *link = "";

    for (size_t i = 0; i < 4; i++)
        if (may >> i & 1) {
            tc_buf_printf(out, "%s%s", link, words[i]);
            link = ", ";
        }
}

static size_t
some_path(struct tct_rng *rng, bool owned)
{
    size_t path;

    do
        path = tct_rng_below(rng, PATHS);
    while (owned && (paths[path].disk == NULL || paths[path].text[0] == '\\'));
    return path;
}

static void
put_owned(struct server *s, struct tct_rng *rng, size_t app, enum kind kind, const char *word)
{
    size_t path = some_path(rng, true);

    tc_buf_printf(&s->text, "    %s \"%s\";\n", word, paths[path].text);
    add(s, app, kind, path, 0);
}

static void
generate(struct server *s, struct tct_rng *rng)
{
    s->apps = 2 + tct_rng_below(rng, APPS_MAX - 1);
    for (size_t a = 0; a < s->apps; a++) {
        tc_buf_printf(&s->text, "application A%zu {\n    location \"Site%zu/a\";\n", a, a);
        if (tct_rng_one_in(rng, 2)) {
            put_owned(s, rng, a, ROOT, "root");
        } else {
            tc_buf_printf(&s->text, "    root \"D:\\Own\\%zu\";\n", a);
        }
        if (tct_rng_one_in(rng, 6))
            put_owned(s, rng, a, TEMPORARY, "temporary");
        for (size_t n = tct_rng_below(rng, 4); n > 0; n--) {
            unsigned may = 1 + (unsigned)tct_rng_below(rng, 15);
            size_t path = some_path(rng, false);

            tc_buf_puts(&s->text, TC_STR("    grant FileIO { "));
            put_access(&s->text, may);
            tc_buf_printf(&s->text, " \"%s\"; }\n", paths[path].text);
            add(s, a, GRANT, path, may);
        }
        for (size_t r = 0; r < RULES; r++)
            if (tct_rng_one_in(rng, 10)) {
                tc_buf_printf(&s->text, "    accept %s because \"agreed\";\n", rules[r].name);
                s->accepts[a] |= 1U << r;
            }
        tc_buf_puts(&s->text, TC_STR("}\n"));
    }
}

static void
generate_shares(struct server *s, struct tct_rng *rng)
{
    size_t count = tct_rng_below(rng, SHARES_MAX);

    for (size_t i = 0; i < count; i++) {
        static const size_t places[] = {0, 4, 9};
        unsigned may = 1 + (unsigned)tct_rng_below(rng, 15);
        size_t a = tct_rng_below(rng, s->apps), b = (a + 1 + tct_rng_below(rng, s->apps - 1)) % s->apps;

        tc_buf_printf(&s->text, "share \"%s\" ", paths[places[i]].text);
        put_access(&s->text, may);
        tc_buf_printf(&s->text, " between A%zu, A%zu because \"agreed\";\n", a, b);
        s->share[i].disk = tc_str_of(paths[places[i]].disk);
        s->share[i].may = may;
        s->share[i].members = 1U << a | 1U << b;
    }
    s->shares = count;
}

/* ---- the second answer ---- */

/* A right of an application in its own root is no claim: the root stands for it. */
static bool
counts(const struct server *s, const struct item *item)
{
    for (size_t i = 0; item->kind == GRANT && i < s->items; i++)
        if (s->item[i].kind == ROOT && s->item[i].app == item->app && tc_path_covers(s->item[i].disk, item->disk))
            return false;
    return item->kind != GRANT || (item->may & ANY) != 0;
}

static bool
is_shared(const struct server *s, const struct item *x, const struct item *y, unsigned bits)
{
    struct tc_str deeper = tc_path_covers(x->disk, y->disk) ? y->disk : x->disk;

    for (size_t i = 0; i < s->shares; i++)
        if (tc_path_covers(s->share[i].disk, deeper) && (s->share[i].members >> x->app & 1) &&
            (s->share[i].members >> y->app & 1) && (x->may & bits & ~s->share[i].may) == 0)
            return true;
    return false;
}

static bool
meets(const struct server *s, const struct item *x, const struct item *y, enum rule rule)
{
    if (!counts(s, x) || !counts(s, y) || (!tc_path_covers(x->disk, y->disk) && !tc_path_covers(y->disk, x->disk)))
        return false;
    if (rule == NESTED)
        return x->kind != GRANT && y->kind != GRANT && (x->kind != y->kind || x->kind == ROOT);
    if (x->kind != GRANT)
        return false;
    if (rule == OVERLAP)
        return (x->may & WRITES) != 0 && !is_shared(s, x, y, WRITES);
    return y->kind != GRANT && (x->may & READ) != 0 && (x->may & WRITES) == 0 && !is_shared(s, x, y, READ);
}

static bool
is_wide(const struct server *s, const struct item *x, size_t to)
{
    size_t nearest = SIZE_MAX;
    unsigned more = x->may & ANY;

    if (x->kind != GRANT || !counts(s, x))
        return false;
    for (size_t i = 0; i < s->shares; i++)
        if (tc_path_covers(s->share[i].disk, x->disk)) {
            if (nearest == SIZE_MAX || tc_path_covers(s->share[nearest].disk, s->share[i].disk))
                nearest = i;
            if (s->share[i].members >> x->app & 1)
                more &= ~s->share[i].may;
        }
    return more != 0 && nearest != SIZE_MAX && (s->share[nearest].members >> to & 1);
}

static bool
naive(const struct server *s, size_t from, size_t to, enum rule rule)
{
    for (size_t i = 0; i < s->items; i++) {
        if (s->item[i].app != from)
            continue;
        if (rule == WIDE && is_wide(s, &s->item[i], to))
            return true;
        for (size_t j = 0; rule != WIDE && j < s->items; j++)
            if (s->item[j].app == to && meets(s, &s->item[i], &s->item[j], rule))
                return true;
    }
    return false;
}

/* ---- comparing ---- */

static size_t
compare(const struct server *s, const struct tc_isolation *isolation)
{
    size_t wrong = 0;

    for (size_t from = 0; from < s->apps; from++)
        for (size_t to = 0; to < s->apps; to++)
            for (size_t r = 0; from != to && r < RULES; r++) {
                bool want = naive(s, from, to, (enum rule)r), found = false, open = false;
                bool accepted = (s->accepts[from] | s->accepts[to]) >> r & 1;

                for (const struct tc_isolation_finding *f = isolation->findings; f != NULL; f = f->next)
                    if (f->rule == rules[r].id && f->verdict == TC_NOT_ISOLATED && tc_isolation_concerns(f, from, to)) {
                        found = true;
                        open |= f->accept == NULL;
                    }
                if (want == found && (!found || accepted || open))
                    continue;
                printf("A%zu -> A%zu %s: expected %d%s, found %d%s\n", from, to, rules[r].name, want,
                       accepted ? " accepted" : "", found, open ? " open" : "");
                wrong++;
            }
    return wrong;
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20261123,
             count = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    size_t passed = 0, failed = 0;

    for (uint64_t run = 0; run < count; run++) {
        struct tct_rng rng = tct_rng(seed, run);
        struct tc_sema_host host = tc_host_builtin();
        struct tc_sema_options options = {0};
        struct tc_compilation c;
        struct server s = {0};
        size_t wrong = 1;

        generate(&s, &rng);
        generate_shares(&s, &rng);
        tc_compilation_init(&c);
        if (tc_compile(&c, &host, &options, TC_STR("random.trust"), tc_buf_str(&s.text)) != TC_OK ||
            tc_judge(&c, false) != TC_OK)
            printf("it does not compile: %.*s\n",
                   TC_STR_ARG(c.diags.first == NULL ? TC_STR("") : c.diags.first->message));
        else
            wrong = compare(&s, c.isolation);
        if (wrong > 0)
            printf("isolation: seed %llu, run %llu\n%.*s\n", (unsigned long long)seed, (unsigned long long)run,
                   TC_STR_ARG(tc_buf_str(&s.text)));
        passed += wrong == 0;
        failed += wrong > 0;
        tc_compilation_done(&c);
        tc_buf_done(&s.text);
    }
    printf("isolation: %zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
