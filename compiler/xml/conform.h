/**
 * A conforming reader over the bytes: whether a text is XML, and where it is not. The only user of libxml2.
 *
 * .NET reads configuration files with a conforming reader too. Nothing is fetched, no entity is expanded, and a
 * document type, which no configuration file has any use for, is refused before its content is looked at.
 */
#ifndef TC_XML_CONFORM_H
#define TC_XML_CONFORM_H

#include "base/diag.h"
#include "base/status.h"

/** The rows under which a caller wants to hear of what is wrong. */
struct tc_conform_codes {
    const struct tc_code *not_xml;
    const struct tc_code *doctype;
    const struct tc_code *encoding; /**< UTF-16 and others that do not extend ASCII, unknown or contradictory ones */
};

/** Call before several threads read: libxml2's own beginning is not made for that. May be called again. */
void tc_conform_init(void);

/**
 * Check @a source, a text added to @a diags->sources.
 * @return TC_OK; TC_FAILED with one diagnostic; TC_ERR_NOMEM
 */
enum tc_status tc_conform_check(const struct tc_source *source, struct tc_diags *diags,
                                const struct tc_conform_codes *codes);

/**
 * The UTF-8 spelling of @a bytes, which are in @a encoding.
 * @return a slice that lives as long as @a arena; @a bytes itself when they cannot be converted
 */
struct tc_str tc_conform_utf8(struct tc_arena *arena, struct tc_str encoding, struct tc_str bytes);

#endif
