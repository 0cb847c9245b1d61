/**
 * What is known of the framework, as const rows. Each fact stands in one place, in one .def file, with its source; the
 * enums, look-ups, spellings, docs and tests come from the rows.
 *
 * Sources are named by short keys: "permissions 9" is section 9 of the permissions reference, "aspnet-trust 3.3"
 * section 3.3 of the trust reference, "policy-file 5.4" and "defaults 1" likewise.
 */
#ifndef TC_DATA_TABLES_H
#define TC_DATA_TABLES_H

#include "base/diag.h"

/* ---- frameworks -------------------------------------------------------------------------------------------- */

/** A framework version that a source may name. 2.0 means SP1 and later. */
enum tc_framework { TC_FX_1_1, TC_FX_2_0, TC_FX_3_5, TC_FX_4_0, TC_FX_COUNT_ };

/** The runtime behind a framework version; one CONFIG directory each. */
enum tc_clr { TC_CLR_1_1, TC_CLR_2_0, TC_CLR_4_0, TC_CLR_COUNT_ };

/** A framework version and its CAS model: what one set of standard policies is for. */
enum tc_runtime { TC_RT_1_1, TC_RT_2_0, TC_RT_3_5, TC_RT_4_0, TC_RT_4_0_LEGACY, TC_RT_COUNT_ };

/** Since when something exists. */
enum tc_since {
    TC_SINCE_1_0,
    TC_SINCE_1_1,
    TC_SINCE_2_0,
    TC_SINCE_2_0_SP1,
    TC_SINCE_3_0,
    TC_SINCE_3_5,
    TC_SINCE_4_0,
    TC_SINCE_COUNT_
};

struct tc_framework_info {
    const char *name; /**< "2.0" */
    enum tc_clr clr;
    enum tc_since has; /**< the newest thing it has */
};

struct tc_clr_info {
    const char *directory;    /**< "v2.0.50727", the folder under Microsoft.NET\Framework and Framework64 */
    const char *config;       /**< "web.config", or "machine.config" for 1.1 */
    bool has_lock_attributes; /**< lockAttributes and its kin exist */
    bool has_cas_model;       /**< legacyCasModel, permissionSetName, fullTrustAssemblies exist */
    const char *source;
};

struct tc_runtime_info {
    const char *name; /**< "4.0 legacy" */
    enum tc_framework framework;
    bool homogeneous;   /**< the 4.x default model: code groups only choose full trust, nothing or the domain set */
    const char *stdlib; /**< file of stdlib-policies/ with its five levels */
};

const struct tc_framework_info *tc_framework_info(enum tc_framework framework);
const struct tc_clr_info *tc_clr_info(enum tc_clr clr);
/** The runtime of a framework; @a legacy tells the two CAS models of 4.0 apart, and counts only there. */
enum tc_runtime tc_runtime_of(enum tc_framework framework, bool legacy);
const struct tc_runtime_info *tc_runtime_info(enum tc_runtime runtime);

/** The framework called @a name ("2.0"); false when there is none. */
bool tc_framework_find(struct tc_str name, enum tc_framework *ret_framework);

/** Whether something that exists @a since is there in @a framework. */
bool tc_since_in(enum tc_since since, enum tc_framework framework);
/** "2.0 SP1", for messages. */
const char *tc_since_name(enum tc_since since);

/* ---- assemblies -------------------------------------------------------------------------------------------- */

enum tc_assembly_id {
#define TC_ASSEMBLY(id, name, token, v1_1, v2_0, v3_5, v4_0) TC_ASM_##id,
#include "data/assemblies.def"
    TC_ASM_COUNT_
};

struct tc_assembly {
    const char *name;
    const char *token;                  /**< public key token, 16 hex digits */
    const char *versions[TC_FX_COUNT_]; /**< NULL: the framework lacks it */
};

const struct tc_assembly *tc_assembly(enum tc_assembly_id id);

/* ---- enumerations of the framework -------------------------------------------------------------------------- */

