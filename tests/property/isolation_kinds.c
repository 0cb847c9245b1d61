/*
 * What isolate/ says beside files against a second answer that looks at every ordered pair of applications: pools,
 * accounts and visitors, what the classes of permissions open, code groups, and what the layers make of it together. It
 * works on what was generated, not on what was compiled. What is said of files is taken from the findings where the
 * layers are put together: isolation.c asks about that.
 *
 *     isolation_kinds [SEED [COUNT]]
 */
#include "property/isolation_try.h"

#include <stdio.h>
#include <string.h>

enum { APPS_MAX = 6, GRANTS_MAX = 8 };

/* ---- what is granted ---- */

enum topic { LOG, COUNTER, QUEUE, VARIABLES, STORE, KEY, SOCKET, WEB, DATABASE, SERVICE, CLASS, FLAG, MEMBERS, FILES };

/* Things that a grant is about; what ALL and NOBODY_KNOWS mean is the topic's. */
enum thing { NOTHING, HERE, ONE, TWO, THREE, SYSTEM, LOCAL, PERHAPS, NOBODY_KNOWS, ALL, OWN };

/* `acts`: who may do harm; others only have to do with it. */
static const struct fact {
    enum topic topic;
    enum thing thing;
    bool acts;
    const char *text;
} facts[] = {
    {LOG, HERE, true, "EventLog { machine \".\" Administer; }"},
    {LOG, HERE, true, "EventLog { machine \"WEB01\" Administer; }"},
    {LOG, HERE, false, "EventLog { machine \".\" Write; }"},
    {LOG, ONE, true, "EventLog { machine \"LOG01\" Administer; }"},
    {LOG, ONE, false, "EventLog { machine \"log01\" Write; }"},
    {LOG, TWO, true, "EventLog { machine \"LOG02\" Administer; }"},
    {LOG, ALL, true, "EventLog unrestricted;"},
    {COUNTER, ONE, true, "PerformanceCounter { counter \".\" \"Shop\" Write; }"},
    {COUNTER, ONE, false, "PerformanceCounter { counter \"web01\" \"shop\" Read; }"},
    {COUNTER, TWO, false, "PerformanceCounter { counter \".\" \"Blog\" Read; }"},
    {COUNTER, ALL, false, "PerformanceCounter { counter \".\" \"*\" Read; }"},
    {COUNTER, ALL, true, "PerformanceCounter unrestricted;"},
    {QUEUE, ONE, true, "MessageQueue { queue \".\\private$\\Orders\" Receive; }"},
    {QUEUE, ONE, true, "MessageQueue { queue \"FormatName:DIRECT=OS:web01\\private$\\orders\" Send; }"},
    {QUEUE, TWO, true, "MessageQueue { queue \".\\private$\\mails\" Peek; }"},
    {QUEUE, NOTHING, false, "MessageQueue { queue \".\\private$\\orders\" Browse; }"},
    {QUEUE, NOBODY_KNOWS, true, "MessageQueue { queue \"Label:Orders\" Send; }"},
    {QUEUE, ALL, true, "MessageQueue { queue \"*\" Receive; }"},
    {VARIABLES, ALL, true, "Environment unrestricted;"},
    {VARIABLES, NOTHING, false, "Environment { write \"PATH\"; }"},
    {STORE, ONE, false, "IsolatedStorage { allowed AssemblyIsolationByUser; quota 1; }"},
    {STORE, ALL, false, "IsolatedStorage { allowed AssemblyIsolationByMachine; quota 1; }"},
    {STORE, ALL, true, "IsolatedStorage { allowed AdministerIsolatedStorageByUser; quota 1; }"},
    {KEY, ONE, true, "Registry { write \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\"; }"},
    {KEY, ONE, false, "Registry { read \"HKEY_LOCAL_MACHINE\\software\\x\"; }"},
    {KEY, TWO, true, "Registry { create \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\\Y\"; }"},
    {KEY, TWO, false, "Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X\\y\"; }"},
    {KEY, THREE, false, "Registry { read \"HKEY_LOCAL_MACHINE\\SOFTWARE\\X-1\"; }"},
    {KEY, SYSTEM, true, "Registry { write \"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\"; }"},
    {KEY, ALL, true, "Registry unrestricted;"},
    {SOCKET, LOCAL, true, "Socket { connect tcp \"localhost\" 1433; }"},
    {SOCKET, PERHAPS, true, "Socket { connect tcp \"10.0.*.*\" 1433; }"},
    {SOCKET, NOTHING, true, "Socket { connect tcp \"db1.example\" 1433; }"},
    {SOCKET, ONE, true, "Socket { connect tcp \"WWW.one.example\" 80; }"},
    {SOCKET, ALL, true, "Socket unrestricted;"},
    {WEB, ONE, true, "Web { connect host \"www.one.example\"; }"},
    {WEB, TWO, true, "Web { connect pattern \"https?://www\\.two\\.example/.*\"; }"},
    {WEB, NOTHING, true, "Web { connect host \"api.example\"; }"},
    {WEB, LOCAL, true, "Web { connect \"http://localhost:8080/status\"; }"},
    {WEB, ALL, true, "Web unrestricted;"},
    {DATABASE, ALL, true, "OleDb unrestricted;"},
    {DATABASE, NOTHING, true, "Odbc { connection \"DSN=Orders\" keys \"UID=;PWD=\" allow-only; }"},
    {DATABASE, PERHAPS, true, "SqlClient unrestricted;"},
    {SERVICE, ALL, true, "ServiceController { service \".\" \"W3SVC\" Control; }"},
    {SERVICE, NOTHING, false, "ServiceController { service \".\" \"W3SVC\" Browse; }"},
    {CLASS, PERHAPS, true, "Acme unrestricted;"},
    {FLAG, ALL, true, "Security { flags UnmanagedCode; }"},
    {FLAG, NOTHING, false, "Security { flags ControlThread; }"},
    {MEMBERS, ALL, true, "Reflection { flags MemberAccess; }"},
    {MEMBERS, NOTHING, false, "Reflection { flags ReflectionEmit; }"},
    {FILES, OWN, true, "FileIO { write \"$AppDir$\"; }"},
    {FILES, NOTHING, true, "FileIO { read \"D:\\Own\\0\\bin\", \"D:\\Lib\"; }"},
    {FILES, ONE, true, "FileIO { write \"D:\\Own\\0\"; }"},
    {FILES, ONE, true, "FileIO { append \"\\\\localhost\\D$\\own\\0\\bin\\T.dll\"; }"},
    {FILES, TWO, true, "FileIO { write \"D:\\Lib\\x\\y\"; }"},
    {FILES, TWO, true, "FileIO { write \"\\\\web01\\d$\\LIB\"; }"},
    {FILES, ALL, true, "FileIO { write \"D:\\\"; }"},
};
enum { FACTS = sizeof facts / sizeof *facts };

