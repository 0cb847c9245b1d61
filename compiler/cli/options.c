#include "cli/options.h"

#include "api/lint_config.h"
#include "model/path.h"
#include "plan/sid.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* FOR_BUILD, FOR_CHECK, …: one bit for each command. */
enum {
#define TC_COMMAND(id, word, group, arguments, sentence, summary) FOR_##id = 1 << TC_COMMAND_##id,
#include "cli/commands.def"
    FOR_ASKED = FOR_QUERY | FOR_WHY, /* what answers questions about sources and policy files */
    FOR_ALL = ~0
};

static const struct tc_command commands[] = {
#define TC_COMMAND(id, word, group, arguments, sentence, summary) {word, group, arguments, sentence, summary},
#include "cli/commands.def"
};

struct option_row {
    unsigned commands;
    char letter;
    const char *word;
    const char *value;
    const char *sentence;
};

static const struct option_row rows[] = {
#define TC_OPTION(id, commands, letter, word, value, sentence) {(unsigned)(commands), letter, word, value, sentence},
#include "cli/options.def"
};

const struct tc_command *
tc_command(enum tc_command_id id)
{
    return &commands[id];
}

static unsigned
mask_of(enum tc_command_id id)
{
    return 1u << id;
}

/* @a text folded at word boundaries behind column @a indent. */
static void
put_folded(struct tc_buf *out, const char *text, size_t indent)
{
    size_t column = indent;

    while (*text != '\0') {
        size_t word = strcspn(text, " ");

        if (column > indent && column + 1 + word > 96) {
            tc_buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            tc_buf_putc(out, ' ');
            column++;
        }
        tc_buf_put(out, text, word);
        column += word;
        text += word;
        while (*text == ' ')
            text++;
    }
    tc_buf_putc(out, '\n');
}

static void
put_overview(struct tc_buf *out)
{
    const char *group = "";

    tc_buf_puts(out, TC_STR("trustc turns a .trust source into ASP.NET policy files and locked web.config entries.\n\n"
                            "usage: trustc COMMAND [options] [FILE]\n"));
    for (size_t i = 0; i < TC_COMMAND_COUNT_; i++) {
        if (strcmp(group, commands[i].group) != 0)
            tc_buf_printf(out, "\n%s:\n", commands[i].group);
        group = commands[i].group;
        tc_buf_printf(out, "  %-8s %-16s ", commands[i].word, commands[i].arguments);
        put_folded(out, commands[i].summary, 28);
    }
    tc_buf_puts(out, TC_STR("\nFILE may be '-' for standard input. 'trustc help COMMAND' tells more, and shows its "
                            "options.\n"
                            "exit: 0 fine, 1 findings or not current, 2 usage, 3 the input has errors, 4 own check "
                            "failed, 5 input/output\n"));
}

static void
put_help(struct tc_buf *out, enum tc_command_id id)
{
    tc_buf_printf(out, "usage: trustc %s [options]%s%s\n\n", commands[id].word,
                  commands[id].arguments[0] != '\0' ? " " : "", commands[id].arguments);
    put_folded(out, commands[id].sentence, 0);
    tc_buf_puts(out, TC_STR("\noptions:\n"));
    for (size_t i = 0; i < TC_OPTION_COUNT_; i++) {
        struct tc_buf name = {0};

        if (!(rows[i].commands & mask_of(id)))
            continue;
        if (rows[i].letter != 0)
            tc_buf_printf(&name, "-%c, ", rows[i].letter);
        tc_buf_printf(&name, "--%s%s%s", rows[i].word, rows[i].value != NULL ? " " : "",
                      rows[i].value != NULL ? rows[i].value : "");
        tc_buf_putc(&name, '\0');
        if (name.len > 30)
            tc_buf_printf(out, "  %s\n%32s", name.ptr, "");
        else
            tc_buf_printf(out, "  %-30s", name.ptr == NULL ? "" : name.ptr);
        put_folded(out, rows[i].sentence, 32);
        tc_buf_done(&name);
    }
    if (id == TC_COMMAND_BUILD)
        tc_buf_puts(out, TC_STR("\nexample:\n"
                                "  trustc build server.trust -o out\n"
                                "  trustc build server.trust --merge "
                                "C:/Windows/Microsoft.NET/Framework/v2.0.50727/CONFIG/web.config\n"));
}

/* The nearest of the words that could have been meant; NULL when none is near. */
static const char *
nearest_command(const char *word)
{
    const char *best = NULL;
    unsigned best_distance = 3;

    for (size_t i = 0; i < TC_COMMAND_COUNT_; i++) {
        unsigned distance = tc_str_distance(tc_str_of(word), tc_str_of(commands[i].word), best_distance - 1);

        if (distance < best_distance) {
            best = commands[i].word;
            best_distance = distance;
        }
    }
    return best;
}

static const char *
nearest_option(const char *word, size_t len, unsigned mask)
{
    const char *best = NULL;
    unsigned best_distance = 3;

    for (size_t i = 0; i < TC_OPTION_COUNT_; i++) {
        unsigned distance = tc_str_distance((struct tc_str){word, len}, tc_str_of(rows[i].word), best_distance - 1);

        if ((rows[i].commands & mask) && distance < best_distance) {
            best = rows[i].word;
            best_distance = distance;
        }
    }
    return best;
}

