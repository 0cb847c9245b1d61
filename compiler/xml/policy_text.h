/**
 * A policy file as ASP.NET hands it to the CLR: bytes decoded, tokens replaced as plain text (aspnet-trust 5.1).
 *
 * Positions in the replaced text map back to the original, so that what the reader stumbles over is shown where it
 * stands.
 */
#ifndef TC_XML_POLICY_TEXT_H
#define TC_XML_POLICY_TEXT_H

#include "base/source.h"
#include "base/status.h"
#include "data/tables.h"

enum { TC_TOKEN_COUNT_MAX = 8 };

/** What the tokens become for one application, in the order of tc_tokens(). */
struct tc_token_values {
    struct tc_str values[TC_TOKEN_COUNT_MAX];
};

/** One replacement: [begin, end) of the text before it became [new_begin, new_end) of the text after it. */
struct tc_text_edit {
    uint32_t begin, end;
    uint32_t new_begin, new_end;
};

/** The replacements of one token, in order. */
struct tc_text_pass {
    struct tc_text_edit *edits;
    size_t count;
};

struct tc_policy_text {
    struct tc_str text; /**< what the CLR reads */
    uint32_t base;      /**< position of the first byte of the original; 0: no source */
    struct tc_text_pass passes[TC_TOKEN_COUNT_MAX];
    size_t pass_count;
    bool used[TC_TOKEN_COUNT_MAX]; /**< which tokens were there; $Gac$ makes ASP.NET add a code group (aspnet-trust 5.4)
                                    */
};

/**
 * Decode bytes as .NET's StreamReader does for policy files: UTF-8, or by the byte-order mark UTF-16; what is no UTF-8
 * becomes U+FFFD. UTF-8 without faults is returned as it is.
 *
 * @return the text in UTF-8, a slice of @a bytes or in @a arena; the empty slice with arena->failed when out of memory
 */
struct tc_str tc_policy_decode(struct tc_arena *arena, struct tc_str bytes);

/**
 * Replace the tokens of @a text, one after the other, as ASP.NET does; what is inserted may hold a later token, which
 * is replaced as well.
 *
 * @param base  position of the first byte of @a text, for mapping back; 0 is fine
 * @return TC_OK or TC_ERR_NOMEM
 */
enum tc_status tc_policy_replace(struct tc_arena *arena, struct tc_str text, uint32_t base,
                                 const struct tc_token_values *values, struct tc_policy_text *ret_text);

/** The position of the original that byte @a offset of the replaced text comes from: of the token, for what was
 * inserted. */
uint32_t tc_policy_origin(const struct tc_policy_text *text, uint32_t offset);

/** What an application's tokens depend on; what is empty is as Windows and ASP.NET have it without being told. */
struct tc_token_basis {
    struct tc_str windows;   /**< the Windows directory; empty: C:\Windows */
    struct tc_str root;      /**< the physical directory of the application */
    struct tc_str location;  /**< "Site/path"; its simple name comes from the path */
    struct tc_str temporary; /**< tempDirectory; empty: Temporary ASP.NET Files of the framework */
    struct tc_str origin;    /**< originUrl; may be empty */
    enum tc_runtime runtime;
};

/**
 * What the tokens become for an application (aspnet-trust 2.5). Generated code of 4.x's default model lies in
 * temporary\name, that of the others two hashed levels below it, for which "a\b" stands.
 *
 * @return values whose texts live in @a arena or are those of @a basis
 */
struct tc_token_values tc_token_values_for(struct tc_arena *arena, const struct tc_token_basis *basis);

/** A directory as the file: URL that Uri.ToString() gives. */
struct tc_str tc_file_url(struct tc_arena *arena, struct tc_str directory);

#endif
