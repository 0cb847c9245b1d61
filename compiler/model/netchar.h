/** Single characters as .NET sees them: UTF-16 units of the basic plane. */
#ifndef TC_MODEL_NETCHAR_H
#define TC_MODEL_NETCHAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Char.ToLower(c, CultureInfo.InvariantCulture); code points beyond the basic plane stay as they are. */
uint32_t tc_invariant_lower(uint32_t code);

/** Char.IsControl. */
bool tc_is_control(uint32_t code);

/** Char.IsLetter. */
bool tc_is_letter(uint32_t code);

/** Write @a code as UTF-8. @return how many bytes, at most 4 */
size_t tc_utf8_put(char *out, uint32_t code);

#endif
