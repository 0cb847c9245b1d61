/**
 * System.Uri as a WebPermission uses it, by the older rules: those for a program that targets 4.0 (no IRI, no IDN, dots
 * and slashes unescaped before a path is compressed, trailing dots of segments dropped, IPv6 in full).
 */
#ifndef TC_MODEL_URI_H
#define TC_MODEL_URI_H

#include "base/arena.h"

/** An absolute URI, rendered as `scheme://host[:port]/path?query`; without user, fragment and the scheme's own port. */
struct tc_uri {
    struct tc_str escaped;   /**< GetComponents(HttpRequestUrl, UriEscaped) */
    struct tc_str unescaped; /**< GetComponents(HttpRequestUrl, SafeUnescaped) */
    bool is_local;           /**< a DOS or UNC path: compares without regard to letter case */
};

enum tc_uri_kind {
    TC_URI_NONE,     /**< Uri.TryCreate refuses it */
    TC_URI_ABSOLUTE, /**< *ret is set */
    TC_URI_UNKNOWN,  /**< a form that is not followed here: an IPv6 address with a prefix length */
};

/** Uri.TryCreate(text, UriKind.Absolute). Out of memory: TC_URI_UNKNOWN, and the arena tells. */
enum tc_uri_kind tc_uri_parse(struct tc_arena *arena, struct tc_str text, struct tc_uri *ret);

/** Uri.Equals. */
bool tc_uri_equal(const struct tc_uri *a, const struct tc_uri *b);

#endif
