#include "model/netchar.h"

#include <utf8proc.h>

uint32_t
tc_invariant_lower(uint32_t code)
{
    utf8proc_int32_t lower;

    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 0x20 : code;
    /* What got a lower case after Unicode 5: capital sharp s maps there already; Cherokee and Georgian do not. */
    if (code > 0xFFFF || code == 0x130 || (code >= 0x13A0 && code <= 0x13F5) || (code >= 0x1C90 && code <= 0x1CBF))
        return code;
    lower = utf8proc_tolower((utf8proc_int32_t)code);
    return lower > 0xFFFF ? code : (uint32_t)lower;
}

bool
tc_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}
