/**
 * A page for the owner of an application: what its code may do and may not, in plain words, and what to do when
 * something fails.
 */
#ifndef TC_ASK_DOC_H
#define TC_ASK_DOC_H

#include "ask/subject.h"

enum tc_doc_format { TC_DOC_MARKDOWN, TC_DOC_HTML, TC_DOC_FORMAT_COUNT_ };

/** "md", "html". */
const char *tc_doc_extension(enum tc_doc_format format);

/**
 * Append the page of the application of @a subject. The same bytes for the same source; nothing that someone named can
 * become markup.
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_doc_put(struct tc_arena *arena, const struct tc_model *model, const struct tc_subject *subject,
                          enum tc_doc_format format, struct tc_buf *out);

/** Append a page that leads to all pages; @a names are their file names, in the order of @a subjects. */
void tc_doc_put_index(const struct tc_model *model, const struct tc_subjects *subjects, const struct tc_str *names,
                      enum tc_doc_format format, struct tc_buf *out);

/**
 * A file name for the page of each application: letters, digits, `-`, `_` and `.` of its name, the rest as `-`; unique
 * without regard to case, and none that Windows, the index or `trustc plan` means something else by.
 * @param ret_names  subjects->count of them, in @a arena
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_doc_names(struct tc_arena *arena, const struct tc_subjects *subjects, enum tc_doc_format format,
                            struct tc_str *ret_names);

#endif
