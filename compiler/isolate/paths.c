#include "isolate/paths.h"

#include "model/algebra_util.h"
#include "model/netchar.h"

#include <stdlib.h>
#include <string.h>

/* ---- ranks ---- */

/*
 * The rank of a byte: the end below the separator below everything else, so that "D:\A\x" follows "D:\A" and not
 * "D:\A-1"; letters without case. What is no ASCII has been folded. Ranks fit a byte, as small letters need none: what
 * would have 0 and 1, the end and the separator, has two of theirs.
 */
static inline unsigned
rank_of(unsigned char c)
{
    if (c == '\\')
        return 1;
    if (c >= 'a' && c <= 'z')
        return c - ('a' - 'A');
    return c < 2 ? c + 'a' : c;
}

static inline unsigned
rank_at(const struct tc_path_key *key, size_t depth)
{
    return depth < key->len ? rank_of((unsigned char)key->text[depth]) : 0;
}

/* So many bytes are looked at at once, the first in the highest place. */
enum { WORD = 8 };
#define EACH(byte) (0x0101010101010101U * (uint64_t)(byte))

static inline uint64_t
load(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 | (uint64_t)at[3] << 32 |
           (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 | (uint64_t)at[6] << 8 | at[7];
}

/* The high bit of each byte that is at least @a least, of bytes below 128. */
static inline uint64_t
at_least(uint64_t word, unsigned least)
{
    return (word + EACH(128 - least)) & EACH(128);
}

static uint64_t
ranks_one_by_one(uint64_t word)
{
    uint64_t ranks = 0;

    for (int i = 0; i < WORD; i++)
        ranks = ranks << 8 | rank_of((unsigned char)(word >> (56 - 8 * i)));
    return ranks;
}

static inline uint64_t
ranks_of(uint64_t word)
{
    uint64_t low = word & EACH(127), is_ascii = ~word & EACH(128);
    uint64_t small = at_least(low, 'a') & ~at_least(low, 'z' + 1) & is_ascii;
    uint64_t separators = (at_least(low, '\\') & ~at_least(low, '\\' + 1) & is_ascii) >> 7;

    if (__builtin_expect((~at_least(low, 2) & is_ascii) != 0, 0))
        return ranks_one_by_one(word);
    return ((word - (small >> 2)) & ~(separators * 255)) | separators; /* the bit of 128, two to the right, is 32 */
}

/* Of the bytes of @a key from @a depth on; 0 behind its end. */
static inline uint64_t
head_at(const struct tc_path_key *key, size_t depth)
{
    size_t left = key->len - depth;
    uint64_t ranks = 0;

    if (left >= WORD)
        return ranks_of(load(key->text + depth));
    if (left == 0)
        return 0;
    if (key->len >= WORD)
        return ranks_of(load(key->text + key->len - WORD)) << 8 * (WORD - left);
    for (size_t i = 0; i < WORD; i++)
        ranks = ranks << 8 | rank_at(key, depth + i);
    return ranks;
}

/* Whether all ended within a head that is equal. */
static inline bool
is_last(uint64_t head)
{
    return (head & 255) == 0;
}

/* ---- order ---- */

static inline void
swap(struct tc_path_key *a, struct tc_path_key *b)
{
    struct tc_path_key kept = *a;

    *a = *b;
    *b = kept;
}

/* Their heads are those at @a depth. */
static inline int
compare_from(const struct tc_path_key *a, const struct tc_path_key *b, size_t depth)
{
    uint64_t x = a->head, y = b->head;

    while (x == y) {
        if (is_last(x))
            return a->item < b->item ? -1 : a->item > b->item;
        depth += WORD;
        x = head_at(a, depth);
        y = head_at(b, depth);
    }
    return x < y ? -1 : 1;
}

/* How many bytes two words that differ begin with in common. */
static inline size_t
alike(uint64_t x, uint64_t y)
{
    return (size_t)__builtin_clzll(x ^ y) / 8;
}

/* How many ranks both begin with in common. Their heads at @a depth, to which they are alike, were @a x and @a y. */
static inline size_t
common(const struct tc_path_key *a, uint64_t x, const struct tc_path_key *b, uint64_t y, size_t depth)
{
    while (x == y) {
        if (is_last(x))
            return a->len;
        depth += WORD;
        x = head_at(a, depth);
        y = head_at(b, depth);
    }
    return depth + alike(x, y);
}

/* Few keys, for good. @a first: what the first has in common with the one before it. */
static void
finish(struct tc_path_key *keys, size_t count, size_t depth, size_t first)
{
    uint64_t before;

    for (size_t i = 1; i < count; i++) {
        struct tc_path_key key = keys[i];
        size_t j = i;

        for (; j > 0 && compare_from(&keys[j - 1], &key, depth) > 0; j--)
            keys[j] = keys[j - 1];
        keys[j] = key;
    }
    before = keys[0].head;
    keys[0].head = first;
    for (size_t i = 1; i < count; i++) {
        uint64_t here = keys[i].head;

        keys[i].head = common(&keys[i - 1], before, &keys[i], here, depth);
        before = here;
    }
}

static inline uint64_t
median(uint64_t a, uint64_t b, uint64_t c)
{
    if (a < b)
        return b < c ? b : a < c ? c : a;
    return a < c ? a : b < c ? c : b;
}

/* Parts of keys that agree before a depth, and what the last key of one and the first of the next have in common. */
struct parts {
    size_t count;
    size_t begins[257];
    size_t common[2]; /* of the first two parts; of all others */
};

/* Three parts: heads below, equal to, and above one of them. */
static void
split_by_head(struct tc_path_key *keys, size_t count, size_t depth, struct parts *parts)
{
    uint64_t pivot = median(keys[0].head, keys[count / 2].head, keys[count - 1].head), below = 0, above = UINT64_MAX;
    size_t low = 0, high = count, i = 0;

    while (i < high) {
        uint64_t head = keys[i].head;

        if (head < pivot) {
            below = head > below ? head : below;
            swap(&keys[low++], &keys[i++]);
        } else if (head > pivot) {
            above = head < above ? head : above;
            swap(&keys[i], &keys[--high]);
        } else {
            i++;
        }
    }
    parts->count = 3;
    parts->begins[0] = 0;
    parts->begins[1] = low;
    parts->begins[2] = high;
    parts->begins[3] = count;
    parts->common[0] = low == 0 ? 0 : depth + alike(below, pivot);
    parts->common[1] = high == count ? 0 : depth + alike(pivot, above);
}

/* 256 parts, in place, by the byte of their heads that is @a shift bits from the right, before which they agree. */
static void
split_by_byte(struct tc_path_key *keys, size_t count, size_t depth, unsigned shift, struct parts *parts)
{
    size_t next[256] = {0}, at = 0;

    parts->count = 256;
    parts->common[0] = parts->common[1] = depth + WORD - 1 - shift / 8;
    for (size_t i = 0; i < count; i++)
        next[keys[i].head >> shift & 255]++;
    for (size_t part = 0; part < 256; part++) {
        size_t size = next[part];

        parts->begins[part] = next[part] = at;
        at += size;
    }
    parts->begins[256] = count;
    for (size_t part = 0; part < 256; part++)
        while (next[part] < parts->begins[part + 1]) {
            struct tc_path_key key = keys[next[part]];
            size_t home = key.head >> shift & 255;

            while (home != part) {
                struct tc_path_key other = keys[next[home]];

                keys[next[home]++] = key;
                key = other;
                home = key.head >> shift & 255;
            }
            keys[next[part]++] = key;
        }
}

/* The bits of their heads in which some of them differ. */
static uint64_t
differences(const struct tc_path_key *keys, size_t count)
{
    uint64_t bits = 0;

    for (size_t i = 1; i < count; i++)
        bits |= keys[i].head ^ keys[0].head;
    return bits;
}

/* Texts lie where they like: the memory is asked for so many keys ahead. */
enum { AHEAD = 12 };

static void
fill_heads(struct tc_path_key *keys, size_t count, size_t depth)
{
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            __builtin_prefetch(keys[i + AHEAD].text + depth);
        keys[i].head = head_at(&keys[i], depth);
    }
}