/* `2.0=DIR`: what stands before the sign must be a framework, else the whole is a path. */
static bool
add_path(struct tc_options *options, struct tc_path_option *list, size_t *count, const char *value, struct tc_buf *out)
{
    const char *sign = strchr(value, '=');
    enum tc_framework framework;
    size_t slot = options->output_count + options->merge_count + options->platform_count + options->installed_count;

    if (*count == TC_PATHS_MAX) {
        tc_buf_printf(out, "trustc: at most %d directories or files can be given\n", TC_PATHS_MAX);
        return false;
    }
    list[*count] = (struct tc_path_option){NULL, value};
    if (sign != NULL && tc_framework_find((struct tc_str){value, (size_t)(sign - value)}, &framework)) {
        memcpy(options->frameworks[slot], value, (size_t)(sign - value));
        options->frameworks[slot][sign - value] = '\0';
        list[*count] = (struct tc_path_option){options->frameworks[slot], sign + 1};
    } else if (sign != NULL && sign > value && strspn(value, "0123456789.") == (size_t)(sign - value)) {
        tc_buf_printf(out,
                      "trustc: there is no framework '%.*s': write 1.1, 2.0, 3.5 or 4.0 (for every 4.x); a path of "
                      "that name is written ./%s\n",
                      (int)(sign - value), value, value);
        return false;
    }
    (*count)++;
    if (list[*count - 1].path[0] != '\0')
        return true;
    tc_buf_puts(out, TC_STR("trustc: a directory or file is expected, not an empty string\n"));
    return false;
}

/* One of the words of "a|b|c" in @a row's value; -1 after a complaint. */
static int
choice(const struct option_row *row, const char *value, struct tc_buf *out)
{
    const char *words = row->value;

    for (int i = 0; *words != '\0'; i++) {
        size_t len = strcspn(words, "|");

        if (strlen(value) == len && memcmp(words, value, len) == 0)
            return i;
        words += len;
        if (*words == '|')
            words++;
    }
    tc_buf_printf(out, "trustc: --%s is one of %s, not '%s'\n", row->word, row->value, value);
    return -1;
}

/* The rule that @a name stands for; TC_ROW_COUNT_ after a complaint. */
static size_t
rule(struct tc_str name, struct tc_buf *out)
{
    const struct tc_code *code = tc_code_find(name);

    if (code != NULL && tc_lint_has(tc_row_of(code)))
        return tc_row_of(code);
    tc_buf_printf(out, "trustc lint: there is no rule '%.*s'%s\n", TC_STR_ARG(name),
                  code != NULL ? " of lint: it is one of isolation" : "");
    if (code == NULL && tc_code_near(name) != NULL)
        tc_buf_printf(out, "did you mean '%s'?\n", tc_code_near(name)->slug);
    else
        tc_buf_puts(out, TC_STR("'trustc lint --list-rules' shows all of them\n"));
    return TC_ROW_COUNT_;
}

/* CODE=LEVEL */
static bool
add_rule(struct tc_lint_options *lint, struct tc_str value, struct tc_buf *out)
{
    size_t sign = tc_str_find(value, TC_STR("="), 0);
    size_t id = rule(tc_str_sub(value, 0, sign), out);
    enum tc_check_level level;

    if (id == TC_ROW_COUNT_)
        return false;
    if (!tc_lint_can_be_set(id)) {
        tc_buf_printf(out, "trustc lint: %s (%s) is an error of the compiler: no setting makes such a source compile\n",
                      tc_row_code(id)->id, tc_row_code(id)->slug);
        return false;
    }
    if (sign == SIZE_MAX || !tc_lint_level_find(tc_str_sub(value, sign + 1, SIZE_MAX), &level)) {
        tc_buf_printf(out, "trustc lint: --rule is written CODE=off|note|warning|error, not '%.*s'\n",
                      TC_STR_ARG(value));
        return false;
    }
    lint->levels[id] = (uint8_t)level;
    lint->has_level[id] = true;
    return true;
}

/* FORMAT=FILE */
static bool
add_report(struct tc_lint_options *lint, const char *value, struct tc_buf *out)
{
    const char *sign = strchr(value, '=');
    enum tc_report_format format =
        sign == NULL ? TC_REPORT_COUNT_ : tc_report_find((struct tc_str){value, (size_t)(sign - value)});

    if (format == TC_REPORT_COUNT_ || sign[1] == '\0') {
        tc_buf_printf(out, "trustc lint: --output is written FORMAT=FILE, as in sarif=lint.sarif, not '%s'\n", value);
        return false;
    }
    if (lint->output_count == TC_REPORT_COUNT_) {
        tc_buf_printf(out, "trustc lint: at most %d reports can be written\n", TC_REPORT_COUNT_);
        return false;
    }
    lint->outputs[lint->output_count++] = (struct tc_report_output){format, sign + 1};
    return true;
}

