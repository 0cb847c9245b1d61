/* Trust levels: their names, where <trust> names them, what is declared and not used. */
#include "check/config_checks.h"

#include <string.h>

/* Call @a visit for each <trustLevel> of the file that has a name. */
static void
each_level(struct tc_config_cx *cx, void *state,
           void (*visit)(struct tc_config_cx *cx, void *state, const struct tc_markup *level, struct tc_str name))
{
    struct tc_str name;

    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next)
        if (section->id == TC_WEBCONFIG_SECURITY_POLICY)
            for (const struct tc_markup *item = section->element->first; item != NULL; item = item->next)
                if (tc_markup_is(item, "trustLevel") && tc_webconfig_value(cx->check->arena, item, "name", &name) &&
                    name.len > 0)
                    visit(cx, state, item, name);
}

struct levels {
    struct tc_map by_name; /* name → the first element */
    size_t count;
};

/* ---- <trust level> ---- */

struct search {
    struct tc_str name;
    struct tc_str other_case;
    struct tc_config_near near;
};

static void
look(struct search *search, struct tc_str candidate)
{
    if (tc_str_eq_nocase(candidate, tc_str_trim(search->name)))
        search->other_case = candidate;
    tc_config_near_try(&search->near, candidate);
}

static void
look_at_level(struct tc_config_cx *cx, void *state, const struct tc_markup *level, struct tc_str name)
{
    (void)cx;
    (void)level;
    look(state, name);
}

static bool
has_any(struct tc_str text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(bytes, text.ptr[i]) != NULL && text.ptr[i] != '\0')
            return true;
    return false;
}

static struct tc_str
level_names(struct tc_config_cx *cx)
{
    struct tc_str list = TC_STR("");

    for (int i = 0; i < TC_LEVEL_COUNT_; i++)
        list = tc_arena_printf(cx->check->arena, "%.*s%s%s", TC_STR_ARG(list), i > 0 ? ", " : "",
                               tc_level_info((enum tc_level_id)i)->name);
    return list;
}

/* False when the level is not there and that has been reported; @a used then also gets what it was meant to be. */
static bool
check_name(struct tc_config_cx *cx, const struct tc_webconfig_section *trust, struct tc_str level,
           const struct levels *levels, struct tc_map *used)
{
    bool has_policy = levels->count > 0;
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *attr = tc_markup_attr(trust->element, "level");
    struct tc_span span = tc_webconfig_attr_value(cx->config.source, attr);
    struct search search = {.name = level, .near = tc_config_near(level)};
    struct tc_diag *diag;

    if (tc_map_get(&levels->by_name, level) != NULL || tc_webconfig_stock_level(level, false) != TC_LEVEL_COUNT_)
        return true;
    each_level(cx, &search, look_at_level);
    for (int i = 0; i < TC_LEVEL_COUNT_; i++)
        look(&search, tc_str_of(tc_level_info((enum tc_level_id)i)->name));
    if (search.other_case.len > 0) {
        diag = tc_check_report(check, TC_CHECK_LEVEL_CASE, span, "there is no level '%.*s', but '%.*s'",
                               TC_STR_ARG(level), TC_STR_ARG(search.other_case));
        tc_diag_note(check->diags, diag,
                     "names of levels are compared byte for byte: \"Unable to read the security "
                     "policy file for trust level '%.*s'\"",
                     TC_STR_ARG(level));
        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(search.other_case));
        tc_config_edit_value(cx, diag, attr, search.other_case);
        diag->is_unsafe = tc_webconfig_stock_level(search.other_case, false) == TC_LEVEL_FULL;
        return false;
    }
    if (has_any(level, "|[]")) {
        diag = tc_check_report(check, TC_CHECK_LEVEL_UNKNOWN, span, "'%.*s' is no level", TC_STR_ARG(level));
        tc_diag_help(check->diags, diag, "that is how a manual writes a choice: write one of %.*s",
                     TC_STR_ARG(level_names(cx)));
        return false;
    }
    if (check->in_hierarchy && !cx->config.is_machine)
        return true;
    /* An application's own file may name a level of the server's: only what is one letter away is certain there. */
    if (!has_policy && !cx->config.is_machine && (search.near.limit > 1 || has_any(level, "0123456789_")))
        search.near.best.len = 0;
    if (search.near.best.len == 0 && !(has_policy && cx->config.is_machine))
        return true;
    diag = tc_check_report(check, TC_CHECK_LEVEL_UNKNOWN, span, "no <trustLevel> declares '%.*s'", TC_STR_ARG(level));
    if (search.near.best.len > 0) {
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(search.near.best));
        tc_config_edit_value(cx, diag, attr, search.near.best);
        diag->is_unsafe = true;
        tc_map_add(used, tc_str_fold(check->arena, search.near.best), diag);
    } else {
        tc_diag_help(check->diags, diag, "declare it in <securityPolicy>, or use one of %.*s",
                     TC_STR_ARG(level_names(cx)));
    }
    return false;
}

