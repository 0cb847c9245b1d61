/*
 * Access lists printed as cacls, icacls and icacls /save print them are read back as they were. Random lists; the same
 * ones each time, others with --seed N.
 */
#include "plan/acl_read.h"
#include "property/rng.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { PATHS = 40, ENTRIES = 6, RUNS = 300 };

enum style { ICACLS, CACLS, SAVE, STYLES };

static const char *const style_names[] = {"icacls", "cacls", "icacls /save"};

struct entry {
    const char *principal; /* as it is read */
    const char *written;   /* SDDL alias or SID; else the same */
    uint32_t mask;
    uint8_t flags;
    bool denies;
};

struct list {
    char path[160];
    struct entry entries[ENTRIES];
    size_t count;
};

struct check {
    const struct list *lists;
    size_t next;
    const char *wrong; /* the first difference */
};

static const char *const words[] = {
    "a", "Sites", "two words", "(x86)", "b c d", "\xc3\xa4\xc3\xb6", "\xf0\x9f\x98\x80", "x.y", "Users", "Everyone"};

static const struct {
    const char *name, *written;
} names[] = {
    {"NT AUTHORITY\\SYSTEM", "SY"},
    {"BUILTIN\\Administrators", "BA"},
    {"BUILTIN\\Users", "BU"},
    {"Everyone", "WD"},
    {"CREATOR OWNER", "CO"},
    {"BUILTIN\\IIS_IUSRS", "IS"},
    {"S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1001"},
    {"S-1-5-82-1-2-3-4-5", "S-1-5-82-1-2-3-4-5"},
    /* not in SDDL */
    {"WEB01\\ann lee (old)", NULL},
    {"IIS APPPOOL\\Pool (1) x", NULL},
    {"WEB01\\IIS_WPG", NULL},
};

static uint32_t
make_mask(struct tct_rng *rng, bool denies)
{
    static const uint32_t bundles[] = {0x1f01ff, 0x1301bf, 0x1200a9, 0x120089, 0x100116, 0x120116, 0x110000};
    uint32_t mask = 0;

    if (!denies && !tct_rng_one_in(rng, 3))
        return bundles[tct_rng_below(rng, COUNT(bundles))];
    for (unsigned bit = 0; bit < 32; bit++)
        if ((0xf01f01ffu >> bit & 1) && tct_rng_one_in(rng, 4))
            mask |= (uint32_t)1 << bit;
    return mask != 0 ? mask : 1;
}

static void
make_list(struct tct_rng *rng, enum style style, size_t number, struct list *list)
{
    size_t depth = 1 + tct_rng_below(rng, 3), len = 0;

    /* `/save` writes names below a directory; the number keeps paths apart */
    len += (size_t)snprintf(list->path, sizeof list->path, "D:\\%zu", number);
    for (size_t i = 0; i < depth; i++)
        len += (size_t)snprintf(list->path + len, sizeof list->path - len, "\\%s",
                                words[tct_rng_below(rng, COUNT(words))]);
    list->count = style == SAVE ? tct_rng_below(rng, ENTRIES + 1) : 1 + tct_rng_below(rng, ENTRIES);
    for (size_t i = 0; i < list->count; i++) {
        struct entry *entry = &list->entries[i];
        /* where there is one entry, only a known name tells where the path ends */
        size_t name = tct_rng_below(rng, style == SAVE || list->count == 1 ? 8 : COUNT(names));

        entry->principal = names[name].name;
        entry->written = style == SAVE ? names[name].written : names[name].name;
        entry->denies = tct_rng_one_in(rng, 4);
        entry->mask = make_mask(rng, entry->denies);
        entry->flags = (uint8_t)tct_rng_below(rng, 32);
    }
}

/* ---- printing ---- */

static void
put_flags(struct tc_buf *out, const struct entry *entry, enum style style)
{
    size_t count;
    const struct tc_acl_flag *flags = tc_acl_flags(&count);

    for (size_t i = 0; i < count; i++) {
        bool is_old = strcmp(flags[i].word, "ID") == 0, is_inherited = flags[i].flag == TC_ACE_INHERITED;

        if (!(entry->flags & flags[i].flag) || (is_inherited && style != SAVE && is_old != (style == CACLS)) ||
            (style == SAVE && flags[i].pair == NULL))
            continue;
        if (style == SAVE)
            tc_buf_puts(out, tc_str_of(flags[i].pair));
        else
            tc_buf_printf(out, "(%s)", flags[i].word);
    }
}

/* Words for all of @a mask, wide ones first as the tools have them; each on a line of its own behind @a before. */
static void
put_words(struct tc_buf *out, enum tc_acl_notation notation, uint32_t mask, const char *between, int indent)
{
    size_t count;
    const struct tc_acl_word *rows = tc_acl_words(&count);
    uint32_t left = mask;

    for (size_t i = 0; i < count && left != 0; i++) {
        if (rows[i].notation != notation || (rows[i].mask & left) == 0 || (rows[i].mask & mask) != rows[i].mask)
            continue;
        tc_buf_printf(out, "%s%*s%s", left == mask && between[0] == ',' ? "" : between, indent, "", rows[i].word);
        left &= ~rows[i].mask;
    }
}

static int
width(const char *path)
{
    int units = 0;
    struct tc_str text = tc_str_of(path);
    uint32_t code;

    for (size_t at = 0, len; (len = tc_utf8_next(text, at, &code)) > 0; at += len)
        units += code > 0xffff ? 2 : 1;
    return units;
}