/* What is wrong with the PATH of --site, or with the FILE behind it (NULL: there is none); NULL: nothing. */
static const char *
site_fault(struct tc_str path, const char *file)
{
    if (path.len == 0)
        return "there is no path";
    if (path.ptr[0] == '/')
        return "a path begins with the name of the site, not with '/'";
    if (path.ptr[path.len - 1] == '/')
        return "a path does not end with '/'";
    if (tc_str_find(path, TC_STR("\\"), 0) != SIZE_MAX)
        return "a path has '/', not '\\'";
    if (tc_str_find(path, TC_STR("//"), 0) != SIZE_MAX)
        return "there is nothing between '//'";
    if (tc_str_find(path, TC_STR(":"), 0) != SIZE_MAX)
        return "a path has no ':'; only the number of a site stands before one";
    return file != NULL && file[0] == '\0' ? "there is no file behind '='" : NULL;
}

/* [ID:]PATH[=FILE] */
static bool
add_site(struct tc_lint_options *lint, const char *value, struct tc_buf *out)
{
    size_t digits = strspn(value, "0123456789");
    struct tc_site_option site = {.text = value};
    const char *sign, *fault;

    if (digits > 0 && value[digits] == ':') {
        site.id = (struct tc_str){value, digits};
        value += digits + 1;
    }
    sign = strchr(value, '=');
    site.path = sign == NULL ? tc_str_of(value) : (struct tc_str){value, (size_t)(sign - value)};
    site.file = sign == NULL ? NULL : sign + 1;
    fault = site_fault(site.path, site.file);
    if (fault != NULL) {
        tc_buf_printf(
            out,
            "trustc lint: --site is written PATH=FILE, as in 'Default Web Site/app=app/web.config', not '%s': %s\n",
            site.text, fault);
        return false;
    }
    if (lint->site_count == TC_FILES_MAX) {
        tc_buf_printf(out, "trustc lint: at most %d applications can be given\n", TC_FILES_MAX);
        return false;
    }
    lint->sites[lint->site_count++] = site;
    return true;
}

static bool
apply_lint(struct tc_lint_options *lint, enum tc_option_id id, const char *value, struct tc_buf *out)
{
    static const enum tc_severity severities[] = {TC_SEVERITY_ERROR, TC_SEVERITY_WARNING, TC_SEVERITY_NOTE};
    size_t id_of_rule;
    int n;

    switch (id) {
    case TC_OPTION_LINT_FORMAT:
        n = choice(&rows[id], value, out);
        lint->format = n < 0 ? TC_REPORT_TEXT : (enum tc_report_format)n;
        return n >= 0;
    case TC_OPTION_LINT_OUTPUT:
        return add_report(lint, value, out);
    case TC_OPTION_SITE:
        return add_site(lint, value, out);
    case TC_OPTION_RULE:
        return add_rule(lint, tc_str_of(value), out);
    case TC_OPTION_LINT_FAIL_ON:
        n = choice(&rows[id], value, out);
        lint->has_fail_on = n >= 0;
        lint->fail_on = severities[n < 0 ? 0 : n];
        return n >= 0;
    case TC_OPTION_MANDATORY:
        id_of_rule = rule(tc_str_of(value), out);
        if (id_of_rule != TC_ROW_COUNT_)
            lint->is_mandatory[id_of_rule] = true;
        return id_of_rule != TC_ROW_COUNT_;
    case TC_OPTION_JOBS:
        n = atoi(value);
        if (n < 1 || n > 256 || strspn(value, "0123456789") != strlen(value)) {
            tc_buf_printf(out, "trustc: --jobs is a number from 1 to 256, not '%s'\n", value);
            return false;
        }
        lint->jobs = (unsigned)n;
        return true;
    default:
        return false;
    }
}

/* A number of percent. */
static bool
percent(const struct option_row *row, const char *value, bool *ret_has, unsigned *ret_percent, struct tc_buf *out)
{
    size_t len = strlen(value);
    int n = len == 0 || len > 3 || strspn(value, "0123456789") != len ? -1 : atoi(value);

    if (n < 0 || n > 100) {
        tc_buf_printf(out, "trustc test: --%s is a number from 0 to 100, not '%s'\n", row->word, value);
        return false;
    }
    *ret_has = true;
    *ret_percent = (unsigned)n;
    return true;
}

/* [DIR=]LISTING: what stands before the sign is a directory when it is a full path of Windows, else part of a name. */
static bool
add_listing(struct tc_options *options, const char *value, struct tc_buf *out)
{
    const char *sign = strchr(value, '=');
    struct tc_listing_option listing = {.path = value};

    if (sign != NULL && tc_path_is_full((struct tc_str){value, (size_t)(sign - value)})) {
        listing.base = (struct tc_str){value, (size_t)(sign - value)};
        listing.path = sign + 1;
    }
    if (listing.path[0] == '\0' || options->acl_count == TC_FILES_MAX) {
        tc_buf_printf(out, "trustc audit: --acls is written [DIR=]LISTING, at most %d times, not '%s'\n", TC_FILES_MAX,
                      value);
        return false;
    }
    options->acls[options->acl_count++] = listing;
    return true;
}

