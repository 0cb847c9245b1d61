/* share, never and test: resolved and type-checked here, given meaning by the checks. */
#include "sema/internal.h"

struct tc_decl_application *
tc_resolve_application(struct tc_sema *s, const struct tc_atom *atom)
{
    struct tc_decl_application *decl = tc_map_get(&s->applications, atom->text);
    struct tc_nearest nearest;
    struct tc_diag *diag;

    if (decl != NULL || s->has_bad_items || atom->broken)
        return decl;
    diag = tc_sema_report(s, TC_CODE_UNKNOWN_APPLICATION, atom->span, "there is no application '%.*s'",
                          TC_STR_ARG(atom->text));
    tc_nearest_init(&nearest, atom->text);
    for (size_t i = 0; i < s->application_count; i++)
        tc_nearest_try(&nearest, s->application_list[i]->app->name);
    tc_nearest_help(s, diag, &nearest);
    return NULL;
}

static void
lower_share_names(struct tc_sema *s, struct tc_share *share, const struct tc_atom *names)
{
    size_t count = 0;

    for (const struct tc_atom *atom = names; atom != NULL; atom = atom->next)
        count++;
    share->applications = tc_arena_array(s->arena, const struct tc_application *, count);
    if (share->applications == NULL)
        return;
    for (const struct tc_atom *atom = names; atom != NULL; atom = atom->next) {
        struct tc_decl_application *decl = tc_resolve_application(s, atom);

        for (size_t i = 0; decl != NULL && i < share->application_count; i++)
            if (share->applications[i] == decl->app) {
                tc_sema_report(s, TC_CODE_BAD_SHARE, atom->span, "'%.*s' is named twice", TC_STR_ARG(atom->text));
                decl = NULL;
            }
        if (decl != NULL)
            share->applications[share->application_count++] = decl->app;
    }
    if (count < 2)
        tc_sema_report(s, TC_CODE_BAD_SHARE, names->span, "a share is between two applications or more");
}

void
tc_lower_share(struct tc_sema *s, const struct tc_ast_share *node)
{
    struct tc_share *share = tc_arena_new(s->arena, struct tc_share);
    const struct tc_class *file_io = tc_class(TC_CLASS_FILE_IO);
    const struct tc_atom *atom = node->terms.first;

    if (share == NULL)
        return;
    share->span = node->base.span;
    tc_check_until(s, &node->tail, "share");
    for (; atom != NULL && atom->next != NULL; atom = atom->next) {
        const struct tc_atom *value = atom->next;

        if ((value->kind == TC_ATOM_STRING) == (atom->kind == TC_ATOM_STRING) && !value->joined)
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_SHARE, value->span, "a comma is missing before '%.*s'",
                                        TC_STR_ARG(value->text)),
                         "like things are joined by commas: read, discover");
    }
    atom = node->terms.first;
    for (; atom != NULL && atom->kind == TC_ATOM_STRING; atom = atom->next) {
        struct tc_str path = tc_check_path(s, atom);

        if (path.len > 0)
            tc_list_add(s->arena, &share->paths, (struct tc_item){.text = path, .span = atom->span});
    }
    if (atom == node->terms.first || atom == NULL)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_BAD_SHARE, node->terms.first->span,
                                    "a share names a directory and what may be done there"),
                     "write: share \"D:\\Shared\" read, discover between A, B because \"...\";");
    for (; atom != NULL; atom = atom->next) {
        bool found = tc_str_eq(atom->text, TC_STR("all"));

        for (size_t i = 0; i < file_io->field_count; i++)
            if (found ? file_io->fields[i].in_all : tc_str_eq(atom->text, tc_str_of(file_io->fields[i].word))) {
                share->fields |= UINT32_C(1) << i;
                if (!tc_str_eq(atom->text, TC_STR("all"))) {
                    found = true;
                    break;
                }
            }
        if (!found)
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_SHARE, atom->span, "'%.*s' is no access to files",
                                        TC_STR_ARG(atom->text)),
                         "write read, write, append, discover or all");
    }
    lower_share_names(s, share, node->names.first);
    if (node->tail.because == NULL || tc_str_trim(node->tail.because->text).len == 0)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_NO_REASON, node->base.span, "sharing that is meant has a reason"),
                     "end it with: because \"...\";");
    else
        share->because = node->tail.because->text;
    if (node->tail.until != NULL)
        share->until = node->tail.until->text;
    *s->share_tail = share;
    s->share_tail = &share->next;
}

