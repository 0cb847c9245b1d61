/* The names of a compilation, and the order in which everything is understood: tc_analyze() is the way through. */
#include "sema/internal.h"

#include <string.h>

/* ---- reporting ---- */

struct tc_diag *
tc_sema_report(struct tc_sema *s, enum tc_code_id code, struct tc_span span, const char *format, ...)
{
    va_list args;
    struct tc_str text;

    va_start(args, format);
    text = tc_arena_vprintf(s->arena, format, args);
    va_end(args);
    return tc_diag_add(s->diags, tc_code(code), span, "%.*s", TC_STR_ARG(text));
}

void
tc_nearest_init(struct tc_nearest *nearest, struct tc_str name)
{
    *nearest = (struct tc_nearest){.name = name, .distance = name.len < 4 ? 2 : name.len < 8 ? 3 : 4};
}

void
tc_nearest_try(struct tc_nearest *nearest, struct tc_str candidate)
{
    unsigned distance;

    if (nearest->distance == 0)
        return;
    distance = tc_str_distance(nearest->name, candidate, nearest->distance - 1);
    if (distance < nearest->distance && distance * 2 < candidate.len + 1) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

void
tc_nearest_help(struct tc_sema *s, struct tc_diag *diag, const struct tc_nearest *nearest)
{
    if (nearest->best.len > 0)
        tc_diag_help(s->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(nearest->best));
}

/* ---- collecting ---- */

static void
duplicate(struct tc_sema *s, const struct tc_atom *name, struct tc_span first, const char *what)
{
    struct tc_diag *diag = tc_sema_report(s, TC_CODE_DUPLICATE_NAME, name->span, "there are two %s called '%.*s'", what,
                                          TC_STR_ARG(name->text));

    tc_diag_label(s->diags, diag, first, "the first one is here");
}

/* The level whose name or word is @a name in any letter case; TC_LEVEL_COUNT_ when there is none. */
static enum tc_level_id
level_nocase(struct tc_str name)
{
    for (int i = 0; i < TC_LEVEL_COUNT_; i++)
        if (tc_str_eq_nocase(name, tc_str_of(tc_level_info((enum tc_level_id)i)->name)))
            return (enum tc_level_id)i;
    return TC_LEVEL_COUNT_;
}

static void
collect_policy(struct tc_sema *s, const struct tc_ast_block *node)
{
    struct tc_decl *decl = tc_arena_new(s->arena, struct tc_decl), *other;
    struct tc_diag *diag;

    if (decl == NULL)
        return;
    *decl = (struct tc_decl){
        .name = node->name->text, .span = node->name->span, .ast = node, .base_level = TC_LEVEL_COUNT_};
    if (level_nocase(decl->name) != TC_LEVEL_COUNT_) {
        diag = tc_sema_report(s, TC_CODE_LEVEL_NAME, decl->span,
                              "'%.*s' is the name of one of the platform's own trust levels", TC_STR_ARG(decl->name));
        tc_diag_help(s->diags, diag, "give the policy another name: policy Custom%.*s extends %s { ... }",
                     TC_STR_ARG(decl->name), tc_level_info(level_nocase(decl->name))->word);
        decl->body.broken = true;
    }
    other = tc_map_add(&s->policies, decl->name, decl);
    if (other != NULL)
        duplicate(s, node->name, other->span, "policies");
    s->policy_list[s->policy_count++] = decl;
}

static void
collect_application(struct tc_sema *s, const struct tc_ast_block *node)
{
    struct tc_decl_application *decl = tc_arena_new(s->arena, struct tc_decl_application), *other;

    if (decl == NULL || (decl->app = tc_arena_new(s->arena, struct tc_application)) == NULL)
        return;
    decl->ast = node;
    *decl->app = (struct tc_application){
        .name = node->name->text, .span = node->name->span, .block = node->base.span, .impersonate = -1};
    decl->level = (struct tc_decl){
        .name = node->name->text, .span = node->name->span, .ast = node, .base_level = TC_LEVEL_COUNT_};
    other = tc_map_add(&s->applications, decl->app->name, decl);
    if (other != NULL)
        duplicate(s, node->name, other->app->span, "applications");
    s->application_list[s->application_count++] = decl;
}

/* An assembly-qualified type name; the parts are those that Type.GetType wants. */
bool
tc_check_type_name(struct tc_sema *s, const struct tc_atom *atom, size_t *ret_type_len)
{
    const char *comma = atom->text.len == 0 ? NULL : memchr(atom->text.ptr, ',', atom->text.len);
    struct tc_diag *diag;

    if (!tc_check_plain(s, atom) || !tc_check_no_token(s, atom, "a type name"))
        return false;
    for (size_t i = 0; i < atom->text.len; i++)
        if (strchr("&<>\"", atom->text.ptr[i]) != NULL) {
            tc_sema_report(s, TC_CODE_BAD_TYPE_NAME, atom->span, "a type name cannot hold '%c' in a policy file",
                           atom->text.ptr[i]);
            return false;
        }
    if (comma != NULL && tc_str_trim(tc_str_sub(atom->text, 0, (size_t)(comma - atom->text.ptr))).len == 0) {
        tc_sema_report(s, TC_CODE_BAD_TYPE_NAME, atom->span, "the name of the type is missing before the comma");
        return false;
    }
    if (comma == NULL) {
        diag = tc_sema_report(
            s, TC_CODE_BAD_TYPE_NAME, atom->span,
            "this names no assembly: the framework would look for the type in mscorlib and drop the permission");
        tc_diag_help(s->diags, diag, "write \"%.*s, Assembly, Version=1.0.0.0, Culture=neutral, PublicKeyToken=...\"",
                     TC_STR_ARG(atom->text));
        return false;
    }
    if (ret_type_len != NULL)
        *ret_type_len = (size_t)(comma - atom->text.ptr);
    if (tc_str_find(atom->text, TC_STR("PublicKeyToken="), 0) == SIZE_MAX ||
        tc_str_find(atom->text, TC_STR("Version="), 0) == SIZE_MAX) {
        diag = tc_sema_report(
            s, TC_CODE_PARTIAL_TYPE_NAME, atom->span,
            "without version and public key token the assembly is looked for in the application's own directory only");
        tc_diag_help(s->diags, diag,
                     "write the full name: \"Type, Assembly, Version=1.0.0.0, Culture=neutral, PublicKeyToken=...\"");
    }
    return true;
}

static void
collect_class(struct tc_sema *s, const struct tc_ast_class *node)
{
    struct tc_decl_class *decl = tc_arena_new(s->arena, struct tc_decl_class), *other;
    struct tc_str type = node->type->text, name;
    const struct tc_class *known;
    size_t type_len = 0, dot;
    struct tc_diag *diag;

    if (decl == NULL)
        return;
    if (!tc_check_type_name(s, node->type, &type_len)) {
        s->has_bad_items = true; /* grants of it are not reported as well */
        return;
    }
    if (tc_class_find(node->name->text) != NULL) {
        tc_sema_report(s, TC_CODE_DUPLICATE_NAME, node->name->span, "'%.*s' is a class of the framework already",
                       TC_STR_ARG(node->name->text));
        return;
    }
    name = tc_str_trim(tc_str_sub(type, 0, type_len));
    known = tc_class_by_type(name);
    if (known != NULL) {
        diag = tc_sema_report(s, TC_CODE_DUPLICATE_NAME, node->type->span,
                              "the framework's own class '%s' needs no declaration", known->short_name);
        tc_diag_help(s->diags, diag, "remove this line and write: grant %s ...", known->word);
        return;
    }
    dot = name.len;
    while (dot > 0 && name.ptr[dot - 1] != '.')
        dot--;
    decl->cls = (struct tc_class){.word = tc_arena_str(s->arena, node->name->text).ptr,
                                  .short_name = tc_arena_str(s->arena, tc_str_sub(name, dot, name.len)).ptr,
                                  .type = tc_arena_str(s->arena, tc_str_trim(type)).ptr,
                                  .assembly = TC_ASM_COUNT_,
                                  .since = TC_SINCE_1_0,
                                  .algebra = TC_ALGEBRA_OPAQUE,
                                  .source = ""};
    decl->span = node->name->span;
    other = tc_map_add(&s->classes, node->name->text, decl);
    if (other != NULL)
        duplicate(s, node->name, other->span, "classes");
}

static void
check_language(struct tc_sema *s, const struct tc_ast_file *file, const struct tc_ast *item)
{
    const struct tc_ast_simple *node = (const struct tc_ast_simple *)item;

    if (!tc_str_eq(node->value->text, TC_STR("1")))
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_LANGUAGE, node->value->span,
                                    "this compiler knows version 1 of the language, not %.*s",
                                    TC_STR_ARG(node->value->text)),
                     "write: language 1;");
    if (item != file->items.first)
        tc_sema_report(s, TC_CODE_LANGUAGE, item->span, "'language' is the first statement of a source");
}

