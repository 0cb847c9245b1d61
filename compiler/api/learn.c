#include "api/learn.h"

#include "base/map.h"
#include "model/netregex.h"
#include "model/pset_algebra.h"
#include "verify/grants.h"

#include <string.h>

/* ---- the place ---- */

static const struct tc_ast_block *
block_of(const struct tc_ast_file *file, const struct tc_application *app)
{
    for (const struct tc_ast *item = file->items.first; item != NULL; item = item->next) {
        const struct tc_ast_block *block = (const struct tc_ast_block *)item;

        if (item->kind == TC_AST_APPLICATION && block->name != NULL && block->name->span.begin == app->span.begin)
            return block;
    }
    return NULL;
}

static const struct tc_ast *
last_of(const struct tc_ast_list *body)
{
    const struct tc_ast *last = body->last;

    for (const struct tc_ast *item = body->first; item != NULL; item = item->next)
        if (item->kind == TC_AST_GRANT || item->kind == TC_AST_REVOKE)
            last = item;
    return last;
}

/* The blanks at the beginning of the line that @a at is in. */
static struct tc_str
indent_at(struct tc_str text, size_t at)
{
    size_t begin = at, end;

    while (begin > 0 && text.ptr[begin - 1] != '\n')
        begin--;
    for (end = begin; end < at && (text.ptr[end] == ' ' || text.ptr[end] == '\t');)
        end++;
    return tc_str_sub(text, begin, end - begin);
}

/* Behind the statement that ends at @a at: behind its line when nothing else stands there but a comment. */
static size_t
behind(struct tc_str text, size_t at, bool *ret_is_line)
{
    size_t end = at;

    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t' || text.ptr[end] == ';'))
        end++;
    if (end < text.len && text.ptr[end] == '#')
        while (end < text.len && text.ptr[end] != '\n')
            end++;
    if (end < text.len && text.ptr[end] == '\r')
        end++;
    *ret_is_line = end < text.len && text.ptr[end] == '\n';
    return *ret_is_line ? end + 1 : at;
}

/* @a block of @a source with the grants in it. */
static struct tc_str
with_grants(struct tc_arena *arena, const struct tc_source *source, const struct tc_ast_block *block,
            const struct tc_needs *needs, enum tc_framework framework)
{
    struct tc_str text = source->text, line_end, indent = TC_STR("    "), result = {0};
    const struct tc_ast *last = last_of(&block->body);
    struct tc_buf out = {0};
    size_t at;
    bool is_line;

    line_end = tc_str_find(text, TC_STR("\r\n"), 0) == SIZE_MAX ? TC_STR("\n") : TC_STR("\r\n");
    if (last != NULL) {
        at = last->span.end - source->base;
        if (indent_at(text, last->span.begin - source->base).len > 0)
            indent = indent_at(text, last->span.begin - source->base);
    } else {
        at = tc_str_find(text, TC_STR("{"), block->name->span.end - source->base) + 1;
    }
    at = behind(text, at, &is_line);
    tc_buf_puts(&out, tc_str_sub(text, 0, at));
    if (!is_line)
        tc_buf_puts(&out, line_end);
    tc_needs_put_grants(&out, needs, framework, indent, line_end);
    while (!is_line && at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    tc_buf_puts(&out, tc_str_sub(text, at, SIZE_MAX));
    if (!out.failed)
        result = tc_arena_str(arena, tc_buf_str(&out));
    tc_buf_done(&out);
    return result;
}

/* ---- the proof ---- */

/* What a source grants for @a demand: a URL that it writes is the pattern that matches just it. */
static const struct tc_perm *
as_granted(struct tc_arena *arena, const struct tc_perm *demand)
{
    struct tc_perm *copy = tc_perm_copy(arena, demand);

    if (demand->cls != tc_class(TC_CLASS_WEB) || copy == NULL)
        return demand;
    for (uint32_t i = 0; i < copy->row_count; i++) {
        struct tc_cell *cell = tc_arena_new(arena, struct tc_cell);

        if (cell == NULL || demand->rows[i].cells[0].number != TC_WEB_URI)
            return demand;
        *cell = (struct tc_cell){.present = true, .number = TC_WEB_PATTERN};
        cell->text = tc_netregex_escape(arena, demand->rows[i].cells[0].text);
        copy->rows[i].cells = cell;
    }
    return copy;
}

/* What the own code had, with what is learned. NULL: out of memory, or the framework throws. */
static struct tc_grant_set *
with_needs(struct tc_arena *arena, const struct tc_grant_set *before, const struct tc_needs *needs)
{
    struct tc_grant_set *set;
    struct tc_throw thrown;
    const struct tc_perm *ignored;

    if (tc_grant_set_unite(arena, before, NULL, &set, &thrown) != TC_YES)
        return NULL;
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i].is_learned &&
            tc_grant_set_add(arena, set, as_granted(arena, needs->items[i].demand), &ignored, &thrown) != TC_YES)
            return NULL;
    return set;
}

