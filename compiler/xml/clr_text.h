/**
 * The framework's own XML reader (SecurityElement.FromString), quirks and all: what ASP.NET and the CLR read policy
 * files with. It is not an XML parser; policy-file 2 describes what it takes, and tests/vectors holds this against its
 * answers.
 *
 * Nothing is decoded or copied: names, values and text are slices of the input, except for text of several words that
 * do not stand one blank apart.
 */
#ifndef TC_XML_CLR_TEXT_H
#define TC_XML_CLR_TEXT_H

#include "base/status.h"
#include "model/algebra.h"

/** Why a text was not read. */
struct tc_clr_fault {
    struct tc_throw thrown; /**< the framework's exception; its type is NULL when a limit was exceeded */
    enum tc_limit_id limit; /**< the limit; TC_LIMIT_COUNT_ when the framework throws */
    const char *because;    /**< one sentence: what the reader stumbled over; a literal */
};

/**
 * Read @a text, which is decoded (UTF-8) and has its tokens replaced, as the framework does.
 *
 * @param base      position of the first byte of @a text; spans are positions. 0 and no source is fine, too
 * @param ret_root  the tree, which lives in @a arena and points into @a text
 * @param ret_fault set on TC_FAILED and TC_ERR_LIMIT
 * @return TC_OK; TC_FAILED when the framework throws; TC_ERR_LIMIT when a limit was exceeded; TC_ERR_NOMEM
 */
enum tc_status tc_clr_read(struct tc_arena *arena, struct tc_str text, uint32_t base, struct tc_element **ret_root,
                           struct tc_clr_fault *ret_fault);

/** Report @a fault. The span of the fault is reported as it stands; map it first if tokens were replaced. */
struct tc_diag *tc_clr_report(struct tc_diags *diags, const struct tc_clr_fault *fault);

/** Whether the framework knows an encoding called @a name (an XML declaration that names no such one is fatal). */
bool tc_clr_knows_encoding(struct tc_str name);

#endif
