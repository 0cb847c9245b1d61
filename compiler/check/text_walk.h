/**
 * The walk over the tags of a text: what text_tags.c and text_attributes.c share.
 */
#ifndef TC_CHECK_TEXT_WALK_H
#define TC_CHECK_TEXT_WALK_H

#include "check/text.h"

enum { TC_TEXT_ATTRIBUTES_COMPARED = 64 };

/* An element that is open. */
struct tc_text_open {
    struct tc_str name;
    size_t begin, end; /* of its start tag */
    bool has_child;
    bool has_text;
    bool behind_empty; /* the child before was self-closed */
};

struct tc_text_walk {
    struct tc_text *t;
    const char *text;
    size_t len, at;
    struct tc_text_open *open;
    size_t depth, capacity;
    bool seen_root;
    bool over; /* nothing more can be said */
};

/** The tag that is being read. */
struct tc_text_tag {
    struct tc_str name;
    struct tc_str attributes[TC_TEXT_ATTRIBUTES_COMPARED];
    struct tc_str values[TC_TEXT_ATTRIBUTES_COMPARED];
    size_t starts[TC_TEXT_ATTRIBUTES_COMPARED];
    size_t count;
    size_t begin;
};

struct tc_str tc_text_slice(const struct tc_text_walk *w, size_t begin, size_t end);
void tc_text_skip_blanks(struct tc_text_walk *w);
/** The name that stands here; empty when none does. */
struct tc_str tc_text_take_name(struct tc_text_walk *w);

/** Read the attribute whose name stands here. False when nothing can be made of it. */
bool tc_text_attribute(struct tc_text_walk *w, struct tc_text_tag *tag);

#endif
