/* Which files change, and which applications ASP.NET restarts because of it (aspnet-trust 4.1: the policy file is
 * monitored; a changed machine-level configuration file restarts all). */
#include "ask/diff_parts.h"

#include <string.h>

struct file {
    const struct tc_diff_file *sides[2];
    struct tc_str *names;
    size_t count, capacity;
};

static struct tc_str
key_of(struct tc_arena *arena, enum tc_clr clr, struct tc_str name)
{
    return tc_str_fold(arena, tc_arena_printf(arena, "%d/%.*s", (int)clr, TC_STR_ARG(name)));
}

static bool
add_user(struct tc_arena *arena, struct file *file, struct tc_str name)
{
    if (file->count > 0 && tc_str_eq(file->names[file->count - 1], name))
        return true;
    if (file->count == file->capacity) {
        size_t capacity = file->capacity == 0 ? 4 : 2 * file->capacity;
        struct tc_str *larger = tc_arena_array(arena, struct tc_str, capacity);

        if (larger == NULL)
            return false;
        if (file->count > 0)
            memcpy(larger, file->names, file->count * sizeof *larger);
        file->names = larger;
        file->capacity = capacity;
    }
    file->names[file->count++] = name;
    return true;
}

static bool
is_changed(const struct file *file)
{
    return file->sides[0] == NULL || file->sides[1] == NULL || !tc_str_eq(file->sides[0]->bytes, file->sides[1]->bytes);
}

/* Who has the file before and after: an application that is new has nothing to restart. */
static bool
collect_users(struct tc_arena *arena, const struct tc_map *files, const struct tc_diff_side *side)
{
    for (size_t i = 0; i < side->model->application_count; i++) {
        const struct tc_application *app = side->model->applications[i];
        enum tc_clr clr = tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr;
        struct file *file = tc_map_get(files, key_of(arena, clr, side->places[i].policy_file));

        if (side->places[i].policy_file.len > 0 && file != NULL && is_changed(file) &&
            !add_user(arena, file, app->name))
            return false;
    }
    return true;
}

static void
add(struct tc_arena *arena, struct tc_diff_restart ***tail, const struct file *file)
{
    const struct tc_diff_file *shown = file->sides[1] != NULL ? file->sides[1] : file->sides[0];
    struct tc_diff_restart *restart = tc_arena_new(arena, struct tc_diff_restart);

    if (restart == NULL)
        return;
    *restart = (struct tc_diff_restart){.file = shown->name,
                                        .change = file->sides[0] == NULL   ? "is new"
                                                  : file->sides[1] == NULL ? "goes"
                                                                           : "changes",
                                        .is_everyone = shown->is_config,
                                        .clr = shown->clr,
                                        .names = file->names,
                                        .count = file->count};
    **tail = restart;
    *tail = &restart->next;
}

bool
tc_diff_restarts(struct tc_arena *arena, const struct tc_diff_side *from, const struct tc_diff_side *to,
                 struct tc_diff *diff)
{
    const struct tc_diff_side *sides[2] = {from, to};
    struct tc_diff_restart **tail = &diff->restarts;
    struct file *list = tc_arena_array(arena, struct file, from->file_count + to->file_count);
    struct tc_map files;
    size_t count = 0;

    if (from->files == NULL || to->files == NULL)
        return true;
    diff->files_compared = true;
    if (list == NULL)
        return false;
    tc_map_init(&files, arena);
    for (int side = 1; side >= 0; side--)
        for (size_t i = 0; i < sides[side]->file_count; i++) {
            const struct tc_diff_file *file = &sides[side]->files[i];
            struct file *known = tc_map_get(&files, key_of(arena, file->clr, file->name));

            if (known == NULL) {
                known = &list[count++];
                tc_map_add(&files, key_of(arena, file->clr, file->name), known);
            }
            known->sides[side] = file;
        }
    if (!collect_users(arena, &files, from))
        return false;
    for (int config = 1; config >= 0; config--)
        for (size_t i = 0; i < count; i++) {
            const struct tc_diff_file *shown = list[i].sides[1] != NULL ? list[i].sides[1] : list[i].sides[0];

            if (shown->is_config == config && is_changed(&list[i]))
                add(arena, &tail, &list[i]);
        }
    return !arena->failed;
}
