/*
 * Bringing outputs to disk (emit/commit.h) while things go wrong.
 *
 * The linker sends the file system calls of the program through the wrappers below (-Wl,--wrap), which count them. Then
 * for every n
 *
 *   kill    the process dies right before its n-th call, or in the middle of it when it writes: what is on disk must be
 *           whole and known, and whatever is wanted next is reached without a trace of the killed run, also when the
 *           next run is killed too;
 *   fault   the n-th call fails: either all is as wanted, or all is as before;
 *   broken  all calls from the n-th on that change something fail: what is on disk is whole and known.
 *
 * commit_faults --quick leaves out killing twice.
 */
#include "emit/commit.h"
#include "emit/record.h"
#include "support/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- failing calls ---------------------------------------------------------------------------------------------- */

enum mode { MODE_PASS, MODE_KILL, MODE_FAULT, MODE_BROKEN, MODE_SHORT };

/* What the wrapped calls are to do; a test program may have such a thing. */
static struct {
    enum mode mode;
    size_t at;          /* from 1 */
    int error;          /* for MODE_FAULT and MODE_BROKEN */
    bool no_exchange;   /* the file system cannot exchange names, */
    bool no_links;      /* nor give a second one, */
    bool no_noreplace;  /* nor refuse to replace, */
    bool no_syncfs;     /* nor be synced as a whole */
    size_t calls;       /* so far */
    const char *failed; /* name of the call that failed */
    struct tc_buf *trace;
} faults;

static void
note(const char *what, const char *from, const char *to)
{
    if (faults.trace != NULL)
        tc_buf_printf(faults.trace, "%s%s%s%s%s\n", what, from == NULL ? "" : " ", from == NULL ? "" : from,
                      to == NULL ? "" : " ", to == NULL ? "" : to);
}

/* Whether this call is to fail; errno is set then. Does not return when it is to kill. */
static bool
fails(const char *name, bool changes)
{
    bool hit = ++faults.calls == faults.at;

    if (faults.mode == MODE_KILL && hit)
        (void)kill(getpid(), SIGKILL);
    if ((faults.mode == MODE_FAULT && hit) || (faults.mode == MODE_BROKEN && faults.calls >= faults.at && changes)) {
        faults.failed = name;
        errno = faults.error;
        return true;
    }
    return false;
}

#define WRAP(type, name, parameters, arguments, changes)                                                               \
    type __real_##name parameters;                                                                                     \
    type __wrap_##name parameters;                                                                                     \
    type __wrap_##name parameters                                                                                      \
    {                                                                                                                  \
        return fails(#name, changes) ? -1 : __real_##name arguments;                                                   \
    }

WRAP(int, fstat, (int fd, struct stat *status), (fd, status), false)
WRAP(int, fstatat, (int fd, const char *name, struct stat *status, int flags), (fd, name, status, flags), false)
WRAP(int, flock, (int fd, int operation), (fd, operation), false)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), true)
WRAP(int, rmdir, (const char *path), (path), true)
WRAP(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size), false)
WRAP(int, fchown, (int fd, uid_t user, gid_t group), (fd, user, group), true)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), true)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int
__wrap_open(const char *path, int flags, ...)
{
    return fails("open", false) ? -1 : __real_open(path, flags);
}

int __real_openat(int fd, const char *name, int flags, ...);
int __wrap_openat(int fd, const char *name, int flags, ...);
int
__wrap_openat(int fd, const char *name, int flags, ...)
{
    mode_t mode = 0;
    va_list args;

    va_start(args, flags);
    if ((flags & O_CREAT) != 0) {
        mode = va_arg(args, mode_t);
        note("create", name, NULL);
    }
    va_end(args);
    return fails("openat", (flags & O_CREAT) != 0) ? -1 : __real_openat(fd, name, flags, mode);
}

