/**
 * The rules of `trustc lint`: each a row of data/checks.def, reported by one of the functions below.
 *
 * A check only looks and reports. What it looks at is made by check/file.h; which rules are on, and how severe they
 * are, is settled in tc_check_report(), so that no check has to ask.
 */
#ifndef TC_CHECK_CHECK_H
#define TC_CHECK_CHECK_H

#include "base/diag.h"
#include "base/map.h"
#include "data/tables.h"
#include "model/algebra.h"
#include "model/element.h"
#include "model/model.h"
#include "xml/clr_text.h"
#include "xml/reader.h"
#include "xml/spans.h"

/** What a file is, by its content. */
enum tc_file_kind {
    TC_FILE_POLICY,     /**< a policy level */
    TC_FILE_SET,        /**< a permission set, one permission, or another piece of a policy level by itself */
    TC_FILE_SHAREPOINT, /**< CodeAccessSecurity of a SharePoint solution */
    TC_FILE_CONFIG,     /**< a configuration file: web.config, machine.config */
    TC_FILE_SOURCE,     /**< a .trust source */
    TC_FILE_OTHER,      /**< none of them: nothing to say */
    TC_FILE_KIND_COUNT_
};

/** How one rule is to be taken. */
enum tc_check_level {
    TC_CHECK_AS_ROW, /**< as its row says */
    TC_CHECK_OFF,
    TC_CHECK_NOTE,
    TC_CHECK_WARNING,
    TC_CHECK_ERROR,
};

struct tc_check_settings {
    uint8_t levels[TC_ROW_COUNT_]; /**< enum tc_check_level, by tc_row_of(); all zero: as the rows say */
};

/** What checks may ask of the world. Any member may be NULL: then the checks that need it say nothing. */
struct tc_check_host {
    void *state;
    /** The platform's own level, from the standard policies; NULL when it cannot be had. Lives longer than the checks.
     */
    const struct tc_policy *(*stock)(void *state, enum tc_runtime runtime, enum tc_level_id level);
    /** Whether a file of this name lies beside the one that is checked; letter case does not count, as on Windows. */
    bool (*has_sibling)(void *state, struct tc_str name);
    /** The names of the files beside it, sorted; false when they cannot be had. */
    bool (*siblings)(void *state, struct tc_str **ret_names, size_t *ret_count);
};

/** What a SecurityClass says. */
struct tc_check_class_name {
    const struct tc_element_attribute *type; /**< Description */
    const struct tc_class *cls;              /**< once is_resolved; NULL: none that is known */
    bool is_resolved;
};

/** One file, read in every way that checks want. All of it lives in the arena of the check. */
struct tc_check_file {
    enum tc_file_kind kind;
    struct tc_source *source; /**< its text, decoded; spans lead into it */
    struct tc_str bytes;      /**< as it lies on disk */
    struct tc_str name;       /**< of the file, without its directory */
    enum tc_runtime runtime;  /**< whose classes and rules count */
    bool runtime_is_known;    /**< said by the user or by the file's type names; else 2.0 is only assumed */

    bool is_plain;     /**< a policy or set that all readers take alike (xml/plain.h) */
    bool has_comments; /**< if is_plain */

    /* XML of any kind, as conforming XML */
    struct tc_markup *document;      /**< NULL when it is none, and when is_plain: tc_check_document() */
    const struct tc_diag *xml_fault; /**< why it is none: the record of the conforming reader */

    /* policies and sets, as the framework's reader has them before tokens are replaced, or as XML has them where that
     * reader fails (then `fault` says why); the places of elements and attributes are positions in `source` */
    const struct tc_element *root;    /**< NULL when it cannot be read */
    struct tc_clr_fault fault;        /**< why the framework's reader fails; its `because` is NULL when it does not */
    const struct tc_element *level;   /**< PolicyLevel and the first child of each kind; NULL when not there */
    const struct tc_element *classes; /**< SecurityClasses */
    const struct tc_element *sets;    /**< NamedPermissionSets */
    const struct tc_element *group;   /**< the root CodeGroup */
    const struct tc_element *full_trust;
    struct tc_map class_names;    /**< SecurityClasses: Name to struct tc_check_class_name, of the first of that name */
    const struct tc_element *set; /**< TC_FILE_SET: the set itself; of one permission: what holds it */
    bool is_piece; /**< TC_FILE_SET: to be pasted into a policy file, whose SecurityClasses and sets are not here */

    /* what it means */
    const struct tc_read_permission *permissions; /**< if is_plain: what came of each while the model was made */
    const struct tc_policy *policy; /**< a policy file or set in the model; NULL when it cannot be loaded */
    const struct tc_model *model;   /**< a source */
};

/** One run over one file. */
struct tc_check {
    struct tc_arena *arena;
    struct tc_diags *diags;
    const struct tc_check_settings *settings; /**< NULL: as the rows say */
    const struct tc_check_host *host;
    const struct tc_check_file *file;
    struct tc_markup *document;                         /**< of a plain file, once somebody has asked for it */
    const struct tc_markup *nearby;                     /**< where tc_check_markup() was last */
    const struct tc_read_permission *nearby_permission; /**< the same for tc_check_permission_read() */
    struct tc_map read_here; /**< permissions that tc_check_permission_read() has read itself, by their element */
    bool misread;            /**< the framework reads other elements than are written: more would only follow */
    bool in_hierarchy;       /**< check/hierarchy.h has looked at the file together with those above it */
    bool is_of_machine;      /**< and then: it is the root web.config or machine.config */
};

