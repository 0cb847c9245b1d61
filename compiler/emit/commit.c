#include "emit/commit.h"

#include "base/map.h"
#include "data/tables.h"
#include "emit/files.h"
#include "emit/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A run first looks at everything and changes nothing (open_directories, survey); errors end it there. Then it makes a
 * plan: a list of moves, each of which renames one file and can be taken back. Carrying it out means
 *
 *   1. new contents are written under temporary names, and one sync brings them to disk;
 *   2. the records name old and new outputs, so that nothing of ours is forgotten from here on;
 *   3. policy files appear, then configuration files: each with a sync of the directories behind it;
 *   4. stale outputs go, configuration files first;
 *   5. the records name the new outputs only;
 *   6. the temporary names, behind which the old contents are by now, are removed: the only step without a way back.
 *
 * Whoever is killed before 6 leaves whole files, a record that names them, and temporary files for the next run.
 */

/** A file that a run has to do with: an output, or one that only the record names. */
struct file {
    struct tc_str name; /* NUL behind it */
    const struct tc_output *output;
    struct tc_version *recorded; /* what we wrote there, all versions */
    struct tc_version version;   /* of output */
    struct tc_file_info info;    /* of what is on disk, when seen */
    enum tc_output_fate fate;
    bool seen;    /* is on disk */
    bool stays;   /* stale, but not removed: edited since, or an edited configuration file may name it */
    bool foreign; /* replaced without becoming ours */
};

struct name {
    struct name *next;
    struct tc_str text; /* NUL behind it */
};

struct directory {
    struct tc_str name;
    char *path;
    struct tc_dir dir;
    struct directory *same; /* the first one opened on the same directory, or itself */
    bool wanted;            /* an output goes here, so it is made when missing */
    size_t made;            /* how many directories of the path this run made */
    struct file *files;
    size_t file_count;
    struct tc_map by_name; /* folded name to file */
    struct name *left_over;
    struct tc_str record; /* as it is on disk */
    struct tc_file_info record_info;
    bool has_record;
    struct tc_buf both;  /* record while the run is under way; empty: not written */
    struct tc_buf after; /* record at its end */
    bool writes_after;   /* which has to be written, */
    bool drops_record;   /* or there is to be none */
    size_t changes;      /* how many files are not as they should be */
    size_t moves;        /* how many moves the plan has here */
    bool dirty;          /* entries changed since the last sync */
};

/** The order in which moves are made. */
enum phase {
    PHASE_RECORD_BOTH,
    PHASE_POLICY,
    PHASE_CONFIG,
    PHASE_STALE_CONFIG,
    PHASE_STALE_POLICY,
    PHASE_RECORD_AFTER,
    PHASE_COUNT_
};

enum move_kind {
    MOVE_APPEAR,  /* temporary name to name */
    MOVE_REPLACE, /* both change names */
    MOVE_VANISH,  /* name to temporary name */
};

struct move {
    struct directory *directory;
    struct tc_str name;
    const char *temporary;
    const char *spare;
    struct tc_str bytes;
    struct tc_file_info like;
    bool has_like;
    enum move_kind kind;
    enum phase phase;
    bool lost; /* replaced where the file system could not keep the old file */
};

struct commit {
    struct tc_arena *arena;
    const struct tc_output *outputs;
    size_t output_count;
    struct tc_diags *diags;
    bool check;
    struct directory *directories; /* in the order given */
    size_t directory_count;
    struct directory **by_inode;
    struct tc_map by_path;
    struct tc_buf content; /* of the file looked at */
    struct move *moves;
    size_t move_count;
    size_t written;     /* moves whose temporary file may be there */
    size_t made_count;  /* moves made */
    bool edited_config; /* an edited stale configuration file stays */
    bool nothing;       /* all is as it should be */
    bool failed;        /* a diagnostic says why */
};

/* ---- messages ----------------------------------------------------------------------------------------------- */

static struct tc_str
path_of(struct commit *cx, const struct directory *directory, struct tc_str name)
{
    struct tc_str dir = directory->name;
    const char *separator = dir.len == 0 || tc_str_ends(dir, TC_STR("/")) ? "" : "/";

    if (name.len == 0)
        return dir.len == 0 ? TC_STR(".") : dir;
    return tc_arena_printf(cx->arena, "%.*s%s%.*s", TC_STR_ARG(dir), separator, TC_STR_ARG(name));
}

static struct tc_diag *
complain(struct commit *cx, enum tc_code_id id, const struct directory *directory, struct tc_str name, const char *what)
{
    const struct tc_code *code = tc_code(id);

    if (code->severity == TC_SEVERITY_ERROR)
        cx->failed = true;
    return tc_diag_add_file(cx->diags, code, path_of(cx, directory, name), "%s", what);
}

