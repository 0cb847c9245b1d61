#include "property/build.h"
#include "support/case.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct tc_compilation *c;
    const struct tct_files *files;
};

static enum tc_status
keep(struct tc_compilation *c, const char *bytes, size_t size, struct tc_str *ret_text)
{
    char *copy = tc_arena_array(&c->arena, char, size + 2);

    if (copy == NULL)
        return TC_ERR_NOMEM;
    if (size > 0)
        memcpy(copy, bytes, size);
    *ret_text = (struct tc_str){copy, size};
    return TC_OK;
}

static enum tc_status
read_file(void *state, struct tc_str path, struct tc_str *ret_text, const char **ret_reason)
{
    const struct reader *reader = state;
    char name[1024];

    for (size_t i = 0; i < reader->files->count; i++) {
        if (tc_str_eq(tc_str_of(reader->files->list[i].name), path))
            return keep(reader->c, reader->files->list[i].text.ptr, reader->files->list[i].text.len, ret_text);
    }
    if (reader->files->on_disk && path.len < sizeof name) {
        enum tc_status status;
        size_t size;
        char *bytes;

        snprintf(name, sizeof name, "%.*s", TC_STR_ARG(path));
        bytes = tct_slurp(name, &size);
        if (bytes != NULL) {
            status = keep(reader->c, bytes, size, ret_text);
            free(bytes);
            return status;
        }
    }
    *ret_reason = "there is no such file";
    return TC_ERR_IO;
}

void
tct_build(struct tct_build *build, const struct tct_files *files, const char *name, struct tc_str text)
{
    const struct tc_sema_options options = {.today = TC_STR("2026-11-23")};
    const struct tc_target target = {.dir = TC_STR("out")};
    struct reader reader = {&build->c, files};
    struct tc_sema_host host = tc_host_builtin();

    memset(build, 0, sizeof *build);
    tc_compilation_init(&build->c);
    host.state = &reader;
    host.read_file = read_file;
    build->status = tc_compile(&build->c, &host, &options, tc_str_of(name), text);
    if (build->status == TC_OK)
        build->status = tc_emit(&build->c, &target, 1, &build->outputs, &build->count);
    if (build->status != TC_OK)
        build->count = 0;
    if (build->status == TC_OK) {
        build->proven = true;
        build->status = tc_prove(&build->c, build->outputs, NULL);
    }
}

void
tct_build_done(struct tct_build *build)
{
    tc_compilation_done(&build->c);
}

const struct tc_output *
tct_build_output(const struct tct_build *build, const char *name)
{
    for (size_t i = 0; i < build->count; i++) {
        if (tc_str_eq(build->outputs[i].name, tc_str_of(name)))
            return &build->outputs[i];
    }
    return NULL;
}

static bool
counts(const struct tc_output *output, bool only_policies)
{
    return !only_policies || output->stage == TC_STAGE_POLICY;
}

/* Every output of a that counts is among those of b. */
static bool
within(const struct tct_build *a, const struct tct_build *b, bool only_policies)
{
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;

        if (!counts(&a->outputs[i], only_policies))
            continue;
        for (size_t j = 0; j < b->count && !found; j++)
            found = tc_str_eq(a->outputs[i].name, b->outputs[j].name) &&
                    tc_str_eq(a->outputs[i].dir, b->outputs[j].dir) &&
                    tc_str_eq(a->outputs[i].bytes, b->outputs[j].bytes);
        if (!found)
            return false;
    }
    return true;
}

bool
tct_build_same(const struct tct_build *a, const struct tct_build *b, bool only_policies)
{
    return a->status == b->status && within(a, b, only_policies) && within(b, a, only_policies);
}

struct tc_str
tct_build_first_error(struct tct_build *build)
{
    for (const struct tc_diag *diag = build->c.diags.first; diag != NULL; diag = diag->next) {
        if (diag->severity == TC_SEVERITY_ERROR)
            return tc_arena_printf(&build->c.arena, "%s: %.*s", diag->code->id, TC_STR_ARG(diag->message));
    }
    return TC_STR("");
}

static xmlDocPtr
parse(const struct tc_output *output)
{
    return xmlReadMemory(output->bytes.ptr, (int)output->bytes.len, "output", NULL,
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

const char *
tct_output_fault(const struct tc_output *output)
{
    xmlDocPtr doc = parse(output);

    if (doc == NULL)
        return "it is not well-formed XML";
    xmlFreeDoc(doc);
    return NULL;
}

enum { CLASSES_MAX = 500 };

struct classes {
    xmlChar *names[CLASSES_MAX];
    bool used[CLASSES_MAX];
    size_t count;
    char *fault;
    size_t fault_size;
};

static void
declare(struct classes *classes, xmlChar *name)
{
    for (size_t i = 0; i < classes->count; i++) {
        if (xmlStrEqual(classes->names[i], name))
            snprintf(classes->fault, classes->fault_size, "two SecurityClass elements are called %s",
                     (const char *)name);
    }
    if (classes->count < CLASSES_MAX)
        classes->names[classes->count++] = name;
    else
        xmlFree(name);
}

static void
use(struct classes *classes, const xmlChar *name)
{
    for (size_t i = 0; i < classes->count; i++) {
        if (xmlStrEqual(classes->names[i], name)) {
            classes->used[i] = true;
            return;
        }
    }
    snprintf(classes->fault, classes->fault_size, "no SecurityClass is called %s", (const char *)name);
}

/* Document order: the classes are declared before anything uses them. */
static void
walk(struct classes *classes, const xmlNode *node)
{
    for (; node != NULL; node = node->next) {
        xmlChar *name;

        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (xmlStrEqual(node->name, (const xmlChar *)"SecurityClass")) {
            name = xmlGetProp(node, (const xmlChar *)"Name");
            if (name == NULL)
                snprintf(classes->fault, classes->fault_size, "a SecurityClass has no name");
            else
                declare(classes, name);
            continue;
        }
        name = xmlGetProp(node, (const xmlChar *)"class");
        if (name != NULL) {
            use(classes, name);
            xmlFree(name);
        }
        walk(classes, node->children);
    }
}

const char *
tct_policy_fault(const struct tc_output *output)
{
    static char fault[300];
    struct classes classes = {.fault = fault, .fault_size = sizeof fault};
    xmlDocPtr doc = parse(output);

    if (doc == NULL)
        return "it is not well-formed XML";
    fault[0] = '\0';
    walk(&classes, xmlDocGetRootElement(doc));
    for (size_t i = 0; i < classes.count; i++) {
        if (!classes.used[i])
            snprintf(fault, sizeof fault, "nothing uses the SecurityClass %s", (const char *)classes.names[i]);
        xmlFree(classes.names[i]);
    }
    xmlFreeDoc(doc);
    return fault[0] == '\0' ? NULL : fault;
}
