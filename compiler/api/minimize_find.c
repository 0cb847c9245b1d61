/* What of a source may well be dead weight: what nothing uses, groups that are never asked. Grants: minimize_grants.c.
 */
#include "api/minimize_finder.h"

#include <stdlib.h>

/* ---- text ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Behind the blank line that begins at @a at; @a at when it is none. */
static size_t
blank_line(struct tc_str text, size_t at)
{
    size_t end = at;

    while (end < text.len && (is_blank(text.ptr[end]) || text.ptr[end] == '\r'))
        end++;
    return end < text.len && text.ptr[end] == '\n' ? end + 1 : at;
}

/* Whether the line that ends before @a at is blank. */
static bool
ends_blank_line(struct tc_str text, size_t at)
{
    size_t begin = at - 1; /* its line end */

    while (begin > 0 && (is_blank(text.ptr[begin - 1]) || text.ptr[begin - 1] == '\r'))
        begin--;
    return begin == 0 || text.ptr[begin - 1] == '\n';
}

/* Leave out [begin, end) with its semicolon; with its line, when nothing else stands there but a comment. */
void
tc_finder_cut(struct tc_finder *f, struct tc_span span, struct tc_dead dead)
{
    struct tc_str text = f->source->text;
    size_t begin = span.begin - f->source->base, end = span.end - f->source->base, line = begin, rest;

    while (end < text.len && (is_blank(text.ptr[end]) || text.ptr[end] == ';') && text.ptr[end - 1] != ';')
        end++;
    while (line > 0 && is_blank(text.ptr[line - 1]))
        line--;
    for (rest = end; rest < text.len && is_blank(text.ptr[rest]);)
        rest++;
    if (rest < text.len && text.ptr[rest] == '#')
        while (rest < text.len && text.ptr[rest] != '\n')
            rest++;
    if (rest < text.len && text.ptr[rest] == '\r')
        rest++;
    if ((line == 0 || text.ptr[line - 1] == '\n') && (rest == text.len || text.ptr[rest] == '\n')) {
        begin = line;
        end = rest < text.len ? rest + 1 : rest;
        if ((begin == 0 || ends_blank_line(text, begin)) && end < text.len && blank_line(text, end) > end)
            end = blank_line(text, end); /* of two blank lines one stays */
    } else {
        while (end < text.len && is_blank(text.ptr[end]))
            end++;
    }
    dead.span = span;
    tc_omissions_add(f->list, (struct tc_omission){(uint32_t)begin, (uint32_t)end, TC_STR(""), dead});
}

bool
tc_finder_has_comment(const struct tc_finder *f, struct tc_span span)
{
    for (const struct tc_comment *comment = f->file->comments; comment != NULL; comment = comment->next)
        if (comment->span.begin >= span.begin && comment->span.begin < span.end)
            return true;
    return false;
}

static bool
is_here(const struct tc_finder *f, struct tc_span span)
{
    return span.begin >= f->source->base && span.end <= f->source->base + f->source->text.len && span.end > 0;
}

bool
tc_finder_is_in(struct tc_span inner, struct tc_span outer)
{
    return inner.begin >= outer.begin && inner.end <= outer.end;
}

/* A statement with the lines of its description above. */
struct tc_span
tc_finder_with_description(struct tc_span span, struct tc_span description)
{
    return description.end > 0 ? tc_span_join(description, span) : span;
}

static struct tc_str
quoted(struct tc_finder *f, const char *what, struct tc_str name)
{
    return tc_arena_printf(f->arena, "%s '%.*s'", what, TC_STR_ARG(name));
}

/* ---- what nothing uses ---- */

static void
use(struct tc_finder *f, const struct tc_atom *atom)
{
    if (atom != NULL)
        tc_map_add(&f->used, atom->text, f);
}

static void use_all(struct tc_finder *f, const struct tc_ast *item);

static void
use_block(struct tc_finder *f, const struct tc_ast_block *block)
{
    use_all(f, block->body.first);
}

