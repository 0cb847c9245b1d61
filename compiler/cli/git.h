/**
 * Files of a revision of a git repository, by asking git itself. No shell, no hooks, no filters: objects only.
 */
#ifndef TC_CLI_GIT_H
#define TC_CLI_GIT_H

#include "base/arena.h"
#include "base/status.h"

enum tc_git_kind { TC_GIT_NOTHING, TC_GIT_FILE, TC_GIT_FOLDER };

/**
 * The object that a revision stands for now, so that all files are read of one and the same. The empty revision is what
 * is staged, and stays empty.
 *
 * @param ret_reason  on TC_ERR_IO: why, in git's words; lives in @a arena
 * @return TC_OK; TC_ERR_IO: there is no git, no repository, or no such revision; TC_ERR_NOMEM
 */
enum tc_status tc_git_revision(struct tc_arena *arena, struct tc_str revision, struct tc_str *ret_object,
                               const char **ret_reason);

/** What lies at @a path of @a object: as git reads OBJECT:PATH, from the top of the repository unless it begins with
 * "./" or "../". */
enum tc_git_kind tc_git_kind(struct tc_arena *arena, struct tc_str object, struct tc_str path);

/** The bytes of a file, followed by two NULs. @return as tc_host_read() */
enum tc_status tc_git_read(struct tc_arena *arena, struct tc_str object, struct tc_str path, struct tc_str *ret_text,
                           const char **ret_reason);

/** The names in a folder, one behind each other, each with a NUL. @return as tc_host_read() */
enum tc_status tc_git_list(struct tc_arena *arena, struct tc_str object, struct tc_str path, struct tc_str *ret_names,
                           const char **ret_reason);

#endif
