/*
 * Every policy file of a directory, one after the other, from disk: passed to libxml2's SAX parser with handlers that
 * do nothing, read as the CLR reads it, or read and asked. Prints a line "PHASE SECONDS PEAK_BYTES".
 *
 *     bench_reading sax|read|ask DIRECTORY
 *
 * The names come from the directory as it is read, so that the peak is that of one file at a time.
 */
#include "measure.h"

#include "model/demand.h"
#include "model/resolve.h"
#include "xml/clr_text.h"
#include "xml/policy_text.h"

#include <dirent.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const enum tc_runtime runtime = TC_RT_2_0; /* that of bench_generate */

/* What is kept from file to file. */
struct reading {
    struct tc_arena arena; /* of one file */
    char *bytes;
    size_t capacity;
};

static struct tc_str
load(struct reading *reading, int dir, const char *name)
{
    struct stat status;
    int fd = openat(dir, name, O_RDONLY);
    size_t size;

    bench_require(fd >= 0 && fstat(fd, &status) == 0, name);
    size = (size_t)status.st_size;
    if (size > reading->capacity) {
        free(reading->bytes);
        reading->bytes = malloc(size);
        reading->capacity = size;
        bench_require(reading->bytes != NULL, "memory");
    }
    bench_require(read(fd, reading->bytes, size) == (ssize_t)size && close(fd) == 0, name);
    return (struct tc_str){reading->bytes, size};
}

/* ---- libxml2 ---- */

static void
start_element(void *state, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
              const xmlChar **namespace, int attributes, int defaulted, const xmlChar **attribute)
{
    (void)state, (void)name, (void)prefix, (void)uri, (void)namespaces, (void)namespace, (void)attributes;
    (void)defaulted, (void)attribute;
}

static void
end_element(void *state, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)state, (void)name, (void)prefix, (void)uri;
}

static void
characters(void *state, const xmlChar *text, int len)
{
    (void)state, (void)text, (void)len;
}

static bool
parse(struct reading *reading, struct tc_str bytes)
{
    static xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC,
                                    .startElementNs = start_element,
                                    .endElementNs = end_element,
                                    .characters = characters};

    (void)reading;
    return xmlSAXUserParseMemory(&handler, NULL, bytes.ptr, (int)bytes.len) == 0;
}

/* ---- as the CLR ---- */

/* Of what application the tokens are makes no difference to any of the files. */
static struct tc_token_values
token_values(struct tc_arena *arena)
{
    struct tc_token_basis basis = {.windows = TC_STR("C:\\Windows"),
                                   .root = TC_STR("D:\\Sites\\Site000001"),
                                   .location = TC_STR("Default Web Site/site000001"),
                                   .temporary = TC_STR("E:\\Temp\\Site000001"),
                                   .origin = TC_STR("http://www\\.site000001\\.example/.*"),
                                   .runtime = runtime};

    return tc_token_values_for(arena, &basis);
}

static struct tc_policy_level *
read_level(struct tc_arena *arena, struct tc_str bytes, const struct tc_token_values *values)
{
    struct tc_policy_text text;
    struct tc_policy_level *level;
    struct tc_element *root;
    struct tc_clr_fault fault;
    struct tc_throw thrown;
    const struct tc_element *element;

    if (tc_policy_replace(arena, tc_policy_decode(arena, bytes), 0, values, &text) != TC_OK ||
        tc_clr_read(arena, text.text, 0, &root, &fault) != TC_OK)
        return NULL;
    element = tc_policy_level_find(root);
    if (element == NULL ||
        tc_policy_level_read(arena, element, tc_runtime_info(runtime)->framework, &level, &thrown) != TC_YES)
        return NULL;
    return level;
}

static bool
read_policy(struct reading *reading, struct tc_str bytes)
{
    struct tc_token_values values = token_values(&reading->arena);
    bool is_read = read_level(&reading->arena, bytes, &values) != NULL;

    tc_arena_reset(&reading->arena);
    return is_read;
}

/* Whether the application's own code may write below its directory: it may. */
static bool
ask(struct reading *reading, struct tc_str bytes)
{
    struct tc_arena *arena = &reading->arena;
    struct tc_token_values values = token_values(arena);
    const struct tc_policy_level *level = read_level(arena, bytes, &values);
    struct tc_evidence evidence = {.has_url = true, .has_zone = true};
    struct tc_statement statement;
    struct tc_throw thrown;
    struct tc_perm *demand;
    bool may;

    evidence.url = tc_arena_printf(arena, "%.*s/bin/App.dll", TC_STR_ARG(values.values[1]));
    may = level != NULL && tc_policy_level_resolve(arena, level, &evidence, &statement, &thrown) == TC_YES &&
          tc_demand_paths(arena, tc_class(TC_CLASS_FILE_IO), 1U << TC_FIELD_FILE_IO_WRITE,
                          tc_arena_printf(arena, "%.*s\\App_Data\\orders.xml", TC_STR_ARG(values.values[0])), &demand,
                          &thrown) == TC_YES &&
          tc_grant_set_demand(arena, NULL, statement.set, demand, &thrown) == TC_YES;
    tc_arena_reset(arena);
    return may;
}

/* ---- all files ---- */

static bool
is_policy_file(const char *name)
{
    return name[0] != '.' && tc_str_ends(tc_str_of(name), TC_STR("trust.config"));
}

static void
for_each_file(const char *path, bool (*job)(struct reading *, struct tc_str))
{
    struct reading reading = {.bytes = NULL};
    DIR *stream = opendir(path);
    const struct dirent *entry;

    bench_require(stream != NULL, path);
    while ((entry = readdir(stream)) != NULL)
        if (is_policy_file(entry->d_name) && !job(&reading, load(&reading, dirfd(stream), entry->d_name))) {
            fprintf(stderr, "bench: %s: not what was to be read\n", entry->d_name);
            exit(EXIT_FAILURE);
        }
    (void)closedir(stream);
    tc_arena_done(&reading.arena);
    free(reading.bytes);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*job)(struct reading *, struct tc_str);
    } phases[] = {{"sax", parse}, {"read", read_policy}, {"ask", ask}};

    for (size_t i = 0; argc == 3 && i < sizeof phases / sizeof *phases; i++) {
        struct rusage usage;
        double begin;

        if (strcmp(argv[1], phases[i].name) != 0)
            continue;
        begin = bench_now();
        for_each_file(argv[2], phases[i].job);
        begin = bench_now() - begin;
        bench_require(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage");
        printf("%s %.9f %zu\n", phases[i].name, begin, (size_t)usage.ru_maxrss * 1024);
        return 0;
    }
    fprintf(stderr, "usage: %s sax|read|ask DIRECTORY\n", argv[0]);
    return 2;
}
