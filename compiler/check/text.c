/* The text of a policy file: what the framework's reader takes otherwise than an XML parser. */
#include "check/check.h"

static void
comment_before_root(struct tc_check *check)
{
    const struct tc_markup *document = check->file->document;

    for (const struct tc_markup *item = document == NULL ? NULL : document->first;
         item != NULL && item->kind != TC_MARKUP_ELEMENT; item = item->next)
        if (item->kind == TC_MARKUP_COMMENT) {
            struct tc_span span = tc_check_span(check, item->begin, item->end);
            struct tc_diag *diag =
                tc_check_report(check, TC_CHECK_COMMENT_BEFORE_ROOT, span,
                                "the framework takes the end of this comment for the end of the file");

            tc_diag_help(check->diags, diag, "move it into the outermost element");
            tc_diag_edit(check->diags, diag, span, "%s", "");
        }
}

void
tc_checks_text(struct tc_check *check)
{
    size_t before = check->diags->errors;

    comment_before_root(check);
    if (check->file->root == NULL && check->file->kind != TC_FILE_SHAREPOINT && check->diags->errors == before)
        tc_check_report(check, TC_CHECK_UNREADABLE, check->file->fault.thrown.span,
                        "the framework cannot read this: %s",
                        check->file->fault.because == NULL ? "a limit is exceeded" : check->file->fault.because);
}
