/* Settings: the statements of a block that are a word and its values. */
#include "sema/internal.h"
#include "syntax/keyword.h"

#include <string.h>

enum block { IN_SERVER = 1, IN_POLICY = 2, IN_APPLICATION = 4 };

enum setting_id {
#define TC_SETTING(id, word, blocks, form) SETTING_##id,
#include "sema/settings.def"
    SETTING_COUNT_
};

static const struct {
    const char *word;
    unsigned blocks;
    const char *form;
} settings[] = {
#define TC_SETTING(id, word, blocks, form) {word, blocks, form},
#include "sema/settings.def"
};

static const char *
block_name(enum block block)
{
    return block == IN_SERVER ? "the server block" : block == IN_POLICY ? "a policy" : "an application";
}

static void
report_unknown(struct tc_sema *s, enum block block, const struct tc_atom *word)
{
    struct tc_diag *diag = tc_sema_report(s, TC_CODE_UNKNOWN_SETTING, word->span, "there is no statement '%.*s' in %s",
                                          TC_STR_ARG(word->text), block_name(block));
    struct tc_str words = {NULL, 0};
    struct tc_nearest nearest;

    tc_nearest_init(&nearest, word->text);
    for (int i = 0; i < SETTING_COUNT_; i++) {
        if (!(settings[i].blocks & block))
            continue;
        tc_nearest_try(&nearest, tc_str_of(settings[i].word));
        words = tc_arena_printf(s->arena, "%.*s%s%s", TC_STR_ARG(words), words.len > 0 ? ", " : "", settings[i].word);
    }
    if (tc_keyword_near(word->text) != NULL)
        tc_diag_help(s->diags, diag, "did you mean '%s'?", tc_keyword_near(word->text));
    else if (nearest.best.len > 0)
        tc_nearest_help(s, diag, &nearest);
    else
        tc_diag_help(s->diags, diag, "it may hold %.*s%s", TC_STR_ARG(words),
                     block == IN_SERVER
                         ? " and accept"
                         : ", grant, possibly grant, revoke, set, code, codegroups, full-trust, raw and accept");
}

/* All the blocks that a statement may stand in. */
static const char *
block_names(unsigned blocks)
{
    switch (blocks) {
    case IN_SERVER | IN_APPLICATION:
        return "the server block or an application";
    case IN_POLICY | IN_APPLICATION:
        return "a policy or an application";
    default:
        return block_name((enum block)blocks);
    }
}

/* The row that a statement names; SETTING_COUNT_ after an error. */
static enum setting_id
find_setting(struct tc_sema *s, enum block block, const struct tc_ast_setting *node)
{
    const struct tc_atom *word = node->terms.first;
    struct tc_diag *diag;

    for (int i = 0; i < SETTING_COUNT_; i++) {
        if (!tc_str_eq(word->text, tc_str_of(settings[i].word)))
            continue;
        if (settings[i].blocks & block)
            return (enum setting_id)i;
        diag = tc_sema_report(s, TC_CODE_MISPLACED, word->span, "'%s' cannot stand in %s", settings[i].word,
                              block_name(block));
        tc_diag_help(s->diags, diag, "it belongs in %s", block_names(settings[i].blocks));
        return SETTING_COUNT_;
    }
    report_unknown(s, block, word);
    return SETTING_COUNT_;
}

/* Report a setting whose values have not the form that its row shows. */
static void
wrong_form(struct tc_sema *s, enum setting_id id, struct tc_span span)
{
    tc_diag_help(s->diags,
                 tc_sema_report(s, TC_CODE_SETTING_VALUE, span, "this is not how '%s' is written", settings[id].word),
                 "write: %s", settings[id].form);
}

/* Report a second setting of the same kind; @a seen holds the first of each. */
static bool
is_duplicate(struct tc_sema *s, const struct tc_ast_setting **seen, enum setting_id id,
             const struct tc_ast_setting *node)
{
    struct tc_diag *diag;

    if (seen[id] == NULL) {
        seen[id] = node;
        return false;
    }
    diag =
        tc_sema_report(s, TC_CODE_DUPLICATE_SETTING, node->terms.first->span, "'%s' is said twice", settings[id].word);
    tc_diag_label(s->diags, diag, seen[id]->base.span, "first said here");
    return true;
}

