/* The statements of a policy, set or application, before they are applied to a base. */
#include "model/membership.h"
#include "sema/internal.h"

#include <string.h>

static void
add_op(struct tc_sema *s, struct tc_set_ops *set, enum tc_op_kind kind, const struct tc_perm *perm,
       uint64_t bare_fields, struct tc_span span)
{
    struct tc_op *op = tc_arena_new(s->arena, struct tc_op);

    if (op == NULL || perm == NULL)
        return;
    *op = (struct tc_op){.kind = kind, .perm = perm, .bare_fields = bare_fields, .span = span};
    if (set->tail == NULL)
        set->tail = &set->first;
    *set->tail = op;
    set->tail = &op->next;
}

/* The reasons in the platform's own levels say how well a line is known. */
static const struct tc_origin *
origin_of(struct tc_sema *s, const struct tc_ast_grant *node, const struct tc_perm *perm)
{
    struct tc_origin *origin = tc_arena_new(s->arena, struct tc_origin);

    if (origin == NULL)
        return NULL;
    *origin = (struct tc_origin){.perm = perm};
    if (node->tail.because != NULL && !s->in_stdlib)
        origin->because = tc_str_trim(node->tail.because->text);
    return origin;
}

static void
lower_grant(struct tc_sema *s, struct tc_body *body, struct tc_set_ops *set, const struct tc_ast_grant *node)
{
    const struct tc_class *cls = tc_resolve_class(s, node->cls);
    bool revoke = node->base.kind == TC_AST_REVOKE;
    uint64_t bare_fields = 0;
    size_t errors = s->diags->errors;

    tc_check_until(s, &node->tail, "grant");
    if (cls == NULL) {
        body->broken = true;
        return;
    }
    if (revoke && node->unrestricted) {
        add_op(s, set, TC_OP_REVOKE_CLASS, tc_perm_new(s->arena, cls, node->base.span), 0, node->base.span);
    } else {
        struct tc_perm *perm = tc_lower_grant(s, node, cls, &bare_fields);

        if (perm != NULL)
            perm->origin = origin_of(s, node, perm);
        add_op(s, set,
               revoke           ? TC_OP_REVOKE
               : node->possibly ? TC_OP_POSSIBLY
                                : TC_OP_GRANT,
               perm, bare_fields, node->base.span);
    }
    body->broken |= s->diags->errors != errors;
}

/* A short name that the compiler uses itself would be there twice, and the file would not load (policy-file 3). */
static void
check_raw_class(struct tc_sema *s, const struct tc_raw *raw)
{
    for (size_t i = 0; i < raw->line_count; i++) {
        size_t place = tc_str_find(raw->lines[i], TC_STR("Name=\""), 0), end;
        struct tc_str name;
        bool taken;

        if (place == SIZE_MAX)
            continue;
        end = tc_str_find(raw->lines[i], TC_STR("\""), place + 6);
        name = tc_str_sub(raw->lines[i], place + 6, (end == SIZE_MAX ? raw->lines[i].len : end) - place - 6);
        taken = tc_str_eq(name, TC_STR("NamedPermissionSet"));
        for (int c = 0; c < TC_CLASS_COUNT_; c++)
            taken |= tc_str_eq(name, tc_str_of(tc_class((enum tc_class_id)c)->short_name));
        for (int c = 0; c < TC_GROUP_COUNT_; c++)
            taken |= tc_str_eq(name, tc_str_of(tc_group_info((enum tc_group_kind)c)->short_name));
        for (int c = 0; c < TC_CONDITION_COUNT_; c++)
            taken |= tc_str_eq(name, tc_str_of(tc_condition_info((enum tc_condition_id)c)->short_name));
        if (taken)
            tc_diag_help(s->diags,
                         tc_sema_report(s, TC_CODE_BAD_RAW, raw->span,
                                        "the compiler writes the SecurityClass '%.*s' itself", TC_STR_ARG(name)),
                         "remove this line, or use another name");
        return;
    }
}

bool
tc_raw_attribute(struct tc_sema *s, const struct tc_raw *raw, const char *name, struct tc_str *ret_value)
{
    struct tc_str opening = tc_arena_printf(s->arena, "%s=\"", name);

    for (size_t i = 0; i < raw->line_count; i++) {
        size_t place = tc_str_find(raw->lines[i], opening, 0), end;

        if (place == SIZE_MAX)
            continue;
        place += opening.len;
        end = tc_str_find(raw->lines[i], TC_STR("\""), place);
        *ret_value = tc_element_decode(s->arena, tc_str_sub(raw->lines[i], place, end - place));
        return true;
    }
    return false;
}