/** A complaint that ends in the system's reason. */
static void
complain_error(struct commit *cx, enum tc_code_id id, const struct directory *directory, struct tc_str name,
               const char *what, int error)
{
    struct tc_str reason = tc_errno_text(cx->arena, error);
    struct tc_str text = tc_arena_printf(cx->arena, "%s: %.*s", what, TC_STR_ARG(reason));

    complain(cx, id, directory, name, text.ptr == NULL ? what : text.ptr);
}

static void
complain_kind(struct commit *cx, const struct directory *directory, struct tc_str name, enum tc_file_kind kind)
{
    static const char *const texts[] = {
        [TC_FILE_REGULAR] = "is in the way",
        [TC_FILE_DIRECTORY] = "is a directory, where a file should be written",
        [TC_FILE_LINK] = "is a symbolic link, which trustc does not write through",
        [TC_FILE_OTHER] = "is a device, pipe or socket, where a file should be written",
    };
    struct tc_diag *diag = complain(cx, TC_CODE_OUTPUT_KIND, directory, name, texts[kind]);

    if (kind == TC_FILE_LINK)
        tc_diag_help(cx->diags, diag, "build into the directory of the file that it points to");
}

/* ---- directories -------------------------------------------------------------------------------------------- */

static const struct tc_str no_name = {"", 0};

static void
open_directory(struct commit *cx, struct directory *directory)
{
    int error = tc_dir_open(directory->path, &directory->dir);

    if (error == ENOENT && (cx->check || !directory->wanted))
        return; /* there is nothing in it */
    if (error == ENOENT) {
        error = tc_dir_make(directory->path, &directory->made);
        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_DIRECTORY, directory, no_name, "this directory cannot be made", error);
            return;
        }
        error = tc_dir_open(directory->path, &directory->dir);
    }
    if (error != 0)
        complain_error(cx, TC_CODE_OUTPUT_DIRECTORY, directory, no_name, "this directory cannot be opened", error);
}

static struct directory *
find_directory(struct commit *cx, struct tc_str name)
{
    struct directory *directory = &cx->directories[cx->directory_count];
    struct directory *known = tc_map_add(&cx->by_path, name, directory);

    if (known != NULL)
        return known;
    *directory = (struct directory){.name = name, .dir = TC_DIR_CLOSED};
    directory->path = tc_arena_alloc(cx->arena, name.len + 2, 1);
    if (cx->arena->failed)
        return NULL;
    if (name.len == 0)
        directory->path[0] = '.';
    else
        memcpy(directory->path, name.ptr, name.len);
    cx->directory_count++;
    return directory;
}

static size_t
count_directories(const struct commit *cx)
{
    size_t count = 0;

    for (size_t i = 0; i < cx->output_count; i++)
        count += i == 0 || !tc_str_eq(cx->outputs[i].dir, cx->outputs[i - 1].dir);
    return count; /* at least as many as there are */
}

static int
compare_inodes(const void *a, const void *b)
{
    const struct directory *const *first = a;
    const struct directory *const *second = b;
    const struct tc_dir *x = &(*first)->dir;
    const struct tc_dir *y = &(*second)->dir;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return *first < *second ? -1 : *first > *second; /* in the order given */
}

/** One directory may be given under several names, and is locked once. All runs lock in the same order. */
static void
lock_directories(struct commit *cx)
{
    struct directory *first = NULL;

    for (size_t i = 0; i < cx->directory_count; i++)
        cx->by_inode[i] = &cx->directories[i];
    qsort(cx->by_inode, cx->directory_count, sizeof *cx->by_inode, compare_inodes);
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = cx->by_inode[i];
        int error;

        directory->same = directory;
        if (directory->dir.fd < 0)
            continue;
        if (first != NULL && first->dir.device == directory->dir.device && first->dir.inode == directory->dir.inode) {
            directory->same = first;
            continue;
        }
        first = directory;
        error = tc_dir_lock(&directory->dir, cx->check);
        if (error == EWOULDBLOCK)
            complain(cx, TC_CODE_OUTPUT_BUSY, directory, no_name, "another trustc is at work in this directory");
        else if (error != 0)
            complain_error(cx, TC_CODE_OUTPUT_DIRECTORY, directory, no_name, "this directory cannot be locked", error);
    }
}