/* The first pass: who is there. Returns the server block. */
static const struct tc_ast_block *
collect(struct tc_sema *s, const struct tc_source_files *files)
{
    const struct tc_ast_block *server = NULL;
    struct tc_diag *diag;

    for (size_t i = 0; i < files->count; i++)
        for (const struct tc_ast *item = files->list[i]->items.first; item != NULL; item = item->next) {
            const struct tc_ast_block *block = (const struct tc_ast_block *)item;

            switch (item->kind) {
            case TC_AST_LANGUAGE:
                check_language(s, files->list[i], item);
                break;
            case TC_AST_CLASS:
                collect_class(s, (const struct tc_ast_class *)item);
                break;
            case TC_AST_POLICY:
                collect_policy(s, block);
                break;
            case TC_AST_APPLICATION:
                collect_application(s, block);
                break;
            case TC_AST_SERVER:
                if (server != NULL) {
                    diag = tc_sema_report(s, TC_CODE_DUPLICATE_SETTING, item->span, "a source describes one server");
                    tc_diag_label(s->diags, diag, server->base.span, "the first server block is here");
                } else {
                    server = block;
                }
                break;
            case TC_AST_BAD:
                s->has_bad_items = true;
                break;
            default:
                break;
            }
        }
    return server;
}

static bool
make_room(struct tc_sema *s, const struct tc_source_files *files)
{
    size_t policies = 0, applications = 0;

    for (size_t i = 0; i < files->count; i++)
        for (const struct tc_ast *item = files->list[i]->items.first; item != NULL; item = item->next) {
            policies += item->kind == TC_AST_POLICY;
            applications += item->kind == TC_AST_APPLICATION;
        }
    tc_map_init(&s->policies, s->arena);
    tc_map_init(&s->applications, s->arena);
    tc_map_init(&s->classes, s->arena);
    s->policy_list = tc_arena_array(s->arena, struct tc_decl *, policies);
    s->application_list = tc_arena_array(s->arena, struct tc_decl_application *, applications);
    s->model->applications = tc_arena_array(s->arena, struct tc_application *, applications);
    s->model->levels = tc_arena_array(s->arena, const struct tc_policy *, policies *TC_RT_COUNT_ + applications);
    s->model->unused = tc_arena_array(s->arena, const struct tc_policy *, policies *(size_t)TC_RT_COUNT_);
    return !s->arena->failed;
}

