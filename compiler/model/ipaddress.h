/** IP addresses in text, as System.Net reads them. */
#ifndef TC_MODEL_IPADDRESS_H
#define TC_MODEL_IPADDRESS_H

#include "base/str.h"

/**
 * IPv4 in the notation of C: one to four numbers, decimal, 0octal or 0xhex, the last one filling what is left.
 * @return how many bytes at the start of @a text it takes; 0 when it is none
 */
size_t tc_parse_ipv4(struct tc_str text, uint8_t ret[4]);

/** IPv4 in four decimal numbers without leading zeros; the last one may be octal with one. Bytes taken, or 0. */
size_t tc_parse_plain_ipv4(struct tc_str text, uint8_t ret[4]);

/** IPv6 without brackets, prefix length and scope; the whole of @a text. */
bool tc_parse_ipv6(struct tc_str text, uint8_t ret[16]);

#endif