static void
use_group(struct tc_finder *f, const struct tc_ast_group *group)
{
    use(f, group->set);
    use_all(f, group->inline_set.first);
    use_all(f, group->children.first);
}

/* Names of classes and sets, everywhere; those of policies are used by what is in use itself. */
static void
use_all(struct tc_finder *f, const struct tc_ast *item)
{
    for (; item != NULL; item = item->next)
        switch (item->kind) {
        case TC_AST_SERVER:
        case TC_AST_POLICY:
        case TC_AST_APPLICATION:
        case TC_AST_SET:
        case TC_AST_NEVER:
        case TC_AST_TEST:
            use_block(f, (const struct tc_ast_block *)item);
            break;
        case TC_AST_GRANT:
        case TC_AST_REVOKE:
            use(f, ((const struct tc_ast_grant *)item)->cls);
            break;
        case TC_AST_DEMAND:
            use(f, ((const struct tc_ast_demand *)item)->terms.first);
            break;
        case TC_AST_CODE:
        case TC_AST_GROUP:
            use_group(f, (const struct tc_ast_group *)item);
            break;
        case TC_AST_CODEGROUPS:
            use_all(f, ((const struct tc_ast_codegroups *)item)->groups.first);
            break;
        case TC_AST_RAW:
            f->has_raw = true;
            break;
        default:
            break;
        }
}

static const struct tc_atom *
trust_of(const struct tc_ast_block *block)
{
    for (const struct tc_ast *item = block->body.first; item != NULL; item = item->next) {
        const struct tc_ast_setting *setting = (const struct tc_ast_setting *)item;

        if (item->kind == TC_AST_SETTING && setting->terms.first != NULL &&
            tc_str_is(setting->terms.first->text, "trust"))
            return setting->terms.first->next;
    }
    return NULL;
}

/* The policies that the server and the applications have, and those that they extend. */
static bool
mark_policies(struct tc_finder *f, struct tc_map *marked)
{
    bool any = false;

    for (size_t i = 0; i < f->c->files.count; i++)
        for (const struct tc_ast *item = f->c->files.list[i]->items.first; item != NULL; item = item->next) {
            const struct tc_ast_block *block = (const struct tc_ast_block *)item;
            const struct tc_atom *name;

            if (item->kind != TC_AST_SERVER && item->kind != TC_AST_APPLICATION)
                continue;
            any = true;
            for (name = trust_of(block); name != NULL && tc_map_add(marked, name->text, f) == NULL;) {
                block = tc_map_get(&f->blocks, name->text);
                name = block == NULL ? NULL : block->extends;
            }
        }
    return any;
}

static bool
is_set_used(const struct tc_finder *f, struct tc_str name)
{
    return f->has_raw || tc_map_get(&f->used, name) != NULL || tc_map_get(&f->set_used, name) != NULL;
}

static void
find_unused_sets(struct tc_finder *f, const struct tc_ast_block *policy)
{
    for (const struct tc_ast *item = policy->body.first; item != NULL; item = item->next) {
        const struct tc_ast_block *set = (const struct tc_ast_block *)item;

        if (item->kind == TC_AST_SET && set->name != NULL && !is_set_used(f, set->name->text))
            tc_finder_cut(
                f, tc_finder_with_description(item->span, set->description),
                (struct tc_dead){.what = quoted(f, "the set", set->name->text), .why = "is granted by no code group"});
    }
}