/* The only value of a setting; NULL after an error. */
static const struct tc_atom *
single(struct tc_sema *s, enum setting_id id, const struct tc_ast_setting *node, bool string)
{
    const struct tc_atom *value = node->terms.first->next;

    for (const struct tc_atom *atom = value; atom != NULL; atom = atom->next)
        if (atom->broken)
            return NULL; /* complained of already */
    if (value != NULL && value->next == NULL && (!string || value->kind == TC_ATOM_STRING))
        return value;
    wrong_form(s, id,
               value == NULL                               ? node->base.span
               : (string && value->kind != TC_ATOM_STRING) ? value->span
                                                           : value->next->span);
    return NULL;
}

static struct tc_said
said(const struct tc_atom *atom, struct tc_str text)
{
    return (struct tc_said){.text = text, .span = atom->span};
}

/* ---- framework and CAS model, in the server and in applications ---- */

static bool
lower_framework(struct tc_sema *s, const struct tc_ast_setting *node, enum tc_framework *ret)
{
    const struct tc_atom *value = single(s, SETTING_FRAMEWORK, node, false);
    struct tc_diag *diag;

    if (value == NULL)
        return false;
    if (tc_framework_find(value->text, ret))
        return true;
    diag = tc_sema_report(s, TC_CODE_SETTING_VALUE, value->span, "there is no framework '%.*s' here",
                          TC_STR_ARG(value->text));
    if (tc_str_starts(value->text, TC_STR("4")))
        tc_diag_help(s->diags, diag, "every 4.x is written 4.0");
    else
        tc_diag_help(s->diags, diag, "write 1.1, 2.0, 3.5 or 4.0");
    return false;
}

static bool
lower_cas_model(struct tc_sema *s, const struct tc_ast_setting *node, bool *ret_legacy)
{
    const struct tc_atom *value = single(s, SETTING_CAS_MODEL, node, false);

    if (value == NULL)
        return false;
    *ret_legacy = tc_str_eq(value->text, TC_STR("legacy"));
    if (*ret_legacy || tc_str_eq(value->text, TC_STR("default")))
        return true;
    tc_diag_help(
        s->diags,
        tc_sema_report(s, TC_CODE_SETTING_VALUE, value->span, "there is no CAS model '%.*s'", TC_STR_ARG(value->text)),
        "write legacy or default");
    return false;
}

static void
check_cas_model(struct tc_sema *s, enum tc_framework framework, const struct tc_ast_setting *node)
{
    if (node == NULL || framework == TC_FX_4_0)
        return;
    tc_diag_help(s->diags,
                 tc_sema_report(s, TC_CODE_SETTING_VALUE, node->base.span,
                                "framework %s has one CAS model, and no attribute to choose it",
                                tc_framework_info(framework)->name),
                 "remove this line, or use framework 4.0");
}

/* ---- server ---- */

static void
lower_compression(struct tc_sema *s, const struct tc_ast_setting *node)
{
    struct tc_model *model = s->model;
    const struct tc_atom *word = node->terms.first->next;
    size_t count = 0;

    if (word == NULL)
        goto wrong;
    if (tc_str_eq(word->text, TC_STR("off")) && word->next == NULL) {
        model->compression = TC_COMPRESSION_OFF;
        return;
    }
    model->compression = tc_str_eq(word->text, TC_STR("only")) ? TC_COMPRESSION_ONLY : TC_COMPRESSION_EXCEPT;
    if ((model->compression == TC_COMPRESSION_EXCEPT && !tc_str_eq(word->text, TC_STR("except"))) || word->next == NULL)
        goto wrong;
    for (const struct tc_atom *atom = word->next; atom != NULL; atom = atom->next) {
        if (count++ > 0 && !atom->joined)
            goto wrong;
    }
    model->compression_list = tc_arena_array(s->arena, const struct tc_application *, count);
    for (const struct tc_atom *atom = word->next; atom != NULL && model->compression_list != NULL; atom = atom->next) {
        struct tc_decl_application *decl = tc_resolve_application(s, atom);

        for (size_t i = 0; decl != NULL && i < model->compression_count; i++)
            if (model->compression_list[i] == decl->app) {
                tc_sema_report(s, TC_CODE_SETTING_VALUE, atom->span, "'%.*s' is named twice", TC_STR_ARG(atom->text));
                decl = NULL;
            }
        if (decl != NULL)
            model->compression_list[model->compression_count++] = decl->app;
    }
    return;
wrong:
    wrong_form(s, SETTING_COMPRESSION, node->base.span);
}

