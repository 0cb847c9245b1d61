/**
 * The access control list of a file or directory, in one form whatever tool printed it.
 */
#ifndef TC_PLAN_ACL_H
#define TC_PLAN_ACL_H

#include "base/source.h"
#include "data/acl_words.h"

/** An entry. */
struct tc_ace {
    struct tc_str principal; /**< as written, an SDDL alias by the name of its account: "BUILTIN\Users", "S-1-5-21-…" */
    uint32_t mask;           /**< as written: generic rights stay what they are, see tc_rights_of_file() */
    uint8_t flags;           /**< TC_ACE_… */
    bool denies;
    struct tc_span span; /**< of the principal and all behind it */
};

/** What is known of a path. */
enum tc_acl_state {
    TC_ACL_LISTED,   /**< its entries, which may be none: then nobody has access */
    TC_ACL_EVERYONE, /**< it has no list: everyone has full control */
    TC_ACL_UNREAD,   /**< the tool could not read it */
    TC_ACL_BROKEN,   /**< a part of what the tool printed of it cannot be read, which has been reported */
};

struct tc_acl {
    struct tc_str path;  /**< full where the listing or its base directory makes it so */
    struct tc_span span; /**< of the path in the listing */
    enum tc_acl_state state;
    int is_protected;          /**< inheritance is cut: 1 yes, 0 no, -1 the listing does not show it (cacls, icacls) */
    const struct tc_ace *aces; /**< in the order of the list, in which they count */
    size_t count;
};

#endif