static void
find_unused(struct tc_finder *f)
{
    struct tc_map marked;
    bool is_whole;

    tc_map_init(&marked, f->arena);
    is_whole = mark_policies(f, &marked);
    for (const struct tc_ast *item = f->file->items.first; item != NULL; item = item->next) {
        const struct tc_ast_block *block = (const struct tc_ast_block *)item;
        const struct tc_ast_class *cls = (const struct tc_ast_class *)item;

        if (item->kind == TC_AST_CLASS && cls->name != NULL && is_whole && !f->has_raw &&
            tc_map_get(&f->used, cls->name->text) == NULL)
            tc_finder_cut(
                f, item->span,
                (struct tc_dead){.what = quoted(f, "the class", cls->name->text), .why = "is granted nowhere"});
        if (item->kind != TC_AST_POLICY || block->name == NULL)
            continue;
        if (is_whole && tc_map_get(&marked, block->name->text) == NULL)
            tc_finder_cut(f, tc_finder_with_description(item->span, block->description),
                          (struct tc_dead){.what = quoted(f, "the policy", block->name->text),
                                           .why = "is what no application has, and no policy in use extends"});
        else
            find_unused_sets(f, block);
    }
}

/* ---- code groups ---- */

struct groups {
    struct tc_finder *f;
    struct tc_expected expected;
};

static bool
same_condition(const struct tc_membership *a, const struct tc_membership *b)
{
    if (a->kind != b->kind || a->kind == TC_CONDITION_COUNT_)
        return false;
    for (size_t i = 0; i < TC_CONDITION_ARGUMENTS_MAX; i++)
        if (!tc_str_eq(a->values[i], b->values[i]))
            return false;
    return true;
}

static bool
gives_nothing(const struct tc_group *group)
{
    return !group->is_raw && group->kind == TC_GROUP_UNION && group->children == NULL && group->raw == NULL &&
           group->attributes == 0 && group->inline_set == NULL && !group->grants_main &&
           tc_str_eq(group->set_name, tc_builtin_set_name(TC_BUILTIN_SET_NOTHING));
}

static bool
same_grant(const struct tc_group *a, const struct tc_group *b)
{
    return a->inline_set == NULL && b->inline_set == NULL && a->grants_main == b->grants_main &&
           tc_str_eq(a->set_name, b->set_name) && a->attributes == b->attributes && a->children == NULL &&
           b->children == NULL && a->raw == NULL && b->raw == NULL;
}

/* Whether a union of both is what @a outer grants anyway: its set holds that of @a group, for whatever code. */
static bool
holds(struct groups *g, const struct tc_group *outer, const struct tc_group *group)
{
    const struct tc_grant_set *more, *less;

    if (outer->is_raw || outer->kind != TC_GROUP_UNION || group->kind != TC_GROUP_UNION || group->children != NULL ||
        group->raw != NULL || group->attributes != 0)
        return false;
    more = tc_expected_group_set(&g->expected, outer);
    less = tc_expected_group_set(&g->expected, group);
    return more != NULL && less != NULL && tc_grants_within(g->f->arena, less, more);
}

/* Why @a group, a child of @a parent, does nothing because of @a other, which comes before it if @a is_earlier; NULL
 * when it does something. */
static const char *
idle_beside(struct groups *g, const struct tc_group *parent, const struct tc_group *group, const struct tc_group *other,
            bool is_earlier)
{
    bool takes_all = other->condition.kind == TC_CONDITION_ALL,
         same = same_condition(&other->condition, &group->condition);

    if (other->is_raw || other->kind == TC_GROUP_COUNT_)
        return NULL;
    if (parent->kind == TC_GROUP_FIRST_MATCH && is_earlier && takes_all)
        return "is never asked: the group before it takes all code";
    if (parent->kind == TC_GROUP_FIRST_MATCH && is_earlier && same)
        return "is never asked: the group before it takes the same code";
    if (parent->kind != TC_GROUP_UNION || (!same && !takes_all))
        return NULL;
    if (is_earlier && same && same_grant(other, group))
        return "is there already";
    return holds(g, other, group) && (is_earlier || !holds(g, group, other) || !same)
               ? "grants nothing that another group does not grant this code"
               : NULL;
}

