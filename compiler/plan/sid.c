#include "plan/sid.h"

#include <sha1.h>
#include <string.h>

static void
hash_unit(SHA1_CTX *sha, uint32_t unit)
{
    const uint8_t bytes[2] = {(uint8_t)unit, (uint8_t)(unit >> 8)};

    SHA1Update(sha, bytes, sizeof bytes);
}

bool
tc_sid_is(struct tc_str text)
{
    if (!tc_str_starts(text, TC_STR("S-1-")) || text.len < 5)
        return false;
    for (size_t i = 4; i < text.len; i++) /* an authority beyond 32 bits stands in hex */
        if (strchr("0123456789ABCDEFabcdefx-", text.ptr[i]) == NULL || text.ptr[i] == '\0')
            return false;
    return true;
}

struct tc_str
tc_pool_sid(struct tc_arena *arena, struct tc_str name)
{
    struct tc_str lower = tc_str_fold(arena, name);
    uint8_t digest[SHA1_DIGEST_LENGTH];
    uint32_t parts[5], code;
    SHA1_CTX sha;

    SHA1Init(&sha);
    for (size_t at = 0, len; (len = tc_utf8_next(lower, at, &code)) > 0; at += len) {
        if (code > 0xffff && code != TC_UTF8_BAD) {
            hash_unit(&sha, 0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + (code & 0x3ff);
        }
        hash_unit(&sha, code);
    }
    SHA1Final(digest, &sha);
    for (size_t i = 0; i < 5; i++)
        parts[i] = (uint32_t)digest[4 * i] | (uint32_t)digest[4 * i + 1] << 8 | (uint32_t)digest[4 * i + 2] << 16 |
                   (uint32_t)digest[4 * i + 3] << 24;
    return tc_arena_printf(arena, "S-1-5-82-%u-%u-%u-%u-%u", parts[0], parts[1], parts[2], parts[3], parts[4]);
}