struct dirent *__real_readdir(DIR *stream);
struct dirent *__wrap_readdir(DIR *stream);
struct dirent *
__wrap_readdir(DIR *stream)
{
    return fails("readdir", false) ? NULL : __real_readdir(stream);
}

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
ssize_t
__wrap_write(int fd, const void *bytes, size_t size)
{
    if (faults.mode == MODE_KILL && faults.calls + 1 == faults.at)
        (void)__real_write(fd, bytes, size / 2); /* dies in the middle */
    if (fails("write", true))
        return -1;
    return __real_write(fd, bytes, faults.mode == MODE_SHORT ? (size + 1) / 2 : size);
}

int __real_close(int fd);
int __wrap_close(int fd);
int
__wrap_close(int fd)
{
    bool is_written = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
    bool failed = fails(is_written ? "close after writing" : "close", false);
    int error = errno;
    int result = __real_close(fd); /* a failing close closes all the same */

    errno = error;
    return failed ? -1 : result;
}

/* Nothing here pulls the plug, so nothing needs to reach the disk. */
int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
    struct stat status;

    note(__real_fstat(fd, &status) == 0 && S_ISDIR(status.st_mode) ? "sync directory" : "sync file", NULL, NULL);
    return fails("fsync", true) ? -1 : 0;
}

int __wrap_syncfs(int fd);
int
__wrap_syncfs(int fd)
{
    (void)fd;
    note("sync all", NULL, NULL);
    if (fails("syncfs", true))
        return -1;
    errno = ENOSYS;
    return faults.no_syncfs ? -1 : 0;
}

int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int
__wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    note("rename", from, to);
    return fails("renameat", true) ? -1 : __real_renameat(from_fd, from, to_fd, to);
}

int __real_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int
__wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    if ((flags & RENAME_EXCHANGE) != 0 ? faults.no_exchange : faults.no_noreplace) {
        errno = EINVAL;
        return -1;
    }
    note((flags & RENAME_EXCHANGE) != 0 ? "exchange" : "rename", from, to);
    return fails("renameat2", true) ? -1 : __real_renameat2(from_fd, from, to_fd, to, flags);
}

int __real_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int
__wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    if (faults.no_links) {
        errno = EPERM;
        return -1;
    }
    note("link", from, to);
    return fails("linkat", true) ? -1 : __real_linkat(from_fd, from, to_fd, to, flags);
}

int __real_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags);
int
__wrap_unlinkat(int fd, const char *name, int flags)
{
    note("remove", name, NULL);
    return fails("unlinkat", true) ? -1 : __real_unlinkat(fd, name, flags);
}

/* ---- what is wanted -----------------------------------------------------------------------------------------------
 */

enum { OUTPUTS_MAX = 12 };

struct output {
    const char *dir;   /* below the test's own directory */
    const char *name;  /* NULL: none wanted there */
    const char *bytes; /* of a configuration file: the names of the policy files beside it */
    bool is_config;
    bool is_merged;
};

#define POLICY(dir, name, bytes)                                                                                       \
    {                                                                                                                  \
        dir, name, bytes, false, false                                                                                 \
    }
#define CONFIG(dir, name, bytes)                                                                                       \
    {                                                                                                                  \
        dir, name, bytes, true, false                                                                                  \
    }
#define MERGED(dir, name, bytes)                                                                                       \
    {                                                                                                                  \
        dir, name, bytes, true, true                                                                                   \
    }

struct scenario {
    const char *name;
    struct output foreign[2]; /* there before trustc, with other bytes than any run wants */
    struct output before[OUTPUTS_MAX];
    struct output wanted[OUTPUTS_MAX];
};

