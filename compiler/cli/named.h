/**
 * An application that the command line names, or the only one there is.
 */
#ifndef TC_CLI_NAMED_H
#define TC_CLI_NAMED_H

#include "ask/subject.h"

/**
 * The application called @a name; with NULL the only one of @a subjects.
 * @param command   that is run, for complaints
 * @param question  what is asked when several are there and none is named; their names follow
 * @return NULL after a complaint
 */
const struct tc_subject *tc_named_subject(const char *command, const struct tc_subjects *subjects, const char *name,
                                          const char *question);

#endif
