/* Words of enumerations, numbers and booleans. */
#include "check/values.h"

#include "base/ascii.h"
#include "model/algebra_util.h"

#include <inttypes.h>
#include <string.h>

enum { NAMES_SHOWN = 16 };

/* ---- enumerations ---- */

struct words {
    struct tc_check_perm *p;
    const struct tc_element_attribute *attribute;
    const struct tc_enum *values;
    enum tc_check_words reading;
    struct tc_str text; /* as written: no name holds an entity */
};

static const struct tc_enum_value *
find_nocase(const struct tc_enum *values, struct tc_str text)
{
    for (size_t i = 0; i < values->count; i++)
        if (tc_str_eq_nocase(text, tc_str_of(values->values[i].xml)))
            return &values->values[i];
    return NULL;
}

static struct tc_span
span_of(const struct words *words, struct tc_str part)
{
    size_t begin = (size_t)(part.ptr - words->text.ptr);

    return tc_check_value_span(words->attribute, begin, begin + part.len);
}

static void
note_loss(const struct words *words, struct tc_diag *diag)
{
    if (words->reading == TC_WORDS_IGNORED)
        tc_diag_note(words->p->check->diags, diag, "the framework ignores it without a word");
    else
        tc_check_note_loss(words->p, diag);
    words->p->explained = true;
}

/* The class that has a flag called @a name, if it is another one. */
static const struct tc_class *
class_with(const struct words *words, struct tc_str name)
{
    const char *flags = tc_class(TC_CLASS_SECURITY)->fields[0].xml;

    if (!tc_str_is(words->attribute->name, flags))
        return NULL;
    for (int i = 0; i < TC_CLASS_COUNT_; i++) {
        const struct tc_class *cls = tc_class((enum tc_class_id)i);

        for (size_t j = 0; cls != words->p->cls && j < cls->field_count; j++)
            if (strcmp(cls->fields[j].xml, flags) == 0 && find_nocase(tc_enum(cls->fields[j].values), name) != NULL)
                return cls;
    }
    return NULL;
}

static void
help_names(const struct words *words, struct tc_diag *diag)
{
    struct tc_buf names = {0};

    for (size_t i = 0; i < words->values->count && i < NAMES_SHOWN; i++)
        tc_buf_printf(&names, "%s%s", i == 0 ? "" : ", ", words->values->values[i].xml);
    tc_diag_help(words->p->check->diags, diag, "it may say: %.*s", TC_STR_ARG(tc_buf_str(&names)));
    tc_buf_done(&names);
}

/* A word that is no name in any case. */
static void
report_unknown(const struct words *words, struct tc_str word)
{
    struct tc_check *check = words->p->check;
    struct tc_check_near near = tc_check_near_to(word);
    enum tc_check_id id = words->reading == TC_WORDS_IGNORED ? TC_CHECK_VALUE_IGNORED : TC_CHECK_UNKNOWN_VALUE;
    struct tc_span span = span_of(words, word);
    struct tc_diag *diag =
        tc_check_report(check, id, span, "'%.*s' is no %s", TC_STR_ARG(word), words->values->type_name);
    const struct tc_class *other;

    for (size_t i = 0; i < words->values->count; i++)
        tc_check_near_try(&near, tc_str_of(words->values->values[i].xml));
    other = near.best.len > 0 ? NULL : class_with(words, word);
    if (near.best.len > 0) {
        tc_diag_help(check->diags, diag, "did you mean '%.*s'?", TC_STR_ARG(near.best));
        tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(near.best));
        diag->is_unsafe = true;
    } else if (other != NULL) {
        tc_diag_help(check->diags, diag, "it belongs to %s: write a permission of that class", other->short_name);
    } else {
        help_names(words, diag);
    }
    note_loss(words, diag);
}

static void
report_case(const struct words *words, struct tc_str word, const char *name)
{
    struct tc_check *check = words->p->check;
    enum tc_check_id id = words->reading == TC_WORDS_IGNORED ? TC_CHECK_VALUE_IGNORED : TC_CHECK_VALUE_CASE;
    struct tc_span span = span_of(words, word);
    struct tc_diag *diag = tc_check_report(check, id, span, "letter case counts: '%.*s' is no %s", TC_STR_ARG(word),
                                           words->values->type_name);

    tc_diag_help(check->diags, diag, "write '%s'", name);
    tc_diag_edit(check->diags, diag, span, "%s", name);
    diag->is_unsafe = true;
    note_loss(words, diag);
}

