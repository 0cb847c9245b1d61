/**
 * Examples of checks as whole files: what is a fragment gets a policy file around it that nothing can be said against.
 */
#ifndef TCT_EXAMPLES_H
#define TCT_EXAMPLES_H

#include "data/tables.h"

/** Append the file that @a text of kind @a example stands for. */
void tct_example_put(struct tc_buf *out, enum tc_example example, const char *text);

/** What such a file is called. */
const char *tct_example_name(enum tc_example example);

#endif