enum tc_enum_id {
    TC_ENUM_NONE_,
#define TC_ENUM(id, type_name, separator, any_case) TC_ENUM_##id,
#define TC_VALUE(name, value, since)
#define TC_WORD(name, xml, value, since)
#define TC_ENUM_END
#include "data/enums.def"
    TC_ENUM_COUNT_
};

struct tc_enum_value {
    const char *name; /**< in a source: the framework's own spelling, or a word of ours in choices ("tcp") */
    const char *xml;  /**< in XML: equal to name, except in choices ("Tcp") */
    int64_t value;
    enum tc_since since;
};

struct tc_enum {
    const char *type_name; /**< for messages: "SecurityPermissionFlag" */
    const char *separator; /**< between names in XML: ", ", or "|" (MessageQueue) */
    bool any_case;         /**< the framework reads its names without regard to case */
    const struct tc_enum_value *values;
    size_t count;
};

const struct tc_enum *tc_enum(enum tc_enum_id id);
/** The row of @a name (exact case), or NULL. */
const struct tc_enum_value *tc_enum_find(const struct tc_enum *values, struct tc_str name);
/** The row whose XML spelling the framework takes @a text for (no list, no number, not trimmed), or NULL. */
const struct tc_enum_value *tc_enum_find_xml(const struct tc_enum *values, struct tc_str text);
/** The first row with exactly @a value, or NULL. */
const struct tc_enum_value *tc_enum_by_value(const struct tc_enum *values, int64_t value);

/* ---- permission classes -------------------------------------------------------------------------------------- */

/** What one XML attribute of a permission holds. */
enum tc_field_kind {
    TC_FIELD_FLAGS, /**< bits of an enumeration; comma list of names */
    TC_FIELD_LEVEL, /**< one name of an enumeration */
    TC_FIELD_INT64,
    TC_FIELD_BOOL,  /**< written True */
    TC_FIELD_PATHS, /**< FileIO: `;` list of full paths, may also be all files or all local files */
    TC_FIELD_KEYS,  /**< Registry: `;` list of keys */
    TC_FIELD_NAMES, /**< Environment: `;` list of names */
    TC_FIELD_TEXT,  /**< one string as it stands */
};

/** An attribute of a permission class, or (child != NULL) the same attribute repeated on child elements. */
struct tc_field {
    const char *word;  /**< in a source: "flags", "read"; two words for "acl view" */
    const char *xml;   /**< attribute name */
    const char *child; /**< NULL, or the child element that carries one name each (NetworkInformation) */
    enum tc_field_kind kind;
    enum tc_enum_id values; /**< for FLAGS and LEVEL */
    enum tc_since since;
    bool in_all; /**< covered by the verb `all` (AllAccess of the framework) */
};

/** What a cell of a row holds. */
enum tc_column_kind {
    TC_COLUMN_TEXT,   /**< a string or a name */
    TC_COLUMN_URI,    /**< Web: "literal", pattern "regex", host "name" or origin; emitted as a regular expression */
    TC_COLUMN_NUMBER, /**< a number, or a string for negative ones */
    TC_COLUMN_PORT,   /**< 0 to 65535, or the word `all` */
    TC_COLUMN_CHOICE, /**< one word of the enumeration `values`: name is the source word, xml the spelling */
    TC_COLUMN_LEVEL,  /**< one name of an enumeration of the framework */
    TC_COLUMN_FLAGS,  /**< names of an enumeration of the framework, joined by commas in a source */
    TC_COLUMN_BOOL,
};

struct tc_column {
    const char *keyword; /**< the word that introduces it in a source; NULL: by position */
    const char *xml;     /**< attribute name */
    uint8_t depth;       /**< which element of the form's path carries the attribute, 0 = outermost */
    bool required;       /**< in a source; what may be left out is left out in XML too */
    enum tc_column_kind kind;
    enum tc_enum_id values;
};