static const struct scenario scenarios[] = {
    {
        .name = "new directories",
        .wanted =
            {
                POLICY("x", NULL, ""),
                POLICY("x/y", "a.config", "alpha"),
                POLICY("x/y", "b.config", "beta"),
                CONFIG("x/y", "web.config", "a.config b.config"),
                POLICY("z", "c.config", "gamma"),
                CONFIG("z", "machine.config", "c.config"),
            },
    },
    {
        .name = "all kinds of change",
        .foreign = {POLICY("x", "readme.txt", "not ours"), POLICY("z", "readme.txt", "not ours")},
        .before =
            {
                POLICY("x", "a.config", "alpha"),
                POLICY("x", "b.config", "beta"),
                POLICY("x", "c.config", "gamma"),
                POLICY("x", "d.config", "delta"),
                CONFIG("x", "web.config", "a.config b.config c.config"),
                CONFIG("x", "machine.config", "d.config c.config"),
                POLICY("z", "a.config", "alpha"),
                CONFIG("z", "web.config", "a.config"),
            },
        .wanted =
            {
                POLICY("x", "a.config", "alpha"),
                POLICY("x", "b.config", "beta two"),
                POLICY("x", "e.config", "epsilon"),
                CONFIG("x", "web.config", "b.config e.config"),
                POLICY("z", "b.config", "beta"),
                CONFIG("z", "web.config", "b.config"),
            },
    },
    {
        .name = "an end",
        .before =
            {
                POLICY("z", NULL, ""),
                POLICY("x", "a.config", "alpha"),
                CONFIG("x", "web.config", "a.config"),
            },
        .wanted =
            {
                POLICY("x", NULL, ""),
                POLICY("z", "a.config", "alpha"),
                CONFIG("z", "web.config", "a.config"),
            },
    },
    {
        .name = "merging",
        .foreign = {CONFIG("x", "web.config", "")},
        .wanted =
            {
                POLICY("x", "a.config", "alpha"),
                MERGED("x", "web.config", "a.config"),
            },
    },
};

/* What a run after a killed one may want instead: nothing that occurs in a scenario, in the same directories. */
static const struct output others[OUTPUTS_MAX] = {
    POLICY("x", "other.config", "omega"),
    CONFIG("x", "other.machine.config", "other.config"),
    POLICY("z", NULL, ""),
    POLICY("x/y", NULL, ""),
};

static char root[TCT_PATH_SIZE];
static size_t passed, failed;
static const char *scenario_name = "";

static void
expect(bool holds, const char *what, struct tc_str got, struct tc_str expected)
{
    if (holds) {
        passed++;
        return;
    }
    failed++;
    if (failed <= 20)
        printf("%s, mode %d at %zu (%s, error %d): %s\n--- got\n%.*s\n--- expected\n%.*s\n", scenario_name,
               (int)faults.mode, faults.at, faults.failed == NULL ? "" : faults.failed, faults.error, what,
               TC_STR_ARG(got), TC_STR_ARG(expected));
}

/* ---- runs ---------------------------------------------------------------------------------------------------------
 */

struct outcome {
    enum tc_status status;
    size_t errors;
    size_t warnings;
};

static struct outcome
run(const struct output *wanted)
{
    struct tc_output outputs[OUTPUTS_MAX];
    struct tc_commit_result result;
    struct tc_sources sources;
    struct tc_diags diags;
    struct tc_arena arena;
    struct outcome outcome;
    size_t count = 0;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    for (; count < OUTPUTS_MAX && wanted[count].dir != NULL; count++)
        outputs[count] = (struct tc_output){
            .dir = tc_arena_printf(&arena, "%s/%s", root, wanted[count].dir),
            .name = tc_str_of(wanted[count].name),
            .bytes = tc_str_of(wanted[count].bytes),
            .stage = wanted[count].is_config ? TC_STAGE_CONFIG : TC_STAGE_POLICY,
            .replace_foreign = wanted[count].is_merged,
        };
    outcome.status = tc_commit(&arena, outputs, count, &diags, &result);
    outcome.errors = diags.errors;
    outcome.warnings = diags.warnings;
    tc_arena_done(&arena);
    return outcome;
}

/* Run with all calls working, and ask that it goes well. */
static void
run_well(const struct output *wanted, const char *what)
{
    enum mode mode = faults.mode;
    struct outcome outcome;

    faults.mode = MODE_PASS;
    outcome = run(wanted);
    faults.mode = mode;
    expect(outcome.status == TC_OK && outcome.errors == 0 && outcome.warnings == 0, what, TC_STR("trouble"),
           TC_STR("none"));
}

