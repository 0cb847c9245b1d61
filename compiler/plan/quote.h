/**
 * Texts of a source in the languages of the plan: one function for each.
 */
#ifndef TC_PLAN_QUOTE_H
#define TC_PLAN_QUOTE_H

#include "base/str.h"

/**
 * Append @a text as a literal of PowerShell: in single quotes, where nothing is expanded. PowerShell takes four Unicode
 * quotes for the same sign, so all five are written twice.
 *
 * @return false, with nothing appended, for a control character: no line may end inside a literal
 */
bool tc_quote_powershell(struct tc_buf *out, struct tc_str text);

/**
 * Append `set "NAME=text"` for a batch file: percent signs written twice, all else as it stands, which between quotes
 * and without delayed expansion means itself.
 *
 * @return false, with nothing appended, when tc_cmd_obstacle() names something
 */
bool tc_quote_cmd(struct tc_buf *out, const char *name, struct tc_str text);

/**
 * What keeps @a text out of a batch file of Windows Server 2003; NULL: nothing. A quote would end the string, a line
 * end the command, a backslash at the end would hide the quote behind it from programs, and letters outside ASCII would
 * be read in a code page that nobody here knows.
 */
const char *tc_cmd_obstacle(struct tc_str text);

/** Append @a text as code in a cell of a Markdown table (GitHub's), so that it shows as it is. Control characters
 * become blanks. */
void tc_quote_markdown(struct tc_buf *out, struct tc_str text);

#endif