static enum tc_status
open_directories(struct commit *cx)
{
    size_t most = count_directories(cx);

    tc_map_init(&cx->by_path, cx->arena);
    cx->directories = tc_arena_array(cx->arena, struct directory, most + 1);
    cx->by_inode = tc_arena_array(cx->arena, struct directory *, most + 1);
    if (cx->arena->failed)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < cx->output_count; i++) {
        const struct tc_output *output = &cx->outputs[i];
        struct directory *directory = find_directory(cx, output->dir);

        if (directory == NULL)
            return TC_ERR_NOMEM;
        directory->wanted = directory->wanted || output->name.len != 0;
    }
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = &cx->directories[i];

        if (strlen(directory->path) < directory->name.len)
            complain(cx, TC_CODE_OUTPUT_NAME, directory, no_name, "this directory has a NUL in its name");
        else
            open_directory(cx, directory);
    }
    if (!cx->failed)
        lock_directories(cx);
    return cx->failed ? TC_ERR_IO : TC_OK;
}

/* ---- looking, without changing anything ---------------------------------------------------------------------- */

/** The file called @a name, or a new one; one whose name differs in case only is left to the caller. */
static struct file *
add_file(struct commit *cx, struct directory *directory, struct tc_str name)
{
    struct file *file = &directory->files[directory->file_count];
    struct tc_str key = tc_str_fold(cx->arena, name);
    struct file *known = tc_map_add(&directory->by_name, key, file);

    if (known != NULL)
        return known;
    *file = (struct file){.name = name, .fate = TC_FATE_STALE};
    directory->file_count++;
    return file;
}

/** Load the record of @a directory, if there is one. */
static void
load_record(struct commit *cx, struct directory *directory)
{
    struct tc_str name = TC_STR(TC_COMMIT_RECORD);
    int fd;
    int error = tc_file_open(&directory->dir, TC_COMMIT_RECORD, &fd, &directory->record_info);

    if (error == ENOENT)
        return;
    if (error == 0 && fd < 0) {
        complain_kind(cx, directory, name, directory->record_info.kind);
        return;
    }
    if (error == 0) {
        error = tc_file_read(fd, directory->record_info.size, &cx->content);
        tc_file_close(fd);
    }
    if (error != 0) {
        complain_error(cx, TC_CODE_OUTPUT_READ, directory, name, "cannot be read", error);
        return;
    }
    directory->has_record = true;
    directory->record = tc_arena_str(cx->arena, tc_buf_str(&cx->content));
}

struct survey {
    struct commit *cx;
    struct directory *directory;
};

static bool
count_record_line(void *context, struct tc_str name, struct tc_version version)
{
    size_t *count = context;

    (void)name;
    (void)version;
    ++*count;
    return true;
}

static bool
take_record_line(void *context, struct tc_str name, struct tc_version version)
{
    struct survey *survey = context;
    struct commit *cx = survey->cx;
    struct tc_str copy = tc_arena_str(cx->arena, name);
    struct tc_version *recorded = tc_arena_new(cx->arena, struct tc_version);
    struct tc_version **last;
    struct file *file;

    if (cx->arena->failed)
        return false;
    file = add_file(cx, survey->directory, copy);
    if (!tc_str_eq(file->name, name))
        return true; /* differs in case from another; if it is on disk, that is an error */
    *recorded = version;
    for (last = &file->recorded; *last != NULL;)
        last = &(*last)->next; /* few */
    *last = recorded;
    return true;
}

static void
complain_record(struct commit *cx, const struct directory *directory, size_t line)
{
    struct tc_str text = tc_arena_printf(cx->arena, "line %zu of this record is not what trustc writes", line);
    struct tc_diag *diag = complain(cx, TC_CODE_RECORD_DAMAGED, directory, TC_STR(TC_COMMIT_RECORD),
                                    text.ptr == NULL ? "this record is damaged" : text.ptr);

    tc_diag_help(cx->diags, diag, "remove it; outputs that are as they should be will be taken over");
}

static void
take_output(struct commit *cx, struct directory *directory, const struct tc_output *output)
{
    size_t before = directory->file_count;
    struct tc_str name;
    struct file *file;

    if (output->name.len == 0)
        return;
    if (!tc_record_is_name(output->name)) {
        complain(cx, TC_CODE_OUTPUT_NAME, directory, output->name, "this name cannot be used for an output");
        return;
    }
    name = tc_arena_str(cx->arena, output->name);
    if (cx->arena->failed)
        return;
    file = add_file(cx, directory, name);
    if (directory->file_count == before) {
        complain(cx, TC_CODE_OUTPUT_NAME, directory, name, "two outputs would have this name");
        return;
    }
    file->output = output;
    file->fate = TC_FATE_CREATED;
}

