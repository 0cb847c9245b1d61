/**
 * Sites and URLs as code access security compares them (SiteString and URLString of mscorlib): a pattern language of
 * its own, with a `*` for the first label of a host or for the rest of a path.
 *
 * Nothing is looked up: no drive is taken for mapped or substituted.
 */
#ifndef TC_MODEL_URL_STRING_H
#define TC_MODEL_URL_STRING_H

#include "model/algebra.h"

/** A host name, a local site ("C:", "server/share") or the path of a URL, in parts. */
struct tc_site_string {
    struct tc_str text;
    struct tc_str *parts; /**< of a host from the right, of a path from the left */
    size_t count;
};

struct tc_url_string {
    struct tc_str text;     /**< as given: what ToString returns */
    struct tc_str protocol; /**< "file" when the text names none */
    struct tc_str user;     /**< what stands before an '@' */
    int32_t port;           /**< -1: none given */
    bool is_file;
    bool is_share;                   /**< taken for a UNC name, so never relative */
    struct tc_site_string site;      /**< the host; for files the drive or server and share, in upper case */
    struct tc_site_string directory; /**< what follows */
};

/**
 * new SiteString(text). Parts are slices of @a text.
 * @return TC_YES; or TC_THROWS: ArgumentException Argument_InvalidSite
 */
enum tc_answer tc_site_string_parse(struct tc_arena *arena, struct tc_str text, struct tc_site_string *ret_site,
                                    struct tc_throw *ret_throw);

/** Whether every host that @a inner stands for @a outer stands for, too. Letter case does not matter. */
bool tc_site_string_is_subset(const struct tc_site_string *inner, const struct tc_site_string *outer);

/** Whether both stand for the same hosts. */
bool tc_site_string_equal(const struct tc_site_string *a, const struct tc_site_string *b);

/**
 * new URLString(text), parsed at once.
 * @return TC_YES; or TC_THROWS: ArgumentException Argument_InvalidUrl, Argument_InvalidSite or
 *         Argument_InvalidDirectoryOnUrl, FormatException, OverflowException, IndexOutOfRangeException,
 *         PathTooLongException
 */
enum tc_answer tc_url_string_parse(struct tc_arena *arena, struct tc_str text, struct tc_url_string *ret_url,
                                   struct tc_throw *ret_throw);

/** The same as UrlIdentityPermission parses it: `%` is a character like any other. */
enum tc_answer tc_url_string_parse_plain(struct tc_arena *arena, struct tc_str text, struct tc_url_string *ret_url,
                                         struct tc_throw *ret_throw);

/** IsRelativeFileUrl: a file name without drive or server. */
bool tc_url_string_is_relative(const struct tc_url_string *url);

/** Whether every URL that @a inner stands for @a outer stands for, too. */
bool tc_url_string_is_subset(const struct tc_url_string *inner, const struct tc_url_string *outer);

/** URLString.Equals: the same protocol, user, site, port and path, letter case apart. */
bool tc_url_string_equal(const struct tc_url_string *a, const struct tc_url_string *b);

/** GetDirectoryName: the directory of a file URL as a path with a backslash at its end; false for other URLs. */
bool tc_url_string_directory(struct tc_arena *arena, const struct tc_url_string *url, struct tc_str *ret_path);

#endif
