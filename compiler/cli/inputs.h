/**
 * The files that a command with FILE|DIR... is to look at.
 */
#ifndef TC_CLI_INPUTS_H
#define TC_CLI_INPUTS_H

#include "base/map.h"

struct tc_input {
    const char *path;
    const char *fault; /**< it is a folder that cannot be gone through, and why; else NULL */
    bool is_named;     /**< on the command line: it has to be something; in a folder much is not */
};

struct tc_inputs {
    struct tc_arena *arena;
    struct tc_map seen; /**< real paths; set up by tc_inputs_init() */
    struct tc_input *list;
    size_t count, capacity;
};

/** Begin, with nothing in it. */
void tc_inputs_init(struct tc_inputs *inputs, struct tc_arena *arena);

/**
 * Add @a path, or, when it is a folder, all files in and below it by name. Hidden files and folders, and what is no
 * regular file, are left out there; a folder that cannot be gone through is on the list by itself. A path that does not
 * exist is added all the same: reading it will say so. One that is there already, by another name or link, is not added
 * again.
 */
void tc_inputs_add(struct tc_inputs *inputs, const char *path);

/** The names in the folder that @a path lies in, sorted; live in @a arena. False when they cannot be had. */
bool tc_inputs_siblings(struct tc_arena *arena, const char *path, struct tc_str **ret_names, size_t *ret_count);

#endif
