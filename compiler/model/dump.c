#include "model/dump.h"

#include <stdio.h>
#include <string.h>

/* ---- values of permissions ---- */

static void
put_word(struct tc_outline *o, const char *word)
{
    tc_outline_row_word(o, tc_str_of(word));
}

static void
put_level(struct tc_outline *o, enum tc_enum_id id, int64_t number)
{
    const struct tc_enum_value *value = tc_enum_by_value(tc_enum(id), number);

    if (value != NULL)
        put_word(o, value->name);
    else
        tc_outline_row_number(o, number);
}

/* A name for a part of @a bits of which @a rest is still to be named: the first of a single bit if @a only_single, else
 * the largest; those of MessageQueue overlap. NULL: there is none. */
static const struct tc_enum_value *
next_name(const struct tc_enum *values, uint64_t bits, uint64_t rest, bool only_single)
{
    const struct tc_enum_value *best = NULL;

    for (size_t i = 0; i < values->count; i++) {
        uint64_t v = (uint64_t)values->values[i].value;

        if ((bits & v) != v || (rest & v) == 0 || (only_single && (v & (v - 1)) != 0))
            continue;
        if (only_single)
            return &values->values[i];
        if (best == NULL || v > (uint64_t)best->value)
            best = &values->values[i];
    }
    return best;
}

/* Names of single bits in table order; where those do not make up the value (EventLog's Administer), the largest names
 * that do. What has no name is a number. */
static void
put_flags(struct tc_outline *o, enum tc_enum_id id, uint64_t bits)
{
    const struct tc_enum *values = tc_enum(id);
    const struct tc_enum_value *name;
    uint64_t rest = bits;
    bool are_single;

    while ((name = next_name(values, bits, rest, true)) != NULL)
        rest &= ~(uint64_t)name->value;
    are_single = rest == 0;
    rest = bits;
    while ((name = next_name(values, bits, rest, are_single)) != NULL) {
        put_word(o, name->name);
        rest &= ~(uint64_t)name->value;
    }
    if (rest != 0 || bits == 0)
        put_level(o, id, (int64_t)rest);
}

static void
put_list(struct tc_outline *o, const struct tc_list *list)
{
    if (list->all)
        put_word(o, "all-files");
    if (list->all_local)
        put_word(o, "all-local-files");
    for (uint32_t i = 0; i < list->count; i++)
        tc_outline_row_text(o, list->items[i].text);
}

static void
put_value(struct tc_outline *o, const struct tc_field *field, const struct tc_value *value)
{
    switch (field->kind) {
    case TC_FIELD_FLAGS:
        put_flags(o, field->values, value->bits);
        break;
    case TC_FIELD_LEVEL:
        put_level(o, field->values, value->number);
        break;
    case TC_FIELD_INT64:
        tc_outline_row_number(o, value->number);
        break;
    case TC_FIELD_BOOL:
        put_word(o, value->number != 0 ? "true" : "false");
        break;
    case TC_FIELD_TEXT:
        tc_outline_row_text(o, value->text);
        break;
    case TC_FIELD_PATHS:
    case TC_FIELD_KEYS:
    case TC_FIELD_NAMES:
        put_list(o, &value->list);
        break;
    }
}

static void
put_cell(struct tc_outline *o, const struct tc_column *column, const struct tc_cell *cell)
{
    switch (column->kind) {
    case TC_COLUMN_TEXT:
    case TC_COLUMN_URI:
        tc_outline_row_text(o, cell->text);
        break;
    case TC_COLUMN_NUMBER:
        tc_outline_row_number(o, cell->number);
        break;
    case TC_COLUMN_PORT:
        if (cell->number < 0)
            put_word(o, "all");
        else
            tc_outline_row_number(o, cell->number);
        break;
    case TC_COLUMN_CHOICE:
    case TC_COLUMN_LEVEL:
        put_level(o, column->values, cell->number);
        break;
    case TC_COLUMN_FLAGS:
        put_flags(o, column->values, (uint64_t)cell->number);
        break;
    case TC_COLUMN_BOOL:
        put_word(o, cell->number != 0 ? "true" : "false");
        break;
    }
}