/* What is there before the run of @a scenario. */
static void
prepare(const struct scenario *scenario)
{
    tct_disk_remove(root);
    for (size_t i = 0; i < sizeof scenario->foreign / sizeof *scenario->foreign; i++)
        if (scenario->foreign[i].dir != NULL) {
            char dir[2 * TCT_PATH_SIZE];

            snprintf(dir, sizeof dir, "%s/%s", root, scenario->foreign[i].dir);
            tct_disk_write(dir, scenario->foreign[i].name, tc_str_of(scenario->foreign[i].bytes));
        }
    if (scenario->before[0].dir != NULL)
        run_well(scenario->before, "before");
}

/* All that is on disk, as text. The caller frees it. */
static struct tc_buf
state(void)
{
    struct tc_buf list = {0};

    tct_disk_list(root, &list);
    return list;
}

/* The same without empty directories: those that a killed run made remain when the next one does not want them. */
static struct tc_buf
settled_state(void)
{
    static const char *const dirs[] = {"x/y", "x", "z"};

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        char dir[2 * TCT_PATH_SIZE];

        snprintf(dir, sizeof dir, "%s/%s", root, dirs[i]);
        (void)__real_rmdir(dir);
    }
    return state();
}

static void
expect_settled_state(const struct tc_buf *expected, const char *what)
{
    struct tc_buf list = settled_state();

    expect(tc_str_eq(tc_buf_str(&list), tc_buf_str(expected)), what, tc_buf_str(&list), tc_buf_str(expected));
    tc_buf_done(&list);
}

static void
expect_state(const struct tc_buf *expected, const char *what)
{
    struct tc_buf list = state();

    expect(tc_str_eq(tc_buf_str(&list), tc_buf_str(expected)), what, tc_buf_str(&list), tc_buf_str(expected));
    tc_buf_done(&list);
}

/* ---- what must hold at any instant ----------------------------------------------------------------------------------
 */

struct known {
    struct tc_str name;
    struct tc_str bytes;
    bool found;
};

static bool
find_known(void *context, struct tc_str name, struct tc_version version)
{
    struct known *known = context;

    known->found = known->found || (tc_str_eq(name, known->name) &&
                                    tc_version_fits(&version, tc_xxh64(known->bytes), known->bytes.len));
    return true;
}

/* Whether @a list has an output called @a name in @a dir, with these bytes. */
static bool
has_output(const struct output *list, size_t count, const char *dir, struct tc_str name, struct tc_str bytes)
{
    for (size_t i = 0; i < count && list[i].dir != NULL; i++)
        if (strcmp(list[i].dir, dir) == 0 && list[i].name != NULL && tc_str_eq(tc_str_of(list[i].name), name) &&
            tc_str_eq(tc_str_of(list[i].bytes), bytes))
            return true;
    return false;
}

/* Each policy file that a configuration file names is there. */
static void
check_config(const char *dir, struct tc_str bytes)
{
    while (bytes.len != 0) {
        struct tc_str name = tc_str_sub(bytes, 0, tc_str_find(bytes, TC_STR(" "), 0));
        char file[TCT_PATH_SIZE];
        struct tc_buf content = {0};

        snprintf(file, sizeof file, "%.*s", TC_STR_ARG(name));
        expect(tct_disk_read(dir, file, &content), "a configuration file names a policy file that is not there", bytes,
               name);
        tc_buf_done(&content);
        bytes = tc_str_sub(bytes, name.len + 1, SIZE_MAX);
    }
}

/* A file of @a dir is whole and, unless it was there before trustc, in the record. */
static void
check_file(const struct scenario *scenario, const char *below, const char *dir, struct tc_str name,
           struct tc_str record)
{
    bool is_foreign, is_whole, is_merged;
    struct known known = {.name = name};
    struct tc_buf bytes = {0};

