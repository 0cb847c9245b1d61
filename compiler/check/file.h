/**
 * A file for the checks: what it is, and what each reader makes of it.
 */
#ifndef TC_CHECK_FILE_H
#define TC_CHECK_FILE_H

#include "check/check.h"

struct tc_check_file_options {
    bool has_framework;
    enum tc_framework framework; /**< if has_framework; else what the file's type names say */
    bool legacy_cas;             /**< 4.0 with legacyCasModel */
};

/**
 * Read @a source, one of @a diags->sources whose text is decoded (tc_policy_decode()).
 *
 * @param diags  for what readers say: checks say it better, so the caller throws these away, but they must live as long
 *               as @a ret_file
 * @param bytes  the file as it lies on disk
 * @return TC_OK, whatever the file holds; TC_ERR_NOMEM. A .trust source is only recognised: its model is the caller's.
 */
enum tc_status tc_check_file_read(struct tc_diags *diags, struct tc_source *source, struct tc_str bytes,
                                  const struct tc_check_file_options *options, struct tc_check_file *ret_file);

/** What a file is, from its text alone; fast. TC_FILE_OTHER for what is none of ours. */
enum tc_file_kind tc_check_file_kind(struct tc_str name, struct tc_str text);

/** The name of the outermost element, behind a declaration and comments; a part of @a text, empty when there is none.
 */
struct tc_str tc_check_root_name(struct tc_str text);

#endif
