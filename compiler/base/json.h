/**
 * JSON: strings for every writer of the project, and a writer of whole documents with one member to a line.
 *
 * Writers whose lines have a form of their own (a finding on a line) put punctuation themselves and strings with
 * tc_json_string(). Nothing here returns an error: a write that fails stays in the buffer, see base/str.h.
 */
#ifndef TC_BASE_JSON_H
#define TC_BASE_JSON_H

#include "base/str.h"

/** Append @a text as a JSON string with its quotes; bad UTF-8 becomes U+FFFD. For every JSON writer of the project. */
void tc_json_string(struct tc_buf *out, struct tc_str text);

/** A document that is being written: {.out = …}, and the rest zero. Two blanks for each list or object that is open. */
struct tc_json {
    struct tc_buf *out; /**< borrowed */
    bool is_first;      /**< nothing stands yet in the list or object that is open */
    unsigned depth;     /**< lists and objects that are open */
};

/** Open what @a bracket opens, '{' or '[', where a value may stand: at the start, behind a key, behind an item. */
void tc_json_open(struct tc_json *json, char bracket);
/** Close what was opened last, with its own @a bracket, '}' or ']'; on the same line when it is empty. */
void tc_json_close(struct tc_json *json, char bracket);

/** Begin a value of the open list, on a line of its own; the value is written next. */
void tc_json_item(struct tc_json *json);
/** The same, and the value is an object: open it. */
void tc_json_item_open(struct tc_json *json);
/** Begin the member @a name, a word of ours that needs no escape, of the open object; its value is written next. */
void tc_json_key(struct tc_json *json, const char *name);

/** A member whose value is @a text. */
void tc_json_text(struct tc_json *json, const char *name, struct tc_str text);
/** A member whose value is @a text, or null when that is empty. */
void tc_json_maybe(struct tc_json *json, const char *name, struct tc_str text);
void tc_json_flag(struct tc_json *json, const char *name, bool yes);
void tc_json_number(struct tc_json *json, const char *name, size_t number);

#endif