static void
lower_iis(struct tc_sema *s, const struct tc_ast_setting *node)
{
    static const char *const versions[] = {"5.0", "5.1", "6.0", "7.0", "7.5", "8.0", "8.5", "10.0"};
    const struct tc_atom *value = single(s, SETTING_IIS, node, false);

    if (value == NULL)
        return;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (tc_str_eq(value->text, tc_str_of(versions[i]))) {
            s->model->iis = value->text;
            return;
        }
    tc_diag_help(
        s->diags,
        tc_sema_report(s, TC_CODE_SETTING_VALUE, value->span, "there is no IIS '%.*s'", TC_STR_ARG(value->text)),
        "write 5.0, 5.1, 6.0, 7.0, 7.5, 8.0, 8.5 or 10.0");
}

void
tc_lower_server(struct tc_sema *s, const struct tc_ast_block *block)
{
    struct tc_model *model = s->model;
    const struct tc_ast_setting *seen[SETTING_COUNT_] = {NULL};
    enum tc_framework framework = TC_FX_4_0;
    bool legacy = false;
    struct tc_accept **accepts = &model->accepts;

    model->server_name = block->name->text;
    model->server_span = block->name->span;
    for (const struct tc_ast *node = block->body.first; node != NULL; node = node->next) {
        const struct tc_ast_setting *setting = (const struct tc_ast_setting *)node;
        const struct tc_atom *value;
        enum setting_id id;

        if (node->kind == TC_AST_ACCEPT) {
            *accepts = tc_lower_accept(s, (const struct tc_ast_accept *)node);
            if (*accepts != NULL)
                accepts = &(*accepts)->next;
            continue;
        }
        if (node->kind == TC_AST_BAD)
            continue;
        if (node->kind != TC_AST_SETTING) {
            tc_diag_help(
                s->diags,
                tc_sema_report(s, TC_CODE_MISPLACED, node->span, "this statement cannot stand in the server block"),
                "grants and code groups stand in policies and applications");
            continue;
        }
        id = find_setting(s, IN_SERVER, setting);
        if (id == SETTING_COUNT_ || is_duplicate(s, seen, id, setting))
            continue;
        switch (id) {
        case SETTING_FRAMEWORK:
            lower_framework(s, setting, &framework);
            break;
        case SETTING_CAS_MODEL:
            lower_cas_model(s, setting, &legacy);
            break;
        case SETTING_IIS:
            lower_iis(s, setting);
            break;
        case SETTING_WINDOWS:
            value = single(s, id, setting, true);
            if (value != NULL)
                model->windows = said(value, tc_check_directory(s, value, false));
            break;
        case SETTING_TRUST:
            value = single(s, id, setting, false);
            s->server_trust = setting->terms.first->next != NULL && value != NULL ? setting->terms.first->next : NULL;
            break;
        case SETTING_PLATFORM:
            value = single(s, id, setting, true);
            if (value != NULL)
                model->platform = said(value, value->text);
            break;
        default: /* compression names applications: it is read when they are known */
            break;
        }
    }
    check_cas_model(s, framework, seen[SETTING_CAS_MODEL]);
    model->runtime = tc_runtime_of(framework, legacy && framework == TC_FX_4_0);
    if (seen[SETTING_COMPRESSION] != NULL)
        lower_compression(s, seen[SETTING_COMPRESSION]);
}

/* ---- policies ---- */

