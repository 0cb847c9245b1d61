#include "api/lint_config.h"

#include "base/render.h"

#include <string.h>

enum key_kind { FRAMEWORK, FAIL_ON, INLINE_IGNORE, MANDATORY, BASELINE };

static const struct {
    const char *key;
    enum tc_toml_kind kind;
    bool of_directories; /* may stand in [directory."..."] */
    const char *form;
} keys[] = {
    [FRAMEWORK] = {"framework", TC_TOML_STRING, true, "framework = \"2.0\""},
    [FAIL_ON] = {"fail-on", TC_TOML_STRING, false, "fail-on = \"error\" (or \"warning\", \"note\")"},
    [INLINE_IGNORE] = {"inline-ignore", TC_TOML_BOOL, true, "inline-ignore = false"},
    [MANDATORY] = {"mandatory", TC_TOML_LIST, true, "mandatory = [\"T1201\"]"},
    [BASELINE] = {"baseline", TC_TOML_STRING, false, "baseline = \"baseline.txt\""},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

struct reader {
    struct tc_diags *diags;
    struct tc_lint_config *config;
};

static const char *const level_words[] = {
    [TC_CHECK_AS_ROW] = "default",  [TC_CHECK_OFF] = "off",     [TC_CHECK_NOTE] = "note",
    [TC_CHECK_WARNING] = "warning", [TC_CHECK_ERROR] = "error",
};

const char *
tc_lint_level_name(enum tc_check_level level)
{
    return level_words[level];
}

bool
tc_lint_level_find(struct tc_str word, enum tc_check_level *ret_level)
{
    for (size_t i = 0; i < sizeof level_words / sizeof *level_words; i++)
        if (tc_str_eq(word, tc_str_of(level_words[i]))) {
            *ret_level = (enum tc_check_level)i;
            return true;
        }
    return false;
}

bool
tc_lint_can_be_set(size_t row)
{
    return row < TC_CHECK_COUNT_ || (tc_lint_has(row) && tc_row_code(row)->severity != TC_SEVERITY_ERROR);
}

bool
tc_lint_has(size_t row)
{
    return row < (size_t)TC_CHECK_COUNT_ + (size_t)TC_CODE_COUNT_;
}

/* ---- one key ---- */

/* TC_ROW_COUNT_ after a complaint. */
static size_t
rule_of(struct reader *r, struct tc_str name, struct tc_span span)
{
    const struct tc_code *code = tc_code_find(name);
    struct tc_diag *diag;

    if (code != NULL && tc_lint_has(tc_row_of(code)))
        return tc_row_of(code);
    diag = tc_diag_add(r->diags, tc_code(TC_CODE_CONFIG_KEY), span, "there is no rule '%.*s'%s", TC_STR_ARG(name),
                       code != NULL ? " of lint: it is one of isolation" : "");
    if (code == NULL && tc_code_near(name) != NULL)
        tc_diag_help(r->diags, diag, "did you mean '%s'?", tc_code_near(name)->slug);
    else
        tc_diag_help(r->diags, diag, "trustc lint --list-rules shows all of them");
    return TC_ROW_COUNT_;
}

static void
read_rule(struct reader *r, const struct tc_toml_entry *entry)
{
    size_t rule = rule_of(r, entry->key, entry->key_span);
    enum tc_check_level level;

    if (rule == TC_ROW_COUNT_)
        return;
    if (!tc_lint_can_be_set(rule))
        tc_diag_note(r->diags,
                     tc_diag_add(r->diags, tc_code(TC_CODE_CONFIG_KEY), entry->key_span,
                                 "'%.*s' is an error of the compiler: it cannot be set", TC_STR_ARG(entry->key)),
                     "no setting makes such a source compile; warnings of the compiler can be set");
    if (entry->kind != TC_TOML_STRING || !tc_lint_level_find(entry->text, &level))
        tc_diag_help(r->diags,
                     tc_diag_add(r->diags, tc_code(TC_CODE_CONFIG_VALUE), entry->span,
                                 "this is not how severe '%.*s' can be", TC_STR_ARG(entry->key)),
                     "write \"off\", \"note\", \"warning\", \"error\" or \"default\"");
}

static void
unknown_key(struct reader *r, const struct tc_toml_entry *entry, bool in_directory)
{
    struct tc_diag *diag =
        tc_diag_add(r->diags, tc_code(TC_CODE_CONFIG_KEY), entry->key_span, "there is no setting '%.*s'%s",
                    TC_STR_ARG(entry->key), in_directory ? " of a directory" : "");
    const char *best = NULL;
    unsigned distance = 4;

    for (size_t i = 0; i < KEY_COUNT; i++) {
        unsigned this_one = tc_str_distance(entry->key, tc_str_of(keys[i].key), distance - 1);

        if (this_one < distance && (!in_directory || keys[i].of_directories)) {
            distance = this_one;
            best = keys[i].key;
        }
    }
    if (best != NULL)
        tc_diag_help(r->diags, diag, "did you mean '%s'?", best);
    else if (tc_code_find(entry->key) != NULL)
        tc_diag_help(r->diags, diag, "rules stand in a table of their own: [rules]");
    else
        tc_diag_help(r->diags, diag,
                     "there are framework, fail-on, inline-ignore, mandatory, baseline, [rules] and "
                     "[directory.\"path\"]");
}

static bool
fail_on_find(struct tc_str word, enum tc_severity *ret)
{
    static const enum tc_severity severities[] = {TC_SEVERITY_NOTE, TC_SEVERITY_WARNING, TC_SEVERITY_ERROR};

    for (size_t i = 0; i < sizeof severities / sizeof *severities; i++)
        if (tc_str_eq(word, tc_str_of(tc_severity_name(severities[i])))) {
            *ret = severities[i];
            return true;
        }
    return false;
}

static bool
value_is_good(struct reader *r, enum key_kind key, const struct tc_toml_entry *entry)
{
    enum tc_framework framework;

    switch (key) {
    case FRAMEWORK:
        return tc_framework_find(entry->text, &framework);
    case FAIL_ON:
        r->config->has_fail_on = fail_on_find(entry->text, &r->config->fail_on);
        return r->config->has_fail_on;
    case MANDATORY:
        for (const struct tc_toml_item *item = entry->items; item != NULL; item = item->next)
            (void)rule_of(r, item->text, item->span);
        return true;
    case BASELINE:
        r->config->baseline = entry->text;
        return entry->text.len > 0;
    case INLINE_IGNORE:
        break;
    }
    return true;
}

static void
read_key(struct reader *r, const struct tc_toml_entry *entry, bool in_directory)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (!tc_str_eq(entry->key, tc_str_of(keys[i].key)) || (in_directory && !keys[i].of_directories))
            continue;
        if (entry->kind != keys[i].kind || !value_is_good(r, (enum key_kind)i, entry))
            tc_diag_help(r->diags,
                         tc_diag_add(r->diags, tc_code(TC_CODE_CONFIG_VALUE), entry->span,
                                     "this is no value for '%.*s'", TC_STR_ARG(entry->key)),
                         "write: %s", keys[i].form);
        return;
    }
    unknown_key(r, entry, in_directory);
}

