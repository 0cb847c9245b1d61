#include "cli/why_patch.h"

#include "api/whatif.h"
#include "model/clauses.h"
#include "model/element.h"
#include "verify/grants.h"

/* ---- sources ---- */

/* "grant FileIO { write "D:\x"; }" */
static struct tc_str
grant_words(struct tc_arena *arena, enum tc_framework framework, const struct tc_perm *perm)
{
    struct tc_buf out = {0}, clauses = {0};
    struct tc_str text, rest;

    tc_buf_puts(&out, TC_STR("grant "));
    tc_put_name(&out, tc_str_of(perm->cls->word));
    tc_buf_putc(&out, ' ');
    if (perm->unrestricted || !tc_clauses_put(&clauses, framework, perm) || clauses.len == 0) {
        tc_buf_puts(&out, TC_STR("unrestricted;"));
    } else {
        tc_buf_putc(&out, '{');
        rest = tc_buf_str(&clauses);
        while (rest.len > 0) {
            size_t end = (size_t)((const char *)memchr(rest.ptr, '\0', rest.len) - rest.ptr);

            tc_buf_putc(&out, ' ');
            tc_buf_put(&out, rest.ptr, end);
            rest = tc_str_sub(rest, end + 1, SIZE_MAX);
        }
        tc_buf_puts(&out, TC_STR(" }"));
    }
    text = tc_arena_str(arena, tc_buf_str(&out));
    arena->failed |= out.failed || clauses.failed;
    tc_buf_done(&out);
    tc_buf_done(&clauses);
    return text;
}

/* Where a statement goes at the end of a block: before its brace, or before the line that has nothing else. */
static uint32_t
end_of_block(const struct tc_source *source, struct tc_span block, bool *ret_own_line)
{
    uint32_t brace = block.end - 1 - source->base, at = brace;

    while (at > 0 && (source->text.ptr[at - 1] == ' ' || source->text.ptr[at - 1] == '\t'))
        at--;
    *ret_own_line = at == 0 || source->text.ptr[at - 1] == '\n';
    return *ret_own_line ? at : brace;
}

/* The policy that the application runs under, where others do as well. */
static void
set_policy(const struct tc_asked_file *file, const struct tc_application *app, struct tc_why_change *ret)
{
    const struct tc_policy *policy = app->policy;
    size_t users = 0;

    if (policy != NULL && policy->span.begin == app->span.begin)
        policy = policy->base;
    if (policy == NULL || policy->is_stock)
        return;
    for (size_t i = 0; i < file->model->application_count; i++)
        for (const struct tc_policy *one = file->model->applications[i]->policy; one != NULL; one = one->base)
            users += one == policy;
    if (users < 2)
        return;
    ret->policy = policy->name;
    ret->policy_place = policy->span;
    ret->policy_users = users;
}

static enum tc_status
patch_source(struct tc_asked *asked, const struct tc_asked_file *file, const struct tc_why *why,
             struct tc_why_change *ret)
{
    struct tc_session *s = &asked->session;
    const struct tc_application *app = why->answer.subject->application;
    struct tc_source *source = tc_sources_find(&s->c.sources, app->block.begin);
    struct tc_whatif_change change = {.model = file->model,
                                      .changed = source,
                                      .application = app->name,
                                      .demand = file->demand != NULL ? file->demand : why->missing,
                                      .with_isolation = true};
    struct tc_whatif result;
    enum tc_status status;
    bool own_line;

    if (source == NULL || app->block.end <= app->block.begin)
        return TC_OK;
    ret->text = grant_words(&s->c.arena, tc_runtime_info(app->runtime)->framework, why->missing);
    ret->where = tc_arena_printf(&s->c.arena, "application %.*s", TC_STR_ARG(app->name));
    ret->place = (struct tc_span){app->block.end - 1, app->block.end};
    set_policy(file, app, ret);
    change.offset = end_of_block(source, app->block, &own_line);
    change.insert = tc_arena_printf(&s->c.arena, own_line ? "    %.*s\n" : " %.*s ", TC_STR_ARG(ret->text));
    status = tc_whatif(&s->c.arena, &s->c, &s->host, &s->sema, &change, &result);
    if (status != TC_OK)
        return status;
    ret->is_tried = true;
    ret->allows = result.allows;
    ret->allows_some = result.allows_some;
    ret->refused = result.refused;
    ret->is_isolation_known = result.refused.len == 0;
    ret->isolation = result.ways;
    ret->isolation_count = result.way_count;
    ret->rules = result.rules;
    ret->rule_count = result.rule_count;
    return TC_OK;
}

/* ---- policy files ---- */

static const struct tc_read_origin *
origin_of(const struct tc_asked_file *file, uint32_t anchor)
{
    for (const struct tc_read_origin *o = file->reading.origins; o != NULL; o = o->next)
        if (o->anchor == anchor)
            return o;
    return NULL;
}

