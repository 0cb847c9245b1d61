/* The platform's own trust levels, from the standard policies of a runtime. */
#include "sema/internal.h"

#include "syntax/parse.h"

/* Policies of one standard file and of what it uses, by name. */
static bool
collect(struct tc_sema *s, struct tc_map *policies, struct tc_str file, unsigned depth)
{
    struct tc_str path = tc_arena_printf(s->arena, "%.*s/%.*s", TC_STR_ARG(s->host->stdlib_dir), TC_STR_ARG(file)),
                  text;
    struct tc_source *source;
    struct tc_ast_file *tree;
    enum tc_status status;

    if (depth > tc_limit(TC_LIMIT_USE_DEPTH)->value) {
        tc_diag_add_file(s->diags, tc_code(TC_CODE_STDLIB), path, "the standard policies use each other in a circle");
        return false;
    }
    if (!s->host->read_stdlib(s->host->state, file, &text)) {
        tc_diag_add_file(s->diags, tc_code(TC_CODE_STDLIB), path, "this file of the standard policies cannot be read");
        return false;
    }
    source = tc_sources_add(s->diags->sources, path, text);
    status = source == NULL ? TC_ERR_LIMIT : tc_parse(s->diags, s->trees, source, &tree);
    s->arena->failed |= status == TC_ERR_NOMEM; /* what follows would be taken for what the source says */
    if (status != TC_OK)
        return false;
    for (const struct tc_ast *item = tree->items.first; item != NULL; item = item->next) {
        const struct tc_ast_block *block = (const struct tc_ast_block *)item;

        if (item->kind == TC_AST_USE) {
            if (!collect(s, policies, ((const struct tc_ast_simple *)item)->value->text, depth + 1))
                return false;
        } else if (item->kind == TC_AST_POLICY) {
            struct tc_decl *decl = tc_arena_new(s->arena, struct tc_decl);

            if (decl == NULL)
                return false;
            *decl = (struct tc_decl){
                .name = block->name->text, .span = block->name->span, .ast = block, .base_level = TC_LEVEL_COUNT_};
            tc_map_add(policies, decl->name, decl);
            decl->body.main.description = tc_description(s, block->description);
            tc_lower_body(s, block->body.first, &decl->body, tc_policy_setting, decl);
            if (block->extends != NULL)
                decl->base = tc_map_get(policies, block->extends->text);
        }
    }
    return true;
}

static struct tc_policy *
full_trust(struct tc_sema *s, enum tc_runtime runtime)
{
    struct tc_policy *policy = tc_arena_new(s->arena, struct tc_policy);
    struct tc_pset *set = tc_arena_new(s->arena, struct tc_pset);

    if (policy == NULL || set == NULL)
        return NULL;
    *set = (struct tc_pset){.name = TC_STR("ASP.Net"), .unrestricted = true};
    *policy =
        (struct tc_policy){.runtime = runtime, .sets = tc_arena_array(s->arena, struct tc_pset *, 1), .set_count = 1};
    if (policy->sets == NULL)
        return NULL;
    policy->sets[0] = set;
    return policy;
}

/* Where the server's own files are, when they are to be used; empty: they are not. What the host says goes first: the
 * source may name a path of the server, the host a copy of it. */
static struct tc_str
platform_directory(const struct tc_sema *s, enum tc_clr clr)
{
    const struct tc_said *said = &s->model->platform;
    const struct tc_source *source;
    struct tc_str drive = said->text;

    if (s->host->platform[clr].len > 0 || said->text.len == 0)
        return s->host->platform[clr];
    if (drive.len >= 2 && drive.ptr[1] == ':')
        return said->text;
    source = tc_sources_find(s->diags->sources, said->span.begin);
    return tc_resolve_path(s->arena, source == NULL ? (struct tc_str){NULL, 0} : source->name, said->text);
}

static void
report_unreadable(struct tc_sema *s, struct tc_str path, enum tc_clr clr, const char *reason)
{
    struct tc_diag *diag = tc_diag_add_file(s->diags, tc_code(TC_CODE_PLATFORM), path,
                                            "this file of the platform cannot be read: %s", reason);

    if (s->host->platform[clr].len == 0) {
        tc_diag_label(s->diags, diag, s->model->platform.span, "the directory is given here");
        tc_diag_help(s->diags, diag,
                     "on another machine than the server, copy that directory and give the copy: --platform DIR");
    } else {
        tc_diag_help(s->diags, diag,
                     "--platform names a CONFIG directory, as in "
                     "C:\\Windows\\Microsoft.NET\\Framework\\v2.0.50727\\CONFIG, or a copy of it");
    }
}