/** A kind of child element (or nest of elements), one per row: an endpoint, a machine, a connection string. */
struct tc_form {
    const char *word;    /**< in a source: "connect", "machine", "connection" */
    const char *element; /**< path of elements below IPermission: "ConnectAccess/URI", "Machine/Category" */
    enum tc_since since;
    bool needs_one; /**< one of the columns that are not required must be given all the same */
    const struct tc_column *columns;
    size_t column_count;
};

/** How values of a class compare: which function of model/ answers. One per family of the reference. */
enum tc_algebra {
    TC_ALGEBRA_FILE_IO,
    TC_ALGEBRA_ENVIRONMENT,
    TC_ALGEBRA_REGISTRY,
    TC_ALGEBRA_FLAGS,
    TC_ALGEBRA_LEVELS, /**< every field ordered by number */
    TC_ALGEBRA_ISOLATED_STORAGE,
    TC_ALGEBRA_KEY_CONTAINER,
    TC_ALGEBRA_WEB,
    TC_ALGEBRA_SOCKET,
    TC_ALGEBRA_BOOLEAN, /**< unrestricted or nothing */
    TC_ALGEBRA_SMTP,
    TC_ALGEBRA_NETWORK_INFORMATION,
    TC_ALGEBRA_RESOURCE_TREE,
    TC_ALGEBRA_MESSAGE_QUEUE,
    TC_ALGEBRA_DB_DATA,
    TC_ALGEBRA_ASPNET_HOSTING,
    TC_ALGEBRA_IDENTITY,
    TC_ALGEBRA_PRINCIPAL,
    TC_ALGEBRA_HOST_PROTECTION,
    TC_ALGEBRA_OPAQUE, /**< not known: never guessed */
};

/** Peculiarities of a class, or-ed. */
enum tc_trait {
    TC_TRAIT_NO_UNRESTRICTED = 1 << 0,       /**< identity permissions and the like: no unrestricted state in XML */
    TC_TRAIT_UNRESTRICTED_IS_LEVEL = 1 << 1, /**< AspNetHosting: the attribute is ignored, the top level says it */
    TC_TRAIT_RAW_VALUES = 1 << 2,            /**< child attributes are not entity-decoded: & < > " cannot be said */
    TC_TRAIT_DECODED_TWICE = 1 << 3,         /**< child attributes are entity-decoded twice: escape twice */
    TC_TRAIT_NEEDS_FULL_TRUST_1_1 = 1 << 4,  /**< under 1.1 the code it guards demands full trust as well */
    TC_TRAIT_NOT_GRANTABLE = 1 << 5,         /**< has no effect in a policy: Principal, HostProtection */
    TC_TRAIT_ALL_ATTRIBUTES = 1 << 6,        /**< a missing level makes FromXml throw: write all of them */
};

enum tc_class_id {
#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source) TC_CLASS_##id,
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)
#define TC_FORM(id, word, element, since, needs_one)
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id)
#include "data/permissions.def"
    TC_CLASS_COUNT_
};

/** A permission class: a row of data/permissions.def, or one that a source declares (then it lives in an arena). */
struct tc_class {
    const char *word;             /**< in a source: "FileIO"; "" for a declared class, see name */
    const char *short_name;       /**< last part of the type name: "FileIOPermission"; the SecurityClass Name */
    const char *type;             /**< full type name; of a declared class assembly-qualified */
    enum tc_assembly_id assembly; /**< TC_ASM_COUNT_ for a declared class */
    enum tc_since since;
    enum tc_algebra algebra;
    unsigned traits; /**< enum tc_trait */
    const struct tc_field *fields;
    size_t field_count;
    const struct tc_form *forms;
    size_t form_count;
    const char *source;
};

