/**
 * Whether a URL exists that two patterns of a WebPermission accept: their automata, followed side by side.
 *
 * What an automaton cannot follow (anchors, assertions, back references, the order of alternatives) is taken for more
 * than it is: a no is certain, and what a yes found has to be tried out.
 */
#ifndef TC_ASK_PATTERNS_H
#define TC_ASK_PATTERNS_H

#include "base/arena.h"

/** What tc_patterns_meet() is about. */
enum tc_url_shape {
    TC_URL_PLAIN, /**< http or https, a host of letters and digits, a path: what people write */
    TC_URL_WIDE,  /**< any scheme, then visible ASCII */
    TC_URL_ANY,   /**< whatever has a scheme */
    TC_URL_SHAPE_COUNT_,
};

/**
 * A short text of @a shape that both patterns may accept, each with the optional slash at its end that WebPermission
 * adds (permissions 9).
 *
 * @param ret_url  with true: the text, in @a arena; empty when it holds characters that are not ASCII, or when the
 *                 patterns could not be followed (too large, not supported)
 * @return false: there is none, for certain; also of a pattern that is not valid
 */
bool tc_patterns_meet(struct tc_arena *arena, struct tc_str a, struct tc_str b, enum tc_url_shape shape,
                      struct tc_str *ret_url);

#endif
