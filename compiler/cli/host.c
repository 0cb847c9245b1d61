#include "cli/host.h"

#include "data/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* strerror() speaks the user's language. */
const char *
tc_host_reason(int error)
{
    switch (error) {
    case ENOENT:
        return "there is no such file";
    case ENOTDIR:
        return "a part of the path is no directory";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EISDIR:
        return "it is a directory";
    case ELOOP:
        return "its links go round in a circle";
    case ENAMETOOLONG:
        return "the name is too long";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case ENOSPC:
        return "the disk is full";
    case EROFS:
        return "the file system is read-only";
    default:
        return "input/output error";
    }
}

/* Why a file is not read whole; lives in @a arena. */
static const char *
too_large(struct tc_arena *arena)
{
    struct tc_str text = tc_arena_printf(arena, "it has more than %llu bytes [%s %s]",
                                         (unsigned long long)tc_limit(TC_LIMIT_SOURCE_BYTES)->value,
                                         tc_code(TC_CODE_TOO_LARGE)->id, tc_code(TC_CODE_TOO_LARGE)->slug);

    return text.ptr == NULL ? "it is too large" : text.ptr;
}

/* All of @a fd. The size is a hint: pipes have none, and files grow. */
static enum tc_status
read_all(struct tc_arena *arena, int fd, size_t hint, struct tc_str *ret_text, int *ret_error)
{
    size_t capacity = hint > 0 ? hint + 1 : 65536, len = 0;
    char *text = tc_arena_alloc(arena, capacity + 2, 1);

    while (text != NULL) {
        ssize_t n = read(fd, text + len, capacity - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            *ret_error = errno;
            return TC_ERR_IO;
        }
        if (n == 0) {
            text[len] = text[len + 1] = '\0';
            *ret_text = (struct tc_str){text, len};
            return TC_OK;
        }
        len += (size_t)n;
        if (len > tc_limit(TC_LIMIT_SOURCE_BYTES)->value) {
            *ret_error = EFBIG;
            return TC_ERR_LIMIT;
        }
        if (len == capacity) {
            char *larger = tc_arena_alloc(arena, capacity * 2 + 2, 1);

            if (larger != NULL)
                memcpy(larger, text, len);
            text = larger;
            capacity *= 2;
        }
    }
    return TC_ERR_NOMEM;
}

enum tc_status
tc_host_read(struct tc_arena *arena, const char *path, struct tc_str *ret_text, const char **ret_reason)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), error = 0;
    struct stat st = {0};
    enum tc_status status;

    if (fd < 0) {
        *ret_reason = tc_host_reason(errno);
        return TC_ERR_IO;
    }
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        status = TC_ERR_IO;
        error = EISDIR;
    } else if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size > tc_limit(TC_LIMIT_SOURCE_BYTES)->value) {
        status = TC_ERR_LIMIT;
        error = EFBIG;
    } else {
        status = read_all(arena, fd, S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 0, ret_text, &error);
    }
    if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
        *ret_reason = error == EFBIG ? too_large(arena) : tc_host_reason(error);
    if (!standard)
        close(fd);
    return status;
}

static bool
write_all(int fd, struct tc_str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = tc_str_sub(bytes, (size_t)n, bytes.len);
    }
    return true;
}

/* Where the last part of a path begins, and what directory it lies in. */
static const char *
split(const char *path, struct stat *ret_directory)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    bool known = directory != NULL && stat(directory, ret_directory) == 0;

    free(directory);
    return !known ? NULL : slash == NULL ? path : slash + 1;
}

bool
tc_host_same_file(const char *a, const char *b)
{
    struct stat at_a, at_b;
    const char *name_a, *name_b;

    if (strcmp(a, b) == 0)
        return true;
    if (stat(a, &at_a) != 0 || stat(b, &at_b) != 0) {
        name_a = split(a, &at_a);
        name_b = split(b, &at_b);
        if (name_a == NULL || name_b == NULL || strcmp(name_a, name_b) != 0)
            return false;
    }
    return at_a.st_dev == at_b.st_dev && at_a.st_ino == at_b.st_ino;
}