/** Collect what the directories are to hold and what their records say. */
static enum tc_status
collect_files(struct commit *cx)
{
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = &cx->directories[i];

        tc_map_init(&directory->by_name, cx->arena);
        if (directory->same == directory && directory->dir.fd >= 0)
            load_record(cx, directory);
        if (tc_record_read(directory->record, count_record_line, &directory->file_count) != 0 && directory->has_record)
            complain_record(cx, directory,
                            tc_record_read(directory->record, count_record_line, &directory->file_count));
    }
    if (cx->failed)
        return TC_ERR_IO;
    for (size_t i = 0; i < cx->output_count; i++)
        find_directory(cx, cx->outputs[i].dir)->same->file_count++;
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = &cx->directories[i];

        directory->files = tc_arena_array(cx->arena, struct file, directory->file_count + 1);
        directory->file_count = 0;
    }
    if (cx->arena->failed)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < cx->output_count; i++)
        take_output(cx, find_directory(cx, cx->outputs[i].dir)->same, &cx->outputs[i]);
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct survey survey = {cx, &cx->directories[i]};

        if (survey.directory->has_record)
            tc_record_read(survey.directory->record, take_record_line, &survey);
    }
    if (cx->arena->failed)
        return TC_ERR_NOMEM;
    return cx->failed ? TC_ERR_IO : TC_OK;
}

static bool
see_name(void *context, struct tc_str name, bool is_directory)
{
    struct survey *survey = context;
    struct commit *cx = survey->cx;
    struct file *file;

    if (tc_record_is_temporary(name) && !is_directory) {
        struct name *left_over = tc_arena_new(cx->arena, struct name);

        if (left_over != NULL) {
            left_over->text = tc_arena_str(cx->arena, name);
            left_over->next = survey->directory->left_over;
            survey->directory->left_over = left_over;
        }
        return !cx->arena->failed;
    }
    file = tc_map_get(&survey->directory->by_name, tc_str_fold(cx->arena, name));
    if (file == NULL)
        return !cx->arena->failed;
    if (tc_str_eq(file->name, name)) {
        file->seen = true;
    } else {
        struct tc_diag *diag =
            complain(cx, TC_CODE_OUTPUT_CASE, survey->directory, name, "differs from an output's name only in case");

        tc_diag_note(cx->diags, diag, "the output is '%.*s'", TC_STR_ARG(file->name));
    }
    return true;
}

/** Whether a file of @a size could be one that we wrote. */
static bool
has_recorded_size(const struct file *file, uint64_t size)
{
    for (const struct tc_version *version = file->recorded; version != NULL; version = version->next)
        if (version->size == size)
            return true;
    return false;
}

static bool
is_recorded(const struct file *file, uint64_t hash, uint64_t size)
{
    for (const struct tc_version *version = file->recorded; version != NULL; version = version->next)
        if (tc_version_fits(version, hash, size))
            return true;
    return false;
}

/** What a file was recorded as: a configuration file if it ever was one. */
static enum tc_output_stage
recorded_stage(const struct file *file)
{
    for (const struct tc_version *version = file->recorded; version != NULL; version = version->next)
        if (version->stage == TC_STAGE_CONFIG)
            return TC_STAGE_CONFIG;
    return TC_STAGE_POLICY;
}

static void
refuse_foreign(struct commit *cx, const struct directory *directory, const struct file *file)
{
    struct tc_diag *diag =
        complain(cx, TC_CODE_OUTPUT_FOREIGN, directory, file->name, "exists and was not written by trustc");

    if (file->output->stage == TC_STAGE_CONFIG)
        tc_diag_help(cx->diags, diag,
                     "give it with --merge to put the entries into it, or build into another directory");
    else
        tc_diag_help(cx->diags, diag, "move it away, or build into another directory");
}

static void
judge_output(struct commit *cx, const struct directory *directory, struct file *file, bool same, bool ours)
{
    file->fate = same ? TC_FATE_CURRENT : TC_FATE_CHANGED;
    if (file->output->replace_foreign)
        file->foreign = !ours;
    else if (!same && file->recorded == NULL)
        refuse_foreign(cx, directory, file);
    else if (!same && !ours)
        complain(cx, TC_CODE_OUTPUT_EDITED, directory, file->name,
                 cx->check ? "was edited since trustc wrote it"
                           : "was edited since trustc wrote it; the edits are gone");
    if (!same && file->info.read_only)
        complain(cx, TC_CODE_OUTPUT_WRITE, directory, file->name, "is marked read-only");
}

static void
judge_stale(struct commit *cx, const struct directory *directory, struct file *file, bool ours)
{
    bool is_config = recorded_stage(file) == TC_STAGE_CONFIG;

    if (ours)
        return;
    file->stays = true;
    cx->edited_config = cx->edited_config || is_config;
    complain(cx, TC_CODE_STALE_EDITED, directory, file->name,
             is_config
                 ? "is no longer wanted, but was edited since trustc wrote it: it stays, and so do the policy files "
                   "that it may name"
                 : "is no longer wanted, but was edited since trustc wrote it: it stays");
}

