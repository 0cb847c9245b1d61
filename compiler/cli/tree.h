/**
 * Where files are read from: the disk, or a revision of a git repository.
 */
#ifndef TC_CLI_TREE_H
#define TC_CLI_TREE_H

#include "base/arena.h"
#include "base/status.h"

enum tc_tree_kind { TC_TREE_NOTHING, TC_TREE_FILE, TC_TREE_FOLDER };

struct tc_tree {
    struct tc_arena *arena; /**< everything that is read lives there */
    bool is_git;
    struct tc_str prefix; /**< "REVISION:", which names of files in it begin with; empty for the disk */
    struct tc_str object; /**< what the revision stood for when it was opened */
};

/**
 * Find out what @a name is: a file or folder that is there, or "-", is one of the disk; else what stands before its
 * first colon (outside of braces) is a revision.
 *
 * @param ret_reason  on TC_ERR_IO: why there is nothing of that name
 * @return TC_OK; TC_ERR_IO; TC_ERR_NOMEM
 */
enum tc_status tc_tree_open(struct tc_tree *tree, struct tc_arena *arena, const char *name, enum tc_tree_kind *ret_kind,
                            const char **ret_reason);

/** The bytes of a file, by a name as messages have it, with or without the prefix; full names are those of the disk.
 * @return as tc_host_read() */
enum tc_status tc_tree_read(const struct tc_tree *tree, struct tc_str name, struct tc_str *ret_text,
                            const char **ret_reason);

/** The names in a folder, sorted. @return as tc_tree_read() */
enum tc_status tc_tree_names(const struct tc_tree *tree, struct tc_str folder, struct tc_str **ret_names,
                             size_t *ret_count, const char **ret_reason);

#endif
