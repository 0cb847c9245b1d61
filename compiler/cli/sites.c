#include "cli/sites.h"

#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 64 }; /* of folders; links are not followed */

void
tc_sites_init(struct tc_sites *sites)
{
    *sites = (struct tc_sites){.count = 0};
    tc_compilation_init(&sites->c);
    tc_arena_init(&sites->bytes);
    tc_map_init(&sites->keys, &sites->bytes);
    tc_map_init(&sites->listings, &sites->bytes);
}

void
tc_sites_done(struct tc_sites *sites)
{
    tc_compilation_done(&sites->c);
    tc_arena_done(&sites->bytes);
}

static bool
is_standard(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* ---- the machine's files ---- */

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool
is_called(const struct tc_input *input, const char *name)
{
    return strcasecmp(base_name(input->path), name) == 0;
}

static size_t
depth(const char *path)
{
    size_t count = 0;

    for (; *path != '\0'; path++)
        count += *path == '/';
    return count;
}

/* Of a folder the file nearest to its top; but what was named goes before. */
static bool
is_better(const struct tc_input *a, const struct tc_input *b)
{
    if (b == NULL || a->is_named != b->is_named)
        return b == NULL || a->is_named;
    return depth(a->path) < depth(b->path);
}

/*
 * machine.config, and the root web.config: what is called so, else the one file that was named. IIS's own
 * applicationHost.config has no part in what ASP.NET reads.
 */
static bool
find_machine_files(const struct tc_inputs *inputs, const struct tc_input **ret_machine,
                   const struct tc_input **ret_root)
{
    const struct tc_input *other = NULL;
    size_t named = 0, others = 0;

    *ret_machine = *ret_root = NULL;
    for (size_t i = 0; i < inputs->count; i++) {
        const struct tc_input *input = &inputs->list[i];

        if (is_called(input, "machine.config")) {
            if (is_better(input, *ret_machine))
                *ret_machine = input;
        } else if (is_called(input, "web.config")) {
            named += input->is_named;
            if (is_better(input, *ret_root))
                *ret_root = input;
        } else if (input->is_named && !is_called(input, "applicationHost.config")) {
            others++;
            other = input;
        }
    }
    if (named == 0 && others > 0)
        *ret_root = other;
    return named > 0 ? named == 1 : others <= 1;
}

/* ---- folders ---- */

struct listing {
    struct tc_str *names;
    size_t count;
};

/* The names in @a folder, which is "" or ends with a slash. */
static const struct listing *
list(struct tc_sites *sites, struct tc_str folder)
{
    struct tc_arena *arena = &sites->bytes;
    struct listing *listing = tc_map_get(&sites->listings, folder);

    if (listing != NULL)
        return listing;
    listing = tc_arena_new(arena, struct listing);
    if (listing == NULL)
        return NULL;
    *listing = (struct listing){.count = 0};
    if (!tc_inputs_siblings(arena, tc_arena_printf(arena, "%.*s.", TC_STR_ARG(folder)).ptr, &listing->names,
                            &listing->count))
        listing->count = 0;
    tc_map_add(&sites->listings, tc_arena_str(arena, folder), listing);
    return listing;
}

/* What in @a folder is called @a name in any letter case; empty when nothing is. */
static struct tc_str
find_name(struct tc_sites *sites, struct tc_str folder, struct tc_str name)
{
    const struct listing *listing = list(sites, folder);

    for (size_t i = 0; listing != NULL && i < listing->count; i++)
        if (tc_str_eq_nocase(listing->names[i], name))
            return listing->names[i];
    return TC_STR("");
}

static bool
has_file(void *state, struct tc_str path)
{
    size_t len = path.len;

    while (len > 0 && path.ptr[len - 1] != '/')
        len--;
    return find_name(state, tc_str_sub(path, 0, len), tc_str_sub(path, len, SIZE_MAX)).len > 0;
}

/* ---- what was given ---- */

static bool
add_file(struct tc_sites *sites, struct tc_str path, const char *file, bool is_folder)
{
    if (sites->count == sites->capacity) {
        struct tc_arena *arena = &sites->bytes;
        size_t capacity = sites->capacity * 2 + 16;
        struct tc_lint_site *files = tc_arena_array(arena, struct tc_lint_site, capacity);
        const char **paths = tc_arena_array(arena, const char *, capacity);

        if (files == NULL || paths == NULL)
            return false;
        if (sites->count > 0) {
            memcpy(files, sites->files, sites->count * sizeof *files);
            memcpy(paths, sites->paths, sites->count * sizeof *paths);
        }
        sites->files = files;
        sites->paths = paths;
        sites->capacity = capacity;
    }
    sites->paths[sites->count] = file;
    sites->files[sites->count++] =
        (struct tc_lint_site){.path = path,
                              .name = is_standard(file) ? TC_STR("<stdin>") : tc_str_of(file),
                              .is_absent = file == NULL,
                              .is_folder = is_folder};
    return true;
}

/*
 * The files of the folders below @a folder, each for its path below @a path. Where an application of the command line
 * has that path, its folder is another one.
 */
static bool
add_tree(struct tc_sites *sites, struct tc_inputs *inputs, struct tc_str path, struct tc_str folder, unsigned level)
{
    struct tc_arena *arena = &sites->bytes;
    const struct listing *listing = list(sites, folder);

    for (size_t i = 0; listing != NULL && i < listing->count && level < DEPTH_MAX; i++) {
        struct tc_str name = listing->names[i], file;
        struct tc_str below = tc_arena_printf(arena, "%.*s%.*s/", TC_STR_ARG(folder), TC_STR_ARG(name));
        struct tc_str at = tc_arena_printf(arena, "%.*s/%.*s", TC_STR_ARG(path), TC_STR_ARG(name));
        struct stat info;

        if (below.ptr == NULL || at.ptr == NULL)
            return false;
        if (lstat(tc_arena_str(arena, tc_str_sub(below, 0, below.len - 1)).ptr, &info) != 0 || !S_ISDIR(info.st_mode) ||
            tc_map_get(&sites->keys, tc_hierarchy_key(arena, sites->ids, sites->id_count, at)) != NULL)
            continue;
        file = find_name(sites, below, TC_STR("web.config"));
        if (file.len > 0) {
            file = tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(below), TC_STR_ARG(file));
            if (file.ptr == NULL || !add_file(sites, at, file.ptr, true))
                return false;
            tc_inputs_add(inputs, file.ptr);
        }
        if (!add_tree(sites, inputs, at, below, level + 1))
            return false;
    }
    return true;
}