/** Compare what is on disk with what is wanted and with what we wrote. */
static void
look_at_file(struct commit *cx, const struct directory *directory, struct file *file)
{
    const struct tc_output *output = file->output;
    struct tc_str content = {0};
    bool same = false;
    bool ours;
    int fd;
    int error = tc_file_open(&directory->dir, file->name.ptr, &fd, &file->info);
    uint64_t size = file->info.size;

    if (error == 0 && fd < 0) {
        if (output != NULL)
            complain_kind(cx, directory, file->name, file->info.kind);
        else
            judge_stale(cx, directory, file, false);
        return;
    }
    if (error == 0) {
        /* another size cannot be the wanted content, nor ours */
        if ((output != NULL && output->bytes.len == size) || has_recorded_size(file, size)) {
            error = tc_file_read(fd, size, &cx->content);
            content = tc_buf_str(&cx->content);
        }
        tc_file_close(fd);
    }
    if (error != 0) {
        complain_error(cx, TC_CODE_OUTPUT_READ, directory, file->name, "cannot be read", error);
        return;
    }
    if (output != NULL && output->bytes.len == size)
        same = tc_str_eq(content, output->bytes);
    if (output != NULL)
        file->version = tc_version_of(output->bytes, output->stage); /* now, while the bytes are in the cache */
    ours = file->recorded != NULL && content.len == size &&
           is_recorded(file, same ? file->version.hash : tc_xxh64(content), size);
    if (output != NULL)
        judge_output(cx, directory, file, same, ours);
    else
        judge_stale(cx, directory, file, ours);
}

static int
compare_names(const void *a, const void *b)
{
    const struct file *first = a;
    const struct file *second = b;

    return tc_str_cmp(first->name, second->name);
}

/** By name. The map of names is of no use afterwards. */
static void
sort_files(struct directory *directory)
{
    for (size_t i = 1; i < directory->file_count; i++)
        if (compare_names(&directory->files[i - 1], &directory->files[i]) > 0) {
            qsort(directory->files, directory->file_count, sizeof *directory->files, compare_names);
            return;
        }
}

static enum tc_status
survey(struct commit *cx)
{
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = &cx->directories[i];
        struct survey context = {cx, directory};
        int error;

        if (directory->same == directory && directory->dir.fd >= 0) {
            error = tc_dir_list(&directory->dir, see_name, &context);
            if (error != 0)
                complain_error(cx, TC_CODE_OUTPUT_DIRECTORY, directory, no_name, "this directory cannot be listed",
                               error);
        }
        sort_files(directory);
        for (size_t k = 0; k < directory->file_count; k++) {
            struct file *file = &directory->files[k];

            if (file->seen)
                look_at_file(cx, directory, file);
            else if (file->output != NULL)
                file->version = tc_version_of(file->output->bytes, file->output->stage);
        }
    }
    if (cx->arena->failed || cx->content.failed)
        return TC_ERR_NOMEM;
    return cx->failed ? TC_ERR_IO : TC_OK;
}

/* ---- planning ------------------------------------------------------------------------------------------------ */

/** Whether a stale file is there and to be removed. */
static bool
is_removed(const struct file *file)
{
    return file->fate == TC_FATE_STALE && file->seen && !file->stays;
}

/**
 * Write the record of @a directory: as it is to be after the run, or (@a both) for as long as old and new files may be
 * there.
 * @return how many lines name a file
 */
static size_t
write_record(const struct directory *directory, bool both, struct tc_buf *out)
{
    size_t count = 0;

    tc_record_begin(out);
    for (size_t i = 0; i < directory->file_count; i++) {
        const struct file *file = &directory->files[i];

        for (const struct tc_version *old = file->recorded; old != NULL; old = old->next)
            if (both || file->stays) {
                tc_record_add(out, file->name, old);
                count++;
            }
        if (file->output != NULL && !file->foreign &&
            !(both && is_recorded(file, file->version.hash, file->version.size))) {
            tc_record_add(out, file->name, &file->version);
            count++;
        }
    }
    tc_record_end(out, count);
    return count;
}

static struct move *
add_move(struct commit *cx, struct directory *directory, struct tc_str name, struct tc_str temporary, enum phase phase,
         enum move_kind kind)
{
    struct move *move = &cx->moves[cx->move_count++];

