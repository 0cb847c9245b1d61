/*
 * What isolate/ says of files against a second answer that looks at every ordered pair of applications and at every
 * pair of their paths. It works on what was generated, not on what was compiled.
 *
 *     isolation [SEED [COUNT]]
 */
#include "model/path.h"
#include "property/isolation_try.h"

#include <stdio.h>

enum { APPS_MAX = 6, ITEMS_MAX = 80, SHARES_MAX = 3, READ = 1, WRITE = 2, APPEND = 4, VIEW_ACL = 16, CHANGE_ACL = 32 };
enum { READS = READ | VIEW_ACL, WRITES = WRITE | APPEND | CHANGE_ACL, ANY = READS | WRITES, WORDS = 6 };
enum kind { GRANT, ROOT, TEMPORARY, TEMPLATES };
enum rule { OVERLAP, FILE_READ, NESTED, WIDE, DRIVE, SYSTEM, TEMPORARIES, TEMPLATE_CACHES, RULES };

static const struct {
    enum tc_rule_id id;
    const char *name;
} rules[RULES] = {
    {TC_RULE_FILE_OVERLAP, "file-overlap"},
    {TC_RULE_FILE_READ, "file-read"},
    {TC_RULE_NESTED_ROOT, "nested-root"},
    {TC_RULE_WIDE_SHARE, "wide-share"},
    {TC_RULE_DRIVE_ROOT, "whole-drive"},
    {TC_RULE_SYSTEM_DIRECTORY, "windows-directory"},
    {TC_RULE_SHARED_TEMPORARY, "shared-temporary"},
    {TC_RULE_SHARED_TEMPLATE_CACHE, "shared-template-cache"},
};

enum place { ORDINARY, WHOLE_DRIVE, PROGRAMS /* for all to read */, WINDOWS, NOBODY_KNOWS };

/* As written, and what it is on the disk of the server web01. */
static const struct path {
    const char *text, *disk;
    enum place place;
} paths[] = {
    {"D:\\W", "D:\\W", ORDINARY},
    {"d:\\w\\A", "D:\\W\\A", ORDINARY},
    {"D:\\W\\A\\b", "D:\\W\\A\\b", ORDINARY},
    {"D:\\W\\AB", "D:\\W\\AB", ORDINARY},
    {"D:\\W\\C", "D:\\W\\C", ORDINARY},
    {"\\\\localhost\\D$\\W\\C", "D:\\W\\C", ORDINARY},
    {"\\\\Web01\\d$\\W", "D:\\W", ORDINARY},
    {"\\\\127.0.0.1\\D$\\w\\c\\d", "D:\\W\\C\\d", ORDINARY},
    {"D:\\W\\C\\d\\e", "D:\\W\\C\\d\\e", ORDINARY},
    {"D:\\\xC3\x84\\x", "D:\\\xC3\x84\\x", ORDINARY},
    {"D:\\\xC3\xA4", "D:\\\xC3\xA4", ORDINARY},
    {"\\\\files\\web\\s", "\\\\files\\web\\s", ORDINARY},
    {"\\\\FILES\\web\\s\\t", "\\\\files\\web\\s\\t", ORDINARY},
    {"E:\\x", "E:\\x", ORDINARY},
    {"E:\\x\\y", "E:\\x\\y", ORDINARY},
    {"E:\\", "E:\\", WHOLE_DRIVE},
    {"\\\\localhost\\E$", "E:\\", WHOLE_DRIVE},
    {"C:\\Program Files\\p", "C:\\Program Files\\p", PROGRAMS},
    {"C:\\Windows\\Temp", "C:\\Windows\\Temp", WINDOWS},
    {"\\\\localhost\\pub\\x", "\\\\localhost\\pub\\x", NOBODY_KNOWS},
    {"D:\\W\\LONGNA~1\\x", "D:\\W\\LONGNA~1\\x", NOBODY_KNOWS}, /* but it lies in D:\W */
};
enum { PATHS = sizeof paths / sizeof *paths };

/* `sure`: what is more than possibly granted. */
struct item {
    size_t app;
    enum kind kind;
    enum place place;
    struct tc_str disk;
    unsigned may, sure;
};