static bool
add_site(struct tc_sites *sites, struct tc_inputs *inputs, const struct tc_site_option *site)
{
    struct tc_arena *arena = &sites->bytes;
    const char *file = site->file;
    struct tc_str folder = TC_STR("");
    struct stat info;

    if (file != NULL && !is_standard(file) && stat(file, &info) == 0 && S_ISDIR(info.st_mode)) {
        struct tc_str name;

        folder = tc_arena_printf(arena, "%s%s", file, file[strlen(file) - 1] == '/' ? "" : "/");
        name = find_name(sites, folder, TC_STR("web.config"));
        file = name.len == 0 ? NULL : tc_arena_printf(arena, "%.*s%.*s", TC_STR_ARG(folder), TC_STR_ARG(name)).ptr;
    }
    if (!add_file(sites, site->path, file, false))
        return false;
    if (file != NULL)
        tc_inputs_add(inputs, file);
    return folder.len == 0 || add_tree(sites, inputs, site->path, folder, 0);
}

static void complain(const char *format, ...) TC_PRINTF(1, 2);

static void
complain(const char *format, ...)
{
    struct tc_buf out = {0};
    va_list args;

    tc_buf_puts(&out, TC_STR("trustc lint: "));
    va_start(args, format);
    tc_buf_vprintf(&out, format, args);
    va_end(args);
    tc_buf_putc(&out, '\n');
    tc_complain(tc_buf_str(&out));
    tc_buf_done(&out);
}