    directory->moves++;
    *move = (struct move){.directory = directory, .name = name, .phase = phase, .kind = kind};
    move->temporary = tc_record_temporary(cx->arena, temporary, "new");
    if (kind == MOVE_REPLACE)
        move->spare = tc_record_temporary(cx->arena, temporary, "old");
    return move;
}

static void
plan_record(struct commit *cx, struct directory *directory, enum phase phase)
{
    struct tc_str name = TC_STR(TC_COMMIT_RECORD);
    bool both = phase == PHASE_RECORD_BOTH;
    bool exists = directory->has_record || (!both && directory->both.len != 0);
    enum move_kind kind = exists ? MOVE_REPLACE : MOVE_APPEAR;
    struct move *move;

    if (both ? directory->both.len == 0 : !directory->writes_after && !directory->drops_record)
        return;
    if (!both && directory->drops_record)
        kind = MOVE_VANISH;
    move = add_move(cx, directory, name, both ? name : TC_STR(TC_COMMIT_RECORD ".after"), phase, kind);
    move->bytes = tc_buf_str(both ? &directory->both : &directory->after);
    move->has_like = directory->has_record;
    move->like = directory->record_info;
}

static void
plan_file(struct commit *cx, struct directory *directory, const struct file *file, enum phase phase)
{
    enum tc_output_stage stage =
        phase == PHASE_CONFIG || phase == PHASE_STALE_CONFIG ? TC_STAGE_CONFIG : TC_STAGE_POLICY;
    struct move *move;

    if (phase == PHASE_STALE_CONFIG || phase == PHASE_STALE_POLICY) {
        if (is_removed(file) && recorded_stage(file) == stage)
            add_move(cx, directory, file->name, file->name, phase, MOVE_VANISH);
        return;
    }
    if (file->output == NULL || file->output->stage != stage || file->fate == TC_FATE_CURRENT)
        return;
    move = add_move(cx, directory, file->name, file->name, phase, file->seen ? MOVE_REPLACE : MOVE_APPEAR);
    move->bytes = file->output->bytes;
    move->has_like = file->seen;
    move->like = file->info;
}

/** Find out which of its records @a directory needs. */
static void
plan_directory(struct directory *directory)
{
    struct tc_buf *both = &directory->both;
    struct tc_buf *after = &directory->after;
    struct tc_str before = directory->record;
    size_t lines;

    for (size_t i = 0; i < directory->file_count; i++) {
        const struct file *file = &directory->files[i];

        directory->changes += is_removed(file) || file->fate == TC_FATE_CHANGED || file->fate == TC_FATE_CREATED;
    }
    if (directory->changes != 0) {
        lines = write_record(directory, true, both);
        if (lines == 0 || tc_str_eq(tc_buf_str(both), directory->record))
            tc_buf_clear(both);
        else
            before = tc_buf_str(both);
    }
    lines = write_record(directory, false, after);
    directory->writes_after = lines != 0 && !tc_str_eq(tc_buf_str(after), before);
    directory->drops_record = lines == 0 && before.len != 0;
}

/** Policy files that an edited configuration file may name stay as it does. */
static void
keep_policies(struct directory *directory)
{
    for (size_t i = 0; i < directory->file_count; i++) {
        struct file *file = &directory->files[i];

        if (is_removed(file) && recorded_stage(file) == TC_STAGE_POLICY)
            file->stays = true;
    }
}

static enum tc_status
plan(struct commit *cx)
{
    size_t most = 0;

    cx->nothing = true;
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = &cx->directories[i];

        if (directory->same != directory)
            continue;
        if (cx->edited_config)
            keep_policies(directory);
        plan_directory(directory);
        if (directory->both.failed || directory->after.failed)
            return TC_ERR_NOMEM;
        most += directory->changes + 2; /* and two records */
        if (directory->changes != 0 || directory->writes_after || directory->drops_record ||
            directory->left_over != NULL)
            cx->nothing = false;
    }
    if (cx->nothing || cx->check)
        return TC_OK;
    cx->moves = tc_arena_array(cx->arena, struct move, most);
    if (cx->moves == NULL)
        return TC_ERR_NOMEM;
    for (enum phase phase = 0; phase < PHASE_COUNT_; phase++)
        for (size_t i = 0; i < cx->directory_count; i++) {
            struct directory *directory = &cx->directories[i];

            if (phase == PHASE_RECORD_BOTH || phase == PHASE_RECORD_AFTER)
                plan_record(cx, directory, phase);
            else if (directory->changes != 0)
                for (size_t k = 0; k < directory->file_count; k++)
                    plan_file(cx, directory, &directory->files[k], phase);
        }
    return cx->arena->failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- the result ---------------------------------------------------------------------------------------------- */

