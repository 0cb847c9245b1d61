/**
 * What checks of URLs and of regular expressions for them share.
 */
#ifndef TC_CHECK_URLS_H
#define TC_CHECK_URLS_H

#include "check/check.h"

/** A value of the file: what it says, and where. */
struct tc_check_value {
    struct tc_str text;  /**< decoded */
    struct tc_span span; /**< of the value as written */
    bool is_exact;       /**< the bytes at `span` are those of `text`, so that its parts can be pointed at */
};

/** The value of @a attribute, entities decoded. */
struct tc_check_value tc_check_value_of(const struct tc_check *check, const struct tc_element_attribute *attribute);

/** The place of [begin, end) of @a value; all of it when its parts have no places of their own. */
struct tc_span tc_check_value_part(const struct tc_check_value *value, size_t begin, size_t end);

/** The tag of an element, without its `<`. */
struct tc_span tc_check_tag(const struct tc_element *element);

/** Something that looks like a token of the platform in a value. */
struct tc_check_token {
    size_t begin, end;            /**< 0, 0: there is none */
    const struct tc_token *token; /**< the token, or the one that was meant; NULL: there is none like it */
    bool is_exact;                /**< it is that token */
};

/** The next thing in @a text, at @a from or behind it, that is a token of the platform or seems to be meant as one. */
struct tc_check_token tc_check_next_token(struct tc_str text, size_t from);

/** Whether @a text holds something that is meant as a token and is none, or a token without one of @a uses (enum
 * tc_token_use): then tokens.c has more to say of it than others. */
bool tc_check_has_tokens(struct tc_str text, unsigned uses);

/** @a text with what stands for the tokens of URLs and paths, for trying it out. */
struct tc_str tc_check_with_tokens(struct tc_arena *arena, struct tc_str text);

#endif
