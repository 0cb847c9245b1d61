/**
 * What code asked for, out of what people have at hand: reports of permcalc, permission sets, manifests, and texts in
 * which a SecurityException stands, in any language of .NET.
 */
#ifndef TC_ASK_DEMANDS_READ_H
#define TC_ASK_DEMANDS_READ_H

#include "base/source.h"
#include "base/status.h"
#include "model/perm.h"

enum tc_demanded_kind {
    TC_DEMANDED_PERMISSION, /**< `perm` says what */
    TC_DEMANDED_CLASS,      /**< only the class is known: a message without the permission */
    TC_DEMANDED_FULL_TRUST, /**< an unrestricted set, or a set of which the text says no more */
    TC_DEMANDED_CALLERS,    /**< an assembly takes no partially trusted callers */
    TC_DEMANDED_FOREIGN,    /**< `type` is no class of the framework */
    TC_DEMANDED_UNREADABLE, /**< the framework could not read it, see `throws` */
};

/** One thing that code asked for. */
struct tc_demanded {
    struct tc_demanded *next;
    enum tc_demanded_kind kind;
    const struct tc_class *cls;       /**< PERMISSION, CLASS, UNREADABLE; else NULL */
    const struct tc_perm *perm;       /**< PERMISSION: not empty, tokens as written */
    const struct tc_element *element; /**< FOREIGN: its markup; NULL when there is none */
    struct tc_str type;               /**< the class as written, decoded; empty when no class is meant */
    const char *throws;               /**< UNREADABLE: the exception */
    struct tc_str where;              /**< "ClassLibrary1.Class1: instance void .ctor()"; empty when not said */
    struct tc_span span;              /**< of its start tag, or of the words */
};

/** What one text says. */
struct tc_demands_report {
    struct tc_demanded *first;
    size_t count;
    size_t aside;          /**< sets that are no demand: what was granted, refused, denied */
    bool is_policy;        /**< it is a policy file: what it grants is no demand, and is not read */
    bool is_report;        /**< there is something of a report in it, even if it asks for nothing */
    struct tc_span policy; /**< where that shows */
};

/**
 * @a bytes as text to be read: UTF-8 from whatever encoding the byte-order mark says; markup that stands there with
 * entities, as in the source of a page, as markup. Lines stay as they are.
 * @return a slice of @a bytes or a text in @a arena; add it to the sources. The empty slice when out of memory
 */
struct tc_str tc_demands_text(struct tc_arena *arena, struct tc_str bytes);

/**
 * Find what @a source says code asked for. Markup is found wherever it stands, also where the text is no XML: with
 * brackets around it, cut off, with quotation marks of a word processor. Of an exception only what failed is taken: a
 * set that holds what failed is the demand, any other is what was granted, in whatever language that is said.
 *
 * @param ret  in the order of the text, once for each place; lives in @a arena
 * @return TC_OK, also when nothing was found; TC_ERR_NOMEM
 */
enum tc_status tc_demands_read(struct tc_arena *arena, const struct tc_source *source, struct tc_demands_report *ret);

#endif
