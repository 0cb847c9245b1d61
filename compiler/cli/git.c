#include "cli/git.h"

#include "cli/host.h"
#include "data/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MAX = 4096 };

/* What became of a run. */
struct said {
    struct tc_buf out, err;
    bool too_much;
    int code; /* 127: there is no git */
};

static void
done(struct said *said)
{
    tc_buf_done(&said->out);
    tc_buf_done(&said->err);
}

/* The environment, so that git speaks English, asks nothing and fetches nothing. */
static char **
environment(struct tc_arena *arena)
{
    static const char *const more[] = {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1",
                                       "GIT_OPTIONAL_LOCKS=0"};
    size_t count = 0, kept = 0;
    char **list;

    while (environ[count] != NULL)
        count++;
    list = tc_arena_array(arena, char *, count + sizeof more / sizeof more[0] + 1);
    for (size_t i = 0; list != NULL && i < count; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "GIT_TRACE", 9) != 0)
            list[kept++] = environ[i];
    for (size_t i = 0; list != NULL && i < sizeof more / sizeof more[0]; i++)
        list[kept++] = (char *)(uintptr_t)more[i];
    return list;
}

/* What can be read from @a fd now. False at its end. */
static bool
take(int fd, struct tc_buf *out, size_t most, bool *ret_too_much)
{
    char bytes[65536];
    ssize_t n = read(fd, bytes, sizeof bytes);

    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0)
        return false;
    if (out->len + (size_t)n > most)
        *ret_too_much = true;
    else
        tc_buf_put(out, bytes, (size_t)n);
    return !*ret_too_much;
}

static void
listen(const int fds[2], struct said *said)
{
    struct pollfd polls[2] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
    bool ignored = false;

    while ((polls[0].fd >= 0 || polls[1].fd >= 0) && !said->too_much) {
        if (poll(polls, 2, -1) < 0 && errno != EINTR)
            return;
        if (polls[0].fd >= 0 && polls[0].revents != 0 &&
            !take(polls[0].fd, &said->out, tc_limit(TC_LIMIT_SOURCE_BYTES)->value, &said->too_much))
            polls[0].fd = -1;
        if (polls[1].fd >= 0 && polls[1].revents != 0 && !take(polls[1].fd, &said->err, SAID_MAX, &ignored))
            polls[1].fd = -1;
        polls[0].revents = polls[1].revents = 0;
    }
}

static bool
start(struct tc_arena *arena, char *const argv[], const int out[2], const int err[2], pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    char **env = environment(arena);
    int error = ENOMEM;

    if (env == NULL || posix_spawn_file_actions_init(&actions) != 0)
        return false;
    if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO) == 0)
        error = posix_spawnp(ret_pid, "git", &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    errno = error;
    return error == 0;
}

/* Run git; false when it could not be run. */
static bool
run(struct tc_arena *arena, char *const argv[], struct said *said)
{
    int out[2], err[2], state = 0;
    pid_t pid;
    bool started;

    *said = (struct said){.code = 127};
    if (pipe2(out, O_CLOEXEC) != 0)
        return false;
    if (pipe2(err, O_CLOEXEC) != 0) {
        close(out[0]);
        close(out[1]);
        return false;
    }
    started = start(arena, argv, out, err, &pid);
    close(out[1]);
    close(err[1]);
    if (started)
        listen((const int[2]){out[0], err[0]}, said);
    close(out[0]);
    close(err[0]);
    if (!started)
        return false;
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
        ;
    said->code = WIFEXITED(state) ? WEXITSTATUS(state) : 126;
    return true;
}

/* The first line of what git complained of, without its "fatal: ". */
static const char *
reason_of(struct tc_arena *arena, const struct said *said)
{
    struct tc_str text = tc_buf_str(&said->err), line;

    if (!tc_str_next_part(&text, "\n", &line) || line.len == 0)
        return "git says nothing about it";
    if (tc_str_starts(line, TC_STR("fatal: ")))
        line = tc_str_sub(line, 7, SIZE_MAX);
    line = tc_arena_printf(arena, "git says: %.*s", TC_STR_ARG(line));
    return line.ptr == NULL ? "git failed" : line.ptr;
}