/* What a permission of the file is after the change. */
static const struct tc_perm *
widened(struct tc_arena *arena, const struct tc_perm *has, const struct tc_perm *missing)
{
    struct tc_perm *both = has == NULL ? NULL : tc_perm_copy(arena, has);

    if (both == NULL)
        return missing;
    return tc_perm_unite(arena, both, missing) ? both : NULL;
}

/* The element that says @a perm; empty when none does. */
static struct tc_str
element_words(struct tc_arena *arena, enum tc_framework framework, const struct tc_perm *perm)
{
    const struct tc_class_names names = {.is_full = true, .framework = framework};
    struct tc_element *element = NULL;
    struct tc_throw thrown;
    struct tc_buf out = {0};
    struct tc_str text;

    if (tc_perm_write(arena, perm, &names, &element, &thrown) != TC_YES || element == NULL)
        return (struct tc_str){NULL, 0};
    tc_element_print(&out, element);
    text = tc_arena_str(arena, tc_str_trim(tc_buf_str(&out)));
    arena->failed |= out.failed;
    tc_buf_done(&out);
    return text;
}

/* Read the file with the new text in the place of [@a begin, @a end), and ask again. */
static void
try_file(const struct tc_asked_file *file, const struct tc_why *why, uint32_t begin, uint32_t end,
         struct tc_why_change *ret)
{
    struct tc_str old = file->source->text;
    struct tc_compilation aside;
    struct tc_source *source;
    struct tc_reading reading;
    struct tc_subject subject;
    struct tc_may_answer answer = {.may = TC_MAY_NOT};
    struct tc_str before = tc_str_sub(old, 0, begin), behind = tc_str_sub(old, end, SIZE_MAX);

    tc_compilation_init(&aside);
    source = tc_sources_add(
        &aside.sources, file->source->name,
        tc_arena_printf(&aside.arena, "%.*s%.*s%.*s", TC_STR_ARG(before), TC_STR_ARG(ret->text), TC_STR_ARG(behind)));
    if (source != NULL &&
        tc_read_source(&aside.diags, source, file->policy->runtime, file->policy->sets[0]->name, &reading) == TC_OK &&
        reading.policy != NULL) {
        if (reading.policy->root == NULL)
            reading.policy->root = file->policy->root;
        if (tc_subject_of_policy(&aside.arena, why->answer.subject->name, reading.policy, &why->answer.subject->values,
                                 &subject) == TC_OK)
            (void)tc_ask(&aside.arena, &subject, file->demand != NULL ? file->demand : why->missing, &answer);
    }
    tc_compilation_done(&aside);
    ret->allows = answer.may == TC_MAY_SURELY;
    ret->allows_some = answer.most == TC_MAY_SURELY;
}

static enum tc_status
patch_file(struct tc_asked *asked, const struct tc_asked_file *file, const struct tc_why *why,
           struct tc_why_change *ret)
{
    struct tc_arena *arena = &asked->session.c.arena;
    const struct tc_pset *set = file->policy->sets[0];
    const struct tc_perm *has = tc_pset_find(set, why->missing->cls), *perm = widened(arena, has, why->missing);
    const struct tc_read_origin *of = origin_of(file, has != NULL ? has->span.begin : set->span.begin);
    uint32_t base = file->source->base, end;

    if (of == NULL || perm == NULL)
        return TC_OK;
    ret->text = element_words(arena, tc_runtime_info(file->policy->runtime)->framework, perm);
    ret->replaces = has != NULL;
    ret->place = of->span;
    ret->where = tc_arena_printf(arena, "permission set %.*s",
                                 TC_STR_ARG(set->name.len > 0 ? set->name : TC_STR("of the file")));
    if (ret->text.len == 0)
        return TC_OK;
    end = of->end - base;
    ret->is_tried = true;
    if (has != NULL) {
        try_file(file, why, of->span.begin - base, end, ret);
        return TC_OK;
    }
    while (end > 0 && file->source->text.ptr[end - 1] != '<') /* its end tag */
        end--;
    ret->is_tried = end > 0 && end < file->source->text.len && file->source->text.ptr[end] == '/';
    if (ret->is_tried)
        try_file(file, why, end - 1, end - 1, ret);
    return TC_OK;
}

enum tc_status
tc_why_patch(struct tc_asked *asked, const struct tc_asked_file *file, const struct tc_why *why,
             struct tc_why_change *ret)
{
    *ret = (struct tc_why_change){.replaces = false};
    if (why->missing == NULL || why->answer.subject->policy == NULL)
        return TC_OK;
    if (file->model != NULL)
        return patch_source(asked, file, why, ret);
    if (file->reading.kind == TC_READ_SHAREPOINT)
        return TC_OK;                 /* SharePoint writes its sets into a policy file of its own */
    if (file->reading.policy == NULL) /* a level of the platform that no file says */
        return TC_OK;
    return patch_file(asked, file, why, ret);
}