/* ---- who runs where ---- */

static const struct account {
    const char *text;
    int number; /* equal for one account; 0: an account of the pool's own */
    enum { PLAIN, POWERFUL, SERVICE_ACCOUNT, GROUP } kind;
} accounts[] = {
    {"WEB01\\app1", 1, PLAIN},
    {".\\APP1", 1, PLAIN},
    {"app2", 2, PLAIN},
    {"WEB01\\IUSR_x", 3, PLAIN},
    {"CORP\\app2", 4, PLAIN},
    {"NetworkService", 5, SERVICE_ACCOUNT},
    {"NT AUTHORITY\\Network Service", 5, SERVICE_ACCOUNT},
    {"LocalSystem", 6, POWERFUL},
    {"Users", 7, GROUP},
    {"ApplicationPoolIdentity", 0, PLAIN},
};
enum { ACCOUNTS = sizeof accounts / sizeof *accounts, NETWORK_SERVICE = 5, POOLS = 3, OF_POOLS = 100 };

static const char *const pool_names[POOLS][2] = {{"Web", "WEB"}, {"Shop", "shop"}, {"Blog", "Blog"}};
static const char *const origins[] = {"www.one.example", "WWW.two.example", "www.three.example"};
static const char *const locations[] = {"Site/a", "site/A/b", "Site/a/b/c", "Site/ab", "Other/a", "Site/x"};

/* Code groups that a policy may have; NONE: the stock ones alone. */
enum group { NONE, BIN, LIBRARY, FROM_SHARE, BY_KEY, BY_SITE, BY_URL, BY_ANY_SITE, BY_ZONE, GROUPS };

#define KEY_TEXT                                                                                                       \
    "002400000480000094000000060200000024000052534131000400000100010008D1FA57C4AED9F0A32E84AA0FAEFD0DE9E8FD6AEC8F87F"  \
    "B03766C834C99921EB23BE79AD9D5DCC1DD9AD236132102900B723CF980957FC4E177108FC607774F29E8320E92EA05ECE4E821C0A5EFE8F" \
    "1645C4C0C93C1AB99285D622CAA652C1DFAD63D745D6F2DE5F17E5EAF0FC4963D261C8A12436518206DC093344D5AD293"

static const char *const group_texts[GROUPS] = {
    "",
    "code url \"$AppDirUrl$/bin/T.dll\" grants FullTrust;",
    "code url \"file:///D:/Lib/*\" grants FullTrust;",
    "code url \"file://files01/common/*\" grants FullTrust;",
    "code strongname \"" KEY_TEXT "\" grants FullTrust;",
    "code site \"www.One.example\" grants FullTrust;",
    "code url \"http://www.two.example/lib/*\" grants FullTrust;",
    "code site \"*.three.example\" grants FullTrust;",
    "code zone Trusted grants FullTrust;",
};

