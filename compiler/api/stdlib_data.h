/**
 * The standard policies, built into the program: the bytes of stdlib-policies/, which the build embeds.
 */
#ifndef TC_API_STDLIB_DATA_H
#define TC_API_STDLIB_DATA_H

#include <stddef.h>

/** One file of stdlib-policies/. The text is read-only, and tc_parse() writes while it scans: give it a copy. */
struct tc_stdlib_file {
    const char *name; /**< without a directory: "2.0.trust" */
    const char *text; /**< UTF-8; two NULs follow that do not count */
    size_t len;
};

/** All of them, by name; as many as tc_stdlib_file_count says. */
extern const struct tc_stdlib_file tc_stdlib_files[];
extern const size_t tc_stdlib_file_count;

#endif