static bool
add_account(struct tc_options *options, const char *value, struct tc_buf *out)
{
    const char *sign = strrchr(value, '=');
    struct tc_account_option account = {.name = TC_STR("")};

    if (sign != NULL)
        account = (struct tc_account_option){{value, (size_t)(sign - value)}, tc_str_of(sign + 1)};
    if (account.name.len == 0 || !tc_sid_is(account.sid) || options->account_count == TC_FILES_MAX) {
        tc_buf_printf(out,
                      "trustc audit: --account is written NAME=SID, such as 'WEB01\\app=S-1-5-21-1-2-3-1001', at most "
                      "%d times, not '%s'\n",
                      TC_FILES_MAX, value);
        return false;
    }
    options->accounts[options->account_count++] = account;
    return true;
}

static bool
add_pools(struct tc_options *options, const char *value, struct tc_buf *out)
{
    if (options->pool_count == TC_FILES_MAX) {
        tc_buf_printf(out, "trustc audit: at most %d files can be given\n", TC_FILES_MAX);
        return false;
    }
    options->pools[options->pool_count++] = value;
    return true;
}

/* What the token called @a name, with its dollar signs or without, stands for. */
static bool
set_token(struct tc_options *options, struct tc_str name, const char *value, struct tc_buf *out)
{
    for (int i = 0; i < TC_TOKEN_COUNT_; i++) {
        struct tc_str text = tc_token_text((enum tc_token_id)i);

        if (tc_str_eq_nocase(name, text) || tc_str_eq_nocase(name, tc_str_sub(text, 1, text.len - 2))) {
            options->asked.tokens[i] = value;
            return true;
        }
    }
    tc_buf_printf(out, "trustc: there is no token '%.*s'; they are", TC_STR_ARG(name));
    for (int i = 0; i < TC_TOKEN_COUNT_; i++)
        tc_buf_printf(out, "%s %.*s", i > 0 ? "," : "", TC_STR_ARG(tc_token_text((enum tc_token_id)i)));
    tc_buf_putc(out, '\n');
    return false;
}

/* NAME=VALUE */
static bool
add_token(struct tc_options *options, const char *value, struct tc_buf *out)
{
    const char *sign = strchr(value, '=');

    if (sign != NULL)
        return set_token(options, (struct tc_str){value, (size_t)(sign - value)}, sign + 1, out);
    tc_buf_printf(out, "trustc: --tokens is written NAME=VALUE, as in AppDir=D:\\Sites\\Shop, not '%s'\n", value);
    return false;
}

static bool
accept_refusal(struct tc_demands_options *demands, const char *value, struct tc_buf *out)
{
    enum tc_refusal_id refusal = tc_refusal_find(tc_str_of(value));

    if (refusal != TC_REFUSAL_COUNT_) {
        demands->accepted[refusal] = true;
        return true;
    }
    tc_buf_printf(out, "trustc demands: --accept: nothing is refused by the name '%s'\n", value);
    if (tc_refusal_near(tc_str_of(value)) != NULL)
        tc_buf_printf(out, "did you mean '%s'?\n", tc_refusal_near(tc_str_of(value)));
    else
        tc_buf_puts(out, TC_STR("each refusal ends with the name to write here\n"));
    return false;
}

/* Options that are kept as they are said, with where: a flag that is set, or the text of the value. */
static const struct {
    enum { KEPT_NOT, KEPT_FLAG, KEPT_TEXT } kind;
    size_t offset; /* in struct tc_options */
} kept[TC_OPTION_COUNT_] = {
#define FLAG(id, field) [TC_OPTION_##id] = {KEPT_FLAG, offsetof(struct tc_options, field)}
#define TEXT(id, field) [TC_OPTION_##id] = {KEPT_TEXT, offsetof(struct tc_options, field)}
    FLAG(CHECK, check),
    FLAG(LIST, list_outputs),
    TEXT(DEPFILE, depfile),
    TEXT(CERTIFICATE, certificate),
    TEXT(FROM, from),
    TEXT(TO, to),
    TEXT(PLAN_OUTPUT, plan.dir),
    FLAG(UNDO, plan.undo),
    TEXT(REPORT_OUTPUT, page.path),
    TEXT(LINE, why.line),
    TEXT(EXCEPTION, why.exception),
    TEXT(WHY_APPLICATION, why.application),
    TEXT(DIFF_APPLICATION, diff.application),
    TEXT(STDLIB, stdlib),
    TEXT(DEMANDS_FOR, demands.source),
    TEXT(APPLICATION, application),
    FLAG(MINIMIZE_WRITE, write),
    TEXT(DOC_OUTPUT, doc.path),
    FLAG(FIX, lint.fix),
    FLAG(DRY_RUN, lint.dry_run),
    FLAG(UNSAFE_FIXES, lint.unsafe_fixes),
    FLAG(NO_INLINE_IGNORE, lint.no_inline_ignore),
    TEXT(BASELINE, lint.baseline),
    FLAG(UPDATE_BASELINE, lint.update_baseline),
    TEXT(CONFIG, lint.config),
    FLAG(NO_CONFIG, lint.no_config),
    TEXT(RUN, test.words),
    TEXT(AGAINST, test.against),
    FLAG(COVERAGE, test.coverage),
    FLAG(MUTATE, test.mutate),
    FLAG(ALLOW_EMPTY, lint.allow_empty),
    FLAG(LIST_RULES, lint.list_rules),
    FLAG(PRINT_CONFIG, lint.print_config),
    FLAG(WRITE, fmt.write),
    FLAG(FMT_CHECK, fmt.check),
    FLAG(FMT_DIFF, fmt.diff),
    FLAG(FMT_LIST, fmt.list),
    FLAG(QUIET, quiet),
#undef FLAG
#undef TEXT
};

