/**
 * A trust level as the policy file that ASP.NET reads.
 */
#ifndef TC_EMIT_POLICY_FILE_H
#define TC_EMIT_POLICY_FILE_H

#include "base/status.h"
#include "model/policy.h"

/** Name of the file: "web_contosotrust.config", the level's name in lower case; the platform's own for a stock level.
 */
struct tc_str tc_policy_file_name(struct tc_arena *arena, const struct tc_policy *policy);

/**
 * Append the policy file of @a policy to @a out: UTF-8, LF, no declaration, in the subset of XML that the CLR's own
 * reader and a conforming one understand alike (aspnet-trust 11, policy-file 2.1). `possibly` grants are not emitted.
 * Tokens stay for ASP.NET to fill in.
 *
 * @return TC_OK; TC_ERR_NOMEM when @a out failed
 */
enum tc_status tc_policy_emit(const struct tc_policy *policy, struct tc_buf *out);

#endif
