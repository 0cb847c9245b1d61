#include "plan/facts.h"

#include "base/arena.h"
#include "isolate/reach.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct tc_iis_info versions[] = {
#define TC_IIS(version, group, sid, identity, script, refused, source)                                                 \
    {version, group, sid, identity, TC_SCRIPT_##script, refused},
#include "data/plan.def"
};

static const struct tc_built_in built_ins[] = {
#define TC_BUILT_IN(word, name, sid, refused, source) {word, name, sid, refused},
#include "data/plan.def"
};

static const struct tc_always always[] = {
#define TC_ALWAYS(name, sid) {name, sid},
#include "data/plan.def"
};

struct right {
    const char *letters;
    uint32_t bits;
};

static const struct right single_rights[] = {
#define TC_RIGHT(letters, bits) {letters, bits},
#include "data/plan.def"
};

static const struct right bundles[] = {
#define TC_RIGHTS(letters, bits, words) {letters, bits},
#include "data/plan.def"
};

static const struct {
    unsigned may;
    uint32_t rights;
    const char *words;
} backings[] = {
#define TC_BACKING(access, rights, words, source) {TC_MAY_##access, rights, words},
#include "data/plan.def"
};

static const struct tc_need needs[] = {
#define TC_NEED(id, rights, words, source) {rights, words},
#include "data/plan.def"
};

static const struct tc_cache caches[] = {
#define TC_CACHE(id, major, folder, words, source) {major, folder, words},
#include "data/plan.def"
};

static const struct tc_event_log_key event_log =
#define TC_EVENT_LOG(key, rights, words, source) {key, rights, words};
#include "data/plan.def"

    static const struct tc_name_rule name_rules[] = {
#define TC_NAME(id, what, longest, characters, source) {what, longest, characters},
#include "data/plan.def"
};

static const char *const contents[] = {
#define TC_CONTENT(path) path,
#include "data/plan.def"
};

const struct tc_iis_info *
tc_iis_info(struct tc_str version)
{
    for (size_t i = 0; i < COUNT(versions); i++)
        if (tc_str_eq(version, tc_str_of(versions[i].version)))
            return &versions[i];
    return &versions[COUNT(versions) - 1]; /* the front end takes no other, and the last is its default */
}

bool
tc_iis_since(const struct tc_iis_info *iis, int major)
{
    return atoi(iis->version) >= major;
}

const struct tc_built_in *
tc_built_in_find(struct tc_str word)
{
    for (size_t i = 0; i < COUNT(built_ins); i++)
        if (tc_str_eq_nocase(word, tc_str_of(built_ins[i].word)))
            return &built_ins[i];
    return NULL;
}

const struct tc_always *
tc_plan_always(size_t *ret_count)
{
    *ret_count = COUNT(always);
    return always;
}

/* ---- rights ---- */

static void
put_part(struct tc_buf *out, size_t begin, const char *letters)
{
    if (out->len > begin)
        tc_buf_putc(out, ',');
    tc_buf_puts(out, tc_str_of(letters));
}

void
tc_rights_put(struct tc_buf *out, uint32_t mask)
{
    size_t begin = out->len;
    uint32_t left = mask;

    for (size_t i = 0; i < COUNT(bundles); i++)
        if ((bundles[i].bits & left) != 0 && (bundles[i].bits & mask) == bundles[i].bits) {
            put_part(out, begin, bundles[i].letters);
            left &= ~bundles[i].bits;
        }
    for (size_t i = 0; i < COUNT(single_rights); i++)
        if (left & single_rights[i].bits)
            put_part(out, begin, single_rights[i].letters);
}

uint32_t
tc_rights_backing(unsigned may)
{
    uint32_t rights = 0;

    for (size_t i = 0; i < COUNT(backings); i++)
        if (backings[i].may & may)
            rights |= backings[i].rights;
    return rights;
}

struct tc_str
tc_rights_backing_words(struct tc_arena *arena, unsigned may)
{
    struct tc_str words = {NULL, 0};

    for (size_t i = 0; i < COUNT(backings); i++)
        if (backings[i].may & may)
            words = tc_arena_printf(arena, "%.*s%s%s", TC_STR_ARG(words), words.len > 0 ? "; " : "", backings[i].words);
    return words;
}

/* ---- rows by id ---- */

const struct tc_need *
tc_need(enum tc_need_id id)
{
    return &needs[id];
}

const struct tc_cache *
tc_cache(enum tc_cache_id id)
{
    return &caches[id];
}

const struct tc_event_log_key *
tc_event_log_key(void)
{
    return &event_log;
}

const struct tc_name_rule *
tc_name_rule(enum tc_name_id id)
{
    return &name_rules[id];
}

bool
tc_place_holds_content(const char *path)
{
    for (size_t i = 0; i < COUNT(contents); i++)
        if (tc_str_eq_nocase(tc_str_of(path), tc_str_of(contents[i])))
            return true;
    return false;
}
