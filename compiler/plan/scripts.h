/**
 * The beginnings of the scripts of a plan, plan/apply.ps1 and its kin, which the build embeds: the functions that the
 * steps call. The line `TRUSTC STEPS` stands for the steps of a plan.
 */
#ifndef TC_PLAN_SCRIPTS_H
#define TC_PLAN_SCRIPTS_H

#include <stddef.h>

struct tc_plan_script_file {
    const char *name; /**< "apply.ps1" */
    const char *text;
    size_t len;
};

extern const struct tc_plan_script_file tc_plan_script_files[];
extern const size_t tc_plan_script_file_count;

#endif