enum { FEW = 12, MANY = 256 };

/* By their heads, of which the bytes up to the one at @a shift may differ. */
static void
sort_by_head(struct tc_path_key *keys, size_t count, unsigned shift)
{
    struct parts parts;

    if (count < FEW) {
        for (size_t i = 1; i < count; i++)
            for (size_t j = i; j > 0 && keys[j - 1].head > keys[j].head; j--)
                swap(&keys[j - 1], &keys[j]);
        return;
    }
    split_by_byte(keys, count, 0, shift, &parts);
    for (size_t part = 0; shift > 0 && part < parts.count; part++)
        sort_by_head(keys + parts.begins[part], parts.begins[part + 1] - parts.begins[part], shift - 8);
}

/* Equal paths, for good. */
static void
finish_equal(struct tc_path_key *keys, size_t count, size_t first)
{
    for (size_t i = 0; i < count; i++)
        keys[i].head = keys[i].item;
    sort_by_head(keys, count, 24);
    for (size_t i = 0; i < count; i++)
        keys[i].head = i == 0 ? first : keys[i].len;
}

/*
 * A word at a time: many keys by the first byte in which their words differ, fewer by a pivot, few by insertion; then
 * those of one word by the next. @a first: what the first of them will have in common with the one before it. The
 * largest part is left to the loop, so the stack holds at most log2(count) frames.
 */
