/** Texts that a .NET regular expression for URLs accepts, made by walking its tree. */
#ifndef TC_ISOLATE_SAMPLES_H
#define TC_ISOLATE_SAMPLES_H

#include "base/arena.h"

enum { TC_SAMPLES_MAX = 32 };

/** A URL that a pattern accepts. */
struct tc_sample {
    struct tc_str url;
    struct tc_str host; /**< lower case, without port */
};

struct tc_samples {
    struct tc_sample *items; /**< TC_SAMPLES_MAX at most */
    size_t count;
    bool is_open;    /**< the pattern also accepts hosts that are not among them */
    bool is_unknown; /**< what it accepts cannot be worked out here; a pattern that is not valid accepts nothing */
};

/** How WebPermission compiles @a pattern: with an optional slash at the end (permissions 9). In @a arena. */
struct tc_str tc_samples_pattern(struct tc_arena *arena, struct tc_str pattern);

/**
 * Some URLs that the WebPermission pattern @a pattern accepts, each tried out with the CLR's own matching; none when no
 * one could be made.
 */
void tc_samples_make(struct tc_arena *arena, struct tc_str pattern, struct tc_samples *ret_samples);

/** The same without the short cut for patterns that hold one host and nothing else: for tests. */
void tc_samples_walk(struct tc_arena *arena, struct tc_str pattern, struct tc_samples *ret_samples);

/** Whether a class of characters, as the tree of a pattern has it (netset.c writes it), has @a unit. */
bool tc_samples_class_has(struct tc_str text, uint32_t unit);

/** Whether such a class may have a unit from @a begin on, those of @a but (ends in 0) aside; yes when it says what it
 * has not. */
bool tc_samples_class_reaches(struct tc_str text, uint32_t begin, const uint32_t *but);

/** Whether @a pattern holds nothing but characters that stand for themselves: the URL that it is written for. */
bool tc_samples_literal(struct tc_arena *arena, struct tc_str pattern, struct tc_str *ret_url);

/**
 * The character that a pattern says literally at @a at; '\0' for anything else, as one that a quantifier follows.
 * @param ret_len  how many bytes say it
 */
char tc_samples_literal_at(struct tc_str pattern, size_t at, size_t *ret_len);

/** The URL of @a sample, with another host and the same port. In @a arena. */
struct tc_str tc_sample_on_host(struct tc_arena *arena, const struct tc_sample *sample, struct tc_str host);

/** The host of a URL, lower case, without the dot that may end a full name; empty when it has none. */
struct tc_str tc_sample_host(struct tc_arena *arena, struct tc_str url);

#endif