static struct tc_demand *
lower_demand(struct tc_sema *s, const struct tc_ast_demand *node, bool is_never)
{
    struct tc_demand *demand = tc_arena_new(s->arena, struct tc_demand);
    const struct tc_atom *word = node->terms.first;
    const struct tc_class *cls = tc_resolve_class(s, word);
    struct tc_decl_application *decl;
    struct tc_perm *perm;

    if (demand == NULL)
        return NULL;
    *demand = (struct tc_demand){.negated = node->negated, .span = node->base.span};
    if (node->subject != NULL) {
        decl = tc_resolve_application(s, node->subject);
        if (decl == NULL)
            return NULL;
        demand->application = decl->app;
    }
    if (is_never && node->negated)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_BAD_DEMAND, node->base.span,
                                    "a 'never' says what must be impossible, so 'may not' would say it twice"),
                     "write 'may'");
    if (cls == NULL)
        return NULL;
    perm = tc_perm_new(s->arena, cls, node->base.span);
    if (perm == NULL)
        return NULL;
    demand->perm = perm;
    if (word->joined || (word->next != NULL && word->next->joined)) {
        tc_sema_report(s, TC_CODE_BAD_DEMAND, word->next->span, "a demand is about one class; write one line each");
        return NULL;
    }
    if (cls->assembly == TC_ASM_COUNT_ || (word->next == NULL && cls->field_count == 0 && cls->form_count == 0)) {
        perm->unrestricted = true; /* all that a class without clauses can be asked for */
        if (word->next != NULL && !tc_str_eq(word->next->text, TC_STR("unrestricted")))
            tc_sema_report(s, TC_CODE_BAD_DEMAND, word->next->span,
                           "of a declared class only 'unrestricted' can be demanded");
        return demand;
    }
    if (word->next == NULL) {
        tc_diag_help(
            s->diags,
            tc_sema_report(s, TC_CODE_BAD_DEMAND, word->span, "this does not say what of %s is demanded", cls->word),
            "write for example: may %s %s", cls->word,
            cls->field_count > 0 && cls->fields[0].kind == TC_FIELD_PATHS ? "read \"D:\\Data\\file.txt\";"
                                                                          : "unrestricted;");
        return NULL;
    }
    return tc_lower_terms(s, perm, word->next, TC_CLAUSE_DEMAND, NULL, node->base.span) ? demand : NULL;
}

void
tc_lower_rule(struct tc_sema *s, const struct tc_ast_block *node)
{
    struct tc_rule *rule = tc_arena_new(s->arena, struct tc_rule);
    struct tc_demand **demands;

    if (rule == NULL)
        return;
    *rule = (struct tc_rule){
        .title = node->name->text, .is_never = node->base.kind == TC_AST_NEVER, .span = node->name->span};
    demands = &rule->demands;
    for (const struct tc_ast *item = node->body.first; item != NULL; item = item->next) {
        if (item->kind != TC_AST_DEMAND)
            continue;
        *demands = lower_demand(s, (const struct tc_ast_demand *)item, rule->is_never);
        if (*demands != NULL)
            demands = &(*demands)->next;
    }
    if (node->body.first == NULL)
        tc_sema_report(s, TC_CODE_BAD_DEMAND, node->name->span, "this %s says nothing",
                       rule->is_never ? "never" : "test");
    *s->rule_tail = rule;
    s->rule_tail = &rule->next;
}