/* The same for all that is around it; @a ret_reason is the other group. */
static const char *
idle_group(struct groups *g, const struct tc_group *parent, const struct tc_group *group, struct tc_span *ret_reason)
{
    bool is_earlier = true;

    *ret_reason = TC_NOWHERE;
    if (group->is_raw)
        return NULL;
    for (const struct tc_group *other = parent->children; other != NULL; other = other->next) {
        const char *why = other == group ? NULL : idle_beside(g, parent, group, other, is_earlier);

        if (why != NULL) {
            *ret_reason = other->span;
            return why;
        }
        is_earlier &= other != group;
    }
    if (parent->kind == TC_GROUP_UNION && gives_nothing(group))
        return "adds nothing";
    if (holds(g, parent, group)) {
        *ret_reason = parent->span;
        return "grants nothing that the group around it does not";
    }
    return NULL;
}

/* The innermost group of the tree that @a at stands in. */
static const struct tc_ast *
group_at(const struct tc_ast *item, uint32_t at)
{
    for (; item != NULL; item = item->next) {
        const struct tc_ast *inner = NULL;

        if (at < item->span.begin || at >= item->span.end)
            continue;
        if (item->kind == TC_AST_CODEGROUPS)
            return group_at(((const struct tc_ast_codegroups *)item)->groups.first, at);
        if (item->kind != TC_AST_GROUP && item->kind != TC_AST_CODE)
            return NULL;
        inner = group_at(((const struct tc_ast_group *)item)->children.first, at);
        return inner == NULL ? item : inner;
    }
    return NULL;
}

static void
find_below(struct groups *g, const struct tc_group *parent)
{
    struct tc_finder *f = g->f;

    if (parent == NULL || parent->is_raw)
        return;
    for (const struct tc_group *group = parent->children; group != NULL; group = group->next) {
        struct tc_span reason;
        const char *why =
            tc_finder_is_in(group->span, f->block->base.span) ? idle_group(g, parent, group, &reason) : NULL;
        const struct tc_ast *node = why == NULL ? NULL : group_at(f->block->body.first, group->span.begin);

        if (node != NULL)
            tc_finder_cut(f, node->span,
                          (struct tc_dead){.what = TC_STR("this code group"), .why = why, .reason = reason});
        else
            find_below(g, group);
    }
}

/* Whether both trees say the same, descriptions apart. */
static bool
same_tree(const struct tc_group *a, const struct tc_group *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->is_raw || b->is_raw || a->raw != NULL || b->raw != NULL || a->kind != b->kind ||
            a->kind == TC_GROUP_COUNT_ || a->attributes != b->attributes || a->inline_set != NULL ||
            b->inline_set != NULL || a->grants_main != b->grants_main || !tc_str_eq(a->set_name, b->set_name) ||
            !tc_str_eq(a->access, b->access) || !same_condition(&a->condition, &b->condition) ||
            !same_tree(a->children, b->children))
            return false;
    return a == b;
}

static void
find_in_groups(struct tc_finder *f)
{
    struct groups g = {.f = f};

    for (const struct tc_ast *item = f->block->body.first; f->base != NULL && item != NULL; item = item->next)
        if (item->kind == TC_AST_CODEGROUPS && same_tree(f->policy->root, f->base->root)) {
            tc_finder_cut(
                f, item->span,
                (struct tc_dead){.what = TC_STR("this tree of code groups"), .why = "is what would be inherited"});
            return;
        }
    if (tc_expected_init(&g.expected, f->arena, f->policy, &f->values))
        find_below(&g, f->policy->root);
}

static void
find_in_full_trust(struct tc_finder *f)
{
    for (const struct tc_ast *item = f->block->body.first; item != NULL; item = item->next) {
        const struct tc_full_trust *entry = f->policy->full_trust;

        if (item->kind != TC_AST_FULL_TRUST)
            continue;
        while (entry != NULL && !tc_finder_is_in(entry->span, item->span))
            entry = entry->next;
        if (entry == NULL)
            tc_finder_cut(f, item->span,
                          (struct tc_dead){.what = TC_STR("this assembly"), .why = "is fully trusted already"});
    }
}

/* ---- all of it ---- */

