/**
 * The words of the language, for messages.
 */
#ifndef TC_SYNTAX_KEYWORD_H
#define TC_SYNTAX_KEYWORD_H

#include "base/str.h"

/**
 * The word that begins a statement of a block (`grant`, `revoke`, `code`, ...) and that the user may have meant by @a
 * word.
 *
 * @return a literal; NULL when none is near
 */
const char *tc_keyword_near(struct tc_str word);

#endif
