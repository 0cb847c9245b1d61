/**
 * What the families of the algebra share: the framework's parsers for enumerations, booleans and numbers, its
 * comparison of strings, its checks of a permission element, and ToXml's building blocks.
 */
#ifndef TC_MODEL_ALGEBRA_UTIL_H
#define TC_MODEL_ALGEBRA_UTIL_H

#include "model/algebra.h"

/* ---- the families ---------------------------------------------------------------------------------------------- */

extern const struct tc_algebra_ops tc_list_ops;  /**< FileIO, Registry, Environment */
extern const struct tc_algebra_ops tc_flags_ops; /**< those with one set of bits, HostProtection too */
extern const struct tc_algebra_ops tc_levels_ops;
extern const struct tc_algebra_ops tc_isolated_storage_ops;
extern const struct tc_algebra_ops tc_key_container_ops;
extern const struct tc_algebra_ops tc_identity_ops;
extern const struct tc_algebra_ops tc_principal_ops;
extern const struct tc_algebra_ops tc_opaque_ops;
extern const struct tc_algebra_ops tc_web_ops;
extern const struct tc_algebra_ops tc_socket_ops;
extern const struct tc_algebra_ops tc_boolean_ops;
extern const struct tc_algebra_ops tc_smtp_ops;
extern const struct tc_algebra_ops tc_network_information_ops;
extern const struct tc_algebra_ops tc_resource_tree_ops;
extern const struct tc_algebra_ops tc_message_queue_ops;
extern const struct tc_algebra_ops tc_db_data_ops;
extern const struct tc_algebra_ops tc_aspnet_hosting_ops;

/* ---- exceptions ------------------------------------------------------------------------------------------------ */

/**
 * Fill @a ret_throw (NULL: nobody asks).
 * @return TC_THROWS
 */
enum tc_answer tc_throw_at(struct tc_throw *ret_throw, const char *type, const char *key, struct tc_span span);
/** The same without a place in the text. */
enum tc_answer tc_throw_new(struct tc_throw *ret_throw, const char *type, const char *key);
/** Out of memory, for functions that return an answer: OutOfMemoryException, so that nothing is ever taken for granted.
 */
enum tc_answer tc_throw_nomem(struct tc_throw *ret_throw);

/* ---- strings as .NET compares them ----------------------------------------------------------------------------- */

/**
 * The code point that String.Compare(…, OrdinalIgnoreCase) compares in place of @a code: simple upper case of the basic
 * plane, as Windows has it (dotless i, long s and micro sign stay as they are; code points outside the basic plane
 * too).
 */
uint32_t tc_ordinal_upper(uint32_t code);

/** Whether both are equal to StringComparison.OrdinalIgnoreCase. Allocates nothing. */
bool tc_ordinal_eq(struct tc_str a, struct tc_str b);

/**
 * Whether @a text begins with @a prefix to OrdinalIgnoreCase.
 * @param ret_len  when given: how many bytes of @a text the prefix takes (upper case can differ in length)
 */
bool tc_ordinal_starts(struct tc_str text, struct tc_str prefix, size_t *ret_len);

/** String.CompareOrdinal ignoring case: negative, 0 or positive, by UTF-16 units in upper case. */
int tc_ordinal_cmp(struct tc_str a, struct tc_str b);

/** String.Length: UTF-16 units. */
size_t tc_utf16_len(struct tc_str text);

/** Whether Char.IsWhiteSpace says yes. */
bool tc_is_white(uint32_t code);

/** String.Trim(): white space of Unicode at both ends. */
struct tc_str tc_trim_white(struct tc_str text);

/** String.Trim(' '). */
struct tc_str tc_trim_blanks(struct tc_str text);

/* ---- parsers of the framework ---------------------------------------------------------------------------------- */

/**
 * Enum.Parse on an Int32 enumeration: a comma list of names (or-ed), or one decimal number. Letter case counts unless
 * @a ignore_case.
 *
 * @return TC_YES; or TC_THROWS: ArgumentException Arg_MustContainEnumInfo (empty) or Arg_EnumValueNotFound,
 *         OverflowException
 */