static bool
is_other_separator(char c, char right)
{
    return c != right && (c == ';' || c == '|' || c == ',' || c == '+' || c == '/' || tc_ascii_is_white(c));
}

/* The next of the words between wrong separators; *at is behind it. False at the end. */
static bool
next_word(struct tc_str text, char right, size_t *at, struct tc_str *ret)
{
    size_t end;

    while (*at < text.len && is_other_separator(text.ptr[*at], right))
        ++*at;
    for (end = *at; end < text.len && !is_other_separator(text.ptr[end], right);)
        end++;
    *ret = tc_str_sub(text, *at, end - *at);
    *at = end;
    return ret->len > 0;
}

/* Whether @a part is two or more names with something else between them; reports it. */
static bool
report_separators(const struct words *words, struct tc_str part, char right)
{
    struct tc_check *check = words->p->check;
    const char *joined = right == '|' ? "|" : ", ";
    struct tc_str word, before = {0};
    struct tc_diag *diag;
    size_t at = 0, count = 0;

    while (next_word(part, right, &at, &word)) {
        if (find_nocase(words->values, word) == NULL)
            return false;
        count++;
    }
    if (count < 2)
        return false;
    diag = tc_check_report(check, TC_CHECK_VALUE_LIST, span_of(words, part),
                           "the names of a list are separated by '%c': '%.*s' is taken for one name", right,
                           TC_STR_ARG(part));
    tc_diag_help(check->diags, diag, "put '%c' between the names", right);
    for (at = 0; next_word(part, right, &at, &word); before = word)
        if (before.ptr != NULL)
            tc_diag_edit(
                check->diags, diag,
                span_of(words, (struct tc_str){before.ptr + before.len, (size_t)(word.ptr - before.ptr) - before.len}),
                "%s", joined);
    diag->is_unsafe = true;
    note_loss(words, diag);
    return true;
}

static void
check_word(const struct words *words, struct tc_str part, char right)
{
    struct tc_check *check = words->p->check;
    struct tc_str word = tc_trim_white(part);
    const struct tc_enum_value *value = tc_enum_find_xml(words->values, word);

    if (value == NULL) {
        const struct tc_enum_value *other = find_nocase(words->values, word);
        struct tc_str type = tc_str_of(words->values->type_name);

        if (tc_str_starts(word, type) && word.len > type.len && word.ptr[type.len] == '.')
            words->p->explained = true; /* errata.c says so */
        else if (other != NULL)
            report_case(words, word, other->xml);
        else if (words->reading == TC_WORDS_ONE || !report_separators(words, word, right))
            report_unknown(words, word);
    } else if (check->file->runtime_is_known && words->reading != TC_WORDS_IGNORED &&
               !tc_since_in(value->since, tc_runtime_info(check->file->runtime)->framework)) {
        struct tc_diag *diag =
            tc_check_report(check, TC_CHECK_VALUE_TOO_NEW, span_of(words, word),
                            "'%.*s' came with %s: %s does not know it", TC_STR_ARG(word), tc_since_name(value->since),
                            tc_framework_info(tc_runtime_info(check->file->runtime)->framework)->name);

        note_loss(words, diag);
    }
}

/* An empty name between commas; [begin, end) goes with one comma. */
static void
report_empty_name(const struct words *words, size_t begin, size_t end)
{
    struct tc_check *check = words->p->check;
    bool is_last = end == words->text.len;
    struct tc_span span = tc_check_value_span(words->attribute, is_last ? begin - 1 : begin, is_last ? end : end + 1);
    struct tc_diag *diag =
        tc_check_report(check, TC_CHECK_VALUE_LIST, span, "a name is missing beside this comma: an empty name is no %s",
                        words->values->type_name);

    tc_diag_help(check->diags, diag, "take the comma away");
    tc_diag_edit(check->diags, diag, span, "%s", "");
    diag->is_unsafe = true;
    note_loss(words, diag);
}