/* The attribute's name, with the element before it where both elements of the form have one of that name. */
static void
cell_key(char *key, size_t size, const struct tc_form *form, const struct tc_column *column)
{
    struct tc_str element = tc_str_of(form->element);
    bool is_twice = false;

    for (size_t i = 0; i < form->column_count; i++)
        is_twice |= &form->columns[i] != column && strcmp(form->columns[i].xml, column->xml) == 0;
    for (unsigned depth = column->depth; depth > 0; depth--)
        element = tc_str_sub(element, tc_str_find(element, TC_STR("/"), 0) + 1, element.len);
    if (tc_str_find(element, TC_STR("/"), 0) != SIZE_MAX)
        element.len = tc_str_find(element, TC_STR("/"), 0);
    if (is_twice)
        snprintf(key, size, "%.*s.%s", TC_STR_ARG(element), column->xml);
    else
        snprintf(key, size, "%s", column->xml);
}

/* A row: its cells, each a list with the name of its attribute, since some hold several flags. */
static void
dump_row(struct tc_outline *o, const struct tc_row *row)
{
    tc_outline_node_begin(o, row->form->word, row->span);
    for (size_t i = 0; i < row->form->column_count; i++) {
        const struct tc_column *column = &row->form->columns[i];

        char key[64];

        if (!row->cells[i].present)
            continue;
        cell_key(key, sizeof key, row->form, column);
        tc_outline_row_begin(o, key);
        put_cell(o, column, &row->cells[i]);
        tc_outline_row_end(o);
    }
    tc_outline_node_end(o);
}

static void
dump_verbatim(struct tc_outline *o, const struct tc_verbatim *verbatim)
{
    for (; verbatim != NULL; verbatim = verbatim->next) {
        tc_outline_node_begin(o, verbatim->is_element ? "element" : "attribute", verbatim->span);
        tc_outline_text(o, ".name", verbatim->name);
        tc_outline_text(o, ".value", verbatim->value);
        tc_outline_list_begin(o, "content", NULL);
        dump_verbatim(o, verbatim->content);
        tc_outline_list_end(o, NULL);
        tc_outline_node_end(o);
    }
}

static void
dump_permission(struct tc_outline *o, const struct tc_perm *perm, bool possibly)
{
    const struct tc_class *cls = perm->cls;

    tc_outline_node_begin(o, "permission", perm->span);
    tc_outline_flag(o, "possibly", possibly);
    tc_outline_word(o, ".class", cls->assembly == TC_ASM_COUNT_ ? cls->type : cls->word);
    tc_outline_flag(o, "unrestricted", perm->unrestricted);
    tc_outline_list_begin(o, "fields", NULL);
    for (size_t i = 0; i < cls->field_count; i++) {
        if (!perm->values[i].present)
            continue;
        tc_outline_node_begin(o, cls->fields[i].word, perm->values[i].span);
        tc_outline_row_begin(o, ".values");
        put_value(o, &cls->fields[i], &perm->values[i]);
        tc_outline_row_end(o);
        tc_outline_node_end(o);
    }
    tc_outline_list_end(o, NULL);
    tc_outline_list_begin(o, "rows", NULL);
    for (uint32_t i = 0; i < perm->row_count; i++)
        dump_row(o, &perm->rows[i]);
    tc_outline_list_end(o, NULL);
    tc_outline_list_begin(o, "markup", NULL);
    dump_verbatim(o, perm->markup);
    tc_outline_list_end(o, NULL);
    tc_outline_node_end(o);
}

/* ---- sets and groups ---- */

static void
dump_raw(struct tc_outline *o, const char *key, const struct tc_raw *raw)
{
    tc_outline_list_begin(o, key, NULL);
    for (; raw != NULL; raw = raw->next) {
        tc_outline_node_begin(o, "raw", raw->span);
        tc_outline_row_begin(o, ".lines");
        for (size_t i = 0; i < raw->line_count; i++)
            tc_outline_row_text(o, raw->lines[i]);
        tc_outline_row_end(o);
        tc_outline_node_end(o);
    }
    tc_outline_list_end(o, NULL);
}