/* ---- bases ---- */

/* Find what @a atom names: a level of the platform or a policy. False after an error. */
static bool
resolve_policy(struct tc_sema *s, const struct tc_atom *atom, enum tc_level_id *ret_level, struct tc_decl **ret_decl)
{
    struct tc_nearest nearest;
    struct tc_diag *diag;

    *ret_level = tc_level_find(atom->text);
    *ret_decl = *ret_level == TC_LEVEL_COUNT_ ? tc_map_get(&s->policies, atom->text) : NULL;
    if (*ret_level != TC_LEVEL_COUNT_ || *ret_decl != NULL)
        return true;
    if (atom->broken)
        return false;
    tc_nearest_init(&nearest, atom->text);
    for (int i = 0; i < TC_LEVEL_COUNT_; i++)
        tc_nearest_try(&nearest, tc_str_of(tc_level_info((enum tc_level_id)i)->word));
    for (size_t i = 0; i < s->policy_count; i++)
        tc_nearest_try(&nearest, s->policy_list[i]->name);
    if (s->has_bad_items && nearest.best.len == 0)
        return false; /* it may stand in what could not be read */
    diag = tc_sema_report(s, TC_CODE_UNKNOWN_POLICY, atom->span, "there is no policy '%.*s'", TC_STR_ARG(atom->text));
    if (tc_map_get(&s->applications, atom->text) != NULL) {
        tc_diag_help(s->diags, diag, "'%.*s' is an application; give what both need a policy of its own",
                     TC_STR_ARG(atom->text));
        return false;
    }
    if (nearest.best.len > 0)
        tc_nearest_help(s, diag, &nearest);
    else
        tc_diag_help(s->diags, diag,
                     "the platform's levels are full, high, medium, low and minimal; others are declared: policy %.*s "
                     "extends medium { ... }",
                     TC_STR_ARG(atom->text));
    return false;
}