struct grant {
    const struct fact *fact;
    bool sure;
};

enum logon { UNSAID, ANONYMOUS, WINDOWS, FORMS };

struct app {
    struct grant grants[GRANTS_MAX];
    size_t grant_count;
    int pool, anonymous, origin, location; /* -1: not said */
    bool says_identity, is_full;
    enum logon logon;
    int impersonate; /* -1: not said */
    enum group group;
};

enum compression { COMPRESSION_UNSAID, COMPRESSION_OFF, COMPRESSION_ONLY, COMPRESSION_EXCEPT };

struct server {
    size_t count;
    struct app apps[APPS_MAX];
    int identity[POOLS]; /* index of accounts; -1: nobody says one */
    int iis;             /* 50, 60, 70, 75; 0: not said */
    enum compression compression;
    unsigned listed;
    struct tc_buf text;
};

/* ---- generating ---- */

static int
maybe(struct tct_rng *rng, size_t count)
{
    return tct_rng_one_in(rng, 3) ? -1 : (int)tct_rng_below(rng, count);
}

static bool
is_said(const struct app *app, const struct fact *fact)
{
    for (size_t i = 0; i < app->grant_count; i++) /* one level of isolated storage alone: they do not add up */
        if (app->grants[i].fact == fact || (fact->topic == STORE && app->grants[i].fact->topic == STORE))
            return true;
    return false;
}

static void
make_app(struct server *s, struct tct_rng *rng, size_t number)
{
    struct app *app = &s->apps[number];

    app->pool = maybe(rng, POOLS);
    app->says_identity = app->pool >= 0 && s->identity[app->pool] >= 0;
    app->anonymous = maybe(rng, ACCOUNTS - 1);
    app->origin = maybe(rng, 3);
    app->location = (int)number;
    app->logon = (enum logon)tct_rng_below(rng, 4);
    app->impersonate = (int)tct_rng_below(rng, 3) - 1;
    app->is_full = tct_rng_one_in(rng, 12);
    app->group = tct_rng_one_in(rng, 2) ? NONE : (enum group)tct_rng_below(rng, GROUPS);
    for (size_t n = tct_rng_below(rng, GRANTS_MAX); n > 0 && !app->is_full; n--) {
        const struct fact *fact = &facts[tct_rng_below(rng, FACTS)];

        if (!is_said(app, fact))
            app->grants[app->grant_count++] = (struct grant){fact, !tct_rng_one_in(rng, 4)};
    }
}

static void
put_app(struct server *s, struct tct_rng *rng, size_t number)
{
    static const char *const logons[] = {"", "anonymous", "windows", "forms"};
    const struct app *app = &s->apps[number];
    struct tc_buf *out = &s->text;

    tc_buf_printf(out,
                  "policy P%zu {\n    grant Security { flags Execution; }\n    grant AspNetHosting { level Medium; }\n",
                  number);
    for (size_t i = 0; i < app->grant_count; i++) {
        const char *text = app->grants[i].fact->text;

        tc_buf_printf(out, "    %sgrant %s\n", app->grants[i].sure ? "" : "possibly ", text);
    }
    tc_buf_printf(out, "    %s\n}\napplication A%zu {\n    location \"%s\";\n    root \"D:\\Own\\%zu\";\n",
                  group_texts[app->group], number, locations[app->location], number);
    if (app->is_full)
        tc_buf_puts(out, TC_STR("    trust full;\n"));
    else
        tc_buf_printf(out, "    trust P%zu;\n", number);
    if (app->pool >= 0) {
        tc_buf_printf(out, "    pool %s", pool_names[app->pool][tct_rng_below(rng, 2)]);
        if (app->says_identity)
            tc_buf_printf(out, " identity \"%s\"", accounts[s->identity[app->pool]].text);
        tc_buf_puts(out, TC_STR(";\n"));
    }
    if (app->anonymous >= 0)
        tc_buf_printf(out, "    anonymous \"%s\";\n", accounts[app->anonymous].text);
    if (app->origin >= 0)
        tc_buf_printf(out, "    origin host \"%s\";\n", origins[app->origin]);
    if (app->logon != UNSAID)
        tc_buf_printf(out, "    authentication %s;\n", logons[app->logon]);
    if (app->impersonate >= 0)
        tc_buf_printf(out, "    impersonate %s;\n", app->impersonate ? "on" : "off");
    tc_buf_puts(out, TC_STR("}\n"));
}