static int
by_place(const void *key, const void *entry)
{
    uint32_t place = *(const uint32_t *)key;
    uint32_t begin = (*(const struct tc_ast_block *const *)entry)->name->span.begin;

    return place < begin ? -1 : place > begin;
}

static const struct tc_ast_block *
block_named_at(const struct tc_finder *f, struct tc_span name)
{
    const struct tc_ast_block **found =
        f->here_count == 0 ? NULL : bsearch(&name.begin, f->here, f->here_count, sizeof(*f->here), by_place);

    return found == NULL ? NULL : *found;
}

/* The level @a level as a policy that extends it and says nothing has it. */
static const struct tc_stock *
stock_of(struct tc_finder *f, enum tc_level_id level, enum tc_runtime runtime)
{
    const struct tc_runtime_info *info = tc_runtime_info(runtime);
    const struct tc_str platform = f->c->model->platform.text;
    struct tc_stock *stock = f->stocks;
    struct tc_sema_options options = {0};
    enum tc_status status;
    struct tc_str text;

    while (stock != NULL && (stock->level != level || stock->runtime != runtime))
        stock = stock->next;
    if (stock != NULL)
        return stock;
    stock = tc_arena_new(f->arena, struct tc_stock);
    if (stock == NULL)
        return NULL;
    *stock = (struct tc_stock){.next = f->stocks, .level = level, .runtime = runtime};
    f->stocks = stock;
    tc_compilation_init(&stock->c);
    text = tc_arena_printf(f->arena, "server s { framework %s; %s %s%.*s%s }\npolicy B extends %s { }\n",
                           tc_framework_info(info->framework)->name,
                           info->framework == TC_FX_4_0 && !info->homogeneous ? "cas-model legacy;" : "",
                           platform.len > 0 ? "platform \"" : "", TC_STR_ARG(platform), platform.len > 0 ? "\";" : "",
                           tc_level_info(level)->word);
    status = tc_compile(&stock->c, f->host, &options, f->source->name, text);
    if (status == TC_OK && stock->c.model->unused_count == 1)
        stock->policy = stock->c.model->unused[0];
    f->arena->failed |= status == TC_ERR_NOMEM;
    return stock;
}

static void
set_base(struct tc_finder *f, const struct tc_application *app)
{
    const struct tc_atom *name = app == NULL ? f->block->extends : trust_of(f->block);
    struct tc_str word = TC_STR("medium"); /* what an application has when nothing is said */
    const struct tc_policy *const *named;
    enum tc_level_id level;

    f->base = NULL;
    f->stock = NULL;
    if (app != NULL && name == NULL)
        name = f->server_trust;
    if (app == NULL && name == NULL)
        return;
    if (name != NULL)
        word = name->text;
    level = tc_level_find(word);
    if (level == TC_LEVEL_COUNT_) {
        named = tc_map_get(&f->policies[f->policy->runtime], word);
        f->base = named == NULL ? NULL : *named;
        return;
    }
    f->stock = stock_of(f, level, f->policy->runtime);
    f->base = f->stock == NULL ? NULL : f->stock->policy;
}

static enum tc_status
find_in_policy(struct tc_finder *f, const struct tc_policy *policy, const struct tc_application *app)
{
    enum tc_status status;

    f->block = block_named_at(f, app == NULL ? policy->span : app->span);
    if (f->block == NULL || !is_here(f, f->block->base.span) ||
        (app == NULL && f->block->base.kind == TC_AST_APPLICATION)) /* it was looked at with its own directory */
        return TC_OK;
    f->policy = policy;
    set_base(f, app);
    f->values = app != NULL ? tc_application_values(f->arena, f->c->model, app)
                            : tc_token_values_for(f->arena, &(struct tc_token_basis){.root = TC_STR("Q:\\trustc\\app"),
                                                                                     .location = TC_STR("Site/app"),
                                                                                     .runtime = policy->runtime});
    status = tc_find_in_sets(f);
    find_in_groups(f);
    find_in_full_trust(f);
    return status;
}