/* ---- declared and not used ---- */

struct use {
    struct tc_map *used; /* names of levels, folded → the sections */
    const struct tc_webconfig_section *full;
    size_t unused;
};

static void
check_unused(struct tc_config_cx *cx, void *state, const struct tc_markup *level, struct tc_str name)
{
    struct tc_check *check = cx->check;
    struct use *use = state;
    struct tc_diag *diag;

    if (tc_webconfig_stock_level(name, true) != TC_LEVEL_COUNT_ ||
        tc_map_get(use->used, tc_str_fold(check->arena, name)) != NULL)
        return;
    use->unused++;
    tc_map_add(use->used, tc_str_fold(check->arena, name), use); /* once is enough */
    diag = tc_check_report(check, TC_CHECK_LEVEL_UNUSED, tc_webconfig_place(cx->config.source, level, "name"),
                           "the level '%.*s' is declared, but no <trust> uses it", TC_STR_ARG(name));
    if (use->full != NULL) {
        tc_diag_label(check->diags, diag, tc_webconfig_place(cx->config.source, use->full->element, "level"),
                      "what holds is full trust");
        tc_diag_help(check->diags, diag, "write level=\"%.*s\" there", TC_STR_ARG(name));
    }
}

/* ---- one declaration ---- */

static void
check_full(struct tc_config_cx *cx, const struct tc_markup *level)
{
    struct tc_check *check = cx->check;
    const struct tc_markup_attr *file = tc_markup_attr(level, "policyFile");
    const char *internal = tc_level_info(TC_LEVEL_FULL)->policy_file;
    struct tc_diag *diag;

    if (file == NULL || file->value.len == 0 || tc_str_eq_nocase(file->value, tc_str_of(internal)))
        return;
    diag = tc_check_report(check, TC_CHECK_FULL_HAS_NO_FILE, tc_webconfig_attr_value(cx->config.source, file),
                           "the policy file of 'Full' is never read");
    tc_diag_note(check->diags, diag, "an application at level Full is fully trusted, whatever '%.*s' says",
                 TC_STR_ARG(file->value));
    tc_diag_help(check->diags, diag, "write '%s', and give the file a level with a name of its own", internal);
    tc_config_edit_value(cx, diag, file, tc_str_of(internal));
}

static void
check_redeclared(struct tc_config_cx *cx, const struct tc_markup *level, enum tc_level_id stock)
{
    struct tc_check *check = cx->check;
    const struct tc_level_info *info = tc_level_info(stock);
    struct tc_str file;
    struct tc_diag *diag;
    bool same;

    if (stock == TC_LEVEL_FULL || !tc_webconfig_value(check->arena, level, "policyFile", &file) || file.len == 0 ||
        tc_str_eq_nocase(file, tc_str_of(tc_level_info(TC_LEVEL_FULL)->policy_file)))
        return;
    same = tc_str_eq_nocase(file, tc_str_of(info->policy_file));
    if (!same && check->host != NULL && check->host->has_sibling != NULL &&
        tc_str_distance(file, tc_str_of(info->policy_file), 2) <= 2)
        return; /* misspelt: config_files.c finds that it is not there */
    if (cx->config.is_machine ? same : check->in_hierarchy)
        return;
    diag = tc_check_report(check, TC_CHECK_LEVEL_REDECLARED, tc_webconfig_place(cx->config.source, level, "name"),
                           "'%s' is one of the platform's own levels", info->name);
    if (cx->config.is_machine)
        tc_diag_note(check->diags, diag, "who reads level=\"%s\" will think of '%s'", info->name, info->policy_file);
    else if (same)
        tc_diag_note(check->diags, diag,
                     "repeated here, '%.*s' is looked for beside this file, no longer beside the server's",
                     TC_STR_ARG(file));
    else
        tc_diag_note(check->diags, diag,
                     "the server declares it with '%s': with another file it is refused, \"The entry '%s' has already "
                     "been added\"",
                     info->policy_file, info->name);
    tc_diag_help(check->diags, diag, "give it a name of its own");
}