static void
dump_set(struct tc_outline *o, const struct tc_pset *set)
{
    tc_outline_node_begin(o, "set", set->span);
    tc_outline_text(o, ".name", set->name);
    tc_outline_flag(o, "unrestricted", set->unrestricted);
    tc_outline_text(o, "description", set->description);
    tc_outline_list_begin(o, "permissions", NULL);
    for (size_t i = 0; i < set->count; i++)
        dump_permission(o, set->perms[i], false);
    for (size_t i = 0; i < set->possible_count; i++)
        dump_permission(o, set->possible[i], true);
    tc_outline_list_end(o, NULL);
    dump_raw(o, "raw", set->raw);
    tc_outline_node_end(o);
}

static void
dump_condition(struct tc_outline *o, const struct tc_membership *condition)
{
    bool is_custom = condition->kind == TC_CONDITION_COUNT_;
    const struct tc_condition_info *info = is_custom ? NULL : tc_condition_info(condition->kind);

    tc_outline_child_begin(o, "condition", is_custom ? "custom" : info->word, condition->span);
    tc_outline_text(o, ".class", condition->type);
    for (size_t i = 0; info != NULL && i < info->argument_count; i++)
        if (condition->values[i].len > 0)
            tc_outline_text(o, info->arguments[i].xml, condition->values[i]);
    tc_outline_list_begin(o, "markup", NULL);
    dump_verbatim(o, condition->markup);
    tc_outline_list_end(o, NULL);
    tc_outline_child_end(o);
}

static void
dump_group(struct tc_outline *o, const struct tc_group *group)
{
    bool is_custom = group->kind == TC_GROUP_COUNT_;

    if (group->is_raw) {
        tc_outline_node_begin(o, "raw-group", group->span);
        dump_raw(o, "raw", group->raw);
        tc_outline_node_end(o);
        return;
    }
    tc_outline_node_begin(o, "group", group->span);
    tc_outline_word(o, ".class", is_custom ? "custom" : tc_group_info(group->kind)->word);
    tc_outline_text(o, ".type", group->type);
    tc_outline_word(o, "grants", group->grants_main ? "main" : group->inline_set != NULL ? "inline" : "named");
    tc_outline_text(o, ".set", group->set_name);
    tc_outline_text(o, "name", group->name);
    tc_outline_text(o, "description", group->description);
    tc_outline_flag(o, "exclusive", (group->attributes & TC_GROUP_EXCLUSIVE) != 0);
    tc_outline_flag(o, "levelFinal", (group->attributes & TC_GROUP_LEVEL_FINAL) != 0);
    tc_outline_text(o, "access", group->access);
    dump_condition(o, &group->condition);
    tc_outline_list_begin(o, "inlineSet", NULL);
    if (group->inline_set != NULL)
        dump_set(o, group->inline_set);
    tc_outline_list_end(o, NULL);
    dump_raw(o, "raw", group->raw);
    tc_outline_list_begin(o, "children", NULL);
    for (const struct tc_group *child = group->children; child != NULL; child = child->next)
        dump_group(o, child);
    tc_outline_list_end(o, NULL);
    tc_outline_node_end(o);
}

/* ---- levels ---- */

static void
dump_level(struct tc_outline *o, const struct tc_policy *policy)
{
    tc_outline_node_begin(o, "level", policy->span);
    tc_outline_text(o, ".name", policy->name);
    tc_outline_word(o, "runtime", tc_runtime_info(policy->runtime)->name);
    tc_outline_flag(o, "fullTrust", tc_policy_is_full(policy));
    tc_outline_list_begin(o, "sets", NULL);
    for (size_t i = 0; i < policy->set_count; i++)
        dump_set(o, policy->sets[i]);
    tc_outline_list_end(o, NULL);
    tc_outline_list_begin(o, "groups", NULL);
    for (const struct tc_group *group = policy->root; group != NULL; group = group->next)
        dump_group(o, group);
    tc_outline_list_end(o, NULL);
    tc_outline_list_begin(o, "fullTrustAssemblies", "full-trust assemblies");
    for (const struct tc_full_trust *entry = policy->full_trust; entry != NULL; entry = entry->next) {
        tc_outline_node_begin(o, "assembly", entry->span);
        tc_outline_text(o, ".name", entry->name);
        tc_outline_text(o, "version", entry->version);
        tc_outline_text(o, "key", entry->key);
        tc_outline_node_end(o);
    }
    tc_outline_list_end(o, "full-trust assemblies");
    dump_raw(o, "rawClasses", policy->raw_classes);
    dump_raw(o, "rawSets", policy->raw_sets);
    dump_raw(o, "rawFullTrust", policy->raw_full_trust);
    tc_outline_node_end(o);
}