static void
lower_permission_set(struct tc_sema *s, struct tc_body *body, const struct tc_ast_setting *node)
{
    const struct tc_atom *value = single(s, SETTING_PERMISSION_SET, node, false);
    struct tc_diag *diag;

    if (value == NULL || !tc_check_text(s, value, "the name of a permission set"))
        return;
    if (body->permission_set.text.len > 0) {
        diag = tc_sema_report(s, TC_CODE_DUPLICATE_SETTING, node->base.span, "'permission-set' is said twice");
        tc_diag_label(s->diags, diag, body->permission_set.span, "first said here");
        return;
    }
    if (value->text.len == 0) {
        tc_sema_report(s, TC_CODE_RESERVED_SET, value->span, "a permission set needs a name");
        return;
    }
    if (tc_builtin_set_find(value->text)) {
        tc_sema_report(s, TC_CODE_RESERVED_SET, value->span,
                       "'%.*s' cannot be the name of a policy's own set: it is the framework's",
                       TC_STR_ARG(value->text));
        return;
    }
    body->permission_set = said(value, value->text);
}

void
tc_policy_setting(struct tc_sema *s, void *state, const struct tc_ast_setting *node)
{
    struct tc_decl *decl = state;
    enum setting_id id = find_setting(s, IN_POLICY, node);

    if (id == SETTING_PERMISSION_SET)
        lower_permission_set(s, &decl->body, node);
    else
        decl->body.broken = true;
}

/* ---- applications ---- */

struct application_state {
    struct tc_decl_application *decl;
    const struct tc_ast_setting *seen[SETTING_COUNT_];
};

static void
lower_origin(struct tc_sema *s, struct tc_application *app, const struct tc_ast_setting *node)
{
    const struct tc_atom *word = node->terms.first->next, *value = word;
    struct tc_str pattern;

    if (word != NULL && word->kind == TC_ATOM_NAME)
        value = word->next;
    if (value == NULL || value->next != NULL || value->kind != TC_ATOM_STRING) {
        wrong_form(s, SETTING_ORIGIN, node->base.span);
        return;
    }
    if (word == value)
        pattern = tc_check_url(s, value);
    else if (tc_str_eq(word->text, TC_STR("host")))
        pattern = tc_check_host(s, value);
    else if (tc_str_eq(word->text, TC_STR("pattern"))) {
        if (tc_check_origin(s, value, value->text).len == 0 && value->text.len > 0)
            return;
        pattern = tc_check_pattern(s, value);
    } else {
        wrong_form(s, SETTING_ORIGIN, word->span);
        return;
    }
    app->origin = said(value, tc_check_origin(s, value, pattern));
}

static void
lower_pool(struct tc_sema *s, struct tc_application *app, const struct tc_ast_setting *node)
{
    const struct tc_atom *name = node->terms.first->next;
    const struct tc_atom *word = name == NULL ? NULL : name->next;
    const struct tc_atom *identity = word == NULL ? NULL : word->next;

    if (name == NULL ||
        (word != NULL && (!tc_str_eq(word->text, TC_STR("identity")) || identity == NULL || identity->next != NULL))) {
        wrong_form(s, SETTING_POOL, node->base.span);
        return;
    }
    if (tc_check_plain(s, name))
        app->pool = said(name, name->text);
    if (identity != NULL && tc_check_plain(s, identity))
        app->identity = said(identity, identity->text);
}

static void
lower_word(struct tc_sema *s, enum setting_id id, const struct tc_ast_setting *node, const char *const *words,
           size_t count, int *ret)
{
    const struct tc_atom *value = single(s, id, node, false);

    for (size_t i = 0; value != NULL && i < count; i++)
        if (tc_str_eq(value->text, tc_str_of(words[i]))) {
            *ret = (int)i;
            return;
        }
    if (value != NULL)
        wrong_form(s, id, value->span);
}

static void
lower_directory(struct tc_sema *s, enum setting_id id, const struct tc_ast_setting *node, bool replaces_token,
                struct tc_said *ret)
{
    const struct tc_atom *value = single(s, id, node, true);

    if (value != NULL)
        *ret = said(value, tc_check_directory(s, value, replaces_token));
}

