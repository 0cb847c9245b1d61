#include "emit/files.h"

#include "base/arena.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LOCK_WAIT_MS = 30000,
    LOCK_POLL_MS = 20,
    NEW_FILE_MODE = 0644, /* less the umask */
    PRIVATE_MODE = 0600,  /* until the mode of the replaced file is set */
    NEW_DIRECTORY_MODE = 0777,
    ANY_WRITE = 0222,
    PERMISSIONS = 07777,
};

/* A call that a signal may interrupt. */
#define AGAIN(result, call)                                                                                            \
    do                                                                                                                 \
        (result) = (call);                                                                                             \
    while ((result) < 0 && errno == EINTR)

struct tc_str
tc_errno_text(struct tc_arena *arena, int error)
{
    static const struct {
        int error;
        struct tc_str text;
    } texts[] = {
        {EACCES, TC_STR("permission denied")},
        {EBUSY, TC_STR("in use")},
        {EDQUOT, TC_STR("disk quota exceeded")},
        {EEXIST, TC_STR("appeared while trustc was running")},
        {EFBIG, TC_STR("file too large")},
        {EIO, TC_STR("input/output error")},
        {EISDIR, TC_STR("is a directory")},
        {ELOOP, TC_STR("too many symbolic links")},
        {EMFILE, TC_STR("too many open files")},
        {ENAMETOOLONG, TC_STR("name too long")},
        {ENFILE, TC_STR("too many open files in the system")},
        {ENOENT, TC_STR("no such file or directory")},
        {ENOMEM, TC_STR("out of memory")},
        {ENOSPC, TC_STR("no space left on the disk")},
        {ENOTDIR, TC_STR("not a directory")},
        {EPERM, TC_STR("operation not permitted")},
        {EROFS, TC_STR("read-only file system")},
        {ESTALE, TC_STR("gone from the file server")},
        {ETXTBSY, TC_STR("in use")},
        {EXDEV, TC_STR("lies on another file system")},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].error == error)
            return texts[i].text;
    return tc_arena_printf(arena, "system error %d", error);
}

/* ---- directories -------------------------------------------------------------------------------------------- */