const struct tc_class *tc_class(enum tc_class_id id);
/** The id of a table row. @a cls must come from the table. */
enum tc_class_id tc_class_id(const struct tc_class *cls);
/** The class whose source word is @a word (exact case), or NULL. */
const struct tc_class *tc_class_find(struct tc_str word);
/** The class whose full type name is @a type (exact case), or NULL. */
const struct tc_class *tc_class_by_type(struct tc_str type);
/** The class whose short name, the Name of its SecurityClass, is @a name (exact case), or NULL. */
const struct tc_class *tc_class_by_short_name(struct tc_str name);

/** Whether @a framework has the class: it is not newer, and its assembly is there. True for a declared class. */
bool tc_class_in(const struct tc_class *cls, enum tc_framework framework);
/**
 * Append the Description of a SecurityClass: "Full.Type.Name, Assembly, Version=v, Culture=neutral, PublicKeyToken=t".
 * @a framework must have the class; a declared class is appended as it was written.
 */
void tc_class_description(const struct tc_class *cls, enum tc_framework framework, struct tc_buf *out);

/** The same for any type; the assembly must have a version under @a framework. */
void tc_type_description(const char *type, enum tc_assembly_id assembly, enum tc_framework framework,
                         struct tc_buf *out);

/** The type of an assembly-qualified name: what stands before its first comma, blanks around it away. */
struct tc_str tc_type_bare(struct tc_str name);

/**
 * What to write in a source for a class name that does not exist or is spelt otherwise: a full or short type name, a
 * word in the wrong case, a name seen in the wild ("DpapiPermission").
 * @return usually a class word, for tc_class_find(); where that does not say it, the clause as well
 *         ("Security { flags UnmanagedCode; }"); NULL when nothing is known or @a name is a class word already
 */
const char *tc_misnamed_find(struct tc_str name);

/* clang-format off */
/* Indexes of fields and forms inside their class: TC_FIELD_FILE_IO_READ, TC_FORM_WEB_CONNECT. */
#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source) enum {
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all) TC_FIELD_##id,
#define TC_FORM(id, word, element, since, needs_one)
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id) TC_FIELD_##id##_COUNT_ };
#include "data/permissions.def"
#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source) enum {
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)
#define TC_FORM(id, word, element, since, needs_one) TC_FORM_##id,
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id) TC_FORM_##id##_COUNT_ };
#include "data/permissions.def"
/* clang-format on */

/* ---- elements and types of policy files -------------------------------------------------------------------------- */

enum tc_tag_id {
#define TC_TAG(id, name, parents, attributes, source) TC_TAG_##id,
#include "data/elements.def"
    TC_TAG_COUNT_
};

/** What the element is called; ends in NUL. */
struct tc_str tc_tag_name(enum tc_tag_id id);

enum tc_attr_id {
#define TC_ATTR(id, name, source) TC_ATTR_##id,
#include "data/attributes.def"
    TC_ATTR_COUNT_
};

/** What the attribute is called; ends in NUL. */
struct tc_str tc_attr_name(enum tc_attr_id id);

/** An element of a policy file; lists have a blank between their names. */
struct tc_tag {
    const char *name;
    const char *parents;    /**< "NamedPermissionSets CodeGroup" */
    const char *attributes; /**< of permissions and conditions only those that all of them have */
    const char *source;
};

/** The vocabulary of a policy file, from the outermost element inwards. */
const struct tc_tag *tc_tags(size_t *ret_count);
/** The row of the element called @a name (exact case), or NULL. */
const struct tc_tag *tc_tag_find(struct tc_str name);
/** Whether @a name is one of the names of @a list (exact case). */
bool tc_tag_lists(const char *list, struct tc_str name);

enum tc_type_id {
#define TC_TYPE(id, name, assembly, what, instead) TC_TYPE_##id,
#include "data/types.def"
    TC_TYPE_COUNT_
};

/** A type of the framework that is no permission, although it is taken for one. */
struct tc_type {
    const char *name; /**< full name */
    enum tc_assembly_id assembly;
    const char *what;    /**< "an abstract class" */
    const char *instead; /**< full name of the class that is meant, or NULL */
};

