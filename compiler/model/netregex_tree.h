/** Between netregex_parse.c, which reads a pattern, and netregex.c, which writes it for PCRE2. */
#ifndef TC_MODEL_NETREGEX_TREE_H
#define TC_MODEL_NETREGEX_TREE_H

#include "model/netregex.h"

/** No upper bound of a loop. */
#define TC_NETREGEX_INFINITE INT32_MAX

enum tc_netregex_kind {
    TC_NODE_ONE,     /**< unit */
    TC_NODE_SET,     /**< text */
    TC_NODE_ANCHOR,  /**< text */
    TC_NODE_BACKREF, /**< number */
    TC_NODE_CONCAT,
    TC_NODE_ALTERNATE,
    TC_NODE_GROUP,
    TC_NODE_CAPTURE, /**< number */
    TC_NODE_ATOMIC,
    TC_NODE_REQUIRE, /**< lookahead or, right to left, lookbehind */
    TC_NODE_PREVENT,
    TC_NODE_IF_GROUP, /**< number: condition, then branches */
    TC_NODE_IF_MATCH, /**< the condition is the first child */
    TC_NODE_LOOP,
};

struct tc_netregex_node {
    enum tc_netregex_kind kind;
    bool ignore_case;
    bool backwards; /**< inside a lookbehind, or one itself */
    bool balances;  /**< a capture that takes another away */
    bool lazy;
    uint16_t unit;
    int32_t number;
    int32_t min, max;
    struct tc_str text; /**< what PCRE2 calls it */
    struct tc_netregex_node *next;
    struct tc_netregex_node *first;
    struct tc_netregex_node **tail;
    size_t count;
};

/** A capture number that exists. */
struct tc_netregex_slot {
    struct tc_netregex_slot *next;
    int32_t number;
    size_t groups; /**< how many groups capture it */
    bool used;     /**< something refers to it */
    int index;     /**< number for PCRE2; 0: none yet */
};

struct tc_netregex_tree {
    struct tc_netregex_node *root;
    struct tc_netregex_slot *slots;
    size_t fault; /**< of a pattern that is not valid: the unit before which reading ended */
};

/** The slot of @a number, or NULL. */
struct tc_netregex_slot *tc_netregex_slot(struct tc_netregex_slot *slots, int32_t number);

/**
 * Read a pattern.
 * @param pattern  UTF-16 units; borrowed
 * @return TC_NETREGEX_OK, INVALID, UNSUPPORTED or NOMEM; the tree lives in @a arena
 */
enum tc_netregex_status tc_netregex_parse(struct tc_arena *arena, const uint16_t *pattern, size_t length,
                                          unsigned options, struct tc_netregex_tree *ret);

#endif