/* Whether @a id is such an option, which is kept then. */
static bool
keep(struct tc_options *options, enum tc_option_id id, const char *value)
{
    char *field = (char *)options + kept[id].offset;

    if (kept[id].kind == KEPT_FLAG)
        *(bool *)field = true;
    else if (kept[id].kind == KEPT_TEXT)
        *(const char **)field = value;
    return kept[id].kind != KEPT_NOT;
}

/* What the word that was chosen for @a id, the @a n-th of its row, stands for. */
static void
apply_choice(struct tc_options *options, enum tc_option_id id, int n, const char *value)
{
    switch (id) {
    case TC_OPTION_FRAMEWORK:
        options->framework = value;
        break;
    case TC_OPTION_STAGE:
        options->stage = n == 0 ? TC_DUMP_TOKENS : n == 1 ? TC_DUMP_AST : n == 2 ? TC_DUMP_MODEL : TC_DUMP_GRANTS;
        break;
    case TC_OPTION_DUMP_FORMAT:
        options->is_json = n == 1;
        break;
    case TC_OPTION_EXPLAIN_FORMAT:
        options->is_markdown = n == 1;
        break;
    case TC_OPTION_ASSUME:
        options->layer = n == 0 ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS;
        break;
    case TC_OPTION_WHY_FORMAT:
    case TC_OPTION_QUERY_FORMAT:
    case TC_OPTION_ISOLATE_FORMAT:
        options->is_json = n == 1;
        break;
    case TC_OPTION_ISOLATE_FAIL_ON:
        options->fail_on_unknown = n == 1;
        break;
    case TC_OPTION_PLAN_FORMAT:
        options->plan.has_format = true;
        options->plan.format = (enum tc_plan_format)n;
        break;
    case TC_OPTION_REPORT_FORMAT:
        options->page.has_format = true;
        options->page.is_graph = n > 0;
        options->page.format = n == 2 ? TC_GRAPH_MERMAID : TC_GRAPH_DOT;
        break;
    case TC_OPTION_REPORT_FAIL_ON:
        options->page.has_fail_on = true;
        options->fail_on_unknown = n == 1;
        break;
    case TC_OPTION_DOC_FORMAT:
        options->doc.has_format = true;
        options->doc.format = n == 1 ? TC_DOC_HTML : TC_DOC_MARKDOWN;
        break;
    case TC_OPTION_DIFF_FORMAT:
        options->diff.format = (enum tc_diff_format)n;
        break;
    case TC_OPTION_DIFF_FAIL_ON:
        options->diff.fail_on = (enum tc_diff_fail_on)n;
        break;
    case TC_OPTION_FAIL_ON:
        options->fail_on_warning = n == 1;
        break;
    case TC_OPTION_FORMAT:
        options->format = n == 1 ? TC_FORMAT_SHORT : n == 2 ? TC_FORMAT_JSON : TC_FORMAT_TEXT;
        break;
    case TC_OPTION_COLOR:
        options->color = n == 1 ? 1 : n == 2 ? 0 : -1;
        break;
    case TC_OPTION_TEST_FORMAT:
        options->test.format = (enum tc_test_format)n;
        break;
    case TC_OPTION_DEMANDS_FORMAT:
    case TC_OPTION_MINIMIZE_FORMAT:
        options->proposal = (enum tc_proposal_format)n;
        break;
    default:
        assert(!"a row of options.def that nothing applies");
    }
}