const struct tc_type *tc_type(enum tc_type_id id);
/** The row of the type called @a name (full name, exact case), or NULL. */
const struct tc_type *tc_type_find(struct tc_str name);

/* ---- code groups and membership conditions -------------------------------------------------------------------- */

enum tc_group_kind {
#define TC_GROUP(id, word, short_name, source) TC_GROUP_##id,
#include "data/groups.def"
    TC_GROUP_COUNT_ /**< a custom class */
};

struct tc_group_info {
    const char *word;       /**< "first-match" */
    const char *short_name; /**< "FirstMatchCodeGroup", in System.Security.Policy, mscorlib */
    const char *source;
};

const struct tc_group_info *tc_group_info(enum tc_group_kind kind);
/** The kind whose source word is @a word; TC_GROUP_COUNT_ when there is none. */
enum tc_group_kind tc_group_find(struct tc_str word);
/** The kind of the class @a short_name (exact case); TC_GROUP_COUNT_ when there is none. */
enum tc_group_kind tc_group_by_name(struct tc_str short_name);
/** The name of the type @a type without System.Security.Policy, where code groups and conditions are; empty when it is
 * elsewhere. */
struct tc_str tc_policy_type(struct tc_str type);
/** Description of a code group or membership condition of the framework: System.Security.Policy.@a short_name,
 * mscorlib. */
void tc_policy_class_description(const char *short_name, enum tc_framework framework, struct tc_buf *out);

enum tc_condition_id {
#define TC_CONDITION(id, word, short_name, since, source) TC_CONDITION_##id,
#define TC_ARGUMENT(keyword, xml, required, kind)
#define TC_CONDITION_END
#include "data/conditions.def"
    TC_CONDITION_COUNT_ /**< a custom class */
};

/** What an argument of a condition holds. */
enum tc_argument_kind {
    TC_ARGUMENT_URL,
    TC_ARGUMENT_SITE,
    TC_ARGUMENT_ZONE,
    TC_ARGUMENT_KEY,     /**< public key, hex */
    TC_ARGUMENT_NAME,    /**< simple assembly name */
    TC_ARGUMENT_VERSION, /**< System.Version: two to four numbers */
    TC_ARGUMENT_HASH_NAME,
    TC_ARGUMENT_HEX,
};

struct tc_argument {
    const char *keyword; /**< NULL: by position */
    const char *xml;
    bool required;
    enum tc_argument_kind kind;
};

#define TC_CONDITION_ARGUMENTS_MAX 4

struct tc_condition_info {
    const char *word;       /**< "strongname" */
    const char *short_name; /**< "StrongNameMembershipCondition", in System.Security.Policy, mscorlib */
    enum tc_since since;
    const struct tc_argument *arguments;
    size_t argument_count;
    const char *source;
};

const struct tc_condition_info *tc_condition_info(enum tc_condition_id id);
/** The condition whose source word is @a word; TC_CONDITION_COUNT_ when there is none. */
enum tc_condition_id tc_condition_find(struct tc_str word);
/** The condition of the class @a short_name (exact case); TC_CONDITION_COUNT_ when there is none. */
enum tc_condition_id tc_condition_by_name(struct tc_str short_name);

/* ---- levels, tokens, named sets --------------------------------------------------------------------------------- */

enum tc_level_id {
#define TC_LEVEL(id, word, name, policy_file) TC_LEVEL_##id,
#include "data/levels.def"
    TC_LEVEL_COUNT_
};

/** One of the platform's own trust levels. */
struct tc_level_info {
    const char *word;        /**< in a source: "medium" */
    const char *name;        /**< the trust level's name: "Medium" */
    const char *policy_file; /**< "web_mediumtrust.config"; "internal" for Full */
};

const struct tc_level_info *tc_level_info(enum tc_level_id id);
/** The level whose source word is @a word; TC_LEVEL_COUNT_ when there is none. */
enum tc_level_id tc_level_find(struct tc_str word);