enum tc_answer tc_enum_parse(const struct tc_enum *values, struct tc_str text, bool ignore_case, int32_t *ret_value,
                             struct tc_throw *ret_throw);

/** Boolean.Parse: `true` or `false` in any case, white space and NULs around; FormatException otherwise. */
enum tc_answer tc_bool_parse(struct tc_str text, bool *ret_value, struct tc_throw *ret_throw);

/** Int64.Parse and Int32.Parse, invariant culture; FormatException or OverflowException otherwise. */
enum tc_answer tc_int64_parse(struct tc_str text, int64_t *ret_value, struct tc_throw *ret_throw);
enum tc_answer tc_int32_parse(struct tc_str text, int32_t *ret_value, struct tc_throw *ret_throw);

/**
 * Enum.GetName: the name of exactly @a value, or NULL. Among names that share a value: the first in the table.
 */
const char *tc_enum_name(const struct tc_enum *values, int64_t value);

/* ---- permissions ----------------------------------------------------------------------------------------------- */

/** Whether both are of one class; declared classes by their type name. */
bool tc_perm_same_class(const struct tc_perm *a, const struct tc_perm *b);

/** *ret = a copy of @a perm. TC_YES; or TC_THROWS when out of memory. */
enum tc_answer tc_perm_give_copy(struct tc_arena *arena, const struct tc_perm *perm, struct tc_perm **ret,
                                 struct tc_throw *ret_throw);

/**
 * An array of rows with room for @a count, as perm.c keeps them: the room is a power of two, so that the count tells
 * it. NULL when out of memory.
 */
struct tc_row *tc_rows_new(struct tc_arena *arena, size_t count);

/** The power of two that perm.c takes for the room of an array of @a count. */
size_t tc_room_for(size_t count);

/** ArgumentException Argument_WrongType: what most classes answer to a permission of another class. */
enum tc_answer tc_throw_wrong_type(struct tc_throw *ret_throw);

/**
 * CodeAccessPermission.ValidateElement of mscorlib: tag IPermission or Permission, version absent or `1`.
 * @return TC_YES; or TC_THROWS: ArgumentException Argument_NotAPermissionElement or Argument_InvalidXMLBadVersion
 */
enum tc_answer tc_element_validate(const struct tc_element *element, struct tc_throw *ret_throw);

/** Whether the attribute `class` contains the full name of @a cls: what classes outside mscorlib check instead. */
bool tc_element_names_class(const struct tc_class *cls, const struct tc_element *element);

/** XMLUtil.IsUnrestricted: the attribute is `true`, `True` or `TRUE`. */
bool tc_element_is_unrestricted(const struct tc_element *element);

/** Value of the attribute @a name as written, without decoding; false when there is none. */
bool tc_element_get_raw(const struct tc_element *element, struct tc_str name, struct tc_str *ret_value);

/** Decoded value of the attribute called @a name, for names from the tables. */
bool tc_element_get_named(struct tc_arena *arena, const struct tc_element *element, const char *name,
                          struct tc_str *ret_value);

/** The place of the attribute's value, for exceptions; the start tag when there is no such attribute. */
struct tc_span tc_element_span(const struct tc_element *element, const char *name);

/* ---- writing --------------------------------------------------------------------------------------------------- */

/** AddAttribute: append @a name with @a value as it stands. False when out of memory. */
bool tc_write_raw(struct tc_arena *arena, struct tc_element *element, const char *name, struct tc_str value);

/** AddAttribute(name, SecurityElement.Escape(value)). False when out of memory. */
bool tc_write_text(struct tc_arena *arena, struct tc_element *element, const char *name, struct tc_str value);

/** AddChild of a new element. NULL when out of memory. */
struct tc_element *tc_write_child(struct tc_arena *arena, struct tc_element *element, const char *tag);

/** Decimal text of @a value. */
struct tc_str tc_int64_text(struct tc_arena *arena, int64_t value);

/** XMLUtil.BitFieldEnumToString: names of the single bits joined by ", "; the name of 0 when no bit is set. */
struct tc_str tc_bits_text(struct tc_arena *arena, const struct tc_enum *values, uint32_t bits);

#endif