/* A level as the server's own file in @a dir has it; NULL after one report. 4.x keeps a second set of files for the
 * older model (aspnet-trust 2.7). */
static struct tc_policy *
from_platform(struct tc_sema *s, struct tc_str dir, enum tc_level_id level, enum tc_runtime runtime)
{
    enum tc_clr clr = tc_framework_info(tc_runtime_info(runtime)->framework)->clr;
    struct tc_str path =
        tc_arena_printf(s->arena, "%.*s%s%s%s", TC_STR_ARG(dir), dir.ptr[dir.len - 1] == '/' ? "" : "/",
                        runtime == TC_RT_4_0_LEGACY ? "legacy." : "", tc_level_info(level)->policy_file);
    const char *reason = "";
    struct tc_source *source;
    struct tc_policy *policy = NULL;
    struct tc_str text;
    enum tc_status status;

    if (s->platform_failed[runtime][level])
        return NULL;
    s->platform_failed[runtime][level] = true;
    status = s->host->read_file(s->host->state, path, &text, &reason);
    if (status == TC_ERR_IO || status == TC_ERR_LIMIT)
        report_unreadable(s, path, clr, reason);
    if (status != TC_OK)
        return NULL;
    source = tc_sources_add_borrowed(s->diags->sources, path, text);
    if (source == NULL)
        return NULL;
    status = s->host->read_policy(s->diags, source, runtime, &policy);
    s->arena->failed |= status == TC_ERR_NOMEM;
    if (status != TC_OK)
        return NULL;
    s->platform_failed[runtime][level] = false;
    return policy;
}

/* The declarations of the standard policies of @a runtime; false after one report. */
static bool
load_stdlib(struct tc_sema *s, enum tc_runtime runtime)
{
    struct tc_decl **stock = s->stock[runtime];
    struct tc_map policies;

    if (s->stock_failed[runtime] || stock[TC_LEVEL_FULL] != NULL)
        return !s->stock_failed[runtime];
    s->stock_failed[runtime] = true; /* until all of it is there: one report is enough */
    tc_map_init(&policies, s->arena);
    if (!collect(s, &policies, tc_str_of(tc_runtime_info(runtime)->stdlib), 0))
        return false;
    for (int i = 0; i < TC_LEVEL_COUNT_; i++) {
        const char *name = tc_level_info((enum tc_level_id)i)->name;

        stock[i] = tc_map_get(&policies, tc_str_of(name));
        if (stock[i] == NULL) {
            tc_diag_add_file(
                s->diags, tc_code(TC_CODE_STDLIB),
                tc_arena_printf(s->arena, "%.*s/%s", TC_STR_ARG(s->host->stdlib_dir), tc_runtime_info(runtime)->stdlib),
                "the standard policies lack the level '%s'", name);
            return false;
        }
    }
    s->stock_failed[runtime] = false;
    return true;
}

static struct tc_policy *
from_stdlib(struct tc_sema *s, enum tc_level_id level, enum tc_runtime runtime)
{
    struct tc_policy *policy;

    s->in_stdlib = true;
    policy = load_stdlib(s, runtime) ? tc_instantiate(s, s->stock[runtime][level], runtime) : NULL;
    s->in_stdlib = false;
    return policy;
}

struct tc_policy *
tc_stock_policy(struct tc_sema *s, enum tc_level_id level, enum tc_runtime runtime)
{
    struct tc_str platform = platform_directory(s, tc_framework_info(tc_runtime_info(runtime)->framework)->clr);
    struct tc_policy **policy = &s->levels[runtime][level];

    if (*policy != NULL)
        return *policy;
    *policy = level == TC_LEVEL_FULL ? full_trust(s, runtime)
              : platform.len > 0     ? from_platform(s, platform, level, runtime)
                                     : from_stdlib(s, level, runtime);
    if (*policy == NULL)
        return NULL;
    (*policy)->is_stock = true;
    (*policy)->level = level;
    (*policy)->name = tc_str_of(tc_level_info(level)->name);
    return *policy;
}
