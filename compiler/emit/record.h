/**
 * The record that an output directory keeps of the files that trustc wrote there (TC_COMMIT_RECORD).
 *
 * Text, one file a line, by name; the first line says what it is, the last how many lines there are between:
 *
 *     trustc outputs 1: ...
 *     policy 44bc2cf5ad770999 3 web_reportingtrust.config
 *     end 1
 *
 * While a run is under way a name may occur twice, with what it held before and with what it is to hold.
 */
#ifndef TC_EMIT_RECORD_H
#define TC_EMIT_RECORD_H

#include "base/arena.h"
#include "emit/commit.h"

/** What a file held when trustc wrote it. */
struct tc_version {
    struct tc_version *next;
    enum tc_output_stage stage;
    uint64_t hash;
    uint64_t size;
};

/** XXH64 with seed 0 (Y. Collet, "xxHash fast digest algorithm", version 0.1.1). */
uint64_t tc_xxh64(struct tc_str bytes);

/** What @a bytes would be recorded as. */
struct tc_version tc_version_of(struct tc_str bytes, enum tc_output_stage stage);

/** Whether @a version describes a file with that hash and size. */
bool tc_version_fits(const struct tc_version *version, uint64_t hash, uint64_t size);

/** Whether @a name can be an output: a file name on Windows and here, and none that trustc uses itself. */
bool tc_record_is_name(struct tc_str name);

/** Whether @a name is one that trustc gives to temporary files. */
bool tc_record_is_temporary(struct tc_str name);

/** The name of a temporary file for @a name (with @a suffix "new" or "old"), NUL-terminated; NULL: out of memory. */
const char *tc_record_temporary(struct tc_arena *arena, struct tc_str name, const char *suffix);

void tc_record_begin(struct tc_buf *out);
void tc_record_add(struct tc_buf *out, struct tc_str name, const struct tc_version *version);
void tc_record_end(struct tc_buf *out, size_t count);

/** Called with each line of a record; false stops. @a name is borrowed from the text. */
typedef bool tc_record_visit(void *context, struct tc_str name, struct tc_version version);

/**
 * Read a record.
 * @return 0, or the number of the line that is not as it should be
 */
size_t tc_record_read(struct tc_str text, tc_record_visit *visit, void *context);

#endif
