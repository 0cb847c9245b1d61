#include "data/acl_words.h"

#include <assert.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct tc_acl_word words[] = {
#define TC_ACL_WORD(notation, word, mask, source) {TC_ACL_NOTATION_##notation, word, mask, source},
#define TC_ACL_FLAG(word, pair, flag, source)
#define TC_ACL_MESSAGE(text, kind)
#define TC_ACCOUNT(id, sid, name, alias, kind, members, source)
#include "data/acl_words.def"
};

static const struct tc_acl_flag flags[] = {
#define TC_ACL_WORD(notation, word, mask, source)
#define TC_ACL_FLAG(word, pair, flag, source) {word, pair, flag, source},
#define TC_ACL_MESSAGE(text, kind)
#define TC_ACCOUNT(id, sid, name, alias, kind, members, source)
#include "data/acl_words.def"
};

static const struct tc_acl_message messages[] = {
#define TC_ACL_WORD(notation, word, mask, source)
#define TC_ACL_FLAG(word, pair, flag, source)
#define TC_ACL_MESSAGE(text, kind) {text, TC_ACL_MESSAGE_##kind},
#define TC_ACCOUNT(id, sid, name, alias, kind, members, source)
#include "data/acl_words.def"
};

static const struct tc_account accounts[] = {
#define TC_ACL_WORD(notation, word, mask, source)
#define TC_ACL_FLAG(word, pair, flag, source)
#define TC_ACL_MESSAGE(text, kind)
#define TC_ACCOUNT(id, sid, name, alias, kind, members, source)                                                        \
    {sid, name, alias, TC_ACCOUNT_##kind, TC_MEMBERS_##members, source},
#include "data/acl_words.def"
};

const struct tc_acl_word *
tc_acl_words(size_t *ret_count)
{
    *ret_count = COUNT(words);
    return words;
}

const struct tc_acl_flag *
tc_acl_flags(size_t *ret_count)
{
    *ret_count = COUNT(flags);
    return flags;
}

const struct tc_acl_message *
tc_acl_messages(size_t *ret_count)
{
    *ret_count = COUNT(messages);
    return messages;
}

const struct tc_acl_word *
tc_acl_word_find(enum tc_acl_notation notation, struct tc_str word)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].notation == notation && tc_str_eq_nocase(tc_str_of(words[i].word), word))
            return &words[i];
    return NULL;
}

uint8_t
tc_acl_flag_find(struct tc_str word)
{
    for (size_t i = 0; i < COUNT(flags); i++)
        if (tc_str_eq_nocase(tc_str_of(flags[i].word), word))
            return flags[i].flag;
    return 0;
}

uint32_t
tc_rights_of_file(uint32_t mask)
{
    static const struct {
        const char *generic, *file;
    } pairs[] = {{"GA", "FA"}, {"GR", "FR"}, {"GW", "FW"}, {"GX", "FX"}};

    for (size_t i = 0; i < COUNT(pairs) && mask >> 28 != 0; i++) { /* mostly there are none */
        uint32_t generic = tc_acl_word_find(TC_ACL_NOTATION_SDDL, tc_str_of(pairs[i].generic))->mask;

        if ((mask & generic) == 0)
            continue;
        mask &= ~generic;
        mask |= tc_acl_word_find(TC_ACL_NOTATION_SDDL, tc_str_of(pairs[i].file))->mask;
    }
    return mask & ~(uint32_t)TC_RIGHT_SYNCHRONIZE;
}

const struct tc_account *
tc_account(enum tc_account_id id)
{
    assert(id < TC_ACCOUNT_ID_COUNT_);
    return &accounts[id];
}

struct tc_str
tc_account_simple_name(struct tc_str name)
{
    size_t begin = name.len;

    while (begin > 0 && name.ptr[begin - 1] != '\\')
        begin--;
    return tc_str_sub(name, begin, name.len);
}

/* The identities of pools have the names that administrators gave to pools. */
static bool
is_pool_identity(struct tc_str name)
{
    static const struct tc_str domain = {"IIS APPPOOL\\", 12};

    return tc_str_eq_nocase(tc_str_sub(name, 0, domain.len), domain);
}

const struct tc_account *
tc_account_find(struct tc_str name)
{
    struct tc_str simple = tc_account_simple_name(name);

    if (is_pool_identity(name))
        return NULL;
    for (size_t i = 0; i < COUNT(accounts); i++) {
        struct tc_str own = tc_str_of(accounts[i].name), own_simple = tc_account_simple_name(own);

        if (accounts[i].sid != NULL && tc_str_eq_nocase(tc_str_of(accounts[i].sid), name))
            return &accounts[i];
        if (tc_str_eq_nocase(own, name) || tc_str_eq_nocase(own_simple, name))
            return &accounts[i];
        if (accounts[i].sid == NULL && tc_str_eq_nocase(own, simple))
            return &accounts[i];
    }
    return NULL;
}

const struct tc_account *
tc_account_by_alias(struct tc_str alias)
{
    for (size_t i = 0; i < COUNT(accounts); i++)
        if (accounts[i].alias != NULL && tc_str_eq(tc_str_of(accounts[i].alias), alias))
            return &accounts[i];
    return NULL;
}
