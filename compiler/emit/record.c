#include "emit/record.h"

#include "base/ascii.h"

#include <inttypes.h>
#include <string.h>

#define FIRST_LINE                                                                                                     \
    "trustc outputs 1: what trustc wrote into this directory, with XXH64 and size; it replaces and removes no other "  \
    "file. Do not edit."
#define TEMPORARY_NEW ".trustc-new"
#define TEMPORARY_OLD ".trustc-old"

static const struct tc_str stage_words[] = {
    [TC_STAGE_POLICY] = TC_STR("policy"),
    [TC_STAGE_CONFIG] = TC_STR("config"),
};

/* ---- XXH64 -------------------------------------------------------------------------------------------------- */

#define PRIME_1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME_3 UINT64_C(0x165667B19E3779F9)
#define PRIME_4 UINT64_C(0x85EBCA77C2B2AE63)
#define PRIME_5 UINT64_C(0x27D4EB2F165667C5)

enum { LANES = 4, LANE_BYTES = 8, HALF_BYTES = 4, STRIPE_BYTES = LANES * LANE_BYTES };

static inline uint64_t
rotate(uint64_t word, unsigned by)
{
    return word << by | word >> (64 - by);
}

/* Little-endian on every machine, for the record may travel; compilers make one load of each. */
static inline uint64_t
load4(const unsigned char *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
}