    tct_disk_read(dir, name.ptr, &bytes);
    known.bytes = tc_buf_str(&bytes);
    is_foreign =
        has_output(scenario->foreign, sizeof scenario->foreign / sizeof *scenario->foreign, below, name, known.bytes);
    is_whole = has_output(scenario->before, OUTPUTS_MAX, below, name, known.bytes) ||
               has_output(scenario->wanted, OUTPUTS_MAX, below, name, known.bytes) ||
               has_output(others, OUTPUTS_MAX, below, name, known.bytes);
    is_merged = scenario->foreign[0].is_config && tc_str_eq(name, TC_STR("web.config"));
    expect(is_foreign || is_whole, "a file is not whole", known.bytes, name);
    if (tc_str_find(name, TC_STR("web.config"), 0) == 0 || tc_str_find(name, TC_STR("machine"), 0) != SIZE_MAX)
        check_config(dir, known.bytes);
    if (!is_foreign && !is_merged)
        expect(tc_record_read(record, find_known, &known) == 0 && known.found, "a file is forgotten", record, name);
    tc_buf_done(&bytes);
}

static void
check_instant(const struct scenario *scenario)
{
    static const char *const dirs[] = {"x", "x/y", "z"};

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        char dir[2 * TCT_PATH_SIZE];
        struct tc_buf record = {0};
        struct dirent **entries;
        int count;

        snprintf(dir, sizeof dir, "%s/%s", root, dirs[i]);
        tct_disk_read(dir, TC_COMMIT_RECORD, &record);
        count = scandir(dir, &entries, NULL, alphasort);
        for (int k = 0; k < count; k++) {
            struct tc_str name = tc_str_of(entries[k]->d_name);

            if (entries[k]->d_type == DT_REG && !tc_record_is_temporary(name) &&
                !tc_str_eq(name, TC_STR(TC_COMMIT_RECORD)))
                check_file(scenario, dirs[i], dir, name, tc_buf_str(&record));
            free(entries[k]);
        }
        if (count >= 0)
            free(entries);
        tc_buf_done(&record);
    }
}

/* ---- the tests
 * -------------------------------------------------------------------------------------------------------- */

/* Run in a child that is killed before its call number @a at. Returns whether it was. */
static bool
run_killed(const struct output *wanted, size_t at)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        faults.mode = MODE_KILL;
        faults.at = at;
        faults.calls = 0;
        (void)run(wanted);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("fork");
        exit(EXIT_FAILURE);
    }
    faults.mode = MODE_KILL; /* for messages */
    faults.at = at;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Kill the run of @a scenario at every call; @a twice: and the next one as well. Returns how many calls there are. */
static size_t
test_kill(const struct scenario *scenario, bool twice)
{
    struct tc_buf before, wanted, other;
    size_t at = 1;

    prepare(scenario);
    before = settled_state();
    run_well(scenario->wanted, "wanted");
    check_instant(scenario);
    wanted = settled_state();
    run_well(others, "others");
    other = settled_state();
    for (;; at++) {
        prepare(scenario);
        if (!run_killed(scenario->wanted, at))
            break;
        check_instant(scenario);
        run_well(scenario->wanted, "the next run");
        expect_settled_state(&wanted, "the next run finishes");

        if (scenario->before[0].dir != NULL) {
            prepare(scenario);
            run_killed(scenario->wanted, at);
            run_well(scenario->before, "the next run");
            expect_settled_state(&before, "the next run undoes");
        }
        if (!scenario->foreign[0].is_config) { /* a file merged into stays as it is then */
            prepare(scenario);
            run_killed(scenario->wanted, at);
            run_well(others, "the next run");
            expect_settled_state(&other, "the next run does something else");
        }
        for (size_t again = 1; twice && at % 3 == 0; again++) { /* all would take minutes */
            bool is_killed;

            prepare(scenario);
            run_killed(scenario->wanted, at);
            is_killed = run_killed(again % 2 == 0 ? scenario->wanted : others, again);
            check_instant(scenario);
            run_well(scenario->wanted, "the run after two killed ones");
            expect_settled_state(&wanted, "the run after two killed ones finishes");
            if (!is_killed)
                break;
        }
    }
    expect_settled_state(&wanted, "a run that was not killed");
    tc_buf_done(&before);
    tc_buf_done(&wanted);
    tc_buf_done(&other);
    return at - 1;
}

/* What the run of @a scenario leads to when nothing happens. */
static struct tc_buf
goal_of(const struct scenario *scenario)
{
    prepare(scenario);
    run_well(scenario->wanted, "wanted");
    return state();
}

