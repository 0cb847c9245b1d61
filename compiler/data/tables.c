#include "data/tables.h"

#include <assert.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* clang-format off */
/* A row of zeros at the end keeps arrays legal that would else be empty; no count includes it. */
#define END_OF_ROWS {0}};
/* clang-format on */

/* ---- frameworks -------------------------------------------------------------------------------------------- */

#define TC_FRAMEWORK(id, name, clr, has) [TC_FX_##id] = {name, TC_CLR_##clr, TC_SINCE_##has},
#define TC_CLR(id, directory, config, locks, cas, source)
#define TC_RUNTIME(id, name, framework, homogeneous, stdlib)
static const struct tc_framework_info frameworks[TC_FX_COUNT_] = {
#include "data/frameworks.def"
};

#define TC_FRAMEWORK(id, name, clr, has)
#define TC_CLR(id, directory, config, locks, cas, source) [TC_CLR_##id] = {directory, config, locks, cas, source},
#define TC_RUNTIME(id, name, framework, homogeneous, stdlib)
static const struct tc_clr_info clrs[TC_CLR_COUNT_] = {
#include "data/frameworks.def"
};

#define TC_FRAMEWORK(id, name, clr, has)
#define TC_CLR(id, directory, config, locks, cas, source)
#define TC_RUNTIME(id, name, framework, homogeneous, stdlib)                                                           \
    [TC_RT_##id] = {name, TC_FX_##framework, homogeneous, stdlib},
static const struct tc_runtime_info runtimes[TC_RT_COUNT_] = {
#include "data/frameworks.def"
};

static const char *const since_names[TC_SINCE_COUNT_] = {
    [TC_SINCE_1_0] = "1.0", [TC_SINCE_1_1] = "1.1", [TC_SINCE_2_0] = "2.0", [TC_SINCE_2_0_SP1] = "2.0 SP1",
    [TC_SINCE_3_0] = "3.0", [TC_SINCE_3_5] = "3.5", [TC_SINCE_4_0] = "4.0",
};

const struct tc_framework_info *
tc_framework_info(enum tc_framework framework)
{
    assert((unsigned)framework < TC_FX_COUNT_);
    return &frameworks[framework];
}

const struct tc_clr_info *
tc_clr_info(enum tc_clr clr)
{
    assert((unsigned)clr < TC_CLR_COUNT_);
    return &clrs[clr];
}

enum tc_runtime
tc_runtime_of(enum tc_framework framework, bool legacy)
{
    int i = 0;

    while (i < TC_RT_COUNT_ - 1 &&
           (runtimes[i].framework != framework || (framework == TC_FX_4_0 && runtimes[i].homogeneous == legacy)))
        i++;
    return (enum tc_runtime)i;
}

const struct tc_runtime_info *
tc_runtime_info(enum tc_runtime runtime)
{
    assert((unsigned)runtime < TC_RT_COUNT_);
    return &runtimes[runtime];
}

bool
tc_framework_find(struct tc_str name, enum tc_framework *ret_framework)
{
    for (unsigned i = 0; i < TC_FX_COUNT_; i++)
        if (tc_str_is(name, frameworks[i].name)) {
            *ret_framework = (enum tc_framework)i;
            return true;
        }
    return false;
}

bool
tc_since_in(enum tc_since since, enum tc_framework framework)
{
    return since <= tc_framework_info(framework)->has;
}

const char *
tc_since_name(enum tc_since since)
{
    assert((unsigned)since < TC_SINCE_COUNT_);
    return since_names[since];
}

/* ---- assemblies -------------------------------------------------------------------------------------------- */

#define TC_ASSEMBLY(id, name, token, v1_1, v2_0, v3_5, v4_0) [TC_ASM_##id] = {name, token, {v1_1, v2_0, v3_5, v4_0}},
static const struct tc_assembly assemblies[TC_ASM_COUNT_] = {
#include "data/assemblies.def"
};

const struct tc_assembly *
tc_assembly(enum tc_assembly_id id)
{
    assert((unsigned)id < TC_ASM_COUNT_);
    return &assemblies[id];
}

void
tc_type_description(const char *type, enum tc_assembly_id assembly, enum tc_framework framework, struct tc_buf *out)
{
    const struct tc_assembly *row = tc_assembly(assembly);

    assert((unsigned)framework < TC_FX_COUNT_);
    assert(row->versions[framework] != NULL);
    tc_buf_printf(out, "%s, %s, Version=%s, Culture=neutral, PublicKeyToken=%s", type, row->name,
                  row->versions[framework], row->token);
}

/* ---- enumerations of the framework -------------------------------------------------------------------------- */

/* clang-format off */
#define TC_ENUM(id, type_name, separator, any_case) static const struct tc_enum_value values_##id[] = {
#define TC_VALUE(name, value, since) {name, name, value, TC_SINCE_##since},
#define TC_WORD(name, xml, value, since) {name, xml, value, TC_SINCE_##since},
#define TC_ENUM_END };
#include "data/enums.def"
/* clang-format on */

#define TC_ENUM(id, type_name, separator, any_case)                                                                    \
    [TC_ENUM_##id] = {type_name, separator, any_case, values_##id, COUNT(values_##id)},
#define TC_VALUE(name, value, since)
#define TC_WORD(name, xml, value, since)
#define TC_ENUM_END
static const struct tc_enum enums[TC_ENUM_COUNT_] = {
    [TC_ENUM_NONE_] = {"", ", ", false, NULL, 0},
#include "data/enums.def"
};

const struct tc_enum *
tc_enum(enum tc_enum_id id)
{
    assert((unsigned)id < TC_ENUM_COUNT_);
    return &enums[id];
}

const struct tc_enum_value *
tc_enum_find(const struct tc_enum *values, struct tc_str name)
{
    for (size_t i = 0; i < values->count; i++)
        if (tc_str_is(name, values->values[i].name))
            return &values->values[i];
    return NULL;
}

const struct tc_enum_value *
tc_enum_find_xml(const struct tc_enum *values, struct tc_str text)
{
    for (size_t i = 0; i < values->count; i++) {
        struct tc_str xml = tc_str_of(values->values[i].xml);

        if (values->any_case ? tc_str_eq_nocase(text, xml) : tc_str_eq(text, xml))
            return &values->values[i];
    }
    return NULL;
}

const struct tc_enum_value *
tc_enum_by_value(const struct tc_enum *values, int64_t value)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->values[i].value == value)
            return &values->values[i];
    return NULL;
}

