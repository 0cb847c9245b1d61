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

/**
 * Append the embedded script @a name with CRLF, and in the place of its line `TRUSTC STEPS` what @a put appends.
 * @return false when @a put does
 */
typedef bool tc_plan_put_steps(const struct tc_plan *plan, bool undo, struct tc_diags *diags, struct tc_buf *out);
bool tc_plan_put_script(const struct tc_plan *plan, const char *name, bool undo, struct tc_diags *diags,
                        tc_plan_put_steps *put, struct tc_buf *out);

/** "server.trust:12"; nothing for nowhere. */
void tc_plan_put_place(const struct tc_plan *plan, struct tc_span span, struct tc_buf *out);

/** Where the source speaks of @a acl: the first place that gives a reason; nowhere when none does. */
struct tc_span tc_plan_acl_span(const struct tc_plan_acl *acl);

/** The rights of an entry as icacls writes them: "(OI)(CI)(M)". */
void tc_plan_put_rights(uint32_t rights, struct tc_buf *out);

#endif
