/**
 * What permissions of a class mean to the framework: reading them from XML, writing them, IsSubsetOf, Union, Intersect.
 *
 * One family of functions per enum tc_algebra, in algebra_<family>.c; a class is a row, never code of its own. Where
 * the framework throws, so do these: they return TC_THROWS and say what. tests/vectors holds them against recorded
 * answers.
 */
#ifndef TC_MODEL_ALGEBRA_H
#define TC_MODEL_ALGEBRA_H

#include "model/element.h"
#include "model/perm.h"

/**
 * In place of an exception's type: what the framework answers depends on what is not known here (DNS, a queue service),
 * or on what we do not follow it in (see model/netregex.h). No answer may be taken for granted then.
 */
#define TC_UNKNOWN "?"

/** The framework's exception. */
struct tc_throw {
    const char *type;    /**< "ArgumentException", or TC_UNKNOWN */
    const char *key;     /**< resource key of the message; "" when it carries none or it is not known */
    struct tc_span span; /**< what in the text it is about, when known */
};

enum tc_answer { TC_NO, TC_YES, TC_THROWS };

/** What the framework asks of the computer it runs on. NULL in place of one stands for a zeroed one. */
struct tc_machine {
    struct tc_str name;    /**< the computer's name; empty: not known, then only "." stands for the computer itself */
    uint32_t local_drives; /**< bit 0 is A:; drives that are no network drives, for FileIO's AllLocalFiles */
};

/** A permission may be null (Intersect of what has nothing in common; Copy of an empty KeyContainerPermission). */
struct tc_algebra_ops {
    /** FromXml. TC_YES: *ret is set. */
    enum tc_answer (*read)(struct tc_arena *arena, const struct tc_class *cls, const struct tc_element *element,
                           struct tc_perm **ret, struct tc_throw *ret_throw);
    /** ToXml: children and attributes behind `class` and `version` appended to @a element. */
    enum tc_answer (*write)(struct tc_arena *arena, const struct tc_perm *perm, struct tc_element *element,
                            struct tc_throw *ret_throw);
    /** @a demand.IsSubsetOf(@a grant). @a grant may be NULL (null); it may be of another class. */
    enum tc_answer (*subset)(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *demand,
                             const struct tc_perm *grant, struct tc_throw *ret_throw);
    /** Union and Intersect. @a b may be NULL or of another class. TC_YES: *ret is the result, NULL for null. */
    enum tc_answer (*unite)(struct tc_arena *arena, const struct tc_perm *a, const struct tc_perm *b,
                            struct tc_perm **ret, struct tc_throw *ret_throw);
    enum tc_answer (*intersect)(struct tc_arena *arena, const struct tc_machine *machine, const struct tc_perm *a,
                                const struct tc_perm *b, struct tc_perm **ret, struct tc_throw *ret_throw);
};

/** The functions for @a algebra; never NULL. */
const struct tc_algebra_ops *tc_algebra_ops(enum tc_algebra algebra);

#endif