struct server {
    size_t apps, items, shares;
    struct item item[ITEMS_MAX];
    struct {
        struct tc_str disk;
        unsigned may, members;
    } share[SHARES_MAX];
    unsigned accepts[APPS_MAX + 1]; /* bit: rule; the last ones are the server's */
    struct tc_buf text;
};

/* ---- generating ---- */

static void
add(struct server *s, size_t app, enum kind kind, size_t path, unsigned may, bool sure)
{
    struct item item = {app, kind, paths[path].place, tc_str_of(paths[path].disk), may, sure ? may : 0};

    /* what is granted of one path in several places is one right */
    for (size_t i = 0; kind == GRANT && i < s->items; i++)
        if (s->item[i].app == app && s->item[i].kind == GRANT && tc_str_eq(s->item[i].disk, item.disk)) {
            s->item[i].may |= item.may;
            s->item[i].sure |= item.sure;
            return;
        }
    s->item[s->items++] = item;
}

static void
put_access(struct tc_buf *out, unsigned may, const char *between)
{
    static const char *const words[WORDS] = {"read", "write", "append", "discover", "acl view", "acl change"};
    const char *link = "";

    for (size_t i = 0; i < WORDS; i++)
        if (may >> i & 1) {
            tc_buf_printf(out, "%s%s", link, words[i]);
            link = between;
        }
}

/* Of the first four words, which may be joined, or one of the others. */
static unsigned
some_access(struct tct_rng *rng)
{
    return tct_rng_one_in(rng, 6) ? (unsigned)VIEW_ACL << tct_rng_below(rng, 2) : 1 + (unsigned)tct_rng_below(rng, 15);
}

static size_t
some_path(struct tct_rng *rng, bool owned)
{
    size_t path;

    do
        path = tct_rng_below(rng, PATHS);
    while (owned && (paths[path].place != ORDINARY || paths[path].text[0] == '\\'));
    return path;
}

static void
put_owned(struct server *s, struct tct_rng *rng, size_t app, enum kind kind, const char *word)
{
    size_t path = some_path(rng, true);

    tc_buf_printf(&s->text, "    %s \"%s\";\n", word, paths[path].text);
    add(s, app, kind, path, 0, true);
}

static void
put_grants(struct server *s, struct tct_rng *rng, size_t app, bool sure)
{
    for (size_t n = tct_rng_below(rng, sure ? 4 : 2); n > 0; n--) {
        unsigned may = some_access(rng);
        size_t path = some_path(rng, false);

        tc_buf_printf(&s->text, "    %sgrant FileIO { ", sure ? "" : "possibly ");
        put_access(&s->text, may, ", ");
        tc_buf_printf(&s->text, " \"%s\"; }\n", paths[path].text);
        add(s, app, GRANT, path, may, sure);
    }
}

static unsigned
put_accepts(struct server *s, struct tct_rng *rng, size_t one_in)
{
    unsigned accepts = 0;

    for (size_t r = 0; r < RULES; r++)
        if (tct_rng_one_in(rng, one_in)) {
            tc_buf_printf(&s->text, "    accept %s because \"agreed\";\n", rules[r].name);
            accepts |= 1U << r;
        }
    return accepts;
}

static void
generate(struct server *s, struct tct_rng *rng)
{
    s->apps = 2 + tct_rng_below(rng, APPS_MAX - 1);
    tc_buf_puts(&s->text, TC_STR("server web01 {\n    framework 2.0;\n"));
    s->accepts[APPS_MAX] = put_accepts(s, rng, 40);
    tc_buf_puts(&s->text, TC_STR("}\n"));
    for (size_t a = 0; a < s->apps; a++) {
        tc_buf_printf(&s->text, "policy P%zu extends low {\n", a);
        put_grants(s, rng, a, false);
        tc_buf_printf(&s->text, "}\napplication A%zu {\n    location \"Site%zu/a\";\n    trust P%zu;\n", a, a, a);
        if (tct_rng_one_in(rng, 2)) {
            put_owned(s, rng, a, ROOT, "root");
        } else {
            tc_buf_printf(&s->text, "    root \"D:\\Own\\%zu\";\n", a);
        }
        if (tct_rng_one_in(rng, 4))
            put_owned(s, rng, a, TEMPORARY, "temporary");
        if (tct_rng_one_in(rng, 4))
            put_owned(s, rng, a, TEMPLATES, "templates");
        put_grants(s, rng, a, true);
        s->accepts[a] = put_accepts(s, rng, 10);
        tc_buf_puts(&s->text, TC_STR("}\n"));
    }
}

