#include "model/netset.h"

#include "model/algebra_util.h"
#include "model/netchar.h"

#include <string.h>
#include <utf8proc.h>

enum { UNITS = 0x10000 };

void
tc_netset_clear(struct tc_netset *set)
{
    memset(set, 0, sizeof *set);
}

void
tc_netset_add_range(struct tc_netset *set, uint32_t first, uint32_t last)
{
    for (uint32_t unit = first; unit <= last && unit < UNITS; unit++) {
        if (unit % 64 == 0 && last - unit >= 63) {
            set->bits[unit / 64] = UINT64_MAX;
            unit += 63;
        } else {
            set->bits[unit / 64] |= UINT64_C(1) << unit % 64;
        }
    }
}

bool
tc_netset_has(const struct tc_netset *set, uint32_t unit)
{
    return unit < UNITS && (set->bits[unit / 64] >> unit % 64 & 1) != 0;
}

static void
put_unit(struct tc_netset *set, uint32_t unit, bool in)
{
    if (in)
        set->bits[unit / 64] |= UINT64_C(1) << unit % 64;
    else
        set->bits[unit / 64] &= ~(UINT64_C(1) << unit % 64);
}

void
tc_netset_negate(struct tc_netset *set)
{
    for (size_t i = 0; i < TC_NETSET_WORDS; i++)
        set->bits[i] = ~set->bits[i];
}

void
tc_netset_unite(struct tc_netset *set, const struct tc_netset *other)
{
    for (size_t i = 0; i < TC_NETSET_WORDS; i++)
        set->bits[i] |= other->bits[i];
}

void
tc_netset_subtract(struct tc_netset *set, const struct tc_netset *other)
{
    for (size_t i = 0; i < TC_NETSET_WORDS; i++)
        set->bits[i] &= ~other->bits[i];
}

/* Where letters with another lower case are; everything else is its own. */
static const uint16_t cased[][2] = {
    {0x41, 0x5A},     {0xC0, 0xDE},     {0x100, 0x24F},   {0x370, 0x556},   {0x10A0, 0x10FF}, {0x1E00, 0x1FFF},
    {0x2100, 0x218F}, {0x24B6, 0x24CF}, {0x2C00, 0x2CFF}, {0xA640, 0xA7FF}, {0xFF21, 0xFF3A},
};

#define CASED_COUNT (sizeof cased / sizeof cased[0])

void
tc_netset_add_lower(struct tc_netset *set)
{
    for (size_t i = 0; i < CASED_COUNT; i++)
        for (uint32_t unit = cased[i][0]; unit <= cased[i][1]; unit++)
            if (tc_netset_has(set, unit))
                put_unit(set, unit == 0x130 ? 'i' : tc_invariant_lower(unit), true);
}

static void
fold_range(struct tc_netset *set, uint32_t first, uint32_t last)
{
    for (uint32_t unit = first; unit <= last; unit++) {
        uint32_t lower = tc_invariant_lower(unit);

        /* Lower case is never changed by another round: what lower maps to is itself lower. */
        if (lower != unit)
            put_unit(set, unit, tc_netset_has(set, lower));
    }
}

void
tc_netset_fold(struct tc_netset *set)
{
    size_t i = 3;

    while (i < TC_NETSET_WORDS && set->bits[i] == set->bits[2])
        i++;
    if (i == TC_NETSET_WORDS && (set->bits[2] == 0 || set->bits[2] == UINT64_MAX)) {
        /* All units beyond ASCII are in, or none is: only those whose lower case is ASCII can change. */
        fold_range(set, 'A', 'Z');
        fold_range(set, 0x212A, 0x212A);
        return;
    }
    for (i = 0; i < CASED_COUNT; i++)
        fold_range(set, cased[i][0], cased[i][1]);
}

static void
add_categories(struct tc_netset *set, uint32_t categories, bool negated)
{
    for (uint32_t unit = 0; unit < UNITS; unit++)
        if ((categories >> utf8proc_category((utf8proc_int32_t)unit) & 1) != (uint32_t)negated)
            put_unit(set, unit, true);
}

#define CATEGORY(name) (1u << UTF8PROC_CATEGORY_##name)

