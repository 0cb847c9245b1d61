/*
 * The golden runner: golden --trustc BINARY [--root DIR] PATH...
 *
 * Runs every *.case below the paths, each in a fresh directory, and compares the complete outcome with what the case
 * records. TC_UPDATE=1 rewrites what is recorded. TC_WRAP is put before the binary ("valgrind -q ..."). TC_KEEP is a
 * directory that gets a copy of every case's outputs.
 * tests/README.md says how a case is written.
 */
#include "support/case.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum outcome { PASSED, FAILED, SKIPPED };

enum { COMMAND_SECONDS = 120 };

struct options {
    char trustc[PATH_MAX];
    char root[PATH_MAX];
    const char *wrap;
    const char *keep; /* where outputs are kept for other checks; NULL: nowhere */
    bool update;
};

struct names {
    char **list;
    size_t count;
};

/* Where one case runs. */
struct place {
    char top[PATH_MAX]; /* holds bin/, case/, stdout, stderr */
    char work[PATH_MAX];
    FILE *log; /* what the reader of a failure wants to see */
};

static void
die(const char *what)
{
    fprintf(stderr, "golden: %s: %s\n", what, strerror(errno));
    exit(2);
}

static char *
join(const char *a, const char *b)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", a, b) < 0)
        die("asprintf");
    return path;
}

static void
add_name(struct names *names, char *owned)
{
    char **grown = realloc(names->list, (names->count + 1) * sizeof *grown);

    if (grown == NULL)
        die("realloc");
    names->list = grown;
    names->list[names->count++] = owned;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
names_done(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
}

/*
 * What trustc remembers of its own outputs, in each directory: hashes that would change in every case with every change
 * of an output. It has unit tests of its own; a case that is about it can print it.
 */
static const char record_name[] = ".trustc-outputs";

/** Every regular file below @a dir, as "prefix/relative/path". A missing directory has none. */
static void
walk(const char *dir, const char *prefix, struct names *names)
{
    DIR *stream = opendir(dir);
    struct dirent *entry;

    if (stream == NULL)
        return;
    while ((entry = readdir(stream)) != NULL) {
        char *path, *name;
        struct stat st;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        path = join(dir, entry->d_name);
        name = prefix[0] != '\0' ? join(prefix, entry->d_name) : strdup(entry->d_name);
        if (name == NULL || lstat(path, &st) != 0)
            die(path);
        if (S_ISDIR(st.st_mode)) {
            walk(path, name, names);
            free(name);
        } else {
            add_name(names, name);
        }
        free(path);
    }
    closedir(stream);
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static void
make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            die(path);
        *slash = '/';
    }
}

static void
write_file(const char *dir, const char *name, const char *bytes, size_t size)
{
    char *path = join(dir, name);
    FILE *file;

    make_parents(path);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        die(path);
    free(path);
}

/** Run a program to its end, its output to @a out and @a err (or inherited when NULL). The wait status. */
static int
run(const char *const argv[], const char *dir, const char *out, const char *err)
{
    const union {
        const char *const *given;
        char *const *wanted; /* execvp's type is older than const */
    } vector = {.given = argv};
    sigset_t child_signal;
    struct timespec limit = {.tv_sec = COMMAND_SECONDS};
    int status = 0;
    pid_t pid;

    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, NULL);
    fflush(NULL);
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        setpgid(0, 0);
        sigprocmask(SIG_UNBLOCK, &child_signal, NULL);
        if (freopen("/dev/null", "r", stdin) == NULL || (out != NULL && freopen(out, "w", stdout) == NULL) ||
            (err != NULL && freopen(err, "w", stderr) == NULL) || (dir != NULL && chdir(dir) != 0))
            _exit(126);
        execvp(argv[0], vector.wanted);
        _exit(127);
    }
    while (waitpid(pid, &status, WNOHANG) == 0)
        if (sigtimedwait(&child_signal, NULL, &limit) < 0 && errno == EAGAIN) {
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            break;
        }
    return status;
}