static void
put_server(struct server *s)
{
    static const char *const words[] = {"", "off", "only", "except"};
    const char *link = " ";

    tc_buf_puts(&s->text, TC_STR("server web01 {\n    framework 2.0;\n"));
    if (s->iis > 0)
        tc_buf_printf(&s->text, "    iis %d.%d;\n", s->iis / 10, s->iis % 10);
    if (s->compression != COMPRESSION_UNSAID) {
        tc_buf_printf(&s->text, "    compression %s", words[s->compression]);
        for (size_t a = 0; a < s->count && s->compression != COMPRESSION_OFF; a++)
            if (s->listed >> a & 1) {
                tc_buf_printf(&s->text, "%sA%zu", link, a);
                link = ", ";
            }
        tc_buf_puts(&s->text, TC_STR(";\n"));
    }
    tc_buf_puts(&s->text, TC_STR("}\nclass Acme \"Acme.P, Acme, Version=1.0.0.0, Culture=neutral, "
                                 "PublicKeyToken=b77a5c561934e089\";\n"));
}

static void
generate(struct server *s, struct tct_rng *rng)
{
    static const int versions[] = {0, 50, 60, 70, 75, 60, 75, 60};

    s->count = 2 + tct_rng_below(rng, APPS_MAX - 1);
    s->iis = versions[tct_rng_below(rng, 8)];
    s->compression = (enum compression)tct_rng_below(rng, 4);
    s->listed = 1 + (unsigned)tct_rng_below(rng, (1U << s->count) - 1);
    for (size_t p = 0; p < POOLS; p++)
        s->identity[p] = maybe(rng, ACCOUNTS);
    for (size_t a = 0; a < s->count; a++)
        make_app(s, rng, a);
    put_server(s);
    for (size_t a = 0; a < s->count; a++)
        put_app(s, rng, a);
}

/* ---- the second answer: accounts ---- */

static int
version_of(const struct server *s)
{
    return s->iis == 0 ? 100 : s->iis;
}

/* The account of a pool: accounts.number, or one of its own; 0: its pool is not said. */
static int
account_of(const struct server *s, size_t app)
{
    int pool = s->apps[app].pool;

    if (pool < 0)
        return 0;
    if (s->identity[pool] < 0)
        return version_of(s) < 75 ? NETWORK_SERVICE : OF_POOLS + pool;
    return accounts[s->identity[pool]].number == 0 ? OF_POOLS + pool : accounts[s->identity[pool]].number;
}

static bool
runs_as(const struct server *s, size_t app, int kind)
{
    int number = account_of(s, app);

    for (size_t i = 0; i < ACCOUNTS; i++)
        if (number > 0 && accounts[i].number == number && (int)accounts[i].kind == kind)
            return true;
    return false;
}

static enum tc_verdict
accounts_apart(const struct server *s, size_t from, size_t to)
{
    int a = account_of(s, from), b = account_of(s, to);

    if (version_of(s) < 60 || runs_as(s, from, POWERFUL) || runs_as(s, from, GROUP))
        return TC_NOT_ISOLATED;
    return a == 0 || b == 0 ? TC_UNKNOWN_ISOLATION : a == b ? TC_NOT_ISOLATED : TC_ISOLATED;
}

static enum tc_verdict
processes_apart(const struct server *s, size_t from, size_t to)
{
    int a = s->apps[from].pool, b = s->apps[to].pool;

    if (version_of(s) < 60)
        return TC_NOT_ISOLATED;
    return a < 0 || b < 0 ? TC_UNKNOWN_ISOLATION : a == b ? TC_NOT_ISOLATED : TC_ISOLATED;
}

static enum tc_verdict
pools(const struct server *s, size_t from, size_t to)
{
    return version_of(s) < 60 ? TC_ISOLATED : processes_apart(s, from, to);
}

/* Of an account that two pools have. */
static enum tc_verdict
identities(const struct server *s, size_t from, size_t to)
{
    int number = account_of(s, from);

    if (version_of(s) < 60 || number == 0 || number != account_of(s, to))
        return TC_ISOLATED;
    for (size_t a = 0; a < s->count; a++)
        if (account_of(s, a) == number && s->apps[a].pool != s->apps[from].pool)
            return TC_NOT_ISOLATED;
    return TC_ISOLATED;
}

static bool
lets_anyone_in(const struct app *app)
{
    return app->anonymous >= 0 || app->logon != WINDOWS;
}

static bool
is_visited_as(const struct server *s, size_t app, int number)
{
    return s->apps[app].anonymous >= 0 && accounts[s->apps[app].anonymous].number == number;
}

/* Whether one has for its visitors the account that the other one has for them, or for itself. */
static enum tc_verdict
visitors(const struct server *s, size_t from, size_t to)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        int number = accounts[i].number;
        bool a = is_visited_as(s, from, number), b = is_visited_as(s, to, number);

        if (number > 0 && ((a && b) || (a && account_of(s, to) == number) || (b && account_of(s, from) == number)))
            return TC_NOT_ISOLATED;
    }
    if (!lets_anyone_in(&s->apps[from]) || !lets_anyone_in(&s->apps[to]))
        return TC_ISOLATED;
    return tct_verdict_of(false, s->apps[from].anonymous < 0 || s->apps[to].anonymous < 0);
}