static void
generate_shares(struct server *s, struct tct_rng *rng)
{
    size_t count = tct_rng_below(rng, SHARES_MAX);

    for (size_t i = 0; i < count; i++) {
        static const size_t places[] = {0, 4, 11};
        unsigned may = 1 + (unsigned)tct_rng_below(rng, 15);
        size_t a = tct_rng_below(rng, s->apps), b = (a + 1 + tct_rng_below(rng, s->apps - 1)) % s->apps;

        tc_buf_printf(&s->text, "share \"%s\" ", paths[places[i]].text);
        put_access(&s->text, may, ", ");
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

/* What a grant opens by itself, whoever the other one is. */
static enum tc_verdict
alone(const struct server *s, const struct item *x, enum rule rule)
{
    if (x->kind != GRANT || !counts(s, x))
        return TC_ISOLATED;
    if (rule == OVERLAP)
        return tct_verdict_of(false, x->place == NOBODY_KNOWS);
    if (rule == DRIVE && x->place == WHOLE_DRIVE)
        return tct_verdict_of((x->sure & ANY) != 0, true);
    if (rule == SYSTEM && x->place == WINDOWS)
        return tct_verdict_of((x->sure & ANY) != 0, true);
    if (rule == SYSTEM && x->place == PROGRAMS)
        return tct_verdict_of((x->sure & WRITES) != 0, (x->may & WRITES) != 0);
    return TC_ISOLATED;
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
is_rule_of_nesting(const struct item *x, const struct item *y, enum rule rule)
{
    if (x->kind == GRANT || y->kind == GRANT)
        return false;
    if (x->kind == y->kind && x->kind == TEMPORARY)
        return rule == TEMPORARIES;
    if (x->kind == y->kind && x->kind == TEMPLATES)
        return rule == TEMPLATE_CACHES;
    return rule == NESTED;
}

static enum tc_verdict
meets(const struct server *s, const struct item *x, const struct item *y, enum rule rule)
{
    bool has_part = y->kind != GRANT || (y->sure & ANY) != 0;

    if (!counts(s, x) || !counts(s, y) || x->place == WHOLE_DRIVE || y->place == WHOLE_DRIVE ||
        x->place == NOBODY_KNOWS || y->place == NOBODY_KNOWS ||
        (!tc_path_covers(x->disk, y->disk) && !tc_path_covers(y->disk, x->disk)))
        return TC_ISOLATED;
    if (is_rule_of_nesting(x, y, rule))
        return TC_NOT_ISOLATED;
    if (rule == OVERLAP && x->kind == GRANT && (x->may & WRITES) != 0 && !is_shared(s, x, y, WRITES))
        return tct_verdict_of((x->sure & WRITES) != 0 && has_part, true);
    if (rule == FILE_READ && x->kind == GRANT && y->kind != GRANT && (x->may & READS) != 0 && (x->sure & WRITES) == 0 &&
        !is_shared(s, x, y, READS))
        return tct_verdict_of((x->sure & READS) != 0, true);
    return TC_ISOLATED;
}

static enum tc_verdict
is_wide(const struct server *s, const struct item *x, size_t to)
{
    size_t nearest = SIZE_MAX;
    unsigned more = x->may & ANY;

    if (x->kind != GRANT || !counts(s, x) || x->place == NOBODY_KNOWS) /* which file-overlap tells */
        return TC_ISOLATED;
    for (size_t i = 0; i < s->shares; i++)
        if (tc_path_covers(s->share[i].disk, x->disk)) {
            if (nearest == SIZE_MAX || tc_path_covers(s->share[nearest].disk, s->share[i].disk))
                nearest = i;
            if (s->share[i].members >> x->app & 1)
                more &= ~s->share[i].may;
        }
    if (nearest == SIZE_MAX || !(s->share[nearest].members >> to & 1))
        return TC_ISOLATED;
    return tct_verdict_of((more & x->sure) != 0, more != 0);
}

static bool
says(const struct server *s, size_t app, enum kind kind)
{
    for (size_t i = 0; i < s->items; i++)
        if (s->item[i].app == app && s->item[i].kind == kind)
            return true;
    return false;
}

static enum tc_verdict
naive(const struct server *s, size_t from, size_t to, enum rule rule)
{
    enum tc_verdict verdict = TC_ISOLATED;

    /* a cache that is not said lies where everyone's does */
    if ((rule == TEMPORARIES && !says(s, to, TEMPORARY)) || (rule == TEMPLATE_CACHES && !says(s, to, TEMPLATES)))
        verdict = TC_UNKNOWN_ISOLATION;
    for (size_t i = 0; i < s->items; i++) {
        if (s->item[i].app != from)
            continue;
        verdict = tct_worse(verdict, alone(s, &s->item[i], rule));
        if (rule == WIDE)
            verdict = tct_worse(verdict, is_wide(s, &s->item[i], to));
        for (size_t j = 0; rule != WIDE && j < s->items; j++)
            if (s->item[j].app == to)
                verdict = tct_worse(verdict, meets(s, &s->item[i], &s->item[j], rule));
    }
    return verdict;
}

/* ---- comparing ---- */

/* How often each answer was right, so that sources which never ask something are noticed. */
static size_t answers[RULES][TC_VERDICT_COUNT_];

/* Whether the findings say of a pair what they should. Who accepts is asked of rules about two, and of one alone. */
static bool
agrees(const struct server *s, const struct tc_isolation *isolation, size_t from, size_t to, enum rule rule)
{
    enum tc_verdict want = naive(s, from, to, rule), found = TC_ISOLATED;
    bool accepted = false, by_server = s->accepts[APPS_MAX] >> rule & 1, open = false, about_two = false;

    for (const struct tc_isolation_finding *f = isolation->findings; f != NULL; f = f->next)
        if (f->rule == rules[rule].id && tc_isolation_concerns(f, from, to)) {
            found = tct_worse(found, f->verdict);
            open |= f->accept == NULL;
            about_two |= f->to.application != NULL;
        }
    answers[rule][want]++;
    accepted = by_server || (s->accepts[from] >> rule & 1) || (about_two && (s->accepts[to] >> rule & 1));
    if (want == found && (found == TC_ISOLATED || (accepted || open)) && !(by_server && open))
        return true;
    printf("A%zu -> A%zu %s: expected %s%s, found %s%s\n", from, to, rules[rule].name, tc_verdict_name(want),
           accepted ? " accepted" : "", tc_verdict_name(found), open ? " open" : "");
    return false;
}

static size_t
compare(const void *server, const struct tc_isolation *isolation)
{
    const struct server *s = server;
    size_t wrong = 0;

    for (size_t from = 0; from < s->apps; from++)
        for (size_t to = 0; to < s->apps; to++)
            for (size_t r = 0; from != to && r < RULES; r++)
                wrong += !agrees(s, isolation, from, to, (enum rule)r);
    return wrong;
}

static size_t
count_unasked(void)
{
    size_t count = 0;

    for (size_t r = 0; r < RULES; r++)
        for (int v = 0; v < TC_VERDICT_COUNT_; v++)
            if (answers[r][v] == 0 && !(r == NESTED && v == TC_UNKNOWN_ISOLATION)) {
                printf("no source has a pair for which %s is %s\n", rules[r].name, tc_verdict_name((enum tc_verdict)v));
                count++;
            }
    return count;
}

static struct tc_buf *
make(void *server, struct tct_rng *rng)
{
    struct server *s = server;

    *s = (struct server){0};
    generate(s, rng);
    generate_shares(s, rng);
    return &s->text;
}

int
main(int argc, char **argv)
{
    struct server s;
    const struct tct_isolation_try tries = {"isolation", &s, make, compare, count_unasked};

    return tct_isolation_main(&tries, argc, argv);
}
