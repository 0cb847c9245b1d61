#include "model/ipaddress.h"

#include "base/ascii.h"

#include <string.h>

size_t
tc_parse_ipv4(struct tc_str text, uint8_t ret[4])
{
    uint64_t parts[4] = {0}, value = 0;
    size_t count = 0, at = 0;

    for (;;) {
        unsigned base = 10;
        uint64_t number = 0;
        bool any = false;

        if (at < text.len && text.ptr[at] == '0') {
            base = 8;
            any = true;
            at++;
            if (at < text.len && (text.ptr[at] | 0x20) == 'x') {
                base = 16;
                any = false;
                at++;
            }
        }
        for (; at < text.len; at++) {
            int digit = tc_ascii_hex(text.ptr[at]);

            if (digit < 0 || digit >= (int)base)
                break;
            number = number * base + (unsigned)digit;
            if (number > UINT32_MAX)
                return 0;
            any = true;
        }
        if (!any)
            return 0;
        parts[count++] = number;
        if (at == text.len || text.ptr[at] != '.')
            break;
        if (count == 4 || number > 0xFF)
            return 0;
        at++;
    }
    if (parts[count - 1] > UINT32_MAX >> (8 * (count - 1)))
        return 0;
    for (size_t i = 0; i + 1 < count; i++)
        value |= parts[i] << (24 - 8 * i);
    value |= parts[count - 1];
    for (size_t i = 0; i < 4; i++)
        ret[i] = (uint8_t)(value >> (24 - 8 * i));
    return at;
}

size_t
tc_parse_plain_ipv4(struct tc_str text, uint8_t ret[4])
{
    size_t at = 0;

    for (int i = 0; i < 4; i++) {
        size_t start = at;
        unsigned value = 0, octal = 0;
        bool is_octal = true;

        for (; at < text.len && tc_ascii_is_digit(text.ptr[at]) && at - start < 5; at++) {
            unsigned digit = (unsigned)(text.ptr[at] - '0');

            value = value * 10 + digit;
            octal = octal * 8 + digit;
            is_octal &= digit < 8;
        }
        if (at == start || value > 255)
            return 0;
        if (text.ptr[start] == '0' && at - start > 1) {
            if (i < 3 || text.ptr[start + 1] == '0' || !is_octal)
                return 0;
            value = octal;
        }
        ret[i] = (uint8_t)value;
        if (i < 3 && (at == text.len || text.ptr[at++] != '.'))
            return 0;
    }
    return at;
}

bool
tc_parse_ipv6(struct tc_str text, uint8_t ret[16])
{
    uint16_t groups[8];
    size_t count = 0, gap = SIZE_MAX, at = 0;

    if (text.len >= 2 && text.ptr[0] == ':' && text.ptr[1] == ':') {
        gap = 0;
        at = 2;
    }
    while (at < text.len) {
        size_t start = at;
        unsigned value = 0;
        int digit;

        while (at < text.len && at - start < 5 && (digit = tc_ascii_hex(text.ptr[at])) >= 0) {
            value = value << 4 | (unsigned)digit;
            at++;
        }
        if (at < text.len && text.ptr[at] == '.') { /* the last four bytes in dotted form */
            uint8_t v4[4];

            if (count > 6 || start + tc_parse_plain_ipv4(tc_str_sub(text, start, text.len), v4) != text.len)
                return false;
            groups[count++] = (uint16_t)(v4[0] << 8 | v4[1]);
            groups[count++] = (uint16_t)(v4[2] << 8 | v4[3]);
            break;
        }
        if (at == start || at - start > 4 || count == 8)
            return false;
        groups[count++] = (uint16_t)value;
        if (at == text.len)
            break;
        if (text.ptr[at++] != ':' || at == text.len)
            return false;
        if (text.ptr[at] == ':') {
            if (gap != SIZE_MAX)
                return false;
            gap = count;
            at++;
        }
    }
    if (gap == SIZE_MAX ? count != 8 : count > 7)
        return false;
    memset(ret, 0, 16);
    for (size_t i = 0; i < count; i++) {
        size_t place = gap != SIZE_MAX && i >= gap ? 8 - count + i : i;

        ret[2 * place] = (uint8_t)(groups[i] >> 8);
        ret[2 * place + 1] = (uint8_t)groups[i];
    }
    return true;
}
