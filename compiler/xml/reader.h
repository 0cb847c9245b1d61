/**
 * Policy XML into the model that sources are lowered to.
 *
 * The text is read as ASP.NET and the CLR read it, with its tokens in place; a permission means what the framework's
 * own reader makes of it, not what its attributes look like. What the framework drops or fails on is reported with its
 * place and kept as a comment; what the model cannot say is kept as its markup. Beside it the same bytes are read as
 * conforming XML, and where the two disagree is a finding of its own.
 */
#ifndef TC_XML_READER_H
#define TC_XML_READER_H

#include "base/diag.h"
#include "base/map.h"
#include "base/status.h"
#include "model/algebra.h"
#include "model/element.h"
#include "model/policy.h"
#include "xml/spans.h"

/** A comment of the file, or what is said about something that the framework drops. */
struct tc_read_comment {
    struct tc_read_comment *next;
    uint32_t at; /**< position */
    struct tc_str text;
};

/** Where a permission, a set or a group of the model comes from: its markup, should the model not be able to say it. */
struct tc_read_origin {
    struct tc_read_origin *next;
    uint32_t anchor;                  /**< span.begin of what it became */
    struct tc_span span;              /**< of its start tag */
    uint32_t end;                     /**< behind its end tag */
    const struct tc_element *element; /**< its classes named in full */
    const char *why;                  /**< it has to stand there verbatim; NULL: not for any reason that is known yet */
};

/** What the framework's reader makes of a permission element. */
struct tc_read_permission {
    struct tc_read_permission *next;
    uint32_t at; /**< span.begin of the element */
    struct tc_str type;
    enum tc_answer answer;      /**< of tc_perm_read() */
    const struct tc_perm *perm; /**< on TC_YES; may be NULL */
    struct tc_throw thrown;     /**< on TC_THROWS */
};

enum tc_read_kind {
    TC_READ_POLICY,     /**< a policy level */
    TC_READ_SET,        /**< a permission set by itself */
    TC_READ_SHAREPOINT, /**< CodeAccessSecurity of a SharePoint solution */
    TC_READ_CONFIG,     /**< a configuration file without a policy: nothing is read here */
};

struct tc_reading {
    enum tc_read_kind kind;
    struct tc_policy *policy; /**< its main set first, made when the file has none; NULL for a configuration file */
    bool has_main;            /**< the file has the main set, and the framework can read it */
    struct tc_read_comment *comments; /**< by place */
    struct tc_read_origin *origins;
    struct tc_read_permission *permissions; /**< of tc_read_source_plain(), in the order of the text: those whose class
                                                 is known here */
    const struct tc_map *classes;           /**< SecurityClasses: short name to struct tc_str */
    const struct tc_element
        *conforming; /**< the tree, where a conforming reader is what reads such a file; else NULL */
};

/**
 * Read @a source, one of @a diags->sources.
 *
 * @param runtime  whose classes and built-in sets there are
 * @param main     name of the main set; empty: ASP.Net
 * @return TC_OK, also with warnings; TC_FAILED when the framework cannot load it or there is nothing to read;
 * TC_ERR_NOMEM; TC_ERR_LIMIT. What is returned lives in the arena of @a diags.
 */
enum tc_status tc_read_source(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime,
                              struct tc_str main, struct tc_reading *ret_reading);

/** A text as conforming XML. */
struct tc_read_xml {
    enum tc_status status;       /**< TC_OK, or TC_FAILED when it is none */
    struct tc_markup *document;  /**< where its markup stands; NULL when it is none */
    const struct tc_diag *fault; /**< why it is none; NULL */
};

/** Read @a source as conforming XML. @return TC_OK whatever it is; TC_ERR_NOMEM */
enum tc_status tc_read_xml(struct tc_diags *diags, const struct tc_source *source, struct tc_read_xml *ret_xml);

/**
 * tc_read_source() for a text that was decoded and read as XML already, and only for the model: the reading has no
 * comments and no origins, and nothing is said of where the two readers differ.
 */
enum tc_status tc_read_source_xml(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime,
                                  struct tc_str main, const struct tc_read_xml *xml, struct tc_reading *ret_reading);

/**
 * The same for the tree that a plain text is (xml/plain.h), of which tc_read_is_plain_policy() is true.
 *
 * @param root  of tc_plain_read(); its spans are positions in @a source
 */
enum tc_status tc_read_source_plain(struct tc_diags *diags, struct tc_source *source, enum tc_runtime runtime,
                                    struct tc_str main, const struct tc_element *root, struct tc_reading *ret_reading);

/** Whether the framework's own reader is what reads a file with this tree: a policy level, or a permission set. */
bool tc_read_is_plain_policy(const struct tc_element *root);

/** The framework that a policy file was written for, as its type names say; false, and 2.0, when they do not. */
bool tc_read_framework(struct tc_str text, enum tc_framework *ret_framework);

#endif