/* ---- permission classes -------------------------------------------------------------------------------------- */

/* clang-format off */
/* Columns of each form. */
#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source)
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)
#define TC_FORM(id, word, element, since, needs_one) static const struct tc_column columns_##id[] = {
#define TC_COLUMN(keyword, xml, depth, required, kind, values)                                                         \
    {keyword, xml, depth, required, TC_COLUMN_##kind, TC_ENUM_##values},
#define TC_FORM_END };
#define TC_CLASS_END(id)
#include "data/permissions.def"

/* Fields of each class. */
#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source)                                \
    static const struct tc_field fields_##id[] = {
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)                                                    \
    {word, xml, child, TC_FIELD_##kind, TC_ENUM_##values, TC_SINCE_##since, in_all},
#define TC_FORM(id, word, element, since, needs_one)
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id) END_OF_ROWS
#include "data/permissions.def"

/* Forms of each class. */
#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source)                                \
    static const struct tc_form forms_##id[] = {
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)
#define TC_FORM(id, word, element, since, needs_one)                                                                   \
    {word, element, TC_SINCE_##since, needs_one, columns_##id, COUNT(columns_##id)},
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id) END_OF_ROWS
#include "data/permissions.def"
/* clang-format on */

#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source)                                \
    [TC_CLASS_##id] = {                                                                                                \
        word,   short_name,  space "." short_name,   TC_ASM_##assembly, TC_SINCE_##since,      TC_ALGEBRA_##algebra,   \
        traits, fields_##id, TC_FIELD_##id##_COUNT_, forms_##id,        TC_FORM_##id##_COUNT_, source},
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)
#define TC_FORM(id, word, element, since, needs_one)
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id)
static const struct tc_class classes[TC_CLASS_COUNT_] = {
#include "data/permissions.def"
};

