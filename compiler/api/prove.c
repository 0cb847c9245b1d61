/* Holding outputs against the model, in memory or on disk, and saying what was proven. */
#include "api/trustc.h"
#include "base/map.h"
#include "verify/proof.h"

#include <sha2.h>
#include <stdlib.h>

/* ---- the certificate ---- */

static void
put_hash(struct tc_buf *out, const char *what, struct tc_str name, struct tc_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)(bytes.ptr == NULL ? "" : bytes.ptr), bytes.len);
    SHA256Final(hash, &context);
    tc_buf_printf(out, "%s ", what);
    for (size_t i = 0; i < sizeof hash; i++) {
        tc_buf_putc(out, digits[hash[i] >> 4]);
        tc_buf_putc(out, digits[hash[i] & 15]);
    }
    tc_buf_printf(out, "  %.*s\n", TC_STR_ARG(name));
}

/* Outputs as they come up, written by name: in memory and on disk they come in different orders. */
struct proven {
    struct tc_arena *arena;
    struct tc_output *files;
    size_t count, capacity;
    struct tc_buf grants;
};

static void
add_output(struct proven *proven, struct tc_str name, struct tc_str bytes)
{
    size_t place = proven->count;
    struct tc_output *larger =
        tc_arena_more(proven->arena, struct tc_output, proven->files, proven->count, &proven->capacity, 64);

    if (larger == NULL)
        return;
    proven->files = larger;
    proven->files[place] = (struct tc_output){.name = name, .bytes = bytes};
    proven->count++;
}

static int
by_name(const void *a, const void *b)
{
    return tc_str_cmp(((const struct tc_output *)a)->name, ((const struct tc_output *)b)->name);
}

/* One directory: its files, then what they grant. */
static void
put_proven(struct proven *proven, struct tc_buf *out)
{
    if (out != NULL) {
        if (proven->count > 0)
            qsort(proven->files, proven->count, sizeof *proven->files, by_name);
        for (size_t i = 0; i < proven->count; i++)
            put_hash(out, "output", proven->files[i].name, proven->files[i].bytes);
        tc_buf_puts(out, tc_buf_str(&proven->grants));
    }
    tc_buf_done(&proven->grants);
}

static void
put_sources(const struct tc_compilation *c, struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR("trustc certificate, version 1: what was proven of these outputs. Hashes are SHA-256.\n"));
    for (size_t i = 0; i < c->sources.count; i++)
        put_hash(out, "source", c->sources.list[i]->name, c->sources.list[i]->text);
}

/* ---- outputs in memory ---- */

static bool
get_output(void *state, struct tc_str name, struct tc_str *ret_bytes)
{
    const struct tc_output *output = tc_map_get(state, name);

    if (output == NULL)
        return false;
    *ret_bytes = output->bytes;
    return true;
}

static enum tc_status
prove_placement(struct tc_compilation *c, const struct tc_placement *placement, const struct tc_output *outputs,
                struct tc_buf *certificate)
{
    struct tc_map names;
    struct proven proven = {.arena = &c->arena};
    enum tc_status status;
    struct tc_proof_files files = {.state = &names,
                                   .clr = placement->clr,
                                   .dir = placement->dir,
                                   .config_name = placement->config_name,
                                   .threads = c->threads,
                                   .get = get_output};

    tc_map_init(&names, &c->arena);
    for (size_t i = 0; i < placement->count; i++) {
        const struct tc_output *output = &outputs[placement->first + i];

        tc_map_add(&names, output->name, (void *)(uintptr_t)output);
        if (certificate != NULL)
            add_output(&proven, output->name, output->bytes);
    }
    status = tc_proof_run(c->model, &files, &c->diags, certificate == NULL ? NULL : &proven.grants);
    put_proven(&proven, certificate);
    return status;
}

enum tc_status
tc_prove(struct tc_compilation *c, const struct tc_output *outputs, struct tc_buf *certificate)
{
    enum tc_status result = TC_OK;

    if (certificate != NULL)
        put_sources(c, certificate);
    for (size_t i = 0; i < c->placement_count; i++) {
        enum tc_status status = prove_placement(c, &c->placements[i], outputs, certificate);

        if (status == TC_ERR_NOMEM)
            return status;
        if (status != TC_OK)
            result = status;
    }
    return result;
}

/* ---- outputs on disk ---- */

struct disk {
    struct tc_compilation *c;
    struct tc_str dir;
    tc_read_output *read;
    void *state;
    struct proven proven;
    struct tc_map known; /**< file name → struct tc_str: each is read once */
};

static bool
get_file(void *state, struct tc_str name, struct tc_str *ret_bytes)
{
    struct disk *disk = state;
    struct tc_arena *arena = &disk->c->arena;
    struct tc_str *bytes = tc_map_get(&disk->known, name), path;

    if (bytes != NULL) {
        *ret_bytes = *bytes;
        return true;
    }
    path = disk->dir.len == 0 ? tc_arena_str(arena, name)
                              : tc_arena_printf(arena, "%.*s/%.*s", TC_STR_ARG(disk->dir), TC_STR_ARG(name));
    bytes = tc_arena_new(arena, struct tc_str);
    if (bytes == NULL || !disk->read(disk->state, path, bytes))
        return false;
    tc_map_add(&disk->known, tc_arena_str(arena, name), bytes);
    add_output(&disk->proven, tc_arena_str(arena, name), *bytes);
    *ret_bytes = *bytes;
    return true;
}

enum tc_status
tc_verify(struct tc_compilation *c, struct tc_str dir, tc_read_output *read, void *state, struct tc_buf *certificate)
{
    enum tc_status result = TC_OK;
    size_t in_use = 0;

    if (certificate != NULL)
        put_sources(c, certificate);
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        in_use += c->model->defaults[clr] != NULL;
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++) {
        const struct tc_clr_info *info = tc_clr_info((enum tc_clr)clr);
        struct disk disk = {.c = c, .dir = dir, .read = read, .state = state, .proven = {.arena = &c->arena}};
        struct tc_proof_files files = {.state = &disk,
                                       .clr = (enum tc_clr)clr,
                                       .config_name = tc_str_of(info->config),
                                       .threads = c->threads,
                                       .get = get_file};
        enum tc_status status;

        if (c->model->defaults[clr] == NULL)
            continue;
        tc_map_init(&disk.known, &c->arena);
        if (in_use > 1)
            disk.dir = tc_arena_printf(&c->arena, "%.*s%s%s", TC_STR_ARG(dir), dir.len > 0 ? "/" : "", info->directory);
        files.dir = disk.dir;
        status = tc_proof_run(c->model, &files, &c->diags, certificate == NULL ? NULL : &disk.proven.grants);
        put_proven(&disk.proven, certificate);
        if (status == TC_ERR_NOMEM)
            return status;
        if (status != TC_OK)
            result = status;
    }
    return result;
}