/** How severe findings of @a code are at @a level; at TC_CHECK_OFF, as its row says. */
enum tc_severity tc_check_severity(enum tc_check_level level, const struct tc_code *code);

/**
 * Report a finding of rule @a id.
 * @return the record, for labels, remarks and edits; a throw-away record when the rule is off
 */
struct tc_diag *tc_check_report(struct tc_check *check, enum tc_check_id id, struct tc_span span, const char *format,
                                ...) TC_PRINTF(4, 5);

/** Run all checks that suit the kind of the file; the findings are in check->diags, in the order of the text. */
void tc_check_run(struct tc_check *check);

/* ---- helpers ---- */

/** The span of [begin, end) bytes of the text of the file. */
struct tc_span tc_check_span(const struct tc_check *check, size_t begin, size_t end);

/** The platform's level that @a policy was made from, by its AspNetHosting level; NULL when there is none to be had. */
const struct tc_policy *tc_check_base(const struct tc_check *check, const struct tc_policy *policy);

/** The first of the places that lies in the file itself, not in a standard policy that its source builds on. */
struct tc_span tc_check_own(const struct tc_check *check, struct tc_span a, struct tc_span b, struct tc_span c);

/** Where the markup of the file stands; NULL when it is no XML. Of a plain file it is only read when asked for: few
 * findings need more than the framework's tree. */
const struct tc_markup *tc_check_document(struct tc_check *check);

/** The markup of @a element: where its tags stand. NULL when the file is no XML. */
const struct tc_markup *tc_check_markup(struct tc_check *check, const struct tc_element *element);

/** Add the edits that give @a element another name; nothing when its end tag is not known. */
void tc_check_rename(struct tc_check *check, struct tc_diag *diag, const struct tc_element *element,
                     struct tc_str name);

/** Add the edit that removes @a element, with its line if it has one to itself; nothing when its end is not known. */
void tc_check_remove(struct tc_check *check, struct tc_diag *diag, const struct tc_element *element);

/** The whole type name that @a name stands for: its SecurityClass's Description, or itself (policy-file 3). */
struct tc_str tc_check_class(const struct tc_check *check, struct tc_str name);

/** Call @a visit for each permission element of the named sets, of sets written in code groups, or of the set that the
 * file is; @a set is the element that holds it. */
void tc_check_each_permission(struct tc_check *check,
                              void (*visit)(struct tc_check *check, const struct tc_element *set,
                                            const struct tc_element *permission));

/** Call @a visit for each code group, parents first; @a parent is NULL for the root. */
void tc_check_each_group(struct tc_check *check, void (*visit)(struct tc_check *check, const struct tc_element *parent,
                                                               const struct tc_element *group));

/**
 * What the framework makes of a permission element, its short class name and tokens settled.
 * @return TC_YES with *ret_perm, which is NULL for a class that is not known or not in use; TC_THROWS with the
 * framework's exception, whose span lies in the file
 */
enum tc_answer tc_check_permission_read(struct tc_check *check, const struct tc_element *permission,
                                        const struct tc_perm **ret_perm, struct tc_throw *ret_throw);

/** Whether a type name is one that Microsoft's documentation teaches and the framework does not have: errata.c says so,
 * and better than a rule for all unknown names. */
bool tc_check_is_erratum(struct tc_str type);

/** Take away what other checks say of places where an erratum was found. Needs the findings in the order of the text.
 */
void tc_errata_win(struct tc_check *check);

/** What stands for the application's directory while a permission is tried out. */
#define TC_CHECK_DIRECTORY "Q:\\AppDir"

/* ---- the checks, by what they look at: one function a file ---- */

void tc_checks_text(struct tc_check *check);        /**< declaration, comments, quotes, entities, encoding */
void tc_checks_structure(struct tc_check *check);   /**< what a policy level must have */
void tc_checks_names(struct tc_check *check);       /**< elements and attributes: known, in place, spelt right */
void tc_checks_classes(struct tc_check *check);     /**< SecurityClasses and type names */
void tc_checks_sets(struct tc_check *check);        /**< named permission sets */
void tc_checks_permissions(struct tc_check *check); /**< attributes and values of permissions */
void tc_checks_paths(struct tc_check *check);       /**< paths, keys, tokens */
void tc_checks_patterns(struct tc_check *check);    /**< URLs and regular expressions */
/** What patterns.c says of a regular expression for URLs: of originUrl @a text (decoded), written at @a span. */
void tc_checks_origin(struct tc_check *check, struct tc_span span, struct tc_str text);
void tc_checks_groups(struct tc_check *check); /**< code groups and membership conditions */
void tc_checks_grants(struct tc_check *check); /**< what is granted: works on the model, of XML and of sources */
void tc_checks_config(struct tc_check *check); /**< web.config */
void tc_checks_errata(struct tc_check *check); /**< Microsoft's mistakes */

#endif
