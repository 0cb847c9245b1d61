/** Files on disk for tests: a directory of one's own, and what it holds as one text that can be compared. */
#ifndef TCT_DISK_H
#define TCT_DISK_H

#include "base/str.h"

/** Room for the path of anything a test makes. */
enum { TCT_PATH_SIZE = 512 };

/** Make an empty directory of the test's own under TMPDIR; ends the program when that is impossible. */
void tct_disk_begin(char path[TCT_PATH_SIZE]);

/** Remove @a path and all that is below it; not being there is fine. */
void tct_disk_remove(const char *path);

/** Write a file, making the directories that its name needs. */
void tct_disk_write(const char *dir, const char *name, struct tc_str bytes);

/** Append a file's content; false when it is not there. */
bool tct_disk_read(const char *dir, const char *name, struct tc_buf *out);

/**
 * Append what is below @a path, by name: "name=content\n" for files, "name/\n" for directories followed by what they
 * hold, "name -> target\n" for links. Nothing when @a path is not there.
 */
void tct_disk_list(const char *path, struct tc_buf *out);

#endif
