/**
 * One emitter for each format; tc_plan_put() calls them. All take what is decided already.
 */
#ifndef TC_PLAN_EMIT_H
#define TC_PLAN_EMIT_H

#include "plan/plan.h"

/** Scripts: false when the language cannot say something, which @a diags then holds. */
bool tc_plan_put_powershell(const struct tc_plan *plan, bool undo, struct tc_diags *diags, struct tc_buf *out);
bool tc_plan_put_cmd(const struct tc_plan *plan, bool undo, struct tc_diags *diags, struct tc_buf *out);
void tc_plan_put_json(const struct tc_plan *plan, struct tc_buf *out);
void tc_plan_put_markdown(const struct tc_plan *plan, struct tc_buf *out);

/** A script while it is written. */
struct tc_script_writer {
    const struct tc_plan *plan;
    struct tc_diags *diags;
    struct tc_buf *out;
    bool undo;
    bool ok;             /**< the language can say everything so far */
    struct tc_span span; /**< of what is being written */
};

/** What a language has of its own. */
struct tc_script_language {
    const char *apply, *undo;                        /**< names of the embedded scripts */
    void (*put_asserts)(struct tc_script_writer *w); /**< what has to be there before anything is changed */
    void (*put_step)(struct tc_script_writer *w, const struct tc_plan_step *step);
};

/**
 * Append the embedded script of @a language with CRLF, and in the place of its line `TRUSTC STEPS` the steps, in the
 * order from the end for @a undo.
 * @return false when the language cannot say something, which @a diags then holds
 */
bool tc_plan_put_script(const struct tc_plan *plan, const struct tc_script_language *language, bool undo,
                        struct tc_diags *diags, struct tc_buf *out);

/** "server.trust:12"; nothing for nowhere. */
void tc_plan_put_place(const struct tc_plan *plan, struct tc_span span, struct tc_buf *out);

/** Where the source speaks of @a acl: the first place that gives a reason; nowhere when none does. */
struct tc_span tc_plan_acl_span(const struct tc_plan_acl *acl);

/** The rights of an entry as icacls writes them: "(OI)(CI)(M)". */
void tc_plan_put_rights(uint32_t rights, struct tc_buf *out);

#endif