/** Where a token of the platform may stand, or-ed. */
enum tc_token_use { TC_TOKEN_IN_PATH = 1, TC_TOKEN_IN_URL = 2, TC_TOKEN_IN_URI_PATTERN = 4 };

enum tc_token_id {
#define TC_TOKEN(id, text, uses, meaning) TC_TOKEN_##id,
#include "data/tokens.def"
    TC_TOKEN_COUNT_
};

/** A token that ASP.NET replaces, in the order of replacement. */
struct tc_token {
    const char *text; /**< "$AppDir$" */
    unsigned uses;    /**< enum tc_token_use */
    const char *meaning;
};

/** The tokens in the order in which ASP.NET replaces them. */
const struct tc_token *tc_tokens(size_t *ret_count);
/** How the token is written, dollar signs included. */
struct tc_str tc_token_text(enum tc_token_id id);
/** The token that somebody means who writes @a word between the dollar signs, a name that is not near; TC_TOKEN_COUNT_
 * when none is known. */
enum tc_token_id tc_token_by_alias(struct tc_str word);

/* ---- what decides beside grants ------------------------------------------------------------------------------- */

enum tc_why_id {
#define TC_WHY(id, marks, sentence, help, source) TC_WHY_##id,
#include "data/why.def"
    TC_WHY_COUNT_
};

/** A reason why something is denied that no grant, or not a grant alone, changes. */
struct tc_why_fact {
    const char *id;       /**< "CALLERS" */
    const char *marks;    /**< words of an exception that tell it, with | between them; may be "" */
    const char *sentence; /**< without a full stop */
    const char *help;     /**< what can be done, without a full stop */
    const char *source;
};

const struct tc_why_fact *tc_why_fact(enum tc_why_id id);

enum tc_builtin_set_id {
#define TC_BUILTIN_SET(id, name, description) TC_BUILTIN_SET_##id,
#include "data/sets.def"
    TC_BUILTIN_SET_COUNT_
};

/** A permission set that the framework defines itself; a definition in a file is discarded (policy-file 4.1). */
struct tc_builtin_set {
    const char *name;
    const char *description;
};

const struct tc_builtin_set *tc_builtin_sets(size_t *ret_count);
/** The name of the set. */
struct tc_str tc_builtin_set_name(enum tc_builtin_set_id id);
/** Whether @a name is reserved for a set of the framework's own (exact case). */
bool tc_builtin_set_find(struct tc_str name);

/* ---- configuration files ------------------------------------------------------------------------------------------
 */

enum tc_webconfig_id {
#define TC_WEBCONFIG(id, name, parent, kind, since, source) TC_WEBCONFIG_##id,
#define TC_WEBCONFIG_ATTR(name, kind, required, since)
#define TC_WEBCONFIG_END
#include "data/webconfig.def"
    TC_WEBCONFIG_COUNT_ /**< none of them */
};

/** How .NET reads an attribute of a configuration file. */
enum tc_webconfig_value {
    TC_WEBCONFIG_TEXT,
    TC_WEBCONFIG_BOOL,       /**< true or false, any letter case, blanks around */
    TC_WEBCONFIG_EXACT_BOOL, /**< true or false, lower case */
    TC_WEBCONFIG_MODE,       /**< Inherit, Allow or Deny */
    TC_WEBCONFIG_VERSION,
    TC_WEBCONFIG_KEY, /**< a whole public key, hexadecimal */
};

struct tc_webconfig_attr {
    const char *name;
    enum tc_webconfig_value value;
    bool required;
    enum tc_since since;
};

enum tc_webconfig_kind {
    TC_WEBCONFIG_ELEMENT,
    TC_WEBCONFIG_SECTION,      /**< may carry lockAttributes and its kin, configSource */
    TC_WEBCONFIG_OPEN_SECTION, /**< a section whose attributes and children are not all in the table */
};

/** An element of a configuration file that has to do with trust. */
struct tc_webconfig_info {
    const char *name;
    const char *parent; /**< the element it stands in */
    enum tc_webconfig_kind kind;
    enum tc_since since;
    const struct tc_webconfig_attr *attributes;
    size_t attribute_count;
    const char *source;
};