/* Take back what @a after denies all the same: false when nothing. What nobody can know is taken for good. */
static bool
take_back(struct tc_arena *arena, const struct tc_subject *after, struct tc_needs *needs)
{
    bool any = false;

    for (size_t i = 0; i < needs->count; i++) {
        struct tc_wanted *need = &needs->items[i];
        struct tc_may_answer answer = {.may = TC_MAY_NOT};

        if (!need->is_learned || tc_ask(arena, after, need->demand, &answer) != TC_OK || answer.may == TC_MAY_SURELY ||
            tc_may_is_undecided(&answer))
            continue;
        need->is_learned = false;
        need->obstacle = "a grant in the application's block would not allow it: a code group gives this code another "
                         "set, or a more special entry of the same class holds less";
        any = true;
    }
    return any;
}

/* Whether the own code could do more than it could and than was asked for; why it is not known. */
static const char *
fault_of(struct tc_arena *arena, const struct tc_subject *before, const struct tc_subject *after,
         const struct tc_needs *needs)
{
    for (size_t i = 0; i < TC_OWN_KINDS; i++) {
        const struct tc_grant_set *set = before->grants[i].sure;

        if (set == NULL || after->grants[i].sure == NULL)
            return "the framework throws when it is asked what the application may do";
        set = with_needs(arena, set, needs);
        if (set == NULL || !tc_grants_within(arena, after->grants[i].sure, set))
            return "with the grants added, the application could do more than was asked for";
    }
    return NULL;
}

/* ---- what it does to isolation ---- */

static enum tc_status
compare_isolation(struct tc_compilation *c, struct tc_compilation *again, struct tc_learned *ret)
{
    struct tc_isolation *before = NULL;
    struct tc_str *list;
    struct tc_map known;
    enum tc_status status = tc_isolate(&c->arena, c->model, &before);

    if (status == TC_OK)
        status = tc_isolate(&again->arena, again->model, &again->isolation);
    if (status != TC_OK) {
        tc_isolation_done(before);
        return status;
    }
    tc_map_init(&known, &c->arena);
    for (const struct tc_isolation_finding *f = before->findings; f != NULL; f = f->next)
        if (f->verdict == TC_NOT_ISOLATED)
            tc_map_add(&known, tc_isolation_sentence(&c->arena, f), before);
    tc_isolation_done(before);
    list = tc_arena_array(&c->arena, struct tc_str, again->isolation->finding_count);
    for (const struct tc_isolation_finding *finding = again->isolation->findings; list != NULL && finding != NULL;
         finding = finding->next) {
        struct tc_str sentence = tc_isolation_sentence(&c->arena, finding);

        if (finding->verdict != TC_NOT_ISOLATED || finding->accept != NULL || tc_map_get(&known, sentence) != NULL)
            continue;
        list[ret->isolation_count++] =
            tc_arena_printf(&c->arena, "%.*s [%s]", TC_STR_ARG(sentence), tc_rule_info(finding->rule)->code.slug);
    }
    ret->isolation = list;
    return c->arena.failed ? TC_ERR_NOMEM : TC_OK;
}

