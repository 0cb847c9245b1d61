/**
 * What changes between two servers: what each application gains and loses, in words and with demands that only one of
 * the two sides allows; locks, code groups, settings, isolation, and what restarts.
 *
 * Order, comments, and spellings that mean the same are no difference. What is compared is what the evaluator of the
 * proof grants on each side (verify/expected.h), for the own code of each application; what its policy says is looked
 * at first, and where the two say the same in the same places nothing has to be evaluated.
 */
#ifndef TC_ASK_DIFF_H
#define TC_ASK_DIFF_H

#include "ask/subject.h"
#include "base/source.h"
#include "isolate/isolate.h"

/** What a side knows: of the rest nothing is compared. */
enum tc_diff_says {
    TC_DIFF_SAYS_LEVELS = 1,  /**< which levels applications have, their origins, and what locks them */
    TC_DIFF_SAYS_SERVER = 2,  /**< directories, pools, accounts: what only a source says */
    TC_DIFF_SAYS_REASONS = 4, /**< why things are granted, which takes some findings */
};

/** A file as it is on the server, or as it would be written. */
struct tc_diff_file {
    struct tc_str name;
    enum tc_clr clr;
    bool is_config; /**< the machine-level configuration file */
    struct tc_str bytes;
};

/** What the files of a side make of an application. */
struct tc_diff_place {
    struct tc_str policy_file; /**< of its level; empty: one that a build does not write */
    bool is_open;              /**< it may choose its level itself */
    bool is_unlimited;         /**< processRequestInApplicationTrust="false", where that counts: requests in which only
                                    code of the global assembly cache has a part are not limited (aspnet-trust 2.1) */
};

struct tc_diff_side {
    struct tc_str name; /**< for messages */
    const struct tc_model *model;
    const struct tc_sources *sources;     /**< where the spans of `model` lead */
    const struct tc_isolation *isolation; /**< NULL: not asked, and not compared */
    unsigned says;                        /**< enum tc_diff_says */
    const struct tc_diff_file *files;     /**< NULL: not known, and not compared */
    size_t file_count;
    const struct tc_diff_place *places;           /**< by application */
    bool is_guessed;                              /**< where its applications lie was made up: no side says it */
    struct tc_diff_place defaults[TC_CLR_COUNT_]; /**< of applications that are not named; without files */
};

/** What a change does. */
enum tc_diff_effect {
    TC_DIFF_GAINS,    /**< something that could not be done before */
    TC_DIFF_WIDER,    /**< the same for more: what it was is in `was` */
    TC_DIFF_LOSES,    /**< something that can no longer be done */
    TC_DIFF_NARROWER, /**< the same for less: what is left is in `now` */
    TC_DIFF_UNKNOWN,  /**< whether more or less can be done is not known here */
    TC_DIFF_OTHER,    /**< neither: a setting */
    TC_DIFF_EFFECT_COUNT_
};

/** What a change is about. */
enum tc_diff_area {
    TC_DIFF_GRANT, /**< what the own code may do */
    TC_DIFF_CODE,  /**< what other code gets: code groups, fully trusted assemblies, sets that they use */
    TC_DIFF_LOCK,
    TC_DIFF_SETTING,
    TC_DIFF_AREA_COUNT_
};

struct tc_diff_change {
    struct tc_diff_change *next;
    enum tc_diff_area area;
    enum tc_diff_effect effect;
    enum tc_may before, after;    /**< of grants */
    unsigned kinds;               /**< of grants: which of the own code, bit i for tc_own_kind(i) */
    struct tc_str what;           /**< `FileIO write "D:\x"`; of a setting its name */
    struct tc_str was, now;       /**< of what is wider or narrower, and of settings; else empty */
    const struct tc_perm *demand; /**< the same as `witness`; NULL: none */
    struct tc_str witness;        /**< a demand that one side allows and the other does not; empty: none was found */
    struct tc_str file;           /**< where the side says it that has it; empty: nowhere */
    uint32_t line;
};

enum tc_diff_status {
    TC_DIFF_CHANGED, /**< there on both sides */
    TC_DIFF_ADDED,   /**< before, the server's default level was what it had */
    TC_DIFF_REMOVED, /**< from now on it has the server's default level */
    TC_DIFF_DEFAULT, /**< every application that is not named */
};

/** Applications to which the same happens. */
struct tc_diff_entry {
    struct tc_diff_entry *next;
    enum tc_diff_status status;
    const struct tc_str *names; /**< in source order of the newer side */
    size_t count;
    const struct tc_diff_change *changes;
    struct tc_str example; /**< the application whose demands are shown */
};

/** A way between applications that is new, gone, or taken differently. */
struct tc_diff_way {
    struct tc_diff_way *next;
    const struct tc_isolation_finding *before, *after; /**< NULL: not on that side */
    const char *change;                                /**< "new", "gone", "no longer accepted", … */
    bool is_worse;
    struct tc_str sentence;      /**< a witness in one sentence */
    size_t from_count, to_count; /**< how many applications it leads from and to */
};

/** A file that changes, and who restarts because of it. */
struct tc_diff_restart {
    struct tc_diff_restart *next;
    struct tc_str file;
    const char *change; /**< "changes", "is new", "goes" */
    bool is_everyone;   /**< the configuration file: everyone under its framework */
    enum tc_clr clr;
    const struct tc_str *names; /**< who uses it before the change */
    size_t count;
};

struct tc_diff {
    struct tc_diff_entry *entries; /**< changed, then added, then removed, then the default */
    struct tc_diff_way *ways;
    struct tc_diff_restart *restarts;
    size_t changed, added, removed; /**< applications */
    bool has_changes;               /**< other than restarts */
    bool is_wider;                  /**< something is, or may be, granted or open that was not */
    bool is_worse;                  /**< a way between applications is open, or may be, that was not */
    bool levels_compared, isolation_compared, files_compared;
};

/**
 * Compare @a from with @a to. All lives in @a arena, and borrows from the sides.
 * Cost: about that of the applications whose policies or settings differ.
 *
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_diff(struct tc_arena *arena, const struct tc_diff_side *from, const struct tc_diff_side *to,
                       struct tc_diff **ret_diff);

#endif
