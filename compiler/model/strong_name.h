/**
 * What strong names are made of: public keys in hex, versions, simple names.
 */
#ifndef TC_MODEL_STRONG_NAME_H
#define TC_MODEL_STRONG_NAME_H

#include "model/algebra.h"

/** System.Version. */
struct tc_version {
    int32_t parts[4];
    size_t count; /**< 2 to 4 */
};

/**
 * Hex.DecodeHexString: two digits a byte, perhaps behind `0x`, perhaps with a blank between bytes.
 *
 * @param ret_bytes  in @a arena
 * @return TC_YES; or TC_THROWS: ArgumentException Argument_InvalidHexFormat (no such number of digits) or
 *         ArgumentOutOfRange_Index (no digit), IndexOutOfRangeException
 */
enum tc_answer tc_hex_decode(struct tc_arena *arena, struct tc_str text, struct tc_str *ret_bytes,
                             struct tc_throw *ret_throw);

/** Hex.EncodeHexString: upper case. The empty slice when out of memory. */
struct tc_str tc_hex_text(struct tc_arena *arena, struct tc_str bytes);

/**
 * new Version(text): two to four numbers.
 * @return TC_YES; or TC_THROWS: ArgumentException, FormatException, OverflowException or ArgumentOutOfRangeException
 */
enum tc_answer tc_version_parse(struct tc_str text, struct tc_version *ret_version, struct tc_throw *ret_throw);

/** As many numbers as were given, joined by dots. */
struct tc_str tc_version_text(struct tc_arena *arena, const struct tc_version *version);

/** Whether both have the same numbers; 1.0 is not 1.0.0. */
bool tc_version_equal(const struct tc_version *a, const struct tc_version *b);

/** StrongName.CompareNames: equal in any case, or @a pattern ends in `*` and the rest begins @a name. */
bool tc_strong_name_matches(struct tc_str name, struct tc_str pattern);

#endif
