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

bool
tc_is_letter(uint32_t code)
{
    utf8proc_category_t category;

    if (code < 0x80)
        return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
    if (code > 0xFFFF)
        return false;
    category = utf8proc_category((utf8proc_int32_t)code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

size_t
tc_utf8_put(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}