/* Whether a level of the platform is the policy of @a clr's default or of an application before number @a before. */
static bool
is_shown(const struct tc_model *model, const struct tc_policy *policy, size_t before)
{
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        if (model->defaults[clr] == policy)
            return true;
    for (size_t i = 0; i < before; i++)
        if (model->applications[i]->policy == policy)
            return true;
    return false;
}

static void
dump_levels(struct tc_outline *o, const struct tc_model *model)
{
    tc_outline_list_begin(o, "levels", "levels");
    for (size_t i = 0; i < model->level_count; i++)
        dump_level(o, model->levels[i]);
    tc_outline_list_end(o, "levels");
    tc_outline_list_begin(o, "platformLevels", "platform levels");
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++)
        if (model->defaults[clr] != NULL && model->defaults[clr]->is_stock)
            dump_level(o, model->defaults[clr]);
    for (size_t i = 0; i < model->application_count; i++) {
        const struct tc_policy *policy = model->applications[i]->policy;

        if (policy != NULL && policy->is_stock && !is_shown(model, policy, i))
            dump_level(o, policy);
    }
    tc_outline_list_end(o, "platform levels");
}

/* ---- the server and its applications ---- */

static void
dump_accepts(struct tc_outline *o, const struct tc_accept *accept)
{
    tc_outline_list_begin(o, "accepts", NULL);
    for (; accept != NULL; accept = accept->next) {
        tc_outline_node_begin(o, "accept", accept->span);
        tc_outline_text(o, ".rule", accept->rule);
        tc_outline_text(o, "because", accept->because);
        tc_outline_text(o, "until", accept->until);
        tc_outline_node_end(o);
    }
    tc_outline_list_end(o, NULL);
}

static const char *
compression_word(enum tc_compression compression)
{
    switch (compression) {
    case TC_COMPRESSION_UNSAID:
        break;
    case TC_COMPRESSION_OFF:
        return "off";
    case TC_COMPRESSION_ONLY:
        return "only";
    case TC_COMPRESSION_EXCEPT:
        return "except";
    }
    return NULL;
}

static const char *
authentication_word(enum tc_authentication authentication)
{
    switch (authentication) {
    case TC_AUTHENTICATION_UNSAID:
        break;
    case TC_AUTHENTICATION_ANONYMOUS:
        return "anonymous";
    case TC_AUTHENTICATION_WINDOWS:
        return "windows";
    case TC_AUTHENTICATION_FORMS:
        return "forms";
    }
    return NULL;
}

static void
put_names(struct tc_outline *o, const char *key, const struct tc_application *const *list, size_t count)
{
    if (count == 0 && !o->is_json)
        return;
    tc_outline_row_begin(o, key);
    for (size_t i = 0; i < count; i++)
        tc_outline_row_text(o, list[i]->name);
    tc_outline_row_end(o);
}

static void
dump_server(struct tc_outline *o, const struct tc_model *model)
{
    tc_outline_list_begin(o, "server", NULL);
    tc_outline_node_begin(o, "server", model->server_span);
    tc_outline_text(o, ".name", model->server_name);
    tc_outline_word(o, "runtime", tc_runtime_info(model->runtime)->name);
    tc_outline_text(o, "iis", model->iis);
    tc_outline_text(o, "windows", model->windows.text);
    tc_outline_text(o, "platform", model->platform.text);
    tc_outline_word(o, "compression", compression_word(model->compression));
    put_names(o, "compressed", model->compression_list, model->compression_count);
    dump_accepts(o, model->accepts);
    tc_outline_list_begin(o, "defaults", NULL);
    for (int clr = 0; clr < TC_CLR_COUNT_; clr++) {
        if (model->defaults[clr] == NULL)
            continue;
        tc_outline_node_begin(o, "default", model->defaults[clr]->span);
        tc_outline_word(o, ".directory", tc_clr_info((enum tc_clr)clr)->directory);
        tc_outline_text(o, "level", model->defaults[clr]->name);
        tc_outline_word(o, "runtime", tc_runtime_info(model->defaults[clr]->runtime)->name);
        tc_outline_node_end(o);
    }
    tc_outline_list_end(o, NULL);
    tc_outline_node_end(o);
    tc_outline_list_end(o, NULL);
}