/** The text of a captured file: our own directory's name replaced, a missing last line break made visible. */
static void
put_captured(FILE *transcript, const struct place *place, const char *path, const char *headline)
{
    size_t size = 0, top_len = strlen(place->work);
    char *bytes = tct_slurp(path, &size);

    if (bytes == NULL)
        die(path);
    if (size > 0) {
        if (headline != NULL)
            fprintf(transcript, "%s\n", headline);
        for (size_t i = 0; i < size;) {
            if (size - i >= top_len && memcmp(bytes + i, place->work, top_len) == 0) {
                fputs("$CASE", transcript);
                i += top_len;
            } else {
                fputc(bytes[i++], transcript);
            }
        }
        if (bytes[size - 1] != '\n')
            fputs("\n[no newline at the end]\n", transcript);
    }
    free(bytes);
}

static void
run_lines(const struct place *place, const struct tct_section *section, FILE *transcript)
{
    char *lines = strdup(section->bytes), *save = NULL;
    char *out = join(place->top, "stdout"), *err = join(place->top, "stderr");

    if (lines == NULL)
        die("strdup");
    for (char *line = strtok_r(lines, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
        const char *argv[] = {"/bin/sh", "-c", line, NULL};
        int status;

        status = run(argv, place->work, out, err);
        fprintf(transcript, "$ %s\n", line);
        put_captured(transcript, place, out, NULL);
        put_captured(transcript, place, err, "[stderr]");
        if (WIFEXITED(status))
            fprintf(transcript, "exit %d\n", WEXITSTATUS(status));
        else
            fprintf(transcript, "killed by signal %d%s\n", WTERMSIG(status),
                    WTERMSIG(status) == SIGKILL ? " (or took too long)" : "");
    }
    free(lines);
    free(out);
    free(err);
}

/** Inputs into the working directory. SKIPPED when a file outside the source tree is not there. */
static enum outcome
lay_out(const struct options *options, const struct place *place, const struct tct_case *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct tct_section *section = &c->sections[i];

        if (section->kind == TCT_FILE) {
            write_file(place->work, section->name, section->bytes, section->size);
        } else if (section->kind == TCT_COPY) {
            char *from = join(options->root, section->name), *to;
            struct stat st;
            bool is_dir;

            if (stat(from, &st) != 0) {
                bool outside = strncmp(section->name, "../", 3) == 0;

                fprintf(place->log, "%s:%d: %s is not there\n", c->path, section->line, section->name);
                free(from);
                return outside ? SKIPPED : FAILED;
            }
            is_dir = S_ISDIR(st.st_mode);
            to = join(place->work, section->as != NULL ? section->as : is_dir ? "." : base_name(section->name));
            make_parents(to);
            if (is_dir) {
                const char *argv[] = {"cp", "-RT", from, to, NULL};

                if (run(argv, NULL, NULL, NULL) != 0)
                    die(from);
            } else {
                size_t size = 0;
                char *bytes = tct_slurp(from, &size);

                if (bytes == NULL)
                    die(from);
                write_file(place->work, strlen(place->work) + 1 + to, bytes, size);
                free(bytes);
            }
            free(from);
            free(to);
        }
    }
    return PASSED;
}

static void
record_outputs(const char *out_dir, FILE *record)
{
    struct names names = {.count = 0};

    walk(out_dir, "", &names);
    if (names.count > 0)
        qsort(names.list, names.count, sizeof names.list[0], by_name);
    for (size_t i = 0; i < names.count; i++) {
        char *path, *bytes;
        size_t size = 0;

        if (strcmp(base_name(names.list[i]), record_name) == 0)
            continue;
        path = join(out_dir, names.list[i]);
        bytes = tct_slurp(path, &size);

        if (bytes == NULL)
            die(path);
        tct_case_write(record, "out", names.list[i], bytes, size);
        free(bytes);
        free(path);
    }
    names_done(&names);
}