static int
compare_reports(const void *a, const void *b)
{
    const struct tc_output_report *first = a;
    const struct tc_output_report *second = b;

    return tc_str_cmp(first->name, second->name);
}

static enum tc_status
make_result(struct commit *cx, struct tc_commit_result *ret)
{
    struct tc_commit_result result = {0};
    size_t most = 0;

    for (size_t i = 0; i < cx->directory_count; i++) {
        most += cx->directories[i].file_count;
        for (const struct name *name = cx->directories[i].left_over; name != NULL; name = name->next)
            most++;
    }
    result.reports = tc_arena_array(cx->arena, struct tc_output_report, most);
    if (result.reports == NULL)
        return TC_ERR_NOMEM;
    for (size_t i = 0; i < cx->directory_count; i++) {
        const struct directory *directory = &cx->directories[i];
        size_t begin = result.count;

        for (size_t k = 0; k < directory->file_count; k++) {
            const struct file *file = &directory->files[k];

            if (file->output == NULL && !is_removed(file))
                continue;
            result.reports[result.count++] = (struct tc_output_report){directory->name, file->name, file->fate};
            result.differing += file->fate != TC_FATE_CURRENT;
        }
        for (const struct name *name = directory->left_over; name != NULL; name = name->next) {
            result.reports[result.count++] = (struct tc_output_report){directory->name, name->text, TC_FATE_STALE};
            result.differing++;
        }
        if (directory->left_over != NULL)
            qsort(&result.reports[begin], result.count - begin, sizeof *result.reports, compare_reports);
    }
    *ret = result;
    return TC_OK;
}

/* ---- carrying out -------------------------------------------------------------------------------------------- */

static void
remove_temporary(struct commit *cx, const struct directory *directory, const char *name)
{
    int error = tc_file_remove(&directory->dir, name);

    if (error != 0)
        complain_error(cx, TC_CODE_LEFT_OVER, directory, tc_str_of(name), "cannot be removed", error);
}

static void
remove_left_overs(struct commit *cx)
{
    for (size_t i = 0; i < cx->directory_count; i++)
        for (const struct name *name = cx->directories[i].left_over; name != NULL; name = name->next)
            remove_temporary(cx, &cx->directories[i], name->text.ptr);
}

/** Write the new contents beside their targets. */
static bool
write_temporaries(struct commit *cx)
{
    while (cx->written < cx->move_count) {
        const struct move *move = &cx->moves[cx->written++];
        int error;

        if (move->kind == MOVE_VANISH)
            continue;
        error =
            tc_file_create(&move->directory->dir, move->temporary, move->bytes, move->has_like ? &move->like : NULL);
        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_WRITE, move->directory, move->name, "cannot be written", error);
            return false;
        }
    }
    return true;
}

/** Where a file system cannot be synced as a whole. */
static bool
sync_one_by_one(struct commit *cx)
{
    for (size_t i = 0; i < cx->move_count; i++) {
        const struct move *move = &cx->moves[i];
        int error = move->kind == MOVE_VANISH ? 0 : tc_file_sync(&move->directory->dir, move->temporary);

        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_WRITE, move->directory, move->name, "cannot be written", error);
            return false;
        }
    }
    return true;
}

/** Bring the new contents to disk: one sync for each file system. */
static bool
sync_contents(struct commit *cx)
{
    const struct directory *last = NULL;

    for (size_t i = 0; i < cx->directory_count; i++) {
        const struct directory *directory = cx->by_inode[i];
        int error;

        if (directory->moves == 0 || (last != NULL && last->dir.device == directory->dir.device))
            continue;
        last = directory;
        error = tc_dir_sync_all(&directory->dir);
        if (error == ENOSYS)
            return sync_one_by_one(cx);
        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_WRITE, directory, no_name, "cannot be brought to disk", error);
            return false;
        }
    }
    return true;
}

/** Bring the renames made so far to disk. */
static bool
sync_directories(struct commit *cx)
{
    for (size_t i = 0; i < cx->directory_count; i++) {
        struct directory *directory = &cx->directories[i];
        int error = directory->dirty ? tc_dir_sync(&directory->dir) : 0;

        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_WRITE, directory, no_name, "cannot be brought to disk", error);
            return false;
        }
        directory->dirty = false;
    }
    return true;
}

static int
make_move(struct move *move)
{
    const struct tc_dir *dir = &move->directory->dir;

    move->directory->dirty = true;
    switch (move->kind) {
    case MOVE_APPEAR:
        return tc_file_rename(dir, move->temporary, move->name.ptr);
    case MOVE_REPLACE:
        return tc_file_exchange(dir, move->temporary, move->name.ptr, move->spare, &move->lost);
    case MOVE_VANISH:
        return tc_file_rename(dir, move->name.ptr, move->temporary);
    }
    return EINVAL;
}

