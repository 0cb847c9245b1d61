/**
 * Rows of data/plan.def: what the plan knows of accounts, groups, rights and caches of Windows and IIS.
 */
#ifndef TC_PLAN_FACTS_H
#define TC_PLAN_FACTS_H

#include "base/str.h"
#include "data/tables.h"

struct tc_arena;

/** Which script puts a plan into effect. */
enum tc_plan_script { TC_SCRIPT_NONE, TC_SCRIPT_CMD, TC_SCRIPT_POWERSHELL };

struct tc_iis_info {
    const char *version;   /**< "7.5" */
    const char *group;     /**< of worker processes */
    const char *group_sid; /**< NULL: a local group without a SID of its own known */
    const char *identity;  /**< of a pool that names none; NULL: the version's own choice is shared */
    enum tc_plan_script script;
    const char *refused; /**< why there is no plan; NULL: there is one */
};

/** The row of a version that a source may name. */
const struct tc_iis_info *tc_iis_info(struct tc_str version);

/** Whether @a iis is version @a major or later. */
bool tc_iis_since(const struct tc_iis_info *iis, int major);

struct tc_built_in {
    const char *word;
    const char *name;    /**< as Windows writes it; NULL: one for each pool */
    const char *sid;     /**< NULL as well then */
    const char *refused; /**< why it gets no rights; NULL: it may */
};

/** The account that @a word stands for, in any letter case; NULL: none that is there by itself. */
const struct tc_built_in *tc_built_in_find(struct tc_str word);

struct tc_always {
    const char *name;
    const char *sid;
};

/** Who has full control in any case; @a ret_count of them. */
const struct tc_always *tc_plan_always(size_t *ret_count);

/** An access mask as icacls writes it: "M", "RX,WD". At most @a size bytes, NUL included; 64 are enough. */
void tc_rights_put(struct tc_buf *out, uint32_t mask);

/** The rights that back TC_MAY_… bits of isolate/reach.h. */
uint32_t tc_rights_backing(unsigned may);

/** The same in words, for people: "read, list; write, create, delete, rename". */
struct tc_str tc_rights_backing_words(struct tc_arena *arena, unsigned may);

enum tc_need_id {
#define TC_NEED(id, rights, words, source) TC_NEED_##id,
#include "data/plan.def"
    TC_NEED_COUNT_
};

struct tc_need {
    uint32_t rights;
    const char *words;
};

const struct tc_need *tc_need(enum tc_need_id id);

enum tc_cache_id {
#define TC_CACHE(id, major, folder, words, source) TC_CACHE_##id,
#include "data/plan.def"
    TC_CACHE_COUNT_
};

struct tc_cache {
    int major;          /**< from this version of IIS on each pool has its own by itself; 0: never */
    const char *folder; /**< below the directory of Windows, or of the framework */
    const char *words;
};

const struct tc_cache *tc_cache(enum tc_cache_id id);

/** The registry key of the event log, below HKEY_LOCAL_MACHINE, and the rights on it that creating sources takes. */
struct tc_event_log_key {
    const char *key;
    uint32_t rights;
    const char *words;
};

const struct tc_event_log_key *tc_event_log_key(void);

enum tc_name_id {
#define TC_NAME(id, what, longest, characters, source) TC_NAME_##id,
#include "data/plan.def"
    TC_NAME_COUNT_
};

struct tc_name_rule {
    const char *what;
    size_t longest;         /**< in UTF-16 units */
    const char *characters; /**< that cannot stand in it; control characters never can */
};

const struct tc_name_rule *tc_name_rule(enum tc_name_id id);

/** Whether the place at @a path (of a row of places.def) may be an application's root all the same. */
bool tc_place_holds_content(const char *path);

#endif
