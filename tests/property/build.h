/** One build in the process: what `trustc build` does up to the disk, and what can be said of any of its outputs. */
#ifndef TCT_PROPERTY_BUILD_H
#define TCT_PROPERTY_BUILD_H

#include "api/trustc.h"

/** What `use` can find: the files of a case, or (without any) files on disk. */
struct tct_files {
    const struct tct_file {
        const char *name;
        struct tc_str text;
    } * list;
    size_t count;
    bool on_disk;
};

struct tct_build {
    struct tc_compilation c;
    enum tc_status status; /**< of the step that went wrong, or TC_OK */
    bool proven;           /**< tc_prove() was reached */
    struct tc_output *outputs;
    size_t count;
};

/** Compile, emit and prove @a text as @a name. done() is needed whatever came of it. */
void tct_build(struct tct_build *build, const struct tct_files *files, const char *name, struct tc_str text);
void tct_build_done(struct tct_build *build);

/** The output called @a name, or NULL. */
const struct tc_output *tct_build_output(const struct tct_build *build, const char *name);

/** Whether both builds ended alike, with the same outputs byte for byte (@a only_policies: only the policy files). */
bool tct_build_same(const struct tct_build *a, const struct tct_build *b, bool only_policies);

/** The first error, or "" when there is none, for messages; lives in the build. */
struct tc_str tct_build_first_error(struct tct_build *build);

/** What is wrong with the bytes of any output, whatever the source: NULL when nothing. */
const char *tct_output_fault(const struct tc_output *output);

/** The same of a policy file without raw text: every SecurityClass has a name of its own and is used, and every class
 * that an element names has one. The reason lies in a static buffer. */
const char *tct_policy_fault(const struct tc_output *output);

#endif
