/**
 * What tools and Windows itself call the rights of files, and the accounts that have them: rows of data/acl_words.def.
 */
#ifndef TC_DATA_ACL_WORDS_H
#define TC_DATA_ACL_WORDS_H

#include "base/str.h"

/** Who writes rights how. */
enum tc_acl_notation {
    TC_ACL_NOTATION_ICACLS,  /**< words in parentheses: (RX,WD) */
    TC_ACL_NOTATION_CACLS,   /**< a letter behind the colon: R */
    TC_ACL_NOTATION_SPECIAL, /**< lines below "(special access:)": FILE_READ_DATA */
    TC_ACL_NOTATION_SDDL,    /**< pairs of letters: FA */
    TC_ACL_NOTATION_COUNT_
};

/** Rights that the code has to know apart; names and values of winnt.h. */
enum {
    TC_RIGHT_READ_DATA = 0x0001, /**< of a directory: list it */
    TC_RIGHT_WRITE_DATA = 0x0002,
    TC_RIGHT_APPEND_DATA = 0x0004,
    TC_RIGHT_WRITE_EA = 0x0010,
    TC_RIGHT_EXECUTE = 0x0020,
    TC_RIGHT_DELETE_CHILD = 0x0040,
    TC_RIGHT_WRITE_ATTRIBUTES = 0x0100,
    TC_RIGHT_DELETE = 0x010000,
    TC_RIGHT_READ_CONTROL = 0x020000,
    TC_RIGHT_WRITE_DAC = 0x040000,
    TC_RIGHT_WRITE_OWNER = 0x080000,
    TC_RIGHT_SYNCHRONIZE = 0x100000,
    TC_RIGHTS_FULL = 0x1F01FF,
};

/** How an entry of an ACL is passed on; values of ACE_HEADER. */
enum {
    TC_ACE_OBJECT_INHERIT = 0x01,
    TC_ACE_CONTAINER_INHERIT = 0x02,
    TC_ACE_NO_PROPAGATE = 0x04,
    TC_ACE_INHERIT_ONLY = 0x08,
    TC_ACE_INHERITED = 0x10,
};

struct tc_acl_word {
    enum tc_acl_notation notation;
    const char *word;
    uint32_t mask;
    const char *source;
};

struct tc_acl_flag {
    const char *word; /**< of cacls and icacls */
    const char *pair; /**< of SDDL; NULL: another row has it */
    uint8_t flag;
    const char *source;
};

/** What a tool says of a path in the place of its rights. */
enum tc_acl_message_kind {
    TC_ACL_MESSAGE_EVERYONE, /**< it has no list: everyone has full control */
    TC_ACL_MESSAGE_UNREAD,   /**< its list was not read */
};

struct tc_acl_message {
    const char *text;
    enum tc_acl_message_kind kind;
};

/** The rows, ret_count of them. */
const struct tc_acl_word *tc_acl_words(size_t *ret_count);
const struct tc_acl_flag *tc_acl_flags(size_t *ret_count);
const struct tc_acl_message *tc_acl_messages(size_t *ret_count);

/** The row of @a word (letter case aside), or NULL. */
const struct tc_acl_word *tc_acl_word_find(enum tc_acl_notation notation, struct tc_str word);
/** The flag of cacls' and icacls' @a word, 0 when there is none. */
uint8_t tc_acl_flag_find(struct tc_str word);

/**
 * @a mask with its generic rights written out as those of files, and without SYNCHRONIZE, which every entry that allows
 * anything has and which gives nothing away by itself.
 */
uint32_t tc_rights_of_file(uint32_t mask);

/** What a well-known account is. */
enum tc_account_kind {
    TC_ACCOUNT_POWERFUL, /**< may reach everything anyway */
    TC_ACCOUNT_OWNER,    /**< whoever owns or creates a file */
    TC_ACCOUNT_SHARED,   /**< one account that several applications can have */
    TC_ACCOUNT_WIDE,     /**< a group that other applications are or may be in */
    TC_ACCOUNT_NARROW,   /**< anyone else */
    TC_ACCOUNT_LABEL,    /**< an integrity label, not an account */
};

/** Who is surely in a group. */
enum tc_account_members {
    TC_MEMBERS_NONE,  /**< nobody is surely */
    TC_MEMBERS_POOLS, /**< the identity of every application pool */
    TC_MEMBERS_ALL,   /**< those, and every anonymous user */
};

enum tc_account_id {
#define TC_ACL_WORD(notation, word, mask, source)
#define TC_ACL_FLAG(word, pair, flag, source)
#define TC_ACL_MESSAGE(text, kind)
#define TC_ACCOUNT(id, sid, name, alias, kind, members, source) TC_ACCOUNT_ID_##id,
#include "data/acl_words.def"
    TC_ACCOUNT_ID_COUNT_
};

struct tc_account {
    const char *sid;   /**< "S-1-1-0"; NULL: it differs from server to server */
    const char *name;  /**< as icacls prints it: "BUILTIN\Users" */
    const char *alias; /**< of SDDL: "BU"; NULL: none */
    enum tc_account_kind kind;
    enum tc_account_members members;
    const char *source;
};

const struct tc_account *tc_account(enum tc_account_id id);

/**
 * The well-known account that @a name stands for, letter case aside: its SID, its name, or the name without the domain
 * that Windows has for it. `WEB01\IIS_WPG` is found as IIS_WPG: those without a SID belong to the server or its domain.
 * NULL when there is none.
 */
const struct tc_account *tc_account_find(struct tc_str name);

/** What is behind the last backslash: the name without its domain. */
struct tc_str tc_account_simple_name(struct tc_str name);

/** The account of an SDDL alias, in capitals as SDDL has it; NULL when there is none. */
const struct tc_account *tc_account_by_alias(struct tc_str alias);

#endif
