/** Names of Windows accounts: which are one, and which nobody should run as (rows of data/accounts.def). */
#ifndef TC_MODEL_ACCOUNTS_H
#define TC_MODEL_ACCOUNTS_H

#include "base/arena.h"

enum tc_account_kind {
    TC_ACCOUNT_PLAIN,    /**< no row: somebody made it */
    TC_ACCOUNT_POWERFUL, /**< may do everything */
    TC_ACCOUNT_SERVICE,  /**< other pools and services of Windows run as it */
    TC_ACCOUNT_STOCK,    /**< made at installation, for all sites */
    TC_ACCOUNT_POOL,     /**< an account of its own for each pool */
    TC_ACCOUNT_GROUP,    /**< no account but a group, to which those of all pools belong */
};

struct tc_account {
    struct tc_str key;     /**< equal for names of one account; letter case, "." and the server's name do not count */
    struct tc_str perhaps; /**< equal for names that may be of one account: "CONTOSO\app" and "app@contoso.com", and
                              with a server that has no name "WEB01\app" and "app" */
    enum tc_account_kind kind;
    const char *name; /**< of the row, for people; NULL: TC_ACCOUNT_PLAIN */
};

/**
 * What @a text names on the server @a server: "WEB01\app", ".\app" and "app" are one. Whether a name of
 * a domain and a user principal name (user@domain) are one only the domain knows.
 * @return in @a arena; the keys are empty when out of memory
 */
struct tc_account tc_account_of(struct tc_arena *arena, struct tc_str server, struct tc_str text);

#endif