static bool
apply(struct tc_options *options, enum tc_option_id id, const char *value, struct tc_buf *out)
{
    struct tc_test_options *test = &options->test;
    int n;

    if (keep(options, id, value))
        return true;
    switch (id) {
    case TC_OPTION_OUTPUT:
        return add_path(options, options->outputs, &options->output_count, value, out);
    case TC_OPTION_MERGE:
        return add_path(options, options->merges, &options->merge_count, value, out);
    case TC_OPTION_PLATFORM:
        return add_path(options, options->platforms, &options->platform_count, value, out);
    case TC_OPTION_INSTALLED:
        return add_path(options, options->installed, &options->installed_count, value, out);
    case TC_OPTION_ACCEPT:
        return accept_refusal(&options->demands, value, out);
    case TC_OPTION_TODAY:
        options->today = value;
        if (tc_str_is_day(tc_str_of(value)))
            return true;
        tc_buf_printf(out, "trustc: --today is a date such as 2026-11-23, not '%s'\n", value);
        return false;
    case TC_OPTION_APP_DIR:
        return set_token(options, TC_STR("AppDir"), value, out);
    case TC_OPTION_ORIGIN:
        return set_token(options, TC_STR("OriginHost"), value, out);
    case TC_OPTION_TOKENS:
        return add_token(options, value, out);
    case TC_OPTION_ACLS:
        return add_listing(options, value, out);
    case TC_OPTION_ACCOUNT:
        return add_account(options, value, out);
    case TC_OPTION_POOLS:
        return add_pools(options, value, out);
    case TC_OPTION_COVERAGE_THRESHOLD:
        return percent(&rows[id], value, &test->has_coverage_threshold, &test->coverage_threshold, out);
    case TC_OPTION_MUTATION_THRESHOLD:
        return percent(&rows[id], value, &test->has_mutation_threshold, &test->mutation_threshold, out);
    case TC_OPTION_LINT_FORMAT:
    case TC_OPTION_LINT_OUTPUT:
    case TC_OPTION_SITE:
    case TC_OPTION_RULE:
    case TC_OPTION_LINT_FAIL_ON:
    case TC_OPTION_MANDATORY:
    case TC_OPTION_JOBS:
        return apply_lint(&options->lint, id, value, out);
    default:
        assert(value != NULL); /* a flag has its line in kept[] */
        n = choice(&rows[id], value, out);
        if (n >= 0)
            apply_choice(options, id, n, value);
        return n >= 0;
    }
}

/* The row that @a argument names, its value when it is in the same word; TC_OPTION_COUNT_ when there is none. */
static enum tc_option_id
find_option(const char *argument, unsigned mask, const char **ret_value)
{
    size_t len = strcspn(argument + 2, "=");

    *ret_value = NULL;
    for (int i = 0; i < TC_OPTION_COUNT_; i++) {
        if (!(rows[i].commands & mask))
            continue;
        if (argument[1] == '-' && strlen(rows[i].word) == len && memcmp(rows[i].word, argument + 2, len) == 0) {
            if (argument[2 + len] == '=')
                *ret_value = argument + 3 + len;
            return (enum tc_option_id)i;
        }
        if (argument[1] != '-' && rows[i].letter != 0 && rows[i].letter == argument[1]) {
            if (argument[2] != '\0')
                *ret_value = argument + 2;
            return (enum tc_option_id)i;
        }
    }
    return TC_OPTION_COUNT_;
}

static enum tc_command_id
find_command(const char *word)
{
    for (int i = 0; i < TC_COMMAND_COUNT_; i++)
        if (strcmp(word, commands[i].word) == 0)
            return (enum tc_command_id)i;
    return TC_COMMAND_COUNT_;
}

static enum tc_parsed
unknown_command(const char *word, struct tc_buf *out)
{
    const char *meant = nearest_command(word);
    size_t len = strlen(word);

    tc_buf_printf(out, "trustc: there is no command '%s'\n", word);
    if (meant == NULL && word[0] == '-' && tc_str_distance(tc_str_of(word), TC_STR("--version"), 2) <= 2)
        meant = "--version";
    if (meant == NULL && word[0] == '-' && tc_str_distance(tc_str_of(word), TC_STR("--help"), 2) <= 2)
        meant = "--help";
    if (meant != NULL)
        tc_buf_printf(out, "did you mean '%s'?\n", meant);
    else if (len > 6 && strcmp(word + len - 6, ".trust") == 0)
        tc_buf_printf(out, "to compile it: trustc build %s -o DIR\n", word);
    else
        tc_buf_puts(out, TC_STR("'trustc help' lists the commands\n"));
    return TC_PARSED_WRONG;
}

/* How many files a command takes behind its first argument, as its row shows them. */
static size_t
files_behind_the_first(enum tc_command_id id)
{
    struct tc_str arguments = tc_str_of(commands[id].arguments);

    if (id == TC_COMMAND_VERIFY) /* its second argument is a directory of its own */
        return 0;
    return tc_str_find(arguments, TC_STR("..."), 0) != SIZE_MAX ? TC_FILES_MAX : tc_str_has(arguments, ' ') ? 1 : 0;
}

/* An argument that is no option. False: it is one too many. */
static bool
take_argument(struct tc_options *options, const char *argument, struct tc_buf *out)
{
    if (options->file == NULL) {
        options->file = argument;
        return true;
    }
    if (options->command == TC_COMMAND_VERIFY && options->dir == NULL) {
        options->dir = argument;
        return true;
    }
    if (options->more_count < files_behind_the_first(options->command)) {
        options->more[options->more_count++] = argument;
        return true;
    }
    tc_buf_printf(out, "trustc: '%s' is one argument too many: '%s' is given already\n", argument, options->file);
    if (options->command == TC_COMMAND_AUDIT)
        tc_buf_printf(out, "what the server printed follows an option: --acls '%s', or --pools '%s'\n", argument,
                      argument);
    if (options->command == TC_COMMAND_PLAN || options->command == TC_COMMAND_REPORT)
        tc_buf_puts(out, TC_STR("where it is written to follows -o\n"));
    if (options->command == TC_COMMAND_BUILD)
        tc_buf_puts(out, TC_STR("other sources are read by 'use' in the first one; the output directory follows -o\n"));
    return false;
}