/* Cut the first edge that closes a circle, and say the whole way round. */
static void
break_cycle(struct tc_sema *s, struct tc_decl *start)
{
    struct tc_decl *slow = start;
    size_t steps = 0;

    for (struct tc_decl *decl = start; decl != NULL; decl = decl->base) {
        if (++steps > s->policy_count) {
            struct tc_str way = {NULL, 0};
            struct tc_decl *at = slow;

            do {
                way = tc_arena_printf(s->arena, "%.*s%.*s extends ", TC_STR_ARG(way), TC_STR_ARG(at->name));
                at->body.broken = true;
                at = at->base;
            } while (at != slow);
            tc_sema_report(s, TC_CODE_EXTENDS_CYCLE, slow->ast->extends->span,
                           "policies extend each other in a circle: %.*s%.*s", TC_STR_ARG(way), TC_STR_ARG(slow->name));
            slow->body.broken = true;
            slow->base = NULL;
            return;
        }
        if (steps % 2 == 0)
            slow = slow->base;
    }
}

/* Long chains are walked recursively later. */
static void
check_depth(struct tc_sema *s, struct tc_decl *start)
{
    size_t depth = 0;

    for (struct tc_decl *decl = start; decl != NULL; decl = decl->base)
        if (++depth > tc_limit(TC_LIMIT_EXTENDS_DEPTH)->value) {
            tc_sema_report(s, TC_CODE_TOO_DEEP, start->span, "more than %llu policies extend each other in a row here",
                           (unsigned long long)tc_limit(TC_LIMIT_EXTENDS_DEPTH)->value);
            start->base = NULL;
            start->body.broken = true;
            return;
        }
}

static void
resolve_bases(struct tc_sema *s)
{
    for (size_t i = 0; i < s->policy_count; i++) {
        struct tc_decl *decl = s->policy_list[i];
        const struct tc_atom *extends = decl->ast->extends;

        if (extends == NULL)
            continue;
        decl->has_base = true;
        if (!resolve_policy(s, extends, &decl->base_level, &decl->base))
            decl->body.broken = true;
        if (decl->base == decl) {
            tc_sema_report(s, TC_CODE_EXTENDS_CYCLE, extends->span, "a policy cannot extend itself");
            decl->base = NULL;
            decl->body.broken = true;
        }
    }
    for (size_t i = 0; i < s->policy_count; i++)
        break_cycle(s, s->policy_list[i]);
    for (size_t i = 0; i < s->policy_count; i++)
        check_depth(s, s->policy_list[i]);
}

/* ---- levels ---- */

static bool
cannot_name_file(char c)
{
    return (unsigned char)c < 0x20 || strchr("<>:\"/\\|?*", c) != NULL;
}