static const struct {
    const char *name;
    uint32_t categories;
} properties[] = {
    {"Cc", CATEGORY(CC)},
    {"Cf", CATEGORY(CF)},
    {"Cn", CATEGORY(CN)},
    {"Co", CATEGORY(CO)},
    {"Cs", CATEGORY(CS)},
    {"C", CATEGORY(CC) | CATEGORY(CF) | CATEGORY(CN) | CATEGORY(CO) | CATEGORY(CS)},
    {"Ll", CATEGORY(LL)},
    {"Lm", CATEGORY(LM)},
    {"Lo", CATEGORY(LO)},
    {"Lt", CATEGORY(LT)},
    {"Lu", CATEGORY(LU)},
    {"L", CATEGORY(LL) | CATEGORY(LM) | CATEGORY(LO) | CATEGORY(LT) | CATEGORY(LU)},
    {"__InternalRegexIgnoreCase__", CATEGORY(LL) | CATEGORY(LT) | CATEGORY(LU)},
    {"Mc", CATEGORY(MC)},
    {"Me", CATEGORY(ME)},
    {"Mn", CATEGORY(MN)},
    {"M", CATEGORY(MC) | CATEGORY(ME) | CATEGORY(MN)},
    {"Nd", CATEGORY(ND)},
    {"Nl", CATEGORY(NL)},
    {"No", CATEGORY(NO)},
    {"N", CATEGORY(ND) | CATEGORY(NL) | CATEGORY(NO)},
    {"Pc", CATEGORY(PC)},
    {"Pd", CATEGORY(PD)},
    {"Pe", CATEGORY(PE)},
    {"Po", CATEGORY(PO)},
    {"Ps", CATEGORY(PS)},
    {"Pf", CATEGORY(PF)},
    {"Pi", CATEGORY(PI)},
    {"P", CATEGORY(PC) | CATEGORY(PD) | CATEGORY(PE) | CATEGORY(PO) | CATEGORY(PS) | CATEGORY(PF) | CATEGORY(PI)},
    {"Sc", CATEGORY(SC)},
    {"Sk", CATEGORY(SK)},
    {"Sm", CATEGORY(SM)},
    {"So", CATEGORY(SO)},
    {"S", CATEGORY(SC) | CATEGORY(SK) | CATEGORY(SM) | CATEGORY(SO)},
    {"Zl", CATEGORY(ZL)},
    {"Zp", CATEGORY(ZP)},
    {"Zs", CATEGORY(ZS)},
    {"Z", CATEGORY(ZL) | CATEGORY(ZP) | CATEGORY(ZS)},
};

static const struct {
    const char *name;
    uint16_t first, last;
} blocks[] = {
#define TC_BLOCK(name, first, last) {name, first, last},
#include "data/unicode_blocks.def"
};

bool
tc_netset_add_property(struct tc_netset *set, struct tc_str name, bool negated, bool ignore_case)
{
    const uint32_t cases = CATEGORY(LL) | CATEGORY(LT) | CATEGORY(LU);

    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
        if (tc_str_is(name, properties[i].name)) {
            uint32_t categories = properties[i].categories;

            if (ignore_case && (categories & ~cases) == 0)
                categories = cases;
            add_categories(set, categories, negated);
            return true;
        }
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        if (tc_str_is(name, blocks[i].name)) {
            if (!negated) {
                tc_netset_add_range(set, blocks[i].first, blocks[i].last);
            } else {
                if (blocks[i].first > 0)
                    tc_netset_add_range(set, 0, blocks[i].first - 1u);
                if (blocks[i].last < UNITS - 1)
                    tc_netset_add_range(set, blocks[i].last + 1u, UNITS - 1);
            }
            return true;
        }
    return false;
}

static const uint32_t word_categories = CATEGORY(LL) | CATEGORY(LM) | CATEGORY(LO) | CATEGORY(LT) | CATEGORY(LU) |
                                        CATEGORY(MN) | CATEGORY(ND) | CATEGORY(PC);

void
tc_netset_add_class(struct tc_netset *set, char which, bool negated)
{
    if (which == 's') {
        for (uint32_t unit = 0; unit < UNITS; unit++)
            if (tc_is_white(unit) != negated)
                put_unit(set, unit, true);
        return;
    }
    add_categories(set, which == 'w' ? word_categories : CATEGORY(ND), negated);
}

bool
tc_is_word(uint32_t unit)
{
    return unit == 0x200C || unit == 0x200D || (word_categories >> utf8proc_category((utf8proc_int32_t)unit) & 1) != 0;
}

static void
put_ranges(const struct tc_netset *set, bool in, struct tc_buf *out)
{
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        uint32_t first = unit;

        if (unit % 64 == 0 && set->bits[unit / 64] == (in ? 0 : UINT64_MAX)) {
            unit += 63;
            continue;
        }
        if (tc_netset_has(set, unit) != in)
            continue;
        while (unit + 1 < UNITS && tc_netset_has(set, unit + 1) == in)
            unit++;
        if (unit == first)
            tc_buf_printf(out, "\\x{%x}", first);
        else
            tc_buf_printf(out, "\\x{%x}-\\x{%x}", first, unit);
    }
}

void
tc_netset_put(const struct tc_netset *set, struct tc_buf *out)
{
    bool in = !tc_netset_has(set, UNITS - 1), empty = true;

    for (size_t i = 0; i < TC_NETSET_WORDS && empty; i++)
        empty = set->bits[i] == (in ? 0 : UINT64_MAX);
    if (empty) { /* nothing, or everything */
        tc_buf_puts(out, in ? TC_STR("(?!)") : TC_STR("[\\x{0}-\\x{ffff}]"));
        return;
    }
    tc_buf_puts(out, in ? TC_STR("[") : TC_STR("[^"));
    put_ranges(set, in, out);
    tc_buf_putc(out, ']');
}