static void
check_declaration(struct tc_config_cx *cx, void *state, const struct tc_markup *level, struct tc_str name)
{
    struct tc_check *check = cx->check;
    struct levels *levels = state;
    enum tc_level_id stock = tc_webconfig_stock_level(name, false);
    const struct tc_markup *first = tc_map_add(&levels->by_name, name, (void *)(uintptr_t)level);
    struct tc_str file = {NULL, 0}, other = {NULL, 0};
    struct tc_diag *diag;

    levels->count++;
    tc_webconfig_value(check->arena, level, "policyFile", &file);
    if (first != NULL && tc_webconfig_value(check->arena, first, "policyFile", &other) && !tc_str_eq(file, other)) {
        diag = tc_check_report(check, TC_CHECK_ENTRY_TWICE, tc_webconfig_place(cx->config.source, level, "name"),
                               "the level '%.*s' is there twice, with different files", TC_STR_ARG(name));
        tc_diag_label(check->diags, diag, tc_webconfig_place(cx->config.source, first, "name"), "the first one");
        return;
    }
    if (stock == TC_LEVEL_FULL) {
        check_full(cx, level);
    } else if (tc_str_eq_nocase(tc_str_trim(file), tc_str_of(tc_level_info(TC_LEVEL_FULL)->policy_file))) {
        diag =
            tc_check_report(check, TC_CHECK_LEVEL_INTERNAL, tc_webconfig_place(cx->config.source, level, "policyFile"),
                            "'%.*s' means something for the level Full alone", TC_STR_ARG(file));
        tc_diag_note(check->diags, diag, "for '%.*s' a file called '%.*s' is looked for", TC_STR_ARG(name),
                     TC_STR_ARG(file));
        return;
    }
    if (stock != TC_LEVEL_COUNT_)
        check_redeclared(cx, level, stock);
}

/* ---- full trust, trust of an application ---- */

static void
check_chosen(struct tc_config_cx *cx, const struct tc_webconfig_section *trust, struct tc_str level, bool has_unused)
{
    struct tc_check *check = cx->check;
    struct tc_span span = tc_webconfig_place(cx->config.source, trust->element, "level");
    bool is_full = tc_webconfig_stock_level(level, false) == TC_LEVEL_FULL;
    struct tc_diag *diag;

    if (check->in_hierarchy && !cx->config.is_machine)
        return; /* whether it takes effect is said there */
    if (is_full && cx->config.is_machine && trust->key.len == 0 && trust->lock != TC_LOCK_DENY)
        return; /* as shipped: config_locks.c has a word on that */
    if (is_full && !has_unused) {
        diag =
            tc_check_report(check, TC_CHECK_TRUST_FULL, span, "full trust %.*s", TC_STR_ARG(tc_config_whom(cx, trust)));
        tc_diag_note(check->diags, diag,
                     "no policy file is read: nothing but the account of the process holds it back");
        if (!cx->config.is_machine)
            tc_diag_note(check->diags, diag,
                         "it takes effect unless the server locks <trust>; then every request fails");
        else
            tc_diag_help(
                check->diags, diag,
                "copy the level that comes nearest and add what is missing; 'trustc import' makes a source of it");
        return;
    }
    if (is_full || cx->config.is_machine || trust->key.len > 0)
        return;
    diag = tc_check_report(check, TC_CHECK_TRUST_IN_APPLICATION, span,
                           "the application chooses its own trust level: that is no sandbox against the application");
    tc_diag_note(check->diags, diag,
                 "where the server locks <trust> every request fails, else the next update may choose Full");
}

