/**
 * Security identifiers as text.
 */
#ifndef TC_PLAN_SID_H
#define TC_PLAN_SID_H

#include "base/arena.h"

/**
 * The SID of the account "IIS AppPool\NAME": S-1-5-82 and the five 32-bit numbers, least byte first, of the SHA-1 of
 * the name in lower case and UTF-16, least byte first. Checked with the known ones of DefaultAppPool and others.
 * @return lives in @a arena; the empty slice when out of memory
 */
struct tc_str tc_pool_sid(struct tc_arena *arena, struct tc_str name);

/** Whether @a text is written as a SID is: "S-1-5-21-…". */
bool tc_sid_is(struct tc_str text);

#endif
