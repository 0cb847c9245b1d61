#include "cli/inputs.h"

#include "cli/host.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 64 }; /* of folders; links are not followed */

void
tc_inputs_init(struct tc_inputs *inputs, struct tc_arena *arena)
{
    *inputs = (struct tc_inputs){.arena = arena};
    tc_map_init(&inputs->seen, arena);
}

/* Whether the file is on the list already, maybe by another name: two jobs must not mend one file. */
static bool
is_there(struct tc_inputs *inputs, const char *path)
{
    char *real = strcmp(path, "-") == 0 ? NULL : realpath(path, NULL);
    struct tc_str key = tc_arena_str(inputs->arena, tc_str_of(real == NULL ? path : real));

    free(real);
    return key.ptr != NULL && tc_map_add(&inputs->seen, key, inputs) != NULL;
}

static bool
append(struct tc_inputs *inputs, struct tc_input input)
{
    struct tc_input *larger;

    if (is_there(inputs, input.path))
        return true;
    larger = tc_arena_more(inputs->arena, struct tc_input, inputs->list, inputs->count, &inputs->capacity, 64);
    if (larger == NULL)
        return false;
    inputs->list = larger;
    inputs->list[inputs->count++] = input;
    return true;
}

static int
by_name(const void *a, const void *b)
{
    return tc_str_cmp(*(const struct tc_str *)a, *(const struct tc_str *)b);
}

/* The names in a folder that are not hidden, in one order everywhere. */
static bool
list_folder(struct tc_arena *arena, const char *path, struct tc_str **ret_names, size_t *ret_count)
{
    DIR *folder = opendir(path);
    struct tc_str *names = NULL, *larger;
    size_t count = 0, capacity = 0;

    if (folder == NULL)
        return false;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        larger = tc_arena_more(arena, struct tc_str, names, count, &capacity, 64);
        if (larger == NULL)
            break;
        names = larger;
        names[count++] = tc_arena_str(arena, tc_str_of(entry->d_name));
    }
    closedir(folder);
    if (count > 0)
        qsort(names, count, sizeof *names, by_name);
    *ret_names = names;
    *ret_count = count;
    return true;
}

static void
add_folder(struct tc_inputs *inputs, struct tc_str path, unsigned depth)
{
    struct tc_str *names;
    size_t count;

    if (depth > DEPTH_MAX) {
        append(inputs, (struct tc_input){.path = path.ptr, .fault = "it lies more than 64 folders deep"});
        return;
    }
    if (!list_folder(inputs->arena, path.ptr, &names, &count)) {
        append(inputs, (struct tc_input){.path = path.ptr, .fault = tc_host_reason(errno)});
        return;
    }
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    for (size_t i = 0; i < count; i++) {
        struct tc_str child = tc_str_eq(path, TC_STR("/"))
                                  ? tc_arena_printf(inputs->arena, "/%.*s", TC_STR_ARG(names[i]))
                                  : tc_arena_printf(inputs->arena, "%.*s/%.*s", TC_STR_ARG(path), TC_STR_ARG(names[i]));
        struct stat st;

        if (child.ptr == NULL || lstat(child.ptr, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            add_folder(inputs, child, depth + 1);
        else if (S_ISREG(st.st_mode))
            append(inputs, (struct tc_input){.path = child.ptr});
    }
}

void
tc_inputs_add(struct tc_inputs *inputs, const char *path)
{
    struct stat st;

    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        add_folder(inputs, tc_arena_str(inputs->arena, tc_str_of(path)), 0);
    else
        append(inputs, (struct tc_input){.path = path, .is_named = true});
}

bool
tc_inputs_siblings(struct tc_arena *arena, const char *path, struct tc_str **ret_names, size_t *ret_count)
{
    const char *slash = strrchr(path, '/');
    struct tc_str folder = slash == NULL   ? TC_STR(".")
                           : slash == path ? TC_STR("/")
                                           : tc_arena_str(arena, (struct tc_str){path, (size_t)(slash - path)});

    return folder.ptr != NULL && list_folder(arena, folder.ptr, ret_names, ret_count);
}