struct learner {
    struct tc_compilation *c, *again;
    const struct tc_sema_host *host;
    const struct tc_sema_options *options;
    const struct tc_subject *subject;
    const struct tc_ast_block *block;
    struct tc_needs *needs;
    struct tc_learned *ret;
};

/* Compile the source with the grants of @a needs in it. */
static enum tc_status
compile(const struct learner *l, struct tc_compilation *again, const struct tc_needs *needs)
{
    enum tc_framework framework = tc_runtime_info(l->subject->application->runtime)->framework;

    l->ret->text = with_grants(&l->c->arena, l->ret->source, l->block, needs, framework);
    if (l->ret->text.ptr == NULL)
        return TC_ERR_NOMEM;
    return tc_compile_edited(again, l->c, l->host, l->options, l->ret->source, l->ret->text);
}

/* The source takes not all of the grants: find the classes that it does not take, each by itself, and take them back.
 * @return TC_OK; TC_FAILED when it takes each of them */
static enum tc_status
blame(const struct learner *l)
{
    bool any = false;

    for (size_t i = 0; i < l->needs->grant_count; i++) {
        struct tc_needs one = {.grants = &l->needs->grants[i], .grant_count = 1};
        struct tc_compilation alone;
        enum tc_status status;

        tc_compilation_init(&alone);
        status = compile(l, &alone, &one);
        tc_compilation_done(&alone);
        if (status == TC_OK)
            continue;
        if (status != TC_FAILED)
            return status;
        for (size_t n = 0; n < l->needs->count; n++)
            if (l->needs->items[n].is_learned && l->needs->items[n].demand->cls == l->needs->grants[i]->cls) {
                l->needs->items[n].is_learned = false;
                l->needs->items[n].obstacle = "a source cannot say it beside what the application is granted of this "
                                              "class already";
            }
        any = true;
    }
    return any ? tc_needs_settle(&l->c->arena, l->subject, l->needs) : TC_FAILED;
}

/* One try: l->again holds the source with the grants. *ret_again: some of them would not help, and are taken back. */
static enum tc_status
try_once(const struct learner *l, bool *ret_again)
{
    const struct tc_application *app = l->subject->application;
    struct tc_subjects subjects;
    enum tc_status status = compile(l, l->again, l->needs);

    *ret_again = status == TC_FAILED;
    if (status == TC_FAILED)
        return blame(l);
    if (status == TC_OK)
        status = tc_subjects_of_model(&l->again->arena, l->again->model, &subjects);
    if (status != TC_OK)
        return status;
    if (app->index >= subjects.count) {
        l->ret->fault = "the application is gone";
        return TC_ERR_SELF;
    }
    *ret_again = take_back(&l->again->arena, &subjects.items[app->index], l->needs);
    if (*ret_again)
        return tc_needs_settle(&l->c->arena, l->subject, l->needs);
    l->ret->fault = fault_of(&l->again->arena, l->subject, &subjects.items[app->index], l->needs);
    return l->again->arena.failed ? TC_ERR_NOMEM : l->ret->fault != NULL ? TC_ERR_SELF : TC_OK;
}

enum tc_status
tc_learn(struct tc_compilation *c, struct tc_compilation *again, const struct tc_sema_host *host,
         const struct tc_sema_options *options, const struct tc_subject *subject, struct tc_needs *needs,
         struct tc_learned *ret)
{
    const struct tc_ast_file *file = tc_file_at(c, subject->application->span);
    const struct learner l = {
        c, again, host, options, subject, file == NULL ? NULL : block_of(file, subject->application), needs, ret};
    enum tc_status status = TC_OK;

    *ret = (struct tc_learned){0};
    for (bool more = true; more && status == TC_OK && needs->grant_count > 0 && l.block != NULL;) {
        ret->source = file->source;
        status = try_once(&l, &more);
        if (more && status == TC_OK)
            tc_compilation_reset(again);
    }
    if (needs->grant_count == 0)
        ret->source = NULL;
    return status == TC_OK && ret->source != NULL ? compare_isolation(c, again, ret) : status;
}