/* Can a trust level be called this? ASP.NET compares exactly, but the file system does not. */
static void
check_level_name(struct tc_sema *s, struct tc_map *folded, const struct tc_policy *policy)
{
    struct tc_str key =
        tc_arena_printf(s->arena, "%d/%.*s", (int)tc_framework_info(tc_runtime_info(policy->runtime)->framework)->clr,
                        TC_STR_ARG(tc_str_fold(s->arena, policy->name)));
    const struct tc_policy *other = tc_map_add(folded, key, (void *)(uintptr_t)policy);
    struct tc_diag *diag;
    size_t i = 0;

    if (other != NULL && !tc_str_eq(other->name, policy->name)) {
        diag = tc_sema_report(s, TC_CODE_LEVEL_NAME, policy->span,
                              "the trust levels '%.*s' and '%.*s' would share one policy file: Windows does not tell "
                              "their letter case apart",
                              TC_STR_ARG(other->name), TC_STR_ARG(policy->name));
        tc_diag_label(s->diags, diag, other->span, "the other one is here");
    } else if (other != NULL && other->span.begin != policy->span.begin) {
        diag = tc_sema_report(s, TC_CODE_LEVEL_NAME, policy->span,
                              "application '%.*s' has grants of its own, so it makes a trust level of its own name, "
                              "and a policy has that name",
                              TC_STR_ARG(policy->name));
        tc_diag_label(s->diags, diag, other->span, "the policy is here");
        tc_diag_help(s->diags, diag, "rename one of them");
    }
    if (level_nocase(policy->name) != TC_LEVEL_COUNT_) {
        diag = tc_sema_report(
            s, TC_CODE_LEVEL_NAME, policy->span,
            "'%.*s' has grants of its own, and its trust level would have the name of one of the platform's own",
            TC_STR_ARG(policy->name));
        tc_diag_help(s->diags, diag, "give it another name");
    }
    while (i < policy->name.len && !cannot_name_file(policy->name.ptr[i]))
        i++;
    if (i == policy->name.len)
        (void)tc_check_plain(s, &(struct tc_atom){.text = policy->name, .span = policy->span});
    else {
        diag = tc_sema_report(s, TC_CODE_LEVEL_NAME, policy->span,
                              "the name of a trust level becomes a file name, which cannot hold '%c'",
                              (unsigned char)policy->name.ptr[i] < 0x20 ? '?' : policy->name.ptr[i]);
        tc_diag_help(s->diags, diag, "give it another name");
    }
    if (policy->name.len == 0 || policy->name.len > 200)
        tc_sema_report(s, TC_CODE_LEVEL_NAME, policy->span,
                       "the name of a trust level has 1 to 200 bytes, since it becomes a file name");
}

static struct tc_policy *
policy_for(struct tc_sema *s, enum tc_level_id level, struct tc_decl *decl, enum tc_runtime runtime)
{
    if (level != TC_LEVEL_COUNT_)
        return tc_stock_policy(s, level, runtime);
    if (decl == NULL)
        return NULL;
    decl->used[runtime] = true;
    return tc_instantiate(s, decl, runtime);
}

static bool
has_grants(const struct tc_body *body)
{
    for (const struct tc_op *op = body->main.first; op != NULL; op = op->next)
        if (op->kind == TC_OP_GRANT || op->kind == TC_OP_POSSIBLY)
            return true;
    return false;
}

/* The policy of an application: its own level when it has statements of its own, else the one it names. */
static void
assign_policy(struct tc_sema *s, struct tc_decl_application *app, enum tc_level_id default_level,
              struct tc_decl *default_decl)
{
    enum tc_level_id level = default_level;
    struct tc_decl *decl = default_decl;
    const struct tc_atom *trust = app->trust != NULL ? app->trust : s->server_trust;

    app->app->trust_span = trust == NULL ? TC_NOWHERE : trust->span;
    if (app->trust != NULL && !resolve_policy(s, app->trust, &level, &decl)) {
        app->level.body.broken = true;
        return;
    }
    if (!app->level.body.has_statements) {
        app->app->policy = policy_for(s, level, decl, app->app->runtime);
        return;
    }
    app->level.has_base = true;
    app->level.base_level = level;
    app->level.base = decl;
    app->app->policy = tc_instantiate(s, &app->level, app->app->runtime);
    if ((level == TC_LEVEL_FULL ||
         (decl != NULL && app->app->policy != NULL && app->app->policy->sets[0]->unrestricted)) &&
        !app->level.body.broken && has_grants(&app->level.body))
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_FULL_TRUST_GRANTS, app->app->span,
                                    "application '%.*s' is fully trusted: its own grants add nothing",
                                    TC_STR_ARG(app->app->name)),
                     "remove them, or begin from another level");
}