/* The framework asks the whole list of every assembly from the global assembly cache, and reads an entry only then: one
 * that it cannot read keeps all of them from loading. */
static void
check_raw_full_trust(struct tc_sema *s, const struct tc_raw *raw)
{
    const struct tc_condition_info *info = tc_condition_info(TC_CONDITION_STRONG_NAME);
    const struct tc_evidence assembly = {
        .has_strong_name = true, .key = TC_STR("00"), .name = TC_STR("A"), .version = TC_STR("1.0.0.0")};
    struct tc_condition condition = {.kind = TC_CONDITION_STRONG_NAME};
    struct tc_throw thrown;

    for (size_t i = 0; i < info->argument_count; i++)
        condition.present[i] = tc_raw_attribute(s, raw, info->arguments[i].xml, &condition.values[i]);
    if (tc_condition_check(s->arena, &condition, &assembly, &thrown) == TC_THROWS)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_BAD_RAW, raw->span, "the framework cannot read this strong name: %s",
                                    thrown.type),
                     "PublicKeyBlob is the public key in hexadecimal digits, AssemblyVersion two to four numbers");
}

/* A permission without a class makes the framework lose the whole set, without a word (policy-file 4.3). */
static void
check_raw_permission(struct tc_sema *s, const struct tc_raw *raw)
{
    struct tc_str ignored;

    if ((tc_raw_is(raw, TC_STR("IPermission")) || tc_raw_is(raw, TC_STR("Permission"))) &&
        !tc_raw_attribute(s, raw, " class", &ignored))
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_BAD_RAW, raw->span,
                                    "this permission has no class: the framework would lose the whole set"),
                     "write class=\"...\" with the name of a SecurityClass or the full name of the type");
}

/* The name of the type that @a raw is a permission of, if it is one that the framework does not bring; else empty. */
static struct tc_str
foreign_type(struct tc_sema *s, const struct tc_raw *raw)
{
    struct tc_str name;
    size_t comma;

    if ((!tc_raw_is(raw, TC_STR("IPermission")) && !tc_raw_is(raw, TC_STR("Permission"))) ||
        !tc_raw_attribute(s, raw, " class", &name))
        return TC_STR("");
    comma = tc_str_find(name, TC_STR(","), 0);
    name = tc_str_trim(tc_str_sub(name, 0, comma));
    return comma == SIZE_MAX || tc_class_by_type(name) != NULL ? TC_STR("") : name;
}

/* Two permissions of one class are united while the set is read; where the type cannot be loaded, that loses the whole
 * set (policy-file 4.3). */
static void
check_raw_twice(struct tc_sema *s, const struct tc_raw *first, const struct tc_raw *raw)
{
    struct tc_str type = foreign_type(s, raw);

    for (; type.len > 0 && first != NULL; first = first->next)
        if (tc_str_eq(foreign_type(s, first), type)) {
            struct tc_diag *diag = tc_sema_report(
                s, TC_CODE_BAD_RAW, raw->span,
                "'%.*s' stands here a second time: where the framework cannot load the type, it loses the whole set",
                TC_STR_ARG(type));

            tc_diag_label(s->diags, diag, first->span, "first said here");
            tc_diag_help(s->diags, diag, "write one element that says both");
            return;
        }
}

static void
lower_raw(struct tc_sema *s, struct tc_body *body, struct tc_set_ops *set, const struct tc_ast_raw *node, bool in_set)
{
    struct tc_raw *raw = tc_lower_raw(s, node), **tail;

    if (raw == NULL) {
        body->broken = true;
        return;
    }
    if (!in_set && tc_raw_is(raw, TC_STR("SecurityClass"))) {
        check_raw_class(s, raw);
        tail = &body->raw_classes;
    } else if (!in_set && tc_raw_is(raw, TC_STR("PermissionSet")))
        tail = &body->raw_sets;
    else if (!in_set && tc_raw_is(raw, TC_STR("IMembershipCondition"))) {
        check_raw_full_trust(s, raw);
        tail = &body->raw_full_trust;
    } else {
        check_raw_permission(s, raw);
        check_raw_twice(s, set->raw, raw);
        tail = &set->raw;
    }
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = raw;
}

static void
misplaced(struct tc_sema *s, const struct tc_ast *node, const char *word, const char *where)
{
    tc_sema_report(s, TC_CODE_MISPLACED, node->span, "'%s' cannot stand in %s", word, where);
}