/** Print `diff -u`'s opinion. Whether both were equal. */
static bool
diff(const struct place *place, const char *want, const char *have)
{
    const char *argv[] = {"diff",    "-ruN",   "-x", record_name, "--label", "expected",
                          "--label", "actual", want, have,        NULL};
    char *text = join(place->top, "diff");
    size_t size = 0;
    char *bytes;
    int status;

    status = run(argv, NULL, text, NULL);
    bytes = tct_slurp(text, &size);
    if (bytes != NULL)
        fwrite(bytes, 1, size, place->log);
    free(bytes);
    free(text);
    return status == 0;
}

static void
update_case(const struct tct_case *c, const char *record, size_t record_size)
{
    size_t size = 0;
    char *text = tct_slurp(c->path, &size); /* the one that was parsed has been written into */
    char *fresh = NULL;
    size_t fresh_size = 0;
    FILE *memory = open_memstream(&fresh, &fresh_size);
    FILE *file;

    if (text == NULL || memory == NULL)
        die(c->path);
    fwrite(text, 1, c->recorded, memory);
    if (c->recorded > 0 && text[c->recorded - 1] != '\n')
        fputc('\n', memory);
    fwrite(record, 1, record_size, memory);
    fclose(memory);
    if (fresh_size != size || memcmp(fresh, text, size) != 0) {
        file = fopen(c->path, "wb");
        if (file == NULL || fwrite(fresh, 1, fresh_size, file) != fresh_size || fclose(file) != 0)
            die(c->path);
        printf("updated %s\n", c->path);
    }
    free(fresh);
    free(text);
}

/** A copy of the outputs under the name of the case, for tests/schema and tests/mono. */
static void
keep_outputs(const struct options *options, const struct tct_case *c, const char *out_dir)
{
    size_t root_len = strlen(options->root);
    const char *name = strncmp(c->path, options->root, root_len) == 0 ? c->path + root_len + 1 : c->path;
    char *place = join(options->keep, name);
    const char *clear[] = {"rm", "-rf", place, NULL};
    const char *copy[] = {"cp", "-RT", out_dir, place, NULL};
    struct stat st;

    run(clear, NULL, NULL, NULL);
    if (stat(out_dir, &st) == 0) {
        make_parents(place);
        if (run(copy, NULL, NULL, NULL) != 0)
            die(place);
    }
    free(place);
}

static enum outcome
judge(const struct options *options, const struct place *place, const struct tct_case *c)
{
    char *out_dir = join(place->work, "out"), *record = NULL;
    size_t record_size = 0;
    FILE *memory = open_memstream(&record, &record_size);
    char *transcript = NULL;
    size_t transcript_size = 0;
    FILE *spoken = open_memstream(&transcript, &transcript_size);
    const char *out_is = NULL;
    bool same;

    if (memory == NULL || spoken == NULL)
        die("memory");
    for (size_t i = 0; i < c->count; i++) {
        if (c->sections[i].kind == TCT_RUN)
            run_lines(place, &c->sections[i], spoken);
        else if (c->sections[i].kind == TCT_OUT_IS)
            out_is = c->sections[i].name;
    }
    fclose(spoken);
    tct_case_write(memory, "expect", NULL, transcript, transcript_size);
    if (out_is == NULL)
        record_outputs(out_dir, memory);
    fclose(memory);

    if (options->update && !c->known_bug) {
        update_case(c, record, record_size);
        same = true;
    } else {
        char *want = join(place->top, "want"), *have = join(place->top, "have");

        write_file(place->top, "want", c->text + c->recorded, c->size - c->recorded);
        write_file(place->top, "have", record, record_size);
        same = diff(place, want, have);
        free(want);
        free(have);
    }
    if (out_is != NULL) {
        char *tree = join(options->root, out_is);
        struct stat st;

        if (options->update && !c->known_bug) {
            const char *clear[] = {"rm", "-rf", tree, NULL};
            const char *copy[] = {"cp", "-RT", out_dir, tree, NULL};
            const char *forget[] = {"find", tree, "-name", record_name, "-delete", NULL};

            make_parents(tree);
            if (stat(out_dir, &st) == 0 && (run(clear, NULL, NULL, NULL) != 0 || run(copy, NULL, NULL, NULL) != 0 ||
                                            run(forget, NULL, NULL, NULL) != 0))
                die(tree);
        } else {
            /* diff -N takes a missing directory for an empty one only when the other side exists */
            if (stat(out_dir, &st) != 0)
                mkdir(out_dir, 0777);
            same = diff(place, tree, out_dir) && same;
        }
        free(tree);
    }
    if (options->keep != NULL)
        keep_outputs(options, c, out_dir);
    free(transcript);
    free(record);
    free(out_dir);
    return same ? PASSED : FAILED;
}