static void
assign_policies(struct tc_sema *s)
{
    struct tc_model *model = s->model;
    enum tc_level_id level = TC_LEVEL_MEDIUM;
    struct tc_decl *decl = NULL;
    enum tc_clr clr = tc_framework_info(tc_runtime_info(model->runtime)->framework)->clr;

    if (s->server_trust != NULL && !resolve_policy(s, s->server_trust, &level, &decl))
        level = TC_LEVEL_MEDIUM;
    model->defaults[clr] = policy_for(s, level, decl, model->runtime);
    for (size_t i = 0; i < s->application_count; i++) {
        struct tc_decl_application *app = s->application_list[i];

        clr = tc_framework_info(tc_runtime_info(app->app->runtime)->framework)->clr;
        if (model->defaults[clr] == NULL)
            model->defaults[clr] = policy_for(s, level, decl, app->app->runtime);
        assign_policy(s, app, level, decl);
        app->app->index = (uint32_t)model->application_count;
        model->applications[model->application_count++] = app->app;
    }
    /* policies that nobody uses are checked all the same, under the server's own framework */
    for (size_t i = 0; i < s->policy_count; i++) {
        bool used = false;

        for (int r = 0; r < TC_RT_COUNT_; r++)
            used |= s->policy_list[i]->instances[r] != NULL;
        if (!used)
            tc_instantiate(s, s->policy_list[i], model->runtime);
    }
}

static void
list_levels(struct tc_sema *s)
{
    struct tc_model *model = s->model;
    struct tc_map folded;

    tc_map_init(&folded, s->arena);
    for (int runtime = 0; runtime < TC_RT_COUNT_; runtime++) {
        for (size_t i = 0; i < s->policy_count; i++) {
            const struct tc_policy *policy = s->policy_list[i]->instances[runtime];

            if (policy != NULL && s->policy_list[i]->used[runtime])
                model->levels[model->level_count++] = policy;
            else if (policy != NULL)
                model->unused[model->unused_count++] = policy;
        }
        for (size_t i = 0; i < s->application_count; i++) {
            struct tc_decl *level = &s->application_list[i]->level;

            if (level->body.has_statements && level->instances[runtime] != NULL)
                model->levels[model->level_count++] = level->instances[runtime];
        }
    }
    for (size_t i = 0; i < model->level_count; i++)
        check_level_name(s, &folded, model->levels[i]);
}

/* ---- applications among each other ---- */

static void
check_locations(struct tc_sema *s)
{
    struct tc_map folded;

    tc_map_init(&folded, s->arena);
    for (size_t i = 0; i < s->application_count; i++) {
        struct tc_application *app = s->application_list[i]->app;
        struct tc_str key = tc_str_fold(s->arena, app->location.text);
        struct tc_application *other;
        struct tc_diag *diag;

        if (key.len == 0)
            continue;
        key = tc_arena_printf(s->arena, "%d/%.*s",
                              (int)tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr, TC_STR_ARG(key));
        other = tc_map_add(&folded, key, app);
        if (other == NULL)
            continue;
        diag = tc_sema_report(s, TC_CODE_DUPLICATE_LOCATION, app->location.span,
                              "two applications cannot have one location: '%.*s' is there already",
                              TC_STR_ARG(other->name));
        tc_diag_label(s->diags, diag, other->location.span, "its location");
    }
    for (size_t i = 0; i < s->application_count; i++) {
        struct tc_decl_application *decl = s->application_list[i];
        struct tc_application *app = decl->app;
        struct tc_str path = tc_str_fold(s->arena, app->location.text);

        if (path.len == 0 || decl->trust != NULL || decl->level.body.broken)
            continue;
        for (size_t cut = path.len; cut-- > 0;) {
            struct tc_application *parent;
            struct tc_diag *diag;

            if (path.ptr[cut] != '/')
                continue;
            parent = tc_map_get(&folded,
                                tc_arena_printf(s->arena, "%d/%.*s",
                                                (int)tc_framework_info(tc_runtime_info(app->runtime)->framework)->clr,
                                                (int)cut, path.ptr));
            if (parent == NULL)
                continue;
            diag = tc_sema_report(s, TC_CODE_NESTED_UNSAID, app->location.span,
                                  "this application lies inside '%.*s' and does not say its trust level",
                                  TC_STR_ARG(parent->name));
            tc_diag_label(s->diags, diag, parent->location.span, "the application around it");
            tc_diag_note(s->diags, diag,
                         "it gets the server's default, not the level of '%.*s', which ASP.NET would let it inherit",
                         TC_STR_ARG(parent->name));
            tc_diag_help(s->diags, diag, "say which level it shall have: trust ...;");
            break;
        }
    }
}