static void
report_empty_value(const struct words *words)
{
    struct tc_check *check = words->p->check;
    struct tc_diag *diag;

    diag = tc_check_report(check, TC_CHECK_VALUE_LIST, words->attribute->span, "'%.*s' is empty: the framework throws",
                           TC_STR_ARG(words->attribute->name));
    tc_diag_help(check->diags, diag, "say what is meant, or leave the attribute out");
    note_loss(words, diag);
}

/* A number in place of names: legal, but nobody can read it. */
static void
check_value_number(const struct words *words, struct tc_str text, bool is_level)
{
    struct tc_check *check = words->p->check;
    struct tc_span span = span_of(words, text);
    struct tc_str names = {0};
    struct tc_diag *diag;
    int32_t number;

    if (tc_int32_parse(text, &number, NULL) != TC_YES) {
        report_unknown(words, text);
        return;
    }
    if (is_level) {
        const char *name = tc_enum_name(words->values, number);

        names = name == NULL ? names : tc_str_of(name);
    } else {
        uint32_t known = 0;

        for (size_t i = 0; i < words->values->count; i++)
            known |= (uint32_t)words->values->values[i].value;
        if (((uint32_t)number & ~known) == 0)
            names = tc_bits_text(check->arena, words->values, (uint32_t)number);
    }
    diag = tc_check_report(check, TC_CHECK_NUMBER_FOR_NAME, span, "the number '%.*s' stands for %s%.*s",
                           TC_STR_ARG(text), names.len == 0 ? "no name of " : "",
                           TC_STR_ARG(names.len == 0 ? tc_str_of(words->values->type_name) : names));
    if (names.len == 0)
        return;
    tc_diag_help(check->diags, diag, "write the names: '%.*s'", TC_STR_ARG(names));
    tc_diag_edit(check->diags, diag, span, "%.*s", TC_STR_ARG(names));
}

/* Several levels in place of one: their numbers are or-ed, which means nothing. */
static void
report_many_levels(const struct words *words)
{
    struct tc_check *check = words->p->check;
    struct tc_diag *diag = tc_check_report(check, TC_CHECK_VALUE_LIST, words->attribute->value_span,
                                           "'%.*s' takes one name; the numbers of several are or-ed to another level",
                                           TC_STR_ARG(words->attribute->name));

    tc_diag_help(check->diags, diag, "keep the one that is meant");
    words->p->explained = true;
}

void
tc_check_word_list(struct tc_check_perm *p, const struct tc_element_attribute *attribute, enum tc_enum_id id,
                   enum tc_check_words reading, bool is_level)
{
    struct words words = {p, attribute, tc_enum(id), reading, attribute->value};
    struct tc_str trimmed = tc_trim_white(words.text);
    char separator = words.values->separator[0];
    size_t names = 0;

    if (tc_str_has(words.text, '$') && tc_check_has_bad_token(p->check, words.text, 0)) {
        p->explained = true;
        return;
    }
    if (trimmed.len == 0) {
        if (reading != TC_WORDS_IGNORED)
            report_empty_value(&words);
        return;
    }
    if (reading == TC_WORDS_LIST &&
        (trimmed.ptr[0] == '-' || trimmed.ptr[0] == '+' || tc_ascii_is_digit(trimmed.ptr[0]))) {
        check_value_number(&words, trimmed, is_level);
        return;
    }
    if (reading == TC_WORDS_ONE) {
        check_word(&words, words.text, separator);
        return;
    }
    for (size_t at = 0, end; at <= words.text.len; at = end + 1, names++) {
        const char *found = at == words.text.len ? NULL : memchr(words.text.ptr + at, separator, words.text.len - at);

        end = found == NULL ? words.text.len : (size_t)(found - words.text.ptr);
        if (tc_trim_white(tc_str_sub(words.text, at, end - at)).len > 0)
            check_word(&words, tc_str_sub(words.text, at, end - at), separator);
        else if (reading != TC_WORDS_IGNORED)
            report_empty_name(&words, at, end);
    }
    if (is_level && names > 1 && !p->explained)
        report_many_levels(&words);
}

/* ---- numbers ---- */

