#include "isolate/paths.h"

#include "model/algebra_util.h"
#include "model/netchar.h"

#include <stdlib.h>
#include <string.h>

/* ---- order ---- */

/* The rank of a byte: the end below the separator below everything else, so that "D:\A\x" follows "D:\A" and not
 * "D:\A-1"; letters without case. What is no ASCII has been folded. */
static inline unsigned
rank_at(const struct tc_path_key *key, size_t depth)
{
    unsigned char c;

    if (depth >= key->len)
        return 0;
    c = (unsigned char)key->text[depth];
    if (c == '\\')
        return 1;
    if (c >= 'a' && c <= 'z')
        c -= 'a' - 'A';
    return c + 2u;
}

static inline void
swap(struct tc_path_key *a, struct tc_path_key *b)
{
    struct tc_path_key kept = *a;

    *a = *b;
    *b = kept;
}

static int
compare_from(const struct tc_path_key *a, const struct tc_path_key *b, size_t depth)
{
    for (;; depth++) {
        unsigned x = rank_at(a, depth), y = rank_at(b, depth);

        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            return a->item < b->item ? -1 : a->item > b->item;
    }
}

static void
insertion_sort(struct tc_path_key *keys, size_t count, size_t depth)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && compare_from(&keys[j - 1], &keys[j], depth) > 0; j--)
            swap(&keys[j - 1], &keys[j]);
}

static int
compare_items(const void *a, const void *b)
{
    const struct tc_path_key *x = a, *y = b;

    return x->item < y->item ? -1 : x->item > y->item;
}

static unsigned
median(unsigned a, unsigned b, unsigned c)
{
    if (a < b)
        return b < c ? b : a < c ? c : a;
    return a < c ? a : b < c ? c : b;
}

/* How many bytes from @a depth on all keys have in common, so that long prefixes are not partitioned byte by byte. */
static size_t
common(const struct tc_path_key *keys, size_t count, size_t depth)
{
    size_t len = keys[0].len - depth;

    for (size_t i = 1; i < count && len > 0; i++) {
        size_t most = keys[i].len - depth < len ? keys[i].len - depth : len, same = 0;

        while (same < most && rank_at(&keys[0], depth + same) == rank_at(&keys[i], depth + same))
            same++;
        len = same;
    }
    return len;
}

/* Multikey quicksort: three ways by the byte at one depth. The largest part is left to the loop, so the stack holds at
 * most log2(count) frames. */
static void
sort_from(struct tc_path_key *keys, size_t count, size_t depth)
{
    while (count > 1) {
        size_t low = 0, high = count, i = 0, sizes[3], least, most;
        unsigned pivot;
        struct tc_path_key *parts[3];
        size_t depths[3] = {depth, depth, depth};

        if (count < 12) {
            insertion_sort(keys, count, depth);
            return;
        }
        pivot = median(rank_at(&keys[0], depth), rank_at(&keys[count / 2], depth), rank_at(&keys[count - 1], depth));
        while (i < high) {
            unsigned rank = rank_at(&keys[i], depth);

            if (rank < pivot)
                swap(&keys[low++], &keys[i++]);
            else if (rank > pivot)
                swap(&keys[i], &keys[--high]);
            else
                i++;
        }
        if (pivot == 0) { /* the middle part ends here: equal paths */
            qsort(keys + low, high - low, sizeof *keys, compare_items);
            depths[1] = SIZE_MAX;
        } else if (high - low == count) {
            depths[1] = depth + common(keys, count, depth);
        } else {
            depths[1] = depth + 1;
        }
        parts[0] = keys;
        parts[1] = keys + low;
        parts[2] = keys + high;
        sizes[0] = low;
        sizes[1] = depths[1] == SIZE_MAX ? 0 : high - low;
        sizes[2] = count - high;
        most = sizes[0] > sizes[1] ? 0 : 1;
        most = sizes[2] > sizes[most] ? 2 : most;
        for (least = 0; least < 3; least++)
            if (least != most)
                sort_from(parts[least], sizes[least], depths[least]);
        keys = parts[most];
        count = sizes[most];
        depth = depths[most];
    }
}

void
tc_paths_sort(struct tc_path_key *keys, size_t count)
{
    sort_from(keys, count, 0);
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

struct tc_str
tc_path_fold(struct tc_arena *arena, struct tc_str path)
{
    for (size_t i = 0; i < path.len; i++)
        if ((unsigned char)path.ptr[i] >= 0x80)
            return fold(arena, path);
    return path;
}

/* ---- nesting ---- */

static bool
is_same(const struct tc_path_key *a, const struct tc_path_key *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (rank_at(a, i) != rank_at(b, i))
            return false;
    return true;
}

/* Whether @a inner lies below @a outer, which is another path. */
static bool
lies_in(const struct tc_path_key *outer, const struct tc_path_key *inner)
{
    if (outer->len == 0)
        return true;
    if (inner->len <= outer->len || (outer->text[outer->len - 1] != '\\' && inner->text[outer->len] != '\\'))
        return false;
    for (size_t i = outer->len; i > 0; i--) /* neighbours differ at the end */
        if (rank_at(outer, i - 1) != rank_at(inner, i - 1))
            return false;
    return true;
}

enum { DEPTH_FEW = 64 };

bool
tc_paths_scan(const struct tc_path_key *keys, size_t count, void (*visit)(void *state, struct tc_path_node *node),
              void *state)
{
    struct tc_path_node few[DEPTH_FEW], *stack = few;
    size_t capacity = DEPTH_FEW, depth = 0;

    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && is_same(&keys[i], &keys[end]);)
            end++;
        while (depth > 0 && !lies_in(&stack[depth - 1].keys[0], &keys[i]))
            depth--;
        if (depth == capacity) {
            struct tc_path_node *more = malloc(2 * capacity * sizeof *more);

            if (more == NULL)
                break;
            memcpy(more, stack, depth * sizeof *more);
            for (size_t j = 1; j < depth; j++)
                more[j].parent = &more[j - 1];
            if (stack != few)
                free(stack);
            stack = more;
            capacity *= 2;
        }
        stack[depth] = (struct tc_path_node){&keys[i], end - i, depth, depth == 0 ? NULL : &stack[depth - 1]};
        visit(state, &stack[depth++]);
        if (end == count) {
            if (stack != few)
                free(stack);
            return true;
        }
    }
    if (stack != few)
        free(stack);
    return count == 0;
}
