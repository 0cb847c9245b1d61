/** Between uri.c, which takes a URI apart, and uri_render.c. */
#ifndef TC_MODEL_URI_PARTS_H
#define TC_MODEL_URI_PARTS_H

#include "base/arena.h"

#include <string.h>

/* What a scheme's syntax allows, as UriSyntaxFlags has it. */
enum {
    MUST_HAVE_AUTHORITY = 1 << 0,
    OPTIONAL_AUTHORITY = 1 << 1,
    USER_INFO = 1 << 2,
    PORT = 1 << 3,
    QUERY = 1 << 4,
    FRAGMENT = 1 << 5,
    EMPTY_HOST = 1 << 6,
    UNC_HOST = 1 << 7,
    HOSTS = 1 << 8, /* DNS names and addresses */
    FILE_LIKE = 1 << 9,
    MAIL_LIKE = 1 << 10,
    UNKNOWN_SCHEME = 1 << 11,
    DOS_PATH = 1 << 12,
    ROOTED_PATH = 1 << 13,
    CONVERT_SLASHES = 1 << 14,
    COMPRESS_PATH = 1 << 15,
    FILE_PATH_RULES = 1 << 16,
    UNESCAPE_DOTS = 1 << 17,

    SERVER = MUST_HAVE_AUTHORITY | FRAGMENT | HOSTS | ROOTED_PATH,
    FILE_PATH = CONVERT_SLASHES | COMPRESS_PATH | FILE_PATH_RULES,
    LOCAL = MUST_HAVE_AUTHORITY | FRAGMENT | HOSTS | UNC_HOST | EMPTY_HOST | FILE_LIKE | DOS_PATH | FILE_PATH |
            UNESCAPE_DOTS,
    WEB = SERVER | USER_INFO | PORT | QUERY | UNC_HOST | FILE_PATH | UNESCAPE_DOTS,
    OLD_SERVER = SERVER | USER_INFO | PORT | UNC_HOST,
    NET_SERVICE = SERVER | QUERY | FILE_PATH | UNESCAPE_DOTS,
};

struct tc_uri_scheme {
    const char *name;
    int port; /**< -1: none */
    unsigned syntax;
};

/** Where the parts of a URI are in its text. */
struct tc_uri_parts {
    struct tc_arena *arena;
    struct tc_str text; /**< without white space at both ends */
    struct tc_uri_scheme scheme;
    bool implicit_file; /**< a path without a scheme */
    bool dos_path, unc_path;
    bool has_authority;
    struct tc_str host; /**< rendered */
    bool is_loopback;   /**< written `loopback`: that stays as long as nothing else has to be rendered anew */
    int port;           /**< -1: the scheme's own */
    size_t path;        /**< offset; path, query and fragment follow each other */
    bool unknown;       /**< a form that is not followed here */
};

static inline char
uri_at(const struct tc_uri_parts *uri, size_t at)
{
    return at < uri->text.len ? uri->text.ptr[at] : '\0';
}

static inline bool
uri_allows(const struct tc_uri_parts *uri, unsigned syntax)
{
    return (uri->scheme.syntax & syntax) != 0;
}

static inline bool
is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/** The URI as HttpRequestUrl, escaped or safely unescaped. The empty slice when out of memory; the arena tells. */
struct tc_str tc_uri_render(const struct tc_uri_parts *uri, bool escaped);

#endif