static bool
is_compressed(const struct server *s, size_t app)
{
    switch (s->compression) {
    case COMPRESSION_OFF:
        return false;
    case COMPRESSION_ONLY:
        return s->listed >> app & 1;
    case COMPRESSION_EXCEPT:
        return !(s->listed >> app & 1);
    case COMPRESSION_UNSAID:
        break;
    }
    return true;
}

/* From 7.0 on there is a folder for each pool. */
static enum tc_verdict
compressed(const struct server *s, size_t from, size_t to)
{
    if (!is_compressed(s, from) || !is_compressed(s, to))
        return TC_ISOLATED;
    if (version_of(s) >= 70 && (s->apps[from].pool < 0 || s->apps[from].pool != s->apps[to].pool))
        return TC_ISOLATED;
    return s->compression == COMPRESSION_UNSAID ? TC_UNKNOWN_ISOLATION : TC_NOT_ISOLATED;
}

static enum tc_verdict
impersonation(const struct app *app)
{
    if (app->impersonate == 1 || app->logon == FORMS)
        return TC_ISOLATED;
    return app->impersonate < 0 || app->logon == UNSAID ? TC_UNKNOWN_ISOLATION : TC_NOT_ISOLATED;
}

static bool
is_visitor_group(const struct app *app)
{
    return app->anonymous >= 0 && accounts[app->anonymous].kind == GROUP;
}

static bool
is_visitor_powerful(const struct app *app)
{
    return app->anonymous >= 0 &&
           (accounts[app->anonymous].kind == POWERFUL || accounts[app->anonymous].kind == SERVICE_ACCOUNT);
}

/* ---- the second answer: grants ---- */

/* Whether the key of one lies in that of the other. */
static bool
keys_meet(enum thing a, enum thing b)
{
    return a == b || a == ALL || b == ALL || (a == ONE && b == TWO) || (a == TWO && b == ONE);
}

/* What a grant of one says about everyone else. */
static enum tc_verdict
alone(const struct server *s, const struct fact *f, enum tc_rule_id rule)
{
    switch (rule) {
    case TC_RULE_EVENT_LOG: /* ASP.NET writes there for everyone */
        return tct_verdict_of(f->topic == LOG && f->acts && (f->thing == HERE || f->thing == ALL), false);
    case TC_RULE_REGISTRY:
        return tct_verdict_of(f->topic == KEY && f->acts && (f->thing == SYSTEM || f->thing == ALL), false);
    case TC_RULE_LOCAL_SOCKET:
        for (size_t a = 0; a < s->count; a++)
            if (f->topic == SOCKET && f->thing == ONE && s->apps[a].origin == 0)
                return TC_NOT_ISOLATED;
        return tct_verdict_of((f->topic == SOCKET || f->topic == WEB) && (f->thing == LOCAL || f->thing == ALL),
                              f->topic == SOCKET && f->thing == PERHAPS);
    case TC_RULE_DATABASE_FILES:
        return tct_verdict_of(f->topic == DATABASE && f->thing == ALL, f->topic == DATABASE && f->thing == PERHAPS);
    case TC_RULE_SERVER_RESOURCE:
        return tct_verdict_of(f->topic == SERVICE && f->thing == ALL, false);
    case TC_RULE_UNJUDGED_GRANT:
        return tct_verdict_of(false, f->topic == CLASS);
    case TC_RULE_ESCAPE:
        return tct_verdict_of(f->topic == FLAG && f->thing == ALL, false);
    case TC_RULE_REFLECTION:
        return tct_verdict_of(f->topic == MEMBERS && f->thing == ALL, false);
    default:
        return TC_ISOLATED;
    }
}

/* What a grant of one and a grant of another one open. */
static enum tc_verdict
together(const struct server *s, size_t from, size_t to, const struct fact *f, const struct fact *g,
         enum tc_rule_id rule)
{
    enum tc_verdict apart;

