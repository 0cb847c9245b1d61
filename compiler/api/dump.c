#include "api/dump.h"

#include "model/dump.h"
#include "syntax/dump.h"
#include "verify/expected.h"

/* The machine that is imagined; what is granted does not depend on it. */
static const struct tc_machine machine = {.name = {NULL, 0}, .local_drives = 0};

struct grants {
    struct tc_outline *o;
    const struct tc_model *model;
    struct tc_arena arena; /**< for one application at a time */
};

/* ---- what an application's tokens stand for ---- */

/* "Default Web Site/a/b" is the application a_b; a site itself is "root" (aspnet-trust 2.5). */
static struct tc_str
simple_name(struct tc_arena *arena, struct tc_str location)
{
    size_t slash = tc_str_find(location, TC_STR("/"), 0);
    struct tc_str path = slash == SIZE_MAX ? TC_STR("root") : tc_str_sub(location, slash + 1, location.len);
    struct tc_str folded = tc_str_fold(arena, path);
    char *copy = tc_arena_alloc(arena, folded.len + 1, 1);

    if (copy == NULL)
        return folded;
    for (size_t i = 0; i < folded.len; i++)
        copy[i] = folded.ptr[i] == '/' ? '_' : folded.ptr[i];
    return (struct tc_str){copy, folded.len};
}

static struct tc_token_values
values_of(struct grants *g, const struct tc_application *app)
{
    struct tc_str windows = g->model->windows.text.len > 0 ? g->model->windows.text : TC_STR("C:\\Windows");
    enum tc_clr clr = tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr;
    struct tc_str temporary = app->temporary.text;

    if (temporary.len == 0)
        temporary = tc_arena_printf(&g->arena, "%.*s\\Microsoft.NET\\Framework\\%s\\Temporary ASP.NET Files",
                                    TC_STR_ARG(windows), tc_clr_info(clr)->directory);
    return tc_token_values_for(&g->arena, app->root.text, temporary, simple_name(&g->arena, app->location.text),
                               app->origin.text, app->runtime,
                               tc_arena_printf(&g->arena, "%.*s\\assembly", TC_STR_ARG(windows)));
}

/* ---- the grant ---- */

/* @a set with its possible permissions taken for sure. */
static struct tc_pset *
with_possible(struct tc_arena *arena, const struct tc_pset *set)
{
    struct tc_pset *both = tc_pset_copy(arena, set);

    for (size_t i = 0; both != NULL && i < set->possible_count; i++) {
        const struct tc_perm *sure = tc_pset_find(set, set->possible[i]->cls);
        struct tc_perm *wide = sure == NULL ? NULL : tc_perm_copy(arena, sure);

        if (wide != NULL)
            (void)tc_perm_unite(arena, wide, set->possible[i]);
        if (!tc_pset_put(arena, both, wide != NULL ? wide : set->possible[i], false))
            return NULL;
    }
    return both;
}

/* @a policy with the possible permissions of its named sets taken for sure; itself when it has none. */
static const struct tc_policy *
widest(struct tc_arena *arena, const struct tc_policy *policy)
{
    struct tc_policy *wide;
    size_t possible = 0;

    for (size_t i = 0; i < policy->set_count; i++)
        possible += policy->sets[i]->possible_count;
    if (possible == 0)
        return policy;
    wide = tc_arena_new(arena, struct tc_policy);
    if (wide == NULL)
        return NULL;
    *wide = *policy;
    wide->sets = tc_arena_array(arena, struct tc_pset *, policy->set_count);
    for (size_t i = 0; wide->sets != NULL && i < policy->set_count; i++) {
        wide->sets[i] = with_possible(arena, policy->sets[i]);
        if (wide->sets[i] == NULL)
            return NULL;
    }
    return wide->sets == NULL ? NULL : wide;
}

/* What the own code gets from @a policy. 4.x's default model only picks: full trust, nothing, or the domain's set
 * (aspnet-trust 6.2). */
static enum tc_answer
resolve(struct grants *g, const struct tc_policy *policy, const struct tc_token_values *values,
        const struct tc_evidence *evidence, const struct tc_grant_set **ret_set, struct tc_throw *ret_throw)
{
    struct tc_expected expected;
    struct tc_statement statement;
    struct tc_throw ignored;
    enum tc_answer answer;

    if (tc_policy_is_full(policy)) {
        *ret_set = tc_grant_set_new(&g->arena, true);
        return TC_YES;
    }
    if (!tc_expected_init(&expected, &g->arena, policy, values)) {
        *ret_set = NULL;
        return TC_YES;
    }
    answer = tc_expected_resolve(&expected, evidence, &statement, ret_throw);
    if (answer != TC_YES)
        return answer;
    *ret_set = statement.set;
    if (tc_runtime_info(policy->runtime)->homogeneous && statement.set != NULL && !statement.set->unrestricted)
        *ret_set = tc_grant_set_is_empty(&g->arena, &machine, statement.set, &ignored) == TC_YES
                       ? tc_grant_set_new(&g->arena, false)
                       : tc_expected_set(&expected, 0);
    return TC_YES;
}

static const struct tc_grant *
find_grant(const struct tc_grant_set *set, const struct tc_class *cls)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->grants[i].cls == cls)
            return &set->grants[i];
    return NULL;
}

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
        const struct tc_grant *more = &wide->grants[i], *less = find_grant(sure, more->cls);
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
    struct tc_token_values values = values_of(g, app);
    struct tc_evidence evidence = {.has_url = true, .has_zone = true};
    const struct tc_policy *wide = widest(&g->arena, app->policy);
    const struct tc_grant_set *sure = NULL, *most = NULL;
    struct tc_throw thrown = {0}, ignored;
    enum tc_answer answer;

    evidence.url = tc_arena_printf(&g->arena, "%.*s/bin/App.dll", TC_STR_ARG(values.values[1]));
    answer = resolve(g, app->policy, &values, &evidence, &sure, &thrown);
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
        if (wide != NULL && wide != app->policy && resolve(g, wide, &values, &evidence, &most, &ignored) == TC_YES &&
            most != NULL)
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