/* True when reported, which is done once for a location. */
static bool
check_below(struct tc_config_cx *cx, const struct tc_webconfig_section *section)
{
    struct tc_check *check = cx->check;
    struct tc_diag *diag;

    if (check->in_hierarchy || cx->config.is_machine || section->key.len == 0 ||
        (section->id != TC_WEBCONFIG_TRUST && section->id != TC_WEBCONFIG_SECURITY_POLICY &&
         section->id != TC_WEBCONFIG_FULL_TRUST && section->id != TC_WEBCONFIG_VISIBLE))
        return false;
    diag =
        tc_check_report(check, TC_CHECK_TRUST_BELOW, tc_webconfig_place(cx->config.source, section->location, "path"),
                        "'%.*s' for '%.*s': that works only where this is an application of its own",
                        TC_STR_ARG(section->element->name), TC_STR_ARG(section->path));
    tc_diag_note(check->diags, diag,
                 "for a folder or a page: \"It is an error to use a section registered as "
                 "allowDefinition='MachineToApplication' beyond application level\"");
    return true;
}

/* A <trust> that waits in a comment. */
static void
check_commented(struct tc_config_cx *cx)
{
    struct tc_check *check = cx->check;
    const struct tc_str tag = TC_STR("<trust ");

    if (tc_str_find(cx->config.source->text, tag, 0) == SIZE_MAX)
        return;
    for (const struct tc_markup *item = cx->config.document->first; item != NULL; item = tc_markup_next(item)) {
        size_t at, end, level;
        struct tc_diag *diag;

        if (item->kind != TC_MARKUP_COMMENT || (at = tc_str_find(item->name, tag, 0)) == SIZE_MAX)
            continue;
        end = tc_str_find(item->name, TC_STR(">"), at);
        level = tc_str_find(item->name, TC_STR("level=\""), at);
        if (end == SIZE_MAX || level > end || item->name.ptr[level + 7] == '[')
            continue;
        at += (size_t)(item->name.ptr - cx->config.source->text.ptr);
        end += (size_t)(item->name.ptr - cx->config.source->text.ptr);
        diag = tc_check_report(check, TC_CHECK_TRUST_COMMENTED_OUT, tc_check_span(check, at, end + 1),
                               "this <trust> is commented out, and there is no other");
        tc_diag_note(check->diags, diag, "what holds is what the files above say: as shipped, Full");
        return;
    }
}

void
tc_config_check_levels(struct tc_config_cx *cx)
{
    struct tc_check *check = cx->check;
    struct levels levels = {.count = 0};
    struct tc_map used, refused;
    struct use use = {.used = &used};
    const struct tc_markup *below = NULL;
    struct tc_str level;
    bool has_trust = false, all_locked = true;

    tc_map_init(&levels.by_name, check->arena);
    tc_map_init(&used, check->arena);
    tc_map_init(&refused, check->arena);
    each_level(cx, &levels, check_declaration);
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next) {
        const struct tc_webconfig_section *by;

        if (section->id == TC_WEBCONFIG_COUNT_)
            continue;
        if (section->location != below && check_below(cx, section))
            below = section->location;
        if (section->id != TC_WEBCONFIG_TRUST)
            continue;
        has_trust = true;
        all_locked &= tc_webconfig_lock(&cx->config, section->id, section->key, &by) == TC_LOCK_DENY;
        if (!tc_webconfig_value(check->arena, section->element, "level", &level) || level.len == 0)
            continue;
        tc_map_add(&used, tc_str_fold(check->arena, tc_str_trim(level)), (void *)(uintptr_t)section);
        if (tc_webconfig_stock_level(level, false) == TC_LEVEL_FULL && use.full == NULL)
            use.full = section;
        if (!check_name(cx, section, level, &levels, &used))
            tc_map_add(&refused, level, (void *)(uintptr_t)section);
    }
    if (has_trust && (!cx->config.is_machine || all_locked))
        each_level(cx, &use, check_unused);
    for (const struct tc_webconfig_section *section = cx->config.first; section != NULL; section = section->next)
        if (section->id == TC_WEBCONFIG_TRUST && tc_webconfig_value(check->arena, section->element, "level", &level) &&
            tc_map_get(&refused, level) == NULL)
            check_chosen(cx, section, level, use.unused > 0 && section == use.full);
    if (!has_trust)
        check_commented(cx);
}