/* Run with the faults set up; count calls from 0. */
static struct outcome
run_faulty(const struct output *wanted, enum mode mode, size_t at, int error)
{
    struct outcome outcome;

    faults.mode = mode;
    faults.at = at;
    faults.error = error;
    faults.calls = 0;
    faults.failed = NULL;
    outcome = run(wanted);
    faults.mode = MODE_PASS;
    return outcome;
}

static bool
has_left_overs(void)
{
    struct tc_buf list = state();
    bool found = tc_str_find(tc_buf_str(&list), TC_STR(".trustc-new="), 0) != SIZE_MAX ||
                 tc_str_find(tc_buf_str(&list), TC_STR(".trustc-old="), 0) != SIZE_MAX;

    tc_buf_done(&list);
    return found;
}

/* Whether the call that failed leaves no way on. */
static bool
matters(int error)
{
    static const char *const calls[] = {"write", "close after writing", "syncfs", "fsync", "fchmod", "mkdir"};

    if (error == EINTR || error == EINVAL || error == ENOSYS) /* again, or another way */
        return false;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(faults.failed, calls[i]) == 0)
            return true;
    return false;
}

static size_t
test_fault(const struct scenario *scenario, int error)
{
    struct tc_buf wanted = goal_of(scenario), before;
    size_t at = 1;

    prepare(scenario);
    before = state();
    for (;; at++) {
        struct outcome outcome;
        bool removing;

        prepare(scenario);
        outcome = run_faulty(scenario->wanted, MODE_FAULT, at, error);
        if (faults.failed == NULL)
            break;
        removing = strcmp(faults.failed, "unlinkat") == 0 || strcmp(faults.failed, "rmdir") == 0;
        if (removing && outcome.status == TC_OK) { /* what cannot be removed remains, and that is said */
            expect(has_left_overs() == (outcome.warnings != 0), "a left-over is mentioned", TC_STR(""), TC_STR(""));
            check_instant(scenario);
        } else if (outcome.status == TC_OK) {
            expect_state(&wanted, "a run that says it is fine");
        } else if (error == ENOSYS && strcmp(faults.failed, "renameat2") == 0) {
            check_instant(scenario);
        } else {
            expect(outcome.status == TC_ERR_IO && outcome.errors != 0, "a failed run says so", TC_STR(""), TC_STR(""));
            expect_state(&before, "a failed run changes nothing");
        }
        if (matters(error))
            expect(outcome.status != TC_OK, "a failure matters", TC_STR(""), TC_STR(""));
        if (error == EINTR && strcmp(faults.failed, "readdir") != 0 && strcmp(faults.failed, "fstat") != 0)
            expect(outcome.status == TC_OK && outcome.warnings == 0, "a signal does no harm", TC_STR(""), TC_STR(""));
        run_well(scenario->wanted, "the run after a failed one");
        expect_state(&wanted, "the run after a failed one finishes");
    }
    tc_buf_done(&before);
    tc_buf_done(&wanted);
    return at - 1;
}

static void
test_broken(const struct scenario *scenario)
{
    struct tc_buf wanted = goal_of(scenario);

    for (size_t at = 1;; at++) {
        struct outcome outcome;

        prepare(scenario);
        outcome = run_faulty(scenario->wanted, MODE_BROKEN, at, EROFS);
        if (faults.failed == NULL)
            break;
        expect(outcome.errors + outcome.warnings != 0, "a broken file system is mentioned", TC_STR(""), TC_STR(""));
        check_instant(scenario);
        run_well(scenario->wanted, "the run after the repair");
        expect_state(&wanted, "the run after the repair finishes");
    }
    tc_buf_done(&wanted);
}

static void
test_short_writes(const struct scenario *scenario)
{
    struct tc_buf wanted = goal_of(scenario);

    prepare(scenario);
    expect(run_faulty(scenario->wanted, MODE_SHORT, 0, 0).status == TC_OK, "short writes", TC_STR(""), TC_STR(""));
    expect_state(&wanted, "short writes are finished");
    tc_buf_done(&wanted);
}