/* Bytes of "1 MB", "512K"; 0 when it is none. */
static int64_t
size_with_unit(struct tc_str text)
{
    static const struct {
        const char *unit;
        int shift;
    } units[] = {{"KB", 10}, {"K", 10}, {"MB", 20}, {"M", 20}, {"GB", 30}, {"G", 30}};
    int64_t number = 0;
    size_t at = 0;
    struct tc_str unit;

    while (at < text.len && at < 7 && tc_ascii_is_digit(text.ptr[at]))
        number = number * 10 + (text.ptr[at++] - '0');
    unit = tc_str_trim(tc_str_sub(text, at, SIZE_MAX));
    for (size_t i = 0; i < sizeof units / sizeof *units && at > 0; i++)
        if (tc_str_eq_nocase(unit, tc_str_of(units[i].unit)))
            return number << units[i].shift;
    return 0;
}

/* Digits alone, without what people put between them; empty when there is something else. */
static struct tc_str
digits_of(struct tc_arena *arena, struct tc_str text)
{
    char *digits = tc_arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;

    for (size_t i = 0; digits != NULL && i < text.len; i++)
        if (tc_ascii_is_digit(text.ptr[i]))
            digits[len++] = text.ptr[i];
        else if (text.ptr[i] == '\0' || strchr(",.'_ ", text.ptr[i]) == NULL)
            return (struct tc_str){0};
    return (struct tc_str){digits, digits == NULL ? 0 : len};
}

void
tc_check_number(struct tc_check_perm *p, const struct tc_element_attribute *attribute)
{
    struct tc_check *check = p->check;
    struct tc_str text = attribute->value, trimmed = tc_trim_white(text), instead = {0};
    struct tc_throw thrown = {.type = ""};
    struct tc_diag *diag;
    int64_t number;
    bool is_read = tc_int64_parse(text, &number, &thrown) == TC_YES;

    if ((is_read && number >= 0) || (tc_str_has(text, '$') && tc_check_has_bad_token(check, text, 0))) {
        p->explained |= !is_read;
        return;
    }
    diag = tc_check_report(check, TC_CHECK_BAD_NUMBER, attribute->value_span,
                           is_read ? "'%.*s' is less than nothing: no demand is covered by it"
                                   : "'%.*s' is no whole number that the framework can read",
                           TC_STR_ARG(text));
    if (size_with_unit(trimmed) > 0)
        instead = tc_int64_text(check->arena, size_with_unit(trimmed));
    else if (strcmp(thrown.type, "OverflowException") == 0 && trimmed.len > 0 && trimmed.ptr[0] != '-')
        instead = tc_int64_text(check->arena, INT64_MAX);
    else if (!is_read)
        instead = digits_of(check->arena, trimmed);
    if (instead.len > 0) {
        tc_diag_help(check->diags, diag, "write '%.*s'", TC_STR_ARG(instead));
        tc_diag_edit(check->diags, diag, attribute->value_span, "%.*s", TC_STR_ARG(instead));
        diag->is_unsafe = true;
    } else {
        tc_diag_help(check->diags, diag, "write digits alone; '%" PRId64 "' for no limit", INT64_MAX);
    }
    if (!is_read)
        tc_check_note_loss(p, diag);
    p->explained = true;
}

/* ---- booleans ---- */

/* What somebody meant who wrote neither `true` nor `false`; NULL: not clear. */
static const char *
meant_by(struct tc_str text)
{
    static const char *const yes[] = {"true", "yes", "1", "on", "y", "t", "ja", "wahr", "oui", "full", "unrestricted"};
    static const char *const no[] = {"false", "no", "0", "off", "n", "f", "none", "nein", "falsch", ""};
    struct tc_check_near near = tc_check_near_to(text);

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (tc_str_eq_nocase(text, tc_str_of(yes[i])))
            return "true";
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (tc_str_eq_nocase(text, tc_str_of(no[i])))
            return "false";
    tc_check_near_try(&near, TC_STR("true"));
    tc_check_near_try(&near, TC_STR("false"));
    return near.best.len == 0 ? NULL : near.best.len == 4 ? "true" : "false";
}