static void
dump_said(struct tc_outline *o, const char *key, const struct tc_said *said)
{
    if (said->text.len == 0)
        return;
    tc_outline_node_begin(o, key, said->span);
    tc_outline_text(o, ".text", said->text);
    tc_outline_node_end(o);
}

static void
dump_application(struct tc_outline *o, const struct tc_application *app)
{
    tc_outline_node_begin(o, "application", app->span);
    tc_outline_text(o, ".name", app->name);
    tc_outline_text(o, "level", app->policy == NULL ? (struct tc_str){NULL, 0} : app->policy->name);
    tc_outline_word(o, "runtime", tc_runtime_info(app->runtime)->name);
    tc_outline_word(o, "authentication", authentication_word(app->authentication));
    tc_outline_word(o, "impersonate", app->impersonate < 0 ? NULL : app->impersonate == 1 ? "on" : "off");
    tc_outline_list_begin(o, "settings", NULL);
    dump_said(o, "location", &app->location);
    dump_said(o, "root", &app->root);
    dump_said(o, "origin", &app->origin);
    dump_said(o, "pool", &app->pool);
    dump_said(o, "identity", &app->identity);
    dump_said(o, "anonymous", &app->anonymous);
    dump_said(o, "temporary", &app->temporary);
    dump_said(o, "templates", &app->templates);
    tc_outline_list_end(o, NULL);
    dump_accepts(o, app->accepts);
    tc_outline_node_end(o);
}

/* ---- shares and rules ---- */

static void
dump_share(struct tc_outline *o, const struct tc_share *share)
{
    const struct tc_class *file_io = tc_class(TC_CLASS_FILE_IO);

    tc_outline_node_begin(o, "share", share->span);
    tc_outline_row_begin(o, ".paths");
    put_list(o, &share->paths);
    tc_outline_row_end(o);
    tc_outline_row_begin(o, "access");
    for (size_t i = 0; i < file_io->field_count; i++)
        if (share->fields & (UINT32_C(1) << i))
            put_word(o, file_io->fields[i].word);
    tc_outline_row_end(o);
    put_names(o, "between", share->applications, share->application_count);
    tc_outline_text(o, "because", share->because);
    tc_outline_text(o, "until", share->until);
    tc_outline_node_end(o);
}

static void
dump_rule(struct tc_outline *o, const struct tc_rule *rule)
{
    tc_outline_node_begin(o, rule->is_never ? "never" : "test", rule->span);
    tc_outline_text(o, ".title", rule->title);
    tc_outline_list_begin(o, "demands", NULL);
    for (const struct tc_demand *demand = rule->demands; demand != NULL; demand = demand->next) {
        tc_outline_node_begin(o, "demand", demand->span);
        tc_outline_flag(o, "any", demand->application == NULL);
        tc_outline_text(o, ".application",
                        demand->application == NULL ? (struct tc_str){NULL, 0} : demand->application->name);
        tc_outline_word(o, ".verb", demand->negated ? "may not" : "may");
        tc_outline_list_begin(o, "permissions", NULL);
        if (demand->perm != NULL)
            dump_permission(o, demand->perm, false);
        tc_outline_list_end(o, NULL);
        tc_outline_node_end(o);
    }
    tc_outline_list_end(o, NULL);
    tc_outline_node_end(o);
}

void
tc_dump_model(struct tc_outline *o, struct tc_str file, const struct tc_model *model)
{
    tc_outline_begin(o, "model", file);
    dump_server(o, model);
    tc_outline_list_begin(o, "applications", NULL);
    for (size_t i = 0; i < model->application_count; i++)
        dump_application(o, model->applications[i]);
    tc_outline_list_end(o, NULL);
    dump_levels(o, model);
    tc_outline_list_begin(o, "shares", NULL);
    for (const struct tc_share *share = model->shares; share != NULL; share = share->next)
        dump_share(o, share);
    tc_outline_list_end(o, NULL);
    tc_outline_list_begin(o, "rules", NULL);
    for (const struct tc_rule *rule = model->rules; rule != NULL; rule = rule->next)
        dump_rule(o, rule);
    tc_outline_list_end(o, NULL);
    tc_outline_end(o);
}