/* Each application once, by whatever name of its site. */
static bool
check_options(struct tc_sites *sites)
{
    const struct tc_lint_options *options = sites->options;
    struct tc_arena *arena = &sites->bytes;

    for (size_t i = 0; i < options->site_count; i++) {
        const struct tc_site_option *site = &options->sites[i];

        if (site->id.len > 0)
            sites->ids[sites->id_count++] = (struct tc_hierarchy_site){
                site->id, tc_str_sub(site->path, 0, tc_str_find(site->path, TC_STR("/"), 0))};
    }
    for (size_t i = 0; i < options->site_count; i++) {
        const struct tc_site_option *site = &options->sites[i], *other;

        other = tc_map_add(&sites->keys, tc_hierarchy_key(arena, sites->ids, sites->id_count, site->path),
                           (void *)(uintptr_t)site);
        if (other == NULL)
            continue;
        complain("two --site are for one application: '%s' and '%s'", other->text, site->text);
        return false;
    }
    return true;
}

bool
tc_sites_add_inputs(struct tc_sites *sites, const struct tc_lint_options *options, struct tc_inputs *inputs)
{
    const struct tc_input *machine, *root;
    size_t standard = 0;
    bool good = true;

    sites->options = options;
    if (options->site_count == 0)
        return true;
    if (!find_machine_files(inputs, &machine, &root)) {
        tc_complain(TC_STR("trustc lint: with --site there is one root web.config: files of applications follow --site "
                           "PATH=\n"));
        return false;
    }
    if (!check_options(sites))
        return false;
    if (machine != NULL)
        good &= add_file(sites, TC_STR(""), machine->path, false);
    if (root != NULL)
        good &= add_file(sites, TC_STR(""), root->path, false);
    for (size_t i = 0; good && i < options->site_count; i++)
        good = add_site(sites, inputs, &options->sites[i]);
    for (size_t i = 0; i < sites->count; i++)
        standard += is_standard(sites->paths[i]);
    if (standard <= 1)
        return good;
    complain("standard input can be one file only");
    return false;
}

/* ---- running ---- */

struct tc_lint_site *
tc_sites_find(struct tc_sites *sites, const char *name)
{
    for (size_t i = 0; i < sites->count; i++)
        if (!sites->files[i].is_absent && tc_str_eq(sites->files[i].name, tc_str_of(name)))
            return &sites->files[i];
    return NULL;
}

enum tc_status
tc_sites_read(struct tc_sites *sites)
{
    const char *reason;

    for (size_t i = 0; i < sites->count; i++) {
        struct tc_lint_site *file = &sites->files[i];
        bool was_read = is_standard(sites->paths[i]) && sites->has_standard;
        enum tc_status status =
            file->is_absent || was_read ? TC_OK : tc_host_read(&sites->bytes, sites->paths[i], &file->bytes, &reason);

        if (status == TC_ERR_NOMEM)
            return status;
        if (status != TC_OK)
            file->bytes = TC_STR(""); /* linting it says why */
        else if (is_standard(sites->paths[i]))
            sites->standard = file->bytes;
        sites->has_standard |= status == TC_OK && is_standard(sites->paths[i]);
    }
    return tc_sites_run(sites);
}

enum tc_status
tc_sites_run(struct tc_sites *sites)
{
    const struct tc_hierarchy_host host = {sites, has_file};

    if (sites->count == 0)
        return TC_OK;
    tc_compilation_done(&sites->c);
    tc_compilation_init(&sites->c);
    return tc_lint_sites(&sites->c, sites->files, sites->count, sites->ids, sites->id_count, &host, &sites->hierarchy);
}

bool
tc_sites_standard_input(const struct tc_sites *sites, struct tc_str *ret_bytes)
{
    if (sites->has_standard)
        *ret_bytes = sites->standard;
    return sites->has_standard;
}

bool
tc_sites_print(const struct tc_sites *sites)
{
    struct tc_buf out = {0};
    bool good;

    if (sites->count == 0)
        return true;
    tc_lint_sites_put(&sites->c, &sites->hierarchy, &out);
    good = !out.failed && tc_print(tc_buf_str(&out));
    tc_buf_done(&out);
    return good;
}