/* Whether the set lets its code connect to what originUrl names. */
static bool
uses_origin(const struct tc_pset *set)
{
    const struct tc_perm *web = tc_pset_find(set, tc_class(TC_CLASS_WEB));

    if (set->unrestricted || set->raw != NULL || (web != NULL && web->unrestricted))
        return true;
    for (uint32_t i = 0; web != NULL && i < web->row_count; i++)
        for (size_t c = 0; c < web->rows[i].form->column_count; c++)
            if (tc_str_find(web->rows[i].cells[c].text, TC_STR("$OriginHost$"), 0) != SIZE_MAX)
                return true;
    return false;
}

static bool
may_use_web(const struct tc_pset *set)
{
    for (size_t i = 0; i < set->possible_count; i++)
        if (set->possible[i]->cls == tc_class(TC_CLASS_WEB))
            return true;
    return false;
}

static void
check_origins(struct tc_sema *s)
{
    for (size_t i = 0; i < s->application_count; i++) {
        const struct tc_application *app = s->application_list[i]->app;
        struct tc_diag *diag;

        if (app->origin.text.len == 0 || app->policy == NULL || tc_policy_is_full(app->policy) ||
            s->application_list[i]->level.body.broken || uses_origin(app->policy->sets[0]))
            continue;
        if (app->policy->is_stock && may_use_web(app->policy->sets[0]))
            continue; /* the platform's own file may well use it */
        diag = tc_sema_report(s, TC_CODE_ORIGIN_UNUSED, app->origin.span,
                              "nothing in the trust level '%.*s' uses this origin: it grants no connection",
                              TC_STR_ARG(app->policy->name));
        tc_diag_help(s->diags, diag, "add: grant Web { connect origin; }");
    }
}

/* Whether @a list holds the assembly; *ret_other is one of the same name and version with another key. */
static bool
lists(const struct tc_full_trust *list, const struct tc_full_trust *wanted, const struct tc_full_trust **ret_other)
{
    for (; list != NULL; list = list->next) {
        if (!tc_str_eq(list->name, wanted->name) || !tc_str_eq(list->version, wanted->version))
            continue;
        if (tc_str_eq_nocase(list->key, wanted->key))
            return true;
        *ret_other = list;
    }
    return false;
}

/* <fullTrustAssemblies> is inherited by what lies below (aspnet-trust 2.3): an application must not get assemblies
 * trusted that its own policy does not trust. */
static void
check_inherited_trust(struct tc_sema *s, const struct tc_application *app, const struct tc_policy *from,
                      struct tc_str whose)
{
    for (const struct tc_full_trust *entry = from->full_trust; entry != NULL; entry = entry->next) {
        const struct tc_full_trust *other = NULL;
        struct tc_diag *diag;

        if (app->policy == from || tc_policy_is_full(app->policy) || lists(app->policy->full_trust, entry, &other))
            continue;
        diag = tc_sema_report(s, TC_CODE_TRUST_INHERITED, app->span,
                              "'%.*s' would inherit from %.*s that the assembly '%.*s' is fully trusted, which its own "
                              "policy does not say",
                              TC_STR_ARG(app->name), TC_STR_ARG(whose), TC_STR_ARG(entry->name));
        tc_diag_label(s->diags, diag, entry->span, "trusted here");
        tc_diag_help(
            s->diags, diag,
            "trust the assembly in the policies of the applications that need it, not in one that others lie below");
    }
}

