#include "cli/tree.h"

#include "cli/git.h"
#include "cli/host.h"
#include "cli/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Where the path of REVISION:PATH begins; NULL: there is no colon. A revision may hold some in braces: HEAD@{10:00}. */
static const char *
path_of(const char *name)
{
    int depth = 0;

    for (; *name != '\0'; name++) {
        depth += *name == '{' ? 1 : *name == '}' ? -1 : 0;
        if (*name == ':' && depth <= 0)
            return name + 1;
    }
    return NULL;
}

enum tc_status
tc_tree_open(struct tc_tree *tree, struct tc_arena *arena, const char *name, enum tc_tree_kind *ret_kind,
             const char **ret_reason)
{
    const char *path = path_of(name);
    struct stat st;
    enum tc_status status;

    *tree = (struct tc_tree){.arena = arena};
    if (strcmp(name, "-") == 0 || stat(name, &st) == 0) {
        *ret_kind = strcmp(name, "-") != 0 && S_ISDIR(st.st_mode) ? TC_TREE_FOLDER : TC_TREE_FILE;
        return TC_OK;
    }
    if (path == NULL) {
        *ret_reason = tc_host_reason(errno);
        return TC_ERR_IO;
    }
    tree->is_git = true;
    tree->prefix = (struct tc_str){name, (size_t)(path - name)};
    status = tc_git_revision(arena, tc_str_sub(tree->prefix, 0, tree->prefix.len - 1), &tree->object, ret_reason);
    if (status != TC_OK)
        return status;
    switch (tc_git_kind(arena, tree->object, tc_str_of(path))) {
    case TC_GIT_FILE:
        *ret_kind = TC_TREE_FILE;
        return TC_OK;
    case TC_GIT_FOLDER:
        *ret_kind = TC_TREE_FOLDER;
        return TC_OK;
    case TC_GIT_NOTHING:
        break;
    }
    *ret_reason = "the revision has no such file; paths begin at the top of the repository, or with './' here";
    return TC_ERR_IO;
}

static struct tc_str
without_prefix(const struct tc_tree *tree, struct tc_str name)
{
    return tree->prefix.len > 0 && tc_str_starts(name, tree->prefix) ? tc_str_sub(name, tree->prefix.len, SIZE_MAX)
                                                                     : name;
}

enum tc_status
tc_tree_read(const struct tc_tree *tree, struct tc_str name, struct tc_str *ret_text, const char **ret_reason)
{
    struct tc_str path = tc_arena_str(tree->arena, without_prefix(tree, name));

    if (path.ptr == NULL)
        return TC_ERR_NOMEM;
    if (tree->is_git && !tc_str_starts(path, TC_STR("/"))) {
        enum tc_status status = tc_git_read(tree->arena, tree->object, path, ret_text, ret_reason);

        if (status == TC_ERR_IO && tc_git_kind(tree->arena, tree->object, path) == TC_GIT_NOTHING)
            *ret_reason = "the revision has no such file";
        return status;
    }
    return tc_host_read(tree->arena, path.ptr, ret_text, ret_reason);
}

static int
by_name(const void *a, const void *b)
{
    return tc_str_cmp(*(const struct tc_str *)a, *(const struct tc_str *)b);
}

static enum tc_status
git_names(const struct tc_tree *tree, struct tc_str folder, struct tc_str **ret_names, size_t *ret_count,
          const char **ret_reason)
{
    struct tc_str text, *names;
    size_t count = 0, n = 0;
    enum tc_status status = tc_git_list(tree->arena, tree->object, without_prefix(tree, folder), &text, ret_reason);

    if (status != TC_OK)
        return status;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\0';
    names = tc_arena_array(tree->arena, struct tc_str, count);
    if (names == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < text.len; i += names[n - 1].len + 1)
        names[n++] = tc_str_of(text.ptr + i);
    if (n > 0)
        qsort(names, n, sizeof *names, by_name);
    *ret_names = names;
    *ret_count = n;
    return TC_OK;
}

enum tc_status
tc_tree_names(const struct tc_tree *tree, struct tc_str folder, struct tc_str **ret_names, size_t *ret_count,
              const char **ret_reason)
{
    struct tc_str inside;

    if (tree->is_git)
        return git_names(tree, folder, ret_names, ret_count, ret_reason);
    inside = tc_arena_printf(tree->arena, "%.*s/.", TC_STR_ARG(folder));
    if (inside.ptr == NULL)
        return TC_ERR_NOMEM;
    if (tc_inputs_siblings(tree->arena, inside.ptr, ret_names, ret_count))
        return TC_OK;
    *ret_reason = tc_host_reason(errno);
    return TC_ERR_IO;
}