/** The program that the cases call: a link, or a script when it is to run under another program. */
static void
install_binary(const struct options *options, const struct place *place)
{
    char *bin = join(place->top, "bin"), *link_path = join(bin, "trustc");

    make_parents(link_path);
    if (options->wrap == NULL) {
        if (symlink(options->trustc, link_path) != 0)
            die(link_path);
    } else {
        char *script = NULL;

        if (asprintf(&script, "#!/bin/sh\nexec %s '%s' \"$@\"\n", options->wrap, options->trustc) < 0)
            die("asprintf");
        write_file(bin, "trustc", script, strlen(script));
        if (chmod(link_path, 0755) != 0)
            die(link_path);
        free(script);
    }
    free(bin);
    free(link_path);
}

/** One case in a process of its own, so that whatever it does stays there. Ends the process. */
static void
run_case(const struct options *options, const char *path, FILE *log)
{
    const char *temporary = getenv("TMPDIR"), *path_variable = getenv("PATH");
    struct place place = {.log = log};
    struct tct_case c;
    enum outcome outcome;
    const char *remove_argv[] = {"rm", "-rf", place.top, NULL};
    char *search;

    tct_case_read(&c, path);
    if (c.error[0] != '\0') {
        fprintf(log, "%s\n", c.error);
        tct_case_done(&c);
        exit(FAILED);
    }
    snprintf(place.top, sizeof place.top, "%s/trustc-golden-XXXXXX", temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(place.top) == NULL)
        die(place.top);
    snprintf(place.work, sizeof place.work, "%.4000s/case", place.top);
    if (mkdir(place.work, 0777) != 0)
        die(place.work);
    install_binary(options, &place);
    if (asprintf(&search, "%s/bin:%s", place.top, path_variable != NULL ? path_variable : "/usr/bin:/bin") < 0)
        die("asprintf");
    setenv("PATH", search, 1);
    setenv("HOME", place.work, 1);
    setenv("TERM", "dumb", 1);
    free(search);

    outcome = lay_out(options, &place, &c);
    if (outcome == PASSED)
        outcome = judge(options, &place, &c);
    if (c.known_bug && outcome != SKIPPED) {
        if (outcome == PASSED)
            fprintf(log, "%s passes now: drop .bug from its name\n", path);
        outcome = outcome == PASSED ? FAILED : PASSED;
    }
    tct_case_done(&c);
    run(remove_argv, NULL, NULL, NULL);
    exit((int)outcome);
}

struct job {
    pid_t pid;
    FILE *log;
    enum outcome outcome;
    bool known_bug;
};

/** Wait for any one of the running jobs. */
static void
collect(struct job *jobs, size_t count)
{
    int status = 0;
    pid_t pid = wait(&status);

    if (pid < 0)
        die("wait");
    for (size_t i = 0; i < count; i++)
        if (jobs[i].pid == pid)
            jobs[i].outcome =
                WIFEXITED(status) && WEXITSTATUS(status) <= SKIPPED ? (enum outcome)WEXITSTATUS(status) : FAILED;
}