static void
put_cacls_rights(struct tc_buf *out, const struct entry *entry, int indent)
{
    static const char letters[] = {'F', 'C', 'R', 'W'};

    if (entry->denies && entry->mask == TC_RIGHTS_FULL) {
        tc_buf_putc(out, 'N');
        return;
    }
    for (size_t i = 0; i < sizeof letters && !entry->denies; i++)
        if (tc_acl_word_find(TC_ACL_NOTATION_CACLS, (struct tc_str){&letters[i], 1})->mask == entry->mask) {
            tc_buf_printf(out, "%c ", letters[i]);
            return;
        }
    if (entry->denies)
        tc_buf_puts(out, TC_STR("(DENY)"));
    tc_buf_puts(out, TC_STR("(special access:)\r\n"));
    put_words(out, TC_ACL_NOTATION_SPECIAL, entry->mask, "\r\n", indent + 12);
    tc_buf_puts(out, TC_STR("\r\n "));
}

static void
put_listing(struct tc_buf *out, const struct list *list, enum style style)
{
    tc_buf_puts(out, tc_str_of(list->path));
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->entries[i];

        tc_buf_printf(out, "%*s%s:", i == 0 ? 1 : width(list->path) + 1, "", entry->written);
        put_flags(out, entry, style);
        if (style == CACLS) {
            put_cacls_rights(out, entry, width(list->path) + 1);
        } else {
            tc_buf_puts(out, entry->denies ? TC_STR("(DENY)(") : TC_STR("("));
            put_words(out, TC_ACL_NOTATION_ICACLS, entry->mask, ",", 0);
            tc_buf_putc(out, ')');
        }
        tc_buf_puts(out, TC_STR("\r\n"));
    }
    tc_buf_puts(out, TC_STR("\r\n"));
}

static void
put_saved(struct tc_buf *out, const struct list *list, struct tct_rng *rng)
{
    tc_buf_printf(out, "%s\r\nD:AI", list->path + 3);
    for (size_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->entries[i];

        tc_buf_printf(out, "(%c;", entry->denies ? 'D' : 'A');
        put_flags(out, entry, SAVE);
        tc_buf_putc(out, ';');
        if (tct_rng_one_in(rng, 2) || (entry->mask & TC_RIGHT_SYNCHRONIZE)) /* which has no pair of its own */
            tc_buf_printf(out, "0x%x", entry->mask);
        else
            put_words(out, TC_ACL_NOTATION_SDDL, entry->mask, "", 0);
        tc_buf_printf(out, ";;;%s)", entry->written);
    }
    tc_buf_puts(out, TC_STR("\r\n"));
}

/* ---- reading back ---- */

static bool
compare(void *state, const struct tc_acl *acl)
{
    struct check *check = state;
    const struct list *list = &check->lists[check->next++];

    if (check->next > PATHS)
        check->wrong = "there are too many paths";
    else if (!tc_str_eq(acl->path, tc_str_of(list->path)))
        check->wrong = "a path is another one";
    else if (acl->state != TC_ACL_LISTED || acl->count != list->count)
        check->wrong = "a list has more or fewer entries";
    for (size_t i = 0; check->wrong == NULL && i < acl->count; i++) {
        const struct tc_ace *ace = &acl->aces[i];
        const struct entry *entry = &list->entries[i];

        if (!tc_str_eq(ace->principal, tc_str_of(entry->principal)))
            check->wrong = "an account is another one";
        else if (ace->mask != entry->mask || ace->denies != entry->denies)
            check->wrong = "rights are others";
        else if (ace->flags != entry->flags)
            check->wrong = "flags are others";
    }
    return check->wrong == NULL;
}

static bool
run(uint64_t seed, uint64_t number, enum style style)
{
    static struct list lists[PATHS];
    struct tct_rng rng = tct_rng(seed, number);
    const struct tc_acl_read_options options = {.base = TC_STR("D:\\")};
    struct check check = {.lists = lists};
    struct tc_acl_counts counts;
    struct tc_buf out = {0};
    struct tc_arena arena;
    struct tc_sources sources;
    struct tc_diags diags;

    tc_arena_init(&arena);
    tc_sources_init(&sources, &arena);
    tc_diags_init(&diags, &arena, &sources);
    for (size_t i = 0; i < PATHS; i++) {
        make_list(&rng, style, i, &lists[i]);
        if (style == SAVE)
            put_saved(&out, &lists[i], &rng);
        else
            put_listing(&out, &lists[i], style);
    }
    if (tc_acl_read(tc_sources_add(&sources, TC_STR("listing"), tc_buf_str(&out)), &options, &diags, compare, &check,
                    &counts) != TC_OK ||
        diags.first != NULL)
        check.wrong = diags.first != NULL ? diags.first->message.ptr : "it is not read";
    else if (check.wrong == NULL && check.next != PATHS)
        check.wrong = "there are too few paths";
    if (check.wrong != NULL)
        printf("FAILED run %u of seed %u, %s, at path %zu: %s\n%.*s\n", (unsigned)number, (unsigned)seed,
               style_names[style], check.next, check.wrong, TC_STR_ARG(tc_buf_str(&out)));
    tc_buf_done(&out);
    tc_arena_done(&arena);
    return check.wrong == NULL;
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 2 && strcmp(argv[1], "--seed") == 0 ? strtoull(argv[2], NULL, 10) : 1;
    unsigned passed = 0, failed = 0;

    for (uint64_t number = 0; number < RUNS && failed == 0; number++)
        for (int style = 0; style < STYLES; style++)
            *(run(seed, number, (enum style)style) ? &passed : &failed) += 1;
    printf("acl-roundtrip: %u passed, %u failed\n", passed, failed);
    return failed > 0;
}
