#include "cli/sites.h"

#include "cli/commands.h"
#include "cli/host.h"
#include "cli/session.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

void
tc_sites_init(struct tc_sites *sites)
{
    *sites = (struct tc_sites){.count = 0};
    tc_compilation_init(&sites->c);
}

void
tc_sites_done(struct tc_sites *sites)
{
    tc_compilation_done(&sites->c);
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
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

static bool
find_machine_files(const struct tc_inputs *inputs, const struct tc_input **ret_machine,
                   const struct tc_input **ret_root)
{
    size_t named = 0;

    *ret_machine = *ret_root = NULL;
    for (size_t i = 0; i < inputs->count; i++) {
        const struct tc_input *input = &inputs->list[i];
        const char *name = base_name(input->path);
        const struct tc_input **best = strcasecmp(name, "machine.config") == 0 ? ret_machine : ret_root;

        if (best == ret_root && !input->is_named && strcasecmp(name, "web.config") != 0)
            continue;
        named += best == ret_root && input->is_named;
        if (is_better(input, *best))
            *best = input;
    }
    return named <= 1;
}

/* The file of an application: FILE, or the web.config of a folder; NULL when that has none. */
static const char *
site_file(struct tc_arena *arena, const char *file)
{
    struct stat info;
    const char *path;

    if (stat(file, &info) != 0 || !S_ISDIR(info.st_mode))
        return file;
    path = tc_arena_printf(arena, "%s%sweb.config", file, file[strlen(file) - 1] == '/' ? "" : "/").ptr;
    return path != NULL && access(path, F_OK) == 0 ? path : NULL;
}

static void
add_file(struct tc_sites *sites, struct tc_str path, const char *file)
{
    sites->files[sites->count++] =
        (struct tc_lint_site){.path = path, .name = tc_str_of(file), .is_absent = file == NULL};
}

bool
tc_sites_add_inputs(struct tc_sites *sites, const struct tc_lint_options *options, struct tc_inputs *inputs)
{
    const struct tc_input *machine, *root;

    sites->options = options;
    if (options->site_count == 0)
        return true;
    if (!find_machine_files(inputs, &machine, &root)) {
        tc_complain(TC_STR("trustc lint: with --site there is one root web.config: files of applications follow --site "
                           "PATH=\n"));
        return false;
    }
    if (machine != NULL)
        add_file(sites, TC_STR(""), machine->path);
    if (root != NULL)
        add_file(sites, TC_STR(""), root->path);
    for (size_t i = 0; i < options->site_count; i++) {
        const struct tc_site_option *site = &options->sites[i];
        const char *file = site->file == NULL ? NULL : site_file(&sites->c.arena, site->file);
        bool is_there = file == NULL;

        add_file(sites, site->path, file);
        for (size_t k = 0; k < inputs->count && !is_there; k++)
            is_there = strcmp(inputs->list[k].path, file) == 0;
        if (!is_there)
            tc_inputs_add(inputs, file);
    }
    return true;
}

enum tc_status
tc_sites_read(struct tc_sites *sites)
{
    const struct tc_lint_options *options = sites->options;
    struct tc_hierarchy_site ids[TC_FILES_MAX];
    size_t id_count = 0;
    const char *reason;

    if (sites->count == 0)
        return TC_OK;
    for (size_t i = 0; i < sites->count; i++) {
        struct tc_lint_site *file = &sites->files[i];
        enum tc_status status =
            file->is_absent ? TC_OK : tc_host_read(&sites->c.arena, file->name.ptr, &file->bytes, &reason);

        if (status == TC_ERR_NOMEM)
            return status;
        if (status != TC_OK)
            file->bytes = TC_STR(""); /* linting it says why */
    }
    for (size_t i = 0; i < options->site_count; i++) {
        const struct tc_site_option *site = &options->sites[i];

        if (site->id.len > 0)
            ids[id_count++] = (struct tc_hierarchy_site){
                site->id, tc_str_sub(site->path, 0, tc_str_find(site->path, TC_STR("/"), 0))};
    }
    return tc_lint_sites(&sites->c, sites->files, sites->count, ids, id_count, &sites->hierarchy);
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
