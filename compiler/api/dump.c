#include "api/dump.h"

#include "model/dump.h"
#include "syntax/dump.h"
#include "verify/evidence.h"
#include "verify/grants.h"

/* The machine that is imagined; what is granted does not depend on it. */
static const struct tc_machine machine = {.name = {NULL, 0}, .local_drives = 0};

struct grants {
    struct tc_outline *o;
    const struct tc_model *model;
    struct tc_arena arena; /**< for one application at a time */
};

/* ---- showing it ---- */

/* One class, as the framework would write it. */
static void
dump_grant(struct grants *g, const struct tc_grant *grant, const struct tc_policy *policy, bool possibly)
{
    struct tc_class_names names = {false, tc_runtime_info(policy->runtime)->framework};
    struct tc_element *element;
    struct tc_throw thrown = {0};
    struct tc_buf text = {0};

    if (grant->perm == NULL)
        thrown = *grant->broken;
    else if (tc_perm_write(&g->arena, grant->perm, &names, &element, &thrown) == TC_YES)
        tc_element_print(&text, element);
    tc_outline_node_begin(g->o, possibly ? "possibly" : "grant", TC_NOWHERE);
    tc_outline_word(g->o, ".class", grant->cls->word);
    tc_outline_word(g->o, "throws", text.len > 0 ? NULL : thrown.type);
    tc_outline_source(g->o, ".xml", tc_buf_str(&text));
    tc_outline_node_end(g->o);
    g->o->out->failed |= text.failed;
    tc_buf_done(&text);
}

/* What may come on top: the class with its possible permissions in it. */
static void
dump_possible(struct grants *g, const struct tc_grant_set *sure, const struct tc_grant_set *wide,
              const struct tc_policy *policy)
{
    for (size_t i = 0; i < wide->count; i++) {
        const struct tc_grant *more = &wide->grants[i], *less = tc_grant_find(sure, more->cls);
        struct tc_throw ignored;

        if (more->perm == NULL ||
            (less != NULL && less->perm != NULL &&
             tc_algebra_ops(more->cls->algebra)->subset(&g->arena, &machine, more->perm, less->perm, &ignored) ==
                 TC_YES))
            continue;
        if (less == NULL || less->perm == NULL || !tc_perm_equal(more->perm, less->perm))
            dump_grant(g, more, policy, true);
    }
}

/* Classes that a source declares: the framework's answer for them is not known. */
static void
dump_declared(struct grants *g, const struct tc_pset *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->perms[i]->cls->assembly != TC_ASM_COUNT_)
            continue;
        tc_outline_node_begin(g->o, "declared", TC_NOWHERE);
        tc_outline_word(g->o, ".class", set->perms[i]->cls->type);
        tc_outline_node_end(g->o);
    }
}

static void
dump_tokens_of(struct grants *g, const struct tc_token_values *values)
{
    size_t count;
    const struct tc_token *tokens = tc_tokens(&count);

    tc_outline_list_begin(g->o, "tokens", NULL);
    for (size_t i = 0; i < count; i++) {
        tc_outline_node_begin(g->o, "token", TC_NOWHERE);
        tc_outline_word(g->o, ".name", tokens[i].text);
        tc_outline_text(g->o, ".value", values->values[i]);
        tc_outline_node_end(g->o);
    }
    tc_outline_list_end(g->o, NULL);
}

static void
dump_application(struct grants *g, const struct tc_application *app)
{
    struct tc_token_values values = tc_application_values(&g->arena, g->model, app);
    struct tc_evidence evidence = tc_evidence_of_kind(&g->arena, TC_CODE_OWN, &values);
    const struct tc_policy *wide = tc_policy_widest(&g->arena, app->policy);
    const struct tc_grant_set *sure = NULL, *most = NULL;
    struct tc_throw thrown = {0}, ignored;
    enum tc_answer answer;

    answer = tc_grant_of(&g->arena, app->policy, &values, &evidence, &sure, &thrown);
    tc_outline_node_begin(g->o, "application", app->span);
    tc_outline_text(g->o, ".name", app->name);
    tc_outline_text(g->o, "level", app->policy->name);
    tc_outline_word(g->o, "runtime", tc_runtime_info(app->runtime)->name);
    tc_outline_text(g->o, "code", evidence.url);
    tc_outline_word(g->o, "throws", answer == TC_THROWS ? thrown.type : NULL);
    tc_outline_flag(g->o, "fullTrust", sure != NULL && sure->unrestricted);
    tc_outline_flag(g->o, "nothing", sure != NULL && !sure->unrestricted && sure->count == 0);
    dump_tokens_of(g, &values);
    tc_outline_list_begin(g->o, "grants", NULL);
    if (sure != NULL && !sure->unrestricted) {
        for (size_t i = 0; i < sure->count; i++)
            dump_grant(g, &sure->grants[i], app->policy, false);
        if (wide != NULL && wide != app->policy &&
            tc_grant_of(&g->arena, wide, &values, &evidence, &most, &ignored) == TC_YES && most != NULL)
            dump_possible(g, sure, most, app->policy);
        if (sure->count > 0)
            dump_declared(g, app->policy->sets[0]);
    }
    tc_outline_list_end(g->o, NULL);
    tc_outline_node_end(g->o);
}

static enum tc_status
dump_grants(struct tc_outline *o, struct tc_str file, const struct tc_model *model)
{
    struct grants g = {.o = o, .model = model};
    bool failed;

    tc_arena_init(&g.arena);
    tc_outline_begin(o, "grants", file);
    tc_outline_list_begin(o, "applications", NULL);
    for (size_t i = 0; i < model->application_count; i++) {
        if (model->applications[i]->policy != NULL)
            dump_application(&g, model->applications[i]);
        tc_arena_reset(&g.arena);
    }
    tc_outline_list_end(o, NULL);
    tc_outline_end(o);
    failed = g.arena.failed;
    tc_arena_done(&g.arena);
    return failed ? TC_ERR_NOMEM : TC_OK;
}

/* ---- all stages ---- */

static enum tc_status
dump_ast(struct tc_compilation *c, struct tc_source *source, struct tc_outline *outline)
{
    struct tc_ast_file *file = NULL;
    enum tc_status status = tc_parse(&c->diags, &c->trees, source, &file);

    if (status == TC_OK || status == TC_FAILED)
        tc_dump_tree(outline, file);
    return status;
}

enum tc_status
tc_dump(struct tc_compilation *c, const struct tc_sema_host *host, const struct tc_sema_options *options,
        struct tc_source *source, enum tc_dump_stage stage, bool is_json, struct tc_buf *out)
{
    struct tc_outline outline = {.out = out, .sources = &c->sources, .is_json = is_json};
    enum tc_status status = TC_OK;

    switch (stage) {
    case TC_DUMP_TOKENS:
        status = tc_dump_tokens(&c->diags, source, &outline);
        break;
    case TC_DUMP_AST:
        status = dump_ast(c, source, &outline);
        break;
    case TC_DUMP_MODEL:
    case TC_DUMP_GRANTS:
        status = tc_compile_source(c, host, options, source);
        if (status != TC_OK)
            return status;
        outline.names_files = true;
        if (stage == TC_DUMP_GRANTS)
            status = dump_grants(&outline, source->name, c->model);
        else
            tc_dump_model(&outline, source->name, c->model);
        break;
    }
    tc_diags_sort(&c->diags);
    return status == TC_OK && out->failed ? TC_ERR_NOMEM : status;
}
