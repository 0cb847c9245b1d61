/**
 * The command line as rows: parsing, --help and the man page come from them.
 */
#ifndef TC_CLI_OPTIONS_H
#define TC_CLI_OPTIONS_H

#include "api/dump.h"
#include "api/report.h"
#include "api/test_report.h"
#include "ask/demands.h"
#include "ask/diff_show.h"
#include "ask/doc.h"
#include "base/render.h"
#include "plan/plan.h"
#include "report/graph.h"

/** Exit codes, as the language page and the man page have them. */
enum tc_exit {
    TC_EXIT_OK = 0,
    TC_EXIT_FINDINGS = 1, /**< findings at or above --fail-on, outputs not current */
    TC_EXIT_USAGE = 2,
    TC_EXIT_INPUT = 3, /**< the input has errors or exceeds a limit */
    TC_EXIT_SELF = 4,  /**< the tool's own check failed */
    TC_EXIT_IO = 5,
};

enum tc_command_id {
#define TC_COMMAND(id, word, group, arguments, sentence, summary) TC_COMMAND_##id,
#include "cli/commands.def"
    TC_COMMAND_COUNT_
};

struct tc_command {
    const char *word;
    const char *group;     /**< "sources" */
    const char *arguments; /**< "FILE" */
    const char *sentence;
    const char *summary; /**< the sentence in a few words */
};

const struct tc_command *tc_command(enum tc_command_id id);

enum tc_option_id {
#define TC_OPTION(id, commands, letter, word, value, sentence) TC_OPTION_##id,
#include "cli/options.def"
    TC_OPTION_COUNT_
};

/** A value of an option that may be given several times: [FRAMEWORK=]PATH. */
struct tc_path_option {
    const char *framework; /**< "2.0", NUL-terminated; NULL when not said */
    const char *path;
};

enum { TC_PATHS_MAX = 32, TC_FILES_MAX = 256 };

/** What only lint takes. */
struct tc_lint_options {
    enum tc_report_format format;
    struct tc_report_output {
        enum tc_report_format format;
        const char *path;
    } outputs[TC_REPORT_COUNT_];
    size_t output_count;
    uint8_t levels[TC_ROW_COUNT_]; /**< enum tc_check_level, said by --rule */
    bool has_level[TC_ROW_COUNT_];
    bool is_mandatory[TC_ROW_COUNT_];
    bool has_fail_on;
    enum tc_severity fail_on;
    struct tc_site_option {
        struct tc_str id;   /**< of the site; empty: not said */
        struct tc_str path; /**< "Default Web Site/app" */
        const char *file;   /**< NULL: it has none of its own */
        const char *text;   /**< all of it, as written */
    } sites[TC_FILES_MAX];
    size_t site_count;
    const char *baseline;
    const char *config;
    unsigned jobs; /**< 0: not said */
    bool fix, dry_run, unsafe_fixes, no_inline_ignore, update_baseline, no_config, allow_empty, list_rules,
        print_config;
};

/** What only fmt takes. */
struct tc_fmt_options {
    bool write, check, diff, list;
};

/** What only plan takes. */
struct tc_plan_options {
    const char *dir; /**< NULL: not said */
    bool has_format;
    enum tc_plan_format format;
    bool undo;
};

/** What the commands that answer questions take about policy files. */
struct tc_asked_options {
    const char *tokens[TC_TOKEN_COUNT_]; /**< by enum tc_token_id: what one stands for; NULL: not said */
};

/** What only report takes. */
struct tc_page_options {
    const char *path; /**< "-" for standard output; NULL: not said */
    bool has_format;
    bool is_graph;
    enum tc_graph_format format; /**< if is_graph */
    bool has_fail_on;            /**< what counts then is tc_options.fail_on_unknown */
};

/** What only diff takes. */
struct tc_diff_options {
    const char *application; /**< that a policy file is of; NULL: as its name says */
    enum tc_diff_format format;
    enum tc_diff_fail_on { TC_DIFF_FAIL_ON_ANY, TC_DIFF_FAIL_ON_WIDEN, TC_DIFF_FAIL_ON_ISOLATION } fail_on;
};

