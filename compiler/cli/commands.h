/** One function per command; each returns the exit code. */
#ifndef TC_CLI_COMMANDS_H
#define TC_CLI_COMMANDS_H

#include "cli/options.h"

int tc_cmd_audit(const struct tc_options *options);
int tc_cmd_build(const struct tc_options *options);
int tc_cmd_diff(const struct tc_options *options);
int tc_cmd_demands(const struct tc_options *options);
int tc_cmd_doc(const struct tc_options *options);
int tc_cmd_dump(const struct tc_options *options);
int tc_cmd_platform(const struct tc_options *options);
int tc_cmd_explain(const struct tc_options *options);
int tc_cmd_fmt(const struct tc_options *options);
int tc_cmd_import(const struct tc_options *options);
int tc_cmd_isolate(const struct tc_options *options);
int tc_cmd_lint(const struct tc_options *options);
int tc_cmd_minimize(const struct tc_options *options);
int tc_cmd_plan(const struct tc_options *options);
int tc_cmd_query(const struct tc_options *options);
int tc_cmd_why(const struct tc_options *options);
int tc_cmd_report(const struct tc_options *options);
int tc_cmd_test(const struct tc_options *options);

/** Write to standard output; false when that failed. */
bool tc_print(struct tc_str text);
/** Write to standard error. */
void tc_complain(struct tc_str text);

#endif