/* The order of all that changes something, for one run with everything in it. */
static void
test_order(void)
{
    static const struct scenario scenario = {
        .before = {POLICY("x", "a.config", "1"), POLICY("x", "b.config", "2"),
                   CONFIG("x", "machine.config", "a.config"), CONFIG("x", "web.config", "a.config b.config")},
        .wanted = {POLICY("x", "b.config", "3"), POLICY("x", "c.config", "4"),
                   CONFIG("x", "web.config", "b.config c.config")},
    };
    static const struct tc_str expected = TC_STR("create ..trustc-outputs.trustc-new\n"
                                                 "create .b.config.trustc-new\n"
                                                 "create .c.config.trustc-new\n"
                                                 "create .web.config.trustc-new\n"
                                                 "create ..trustc-outputs.after.trustc-new\n"
                                                 "sync all\n"
                                                 "exchange ..trustc-outputs.trustc-new .trustc-outputs\n"
                                                 "exchange .b.config.trustc-new b.config\n"
                                                 "rename .c.config.trustc-new c.config\n"
                                                 "sync directory\n"
                                                 "exchange .web.config.trustc-new web.config\n"
                                                 "sync directory\n"
                                                 "rename machine.config .machine.config.trustc-new\n"
                                                 "sync directory\n"
                                                 "rename a.config .a.config.trustc-new\n"
                                                 "exchange ..trustc-outputs.after.trustc-new .trustc-outputs\n"
                                                 "sync directory\n"
                                                 "remove ..trustc-outputs.trustc-new\n"
                                                 "remove .b.config.trustc-new\n"
                                                 "remove .web.config.trustc-new\n"
                                                 "remove .machine.config.trustc-new\n"
                                                 "remove .a.config.trustc-new\n"
                                                 "remove ..trustc-outputs.after.trustc-new\n");
    struct tc_buf trace = {0};

    scenario_name = "order";
    prepare(&scenario);
    faults.trace = &trace;
    run_well(scenario.wanted, "wanted");
    faults.trace = NULL;
    expect(tc_str_eq(tc_buf_str(&trace), expected), "the order of changes", tc_buf_str(&trace), expected);
    tc_buf_done(&trace);
}

/* File systems that cannot do all that Linux's own can. */
static const struct {
    const char *name;
    bool no_exchange, no_links, no_noreplace, no_syncfs;
} systems[] = {
    {"", false, false, false, false},
    {" on NFS", true, false, true, true},
    {" on FAT", true, true, true, false},
};

/* A child costs many times as much under AddressSanitizer. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SLOW true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define IS_SLOW true
#endif
#if !defined(IS_SLOW)
#define IS_SLOW false
#endif

int
main(int argc, char **argv)
{
    static const int errors[] = {ENOSPC, EIO, EACCES, EINTR, EINVAL, ENOSYS};
    bool quick = IS_SLOW || (argc > 1 && strcmp(argv[1], "--quick") == 0);
    char name[100];

    tct_disk_begin(root);
    test_order();
    for (size_t k = 0; k < sizeof systems / sizeof *systems; k++)
        for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
            size_t kills, calls = 0;

            snprintf(name, sizeof name, "%s%s", scenarios[i].name, systems[k].name);
            scenario_name = name;
            faults.no_exchange = systems[k].no_exchange;
            faults.no_links = systems[k].no_links;
            faults.no_noreplace = systems[k].no_noreplace;
            faults.no_syncfs = systems[k].no_syncfs;
            kills = test_kill(&scenarios[i], !quick && k == 0);
            /* without exchange and links there is no way back once something was replaced */
            for (size_t e = 0; !faults.no_links && e < sizeof errors / sizeof *errors; e++)
                calls = test_fault(&scenarios[i], errors[e]);
            test_broken(&scenarios[i]);
            test_short_writes(&scenarios[i]);
            printf("%s: killed at %zu instants, failed at %zu calls\n", scenario_name, kills, calls);
        }
    faults.no_exchange = faults.no_links = faults.no_noreplace = faults.no_syncfs = false;
    tct_disk_remove(root);
    printf("commit-faults: %zu passed, %zu failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
