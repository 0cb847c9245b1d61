/**
 * Sources from the files that servers have: `trustc import`.
 *
 * What is written is compiled again and held against the file before anyone sees it: grants class by class in both
 * directions, code groups one by one. A statement that the compiler refuses, or that does not come out the same, stands
 * there verbatim instead; where nothing helps there is no source.
 */
#ifndef TC_API_IMPORT_H
#define TC_API_IMPORT_H

#include "api/trustc.h"

struct tc_import_options {
    bool has_framework;
    enum tc_framework framework; /**< if has_framework; else what the file seems to be for */
    void *state;
    /** A file that lies in the folder of the source @a beside; false when there is none. The bytes must stay. */
    bool (*read)(void *state, struct tc_str beside, struct tc_str name, struct tc_str *ret_bytes);
};

/**
 * Append the source that says what the files @a sources (of c->sources) say: one policy for each, or the server and the
 * applications of the one configuration file among them, whose levels take their policies from the others.
 *
 * @param c  an initialised compilation; gets the findings
 * @return TC_OK, also with warnings and notes; TC_FAILED when the framework could not load a file, or they do not fit
 * together; TC_ERR_SELF when the source could not be made to say the same; TC_ERR_NOMEM; TC_ERR_LIMIT
 */
enum tc_status tc_import(struct tc_compilation *c, const struct tc_import_options *options,
                         struct tc_source *const *sources, size_t count, struct tc_buf *out);

#endif