/* The word that a statement begins with, for messages. */
static const char *
statement_word(struct tc_sema *s, const struct tc_ast *node)
{
    struct tc_str text = tc_sources_text(s->diags->sources, node->span);
    size_t end = 0;

    while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\t' && text.ptr[end] != '\n' &&
           text.ptr[end] != '\r' && text.ptr[end] != '{' && text.ptr[end] != ';')
        end++;
    return tc_arena_str(s->arena, tc_str_sub(text, 0, end)).ptr;
}

/* Statements that a `set` and a set written on the spot take. */
static void
lower_set_statements(struct tc_sema *s, struct tc_body *body, struct tc_set_ops *set, const struct tc_ast *node)
{
    for (; node != NULL; node = node->next) {
        switch (node->kind) {
        case TC_AST_GRANT:
        case TC_AST_REVOKE:
            lower_grant(s, body, set, (const struct tc_ast_grant *)node);
            break;
        case TC_AST_RAW:
            lower_raw(s, body, set, (const struct tc_ast_raw *)node, true);
            break;
        case TC_AST_BAD:
            body->broken = true;
            break;
        default:
            misplaced(s, node, statement_word(s, node), "a permission set: only grant, revoke and raw do");
        }
    }
}

static void
lower_set(struct tc_sema *s, struct tc_body *body, const struct tc_ast_block *node)
{
    struct tc_set_ops *set, **tail = &body->sets;
    struct tc_diag *diag;

    if (tc_builtin_set_find(node->name->text)) {
        diag = tc_sema_report(s, TC_CODE_RESERVED_SET, node->name->span,
                              "'%.*s' is the framework's own permission set: a definition of it is discarded",
                              TC_STR_ARG(node->name->text));
        tc_diag_help(s->diags, diag, "give the set another name");
        body->broken = true;
        return;
    }
    for (; *tail != NULL; tail = &(*tail)->next)
        if (tc_str_eq((*tail)->name, node->name->text)) {
            diag = tc_sema_report(s, TC_CODE_DUPLICATE_NAME, node->name->span,
                                  "there are two sets '%.*s' in this policy", TC_STR_ARG(node->name->text));
            tc_diag_label(s->diags, diag, (*tail)->span, "the first one is here");
            body->broken = true;
            return;
        }
    if (!tc_check_text(s, node->name, "the name of a permission set"))
        return;
    if (node->name->text.len == 0) {
        tc_sema_report(s, TC_CODE_RESERVED_SET, node->name->span, "a permission set needs a name");
        body->broken = true;
        return;
    }
    set = tc_arena_new(s->arena, struct tc_set_ops);
    if (set == NULL)
        return;
    *set = (struct tc_set_ops){
        .name = node->name->text, .span = node->name->span, .description = tc_description(s, node->description)};
    *tail = set;
    lower_set_statements(s, body, set, node->body.first);
}

static void
lower_codegroups(struct tc_sema *s, struct tc_body *body, const struct tc_ast_codegroups *node)
{
    struct tc_diag *diag;
    struct tc_group *root;

    if (body->codegroups_span.end != 0) {
        diag = tc_sema_report(s, TC_CODE_DUPLICATE_SETTING, node->base.span, "a policy has one tree of code groups");
        tc_diag_label(s->diags, diag, body->codegroups_span, "the first one is here");
        return;
    }
    body->codegroups_span = node->base.span;
    root = tc_lower_groups(s, node->groups.first);
    body->root = root;
    if (root == NULL && node->groups.first == NULL)
        tc_sema_report(s, TC_CODE_BAD_GROUP, node->base.span,
                       "a tree of code groups has a root: without one the policy file does not load");
    for (const struct tc_group *extra = root == NULL ? NULL : root->next; extra != NULL; extra = extra->next)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_BAD_GROUP, extra->span,
                                    "a tree of code groups has one root: this further one would be ignored"),
                     "make it a child: first-match all grants Nothing { ... }");
    if (root != NULL && root->is_raw && !tc_raw_is(root->raw, TC_STR("CodeGroup")))
        tc_sema_report(s, TC_CODE_BAD_GROUP, root->span,
                       "the root of a tree of code groups is a <CodeGroup>: without it the policy file does not load");
    body->broken |= root == NULL;
}

