/**
 * The model as text or JSON: what a source means, values by the words of the tables.
 */
#ifndef TC_MODEL_DUMP_H
#define TC_MODEL_DUMP_H

#include "base/outline.h"
#include "model/model.h"

/**
 * Show @a model: the server, its applications, the trust levels that are written, the platform's own that are in use,
 * shares and rules. @a file is the name of the main source.
 */
void tc_dump_model(struct tc_outline *outline, struct tc_str file, const struct tc_model *model);

#endif
