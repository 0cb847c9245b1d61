/**
 * Directories of a Windows server that are not one application's: rows of data/places.def. And paths that name a whole
 * drive or share; and what no path of an application in IIS has.
 */
#ifndef TC_MODEL_PLACES_H
#define TC_MODEL_PLACES_H

#include "base/str.h"

enum tc_place_kind { TC_PLACE_SYSTEM, TC_PLACE_FRAMEWORK };

/** When a path inside a place counts. */
enum tc_place_inside { TC_PLACE_INSIDE_NEVER, TC_PLACE_INSIDE_WRITE, TC_PLACE_INSIDE_ALWAYS };

struct tc_system_place {
    const char *path; /**< behind the drive */
    const char *what;
    enum tc_place_kind kind;
    enum tc_place_inside inside;
};

/** How a path lies to a place. */
enum tc_place_relation { TC_PLACE_APART, TC_PLACE_ABOVE, TC_PLACE_SAME, TC_PLACE_INSIDE };

/**
 * The place that the canonical @a path is or lies in, on any drive, so that reaching it counts; NULL when there is
 * none.
 * @param writes        whether it may be written
 * @param ret_relation  TC_PLACE_SAME or TC_PLACE_INSIDE
 */
const struct tc_system_place *tc_place_find(struct tc_str path, bool writes, enum tc_place_relation *ret_relation);

/**
 * Why no application has the location path @a path, which nothing refuses: a part of it is "." or "..", or escaped as
 * in a URL. Paths are compared as texts; the reference is silent about these. Goes on "'…' is no location path:";
 * NULL when there is no such thing.
 */
const char *tc_location_fault(struct tc_str path);

/** "D:", "D:\". */
bool tc_path_is_drive(struct tc_str path);

/** "\\server\share", with or without a backslash at the end; "\\server" alone. */
bool tc_path_is_share(struct tc_str path);

#endif
