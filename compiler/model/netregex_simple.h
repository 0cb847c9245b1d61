/**
 * Regular expressions that need no engine: characters, escaped punctuation, `.` and small classes, each of them at most
 * with a greedy `?`, `*` or `+`. Nearly all patterns of URLs are such.
 */
#ifndef TC_MODEL_NETREGEX_SIMPLE_H
#define TC_MODEL_NETREGEX_SIMPLE_H

#include "model/netregex.h"

/** Whether @a pattern is of that kind; it is valid then, and holds nothing but ASCII. */
bool tc_netregex_is_simple(struct tc_str pattern, unsigned options);

/**
 * tc_netregex_covers() for a simple pattern.
 *
 * @return TC_NETREGEX_OK or TC_NETREGEX_NO; TC_NETREGEX_UNSUPPORTED: an engine has to be asked, because @a text is not
 * ASCII or there are too many ways to try
 */
enum tc_netregex_status tc_netregex_simple_covers(struct tc_str pattern, unsigned options, struct tc_str text);

#endif