static int
take_back_move(struct move *move)
{
    const struct tc_dir *dir = &move->directory->dir;

    switch (move->kind) {
    case MOVE_APPEAR:
        return tc_file_rename(dir, move->name.ptr, move->temporary);
    case MOVE_REPLACE:
        if (move->lost)
            return ENOENT;
        return tc_file_exchange(dir, move->temporary, move->name.ptr, move->spare, &move->lost);
    case MOVE_VANISH:
        return tc_file_rename(dir, move->temporary, move->name.ptr);
    }
    return EINVAL;
}

/** Whether what came before must be on disk before what follows: all but the records wait for each other. */
static bool
is_barrier(enum phase before, enum phase next)
{
    return before != next && before != PHASE_RECORD_BOTH && next != PHASE_RECORD_AFTER;
}

static bool
make_moves(struct commit *cx)
{
    for (; cx->made_count < cx->move_count; cx->made_count++) {
        struct move *move = &cx->moves[cx->made_count];
        int error;

        if (cx->made_count != 0 && is_barrier(move[-1].phase, move->phase) && !sync_directories(cx))
            return false;
        error = make_move(move);
        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_WRITE, move->directory, move->name,
                           move->kind == MOVE_VANISH ? "cannot be removed" : "cannot be put in its place", error);
            return false;
        }
    }
    return sync_directories(cx);
}

/**
 * Take everything back, last move first. Each state on the way is one in which a killed run could have ended; so when
 * something cannot be taken back, what was before it stays as well.
 */
static void
take_back(struct commit *cx)
{
    for (; cx->made_count > 0; cx->made_count--) {
        struct move *move = &cx->moves[cx->made_count - 1];
        int error = take_back_move(move);

        if (error != 0) {
            complain_error(cx, TC_CODE_OUTPUT_NOT_UNDONE, move->directory, move->name,
                           "is new already and cannot be taken back", error);
            break;
        }
    }
    for (size_t i = 0; i < cx->written; i++)
        if (cx->moves[i].kind != MOVE_VANISH || i < cx->made_count)
            remove_temporary(cx, cx->moves[i].directory, cx->moves[i].temporary);
}

static enum tc_status
carry_out(struct commit *cx)
{
    remove_left_overs(cx);
    if (!write_temporaries(cx) || !sync_contents(cx) || !make_moves(cx)) {
        take_back(cx);
        return TC_ERR_IO;
    }
    for (size_t i = 0; i < cx->move_count; i++)
        if (cx->moves[i].kind != MOVE_APPEAR)
            remove_temporary(cx, cx->moves[i].directory, cx->moves[i].temporary);
    return TC_OK;
}

/** Close what is open; after a failure the directories that this run made go again, while they are locked. */
static void
close_directories(struct commit *cx, bool failed)
{
    for (size_t i = cx->directory_count; i > 0; i--) {
        struct directory *directory = &cx->directories[i - 1];

        if (failed && cx->made_count == 0 && directory->made != 0)
            tc_dir_unmake(directory->path, directory->made);
        tc_buf_done(&directory->both);
        tc_buf_done(&directory->after);
    }
    for (size_t i = 0; i < cx->directory_count; i++)
        tc_dir_close(&cx->directories[i].dir);
    tc_buf_done(&cx->content);
}

static enum tc_status
run(struct commit *cx, struct tc_commit_result *ret)
{
    struct tc_commit_result result = {0};
    enum tc_status status = open_directories(cx);

    if (status == TC_OK)
        status = collect_files(cx);
    if (status == TC_OK)
        status = survey(cx);
    if (status == TC_OK)
        status = plan(cx);
    if (status == TC_OK)
        status = make_result(cx, &result);
    if (status == TC_OK && !cx->check && !cx->nothing)
        status = carry_out(cx);
    close_directories(cx, status != TC_OK);
    if (status == TC_OK)
        *ret = result;
    return status;
}

enum tc_status
tc_commit(struct tc_arena *arena, const struct tc_output *outputs, size_t count, struct tc_diags *diags,
          struct tc_commit_result *ret)
{
    struct commit cx = {.arena = arena, .outputs = outputs, .output_count = count, .diags = diags};

    return run(&cx, ret);
}

enum tc_status
tc_commit_check(struct tc_arena *arena, const struct tc_output *outputs, size_t count, struct tc_diags *diags,
                struct tc_commit_result *ret)
{
    struct commit cx = {.arena = arena, .outputs = outputs, .output_count = count, .diags = diags, .check = true};

    return run(&cx, ret);
}