/* Lengths known to the compiler let a look-up reject nearly every row by one comparison of numbers. */
struct class_key {
    uint8_t word;
    uint8_t type;
};

#define TC_CLASS(id, word, space, short_name, assembly, since, algebra, traits, source)                                \
    [TC_CLASS_##id] = {sizeof(word) - 1, sizeof(space "." short_name) - 1},
#define TC_FIELD(id, word, xml, child, kind, values, since, in_all)
#define TC_FORM(id, word, element, since, needs_one)
#define TC_COLUMN(keyword, xml, depth, required, kind, values)
#define TC_FORM_END
#define TC_CLASS_END(id)
static const struct class_key class_keys[TC_CLASS_COUNT_] = {
#include "data/permissions.def"
};

const struct tc_class *
tc_class(enum tc_class_id id)
{
    assert((unsigned)id < TC_CLASS_COUNT_);
    return &classes[id];
}

enum tc_class_id
tc_class_id(const struct tc_class *cls)
{
    assert(cls >= classes && cls < classes + TC_CLASS_COUNT_);
    return (enum tc_class_id)(cls - classes);
}

const struct tc_class *
tc_class_find(struct tc_str word)
{
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (class_keys[i].word == word.len && memcmp(classes[i].word, word.ptr, word.len) == 0)
            return &classes[i];
    return NULL;
}

const struct tc_class *
tc_class_by_type(struct tc_str type)
{
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (class_keys[i].type == type.len && memcmp(classes[i].type, type.ptr, type.len) == 0)
            return &classes[i];
    return NULL;
}

const struct tc_class *
tc_class_by_short_name(struct tc_str name)
{
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_is(name, classes[i].short_name))
            return &classes[i];
    return NULL;
}

bool
tc_class_in(const struct tc_class *cls, enum tc_framework framework)
{
    if (cls->assembly == TC_ASM_COUNT_)
        return true;
    return tc_since_in(cls->since, framework) && tc_assembly(cls->assembly)->versions[framework] != NULL;
}

void
tc_class_description(const struct tc_class *cls, enum tc_framework framework, struct tc_buf *out)
{
    if (cls->assembly == TC_ASM_COUNT_)
        tc_buf_puts(out, tc_str_of(cls->type));
    else
        tc_type_description(cls->type, cls->assembly, framework, out);
}

/* ---- names that do not exist ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *use;
} misnamed[] = {
#define TC_MISNAMED(name, use) {name, use},
#include "data/misnamed.def"
};

/* @a text without @a end, when it ends so in any case and something is left. */
static struct tc_str
without_end(struct tc_str text, const char *end)
{
    struct tc_str tail = tc_str_of(end);

    if (text.len > tail.len && tc_str_ends_nocase(text, tail))
        return tc_str_sub(text, 0, text.len - tail.len);
    return text;
}

struct tc_str
tc_type_bare(struct tc_str name)
{
    return tc_str_trim(tc_str_sub(name, 0, tc_str_find(name, TC_STR(","), 0)));
}

/* The last part of a possibly assembly-qualified type name. */
static struct tc_str
last_part(struct tc_str name)
{
    return tc_str_last_part(tc_type_bare(name), ".");
}

const char *
tc_misnamed_find(struct tc_str name)
{
    struct tc_str part = without_end(last_part(name), "Attribute");
    struct tc_str stem = without_end(part, "Permission");

    if (stem.len == 0 || tc_class_find(name) != NULL)
        return NULL;
    for (size_t i = 0; i < TC_CLASS_COUNT_; i++)
        if (tc_str_eq_nocase(part, tc_str_of(classes[i].short_name)) ||
            tc_str_eq_nocase(stem, tc_str_of(classes[i].word)))
            return classes[i].word;
    for (size_t i = 0; i < COUNT(misnamed); i++)
        if (tc_str_eq_nocase(stem, tc_str_of(misnamed[i].name)))
            return misnamed[i].use;
    return NULL;
}

