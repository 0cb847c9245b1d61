/** Numbers that look random and are the same on every machine: splitmix64; or choices that bytes make. */
#ifndef TCT_PROPERTY_RNG_H
#define TCT_PROPERTY_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tct_rng {
    uint64_t state;
    const uint8_t *bytes; /**< what a fuzzer gave: taken first, one for each choice */
    size_t left;
};

static inline uint64_t
tct_rng_next(struct tct_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/** A stream of its own for each pair, so that one run can be repeated without those before it. */
static inline struct tct_rng
tct_rng(uint64_t seed, uint64_t run)
{
    struct tct_rng rng = {.state = seed};

    rng.state = tct_rng_next(&rng) ^ (run * UINT64_C(0xD1342543DE82EF95));
    return rng;
}

/** 0 to @a end - 1; 0 for 0. */
static inline size_t
tct_rng_below(struct tct_rng *rng, size_t end)
{
    if (rng->left > 0 && end > 0) {
        size_t choice = *rng->bytes++;

        if (end > 256 && --rng->left > 0)
            choice = choice << 8 | *rng->bytes++;
        rng->left -= rng->left > 0;
        return choice % end;
    }
    return end == 0 ? 0 : (size_t)(tct_rng_next(rng) % end);
}

/** True once in @a n times. */
static inline bool
tct_rng_one_in(struct tct_rng *rng, size_t n)
{
    return tct_rng_below(rng, n) == 0;
}

#endif
