/**
 * .NET regular expressions, matched with PCRE2.
 *
 * A pattern is read as the framework's own parser reads it, so that what is valid is decided by the .NET dialect, and
 * written anew for PCRE2 in a form in which the dialects do not differ: characters and classes become explicit sets of
 * UTF-16 units (letter case settled as .NET does, by lower case of the invariant culture), groups capture only where
 * something refers to them. The 16-bit library without UTF matches such units one by one, as .NET does. Both engines
 * try alternatives and repetitions in the same order, so that the first match is the same.
 *
 * What has no counterpart in PCRE2 is not guessed at: lookbehind of variable length, balancing groups, a group number
 * that two groups share and something refers to, conditions and back references in a lookbehind, the classes _xml… .
 * Nor are conditions without a second branch, which .NET forgets when it works out what a match can begin with, and
 * `+?` of something that can be empty, where it fails to. The answer is "not supported" then, and so it is when a match
 * takes more than a bounded number of steps.
 */
#ifndef TC_MODEL_NETREGEX_H
#define TC_MODEL_NETREGEX_H

#include "base/arena.h"

struct tc_netregex;

enum tc_netregex_status {
    TC_NETREGEX_NO,          /**< no match, for tc_netregex_covers() */
    TC_NETREGEX_OK,          /**< compiled; or a match that covers the text */
    TC_NETREGEX_INVALID,     /**< the framework throws ArgumentException */
    TC_NETREGEX_UNSUPPORTED, /**< not known; see above */
    TC_NETREGEX_NOMEM,
};

/** Options of System.Text.RegularExpressions.RegexOptions, or-ed. CultureInvariant is always on. */
enum tc_netregex_option {
    TC_NETREGEX_IGNORE_CASE = 1,
    TC_NETREGEX_MULTILINE = 2,
    TC_NETREGEX_EXPLICIT_CAPTURE = 4,
    TC_NETREGEX_SINGLELINE = 16,
    TC_NETREGEX_IGNORE_WHITE_SPACE = 32,
};

/**
 * Compile @a pattern (UTF-8).
 *
 * @param options  enum tc_netregex_option, or-ed
 * @return TC_NETREGEX_OK: *ret is set; give it to tc_netregex_done()
 */
enum tc_netregex_status tc_netregex_compile(struct tc_str pattern, unsigned options, struct tc_netregex **ret);

/** What tc_netregex_examine() finds out about a pattern. */
struct tc_netregex_facts {
    size_t fault;  /**< of an invalid pattern: how many bytes of it were read */
    bool explodes; /**< a repetition of repetitions with something behind it: a text that does not match can take time
                        that doubles with each of its characters */
};

/**
 * Read @a pattern without making it ready to match.
 *
 * @param ret_facts  always set
 * @return TC_NETREGEX_OK, INVALID, UNSUPPORTED or NOMEM
 */
enum tc_netregex_status tc_netregex_examine(struct tc_str pattern, unsigned options,
                                            struct tc_netregex_facts *ret_facts);

/** Free; NULL is fine. */
void tc_netregex_done(struct tc_netregex *regex);

/**
 * Whether Regex.Match(text), the first match from the left and no other, begins at 0 and is as long as @a text. No
 * match at all counts as one of length 0 at 0, as Match.Empty does: every valid pattern covers the empty text.
 *
 * @return TC_NETREGEX_OK or TC_NETREGEX_NO; TC_NETREGEX_UNSUPPORTED after too many steps; TC_NETREGEX_NOMEM
 */
enum tc_netregex_status tc_netregex_covers(const struct tc_netregex *regex, struct tc_str text);

/** Regex.Escape. The empty slice when out of memory. */
struct tc_str tc_netregex_escape(struct tc_arena *arena, struct tc_str text);

#endif
