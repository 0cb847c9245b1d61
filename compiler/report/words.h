/**
 * What the code of an application may do, and may not, in plain words: sentences for its owner, made from its grant and
 * the rows of data/words.def.
 */
#ifndef TC_REPORT_WORDS_H
#define TC_REPORT_WORDS_H

#include "isolate/reach.h"

/** Something that a sentence is about: a path, an address, an account. */
struct tc_words_object {
    struct tc_words_object *next;
    struct tc_str name;  /**< as it is written, for quotes or another typeface; may be empty */
    struct tc_str words; /**< what comes behind it, or stands for it: "in its own directory" */
};

/** One sentence: "may read files in 'D:\Data', 'App_Data' in its own directory and everything below". */
struct tc_words {
    struct tc_words *next;
    bool is_not;                     /**< "may not", and there are no objects */
    bool possible;                   /**< only possibly granted: what the server's own files say is not known */
    struct tc_str before;            /**< "read files in" */
    struct tc_words_object *objects; /**< may be none */
    struct tc_str after;             /**< "and everything below"; may be empty */
    struct tc_str because;           /**< the reason that the grant gives; empty: none, or it is the platform's own */
    struct tc_span span;             /**< a grant that it comes from; nowhere for what it may not */
};

/**
 * What the code of an application may do, by class in the order of the tables, and behind it what it may not that
 * people ask about. Its own directory and its own origin are called so, whatever they are: applications that differ in
 * nothing else get the same sentences.
 *
 * @param ret  lives in @a arena; texts of the model are borrowed
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_words_of(struct tc_arena *arena, const struct tc_reach *reach, const struct tc_words **ret);

/** The whole sentence, names in single quotes: "may possibly send requests to Web servers at any address". */
struct tc_str tc_words_sentence(struct tc_arena *arena, const struct tc_words *words);

#endif