static void
check_full_trust(struct tc_sema *s)
{
    const struct tc_policy *machine = s->model->defaults[TC_CLR_4_0];
    struct tc_map folded;

    tc_map_init(&folded, s->arena);
    for (size_t i = 0; i < s->application_count; i++)
        if (s->application_list[i]->app->policy != NULL && s->application_list[i]->app->policy->full_trust != NULL)
            tc_map_add(&folded, tc_str_fold(s->arena, s->application_list[i]->app->location.text),
                       s->application_list[i]->app);
    for (size_t i = 0; i < s->application_count; i++) {
        const struct tc_application *app = s->application_list[i]->app;
        struct tc_str path = tc_str_fold(s->arena, app->location.text);

        if (app->policy == NULL || !tc_runtime_info(app->runtime)->homogeneous)
            continue;
        if (machine != NULL && tc_runtime_info(machine->runtime)->homogeneous)
            check_inherited_trust(s, app, machine, TC_STR("the server's default"));
        for (size_t cut = path.len; cut-- > 0 && folded.count > 0;) {
            const struct tc_application *parent =
                path.ptr[cut] == '/' ? tc_map_get(&folded, tc_str_sub(path, 0, cut)) : NULL;

            if (parent != NULL && tc_runtime_info(parent->runtime)->homogeneous)
                check_inherited_trust(s, app, parent->policy, parent->name);
        }
    }
    for (size_t i = 0; i < s->model->level_count; i++) {
        const struct tc_policy *policy = s->model->levels[i];

        for (const struct tc_full_trust *entry = policy->full_trust; entry != NULL; entry = entry->next) {
            const struct tc_full_trust *other = NULL;

            lists(policy->full_trust, entry, &other);
            if (other != NULL && other->span.begin < entry->span.begin)
                tc_diag_label(s->diags,
                              tc_sema_report(s, TC_CODE_BAD_FULL_TRUST, entry->span,
                                             "'%.*s' %.*s is here with two different keys", TC_STR_ARG(entry->name),
                                             TC_STR_ARG(entry->version)),
                              other->span, "the other key");
        }
    }
}

/* ---- the way through ---- */

static void
lower_policies(struct tc_sema *s)
{
    for (size_t i = 0; i < s->policy_count; i++) {
        struct tc_decl *decl = s->policy_list[i];

        decl->body.main.description = tc_description(s, decl->ast->description);
        tc_lower_body(s, decl->ast->body.first, &decl->body, tc_policy_setting, decl);
        for (const struct tc_ast *node = decl->ast->body.first; node != NULL; node = node->next)
            /* for the whole server, or for whoever builds on the policy one day, it would say too much */
            if (node->kind == TC_AST_ACCEPT && tc_lower_accept(s, (const struct tc_ast_accept *)node) != NULL)
                tc_diag_help(s->diags,
                             tc_sema_report(s, TC_CODE_MISPLACED, node->span, "'accept' cannot stand in a policy"),
                             "write it into the application whose finding it takes, or into the server block");
    }
}

static void
lower_rules(struct tc_sema *s, const struct tc_source_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        for (const struct tc_ast *item = files->list[i]->items.first; item != NULL; item = item->next) {
            if (item->kind == TC_AST_SHARE)
                tc_lower_share(s, (const struct tc_ast_share *)item);
            else if (item->kind == TC_AST_NEVER || item->kind == TC_AST_TEST)
                tc_lower_rule(s, (const struct tc_ast_block *)item);
        }
}

enum tc_status
tc_analyze(struct tc_diags *diags, const struct tc_sema_host *host, const struct tc_sema_options *options,
           const struct tc_source_files *files, struct tc_model **ret_model)
{
    struct tc_sema s = {.arena = diags->arena,
                        .trees = files->trees,
                        .diags = diags,
                        .host = host,
                        .options = options,
                        .has_bad_items = files->incomplete};
    const struct tc_ast_block *server;
    size_t errors = diags->errors;

    s.model = tc_arena_new(s.arena, struct tc_model);
    if (s.model == NULL || !make_room(&s, files))
        return TC_ERR_NOMEM;
    s.model->runtime = options->has_runtime ? options->runtime : TC_RT_4_0;
    s.model->iis = TC_STR("10.0");
    s.share_tail = &s.model->shares;
    s.rule_tail = &s.model->rules;
    *ret_model = s.model;

    server = collect(&s, files);
    if (server != NULL)
        tc_lower_server(&s, server);
    lower_policies(&s);
    resolve_bases(&s);
    for (size_t i = 0; i < s.application_count; i++)
        tc_lower_application(&s, s.application_list[i]);
    assign_policies(&s);
    list_levels(&s);
    check_locations(&s);
    check_origins(&s);
    check_full_trust(&s);
    lower_rules(&s, files);

    if (diags->arena->failed)
        return TC_ERR_NOMEM;
    return diags->errors != errors ? TC_FAILED : TC_OK;
}
