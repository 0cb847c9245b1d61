/**
 * trustc.toml: how the files of a folder, and of those below it, are to be linted. What several of them come to is
 * settled in cli/configs.h.
 *
 *     framework = "2.0"
 *     fail-on = "warning"
 *     inline-ignore = false
 *     mandatory = ["T1201", "drive-root"]
 *     baseline = "lint-baseline.txt"
 *
 *     [rules]
 *     T1205 = "off"
 *     registry-write = "error"
 *
 *     [directory."old/shop"]
 *     framework = "1.1"
 *
 *     [directory."old/shop".rules]
 *     comment-before-root = "warning"
 */
#ifndef TC_API_LINT_CONFIG_H
#define TC_API_LINT_CONFIG_H

#include "api/lint.h"
#include "base/toml.h"

/** A setting and who said it. */
struct tc_lint_config {
    const struct tc_source *source;
    struct tc_toml_entry *entries;
    bool has_fail_on;
    enum tc_severity fail_on;
    struct tc_str baseline; /**< as written: relative to the file; empty: none */
};

/**
 * Read and check @a source.
 *
 * @param diags  gets every mistake in it: unknown keys with the near ones, values that are none
 * @return false when there was one
 */
bool tc_lint_config_read(struct tc_diags *diags, const struct tc_source *source, struct tc_lint_config *ret_config);

/**
 * Take over what the file says for @a path, which is relative to its folder and has slashes; settings of a directory go
 * before those of the file, a longer directory's before a shorter's.
 */
void tc_lint_config_apply(const struct tc_lint_config *config, struct tc_str path, struct tc_lint_settings *settings);

/** "off", "note", "warning", "error" or "default"; false for any other word. */
bool tc_lint_level_find(struct tc_str word, enum tc_check_level *ret_level);

/** The word for @a level, as tc_lint_level_find() takes it. */
const char *tc_lint_level_name(enum tc_check_level level);

/** Whether trustc.toml and --rule may say how severe a row is (by tc_row_of()): not of an error of the compiler. */
bool tc_lint_can_be_set(size_t row);

/** Whether lint has findings of a row: not of one of isolation. */
bool tc_lint_has(size_t row);

#endif
