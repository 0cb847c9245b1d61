/**
 * The file system as commit.c needs it: everything that another operating system does differently is behind this.
 *
 * All functions return 0 or the errno value of what failed, and try again when a signal interrupts them. Names are
 * relative to an open directory, NUL-terminated, and contain no separator.
 */
#ifndef TC_EMIT_FILES_H
#define TC_EMIT_FILES_H

#include "base/str.h"

/** Reason for @a error as a clause in English, whatever the locale; for values without a text "system error N". */
struct tc_str tc_errno_text(struct tc_arena *arena, int error);

struct tc_dir {
    int fd; /**< -1: not open */
    uint64_t device;
    uint64_t inode;
};

#define TC_DIR_CLOSED ((struct tc_dir){-1, 0, 0})

int tc_dir_open(const char *path, struct tc_dir *ret_dir);
/** Close @a dir, which also unlocks it. A closed directory is fine. */
void tc_dir_close(struct tc_dir *dir);

/**
 * Make the directory @a path and those above it that are missing; on failure none.
 * @param path      changed meanwhile, but not in the end
 * @param ret_made  how many were made
 */
int tc_dir_make(char *path, size_t *ret_made);
/** Remove what tc_dir_make() made, as far as it is empty. */
void tc_dir_unmake(char *path, size_t made);

/**
 * Wait until no other process holds @a dir, for half a minute at most; EWOULDBLOCK when it is held for longer, ENOENT
 * when it was removed meanwhile. File systems without locks are taken as unlocked.
 *
 * @param shared  several readers may hold it together
 */
int tc_dir_lock(const struct tc_dir *dir, bool shared);

/** Called with each name but "." and ".."; false stops. @a is_directory may be false where the system does not say. */
typedef bool tc_dir_visit(void *context, struct tc_str name, bool is_directory);
int tc_dir_list(const struct tc_dir *dir, tc_dir_visit *visit, void *context);

/** Bring all that was written to the file system of @a dir to disk. ENOSYS where files must be synced one by one. */
int tc_dir_sync_all(const struct tc_dir *dir);
/** Bring the entries of @a dir to disk. */
int tc_dir_sync(const struct tc_dir *dir);

enum tc_file_kind { TC_FILE_REGULAR, TC_FILE_DIRECTORY, TC_FILE_LINK, TC_FILE_OTHER };

struct tc_file_info {
    enum tc_file_kind kind;
    bool read_only; /**< nobody may write it */
    uint64_t size;
    uint32_t mode; /**< permission bits */
    uint32_t user;
    uint32_t group;
};

/** Open @a name for reading; @a ret_fd is -1 unless it is a regular file. The caller closes it. */
int tc_file_open(const struct tc_dir *dir, const char *name, int *ret_fd, struct tc_file_info *ret_info);
/** Replace the content of @a buf with up to @a size bytes of the file. ENOMEM: buf->failed. */
int tc_file_read(int fd, uint64_t size, struct tc_buf *buf);
void tc_file_close(int fd);

/**
 * Write a new file; what was written remains on failure.
 * @param like  mode and, for root, owner to give it; NULL for those of any new file
 */
int tc_file_create(const struct tc_dir *dir, const char *name, struct tc_str bytes, const struct tc_file_info *like);
/** Bring one file to disk. */
int tc_file_sync(const struct tc_dir *dir, const char *name);

/** Rename; EEXIST when @a to is there already. */
int tc_file_rename(const struct tc_dir *dir, const char *from, const char *to);
/**
 * Let two files change names, so that each name has a whole file at every instant.
 *
 * @param spare     a name that may be used on the way
 * @param ret_lost  set when the file system can do no better than rename @a from over @a to
 */
int tc_file_exchange(const struct tc_dir *dir, const char *from, const char *to, const char *spare, bool *ret_lost);
/** Remove; a file that is not there is fine. */
int tc_file_remove(const struct tc_dir *dir, const char *name);

#endif
