/**
 * Connection strings as the data providers read them, and the key lists of a DBDataPermission.
 *
 * Source: permissions 20
 */
#ifndef TC_MODEL_CONNECTION_H
#define TC_MODEL_CONNECTION_H

#include "model/algebra.h"

/** Which provider reads. */
enum tc_connection_rules {
    TC_CONNECTION_SQL,    /**< known keywords only, with synonyms */
    TC_CONNECTION_OLE_DB, /**< any keyword; also for Oracle, whose own rules are not published */
    TC_CONNECTION_ODBC,   /**< any keyword; braces, first duplicate wins */
};

/** One `key=value`, in written order. */
struct tc_connection_pair {
    struct tc_str key;   /**< lower case, synonyms resolved */
    struct tc_str value; /**< unquoted */
    bool has_value;      /**< false for `key=` */
    size_t length;       /**< bytes of the text up to the next pair */
};

struct tc_connection {
    enum tc_connection_rules rules;
    struct tc_str text;
    struct tc_connection_pair *pairs;
    size_t count;
};

/** A sorted list of different keys. */
struct tc_connection_keys {
    struct tc_str *list;
    size_t count;
};

/**
 * Read a connection string; empty is fine.
 * @return TC_YES; or TC_THROWS: ArgumentException ADP_ConnectionStringSyntax or ADP_KeywordNotSupported
 */
enum tc_answer tc_connection_parse(struct tc_arena *arena, enum tc_connection_rules rules, struct tc_str text,
                                   struct tc_connection *ret, struct tc_throw *ret_throw);

/** The pair that counts for @a key: the last one, with ODBC the first; NULL when there is none. */
const struct tc_connection_pair *tc_connection_find(const struct tc_connection *connection, struct tc_str key);

/**
 * Whether opening it means no password where there should be one: not integrated security, and an empty password or a
 * user without any.
 */
enum tc_answer tc_connection_has_blank_password(const struct tc_connection *connection, bool *ret_blank,
                                                struct tc_throw *ret_throw);

/** Put `*` in place of every password, in pairs and text, unless `persist security info` is true. */
enum tc_answer tc_connection_hide_password(struct tc_arena *arena, struct tc_connection *connection,
                                           struct tc_throw *ret_throw);

/** Read a list of keys like `user id=;password=;`; values are ignored. Exceptions as tc_connection_parse(). */
enum tc_answer tc_connection_parse_keys(struct tc_arena *arena, enum tc_connection_rules rules, struct tc_str text,
                                        struct tc_connection_keys *ret, struct tc_throw *ret_throw);

#endif