/** What only test takes. */
struct tc_test_options {
    enum tc_test_format format;
    const char *words;   /**< NULL: everything is run */
    const char *against; /**< NULL: what the source says */
    bool coverage, mutate;
    bool has_coverage_threshold, has_mutation_threshold;
    unsigned coverage_threshold, mutation_threshold; /**< percent */
};

/** What only doc takes. */
struct tc_doc_options {
    const char *path; /**< NULL: not said */
    bool has_format;
    enum tc_doc_format format;
};

/** How a command that proposes a change of a source prints it. */
enum tc_proposal_format { TC_PROPOSAL_TEXT, TC_PROPOSAL_JSON, TC_PROPOSAL_DIFF };

/** What only demands takes. */
struct tc_demands_options {
    const char *source; /**< NULL: not said */
    bool accepted[TC_REFUSAL_COUNT_];
};

/** What only why takes. */
struct tc_why_options {
    const char *line;        /**< "[FILE:]N"; NULL: not said */
    const char *exception;   /**< a file; NULL: not said */
    const char *application; /**< with `exception`; NULL: everyone */
};

/** What the command line says. Strings are borrowed from argv, or from `storage`. */
struct tc_options {
    enum tc_command_id command;
    const char *file;               /**< "-" for standard input; NULL: not given */
    const char *more[TC_FILES_MAX]; /**< the files behind the first */
    size_t more_count;
    const char *words[TC_FILES_MAX]; /**< query, why: the question, one word or many */
    size_t word_count;
    struct tc_path_option outputs[TC_PATHS_MAX];
    size_t output_count;
    struct tc_path_option merges[TC_PATHS_MAX];
    size_t merge_count;
    struct tc_path_option platforms[TC_PATHS_MAX];
    size_t platform_count;
    struct tc_path_option installed[TC_PATHS_MAX]; /**< isolate --config */
    size_t installed_count;
    struct tc_listing_option {
        struct tc_str base; /**< empty: not said */
        const char *path;
    } acls[TC_FILES_MAX];
    size_t acl_count;
    struct tc_account_option {
        struct tc_str name, sid;
    } accounts[TC_FILES_MAX]; /**< audit */
    size_t account_count;
    const char *pools[TC_FILES_MAX];
    size_t pool_count;
    const char *framework; /**< import: "2.0"; NULL: not said */
    const char *stdlib;
    const char *today;
    const char *dir; /**< verify: where the outputs are */
    struct tc_lint_options lint;
    struct tc_plan_options plan;
    struct tc_diff_options diff;
    struct tc_fmt_options fmt;
    struct tc_asked_options asked;
    struct tc_why_options why;
    struct tc_page_options page;
    struct tc_test_options test;
    struct tc_demands_options demands;
    struct tc_doc_options doc;
    const char *application;          /**< demands, doc: its name; NULL: not said */
    enum tc_proposal_format proposal; /**< demands, minimize */
    bool write;                       /**< minimize */
    const char *depfile;
    const char *certificate;
    enum tc_format format;
    enum tc_dump_stage stage;
    bool is_json;          /**< dump, isolate */
    enum tc_layer layer;   /**< isolate */
    const char *from, *to; /**< isolate: a pair */
    bool fail_on_unknown;  /**< isolate, report */
    bool is_markdown;      /**< explain */
    int color;             /**< -1 auto, 0 never, 1 always */
    bool fail_on_warning;
    bool check;
    bool list_outputs;
    bool quiet;
    char frameworks[4 * TC_PATHS_MAX][8]; /**< storage for the names before `=` */
};

/** What became of parsing. */
enum tc_parsed { TC_PARSED_RUN, TC_PARSED_DONE /**< help or version was asked for and is in out */, TC_PARSED_WRONG };

/**
 * Read the command line.
 * @param out  gets the help text, or, on TC_PARSED_WRONG, the complaint
 */
enum tc_parsed tc_options_parse(int argc, char **argv, struct tc_options *ret_options, struct tc_buf *out);

#endif
