/**
 * Windows paths as Path.GetFullPath of the framework 4.x has them, as far as the text alone decides: no current
 * directory, no device names, no short names expanded, no links or mapped drives followed.
 */
#ifndef TC_MODEL_PATH_H
#define TC_MODEL_PATH_H

#include "model/algebra.h"

/** Whether @a path says where it is by itself: `X:\…`, `\\…` or `\?…`, with either slash. */
bool tc_path_is_full(struct tc_str path);

/** Whether tc_path_canonical() would return @a path itself; may say no where it would. Allocates nothing. */
bool tc_path_is_canonical(struct tc_str path);

/**
 * What FileIOPermission makes of the item @a path of a list: full, `.` and `..` resolved, trailing dots and blanks of
 * components dropped, slashes made one backslash each; a final `\.` is put back behind it.
 *
 * @param ret_path  @a path itself when it is canonical, else in @a arena
 * @return TC_YES; or TC_THROWS: ArgumentException Argument_AbsolutePathRequired, Argument_InvalidPathChars,
 *         Arg_PathIllegal or Arg_PathIllegalUNC, NotSupportedException Argument_PathFormatNotSupported,
 *         PathTooLongException IO.PathTooLong
 *
 * Source: permissions 1; CanonicalizePath in stringexpressionset.cs, NormalizePath in path.cs
 */
enum tc_answer tc_path_canonical(struct tc_arena *arena, struct tc_str path, struct tc_str *ret_path,
                                 struct tc_throw *ret_throw);

/** Which drive @a path begins with: 0 for A:; -1 when it begins with none. */
int tc_path_drive(struct tc_str path);

/** Whether the path @a grant covers @a demand: equal or above it, ordinal ignore-case (permissions 1). */
bool tc_path_covers(struct tc_str grant, struct tc_str demand);

/** The same for PathDiscovery: equal, above or below. */
bool tc_path_related(struct tc_str grant, struct tc_str demand);

#endif