static inline uint64_t
load8(const unsigned char *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24 |
           (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static inline uint64_t
mix_round(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * PRIME_2, 31) * PRIME_1;
}

static uint64_t
hash_stripes(const unsigned char *bytes, size_t stripes)
{
    uint64_t lanes[LANES] = {PRIME_1 + PRIME_2, PRIME_2, 0, 0 - PRIME_1};
    uint64_t hash;

    for (; stripes > 0; stripes--, bytes += STRIPE_BYTES)
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = mix_round(lanes[i], load8(bytes + i * LANE_BYTES));
    hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (size_t i = 0; i < LANES; i++)
        hash = (hash ^ mix_round(0, lanes[i])) * PRIME_1 + PRIME_4;
    return hash;
}

uint64_t
tc_xxh64(struct tc_str bytes)
{
    const unsigned char *next = (const unsigned char *)bytes.ptr;
    size_t left = bytes.len % STRIPE_BYTES;
    uint64_t hash = PRIME_5;

    if (bytes.len >= STRIPE_BYTES)
        hash = hash_stripes(next, bytes.len / STRIPE_BYTES);
    if (next != NULL)
        next += bytes.len - left;
    hash += bytes.len;
    for (; left >= LANE_BYTES; left -= LANE_BYTES, next += LANE_BYTES)
        hash = rotate(hash ^ mix_round(0, load8(next)), 27) * PRIME_1 + PRIME_4;
    if (left >= HALF_BYTES) {
        hash = rotate(hash ^ load4(next) * PRIME_1, 23) * PRIME_2 + PRIME_3;
        next += HALF_BYTES;
        left -= HALF_BYTES;
    }
    for (; left > 0; left--, next++)
        hash = rotate(hash ^ *next * PRIME_5, 11) * PRIME_1;
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    return hash ^ hash >> 32;
}

struct tc_version
tc_version_of(struct tc_str bytes, enum tc_output_stage stage)
{
    return (struct tc_version){.stage = stage, .hash = tc_xxh64(bytes), .size = bytes.len};
}

bool
tc_version_fits(const struct tc_version *version, uint64_t hash, uint64_t size)
{
    return version->hash == hash && version->size == size;
}

/* ---- names -------------------------------------------------------------------------------------------------- */

static bool
is_bad_in_name(char c)
{
    /* what Windows takes for something else, and what would break the lines of the record */
    return (unsigned char)c < ' ' || c == 0x7F || tc_ascii_is_slash(c) || c == ':';
}

bool
tc_record_is_name(struct tc_str name)
{
    if (name.len == 0)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (is_bad_in_name(name.ptr[i]))
            return false;
    /* Windows drops blanks and dots at the end, so ".. ." would be the parent directory */
    if (name.ptr[name.len - 1] == '.' || name.ptr[name.len - 1] == ' ')
        return false;
    return !tc_str_starts(name, TC_STR(TC_COMMIT_RECORD)) && !tc_record_is_temporary(name);
}

bool
tc_record_is_temporary(struct tc_str name)
{
    static const struct tc_str suffixes[] = {TC_STR(TEMPORARY_NEW), TC_STR(TEMPORARY_OLD)};

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (name.len > 1 + suffixes[i].len && name.ptr[0] == '.' && tc_str_ends(name, suffixes[i]))
            return true;
    return false;
}

const char *
tc_record_temporary(struct tc_arena *arena, struct tc_str name, const char *suffix)
{
    struct tc_str end = tc_str_of(suffix);
    size_t size = 1 + name.len + sizeof ".trustc-" + end.len;
    char *text = tc_arena_alloc(arena, size, 1);
    char *next = text;

    if (text == NULL)
        return NULL;
    *next++ = '.';
    memcpy(next, name.ptr, name.len);
    next += name.len;
    memcpy(next, ".trustc-", sizeof ".trustc-" - 1);
    next += sizeof ".trustc-" - 1;
    memcpy(next, end.ptr, end.len + 1);
    return text;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

void
tc_record_begin(struct tc_buf *out)
{
    tc_buf_puts(out, TC_STR(FIRST_LINE "\n"));
}

void
tc_record_add(struct tc_buf *out, struct tc_str name, const struct tc_version *version)
{
    tc_buf_puts(out, stage_words[version->stage]);
    tc_buf_printf(out, " %016" PRIx64 " %" PRIu64 " ", version->hash, version->size);
    tc_buf_puts(out, name);
    tc_buf_putc(out, '\n');
}

void
tc_record_end(struct tc_buf *out, size_t count)
{
    tc_buf_printf(out, "end %zu\n", count);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* Take the part of @a rest before @a mark, and the mark; false when there is no mark. */
static bool
take_until(struct tc_str *rest, char mark, struct tc_str *ret_part)
{
    const char *found = rest->len == 0 ? NULL : memchr(rest->ptr, mark, rest->len);

    if (found == NULL)
        return false;
    *ret_part = tc_str_sub(*rest, 0, (size_t)(found - rest->ptr));
    *rest = tc_str_sub(*rest, ret_part->len + 1, SIZE_MAX);
    return true;
}

static int
digit_value(char c)
{
    if (tc_ascii_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_number(struct tc_str digits, unsigned base, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (digits.len == 0)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digit_value(digits.ptr[i]);

        if (digit < 0 || (unsigned)digit >= base || value > (UINT64_MAX - (unsigned)digit) / base)
            return false;
        value = value * base + (unsigned)digit;
    }
    *ret_value = value;
    return true;
}

static bool
read_stage(struct tc_str word, enum tc_output_stage *ret_stage)
{
    for (size_t i = 0; i < sizeof stage_words / sizeof *stage_words; i++)
        if (tc_str_eq(word, stage_words[i])) {
            *ret_stage = (enum tc_output_stage)i;
            return true;
        }
    return false;
}

/* One line without its end: stage, hash, size, name. */
static bool
read_line(struct tc_str line, struct tc_str *ret_name, struct tc_version *ret_version)
{
    struct tc_version version = {0};
    struct tc_str stage;
    struct tc_str hash;
    struct tc_str size;

    if (!take_until(&line, ' ', &stage) || !take_until(&line, ' ', &hash) || !take_until(&line, ' ', &size) ||
        !read_stage(stage, &version.stage) || !read_number(hash, 16, &version.hash) ||
        !read_number(size, 10, &version.size) || !tc_record_is_name(line))
        return false;
    *ret_name = line;
    *ret_version = version;
    return true;
}

size_t
tc_record_read(struct tc_str text, tc_record_visit *visit, void *context)
{
    struct tc_str line;
    struct tc_str name;
    struct tc_version version;
    uint64_t count;
    size_t number = 1;

    if (!take_until(&text, '\n', &line) || !tc_str_eq(line, TC_STR(FIRST_LINE)))
        return number;
    for (;;) {
        number++;
        if (!take_until(&text, '\n', &line))
            return number;
        if (tc_str_starts(line, TC_STR("end ")))
            break;
        if (!read_line(line, &name, &version))
            return number;
        if (!visit(context, name, version))
            return 0;
    }
    if (!read_number(tc_str_sub(line, 4, SIZE_MAX), 10, &count) || count != number - 2 || text.len != 0)
        return number;
    return 0;
}