static enum tc_status
find_in_policies(struct tc_finder *f)
{
    const struct tc_model *model = f->c->model;
    enum tc_status status = TC_OK;

    for (size_t i = 0; status == TC_OK && i < model->application_count; i++) {
        const struct tc_application *app = model->applications[i];

        if (app->policy != NULL && app->policy->span.begin == app->span.begin)
            status = find_in_policy(f, app->policy, app);
    }
    for (size_t i = 0; status == TC_OK && i < model->level_count; i++)
        status = find_in_policy(f, model->levels[i], NULL);
    for (size_t i = 0; status == TC_OK && i < model->unused_count; i++)
        status = find_in_policy(f, model->unused[i], NULL);
    return status;
}

/* ---- what is looked up ---- */

static void
index_groups(struct tc_finder *f, const struct tc_group *group)
{
    for (; group != NULL; group = group->next) {
        tc_map_add(&f->set_used, group->set_name, f);
        index_groups(f, group->children);
    }
}

static void
index_policy(struct tc_finder *f, const struct tc_policy *policy)
{
    const struct tc_policy **entry = tc_arena_new(f->arena, const struct tc_policy *);

    if (entry == NULL)
        return;
    *entry = policy;
    tc_map_add(&f->policies[policy->runtime], policy->name, entry);
    index_groups(f, policy->root);
}

/* A policy in any file; in the main source also an application. */
static void
index_block(struct tc_finder *f, struct tc_ast_block *block, bool is_main)
{
    const struct tc_ast_block **here;

    if (block->name == NULL)
        return;
    if (block->base.kind == TC_AST_POLICY)
        tc_map_add(&f->blocks, block->name->text, block);
    if (!is_main)
        return;
    here = tc_arena_more(f->arena, const struct tc_ast_block *, f->here, f->here_count, &f->here_room, 64);
    if (here == NULL)
        return;
    f->here = here;
    f->here[f->here_count++] = block;
}

/* So that the work grows with the source, not with its square. */
static void
index_all(struct tc_finder *f)
{
    const struct tc_model *model = f->c->model;
    bool has_server = false;

    tc_map_init(&f->used, f->arena);
    tc_map_init(&f->set_used, f->arena);
    tc_map_init(&f->blocks, f->arena);
    for (size_t i = 0; i < TC_RT_COUNT_; i++)
        tc_map_init(&f->policies[i], f->arena);
    for (size_t i = 0; i < model->level_count; i++)
        index_policy(f, model->levels[i]);
    for (size_t i = 0; i < model->unused_count; i++)
        index_policy(f, model->unused[i]);
    for (size_t i = 0; i < f->c->files.count; i++)
        for (struct tc_ast *item = f->c->files.list[i]->items.first; item != NULL; item = item->next) {
            if (item->kind == TC_AST_POLICY || item->kind == TC_AST_APPLICATION)
                index_block(f, (struct tc_ast_block *)item, i == 0);
            if (item->kind == TC_AST_SERVER && !has_server) {
                f->server_trust = trust_of((const struct tc_ast_block *)item);
                has_server = true;
            }
        }
}

enum tc_status
tc_minimize_find(struct tc_compilation *c, const struct tc_sema_host *host, struct tc_omissions *ret)
{
    struct tc_finder f = {.c = c, .host = host, .arena = &c->arena, .file = c->files.list[0], .list = ret};
    enum tc_status status;

    f.source = f.file->source;
    *ret = (struct tc_omissions){.arena = &c->arena};
    index_all(&f);
    for (size_t i = 0; i < c->files.count; i++)
        use_all(&f, c->files.list[i]->items.first);
    find_unused(&f);
    status = find_in_policies(&f);
    for (struct tc_stock *stock = f.stocks; stock != NULL; stock = stock->next)
        tc_compilation_done(&stock->c);
    return c->arena.failed ? TC_ERR_NOMEM : status;
}
