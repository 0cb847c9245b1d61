/** Sets of UTF-16 units, for the character classes of .NET regular expressions. */
#ifndef TC_MODEL_NETSET_H
#define TC_MODEL_NETSET_H

#include "base/str.h"

enum { TC_NETSET_WORDS = 0x10000 / 64 };

struct tc_netset {
    uint64_t bits[TC_NETSET_WORDS];
};

void tc_netset_clear(struct tc_netset *set);
void tc_netset_add_range(struct tc_netset *set, uint32_t first, uint32_t last);
bool tc_netset_has(const struct tc_netset *set, uint32_t unit);
void tc_netset_negate(struct tc_netset *set);
void tc_netset_unite(struct tc_netset *set, const struct tc_netset *other);
void tc_netset_subtract(struct tc_netset *set, const struct tc_netset *other);

/** AddLowercase: add the lower case of each member. */
void tc_netset_add_lower(struct tc_netset *set);

/** Turn the set of those lower-case units that match into the set of all units whose lower case matches. */
void tc_netset_fold(struct tc_netset *set);

/**
 * \p{name}: add a general category, a group of them or a Unicode block.
 * @param negated      \P{name}
 * @param ignore_case  Lu, Ll and Lt stand for all three
 * @return false when .NET knows no such property
 */
bool tc_netset_add_property(struct tc_netset *set, struct tc_str name, bool negated, bool ignore_case);

/** Add \w (`w`), \d (`d`) or \s (`s`), or what they leave out. */
void tc_netset_add_class(struct tc_netset *set, char which, bool negated);

/** RegexCharClass.IsWordChar: \w and the two zero-width joiners. */
bool tc_is_word(uint32_t unit);

/** Append the set as a class of PCRE2; any set, also an empty one. */
void tc_netset_put(const struct tc_netset *set, struct tc_buf *out);

#endif
