/**
 * The checks of values: what permissions.c, words.c, rows.c, paths.c, tokens.c and sets.c share.
 */
#ifndef TC_CHECK_VALUES_H
#define TC_CHECK_VALUES_H

#include "check/check.h"

/** The set that ASP.NET grants to an application unless `<trust permissionSetName>` says otherwise (aspnet-trust 1). */
#define TC_MAIN_SET TC_STR("ASP.Net")

/** One permission while its values are checked. */
struct tc_check_perm {
    struct tc_check *check;
    const struct tc_element *set; /**< what holds it */
    const struct tc_element *element;
    const struct tc_class *cls;
    const struct tc_perm *perm; /**< what the framework makes of it; NULL when it throws */
    bool explained;             /**< reported: why the framework throws, or reads something else than what is meant */
    bool loss_is_said;          /**< a note says what becomes of it: once is enough */
};

/* ---- helpers ---- */

/** The name nearest to another, for "did you mean". */
struct tc_check_near {
    struct tc_str name;
    struct tc_str best; /**< empty: none is near */
    unsigned distance;
};
struct tc_check_near tc_check_near_to(struct tc_str name);
void tc_check_near_try(struct tc_check_near *near, struct tc_str candidate);

/** The span of [begin, end) bytes of the value; of all of it when its bytes are not those of the text. */
struct tc_span tc_check_value_span(const struct tc_element_attribute *attribute, size_t begin, size_t end);

/** The attribute called @a name, for names from the tables. */
const struct tc_element_attribute *tc_check_attribute(const struct tc_element *element, const char *name);

/** The decoded name of the set @a element, or what else to call it in a message. */
struct tc_str tc_check_set_name(const struct tc_check *check, const struct tc_element *set);

/** Say what becomes of a permission that the framework throws on: it depends on where its class lies. */
void tc_check_note_loss(struct tc_check_perm *p, struct tc_diag *diag);

/** Call @a visit for each permission set: named ones, those in code groups, the one that the file is. */
void tc_check_each_set(struct tc_check *check, void (*visit)(struct tc_check *check, const struct tc_element *set));

/** Whether the child is one that the framework reads as a permission. */
bool tc_check_is_permission(const struct tc_element *element);

/** The class of a permission element; NULL when it is not known. */
const struct tc_class *tc_check_class_of(const struct tc_check *check, const struct tc_element *permission);

/** Whether the framework takes a set for full trust whatever is in it. */
bool tc_check_set_is_unrestricted(const struct tc_element *set);

/** @a span with the blanks and line breaks before it: what goes when it goes. */
struct tc_span tc_check_with_blanks(const struct tc_check *check, struct tc_span span);

/** The text of @a span. */
struct tc_str tc_check_written(const struct tc_check *check, struct tc_span span);

/** Call @a visit for each row of @a form; chain[d] is the element at depth d of the form's path. */
void tc_check_each_row(struct tc_check_perm *p, const struct tc_form *form,
                       void (*visit)(struct tc_check_perm *p, const struct tc_form *form,
                                     const struct tc_element *const *chain));

/** Whether the value holds a token that was misspelt, is not known, or may not stand where @a uses (enum tc_token_use)
 * says; tokens.c reports those. */
bool tc_check_has_bad_token(const struct tc_check *check, struct tc_str value, unsigned uses);

/* ---- the checks of one permission ---- */

void tc_check_words(struct tc_check_perm *p); /**< words of enumerations, numbers, booleans */
void tc_check_rows(struct tc_check_perm *p);  /**< child elements: endpoints, machines, connection strings */
void tc_check_lists(struct tc_check_perm *p); /**< paths, keys, names */

/** How a value of an enumeration is read. */
enum tc_check_words {
    TC_WORDS_LIST,    /**< Enum.Parse: names between commas, or a number */
    TC_WORDS_ONE,     /**< one name */
    TC_WORDS_IGNORED, /**< names between the separator; what is not known means nothing */
};
void tc_check_word_list(struct tc_check_perm *p, const struct tc_element_attribute *attribute, enum tc_enum_id id,
                        enum tc_check_words reading, bool is_level);
void tc_check_number(struct tc_check_perm *p, const struct tc_element_attribute *attribute);
void tc_check_boolean(struct tc_check_perm *p, const struct tc_element_attribute *attribute);

/** Checks of all attributes of the file. */
void tc_checks_tokens(struct tc_check *check);

#endif