    switch (rule) {
    case TC_RULE_EVENT_LOG:
        return tct_verdict_of(f->topic == LOG && g->topic == LOG && f->acts && f->thing != HERE && g->thing != HERE &&
                                  (f->thing == g->thing || f->thing == ALL || g->thing == ALL),
                              false);
    case TC_RULE_PERFORMANCE_COUNTER:
        return tct_verdict_of(f->topic == COUNTER && g->topic == COUNTER && f->acts &&
                                  (f->thing == g->thing || f->thing == ALL || g->thing == ALL),
                              false);
    case TC_RULE_MESSAGE_QUEUE:
        if (f->topic != QUEUE || g->topic != QUEUE || f->thing == NOTHING || g->thing == NOTHING)
            return TC_ISOLATED;
        if (f->thing == NOBODY_KNOWS || g->thing == NOBODY_KNOWS)
            return TC_UNKNOWN_ISOLATION;
        return tct_verdict_of(f->thing == g->thing || f->thing == ALL || g->thing == ALL, false);
    case TC_RULE_ISOLATED_STORAGE:
        if (f->topic != STORE || g->topic != STORE)
            return TC_ISOLATED;
        if (f->thing == ALL && g->thing == ALL)
            return TC_NOT_ISOLATED;
        if (account_of(s, from) == 0 || account_of(s, to) == 0)
            return TC_UNKNOWN_ISOLATION;
        apart = account_of(s, from) == account_of(s, to) ? TC_UNKNOWN_ISOLATION : TC_ISOLATED;
        return apart == TC_UNKNOWN_ISOLATION && f->acts ? TC_NOT_ISOLATED : apart;
    case TC_RULE_REGISTRY:
        return tct_verdict_of(f->topic == KEY && g->topic == KEY && f->acts && keys_meet(f->thing, g->thing), false);
    default:
        return TC_ISOLATED;
    }
}

/* Web requests to where the other one is. */
static enum tc_verdict
reaches(const struct server *s, size_t to, const struct fact *f)
{
    int origin = s->apps[to].origin;

    if (f->topic != WEB)
        return TC_ISOLATED;
    if (origin < 0)
        return TC_UNKNOWN_ISOLATION;
    return tct_verdict_of(f->thing == ALL || (f->thing == ONE && origin == 0) || (f->thing == TWO && origin == 1),
                          false);
}

/* Where a process does not hold them apart, and where nobody knows. */
static enum tc_verdict
sets_variables(const struct server *s, size_t from, size_t to, const struct fact *f)
{
    int a = s->apps[from].pool, b = s->apps[to].pool;

    if (f->topic != VARIABLES || f->thing != ALL)
        return TC_ISOLATED;
    return a < 0 ? TC_UNKNOWN_ISOLATION : tct_verdict_of(a == b, false);
}

/* Whether what the group of @a owner trusts lies where the grant lets @a writer write. */
static bool
writes_trusted(const struct server *s, size_t writer, size_t owner, const struct fact *f)
{
    enum group group = s->apps[owner].group;

    if (f->topic != FILES || f->thing == NOTHING || s->apps[owner].is_full)
        return false;
    if (group == BIN)
        return f->thing == ALL || (f->thing == OWN && writer == owner) || (f->thing == ONE && owner == 0);
    return group == LIBRARY && (f->thing == ALL || f->thing == TWO);
}

static enum tc_verdict
less(enum tc_verdict verdict, bool sure)
{
    return verdict == TC_NOT_ISOLATED && !sure ? TC_UNKNOWN_ISOLATION : verdict;
}

static enum tc_verdict
by_grants(const struct server *s, size_t from, size_t to, enum tc_rule_id rule)
{
    const struct app *a = &s->apps[from], *b = &s->apps[to];
    enum tc_verdict verdict = TC_ISOLATED;

    for (size_t i = 0; i < a->grant_count; i++) {
        const struct grant *f = &a->grants[i];

        verdict = tct_worse(verdict, less(alone(s, f->fact, rule), f->sure));
        if (rule == TC_RULE_NEIGHBOUR_ORIGIN)
            verdict = tct_worse(verdict, less(reaches(s, to, f->fact), f->sure));
        if (rule == TC_RULE_ENVIRONMENT)
            verdict = tct_worse(verdict, less(sets_variables(s, from, to, f->fact), f->sure));
        if (rule == TC_RULE_WRITABLE_CODE_GROUP)
            verdict = tct_worse(verdict, less(tct_verdict_of(writes_trusted(s, from, to, f->fact) ||
                                                                 writes_trusted(s, from, from, f->fact),
                                                             false),
                                              f->sure));
        for (size_t j = 0; j < b->grant_count; j++)
            verdict = tct_worse(
                verdict, less(together(s, from, to, f->fact, b->grants[j].fact, rule), f->sure && b->grants[j].sure));
    }
    return verdict;
}

/* ---- the second answer: the rest ---- */

static enum tc_verdict
by_groups(const struct server *s, size_t from, size_t to)
{
    enum group group = s->apps[from].group;

    return tct_verdict_of(
        group >= FROM_SHARE && group == s->apps[to].group && !s->apps[from].is_full && !s->apps[to].is_full, false);
}

/* Whether what the group of @a to trusts comes from where @a from is reached. */
static enum tc_verdict
by_sites(const struct server *s, size_t from, size_t to)
{
    const struct app *owner = &s->apps[to];
    int origin = s->apps[from].origin;

    if (owner->is_full || owner->group < BY_SITE)
        return TC_ISOLATED;
    return owner->group == BY_ZONE || origin < 0 ? TC_UNKNOWN_ISOLATION
                                                 : tct_verdict_of(origin == (int)owner->group - BY_SITE, false);
}