int
tc_dir_open(const char *path, struct tc_dir *ret_dir)
{
    struct stat status;
    int fd;

    AGAIN(fd, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        return errno;
    if (fstat(fd, &status) != 0) {
        int error = errno;

        (void)close(fd);
        return error;
    }
    *ret_dir = (struct tc_dir){fd, (uint64_t)status.st_dev, (uint64_t)status.st_ino};
    return 0;
}

void
tc_dir_close(struct tc_dir *dir)
{
    if (dir->fd >= 0)
        (void)close(dir->fd);
    *dir = TC_DIR_CLOSED;
}

/* Where the last component of the first @a len bytes begins; separators at their end do not count. */
static size_t
component_start(const char *path, size_t len)
{
    while (len > 0 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    return len;
}

/* Remove the last @a count directories of the path that the first @a len bytes are. */
static void
remove_upwards(char *path, size_t len, size_t count)
{
    while (count > 0 && len > 0) {
        size_t start = component_start(path, len);
        char end = path[len];

        path[len] = '\0';
        if (strspn(path + start, "./") != len - start) { /* "." and ".." were not made */
            int result;

            AGAIN(result, rmdir(path));
            if (result != 0)
                count = 1; /* somebody put something into it */
            count--;
        }
        path[len] = end;
        len = start;
    }
}

int
tc_dir_make(char *path, size_t *ret_made)
{
    size_t made = 0;
    size_t at = 0;

    do { /* each prefix that ends before a separator or at the end */
        char end;
        int result;

        at += strspn(path + at, "/");
        at += strcspn(path + at, "/");
        end = path[at];
        path[at] = '\0';
        AGAIN(result, mkdir(path, NEW_DIRECTORY_MODE));
        if (result != 0 && errno != EEXIST) {
            int error = errno;

            path[at] = end;
            remove_upwards(path, component_start(path, at), made);
            return error;
        }
        path[at] = end;
        made += result == 0;
    } while (path[at + strspn(path + at, "/")] != '\0');
    *ret_made = made;
    return 0;
}

void
tc_dir_unmake(char *path, size_t made)
{
    remove_upwards(path, strlen(path), made);
}

/* Whether flock() failed because the file system has no locks, rather than because it is taken. */
static bool
has_no_locks(int error)
{
    return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL || error == EBADF;
}

int
tc_dir_lock(const struct tc_dir *dir, bool shared)
{
    struct stat status;

    for (int waited = 0;; waited += LOCK_POLL_MS) {
        int result;

        AGAIN(result, flock(dir->fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB));
        if (result == 0 || has_no_locks(errno))
            break;
        if (errno != EWOULDBLOCK || waited >= LOCK_WAIT_MS)
            return errno;
        (void)nanosleep(&(struct timespec){.tv_nsec = LOCK_POLL_MS * 1000000L}, NULL);
    }
    /* a run that failed while we waited may have removed the directory that it had made */
    if (fstat(dir->fd, &status) != 0)
        return errno;
    return status.st_nlink == 0 ? ENOENT : 0;
}

int
tc_dir_list(const struct tc_dir *dir, tc_dir_visit *visit, void *context)
{
    const struct dirent *entry;
    DIR *stream;
    int error;
    int fd;

    AGAIN(fd, openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        return errno;
    stream = fdopendir(fd);
    if (stream == NULL) {
        error = errno;
        (void)close(fd);
        return error;
    }
    while (errno = 0, (entry = readdir(stream)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !visit(context, tc_str_of(entry->d_name), entry->d_type == DT_DIR))
            break;
    error = entry == NULL ? errno : 0;
    (void)closedir(stream);
    return error;
}

int
tc_dir_sync_all(const struct tc_dir *dir)
{
    int result;

    AGAIN(result, syncfs(dir->fd));
    return result == 0 ? 0 : errno;
}

int
tc_dir_sync(const struct tc_dir *dir)
{
    int result;

    AGAIN(result, fsync(dir->fd));
    if (result == 0 || errno == EINVAL) /* some network file systems sync no directories */
        return 0;
    return errno;
}

/* ---- files ---------------------------------------------------------------------------------------------------- */

static enum tc_file_kind
kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return TC_FILE_REGULAR;
    if (S_ISDIR(mode))
        return TC_FILE_DIRECTORY;
    return S_ISLNK(mode) ? TC_FILE_LINK : TC_FILE_OTHER;
}

static struct tc_file_info
info_of(const struct stat *status)
{
    return (struct tc_file_info){
        .kind = kind_of(status->st_mode),
        .read_only = (status->st_mode & ANY_WRITE) == 0,
        .size = (uint64_t)status->st_size,
        .mode = status->st_mode & PERMISSIONS,
        .user = status->st_uid,
        .group = status->st_gid,
    };
}

int
tc_file_open(const struct tc_dir *dir, const char *name, int *ret_fd, struct tc_file_info *ret_info)
{
    struct stat status;
    int error;
    int fd;

    /* O_NONBLOCK: opening a pipe must not wait for a writer */
    AGAIN(fd, openat(dir->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd < 0) {
        error = errno;
        /* links and sockets cannot be opened: say what they are */
        if ((error != ELOOP && error != ENXIO) || fstatat(dir->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            return error;
    } else if (fstat(fd, &status) != 0) {
        error = errno;
        (void)close(fd);
        return error;
    }
    *ret_info = info_of(&status);
    if (fd >= 0 && ret_info->kind != TC_FILE_REGULAR) {
        (void)close(fd);
        fd = -1;
    }
    *ret_fd = fd;
    return 0;
}

int
tc_file_read(int fd, uint64_t size, struct tc_buf *buf)
{
    tc_buf_clear(buf);
    if (size > SIZE_MAX / 2)
        return EFBIG;
    if (!tc_buf_reserve(buf, (size_t)size))
        return ENOMEM;
    while (buf->len < size) {
        ssize_t got;

        AGAIN(got, read(fd, buf->ptr + buf->len, (size_t)size - buf->len));
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        buf->len += (size_t)got;
    }
    return 0;
}

void
tc_file_close(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

static int
write_all(int fd, struct tc_str bytes)
{
    while (bytes.len != 0) {
        ssize_t put;

        AGAIN(put, write(fd, bytes.ptr, bytes.len));
        if (put < 0)
            return errno;
        if (put == 0)
            return ENOSPC;
        bytes = tc_str_sub(bytes, (size_t)put, SIZE_MAX);
    }
    return 0;
}

static int
set_owner_and_mode(int fd, const struct tc_file_info *like)
{
    int result;

    if (geteuid() == 0) { /* before the mode, whose special bits it would clear */
        AGAIN(result, fchown(fd, like->user, like->group));
        if (result != 0)
            return errno;
    }
    AGAIN(result, fchmod(fd, like->mode));
    return result == 0 ? 0 : errno;
}

int
tc_file_create(const struct tc_dir *dir, const char *name, struct tc_str bytes, const struct tc_file_info *like)
{
    int error;
    int fd;

    AGAIN(fd, openat(dir->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     like == NULL ? NEW_FILE_MODE : PRIVATE_MODE));
    if (fd < 0)
        return errno;
    error = write_all(fd, bytes);
    if (error == 0 && like != NULL)
        error = set_owner_and_mode(fd, like);
    /* NFS says at the end that the disk is full; an interrupted close has closed */
    if (close(fd) != 0 && error == 0 && errno != EINTR)
        error = errno;
    return error;
}

int
tc_file_sync(const struct tc_dir *dir, const char *name)
{
    int error = 0;
    int result;
    int fd;

    AGAIN(fd, openat(dir->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (fd < 0)
        return errno;
    AGAIN(result, fsync(fd));
    if (result != 0)
        error = errno;
    (void)close(fd);
    return error;
}

/* Whether the file system does not know what was asked for. */
static bool
is_unsupported(int error)
{
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

static int
rename_over(const struct tc_dir *dir, const char *from, const char *to)
{
    int result;

    AGAIN(result, renameat(dir->fd, from, dir->fd, to));
    return result == 0 ? 0 : errno;
}

int
tc_file_rename(const struct tc_dir *dir, const char *from, const char *to)
{
    int result;

    AGAIN(result, renameat2(dir->fd, from, dir->fd, to, RENAME_NOREPLACE));
    if (result == 0)
        return 0;
    return is_unsupported(errno) ? rename_over(dir, from, to) : errno;
}

/* Exchange where the file system has only links: the file behind @a to gets a second name before it loses its first. */
static int
exchange_by_link(const struct tc_dir *dir, const char *from, const char *to, const char *spare, bool *ret_lost)
{
    int result;
    int error;

    AGAIN(result, linkat(dir->fd, to, dir->fd, spare, 0));
    if (result != 0) {
        if (errno != EPERM && errno != EMLINK && !is_unsupported(errno))
            return errno;
        error = rename_over(dir, from, to); /* no links either: FAT */
        *ret_lost = error == 0;
        return error;
    }
    error = rename_over(dir, from, to);
    if (error != 0) {
        (void)tc_file_remove(dir, spare);
        return error;
    }
    error = rename_over(dir, spare, from);
    if (error != 0)
        (void)rename_over(dir, spare, to);
    return error;
}

int
tc_file_exchange(const struct tc_dir *dir, const char *from, const char *to, const char *spare, bool *ret_lost)
{
    int result;

    *ret_lost = false;
    AGAIN(result, renameat2(dir->fd, from, dir->fd, to, RENAME_EXCHANGE));
    if (result == 0)
        return 0;
    return is_unsupported(errno) ? exchange_by_link(dir, from, to, spare, ret_lost) : errno;
}

int
tc_file_remove(const struct tc_dir *dir, const char *name)
{
    int result;

    AGAIN(result, unlinkat(dir->fd, name, 0));
    return result == 0 || errno == ENOENT ? 0 : errno;
}
