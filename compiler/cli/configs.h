/**
 * Which trustc.toml files hold for a file that is linted, and what they come to with the command line.
 *
 * They are looked for in the folder of the file and in those above it, up to where a repository begins. Of what several
 * say, the nearest one's word counts; but what is `mandatory` in an outer one stays so, and is not made less severe.
 */
#ifndef TC_CLI_CONFIGS_H
#define TC_CLI_CONFIGS_H

#include "api/lint_config.h"
#include "cli/inputs.h"
#include "cli/session.h"

/** One trustc.toml. */
struct tc_config_file {
    const struct tc_config_file *outer; /**< of a folder above; NULL: none */
    struct tc_str folder;               /**< where it lies, as a real path */
    struct tc_str name;                 /**< as messages show it */
    struct tc_lint_config config;
};

struct tc_configs {
    struct tc_session *session; /**< its arena, and the findings of configuration files */
    const struct tc_inputs *inputs;
    struct tc_map folders;              /**< real path -> struct tc_config_file, or one that stands for none */
    const struct tc_config_file **list; /**< by input; NULL: none */
};

/**
 * Find and read the files that hold for @a inputs, as --config and --no-config have it.
 * @return false when one of them has mistakes, which have been shown, or memory is short
 */
bool tc_configs_find(struct tc_configs *configs, struct tc_session *session, const struct tc_inputs *inputs);

/** What holds for an input: built in, then the files', then the command line's. */
void tc_configs_settings(const struct tc_configs *configs, size_t input, struct tc_lint_settings *ret_settings);

/** From which severity on findings of an input are a failure. */
enum tc_severity tc_configs_fail_on(const struct tc_configs *configs, size_t input);

/** The baseline of an input; NULL: none. Lives as long as the session. */
const char *tc_configs_baseline(const struct tc_configs *configs, size_t input);

/** Append what holds for an input as trustc.toml would say it, each with a comment that says where it comes from. */
void tc_configs_put(const struct tc_configs *configs, size_t input, struct tc_buf *out);

/** The folder of @a path as a real path; empty when there is none. Lives in @a arena. */
struct tc_str tc_real_folder(struct tc_arena *arena, const char *path);

#endif