static void
unknown_option(enum tc_command_id command, const char *argument, struct tc_buf *out)
{
    const char *meant =
        argument[1] == '-' ? nearest_option(argument + 2, strcspn(argument + 2, "="), mask_of(command)) : NULL;

    tc_buf_printf(out, "trustc %s: there is no option '%s'\n", commands[command].word, argument);
    if (meant != NULL)
        tc_buf_printf(out, "did you mean '--%s'?\n", meant);
    else
        tc_buf_printf(out, "'trustc help %s' lists the options\n", commands[command].word);
}

/* The option @a argument with its value, which may be @a next; NULL: nothing follows. */
static enum tc_parsed
take_option(struct tc_options *options, const char *argument, const char *next, bool *ret_took_next, struct tc_buf *out)
{
    const char *value;
    enum tc_option_id id = find_option(argument, mask_of(options->command), &value);

    *ret_took_next = false;
    if (id == TC_OPTION_COUNT_) {
        unknown_option(options->command, argument, out);
        return TC_PARSED_WRONG;
    }
    if (id == TC_OPTION_HELP) {
        put_help(out, options->command);
        return TC_PARSED_DONE;
    }
    if (rows[id].value == NULL && value != NULL) {
        tc_buf_printf(out, "trustc: --%s takes no value\n", rows[id].word);
        return TC_PARSED_WRONG;
    }
    if (rows[id].value != NULL && value == NULL) {
        if (next == NULL) {
            tc_buf_printf(out, "trustc: --%s needs a value: %s\n", rows[id].word, rows[id].value);
            return TC_PARSED_WRONG;
        }
        value = next;
        *ret_took_next = true;
    }
    return apply(options, id, value, out) ? TC_PARSED_RUN : TC_PARSED_WRONG;
}

static enum tc_parsed
parse_arguments(int argc, char **argv, struct tc_options *options, struct tc_buf *out)
{
    unsigned mask = mask_of(options->command);
    bool only_files = false;

    for (int i = 2; i < argc; i++) {
        const char *argument = argv[i];

        if (!only_files && strcmp(argument, "--") == 0) {
            only_files = true;
        } else if (only_files && (mask & FOR_ASKED) != 0 && options->word_count < TC_FILES_MAX) {
            options->words[options->word_count++] = argument;
        } else if (only_files || argument[0] != '-' || argument[1] == '\0') {
            if (!take_argument(options, argument, out))
                return TC_PARSED_WRONG;
        } else {
            bool took_next;
            enum tc_parsed parsed = take_option(options, argument, i + 1 < argc ? argv[i + 1] : NULL, &took_next, out);

            if (parsed != TC_PARSED_RUN)
                return parsed;
            i += took_next;
        }
    }
    return TC_PARSED_RUN;
}

/* The CLR whose levels a --platform is for; TC_CLR_COUNT_: all that have none of their own. */
static int
platform_clr(const struct tc_path_option *platform)
{
    enum tc_framework framework;

    if (platform->framework == NULL || !tc_framework_find(tc_str_of(platform->framework), &framework))
        return TC_CLR_COUNT_;
    return (int)tc_framework_info(framework)->clr;
}

static bool
check_platforms(const struct tc_options *options, struct tc_buf *out)
{
    const struct tc_path_option *list = options->platforms;

    for (size_t i = 0; i < options->platform_count; i++)
        for (size_t j = 0; j < i; j++) {
            if (platform_clr(&list[i]) != platform_clr(&list[j]))
                continue;
            tc_buf_printf(out, "trustc: --platform gives '%s' and '%s' for the same levels%s\n", list[j].path,
                          list[i].path,
                          list[i].framework == NULL ? ": write the framework before each, as in 2.0=DIR"
                                                    : ": a framework has one CONFIG directory, and 2.0 shares it with "
                                                      "3.5");
            return false;
        }
    return true;
}

/* A question without quotes, as who types it for the first time has it: its first word is no file. */
static void
take_bare_words(struct tc_options *options)
{
    static const char *const firsts[] = {"who", "which", "what", "may", "can"};

    if (options->command != TC_COMMAND_QUERY || options->word_count > 0)
        return;
    for (size_t i = 0; i + 1 < options->more_count; i++)
        for (size_t j = 0; j < sizeof firsts / sizeof *firsts; j++) {
            if (strcmp(options->more[i], firsts[j]) != 0)
                continue;
            while (i + options->word_count < options->more_count) {
                options->words[options->word_count] = options->more[i + options->word_count];
                options->word_count++;
            }
            options->more_count = i;
            return;
        }
}

/* The last argument is the question when it does not follow `--`. */
static bool
take_question(struct tc_options *options, struct tc_buf *out)
{
    take_bare_words(options);
    if (options->word_count == 0 && options->more_count > 0)
        options->words[options->word_count++] = options->more[--options->more_count];
    if (options->word_count > 0)
        return true;
    tc_buf_printf(out, "trustc %s: what is asked? write: trustc %s FILE '%s'\n", commands[options->command].word,
                  commands[options->command].word,
                  options->command == TC_COMMAND_WHY ? "Contoso FileIO write \"D:\\Data\""
                                                     : "who can FileIO write \"D:\\Data\"");
    return false;
}