const struct tc_webconfig_info *tc_webconfig_info(enum tc_webconfig_id id);
/** The attribute called @a name (exact case), or NULL. */
const struct tc_webconfig_attr *tc_webconfig_attr(const struct tc_webconfig_info *info, struct tc_str name);

/** A root of the registry: its full name, which the framework demands, and what people write instead. */
struct tc_hive {
    const char *name;
    const char *alias;
};

const struct tc_hive *tc_hives(size_t *ret_count);

/** A key of the registry that shows what lies under another one. */
struct tc_hive_view {
    const char *key;
    const char *real;
};

const struct tc_hive_view *tc_hive_views(size_t *ret_count);

/** A part of the registry that belongs to the whole server. */
struct tc_hive_part {
    const char *key;
    bool reading_counts; /**< who reads there has what is everyone's secret; else only writing counts */
};

const struct tc_hive_part *tc_hive_parts(size_t *ret_count);

/* ---- rules of isolation ------------------------------------------------------------------------------------------ */

/** What keeps applications apart. */
enum tc_layer {
    TC_LAYER_CAS,      /**< code access security alone */
    TC_LAYER_ACCOUNTS, /**< pool identities and NTFS alone: code access security is taken to be broken */
    TC_LAYER_BOTH,     /**< a way is closed when either closes it; no rule is about this one */
    TC_LAYER_COUNT_
};

/** What becomes of the way that a rule is about in the layer that the rule is not about. */
enum tc_other_layer {
    TC_OTHER_IDENTITY, /**< closed when the two applications have different, harmless identities */
    TC_OTHER_PROCESS,  /**< closed when they have different pools */
    TC_OTHER_PLAN,     /**< open: the plan gives the accounts the same rights */
    TC_OTHER_CONFINED, /**< closed while the application's code cannot leave the sandbox */
    TC_OTHER_NONE,     /**< open: nothing closes it */
};

enum tc_rule_id {
#define TC_RULE(number, id, slug, severity, layer, other, sentence, more, bad, good) TC_RULE_##id,
#include "data/isolation.def"
    TC_RULE_COUNT_
};

/** A rule of isolation: what `accept` names by its slug. */
struct tc_rule_info {
    struct tc_code code;
    enum tc_layer layer;
    enum tc_other_layer other;
};

const struct tc_rule_info *tc_rule_info(enum tc_rule_id id);
/** The rule called @a slug (exact); TC_RULE_COUNT_ when there is none. */
enum tc_rule_id tc_rule_find(struct tc_str slug);
/** The rule whose row @a code is; TC_RULE_COUNT_ when it is none of them. */
enum tc_rule_id tc_rule_of(const struct tc_code *code);

/* ---- codes and limits ---------------------------------------------------------------------------------------------
 */

enum tc_code_id {
#define TC_CODE(number, id, slug, severity, sentence, more, bad, good) TC_CODE_##id,
#include "data/codes.def"
    TC_CODE_COUNT_
};

/** The row of a diagnostic. */
const struct tc_code *tc_code(enum tc_code_id id);
/** The id of a row of codes.def. @a code must come from the table. */
enum tc_code_id tc_code_of(const struct tc_code *code);
/** The row, of these, of the checks or of the rules of isolation, whose "T0123" or slug is @a name, in any case, or
 * NULL. */
const struct tc_code *tc_code_find(struct tc_str name);

/** The row of any table whose slug is nearest to @a name, which is none; NULL when none is near. */
const struct tc_code *tc_code_near(struct tc_str name);

/* ---- checks -------------------------------------------------------------------------------------------------------
 */