static void
application_setting(struct tc_sema *s, void *state, const struct tc_ast_setting *node)
{
    static const char *const authentications[] = {"", "anonymous", "windows", "forms"};
    static const char *const switches[] = {"off", "on"};
    struct application_state *as = state;
    struct tc_decl_application *decl = as->decl;
    struct tc_application *app = decl->app;
    enum setting_id id = find_setting(s, IN_APPLICATION, node);
    const struct tc_atom *value;
    int index = 0;

    if (id == SETTING_COUNT_ || is_duplicate(s, as->seen, id, node)) {
        decl->level.body.broken = true;
        return;
    }
    switch (id) {
    case SETTING_FRAMEWORK:
        decl->has_framework = lower_framework(s, node, &decl->framework);
        break;
    case SETTING_CAS_MODEL:
        decl->has_cas_model = lower_cas_model(s, node, &decl->legacy_cas);
        break;
    case SETTING_TRUST:
        value = single(s, id, node, false);
        decl->trust = value == NULL ? NULL : node->terms.first->next;
        break;
    case SETTING_PERMISSION_SET:
        decl->level.body.has_statements = true;
        lower_permission_set(s, &decl->level.body, node);
        break;
    case SETTING_LOCATION:
        value = single(s, id, node, true);
        if (value != NULL)
            app->location = said(value, tc_check_location(s, value));
        break;
    case SETTING_ROOT:
        lower_directory(s, id, node, true, &app->root);
        break;
    case SETTING_TEMPORARY:
        lower_directory(s, id, node, true, &app->temporary);
        break;
    case SETTING_TEMPLATES:
        lower_directory(s, id, node, false, &app->templates);
        break;
    case SETTING_ORIGIN:
        lower_origin(s, app, node);
        break;
    case SETTING_POOL:
        lower_pool(s, app, node);
        break;
    case SETTING_ANONYMOUS:
        value = single(s, id, node, true);
        if (value != NULL && tc_check_plain(s, value))
            app->anonymous = said(value, value->text);
        break;
    case SETTING_AUTHENTICATION:
        lower_word(s, id, node, authentications, 4, &index);
        app->authentication = (enum tc_authentication)index;
        break;
    case SETTING_IMPERSONATE:
        index = -1;
        lower_word(s, id, node, switches, 2, &index);
        app->impersonate = index;
        break;
    default:
        break;
    }
}

static void
require(struct tc_sema *s, const struct tc_decl_application *decl, const struct application_state *as,
        enum setting_id id, const char *why)
{
    if (as->seen[id] == NULL && !decl->level.body.broken)
        tc_diag_help(s->diags,
                     tc_sema_report(s, TC_CODE_MISSING_SETTING, decl->app->span, "application '%.*s' has no %s: %s",
                                    TC_STR_ARG(decl->app->name), settings[id].word, why),
                     "add: %s", settings[id].form);
}

void
tc_lower_application(struct tc_sema *s, struct tc_decl_application *decl)
{
    struct application_state as = {.decl = decl};
    struct tc_application *app = decl->app;
    struct tc_accept **accepts = &app->accepts;
    enum tc_framework framework = tc_runtime_info(s->model->runtime)->framework;
    bool legacy = s->model->runtime == TC_RT_4_0_LEGACY;

    decl->level.body.main.description = tc_description(s, decl->ast->description);
    tc_lower_body(s, decl->ast->body.first, &decl->level.body, application_setting, &as);
    for (const struct tc_ast *node = decl->ast->body.first; node != NULL; node = node->next)
        if (node->kind == TC_AST_ACCEPT) {
            *accepts = tc_lower_accept(s, (const struct tc_ast_accept *)node);
            if (*accepts != NULL)
                accepts = &(*accepts)->next;
        }
    require(s, decl, &as, SETTING_LOCATION, "IIS would not know where its trust level applies");
    require(s, decl, &as, SETTING_ROOT, "nothing could be said of its own files");
    if (decl->has_framework) {
        if (framework != decl->framework)
            legacy = false;
        framework = decl->framework;
    }
    if (decl->has_cas_model) {
        check_cas_model(s, framework, as.seen[SETTING_CAS_MODEL]);
        legacy = decl->legacy_cas;
    }
    app->runtime = tc_runtime_of(framework, legacy && framework == TC_FX_4_0);
    if (!tc_clr_info(tc_framework_info(framework)->clr)->has_lock_attributes)
        for (int id = 0; id < SETTING_COUNT_; id++)
            if ((id == SETTING_TEMPORARY || id == SETTING_IMPERSONATE) && as.seen[id] != NULL)
                tc_sema_report(
                    s, TC_CODE_UNLOCKED_1_1, as.seen[id]->base.span,
                    "framework 1.1 cannot lock this: the application may say otherwise in its own web.config");
}