static int
run_all(const struct options *options, const struct names *cases)
{
    long width = sysconf(_SC_NPROCESSORS_ONLN);
    struct job *jobs = calloc(cases->count + 1, sizeof *jobs);
    size_t tally[3] = {0}, running = 0, bugs = 0;

    if (jobs == NULL)
        die("calloc");
    for (size_t i = 0; i < cases->count; i++) {
        jobs[i].log = tmpfile();
        if (jobs[i].log == NULL)
            die("tmpfile");
        if (running >= (width > 1 ? (size_t)width : 1)) {
            collect(jobs, i);
            running--;
        }
        fflush(NULL);
        jobs[i].pid = fork();
        if (jobs[i].pid < 0)
            die("fork");
        if (jobs[i].pid == 0) {
            FILE *log = jobs[i].log;

            free(jobs); /* the case ends its process */
            run_case(options, cases->list[i], log);
        }
        running++;
    }
    while (running-- > 0)
        collect(jobs, cases->count);
    for (size_t i = 0; i < cases->count; i++) {
        size_t len = strlen(cases->list[i]);

        tally[jobs[i].outcome]++;
        if (len > 9 && strcmp(cases->list[i] + len - 9, ".bug.case") == 0 && jobs[i].outcome == PASSED)
            bugs++;
        else if (jobs[i].outcome != PASSED) {
            int c;

            printf("%s: %s\n", jobs[i].outcome == SKIPPED ? "skipped" : "FAILED", cases->list[i]);
            rewind(jobs[i].log);
            while ((c = getc(jobs[i].log)) != EOF)
                putchar(c);
        }
        fclose(jobs[i].log);
    }
    free(jobs);
    if (bugs > 0)
        printf("golden: %zu of the passed are known bugs that still fail\n", bugs);
    if (tally[SKIPPED] > 0)
        printf("golden: %zu skipped: the corpus beside the source tree is not there\n", tally[SKIPPED]);
    printf("golden: %zu passed, %zu failed\n", tally[PASSED], tally[FAILED]);
    return tally[FAILED] > 0 ? 1 : 0;
}

static void
usage(void)
{
    fputs("usage: golden --trustc BINARY [--root DIR] PATH...\n"
          "  PATH is a .case file or a directory of them; TC_UPDATE=1 records what comes out\n",
          stderr);
    exit(2);
}

int
main(int argc, char **argv)
{
    static const char *const unwanted[] = {"NO_COLOR",          "CLICOLOR",  "CLICOLOR_FORCE",
                                           "FORCE_COLOR",       "COLUMNS",   "LINES",
                                           "SOURCE_DATE_EPOCH", "MAKEFLAGS", "POSIXLY_CORRECT"};
    struct options options = {.wrap = getenv("TC_WRAP"), .keep = getenv("TC_KEEP")};
    const char *update = getenv("TC_UPDATE");
    struct names cases = {.count = 0};
    int at = 1, status;

    options.update = update != NULL && update[0] != '\0' && strcmp(update, "0") != 0;
    if (options.wrap != NULL && options.wrap[0] == '\0')
        options.wrap = NULL;
    if (getcwd(options.root, sizeof options.root) == NULL)
        die("getcwd");
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        char *into = strcmp(argv[at], "--trustc") == 0 ? options.trustc
                     : strcmp(argv[at], "--root") == 0 ? options.root
                                                       : NULL;

        if (into == NULL)
            usage();
        if (realpath(argv[at + 1], into) == NULL)
            die(argv[at + 1]);
    }
    if (at >= argc || options.trustc[0] == '\0')
        usage();
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        unsetenv(unwanted[i]);
    for (; at < argc; at++) {
        struct stat st;

        if (stat(argv[at], &st) != 0)
            die(argv[at]);
        if (S_ISDIR(st.st_mode)) {
            struct names found = {.count = 0};

            walk(argv[at], argv[at], &found);
            for (size_t i = 0; i < found.count; i++) {
                size_t len = strlen(found.list[i]);

                if (len > 5 && strcmp(found.list[i] + len - 5, ".case") == 0)
                    add_name(&cases, found.list[i]);
                else
                    free(found.list[i]);
            }
            free(found.list);
        } else {
            char *name = strdup(argv[at]);

            if (name == NULL)
                die("strdup");
            add_name(&cases, name);
        }
    }
    if (cases.count > 0)
        qsort(cases.list, cases.count, sizeof cases.list[0], by_name);
    status = run_all(&options, &cases);
    names_done(&cases);
    return status;
}