/* ---- elements and types of policy files -------------------------------------------------------------------------- */

#define TC_TAG(id, name, parents, attributes, source) {name, parents, attributes, source},
static const struct tc_tag tags[] = {
#include "data/elements.def"
};

#define TC_TYPE(id, name, assembly, what, instead) [TC_TYPE_##id] = {name, TC_ASM_##assembly, what, instead},
static const struct tc_type types[] = {
#include "data/types.def"
};

const struct tc_tag *
tc_tags(size_t *ret_count)
{
    *ret_count = COUNT(tags);
    return tags;
}

struct tc_str
tc_tag_name(enum tc_tag_id id)
{
#define TC_TAG(id, name, parents, attributes, source) [TC_TAG_##id] = {name, sizeof(name) - 1},
    static const struct tc_str names[TC_TAG_COUNT_] = {
#include "data/elements.def"
    };

    assert((unsigned)id < TC_TAG_COUNT_);
    return names[id];
}

struct tc_str
tc_attr_name(enum tc_attr_id id)
{
#define TC_ATTR(id, name, source) [TC_ATTR_##id] = {name, sizeof(name) - 1},
    static const struct tc_str names[TC_ATTR_COUNT_] = {
#include "data/attributes.def"
    };

    assert((unsigned)id < TC_ATTR_COUNT_);
    return names[id];
}

const struct tc_tag *
tc_tag_find(struct tc_str name)
{
    for (size_t i = 0; i < COUNT(tags); i++)
        if (tc_str_is(name, tags[i].name))
            return &tags[i];
    return NULL;
}

bool
tc_tag_lists(const char *list, struct tc_str name)
{
    while (*list != '\0') {
        size_t len = 0;

        while (list[len] != '\0' && list[len] != ' ')
            len++;
        if (tc_str_eq(name, (struct tc_str){list, len}))
            return true;
        list += list[len] == ' ' ? len + 1 : len;
    }
    return false;
}

const struct tc_type *
tc_type(enum tc_type_id id)
{
    assert((unsigned)id < TC_TYPE_COUNT_);
    return &types[id];
}

const struct tc_type *
tc_type_find(struct tc_str name)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (tc_str_is(name, types[i].name))
            return &types[i];
    return NULL;
}

/* ---- code groups and membership conditions -------------------------------------------------------------------- */

#define TC_GROUP(id, word, short_name, source) [TC_GROUP_##id] = {word, short_name, source},
static const struct tc_group_info groups[TC_GROUP_COUNT_] = {
#include "data/groups.def"
};

const struct tc_group_info *
tc_group_info(enum tc_group_kind kind)
{
    assert((unsigned)kind < TC_GROUP_COUNT_);
    return &groups[kind];
}

enum tc_group_kind
tc_group_find(struct tc_str word)
{
    unsigned i = 0;

    while (i < TC_GROUP_COUNT_ && !tc_str_is(word, groups[i].word))
        i++;
    return (enum tc_group_kind)i;
}

enum tc_group_kind
tc_group_by_name(struct tc_str short_name)
{
    unsigned i = 0;

    while (i < TC_GROUP_COUNT_ && !tc_str_eq(short_name, tc_str_of(groups[i].short_name)))
        i++;
    return (enum tc_group_kind)i;
}

/* clang-format off */
#define TC_CONDITION(id, word, short_name, since, source) static const struct tc_argument arguments_##id[] = {
#define TC_ARGUMENT(keyword, xml, required, kind)         {keyword, xml, required, TC_ARGUMENT_##kind},
#define TC_CONDITION_END END_OF_ROWS
#include "data/conditions.def"
/* clang-format on */