/* Whoever is fully trusted may write everything. */
static bool
full_writes(const struct server *s, size_t from, size_t to)
{
    return s->apps[from].is_full && !s->apps[to].is_full && (s->apps[to].group == BIN || s->apps[to].group == LIBRARY);
}

static bool
lies_below(int outer, int inner)
{
    return (outer == 0 && (inner == 1 || inner == 2)) || (outer == 1 && inner == 2);
}

static const enum tc_rule_id rules[] = {
    TC_RULE_NESTED_LOCATION,
    TC_RULE_SHARED_COMPRESSION,
    TC_RULE_REGISTRY,
    TC_RULE_EVENT_LOG,
    TC_RULE_ENVIRONMENT,
    TC_RULE_ISOLATED_STORAGE,
    TC_RULE_MESSAGE_QUEUE,
    TC_RULE_PERFORMANCE_COUNTER,
    TC_RULE_LOCAL_SOCKET,
    TC_RULE_NEIGHBOUR_ORIGIN,
    TC_RULE_DATABASE_FILES,
    TC_RULE_SERVER_RESOURCE,
    TC_RULE_FULL_TRUST,
    TC_RULE_ESCAPE,
    TC_RULE_REFLECTION,
    TC_RULE_SHARED_CODE_GROUP,
    TC_RULE_WRITABLE_CODE_GROUP,
    TC_RULE_TRUSTED_SITE,
    TC_RULE_UNJUDGED_GRANT,
    TC_RULE_IIS_VERSION,
    TC_RULE_SHARED_POOL,
    TC_RULE_SHARED_IDENTITY,
    TC_RULE_POWERFUL_IDENTITY,
    TC_RULE_SHARED_ANONYMOUS,
    TC_RULE_ANONYMOUS_NAME,
    TC_RULE_IMPERSONATION,
    TC_RULE_GROUP_RIGHTS,
};
enum { RULES = sizeof rules / sizeof *rules };

static enum tc_verdict
naive(const struct server *s, size_t from, size_t to, enum tc_rule_id rule)
{
    const struct app *a = &s->apps[from];

    switch (rule) {
    case TC_RULE_NESTED_LOCATION:
        return tct_verdict_of(lies_below(a->location, s->apps[to].location), false);
    case TC_RULE_SHARED_COMPRESSION:
        return compressed(s, from, to);
    case TC_RULE_FULL_TRUST:
        return tct_verdict_of(a->is_full, false);
    case TC_RULE_SHARED_CODE_GROUP:
        return by_groups(s, from, to);
    case TC_RULE_IIS_VERSION:
        return tct_verdict_of(version_of(s) < 60, false);
    case TC_RULE_SHARED_POOL:
        return pools(s, from, to);
    case TC_RULE_SHARED_IDENTITY:
        return identities(s, from, to);
    case TC_RULE_POWERFUL_IDENTITY:
        return tct_verdict_of(
            (version_of(s) >= 60 && (runs_as(s, from, POWERFUL) || runs_as(s, from, SERVICE_ACCOUNT))) ||
                is_visitor_powerful(a),
            false);
    case TC_RULE_SHARED_ANONYMOUS:
        return visitors(s, from, to);
    case TC_RULE_ANONYMOUS_NAME:
        return tct_verdict_of(a->anonymous >= 0 && strstr(accounts[a->anonymous].text, "IUSR") != NULL, false);
    case TC_RULE_IMPERSONATION:
        return impersonation(a);
    case TC_RULE_GROUP_RIGHTS:
        return tct_verdict_of((version_of(s) >= 60 && runs_as(s, from, GROUP)) || is_visitor_group(a), false);
    case TC_RULE_TRUSTED_SITE:
        return by_sites(s, from, to);
    case TC_RULE_WRITABLE_CODE_GROUP:
        return full_writes(s, from, to) ? TC_NOT_ISOLATED : by_grants(s, from, to, rule);
    default:
        return by_grants(s, from, to, rule);
    }
}

/* ---- the layers ---- */

static enum tc_verdict
found(const struct tc_isolation *isolation, size_t from, size_t to, enum tc_rule_id rule)
{
    enum tc_verdict verdict = TC_ISOLATED;

    for (const struct tc_isolation_finding *f = isolation->findings; f != NULL; f = f->next)
        if (f->rule == rule && tc_isolation_concerns(f, from, to))
            verdict = tct_worse(verdict, f->verdict);
    return verdict;
}

static bool
is_asked(enum tc_rule_id rule)
{
    for (size_t r = 0; r < RULES; r++)
        if (rules[r] == rule)
            return true;
    return false;
}