static void
read_entry(struct reader *r, const struct tc_toml_entry *entry)
{
    bool in_directory = entry->depth > 1 && tc_str_eq(entry->table[0], TC_STR("directory"));
    size_t above = in_directory ? 2 : 0;

    if (entry->depth == above)
        read_key(r, entry, in_directory);
    else if (entry->depth == above + 1 && tc_str_eq(entry->table[above], TC_STR("rules")))
        read_rule(r, entry);
    else
        tc_diag_help(r->diags,
                     tc_diag_add(r->diags, tc_code(TC_CODE_CONFIG_KEY), entry->table_spans[entry->depth - 1],
                                 "there is no table '%.*s' here", TC_STR_ARG(entry->table[entry->depth - 1])),
                     "there are [rules], [directory.\"path\"] and [directory.\"path\".rules]");
}

bool
tc_lint_config_read(struct tc_diags *diags, const struct tc_source *source, struct tc_lint_config *ret_config)
{
    struct reader r = {.diags = diags, .config = ret_config};
    size_t before = diags->errors;
    struct tc_toml_fault fault;

    *ret_config = (struct tc_lint_config){.source = source};
    if (!tc_toml_read(diags->arena, source, &ret_config->entries, &fault))
        tc_diag_add(diags, tc_code(TC_CODE_CONFIG_SYNTAX), fault.span, "%s", fault.message);
    for (const struct tc_toml_entry *entry = ret_config->entries; entry != NULL; entry = entry->next)
        read_entry(&r, entry);
    return diags->errors == before;
}

/* ---- what holds for a path ---- */

static bool
is_below(struct tc_str path, struct tc_str directory)
{
    while (tc_str_starts(directory, TC_STR("./")))
        directory = tc_str_sub(directory, 2, SIZE_MAX);
    while (directory.len > 0 && directory.ptr[directory.len - 1] == '/')
        directory.len--;
    if (tc_str_eq(directory, TC_STR(".")) || directory.len == 0)
        return true;
    return tc_str_starts(path, directory) && (path.len == directory.len || path.ptr[directory.len] == '/');
}

static void
apply_entry(const struct tc_toml_entry *entry, struct tc_lint_settings *settings)
{
    bool is_rule = entry->depth > 0 && tc_str_eq(entry->table[entry->depth - 1], TC_STR("rules"));
    enum tc_check_level level;

    if (is_rule) {
        const struct tc_code *code = tc_code_find(entry->key);

        if (code != NULL && tc_lint_level_find(entry->text, &level))
            settings->checks.levels[tc_row_of(code)] = (uint8_t)level;
    } else if (tc_str_eq(entry->key, TC_STR("framework"))) {
        settings->file.has_framework = tc_framework_find(entry->text, &settings->file.framework);
    } else if (tc_str_eq(entry->key, TC_STR("inline-ignore"))) {
        settings->no_inline_ignore = !entry->is_true;
    } else if (tc_str_eq(entry->key, TC_STR("mandatory"))) {
        for (const struct tc_toml_item *item = entry->items; item != NULL; item = item->next) {
            const struct tc_code *code = tc_code_find(item->text);

            if (code != NULL)
                settings->is_mandatory[tc_row_of(code)] = 1;
        }
    }
}

void
tc_lint_config_apply(const struct tc_lint_config *config, struct tc_str path, struct tc_lint_settings *settings)
{
    size_t longest = 0;

    for (const struct tc_toml_entry *entry = config->entries; entry != NULL; entry = entry->next) {
        if (entry->depth < 2)
            apply_entry(entry, settings);
        else if (entry->table[1].len > longest)
            longest = entry->table[1].len;
    }
    for (size_t len = 0; len <= longest; len++)
        for (const struct tc_toml_entry *entry = config->entries; entry != NULL; entry = entry->next)
            if (entry->depth > 1 && entry->table[1].len == len && is_below(path, entry->table[1]))
                apply_entry(entry, settings);
}