#define TC_CONDITION(id, word, short_name, since, source)                                                              \
    [TC_CONDITION_##id] = {word, short_name, TC_SINCE_##since, arguments_##id, COUNT(arguments_##id) - 1, source},
#define TC_ARGUMENT(keyword, xml, required, kind)
#define TC_CONDITION_END
static const struct tc_condition_info conditions[TC_CONDITION_COUNT_] = {
#include "data/conditions.def"
};

#define TC_CONDITION(id, word, short_name, since, source)                                                              \
    _Static_assert(COUNT(arguments_##id) - 1 <= TC_CONDITION_ARGUMENTS_MAX, "too many arguments: " word);
#define TC_ARGUMENT(keyword, xml, required, kind)
#define TC_CONDITION_END
#include "data/conditions.def"

const struct tc_condition_info *
tc_condition_info(enum tc_condition_id id)
{
    assert((unsigned)id < TC_CONDITION_COUNT_);
    return &conditions[id];
}

enum tc_condition_id
tc_condition_find(struct tc_str word)
{
    unsigned i = 0;

    while (i < TC_CONDITION_COUNT_ && !tc_str_is(word, conditions[i].word))
        i++;
    return (enum tc_condition_id)i;
}

enum tc_condition_id
tc_condition_by_name(struct tc_str short_name)
{
    unsigned i = 0;

    while (i < TC_CONDITION_COUNT_ && !tc_str_eq(short_name, tc_str_of(conditions[i].short_name)))
        i++;
    return (enum tc_condition_id)i;
}

#define POLICY_NAMESPACE TC_STR("System.Security.Policy.")

struct tc_str
tc_policy_type(struct tc_str type)
{
    return tc_str_starts(type, POLICY_NAMESPACE) ? tc_str_sub(type, POLICY_NAMESPACE.len, SIZE_MAX) : TC_STR("");
}

void
tc_policy_class_description(const char *short_name, enum tc_framework framework, struct tc_buf *out)
{
    tc_buf_puts(out, POLICY_NAMESPACE);
    tc_type_description(short_name, TC_ASM_MSCORLIB, framework, out);
}

/* ---- levels, tokens, named sets --------------------------------------------------------------------------------- */

#define TC_LEVEL(id, word, name, policy_file) [TC_LEVEL_##id] = {word, name, policy_file},
static const struct tc_level_info levels[TC_LEVEL_COUNT_] = {
#include "data/levels.def"
};

static const struct tc_token tokens[] = {
#define TC_TOKEN(id, text, uses, meaning) [TC_TOKEN_##id] = {text, uses, meaning},
#include "data/tokens.def"
};

static const struct tc_hive hives[] = {
#define TC_HIVE(name, alias) {name, alias},
#include "data/hives.def"
};

static const struct tc_hive_view hive_views[] = {
#define TC_HIVE_VIEW(key, real, source) {key, real},
#include "data/hives.def"
};

static const struct tc_hive_part hive_parts[] = {
#define WRITE                             false
#define ALWAYS                            true
#define TC_HIVE_PART(key, counts, source) {key, counts},
#include "data/hives.def"
#undef WRITE
#undef ALWAYS
};

static const struct tc_builtin_set builtin_sets[] = {
#define TC_BUILTIN_SET(id, name, description) [TC_BUILTIN_SET_##id] = {name, description},
#include "data/sets.def"
};

const struct tc_level_info *
tc_level_info(enum tc_level_id id)
{
    assert((unsigned)id < TC_LEVEL_COUNT_);
    return &levels[id];
}

enum tc_level_id
tc_level_find(struct tc_str word)
{
    unsigned i = 0;

    while (i < TC_LEVEL_COUNT_ && !tc_str_is(word, levels[i].word))
        i++;
    return (enum tc_level_id)i;
}

const struct tc_token *
tc_tokens(size_t *ret_count)
{
    *ret_count = COUNT(tokens);
    return tokens;
}

struct tc_str
tc_token_text(enum tc_token_id id)
{
    assert((unsigned)id < TC_TOKEN_COUNT_);
    return tc_str_of(tokens[id].text);
}

enum tc_token_id
tc_token_by_alias(struct tc_str word)
{
    static const struct {
        const char *begins;
        enum tc_token_id token;
    } aliases[] = {
#define TC_TOKEN_ALIAS(begins, token) {begins, TC_TOKEN_##token},
#include "data/token_aliases.def"
    };

    for (size_t i = 0; i < COUNT(aliases); i++)
        if (tc_str_starts_nocase(word, tc_str_of(aliases[i].begins)))
            return aliases[i].token;
    return TC_TOKEN_COUNT_;
}

struct tc_str
tc_builtin_set_name(enum tc_builtin_set_id id)
{
    assert((unsigned)id < TC_BUILTIN_SET_COUNT_);
    return tc_str_of(builtin_sets[id].name);
}

const struct tc_builtin_set *
tc_builtin_sets(size_t *ret_count)
{
    *ret_count = COUNT(builtin_sets);
    return builtin_sets;
}

const struct tc_hive *
tc_hives(size_t *ret_count)
{
    *ret_count = COUNT(hives);
    return hives;
}

const struct tc_hive_view *
tc_hive_views(size_t *ret_count)
{
    *ret_count = COUNT(hive_views);
    return hive_views;
}

const struct tc_hive_part *
tc_hive_parts(size_t *ret_count)
{
    *ret_count = COUNT(hive_parts);
    return hive_parts;
}

bool
tc_builtin_set_find(struct tc_str name)
{
    for (size_t i = 0; i < COUNT(builtin_sets); i++)
        if (tc_str_is(name, builtin_sets[i].name))
            return true;
    return false;
}

/* ---- codes and limits ---------------------------------------------------------------------------------------------
 */

/* A number may be written 500 or 0500, but is never evaluated: 0099 is no number of C. */
#define CODE_ID(digits)                                                                                                \
    (sizeof(digits) > 4   ? "T" digits                                                                                 \
     : sizeof(digits) > 3 ? "T0" digits                                                                                \
     : sizeof(digits) > 2 ? "T00" digits                                                                               \
                          : "T000" digits)
#define TC_CODE(number, id, slug, severity, sentence, more, bad, good)                                                 \
    [TC_CODE_##id] = {CODE_ID(#number), slug, TC_SEVERITY_##severity, sentence, more, bad, good},
static const struct tc_code codes[TC_CODE_COUNT_ + 1] = {
#include "data/codes.def"
    [TC_CODE_COUNT_] = {0}, /* never handed out */
};

#define TC_CHECK(number, id, slug, severity, group, fix, sentence, more, example, bad, good, bad_source, good_source)  \
    [TC_CHECK_##id] = {                                                                                                \
        {CODE_ID(#number), slug, TC_SEVERITY_##severity, sentence, more, bad, good},                                   \
        TC_CHECKS_##group,                                                                                             \
        TC_FIX_##fix,                                                                                                  \
        TC_EXAMPLE_##example,                                                                                          \
        bad_source,                                                                                                    \
        good_source,                                                                                                   \
    },
static const struct tc_check_info checks[TC_CHECK_COUNT_] = {
#include "data/checks.def"
};

#define TC_RULE(number, id, slug, severity, layer, other, sentence, more, bad, good)                                   \
    [TC_RULE_##id] = {                                                                                                 \
        {CODE_ID(#number), slug, TC_SEVERITY_##severity, sentence, more, bad, good},                                   \
        TC_LAYER_##layer,                                                                                              \
        TC_OTHER_##other,                                                                                              \
    },
static const struct tc_rule_info rules[TC_RULE_COUNT_] = {
#include "data/isolation.def"
};

#define TC_LIMIT(id, name, value, sentence) [TC_LIMIT_##id] = {name, value, sentence},
static const struct tc_limit limits[TC_LIMIT_COUNT_] = {
#include "data/limits.def"
};

const struct tc_code *
tc_code(enum tc_code_id id)
{
    assert((unsigned)id < TC_CODE_COUNT_);
    return &codes[id];
}

enum tc_code_id
tc_code_of(const struct tc_code *code)
{
    return (enum tc_code_id)(code - codes);
}

static bool
is_called(const struct tc_code *code, struct tc_str name)
{
    return tc_str_eq_nocase(name, tc_str_of(code->id)) || tc_str_eq_nocase(name, tc_str_of(code->slug));
}

const struct tc_code *
tc_code_find(struct tc_str name)
{
    for (size_t i = 0; codes[i].id != NULL; i++)
        if (is_called(&codes[i], name))
            return &codes[i];
    for (size_t i = 0; i < TC_CHECK_COUNT_; i++)
        if (is_called(&checks[i].code, name))
            return &checks[i].code;
    for (size_t i = 0; i < TC_RULE_COUNT_; i++)
        if (is_called(&rules[i].code, name))
            return &rules[i].code;
    return NULL;
}

const struct tc_check_info *
tc_check_info(enum tc_check_id id)
{
    assert((unsigned)id < TC_CHECK_COUNT_);
    return &checks[id];
}

enum tc_check_id
tc_check_of(const struct tc_code *code)
{
    uintptr_t offset = (uintptr_t)code - (uintptr_t)&checks[0].code;

    return offset < sizeof checks ? (enum tc_check_id)(offset / sizeof *checks) : TC_CHECK_COUNT_;
}

size_t
tc_row_of(const struct tc_code *code)
{
    enum tc_check_id check = tc_check_of(code);
    enum tc_rule_id rule = tc_rule_of(code);

    if (check != TC_CHECK_COUNT_)
        return (size_t)check;
    if (rule != TC_RULE_COUNT_)
        return (size_t)TC_CHECK_COUNT_ + (size_t)TC_CODE_COUNT_ + (size_t)rule;
    return (size_t)TC_CHECK_COUNT_ + (size_t)tc_code_of(code);
}

const struct tc_code *
tc_row_code(size_t row)
{
    assert(row < TC_ROW_COUNT_);
    if (row < TC_CHECK_COUNT_)
        return &checks[row].code;
    row -= TC_CHECK_COUNT_;
    return row < TC_CODE_COUNT_ ? &codes[row] : &rules[row - TC_CODE_COUNT_].code;
}

const struct tc_code *
tc_code_near(struct tc_str name)
{
    const struct tc_code *best = NULL;
    unsigned distance = 4;

    for (size_t i = 0; i < TC_ROW_COUNT_; i++) {
        unsigned by_slug = tc_str_distance(name, tc_str_of(tc_row_code(i)->slug), distance - 1);

        if (by_slug < distance) {
            best = tc_row_code(i);
            distance = by_slug;
        }
    }
    return best;
}

const char *
tc_check_group_name(enum tc_check_group group)
{
    static const char *const names[TC_CHECKS_COUNT_] = {
        [TC_CHECKS_LOAD] = "will not load",
        [TC_CHECKS_MEANING] = "does not mean what it says",
        [TC_CHECKS_GRANTS] = "gives more than it seems",
        [TC_CHECKS_LOCKING] = "locking",
        [TC_CHECKS_ERRATA] = "errata",
        [TC_CHECKS_LINT] = "suppressions",
    };

    return names[group];
}

const struct tc_limit *
tc_limit(enum tc_limit_id id)
{
    assert((unsigned)id < TC_LIMIT_COUNT_);
    return &limits[id];
}

/* ---- configuration files ------------------------------------------------------------------------------------------
 */

/* clang-format off */
#define TC_WEBCONFIG(id, name, parent, kind, since, source) static const struct tc_webconfig_attr webconfig_attrs_##id[] = {
#define TC_WEBCONFIG_ATTR(name, kind, required, since) {name, TC_WEBCONFIG_##kind, required, TC_SINCE_##since},
#define TC_WEBCONFIG_END END_OF_ROWS
#include "data/webconfig.def"
/* clang-format on */

static const struct tc_webconfig_info webconfigs[TC_WEBCONFIG_COUNT_] = {
#define TC_WEBCONFIG(id, name, parent, kind, since, source)                                                            \
    [TC_WEBCONFIG_##id] = {                                                                                            \
        name,  parent, TC_WEBCONFIG_##kind, TC_SINCE_##since, webconfig_attrs_##id, COUNT(webconfig_attrs_##id) - 1,   \
        source},
#define TC_WEBCONFIG_ATTR(name, kind, required, since)
#define TC_WEBCONFIG_END
#include "data/webconfig.def"
};

const struct tc_webconfig_info *
tc_webconfig_info(enum tc_webconfig_id id)
{
    assert((unsigned)id < TC_WEBCONFIG_COUNT_);
    return &webconfigs[id];
}

const struct tc_webconfig_attr *
tc_webconfig_attr(const struct tc_webconfig_info *info, struct tc_str name)
{
    for (size_t i = 0; i < info->attribute_count; i++)
        if (tc_str_eq(tc_str_of(info->attributes[i].name), name))
            return &info->attributes[i];
    return NULL;
}

/* ---- rules of isolation ---- */

const struct tc_rule_info *
tc_rule_info(enum tc_rule_id id)
{
    assert((unsigned)id < TC_RULE_COUNT_);
    return &rules[id];
}

enum tc_rule_id
tc_rule_find(struct tc_str slug)
{
    for (int i = 0; i < TC_RULE_COUNT_; i++)
        if (tc_str_eq(slug, tc_str_of(rules[i].code.slug)))
            return (enum tc_rule_id)i;
    return TC_RULE_COUNT_;
}

enum tc_rule_id
tc_rule_of(const struct tc_code *code)
{
    uintptr_t offset = (uintptr_t)code - (uintptr_t)&rules[0].code;

    return offset < sizeof rules ? (enum tc_rule_id)(offset / sizeof *rules) : TC_RULE_COUNT_;
}

/* ---- errata ---------------------------------------------------------------------------------------------------- */

static const struct {
    enum tc_check_id check;
    const char *name;
    bool in_mscorlib;
    enum tc_class_id cls;
    const char *use;
} errata[] = {
#define TC_ERRATUM(check, name, in_mscorlib, cls, use) {TC_CHECK_##check, name, in_mscorlib, TC_CLASS_##cls, use},
#include "data/errata.def"
};

bool
tc_erratum_find(struct tc_str type, struct tc_erratum *ret_erratum)
{
    struct tc_str last = last_part(type);
    size_t comma = tc_str_find(type, TC_STR(","), 0);
    bool in_mscorlib =
        comma != SIZE_MAX && tc_str_starts(tc_str_trim(tc_str_sub(type, comma + 1, SIZE_MAX)), TC_STR("mscorlib"));

    for (size_t i = 0; i < COUNT(errata); i++) {
        if (!tc_str_eq_nocase(last, tc_str_of(errata[i].name)) || (errata[i].in_mscorlib && !in_mscorlib))
            continue;
        *ret_erratum = (struct tc_erratum){
            .check = errata[i].check,
            .name = errata[i].name,
            .in_mscorlib = errata[i].in_mscorlib,
            .cls = errata[i].cls == TC_CLASS_COUNT_ ? NULL : tc_class(errata[i].cls),
            .use = errata[i].use,
        };
        return true;
    }
    return false;
}

static const char *const platform_keys[] = {
#define TC_PLATFORM_KEY(hex, whose) hex,
#include "data/platform_keys.def"
};

bool
tc_platform_key_find(struct tc_str hex)
{
    for (size_t i = 0; i < COUNT(platform_keys); i++)
        if (tc_str_is(hex, platform_keys[i]))
            return true;
    return false;
}

/* ---- what decides beside grants ---- */

static const struct tc_why_fact why_facts[] = {
#define TC_WHY(id, marks, sentence, help, source) {#id, marks, sentence, help, source},
#include "data/why.def"
};

const struct tc_why_fact *
tc_why_fact(enum tc_why_id id)
{
    return &why_facts[id];
}
