/**
 * Permissions in the words of a source: what import writes, and what answers name.
 */
#ifndef TC_MODEL_CLAUSES_H
#define TC_MODEL_CLAUSES_H

#include "base/format.h"
#include "model/policy.h"

/** Append @a text as a name: as it stands when it is a word, else as a string. */
void tc_put_name(struct tc_buf *out, struct tc_str text);

/** Append @a text as a string. Control characters, which no source can hold, become blanks. */
void tc_put_string(struct tc_buf *out, struct tc_str text);

/** Whether the value of such a field is a list. */
bool tc_is_list_field(enum tc_field_kind kind);

/**
 * Append the clauses of @a perm, each with its semicolon and a NUL behind it. Markup of a declared class is no clause.
 * @return false when a value has no name under @a framework
 */
bool tc_clauses_put(struct tc_buf *out, enum tc_framework framework, const struct tc_perm *perm);

/** Append @a perm on one line, as a demand names it: `FileIO read "D:\x"`; several clauses with "; " between them. */
void tc_demand_put(struct tc_buf *out, enum tc_framework framework, const struct tc_perm *perm);

/** Append a membership condition on one line: `strongname "0024…" name "A"`. Markup of one of another class is left
 * out. */
void tc_condition_put(struct tc_buf *out, const struct tc_membership *condition);

#endif