static enum tc_status
ask(struct tc_arena *arena, char *const argv[], struct tc_str *ret_text, const char **ret_reason)
{
    struct said said;
    enum tc_status status = TC_ERR_IO;

    if (!run(arena, argv, &said)) {
        *ret_reason = errno == ENOENT ? "git is not installed" : "git cannot be run";
    } else if (said.too_much) {
        *ret_reason = "it has too many bytes";
        status = TC_ERR_LIMIT;
    } else if (said.code != 0) {
        *ret_reason = said.code == 127 ? "git is not installed" : reason_of(arena, &said);
    } else {
        char *text;

        tc_buf_put(&said.out, "\0\0", 2);
        text = said.out.failed ? NULL : tc_arena_alloc(arena, said.out.len, 1);
        status = text == NULL ? TC_ERR_NOMEM : TC_OK;
        if (text != NULL) {
            memcpy(text, said.out.ptr, said.out.len);
            *ret_text = (struct tc_str){text, said.out.len - 2};
        }
    }
    done(&said);
    return status;
}

static char *
name_of(struct tc_arena *arena, struct tc_str object, struct tc_str path)
{
    return (char *)(uintptr_t)tc_arena_printf(arena, "%.*s:%.*s", TC_STR_ARG(object), TC_STR_ARG(path)).ptr;
}

/* Literals that are never written to, as the arguments of a process have them. */
static char *
word(const char *text)
{
    return (char *)(uintptr_t)text;
}

enum tc_status
tc_git_revision(struct tc_arena *arena, struct tc_str revision, struct tc_str *ret_object, const char **ret_reason)
{
    struct tc_str name = tc_arena_str(arena, revision), text;
    char *argv[] = {word("git"), word("rev-parse"), word("--verify"), word("--end-of-options"), word(name.ptr), NULL};
    enum tc_status status;

    if (revision.len == 0) {
        *ret_object = revision;
        return TC_OK;
    }
    if (name.ptr == NULL)
        return TC_ERR_NOMEM;
    status = ask(arena, argv, &text, ret_reason);
    if (status == TC_ERR_IO && strstr(*ret_reason, "Needed a single revision") != NULL)
        *ret_reason = "there is no such file, and no such revision";
    if (status == TC_OK)
        (void)tc_str_next_part(&text, "\n", ret_object);
    return status;
}

enum tc_git_kind
tc_git_kind(struct tc_arena *arena, struct tc_str object, struct tc_str path)
{
    char *argv[] = {word("git"), word("cat-file"), word("-t"), name_of(arena, object, path), NULL};
    struct tc_str text;
    const char *reason;

    if (argv[3] == NULL || ask(arena, argv, &text, &reason) != TC_OK)
        return TC_GIT_NOTHING;
    return tc_str_eq(text, TC_STR("blob\n"))   ? TC_GIT_FILE
           : tc_str_eq(text, TC_STR("tree\n")) ? TC_GIT_FOLDER
                                               : TC_GIT_NOTHING;
}

enum tc_status
tc_git_read(struct tc_arena *arena, struct tc_str object, struct tc_str path, struct tc_str *ret_text,
            const char **ret_reason)
{
    char *argv[] = {word("git"), word("cat-file"), word("blob"), name_of(arena, object, path), NULL};

    return argv[3] == NULL ? TC_ERR_NOMEM : ask(arena, argv, ret_text, ret_reason);
}

enum tc_status
tc_git_list(struct tc_arena *arena, struct tc_str object, struct tc_str path, struct tc_str *ret_names,
            const char **ret_reason)
{
    char *argv[] = {word("git"), word("ls-tree"), word("-z"), word("--name-only"), name_of(arena, object, path), NULL};

    return argv[4] == NULL ? TC_ERR_NOMEM : ask(arena, argv, ret_names, ret_reason);
}
