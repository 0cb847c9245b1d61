/**
 * Questions in the words of people: who can do this, what can that application do, who shares what.
 *
 *     who can DEMAND                      which applications can DEMAND
 *     may APPLICATION DEMAND              can APPLICATION DEMAND
 *     what can APPLICATION do
 *     which applications share CLASS      who shares CLASS
 *
 * APPLICATION is a name, a pattern with * and ?, or `any`; it stands between quotes when it holds blanks. DEMAND is one
 * of the language (`FileIO write "D:\x"`), with three liberties: a class by itself asks for any part of it, a path that
 * ends with \* for anything below, a URL with * for anything that fits.
 */
#ifndef TC_ASK_QUESTION_H
#define TC_ASK_QUESTION_H

#include "base/arena.h"

enum tc_question_kind { TC_QUESTION_WHO, TC_QUESTION_MAY, TC_QUESTION_WHAT, TC_QUESTION_SHARE };

struct tc_question {
    enum tc_question_kind kind;
    struct tc_str who;    /**< a name or pattern; "*" for any */
    struct tc_str demand; /**< as the language has it, liberties taken out; of `what` empty, of `share` the class */
    bool any_part;        /**< it is answered by whoever may do any part of the demand */
};

/**
 * Words of a command line put together to one text: a word that the language would want in quotes gets them, as the
 * shell has taken those that were there.
 */
struct tc_str tc_question_join(struct tc_arena *arena, const char *const *words, size_t count);

/**
 * Take a question apart. Its texts live in @a arena.
 * @param ret_fault  on false: what was not understood and what can be asked, in lines; in @a arena
 */
bool tc_question_parse(struct tc_arena *arena, struct tc_str text, struct tc_question *ret_question,
                       struct tc_str *ret_fault);

/** `APPLICATION DEMAND` or a DEMAND alone, for whoever asks about a denial. As tc_question_parse(), kind MAY or WHO. */
bool tc_question_parse_demand(struct tc_arena *arena, struct tc_str text, struct tc_question *ret_question,
                              struct tc_str *ret_fault);

/** Whether @a pattern, with * for any letters and ? for one, is @a name; ASCII letter case does not count. */
bool tc_name_matches(struct tc_str pattern, struct tc_str name);

#endif