enum tc_check_group {
    TC_CHECKS_LOAD,    /**< will not load, or not as an XML parser would have it */
    TC_CHECKS_MEANING, /**< does not mean what it says */
    TC_CHECKS_GRANTS,  /**< gives more than it seems */
    TC_CHECKS_LOCKING, /**< web.config: locks, levels, files */
    TC_CHECKS_ERRATA,  /**< mistakes that Microsoft's documentation teaches */
    TC_CHECKS_LINT,    /**< of the linter itself: suppressions */
    TC_CHECKS_COUNT_
};

/** Whether `trustc lint --fix` can mend what a check finds. */
enum tc_check_fix {
    TC_FIX_NONE,
    TC_FIX_SAFE,   /**< and never widens a grant */
    TC_FIX_UNSAFE, /**< only with --unsafe-fixes: it may widen a grant, or guesses what was meant */
};

/** What the examples of a check are; what is no whole file stands in one that is without fault otherwise. */
enum tc_example {
    TC_EXAMPLE_NONE,    /**< it takes more than a file: tests/ shows it */
    TC_EXAMPLE_POLICY,  /**< a policy file */
    TC_EXAMPLE_SET,     /**< permissions of the set ASP.Net of a policy file */
    TC_EXAMPLE_SETS,    /**< permission sets beside ASP.Net */
    TC_EXAMPLE_CLASSES, /**< SecurityClass elements, beside those in use */
    TC_EXAMPLE_GROUPS,  /**< code groups below the first-match root */
    TC_EXAMPLE_CONFIG,  /**< a web.config */
    TC_EXAMPLE_SOURCE,  /**< a .trust source */
};

/** A row of data/checks.def: a rule of `trustc lint`. */
struct tc_check_info {
    struct tc_code code;
    enum tc_check_group group;
    enum tc_check_fix fix;
    enum tc_example example; /**< of code.bad and code.good */
    const char *bad_source;  /**< what says the same in a source; "" where a source cannot say it */
    const char *good_source;
};

enum tc_check_id {
#define TC_CHECK(number, id, slug, severity, group, fix, sentence, more, example, bad, good, bad_source, good_source)  \
    TC_CHECK_##id,
#include "data/checks.def"
    TC_CHECK_COUNT_
};

const struct tc_check_info *tc_check_info(enum tc_check_id id);
/** The check whose row @a code is; TC_CHECK_COUNT_ when it is none of them. */
enum tc_check_id tc_check_of(const struct tc_code *code);

/** All rows in one: the rules of lint, the diagnostics of the compiler, the rules of isolation. A rule of lint has the
 * number of its enum tc_check_id. */
enum { TC_ROW_COUNT_ = (int)TC_CHECK_COUNT_ + (int)TC_CODE_COUNT_ + (int)TC_RULE_COUNT_ };

/** The number of a row. @a code must come from one of the tables. */
size_t tc_row_of(const struct tc_code *code);
/** The row of a number. */
const struct tc_code *tc_row_code(size_t row);

/** "will not load", for lists. */
const char *tc_check_group_name(enum tc_check_group group);

/** A class name that documentation teaches and the framework does not have: a row of data/errata.def. */
struct tc_erratum {
    enum tc_check_id check;
    const char *name;           /**< last part of the type name */
    bool in_mscorlib;           /**< only there: elsewhere the name is right */
    const struct tc_class *cls; /**< the class that was meant, or NULL */
    const char *use;            /**< what to write instead; NULL: the class */
};

/** The erratum that @a type is, an assembly-qualified or bare type name; false when it is none. */
bool tc_erratum_find(struct tc_str type, struct tc_erratum *ret_erratum);

/** Whether @a hex (upper case) is a public key that the platform's own policy files fully trust. */
bool tc_platform_key_find(struct tc_str hex);

enum tc_limit_id {
#define TC_LIMIT(id, name, value, sentence) TC_LIMIT_##id,
#include "data/limits.def"
    TC_LIMIT_COUNT_
};

struct tc_limit {
    const char *name;
    uint64_t value;
    const char *sentence; /**< what it bounds */
};

const struct tc_limit *tc_limit(enum tc_limit_id id);

#endif
