/**
 * Regular expressions for URLs, cut into their smallest parts: as much of the dialect as the checks have to see.
 * Whether a pattern is valid is not asked here; model/netregex.h knows.
 */
#ifndef TC_CHECK_URI_ATOMS_H
#define TC_CHECK_URI_ATOMS_H

#include "base/str.h"

enum tc_uri_atom_kind {
    TC_ATOM_END,
    TC_ATOM_LITERAL, /**< c; `\.` too */
    TC_ATOM_ESCAPE,  /**< c: a letter that means a class, an anchor or a control character */
    TC_ATOM_DOT,     /**< not escaped */
    TC_ATOM_CLASS,   /**< [...] */
    TC_ATOM_OPEN,    /**< `(`, with what a special group begins with */
    TC_ATOM_CLOSE,
    TC_ATOM_OR,
    TC_ATOM_ANCHOR,     /**< c: ^ or $ */
    TC_ATOM_QUANTIFIER, /**< c: * + ? { */
};

struct tc_uri_atom {
    enum tc_uri_atom_kind kind;
    char c;
    size_t begin, end;
};

/** The part of @a text that begins at @a at. */
struct tc_uri_atom tc_uri_atom_next(struct tc_str text, size_t at);

#endif