/* Whether an otherwise faultless permission with this value throws, and if not, whether it is read as yes. */
static bool
try_unrestricted(struct tc_check_perm *p, struct tc_str value, bool *ret_yes)
{
    struct tc_element_attribute attributes[] = {
        {.name = tc_attr_name(TC_ATTR_CLASS), .value = tc_str_of(p->cls->type)},
        {.name = tc_attr_name(TC_ATTR_VERSION), .value = TC_STR("1")},
        {.name = tc_attr_name(TC_ATTR_UNRESTRICTED), .value = value},
    };
    struct tc_element element = {
        .tag = tc_tag_name(TC_TAG_IPERMISSION), .attributes = attributes, .attribute_count = 3};
    struct tc_perm *perm = NULL;

    if (tc_algebra_ops(p->cls->algebra)->read(p->check->arena, p->cls, &element, &perm, NULL) != TC_YES)
        return false;
    *ret_yes = perm->unrestricted;
    return true;
}

/* How the framework takes the value of @a attribute; false: it throws. */
static bool
read_boolean(struct tc_check_perm *p, const struct tc_element_attribute *attribute, bool *ret_yes)
{
    struct tc_str text = tc_element_decode(p->check->arena, attribute->value);

    if (tc_str_eq(attribute->name, tc_attr_name(TC_ATTR_UNRESTRICTED)))
        return try_unrestricted(p, text, ret_yes);
    return tc_bool_parse(text, ret_yes, NULL) == TC_YES;
}

void
tc_check_boolean(struct tc_check_perm *p, const struct tc_element_attribute *attribute)
{
    struct tc_check *check = p->check;
    struct tc_str text = attribute->value;
    const char *meant;
    struct tc_diag *diag;
    bool is_yes = false, is_read;

    if (tc_str_eq(text, TC_STR("true")) || tc_str_eq(text, TC_STR("false")))
        return;
    is_read = read_boolean(p, attribute, &is_yes);
    meant = meant_by(tc_trim_white(text));
    if (is_read && (is_yes || (meant != NULL && strcmp(meant, "false") == 0)))
        return;
    diag = tc_check_report(check, TC_CHECK_BOOLEAN_VALUE, attribute->value_span, "the framework %s '%.*s'%s",
                           is_read ? "takes" : "cannot read", TC_STR_ARG(text), is_read ? " for false" : "");
    if (meant != NULL) {
        tc_diag_help(check->diags, diag, "write '%s'", meant);
        tc_diag_edit(check->diags, diag, attribute->value_span, "%s", meant);
        diag->is_unsafe = true;
    } else {
        tc_diag_help(check->diags, diag, "write 'true' or 'false'");
    }
    if (!is_read)
        tc_check_note_loss(p, diag);
    p->explained = true;
}

/* ---- one permission ---- */

/* A permission whose class reads its values from children says nothing with an attribute of its own. */
static void
check_child_words(struct tc_check_perm *p, const struct tc_field *field)
{
    for (const struct tc_element *child = p->element->children; child != NULL; child = child->next) {
        const struct tc_element_attribute *attribute = tc_check_attribute(child, field->xml);

        if (attribute != NULL)
            tc_check_word_list(p, attribute, field->values, TC_WORDS_IGNORED, false);
    }
    p->explained |= tc_check_attribute(p->element, field->xml) != NULL; /* structure.c says so */
}

void
tc_check_words(struct tc_check_perm *p)
{
    for (size_t i = 0; i < p->cls->field_count; i++) {
        const struct tc_field *field = &p->cls->fields[i];
        const struct tc_element_attribute *attribute;

        if (field->child != NULL) {
            check_child_words(p, field);
            continue;
        }
        attribute = tc_check_attribute(p->element, field->xml);
        if (attribute == NULL)
            continue;
        switch (field->kind) {
        case TC_FIELD_FLAGS:
        case TC_FIELD_LEVEL:
            tc_check_word_list(p, attribute, field->values,
                               p->cls->algebra == TC_ALGEBRA_SMTP ? TC_WORDS_ONE : TC_WORDS_LIST,
                               field->kind == TC_FIELD_LEVEL);
            break;
        case TC_FIELD_INT64:
            tc_check_number(p, attribute);
            break;
        case TC_FIELD_BOOL:
            tc_check_boolean(p, attribute);
            break;
        case TC_FIELD_PATHS:
        case TC_FIELD_KEYS:
        case TC_FIELD_NAMES:
        case TC_FIELD_TEXT:
            break;
        }
    }
}