static void
sort_from(struct tc_path_key *keys, size_t count, size_t depth, size_t first)
{
    while (count >= FEW) {
        uint64_t bits = differences(keys, count);
        struct parts parts;
        size_t most = 0, kept = first;

        if (bits == 0) {
            if (is_last(keys[0].head)) {
                finish_equal(keys, count, first);
                return;
            }
            depth += WORD;
            fill_heads(keys, count, depth);
            continue;
        }
        if (count < MANY)
            split_by_head(keys, count, depth, &parts);
        else
            split_by_byte(keys, count, depth, (63U - (unsigned)__builtin_clzll(bits)) & ~7U, &parts);
        for (size_t part = 1; part < parts.count; part++)
            if (parts.begins[part + 1] - parts.begins[part] > parts.begins[most + 1] - parts.begins[most])
                most = part;
        for (size_t part = 0; part < parts.count; part++) {
            size_t begin = parts.begins[part], size = parts.begins[part + 1] - begin;
            size_t before = begin == 0 ? first : parts.common[part > 1];

            if (part == most)
                kept = before;
            else if (size > 0)
                sort_from(keys + begin, size, depth, before);
        }
        keys += parts.begins[most];
        count = parts.begins[most + 1] - parts.begins[most];
        first = kept;
    }
    finish(keys, count, depth, first);
}

void
tc_paths_sort(struct tc_path_key *keys, size_t count)
{
    if (count == 0)
        return;
    fill_heads(keys, count, 0);
    sort_from(keys, count, 0, 0);
}

static struct tc_str
fold(struct tc_arena *arena, struct tc_str path)
{
    char *out = tc_arena_array(arena, char, 2 * path.len + 4); /* no letter grows to more than twice its bytes */
    size_t len = 0;

    for (size_t i = 0; out != NULL && i < path.len;) {
        uint32_t code;

        i += tc_utf8_next(path, i, &code);
        len += tc_utf8_put(out + len, tc_ordinal_upper(code));
    }
    return out == NULL ? (struct tc_str){0} : (struct tc_str){out, len};
}

struct tc_path_key
tc_path_key_of(struct tc_arena *arena, struct tc_str path, size_t item)
{
    uint64_t bits = 0;
    size_t i = 0;

    for (; i + WORD <= path.len; i += WORD)
        bits |= load(path.ptr + i);
    for (; i < path.len; i++)
        bits |= (unsigned char)path.ptr[i];
    if (bits & EACH(128))
        path = fold(arena, path);
    return (struct tc_path_key){path.ptr, (uint32_t)path.len, (uint32_t)item, 0};
}

/* ---- nesting ---- */

/* Whether @a inner lies below @a outer, which is another path: the one before it, or lies above that. It has @a common
 * bytes in common with the one before it, so most texts need not be looked at. */
static bool
lies_in(const struct tc_path_key *outer, const struct tc_path_key *inner, size_t common)
{
    if (common != outer->len)
        return common > outer->len;
    return outer->len == 0 || outer->text[outer->len - 1] == '\\' || inner->text[outer->len] == '\\';
}

enum { DEPTH_FEW = 64 };

/* Twice the room; the stack stays as it is when there is no memory. */
static bool
deepen(struct tc_path_node **stack, struct tc_path_node *few, size_t *capacity)
{
    struct tc_path_node *more = malloc(2 * *capacity * sizeof *more);

    if (more == NULL)
        return false;
    memcpy(more, *stack, *capacity * sizeof *more);
    for (size_t i = 1; i < *capacity; i++)
        more[i].parent = &more[i - 1];
    if (*stack != few)
        free(*stack);
    *stack = more;
    *capacity *= 2;
    return true;
}

bool
tc_paths_scan(const struct tc_path_key *keys, size_t count, void (*visit)(void *state, struct tc_path_node *node),
              void *state)
{
    struct tc_path_node few[DEPTH_FEW], *stack = few;
    size_t capacity = DEPTH_FEW, depth = 0, i = 0;

    while (i < count) {
        size_t end = i + 1;

        while (end < count && keys[end].len == keys[i].len && keys[end].head == keys[end].len)
            end++;
        /* what lies above the path before lies above this one as far as they agree */
        while (depth > 0 && !lies_in(stack[depth - 1].keys, &keys[i], keys[i].head))
            depth--;
        if (depth == capacity && !deepen(&stack, few, &capacity))
            break;
        stack[depth] = (struct tc_path_node){&keys[i], end - i, depth, depth == 0 ? NULL : &stack[depth - 1]};
        visit(state, &stack[depth++]);
        i = end;
    }
    if (stack != few)
        free(stack);
    return i >= count;
}