static struct tc_str
temporary_name(struct tc_arena *arena, const char *path)
{
    return tc_arena_printf(arena, "%s.trustc-new", path);
}

/* The directories that @a path lies in, made where they are missing. */
static void
make_directories(struct tc_arena *arena, const char *path)
{
    struct tc_str copy = tc_arena_str(arena, tc_str_of(path));
    char *text = (char *)(uintptr_t)copy.ptr;

    for (size_t i = 1; text != NULL && i < copy.len; i++)
        if (text[i] == '/') {
            text[i] = '\0';
            mkdir(text, 0777);
            text[i] = '/';
        }
}

enum tc_status
tc_host_prepare(struct tc_arena *arena, const char *path, struct tc_str bytes, const char **ret_reason)
{
    struct tc_str temporary = temporary_name(arena, path);
    struct stat st;
    bool ok;
    int fd;

    if (temporary.ptr == NULL)
        return TC_ERR_NOMEM;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        *ret_reason = tc_host_reason(EISDIR);
        return TC_ERR_IO;
    }
    fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0 && errno == ENOENT) { /* often the output directory of a first run */
        make_directories(arena, path);
        fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    }
    ok = fd >= 0 && write_all(fd, bytes);
    if (fd >= 0)
        ok &= close(fd) == 0;
    if (ok)
        return TC_OK;
    *ret_reason = tc_host_reason(errno);
    if (fd >= 0)
        unlink(temporary.ptr);
    return TC_ERR_IO;
}

enum tc_status
tc_host_prepare_over(struct tc_arena *arena, const char *path, struct tc_str bytes, const char **ret_path,
                     const char **ret_reason)
{
    char *real = realpath(path, NULL);
    struct tc_str copy = tc_arena_str(arena, tc_str_of(real == NULL ? path : real)), temporary;
    struct stat st;
    enum tc_status status;

    free(real);
    if (copy.ptr == NULL)
        return TC_ERR_NOMEM;
    *ret_path = copy.ptr;
    status = tc_host_prepare(arena, copy.ptr, bytes, ret_reason);
    temporary = temporary_name(arena, copy.ptr);
    if (status != TC_OK || temporary.ptr == NULL || stat(copy.ptr, &st) != 0)
        return status;
    if ((lchown(temporary.ptr, st.st_uid, st.st_gid) == 0 || errno == EPERM) &&
        chmod(temporary.ptr, st.st_mode & 07777) == 0)
        return TC_OK;
    *ret_reason = tc_host_reason(errno);
    unlink(temporary.ptr);
    return TC_ERR_IO;
}

bool
tc_host_may_write(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & 0222) != 0 && access(path, W_OK) == 0;
}

/* What make_directories() may have made for nothing: an empty directory goes, one with anything in it stays. */
static void
remove_empty_directories(struct tc_arena *arena, const char *path)
{
    struct tc_str copy = tc_arena_str(arena, tc_str_of(path));
    char *text = (char *)(uintptr_t)copy.ptr;

    for (size_t i = copy.len; text != NULL && i-- > 1;)
        if (text[i] == '/') {
            text[i] = '\0';
            if (rmdir(text) != 0)
                return;
        }
}

bool
tc_host_finish(struct tc_arena *arena, const char *path, bool keep)
{
    struct tc_str temporary = temporary_name(arena, path), fresh, old;
    const char *ignored;

    if (temporary.ptr == NULL)
        return false;
    if (keep && tc_host_read(arena, temporary.ptr, &fresh, &ignored) == TC_OK &&
        tc_host_read(arena, path, &old, &ignored) == TC_OK && tc_str_eq(fresh, old))
        keep = false; /* not touched when nothing changes */
    if (keep)
        return rename(temporary.ptr, path) == 0;
    unlink(temporary.ptr);
    remove_empty_directories(arena, path);
    return true;
}
