/**
 * Listings of access rights, as real servers print them: `cacls /T`, `icacls /T` and `icacls /save`.
 *
 *     text = tc_acl_decode(&arena, bytes, &encoding);
 *     source = tc_sources_add(&sources, name, text);
 *     status = tc_acl_read(source, &options, &diags, seen, state);
 *
 * cacls and icacls print a path, a blank and an entry; further entries stand below it, as far to the right as the path
 * is long. `icacls /save` writes a name on a line and its list in SDDL on the next. Names of rights and messages are
 * understood in English only. One file may hold what several commands printed.
 */
#ifndef TC_PLAN_ACL_READ_H
#define TC_PLAN_ACL_READ_H

#include "base/diag.h"
#include "base/status.h"
#include "plan/acl.h"

/** How the bytes of a listing are letters. */
enum tc_acl_encoding {
    TC_ACL_UTF8,
    TC_ACL_UTF16,    /**< as icacls /save and redirection in PowerShell write it, also without a byte-order mark */
    TC_ACL_ANY_CODE, /**< bytes of an unknown code page: what is beyond ASCII cannot be told */
};

/**
 * The text of a listing in UTF-8.
 * @return @a bytes itself, or a copy in @a arena; bytes that are no UTF-8 stay as they are
 */
struct tc_str tc_acl_decode(struct tc_arena *arena, struct tc_str bytes, enum tc_acl_encoding *ret_encoding);

struct tc_acl_read_options {
    /** The directory that names of the listing are relative to, as `icacls DIRECTORY /restore` would be told; empty:
     * there is none, and names have to be full paths. */
    struct tc_str base;
};

/** What a reading found. */
struct tc_acl_counts {
    size_t paths;
    size_t entries;
    size_t known; /**< entries for accounts that Windows itself has; none among many: names are in another language */
    size_t ambiguous; /**< entries of which it cannot be told where the path ends */
    size_t unread;    /**< paths that the tool could not read, or said that it could not */
};

/** Called for each path; @a acl and all it holds are there during the call only. False ends the reading. */
typedef bool tc_acl_seen(void *state, const struct tc_acl *acl);

/**
 * Read a listing. Each line is looked at twice at most; memory does not grow with lines.
 *
 * @param diags  gets what cannot be read, with its place; reading goes on behind it
 * @return TC_OK; TC_FAILED with diagnostics; TC_ERR_NOMEM
 */
enum tc_status tc_acl_read(const struct tc_source *source, const struct tc_acl_read_options *options,
                           struct tc_diags *diags, tc_acl_seen *seen, void *state, struct tc_acl_counts *ret_counts);

#endif