/* The answer here where there is one. */
static enum tc_verdict
say(const struct server *s, const struct tc_isolation *isolation, size_t from, size_t to, enum tc_rule_id rule)
{
    return is_asked(rule) ? naive(s, from, to, rule) : found(isolation, from, to, rule);
}

/* Whether the code of an application stays in its sandbox. */
static enum tc_verdict
confined(const struct server *s, size_t from)
{
    static const enum tc_rule_id ways[] = {TC_RULE_FULL_TRUST,          TC_RULE_ESCAPE,
                                           TC_RULE_REFLECTION,          TC_RULE_SHARED_CODE_GROUP,
                                           TC_RULE_WRITABLE_CODE_GROUP, TC_RULE_TRUSTED_SITE};
    enum tc_verdict verdict = TC_ISOLATED;

    for (size_t to = 0; to < s->count; to++)
        for (size_t w = 0; to != from && w < sizeof ways / sizeof *ways; w++)
            verdict = tct_worse(verdict, naive(s, from, to, ways[w]));
    return verdict;
}

static enum tc_verdict
other_layer(const struct server *s, size_t from, size_t to, enum tc_rule_id rule)
{
    switch (tc_rule_info(rule)->other) {
    case TC_OTHER_IDENTITY:
        return accounts_apart(s, from, to);
    case TC_OTHER_PROCESS:
        return processes_apart(s, from, to);
    case TC_OTHER_CONFINED:
        return confined(s, from);
    case TC_OTHER_PLAN:
    case TC_OTHER_NONE:
        break;
    }
    return TC_NOT_ISOLATED;
}

static size_t
compare_layers(const struct server *s, const struct tc_isolation *isolation, size_t from, size_t to)
{
    struct tc_pair_verdict pair = tc_isolation_pair(isolation, from, to);
    enum tc_verdict want[TC_LAYER_COUNT_] = {[TC_LAYER_ACCOUNTS] = accounts_apart(s, from, to)};
    size_t wrong = 0;

    for (int r = 0; r < TC_RULE_COUNT_; r++) {
        enum tc_rule_id rule = (enum tc_rule_id)r;
        enum tc_verdict said = say(s, isolation, from, to, rule), other = other_layer(s, from, to, rule);
        enum tc_layer layer = tc_rule_info(rule)->layer;
        enum tc_verdict both = other < said ? other : said;

        if (said == TC_ISOLATED)
            continue;
        want[layer] = tct_worse(want[layer], said);
        layer = layer == TC_LAYER_CAS ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS;
        want[layer] = tct_worse(want[layer], both);
        want[TC_LAYER_BOTH] = tct_worse(want[TC_LAYER_BOTH], both);
    }
    for (int l = 0; l < TC_LAYER_COUNT_; l++)
        if (want[l] != pair.layers[l]) {
            printf("A%zu -> A%zu by %s: expected %s, found %s\n", from, to, tc_layer_name((enum tc_layer)l),
                   tc_verdict_name(want[l]), tc_verdict_name(pair.layers[l]));
            wrong++;
        }
    return wrong;
}

/* ---- comparing ---- */

/* How often each answer was right, so that sources which never ask something are noticed. */
static size_t answers[RULES][TC_VERDICT_COUNT_];

static size_t
compare(const void *server, const struct tc_isolation *isolation)
{
    const struct server *s = server;
    size_t wrong = 0;

    for (size_t from = 0; from < s->count; from++)
        for (size_t to = 0; to < s->count; to++) {
            for (size_t r = 0; from != to && r < RULES; r++) {
                enum tc_verdict want = naive(s, from, to, rules[r]), have = found(isolation, from, to, rules[r]);

                answers[r][want]++;
                if (want == have)
                    continue;
                printf("A%zu -> A%zu %s: expected %s, found %s\n", from, to, tc_rule_info(rules[r])->code.slug,
                       tc_verdict_name(want), tc_verdict_name(have));
                wrong++;
            }
            if (from != to)
                wrong += compare_layers(s, isolation, from, to);
        }
    return wrong;
}

/* Every rule of those above is both broken and kept by some pair. */
static size_t
count_unasked(void)
{
    size_t unasked = 0;

    for (size_t r = 0; r < RULES; r++) {
        if (answers[r][TC_ISOLATED] > 0 && answers[r][TC_NOT_ISOLATED] + answers[r][TC_UNKNOWN_ISOLATION] > 0)
            continue;
        printf("the sources ask too little about %s\n", tc_rule_info(rules[r])->code.slug);
        unasked++;
    }
    return unasked;
}

static struct tc_buf *
make(void *server, struct tct_rng *rng)
{
    struct server *s = server;

    *s = (struct server){0};
    generate(s, rng);
    return &s->text;
}

int
main(int argc, char **argv)
{
    struct server s;
    const struct tct_isolation_try tries = {"isolation-kinds", &s, make, compare, count_unasked};

    return tct_isolation_main(&tries, argc, argv);
}