static void
lower_statement(struct tc_sema *s, struct tc_body *body, const struct tc_ast *node)
{
    body->has_statements = true;
    switch (node->kind) {
    case TC_AST_GRANT:
    case TC_AST_REVOKE:
        lower_grant(s, body, &body->main, (const struct tc_ast_grant *)node);
        break;
    case TC_AST_SET:
        lower_set(s, body, (const struct tc_ast_block *)node);
        break;
    case TC_AST_RAW:
        lower_raw(s, body, &body->main, (const struct tc_ast_raw *)node, false);
        break;
    case TC_AST_CODE: {
        struct tc_group **tail = &body->code;

        while (*tail != NULL)
            tail = &(*tail)->next;
        *tail = tc_lower_code(s, (const struct tc_ast_group *)node);
        break;
    }
    case TC_AST_CODEGROUPS:
        lower_codegroups(s, body, (const struct tc_ast_codegroups *)node);
        break;
    case TC_AST_FULL_TRUST: {
        struct tc_full_trust **tail = &body->full_trust;

        while (*tail != NULL)
            tail = &(*tail)->next;
        *tail = tc_lower_full_trust(s, (const struct tc_ast_full_trust *)node);
        break;
    }
    default:
        break;
    }
}

void
tc_lower_body(struct tc_sema *s, const struct tc_ast *statements, struct tc_body *body,
              void (*setting)(struct tc_sema *s, void *state, const struct tc_ast_setting *node), void *state)
{
    if (setting == NULL) {
        lower_set_statements(s, body, &body->main, statements);
        return;
    }
    for (const struct tc_ast *node = statements; node != NULL; node = node->next) {
        if (node->kind == TC_AST_BAD)
            body->broken = true;
        else if (node->kind == TC_AST_SETTING)
            setting(s, state, (const struct tc_ast_setting *)node);
        else if (node->kind != TC_AST_ACCEPT)
            lower_statement(s, body, node);
    }
}

struct tc_accept *
tc_lower_accept(struct tc_sema *s, const struct tc_ast_accept *node)
{
    struct tc_accept *accept = tc_arena_new(s->arena, struct tc_accept);

    if (accept == NULL)
        return NULL;
    tc_check_until(s, &node->tail, "acceptance");
    if (tc_rule_find(node->rule->text) == TC_RULE_COUNT_) {
        struct tc_diag *diag = tc_sema_report(s, TC_CODE_UNKNOWN_RULE, node->rule->span,
                                              "there is no rule of isolation '%.*s'", TC_STR_ARG(node->rule->text));
        struct tc_nearest nearest;

        tc_nearest_init(&nearest, node->rule->text);
        for (int i = 0; i < TC_RULE_COUNT_; i++)
            tc_nearest_try(&nearest, tc_str_of(tc_rule_info((enum tc_rule_id)i)->code.slug));
        tc_nearest_help(s, diag, &nearest);
        return NULL;
    }
    if (node->tail.because == NULL || tc_str_trim(node->tail.because->text).len == 0) {
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_NO_REASON, node->base.span, "an accepted finding has a reason"),
                     "write: accept %.*s because \"...\";", TC_STR_ARG(node->rule->text));
        return NULL;
    }
    *accept =
        (struct tc_accept){.rule = node->rule->text, .because = node->tail.because->text, .span = node->rule->span};
    if (node->tail.until != NULL)
        accept->until = node->tail.until->text;
    return accept;
}

/* The text of `##` lines: without the signs, lines joined by a blank. */
struct tc_str
tc_description(struct tc_sema *s, struct tc_span span)
{
    struct tc_str text = tc_sources_text(s->diags->sources, span);
    char *out;
    size_t len = 0;

    if (text.len == 0)
        return text;
    out = tc_arena_alloc(s->arena, text.len, 1);
    if (out == NULL)
        return (struct tc_str){NULL, 0};
    while (text.len > 0) {
        size_t end = 0;
        struct tc_str line;

        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r')
            end++;
        line = tc_str_trim(tc_str_sub(text, 0, end));
        while (line.len > 0 && line.ptr[0] == '#')
            line = tc_str_sub(line, 1, line.len);
        line = tc_str_trim(line);
        if (len > 0 && line.len > 0)
            out[len++] = ' ';
        for (size_t i = 0, n; i < line.len; i += n) {
            uint32_t code;

            n = tc_utf8_next(line, i, &code);
            if (code < 0x20 || code == 0xFFFE || code == 0xFFFF) { /* what XML 1.0 cannot hold */
                out[len++] = ' ';
                continue;
            }
            memcpy(out + len, line.ptr + i, n);
            len += n;
        }
        text = tc_str_sub(text, end < text.len ? end + 1 : end, text.len);
    }
    return (struct tc_str){out, len};
}
