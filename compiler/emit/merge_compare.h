/** Whether an entry that someone else made says what ours would say. */
#ifndef TC_EMIT_MERGE_COMPARE_H
#define TC_EMIT_MERGE_COMPARE_H

#include "emit/merge_scan.h"

/**
 * How @a element, a section of that kind outside our regions, differs from what @a entry wants.
 * @return the end of a sentence, in the file's arena; empty when there is no difference that matters
 */
struct tc_str tc_config_section_difference(const struct tc_config_file *file, const struct tc_config_plan *plan,
                                           enum tc_section section, const struct tc_markup *element,
                                           const struct tc_trust_entry *entry);

/** The platform's own `<trust>`, which may be replaced. */
bool tc_config_is_stock_trust(const struct tc_markup *trust);

/** Whether an attribute is locked by its own element (aspnet-trust 3.2). */
bool tc_config_is_attr_locked(const struct tc_config_file *file, const struct tc_markup *element, const char *name);

/** The `<add>` for @a assembly in a `<fullTrustAssemblies>`, outside our regions, or NULL. */
const struct tc_markup *tc_config_find_assembly(const struct tc_config_file *file, const struct tc_markup *list,
                                                const struct tc_full_trust_assembly *assembly);

/** Whether @a add names the public key @a key. */
bool tc_config_has_key(const struct tc_config_file *file, const struct tc_markup *add, struct tc_str key);

#endif