/* A demand, a line or an exception: one of them. */
static bool
check_why(struct tc_options *options, struct tc_buf *out)
{
    const struct tc_why_options *why = &options->why;

    if (why->line != NULL && why->exception != NULL)
        tc_buf_puts(out, TC_STR("trustc why: --line and --exception are two questions: ask one\n"));
    else if (why->application != NULL && why->exception == NULL)
        tc_buf_puts(out,
                    TC_STR("trustc why: --application goes with --exception; of a demand the application comes first: "
                           "'Contoso FileIO read \"D:\\x\"'\n"));
    else if (why->line == NULL && why->exception == NULL)
        return take_question(options, out);
    else if (options->word_count > 0)
        tc_buf_puts(out, TC_STR("trustc why: a line or an exception is asked about by itself: leave out the demand\n"));
    else
        return true;
    return false;
}

/* version and help: all is said here. */
static enum tc_parsed
answer_itself(const struct tc_options *options, struct tc_buf *out)
{
    enum tc_command_id id;

    if (options->command == TC_COMMAND_VERSION) {
        if (options->file != NULL) {
            tc_buf_printf(out, "trustc version: '%s' is one argument too many\n", options->file);
            return TC_PARSED_WRONG;
        }
        tc_buf_puts(out, TC_STR("trustc " TC_VERSION "\n"));
        return TC_PARSED_DONE;
    }
    id = options->file == NULL ? TC_COMMAND_COUNT_ : find_command(options->file);
    if (options->file != NULL && id == TC_COMMAND_COUNT_)
        return unknown_command(options->file, out);
    if (id == TC_COMMAND_COUNT_)
        put_overview(out);
    else
        put_help(out, id);
    return TC_PARSED_DONE;
}

/* Whether the command has its first argument, if it needs one. */
static bool
check_file(const struct tc_options *options, struct tc_buf *out)
{
    if (options->file != NULL || options->command == TC_COMMAND_EXPLAIN || options->command == TC_COMMAND_FMT ||
        (options->command == TC_COMMAND_VERIFY && options->platform_count > 0) ||
        (options->command == TC_COMMAND_LINT && options->lint.list_rules))
        return true;
    tc_buf_printf(out, "trustc %s: which %s? write: trustc %s FILE%s ('-' reads standard input)\n",
                  commands[options->command].word,
                  options->command == TC_COMMAND_IMPORT || options->command == TC_COMMAND_LINT ? "file"
                  : options->command == TC_COMMAND_DEMANDS                                     ? "report"
                                                                                               : "source",
                  commands[options->command].word, options->command == TC_COMMAND_BUILD ? " -o DIR" : "");
    return false;
}

/* Whether it has all the rest that it needs. */
static bool
check_rest(struct tc_options *options, struct tc_buf *out)
{
    if (options->command == TC_COMMAND_QUERY)
        return take_question(options, out);
    if (options->command == TC_COMMAND_WHY)
        return check_why(options, out);
    if (options->command == TC_COMMAND_AUDIT && options->acl_count == 0 && options->pool_count == 0) {
        tc_buf_puts(out,
                    TC_STR("trustc audit: what did the server print? write: trustc audit FILE --acls LISTING --pools "
                           "FILE\n"));
        return false;
    }
    if (options->command == TC_COMMAND_DIFF && options->more_count == 0) {
        tc_buf_printf(out, "trustc diff: what is '%s' compared with? write: trustc diff FROM TO\n", options->file);
        return false;
    }
    if (options->command == TC_COMMAND_VERIFY && options->dir == NULL) {
        tc_buf_puts(out, TC_STR("trustc verify: which outputs? write: trustc verify FILE DIR\n"));
        return false;
    }
    return true;
}

enum tc_parsed
tc_options_parse(int argc, char **argv, struct tc_options *ret_options, struct tc_buf *out)
{
    enum tc_parsed parsed;

    *ret_options = (struct tc_options){.color = -1, .stage = TC_DUMP_MODEL, .layer = TC_LAYER_BOTH};
    if (argc < 2) {
        put_overview(out);
        return TC_PARSED_WRONG;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        put_overview(out);
        return TC_PARSED_DONE;
    }
    ret_options->command = strcmp(argv[1], "--version") == 0 ? TC_COMMAND_VERSION : find_command(argv[1]);
    if (ret_options->command == TC_COMMAND_COUNT_)
        return unknown_command(argv[1], out);
    parsed = parse_arguments(argc, argv, ret_options, out);
    if (parsed != TC_PARSED_RUN)
        return parsed;
    if (ret_options->command == TC_COMMAND_VERSION || ret_options->command == TC_COMMAND_HELP)
        return answer_itself(ret_options, out);
    if (!check_platforms(ret_options, out) || !check_file(ret_options, out))
        return TC_PARSED_WRONG;
    if (ret_options->file == NULL)
        return TC_PARSED_RUN;
    return check_rest(ret_options, out) ? TC_PARSED_RUN : TC_PARSED_WRONG;
}
